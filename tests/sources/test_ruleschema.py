"""The schema for editors says what the loader says: both are held against the same files."""

import copy
import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from deliv.core.errors import Fault
from deliv.core.facts import FACTS
from deliv.sources import (
    advicefiles,
    examplefiles,
    filterfiles,
    findingfiles,
    providerfiles,
    senderfiles,
    typofiles,
)
from deliv.sources.fields import Fields
from deliv.sources.names import decode_sources
from deliv.sources.rulefiles import _Draft, packaged_rules
from deliv.sources.ruleschema import rule_schema, rule_schema_text
from deliv.sources.yamlfile import Located, read_yaml

SCHEMA = rule_schema()
DEFS = SCHEMA["$defs"]
VALIDATOR = Draft202012Validator(SCHEMA)
FILES = sorted(packaged_rules().rglob("*.yaml"))

OWN = yaml.safe_load("""
providers:
  - id: my-cable
    kind: isp
    names: {ja: マイケーブル, en: My Cable}
    domains: [mycable.example]
    suffixes: [.mycable.example]
    mx: [.mx.mycable.example, in.other.example]
    unverified: [.mx.mycable.example]
    placement:
      {inbox: 0.8, spam: 0.1, missing: 0.1, strength: 5, basis: estimate, note: {ja: 推定, en: estimate}}
    allow_list: {ja: [設定], en: [settings], url: "https://mycable.example", verified: true}
    requires:
      - requirement: spf
        consequence: junk
        bulk: true
        bulk_from: 5000
        sources: [{title: x, url: "https://mycable.example", checked: "2026-11-22"}]
    sources: [{title: Asked them, checked: "2026-11-22", verified: false}]
  - {id: my-cable, enabled: false}
rules:
  - id: my-rule
    severity: low
    reason: carrier_filter
    when:
      all:
        - {fact: recipient.provider, is: my-cable}
        - any: [{fact: recipient.route, not_in: [mx, null_mx]}, {fact: message.size, at_least: 5}]
        - not: {fact: message.has_url, is: true}
    effect: {spam: 0.3, at_least: {missing: 0.5}, basis: estimate}
    message: {ja: 注意, en: beware}
    sources: [{title: x, url: "https://mycable.example", checked: "2026-11-22"}]
    examples:
      fires: {address: a@mycable.example, zone: {mycable.example: {MX: ["0 ."]}}, sender: shop.example}
      silent: {address: a@mycable.example, sender: {from: shop.example, ips: [192.0.2.1]}}
advice:
  - {risks: [low], action: send, ladder: low, text: {ja: 送信, en: send}}
ladders:
  - {id: own, steps: [{after: 0, do: mail, text: sms, automatic: true}, {after: 2, do: phone}]}
texts:
  - {id: own-text, names: {ja: 文, en: text}, subject: {ja: 件名, en: subject}, body: {ja: 文, en: words}}
  - {id: own-text, enabled: false}
remarks: {gift: {ja: 贈り物, en: gift}}
avoid: [{ja: 言わない, en: never}]
calls: {window: "10:00-18:00", lunch: "", minutes: 5, quiet_kinds: [carrier]}
urgency: {amounts: {US: 200}, give_up_after: 10}
year_end: {US: ["12-24/01-02"]}
order_words: {gift: [お餞別]}
services:
  - {id: mine, names: {ja: 例, en: x}, sources: [{title: x, checked: "2026-11-22", verified: false}]}
bands: {low_from: 0.9, medium_from: 0.6}
phone_window: 10:00-19:00
""")
"""A file of somebody's own with a bit of everything."""


def plain(located: Located | None) -> object:
    """Return bare values, with days as the text that editors see."""
    value = located.value if located else None
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def changed(*path: str | int, **change: object) -> dict:
    """Return the file with the keys of the mapping at `path` replaced; None drops one."""
    document = copy.deepcopy(OWN)
    place = document
    for step in path:
        place = place[step]
    for key, value in change.items():
        place[key.rstrip("_")] = value
        if value is None:
            del place[key.rstrip("_")]
    return document


def loads(document: dict) -> list[str]:
    """Return the faults that the loader finds in the document."""
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    # Days were text for the schema; in a file they stand without quotation marks.
    text = text.replace("'2026-11-22'", "2026-11-22")
    draft = _Draft()
    located = read_yaml(text, "own.yaml", draft.faults)
    draft._take(Fields(located, draft.faults))
    return [str(fault) for fault in draft.faults]


def test_it_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


