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
from deliv.core.learning import sender_state
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


def test_those_with_a_history_are_judged_as_if_each_were_judged_alone(rules):
    """Rows take over what was found out for others of their domain; that changes nothing."""
    domains = ("docomo.ne.jp", "gmail.com", "small.example", "gone.example")
    addresses = [f"{name}@{domain}" for domain in domains for name in ("plain", "info", "a", "b", "c", "d")]
    gone = {"reason": BounceReason.USERUNKNOWN, "permanent": True}
    history = [
        outcome
        for domain in domains[:3]
        for outcome in (
            note(K.SENT, domain, 50),
            note(K.REPLY, domain, 3),
            note(K.REPLY, domain, who=f"a@{domain}"),
            note(K.BOUNCE, domain, who=f"b@{domain}"),
            note(K.BOUNCE, domain, who=f"c@{domain}", **gone),
            note(K.JUNK, domain, who=f"d@{domain}"),
            note(K.BOUNCE, domain, who=f"info@{domain}"),
        )
    ]
    sender = SenderProfile(from_address="order@shop.example")
    plain = [f"plain@{domain}" for domain in domains]
    together = report(rules, addresses, history, sender=sender).assessments
    for one in together:
        # The MX hosts of all domains tell who receives what, so that all of them stand on the list.
        first, *_ = report(rules, [one.address, *plain], history, sender=sender).assessments
        assert one.judgement == first.judgement
    back = report(rules, addresses[::-1], history, sender=sender).assessments
    assert [row.judgement for row in back[::-1]] == [row.judgement for row in together]


def test_a_history_that_says_nothing_changes_no_figure(rules):
    addresses = ["a@docomo.ne.jp", "b@gmail.com", "c@small.example", "d@gone.example"]
    plain = report(rules, addresses).assessments

    assert report(rules, addresses, []).assessments == plain
    elsewhere = [note(K.BOUNCE, "nifty.com", who="x@nifty.com")]
    assert report(rules, addresses, elsewhere).assessments == plain


def test_what_is_supposed_of_the_sender_does_not_make_the_past_count_less(rules):
    """The outcomes were seen as the shop sends today, whatever is supposed now."""
    sender = SenderProfile(from_address="order@shop.example")
    header = report(rules, ["a@gmail.com"], sender=sender).header
    today = sender_state(header.sender_findings)
    history = [
        note(K.SENT, "gmail.com", 400, sender_state=today),
        note(K.BOUNCE, "gmail.com", 200, sender_state=today),
    ]

    def missing(*what_if):
        found = report(rules, ["a@gmail.com"], history, sender=sender, what_if=parse_what_if(what_if))
        return found.assessments[0].placement.missing

    assert missing("dmarc=none") >= missing() > 0.4


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
