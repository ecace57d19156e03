"""A JSON Schema of rule files, for editors that complete keys and underline slips while one writes.

It is made from the very types that the decoders use: enums, the catalogue of facts, record types. What
only the decoders can tell (references, sums, dates that there are) is left to ``deliv rules lint``.
"""

import json
from collections.abc import Mapping
from typing import Final

from deliv.core.blocklists import BlockListSubject
from deliv.core.bounces import Phase
from deliv.core.contacts import ContactKind, ContactRole
from deliv.core.exports import Role
from deliv.core.outcomes import BounceReason
from deliv.core.outcomewords import FATES, NAMED_COLUMNS
from deliv.core.providers import ProviderKind
from deliv.core.requirements import Consequence
from deliv.core.rules import Basis, Reason, Severity
from deliv.sources.adviceschema import advice_definitions, advice_document
from deliv.sources.bouncefiles import CODE_PATTERN, STATUS_PATTERN
from deliv.sources.conditionschema import condition_schema
from deliv.sources.examplefiles import RECORD_TYPES
from deliv.sources.exportfiles import Delimiter, FileEncoding
from deliv.sources.historyfiles import history_schema
from deliv.sources.providerschema import (
    demand_schema,
    filter_schema,
    prior_schema,
    provider_schema,
    role_accounts_schema,
    slips_schema,
)
from deliv.sources.schemaparts import (
    Schema,
    count,
    flag,
    mapping,
    number,
    ref,
    sequence,
    switchable,
    text,
    word,
)

_ID: Final = "^[a-z0-9]+(-[a-z0-9]+)*$"
_NAME: Final = "[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?"


def rule_schema_text() -> str:
    """Return the schema as it stands in ``rules/schema.json``."""
    return json.dumps(rule_schema(), indent=1, ensure_ascii=False) + "\n"


