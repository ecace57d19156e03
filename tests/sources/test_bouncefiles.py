"""Rules on bounces in files: every fault is named, and a shop's own rules come first."""

from pathlib import Path

import pytest

from deliv.core.bouncerules import explain
from deliv.core.bounces import Refusal
from deliv.core.errors import RuleErrors
from deliv.core.outcomes import BounceReason
from deliv.sources.rulefiles import load_rules, packaged_book

OWN = """
bounce_rules:
  - id: own-words
    reason: onhold
    texts: [user unknown]
    sources: [{title: own experience, checked: 2026-11-22, verified: false}]
    examples:
      fires: {text: "550 User unknown"}
      silent: {text: "550 Mailbox full"}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_rule_of_the_shop_is_tried_first(tmp_path):
    book = load_rules(written(tmp_path, OWN))
    found = explain(Refusal(text="550 5.1.1 User unknown"), book.bounce_rules)

    assert found is not None
    assert (found.id, found.reason) == ("own-words", BounceReason.ONHOLD)
    assert len(book.bounce_rules) == len(packaged_book().bounce_rules) + 1


def test_a_rule_with_the_id_of_another_replaces_it(tmp_path):
    book = load_rules(written(tmp_path, OWN.replace("own-words", "au-filtered")))
    (found,) = (rule for rule in book.bounce_rules if rule.id == "au-filtered")

    assert found.reason is BounceReason.ONHOLD
    assert len(book.bounce_rules) == len(packaged_book().bounce_rules)


def test_a_rule_can_be_turned_off(tmp_path):
    book = load_rules(written(tmp_path, "bounce_rules: [{id: au-filtered, enabled: false}]"))

    assert "au-filtered" not in {rule.id for rule in book.bounce_rules}


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("reason: onhold", "reason: unhold", "“unhold” is not known here; did you mean “onhold”?"),
        ("texts: [user unknown]", "texts: [User Unknown]", "these words must be in lower case"),
        ("texts: [user unknown]", "texts: []", "this fits every bounce"),
        ("texts: [user unknown]", 'statuses: ["5.1"]', "“5.1” is no status or code of SMTP"),
        ("texts: [user unknown]", 'codes: ["999"]', "“999” is no status or code of SMTP"),
        ("texts: [user unknown]", "phases: [quit]", "“quit” is not known here"),
        ("texts: [user unknown]", "words: [user unknown]", "“words” is not known here"),
        ("silent: ", "quiet: ", "“silent” is missing"),
        ('fires: {text: "550', 'fires: {txt: "550', "“txt” is not known here; did you mean “text”?"),
    ],
)
def test_faults_are_named(tmp_path, before, after, fault):
    assert before in OWN
    with pytest.raises(RuleErrors) as caught:
        load_rules(written(tmp_path, OWN.replace(before, after)))

    assert any(fault in str(each) for each in caught.value.faults)
