"""The facts about the shop's sending that rules may name.

A fact that nobody looked at is absent; one that the DNS did not tell is None.
"""

from collections.abc import Mapping
from typing import Final

from deliv.core.auth.alias import AliasStatus
from deliv.core.auth.dkim import KeyStatus
from deliv.core.auth.dmarc import DmarcStatus, Policy
from deliv.core.auth.dmarc_reports import ReportStatus
from deliv.core.auth.dmarc_result import DmarcVerdict
from deliv.core.auth.iprev import ReverseStatus
from deliv.core.auth.policies import PolicyKind, RecordState
from deliv.core.auth.spf import Qualifier
from deliv.core.auth.spf_audit import SpfProblemKind
from deliv.core.auth.spf_check import MAX_LOOKUPS, SpfVerdict
from deliv.core.blocklists import ListingStatus
from deliv.core.facts.recipient import Route
from deliv.core.facts.sender import DkimState, SenderFacts, SpfStatus
from deliv.core.facts.spec import FactSpec, FactValue, flag, number, word
from deliv.core.facts.whatif import suppose
from deliv.core.providers import ProviderKind

PLUS_ALL: Final = "plus_all"
"""The word for an SPF record that is valid and says ``+all``."""

_SPF_PROBLEMS: Final[Mapping[str, tuple[SpfProblemKind, str]]] = {
    "sender.spf_soft_end": (SpfProblemKind.NEUTRAL_ALL, "the SPF record ends in ?all"),
    "sender.spf_no_end": (SpfProblemKind.NO_ALL, "the SPF record has neither all nor redirect"),
    "sender.spf_uses_ptr": (SpfProblemKind.USES_PTR, "the SPF record uses ptr"),
    "sender.spf_missing_include": (SpfProblemKind.MISSING_INCLUDE, "an include has no SPF record"),
    "sender.spf_broken_include": (SpfProblemKind.BROKEN_INCLUDE, "an include has a broken SPF record"),
    "sender.spf_duplicate_include": (SpfProblemKind.DUPLICATE_INCLUDE, "an include stands there twice"),
    "sender.spf_loop": (SpfProblemKind.INCLUDE_LOOP, "the includes go round in a circle"),
    "sender.spf_void_lookups": (SpfProblemKind.TOO_MANY_VOID_LOOKUPS, "more than 2 terms find nothing"),
    "sender.spf_unreachable_terms": (SpfProblemKind.UNREACHABLE_TERMS, "terms stand behind all"),
}
SPF_FACTS: Final = ("sender.spf", "sender.spf_lookups", *_SPF_PROBLEMS)
"""The facts that the SPF record of the header-From domain shows."""

# A name without a key is often one that is no longer used; a faulty key was meant to be used.
_WORST_KEY_FIRST: Final = (
    *(KeyStatus.MALFORMED, KeyStatus.SEVERAL, KeyStatus.WRONG_TYPE, KeyStatus.WEAK, KeyStatus.SHA1_ONLY),
    *(KeyStatus.NOT_FOR_MAIL, KeyStatus.REVOKED, KeyStatus.DANGLING_ALIAS, KeyStatus.MISSING),
    *(KeyStatus.TEMPERROR, KeyStatus.USABLE),
)

_POLICIES: Final = {f"sender.{kind}": kind for kind in PolicyKind}

