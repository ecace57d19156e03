"""What concerns the shop's side in files: how it sends, what is asked of it, and who sends for it."""

import ipaddress

from deliv.core.blocklists import BlockList, BlockListSubject
from deliv.core.requirements import Consequence, Demand, Requirement
from deliv.core.services import SendingService
from deliv.core.settings import SenderProfile
from deliv.core.text import Text
from deliv.sources.fields import Fields
from deliv.sources.names import decode_hosts, decode_id, decode_sources
from deliv.sources.yamlfile import Located


def decode_sender(fields: Fields) -> SenderProfile:
    """Return how a shop sends."""
    profile = SenderProfile(
        from_address=fields.text("from"),
        envelope=fields.text("envelope", ""),
        reply_to=fields.text("reply_to", ""),
        ips=tuple(_ip(fields, item) for item in fields.items("ips")),
        sends_through=fields.texts("sends_through"),
        selectors=fields.texts("selectors"),
        volume_per_day=fields.count("volume_per_day") if fields.has("volume_per_day") else None,
    )
    fields.close()
    return profile


def _ip(fields: Fields, located: Located) -> str:
    text = fields.as_text(located)
    try:
        ipaddress.ip_address(text)
    except ValueError:
        fields.report(located, "“{text}” is no IP address", text=text)
    return text


def decode_requirement(fields: Fields) -> Requirement:
    """Return something that providers ask for."""
    requirement = Requirement(
        id=decode_id(fields), names=fields.bilingual("names"), broken_by=fields.texts("broken_by")
    )
    fields.close()
    return requirement


def decode_demand(fields: Fields) -> Demand:
    """Return one requirement as a provider makes it."""
    demand = Demand(
        requirement=fields.text("requirement"),
        consequence=fields.word("consequence", Consequence),
        is_for_bulk=fields.flag("bulk", default=False),
        bulk_from=fields.count("bulk_from", least=1) if fields.has("bulk_from") else None,
        effective_from=fields.day("effective_from"),
        note=fields.optional_bilingual("note"),
        sources=decode_sources(fields),
    )
    if demand.bulk_from is not None and not demand.is_for_bulk and (located := fields.get("bulk_from")):
        fields.report(located, "“bulk_from” means nothing without “bulk: true”")
    fields.close()
    return demand


def decode_service(fields: Fields) -> SendingService:
    """Return a service that sends mail for shops."""
    service = SendingService(
        id=decode_id(fields),
        names=fields.bilingual("names"),
        includes=decode_hosts(fields, "includes", dotted=False),
        selectors=fields.texts("selectors"),
        domains=decode_hosts(fields, "domains", dotted=False),
        envelope=fields.text("envelope", ""),
        setup=fields.optional_bilingual("setup"),
        sources=decode_sources(fields),
    )
    fields.close()
    return service


def decode_block_list(fields: Fields) -> BlockList:
    """Return a list that receivers may ask about a sender."""
    listed = fields.child("listed", required=True)
    block_list = BlockList(
        id=decode_id(fields),
        names=fields.bilingual("names"),
        zone=fields.text("zone"),
        subject=fields.word("subject", BlockListSubject),
        ipv6=fields.flag("ipv6", default=False),
        listed=_codes(listed) if listed else (),
        refused=tuple(_network(fields, item) for item in fields.items("refused")),
        test=fields.text("test", ""),
        terms=fields.bilingual("terms"),
        url=fields.text("url"),
        sources=decode_sources(fields),
    )
    fields.close()
    return block_list


def _codes(fields: Fields) -> tuple[tuple[str, Text], ...]:
    codes = []
    for code, located in fields.entries():
        _network(fields, Located(code, located.file, located.line, located.path))
        codes.append((code, fields.bilingual(code)))
    return tuple(codes)


def _network(fields: Fields, located: Located) -> str:
    text = fields.as_text(located)
    try:
        ipaddress.IPv4Network(text)
    except ValueError:
        fields.report(located, "“{text}” is no IPv4 address or network", text=text)
    return text
