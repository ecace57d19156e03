"""Inbox, junk folder or nowhere: priors, effects, floors, intervals and bands."""

import math
from dataclasses import replace

import pytest

from deliv.core.placement import NOWHERE, Placement, PlacementBook, Prior, Risk, place
from deliv.core.providers import ProviderKind
from deliv.core.rules import Basis, Effect
from deliv.core.text import Text
from tests.core.test_providers import provider

NOTE = Text(ja="仮", en="made up")
PRIOR = Prior(inbox=0.8, spam=0.15, missing=0.05, strength=20, basis=Basis.PUBLISHED, note=NOTE)
FIGURE = Effect(spam=0.5, basis=Basis.PUBLISHED)


def shares(placement):
    return pytest.approx((placement.inbox, placement.spam, placement.missing))


def test_without_effects_the_prior_is_the_answer():
    placement = place(PRIOR, [])

    assert shares(placement) == (0.8, 0.15, 0.05)
    assert placement.inbox_low < 0.8 < placement.inbox_high
    assert placement.observations == 0


@pytest.mark.parametrize(
    ("effects", "spam_odds", "missing_odds"),
    [
        pytest.param([Effect(spam=0.7)], 0.7, 0.0, id="spam"),
        pytest.param([Effect(missing=1.2)], 0.0, 1.2, id="missing"),
        pytest.param([Effect(spam=0.3, missing=0.1), Effect(spam=0.2)], 0.5, 0.1, id="effects-add-up"),
    ],
)
def test_an_effect_shifts_the_log_odds_against_the_inbox(effects, spam_odds, missing_odds):
    placement = place(PRIOR, effects)

    assert math.log(placement.spam / placement.inbox) == pytest.approx(math.log(0.15 / 0.8) + spam_odds)
    assert math.log(placement.missing / placement.inbox) == pytest.approx(math.log(0.05 / 0.8) + missing_odds)
    assert placement.inbox + placement.spam + placement.missing == pytest.approx(1)


@pytest.mark.parametrize(
    ("effects", "inbox", "spam", "missing"),
    [
        pytest.param([Effect(least_missing=0.9)], 0.1 * 0.8 / 0.95, 0.1 * 0.15 / 0.95, 0.9, id="missing"),
        pytest.param([Effect(least_spam=0.5)], 0.5 * 0.8 / 0.85, 0.5, 0.5 * 0.05 / 0.85, id="spam"),
        pytest.param(
            [Effect(least_missing=0.01, least_spam=0.1)], 0.8, 0.15, 0.05, id="floors-below-the-shares"
        ),
        pytest.param(
            [Effect(least_missing=0.3), Effect(least_missing=0.6)], 0.4 * 0.8 / 0.95, None, 0.6, id="highest"
        ),
        pytest.param(
            [Effect(least_missing=0.6), Effect(least_spam=0.3)], 0.1, 0.3, 0.6, id="both-floors-hold"
        ),
        pytest.param(
            [Effect(least_missing=0.8), Effect(least_spam=0.7)], 0.0, 0.7, 0.3, id="more-than-there-is"
        ),
    ],
)
def test_a_floor_holds(effects, inbox, spam, missing):
    placement = place(PRIOR, effects)

    assert placement.inbox == pytest.approx(inbox)
    assert placement.missing == pytest.approx(missing)
    assert spam is None or placement.spam == pytest.approx(spam)
    assert placement.inbox + placement.spam + placement.missing == pytest.approx(1)


def test_a_floor_stands_above_shifts():
    placement = place(PRIOR, [Effect(spam=3.0), Effect(least_missing=0.9)])

    assert placement.missing == pytest.approx(0.9)
    assert placement.spam > placement.inbox


@pytest.mark.parametrize("others", [[], [Effect(spam=1.0)], [Effect(least_missing=0.5)]])
def test_certainty_bypasses_the_model(others):
    assert place(PRIOR, [*others, Effect(undeliverable=True)]) is NOWHERE
    assert shares(NOWHERE) == (0, 0, 1)
    assert (NOWHERE.inbox_low, NOWHERE.inbox_high, NOWHERE.basis) == (0, 0, Basis.PUBLISHED)


