"""``deliv sender``: the shop's own side, from the DNS to the records that it should publish."""

import gzip
import json
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

import jsonschema
import pytest

from tests import shop
from tests.cli.commandline import PACKAGE, ZONE, Run, listed
from tests.nameserver import Fault, Nameserver
from tests.sources.signing import MAIL, rsa_key, sign
from tests.sources.test_aggregatereports import record, xml

SCHEMA = json.loads((PACKAGE / "formats" / "deliv-sender-1.schema.json").read_text(encoding="utf-8"))
OUTSIDE = {name: records for name, records in ZONE.items() if not name.endswith("shop.example")}
"""What everybody else has in the DNS."""
WEIGHED = ("sender", "--message", "order.eml", "--list", "customers.csv", "--as-of", "2026-11-24")
"""The third command of the README."""


@pytest.fixture
def broken(server: Nameserver, tmp_path: Path) -> Nameserver:
    """Return the name server of the shop that has set up almost nothing right; its files are there."""
    return _open_shop(server, tmp_path, shop.BROKEN, "sendgrid.net")


@pytest.fixture
def healthy(server: Nameserver, tmp_path: Path) -> Nameserver:
    """Return the name server of the shop that has set up everything; its files are there."""
    return _open_shop(server, tmp_path, shop.HEALTHY, "sendgrid.net", "shop.example")


def _open_shop(
    server: Nameserver, folder: Path, zone: Mapping[str, Mapping[str, list[str]]], *signers: str
) -> Nameserver:
    server.zone = {name: dict(records) for name, records in (OUTSIDE | dict(zone)).items()}
    (folder / "order.eml").write_bytes(shop.signed_mail(*signers))
    listed(folder / "customers.csv", shop.CUSTOMERS)
    return server


def document(run: Run) -> dict:
    """Return a report as JSON, which fits its schema."""
    jsonschema.validate(run.document, SCHEMA, cls=jsonschema.Draft202012Validator)
    return run.document


def fired(run: Run) -> set[str]:
    return {finding["rule"] for finding in document(run)["findings"]}


def steps(run: Run) -> list[list[str]]:
    """Return the lines of each numbered thing to mend."""
    sections = [section.splitlines() for section in run.text.split("\n\n")]
    (lines,) = (
        lines for lines in sections if lines[0] in ("What to mend, in this order", "直すところ（この順に）")
    )
    found: list[list[str]] = []
    for line in lines[1:]:
        if line[:1].isdigit():
            found.append([line])
        elif found:
            found[-1].append(line.strip())
    return found


# --- what the issue asks for ------------------------------------------------------------------------


def test_the_domain_alone_shows_the_records_and_what_to_publish(deliv, broken):
    run = deliv("sender", "shop.example", server=broken)
    assert run.code == 1
    assert run.text.startswith("What receivers see of shop.example\n")
    assert "v=spf1 a -all | v=spf1 include:_spf.old-mailer.example ~all" in run.text
    assert "none found under the usual names, which proves nothing" in run.text
    assert "There are two or more SPF records. Then none of them counts." in run.text
    spf, dmarc = steps(run)
    assert spf[0].startswith("1. SPF of your sending address")
    assert 'delete:  shop.example. TXT "v=spf1 a -all"' in spf
    assert 'delete:  shop.example. TXT "v=spf1 include:_spf.old-mailer.example ~all"' in spf
    assert 'publish: shop.example. TXT "v=spf1 a ~all"' in spf
    assert "Left out, since wrong or leading nowhere: include:_spf.old-mailer.example" in spf
    assert 'publish: _dmarc.shop.example. TXT "v=DMARC1; p=none"' in dmarc
    assert run.stderr == ""


def test_with_a_mail_it_knows_who_sent_it_and_who_signed_it(deliv, broken):
    run = deliv("sender", "--message", "order.eml", server=broken)
    assert run.code == 1
    for words in (
        "Sent through      SendGrid",
        "Bounces go to     sendgrid.net",
        "198.51.100.7 (from the mail)",
        "bounce address (sendgrid.net): pass",
        "sending address (shop.example): permerror (the record does not count)",
        "d=sendgrid.net s=s1: good",
        "198.51.100.7: has a name that leads back to it (o7.sendgrid.net)",
    ):
        assert words in run.text
    spf, dkim, dmarc = steps(run)
    assert f'publish: shop.example. TXT "{shop.PUBLISHED}"' in spf
    assert "The new record costs 3 of 10 look-ups." in spf
    assert "sign it with d=shop.example" in dkim[1]
    assert dkim[2].startswith("SendGrid: Run domain authentication")
    assert 'publish: _dmarc.shop.example. TXT "v=DMARC1; p=none"' in dmarc


def test_with_a_list_too_it_says_what_each_step_saves(deliv, broken):
    run = deliv(*WEIGHED, server=broken)
    assert run.code == 1
    assert "Of 99 customers on the list, about " in run.text
    assert "NTT docomo: mail is filed as junk" in run.text
    spf, dkim, dmarc = (step[0] for step in steps(run))
    assert spf.startswith("1. SPF of your sending address: about ")
    assert spf.endswith(" of 99 customers more will see your mail (estimate)")
    assert dkim.startswith("2. DKIM signature in your own name")
    assert dmarc.startswith("3. DMARC: about ")
    counts = [line.split() for line in run.text.splitlines() if "your customers there" in line]
    assert sum(int(word) for line in counts for word in line if word.isdigit()) == 96


