"""DKIM signatures of one mail, and what receivers make of them (RFC 6376 sections 3.5 and 6.1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from deliv.core.auth.dkim import KeyFinding, KeyStatus, discover_key, key_name, parse_tags
from deliv.core.errors import DkimSyntaxError
from deliv.core.question import Asking

MOST_SIGNATURES: Final = 10
"""Of more signatures in one mail the rest is not looked at (section 6.1 leaves the limit to receivers)."""

_LONGEST = 16_384  # characters; a real signature has some hundreds, and checking is slower than linear
_MOST_HEADERS = 500
_LONGEST_NAME = 253  # characters, RFC 1035 section 2.3.4 without the final dot
_NAME = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?:\.(?!-)[A-Za-z0-9_-]{1,63})*", re.ASCII)
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)  # RFC 6376 section 3.5, t=: up to 12 digits
_REQUIRED = ("v", "a", "b", "bh", "d", "h", "s")


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimSignature:
    """One DKIM-Signature header field."""

    domain: str = ""
    """Who signed: ``d=``, lower case."""
    selector: str = ""
    """Which key: ``s=``, lower case."""
    algorithm: str = ""
    """``rsa-sha256``, ``ed25519-sha256``, or one that no longer counts."""
    identity: str = ""
    """For whom: ``i=``, else ``@`` and the domain."""
    headers: tuple[str, ...] = ()
    """Header fields that are signed, lower case, as often as ``h=`` names them."""
    body_length: int | None = None
    """Bytes of the body that are signed, if not all: what is added behind them goes unnoticed."""
    expires: int | None = None
    """Seconds since 1970 from when on it no longer counts."""
    signed_at: int | None = None
    """Seconds since 1970 when it was made."""
    error: DkimSyntaxError | None = None
    """Why it cannot be read; nothing else is to be believed then."""

    @property
    def signs_from(self) -> bool:
        """Whether From is signed, without which a signature counts for nothing."""
        return "from" in self.headers

    @property
    def is_sha1(self) -> bool:
        """Whether it uses the hash that receivers no longer take (RFC 8301 section 3.1)."""
        return self.algorithm == "rsa-sha1"

    @property
    def key_name(self) -> str:
        """Name in the DNS that holds the key."""
        return key_name(self.selector, self.domain)


class SignatureVerdict(StrEnum):
    """What a receiver writes into Authentication-Results (RFC 8601 section 2.7.1)."""

    PASS = "pass"  # noqa: S105 - the word of the RFC
    FAIL = "fail"
    """The mail is not what was signed."""
    POLICY = "policy"
    """It may be right, but the receiver does not take it: the key is too weak."""
    NEUTRAL = "neutral"
    """It cannot be read or processed."""
    TEMPERROR = "temperror"
    """The key could not be asked for."""
    PERMERROR = "permerror"
    """It can never be verified."""


class SignatureProblem(StrEnum):
    """Why a signature does not pass."""

    MALFORMED = "malformed"
    UNSUPPORTED = "unsupported"
    """Its algorithm is unknown, or it cannot be processed."""
    FROM_NOT_SIGNED = "from_not_signed"
    IDENTITY_OUTSIDE = "identity_outside"
    """``i=`` names another domain than ``d=`` (or, for a strict key, one below it)."""
    SHA1 = "sha1"
    EXPIRED = "expired"
    BODY_HASH_CHANGED = "body_hash_changed"
    """The body is not the one that was signed."""
    SIGNATURE_WRONG = "signature_wrong"
    """The header is not the one that was signed, or the key is another one."""
    KEY_MISSING = "key_missing"
    KEY_REVOKED = "key_revoked"
    KEY_WRONG_TYPE = "key_wrong_type"
    """It is a key for another algorithm than the signature's."""
    KEY_WEAK = "key_weak"
    KEY_SHA1_ONLY = "key_sha1_only"
    KEY_NOT_FOR_MAIL = "key_not_for_mail"
    KEY_MALFORMED = "key_malformed"
    KEY_SEVERAL = "key_several"
    KEY_DANGLING_ALIAS = "key_dangling_alias"
    KEY_TEMPERROR = "key_temperror"


