"""DKIM key records and how they are found (RFC 6376 section 3.6, RFC 8301, RFC 8463)."""

import base64

import pytest

from deliv.core.auth.dkim import KeyStatus, discover_key, is_dkim_key, key_name, parse_dkim_key
from deliv.core.auth.rsakey import rsa_bits
from deliv.core.errors import DkimSyntaxError, RecordSyntaxError
from tests.sources.signing import ed25519_key, rsa_key
from tests.zone import TEMPERROR, ask

# The keys of the examples in RFC 6376 (appendix C) and RFC 8463 (appendix A.2).
RSA_1024 = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkM"
    "oGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/R"
    "tdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToI"
    "MmPSPDdQPNUYckcQ2QIDAQAB"
)
ED25519 = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def der(tag: int, *contents: bytes) -> bytes:
    content = b"".join(contents)
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    length = bytes([size]) if size < 0x80 else bytes([0x80 | len(octets)]) + octets
    return bytes([tag]) + length + content


def public_key(bits: int, exponent: int = 65537) -> bytes:
    modulus = (1 << (bits - 1)) + 1
    numbers = (number.to_bytes(number.bit_length() // 8 + 1, "big") for number in (modulus, exponent))
    return der(0x30, *(der(0x02, number) for number in numbers))


def record(data: bytes, tags: str = "") -> str:
    return f"v=DKIM1; {tags}p={base64.b64encode(data).decode()}"


class TestRecord:
    def test_the_example_of_rfc_6376(self):
        key = parse_dkim_key(f"v=DKIM1; p={RSA_1024}")

        assert (key.key_type, key.bits, key.flags) == ("rsa", 1024, ())
        assert key.is_usable
        assert key.is_short
        assert not key.is_weak

    def test_the_example_of_rfc_8463(self):
        key = parse_dkim_key(f"v=DKIM1; k=ed25519; p={ED25519}")

        assert (key.key_type, key.bits) == ("ed25519", 256)
        assert key.is_usable
        assert not key.is_short

    @pytest.mark.parametrize("bits", [1024, 2048])
    def test_keys_as_openssl_makes_them(self, bits):
        assert parse_dkim_key(rsa_key(bits).record).bits == bits

    def test_a_bare_key_as_openssl_makes_it(self):
        assert parse_dkim_key(rsa_key(2048, bare=True).record).bits == 2048

    @pytest.mark.parametrize(
        ("bits", "weak", "short"),
        [
            (512, True, True),
            (1023, True, True),
            (1024, False, True),
            (2047, False, True),
            (2048, False, False),
        ],
    )
    def test_the_limits_of_rfc_8301(self, bits, weak, short):
        key = parse_dkim_key(record(public_key(bits)))

        assert (key.bits, key.is_weak, key.is_short) == (bits, weak, short)
        assert key.is_usable is not weak

    def test_an_empty_p_withdraws_the_key(self):
        key = parse_dkim_key("v=DKIM1; k=rsa; p=")

        assert key.is_revoked
        assert key.bits == 0
        assert not key.is_usable
        assert not key.is_weak

    @pytest.mark.parametrize(
        "text",
        [
            f"p={RSA_1024}",
            f"k=rsa; p={RSA_1024};",
            f"v=DKIM1;p={RSA_1024};;n=note",
            f" v = DKIM1 ; k = RSA ; p = {RSA_1024[:40]} {RSA_1024[40:80]}\r\n\t{RSA_1024[80:]} ",
            f"v=DKIM1; g=*; x_new=yes; n=that was a note; p={RSA_1024}",
        ],
    )
    def test_these_are_keys_of_1024_bits(self, text):
        key = parse_dkim_key(text)

        assert key.bits == 1024
        assert key.is_usable
        assert parse_dkim_key(str(key)) == key

    @pytest.mark.parametrize(
        ("tags", "flags", "testing", "strict"),
        [
            ("", (), False, False),
            ("t=y; ", ("y",), True, False),
            ("t=s; ", ("s",), False, True),
            ("t= y : s :new; ", ("y", "s", "new"), True, True),
            ("t=; ", (), False, False),
        ],
    )
    def test_flags(self, tags, flags, testing, strict):
        key = parse_dkim_key(f"v=DKIM1; {tags}p={RSA_1024}")

        assert (key.flags, key.is_testing, key.is_strict) == (flags, testing, strict)

    @pytest.mark.parametrize(
        ("tags", "status"),
        [
            ("h=sha256; ", KeyStatus.USABLE),
            ("h=sha1:sha256; ", KeyStatus.USABLE),
            ("h=sha1; ", KeyStatus.SHA1_ONLY),
            ("s=*; ", KeyStatus.USABLE),
            ("s=email; ", KeyStatus.USABLE),
            ("s=tlsrpt:email; ", KeyStatus.USABLE),
            ("s=tlsrpt; ", KeyStatus.NOT_FOR_MAIL),
            ("k=dsa; ", KeyStatus.WRONG_TYPE),
        ],
    )
    def test_what_the_tags_allow(self, tags, status):
        key = parse_dkim_key(f"v=DKIM1; {tags}p={RSA_1024}")

        assert key.status is status
        assert key.is_usable is (status is KeyStatus.USABLE)

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("", "there is no p= with the key"),
            ("v=DKIM1; k=rsa", "there is no p= with the key"),
            (f"v=DKIM1; P={RSA_1024}", "there is no p= with the key"),
            (f"v=DKIM2; p={RSA_1024}", "v= must stand first and say DKIM1"),
            (f"v=dkim1; p={RSA_1024}", "v= must stand first and say DKIM1"),
            (f"k=rsa; v=DKIM1; p={RSA_1024}", "v= must stand first and say DKIM1"),
            (f"v=DKIM1\\; k=rsa\\; p={RSA_1024}", "v= must stand first and say DKIM1"),
            (f"v=DKIM1; p={RSA_1024}; p=", "p= stands there more than once"),
            (f"v=DKIM1; oops; p={RSA_1024}", "“oops” is not of the form tag=value"),
            (RSA_1024, f"“{RSA_1024[:80]}” is not of the form tag=value"),
            (f"v=DKIM1; p={RSA_1024[:-1]}", "p= is not valid base64"),
            (f"v=DKIM1; p={RSA_1024[:50]}-{RSA_1024[51:]}", "p= is not valid base64"),
            ("v=DKIM1; p=日本", "p= is not valid base64"),
            (
                f"v=DKIM1; p={RSA_1024[:100]}",
                "p= holds no whole key; perhaps a part was lost when it was copied",
            ),
            ("v=DKIM1; k=ed25519; p=AAAA", "an Ed25519 key has 32 bytes, and this one has 3"),
            (
                record(public_key(20_000)),
                "the key is 20000 bits long, and receivers take no more than 4096 for certain",
            ),
            (record(public_key(1024, 4)), "the RSA key in p= has an exponent that no receiver takes"),
            (
                record(public_key(1024, (1 << 80) + 1)),
                "the RSA key in p= has an exponent that no receiver takes",
            ),
        ],
    )
    def test_these_are_no_keys(self, text, complaint):
        with pytest.raises(DkimSyntaxError) as refusal:
            parse_dkim_key(text)

        assert str(refusal.value) == complaint
        assert isinstance(refusal.value, RecordSyntaxError)


