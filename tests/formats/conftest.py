"""A small report for all formats: the pipeline over a zone in a dictionary."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from deliv.checklist import check
from deliv.core.order import Order
from deliv.core.report import Report
from deliv.core.rulebook import RuleBook
from deliv.core.settings import SenderProfile, Settings, ShopSettings
from deliv.sources.rulefiles import load_rules
from tests.zone import CANARIES, TEMPERROR, ZoneResolver

ZONE = CANARIES | {
    "takes-no-mail.example": {"MX": ["0 ."]},
    "fails.example": TEMPERROR,
    "shop.example": {"MX": ["10 mx.gmail.com."], "TXT": ["v=spf1 -all"]},
}


@pytest.fixture(scope="session")
def rules() -> RuleBook:
    """Return the packaged rule book, which nothing can change."""
    return load_rules()


@pytest.fixture(scope="session")
def report_on(rules):
    """Return a function that gives the whole report on some addresses."""

    def report(*addresses: str, sender: str | None = None) -> Report:
        return asyncio.run(
            check(
                [Order(address=address, row=n, line=n + 1) for n, address in enumerate(addresses, 1)],
                rules,
                ZoneResolver(ZONE),
                as_of=date(2026, 11, 24),
                started_at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
                sender=SenderProfile(from_address=sender) if sender else None,
                settings=Settings(shop=ShopSettings(name="Example Shop", phone="03-0000-0000")),
            )
        )

    return report
