"""Fixes in the order in which they bring most, each tried out on top of those before it.

A fix is judged by asking again as if it were published already, so that the number promised is
the number that the next audit finds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from deliv.core.auth.spf_audit import SpfAudit
from deliv.core.facts import SenderFacts
from deliv.core.findings import Findings
from deliv.core.fixes import Fix, FixKind, RecordChange
from deliv.core.proposals import propose, useless_terms
from deliv.core.rules import Rule
from deliv.core.senderreport import RankedFix
from deliv.core.sending import Sending

_MOST_FIXES: Final = 12
_SPF_KINDS: Final = frozenset({FixKind.SPF_HEADER_FROM, FixKind.SPF_ENVELOPE})


class Subject(Protocol):
    """Whose fixes are ranked: it can say what would be seen with some changes."""

    @property
    def sending(self) -> Sending:
        """How the shop sends."""
        ...

    async def facts(self, changes: Iterable[RecordChange] = (), *, signs_as: str = "") -> SenderFacts:
        """Return what receivers would see with these changes."""
        ...

    def findings(self, facts: SenderFacts) -> Findings:
        """Return what would be wrong then."""
        ...

    def seen(self, facts: SenderFacts, *, with_history: bool = True) -> float | None:
        """Return how many customers would see the mail; None without a list."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What stands after some fixes."""

    facts: SenderFacts
    findings: Findings
    seen: float | None
    believed: float | None
    """The same by the rule book alone."""
    changes: tuple[RecordChange, ...] = ()
    signs_as: str = ""

    @property
    def badness(self) -> int:
        """How bad what is left is, where no list tells: a serious finding outweighs minor ones."""
        return sum(10**finding.rule.severity.rank for finding in self.findings.fired)


async def rank_fixes(subject: Subject, facts: SenderFacts) -> tuple[RankedFix, ...]:
    """Return what to mend, the fix that saves most customers first."""
    state = _State(
        facts=facts,
        findings=subject.findings(facts),
        seen=subject.seen(facts),
        believed=subject.seen(facts, with_history=False),
    )
    ranked: list[RankedFix] = []
    while len(ranked) < _MOST_FIXES:
        tried = [await _try(subject, state, fix) for fix in propose(state.facts, subject.sending)]
        useful = [(fix, after) for fix, after in filter(None, tried) if _helps(state, after)]
        if not useful:
            break
        fix, after = max(useful, key=lambda pair: _gain(state, pair[1]))
        ranked.append(_ranked(fix, state, after))
        state = after
    return tuple(ranked)


async def _try(subject: Subject, state: _State, fix: Fix) -> tuple[Fix, _State] | None:
    """Return a fix, and what stands after it; None for one that leads nowhere.

    What an SPF record lacks shows only when its includes are there: then the fix takes that in.
    """
    after = await _state_after(subject, state, fix)
    if fix.kind in _SPF_KINDS:
        again = next((f for f in propose(after.facts, subject.sending) if f.kind is fix.kind), None)
        if again is not None:
            change = replace(again.changes[0], before=fix.changes[0].before)
            left_out = tuple(dict.fromkeys((*fix.left_out, *again.left_out)))
            fix = replace(again, changes=(change,), left_out=left_out)
            after = await _state_after(subject, state, fix)
        audit = _audit(after.facts, fix.kind)
        if audit is not None and useless_terms(audit):
            return None  # without these terms nobody could send
    return fix, after


async def _state_after(subject: Subject, state: _State, fix: Fix) -> _State:
    changes = _merge(state.changes, fix.changes)
    signs_as = fix.signs_as or state.signs_as
    facts = await subject.facts(changes, signs_as=signs_as)
    return _State(
        facts=facts,
        findings=subject.findings(facts),
        seen=subject.seen(facts),
        believed=subject.seen(facts, with_history=False),
        changes=changes,
        signs_as=signs_as,
    )


def _merge(earlier: Sequence[RecordChange], later: Sequence[RecordChange]) -> tuple[RecordChange, ...]:
    """Return one change for each name and type: what goes is what stands in the DNS today.

    What an earlier change publishes stays, unless the later one deletes it.
    """
    merged = {(change.name, change.type): change for change in earlier}
    for change in later:
        known = merged.get((change.name, change.type), RecordChange(name=change.name, type=change.type))
        stands = tuple(text for text in change.before if text not in known.after)
        kept = tuple(text for text in known.after if text not in change.before)
        merged[change.name, change.type] = replace(
            change,
            before=tuple(dict.fromkeys((*known.before, *stands))),
            after=tuple(dict.fromkeys((*kept, *change.after))),
        )
    return tuple(merged.values())


def _helps(before: _State, after: _State) -> bool:
    """Whether a fix does good where it stands: DMARC without a signature of its own does not.

    The rule book alone says so: customers who have seen all mail so far are no reason to leave a fault alone.
    """
    saved = _saved(before.believed, after.believed)
    return (round(saved or 0.0, 9), before.badness - after.badness) > (0.0, 0)


def _gain(before: _State, after: _State) -> tuple[float, int]:
    return round(_saved(before.seen, after.seen) or 0.0, 9), before.badness - after.badness


def _saved(before: float | None, after: float | None) -> float | None:
    return after - before if after is not None and before is not None else None


def _mended(before: _State, after: _State) -> tuple[Rule, ...]:
    left = {finding.rule.id for finding in after.findings.fired}
    return tuple(finding.rule for finding in before.findings.fired if finding.rule.id not in left)


def _ranked(fix: Fix, before: _State, after: _State) -> RankedFix:
    audit = _audit(after.facts, fix.kind)
    return RankedFix(
        fix=fix,
        mends=_mended(before, after),
        leaves=_mended(after, before),
        saved=_saved(before.seen, after.seen),
        lookups=audit.lookups if audit is not None else None,
    )


def _audit(facts: SenderFacts, kind: FixKind) -> SpfAudit | None:
    """Return what the record is worth that a fix of this kind publishes."""
    audits = {FixKind.SPF_HEADER_FROM: facts.spf_audit, FixKind.SPF_ENVELOPE: facts.envelope_audit}
    return audits.get(kind)
