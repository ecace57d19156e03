"""The shop's side: what receivers see of the domain that it sends from."""

from collections.abc import Sequence

from deliv.core.address import mend_address, parse_address
from deliv.core.canary import DEFAULT_CANARY
from deliv.core.discovery import discover_sender
from deliv.core.errors import AddressSyntaxError, InputError
from deliv.core.facts import SenderFacts
from deliv.core.question import Resolver
from deliv.core.settings import SenderProfile
from deliv.gather import Interviewer


async def audit_sender(
    profile: SenderProfile, resolver: Resolver, *, canary: Sequence[str] = DEFAULT_CANARY
) -> SenderFacts:
    """Return what receivers see of the shop's sending domain.

    Raises InputError when `profile` names no address and no domain. Trouble with the network is
    in the facts, never raised.
    """
    interviewer = Interviewer(resolver, canary=canary)
    return await interviewer.run(discover_sender(from_domain(profile)))


def from_domain(profile: SenderProfile) -> str:
    """Return the domain of the header-From address: A-labels, lower case.

    Raises InputError when the profile names neither an address nor a domain.
    """
    text, _ = mend_address(profile.from_address)
    try:
        return parse_address(text if "@" in text else f"order@{text}").domain
    except AddressSyntaxError as error:
        template = (
            "“{text}” is no sending address (write for example order@shop.example); nothing was checked"
        )
        raise InputError(template, text=profile.from_address) from error
