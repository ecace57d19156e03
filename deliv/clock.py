"""The one place that reads the clock for a run."""

from datetime import datetime
from zoneinfo import ZoneInfo

from deliv.core.settings import Settings


def now_of(settings: Settings) -> datetime:
    """Return the present by the shop's clock, else by the computer's."""
    zone = settings.shop.timezone
    return datetime.now(ZoneInfo(zone)) if zone else datetime.now().astimezone()
