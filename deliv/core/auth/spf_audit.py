"""What is wrong with a published SPF record, whoever sends."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import Final

from deliv.core.auth.spf import Mechanism, Modifier, Qualifier, SpfRecord, parse_spf, select_spf
from deliv.core.auth.spf_check import MAX_LOOKUPS, MAX_VOID_LOOKUPS
from deliv.core.auth.spf_macros import to_name
from deliv.core.errors import SpfSyntaxError
from deliv.core.mx import parse_mx
from deliv.core.question import Answer, AnswerStatus, Asking, Query, RecordType

_MAX_QUESTIONS = 200  # of an audit; a lawful record needs far less
_MAX_DEPTH = 20  # of includes in includes
_MAX_RECORDS = 20  # in search of an address
_MAX_HOSTS = 10  # likewise
_ASKS: Final = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})  # section 4.6.4
_FOLLOWS: Final = frozenset({"include", "redirect"})


class SpfProblemKind(StrEnum):
    """What can be wrong with a record, apart from its grammar."""

    PLUS_ALL = "plus_all"
    """Everybody may send."""
    NEUTRAL_ALL = "neutral_all"
    """``?all``: nothing is said of anybody else."""
    NO_ALL = "no_all"
    """Neither ``all`` nor ``redirect=``: likewise."""
    USES_PTR = "uses_ptr"
    """Section 5.5 says that ``ptr`` SHOULD NOT be published."""
    MISSING_INCLUDE = "missing_include"
    """``include:`` or ``redirect=`` leads to a domain without SPF record: a permerror."""
    BROKEN_INCLUDE = "broken_include"
    """``include:`` or ``redirect=`` leads to an invalid record, or to several: a permerror."""
    DUPLICATE_INCLUDE = "duplicate_include"
    """``include:`` or ``redirect=`` leads to a record that was included before."""
    INCLUDE_LOOP = "include_loop"
    """``include:`` or ``redirect=`` leads back to a record that led here."""
    TOO_MANY_LOOKUPS = "too_many_lookups"
    """With this term more than 10 terms ask the DNS (section 4.6.4): a permerror."""
    TOO_MANY_VOID_LOOKUPS = "too_many_void_lookups"
    """With this term more than 2 terms find nothing (section 4.6.4): a permerror."""
    UNREACHABLE_TERMS = "unreachable_terms"
    """The term stands behind ``all``, or is a ``redirect=`` beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfProblem:
    """One thing that is wrong."""

    kind: SpfProblemKind
    """What."""
    term: str = ""
    """The term at fault; empty for `NO_ALL`."""
    domain: str
    """Whose record holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfNode:
    """One term that asks the DNS."""

    domain: str
    """Whose record holds it."""
    term: str
    """The term."""
    lookups: int
    """How many terms have asked the DNS so far, this one and all below it included."""
    has_macros: bool = False
    """Whether its domain depends on the mail, so that it could not be asked."""
    children: tuple["SpfNode", ...] = ()
    """Terms of the record that an ``include`` or ``redirect`` leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfAudit:
    """What a domain publishes, and what is wrong with it."""

    domain: str
    """Whose record it is."""
    records: tuple[str, ...] = ()
    """TXT records that claim to be SPF; more than one is a permerror."""
    record: SpfRecord | None = None
    """The record, if there is just one and it is valid."""
    error: SpfSyntaxError | None = None
    """Why the only record is invalid."""
    is_temperror: bool = False
    """Whether the question for the record itself was not answered."""
    lookups: int = 0
    """How many terms ask the DNS in the worst case, counted to the end."""
    problems: tuple[SpfProblem, ...] = ()
    """What is wrong, in the order of the terms."""
    tree: tuple[SpfNode, ...] = ()
    """The terms that ask the DNS."""
    is_complete: bool = True
    """False when something below was not answered, depends on the mail, or was too much."""
    evidence: tuple[str, ...] = ()
    """Questions and answers, one line each."""


def audit_spf(domain: str) -> Asking[SpfAudit]:
    """Find out what is wrong with what `domain` publishes.

    Every include is entered, and counting goes on beyond the limits. At most 200 questions.
    """
    name = to_name(domain)
    if name is None:
        return SpfAudit(domain=domain)
    audit = _Audit()
    answer = yield from audit.ask(name, RecordType.TXT)
    records = select_spf(answer.texts) if answer else ()
    record, error = _parse_only(records)
    tree = () if record is None else (yield from audit.walk(name, record, (name,), decides=True))
    return SpfAudit(
        domain=name,
        records=records,
        record=record,
        error=error,
        is_temperror=answer is None,
        lookups=audit.lookups,
        problems=tuple(audit.problems),
        tree=tree,
        is_complete=audit.is_complete,
        evidence=tuple(f"{query}: {answer}" for query, answer in audit.answers.items()),
    )