def test_the_same_in_japanese(deliv, broken):
    run = deliv(*WEIGHED, "--lang", "ja", server=broken)
    assert run.code == 1
    assert "SPFレコードが2つ以上あります。" in run.text
    assert "DMARCの認証に失敗していない" in run.text
    spf, dkim, dmarc = steps(run)
    assert spf[0].startswith("1. ")
    assert "99" in spf[0]
    assert any(f'shop.example. TXT "{shop.PUBLISHED}"' in line for line in spf)
    assert any("ドメイン認証を行い" in line for line in dkim)
    assert any('_dmarc.shop.example. TXT "v=DMARC1; p=none"' in line for line in dmarc)


def test_no_line_of_the_japanese_page_is_english(deliv, broken):
    text = deliv(*WEIGHED, "--lang", "ja", server=broken).text
    english = (
        "SPF record",
        "Sent through",
        "customers",
        "What ",
        "your mail",
        "not met",
        "unless",
        "publish:",
    )
    assert [line for line in text.splitlines() if any(words in line for words in english)] == []


def test_what_was_promised_is_what_the_next_run_finds(deliv, broken, tmp_path):
    before = document(deliv(*WEIGHED, "--format", "json", server=broken))
    for fix in before["fixes"]:
        for change in fix["changes"]:
            records = dict(broken.zone.get(change["name"], {}))
            kept = [text for text in records.get(change["type"], ()) if text not in change["delete"]]
            broken.zone[change["name"]] = records | {change["type"]: [*kept, *change["publish"]]}
        if fix["signs_as"]:
            broken.zone[f"s1._domainkey.{fix['signs_as']}"] = {"TXT": [rsa_key().record]}
            (tmp_path / "order.eml").write_bytes(shop.signed_mail("sendgrid.net", fix["signs_as"]))
    after = document(deliv(*WEIGHED, "--format", "json", server=broken))
    promised = before["customers"]["seen"] + sum(fix["saved"] for fix in before["fixes"])
    assert after["customers"]["seen"] == pytest.approx(promised, abs=0.01)
    assert after["customers"]["seen"] > before["customers"]["seen"] + 5
    assert all(fix["saved"] >= 0 for fix in before["fixes"])
    mended = {rule for fix in before["fixes"] for rule in fix["mends"]}
    assert mended
    assert mended.isdisjoint(finding["rule"] for finding in after["findings"])
    assert after["fixes"] == []


def test_a_healthy_shop_has_nothing_to_mend(deliv, healthy):
    run = deliv(*WEIGHED, server=healthy)
    assert run.code == 0
    assert "your mail: passes" in run.text
    assert "What to mend" not in run.text
    assert "publish:" not in run.text


# --- over a real network ----------------------------------------------------------------------------


def test_includes_are_followed_and_counted(deliv, healthy):
    for number in range(12):
        healthy.zone[f"s{number}.example"] = {"TXT": [f"v=spf1 include:s{number + 1}.example ~all"]}
    healthy.zone["s12.example"] = {"TXT": ["v=spf1 ip4:192.0.2.1 ~all"]}
    healthy.zone["shop.example"] |= {"TXT": ["v=spf1 include:s0.example ~all"]}
    run = deliv("sender", "shop.example", "--format", "json", server=healthy)
    assert "sender-spf-too-many-lookups" in fired(run)
    assert run.document["sender"]["spf_lookups"] == 13
    assert ("s12.example", "TXT") in healthy.questions
    page = deliv("sender", "shop.example", server=healthy).text
    assert "13 of 10 look-ups" in page


def test_a_circle_of_includes_ends(deliv, healthy):
    healthy.zone["shop.example"] |= {"TXT": ["v=spf1 include:a.example ~all"]}
    healthy.zone["a.example"] = {"TXT": ["v=spf1 include:shop.example ~all"]}
    assert "sender-spf-loop" in fired(deliv("sender", "shop.example", "-f", "json", server=healthy))


def test_dmarc_is_looked_for_above_the_domain(deliv, healthy):
    deep = "order.mail.east.shop.example"
    healthy.zone[deep] = {"MX": ["10 mx.shop.example."], "TXT": ["v=spf1 a -all"]}
    sender = document(deliv("sender", deep, "--format", "json", server=healthy))["sender"]
    assert (sender["dmarc"], sender["dmarc_found_at"]) == ("found", "shop.example")
    assert sender["organizational_domain"] == "shop.example"
    asked = [name for name, kind in healthy.questions if kind == "TXT" and name.startswith("_dmarc.")]
    assert {f"_dmarc.{deep}", "_dmarc.east.shop.example", "_dmarc.shop.example"} <= {*asked}


def test_a_key_that_udp_cannot_carry_comes_over_tcp(deliv, healthy):
    name = "s1._domainkey.shop.example"
    healthy.zone[name] = {"TXT": [rsa_key().record.replace("k=rsa", f"k=rsa; n={'x' * 1200}")]}
    run = deliv("sender", "--message", "order.eml", "--format", "json", server=healthy)
    assert (name, "TXT") in healthy.transports["udp"]
    assert (name, "TXT") in healthy.transports["tcp"]
    assert document(run)["sender"]["dkim"] == "pass"
    assert [signature["verdict"] for signature in run.document["sender"]["signatures"]] == ["pass", "pass"]


