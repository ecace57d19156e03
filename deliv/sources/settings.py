"""``deliv.yaml``: what the shop says of itself."""

from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deliv.core.canary import DEFAULT_CANARY
from deliv.core.errors import Fault, SettingsErrors
from deliv.core.settings import (
    CalendarSettings,
    HistorySettings,
    NetworkSettings,
    Settings,
    ShopSettings,
)
from deliv.sources.callfiles import decode_phone_window, decode_window
from deliv.sources.fields import Fields
from deliv.sources.publicholidays import knows_country
from deliv.sources.senderfiles import decode_sender
from deliv.sources.yamlfile import read_file, read_yaml

DEFAULT_NAME = "deliv.yaml"


class Weekday(StrEnum):
    """The days of the week, as settings call them; Monday comes first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


def load_settings(path: str | Path | None = None) -> Settings:
    """Return the settings in the file at `path`, or in ``deliv.yaml`` here if there is one.

    Raises SettingsErrors, which lists every fault with its line.
    """
    file = Path(path) if path is not None else Path(DEFAULT_NAME)
    if path is None and not file.is_file():
        return Settings()
    faults: list[Fault] = []
    settings = _decode(read_file(file, str(file), faults) or "", str(file), faults)
    if faults:
        raise SettingsErrors("{path} holds faults; nothing was checked", faults, path=str(file))
    return settings


def _decode(text: str, name: str, faults: list[Fault]) -> Settings:
    located = read_yaml(text, name, faults)
    if located is None:
        return Settings()
    fields = Fields(located, faults)
    settings = Settings(
        shop=_shop(fields.child("shop")),
        sender=decode_sender(sender) if (sender := fields.child("sender")) else None,
        network=_network(fields.child("network")),
        calendar=_calendar(fields.child("calendar")),
        history=_history(fields.child("history"), Path(name).parent),
        rules=tuple(str(Path(name).parent / folder) for folder in fields.texts("rules")),
    )
    fields.close()
    return settings


def _shop(fields: Fields | None) -> ShopSettings:
    if fields is None:
        return ShopSettings()
    zone = fields.text("timezone", "")
    if zone and (located := fields.get("timezone")):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            fields.report(located, "there is no time zone “{zone}”; write for example Asia/Tokyo", zone=zone)
    shop = ShopSettings(
        name=fields.text("name", ""),
        phone=fields.text("phone", ""),
        hours=fields.text("hours", ""),
        timezone=zone,
        country=_country(fields),
    )
    fields.close()
    return shop


def _country(fields: Fields) -> str:
    default = ShopSettings().country
    country = fields.text("country", default)
    if country != default and not knows_country(country) and (located := fields.get("country")):
        template = "the holidays of “{country}” are not known; write two capital letters, for example JP"
        fields.report(located, template, country=country)
    return country


def _network(fields: Fields | None) -> NetworkSettings:
    if fields is None:
        return NetworkSettings()
    default = NetworkSettings()
    network = NetworkSettings(
        nameservers=fields.texts("nameservers"),
        timeout=fields.number("timeout", default.timeout, least=0.1),
        concurrency=fields.count("concurrency", default.concurrency, least=1),
        qps=fields.number("qps", default.qps),
        budget=fields.number("budget", default.budget, least=1),
        canary=fields.texts("canary") if fields.has("canary") else DEFAULT_CANARY,
    )
    fields.close()
    return network


def _history(fields: Fields | None, folder: Path) -> HistorySettings:
    default = HistorySettings()
    if fields is None:
        return default
    path = fields.text("path", "")
    if path and path.casefold() != "off":  # as for rules, a path begins beside deliv.yaml
        path = str(folder / Path(path).expanduser())
    history = HistorySettings(
        path=path,
        half_life_days=fields.number("half_life_days", default.half_life_days, least=1),
    )
    fields.close()
    return history


def _calendar(fields: Fields | None) -> CalendarSettings:
    if fields is None:
        return CalendarSettings()
    days = [fields.as_day(item) for item in fields.items("closed")]
    default = CalendarSettings()
    names = tuple(Weekday)
    calendar = CalendarSettings(
        workdays=frozenset(names.index(name) for name in fields.words("workdays", Weekday))
        or default.workdays,
        closed=frozenset(day for day in days if day is not None),
        phone_window=decode_phone_window(fields, "phone_window"),
        quiet_hours=decode_window(fields, "quiet_hours", ""),
    )
    fields.close()
    return calendar
