"""What a receiver concludes from SPF: check_host() of RFC 7208, sections 4 to 6."""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deliv.core.auth.spf import (
    Mechanism,
    Modifier,
    Qualifier,
    SpfRecord,
    is_explanation,
    parse_spf,
    select_spf,
)
from deliv.core.auth.spf_macros import (
    MAX_HOSTS,
    UNKNOWN,
    IpAddress,
    Lookups,
    Transaction,
    is_address,
    is_at_or_below,
    to_name,
)
from deliv.core.errors import SpfSyntaxError
from deliv.core.mx import parse_mx
from deliv.core.question import Answer, AnswerStatus, Asking, Query, RecordType

MAX_LOOKUPS: Final = 10
"""Terms that may ask the DNS (section 4.6.4)."""
MAX_VOID_LOOKUPS: Final = 2
"""Terms that may find nothing (section 4.6.4)."""


class SpfVerdict(StrEnum):
    """What check_host() returns (section 2.6)."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


class SpfOutcome(StrEnum):
    """What became of one term."""

    MATCH = "match"
    """It decided: the mechanism matched, or the redirect gave the verdict."""
    NO_MATCH = "no_match"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfStep:
    """One term that was tried."""

    domain: str
    """Whose record holds the term."""
    term: str
    """The term, such as ``include:_spf.example``."""
    outcome: SpfOutcome
    """What became of it."""
    lookups: int
    """How many terms have asked the DNS so far, this one and all below it included."""
    void_lookups: int
    """How many of them have found nothing so far."""
    steps: tuple["SpfStep", ...] = ()
    """What was tried in the record that an ``include`` or ``redirect`` leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfResult:
    """The verdict on one mail, and how it came about."""

    result: SpfVerdict
    """The verdict."""
    domain: str
    """The identity that was checked: the domain of MAIL FROM, else the HELO name."""
    explanation: str = ""
    """On a fail what the domain owner says about it with ``exp=``; empty where there is nothing."""
    lookups: int = 0
    """How many terms asked the DNS (section 4.6.4 allows 10)."""
    void_lookups: int = 0
    """How many of them found nothing (section 4.6.4 allows 2)."""
    trace: tuple[SpfStep, ...] = ()
    """Terms tried, in order."""
    matched: str = ""
    """The term that decided; empty where none did."""
    problem: SpfSyntaxError | None = None
    """Why it is permerror or temperror; None with every other verdict."""
    problem_domain: str = ""
    """Whose record the problem is in."""
    evidence: tuple[str, ...] = ()
    """Questions and answers, one line each."""


_VERDICTS: Final[Mapping[Qualifier, SpfVerdict]] = {
    Qualifier.PASS: SpfVerdict.PASS,
    Qualifier.FAIL: SpfVerdict.FAIL,
    Qualifier.SOFTFAIL: SpfVerdict.SOFTFAIL,
    Qualifier.NEUTRAL: SpfVerdict.NEUTRAL,
}


def check_spf(
    *, ip: str, mail_from: str, helo: str, receiver: str = UNKNOWN, now: int = 0
) -> Asking[SpfResult]:
    """Return what SPF says of a mail from the client `ip` with these names, in A-labels.

    An empty `mail_from` stands for the reverse path ``<>``, for which the HELO name is checked
    (section 2.4). At most 123 questions: a record, ten hosts for each of ten terms, the names of
    the client and the explanation.

    Raises ValueError, before the first question, when `ip` is no address.
    """
    client = ipaddress.ip_address(ip)
    if isinstance(client, ipaddress.IPv6Address):
        client = client.ipv4_mapped or ipaddress.IPv6Address(int(client))  # without scope
    local_part, _, domain = (mail_from or f"postmaster@{helo}").rpartition("@")
    mail = Transaction(
        ip=client,
        local_part=local_part or "postmaster",
        domain=domain.removesuffix("."),
        helo=helo,
        receiver=receiver,
        now=now,
    )
    return _Check(mail).run()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decision:
    """What a record says."""

    verdict: SpfVerdict
    domain: str
    """Whose record decided, after all redirects."""
    record: SpfRecord | None = None
    matched: str = ""


class _Stopped(Exception):  # noqa: N818 - the end of the check, not a fault of it
    """The check ends with an error, however deep in includes it is."""

    def __init__(self, outcome: SpfOutcome, domain: str, problem: SpfSyntaxError) -> None:
        super().__init__(problem)
        self.outcome = outcome
        self.domain = domain
        self.problem = problem


