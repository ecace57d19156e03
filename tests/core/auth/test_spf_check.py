"""check_host() of RFC 7208: each paragraph with the zone beside the expectation."""

import ipaddress

import pytest

from deliv.core.auth.spf_check import SpfOutcome, SpfVerdict, check_spf
from deliv.core.errors import SpfSyntaxError
from tests.zone import TEMPERROR, ask

IP = "192.0.2.1"
IP6 = "2001:db8::1"
REVERSE = "1.2.0.192.in-addr.arpa"
REVERSE6 = ipaddress.ip_address(IP6).reverse_pointer
PASS, FAIL, SOFTFAIL, NEUTRAL, NONE, TEMP, PERM = SpfVerdict


def spf(*texts):
    return {"TXT": list(texts)}


def check(zone, *, ip=IP, mail_from="taro@shop.example", helo="mx.shop.example", calls=None, **more):
    return ask(check_spf(ip=ip, mail_from=mail_from, helo=helo, **more), zone, calls)


def check_record(text, zone=None, **more):
    """Check a mail from shop.example, which publishes `text`; `zone` is the world around it."""
    own = {"shop.example": spf(text) | (zone or {}).get("shop.example", {})}
    return check((zone or {}) | own, **more)


class TestIdentities:
    """Sections 2.4 and 4.3: which name is checked."""

    @pytest.mark.parametrize(
        ("mail_from", "helo", "domain"),
        [
            pytest.param("taro@shop.example", "mx.example", "shop.example", id="mail-from"),
            pytest.param("Taro@Shop.Example.", "mx.example", "shop.example", id="case-and-final-dot"),
            pytest.param("", "shop.example", "shop.example", id="empty-reverse-path"),
            pytest.param('"a@b"@shop.example', "mx.example", "shop.example", id="quoted-at"),
            pytest.param("@shop.example", "mx.example", "shop.example", id="no-local-part"),
            pytest.param("shop.example", "mx.example", "shop.example", id="only-a-domain"),
        ],
    )
    def test_the_domain_of_mail_from_is_checked_else_the_helo_name(self, mail_from, helo, domain):
        result = check({"shop.example": spf("v=spf1 -all")}, mail_from=mail_from, helo=helo)

        assert (result.result, result.domain) == (FAIL, domain)

    @pytest.mark.parametrize(
        "domain",
        [
            *("", "localhost", "[192.0.2.1]", "a..example", ".example", "example..", "日本.example"),
            *("x" * 64 + ".example", "a." * 125 + "example", "a\tb.example"),
        ],
    )
    def test_a_malformed_domain_is_none_without_a_question(self, domain):
        calls = []

        result = check({}, mail_from=f"taro@{domain}", calls=calls)

        assert (result.result, result.trace) == (NONE, ())
        assert calls == [] or domain == "[192.0.2.1]"

    @pytest.mark.parametrize(
        ("mail_from", "expected"),
        [("@shop.example", "postmaster"), ("", "postmaster"), ("t.y@shop.example", "t.y")],
    )
    def test_the_local_part_is_postmaster_where_there_is_none(self, mail_from, expected):
        zone = {"shop.example": spf("v=spf1 -all exp=%{l}.w.example"), f"{expected}.w.example": spf("%{s}")}

        result = check(zone, mail_from=mail_from, helo="shop.example")

        assert result.explanation == f"{expected}@shop.example"

    @pytest.mark.parametrize("ip", ["", "192.0.2", "shop.example", "192.0.2.1/24"])
    def test_no_address_is_an_error_of_the_caller(self, ip):
        with pytest.raises(ValueError, match="IP"):
            check_spf(ip=ip, mail_from="taro@shop.example", helo="")

    @pytest.mark.parametrize(
        ("ip", "mechanism"),
        [("::ffff:192.0.2.1", "ip4:192.0.2.1"), ("2001:db8::1%eth0", "ip6:2001:db8::1"), (IP6, "ip6:::/0")],
    )
    def test_section_5_an_ipv4_mapped_address_is_an_ipv4_address(self, ip, mechanism):
        assert check_record(f"v=spf1 {mechanism} -all", ip=ip).result is PASS


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param([], NONE, id="4.5-no-record"),
        pytest.param(["other", "v=spf10 -all", "\udcff"], NONE, id="4.5-no-spf-record"),
        pytest.param(["other", "v=spf1 -all", "\udcff"], FAIL, id="4.5-one-record-among-others"),
        pytest.param(["v=spf1 -all", "V=SPF1 -all"], PERM, id="4.5-several-records"),
        pytest.param(["v=spf1 a:\udcef.example -all"], PERM, id="3.1-not-ascii"),
        pytest.param(["v=spf1 ip4:192.0.2.1 \x00 -all"], PERM, id="3.1-control-character"),
        pytest.param(["v=spf1 ip4:192.0.2.1 moo"], PERM, id="4.6-syntax-error-behind-a-match"),
        pytest.param(["v=spf1"], NEUTRAL, id="4.7-default"),
        pytest.param(["v=spf1 " + "ip4:203.0.113.1 " * 4000 + "-all"], FAIL, id="3.4-a-long-record"),
    ],
)
def test_section_4_the_record(texts, expected):
    assert check({"shop.example": {"TXT": texts}}).result is expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param({}, NONE, id="4.3-nxdomain"),
        pytest.param({"shop.example": {}}, NONE, id="4.5-nodata"),
        pytest.param({"shop.example": TEMPERROR}, TEMP, id="4.4-dns-error"),
    ],
)
def test_section_4_4_the_record_lookup(zone, expected):
    assert check(zone).result is expected