@pytest.mark.parametrize(
    ("prior_basis", "effects", "expected"),
    [
        pytest.param(Basis.PUBLISHED, [], Basis.PUBLISHED, id="published-prior"),
        pytest.param(Basis.ESTIMATE, [], Basis.ESTIMATE, id="estimated-prior"),
        pytest.param(Basis.PUBLISHED, [FIGURE], Basis.PUBLISHED, id="published-effect"),
        pytest.param(Basis.ESTIMATE, [FIGURE], Basis.ESTIMATE, id="published-effect-on-an-estimate"),
        pytest.param(Basis.PUBLISHED, [FIGURE, Effect(spam=0.1)], Basis.ESTIMATE, id="one-estimated-effect"),
        pytest.param(Basis.PUBLISHED, [Effect()], Basis.PUBLISHED, id="a-neutral-effect-takes-nothing-away"),
        pytest.param(Basis.HISTORY, [], Basis.HISTORY, id="history"),
    ],
)
def test_the_basis_is_that_of_the_weakest_part(prior_basis, effects, expected):
    assert place(replace(PRIOR, basis=prior_basis), effects).basis is expected


@pytest.mark.parametrize("inbox", [0.001, 0.1, 0.5, 0.87, 0.99, 0.9999])
@pytest.mark.parametrize("strength", [1, 4, 20, 500])
def test_the_interval_contains_the_mean(inbox, strength):
    rest = 1 - inbox
    prior = replace(PRIOR, inbox=inbox, spam=rest / 2, missing=rest / 2, strength=strength)

    placement = place(prior, [])

    assert 0 <= placement.inbox_low <= placement.inbox <= placement.inbox_high <= 1


def test_a_belief_worth_more_mails_has_a_narrower_interval():
    widths = [
        placement.inbox_high - placement.inbox_low
        for placement in (place(replace(PRIOR, strength=strength), []) for strength in (4, 20, 100, 1000))
    ]

    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 0.4
    assert widths[-1] < 0.05


def test_the_interval_is_that_of_the_beta_marginal():
    """Beta(1, 1) is uniform: its middle 90 % lie between 0.05 and 0.95."""
    prior = replace(PRIOR, inbox=0.5, spam=0.25, missing=0.25, strength=2)

    placement = place(prior, [])

    assert (placement.inbox_low, placement.inbox_high) == pytest.approx((0.05, 0.95), abs=1e-5)


def test_overwhelming_effects_leave_nothing_below_zero():
    placement = place(PRIOR, [Effect(spam=60.0)])

    assert placement.inbox == pytest.approx(0)
    assert placement.inbox >= 0
    assert placement.inbox_low == placement.inbox_high == placement.inbox


BOOK = PlacementBook(
    providers={"mine": replace(PRIOR, inbox=0.1)},
    kinds={"isp": replace(PRIOR, inbox=0.2)},
    default=PRIOR,
    low_from=0.85,
    medium_from=0.60,
)


@pytest.mark.parametrize(
    ("name", "kind", "inbox"),
    [
        pytest.param("mine", ProviderKind.ISP, 0.1, id="the-provider"),
        pytest.param("other", ProviderKind.ISP, 0.2, id="else-its-kind"),
        pytest.param("other", ProviderKind.CARRIER, 0.8, id="else-for-all"),
    ],
)
def test_the_nearest_prior_is_taken(name, kind, inbox):
    assert BOOK.prior(replace(provider(name), kind=kind)).inbox == inbox


def test_nobody_known_has_the_prior_for_all():
    assert BOOK.prior(None) is PRIOR


@pytest.mark.parametrize(
    ("inbox", "risk"),
    [
        *((1.0, Risk.LOW), (0.85, Risk.LOW), (0.8499, Risk.MEDIUM), (0.60, Risk.MEDIUM)),
        *((0.5999, Risk.HIGH), (0.0, Risk.HIGH)),
    ],
)
def test_bands(inbox, risk):
    placement = Placement(
        inbox=inbox, spam=0, missing=1 - inbox, inbox_low=0, inbox_high=1, basis=Basis.ESTIMATE
    )

    assert BOOK.band(placement) is risk
