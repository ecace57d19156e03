"""Which questions are asked about a domain, and what their answers mean."""

import pytest

from deliv.core.auth.dmarc import DmarcStatus
from deliv.core.discovery import discover_recipient, discover_route, discover_sender
from deliv.core.facts import Retired, Route, SpfStatus
from deliv.core.mx import MxRecord
from deliv.core.providers import ProviderKind
from deliv.core.question import Answer, AnswerStatus, Query, RecordType, Trouble
from tests.zone import TEMPERROR, ask, sending

MX_TWO = {"MX": ["10 mx1.shop.example.", "20 mx2.shop.example."]}
PUBLIC = {"A": ["192.0.2.1"]}


@pytest.mark.parametrize(
    ("zone", "route", "calls"),
    [
        pytest.param(
            {"shop.example": {"MX": ["10 mx.shop.example."]}, "mx.shop.example": PUBLIC},
            Route.MX,
            ["shop.example MX", "mx.shop.example A"],
            id="mx-with-an-address",
        ),
        pytest.param(
            {"shop.example": {"MX": ["10 mx.shop.example."]}, "mx.shop.example": {"AAAA": ["2001:db8::1"]}},
            Route.MX,
            ["shop.example MX", "mx.shop.example A", "mx.shop.example AAAA"],
            id="mx-with-ipv6-only",
        ),
        pytest.param(
            {"shop.example": MX_TWO, "mx1.shop.example": PUBLIC, "mx2.shop.example": PUBLIC},
            Route.MX,
            ["shop.example MX", "mx1.shop.example A"],
            id="the-first-reachable-host-is-enough",
        ),
        pytest.param(
            {"shop.example": MX_TWO, "mx2.shop.example": PUBLIC},
            Route.MX,
            ["shop.example MX", "mx1.shop.example A", "mx2.shop.example A"],
            id="nxdomain-stops-aaaa-and-the-next-host-is-asked",
        ),
        pytest.param(
            {
                "shop.example": {"MX": ["20 mx2.shop.example.", "10 mx1.shop.example."]},
                "mx1.shop.example": PUBLIC,
            },
            Route.MX,
            ["shop.example MX", "mx1.shop.example A"],
            id="hosts-are-asked-by-preference",
        ),
        pytest.param(
            {"shop.example": {"MX": ["10 mx.shop.example.", "20 mx.shop.example."]}},
            Route.UNROUTABLE,
            ["shop.example MX", "mx.shop.example A"],
            id="a-host-is-asked-once",
        ),
        pytest.param({"shop.example": {"MX": ["0 ."]}}, Route.NULL_MX, ["shop.example MX"], id="null-mx"),
        pytest.param(
            {"shop.example": {"MX": ["0 .", "10 mx.shop.example."]}, "mx.shop.example": PUBLIC},
            Route.MX,
            ["shop.example MX", "mx.shop.example A"],
            id="null-mx-beside-a-host-is-not-taken-at-its-word",
        ),
        pytest.param(
            {"shop.example": PUBLIC},
            Route.IMPLICIT_MX,
            ["shop.example MX", "shop.example A"],
            id="implicit-mx",
        ),
        pytest.param(
            {"shop.example": {"AAAA": ["2001:db8::1"]}},
            Route.IMPLICIT_MX,
            ["shop.example MX", "shop.example A", "shop.example AAAA"],
            id="implicit-mx-with-ipv6-only",
        ),
        pytest.param({}, Route.NO_DOMAIN, ["shop.example MX"], id="no-domain"),
        pytest.param(
            {"shop.example": {"TXT": ["v=spf1 -all"]}},
            Route.NO_HOST,
            ["shop.example MX", "shop.example A", "shop.example AAAA"],
            id="no-host",
        ),
        pytest.param(
            {"mail.shop.example": PUBLIC},
            Route.NO_HOST,
            ["shop.example MX", "shop.example A", "shop.example AAAA"],
            id="only-names-below",
        ),
        pytest.param(
            {"shop.example": MX_TWO, "mx1.shop.example": {"TXT": ["x"]}},
            Route.UNROUTABLE,
            ["shop.example MX", "mx1.shop.example A", "mx1.shop.example AAAA", "mx2.shop.example A"],
            id="no-mx-has-an-address",
        ),
        pytest.param(
            {"shop.example": {"MX": ["10 mx.shop.example."], "A": ["192.0.2.1"]}},
            Route.UNROUTABLE,
            ["shop.example MX", "mx.shop.example A"],
            id="the-domains-own-address-is-no-way-round-an-mx",
        ),
        pytest.param(
            {"shop.example": {"MX": ["10 mx.shop.example."]}, "mx.shop.example": {"A": ["10.0.0.1"]}},
            Route.PRIVATE,
            ["shop.example MX", "mx.shop.example A", "mx.shop.example AAAA"],
            id="private",
        ),
        pytest.param(
            {
                "shop.example": {"MX": ["10 mx.shop.example."]},
                "mx.shop.example": {"AAAA": ["::ffff:10.0.0.1"]},
            },
            Route.PRIVATE,
            ["shop.example MX", "mx.shop.example A", "mx.shop.example AAAA"],
            id="private-ipv4-mapped-to-ipv6",
        ),
        pytest.param(
            {
                "shop.example": {"MX": ["10 mx.shop.example."]},
                "mx.shop.example": {"A": ["10.0.0.1"], "AAAA": ["2001:db8::1"]},
            },
            Route.MX,
            ["shop.example MX", "mx.shop.example A", "mx.shop.example AAAA"],
            id="private-ipv4-beside-public-ipv6",
        ),
        pytest.param(
            {"shop.example": MX_TWO, "mx1.shop.example": {"A": ["10.0.0.1"]}, "mx2.shop.example": PUBLIC},
            Route.MX,
            ["shop.example MX", "mx1.shop.example A", "mx1.shop.example AAAA", "mx2.shop.example A"],
            id="a-public-host-behind-a-private-one",
        ),
        pytest.param(
            {"shop.example": MX_TWO, "mx1.shop.example": {"A": ["10.0.0.1"]}},
            Route.PRIVATE,
            ["shop.example MX", "mx1.shop.example A", "mx1.shop.example AAAA", "mx2.shop.example A"],
            id="a-private-host-and-one-without-address",
        ),
        pytest.param(
            {"shop.example": {"A": ["127.0.0.1"]}},
            Route.PRIVATE,
            ["shop.example MX", "shop.example A", "shop.example AAAA"],
            id="implicit-mx-at-loopback",
        ),
        pytest.param(
            {
                "shop.example": {"MX": ["10 mx.shop.example."]},
                "mx.shop.example": {"A": ["10.0.0.1", "192.0.2.1"]},
            },
            Route.MX,
            ["shop.example MX", "mx.shop.example A"],
            id="one-public-address-is-enough",
        ),
    ],
)
def test_where_mail_can_go_and_what_was_asked_for_it(zone, route, calls):
    asked: list[str] = []

    found = ask(discover_route("shop.example"), zone, asked)

    assert (found.route, asked) == (route, calls)
    assert found.trouble is None
    assert [line.partition(":")[0] for line in found.evidence] == calls


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.255.0.1", "100.64.0.1", "127.0.0.53", "169.254.1.1", "172.16.0.1", "172.31.255.255"),
        *("192.168.1.1", "::", "::1", "fc00::1", "fdff::1", "fe80::1"),
    ],
)
def test_these_addresses_cannot_be_reached_from_outside(address):
    zone = {"shop.example": {"AAAA" if ":" in address else "A": [address]}}

    assert ask(discover_route("shop.example"), zone).route is Route.PRIVATE