def test_the_file_in_the_rule_book_is_up_to_date():
    path = packaged_rules() / "schema.json"
    assert path.read_text(encoding="utf-8") == rule_schema_text(), (
        "run: deliv rules schema --output rules/schema.json"
    )
    assert json.loads(rule_schema_text()) == SCHEMA


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(packaged_rules()).as_posix())
def test_every_packaged_file_is_valid(path: Path):
    faults: list[Fault] = []
    document = plain(read_yaml(path.read_text(encoding="utf-8"), path.name, faults))
    assert faults == []
    assert [(error.json_path, error.message) for error in VALIDATOR.iter_errors(document)] == []


def test_a_file_of_somebodys_own_is_valid_for_both():
    assert list(VALIDATOR.iter_errors(OWN)) == []
    assert loads(OWN) == []


RULE, PROVIDER = ("rules", 0), ("providers", 0)


@pytest.mark.parametrize(
    "document",
    [
        changed(rulez=[]),
        changed(rules={}),
        changed(*RULE, colour="red"),
        changed(*RULE, id="My_Rule"),
        changed(*RULE, severity="hihg"),
        changed(*RULE, reason="because"),
        changed(*RULE, message={"ja": "注意"}),
        changed(*RULE, message="beware"),
        changed(*RULE, message={"ja": "注意", "en": "beware", "fr": "attention"}),
        changed(*RULE, sources=[]),
        changed(*RULE, sources=[{"title": "x", "checked": "2026-11-22"}]),
        changed(*RULE, sources=[{"title": "x", "checked": "2026-11-22", "url": "example.com"}]),
        changed(*RULE, examples={"fires": {"address": "a@b.example"}}),
        changed(*RULE, enabled="yes"),
        changed(*RULE, when={"fact": "recipient.rout", "is": "mx"}),
        changed(*RULE, when={"fact": "recipient.route", "is": "MX"}),
        changed(*RULE, when={"fact": "recipient.route", "in": "mx"}),
        changed(*RULE, when={"fact": "recipient.route", "in": ["mx", "smtp"]}),
        changed(*RULE, when={"fact": "recipient.route", "is": "mx", "is_not": "null_mx"}),
        changed(*RULE, when={"fact": "recipient.route"}),
        changed(*RULE, when={"fact": "recipient.route", "at_least": 1}),
        changed(*RULE, when={"fact": "message.has_url", "is": "true"}),
        changed(*RULE, when={"fact": "message.size", "is": 5}),
        changed(*RULE, when={"fact": "message.size", "at_most": "many"}),
        changed(*RULE, when={"fact": "message.size"}),
        changed(*RULE, when={"all": []}),
        changed(*RULE, when={"all": [], "fact": "message.size", "at_most": 1}),
        changed(*RULE, when={}),
        changed(*RULE, when={"not": [{"fact": "message.size", "at_most": 1}]}),
        changed(*RULE, effect={"spam": 0.3}),
        changed(*RULE, effect={"spam": -1, "basis": "estimate"}),
        changed(*RULE, effect={"at_least": {"spam": 1}, "basis": "estimate"}),
        changed(*RULE, "examples", "fires", zone={"mycable.example": {"mx": ["0 ."]}}),
        changed(*RULE, "examples", "fires", zone={"mycable.example": {"MX": "0 ."}}),
        changed(*RULE, "examples", "fires", sender={"envelope": "x.example"}),
        changed(*PROVIDER, kind="ips"),
        changed(*PROVIDER, domains=["MyCable.example"]),
        changed(*PROVIDER, domains=[".mycable.example"]),
        changed(*PROVIDER, domains=["localhost"]),
        changed(*PROVIDER, suffixes=["mycable.example"]),
        changed(*PROVIDER, mx="mx.mycable.example"),
        changed(*PROVIDER, allow_list={"ja": ["設定"]}),
        changed(*PROVIDER, placement={"inbox": 1}),
        changed(*PROVIDER, "requires", 0, consequence="angry"),
        changed(*PROVIDER, "requires", 0, bulk_from=0),
        changed(*PROVIDER, "requires", 0, bulk_from=1.5),
        changed("providers", 1, enabled=True),
        changed("providers", 1, id=None),
        changed("advice", 0, risks=["lwo"]),
        changed("advice", 0, action="shout"),
        changed("advice", 0, text=None),
        changed("advice", 0, ladder=None),
        changed("advice", 0, due_in=2),
        changed("ladders", 0, steps=None),
        changed("ladders", 0, "steps", 1, do="call"),
        changed("ladders", 0, "steps", 1, after=None),
        changed("texts", 0, body=None),
        changed("texts", 0, body="words"),
        changed("texts", 1, id=None),
        changed(remarks={"gfit": {"ja": "a", "en": "b"}}),
        changed(avoid=["words"]),
        changed(legal_note={"text": {"ja": "a", "en": "b"}}),
        changed("calls", minutes=0),
        changed("calls", lunch="noon"),
        changed("calls", colour="red"),
        changed("urgency", amounts={"yen": 1}),
        changed("urgency", give_up_after=0),
        changed("year_end", US="12-24/01-02"),
        changed("year_end", US=["24.12."]),
        changed("order_words", gift=[""]),
        changed(bands={"low_from": 0.9}),
        changed(bands={"low_from": 90, "medium_from": 0.6}),
        changed(phone_window="9-17"),
        changed(priors={"carier": {}}),
        changed(consequences={"rejected": {"basis": "estimate"}}),
        changed(usual_selectors=[1]),
    ],
    ids=str,
)
def test_what_the_schema_refuses_the_loader_refuses_too(document: dict):
    assert list(VALIDATOR.iter_errors(document)), "the schema lets it pass"
    assert loads(document), "the loader lets it pass"


