"""What the shop's side costs on a list: mailboxes that are judged alike are weighed once."""

from dataclasses import replace

import pytest

from deliv.core import impact
from deliv.core.address import parse_address
from deliv.core.assess import judge
from deliv.core.discovery import discover_recipient, discover_sender
from deliv.core.experience import Remembered
from deliv.core.facts import MessageFacts, sender_facts
from deliv.core.facts.message import Body
from deliv.core.impact import Mailboxes
from deliv.core.learning import learned_under
from deliv.core.likelihood.ledger import Ledger
from deliv.core.outcomes import BounceReason, OutcomeKind
from deliv.core.weighing import appraise
from tests.core.judging import A_DAY
from tests.core.likelihood.past import note
from tests.zone import TEMPERROR, ask, sending

LIVING = {"MX": ["10 mx.mail.example."]}
ZONE = {
    "mx.mail.example": {"A": ["192.0.2.1"]},
    **dict.fromkeys(("docomo.ne.jp", "gmail.com", "customer.example", "other.example"), LIVING),
    "silent.example": TEMPERROR,
    "ezweb.ne.jp": TEMPERROR,
    "shop.example": LIVING,
}
ADDRESSES = [
    *("taro@docomo.ne.jp", "hanako@docomo.ne.jp", "a..b@docomo.ne.jp", "taro@gmail.com"),
    *("taro@customer.example", "jiro@other.example", "taro@gone.example"),
]


def known(text, rules):
    address = parse_address(text, lenient_domains=rules.providers.lenient_domains)
    return address, ask(discover_recipient(address.domain, rules.providers), ZONE)


def mailboxes(addresses, rules):
    boxes = Mailboxes()
    for text in addresses:
        boxes.add(*known(text, rules))
    return boxes


@pytest.fixture
def sender():
    return ask(discover_sender(sending("shop.example")), ZONE)


def test_the_customers_who_see_the_mail_are_the_sum_of_all_judgements(rules, sender):
    expected = sum(
        judge(*known(text, rules), rules, as_of=A_DAY, sender=sender).placement.inbox for text in ADDRESSES
    )

    assert mailboxes(ADDRESSES, rules).seen(sender, rules, as_of=A_DAY) == pytest.approx(expected)
    assert 0 < expected < len(ADDRESSES)


def test_the_order_of_the_list_does_not_matter(rules, sender):
    forth, back = (
        mailboxes(order, rules).seen(sender, rules, as_of=A_DAY) for order in (ADDRESSES, ADDRESSES[::-1])
    )

    assert forth == pytest.approx(back)


def test_twice_the_list_is_twice_the_customers(rules, sender):
    once, twice = (mailboxes(ADDRESSES * n, rules).seen(sender, rules, as_of=A_DAY) for n in (1, 2))

    assert twice == pytest.approx(2 * once)


def test_mailboxes_that_are_judged_alike_are_weighed_once(rules, sender, monkeypatch):
    weighed = []
    monkeypatch.setattr(
        impact, "appraise", lambda *args, **more: weighed.append(args) or appraise(*args, **more)
    )

    mailboxes(["taro@docomo.ne.jp", "hanako@docomo.ne.jp"] * 50 + ["taro@gmail.com"], rules).seen(
        sender, rules, as_of=A_DAY
    )

    assert len(weighed) == 2


def test_rows_are_counted_by_provider(rules):
    boxes = mailboxes(ADDRESSES, rules)
    boxes.add(None, None)

    assert boxes.rows == len(ADDRESSES) + 1
    assert boxes.by_provider == {"docomo": 3, "gmail": 1, "": 3}


def test_a_row_without_an_address_or_without_facts_only_counts_as_a_row(rules, sender):
    boxes = Mailboxes()
    boxes.add(None, None)
    boxes.add(parse_address("taro@gmail.com"), None)

    assert (boxes.rows, dict(boxes.by_provider)) == (2, {})
    assert boxes.seen(sender, rules, as_of=A_DAY) == 0


def test_nothing_is_promised_for_a_domain_of_which_nothing_is_known(rules, sender):
    assert mailboxes(["taro@silent.example"], rules).seen(sender, rules, as_of=A_DAY) == 0
    assert mailboxes(["taro@ezweb.ne.jp"], rules).seen(sender, rules, as_of=A_DAY) > 0


def test_a_dead_domain_sees_nothing_whatever_the_shop_does(rules, sender):
    assert mailboxes(["taro@gone.example"], rules).seen(sender, rules, as_of=A_DAY) == 0


def test_the_volume_and_the_mail_of_the_shop_matter(rules, sender):
    boxes = mailboxes(["taro@gmail.com"], rules)
    bulk = replace(sender, volume_per_day=5000)
    undated = MessageFacts(from_domain="shop.example", body=Body.HTML_ONLY)

    plain = boxes.seen(sender, rules, as_of=A_DAY)
    assert boxes.seen(bulk, rules, as_of=A_DAY) < plain
    assert boxes.seen(sender, rules, as_of=A_DAY, message=undated) < plain


def test_with_a_history_it_is_the_sum_of_all_judgements_too(rules, sender):
    domain, gone = "docomo.ne.jp", {"reason": BounceReason.USERUNKNOWN, "permanent": True}
    past = Remembered(
        known=(
            note(OutcomeKind.SENT, domain, 90),
            note(OutcomeKind.BOUNCE, domain, 20),
            note(OutcomeKind.REPLY, domain, who=f"taro@{domain}"),
            note(OutcomeKind.BOUNCE, "gmail.com", who="taro@gmail.com", **gone),
            note(OutcomeKind.SENT, "other.example", 40),
            note(OutcomeKind.BOUNCE, "other.example", 30),
        )
    )
    ledger = Ledger(past, rules.placement.history, as_of=A_DAY, half_life_days=180)
    known_facts = dict(known(text, rules) for text in ADDRESSES)
    history = learned_under(
        ledger,
        rules,
        as_of=A_DAY,
        sender=sender_facts(sender),
        facts={facts.domain: facts for facts in known_facts.values()},
    )
    expected = sum(
        judge(*each, rules, as_of=A_DAY, sender=sender, history=history).placement.inbox
        for each in known_facts.items()
    )
    boxes = Mailboxes(history=ledger)
    for each in known_facts.items():
        boxes.add(*each)

    assert boxes.seen(sender, rules, as_of=A_DAY) == pytest.approx(expected)
    plain = mailboxes(ADDRESSES, rules).seen(sender, rules, as_of=A_DAY)
    assert boxes.seen(sender, rules, as_of=A_DAY, with_history=False) == pytest.approx(plain)
    assert abs(plain - expected) > 0.5
