"""``deliv history backtest``: what it says, what it writes, and a shop whose truth it has to find."""

import csv
import io
import json
import random
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from tests.cli.commandline import PACKAGE
from tests.cli.test_learn import data
from tests.simulation import Truth, count

SCHEMA = json.loads((PACKAGE / "formats" / "deliv-backtest-1.schema.json").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 22)
DAY = ("--as-of", TODAY.isoformat())
TRUTHS = (
    Truth(id="docomo.ne.jp", refused=0.09, inbox=0.55, junk=0.8),
    Truth(id="ezweb.ne.jp", refused=0.002, inbox=0.95, junk=0.5),
    Truth(id="softbank.ne.jp", refused=0.25, inbox=0.80, junk=0.5),
    Truth(id="gmail.com", refused=0.01, inbox=0.72, junk=0.9),
    Truth(id="yahoo.co.jp", refused=0.15, inbox=0.90, junk=0.9),
    Truth(id="icloud.com", refused=0.001, inbox=0.60, junk=0.9),
)
"""Six providers of which next to nothing is as the rule book believes."""
ZONE = {
    name: {"MX": [f"10 mx.{name}."]}
    for name in ("softbank.ne.jp", "ezweb.ne.jp", "yahoo.co.jp", "icloud.com")
} | {
    f"mx.{name}": {"A": ["198.51.100.7"]}
    for name in ("softbank.ne.jp", "ezweb.ne.jp", "yahoo.co.jp", "icloud.com")
}


def year(seed: int, mails: int = 1600, tests: int = 104) -> bytes:
    """Return a year of outcomes at all of them, week by week, as a shop keeps it in Excel."""
    dice = random.Random(seed)
    file = io.StringIO(newline="")
    rows = csv.writer(file, lineterminator="\r\n")
    rows.writerow(["ドメイン", "日付", "結果", "件数"])
    for week in range(52):
        day = TODAY - timedelta(days=7 * (52 - week))
        for truth in TRUTHS:
            sent = mails * (week + 1) // 52 - mails * week // 52
            seeds = tests * (week + 1) // 52 - tests * week // 52
            bounced = count(sent, truth.refused, dice)
            answered = count(count(sent - bounced, truth.inbox, dice), 0.06, dice)
            inbox = count(seeds, truth.inbox, dice)
            junk = count(seeds - inbox, truth.junk, dice)
            numbers = {
                "送信": sent,
                "不達": bounced,
                "返信": answered,
                "テスト受信箱": inbox,
                "テスト迷惑メール": junk,
                "テスト未着": seeds - inbox - junk,
            }
            for word, number in numbers.items():
                if number:
                    rows.writerow([truth.id, f"{day:%Y/%m/%d}", word, number])
    return file.getvalue().encode("cp932")


@pytest.fixture
def learned(deliv, tmp_path) -> Path:
    """Return the history of a shop with a year of outcomes."""
    (tmp_path / "実績.csv").write_bytes(year(1))
    assert deliv("learn", "実績.csv", *DAY).code == 0
    return data(tmp_path) / "history.sqlite3"


def learn(deliv, tmp_path, *rows):
    (tmp_path / "x.csv").write_text("\n".join(["domain,date,outcome,count", *rows, ""]), encoding="utf-8")
    assert deliv("learn", "x.csv", *DAY).code == 0


def document(run):
    Draft202012Validator(SCHEMA).validate(run.document)
    return run.document


def event_of(run, name="refused"):
    return next(each for each in document(run)["events"] if each["event"] == name)


# --- a shop with a year of mail, and one without any ------------------------------------------------


def test_a_years_figures_are_confirmed_by_the_shops_own_later_bounces(deliv, learned):
    run = deliv("history", "backtest", "--format", "json")
    refused = event_of(run)

    assert run.code == 0
    assert {each["verdict"] for each in refused["gains"].values()} == {"better"}
    model = refused["scores"]["model"]
    for baseline in ("global_rate", "rule_book"):
        for score in ("brier", "log_loss"):
            assert model[score]["value"] < refused["scores"][baseline][score]["value"]
    assert model["calibration_error"]["value"] < 0.02
    assert event_of(run, "inbox")["gains"]["rule_book"]["verdict"] == "better"


def placements(run):
    return [row["placement"] for row in run.results]


def looked_up(deliv, server, *more):
    server.zone |= ZONE
    addresses = [f"taro@{truth.domain.removesuffix('.example')}" for truth in TRUTHS]
    return deliv("lookup", *addresses, "--format", "json", *DAY, *more, server=server)


def test_its_intervals_hold_the_truths(deliv, server, learned):
    found = placements(looked_up(deliv, server))
    hits = [p["inbox_low"] <= t.seen <= p["inbox_high"] for p, t in zip(found, TRUTHS, strict=True)]

    assert sum(hits) >= 5
    assert {each["basis"] for each in found} == {"history"}
    assert all(each["inbox_high"] - each["inbox_low"] < 0.2 for each in found)


