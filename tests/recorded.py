"""Rows as sources hand them to a history, made by the tests."""

from datetime import date

from deliv.core.outcomerows import Recorded
from deliv.core.outcomes import Outcome, OutcomeKind

TODAY = date(2026, 11, 22)


def recorded(who="taro@docomo.ne.jp", kind="sent", day="2026-11-20", *, mail="", **more) -> Recorded:
    """Return a row about an address, or about a whole domain."""
    domain = who.rpartition("@")[2]
    outcome = Outcome(
        kind=OutcomeKind(kind),
        domain=domain,
        day=date.fromisoformat(day),
        who=who if "@" in who else "",
        **more,
    )
    return Recorded(outcome=outcome, line=2, mail=mail)
