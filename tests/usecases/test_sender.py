"""The shop's side: which domain it sends from, and what receivers see of it."""

import asyncio
from collections.abc import Mapping

import pytest

from deliv.core.auth.dmarc import DmarcStatus, Policy
from deliv.core.errors import InputError
from deliv.core.facts import Route, SenderFacts, SpfStatus
from deliv.core.settings import SenderProfile
from deliv.sender import audit_sender, from_domain
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
    assert {name for name, _ in facts.evidence} == {"sender.route", "sender.spf", "sender.dmarc"}


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
