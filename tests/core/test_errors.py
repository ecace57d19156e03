"""Errors: a template with fields, shown in the user's language."""

import inspect
import re

import pytest

from deliv.core import errors
from deliv.core.errors import (
    AddressSyntaxError,
    DelivError,
    DmarcSyntaxError,
    Fault,
    InputError,
    RecordSyntaxError,
    RuleErrors,
    SettingsErrors,
    SpfSyntaxError,
)

JAPANESE = {
    "it is longer than {limit} characters": "{limit}文字より長いです",
    "{path} holds faults": "{path}に誤りがあります",
    "this must be a number": "数で書いてください",
}


def japanese(template):
    return JAPANESE[template]


def test_a_message_is_its_template_filled_in():
    error = AddressSyntaxError("it is longer than {limit} characters", limit=254)

    assert str(error) == "it is longer than 254 characters"
    assert error.localized(japanese) == "254文字より長いです"
    assert (error.template, error.fields) == ("it is longer than {limit} characters", {"limit": 254})


def test_braces_in_a_value_are_only_text():
    assert str(SpfSyntaxError("“{term}” is no term", term="%{d} {x} {")) == "“%{d} {x} {” is no term"


def test_a_field_may_be_called_template():
    assert str(InputError("use {template}", template="this")) == "use this"


@pytest.mark.parametrize("kind", [AddressSyntaxError, RecordSyntaxError, SpfSyntaxError, DmarcSyntaxError])
def test_errors_of_syntax_are_value_errors_too(kind):
    assert issubclass(kind, ValueError)
    assert issubclass(kind, DelivError)


def test_the_tree_in_the_docstring_is_the_tree():
    drawn: dict[str, str] = {}
    above = ["DelivError"]
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"^((?:│?\s*)*)[├└]── (\w+)", line):
            depth = len(match[1]) // 4 + 1
            above[depth:] = [match[2]]
            drawn[match[2]] = above[depth - 1]

    real = {
        name: next(b.__name__ for b in kind.__bases__ if issubclass(b, DelivError))
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, DelivError) and kind is not DelivError
    }

    # The class that RuleErrors and SettingsErrors share is none that anybody needs to catch.
    real = {
        n: p.replace("FaultyFilesError", "DelivError") for n, p in real.items() if n != "FaultyFilesError"
    }
    assert drawn == real


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        pytest.param(
            Fault(file="rules/x.yaml", line=7, path="rules[0].when", template="this must be a number"),
            "rules/x.yaml:7: rules[0].when: this must be a number",
            id="everything",
        ),
        pytest.param(
            Fault(file="rules/x.yaml", line=None, path="", template="this must be a number"),
            "rules/x.yaml: this must be a number",
            id="no-place",
        ),
        pytest.param(
            Fault(file="x", line=1, path="", template="no “{key}”", fields=(("key", "{id}"),)),
            "x:1: no “{id}”",
            id="fields",
        ),
    ],
)
def test_a_fault_says_where_and_what(fault, text):
    assert str(fault) == text


@pytest.mark.parametrize("kind", [RuleErrors, SettingsErrors])
def test_all_faults_are_told_at_once(kind):
    faults = [Fault(file="x", line=n, path="", template="this must be a number") for n in (3, 5)]

    error = kind("{path} holds faults", faults, path="rules")

    assert error.faults == tuple(faults)
    assert str(error).splitlines() == [
        "rules holds faults",
        "  x:3: this must be a number",
        "  x:5: this must be a number",
    ]
    assert error.localized(japanese).splitlines() == [
        "rulesに誤りがあります",
        "  x:3: 数で書いてください",
        "  x:5: 数で書いてください",
    ]
