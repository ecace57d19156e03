"""What all tests share: the command line under test, and when the heavier proofs run.

`process` runs the real command in a process of its own; `deliv` runs it within this one, ten times as
fast, where a process is not the point. Both take ``deliv("check", "orders.csv", server=server)``, run in
an empty folder with an environment that holds nothing of the developer's, and return a `Run`.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deliv.cli import run as run_command
from tests.cli.commandline import ZONE, Run, arguments, environment
from tests.nameserver import Nameserver

Runner = Callable[..., Run]


def pytest_configure() -> None:
    """Let nothing be kept in the developer's own cache; workers inherit the folder."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="deliv-cache-")


def pytest_unconfigure() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(os.environ["XDG_CACHE_HOME"], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("DELIV_TEST_FULL"):
        return
    skip = pytest.mark.skip(reason="a heavier proof; DELIV_TEST_FULL=1 runs it")
    for item in items:
        if item.get_closest_marker("full"):
            item.add_marker(skip)


@pytest.fixture
def server() -> Iterator[Nameserver]:
    """Return a name server that knows the domains of `ZONE`; a test may change its zone and its faults."""
    with Nameserver(ZONE) as nameserver:
        yield nameserver


def kept_in(folder: Path) -> dict[str, str]:
    """Return the variable by which a run keeps its history and its key below the folder of its test."""
    return {"XDG_DATA_HOME": str(folder / ".data")}


@pytest.fixture
def process(tmp_path: Path) -> Runner:
    """Return a function that runs the command in a process of its own."""

    def run(
        *args: str | Path,
        input: bytes = b"",  # noqa: A002 - as in subprocess.run
        env: dict[str, str] | None = None,
        server: Nameserver | None = None,
    ) -> Run:
        done = subprocess.run(
            [sys.executable, "-m", "deliv", *arguments(args, server)],
            input=input,
            capture_output=True,
            env=environment(kept_in(tmp_path) | (env or {})),
            cwd=tmp_path,
            timeout=50,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr.decode())

    return run


@pytest.fixture
def deliv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture) -> Runner:
    """Return a function that runs the command within this process."""

    def run(
        *args: str | Path,
        input: bytes = b"",  # noqa: A002 - as in subprocess.run
        env: dict[str, str] | None = None,
        server: Nameserver | None = None,
    ) -> Run:
        with monkeypatch.context() as patch:
            patch.setattr(os, "environ", environment(kept_in(tmp_path) | (env or {})))
            patch.chdir(tmp_path)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(input), encoding="utf-8"))
            capfdbinary.readouterr()
            code = run_command(arguments(args, server))
            out, err = capfdbinary.readouterr()
        return Run(code, out, err.decode())

    return run
