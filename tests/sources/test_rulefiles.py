"""The rule book: read, merged with the user's own files, and checked down to the line."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from deliv.core.advice import Action, choose_entry
from deliv.core.errors import RuleErrors
from deliv.core.placement import Risk
from deliv.core.providers import ProviderKind
from deliv.core.rulebook import RuleBook, classify
from deliv.core.rules import Severity
from deliv.sources.rulefiles import load_rules, packaged_rules

Write = Callable[..., Path]

PROVIDER = """
providers:
  - id: {id}
    kind: isp
    names: {{ja: 例のプロバイダ, en: Example provider}}
    domains: [{domain}]
    sources:
      - {{title: own experience, checked: 2026-11-22, verified: false}}
"""
RULE = """
rules:
  - id: {id}
    severity: {severity}
    when: {when}
    effect: {{spam: 0.5, basis: estimate}}
    message: {{ja: 注意, en: beware}}
    sources:
      - {{title: own experience, checked: 2026-11-22, verified: false}}
    examples:
      fires: {{address: a@shop.example}}
      silent: {{address: a@shop.example}}
"""
WHEN = "{fact: recipient.route, is: implicit_mx}"
PRIOR = "{inbox: %s, spam: %s, missing: %s, strength: 5, basis: estimate, note: {ja: 推定, en: estimate}}"


def rule(id: str = "own-rule", severity: str = "low", when: str = WHEN) -> str:  # noqa: A002
    return RULE.format(id=id, severity=severity, when=when)


def in_zone(records: str, name: str = "shop.example") -> str:
    """Return a rule whose silent example has these records."""
    silent = "silent: {address: a@shop.example"
    return rule().replace(silent, f'{silent}, zone: {{"{name}": {records}}}')


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: str | bytes, name: str = "own.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def faults_of(*paths: Path) -> list[str]:
    with pytest.raises(RuleErrors) as caught:
        load_rules(*paths)
    first, *lines = str(caught.value).splitlines()
    assert first == "the rule files hold faults; nothing was checked"
    assert len(lines) == len(caught.value.faults)
    return [line.strip() for line in lines]


def ids(book: RuleBook) -> set[str]:
    return {rule.id for rule in book.rules}


# --- the packaged book ----------------------------------------------------------------------------


def test_the_packaged_book_is_complete(rules: RuleBook) -> None:
    assert packaged_rules().is_dir()
    assert len(rules.rules) > 10
    assert classify("docomo.ne.jp", rules) is not None
    assert {"email", "メールアドレス"} <= {heading.casefold() for heading in rules.address_headings}
    assert 0 < rules.placement.medium_from < rules.placement.low_from < 1


def test_the_digest_tells_two_books_apart_and_the_same_book_again(rules: RuleBook, write: Write) -> None:
    assert load_rules().digest == rules.digest
    assert len(rules.digest) == 64
    one = load_rules(write(rule())).digest
    other = load_rules(write(rule(severity="high"))).digest
    assert len({rules.digest, one, other}) == 3


# --- merging --------------------------------------------------------------------------------------


def test_a_rule_of_the_user_s_own_is_added(rules: RuleBook, write: Write) -> None:
    book = load_rules(write(rule()))
    assert ids(book) == ids(rules) | {"own-rule"}
    own = next(found for found in book.rules if found.id == "own-rule")
    assert (own.severity, own.sources[0].checked) == (Severity.LOW, date(2026, 11, 22))


def test_a_rule_with_the_id_of_another_replaces_it(rules: RuleBook, write: Write) -> None:
    replaced = rules.rules[0].id
    book = load_rules(write(rule(id=replaced, severity="info")))
    assert ids(book) == ids(rules)
    (found,) = [one for one in book.rules if one.id == replaced]
    assert (found.severity, found.message.en) == (Severity.INFO, "beware")


def test_enabled_false_turns_a_rule_off(rules: RuleBook, write: Write) -> None:
    dropped = rules.rules[0].id
    book = load_rules(write(rule(id=dropped) + "    enabled: false\n"))
    assert ids(book) == ids(rules) - {dropped}


def test_an_id_and_enabled_false_are_enough_to_turn_something_off(rules: RuleBook, write: Write) -> None:
    dropped = rules.rules[0].id
    path = write(
        f"rules:\n  - {{id: {dropped}, enabled: false}}\nproviders:\n  - {{id: docomo, enabled: false}}\n"
    )
    book = load_rules(path)
    assert ids(book) == ids(rules) - {dropped}
    assert classify("docomo.ne.jp", book) is None
    assert "docomo" not in book.placement.providers


def test_only_what_is_there_can_be_turned_off(write: Write) -> None:
    path = write("rules:\n  - {id: mx-nul, enabled: false}\n")
    assert faults_of(path) == [f"{path}:2: rules[0].id: “mx-nul” is not known here; did you mean “mx-null”?"]


def test_a_provider_of_the_user_s_own_is_matched(write: Write) -> None:
    book = load_rules(write(PROVIDER.format(id="own-isp", domain="cable.example")))
    found = classify("cable.example", book)
    assert found is not None
    assert (found.id, found.kind, found.names.ja) == ("own-isp", ProviderKind.ISP, "例のプロバイダ")


def test_a_provider_with_the_id_of_another_replaces_it_and_its_prior(rules: RuleBook, write: Write) -> None:
    book = load_rules(write(PROVIDER.format(id="docomo", domain="cable.example")))
    assert classify("docomo.ne.jp", book) is None
    found = classify("cable.example", book)
    assert found is not None
    assert found.id == "docomo"
    assert "docomo" not in book.placement.providers


def test_enabled_false_turns_a_provider_off(write: Write) -> None:
    off = PROVIDER.format(id="docomo", domain="docomo.ne.jp") + "    enabled: false\n"
    assert classify("docomo.ne.jp", load_rules(write(off))) is None


def test_a_domain_of_the_packaged_book_cannot_be_claimed_twice(write: Write) -> None:
    path = write(PROVIDER.format(id="own-isp", domain="docomo.ne.jp"))
    assert faults_of(path) == [f"{path}:3: providers[0]: “docomo.ne.jp” already belongs to “docomo”"]


def test_the_user_s_line_of_advice_comes_first(rules: RuleBook, write: Write) -> None:
    path = write(
        "advice:\n"
        "  - risks: [low]\n"
        "    kinds: [carrier]\n"
        "    action: phone_first\n"
        "    text: {ja: 必ず電話, en: always phone}\n"
    )
    book = load_rules(path)
    entry = choose_entry(book.advice, Risk.LOW, ProviderKind.CARRIER, set())
    assert (entry.action, entry.text.ja) == (Action.PHONE_FIRST, "必ず電話")
    other = choose_entry(book.advice, Risk.LOW, ProviderKind.FREEMAIL, set())
    assert other == choose_entry(rules.advice, Risk.LOW, ProviderKind.FREEMAIL, set())


def test_priors_bands_hours_and_headings_can_be_changed(rules: RuleBook, write: Write) -> None:
    path = write(
        f"priors:\n  carrier: {PRIOR % (0.5, 0.2, 0.3)}\n  default: {PRIOR % (0.4, 0.3, 0.3)}\n"
        "bands: {low_from: 0.9, medium_from: 0.5}\n"
        "phone_window: 11:00-17:00\n"
        "address_headings: [客先メール]\n"
    )
    book = load_rules(path)
    assert book.placement.kinds["carrier"].inbox == 0.5
    assert book.placement.kinds["freemail"] == rules.placement.kinds["freemail"]
    assert book.placement.default.inbox == 0.4
    assert (book.placement.low_from, book.placement.medium_from) == (0.9, 0.5)
    assert book.advice.phone_window == "11:00-17:00"
    assert book.address_headings == ("客先メール", *rules.address_headings)


def test_later_files_win_and_folders_are_read_in_the_order_of_their_names(write: Write) -> None:
    write(rule(severity="low"), "rules/a.yaml")
    write(rule(severity="high"), "rules/sub/b.yml")
    folder = write("ignored", "rules/notes.txt").parent
    last = write(rule(severity="medium"), "last.yaml")

    def severity(*paths: Path) -> Severity:
        return next(one.severity for one in load_rules(*paths).rules if one.id == "own-rule")

    assert severity(folder) is Severity.HIGH
    assert severity(folder, last) is Severity.MEDIUM
    assert severity(last, folder) is Severity.HIGH


@pytest.mark.parametrize("content", ["", "# nothing\n", "rules:\n"], ids=["empty", "comment", "no-list"])
def test_an_empty_file_changes_nothing(content: str, rules: RuleBook, write: Write) -> None:
    assert ids(load_rules(write(content))) == ids(rules)


# --- faults ---------------------------------------------------------------------------------------


def test_a_path_that_does_not_exist_is_a_fault(tmp_path: Path) -> None:
    assert faults_of(tmp_path / "gone") == [f"{tmp_path / 'gone'}: there is no such file or folder"]


def test_a_file_in_another_encoding_is_a_fault(write: Write) -> None:
    path = write("address_headings: [客先]".encode("cp932"))
    assert faults_of(path) == [f"{path}: it is not UTF-8; save it as UTF-8"]


def test_the_faults_of_all_files_are_shown_at_once(write: Write, tmp_path: Path) -> None:
    one, two = write("rulez: []\n", "one.yaml"), write("bands: {low_from: high}\n", "two.yaml")
    faults = faults_of(one, two, tmp_path / "gone")
    assert {fault.split(":")[0] for fault in faults} == {str(one), str(two), str(tmp_path / "gone")}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("rulez: []", "1: rulez: “rulez” is not known here; did you mean “rules”?"),
        ("rules: {}", "1: rules: this must be a list"),
        ("rules:\n  - just text", "2: rules[0]: this must be a list of “key: value” lines"),
        ("rules:\n  - id: a", "2: rules[0]: “when” is missing"),
        ("rules:\n  - id: a", "2: rules[0]: “message” is missing"),
        ("rules:\n  - id: a", "2: rules[0]: “sources” is missing"),
        ("rules:\n  - id: a", "2: rules[0]: “examples” is missing"),
        (rule(id="Own_Rule"), "3: rules[0].id: an id is made of a-z, 0-9 and single hyphens"),
        (
            rule(severity="hihg"),
            "4: rules[0].severity: “hihg” is not known here; did you mean “high”?",
        ),
        (
            rule(when="{fact: recipient.rout, is: mx}"),
            "5: rules[0].when.fact: there is no fact “recipient.rout”; did you mean “recipient.route”?",
        ),
        (
            rule(when="{fact: recipient.route, is: implicit}"),
            "5: rules[0].when.is: “implicit” is not known here; did you mean “implicit_mx”?",
        ),
        (
            rule(when="{fact: address.smtputf8, is: 'true'}"),
            "5: rules[0].when.is: “address.smtputf8” is true or false",
        ),
        (
            rule(when="{fact: recipient.route, is: mx, in: [mx]}"),
            "5: rules[0].when: a fact is compared by exactly one of: is, is_not, in, not_in",
        ),
        (
            rule(when="{fact: recipient.route, all: []}"),
            "5: rules[0].when: a condition has exactly one of: all, any, not, fact",
        ),
        (rule(when="{all: []}"), "5: rules[0].when: this list of conditions is empty"),
        (
            rule(when="{any: [{not: {fact: nope.nope, is: 1}}]}"),
            "5: rules[0].when.any[0].not.fact: there is no fact “nope.nope”; known are: address.",
        ),
        (
            rule() + rule().replace("\nrules:\n", ""),
            "13: rules[1]: the id “own-rule” stands there twice in this file",
        ),
        (
            rule().replace("verified: false", "verified: true"),
            "9: rules[0].sources[0]: a verified source needs a url; otherwise write “verified: false”",
        ),
        (
            rule().replace("spam: 0.5", "at_least: {missing: 1}"),
            "6: rules[0].effect.at_least.missing: this must be less than 1; for certainty write",
        ),
        (
            f"priors:\n  carrier: {PRIOR % (0.5, 0.2, 0.2)}",
            "2: priors.carrier: inbox, spam and missing must sum to 1",
        ),
        (f"priors:\n  carrier: {PRIOR % (0, 0.5, 0.5)}", "2: priors.carrier: inbox must be more than 0"),
        (
            f"priors:\n  carier: {PRIOR % (0.5, 0.2, 0.3)}",
            "2: priors.carier: “carier” is not known here; did you mean “carrier”?",
        ),
        ("phone_window: 9-17", "1: phone_window: hours are written as “10:00-19:00”"),
        (
            PROVIDER.format(id="own", domain="Cable.Example"),
            "6: providers[0].domains[0]: “Cable.Example” is no domain name in lower case",
        ),
        (
            PROVIDER.format(id="own", domain=".cable.example"),
            "6: providers[0].domains[0]: “.cable.example” may not begin with a dot",
        ),
        (
            PROVIDER.format(id="own", domain="cable.example") + "    suffixes: [cable.example]",
            "9: providers[0].suffixes[0]: “cable.example” needs a leading dot",
        ),
        (
            PROVIDER.format(id="own", domain="cable.example") + "    unverified: [other.example]",
            "9: providers[0].unverified[0]: “other.example” does not stand in the lists of this provider",
        ),
        (
            PROVIDER.format(id="own", domain="cable.example").replace("isp", "ips"),
            "4: providers[0].kind: “ips” is not known here; did you mean “isp”?",
        ),
        (
            "advice:\n  - {risks: [low], action: send, text: {ja: '{shpo}', en: x}}",
            "2: advice[0].text.ja: nothing fills “{shpo}”; known are: domain, due,",
        ),
        (
            "advice:\n  - {risks: [low], action: send, text: {ja: '{shop', en: x}}",
            "2: advice[0].text.ja: a brace is left open; write {{ and }} for braces",
        ),
        ("advice:\n  - {action: send, text: {ja: a, en: b}}", "2: advice[0]: “risks” is missing"),
        (
            "advice:\n  - {risks: [lwo], action: send, text: {ja: a, en: b}}",
            "2: advice[0].risks[0]: “lwo” is not known here; did you mean “low”?",
        ),
        ("bands: {low_from: 0.9}", "1: bands: “medium_from” is missing"),
        ("bands: {low_from: 0.5, medium_from: 0.6}", "1: bands: low_from must be at least medium_from"),
        ("bands: {low_from: 85, medium_from: 60}", "1: bands: low_from is a share, so it is at most 1"),
        (
            rule(when="{fact: recipient.provider, is: docmo}"),
            "3: rules[0]: there is no provider “docmo”; did you mean “docomo”?",
        ),
        (
            rule(when="{fact: recipient.provider, not_in: [docomo, '', nobody-at-all]}"),
            "3: rules[0]: there is no provider “nobody-at-all”",
        ),
        (
            rule() + "    effective_from: 2026-02-01\n    effective_until: 2026-01-31\n",
            "3: rules[0]: “effective_until” lies before “effective_from”",
        ),
        # What YAML would quietly turn into something else, and values of the wrong type.
        (
            rule().replace("severity: low", "severity: low\n    severity: high"),
            "5: rules[0].severity: this key stands there twice (first on line 4)",
        ),
        (
            rule() + "    enabled: no\n",
            "13: rules[0].enabled: write true or false, or put “no” between quotation marks",
        ),
        (
            rule(when="{fact: message.has_url, is: on}"),
            "5: rules[0].when.is: write true or false, or put “on” between quotation marks",
        ),
        (
            rule().replace("spam: 0.5", "spam: 1:30"),
            "6: rules[0].effect.spam: put “1:30” between quotation marks",
        ),
        ("phone_window: 12:30", "1: phone_window: put “12:30” between quotation marks"),
        (rule().replace("spam: 0.5", "spam: 010"), "6: rules[0].effect.spam: this must be a number"),
        (rule().replace("spam: 0.5", "spam: '1'"), "6: rules[0].effect.spam: this must be a number"),
        (rule().replace("spam: 0.5", "spam: true"), "6: rules[0].effect.spam: this must be a number"),
        (rule().replace("spam: 0.5", "spam: -1"), "6: rules[0].effect.spam: this must be at least 0"),
        (rule().replace("2026-11-22", "'2026-11-22'"), "9: rules[0].sources[0].checked: this must be a day"),
        (rule().replace("2026-11-22", "2026-11-31"), "9: rules[0].sources[0].checked: there is no such day"),
        (rule().replace("ja: 注意", "ja: 7"), "7: rules[0].message.ja: this must be text; put it between"),
        (rule().replace("ja: 注意, ", ""), "7: rules[0].message: “ja” is missing"),
        (rule().replace("ja: 注意", "jp: 注意"), "7: rules[0].message.jp: “jp” is not known here"),
        (rule().replace("sources:", "source:"), "9: rules[0].source: “source” is not known here; did you"),
        (rule(when="{fact: message.size, is: 5}"), "5: rules[0].when: a number is compared by at_least,"),
        (
            rule(when="{fact: message.size, at_least: many}"),
            "5: rules[0].when.at_least: this must be a number",
        ),
        ("- rules", "1: this must be a list of “key: value” lines"),
        ("rules: [null]", "1: rules[0]: “id” is missing"),
        # Examples that would prove something else than they show.
        (in_zone("{MX: [mx.shop.example]}"), "an MX record is written as “10 mx.shop.example.”"),
        (in_zone("{A: ['192.0.2']}"), "“192.0.2” is no address for a record of type A"),
        (in_zone("{AAAA: [192.0.2.1]}"), "“192.0.2.1” is no address for a record of type AAAA"),
        (in_zone("{mx: ['0 .']}"), "“mx” is not known here; did you mean “MX”?"),
        (in_zone("{MX: '0 .'}"), "this must be a list"),
        (in_zone("[MX]"), "this must be a list of “key: value” lines"),
        (in_zone("{}", name="Shop.Example"), "names are written in lower case, without a dot at the end"),
        (in_zone("{}", name="shop.example."), "names are written in lower case, without a dot at the end"),
    ],
)
def test_a_fault_names_its_file_its_line_its_place_and_what_is_meant(
    content: str, fault: str, write: Write
) -> None:
    path = write(content)
    found = faults_of(path)
    if fault[0].isdigit():
        assert any(line.startswith(f"{path}:{fault}") for line in found), found
    else:
        assert any(line.startswith(f"{path}:12: rules[0].examples.silent.zone.") for line in found), found
        assert any(fault in line for line in found), found


def test_a_rule_may_name_a_provider_that_was_turned_off(write: Write) -> None:
    path = write(
        "providers: [{id: docomo, enabled: false}]\n" + rule(when="{fact: recipient.provider, is: docomo}")
    )
    assert "own-rule" in ids(load_rules(path))


def test_everything_that_is_wrong_in_one_rule_is_said_at_once(write: Write) -> None:
    path = write(
        rule(severity="hihg", when="{all: [{fact: recipient.rout, is: mx}, {fact: message.size, is: 1}]}")
        .replace("spam: 0.5", "spam: no")
        .replace("ja: 注意", "ja: 12:30")
        .replace("silent:", "slient:")
    )
    assert [line.removeprefix(f"{path}:").split(": ")[:2] for line in faults_of(path)] == [
        ["4", "rules[0].severity"],
        ["5", "rules[0].when.all[0].fact"],
        ["5", "rules[0].when.all[1]"],
        ["5", "rules[0].when.all[1].is"],
        ["6", "rules[0].effect.spam"],
        ["6", "rules[0].effect.spam"],
        ["7", "rules[0].message.ja"],
        ["11", "rules[0].examples"],
        ["12", "rules[0].examples.slient"],
    ]
