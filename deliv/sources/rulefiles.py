"""The rule book: found, read, merged and checked.

Every ``*.yaml`` below a folder may hold any of the top-level keys ``providers``, ``rules``,
``priors``, ``bands``, ``consequences``, ``history``, ``requirements``, ``services``, ``usual_selectors``,
``block_lists``, ``typos``, ``role_accounts``, ``address_headings``, ``order_headings``, ``exports``,
``contact_headings``, ``contact_words``, ``outcome_headings``, ``outcome_words``, ``outcome_reasons``,
``bounce_rules``, and those of the advice (see `AdviceDraft`). Later folders win: an entry with the id of an
earlier one replaces it, ``enabled: false`` drops it.
"""

import gc
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from deliv.core.blocklists import BlockList
from deliv.core.bouncerules import BounceRule
from deliv.core.contacts import ContactKind, ContactRole, ContactVocabulary
from deliv.core.errors import Fault, RuleErrors
from deliv.core.exports import ExportSystem, Role
from deliv.core.historybook import HistoryBook
from deliv.core.outcomes import BounceReason
from deliv.core.outcomewords import Column, OutcomeVocabulary
from deliv.core.placement import PlacementBook, Prior
from deliv.core.providers import Provider, ProviderBook, ProviderKind
from deliv.core.requirements import Consequence, Requirement
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Effect, Rule, Test, comparisons_of
from deliv.core.services import SendingService, ServiceBook
from deliv.core.slips import SlipBook, SlipEntry
from deliv.sources.advicefiles import AdviceDraft
from deliv.sources.bouncefiles import decode_bounce_rule
from deliv.sources.contactwords import (
    decode_contact_headings,
    decode_contact_words,
    decode_outcome_headings,
    decode_outcome_reasons,
    decode_outcome_words,
)
from deliv.sources.domainlists import load_list
from deliv.sources.exportfiles import decode_export, decode_role_headings
from deliv.sources.fields import Fields, closest
from deliv.sources.findingfiles import decode_effect, decode_rule
from deliv.sources.historyfiles import decode_history
from deliv.sources.names import note_twice, turned_off
from deliv.sources.providerfiles import check_unique, decode_prior, decode_provider
from deliv.sources.rulecache import cache_file, read_cache, write_cache
from deliv.sources.senderfiles import decode_block_list, decode_requirement, decode_service
from deliv.sources.typofiles import RoleAccounts, decode_role_accounts, decode_slips
from deliv.sources.yamlfile import Located, read_file, read_yaml


