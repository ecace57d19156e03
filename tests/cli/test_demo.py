"""``deliv demo``: the whole pipeline on a packaged sample, on a machine without a network."""

import json
import shutil

import pytest

from tests.cli.commandline import SAMPLE, rows_of

DAY = ("--as-of", "2026-11-24")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_demo_needs_no_network_and_ends_with_0(process, lang):
    run = process("demo", "--lang", lang, env={"LANG": "C.UTF-8", "DELIV_NAMESERVER": ""})
    assert run.code == 0
    assert run.stderr == ""
    assert ("ドコモ\n" in run.text or "ドコモ " in run.text) == (lang == "ja")
    assert run.text.count("@") > 24


def test_the_demo_asks_no_socket(deliv, monkeypatch):
    import socket

    def refuse(*args, **kwargs):
        raise AssertionError("the demo opened a socket")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "sendto", refuse)
    assert deliv("demo").code == 0


def test_the_sample_shows_every_kind_of_customer(deliv):
    run = deliv("demo", "--format", "json", *DAY)
    assert {row["provider"]["id"] for row in run.results if row["provider"]} >= {
        *("docomo", "au", "softbank", "softbank-i", "ymobile"),
        *("gmail", "yahoo-japan", "microsoft", "icloud", "so-net"),
        *("excite", "apple-private-relay", "google-workspace"),
    }
    assert {row["provider"]["kind"] for row in run.results if row["provider"]} == {
        *("carrier", "freemail", "isp", "retired", "relay", "business"),
    }
    assert {row["risk"] for row in run.results} == {"low", "medium", "high", "certain", "unknown"}
    assert {reason for row in run.results for reason in row["reasons"]} >= {
        *("failed_syntax_check", "no_address", "several_addresses", "nonrfc_local_part", "no_dns_entries"),
        *("does_not_accept_mail", "possible_typo", "retired_domain", "relay_address", "carrier_filter"),
        *("sender_auth_missing", "timeout_exceeded"),
    }
    assert run.document["summary"]["repeated"] == 1
    assert run.document["summary"]["mended"] == 2
    assert run.document["sender"]["domain"] == "shop.example"


def test_the_recording_answers_everything_that_the_sample_asks(deliv):
    run = deliv("demo", "--format", "json", *DAY)
    assert run.document["resolver"]["trusted"] is True
    text = json.dumps(run.document)
    assert "not_recorded" not in text
    unknown = [row["normalized"] for row in run.results if row["result"] == "unknown"]
    assert unknown == ["hall@mihon-kaikan.example"]
    assert run.document["sender"]["undecided"] == []


def test_changing_one_mx_changes_exactly_that_row(deliv, tmp_path):
    shutil.copy(SAMPLE / "dns.json", tmp_path / "mine.json")
    document = json.loads((tmp_path / "mine.json").read_text(encoding="utf-8"))
    (answer,) = [
        answer
        for answer in document["answers"]
        if (answer["name"], answer["type"]) == ("mihon-shoten.example", "MX")
    ]
    answer["texts"] = ["0 ."]
    (tmp_path / "mine.json").write_text(json.dumps(document), encoding="utf-8")
    before = deliv("demo", "--format", "json", *DAY)
    after = deliv("demo", "--replay", "mine.json", "--format", "json", *DAY)
    changed = [
        one["address"] for one, other in zip(before.results, after.results, strict=True) if one != other
    ]
    assert changed == ["info@mihon-shoten.example"]
    row = after.results[15]
    assert (row["result"], row["reasons"]) == ("undeliverable", ["does_not_accept_mail", "role_based"])
    assert (after.code, before.code) == (0, 0)


def test_the_demo_is_what_check_says_of_the_sample(deliv, tmp_path):
    (tmp_path / "deliv.yaml").write_text("shop: {name: Example Shop, phone: 03-0000-0000}\n")
    options = ["--replay", SAMPLE / "dns.json", "--from", "order@shop.example", "--format", "json"]
    check = deliv("check", SAMPLE / "orders.csv", *options, *DAY)
    assert check.results == deliv("demo", "--format", "json", *DAY).results
    assert check.code == 1


def test_settings_in_the_working_folder_do_not_change_the_demo(deliv, tmp_path):
    (tmp_path / "deliv.yaml").write_text("this: is broken\n")
    assert deliv("demo").code == 0


def test_the_demo_can_be_written_to_a_file(deliv, tmp_path):
    assert deliv("demo", "--output", "demo.csv", "--lang", "ja").code == 0
    assert len(rows_of((tmp_path / "demo.csv").read_bytes())) == 24


def test_a_dash_for_the_output_is_the_screen(deliv, tmp_path):
    run = deliv("demo", "--output", "-", "--format", "jsonl")
    assert run.stdout.count(b"\n") == 24
    assert not list(tmp_path.iterdir())
