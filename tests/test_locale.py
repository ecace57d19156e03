"""Every sentence that deliv shows has its Japanese, and the compiled catalogue is up to date.

    python -m tests.test_locale

compiles ``deliv.po`` to ``deliv.mo`` and lists what is missing or no longer used.
"""

import ast
import gettext
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from rich.cells import cell_len

from deliv.core import errors
from deliv.core.facts import FACTS
from deliv.formats import agendalabels, booklabels, labels, senderlabels, senderseen
from deliv.locale import translator

PACKAGE = Path(__file__).parent.parent / "deliv"
FOLDER = PACKAGE / "locale" / "ja" / "LC_MESSAGES"
PO, MO = FOLDER / "deliv.po", FOLDER / "deliv.mo"

# --- where the code holds messages ------------------------------------------------------------------

TRANSLATORS = {"tr", "_", "translate", "self._translate"}
"""Called with a message as the first argument."""

ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.DelivError)
}
"""Raised with a message as the first argument."""

TABLES = {"TEMPLATES"} | {
    name
    for module in (labels, senderlabels, booklabels, agendalabels)
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, dict)
}
"""Constants of a module whose values are messages."""

CARRIERS = {"template", "detail", "problem", "separator", "meaning"}
"""Parameters, and attributes, that carry a message: it is found where it comes from."""

SHOWN = ("deliv/cli/", "deliv/core/auth/", "deliv/core/blocklists.py", "deliv/formats/")
"""Where nearly all words are for people."""

NO_MESSAGES = {"Example Shop", "standard output", "bold red", "not bold", "deliv {}", "deliv: {}"} | {
    "true, false",
    "tuple[RuleBook, date]",
    "<!-- Generated: deliv rules --format markdown --lang {lang} --output rules/README.md -->",
}
"""Words there that nobody translates."""

_MARKUP = re.compile(r"<[a-z?]")
"""How a line of an SVG file begins."""

_WORDS = re.compile(r"[A-Za-z]{2,}[.,:;]? ([A-Za-z]{2,}|\{)")


@dataclass(frozen=True)
class Found:
    """Something in the code, and where it stands."""

    text: str
    place: str


class Source:
    """One file of the package.

    helpers: functions of the package that hand on a message, and which of their arguments it is.
    """

    def __init__(self, code: str, name: str, helpers: Mapping[str, int] | None = None) -> None:
        self.name = name
        self.tree = ast.parse(code)
        self.helpers = {**_helpers(self.tree), **(helpers or {})}
        self._functions = {f.name: _Scope(f) for f in ast.walk(self.tree) if isinstance(f, ast.FunctionDef)}
        self._module = _Scope(self.tree)

    def messages(self) -> Iterator[Found]:
        """Yield the messages, some of them perhaps twice."""
        for leaf in self._leaves():
            if isinstance(leaf, ast.Constant) and leaf.value.strip():
                yield Found(leaf.value, f"{self.name}:{leaf.lineno}")

    def unreadable(self) -> Iterator[Found]:
        """Yield the expressions that hold messages which nobody finds."""
        for leaf in self._leaves():
            if not isinstance(leaf, ast.Constant):
                yield Found(ast.unparse(leaf), f"{self.name}:{leaf.lineno}")

    def sentences(self) -> Iterator[Found]:
        """Yield what looks like words for people, messages or not; docstrings left out."""
        skipped = {id(node.value) for node in ast.walk(self.tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(self.tree):
            match node:
                case ast.JoinedStr(values=parts):
                    skipped |= {id(part) for part in parts}
                    text = "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in parts)
                case ast.Constant(value=str() as text) if id(node) not in skipped:
                    pass
                case _:
                    continue
            if _WORDS.search(text):
                yield Found(text, f"{self.name}:{node.lineno}")

    def _leaves(self) -> Iterator[ast.expr]:
        """Yield the strings that are messages, and whatever else stands where one should."""
        for name, value in self._module.bindings:
            if name in TABLES and isinstance(value, ast.Dict):
                yield from self._unfold(value, self._module)
        for scope in (self._module, *map(_Scope, _functions(self.tree))):
            for expression in scope.spoken(self.helpers):
                yield from self._unfold(expression, scope)

    def _unfold(self, expression: ast.expr, scope: "_Scope") -> Iterator[ast.expr]:
        """Yield the leaves that an expression may stand for, or that it lists."""
        match expression:
            case ast.IfExp(body=first, orelse=second):
                parts = [first, second]
            case ast.Dict(values=parts) | ast.Tuple(elts=parts):
                pass
            case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name)) if name in TABLES:
                parts = []
            case ast.Attribute(attr=name) if name in CARRIERS:
                parts = []
            case ast.Name(id=name) if name in CARRIERS & scope.parameters:
                parts = []
            case ast.Name(id=name) if values := scope.values_of(name) or self._module.values_of(name):
                parts = values
            case ast.Call(func=ast.Name(id=name)) if name in self._functions:
                scope = self._functions[name]
                parts = scope.returned
            case _:
                yield expression
                return
        for part in parts:
            yield from self._unfold(part, scope)


