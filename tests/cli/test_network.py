"""A network that lies, is silent or breaks: what a run says of it, and how long it takes."""

import json
import time
from collections import Counter

import pytest

from tests.cli.commandline import ZONE, listed
from tests.nameserver import Fault, Nameserver

CARRIERS = ["taro@docomo.ne.jp", "hanako@ezweb.ne.jp", "ken@softbank.ne.jp"]


# --- a resolver that denies everything ------------------------------------------------------------


@pytest.mark.parametrize(
    ("lie", "trust"),
    [("denying", "denying"), ("inventing", "inventing"), ("inventing nothing", "denying")],
)
def test_a_resolver_that_lies_condemns_and_blesses_nobody(deliv, server, tmp_path, lie, trust):
    if lie == "denying":
        server.deny_all = True
    elif lie == "inventing":  # a captive portal that leads every name to itself
        server.zone = {"*": {"A": ["192.0.2.1"], "MX": ["10 portal.example."]}}
    else:  # every name exists, without records
        server.zone = {"*": {"TXT": ["nothing"]}}
    file = listed(tmp_path / "list.csv", [*CARRIERS, "x@gone.example", "y@customer.example"])
    run = deliv("check", file, "--format", "json", server=server)
    assert run.code == 3
    assert run.document["resolver"] | {"queries": 0, "cached": 0} == {
        "trusted": False,
        "trust": trust,
        "queries": 0,
        "cached": 0,
    }
    assert {row["result"] for row in run.results} == {"unknown"}
    assert all("resolver_untrusted" in row["reasons"] for row in run.results)


def test_the_part_that_rests_on_the_rule_book_is_still_there(deliv, server, tmp_path):
    server.deny_all = True
    file = listed(tmp_path / "list.csv", [*CARRIERS, "no address", "taro..suzuki@docomo.ne.jp"])
    results = deliv("check", file, "--format", "json", server=server).results
    assert [row["provider"] and row["provider"]["id"] for row in results] == [
        "docomo",
        "au",
        "softbank",
        None,
        "docomo",
    ]
    assert all(row["placement"]["basis"] == "estimate" for row in results[:3])
    assert all(row["advice"]["tell_customer"] for row in results[:3])
    assert results[3]["result"] == "undeliverable"  # needs no DNS
    assert "nonrfc_local_part" in results[4]["reasons"]


@pytest.mark.parametrize("format_", ["table", "json", "jsonl", "csv"])
@pytest.mark.parametrize(("lang", "words"), [("en", "denies domains that certainly exist"), ("ja", "DNS")])
def test_the_report_says_that_the_resolver_is_not_trusted(deliv, server, tmp_path, format_, lang, words):
    server.deny_all = True
    file = listed(tmp_path / "list.csv", CARRIERS)
    run = deliv("check", file, "--format", format_, "--lang", lang, server=server)
    assert run.code == 3
    said = run.text if format_ == "table" else run.stderr
    assert words in said
    assert "--nameserver" in said


def test_a_big_list_costs_a_lying_resolver_few_questions_and_the_user_no_time(deliv, server, tmp_path):
    server.deny_all = True
    file = listed(tmp_path / "list.csv", [f"k{n}@d{n}.example" for n in range(2000)])
    start = time.monotonic()
    run = deliv("check", file, "--format", "json", server=server)
    assert time.monotonic() - start < 5
    assert run.code == 3
    assert run.document["summary"]["by_result"]["unknown"] == 2000
    assert len(server.questions) < 300


def test_a_sender_is_not_condemned_either(deliv, server, tmp_path):
    server.deny_all = True
    file = listed(tmp_path / "list.csv", CARRIERS)
    sender = deliv("check", file, "--format", "json", "--from", "order@shop.example", server=server).document[
        "sender"
    ]
    assert (sender["route"], sender["spf"], sender["dmarc"]) == ("unknown", "temperror", "temperror")
    assert sender["findings"] == []
    assert sender["undecided"]


def test_one_canary_that_lives_is_enough(deliv, server, tmp_path):
    for domain in ("gmail.com", "yahoo.co.jp", "outlook.com", "icloud.com"):
        server.faults[domain] = Fault(rcode="SERVFAIL")
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp", "x@gone.example"])
    run = deliv("check", file, "--format", "json", server=server)
    assert run.document["resolver"]["trusted"] is True
    assert [row["result"] for row in run.results] == ["risky", "undeliverable"]


