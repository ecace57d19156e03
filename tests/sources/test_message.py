"""One order mail out of a mailbox: what it says, and whether its signatures hold."""

import io
import sys
from datetime import UTC, datetime

import pytest

from deliv.core.auth.signature import SignatureProblem, SignatureVerdict, Verification, verify_signatures
from deliv.core.errors import InputError
from deliv.core.facts.message import Body, Charset
from deliv.sources import message
from deliv.sources.mailcoding import decode_text
from deliv.sources.mailheaders import decode_words, mailboxes
from deliv.sources.mailtext import has_hours, has_phone, link_hosts, mentions_junk_folder, plain, visible_text
from deliv.sources.mailtrace import find_client, read_authentication, read_date
from deliv.sources.message import read_message
from tests.sources.signing import MAIL, ed25519_key, rsa_key, sign
from tests.zone import ask

NOW = int(datetime(2026, 11, 22, tzinfo=UTC).timestamp())


def zone(*pairs) -> dict:
    return {f"{selector}._domainkey.shop.example": {"TXT": [key.record]} for selector, key in pairs}


def verdicts(content: bytes, *pairs, now: int = NOW) -> list:
    found = ask(verify_signatures(read_message(content), now=now), zone(*pairs))
    return [(one.verdict, one.problem) for one in found]


def mail(*lines: str, body: str | bytes = "Hello", headers: str = "From: a@shop.example") -> bytes:
    text = body if isinstance(body, bytes) else body.encode()
    return "\n".join([headers, *lines, "", ""]).encode() + text


def facts(*lines: str, **options):
    return read_message(mail(*lines, **options)).facts


PASS = [(SignatureVerdict.PASS, None)]
BODY = [(SignatureVerdict.FAIL, SignatureProblem.BODY_HASH_CHANGED)]
WRONG = [(SignatureVerdict.FAIL, SignatureProblem.SIGNATURE_WRONG)]


