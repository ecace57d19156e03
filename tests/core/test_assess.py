"""From an address and its zone to what the shop is told, with the packaged rule book."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from deliv.core.address import parse_address
from deliv.core.advicebook import Action
from deliv.core.assess import assess, leave_open, refuse
from deliv.core.assessment import Result
from deliv.core.discovery import discover_recipient
from deliv.core.errors import AddressSyntaxError
from deliv.core.facts import RecipientFacts, Route
from deliv.core.ordercontext import GiftSign, OrderContext
from deliv.core.phone import read_phones
from deliv.core.placement import NOWHERE, Risk
from deliv.core.question import Trouble
from deliv.core.rules import Basis, Reason
from deliv.core.settings import CalendarSettings, Settings, ShopSettings
from tests.core.judging import A_DAY, judge_in, questions, without
from tests.zone import TEMPERROR, ask

MAIL_HOST = {"mx.mail.example": {"A": ["192.0.2.25"]}}
TO_MAIL_HOST = {"MX": ["10 mx.mail.example."]}
SENDER = {
    "shop.example": {"MX": ["10 mx.mail.example."], "TXT": ["v=spf1 mx ~all"]},
    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none"]},
}


def takes_mail(*domains):
    """Return a zone in which these domains take mail."""
    return MAIL_HOST | dict.fromkeys(domains, TO_MAIL_HOST)


def fired(judgement):
    return [finding.rule.id for finding in judgement.findings]


def undecided(judgement):
    return {rule.id for rule in judgement.undecided}


NOWHERE_ZONES = [
    pytest.param({"customer.example": {"MX": ["0 ."]}}, Reason.DOES_NOT_ACCEPT_MAIL, "mx-null", id="null-mx"),
    pytest.param({}, Reason.NO_DNS_ENTRIES, "domain-missing", id="nxdomain"),
    pytest.param({"customer.example": {"TXT": ["x"]}}, Reason.NO_DNS_ENTRIES, "no-mail-host", id="nodata"),
    pytest.param(
        {"customer.example": {"MX": ["10 mx1.customer.example.", "20 mx2.customer.example."]}},
        Reason.UNROUTABLE_MX,
        "mx-unroutable",
        id="mx-without-address",
    ),
    pytest.param(
        {"customer.example": {"MX": ["10 mx.customer.example."]}, "mx.customer.example": {"TXT": ["x"]}},
        Reason.UNROUTABLE_MX,
        "mx-unroutable",
        id="mx-that-is-only-a-name",
    ),
]


class TestCertain:
    @pytest.mark.parametrize(("zone", "reason", "rule"), NOWHERE_ZONES)
    def test_where_no_mail_can_go_it_is_undeliverable(self, rules, zone, reason, rule):
        judgement = judge_in(zone, "taro@customer.example", rules)

        assert (judgement.result, judgement.risk) == (Result.UNDELIVERABLE, Risk.CERTAIN)
        assert judgement.reasons == (reason,)
        assert fired(judgement) == [rule]
        assert judgement.placement is NOWHERE
        assert judgement.advice.action is Action.FIX_ADDRESS
        assert judgement.findings[0].evidence

    @pytest.mark.parametrize(("zone", "reason", "rule"), NOWHERE_ZONES)
    def test_the_failure_of_any_question_makes_it_unknown(self, rules, zone, reason, rule):
        """Law 3: a DNS failure is a value, never a verdict."""
        asked = questions(zone, "customer.example", rules)
        assert asked

        for question in asked:
            judgement = judge_in(without(zone, question), "taro@customer.example", rules)
            assert judgement.result is Result.UNKNOWN, question
            assert judgement.reasons == (Reason.DNS_FAILURE,), question
            assert judgement.advice.action is Action.RECHECK, question
            assert rule in undecided(judgement), question

    def test_what_is_wrong_with_the_sender_is_no_reason_there(self, rules):
        judgement = judge_in({}, "taro@customer.example", rules, sender="shop.example")

        assert judgement.reasons == (Reason.NO_DNS_ENTRIES,)
        assert "sender-spf-missing" in fired(judgement)

    def test_a_sender_that_cannot_be_looked_at_changes_nothing_there(self, rules):
        zone = {"shop.example": TEMPERROR, "_dmarc.shop.example": TEMPERROR}

        judgement = judge_in(zone, "taro@customer.example", rules, sender="shop.example")

        assert judgement.result is Result.UNDELIVERABLE
        assert judgement.reasons == (Reason.NO_DNS_ENTRIES,)

    def test_a_slip_of_the_pen_comes_with_what_was_meant(self, rules):
        judgement = judge_in({}, "taro@gmial.com", rules)

        assert judgement.result is Result.UNDELIVERABLE
        assert set(judgement.reasons) == {Reason.POSSIBLE_TYPO, Reason.NO_DNS_ENTRIES}
        assert judgement.advice.action is Action.FIX_ADDRESS
        assert "taro@gmail.com" in judgement.advice.text.ja
        assert "taro@gmail.com" in judgement.advice.text.en
        assert judgement.advice.say is not None
        assert "taro@gmail.com" in judgement.advice.say.ja


class TestUnknown:
    @pytest.mark.parametrize(
        ("trouble", "reason"),
        [
            (Trouble.TIMEOUT, Reason.TIMEOUT_EXCEEDED),
            (Trouble.BUDGET, Reason.TIMEOUT_EXCEEDED),
            (Trouble.UNREACHABLE, Reason.RESOLVER_UNTRUSTED),
            (Trouble.UNTRUSTED, Reason.RESOLVER_UNTRUSTED),
            (Trouble.SERVFAIL, Reason.DNS_FAILURE),
            (Trouble.REFUSED, Reason.DNS_FAILURE),
            (Trouble.MALFORMED, Reason.DNS_FAILURE),
            (Trouble.NOT_RECORDED, Reason.DNS_FAILURE),
            (None, Reason.DNS_FAILURE),
        ],
    )
    def test_the_reason_says_what_went_wrong(self, rules, trouble, reason):
        facts = RecipientFacts(domain="customer.example", route=Route.UNKNOWN, trouble=trouble)

        row = assess(parse_address("taro@customer.example"), facts, rules, as_of=A_DAY)

        assert (row.result, row.risk, row.reasons) == (Result.UNKNOWN, Risk.UNKNOWN, (reason,))

    def test_a_carrier_is_still_known_as_one(self, rules):
        judgement = judge_in({"docomo.ne.jp": TEMPERROR}, "taro@docomo.ne.jp", rules)

        assert judgement.result is Result.UNKNOWN
        assert judgement.reasons == (Reason.CARRIER_FILTER, Reason.DNS_FAILURE)
        assert judgement.advice.action is Action.RECHECK
        assert "ドコモ" in judgement.advice.text.ja
        assert judgement.placement is not None

    def test_of_a_domain_that_nobody_knows_no_likelihood_is_invented(self, rules):
        assert judge_in({"customer.example": TEMPERROR}, "taro@customer.example", rules).placement is None

    def test_an_unknown_sender_makes_unknown_where_it_could_move_the_band(self, rules):
        zone = takes_mail("gmail.com") | {"shop.example": TEMPERROR, "_dmarc.shop.example": TEMPERROR}

        judgement = judge_in(zone, "taro@gmail.com", rules, sender="shop.example")

        assert judgement.result is Result.UNKNOWN
        assert {"sender-spf-missing", "sender-dmarc-missing"} <= undecided(judgement)

    @pytest.mark.parametrize(
        ("domain", "result"),
        [
            ("gmail.com", Result.DELIVERABLE),
            ("yahoo.co.jp", Result.UNKNOWN),
            ("docomo.ne.jp", Result.UNKNOWN),
        ],
    )
    def test_an_unknown_spf_record_counts_by_the_worst_that_it_can_be_not_by_all_at_once(
        self, rules, domain, result
    ):
        zone = takes_mail(domain, "shop.example") | {
            "shop.example": {"MX": ["10 mx.mail.example."], "TXT": TEMPERROR},
            "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none"]},
        }

        judgement = judge_in(zone, f"taro@{domain}", rules, sender="shop.example")

        assert judgement.result is result
        assert {"sender-spf-missing", "sender-spf-several", "sender-spf-invalid"} <= undecided(judgement)

    def test_an_unknown_sender_does_no_harm_where_it_could_not(self, rules):
        zone = takes_mail("excite.co.jp") | {"shop.example": TEMPERROR, "_dmarc.shop.example": TEMPERROR}

        judgement = judge_in(zone, "taro@excite.co.jp", rules, sender="shop.example")

        assert judgement.risk is Risk.HIGH
        assert undecided(judgement)

    def test_an_answer_that_is_not_missed_does_no_harm(self, rules):
        zone = MAIL_HOST | {
            "customer.example": {"MX": ["10 dead.customer.example.", "20 mx.mail.example."]},
            "dead.customer.example": TEMPERROR,
        }

        assert judge_in(zone, "taro@customer.example", rules).result is Result.DELIVERABLE


class TestRisk:
    @pytest.mark.parametrize(
        ("text", "provider", "risk", "action"),
        [
            pytest.param("taro@gmail.com", "gmail", Risk.LOW, Action.SEND, id="gmail"),
            pytest.param("taro@customer.example", None, Risk.LOW, Action.SEND, id="nobody-known"),
            pytest.param("taro@docomo.ne.jp", "docomo", Risk.MEDIUM, Action.SEND_WITH_NOTICE, id="docomo"),
            pytest.param("taro@ezweb.ne.jp", "au", Risk.MEDIUM, Action.SEND_WITH_NOTICE, id="au"),
            pytest.param(
                "taro@softbank.ne.jp", "softbank", Risk.MEDIUM, Action.SEND_WITH_NOTICE, id="softbank"
            ),
            pytest.param("taro@outlook.jp", "microsoft", Risk.MEDIUM, Action.SEND_WITH_NOTICE, id="outlook"),
        ],
    )
    def test_with_nothing_against_it(self, rules, text, provider, risk, action):
        judgement = judge_in(takes_mail(text.partition("@")[2]), text, rules)

        assert (judgement.provider and judgement.provider.id) == provider
        assert (judgement.risk, judgement.advice.action) == (risk, action)
        assert judgement.result is (Result.DELIVERABLE if risk is Risk.LOW else Result.RISKY)
        assert rules.placement.band(judgement.placement) is risk

    def test_every_carrier_with_nothing_against_it_is_medium_and_never_phoned_first(self, rules):
        carriers = [p for p in rules.providers.providers if p.kind == "carrier"]
        assert len(carriers) > 5

        for provider in carriers:
            for domain in provider.domains:
                judgement = judge_in(
                    takes_mail(domain) | SENDER, f"taro@{domain}", rules, sender="shop.example"
                )
                assert judgement.risk is Risk.MEDIUM, domain
                assert judgement.advice.action is Action.SEND_WITH_NOTICE, domain
                assert judgement.reasons == (Reason.CARRIER_FILTER,), domain

    def test_docomo_gets_a_day_to_phone_and_steps_for_the_customer(self, rules):
        judgement = judge_in(
            takes_mail("docomo.ne.jp") | SENDER,
            "taro@docomo.ne.jp",
            rules,
            sender="shop.example",
            as_of=date(2026, 11, 27),
        )

        assert judgement.advice.due == date(2026, 12, 1)
        assert judgement.advice.phone_window == "10:00-19:00"
        assert "12月1日(火)" in judgement.advice.text.ja
        steps = judgement.advice.tell_customer
        assert steps is not None
        assert any("shop.example" in step for step in steps.ja)
        assert any("shop.example" in step for step in steps.en)
        assert judgement.placement is not None
        assert judgement.placement.basis is Basis.ESTIMATE

    def test_an_implicit_mx_weighs_a_little(self, rules):
        plain = judge_in(takes_mail("customer.example"), "taro@customer.example", rules)
        implicit = judge_in({"customer.example": {"A": ["192.0.2.1"]}}, "taro@customer.example", rules)

        assert fired(implicit) == ["mx-implicit"]
        assert implicit.placement.missing > plain.placement.missing
        assert implicit.result is not Result.UNDELIVERABLE

    def test_private_addresses_are_high_not_certain(self, rules):
        zone = {
            "customer.example": {"MX": ["10 mx.customer.example."]},
            "mx.customer.example": {"A": ["10.0.0.1"]},
        }

        judgement = judge_in(zone, "taro@customer.example", rules)

        assert (judgement.result, judgement.risk) == (Result.RISKY, Risk.HIGH)
        assert judgement.reasons == (Reason.UNROUTABLE_MX,)
        assert judgement.advice.action is Action.PHONE_FIRST


class TestOddDots:
    def test_at_docomo_it_is_risky_and_the_shop_learns_the_form_to_try(self, rules):
        judgement = judge_in(takes_mail("docomo.ne.jp"), "taro..suzuki@docomo.ne.jp", rules)

        assert (judgement.result, judgement.risk) == (Result.RISKY, Risk.HIGH)
        assert judgement.reasons == (Reason.NONRFC_LOCAL_PART, Reason.CARRIER_FILTER)
        assert judgement.advice.action is Action.PHONE_FIRST
        for text in (judgement.advice.text.ja, judgement.advice.text.en):
            assert '"taro..suzuki"@docomo.ne.jp' in text

    def test_with_dns_down_it_is_unknown_and_still_to_be_phoned(self, rules):
        judgement = judge_in({"docomo.ne.jp": TEMPERROR}, "taro.@docomo.ne.jp", rules)

        assert judgement.result is Result.UNKNOWN
        assert judgement.advice.action is Action.PHONE_FIRST
        assert '"taro."@docomo.ne.jp' in judgement.advice.text.en

    def test_at_gmail_it_is_a_syntax_error(self, rules):
        with pytest.raises(AddressSyntaxError):
            judge_in(takes_mail("gmail.com"), "taro..suzuki@gmail.com", rules)

    def test_a_japanese_local_part_is_high(self, rules):
        judgement = judge_in(takes_mail("customer.example"), "たろう@customer.example", rules)

        assert judgement.risk is Risk.HIGH
        assert judgement.reasons == (Reason.SMTPUTF8_REQUIRED,)


class TestRetired:
    def test_a_dated_end_stays_high_even_where_some_mx_answers(self, rules):
        judgement = judge_in(takes_mail("excite.co.jp"), "taro@excite.co.jp", rules)

        assert (judgement.result, judgement.risk) == (Result.RISKY, Risk.HIGH)
        assert judgement.reasons == (Reason.RETIRED_DOMAIN,)
        assert judgement.advice.action is Action.PHONE_FIRST

    def test_every_dated_end_stays_high(self, rules):
        ended = [name for p in rules.providers.providers if p.ended for name in p.domains]
        assert ended

        for domain in ended:
            assert judge_in(takes_mail(domain), f"taro@{domain}", rules).risk is Risk.HIGH, domain

    def test_a_dated_end_with_a_dead_domain_is_undeliverable(self, rules):
        judgement = judge_in({}, "taro@excite.co.jp", rules)

        assert judgement.result is Result.UNDELIVERABLE
        assert set(judgement.reasons) == {Reason.NO_DNS_ENTRIES, Reason.RETIRED_DOMAIN}

    def test_of_an_undated_end_the_dns_decides(self, rules):
        living = judge_in(takes_mail("emnet.ne.jp"), "taro@emnet.ne.jp", rules)
        dead = judge_in({}, "taro@emnet.ne.jp", rules)

        assert living.result is Result.RISKY
        assert living.risk is Risk.MEDIUM
        assert Reason.RETIRED_DOMAIN not in living.reasons
        assert dead.result is Result.UNDELIVERABLE


class TestRelay:
    def test_a_relay_needs_its_own_path(self, rules):
        judgement = judge_in(takes_mail("x.fw.rakuten.ne.jp"), "a1@x.fw.rakuten.ne.jp", rules)

        assert judgement.reasons == (Reason.RELAY_ADDRESS,)
        assert judgement.advice.action is Action.USE_RELAY
        assert "R-Login" in judgement.advice.text.ja
        assert "R-Login" in judgement.advice.text.en
        assert (judgement.advice.due, judgement.advice.phone_window) == (A_DAY, "")

    def test_also_while_dns_is_down(self, rules):
        zone = {"privaterelay.appleid.com": TEMPERROR}

        judgement = judge_in(zone, "x7@privaterelay.appleid.com", rules)

        assert judgement.result is Result.UNKNOWN
        assert judgement.advice.action is Action.USE_RELAY

    def test_every_relay_has_a_path_to_tell(self, rules):
        for provider in rules.providers.providers:
            if provider.kind == "relay":
                domain = (*provider.domains, *(f"x{suffix}" for suffix in provider.suffixes))[0]
                judgement = judge_in(takes_mail(domain), f"x7@{domain}", rules)
                assert judgement.advice.action is Action.USE_RELAY, provider.id
                assert provider.reach.ja in judgement.advice.text.ja


class TestSender:
    def test_a_good_sender_changes_nothing(self, rules):
        zone = takes_mail("gmail.com") | SENDER

        with_sender = judge_in(zone, "taro@gmail.com", rules, sender="shop.example")
        alone = judge_in(zone, "taro@gmail.com", rules)

        assert with_sender.placement == alone.placement
        assert with_sender.reasons == ()
        assert fired(with_sender) == ["sender-dmarc-policy-none"]

    @pytest.mark.parametrize(
        ("changes", "rule", "reason"),
        [
            pytest.param(
                {"shop.example": {"MX": ["10 mx.mail.example."]}},
                "sender-spf-missing",
                Reason.SENDER_AUTH_MISSING,
                id="no-spf",
            ),
            pytest.param(
                {"shop.example": {"MX": ["10 mx.mail.example."], "TXT": ["v=spf1 ipv4:192.0.2.1 ~all"]}},
                "sender-spf-invalid",
                Reason.SENDER_AUTH_BROKEN,
                id="broken-spf",
            ),
            pytest.param(
                {"shop.example": {"MX": ["10 mx.mail.example."], "TXT": ["v=spf1 +all"]}},
                "sender-spf-plus-all",
                Reason.SENDER_AUTH_BROKEN,
                id="open-spf",
            ),
            pytest.param(
                {"_dmarc.shop.example": {"TXT": []}},
                "sender-dmarc-missing",
                Reason.SENDER_AUTH_MISSING,
                id="no-dmarc",
            ),
            pytest.param(
                {"shop.example": {"MX": ["0 ."], "TXT": ["v=spf1 -all"]}},
                "sender-no-mx",
                Reason.SENDER_UNREACHABLE,
                id="no-replies",
            ),
        ],
    )
    def test_a_fault_lowers_the_inbox_and_says_why(self, rules, changes, rule, reason):
        good = takes_mail("customer.example") | SENDER
        before = judge_in(good, "taro@customer.example", rules, sender="shop.example")

        after = judge_in(good | changes, "taro@customer.example", rules, sender="shop.example")

        assert rule in fired(after)
        assert after.reasons == (reason,)
        assert after.placement.inbox < before.placement.inbox
        assert after.placement.basis is Basis.ESTIMATE

    def test_all_faults_together_are_worse_than_one(self, rules):
        one = judge_in(
            takes_mail("gmail.com") | SENDER | {"_dmarc.shop.example": {"TXT": []}},
            "taro@gmail.com",
            rules,
            sender="shop.example",
        )
        everything = judge_in(takes_mail("gmail.com"), "taro@gmail.com", rules, sender="shop.example")

        assert everything.placement.inbox < one.placement.inbox
        assert everything.reasons == (Reason.SENDER_UNREACHABLE, Reason.SENDER_AUTH_MISSING)

    def test_without_a_sender_nothing_is_said_of_one(self, rules):
        judgement = judge_in(takes_mail("gmail.com"), "taro@gmail.com", rules)

        assert judgement.findings == judgement.undecided == ()

    def test_the_customer_is_told_of_the_shop_in_words_when_no_sender_is_known(self, rules):
        judgement = judge_in(takes_mail("docomo.ne.jp"), "taro@docomo.ne.jp", rules)

        assert any("のメールのドメイン" in step for step in judgement.advice.tell_customer.ja)
        assert not any("{" in step for step in judgement.advice.tell_customer.ja)


class TestNoAddress:
    SETTINGS = Settings(
        shop=ShopSettings(name="花屋", phone="03-0000-0000"),
        calendar=CalendarSettings(closed=frozenset({A_DAY}), phone_window="13:00-15:00"),
    )

    @pytest.mark.parametrize(
        ("text", "reasons"),
        [
            pytest.param("", (Reason.FAILED_SYNTAX_CHECK, Reason.NO_ADDRESS), id="empty"),
            pytest.param("taro@", (Reason.FAILED_SYNTAX_CHECK,), id="broken"),
        ],
    )
    def test_a_text_that_is_no_address_is_undeliverable(self, rules, text, reasons):
        with pytest.raises(AddressSyntaxError) as caught:
            parse_address(text)

        judgement = refuse(caught.value, rules, as_of=A_DAY, settings=self.SETTINGS)

        assert (judgement.result, judgement.reasons) == (Result.UNDELIVERABLE, reasons)
        assert judgement.fault is caught.value
        assert judgement.advice.action is Action.FIX_ADDRESS
        assert judgement.advice.due == date(2026, 11, 25)
        assert judgement.advice.phone_window == "13:00-15:00"
        assert judgement.advice.say.ja.startswith("花屋です")

    def test_bytes_that_could_not_be_read_are_our_failure(self, rules):
        judgement = leave_open(rules, as_of=A_DAY, settings=Settings())

        assert (judgement.result, judgement.reasons) == (Result.UNKNOWN, (Reason.UNDECODABLE,))
        assert judgement.advice.action is Action.RECHECK
        assert judgement.placement is None


def test_assess_gives_one_row_of_the_same_judgement(rules):
    address = parse_address("Taro@GMIAL.com")
    facts = ask(discover_recipient("gmial.com", rules.providers), {})

    row = assess(address, facts, rules, as_of=A_DAY)

    assert (row.address, row.normalized) == ("Taro@GMIAL.com", "Taro@gmial.com")
    assert (row.result, row.risk, row.did_you_mean) == (Result.UNDELIVERABLE, Risk.CERTAIN, "gmail.com")
    assert row.judgement == judge_in({}, "Taro@GMIAL.com", rules)
    assert (row.provider, row.undecided) == (None, row.judgement.undecided)
    assert (row.placement, row.findings, row.advice) == (
        row.judgement.placement,
        row.judgement.findings,
        row.judgement.advice,
    )


def test_the_shop_and_its_calendar_stand_in_the_advice(rules):
    settings = Settings(
        shop=ShopSettings(name="花屋", phone="03-0000-0000"),
        calendar=CalendarSettings(closed=frozenset({date(2026, 11, 26)}), phone_window="13:00-15:00"),
    )

    judgement = judge_in(takes_mail("docomo.ne.jp"), "taro@docomo.ne.jp", rules, settings=settings)

    assert judgement.advice.due == date(2026, 11, 27)
    assert "13:00-15:00" in judgement.advice.text.en
    assert judgement.advice.say.ja.startswith("花屋からの")
    assert "03-0000-0000" in judgement.advice.say.en


class TestOrder:
    """`assess` with an order, as the library offers it."""

    GIFT = OrderContext(
        phones=read_phones("090-1234-5678"),
        gift=GiftSign.FLAG,
        amount=Decimal(30_000),
        need_by=date(2026, 11, 27),
    )

    def row(self, rules, text, order=None, **more):
        address = parse_address(text, lenient_domains=rules.providers.lenient_domains)
        facts = ask(discover_recipient(address.domain, rules.providers), takes_mail("docomo.ne.jp"))
        return assess(address, facts, rules, as_of=A_DAY, order=order, **more)

    def test_it_is_kept_and_changes_only_the_advice(self, rules):
        plain, gift = (self.row(rules, "a@docomo.ne.jp", order) for order in (None, self.GIFT))

        assert (plain.order, gift.order) == (None, self.GIFT)
        assert replace(gift.judgement, advice=plain.advice) == plain.judgement
        assert (plain.advice.due, gift.advice.due) == (date(2026, 11, 26), date(2026, 11, 25))
        for word in ("may be a gift", "worth much", "needed by 2026-11-27"):
            assert word in gift.advice.text.en

    def test_an_order_without_a_number_is_written_to(self, rules):
        text = self.row(rules, "a@docomo.ne.jp", OrderContext()).advice.text

        assert "no phone number of the buyer" in text.en
        assert "手紙" in text.ja

    def test_a_call_that_comes_first_is_safe_for_a_gift(self, rules):
        advice = self.row(rules, "a..b@docomo.ne.jp", self.GIFT).advice

        assert (advice.action, advice.due) == (Action.PHONE_FIRST, A_DAY)
        assert "in person" in advice.say.en

    def test_the_amount_counts_only_where_the_book_names_one(self, rules):
        abroad = Settings(shop=ShopSettings(country="US"))
        order = replace(self.GIFT, need_by=None, gift=None)

        assert self.row(rules, "a@docomo.ne.jp", order, settings=abroad).advice.text.en.count("worth") == 0
