"""Which records the shop should publish: exactly one of each kind, and nothing where nothing is known."""

from dataclasses import replace

import pytest

from deliv.core.discovery import Scope, discover_sender
from deliv.core.fixes import FixKind, RecordChange
from deliv.core.proposals import propose
from deliv.core.question import RecordType
from deliv.core.sending import sending_of
from deliv.core.services import ServiceBook
from deliv.core.settings import SenderProfile
from tests.core.test_sending import mail
from tests.core.test_services import service
from tests.zone import TEMPERROR, ask, sending

BOOK = ServiceBook(
    [service("esp", includes=("spf.esp.example",)), service("other", includes=("gone.example",))]
)
KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
HEALTHY = {
    "shop.example": {"A": ["192.0.2.1"], "TXT": ["v=spf1 ip4:192.0.2.25 -all"]},
    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none"]},
    "s1._domainkey.shop.example": {"TXT": [KEY]},
    "25.2.0.192.in-addr.arpa": {"PTR": ["mail.shop.example."]},
    "mail.shop.example": {"A": ["192.0.2.25"]},
    "spf.esp.example": {"TXT": ["v=spf1 ip4:198.51.100.0/24 -all"]},
    "s1._domainkey.esp.example": {"TXT": [KEY]},
}


def profile(**changes):
    return SenderProfile(
        **{"from_address": "shop.example", "ips": ("192.0.2.25",), "selectors": ("s1",)} | changes
    )


def proposals(zone=None, *, message=None, **changes):
    """Return what is proposed where the healthy zone is changed so."""
    how = sending_of(profile(**changes), BOOK, mail=message)
    return propose(ask(discover_sender(how, Scope(is_thorough=True)), HEALTHY | (zone or {})), how)


def spf(*texts):
    return {"shop.example": {"A": ["192.0.2.1"], "TXT": list(texts)}}


def records(fixes, kind):
    """Return what the fixes of a kind publish in place of what."""
    return [(change.before, change.after) for fix in fixes if fix.kind is kind for change in fix.changes]


def test_a_healthy_shop_is_left_alone():
    assert proposals() == ()


def test_where_nobody_looked_nothing_is_proposed():
    looked_at = ask(discover_sender(sending_of(profile())), HEALTHY)

    assert propose(replace(looked_at, spf_audit=None), sending_of(profile())) == ()


def test_in_a_domain_that_does_not_exist_nothing_is_proposed():
    given = profile(from_address="gone.example")

    assert propose(ask(discover_sender(sending_of(given)), HEALTHY), sending_of(given)) == ()