class Verification(StrEnum):
    """What the arithmetic says of one signature and one key."""

    VALID = "valid"
    BODY_HASH_CHANGED = "body_hash_changed"
    SIGNATURE_WRONG = "signature_wrong"
    UNSUPPORTED = "unsupported"
    """It could not be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFinding:
    """What receivers make of one signature."""

    signature: DkimSignature
    """The signature."""
    verdict: SignatureVerdict
    """The word for it."""
    problem: SignatureProblem | None = None
    """Why it does not pass; None when it does."""
    key: KeyFinding | None = None
    """What its selector's name holds; None when that did not matter any more."""
    evidence: tuple[str, ...] = ()
    """Questions and answers, one line each."""

    @property
    def passes(self) -> bool:
        """Whether the signing domain vouches for the mail."""
        return self.verdict is SignatureVerdict.PASS

    @property
    def is_testing(self) -> bool:
        """Whether the key says ``t=y``: when it fails, receivers act as if there were no signature."""
        return self.key is not None and self.key.key is not None and self.key.key.is_testing


class SignedMail(Protocol):
    """A mail that can check its own signatures once somebody brings the keys."""

    @property
    def signatures(self) -> tuple[DkimSignature, ...]:
        """The signatures, the topmost first."""
        ...

    def verify(self, index: int, key_text: str) -> Verification:
        """Return whether signature `index` fits the mail and the key; never raises for odd input."""
        ...


def parse_signature(text: str) -> DkimSignature:
    """Return the signature that the value of a DKIM-Signature header field is (section 3.5).

    Raises DkimSyntaxError for what receivers cannot read.
    """
    if len(text) > _LONGEST:
        raise DkimSyntaxError("it is longer than {limit} characters", limit=_LONGEST)
    tags = dict(parse_tags(text))
    _refuse_odd_tags(tags)
    headers = tuple(name.strip().lower() for name in tags["h"].split(":"))
    if len(headers) > _MOST_HEADERS:
        raise DkimSyntaxError("h= names more than {limit} header fields", limit=_MOST_HEADERS)
    domain = tags["d"].lower()
    return DkimSignature(
        domain=domain,
        selector=tags["s"].lower(),
        algorithm=tags["a"].lower(),
        identity=tags.get("i") or f"@{domain}",
        headers=headers,
        body_length=_number(tags, "l"),
        expires=_number(tags, "x"),
        signed_at=_number(tags, "t"),
    )


def _refuse_odd_tags(tags: Mapping[str, str]) -> None:
    for name in _REQUIRED:
        if name not in tags:
            raise DkimSyntaxError("there is no {name}=", name=name)
    if tags["v"] != "1":
        raise DkimSyntaxError("v= must say 1")
    for name in ("b", "bh"):
        if not _BASE64.fullmatch("".join(tags[name].split())):
            raise DkimSyntaxError("{name}= is not valid base64", name=name)
    for name in ("d", "s"):
        if not _NAME.fullmatch(tags[name]) or len(key_name(tags["s"], tags["d"])) > _LONGEST_NAME:
            raise DkimSyntaxError("{name}= is not a name that the DNS can be asked for", name=name)


def read_signature(text: str) -> DkimSignature:
    """Return the signature, or one that holds the error and nothing else."""
    try:
        return parse_signature(text)
    except DkimSyntaxError as error:
        return DkimSignature(error=error)


def _number(tags: Mapping[str, str], name: str) -> int | None:
    if name not in tags:
        return None
    if not _NUMBER.fullmatch(tags[name]):
        raise DkimSyntaxError("{name}= is not a number", name=name)
    return int(tags[name])


