"""What people and systems call outcomes: the words of the rule book, and the headings above them.

Words are compared after folding: full-width characters, upper and lower case, spaces, hyphens and
underscores make no difference. Logs of contacts have words of their own, which are known here, too:
there is one vocabulary, whoever kept the list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from deliv.core.contacts import ContactKind, ContactRole, ContactVocabulary
from deliv.core.exports import fold_heading
from deliv.core.outcomes import BounceReason, OutcomeKind


class Column(StrEnum):
    """What a column of a file with outcomes can hold."""

    ADDRESS = "address"
    """An address, or a domain where the row speaks for all its customers."""
    DOMAIN = "domain"
    DAY = "day"
    OUTCOME = "outcome"
    CONTACT = "contact"
    """What somebody did, in a log of contacts."""
    COUNT = "count"
    REASON = "reason"
    PERMANENT = "permanent"
    MAIL = "mail"
    """Which mail or order it was: what tells two equal rows apart."""
    KEY = "key"
    """What stands for an address in an export of the history."""
    MAIL_KEY = "mail_key"
    """What stands for a mail there."""
    SENDER_STATE = "sender_state"


_OWN: Final[Mapping[Column, str]] = {
    Column.KEY: "deliv key",
    Column.MAIL_KEY: "deliv mail",
    Column.SENDER_STATE: "deliv sender state",
}
"""Headings of exports of the history, which no rule file changes."""
_OF_LOGS: Final[Mapping[Column, ContactRole]] = {
    Column.ADDRESS: ContactRole.ADDRESS,
    Column.DAY: ContactRole.DATE,
    Column.CONTACT: ContactRole.KIND,
    Column.MAIL: ContactRole.ORDER_ID,
}
NAMED_COLUMNS: Final = tuple(
    column for column in Column if column not in _OWN and column is not Column.CONTACT
)
"""Those whose headings are in the rule book under outcomes."""


class Fate(NamedTuple):
    """What an outcome's word says."""

    kind: OutcomeKind | None
    """None for what says nothing of a mail's fate: a phone call, say."""
    permanent: bool | None = None
    """Whether the word itself says that a bounce is for good."""


FATES: Final[Mapping[str, Fate]] = {
    **{kind.value: Fate(kind) for kind in OutcomeKind},
    "hard_bounce": Fate(OutcomeKind.BOUNCE, permanent=True),
    "soft_bounce": Fate(OutcomeKind.BOUNCE, permanent=False),
    "aside": Fate(None),
}
"""What the rule book has words for."""
_OF_CONTACTS: Final = {
    ContactKind.REPLY: Fate(OutcomeKind.REPLY),
    ContactKind.BOUNCE: Fate(OutcomeKind.BOUNCE),
}
"""What a line of a log tells of a mail; a mail that somebody wrote by hand is no order mail that was sent."""
_NO_MAIL: Final = frozenset({ContactKind.SMS, ContactKind.PHONE, ContactKind.LETTER, ContactKind.PLANNED})
_LONGEST: Final = 80  # characters of a word; longer texts are not even looked up, nor remembered
_YES: Final = "1, true, yes, y, hard, permanent, 5, はい, 恒久, 恒久的, ハード, ○"
_NO: Final = "0, false, no, n, soft, temporary, transient, 4, いいえ, 一時, 一時的, ソフト, ×"


@lru_cache(maxsize=4096)  # a file has few words, and many rows for each
def fold_word(text: str) -> str:
    """Return the spelling by which words and headings are compared."""
    return fold_heading(text.replace("_", " ").replace("-", " "))


_FLAG_OF: Final = {
    fold_word(word): flag for flag, text in ((True, _YES), (False, _NO)) for word in text.split(",")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeVocabulary:
    """The words in which people and systems say what became of mails, besides those of contacts."""

    headings: Mapping[Column, tuple[str, ...]] = field(default_factory=dict)
    """Headings of the columns, the best first."""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Words for what became of a mail, by the names in `FATES`."""
    reasons: Mapping[BounceReason, tuple[str, ...]] = field(default_factory=dict)
    """Words for why it bounced."""


class OutcomeWords:
    """Understands the words of a rule book: those for outcomes, and those of logs of contacts."""

    def __init__(self, vocabulary: OutcomeVocabulary, contacts: ContactVocabulary) -> None:
        self.headings: Mapping[Column, tuple[str, ...]] = {
            column: _headings(column, vocabulary, contacts) for column in Column
        }
        """Headings by what they stand for, the best first."""
        self._column_of = {
            fold_word(heading): (column, rank)
            for column, headings in self.headings.items()
            for rank, heading in reversed(list(enumerate(headings)))
        }
        self._contact_of = {fold_word(word): kind for kind, words in contacts.kinds.items() for word in words}
        self._fate_of = {
            fold_word(word): fate
            for name, fate in FATES.items()
            for word in (name, *vocabulary.words.get(name, ()))
        }
        self._reason_of = {
            fold_word(word): reason
            for reason in BounceReason
            for word in (reason, *vocabulary.reasons.get(reason, ()))
        }

    def find_columns(self, headings: Sequence[str]) -> dict[Column, int]:
        """Return which column, from 0, holds what; of several for the same the best heading wins."""
        found: dict[Column, tuple[int, int]] = {}
        for index, heading in enumerate(headings):
            known = self._column_of.get(fold_word(heading)) if len(heading) <= _LONGEST else None
            if known is not None:
                column, rank = known
                found[column] = min(found.get(column, (rank, index)), (rank, index))
        return {column: index for column, (_, index) in found.items()}

    def fate(self, outcome: str, contact: str = "") -> Fate | None:
        """Return what a row says became of the mail; None when it says nothing that anybody knows.

        outcome: what stands under the heading of outcomes. contact: what stands there of what somebody
        did, in a log of contacts. A call is no mail, whatever came of it.
        """
        done = self._contact(contact)
        if done in _NO_MAIL:
            return Fate(None)
        said = self._fate(outcome) or self._of_contact(self._contact(outcome))
        return said or self._of_contact(done) or self._fate(contact)

    def reason(self, text: str) -> BounceReason | None:
        """Return the reason of a bounce that a word names; None when it is none."""
        return self._reason_of.get(fold_word(text)) if len(text) <= _LONGEST else None

    def _fate(self, text: str) -> Fate | None:
        return self._fate_of.get(fold_word(text)) if len(text) <= _LONGEST else None

    def _contact(self, text: str) -> ContactKind | None:
        return self._contact_of.get(fold_word(text)) if len(text) <= _LONGEST else None

    def _of_contact(self, kind: ContactKind | None) -> Fate | None:
        return None if kind is None else _OF_CONTACTS.get(kind, Fate(None))


def _headings(column: Column, vocabulary: OutcomeVocabulary, contacts: ContactVocabulary) -> tuple[str, ...]:
    if column in _OWN:
        return (_OWN[column],)
    role = _OF_LOGS.get(column)
    of_logs = contacts.headings.get(role, ()) if role else ()
    own = vocabulary.headings.get(column, ())
    # An order number tells equal rows apart where no mail is named; other columns are headed alike.
    return (*own, *of_logs) if column is Column.MAIL else (*of_logs, *own)


def read_flag(text: str) -> bool | None:
    """Return yes or no; None for anything else."""
    return _FLAG_OF.get(fold_word(text)) if len(text) <= _LONGEST else None
