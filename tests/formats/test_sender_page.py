"""The report on the shop's side: its words, its shape, and the whole of it as it was last agreed on.

    DELIV_UPDATE_GOLDEN=1 python -m pytest tests/formats/test_sender_page.py -n 0

writes the files under tests/data/golden anew; look at the difference before you keep it.
"""

import asyncio
import json
import os
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import pytest
from rich.cells import cell_len

import deliv
from deliv.core.auth.dkim import KeyStatus
from deliv.core.auth.dmarc import DmarcStatus, Policy
from deliv.core.auth.dmarc_result import DmarcVerdict
from deliv.core.auth.iprev import ReverseStatus
from deliv.core.auth.policies import PolicyKind, RecordState
from deliv.core.auth.signature import SignatureProblem, SignatureVerdict
from deliv.core.auth.spf_audit import SpfProblemKind
from deliv.core.auth.spf_check import SpfVerdict
from deliv.core.blocklists import ListingStatus
from deliv.core.compliance import Compliance
from deliv.core.errors import DelivError
from deliv.core.facts import DkimState, Origin, Route, SpfStatus
from deliv.core.facts.message import SpamReport, SpamRule
from deliv.core.fixes import FixKind
from deliv.core.order import Order
from deliv.core.requirements import Consequence
from deliv.core.senderreport import SenderReport
from deliv.core.settings import SenderProfile, Settings, ShopSettings
from deliv.formats import senderlabels
from deliv.formats.senderdocument import sender_json
from deliv.formats.senderpage import sender_page
from deliv.locale import translator
from deliv.sender import examine_sender
from deliv.sources.message import read_message
from tests import shop
from tests.formats.conftest import ZONE
from tests.sources.signing import MAIL
from tests.zone import ZoneResolver

GOLDEN = Path(__file__).parent.parent / "data" / "golden"
SCHEMA = json.loads(
    (Path(deliv.__file__).parent / "formats" / "deliv-sender-1.schema.json").read_text(encoding="utf-8")
)
OUTSIDE = {name: records for name, records in ZONE.items() if not name.endswith("shop.example")}
LISTS = {
    "test.dbl.spamhaus.org": {"A": ["127.0.1.2"]},
    "dbltest.com.dbl.spamhaus.org": {"A": ["127.0.1.2"]},
    "shop.example.dbl.spamhaus.org": {"A": ["127.0.1.2"]},
    "2.0.0.127.zen.spamhaus.org": {"A": ["127.0.0.2"]},
    "test.surbl.org.multi.surbl.org": {"A": ["127.0.0.1"]},
}
"""A list that names the shop, one that does not, one that refuses to answer; the fourth is silent."""


@pytest.fixture(scope="session")
def examine(rules):
    """Return a function that gives the report on a shop."""

    def examined(
        zone: Mapping = shop.BROKEN,
        *,
        signers: tuple[str, ...] | None = ("sendgrid.net",),
        customers: tuple[str, ...] | None = shop.CUSTOMERS,
        mail: bytes | None = None,
        spam: SpamReport | None = None,
        **profile: object,
    ) -> SenderReport:
        if mail is None and signers is not None:
            mail = shop.signed_mail(*signers)
        return asyncio.run(
            examine_sender(
                SenderProfile(from_address="order@shop.example", **profile),
                ZoneResolver(OUTSIDE | dict(zone)),
                rules,
                mail=read_message(mail) if mail is not None else None,
                orders=[Order(address=address) for address in customers] if customers is not None else None,
                spam=spam,
                as_of=date(2026, 11, 24),
                started_at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
                settings=Settings(shop=ShopSettings(name="あおぞら店", phone="03-0000-0000")),
            )
        )

    return examined


SPAM = SpamReport(
    score=6.1,
    threshold=5.0,
    rules=(SpamRule("NO_NAME", 5.0, "nobody is named"), SpamRule("HTML_ONLY", 1.1, ""), SpamRule("OTHER")),
)


@pytest.fixture(scope="session")
def rich(examine) -> SenderReport:
    """Return the report that has every section."""
    return examine(
        shop.BROKEN | LISTS,
        ips=("192.0.2.25",),
        selectors=("s1", "k2"),
        envelope="bounce.shop.example",
        volume_per_day=6000,
        spam=SPAM,
    )