def packaged_rules() -> Path:
    """Return the folder with the rule book that came with deliv."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_rules"  # in a wheel; a checkout keeps them beside the package
    return inside if inside.is_dir() else package.parent / "rules"


def load_rules(*paths: str | Path) -> RuleBook:
    """Return the packaged rule book, merged with the files and folders in `paths`.

    Raises RuleErrors, which lists every fault of every file with its line.
    """
    draft = _Draft()
    with _without_collector():
        draft.read(packaged_rules(), keep=True)
        for path in paths:
            draft.read(Path(path))
        book = draft.finish()
    if draft.faults or book is None:
        raise RuleErrors("the rule files hold faults; nothing was checked", draft.faults)
    return book


@cache
def packaged_book() -> RuleBook:
    """Return the rule book that came with deliv, read once."""
    return load_rules()


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the garbage collector from looking, again and again, at a book that is still being made."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def rule_files(path: Path, faults: list[Fault]) -> Iterable[tuple[Path, str]]:
    """Yield the YAML files below `path`, in an order that does not depend on the file system."""
    if path.is_file():
        yield path, str(path)
        return
    if not path.is_dir():
        faults.append(Fault(file=str(path), line=None, path="", template="there is no such file or folder"))
        return
    packaged = path == packaged_rules()
    for file in sorted(path.rglob("*.yaml")) + sorted(path.rglob("*.yml")):
        yield file, f"rules/{file.relative_to(path).as_posix()}" if packaged else str(file)


def _parse(texts: Mapping[str, str], faults: list[Fault], *, keep: bool) -> Iterable[Located]:
    """Return the documents in these files, by name; from the cache where that holds these very files."""
    file = cache_file(texts) if keep else None
    if file is not None and (kept := read_cache(file)) is not None:
        return kept.values()
    known = len(faults)
    parsed = {name: read_yaml(text, name, faults) for name, text in texts.items()}
    documents = {name: located for name, located in parsed.items() if located is not None}
    if file is not None and len(faults) == known:
        write_cache(file, documents)
    return documents.values()


@dataclass(slots=True)
class _Draft:
    """A rule book in the making."""

    faults: list[Fault] = field(default_factory=list)
    providers: dict[str, tuple[Located, Provider]] = field(default_factory=dict)
    priors: dict[str, Prior] = field(default_factory=dict)
    kinds: dict[str, Prior] = field(default_factory=dict)
    default: Prior | None = None
    bands: tuple[float, float] = (0.0, 0.0)
    consequences: dict[Consequence, Effect] = field(default_factory=dict)
    history: HistoryBook = field(default_factory=HistoryBook)
    requirements: dict[str, tuple[Located, Requirement]] = field(default_factory=dict)
    services: dict[str, SendingService] = field(default_factory=dict)
    usual_selectors: tuple[str, ...] = ()
    block_lists: dict[str, BlockList] = field(default_factory=dict)
    slips: dict[str, SlipEntry] = field(default_factory=dict)
    role_accounts: dict[str, RoleAccounts] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    known_rules: dict[str, Located] = field(default_factory=dict)
    """All rules ever seen, by id: one that was turned off is no slip of the pen."""
    known_providers: set[str] = field(default_factory=set)
    """Ids of all providers ever seen, likewise."""
    advice: AdviceDraft = field(default_factory=AdviceDraft)
    headings: tuple[str, ...] = ()
    exports: dict[str, ExportSystem] = field(default_factory=dict)
    order_headings: dict[Role, tuple[str, ...]] = field(default_factory=dict)
    contact_headings: dict[ContactRole, tuple[str, ...]] = field(default_factory=dict)
    contact_words: dict[ContactKind, tuple[str, ...]] = field(default_factory=dict)
    outcome_headings: dict[Column, tuple[str, ...]] = field(default_factory=dict)
    outcome_words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    outcome_reasons: dict[BounceReason, tuple[str, ...]] = field(default_factory=dict)
    bounce_rules: dict[str, BounceRule] = field(default_factory=dict)
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def read(self, path: Path, *, keep: bool = False) -> None:
        """Take in a file, or all files below a folder; `keep` their parsed form for the next run."""
        texts: dict[str, str] = {}
        for file, name in rule_files(path, self.faults):
            text = read_file(file, name, self.faults)
            if text is not None:
                texts[name] = text
                content = text.encode()
                self.digest.update(f"{name}\0{len(content)}\0".encode() + content)
        for located in _parse(texts, self.faults, keep=keep):
            self._take(Fields(located, self.faults))

    def _take(self, fields: Fields) -> None:
        seen: set[str] = set()
        for child in fields.children("providers"):
            self._take_provider(child, seen)
        for child in fields.children("rules"):
            self._take_rule(child, seen)
        if priors := fields.child("priors"):
            self._take_priors(priors)
        if bands := fields.child("bands"):
            self.bands = (bands.number("low_from"), bands.number("medium_from"))
            if self.bands[0] < self.bands[1]:
                bands.report(bands.located, "low_from must be at least medium_from")
            if self.bands[0] > 1:
                bands.report(bands.located, "low_from is a share, so it is at most 1")
            bands.close()
        self._take_consequences(fields.child("consequences"))
        if history := fields.child("history"):
            self.history = decode_history(history, self.history)
        self._take_sender_side(fields, seen)
        self._take_spellings(fields, seen)
        self.advice.take(fields, seen)
        self.headings = fields.texts("address_headings") + self.headings
        self._take_exports(fields, seen)
        self._take_contacts(fields)
        self._take_outcomes(fields)
        self._take_bounce_rules(fields, seen)
        fields.close()

    def _take_consequences(self, fields: Fields | None) -> None:
        if fields is None:
            return
        for consequence in Consequence:
            if effect := fields.child(consequence):
                self.consequences[consequence] = decode_effect(effect)
        fields.close()

    def _take_rule(self, fields: Fields, seen: set[str]) -> None:
        if (off := turned_off(fields, self.rules)) is not None:
            self.rules.pop(off, None)
            return
        rule, enabled = decode_rule(fields)
        note_twice(fields, rule.id, seen)
        self.known_rules[rule.id] = fields.located
        self.rules.pop(rule.id, None)
        if enabled:
            self.rules[rule.id] = rule

    def _take_sender_side(self, fields: Fields, seen: set[str]) -> None:
        for child in fields.children("requirements"):
            requirement = decode_requirement(child)
            note_twice(child, requirement.id, seen)
            self.requirements[requirement.id] = (child.located, requirement)
        for child in fields.children("services"):
            if (off := turned_off(child, self.services)) is not None:
                self.services.pop(off, None)
                continue
            service = decode_service(child)
            note_twice(child, service.id, seen)
            self.services[service.id] = service
        self.usual_selectors = fields.texts("usual_selectors") + self.usual_selectors
        for child in fields.children("block_lists"):
            if (off := turned_off(child, self.block_lists)) is not None:
                self.block_lists.pop(off, None)
                continue
            block_list = decode_block_list(child)
            note_twice(child, block_list.id, seen)
            self.block_lists[block_list.id] = block_list

    def _take_spellings(self, fields: Fields, seen: set[str]) -> None:
        for child in fields.children("typos"):
            if (off := turned_off(child, self.slips)) is not None:
                self.slips.pop(off, None)
                continue
            entry = decode_slips(child)
            note_twice(child, entry.id, seen)
            self.slips[entry.id] = entry
        for child in fields.children("role_accounts"):
            if (off := turned_off(child, self.role_accounts)) is not None:
                self.role_accounts.pop(off, None)
                continue
            accounts = decode_role_accounts(child)
            note_twice(child, accounts.id, seen)
            self.role_accounts[accounts.id] = accounts

    def _take_exports(self, fields: Fields, seen: set[str]) -> None:
        for child in fields.children("exports"):
            if (off := turned_off(child, self.exports)) is not None:
                self.exports.pop(off, None)
                continue
            system = decode_export(child)
            note_twice(child, system.id, seen)
            self.exports[system.id] = system
        if others := fields.child("order_headings"):
            for role, headings in decode_role_headings(others).items():
                self.order_headings[role] = headings + self.order_headings.get(role, ())

    def _take_contacts(self, fields: Fields) -> None:
        if headings := fields.child("contact_headings"):
            for role, texts in decode_contact_headings(headings).items():
                self.contact_headings[role] = texts + self.contact_headings.get(role, ())
        if words := fields.child("contact_words"):
            decode_contact_words(words, self.contact_words)

    def _take_outcomes(self, fields: Fields) -> None:
        if headings := fields.child("outcome_headings"):
            for column, texts in decode_outcome_headings(headings).items():
                self.outcome_headings[column] = texts + self.outcome_headings.get(column, ())
        if words := fields.child("outcome_words"):
            decode_outcome_words(words, self.outcome_words)
        if reasons := fields.child("outcome_reasons"):
            decode_outcome_reasons(reasons, self.outcome_reasons)

    def _take_bounce_rules(self, fields: Fields, seen: set[str]) -> None:
        taken: dict[str, BounceRule] = {}
        for child in fields.children("bounce_rules"):
            if (off := turned_off(child, self.bounce_rules)) is not None:
                self.bounce_rules.pop(off, None)
                continue
            rule = decode_bounce_rule(child)
            note_twice(child, rule.id, seen)
            taken[rule.id] = rule
        # The first that fits is believed, and a shop's own files are read later than the packaged ones.
        self.bounce_rules = taken | {k: v for k, v in self.bounce_rules.items() if k not in taken}

    def _take_provider(self, fields: Fields, seen: set[str]) -> None:
        if (off := turned_off(fields, self.providers)) is not None:
            self.providers.pop(off, None)
            self.priors.pop(off, None)
            return
        decoded = decode_provider(fields)
        name = decoded.provider.id
        note_twice(fields, name, seen)
        self.known_providers.add(name)
        self.providers.pop(name, None)
        self.priors.pop(name, None)
        if decoded.enabled:
            self.providers[name] = (fields.located, decoded.provider)
            if decoded.prior:
                self.priors[name] = decoded.prior

    def _take_priors(self, fields: Fields) -> None:
        known = {kind.value for kind in ProviderKind} | {"default"}
        for key, located in fields.entries():
            prior = decode_prior(Fields(located, self.faults))
            if key == "default":
                self.default = prior
            elif key in known:
                self.kinds[key] = prior
            else:
                fields.unknown_word(Located(key, located.file, located.line, located.path), known)

    def finish(self) -> RuleBook | None:
        """Return the book; None when something is missing without which there is none."""
        check_unique(list(self.providers.values()), self.faults)
        self._check_references()
        advice = self.advice.finish(self.faults)
        if self.default is None or advice is None or self.faults:
            return None
        return RuleBook(
            providers=ProviderBook(
                (provider for _, provider in self.providers.values()),
                load_list=load_list,
                slips=SlipBook(self.slips.values()),
            ),
            rules=tuple(self.rules.values()),
            placement=PlacementBook(
                providers=self.priors,
                kinds=self.kinds,
                default=self.default,
                low_from=self.bands[0],
                medium_from=self.bands[1],
                consequences=self.consequences,
                history=self.history,
            ),
            requirements=tuple(requirement for _, requirement in self.requirements.values()),
            services=ServiceBook(self.services.values(), usual_selectors=self.usual_selectors),
            block_lists=tuple(self.block_lists.values()),
            advice=advice,
            address_headings=self.headings,
            exports=tuple(self.exports.values()),
            bounce_rules=tuple(self.bounce_rules.values()),
            order_headings=self.order_headings,
            contacts=ContactVocabulary(headings=self.contact_headings, kinds=self.contact_words),
            outcomes=OutcomeVocabulary(
                headings=self.outcome_headings, words=self.outcome_words, reasons=self.outcome_reasons
            ),
            role_accounts=frozenset(n for a in self.role_accounts.values() for n in a.local_parts),
            digest=self.digest.hexdigest(),
        )

    def _check_references(self) -> None:
        """Note every demand for an unknown requirement, and every unknown rule that would break one."""
        for located, _ in self.providers.values():
            for demand in Fields(located, []).children("requires"):  # what is no mapping was noted before
                if (name := demand.get("requirement")) is not None:
                    self._check_known(demand.located, name, self.requirements)
        for located, _ in self.requirements.values():
            for name in Fields(located, []).items("broken_by"):
                self._check_known(located, name, self.known_rules)
        for rule in self.rules.values():
            for test in comparisons_of(rule.when):
                if isinstance(test, Test) and test.fact == "recipient.provider":
                    self._check_providers(rule, test)

    def _check_known(self, entry: Located, name: Located, known: Collection[str]) -> None:
        if isinstance(name.value, str) and name.value not in known:
            Fields(entry, self.faults).unknown_word(name, known)

    def _check_providers(self, rule: Rule, test: Test) -> None:
        """Note every provider in a rule that there is not."""
        located = self.known_rules[rule.id]
        for name in sorted(map(str, test.values - self.known_providers - {""})):
            guess = closest(name, self.known_providers)
            if guess:
                fault = located.fault(
                    "there is no provider “{name}”; did you mean “{guess}”?", name=name, guess=guess
                )
            else:
                fault = located.fault("there is no provider “{name}”", name=name)
            self.faults.append(fault)