def _parse_only(records: tuple[str, ...]) -> tuple[SpfRecord | None, SpfSyntaxError | None]:
    try:
        return (parse_spf(records[0]) if len(records) == 1 else None), None
    except SpfSyntaxError as error:
        return None, error


class _Audit:
    """One walk through a record and all that it includes."""

    def __init__(self) -> None:
        self.answers: dict[Query, Answer] = {}
        self.problems: dict[SpfProblem, None] = {}
        self.totals: dict[str, tuple[int, int]] = {}  # look-ups and void look-ups below each domain
        self.lookups = 0
        self.void_lookups = 0
        self.is_complete = True

    def ask(self, name: str, record_type: RecordType) -> Asking[Answer | None]:
        """Ask each question once; None when there is no answer."""
        query = Query(name=name, type=record_type)
        if query not in self.answers and len(self.answers) < _MAX_QUESTIONS:
            self.answers[query] = yield query
        answer = self.answers.get(query)
        if answer is None or answer.status is AnswerStatus.TEMPERROR:
            self.is_complete = False
            return None
        return answer

    def walk(
        self, domain: str, record: SpfRecord, path: tuple[str, ...], *, decides: bool
    ) -> Asking[tuple[SpfNode, ...]]:
        """Go through one record; `decides` says whether its ending holds for the whole."""
        self._note_endings(domain, record, decides=decides)
        nodes = []
        for term in _reachable(record):
            if term.name == "ptr":
                self._note(SpfProblemKind.USES_PTR, str(term), domain)
            if term.name in _ASKS:
                nodes.append((yield from self._look_up(domain, term, path, decides=decides)))
        return tuple(nodes)

    def _note(self, kind: SpfProblemKind, term: str, domain: str) -> None:
        self.problems[SpfProblem(kind=kind, term=term, domain=domain)] = None

    def _note_endings(self, domain: str, record: SpfRecord, *, decides: bool) -> None:
        every = next((term for term in record.mechanisms if term.name == "all"), None)
        if every is None:
            if decides and record.redirect is None:
                self._note(SpfProblemKind.NO_ALL, "", domain)
            return
        if every.qualifier is Qualifier.PASS:
            self._note(SpfProblemKind.PLUS_ALL, str(every), domain)
        # In an include, ?all only ends the list.
        if every.qualifier is Qualifier.NEUTRAL and decides:
            self._note(SpfProblemKind.NEUTRAL_ALL, str(every), domain)
        behind = record.mechanisms[record.mechanisms.index(every) + 1 :]
        redirects = [term for term in record.terms if isinstance(term, Modifier) and term.name == "redirect"]
        for term in (*behind, *redirects):
            self._note(SpfProblemKind.UNREACHABLE_TERMS, str(term), domain)

    def _count(self, domain: str, term: str, *, lookups: int = 0, void_lookups: int = 0) -> None:
        """Count, and note the term with which a limit is passed."""
        if self.lookups <= MAX_LOOKUPS < self.lookups + lookups:
            self._note(SpfProblemKind.TOO_MANY_LOOKUPS, term, domain)
        if self.void_lookups <= MAX_VOID_LOOKUPS < self.void_lookups + void_lookups:
            self._note(SpfProblemKind.TOO_MANY_VOID_LOOKUPS, term, domain)
        self.lookups += lookups
        self.void_lookups += void_lookups

    def _look_up(
        self, domain: str, term: Mechanism | Modifier, path: tuple[str, ...], *, decides: bool
    ) -> Asking[SpfNode]:
        """Count one term and look at what it leads to."""
        self._count(domain, str(term), lookups=1)
        children: tuple[SpfNode, ...] = ()
        has_macros = "%" in term.value
        target = to_name(term.value) if term.value else domain
        if has_macros:
            self.is_complete &= term.name not in _FOLLOWS
        elif term.name in _FOLLOWS:
            decides = decides and term.name == "redirect"
            children = yield from self._follow(domain, str(term), target, path, decides=decides)
        elif target is not None and term.name != "ptr":
            is_void = yield from self._finds_nothing(term.name, target)
            self._count(domain, str(term), void_lookups=int(is_void))
        return SpfNode(
            domain=domain, term=str(term), lookups=self.lookups, has_macros=has_macros, children=children
        )

    def _finds_nothing(self, name: str, target: str) -> Asking[bool]:
        """Return whether a term is a void look-up for every client."""
        first = {"mx": RecordType.MX}.get(name, RecordType.A)
        answer = yield from self.ask(target, first)
        if answer is not None and not answer.texts and name == "a":
            answer = yield from self.ask(target, RecordType.AAAA)
        return answer is not None and not answer.texts

    def _follow(
        self, domain: str, term: str, target: str | None, path: tuple[str, ...], *, decides: bool
    ) -> Asking[tuple[SpfNode, ...]]:
        """Go through the record that an include or redirect leads to."""
        if target in path:
            self._note(SpfProblemKind.INCLUDE_LOOP, term, domain)
            return ()
        if len(path) > _MAX_DEPTH:
            self.is_complete = False
            return ()
        record = None if target is None else (yield from self._included(domain, term, target))
        if target is None or record is None:
            if target is None:
                self._note(SpfProblemKind.MISSING_INCLUDE, term, domain)
            return ()
        if target in self.totals:
            self._note(SpfProblemKind.DUPLICATE_INCLUDE, term, domain)
            lookups, void_lookups = self.totals[target]
            self._count(domain, term, lookups=lookups, void_lookups=void_lookups)
            return ()
        before = self.lookups, self.void_lookups
        nodes = yield from self.walk(target, record, (*path, target), decides=decides)
        self.totals[target] = self.lookups - before[0], self.void_lookups - before[1]
        return nodes

    def _included(self, domain: str, term: str, target: str) -> Asking[SpfRecord | None]:
        """Return the record at `target`; note why there is none to go through."""
        answer = yield from self.ask(target, RecordType.TXT)
        if answer is None:
            return None
        self._count(domain, term, void_lookups=int(not answer.texts))
        records = select_spf(answer.texts)
        record, _ = _parse_only(records)
        if record is None:
            kind = SpfProblemKind.BROKEN_INCLUDE if records else SpfProblemKind.MISSING_INCLUDE
            self._note(kind, term, domain)
        return record


