"""Did you mean: misspelt domains of well-known mail services.

It abstains by default: nothing is suggested for a name that is real (in the provider book, on a
list of mail services, a lawful neighbour such as docomo.net), nor where two services are equally
near, nor by a short distance to a short name: au.com and qq.com are near to everything. How much
evidence it takes depends on what the DNS says of the domain:

* it takes no mail: a slip or two, weighed by what fingers do (`deliv.core.editing`);
* nobody knows: a slip that the rule book names, in the ending or as a whole, or look-alike letters;
* it takes mail: only a domain that the rule book names as a trap, with a source.
"""

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from typing import Final

from deliv.core.editing import LOST_DOT, distance, distances
from deliv.core.lookalikes import mixes_scripts, reading
from deliv.core.providers import ProviderBook, ProviderKind
from deliv.core.slips import SlipBook

_SUGGESTED_KINDS: Final = frozenset({ProviderKind.CARRIER, ProviderKind.FREEMAIL, ProviderKind.ISP})
_ONE_SLIP: Final = 1.0
_CONFUSED: Final = 0.8
"""What it costs to write another ending of the same sort: .co.jp for .ne.jp."""
_CONFUSED_ABROAD: Final = 1.1
"""What it costs to write a Japanese ending for one of the world, or the other way round."""
_MARGIN: Final = 0.25
"""By how much the best candidate must be better than the next."""
_MISSPELT: Final = 0.7
"""What it costs to write an ending that the rule book knows as a slip."""
_STRAY: Final = 1.2
"""What it costs to write a short label in front."""
_STRAY_LABEL: Final = 4  # characters: i, g, www, mail
_MOST_IN_ENDING: Final = 1.5
_MOST_LOST: Final = 4  # characters: .ne for .ne.jp, and one more
_MOST_MORE: Final = 8  # characters: .ne.jp twice, and two more
_LONGEST: Final = 60  # characters; no slip makes a short name that long


@dataclass(frozen=True, slots=True)
class _Target:
    """A domain that may be meant, and how far from it a slip may lead."""

    domain: str
    name: str
    """All labels before the ending."""
    ending: str
    """Such as ``.ne.jp``."""
    letters: int
    """Those of the name, as bits."""
    reach: int
    """How many characters of what was written can belong to the name."""
    most_in_name: float
    """The dearest slip in the name."""
    most_if_intact: float
    """The dearest slip in the name where an ending of two labels is right: few names stand there."""
    most: float
    """The dearest slip altogether."""
    handicap: float
    """The rarer the service, the less probable it is that it was meant."""


def suggest(domain: str, book: ProviderBook, *, exists: bool | None = None) -> str | None:
    """Return the domain of the book that was probably meant, or None.

    exists: whether `domain` takes mail; None when nobody knows.
    """
    meant = book.slips.traps.get(domain)
    if meant is None and not _is_lawful(domain, book):
        read = reading(domain)
        if exists is True:
            meant = _look_alike(domain, read, book) if mixes_scripts(domain) else None
        else:
            meant = _look_alike(domain, read, book) or _named(read, book)
        if meant is None and exists is False and (read == domain or not _is_lawful(read, book)):
            meant = _nearest(read, book)
    return None if meant == domain or meant is None or book.match(meant) is None else meant


def _is_lawful(domain: str, book: ProviderBook) -> bool:
    return domain in book.slips.neighbours or len(domain) > _LONGEST or book.is_real(domain)


def _look_alike(domain: str, read: str, book: ProviderBook) -> str | None:
    """Return the domain that this one reads as, in letters that only look alike."""
    return read if read != domain and read in _index(book).domains else None


def _named(domain: str, book: ProviderBook) -> str | None:
    """Return the domain meant by a slip that the book names, as a whole or in the ending."""
    slips = book.slips
    return slips.slips.get(domain) or slips.traps.get(domain) or _by_wrong_ending(domain, book)


def _by_wrong_ending(domain: str, book: ProviderBook) -> str | None:
    """Return the domain meant where the name is right and the ending a slip that the book names."""
    for start in (i for i, letter in enumerate(domain) if letter == "."):
        right = book.slips.wrong_endings.get(domain[start:])
        meant = f"{domain[:start]}{right}"
        if right is not None and meant in _index(book).domains:
            return meant
    return None


def _nearest(domain: str, book: ProviderBook) -> str | None:
    """Return the one domain from which the fewest slips lead here; None when two are alike."""
    index = _index(book)
    letters = list(itertools.accumulate((_BITS.get(c, 0) for c in domain), or_, initial=0))
    near = [
        target
        for target in index.popular
        if (target.letters & ~letters[min(target.reach, len(domain))]).bit_count() <= target.most_if_intact
        and -_MOST_LOST <= len(domain) - len(target.domain) <= _MOST_MORE
    ]
    for key in _deletions(domain):
        if key in index.rest:
            near += index.rest[key]
    label, _, below = domain.partition(".")
    costs = sorted(
        (cost + target.handicap, target.domain)
        for target in dict.fromkeys(near)
        if (cost := _cost(target, domain, book.slips, label=label, below=below)) <= target.most
    )
    if not costs or (len(costs) > 1 and costs[1][0] - costs[0][0] < _MARGIN):
        return None
    return costs[0][1]


