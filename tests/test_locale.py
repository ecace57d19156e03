"""Every sentence that deliv shows has its Japanese, and the compiled catalogue is up to date.

    python -m tests.test_locale

compiles ``deliv.po`` to ``deliv.mo`` and lists what is missing or no longer used.
"""

import ast
import gettext
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from deliv.core import errors
from deliv.locale import translator

PACKAGE = Path(__file__).parent.parent / "deliv"
FOLDER = PACKAGE / "locale" / "ja" / "LC_MESSAGES"
PO, MO = FOLDER / "deliv.po", FOLDER / "deliv.mo"

# --- where the code holds messages ------------------------------------------------------------------

TRANSLATORS = {"tr", "_", "translate", "_translate"}
"""Called with a message as the first argument."""

ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.DelivError)
}
"""Raised with a message as the first argument."""

POSITION = dict.fromkeys(TRANSLATORS | ERRORS | {"fault"}, 0) | {"report": 1, "_fault": 2}
"""Which argument of a function or method is a message."""

KEYWORDS = {"template"}
"""Keyword arguments that are messages."""

NAMES = {"template", "templates", "message", "remarks", "marks"}
"""Variables that hold messages, or tuples with messages, whatever is done with them later."""

TABLES = {*("RISK", "REASON", "ACTION", "MEND", "KIND", "SEVERITY", "SPF", "DMARC", "REPLIES", "DISTRUST")}
"""The tables of formats/labels.py, whose values are messages."""

PASSED_ON = NAMES | {"text", "word", "separator"}
"""Variables whose messages are found where they come from."""


@dataclass(frozen=True)
class Found:
    """Something in the code, and where it stands."""

    text: str
    place: str


class Source:
    """One file of the package."""

    def __init__(self, code: str, name: str) -> None:
        self._name = name
        tree = ast.parse(code)
        self._nodes = list(ast.walk(tree))
        self._constants = dict(_assignments(tree.body))

    def messages(self) -> Iterator[Found]:
        """Yield the messages, some of them perhaps twice."""
        named = [value for name, value in _assignments(self._nodes) if name in NAMES | TABLES]
        for expression in (*named, *self._arguments()):
            for constant in _strings(expression):
                yield Found(constant.value, f"{self._name}:{constant.lineno}")

    def unreadable(self) -> Iterator[Found]:
        """Yield the expressions that hold messages which nobody finds."""
        for expression in (*self._arguments(), *self._looped_over()):
            match expression:
                case ast.Name(id=name) if name in PASSED_ON:
                    pass
                case ast.Name() | ast.JoinedStr() | ast.BinOp(op=ast.Add()):
                    yield Found(ast.unparse(expression), f"{self._name}:{expression.lineno}")

    def _looped_over(self) -> Iterator[ast.expr]:
        """Yield what is looped over by a variable that holds messages."""
        for node in self._nodes:
            if isinstance(node, ast.For | ast.comprehension):
                targets = {name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)}
                if targets & NAMES:
                    yield node.iter

    def _arguments(self) -> Iterator[ast.expr]:
        """Yield the arguments that are messages; a constant of the module is followed."""
        for call in self._nodes:
            for argument in _message_arguments(call) if isinstance(call, ast.Call) else ():
                name = argument.id if isinstance(argument, ast.Name) else ""
                yield self._constants.get(name, argument)


def _strings(expression: ast.expr) -> Iterator[ast.Constant]:
    """Yield the strings that an expression may stand for, or that it lists."""
    match expression:
        case ast.Constant(value=str()):
            yield expression
        case ast.IfExp(body=first, orelse=second):
            yield from (*_strings(first), *_strings(second))
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(values=parts):
            for part in parts:
                yield from _strings(part)