def test_a_key_of_4096_bits_is_read(deliv, healthy, tmp_path):
    key = rsa_key(4096)
    assert len(key.record) > 512
    healthy.zone["s1._domainkey.shop.example"] = {"TXT": [key.record]}
    (tmp_path / "order.eml").write_bytes(shop.TRACE + sign(MAIL, key))
    page = deliv("sender", "--message", "order.eml", server=healthy).text
    assert "d=shop.example s=s1: good" in page


@pytest.mark.parametrize(
    ("records", "rule"),
    [
        ({}, "sender-reverse-missing"),
        (
            {"25.2.0.192.in-addr.arpa": {"PTR": ["mail.shop.example."]}},
            "sender-reverse-mismatched",
        ),
        (
            {
                "25.2.0.192.in-addr.arpa": {"PTR": ["mail.shop.example."]},
                "mail.shop.example": {"A": ["192.0.2.25"]},
            },
            None,
        ),
    ],
    ids=["missing", "mismatched", "matched"],
)
def test_the_name_of_the_sending_server_is_asked_for(deliv, healthy, records, rule):
    healthy.zone |= records
    run = deliv("sender", "shop.example", "--ip", "192.0.2.25", "--format", "json", server=healthy)
    assert {found for found in fired(run) if "reverse" in found} == ({rule} if rule else set())
    assert ("25.2.0.192.in-addr.arpa", "PTR") in healthy.questions
    fixes = [fix for fix in run.document["fixes"] if fix["kind"] == "reverse"]
    assert bool(fixes) == bool(rule)


def test_a_lost_packet_is_asked_again(deliv, healthy):
    healthy.faults["_dmarc.shop.example"] = Fault(drop_first=1)
    run = deliv("sender", "shop.example", "--format", "json", "--timeout", "3", server=healthy)
    assert document(run)["sender"]["dmarc"] == "found"


def test_one_name_that_fails_condemns_nobody(deliv, healthy):
    healthy.faults["_dmarc.shop.example"] = Fault(rcode="SERVFAIL")
    run = deliv("sender", "shop.example", "--format", "json", "--max-unknown", "100", server=healthy)
    assert run.code == 0
    assert run.document["sender"]["dmarc"] == "temperror"
    assert "sender-dmarc-missing" in run.document["undecided"]
    assert not any("dmarc" in rule for rule in fired(run))


# --- a resolver that lies or is silent --------------------------------------------------------------


@pytest.mark.parametrize(("lang", "words"), [("en", "its answers are not believed"), ("ja", "DNS")])
@pytest.mark.parametrize("arguments", [("sender", "shop.example"), WEIGHED], ids=["domain", "mail and list"])
def test_a_resolver_that_denies_everything_condemns_nobody(deliv, broken, arguments, lang, words):
    broken.deny_all = True
    run = deliv(*arguments, "--lang", lang, server=broken)
    assert run.code == 3
    _, why, what_to_do, *_ = run.text.splitlines()
    assert words in why
    assert "--nameserver" in what_to_do
    assert '"v=DMARC1; p=none"' not in run.text
    data = document(deliv(*arguments, "--format", "json", server=broken))
    assert data["resolver"]["trust"] == "denying"
    assert data["fixes"] == []
    assert not any(finding["rule"].startswith("sender-") for finding in data["findings"])
    states = {
        state["compliance"]
        for requirement in data["requirements"]
        for state in requirement["providers"].values()
        if any(word in requirement["id"] for word in ("spf", "dkim", "dmarc", "reverse"))
    }
    assert states == {"not_checked"}


def test_nothing_wrong_is_not_said_of_what_could_not_be_seen(deliv, broken):
    broken.deny_all = True
    page = deliv("sender", "shop.example", server=broken).text
    assert "Nothing wrong was found." not in page
    assert "Nothing wrong was found in what could be looked at." in page
    assert "Not known, since the DNS did not tell: " in page


def test_json_on_an_untrusted_network_says_so_aside(deliv, broken):
    broken.deny_all = True
    run = deliv("sender", "shop.example", "--format", "json", server=broken)
    assert "not believed" in run.stderr
    assert "--nameserver" in run.stderr
    assert deliv("sender", "shop.example", "--format", "json", "--quiet", server=broken).stderr == ""


def test_a_resolver_that_does_not_answer_is_3(deliv, broken):
    broken.fault = Fault(silent=True)
    run = deliv("sender", "shop.example", "--timeout", "0.3", server=broken)
    assert run.code == 3
    assert "The DNS of this network does not answer." in run.text


def test_a_network_without_any_dns_is_3(deliv):
    run = deliv("sender", "shop.example", "--timeout", "0.3")
    assert run.code == 3
    assert "does not answer" in run.text


# --- the gate ---------------------------------------------------------------------------------------