class TestSpf:
    @pytest.mark.parametrize(
        ("texts", "given", "after"),
        [
            pytest.param([], {}, "v=spf1 ip4:192.0.2.25 ~all", id="none"),
            pytest.param(
                ["v=spf1 ip4:192.0.2.25 -all", "v=spf1 a -all"],
                {},
                "v=spf1 a ip4:192.0.2.25 -all",
                id="two-records-one-merged",
            ),
            pytest.param(
                ["v=spf1 ip4:192.0.2.25 -all", "v=spf1 a ~all", "v=spf1 mx ?all"],
                {},
                "v=spf1 a ip4:192.0.2.25 mx ~all",
                id="three-records-and-the-mildest-end",
            ),
            pytest.param(
                ["v=spf1 ip4:192.0.2.25 -all"] * 2, {}, "v=spf1 ip4:192.0.2.25 -all", id="the-same-twice"
            ),
            pytest.param(["v=spf1 a -all"], {}, "v=spf1 a ip4:192.0.2.25 -all", id="the-server-is-not-named"),
            pytest.param(
                ["v=spf1 a -all"],
                {"ips": ("2001:DB8::25",)},
                "v=spf1 a ip6:2001:db8::25 -all",
                id="a-server-of-ipv6",
            ),
            pytest.param(
                ["v=spf1 a ~all"],
                {"ips": (), "sends_through": ("esp",)},
                "v=spf1 a include:spf.esp.example ~all",
                id="the-service-is-not-named",
            ),
            pytest.param(
                [],
                {"ips": (), "sends_through": ("esp",)},
                "v=spf1 include:spf.esp.example ~all",
                id="only-the-service",
            ),
            pytest.param(
                ["v=spf1 ipv4:192.0.2.25 -all"], {}, "v=spf1 ip4:192.0.2.25 -all", id="ipv4-for-ip4"
            ),
            pytest.param(["v=spf1 IP:192.0.2.25 -all"], {}, "v=spf1 ip4:192.0.2.25 -all", id="ip-for-ip4"),
            pytest.param(
                ["v=spf1 ipv6:2001:db8::/32 ip4:192.0.2.25 -all"],
                {},
                "v=spf1 ip6:2001:db8::/32 ip4:192.0.2.25 -all",
                id="ipv6-for-ip6",
            ),
            pytest.param(
                ["v=spf1 ptr ip4:192.0.2.25 -all"], {}, "v=spf1 ip4:192.0.2.25 -all", id="without-ptr"
            ),
            pytest.param(
                ["v=spf1 ip4:192.0.2.25 +all"], {}, "v=spf1 ip4:192.0.2.25 ~all", id="not-everybody"
            ),
            pytest.param(["v=spf1 -all ip4:192.0.2.25"], {}, "v=spf1 ip4:192.0.2.25 -all", id="behind-all"),
            pytest.param(["v=spf1 ip4:192.0.2.25"], {}, "v=spf1 ip4:192.0.2.25 ~all", id="without-end"),
        ],
    )
    def test_one_record_says_what_all_said_and_what_was_missing(self, texts, given, after):
        fixes = proposals(spf(*texts), **given)

        assert records(fixes, FixKind.SPF_HEADER_FROM) == [(tuple(sorted(texts)), (after,))]

    @pytest.mark.parametrize(
        ("text", "zone", "left_out"),
        [
            pytest.param("include:gone.example", {}, ("include:gone.example",), id="leads-nowhere"),
            pytest.param(
                "include:broken.example",
                {"broken.example": {"TXT": ["v=spf1 moo"]}},
                ("include:broken.example",),
                id="leads-to-a-broken-record",
            ),
            pytest.param("include:shop.example", {}, ("include:shop.example",), id="goes-round-in-a-circle"),
            pytest.param("moo", {}, ("moo",), id="no-term"),
            pytest.param("ip4:192.0.2 a:b..c", {}, ("ip4:192.0.2",), id="only-the-term-that-is-wrong"),
        ],
    )
    def test_a_term_that_only_harms_is_left_out_and_named(self, text, zone, left_out):
        fixes = proposals(spf(f"v=spf1 {text} ip4:192.0.2.25 -all") | zone)
        (fix,) = [fix for fix in fixes if fix.kind is FixKind.SPF_HEADER_FROM]

        assert fix.left_out == left_out
        assert not any(term in fix.changes[0].after[0].split() for term in left_out)
        assert "ip4:192.0.2.25" in fix.changes[0].after[0]

    def test_an_include_of_the_service_that_leads_nowhere_is_not_put_in_again(self):
        fixes = proposals(spf("v=spf1 a include:gone.example -all"), ips=(), sends_through=("other",))

        assert records(fixes, FixKind.SPF_HEADER_FROM)[0][1] == ("v=spf1 a -all",)

    @pytest.mark.parametrize(
        ("texts", "given"),
        [
            pytest.param([], {"ips": ()}, id="no-record-and-nobody-knows-who-sends"),
            pytest.param(["v=spf1 moo -all"], {"ips": ()}, id="nothing-in-it-that-counts"),
            pytest.param(["v=spf1 -all", "v=spf1 ~all"], {"ips": ()}, id="two-that-let-nobody-send"),
            pytest.param(["v=spf1 +all"], {"ips": ()}, id="everybody-and-nobody-knows-who-sends"),
        ],
    )
    def test_nothing_is_proposed_that_lets_nobody_send(self, texts, given):
        assert records(proposals(spf(*texts), **given), FixKind.SPF_HEADER_FROM) == []

    def test_an_address_is_named_where_the_broken_record_has_nothing_else(self):
        fixes = proposals(spf("v=spf1 moo -all"))

        assert records(fixes, FixKind.SPF_HEADER_FROM)[0][1] == ("v=spf1 ip4:192.0.2.25 ~all",)

    @pytest.mark.parametrize(
        ("text", "after"),
        [
            pytest.param("v=spf1 a -all", "v=spf1 a include:spf.esp.example -all", id="first-the-service"),
            pytest.param(
                "v=spf1 a include:spf.esp.example -all",
                "v=spf1 a include:spf.esp.example ip4:192.0.2.25 -all",
                id="then-the-server-that-it-does-not-cover",
            ),
        ],
    )
    def test_a_server_besides_the_service_is_named_once_the_service_is(self, text, after):
        assert records(proposals(spf(text), sends_through=("esp",)), FixKind.SPF_HEADER_FROM)[0][1] == (
            after,
        )

    def test_an_address_that_the_mail_shows_is_the_services_own(self):
        fixes = proposals(
            spf("v=spf1 include:spf.esp.example -all"),
            ips=(),
            sends_through=("esp",),
            message=mail("shop.example", client_ip="203.0.113.7"),
        )

        assert records(fixes, FixKind.SPF_HEADER_FROM) == []

    def test_a_record_is_never_added_to_another_one(self):
        for texts in (
            [],
            ["v=spf1 a"],
            ["v=spf1 a", "v=spf1 mx"],
            ["v=spf1 moo"],
            ["v=spf1 a", "v=spf1 moo"],
        ):
            for before, after in records(proposals(spf(*texts)), FixKind.SPF_HEADER_FROM):
                assert set(before) == set(texts)
                assert len(after) == 1

    def test_other_texts_stay(self):
        fixes = proposals(spf("v=spf1 a", "v=spf1 mx", "site-verification=x"))

        assert records(fixes, FixKind.SPF_HEADER_FROM)[0][0] == ("v=spf1 a", "v=spf1 mx")


