"""Learning: what goes by is counted, what is understood goes to the history, and nothing vanishes."""

from datetime import timedelta

from deliv.core.lessons import Complaint, Taken
from deliv.core.outcomerows import NotUnderstood, SetAside
from deliv.core.outcomes import OutcomeKind
from deliv.learn import STATE_HOLDS, learn
from tests.recorded import TODAY, recorded


class Store:
    """A history that takes everything for new."""

    def __init__(self):
        self.rows = []
        self.told = {}

    def learn(self, rows, **told):
        self.rows = list(rows)
        self.told = told
        return Taken(new={OutcomeKind.SENT: len(self.rows)}, known={})


def lesson_of(*readings):
    return learn(iter(readings), Store(), name="x.csv", on=TODAY)


def set_aside(line, why="calls"):
    return SetAside(line=line, template=why)


def not_understood(line, reason="there is no date"):
    return NotUnderstood(line=line, template=reason)


def test_what_was_understood_goes_to_the_history():
    store = Store()
    rows = [recorded(), recorded("mei@gmail.com")]
    lesson = learn(rows, store, name="x.csv", on=TODAY, plain_addresses=True)
    assert store.rows == rows
    assert store.told == {"name": "x.csv", "on": TODAY, "plain_addresses": True}
    assert (lesson.name, lesson.rows, lesson.understood) == ("x.csv", 2, 2)
    assert lesson.taken.new == {OutcomeKind.SENT: 2}
    assert lesson.complaints == ()


def test_nothing_vanishes():
    lesson = lesson_of(recorded(), set_aside(3), not_understood(4), not_understood(5), recorded())
    assert (lesson.rows, lesson.understood, lesson.set_aside, lesson.not_understood) == (5, 2, 1, 2)
    assert lesson.rows == lesson.understood + lesson.set_aside + lesson.not_understood


def test_rows_that_were_not_understood_are_named_by_reason_the_commonest_first():
    lesson = lesson_of(not_understood(2, "one"), not_understood(3), not_understood(7))
    assert lesson.complaints == (
        Complaint(template="there is no date", fields=(), count=2, lines=(3, 7)),
        Complaint(template="one", fields=(), count=1, lines=(2,)),
    )


def test_only_so_many_lines_and_reasons_are_kept_and_all_are_counted():
    lesson = lesson_of(*map(not_understood, range(2, 102)))
    assert lesson.complaints[0].count == 100
    assert lesson.complaints[0].lines == tuple(range(2, 22))
    lesson = lesson_of(*(not_understood(line, f"reason {line}") for line in range(2, 1002)))
    assert len(lesson.complaints) == 51
    assert lesson.not_understood == 1000
    assert lesson.complaints[0].template == "it is not understood for some other reason"


def test_bounces_whose_reason_is_not_known_are_named():
    row = recorded(kind="bounce")
    strange = type(row)(outcome=row.outcome, line=9, unknown_reason=True)
    lesson = lesson_of(row, strange)
    assert lesson.understood == 2
    assert lesson.unknown_reasons is not None
    assert (lesson.unknown_reasons.count, lesson.unknown_reasons.lines) == (1, (9,))
    assert lesson_of(row).unknown_reasons is None


def test_what_is_set_aside_is_counted_by_reason():
    lesson = lesson_of(set_aside(2), set_aside(3, "late"), set_aside(4, "late"))
    assert [(each.template, each.count) for each in lesson.aside] == [("late", 2), ("calls", 1)]


def test_mails_are_counted_once_whomever_they_are_about_and_have_no_lines():
    bounce = recorded(kind="bounce")  # its number is 2
    readings = (set_aside(1), bounce, bounce, not_understood(2), not_understood(3))
    lesson = learn(readings, Store(), name="Maildir", on=TODAY, is_mail=True)
    assert (lesson.is_mail, lesson.rows, lesson.understood, lesson.set_aside) == (True, 3, 2, 1)
    (complaint,) = lesson.complaints
    assert (complaint.count, complaint.lines) == (2, ())


# --- how the shop sent at the time ----------------------------------------------------------------


def states_of(*rows, state="now"):
    store = Store()
    learn(rows, store, name="x.csv", on=TODAY, sender_state=state)
    return [row.outcome.sender_state for row in store.rows]


def test_only_outcomes_of_the_last_days_are_of_the_present_sender_state():
    """What the shop mends today was broken when last year's mail was refused."""
    days = [TODAY, TODAY - STATE_HOLDS, TODAY - STATE_HOLDS - timedelta(days=1), TODAY - timedelta(days=365)]
    assert states_of(*(recorded(day=day.isoformat()) for day in days)) == ["now", "now", "", ""]


def test_an_outcome_that_says_its_sender_state_keeps_it():
    assert states_of(recorded(sender_state="then"), recorded()) == ["then", "now"]
    assert states_of(recorded(sender_state="then"), recorded(), state="") == ["then", ""]