SEVERITIES = {
    "info": {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none"]}},
    "low": {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject; pct=100"]}},
    "medium": {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject", "v=DMARC1; p=none"]}},
    "high": {"shop.example": {"MX": ["10 mx.shop.example."], "TXT": ["v=spf1 +all"]}},
}
GATES = ("low", "medium", "high", "never")


@pytest.mark.parametrize("fail_on", [*GATES, None])
@pytest.mark.parametrize("severity", SEVERITIES)
def test_the_gate_fails_on_any_finding_at_least_that_serious(deliv, healthy, severity, fail_on):
    healthy.zone |= SEVERITIES[severity]
    options = ("--fail-on", fail_on) if fail_on else ()
    run = deliv("sender", "shop.example", "--selector", "s1", "--format", "json", *options, server=healthy)
    assert max(_rank(finding["severity"]) for finding in run.document["findings"]) == _rank(severity)
    failing = fail_on != "never" and _rank(severity) >= _rank(fail_on or "high")
    assert run.code == (1 if failing else 0)


def _rank(severity: str) -> int:
    return ("info", "low", "medium", "high").index(severity)


def test_the_gate_has_a_variable_of_its_own(deliv, broken):
    assert deliv("sender", "shop.example", env={"DELIV_SENDER_FAIL_ON": "never"}, server=broken).code == 0
    assert deliv("sender", "shop.example", env={"DELIV_FAIL_ON": "certain"}, server=broken).code == 1


def test_what_is_undecided_never_fails_the_gate_and_counts_as_unknown(deliv, healthy):
    healthy.faults["shop.example", "TXT"] = Fault(rcode="SERVFAIL")
    options = ("sender", "shop.example", "--selector", "s1", "--fail-on", "low", "--format", "json")
    run = deliv(*options, "--max-unknown", "100", server=healthy)
    assert run.document["undecided"]
    assert run.code == 0
    share = 100 * len(run.document["undecided"]) / (len(run.document["undecided"]) + run.document["decided"])
    assert 1 < share < 99
    assert deliv(*options, "--max-unknown", f"{share + 0.5}", server=healthy).code == 0
    assert deliv(*options, "--max-unknown", f"{share - 0.5}", server=healthy).code == 3


def test_3_wins_over_1_and_2_over_both(deliv, broken):
    broken.faults["_dmarc.shop.example"] = Fault(rcode="SERVFAIL")
    assert deliv("sender", "shop.example", server=broken).code == 1
    assert deliv("sender", "shop.example", "--max-unknown", "0", server=broken).code == 3
    run = deliv("sender", "shop.example", "--max-unknown", "0", "--output", "no/where.txt", server=broken)
    assert run.code == 2


def test_a_process_returns_these_codes(process, broken):
    assert process("sender", "shop.example", server=broken).code == 1
    assert process("sender", "shop.example", "--fail-on", "never", server=broken).code == 0
    assert process("sender").code == 2


# --- 2: nothing was judged --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "name your sending address: deliv sender order@shop.example"),
        (["shop"], "“shop” is no sending address"),
        (["a b@shop.example"], "is no sending address"),
        (["order.eml"], "order.eml is a file; name a mail with --message and a list with --list"),
        (["--ip", "192.0.2"], "“192.0.2” is no IP address"),
        (["shop.example", "--ip", "192.0.2.1 and 192.0.2.2"], "“and” is no IP address"),
        (["shop.example", "--through", "sendgird"], "no sending service “sendgird”; known are: google-work"),
        (["shop.example", "--envelope", "no domain"], "“no domain” is no"),
        (["shop.example", "--spamassassin"], "--spamassassin needs a mail: name one with --message"),
        (["--message", "missing.eml"], "there is no file missing.eml"),
        (["--message", "empty.eml"], "empty.eml is empty"),
        (["--message", "order.msg"], "order.msg is in Outlook's own format (.msg)"),
        (["--message", "notes.txt"], "notes.txt is no mail"),
        (["--message", "nobody.eml"], "is no sending address"),
        (["other.example", "--message", "order.eml"], "the mail is from shop.example, but you asked about"),
        (["shop.example", "--list", "missing.csv"], "there is no file missing.csv"),
        (["shop.example", "--list", "notes.txt"], "no column with mail addresses"),
        (["shop.example", "--list", "customers.csv", "--output", "customers.csv"], "is the list itself"),
        (["shop.example", "--list", "customers.csv", "--record", "customers.csv"], "is the list itself"),
        (
            ["shop.example", "--list", "customers.csv", "--output", "a", "--record", "a"],
            "a cannot hold two results",
        ),
    ],
    ids=lambda value: " ".join(value) or "nothing" if isinstance(value, list) else "",
)
def test_what_cannot_be_used_ends_with_2_and_one_sentence(deliv, broken, tmp_path, arguments, words):
    (tmp_path / "empty.eml").touch()
    (tmp_path / "order.msg").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    (tmp_path / "notes.txt").write_text("no,name\n1,Taro\n")
    (tmp_path / "nobody.eml").write_bytes(b"Subject: x\r\nDate: Sun, 22 Nov 2026 10:00:00 +0900\r\n\r\nx\r\n")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    run = deliv("sender", *arguments, server=broken)
    assert run.code == 2
    assert run.stdout == b""
    assert words in run.stderr
    assert run.stderr.startswith("deliv: ")
    assert run.stderr.count("nothing was") == 1
    assert run.stderr.count("\n") == 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    japanese = deliv("sender", *arguments, "--lang", "ja", server=broken)
    assert japanese.code == 2
    assert any("\u3040" <= character <= "\u30ff" for character in japanese.stderr)


def test_a_spoiled_order_says_no_more_than_its_first_fault(deliv, broken):
    run = deliv("sender", "--message", "missing.eml", "--list", "missing.csv", server=broken)
    assert run.stderr.count("deliv: ") == 1
    assert broken.questions == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--fail-on", "certain"],
        ["--format", "csv"],
        ["--volume", "-1"],
        ["--volume", "many"],
        ["--max-unknown", "101"],
        ["--as-of", "2026-02-30"],
        ["other.example"],
        ["--do-not-mail", "dead.csv"],
    ],
    ids=" ".join,
)
def test_a_slip_in_the_command_is_2(deliv, broken, arguments):
    run = deliv("sender", "shop.example", *arguments, server=broken)
    assert run.code == 2
    assert run.stdout == b""
    assert run.stderr


