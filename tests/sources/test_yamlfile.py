"""Strict YAML: nothing is quietly turned into something else, and every value knows its line."""

import time
from datetime import date

import pytest

from deliv.core.errors import Fault
from deliv.sources.yamlfile import Located, read_yaml


def read(text: str) -> tuple[Located | None, list[str]]:
    faults: list[Fault] = []
    located = read_yaml(text, "deliv.yaml", faults)
    return located, [str(fault) for fault in faults]


def plain(located: Located | None) -> object:
    """Return the bare values, without their places."""
    value = located.value if located else None
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a", "a"),
        ("日本語", "日本語"),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("0.85", 0.85),
        ("-1.5", -1.5),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("2026-11-22", date(2026, 11, 22)),
        ("'2026-11-22'", "2026-11-22"),
        ('"no"', "no"),
        ("'10:30'", "10:30"),
        ('"12"', "12"),
        ("10:00-19:00", "10:00-19:00"),
        ("090-1234-5678", "090-1234-5678"),
        # Other readers make numbers of these; here they are what they look like, and no number.
        ("0123", "0123"),
        ("0o17", "0o17"),
        ("0b11", "0b11"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        (".5", ".5"),
        (".inf", ".inf"),
        ("１２", "１２"),
        ("[a, 1, true]", ["a", 1, True]),
        ("{b: {c: 1}}", {"b": {"c": 1}}),
        ("|\n  two\n  lines", "two\nlines\n"),
        (">-\n  12", "12"),
    ],
)
def test_a_value_is_what_it_looks_like(text: str, value: object) -> None:
    located, faults = read(f"key: {text}\n")
    assert (plain(located), faults) == ({"key": value}, [])


@pytest.mark.parametrize("text", ["9" * 5_000, f"{'9' * 400}.5", f"0.{'9' * 400}"])
def test_a_number_that_nobody_can_mean_is_only_text(text: str) -> None:
    located, faults = read(f"key: {text}\n")
    assert (plain(located), faults) == ({"key": text}, [])


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n"])
def test_an_empty_document_is_none(text: str) -> None:
    located, faults = read(text)
    assert (plain(located), faults) == (None, [])


def test_every_value_knows_its_line_and_path() -> None:
    located, _ = read("shop:\n  name: 花屋\n\nrules:\n  - a\n  - {id: x}\n")
    assert located is not None
    assert isinstance(located.value, dict)
    shop, rules = located.value["shop"], located.value["rules"]
    assert isinstance(shop.value, dict)
    assert isinstance(rules.value, list)
    assert (shop.value["name"].line, shop.value["name"].path) == (2, "shop.name")
    assert [(item.line, item.path) for item in rules.value] == [(5, "rules[0]"), (6, "rules[1]")]


@pytest.mark.parametrize("word", ["no", "No", "NO", "yes", "on", "Off", "y", "N", "True", "FALSE"])
def test_false_friends_must_be_spelt_out(word: str) -> None:
    _, faults = read(f"a: 1\nsend: {word}\n")
    assert faults == [f"deliv.yaml:2: send: write true or false, or put “{word}” between quotation marks"]


@pytest.mark.parametrize("text", ["10:30", "1:2:3", "-10:30", "12:30:45.5"])
def test_times_of_the_day_must_be_quoted(text: str) -> None:
    _, faults = read(f"at: {text}\n")
    assert faults == [f"deliv.yaml:1: at: put “{text}” between quotation marks"]


def test_a_day_that_does_not_exist_is_a_fault() -> None:
    assert read("on_day: 2026-02-30\n")[1] == ["deliv.yaml:1: on_day: there is no such day as 2026-02-30"]


def test_a_key_that_stands_there_twice_names_both_lines() -> None:
    assert read("a:\n  b: 1\n  c: 2\n  b: 3\n")[1] == [
        "deliv.yaml:4: a.b: this key stands there twice (first on line 2)"
    ]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("a: &x 1\nb: *x\n", ["1: a", "2: b"]),
        ("a: &x 1\n", ["1: a"]),
        ("a: *gone\n", ["1: a"]),
        ("a: &x [*x]\n", ["1: a", "1: a[0]"]),
        ("base: &x {a: 1}\nmore:\n  <<: *x\n", ["1: base", "3: more.<<"]),
    ],
    ids=["alias", "only-anchor", "only-alias", "of-itself", "merge-key"],
)
def test_anchors_and_aliases_are_faults(text: str, places: list[str]) -> None:
    _, faults = read(text)
    assert faults == [
        f"deliv.yaml:{place}: anchors and aliases (& and *) may not be used" for place in places
    ]


def test_aliases_that_multiply_cost_no_time() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    started = time.monotonic()
    _, faults = read(bomb)
    assert faults
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "text",
    ["a: !!str 5\n", "a: !!python/object/apply:os.system [echo]\n", "a: !mine b\n", "a: !!map {b: 2}\n"],
    ids=["standard", "python", "own", "mapping"],
)
def test_tags_are_faults_and_run_nothing(text: str) -> None:
    assert read(text)[1] == ["deliv.yaml:1: a: tags (!) may not be used"]


def test_marks_inside_words_and_quotes_are_only_characters() -> None:
    assert read("a: AT&T\nb: 'x & y * z !'\nc: wow!\nd: \"[&a\"\n")[1] == []


@pytest.mark.parametrize("depth", [50, 900, 5_000])
@pytest.mark.parametrize("opening", ["[", "{a: "], ids=["lists", "mappings"])
def test_deep_nesting_is_a_fault_and_no_crash(depth: int, opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    _, faults = read(opening * depth + closing * depth)
    assert len(faults) == 1
    assert "nested too deeply" in faults[0] or "not valid YAML" in faults[0]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 'x\n", 3),
        ("a: 1\n\tb: 2\n", 2),
        ("a: [1, 2\nb: 3\n", 2),
        ("a: b: c\n", 1),
        ("a: @x\n", 1),
    ],
    ids=["quote", "tab", "bracket", "colons", "reserved"],
)
def test_bad_syntax_names_its_line(text: str, line: int) -> None:
    located, faults = read(text)
    assert located is None
    assert len(faults) == 1
    assert faults[0].startswith(f"deliv.yaml:{line}: this is not valid YAML (")


def test_a_second_document_is_a_fault() -> None:
    assert read("a: 1\n---\nb: 2\n")[1] == [
        "deliv.yaml:2: there is more than one document (---) in this file"
    ]


def test_characters_that_yaml_forbids_are_a_fault() -> None:
    (fault,) = read("a: \x01\n")[1]
    assert fault.startswith("deliv.yaml: this is not valid YAML (")


def test_a_key_that_is_no_word_is_a_fault() -> None:
    assert read("a: 1\n? [b, c]\n: 2\n")[1] == ["deliv.yaml:2: a key must be a word"]


def test_all_faults_are_found_at_once() -> None:
    _, faults = read("a: no\nb: 10:30\na: 2026-13-01\n")
    assert [fault.split(":")[1] for fault in faults] == ["1", "2", "3", "3"]
