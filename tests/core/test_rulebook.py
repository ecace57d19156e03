"""The packaged rule book proves itself: every rule fires, stays silent, and has a source."""

import itertools
from dataclasses import fields as fields_of
from datetime import date, timedelta
from functools import cache
from string import Formatter

import pytest

from deliv.core.address import LENIENT_DOMAINS
from deliv.core.advice import Advice, AllowList, advise, choose_entry
from deliv.core.advicebook import OWN_LADDER, Action, Remark
from deliv.core.facts import FACTS
from deliv.core.ladder import StepKind
from deliv.core.placement import Risk, place
from deliv.core.providers import ProviderKind, Via
from deliv.core.requirements import Consequence
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Bounds, Effect, Reason, Severity, comparisons_of
from deliv.core.rules import Test as FactTest
from deliv.core.settings import Settings
from deliv.core.text import Source, Text
from deliv.core.wording import PLACEHOLDERS, fill, same, shop_fields
from deliv.proving import Outcome, prove
from deliv.sources.message import read_message
from deliv.sources.rulefiles import load_rules
from tests.core.judging import A_DAY
from tests.core.test_providers import provider
from tests.core.test_rules import rule as made_up_rule

BOOK = load_rules()
WITHOUT_DNS = {"sender.kind", "sender.volume", "sender.reply_route"}
RULES = [pytest.param(rule, id=rule.id) for rule in BOOK.rules]
PROVIDERS = [pytest.param(provider, id=provider.id) for provider in BOOK.providers.providers]


@cache
def proof(rule_id):
    """Return both examples of a rule, run."""
    (rule,) = (rule for rule in BOOK.rules if rule.id == rule_id)
    return prove(rule, BOOK, read_mail=read_message)


