"""What findings and broken demands add up to: the placement, and the risk when something is unknown."""

from dataclasses import replace
from datetime import date

import pytest

from deliv.core.findings import find
from deliv.core.placement import NOWHERE, PlacementBook, Prior, Risk
from deliv.core.requirements import Consequence
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Basis, Effect
from deliv.core.rules import Test as FactTest
from deliv.core.text import Text
from deliv.core.weighing import weigh
from tests.core.test_providers import provider
from tests.core.test_requirements import DAY, HEARSAY, demand, requirement
from tests.core.test_rules import rule

PRIOR = Prior(
    inbox=0.9, spam=0.08, missing=0.02, strength=20, basis=Basis.PUBLISHED, note=Text(ja="仮", en="made up")
)
GOOD = {"sender.spf": "valid", "sender.dmarc": "found"}
REJECTED, JUNKED, WARNED = 0.6, 0.5, 0.4


def spf_is(*words):
    return FactTest(fact="sender.spf", values=frozenset(words))


RULES = (
    rule(id="spf-missing", when=spf_is("missing"), effect=Effect(spam=0.1)),
    rule(id="spf-faulty", when=spf_is("invalid", "several")),
    rule(id="dmarc-missing", when=FactTest(fact="sender.dmarc", values=frozenset({"missing"}))),
    rule(
        id="nowhere",
        when=FactTest(fact="sender.dmarc", values=frozenset({"invalid"})),
        effect=Effect(undeliverable=True),
    ),
)


def book(rules: RuleBook) -> RuleBook:
    """Return a book with few rules, and figures that are easy to follow."""
    return replace(
        rules,
        rules=RULES,
        requirements=(
            requirement("spf", "spf-missing", "spf-faulty"),
            requirement("dmarc", "dmarc-missing"),
        ),
        placement=PlacementBook(
            providers={},
            kinds={},
            default=PRIOR,
            low_from=0.85,
            medium_from=0.60,
            consequences={
                Consequence.REJECT: Effect(least_missing=REJECTED),
                Consequence.JUNK: Effect(least_spam=JUNKED),
                Consequence.WARNING: Effect(spam=WARNED),
            },
        ),
    )


def weighed(rules, facts, *demands, volume=None, as_of=DAY):
    """Return risk and placement at a provider with these demands."""
    facts = GOOD | facts
    short = book(rules)
    return weigh(
        short,
        replace(provider("strict"), requires=demands),
        find(short.rules, facts, (), as_of),
        facts,
        volume_per_day=volume,
        as_of=as_of,
    )


def test_without_findings_the_prior_is_the_answer(rules):
    risk, placement = weighed(rules, {}, demand("spf"), demand("dmarc"))

    assert (risk, placement.inbox) == (Risk.LOW, pytest.approx(0.9))


@pytest.mark.parametrize(
    ("consequence", "missing", "spam"),
    [
        pytest.param(Consequence.REJECT, REJECTED, None, id="reject"),
        pytest.param(Consequence.JUNK, None, JUNKED, id="junk"),
    ],
)
def test_mail_that_breaks_a_demand_falls_on_its_floor(rules, consequence, missing, spam):
    _, placement = weighed(rules, {"sender.dmarc": "missing"}, demand("dmarc", consequence=consequence))

    assert placement.missing == pytest.approx(missing) if missing else placement.missing < 0.02
    assert placement.spam == pytest.approx(spam) if spam else placement.spam < 0.08


def test_a_demand_that_no_source_confirms_weighs_half(rules):
    verified = weighed(rules, {"sender.dmarc": "missing"}, demand("dmarc"))[1]
    hearsay = weighed(rules, {"sender.dmarc": "missing"}, demand("dmarc", sources=(HEARSAY,)))[1]

    assert verified.missing == pytest.approx(REJECTED)
    assert hearsay.missing == pytest.approx(REJECTED / 2)
    assert hearsay.basis is Basis.ESTIMATE


def test_advice_weighs_nothing(rules):
    advised = weighed(rules, {"sender.dmarc": "missing"}, demand("dmarc", consequence=Consequence.ADVICE))[1]

    assert advised == weighed(rules, {})[1]


def test_the_worst_of_several_broken_demands_counts_once(rules):
    facts = {"sender.spf": "missing", "sender.dmarc": "missing"}
    one = weighed(rules, facts, demand("spf"))[1]
    both = weighed(rules, facts, demand("spf"), demand("dmarc"))[1]

    assert both.missing == pytest.approx(one.missing) == pytest.approx(REJECTED)


