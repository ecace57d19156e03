"""What refusals mean: by operator, status, code, phase and words; the first rule that fits is believed."""

from datetime import date

import pytest

from deliv.core.bouncerules import BounceRule, explain
from deliv.core.bounces import BounceReport, Phase, Refusal, fold
from deliv.core.outcomes import BounceReason
from deliv.core.text import Source
from deliv.proving import prove_bounce_rule
from deliv.sources.rulefiles import packaged_book

BOOK = packaged_book()
RULES = BOOK.bounce_rules
BEFORE, AFTER = date(2025, 3, 12), date(2025, 3, 13)
SOURCE = Source(title="nobody", checked=date(2026, 11, 22), verified=False)


def rule(**given):
    usual = {"id": "made-up", "reason": BounceReason.FILTERED, "sources": (SOURCE,)}
    return BounceRule(**usual | {"fires": Refusal(), "silent": Refusal()} | given)


def meaning(text="", wider="", **given):
    found = explain(Refusal(text=text, **given), RULES, wider)
    return found.reason if found else None


class TestPackagedRules:
    @pytest.mark.parametrize("packaged", RULES, ids=lambda rule: rule.id)
    def test_each_explains_its_example_and_leaves_the_other_alone(self, packaged):
        proof = prove_bounce_rule(packaged, BOOK)

        assert proof.holds, proof.taken_by

    @pytest.mark.parametrize("packaged", RULES, ids=lambda rule: rule.id)
    def test_each_has_a_source_and_words_that_can_be_found(self, packaged):
        assert packaged.sources
        assert [text for text in packaged.texts if fold(text) != text] == []

    def test_providers_that_they_name_are_known(self):
        named = {name for rule in RULES for name in rule.providers}

        assert named <= {provider.id for provider in BOOK.providers.providers}


class TestCarriers:
    @pytest.mark.parametrize(
        ("phase", "day", "reason"),
        [
            (Phase.RCPT, BEFORE, BounceReason.USERUNKNOWN),
            (Phase.RCPT, AFTER, BounceReason.USERUNKNOWN),
            (Phase.DATA, BEFORE, BounceReason.FILTERED),
            # Since then filtered mail is accepted; but a mailbox that was accepted at RCPT is no dead one.
            (Phase.DATA, AFTER, BounceReason.FILTERED),
        ],
    )
    def test_unknown_user_at_docomo_hangs_on_the_phase(self, phase, day, reason):
        said = "550 Unknown user taro@docomo.ne.jp"

        assert meaning(said, provider="docomo", code="550", phase=phase, day=day) is reason

    def test_unknown_user_at_docomo_without_a_phase_proved_nothing_while_filters_said_it_too(self):
        said = {"text": "550 Unknown user taro@docomo.ne.jp", "provider": "docomo", "status": "5.0.0"}

        assert meaning(**said, day=BEFORE) is BounceReason.UNDEFINED
        assert meaning(**said, day=AFTER) is BounceReason.USERUNKNOWN

    def test_the_host_that_refuses_tells_the_operator_where_the_domain_does_not(self):
        said = {"text": "550 Unknown user taro@corp.example", "phase": Phase.DATA, "day": BEFORE}

        found = explain(Refusal(**said, hosts=("mfsmax.docomo.ne.jp",)), RULES)

        assert found is not None
        assert found.id == "docomo-filtered-after-data"

    def test_au_leaves_out_the_address_where_a_filter_refused(self):
        filtered = meaning("550 : User unknown", provider="au", code="550", phase=Phase.RCPT)
        unknown = meaning("550 <a@ezweb.ne.jp>: User unknown", provider="au", code="550", phase=Phase.RCPT)

        assert (filtered, unknown) == (BounceReason.FILTERED, BounceReason.USERUNKNOWN)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("The user(s) account is temporarily over quota.", BounceReason.MAILBOXFULL),
            ("The user(s) account is disabled.", BounceReason.SUSPEND),
            ("The user(s) account is temporarily limited.", BounceReason.SUSPEND),
            ("Each of the following recipients was rejected by a remote mail server.", BounceReason.FILTERED),
            ("Your message was not delivered within 0 days and 1 hours.", BounceReason.EXPIRED),
        ],
    )
    def test_notices_of_au(self, text, reason):
        assert meaning(text, provider="au") is reason


