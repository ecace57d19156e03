"""Typed access to a mapping: every fault is noted, and the reading goes on."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum

import pytest

from deliv.core.errors import Fault
from deliv.core.text import Text
from deliv.sources.fields import Fields, closest
from deliv.sources.yamlfile import read_yaml


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"
    NONE = ""


def fields_of(text: str) -> tuple[Fields, list[Fault]]:
    faults: list[Fault] = []
    located = read_yaml(text, "f.yaml", faults)
    assert located is not None
    return Fields(located, faults), faults


def told(faults: list[Fault]) -> list[str]:
    return [str(fault) for fault in faults]


GOOD = """
text: 花屋
number: 0.5
count: 3
flag: true
day: 2026-11-22
word: large
words: [small, large]
texts: [a, b]
both: {ja: はい, en: "yes"}
child: {x: 1}
children: [{x: 1}, {x: 2}]
nothing:
"""


def test_values_come_in_the_type_asked_for() -> None:
    fields, faults = fields_of(GOOD)
    assert fields.text("text") == "花屋"
    assert fields.number("number") == 0.5
    assert fields.number("count") == 3.0
    assert fields.count("count") == 3
    assert fields.flag("flag", default=False) is True
    assert fields.day("day") == date(2026, 11, 22)
    assert fields.word("word", Size) is Size.LARGE
    assert fields.words("words", Size) == {Size.SMALL, Size.LARGE}
    assert fields.texts("texts") == ("a", "b")
    assert fields.bilingual("both") == Text(ja="はい", en="yes")
    child = fields.child("child")
    assert child is not None
    assert child.count("x") == 1
    assert [item.count("x") for item in fields.children("children")] == [1, 2]
    assert fields.text("nothing", "default") == "default"
    assert not fields.has("nothing")
    child.close()
    fields.close()
    assert told(faults) == []


def test_what_is_absent_is_the_default() -> None:
    fields, faults = fields_of("x: 1")
    assert fields.text("a", "b") == "b"
    assert fields.number("a", 2.5) == 2.5
    assert fields.count("a", 7) == 7
    assert fields.flag("a", default=True) is True
    assert fields.day("a") is None
    assert fields.word("a", Size, Size.LARGE) is Size.LARGE
    assert (fields.items("a"), fields.texts("a"), fields.words("a", Size)) == ([], (), frozenset())
    assert (fields.child("a"), fields.children("a"), fields.optional_bilingual("a")) == (None, [], None)
    assert faults == []


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(lambda fields: fields.text("a"), id="text"),
        pytest.param(lambda fields: fields.number("a"), id="number"),
        pytest.param(lambda fields: fields.count("a"), id="count"),
        pytest.param(lambda fields: fields.word("a", Size), id="word"),
        pytest.param(lambda fields: fields.bilingual("a"), id="bilingual"),
        pytest.param(lambda fields: fields.child("a", required=True), id="child"),
        pytest.param(lambda fields: fields.items("a", required=True), id="items"),
    ],
)
def test_what_is_required_and_absent_is_a_fault_at_its_mapping(read: Callable[[Fields], object]) -> None:
    fields, faults = fields_of("b: {}\n")
    read(fields)
    assert told(faults) == ["f.yaml:1: “a” is missing"]


@pytest.mark.parametrize(
    ("value", "read", "what"),
    [
        ("12", lambda fields: fields.text("a"), "this must be text; put it between quotation marks"),
        ("true", lambda fields: fields.text("a"), "this must be text; put it between quotation marks"),
        ("[x]", lambda fields: fields.text("a"), "this must be text; put it between quotation marks"),
        ("x", lambda fields: fields.number("a"), "this must be a number"),
        ("true", lambda fields: fields.number("a"), "this must be a number"),
        ("'1'", lambda fields: fields.number("a"), "this must be a number"),
        ("-1", lambda fields: fields.number("a"), "this must be at least 0.0"),
        ("1", lambda fields: fields.number("a", least=2), "this must be at least 2"),
        ("1.5", lambda fields: fields.count("a"), "this must be a whole number"),
        ("1", lambda fields: fields.flag("a", default=True), "this must be true or false"),
        ("'true'", lambda fields: fields.flag("a", default=True), "this must be true or false"),
        ("x", lambda fields: fields.day("a"), "this must be a day such as 2026-11-22"),
        ("'2026-11-22'", lambda fields: fields.day("a"), "this must be a day such as 2026-11-22"),
        ("x", lambda fields: fields.items("a"), "this must be a list"),
        ("{b: 1}", lambda fields: fields.texts("a"), "this must be a list"),
        ("x", lambda fields: fields.child("a"), "this must be a list of “key: value” lines"),
        ("[b]", lambda fields: fields.child("a"), "this must be a list of “key: value” lines"),
        ("larg", lambda fields: fields.word("a", Size), "“larg” is not known here; did you mean “large”?"),
        ("7", lambda fields: fields.word("a", Size), '“7” is not known here; use one of: "", large, small'),
    ],
)
def test_a_value_of_the_wrong_type_is_a_fault_at_its_line(
    value: str, read: Callable[[Fields], object], what: str
) -> None:
    fields, faults = fields_of(f"b: 1\na: {value}\n")
    read(fields)
    assert told(faults) == [f"f.yaml:2: a: {what}"]


@pytest.mark.parametrize(
    ("read", "place"),
    [
        (lambda fields: fields.texts("a"), "a[1]"),
        (lambda fields: fields.words("a", Size), "a[1]"),
        (lambda fields: fields.children("a")[1].text("b", ""), "a[1]"),
    ],
    ids=["texts", "words", "children"],
)
def test_a_fault_inside_a_list_names_its_place(read: Callable[[Fields], object], place: str) -> None:
    fields, faults = fields_of("a:\n  - small\n  - 12\n")
    read(fields)
    assert place in {fault.path for fault in faults}
    assert 3 in {fault.line for fault in faults}


def test_one_language_alone_is_a_fault() -> None:
    fields, faults = fields_of("a: {ja: はい}\n")
    fields.bilingual("a")
    assert told(faults) == ["f.yaml:1: a: “en” is missing"]


def test_keys_that_nobody_asked_for_are_reported_in_their_order_with_a_guess() -> None:
    fields, faults = fields_of("timeuot: 1\nzzz: 2\nname: x\nconcurency: 3\n")
    for key in ("timeout", "name", "concurrency"):
        fields.has(key)
    fields.close()
    assert told(faults) == [
        "f.yaml:1: timeuot: “timeuot” is not known here; did you mean “timeout”?",
        "f.yaml:2: zzz: “zzz” is not known here",
        "f.yaml:4: concurency: “concurency” is not known here; did you mean “concurrency”?",
    ]


def test_keys_that_are_names_of_the_user_s_own_are_all_known() -> None:
    fields, faults = fields_of("anything: 1\nat-all: 2\n")
    assert [key for key, _ in fields.entries()] == ["anything", "at-all"]
    fields.close()
    assert faults == []


@pytest.mark.parametrize(
    ("word", "guess"), [("timeuot", "timeout"), ("shop", None), ("", None)], ids=["slip", "far", "empty"]
)
def test_only_what_is_close_is_suggested(word: str, guess: str | None) -> None:
    assert closest(word, ["timeout", "concurrency"]) == guess
