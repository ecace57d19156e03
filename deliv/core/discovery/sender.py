"""What receivers see of the shop's sending domain."""

from deliv.core.auth.dmarc import discover_dmarc
from deliv.core.auth.spf import SpfRecord, parse_spf, select_spf
from deliv.core.discovery.route import discover_route
from deliv.core.errors import SpfSyntaxError
from deliv.core.facts import Evidence, SenderFacts, SpfStatus
from deliv.core.question import Answer, AnswerStatus, Asking, Query, RecordType


def discover_sender(from_domain: str) -> Asking[SenderFacts]:
    """Find out what receivers see of the shop's sending domain."""
    found = yield from discover_route(from_domain)
    query = Query(name=from_domain, type=RecordType.TXT)
    answer = yield query
    status, record = _read_spf(answer)
    dmarc = yield from discover_dmarc(from_domain)
    published = select_spf(answer.texts)
    shown = " | ".join(published) or (
        "no v=spf1 record" if answer.status is AnswerStatus.FOUND else str(answer)
    )
    evidence: Evidence = (
        *(("sender.route", line) for line in found.evidence),
        ("sender.spf", f"{query}: {shown}"),
        *(("sender.dmarc", line) for line in dmarc.evidence),
    )
    return SenderFacts(
        from_domain=from_domain,
        route=found.route,
        spf=status,
        spf_record=record,
        dmarc=dmarc,
        evidence=evidence,
    )


def _read_spf(answer: Answer) -> tuple[SpfStatus, SpfRecord | None]:
    if answer.status is AnswerStatus.TEMPERROR:
        return SpfStatus.TEMPERROR, None
    records = select_spf(answer.texts)
    if len(records) != 1:
        return (SpfStatus.SEVERAL if records else SpfStatus.MISSING), None
    try:
        return SpfStatus.VALID, parse_spf(records[0])
    except SpfSyntaxError:
        return SpfStatus.INVALID, None
