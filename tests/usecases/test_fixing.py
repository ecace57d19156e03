"""Fixes are worth what is promised: each is published in the zone, and the audit is run again."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from deliv.core.discovery import discover_sender
from deliv.core.experience import Remembered
from deliv.core.findings import Findings
from deliv.core.fixes import FixKind
from deliv.core.order import Order
from deliv.core.outcomes import BounceReason, Outcome, OutcomeKind
from deliv.core.rulebook import RuleBook
from deliv.core.senderreport import SenderReport
from deliv.core.sending import sending_of
from deliv.core.settings import SenderProfile
from deliv.fixing import rank_fixes
from deliv.sender import examine_sender
from deliv.sources.message import read_message
from tests import shop
from tests.core.judging import A_DAY
from tests.sources.signing import rsa_key
from tests.zone import CANARIES, TEMPERROR, Zone, ZoneResolver, ask

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CUSTOMERS = {
    name: {"MX": ["10 mx.gmail.com."]}
    for name in ("ezweb.ne.jp", "softbank.ne.jp", "i.softbank.jp", "customer.example", "icloud.com")
}
KEY = rsa_key().record
OWN_SERVER = {
    "shop.example": {"MX": ["10 mail.shop.example."], "TXT": ["v=spf1 ip4:192.0.2.25 -all"]},
    "mail.shop.example": {"A": ["192.0.2.25"]},
    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=quarantine"]},
    "s1._domainkey.shop.example": {"TXT": [KEY]},
    "25.2.0.192.in-addr.arpa": {"PTR": ["mail.shop.example."]},
}
FROM_SERVER = SenderProfile(from_address="order@shop.example", ips=("192.0.2.25",), selectors=("s1",))
FROM_TWO = replace(FROM_SERVER, ips=("192.0.2.25", "192.0.2.26", "2001:db8::25"))


@dataclass(frozen=True)
class Shop:
    """How a shop sends, and what stands in the DNS."""

    zone: Zone
    profile: SenderProfile | None = FROM_SERVER
    signed_by: tuple[str, ...] | None = None
    """Domains that sign its mail; None when no mail is at hand."""

    def publish(self, fix) -> "Shop":
        """Return the shop after somebody did what a fix says."""
        zone = dict(self.zone)
        for change in fix.changes:
            records = dict(zone.get(change.name, {}))
            there = records.get(change.type.value, [])
            assert set(change.before) <= set(there)
            records[change.type.value] = [t for t in there if t not in change.before] + list(change.after)
            zone[change.name] = records
        if not fix.signs_as:
            return replace(self, zone=zone)
        zone[f"s1._domainkey.{fix.signs_as}"] = {"TXT": [KEY]}
        if self.signed_by is not None:
            return replace(self, zone=zone, signed_by=(*self.signed_by, fix.signs_as))
        selectors = dict.fromkeys((*self.profile.selectors, f"s1._domainkey.{fix.signs_as}"))
        return replace(self, zone=zone, profile=replace(self.profile, selectors=tuple(selectors)))

    def examine(
        self,
        rules: RuleBook,
        orders: tuple[str, ...] | None = shop.CUSTOMERS,
        history: Remembered | None = None,
    ) -> SenderReport:
        mail = None if self.signed_by is None else read_message(shop.signed_mail(*self.signed_by))
        return asyncio.run(
            examine_sender(
                self.profile,
                ZoneResolver(CANARIES | CUSTOMERS | dict(self.zone)),
                rules,
                mail=mail,
                orders=None if orders is None else [Order(address=address) for address in orders],
                history=history,
                as_of=A_DAY,
                started_at=NOW,
            )
        )


def without(zone: Zone, *names: str) -> Zone:
    return {name: records for name, records in zone.items() if name not in names}


SHOPS = {
    "two-spf-records-service-missing-no-dmarc-foreign-signature": Shop(
        shop.BROKEN, profile=None, signed_by=("sendgrid.net",)
    ),
    "the-same-named-in-the-profile": Shop(
        shop.BROKEN,
        SenderProfile(
            from_address="shop.example",
            sends_through=("sendgrid",),
            selectors=("s1._domainkey.sendgrid.net",),
        ),
    ),
    "the-same-in-bulk": Shop(
        shop.BROKEN,
        SenderProfile(from_address="shop.example", sends_through=("sendgrid",), volume_per_day=6000),
        signed_by=(),
    ),
    "nothing-at-all": Shop(without(OWN_SERVER, *OWN_SERVER) | {"shop.example": {"A": ["192.0.2.80"]}}),
    "spf-invalid": Shop(
        OWN_SERVER
        | {
            "shop.example": {
                "A": ["192.0.2.80"],
                "TXT": ["v=spf1 ipv4:192.0.2.25 moo include:gone.example -all"],
            }
        }
    ),
    "spf-of-a-server-that-is-not-there": Shop(
        OWN_SERVER | {"shop.example": {"A": ["192.0.2.80"], "TXT": ["v=spf1 a -all"]}}, FROM_TWO
    ),
    "spf-of-the-service-but-not-of-the-own-server": Shop(
        OWN_SERVER
        | shop.SENDGRID
        | {"shop.example": {"A": ["192.0.2.80"], "TXT": ["v=spf1 a -all", "v=spf1 mx"]}},
        replace(FROM_SERVER, sends_through=("sendgrid",), envelope="shop.example"),
    ),
    "dmarc-several-with-reports-elsewhere": Shop(
        OWN_SERVER
        | {
            "_dmarc.shop.example": {
                "TXT": ["v=DMARC1; p=none; rua=mailto:d@reports.example", "v=DMARC1; p=reject"]
            },
        }
    ),
    "dmarc-invalid": Shop(OWN_SERVER | {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=rejct"]}}),
    "no-name-for-three-addresses": Shop(
        without(OWN_SERVER, "25.2.0.192.in-addr.arpa", "mail.shop.example")
        | {
            "shop.example": {
                "A": ["192.0.2.80"],
                "TXT": ["v=spf1 ip4:192.0.2.25 ip4:192.0.2.26 ip6:2001:db8::25 -all"],
            }
        },
        FROM_TWO,
    ),
    "a-name-that-does-not-lead-back": Shop(OWN_SERVER | {"mail.shop.example": {"A": ["192.0.2.26"]}}),
    "an-envelope-domain-of-its-own": Shop(OWN_SERVER, replace(FROM_SERVER, envelope="bounce.shop.example")),
    "an-envelope-domain-with-two-records": Shop(
        OWN_SERVER | {"bounce.shop.example": {"TXT": ["v=spf1 mx -all", "v=spf1 a -all"]}},
        replace(FROM_SERVER, envelope="bounce.shop.example"),
    ),
    "unsigned": Shop(OWN_SERVER, FROM_SERVER, signed_by=()),
}


def fired(report: SenderReport) -> set[str]:
    return {finding.rule.id for finding in report.findings}


def ids(rules) -> set[str]:
    return {rule.id for rule in rules}


@pytest.fixture(scope="module")
def first_reports(rules) -> dict[str, SenderReport]:
    return {name: case.examine(rules) for name, case in SHOPS.items()}


@pytest.mark.parametrize("name", SHOPS)
def test_each_fix_saves_as_many_customers_as_it_promises(rules, first_reports, name):
    case, report = SHOPS[name], first_reports[name]
    promised = report.fixes
    assert promised

    for ranked in promised:
        before = report
        case = case.publish(ranked.fix)
        report = case.examine(rules)

        assert report.customers.seen - before.customers.seen == pytest.approx(ranked.saved, abs=1e-6)
        assert ranked.saved >= -1e-9
        assert ids(ranked.mends) <= fired(before) - fired(report)
        assert ids(ranked.leaves) == fired(report) - fired(before)
        audit = {
            FixKind.SPF_HEADER_FROM: report.sender.spf_audit,
            FixKind.SPF_ENVELOPE: report.sender.envelope_audit,
        }.get(ranked.fix.kind)
        assert ranked.lookups == (audit.lookups if audit else None)

    assert report.fixes == ()


def note(kind: OutcomeKind, domain: str, count: int = 1, **more) -> Outcome:
    return Outcome(kind=kind, domain=domain, day=A_DAY - timedelta(days=9), count=count, **more)


K = OutcomeKind
PASTS = {
    "good": [*(note(K.SENT, domain, 400) for domain in ("ezweb.ne.jp", "gmail.com", "icloud.com"))],
    "bad": [
        note(K.SENT, "ezweb.ne.jp", 100),
        note(K.BOUNCE, "ezweb.ne.jp", 40),
        note(K.SEED_JUNK, "softbank.ne.jp", 30),
        note(K.SENT, "gmail.com", 200, sender_state="of-another-day"),
        note(K.BOUNCE, "gmail.com", 90, sender_state="of-another-day"),
    ],
    "with-answers": [
        note(K.SENT, "docomo.ne.jp", 500),
        note(K.SENT, "gmail.com", 500),
        note(K.REPLY, "gmail.com", 60),
        note(K.REPLY, "docomo.ne.jp", 9),
        *(note(K.REPLY, name.partition("@")[2], who=name) for name in shop.CUSTOMERS[:2]),
        *(
            note(K.BOUNCE, name.partition("@")[2], who=name, reason=BounceReason.USERUNKNOWN, permanent=True)
            for name in shop.CUSTOMERS[2:4]
        ),
    ],
}


@pytest.mark.parametrize("past", PASTS)
@pytest.mark.parametrize("name", [*SHOPS][:4])
def test_the_promise_holds_with_a_history_too(rules, name, past):
    case, history = SHOPS[name], Remembered(known=tuple(PASTS[past]))
    report = case.examine(rules, history=history)
    promised = report.fixes
    assert promised

    for ranked in promised:
        before = report.customers.seen
        case = case.publish(ranked.fix)
        report = case.examine(rules, history=history)
        assert report.customers.seen - before == pytest.approx(ranked.saved, abs=1e-6)

    assert report.fixes == ()


@pytest.mark.parametrize("name", [*SHOPS][:4])
def test_a_spotless_past_hides_no_fault(rules, first_reports, name):
    """What the rule book would mend without a history is mended with one."""
    history = Remembered(known=tuple(PASTS["good"]))
    with_it = SHOPS[name].examine(rules, history=history)

    assert {fix.fix.kind for fix in with_it.fixes} == {fix.fix.kind for fix in first_reports[name].fixes}
    assert [rule.id for rule in ids_mended(with_it)] != []


def ids_mended(report: SenderReport):
    return [rule for fix in report.fixes for rule in fix.mends]


@pytest.mark.parametrize("name", SHOPS)
def test_the_fix_that_saves_most_comes_first(rules, first_reports, name):
    case, report = SHOPS[name], first_reports[name]
    first = report.fixes[0]

    for ranked in report.fixes[1:]:
        alone = case
        try:
            alone = case.publish(ranked.fix)
        except AssertionError:
            continue  # it builds on a fix before it
        gain = alone.examine(rules).customers.seen - report.customers.seen
        assert gain <= first.saved + 1e-6


@pytest.mark.parametrize("name", SHOPS)
def test_without_a_list_the_same_things_are_mended(rules, first_reports, name):
    report = SHOPS[name].examine(rules, orders=None)

    assert report.customers is None
    assert all(ranked.saved is None for ranked in report.fixes)
    assert {r.fix.kind for r in report.fixes} == {r.fix.kind for r in first_reports[name].fixes}


def test_the_broken_shop_is_told_what_to_publish(first_reports):
    report = first_reports["two-spf-records-service-missing-no-dmarc-foreign-signature"]
    by_kind = {ranked.fix.kind: ranked for ranked in report.fixes}

    (spf,) = by_kind[FixKind.SPF_HEADER_FROM].fix.changes
    assert set(spf.before) == {"v=spf1 a -all", "v=spf1 include:_spf.old-mailer.example ~all"}
    assert spf.after == (shop.PUBLISHED,)
    assert by_kind[FixKind.SPF_HEADER_FROM].fix.left_out == ("include:_spf.old-mailer.example",)
    assert by_kind[FixKind.SPF_HEADER_FROM].lookups == 3
    assert by_kind[FixKind.DKIM].fix.signs_as == "shop.example"
    assert by_kind[FixKind.DMARC].fix.changes[0].after == ("v=DMARC1; p=none",)


def test_all_that_an_spf_record_does_without_is_told(first_reports):
    fixes = [r.fix for r in first_reports["spf-invalid"].fixes if r.fix.kind is FixKind.SPF_HEADER_FROM]

    assert [fix.changes[0].after for fix in fixes] == [("v=spf1 ip4:192.0.2.25 ~all",)]
    assert fixes[0].left_out == ("moo", "include:gone.example")


def test_dmarc_waits_for_the_signature_that_it_needs(first_reports):
    order = [
        ranked.fix.kind
        for ranked in first_reports["two-spf-records-service-missing-no-dmarc-foreign-signature"].fixes
    ]

    assert order.index(FixKind.DKIM) < order.index(FixKind.DMARC)


def test_all_addresses_get_their_names_at_once(first_reports):
    (ranked,) = first_reports["no-name-for-three-addresses"].fixes

    assert [(change.name, change.type, change.after) for change in ranked.fix.changes] == [
        ("25.2.0.192.in-addr.arpa", "PTR", ("mail.shop.example.",)),
        ("mail.shop.example", "A", ("192.0.2.25", "192.0.2.26")),
        ("26.2.0.192.in-addr.arpa", "PTR", ("mail.shop.example.",)),
        (
            "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
            "PTR",
            ("mail.shop.example.",),
        ),
        ("mail.shop.example", "AAAA", ("2001:db8::25",)),
    ]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(Shop(OWN_SERVER), id="own-server"),
        pytest.param(Shop(shop.HEALTHY, None, signed_by=("shop.example",)), id="service"),
    ],
)
def test_a_healthy_shop_has_nothing_to_mend(rules, case):
    report = case.examine(rules)

    assert report.fixes == ()
    assert report.customers.rows == len(shop.CUSTOMERS)
    assert 0 < report.customers.seen < report.customers.rows


@pytest.mark.parametrize("name", SHOPS)
def test_of_what_the_dns_does_not_tell_nothing_is_to_be_mended(rules, name):
    case = SHOPS[name]
    silent = dict.fromkeys(
        [
            *case.zone,
            *("_dmarc.shop.example", "_dmarc.example", "bounce.shop.example", "s1._domainkey.shop.example"),
            *("25.2.0.192.in-addr.arpa", "26.2.0.192.in-addr.arpa", "mail.shop.example"),
            "7.100.51.198.in-addr.arpa",
            "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        ],
        TEMPERROR,
    )

    report = replace(case, zone=silent).examine(rules)

    assert [ranked.fix.kind for ranked in report.fixes] == ([FixKind.DKIM] if case.signed_by == () else [])


def test_a_resolver_that_is_not_believed_leads_to_no_fix(rules):
    report = asyncio.run(
        examine_sender(FROM_SERVER, ZoneResolver({}), rules, as_of=date(2026, 11, 24), started_at=NOW)
    )

    assert report.fixes == report.findings == ()
    assert report.unknown_share > 0.5


def test_an_include_that_leads_nowhere_is_not_published_though_the_service_asks_for_it(rules):
    gone = without(shop.BROKEN, "sendgrid.net") | {"shop.example": {"A": ["192.0.2.80"]}}
    case = Shop(gone, replace(FROM_SERVER, ips=(), sends_through=("sendgrid",), envelope="shop.example"))

    report = case.examine(rules)

    assert "sender-spf-missing" in fired(report)
    assert FixKind.SPF_HEADER_FROM not in {ranked.fix.kind for ranked in report.fixes}


@pytest.mark.parametrize(
    ("zone", "address"),
    [
        pytest.param({}, "order@shop.example", id="a-domain-that-does-not-exist"),
        pytest.param({"gmail.com": CANARIES["gmail.com"]}, "order@gmail.com", id="a-mailbox-provider"),
    ],
)
def test_where_the_shop_can_publish_nothing_nothing_is_to_be_published(rules, zone, address):
    report = Shop(zone, replace(FROM_SERVER, from_address=address)).examine(rules)

    assert fired(report) & {"sender-domain-missing", "sender-from-freemail"}
    assert report.fixes == ()


def test_a_search_that_finds_no_end_is_ended():
    class Endless:
        """A shop that lacks the same record however often it is published, and gains each time."""

        sending = sending_of(SenderProfile(from_address="shop.example"))
        gained = 0

        async def facts(self, changes=(), *, signs_as=""):
            self.gained += 1
            return ask(discover_sender(self.sending), {"shop.example": {"TXT": ["v=spf1 a -all"]}})

        def findings(self, facts):
            return Findings(fired=(), undecided=())

        def seen(self, facts, *, with_history=True):
            return float(self.gained)

    subject = Endless()

    fixes = asyncio.run(rank_fixes(subject, asyncio.run(subject.facts())))

    assert [ranked.fix.kind for ranked in fixes] == [FixKind.DMARC] * 12