@pytest.mark.parametrize(
    ("term", "expected"),
    [("all", PASS), ("+all", PASS), ("-all", FAIL), ("~ALL", SOFTFAIL), ("?all", NEUTRAL)],
)
def test_section_4_6_2_the_qualifier_is_the_verdict(term, expected):
    result = check_record(f"v=spf1 {term} -ip4:0.0.0.0/0")

    assert result.result is expected
    assert result.matched == term.lower().removeprefix("+")


A = {"A": [IP, "198.51.100.9"]}
AAAA = {"AAAA": [IP6]}
HOSTS = {
    "mail.shop.example": A | AAAA,
    "near.example": {"A": ["192.0.2.254"], "AAAA": ["2001:db8::ffff"]},
    "four.example": {"A": [IP]},
    "odd.example": {"A": ["no address"]},
    "mx.example": {"MX": ["10 gone.example.", "20 mail.shop.example."]},
    "near-mx.example": {"MX": ["10 near.example."]},
    "null.example": {"MX": ["0 ."]},
    "odd-mx.example": {"MX": ["nonsense", "10 a..b."]},
    "down.example": TEMPERROR,
    "down-mx.example": {"MX": ["10 down.example."]},
    "found-before-down.example": {"MX": ["20 down.example.", "10 mail.shop.example."]},
}


