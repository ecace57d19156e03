"""Filters: which hold on a day, in which order, and what the packaged book says of the carriers'."""

from dataclasses import replace
from datetime import date

import pytest

from deliv.core.filters import Filter, FilterDefault, FilterEffect, filters_on
from deliv.core.providers import Match, Provider, ProviderKind, Via
from deliv.core.text import Source, Text

SOURCES = (Source(title="made up", checked=date(2026, 11, 1), verified=False),)
FIRST, LAST = date(2025, 3, 13), date(2025, 3, 31)


def made_up(name: str = "spam", **more) -> Filter:
    return Filter(
        id=name,
        names=Text(ja=name, en=name),
        default=FilterDefault.ON,
        effect=FilterEffect.JUNK,
        sources=SOURCES,
        **more,
    )


# --- on a day -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "begun", "not_over", "both"),
    [
        (date(2025, 3, 12), False, True, False),
        (date(2025, 3, 13), True, True, True),
        (date(2025, 3, 31), True, True, True),
        (date(2025, 4, 1), True, False, False),
    ],
)
def test_both_days_of_a_period_count(day, begun, not_over, both):
    assert made_up().holds_on(day)
    assert made_up(effective_from=FIRST).holds_on(day) is begun
    assert made_up(effective_until=LAST).holds_on(day) is not_over
    assert made_up(effective_from=FIRST, effective_until=LAST).holds_on(day) is both


@pytest.mark.parametrize(
    ("until", "from_", "expected"),
    [
        (date(2025, 3, 12), FIRST, False),
        (FIRST, FIRST, True),
        (None, FIRST, True),
        (FIRST, None, True),
        (None, None, True),
    ],
)
def test_two_periods_meet_when_they_share_a_day(until, from_, expected):
    earlier, later = made_up(effective_until=until), made_up(effective_from=from_)

    assert earlier.meets(later) is expected
    assert later.meets(earlier) is expected


def test_filters_come_in_their_order_and_those_without_a_place_last():
    unplaced, late, early, first = (
        made_up("unplaced"),
        made_up("late", order=10),
        made_up("early", order=2),
        made_up("first", order=1),
    )
    over = made_up("over", order=3, effective_until=date(2025, 3, 12))

    assert filters_on((unplaced, late, over, early, first), FIRST) == (first, early, late, unplaced)
    assert filters_on((), FIRST) == ()


def test_two_at_one_place_stay_as_they_are_written():
    one, other = made_up("b", order=1), made_up("a", order=1)

    assert filters_on((one, other), FIRST) == (one, other)


def test_a_provider_answers_for_a_day():
    old, new = made_up(effective_until=date(2025, 3, 12)), made_up(effective_from=FIRST)
    provider = Provider(
        id="x", kind=ProviderKind.CARRIER, names=Text(ja="x", en="x"), sources=SOURCES, filters=(old, new)
    )

    assert provider.filters_on(date(2025, 3, 12)) == (old,)
    assert provider.filters_on(FIRST) == (new,)


def test_one_source_that_somebody_read_is_enough():
    assert not made_up().is_verified
    assert replace(made_up(), sources=(*SOURCES, Source(title="read", checked=FIRST))).is_verified


# --- what a match says of the name -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("via", "name", "portable", "is_portable"),
    [
        (Via.DOMAIN, "kept.example", True, True),
        (Via.DOMAIN, "kept.example", False, False),
        (Via.DOMAIN, "kept.example", None, None),
        (Via.DOMAIN, "odd.example", True, None),
        (Via.SUFFIX, ".odd.example", True, None),
        (Via.MX, ".kept.example", True, None),
    ],
    ids=["yes", "no", "no source", "unknown domain", "unknown suffix", "a customer's own domain"],
)
def test_whether_an_address_is_kept_depends_on_its_domain(via, name, portable, is_portable):
    provider = Provider(
        id="x",
        kind=ProviderKind.CARRIER,
        names=Text(ja="x", en="x"),
        sources=SOURCES,
        portable=portable,
        portability_unknown=frozenset({"odd.example", ".odd.example"}),
    )

    assert Match(provider=provider, via=via, name=name).is_portable is is_portable


