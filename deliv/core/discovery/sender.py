"""What receivers see of the shop: its DNS, the keys and addresses that it uses, and what they add up to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from deliv.core.auth.alias import discover_alias, discover_wildcard
from deliv.core.auth.dkim import KeyFinding, KeyStatus, discover_key
from deliv.core.auth.dmarc import DmarcStatus, discover_dmarc
from deliv.core.auth.dmarc_reports import ReportDestination, discover_report_destinations
from deliv.core.auth.dmarc_result import DmarcResult, DmarcVerdict, evaluate_dmarc
from deliv.core.auth.iprev import discover_reverse
from deliv.core.auth.policies import discover_policies
from deliv.core.auth.signature import DkimSignature, SignatureFinding, SignatureVerdict, verify_signatures
from deliv.core.auth.spf_audit import SpfAudit, audit_spf, first_address
from deliv.core.auth.spf_check import SpfResult, SpfVerdict, check_spf
from deliv.core.blocklists import BlockList, BlockListSubject, Listing, discover_listing
from deliv.core.discovery.evidence import sender_evidence
from deliv.core.discovery.route import discover_route
from deliv.core.facts import DkimState, Origin, SenderFacts, SendingAddress, SpfStatus
from deliv.core.providers import ProviderBook
from deliv.core.question import Asking, Query, RecordType
from deliv.core.sending import Sending


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """How much is asked."""

    providers: ProviderBook | None = None
    """Whose domains are no sending domains for a shop."""
    block_lists: tuple[BlockList, ...] = ()
    """Lists that are asked about the domain and the addresses."""
    is_thorough: bool = False
    """Whether things are asked, too, that move no customer's mail: aliases, reports, policies."""
    now: int = 0
    """Seconds since 1970, for the expiry of signatures."""


def discover_sender(
    sending: Sending, scope: Scope | None = None, *, signs_as: str = ""
) -> Asking[SenderFacts]:
    """Find out what receivers see of the shop.

    signs_as: look at it as if its mail carried a good signature of this domain, and no other.
    """
    scope = scope or Scope()
    domain = sending.from_domain
    found = yield from discover_route(domain)
    audit = yield from audit_spf(domain)
    dmarc = yield from discover_dmarc(domain)
    dmarc_answer = yield Query(name=f"_dmarc.{domain}", type=RecordType.TXT)
    envelope_audit = None
    if sending.envelope_domain != domain:
        envelope_audit = yield from audit_spf(sending.envelope_domain)
    reply_route = found.route
    if sending.reply_domain != domain:
        reply_route = (yield from discover_route(sending.reply_domain)).route
    addresses = yield from _discover_addresses(sending)
    keys, signatures = ((), _supposed(signs_as)) if signs_as else (yield from _discover_keys(sending, scope))
    match = scope.providers.match(domain) if scope.providers else None
    facts = SenderFacts(
        from_domain=domain,
        route=found.route,
        spf=_spf_status(audit),
        spf_record=audit.record,
        spf_audit=audit,
        dmarc=dmarc,
        dmarc_texts=dmarc_answer.texts,
        envelope_domain=sending.envelope_domain,
        envelope_audit=envelope_audit,
        reply_domain=sending.reply_domain,
        reply_route=reply_route,
        provider=match.provider if match else None,
        addresses=addresses,
        keys=keys,
        keys_are_guesses=sending.selectors_are_guesses,
        signatures=signatures,
        services=tuple(service.id for service in sending.services),
        volume_per_day=sending.volume_per_day,
    )
    if scope.is_thorough:
        facts = yield from _look_around(facts, scope)
    facts = replace(facts, signing_domains=_signing_domains(facts))
    facts = replace(facts, dmarc_result=(yield from _evaluate(facts)))
    return replace(facts, evidence=sender_evidence(facts, found.evidence))


def _spf_status(audit: SpfAudit) -> SpfStatus:
    if audit.is_temperror:
        return SpfStatus.TEMPERROR
    if len(audit.records) != 1:
        return SpfStatus.SEVERAL if audit.records else SpfStatus.MISSING
    return SpfStatus.VALID if audit.record is not None else SpfStatus.INVALID


