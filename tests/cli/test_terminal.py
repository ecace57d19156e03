"""What is different when people look on: colours, width, progress."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commandline import SAMPLE, environment, listed
from tests.nameserver import Fault

pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals")


def on_a_terminal(folder: Path, *arguments: str, columns: int = 100, **env: str) -> tuple[str, str]:
    """Run the command on a pseudo-terminal; return what it showed on standard output and error."""
    (out, child_out), (err, child_err) = pty.openpty(), pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "deliv", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=child_out,
        stderr=child_err,
        env=environment({"TERM": "xterm-256color", "COLUMNS": str(columns)} | env),
        cwd=folder,
    ) as child:
        os.close(child_out)
        os.close(child_err)
        shown = [read_all(out), read_all(err)]
        child.wait(timeout=40)
    return shown[0], shown[1]


def read_all(end: int) -> str:
    """Read until the other side is closed, which Linux reports as an error."""
    pieces = []
    try:
        while piece := os.read(end, 65536):
            pieces.append(piece)
    except OSError:
        pass
    finally:
        os.close(end)
    return b"".join(pieces).decode().replace("\r\n", "\n")


def test_the_table_has_colours_on_a_terminal(tmp_path):
    out, _ = on_a_terminal(tmp_path, "demo", "--as-of", "2026-11-24")
    assert "\x1b[" in out


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_colours_can_be_refused(tmp_path, env):
    out, _ = on_a_terminal(tmp_path, "demo", **env)
    assert "taro.mihon@docomo.ne.jp" in out
    assert "\x1b" not in out


def test_a_wider_terminal_gets_a_wider_table(tmp_path):
    wide, _ = on_a_terminal(tmp_path, "demo", columns=140, NO_COLOR="1")
    assert max(line.count("─") for line in wide.splitlines()) == 140


def test_progress_is_shown_on_a_terminal_and_wiped_at_the_end(tmp_path, server):
    file = listed(tmp_path / "list.csv", [f"k@d{n}.example" for n in range(60)])
    command = ["check", str(file), "--nameserver", server.address]
    out, err = on_a_terminal(tmp_path, *command, "--format", "jsonl")
    assert "asking the DNS: 60 of 60 domains" in err
    wiped = err.rindex("\r" + " " * len("asking the DNS: 60 of 60 domains"))
    assert err.index("60 of 60") < wiped < err.index("Rows checked: 60")
    assert out.count("\n") == 60
    assert "asking" not in out
    _, quiet = on_a_terminal(tmp_path, *command, "--quiet")
    assert quiet == ""


def test_no_progress_where_nobody_looks_on(deliv, server, tmp_path):
    server.fault = Fault(delay=0.01)
    file = listed(tmp_path / "list.csv", [f"k@d{n}.example" for n in range(60)])
    assert "asking" not in deliv("check", file, server=server).stderr


def test_nothing_to_look_up_on_a_terminal_asks_for_an_address(tmp_path):
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "deliv", "lookup"],
        stdin=theirs,
        capture_output=True,
        env=environment(),
        cwd=tmp_path,
        timeout=40,
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 2
    assert b"name at least one address" in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp932", "utf-8"])
def test_no_character_that_a_terminal_cannot_show_ends_a_run(process, encoding):
    env = {"PYTHONIOENCODING": encoding}
    for command in (
        ["demo", "--lang", "ja"],
        ["lookup", "taro@docomo.ne.jp", "--replay", SAMPLE / "dns.json"],
    ):
        run = process(*command, env=env)
        assert run.code == 0
        assert "Traceback" not in run.stderr
