"""What the shop's own outcomes do to a judgement, from far to near."""

from dataclasses import replace
from datetime import timedelta

import pytest

from deliv.core.experience import Remembered
from deliv.core.explanation import LevelName
from deliv.core.facts import RecipientFacts, Route
from deliv.core.findings import Finding
from deliv.core.learning import learn_from, sender_state
from deliv.core.outcomes import BounceReason, OutcomeKind
from deliv.core.placement import Risk
from deliv.core.rules import Basis, Reason, Severity
from tests.core.likelihood.past import RECENTLY, TODAY, inbox, judged, learned, note
from tests.core.test_rules import rule

K = OutcomeKind
DOCOMO, GMAIL, NIFTY = "taro@docomo.ne.jp", "mei@gmail.com", "ken@nifty.com"
GONE = {"reason": BounceReason.USERUNKNOWN, "permanent": True}


def year(domain, sent, bounced=0, **more):
    outcomes = [note(K.SENT, domain, sent, **more)]
    return [*outcomes, note(K.BOUNCE, domain, bounced, **more)] if bounced else outcomes


@pytest.mark.parametrize("text", [DOCOMO, GMAIL, NIFTY, "taro..x@docomo.ne.jp", "x@customer.example"])
@pytest.mark.parametrize(
    "history", [[], [note(K.BOUNCE, "elsewhere.example", 9)], [note(K.REPLY, "gmail.com")]]
)
def test_without_history_the_numbers_are_those_of_the_rule_book(rules, text, history):
    assert judged(rules, text, history) == judged(rules, text)


class TestRefused:
    def test_five_bounces_at_one_provider_help_a_little_and_five_hundred_decide(self, rules):
        before = judged(rules, "x@ocn.ne.jp").placement
        few = judged(rules, "x@ocn.ne.jp", year("nifty.com", 5, 5)).placement
        many = judged(rules, NIFTY, year("nifty.com", 2000, 500)).placement

        assert 0 < before.inbox - few.inbox < 0.03
        assert many.missing == pytest.approx(0.25, abs=0.03)

    def test_a_year_of_bounces_narrows_what_is_missing(self, rules):
        placement = judged(rules, NIFTY, year("nifty.com", 1000, 200)).placement

        assert placement.observations == 1000
        assert placement.basis is Basis.HISTORY
        assert placement.inbox_high < judged(rules, NIFTY).placement.inbox_high

    def test_without_a_count_of_sent_mail_no_rate_is_learned(self, rules):
        history = [note(K.BOUNCE, "nifty.com", 1, who=f"{n}@nifty.com") for n in range(100)]

        assert judged(rules, NIFTY, history) == judged(rules, NIFTY)
        assert learned(rules, history).counts.uncounted == 100

    def test_other_domains_of_a_provider_count_but_not_as_much(self, rules):
        history = year("yahoo.co.jp", 1000, 500)
        here, there = (inbox(rules, f"x@{domain}", history) for domain in ("yahoo.co.jp", "ymail.ne.jp"))

        assert here < there < inbox(rules, "x@ymail.ne.jp")

    def test_old_bounces_fade(self, rules):
        def bounced(day):
            return inbox(
                rules,
                NIFTY,
                [note(K.SENT, "nifty.com", 50, day=day), note(K.BOUNCE, "nifty.com", 25, day=day)],
            )

        assert bounced(RECENTLY) < bounced(RECENTLY - timedelta(days=700)) < inbox(rules, NIFTY)

    def test_bounces_of_tomorrow_are_not_known_today(self, rules):
        assert judged(rules, NIFTY, year("nifty.com", 50, 25, day=TODAY + timedelta(days=1))) == judged(
            rules, NIFTY
        )

    def test_what_was_seen_while_the_sender_was_otherwise_counts_less(self, rules):
        history = year("nifty.com", 50, 25, sender_state="broken then")
        sender = {"sender.spf": "valid"}
        then = learn_from(Remembered(known=tuple(history)), rules, as_of=TODAY).evidence(
            "nifty.com", rules.providers.match("nifty.com").provider
        )
        now = learn_from(Remembered(known=tuple(history)), rules, as_of=TODAY, sender=sender).evidence(
            "nifty.com", rules.providers.match("nifty.com").provider
        )
        mails = [e.levels[-1].seen.weighed.mails for e in (then, now)]

        assert mails[1] == pytest.approx(mails[0] * rules.placement.history.other_state)

    def test_history_wins_over_what_a_finding_would_do(self, rules):
        """A floor is what is believed before; five hundred mails that arrived are stronger."""
        text = "taro..x@docomo.ne.jp"

        assert inbox(rules, text, year("docomo.ne.jp", 1000)) > inbox(rules, text)


