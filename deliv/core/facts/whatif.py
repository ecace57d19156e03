"""What if the shop sent in another way? The facts that rules read, as they would be then.

The words are those of RFC 8601 (Authentication-Results), so that a line of a mail's header can be
copied: ``dmarc=none`` is mail of a domain without a record, ``spf=pass`` mail that passes.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Final, TypeAlias

from deliv.core.errors import InputError
from deliv.core.facts.spec import FactValue

Changes: TypeAlias = tuple[tuple[str, str], ...]
"""What is supposed, such as ``(("dmarc", "none"),)``."""
_Values: TypeAlias = MutableMapping[str, FactValue]

WHAT_IF: Final[Mapping[str, tuple[str, ...]]] = {
    "spf": ("pass", "fail", "softfail", "neutral", "none", "permerror"),
    "dkim": ("pass", "fail", "none"),
    "dmarc": ("pass", "fail", "none"),
    "policy": ("none", "quarantine", "reject"),
    "alignment": ("yes", "no"),
    "ptr": ("pass", "fail", "none"),
}
"""What can be supposed."""


def parse_what_if(texts: Iterable[str]) -> Changes:
    """Return the changes in ``dmarc=none,spf=pass``; the last one of a name counts.

    Raises InputError, which lists the known words.
    """
    changes: dict[str, str] = {}
    for text in texts:
        for word in filter(None, (part.strip() for part in text.split(","))):
            name, equals, value = (part.strip().lower() for part in word.partition("="))
            if name not in WHAT_IF or not equals:
                names = ", ".join(f"{known}=…" for known in WHAT_IF)
                template = "--what-if knows no “{word}”; write it as one of: {names}; nothing was checked"
                raise InputError(template, word=word, names=names)
            if value not in WHAT_IF[name]:
                known = ", ".join(WHAT_IF[name])
                template = "--what-if: {name} is one of: {known}; not “{value}”; nothing was checked"
                raise InputError(template, name=name, known=known, value=value)
            changes[name] = value
    return tuple(changes.items())


def suppose(values: Mapping[str, FactValue], changes: Changes) -> dict[str, FactValue]:
    """Return the facts about the sender as they would be; what DMARC makes of them follows."""
    supposed = dict(values)
    wanted = dict(changes)
    for name, apply in _APPLY.items():
        if name in wanted:
            apply(supposed, wanted[name])
    if wanted and "dmarc" not in wanted:
        _follow(supposed)
    return supposed


def _spf(values: _Values, result: str) -> None:
    records = {"none": "missing", "permerror": "invalid"}
    for name in [name for name in values if name.startswith("sender.spf_")]:
        del values[name]  # what is wrong with the record of today says nothing of that one
    values["sender.spf"] = records.get(result, "valid")
    values["sender.spf_envelope"] = values["sender.spf_header_from"] = result
    values["sender.spf_aligned"] = result == "pass"


def _dkim(values: _Values, result: str) -> None:
    for name in [name for name in values if name.startswith("sender.dkim")]:
        del values[name]
    values["sender.dkim"] = {"none": "unsigned"}.get(result, result)
    values["sender.dkim_aligned"] = result == "pass"
    if result == "pass":
        values["sender.dkim_key"] = "usable"


def _alignment(values: _Values, answer: str) -> None:
    values["sender.spf_aligned"] = values["sender.dkim_aligned"] = answer == "yes"


def _policy(values: _Values, policy: str) -> None:
    values["sender.dmarc"] = "found"
    values["sender.dmarc_policy"] = policy
    values["sender.dmarc_no_policy"] = False


def _dmarc(values: _Values, result: str) -> None:
    if result == "none":
        for name in [name for name in values if name.startswith("sender.dmarc")]:
            del values[name]
        values["sender.dmarc"] = "missing"
        values["sender.dmarc_policy"] = ""
        return
    values["sender.dmarc"] = "found"
    values["sender.dmarc_policy"] = values.get("sender.dmarc_policy") or "none"
    values["sender.dmarc_result"] = result


def _ptr(values: _Values, result: str) -> None:
    values["sender.reverse"] = {"pass": "matched", "fail": "mismatched", "none": "missing"}[result]


_APPLY: Final[Mapping[str, Callable[[_Values, str], None]]] = {
    "spf": _spf,
    "dkim": _dkim,
    "alignment": _alignment,
    "policy": _policy,
    "dmarc": _dmarc,
    "ptr": _ptr,
}
"""In this order: what is more particular comes later."""


def _follow(values: _Values) -> None:
    """Work out DMARC from SPF, DKIM and alignment, where there is a record and all of them are known."""
    values.pop("sender.dmarc_result", None)
    if values.get("sender.dmarc") != "found":
        return
    spf = values.get("sender.spf_envelope") == "pass" and values.get("sender.spf_aligned")
    dkim = values.get("sender.dkim") in ("pass", "key") and values.get("sender.dkim_aligned")
    if spf or dkim:
        values["sender.dmarc_result"] = "pass"
    elif "sender.spf_envelope" in values and "sender.dkim" in values:
        values["sender.dmarc_result"] = "fail"
