"""MX records: where mail for a domain goes (RFC 5321 section 5.1, RFC 7505)."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class MxRecord:
    """One MX record."""

    preference: int
    """Lower is tried first."""
    exchange: str
    """Host name, lower case, without the final dot; empty for the null MX."""

    @classmethod
    def parse(cls, text: str) -> "MxRecord":
        """Return the record written as ``10 mx.example.``; raise ValueError for anything else."""
        preference, exchange = text.split()
        return cls(preference=int(preference), exchange=exchange.rstrip(".").lower())

    def __str__(self) -> str:
        return f"{self.preference} {self.exchange}."

    @property
    def is_null(self) -> bool:
        """Whether this is the "no service" exchange of RFC 7505, section 3."""
        return not self.exchange


def parse_mx(texts: Iterable[str]) -> tuple[MxRecord, ...]:
    """Return the MX records in the order in which a mailer tries them.

    Records that cannot be read are left out: a mailer cannot use them either.
    """
    records = []
    for text in texts:
        try:
            records.append(MxRecord.parse(text))
        except ValueError:
            continue
    return tuple(sorted(records))


def is_null_mx(records: Iterable[MxRecord]) -> bool:
    """Whether the domain says that it accepts no mail at all.

    A null MX beside other records breaks RFC 7505, section 3, and is not taken at its word.
    """
    exchanges = list(records)
    return bool(exchanges) and all(record.is_null for record in exchanges)