@pytest.mark.parametrize(
    ("mechanism", "expected", "expected6"),
    [
        # section 5.1
        pytest.param("all", PASS, PASS, id="5.1-all"),
        # section 5.3
        pytest.param("a", FAIL, FAIL, id="5.3-own-domain-without-address"),
        pytest.param("a:mail.shop.example", PASS, PASS, id="5.3-any-of-the-addresses"),
        pytest.param("A:MAIL.%{d}", PASS, PASS, id="5.3-macro-and-case"),
        pytest.param("a:Mail.Shop.Example.", PASS, PASS, id="5.3-case-and-final-dot"),
        pytest.param("a:four.example", PASS, FAIL, id="5.3-only-ipv4"),
        pytest.param("a:near.example", FAIL, FAIL, id="5.3-another-address"),
        pytest.param("a:near.example/24//112", PASS, PASS, id="5.3-both-prefixes"),
        pytest.param("a:near.example/24", PASS, FAIL, id="5.3-prefix-of-ipv4"),
        pytest.param("a:near.example//112", FAIL, PASS, id="5.3-prefix-of-ipv6"),
        pytest.param("a:near.example/0//0", PASS, PASS, id="5.3-everything"),
        pytest.param("a:gone.example/0//0", FAIL, FAIL, id="5.3-nothing-there"),
        pytest.param("a:odd.example/0", FAIL, FAIL, id="5.3-answer-that-is-no-address"),
        pytest.param("a:down.example", TEMP, TEMP, id="5-dns-error-of-a"),
        # section 5.4
        pytest.param("mx", FAIL, FAIL, id="5.4-own-domain-without-mx"),
        pytest.param("mx:mx.example", PASS, PASS, id="5.4-any-of-the-servers"),
        pytest.param("mx:near-mx.example/24//112", PASS, PASS, id="5.4-prefixes"),
        pytest.param("mx:near-mx.example", FAIL, FAIL, id="5.4-another-address"),
        pytest.param("mx:mail.shop.example", FAIL, FAIL, id="5.4-no-implicit-mx"),
        pytest.param("mx:null.example", FAIL, FAIL, id="5.4-null-mx"),
        pytest.param("mx:odd-mx.example", FAIL, FAIL, id="5.4-servers-that-are-none"),
        pytest.param("mx:down.example", TEMP, TEMP, id="5-dns-error-of-mx"),
        pytest.param("mx:down-mx.example", TEMP, TEMP, id="5-dns-error-of-a-server"),
        pytest.param("mx:found-before-down.example", PASS, PASS, id="5.4-in-order-of-preference"),
        # section 5.6
        pytest.param("ip4:192.0.2.1", PASS, FAIL, id="5.6-ip4"),
        pytest.param("ip4:192.0.2.77/24", PASS, FAIL, id="5.6-ip4-prefix"),
        pytest.param("ip4:192.0.2.2", FAIL, FAIL, id="5.6-another-ip4"),
        pytest.param("ip4:0.0.0.0/0", PASS, FAIL, id="5.6-every-ip4"),
        pytest.param("ip6:2001:db8::1", FAIL, PASS, id="5.6-ip6"),
        pytest.param("ip6:2001:DB8::/32", FAIL, PASS, id="5.6-ip6-prefix"),
        pytest.param("ip6:::/0", FAIL, PASS, id="5.6-every-ip6"),
        pytest.param("ip6:::ffff:192.0.2.1", FAIL, FAIL, id="5.6-ip6-for-a-mapped-address"),
        # section 5.7: always an A record
        pytest.param("exists:four.example", PASS, PASS, id="5.7-exists"),
        pytest.param("exists:mx.example", FAIL, FAIL, id="5.7-no-address"),
        pytest.param("exists:gone.example", FAIL, FAIL, id="5.7-no-name"),
        pytest.param("exists:down.example", TEMP, TEMP, id="5-dns-error-of-exists"),
        # section 4.8: names that cannot be asked
        pytest.param("a:" + "x" * 64 + ".example/0//0", FAIL, FAIL, id="4.8-label-too-long"),
        pytest.param("exists:a..example", FAIL, FAIL, id="4.8-empty-label"),
        pytest.param("mx:%{h}", FAIL, FAIL, id="4.8-made-by-a-macro"),
    ],
)
def test_section_5_each_mechanism_matches_what_it_names(mechanism, expected, expected6):
    for ip, verdict in ((IP, expected), (IP6, expected6)):
        result = check_record(f"v=spf1 {mechanism} -all", HOSTS, ip=ip, helo="[192.0.2.1]..x\x00")
        assert result.result is verdict