# --- how the shop sends: settings, options, variables -----------------------------------------------

PROFILE = """\
sender:
  from: order@shop.example
  envelope: bounce.shop.example
  ips: [192.0.2.25, "2001:db8::25"]
  selectors: [k7, s9._domainkey.sign.example]
  sends_through: [sendgrid]
  volume_per_day: 6000
"""


def seen_of(run: Run) -> dict:
    return document(run)["sender"]


@pytest.fixture
def profile(healthy, tmp_path) -> Nameserver:
    """Return the server of a shop whose deliv.yaml says everything."""
    (tmp_path / "deliv.yaml").write_text(PROFILE, encoding="utf-8")
    return healthy


def test_what_deliv_yaml_says_is_used(deliv, profile):
    sender = seen_of(deliv("sender", "--format", "json", server=profile))
    assert (sender["domain"], sender["envelope_domain"]) == ("shop.example", "bounce.shop.example")
    given = [address["ip"] for address in sender["addresses"] if address["origin"] == "given"]
    assert given == ["192.0.2.25", "2001:db8::25"]
    assert [(key["selector"], key["domain"]) for key in sender["keys"]] == [
        ("k7", "shop.example"),
        ("s9", "sign.example"),
    ]
    assert sender["services"] == ["sendgrid"]
    assert sender["volume_per_day"] == 6000


def test_options_win_over_deliv_yaml(deliv, profile):
    sender = seen_of(
        deliv(
            *("sender", "--envelope", "b.shop.example", "--ip", "192.0.2.26", "--selector", "s1"),
            *("--through", "google-workspace", "--volume", "10", "--format", "json"),
            server=profile,
        )
    )
    assert sender["envelope_domain"] == "b.shop.example"
    assert [a["ip"] for a in sender["addresses"] if a["origin"] == "given"] == ["192.0.2.26"]
    assert [key["selector"] for key in sender["keys"]] == ["s1"]
    assert sender["services"] == ["google-workspace"]
    assert sender["volume_per_day"] == 10


def test_variables_win_over_deliv_yaml_and_lose_to_options(deliv, profile):
    env = {
        "DELIV_ENVELOPE": "b.shop.example",
        "DELIV_IP": "192.0.2.26 192.0.2.27",
        "DELIV_SELECTOR": "s1,s2",
        "DELIV_THROUGH": "mailgun",
        "DELIV_VOLUME": "10",
        "DELIV_SENDER_FORMAT": "json",
    }
    sender = seen_of(deliv("sender", "--volume", "20", env=env, server=profile))
    assert sender["envelope_domain"] == "b.shop.example"
    assert [a["ip"] for a in sender["addresses"] if a["origin"] == "given"] == ["192.0.2.26", "192.0.2.27"]
    assert [key["selector"] for key in sender["keys"]] == ["s1", "s2"]
    assert sender["services"] == ["mailgun"]
    assert sender["volume_per_day"] == 20


def test_deliv_yaml_does_not_speak_for_another_domain(deliv, profile):
    profile.zone["other.example"] = {"MX": ["10 mx.shop.example."], "TXT": ["v=spf1 a -all"]}
    sender = seen_of(deliv("sender", "other.example", "--format", "json", server=profile))
    assert (sender["domain"], sender["envelope_domain"]) == ("other.example", "other.example")
    assert sender["addresses"] == []
    assert sender["volume_per_day"] is None


@pytest.mark.parametrize("written", ["Order@SHOP.example", " shop.example ", "見本商店 <x@shop.example>"])
def test_the_same_domain_in_other_letters_is_the_same_shop(deliv, profile, written):
    sender = seen_of(deliv("sender", written, "--format", "json", server=profile))
    assert (sender["domain"], sender["envelope_domain"]) == ("shop.example", "bounce.shop.example")


def test_bulk_senders_are_held_to_more(deliv, broken):
    small = document(deliv("sender", "shop.example", "--format", "json", server=broken))
    big = document(deliv("sender", "shop.example", "--volume", "6000", "--format", "json", server=broken))

    def applying(data: dict) -> int:
        return sum(state["applies"] for r in data["requirements"] for state in r["providers"].values())

    assert applying(big) > applying(small)
    gmail = next(r for r in big["requirements"] if r["id"] == "dmarc")["providers"]["gmail"]
    assert (gmail["compliance"], gmail["applies"], gmail["bulk_only"]) == ("not_met", True, True)
    page = deliv("sender", "shop.example", "--volume", "6000", server=broken).text
    assert "Gmail: mail is " in page


def test_a_service_is_asked_for_its_own_addresses(deliv, healthy):
    run = deliv("sender", "shop.example", "--through", "sendgrid", server=healthy)
    assert "Sent through      SendGrid" in run.text
    assert "one representative address of SendGrid" in run.text


# --- the list ---------------------------------------------------------------------------------------


def customers_of(run: Run) -> dict:
    return document(run)["customers"]


