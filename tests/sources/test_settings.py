"""deliv.yaml: every key, and every way to get it wrong."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from deliv.core.canary import DEFAULT_CANARY
from deliv.core.errors import SettingsErrors
from deliv.core.settings import (
    CalendarSettings,
    NetworkSettings,
    SenderProfile,
    Settings,
    ShopSettings,
)
from deliv.sources.settings import load_settings

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: str | bytes) -> Path:
        path = tmp_path / "deliv.yaml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def faults_of(path: Path) -> list[str]:
    with pytest.raises(SettingsErrors) as caught:
        load_settings(path)
    first, *lines = str(caught.value).splitlines()
    assert first == f"{path} holds faults; nothing was checked"
    assert len(caught.value.faults) == len(lines)
    return [line.strip().removeprefix(str(path)) for line in lines]


def test_every_key_is_read(write: Write, tmp_path: Path) -> None:
    path = write("""
shop:
  name: 花のみずき
  phone: 03-1234-5678
  hours: 平日 10時から18時
  timezone: Asia/Tokyo
  country: US
sender:
  from: order@shop.example
  envelope: bounce.shop.example
  reply_to: info@shop.example
  ips: [192.0.2.25, "2001:db8::25"]
  sends_through: [google-workspace, sendgrid]
  selectors: [s1, k2._domainkey.mailer.example]
  volume_per_day: 120
network:
  nameservers: ["192.0.2.53", "[2001:db8::53]:5353"]
  timeout: 2.5
  concurrency: 20
  qps: 50
  budget: 600
  canary: [living.example]
calendar:
  closed: [2026-12-31, 2027-01-01]
  phone_window: 11:00-17:30
  workdays: [monday, tuesday, wednesday, thursday, friday, saturday]
  quiet_hours: 22:00-07:00