def _discover_addresses(sending: Sending) -> Asking[tuple[SendingAddress, ...]]:
    addresses = [(ip, origin, "") for ip, origin in sending.addresses]
    if not addresses:
        for service in sending.services:
            for include in service.includes[:1]:
                ip = yield from first_address(include)
                if ip is not None:
                    addresses.append((ip, Origin.REPRESENTATIVE, service.id))
    judged = []
    for ip, origin, service_id in addresses:
        envelope = yield from _check(ip, sending.envelope_domain)
        header_from = yield from _check(ip, sending.from_domain)
        # The first address of a service's network need not be one that sends, nor have a name.
        reverse = None if origin is Origin.REPRESENTATIVE else (yield from discover_reverse(ip))
        judged.append(
            SendingAddress(
                ip=ip,
                origin=origin,
                service=service_id,
                envelope=envelope,
                header_from=header_from,
                reverse=reverse,
            )
        )
    return tuple(judged)


def _check(ip: str, domain: str) -> Asking[SpfResult]:
    return check_spf(ip=ip, mail_from=f"postmaster@{domain}", helo=domain)


def _discover_keys(
    sending: Sending, scope: Scope
) -> Asking[tuple[tuple[KeyFinding, ...], tuple[SignatureFinding, ...] | None]]:
    """Look for the keys that are named, and verify the signatures of the mail."""
    keys = []
    for selector, domain in sending.selectors:
        keys.append((yield from discover_key(selector, domain, explain=not sending.selectors_are_guesses)))
    if sending.mail is None:
        return tuple(keys), None
    return tuple(keys), (yield from verify_signatures(sending.mail, now=scope.now))


def _supposed(domain: str) -> tuple[SignatureFinding, ...]:
    """Return the signature that a mail would carry."""
    key = KeyFinding(selector="", domain=domain, status=KeyStatus.USABLE)
    signature = DkimSignature(domain=domain)
    return (SignatureFinding(signature=signature, verdict=SignatureVerdict.PASS, key=key),)


def _look_around(facts: SenderFacts, scope: Scope) -> Asking[SenderFacts]:
    """Ask what no receiver's verdict hangs on, but what the shop should know."""
    domain = facts.from_domain
    alias = yield from discover_alias(domain)
    dmarc_alias = None
    if facts.dmarc.status is DmarcStatus.MISSING:
        dmarc_alias = yield from discover_alias(f"_dmarc.{domain}")
    wildcard = yield from discover_wildcard(domain)
    reports: tuple[ReportDestination, ...] = ()
    if facts.dmarc.record is not None and facts.dmarc.found_at is not None:
        reports = yield from discover_report_destinations(facts.dmarc.found_at, facts.dmarc.record)
    policies = yield from discover_policies(domain)
    listings = yield from _discover_listings(facts, scope.block_lists)
    return replace(
        facts,
        alias=alias,
        dmarc_alias=dmarc_alias,
        wildcard=wildcard,
        reports=reports,
        policies=policies,
        listings=listings,
    )


def _discover_listings(facts: SenderFacts, block_lists: Iterable[BlockList]) -> Asking[tuple[Listing, ...]]:
    ips = [address.ip for address in facts.addresses if address.origin is not Origin.REPRESENTATIVE]
    questions = [
        (block_list, subject)
        for block_list in block_lists
        for subject in (ips if block_list.subject is BlockListSubject.IP else [facts.from_domain])
    ]
    listings: tuple[Listing, ...] = ()
    for block_list, subject in questions:
        listings += ((yield from discover_listing(block_list, subject)),)
    return listings


def _signing_domains(facts: SenderFacts) -> tuple[str, ...]:
    """Return the domains that sign: as the mail proves, else as their published keys promise."""
    if facts.signatures is not None:
        return tuple(dict.fromkeys(f.signature.domain for f in facts.signatures if f.passes))
    if facts.dkim is not DkimState.KEY:
        return ()
    return tuple(dict.fromkeys(key.domain for key in facts.keys if key.status is KeyStatus.USABLE))


def _evaluate(facts: SenderFacts) -> Asking[DmarcResult | None]:
    """Return what DMARC makes of the shop's mail; None where that hangs on something unknown."""
    spf, dkim = facts.spf_of_envelope, facts.dkim
    result = yield from evaluate_dmarc(
        from_domain=facts.from_domain,
        spf=facts.envelope_domain if spf is SpfVerdict.PASS else None,
        dkim=facts.signing_domains,
        temperror=spf is SpfVerdict.TEMPERROR or dkim is DkimState.TEMPERROR or facts.dkim_is_open,
    )
    is_open = spf is None or dkim in (None, DkimState.NOT_FOUND)
    return None if is_open and result.result is DmarcVerdict.FAIL else result