class _Scope:
    """A function, or a module with its classes: what is named and said in it."""

    def __init__(self, root: ast.FunctionDef | ast.Module) -> None:
        self._nodes: list[ast.AST] = []
        waiting: list[ast.AST] = list(root.body)
        while waiting:
            node = waiting.pop(0)
            self._nodes.append(node)
            is_scope = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            waiting += [node.args, *node.decorator_list] if is_scope else ast.iter_child_nodes(node)
        arguments = [] if isinstance(root, ast.Module) else [*root.args.args, *root.args.kwonlyargs]
        self.parameters = {argument.arg for argument in arguments}
        self.bindings = [pair for node in self._nodes for pair in _bindings(node)]
        self.returned = [node.value for node in self._nodes if isinstance(node, ast.Return) and node.value]

    def spoken(self, helpers: Mapping[str, int]) -> Iterator[ast.expr]:
        """Yield the arguments that are messages."""
        for call in self._nodes:
            if isinstance(call, ast.Call):
                name = getattr(call.func, "attr", None) or getattr(call.func, "id", None)
                translates = ast.unparse(call.func) in TRANSLATORS
                place = 0 if translates or name in ERRORS else helpers.get(name)
                if place is not None:
                    yield from call.args[place : place + 1]
                yield from (word.value for word in call.keywords if word.arg in {"template", "separator"})

    def values_of(self, name: str) -> list[ast.expr]:
        """Return everything that a name stands for; what is looped over gives the name its items."""
        values = [value for bound, value in self.bindings if bound == name]
        for node in self._nodes:
            if isinstance(node, ast.For | ast.comprehension):
                values += _items(node.target, self._listed(node.iter), name)
        return values

    def _listed(self, iterated: ast.expr) -> ast.expr:
        named = [value for bound, value in self.bindings if ast.unparse(iterated) == bound]
        return named[0] if len(named) == 1 else iterated


def _items(target: ast.expr, iterated: ast.expr, name: str) -> list[ast.expr]:
    """Return the items, or the parts of items, that a loop calls by a name."""
    items = iterated.elts if isinstance(iterated, ast.Tuple) else [iterated]
    match target:
        case ast.Name(id=bound) if bound == name:
            return items
        case ast.Tuple(elts=parts):
            indices = [index for index, part in enumerate(parts) if getattr(part, "id", "") == name]
            return [
                item.elts[index] if isinstance(item, ast.Tuple) else item
                for index in indices
                for item in items
            ]
    return []


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield name and value of an assignment to plain names."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            pairs = zip(targets, values, strict=False)
            yield from ((target.id, value) for target, value in pairs if isinstance(target, ast.Name))


def _functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _helpers(tree: ast.AST) -> dict[str, int]:
    """Return the functions with a parameter for a template, and its place when they are called."""
    places = {}
    for function in _functions(tree):
        names = [argument.arg for argument in function.args.args if argument.arg != "self"]
        if "template" in names and not function.name.startswith("__"):
            places[function.name] = names.index("template")
    return places


def sources() -> list[Source]:
    """Return the files of the package."""
    codes = {
        path.relative_to(PACKAGE.parent).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(PACKAGE.rglob("*.py"))
    }
    helpers: dict[str, int] = {}
    for code in codes.values():
        helpers |= _helpers(ast.parse(code))
    return [Source(code, name, helpers) for name, code in codes.items()]


