"""The records around mail: MTA-STS (RFC 8461), TLS-RPT (RFC 8460) and BIMI (an Internet-Draft).

Only the DNS is asked. The policy file of MTA-STS, the logo of BIMI and its certificate are never
fetched, so that a record that is found here may still lead to a file that is missing or wrong.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deliv.core.question import Answer, AnswerStatus, Asking, Query, RecordType


class PolicyKind(StrEnum):
    """Which record it is."""

    MTA_STS = "mta_sts"
    TLS_RPT = "tls_rpt"
    BIMI = "bimi"


class RecordState(StrEnum):
    """What stands at the name."""

    FOUND = "found"
    MISSING = "missing"
    INVALID = "invalid"
    """There is a record that does not follow its grammar, so that nobody heeds it."""
    SEVERAL = "several"
    """There are several, so that nobody heeds any."""
    TEMPERROR = "temperror"
    """The question was not answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRecord:
    """One of the records. The file that it announces is never fetched."""

    kind: PolicyKind
    """Which one."""
    name: str
    """The name that was asked for."""
    state: RecordState
    """What stands there."""
    text: str = ""
    """The record as published; several, joined by `` | ``."""
    problem: str = ""
    """What is wrong with it, as an English template; empty when nothing is."""
    evidence: tuple[str, ...] = ()
    """Questions and answers, one line each."""


TEMPLATES: Final[Mapping[str, str]] = {
    "no_version": "it does not begin with the version that this record needs",
    "no_list": "it is not a list of name=value with semicolons between",
    "twice": "a name stands there more than once",
    "sts_id": "it has no id= of 1 to 32 letters and digits",
    "rpt_rua": "it has no rua= with mailto: or https: addresses for the reports",
    "bimi_logo": "it has no logo address (l=)",
    "bimi_logo_https": "its logo address (l=) does not begin with https://",
    "bimi_logo_svg": "its logo address (l=) does not end in .svg",
    "bimi_certificate": "its certificate address (a=) does not begin with https://",
}
"""What can be wrong with a record."""

_FIELD = re.compile(r"[ \t]*([A-Za-z0-9][A-Za-z0-9_.-]{0,31})[ \t]*=[ \t]*([^;]*?)[ \t]*", re.ASCII)
_STS_ID = re.compile(r"[A-Za-z0-9]{1,32}", re.ASCII)
_RPT_URI = re.compile(
    r"(?:mailto:[^\s,;!@]+@[^\s,;!@]+|https://[^\s,;!/]+[^\s,;!]*)", re.ASCII | re.IGNORECASE
)
_HTTPS = re.compile(r"https://[^\s,;/?#]+[^\s,;]*", re.ASCII | re.IGNORECASE)
_SVG = re.compile(r"[^?#]*\.svgz?(?:[?#].*)?", re.ASCII | re.IGNORECASE)

_Fields = dict[str, str]


def discover_policies(
    domain: str, *, organizational_domain: str = ""
) -> Asking[tuple[PolicyRecord, PolicyRecord, PolicyRecord]]:
    """Ask for MTA-STS, TLS-RPT and BIMI, in this order. Nothing that they announce is fetched.

    domain: MTA-STS and TLS-RPT speak of mail *to* it, BIMI of mail *from* it.
    organizational_domain: where BIMI is looked for when `domain` has none of its own; the other
        two are not inherited (RFC 8461 section 3.1).
    """
    sts = yield from _discover(PolicyKind.MTA_STS, f"_mta-sts.{domain}")
    rpt = yield from _discover(PolicyKind.TLS_RPT, f"_smtp._tls.{domain}")
    bimi = yield from _discover(PolicyKind.BIMI, f"default._bimi.{domain}")
    if bimi.state is RecordState.MISSING and organizational_domain not in ("", domain):
        above = yield from _discover(PolicyKind.BIMI, f"default._bimi.{organizational_domain}")
        bimi = PolicyRecord(
            kind=above.kind,
            name=above.name,
            state=above.state,
            text=above.text,
            problem=above.problem,
            evidence=bimi.evidence + above.evidence,
        )
    return sts, rpt, bimi


def _discover(kind: PolicyKind, name: str) -> Asking[PolicyRecord]:
    query = Query(name=name, type=RecordType.TXT)
    answer = yield query
    state, text, problem = _read(kind, answer)
    return PolicyRecord(
        kind=kind, name=name, state=state, text=text, problem=problem, evidence=(f"{query}: {answer}",)
    )


def _read(kind: PolicyKind, answer: Answer) -> tuple[RecordState, str, str]:
    """Return what stands there, the record, and what is wrong with it."""
    if answer.status is AnswerStatus.TEMPERROR:
        return RecordState.TEMPERROR, "", ""
    version, check = _RULES[kind]
    # Other records are passed over: a wildcard answers here, too (RFC 8461 section 3.1).
    texts = [text for text in answer.texts if re.match(rf"{version}[ \t]*(?:;|\Z)", text)]
    if len(texts) > 1:
        return RecordState.SEVERAL, " | ".join(texts), ""
    if not texts:
        stem = version.rstrip("v1234567890")
        near = next((text for text in answer.texts if text.lstrip().lower().startswith(stem.lower())), "")
        return (RecordState.INVALID, near, TEMPLATES["no_version"]) if near else (RecordState.MISSING, "", "")
    fields = _fields(texts[0][len(version) :])
    problem = fields if isinstance(fields, str) else check(fields)
    return (RecordState.INVALID if problem else RecordState.FOUND), texts[0], problem


def _fields(text: str) -> _Fields | str:
    """Return the fields behind the version, or what is wrong with them."""
    fields: _Fields = {}
    for part in text.split(";"):
        if not part.strip():
            continue
        match = _FIELD.fullmatch(part)
        if match is None:
            return TEMPLATES["no_list"]
        if match[1] in fields:
            return TEMPLATES["twice"]
        fields[match[1]] = match[2]
    return fields


def _check_sts(fields: _Fields) -> str:
    """RFC 8461 section 3.1: sts-id = %s"id=" 1*32(ALPHA / DIGIT)."""
    return "" if _STS_ID.fullmatch(fields.get("id", "")) else TEMPLATES["sts_id"]


def _check_rpt(fields: _Fields) -> str:
    """RFC 8460 section 3: rua= with one or more mailto: or https: URIs."""
    uris = [uri.strip() for uri in fields.get("rua", "").split(",")]
    return "" if all(_RPT_URI.fullmatch(uri) for uri in uris) else TEMPLATES["rpt_rua"]


def _check_bimi(fields: _Fields) -> str:
    """draft-brand-indicators-for-message-identification section 4.3; all empty means "no logo"."""
    logo, certificate = fields.get("l", ""), fields.get("a", "")
    if certificate and not _HTTPS.fullmatch(certificate):
        return TEMPLATES["bimi_certificate"]
    if not logo:
        return TEMPLATES["bimi_logo"] if certificate or "l" not in fields else ""
    if not _HTTPS.fullmatch(logo):
        return TEMPLATES["bimi_logo_https"]
    return "" if _SVG.fullmatch(logo) else TEMPLATES["bimi_logo_svg"]


_RULES: Final[dict[PolicyKind, tuple[str, Callable[[_Fields], str]]]] = {
    PolicyKind.MTA_STS: ("v=STSv1", _check_sts),
    PolicyKind.TLS_RPT: ("v=TLSRPTv1", _check_rpt),
    PolicyKind.BIMI: ("v=BIMI1", _check_bimi),
}
