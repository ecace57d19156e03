"""The published table of exit codes, and what stands on the streams when nothing could be judged."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from deliv import judging
from tests.cli.commandline import SAMPLE, Run, environment, listed
from tests.nameserver import Fault, Nameserver

RISKS = {
    "low": "mei@gmail.com",
    "medium": "taro@docomo.ne.jp",
    "high": "taro..suzuki@docomo.ne.jp",
    "certain": "ken@gone.example",
}


@pytest.fixture
def healthy(tmp_path) -> Path:
    """Return a list in which nothing is wrong."""
    return listed(tmp_path / "list.csv", [RISKS["low"]])


# --- 0 and 1: the gate ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [
        (("--fail-on", "medium"), {"medium", "high", "certain"}),
        (("--fail-on", "high"), {"high", "certain"}),
        (("--fail-on", "certain"), {"certain"}),
        (("--fail-on", "never"), set()),
        ((), {"certain"}),
    ],
    ids=["medium", "high", "certain", "never", "default"],
)
@pytest.mark.parametrize("risk", RISKS)
def test_the_gate_fails_on_any_row_with_at_least_that_risk(deliv, server, tmp_path, fail_on, failing, risk):
    file = listed(tmp_path / "list.csv", [RISKS["low"], RISKS[risk]])
    run = deliv("check", file, "--format", "json", *fail_on, server=server)
    assert run.results[1]["risk"] == risk
    assert run.code == (1 if risk in failing else 0)


def test_unknown_rows_never_fail_the_gate(deliv, server, tmp_path):
    server.faults["fails.example"] = Fault(rcode="SERVFAIL")
    file = listed(tmp_path / "list.csv", ["x@fails.example"])
    assert deliv("check", file, "--fail-on", "medium", "--max-unknown", "100", server=server).code == 0


def test_the_gate_can_be_set_by_variables(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", [RISKS["medium"]])
    assert deliv("check", file, env={"DELIV_FAIL_ON": "medium"}, server=server).code == 1


@pytest.mark.parametrize("address", RISKS.values(), ids=RISKS)
def test_lookup_never_returns_1(deliv, server, address):
    assert deliv("lookup", address, server=server).code == 0


def test_a_process_returns_these_codes(process, server, tmp_path):
    file = listed(tmp_path / "list.csv", [RISKS["certain"]])
    assert process("check", file, server=server).code == 1
    assert process("check", "missing.csv", server=server).code == 2


# --- 2: nothing was judged ------------------------------------------------------------------------


def _check(folder: Path, *options: str) -> list[str]:
    """Return the command for a list that is in order."""
    return ["check", str(listed(folder / "list.csv", ["mei@gmail.com"])), *options]


def a_missing_file(folder: Path) -> list[str]:
    return ["check", "missing.csv"]


def a_folder(folder: Path) -> list[str]:
    (folder / "list.csv").mkdir()
    return ["check", "list.csv"]


def an_empty_file(folder: Path) -> list[str]:
    (folder / "list.csv").touch()
    return ["check", "list.csv"]


def only_blank_lines(folder: Path) -> list[str]:
    (folder / "list.csv").write_text("\n\n\n")
    return ["check", "list.csv"]


def no_address_column(folder: Path) -> list[str]:
    (folder / "list.csv").write_text("no,name\n1,Taro\n")
    return ["check", "list.csv"]


def no_headings(folder: Path) -> list[str]:
    (folder / "list.csv").write_text("1,taro@docomo.ne.jp\n2,mei@gmail.com\n")
    return ["check", "list.csv"]


def an_unknown_column(folder: Path) -> list[str]:
    return _check(folder, "--column", "mail")


def an_unknown_input_encoding(folder: Path) -> list[str]:
    return _check(folder, "--input-encoding", "cp9999")


def a_workbook(folder: Path) -> list[str]:
    (folder / "list.csv").write_bytes(b"PK\x03\x04" + bytes(range(256)))
    return ["check", "list.csv"]


def a_binary(folder: Path) -> list[str]:
    (folder / "list.csv").write_bytes(bytes(range(256)) * 50)
    return ["check", "list.csv"]


def a_10_mb_line(folder: Path) -> list[str]:
    (folder / "list.csv").write_text("email\nmei@gmail.com\n" + "x" * 10_000_000)
    return ["check", "list.csv"]


def a_10_mb_heading(folder: Path) -> list[str]:
    (folder / "list.csv").write_text("email," + "x" * 10_000_000 + "\nmei@gmail.com\n")
    return ["check", "list.csv"]


def a_quote_that_is_never_closed(folder: Path) -> list[str]:
    rows = "".join(f"{n},mei@gmail.com\n" for n in range(500))
    (folder / "list.csv").write_text('no,email\n1,mei@gmail.com\n"2,taro@docomo.ne.jp\n' + rows)
    return ["check", "list.csv"]


def a_quote_that_closes_in_another_row(folder: Path) -> list[str]:
    (folder / "list.csv").write_text('no,email\n"1,mei@gmail.com\n2",x,taro@docomo.ne.jp\n3,x@gmail.com\n')
    return ["check", "list.csv"]


def a_quote_in_the_headings(folder: Path) -> list[str]:
    (folder / "list.csv").write_text('no,"email\n1,mei@gmail.com\n2,mei@gmail.com\n')
    return ["check", "list.csv"]


def _with_settings(folder: Path, text: str) -> list[str]:
    (folder / "deliv.yaml").write_text(text)
    return _check(folder)


def settings_that_are_no_yaml(folder: Path) -> list[str]:
    return _with_settings(folder, "shop: {name: [}\n")


def settings_with_an_unknown_key(folder: Path) -> list[str]:
    return _with_settings(folder, "shop: {nmae: Mihon}\n")


def settings_that_are_missing(folder: Path) -> list[str]:
    return _check(folder, "--config", "missing.yaml")


def broken_rules(folder: Path) -> list[str]:
    (folder / "rules").mkdir()
    (folder / "rules" / "mine.yaml").write_text("providers:\n  - {id: x, kind: nonsense}\n")
    return _check(folder, "--rules", "rules")


def rules_that_are_missing(folder: Path) -> list[str]:
    return _check(folder, "--rules", "nowhere")


def a_name_server_by_name(folder: Path) -> list[str]:
    return _check(folder, "--nameserver", "dns.example")


def a_name_server_with_a_bad_port(folder: Path) -> list[str]:
    return _check(folder, "--nameserver", "127.0.0.1:99999")


def a_day_that_there_is_not(folder: Path) -> list[str]:
    return _check(folder, "--as-of", "2026-02-30")


def a_day_beyond_all_calendars(folder: Path) -> list[str]:
    return _check(folder, "--as-of", "9999-12-31")


def a_sender_that_is_no_address(folder: Path) -> list[str]:
    return _check(folder, "--from", "the shop")


def a_missing_recording(folder: Path) -> list[str]:
    return _check(folder, "--replay", "missing.json")


def a_broken_recording(folder: Path) -> list[str]:
    (folder / "dns.json").write_text('{"schema": "deliv-dns/1", "answers": [{"name": "x"}]}')
    return _check(folder, "--replay", "dns.json")


def a_recording_that_is_no_json(folder: Path) -> list[str]:
    (folder / "dns.json").write_text("<html>")
    return _check(folder, "--replay", "dns.json")


UNUSABLE = {
    a_missing_file: "there is no file missing.csv",
    a_folder: "list.csv is a folder",
    an_empty_file: "list.csv is empty",
    only_blank_lines: "holds no headings",
    no_address_column: "no column with mail addresses",
    no_headings: "holds an address where headings should be",
    an_unknown_column: "has no column “mail”",
    an_unknown_input_encoding: "there is no encoding “cp9999”",
    a_workbook: "cannot be read as an Excel workbook",
    a_binary: "is no text file",
    a_10_mb_line: "line 3 of list.csv is too long",
    a_10_mb_heading: "",
    a_quote_that_is_never_closed: "on line 3 seems never to be closed",
    a_quote_that_closes_in_another_row: "on line 2 seems never to be closed",
    a_quote_in_the_headings: "on line 1 seems never to be closed",
    settings_that_are_no_yaml: "deliv.yaml:1",
    settings_with_an_unknown_key: "did you mean “name”?",
    settings_that_are_missing: "missing.yaml",
    broken_rules: "mine.yaml:2",
    rules_that_are_missing: "nowhere",
    a_name_server_by_name: "“dns.example” is no name server",
    a_name_server_with_a_bad_port: "“127.0.0.1:99999” is no name server",
    a_day_that_there_is_not: "“2026-02-30” is no day",
    a_day_beyond_all_calendars: "“9999-12-31” is no day",
    a_sender_that_is_no_address: "“the shop” is no sending address",
    a_missing_recording: "the recording missing.json cannot be read",
    a_broken_recording: "answers[0]",
    a_recording_that_is_no_json: "dns.json is no recording",
}


@pytest.mark.parametrize("make", UNUSABLE, ids=lambda make: make.__name__)
def test_what_cannot_be_used_ends_with_2_and_one_sentence(deliv, tmp_path, make):
    arguments = make(tmp_path)
    before = {path.name for path in tmp_path.iterdir()}
    run = deliv(*arguments, "--output", "out.csv", "--do-not-mail", "dead.csv", "--record", "new.json")
    assert run.code == 2
    assert run.stdout == b""
    assert UNUSABLE[make] in run.stderr
    assert run.stderr.startswith("deliv: ")
    assert run.stderr.count("deliv: ") == 1
    assert run.stderr.count("nothing was checked") == 1
    assert "Traceback" not in run.stderr
    assert {path.name for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("make", UNUSABLE, ids=lambda make: make.__name__)
def test_the_same_sentence_comes_in_japanese(deliv, tmp_path, make):
    run = deliv(*make(tmp_path), "--lang", "ja")
    assert run.code == 2
    assert run.stdout == b""
    assert any("\u3040" <= character <= "\u30ff" for character in run.stderr)


def test_an_output_file_that_was_there_before_is_left_as_it_was(deliv, tmp_path):
    (tmp_path / "out.csv").write_text("precious")
    run = deliv(*a_quote_that_is_never_closed(tmp_path), "--output", "out.csv")
    assert run.code == 2
    assert (tmp_path / "out.csv").read_text() == "precious"


def test_all_faults_of_the_settings_are_shown_at_once_each_with_its_line(deliv, tmp_path):
    arguments = _with_settings(
        tmp_path,
        "shop: {timezone: Asia/Tokio}\nnetwrok: {}\nnetwork: {timeout: soon}\ncalendar: {closed: [x]}\n",
    )
    run = deliv(*arguments)
    assert run.code == 2
    assert [f"deliv.yaml:{line}: " in run.stderr for line in (1, 2, 3, 4)] == [True] * 4
    assert run.stderr.count("deliv.yaml:") == 4


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "a.csv", "b.csv"],
        ["check", "a.csv", "--no-such-option"],
        ["check", "a.csv", "--format", "html"],
        ["check", "a.csv", "--fail-on", "low"],
        ["check", "a.csv", "--max-unknown", "101"],
        ["check", "a.csv", "--max-unknown", "nan"],
        ["check", "a.csv", "--timeout", "0"],
        ["check", "a.csv", "--timeout", "inf"],
        ["check", "a.csv", "--concurrency", "many"],
        ["check", "a.csv", "--lang", "fr"],
        ["no-such-command"],
        ["lookup", "--format", "csv", "mei@gmail.com"],
        ["demo", "list.csv"],
    ],
    ids=" ".join,
)
def test_a_slip_in_the_command_is_2(deliv, arguments):
    run = deliv(*arguments)
    assert run.code == 2
    assert run.stdout == b""
    assert run.stderr
    assert "Traceback" not in run.stderr


# --- 3: too much is unknown -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 3),
        (("--max-unknown", "24"), 3),
        (("--max-unknown", "25"), 0),
        (("--max-unknown", "0"), 3),
    ],
    ids=["default", "below", "just", "none"],
)
def test_too_many_unknown_rows_are_3(deliv, server, tmp_path, options, code):
    server.faults["fails.example"] = Fault(rcode="SERVFAIL")
    file = listed(tmp_path / "list.csv", [*[RISKS["low"]] * 3, "x@fails.example"])
    assert deliv("check", file, *options, server=server).code == code


def test_without_an_unknown_row_no_limit_is_exceeded(deliv, server, healthy):
    assert deliv("check", healthy, "--max-unknown", "0", server=server).code == 0


def test_lookup_and_its_limit(deliv, server):
    server.faults["fails.example"] = Fault(rcode="SERVFAIL")
    assert deliv("lookup", "x@fails.example", server=server).code == 3
    assert deliv("lookup", "x@fails.example", "--max-unknown", "100", server=server).code == 0


@pytest.mark.parametrize("command", ["check", "lookup"])
def test_an_untrusted_resolver_is_3(deliv, server, healthy, command):
    server.deny_all = True
    subject = healthy if command == "check" else RISKS["low"]
    assert deliv(command, subject, server=server).code == 3


@pytest.mark.parametrize("command", ["check", "lookup"])
def test_a_silent_resolver_is_3(deliv, server, healthy, command):
    server.fault = Fault(silent=True)
    subject = healthy if command == "check" else RISKS["low"]
    run = deliv(command, subject, "--timeout", "0.3", server=server)
    assert run.code == 3
    assert "does not answer" in run.text + run.stderr


# --- precedence -----------------------------------------------------------------------------------


def test_3_wins_over_1(deliv, server, tmp_path):
    server.faults["fails.example"] = Fault(rcode="SERVFAIL")
    file = listed(tmp_path / "list.csv", [RISKS["certain"], "x@fails.example"])
    assert deliv("check", file, server=server).code == 3
    assert deliv("check", file, "--max-unknown", "50", server=server).code == 1


def test_an_untrusted_resolver_wins_over_the_gate(deliv, server, tmp_path):
    server.deny_all = True
    file = listed(tmp_path / "list.csv", ["no address"])
    run = deliv("check", file, "--fail-on", "medium", server=server)
    assert run.code == 1  # nothing had to be asked, so the resolver does not matter
    file = listed(tmp_path / "list.csv", ["no address", RISKS["low"]])
    assert deliv("check", file, "--fail-on", "medium", "--max-unknown", "100", server=server).code == 3


def test_2_wins_over_3_and_1(deliv, server, tmp_path):
    server.deny_all = True
    (tmp_path / "list.csv").write_text('email\nno address\nmei@gmail.com\n"never closed\n')
    assert deliv("check", "list.csv", "--fail-on", "medium", server=server).code == 2
    listed(tmp_path / "list.csv", ["no address", "mei@gmail.com"])
    assert deliv("check", "list.csv", "--output", "no/such/folder/x.csv", server=server).code == 2


# --- ended by somebody ----------------------------------------------------------------------------


def _end_by(number: int, server: Nameserver, folder: Path, *, behind: Sequence[str] = ()) -> Run:
    """Start a run that waits for a silent name server, and send it a signal as soon as it has asked."""
    server.fault = Fault(silent=True)
    listed(folder / "list.csv", ["mei@gmail.com"])
    command = ["check", "list.csv", "--output", "out.csv", "--do-not-mail", "dead.csv"]
    command += ["--record", "dns.json", "--timeout", "40", "--nameserver", server.address]
    with subprocess.Popen(
        [*behind, sys.executable, "-m", "deliv", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=folder,
    ) as child:
        deadline = time.monotonic() + 30
        while not server.questions and time.monotonic() < deadline:
            time.sleep(0.01)  # nothing tells us of a question but the list
        child.send_signal(number)
        out, err = child.communicate(timeout=20)
    assert server.questions
    return Run(child.returncode, out, err.decode())


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143)],
    ids=["SIGINT", "SIGTERM"],
)
def test_a_signal_ends_the_run_and_leaves_no_file(server, tmp_path, number, code):
    run = _end_by(number, server, tmp_path)
    assert run.code == code
    assert run.stdout == b""
    assert re.fullmatch("deliv: .*no file was written\n", run.stderr)
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_sigterm_ends_a_run_that_a_script_put_into_the_background(server, tmp_path):
    """Shells let such a run ignore Ctrl-C."""
    run = _end_by(signal.SIGTERM, server, tmp_path, behind=["sh", "-c", 'trap "" INT; exec "$@"', "sh"])
    assert run.code == 143
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX pipe")
@pytest.mark.parametrize("format_", ["table", "json", "jsonl", "csv"])
def test_a_closed_pipe_ends_in_silence(tmp_path, server, format_):
    listed(tmp_path / "list.csv", [f"k{n}@customer.example" for n in range(3000)])
    read, write = os.pipe()
    os.close(read)
    with subprocess.Popen(
        [sys.executable, "-m", "deliv", "check", "list.csv", "-f", format_, "--nameserver", server.address],
        stdout=write,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=tmp_path,
    ) as child:
        os.close(write)
        _, err = child.communicate(timeout=40)
    assert (child.returncode, err) == (141, b"")


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX pipe")
@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["demo"], 141),
        (["demo", "-f", "csv"], 141),
        (["lookup", "mei@gmail.com", "--replay", str(SAMPLE / "dns.json")], 141),
        (["--version"], 141),
        (["--help"], 1),  # as typer has it
    ],
    ids=["demo", "demo csv", "lookup", "version", "help"],
)
def test_a_closed_pipe_ends_every_command_in_silence(tmp_path, command, code):
    read, write = os.pipe()
    os.close(read)
    with subprocess.Popen(
        [sys.executable, "-m", "deliv", *command],
        stdout=write,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=tmp_path,
    ) as child:
        os.close(write)
        _, err = child.communicate(timeout=40)
    assert (child.returncode, err) == (code, b"")


# --- our own bugs ---------------------------------------------------------------------------------


@pytest.fixture
def bug(monkeypatch):
    """Break the judging of rows with a message that holds an address."""

    def break_(*args, **kwargs):
        raise KeyError("taro@docomo.ne.jp")

    monkeypatch.setattr(judging, "judge", break_)


@pytest.mark.parametrize("command", ["check", "lookup"])
def test_a_bug_ends_with_2_and_one_sentence_without_an_address(deliv, server, tmp_path, bug, command):
    subject = (
        listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"]) if command == "check" else "taro@docomo.ne.jp"
    )
    run = deliv(command, subject, server=server)
    assert run.code == 2
    assert run.stdout == b""
    assert run.stderr.count("\n") == 1
    assert "this is a bug in deliv (KeyError at test_exit_codes.py:" in run.stderr
    assert "taro" not in run.stderr


def test_a_bug_leaves_no_file(deliv, server, tmp_path, bug):
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    assert deliv("check", file, "-o", "out.csv", "--do-not-mail", "dead.csv", server=server).code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


def test_who_wants_to_see_more_of_a_bug_can(deliv, server, tmp_path, bug):
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    run = deliv("check", file, env={"DELIV_DEBUG": "1"}, server=server)
    assert run.code == 2
    assert "Traceback" in run.stderr