class TestPlacement:
    def test_test_mails_count_in_full(self, rules):
        history = [note(K.SEED_INBOX, "docomo.ne.jp", 45), note(K.SEED_JUNK, "docomo.ne.jp", 5)]
        placement = judged(rules, DOCOMO, history).placement

        assert placement.inbox == pytest.approx(0.88, abs=0.03)
        assert placement.basis is Basis.HISTORY
        assert placement.observations == 50

    def test_replies_that_stay_away_are_evidence(self, rules):
        both = [*year("gmail.com", 800), note(K.REPLY, "gmail.com", 80), *year("docomo.ne.jp", 500)]

        assert inbox(rules, DOCOMO, [*both, note(K.REPLY, "docomo.ne.jp", 20)]) < inbox(
            rules, DOCOMO, [*both, note(K.REPLY, "docomo.ne.jp", 50)]
        )

    def test_opens_say_nothing_at_apple(self, rules):
        history = [*year("icloud.com", 500), *year("gmail.com", 500), note(K.OPEN, "gmail.com", 100)]
        levels = {
            level.name
            for level in learned(rules, history)
            .evidence("icloud.com", rules.providers.match("icloud.com").provider)
            .levels
        }

        assert LevelName.OPEN not in levels


class TestAddress:
    def test_a_mailbox_that_is_gone_is_undeliverable(self, rules):
        judgement = judged(rules, DOCOMO, [note(K.BOUNCE, "docomo.ne.jp", who=DOCOMO, **GONE)])

        assert judgement.risk is Risk.CERTAIN
        assert judgement.placement.inbox == judgement.placement.inbox_high == 0
        assert (judgement.placement.basis, judgement.placement.observations) == (Basis.HISTORY, 1)
        assert Reason.PAST_BOUNCE in judgement.reasons

    def test_and_so_it_is_when_the_dns_does_not_answer(self, rules):
        from deliv.core.address import parse_address
        from deliv.core.assess import judge

        facts = RecipientFacts(
            domain="docomo.ne.jp", route=Route.UNKNOWN, match=rules.providers.match("docomo.ne.jp")
        )
        history = learned(rules, [note(K.BOUNCE, "docomo.ne.jp", who=DOCOMO, **GONE)])

        assert judge(parse_address(DOCOMO), facts, rules, as_of=TODAY, history=history).risk is Risk.CERTAIN

    def test_a_filter_proves_that_somebody_is_there(self, rules):
        filtered = {"reason": BounceReason.FILTERED, "permanent": True}
        judgement = judged(rules, DOCOMO, [note(K.BOUNCE, "docomo.ne.jp", who=DOCOMO, **filtered)])

        assert judgement.risk in (Risk.MEDIUM, Risk.HIGH)
        assert judgement.placement.inbox < inbox(rules, DOCOMO)
        assert Reason.PAST_BOUNCE in judgement.reasons

    def test_a_bounce_without_denominator_changes_its_own_address_alone(self, rules):
        history = [note(K.BOUNCE, "gmail.com", who=GMAIL, reason=BounceReason.MAILBOXFULL)]

        assert inbox(rules, GMAIL, history) < inbox(rules, GMAIL)
        assert judged(rules, "other@gmail.com", history) == judged(rules, "other@gmail.com")

    def test_a_reply_last_month_outweighs_the_average_of_the_provider(self, rules):
        history = [*year("docomo.ne.jp", 200, 60), note(K.REPLY, "docomo.ne.jp", who=DOCOMO)]
        good = judged(rules, DOCOMO, history).placement

        assert good.inbox > judged(rules, "other@docomo.ne.jp", history).placement.inbox + 0.1
        assert good.basis is Basis.HISTORY

    def test_a_report_of_junk_speaks_for_its_own_address(self, rules):
        placement = judged(rules, GMAIL, [note(K.JUNK, "gmail.com", who=GMAIL)]).placement

        assert placement.spam > judged(rules, GMAIL).placement.spam + 0.1

    def test_silence_after_a_mail_is_no_history_of_its_own(self, rules):
        history = [note(K.SENT, "gmail.com", 3, who=GMAIL), note(K.SENT, "gmail.com", 100)]

        assert judged(rules, GMAIL, history) == judged(rules, "other@gmail.com", history)

    def test_addresses_that_fared_alike_are_equal(self, rules):
        history = [note(K.REPLY, "gmail.com", who=f"{n}@gmail.com") for n in range(2)]
        known = learned(rules, history)

        assert known.own("0@gmail.com") == known.own("1@gmail.com")
        assert known.own("2@gmail.com") is None


class TestSenderState:
    @staticmethod
    def fired(*ids, **more):
        from deliv.core.rules import Test as FactTest

        when = FactTest(fact="sender.spf", values=frozenset({"missing"}))
        return [Finding(rule=rule(id=each, when=when, **more)) for each in ids]

    def test_it_is_the_same_whatever_the_order(self):
        assert sender_state(self.fired("one", "two")) == sender_state(self.fired("two", "one", "one"))

    def test_it_tells_states_apart_and_is_never_empty(self):
        states = {sender_state(self.fired(*ids)) for ids in ((), ("one",), ("two",), ("one", "two"))}

        assert len(states) == 4
        assert all(len(state) == 12 for state in states)

    def test_mere_information_and_the_customers_side_make_no_difference(self):
        information = self.fired("one", severity=Severity.INFO)
        about_customer = [
            replace(each, rule=replace(each.rule, when=replace(each.rule.when, fact="recipient.kind")))
            for each in self.fired("two")
        ]

        assert sender_state([*information, *about_customer]) == sender_state([])
