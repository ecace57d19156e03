"""Look up single addresses, for whoever has the customer on the phone."""

from collections.abc import Iterable

from deliv.core.cell import split_addresses
from deliv.core.order import Order


def orders_of(texts: Iterable[str]) -> list[Order]:
    """Return one order for each address in what somebody typed or pasted.

    Lines and lists are taken apart; ``Name <a@b>`` stays together. Blank lines are dropped.
    """
    lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    pieces = [piece for line in lines for piece in split_addresses(line)]
    return [Order(address=piece, row=number, line=number) for number, piece in enumerate(pieces, 1)]
