"""May this resolver be believed?"""

import pytest

from deliv.core.canary import DEFAULT_CANARY, Trust, canary_queries, judge_canary
from deliv.core.question import Answer, AnswerStatus, Query, RecordType, Trouble

FOUND = Answer(status=AnswerStatus.FOUND, texts=("10 mx.test.",))
NODATA = Answer(status=AnswerStatus.NODATA)
NXDOMAIN = Answer(status=AnswerStatus.NXDOMAIN)
FAILED = Answer.failed(Trouble.TIMEOUT)


def test_it_asks_for_what_must_exist_and_for_what_cannot():
    positive, negative = canary_queries(("a.example", "b.example", "c.example"), "x7f")

    assert positive == tuple(Query(name=f"{c}.example", type=RecordType.MX) for c in "abc")
    assert negative == tuple(Query(name=f"x7f.{c}.example", type=RecordType.A) for c in "ab")


def test_the_names_asked_by_default_are_those_of_the_design():
    assert DEFAULT_CANARY == ("gmail.com", "yahoo.co.jp", "docomo.ne.jp", "outlook.com", "icloud.com")


@pytest.mark.parametrize(
    ("positive", "negative", "trust"),
    [
        pytest.param([FOUND] * 5, [NXDOMAIN] * 2, Trust.TRUSTED, id="honest"),
        pytest.param([FOUND, NXDOMAIN, FAILED], [NXDOMAIN] * 2, Trust.TRUSTED, id="one-found-is-enough"),
        pytest.param([FOUND] * 5, [FAILED, NXDOMAIN], Trust.TRUSTED, id="one-denied-is-enough"),
        pytest.param([NXDOMAIN] * 5, [NXDOMAIN] * 2, Trust.DENYING, id="denies-everything"),
        pytest.param([NODATA] * 5, [NXDOMAIN] * 2, Trust.DENYING, id="knows-no-mx"),
        pytest.param([NXDOMAIN, FAILED], [FAILED] * 2, Trust.DENYING, id="denies-one-and-is-silent"),
        pytest.param([FOUND] * 5, [FOUND] * 2, Trust.INVENTING, id="finds-everything"),
        pytest.param([FOUND] * 5, [FOUND, NXDOMAIN], Trust.INVENTING, id="finds-one-that-is-not-there"),
        pytest.param([FOUND] * 5, [NODATA] * 2, Trust.INVENTING, id="never-denies"),
        pytest.param([FOUND] * 5, [FAILED] * 2, Trust.INVENTING, id="denials-do-not-come-through"),
        pytest.param([FAILED] * 5, [FAILED] * 2, Trust.SILENT, id="silent"),
        pytest.param([FAILED] * 5, [NXDOMAIN] * 2, Trust.SILENT, id="silent-on-what-exists"),
    ],
)
def test_trust_needs_both_a_find_and_a_denial(positive, negative, trust):
    assert judge_canary(positive, negative) is trust
    assert judge_canary(iter(positive[::-1]), iter(negative[::-1])) is trust