def messages_of_package() -> dict[str, str]:
    """Return every message id, with a place where it stands; the catalogue of facts holds some, too."""
    meanings = {spec.meaning: f"the fact {name}" for name, spec in FACTS.items()}
    return meanings | {found.text: found.place for source in sources() for found in source.messages()}


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

SOURCES = sources()
HELPERS = SOURCES[0].helpers
MESSAGES = messages_of_package()
TRANSLATIONS = translations_of(read_catalogue())


def test_every_message_has_a_translation():
    missing = {text: place for text, place in MESSAGES.items() if not TRANSLATIONS.get(text)}
    assert missing == {}


def test_every_message_can_be_found():
    assert [found for source in SOURCES for found in source.unreadable()] == []


def test_there_are_no_words_for_people_that_nobody_translates():
    shown = [source for source in SOURCES if source.name.startswith(SHOWN)]
    said = {found.text for source in shown for found in source.sentences()}
    said = {text for text in said if not _MARKUP.match(text)}
    assert said - MESSAGES.keys() == NO_MESSAGES


def test_the_titles_of_the_senders_page_fit_into_their_column():
    code = inspect.getsource(senderseen)
    titles = re.findall(r'_row\(\s*_\("([^"]+)"\)', code)
    assert titles
    assert [TRANSLATIONS[title] for title in titles if cell_len(TRANSLATIONS[title]) > 16] == []


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


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_nothing_translates_to_nothing(lang):
    assert translator(lang)("") == ""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("tr('one')", {"one"}),
        ("self._translate('one').format(a=1)", {"one"}),
        ("def f(x=Option(help=tr('one'))): pass", {"one"}),
        ("raise InputError('one ' 'two', path=1)", {"one two"}),
        ("fields.report(located, 'one' if x else 'two', name=1)", {"one", "two"}),
        ("raise _permerror(domain, 'one', term=1)", {"one"}),
        ("def helper(a, template): pass\nhelper(1, 'one')", {"one"}),
        ("ONE: Final = 'one'\nraise AddressSyntaxError(ONE)", {"one"}),
        ("template, reason = 'one', str(error)\nraise InputError(template)", {"one"}),
        ("text = 'one'\ndef f():\n    text = 'two'\n    tr(text)", {"two"}),
        ("remarks = ((count, 'one'), (other, 'two'))\nfor count, text in remarks: tr(text)", {"one", "two"}),
        ("[tr(word) for word in (labels.RISK[risk], 'one')]", {"one"}),
        ("Fault(file='x', template='one')", {"one"}),
        ("RISK: Final = {Risk.LOW: 'one'}", {"one"}),
        ("FIX: Final = {FixKind.SPF: 'one'}", {"one"}),
        ("TEMPLATES: Final = {'a': 'one'}", {"one"}),
        ("def f(x):\n    return TEMPLATES[x] if x else 'one'\nTag(template=f(1))", {"one"}),
        ("print('one', names['two'])\nclass X:\n    FIX = 'one'", set()),
    ],
)
def test_messages_are_found_in_the_code(code, expected):
    source = Source(code, "x.py", HELPERS)
    assert {found.text for found in source.messages()} == expected
    assert list(source.unreadable()) == []


@pytest.mark.parametrize(
    ("code", "unreadable"),
    [
        ("tr(sentence)", "sentence"),
        ("def f(text): tr(text)", "text"),
        ("tr(f'{a} rows')", "f'{a} rows'"),
        ("tr('a' + b)", "'a' + b"),
        ("tr(WORDS[a])", "WORDS[a]"),
        ("tr(listing.state)", "listing.state"),
        ("raise InputError(sentence())", "sentence()"),
        ("_permerror(domain, sentence)", "sentence"),
        ("for line, template in pairs: tr(template)", "pairs"),
    ],
)
def test_a_message_that_cannot_be_found_is_noticed(code, unreadable):
    assert [found.text for found in Source(code, "x.py", HELPERS).unreadable()] == [unreadable]


def test_words_for_people_are_noticed_wherever_they_stand():
    code = '"A docstring of many words."\nprint(f"{a} rows of many", f"no. {b}", "two words", "one")'
    found = {found.text for found in Source(code, "x.py").sentences()}
    assert found == {"{} rows of many", "no. {}", "two words"}


if __name__ == "__main__":
    main()
