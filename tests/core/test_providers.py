"""Who stands behind a domain: the exact domain, then the longest suffix, then the MX hosts."""

from datetime import date

import pytest

from deliv.core.mx import MxRecord, parse_mx
from deliv.core.providers import AllowList, Provider, ProviderBook, ProviderKind, Via
from deliv.core.rulebook import classify
from deliv.core.text import Source, Text

SOURCES = (Source(title="made up", checked=date(2026, 11, 1), verified=False),)


def provider(name, **more):
    return Provider(id=name, kind=ProviderKind.ISP, names=Text(ja=name, en=name), sources=SOURCES, **more)


BOOK = ProviderBook(
    [
        provider("exact", domains=("mail.isp.example",)),
        provider("wide", suffixes=(".isp.example",), unverified=frozenset({".isp.example"})),
        provider("narrow", suffixes=(".south.isp.example",)),
        provider("host", mx=("mx.host.example",)),
        provider("farm", mx=(".farm.example", "in.isp.example")),
        provider("old", domains=("odd.example",), lenient_local_parts=frozenset({"odd.example"})),
        provider("older", domains=("odder.example",), lenient_local_parts=frozenset({"odder.example"})),
    ]
)


@pytest.mark.parametrize(
    ("domain", "mx", "expected"),
    [
        pytest.param("mail.isp.example", [], ("exact", Via.DOMAIN, "mail.isp.example"), id="domain"),
        pytest.param("a.isp.example", [], ("wide", Via.SUFFIX, ".isp.example"), id="suffix"),
        pytest.param("a.b.isp.example", [], ("wide", Via.SUFFIX, ".isp.example"), id="suffix-two-labels-up"),
        pytest.param(
            "a.south.isp.example", [], ("narrow", Via.SUFFIX, ".south.isp.example"), id="longest-suffix"
        ),
        pytest.param("south.isp.example", [], ("wide", Via.SUFFIX, ".isp.example"), id="not-its-own-suffix"),
        pytest.param(
            "a.mail.isp.example", [], ("wide", Via.SUFFIX, ".isp.example"), id="below-an-exact-domain"
        ),
        pytest.param("isp.example", [], None, id="a-suffix-is-not-the-bare-name"),
        pytest.param("notisp.example", [], None, id="a-suffix-begins-at-a-dot"),
        pytest.param(
            "shop.example", ["10 mx.host.example."], ("host", Via.MX, "mx.host.example"), id="mx-host"
        ),
        pytest.param("shop.example", ["10 a.mx.host.example."], None, id="below-an-exact-mx-host"),
        pytest.param(
            "shop.example", ["10 a.b.farm.example."], ("farm", Via.MX, ".farm.example"), id="mx-suffix"
        ),
        pytest.param("shop.example", ["10 farm.example."], None, id="an-mx-suffix-is-not-the-bare-name"),
        pytest.param(
            "shop.example",
            ["20 mx.host.example.", "10 a.farm.example."],
            ("farm", Via.MX, ".farm.example"),
            id="the-mx-tried-first",
        ),
        pytest.param(
            "shop.example",
            ["10 unknown.example.", "20 mx.host.example."],
            ("host", Via.MX, "mx.host.example"),
            id="an-unknown-mx-is-passed-over",
        ),
        pytest.param(
            "mail.isp.example",
            ["10 mx.host.example."],
            ("exact", Via.DOMAIN, "mail.isp.example"),
            id="domain-before-mx",
        ),
        pytest.param(
            "a.isp.example",
            ["10 mx.host.example."],
            ("wide", Via.SUFFIX, ".isp.example"),
            id="suffix-before-mx",
        ),
        pytest.param("shop.example", ["0 ."], None, id="null-mx"),
        pytest.param("shop.example", [], None, id="nobody"),
        pytest.param("example", [], None, id="one-label"),
    ],
)
def test_the_order_of_matching(domain, mx, expected):
    match = BOOK.match(domain, parse_mx(mx))

    assert (match and (match.provider.id, match.via, match.name)) == expected


def test_records_are_tried_by_preference_in_whatever_order_they_come():
    records = [
        MxRecord(preference=20, exchange="mx.host.example"),
        MxRecord(preference=10, exchange="a.farm.example"),
    ]

    assert BOOK.match("shop.example", records).provider.id == "farm"


def test_a_match_knows_whether_a_source_stands_behind_the_name():
    assert BOOK.match("mail.isp.example").is_verified
    assert not BOOK.match("a.isp.example").is_verified


def test_a_provider_is_found_by_its_id():
    assert BOOK.get("farm").mx == (".farm.example", "in.isp.example")
    assert BOOK.get("nobody") is None


def test_the_lenient_domains_are_those_of_all_providers():
    assert BOOK.lenient_domains == {"odd.example", "odder.example"}
    assert ProviderBook([]).lenient_domains == frozenset()


def test_the_steps_of_an_allow_list_come_in_both_languages():
    steps = AllowList(ja=("一",), en=("one",))

    assert (steps.get("ja"), steps.get("en"), steps.get("fr")) == (("一",), ("one",), ("one",))


@pytest.mark.parametrize(
    ("domain", "mx", "expected"),
    [
        pytest.param("docomo.ne.jp", (), "docomo", id="carrier"),
        pytest.param("DOCOMO.NE.JP.", (), "docomo", id="capitals-and-final-dot"),
        pytest.param("ezweb.ne.jp", (), "au", id="au"),
        pytest.param("x.ezweb.ne.jp", (), "au", id="au-suffix"),
        pytest.param("x.biz.ezweb.ne.jp", (), "au-biz", id="the-longer-suffix"),
        pytest.param("gmail.com", (), "gmail", id="gmail"),
        pytest.param("shop.example", ("aspmx.l.google.com",), "google-workspace", id="mx-as-a-host"),
        pytest.param("shop.example", ("1 ASPMX.L.GOOGLE.COM.",), "google-workspace", id="mx-as-a-record"),
        pytest.param(
            "shop.example",
            ("mx.unknown.example", "aspmx.l.google.com"),
            "google-workspace",
            id="the-second-mx",
        ),
        pytest.param("shop.example", (), None, id="nobody"),
    ],
)
def test_classify_reads_the_packaged_book(rules, domain, mx, expected):
    found = classify(domain, rules, mx=mx)

    assert (found and found.id) == expected
