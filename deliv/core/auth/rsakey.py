"""How long an RSA key is: the little of DER (X.690) that a DKIM key needs.

SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }   RFC 5280
RSAPublicKey         ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }                      RFC 8017
"""

from typing import Final

from deliv.core.errors import DkimSyntaxError

LONGEST_KEY: Final = 16_384  # bits; RFC 8301 section 3.2 asks receivers for 4096, and more costs them seconds
_LONGEST_EXPONENT = 64  # bits; OpenSSL takes no longer one, and it is what the time of a check grows with
_INTEGER, _BIT_STRING, _SEQUENCE = 0x02, 0x03, 0x30
_RSA_ENCRYPTION = bytes.fromhex("06092a864886f70d010101")  # 1.2.840.113549.1.1.1
_NO_PARAMETERS = (b"", b"\x05\x00")  # RFC 3279 asks for NULL; absence harms nobody


def rsa_bits(der: bytes) -> int:
    """Return the length of the modulus, from a SubjectPublicKeyInfo or a bare RSAPublicKey.

    RFC 6376, section 3.6.1, means the former by its examples and says the latter; receivers take both.

    Raises DkimSyntaxError for anything else, also for bytes behind the key.
    """
    content = _only(_SEQUENCE, der)
    if content[:1] == bytes([_SEQUENCE]):
        algorithm, rest = _next(_SEQUENCE, content)
        if (
            not algorithm.startswith(_RSA_ENCRYPTION)
            or algorithm[len(_RSA_ENCRYPTION) :] not in _NO_PARAMETERS
        ):
            raise DkimSyntaxError("p= holds a key that is not for RSA")
        bits = _only(_BIT_STRING, rest)
        if bits[:1] != b"\x00":  # bits that are left over in the last byte
            raise _broken()
        content = _only(_SEQUENCE, bits[1:])
    modulus, rest = _next(_INTEGER, content)
    exponent = _positive(_only(_INTEGER, rest))
    length = _positive(modulus).bit_length()
    if length > LONGEST_KEY:
        raise DkimSyntaxError(
            "the key is {bits} bits long, and receivers take no more than 4096 for certain", bits=length
        )
    if exponent.bit_length() > _LONGEST_EXPONENT or exponent < 3 or exponent % 2 == 0:
        raise DkimSyntaxError("the RSA key in p= has an exponent that no receiver takes")
    return length


def _broken() -> DkimSyntaxError:
    return DkimSyntaxError("p= holds no whole key; perhaps a part was lost when it was copied")


def _only(tag: int, data: bytes) -> bytes:
    content, rest = _next(tag, data)
    if rest:
        raise _broken()
    return content


def _next(tag: int, data: bytes) -> tuple[bytes, bytes]:
    """Return the content of the first value, and what stands behind it."""
    if len(data) < 2 or data[0] != tag:
        raise _broken()
    start, length = 2, data[1]
    if length >= 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
        # DER knows one spelling of each length (X.690 section 10.1): the shortest.
        if length < 0x80 or data[2] == 0:
            raise _broken()
    if start + length > len(data):
        raise _broken()
    return data[start : start + length], data[start + length :]


def _positive(content: bytes) -> int:
    number = int.from_bytes(content, "big", signed=True)
    padded = len(content) > 1 and content[0] == 0 and content[1] < 0x80
    if number <= 0 or padded:
        raise _broken()
    return number
