"""The XML of DMARC aggregate reports (RFC 7489 appendix C, RFC 9990), read without trust.

Anybody can mail a report to the address that a DMARC record names. So nothing is expanded that refers to
something else, and there is an end to everything: elements, rows, lengths.
"""

import io
import ipaddress
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from deliv.core.auth.aggregate import AggregateReport, ReportedRow

_MOST_ROWS: Final = 50_000
_MOST_ELEMENTS: Final = 1_500_000
_KEPT: Final = frozenset({"report_metadata", "policy_published"})
_MOST_RESULTS: Final = 20
_MOST_MAILS: Final = 10**12
_LONGEST: Final = 255


class NoReportError(ValueError):
    """What was read is no aggregate report; the message is an English template."""


def read_report(content: bytes) -> AggregateReport:
    """Return the report in an XML document; raise NoReportError where there is none."""
    # Imported here, so that only those who have reports load it.
    from defusedxml.common import DefusedXmlException

    try:
        return _read(content)
    except DefusedXmlException as error:
        raise NoReportError("it refers to things outside of itself, as no report does") from error
    except (ParseError, LookupError, UnicodeError, ValueError) as error:
        if isinstance(error, NoReportError):
            raise
        raise NoReportError("it is no XML that can be read") from error


def _read(content: bytes) -> AggregateReport:
    parts: dict[str, Element] = {}
    rows: list[ReportedRow] = []
    for element in _children(content):
        name = _name(element)
        if name == "record":
            if len(rows) >= _MOST_ROWS:
                raise NoReportError("it has more rows than any report")
            rows.append(_row(element))
        elif name in _KEPT:
            parts.setdefault(name, element)
    if "report_metadata" not in parts or "policy_published" not in parts:
        raise NoReportError("it is no DMARC report")
    meta, policy = parts["report_metadata"], parts["policy_published"]
    begin, end = _day(_text(meta, "date_range", "begin")), _day(_text(meta, "date_range", "end"))
    return AggregateReport(
        receiver=_text(meta, "org_name") or _text(meta, "email").rpartition("@")[2] or "?",
        report_id=_text(meta, "report_id"),
        begin=min(begin, end),
        end=max(begin, end),
        domain=_domain(_text(policy, "domain")),
        policy=_text(policy, "p").lower(),
        rows=tuple(rows),
    )


def _children(content: bytes) -> Iterator[Element]:
    """Yield the elements directly below the root, each emptied when the next one is asked for."""
    from defusedxml.ElementTree import iterparse

    path: list[Element] = []
    count = 0
    for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
        if event == "start":
            if not path and _name(element) != "feedback":
                raise NoReportError("it is no DMARC report")
            path.append(element)
            count += 1
            if count > _MOST_ELEMENTS or len(path) > 20:
                raise NoReportError("it has more rows than any report")
            continue
        path.pop()
        if len(path) == 1:
            yield element
            if _name(element) not in _KEPT:
                element.clear()
                path[0].remove(element)


def _row(record: Element) -> ReportedRow:
    row, identifiers, results = (_child(record, name) for name in ("row", "identifiers", "auth_results"))
    count = _text(row, "count")
    return ReportedRow(
        source_ip=_ip(_text(row, "source_ip")),
        count=min(int(count), _MOST_MAILS) if count.isascii() and count.isdigit() else 0,
        disposition=_text(row, "policy_evaluated", "disposition").lower(),
        dkim=_text(row, "policy_evaluated", "dkim").lower() == "pass",
        spf=_text(row, "policy_evaluated", "spf").lower() == "pass",
        header_from=_domain(_text(identifiers, "header_from")),
        envelope_from=_domain(_text(identifiers, "envelope_from")),
        signed_by=tuple(
            (_domain(_text(each, "domain")), _text(each, "selector"), _text(each, "result").lower())
            for each in _all(results, "dkim")
        ),
        spf_of=tuple(
            (_domain(_text(each, "domain")), _text(each, "result").lower()) for each in _all(results, "spf")
        ),
    )


def _name(element: Element) -> str:
    """Return the name without its namespace: RFC 9990 has one, older reports have none."""
    return element.tag.rpartition("}")[2]


def _child(element: Element | None, name: str) -> Element | None:
    return next((child for child in element if _name(child) == name), None) if element is not None else None


def _all(element: Element | None, name: str) -> list[Element]:
    return [child for child in element if _name(child) == name][:_MOST_RESULTS] if element is not None else []


def _text(element: Element | None, *path: str) -> str:
    for name in path:
        element = _child(element, name)
    return (element.text or "").strip()[:_LONGEST] if element is not None else ""


def _domain(text: str) -> str:
    return text.rpartition("@")[2].lower().rstrip(".")


def _ip(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


def _day(text: str) -> date:
    """Return the day of a moment in seconds since 1970; the reports of the world are from after 2012."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise NoReportError("it does not tell the days that it is about")
    return datetime.fromtimestamp(int(text), tz=UTC).date()
