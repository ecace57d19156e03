"""The grammar of SPF records (RFC 7208 sections 4.5, 4.6, 5, 6, 7 and 12)."""

import pytest

from deliv.core.auth.spf import Mechanism, Modifier, Qualifier, is_spf, parse_spf, select_spf
from deliv.core.errors import RecordSyntaxError, SpfSyntaxError

PASS, FAIL, SOFTFAIL, NEUTRAL = Qualifier.PASS, Qualifier.FAIL, Qualifier.SOFTFAIL, Qualifier.NEUTRAL


def only_term(text):
    (term,) = parse_spf(f"v=spf1 {text}").terms
    return term


class TestVersion:
    """Section 4.5: the version is ended by a space or the end of the record."""

    @pytest.mark.parametrize("text", ["v=spf1", "v=spf1 ", "v=spf1 -all", "V=SPF1 -all", "v=spf1  a  mx "])
    def test_these_are_spf_records(self, text):
        assert is_spf(text)
        parse_spf(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "v=spf",
            "v=spf10",
            "v=spf10 -all",
            "v=spf1-all",
            "v=spf1\t-all",
            "v=spf2.0/pra",
            " v=spf1",
            "spf1",
        ],
    )
    def test_these_are_none(self, text):
        assert not is_spf(text)
        with pytest.raises(SpfSyntaxError, match=r"^it does not begin with v=spf1$"):
            parse_spf(text)

    def test_other_texts_of_the_domain_are_passed_over(self):
        texts = ("google-site-verification=x", "v=spf1 -all", "v=spf10", "V=spf1")

        assert select_spf(texts) == ("v=spf1 -all", "V=spf1")

    def test_a_record_without_terms_is_lawful(self):
        assert parse_spf("v=spf1").terms == ()


