"""From a zone to a judgement in one call, for tests that look at the end of the story."""

from datetime import date

from deliv.core.address import parse_address
from deliv.core.assess import judge
from deliv.core.assessment import Judgement
from deliv.core.discovery import discover_recipient, discover_sender
from deliv.core.rulebook import RuleBook
from deliv.core.settings import Settings
from tests.zone import TEMPERROR, Zone, ask, sending

A_DAY = date(2026, 11, 24)
"""A Tuesday on which nobody has a holiday."""


def judge_in(
    zone: Zone,
    text: str,
    rules: RuleBook,
    *,
    sender: str | None = None,
    as_of: date = A_DAY,
    settings: Settings | None = None,
) -> Judgement:
    """Judge an address, and the sender where one is given, by what the zone says."""
    address = parse_address(text, lenient_domains=rules.providers.lenient_domains)
    return judge(
        address,
        ask(discover_recipient(address.domain, rules.providers), zone),
        rules,
        as_of=as_of,
        sender=ask(discover_sender(sending(sender)), zone) if sender else None,
        settings=settings,
    )


def questions(zone: Zone, domain: str, rules: RuleBook) -> list[str]:
    """Return what is asked about a customer's domain, as ``name TYPE``."""
    calls: list[str] = []
    ask(discover_recipient(domain, rules.providers), zone, calls)
    return calls


def without(zone: Zone, question: str) -> Zone:
    """Return the zone with the answer to one question replaced by a failure.

    A name that is not in the zone fails as a whole.
    """
    name, _, kind = question.partition(" ")
    records = zone.get(name, TEMPERROR)
    if isinstance(records, str):
        return {**zone, name: TEMPERROR}
    return {**zone, name: {**records, kind: TEMPERROR}}
