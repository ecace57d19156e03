"""A fix tried out: the DNS as it would be, and in all else as it is."""

import pytest

from deliv.core.fixes import RecordChange, amended
from deliv.core.question import Answer, AnswerStatus, Query, RecordType, Trouble
from tests.zone import TEMPERROR, answer, ask

TXT = RecordType.TXT
ZONE = {
    "shop.example": {"TXT": ["v=spf1 a -all", "v=spf1 mx -all", "other"], "A": ["192.0.2.1"]},
    "down.example": TEMPERROR,
}


def look(name, kind=TXT):
    """Ask one question; the whole answer is what was found out."""
    return (yield Query(name=name, type=kind))


def see(name, *changes, kind=TXT, zone=ZONE):
    return ask(amended(look(name, kind), changes), zone)


def change(name, *after, before=(), kind=TXT):
    return RecordChange(name=name, type=kind, before=before, after=after)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(
            change("shop.example", "v=spf1 a mx -all", before=("v=spf1 a -all", "v=spf1 mx -all")),
            ("other", "v=spf1 a mx -all"),
            id="replaced",
        ),
        pytest.param(
            change("shop.example", "new"), ("v=spf1 a -all", "v=spf1 mx -all", "other", "new"), id="added"
        ),
        pytest.param(
            change("shop.example", before=("other",)), ("v=spf1 a -all", "v=spf1 mx -all"), id="deleted"
        ),
        pytest.param(
            change("shop.example", "other"), ("v=spf1 a -all", "v=spf1 mx -all", "other"), id="there-already"
        ),
        pytest.param(
            change("shop.example", before=("never there",)),
            ("v=spf1 a -all", "v=spf1 mx -all", "other"),
            id="nothing-to-delete",
        ),
        pytest.param(change("new.example", "new"), ("new",), id="a-new-name"),
    ],
)
def test_the_records_are_those_that_would_stand_there(made, expected):
    found = see(made.name, made)

    assert (found.status, found.texts) == (AnswerStatus.FOUND, expected)


def test_where_all_records_go_there_are_none_but_the_name_stays():
    all_of_them = tuple(ZONE["shop.example"]["TXT"])

    assert see("shop.example", change("shop.example", before=all_of_them)).status is AnswerStatus.NODATA


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("shop.example", RecordType.A, id="another-type"),
        pytest.param("other.example", TXT, id="another-name"),
        pytest.param("sub.shop.example", TXT, id="below"),
        pytest.param("new.example.org", TXT, id="same-beginning"),
        pytest.param("example", TXT, id="above-one-that-was-there"),
    ],
)
def test_answers_to_all_other_questions_stay(name, kind):
    made = (change("shop.example", "new"), change("_dmarc.new.example.net", "new"))

    assert see(name, *made, kind=kind) == answer(ZONE, Query(name=name, type=kind))


@pytest.mark.parametrize(
    ("name", "kind", "status"),
    [
        pytest.param("new.shop.example.net", TXT, AnswerStatus.FOUND, id="itself"),
        pytest.param("new.shop.example.net", RecordType.A, AnswerStatus.NODATA, id="another-type"),
        pytest.param("shop.example.net", TXT, AnswerStatus.NODATA, id="above"),
        pytest.param("example.net", RecordType.CNAME, AnswerStatus.NODATA, id="far-above"),
        pytest.param("x.new.shop.example.net", TXT, AnswerStatus.NXDOMAIN, id="below"),
        pytest.param("w.shop.example.net", TXT, AnswerStatus.NXDOMAIN, id="beside"),
        pytest.param("op.example.net", TXT, AnswerStatus.NXDOMAIN, id="same-ending"),
    ],
)
def test_a_new_name_makes_the_names_above_it_exist(name, kind, status):
    assert see(name, change("new.shop.example.net", "new"), kind=kind).status is status


def test_no_answer_stays_no_answer():
    for name in ("down.example", "_dmarc.down.example"):
        zone = ZONE | {name: TEMPERROR}
        found = see(name, change(name, "new", before=("old",)), zone=zone)
        assert (found.status, found.trouble) == (AnswerStatus.TEMPERROR, Trouble.SERVFAIL)
    assert see("down.example", change("x.down.example", "new")).status is AnswerStatus.TEMPERROR


def test_several_changes_hold_at_once():
    made = (change("shop.example", "new"), change("shop.example", "192.0.2.9", kind=RecordType.A))

    assert see("shop.example", *made).texts[-1] == "new"
    assert see("shop.example", *made, kind=RecordType.A).texts == ("192.0.2.1", "192.0.2.9")


def test_the_same_questions_are_asked_and_the_result_is_passed_on():
    def two():
        first = yield Query(name="a.example", type=TXT)
        second = yield Query(name="b.example", type=TXT)
        return first, second

    plain: list[str] = []
    changed: list[str] = []
    found = ask(two(), {}, plain)
    amended_found = ask(amended(two(), [change("b.example", "new")]), {}, changed)

    assert plain == changed == ["a.example TXT", "b.example TXT"]
    assert amended_found[0] == found[0]
    assert amended_found[1] == Answer(status=AnswerStatus.FOUND, texts=("new",))


def test_what_asks_nothing_is_only_passed_on():
    def nothing():
        return 42
        yield

    assert ask(amended(nothing(), []), {}) == 42