# --- the whole ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("name", ["broken", "healthy"])
def test_the_page_looks_as_agreed(examine, name, lang):
    if name == "broken":
        report = examine()
    else:
        report = examine(shop.HEALTHY, signers=("sendgrid.net", "shop.example"))
    page = re.sub(r"p=[A-Za-z0-9+/=]{20,}…?", "p=@@KEY@@", sender_page(report, lang, width=100))
    golden = GOLDEN / f"sender-{name}.{lang}.txt"
    if os.environ.get("DELIV_UPDATE_GOLDEN"):
        golden.write_text(page, encoding="utf-8", newline="\n")
    assert page == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_json_fits_its_schema_and_comes_out_the_same_again(rich, lang):
    text = sender_json(rich, lang)
    assert text == sender_json(rich, lang)
    assert text.endswith("}\n")
    data = json.loads(text)
    jsonschema.validate(data, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert list(data) == [*SCHEMA["properties"]]
    assert len(text.splitlines()) == len(data)
    assert data["started_at"] == "2026-11-24T09:30:00+00:00"
    assert data["as_of"] == "2026-11-24"


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("bare", ["domain", "mail", "list", "nothing at all"])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_kind_of_report_can_be_written(examine, bare, lang):
    report = {
        "domain": lambda: examine(signers=None, customers=None),
        "mail": lambda: examine(customers=None),
        "list": lambda: examine(signers=None, customers=()),
        "nothing at all": lambda: examine({}, signers=None, customers=None),
    }[bare]()
    assert sender_page(report, lang)
    jsonschema.validate(json.loads(sender_json(report, lang)), SCHEMA, cls=jsonschema.Draft202012Validator)


# --- words for codes ----------------------------------------------------------------------------------

TABLES = {
    "SPF_RECORD": SpfStatus,
    "SPF_VERDICT": SpfVerdict,
    "SPF_PROBLEM": SpfProblemKind,
    "DKIM": DkimState,
    "KEY": KeyStatus,
    "SIGNATURE": SignatureVerdict,
    "SIGNATURE_PROBLEM": SignatureProblem,
    "DMARC_RESULT": DmarcVerdict,
    "DMARC_RECORD": DmarcStatus,
    "REPLY": Route,
    "POLICY": Policy,
    "REVERSE": ReverseStatus,
    "ORIGIN": Origin,
    "LISTING": ListingStatus,
    "POLICY_KIND": PolicyKind,
    "RECORD": RecordState,
    "COMPLIANCE": Compliance,
    "CONSEQUENCE": Consequence,
    "FIX": FixKind,
}
SAME_IN_BOTH = {"POLICY_KIND"}
"""Tables of names that are the same in Japanese."""


def test_no_table_is_forgotten():
    tables = {
        name for name, value in vars(senderlabels).items() if name.isupper() and isinstance(value, dict)
    }
    assert tables == {*TABLES}


@pytest.mark.parametrize("name", TABLES)
def test_every_code_has_its_words(name):
    table = getattr(senderlabels, name)
    assert set(table) == set(TABLES[name])
    assert all(table.values())


@pytest.mark.parametrize("name", sorted(TABLES.keys() - SAME_IN_BOTH))
def test_every_code_has_japanese_words(name):
    translate = translator("ja")
    same = {text for text in getattr(senderlabels, name).values() if translate(text) == text}
    assert same <= {"?", "DMARC"}


# --- the shape ----------------------------------------------------------------------------------------


def section(page: str, title: str) -> list[str]:
    lines = page.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(title))
    end = next((n for n, line in enumerate(lines[start:], start) if line == ""), len(lines))
    return lines[start:end]


