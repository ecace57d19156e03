"""``--output``: a file that appears whole or not at all."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deliv.formats.csv import CsvWriter
from tests.cli.commandline import environment, listed, rows_of

POSIX = pytest.mark.skipif(os.name == "nt", reason="rights and devices are those of POSIX")


@pytest.fixture
def orders(tmp_path) -> Path:
    """Return a list of one good and one dead address."""
    return listed(tmp_path / "list.csv", ["taro@docomo.ne.jp", "ken@gone.example"])


@pytest.fixture
def names(tmp_path):
    """Return a function that tells which files lie in the working folder."""
    return lambda: sorted(path.name for path in tmp_path.iterdir())


def test_the_file_appears_only_when_it_is_whole(deliv, server, tmp_path, orders, names, monkeypatch):
    during = []
    end = CsvWriter.end

    def look_around(self, summary):
        during.append(names())
        end(self, summary)

    monkeypatch.setattr(CsvWriter, "end", look_around)
    assert deliv("check", orders, "--output", "out.csv", server=server).code == 1
    ((temporary, listing),) = during
    assert listing == "list.csv"
    assert temporary.startswith(".out.csv.")
    assert temporary.endswith(".tmp")
    assert names() == ["list.csv", "out.csv"]


def test_an_existing_file_is_replaced_and_nothing_of_it_is_left(deliv, server, tmp_path, orders, names):
    (tmp_path / "out.csv").write_text("x" * 100_000)
    deliv("check", orders, "--output", "out.csv", server=server)
    assert [row["email"] for row in rows_of((tmp_path / "out.csv").read_bytes())] == [
        "taro@docomo.ne.jp",
        "ken@gone.example",
    ]
    assert names() == ["list.csv", "out.csv"]


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_replaced_file_keeps_its_rights(deliv, server, tmp_path, orders, mode):
    (tmp_path / "out.csv").touch()
    (tmp_path / "out.csv").chmod(mode)
    deliv("check", orders, "--output", "out.csv", server=server)
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == mode


@POSIX
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_a_new_file_gets_the_rights_that_new_files_get(deliv, server, tmp_path, orders, mask, mode):
    before = os.umask(mask)
    try:
        deliv("check", orders, "--output", "out.csv", server=server)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == mode


@POSIX
def test_a_symbolic_link_stays_one_and_its_target_is_replaced(deliv, server, tmp_path, orders):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "out.csv").write_text("old")
    (tmp_path / "out.csv").symlink_to(tmp_path / "real" / "out.csv")
    deliv("check", orders, "--output", "out.csv", server=server)
    assert (tmp_path / "out.csv").is_symlink()
    assert rows_of((tmp_path / "real" / "out.csv").read_bytes())


@pytest.fixture
def held_by_excel(monkeypatch):
    """Return a function after which the files with these names cannot be replaced, as on Windows."""

    def hold(*held: str) -> None:
        replace = Path.replace

        def refuse(self: Path, target: str | Path) -> Path:
            if Path(target).name in held:
                raise PermissionError(errno.EACCES, "Permission denied", str(target))
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", refuse)

    return hold


def test_a_file_that_excel_holds_open_gets_a_neighbour_and_the_message_says_so(
    deliv, server, tmp_path, orders, names, held_by_excel
):
    (tmp_path / "out.csv").write_text("open in Excel")
    held_by_excel("out.csv")
    run = deliv("check", orders, "--output", "out.csv", server=server)
    assert run.code == 1
    assert (tmp_path / "out.csv").read_text() == "open in Excel"
    assert len(rows_of((tmp_path / "out (2).csv").read_bytes())) == 2
    assert names() == ["list.csv", "out (2).csv", "out.csv"]
    assert "open in another program" in run.stderr
    assert "out (2).csv" in run.stderr


def test_the_neighbour_never_overwrites_anything(deliv, server, tmp_path, orders, held_by_excel):
    for name in ("out.csv", "out (2).csv", "out (3).csv"):
        (tmp_path / name).write_text(name)
    held_by_excel("out.csv")
    run = deliv("check", orders, "--output", "out.csv", server=server)
    assert "out (4).csv" in run.stderr
    assert [(tmp_path / name).read_text() for name in ("out.csv", "out (2).csv")] == [
        "out.csv",
        "out (2).csv",
    ]


def test_both_files_of_a_run_can_be_held_open(deliv, server, tmp_path, orders, names, held_by_excel):
    held_by_excel("out.csv", "dead.csv")
    (tmp_path / "out.csv").touch()
    (tmp_path / "dead.csv").touch()
    deliv("check", orders, "--output", "out.csv", "--do-not-mail", "dead.csv", server=server)
    assert names() == ["dead (2).csv", "dead.csv", "list.csv", "out (2).csv", "out.csv"]


def test_a_file_that_can_be_put_nowhere_is_2_and_leaves_nothing(
    deliv, server, tmp_path, orders, names, monkeypatch
):
    def refuse(self: Path, target: str | Path) -> Path:
        raise PermissionError(errno.EACCES, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    run = deliv("check", orders, "--output", "out.csv", server=server)
    assert run.code == 2
    assert run.stderr.count("\n") == 1
    assert "out.csv cannot be written (Permission denied)" in run.stderr
    assert names() == ["list.csv"]


def test_a_full_disk_is_2_and_leaves_no_temporary_file(deliv, server, orders, names, monkeypatch):
    def fail(self, assessment):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(CsvWriter, "add", fail)
    run = deliv("check", orders, "-o", "out.csv", "--do-not-mail", "dead.csv", server=server)
    assert run.code == 2
    assert "(No space left on device)" in run.stderr
    assert run.stderr.count("\n") == 1
    assert names() == ["list.csv"]


@POSIX
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_device_is_2(deliv, server, orders, names):
    run = deliv("check", orders, "-f", "csv", "-o", "/dev/full", server=server)
    assert run.code == 2
    assert "/dev/full cannot be written" in run.stderr
    assert names() == ["list.csv"]


@pytest.mark.parametrize("option", ["--output", "--do-not-mail"])
def test_a_folder_is_refused(deliv, server, tmp_path, orders, names, option):
    (tmp_path / "out.csv").mkdir()
    run = deliv("check", orders, option, "out.csv", server=server)
    assert run.code == 2
    assert "out.csv is a folder" in run.stderr
    assert names() == ["list.csv", "out.csv"]


@pytest.mark.parametrize("option", ["--output", "--do-not-mail", "--record"])
def test_a_folder_that_there_is_not_is_refused(deliv, server, orders, names, option):
    run = deliv("check", orders, option, "no/such/folder/out.csv", server=server)
    assert run.code == 2
    assert run.stderr.count("\n") == 1
    assert "folder/out.csv cannot be written" in run.stderr.replace("\\", "/")
    assert names() == ["list.csv"]


@POSIX
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("format_", ["table", "json", "csv"])
def test_a_full_standard_output_is_2(server, tmp_path, orders, format_):
    command = ["check", str(orders), "--format", format_, "--nameserver", server.address]
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [sys.executable, "-m", "deliv", *command],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            cwd=tmp_path,
            timeout=50,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "deliv: standard output cannot be written (No space left on device); nothing was written\n"
    )


@pytest.mark.parametrize("option", ["--output", "--do-not-mail", "--record"])
@pytest.mark.parametrize("spelling", ["list.csv", "./list.csv", "../{folder}/list.csv"])
def test_the_list_itself_is_never_overwritten(deliv, server, tmp_path, orders, names, option, spelling):
    before = orders.read_bytes()
    run = deliv("check", "list.csv", option, spelling.format(folder=tmp_path.name), server=server)
    assert run.code == 2
    assert run.stdout == b""
    assert "is the list itself" in run.stderr
    assert orders.read_bytes() == before
    assert names() == ["list.csv"]


@POSIX
def test_a_link_to_the_list_is_the_list(deliv, server, tmp_path, orders):
    (tmp_path / "link.csv").symlink_to(orders)
    before = orders.read_bytes()
    assert deliv("check", "list.csv", "--output", "link.csv", server=server).code == 2
    assert orders.read_bytes() == before


@pytest.mark.parametrize("other", ["--do-not-mail", "--record"])
def test_one_file_cannot_hold_two_results(deliv, server, orders, names, other):
    run = deliv("check", orders, "--output", "out.csv", other, "./out.csv", server=server)
    assert run.code == 2
    assert "out.csv cannot hold two results" in run.stderr
    assert names() == ["list.csv"]


@POSIX
def test_a_device_is_written_to_and_not_replaced(deliv, server, orders):
    run = deliv("check", orders, "--format", "csv", "--output", os.devnull, server=server)
    assert run.code == 1
    assert run.stdout == b""
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@POSIX
def test_a_named_pipe_is_written_to_and_not_replaced(process, server, tmp_path, orders):
    import threading

    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    process("check", orders, "--format", "jsonl", "--output", "pipe", server=server)
    reader.join(timeout=20)
    assert read[0].count(b"\n") == 2
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_name_in_japanese_and_with_spaces_is_a_name(process, server, tmp_path, orders):
    assert process("check", orders, "--output", "結果 11月.csv", server=server).code == 1
    assert rows_of((tmp_path / "結果 11月.csv").read_bytes())


def test_a_name_as_long_as_the_file_system_takes_is_a_name(deliv, server, tmp_path, orders):
    name = f"{'x' * 251}.csv"
    assert deliv("check", orders, "--output", name, server=server).code == 1
    assert (tmp_path / name).exists()


@pytest.mark.parametrize("name", ["cp9999", "base64"])
def test_an_encoding_that_there_is_not_is_2(deliv, server, orders, names, name):
    run = deliv("check", orders, "--output", "out.csv", "--encoding", name, server=server)
    assert run.code == 2
    assert f"there is no encoding “{name}”" in run.stderr
    assert names() == ["list.csv"]
