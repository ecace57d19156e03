"""``check``, ``lookup``, ``sender --list`` and ``followup`` with the shop's own history."""

import json
import sqlite3

import jsonschema
import pytest

from deliv.sources.history import History
from tests.cli.commandline import PACKAGE, SAMPLE, listed

DAY = ("--as-of", "2026-11-24")
ROWS = (
    "email,date,outcome,count,reason,permanent",
    "docomo.ne.jp,2026-11-01,sent,300,,",
    "gmail.com,2026-11-01,sent,500,,",
    "taro@docomo.ne.jp,2026-11-03,bounce,,userunknown,yes",
    "jiro@docomo.ne.jp,2026-11-04,bounce,,mailboxfull,no",
    "mei@gmail.com,2026-11-05,reply,40,,",
    "x@softbank.ne.jp,2026-11-05,bounce,,,",
)
DEAD = {"en": "came back for good on 2026-11-03", "ja": "2026年11月3日に宛先不明で戻ってきました"}
FULL = {"en": "came back on 2026-11-04", "ja": "2026年11月4日に戻ってきました"}
NO_RATE = "Bounces without a count of sent mail: no rate learned (1)"
ASSUMED = "Assumption: customers of all providers"


@pytest.fixture
def data(tmp_path):
    return tmp_path / ".data" / "deliv"


@pytest.fixture
def history(deliv, tmp_path, data):
    """Return the path of a history in the user's data folder."""
    (tmp_path / "outcomes.csv").write_text("".join(f"{row}\n" for row in ROWS), encoding="utf-8")
    assert deliv("learn", "outcomes.csv", *DAY).code == 0
    return data / "history.sqlite3"


@pytest.fixture
def customers(tmp_path):
    return listed(tmp_path / "list.csv", ["taro@docomo.ne.jp", "jiro@docomo.ne.jp", "new@docomo.ne.jp"])


