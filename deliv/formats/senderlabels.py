"""The words that people read for what is known of the shop's side."""

from collections.abc import Mapping
from typing import Final

from deliv.core.auth.dkim import KeyStatus
from deliv.core.auth.dmarc import DmarcStatus, Policy
from deliv.core.auth.dmarc_result import DmarcVerdict
from deliv.core.auth.iprev import ReverseStatus
from deliv.core.auth.policies import PolicyKind, RecordState
from deliv.core.auth.signature import SignatureProblem, SignatureVerdict
from deliv.core.auth.spf_audit import SpfProblemKind
from deliv.core.auth.spf_check import SpfVerdict
from deliv.core.blocklists import ListingStatus
from deliv.core.compliance import Compliance
from deliv.core.facts import DkimState, Origin, Route, SpfStatus
from deliv.core.fixes import FixKind
from deliv.core.requirements import Consequence

SPF_RECORD: Final[Mapping[SpfStatus, str]] = {
    SpfStatus.VALID: "published",
    SpfStatus.MISSING: "none",
    SpfStatus.INVALID: "broken",
    SpfStatus.SEVERAL: "several records",
    SpfStatus.TEMPERROR: "not known",
}

SPF_VERDICT: Final[Mapping[SpfVerdict, str]] = {
    SpfVerdict.PASS: "pass",
    SpfVerdict.FAIL: "fail (forged, says your record)",
    SpfVerdict.SOFTFAIL: "softfail (probably forged, says your record)",
    SpfVerdict.NEUTRAL: "neutral (your record does not say)",
    SpfVerdict.NONE: "none (no record)",
    SpfVerdict.TEMPERROR: "not known (the DNS did not answer)",
    SpfVerdict.PERMERROR: "permerror (the record does not count)",
}

SPF_PROBLEM: Final[Mapping[SpfProblemKind, str]] = {
    SpfProblemKind.PLUS_ALL: "lets everybody send",
    SpfProblemKind.NEUTRAL_ALL: "says nothing about everybody else",
    SpfProblemKind.NO_ALL: "has no “all” at its end",
    SpfProblemKind.USES_PTR: "uses ptr, which RFC 7208 advises against",
    SpfProblemKind.MISSING_INCLUDE: "leads to a domain without SPF record",
    SpfProblemKind.BROKEN_INCLUDE: "leads to a broken SPF record",
    SpfProblemKind.DUPLICATE_INCLUDE: "stands there twice",
    SpfProblemKind.INCLUDE_LOOP: "goes round in a circle",
    SpfProblemKind.TOO_MANY_LOOKUPS: "passes the limit of 10 look-ups",
    SpfProblemKind.TOO_MANY_VOID_LOOKUPS: "is the third that finds nothing",
    SpfProblemKind.UNREACHABLE_TERMS: "is never reached",
}

DKIM: Final[Mapping[DkimState, str]] = {
    DkimState.PASS: "the mail is signed, and its signature is good",
    DkimState.KEY: "a key is published (whether your mail is signed with it, only --message shows)",
    DkimState.FAIL: "the mail is signed, but no signature is good",
    DkimState.UNSIGNED: "the mail is not signed",
    DkimState.BROKEN: "no key under the names given can be used",
    DkimState.MISSING: "there is no key under the names given",
    DkimState.NOT_FOUND: "none found under the usual names, which proves nothing",
    DkimState.TEMPERROR: "not known (the DNS did not answer)",
}

KEY: Final[Mapping[KeyStatus, str]] = {
    KeyStatus.USABLE: "usable",
    KeyStatus.MISSING: "missing",
    KeyStatus.REVOKED: "revoked",
    KeyStatus.WRONG_TYPE: "of an unknown type",
    KeyStatus.WEAK: "too weak (less than 1024 bits), so refused",
    KeyStatus.SHA1_ONLY: "for SHA-1 only, which is no longer accepted",
    KeyStatus.NOT_FOR_MAIL: "not meant for mail",
    KeyStatus.MALFORMED: "damaged",
    KeyStatus.SEVERAL: "several records under one name",
    KeyStatus.DANGLING_ALIAS: "an alias that leads nowhere",
    KeyStatus.TEMPERROR: "not known",
}

SIGNATURE: Final[Mapping[SignatureVerdict, str]] = {
    SignatureVerdict.PASS: "good",
    SignatureVerdict.FAIL: "bad",
    SignatureVerdict.POLICY: "refused",
    SignatureVerdict.NEUTRAL: "not usable",
    SignatureVerdict.TEMPERROR: "not known",
    SignatureVerdict.PERMERROR: "can never be verified",
}

