"""The arithmetic of a DKIM signature, by dkimpy."""

import re
from typing import Final

from deliv.core.auth.signature import Verification
from deliv.sources.mailparts import split_mail

_LONGEST_SIGNATURE = 16_384  # bytes of one field, see core.auth.signature
_MOST_FIELDS = 3000
_MOST_BLANKS = 5000  # blocks of 64 spaces
_SIGNATURE = re.compile(rb"^DKIM-Signature:.*(?:\n[ \t].*)*", re.IGNORECASE | re.MULTILINE)
_WIDE: Final = re.compile(rb"\s{200}")
# dkimpy trusts its input: what is broken in a way that it does not look for comes out as one of these.
_UNFORESEEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, OverflowError)


def verify(content: bytes, index: int, key_text: str) -> Verification:
    """Return whether the signature with this index fits the mail and the key; never raises for odd input.

    The tags of signature and key must have been judged before. dkimpy's own judgement of them is
    passed by, for it takes the time of today for that of the mail.
    """
    header, body, is_whole = split_mail(content)
    if not is_whole or _is_too_odd(header, body):
        return Verification.UNSUPPORTED
    import dkim
    from dkim.util import InvalidTagValueList, parse_tag_value

    try:
        mail = dkim.DKIM(header)
        mail.body = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        field = [pair for pair in mail.headers if pair[0].lower() == b"dkim-signature"][index]
        tags = parse_tag_value(field[1])
        names = [name.strip().lower() for name in tags[b"h"].split(b":")]
        is_valid = mail.verify_sig(tags, names, field, lambda *_, **__: key_text.encode())
    except dkim.ValidationError:  # raised in there only when the hash of the body differs
        return Verification.BODY_HASH_CHANGED
    except (dkim.DKIMException, InvalidTagValueList, *_UNFORESEEN):
        return Verification.UNSUPPORTED
    return Verification.VALID if is_valid else Verification.SIGNATURE_WRONG


def _is_too_odd(header: bytes, body: bytes) -> bool:
    """Whether dkimpy would take very long: its patterns are quadratic in runs of spaces."""
    if header.count(b"\n") > _MOST_FIELDS:
        return True
    if any(len(field) > _LONGEST_SIGNATURE or _WIDE.search(field) for field in _SIGNATURE.findall(header)):
        return True
    spaces = body.replace(b"\t", b" ")
    return b" " * 4096 in spaces or spaces.count(b" " * 64) > _MOST_BLANKS
