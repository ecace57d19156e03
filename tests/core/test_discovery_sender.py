"""What is asked about a shop that sends, and what follows from the answers."""

from dataclasses import replace

import pytest

from deliv.core.auth.dmarc_result import DmarcVerdict
from deliv.core.auth.policies import PolicyKind
from deliv.core.auth.spf_check import SpfVerdict
from deliv.core.discovery import Scope, discover_sender
from deliv.core.facts import DkimState, Origin, Route, SpfStatus
from deliv.core.sending import sending_of
from deliv.core.services import ServiceBook
from deliv.core.settings import SenderProfile
from deliv.sources.message import read_message
from tests.core.test_sending import mail
from tests.core.test_services import service
from tests.sources.signing import MAIL, ed25519_key, rsa_key, sign
from tests.zone import TEMPERROR, ask, sending

KEY = ed25519_key().record
BOOK = ServiceBook(
    [
        service("esp", includes=("spf.esp.example", "more.esp.example"), envelope="bounce.esp.example"),
        service("plain", includes=("spf.plain.example",)),
        service("nameless"),
    ],
    usual_selectors=("default", "s1"),
)
ZONE = {
    "shop.example": {
        "MX": ["10 mx.shop.example."],
        "TXT": ["v=spf1 include:spf.esp.example ip4:192.0.2.25 -all"],
    },
    "mx.shop.example": {"A": ["192.0.2.1"]},
    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject; rua=mailto:d@shop.example"]},
    "s1._domainkey.shop.example": {"TXT": [KEY]},
    "s1._domainkey.esp.example": {"TXT": [KEY]},
    "spf.esp.example": {"TXT": ["v=spf1 ip4:198.51.100.0/24 -all"]},
    "bounce.esp.example": {"TXT": ["v=spf1 ip4:198.51.100.0/24 -all"]},
    "spf.plain.example": {"TXT": ["v=spf1 ip4:203.0.113.0/24 -all"]},
    "25.2.0.192.in-addr.arpa": {"PTR": ["mail.shop.example."]},
    "mail.shop.example": {"A": ["192.0.2.25"]},
}


def how(*, message=None, **profile):
    given = SenderProfile(**{"from_address": "shop.example"} | profile)
    return sending_of(given, BOOK, mail=message, guess_selectors=True)


def discover(sending, zone=ZONE, calls=None, *, scope=None, **options):
    return ask(discover_sender(sending, scope, **options), zone, calls)


def asked(sending, **options):
    """Return what was asked, each question once."""
    calls: list[str] = []
    discover(sending, calls=calls, **options)
    return set(calls)