SIGNATURE_PROBLEM: Final[Mapping[SignatureProblem, str]] = {
    SignatureProblem.MALFORMED: "it is damaged",
    SignatureProblem.UNSUPPORTED: "its method is not known",
    SignatureProblem.FROM_NOT_SIGNED: "it leaves out the From line",
    SignatureProblem.IDENTITY_OUTSIDE: "it speaks for another domain",
    SignatureProblem.SHA1: "it uses SHA-1, which is no longer accepted",
    SignatureProblem.EXPIRED: "it had expired",
    SignatureProblem.BODY_HASH_CHANGED: "the text was changed after signing",
    SignatureProblem.SIGNATURE_WRONG: "the headers were changed after signing, or the key is another one",
    SignatureProblem.KEY_MISSING: "its key is missing",
    SignatureProblem.KEY_REVOKED: "its key is revoked",
    SignatureProblem.KEY_WRONG_TYPE: "its key is of another type",
    SignatureProblem.KEY_WEAK: "its key is too weak",
    SignatureProblem.KEY_SHA1_ONLY: "its key is for SHA-1 only",
    SignatureProblem.KEY_NOT_FOR_MAIL: "its key is not meant for mail",
    SignatureProblem.KEY_MALFORMED: "its key is damaged",
    SignatureProblem.KEY_SEVERAL: "there are several keys under its name",
    SignatureProblem.KEY_DANGLING_ALIAS: "the name of its key leads nowhere",
    SignatureProblem.KEY_TEMPERROR: "its key could not be asked for",
}

DMARC_RESULT: Final[Mapping[DmarcVerdict, str]] = {
    DmarcVerdict.PASS: "passes",
    DmarcVerdict.FAIL: "fails",
    DmarcVerdict.NONE: "no record",
    DmarcVerdict.TEMPERROR: "not known (the DNS did not answer)",
}

DMARC_RECORD: Final[Mapping[DmarcStatus, str]] = {
    DmarcStatus.FOUND: "published",
    DmarcStatus.MISSING: "none",
    DmarcStatus.INVALID: "broken",
    DmarcStatus.SEVERAL: "several records",
    DmarcStatus.TEMPERROR: "not known",
}

REPLY: Final[Mapping[Route, str]] = {
    Route.MX: "can arrive",
    Route.IMPLICIT_MX: "can arrive",
    Route.NULL_MX: "cannot arrive",
    Route.NO_DOMAIN: "cannot arrive",
    Route.NO_HOST: "cannot arrive",
    Route.UNROUTABLE: "cannot arrive",
    Route.PRIVATE: "cannot arrive",
    Route.UNKNOWN: "not known",
}

POLICY: Final[Mapping[Policy, str]] = {
    Policy.NONE: "none (monitoring only)",
    Policy.QUARANTINE: "quarantine (file forgeries as junk)",
    Policy.REJECT: "reject (refuse forgeries)",
}

REVERSE: Final[Mapping[ReverseStatus, str]] = {
    ReverseStatus.MATCHED: "has a name that leads back to it",
    ReverseStatus.MISMATCHED: "has a name that does not lead back to it",
    ReverseStatus.MISSING: "has no name",
    ReverseStatus.TEMPERROR: "not known",
}

ORIGIN: Final[Mapping[Origin, str]] = {
    Origin.GIVEN: "as given",
    Origin.MESSAGE: "from the mail",
    Origin.REPRESENTATIVE: "one representative address of {service}",
}

LISTING: Final[Mapping[ListingStatus, str]] = {
    ListingStatus.LISTED: "LISTED",
    ListingStatus.NOT_LISTED: "not listed",
    ListingStatus.NOT_CHECKED: "not checked",
}

POLICY_KIND: Final[Mapping[PolicyKind, str]] = {
    PolicyKind.MTA_STS: "MTA-STS",
    PolicyKind.TLS_RPT: "TLS-RPT",
    PolicyKind.BIMI: "BIMI",
}

RECORD: Final[Mapping[RecordState, str]] = {
    RecordState.FOUND: "published",
    RecordState.MISSING: "none",
    RecordState.INVALID: "broken",
    RecordState.SEVERAL: "several records",
    RecordState.TEMPERROR: "not known",
}

COMPLIANCE: Final[Mapping[Compliance, str]] = {
    Compliance.MET: "ok",
    Compliance.NOT_MET: "NO",
    Compliance.NOT_CHECKED: "?",
}

CONSEQUENCE: Final[Mapping[Consequence, str]] = {
    Consequence.REJECT: "refused or dropped",
    Consequence.JUNK: "filed as junk",
    Consequence.WARNING: "shown with a warning",
    Consequence.ADVICE: "taken all the same",
}

FIX: Final[Mapping[FixKind, str]] = {
    FixKind.SPF_HEADER_FROM: "SPF of your sending address",
    FixKind.SPF_ENVELOPE: "SPF of your bounce address",
    FixKind.DKIM: "DKIM signature in your own name",
    FixKind.DMARC: "DMARC",
    FixKind.DMARC_REPORTS: "consent to receive your DMARC reports",
    FixKind.REVERSE: "name of your sending server",
}
