"""The words of the rule book for customers and staff, and what fills their placeholders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from deliv.core.address import Address
from deliv.core.facts import RecipientFacts, SenderFacts
from deliv.core.providers import AllowList
from deliv.core.settings import Settings
from deliv.core.text import Source, Text

PLACEHOLDERS: Final = frozenset(
    {
        *("domain", "provider", "quoted_form", "reach", "sender_domain", "suggestion"),
        *("shop", "shop_phone", "hours", "customer", "order", "phone", "need_by", "others"),
        *("due", "reply_by", "window", "quiet_end"),
    }
)
"""What texts of the rule book may hold between braces."""

Fields = Mapping[str, Text]
"""What the placeholders stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A text to say or to write, with placeholders."""

    id: str
    """Stable name, kebab-case."""
    names: Text
    """What it is for."""
    body: Text
    """The words."""
    subject: Text | None = None
    """The subject of a mail; None for what is no mail."""
    sources: tuple[Source, ...] = field(default=())
    """Where the advice behind it comes from."""


def same(text: str) -> Text:
    """Return a text that is the same in both languages."""
    return Text(ja=text, en=text)


def fill(text: Text, fields: Fields) -> Text:
    """Return a text with its placeholders filled; what stands in the fields is never filled again."""
    return Text(
        ja=text.ja.format_map({name: value.ja for name, value in fields.items()}),
        en=text.en.format_map({name: value.en for name, value in fields.items()}),
    )


def fill_steps(steps: AllowList, fields: Fields) -> AllowList:
    """Return the customer's steps with their placeholders filled."""
    ja = {name: value.ja for name, value in fields.items()}
    en = {name: value.en for name, value in fields.items()}
    return AllowList(
        ja=tuple(step.format_map(ja) for step in steps.ja),
        en=tuple(step.format_map(en) for step in steps.en),
        url=steps.url,
        verified=steps.verified,
    )


def shop_fields(settings: Settings) -> dict[str, Text]:
    """Return what the placeholders stand for when nothing is known but the shop."""
    shop = settings.shop
    hours = f" ({shop.hours})" if shop.hours else ""
    phone = f"{shop.phone}{hours}" if shop.phone else ""
    fields = dict.fromkeys(PLACEHOLDERS, same(""))
    fields |= {
        "provider": Text(ja="このメールサービス", en="this mail service"),
        "sender_domain": Text(ja="当店のメールのドメイン(@の後ろ)", en="the shop's mail domain"),
        "shop": Text(ja=shop.name or "(店名)", en=shop.name or "(shop name)"),
        "shop_phone": Text(ja=phone or "(店の電話番号)", en=phone or "(shop phone)"),
        "hours": Text(ja=shop.hours or "(営業時間)", en=shop.hours or "(opening hours)"),
        "customer": Text(ja="お客", en="(name)"),
        "order": Text(ja="(注文番号)", en="(order number)"),
    }
    return fields


def address_fields(
    address: Address, facts: RecipientFacts, sender: SenderFacts | None, settings: Settings
) -> dict[str, Text]:
    """Return what the placeholders stand for when a customer's address is known."""
    fields = shop_fields(settings)
    provider = facts.provider
    fields["domain"] = same(facts.domain)
    fields["quoted_form"] = same(address.quoted_form or address.normalized)
    if facts.did_you_mean:
        fields["suggestion"] = same(f"{address.local_part}@{facts.did_you_mean}")
    if sender is not None:
        fields["sender_domain"] = same(sender.from_domain)
    if provider is not None:
        fields["provider"] = provider.names
        fields["reach"] = provider.reach or fields["reach"]
    return fields