class TestQuestions:
    def test_whoever_says_only_where_from_costs_a_handful(self):
        assert asked(sending("shop.example")) == {
            *("shop.example MX", "mx.shop.example A", "shop.example TXT", "spf.esp.example TXT"),
            *("_dmarc.shop.example TXT", "_dmarc.example TXT"),
        }

    @pytest.mark.parametrize(
        ("profile", "more"),
        [
            pytest.param({"envelope": "bounce.example"}, {"bounce.example TXT"}, id="envelope"),
            pytest.param(
                {"reply_to": "info@reply.example"},
                {"reply.example MX", "_dmarc.reply.example TXT"},
                id="replies",
            ),
            pytest.param(
                {"ips": ("192.0.2.25",)}, {"25.2.0.192.in-addr.arpa PTR", "mail.shop.example A"}, id="address"
            ),
            pytest.param({"selectors": ("s9",)}, {"s9._domainkey.shop.example TXT"}, id="selector"),
        ],
    )
    def test_more_is_asked_where_more_is_said(self, profile, more):
        new = asked(how(**profile)) - asked(how())

        assert new >= more - {"_dmarc.reply.example TXT"}
        assert not asked(how()) & more

    def test_only_an_audit_looks_around(self):
        plain, thorough = (asked(how(), scope=Scope(is_thorough=flag)) for flag in (False, True))

        assert thorough - plain == {
            *("shop.example CNAME", "deliv-probe-4f1c.shop.example TXT"),
            "deliv-probe-4f1c._domainkey.shop.example TXT",
            *("_mta-sts.shop.example TXT", "_smtp._tls.shop.example TXT", "default._bimi.shop.example TXT"),
        }

    def test_an_audit_asks_for_an_alias_only_where_no_dmarc_record_is(self):
        without = {name: records for name, records in ZONE.items() if name != "_dmarc.shop.example"}

        assert discover(how(), scope=Scope(is_thorough=True)).dmarc_alias is None
        assert discover(how(), without, scope=Scope(is_thorough=True)).dmarc_alias is not None

    def test_block_lists_are_asked_of_the_domain_and_of_addresses_that_really_send(self, rules):
        scope = Scope(is_thorough=True, block_lists=rules.block_lists)

        for profile, subjects in (
            ({}, {"shop.example"}),
            ({"ips": ("192.0.2.25",)}, {"shop.example", "192.0.2.25"}),
            ({"sends_through": ("esp",)}, {"shop.example"}),
        ):
            assert {listing.subject for listing in discover(how(**profile), scope=scope).listings} == subjects
        assert discover(how(), scope=replace(scope, is_thorough=False)).listings == ()

    def test_policies_are_those_of_the_domain(self):
        facts = discover(how(), scope=Scope(is_thorough=True))

        assert {policy.kind for policy in facts.policies} == set(PolicyKind)

    def test_the_evidence_stands_beside_facts_that_there_are(self, rules):
        from deliv.core.facts import FACTS

        scope = Scope(is_thorough=True, block_lists=rules.block_lists)
        facts = discover(how(ips=("192.0.2.25",), sends_through=("esp",), selectors=("s1",)), scope=scope)

        assert {name for name, _ in facts.evidence} <= FACTS.keys()
        assert all(line for _, line in facts.evidence)

    def test_where_keys_were_guessed_the_names_tried_are_told_in_one_line(self):
        facts = discover(how(), {})

        assert [line for name, line in facts.evidence if name == "sender.dkim_search"] == [
            "*._domainkey.shop.example TXT: default, s1"
        ]


class TestAddresses:
    @pytest.mark.parametrize(
        ("profile", "zone", "expected"),
        [
            pytest.param({}, {}, [], id="none"),
            pytest.param({"ips": ("192.0.2.25",)}, {}, [("192.0.2.25", Origin.GIVEN, "")], id="given"),
            pytest.param(
                {"sends_through": ("esp",)},
                {},
                [("198.51.100.1", Origin.REPRESENTATIVE, "esp")],
                id="service",
            ),
            pytest.param(
                {"sends_through": ("esp", "plain")},
                {},
                [
                    ("198.51.100.1", Origin.REPRESENTATIVE, "esp"),
                    ("203.0.113.1", Origin.REPRESENTATIVE, "plain"),
                ],
                id="one-for-each-service",
            ),
            pytest.param({"sends_through": ("nameless",)}, {}, [], id="a-service-without-include"),
            pytest.param(
                {"sends_through": ("esp",)}, {"spf.esp.example": {}}, [], id="nothing-in-its-include"
            ),
            pytest.param(
                {"sends_through": ("esp",), "ips": ("192.0.2.25",)},
                {},
                [("192.0.2.25", Origin.GIVEN, "")],
                id="a-known-address-needs-no-stand-in",
            ),
        ],
    )
    def test_an_address_of_the_service_stands_in_for_one_that_is_not_known(self, profile, zone, expected):
        found = discover(how(**profile), ZONE | zone).addresses

        assert [(address.ip, address.origin, address.service) for address in found] == expected

    def test_the_address_that_a_mail_shows(self):
        (found,) = discover(how(message=mail(client_ip="192.0.2.25"))).addresses

        assert (found.ip, found.origin) == ("192.0.2.25", Origin.MESSAGE)

    @pytest.mark.parametrize(
        "lost", ["spf.esp.example", "net.esp.example"], ids=["its-record", "a-record-in-its-record"]
    )
    def test_no_stand_in_is_taken_while_the_service_is_not_fully_known(self, lost):
        zone = ZONE | {
            "spf.esp.example": {"TXT": ["v=spf1 include:net.esp.example include:more.esp.example -all"]},
            "net.esp.example": {"TXT": ["v=spf1 ip4:198.51.100.0/24 -all"]},
            "more.esp.example": {"TXT": ["v=spf1 ip4:203.0.113.0/24 -all"]},
        }

        assert [a.ip for a in discover(how(sends_through=("esp",)), zone).addresses] == ["198.51.100.1"]
        assert discover(how(sends_through=("esp",)), zone | {lost: TEMPERROR}).addresses == ()

    def test_a_stand_in_has_no_name_to_look_for(self):
        (found,) = discover(how(sends_through=("esp",))).addresses

        assert found.reverse is None

    def test_envelope_and_header_from_are_checked_apart(self):
        (found,) = discover(how(ips=("192.0.2.25",), envelope="bounce.esp.example")).addresses

        assert (found.envelope.domain, found.envelope.result) == ("bounce.esp.example", SpfVerdict.FAIL)
        assert (found.header_from.domain, found.header_from.result) == ("shop.example", SpfVerdict.PASS)
        assert found.reverse.status == "matched"