class _Check:
    """One run of check_host() with everything that it counts."""

    def __init__(self, mail: Transaction) -> None:
        self.mail = mail
        self.dns = Lookups(mail)
        self.lookups = 0
        self.void_lookups = 0

    def run(self) -> Asking[SpfResult]:
        """Return the verdict on the mail."""
        steps: list[SpfStep] = []
        matched = explanation = problem_domain = ""
        problem = None
        try:
            decision = yield from self._check_host(self.mail.domain, steps)
        except _Stopped as stopped:
            verdict = SpfVerdict(stopped.outcome)
            problem, problem_domain = stopped.problem, stopped.domain
        else:
            verdict, matched = decision.verdict, decision.matched
            explanation = yield from self._explain(decision)
        return SpfResult(
            result=verdict,
            domain=self.mail.domain.lower(),
            explanation=explanation,
            lookups=self.lookups,
            void_lookups=self.void_lookups,
            trace=tuple(steps),
            matched=matched,
            problem=problem,
            problem_domain=problem_domain,
            evidence=tuple(f"{query}: {answer}" for query, answer in self.dns.answers.items()),
        )

    def _ask_for(self, domain: str, name: str, record_type: RecordType) -> Asking[Answer]:
        """Ask what must be answered; `domain` is whose record makes it necessary (section 5)."""
        answer = yield from self.dns.ask(name, record_type)
        if answer.status is AnswerStatus.TEMPERROR:
            query = Query(name=name, type=record_type)
            problem = SpfSyntaxError("the DNS did not answer the question “{query}”", query=query)
            raise _Stopped(SpfOutcome.TEMPERROR, domain, problem)
        return answer

    def _check_host(self, domain: str, steps: list[SpfStep]) -> Asking[_Decision]:
        """Evaluate the record of `domain` (sections 4.3 to 4.7)."""
        name = to_name(domain)
        # Section 4.3 wants several labels; only names that macros make are cut short.
        if name is None or "." not in name or len(name) != len(domain):
            return _Decision(verdict=SpfVerdict.NONE, domain=domain)
        answer = yield from self._ask_for(name, name, RecordType.TXT)
        record = _read_record(name, answer)
        if record is None:
            return _Decision(verdict=SpfVerdict.NONE, domain=name)
        for mechanism in record.mechanisms:
            if (yield from self._try(name, mechanism, steps)):
                verdict = _VERDICTS[mechanism.qualifier]
                return _Decision(verdict=verdict, domain=name, record=record, matched=str(mechanism))
        if record.redirect is not None:
            return (yield from self._redirect(name, record.redirect, steps))
        return _Decision(verdict=SpfVerdict.NEUTRAL, domain=name, record=record)

    def _try(self, domain: str, mechanism: Mechanism, steps: list[SpfStep]) -> Asking[bool]:
        """Try one mechanism and note what became of it."""
        below: list[SpfStep] = []
        outcome = SpfOutcome.NO_MATCH
        try:
            if (yield from self._matches(domain, mechanism, below)):
                outcome = SpfOutcome.MATCH
        except _Stopped as stopped:
            outcome = stopped.outcome
            raise
        finally:
            steps.append(self._step(domain, str(mechanism), outcome, below))
        return outcome is SpfOutcome.MATCH

    def _redirect(self, domain: str, spec: str, steps: list[SpfStep]) -> Asking[_Decision]:
        """Let another record decide (section 6.1)."""
        term = f"redirect={spec}"
        below: list[SpfStep] = []
        outcome = SpfOutcome.MATCH
        try:
            self._count_lookup(domain, term)
            target = yield from self.dns.expand_name(spec, domain)
            return (yield from self._follow(domain, term, target, below))
        except _Stopped as stopped:
            outcome = stopped.outcome
            raise
        finally:
            steps.append(self._step(domain, term, outcome, below))

    def _step(self, domain: str, term: str, outcome: SpfOutcome, below: Iterable[SpfStep]) -> SpfStep:
        return SpfStep(
            domain=domain,
            term=term,
            outcome=outcome,
            lookups=self.lookups,
            void_lookups=self.void_lookups,
            steps=tuple(below),
        )

    def _follow(self, domain: str, term: str, target: str | None, below: list[SpfStep]) -> Asking[_Decision]:
        """Evaluate the record that `term` leads to; there must be one (sections 5.2 and 6.1)."""
        decision = None
        if target is not None:
            decision = yield from self._check_host(target, below)
            answer = self.dns.answers.get(Query(name=target, type=RecordType.TXT))
            self.void_lookups += answer is not None and not answer.texts
        if decision is None or decision.verdict is SpfVerdict.NONE:
            raise _permerror(domain, "“{term}” leads to a domain without SPF record", term=term)
        return decision

    def _matches(self, domain: str, mechanism: Mechanism, below: list[SpfStep]) -> Asking[bool]:
        """Return whether a mechanism matches the client (section 5)."""
        if mechanism.name == "all":
            return True
        if mechanism.name in ("ip4", "ip6"):
            return _covers(mechanism, mechanism.value, self.mail.ip)
        self._count_lookup(domain, str(mechanism))
        target = (yield from self.dns.expand_name(mechanism.value, domain)) if mechanism.value else domain
        if mechanism.name == "include":
            decision = yield from self._follow(domain, str(mechanism), target, below)
            return decision.verdict is SpfVerdict.PASS
        # Section 4.8 leaves open what a name that cannot be asked means: it matches nothing.
        return target is not None and (yield from self._matches_hosts(domain, mechanism, target))

    def _matches_hosts(self, domain: str, mechanism: Mechanism, target: str) -> Asking[bool]:
        """Return whether a mechanism matches that asks for hosts (sections 5.3 to 5.5 and 5.7)."""
        if mechanism.name == "ptr":
            names = yield from self.dns.client_names()
            below = [name for name in names if is_at_or_below(name, target)]
            return (yield from self.dns.first_validated(below)) is not None
        if mechanism.name == "mx":
            return (yield from self._matches_mx(domain, mechanism, target))
        if mechanism.name == "exists":
            answer = yield from self._ask_for(domain, target, RecordType.A)
            self._count_void(domain, str(mechanism), answer)
            return bool(answer.texts)
        answer = yield from self._ask_for(domain, target, self.dns.address_type)
        self._count_void(domain, str(mechanism), answer)
        return any(_covers(mechanism, text, self.mail.ip) for text in answer.texts)

    def _matches_mx(self, domain: str, mechanism: Mechanism, target: str) -> Asking[bool]:
        """Return whether the client is one of the mail servers (section 5.4).

        A mail server without address of the client's family is no void look-up: else every
        domain whose servers speak IPv4 only would be a permerror for clients with IPv6.
        """
        answer = yield from self._ask_for(domain, target, RecordType.MX)
        self._count_void(domain, str(mechanism), answer)
        if len(answer.texts) > MAX_HOSTS:
            template = "“{term}” leads to more than {limit} mail servers"
            raise _permerror(domain, template, term=str(mechanism), limit=MAX_HOSTS)
        # In the order of preference, so that the verdict does not depend on that of the answer.
        for name in filter(None, (to_name(record.exchange) for record in parse_mx(answer.texts))):
            addresses = yield from self._ask_for(domain, name, self.dns.address_type)
            if any(_covers(mechanism, text, self.mail.ip) for text in addresses.texts):
                return True
        return False

    def _explain(self, decision: _Decision) -> Asking[str]:
        """Return what the owner of the record says about a fail, if anything (section 6.2)."""
        if decision.verdict is not SpfVerdict.FAIL or decision.record is None:
            return ""
        terms = decision.record.terms
        spec = next((t.value for t in terms if isinstance(t, Modifier) and t.name == "exp"), "")
        name = yield from self.dns.expand_name(spec, decision.domain)
        if name is None:
            return ""
        answer = yield from self.dns.ask(name, RecordType.TXT)
        if len(answer.texts) != 1 or not is_explanation(answer.texts[0]):
            return ""
        text = yield from self.dns.expand(answer.texts[0], decision.domain)
        # What the client says of itself goes in too, and no reply may hold line ends or more than ASCII.
        return text if text.isascii() and text.isprintable() else ""

    def _count_lookup(self, domain: str, term: str) -> None:
        """Count a term that asks the DNS, before it does (section 4.6.4)."""
        self.lookups += 1
        if self.lookups > MAX_LOOKUPS:
            template = "“{term}” is one DNS look-up more than the {limit} that SPF allows"
            raise _permerror(domain, template, term=term, limit=MAX_LOOKUPS)

    def _count_void(self, domain: str, term: str, answer: Answer) -> None:
        """Count a term whose name or records do not exist (section 4.6.4)."""
        self.void_lookups += not answer.texts
        if self.void_lookups > MAX_VOID_LOOKUPS:
            template = "“{term}” is one look-up without result more than the {limit} that SPF allows"
            raise _permerror(domain, template, term=term, limit=MAX_VOID_LOOKUPS)


def _permerror(domain: str, template: str, **fields: object) -> _Stopped:
    return _Stopped(SpfOutcome.PERMERROR, domain, SpfSyntaxError(template, **fields))


def _read_record(domain: str, answer: Answer) -> SpfRecord | None:
    """Return the one record of `domain`, if it has one (section 4.5)."""
    records = select_spf(answer.texts)
    if len(records) > 1:
        raise _permerror(domain, "there are several SPF records")
    try:
        return parse_spf(records[0]) if records else None
    except SpfSyntaxError as error:
        raise _Stopped(SpfOutcome.PERMERROR, domain, error) from error


def _covers(mechanism: Mechanism, text: str, client: IpAddress) -> bool:
    """Whether the client is in the network of the address `text` (sections 5.3 and 5.6)."""
    return is_address(text, client, mechanism.prefix4 if client.version == 4 else mechanism.prefix6)
