"""What was learned, in words."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from deliv.core.lessons import Complaint, HistoryContent, Lesson
from deliv.core.outcomes import OutcomeKind
from deliv.formats import labels
from deliv.formats.safe import printable
from deliv.locale import Translate

_NEEDS_SENT: Final = frozenset({OutcomeKind.BOUNCE, OutcomeKind.JUNK, OutcomeKind.MISSING})


def lesson_lines(lesson: Lesson, translate: Translate) -> Iterator[str]:
    """Yield what was learned from one source."""
    _ = translate
    template = _("{name}: {count} mails") if lesson.is_mail else _("{name}: {count} rows")
    yield template.format(name=printable(lesson.name), count=lesson.rows)
    new, known = lesson.taken.new, lesson.taken.known
    if new:
        yield "  " + _("new: {counts}").format(counts=counted(new, _))
    elif lesson.understood:
        yield "  " + _("nothing new")
    if known:
        yield "  " + _("known already: {counts}").format(counts=counted(known, _))
    for complaint in lesson.aside:
        yield "  " + _("{text}: {count}").format(text=_(complaint.template), count=complaint.count)
    if lesson.complaints:
        template = (
            _("mails that were not understood, and not learned: {count}")
            if lesson.is_mail
            else _("rows that were not understood, and not learned: {count}")
        )
        yield "  " + template.format(count=lesson.not_understood)
        yield from (f"    {_complaint_line(complaint, _)}" for complaint in lesson.complaints)
    if lesson.unknown_reasons is not None:
        yield "  " + _("learned without the reason:")
        yield f"    {_complaint_line(lesson.unknown_reasons, _)}"


def remark_lines(lessons: Iterable[Lesson], content: HistoryContent, translate: Translate) -> Iterator[str]:
    """Yield what is to be said of the whole history after learning."""
    _ = translate
    learned = {kind for lesson in lessons for kind in (*lesson.taken.new, *lesson.taken.known)}
    if learned & _NEEDS_SENT and content.without_sent:
        yield _(
            "bounces without a count of sent mail: no rate learned (domains: {count}); rows “sent” tell how "
            "many were sent, or your order export: deliv learn --as sent"
        ).format(count=content.without_sent)
    if content.other_keys:
        yield _("addresses that were learned under another key do not match: {keys}").format(
            keys=_(", ").join(content.other_keys)
        )


def counted(counts: Mapping[OutcomeKind, int], translate: Translate) -> str:
    """Return counts by what became of the mails, in one line."""
    _ = translate
    parts = [
        _("{label}: {count}").format(label=_(labels.OUTCOME[kind]), count=counts[kind])
        for kind in OutcomeKind
        if counts.get(kind)
    ]
    return _(", ").join(parts)


def _complaint_line(complaint: Complaint, translate: Translate) -> str:
    _ = translate
    reason = printable(_(complaint.template).format(**dict(complaint.fields)))
    lines = ", ".join(str(line) for line in complaint.lines if line)
    more = complaint.count - len(complaint.lines)
    if not lines:
        return _("{text}: {count}").format(text=reason, count=complaint.count)
    if more:
        return _("line {lines} and {count} more: {text}").format(lines=lines, count=more, text=reason)
    return _("line {lines}: {text}").format(lines=lines, text=reason)
