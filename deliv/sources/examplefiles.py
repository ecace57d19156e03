"""The examples of a rule: an address, the DNS around it, and perhaps a sender and a mail.

A slip in a record would make an example prove something else than it shows, so records are read as
the DNS would: an MX record without its number is a fault here, not a domain without MX.
"""

import ipaddress
from collections.abc import Mapping
from datetime import date
from typing import Final

from deliv.core.auth.aggregate import AggregateReport, ReportedRow
from deliv.core.mx import MxRecord
from deliv.core.question import RecordType
from deliv.core.rules import Example
from deliv.core.settings import SenderProfile
from deliv.core.zone import TEMPERROR
from deliv.sources.fields import Fields
from deliv.sources.senderfiles import decode_sender
from deliv.sources.yamlfile import Located

RECORD_TYPES: Final = frozenset({*RecordType, TEMPERROR})
"""What may stand below a name of an example's zone."""


def decode_example(examples: Fields | None, key: str) -> Example:
    """Return the example below `key`, one with nothing in it where there is a fault."""
    fields = examples.child(key, required=True) if examples else None
    if fields is None:
        return Example(address="", zone={})
    example = Example(
        address=fields.text("address"),
        zone=_zone(fields.child("zone")),
        sender=_sender(fields),
        message=fields.text("message", ""),
        message_size=fields.count("message_size", 0),
        reports=_reports(fields),
    )
    fields.close()
    return example


def _zone(names: Fields | None) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    zone: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, located in names.entries() if names else ():
        records = Fields(located, names.faults if names else [])
        if name != name.lower() or name.endswith("."):
            records.report(located, "names are written in lower case, without a dot at the end")
        zone[name] = {}
        for kind, texts in records.entries():
            if kind not in RECORD_TYPES:
                records.unknown_word(Located(kind, texts.file, texts.line, texts.path), RECORD_TYPES)
            zone[name][kind] = tuple(_record(records, kind, item) for item in records.items(kind))
    return zone


def _record(fields: Fields, kind: str, located: Located) -> str:
    """Return one record; note it when no DNS could hold it."""
    text = fields.as_text(located)
    if kind == RecordType.MX and not _is_mx(text):
        fields.report(located, "an MX record is written as “10 mx.shop.example.”")
    if kind in {RecordType.A, RecordType.AAAA} and not _is_address(text, 4 if kind == RecordType.A else 6):
        fields.report(located, "“{text}” is no address for a record of type {kind}", text=text, kind=kind)
    return text


def _is_mx(text: str) -> bool:
    try:
        MxRecord.parse(text)
    except ValueError:
        return False
    return True


def _is_address(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def _reports(fields: Fields) -> tuple[AggregateReport, ...]:
    """Return the rows under ``reports`` as what one receiver reports of the domain in the From line."""
    rows = []
    for child in fields.children("reports"):
        row = ReportedRow(
            source_ip=child.text("ip", ""),
            count=child.count("mails"),
            disposition=child.text("disposition", ""),
            dkim=child.flag("dkim", default=False),
            spf=child.flag("spf", default=False),
            header_from=child.text("from"),
        )
        child.close()
        rows.append(row)
    if not rows:
        return ()
    day = date(2026, 11, 22)
    report = AggregateReport(
        receiver="receiver.example",
        report_id="1",
        begin=day,
        end=day,
        domain=rows[0].header_from,
        rows=tuple(rows),
    )
    return (report,)


def _sender(fields: Fields) -> SenderProfile | None:
    """Return the sender of an example: a domain, or a mapping as in ``deliv.yaml``."""
    located = fields.get("sender")
    if located is None:
        return None
    if isinstance(located.value, str):
        return SenderProfile(from_address=located.value)
    return decode_sender(Fields(located, fields.faults))
