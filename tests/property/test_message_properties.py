"""Laws of mails, keys and signatures, tried on thousands of generated inputs."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from deliv.core.auth.dkim import parse_dkim_key
from deliv.core.auth.rsakey import rsa_bits
from deliv.core.auth.signature import Verification, parse_signature
from deliv.core.errors import DkimSyntaxError, InputError
from deliv.core.facts.message import MESSAGE_FACTS, message_facts
from deliv.sources.mailheaders import decode_words, mailboxes
from deliv.sources.mailtext import has_hours, has_phone, link_hosts, plain
from deliv.sources.mailtrace import find_client, read_authentication, read_date
from deliv.sources.message import read_message
from deliv.sources.spamassassin import read_report
from tests.property import strategies as some
from tests.sources.signing import MAIL, rsa_key, sign

NEAR_MAIL = st.lists(
    st.sampled_from(
        [
            *(
                b"From: ",
                b"To: ",
                b"Date: ",
                b"DKIM-Signature: ",
                b"Received: from ",
                b"Return-Path: ",
                b"Subject: ",
            ),
            *(
                b"Content-Type: ",
                b"MIME-Version: 1.0",
                b"Content-Transfer-Encoding: ",
                b"Authentication-Results: ",
            ),
            *(
                b"multipart/mixed; boundary=b",
                b"text/html; charset=",
                b"base64",
                b"quoted-printable",
                b"iso-2022-jp",
            ),
            *(
                b"\r\n",
                b"\n",
                b"\n\n",
                b"\n--b\n",
                b"\n--b--",
                b" ",
                b"\t",
                b"\x1b$B",
                b"\x1b(B",
                b"=?utf-8?B?",
                b"?=",
            ),
            *(
                b"a@b.example",
                b"<",
                b">",
                b'"',
                b"(",
                b")",
                b",",
                b";",
                b":",
                b"=",
                b"=E5",
                b"\xe5\xba",
                b"\x83\x65",
            ),
            *(
                b"v=1; ",
                b"a=rsa-sha256; ",
                b"d=b.example; ",
                b"s=s; ",
                b"h=from; ",
                b"bh=AAAA; ",
                b"b=AAAA; ",
                b"x=9; ",
            ),
            *(
                b"<a href=",
                b"http://",
                b"bit.ly",
                b"03-1234-5678",
                b"10:00-17:00",
                b"\x00",
                b"[192.0.2.1]",
                b" by x",
            ),
        ]
    ),
    max_size=60,
).map(b"".join)
NEAR_KEY = st.lists(
    st.sampled_from(
        [
            *(
                "v=DKIM1",
                ";",
                " ",
                "k=rsa",
                "k=ed25519",
                "p=",
                "h=sha1",
                "t=y:s",
                "s=email",
                "=",
                ":",
                "\t",
                "n=x",
            ),
            *(
                "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQ",
                "AAAA",
                "==",
                "日",
                "\udc80",
                "p",
                "1",
                "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            ),
        ]
    ),
    max_size=12,
).map("".join)


def read(parse, our_error, value):
    """Return what was read, or else the message of our error; any other error goes through."""
    try:
        return parse(value), ""
    except our_error as refusal:
        return None, str(refusal)


class TestKeys:
    """Whatever stands there, it is read, or refused with our own error."""

    @given(st.one_of(some.ANY_TEXT, NEAR_KEY))
    def test_any_text_is_a_key_or_our_error(self, text):
        key, refusal = read(parse_dkim_key, DkimSyntaxError, text)

        assert key or refusal
        if key:
            assert parse_dkim_key(str(key)) == key
            assert key.bits >= 0
            assert key.is_usable <= (not key.is_revoked)

    @given(st.binary(max_size=40), st.integers(0, 300), st.integers(0, 255))
    def test_any_bytes_are_an_rsa_key_or_our_error(self, noise, place, byte):
        whole = bytearray(base64.b64decode(rsa_key().record.partition("p=")[2]))
        for data in (
            noise,
            bytes(whole[:place]) + noise,
            bytes(whole[:place] + bytes([byte]) + whole[place + 1 :]),
        ):
            bits, refusal = read(rsa_bits, DkimSyntaxError, data)
            assert bits or refusal

    @given(st.one_of(some.ANY_TEXT, NEAR_KEY, NEAR_MAIL.map(lambda data: data.decode("latin-1"))))
    def test_any_text_is_a_signature_or_our_error(self, text):
        found, refusal = read(parse_signature, DkimSyntaxError, text)

        assert found or refusal
        if found:
            assert found.domain == found.domain.lower()
            assert len(found.key_name) <= 253


class TestMails:
    """A mail may hold anything, and nothing that it holds is our trouble."""

    @given(
        st.one_of(
            st.binary(max_size=300), NEAR_MAIL, NEAR_MAIL.map(lambda data: b"From: a@b.example\n" + data)
        )
    )
    def test_any_bytes_are_a_mail_or_our_error(self, content):
        mail, refusal = read(read_message, InputError, content)

        assert mail or refusal
        if not mail:
            return
        assert mail.facts.size == len(mail.content)
        undated = set() if mail.facts.sent_at else {"message.sent_at_night"}
        assert message_facts(mail.facts, shop_name="店").keys() == MESSAGE_FACTS.keys() - undated
        for index in range(len(mail.signatures) + 1):
            assert mail.verify(index, rsa_key().record) is not Verification.VALID

    @given(st.integers(0, 2000), st.binary(max_size=4))
    def test_a_signed_mail_that_was_changed_is_valid_or_not_but_never_our_trouble(self, place, noise):
        signed = sign(MAIL, rsa_key())
        changed = signed[:place] + noise + signed[place + len(noise) :]
        mail, refusal = read(read_message, InputError, changed)

        assert mail or refusal
        for index in range(len(mail.signatures) if mail else 0):
            assert mail.verify(index, rsa_key().record) in Verification

    @given(st.one_of(some.ANY_TEXT, NEAR_MAIL.map(lambda data: data.decode("utf-8", "surrogateescape"))))
    def test_no_text_is_our_trouble(self, text):
        decode_words(text)
        assert all("@" in box.address and box.domain.isascii() for box in mailboxes(text))
        read_authentication(text)
        read_date(text)
        find_client([text, f"from {text} by x"], text, text)
        shown = plain(text)
        assert has_phone(shown) in (True, False)
        assert has_hours(shown) in (True, False)
        assert all(host.isascii() for host in link_hosts([text], [text]))
        assert read_report(text).failure
