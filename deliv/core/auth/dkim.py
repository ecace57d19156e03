"""DKIM key records and how they are found (RFC 6376 section 3.6, RFC 8301, RFC 8463).

tag-list = tag-spec *( ";" tag-spec ) [ ";" ]                                  section 3.2
tag-spec = [FWS] tag-name [FWS] "=" [FWS] tag-value [FWS]
"""

import base64
import binascii
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deliv.core.auth.rsakey import rsa_bits
from deliv.core.errors import DkimSyntaxError
from deliv.core.question import AnswerStatus, Asking, Query, RecordType

WEAK_BELOW: Final = 1024
"""Bits; signatures by shorter RSA keys must not count as valid (RFC 8301 section 3.2)."""
SHORT_BELOW: Final = 2048
"""Bits; signers should use RSA keys of at least this length (RFC 8301 section 3.2)."""

_SPACE = " \t\r\n"
_TAG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_ED25519_BYTES = 32  # RFC 8463 section 4.2: the bare key, without any ASN.1 around it
# A wildcard puts SPF, DMARC and other texts at the selector's name, too; they are nobody's key. The
# third form is a key whose "p=" was forgotten.
_CLAIM = re.compile(
    r'["\s]*+(v\s*=\s*DKIM|(?!v\s*=)(.*;)?\s*p\s*=|MI[A-Za-z0-9+/]{100})', re.ASCII | re.DOTALL
)


