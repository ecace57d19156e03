"""Laws of the core, tried on thousands of generated inputs."""

from dataclasses import replace

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import assume, given
from hypothesis import strategies as st

from deliv.core.address import mend_address, parse_address
from deliv.core.assess import judge
from deliv.core.assessment import Result
from deliv.core.auth.dmarc import DmarcStatus, discover_dmarc, parse_dmarc
from deliv.core.auth.spf import parse_spf
from deliv.core.beta import beta_cdf, beta_quantile
from deliv.core.cell import read_cell
from deliv.core.discovery import discover_recipient, discover_sender
from deliv.core.errors import AddressSyntaxError, DmarcSyntaxError, SpfSyntaxError
from deliv.core.placement import Prior, Risk, place
from deliv.core.question import Answer, Trouble
from deliv.core.rules import Basis
from deliv.core.settings import Settings
from deliv.core.text import Text
from deliv.core.typos import suggest
from deliv.sources.rulefiles import load_rules
from tests.core.judging import A_DAY
from tests.property import strategies as some
from tests.zone import answer, sending

RULES = load_rules()
CARRIERS = sorted(RULES.providers.lenient_domains)


def read(parse, our_error, text):
    """Return what was read, or else the message of our error; any other error goes through."""
    try:
        return parse(text), ""
    except our_error as refusal:
        return None, str(refusal)


class TestParsing:
    """Whatever stands there, it is read, or refused with our own error."""

    @given(st.one_of(some.ANY_TEXT, some.NEAR_ADDRESS, some.NEAR_CELL))
    def test_any_text_is_an_address_or_our_error(self, text):
        address, refusal = read(parse_address, AddressSyntaxError, text)

        assert address or refusal
        if address:
            assert address.original == text
            assert address.domain == address.domain.lower()
            assert address.domain.isascii()

    @given(st.one_of(some.ANY_TEXT, some.NEAR_SPF))
    def test_any_text_is_an_spf_record_or_our_error(self, text):
        record, refusal = read(parse_spf, SpfSyntaxError, text)

        assert record or refusal
        assert not record or parse_spf(str(record)) == record

    @given(st.one_of(some.ANY_TEXT, some.NEAR_DMARC))
    def test_any_text_is_a_dmarc_record_or_our_error(self, text):
        record, refusal = read(parse_dmarc, DmarcSyntaxError, text)

        assert record or refusal
        assert not record or parse_dmarc(str(record)) == record

    @given(some.SPF_RECORDS)
    def test_an_spf_record_is_read_as_it_is_written(self, record):
        assert parse_spf(str(record)) == record

    @given(some.dmarc_records())
    def test_a_dmarc_record_is_read_as_it_is_written(self, record):
        assert parse_dmarc(str(record)) == record

    @given(st.one_of(some.ANY_TEXT, some.NEAR_CELL, some.NEAR_ADDRESS))
    def test_any_cell_is_an_address_a_fault_or_garbled(self, text):
        cell = read_cell(text, RULES.providers.lenient_domains)

        assert [cell.address is not None, cell.fault is not None, cell.is_garbled].count(True) == 1


class TestAddresses:
    @given(st.one_of(some.ASCII_ADDRESSES, some.NEAR_ADDRESS))
    def test_the_normalized_address_is_its_own_normalized_form(self, text):
        try:
            address = parse_address(text)
        except AddressSyntaxError:
            assume(False)

        again = parse_address(address.normalized)

        assert again.normalized == address.normalized
        assert replace(again, original="") == replace(address, original="")

    @given(st.text(st.sampled_from("ab1.+-"), min_size=1, max_size=20), st.sampled_from(CARRIERS))
    def test_old_carrier_addresses_keep_every_dot(self, local_part, domain):
        assume(local_part.strip("."))

        address = parse_address(f"{local_part}@{domain}")

        assert address.local_part == local_part
        odd = local_part[0] == "." or local_part[-1] == "." or ".." in local_part
        assert address.is_rfc_compliant is not odd

    @given(some.ASCII_ADDRESSES)
    def test_the_fast_path_agrees_with_the_library(self, text):
        try:
            expected = validate_email(text, check_deliverability=False, allow_quoted_local=True).normalized
        except EmailNotValidError:
            with pytest.raises(AddressSyntaxError):
                parse_address(text, lenient_domains=())
        else:
            local_part, _, domain = expected.rpartition("@")
            address = parse_address(text, lenient_domains=())
            assert address.local_part == local_part
            # The library shows international domains in their own script.
            assert address.domain == domain.encode("idna").decode() or domain == address.domain

    @given(st.one_of(some.NEAR_CELL, some.NEAR_CELL, some.NEAR_ADDRESS, some.ANY_TEXT))
    def test_mending_ends_and_what_is_mended_needs_no_more_of_it(self, cell):
        text, mends = mend_address(cell)

        assert mend_address(text) == (text, ())
        assert (text == cell) is (mends == ())

    @given(some.ASCII_ADDRESSES, st.text(st.sampled_from(" \t\u3000\u200b\n"), max_size=3))
    def test_mending_finds_the_address_in_what_people_paste(self, address, space):
        for cell in (
            f"{space}{address}{space}",
            f"山田 太郎 <{space}{address}{space}>",
            f"mailto:{address}{space}",
            f"＜{address}＞{space}",
        ):
            assert mend_address(cell)[0] == address

    @given(some.DOMAINS, st.sampled_from([None, True]))
    def test_for_a_domain_that_may_take_mail_only_what_the_book_names_is_suggested(self, domain, exists):
        slips = RULES.providers.slips
        named = slips.traps.get(domain) or (slips.slips.get(domain) if exists is None else None)
        assert suggest(domain, RULES.providers, exists=exists) == named