@pytest.mark.parametrize(
    ("via", "name", "expected"),
    [
        (Via.SUFFIX, ".host.example", True),
        (Via.MX, ".host.example", False),
        (Via.SUFFIX, ".guess.example", False),
        (Via.MX, ".guess.example", False),
        (Via.MX, ".sure.example", True),
    ],
)
def test_an_ending_may_be_sure_in_addresses_and_a_guess_in_an_mx(via, name, expected):
    provider = Provider(
        id="x",
        kind=ProviderKind.HOSTING,
        names=Text(ja="x", en="x"),
        sources=SOURCES,
        unverified=frozenset({".guess.example"}),
        unverified_mx=frozenset({".host.example"}),
    )

    assert Match(provider=provider, via=via, name=name).is_verified is expected


# --- the packaged book -----------------------------------------------------------------------------------

BEFORE, TODAY = date(2023, 1, 1), date(2026, 11, 24)


@pytest.mark.parametrize(
    ("domain", "day", "expected"),
    [
        pytest.param(
            "docomo.ne.jp",
            date(2018, 12, 1),
            [
                ("deny-list-address", "user", "refuse", 1, True),
                ("deny-list-domain", "user", "refuse", 4, False),
                ("spoof", "unknown", "refuse", 5, False),
                ("mobile-only", "user", "refuse", 6, False),
                ("spoof-mobile", "unknown", "refuse", 7, False),
                ("special-url", "unknown", "refuse", 9, False),
                ("bulk-sender", "unknown", "refuse", None, None),
                ("paid-block", "user", "junk", None, None),
            ],
            id="docomo-before-2019",
        ),
        pytest.param(
            "docomo.ne.jp",
            TODAY,
            [
                ("deny-list-address", "user", "junk", 1, True),
                ("deny-list-domain", "user", "junk", 4, False),
                ("spoof", "unknown", "junk", 5, False),
                ("mobile-only", "user", "junk", 6, False),
                ("spoof-mobile", "unknown", "junk", 7, False),
                ("phishing-virus", "on", "junk", 8, False),
                ("special-url", "unknown", "junk", 9, False),
                ("bulk-sender", "unknown", "junk", None, None),
                ("paid-block", "user", "junk", None, None),
                ("spoof-warning", "on", "warn", None, None),
            ],
            id="docomo",
        ),
        pytest.param(
            "ezweb.ne.jp",
            TODAY,
            [
                ("virus", "unknown", "refuse", 1, True),
                ("spoof", "unknown", "refuse_silently", 3, True),
                ("deny-list", "user", "refuse", 4, True),
                ("html", "user", "refuse", 7, False),
                ("url", "user", "refuse", 8, False),
                ("mobile-only", "user", "refuse", 9, False),
                ("automatic", "on", "refuse_silently", 10, False),
            ],
            id="au",
        ),
        pytest.param(
            "softbank.ne.jp",
            TODAY,
            [
                ("spoof", "on", "refuse", 1, True),
                ("url", "user", "refuse", 3, True),
                ("deny-list", "user", "refuse", 5, False),
                ("mobile-only", "user", "refuse", 6, False),
                ("spam", "on", "refuse", 9, False),
            ],
            id="softbank",
        ),
        pytest.param(
            "i.softbank.jp",
            TODAY,
            [
                ("spoof", "on", "refuse", 1, True),
                ("url", "user", "refuse", 3, True),
                ("deny-list", "user", "refuse", 5, False),
                ("mobile-only", "user", "refuse", 6, False),
                ("spam", "on", "refuse", 9, False),
            ],
            id="softbank-iphone",
        ),
        pytest.param(
            "ymobile.ne.jp",
            TODAY,
            [
                ("spoof", "on", "refuse", None, True),
                ("url", "user", "refuse", None, True),
                ("mobile-only", "user", "refuse", None, False),
                ("spam", "on", "refuse", None, False),
            ],
            id="ymobile",
        ),
        pytest.param(
            "rakumail.jp",
            TODAY,
            [
                ("bulk-sender", "on", "junk", None, None),
                ("spoof", "on", "junk", None, None),
                ("virus", "on", "junk", None, None),
                ("url", "unknown", "junk", None, None),
                ("senders-by-operator", "user", "refuse", None, None),
                ("deny-list", "user", "refuse", None, None),
            ],
            id="rakuten",
        ),
        pytest.param(
            "yahoo.ne.jp",
            TODAY,
            [
                ("authentication", "on", "junk", None, None),
                ("spam", "unknown", "junk", None, None),
                ("spoof", "user", "refuse", None, None),
            ],
            id="yahoo-japan",
        ),
        pytest.param(
            "a1.dion.ne.jp",
            TODAY,
            [
                ("spam-mark", "unknown", "warn", None, False),
                ("spam-delete", "user", "drop", None, False),
                ("spoof", "user", "drop", None, None),
                ("deny-list", "user", "drop", None, None),
            ],
            id="au-one-net",
        ),
        # No page about its filter was found, and none is made up.
        pytest.param("uqmobile.jp", TODAY, [], id="uq"),
    ],
)
def test_the_book_knows_the_filters_of_the_carriers(rules, domain, day, expected):
    found = rules.providers.match(domain).provider.filters_on(day)

    assert [(f.id, f.default, f.effect, f.order, f.beats_allow_list) for f in found] == expected