# --- a resolver that does not answer --------------------------------------------------------------


def test_a_silent_resolver_is_noticed_after_a_few_questions(deliv, server, tmp_path):
    server.fault = Fault(silent=True)
    file = listed(tmp_path / "list.csv", [f"k{n}@d{n % 500}.example" for n in range(2000)])
    start = time.monotonic()
    run = deliv("check", file, "--format", "json", "--timeout", "0.5", server=server)
    assert time.monotonic() - start < 5
    assert run.code == 3
    assert run.document["resolver"]["trust"] == "silent"
    assert run.document["summary"]["by_result"]["unknown"] == 2000
    assert len({name for name, _ in server.questions}) < 120


@pytest.mark.full
def test_10000_addresses_over_2000_domains_end_within_15_seconds_when_the_resolver_is_dead(
    process, server, tmp_path
):
    server.fault = Fault(silent=True)
    file = listed(tmp_path / "list.csv", [f"k{n}@d{n % 2000}.example" for n in range(10_000)])
    start = time.monotonic()
    run = process("check", file, "--output", "out.csv", server=server)
    assert time.monotonic() - start < 15
    assert run.code == 3
    assert (tmp_path / "out.csv").read_bytes().count(b"\r\n") == 10_001


def test_a_resolver_that_dies_in_mid_run_condemns_nobody(deliv, tmp_path):
    alive = {f"d{n}.example": {"A": ["198.51.100.1"]} for n in range(10)}
    silent = {f"d{n}.example": Fault(silent=True) for n in range(10, 200)}
    with Nameserver(ZONE | alive, faults=silent) as server:
        file = listed(tmp_path / "list.csv", [f"k@d{n}.example" for n in range(200)])
        run = deliv("check", file, "-f", "json", "--timeout", "0.3", "--concurrency", "20", server=server)
    assert run.code == 3
    assert Counter(row["result"] for row in run.results)["undeliverable"] == 0
    assert [row["result"] for row in run.results[10:]] == ["unknown"] * 190


# --- one domain that fails ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(rcode="SERVFAIL"), "dns_failure"),
        (Fault(rcode="REFUSED"), "dns_failure"),
        (Fault(silent=True), "timeout_exceeded"),
        (Fault(garbage=True), None),
        (Fault(wrong_id=True), "timeout_exceeded"),
    ],
    ids=["servfail", "refused", "silent", "garbage", "wrong id"],
)
def test_a_failure_is_unknown_and_never_undeliverable(deliv, server, tmp_path, fault, reason):
    server.faults["fails.example"] = fault
    server.zone["half.example"] = {"MX": ["10 fails.example."]}
    file = listed(tmp_path / "list.csv", ["x@fails.example", "y@half.example", "z@customer.example"])
    run = deliv("check", file, "--format", "json", "--timeout", "0.5", server=server)
    assert run.code == 3
    assert [row["result"] for row in run.results] == ["unknown", "unknown", "deliverable"]
    for row in run.results[:2]:
        assert reason is None or row["reasons"] == [reason]
        assert row["advice"]["action"] == "recheck"
        assert row["findings"] == []
    assert run.document["resolver"]["trusted"] is True


@pytest.mark.parametrize(
    ("records", "result", "reason"),
    [
        (None, "undeliverable", "no_dns_entries"),
        ({"TXT": ["only text"]}, "undeliverable", "no_dns_entries"),
        ({"MX": ["0 ."]}, "undeliverable", "does_not_accept_mail"),
        ({"MX": ["10 nowhere.example."]}, "undeliverable", "unroutable_mx"),
        ({"A": ["198.51.100.9"]}, "risky", None),
        ({"AAAA": ["2001:db8::9"]}, "risky", None),
        ({"MX": ["10 nowhere.example.", "20 mx.customer.example."]}, "deliverable", None),
        ({"MX": ["10 inside.example."]}, "risky", "unroutable_mx"),
        ({"CNAME": ["customer.example."]}, "deliverable", None),
    ],
    ids=[
        *("nxdomain", "nodata", "null mx", "mx without address", "implicit mx", "implicit mx v6"),
        *("second mx", "private mx", "cname"),
    ],
)
def test_what_an_honest_answer_means(deliv, server, tmp_path, records, result, reason):
    server.zone["inside.example"] = {"A": ["192.168.0.1"]}
    if records is not None:
        server.zone["asked.example"] = records
    file = listed(tmp_path / "list.csv", ["x@asked.example"])
    (row,) = deliv("check", file, "--format", "json", server=server).results
    assert row["result"] == result
    assert reason is None or reason in row["reasons"]