class TestDer:
    ALGORITHM = der(0x30, bytes.fromhex("06092a864886f70d010101"), b"\x05\x00")

    @pytest.mark.parametrize("parameters", [b"", b"\x05\x00"])
    def test_both_forms(self, parameters):
        algorithm = der(0x30, bytes.fromhex("06092a864886f70d010101"), parameters)

        assert rsa_bits(der(0x30, algorithm, der(0x03, b"\0", public_key(2048)))) == 2048
        assert rsa_bits(public_key(2048)) == 2048

    def test_a_key_of_another_sort(self):
        algorithm = der(0x30, bytes.fromhex("06072a8648ce3d0201"))

        with pytest.raises(DkimSyntaxError, match="not for RSA"):
            rsa_bits(der(0x30, algorithm, der(0x03, b"\0", bytes(65))))

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\x30",
            b"\x30\x80",
            b"\x30\x82\x01",
            public_key(1024) + b"\0",
            public_key(1024)[:-1],
            der(0x31, public_key(1024)[4:]),
            der(0x30, der(0x02, b"\x00\x01"), der(0x02, b"\x03")),
            der(0x30, der(0x02, b"\x81"), der(0x02, b"\x03")),
            der(0x30, der(0x02), der(0x02, b"\x03")),
            b"\x30\x81\x06" + der(0x02, b"\x7f") + der(0x02, b"\x03"),
            der(0x30, ALGORITHM, der(0x03, b"\1", public_key(1024))),
            der(0x30, ALGORITHM, der(0x03)),
        ],
    )
    def test_broken_data(self, data):
        with pytest.raises(DkimSyntaxError):
            rsa_bits(data)