rules: [mine, sub/more.yaml]
""")
    assert load_settings(path) == Settings(
        shop=ShopSettings(
            name="花のみずき",
            phone="03-1234-5678",
            hours="平日 10時から18時",
            timezone="Asia/Tokyo",
            country="US",
        ),
        sender=SenderProfile(
            from_address="order@shop.example",
            envelope="bounce.shop.example",
            reply_to="info@shop.example",
            ips=("192.0.2.25", "2001:db8::25"),
            sends_through=("google-workspace", "sendgrid"),
            selectors=("s1", "k2._domainkey.mailer.example"),
            volume_per_day=120,
        ),
        network=NetworkSettings(
            nameservers=("192.0.2.53", "[2001:db8::53]:5353"),
            timeout=2.5,
            concurrency=20,
            qps=50.0,
            budget=600.0,
            canary=("living.example",),
        ),
        calendar=CalendarSettings(
            workdays=frozenset({0, 1, 2, 3, 4, 5}),
            closed=frozenset({date(2026, 12, 31), date(2027, 1, 1)}),
            phone_window="11:00-17:30",
            quiet_hours="22:00-07:00",
        ),
        rules=(str(tmp_path / "mine"), str(tmp_path / "sub/more.yaml")),
    )


@pytest.mark.parametrize(
    "text",
    ["", "# nothing yet\n", "shop:\nsender:\nnetwork:\ncalendar:\nrules:\n", "network: {canary: }\n"],
    ids=["empty", "comment", "sections-without-content", "key-without-value"],
)
def test_what_is_not_said_is_the_default(text: str, write: Write) -> None:
    assert load_settings(write(text)) == Settings()
    assert Settings().network.canary == DEFAULT_CANARY


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_files_from_windows_are_read(encoding: str, end: str, write: Write) -> None:
    path = write(f"shop:{end}  name: 花屋{end}".encode(encoding))
    assert load_settings(path).shop.name == "花屋"


def test_without_a_path_the_file_in_the_working_folder_counts(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings() == Settings()
    write("shop: {name: ここ}")
    assert load_settings().shop.name == "ここ"
    assert load_settings("deliv.yaml").shop.name == "ここ"


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    assert faults_of(tmp_path / "gone.yaml") == [": it cannot be read (No such file or directory)"]


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path)
    assert fault.startswith(": it cannot be read (")


@pytest.mark.parametrize("encoding", ["cp932", "utf-16"])
def test_another_encoding_is_refused_with_what_to_do(encoding: str, write: Write) -> None:
    assert faults_of(write("shop: {name: 花屋}".encode(encoding))) == [": it is not UTF-8; save it as UTF-8"]


TWO_LETTERS = "write two capital letters, for example JP"
NO_TIME = "this leaves no time for a call, since nobody is phoned before 09:00 or after 20:00"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("shpo: {name: x}", ":1: shpo: “shpo” is not known here; did you mean “shop”?"),
        ("shop: {nmae: x}", ":1: shop.nmae: “nmae” is not known here; did you mean “name”?"),
        (
            "network:\n  timeuot: 3",
            ":2: network.timeuot: “timeuot” is not known here; did you mean “timeout”?",
        ),
        (
            "calendar: {phone_windows: x}",
            ":1: calendar.phone_windows: “phone_windows” is not known here; did you mean “phone_window”?",
        ),
        ("sender: {from: a@b.example, xyz: 1}", ":1: sender.xyz: “xyz” is not known here"),
        ("sender: {}", ":1: sender: “from” is missing"),
        (
            "sender: {from: a@b.example, selector: [s1]}",
            ":1: sender.selector: “selector” is not known here; did you mean “selectors”?",
        ),
        ("sender: {from: a@b.example, selectors: s1}", ":1: sender.selectors: this must be a list"),
        (
            "sender:\n  from: a@b.example\n  selectors: [20230601]",
            ":3: sender.selectors[0]: this must be text; put it between quotation marks",
        ),
        (
            "sender:\n  from: a@b.example\n  ips:\n    - 192.0.2.1\n    - 192.0.2.256",
            ":5: sender.ips[1]: “192.0.2.256” is no IP address",
        ),
        (
            "sender: {from: a@b.example, ips: [192.0.2.0/24]}",
            ":1: sender.ips[0]: “192.0.2.0/24” is no IP address",
        ),
        ("sender: {from: a@b.example, ips: 192.0.2.1}", ":1: sender.ips: this must be a list"),
        (
            "sender: {from: a@b.example, volume_per_day: some}",
            ":1: sender.volume_per_day: this must be a number",
        ),
        (
            "sender: {from: a@b.example, volume_per_day: -1}",
            ":1: sender.volume_per_day: this must be at least 0",
        ),
        (
            "sender: {from: a@b.example, volume_per_day: 1.5}",
            ":1: sender.volume_per_day: this must be a whole number",
        ),
        ("shop: 花屋", ":1: shop: this must be a list of “key: value” lines"),
        ("- shop", ":1: this must be a list of “key: value” lines"),
        (
            "shop: {phone: 0312345678x, name: 12}",
            ":1: shop.name: this must be text; put it between quotation marks",
        ),
        (
            "shop: {timezone: Asia/Tokio}",
            ":1: shop.timezone: there is no time zone “Asia/Tokio”; write for example Asia/Tokyo",
        ),
        (
            "shop: {timezone: ../../etc/passwd}",
            ":1: shop.timezone: there is no time zone “../../etc/passwd”; write for example Asia/Tokyo",
        ),
        (
            "shop: {timezone: Asia}",
            ":1: shop.timezone: there is no time zone “Asia”; write for example Asia/Tokyo",
        ),
        ("network: {timeout: 0}", ":1: network.timeout: this must be at least 0.1"),
        ("network: {timeout: soon}", ":1: network.timeout: this must be a number"),
        ("network: {concurrency: 0}", ":1: network.concurrency: this must be at least 1"),
        ("network: {concurrency: 2.5}", ":1: network.concurrency: this must be a whole number"),
        ("network: {qps: -1}", ":1: network.qps: this must be at least 0.0"),
        ("network: {nameservers: 192.0.2.53}", ":1: network.nameservers: this must be a list"),
        (
            "calendar: {closed: [2026-12-31, someday]}",
            ":1: calendar.closed[1]: this must be a day such as 2026-11-22",
        ),
        ("calendar: {closed: [2026-02-30]}", ":1: calendar.closed[0]: there is no such day as 2026-02-30"),
        ("calendar: {phone_window: '20:00-23:00'}", f":1: calendar.phone_window: {NO_TIME}"),
        ("calendar: {phone_window: '19:00-10:00'}", f":1: calendar.phone_window: {NO_TIME}"),
        ("calendar: {quiet_hours: night}", ":1: calendar.quiet_hours: hours are written as “10:00-19:00”"),
        (
            "calendar: {workdays: [saterday]}",
            ":1: calendar.workdays[0]: “saterday” is not known here; did you mean “saturday”?",
        ),
        ("shop: {country: Japan}", f":1: shop.country: the holidays of “Japan” are not known; {TWO_LETTERS}"),
        (
            "calendar: {phone_window: 9-17}",
            ":1: calendar.phone_window: hours are written as “10:00-19:00”",
        ),
        ("rules: mine", ":1: rules: this must be a list"),
        ("shop: {name: a, name: b}", ":1: shop.name: this key stands there twice (first on line 1)"),
    ],
)
def test_a_fault_names_its_line_its_place_and_what_is_meant(text: str, fault: str, write: Write) -> None:
    assert fault in faults_of(write(text))


def test_a_sender_without_a_volume_has_none(write: Write) -> None:
    sender = load_settings(write("sender: {from: a@b.example, volume_per_day: }")).sender
    assert sender == SenderProfile(from_address="a@b.example", volume_per_day=None)
    nothing = load_settings(write("sender: {from: a@b.example, volume_per_day: 0}")).sender
    assert nothing is not None
    assert nothing.volume_per_day == 0


def test_all_faults_are_shown_at_once(write: Write) -> None:
    faults = faults_of(
        write("shop:\n  nmae: x\n  timezone: Mars\nnetwork:\n  timeout: soon\n  qps: yes\nrulez: []\n")
    )
    assert {tuple(fault.split(": ")[:2]) for fault in faults} == {
        (":2", "shop.nmae"),
        (":3", "shop.timezone"),
        (":5", "network.timeout"),
        (":6", "network.qps"),
        (":7", "rulez"),
    }


def test_a_file_that_is_no_yaml_says_where(write: Write) -> None:
    (fault,) = faults_of(write("shop:\n  name: 'x\n"))
    assert fault.startswith(":3: this is not valid YAML (")


def test_an_empty_canary_believes_the_resolver(write: Write) -> None:
    assert load_settings(write("network: {canary: []}\n")).network.canary == ()


def test_the_history_lies_beside_the_settings(write: Write, tmp_path: Path) -> None:
    assert load_settings(write("shop: {name: x}\n")).history.path == ""
    assert load_settings(write('history: {path: "off"}\n')).history.path == "off"
    path = write("history: {path: kept/history.sqlite3}\n")
    assert Path(load_settings(path).history.path) == path.parent / "kept" / "history.sqlite3"
    assert load_settings(write(f"history: {{path: '{tmp_path / 'x'}'}}\n")).history.path == str(
        tmp_path / "x"
    )


def test_a_history_may_be_turned_off_and_has_its_defaults(write: Write) -> None:
    assert load_settings(write("history: {path: 'off'}\n")).history.path == "off"
    assert load_settings(write("history: {}\n")).history.half_life_days == 180


def test_a_history_that_fades_at_once_is_a_slip(write: Write) -> None:
    assert faults_of(write("history: {half_life_days: 0}\n")) == [
        ":1: history.half_life_days: this must be at least 1"
    ]