def matrix(report: SenderReport, lang: str, width: int) -> list[str]:
    """Return the lines of the matrix, from its heading to before what its signs mean."""
    title = translator(lang)("What the mailbox providers ask for")
    lines = section(sender_page(report, lang, width=width), title)[1:]
    return lines[: next(number for number, line in enumerate(lines) if "(…)" in line)]


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_no_line_of_the_matrix_is_wider_than_the_terminal(rich, width, lang):
    lines = matrix(rich, lang, width)
    assert len(lines) > 10
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("customers", [None, shop.CUSTOMERS], ids=["all", "those-with-customers"])
def test_every_provider_and_every_demand_of_interest_stands_in_the_matrix(examine, customers, lang):
    report = examine(customers=customers)
    columns = [
        column
        for column in report.compliance
        if customers is None or report.customers.by_provider.get(column.provider.id)
    ]
    text = "".join("".join(matrix(report, lang, 200)).split())
    asked = {state.demand.requirement for column in columns for state in column.states}
    for requirement in report.requirements:
        assert ("".join(requirement.names.get(lang).split()) in text) == (requirement.id in asked)
    wide = sender_page(report, lang, width=2000)
    for column in columns:
        for word in column.provider.names.get(lang).split(" "):
            assert word[:10] in wide or word[:5] in wide


def test_a_wider_terminal_needs_fewer_lines(rich):
    assert len(matrix(rich, "en", 200)) < len(matrix(rich, "en", 80))


def test_a_very_narrow_terminal_is_served_too(rich):
    assert sender_page(rich, "en", width=10) == sender_page(rich, "en", width=60)


def test_what_is_asked_of_bulk_senders_stands_in_parentheses(examine):
    small = "\n".join(matrix(examine(), "en", 200))
    assert "(NO)" in small
    big = "\n".join(matrix(examine(volume_per_day=6000), "en", 200))
    assert big.count("(") < small.count("(")


def test_the_sections_stand_in_the_order_of_the_work(rich):
    page = sender_page(rich, "en")
    titles = (
        "What receivers see of shop.example",
        "SPF record",
        "DKIM ",
        "DMARC ",
        "Replies",
        "Reverse DNS",
        "Block list",
        "SpamAssassin",
        "Of 99 customers",
        "What is wrong",
        "What to mend, in this order",
        "What the mailbox providers ask for",
    )
    places = [page.index(title) for title in titles]
    assert places == sorted(places)


def test_a_finding_that_a_step_mends_can_be_found_by_its_number(examine):
    page = sender_page(examine(), "en")
    (mends,) = {
        line for line in page.splitlines() if "Mends: " in line and "DMARC" not in line and "1" in line
    }
    numbers = [int(word) for word in re.findall(r"\d+", mends)]
    findings = [line for line in section(page, "What is wrong") if re.match(r"\d+\. \[", line)]
    assert [line.split(".")[0] for line in findings] == [str(n) for n in range(1, len(findings) + 1)]
    assert "two or more SPF records" in findings[numbers[0] - 1]


def test_block_lists_say_no_more_than_they_know(examine):
    page = sender_page(examine(shop.BROKEN | LISTS), "en")
    lines = [" ".join(line.split()) for line in page.splitlines() if "Block list" in line]
    states = dict(line.removeprefix("Block list ").split(": ", 1) for line in lines)
    assert states.pop("198.51.100.7 (Spamhaus ZEN)") == "not listed"
    assert states.pop("shop.example (Spamhaus DBL)") == "LISTED (domain of low reputation)"
    assert "URIBL" in str(states)
    assert "SURBL" in str(states)
    assert all(state.startswith("not checked (") for state in states.values())


def test_the_points_of_spamassassin_are_shown(rich):
    lines = section(sender_page(rich, "en"), "What receivers see")
    at = next(number for number, line in enumerate(lines) if "SpamAssassin" in line)
    assert "6.1" in lines[at]
    assert "5.0" in lines[at]
    assert [line.strip() for line in lines[at + 1 : at + 4]] == [
        "+5.0 NO_NAME nobody is named",
        "+1.1 HTML_ONLY",
        "OTHER",
    ]


def test_a_spamassassin_that_failed_says_why(examine):
    template = "SpamAssassin failed ({reason}), so there is no score"
    spam = SpamReport(failure=DelivError(template, reason="no rules"))
    report = examine(spam=spam)
    assert "SpamAssassin failed (no rules), so there is no score" in sender_page(report, "en")
    assert json.loads(sender_json(report, "en"))["spamassassin"]["failure"].startswith("SpamAssassin failed")