def _reachable(record: SpfRecord) -> Iterator[Mechanism | Modifier]:
    """Yield the terms that can be tried: mechanisms before ``all``, then the redirect."""
    yield from takewhile(lambda term: term.name != "all", record.mechanisms)
    if record.redirect is not None:
        yield Modifier(name="redirect", value=record.redirect)


def first_address(domain: str) -> Asking[str | None]:
    """Return one address from which the mail service behind `domain` sends; None if there is none.

    The first IPv4 network, else the first IPv6 network, else the first host, of the records
    nearest to `domain`; always the same one, so none when a question before it was not answered.
    At most 50 questions.
    """
    waiting = list(filter(None, [to_name(domain)]))
    passing: list[tuple[str, Mechanism]] = []
    for name in waiting:  # which grows on the way
        answer = yield Query(name=name, type=RecordType.TXT)
        if answer.status is AnswerStatus.TEMPERROR:
            return None
        record, _ = _parse_only(select_spf(answer.texts))
        if record is None:
            continue
        terms = tuple(_reachable(record))
        passing += ((name, t) for t in terms if isinstance(t, Mechanism) and t.qualifier is Qualifier.PASS)
        if any(_first_host(mechanism, "ip4") for _, mechanism in passing):
            break
        targets = (to_name(t.value) for t in terms if t.name in _FOLLOWS and "%" not in t.value)
        new = dict.fromkeys(target for target in targets if target and target not in waiting)
        waiting += [*new][: _MAX_RECORDS - len(waiting)]
    for family in ("ip4", "ip6"):
        for _, mechanism in passing:
            if address := _first_host(mechanism, family):
                return address
    return (yield from _first_host_address(passing))


def _first_host(mechanism: Mechanism, family: str) -> str | None:
    """Return the first address of a network of this family; none of a network that is everything."""
    if mechanism.name != family:
        return None
    network = mechanism.network
    return str(next(iter(network.hosts()))) if network is not None and network.prefixlen else None


def _first_host_address(passing: Iterable[tuple[str, Mechanism]]) -> Asking[str | None]:
    """Return the first address that an ``a`` or ``mx`` leads to."""
    hosts = [(name, term) for name, term in passing if term.name in ("a", "mx") and "%" not in term.value]
    for name, mechanism in hosts[:_MAX_HOSTS]:
        host = to_name(mechanism.value) if mechanism.value else name
        if mechanism.name == "mx" and host is not None:
            answer = yield Query(name=host, type=RecordType.MX)
            if answer.status is AnswerStatus.TEMPERROR:
                return None
            names = (to_name(record.exchange) for record in parse_mx(answer.texts))
            host = next(filter(None, names), None)
        if host is None:
            continue
        for record_type in (RecordType.A, RecordType.AAAA):
            answer = yield Query(name=host, type=record_type)
            if answer.status is AnswerStatus.TEMPERROR:
                return None
            if answer.texts:
                return answer.texts[0]
    return None
