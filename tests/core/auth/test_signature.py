"""DKIM signatures and what receivers make of them (RFC 6376 sections 3.5 and 6.1, RFC 8301)."""

import pytest

from deliv.core.auth.dkim import KeyStatus
from deliv.core.auth.signature import (
    MOST_SIGNATURES,
    DkimSignature,
    SignatureProblem,
    SignatureVerdict,
    Verification,
    parse_signature,
    read_signature,
    verify_signatures,
)
from deliv.core.errors import DkimSyntaxError
from tests.sources.signing import ed25519_key, rsa_key
from tests.zone import TEMPERROR, ask

NOW = 1_800_000_000
FULL = (
    "v=1; a=rsa-sha256; c=relaxed/simple; d=Shop.Example; i=@mail.shop.example; l=12;\r\n q=dns/txt; s=S1;"
    " t=1790000000; x=1900000000; h=From : to:Subject :from; bh=AAAA; b=AA\r\n AA"
)


def signature(**tags: str | None) -> str:
    known = {
        "v": "1",
        "a": "rsa-sha256",
        "d": "shop.example",
        "s": "s1",
        "h": "from",
        "bh": "AAAA",
        "b": "AAAA",
    }
    return "; ".join(f"{name}={value}" for name, value in {**known, **tags}.items() if value is not None)


class Mail:
    """A mail whose arithmetic is decided by the test."""

    def __init__(self, *texts: str, outcome: Verification = Verification.VALID) -> None:
        self.signatures = tuple(read_signature(text) for text in texts)
        self.outcome = outcome
        self.verified: list[tuple[int, str]] = []

    def verify(self, index: int, key_text: str) -> Verification:
        self.verified.append((index, key_text))
        return self.outcome


def zone(text: str, name: str = "s1._domainkey.shop.example") -> dict:
    return {name: {"TXT": [text]}}


class TestHeader:
    def test_all_tags(self):
        found = parse_signature(FULL)

        assert found == DkimSignature(
            domain="shop.example",
            selector="s1",
            algorithm="rsa-sha256",
            identity="@mail.shop.example",
            headers=("from", "to", "subject", "from"),
            body_length=12,
            expires=1_900_000_000,
            signed_at=1_790_000_000,
        )
        assert found.signs_from
        assert found.key_name == "s1._domainkey.shop.example"

    def test_the_least(self):
        found = parse_signature(signature())

        assert (found.identity, found.body_length, found.expires, found.signed_at) == (
            "@shop.example",
            None,
            None,
            None,
        )

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("", "there is no v="),
            *(
                (signature(**{name: None}), f"there is no {name}=")
                for name in ("v", "a", "b", "bh", "d", "h", "s")
            ),
            (signature(v="2"), "v= must say 1"),
            (signature(b="ä"), "b= is not valid base64"),
            (signature(bh=""), "bh= is not valid base64"),
            (signature(d="日本.jp"), "d= is not a name that the DNS can be asked for"),
            (signature(d="a..b"), "d= is not a name that the DNS can be asked for"),
            (signature(s="a b"), "s= is not a name that the DNS can be asked for"),
            (signature(d=".".join(["a" * 60] * 4)), "d= is not a name that the DNS can be asked for"),
            (signature(x="soon"), "x= is not a number"),
            (signature(t="-1"), "t= is not a number"),
            (signature(l="٣"), "l= is not a number"),
            (signature(h=":".join(["to"] * 600)), "h= names more than 500 header fields"),
            (signature() + "; d=x", "d= stands there more than once"),
            (signature(z="x" * 20_000), "it is longer than 16384 characters"),
        ],
    )
    def test_these_cannot_be_read(self, text, complaint):
        with pytest.raises(DkimSyntaxError) as refusal:
            parse_signature(text)

        assert str(refusal.value) == complaint
        assert str(read_signature(text).error) == complaint