@pytest.mark.parametrize(
    ("domain", "name", "changed"),
    [
        ("docomo.ne.jp", "spoof", date(2025, 3, 13)),
        ("au.com", "automatic", date(2023, 10, 5)),
        ("softbank.ne.jp", "spoof", date(2024, 4, 1)),
        ("i.softbank.jp", "spoof", date(2024, 4, 1)),
        ("ymobile.ne.jp", "spoof", date(2024, 4, 1)),
    ],
)
def test_the_day_of_the_run_decides_which_period_holds(rules, domain, name, changed):
    provider = rules.providers.match(domain).provider
    eve = date.fromordinal(changed.toordinal() - 1)
    (old,) = [each for each in provider.filters_on(eve) if each.id == name]
    (new,) = [each for each in provider.filters_on(changed) if each.id == name]

    assert (old.effective_until, new.effective_from) == (eve, changed)


def test_the_warning_of_docomo_came_in_2025(rules):
    provider = rules.providers.get("docomo")

    assert "spoof-warning" not in {each.id for each in provider.filters_on(date(2024, 12, 31))}
    assert "spoof-warning" in {each.id for each in provider.filters_on(date(2025, 1, 1))}


def test_every_filter_of_the_book_can_be_shown(rules):
    for provider in rules.providers.providers:
        for each in provider.filters:
            assert each.url.startswith(("https://", "http://")) or not each.url
            assert all(source.url or not source.verified for source in each.sources)
            for text in filter(None, (each.names, each.note, each.customer)):
                assert text.ja.strip()
                assert text.en.strip()
                text.ja.encode("cp932")


def test_what_beats_the_allow_list_is_not_helped_by_it_alone(rules):
    """A step that only names the allow list would send the customer the wrong way."""
    beaten = [
        each
        for provider in rules.providers.providers
        for each in provider.filters_on(TODAY)
        if each.beats_allow_list and each.customer
    ]

    assert beaten
    for each in beaten:
        assert any(word in each.customer.ja for word in ("必ず受信", "救済リスト", "削除", "オフ")), each.id


def test_a_carrier_filter_that_the_customer_can_pass_says_how(rules):
    """Only what order mail does not meet (viruses, forged mobile addresses) and mere warnings say nothing."""
    silent = {
        (provider.id, each.id)
        for provider in rules.providers.providers
        if provider.kind is ProviderKind.CARRIER
        for each in provider.filters_on(TODAY)
        if each.customer is None
    }

    assert silent == {
        ("au", "virus"),
        ("docomo", "spoof-mobile"),
        ("docomo", "spoof-warning"),
        ("rakuten-mobile", "virus"),
        ("rakuten-mobile", "senders-by-operator"),
    }