@st.composite
def priors(draw):
    inbox, spam, missing = (draw(st.floats(0.001, 1)) for _ in range(3))
    total = inbox + spam + missing
    return Prior(
        inbox=inbox / total,
        spam=spam / total,
        missing=missing / total,
        strength=draw(st.floats(1, 2000)),
        basis=draw(st.sampled_from(Basis)),
        note=Text(ja="仮", en="made up"),
    )


class TestPlacement:
    @given(priors(), st.lists(some.EFFECTS, max_size=5))
    def test_the_shares_sum_to_1_and_the_interval_holds_the_mean(self, prior, effects):
        placement = place(prior, effects)

        assert placement.inbox + placement.spam + placement.missing == pytest.approx(1)
        assert min(placement.inbox, placement.spam, placement.missing) >= 0
        assert 0 <= placement.inbox_low <= placement.inbox <= placement.inbox_high <= 1

    @given(priors(), st.lists(some.EFFECTS, max_size=5))
    def test_every_floor_holds_as_far_as_there_is_room(self, prior, effects):
        placement = place(prior, effects)
        least_spam = max((effect.least_spam for effect in effects), default=0)
        least_missing = max((effect.least_missing for effect in effects), default=0)

        assert placement.spam >= least_spam - 1e-9
        assert placement.missing >= min(least_missing, 1 - placement.spam) - 1e-9

    @given(priors(), st.lists(some.EFFECTS, max_size=4), some.EFFECTS)
    def test_one_fault_more_never_makes_the_inbox_likelier(self, prior, effects, another):
        assert place(prior, [*effects, another]).inbox <= place(prior, effects).inbox + 1e-9

    @given(priors(), st.lists(some.EFFECTS, max_size=5))
    def test_the_order_of_the_faults_does_not_matter(self, prior, effects):
        assert place(prior, effects).inbox == pytest.approx(place(prior, effects[::-1]).inbox)

    @given(st.floats(0.01, 0.99), st.floats(0.1, 2000), st.floats(0.1, 2000))
    def test_a_quantile_undoes_the_distribution_function(self, p, a, b):
        x = beta_quantile(p, a, b)

        assert beta_cdf(max(0.0, x - 2e-6), a, b) <= p + 1e-9
        assert beta_cdf(min(1.0, x + 2e-6), a, b) >= p - 1e-9


def run(asking, zone, broken=None):
    """Drive a discovery; fail the question of the number `broken`. Return result and number asked."""
    asked = 0
    try:
        query = next(asking)
        while True:
            reply = Answer.failed(Trouble.TIMEOUT) if asked == broken else answer(zone, query)
            asked += 1
            query = asking.send(reply)
    except StopIteration as stop:
        return stop.value, asked


def judge_by(domain, recipient, sender):
    address = parse_address(f"taro@{domain}")
    return judge(address, recipient, RULES, as_of=A_DAY, sender=sender, settings=Settings())


DOMAINS = ["customer.example", "docomo.ne.jp", "gmial.com", "excite.co.jp", "privaterelay.appleid.com"]
SENDER = "mail.shop.example"


class TestFailuresOfTheDns:
    """Law 3: a failure may make an address unknown; it never makes it undeliverable."""

    @given(st.data())
    def test_no_lost_answer_ever_condemns(self, data):
        domain = data.draw(st.sampled_from(DOMAINS))
        zone = data.draw(some.zones(domain, SENDER))
        recipient, asked = run(discover_recipient(domain, RULES.providers), zone)
        sender, asked_of_sender = run(discover_sender(sending(SENDER)), zone)
        before = judge_by(domain, recipient, sender)

        after = [
            judge_by(domain, run(discover_recipient(domain, RULES.providers), zone, n)[0], sender)
            for n in range(asked)
        ]
        after += [
            judge_by(domain, recipient, run(discover_sender(sending(SENDER)), zone, n)[0])
            for n in range(asked_of_sender)
        ]

        for judgement in after:
            if before.result is not Result.UNDELIVERABLE:
                assert judgement.result is not Result.UNDELIVERABLE

    @given(st.data())
    def test_no_address_is_condemned_while_a_question_about_it_is_open(self, data):
        domain = data.draw(st.sampled_from(DOMAINS))
        zone = data.draw(some.zones(domain, SENDER))
        _, asked = run(discover_recipient(domain, RULES.providers), zone)

        for n in range(asked):
            recipient, _ = run(discover_recipient(domain, RULES.providers), zone, n)
            assert judge_by(domain, recipient, None).risk is not Risk.CERTAIN
            assert recipient.did_you_mean in {None, RULES.providers.slips.slips.get(domain)}

    @given(st.data())
    def test_no_lost_answer_ever_puts_a_policy_in_place_of_another(self, data):
        zone = data.draw(some.zones(SENDER))
        before, asked = run(discover_dmarc(SENDER), zone)

        for n in range(asked):
            after, _ = run(discover_dmarc(SENDER), zone, n)
            if after.status is DmarcStatus.FOUND:
                assert (after.found_at, after.policy) == (before.found_at, before.policy)
            else:
                assert after.status in (DmarcStatus.TEMPERROR, before.status)

    @given(st.data())
    def test_the_same_zone_gives_the_same_judgement(self, data):
        domain = data.draw(st.sampled_from(DOMAINS))
        zone = data.draw(some.zones(domain, SENDER))

        first, second = (
            judge_by(
                domain,
                run(discover_recipient(domain, RULES.providers), zone)[0],
                run(discover_sender(sending(SENDER)), zone)[0],
            )
            for _ in range(2)
        )

        assert first == second