class TestEnvelope:
    def test_a_bounce_domain_of_the_shops_own_gets_a_record_of_its_own(self):
        (fix,) = proposals(envelope="bounce.shop.example")

        assert fix.kind is FixKind.SPF_ENVELOPE
        assert fix.changes == (
            RecordChange(
                name="bounce.shop.example", type=RecordType.TXT, after=("v=spf1 ip4:192.0.2.25 ~all",)
            ),
        )

    @pytest.mark.parametrize("domain", ["bounce.esp.example", "notshop.example"])
    def test_a_bounce_domain_of_somebody_else_is_not_the_shops_to_mend(self, domain):
        assert proposals(envelope=domain) == ()

    def test_the_organization_is_what_dmarc_calls_so(self):
        zone = {"_dmarc.example": {"TXT": ["v=DMARC1; p=none"]}}

        fixes = proposals(zone, envelope="bounces.example")

        assert [fix.changes[0].name for fix in fixes if fix.kind is FixKind.SPF_ENVELOPE] == [
            "bounces.example"
        ]


class TestDkim:
    @pytest.mark.parametrize(
        ("zone", "given", "message"),
        [
            pytest.param({}, {}, mail(), id="unsigned"),
            pytest.param({"s1._domainkey.shop.example": {}}, {}, None, id="no-key"),
            pytest.param({"s1._domainkey.shop.example": {"TXT": ["v=DKIM1; p="]}}, {}, None, id="revoked"),
            pytest.param({}, {"selectors": ("s1._domainkey.esp.example",)}, None, id="key-of-somebody-else"),
            pytest.param(
                {"_dmarc.shop.example": {}},
                {"selectors": ("s1._domainkey.esp.example",)},
                None,
                id="key-of-somebody-else-without-dmarc",
            ),
            pytest.param(
                {
                    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none; adkim=s"]},
                    "s1._domainkey.m.shop.example": {"TXT": [KEY]},
                },
                {"selectors": ("s1._domainkey.m.shop.example",)},
                None,
                id="not-close-enough",
            ),
        ],
    )
    def test_the_mail_should_be_signed_by_the_shops_own_domain(self, zone, given, message):
        fixes = proposals(zone, message=message, **given)

        (fix,) = [fix for fix in fixes if fix.kind is FixKind.DKIM]
        assert (fix.signs_as, fix.changes) == ("shop.example", ())

    @pytest.mark.parametrize(
        ("zone", "given"),
        [
            pytest.param({}, {"selectors": ()}, id="nobody-looked"),
            pytest.param({"s1._domainkey.shop.example": TEMPERROR}, {}, id="the-dns-does-not-tell"),
            pytest.param(
                {"s1._domainkey.shop.example": TEMPERROR},
                {"selectors": ("s1", "s1._domainkey.esp.example")},
                id="one-of-two-is-not-known",
            ),
            pytest.param({}, {"selectors": ("s1", "s1._domainkey.esp.example")}, id="one-of-two-is-its-own"),
            pytest.param(
                {"_dmarc.shop.example": {}, "s1._domainkey.m.shop.example": {"TXT": [KEY]}},
                {"selectors": ("s1._domainkey.m.shop.example",)},
                id="below-its-own",
            ),
        ],
    )
    def test_nothing_is_asked_for_that_may_be_there(self, zone, given):
        assert not [fix for fix in proposals(zone, **given) if fix.kind is FixKind.DKIM]

    def test_the_service_where_it_is_set_up_is_named(self):
        (fix,) = [
            fix for fix in proposals(sends_through=("esp",), message=mail()) if fix.kind is FixKind.DKIM
        ]

        assert fix.services == ("esp",)


