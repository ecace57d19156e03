"""The list of a day from rows and a log, against a zone."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from deliv.checklist import stream
from deliv.core.agenda import Agenda, FollowUp
from deliv.core.contacts import Contact, ContactKind
from deliv.core.moments import read_moment
from deliv.core.order import Order
from deliv.core.rulebook import RuleBook
from deliv.core.settings import Settings, ShopSettings
from deliv.followup import follow_up
from tests.zone import CANARIES, TEMPERROR, Zone, ZoneResolver

TOKYO = ZoneInfo("Asia/Tokyo")
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=TOKYO)
"""A Tuesday on which nobody has a holiday."""
SHOP = Settings(shop=ShopSettings(name="はんこ堂", phone="03-1234-5678", hours="平日10-18時"))

ZONE: Zone = CANARIES | {
    "living.example": {"MX": ["10 mx.living.example."], "TXT": ["v=spf1 mx -all"]},
    "mx.living.example": {"A": ["192.0.2.1"]},
    "silent.example": {"MX": ["10 mx.living.example."]},
    "pc.fw.rakuten.ne.jp": {"MX": ["10 mx.living.example."]},
    "broken.example": TEMPERROR,
}
"""docomo.ne.jp is of medium risk, living.example and silent.example of low, gone.example is dead."""


def row(address: str = "taro@docomo.ne.jp", **fields: str) -> dict[str, str]:
    """Return one row of an export; a mobile number and Friday are there unless something else is said."""
    known = {"buyer_name": "山田 太郎", "buyer_phone": "090-1234-5678", "ordered_at": "2026-11-20"}
    return {"address": address} | {name: text for name, text in (known | fields).items() if text}


def said(kind: str, day: str, order_id: str = "1001", note: str = "", *, address: str = "") -> Contact:
    """Return one line of the log; a day with or without a time."""
    when = read_moment(day, TOKYO)
    assert when is not None
    number = "" if address else order_id
    return Contact(kind=ContactKind(kind), when=when, order_id=number, address=address, note=note)


def agenda(
    rows: Iterable[Mapping[str, str]],
    rules: RuleBook,
    contacts: Iterable[Contact] = (),
    *,
    now: datetime = NOW,
    settings: Settings = SHOP,
    zone: Zone = ZONE,
) -> Agenda:
    """Return the list of the day."""
    orders = [
        Order(
            address=cells["address"],
            row=number,
            fields={name: text for name, text in cells.items() if name != "address"},
        )
        for number, cells in enumerate(rows, 1)
    ]
    assessments = stream(
        orders, rules, ZoneResolver(zone), as_of=now.date(), started_at=now, settings=settings
    )
    return asyncio.run(follow_up(assessments, rules, now=now, contacts=contacts, settings=settings))


def only(rows: Mapping[str, str], rules: RuleBook, *contacts: Contact, **options: object) -> FollowUp:
    """Return what is to be done about one order."""
    (entry,) = agenda([rows], rules, contacts, **options).entries  # type: ignore[arg-type]
    return entry
