"""DMARC aggregate reports: however they are packed, what they say is read; what is hostile is passed over."""

import base64
import gzip
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from deliv.core.auth.aggregate import CollectedReports, tally_reports
from deliv.core.errors import InputError
from deliv.sources.aggregatereports import read_reports
from deliv.sources.reportxml import NoReportError, read_report

DAY = 1_763_683_200  # 2025-11-21, midnight UTC
NAMESPACE = "urn:ietf:params:xml:ns:dmarc-2.0"


def record(
    count: int = 10,
    *,
    ip: str = "192.0.2.1",
    dkim: str = "pass",
    spf: str = "pass",
    disposition: str = "none",
    header_from: str = "shop.example",
    results: str = "",
) -> str:
    return f"""\
<record>
 <row><source_ip>{ip}</source_ip><count>{count}</count><policy_evaluated>
  <disposition>{disposition}</disposition><dkim>{dkim}</dkim><spf>{spf}</spf></policy_evaluated></row>
 <identifiers><header_from>{header_from}</header_from></identifiers>
 <auth_results>{results}</auth_results>
</record>"""


def xml(
    *records: str,
    name: str = "1",
    receiver: str = "google.example",
    domain: str = "shop.example",
    namespace: str = "",
    begin: object = DAY,
) -> bytes:
    """Return a report."""
    about = f' xmlns="{namespace}"' if namespace else ""
    return f"""\
<?xml version="1.0" encoding="UTF-8" ?>
<feedback{about}>
 <report_metadata><org_name>{receiver}</org_name><email>dmarc@{receiver}</email><report_id>{name}</report_id>
  <date_range><begin>{begin}</begin><end>{DAY + 86_399}</end></date_range></report_metadata>
 <policy_published><domain>{domain}</domain><adkim>r</adkim><aspf>r</aspf><p>none</p></policy_published>
 {"".join(records or (record(),))}
</feedback>""".encode()


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def mailed(content: bytes, kind: str) -> bytes:
    header = f"From: dmarc@google.example\nMIME-Version: 1.0\nContent-Type: {kind}; name=r\n"
    return f"{header}Content-Transfer-Encoding: base64\n\n".encode() + base64.encodebytes(content)


def put(folder: Path, **files: bytes) -> Path:
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    return folder


class TestXml:
    def test_a_report_is_read(self):
        results = (
            "<dkim><domain>Mailer.example</domain><selector>s1</selector><result>pass</result></dkim>"
            "<spf><domain>bounce.shop.example</domain><scope>mfrom</scope><result>softfail</result></spf>"
        )
        found = read_report(xml(record(3, dkim="fail", spf="fail", disposition="reject", results=results)))
        (row,) = found.rows

        assert (found.receiver, found.report_id, found.domain) == ("google.example", "1", "shop.example")
        assert (found.begin, found.end, found.policy) == (date(2025, 11, 21), date(2025, 11, 21), "none")
        assert (row.source_ip, row.count, row.disposition, row.passed) == ("192.0.2.1", 3, "reject", False)
        assert row.signed_by == (("mailer.example", "s1", "pass"),)
        assert row.spf_of == (("bounce.shop.example", "softfail"),)

    def test_the_namespace_of_the_newer_standard_changes_nothing(self):
        assert read_report(xml(namespace=NAMESPACE)) == read_report(xml())

    @pytest.mark.parametrize("count", ["", "-3", "1e9", "٣", "many"])
    def test_a_count_that_is_none_counts_nothing(self, count):
        (row,) = read_report(xml(record(count))).rows

        assert row.count == 0

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"no XML",
            b"<html></html>",
            b"<feedback></feedback>",
            xml(begin="yesterday"),
            xml(begin=10**30),
            xml()[:300],
            xml().replace(b"UTF-8", b"no-such-charset"),
            b'<!DOCTYPE f [<!ENTITY a "b">]>' + xml(),
            b'<?xml version="1.0"?><!DOCTYPE f SYSTEM "file:///etc/passwd"><feedback/>',
            b"<feedback>" + b"<a>" * 1000,
        ],
        ids=range(11),
    )
    def test_what_is_no_report_is_said_to_be_none(self, content):
        with pytest.raises(NoReportError):
            read_report(content)

    def test_entities_are_not_expanded(self):
        bomb = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 12))
        content = f'<!DOCTYPE f [<!ENTITY x0 "x">{bomb}]><feedback>&x11;</feedback>'

        with pytest.raises(NoReportError, match="outside"):
            read_report(content.encode())


