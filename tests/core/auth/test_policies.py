"""MTA-STS (RFC 8461), TLS-RPT (RFC 8460) and BIMI records; nothing behind them is fetched."""

import pytest

from deliv.core.auth.policies import TEMPLATES, PolicyKind, RecordState, discover_policies
from tests.zone import TEMPERROR, ask

NAMES = {
    PolicyKind.MTA_STS: "_mta-sts.shop.example",
    PolicyKind.TLS_RPT: "_smtp._tls.shop.example",
    PolicyKind.BIMI: "default._bimi.shop.example",
}
FOUND, MISSING, INVALID, SEVERAL = (
    RecordState.FOUND,
    RecordState.MISSING,
    RecordState.INVALID,
    RecordState.SEVERAL,
)


def read(kind, *texts):
    records = ask(discover_policies("shop.example"), {NAMES[kind]: {"TXT": texts}})
    return next(record for record in records if record.kind is kind)


def test_each_is_asked_for_at_its_name():
    calls: list[str] = []

    records = ask(discover_policies("shop.example"), {}, calls)

    assert [record.kind for record in records] == list(PolicyKind)
    assert [record.name for record in records] == list(NAMES.values())
    assert calls == [f"{name} TXT" for name in NAMES.values()]
    assert [record.evidence for record in records] == [(f"{name} TXT: NXDOMAIN",) for name in NAMES.values()]
    assert {record.state for record in records} == {MISSING}


@pytest.mark.parametrize("kind", PolicyKind)
def test_what_was_not_answered_is_not_missing(kind):
    records = ask(discover_policies("shop.example"), {NAMES[kind]: TEMPERROR})

    assert {record.kind for record in records if record.state is RecordState.TEMPERROR} == {kind}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (PolicyKind.MTA_STS, "v=STSv1; id=20261101000000Z;"),
        (PolicyKind.MTA_STS, "v=STSv1;id=1"),
        (PolicyKind.MTA_STS, "v=STSv1 ; id=a1 ; ext=x"),
        (PolicyKind.TLS_RPT, "v=TLSRPTv1; rua=mailto:tls@shop.example"),
        (PolicyKind.TLS_RPT, "v=TLSRPTv1;rua=https://r.example/v1 , mailto:tls@shop.example;"),
        (PolicyKind.BIMI, "v=BIMI1; l=https://shop.example/logo.svg"),
        (PolicyKind.BIMI, "v=BIMI1; l=https://shop.example/logo.SVGZ?v=2; a=https://shop.example/vmc.pem;"),
        (PolicyKind.BIMI, "v=BIMI1; l=; a=;"),
        (PolicyKind.BIMI, "v=BIMI1; l="),
    ],
)
def test_these_are_right(kind, text):
    record = read(kind, text, "v=spf1 -all")

    assert (record.state, record.text, record.problem) == (FOUND, text, "")


