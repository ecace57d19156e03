"""Drives discoveries against a resolver: bounded, each question asked once, in order.

The answers of a resolver are believed only after the canary (`deliv.core.canary`), which is asked
together with the first questions. Once the resolver has failed it, or has fallen silent, no
further question is put to it: a broken network costs seconds, not hours.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

from deliv.core.canary import DEFAULT_CANARY, Trust, canary_queries, judge_canary
from deliv.core.discovery import discover_recipient
from deliv.core.facts import RecipientFacts
from deliv.core.question import Answer, AnswerStatus, Asking, Query, Resolver, Trouble
from deliv.core.report import ResolverReport
from deliv.core.rulebook import RuleBook
from deliv.core.settings import NetworkSettings

_T = TypeVar("_T")

_DEFAULTS: Final = NetworkSettings()
_MOST_UNANSWERED: Final = 3  # timeouts for one domain, after which nothing more is asked about it
_SILENCE: Final = 20  # unanswered questions in a row, after which the canary is asked again


async def drive(asking: Asking[_T], resolver: Resolver) -> _T:
    """Put the questions of one discovery to a resolver, whose answers are believed as they are."""
    try:
        query = next(asking)
        while True:
            query = asking.send(await resolver.resolve(query))
    except StopIteration as stop:
        result: _T = stop.value
        return result


class Interviewer:
    """Puts the questions of discoveries to a resolver, for one run.

    resolver: who answers. A `trust` attribute on it stands for a canary asked earlier: a
        recording has one.
    canary: domains that certainly take mail; empty to believe the resolver as it is.
    """

    def __init__(
        self,
        resolver: Resolver,
        *,
        canary: Sequence[str] = DEFAULT_CANARY,
        concurrency: int = _DEFAULTS.concurrency,
        qps: float = 0.0,
        budget: float = _DEFAULTS.budget,
    ) -> None:
        self._resolver = resolver
        recorded = getattr(resolver, "trust", None)
        self._recorded = recorded if isinstance(recorded, Trust) else None
        self._canary = tuple(canary) if self._recorded is None else ()
        self._concurrency = concurrency
        self._interval = 1.0 / qps if qps else 0.0
        self._next_start = 0.0
        self._budget = budget
        self._deadline: float | None = None
        self._under_way = asyncio.Semaphore(concurrency)
        self._known: dict[Query, asyncio.Future[Answer]] = {}
        self._trust: asyncio.Task[Trust] | None = None
        self._unanswered = 0
        self._queries = self._repeated = 0

    @classmethod
    def of(
        cls, network: NetworkSettings, resolver: Resolver, *, canary: Sequence[str] | None = None
    ) -> "Interviewer":
        """Return the interviewer for these settings; `canary` overrides theirs."""
        return cls(
            resolver,
            canary=network.canary if canary is None else canary,
            concurrency=network.concurrency,
            qps=network.qps,
            budget=network.budget,
        )

    async def run(self, asking: Asking[_T], *, patience: int = _MOST_UNANSWERED) -> _T:
        """Drive one discovery to its end and return what it found out.

        patience: questions without an answer, after which nothing more is asked: a domain whose
            name servers are dead costs only so many.
        """
        unanswered = 0
        try:
            query = next(asking)
            while True:
                given_up = unanswered >= patience
                answer = Answer.failed(Trouble.TIMEOUT) if given_up else await self.ask(query)
                unanswered += answer.trouble is Trouble.TIMEOUT
                query = asking.send(answer)
        except StopIteration as stop:
            result: _T = stop.value
            return result

    async def run_all(self, askings: Iterable[Asking[_T]], *, on_result: Callable[[_T], None]) -> None:
        """Drive many discoveries at once; `on_result` gets each result as it comes.

        Only as many are under way as questions may be, however many there are.
        """
        waiting = iter(askings)

        async def work() -> None:
            for asking in waiting:
                on_result(await self.run(asking))

        async with asyncio.TaskGroup() as group:
            for _ in range(self._concurrency):
                group.create_task(work())

    async def ask(self, query: Query) -> Answer:
        """Return the answer to a question, or a temporary error if it cannot be believed."""
        if self._trust is None:
            self._trust = self._begin_canary()
        if (known := self._known_trust()) is not None and known is not Trust.TRUSTED:
            return _disbelieved(known)
        answer = await self._ask_once(query)
        trust = await asyncio.shield(self._trust)
        return answer if trust is Trust.TRUSTED else _disbelieved(trust)

    def _known_trust(self) -> Trust | None:
        """Return what the canary showed; None while it has not spoken."""
        return self._trust.result() if self._trust is not None and self._trust.done() else None

    async def _ask_once(self, query: Query) -> Answer:
        known = self._known.get(query)
        if known is not None:
            self._repeated += 1
            return await asyncio.shield(known)
        future = self._known[query] = asyncio.get_running_loop().create_future()
        return await self._settle(future, self._put(query))

    async def _settle(self, future: asyncio.Future[Answer], asking: Awaitable[Answer]) -> Answer:
        """Give the answer to everybody who waits for it."""
        try:
            answer = await asking
        except BaseException:  # whoever waits for the same answer must not wait for ever
            future.cancel()
            raise
        future.set_result(answer)
        return answer

    async def _put(self, query: Query) -> Answer:
        """Put one question to the resolver, within the limits of the run."""
        async with self._under_way:
            if (known := self._known_trust()) is not None and known is not Trust.TRUSTED:
                return _disbelieved(known)
            if not await self._wait_for_turn():
                return Answer.failed(Trouble.BUDGET)
            self._queries += 1
            answer = await self._resolver.resolve(query)
            self._note_silence(answer)
            if answer.status is AnswerStatus.TEMPERROR and self._trust is not None:
                # Perhaps nobody answers at all: let no other question go out before that is known.
                await asyncio.shield(self._trust)
        return answer

    async def _wait_for_turn(self) -> bool:
        """Keep the pace; return False when the turn would come after the budget is used up."""
        now = time.monotonic()
        if self._deadline is None:
            self._deadline = now + self._budget
        start = max(now, self._next_start)
        if start > self._deadline:
            return False
        if self._interval:
            self._next_start = start + self._interval
            await asyncio.sleep(start - now)
        return True

    def _note_silence(self, answer: Answer) -> None:
        """Ask the canary again when the resolver seems to have fallen silent in mid-run."""
        silent = answer.trouble in (Trouble.TIMEOUT, Trouble.UNREACHABLE)
        self._unanswered = self._unanswered + 1 if silent else 0
        if self._unanswered >= _SILENCE and self._known_trust() is Trust.TRUSTED:
            self._unanswered = 0
            self._trust = asyncio.create_task(self._ask_canary(self._put_canary, self._canary_queries()))

    def _begin_canary(self) -> asyncio.Task[Trust]:
        """Ask the canary for the first time; its answers serve the list, too."""
        queries = self._canary_queries()
        loop = asyncio.get_running_loop()
        futures = {query: loop.create_future() for group in queries for query in group}
        self._known |= futures  # before any other question can be asked

        async def put(query: Query) -> Answer:
            return await self._settle(futures[query], self._put_canary(query))

        return asyncio.create_task(self._ask_canary(put, queries))

    def _canary_queries(self) -> tuple[tuple[Query, ...], tuple[Query, ...]]:
        """Return what must be found and what must be denied; nothing where the canary is not asked."""
        return canary_queries(self._canary, f"deliv-{secrets.token_hex(8)}")

    async def _ask_canary(
        self,
        put: Callable[[Query], Awaitable[Answer]],
        queries: tuple[tuple[Query, ...], tuple[Query, ...]],
    ) -> Trust:
        positive, negative = queries
        if not positive:
            return self._recorded or Trust.TRUSTED
        answers = await asyncio.gather(*map(put, (*positive, *negative)))
        return judge_canary(answers[: len(positive)], answers[len(positive) :])

    async def _put_canary(self, query: Query) -> Answer:
        """Ask past the limits of the run: everything else waits for the canary."""
        self._queries += 1
        return await self._resolver.resolve(query)

    async def report(self) -> ResolverReport:
        """Return how the resolver behaved so far."""
        trust = await self._trust if self._trust is not None else None
        return ResolverReport(trust=trust, queries=self._queries, cached=self._repeated)


def _disbelieved(trust: Trust) -> Answer:
    trouble = Trouble.UNREACHABLE if trust is Trust.SILENT else Trouble.UNTRUSTED
    return Answer.failed(trouble, trust)


async def gather_domains(
    domains: Iterable[str],
    interviewer: Interviewer,
    rules: RuleBook,
    *,
    on_progress: Callable[[int], None] | None = None,
) -> dict[str, RecipientFacts]:
    """Return the facts of each domain, in the order given; `on_progress` gets the number done."""
    names = list(dict.fromkeys(domains))
    facts: dict[str, RecipientFacts] = {}

    def keep(found: RecipientFacts) -> None:
        facts[found.domain] = found
        if on_progress:
            on_progress(len(facts))

    askings = (discover_recipient(name, rules.providers) for name in names)
    await interviewer.run_all(askings, on_result=keep)
    return {name: facts[name] for name in names}


async def gather_facts(
    domains: Iterable[str],
    resolver: Resolver,
    rules: RuleBook,
    *,
    canary: Sequence[str] = DEFAULT_CANARY,
    concurrency: int = _DEFAULTS.concurrency,
) -> Mapping[str, RecipientFacts]:
    """Return what DNS and the rule book say of each domain.

    domains: A-labels, lower case. canary: domains that certainly take mail; the answers of a
    resolver that denies them make the facts unknown. Never raises for trouble with the network.
    """
    interviewer = Interviewer(resolver, canary=canary, concurrency=concurrency)
    return await gather_domains(domains, interviewer, rules)
