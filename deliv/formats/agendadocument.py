"""JSON of the list of the day: the document ``deliv-followup/1``."""

from typing import Any, Final, TextIO

from deliv.core.agenda import Agenda, FollowUp, Status
from deliv.core.contacts import Contact
from deliv.core.phone import PhoneNumber
from deliv.formats.allowlists import steps_of
from deliv.formats.document import (
    dump,
    history_document,
    order_document,
    past_bounce_document,
    resolver_document,
    step_document,
    summary_document,
)

SCHEMA: Final = "deliv-followup/1"


class AgendaJsonWriter:
    """Writes the document with one order on each line."""

    def __init__(self, file: TextIO, lang: str) -> None:
        self._file = file
        self._lang = lang

    def write(self, agenda: Agenda) -> None:
        """Write all of it."""
        entries = ",\n".join(dump(_entry(found, self._lang)) for found in agenda.entries)
        self._file.write(f'{dump(self._header(agenda))[:-1]},\n"orders":[\n{entries}\n],\n')
        self._file.write(f"{dump(self._rest(agenda))[1:]}\n")

    def _header(self, agenda: Agenda) -> dict[str, Any]:
        header = agenda.header
        return {
            "schema": SCHEMA,
            "lang": self._lang,
            "version": header.version,
            "now": agenda.now.isoformat(timespec="seconds"),
            "rules_digest": header.rules_digest,
            "system": header.system.id if header.system else None,
            **({"history": history_document(header.history)} if header.history else {}),
        }

    def _rest(self, agenda: Agenda) -> dict[str, Any]:
        note = agenda.legal_note
        statuses = [found.status for found in agenda.entries]
        return {
            "unmatched": [_contact(contact) for contact in agenda.unmatched],
            "legal_note": note
            and {
                "text": note.text.get(self._lang),
                "source": [source.url or source.title for source in note.sources],
            },
            "summary": {
                "orders": len(statuses),
                "by_status": {status.value: statuses.count(status) for status in Status},
                **summary_document(agenda.summary),
            },
            "resolver": resolver_document(agenda.summary.resolver),
        }


def _entry(found: FollowUp, lang: str) -> dict[str, Any]:
    assessment = found.subject.assessment
    provider, bounce = assessment.provider, assessment.judgement.past_bounce
    steps = steps_of(assessment) if found.do is not None else None
    return {
        "rows": list(found.subject.rows),
        "address": assessment.address,
        "normalized": assessment.normalized,
        "risk": assessment.risk,
        "reasons": list(assessment.reasons),
        "provider": provider and {"id": provider.id, "name": provider.names.get(lang), "kind": provider.kind},
        "did_you_mean": assessment.did_you_mean,
        **({"past_bounce": past_bounce_document(bounce, lang)} if bounce else {}),
        "status": found.status,
        "situation": found.situation,
        "since": found.since.isoformat(),
        "do": found.do,
        "due": found.due.isoformat() if found.due else None,
        "do_on": found.do_on.isoformat() if found.do_on else None,
        "not_before": f"{found.not_before:%H:%M}" if found.not_before else None,
        "overdue": found.overdue,
        "phone": _phone(found.phone),
        "window": found.window or None,
        "say": found.say.get(lang) if found.say else None,
        "avoid": [text.get(lang) for text in found.avoid],
        "tell_customer": list(steps.get(lang)) if steps else [],
        "sms": found.sms.get(lang) if found.sms else None,
        "mail_subject": found.mail_subject.get(lang) if found.mail_subject else None,
        "mail": found.mail.get(lang) if found.mail else None,
        "remarks": [text.get(lang) for text in found.remarks],
        "look_in_own_junk": found.look_in_own_junk,
        "then": step_document(found.then) if found.then else None,
        "order": order_document(found.subject.order),
    }


def _phone(number: PhoneNumber | None) -> dict[str, Any] | None:
    if number is None:
        return None
    return {"number": number.national, "e164": number.e164, "mobile": number.is_mobile}


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "line": contact.line,
        "order_id": contact.order_id or None,
        "address": contact.address or None,
        "date": str(contact.when),
        "kind": contact.kind,
    }
