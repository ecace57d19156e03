"""What README and --help say is what the program does."""

import io
import json
import re
import shlex
from contextlib import redirect_stdout
from pathlib import Path

import pytest
import typer

import deliv as library
from deliv.cli.app import app
from deliv.cli.choices import FailOn, SenderFailOn
from deliv.cli.exitcodes import ExitCode, exit_code
from deliv.core.assessment import RESULT_OF_RISK
from deliv.core.contacts import ContactKind, ContactRole
from deliv.core.exports import fold_heading
from deliv.core.outcomes import OutcomeKind
from deliv.core.outcomewords import OutcomeWords
from deliv.core.report import Tally
from deliv.core.rules import Severity
from deliv.core.settings import SenderProfile
from deliv.formats.csv import COLUMNS
from tests.bounces import group, report
from tests.cli.commandline import listed
from tests.cli.test_backtest import year
from tests.shop import BROKEN, signed_mail
from tests.sources.test_aggregatereports import xml

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
TOP = typer.main.get_command(app).commands
COMMANDS = {
    f"{name} {below}" if below else name: each
    for name, command in TOP.items()
    for below, each in {"": command, **getattr(command, "commands", {})}.items()
    if not (hasattr(command, "commands") and below == "")
}
"""Everything that can be run, such as “check” and “rules show”."""


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def table_below(heading: str) -> list[list[str]]:
    """Return the cells of the rows of the table below a heading of the README."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows[2:]]


def own_side() -> str:
    """Return the section of the README on the shop's own side."""
    return README.split("\n### Your own side\n")[1].split("\n### ")[0]


# --- the exit codes -------------------------------------------------------------------------------


def test_the_table_of_exit_codes_is_the_one_in_the_code():
    codes = [int(code) for row in table_below("Exit codes") for code in row[0].split(",")]
    assert codes == sorted(ExitCode)


def test_the_gate_and_its_defaults_are_those_of_the_table():
    (gate,) = [row[1] for row in table_below("Exit codes") if row[0] == "1"]
    (unknown,) = [row[1] for row in table_below("Exit codes") if row[0] == "3"]
    assert "--fail-on " + r"\|".join(FailOn) in gate
    options = {option.name: option for option in COMMANDS["check"].params}
    assert f"default `{options['fail_on'].default.value}`" in gate
    assert f"default {options['max_unknown'].default:g} % of the rows" in unknown
    for_sender = gate.split("for `sender` ")[1]
    assert r"\|".join(SenderFailOn) in for_sender
    options = {option.name: option for option in COMMANDS["sender"].params}
    assert f"default `{options['fail_on'].default.value}`" in for_sender
    assert f"default {options['max_unknown'].default:g} % of the rows; for `sender` of the rules" in unknown


def test_the_gate_of_sender_is_that_of_its_section():
    assert f"`--fail-on {'|'.join(SenderFailOn)}`" in own_side()
    assert {*SenderFailOn} - {SenderFailOn.NEVER} == {*Severity} - {Severity.INFO}
    (option,) = [option for option in COMMANDS["sender"].params if option.name == "fail_on"]
    assert f"severity of a finding (default `{option.default.value}`)" in " ".join(own_side().split())


@pytest.mark.parametrize("fail_on", FailOn)
def test_an_empty_list_passes_every_gate(fail_on):
    assert exit_code(Tally().summary(), fail_on=fail_on, max_unknown=0) is ExitCode.OK


def test_the_words_of_the_results_are_those_of_the_code():
    rows = table_below("What the words mean")
    assert [(row[0], row[1]) for row in rows] == [(result, risk) for risk, result in RESULT_OF_RISK.items()]


# --- the help -------------------------------------------------------------------------------------

OPTIONS = [
    pytest.param(command, option, id=f"{name} {option.opts[0]}")
    for name, command in COMMANDS.items()
    for option in command.params
    if option.param_type_name == "option" and option.name != "help"
]


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_every_option_has_words_a_variable_and_a_group(command, option):
    assert option.help
    assert option.envvar.startswith("DELIV_")
    assert option.rich_help_panel


@pytest.fixture(scope="module")
def variables():
    """Return which options, of which commands, each variable stands for."""
    found: dict[str, set[tuple[str, str]]] = {}
    for name, command in COMMANDS.items():
        for option in command.params:
            if option.envvar:
                found.setdefault(option.envvar, set()).add((name, option.opts[0]))
    return found