def test_a_list_from_excel_is_read(deliv, broken, tmp_path):
    rows = "名前,メールアドレス\r\n見本 花子,hanako@docomo.ne.jp\r\n見本 太郎,taro@gmail.com\r\n"
    (tmp_path / "顧客.csv").write_bytes(rows.encode("cp932"))
    run = deliv("sender", "shop.example", "--list", "顧客.csv", "--format", "json", server=broken)
    assert customers_of(run)["rows"] == 2
    assert customers_of(run)["by_provider"] == {"docomo": 1, "gmail": 1}


def test_a_list_comes_from_standard_input(deliv, broken):
    run = deliv(
        *("sender", "shop.example", "--list", "-", "--column", "2", "--format", "json"),
        input=b"no,who\n1,hanako@docomo.ne.jp\n2,hanako@docomo.ne.jp\n3,nobody\n",
        server=broken,
    )
    assert customers_of(run)["rows"] == 3
    assert customers_of(run)["by_provider"] == {"docomo": 2}


def test_the_list_can_come_by_a_variable(deliv, broken):
    env = {"DELIV_LIST": "customers.csv", "DELIV_MESSAGE": "order.eml"}
    run = deliv("sender", "--format", "json", env=env, server=broken)
    assert customers_of(run)["rows"] == 99
    assert run.document["message"]["from_domain"] == "shop.example"


def test_without_a_list_no_number_of_customers_is_made_up(deliv, broken):
    run = deliv("sender", "--message", "order.eml", "--format", "json", server=broken)
    assert customers_of(run) is None
    assert {fix["saved"] for fix in run.document["fixes"]} == {None}
    assert (
        "customers" not in deliv("sender", "--message", "order.eml", server=broken).text.split("What to")[-1]
    )


# --- formats and files ------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("zone", ["broken", "healthy"])
def test_json_fits_its_schema(deliv, request, zone, lang):
    server = request.getfixturevalue(zone)
    run = deliv(*WEIGHED, "--format", "json", "--lang", lang, server=server)
    data = document(run)
    assert data["schema"] == "deliv-sender/1"
    assert data["lang"] == lang
    is_japanese = any("\u3040" <= c <= "\u30ff" for c in json.dumps(data["findings"], ensure_ascii=False))
    assert is_japanese == (lang == "ja")


def test_json_is_english_unless_a_language_is_named(deliv, broken):
    run = deliv("sender", "shop.example", "-f", "json", env={"LANG": "ja_JP.UTF-8"}, server=broken)
    assert document(run)["lang"] == "en"


def test_the_page_speaks_the_language_of_the_computer(deliv, broken):
    run = deliv("sender", "shop.example", env={"LANG": "ja_JP.UTF-8"}, server=broken)
    assert "SPFレコードが2つ以上あります。" in run.text


def test_the_ending_of_the_file_says_how_to_write(deliv, broken, tmp_path):
    run = deliv("sender", "shop.example", "--output", "report.JSON", server=broken)
    assert run.stdout == b""
    assert json.loads((tmp_path / "report.JSON").read_text(encoding="utf-8"))["schema"] == "deliv-sender/1"
    deliv("sender", "shop.example", "--output", "report.txt", server=broken)
    assert (tmp_path / "report.txt").read_text(encoding="utf-8").startswith("What receivers see of")
    deliv("sender", "shop.example", "--output", "report.json", "--format", "page", server=broken)
    assert (tmp_path / "report.json").read_text(encoding="utf-8").startswith("What receivers see of")


def test_a_dash_is_the_screen(deliv, broken):
    assert deliv("sender", "shop.example", "--output", "-", server=broken).text.startswith("What receivers")


@pytest.mark.skipif(sys.platform == "win32", reason="rights are of another kind there")
def test_a_file_appears_whole_or_not_at_all(deliv, broken, tmp_path):
    (tmp_path / "report.txt").write_text("precious")
    (tmp_path / "report.txt").chmod(0o600)
    deliv("sender", "shop.example", "--through", "nobody", "--output", "report.txt", server=broken)
    assert (tmp_path / "report.txt").read_text() == "precious"
    deliv("sender", "shop.example", "--output", "report.txt", server=broken)
    assert (tmp_path / "report.txt").read_text().startswith("What receivers see of")
    assert stat.S_IMODE((tmp_path / "report.txt").stat().st_mode) == 0o600
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".tmp"]


def test_a_console_that_knows_no_quotation_marks_gets_the_page_all_the_same(process, broken):
    run = process(*WEIGHED, "--lang", "ja", env={"PYTHONIOENCODING": "cp932"}, server=broken)
    assert run.code == 1
    assert "SPFレコードが2つ以上あります。" in run.stdout.decode("cp932")
    run = process("sender", "shop.example", env={"PYTHONIOENCODING": "ascii"}, server=broken)
    assert run.code == 1


def test_two_runs_say_the_same(deliv, broken):
    first, second = (deliv(*WEIGHED, "--format", "json", server=broken).document for _ in range(2))
    for part in ("sender", "findings", "fixes", "requirements", "customers", "message", "undecided"):
        assert first[part] == second[part]


# --- record and replay ------------------------------------------------------------------------------


