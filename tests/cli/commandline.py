"""What the tests of the command line share: what a run left behind, lists to check, and a zone."""

import csv
import io
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import deliv
from tests.nameserver import CANARIES, Nameserver

PACKAGE = Path(deliv.__file__).parent
SAMPLE = PACKAGE / "sample"
OURS = (
    *("deliv_result", "deliv_risk", "deliv_reasons", "deliv_provider", "deliv_did_you_mean"),
    *("deliv_inbox", "deliv_action", "deliv_due", "deliv_advice"),
)

ZONE = CANARIES | {
    "ezweb.ne.jp": {"MX": ["10 lsean.ezweb.ne.jp."]},
    "lsean.ezweb.ne.jp": {"A": ["198.51.100.20"]},
    "softbank.ne.jp": {"MX": ["10 mx.softbank.ne.jp."]},
    "mx.softbank.ne.jp": {"A": ["198.51.100.21"]},
    "customer.example": {"MX": ["10 mx.customer.example."]},
    "mx.customer.example": {"A": ["198.51.100.22"]},
    "takes-no-mail.example": {"MX": ["0 ."]},
    "shop.example": {"MX": ["10 mx.shop.example."], "TXT": ["v=spf1 ip4:198.51.100.30 -all"]},
    "mx.shop.example": {"A": ["198.51.100.31"]},
    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject"]},
}
"""docomo.ne.jp, gmail.com and the other canaries, one more carrier or two, a customer's own domain,
one that takes no mail, and the shop; gone.example is not in it."""


@dataclass(frozen=True)
class Run:
    """What a command left behind."""

    code: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        return self.stdout.decode()

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.stdout)

    @property
    def results(self) -> list[dict[str, Any]]:
        return self.document["results"]

    @property
    def rows(self) -> list[dict[str, str]]:
        """The lines of a CSV report."""
        return rows_of(self.stdout)


def rows_of(content: bytes, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    """Return the lines of a CSV file by heading."""
    return list(csv.DictReader(io.StringIO(content.decode(encoding), newline="")))


def environment(more: dict[str, str] | None = None) -> dict[str, str]:
    """Return an environment that holds nothing of the developer's.

    Whoever forgets to name a name server asks a port at which nobody answers, and so does not reach
    the outside. An empty DELIV_NAMESERVER counts as none.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "HOME", "USERPROFILE", "XDG_CACHE_HOME")
    }
    path = {"PYTHONPATH": str(PACKAGE.parent), "PYTHONWARNINGS": "error"}
    return kept | path | {"LANG": "C.UTF-8", "DELIV_NAMESERVER": "127.0.0.1:1"} | (more or {})


def arguments(args: Sequence[str | Path], server: Nameserver | None) -> list[str]:
    """Return the arguments with the name server."""
    words = [str(arg) for arg in args]
    if server is not None:
        words += ["--nameserver", server.address]
    return words


def listed(path: Path, addresses: Iterable[str], heading: str = "email") -> Path:
    """Write a list with one column and return its path."""
    path.write_text("\n".join([heading, *addresses, ""]), encoding="utf-8")
    return path
