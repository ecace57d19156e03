"""What refusals mean: rules tried in their order, of which the first that fits is believed.

The very words "Unknown user" mean a dead address at one server and a filter at another, so a rule may
ask for the operator, the status, the code, the phase and the words, and all of what it asks must fit.
What a bounce does not tell fits no demand.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from deliv.core.bounces import Phase, Refusal
from deliv.core.outcomes import BounceReason
from deliv.core.text import Source, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceRule:
    """One way of refusing, and what it means."""

    id: str
    """Stable name, kebab-case."""
    reason: BounceReason
    """What it means."""
    sources: tuple[Source, ...]
    """Where it comes from; at least one."""
    fires: Refusal
    """A refusal that it explains."""
    silent: Refusal
    """A refusal that it has nothing to say of."""
    message: Text | None = None
    """What the shop should know about it; None where the reason says it all."""
    providers: frozenset[str] = frozenset()
    """Ids of providers that own the recipient's domain; one of these or of `hosts` must fit."""
    hosts: tuple[str, ...] = ()
    """Ends of the names of hosts that refuse it so, with a leading dot or whole names."""
    statuses: tuple[str, ...] = ()
    """Enhanced statuses, one of which must fit; ``X`` stands for any number: ``X.7.26``."""
    codes: frozenset[str] = frozenset()
    """SMTP reply codes, one of which must fit."""
    phases: frozenset[Phase] = frozenset()
    """Phases, one of which must fit."""
    texts: tuple[str, ...] = ()
    """Words in lower case, some of which must stand in the text."""
    effective_from: date | None = None
    """First day on which it holds."""
    effective_until: date | None = None
    """Last day on which it holds."""
    is_weak: bool = False
    """Whether it counts only where nothing else in the bounce says more."""

    def fits(self, refusal: Refusal) -> bool:
        """Whether it explains a refusal."""
        return (
            self._holds_on(refusal.day)
            and (not self.codes or refusal.code in self.codes)
            and (not self.phases or refusal.phase in self.phases)
            and (not self.statuses or any(_is_status(refusal.status, each) for each in self.statuses))
            and self._is_of_operator(refusal)
            and self._is_worded(refusal)
        )

    def _holds_on(self, day: date | None) -> bool:
        """Whether it is in force; of a bounce without a date only what still holds is known."""
        if day is None:
            return self.effective_until is None
        from_, until = self.effective_from, self.effective_until
        return (from_ is None or from_ <= day) and (until is None or day <= until)

    def _is_of_operator(self, refusal: Refusal) -> bool:
        if not self.providers and not self.hosts:
            return True
        # Forwarding makes the recipient's domain say little: where hosts are told, they may decide alone.
        return refusal.provider in self.providers or any(
            _is_host(host, end) for host in refusal.hosts for end in self.hosts
        )

    def _is_worded(self, refusal: Refusal) -> bool:
        if not self.texts:
            return True
        return any(words in refusal.folded for words in self.texts)


def explain(refusal: Refusal, rules: Iterable[BounceRule], wider: str = "") -> BounceRule | None:
    """Return the first rule that explains a refusal; None when there is none.

    wider: everything that the bounce says about the recipient. It is looked at only where the server's own
    words say too little, for a notice explains a lot that did not happen.
    """
    rules = tuple(rules)
    strong = [rule for rule in rules if not rule.is_weak]
    for seen in (refusal, refusal.seen_wider(wider)) if wider else (refusal,):
        if (rule := _first(strong, seen)) is not None:
            return rule
    return _first((rule for rule in rules if rule.is_weak), refusal)


def _first(rules: Iterable[BounceRule], refusal: Refusal) -> BounceRule | None:
    return next((rule for rule in rules if rule.fits(refusal)), None)


def _is_status(status: str, pattern: str) -> bool:
    """Whether a status is one of those that a pattern such as ``5.7.X`` stands for."""
    parts, wanted = status.split("."), pattern.split(".")
    return len(parts) == len(wanted) and all(
        want in ("X", part) for part, want in zip(parts, wanted, strict=True)
    )


def _is_host(host: str, end: str) -> bool:
    return host == end.removeprefix(".") or (end.startswith(".") and host.endswith(end))
