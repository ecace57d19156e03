"""What is asked for often starts fast: libraries are imported only where they are needed."""

import subprocess
import sys
from pathlib import Path

import pytest

import deliv

SLOW = (
    *("asyncio", "dkim", "dns", "email", "email_validator", "holidays", "html", "icalendar", "nacl"),
    *("phonenumbers", "rich", "sqlite3", "typer", "yaml"),
    *("deliv.formats.senderpage", "deliv.sources.message"),
)


def loaded(code: str, *arguments: str) -> set[str]:
    """Return which of the slow modules are loaded after this code ran in a fresh process."""
    probe = f"{code}\nimport sys\nprint('LOADED', *(name for name in {SLOW} if name in sys.modules))\n"
    done = subprocess.run(
        [sys.executable, "-c", probe, *arguments],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(Path(deliv.__file__).parent.parent), "LANG": "C.UTF-8", "PYTHONUTF8": "1"},
        timeout=50,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


MAIN = """
import sys
from deliv.__main__ import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
"""


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_needs_no_library_at_all(option):
    assert loaded(MAIN, option) == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["-h"],
        *(
            [name, "--help"]
            for name in ("check", "lookup", "followup", "sender", "learn", "history", "demo", "rules")
        ),
        ["rules", "show", "--help"],
        ["history", "forget", "--help"],
    ],
    ids=" ".join,
)
def test_help_needs_no_library_but_typer(arguments):
    assert loaded(MAIN, *arguments) == {"typer"}


def test_importing_deliv_needs_no_library_at_all():
    assert loaded("import deliv") == set()
    assert loaded("import deliv; deliv.__all__; dir(deliv); deliv.__version__") == set()


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("parse_address", set()),
        ("mend_address", set()),
        ("parse_spf", set()),
        ("parse_dmarc", set()),
        ("parse_dkim_key", set()),
        ("discover_dmarc", {"asyncio"}),
        ("evaluate_dmarc", {"asyncio"}),
        ("SenderReport", set()),
        ("assess", set()),
        ("classify", set()),
        ("load_rules", {"yaml"}),
        ("write", set()),
        ("read_orders", set()),
        ("read_contacts", set()),
        ("follow_up", {"asyncio"}),
    ],
)
def test_a_public_name_brings_no_more_than_it_needs(name, needed):
    assert loaded(f"import deliv; deliv.{name}") == needed


def test_an_ordinary_address_needs_no_library():
    assert loaded("import deliv; deliv.parse_address('taro@docomo.ne.jp')") == set()


def test_a_lookup_from_a_recording_needs_neither_dns_nor_rich():
    sample = Path(deliv.__file__).parent / "sample" / "dns.json"
    arguments = ["lookup", "taro@docomo.ne.jp", "--replay", str(sample)]
    assert loaded(MAIN, *arguments) == {"asyncio", "typer", "yaml"}


def test_a_sender_without_a_mail_needs_nothing_that_reads_mail():
    arguments = ["sender", "shop.example", "--format", "json", "--fail-on", "never", "--max-unknown", "100"]
    sample = Path(deliv.__file__).parent / "sample" / "dns.json"
    found = loaded(MAIN, *arguments, "--replay", str(sample))
    assert found.isdisjoint({"dkim", "dns", "email", "nacl", "rich", "deliv.formats.senderpage"})