class TestQualifiers:
    """Section 4.6.2."""

    @pytest.mark.parametrize(
        ("text", "qualifier"),
        [("all", PASS), ("+all", PASS), ("-all", FAIL), ("~all", SOFTFAIL), ("?all", NEUTRAL)],
    )
    def test_the_sign_says_what_a_match_means(self, text, qualifier):
        assert only_term(text) == Mechanism(qualifier=qualifier, name="all")

    @pytest.mark.parametrize("text", ["--all", "!all", "+-all", "- all", "-", "*all"])
    def test_other_signs_are_errors(self, text):
        with pytest.raises(SpfSyntaxError):
            parse_spf(f"v=spf1 {text}")

    def test_a_modifier_has_no_sign(self):
        with pytest.raises(SpfSyntaxError):
            parse_spf("v=spf1 -redirect=shop.example")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("all", {"name": "all"}, id="all"),
        pytest.param("ALL", {"name": "all"}, id="names-know-no-case"),
        pytest.param(
            "include:_spf.shop.example", {"name": "include", "value": "_spf.shop.example"}, id="include"
        ),
        pytest.param("include:Shop.Example.", {"name": "include", "value": "Shop.Example."}, id="final-dot"),
        pytest.param("a", {"name": "a"}, id="a"),
        pytest.param("a:shop.example", {"name": "a", "value": "shop.example"}, id="a-domain"),
        pytest.param("a/24", {"name": "a", "prefix4": 24}, id="a-prefix4"),
        pytest.param("a//64", {"name": "a", "prefix6": 64}, id="a-prefix6"),
        pytest.param("a/24//64", {"name": "a", "prefix4": 24, "prefix6": 64}, id="a-both-prefixes"),
        pytest.param(
            "a:shop.example/0//0",
            {"name": "a", "value": "shop.example", "prefix4": 0, "prefix6": 0},
            id="a-zeros",
        ),
        pytest.param(
            "a:shop.example/32//128",
            {"name": "a", "value": "shop.example", "prefix4": 32, "prefix6": 128},
            id="a-longest-prefixes",
        ),
        pytest.param("mx", {"name": "mx"}, id="mx"),
        pytest.param("mx:shop.example", {"name": "mx", "value": "shop.example"}, id="mx-domain"),
        pytest.param("mx/28//120", {"name": "mx", "prefix4": 28, "prefix6": 120}, id="mx-prefixes"),
        pytest.param("ptr", {"name": "ptr"}, id="ptr"),
        pytest.param("ptr:shop.example", {"name": "ptr", "value": "shop.example"}, id="ptr-domain"),
        pytest.param("ip4:192.0.2.1", {"name": "ip4", "value": "192.0.2.1"}, id="ip4"),
        pytest.param(
            "ip4:192.0.2.0/24", {"name": "ip4", "value": "192.0.2.0", "prefix4": 24}, id="ip4-prefix"
        ),
        pytest.param(
            "ip4:192.0.2.9/24", {"name": "ip4", "value": "192.0.2.9", "prefix4": 24}, id="ip4-host-bits"
        ),
        pytest.param("ip4:0.0.0.0/0", {"name": "ip4", "value": "0.0.0.0", "prefix4": 0}, id="ip4-everything"),
        pytest.param("ip6:2001:db8::1", {"name": "ip6", "value": "2001:db8::1"}, id="ip6"),
        pytest.param(
            "ip6:2001:DB8::/32", {"name": "ip6", "value": "2001:DB8::", "prefix6": 32}, id="ip6-prefix"
        ),
        pytest.param("ip6:::1/128", {"name": "ip6", "value": "::1", "prefix6": 128}, id="ip6-loopback"),
        pytest.param("ip6:::ffff:192.0.2.1", {"name": "ip6", "value": "::ffff:192.0.2.1"}, id="ip6-mapped"),
        pytest.param(
            "exists:%{ir}.%{l1r+-}._spf.%{d}",
            {"name": "exists", "value": "%{ir}.%{l1r+-}._spf.%{d}"},
            id="exists-with-macros",
        ),
        pytest.param(
            "a:shop.xn--wgv71a119e", {"name": "a", "value": "shop.xn--wgv71a119e"}, id="a-label-on-top"
        ),
        pytest.param("a:1.2.3.x4", {"name": "a", "value": "1.2.3.x4"}, id="digits-before-the-top"),
        pytest.param("a:foo/24.example", {"name": "a", "value": "foo/24.example"}, id="slash-inside-a-name"),
        pytest.param(
            "a:foo:8080.example", {"name": "a", "value": "foo:8080.example"}, id="colon-inside-a-name"
        ),
        pytest.param(
            "a:%{d}/24", {"name": "a", "value": "%{d}", "prefix4": 24}, id="macro-before-the-prefix"
        ),
        pytest.param("a:%%.%_.%-.example", {"name": "a", "value": "%%.%_.%-.example"}, id="escapes"),
    ],
)
def test_each_mechanism_is_read(text, expected):
    assert only_term(f"~{text}") == Mechanism(qualifier=SOFTFAIL, **expected)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        pytest.param("redirect=_spf.shop.example", "redirect", "_spf.shop.example", id="redirect"),
        pytest.param("REDIRECT=%{d1r}.example", "redirect", "%{d1r}.example", id="redirect-with-macro"),
        pytest.param("exp=explain.%{d}", "exp", "explain.%{d}", id="exp"),
        pytest.param("moo=", "moo", "", id="unknown-and-empty"),
        pytest.param("ra=postmaster", "ra", "postmaster", id="unknown"),
        pytest.param("x-1_y.z=%{r}%{t}%{c}", "x-1_y.z", "%{r}%{t}%{c}", id="unknown-with-every-macro"),
        pytest.param("all=yes", "all", "yes", id="named-like-a-mechanism"),
    ],
)
def test_each_modifier_is_read(text, name, value):
    assert only_term(text) == Modifier(name=name, value=value)


def test_terms_keep_their_order_and_modifiers_may_stand_anywhere():
    record = parse_spf("v=spf1 exp=explain.shop.example a -mx:shop.example ra=x ~all")

    assert [str(term) for term in record.terms] == [
        "exp=explain.shop.example",
        "a",
        "-mx:shop.example",
        "ra=x",
        "~all",
    ]
    assert [term.name for term in record.mechanisms] == ["a", "mx", "all"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("v=spf1 a mx include:_spf.shop.example ip4:192.0.2.0/24 ~all", id="usual"),
        pytest.param("v=spf1 ip6:2001:db8::/32 a/24//64 mx//64 a:shop.example/24 -all", id="prefixes"),
        pytest.param("v=spf1 ?exists:%{i}._spf.%{d2} redirect=_spf.shop.example", id="macros"),
        pytest.param("v=spf1", id="empty"),
    ],
)
def test_a_record_is_written_as_it_was_read(text):
    assert str(parse_spf(text)) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        pytest.param("V=SPF1  +A   -ALL ", "v=spf1 a -all", id="case-spaces-and-plus"),
        pytest.param("v=spf1 EXP=Shop.Example", "v=spf1 exp=Shop.Example", id="only-names-are-lowered"),
    ],
)
def test_spellings_of_the_same_record_are_written_alike(text, canonical):
    assert str(parse_spf(text)) == canonical
    assert parse_spf(canonical) == parse_spf(text)