def rule_schema() -> Schema:
    """Return the schema (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:deliv:schema:rules-1",
        "title": "deliv: a rule file",
        "description": "What deliv knows of mailbox providers, rules and advice; every key may be left out.",
        **mapping(_document(), required=()),
        "$defs": _DEFS,
    }


def _document() -> dict[str, Schema]:
    entry = {name: sequence(ref(name)) for name in ("rule", "provider", "requirement", "service")}
    return {
        "providers": entry["provider"] | {"description": "Who receives mail for which domain."},
        "rules": entry["rule"] | {"description": "What can be said of an address, a sender or a mail."},
        "requirements": entry["requirement"] | {"description": "What providers ask of those who send."},
        "services": entry["service"] | {"description": "Who sends mail for shops."},
        "usual_selectors": sequence(text(), "Names under which DKIM keys are looked for."),
        "block_lists": sequence(ref("block_list"), "Whom receivers may ask about a sender."),
        "typos": sequence(ref("slips"), "Misspelt mail domains."),
        "role_accounts": sequence(ref("role_accounts"), "Addresses that stand for a role, not a person."),
        "priors": mapping(
            {**{kind: ref("prior") for kind in ProviderKind}, "default": ref("prior")},
            description="How likely mail is to be seen, by kind of provider.",
        ),
        "bands": mapping(
            {
                "low_from": number("Likelihood of the inbox from which on the risk is low.", maximum=1),
                "medium_from": number("Likelihood from which on the risk is medium.", maximum=1),
            },
            required=("low_from", "medium_from"),
        ),
        "consequences": mapping(
            {each: ref("effect") for each in Consequence},
            description="What a broken demand does to the chances of a mail.",
        ),
        "history": history_schema(),
        **advice_document(),
        "address_headings": sequence(text(), "Headings of the column with the addresses, the best first."),
        "order_headings": _role_headings("Headings of other columns, whatever the system; the best first."),
        "exports": sequence(ref("export"), "What shop systems export."),
        "contact_headings": mapping(
            {role: sequence(text(), minItems=1) for role in ContactRole},
            description="Headings of a log of contacts, the best first.",
        ),
        "contact_words": mapping(
            {kind: sequence(text(), minItems=1) for kind in ContactKind},
            description="Words in it for what somebody did.",
        ),
        "outcome_headings": mapping(
            {column: sequence(text(), minItems=1) for column in NAMED_COLUMNS},
            description="Headings of a list of outcomes, the best first, besides those of logs of contacts.",
        ),
        "outcome_words": mapping(
            {name: sequence(text(), minItems=1) for name in FATES},
            description="Words in it for what became of a mail.",
        ),
        "outcome_reasons": mapping(
            {reason: sequence(text(), minItems=1) for reason in BounceReason},
            description="Words in it for why a mail bounced.",
        ),
        "bounce_rules": sequence(ref("bounce_rule"), "What refusals mean; the first that fits is believed."),
    }


def _role_headings(description: str) -> Schema:
    return mapping({role: sequence(text(), minItems=1) for role in Role}, description=description)


def _export() -> Schema:
    return mapping(
        {
            "id": ref("id"),
            "names": ref("bilingual", "What people call it."),
            "signature": sequence(text(), "Headings that are all there in such a file.", minItems=1),
            "columns": _role_headings(
                "Its headings by what they say, the best first; “A + B” are columns that belong together."
            ),
            "encodings": sequence(word(FileEncoding), "How its files are usually written."),
            "delimiter": word(Delimiter, "What usually stands between its cells.") | {"default": "comma"},
            "repeats_order": flag("Whether every line of an order repeats the address.", default=True),
            "has_email": flag("Whether it exports mail addresses at all.", default=True),
            "sources": ref("sources"),
        },
        required=("id", "names", "signature", "columns", "sources"),
    )


def _bounce_rule() -> Schema:
    statuses = text(pattern=f"^{STATUS_PATTERN}$")
    return mapping(
        {
            "id": ref("id"),
            "reason": word(BounceReason, "What the refusal means."),
            "message": ref("bilingual", "What the shop should know about it."),
            "providers": sequence(
                ref("id"), "Providers that refuse so; one of these or of the hosts must fit."
            ),
            "hosts": sequence(ref("host"), "Hosts that refuse so, or ends of their names."),
            "statuses": sequence(statuses, "Enhanced statuses; X stands for any number."),
            "codes": sequence(text(pattern=f"^{CODE_PATTERN}$"), "SMTP reply codes."),
            "phases": sequence(word(Phase), "At which command it is refused."),
            "texts": sequence(text(), "Words of which some stand in the refusal, in lower case."),
            "effective_from": ref("day", "First day on which it holds."),
            "effective_until": ref("day", "Last day on which it holds."),
            "weak": flag("Whether it counts only where no other rule fits.", default=False),
            "sources": ref("sources"),
            "examples": mapping(
                {
                    "fires": ref("refusal", "A refusal that it explains."),
                    "silent": ref("refusal", "A refusal that it has nothing to say of."),
                },
                required=("fires", "silent"),
            ),
        },
        required=("id", "reason", "sources", "examples"),
    )


def _refusal() -> Schema:
    return mapping(
        {
            "recipient": text("The address that was mailed."),
            "status": text("Enhanced status, such as 5.1.1."),
            "code": text("SMTP reply code, such as 550."),
            "phase": word(Phase),
            "text": text("What the server said."),
            "hosts": sequence(text(), "Who said it."),
            "provider": ref("id"),
            "day": ref("day"),
        }
    )


def _rule() -> Schema:
    return mapping(
        {
            "id": ref("id"),
            "enabled": flag("Whether it counts.", default=True),
            "severity": word(Severity, "How bad it is when it fires."),
            "reason": word(Reason, "The code that it adds to the result."),
            "when": ref("condition", "It fires when this holds."),
            "message": ref("bilingual", "What it means, for a shop owner."),
            "remedy": ref("bilingual", "What the shop can do about it."),
            "effect": ref("effect"),
            "effective_from": ref("day", "First day on which it holds."),
            "effective_until": ref("day", "Last day on which it holds."),
            "sources": ref("sources"),
            "examples": mapping(
                {
                    "fires": ref("example", "A case in which it fires."),
                    "silent": ref("example", "A case in which it stays silent, although it could decide."),
                },
                required=("fires", "silent"),
                description="Its proof: “deliv rules test” runs both.",
            ),
        },
        required=("id", "severity", "when", "message", "sources", "examples"),
    )


def _example() -> Schema:
    records = mapping({kind: sequence(text()) for kind in sorted(RECORD_TYPES)})
    return mapping(
        {
            "address": text("The customer's address."),
            "zone": {
                "type": "object",
                "additionalProperties": records,
                "description": "DNS records by name and type. A name that is absent does not exist; "
                "TEMPERROR: [] stands for a name that cannot be asked.",
            },
            "sender": {
                "anyOf": [text(), ref("sender")],
                "description": "How the shop sends: a domain, or what deliv.yaml says of a sender.",
            },
            "message": text("Source of an order mail. The shop is called 例の店."),
            "message_size": count("Bytes to which that mail is filled up."),
            "reports": sequence(_reported_row(), "What DMARC reports say of the shop's mail."),
        },
        required=("address",),
    )


def _reported_row() -> Schema:
    return mapping(
        {
            "from": text("Domain of the From line."),
            "mails": count("How many mails were treated alike."),
            "ip": text("Where they came from."),
            "disposition": text("What was done with them."),
            "dkim": flag("Whether a good signature stood for the domain.", default=False),
            "spf": flag("Whether SPF passed for the domain.", default=False),
        },
        required=("from", "mails"),
    )


def _sender() -> Schema:
    return mapping(
        {
            "from": text("Sending address or its domain."),
            "envelope": text("Domain that bounces go back to."),
            "reply_to": text("Address for replies."),
            "ips": sequence(text(), "IP addresses that the mail leaves from."),
            "sends_through": sequence(text(), "Ids of services."),
            "selectors": sequence(text(), "Names of DKIM keys."),
            "volume_per_day": count("Mails a day."),
        },
        required=("from",),
    )


def _effect() -> Schema:
    share = number(exclusiveMaximum=1)
    return mapping(
        {
            "undeliverable": flag("Whether it is certain that no mail arrives.", default=False),
            "spam": number("Shift of log(junk folder / inbox)."),
            "missing": number("Shift of log(refused or lost / inbox)."),
            "at_least": mapping({"spam": share, "missing": share}, description="Floors under the shares."),
            "basis": word(Basis, "What these figures rest on."),
        },
        required=("basis",),
        description="What it does to the chances of a mail.",
    )


def _requirement() -> Schema:
    return mapping(
        {
            "id": ref("id"),
            "names": ref("bilingual", "What must hold, in a few words."),
            "broken_by": sequence(
                ref("id"), "Rules of which each breaks it; empty when deliv cannot check it."
            ),
        },
        required=("id", "names"),
    )


def _service() -> Schema:
    return mapping(
        {
            "id": ref("id"),
            "names": ref("bilingual", "What people call it."),
            "includes": sequence(ref("domain"), "Domains for include: in the shop's SPF record."),
            "selectors": sequence(text(), "Names under which its DKIM keys stand."),
            "domains": sequence(ref("domain"), "Its own domains in signatures and bounce addresses."),
            "envelope": text("Bounce domain that it uses unless the customer set up one."),
            "setup": ref("bilingual", "How it is made to sign with the shop's own domain."),
            "sources": ref("sources"),
        },
        required=("id", "names", "sources"),
    )


def _block_list() -> Schema:
    return mapping(
        {
            "id": ref("id"),
            "names": ref("bilingual", "What people call it."),
            "zone": text("Below which domain it is asked."),
            "subject": word(BlockListSubject, "What it holds."),
            "ipv6": flag("Whether it holds IPv6 addresses, too.", default=False),
            "listed": {
                "type": "object",
                "additionalProperties": ref("bilingual"),
                "description": "Answers that mean “listed”, and what each of them means.",
            },
            "refused": sequence(text(), "Answers that mean that the list does not serve whoever asks."),
            "test": text("An entry that is always listed, where it is not the one of RFC 5782."),
            "terms": ref("bilingual", "Who may ask it, and how often."),
            "url": text("Where a listing is explained and can be ended."),
            "sources": ref("sources"),
        },
        required=("id", "names", "zone", "subject", "listed", "terms", "url", "sources"),
    )


def _source() -> Schema:
    return mapping(
        {
            "title": text("What the source is called."),
            "url": text("Its address; needed unless it says “verified: false”.", format="uri"),
            "checked": ref("day", "When somebody last looked."),
            "verified": flag("Whether it can be leant on.", default=True),
        },
        required=("title", "checked"),
        anyOf=[
            {"required": ["url"], "properties": {"url": {"pattern": "^https?://"}}},
            {"required": ["verified"], "properties": {"verified": {"const": False}}},
        ],
    )


_DEFS: Final[Mapping[str, Schema]] = {
    "id": text("A stable name: a-z, 0-9 and single hyphens.", pattern=_ID),
    "day": text("A day such as 2026-11-22.", format="date"),
    "bilingual": mapping({"ja": text("In Japanese."), "en": text("In English.")}, required=("ja", "en")),
    "domain": text("A domain in lower case.", pattern=f"^{_NAME}(\\.{_NAME})+$"),
    "ending": text("A domain with a leading dot.", pattern=f"^(\\.{_NAME})+$"),
    "host": text("A domain, with a leading dot or without.", pattern=f"^\\.?{_NAME}(\\.{_NAME})*$"),
    "sources": sequence(_source(), "Where it comes from.", minItems=1),
    "condition": condition_schema(),
    "effect": _effect(),
    "prior": prior_schema(),
    "demand": demand_schema(),
    "filter": filter_schema(),
    "slips": switchable(slips_schema()),
    "role_accounts": switchable(role_accounts_schema()),
    "sender": _sender(),
    "example": _example(),
    "provider": switchable(provider_schema()),
    "rule": switchable(_rule()),
    "requirement": _requirement(),
    "service": switchable(_service()),
    "block_list": switchable(_block_list()),
    **advice_definitions(),
    "export": switchable(_export()),
    "bounce_rule": switchable(_bounce_rule()),
    "refusal": _refusal(),
}
