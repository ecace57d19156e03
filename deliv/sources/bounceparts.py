"""A mail that may be a bounce, taken apart: whether it is one, for whom, and what it says of whom."""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from deliv.sources.bouncestatus import RecipientStatus, read_statuses
from deliv.sources.bouncetext import Notice, Passage, read_notice
from deliv.sources.bouncewords import ADDRESS
from deliv.sources.mailcoding import decode_text
from deliv.sources.mailheaders import decode_words, mailboxes
from deliv.sources.mailparts import Field, Leaf, leaves
from deliv.sources.mailtext import visible_text
from deliv.sources.mailtrace import read_date

_LONGEST_TEXT: Final = 100_000
_LONGEST_HEADER: Final = 20_000
_BEFORE_HEADER: Final = 4  # paragraphs
_MOST_RECIPIENTS: Final = 200
_MOST_MOMENTS: Final = 3
_STATUS_KINDS: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
_OTHER_KINDS: Final = frozenset({"message/feedback-report", "message/disposition-notification"})
_MAIL_KINDS: Final = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/partial"})
_DELIVERED: Final = frozenset({"delivered", "relayed", "expanded"})

_DAEMON = re.compile(
    r"mailer[-_. ]?daemon|post[-_.]?master|mail[-_. ]deliver|delivery[-_. ]subsystem"
    r"|system[-_. ]administrator|mail[-_. ]administrator|\bbounces?@|ndr[ -_]administrator",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|non[- ]?deliver|returned[ _]mail|failed delivery|failure notice|could not be delivered"
    r"|mail delivery (?:failed|failure|system|status)|message delivery|not delivered|delivery notification"
    r"|delivery (?:failed|failure|status|has failed|error|delay)|warning: could not send|mta-blocked"
    r"|mail system error|mail error|error sending your mail"
    r"|メールエラー|エラー通知|配信(?:不能|エラー|できません)|不達|送信エラー|送信できません|届けられません",
    re.IGNORECASE,
)
_SAYS_SO = re.compile(
    r"(?:could not|couldn't|cannot) be delivered|(?:wasn't|was not|un)[- ]?able to deliver|did not reach"
    r"|permanent(?:ly)? (?:error|fatal|failure)|failed permanently|returned permanent errors|error delivering"
    r"|following (?:address|recipient)|not delivered|delivery (?:has )?fail|failure reasons|transcript of"
    r"|user unknown|unknown user|no such user|mailbox (?:is )?full|over quota|account is disabled"
    r"|rejected by a remote|送信(?:できません|先)|配信できません|届きませんでした"
    r"|[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}|(?:^|\n)[^\n]{0,60}\b5\d\d[ -]",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"automatic reply|auto(?:matic)?[- ]?(?:response|reply|answer)|out of (?:the )?office|vacation"
    r"|自動返信|自動応答|不在",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"^(?:received|return-path|from|to|subject|date|message-id|x-[a-z-]+):", re.IGNORECASE | re.MULTILINE
)
_IDENTITY = re.compile(r"\s*<?([^\s<>]{1,500})>?")
_MESSAGE_ID = re.compile(r"^message-id:\s*<?([^\s<>]{1,500})", re.IGNORECASE | re.MULTILINE)
_DATE = re.compile(r"^date:[ \t]*([^\n]{1,100})", re.IGNORECASE | re.MULTILINE)