@pytest.mark.parametrize(
    ("record", "qualifier", "expected"),
    [
        # the table of section 5.2
        pytest.param("v=spf1 all", "", PASS, id="pass-matches"),
        pytest.param("v=spf1 all", "-", FAIL, id="pass-matches-with-the-qualifier-outside"),
        pytest.param("v=spf1 -all", "", SOFTFAIL, id="fail-does-not-match"),
        pytest.param("v=spf1 ~all", "", SOFTFAIL, id="softfail-does-not-match"),
        pytest.param("v=spf1 ?all", "", SOFTFAIL, id="neutral-does-not-match"),
        pytest.param("v=spf1", "", SOFTFAIL, id="neutral-by-default-does-not-match"),
        pytest.param(TEMPERROR, "", TEMP, id="temperror"),
        pytest.param("v=spf1 a:down.example", "", TEMP, id="temperror-below"),
        pytest.param("v=spf1 moo", "", PERM, id="permerror"),
        pytest.param(None, "", PERM, id="none"),
        pytest.param("other", "", PERM, id="none-among-other-texts"),
    ],
)
def test_section_5_2_include_matches_on_pass_only(record, qualifier, expected):
    zone = {"down.example": TEMPERROR}
    if record is not None:
        zone["inc.example"] = TEMPERROR if record == TEMPERROR else spf(record)

    assert check_record(f"v=spf1 {qualifier}include:inc.example ~all", zone).result is expected


@pytest.mark.parametrize("domain", ["%{l}", "x" * 64 + ".example", "a..example"])
def test_section_5_2_a_domain_that_cannot_have_a_record_is_a_permerror(domain):
    assert check_record(f"v=spf1 include:{domain} ~all").result is PERM
    assert check_record(f"v=spf1 redirect={domain}").result is PERM


def test_section_5_2_the_included_domain_is_the_domain_of_its_macros():
    zone = {"inc.example": spf("v=spf1 a:mail.%{d}.%{o} -all"), "mail.inc.example.shop.example": A}

    assert check_record("v=spf1 include:inc.example -all", zone).result is PASS


NAMES = {"PTR": ["other.example.", "Mail.Shop.Example."]}


@pytest.mark.parametrize(
    ("mechanism", "zone", "expected"),
    [
        pytest.param("ptr", {REVERSE: NAMES, "mail.shop.example": A}, PASS, id="below-the-domain"),
        pytest.param("ptr:other.example", {REVERSE: NAMES, "other.example": A}, PASS, id="the-target"),
        pytest.param("ptr:er.example", {REVERSE: NAMES, "other.example": A}, FAIL, id="not-at-a-dot"),
        pytest.param("ptr", {REVERSE: NAMES}, FAIL, id="not-validated"),
        pytest.param("ptr", {}, FAIL, id="no-name"),
        pytest.param("ptr", {REVERSE: TEMPERROR}, FAIL, id="dns-error-does-not-match"),
        pytest.param(
            "ptr", {REVERSE: NAMES, "mail.shop.example": TEMPERROR}, FAIL, id="name-with-dns-error-is-skipped"
        ),
        pytest.param(
            "ptr",
            {REVERSE: {"PTR": [*(f"n{n}.example." for n in range(9)), *NAMES["PTR"]]}}
            | {"mail.shop.example": A},
            FAIL,
            id="4.6.4-the-eleventh-name-is-ignored",
        ),
    ],
)
def test_section_5_5_ptr_matches_validated_names(mechanism, zone, expected):
    assert check_record(f"v=spf1 {mechanism} -all", zone).result is expected


def test_section_5_5_ptr_of_an_ipv6_client():
    zone = {REVERSE6: NAMES, "mail.shop.example": AAAA}

    assert check_record("v=spf1 ptr -all", zone, ip=IP6).result is PASS


