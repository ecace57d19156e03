"""One order mail out of a mailbox, as an .eml file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deliv.core.auth.signature import MOST_SIGNATURES, DkimSignature, Verification, read_signature
from deliv.core.errors import InputError
from deliv.core.facts.message import Body, Charset, MessageFacts
from deliv.sources.mailheaders import decode_words, mailboxes
from deliv.sources.mailparts import Reading, take_apart
from deliv.sources.mailsignature import verify
from deliv.sources.mailtext import has_hours, has_phone, link_hosts, mentions_junk_folder, plain, visible_text
from deliv.sources.mailtrace import find_client, read_authentication, read_date
from deliv.sources.textfile import open_source

MOST_MEGABYTES: Final = 50
"""Size of the largest mail that is read; providers take 10 to 30."""

_OLE = b"\xd0\xcf\x11\xe0"  # how Outlook's .msg begins
_BOM = b"\xef\xbb\xbf"
_MBOX = re.compile(rb"From [^\r\n]{0,500}\r?\n")
_ENOUGH = frozenset(
    {"from", "to", "date", "subject", "received", "message-id", "return-path", "delivered-to", "mime-version"}
)
"""A file with none of these fields is no mail."""
_WRITTEN = ("from", "sender", "reply-to", "to", "cc", "subject")
"""Fields whose words are the shop's, so that broken ones are its fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMail:
    """One mail that was read."""

    content: bytes
    """The mail, from its first header field on."""
    facts: MessageFacts
    """What it says."""
    signatures: tuple[DkimSignature, ...]
    """Its DKIM signatures, the topmost first; of very many only the first."""

    def verify(self, index: int, key_text: str) -> Verification:
        """Return whether signature `index` fits the mail and the key."""
        return verify(self.content, index, key_text)

    @property
    def selectors(self) -> tuple[tuple[str, str], ...]:
        """Selector and domain of each signature that can be read, each once."""
        pairs = ((sig.selector, sig.domain) for sig in self.signatures if sig.error is None)
        return tuple(dict.fromkeys(pairs))


def read_message(source: str | Path | bytes) -> OrderMail:
    """Return the mail in a file, on standard input (``-``), or in bytes.

    Raises InputError for what is no mail, cannot be read, or is too large.
    """
    name = "-" if isinstance(source, bytes) else str(source)
    content = source if isinstance(source, bytes) else _read(source)
    if len(content) > MOST_MEGABYTES << 20:
        template = (
            "{path} is larger than {limit} MB, and no provider takes such a mail; nothing was checked; "
            "save one order mail alone"
        )
        raise InputError(template, path=name, limit=MOST_MEGABYTES)
    if not content:
        raise InputError("{path} is empty; nothing was checked", path=name)
    if content.startswith(_OLE):
        template = (
            "{path} is in Outlook's own format (.msg), which is not read; nothing was checked; "
            "save the mail with its source, as an .eml file"
        )
        raise InputError(template, path=name)
    content = content.removeprefix(_BOM)
    if mark := _MBOX.match(content):
        content = content[mark.end() :]
    reading = take_apart(content)
    if not any(found.name in _ENOUGH for found in reading.fields):
        template = (
            "{path} is no mail, for it does not begin with header lines; nothing was checked; "
            "save the mail with its source, as an .eml file"
        )
        raise InputError(template, path=name)
    signatures = reading.values("dkim-signature")[:MOST_SIGNATURES]
    return OrderMail(
        content=content,
        facts=_facts(reading, len(content)),
        signatures=tuple(read_signature(value) for value in signatures),
    )


def _read(source: str | Path) -> bytes:
    file = open_source(source)
    try:
        with file:
            return file.read((MOST_MEGABYTES << 20) + 1)
    except OSError as error:
        template = "{path} cannot be read ({reason}); nothing was checked"
        raise InputError(template, path=source, reason=error.strerror or error) from error


def _facts(reading: Reading, size: int) -> MessageFacts:
    senders = [mailbox for value in reading.values("from") for mailbox in mailboxes(value)]
    replies = mailboxes(reading.value("reply-to") or "")
    results = reading.value("authentication-results")
    receiver, authentication = read_authentication(results) if results else ("", ())
    client = find_client(reading.values("received"), reading.value("received-spf"), results)
    received = reading.value("received")
    texts = [part.text for part in reading.parts if not part.is_html]
    pages = [part.text for part in reading.parts if part.is_html]
    shown = plain("\n".join([*texts, *(visible_text(page) for page in pages)]))
    return MessageFacts(
        from_address=senders[0].address if senders else "",
        from_domain=senders[0].domain if senders else "",
        display_name=senders[0].name if senders else "",
        from_several=len(senders) > 1,
        reply_to_domain=replies[0].domain if replies else None,
        return_path_domain=_return_path(reading.value("return-path")),
        client_ip=client.ip,
        helo=client.helo,
        receiver=receiver,
        authentication=authentication,
        subject=decode_words(reading.value("subject") or "")[0],
        sent_at=read_date(reading.value("date")),
        received_at=read_date(received.rpartition(";")[2]) if received else None,
        has_message_id=bool(reading.value("message-id")),
        recipients=sum(len(mailboxes(value)) for name in ("to", "cc") for value in reading.values(name)),
        body=_body(texts, pages),
        charset=_charset(reading),
        mime_broken=reading.is_broken or _has_broken_words(reading),
        size=size,
        url_hosts=link_hosts(texts, pages),
        has_phone=has_phone(shown),
        has_hours=has_hours(shown),
        mentions_junk_folder=mentions_junk_folder(shown),
    )


def _return_path(value: str | None) -> str | None:
    if value is None:
        return None
    return next((mailbox.domain for mailbox in mailboxes(value)), "")


def _body(texts: Sequence[str], pages: Sequence[str]) -> Body:
    has_text, has_page = any(text.strip() for text in texts), any(page.strip() for page in pages)
    if has_text:
        return Body.BOTH if has_page else Body.TEXT
    return Body.HTML_ONLY if has_page else Body.EMPTY


def _charset(reading: Reading) -> Charset:
    faulty = {part.charset is None for part in reading.parts if not part.is_readable}
    if not faulty:
        return Charset.FINE
    return Charset.WRONG if False in faulty else Charset.MISSING


def _has_broken_words(reading: Reading) -> bool:
    """Whether a field holds characters that are not encoded, or encoded-words that cannot be decoded."""
    written = [found for found in reading.fields if found.name in _WRITTEN]
    return any(found.is_raw or not decode_words(found.text)[1] for found in written)
