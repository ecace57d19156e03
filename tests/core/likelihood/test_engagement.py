"""Replies and reports: what a common rate says of where mail lands, against numpy on a fine grid."""

import numpy as np
import pytest
from scipy import stats

from deliv.core.historybook import ChannelBook
from deliv.core.likelihood.engagement import Engaged, glean
from deliv.core.likelihood.pooling import NOTHING, Beta

FIRM, LOOSE = Beta(yes=36, no=4), Beta(yes=4.2, no=1.8)
REPLIES = ChannelBook(weight=1.0, spread=0.25)


def engaged(prior, accepted, events):
    return Engaged(prior=prior, accepted=accepted, events=events)


def after(group, worth):
    return (group.prior + worth).mean


def exact(groups, channel):
    """Return the posterior mean of each placement, by brute force."""
    p = (np.arange(4000) + 0.5) / 4000
    overall = sum(g.events for g in groups) / sum(g.accepted for g in groups)
    rates = np.exp(np.linspace(np.log(overall) - 0.5, min(-1e-6, np.log(overall) + 3.5), 400))
    evidence, means = np.zeros(400), []
    for g in groups:
        temper = channel.weight / (1 + g.accepted * overall * channel.spread**2)
        chance = np.minimum(rates[:, None] * p, 1 - 1e-12)
        log = temper * (g.events * np.log(chance) + (g.accepted - g.events) * np.log1p(-chance))
        mass = np.exp(log - log.max()) * stats.beta.pdf(p, g.prior.yes, g.prior.no)
        evidence += np.log(mass.sum(axis=1)) + log.max()
        means.append((mass * p).sum(axis=1) / mass.sum(axis=1))
    weights = np.exp(evidence - evidence.max())
    return [float((weights * mean).sum() / weights.sum()) for mean in means]


CASES = {
    "half as often": [engaged(FIRM, 800, 80), engaged(LOOSE, 500, 20)],
    "as often": [engaged(FIRM, 800, 80), engaged(LOOSE, 500, 50)],
    "more often": [engaged(FIRM, 800, 60), engaged(LOOSE, 500, 60)],
    "nothing came": [engaged(FIRM, 800, 80), engaged(LOOSE, 60, 0)],
    "few": [engaged(FIRM, 20, 2), engaged(LOOSE, 10, 0), engaged(LOOSE, 5, 1)],
}


@pytest.mark.parametrize("groups", CASES.values(), ids=CASES)
def test_the_coarse_grid_is_fine_enough(groups):
    gleaned = glean(groups, REPLIES)

    for group, worth, mean in zip(groups, gleaned.worth, exact(groups, REPLIES), strict=True):
        assert after(group, worth) == pytest.approx(mean, abs=0.005)


def test_customers_who_answer_half_as_often_are_evidence():
    firm, loose = CASES["half as often"]
    gleaned = glean([firm, loose], REPLIES)

    assert after(loose, gleaned.worth[1]) < LOOSE.mean - 0.05
    assert abs(after(firm, gleaned.worth[0]) - FIRM.mean) < 0.03


def test_a_single_provider_has_nothing_to_be_compared_with():
    (worth,) = glean([engaged(LOOSE, 500, 20)], REPLIES).worth

    assert after(engaged(LOOSE, 500, 20), worth) == pytest.approx(LOOSE.mean, abs=0.02)


@pytest.mark.parametrize(
    ("groups", "channel"),
    [
        ([], REPLIES),
        ([engaged(FIRM, 0, 3)], REPLIES),
        ([engaged(FIRM, 100, 0)], REPLIES),
        ([engaged(FIRM, 100, 9), engaged(LOOSE, 90, 1)], ChannelBook(weight=0.0)),
    ],
    ids=["nobody", "no-denominator", "silence", "no-weight"],
)
def test_where_nothing_is_known_nothing_is_added(groups, channel):
    assert glean(groups, channel).worth == tuple(NOTHING for _ in groups)


def test_more_replies_never_make_the_inbox_less_likely():
    means = []
    for events in range(0, 120, 8):
        groups = [engaged(FIRM, 800, 80), engaged(LOOSE, 500, events)]
        means.append(after(groups[1], glean(groups, REPLIES).worth[1]))

    assert means == sorted(means)


def test_reports_speak_against_the_inbox():
    groups = [engaged(FIRM, 800, 2), engaged(LOOSE, 500, 30)]
    worth = glean(groups, ChannelBook(weight=0.3, spread=0.5), of_rest=True).worth

    assert after(groups[1], worth[1]) < LOOSE.mean


def test_a_wider_spread_says_less():
    groups = CASES["half as often"]
    moved = [
        LOOSE.mean - after(groups[1], glean(groups, ChannelBook(weight=1.0, spread=spread)).worth[1])
        for spread in (0.1, 0.25, 0.5, 1.0)
    ]

    assert moved == sorted(moved, reverse=True)
    assert moved[-1] > 0


def test_the_order_of_providers_does_not_matter():
    groups = CASES["few"]
    forth, back = glean(groups, REPLIES), glean(groups[::-1], REPLIES)

    for one, two in zip(forth.worth, back.worth[::-1], strict=True):
        assert (one.yes, one.no) == (pytest.approx(two.yes), pytest.approx(two.no))