class TestSignatures:
    """Signed by dkimpy, verified with our own answers of the DNS."""

    @pytest.mark.parametrize(
        "make",
        [
            pytest.param(rsa_key, id="rsa"),
            pytest.param(lambda: rsa_key(1024), id="short-rsa"),
            pytest.param(lambda: rsa_key(2048, bare=True), id="bare-rsa"),
            pytest.param(ed25519_key, id="ed25519"),
        ],
    )
    @pytest.mark.parametrize("canonical", [(b"relaxed", b"relaxed"), (b"simple", b"simple")])
    def test_a_good_signature(self, make, canonical):
        key = make()

        assert verdicts(sign(MAIL, key, canonicalize=canonical), ("s1", key)) == PASS

    @pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
    @pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"From MAILER Sun Nov 22 10:00:00 2026\n"])
    def test_as_mailboxes_save_it(self, line_end, before):
        signed = sign(MAIL, rsa_key()).replace(b"\r\n", line_end)

        assert verdicts(before + signed, ("s1", rsa_key())) == PASS

    def test_what_receivers_put_on_top_changes_nothing(self):
        signed = b"Received: from a by b; x\r\nX-Spam: no\r\n" + sign(MAIL, rsa_key())

        assert verdicts(signed, ("s1", rsa_key())) == PASS

    @pytest.mark.parametrize("make", [rsa_key, ed25519_key], ids=["rsa", "ed25519"])
    @pytest.mark.parametrize(
        ("before", "after", "outcome"),
        [
            (b"03-1234", b"03-1235", BODY),
            (b"Your order", b"Our order", WRONG),
            (b"order@shop", b"evil@shop", WRONG),
        ],
    )
    def test_a_mail_that_was_changed(self, make, before, after, outcome):
        key = make()
        signed = sign(MAIL, key)
        assert before in signed

        assert verdicts(signed.replace(before, after), ("s1", key)) == outcome

    def test_a_second_from_breaks_it(self):
        assert verdicts(b"From: x@evil.example\r\n" + sign(MAIL, rsa_key()), ("s1", rsa_key())) == WRONG

    def test_another_key_under_the_selector(self):
        assert verdicts(sign(MAIL, rsa_key()), ("s1", rsa_key(1024))) == WRONG

    def test_the_wrong_selector(self):
        assert verdicts(sign(MAIL, rsa_key()), ("s2", rsa_key())) == [
            (SignatureVerdict.PERMERROR, SignatureProblem.KEY_MISSING)
        ]

    def test_sha1_no_longer_counts(self):
        signed = sign(MAIL, rsa_key(), signature_algorithm=b"rsa-sha1")

        assert verdicts(signed, ("s1", rsa_key())) == [(SignatureVerdict.PERMERROR, SignatureProblem.SHA1)]

    def test_a_length_is_told_and_what_is_added_goes_unnoticed(self):
        signed = sign(MAIL, rsa_key(), length=True)

        assert read_message(signed).signatures[0].body_length
        assert verdicts(signed + b"Buy this!\r\n", ("s1", rsa_key())) == PASS

    def test_two_signatures(self):
        signed = sign(sign(MAIL, rsa_key()), ed25519_key(), selector="s2")

        assert read_message(signed).selectors == (("s2", "shop.example"), ("s1", "shop.example"))
        assert verdicts(signed, ("s1", rsa_key()), ("s2", ed25519_key())) == PASS * 2
        assert verdicts(signed, ("s1", rsa_key()), ("s2", rsa_key()))[1:] == PASS

    def test_a_broken_one_beside_a_good_one(self):
        signed = b"DKIM-Signature: oops\r\n" + sign(MAIL, rsa_key())

        assert verdicts(signed, ("s1", rsa_key())) == [
            (SignatureVerdict.NEUTRAL, SignatureProblem.MALFORMED),
            *PASS,
        ]
        assert read_message(signed).selectors == (("s1", "shop.example"),)

    @pytest.mark.parametrize("when", [1_000_000_000, 4_000_000_000])
    def test_the_time_is_the_one_given_and_not_todays(self, when):
        """What was signed in 2001 and expired a day later was good in 2001; no clock is read."""
        signed = sign(MAIL, rsa_key())
        stamp = read_message(signed).signatures[0].signed_at
        dated = signed.replace(f"t={stamp}".encode(), f"t={when}; x={when + 86400}".encode())

        (found,) = verdicts(dated, ("s1", rsa_key()), now=when)

        assert found[1] is SignatureProblem.SIGNATURE_WRONG  # as the header was changed, but not EXPIRED
        assert verdicts(dated, ("s1", rsa_key()), now=when + 86401) == [
            (SignatureVerdict.PERMERROR, SignatureProblem.EXPIRED)
        ]

    @pytest.mark.parametrize(
        "content",
        [
            b"From: a@b.example\r\nno header\r\n\r\nx",
            b"From: a@b.example\r\nX: " + b"a" * 300_000 + b"\r\n\r\nx",
            b"From: a@b.example\r\n" + b"X:\r\n" * 4000 + b"\r\nx",
            b"From: a@b.example\r\nDKIM-Signature: v=1;" + b" " * 300 + b"b=\r\n\r\nx",
            b"From: a@b.example\r\nDKIM-Signature: b=" + b"A" * 20_000 + b"\r\n\r\nx",
            b"From: a@b.example\r\n\r\n" + b" " * 5000 + b"x",
            b"From: a@b.example\r\n\r\n" + (b" " * 400 + b"x") * 2000,
        ],
    )
    def test_what_dkimpy_would_choke_on_is_not_verified(self, content):
        signed = sign(MAIL, rsa_key()).partition(b"From:")[0] + content

        assert read_message(signed).verify(0, rsa_key().record) is Verification.UNSUPPORTED

    @pytest.mark.parametrize(
        "key_text", ["", "p=", "k=rsa; p=AAAA", "k=ed25519; p=AAAA", "日本", "k=x; p=AAAA"]
    )
    def test_no_key_makes_it_raise(self, key_text):
        outcome = read_message(sign(MAIL, rsa_key())).verify(0, key_text)

        assert outcome is not Verification.VALID

    def test_an_index_that_is_none(self):
        assert read_message(MAIL).verify(3, rsa_key().record) is Verification.UNSUPPORTED


