"""How the shop sends: its profile, completed by a mail of its own and by what its service is known for."""

from dataclasses import dataclass
from typing import Protocol

from deliv.core.address import mend_address, parse_address
from deliv.core.auth.signature import SignedMail
from deliv.core.errors import AddressSyntaxError, InputError
from deliv.core.facts import MessageFacts, Origin
from deliv.core.services import SendingService, ServiceBook
from deliv.core.settings import SenderProfile


class OrderMessage(SignedMail, Protocol):
    """One order mail, read: `deliv.read_message` returns one."""

    @property
    def facts(self) -> MessageFacts:
        """What it says."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Everything that must be known of the shop before the DNS is asked."""

    from_domain: str
    """Domain of the header-From address: A-labels, lower case."""
    envelope_domain: str
    """Domain that bounces go back to."""
    reply_domain: str
    """Domain that replies go to."""
    addresses: tuple[tuple[str, Origin], ...] = ()
    """IP addresses that the mail leaves from."""
    services: tuple[SendingService, ...] = ()
    """Services that send it."""
    selectors: tuple[tuple[str, str], ...] = ()
    """Names of DKIM keys as (selector, domain)."""
    selectors_are_guesses: bool = False
    """Whether nobody named them."""
    mail: OrderMessage | None = None
    """An order mail, whose signatures can be verified."""
    volume_per_day: int | None = None
    """Mails a day."""


def arrival(mail: OrderMessage | None, otherwise: int) -> int:
    """Return when a mail arrived, in seconds since 1970; `otherwise` where it does not say."""
    arrived = mail.facts.received_at if mail else None
    return int(arrived.timestamp()) if arrived else otherwise


def sending_of(
    profile: SenderProfile | None,
    services: ServiceBook | None = None,
    *,
    mail: OrderMessage | None = None,
    guess_selectors: bool = False,
) -> Sending:
    """Return how the shop sends; what the profile leaves open, the mail and the service say.

    mail: one order mail. guess_selectors: whether the usual DKIM selectors are tried when nobody
        named one.

    Raises InputError when there is no usable header-From address, when the mail is from somebody
    else, and for a service that is not in `services`.
    """
    book = services or ServiceBook()
    message = mail.facts if mail else None
    profile = profile or SenderProfile(from_address=message.from_address if message else "")
    domain = from_domain(profile)
    if message is not None and message.from_domain != domain:
        template = (
            "the mail is from {other}, but you asked about {domain}; "
            "leave out one of them; nothing was checked"
        )
        raise InputError(template, other=message.from_domain, domain=domain)
    used = _services(profile, book, mail)
    named = tuple(_selector(text, domain) for text in profile.selectors)
    usual = tuple(dict.fromkeys([*(s for service in used for s in service.selectors), *book.usual_selectors]))
    guesses = tuple((selector, domain) for selector in usual) if guess_selectors and mail is None else ()
    return Sending(
        from_domain=domain,
        envelope_domain=_envelope(profile, message, used) or domain,
        reply_domain=_reply_domain(profile, message) or domain,
        addresses=_addresses(profile, message),
        services=used,
        selectors=named or guesses,
        selectors_are_guesses=not named,
        mail=mail,
        volume_per_day=profile.volume_per_day,
    )


def from_domain(profile: SenderProfile) -> str:
    """Return the domain of the header-From address: A-labels, lower case.

    Raises InputError when the profile names neither an address nor a domain.
    """
    return _domain(profile.from_address)


def _domain(address: str) -> str:
    text = mend_address(address)[0].removesuffix(".")
    try:
        return parse_address(text if "@" in text else f"order@{text}").domain
    except AddressSyntaxError as error:
        template = (
            "“{text}” is no sending address (write for example order@shop.example); nothing was checked"
        )
        raise InputError(template, text=address) from error


def _services(
    profile: SenderProfile, book: ServiceBook, mail: OrderMessage | None
) -> tuple[SendingService, ...]:
    if not profile.sends_through:
        seen = [signature.domain for signature in mail.signatures] if mail else []
        return book.recognize([*seen, (mail.facts.return_path_domain or "") if mail else ""])
    found = []
    for name in profile.sends_through:
        service = book.get(name)
        if service is None:
            template = "deliv knows no sending service “{name}”; known are: {known}; nothing was checked"
            raise InputError(template, name=name, known=", ".join(s.id for s in book.services))
        found.append(service)
    return tuple(found)


def _selector(text: str, domain: str) -> tuple[str, str]:
    """Return selector and domain of ``s1`` or of ``s1._domainkey.shop.example``."""
    selector, dot, signer = text.lower().rstrip(".").partition("._domainkey.")
    return (selector, signer) if dot else (selector, domain)


def _envelope(
    profile: SenderProfile, message: MessageFacts | None, services: tuple[SendingService, ...]
) -> str:
    if profile.envelope:
        return _domain(profile.envelope)
    if message is not None and message.return_path_domain:
        return message.return_path_domain
    return services[0].envelope if services else ""


def _reply_domain(profile: SenderProfile, message: MessageFacts | None) -> str:
    if profile.reply_to:
        return _domain(profile.reply_to)
    return (message.reply_to_domain or "") if message else ""


def _addresses(profile: SenderProfile, message: MessageFacts | None) -> tuple[tuple[str, Origin], ...]:
    addresses = dict.fromkeys(profile.ips, Origin.GIVEN)
    if message is not None and message.client_ip:
        addresses.setdefault(message.client_ip, Origin.MESSAGE)
    return tuple(addresses.items())