def test_a_replay_gives_the_report_of_the_run_that_was_recorded(deliv, broken):
    recorded = deliv(*WEIGHED, "--format", "json", "--record", "dns.json", server=broken)
    asked = len(broken.questions)
    replayed = deliv(*WEIGHED, "--format", "json", "--replay", "dns.json", server=broken)
    assert len(broken.questions) == asked
    assert replayed.code == recorded.code == 1
    for part in SCHEMA["required"]:
        if part not in ("started_at", "resolver"):
            assert replayed.document[part] == recorded.document[part], part
    page = deliv(*WEIGHED, server=broken).text
    assert deliv(*WEIGHED, "--replay", "dns.json").text == page


def test_a_recording_that_cannot_be_written_leaves_nothing_behind(deliv, broken, tmp_path):
    before = {*tmp_path.iterdir()}
    run = deliv("sender", "shop.example", "--record", "no/dns.json", "--output", "out.txt", server=broken)
    assert run.code == 2
    assert "no/dns.json cannot be written" in run.stderr
    assert {*tmp_path.iterdir()} == before


def test_the_recording_of_a_lying_resolver_is_not_believed_later(deliv, broken):
    broken.deny_all = True
    deliv("sender", "shop.example", "--record", "dns.json", server=broken)
    assert deliv("sender", "shop.example", "--replay", "dns.json").code == 3


# --- nothing of a customer leaves -------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["page", "json"])
def test_no_address_of_a_customer_is_shown_recorded_or_asked_for(deliv, broken, tmp_path, format_):
    run = deliv(*WEIGHED, "--format", format_, "--record", "dns.json", server=broken)
    recording = (tmp_path / "dns.json").read_text(encoding="utf-8")
    for text in (run.text, run.stderr, recording, json.dumps(broken.questions)):
        assert "hanako" not in text
        assert "taro" not in text
    assert "@" not in recording.replace("rua=mailto:dmarc@", "")
    assert "customer.example" in recording


def test_quiet_leaves_standard_error_empty(deliv, broken, tmp_path):
    run = deliv(*WEIGHED, "--spamassassin", "--quiet", env={"PATH": str(tmp_path)}, server=broken)
    assert run.code == 1
    assert run.stderr == ""
    assert "What to mend" in run.text


# --- SpamAssassin -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "words"), [("en", "is not installed here"), ("ja", "SpamAssassin")])
def test_without_spamassassin_the_report_comes_all_the_same(deliv, healthy, tmp_path, lang, words):
    run = deliv(
        *("sender", "--message", "order.eml", "--spamassassin", "--lang", lang),
        env={"PATH": str(tmp_path / "nothing")},
        server=healthy,
    )
    assert run.code == 0
    assert words in run.stderr
    assert run.stderr.count("\n") == 1
    assert run.text


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands in for the program")
def test_what_spamassassin_says_is_shown(deliv, healthy, tmp_path):
    program = tmp_path / "spamassassin"
    program.write_text(
        "#!/bin/sh\n"
        "echo 'X-Spam-Status: Yes, score=6.1 required=5.0 tests=HTML_ONLY,NO_NAME'\n"
        "echo\n"
        "echo ' 1.1 HTML_ONLY              the mail is a web page only'\n"
        "echo ' 5.0 NO_NAME                nobody is named'\n"
    )
    program.chmod(0o755)
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    run = deliv("sender", "--message", "order.eml", "--spamassassin", env=env, server=healthy)
    assert "SpamAssassin" in run.text
    assert "6.1" in run.text
    assert "NO_NAME" in run.text
    data = document(
        deliv("sender", "--message", "order.eml", "--spamassassin", "-f", "json", env=env, server=healthy)
    )
    assert data["spamassassin"]["score"] == 6.1
    assert [rule["name"] for rule in data["spamassassin"]["rules"]] == ["NO_NAME", "HTML_ONLY"]


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands in for the program")
def test_a_spamassassin_that_breaks_spoils_nothing(deliv, healthy, tmp_path):
    program = tmp_path / "spamassassin"
    program.write_text("#!/bin/sh\necho 'no rules found' >&2\nexit 2\n")
    program.chmod(0o755)
    run = deliv(
        *("sender", "--message", "order.eml", "--spamassassin"),
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        server=healthy,
    )
    assert run.code == 0
    assert "SpamAssassin failed (no rules found), so there is no score" in run.text


# --- hostile ----------------------------------------------------------------------------------------


def test_hostile_records_and_mails_are_printed_harmlessly(deliv, broken, tmp_path):
    evil = "\x1b[31m\x07\u202e"
    broken.zone["shop.example"] |= {"TXT": [f"v=spf1 {evil} -all", f"v=spf1 include:{evil}.example -all"]}
    broken.zone["_dmarc.shop.example"] = {"TXT": [f"v=DMARC1; p={evil}; rua=mailto:{evil}@x.example"]}
    broken.zone["7.100.51.198.in-addr.arpa"] = {"PTR": ["\\027[31m.sendgrid.net."]}
    mail = MAIL.replace(b"Subject: Your order", b"Subject: \x1b[2J")
    mail = b"Authentication-Results: \x1b[31mmx; spf=\x1b[5mpass\r\n" + shop.TRACE + mail
    (tmp_path / "order.eml").write_bytes(mail)
    for format_, characters in (("page", evil), ("json", "\x1b\x07")):
        run = deliv("sender", "--message", "order.eml", "--format", format_, server=broken)
        assert run.code == 1
        assert not {*characters} & ({*run.text, *run.stderr} - {*"[31m"})


