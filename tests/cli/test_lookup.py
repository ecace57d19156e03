"""``deliv lookup``: one address, with the customer on the phone."""

import json

import pytest

from tests.cli.commandline import SAMPLE
from tests.nameserver import Fault

DAY = ("--as-of", "2026-11-24")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("yui@takes-no-mail.example", "電話してください"),
        ("ken@gone.example", "電話してください"),
        ("not an address", "電話してください"),
        ("mei@gmial.com", "mei@gmail.com"),
        ("taro..suzuki@docomo.ne.jp", "電話してください"),
        ("taro@docomo.ne.jp", "11月26日(木)"),
        ("mei@gmail.com", "そのまま送信してください"),
    ],
    ids=["null mx", "nxdomain", "syntax", "typo", "dots", "carrier", "fine"],
)
def test_the_first_line_says_what_to_do(deliv, server, address, words):
    run = deliv("lookup", address, "--lang", "ja", *DAY, server=server)
    assert words in run.text.splitlines()[0]
    assert run.text.splitlines()[1] == ""
    assert run.code == 0


def test_the_quoted_form_of_an_address_from_before_the_rules_is_given(deliv, server):
    run = deliv("lookup", "taro..suzuki@docomo.ne.jp", "--lang", "ja", *DAY, server=server)
    assert '"taro..suzuki"@docomo.ne.jp' in run.text.splitlines()[0]


def test_the_page_tells_provider_evidence_findings_likelihood_and_words(deliv, server):
    run = deliv("lookup", "taro@docomo.ne.jp", "--lang", "ja", *DAY, server=server)
    lines = run.text.splitlines()
    assert "アドレス: taro@docomo.ne.jp" in lines
    assert "メール会社: ドコモ、携帯会社" in lines
    assert "  docomo.ne.jp MX: 10 mx.docomo.ne.jp." in lines
    assert any("推定" in line and "%" in line for line in lines)
    findings = [number for number, line in enumerate(lines) if line.startswith("[重要]")]
    assert "携帯会社" in lines[findings[0]]
    assert any(
        line.startswith("  出典: https://www.dekyo.or.jp/") and line.endswith("(2026-11-22)")
        for line in lines
    )
    words = lines[lines.index("お客様への案内") :]
    assert words[1].startswith("  「")
    assert [line.strip()[:2] for line in words if line.startswith("  ") and line.strip()[0].isdigit()] == [
        f"{number}." for number in range(1, 6)
    ]
    assert "受信リスト" in run.text
    assert words[-1].strip().startswith("https://www.docomo.ne.jp/")


def test_the_evidence_of_a_domain_of_ones_own_goes_down_to_the_host(deliv, server):
    lines = deliv("lookup", "x@customer.example", server=server).text.splitlines()
    assert "  customer.example MX: 10 mx.customer.example." in lines
    assert "  mx.customer.example A: 198.51.100.22" in lines


def test_the_page_is_english_in_english(deliv, server):
    run = deliv("lookup", "taro@docomo.ne.jp", *DAY, server=server)
    assert "Provider: NTT docomo, mobile carrier" in run.text
    assert "(estimate)" in run.text
    assert "What to tell the customer" in run.text
    assert run.stderr == ""


def test_a_source_that_nobody_confirmed_is_marked(deliv, server, tmp_path):
    (tmp_path / "mine.yaml").write_text(
        """\
providers:
  - id: my-cable
    kind: isp
    names: {ja: マイケーブル, en: My Cable}
    domains: [customer.example]
    notice: {ja: 夜は遅れます。, en: Slow at night.}
    sources: [{title: Asked their support, checked: 2026-11-20, verified: false}]
""",
        encoding="utf-8",
    )
    run = deliv("lookup", "x@customer.example", "--rules", "mine.yaml", server=server)
    assert "Slow at night." in run.text
    assert "Source: Asked their support (2026-11-20) (not confirmed by a source)" in run.text


def test_the_shop_is_named_in_the_words_for_the_customer(deliv, server, tmp_path):
    (tmp_path / "deliv.yaml").write_text(
        "shop: {name: 見本商店, phone: 03-0000-0000}\nsender: {from: order@shop.example}\n", encoding="utf-8"
    )
    run = deliv("lookup", "taro@docomo.ne.jp", "--lang", "ja", server=server)
    assert "見本商店" in run.text
    assert "03-0000-0000" in run.text
    assert "「受信リスト」に shop.example を登録" in run.text


def test_the_sender_is_told_after_the_address(deliv, server):
    server.zone["bare.example"] = {"MX": ["10 mx.shop.example."]}
    run = deliv("lookup", "mei@gmail.com", "--from", "order@bare.example", server=server)
    lines = run.text.splitlines()
    (sender,) = [number for number, line in enumerate(lines) if "Your sending domain bare.example" in line]
    assert sender > lines.index("Address: mei@gmail.com")
    assert any("v=spf1" in line or "SPF" in line for line in lines[sender:])


# --- several, pasted, piped -----------------------------------------------------------------------


def addresses_of(run) -> list[str]:
    return [line.partition(": ")[2] for line in run.text.splitlines() if line.startswith("Address: ")]


def test_several_addresses_are_several_pages_in_their_order(deliv, server):
    run = deliv("lookup", "mei@gmail.com", "ken@gone.example", "taro@docomo.ne.jp", server=server)
    assert addresses_of(run) == ["mei@gmail.com", "ken@gone.example", "taro@docomo.ne.jp"]


