"""``history`` in rule files: how much the shop's own outcomes count."""

from pathlib import Path

import pytest

from deliv.core.errors import RuleErrors
from deliv.core.historybook import CHANNELS, Channel, HistoryBook
from deliv.core.rules import Basis
from deliv.sources.rulefiles import load_rules


@pytest.fixture
def load(tmp_path: Path):
    def loaded(text: str):
        (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
        return load_rules(tmp_path).placement.history

    return loaded


def test_the_packaged_book_states_every_constant():
    book = load_rules().placement.history

    assert book.basis is Basis.ESTIMATE
    assert book.note is not None
    assert dict(book.channels) == dict(CHANNELS)
    assert book.bounces("carrier") < book.bounces("isp") == book.refused_share["default"]
    for name in (
        "other_state",
        "kind_spread",
        "from_strangers",
        "from_provider",
        "for_address",
        "dead_for_days",
    ):
        assert getattr(book, name) == getattr(HistoryBook(), name)


def test_a_shop_changes_what_it_wants_and_keeps_the_rest(load):
    packaged = load_rules().placement.history
    book = load("history: {pooling: {provider: 9}, channels: {reply: {own: 3}}, refused_share: {isp: 0.9}}\n")

    assert book.from_provider == 9
    assert book.for_address == packaged.for_address
    assert book.channels[Channel.REPLY].own == 3
    assert book.channels[Channel.REPLY].spread == packaged.channels[Channel.REPLY].spread
    assert book.channels[Channel.OPEN] == packaged.channels[Channel.OPEN]
    assert (book.bounces("isp"), book.bounces("carrier")) == (0.9, packaged.bounces("carrier"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("history: {pooling: {providers: 9}}", "did you mean “provider”?"),
        ("history: {other_state: 2}", "this is a share, so it is at most 1"),
        ("history: {channels: {replys: {own: 1}}}", "did you mean “reply”?"),
        ("history: {channels: {open: {ignored_kinds: [gatway]}}}", "did you mean “gateway”?"),
        ("history: {dead_for_days: 1.5}", "this must be a whole number"),
        ("history: {refused_share: {default: -1}}", "this must be at least 0"),
    ],
)
def test_slips_are_named(load, text, fault):
    with pytest.raises(RuleErrors) as caught:
        load(text + "\n")
    assert fault in str(caught.value)