def test_a_variable_is_named_after_its_option(variables):
    for variable, users in variables.items():
        (option,) = {option for _, option in users}
        name = option.removeprefix("--").replace("-", "_").upper()
        commands = {command.split()[0].upper() for command, _ in users}
        of_one_command = {f"DELIV_{command}_{name}" for command in commands} if len(commands) == 1 else set()
        assert variable in {f"DELIV_{name}"} | of_one_command


def test_a_variable_takes_the_same_words_wherever_it_counts(variables):
    for users in variables.values():
        options = [
            next(option for option in COMMANDS[command].params if name in option.opts)
            for command, name in users
        ]
        assert len({str(getattr(option.type, "choices", option.type.name)) for option in options}) == 1


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("locale", ["C.UTF-8", "ja_JP.UTF-8"])
def test_the_help_shows_every_option_with_its_variable(process, name, locale):
    run = process(*name.split(), "--help", env={"LANG": locale})
    assert run.code == 0
    shown = "".join(run.text.split())
    for option in COMMANDS[name].params:
        assert all(spelling in shown for spelling in option.opts if spelling.startswith("-"))
        assert (option.envvar or "") in shown
    is_japanese = any("\u3040" <= character <= "\u30ff" for character in run.text)
    assert is_japanese == locale.startswith("ja")


def test_the_help_of_all_names_each_command(process):
    run = process("--help")
    for name in TOP:
        assert re.search(rf"^  {name} ", run.text, re.MULTILINE)


@pytest.mark.parametrize("group", ["rules", "history"])
def test_the_help_of_a_group_names_each_of_its_commands(process, group):
    run = process(group, "--help")
    for name in TOP[group].commands:
        assert re.search(rf"^  {name} ", run.text, re.MULTILINE)


def test_without_a_command_the_help_is_shown_and_nothing_was_done(process):
    run = process()
    assert run.code == 2
    assert "Usage: deliv " in run.text + run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_both_spellings_of_help(process, option):
    assert process(option).text.startswith("Usage: deliv ")


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_both_spellings_of_version(process, deliv, option):
    assert process(option).text == f"deliv {library.__version__}\n"
    assert deliv(option).text == f"deliv {library.__version__}\n"


# --- the README -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        "python -m pip install . && deliv demo",
        'python -m pip install ".[test]" && python -m pytest',
        "py -m venv .venv",
        r".venv\Scripts\python -m pip install .",
        r".venv\Scripts\python -m deliv demo",
    ],
)
def test_the_commands_that_set_everything_up_are_there(command):
    assert any(command in block.splitlines() for block in blocks(""))


def test_ci_calls_the_very_test_command_of_the_readme():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    command = script.replace("--quiet ", "")
    assert 'python -m pip install ".[test]" && python -m pytest' in command


EXAMPLES = [
    line.partition(" #")[0].strip()
    for block in blocks("")
    for line in block.splitlines()
    if line.startswith("deliv ")
]


@pytest.fixture
def shop(tmp_path, deliv, server):
    """Return the folder of a shop that has everything the README talks about."""
    addresses = ["taro@docomo.ne.jp", "mei@gmail.com", "ken@gone.example"]
    dated = [f"{address},2026-11-20" for address in addresses]
    listed(tmp_path / "orders.csv", dated, heading="email,order date")
    listed(tmp_path / "受注データ.csv", dated, heading="メールアドレス,注文日")
    for name in ("outcomes.csv", "送信結果.csv"):
        (tmp_path / name).write_text(*blocks("csv"), encoding="utf-8")
    listed(tmp_path / "顧客一覧.csv", addresses, heading="メールアドレス")
    for name in ("contacts.csv", "連絡記録.csv"):
        (tmp_path / name).write_text("email,date,kind\n", encoding="utf-8")
    server.zone |= {name: dict(records) for name, records in BROKEN.items()}
    for name in ("order.eml", "注文メール.eml"):
        (tmp_path / name).write_bytes(signed_mail("sendgrid.net"))
    (tmp_path / "Maildir" / "new").mkdir(parents=True)
    (tmp_path / "Maildir" / "new" / "1717376400.M1P1.mx").write_bytes(report(group("mei@gmail.com")))
    (tmp_path / "dmarc-reports").mkdir()
    (tmp_path / "dmarc-reports" / "google.example.xml").write_bytes(xml())
    (tmp_path / "my-rules").mkdir()
    (tmp_path / "my-rules" / "cable.yaml").write_text(provider_example(), encoding="utf-8")
    deliv("check", "orders.csv", "--record", "dns.json", server=server)
    return tmp_path