def test_the_tree_of_includes_is_shown_where_they_are_too_many(examine):
    zone = shop.HEALTHY | {
        f"s{n}.example": {"TXT": [f"v=spf1 include:s{n + 1}.example ~all"]} for n in range(11)
    }
    zone |= {"s11.example": {"TXT": ["v=spf1 ~all"]}}
    zone["shop.example"] = shop.HEALTHY["shop.example"] | {"TXT": ["v=spf1 include:s0.example ~all"]}
    page = sender_page(examine(zone, signers=None), "en")
    assert "12 of 10 look-ups" in page
    assert re.search(r"^ +12 include:s11\.example$", page, re.MULTILINE)


def test_saving_nobody_is_not_called_a_gain(examine):
    page = sender_page(examine(), "en")
    assert "-" not in "".join(re.findall(r"about ([^ ]+) of", page))
    assert "about 0.0 of" not in page


# --- hostile ------------------------------------------------------------------------------------------

EVIL = "\x1b[31m\x07\x08\x9b5m\u202e\u2066"
"""What a terminal obeys, and what turns the reading direction round."""


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_hostile_text_never_reaches_the_page(examine, lang):
    zone = shop.BROKEN | {
        "shop.example": {
            "MX": ["10 mx.shop.example."],
            "TXT": [
                f"v=spf1 include:{EVIL}.example {EVIL} exp=why.shop.example -all",
                f"v=spf1 ip4:192.0.2.{EVIL} -all",
            ],
        },
        "bounce.shop.example": {"TXT": ["v=spf1 exp=why.shop.example -all"]},
        "why.shop.example": {"TXT": [f"go away {EVIL}"]},
        "_dmarc.shop.example": {"TXT": [f"v=DMARC1; p={EVIL}; rua=mailto:x@{EVIL}.example,mailto:{EVIL}"]},
        "s1._domainkey.sendgrid.net": {"TXT": [f"v=DKIM1; k={EVIL}; p=x; n={EVIL}"]},
        "7.100.51.198.in-addr.arpa": {"PTR": [f"{EVIL}.sendgrid.net."]},
        "25.2.0.192.in-addr.arpa": {"PTR": [f"{EVIL}.shop.example."]},
        "_mta-sts.shop.example": {"TXT": [f"v=STSv1; id={EVIL}"]},
        "default._bimi.shop.example": {"TXT": [f"v=BIMI1; l={EVIL}"]},
    }
    mail = shop.TRACE.replace(b"mx.docomo.ne.jp; spf=pass", f"{EVIL}; {EVIL}={EVIL}; spf=pass{EVIL}".encode())
    mail += MAIL.replace(b"From: =", f'From: "{EVIL}" ='.encode()).replace(b"Your order", EVIL.encode())
    mail = f"DKIM-Signature: v=1; d={EVIL}; s={EVIL}; a=rsa-sha256; b=x; bh=x; h=from\r\n".encode() + mail
    spam = SpamReport(score=1.0, threshold=5.0, rules=(SpamRule(EVIL, 1.0, EVIL),))
    report = examine(
        zone,
        mail=mail,
        customers=(f"{EVIL}@docomo.ne.jp", f"x@{EVIL}.example"),
        spam=spam,
        ips=("192.0.2.25",),
        envelope="bounce.shop.example",
        selectors=("s1._domainkey.sendgrid.net",),
    )
    page = sender_page(report, lang)
    assert not {*EVIL} - {*"[31m5"} & {*page}
    data = sender_json(report, lang)
    assert not {*"\x1b\x07\x08"} & {*data}
    data.encode("utf-8")
    json.loads(data)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_bytes_that_are_no_characters_can_be_written(examine, lang):
    zone = shop.BROKEN | {"shop.example": {"TXT": ["v=spf1 caf\udce9 -all", "v=spf1 \udcff"]}}
    report = examine(zone)
    sender_page(report, lang).encode("utf-8")
    sender_json(report, lang).encode("utf-8")
    jsonschema.validate(json.loads(sender_json(report, lang)), SCHEMA, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("text", ["{domain}", "%s%n", "[red]x[/red]", "{0.__class__}"])
def test_data_is_never_a_template(examine, text):
    zone = shop.BROKEN | {"shop.example": {"TXT": [f"v=spf1 {text} -all"]}}
    assert text in sender_page(examine(zone), "en")
