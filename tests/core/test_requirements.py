"""What providers demand: for whom, from when on, and which findings break it."""

from datetime import date

import pytest

from deliv.core.requirements import Consequence, Demand, Requirement, broken_demands
from deliv.core.text import Source, Text

DAY = date(2026, 11, 24)
SOURCE = Source(title="made up", checked=date(2026, 11, 1))
HEARSAY = Source(title="made up", checked=date(2026, 11, 1), verified=False)


def requirement(name: str = "spf", *broken_by: str) -> Requirement:
    """Return a requirement made up for a test."""
    return Requirement(id=name, names=Text(ja="仮", en=name), broken_by=broken_by or ("spf-missing",))


def demand(name: str = "spf", **changes) -> Demand:
    """Return a demand made up for a test."""
    return Demand(**{"requirement": name, "consequence": Consequence.REJECT, "sources": (SOURCE,)} | changes)


@pytest.mark.parametrize(
    ("changes", "volume", "expected"),
    [
        pytest.param({}, None, True, id="everybody"),
        pytest.param({}, 6000, True, id="everybody-bulk-too"),
        pytest.param({"is_for_bulk": True, "bulk_from": 5000}, 5000, True, id="bulk"),
        pytest.param({"is_for_bulk": True, "bulk_from": 5000}, 4999, False, id="not-yet-bulk"),
        pytest.param({"is_for_bulk": True, "bulk_from": 5000}, None, False, id="volume-not-known"),
        pytest.param({"is_for_bulk": True}, 10**6, False, id="bulk-without-a-number"),
        pytest.param({"is_for_bulk": True}, None, False, id="bulk-without-a-number-volume-not-known"),
        pytest.param({"effective_from": DAY}, None, True, id="the-first-day"),
        pytest.param({"effective_from": date(2026, 11, 25)}, None, False, id="the-day-before"),
        pytest.param(
            {"effective_from": date(2026, 11, 25), "is_for_bulk": True, "bulk_from": 1},
            9,
            False,
            id="bulk-later",
        ),
    ],
)
def test_whom_a_demand_is_for(changes, volume, expected):
    assert demand(**changes).applies(volume, DAY) is expected


@pytest.mark.parametrize(
    ("sources", "expected"),
    [((SOURCE,), True), ((HEARSAY, SOURCE), True), ((HEARSAY,), False)],
    ids=["a-source", "one-of-two", "hearsay"],
)
def test_a_demand_is_verified_when_a_source_supports_it(sources, expected):
    assert demand(sources=sources).is_verified is expected


@pytest.mark.parametrize(
    ("fired", "broken"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param(["spf-missing"], ["spf"], id="one"),
        pytest.param(["spf-fail", "spf-missing"], ["spf"], id="twice-broken-is-broken-once"),
        pytest.param(["dkim-missing", "spf-fail"], ["spf", "dkim"], id="in-the-order-of-the-provider"),
        pytest.param(["dmarc-missing"], [], id="not-demanded"),
        pytest.param(["something-else"], [], id="no-requirement"),
    ],
)
def test_demands_are_broken_by_the_rules_that_fired(fired, broken):
    requirements = [
        requirement("dkim", "dkim-missing"),
        requirement("spf", "spf-missing", "spf-fail"),
        requirement("dmarc", "dmarc-missing"),
        Requirement(id="tls", names=Text(ja="仮", en="tls"), broken_by=()),
    ]
    demands = [demand("spf"), demand("dkim"), demand("tls")]

    found = broken_demands(demands, requirements, fired, volume_per_day=None, as_of=DAY)

    assert [one.requirement for one in found] == broken


def test_a_demand_that_does_not_apply_is_not_broken():
    demands = [demand(is_for_bulk=True, bulk_from=5000), demand(effective_from=date(2027, 1, 1))]

    def broken(volume, day):
        return broken_demands(demands, [requirement()], ["spf-missing"], volume_per_day=volume, as_of=day)

    assert broken(None, DAY) == ()
    assert broken(5000, DAY) == (demands[0],)
    assert broken(5000, date(2027, 1, 1)) == tuple(demands)
