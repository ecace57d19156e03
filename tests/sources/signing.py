"""Keys made for one test run, and mails signed with them by dkimpy."""

import base64
import functools
import subprocess
from dataclasses import dataclass

import dkim
from nacl.encoding import Base64Encoder
from nacl.signing import SigningKey

MAIL = """\
From: =?UTF-8?B?44GC44GK44Ge44KJ5bqX?= <order@shop.example>
To: taro@docomo.ne.jp
Subject: Your order
Date: Sun, 22 Nov 2026 10:00:00 +0900
Message-ID: <1@shop.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

ご注文ありがとうございます。
お問い合わせ 03-1234-5678 (10:00～17:00)
""".encode().replace(b"\n", b"\r\n")


@dataclass(frozen=True)
class Key:
    """A pair of keys: the secret one as dkimpy wants it, the public one as the DNS shows it."""

    secret: bytes
    record: str
    algorithm: bytes


@functools.cache
def rsa_key(bits: int = 2048, *, bare: bool = False) -> Key:
    def openssl(*arguments: str, data: bytes = b"") -> bytes:
        return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout

    secret = openssl("genrsa", str(bits))
    form = ("-RSAPublicKey_out",) if bare else ("-pubout",)
    public = openssl("rsa", *form, "-outform", "DER", data=secret)
    return Key(secret, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}", b"rsa-sha256")


@functools.cache
def ed25519_key() -> Key:
    secret = SigningKey.generate()
    public = secret.verify_key.encode(Base64Encoder).decode()
    return Key(secret.encode(Base64Encoder), f"v=DKIM1; k=ed25519; p={public}", b"ed25519-sha256")


def sign(content: bytes, key: Key, *, selector: str = "s1", domain: str = "shop.example", **options) -> bytes:
    """Return the mail with a signature on top."""
    options.setdefault("signature_algorithm", key.algorithm)
    options.setdefault("canonicalize", (b"relaxed", b"relaxed"))
    made = dkim.DKIM(content).sign(selector.encode(), domain.encode(), key.secret, **options)
    return made + content