class TestRedirect:
    """Section 6.1."""

    @pytest.mark.parametrize(
        ("record", "expected"),
        [
            *(("v=spf1 all", PASS), ("v=spf1 -all", FAIL), ("v=spf1", NEUTRAL)),
            *((TEMPERROR, TEMP), ("v=spf1 moo", PERM), (None, PERM)),
        ],
    )
    def test_the_other_record_decides(self, record, expected):
        zone = {} if record is None else {"to.example": TEMPERROR if record == TEMPERROR else spf(record)}

        assert check_record("v=spf1 redirect=to.example a:gone.example", zone).result is expected

    @pytest.mark.parametrize("text", ["v=spf1 redirect=to.example ?all", "v=spf1 ?all redirect=to.example"])
    def test_all_makes_it_void(self, text):
        assert check_record(text, {"to.example": spf("v=spf1 -all")}).result is NEUTRAL

    def test_it_is_not_followed_after_a_match(self):
        result = check_record("v=spf1 ip4:192.0.2.1 redirect=gone.example")

        assert (result.result, result.lookups) == (PASS, 0)

    def test_it_changes_the_domain_and_the_term_that_matched_is_that_of_the_other_record(self):
        zone = {"to.example": spf("v=spf1 a ~all") | A}

        result = check_record("v=spf1 redirect=to.example", zone)

        assert (result.result, result.matched, result.domain) == (PASS, "a", "shop.example")
        assert [(step.term, step.outcome, len(step.steps)) for step in result.trace] == [
            ("redirect=to.example", SpfOutcome.MATCH, 1)
        ]


EXP = "v=spf1 -all exp=why.example"


class TestExplanation:
    """Section 6.2."""

    @pytest.mark.parametrize(
        ("texts", "expected"),
        [
            pytest.param(["No: %{i} %{c} %{r} %{t} %{d}"], f"No: {IP} {IP} rcv 12 shop.example", id="macros"),
            pytest.param(["%{p}"], "mail.shop.example", id="the-validated-name"),
            pytest.param(["a", "b"], "", id="several"),
            pytest.param([], "", id="none"),
            pytest.param(["%{x}"], "", id="erroneous"),
            pytest.param(["caf\xe9"], "", id="not-ascii"),
            pytest.param(["\udc96"], "", id="not-even-utf-8"),
            pytest.param([""], "", id="empty"),
        ],
    )
    def test_the_owner_explains_a_fail(self, texts, expected):
        zone = {"why.example": {"TXT": texts}, REVERSE: NAMES, "mail.shop.example": A}

        result = check_record(EXP, zone, receiver="rcv", now=12)

        assert (result.result, result.explanation) == (FAIL, expected)

    @pytest.mark.parametrize("zone", [{}, {"why.example": TEMPERROR}])
    def test_no_answer_is_no_explanation_and_no_fault(self, zone):
        result = check_record(EXP, zone)

        assert (result.result, result.explanation) == (FAIL, "")
        assert (result.lookups, result.void_lookups) == (0, 0)  # section 4.6.4 exempts exp

    def test_a_name_that_cannot_be_asked_is_no_explanation(self):
        assert check_record("v=spf1 -all exp=%{h}", helo="a..b").explanation == ""

    @pytest.mark.parametrize("mail_from", ["ta\r\nro@shop.example", "日本@shop.example"])
    def test_the_client_cannot_put_line_ends_into_a_reply(self, mail_from):
        assert check_record(EXP, {"why.example": spf("%{l}")}, mail_from=mail_from).explanation == ""

    @pytest.mark.parametrize(
        "text", ["v=spf1 ~all exp=why.example", "v=spf1 exp=why.example all", "v=spf1 -all x=why.example"]
    )
    def test_only_a_fail_is_explained_and_only_by_exp(self, text):
        calls = []
        assert check_record(text, {"why.example": spf("x")}, calls=calls).explanation == ""
        assert calls == ["shop.example TXT"]

    def test_that_of_an_include_is_not_used_and_that_of_a_redirect_is(self):
        zone = {"to.example": spf("v=spf1 -all exp=%{d}"), "why.example": spf("why")}
        zone["to.example"]["TXT"] = ["v=spf1 -all exp=to-why.example"]
        zone["to-why.example"] = spf("by %{d}")

        assert check_record("v=spf1 include:to.example -all exp=why.example", zone).explanation == "why"
        assert check_record("v=spf1 redirect=to.example exp=why.example", zone).explanation == "by to.example"
        zone["to.example"] = spf("v=spf1 -all")
        assert check_record("v=spf1 redirect=to.example exp=why.example", zone).explanation == ""