class TestReading:
    def test_from_a_file_and_from_standard_input(self, tmp_path, monkeypatch):
        file = tmp_path / "order.eml"
        file.write_bytes(MAIL)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MAIL)))

        assert read_message(file).facts == read_message(str(file)).facts == read_message(MAIL).facts
        assert read_message("-").content == MAIL

    def test_a_whole_mail(self):
        found = read_message(MAIL).facts

        assert (found.from_address, found.from_domain) == ("order@shop.example", "shop.example")
        assert (found.display_name, found.subject) == ("あおぞら店", "Your order")
        assert (found.body, found.charset, found.mime_broken) == (Body.TEXT, Charset.FINE, False)
        assert (found.has_phone, found.has_hours, found.mentions_junk_folder) == (True, True, False)
        assert (found.recipients, found.has_message_id, found.size) == (1, True, len(MAIL))
        assert found.sent_at == datetime(2026, 11, 22, 1, tzinfo=UTC)
        assert (found.client_ip, found.receiver, found.return_path_domain) == (None, "", None)

    @pytest.mark.parametrize(
        ("content", "complaint"),
        [
            (b"", r"^- is empty; nothing was checked$"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"\.msg.*as an \.eml file$"),
            (b"hello", r"^- is no mail.*as an \.eml file$"),
            (b"<html>", r"^- is no mail"),
            (b"\n\nFrom: a@b.example\n", r"^- is no mail"),
            (b"Note: buy milk\n\nnow", r"^- is no mail"),
            (b"From MAILER\nhello", r"^- is no mail"),
            (b"email\na@b.example\n", r"^- is no mail"),
        ],
    )
    def test_what_is_no_mail(self, content, complaint):
        with pytest.raises(InputError, match=complaint):
            read_message(content)

    def test_what_cannot_be_read(self, tmp_path):
        with pytest.raises(InputError, match="there is no file"):
            read_message(tmp_path / "none.eml")
        with pytest.raises(InputError, match="is a folder"):
            read_message(tmp_path)

    def test_what_is_too_large(self, tmp_path):
        file = tmp_path / "large.eml"
        with file.open("wb") as opened:
            opened.write(MAIL)
            opened.truncate((50 << 20) + 1)

        with pytest.raises(InputError, match="is larger than 50 MB"):
            read_message(file)

    def test_what_breaks_while_it_is_read(self, monkeypatch):
        class Broken(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                raise OSError(5, "Input/output error")

        monkeypatch.setattr(message, "open_source", lambda source: Broken())

        with pytest.raises(InputError, match=r"^order\.eml cannot be read \(Input/output error\)"):
            read_message("order.eml")

    def test_a_very_long_text_is_read_to_some_line(self):
        long = "店\n".encode() * 1_000_000 + b"03-1234-5678"
        lines = (MIME, "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit")

        found = facts(*lines, body=long)

        assert (found.charset, found.has_phone, found.mime_broken) == (Charset.FINE, False, False)
        assert len(link_hosts([" ".join(f"http://a{number}.example" for number in range(5000))], [])) == 1000

    def test_a_header_alone(self):
        assert read_message(b"From: a@shop.example").facts.body is Body.EMPTY


class TestHeaders:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("a@b.example", [("", "a@b.example")]),
            ("<a@B.Example.>", [("", "a@b.example")]),
            ("a@b.example (Shop)", [("Shop", "a@b.example")]),
            ('"Shop, the \\"best\\"" <a@b.example>', [('Shop, the "best"', "a@b.example")]),
            ("Shop <a@b.example>, Other <c@d.example>", [("Shop", "a@b.example"), ("Other", "c@d.example")]),
            ("=?UTF-8?B?44GC?= <a@b.example>", [("あ", "a@b.example")]),
            ('"=?UTF-8?B?44GC?=" <a@b.example>', [("あ", "a@b.example")]),
            ("店 <a@b.example>", [("店", "a@b.example")]),
            ("a@b.example <c@d.example>", [("a@b.example", "c@d.example")]),
            ("<@x.example,@y.example:a@b.example>", [("", "a@b.example")]),
            ('"a b"@b.example', [("", "ab@b.example")]),
            ("undisclosed-recipients:;", []),
            ("Friends: a@b.example, c@d.example;", [("", "a@b.example"), ("", "c@d.example")]),
            ("(a (nested) comment) a@b.example", [("a nested comment", "a@b.example")]),
            *((text, []) for text in ("", "<>", "Shop", "Shop <>", ",,;;::", '"', "(", "\\", "<<<<")),
        ],
    )
    def test_addresses(self, value, expected):
        assert mailboxes(value) == expected

    @pytest.mark.parametrize(
        ("address", "domain"),
        [
            ("a@日本.jp", "xn--wgv71a.jp"),
            ("a@B.example", "b.example"),
            ("a@", ""),
            ("a@[192.0.2.1]", ""),
            ("a@..", ""),
            ("a@" + "ä" * 100, ""),
        ],
    )
    def test_domains(self, address, domain):
        assert [box.domain for box in mailboxes(address)] == [domain]

    @pytest.mark.parametrize(
        ("text", "expected", "clean"),
        [
            ("plain", "plain", True),
            ("=?ISO-2022-JP?B?GyRCQ21KOBsoQg==?=", "注文", True),
            ("=?Shift_JIS?B?h0A=?=", "①", True),
            ("=?ISO-2022-JP?B?GyRCLSEbKEI=?=", "①", True),
            ("=?utf-8?q?Shop_=E5=BA=97?= x", "Shop 店 x", True),
            ("a =?utf-8?q?b?= c", "a b c", True),
            ("=?utf-8?q?a?=\t =?utf-8?q?b?=", "ab", True),
            ("=?UTF-8?B?5Q==?= =?utf-8?B?upc=?=", "店", True),
            ("=?utf-8*ja?Q?x?=", "x", True),
            ("=?UTF-8?B?5bqX", "=?UTF-8?B?5bqX", False),
            ("=?UTF-8?B?5bq!X?=", "店", False),
            ("=?utf-8?q?=zz?=", "=zz", False),
            ("=?no-such?B?QQ==?=", "A", False),
            ("=?utf-8?B?gQ==?=", "\ufffd", False),
        ],
    )
    def test_encoded_words(self, text, expected, clean):
        assert decode_words(text) == (expected, clean)

    @pytest.mark.parametrize(
        ("lines", "headers", "expected"),
        [
            ((), "From: Shop <a@shop.example>", ("Shop", False)),
            ((), "From: a@shop.example, b@shop.example", ("", True)),
            (("From: b@shop.example",), "From: a@shop.example", ("", True)),
            (("Sender: b@shop.example",), "From: a@shop.example", ("", False)),
            ((), "Subject: no sender", ("", False)),
        ],
    )
    def test_from(self, lines, headers, expected):
        found = facts(*lines, headers=headers)

        assert (found.display_name, found.from_several) == expected

    def test_reply_to_and_return_path(self):
        assert (
            facts("Reply-To: x@Other.example", "Return-Path: <b@bounce.example>").reply_to_domain
            == "other.example"
        )
        assert facts("Return-Path: <b@Bounce.example>").return_path_domain == "bounce.example"
        assert facts("Return-Path: <>").return_path_domain == ""
        assert facts().return_path_domain is None
        assert facts().reply_to_domain is None

    def test_recipients(self):
        found = facts("To: a@x.example, B <b@x.example>", "Cc: c@x.example", "To: d@x.example")

        assert found.recipients == 4

    def test_message_id_and_date(self):
        assert not facts("Message-ID: ").has_message_id
        assert facts("Message-Id: <a@b>").has_message_id
        assert facts("Date: yesterday").sent_at is None

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Sun, 22 Nov 2026 10:00:00 +0900", datetime(2026, 11, 22, 1, tzinfo=UTC)),
            ("22 Nov 2026 10:00:00 -0000", datetime(2026, 11, 22, 10, tzinfo=UTC)),
            ("Sun, 22 Nov 2026 10:00:00 +0900 (JST)", datetime(2026, 11, 22, 1, tzinfo=UTC)),
            *(
                (text, None)
                for text in (None, "", "x", "99 Nov 2026 10:00:00 +0900", "1 Jan 1970 0:0:0 +0000")
            ),
            *((text, None) for text in ("1 Jan 9999 0:0:0 -2359", "22 Nov 2026 10:00:00 +99999999999")),
        ],
    )
    def test_dates(self, text, expected):
        assert read_date(text) == expected