def verify_signatures(mail: SignedMail, *, now: int) -> Asking[tuple[SignatureFinding, ...]]:
    """Ask for the key of each signature and say what receivers make of it.

    `now` is in seconds since 1970. For a mail out of a mailbox it is the time when it arrived: a
    signature that has expired since then was good when it mattered.
    """
    keys: dict[str, KeyFinding] = {}
    findings: list[SignatureFinding] = []
    for index, signature in enumerate(mail.signatures[:MOST_SIGNATURES]):
        if (refused := _refuse(signature, now)) is not None:
            findings.append(refused)
            continue
        if signature.key_name not in keys:
            keys[signature.key_name] = yield from discover_key(signature.selector, signature.domain)
        findings.append(_judge(mail, index, keys[signature.key_name]))
    return tuple(findings)


_Word = tuple[SignatureVerdict, SignatureProblem | None]
_OUTCOMES: Final[dict[Verification, _Word]] = {
    Verification.VALID: (SignatureVerdict.PASS, None),
    Verification.BODY_HASH_CHANGED: (SignatureVerdict.FAIL, SignatureProblem.BODY_HASH_CHANGED),
    Verification.SIGNATURE_WRONG: (SignatureVerdict.FAIL, SignatureProblem.SIGNATURE_WRONG),
    Verification.UNSUPPORTED: (SignatureVerdict.NEUTRAL, SignatureProblem.UNSUPPORTED),
}


def _refuse(signature: DkimSignature, now: int) -> SignatureFinding | None:
    """Return what is wrong with a signature whatever its key may be (section 6.1.1)."""
    verdict, problem = SignatureVerdict.PERMERROR, None
    if signature.error is not None:
        verdict, problem = SignatureVerdict.NEUTRAL, SignatureProblem.MALFORMED
    elif not signature.signs_from:
        problem = SignatureProblem.FROM_NOT_SIGNED
    elif not _is_within(signature, strict=False):
        problem = SignatureProblem.IDENTITY_OUTSIDE
    elif signature.is_sha1:  # "permanently failed evaluation", RFC 8301 section 3.1
        problem = SignatureProblem.SHA1
    elif signature.algorithm not in ("rsa-sha256", "ed25519-sha256"):
        verdict, problem = SignatureVerdict.NEUTRAL, SignatureProblem.UNSUPPORTED
    elif signature.expires is not None and signature.expires < now:
        problem = SignatureProblem.EXPIRED
    if problem is None:
        return None
    return SignatureFinding(signature=signature, verdict=verdict, problem=problem)


def _is_within(signature: DkimSignature, *, strict: bool) -> bool:
    domain = signature.identity.rpartition("@")[2].lower()
    below = not strict and domain.endswith(f".{signature.domain}")
    return "@" in signature.identity and (domain == signature.domain or below)


def _judge(mail: SignedMail, index: int, found: KeyFinding) -> SignatureFinding:
    """Return what the key makes of a signature that is fit to be verified (sections 6.1.2 and 6.1.3)."""
    signature = mail.signatures[index]
    key = found.key
    if key is None or found.status is not KeyStatus.USABLE:
        verdict = {
            KeyStatus.TEMPERROR: SignatureVerdict.TEMPERROR,
            KeyStatus.WEAK: SignatureVerdict.POLICY,
        }.get(found.status, SignatureVerdict.PERMERROR)
        problem: SignatureProblem | None = SignatureProblem(f"key_{found.status}")
    elif not signature.algorithm.startswith(f"{key.key_type}-"):
        verdict, problem = SignatureVerdict.PERMERROR, SignatureProblem.KEY_WRONG_TYPE
    elif not _is_within(signature, strict=key.is_strict):
        verdict, problem = SignatureVerdict.PERMERROR, SignatureProblem.IDENTITY_OUTSIDE
    else:
        # Only what the arithmetic needs: the tags of the record were judged here.
        text = f"k={key.key_type}; p={key.tag('p')}"
        verdict, problem = _OUTCOMES[mail.verify(index, text)]
    return SignatureFinding(
        signature=signature, verdict=verdict, problem=problem, key=found, evidence=found.evidence
    )
