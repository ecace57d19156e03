"""Facts × rules → findings."""

from datetime import date

from deliv.core.findings import alternatives, find
from deliv.core.rules import All, AnyOf, Severity
from deliv.core.rules import Test as FactTest
from tests.core.test_rules import rule

DAY = date(2026, 11, 24)
SPF_MISSING = FactTest(fact="sender.spf", values=frozenset({"missing"}))


def route_is(word):
    return FactTest(fact="recipient.route", values=frozenset({word}))


def test_rules_that_hold_fire_and_those_that_may_hold_are_undecided():
    fires = rule(id="fires", when=route_is("mx"))
    silent = rule(id="silent", when=route_is("null_mx"))
    maybe = rule(id="maybe", when=SPF_MISSING)

    found = find([fires, silent, maybe], {"recipient.route": "mx", "sender.spf": None}, (), DAY)

    assert [finding.rule.id for finding in found.fired] == ["fires"]
    assert [rule.id for rule in found.undecided] == ["maybe"]


def test_a_rule_over_facts_that_nobody_looked_at_says_nothing_either_way():
    found = find([rule(when=SPF_MISSING)], {"recipient.route": "mx"}, (), DAY)

    assert found.fired == found.undecided == ()


def test_a_rule_of_which_only_a_part_was_looked_at_says_nothing_unless_that_part_decides():
    both = rule(id="both", when=All(conditions=(SPF_MISSING, route_is("mx"))))
    either = rule(id="either", when=AnyOf(conditions=(SPF_MISSING, route_is("mx"))))

    looked_at = {"recipient.route": "mx"}
    assert [f.rule.id for f in find([both, either], looked_at, (), DAY).fired] == ["either"]
    assert find([both, either], looked_at, (), DAY).undecided == ()

    not_told = {"recipient.route": None}
    assert find([both, either], not_told, (), DAY).fired == ()
    assert find([both, either], not_told, (), DAY).undecided == ()


def test_a_rule_out_of_force_says_nothing():
    rules = [
        rule(when=route_is("mx"), effective_from=date(2027, 1, 1)),
        rule(when=SPF_MISSING, effective_until=date(2025, 1, 1)),
    ]

    found = find(rules, {"recipient.route": "mx", "sender.spf": None}, (), DAY)

    assert found.fired == found.undecided == ()


def test_the_most_severe_comes_first_and_else_the_order_of_the_book():
    severities = [Severity.LOW, Severity.HIGH, Severity.INFO, Severity.HIGH, Severity.MEDIUM]
    rules = [rule(id=f"{n}", when=route_is("mx"), severity=severity) for n, severity in enumerate(severities)]

    found = find(rules, {"recipient.route": "mx"}, (), DAY)

    assert [finding.rule.id for finding in found.fired] == ["1", "3", "4", "0", "2"]


def test_a_finding_shows_the_evidence_behind_the_facts_that_it_read_once():
    evidence = (
        ("recipient.route", "shop.example MX: NODATA"),
        ("sender.spf", "shop.example TXT: NODATA"),
        ("recipient.route", "shop.example A: NODATA"),
        ("recipient.route", "shop.example MX: NODATA"),
    )

    (finding,) = find([rule(when=route_is("no_host"))], {"recipient.route": "no_host"}, evidence, DAY).fired

    assert finding.evidence == ("shop.example MX: NODATA", "shop.example A: NODATA")


def groups(rules, facts):
    found = alternatives(rules, facts)
    return [{tuple(rule.id for rule in group) for group in fact} for fact in found]


def test_rules_that_exclude_each_other_are_alternatives():
    missing = rule(id="missing", when=SPF_MISSING)
    faulty = rule(
        id="faulty", when=FactTest(fact="sender.spf", values=frozenset({"invalid", "several", "missing"}))
    )

    assert groups([missing, faulty], {"sender.spf": None}) == [
        {(), ("faulty",), ("missing", "faulty")},
        {()},
    ]


def test_unknown_facts_vary_apart_from_each_other():
    rules = [rule(id="spf", when=SPF_MISSING), rule(id="route", when=route_is("null_mx"))]

    assert groups(rules, {"sender.spf": None, "recipient.route": None}) == [
        {(), ("spf",)},
        {(), ("route",)},
        {()},
    ]


def test_rules_about_several_unknown_facts_or_open_ones_are_taken_to_hold_together():
    both = rule(id="both", when=All(conditions=(SPF_MISSING, route_is("mx"))))
    somebody = rule(
        id="somebody", when=FactTest(fact="recipient.provider", values=frozenset({"docomo"}), negated=True)
    )
    facts = {"sender.spf": None, "recipient.route": None, "recipient.provider": None}

    assert groups([both, somebody], facts) == [{("both", "somebody")}]


def test_a_flag_may_be_true_or_false():
    odd = rule(id="odd", when=FactTest(fact="address.smtputf8", values=frozenset({True})))

    assert groups([odd], {"address.smtputf8": None}) == [{("odd",), ()}, {()}]
