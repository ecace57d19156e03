"""The shop's side: which domain it sends from, and what receivers see of it."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from deliv.core.auth.dmarc import DmarcStatus, Policy
from deliv.core.canary import Trust
from deliv.core.compliance import Compliance
from deliv.core.errors import InputError
from deliv.core.facts import FACTS, Route, SenderFacts, SpfStatus
from deliv.core.order import Order
from deliv.core.rulebook import RuleBook
from deliv.core.senderreport import SenderReport
from deliv.core.sending import from_domain
from deliv.core.settings import SenderProfile
from deliv.sender import audit_sender, examine_sender
from deliv.sources.message import read_message
from tests import shop
from tests.zone import CANARIES, TEMPERROR, Zone, ZoneResolver

HEALTHY: Zone = {
    "shop.example": {"MX": ["10 mx.shop.example."], "TXT": ["v=spf1 ip4:192.0.2.1 -all", "other text"]},
    "mx.shop.example": {"A": ["192.0.2.1"]},
    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=quarantine"]},
}


def audit(zone: Zone, from_address: str = "order@shop.example", **options: object) -> SenderFacts:
    profile = SenderProfile(from_address=from_address)
    resolver = ZoneResolver(CANARIES | dict(zone))
    return asyncio.run(audit_sender(profile, resolver, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("order@shop.example", "shop.example"),
        ("shop.example", "shop.example"),
        ("Order@Shop.EXAMPLE", "shop.example"),
        ("花屋 <order@shop.example>", "shop.example"),
        (" order＠shop.example ", "shop.example"),
        ("order@花屋.example", "xn--ogt960g.example"),
        ("花屋.example", "xn--ogt960g.example"),
    ],
    ids=["address", "domain", "upper-case", "with-name", "full-width", "idn-address", "idn"],
)
def test_the_domain_of_the_profile_is_an_a_label_in_lower_case(text: str, domain: str) -> None:
    assert from_domain(SenderProfile(from_address=text)) == domain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "order@",
        "@shop.example",
        "shop",
        "order@shop",
        "a b@shop.example",
        "order@shop..example",
        "x@y@",
    ],
    ids=repr,
)
def test_what_names_no_domain_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputError) as caught:
        from_domain(SenderProfile(from_address=text))
    assert str(caught.value) == (
        f"“{text}” is no sending address (write for example order@shop.example); nothing was checked"
    )


def test_a_healthy_sender_shows_all_its_records() -> None:
    facts = audit(HEALTHY)
    assert (facts.from_domain, facts.route, facts.spf) == ("shop.example", Route.MX, SpfStatus.VALID)
    assert str(facts.spf_record) == "v=spf1 ip4:192.0.2.1 -all"
    assert facts.dmarc.status is DmarcStatus.FOUND
    assert facts.dmarc.policy is Policy.QUARANTINE
    shown = {name for name, _ in facts.evidence}
    assert {"sender.route", "sender.spf", "sender.dmarc", "sender.alias", "sender.wildcard"} <= shown
    assert shown <= FACTS.keys()


@pytest.mark.parametrize(
    ("changes", "route", "spf"),
    [
        ({"shop.example": {"TXT": ["v=spf1 -all"]}}, Route.NO_HOST, SpfStatus.VALID),
        ({"shop.example": {"MX": ["0 ."]}}, Route.NULL_MX, SpfStatus.MISSING),
        ({"shop.example": {"A": ["192.0.2.1"], "TXT": ["v=spf2 x"]}}, Route.IMPLICIT_MX, SpfStatus.MISSING),
        (
            {"shop.example": {"A": ["192.0.2.1"], "TXT": ["v=spf1 -all", "v=spf1 +all"]}},
            Route.IMPLICIT_MX,
            SpfStatus.SEVERAL,
        ),
        (
            {"shop.example": {"A": ["192.0.2.1"], "TXT": ["v=spf1 ip4:999 -all"]}},
            Route.IMPLICIT_MX,
            SpfStatus.INVALID,
        ),
        ({"shop.example": {"A": ["192.0.2.1"], "TXT": TEMPERROR}}, Route.IMPLICIT_MX, SpfStatus.TEMPERROR),
        ({"shop.example": TEMPERROR}, Route.UNKNOWN, SpfStatus.TEMPERROR),
    ],
    ids=["no-mx", "null-mx", "no-spf", "two-spf", "bad-spf", "spf-fails", "all-fails"],
)
def test_each_fault_of_a_sender_is_told_apart(
    changes: Mapping[str, Mapping[str, list[str] | str] | str], route: Route, spf: SpfStatus
) -> None:
    facts = audit(HEALTHY | dict(changes))
    assert (facts.route, facts.spf, facts.spf_record is None) == (route, spf, spf is not SpfStatus.VALID)


def test_a_domain_that_does_not_exist_has_nothing() -> None:
    facts = audit({})
    assert (facts.route, facts.spf) == (Route.NO_DOMAIN, SpfStatus.MISSING)
    assert facts.dmarc.record is None


@pytest.mark.parametrize("zone", [{}, HEALTHY], ids=["denies-everything", "denies-the-canary"])
def test_a_resolver_that_fails_the_canary_says_nothing_of_the_sender(zone: Zone) -> None:
    profile = SenderProfile(from_address="order@shop.example")
    facts = asyncio.run(audit_sender(profile, ZoneResolver(zone)))
    assert (facts.route, facts.spf) == (Route.UNKNOWN, SpfStatus.TEMPERROR)
    assert facts.dmarc.status is DmarcStatus.TEMPERROR


def test_an_empty_canary_believes_the_resolver() -> None:
    profile = SenderProfile(from_address="order@shop.example")
    resolver = ZoneResolver(HEALTHY)
    facts = asyncio.run(audit_sender(profile, resolver, canary=()))
    assert facts.spf is SpfStatus.VALID
    assert all("shop.example" in call or call.startswith("_dmarc.") for call in resolver.calls)


def examine(zone: Zone, rules: RuleBook, **options: object) -> SenderReport:
    profile = options.pop("profile", SenderProfile(from_address="order@shop.example"))
    return asyncio.run(
        examine_sender(
            profile,  # type: ignore[arg-type]
            ZoneResolver(CANARIES | dict(zone)),
            rules,
            started_at=datetime(2026, 11, 24, tzinfo=UTC),
            **options,  # type: ignore[arg-type]
        )
    )


def orders(*addresses: str) -> list[Order]:
    return [Order(address=address) for address in addresses]


def test_a_report_without_a_list_says_what_is_wrong_and_who_asks_for_what(rules: RuleBook) -> None:
    report = examine({"shop.example": {"A": ["192.0.2.80"]}}, rules)
    assert (report.as_of, report.rules_digest) == (date(2026, 11, 24), rules.digest)
    assert {"sender-spf-missing", "sender-dmarc-missing"} <= {f.rule.id for f in report.findings}
    severities = [finding.rule.severity.rank for finding in report.findings]
    assert severities == sorted(severities, reverse=True)
    docomo = next(one for one in report.compliance if one.provider.id == "docomo")
    state = docomo.get("spf-header-from")
    assert state is not None
    assert (state.compliance, state.applies) == (Compliance.NOT_MET, True)
    assert report.customers is report.message is report.spam is None
    assert report.resolver.trust is Trust.TRUSTED
    assert report.unknown_share == 0.0


def test_customers_are_counted_by_provider_and_weighed(rules: RuleBook) -> None:
    listed = orders("taro@docomo.ne.jp", "hanako@docomo.ne.jp", "jiro@gmail.com", "x@customer.example", "no")
    progress: list[tuple[int, int]] = []
    zone = HEALTHY | {"customer.example": {"A": ["192.0.2.4"]}}
    report = examine(zone, rules, orders=listed, on_progress=lambda *step: progress.append(step))
    assert report.customers is not None
    assert report.customers.rows == 5
    assert report.customers.by_provider == {"docomo": 2, "gmail": 1, "": 1}
    assert 0 < report.customers.seen < 4
    assert progress == [(1, 3), (2, 3), (3, 3)]


def test_the_more_is_wrong_the_fewer_customers_see_the_mail(rules: RuleBook) -> None:
    listed = orders("taro@docomo.ne.jp", "jiro@gmail.com")
    healthy, broken = (
        examine(zone, rules, orders=listed).customers
        for zone in (HEALTHY, {"shop.example": {"A": ["192.0.2.8"]}})
    )
    assert healthy is not None
    assert broken is not None
    assert broken.seen < healthy.seen


def test_a_mail_speaks_for_the_shop_that_names_nothing(rules: RuleBook) -> None:
    mail = read_message(shop.signed_mail("shop.example"))
    report = examine(shop.HEALTHY, rules, profile=None, mail=mail)
    assert report.sender.from_domain == "shop.example"
    assert report.sender.envelope_domain == "sendgrid.net"
    assert [service.id for service in report.services] == ["sendgrid"]
    assert [(a.ip, a.origin) for a in report.sender.addresses] == [("198.51.100.7", "message")]
    assert report.message == mail.facts
    assert not {f.rule.id for f in report.findings if f.rule.severity.rank > 1}


def test_a_signature_is_judged_for_the_day_on_which_the_mail_arrived(rules: RuleBook) -> None:
    arrived = int(datetime(2026, 11, 22, 1, 0, 5, tzinfo=UTC).timestamp())
    for seconds, passes in ((3600, True), (-3600, False)):
        signed = shop.sign(shop.MAIL, shop.rsa_key(), include_headers=[b"from"])
        value = signed.replace(
            b"DKIM-Signature: v=1;", f"DKIM-Signature: v=1; x={arrived + seconds};".encode(), 1
        )
        mail = read_message(shop.TRACE + value)
        (found,) = examine(shop.HEALTHY, rules, profile=None, mail=mail).sender.signatures or ()
        assert (found.problem == "expired") is not passes


def test_nobody_is_judged_without_an_address(rules: RuleBook) -> None:
    with pytest.raises(InputError):
        examine(HEALTHY, rules, profile=SenderProfile(from_address=""))
    with pytest.raises(InputError, match="no-such-service"):
        examine(
            HEALTHY,
            rules,
            profile=SenderProfile(from_address="shop.example", sends_through=("no-such-service",)),
        )


def test_an_audit_asks_for_what_the_rule_book_knows_of(rules: RuleBook) -> None:
    profile = SenderProfile(from_address="shop.example")
    asked = []
    for book in (None, rules):
        resolver = ZoneResolver(CANARIES | dict(HEALTHY))
        facts = asyncio.run(audit_sender(profile, resolver, rules=book))
        asked.append(set(resolver.calls))
        assert facts.alias is not None
    assert not any("spamhaus" in call for call in asked[0])
    assert any("spamhaus" in call for call in asked[1])
    assert "google._domainkey.shop.example TXT" in asked[1] - asked[0]