def parse_tags(text: str) -> tuple[tuple[str, str], ...]:
    """Return the tags of a tag-list as (name, value), in the order written; names keep their case.

    Raises DkimSyntaxError for a part that is no tag, and for a tag that stands there twice.
    """
    tags: dict[str, str] = {}
    for part in text.split(";"):
        # Empty parts are not in the grammar, but most receivers pass over them.
        if not (part := part.strip(_SPACE)):
            continue
        name, equals, value = part.partition("=")
        name = name.rstrip(_SPACE)
        if not equals or not _TAG_NAME.fullmatch(name):
            raise DkimSyntaxError("“{part}” is not of the form tag=value", part=part[:80])
        if name in tags:
            raise DkimSyntaxError("{name}= stands there more than once", name=name)
        tags[name] = value.lstrip(_SPACE)
    return tuple(tags.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimKey:
    """A key record that follows the grammar. ``parse_dkim_key(str(key)) == key``."""

    tags: tuple[tuple[str, str], ...]
    """All tags as (name, value), in the order written; ``p`` without spaces."""

    def tag(self, name: str) -> str | None:
        """Return the value of a tag; None when it is absent."""
        return dict(self.tags).get(name)

    @property
    def key_type(self) -> str:
        """``rsa``, ``ed25519``, or another word that no receiver knows."""
        return (self.tag("k") or "rsa").lower()

    @property
    def bits(self) -> int:
        """Length of the key; 0 when it is revoked or of an unknown type."""
        if self.is_revoked:
            return 0
        if self.key_type == "ed25519":
            return _ED25519_BYTES * 8
        return rsa_bits(base64.b64decode(self.tag("p") or "")) if self.key_type == "rsa" else 0

    @property
    def flags(self) -> tuple[str, ...]:
        """The words of ``t=``."""
        return _words(self.tag("t"))

    @property
    def is_testing(self) -> bool:
        """Whether ``t=y`` asks receivers to treat failed signatures like none."""
        return "y" in self.flags

    @property
    def is_strict(self) -> bool:
        """Whether ``t=s`` wants the domain of ``i=`` to be that of ``d=``, not one below it."""
        return "s" in self.flags

    @property
    def is_revoked(self) -> bool:
        """Whether an empty ``p=`` withdraws the key."""
        return not self.tag("p")

    @property
    def is_weak(self) -> bool:
        """Whether receivers must refuse the key for its length."""
        return self.key_type == "rsa" and 0 < self.bits < WEAK_BELOW

    @property
    def is_short(self) -> bool:
        """Whether the RSA key is shorter than it should be; a weak one is short, too."""
        return self.key_type == "rsa" and 0 < self.bits < SHORT_BELOW

    @property
    def takes_sha256(self) -> bool:
        """Whether ``h=`` allows the one hash that still counts (RFC 8301 section 3.1)."""
        hashes = _words(self.tag("h"))
        return not hashes or "sha256" in hashes

    @property
    def is_for_mail(self) -> bool:
        """Whether ``s=`` lets the key sign mail."""
        services = _words(self.tag("s"))
        return not services or not {"*", "email"}.isdisjoint(services)

    @property
    def is_usable(self) -> bool:
        """Whether a signature can be valid by this key."""
        return self.status is KeyStatus.USABLE

    @property
    def status(self) -> "KeyStatus":
        """What keeps the key from being used, if anything."""
        if self.is_revoked:
            return KeyStatus.REVOKED
        if self.key_type not in ("rsa", "ed25519"):
            return KeyStatus.WRONG_TYPE
        if self.is_weak:
            return KeyStatus.WEAK
        if not self.takes_sha256:
            return KeyStatus.SHA1_ONLY
        return KeyStatus.USABLE if self.is_for_mail else KeyStatus.NOT_FOR_MAIL

    def __str__(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.tags)


def _words(value: str | None) -> tuple[str, ...]:
    words = (word.strip(_SPACE).lower() for word in (value or "").split(":"))
    return tuple(word for word in words if word)


def parse_dkim_key(text: str) -> DkimKey:
    """Return the key record that `text` is; unknown tags are kept and ignored.

    Raises DkimSyntaxError for what receivers cannot read as a key (section 3.6.1).
    """
    tags = dict(parse_tags(text))
    if "v" in tags and (next(iter(tags)) != "v" or tags["v"] != "DKIM1"):
        raise DkimSyntaxError("v= must stand first and say DKIM1")
    if "p" not in tags:
        raise DkimSyntaxError("there is no p= with the key")
    tags["p"] = "".join(tags["p"].split())
    try:
        data = base64.b64decode(tags["p"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise DkimSyntaxError("p= is not valid base64") from error
    key = DkimKey(tags=tuple(tags.items()))
    if data and key.key_type == "rsa":
        rsa_bits(data)
    if data and key.key_type == "ed25519" and len(data) != _ED25519_BYTES:
        raise DkimSyntaxError("an Ed25519 key has 32 bytes, and this one has {size}", size=len(data))
    return key


def is_dkim_key(text: str) -> bool:
    """Whether a TXT record is meant to be a DKIM key, well made or not."""
    return _CLAIM.match(text) is not None


class KeyStatus(StrEnum):
    """What a selector's name holds."""

    USABLE = "usable"
    MISSING = "missing"
    REVOKED = "revoked"
    WRONG_TYPE = "wrong_type"
    """It is neither an RSA nor an Ed25519 key."""
    WEAK = "weak"
    """It is an RSA key of less than 1024 bits."""
    SHA1_ONLY = "sha1_only"
    """It allows no hash that receivers still take."""
    NOT_FOR_MAIL = "not_for_mail"
    """It is for another service than mail."""
    MALFORMED = "malformed"
    SEVERAL = "several"
    """There are several, and which one a receiver takes is undefined (section 3.6.2.2)."""
    DANGLING_ALIAS = "dangling_alias"
    """The name is an alias for another one, where no key is."""
    TEMPERROR = "temperror"
    """The question was not answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFinding:
    """What was found at a selector's name."""

    selector: str
    """The selector."""
    domain: str
    """The signing domain."""
    status: KeyStatus
    """What is there."""
    key: DkimKey | None = None
    """The key, when there is exactly one that can be read."""
    error: DkimSyntaxError | None = None
    """Why it cannot be read, when the status is MALFORMED."""
    alias: str = ""
    """Name that the selector's name is an alias for, when that was asked."""
    evidence: tuple[str, ...] = ()
    """Questions and answers, one line each."""

    @property
    def name(self) -> str:
        """The name in the DNS."""
        return key_name(self.selector, self.domain)


def key_name(selector: str, domain: str) -> str:
    """Return the name that holds the key of a selector (section 3.6.2.1)."""
    return f"{selector}._domainkey.{domain}".lower()


def discover_key(selector: str, domain: str, *, explain: bool = False) -> Asking[KeyFinding]:
    """Ask for the key of a selector: one question, with `explain` a second one when there is no key."""
    query = Query(name=key_name(selector, domain), type=RecordType.TXT)
    answer = yield query
    evidence = [f"{query}: {answer}"]
    claims = [text for text in answer.texts if is_dkim_key(text)]
    status, key, error, alias = KeyStatus.MISSING, None, None, ""
    if answer.status is AnswerStatus.TEMPERROR:
        status = KeyStatus.TEMPERROR
    elif len(claims) > 1:
        status = KeyStatus.SEVERAL
    elif claims:
        try:
            key = parse_dkim_key(claims[0])
        except DkimSyntaxError as fault:
            status, error = KeyStatus.MALFORMED, fault
        else:
            status = key.status
    elif explain and not answer.texts:
        query = Query(name=query.name, type=RecordType.CNAME)
        answer = yield query
        evidence.append(f"{query}: {answer}")
        if answer.texts:
            status, alias = KeyStatus.DANGLING_ALIAS, answer.texts[0].rstrip(".").lower()
    return KeyFinding(
        selector=selector,
        domain=domain,
        status=status,
        key=key,
        error=error,
        alias=alias,
        evidence=tuple(evidence),
    )
