"""Which fixes the state of the shop's sending calls for."""

import ipaddress
from collections.abc import Iterable, Iterator

from deliv.core.auth.alias import AliasStatus
from deliv.core.auth.dmarc import DmarcStatus, Policy, is_dmarc
from deliv.core.auth.dmarc_reports import ReportStatus
from deliv.core.auth.iprev import ReverseDns, ReverseStatus
from deliv.core.auth.spf import Qualifier, SpfRecord, parse_spf
from deliv.core.auth.spf_audit import SpfAudit, SpfProblemKind
from deliv.core.auth.spf_check import SpfResult, SpfVerdict
from deliv.core.auth.spf_merge import merge_spf
from deliv.core.errors import SpfSyntaxError
from deliv.core.facts import DkimState, Origin, Route, SenderFacts
from deliv.core.fixes import Fix, FixKind, RecordChange
from deliv.core.question import RecordType
from deliv.core.sending import Sending

_UNSIGNED = frozenset({DkimState.FAIL, DkimState.UNSIGNED, DkimState.BROKEN, DkimState.MISSING})
# A record that does not count refuses nobody in particular: whom it lacks shows once it does.
_REFUSED = frozenset({SpfVerdict.FAIL, SpfVerdict.SOFTFAIL, SpfVerdict.NEUTRAL, SpfVerdict.NONE})
_SLIPS = {"ipv4:": "ip4:", "ipv6:": "ip6:", "ip:": "ip4:"}  # what people write for a network


def propose(facts: SenderFacts, sending: Sending) -> tuple[Fix, ...]:
    """Return the fixes that these facts call for, in no particular order.

    Nobody can publish anything in a mailbox provider's domain, nor in one that does not exist.
    """
    if facts.provider is not None or facts.route is Route.NO_DOMAIN:
        return ()
    return tuple(
        fix
        for fix in (
            _spf_of_header_from(facts, sending),
            _spf_of_envelope(facts, sending),
            _dkim(facts, sending),
            _dmarc(facts),
            *_reports(facts),
            _reverse(facts),
        )
        if fix is not None
    )


def _spf_of_header_from(facts: SenderFacts, sending: Sending) -> Fix | None:
    if facts.spf_audit is None:
        return None
    results = [(address.ip, address.origin, address.header_from) for address in facts.addresses]
    return _spf(FixKind.SPF_HEADER_FROM, facts.spf_audit, results, sending)


def _spf_of_envelope(facts: SenderFacts, sending: Sending) -> Fix | None:
    """Mend the envelope domain, where it is another name of the shop's own and not the service's."""
    audit = facts.envelope_audit
    if audit is None or not facts.is_own(audit.domain):
        return None
    results = [(address.ip, address.origin, address.envelope) for address in facts.addresses]
    return _spf(FixKind.SPF_ENVELOPE, audit, results, sending)


def _spf(
    kind: FixKind, audit: SpfAudit, results: Iterable[tuple[str, Origin, SpfResult]], sending: Sending
) -> Fix | None:
    """Return the one record that holds all that is there, and what is missing."""
    if audit.is_temperror:
        return None
    texts = tuple(sorted(audit.records))  # the DNS gives them in any order
    records, left_out = _salvage(texts)
    drop = useless_terms(audit)
    includes = tuple(
        name for service in sending.services for name in service.includes if f"include:{name}" not in drop
    )
    there = {term.value.lower() for record in records for term in record.mechanisms if term.name == "include"}
    # A service changes its addresses without telling: its include stands for them. What the shop
    # names and the include does not cover is a server of its own.
    origins = {Origin.GIVEN} if includes else {Origin.GIVEN, Origin.MESSAGE}
    failing = [(ip, result.result) for ip, origin, result in results if origin in origins]
    refused = [_network(ip) for ip, verdict in failing if verdict in _REFUSED and there.issuperset(includes)]
    merged = merge_spf(records, includes=includes, networks=refused, drop=drop)
    if not _lets_somebody_send(merged):
        broken = [_network(ip) for ip, verdict in failing if verdict is SpfVerdict.PERMERROR]
        merged = merge_spf(records, networks=broken, drop=drop)
    if not _lets_somebody_send(merged):
        return None  # nobody knows from where this shop sends
    if len(audit.records) == 1 and audit.record is not None and parse_spf(str(merged)) == audit.record:
        return None
    change = RecordChange(name=audit.domain, type=RecordType.TXT, before=texts, after=(str(merged),))
    services = tuple(service.id for service in sending.services)
    return Fix(kind=kind, changes=(change,), left_out=(*left_out, *drop), services=services)


def _lets_somebody_send(record: SpfRecord) -> bool:
    passing = (m for m in record.mechanisms if m.qualifier is Qualifier.PASS)
    return record.redirect is not None or any(passing)


def _network(ip: str) -> str:
    return str(ipaddress.ip_address(ip))


