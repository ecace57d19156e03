"""Macros of SPF (RFC 7208 section 7)."""

import ipaddress

import pytest

from deliv.core.auth.spf import is_explanation
from deliv.core.auth.spf_macros import Lookups, Transaction, expand, is_address, is_at_or_below, to_name
from tests.zone import TEMPERROR, ask

DOMAIN = "email.example.com"


def mail(ip="192.0.2.3", sender="strong-bad@email.example.com", **more):
    local_part, _, domain = sender.rpartition("@")
    fields = {"helo": "mx.example.com", "receiver": "rcv.example.net", "now": 1700000000} | more
    return Transaction(ip=ipaddress.ip_address(ip), local_part=local_part, domain=domain, **fields)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # section 7.4: the table of examples
        ("%{s}", "strong-bad@email.example.com"),
        ("%{o}", "email.example.com"),
        ("%{d}", "email.example.com"),
        ("%{d4}", "email.example.com"),
        ("%{d3}", "email.example.com"),
        ("%{d2}", "example.com"),
        ("%{d1}", "com"),
        ("%{dr}", "com.example.email"),
        ("%{d2r}", "example.email"),
        ("%{l}", "strong-bad"),
        ("%{l-}", "strong.bad"),
        ("%{lr}", "strong-bad"),
        ("%{lr-}", "bad.strong"),
        ("%{l1r-}", "strong"),
        ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
        ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
        ("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
        ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
        ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
        # section 7.2: the other letters
        ("%{h}|%{r}|%{t}|%{c}|%{p}", "mx.example.com|rcv.example.net|1700000000|192.0.2.3|unknown"),
        ("%%%_%-", "% %20"),
        # section 7.3: letters, digits and r know no case; an upper-case letter asks for escapes
        ("%{D2R}", "example.email"),
        ("%{S}", "strong-bad%40email.example.com"),
        ("%{d010}", "email.example.com"),
        pytest.param("%{d" + "9" * 5000 + "}", "email.example.com", id="a-number-of-5000-digits"),
    ],
)
def test_each_macro_expands_as_the_rfc_says(text, expected):
    assert expand(text, mail(), DOMAIN) == expected


@pytest.mark.parametrize(
    ("sender", "text", "expected"),
    [
        ("a-b+c/d@x.example", "%{l-+/}", "a.b.c.d"),
        ("a-b+c/d@x.example", "%{l2r+-}", "b.a"),
        ("a_b=c,d@x.example", "%{l1,=_}", "d"),
        ("a.b@x.example", "%{l-}", "a.b"),
        ("a~b c/ü@x.example", "%{L}", "a~b%20c%2F%C3%BC"),
        ("a\udcffb@x.example", "%{L}", "a%ED%B3%BFb"),
    ],
)
def test_section_7_3_a_value_is_split_turned_cut_joined_and_escaped(sender, text, expected):
    assert expand(text, mail(sender=sender), DOMAIN) == expected


def test_section_7_4_an_ipv6_address_is_written_in_nibbles_and_readable_for_c():
    letters = expand("%{ir}.%{v}._spf.%{d2}", mail("2001:db8::cb01"), DOMAIN)

    assert to_name(letters) == f"1.0.b.c.{'0.' * 20}8.b.d.0.1.0.0.2.ip6._spf.example.com"
    assert expand("%{c}", mail("2001:db8::cb01"), DOMAIN) == "2001:db8::cb01"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("Shop.Example.", "shop.example", id="lower-case-without-final-dot"),
        pytest.param("a b.100%.shop.example", "a b.100%.shop.example", id="any-character-of-ascii"),
        pytest.param("x" * 63 + ".example", "x" * 63 + ".example", id="63-octets"),
        pytest.param("x" * 64 + ".example", None, id="64-octets"),
        pytest.param("", None, id="empty"),
        pytest.param(".", None, id="root"),
        pytest.param("@", None, id="what-stands-for-the-root"),
        pytest.param("a..example", None, id="empty-label"),
        pytest.param(".example", None, id="empty-label-at-the-start"),
        pytest.param("a.example..", None, id="two-final-dots"),
        pytest.param("ü.example", None, id="not-ascii"),
        pytest.param("\u212a.example", None, id="not-ascii-though-its-lower-case-is"),
        pytest.param("a\x00b.example", None, id="control-character"),
        pytest.param("a.example\n", None, id="line-end"),
        pytest.param("a\\b.example", None, id="backslash"),
    ],
)
def test_only_names_that_can_be_asked_are_names(text, name):
    assert to_name(text) == name