def provider_example() -> str:
    (text,) = [block for block in blocks("yaml") if block.startswith("providers:")]
    return text


NEVER_1 = ("lookup", "followup", "rules", "learn", "history")


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_work(deliv, server, shop, example):
    words = [word.replace("192.0.2.53", server.address) for word in shlex.split(example)[1:]]
    if words[:2] == ["history", "backtest"]:
        (shop / "year.csv").write_bytes(year(1))
        deliv("learn", "year.csv", "--as-of", "2026-11-22")
    run = deliv(*words, env={"DELIV_NAMESERVER": server.address})
    assert run.code == (0 if words[0] in NEVER_1 or "--show-columns" in words else 1)
    for option in ("--output", "--do-not-mail", "--record", "--svg"):
        if option in words:
            assert (shop / words[words.index(option) + 1]).exists()
    assert "deliv: " not in run.stderr


def test_there_are_examples_of_every_command():
    shown = {name for name in COMMANDS for line in EXAMPLES if f"{line} ".startswith(f"deliv {name} ")}
    assert shown | {"demo"} | ({"rules list"} if "deliv rules" in EXAMPLES else set()) == {*COMMANDS}


def test_the_example_of_deliv_yaml_can_be_loaded(tmp_path):
    (text,) = [block for block in blocks("yaml") if block.startswith("shop:")]
    (tmp_path / "deliv.yaml").write_text(text, encoding="utf-8")
    settings = library.load_settings(tmp_path / "deliv.yaml")
    assert settings.shop.name == "Example Shop"
    assert settings.sender == SenderProfile(
        from_address="order@shop.example",
        envelope="bounce.shop.example",
        ips=("192.0.2.25",),
        selectors=("s1",),
        volume_per_day=120,
    )
    (service,) = re.search(r"# or: sends_through: \[([a-z-]+)\]", text).groups()
    assert library.load_rules().services.get(service)
    assert settings.network.nameservers == ("192.0.2.53",)
    assert len(settings.calendar.closed) == 2
    assert (settings.shop.country, len(settings.calendar.workdays)) == ("JP", 6)
    assert settings.calendar.quiet_hours == "21:00-08:00"
    assert Path(settings.history.path) == tmp_path / "history.sqlite3"


def test_the_example_of_a_provider_can_be_loaded(tmp_path):
    (tmp_path / "cable.yaml").write_text(provider_example(), encoding="utf-8")
    rules = library.load_rules(tmp_path)
    assert library.classify("mycable.example", rules).id == "my-cable"
    assert library.classify("east.mycable.example", rules).id == "my-cable"
    assert library.classify("other.example", rules, mx=("in.mx.mycable.example",)).id == "my-cable"


def run_python(code: str) -> str:
    """Return what an example in Python prints."""
    with redirect_stdout(io.StringIO()) as shown:
        exec(compile(code, "README.md", "exec"), {})
    return shown.getvalue()


def test_the_example_in_python_runs(server, shop, monkeypatch):
    code, _ = blocks("python")
    assert "deliv.DnsResolver()" in code
    # Without name servers it would ask those of this machine.
    code = code.replace("deliv.DnsResolver()", f"deliv.DnsResolver(nameservers=[{server.address!r}])")
    monkeypatch.chdir(shop)
    results = json.loads(run_python(code))["results"]
    assert [row["risk"] for row in results] == ["medium", "low", "certain"]


def test_the_example_of_a_protocol_runs(server):
    _, code = blocks("python")
    server.zone["shop.example"] = {"TXT": ["v=spf1 include:_spf.shop.example -all"]}
    server.zone["_spf.shop.example"] = {"TXT": ["v=spf1 ip4:192.0.2.25 ~all"]}
    assert run_python(code.replace("192.0.2.53", server.address)) == "pass 1\n"


