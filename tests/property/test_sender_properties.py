"""Laws of the shop's side, tried on thousands of generated zones."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliv.core.address import parse_address
from deliv.core.auth.signature import DkimSignature, Verification
from deliv.core.compliance import Compliance, provider_compliance
from deliv.core.discovery import Scope, discover_recipient, discover_sender
from deliv.core.facts import FACTS, MessageFacts, Route, sender_facts
from deliv.core.findings import find
from deliv.core.fixes import FixKind, RecordChange, amended
from deliv.core.impact import Mailboxes
from deliv.core.proposals import propose
from deliv.core.question import Answer, RecordType, Trouble
from deliv.core.sending import sending_of
from deliv.core.services import SendingService, ServiceBook
from deliv.core.settings import SenderProfile
from deliv.core.text import Source, Text
from deliv.fixing import rank_fixes
from deliv.sources.rulefiles import load_rules
from tests.core.judging import A_DAY
from tests.property import strategies as some
from tests.zone import TEMPERROR, answer, ask

RULES = load_rules()
SCOPE = Scope(
    providers=RULES.providers,
    block_lists=RULES.block_lists,
    is_thorough=True,
    now=int(datetime(2026, 11, 24, tzinfo=UTC).timestamp()),
)
SERVICES = ServiceBook(
    [
        SendingService(
            id="esp",
            names=Text(ja="配信", en="ESP"),
            sources=(Source(title="made up", checked=A_DAY),),
            includes=("spf.esp.example",),
            domains=("esp.example",),
            envelope="bounce.esp.example",
        )
    ],
    usual_selectors=("s1", "s2"),
)
# A name whose look-up fails is passed over by "ptr" (RFC 7208 section 5.5): so a lost answer can turn
# a pass into a fail, with receivers, too.
HANGS_ON_PTR = {
    rule.id
    for rule in RULES.rules
    if rule.facts & {"sender.spf_envelope", "sender.spf_header_from", "sender.dmarc_result"}
}


class Mail:
    """An order mail whose signatures hold, as long as there is a key for them."""

    facts = MessageFacts(from_address="order@shop.example", from_domain="shop.example", has_message_id=True)

    def __init__(self, *signed_by: tuple[str, str]) -> None:
        self.signatures = tuple(
            DkimSignature(
                domain=domain,
                selector=selector,
                algorithm="ed25519-sha256",
                identity=f"@{domain}",
                headers=("from",),
            )
            for selector, domain in signed_by
        )

    def verify(self, index, key_text):
        return Verification.VALID


MAILS = [
    *(None, None, Mail(), Mail(("s1", "shop.example")), Mail(("s1", "esp.example"))),
    Mail(("s1", "esp.example"), ("s1", "shop.example")),
]


@st.composite
def sendings(draw):
    """Return how a shop sends: by itself or through a service, with a mail or without."""
    profile = SenderProfile(
        from_address="shop.example",
        envelope=draw(st.sampled_from(["", "", "bounce.shop.example", "bounce.esp.example"])),
        reply_to=draw(st.sampled_from(["", "reply.example"])),
        # Of several addresses the worst speaks: when it is lost, the next one does.
        ips=draw(st.sampled_from([(), ("192.0.2.25",)])),
        sends_through=draw(st.sampled_from([(), ("esp",)])),
        selectors=draw(st.sampled_from([(), ("s1",), ("s1", "s1._domainkey.esp.example")])),
        volume_per_day=draw(st.sampled_from([None, 6000])),
    )
    return sending_of(profile, SERVICES, mail=draw(st.sampled_from(MAILS)), guess_selectors=True)


def see(sending, zone, lost=None, changes=()):
    """Return what receivers see, and what was asked; the question `lost` has no answer."""
    asking = amended(discover_sender(sending, SCOPE), changes)
    asked = {}
    try:
        query = next(asking)
        while True:
            asked[query] = None
            query = asking.send(Answer.failed(Trouble.TIMEOUT) if query == lost else answer(zone, query))
    except StopIteration as stop:
        return stop.value, list(asked)


def fired(facts):
    return {finding.rule.id for finding in find(RULES.rules, sender_facts(facts), (), A_DAY).fired}


def states(facts):
    """Return whether each demand of each provider is met."""
    found = provider_compliance(
        RULES.providers.providers,
        RULES.requirements,
        RULES.rules,
        sender_facts(facts),
        volume_per_day=facts.volume_per_day,
        as_of=A_DAY,
    )
    return {(one.provider.id, s.demand.requirement): s.compliance for one in found for s in one.states}


class TestLostAnswers:
    """A failure may leave a question open; it never accuses the shop, nor acquits it."""

    @given(st.data())
    def test_no_lost_answer_makes_a_finding_or_a_fix_or_meets_a_demand(self, data):
        sending = data.draw(sendings())
        zone = data.draw(some.sender_zones())
        before, asked = see(sending, zone)
        fired_before, kinds, met = (
            fired(before),
            {fix.kind for fix in propose(before, sending)},
            states(before),
        )

        for lost in data.draw(st.lists(st.sampled_from(asked), min_size=1, max_size=6, unique=True)):
            after, _ = see(sending, zone, lost)

            allowed = HANGS_ON_PTR if some.uses_ptr(zone) else set()
            assert fired(after) - fired_before <= allowed, str(lost)
            # In a domain that does not exist nothing is proposed: so it must be known that it does not.
            if not some.uses_ptr(zone) and before.route is not Route.NO_DOMAIN:
                assert {fix.kind for fix in propose(after, sending)} <= kinds, str(lost)
            for name, state in states(after).items():
                assert (met[name], state) != (Compliance.NOT_MET, Compliance.MET), (name, str(lost))

    @given(st.data())
    def test_a_resolver_that_never_answers_accuses_nobody(self, data):
        sending = data.draw(sendings())

        _, asked = see(sending, {})
        silent = {query.name: TEMPERROR for query in asked}

        facts, again = see(sending, silent)

        assert {query.name for query in again} <= silent.keys()
        assert fired(facts) <= ({"sender-dkim-unsigned"} if sending.mail else set())
        assert {fix.kind for fix in propose(facts, sending)} <= ({FixKind.DKIM} if sending.mail else set())


class TestFacts:
    @given(sendings(), some.sender_zones())
    def test_every_fact_is_in_the_catalogue_and_has_a_value_that_it_allows(self, sending, zone):
        for name, value in sender_facts(see(sending, zone)[0]).items():
            spec = FACTS[name]
            if value is not None:
                assert isinstance(value, bool) is spec.is_flag, name
                assert (type(value) is int) is spec.is_number, name
                assert spec.words is None or value in spec.words, (name, value)

    @given(sendings(), some.sender_zones())
    def test_the_same_zone_gives_the_same_facts(self, sending, zone):
        first, second = (see(sending, zone) for _ in range(2))

        assert first[1] == second[1]
        assert sender_facts(first[0]) == sender_facts(second[0])
        assert first[0].evidence == second[0].evidence


class TestFixes:
    @given(sendings(), some.sender_zones())
    def test_a_fix_deletes_only_what_stands_there_and_publishes_something(self, sending, zone):
        facts, _ = see(sending, zone)

        for fix in propose(facts, sending):
            assert fix.changes or fix.signs_as
            for change in fix.changes:
                records = zone.get(change.name, {})
                there = records.get(change.type, ()) if isinstance(records, dict) else ()
                assert set(change.before) <= set(there)
                assert change.after
                assert len(set(change.after)) == len(change.after)

    @given(sendings(), some.sender_zones())
    def test_after_a_fix_there_is_one_record_of_its_kind_that_counts(self, sending, zone):
        facts, _ = see(sending, zone)

        for fix in propose(facts, sending):
            if not fix.changes:
                continue
            after, _ = see(sending, zone, changes=fix.changes)
            name = fix.changes[0].name
            for audit in (after.spf_audit, after.envelope_audit):
                if fix.kind.startswith("spf") and audit is not None and audit.domain == name:
                    assert len(audit.records) == 1
                    assert audit.record is not None
            if fix.kind == "dmarc":
                assert after.dmarc.status == "found"
                assert after.dmarc.found_at == "shop.example"

    @given(sendings(), some.sender_zones())
    def test_a_change_that_changes_nothing_changes_no_fact(self, sending, zone):
        nothing = RecordChange(name="other.example", type=RecordType.TXT, after=("x",))

        assert see(sending, zone, changes=(nothing,))[0].evidence == see(sending, zone)[0].evidence


def customers():
    """Return a short list at providers that demand different things."""
    boxes = Mailboxes()
    for name in (
        "docomo.ne.jp",
        "ezweb.ne.jp",
        "gmail.com",
        "yahoo.co.jp",
        "outlook.com",
        "customer.example",
    ):
        zone = {name: {"MX": ["10 mx.mail.example."]}, "mx.mail.example": {"A": ["192.0.2.1"]}}
        boxes.add(parse_address(f"taro@{name}"), ask(discover_recipient(name, RULES.providers), zone))
    return boxes


CUSTOMERS = customers()


class Shop:
    """A shop whose fixes are ranked, and which can publish them."""

    def __init__(self, sending, zone):
        self.sending, self.zone = sending, zone

    async def facts(self, changes=(), *, signs_as=""):
        asking = amended(discover_sender(self.sending, SCOPE, signs_as=signs_as), changes)
        return ask(asking, self.zone)

    def findings(self, facts):
        return find(RULES.rules, sender_facts(facts), (), A_DAY)

    def seen(self, facts, *, with_history=True):
        return CUSTOMERS.seen(facts, RULES, as_of=A_DAY)

    def publish(self, fix):
        """Return the shop after somebody did what a fix says."""
        zone = dict(self.zone)
        for change in fix.changes:
            records = dict(zone.get(change.name, {}))
            there = records.get(change.type.value, [])
            assert set(change.before) <= set(there)
            records[change.type.value] = list(
                dict.fromkeys([text for text in there if text not in change.before] + list(change.after))
            )
            zone[change.name] = records
        if not fix.signs_as:
            return Shop(self.sending, zone)
        zone[f"s9._domainkey.{fix.signs_as}"] = {"TXT": [some.KEY]}
        return Shop(replace(self.sending, mail=Mail(("s9", fix.signs_as)), selectors=()), zone)


class TestPromises:
    @settings(max_examples=settings().max_examples // 5)  # each of them runs some fifty audits
    @given(sendings(), some.sender_zones())
    def test_every_fix_is_worth_what_is_promised_and_none_does_harm(self, sending, zone):
        shop = Shop(sending, zone)
        facts = asyncio.run(shop.facts())

        for ranked in asyncio.run(rank_fixes(shop, facts)):
            before, fired_before = shop.seen(facts), fired(facts)
            shop = shop.publish(ranked.fix)
            facts = asyncio.run(shop.facts())

            assert shop.seen(facts) - before == pytest.approx(ranked.saved, abs=1e-6)
            assert ranked.saved >= -1e-9
            assert {rule.id for rule in ranked.mends} <= fired_before - fired(facts)

        assert asyncio.run(rank_fixes(shop, facts)) == ()
