"""Records beside a discovery: four different answers, as a real DNS gives them."""

import pytest

from deliv.core.question import Answer, AnswerStatus, Query, RecordType, Trouble
from deliv.core.zone import TEMPERROR, answer, ask

ZONE = {
    "shop.example": {"MX": ["10 mx.shop.example."], "TXT": TEMPERROR},
    "deep.down.example": {"A": ("192.0.2.1",)},
    "dead.example": TEMPERROR,
    "dead-as-well.example": {TEMPERROR: ()},
    "empty.example": {},
}


@pytest.mark.parametrize(
    ("name", "type_", "status", "texts"),
    [
        ("shop.example", "MX", AnswerStatus.FOUND, ("10 mx.shop.example.",)),
        ("shop.example", "A", AnswerStatus.NODATA, ()),
        ("shop.example", "TXT", AnswerStatus.TEMPERROR, ()),
        ("gone.example", "MX", AnswerStatus.NXDOMAIN, ()),
        ("down.example", "A", AnswerStatus.NODATA, ()),
        ("own.example", "A", AnswerStatus.NXDOMAIN, ()),
        ("deep.down.example", "A", AnswerStatus.FOUND, ("192.0.2.1",)),
        ("dead.example", "MX", AnswerStatus.TEMPERROR, ()),
        ("dead-as-well.example", "A", AnswerStatus.TEMPERROR, ()),
        ("empty.example", "MX", AnswerStatus.NODATA, ()),
    ],
)
def test_the_four_answers_stay_apart(name, type_, status, texts):
    found = answer(ZONE, Query(name=name, type=RecordType(type_)))

    assert (found.status, found.texts) == (status, texts)


def test_a_failure_has_a_reason():
    assert answer(ZONE, Query(name="dead.example", type=RecordType.A)).trouble is Trouble.SERVFAIL


def two_questions():
    first = yield Query(name="shop.example", type=RecordType.MX)
    second = yield Query(name="gone.example", type=RecordType.A)
    return first, second


def test_a_discovery_is_driven_to_its_end_and_its_questions_are_remembered():
    calls: list[str] = []
    first, second = ask(two_questions(), ZONE, calls)

    assert isinstance(first, Answer)
    assert (first.status, second.status) == (AnswerStatus.FOUND, AnswerStatus.NXDOMAIN)
    assert calls == ["shop.example MX", "gone.example A"]


def test_a_discovery_without_questions_ends_at_once():
    def settled():
        return 7
        yield

    assert ask(settled(), {}) == 7