# --- what a mail changes for `deliv check` ------------------------------------------------------------


def inboxes(run: Run) -> dict[str, float]:
    return {
        row["address"].partition("@")[2]: row["placement"]["inbox"] for row in run.results if row["placement"]
    }


def test_a_mail_changes_what_check_expects(deliv, broken, tmp_path):
    listed(tmp_path / "few.csv", ["x@docomo.ne.jp", "x@gmail.com", "x@ezweb.ne.jp"])
    options = ("few.csv", "--format", "json", "--as-of", "2026-11-24")
    without = inboxes(deliv("check", *options, server=broken))
    run = deliv("check", *options, "--message", "order.eml", server=broken)
    broken_side = inboxes(run)
    assert run.document["sender"]["domain"] == "shop.example"
    assert {row["address"] for row in run.results if "sender_auth_broken" in row["reasons"]}
    assert broken_side["docomo.ne.jp"] < without["docomo.ne.jp"]
    assert broken_side["ezweb.ne.jp"] < without["ezweb.ne.jp"]
    broken.zone |= {name: dict(records) for name, records in shop.HEALTHY.items()}
    (tmp_path / "order.eml").write_bytes(shop.signed_mail("sendgrid.net", "shop.example"))
    mended = inboxes(deliv("check", *options, "--message", "order.eml", server=broken))
    assert all(mended[name] > broken_side[name] for name in ("docomo.ne.jp", "ezweb.ne.jp"))
    assert mended == pytest.approx(without, abs=0.05)


def test_check_takes_the_sender_and_the_mail_together(deliv, broken, tmp_path):
    listed(tmp_path / "few.csv", ["x@docomo.ne.jp"])
    options = ("check", "few.csv", "--format", "json", "--message", "order.eml")
    both = deliv(*options, "--from", "order@shop.example", server=broken)
    assert both.results == deliv(*options, server=broken).results
    conflict = deliv(*options, "--from", "order@other.example", server=broken)
    assert conflict.code == 2
    assert conflict.stdout == b""
    assert "the mail is from shop.example, but you asked about other.example" in conflict.stderr


@pytest.mark.parametrize("name", ["missing.eml", "order.msg"])
def test_check_refuses_what_is_no_mail(deliv, broken, tmp_path, name):
    (tmp_path / "order.msg").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(512))
    run = deliv("check", "customers.csv", "--message", name, server=broken)
    assert run.code == 2
    assert name in run.stderr
    assert "nothing was checked" in run.stderr


def test_the_sum_that_check_shows_is_the_one_that_sender_weighs(deliv, broken):
    rows = deliv(
        *("check", "customers.csv", "--message", "order.eml", "--format", "json", "--as-of", "2026-11-24"),
        server=broken,
    ).results
    expected = sum(row["placement"]["inbox"] for row in rows if row["placement"])
    seen = customers_of(deliv(*WEIGHED, "--format", "json", server=broken))["seen"]
    assert seen == pytest.approx(expected, abs=0.5)


class TestReports:
    """``--reports``: what receivers say of the mail in the shop's name."""

    def test_the_page_tells_how_much_passed_and_where_the_rest_came_from(self, deliv, healthy, tmp_path):
        fails = record(30, ip="192.0.2.66", dkim="fail", spf="fail")
        (tmp_path / "reports").mkdir()
        (tmp_path / "reports" / "a.xml").write_bytes(xml(record(70), fails))
        (tmp_path / "reports" / "b.xml.gz").write_bytes(gzip.compress(xml(record(70), fails)))
        (tmp_path / "c.xml").write_bytes(
            xml(domain="other.example", receiver="yahoo.example").replace(
                b"<header_from>shop", b"<header_from>other"
            )
        )
        run = deliv(
            *("sender", "shop.example", "--reports", "reports", "--reports", "c.xml", "--lang", "en"),
            server=healthy,
        )

        assert "70 of 100 mails passed DMARC (70 %), DKIM 70, SPF 70" in run.text
        assert "192.0.2.66: 30 failed" in run.text
        assert "Left out, since about other domains: other.example" in run.text
        assert "counted once: 1" in run.text
        assert "more than a tenth of the mail in your name fails" in run.text

    def test_machines_read_the_same(self, deliv, healthy, tmp_path):
        (tmp_path / "a.xml").write_bytes(xml(record(40, dkim="fail")))
        run = deliv("sender", "shop.example", "--reports", "a.xml", "--format", "json", server=healthy)
        reports = document(run)["reports"]

        assert (reports["mails"], reports["dmarc_pass"], reports["dkim_pass"]) == (40, 40, 0)
        assert [each["receiver"] for each in reports["receivers"]] == ["google.example"]
        assert "sender-reported-unsigned" in fired(run)
        assert "sender-reported-failures" not in fired(run)

    def test_without_reports_there_is_no_word_of_them(self, deliv, healthy):
        run = deliv("sender", "shop.example", "--format", "json", server=healthy)

        assert document(run)["reports"] is None
        assert not fired(run) & {"sender-reported-unsigned", "sender-reported-failures"}

    def test_a_folder_without_reports_ends_the_run(self, deliv, healthy, tmp_path):
        (tmp_path / "none").mkdir()
        run = deliv("sender", "shop.example", "--reports", "none", "--lang", "en", server=healthy)

        assert (run.code, run.text) == (2, "")
        assert "there is no DMARC report in none" in run.stderr
