"""Options and settings become the objects of a run: rules, resolver, sender, day."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from deliv.cli.output import open_output
from deliv.clock import now_of
from deliv.core.canary import Trust
from deliv.core.errors import InputError, SettingsErrors
from deliv.core.facts import Changes, parse_what_if
from deliv.core.question import Resolver
from deliv.core.rulebook import RuleBook
from deliv.core.sending import from_domain
from deliv.core.settings import NetworkSettings, SenderProfile, Settings
from deliv.sources.recording import RecordingResolver, read_recording
from deliv.sources.rulefiles import load_rules
from deliv.sources.settings import load_settings

if TYPE_CHECKING:
    from deliv.sources.message import OrderMail

_YEARS = range(1990, 2200)  # in which somebody may mail an order


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkOptions:
    """The options of the group “Network”; None stands for what deliv.yaml says."""

    nameserver: Sequence[str] | None = None
    timeout: float | None = None
    concurrency: int | None = None
    canary: Sequence[str] | None = None
    record: Path | None = None
    replay: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderOptions:
    """The options of the group “Sender”; None stands for what deliv.yaml says."""

    from_: str | None = None
    envelope: str | None = None
    ips: Sequence[str] | None = None
    sends_through: Sequence[str] | None = None
    selectors: Sequence[str] | None = None
    volume: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Everything that a run needs besides its list."""

    settings: Settings
    rules: RuleBook
    resolver: Resolver
    sender: SenderProfile | None
    as_of: date | None
    record: Path | None


def set_up(
    network: NetworkOptions,
    *,
    config: Path | None,
    rules: Sequence[Path] | None,
    sender: SenderOptions,
    as_of: str | None,
) -> Setup:
    """Return the objects of a run; options win over deliv.yaml.

    Raises SettingsErrors, RuleErrors and RecordingError.
    """
    settings = load_settings(config)
    settings = replace(settings, network=_network(settings.network, network))
    return Setup(
        settings=settings,
        rules=load_rules(*settings.rules, *(rules or ())),
        resolver=_resolver(settings.network, network),
        sender=_sender(settings.sender, sender),
        as_of=parse_day(as_of),
        record=network.record,
    )


def _sender(profile: SenderProfile | None, options: SenderOptions) -> SenderProfile | None:
    """Return how the shop sends; what deliv.yaml says of another domain does not count."""
    if options.from_ is not None and (profile is None or not _is_same_domain(profile, options.from_)):
        profile = SenderProfile(from_address=options.from_)
    for ip in options.ips or ():
        _check_ip(ip)
    changes = {
        "from_address": options.from_,
        "envelope": options.envelope,
        "ips": _words(options.ips),
        "sends_through": _words(options.sends_through),
        "selectors": _words(options.selectors),
        "volume_per_day": options.volume,
    }
    given: dict[str, Any] = {name: value for name, value in changes.items() if value is not None}
    if not given:
        return profile
    return replace(profile or SenderProfile(from_address=""), **given)


def _is_same_domain(profile: SenderProfile, address: str) -> bool:
    try:
        return from_domain(profile) == from_domain(SenderProfile(from_address=address))
    except InputError:
        return False  # whoever uses the address says what is wrong with it


def _check_ip(text: str) -> None:
    for word in _words([text]) or ():
        try:
            ipaddress.ip_address(word)
        except ValueError:
            raise InputError("“{text}” is no IP address; nothing was checked", text=word) from None


def parse_day(text: str | None) -> date | None:
    """Return the day that an option names.

    Raises SettingsErrors when it is no day.
    """
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        template = "“{text}” is no day; write it as 2026-11-22; nothing was checked"
        raise SettingsErrors(template, [], text=text)
    return day


def moment_of(text: str | None, settings: Settings) -> datetime:
    """Return the moment that an option names, by the shop's clock; the present by default.

    A day alone stands for its beginning. Raises SettingsErrors when it is no moment.
    """
    now = now_of(settings)
    if text is None:
        return now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.year not in _YEARS:
        template = (
            "“{text}” is no day and no moment; write it as 2026-11-22 or 2026-11-22T15:30; "
            "nothing was checked"
        )
        raise SettingsErrors(template, [], text=text)
    if not settings.shop.timezone:
        return moment.astimezone()
    zone = ZoneInfo(settings.shop.timezone)
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def _network(settings: NetworkSettings, options: NetworkOptions) -> NetworkSettings:
    changes = {
        "nameservers": _words(options.nameserver),
        "timeout": options.timeout,
        "concurrency": options.concurrency,
        "canary": _words(options.canary),
    }
    given: dict[str, Any] = {name: value for name, value in changes.items() if value is not None}
    return replace(settings, **given)


def _words(values: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the words in repeated options; in a variable they stand between spaces or commas."""
    if not values:
        return None
    return tuple(word for value in values for word in re.split(r"[\s,]+", value) if word)


def _resolver(settings: NetworkSettings, options: NetworkOptions) -> Resolver:
    if options.replay is not None:
        return read_recording(options.replay)
    from deliv.sources.resolver import DnsResolver

    resolver = DnsResolver(nameservers=settings.nameservers, timeout=settings.timeout)
    return RecordingResolver(resolver) if options.record is not None else resolver


def read_mail(path: str | None) -> "OrderMail | None":
    """Return the mail of ``--message``, if one was named.

    Raises InputError.
    """
    if path is None:
        return None
    from deliv.sources.message import read_message

    return read_message(path)


def read_what_if(texts: Sequence[str] | None, setup: Setup, mail: "OrderMail | None" = None) -> Changes:
    """Return what ``--what-if`` supposes.

    Raises InputError for words that nobody knows, and when there is no sender to suppose it of.
    """
    changes = parse_what_if(texts or ())
    if changes and setup.sender is None and mail is None:
        raise InputError("--what-if needs a sender: name it with --from; nothing was checked")
    return changes


def write_recording(setup: Setup, trust: Trust | None) -> None:
    """Write the answers of the run to the file of ``--record``, if one was named."""
    if setup.record is not None and isinstance(setup.resolver, RecordingResolver):
        with open_output(setup.record, "utf-8") as file:
            file.write(setup.resolver.recording(trust))