def test_every_name_of_the_examples_in_python_is_public():
    names = {*re.findall(r"\bdeliv\.(\w+)", "\n".join(blocks("python")))}
    assert names <= {*library.__all__}
    assert {"check_host", "DnsResolver"} <= names


def test_the_section_on_the_own_side_names_what_there_is():
    section = own_side()
    options = {spelling for option in COMMANDS["sender"].params for spelling in option.opts}
    named = {*re.findall(r"(?<![\w-])--[a-z][a-z-]+", section)}
    assert named <= options
    assert {"--message", "--list", "--through", "--ip", "--envelope", "--selector", "--spamassassin"} <= named
    (service,) = re.findall(r"--through ([a-z-]+)", section)
    assert library.load_rules().services.get(service)
    (schema,) = re.findall(r"\]\(([^)]*schema\.json)\)", section)
    document = json.loads((ROOT / schema).read_text(encoding="utf-8"))
    assert document["properties"]["schema"] == {"const": "deliv-sender/1"}


def test_the_commands_of_the_own_side_build_upon_each_other():
    commands = [line for line in own_side().splitlines() if line.startswith("deliv sender")]
    assert commands == [
        "deliv sender shop.example",
        "deliv sender --message order.eml",
        "deliv sender --message order.eml --list orders.csv",
        "deliv sender shop.example --reports dmarc-reports/",
    ]


def test_our_columns_are_those_of_the_code():
    (paragraph,) = [text for text in README.split("\n\n") if "with these columns added" in text]
    assert tuple(re.findall(r"`(deliv_\w+)`", paragraph)) == COLUMNS
    assert "`_2`" in paragraph


def test_the_example_of_outcomes_is_understood(deliv, shop):
    run = deliv("learn", "outcomes.csv", "--as-of", "2026-11-22")
    assert run.code == 0
    assert run.text == "outcomes.csv: 3 rows\n  new: sent: 120, bounced: 1, found in the junk folder: 1\n"


def test_the_table_of_outcomes_names_every_kind_and_words_that_are_known():
    section = README.split("\n### What became of your mails\n")[1].split("\n### ")[0]
    rows = [row.split("|")[1:3] for row in section.splitlines() if row.startswith("| `")]
    kinds = [kind for first, _ in rows for kind in re.findall(r"`(\w+)`", first)]
    assert {*kinds} == {*OutcomeKind}
    book = library.load_rules()
    read_fate = OutcomeWords(book.outcomes, book.contacts).fate
    for first, second in rows:
        named = {*re.findall(r"`(\w+)`", first)}
        assert {read_fate(word).kind for word in second.split(",")} <= named


def test_every_option_that_the_readme_names_is_there():
    known = {
        spelling for command in COMMANDS.values() for option in command.params for spelling in option.opts
    }
    text = "\n".join(line for line in README.splitlines() if "pip" not in line)
    assert {*re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)} <= known | {"--version", "--help"}


def test_every_variable_that_the_readme_names_is_there(variables):
    assert {*re.findall(r"\bDELIV_[A-Z_]+", README)} <= {*variables, "DELIV_CACHE", "DELIV_KEY"}


def test_every_link_of_the_readme_leads_somewhere():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_log_of_contacts_is_kept_as_the_readme_says():
    section = README.split("\n### Whom to phone today\n")[1].split("\n### ")[0]
    words = library.load_rules().contacts
    rows = [row.split("|") for row in section.splitlines() if row.startswith("| ") and "---" not in row][1:]
    found = {
        (name, japanese) for name, japanese in (re.findall(r"(\w+) \((\w+)\)", row[1])[0] for row in rows)
    }
    assert {name for name, _ in found} == {*ContactRole}
    assert all({name, japanese} <= {*words.headings[ContactRole(name)]} for name, japanese in found)
    (kinds,) = [row[2] for row in rows if "kind" in row[1]]
    for pair in kinds.split(","):
        kind, japanese = pair.split()
        assert fold_heading(japanese) in map(fold_heading, words.kinds[ContactKind(kind)])
    assert len(kinds.split(",")) == len(ContactKind)


def test_the_readme_speaks_japanese_too():
    assert "### 日本語" in README


def test_the_changelog_tells_what_is_not_released_yet():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "\n## [Unreleased]\n" in text
    for name in {*COMMANDS} - {"rules list"} | {"rules"}:
        assert f"`deliv {name}" in text
