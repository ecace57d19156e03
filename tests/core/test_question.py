"""Questions and the four answers."""

import pytest

from deliv.core.question import Answer, AnswerStatus, Query, RecordType, Trouble


def test_a_question_is_written_as_name_and_type():
    assert str(Query(name="shop.example", type=RecordType.MX)) == "shop.example MX"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        pytest.param(
            Answer(status=AnswerStatus.FOUND, texts=("10 a.", "20 b.")), "10 a. | 20 b.", id="found"
        ),
        pytest.param(Answer(status=AnswerStatus.NODATA), "NODATA", id="nodata"),
        pytest.param(Answer(status=AnswerStatus.NXDOMAIN), "NXDOMAIN", id="nxdomain"),
        pytest.param(Answer.failed(Trouble.TIMEOUT), "TEMPERROR (timeout)", id="failed"),
        pytest.param(
            Answer.failed(Trouble.REFUSED, "by 192.0.2.1"),
            "TEMPERROR (refused: by 192.0.2.1)",
            id="with-detail",
        ),
    ],
)
def test_an_answer_shows_what_it_is(answer, text):
    assert str(answer) == text


@pytest.mark.parametrize("trouble", list(Trouble))
@pytest.mark.parametrize("detail", ["", "for: some reason"])
def test_the_trouble_of_a_failed_answer_is_kept(trouble, detail):
    assert Answer.failed(trouble, detail).trouble is trouble


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(status=AnswerStatus.NXDOMAIN, detail="timeout"), id="an-answer-has-no-trouble"),
        pytest.param(Answer(status=AnswerStatus.TEMPERROR, detail="hiccup"), id="no-word-for-it"),
        pytest.param(Answer(status=AnswerStatus.TEMPERROR), id="no-reason"),
    ],
)
def test_no_trouble_is_made_up(answer):
    assert answer.trouble is None