class TestDiscovery:
    NAME = "s1._domainkey.shop.example"

    @pytest.mark.parametrize(
        ("texts", "status"),
        [
            ([f"v=DKIM1; p={RSA_1024}"], KeyStatus.USABLE),
            ([f"p={RSA_1024}"], KeyStatus.USABLE),
            (["v=DKIM1; p="], KeyStatus.REVOKED),
            (["v=DKIM1; k=dsa; p=AAAA"], KeyStatus.WRONG_TYPE),
            ([record(public_key(768))], KeyStatus.WEAK),
            ([f"v=DKIM1; h=sha1; p={RSA_1024}"], KeyStatus.SHA1_ONLY),
            ([f"v=DKIM1; s=other; p={RSA_1024}"], KeyStatus.NOT_FOR_MAIL),
            (["v=DKIM1; k=rsa"], KeyStatus.MALFORMED),
            (["v=DKIM1; p=!"], KeyStatus.MALFORMED),
            ([RSA_1024], KeyStatus.MALFORMED),
            ([f'"v=DKIM1; p={RSA_1024}"'], KeyStatus.MALFORMED),
            ([f"v=DKIM1; p={RSA_1024}", "v=DKIM1; p="], KeyStatus.SEVERAL),
            (["v=spf1 -all", "v=DMARC1; p=none", "hello", f"v=DKIM1; p={RSA_1024}"], KeyStatus.USABLE),
            (["v=spf1 -all", "v=DMARC1; p=none", "google-site-verification=x"], KeyStatus.MISSING),
            ([], KeyStatus.MISSING),
        ],
    )
    def test_what_the_texts_are(self, texts, status):
        found = ask(discover_key("s1", "shop.example"), {self.NAME: {"TXT": texts}})

        assert found.status is status
        assert (found.selector, found.domain, found.name) == ("s1", "shop.example", self.NAME)
        assert (found.key is None) is (status in (KeyStatus.MALFORMED, KeyStatus.SEVERAL, KeyStatus.MISSING))
        assert (found.error is not None) is (status is KeyStatus.MALFORMED)

    def test_one_question(self):
        calls: list[str] = []

        found = ask(discover_key("S1", "shop.example"), {}, calls)

        assert calls == [f"{self.NAME} TXT"]
        assert found.evidence == (f"{self.NAME} TXT: NXDOMAIN",)
        assert found.status is KeyStatus.MISSING

    def test_no_answer_is_not_a_missing_key(self):
        assert ask(discover_key("s1", "shop.example"), {self.NAME: TEMPERROR}).status is KeyStatus.TEMPERROR

    def test_an_alias_that_leads_nowhere(self):
        calls: list[str] = []
        zone = {self.NAME: {"CNAME": ["S1.Mailer.example."]}}

        found = ask(discover_key("s1", "shop.example", explain=True), zone, calls)

        assert calls == [f"{self.NAME} TXT", f"{self.NAME} CNAME"]
        assert (found.status, found.alias) == (KeyStatus.DANGLING_ALIAS, "s1.mailer.example")
        assert len(found.evidence) == 2

    @pytest.mark.parametrize("zone", [{}, {NAME: {"CNAME": TEMPERROR}}])
    def test_without_an_alias_the_key_is_missing(self, zone):
        found = ask(discover_key("s1", "shop.example", explain=True), zone)

        assert (found.status, found.alias) == (KeyStatus.MISSING, "")

    def test_an_alias_is_asked_only_where_there_is_no_key(self):
        calls: list[str] = []

        ask(discover_key("s1", "shop.example", explain=True), {self.NAME: {"TXT": ["v=DKIM1; p="]}}, calls)

        assert calls == [f"{self.NAME} TXT"]

    def test_names(self):
        assert key_name("S1.a", "Shop.Example") == "s1.a._domainkey.shop.example"
        assert is_dkim_key(ed25519_key().record)
