"""Why this number: every part of the sum, so that it can be checked by hand."""

from collections.abc import Iterator
from typing import Any, Final

from deliv.core.explanation import (
    ExplainedEffect,
    ExplainedLevel,
    Explanation,
    LevelName,
    Parts,
    Shares,
)
from deliv.core.placement import Placement
from deliv.core.rules import Basis
from deliv.formats import labels
from deliv.formats.safe import printable
from deliv.formats.summary import assumption
from deliv.locale import Translate

_ACTS: Final = frozenset({LevelName.REPLY, LevelName.CLICK, LevelName.OPEN, LevelName.REPORT})


def explanation_lines(placement: Placement, translate: Translate, lang: str) -> Iterator[str]:
    """Yield the sum, line by line; nothing where nobody asked for it."""
    why = placement.explanation
    if why is None:
        return
    _ = translate
    yield _("Why this number")
    prior = _("{prior}: {shares}; worth {strength} mails{doubt}").format(
        prior=_(labels.PRIOR[why.prior_of]),
        shares=_shares(why.prior, _),
        strength=f"{why.strength:g}",
        doubt=_doubt(why.basis, _),
    )
    yield f"  {prior}"
    yield f"    {why.note.get(lang)}"
    for effect in why.effects:
        yield f"  {_effect(effect, _)}"
    if why.is_certain:
        yield "  " + _("It is certain that no mail arrives, so nothing is added up.")
        return
    if why.effects:
        yield "  " + _("Together: {shares}").format(shares=_shares(why.before, _))
    if why.total is None:
        yield "  " + _("No outcomes of your own: this is the result.")
        return
    yield "  " + _("As counts of mails: {parts}").format(parts=_parts(why.start, _))
    yield from _levels(why, _)
    yield "  " + _("Sum: {parts}").format(parts=_parts(why.total, _))
    yield from _result(why.total, placement, _)


def _levels(why: Explanation, _: Translate) -> Iterator[str]:
    for level in why.levels:
        if level.level is LevelName.ADDRESS and why.limited_to is not None:
            template = (
                "  The address has outcomes of its own: where it says something,"
                " the pairs above are cut to {mails} mails"
            )
            yield _(template).format(mails=f"{why.limited_to:g}")
        name = _(labels.LEVEL[level.level]).format(subject=printable(level.subject) or _("nobody known"))
        yield f"  {name}: {_seen(level, _)}"
        yield "    " + _("adds {parts}").format(parts=_parts(level.added, _, sign="+"))
    if any(level.level in _ACTS for level in why.levels):
        yield f"  {assumption(_)}"


def _seen(level: ExplainedLevel, _: Translate) -> str:
    if level.level is LevelName.ADDRESS:
        template = "{bounced} came back, {events} replies, clicks, opens or reports"
    elif level.level in _ACTS:
        template = "{events} of {mails} mails; common rate {rate}"
    else:
        template = "{mails} mails sent, {bounced} came back, {events} test mails; still worth {worth} mails"
    return _(template).format(
        mails=level.mails,
        bounced=level.bounced,
        events=level.events,
        rate=f"{level.rate:.2%}",
        worth=f"{level.still_counts:.1f}",
    )


def _effect(effect: ExplainedEffect, _: Translate) -> str:
    parts = [
        _(template).format(value=value)
        for template, number, value in (
            ("log(junk/inbox) {value}", effect.spam, f"{effect.spam:+.2f}"),
            ("log(nowhere/inbox) {value}", effect.missing, f"{effect.missing:+.2f}"),
            ("junk at least {value}", effect.least_spam, f"{effect.least_spam:.2%}"),
            ("nowhere at least {value}", effect.least_missing, f"{effect.least_missing:.2%}"),
        )
        if number
    ]
    template = "Broken demand {name}: {effect}{doubt}" if effect.is_demand else "{name}: {effect}{doubt}"
    said = _(", ").join(parts) if parts else _("no effect")
    return _(template).format(name=effect.id, effect=said, doubt=_doubt(effect.basis, _) if parts else "")


def _result(total: Parts, placement: Placement, _: Translate) -> Iterator[str]:
    sums = {
        "taken": f"{total.taken:.4f} / {total.refused + total.taken:.4f}",
        "inbox": f"{total.inbox:.4f} / {total.inbox + total.elsewhere:.4f}",
        "elsewhere": f"{total.elsewhere:.4f} / {total.inbox + total.elsewhere:.4f}",
        "junk": f"{total.junk:.4f} / {total.junk + total.lost:.4f}",
    }
    rows = (
        ("Inbox = {taken} × {inbox} = {share}", placement.inbox),
        ("Junk folder = {taken} × {elsewhere} × {junk} = {share}", placement.spam),
        ("Nowhere = the rest = {share}", placement.missing),
    )
    for template, share in rows:
        yield "  " + _(template).format(share=f"{share:.2%}", **sums)


def _shares(shares: Shares, _: Translate) -> str:
    template = "inbox {inbox}, junk folder {spam}, nowhere {missing}"
    return _(template).format(
        inbox=f"{shares.inbox:.2%}", spam=f"{shares.spam:.2%}", missing=f"{shares.missing:.2%}"
    )


def _parts(parts: Parts, _: Translate, *, sign: str = "") -> str:
    """Return the counts; pairs to which nothing was added are left out."""
    pairs = (
        ("refused {yes}, taken {no}", parts.refused, parts.taken),
        ("inbox {yes}, elsewhere {no}", parts.inbox, parts.elsewhere),
        ("junk {yes}, lost {no}", parts.junk, parts.lost),
    )
    said = [
        _(template).format(yes=f"{yes:{sign}.4f}", no=f"{no:{sign}.4f}")
        for template, yes, no in pairs
        if not sign or yes or no
    ]
    return _("; ").join(said) if said else _("nothing")


def _doubt(basis: Basis, _: Translate) -> str:
    return _(" (estimate)") if basis is Basis.ESTIMATE else ""


def explanation_document(placement: Placement | None) -> dict[str, Any] | None:
    """Return the same for machines; None where nobody asked for it."""
    why = placement.explanation if placement else None
    if why is None:
        return None
    return {
        "prior": {
            **_share_document(why.prior),
            "of": why.prior_of,
            "strength": why.strength,
            "basis": why.basis,
        },
        "effects": [
            {
                "id": effect.id,
                "demand": effect.is_demand,
                "spam": effect.spam,
                "missing": effect.missing,
                "least_spam": effect.least_spam,
                "least_missing": effect.least_missing,
                "basis": effect.basis,
            }
            for effect in why.effects
        ],
        "before": _share_document(why.before),
        "start": _part_document(why.start),
        "levels": [
            {
                "level": level.level,
                "subject": level.subject,
                "mails": level.mails,
                "bounced": level.bounced,
                "events": level.events,
                "still_counts": round(level.still_counts, 4),
                "rate": round(level.rate, 6),
                "added": _part_document(level.added),
            }
            for level in why.levels
        ],
        "limited_to": why.limited_to,
        "total": _part_document(why.total) if why.total else None,
        "certain": why.is_certain,
    }


def _share_document(shares: Shares) -> dict[str, float]:
    return {name: round(getattr(shares, name), 6) for name in ("inbox", "spam", "missing")}


def _part_document(parts: Parts) -> dict[str, float]:
    names = ("refused", "taken", "inbox", "elsewhere", "junk", "lost")
    return {name: round(getattr(parts, name), 6) for name in names}