@pytest.mark.parametrize(
    "address", ["172.32.0.1", "100.128.0.1", "192.0.2.1", "8.8.8.8", "2001:db8::1", "2400::1"]
)
def test_these_can_or_are_examples(address):
    zone = {"shop.example": {"AAAA" if ":" in address else "A": [address]}}

    assert ask(discover_route("shop.example"), zone).route is Route.IMPLICIT_MX


@pytest.mark.parametrize(
    ("zone", "calls"),
    [
        pytest.param({"shop.example": TEMPERROR}, ["shop.example MX"], id="mx"),
        pytest.param(
            {"shop.example": {"A": TEMPERROR}},
            ["shop.example MX", "shop.example A", "shop.example AAAA"],
            id="implicit-a",
        ),
        pytest.param(
            {"shop.example": {"AAAA": TEMPERROR}},
            ["shop.example MX", "shop.example A", "shop.example AAAA"],
            id="implicit-aaaa",
        ),
        pytest.param(
            {"shop.example": {"A": ["10.0.0.1"], "AAAA": TEMPERROR}},
            ["shop.example MX", "shop.example A", "shop.example AAAA"],
            id="aaaa-behind-a-private-address",
        ),
        pytest.param(
            {"shop.example": MX_TWO, "mx1.shop.example": TEMPERROR},
            ["shop.example MX", "mx1.shop.example A", "mx1.shop.example AAAA", "mx2.shop.example A"],
            id="first-host",
        ),
        pytest.param(
            {"shop.example": MX_TWO, "mx2.shop.example": {"AAAA": TEMPERROR}},
            ["shop.example MX", "mx1.shop.example A", "mx2.shop.example A", "mx2.shop.example AAAA"],
            id="aaaa-of-the-last-host",
        ),
        pytest.param(
            {"shop.example": MX_TWO, "mx1.shop.example": {"A": ["10.0.0.1"]}, "mx2.shop.example": TEMPERROR},
            [
                *("shop.example MX", "mx1.shop.example A", "mx1.shop.example AAAA"),
                *("mx2.shop.example A", "mx2.shop.example AAAA"),
            ],
            id="a-host-behind-a-private-one",
        ),
    ],
)
def test_wherever_an_answer_is_missing_the_route_is_unknown(zone, calls):
    asked: list[str] = []

    found = ask(discover_route("shop.example"), zone, asked)

    assert (found.route, found.trouble) == (Route.UNKNOWN, Trouble.SERVFAIL)
    assert asked == calls