class TestFiles:
    def test_everything_that_receivers_send_is_read(self, tmp_path):
        put(
            tmp_path,
            a_xml=xml(name="1"),
            b_xml_gz=gzip.compress(xml(name="2")),
            c_zip=zipped(r=xml(name="3")),
            d_eml=mailed(gzip.compress(xml(name="4")), "application/gzip"),
            e_eml=mailed(zipped(r=xml(name="5")), "application/zip"),
            f_eml=mailed(xml(name="6"), "text/xml"),
            g_txt=xml(name="7"),
        )
        found = read_reports([tmp_path, tmp_path / "g.txt"])

        assert sorted(report.report_id for report in found.reports) == ["1", "2", "3", "4", "5", "6", "7"]
        assert found.unreadable == ()

    def test_what_cannot_be_read_is_named_and_passed_over(self, tmp_path):
        put(
            tmp_path,
            a_xml=xml(),
            b_gz=gzip.compress(xml())[:50],
            c_zip=zipped(r=xml())[:80],
            d_eml=b"From: a@b.example\n\nHello",
            e_xml=b"",
        )
        found = read_reports([tmp_path])

        assert len(found.reports) == 1
        assert [Path(name).name for name in found.unreadable] == ["b.gz", "c.zip", "d.eml", "e.xml"]

    @pytest.mark.timeout(20)
    def test_a_bomb_does_not_go_off(self, tmp_path):
        nothing = b" " * 80_000_000
        put(tmp_path, a_xml=xml(), b_gz=gzip.compress(nothing), c_zip=zipped(r=nothing))

        assert len(read_reports([tmp_path]).unreadable) == 2

    def test_an_archive_that_holds_more_than_reports_is_named(self, tmp_path):
        found = read_reports([put(tmp_path, a_zip=zipped(r=xml(), notes=b"Hello"))])

        assert len(found.reports) == 1
        assert len(found.unreadable) == 1

    def test_an_archive_of_a_year_is_read(self, tmp_path):
        year = {f"r{day}": xml(name=str(day)) for day in range(365)}

        assert len(read_reports([put(tmp_path, a_zip=zipped(**year))]).reports) == 365

    def test_no_report_at_all_is_an_error(self, tmp_path):
        with pytest.raises(InputError, match="there is no DMARC report"):
            read_reports([put(tmp_path, a_xml=b"<html/>")])

    def test_a_folder_that_is_not_there_is_an_error(self, tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_reports([tmp_path / "nowhere"])


class TestTally:
    def tally(self, *contents: bytes, domain: str = "shop.example"):
        reports = tuple(read_report(content) for content in contents)
        return tally_reports(CollectedReports(reports=reports), domain)

    def test_mail_is_counted_by_what_stands_for_the_domain(self):
        (receiver,) = self.tally(
            xml(
                record(6),
                record(3, dkim="fail"),
                record(1, dkim="fail", spf="fail", disposition="quarantine"),
            )
        ).receivers
        tally = receiver.tally

        assert (tally.mails, tally.passed, tally.dkim, tally.spf, tally.refused) == (10, 9, 6, 9, 1)
        assert (tally.share(tally.passed), tally.share(tally.dkim)) == (90, 60)

    def test_failing_addresses_come_with_those_that_they_pass_for(self):
        passing = "<spf><domain>mailer.example</domain><result>pass</result></spf>"
        fails = {"dkim": "fail", "spf": "fail"}
        (receiver,) = self.tally(
            xml(
                record(2, ip="192.0.2.7", **fails),
                record(5, ip="192.0.2.8", results=passing, **fails),
                record(4, ip="192.0.2.9"),
            )
        ).receivers

        assert [(each.ip, each.mails, each.names) for each in receiver.failing] == [
            ("192.0.2.8", 5, ("mailer.example",)),
            ("192.0.2.7", 2, ()),
        ]

    def test_a_report_that_is_there_twice_counts_once(self):
        found = self.tally(xml(), xml(), xml(receiver="yahoo.example"), xml(name="2"))

        assert (found.repeated, found.tally.mails) == (1, 30)
        assert [(each.receiver, each.reports) for each in found.receivers] == [
            ("google.example", 2),
            ("yahoo.example", 1),
        ]

    def test_reports_about_others_are_named_and_left_out(self):
        found = self.tally(xml(), xml(record(header_from="other.example"), domain="other.example", name="2"))

        assert (found.other_domains, found.tally.mails) == (("other.example",), 10)

    def test_names_below_the_domain_are_the_shop_and_names_beside_it_are_not(self):
        found = self.tally(
            xml(record(header_from="mail.shop.example"), record(header_from="notshop.example"))
        )

        assert found.tally.mails == 10

    def test_nothing_passes_of_nothing(self):
        assert self.tally().tally.share(0) == 0