def test_without_a_history_there_are_estimates_and_wide_intervals(deliv, server):
    run = looked_up(deliv, server)
    found = placements(run)

    assert "history" not in {each["basis"] for each in found}
    carriers = found[:3]
    assert {each["basis"] for each in carriers} == {"estimate"}
    assert all(each["inbox_high"] - each["inbox_low"] > 0.4 for each in carriers)
    assert deliv("history", "backtest").code == 2


@pytest.mark.full
@pytest.mark.parametrize("seed", range(2, 12))
def test_other_shops_fare_likewise(deliv, tmp_path, seed):
    (tmp_path / "x.csv").write_bytes(year(seed))
    deliv("learn", "x.csv", *DAY)
    refused = event_of(deliv("history", "backtest", "--format", "json"))

    assert {each["verdict"] for each in refused["gains"].values()} == {"better"}


# --- what it says ---------------------------------------------------------------------------------


def test_the_page_begins_with_a_sentence(deliv, learned):
    run = deliv("history", "backtest")

    assert (run.code, run.stderr) == (0, "")
    assert run.text.startswith(
        f"How well your history foresees: {learned}\n"
        "  from 2025-11-23 to 2026-11-15; everything since 2026-05-20 was predicted from what came before "
        "it\n"
        "\n"
        "Bounces\n"
        "  The figures foresaw your later bounces better than one rate for all, and better than the rule "
        "book alone.\n"
    )
    for words in ("Brier score", "log loss", "calibration error", "one rate for all", "happened"):
        assert words in run.text
    assert (
        "Test mails: inbox\n  The figures foresaw which of your later test mails were in the inbox"
        in run.text
    )


def test_in_japanese(deliv, learned):
    text = deliv("history", "backtest", "--lang", "ja").text
    assert (
        "戻りメール\n  実績を使った数字は、その後の戻りメールを、全員一律の割合よりよく、"
        "ルールブックだけの数字よりよく言い当てました。\n"
    ) in text
    assert "テストメール: 受信箱\n" in text
    assert "happened" not in text


def test_two_runs_agree(deliv, learned):
    assert deliv("history", "backtest").text == deliv("history", "backtest").text


def test_it_only_looks(deliv, learned):
    before = learned.read_bytes()
    deliv("history", "backtest")
    assert learned.read_bytes() == before


def test_the_split_is_where_it_is_asked_for(deliv, learned):
    found = document(deliv("history", "backtest", "--split", "2026-08-01", "--format", "json"))
    assert (found["split"], found["months"]) == ("2026-08-01", 4)
    assert found["events"][0]["earlier_mails"] > found["events"][0]["mails"]


@pytest.mark.parametrize("day", ["2025-11-23", "2026-11-16", "1999-01-01", "9999-12-31"])
def test_a_split_that_leaves_nothing(deliv, learned, day):
    run = deliv("history", "backtest", "--split", day)
    assert (run.code, run.text) == (2, "")
    assert day in run.stderr
    if day != "9999-12-31":
        assert "the history reaches from 2025-11-23 to 2026-11-15" in run.stderr


def test_what_is_no_day(deliv, learned):
    run = deliv("history", "backtest", "--split", "spring")
    assert (run.code, run.text) == (2, "")
    assert "“spring” is no day" in run.stderr


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (["gmail.com,2026-11-01,bounce,500"], "no count of sent mail, so there is no rate to predict"),
        (["gmail.com,2026-01-01,sent,80", "gmail.com,2026-11-01,sent,800"], "80 of 100 mails needed before"),
        (["gmail.com,2026-01-01,sent,800", "gmail.com,2026-11-01,sent,80"], "80 of 100 mails needed since"),
        (
            [
                "gmail.com,2026-01-01,sent,800",
                "gmail.com,2026-11-01,sent,800",
                "gmail.com,2026-11-01,bounce,4",
            ],
            "of 800 mails it happened to 4; of either sort it takes 5",
        ),
        (
            [
                "gmail.com,2026-01-01,sent,800",
                "gmail.com,2026-11-01,sent,800",
                "gmail.com,2026-11-01,bounce,40",
            ],
            "1 of 5 months (counted at each provider) needed since 2026-06-02",
        ),
    ],
    ids=["no-sent", "earlier", "later", "events", "units"],
)
def test_too_little_is_said_to_be_too_little(deliv, tmp_path, rows, sentence):
    learn(deliv, tmp_path, *rows)
    run = deliv("history", "backtest")

    assert run.code == 3
    assert f"Bounces\n  Not enough data: {sentence}" in run.text
    assert "Test mails: inbox\n  Not enough data: no test mail is known.\n" in run.text
    assert ("deliv learn --as sent" in run.text) is ("no count" in sentence)
    assert "Brier" not in run.text
    found = document(deliv("history", "backtest", "--format", "json"))
    assert not found["enough"]
    assert found["events"][0]["lack"]["have"] < found["events"][0]["lack"]["need"]