GMAIL = (
    "by 2002:a05:6a10:1234:b0:1:2:3 with SMTP id x; Sun, 22 Nov 2026 01:00:02 -0800",
    "from mail.shop.example (mail.shop.example. [203.0.113.5]) by mx.google.com; 22 Nov 2026 01:00:01 -0800",
    "from localhost (localhost [127.0.0.1]) by mail.shop.example (Postfix) with ESMTP id x",
    "from [198.51.100.7] (home.example [198.51.100.7]) by mail.shop.example",
)
OUTLOOK = (
    "from A.eurprd01.prod.outlook.com (2603:10a6:208:1::1) by B.eurprd01.prod.outlook.com with HTTPS; x",
    "from mail.shop.example (203.0.113.5) by C.mail.protection.outlook.com (10.152.0.1) with SMTP; x",
)


class TestClient:
    @pytest.mark.parametrize(
        ("received", "spf", "results", "expected"),
        [
            (GMAIL, None, None, ("203.0.113.5", "mail.shop.example")),
            (OUTLOOK, None, None, ("203.0.113.5", "mail.shop.example")),
            (
                OUTLOOK,
                None,
                "spf=pass (sender IP is 203.0.113.5) smtp.mailfrom=shop.example; dkim=none",
                ("203.0.113.5", "mail.shop.example"),
            ),
            (
                ("from helo.example (unknown [203.0.113.5]) by mx.other.jp (Postfix)",),
                None,
                None,
                ("203.0.113.5", "helo.example"),
            ),
            (
                ("from rdns.example ([203.0.113.5] helo=helo.example) by mx.other.jp with esmtp (Exim 4.9)",),
                None,
                None,
                ("203.0.113.5", "helo.example"),
            ),
            (
                ("from 203.0.113.5  (EHLO mail.shop.example) (203.0.113.5)\t by mta1.mail.yahoo.co.jp",),
                None,
                None,
                ("203.0.113.5", "mail.shop.example"),
            ),
            (
                ("from [10.0.0.5] (unknown [IPv6:2001:db8::25]) by mx.other.jp",),
                None,
                None,
                ("2001:db8::25", "10.0.0.5"),
            ),
            (("from a (a [192.168.0.1]) by b", "from c (c [10.0.0.1]) by d"), None, None, (None, "")),
            (GMAIL, "pass (google.com) client-ip=198.51.100.7;", None, ("198.51.100.7", "198.51.100.7")),
            (GMAIL, "pass client-ip=192.0.2.99;", None, ("203.0.113.5", "mail.shop.example")),
            ((), "pass (x: domain of y designates 192.0.2.99 as permitted sender)", None, ("192.0.2.99", "")),
            ((), None, "mx.x.jp; iprev=pass policy.iprev=192.0.2.99", ("192.0.2.99", "")),
            ((), "pass client-ip=2002:a05:1::1;", None, (None, "")),
            ((), None, None, (None, "")),
            (("", "from", "from x", "by y", "from x (((( by y"), "client-ip=999.1.1.1", "", (None, "")),
            (
                ("from a.shop.example (a.shop.example [203.0.113.9]) by b.shop.example",),
                None,
                None,
                ("203.0.113.9", "a.shop.example"),
            ),
        ],
    )
    def test_who_handed_it_over(self, received, spf, results, expected):
        assert find_client(received, spf, results) == expected

    def test_in_a_mail(self):
        found = facts(
            *(f"Received: {value}" for value in GMAIL[1:]), "Received-SPF: pass client-ip=203.0.113.5;"
        )

        assert (found.client_ip, found.helo) == ("203.0.113.5", "mail.shop.example")
        assert found.received_at == datetime(2026, 11, 22, 9, 0, 1, tzinfo=UTC)


