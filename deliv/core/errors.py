"""Every error that deliv raises on purpose.

DelivError
├── AddressSyntaxError      no mailer would send to this text
├── RecordSyntaxError
│   ├── SpfSyntaxError      RFC 7208 calls this record a permerror
│   ├── DkimSyntaxError     RFC 6376 calls this key record a syntax error
│   └── DmarcSyntaxError    RFC 9989 ignores this record
├── InputError              the user's file cannot be read, or not to the end
├── RowError                one row of it cannot be understood
├── OutputError             the result cannot be written
├── RecordingError          a DNS recording cannot be read
├── HistoryError            the shop's history, or its key, cannot be read or written
├── RuleErrors              rule files hold faults; all of them are listed
└── SettingsErrors          deliv.yaml holds faults; all of them are listed

A message is an English template with named fields, so that the command line can show it in
the user's language: ``translate(error.template).format(**error.fields)``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


class DelivError(Exception):
    """The root: catch this to catch everything that deliv raises on purpose."""

    def __init__(self, template: str, /, **fields: object) -> None:
        super().__init__(template)
        self.template = template
        """English sentence with ``{named}`` fields; also the key into the message catalogues."""
        self.fields = fields
        """Values of the named fields."""

    def __str__(self) -> str:
        return self.localized(str)

    def localized(self, translate: Callable[[str], str]) -> str:
        """Return the message in the language of `translate`."""
        return translate(self.template).format(**self.fields)


class AddressSyntaxError(DelivError, ValueError):
    """The text is not a mail address that any mailer would send to."""


class RecordSyntaxError(DelivError, ValueError):
    """A DNS record of mail authentication does not follow its grammar."""


class SpfSyntaxError(RecordSyntaxError):
    """The record is a permerror by RFC 7208, section 4.6."""


class DkimSyntaxError(RecordSyntaxError):
    """The key record cannot be used by RFC 6376, section 3.6.1."""


class DmarcSyntaxError(RecordSyntaxError):
    """The record does not count as a DMARC policy by RFC 9989, section 4.7."""


class InputError(DelivError):
    """The user's file cannot be read, or a fault hides where its rows begin."""


class RowError(DelivError, ValueError):
    """A row of the user's file cannot be understood; the others can."""


class OutputError(DelivError):
    """The result cannot be written where the user wants it."""


class RecordingError(DelivError):
    """A DNS recording cannot be read."""


class HistoryError(DelivError):
    """The shop's history, or its key, cannot be read or written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong in a YAML file."""

    file: str
    """Path as the user gave it."""
    line: int | None
    """Line, counted from 1; None when the fault is in no single place."""
    path: str
    """Where in the document, such as ``providers[3].kind``."""
    template: str
    """What is wrong, as an English template."""
    fields: tuple[tuple[str, object], ...] = ()
    """Values of the template's fields."""

    def localized(self, translate: Callable[[str], str]) -> str:
        """Return ``file:line: path: what is wrong`` in the language of `translate`."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        what = translate(self.template).format(**dict(self.fields))
        return ": ".join(part for part in (place, self.path, what) if part)

    def __str__(self) -> str:
        return self.localized(str)


class FaultyFilesError(DelivError):
    """YAML files hold faults; the message lists every one of them."""

    def __init__(self, template: str, faults: Sequence[Fault], **fields: object) -> None:
        super().__init__(template, **fields)
        files = list(dict.fromkeys(fault.file for fault in faults))
        by_place = sorted(faults, key=lambda fault: (files.index(fault.file), fault.line or 0))
        self.faults = tuple(by_place)
        """All faults, in the order of the files and lines."""

    def localized(self, translate: Callable[[str], str]) -> str:
        """Return the sentence and below it one line for each fault."""
        lines = [super().localized(translate)]
        lines += [f"  {fault.localized(translate)}" for fault in self.faults]
        return "\n".join(lines)


class RuleErrors(FaultyFilesError):  # noqa: N818 - the public name of design section 8
    """Rule files hold faults."""


class SettingsErrors(FaultyFilesError):  # noqa: N818 - symmetrical to RuleErrors
    """The settings file holds faults."""