@pytest.mark.parametrize(
    ("text", "qualifier", "redirect"),
    [
        pytest.param("v=spf1 a -all", FAIL, None, id="all"),
        pytest.param("v=spf1 a redirect=x.example", None, "x.example", id="redirect"),
        pytest.param("v=spf1 redirect=x.example ~all", SOFTFAIL, None, id="all-makes-redirect-void"),
        pytest.param("v=spf1 ?all -all", NEUTRAL, None, id="the-first-all-counts"),
        pytest.param("v=spf1 a", None, None, id="neither"),
    ],
)
def test_who_else_may_send(text, qualifier, redirect):
    record = parse_spf(text)

    assert record.all_qualifier is qualifier
    assert record.redirect == redirect


@pytest.mark.parametrize(
    "term",
    [
        # section 4.6.1: syntax of terms
        pytest.param("ipv4:192.0.2.1", id="unknown-mechanism"),
        pytest.param("moo", id="unknown-word"),
        pytest.param("a.b", id="a-domain-instead-of-a-mechanism"),
        pytest.param("192.0.2.1", id="an-address-instead-of-a-mechanism"),
        pytest.param("-all;", id="semicolon"),
        pytest.param("mx\tall", id="tab-instead-of-space"),
        pytest.param("a:shop.exämple", id="not-ascii"),
        pytest.param("１all", id="full-width"),
        pytest.param("=shop.example", id="modifier-without-name"),
        pytest.param("1x=shop.example", id="modifier-name-begins-with-digit"),
        pytest.param("include=shop.example/%", id="stray-percent-in-unknown-modifier"),
        pytest.param("moo=a\x7fb", id="control-character-in-unknown-modifier"),
        # section 5.1
        pytest.param("all:shop.example", id="all-with-domain"),
        pytest.param("all/8", id="all-with-prefix"),
        pytest.param("all.", id="all-with-dot"),
        # sections 5.2 and 5.7
        pytest.param("include", id="include-without-domain"),
        pytest.param("include:", id="include-with-empty-domain"),
        pytest.param("include:shop.example/24", id="include-with-prefix"),
        pytest.param("include:shop", id="include-of-one-label"),
        pytest.param("include:192.0.2.1", id="include-of-an-address"),
        pytest.param("exists", id="exists-without-domain"),
        pytest.param("exists:", id="exists-with-empty-domain"),
        pytest.param("exists:shop.example/24", id="exists-with-prefix"),
        # sections 5.3 and 5.4
        pytest.param("a:", id="a-with-empty-domain"),
        pytest.param("a:/24", id="a-with-empty-domain-and-prefix"),
        pytest.param("a/", id="a-with-empty-prefix"),
        pytest.param("a//", id="a-with-empty-prefix6"),
        pytest.param("a/33", id="a-prefix4-too-long"),
        pytest.param("a//129", id="a-prefix6-too-long"),
        pytest.param("a/024", id="a-prefix4-with-leading-zero"),
        pytest.param("a//064", id="a-prefix6-with-leading-zero"),
        pytest.param("a/-1", id="a-negative-prefix"),
        pytest.param("a/24/64", id="a-prefixes-with-one-slash"),
        pytest.param("a//64/24", id="a-prefixes-in-the-wrong-order"),
        pytest.param("a///64", id="a-three-slashes"),
        pytest.param("a:shop.example:25", id="a-with-port"),
        pytest.param("mx:", id="mx-with-empty-domain"),
        pytest.param("mx/33", id="mx-prefix4-too-long"),
        pytest.param("mx:shop", id="mx-of-one-label"),
        # section 5.5
        pytest.param("ptr:", id="ptr-with-empty-domain"),
        pytest.param("ptr/24", id="ptr-with-prefix"),
        pytest.param("ptr:shop.example/24", id="ptr-with-domain-and-prefix"),
        pytest.param("ptr//0", id="ptr-with-prefix6-of-zero"),
        # section 5.6
        pytest.param("ip4", id="ip4-without-network"),
        pytest.param("ip4:", id="ip4-empty"),
        pytest.param("ip4/24", id="ip4-only-prefix"),
        pytest.param("ip4:192.0.2", id="ip4-three-octets"),
        pytest.param("ip4:192.0.2.256", id="ip4-octet-too-big"),
        pytest.param("ip4:192.0.02.1", id="ip4-leading-zero"),
        pytest.param("ip4:192.0.2.1/", id="ip4-empty-prefix"),
        pytest.param("ip4:192.0.2.1/33", id="ip4-prefix-too-long"),
        pytest.param("ip4:192.0.2.1/08", id="ip4-prefix-with-leading-zero"),
        pytest.param("ip4:192.0.2.1//32", id="ip4-two-slashes"),
        pytest.param("ip4:192.0.2.1/24/24", id="ip4-two-prefixes"),
        pytest.param("ip4:192.0.2.0-192.0.2.9", id="ip4-range"),
        pytest.param("ip4:shop.example", id="ip4-of-a-domain"),
        pytest.param("ip4:2001:db8::1", id="ip4-of-ip6"),
        pytest.param("ip4:192.0.2.1:25", id="ip4-with-port"),
        pytest.param("ip6", id="ip6-without-network"),
        pytest.param("ip6:", id="ip6-empty"),
        pytest.param("ip6:192.0.2.1", id="ip6-of-ip4"),
        pytest.param("ip6:2001:db8::1/129", id="ip6-prefix-too-long"),
        pytest.param("ip6:2001:db8::1//64", id="ip6-two-slashes"),
        pytest.param("ip6:2001:db8::1/٦٤", id="ip6-arabic-digits"),
        pytest.param("ip6:fe80::1%eth0", id="ip6-scope"),
        pytest.param("ip6:[2001:db8::1]", id="ip6-brackets"),
        # section 6
        pytest.param("redirect=", id="redirect-empty"),
        pytest.param("redirect=shop", id="redirect-to-one-label"),
        pytest.param("redirect=shop.example/24", id="redirect-with-prefix"),
        pytest.param("redirect:shop.example", id="redirect-with-a-colon"),
        pytest.param("exp=", id="exp-empty"),
        pytest.param("exp=shop", id="exp-to-one-label"),
        # section 7.1: domain-end is a top label with a letter, or a macro
        pytest.param("a:shop.1", id="top-label-of-digits"),
        pytest.param("a:shop.-x", id="top-label-begins-with-hyphen"),
        pytest.param("a:shop.x-", id="top-label-ends-with-hyphen"),
        pytest.param("a:shop.", id="no-top-label"),
        pytest.param("a:shop.example..", id="two-final-dots"),
        pytest.param("a:%{d", id="macro-left-open"),
        pytest.param("a:%d.example", id="macro-without-braces"),
        pytest.param("a:%{}.example", id="macro-without-letter"),
        pytest.param("a:%{x}.example", id="unknown-macro-letter"),
        pytest.param("a:%{dd}.example", id="two-macro-letters"),
        pytest.param("a:%{d2x}.example", id="unknown-transformer"),
        pytest.param("a:%{dr2}.example", id="transformers-in-the-wrong-order"),
        pytest.param("a:%{d!}.example", id="unknown-delimiter"),
        pytest.param("a:100%.example", id="percent-alone"),
        pytest.param("a:shop.example%", id="percent-at-the-end"),
        # section 7.2: only in the text that exp leads to
        pytest.param("exists:%{c}.example", id="c-in-a-domain"),
        pytest.param("exists:x.%{R}", id="r-in-a-domain"),
        pytest.param("redirect=%{t}.example", id="t-in-redirect"),
        pytest.param("exp=%{r}.example", id="r-in-exp"),
        # section 7.3: the number of labels is not 0
        pytest.param("exists:%{d0}.example", id="no-labels"),
        pytest.param("exists:%{d00r}.example", id="no-labels-in-reverse"),
    ],
)
def test_a_term_that_breaks_the_grammar_is_named(term):
    with pytest.raises(SpfSyntaxError) as caught:
        parse_spf(f"v=spf1 a {term} -all")

    assert isinstance(caught.value, RecordSyntaxError)
    assert caught.value.fields["term"] == term
    assert term in str(caught.value)


@pytest.mark.parametrize("name", ["redirect", "exp"])
def test_redirect_and_exp_stand_at_most_once(name):
    with pytest.raises(SpfSyntaxError, match=rf"^{name}= stands there more than once$"):
        parse_spf(f"v=spf1 {name}=a.example a {name.upper()}=b.example")


def test_other_modifiers_may_stand_more_than_once():
    assert len(parse_spf("v=spf1 moo=1 moo=2 moo=1").terms) == 3


def test_a_fault_behind_all_is_still_a_fault():
    """Section 4.6: syntax errors anywhere in the record are detected before it is evaluated."""
    with pytest.raises(SpfSyntaxError, match="moo"):
        parse_spf("v=spf1 -all moo")


@pytest.mark.parametrize("digits", ["1", "2", "10", "010", "128"])
def test_a_macro_may_ask_for_a_number_of_labels(digits):
    assert only_term(f"exists:%{{d{digits}}}.example").value == f"%{{d{digits}}}.example"