def _assignments(nodes: list[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """Yield name and value of every assignment to a plain name."""
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                pairs = zip(targets, values, strict=False)
                yield from ((target.id, value) for target, value in pairs if isinstance(target, ast.Name))


def _message_arguments(call: ast.Call) -> Iterator[ast.expr]:
    name = getattr(call.func, "attr", None) or getattr(call.func, "id", None)
    match call.func:
        case ast.Attribute(value=ast.Name(id=holder), attr="append") if holder in NAMES:
            yield call.args[0]
    if name in POSITION:
        yield from call.args[POSITION[name] :][:1]
    yield from (keyword.value for keyword in call.keywords if keyword.arg in KEYWORDS)


def sources() -> list[Source]:
    """Return the files of the package."""
    return [
        Source(path.read_text(encoding="utf-8"), path.relative_to(PACKAGE.parent).as_posix())
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


def messages_of_package() -> dict[str, str]:
    """Return every message id, with a place where it stands."""
    return {found.text: found.place for source in sources() for found in source.messages()}


# --- the catalogue ----------------------------------------------------------------------------------


def read_catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="ja", abort_invalid=True)


def translations_of(catalogue: Catalog) -> dict[str, str]:
    return {message.id: message.string for message in catalogue if message.id}


def fields_of(text: str) -> set[str]:
    """Return the names of the ``{placeholders}`` in a message."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def main() -> None:
    """Compile the catalogue, and say what is to be done in it."""
    catalogue = read_catalogue()
    with MO.open("wb") as file:
        write_mo(file, catalogue)
    used, translations = messages_of_package(), translations_of(catalogue)
    for text, place in used.items():
        if not translations.get(text):
            print(f"missing  {place}  {text}")
    for text in translations.keys() - used.keys():
        print(f"unused  {text}")
    print(f"{len(translations)} messages compiled to {MO}")


# --- the tests --------------------------------------------------------------------------------------

MESSAGES = messages_of_package()
TRANSLATIONS = translations_of(read_catalogue())


def test_every_message_has_a_translation():
    missing = {text: place for text, place in MESSAGES.items() if not TRANSLATIONS.get(text)}
    assert missing == {}


def test_every_message_can_be_found():
    assert [found for source in sources() for found in source.unreadable()] == []


def test_every_translation_is_used():
    assert TRANSLATIONS.keys() - MESSAGES.keys() == set()


@pytest.mark.parametrize("text", sorted(TRANSLATIONS))
def test_a_translation_has_the_fields_of_its_message(text):
    assert fields_of(TRANSLATIONS[text]) == fields_of(text)


@pytest.mark.parametrize("text", sorted(TRANSLATIONS))
def test_a_translation_can_be_written_where_windows_writes_cp932(text):
    assert TRANSLATIONS[text].encode("cp932").decode("cp932") == TRANSLATIONS[text]


def test_no_translation_is_left_as_a_guess():
    assert [message.id for message in read_catalogue() if message.id and message.fuzzy] == []


def test_no_message_stands_in_the_catalogue_twice():
    lines = PO.read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith("msgid ") for line in lines) == len(TRANSLATIONS) + 1


def test_the_header_names_its_encoding():
    assert read_catalogue().charset == "utf-8"
    assert "Content-Type: text/plain; charset=utf-8" in PO.read_text(encoding="utf-8")


def test_the_compiled_catalogue_is_up_to_date():
    with MO.open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    compiled.pop("")
    assert compiled == TRANSLATIONS, "run: python -m tests.test_locale"


def test_japanese_is_looked_up_and_english_stays_as_it_is():
    assert translator("ja")("undeliverable") == "届きません"
    assert translator("en")("undeliverable") == "undeliverable"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("tr('one')", {"one"}),
        ("self._translate('one').format(a=1)", {"one"}),
        ("raise InputError('one ' 'two', path=1)", {"one two"}),
        ("fields.report(located, 'one' if x else 'two', name=1)", {"one", "two"}),
        ("ONE: Final = 'one'\nraise AddressSyntaxError(ONE)", {"one"}),
        ("template, reason = 'one', str(error)", {"one"}),
        ("remarks = ((count, 'one'), (other, 'two'))", {"one", "two"}),
        ("marks.append((line, 'one'))", {"one"}),
        ("Fault(file='x', template='one')", {"one"}),
        ("RISK: Final = {Risk.LOW: 'one'}", {"one"}),
        ("print('one', names['two'])", set()),
    ],
)
def test_messages_are_found_in_the_code(code, expected):
    assert {found.text for found in Source(code, "x.py").messages()} == expected


@pytest.mark.parametrize(
    ("code", "unreadable"),
    [
        ("tr(sentence)", "sentence"),
        ("tr(f'{a} rows')", "f'{a} rows'"),
        ("tr('a' + b)", "'a' + b"),
        ("for line, template in pairs: pass", "pairs"),
    ],
)
def test_a_message_that_cannot_be_found_is_noticed(code, unreadable):
    assert list(Source(code, "x.py").unreadable()) == [Found(unreadable, "x.py:1")]


if __name__ == "__main__":
    main()