@pytest.mark.parametrize(
    ("changes", "volume", "as_of", "is_held"),
    [
        pytest.param({"is_for_bulk": True, "bulk_from": 5000}, None, DAY, False, id="volume-not-known"),
        pytest.param({"is_for_bulk": True, "bulk_from": 5000}, 4999, DAY, False, id="not-bulk"),
        pytest.param({"is_for_bulk": True, "bulk_from": 5000}, 5000, DAY, True, id="bulk"),
        pytest.param({"effective_from": date(2027, 1, 1)}, None, DAY, False, id="not-yet"),
        pytest.param(
            {"effective_from": date(2027, 1, 1)}, None, date(2027, 1, 1), True, id="from-its-first-day"
        ),
    ],
)
def test_only_demands_that_hold_for_this_shop_on_this_day_weigh(rules, changes, volume, as_of, is_held):
    _, placement = weighed(
        rules, {"sender.dmarc": "missing"}, demand("dmarc", **changes), volume=volume, as_of=as_of
    )

    assert placement.missing == pytest.approx(REJECTED if is_held else 0.02)


def test_demands_are_those_of_the_provider(rules):
    facts = GOOD | {"sender.dmarc": "missing"}
    short = book(rules)
    found = find(short.rules, facts, (), DAY)

    for nobody in (None, provider("easy-going")):
        _, placement = weigh(short, nobody, found, facts, volume_per_day=None, as_of=DAY)
        assert placement.inbox == pytest.approx(0.9)


def test_mail_that_cannot_arrive_arrives_nowhere(rules):
    assert weighed(rules, {"sender.dmarc": "invalid"}) == (Risk.CERTAIN, NOWHERE)


class TestUnknown:
    def test_an_unknown_fact_that_could_break_a_demand_makes_unknown(self, rules):
        risk, placement = weighed(rules, {"sender.spf": None}, demand("spf"))

        assert risk is Risk.UNKNOWN
        assert placement.inbox == pytest.approx(0.9)

    def test_without_the_demand_it_could_do_no_harm(self, rules):
        assert weighed(rules, {"sender.spf": None})[0] is Risk.LOW

    def test_nor_where_the_demand_does_not_hold(self, rules):
        bulk = demand("spf", is_for_bulk=True, bulk_from=5000)

        assert weighed(rules, {"sender.spf": None}, bulk)[0] is Risk.LOW
        assert weighed(rules, {"sender.spf": None}, bulk, volume=5000)[0] is Risk.UNKNOWN

    def test_nor_where_it_is_broken_anyway(self, rules):
        risk, _ = weighed(
            rules, {"sender.spf": None, "sender.dmarc": "missing"}, demand("spf"), demand("dmarc")
        )

        assert risk is Risk.HIGH

    def test_a_fact_that_nobody_looked_at_could_do_no_harm(self, rules):
        short = book(rules)
        facts = {"sender.dmarc": "found"}
        strict = replace(provider("strict"), requires=(demand("spf"),))

        risk, _ = weigh(
            short, strict, find(short.rules, facts, (), DAY), facts, volume_per_day=None, as_of=DAY
        )

        assert risk is Risk.LOW

    def test_what_may_be_wrong_at_once_is_taken_together(self, rules):
        facts = {"sender.spf": None, "sender.dmarc": None}
        warned = (
            demand("spf", consequence=Consequence.WARNING),
            demand("dmarc", consequence=Consequence.WARNING),
        )

        assert weighed(rules, {"sender.spf": None}, *warned)[0] is Risk.LOW
        assert weighed(rules, facts, *warned)[0] is Risk.UNKNOWN


def test_to_mend_one_fault_never_lowers_the_inbox(rules):
    """For every provider and every rule about the sender, beside all the others and on its own."""
    about_sender = [one for one in rules.rules if one.is_about_sender]
    everything = frozenset(one.id for one in about_sender)

    def inbox(owner, fired):
        findings = find(
            [replace(one, when=spf_is("valid")) for one in about_sender if one.id in fired], GOOD, (), DAY
        )
        return weigh(rules, owner, findings, GOOD, volume_per_day=10**6, as_of=DAY)[1].inbox

    for owner in (None, *(p for p in rules.providers.providers if p.requires)):
        worst, best = inbox(owner, everything), inbox(owner, ())
        for name in everything:
            assert inbox(owner, everything - {name}) >= worst - 1e-12
            assert inbox(owner, {name}) <= best + 1e-12
