"""The JSON Schema of what rule files hold of mailbox providers and of mail domains."""

from deliv.core.filters import FilterDefault, FilterEffect
from deliv.core.providers import ProviderKind
from deliv.core.requirements import Consequence
from deliv.core.rules import Basis
from deliv.sources.domainlists import LISTS
from deliv.sources.schemaparts import Schema, count, flag, mapping, number, ref, sequence, text, word


def provider_schema() -> Schema:
    """Return the schema of a mailbox provider."""
    return mapping(
        {
            "id": ref("id"),
            "enabled": flag("Whether it counts.", default=True),
            "kind": word(ProviderKind, "What sort of operator it is."),
            "names": ref("bilingual", "What people call it."),
            "domains": sequence(ref("domain"), "Mail domains, matched exactly."),
            "suffixes": sequence(ref("ending"), "Endings with a leading dot: any name below."),
            "mx": sequence(ref("host"), "MX hosts, or with a leading dot any host below."),
            "lists": sequence(word(sorted(LISTS)), "Lists that others keep, asked last."),
            "unverified": sequence(ref("host"), "Those of the names above that no source confirms."),
            "unverified_mx": sequence(
                ref("host"), "Those MX hosts that no source confirms, though addresses have the same ending."
            ),
            "portable": {
                "type": "boolean",
                "description": "Whether a customer who leaves may keep the address.",
            },
            "portability_unknown": sequence(
                ref("host"), "Those domains and suffixes of which that is not known to be true."
            ),
            "lenient_local_parts": sequence(
                ref("domain"), "Those domains whose customers may hold a..b@ and a.@."
            ),
            "ended": ref("day", "Day on which a retired service stopped taking mail."),
            "notice": ref("bilingual", "Why order mail may not be seen here."),
            "reach": ref("bilingual", "For relays: the path that does reach the customer."),
            "allow_list": mapping(
                {
                    "ja": sequence(text(), "Steps in Japanese; {sender_domain} is the shop's mail domain."),
                    "en": sequence(text(), "The same steps in English."),
                    "url": text("The operator's own page."),
                    "verified": flag("Whether a source describes these steps.", default=True),
                },
                required=("ja", "en"),
                description="What the customer does so that the shop's mail arrives.",
            ),
            "filters": sequence(ref("filter"), "What may keep mail from the customer, at all times known."),
            "requires": sequence(ref("demand"), "What it demands of those who send to it."),
            "placement": ref("prior", "How likely mail is to be seen here."),
            "sources": ref("sources"),
        },
        required=("id", "kind", "names", "sources"),
    )


def filter_schema() -> Schema:
    """Return the schema of one of its filters."""
    return mapping(
        {
            "id": ref("id", "A stable name; two periods of one filter share it."),
            "names": ref("bilingual", "What the operator calls it."),
            "default": word(FilterDefault, "How it is set when nobody has touched it."),
            "effect": word(FilterEffect, "What it does to the mail that it catches."),
            "order": count("Its place in the order of application.", least=1),
            "beats_allow_list": {
                "type": "boolean",
                "description": "Whether it catches even senders on the customer's allow list.",
            },
            "effective_from": ref("day", "First day on which it worked so."),
            "effective_until": ref("day", "Last day on which it worked so."),
            "note": ref("bilingual", "What it catches, and what is to be known about it."),
            "customer": ref("bilingual", "What the customer must do so that the shop's mail passes."),
            "url": text("The operator's own page about it."),
            "sources": ref("sources"),
        },
        required=("id", "names", "default", "effect", "sources"),
    )


def demand_schema() -> Schema:
    """Return the schema of what it asks of senders."""
    return mapping(
        {
            "requirement": ref("id", "Id of a requirement."),
            "consequence": word(Consequence, "What happens to mail that breaks it."),
            "bulk": flag("Whether only bulk senders are held to it.", default=False),
            "bulk_from": count("Mails a day from which on a sender counts as bulk.", least=1),
            "effective_from": ref("day", "First day on which it was enforced."),
            "note": ref("bilingual", "What is to be known about it."),
            "sources": ref("sources"),
        },
        required=("requirement", "consequence", "sources"),
    )


def prior_schema() -> Schema:
    """Return the schema of a belief about where mail lands."""
    return mapping(
        {
            "inbox": number("Share that lands in the inbox; the three sum to 1.", maximum=1),
            "spam": number("Share that lands in the junk folder.", maximum=1),
            "missing": number("Share that is refused or lost.", maximum=1),
            "strength": number("How many observed mails this belief is worth.", least=1),
            "basis": word(Basis, "What the figures rest on."),
            "note": ref("bilingual", "Where they come from."),
        },
        required=("inbox", "spam", "missing", "strength", "basis", "note"),
    )


def slips_schema() -> Schema:
    """Return the schema of an entry about misspelt domains."""

    def table(name: str, description: str) -> Schema:
        lists = sequence(ref(name))
        return {"type": "object", "additionalProperties": lists, "description": description}

    return mapping(
        {
            "id": ref("id"),
            "common": sequence(ref("domain"), "Mail domains that very many customers have."),
            "frequent": sequence(ref("domain"), "Mail domains that many customers have."),
            "slips": table("domain", "What people mean, and what they write instead."),
            "traps": table("domain", "A well-known domain, and those of strangers that take in its mail."),
            "wrong_endings": table("ending", "An ending, and slips in it."),
            "confused_endings": sequence(ref("ending"), "Endings that are written for each other."),
            "neighbours": sequence(ref("domain"), "Lawful domains that only look like a slip."),
            "sources": ref("sources"),
        },
        required=("id", "sources"),
    )


def role_accounts_schema() -> Schema:
    """Return the schema of an entry about addresses of a role."""
    return mapping(
        {
            "id": ref("id"),
            "local_parts": sequence(text(pattern="^[^@A-Z]*$"), "What stands before the @, in lower case."),
            "sources": ref("sources"),
        },
        required=("id", "local_parts", "sources"),
    )
