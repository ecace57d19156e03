"""Every mail domain of Japan is told from its neighbours, and the retired ones are rightly feared.

``tests/data/japan-domains.tsv`` was written by hand from the published sources; see its head.
"""

import csv
import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from deliv.core.discovery import discover_recipient
from deliv.core.facts import Retired
from deliv.core.mx import parse_mx
from deliv.core.placement import Risk
from deliv.core.providers import ProviderKind, Via
from deliv.core.rulebook import RuleBook, classify
from deliv.core.rules import Reason
from tests.core.judging import judge_in
from tests.zone import Zone, ask

TABLE = Path(__file__).parent.parent / "data" / "japan-domains.tsv"
VIA = {"exact": Via.DOMAIN, "suffix": Via.SUFFIX, "mx": Via.MX}
PORTABLE = {"yes": True, "no": False, "-": None}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table."""

    domain: str
    mx: str
    provider: str
    kind: str
    status: str
    match: str
    portable: str
    mark: str

    @property
    def is_known(self) -> bool:
        return self.provider != "-"

    @property
    def ended(self) -> date | None:
        return date.fromisoformat(self.status) if self.status[0].isdigit() else None

    @property
    def living(self) -> Zone:
        """A zone in which mail for the domain is taken."""
        if self.mx == ".":
            return {self.domain: {"MX": ["0 ."]}}
        host = self.mx or "mx.host.example"
        return {self.domain: {"MX": [f"10 {host}."]}, host: {"A": ["192.0.2.1"]}}


def read_table() -> list[Row]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [Row(**row) for row in csv.DictReader(lines, delimiter="\t")]


TABLE_ROWS = read_table()
ROWS = [pytest.param(row, id=f"{row.domain} {row.mx}".strip()) for row in TABLE_ROWS]
KNOWN = [param for param in ROWS if param.values[0].is_known]
RETIRED = [param for param in KNOWN if param.values[0].kind == "retired"]


@pytest.mark.parametrize("row", ROWS)
def test_it_is_classified(row: Row, rules: RuleBook) -> None:
    found = classify(row.domain, rules, mx=(row.mx,) if row.mx else ())

    assert (found.id, found.kind) == (row.provider, row.kind) if found else not row.is_known


@pytest.mark.parametrize("row", KNOWN)
def test_it_is_known_by_what_the_operator_issues(row: Row, rules: RuleBook) -> None:
    match = rules.providers.match(row.domain, parse_mx([f"10 {row.mx}."] if row.mx else []))

    assert match is not None
    assert match.via is VIA[row.match]
    assert match.is_verified is (row.mark == "S")
    assert match.is_portable is PORTABLE[row.portable]
    assert match.provider.ended == row.ended


@pytest.mark.parametrize("row", ROWS)
def test_the_dns_leads_to_the_same_operator(row: Row, rules: RuleBook) -> None:
    facts = ask(discover_recipient(row.domain, rules.providers), row.living)

    assert (facts.provider.id if facts.provider else "-") == row.provider
    assert facts.null_mx is (row.mx == ".")
    assert facts.did_you_mean is None or row.mx == "."
    assert (facts.retired is Retired.NO) is (row.kind != "retired")


@pytest.mark.parametrize("row", KNOWN)
def test_an_mx_of_somebody_else_does_not_change_the_operator_of_a_listed_domain(
    row: Row, rules: RuleBook
) -> None:
    zone: Zone = {row.domain: {"MX": ["10 aspmx.l.google.com."]}, "aspmx.l.google.com": {"A": ["192.0.2.1"]}}
    facts = ask(discover_recipient(row.domain, rules.providers), zone)

    assert facts.provider is not None
    assert facts.provider.id == ("google-workspace" if row.mx else row.provider)


@pytest.mark.parametrize("row", RETIRED)
def test_a_retired_service_with_a_living_mx_is_high_only_by_a_sourced_date(row: Row, rules: RuleBook) -> None:
    judged = judge_in(row.living, f"taro@{row.domain}", rules)
    fired = {finding.rule.id for finding in judged.findings}

    if row.ended:
        assert judged.risk is Risk.HIGH
        assert Reason.RETIRED_DOMAIN in judged.reasons
        assert "retired-domain-unconfirmed" not in fired
    else:
        assert judged.risk is not Risk.HIGH
        assert Reason.RETIRED_DOMAIN not in judged.reasons
        assert "retired-domain-unconfirmed" in fired


@pytest.mark.parametrize("row", [param for param in RETIRED if not param.values[0].mx])
@pytest.mark.parametrize("records", [None, {"MX": ["0 ."]}, {"TXT": ["gone"]}], ids=["gone", "null", "bare"])
def test_a_retired_service_without_an_mx_is_undeliverable(row: Row, records, rules: RuleBook) -> None:
    zone: Zone = {row.domain: records} if records else {}

    assert judge_in(zone, f"taro@{row.domain}", rules).risk is Risk.CERTAIN


@pytest.mark.parametrize("row", KNOWN)
def test_relays_say_by_which_path_and_forwarders_what_breaks(row: Row, rules: RuleBook) -> None:
    provider = rules.providers.get(row.provider)

    assert provider is not None
    assert (provider.reach is not None) is (provider.kind is ProviderKind.RELAY)
    if provider.kind in {ProviderKind.FORWARDER, ProviderKind.RETIRED, ProviderKind.CARRIER}:
        assert provider.notice is not None
    if provider.kind is ProviderKind.FORWARDER:
        assert "SPF" in provider.notice.en
        assert "DKIM" in provider.notice.ja


def test_the_table_knows_every_operator_of_the_book(rules: RuleBook) -> None:
    """A name that stands in the book without a line here was never checked by hand."""
    operators = {
        provider.id
        for provider in rules.providers.providers
        if provider.kind is not ProviderKind.DISPOSABLE
        and (provider.domains or provider.suffixes or provider.mx)
    }

    assert operators <= {row.provider for row in TABLE_ROWS}


def test_the_table_has_no_line_twice() -> None:
    keys = [(row.domain, row.mx) for row in TABLE_ROWS]

    assert len(keys) == len(set(keys))


# --- at the command line ------------------------------------------------------------------------------


def test_deliv_lookup_answers_every_line(deliv, server) -> None:
    """The whole table in one run; who is only seen by an MX stands behind a domain of a customer's own."""
    domains = [f"{n}.mihon.example" if row.mx else row.domain for n, row in enumerate(TABLE_ROWS)]
    for domain, row in zip(domains, TABLE_ROWS, strict=True):
        for name, records in replace(row, domain=domain).living.items():
            server.zone[name] = server.zone.get(name, {}) | records
    typed = "\n".join(f"taro@{domain}" for domain in domains)

    run = deliv("lookup", "-f", "jsonl", "--as-of", "2026-11-24", input=typed.encode(), server=server)

    answers = [json.loads(line) for line in run.text.splitlines()]
    assert run.code == 0
    assert len(answers) == len(TABLE_ROWS)
    for row, answer in zip(TABLE_ROWS, answers, strict=True):
        provider = answer["provider"] or {"id": "-", "kind": "-"}
        assert (row, provider["id"], provider["kind"]) == (row, row.provider, row.kind)
        assert ("retired_domain" in answer["reasons"]) is (row.ended is not None), row
        assert (answer["result"] == "undeliverable") is (row.mx == "."), row


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("taro@softbank.ne.jp", ["ソフトバンク", "携帯会社"]),
        ("taro@aa2.so-net.ne.jp", ["So-net", "プロバイダ"]),
        ("taro@excite.co.jp", ["エキサイトメール", "2018年9月18日に終了"]),
        ("taro@so-net.jp", ["So-net", "未確認"]),
        ("x1y2@pc.fw.rakuten.ne.jp", ["あんしんメルアド", "楽天のSMTPサーバー"]),
        ("x1y2@privaterelay.appleid.com", ["Apple Developer", "Return-Path"]),
        ("taro@kaisha.example", ["Cloudflare Email Routing", "SPFが崩れる"]),
    ],
    ids=["carrier", "suffix", "retired", "guess", "rakuten", "apple", "forwarder"],
)
def test_the_page_of_deliv_lookup_says_it_in_words(deliv, server, address, words) -> None:
    hosts = {"kaisha.example": "route1.mx.cloudflare.net"}
    domain = address.partition("@")[2]
    host = hosts.get(domain, "mx.host.example")
    server.zone |= {domain: {"MX": [f"10 {host}."]}, host: {"A": ["192.0.2.1"]}}

    text = deliv("lookup", address, "--lang", "ja", "--as-of", "2026-11-24", server=server).text

    assert [word for word in words if word not in text] == [], text
