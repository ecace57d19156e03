"""``deliv history``: shown, taken along, forgotten."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.cli.commandline import PACKAGE, rows_of
from tests.cli.test_learn import DAY, ROWS, data, written


@pytest.fixture
def learned(deliv, tmp_path) -> Path:
    """Return the history after something was learned."""
    deliv("learn", written(tmp_path / "outcomes.csv", *ROWS), *DAY)
    return data(tmp_path) / "history.sqlite3"


def key_of(path: Path) -> str:
    from deliv.sources.historykey import address_key

    return address_key(path.parent, create=False).fingerprint


# --- show -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [["history"], ["history", "show"]], ids=" ".join)
def test_all_of_it(deliv, learned, command):
    run = deliv(*command)
    assert (run.code, run.stderr) == (0, "")
    assert run.text == (
        f"History: {learned}\n"
        "  from 2026-11-19 to 2026-11-20\n"
        "  sent: 121, bounced: 1, answered: 1\n"
        "  addresses: 2, in plain text: 0\n"
        f"  key of the addresses: {key_of(learned)}\n"
        "\n"
        "By provider\n"
        "  Gmail: sent: 120, answered: 1\n"
        "  NTT docomo: sent: 1, bounced: 1\n"
        "\n"
        "Learned from\n"
        "  2026-11-22  outcomes.csv, new outcomes: 123\n"
    )


def test_in_japanese(deliv, learned):
    text = deliv("history", "--lang", "ja").text
    assert "  送信 121件、不達 1件、返信あり 1件\n" in text
    assert "  ドコモ: 送信 1件、不達 1件\n" in text
    assert "  2026-11-22  outcomes.csv（新規123件）\n" in text


def test_one_address(deliv, learned):
    run = deliv("history", "show", "Taro <TARO@docomo.ne.jp>")
    assert run.text == (
        f"History: {learned}\n"
        "About: TARO@docomo.ne.jp\n"
        "  from 2026-11-20 to 2026-11-20\n"
        "  sent: 1, bounced: 1\n"
        f"  key of the addresses: {key_of(learned)}\n"
        "  2026-11-20  bounced: 1 (userunknown)\n"
        "  2026-11-20  sent: 1\n"
    )


def test_one_domain_and_one_that_nothing_is_known_of(deliv, learned):
    assert "About: gmail.com\n  from 2026-11-19 to 2026-11-20\n  sent: 120, answered: 1\n" in (
        deliv("history", "show", "Gmail.com").text
    )
    assert "About: nobody@gmail.com\n  Nothing is known of it.\n" in (
        deliv("history", "show", "nobody@gmail.com").text
    )


def test_what_is_no_address(deliv, learned):
    run = deliv("history", "show", "taro@docomo")
    assert (run.code, run.text) == (2, "")
    assert "“taro@docomo” is no mail address: there is no dot behind the @" in run.stderr


def test_what_is_no_domain(deliv, learned):
    run = deliv("history", "show", "taro")
    assert (run.code, run.text) == (2, "")
    assert "“taro” is neither an address nor a domain" in run.stderr


def test_for_machines(deliv, learned):
    document = deliv("history", "--format", "json").document
    assert document["schema"] == "deliv-history/1"
    assert document["mails"] == {"sent": 121, "bounce": 1, "reply": 1}
    assert document["domains"][0] == {
        "domain": "docomo.ne.jp",
        "provider": "docomo",
        "mails": {"sent": 1, "bounce": 1},
    }
    assert document["sources"] == [{"name": "outcomes.csv", "learned_on": "2026-11-22", "mails": 123}]
    assert (document["whose"], document["addresses"], document["key"]) == (None, 2, key_of(learned))
    document = deliv("history", "show", "taro@docomo.ne.jp", "--format", "json").document
    assert document["outcomes"][0] == {
        "outcome": "bounce",
        "date": "2026-11-20",
        "count": 1,
        "reason": "userunknown",
        "permanent": None,
    }


@pytest.mark.parametrize("whose", [[], ["gmail.com"], ["taro@docomo.ne.jp"], ["nobody@gmail.com"]])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_json_is_that_of_the_schema(deliv, learned, whose, lang):
    schema = json.loads((PACKAGE / "formats" / "deliv-history-1.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    show = ("history", "show", *whose, "--format", "json", "--lang", lang)
    for more in ((), ("--history", "nothing.db")):
        Draft202012Validator(schema).validate(deliv(*show, *more).document)
    other_key = deliv(*show, env={"DELIV_KEY": "0123456789abcdef0123"}).document
    Draft202012Validator(schema).validate(other_key)


def test_a_file_for_the_report(deliv, learned, tmp_path):
    assert deliv("history", "--format", "json", "--output", "x.json").text == ""
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))["addresses"] == 2


def test_before_anything_was_learned(deliv, tmp_path):
    run = deliv("history")
    assert run.code == 0
    assert "Nothing has been learned yet." in run.text
    assert deliv("history", "--format", "json").document["first_day"] is None
    assert len(deliv("history", "export").text.splitlines()) == 1
    assert deliv("history", "forget", "taro@docomo.ne.jp").text == "Nothing was known of this address.\n"
    assert deliv("history", "prune", "--before", "2026-01-01").code == 0
    assert not data(tmp_path).exists()


def test_a_history_that_is_off_cannot_be_shown(deliv):
    run = deliv("history", "--history", "off")
    assert (run.code, run.text) == (2, "")


def test_many_domains_are_not_all_listed_but_all_counted(deliv, tmp_path):
    rows = (f"shop{number}.example,2026-11-20,sent" for number in range(30))
    deliv("learn", written(tmp_path / "x.csv", "domain,date,outcome", *rows), *DAY)
    run = deliv("history")
    assert "  and 10 more\n" in run.text
    assert "  sent: 30\n" in run.text


def test_other_keys_are_named(deliv, learned):
    run = deliv("history", env={"DELIV_KEY": "0123456789abcdef0123"})
    assert f"addresses that were learned under another key do not match: {key_of(learned)}\n" in run.text


def test_names_of_files_are_hostile_too(deliv, tmp_path):
    name = "x\x1b[2J.csv"
    try:
        deliv("learn", written(tmp_path / name, *ROWS), *DAY)
    except OSError:
        pytest.skip("no such names here")
    assert "\x1b" not in deliv("history").text


# --- export ---------------------------------------------------------------------------------------


def test_an_export_is_learned_again_by_an_empty_history(deliv, learned, tmp_path):
    run = deliv("history", "export", "--output", "export.csv")
    assert (run.code, run.text, run.stderr) == (0, "", "rows written: 4\n")
    assert (tmp_path / "export.csv").read_bytes().startswith(b"\xef\xbb\xbfaddress,domain,date,")
    again = deliv("learn", "export.csv", *DAY)
    assert "nothing new" in again.text
    deliv("learn", "export.csv", *DAY, "--history", "new.db")
    copy = deliv("history", "export", "--history", "new.db")
    assert rows_of(copy.stdout) == rows_of((tmp_path / "export.csv").read_bytes())


def test_an_export_holds_no_address_unless_the_history_does(deliv, learned, tmp_path):
    assert "taro" not in deliv("history", "export").text
    deliv("learn", "outcomes.csv", *DAY, "--plain-addresses")
    rows = rows_of(deliv("history", "export").stdout)
    assert {row["address"] for row in rows} == {"taro@docomo.ne.jp", "mei@gmail.com", ""}


def test_an_export_is_safe_in_a_spreadsheet_and_comes_back(deliv, tmp_path):
    file = written(tmp_path / "x.csv", "email,date,outcome", "=cmd@gmail.com,2026-11-20,sent")
    deliv("learn", file, *DAY, "--plain-addresses")
    deliv("history", "export", "--output", "export.csv")
    (row,) = rows_of((tmp_path / "export.csv").read_bytes())
    assert row["address"] == "'=cmd@gmail.com"
    assert "nothing new" in deliv("learn", "export.csv", *DAY).text


def test_an_export_does_not_replace_the_history(deliv, learned):
    before = learned.read_bytes()
    run = deliv("history", "export", "--output", learned)
    assert run.code == 2
    assert "is the history itself" in run.stderr
    assert learned.read_bytes() == before


# --- forget and prune -----------------------------------------------------------------------------


def test_a_person_is_forgotten(deliv, learned, tmp_path):
    from deliv.sources.historykey import address_key

    hashed = address_key(learned.parent, create=False).hash("taro@docomo.ne.jp")
    assert hashed in learned.read_bytes()
    run = deliv("history", "forget", "Taro@docomo.ne.jp")
    assert run.text == (
        "Forgotten: 2 outcomes. It is gone from the file.\n"
        "When a file that names the address is learned again, it is known again.\n"
    )
    assert hashed not in learned.read_bytes()
    assert deliv("history", "forget", "taro@docomo.ne.jp").text == "Nothing was known of this address.\n"
    assert "new: sent: 1, bounced: 1" in deliv("learn", "outcomes.csv", *DAY).text


def test_forgetting_says_when_it_cannot_be_sure(deliv, learned):
    run = deliv("history", "forget", "taro@docomo.ne.jp", env={"DELIV_KEY": "0123456789abcdef0123"})
    assert "run this once with each key in DELIV_KEY" in run.text


def test_old_outcomes_are_forgotten(deliv, learned):
    run = deliv("history", "prune", "--before", "2026-11-20")
    assert run.text == "Forgotten: 120 outcomes from before 2026-11-20.\n"
    assert "from 2026-11-20 to 2026-11-20" in deliv("history").text


def test_pruning_needs_a_day(deliv, learned):
    assert deliv("history", "prune").code == 2
    assert "is no day" in deliv("history", "prune", "--before", "yesterday").stderr


def test_there_is_no_other_command(deliv):
    run = deliv("history", "froget", "taro@docomo.ne.jp")
    assert (run.code, run.text) == (2, "")
