"""What stands around the assessments of a run."""

import pytest

from deliv.core.address import Mend, parse_address
from deliv.core.assess import refuse
from deliv.core.assessment import Assessment
from deliv.core.canary import Trust
from deliv.core.errors import AddressSyntaxError
from deliv.core.placement import Risk
from deliv.core.report import ResolverReport, Tally
from deliv.core.rules import Reason
from deliv.core.settings import Settings
from tests.core.judging import A_DAY, judge_in
from tests.zone import TEMPERROR

ZONE = {
    "gmail.com": {"MX": ["10 mx.mail.example."]},
    "docomo.ne.jp": {"MX": ["10 mx.mail.example."]},
    "customer.example": {"MX": ["10 mx.mail.example."]},
    "slow.example": TEMPERROR,
    "mx.mail.example": {"A": ["192.0.2.25"]},
}


def row(text, rules, **more):
    judgement = judge_in(ZONE, text, rules)
    return Assessment(judgement=judgement, address=text, normalized=text, **more)


def test_rows_are_counted_by_everything(rules):
    tally = Tally()
    for text in ("a@gmail.com", "b@gmail.com", "c@docomo.ne.jp", "d@gone.example", "e@slow.example"):
        tally.add(row(text, rules))

    summary = tally.summary()

    assert summary.rows == 5
    assert summary.by_result == {"deliverable": 2, "risky": 1, "undeliverable": 1, "unknown": 1}
    assert summary.by_risk == {"low": 2, "medium": 1, "high": 0, "certain": 1, "unknown": 1}
    assert summary.by_provider == {"gmail": 2, "docomo": 1, "": 2}
    assert summary.by_action == {"send": 2, "send_with_notice": 1, "fix_address": 1, "recheck": 1}
    assert summary.unknown == 1


def test_nothing_vanishes(rules):
    tally = Tally()
    texts = ["a@gmail.com", "b@customer.example", "c@gone.example", "d@slow.example", "e@docomo.ne.jp"] * 3
    for text in texts:
        tally.add(row(text, rules))

    summary = tally.summary()

    for counts in (summary.by_result, summary.by_risk, summary.by_provider, summary.by_action):
        assert sum(counts.values()) == summary.rows == len(texts)


def test_an_empty_run_shows_every_result_with_zero():
    summary = Tally().summary()

    assert summary.rows == summary.unknown == summary.mended == 0
    assert summary.by_result == {"deliverable": 0, "risky": 0, "undeliverable": 0, "unknown": 0}
    assert summary.by_risk == dict.fromkeys(Risk, 0)
    assert summary.by_provider == summary.by_action == {}
    assert summary.resolver == ResolverReport()


def test_mended_rows_are_counted_once_however_much_was_mended(rules):
    tally = Tally()
    tally.add(row("a@gmail.com", rules, mends=(Mend.WHITESPACE, Mend.FULL_WIDTH)))
    tally.add(row("b@gmail.com", rules))

    assert tally.summary().mended == 1


def test_a_text_that_is_no_address_counts_as_a_row_of_nobody(rules):
    with pytest.raises(AddressSyntaxError) as caught:
        parse_address("taro@")
    judgement = refuse(caught.value, rules, as_of=A_DAY, settings=Settings())
    tally = Tally()

    tally.add(Assessment(judgement=judgement, address="taro@"))

    assert tally.summary().by_result["undeliverable"] == 1
    assert tally.summary().by_provider == {"": 1}


def test_what_only_the_caller_knows_is_passed_on():
    resolver = ResolverReport(trust=Trust.DENYING, queries=7, cached=2)

    summary = Tally().summary(skipped=3, repeated=2, stale_rules=("x",), resolver=resolver)

    assert (summary.skipped, summary.repeated, summary.stale_rules) == (3, 2, ("x",))
    assert summary.resolver is resolver


def test_a_summary_is_a_snapshot(rules):
    tally = Tally()
    before = tally.summary()
    tally.add(row("a@gmail.com", rules))

    assert before.rows == 0
    assert tally.summary().rows == 1


@pytest.mark.parametrize(
    ("trust", "trusted"),
    [
        (None, True),
        (Trust.TRUSTED, True),
        (Trust.DENYING, False),
        (Trust.INVENTING, False),
        (Trust.SILENT, False),
    ],
)
def test_a_resolver_that_was_not_needed_is_no_reason_for_distrust(trust, trusted):
    assert ResolverReport(trust=trust).trusted is trusted


def test_further_addresses_in_the_cell_are_a_reason_of_the_row_alone(rules):
    one = row("c@docomo.ne.jp", rules)
    several = row("c@docomo.ne.jp", rules, several=True)

    assert several.reasons == (*one.reasons, Reason.SEVERAL_ADDRESSES)
    assert several.judgement == one.judgement
