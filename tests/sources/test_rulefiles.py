"""The rule book: read, merged with the user's own files, and checked down to the line."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from deliv.core.advice import choose_entry
from deliv.core.advicebook import Action, Remark
from deliv.core.errors import RuleErrors
from deliv.core.ladder import StepKind
from deliv.core.placement import Risk
from deliv.core.providers import ProviderKind
from deliv.core.rulebook import RuleBook, classify
from deliv.core.rules import Severity
from deliv.core.text import Text
from deliv.core.workdays import parse_hours
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
        "    ladder: high\n"
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
    assert str(book.advice.hours.window) == "11:00-17:00"
    assert book.address_headings == ("客先メール", *rules.address_headings)


def test_a_file_changes_only_what_it_names_of_calls_and_urgency(rules: RuleBook, write: Write) -> None:
    path = write(
        "calls: {minutes: 15, lunch: ''}\n"
        "urgency: {amount_days: 2, amounts: {US: 200}}\n"
        "year_end: {US: ['12-24/01-02']}\n"
        "order_words: {gift: [お餞別]}\n"
        "remarks: {gift: {ja: 贈り物, en: a gift}}\n"
    )
    known, found = rules.advice, load_rules(path).advice
    assert found.hours == replace(known.hours, minutes=15, lunch=None)
    assert found.urgency == replace(
        known.urgency, amount_days=2, amounts={**known.urgency.amounts, "US": Decimal(200)}
    )
    assert found.year_end["JP"] == known.year_end["JP"]
    assert date(2027, 1, 2) in found.year_end["US"][0]
    assert found.words == replace(known.words, gift=("お餞別", *known.words.gift))
    assert found.remarks == known.remarks | {Remark.GIFT: Text(ja="贈り物", en="a gift")}
    assert (found.avoid, found.legal_note) == (known.avoid, known.legal_note)


def test_only_a_window_of_the_users_own_leaves_the_rest_of_the_hours(rules: RuleBook, write: Write) -> None:
    for content in ("phone_window: 11:00-17:00\n", "calls: {window: 11:00-17:00}\n"):
        hours = load_rules(write(content)).advice.hours
        assert hours == replace(rules.advice.hours, window=parse_hours("11:00-17:00"))


def test_ladders_and_texts_are_replaced_by_their_ids(rules: RuleBook, write: Write) -> None:
    path = write(
        "ladders:\n"
        "  - {id: medium, steps: [{after: 4, do: phone, text: own-call}]}\n"
        "texts:\n"
        "  - {id: sms, names: {ja: 短文, en: short}, body: {ja: '{shop}', en: '{shop}'}}\n"
        "  - {id: own-call, names: {ja: 電話, en: call}, body: {ja: もしもし, en: hello}}\n"
        "  - {id: thank-you-page, enabled: false}\n"
    )
    book = load_rules(path)
    assert book.advice.ladders.keys() == rules.advice.ladders.keys()
    assert [(s.after, s.do, s.text) for s in book.advice.ladders["medium"].steps] == [
        (4, StepKind.PHONE, "own-call")
    ]
    assert book.advice.ladders["high"] == rules.advice.ladders["high"]
    changed = {*rules.advice.templates, "own-call"} - {"thank-you-page"}
    assert book.advice.templates.keys() == changed
    assert book.advice.templates["sms"].body.ja == "{shop}"
    assert {entry.id for entry in book.named("own-call")} == {"own-call"}


def test_a_ladder_that_nobody_begins_any_more_can_be_turned_off(write: Write) -> None:
    own = "ladders:\n  - {id: own, steps: [{after: 0, do: mail}]}\n"
    off = write("ladders:\n  - {id: own, enabled: false}\n", "off.yaml")
    assert "own" not in load_rules(write(own), off).advice.ladders


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
        (
            "advice:\n  - {risks: [low], action: send, text: {ja: a, en: b},\n     ladder: medium-carier}",
            "3: advice[0].ladder: “medium-carier” is not known here; did you mean “medium-carrier”?",
        ),
        (
            "advice:\n  - {risks: [low], action: send, text: {ja: a, en: b}}",
            "2: advice[0]: “ladder” is missing",
        ),
        (
            "advice:\n  - {risks: [low], action: send, ladder: low, due_in: 2, text: {ja: a, en: b}}",
            "2: advice[0].due_in: “due_in” is not known here",
        ),
        (
            "ladders:\n - id: own\n   steps:\n   - {after: 0, do: mail}\n   - {after: 1, do: sms, text: cal}",
            "5: ladders[0].steps[1].text: “cal” is not known here; did you mean “call”?",
        ),
        (
            "ladders:\n  - {id: own, steps: [{after: 1, do: call}]}",
            "2: ladders[0].steps[0].do: “call” is not known here",
        ),
        (
            "ladders:\n  - {id: own, steps: [{after: 2, do: mail}, {after: 1, do: mail}]}",
            "2: ladders[0]: the steps must stand in the order of their days",
        ),
        (
            "ladders:\n  - {id: own, steps: [{after: 0, do: phone, sms: sms-refuse}]}",
            "2: ladders[0].steps[0].sms: “sms-refuse” is not known here; did you mean “sms-refused”?",
        ),
        ("ladders:\n  - {id: own}", "2: ladders[0]: “steps” is missing"),
        (
            "ladders:\n  - {id: own, steps: []}\n  - {id: own, steps: []}",
            "3: ladders[1]: the id “own” stands there twice in this file",
        ),
        (
            "ladders:\n  - {id: medum, enabled: false}",
            "2: ladders[0].id: “medum” is not known here; did you mean “medium”?",
        ),
        ("ladders:\n  - {id: complaint, enabled: false}", "advice: there is no ladder “complaint”"),
        ("texts:\n  - {id: letter, enabled: false}", "rules/advice.yaml:"),
        (
            "texts:\n  - {id: own, names: {ja: a, en: b}, body: {ja: '{shpo}', en: b}}",
            "2: texts[0].body.ja: nothing fills “{shpo}”",
        ),
        ("texts:\n  - {id: own, names: {ja: a, en: b}}", "2: texts[0]: “body” is missing"),
        (
            "texts:" + 2 * "\n  - {id: own, names: {ja: a, en: b}, body: {ja: a, en: b}}",
            "3: texts[1]: the id “own” stands there twice in this file",
        ),
        (
            "remarks: {gfit: {ja: a, en: b}}",
            "1: remarks.gfit: “gfit” is not known here; did you mean “gift”?",
        ),
        ("calls: {window: 9-17}", "1: calls.window: hours are written as “10:00-19:00”"),
        (
            "calls: {limits: '08:00-20:00'}",
            "1: calls.limits: nobody is phoned before 09:00 or after 20:00; these hours can only be narrowed",
        ),
        ("calls: {limits: '18:00-10:00'}", "1: calls.limits: nobody is phoned before 09:00"),
        (
            "calls: {window: '20:00-22:00'}",
            "1: calls.window: this leaves no time for a call, since nobody is phoned before 09:00 or after",
        ),
        ("phone_window: '07:00-09:00'", "1: phone_window: this leaves no time for a call"),
        ("calls: {quiet_kinds: [carier]}", "1: calls.quiet_kinds[0]: “carier” is not known here"),
        ("calls: {minutes: 0}", "1: calls.minutes: this must be at least 1"),
        ("year_end: {JP: ['12-32/01-03']}", "1: year_end.JP[0]: days of every year are written as"),
        ("year_end: {JP: [new year]}", "1: year_end.JP[0]: days of every year are written as"),
        ("year_end: {jp: ['12-29/01-03']}", "1: year_end.jp: a country is written as two capital letters"),
        ("urgency: {amounts: {YEN: 1}}", "1: urgency.amounts.YEN: a country is written as two capital"),
        ("urgency: {amounts: {JP: much}}", "1: urgency.amounts.JP: this must be a number"),
        ("order_words: {gift: ['']}", "1: order_words.gift[0]: an empty word would be found in every text"),
        (
            "order_words: {gifts: [x]}",
            "1: order_words.gifts: “gifts” is not known here; did you mean “gift”?",
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
            "2: advice[0].text.ja: nothing fills “{shpo}”; known are: customer, domain, due,",
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
    if fault.startswith(("advice:", "rules/")):  # what it leads to stands elsewhere
        assert any(line.startswith(fault) for line in found), found
    elif fault[0].isdigit():
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