class TestAuthentication:
    def test_gmail(self):
        receiver, results = read_authentication(
            'mx.google.com; dkim=pass header.i=@shop.example header.s=s1 header.b="Ab/c+=";'
            " spf=pass (google.com: domain of x designates 203.0.113.5 as permitted sender; really)"
            " smtp.mailfrom=a@shop.example; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=shop.example"
        )

        assert receiver == "mx.google.com"
        assert [result[:2] for result in results] == [("dkim", "pass"), ("spf", "pass"), ("dmarc", "pass")]
        assert results[0].get("header.s") == "s1"
        assert results[0].get("header.b") == "Ab/c+="
        assert results[1].properties == (("smtp.mailfrom", "a@shop.example"),)
        assert results[2].get("policy") is None

    @pytest.mark.parametrize(
        ("value", "receiver", "results"),
        [
            ("mx.example 1; none", "mx.example", []),
            ("mx.example", "mx.example", []),
            ("spf=pass smtp.mailfrom=x; dkim=none", "", [("spf", "pass"), ("dkim", "none")]),
            (
                'mta.yahoo.co.jp from=shop.example; domainkeys=neutral (no sig); dkim = fail reason = "a; b"',
                "mta.yahoo.co.jp",
                [("domainkeys", "neutral"), ("dkim", "fail")],
            ),
            ("mx.example; DKIM/1=Pass; =; ;x", "mx.example", [("dkim", "pass")]),
            ("", "", []),
            ("((;", "", []),
        ],
    )
    def test_others(self, value, receiver, results):
        found = read_authentication(value)

        assert found[0] == receiver
        assert [result[:2] for result in found[1]] == results

    def test_only_the_topmost_counts(self):
        found = facts("Authentication-Results: mx.a; spf=pass", "Authentication-Results: mx.b; spf=fail")

        assert found.receiver == "mx.a"
        assert [result.result for result in found.authentication] == ["pass"]