def _cost(target: _Target, domain: str, slips: SlipBook, *, label: str, below: str) -> float:
    """Return what it takes to write `domain` for the target; infinite for too much in the name.

    label, below: the first label of `domain`, and what follows it.
    """
    ending = target.ending
    costs = [math.inf]
    if len(label) <= _STRAY_LABEL and below.startswith(target.name):  # i.docomo.ne.jp, www.gmail.com
        costs.append(_STRAY + _ending_cost(ending, below.removeprefix(target.name), slips))
    # The name may end anywhere: a dot may be lost, or stand where none belongs.
    intact_from = len(domain) - len(ending) if domain.endswith(ending) else -1
    for end, in_name in enumerate(
        distances(target.name, domain[: target.reach], limit=target.most_if_intact)
    ):
        if end == intact_from and in_name <= target.most_if_intact:
            costs.append(in_name)
        elif in_name <= target.most_in_name:
            costs.append(in_name + _ending_cost(ending, domain[end:], slips))
    return min(costs)


@lru_cache(maxsize=16384)
def _ending_cost(right: str, wrong: str, slips: SlipBook) -> float:
    """Return what it takes to write one ending for another; very much for more than two slips."""
    if wrong == right:
        return 0.0
    if not wrong.startswith("."):
        cost = min(distance(right, wrong), LOST_DOT + _ending_cost(right, f".{wrong}", slips))
    else:
        cost = min(distance(right, wrong), _other_ending_cost(right, wrong, slips))
    return cost if cost <= _MOST_IN_ENDING else math.inf


def _other_ending_cost(right: str, wrong: str, slips: SlipBook) -> float:
    """Return what it takes to take one ending for another, whatever their letters."""
    is_repeated = wrong.startswith(f"{right}.") and set(wrong.split(".")) <= set(right.split("."))
    if is_repeated or right.startswith(f"{wrong}."):  # .ne.jp.ne.jp, or .ne, for .ne.jp
        return _CONFUSED
    mended = slips.wrong_endings.get(wrong, wrong)
    cost = _MISSPELT if mended != wrong else 0.0
    if mended == right:
        return cost
    if not {right, mended} <= slips.confused_endings:
        return math.inf
    return cost + (_CONFUSED if right.endswith(".jp") is mended.endswith(".jp") else _CONFUSED_ABROAD)


@dataclass(frozen=True, slots=True)
class _Index:
    domains: frozenset[str]
    popular: tuple[_Target, ...]
    """Those that are compared with every name."""
    rest: dict[str, tuple[_Target, ...]]
    """The others, by everything that one deletion leaves of them."""


@lru_cache(maxsize=4)
def _index(book: ProviderBook) -> _Index:
    names = dict.fromkeys(n for p in book.providers if p.kind in _SUGGESTED_KINDS for n in p.domains)
    popular, rest = [], dict[str, list[_Target]]()
    for name in names:
        if name in book.slips.common:
            popular.append(_target(name, handicap=0.0))
        elif name in book.slips.frequent:
            popular.append(_target(name, handicap=0.15))
        else:
            target = _target(name, handicap=0.5, most=_ONE_SLIP)
            for key in _deletions(name):
                rest.setdefault(key, []).append(target)
    return _Index(
        domains=frozenset(names),
        popular=tuple(popular),
        rest={key: tuple(targets) for key, targets in rest.items()},
    )


_SECOND_LEVEL: Final = frozenset({"ac", "ad", "co", "com", "ed", "go", "gr", "ne", "net", "or", "org"})


def _target(domain: str, *, handicap: float, most: float = 9.0) -> _Target:
    labels = domain.split(".")
    length = 2 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else 1
    name = ".".join(labels[:-length])
    letters = sum(letter.isalnum() for letter in name)
    # A slip in a name of four letters leaves too little to recognise; in one of eight, two do not.
    in_name, altogether = next(limits for least, limits in _LIMITS if letters >= least)
    ending = domain[len(name) :]
    bonus = 0.5 if length > 1 and in_name > 0 else 0.0
    return _Target(
        domain=domain,
        name=name,
        ending=ending,
        letters=reduce(or_, (_BITS.get(c, 0) for c in name), 0),
        reach=len(name) + 3,
        most_in_name=min(in_name, most),
        most_if_intact=min(in_name + bonus, most),
        most=min(altogether, most),
        handicap=handicap,
    )


_LIMITS: Final = ((8, (2.5, 3.0)), (6, (1.9, 2.6)), (5, (1.4, 2.2)), (4, (0.0, 1.0)), (0, (-1.0, -1.0)))
"""Letters in the name, at least → the dearest slip in the name, and altogether."""


_BITS: Final = {letter: 1 << place for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz0123456789")}


def _deletions(name: str) -> set[str]:
    return {name, *(name[:i] + name[i + 1 :] for i in range(len(name)))}
