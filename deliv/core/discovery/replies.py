"""May a customer's answer be filed as junk by the shop's own provider? Its domain's SPF and DMARC tell."""

from dataclasses import dataclass

from deliv.core.auth.dmarc import DmarcStatus, discover_dmarc
from deliv.core.auth.spf import parse_spf, select_spf
from deliv.core.errors import SpfSyntaxError
from deliv.core.facts import SpfStatus
from deliv.core.question import Answer, AnswerStatus, Asking, Query, RecordType


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyAuth:
    """What the shop's provider can check of a customer's mail."""

    domain: str
    """Domain of the customer's address."""
    spf: SpfStatus
    """Its SPF record."""
    dmarc: DmarcStatus
    """Its DMARC record."""

    @property
    def is_at_risk(self) -> bool:
        """Whether its mail proves nothing, or fails; what the DNS did not tell speaks against nobody."""
        fails = self.spf in (SpfStatus.INVALID, SpfStatus.SEVERAL)
        return fails or (self.spf is SpfStatus.MISSING and self.dmarc is DmarcStatus.MISSING)


def discover_reply_auth(domain: str) -> Asking[ReplyAuth]:
    """Find out whether a customer's domain says who may send for it."""
    answer = yield Query(name=domain, type=RecordType.TXT)
    dmarc = yield from discover_dmarc(domain)
    return ReplyAuth(domain=domain, spf=_spf_status(answer), dmarc=dmarc.status)


def _spf_status(answer: Answer) -> SpfStatus:
    if answer.status is AnswerStatus.TEMPERROR:
        return SpfStatus.TEMPERROR
    records = select_spf(answer.texts)
    if len(records) != 1:
        return SpfStatus.SEVERAL if records else SpfStatus.MISSING
    try:
        parse_spf(records[0])
    except SpfSyntaxError:
        return SpfStatus.INVALID
    return SpfStatus.VALID