def test_an_empty_history_is_too_little(deliv, learned):
    deliv("history", "prune", "--before", "2030-01-01")
    run = deliv("history", "backtest")
    assert run.code == 3
    assert "Nothing has been learned yet." in run.text
    found = document(deliv("history", "backtest", "--format", "json", "--split", "2026-01-01"))
    assert (found["split"], found["first_day"]) == (None, None)


def test_no_history_at_all(deliv, tmp_path):
    run = deliv("history", "backtest")
    assert (run.code, run.text) == (2, "")
    assert "there is no history at" in run.stderr
    assert "“deliv learn” makes one; nothing was predicted" in run.stderr
    assert not data(tmp_path).exists()


def test_a_history_that_is_off(deliv, learned):
    run = deliv("history", "backtest", "--history", "off")
    assert (run.code, run.text) == (2, "")
    assert "the history is switched off" in run.stderr


def test_the_history_that_was_named(deliv, learned, tmp_path):
    learned.rename(tmp_path / "other.db")
    assert deliv("history", "backtest", "--history", "other.db").code == 0
    (tmp_path / "deliv.yaml").write_text("history: {path: other.db}\n", encoding="utf-8")
    run = deliv("history", "backtest", "--format", "json")
    assert document(run)["path"].endswith("other.db")


def test_the_half_life_of_the_shop_counts(deliv, learned, tmp_path):
    usual = event_of(deliv("history", "backtest", "--format", "json"))["scores"]
    (tmp_path / "deliv.yaml").write_text("history: {half_life_days: 3}\n", encoding="utf-8")
    short = event_of(deliv("history", "backtest", "--format", "json"))["scores"]
    assert short["model"] != usual["model"]
    assert short["rule_book"] == usual["rule_book"]
    assert short["global_rate"] == usual["global_rate"]


# --- what it writes -------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_json_is_that_of_the_schema(deliv, learned, lang):
    Draft202012Validator.check_schema(SCHEMA)
    found = document(deliv("history", "backtest", "--format", "json", "--lang", lang))
    assert found["lang"] == lang
    assert [each["event"] for each in found["events"]] == ["refused", "inbox", "junk", "missing"]
    for each in found["events"]:
        assert sum(bin_["mails"] for bin_ in each["bins"]) == pytest.approx(each["mails"], abs=5)


def test_files_for_the_report_and_the_diagram(deliv, learned, tmp_path):
    run = deliv(
        "history", "backtest", "--format", "json", "--output", "x.json", "--svg", "図.svg", "--lang", "ja"
    )
    assert (run.code, run.text, run.stderr) == (0, "", "")
    enough = [
        each
        for each in json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))["events"]
        if each["lack"] is None
    ]
    root = ET.fromstring((tmp_path / "図.svg").read_bytes())
    dots = root.findall(".//{http://www.w3.org/2000/svg}circle")
    assert len(dots) == sum(len(each["bins"]) for each in enough)
    assert "戻りメール" in (tmp_path / "図.svg").read_text(encoding="utf-8")


def test_no_diagram_is_drawn_of_too_little(deliv, tmp_path):
    learn(deliv, tmp_path, "gmail.com,2026-01-01,sent,80")
    run = deliv("history", "backtest", "--svg", "x.svg")
    assert run.code == 3
    assert run.stderr == "deliv: there is not enough data to draw; x.svg was not written\n"
    assert not (tmp_path / "x.svg").exists()


@pytest.mark.parametrize("option", ["--output", "--svg"])
def test_nothing_replaces_the_history(deliv, learned, option):
    before = learned.read_bytes()
    run = deliv("history", "backtest", option, learned)
    assert (run.code, run.text) == (2, "")
    assert "is the history itself" in run.stderr
    assert learned.read_bytes() == before


def test_two_results_do_not_fit_into_one_file(deliv, learned, tmp_path):
    run = deliv("history", "backtest", "--output", "x", "--svg", "x")
    assert run.code == 2
    assert not (tmp_path / "x").exists()


def test_a_diagram_that_cannot_be_written(deliv, learned):
    run = deliv("history", "backtest", "--svg", "nowhere/x.svg")
    assert (run.code, run.text) == (2, "")
    assert "cannot be written" in run.stderr


def test_the_name_of_the_history_is_hostile_too(deliv, learned, tmp_path):
    name = "x\x1b[2J.db"
    try:
        learned.rename(tmp_path / name)
    except OSError:
        pytest.skip("no such names here")
    assert "\x1b" not in deliv("history", "backtest", "--history", name, "--svg", "x.svg").text