@pytest.fixture
def orders(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(
        "注文番号,注文日,メールアドレス,電話番号\n"
        "A1,2026-11-24,taro@docomo.ne.jp,090-1234-5678\n"
        "A2,2026-11-24,new@docomo.ne.jp,090-1234-5679\n",
        encoding="utf-8",
    )
    return path


def valid(document, name):
    schema = json.loads((PACKAGE / "formats" / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.validate(document, schema)
    return document


def observations(run):
    return [row["placement"]["observations"] for row in run.results]


# --- which history -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [["check", "list.csv"], ["lookup", "new@docomo.ne.jp"]], ids=" ".join)
def test_the_history_in_the_data_folder_is_read_unless_it_is_off(deliv, server, history, customers, command):
    def seen(*more, **env):
        return observations(deliv(*command, "--format", "json", *DAY, *more, server=server, env=env))[-1]

    content = history.read_bytes()
    assert seen() == 300
    assert seen("--history", "off") == seen(DELIV_HISTORY="off") == 0
    assert seen("--history", str(history)) == seen("--history", str(history), DELIV_HISTORY="off") == 300
    assert history.read_bytes() == content


def test_the_settings_name_a_history(deliv, server, history, tmp_path):
    history.rename(tmp_path / "mine.sqlite3")
    (tmp_path / "deliv.yaml").write_text("history: {path: mine.sqlite3}\n", encoding="utf-8")
    run = deliv("lookup", "new@docomo.ne.jp", "--format", "json", *DAY, server=server)

    assert observations(run) == [300]


@pytest.mark.parametrize(
    "command",
    [
        ["check", "list.csv"],
        ["lookup", "new@docomo.ne.jp"],
        ["followup", "orders.csv"],
        ["sender", "shop.example", "--list", "list.csv", "--fail-on", "never"],
    ],
    ids=lambda command: command[0],
)
def test_without_a_history_nothing_is_made_or_said(deliv, server, data, customers, orders, command):
    run = deliv(*command, *DAY, "--lang", "en", server=server)

    assert run.code == 0
    assert "istory" not in run.text + run.stderr
    assert not data.exists()


def test_a_file_that_is_named_and_missing_is_no_error_but_is_said(deliv, server, tmp_path):
    run = deliv("lookup", "new@docomo.ne.jp", *DAY, "--history", "gone.sqlite3", server=server)

    assert run.code == 0
    assert "there is no history at gone.sqlite3 yet" in run.stderr
    assert not (tmp_path / "gone.sqlite3").exists()


def test_a_replay_reads_only_a_history_that_the_command_line_names(deliv, history):
    def seen(*more, **env):
        run = deliv(
            *("lookup", "new@docomo.ne.jp", "--format", "json", *DAY, "--replay", SAMPLE / "dns.json"),
            *more,
            env=env,
        )
        return observations(run)

    assert seen() == seen(DELIV_HISTORY=str(history)) == [0]
    assert seen("--history", str(history)) == [300]
    assert seen("--history", str(history), DELIV_HISTORY=str(history)) == [300]


def test_the_demo_knows_no_history(deliv, history):
    before = deliv("demo", "--format", "json", *DAY, env={"XDG_DATA_HOME": "/nowhere"})
    after = deliv("demo", "--format", "json", *DAY)

    assert after.document["results"] == before.document["results"]
    assert "history" not in after.document


@pytest.mark.parametrize(
    "command",
    [
        ["check", "list.csv"],
        ["lookup", "new@docomo.ne.jp"],
        ["followup", "orders.csv"],
        ["sender", "shop.example", "--list", "list.csv"],
    ],
    ids=lambda command: command[0],
)
def test_a_history_that_cannot_be_read_ends_the_run(deliv, server, history, customers, orders, command):
    def refused(words):
        run = deliv(*command, *DAY, "--lang", "en", server=server)
        assert (run.code, run.text) == (2, "")
        assert words in run.stderr
        assert len(run.stderr.splitlines()) == 1

    db = sqlite3.connect(history)
    db.execute("PRAGMA user_version = 99")
    db.close()
    refused("was written by a newer deliv")
    history.write_bytes(b"something else" * 999)
    refused("is no history of deliv")


def test_a_history_that_is_locked_ends_the_run(deliv, server, history, monkeypatch):
    monkeypatch.setitem(History.__init__.__kwdefaults__, "patience", 0.05)
    writer = sqlite3.connect(history, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    try:
        run = deliv("lookup", "new@docomo.ne.jp", *DAY, server=server)
    finally:
        writer.close()

    assert (run.code, run.text) == (2, "")
    assert "another program is using the history" in run.stderr


def test_under_another_key_addresses_do_not_match_but_domains_count(deliv, server, history, customers):
    run = deliv(
        "check", customers, "--format", "json", *DAY, server=server, env={"DELIV_KEY": "another key of mine"}
    )

    assert observations(run) == [300] * 3
    assert all("past_bounce" not in row for row in run.results)
    assert run.stderr.count("under another key") == 1
    quiet = deliv("check", customers, "-q", *DAY, server=server, env={"DELIV_KEY": "another key of mine"})
    assert quiet.stderr == ""


def test_a_lost_key_is_another_key_and_none_is_made(deliv, server, history, data):
    (data / "history.key").unlink()
    run = deliv("lookup", "taro@docomo.ne.jp", "--format", "json", *DAY, server=server)

    assert observations(run) == [300]
    assert "under another key" in run.stderr
    assert not (data / "history.key").exists()


# --- what is seen ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("form", ["page", "json"])
def test_a_mail_that_came_back_is_named_with_its_day(deliv, server, history, lang, form):
    addresses = ["taro@docomo.ne.jp", "jiro@docomo.ne.jp"]
    run = deliv("lookup", *addresses, "--format", form, "--lang", lang, *DAY, server=server)

    assert DEAD[lang] in run.text
    assert FULL[lang] in run.text


@pytest.mark.parametrize(("lang", "width"), [("en", 60), ("en", 300), ("ja", 60), ("ja", 300)])
def test_the_table_says_it_however_narrow(deliv, server, history, customers, lang, width):
    run = deliv("check", customers, "--lang", lang, *DAY, server=server, env={"COLUMNS": str(width)})
    column = "".join(line[-(width // 2) :].strip() for line in run.text.splitlines())

    assert max(map(len, run.text.splitlines()[3:12])) <= max(width, 80)
    assert ("2026-11-03" if lang == "en" else "3日") in column


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_csv_says_it_too(deliv, server, history, customers, lang):
    dead, full, new = deliv("check", customers, "-f", "csv", "--lang", lang, *DAY, server=server).rows

    assert DEAD[lang] in dead["deliv_advice"]
    assert FULL[lang] in full["deliv_advice"]
    assert dead["deliv_risk"] == "certain"
    assert dead["deliv_reasons"].split()[-1] == full["deliv_reasons"].split()[-1] == "past_bounce"
    assert "past_bounce" not in new["deliv_reasons"]
    assert all(("300 outcomes" if lang == "en" else "実績300件") in row["deliv_inbox"] for row in (full, new))


def test_json_has_it_for_machines(deliv, server, history, customers):
    run = deliv("check", customers, "-f", "json", *DAY, server=server)
    dead, full, new = valid(run.document, "deliv-1")["results"]

    assert dead["past_bounce"] == {
        "day": "2026-11-03",
        "for_good": True,
        "message": "A mail to this address came back for good on 2026-11-03.",
    }
    assert full["past_bounce"]["for_good"] is False
    assert "past_bounce" not in new
    assert (dead["result"], dead["placement"]["basis"]) == ("undeliverable", "history")
    assert run.document["history"] == {
        "mails": 800,
        "bounced": 2,
        "test_mails": 0,
        "bounces_without_count": 1,
    }


@pytest.mark.parametrize("form", ["page", "table"])
def test_people_are_told_what_the_history_teaches_and_on_what_it_rests(deliv, server, history, form):
    text = deliv("lookup", "new@gmail.com", "--format", form, "--lang", "en", *DAY, server=server).text

    for words in ("Your own history: 800 mails sent", NO_RATE, ASSUMED, "500 outcomes"):
        assert words in text


def test_beside_csv_it_is_said_on_standard_error(deliv, server, history, customers):
    run = deliv("check", customers, "-f", "csv", *DAY, server=server)

    assert "800" in run.stderr
    assert deliv("check", customers, "-f", "csv", "-q", *DAY, server=server).stderr == ""


def test_a_bounce_without_a_count_moves_its_own_address_and_no_other(deliv, server, history):
    with_it, off = (
        deliv(
            *("lookup", "x@softbank.ne.jp", "y@softbank.ne.jp", "--format", "json", *DAY),
            *more,
            server=server,
        ).results
        for more in ((), ("--history", "off"))
    )

    assert with_it[0]["placement"]["inbox"] < off[0]["placement"]["inbox"]
    assert with_it[1]["placement"]["observations"] == 0


def test_without_outcomes_the_interval_is_wide_and_the_word_estimate_stands_there(deliv, server):
    (row,) = deliv("lookup", "new@docomo.ne.jp", "--format", "json", *DAY, server=server).results
    text = deliv("lookup", "new@docomo.ne.jp", "--lang", "ja", *DAY, server=server).text

    assert row["placement"]["basis"] == "estimate"
    assert row["placement"]["inbox_high"] - row["placement"]["inbox_low"] > 0.4
    assert "推定" in text


def test_the_sum_of_the_explanation_is_the_figure(deliv, server, history):
    run = deliv("lookup", "new@docomo.ne.jp", "--explain", "--format", "json", *DAY, server=server)
    (row,) = valid(run.document, "deliv-1")["results"]
    why, names = row["explanation"], ("refused", "taken", "inbox", "elsewhere", "junk", "lost")
    total = {
        name: why["start"][name] + sum(level["added"][name] for level in why["levels"]) for name in names
    }

    assert total == pytest.approx(why["total"], abs=1e-5)
    inbox = total["taken"] / (total["refused"] + total["taken"])
    inbox *= total["inbox"] / (total["inbox"] + total["elsewhere"])
    assert inbox == pytest.approx(row["placement"]["inbox"], abs=1e-4)


def test_the_dead_are_on_the_list_not_to_mail(deliv, server, history, customers, tmp_path):
    deliv("check", customers, "--do-not-mail", "stop.csv", *DAY, server=server)

    assert "taro@docomo.ne.jp" in (tmp_path / "stop.csv").read_text("utf-8")
    assert "jiro@docomo.ne.jp" not in (tmp_path / "stop.csv").read_text("utf-8")


# --- the list of the day, and the shop's side --------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_dead_address_gets_the_ladder_for_dead_addresses(deliv, server, history, orders, lang):
    args = ("followup", orders, "--lang", lang, *DAY)
    found = deliv(*args, "--format", "json", server=server).document
    dead, alive = sorted(valid(found, "deliv-followup-1")["orders"], key=lambda each: each["rows"])

    assert (dead["do"], dead["risk"]) == ("phone", "certain")
    assert dead["do_on"] == "2026-11-24"
    assert DEAD[lang] in dead["past_bounce"]["message"]
    assert "past_bounce" not in alive
    assert alive["risk"] != "certain"
    assert found["history"]["mails"] == 800
    (row, _) = deliv(*args, "--format", "csv", server=server).rows
    assert any(DEAD[lang] in cell for cell in row.values())
    table = deliv(*args, server=server)
    assert "2026-11-03" in table.text or "2026年11月3日" in table.text
    assert "800" in table.text


def test_the_shops_side_is_weighed_with_the_history(deliv, server, history, customers):
    args = ("sender", "shop.example", "--list", customers, "--fail-on", "never", *DAY)
    plain = deliv(*args, "--history", "off", "--format", "json", server=server).document
    weighed = valid(deliv(*args, "--format", "json", server=server).document, "deliv-sender-1")
    page = deliv(*args, "--lang", "en", server=server).text

    assert weighed["customers"]["seen"] < plain["customers"]["seen"] - 0.5
    assert weighed["customers"]["history"]["mails"] == 800
    assert "history" not in plain["customers"]
    for words in ("Your own history: 800 mails sent", NO_RATE, ASSUMED):
        assert words in page


def test_the_shops_side_is_the_sum_over_the_list(deliv, server, history, customers):
    of_list = deliv(
        "check", customers, "--from", "order@shop.example", "-f", "json", *DAY, server=server
    ).results
    weighed = deliv(
        *("sender", "order@shop.example", "--list", customers, "--format", "json", *DAY), server=server
    ).document

    expected = sum(row["placement"]["inbox"] for row in of_list)
    assert weighed["customers"]["seen"] == pytest.approx(expected, abs=0.01)