@pytest.mark.parametrize(
    ("first", "rest"),
    [
        pytest.param("", "a." * 123 + "example", id="253-characters"),
        pytest.param("b.", "a." * 123 + "example", id="one-label-too-long"),
        pytest.param("aa.", "a." * 122 + "example", id="one-character-too-long"),
        pytest.param("b.aa.", "a." * 122 + "example", id="one-character-too-long-behind-a-dot"),
        pytest.param("bb.c.", "a." * 123 + "example", id="two-labels-too-long"),
        pytest.param("b" * 70 + ".", "a." * 122 + "example", id="a-label-that-is-too-long-itself"),
    ],
)
def test_section_7_3_a_long_name_loses_labels_on_the_left(first, rest):
    assert to_name(first + rest) == rest


def test_a_long_name_of_one_label_is_none():
    assert to_name("a" * 300) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("See http://%{d}/why.html?s=%{S}&i=%{I} now", True),
        ("%{c} %{r} %{t} 100%% %_%-", True),
        ("100%", False),
        ("%{x}", False),
        ("%{d0}", False),
        ("tab\t", False),
        ("ü", False),
        ("\udc96", False),
    ],
)
def test_section_6_2_an_explanation_is_ascii_with_macros_and_spaces(text, expected):
    assert is_explanation(text) is expected


CLIENT = "3.2.0.192.in-addr.arpa"
THREE = {"PTR": ["other.example.", "host.Email.example.com.", "email.example.com."]}
HERE = {"A": ["192.0.2.3"]}


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param({}, "unknown", id="no-name"),
        pytest.param({CLIENT: TEMPERROR}, "unknown", id="dns-error"),
        pytest.param({CLIENT: THREE, "other.example": HERE}, "other.example", id="any-name"),
        pytest.param(
            {CLIENT: THREE, "other.example": HERE, "host.email.example.com": HERE},
            "host.email.example.com",
            id="rather-one-below-the-domain",
        ),
        pytest.param(
            {CLIENT: THREE} | dict.fromkeys(["other.example", "host.email.example.com", DOMAIN], HERE),
            DOMAIN,
            id="rather-the-domain",
        ),
        pytest.param({CLIENT: THREE, "other.example": {"A": ["192.0.2.4"]}}, "unknown", id="not-validated"),
        pytest.param(
            {CLIENT: THREE, DOMAIN: TEMPERROR, "other.example": HERE},
            "other.example",
            id="a-name-with-an-error-is-skipped",
        ),
        pytest.param(
            {
                CLIENT: {"PTR": [*(f"n{n}.example." for n in range(10)), "other.example."]},
                "other.example": HERE,
            },
            "unknown",
            id="only-ten-names",
        ),
        pytest.param({CLIENT: {"PTR": ["a..b.", "."]}}, "unknown", id="names-that-are-none"),
    ],
)
def test_section_7_3_p_is_the_validated_name_of_the_client(zone, expected):
    assert ask(Lookups(mail()).expand("%{p}", DOMAIN), zone) == expected


def test_the_dns_is_asked_for_p_only_and_once():
    calls = []
    dns = Lookups(mail("2001:db8::1"))
    zone = {dns.mail.ip.reverse_pointer: {"PTR": ["a.example."]}, "a.example": {"AAAA": ["2001:db8::1"]}}

    assert ask(dns.expand_name("%{d}", DOMAIN), zone, calls) == DOMAIN
    assert calls == []
    assert [ask(dns.expand_name("%{P}.x", DOMAIN), zone, calls) for _ in range(2)] == ["a.example.x"] * 2
    assert calls == [f"{dns.mail.ip.reverse_pointer} PTR", "a.example AAAA"]


@pytest.mark.parametrize(
    ("text", "prefix", "expected"),
    [
        ("192.0.2.3", None, True),
        ("192.0.2.2", None, False),
        ("192.0.2.2", 31, True),
        ("203.0.113.1", 0, True),
        ("2001:db8::1", 0, False),
        ("no address", 0, False),
    ],
)
def test_an_address_is_compared_as_far_as_the_prefix_goes(text, prefix, expected):
    assert is_address(text, ipaddress.ip_address("192.0.2.3"), prefix) is expected


def test_a_name_is_below_a_domain_only_at_a_dot():
    assert is_at_or_below("a.shop.example", "shop.example")
    assert is_at_or_below("shop.example", "shop.example")
    assert not is_at_or_below("myshop.example", "shop.example")