def test_a_truncated_answer_comes_over_tcp(deliv, server, tmp_path):
    server.faults["customer.example"] = Fault(truncate_udp=True)
    file = listed(tmp_path / "list.csv", ["x@customer.example"])
    (row,) = deliv("check", file, "--format", "json", server=server).results
    assert row["result"] == "deliverable"
    assert ("customer.example", "MX") in server.transports["tcp"]


def test_a_lost_packet_is_asked_again(deliv, server, tmp_path):
    server.faults["customer.example"] = Fault(drop_first=1)
    file = listed(tmp_path / "list.csv", ["x@customer.example"])
    (row,) = deliv("check", file, "--format", "json", "--timeout", "3", server=server).results
    assert row["result"] == "deliverable"


def test_no_more_questions_are_under_way_than_allowed(deliv, server, tmp_path):
    server.fault = Fault(delay=0.02)
    file = listed(tmp_path / "list.csv", [f"k@d{n}.example" for n in range(30)])
    start = time.monotonic()
    assert deliv("check", file, "--concurrency", "2", server=server).code == 1
    assert time.monotonic() - start > 30 / 2 * 0.02


# --- record and replay ----------------------------------------------------------------------------


def test_a_replay_gives_the_results_of_the_run_that_was_recorded(deliv, server, tmp_path):
    server.faults["fails.example"] = Fault(rcode="SERVFAIL")
    addresses = [*CARRIERS, "x@gone.example", "x@takes-no-mail.example", "x@fails.example", "mei@gmial.com"]
    file = listed(tmp_path / "list.csv", addresses)
    options = ["--format", "json", "--as-of", "2026-11-24", "--from", "order@shop.example"]
    recorded = deliv("check", file, *options, "--record", "dns.json", server=server)
    asked = len(server.questions)
    replayed = deliv("check", file, *options, "--replay", "dns.json", server=server)
    assert len(server.questions) == asked
    assert replayed.results == recorded.results
    assert replayed.document["sender"] == recorded.document["sender"]
    assert replayed.document["summary"] == recorded.document["summary"]
    assert replayed.code == recorded.code


def test_a_recording_holds_no_address(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", CARRIERS)
    deliv("check", file, "--record", "dns.json", server=server)
    text = (tmp_path / "dns.json").read_text(encoding="utf-8")
    assert "docomo.ne.jp" in text
    assert not any(word in text for word in ("@", "taro", "hanako", "ken"))
    assert json.loads(text)["trust"] == "trusted"


def test_a_recording_that_cannot_be_written_leaves_nothing_behind(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", CARRIERS)
    run = deliv("check", file, "--record", "nowhere/dns.json", "--output", "out.csv", server=server)
    assert run.code == 2
    assert "nowhere/dns.json cannot be written" in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


def test_the_recording_of_a_lying_resolver_is_not_trusted_later(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ["x@customer.example"])
    server.deny_all = True
    deliv("check", file, "--record", "dns.json", server=server)
    run = deliv("check", file, "--replay", "dns.json", "--format", "json")
    assert run.code == 3
    assert run.document["resolver"]["trust"] == "denying"
    assert run.results[0]["result"] == "unknown"


def test_what_was_not_recorded_is_unknown(deliv, server, tmp_path):
    deliv("check", listed(tmp_path / "a.csv", ["x@customer.example"]), "--record", "dns.json", server=server)
    other = listed(tmp_path / "b.csv", ["x@customer.example", "y@gone.example"])
    run = deliv("check", other, "--replay", "dns.json", "--format", "json")
    assert [row["result"] for row in run.results] == ["deliverable", "unknown"]


def test_lookup_records_and_replays_too(deliv, server, tmp_path):
    first = deliv("lookup", "taro@docomo.ne.jp", "--record", "dns.json", server=server)
    assert deliv("lookup", "taro@docomo.ne.jp", "--replay", "dns.json").stdout == first.stdout
