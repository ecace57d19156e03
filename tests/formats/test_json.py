"""``render`` and ``write``: the formats as a library gives them."""

import asyncio
import csv
import io
import json
from datetime import date

import pytest

import deliv
from deliv.formats.csv import COLUMNS, own_columns
from tests.formats.conftest import ZONE
from tests.zone import ZoneResolver

ADDRESSES = ("taro@docomo.ne.jp", "mei@gmail.com", "x@takes-no-mail.example", "no address", "x@fails.example")


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("format_", deliv.Format)
def test_render_gives_the_whole_report_in_every_format(report_on, format_, lang):
    report = report_on(*ADDRESSES)
    text = deliv.render(report, format_, lang=lang)
    assert text == deliv.render(report, format_.value, lang=lang)
    for address in ADDRESSES:
        assert address in text
    assert ("ドコモ\n" in text or "ドコモ " in text or "ドコモ," in text or '"ドコモ"' in text) == (
        lang == "ja"
    )


@pytest.mark.parametrize("format_", ["html", "", "JSON"])
def test_a_format_that_there_is_not_is_refused(report_on, format_):
    with pytest.raises(ValueError, match="is not a valid Format"):
        deliv.render(report_on(), format_)
    with pytest.raises(ValueError, match="is not a valid Format"):
        deliv.write([], format_, io.StringIO())


def test_a_report_on_nothing_is_a_report(report_on):
    report = report_on()
    assert json.loads(deliv.render(report, "json"))["results"] == []
    assert deliv.render(report, "jsonl") == ""
    assert deliv.render(report, "csv") == ",".join(["address", *COLUMNS]) + "\r\n"
    assert "0" in deliv.render(report, "table")


def test_the_json_has_one_result_on_each_line(report_on):
    text = deliv.render(report_on(*ADDRESSES), "json")
    lines = text.splitlines()
    assert len(lines) == len(ADDRESSES) + 5
    assert text.endswith("}\n")
    for line, address in zip(lines[2:], ADDRESSES, strict=False):
        assert json.loads(line.removesuffix(","))["address"] == address


def test_the_json_can_always_be_written_as_utf8(report_on):
    text = deliv.render(report_on("taro\udcff@docomo.ne.jp", "\ud800@x.example"), "json")
    addresses = [row["address"] for row in json.loads(text.encode("utf-8"))["results"]]
    assert addresses == ["taro\N{REPLACEMENT CHARACTER}@docomo.ne.jp", "\N{REPLACEMENT CHARACTER}@x.example"]


def test_the_time_has_its_zone(report_on):
    assert json.loads(deliv.render(report_on(), "json"))["started_at"] == "2026-11-24T09:30:00+00:00"


def test_what_is_wrong_with_a_text_is_a_finding_in_its_language(report_on):
    report = report_on("no address")
    en, ja = (json.loads(deliv.render(report, "json", lang=lang))["results"][0] for lang in ("en", "ja"))
    (finding,) = en["findings"]
    assert finding["rule"] == "failed_syntax_check"
    assert finding["message"] != ja["findings"][0]["message"]
    assert finding["source"]


def test_write_takes_a_stream(rules):
    async def run(file):
        orders = [deliv.Order(address=address) for address in ADDRESSES]
        assessments = deliv.stream(orders, rules, ZoneResolver(ZONE), as_of=date(2026, 11, 24))
        return await deliv.write(assessments, "jsonl", file)

    file = io.StringIO()
    summary = asyncio.run(run(file))
    assert summary.rows == 5
    assert [json.loads(line)["address"] for line in file.getvalue().splitlines()] == [*ADDRESSES]


def test_write_takes_any_iterable_and_counts(report_on):
    report = report_on(*ADDRESSES)
    file = io.StringIO()
    summary = deliv.write(iter(report.assessments), "json", file, lang="ja")
    document = json.loads(file.getvalue())
    assert document["lang"] == "ja"
    assert document["results"] == json.loads(deliv.render(report, "json", lang="ja"))["results"]
    assert summary.by_risk == report.summary.by_risk
    assert document["summary"]["rows"] == summary.rows == 5


def test_write_writes_as_the_rows_come(report_on):
    report = report_on(*ADDRESSES)
    file = io.StringIO()
    lengths = []

    def rows():
        for assessment in report.assessments:
            lengths.append(len(file.getvalue()))
            yield assessment

    deliv.write(rows(), "jsonl", file)
    assert lengths == sorted(set(lengths))


def test_a_csv_without_columns_of_its_own_has_one_for_the_address(report_on):
    rows = list(csv.DictReader(io.StringIO(deliv.render(report_on(*ADDRESSES), "csv"), newline="")))
    assert [row["address"] for row in rows] == [*ADDRESSES]
    assert [row["deliv_risk"] for row in rows] == ["medium", "low", "certain", "certain", "unknown"]


def test_a_name_that_is_taken_twice_gets_a_higher_number():
    assert own_columns(["email"]) == COLUMNS
    names = own_columns(["deliv_risk", "deliv_risk_2", "deliv_due"])
    assert names[1] == "deliv_risk_3"
    assert names[7] == "deliv_due_2"
    assert len(set(names)) == 9