SENDER_FACTS: Final[Mapping[str, FactSpec]] = {
    "sender.route": word("where mail to the header-From domain can go", Route, without=Route.UNKNOWN),
    "sender.reply_route": word("where replies to the shop can go", Route, without=Route.UNKNOWN),
    "sender.kind": word(
        "kind of the mailbox provider whose domain is in From; mostly empty", ProviderKind, ""
    ),
    "sender.alias": flag("the header-From domain is an alias (CNAME) of another name"),
    "sender.wildcard": flag("any name below the header-From domain answers with a TXT record"),
    "sender.spf": word(
        "the SPF record of the header-From domain; plus_all for a valid one that lets everybody send",
        SpfStatus,
        PLUS_ALL,
        without=SpfStatus.TEMPERROR,
    ),
    "sender.spf_lookups": number("DNS look-ups that the whole SPF record costs; 10 are allowed"),
    **{name: flag(meaning) for name, (_, meaning) in _SPF_PROBLEMS.items()},
    "sender.spf_envelope": word(
        "the worst SPF result of the envelope domain", SpfVerdict, without=SpfVerdict.TEMPERROR
    ),
    "sender.spf_header_from": word(
        "the worst SPF result of the header-From domain", SpfVerdict, without=SpfVerdict.TEMPERROR
    ),
    "sender.dkim": word(
        "what is known of the DKIM signatures; absent when no key was found under the usual names",
        DkimState,
        without=DkimState.TEMPERROR,
    ),
    "sender.dkim_search": flag("nobody named a selector, and none of the usual ones has a key"),
    "sender.dkim_key": word(
        "the worst DKIM key under a selector in use", KeyStatus, without=KeyStatus.TEMPERROR
    ),
    "sender.dkim_short": flag("an RSA key in use has less than 2048 bits"),
    "sender.dkim_testing": flag("a key in use says that DKIM is only being tested"),
    "sender.dkim_aligned": flag("a signature is by the header-From domain, as DMARC asks"),
    "sender.spf_aligned": flag("SPF passes for the header-From domain, as DMARC asks"),
    "sender.dmarc": word("the shop's DMARC record", DmarcStatus, without=DmarcStatus.TEMPERROR),
    "sender.dmarc_policy": word("the policy that holds for the shop; empty without a record", Policy, ""),
    "sender.dmarc_result": FactSpec(
        meaning="what DMARC makes of the mail; absent without a record", words=frozenset({"pass", "fail"})
    ),
    "sender.dmarc_testing": flag("the DMARC record says t=y: one level less"),
    "sender.dmarc_obsolete": flag("the DMARC record has tags that RFC 9989 removed"),
    "sender.dmarc_no_policy": flag("the DMARC record has no valid policy, so it counts as p=none"),
    "sender.dmarc_dangling": flag("the _dmarc name is an alias that leads nowhere"),
    "sender.dmarc_reports": word(
        "the worst destination of DMARC reports; empty when there is none",
        ReportStatus,
        "",
        without=ReportStatus.TEMPERROR,
    ),
    "sender.reverse": word(
        "the name of the sending addresses", ReverseStatus, without=ReverseStatus.TEMPERROR
    ),
    "sender.listed": flag("a block list names the domain or a sending address"),
    **{
        name: word(f"the {kind} record", RecordState, without=RecordState.TEMPERROR)
        for name, kind in _POLICIES.items()
    },
    "sender.volume": number("mails a day"),
    "sender.reported_mails": number("mails with the shop's name that DMARC reports tell of"),
    "sender.reported_pass": number("per cent of these that passed DMARC"),
    "sender.reported_dkim": number("per cent of these with a good DKIM signature of the shop's domain"),
}
"""The facts about the shop's sending that rules may name."""


def sender_facts(facts: SenderFacts) -> dict[str, FactValue]:
    """Return the facts about the sender: as they are, or as somebody supposes them to be."""
    values: dict[str, FactValue] = {
        "sender.route": None if facts.route is Route.UNKNOWN else facts.route.value,
        "sender.kind": facts.provider.kind.value if facts.provider else "",
        **_spf(facts),
        **_dkim(facts),
        **_dmarc(facts),
    }
    if facts.reply_domain:
        values["sender.reply_route"] = None if facts.reply_route is Route.UNKNOWN else facts.reply_route.value
    if facts.alias is not None:
        values["sender.alias"] = None if facts.alias.is_temperror else facts.alias.target is not None
    if facts.wildcard is not None:
        values["sender.wildcard"] = None if facts.wildcard.is_temperror else facts.wildcard.answers
    reverse = {a.reverse.status for a in facts.addresses if a.reverse is not None}
    if reverse:
        order = (
            ReverseStatus.MISSING,
            ReverseStatus.MISMATCHED,
            ReverseStatus.TEMPERROR,
            ReverseStatus.MATCHED,
        )
        values["sender.reverse"] = _known(next(status for status in order if status in reverse))
    listed = {listing.status for listing in facts.listings} - {ListingStatus.NOT_CHECKED}
    if listed:
        values["sender.listed"] = ListingStatus.LISTED in listed
    for policy in facts.policies:
        values[f"sender.{policy.kind}"] = _known(policy.state)
    if facts.volume_per_day is not None:
        values["sender.volume"] = facts.volume_per_day
    if facts.reported is not None:
        tally = facts.reported.tally
        values["sender.reported_mails"] = tally.mails
        if tally.mails:
            values["sender.reported_pass"] = tally.share(tally.passed)
            values["sender.reported_dkim"] = tally.share(tally.dkim)
    return suppose(values, facts.supposed) if facts.supposed else values