class TestLimits:
    """Section 4.6.4."""

    def test_ten_terms_may_ask_and_the_eleventh_is_named(self):
        text = "v=spf1 a a a a a a a a a a{} -all"

        at_limit = check_record(text.format(""), HOSTS | {"shop.example": {"A": ["203.0.113.1"]}})
        beyond = check_record(text.format(" ptr:x.example"), HOSTS | {"shop.example": {"A": ["203.0.113.1"]}})

        assert (at_limit.result, at_limit.lookups, at_limit.problem) == (FAIL, 10, None)
        assert (beyond.result, beyond.lookups, beyond.problem_domain) == (PERM, 11, "shop.example")
        assert isinstance(beyond.problem, SpfSyntaxError)
        assert beyond.problem.fields == {"term": "ptr:x.example", "limit": 10}

    def test_includes_and_redirects_count_wherever_they_stand(self):
        zone = {f"r{n}.example": spf(f"v=spf1 redirect=r{n + 1}.example") for n in range(12)}

        result = check(zone, mail_from="taro@r0.example")

        assert (result.result, result.problem_domain) == (PERM, "r10.example")
        assert result.problem.fields["term"] == "redirect=r11.example"

    def test_a_loop_ends(self):
        zone = {"a.example": spf("v=spf1 include:b.example"), "b.example": spf("v=spf1 include:a.example")}
        calls = []

        assert check(zone, mail_from="taro@a.example", calls=calls).result is PERM
        assert calls == ["a.example TXT", "b.example TXT"]

    @pytest.mark.parametrize(
        ("terms", "expected", "void"),
        [
            pytest.param("a:g1.example mx:g2.example", FAIL, 2, id="two"),
            pytest.param("a:g1.example mx:g2.example exists:g3.example", PERM, 3, id="three"),
            pytest.param("a:nodata.example a:nodata.example a:nodata.example", PERM, 3, id="nodata"),
            pytest.param("a:a..b exists:a..b mx:a..b", FAIL, 0, id="not-asked"),
            pytest.param("ptr ptr ptr", FAIL, 0, id="ptr-is-the-clients-affair"),
            pytest.param(
                "mx:dead.example mx:dead.example mx:dead.example", FAIL, 0, id="servers-do-not-count"
            ),
            pytest.param("a:g1.example include:g2.example", PERM, 2, id="include"),
        ],
    )
    def test_two_terms_may_find_nothing(self, terms, expected, void):
        zone = {"nodata.example": {"MX": ["0 ."]}, "dead.example": {"MX": ["0 g.example."]}}

        result = check_record(f"v=spf1 {terms} -all", zone)

        assert (result.result, result.void_lookups) == (expected, void)

    @pytest.mark.parametrize(("count", "expected"), [(10, PASS), (11, PERM)])
    def test_a_domain_has_at_most_ten_mail_servers(self, count, expected):
        servers = ["10 mail.shop.example."] + [f"20 h{n}.example." for n in range(count - 1)]

        result = check_record("v=spf1 mx -all", {"shop.example": {"MX": servers}, "mail.shop.example": A})

        assert result.result is expected

    def test_the_mail_servers_of_each_of_ten_terms_are_asked_and_not_more(self):
        zone = {f"m{n}.example": {"MX": [f"10 h{n}{m}.example." for m in range(10)]} for n in range(10)}
        zone[REVERSE] = {"PTR": [f"p{n}.example." for n in range(20)]}
        terms = " ".join(f"mx:m{n}.example" for n in range(10))
        calls = []

        result = check_record(f"v=spf1 {terms} -all exp=%{{p}}.%{{d}}", zone, calls=calls)

        assert result.result is FAIL
        assert len(calls) == 123