MIME = "MIME-Version: 1.0"


def multipart(*parts: str, end: str = "\n--b--\n") -> str:
    return "".join(f"\n--b\n{part}" for part in parts) + end


PLAIN = "Content-Type: text/plain; charset=utf-8\n\nhello"
PAGE = "Content-Type: text/html; charset=utf-8\n\n<p>hello</p>"
ATTACHED = "Content-Type: text/plain\nContent-Disposition: attachment\n\nx"
ALTERNATIVE = 'Content-Type: multipart/alternative; boundary="b"'


class TestMime:
    @pytest.mark.parametrize(
        ("lines", "body", "kind", "broken"),
        [
            ((), "hello", Body.TEXT, False),
            ((), " \n", Body.EMPTY, False),
            ((MIME, "Content-Type: text/html"), "<p>hello", Body.HTML_ONLY, False),
            ((MIME, ALTERNATIVE), multipart(PLAIN, PAGE), Body.BOTH, False),
            ((MIME, ALTERNATIVE), multipart(PAGE), Body.HTML_ONLY, False),
            ((MIME, ALTERNATIVE), multipart("\n ", PAGE), Body.HTML_ONLY, False),
            ((MIME, ALTERNATIVE), multipart(ATTACHED, PAGE), Body.HTML_ONLY, False),
            ((MIME, ALTERNATIVE), multipart("Content-Type: application/pdf\n\nx"), Body.EMPTY, False),
            ((MIME, ALTERNATIVE), multipart(PLAIN, PAGE, end=""), Body.BOTH, True),
            ((MIME, ALTERNATIVE), "hello", Body.EMPTY, True),
            ((MIME, "Content-Type: multipart/mixed"), multipart(PLAIN), Body.EMPTY, True),
            ((ALTERNATIVE,), multipart(PLAIN), Body.TEXT, True),
            ((MIME, "Content-Transfer-Encoding: base64"), "aGVsbG8=", Body.TEXT, False),
            ((MIME, "Content-Transfer-Encoding: base64"), "aGVs!bG8", Body.TEXT, True),
            ((MIME, "Content-Transfer-Encoding: base64"), "!", Body.EMPTY, True),
            ((MIME, "Content-Transfer-Encoding: quoted-printable"), "a=3Db=\nc=  \nd", Body.TEXT, False),
            ((MIME, "Content-Transfer-Encoding: quoted-printable"), "a=b", Body.TEXT, True),
            ((MIME, "Content-Transfer-Encoding: rot13"), "a", Body.TEXT, True),
            (("no header",), "a", Body.TEXT, True),
            (("Subject: 日本",), "a", Body.TEXT, True),
            (("Subject: =?utf-8?B?!?=",), "a", Body.TEXT, True),
            (("X-Other: 日本",), "a", Body.TEXT, False),
        ],
    )
    def test_parts(self, lines, body, kind, broken):
        found = facts(*lines, body=body)

        assert (found.body, found.mime_broken) == (kind, broken)

    def test_parts_within_parts(self):
        alternative = "Content-Type: multipart/alternative; boundary=c"
        inner = f"{alternative}\n\n--c\n{PLAIN}\n--c\n{PAGE}\n--c--\n"

        found = facts(MIME, "Content-Type: multipart/mixed; boundary=b", body=multipart(inner))

        assert (found.body, found.mime_broken) == (Body.BOTH, False)

    def test_a_mail_of_nothing_but_parts_ends(self):
        nested = "".join(
            f'Content-Type: multipart/mixed; boundary="x{level}"\n\n--x{level}\n' for level in range(100)
        )

        assert facts(MIME, headers=f"From: a@shop.example\n{nested}").mime_broken
        assert facts(MIME, ALTERNATIVE, body="\n--b" * 100_000).mime_broken

    @pytest.mark.parametrize(
        ("content_type", "body", "charset"),
        [
            ("text/plain", b"hello", Charset.FINE),
            ("text/plain", "店".encode(), Charset.MISSING),
            ("text/plain", "店".encode("iso2022_jp"), Charset.MISSING),
            ("text/plain; charset=us-ascii", "店".encode(), Charset.WRONG),
            ("text/plain; charset=UTF-8", "店".encode(), Charset.FINE),
            ("text/plain; charset=utf-8", "店".encode("cp932"), Charset.WRONG),
            ("text/plain; charset=Shift_JIS", "店①髙".encode("cp932"), Charset.FINE),
            ("text/plain; charset=ISO-2022-JP", "店".encode("iso2022_jp"), Charset.FINE),
            ("text/plain; charset=ISO-2022-JP", b"\x1b$B-!\x1b(I1\x1b(B", Charset.FINE),
            ("text/plain; charset=ISO-2022-JP", "店".encode(), Charset.WRONG),
            ("text/plain; charset=euc-jp", "店".encode("euc_jp"), Charset.FINE),
            ("text/plain; charset=no-such", b"hello", Charset.WRONG),
            ("text/plain; charset=unicode_escape", b"\\q", Charset.WRONG),
            ("text/plain; charset=zlib", b"hello", Charset.WRONG),
            ('text/html; charset="utf-8"', "店".encode(), Charset.FINE),
        ],
    )
    def test_charsets(self, content_type, body, charset):
        lines = (MIME, f"Content-Type: {content_type}", "Content-Transfer-Encoding: 8bit")

        found = facts(*lines, body=body)

        assert found.charset is charset
        assert not found.mime_broken

    def test_windows_characters_in_iso_2022_jp(self):
        assert decode_text(b"\x1b$B-!F|\x1b(I1\x1b(BA", "iso-2022-jp") == ("①日ｱA", True)
        assert decode_text(b"\x1b$B\x7f\x7f", "iso-2022-jp")[1] is False
        assert decode_text(b"\x1b$B-!\nA", "iso-2022-jp") == ("①\nA", True)
        assert decode_text(b"\x1b$B-!!", "iso-2022-jp")[1] is False

    def test_eight_bits_need_their_encoding(self):
        assert facts(MIME, "Content-Type: text/plain; charset=utf-8", body="店").mime_broken