def _known(state: str) -> str | None:
    """Return a word, or None for the one that says that the DNS did not tell."""
    return None if state == "temperror" else str(state)


def _spf(facts: SenderFacts) -> dict[str, FactValue]:
    lets_everybody = facts.spf_record is not None and facts.spf_record.all_qualifier is Qualifier.PASS
    values: dict[str, FactValue] = {"sender.spf": PLUS_ALL if lets_everybody else _known(facts.spf)}
    for name, verdict in (
        ("sender.spf_envelope", facts.spf_of_envelope),
        ("sender.spf_header_from", facts.spf_of_header_from),
    ):
        if verdict is not None:
            values[name] = _known(verdict)
    audit = facts.spf_audit
    if audit is not None and audit.record is not None:
        kinds = {problem.kind for problem in audit.problems}
        # What was seen is true; what was not seen may hide in a part that was not answered.
        unseen = False if audit.is_complete else None
        values |= {name: True if kind in kinds else unseen for name, (kind, _) in _SPF_PROBLEMS.items()}
        is_settled = audit.is_complete or audit.lookups > MAX_LOOKUPS
        values["sender.spf_lookups"] = audit.lookups if is_settled else None
    return values


def _dkim(facts: SenderFacts) -> dict[str, FactValue]:
    state = facts.dkim
    if state is None:
        return {}
    if state is DkimState.NOT_FOUND:
        return {"sender.dkim_search": True}
    values: dict[str, FactValue] = {"sender.dkim": _known(state)}
    if facts.keys and facts.keys_are_guesses:
        values["sender.dkim_search"] = False
    in_use = [key for key in facts.keys if not facts.keys_are_guesses or key.status is KeyStatus.USABLE]
    in_use += [finding.key for finding in facts.signatures or () if finding.key is not None]
    statuses = {key.status for key in in_use}
    if statuses:
        values["sender.dkim_key"] = _known(next(word for word in _WORST_KEY_FIRST if word in statuses))
    keys = [key.key for key in in_use if key.key is not None]
    if keys:
        values["sender.dkim_short"] = any(key.is_short for key in keys)
        values["sender.dkim_testing"] = any(key.is_testing for key in keys)
    return values


def _dmarc(facts: SenderFacts) -> dict[str, FactValue]:
    discovery = facts.dmarc
    known = discovery.status is not DmarcStatus.TEMPERROR
    policy = discovery.applied_policy
    values: dict[str, FactValue] = {
        "sender.dmarc": discovery.status.value if known else None,
        "sender.dmarc_policy": (policy.value if policy else "") if known else None,
    }
    record = discovery.record
    if record is not None:
        values["sender.dmarc_testing"] = record.is_testing
        values["sender.dmarc_obsolete"] = bool(record.obsolete_tags)
        values["sender.dmarc_no_policy"] = not record.has_usable_policy
    if facts.dmarc_alias is not None:
        alias = facts.dmarc_alias
        is_open = alias.status is AliasStatus.TEMPERROR
        values["sender.dmarc_dangling"] = None if is_open else alias.is_dangling
    if facts.reports or record is not None:
        statuses = {report.status for report in facts.reports}
        order = (ReportStatus.UNAUTHORIZED, ReportStatus.TEMPERROR, *ReportStatus)
        worst = next((status for status in order if status in statuses), "")
        values["sender.dmarc_reports"] = _known(worst)
    result = facts.dmarc_result
    if result is not None:
        if result.result is not DmarcVerdict.NONE:  # without a record there is nothing to pass or to fail
            values["sender.dmarc_result"] = _known(result.result)
        if result.discovery.record is not None and facts.spf_of_envelope is not None:
            unseen = None if result.is_open or facts.spf_of_envelope is SpfVerdict.TEMPERROR else False
            values["sender.spf_aligned"] = result.spf_aligned or unseen
    if facts.signing_domains:
        values["sender.dkim_aligned"] = facts.signs_as_itself
    return values
