"""Files with DMARC aggregate reports: XML, packed as .gz or .zip, or attached to mails, as they come.

What is packed may unpack to anything. Sizes, numbers and ratios are bounded before anything is believed.
"""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from deliv.core.auth.aggregate import AggregateReport, CollectedReports
from deliv.core.errors import InputError
from deliv.sources.mailfiles import MailFiles
from deliv.sources.mailparts import leaves
from deliv.sources.reportxml import NoReportError, read_report

_MOST_UNPACKED: Final = 20 << 20
"""Bytes of one report; the largest real ones have a few million."""
_MOST_RATIO: Final = 500
"""How many times its size a file may unpack to, beyond the first megabyte; real ones reach some tens."""
_MOST_MEMBERS: Final = 5000
_MOST_UNPACKED_TOGETHER: Final = 400 << 20
_MOST_BYTES: Final = 64 << 20
"""Bytes of one file or mail that are read."""
_MOST_REPORTS: Final = 20_000
_ENDINGS: Final = (".xml", ".gz", ".zip", ".eml", ".mbox", ".mbx")
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_ATTACHED: Final = frozenset(
    {
        *(
            "text/xml",
            "application/xml",
            "application/octet-stream",
            "application/gzip",
            "application/x-gzip",
        ),
        *("application/zip", "application/x-zip", "application/x-zip-compressed"),
    }
)
"""Types under which reports are attached; what they are, their first bytes tell."""


def read_reports(paths: Iterable[str | Path]) -> CollectedReports:
    """Return the reports in files and folders.

    Raises InputError for a path that does not exist, and when there is no report at all.
    """
    reports: list[AggregateReport] = []
    unreadable: list[str] = []
    paths = tuple(paths)
    for path in paths:
        files = MailFiles(path, endings=_ENDINGS, most_bytes=_MOST_BYTES)
        for mail in files:
            found = [*_reports(mail.content)]
            here = [report for report in found if report is not None]
            reports += here
            unreadable += [mail.name] * (not here or None in found)
            if len(reports) > _MOST_REPORTS:
                template = (
                    "{path} holds more than {limit} reports; nothing was checked; "
                    "give those of the last weeks only"
                )
                raise InputError(template, path=path, limit=_MOST_REPORTS)
        unreadable += [str(path)] * bool(files.unreadable)
    if not reports:
        template = (
            "there is no DMARC report in {paths}; nothing was checked; give the files that receivers "
            "attach to their mails (.xml, .xml.gz, .zip), or the mails themselves"
        )
        raise InputError(template, paths=", ".join(map(str, paths)))
    return CollectedReports(reports=tuple(reports), unreadable=tuple(unreadable))


def _reports(content: bytes) -> Iterator[AggregateReport | None]:
    """Yield the reports in one file, and None for what is none or too large to be one."""
    for document in _documents(content):
        try:
            yield read_report(document) if document is not None else None
        except NoReportError:
            yield None


def _documents(content: bytes) -> Iterator[bytes | None]:
    """Yield the XML documents in a file, however it is packed; None for what cannot be unpacked."""
    if content.startswith(_GZIP):
        yield from _gunzipped(content)
    elif content.startswith(_ZIP):
        yield from _unzipped(content)
    elif _is_xml(content):
        yield content
    else:
        yield from _attached(content)


def _is_xml(content: bytes) -> bool:
    head = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith((b"<?xml", b"<feedback", b"<!--")) or content.startswith(
        (b"\xff\xfe", b"\xfe\xff")
    )


def _attached(content: bytes) -> Iterator[bytes | None]:
    _, parts = leaves(content)
    for part in parts:
        if part.kind in _ATTACHED or part.kind.endswith("+gzip"):
            data = part.unpack()
            if data.startswith(_GZIP):
                yield from _gunzipped(data)
            elif data.startswith(_ZIP):
                yield from _unzipped(data)
            elif _is_xml(data):
                yield data


def _gunzipped(content: bytes) -> Iterator[bytes | None]:
    limit = _limit(len(content))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            data = file.read(limit + 1)
    except (OSError, EOFError, zlib.error):
        data = None
    yield data if data is not None and len(data) <= limit else None


def _unzipped(content: bytes) -> Iterator[bytes | None]:
    together = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for number, member in enumerate(archive.infolist()):
                limit = _limit(member.compress_size)
                if number >= _MOST_MEMBERS or together > _MOST_UNPACKED_TOGETHER:
                    yield None
                    return
                if member.is_dir():
                    continue
                with archive.open(member) as file:
                    data = file.read(limit + 1)
                together += len(data)
                yield data if len(data) <= limit else None
    # What a broken archive makes of the library is not all documented.
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError):
        yield None


def _limit(packed: int) -> int:
    return min(_MOST_UNPACKED, max(1 << 20, packed * _MOST_RATIO))