class TestText:
    @pytest.mark.parametrize(
        "text",
        [
            *("03-1234-5678", "(03)1234-5678", "03(1234)5678", "03 1234 5678", "０３－１２３４－５６７８"),
            *(
                "0120-123-456",
                "0120-12-3456",
                "0570-012-345",
                "090-1234-5678",
                "050-1234-5678",
                "+81-3-1234-5678",
            ),
            *(
                "+81 90 1234 5678",
                "TEL:0312345678",
                "電話番号 ０９０１２３４５６７８",
                "03ー1234ー5678",
                "Tel +81312345678",
            ),
            *("0467-12-3456", "04998-2-1234"),
        ],
    )
    def test_telephone_numbers(self, text):
        assert has_phone(plain(f"お問い合わせ: {text}。"))

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "",
                "2026-11-22",
                "〒060-0001",
                "注文番号 0123-4567-8901",
                "250-1234567-1234567",
                "0-1-2",
                "10:00-17:00",
            ),
            *("03-1234-567", "1003-1234-5678", "0312345678", "電話ください 100"),
        ],
    )
    def test_other_numbers(self, text):
        assert not has_phone(plain(text))

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "営業時間 平日",
                "受付時間：9時から",
                "10:00～17:00",
                "１０：００〜１７：００",
                "平日10時～17時",
                "10:00-17:00",
            ),
            *(
                "9時30分から18時まで",
                "Business hours: 9 to 5",
                "定休日 水曜",
                "配達は明日です\n\nお店\n10:00～17:00",
            ),
        ],
    )
    def test_business_hours(self, text):
        assert has_hours(plain(text))

    @pytest.mark.parametrize(
        "text", ["", "お届け時間帯: 14:00～16:00", "配達希望\n\n14:00～16:00", "10:00", "1時間から2"]
    )
    def test_other_times(self, text):
        assert not has_hours(plain(text))

    @pytest.mark.parametrize(
        "text",
        [
            "迷惑メールフォルダをご確認ください",
            "迷惑フォルダー",
            "ゴミ箱",
            "your junk folder",
            "Spam-Folder",
            "ｓｐａｍ ｆｏｌｄｅｒ",
        ],
    )
    def test_the_junk_folder(self, text):
        assert mentions_junk_folder(plain(text))

    def test_no_junk_folder(self):
        assert not mentions_junk_folder("ご迷惑をおかけします spam")

    @pytest.mark.parametrize(
        ("text", "hosts"),
        [
            ("https://Shop.example/a?b", ("shop.example",)),
            ("こちらhttps://shop.exampleから", ("shop.example",)),
            ("https://shop.example. https://shop.example:8080/", ("shop.example",)),
            ("http://user@bit.ly/x www.shop.example", ("bit.ly", "www.shop.example")),
            ("a@www.shop.example shop.example http:// //x", ()),
        ],
    )
    def test_links_in_text(self, text, hosts):
        assert link_hosts([text], []) == hosts

    def test_links_in_pages(self):
        page = (
            '<html xmlns="http://www.w3.org/1999/xhtml"><style>url(http://no.example)</style>'
            "<!-- http://no.example -->"
            '<a HREF="https&#58;//a.example/">x</a><img src=http://b.example/i.png>http://c.example<br>'
        )

        assert link_hosts([], [page]) == ("c.example", "a.example", "b.example")

    @pytest.mark.parametrize(
        ("page", "text"),
        [
            ("<p>a</p><p>b&amp;c</p>", "\na\n\nb&c\n"),
            ("a<script>x</script >b<!-- c -->d<title>t</title>", "abd"),
            ("03<b>-1234-</b>5678", "03-1234-5678"),
            ("a<style>never closed", "a"),
            ("a < b <", "a < b <"),
        ],
    )
    def test_what_is_seen_of_pages(self, page, text):
        assert visible_text(page) == text
