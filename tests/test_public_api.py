"""The public names of design section 8: promised, sorted, loaded on first use."""

import ast
import importlib
from pathlib import Path

import pytest

import deliv

TREE = ast.parse(Path(deliv.__file__).read_text(encoding="utf-8"))

DAY_ONE = {
    *("parse_address", "mend_address", "parse_spf", "parse_dmarc", "load_rules", "classify"),
    *("suggest_domain", "DnsResolver", "gather_facts", "audit_sender", "assess", "stream", "write"),
    *("check", "render", "read_orders"),
}


def for_type_checkers() -> dict[str, str]:
    """Return the home of each name that type checkers are shown."""
    (block,) = [node for node in TREE.body if isinstance(node, ast.If)]
    homes = {}
    for statement in block.body:
        assert isinstance(statement, ast.ImportFrom)
        for alias in statement.names:
            assert alias.asname == alias.name, "only “import x as x” is an export"
            homes[alias.name] = statement.module
    return homes


def test_the_names_are_sorted_and_each_stands_once():
    assert list(deliv.__all__) == sorted(set(deliv.__all__))


def test_dir_shows_the_public_names():
    assert dir(deliv) == deliv.__all__


@pytest.mark.parametrize("name", deliv.__all__)
def test_every_name_loads_and_is_what_its_home_holds(name):
    value = getattr(deliv, name)
    if name != "__version__":
        assert value is getattr(importlib.import_module(deliv._HOMES[name]), name)


def test_type_checkers_and_the_interpreter_see_the_same():
    assert for_type_checkers() == deliv._HOMES
    assert {*deliv._HOMES, "__version__"} == {*deliv.__all__}


def test_the_names_of_the_first_day_are_there():
    assert {*deliv.__all__} >= DAY_ONE


def test_there_is_no_other_name():
    with pytest.raises(AttributeError, match="no attribute 'send_mail'"):
        _ = deliv.send_mail


@pytest.mark.parametrize("name", sorted({*deliv.__all__} - {"__version__"}))
def test_every_public_name_is_described(name):
    assert getattr(deliv, name).__doc__


def test_the_package_says_that_it_is_typed():
    assert (Path(deliv.__file__).parent / "py.typed").exists()