@pytest.mark.parametrize(
    "zone",
    [
        pytest.param(
            {
                "shop.example": {"MX": ["10 m.shop.example."]},
                "m.shop.example": {"A": TEMPERROR, "AAAA": ["::2:1"]},
            },
            id="aaaa-is-there",
        ),
        pytest.param(
            {"shop.example": MX_TWO, "mx1.shop.example": TEMPERROR, "mx2.shop.example": PUBLIC},
            id="the-other-host-is-there",
        ),
    ],
)
def test_a_missing_answer_does_no_harm_where_another_way_is_open(zone):
    found = ask(discover_route("shop.example"), zone)

    assert (found.route, found.trouble) == (Route.MX, None)


@pytest.mark.parametrize("trouble", list(Trouble))
def test_the_reason_for_a_missing_answer_is_kept(trouble):
    asking = discover_route("shop.example")

    assert next(asking) == Query(name="shop.example", type=RecordType.MX)
    with pytest.raises(StopIteration) as stop:
        asking.send(Answer.failed(trouble, "as it happened"))

    assert stop.value.value.trouble is trouble
    assert stop.value.value.evidence == (f"shop.example MX: TEMPERROR ({trouble}: as it happened)",)


def test_a_failure_without_a_reason_is_a_malformed_answer():
    asking = discover_route("shop.example")
    next(asking)

    with pytest.raises(StopIteration) as stop:
        asking.send(Answer(status=AnswerStatus.TEMPERROR))

    assert stop.value.value.trouble is Trouble.MALFORMED


def test_at_most_ten_hosts_are_looked_at_and_the_others_are_not_condemned():
    calls: list[str] = []
    hosts = [f"{rank} mx{rank:02}.shop.example." for rank in range(12)]

    found = ask(
        discover_route("shop.example"), {"shop.example": {"MX": hosts}, "mx11.shop.example": PUBLIC}, calls
    )

    assert len(calls) == 11
    assert found.route is Route.UNKNOWN


def test_ten_hosts_without_address_are_all_there_are():
    hosts = [f"{rank} mx{rank:02}.shop.example." for rank in range(10)]

    assert ask(discover_route("shop.example"), {"shop.example": {"MX": hosts}}).route is Route.UNROUTABLE


