"""What receivers see of the shop."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum

from deliv.core.auth.aggregate import CollectedReports, ReportedMail, tally_reports
from deliv.core.auth.alias import Alias, Wildcard, WildcardStatus
from deliv.core.auth.dkim import KeyFinding, KeyStatus
from deliv.core.auth.dmarc import DmarcDiscovery
from deliv.core.auth.dmarc_reports import ReportDestination
from deliv.core.auth.dmarc_result import DmarcResult
from deliv.core.auth.iprev import ReverseDns
from deliv.core.auth.policies import PolicyRecord
from deliv.core.auth.signature import SignatureFinding, SignatureVerdict
from deliv.core.auth.spf import SpfRecord
from deliv.core.auth.spf_audit import SpfAudit
from deliv.core.auth.spf_check import SpfResult, SpfVerdict
from deliv.core.blocklists import Listing
from deliv.core.facts.recipient import Route
from deliv.core.facts.spec import Evidence
from deliv.core.facts.whatif import Changes
from deliv.core.providers import Provider


class SpfStatus(StrEnum):
    """What a domain publishes as SPF."""

    VALID = "valid"
    MISSING = "missing"
    INVALID = "invalid"
    SEVERAL = "several"
    TEMPERROR = "temperror"


class DkimState(StrEnum):
    """What is known of the shop's DKIM signatures."""

    PASS = "pass"  # noqa: S105 - RFC 8601's word, not a password
    """A signature of its mail verified."""
    KEY = "key"
    """A usable key is published, so that receivers can verify what is signed with it."""
    FAIL = "fail"
    """Its mail is signed, and no signature verified."""
    UNSIGNED = "unsigned"
    """Its mail carries no signature."""
    BROKEN = "broken"
    """No key under the selectors named is usable."""
    MISSING = "missing"
    """There is no key under the selectors named."""
    NOT_FOUND = "not_found"
    """Nobody named a selector, and none of the usual ones has a key: that proves nothing."""
    TEMPERROR = "temperror"
    """The DNS did not tell."""


