"""A list judged with the shop's own history."""

import asyncio
import io
import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest

import deliv
from deliv.core.experience import Remembered
from deliv.core.facts import parse_what_if
from deliv.core.order import Order
from deliv.core.outcomes import BounceReason, OutcomeKind
from deliv.core.rules import Reason
from deliv.core.settings import SenderProfile
from tests.core.likelihood.past import TODAY, note
from tests.nameserver import CANARIES
from tests.shop import HEALTHY
from tests.zone import ZoneResolver

K = OutcomeKind
ZONE = (
    CANARIES
    | HEALTHY
    | {
        "small.example": {"MX": ["10 aspmx.l.google.com."]},
        "aspmx.l.google.com": {"A": ["192.0.2.9"]},
    }
)
SCHEMA = json.loads((Path(deliv.__file__).parent / "formats" / "deliv-1.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def rules():
    return deliv.load_rules()


def report(rules, addresses, history=None, **more):
    orders = [Order(address=text, row=row, line=row) for row, text in enumerate(addresses, 1)]
    if isinstance(history, list):
        history = Remembered(known=tuple(history))
    return asyncio.run(deliv.check(orders, rules, ZoneResolver(ZONE), as_of=TODAY, history=history, **more))


class Hashed(Remembered):
    """A history whose keys are not addresses, as a store keeps them."""

    def key_of(self, normalized):
        return f"key of {normalized}"


def test_customers_of_a_domain_share_a_judgement_unless_they_have_a_history(rules):
    addresses = [f"{name}@docomo.ne.jp" for name in "abcdef"]
    history = [
        note(K.SENT, "docomo.ne.jp", 100),
        *(note(K.REPLY, "docomo.ne.jp", who=who) for who in addresses[:2]),
    ]
    judgements = [row.judgement for row in report(rules, addresses, history).assessments]

    assert len({id(each) for each in judgements}) == 2
    assert judgements[0] is judgements[1]
    assert judgements[2] is judgements[5]


def test_addresses_are_found_by_the_key_of_the_store(rules):
    gone = {"reason": BounceReason.USERUNKNOWN, "permanent": True}
    history = Hashed(known=(note(K.BOUNCE, "gmail.com", who="key of mei@gmail.com", **gone),))
    rows = report(rules, ["mei@gmail.com", "key of mei@gmail.com"], history).assessments

    assert rows[0].result is deliv.Result.UNDELIVERABLE
    assert Reason.PAST_BOUNCE in rows[0].reasons
    assert Reason.PAST_BOUNCE not in rows[1].reasons


def test_who_receives_the_mail_is_told_by_its_mx_hosts(rules):
    """The bounces of a company's domain count for the provider that its MX records show."""
    history = [note(K.SENT, "small.example", 400), note(K.BOUNCE, "small.example", 200)]
    (row,) = report(rules, ["x@small.example"], history).assessments

    assert row.provider.id == "google-workspace"
    assert row.placement.observations == 400
    assert row.placement.missing > 0.3


def test_the_header_says_what_the_history_comes_to(rules):
    history = [note(K.SENT, "gmail.com", 50), note(K.BOUNCE, "gmail.com", 2), note(K.BOUNCE, "nifty.com", 3)]
    text = deliv.render(report(rules, ["mei@gmail.com"], history), "table")

    assert "Your own history: 50 mails sent, 2 came back, 0 test mails" in text
    assert "Bounces without a count of sent mail: no rate learned (3)" in text
    assert "50 outcomes" in text
    assert "Your own history" not in deliv.render(report(rules, ["mei@gmail.com"]), "table")


def test_the_day_of_judgement_hides_what_comes_later(rules):
    later = [
        note(K.SENT, "gmail.com", 50, day=date(2027, 1, 1)),
        note(K.BOUNCE, "gmail.com", 50, day=date(2027, 1, 1)),
    ]

    assert report(rules, ["mei@gmail.com"], later).assessments == report(rules, ["mei@gmail.com"]).assessments


@pytest.mark.parametrize("explain", [False, True])
def test_json_with_a_history_follows_its_schema(rules, explain):
    history = [
        note(K.SENT, "docomo.ne.jp", 100),
        note(K.BOUNCE, "docomo.ne.jp", 9),
        note(K.SENT, "ezweb.ne.jp", 100),
        note(K.REPLY, "docomo.ne.jp", who="a@docomo.ne.jp"),
    ]
    sender = SenderProfile(from_address="order@shop.example")
    found = report(
        rules,
        ["a@docomo.ne.jp", "b@docomo.ne.jp", "x@gone.example"],
        history,
        sender=sender,
        what_if=parse_what_if(["dmarc=none"]),
        explain=explain,
    )
    document = json.loads(deliv.render(found, "json"))

    jsonschema.validate(document, SCHEMA)
    assert document["sender"]["what_if"] == {"dmarc": "none"}
    assert [("explanation" in row) for row in document["results"]] == [explain] * 3


def test_what_if_judges_the_list_as_if_it_were_so(rules):
    sender = SenderProfile(from_address="order@shop.example", ips=("198.51.100.7",))
    today, then, back = (
        report(rules, ["taro@docomo.ne.jp"], sender=sender, what_if=parse_what_if([text]))
        .assessments[0]
        .placement.inbox
        for text in ("", "spf=none,dmarc=none", "spf=pass,dmarc=pass")
    )

    assert then < today
    assert back == pytest.approx(today, abs=0.02)


def test_the_table_says_what_is_supposed(rules):
    sender = SenderProfile(from_address="order@shop.example")
    found = report(rules, ["mei@gmail.com"], sender=sender, what_if=parse_what_if(["dmarc=none"]))

    assert "Judged as if: dmarc=none" in deliv.render(found, "table")


def test_a_list_that_can_be_read_only_once_has_its_history_too(rules):
    orders = iter([Order(address="mei@gmail.com", row=1, line=1)])
    history = Remembered(known=(note(K.SENT, "gmail.com", 50),))
    stream = deliv.stream(orders, rules, ZoneResolver(ZONE), as_of=TODAY, history=history)
    file = io.StringIO()
    asyncio.run(deliv.write(stream, "jsonl", file))

    assert json.loads(file.getvalue())["placement"]["observations"] == 50