def test_the_records_come_with_the_route():
    found = ask(discover_route("shop.example"), {"shop.example": {"MX": ["20 b.example.", "10 a.example."]}})

    assert found.mx == (
        MxRecord(preference=10, exchange="a.example"),
        MxRecord(preference=20, exchange="b.example"),
    )


class TestRecipient:
    def test_everything_about_a_domain_behind_a_known_host(self, rules):
        zone = {"shop.example": {"MX": ["1 aspmx.l.google.com."]}, "aspmx.l.google.com": PUBLIC}

        facts = ask(discover_recipient("shop.example", rules.providers), zone)

        assert (facts.domain, facts.route, facts.exists) == ("shop.example", Route.MX, True)
        assert facts.provider is not None
        assert facts.provider.id == "google-workspace"
        assert facts.kind is ProviderKind.BUSINESS
        assert facts.mx == (MxRecord(preference=1, exchange="aspmx.l.google.com"),)
        assert (facts.did_you_mean, facts.trouble, facts.retired) == (None, None, Retired.NO)
        assert facts.evidence == (
            ("recipient.route", "shop.example MX: 1 aspmx.l.google.com."),
            ("recipient.route", "aspmx.l.google.com A: 192.0.2.1"),
        )

    @pytest.mark.parametrize(
        ("zone", "exists"),
        [
            pytest.param({}, False, id="nxdomain"),
            pytest.param({"shop.example": {"TXT": ["x"]}}, True, id="nodata"),
            pytest.param({"shop.example": TEMPERROR}, None, id="not-known"),
        ],
    )
    def test_whether_the_name_exists(self, rules, zone, exists):
        assert ask(discover_recipient("shop.example", rules.providers), zone).exists is exists

    @pytest.mark.parametrize(
        ("zone", "null", "implicit"),
        [
            pytest.param({"shop.example": {"MX": ["0 ."]}}, True, False, id="null-mx"),
            pytest.param({"shop.example": {"A": ["192.0.2.1"]}}, False, True, id="implicit-mx"),
            pytest.param({"shop.example": TEMPERROR}, False, False, id="not-known"),
        ],
    )
    def test_what_stands_in_for_an_ordinary_mx(self, rules, zone, null, implicit):
        facts = ask(discover_recipient("shop.example", rules.providers), zone)
        assert (facts.null_mx, facts.implicit_mx) == (null, implicit)

    @pytest.mark.parametrize(
        ("domain", "asked"),
        [
            pytest.param("docomo.ne.jp", ["docomo.ne.jp MX"], id="listed"),
            pytest.param("x.nifty.ne.jp", ["x.nifty.ne.jp MX"], id="listed-by-suffix"),
            pytest.param("shop.xsrv.jp", ["shop.xsrv.jp MX", "mx.mail.example A"], id="rented-server"),
            pytest.param("excite.co.jp", ["excite.co.jp MX", "mx.mail.example A"], id="retired"),
            pytest.param("customer.example", ["customer.example MX", "mx.mail.example A"], id="not-listed"),
        ],
    )
    def test_the_hosts_of_a_listed_provider_that_lives_are_taken_for_granted(self, rules, domain, asked):
        zone = {domain: {"MX": ["10 mx.mail.example."]}, "mx.mail.example": PUBLIC}
        calls: list[str] = []

        facts = ask(discover_recipient(domain, rules.providers), zone, calls)

        assert (facts.route, calls) == (Route.MX, asked)

    @pytest.mark.parametrize(
        ("zone", "route"),
        [
            pytest.param({}, Route.NO_DOMAIN, id="nxdomain"),
            pytest.param({"docomo.ne.jp": {"MX": ["0 ."]}}, Route.NULL_MX, id="null-mx"),
            pytest.param({"docomo.ne.jp": {"TXT": ["x"]}}, Route.NO_HOST, id="nodata"),
            pytest.param({"docomo.ne.jp": TEMPERROR}, Route.UNKNOWN, id="not-known"),
        ],
    )
    def test_what_a_listed_domain_says_of_itself_still_holds(self, rules, zone, route):
        assert ask(discover_recipient("docomo.ne.jp", rules.providers), zone).route is route

    def test_a_listed_domain_keeps_its_provider_without_dns(self, rules):
        facts = ask(discover_recipient("docomo.ne.jp", rules.providers), {"docomo.ne.jp": TEMPERROR})

        assert facts.provider is not None
        assert (facts.provider.id, facts.trouble) == ("docomo", Trouble.SERVFAIL)

    @pytest.mark.parametrize(
        ("domain", "retired"),
        [
            pytest.param("excite.co.jp", Retired.DATED, id="dated"),
            pytest.param("emnet.ne.jp", Retired.UNDATED, id="undated"),
            pytest.param("gmail.com", Retired.NO, id="alive"),
        ],
    )
    def test_whether_its_service_has_ended(self, rules, domain, retired):
        assert ask(discover_recipient(domain, rules.providers), {}).retired is retired


