"""JSON: one document of the schema ``deliv/1``, written as it comes."""

from typing import TextIO

from deliv.core.assessment import Assessment
from deliv.core.report import RunHeader, Summary
from deliv.formats.document import ResultDumper, dump, header_document, resolver_document, summary_document


class JsonWriter:
    """Writes the document with one result on each line."""

    def __init__(self, file: TextIO, lang: str) -> None:
        self._file = file
        self._lang = lang
        self._results = ResultDumper(lang)
        self._separator = "\n"

    def begin(self, header: RunHeader) -> None:
        """Write everything up to the results."""
        self._file.write(f'{dump(header_document(header, self._lang))[:-1]},\n"results":[')

    def add(self, assessment: Assessment) -> None:
        """Write one result."""
        self._file.write(f"{self._separator}{self._results.dump(assessment)}")
        self._separator = ",\n"

    def end(self, summary: Summary) -> None:
        """Write the counts and close the document."""
        counts = dump(summary_document(summary))
        resolver = dump(resolver_document(summary.resolver))
        self._file.write(f'\n],\n"summary":{counts},\n"resolver":{resolver}}}\n')


class JsonLinesWriter:
    """Writes one result on each line and nothing else."""

    def __init__(self, file: TextIO, lang: str) -> None:
        self._file = file
        self._results = ResultDumper(lang)

    def begin(self, header: RunHeader) -> None:
        """Write nothing: the lines are results."""

    def add(self, assessment: Assessment) -> None:
        """Write one result."""
        self._file.write(f"{self._results.dump(assessment)}\n")

    def end(self, summary: Summary) -> None:
        """Write nothing: the summary goes where people read it."""