class TestEnvelope:
    @pytest.mark.parametrize(
        ("profile", "domain", "has_audit"),
        [
            pytest.param({}, "shop.example", False, id="the-header-from-domain"),
            pytest.param({"envelope": "bounce.shop.example"}, "bounce.shop.example", True, id="its-own"),
            pytest.param({"sends_through": ("esp",)}, "bounce.esp.example", True, id="the-services"),
        ],
    )
    def test_bounces_go_where_the_profile_or_the_service_says(self, profile, domain, has_audit):
        facts = discover(how(**profile))

        assert (facts.envelope_domain, facts.envelope_audit is not None) == (domain, has_audit)

    def test_replies_go_to_a_route_of_their_own(self):
        facts = discover(how(reply_to="info@reply.example"))

        assert (facts.route, facts.reply_route) == (Route.MX, Route.NO_DOMAIN)
        assert discover(how()).reply_route is Route.MX


class TestDmarc:
    @pytest.mark.parametrize(
        ("profile", "zone", "verdict"),
        [
            pytest.param({"ips": ("192.0.2.25",), "selectors": ("s1",)}, {}, "pass", id="both-pass"),
            pytest.param({"ips": ("192.0.2.25",), "selectors": ("s9",)}, {}, "pass", id="spf-alone"),
            pytest.param({"ips": ("192.0.2.99",), "selectors": ("s1",)}, {}, "pass", id="dkim-alone"),
            pytest.param({"ips": ("192.0.2.99",), "selectors": ("s9",)}, {}, "fail", id="neither"),
            pytest.param(
                {"ips": ("192.0.2.25",)}, {"s1._domainkey.shop.example": {}}, "pass", id="spf-whatever-dkim"
            ),
            pytest.param(
                {"ips": ("192.0.2.99",)}, {"s1._domainkey.shop.example": {}}, None, id="dkim-not-known"
            ),
            pytest.param({"selectors": ("s9",)}, {}, None, id="spf-not-known"),
            pytest.param(
                {"ips": ("192.0.2.99",), "selectors": ("s9",)},
                {"s9._domainkey.shop.example": TEMPERROR},
                "temperror",
                id="dkim-not-told",
            ),
            pytest.param(
                {
                    "ips": ("192.0.2.99",),
                    "selectors": ("s9._domainkey.shop.example", "s1._domainkey.esp.example"),
                },
                {"s9._domainkey.shop.example": TEMPERROR},
                "temperror",
                id="the-aligned-one-of-two-keys-not-told",
            ),
            pytest.param(
                {"ips": ("192.0.2.99",), "selectors": ("s1._domainkey.esp.example",)},
                {},
                "fail",
                id="foreign-key",
            ),
            pytest.param(
                {"sends_through": ("esp",), "selectors": ("s9",)},
                {},
                "fail",
                id="spf-of-the-service-not-aligned",
            ),
            pytest.param(
                {"ips": ("192.0.2.25",), "selectors": ("s1",)},
                {"_dmarc.shop.example": {}},
                "none",
                id="no-record",
            ),
            pytest.param(
                {"ips": ("192.0.2.25",), "selectors": ("s1",)},
                {"_dmarc.shop.example": TEMPERROR},
                "temperror",
                id="record-not-told",
            ),
        ],
    )
    def test_what_dmarc_makes_of_the_mail_is_open_while_something_is_not_known(self, profile, zone, verdict):
        result = discover(how(**profile), ZONE | zone).dmarc_result

        assert (result.result if result else None) == verdict

    def test_the_texts_beside_the_record_are_kept(self):
        zone = ZONE | {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none", "other"]}}

        assert discover(how(), zone).dmarc_texts == ("v=DMARC1; p=none", "other")


class TestSignatures:
    def test_the_signatures_of_a_mail_are_verified(self):
        signed = sign(sign(MAIL, rsa_key()), rsa_key(), domain="esp.example")
        zone = ZONE | {"s1._domainkey.shop.example": {"TXT": [rsa_key().record]}}

        facts = discover(how(message=read_message(signed)), zone)

        assert [finding.verdict for finding in facts.signatures] == ["permerror", "pass"]
        assert (facts.dkim, facts.signing_domains) == (DkimState.PASS, ("shop.example",))

    def test_an_unsigned_mail_is_known_to_be_so_whatever_keys_there_are(self):
        facts = discover(how(message=read_message(MAIL), selectors=("s1",)))

        assert (facts.dkim, facts.signing_domains) == (DkimState.UNSIGNED, ())

    def test_published_keys_promise_signatures(self):
        facts = discover(how(selectors=("s1", "s1._domainkey.esp.example", "s9")))

        assert facts.dkim is DkimState.KEY
        assert facts.signing_domains == ("shop.example", "esp.example")

    def test_a_wildcard_promises_nothing(self):
        every_name = {"deliv-probe-4f1c._domainkey.shop.example": {"TXT": [KEY]}}

        facts = discover(how(), ZONE | every_name, scope=Scope(is_thorough=True))

        assert (facts.dkim, facts.signing_domains) == (DkimState.NOT_FOUND, ())

    def test_a_good_signature_can_be_supposed_without_asking_for_a_key(self):
        for given in (how(selectors=("s9",)), how(message=read_message(MAIL)), how()):
            calls: list[str] = []
            facts = discover(given, calls=calls, signs_as="shop.example")

            assert (facts.dkim, facts.signing_domains) == (DkimState.PASS, ("shop.example",))
            assert facts.dmarc_result.result is DmarcVerdict.PASS
            assert not any("_domainkey" in call for call in calls)

    def test_one_of_somebody_else_is_not_aligned(self):
        facts = discover(how(ips=("192.0.2.99",)), signs_as="esp.example")

        assert facts.dmarc_result.result is DmarcVerdict.FAIL
        assert facts.signs_as_itself is False


def test_a_mailbox_provider_is_recognized_in_the_header_from_domain(rules):
    scope = Scope(providers=rules.providers)

    assert discover(how(from_address="order@gmail.com"), scope=scope).provider.id == "gmail"
    assert discover(how(), scope=scope).provider is None


def test_the_services_and_the_volume_are_those_of_the_shop():
    facts = discover(how(sends_through=("plain", "esp"), volume_per_day=7))

    assert (facts.services, facts.volume_per_day, facts.spf) == (("plain", "esp"), 7, SpfStatus.VALID)