def lines(facts, name):
    """Return what was asked and answered beside a fact."""
    return [line for fact, line in facts.evidence if fact == name]


GOOD_SENDER = {
    "shop.example": {"MX": ["10 mx.shop.example."], "TXT": ["hello", "v=spf1 mx -all"]},
    "mx.shop.example": PUBLIC,
    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject"]},
}


class TestSender:
    def test_everything_about_a_good_sender(self):
        calls: list[str] = []

        facts = ask(discover_sender(sending("shop.example")), GOOD_SENDER, calls)

        assert (facts.from_domain, facts.route, facts.spf) == ("shop.example", Route.MX, SpfStatus.VALID)
        assert str(facts.spf_record) == "v=spf1 mx -all"
        assert (facts.dmarc.status, facts.dmarc.policy) == (DmarcStatus.FOUND, "reject")
        assert lines(facts, "sender.route") == [
            "shop.example MX: 10 mx.shop.example.",
            "mx.shop.example A: 192.0.2.1",
        ]
        assert lines(facts, "sender.spf") == [
            "shop.example TXT: hello | v=spf1 mx -all",
            "shop.example MX: 10 mx.shop.example.",
        ]
        assert lines(facts, "sender.dmarc") == [
            "_dmarc.shop.example TXT: v=DMARC1; p=reject",
            "_dmarc.example TXT: NXDOMAIN",
        ]
        assert list(dict.fromkeys(calls)) == [
            *("shop.example MX", "mx.shop.example A", "shop.example TXT"),
            *("_dmarc.shop.example TXT", "_dmarc.example TXT"),
        ]

    @pytest.mark.parametrize(
        ("records", "status", "shown"),
        [
            pytest.param({"TXT": ["hello"]}, SpfStatus.MISSING, "hello", id="other-texts"),
            pytest.param({"A": ["192.0.2.1"]}, SpfStatus.MISSING, "NODATA", id="no-text"),
            pytest.param({"TXT": ["v=spf10 -all"]}, SpfStatus.MISSING, "v=spf10 -all", id="another-version"),
            pytest.param({"TXT": ["v=spf1 moo"]}, SpfStatus.INVALID, "v=spf1 moo", id="invalid"),
            pytest.param(
                {"TXT": ["v=spf1 -all", "v=spf1 moo"]},
                SpfStatus.SEVERAL,
                "v=spf1 -all | v=spf1 moo",
                id="several",
            ),
            pytest.param({"TXT": TEMPERROR}, SpfStatus.TEMPERROR, "TEMPERROR (servfail)", id="not-known"),
        ],
    )
    def test_what_is_published_as_spf(self, records, status, shown):
        facts = ask(discover_sender(sending("shop.example")), {"shop.example": records})

        assert facts.spf is status
        assert facts.spf_record is None
        assert lines(facts, "sender.spf") == [f"shop.example TXT: {shown}"]

    def test_a_failure_in_one_part_leaves_the_others_alone(self):
        zone = {**GOOD_SENDER, "mx.shop.example": TEMPERROR}

        facts = ask(discover_sender(sending("shop.example")), zone)

        assert (facts.route, facts.spf) == (Route.UNKNOWN, SpfStatus.VALID)
        assert facts.dmarc.status is DmarcStatus.FOUND

    def test_a_domain_that_does_not_exist(self):
        facts = ask(discover_sender(sending("shop.example")), {})

        assert (facts.route, facts.spf) == (Route.NO_DOMAIN, SpfStatus.MISSING)
        assert facts.dmarc.status is DmarcStatus.MISSING