def useless_terms(audit: SpfAudit) -> tuple[str, ...]:
    """Return the terms of the domain's own record that only do harm."""
    harmful = (SpfProblemKind.MISSING_INCLUDE, SpfProblemKind.BROKEN_INCLUDE, SpfProblemKind.INCLUDE_LOOP)
    return tuple(
        dict.fromkeys(p.term for p in audit.problems if p.kind in harmful and p.domain == audit.domain)
    )


def _salvage(texts: Iterable[str]) -> tuple[list[SpfRecord], tuple[str, ...]]:
    """Return the records without the terms that are wrong, and those terms.

    Whom a wrong term stood for is not known, so that such a record refuses nobody for certain.
    """
    records: list[SpfRecord] = []
    left_out: list[str] = []
    for text in texts:
        terms: list[str] = []
        known = len(left_out)
        for word in text.split(" ")[1:]:
            term = _without_slip(word)
            try:
                parse_spf(" ".join(["v=spf1", *terms, term]))
            except SpfSyntaxError:
                left_out.append(word)
            else:
                terms.append(term)
        if len(left_out) > known:
            terms = ["~all" if term.lower() == "-all" else term for term in terms]
        records.append(parse_spf(" ".join(["v=spf1", *terms])))
    return records, tuple(left_out)


def _without_slip(word: str) -> str:
    return next((right + word[len(w) :] for w, right in _SLIPS.items() if word.lower().startswith(w)), word)


def _dkim(facts: SenderFacts, sending: Sending) -> Fix | None:
    """Return the fix of a signature that is missing, broken, or not in the shop's own name."""
    state = facts.dkim
    is_foreign = bool(facts.signing_domains) and facts.signs_as_itself is False
    if state not in _UNSIGNED and not is_foreign:
        return None
    services = tuple(service.id for service in sending.services)
    return Fix(kind=FixKind.DKIM, signs_as=facts.from_domain, services=services)


def _dmarc(facts: SenderFacts) -> Fix | None:
    """Return the record that makes DMARC work: monitoring, unless the faulty ones ask for more."""
    discovery = facts.dmarc
    alias = facts.dmarc_alias
    if alias is not None and alias.status is not AliasStatus.NONE:
        return None  # an alias stands there; no other record can stand beside it
    broken = discovery.status in (DmarcStatus.MISSING, DmarcStatus.INVALID, DmarcStatus.SEVERAL)
    if not broken:
        return None
    texts = tuple(sorted(text for text in facts.dmarc_texts if is_dmarc(text)))
    change = RecordChange(
        name=f"_dmarc.{facts.from_domain}", type=RecordType.TXT, before=texts, after=(_dmarc_record(texts),)
    )
    return Fix(kind=FixKind.DMARC, changes=(change,))


def _dmarc_record(texts: Iterable[str]) -> str:
    """Return a record with the mildest policy of the faulty ones, and with their reports."""
    pairs = [part.partition("=") for part in ";".join(texts).split(";")]
    tags = [(name.strip().lower(), value.strip()) for name, _, value in pairs]
    asked = {value.lower() for name, value in tags if name == "p"}
    policy = next((policy for policy in Policy if policy in asked), Policy.NONE)  # the mildest comes first
    reports = [value for name, value in tags if name == "rua" and "mailto:" in value]
    return "; ".join(["v=DMARC1", f"p={policy}", *(f"rua={value}" for value in reports[:1])])


def _reports(facts: SenderFacts) -> Iterator[Fix]:
    """Yield the consent that each foreign receiver of reports must publish (RFC 9990)."""
    holder = facts.dmarc.found_at or facts.from_domain
    refusing = {r.domain: None for r in facts.reports if r.status is ReportStatus.UNAUTHORIZED}
    for domain in refusing:
        name = f"{holder}._report._dmarc.{domain}"
        change = RecordChange(name=name, type=RecordType.TXT, after=("v=DMARC1",))
        yield Fix(kind=FixKind.DMARC_REPORTS, changes=(change,), owner=domain)


def _reverse(facts: SenderFacts) -> Fix | None:
    """Return the names that the addresses lack: one fix, since receivers judge by the worst address."""
    texts: dict[tuple[str, RecordType], dict[str, None]] = {}
    for address in facts.addresses:
        if address.reverse is not None:
            for name, kind, text in _records_of(address.reverse, f"mail.{facts.from_domain}"):
                texts.setdefault((name, kind), {})[text] = None
    changes = tuple(
        RecordChange(name=name, type=kind, after=tuple(after)) for (name, kind), after in texts.items()
    )
    return Fix(kind=FixKind.REVERSE, changes=changes) if changes else None


def _records_of(reverse: ReverseDns, new_name: str) -> Iterator[tuple[str, RecordType, str]]:
    """Yield the name that an address lacks, and the address that its name lacks."""
    if reverse.status not in (ReverseStatus.MISSING, ReverseStatus.MISMATCHED):
        return
    ip = ipaddress.ip_address(reverse.ip)
    name = reverse.names[0] if reverse.names else new_name
    if not reverse.names:
        yield ip.reverse_pointer, RecordType.PTR, f"{name}."
    yield name, RecordType.A if ip.version == 4 else RecordType.AAAA, str(ip)