class TestStatuses:
    @pytest.mark.parametrize(
        ("status", "text", "reason"),
        [
            ("5.7.26", "550-5.7.26 This mail is unauthenticated", BounceReason.AUTHFAILURE),
            ("5.7.27", "550-5.7.27 SPF did not pass", BounceReason.AUTHFAILURE),
            ("5.7.30", "550-5.7.30 DKIM did not pass", BounceReason.AUTHFAILURE),
            ("5.7.515", "550 5.7.515 Access denied", BounceReason.AUTHFAILURE),
            ("5.7.606", "550 5.7.606 Access denied, banned sending IP", BounceReason.BLOCKED),
            ("5.7.1", "554 5.7.1 [HME1] message rejected", BounceReason.AUTHFAILURE),
            ("5.7.1", "550 5.7.1 [CS01] Message rejected due to local policy.", BounceReason.SPAMDETECTED),
            ("5.2.2", "552 5.2.2 Over quota", BounceReason.MAILBOXFULL),
            ("5.1.1", "", BounceReason.USERUNKNOWN),
            ("5.1.2", "", BounceReason.HOSTUNKNOWN),
            ("4.4.7", "", BounceReason.EXPIRED),
            ("5.1.10", "556 5.1.10 takes none (nullMX)", BounceReason.NOTACCEPT),
            ("5.9.9", "", None),
        ],
    )
    def test_what_a_status_means(self, status, text, reason):
        assert meaning(text, status=status) is reason

    def test_yahoo_means_two_things_by_one_status(self):
        said = {"status": "5.7.9", "hosts": ("mta5.am0.yahoodns.net",)}

        assert meaning("554 5.7.9 not accepted for policy reasons", **said) is BounceReason.POLICYVIOLATION
        assert meaning("550 5.7.9 the sender is unauthenticated", **said) is BounceReason.AUTHFAILURE

    def test_words_of_the_server_are_worth_more_than_a_vague_status(self):
        assert meaning("550 5.1.1 Mailbox full", status="5.1.1") is BounceReason.MAILBOXFULL


class TestExplain:
    def test_the_first_that_fits_is_believed(self):
        first, second = rule(texts=("no",)), rule(id="second", texts=("no",))

        assert explain(Refusal(text="No."), (first, second)) is first

    def test_everything_that_a_rule_asks_for_must_fit(self):
        strict = rule(texts=("no",), codes=frozenset({"550"}), phases=frozenset({Phase.RCPT}))

        assert strict.fits(Refusal(text="no", code="550", phase=Phase.RCPT))
        assert not strict.fits(Refusal(text="no", code="550"))
        assert not strict.fits(Refusal(text="no", code="554", phase=Phase.RCPT))
        assert not strict.fits(Refusal(text="yes", code="550", phase=Phase.RCPT))

    def test_a_weak_rule_waits_until_the_whole_bounce_was_looked_at(self):
        weak, strong = rule(id="weak", statuses=("5.X.X",), is_weak=True), rule(texts=("full",))

        assert explain(Refusal(status="5.0.0"), (weak, strong)) is weak
        assert explain(Refusal(status="5.0.0"), (weak, strong), "The mailbox is full.") is strong

    def test_words_are_compared_folded(self):
        assert rule(texts=("couldn't be found",)).fits(Refusal(text="It  Couldn’t\n be found"))

    @pytest.mark.parametrize(
        ("host", "fits"),
        [("docomo.ne.jp", True), ("mx.docomo.ne.jp", True), ("notdocomo.ne.jp", False), ("", False)],
    )
    def test_hosts_are_compared_by_whole_labels(self, host, fits):
        assert rule(texts=("no",), hosts=(".docomo.ne.jp",)).fits(Refusal(text="no", hosts=(host,))) is fits

    def test_a_bounce_without_a_date_is_judged_by_what_still_holds(self):
        ended, begun = rule(effective_until=BEFORE), rule(effective_from=AFTER)

        assert (ended.fits(Refusal()), begun.fits(Refusal())) == (False, True)
        assert (ended.fits(Refusal(day=BEFORE)), begun.fits(Refusal(day=BEFORE))) == (True, False)


class TestBounceReport:
    @pytest.mark.parametrize(
        ("reason", "permanent", "is_outcome", "is_hard"),
        [
            (BounceReason.USERUNKNOWN, True, True, True),
            (BounceReason.FILTERED, True, True, False),
            (BounceReason.MAILBOXFULL, True, True, False),
            (BounceReason.USERUNKNOWN, False, False, False),
        ],
    )
    def test_what_counts(self, reason, permanent, is_outcome, is_hard):
        report = BounceReport(
            recipient="a@b.example", reason=reason, status="", permanent=permanent, phase=None
        )

        assert (report.is_outcome, report.is_hard) == (is_outcome, is_hard)
