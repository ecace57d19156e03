"""What must hold for every history, however odd."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliv.core.historybook import Channel
from deliv.core.outcomes import BounceReason, Outcome, OutcomeKind
from deliv.core.rules import Basis
from deliv.sources.rulefiles import load_rules
from tests.core.likelihood.past import TODAY, judged, note

RULES = load_rules()
DOMAINS = (
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "gmail.com",
    "nifty.com",
    "ocn.ne.jp",
    "icloud.com",
    "customer.example",
)
ADDRESSES = tuple(f"{name}@{domain}" for domain in DOMAINS for name in ("a", "b"))


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    address = draw(st.sampled_from(ADDRESSES))
    kind = draw(st.sampled_from(OutcomeKind))
    is_bounce = kind is OutcomeKind.BOUNCE
    return Outcome(
        kind=kind,
        domain=address.partition("@")[2],
        day=TODAY - timedelta(days=draw(st.integers(0, 800))),
        who=draw(st.sampled_from(["", address])),
        count=draw(st.integers(1, 300)),
        reason=draw(st.sampled_from(BounceReason)) if is_bounce else None,
        permanent=draw(st.sampled_from([None, True, False])) if is_bounce else None,
    )


HISTORIES = st.lists(outcomes(), max_size=12)
WHO = st.sampled_from(ADDRESSES)


@given(HISTORIES, WHO)
def test_shares_sum_to_one_and_the_interval_holds_the_mean(history: Sequence[Outcome], who: str) -> None:
    placement = judged(RULES, who, history).placement

    assert placement is not None
    assert placement.inbox + placement.spam + placement.missing == pytest.approx(1)
    assert min(placement.inbox, placement.spam, placement.missing) >= 0
    assert 0 <= placement.inbox_low <= placement.inbox <= placement.inbox_high <= 1
    assert placement.observations >= 0


@given(HISTORIES, WHO, st.randoms(use_true_random=False))
def test_the_order_of_outcomes_does_not_matter(history: list[Outcome], who: str, dice) -> None:
    shuffled = history.copy()
    dice.shuffle(shuffled)
    one, two = judged(RULES, who, history).placement, judged(RULES, who, shuffled).placement

    assert one.inbox == pytest.approx(two.inbox, abs=1e-6)
    assert one.inbox_low == pytest.approx(two.inbox_low, abs=1e-3)


@given(HISTORIES, WHO, st.integers(1, 50))
def test_mails_that_came_back_never_make_the_inbox_likelier(
    history: list[Outcome], who: str, count: int
) -> None:
    """The same mails, but for some that bounced: at the domain itself, or at another of its kind."""
    silent = [each for each in history if each.kind in (OutcomeKind.SENT, OutcomeKind.BOUNCE)]
    domain = who.partition("@")[2]
    more = [*silent, note(OutcomeKind.SENT, domain, count)]

    before = judged(RULES, who, more).placement.inbox
    after = judged(RULES, who, [*more, note(OutcomeKind.BOUNCE, domain, count)]).placement.inbox

    assert after <= before + 1e-9


@given(HISTORIES, WHO, st.integers(1, 20))
def test_test_mails_in_the_inbox_never_make_it_less_likely(
    history: list[Outcome], who: str, count: int
) -> None:
    acts = set(OutcomeKind) - {OutcomeKind(channel) for channel in Channel if channel is not Channel.REPORT}
    quiet = [each for each in history if each.kind in acts - {OutcomeKind.JUNK, OutcomeKind.MISSING}]
    domain = who.partition("@")[2]

    before = judged(RULES, who, quiet).placement.inbox
    after = judged(RULES, who, [*quiet, note(OutcomeKind.SEED_INBOX, domain, count)]).placement.inbox

    assert after >= before - 1e-9


@given(HISTORIES, WHO)
def test_without_outcomes_nothing_is_said_to_be_history(history: list[Outcome], who: str) -> None:
    bounces = [each for each in history if each.kind is OutcomeKind.BOUNCE and not each.who]

    assert judged(RULES, who, bounces) == judged(RULES, who)
    assert judged(RULES, who).placement.basis is not Basis.HISTORY