class TestReport:
    def test_the_trace_tells_what_was_tried(self):
        zone = {
            "inc.example": spf("v=spf1 a:gone.example exists:four.example"),
            "four.example": A,
        }

        result = check_record("v=spf1 ip4:203.0.113.1 ?include:inc.example -all", zone)

        assert result.matched == "?include:inc.example"
        assert [(s.domain, s.term, s.outcome, s.lookups, s.void_lookups) for s in result.trace] == [
            ("shop.example", "ip4:203.0.113.1", SpfOutcome.NO_MATCH, 0, 0),
            ("shop.example", "?include:inc.example", SpfOutcome.MATCH, 3, 1),
        ]
        assert [(s.domain, s.term, s.outcome, s.lookups, s.void_lookups) for s in result.trace[1].steps] == [
            ("inc.example", "a:gone.example", SpfOutcome.NO_MATCH, 2, 1),
            ("inc.example", "exists:four.example", SpfOutcome.MATCH, 3, 1),
        ]
        assert result.evidence == (
            "shop.example TXT: v=spf1 ip4:203.0.113.1 ?include:inc.example -all",
            "inc.example TXT: v=spf1 a:gone.example exists:four.example",
            "gone.example A: NXDOMAIN",
            "four.example A: 192.0.2.1 | 198.51.100.9",
        )

    @pytest.mark.parametrize(
        ("zone", "message", "domain", "term"),
        [
            pytest.param(
                {"inc.example": spf("v=spf1 moo")},
                "“moo” is not a mechanism that SPF knows",
                "inc.example",
                "include:inc.example",
                id="broken",
            ),
            pytest.param(
                {"inc.example": spf("v=spf1", "v=spf1")},
                "there are several SPF records",
                "inc.example",
                "include:inc.example",
                id="several",
            ),
            pytest.param(
                {},
                "“include:inc.example” leads to a domain without SPF record",
                "shop.example",
                "include:inc.example",
                id="missing",
            ),
            pytest.param(
                {"inc.example": spf("v=spf1 a:down.example"), "down.example": TEMPERROR},
                "the DNS did not answer the question “down.example A”",
                "inc.example",
                "include:inc.example",
                id="dns",
            ),
        ],
    )
    def test_the_problem_is_named_with_the_record_that_holds_it(self, zone, message, domain, term):
        result = check_record("v=spf1 include:inc.example -all", zone)

        assert (str(result.problem), result.problem_domain) == (message, domain)
        assert (result.trace[-1].term, result.trace[-1].outcome) == (term, result.result)
        assert result.matched == ""

    def test_too_many_mail_servers_are_named(self):
        zone = {"many.example": {"MX": [f"10 h{n}.example." for n in range(11)]}}

        result = check_record("v=spf1 mx:many.example -all", zone)

        assert str(result.problem) == "“mx:many.example” leads to more than 10 mail servers"
        assert result.evidence[0].startswith("shop.example TXT: ")

    def test_too_many_look_ups_without_result_are_named(self):
        result = check_record("v=spf1 a:x.example a:y.example -a:z.example -all")

        assert (
            str(result.problem)
            == "“-a:z.example” is one look-up without result more than the 2 that SPF allows"
        )

    def test_a_broken_redirect_stands_in_the_trace(self):
        (step,) = check_record("v=spf1 redirect=gone.example").trace

        assert (step.term, step.outcome, step.lookups) == ("redirect=gone.example", SpfOutcome.PERMERROR, 1)


@pytest.mark.timeout(5)  # it took half a minute once
@pytest.mark.parametrize(
    "text", ["a:x." + "a" * 60000 + "!", "a:" + "x." * 30000 + "!", "a:" + "%{d" + "1" * 60000]
)
def test_a_hostile_record_is_refused_at_once(text):
    assert check_record(f"v=spf1 {text}").result is PERM