class TestVerdict:
    """Section 6.1, in the words of RFC 8601 section 2.7.1."""

    def test_a_good_one_passes(self):
        mail = Mail(signature())
        key = rsa_key()

        (found,) = ask(verify_signatures(mail, now=NOW), zone(key.record))

        assert found.passes
        assert (found.verdict, found.problem) == (SignatureVerdict.PASS, None)
        assert found.key is not None
        assert found.key.status is KeyStatus.USABLE
        assert not found.is_testing
        assert mail.verified == [(0, key.record.removeprefix("v=DKIM1; "))]
        assert found.evidence == (f"s1._domainkey.shop.example TXT: {key.record}",)

    @pytest.mark.parametrize(
        ("outcome", "verdict", "problem"),
        [
            (Verification.BODY_HASH_CHANGED, SignatureVerdict.FAIL, SignatureProblem.BODY_HASH_CHANGED),
            (Verification.SIGNATURE_WRONG, SignatureVerdict.FAIL, SignatureProblem.SIGNATURE_WRONG),
            (Verification.UNSUPPORTED, SignatureVerdict.NEUTRAL, SignatureProblem.UNSUPPORTED),
        ],
    )
    def test_what_the_arithmetic_says(self, outcome, verdict, problem):
        (found,) = ask(verify_signatures(Mail(signature(), outcome=outcome), now=NOW), zone(rsa_key().record))

        assert (found.verdict, found.problem) == (verdict, problem)

    @pytest.mark.parametrize(
        ("tags", "verdict", "problem"),
        [
            ({"a": "rsa-sha1"}, SignatureVerdict.PERMERROR, SignatureProblem.SHA1),
            ({"a": "rsa-md5"}, SignatureVerdict.NEUTRAL, SignatureProblem.UNSUPPORTED),
            ({"h": "to:subject"}, SignatureVerdict.PERMERROR, SignatureProblem.FROM_NOT_SIGNED),
            ({"x": str(NOW - 1)}, SignatureVerdict.PERMERROR, SignatureProblem.EXPIRED),
            ({"i": "@other.example"}, SignatureVerdict.PERMERROR, SignatureProblem.IDENTITY_OUTSIDE),
            ({"i": "@notshop.example"}, SignatureVerdict.PERMERROR, SignatureProblem.IDENTITY_OUTSIDE),
            ({"i": "shop.example"}, SignatureVerdict.PERMERROR, SignatureProblem.IDENTITY_OUTSIDE),
            ({"bh": None}, SignatureVerdict.NEUTRAL, SignatureProblem.MALFORMED),
        ],
    )
    def test_these_are_refused_whatever_the_key_is(self, tags, verdict, problem):
        mail, calls = Mail(signature(**tags)), []

        (found,) = ask(verify_signatures(mail, now=NOW), zone(rsa_key().record), calls)

        assert (found.verdict, found.problem, found.key) == (verdict, problem, None)
        assert (calls, mail.verified) == ([], [])

    @pytest.mark.parametrize(
        "tags", [{"x": str(NOW)}, {"i": "info@mail.Shop.example"}, {"i": "a@b@shop.example"}]
    )
    def test_these_are_not(self, tags):
        (found,) = ask(verify_signatures(Mail(signature(**tags)), now=NOW), zone(rsa_key().record))

        assert found.passes

    @pytest.mark.parametrize(
        ("make", "verdict", "problem"),
        [
            (lambda: "v=DKIM1; p=", SignatureVerdict.PERMERROR, SignatureProblem.KEY_REVOKED),
            (lambda: "v=DKIM1; p=!", SignatureVerdict.PERMERROR, SignatureProblem.KEY_MALFORMED),
            (lambda: "hello", SignatureVerdict.PERMERROR, SignatureProblem.KEY_MISSING),
            (lambda: rsa_key(512).record, SignatureVerdict.POLICY, SignatureProblem.KEY_WEAK),
            (lambda: ed25519_key().record, SignatureVerdict.PERMERROR, SignatureProblem.KEY_WRONG_TYPE),
            (
                lambda: f"{rsa_key().record}; h=sha1",
                SignatureVerdict.PERMERROR,
                SignatureProblem.KEY_SHA1_ONLY,
            ),
            (
                lambda: f"{rsa_key().record}; s=web",
                SignatureVerdict.PERMERROR,
                SignatureProblem.KEY_NOT_FOR_MAIL,
            ),
        ],
    )
    def test_an_unusable_key_is_never_tried(self, make, verdict, problem):
        mail = Mail(signature())

        (found,) = ask(verify_signatures(mail, now=NOW), zone(make()))

        assert (found.verdict, found.problem) == (verdict, problem)
        assert mail.verified == []

    def test_several_keys(self):
        records = {"s1._domainkey.shop.example": {"TXT": [rsa_key().record, rsa_key(1024).record]}}

        (found,) = ask(verify_signatures(Mail(signature()), now=NOW), records)

        assert (found.verdict, found.problem) == (SignatureVerdict.PERMERROR, SignatureProblem.KEY_SEVERAL)

    def test_no_answer_is_a_temperror_and_no_fail(self):
        (found,) = ask(
            verify_signatures(Mail(signature()), now=NOW), {"s1._domainkey.shop.example": TEMPERROR}
        )

        assert (found.verdict, found.problem) == (SignatureVerdict.TEMPERROR, SignatureProblem.KEY_TEMPERROR)

    def test_a_strict_key_wants_the_domain_itself(self):
        mail = Mail(signature(i="@mail.shop.example"))

        (found,) = ask(verify_signatures(mail, now=NOW), zone(f"{rsa_key().record}; t=s"))

        assert found.problem is SignatureProblem.IDENTITY_OUTSIDE

    def test_a_testing_key_is_noted(self):
        (found,) = ask(verify_signatures(Mail(signature()), now=NOW), zone(f"{rsa_key().record}; t=y"))

        assert found.passes
        assert found.is_testing

    def test_each_signature_is_judged_and_each_key_asked_once(self):
        mail, calls = Mail(signature(), signature(s="s2"), signature()), []

        found = ask(verify_signatures(mail, now=NOW), zone(rsa_key().record), calls)

        assert [one.verdict for one in found] == [
            SignatureVerdict.PASS,
            SignatureVerdict.PERMERROR,
            SignatureVerdict.PASS,
        ]
        assert len(calls) == 2
        assert [index for index, _ in mail.verified] == [0, 2]

    def test_of_very_many_only_the_first_are_looked_at(self):
        mail, calls = Mail(*(signature(s=f"s{number}") for number in range(50))), []

        found = ask(verify_signatures(mail, now=NOW), {}, calls)

        assert len(found) == len(calls) == MOST_SIGNATURES

    def test_every_fault_of_a_key_has_its_word(self):
        for status in KeyStatus:
            assert status is KeyStatus.USABLE or SignatureProblem(f"key_{status}")