class Origin(StrEnum):
    """Where a sending address comes from."""

    GIVEN = "given"
    """The shop named it."""
    MESSAGE = "message"
    """The mail shows it."""
    REPRESENTATIVE = "representative"
    """The first address in the SPF record of the service that sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingAddress:
    """One IP address that the shop's mail leaves from, as receivers judge it."""

    ip: str
    """The address."""
    origin: Origin
    """Where it comes from."""
    service: str = ""
    """Id of the service that it represents."""
    envelope: SpfResult
    """SPF of the envelope domain, which is what RFC 7208 asks about."""
    header_from: SpfResult
    """SPF of the header-From domain, which some carriers ask about."""
    reverse: ReverseDns | None = None
    """Its name; None for a representative address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderFacts:
    """What a receiver sees of the shop's sending domain."""

    from_domain: str
    """Domain of the header-From address."""
    route: Route
    """Where replies to it can go."""
    spf: SpfStatus
    """What it publishes as SPF."""
    dmarc: DmarcDiscovery
    """Which DMARC record holds for it."""
    spf_record: SpfRecord | None = None
    """The record; None unless `spf` is VALID."""
    spf_audit: SpfAudit | None = None
    """What is wrong with it, whoever sends."""
    dmarc_texts: tuple[str, ...] = ()
    """TXT records at the ``_dmarc`` name of the header-From domain."""
    envelope_domain: str = ""
    """Domain that bounces go back to; empty when it was not looked at."""
    envelope_audit: SpfAudit | None = None
    """Its SPF record; None when it is the header-From domain."""
    reply_domain: str = ""
    """Domain that replies go to."""
    reply_route: Route = Route.UNKNOWN
    """Where they can go."""
    provider: Provider | None = None
    """The mailbox provider whose domain the shop sends from, if it is one's."""
    addresses: tuple[SendingAddress, ...] = ()
    """IP addresses that its mail leaves from."""
    keys: tuple[KeyFinding, ...] = ()
    """DKIM keys that were looked for."""
    keys_are_guesses: bool = False
    """Whether they were looked for under the usual names, since none was given."""
    signatures: tuple[SignatureFinding, ...] | None = None
    """Signatures of the order mail; None without one."""
    signing_domains: tuple[str, ...] = ()
    """Domains whose signatures verify, or would: see `dkim`."""
    dmarc_result: DmarcResult | None = None
    """What DMARC makes of it; None when that hangs on something unknown."""
    alias: Alias | None = None
    """Whether the header-From domain is an alias of another name."""
    dmarc_alias: Alias | None = None
    """Whether the ``_dmarc`` name is one; asked only where no record is found."""
    wildcard: Wildcard | None = None
    """Whether any name below the domain answers."""
    reports: tuple[ReportDestination, ...] = ()
    """Where DMARC reports go."""
    policies: tuple[PolicyRecord, ...] = ()
    """MTA-STS, TLS-RPT and BIMI."""
    listings: tuple[Listing, ...] = ()
    """What block lists say of the addresses and the domain."""
    services: tuple[str, ...] = ()
    """Ids of the services that send, as named or as recognised in the mail."""
    volume_per_day: int | None = None
    """Mails a day; None when unknown."""
    reported: ReportedMail | None = None
    """What DMARC reports say of its mail; None when the shop gave none."""
    evidence: Evidence = ()
    """What was asked and answered."""
    supposed: Changes = ()
    """What is supposed instead, by somebody who asks: what if?"""

    def with_reports(self, collected: CollectedReports) -> "SenderFacts":
        """Return the facts with what the shop's DMARC reports say of its mail."""
        reported = tally_reports(collected, self.from_domain)
        lines = tuple((name, line) for line in _reported_lines(reported) for name in REPORTED_FACTS)
        return replace(self, reported=reported, evidence=self.evidence + lines)

    @property
    def dkim(self) -> DkimState | None:
        """What is known of its signatures; None when nobody looked."""
        if self.signatures is not None:
            return self._dkim_of_mail(self.signatures)
        if not self.keys:
            return None
        statuses = {key.status for key in self.keys}
        if self.keys_are_guesses:
            return self._dkim_of_guesses(statuses)
        if KeyStatus.USABLE in statuses:
            return DkimState.KEY
        if KeyStatus.TEMPERROR in statuses:
            return DkimState.TEMPERROR
        nothing = {KeyStatus.MISSING, KeyStatus.DANGLING_ALIAS}
        return DkimState.MISSING if statuses <= nothing else DkimState.BROKEN

    def _dkim_of_guesses(self, statuses: AbstractSet[KeyStatus]) -> DkimState:
        """Return what keys under guessed names prove: nothing where every name has an answer."""
        probe = self.wildcard.selectors if self.wildcard is not None else WildcardStatus.NONE
        if probe is WildcardStatus.TEXT:
            return DkimState.NOT_FOUND
        if KeyStatus.USABLE in statuses and probe is not WildcardStatus.TEMPERROR:
            return DkimState.KEY
        is_open = not statuses.isdisjoint({KeyStatus.USABLE, KeyStatus.TEMPERROR})
        return DkimState.TEMPERROR if is_open else DkimState.NOT_FOUND

    def _dkim_of_mail(self, signatures: Iterable[SignatureFinding]) -> DkimState:
        verdicts = {finding.verdict for finding in signatures}
        if SignatureVerdict.PASS in verdicts:
            return DkimState.PASS
        if SignatureVerdict.TEMPERROR in verdicts:
            return DkimState.TEMPERROR
        return DkimState.FAIL if verdicts else DkimState.UNSIGNED

    @property
    def signs_as_itself(self) -> bool | None:
        """Whether one of the domains that sign stands for the shop, as DMARC asks or would ask.

        None when that is not known.
        """
        result = self.dmarc_result
        if result is not None and self.dmarc.record is not None:
            aligned, is_open = result.dkim_aligned, result.is_open
        else:
            aligned = any(map(self.is_own, self.signing_domains))
            is_open = self.dmarc.organizational_domain is None
        return aligned or (None if is_open or self.dkim_is_open else False)

    def is_own(self, domain: str) -> bool:
        """Whether a domain lies within the shop's organizational domain."""
        ours = self.dmarc.organizational_domain or self.from_domain
        return domain == ours or domain.endswith(f".{ours}")

    @property
    def dkim_is_open(self) -> bool:
        """Whether one more domain may sign than is known: the DNS did not tell of its key."""
        if self.signatures is not None:
            return any(finding.verdict is SignatureVerdict.TEMPERROR for finding in self.signatures)
        statuses = {key.status for key in self.keys}
        # Guessed keys are all of the header-From domain: one that is there tells everything.
        is_settled = self.keys_are_guesses and self.dkim is DkimState.KEY
        return KeyStatus.TEMPERROR in statuses and not is_settled

    @property
    def spf_of_envelope(self) -> SpfVerdict | None:
        """The worst SPF result of the envelope domain; None when it hangs on an unknown address."""
        audit = self.spf_audit if self.envelope_domain == self.from_domain else self.envelope_audit
        return worst_spf([address.envelope for address in self.addresses], audit)

    @property
    def spf_of_header_from(self) -> SpfVerdict | None:
        """The worst SPF result of the header-From domain; None when it hangs on an unknown address."""
        return worst_spf([address.header_from for address in self.addresses], self.spf_audit)


REPORTED_FACTS = ("sender.reported_mails", "sender.reported_pass", "sender.reported_dkim")
"""Names of the facts that rest on DMARC reports."""


def _reported_lines(reported: ReportedMail) -> Iterator[str]:
    for each in reported.receivers:
        tally = each.tally
        yield (
            f"{each.receiver} {each.begin}/{each.end}: "
            f"DMARC pass {tally.passed}, DKIM {tally.dkim}, SPF {tally.spf} of {tally.mails}"
        )
        for source in each.failing[:_SOURCES_SHOWN]:
            names = f" ({', '.join(source.names)})" if source.names else ""
            yield f"{each.receiver}: {source.ip}{names} fail {source.mails}"


_SOURCES_SHOWN = 5
_WORST_FIRST = (
    SpfVerdict.PERMERROR,
    SpfVerdict.FAIL,
    SpfVerdict.NONE,
    SpfVerdict.SOFTFAIL,
    SpfVerdict.NEUTRAL,
    SpfVerdict.TEMPERROR,
    SpfVerdict.PASS,
)


def worst_spf(results: Iterable[SpfResult], audit: SpfAudit | None) -> SpfVerdict | None:
    """Return the worst of several results; without any, what holds for every address.

    A domain without a record, or with one that does not count, has the same result everywhere.
    """
    found = {result.result for result in results}
    if found:
        return next(verdict for verdict in _WORST_FIRST if verdict in found)
    if audit is None:
        return None
    if audit.is_temperror:
        return SpfVerdict.TEMPERROR
    if not audit.records:
        return SpfVerdict.NONE
    return SpfVerdict.PERMERROR if audit.record is None else None
