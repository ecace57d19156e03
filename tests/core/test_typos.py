"""Did you mean: one slip away from a well-known domain, and silent wherever it is not sure."""

import pytest

from deliv.core.discovery import discover_recipient
from deliv.core.rulebook import suggest_domain
from deliv.core.typos import suggest
from tests.core.test_providers import provider
from tests.zone import TEMPERROR, ask

WRONG = [
    pytest.param("gmial.com", "gmail.com", id="neighbours-swapped"),
    pytest.param("gmai.com", "gmail.com", id="letter-left-out"),
    pytest.param("gmaill.com", "gmail.com", id="letter-doubled"),
    pytest.param("gmaol.com", "gmail.com", id="letter-replaced"),
    pytest.param("gmail.con", "gmail.com", id="com-misspelt"),
    pytest.param("gmailcom", "gmail.com", id="dot-left-out"),
    pytest.param("docomo.ne.jo", "docomo.ne.jp", id="last-letter"),
    pytest.param("docmo.ne.jp", "docomo.ne.jp", id="docomo"),
    pytest.param("docomo.nejp", "docomo.ne.jp", id="inner-dot-left-out"),
    pytest.param("ezwebne.jp", "ezweb.ne.jp", id="ezweb"),
    pytest.param("yaho.co.jp", "yahoo.co.jp", id="yahoo"),
    pytest.param("yahoo.co.jpp", "yahoo.co.jp", id="letter-added-at-the-end"),
    pytest.param("icluod.com", "icloud.com", id="icloud"),
    pytest.param("sofbank.ne.jp", "softbank.ne.jp", id="softbank"),
]


@pytest.mark.parametrize(("wrong", "right"), WRONG)
def test_one_slip_is_recognised_where_no_mail_is_taken(rules, wrong, right):
    assert suggest_domain(wrong, rules, exists=False) == right
    assert suggest_domain(f"{wrong.upper()}.", rules, exists=False) == right


@pytest.mark.parametrize("exists", [None, True])
@pytest.mark.parametrize(("wrong", "right"), WRONG)
def test_nothing_is_suggested_unless_the_domain_is_known_to_take_no_mail(rules, wrong, right, exists):
    assert suggest_domain(wrong, rules, exists=exists) is None


@pytest.mark.parametrize(
    "domain",
    [
        pytest.param("gmaio.con", id="two-slips"),
        pytest.param("gamli.com", id="two-swaps"),
        pytest.param("gmail", id="four-letters-left-out"),
        pytest.param("gmail.example", id="another-top-level-domain"),
        pytest.param("shop.example", id="nothing-like-it"),
        pytest.param("q.com", id="too-short-to-tell"),
        pytest.param("a.com", id="au-com-is-too-short-too"),
        pytest.param("", id="empty"),
        pytest.param("xn--wgv71a119e.example", id="an-a-label"),
    ],
)
def test_it_abstains_where_it_is_not_one_slip(rules, domain):
    assert suggest_domain(domain, rules, exists=False) is None


def test_no_domain_of_the_packaged_book_is_ever_corrected(rules):
    known = [name for p in rules.providers.providers for name in (*p.domains, *(f"x{s}" for s in p.suffixes))]

    assert [name for name in known if suggest_domain(name, rules, exists=False) is not None] == []
    assert "ymail.com" in known


def test_two_neighbours_equally_near_are_no_answer(rules):
    book = type(rules.providers)(
        [provider("one", domains=("aamail.example",)), provider("two", domains=("bbmail.example",))]
    )

    assert suggest("abmail.example", book, exists=False) is None
    assert suggest("aaamail.example", book, exists=False) == "aamail.example"


def test_only_places_where_customers_have_mailboxes_are_suggested(rules):
    hosting = [
        p for p in rules.providers.providers if p.kind in ("retired", "relay", "hosting", "disposable")
    ]
    wrong = [f"{name}x" for p in hosting for name in p.domains]

    suggested = {suggest_domain(name, rules, exists=False) for name in wrong} - {None}

    assert suggested.isdisjoint(name for p in hosting for name in p.domains)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param({}, "gmail.com", id="does-not-exist"),
        pytest.param({"gmial.com": {"TXT": ["parked"]}}, "gmail.com", id="has-no-mail-host"),
        pytest.param({"gmial.com": {"MX": ["0 ."]}}, "gmail.com", id="null-mx"),
        pytest.param({"gmial.com": {"MX": ["10 mx.gmial.com."]}}, "gmail.com", id="mx-without-address"),
        pytest.param({"gmial.com": {"A": ["192.0.2.1"]}}, None, id="implicit-mx"),
        pytest.param({"gmial.com": {"MX": ["0 m.x.test."]}, "m.x.test": {"A": ["192.0.2.1"]}}, None, id="mx"),
        pytest.param({"gmial.com": TEMPERROR}, None, id="not-known"),
    ],
)
def test_the_discovery_suggests_only_where_no_mail_can_go(rules, zone, expected):
    assert ask(discover_recipient("gmial.com", rules.providers), zone).did_you_mean == expected
