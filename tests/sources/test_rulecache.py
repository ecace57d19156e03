"""The packaged rules are parsed once; what is kept never stands in for other files."""

import json
import os
import stat
from dataclasses import replace

import pytest

from deliv.sources import rulecache, rulefiles
from deliv.sources.folders import cache_folder
from deliv.sources.rulecache import cache_file, read_cache, write_cache
from deliv.sources.rulefiles import load_rules
from deliv.sources.yamlfile import Located, read_yaml

TEXT = """\
providers:
  - id: "007"
    when: 2026-11-22
    share: 0.5
    count: 3
    on_: true
    nothing: ~
    names: {ja: ドコモ, en: docomo}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("DELIV_CACHE", raising=False)
    return tmp_path / "deliv"


@pytest.fixture
def parses(monkeypatch):
    """Return the names of the files that were parsed."""
    names = []

    def parse(text, name, faults):
        names.append(name)
        return read_yaml(text, name, faults)

    monkeypatch.setattr(rulefiles, "read_yaml", parse)
    return names


def test_what_is_read_back_is_what_was_parsed(folder):
    parsed = read_yaml(TEXT, "a.yaml", [])
    file = cache_file({"a.yaml": TEXT})

    write_cache(file, {"a.yaml": parsed})

    assert read_cache(file) == {"a.yaml": parsed}
    assert isinstance(read_cache(file)["a.yaml"], Located)


def test_the_second_run_parses_nothing_and_gives_the_same_book(parses):
    first = load_rules()
    count = len(parses)
    second = load_rules()

    assert count > 20
    assert len(parses) == count
    assert second.digest == first.digest
    assert second.rules == first.rules
    assert second.providers.providers == first.providers.providers
    assert replace(second, providers=first.providers, services=first.services) == replace(
        first, services=first.services
    )


def test_a_file_that_changed_is_not_answered_for():
    assert cache_file({"a.yaml": "x: 1"}) != cache_file({"a.yaml": "x: 2"})
    assert cache_file({"a.yaml": "x: 1"}) != cache_file({"b.yaml": "x: 1"})
    assert cache_file({"a": "xb", "c": ""}) != cache_file({"a": "x", "bc": ""})


def test_rules_of_the_user_are_parsed_every_time(parses, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text("address_headings: [宛先]\n", encoding="utf-8")
    load_rules(own)
    parses.clear()

    assert "宛先" in load_rules(own).address_headings
    assert parses == [str(own)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x80\x04", id="no-text"),
        pytest.param(b"[]", id="another-form"),
        pytest.param(b'{"a": 1}', id="no-node"),
        pytest.param(b'{"a": []}', id="empty-node"),
        pytest.param(b'{"a": [1, "2026-13-99", 0]}', id="no-such-day"),
        pytest.param(b"[" * 100_000, id="very-deep"),
    ],
)
def test_a_damaged_cache_is_done_without(content, parses, folder):
    load_rules()
    (file,) = folder.glob("rules-*.json")
    file.write_bytes(content)
    parses.clear()

    assert load_rules().rules
    assert parses


def test_only_the_newest_is_kept_and_only_for_the_owner(folder):
    for text in ("x: 1", "x: 2"):
        write_cache(cache_file({"a": text}), {"a": read_yaml(text, "a", [])})

    (file,) = folder.iterdir()
    assert json.loads(file.read_bytes()) == {"a": [1, {"x": [1, 2]}]}
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_faulty_files_are_not_kept(parses, folder, monkeypatch, tmp_path):
    packaged = tmp_path / "packaged"
    packaged.mkdir()
    (packaged / "a.yaml").write_text("x: no\n", encoding="utf-8")
    monkeypatch.setattr(rulefiles, "packaged_rules", lambda: packaged)

    for _ in range(2):
        with pytest.raises(rulefiles.RuleErrors):
            load_rules()

    assert parses == ["rules/a.yaml"] * 2
    assert not folder.exists()


def test_who_wants_nothing_kept_gets_nothing_kept(monkeypatch, folder):
    monkeypatch.setenv("DELIV_CACHE", "off")

    assert cache_folder() is None
    assert load_rules().rules
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_done_without(monkeypatch, tmp_path):
    (tmp_path / "deliv").write_text("in the way", encoding="utf-8")

    assert load_rules().rules


def test_without_a_folder_for_caches_it_is_the_one_at_home(monkeypatch, tmp_path):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(rulecache.Path, "home", lambda: tmp_path)

    assert cache_folder() == tmp_path / ".cache" / "deliv"


def test_without_a_home_nothing_is_kept(monkeypatch):
    def nowhere():
        raise RuntimeError("no home")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(rulecache.Path, "home", nowhere)

    assert cache_folder() is None