def definition(name: str) -> dict:
    """Return one of the definitions; of an entry that may also be turned off, the other case."""
    schema = DEFS[name]
    return schema.get("else", schema)


DECODERS = {
    "provider": providerfiles.decode_provider,
    "rule": findingfiles.decode_rule,
    "requirement": senderfiles.decode_requirement,
    "service": senderfiles.decode_service,
    "block_list": senderfiles.decode_block_list,
    "advice": advicefiles.decode_advice,
    "ladder": advicefiles._decode_ladder,
    "text": advicefiles._decode_template,
    "effect": findingfiles.decode_effect,
    "prior": providerfiles.decode_prior,
    "demand": senderfiles.decode_demand,
    "sender": senderfiles.decode_sender,
    "filter": filterfiles._decode,
    "slips": typofiles.decode_slips,
    "role_accounts": typofiles.decode_role_accounts,
}
"""What decodes the mapping that each definition describes."""


def empty() -> Fields:
    return Fields(Located({}, "own.yaml", 1, ""), [])


@pytest.mark.parametrize("name", DECODERS)
def test_it_knows_the_very_keys_that_the_loader_asks_for(name: str):
    fields = empty()
    DECODERS[name](fields)
    assert set(definition(name)["properties"]) == fields._asked


@pytest.mark.parametrize("name", DECODERS)
def test_it_requires_the_very_keys_that_the_loader_requires(name: str):
    fields = empty()
    DECODERS[name](fields)
    missing = {dict(fault.fields)["key"] for fault in fields.faults if "is missing" in fault.template}
    assert set(definition(name).get("required", ())) == missing


def test_it_knows_the_very_keys_of_a_file():
    fields = empty()
    _Draft()._take(fields)
    assert set(SCHEMA["properties"]) == fields._asked


def test_it_knows_the_very_keys_of_an_example_and_of_a_source():
    examples = Fields(Located({"fires": Located({}, "", 1, "")}, "", 1, ""), [])
    child = examples.child("fires")
    assert child is not None
    examples.child = lambda *_args, **_more: child  # type: ignore[method-assign]
    examplefiles.decode_example(examples, "fires")
    assert set(DEFS["example"]["properties"]) == child._asked
    source = Located({}, "", 1, "")
    holder = Fields(Located({"sources": Located([source], "", 1, "")}, "", 1, ""), [])
    child = Fields(source, holder.faults)
    holder.children = lambda *_args, **_more: [child]  # type: ignore[method-assign]
    decode_sources(holder)
    assert set(DEFS["sources"]["items"]["properties"]) == child._asked


def test_every_fact_can_be_named_and_is_compared_in_one_way():
    condition = DEFS["condition"]
    assert condition["properties"]["fact"]["enum"] == [*FACTS]
    kinds = [
        part["if"]["properties"]["fact"]["enum"] for part in condition["allOf"] if "properties" in part["if"]
    ]
    assert sorted(name for names in kinds for name in names) == sorted(FACTS)


def test_every_key_is_described_where_it_does_not_speak_for_itself():
    for name in DECODERS:
        for key, schema in definition(name)["properties"].items():
            assert "description" in schema or "$ref" in schema, (name, key)