@pytest.mark.parametrize(
    ("kind", "text", "problem"),
    [
        (PolicyKind.MTA_STS, "v=STSv1", TEMPLATES["sts_id"]),
        (PolicyKind.MTA_STS, "v=STSv1;", TEMPLATES["sts_id"]),
        (PolicyKind.MTA_STS, "v=STSv1; id=", TEMPLATES["sts_id"]),
        (PolicyKind.MTA_STS, "v=STSv1; id=2026-11-01", TEMPLATES["sts_id"]),
        (PolicyKind.MTA_STS, f"v=STSv1; id={'1' * 33}", TEMPLATES["sts_id"]),
        (PolicyKind.MTA_STS, "v=STSv1; id=1; id=2", TEMPLATES["twice"]),
        (PolicyKind.MTA_STS, "v=STSv1; 20261101", TEMPLATES["no_list"]),
        (PolicyKind.MTA_STS, "v=STSv2; id=1", TEMPLATES["no_version"]),
        (PolicyKind.MTA_STS, "V=stsv1; id=1", TEMPLATES["no_version"]),
        (PolicyKind.MTA_STS, " v=STSv1; id=1", TEMPLATES["no_version"]),
        (PolicyKind.TLS_RPT, "v=TLSRPTv1", TEMPLATES["rpt_rua"]),
        (PolicyKind.TLS_RPT, "v=TLSRPTv1; rua=tls@shop.example", TEMPLATES["rpt_rua"]),
        (PolicyKind.TLS_RPT, "v=TLSRPTv1; rua=mailto:tls", TEMPLATES["rpt_rua"]),
        (PolicyKind.TLS_RPT, "v=TLSRPTv1; rua=mailto:a@shop.example,", TEMPLATES["rpt_rua"]),
        (PolicyKind.TLS_RPT, "v=TLSRPTv1; rua=http://shop.example/", TEMPLATES["rpt_rua"]),
        (PolicyKind.TLS_RPT, "v=TLSRPT1; rua=mailto:a@shop.example", TEMPLATES["no_version"]),
        (PolicyKind.BIMI, "v=BIMI1", TEMPLATES["bimi_logo"]),
        (PolicyKind.BIMI, "v=BIMI1; l=; a=https://shop.example/vmc.pem", TEMPLATES["bimi_logo"]),
        (PolicyKind.BIMI, "v=BIMI1; l=http://shop.example/logo.svg", TEMPLATES["bimi_logo_https"]),
        (PolicyKind.BIMI, "v=BIMI1; l=https:///logo.svg", TEMPLATES["bimi_logo_https"]),
        (PolicyKind.BIMI, "v=BIMI1; l=https://shop.example/logo.png", TEMPLATES["bimi_logo_svg"]),
        (PolicyKind.BIMI, "v=BIMI1; l=https://shop.example/a.svg; a=vmc.pem", TEMPLATES["bimi_certificate"]),
        (PolicyKind.BIMI, "v=bimi1; l=https://shop.example/logo.svg", TEMPLATES["no_version"]),
    ],
)
def test_these_are_wrong(kind, text, problem):
    record = read(kind, text)

    assert (record.state, record.text, record.problem) == (INVALID, text, problem)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (PolicyKind.MTA_STS, "v=STSv1; id=1"),
        (PolicyKind.TLS_RPT, "v=TLSRPTv1; rua=mailto:a@shop.example"),
        (PolicyKind.BIMI, "v=BIMI1; l="),
    ],
)
def test_several_count_as_none(kind, text):
    record = read(kind, text, text)

    assert (record.state, record.text) == (SEVERAL, f"{text} | {text}")


@pytest.mark.parametrize("kind", PolicyKind)
def test_what_a_wildcard_says_is_not_a_faulty_record(kind):
    assert read(kind, "v=spf1 -all", "hello").state is MISSING


ABOVE = {"default._bimi.shop.example": {"TXT": ["v=BIMI1; l=https://shop.example/logo.svg"]}}


class TestBimiOfTheOrganization:
    def bimi(self, zone, calls=None):
        asking = discover_policies("mail.shop.example", organizational_domain="shop.example")
        return ask(asking, zone, calls)[2]

    def test_it_holds_where_the_domain_has_none(self):
        record = self.bimi(ABOVE)

        assert (record.name, record.state) == ("default._bimi.shop.example", FOUND)
        assert len(record.evidence) == 2

    @pytest.mark.parametrize("own", [{"TXT": ["v=BIMI1; l="]}, {"TXT": ["v=BIMI1; l=x"]}, TEMPERROR])
    def test_it_does_not_replace_one_that_is_there_or_may_be(self, own):
        calls: list[str] = []

        record = self.bimi(ABOVE | {"default._bimi.mail.shop.example": own}, calls)

        assert record.name == "default._bimi.mail.shop.example"
        assert "default._bimi.shop.example TXT" not in calls
