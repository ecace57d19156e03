"""Whether the name of an IP address leads back to it (RFC 8601 section 2.7.3)."""

import pytest

from deliv.core.auth.iprev import ReverseStatus, discover_reverse
from tests.zone import TEMPERROR, ask

PTR = "10.2.0.192.in-addr.arpa"
PTR6 = "1.0.0.0" + ".0" * 20 + ".8.b.d.0.1.0.0.2.ip6.arpa"


@pytest.mark.parametrize(
    ("zone", "status", "matched"),
    [
        pytest.param({}, ReverseStatus.MISSING, "", id="no-name"),
        pytest.param({PTR: {"TXT": ["x"]}}, ReverseStatus.MISSING, "", id="no-name-but-something-else"),
        pytest.param({PTR: TEMPERROR}, ReverseStatus.TEMPERROR, "", id="not-answered"),
        pytest.param(
            {PTR: {"PTR": ["Mail.Shop.Example."]}, "mail.shop.example": {"A": ["192.0.2.10"]}},
            ReverseStatus.MATCHED,
            "mail.shop.example",
            id="leads-back",
        ),
        pytest.param(
            {PTR: {"PTR": ["mail.shop.example."]}, "mail.shop.example": {"A": ["192.0.2.11"]}},
            ReverseStatus.MISMATCHED,
            "",
            id="leads-elsewhere",
        ),
        pytest.param({PTR: {"PTR": ["gone.example."]}}, ReverseStatus.MISMATCHED, "", id="leads-nowhere"),
        pytest.param(
            {PTR: {"PTR": ["mail.shop.example."]}, "mail.shop.example": {"AAAA": ["2001:db8::1"]}},
            ReverseStatus.MISMATCHED,
            "",
            id="has-an-address-of-the-other-kind",
        ),
        pytest.param(
            {
                PTR: {"PTR": ["a.example.", "b.example."]},
                "a.example": TEMPERROR,
                "b.example": {"A": ["192.0.2.10"]},
            },
            ReverseStatus.MATCHED,
            "b.example",
            id="a-match-settles-it",
        ),
        pytest.param(
            {
                PTR: {"PTR": ["a.example.", "b.example."]},
                "a.example": TEMPERROR,
                "b.example": {"A": ["192.0.2.9"]},
            },
            ReverseStatus.TEMPERROR,
            "",
            id="without-a-match-what-failed-stays-open",
        ),
        pytest.param({PTR: {"PTR": ["."]}}, ReverseStatus.MISSING, "", id="the-root-is-no-name"),
        pytest.param(
            {PTR: {"PTR": ["a.example."]}, "a.example": {"A": ["nonsense"]}},
            ReverseStatus.MISMATCHED,
            "",
            id="an-address-that-is-none",
        ),
    ],
)
def test_what_the_reverse_look_up_shows(zone, status, matched):
    found = ask(discover_reverse("192.0.2.10"), zone)

    assert (found.ip, found.status, found.matched) == ("192.0.2.10", status, matched)


def test_addresses_are_compared_as_addresses():
    zone = {PTR6: {"PTR": ["mail.shop.example."]}, "mail.shop.example": {"AAAA": ["2001:DB8:0::0:1"]}}

    found = ask(discover_reverse("2001:0db8::0001"), zone)

    assert (found.ip, found.status) == ("2001:db8::1", ReverseStatus.MATCHED)
    assert found.evidence == (
        f"{PTR6} PTR: mail.shop.example.",
        "mail.shop.example AAAA: 2001:DB8:0::0:1",
    )


def test_an_ipv4_address_in_ipv6_dress_is_an_ipv4_address():
    calls: list[str] = []

    assert ask(discover_reverse("::ffff:192.0.2.10"), {}, calls).ip == "192.0.2.10"
    assert calls == [f"{PTR} PTR"]


def test_at_most_ten_names_are_followed():
    zone = {PTR: {"PTR": [f"m{n}.example." for n in range(12)]}, "m11.example": {"A": ["192.0.2.10"]}}
    calls: list[str] = []

    found = ask(discover_reverse("192.0.2.10"), zone, calls)

    assert found.status is ReverseStatus.MISMATCHED
    assert len(found.names) == 12
    assert len(calls) == 1 + 10


def test_what_is_no_address_is_refused():
    with pytest.raises(ValueError, match="shop"):
        ask(discover_reverse("shop.example"), {})