class TestDmarc:
    @pytest.mark.parametrize(
        ("texts", "before", "after"),
        [
            pytest.param([], (), "v=DMARC1; p=none", id="missing"),
            pytest.param(["other"], (), "v=DMARC1; p=none", id="other-texts-stay"),
            pytest.param(["v=DMARC1; p=rejct"], ("v=DMARC1; p=rejct",), "v=DMARC1; p=none", id="invalid"),
            pytest.param(
                ["v=DMARC1; p=reject", "v=DMARC1; p=none"],
                ("v=DMARC1; p=none", "v=DMARC1; p=reject"),
                "v=DMARC1; p=none",
                id="several-keep-the-mildest-policy",
            ),
            pytest.param(
                [
                    "v=DMARC1; p=none; rua=mailto:d@shop.example",
                    "v=DMARC1; p=none; rua=mailto:e@shop.example",
                ],
                (
                    "v=DMARC1; p=none; rua=mailto:d@shop.example",
                    "v=DMARC1; p=none; rua=mailto:e@shop.example",
                ),
                "v=DMARC1; p=none; rua=mailto:d@shop.example",
                id="several-keep-their-reports",
            ),
            pytest.param(
                ["v=DMARC1; P = Quarantine", "v=DMARC1; rua=d@shop.example"],
                ("v=DMARC1; P = Quarantine", "v=DMARC1; rua=d@shop.example"),
                "v=DMARC1; p=quarantine",
                id="what-is-no-address-goes",
            ),
        ],
    )
    def test_one_record_stands_in_place_of_all(self, texts, before, after):
        (fix,) = proposals({"_dmarc.shop.example": {"TXT": texts}})

        assert fix.kind is FixKind.DMARC
        assert fix.changes == (
            RecordChange(name="_dmarc.shop.example", type=RecordType.TXT, before=before, after=(after,)),
        )

    @pytest.mark.parametrize(
        "zone",
        [
            pytest.param({"_dmarc.example": {"TXT": ["v=DMARC1; p=none"]}}, id="that-of-the-organization"),
            pytest.param({"_dmarc.example": TEMPERROR}, id="perhaps-that-of-the-organization"),
            pytest.param({"_dmarc.shop.example": TEMPERROR}, id="not-known"),
            pytest.param({"_dmarc.shop.example": {"CNAME": ["gone.example."]}}, id="an-alias-stands-there"),
            pytest.param({"_dmarc.shop.example": {"CNAME": TEMPERROR}}, id="perhaps-an-alias"),
        ],
    )
    def test_nothing_is_proposed_where_a_record_holds_or_cannot_stand(self, zone):
        if "_dmarc.shop.example" not in zone:
            zone = zone | {"_dmarc.shop.example": {}}

        assert not [fix for fix in proposals(zone) if fix.kind is FixKind.DMARC]

    def test_whoever_receives_the_reports_must_say_so(self):
        texts = ["v=DMARC1; rua=mailto:a@reports.example,mailto:b@reports.example; ruf=mailto:c@shop.example"]

        (fix,) = proposals({"_dmarc.shop.example": {"TXT": texts}})

        assert (fix.kind, fix.owner) == (FixKind.DMARC_REPORTS, "reports.example")
        assert fix.changes == (
            RecordChange(
                name="shop.example._report._dmarc.reports.example", type=RecordType.TXT, after=("v=DMARC1",)
            ),
        )

    def test_they_say_so_for_the_domain_that_holds_the_record(self):
        zone = {
            "_dmarc.shop.example": {},
            "_dmarc.example": {"TXT": ["v=DMARC1; p=none; rua=mailto:a@reports.test"]},
        }

        (fix,) = proposals(zone)

        assert fix.changes[0].name == "example._report._dmarc.reports.test"


