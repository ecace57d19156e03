"""Where DMARC reports go (RFC 9990 section 4), and the tags that RFC 9989 removed."""

import pytest

from deliv.core.auth.dmarc import OBSOLETE_TAGS, parse_dmarc
from deliv.core.auth.dmarc_reports import (
    TEMPLATES,
    ReportStatus,
    discover_report_destinations,
    obsolete_tags,
)
from tests.zone import TEMPERROR, ask

SHOP = {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none"]}}
AGREEMENT = "shop.example._report._dmarc.reports.example"


def destinations(tags, zone=None, calls=None, domain="shop.example"):
    record = parse_dmarc(f"v=DMARC1; p=none; {tags}")
    return ask(discover_report_destinations(domain, record), SHOP | (zone or {}), calls)


def status(tags, zone=None):
    (destination,) = destinations(tags, zone)
    return destination.status


class TestOwn:
    def test_the_domain_itself_needs_no_question(self):
        calls: list[str] = []

        (found,) = destinations("rua=mailto:dmarc@Shop.Example", calls=calls)

        assert (found.status, found.domain, found.tag) == (ReportStatus.OWN, "shop.example", "rua")
        assert (found.evidence, calls) == ((), [])

    def test_a_sub_domain_has_the_same_organizational_domain(self):
        assert status("ruf=mailto:d@mail.shop.example") is ReportStatus.OWN

    def test_the_parent_does_too(self):
        record = parse_dmarc("v=DMARC1; p=none; rua=mailto:d@shop.example")

        (found,) = ask(discover_report_destinations("mail.shop.example", record), SHOP)

        assert found.status is ReportStatus.OWN

    def test_an_organization_of_its_own_below_is_somebody_else(self):
        zone = {"_dmarc.branch.shop.example": {"TXT": ["v=DMARC1; p=none; psd=n"]}}

        assert status("rua=mailto:d@branch.shop.example", zone) is ReportStatus.UNAUTHORIZED


class TestExternal:
    @pytest.mark.parametrize(
        ("texts", "expected"),
        [
            pytest.param(["v=DMARC1"], ReportStatus.AUTHORIZED, id="the-version-is-enough"),
            pytest.param(["v=DMARC1;"], ReportStatus.AUTHORIZED, id="with-semicolon"),
            pytest.param(["hello", "v=DMARC1; x"], ReportStatus.AUTHORIZED, id="among-others"),
            pytest.param(["v=DMARC1; a=1; a=2"], ReportStatus.AUTHORIZED, id="whatever-follows"),
            pytest.param(["v=DMARC1"] * 2, ReportStatus.AUTHORIZED, id="twice"),
            pytest.param(
                ["v=DMARC1; rua=mailto:x@reports.example"], ReportStatus.AUTHORIZED, id="another-mailbox"
            ),
            pytest.param(
                ["v=DMARC1; ruf=mailto:x@elsewhere.example"],
                ReportStatus.AUTHORIZED,
                id="other-reports-elsewhere",
            ),
            pytest.param(
                ["v=DMARC1; rua=mailto:x@elsewhere.example"], ReportStatus.UNAUTHORIZED, id="led-elsewhere"
            ),
            pytest.param(["v=dmarc1"], ReportStatus.UNAUTHORIZED, id="another-version"),
            pytest.param([], ReportStatus.UNAUTHORIZED, id="no-record"),
        ],
    )
    def test_the_destination_must_agree(self, texts, expected):
        zone = {AGREEMENT: {"TXT": texts}} if texts else {}

        assert status("rua=mailto:d@reports.example", zone) is expected

    def test_it_agrees_for_the_domain_of_the_record(self):
        calls: list[str] = []

        (found,) = destinations("rua=mailto:d@reports.example", calls=calls)

        assert calls == ["_dmarc.shop.example TXT", "_dmarc.example TXT", f"{AGREEMENT} TXT"]
        assert found.evidence == (
            "_dmarc.shop.example TXT: v=DMARC1; p=none",
            "_dmarc.example TXT: NXDOMAIN",
            f"{AGREEMENT} TXT: NXDOMAIN",
        )

    @pytest.mark.parametrize("failing", [AGREEMENT, "_dmarc.shop.example", "_dmarc.example"])
    def test_what_was_not_answered_is_not_a_no(self, failing):
        assert status("rua=mailto:d@reports.example", {failing: TEMPERROR}) is ReportStatus.TEMPERROR

    def test_nor_is_the_walk_of_the_destination(self):
        zone = {"_dmarc.mail.shop.example": TEMPERROR}

        assert status("rua=mailto:d@mail.shop.example", zone) is ReportStatus.TEMPERROR

    def test_a_name_that_is_too_long_can_have_no_agreement(self):
        host = ".".join(["x" * 60] * 4)  # 243 characters

        assert status(f"rua=mailto:d@{host}") is ReportStatus.UNAUTHORIZED

    def test_the_walk_is_made_once(self):
        calls: list[str] = []

        found = destinations("rua=mailto:a@r1.test,mailto:b@r2.test; ruf=mailto:c@r3.test", calls=calls)

        assert [destination.domain for destination in found] == ["r1.test", "r2.test", "r3.test"]
        assert [destination.tag for destination in found] == ["rua", "rua", "ruf"]
        assert len(calls) == 2 + 3

    def test_only_the_first_ten_are_asked_about(self):
        uris = ",".join(f"mailto:d@r{n}.test" for n in range(12))
        calls: list[str] = []

        found = destinations(f"rua={uris}", calls=calls)

        assert [d.status for d in found] == [ReportStatus.UNAUTHORIZED] * 10 + [ReportStatus.NOT_CHECKED] * 2
        assert len(calls) == 2 + 10


class TestUris:
    @pytest.mark.parametrize(
        ("uri", "expected"),
        [
            pytest.param("https://reports.example/d", ReportStatus.NOT_CHECKED, id="not-by-mail"),
            pytest.param("dmarc@shop.example", ReportStatus.INVALID, id="mailto-is-missing"),
            pytest.param("mailto:dmarc", ReportStatus.INVALID, id="no-domain"),
            pytest.param("mailto:@shop.example", ReportStatus.INVALID, id="no-mailbox"),
            pytest.param("mailto:d@localhost", ReportStatus.INVALID, id="no-real-domain"),
            pytest.param("mailto:d@shop..example", ReportStatus.INVALID, id="no-domain-name"),
            pytest.param("mailto:d%40shop.example", ReportStatus.OWN, id="percent-encoded"),
            pytest.param("MailTo:d@shop.example?subject=x", ReportStatus.OWN, id="with-a-subject"),
        ],
    )
    def test_what_they_are(self, uri, expected):
        assert status(f"rua={uri}") is expected

    def test_the_obsolete_size_is_told_apart(self):
        (found,) = destinations("rua=mailto:d@shop.example!10m")

        assert (found.uri, found.obsolete_size) == ("mailto:d@shop.example", "!10m")
        assert found.status is ReportStatus.OWN

    def test_without_any_there_is_nothing_to_say(self):
        assert destinations("rua=; fo=1") == ()


class TestObsoleteTags:
    def test_each_has_a_sentence(self):
        assert set(TEMPLATES) == {*OBSOLETE_TAGS, "pct_without_effect"}

        for template in TEMPLATES.values():
            assert "{value}" in template

    def test_they_are_told_in_the_order_written(self):
        found = obsolete_tags(parse_dmarc("v=DMARC1; p=none; ri=3600; pct=50; fo=1; rf=afrf"))

        assert [(tag.name, tag.value) for tag in found] == [("ri", "3600"), ("pct", "50"), ("rf", "afrf")]
        assert "50 %" in found[1].template.format(value=found[1].value)

    @pytest.mark.parametrize(
        ("value", "matters"), [("0", True), ("99", True), ("100", False), ("x", False), ("", False)]
    )
    def test_a_share_matters_only_below_100(self, value, matters):
        (tag,) = obsolete_tags(parse_dmarc(f"v=DMARC1; p=reject; pct={value}"))

        assert (tag.template == TEMPLATES["pct"]) is matters
