"""Where a mail lands, once the shop's own outcomes have been added to what was believed before."""

from dataclasses import replace

from deliv.core.explanation import ExplainedLevel, LevelName, Parts, Shares
from deliv.core.historybook import Channel, HistoryBook
from deliv.core.likelihood.belief import Belief
from deliv.core.likelihood.levels import Evidence, Level, Own
from deliv.core.likelihood.pooling import Beta, hand_down, lean
from deliv.core.placement import NOWHERE, Placement
from deliv.core.rules import Basis

GONE = replace(NOWHERE, basis=Basis.HISTORY)
"""The placement of mail to a mailbox that the shop knows to be gone."""


class Blend:
    """The sum for one address, with its parts."""

    def __init__(
        self,
        target: Placement,
        domain: Placement,
        evidence: Evidence,
        book: HistoryBook,
        *,
        strength: float,
        kind: str,
    ) -> None:
        """Add up.

        target: what is believed of the address, by prior and effects. domain: the same without what
            is peculiar to its spelling, which is what the domain's outcomes were seen against.
        """
        self._target = target
        self._evidence = evidence
        bounces = book.bounces(kind)
        self.start = Belief.of(_shares(target), strength, bounces)
        self._domain = Belief.of(_shares(domain), strength, bounces)
        steps = [(level, self._hand_down(level)) for level in evidence.levels]
        before = prior = self.start.parts
        for _, added in steps:
            before += added
        self.limited_to: float | None = None
        own = evidence.own
        if own is not None:
            self.limited_to = book.for_address
            added = _own_parts(own, book, evidence)
            before, prior = _limited(before, prior, added, book.for_address)
            before += added
            steps.append((_own_level(own), added))
        self._steps = steps
        self._prior = Belief.from_parts(prior)
        self.total = Belief.from_parts(before)

    @property
    def placement(self) -> Placement:
        """What follows."""
        shares, strength = self.total.shares, self.total.strength
        low, high = self.total.interval
        # History is the basis once it tells more than what was believed before it.
        is_learned = strength >= 2 * self._prior.strength
        return Placement(
            inbox=shares.inbox,
            spam=shares.spam,
            missing=shares.missing,
            inbox_low=low,
            inbox_high=high,
            basis=Basis.HISTORY if is_learned else self._target.basis,
            observations=self._evidence.observations,
            note=self._target.note,
        )

    @property
    def levels(self) -> tuple[ExplainedLevel, ...]:
        """What each level of the history added."""
        return tuple(
            ExplainedLevel(
                level=level.name,
                subject=level.subject,
                mails=round(level.seen.raw.mails),
                bounced=round(level.seen.raw.bounced + level.seen.raw.uncounted)
                if level.name is LevelName.ADDRESS
                else round(level.seen.raw.bounced),
                events=level.events,
                still_counts=level.seen.weighed.mails,
                added=added,
                rate=level.rate,
            )
            for level, added in self._steps
        )

    def _hand_down(self, level: Level) -> Parts:
        """Return the counts that a level adds for this address."""

        def worth(name: str) -> Beta:
            trials = getattr(level, name)
            if level.is_own_domain:
                expected: Beta = getattr(self._domain, name)
                trials = tuple(replace(trial, expected=expected) for trial in trials)
            target: Beta = getattr(self.start, name)
            if level.shifts is not None:
                return lean(target, level.shifts[name])
            return hand_down(trials, target.mean, level.cap)

        return Belief(refused=worth("refused"), inbox=worth("inbox"), junk=worth("junk")).parts


def _shares(placement: Placement) -> Shares:
    return Shares(inbox=placement.inbox, spam=placement.spam, missing=placement.missing)


def _limited(before: Parts, prior: Parts, own: Parts, most: float) -> tuple[Parts, Parts]:
    """Cut what others say to so many mails; return that, and what of it was believed before.

    Only the rates of which the address says something itself are cut.
    """
    belief, first, says = Belief.from_parts(before), Belief.from_parts(prior), Belief.from_parts(own)

    def cut(whole: Beta, part: Beta) -> tuple[Beta, Beta]:
        scale = min(1.0, most / whole.strength) if whole.strength > 0 else 1.0
        return whole.limited(most), Beta(yes=part.yes * scale, no=part.no * scale)

    pairs = {
        name: cut(getattr(belief, name), getattr(first, name))
        if getattr(says, name).strength > 0
        else (getattr(belief, name), getattr(first, name))
        for name in ("refused", "inbox", "junk")
    }
    wholes = {name: pair[0] for name, pair in pairs.items()}
    firsts = {name: pair[1] for name, pair in pairs.items()}
    return Belief(**wholes).parts, Belief(**firsts).parts


def _own_parts(own: Own, book: HistoryBook, evidence: Evidence) -> Parts:
    """Return what an address's own outcomes add: here, silence after a mail is no evidence either."""
    seen = own.seen.weighed
    worth = {channel: constants.own for channel, constants in book.channels.items()}
    heard = evidence.heard
    inbox = sum(
        worth.get(channel, 0.0) * seen.events(channel)
        for channel in (Channel.REPLY, Channel.CLICK, Channel.OPEN)
        if channel in heard
    )
    reports = worth.get(Channel.REPORT, 0.0)
    junk, lost = reports * seen.junk + seen.seed_junk, reports * seen.missing + seen.seed_missing
    inbox += seen.seed_inbox
    refused = seen.bounced + seen.uncounted
    # What was answered, or found in the junk folder, was certainly accepted.
    return Parts(
        refused=refused,
        taken=max(seen.accepted, inbox + junk),
        inbox=inbox,
        elsewhere=junk + lost,
        junk=junk,
        lost=lost,
    )


def _own_level(own: Own) -> Level:
    events = own.seen.raw.replies + own.seen.raw.clicks + own.seen.raw.opens
    events += own.seen.raw.junk + own.seen.raw.missing + own.seen.raw.seeds
    return Level(name=LevelName.ADDRESS, subject="", seen=own.seen, events=round(events))