class TestReverse:
    def test_an_address_without_a_name_gets_one_that_leads_back(self):
        (fix,) = proposals({"25.2.0.192.in-addr.arpa": {}})

        assert fix.kind is FixKind.REVERSE
        assert fix.changes == (
            RecordChange(name="25.2.0.192.in-addr.arpa", type=RecordType.PTR, after=("mail.shop.example.",)),
            RecordChange(name="mail.shop.example", type=RecordType.A, after=("192.0.2.25",)),
        )

    def test_a_name_that_does_not_lead_back_does_so_besides(self):
        (fix,) = proposals({"mail.shop.example": {"A": ["192.0.2.26"]}})

        assert fix.changes == (
            RecordChange(name="mail.shop.example", type=RecordType.A, after=("192.0.2.25",)),
        )

    def test_ipv6(self):
        fixes = proposals(spf("v=spf1 ip6:2001:db8::/32 -all"), ips=("2001:db8::25",))

        assert [(change.type, change.after) for change in fixes[0].changes] == [
            (RecordType.PTR, ("mail.shop.example.",)),
            (RecordType.AAAA, ("2001:db8::25",)),
        ]

    @pytest.mark.parametrize(
        "zone",
        [
            pytest.param({"25.2.0.192.in-addr.arpa": TEMPERROR}, id="the-name"),
            pytest.param({"mail.shop.example": TEMPERROR}, id="its-address"),
        ],
    )
    def test_what_is_not_known_is_not_mended(self, zone):
        assert proposals(zone) == ()


@pytest.mark.parametrize("name", HEALTHY)
def test_where_the_dns_does_not_tell_nothing_is_proposed(name):
    assert proposals({name: TEMPERROR}) == ()


@pytest.mark.parametrize("domain", ["gmail.com", "no-such.example"])
def test_nothing_is_proposed_where_the_shop_can_publish_nothing(rules, domain):
    zone = {"gmail.com": {"MX": ["5 mx.gmail.test."], "A": ["192.0.2.1"]}}
    how = sending(domain)

    facts = ask(discover_sender(how, Scope(providers=rules.providers)), zone)

    assert propose(facts, how) == ()