class Finding(NamedTuple):
    """One recipient, and everything that a bounce says of it."""

    recipient: str
    """The address that was mailed."""
    said: str
    """What stands about it in the text for people."""
    near: str
    """The part of it that stands behind the address."""
    status: RecipientStatus | None = None
    """What stands about it for machines; None when nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceParts:
    """The parts of a mail that matter, if it is a bounce."""

    fields: tuple[Field, ...]
    """Its header."""
    notice: Notice
    """Its text for people."""
    statuses: list[RecipientStatus]
    """What it says for machines."""
    copy: str
    """The beginning of the mail that came back."""
    failed: tuple[str, ...]
    """Addresses that its header names as failed."""
    is_report: bool
    """Whether it has a part for machines: only bounces have."""
    is_other: bool
    """Whether it is a report of something else: a complaint, a receipt."""

    @classmethod
    def of(cls, content: bytes) -> "BounceParts":
        """Return the parts of a mail."""
        fields, leaf_parts = leaves(content)
        texts = [_text(part) for part in leaf_parts if part.kind == "text/plain"]
        if not any(text.strip() for text in texts):
            texts += [visible_text(_text(part)) for part in leaf_parts if part.kind == "text/html"]
        if not leaf_parts:  # a multipart without its boundaries: what is there is read as text
            texts = [_decoded(content.partition(b"\n\n")[2], None)]
        whole = "\n".join(texts)[:_LONGEST_TEXT]
        copies = [_decoded(part.body, None) for part in leaf_parts if part.kind in _MAIL_KINDS]
        notes = [_text(part) for part in leaf_parts if part.kind in _STATUS_KINDS]
        statuses = [status for note in notes for status in read_statuses(note)]
        notice = read_notice(whole)
        return cls(
            fields=fields,
            notice=notice,
            statuses=statuses or (read_statuses(whole) if "final-recipient" in whole.lower() else []),
            copy="\n".join([*copies, notice.copy])[:_LONGEST_TEXT],
            failed=_failed(fields),
            is_report=bool(statuses),
            is_other=not _OTHER_KINDS.isdisjoint(part.kind for part in leaf_parts),
        )

    @property
    def day(self) -> date | None:
        """The day of the mail, by its Date or else by its topmost Received; None without either."""
        return next((when.date() for when in self._written()), None)

    @property
    def moments(self) -> tuple[datetime, ...]:
        """When it was written, and when the mail that came back was; the best first."""
        of_copy = filter(None, map(read_date, self._of_copy(_DATE)))
        return (*itertools.islice(self._written(), _MOST_MOMENTS), *itertools.islice(of_copy, 1))

    def _written(self) -> Iterator[datetime]:
        for name in ("date", "received"):
            for value in self._values(name):
                if when := read_date(value.rpartition(";")[2]):
                    yield when

    @property
    def message_id(self) -> str:
        """Message-ID of the mail that came back, else of the bounce itself; without brackets."""
        own = (_IDENTITY.match(value) for value in self._values("message-id"))
        ids = itertools.chain(self._of_copy(_MESSAGE_ID), (found[1] for found in own if found))
        return next(ids, "")

    def _of_copy(self, pattern: re.Pattern[str]) -> Iterator[str]:
        """Yield what the header of the returned mail says in a field."""
        paragraphs = self.copy[:_LONGEST_HEADER].split("\n\n", _BEFORE_HEADER)[:_BEFORE_HEADER]
        header = next(filter(_HEADER.search, paragraphs), "")  # a line that announces it may come first
        return (found[1] for found in pattern.finditer(header))

    @property
    def subject(self) -> str:
        """What it is headed."""
        return decode_words(" ".join(self._values("subject")))[0]

    @property
    def writers(self) -> tuple[str, ...]:
        """Domains of whoever wrote it."""
        return tuple(address.rpartition("@")[2] for address in self._addresses("from"))

    @property
    def is_bounce(self) -> bool:
        """Whether it is one: a part for machines says so; else two of sender, subject and text have to."""
        if self.is_other:
            return False
        if self.is_report or self.failed:
            return True
        if _AWAY.search(self.subject):
            return False
        says_so = _SAYS_SO.search(self.notice.text) is not None
        return self._is_from_daemon + (_SUBJECT.search(self.subject) is not None) + says_so >= 2

    @property
    def _is_from_daemon(self) -> bool:
        senders = decode_words(" ".join([*self._values("from"), *self._values("sender")]))[0]
        paths = self._values("return-path")
        return any(path.strip() in ("<>", "") or _DAEMON.search(path) for path in paths) or bool(
            _DAEMON.search(senders)
        )

    def findings(self) -> Iterator[Finding]:
        """Yield the recipients, each with what is said of it."""
        own = {*self._addresses("to", "cc", "delivered-to", "from")}
        passages = self.notice.passages(own)
        if self.statuses:
            for status in self.statuses:
                if status.action not in _DELIVERED:
                    yield self._finding(status.recipient, passages, status)
        elif self.failed:
            for address in self.failed:
                yield self._finding(address, passages)
        elif passages:
            for passage in passages:
                yield Finding(passage.recipient, passage.text, passage.near)
        else:
            intended = {address.lower(): address for address in _recipients_of_copy(self.copy)}
            others = [address for folded, address in intended.items() if folded not in own]
            if len(others) == 1:
                yield Finding(others[0], self.notice.text, self.notice.text)

    def _finding(
        self, address: str, passages: Iterable[Passage], status: RecipientStatus | None = None
    ) -> Finding:
        """Return what is said of an address that the bounce names for machines."""
        names = {address.lower(), status.final.lower() if status else ""}
        for passage in passages:
            if passage.recipient.lower() in names:
                return Finding(address, passage.text, passage.near, status)
        is_alone = len(self.statuses) + len(self.failed) == 1
        text = self.notice.text if is_alone else ""
        return Finding(address, text, text, status)

    def _values(self, name: str) -> list[str]:
        return [found.text for found in self.fields if found.name == name][:_MOST_RECIPIENTS]

    def _addresses(self, *names: str) -> Iterator[str]:
        for name in names:
            for value in self._values(name):
                yield from (mailbox.address.lower() for mailbox in mailboxes(value))


def _failed(fields: Iterable[Field]) -> tuple[str, ...]:
    texts = [found.text for found in fields if found.name == "x-failed-recipients"][:_MOST_RECIPIENTS]
    addresses = [address for text in texts for address in ADDRESS.findall(text)]
    return tuple(dict.fromkeys(addresses))[:_MOST_RECIPIENTS]


def _recipients_of_copy(copy: str) -> Iterator[str]:
    """Yield whom the returned mail was for, by its header."""
    header = copy.lstrip("\n").partition("\n\n")[0]
    for line in header.split("\n")[:500]:
        if line[:14].lower().startswith(("to:", "x-envelope-to:", "x-original-to:")):
            yield from ADDRESS.findall(line[:1000])
        elif " for <" in line[:1000]:
            yield from ADDRESS.findall(line[:1000].partition(" for <")[2])


def _text(part: Leaf) -> str:
    return _decoded(part.unpack(), part.parameters.get("charset"))


def _decoded(data: bytes, charset: str | None) -> str:
    """Return the beginning of a text, cut between two lines."""
    if len(data) > _LONGEST_TEXT:
        data = data[: data.rfind(b"\n", 0, _LONGEST_TEXT) + 1 or _LONGEST_TEXT]
    return decode_text(data, charset)[0]