def texts_in(value):
    """Yield every bilingual text inside a value of the book."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from texts_in(item)
    elif hasattr(value, "__dataclass_fields__"):
        for each in fields_of(value):
            yield from texts_in(getattr(value, each.name))


class TestRules:
    @pytest.mark.parametrize("rule", RULES)
    def test_the_example_that_fires_fires(self, rule):
        assert proof(rule.id).fires.outcome is Outcome.FIRES

    @pytest.mark.parametrize("rule", RULES)
    def test_the_example_that_stays_silent_is_decided_and_silent(self, rule):
        assert proof(rule.id).silent.outcome is Outcome.SILENT

    @pytest.mark.parametrize("rule", RULES)
    def test_the_silent_example_is_looked_at_by_the_rule(self, rule):
        """A sender rule without a sender is silent too, and proves nothing."""
        needs_sender = any(name.startswith("sender.") for name in rule.facts)
        needs_message = any(name.startswith("message.") for name in rule.facts)

        for example in (rule.fires, rule.silent):
            assert (example.sender is not None or example.message != "") is (needs_sender or needs_message)
            assert example.message or not needs_message

    @pytest.mark.parametrize("rule", RULES)
    def test_a_finding_about_dns_shows_what_was_answered(self, rule):
        shows = {name for name in rule.facts if name == "recipient.route" or name.startswith("sender.")}

        assert bool(proof(rule.id).fires.finding.evidence) is bool(shows - WITHOUT_DNS)

    @pytest.mark.parametrize("rule", RULES)
    def test_it_has_a_source_that_somebody_looked_at(self, rule):
        assert rule.sources
        for source in rule.sources:
            assert source.title
            assert date(2020, 1, 1) < source.checked
            assert source.url.startswith("https://") or not source.verified

    @pytest.mark.parametrize("rule", RULES)
    def test_it_names_facts_and_values_that_there_are(self, rule):
        for test in comparisons_of(rule.when):
            spec = FACTS[test.fact]
            assert isinstance(test, Bounds) is spec.is_number
            for value in test.values if isinstance(test, FactTest) else ():
                assert isinstance(value, bool) is spec.is_flag
                assert spec.words is None or value in spec.words

    @pytest.mark.parametrize("rule", RULES)
    def test_it_speaks_both_languages(self, rule):
        assert_bilingual(rule)

    def test_ids_are_unique(self):
        ids = [rule.id for rule in BOOK.rules] + [p.id for p in BOOK.providers.providers]

        assert len(ids) == len(set(ids))

    def test_no_effect_makes_mail_likelier(self):
        """What is undecided is taken at its worst, which is right only as long as effects are harm."""
        for rule in BOOK.rules:
            assert min(rule.effect.spam, rule.effect.missing) >= 0
            assert 0 <= rule.effect.least_spam + rule.effect.least_missing < 1

    def test_every_reason_is_given_by_a_rule_or_by_the_run_itself(self):
        by_rules = {rule.reason for rule in BOOK.rules} - {None}
        by_the_run = {
            *(Reason.FAILED_SYNTAX_CHECK, Reason.NO_ADDRESS, Reason.UNDECODABLE, Reason.SEVERAL_ADDRESSES),
            *(Reason.TIMEOUT_EXCEEDED, Reason.DNS_FAILURE, Reason.RESOLVER_UNTRUSTED),
            Reason.PAST_BOUNCE,
        }

        assert by_rules | by_the_run == set(Reason)
        assert not by_rules & by_the_run

    def test_what_makes_mail_undeliverable_is_only_what_the_rfcs_call_so(self):
        certain = {rule.id for rule in BOOK.rules if rule.effect.undeliverable}

        assert certain == {"mx-null", "domain-missing", "no-mail-host", "mx-unroutable"}
        assert all(rule.facts == {"recipient.route"} for rule in BOOK.rules if rule.id in certain)


def assert_bilingual(thing):
    texts = list(texts_in(thing))

    assert texts
    for text in texts:
        assert text.ja.strip()
        assert text.en.strip()
        assert has_japanese(text.ja) or text.ja.isascii() or len(text.ja) < 20, text.ja


def has_japanese(text):
    return any("\u3040" <= character <= "\u30ff" or "\u4e00" <= character <= "\u9fff" for character in text)


class TestProviders:
    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_its_own_names_lead_back_to_it(self, provider):
        for domain in provider.domains:
            match = BOOK.providers.match(domain)
            assert (match.provider.id, match.via, match.name) == (provider.id, Via.DOMAIN, domain)
        for suffix in provider.suffixes:
            match = BOOK.providers.match(f"shop{suffix}")
            assert (match.provider.id, match.name) in {
                (provider.id, suffix),
                *((provider.id, domain) for domain in provider.domains),
            }

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_it_has_names_and_a_source(self, provider):
        assert provider.domains or provider.suffixes or provider.mx or provider.lists
        assert provider.sources
        assert all(source.title and (source.url or not source.verified) for source in provider.sources)

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_it_speaks_both_languages(self, provider):
        assert_bilingual(provider)
        if provider.allow_list:
            steps = provider.allow_list
            assert steps.ja
            assert len(steps.ja) == len(steps.en)
            assert all(step.strip() for step in (*steps.ja, *steps.en))
            assert steps.url.startswith("http") or not steps.verified

    def test_every_kind_has_a_prior_whose_shares_sum_to_1(self):
        placement = BOOK.placement
        assert set(placement.kinds) == {kind.value for kind in ProviderKind}

        for prior in (*placement.providers.values(), *placement.kinds.values(), placement.default):
            assert prior.inbox + prior.spam + prior.missing == pytest.approx(1)
            assert min(prior.spam, prior.missing) > 0, "a share of 0 could never be moved by an effect"
            assert prior.strength >= 1
            assert_bilingual(prior)

    def test_bands_are_those_of_the_design(self):
        assert (BOOK.placement.low_from, BOOK.placement.medium_from) == (0.85, 0.60)

    def test_the_carriers_with_old_addresses_are_those_that_the_parser_knows(self):
        from deliv.core.address import LENIENT_DOMAINS

        assert BOOK.providers.lenient_domains == LENIENT_DOMAINS

    def test_every_relay_says_by_which_path_it_is_reached(self):
        assert all(p.reach is not None for p in BOOK.providers.providers if p.kind is ProviderKind.RELAY)

    def test_only_retired_services_have_ended(self):
        assert all(p.kind is ProviderKind.RETIRED for p in BOOK.providers.providers if p.ended)


FIELDS = shop_fields(Settings())
ENTRIES = [pytest.param(entry, id=f"{n}-{entry.action}") for n, entry in enumerate(BOOK.advice.entries)]


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


class TestAdvice:
    @pytest.mark.parametrize("risk", Risk)
    @pytest.mark.parametrize("kind", [None, *ProviderKind])
    def test_there_is_advice_for_every_kind_and_risk_and_reason(self, kind, risk):
        for reasons in (set(), *({reason} for reason in Reason)):
            entry = choose_entry(BOOK.advice, risk, kind, reasons)
            advice = advise(BOOK.advice, entry, as_of=A_DAY, fields=FIELDS)
            assert isinstance(advice, Advice)
            assert advice.text.ja
            assert advice.text.en

    @pytest.mark.parametrize("entry", ENTRIES)
    def test_every_text_can_be_filled_and_nothing_is_left_open(self, entry):
        shown = {name: Text(ja="〇〇", en="XX") for name in FIELDS}
        advice = advise(BOOK.advice, entry, as_of=A_DAY, fields=shown)

        for text in filter(None, (advice.text, advice.say)):
            assert "{" not in text.ja + text.en
        assert_bilingual(entry)

    @pytest.mark.parametrize("entry", ENTRIES)
    def test_a_day_and_hours_are_named_only_where_there_are_any(self, entry):
        advice = advise(BOOK.advice, entry, as_of=A_DAY, fields=FIELDS)

        for text in filter(None, (entry.text, entry.say)):
            names = placeholders(text.ja) | placeholders(text.en)
            assert "due" not in names or advice.due is not None
            assert "window" not in names or advice.phone_window

    @pytest.mark.parametrize("entry", ENTRIES)
    def test_both_languages_name_the_same_things(self, entry):
        for text in filter(None, (entry.text, entry.say)):
            courtesy = {"shop"}  # in English “our mail” says as much
            assert placeholders(text.ja) - courtesy == placeholders(text.en) - courtesy

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_the_steps_for_the_customer_can_be_filled(self, provider):
        steps = provider.allow_list or AllowList(ja=(), en=())
        entry = BOOK.advice.entries[-1]

        advice = advise(BOOK.advice, entry, as_of=A_DAY, fields=FIELDS, allow_list=steps)

        told = advice.tell_customer
        assert "{" not in "".join((*told.ja, *told.en))

    @pytest.mark.parametrize("entry", ENTRIES)
    def test_every_line_of_the_ladder_can_be_reached(self, entry):
        cases = itertools.product(Risk, [None, *ProviderKind], [set(), *({reason} for reason in Reason)])

        assert any(choose_entry(BOOK.advice, *case) is entry for case in cases)

    def test_a_mistyped_address_is_fixed_whatever_else_is_wrong(self):
        for risk in (Risk.CERTAIN, Risk.HIGH, Risk.MEDIUM, Risk.LOW):
            for kind in (None, *ProviderKind):
                assert choose_entry(BOOK.advice, risk, kind, {Reason.POSSIBLE_TYPO}).action == "fix_address"

    def test_a_carrier_is_never_phoned_first_below_high(self):
        for risk in (Risk.LOW, Risk.MEDIUM):
            entry = choose_entry(BOOK.advice, risk, ProviderKind.CARRIER, {Reason.CARRIER_FILTER})
            assert entry.action == "send_with_notice"


def test_knowledge_goes_stale_after_eighteen_months():
    day = date(2026, 1, 1)
    fresh = made_up_rule(id="fresh", sources=(Source(title="x", checked=day + timedelta(days=1)),))
    old = made_up_rule(id="old", sources=(Source(title="x", checked=day),))
    sources = (Source(title="x", checked=day), Source(title="y", checked=day + timedelta(days=1)))
    book = RuleBook(
        providers=type(BOOK.providers)([provider("aged")]),
        rules=(fresh, old, made_up_rule(id="looked-at-again", sources=sources)),
        placement=BOOK.placement,
        advice=BOOK.advice,
        address_headings=(),
        digest="",
    )

    assert book.stale(day + timedelta(days=548)) == ()
    assert book.stale(day + timedelta(days=549)) == ("old",)
    assert book.stale(date(2030, 1, 1)) == (
        *("fresh", "old", "looked-at-again", "aged"),
        "legal-note",
    )


def test_an_unchanged_book_has_an_unchanged_digest():
    assert load_rules().digest == BOOK.digest
    assert len(BOOK.digest) == 64


def test_effects_without_figures_are_those_that_only_inform():
    neutral = {rule.id for rule in BOOK.rules if rule.effect == Effect() or rule.effect.is_neutral}

    assert neutral == {
        *("possible-typo", "disposable-address", "role-account"),
        *("retired-domain-unconfirmed", "carrier-filter"),
        *("message-no-display-name", "message-name-not-shop", "message-several-from", "message-empty"),
        *("message-url", "message-no-phone", "message-no-hours", "message-no-junk-words"),
        *("message-several-recipients", "message-at-night", "message-over-1mb", "message-over-3mb"),
        *("sender-reply-unreachable", "sender-alias", "sender-wildcard"),
        *("sender-spf-header-from", "sender-spf-unreachable-terms", "sender-spf-duplicate-include"),
        *("sender-spf-uses-ptr", "sender-spf-no-end", "sender-spf-soft-end"),
        *("sender-dkim-key-faulty", "sender-dkim-short", "sender-dkim-testing"),
        *("sender-dkim-not-found", "sender-dkim-not-aligned"),
        *("sender-dmarc-policy-none", "sender-dmarc-reject-on-spf", "sender-dmarc-testing"),
        *("sender-dmarc-obsolete-tags", "sender-dmarc-no-policy", "sender-dmarc-dangling"),
        *("sender-dmarc-reports-unauthorized", "sender-reported-failures", "sender-reported-unsigned"),
        *("sender-mta-sts-broken", "sender-tls-rpt-broken", "sender-bimi-broken"),
    }


def test_a_grave_finding_without_figures_weighs_by_the_demands_that_it_breaks():
    weighed = {
        name
        for requirement in BOOK.requirements
        for name in requirement.broken_by
        if any(d.requirement == requirement.id for p in BOOK.providers.providers for d in p.requires)
    }
    grave = {
        rule.id
        for rule in BOOK.rules
        if rule.is_about_sender and rule.effect.is_neutral and rule.severity is Severity.HIGH
    }

    assert grave == {"sender-spf-header-from"}
    assert grave <= weighed


class TestDemands:
    def test_every_demand_is_of_a_requirement_that_there_is(self):
        known = {requirement.id for requirement in BOOK.requirements}
        demanded = {demand.requirement for p in BOOK.providers.providers for demand in p.requires}

        assert demanded <= known
        assert len(known) == len(BOOK.requirements)

    def test_every_requirement_is_broken_by_rules_that_there_are_or_cannot_be_checked(self):
        rules = {rule.id for rule in BOOK.rules}

        assert [r.id for r in BOOK.requirements if not r.broken_by] == ["tls"]
        assert {name for r in BOOK.requirements for name in r.broken_by} <= rules

    def test_every_consequence_has_its_figures_and_the_worst_weighs_most(self):
        effects = [BOOK.placement.consequences[consequence] for consequence in Consequence]
        inbox = [place(BOOK.placement.default, [effect]).inbox for effect in effects]

        assert inbox == sorted(inbox)
        assert [effect.is_neutral for effect in effects] == [False, False, False, True]

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_a_demand_has_a_source_and_one_that_is_only_for_bulk_says_so(self, provider):
        for demand in provider.requires:
            assert demand.sources
            assert demand.is_for_bulk or demand.bulk_from is None


def test_without_a_book_the_same_domains_are_lenient_as_with_it():
    assert BOOK.providers.lenient_domains == LENIENT_DOMAINS


def test_the_placeholders_that_rule_files_may_use_are_those_that_are_filled():
    assert {*shop_fields(Settings())} == PLACEHOLDERS


LADDERS = [pytest.param(ladder, id=ladder.id) for ladder in BOOK.advice.ladders.values()]
TEXTS = [pytest.param(text, id=text.id) for text in BOOK.advice.templates.values()]


class TestLadders:
    @pytest.mark.parametrize("ladder", LADDERS)
    def test_its_steps_stand_in_the_order_of_their_days_and_know_their_words(self, ladder):
        assert [step.after for step in ladder.steps] == sorted(step.after for step in ladder.steps)
        used = {step.text for step in ladder.steps} | {step.sms for step in ladder.steps}
        assert used - {""} <= {*BOOK.advice.templates}

    @pytest.mark.parametrize("ladder", LADDERS)
    def test_somebody_begins_it(self, ladder):
        situations = {situation.value for situation in OWN_LADDER}

        assert ladder.id in {entry.ladder for entry in BOOK.advice.entries} | situations

    @pytest.mark.parametrize("ladder", LADDERS)
    def test_it_ends_where_somebody_decides_unless_nothing_is_expected(self, ladder):
        assert ladder.steps[-1].do is (StepKind.MAIL if ladder.id == "low" else StepKind.REVIEW)
        assert ladder.steps[-1].after <= 14, "the complaint of two weeks must not happen again"

    def test_what_is_certain_or_high_is_phoned_today(self):
        for entry in BOOK.advice.entries:
            if entry.action in {Action.PHONE_FIRST, Action.FIX_ADDRESS}:
                first = next(s for s in BOOK.advice.ladders[entry.ladder].steps if s.do is not StepKind.MAIL)
                assert (first.do, first.after) == (StepKind.PHONE, 0)


class TestWords:
    @pytest.mark.parametrize("text", TEXTS)
    def test_it_speaks_both_languages_and_both_name_the_same_things(self, text):
        assert_bilingual(text)
        for words in filter(None, (text.subject, text.body)):
            assert placeholders(words.ja) == placeholders(words.en) <= PLACEHOLDERS

    @pytest.mark.parametrize("text", TEXTS)
    def test_it_is_used_by_a_ladder_or_by_name(self, text):
        steps = [step for ladder in BOOK.advice.ladders.values() for step in ladder.steps]
        used = {step.text for step in steps} | {step.sms for step in steps}

        assert text.id in used | {"thank-you-page", "sms", "call-gift"}

    @pytest.mark.parametrize("text", TEXTS)
    def test_it_names_the_shop_and_links_to_nothing(self, text):
        assert "{shop}" in text.body.ja
        assert "://" not in text.body.ja + text.body.en

    def test_the_sms_fits_into_one_message_with_a_usual_name(self):
        fields = FIELDS | {
            "shop": same("例の花屋"),
            "shop_phone": same("03-1234-5678"),
            "order": same("123456-20261122-0001"),
        }

        # A long SMS is cut into several, which each cost; carriers allow 670 characters, one has 70.
        assert len(fill(BOOK.advice.templates["sms"].body, fields).ja) <= 2 * 67

    @pytest.mark.parametrize("remark", Remark)
    def test_every_remark_has_words(self, remark):
        assert_bilingual(BOOK.advice.remarks[remark])

    def test_what_not_to_say_and_the_law_are_there_in_both_languages(self):
        for text in (*BOOK.advice.avoid, *BOOK.advice.avoid_gift):
            assert_bilingual((text,))
        assert_bilingual(BOOK.advice.legal_note)
        assert all(source.url for source in BOOK.advice.legal_note.sources)


def test_ladders_and_words_have_ids_that_nothing_else_has():
    ids = [entry.id for entry in BOOK.entries]
    advice = {*BOOK.advice.ladders, *BOOK.advice.templates, BOOK.advice.legal_note.id}

    assert all(ids.count(name) == 1 for name in advice)
