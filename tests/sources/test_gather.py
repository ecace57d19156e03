"""The driving of discoveries: bounded, each question once, and nothing believed from a broken network."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from deliv.core.canary import DEFAULT_CANARY, Trust
from deliv.core.discovery import discover_recipient
from deliv.core.facts import RecipientFacts, Route
from deliv.core.question import Answer, AnswerStatus, Asking, Query, RecordType, Resolver, Trouble
from deliv.core.report import ResolverReport
from deliv.core.rulebook import RuleBook
from deliv.gather import Interviewer, gather_domains, gather_facts
from deliv.sources.resolver import DnsResolver
from tests.nameserver import CANARIES as REAL_CANARIES
from tests.nameserver import Fault, Nameserver, Records
from tests.zone import CANARIES, TEMPERROR, Zone, ZoneResolver, answer

ZONE: Zone = CANARIES | {
    "living.example": {"MX": ["10 mx.living.example."]},
    "mx.living.example": {"A": ["192.0.2.1"]},
    "guest.example": {"MX": ["10 mx.living.example."]},
    "null.example": {"MX": ["0 ."]},
    "broken.example": TEMPERROR,
}
TRIED_MOST = 100 + 7  # what may be under way at once, and the canary


class FakeResolver:
    """Answers by a function and notes how many questions were under way at once."""

    def __init__(self, respond: Callable[[Query], Answer]) -> None:
        self._respond = respond
        self.calls: list[Query] = []
        self.times: list[float] = []
        self.most_at_once = self._at_once = 0

    async def resolve(self, query: Query) -> Answer:
        self.calls.append(query)
        self.times.append(time.monotonic())
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        for _ in range(5):  # lets the others begin
            await asyncio.sleep(0)
        self._at_once -= 1
        return self._respond(query)


def from_zone(zone: Zone) -> Callable[[Query], Answer]:
    return lambda query: answer(zone, query)


def names(count: int) -> list[str]:
    return [f"d{number}.example" for number in range(count)]


def gather(
    domains: Iterable[str], resolver: Resolver, rules: RuleBook, **options: object
) -> tuple[dict[str, RecipientFacts], ResolverReport]:
    async def run() -> tuple[dict[str, RecipientFacts], ResolverReport]:
        interviewer = Interviewer(resolver, **options)  # type: ignore[arg-type]
        facts = await gather_domains(domains, interviewer, rules)
        return facts, await interviewer.report()

    return asyncio.run(run())


def routes(facts: dict[str, RecipientFacts]) -> list[Route]:
    return [found.route for found in facts.values()]


def all_untrusted(facts: dict[str, RecipientFacts], trouble: Trouble) -> bool:
    return {(found.route, found.trouble) for found in facts.values()} == {(Route.UNKNOWN, trouble)}


# --- each question once, in order, bounded --------------------------------------------------------


def test_facts_come_in_the_order_given_and_once_per_domain(rules: RuleBook) -> None:
    given = ["null.example", "living.example", "gone.example", "living.example", "broken.example"]
    facts = asyncio.run(gather_facts(given, ZoneResolver(ZONE), rules))
    assert [(domain, found.domain, found.route) for domain, found in facts.items()] == [
        ("null.example", "null.example", Route.NULL_MX),
        ("living.example", "living.example", Route.MX),
        ("gone.example", "gone.example", Route.NO_DOMAIN),
        ("broken.example", "broken.example", Route.UNKNOWN),
    ]


def test_no_domains_no_questions(rules: RuleBook) -> None:
    resolver = ZoneResolver(ZONE)
    facts, report = gather([], resolver, rules)
    assert (facts, report, resolver.calls) == ({}, ResolverReport(), [])


def test_each_question_is_asked_once_the_canary_s_own_included(rules: RuleBook) -> None:
    zone: dict[str, Records] = {
        **REAL_CANARIES,
        "living.example": {"MX": ["10 mx.living.example."]},
        "guest.example": {"MX": ["10 mx.living.example."]},
        "third.example": {"MX": ["10 mx.living.example."]},
        "mx.living.example": {"A": ["192.0.2.1"]},
    }
    with Nameserver(zone) as server:
        resolver = DnsResolver(nameservers=[server.address], timeout=5.0)
        domains = ["gmail.com", "living.example", "guest.example", "third.example", "docomo.ne.jp"]
        facts, report = gather(domains, resolver, rules)
        assert set(routes(facts)) == {Route.MX}
        counted = Counter(server.questions)
        assert set(counted.values()) == {1}
        assert counted[("gmail.com", "MX")] == counted[("mx.living.example", "A")] == 1
        assert report == ResolverReport(
            trust=Trust.TRUSTED, queries=len(server.questions), cached=report.cached
        )
        assert report.cached == 4  # the MX host of two guests, and two domains of the canary


def test_the_canary_asks_for_known_domains_and_for_names_that_nobody_has(rules: RuleBook) -> None:
    resolver = ZoneResolver(ZONE)
    gather(["living.example"], resolver, rules)
    assert {f"{domain} MX" for domain in DEFAULT_CANARY} < set(resolver.calls)
    random = [call for call in resolver.calls if call.startswith("deliv-")]
    assert len(random) == 2
    assert all(call.endswith((".gmail.com A", ".yahoo.co.jp A")) for call in random)


@pytest.mark.parametrize("concurrency", [1, 3, 20])
def test_only_so_many_questions_are_under_way_at_once(concurrency: int, rules: RuleBook) -> None:
    resolver = FakeResolver(from_zone(ZONE))
    facts, _ = gather(names(100), resolver, rules, canary=(), concurrency=concurrency)
    assert set(routes(facts)) == {Route.NO_DOMAIN}
    assert resolver.most_at_once == concurrency


def test_discoveries_are_taken_up_only_as_others_end(rules: RuleBook) -> None:
    started = finished = most = 0

    def lazily() -> Iterable[Asking[RecipientFacts]]:
        nonlocal started, most
        for name in names(200):
            started += 1
            most = max(most, started - finished)
            yield discover_recipient(name, rules.providers)

    def count(_: RecipientFacts) -> None:
        nonlocal finished
        finished += 1

    async def run() -> None:
        interviewer = Interviewer(ZoneResolver(ZONE), concurrency=4)
        await interviewer.run_all(lazily(), on_result=count)

    asyncio.run(run())
    assert (started, finished) == (200, 200)
    assert most <= 4


def test_progress_counts_up_to_the_number_of_domains(rules: RuleBook) -> None:
    seen: list[int] = []

    async def run() -> None:
        interviewer = Interviewer(ZoneResolver(ZONE), canary=())
        await gather_domains([*names(5), *names(5)], interviewer, rules, on_progress=seen.append)

    asyncio.run(run())
    assert seen == [1, 2, 3, 4, 5]


def test_a_second_call_asks_nothing_again(rules: RuleBook) -> None:
    resolver = ZoneResolver(ZONE)

    async def run() -> ResolverReport:
        interviewer = Interviewer(resolver)
        first = await gather_domains(["living.example"], interviewer, rules)
        assert await gather_domains(["living.example"], interviewer, rules) == first
        return await interviewer.report()

    report = asyncio.run(run())
    assert report.queries == len(resolver.calls) == len(set(resolver.calls))


def test_a_resolver_that_raises_is_a_bug_that_shows_and_leaves_nobody_waiting(rules: RuleBook) -> None:
    def fail(query: Query) -> Answer:
        raise ZeroDivisionError

    with pytest.raises(ExceptionGroup) as caught:
        gather(names(20), FakeResolver(fail), rules, canary=())
    assert caught.group_contains(ZeroDivisionError)


# --- resolvers that are not to be believed --------------------------------------------------------


@pytest.mark.parametrize("count", [1, 40, 3000])
def test_a_resolver_that_denies_everything_condemns_nobody_and_is_left_alone(
    count: int, rules: RuleBook
) -> None:
    with Nameserver({}, deny_all=True) as server:
        resolver = DnsResolver(nameservers=[server.address], timeout=5.0)
        facts, report = gather(names(count), resolver, rules)
        assert list(facts) == names(count)
        assert all_untrusted(facts, Trouble.UNTRUSTED)
        assert report.trust is Trust.DENYING
        assert not report.trusted
        assert len(server.questions) <= min(count + 7, TRIED_MOST)


def test_an_untrusted_resolver_still_leaves_what_the_rule_book_knows(rules: RuleBook) -> None:
    facts, _ = gather(["docomo.ne.jp", "gone.example"], ZoneResolver({}), rules)
    assert facts["docomo.ne.jp"].provider is not None
    assert facts["docomo.ne.jp"].provider.id == "docomo"
    assert facts["gone.example"].provider is None
    assert all_untrusted(facts, Trouble.UNTRUSTED)


@pytest.mark.parametrize(
    "everything",
    [{"A": ["192.0.2.80"]}, {"A": ["192.0.2.80"], "MX": ["10 portal.example."]}],
    ids=["addresses", "addresses-and-mx"],
)
def test_a_resolver_that_invents_answers_blesses_nobody(everything: Records, rules: RuleBook) -> None:
    with Nameserver({"*": everything}) as server:
        resolver = DnsResolver(nameservers=[server.address], timeout=5.0)
        facts, report = gather(names(300), resolver, rules)
        assert all_untrusted(facts, Trouble.UNTRUSTED)
        assert not report.trusted
        assert len(server.questions) <= TRIED_MOST


def test_an_honest_zone_with_invented_answers_below_is_found_out(rules: RuleBook) -> None:
    # The provider finds every name that exists, and sends all others to its search page.
    zone: dict[str, Records] = {**REAL_CANARIES, "*": {"A": ["192.0.2.80"]}}
    for domain in DEFAULT_CANARY:
        zone[f"*.{domain}"] = {"A": ["192.0.2.80"]}
    with Nameserver(zone) as server:
        resolver = DnsResolver(nameservers=[server.address], timeout=5.0)
        facts, report = gather(names(10), resolver, rules)
        assert report.trust is Trust.INVENTING
        assert all_untrusted(facts, Trouble.UNTRUSTED)


@pytest.mark.parametrize("rcode", ["REFUSED", "SERVFAIL"])
def test_a_resolver_that_fails_everything_is_not_trusted(rcode: str, rules: RuleBook) -> None:
    with Nameserver(REAL_CANARIES, fault=Fault(rcode=rcode)) as server:
        resolver = DnsResolver(nameservers=[server.address], timeout=5.0)
        facts, report = gather(names(300), resolver, rules)
        assert report.trust is Trust.SILENT
        assert all_untrusted(facts, Trouble.UNREACHABLE)
        assert len(server.questions) <= TRIED_MOST


def test_a_silent_resolver_costs_seconds_not_hours(rules: RuleBook) -> None:
    with Nameserver(REAL_CANARIES, fault=Fault(silent=True)) as server:
        resolver = DnsResolver(nameservers=[server.address], timeout=1.0)
        started = time.monotonic()
        facts, report = gather(names(2_000), resolver, rules)
        assert time.monotonic() - started < 15
        assert len(facts) == 2_000
        assert report.trust is Trust.SILENT
        assert all_untrusted(facts, Trouble.UNREACHABLE)
        assert report.queries <= TRIED_MOST


def test_one_domain_of_the_canary_that_answers_is_enough(rules: RuleBook) -> None:
    zone = {"icloud.com": CANARIES["icloud.com"], "living.example": {"MX": ["0 ."]}}
    facts, report = gather(["living.example", "gone.example"], ZoneResolver(zone), rules)
    assert report.trust is Trust.TRUSTED
    assert routes(facts) == [Route.NULL_MX, Route.NO_DOMAIN]


def test_a_failing_domain_does_not_cost_the_others_their_answer(rules: RuleBook) -> None:
    facts, report = gather(["broken.example", "living.example"], ZoneResolver(ZONE), rules)
    assert report.trusted
    assert facts["broken.example"].trouble is Trouble.SERVFAIL
    assert facts["living.example"].route is Route.MX


# --- a resolver that falls silent in mid-run ------------------------------------------------------


class FallsSilent:
    """Answers so many questions, and then none."""

    def __init__(self, after: int) -> None:
        self.calls = 0
        self._after = after

    async def resolve(self, query: Query) -> Answer:
        self.calls += 1
        await asyncio.sleep(0)
        return answer(ZONE, query) if self.calls <= self._after else Answer.failed(Trouble.TIMEOUT)


def test_a_resolver_that_falls_silent_in_mid_run_is_noticed(rules: RuleBook) -> None:
    resolver = FallsSilent(after=200)
    facts, report = gather(names(2_000), resolver, rules, concurrency=10)
    assert report.trust is Trust.SILENT
    assert resolver.calls < 200 + 60
    told = Counter((found.route, found.trouble) for found in facts.values())
    assert told[Route.NO_DOMAIN, None] > 150  # what was answered before still holds
    assert told[Route.UNKNOWN, Trouble.UNREACHABLE] > 1_700
    assert set(told) == {
        (Route.NO_DOMAIN, None),
        (Route.UNKNOWN, Trouble.TIMEOUT),
        (Route.UNKNOWN, Trouble.UNREACHABLE),
    }


def test_many_dead_domains_are_no_dead_resolver(rules: RuleBook) -> None:
    def respond(query: Query) -> Answer:
        dead = query.name.startswith("d")
        return Answer.failed(Trouble.TIMEOUT) if dead and ".example" in query.name else answer(ZONE, query)

    facts, report = gather([*names(200), "living.example"], FakeResolver(respond), rules)
    assert report.trust is Trust.TRUSTED
    assert facts["living.example"].route is Route.MX
    assert {facts[name].trouble for name in names(200)} == {Trouble.TIMEOUT}


# --- budget and pace ------------------------------------------------------------------------------


def test_when_the_budget_is_used_up_the_rest_is_a_temporary_error(rules: RuleBook) -> None:
    resolver = FakeResolver(from_zone(ZONE))
    facts, report = gather(names(50), resolver, rules, canary=(), budget=-1.0)
    assert resolver.calls == []
    assert report.queries == 0
    assert all_untrusted(facts, Trouble.BUDGET)


def test_the_budget_spares_what_was_answered_in_time(rules: RuleBook) -> None:
    resolver = FakeResolver(from_zone(ZONE))
    facts, _ = gather(names(50), resolver, rules, canary=(), concurrency=1, qps=100.0, budget=0.1)
    told = [found.trouble for found in facts.values()]
    assert told[0] is None
    assert told[-1] is Trouble.BUDGET
    assert told == sorted(told, key=lambda trouble: trouble is not None)


def test_the_budget_holds_however_slow_the_pace(rules: RuleBook) -> None:
    resolver = FakeResolver(from_zone(ZONE))
    started = time.monotonic()
    facts, _ = gather(names(50), resolver, rules, canary=(), qps=1.0, budget=0.5)
    assert time.monotonic() - started < 5
    assert len(resolver.calls) == 1
    assert [found.trouble for found in facts.values()] == [None] + [Trouble.BUDGET] * 49


def test_questions_keep_the_pace(rules: RuleBook) -> None:
    resolver = FakeResolver(from_zone(ZONE))
    gather(names(21), resolver, rules, canary=(), qps=100.0)
    assert len(resolver.times) == 21
    assert resolver.times[-1] - resolver.times[0] >= 20 * 0.01 - 0.005


def test_without_a_pace_nothing_is_held_up(rules: RuleBook) -> None:
    resolver = FakeResolver(from_zone(ZONE))
    gather(names(1_000), resolver, rules, canary=())
    assert resolver.times[-1] - resolver.times[0] < 5


# --- other canaries -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("canary", "trust"),
    [
        (("living.example",), Trust.TRUSTED),
        (("living.example", "gone.example"), Trust.TRUSTED),
        (("gone.example",), Trust.DENYING),
        (("broken.example",), Trust.SILENT),
    ],
    ids=["own", "own-with-a-dead-one", "missing", "failing"],
)
def test_a_shop_may_name_its_own_canary(canary: tuple[str, ...], trust: Trust, rules: RuleBook) -> None:
    zone = {name: ZONE[name] for name in ("living.example", "mx.living.example", "broken.example")}
    resolver = ZoneResolver(zone)
    _, report = gather(["living.example"], resolver, rules, canary=canary)
    assert report.trust is trust
    assert not any("gmail" in call for call in resolver.calls)


def test_an_empty_canary_believes_the_resolver_as_it_is(rules: RuleBook) -> None:
    resolver = ZoneResolver({"living.example": {"MX": ["0 ."]}})
    facts = asyncio.run(gather_facts(["living.example", "gone.example"], resolver, rules, canary=()))
    assert [found.route for found in facts.values()] == [Route.NULL_MX, Route.NO_DOMAIN]
    assert resolver.calls == ["living.example MX", "gone.example MX"]


@pytest.mark.parametrize(
    ("trust", "route"),
    [
        (Trust.TRUSTED, Route.NULL_MX),
        (Trust.DENYING, Route.UNKNOWN),
        (Trust.INVENTING, Route.UNKNOWN),
        (Trust.SILENT, Route.UNKNOWN),
    ],
)
def test_a_recorded_canary_stands_for_one_of_its_own(trust: Trust, route: Route, rules: RuleBook) -> None:
    class Recorded(ZoneResolver):
        def __init__(self) -> None:
            super().__init__({"null.example": {"MX": ["0 ."]}})
            self.trust = trust

    resolver = Recorded()
    facts, report = gather(["null.example"], resolver, rules)
    assert routes(facts) == [route]
    assert report.trust is trust
    assert set(resolver.calls) <= {"null.example MX"}


def test_a_domain_whose_hosts_never_answer_costs_three_timeouts(rules: RuleBook) -> None:
    hosts = [f"{number} mx{number}.dead.example." for number in range(10)]
    zone = ZONE | {"dead.example": {"MX": hosts}}

    def respond(query: Query) -> Answer:
        is_host = query.name.startswith("mx") and query.name.endswith("dead.example")
        return Answer.failed(Trouble.TIMEOUT) if is_host else answer(zone, query)

    resolver = FakeResolver(respond)
    facts, report = gather(["dead.example", "living.example"], resolver, rules)
    assert routes(facts) == [Route.UNKNOWN, Route.MX]
    assert facts["dead.example"].trouble is Trouble.TIMEOUT
    assert sum(query.name.endswith(".dead.example") for query in resolver.calls) == 3
    assert report.trusted


def test_single_questions_are_held_back_until_the_canary_has_spoken() -> None:
    async def run() -> tuple[Answer, Answer]:
        interviewer = Interviewer(ZoneResolver({"living.example": {"MX": ["0 ."]}}))
        query = Query(name="living.example", type=RecordType.MX)
        return await interviewer.ask(query), await interviewer.ask(query)

    first, second = asyncio.run(run())
    assert first.status is second.status is AnswerStatus.TEMPERROR
    assert first.trouble is second.trouble is Trouble.UNTRUSTED