@pytest.mark.parametrize(
    "pasted",
    [
        "Taro Mihon <taro@docomo.ne.jp>",
        '"見本 太郎" <taro@docomo.ne.jp>',
        "mailto:taro@docomo.ne.jp",
        " taro@docomo.ne.jp ",
        "ｔａｒｏ＠ｄｏｃｏｍｏ．ｎｅ．ｊｐ",
        "\ntaro@docomo.ne.jp\r\n",
    ],
)
def test_what_was_pasted_is_taken_apart(deliv, server, pasted):
    run = deliv("lookup", pasted, server=server)
    assert [address.split(" (")[0] for address in addresses_of(run)] == ["taro@docomo.ne.jp"]
    assert "NTT docomo" in run.text


def test_a_pasted_line_of_recipients_is_several_addresses(deliv, server):
    run = deliv("lookup", "mei@gmail.com, Taro <taro@docomo.ne.jp>; mei@gmail.com", server=server)
    assert [address.split(" (")[0] for address in addresses_of(run)] == ["mei@gmail.com", "taro@docomo.ne.jp"]


@pytest.mark.parametrize("arguments", [(), ("-",)], ids=["nothing", "dash"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_addresses_come_from_standard_input(deliv, server, arguments, encoding):
    text = "見本 太郎 <taro@docomo.ne.jp>\r\n\r\nmei@gmail.com\r\n"
    run = deliv("lookup", *arguments, input=text.encode(encoding), server=server)
    assert [address.split(" (")[0] for address in addresses_of(run)] == ["taro@docomo.ne.jp", "mei@gmail.com"]


@pytest.mark.parametrize("given", [b"", b"\n \n"], ids=["empty", "blank"])
def test_nothing_to_look_up_is_2(deliv, given):
    run = deliv("lookup", input=given)
    assert run.code == 2
    assert run.stdout == b""
    assert run.stderr.count("\n") == 1
    assert "nothing was checked" in run.stderr


def test_json_holds_the_same_as_that_of_a_list(deliv, server, tmp_path):
    (tmp_path / "list.csv").write_text("email\nmei@gmail.com\ntaro@docomo.ne.jp\n", encoding="utf-8")
    one = deliv("lookup", "mei@gmail.com", "taro@docomo.ne.jp", "-f", "json", *DAY, server=server)
    other = deliv("check", "list.csv", "-f", "json", *DAY, server=server)
    lines = {row["row"]: row["line"] for row in other.results}
    assert [row | {"line": lines[row["row"]]} for row in one.results] == other.results
    by_line = deliv("lookup", "mei@gmail.com", "taro@docomo.ne.jp", "-f", "jsonl", *DAY, server=server)
    assert [json.loads(line) for line in by_line.text.splitlines()] == one.results


def test_the_format_can_come_from_a_variable_of_its_own(deliv, server):
    env = {"DELIV_LOOKUP_FORMAT": "jsonl", "DELIV_FORMAT": "csv"}
    assert json.loads(deliv("lookup", "mei@gmail.com", env=env, server=server).text)["row"] == 1


def test_a_table_of_a_few_addresses(deliv, server):
    run = deliv("lookup", "mei@gmail.com", "taro@docomo.ne.jp", "--format", "table", server=server)
    assert "Rows checked: 2" in run.text


def test_a_replay_needs_no_network(deliv):
    run = deliv("lookup", "taro@docomo.ne.jp", "--replay", SAMPLE / "dns.json")
    assert run.code == 0
    assert "mfsmax.docomo.ne.jp" in run.text


# --- hostile, and private -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b[2J\x1b[31mx@customer.example",
        "x\x07\x08@customer.example",
        "\x9b31mx@customer.example",
        "\u202egro.elpmaxe@x",
        "[red]x[/red]@customer.example",
        "{domain}@customer.example",
        "%s%n@customer.example",
    ],
    ids=["escape", "bell", "c1", "right to left", "markup", "braces", "percent"],
)
def test_a_hostile_address_is_printed_harmlessly(deliv, server, hostile):
    for format_ in ("page", "table"):
        run = deliv("lookup", hostile, "--format", format_, server=server)
        assert "Traceback" not in run.stderr
        assert "this is a bug" not in run.stderr
        assert not {*"\x1b\x07\x08\x9b\u202e"} & {*run.text, *run.stderr}
    if hostile.isprintable():
        assert hostile in run.text


def test_hostile_records_are_printed_harmlessly(deliv, server):
    server.zone["evil.example"] = {"MX": ["10 mx.customer.example."], "TXT": ["v=spf1 \x1b[31m[red]x -all"]}
    run = deliv("lookup", "mei@gmail.com", "--from", "order@evil.example", server=server)
    assert "\x1b" not in run.text
    assert "evil.example" in run.text


def test_only_domain_names_reach_the_dns(deliv, server):
    server.faults["fails.example"] = Fault(rcode="SERVFAIL")
    addresses = ["hanako.secret@docomo.ne.jp", "Secret Name <secret@gone.example>", "secret@fails.example"]
    deliv("lookup", *addresses, "secret no address", "--max-unknown", "100", server=server)
    assert server.questions
    assert not any("secret" in name or "hanako" in name for name, _ in server.questions)


@pytest.mark.parametrize(("format_", "encoding"), [("json", "utf-8"), ("jsonl", "utf-8"), ("page", "cp932")])
def test_json_is_utf8_whatever_the_console_is(process, format_, encoding):
    run = process(
        *("lookup", "rin@hotmail.co.jp", "--replay", SAMPLE / "dns.json"),
        *("--format", format_, "--lang", "ja"),
        env={"PYTHONIOENCODING": "cp932"},
    )
    assert run.code == 0
    assert "フォルダー" in run.stdout.decode(encoding)
