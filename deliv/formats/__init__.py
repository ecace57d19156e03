"""The doors out: a report becomes text."""

from __future__ import annotations

import io
from collections.abc import AsyncIterable, AsyncIterator, Coroutine, Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TextIO, assert_never, overload

from deliv.version import __version__

if TYPE_CHECKING:  # the command line needs the names of the formats long before it needs a report
    from deliv.core.assessment import Assessment
    from deliv.core.report import Report, RunHeader, Summary
    from deliv.formats.interface import Writer


class Format(StrEnum):
    """The formats of a report."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


MACHINE_FORMATS = frozenset({Format.JSON, Format.JSONL})
"""Formats that are English unless a language is named."""


class AssessmentSource(Protocol):
    """What `deliv.stream` returns: assessments with what stands before and after them."""

    def __aiter__(self) -> AsyncIterator[Assessment]:
        """Yield one assessment for each row."""
        ...

    async def prepare(self) -> RunHeader:
        """Return what is known before the first row."""
        ...

    @property
    def summary(self) -> Summary:
        """What is known after the last row."""
        ...


def open_writer(format: Format | str, file: TextIO, *, lang: str = "en") -> Writer:
    """Return a writer of this format; its own module is loaded only now.

    Raises ValueError for a format that there is not.
    """
    format = Format(format)
    match format:
        case Format.TABLE:
            from deliv.formats.table import TableWriter

            return TableWriter(file, lang)
        case Format.JSON:
            from deliv.formats.json import JsonWriter

            return JsonWriter(file, lang)
        case Format.JSONL:
            from deliv.formats.json import JsonLinesWriter

            return JsonLinesWriter(file, lang)
        case Format.CSV:
            from deliv.formats.csv import CsvWriter

            return CsvWriter(file, lang)
        case _:
            assert_never(format)


@overload
def write(
    assessments: AssessmentSource, format: Format | str, file: TextIO, *, lang: str = "en"
) -> Coroutine[Any, Any, Summary]: ...
@overload
def write(
    assessments: Iterable[Assessment], format: Format | str, file: TextIO, *, lang: str = "en"
) -> Summary: ...
def write(
    assessments: AssessmentSource | Iterable[Assessment],
    format: Format | str,
    file: TextIO,
    *,
    lang: str = "en",
) -> Summary | Coroutine[Any, Any, Summary]:
    """Write assessments to `file` as they come and return their summary.

    What `deliv.stream` returns must be awaited: ``await write(stream(…), "csv", file)``. A plain
    iterable is written at once; its header says no more than the version and the time.

    Raises ValueError for a format that there is not, and whatever iterating raises.
    """
    from deliv.core.report import RunHeader, Tally

    writer = open_writer(format, file, lang=lang)
    if isinstance(assessments, AsyncIterable):
        return write_stream(assessments, writer)
    started_at = datetime.now().astimezone()
    header = RunHeader(version=__version__, started_at=started_at, as_of=started_at.date(), rules_digest="")
    tally = Tally()
    writer.begin(header)
    for assessment in assessments:
        tally.add(assessment)
        writer.add(assessment)
    summary = tally.summary()
    writer.end(summary)
    return summary


async def write_stream(assessments: AssessmentSource, writer: Writer) -> Summary:
    """Write a stream with a writer that is open already, and return its summary."""
    writer.begin(await assessments.prepare())
    async for assessment in assessments:
        writer.add(assessment)
    writer.end(assessments.summary)
    return assessments.summary


def render(report: Report, format: Format | str, *, lang: str = "en") -> str:
    """Return a whole report as text.

    Raises ValueError for a format that there is not.
    """
    file = io.StringIO(newline="")
    writer = open_writer(format, file, lang=lang)
    writer.begin(report.header)
    for assessment in report.assessments:
        writer.add(assessment)
    writer.end(report.summary)
    return file.getvalue()
