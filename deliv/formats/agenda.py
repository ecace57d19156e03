"""The doors out for the list of the day."""

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TextIO, assert_never

if TYPE_CHECKING:  # the command line needs the names of the formats long before it needs a list
    from deliv.core.agenda import Agenda


class AgendaFormat(StrEnum):
    """The formats of the list of the day."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    ICS = "ics"


class AgendaWriter(Protocol):
    """Writes the list of a day."""

    def write(self, agenda: "Agenda") -> None:
        """Write all of it."""
        ...


def open_agenda_writer(format: AgendaFormat | str, file: TextIO, *, lang: str = "en") -> AgendaWriter:
    """Return a writer of this format; its own module is loaded only now.

    Raises ValueError for a format that there is not.
    """
    format = AgendaFormat(format)
    match format:
        case AgendaFormat.TABLE:
            from deliv.formats.agendatable import AgendaTableWriter

            return AgendaTableWriter(file, lang)
        case AgendaFormat.CSV:
            from deliv.formats.agendacsv import AgendaCsvWriter

            return AgendaCsvWriter(file, lang)
        case AgendaFormat.JSON:
            from deliv.formats.agendadocument import AgendaJsonWriter

            return AgendaJsonWriter(file, lang)
        case AgendaFormat.ICS:
            from deliv.formats.agendacalendar import AgendaCalendarWriter

            return AgendaCalendarWriter(file, lang)
        case _:
            assert_never(format)
