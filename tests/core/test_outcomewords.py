"""What people and systems call outcomes, in Japanese and English."""

import pytest

from deliv.core import outcomewords
from deliv.core.outcomes import BounceReason, OutcomeKind
from deliv.core.outcomewords import Column, Fate, find_columns, fold_word, read_fate, read_flag, read_reason


@pytest.mark.parametrize("kind", OutcomeKind)
def test_every_kind_is_known_by_its_own_word(kind):
    assert read_fate(kind) == Fate(kind)
    assert read_fate(kind.upper().replace("_", "-")) == Fate(kind)


@pytest.mark.parametrize("reason", BounceReason)
def test_every_reason_is_known_by_its_own_word(reason):
    assert read_reason(reason) is reason


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("送信", OutcomeKind.SENT),
        ("不達", OutcomeKind.BOUNCE),
        ("エラー", OutcomeKind.BOUNCE),
        ("ｴﾗｰ", OutcomeKind.BOUNCE),
        ("バウンス", OutcomeKind.BOUNCE),
        ("返信", OutcomeKind.REPLY),
        ("クリック", OutcomeKind.CLICK),
        ("開封", OutcomeKind.OPEN),
        ("迷惑メール", OutcomeKind.JUNK),
        ("届かない", OutcomeKind.MISSING),
        ("未着", OutcomeKind.MISSING),
        ("テスト受信箱", OutcomeKind.SEED_INBOX),
        ("テスト迷惑メール", OutcomeKind.SEED_JUNK),
        ("テスト未着", OutcomeKind.SEED_MISSING),
        ("配信済み", OutcomeKind.DELIVERED),
        (" Bounced ", OutcomeKind.BOUNCE),
        ("Seed Inbox", OutcomeKind.SEED_INBOX),
    ],
)
def test_words_of_shops_are_known(word, kind):
    assert read_fate(word) == Fate(kind)


def test_a_word_may_say_whether_a_bounce_is_for_good():
    assert read_fate("hard-bounce") == Fate(OutcomeKind.BOUNCE, permanent=True)
    assert read_fate("ソフトバウンス") == Fate(OutcomeKind.BOUNCE, permanent=False)


@pytest.mark.parametrize("word", ["電話", "sms", "Phone", "mail", "complaint", "配信停止"])
def test_some_words_say_nothing_of_a_mails_fate(word):
    """A complaint says that the customer saw the mail and disliked it, not where it lay."""
    assert read_fate(word) == Fate(None)


@pytest.mark.parametrize("word", ["", "ほげ", "不明"])
def test_other_words_are_not_known(word):
    assert read_fate(word) is None


def test_the_same_words_mean_a_folder_and_a_reason():
    assert read_fate("迷惑メール") == Fate(OutcomeKind.JUNK)
    assert read_reason("迷惑メール") is BounceReason.SPAMDETECTED
    assert read_reason("User_Unknown") is BounceReason.USERUNKNOWN
    assert read_reason("宛先不明") is BounceReason.USERUNKNOWN
    assert read_reason("宇宙人") is None


def test_yes_no_and_nothing():
    assert [read_flag(word) for word in ("Yes", "恒久", "0", "一時的", "", "?")] == [
        True,
        True,
        False,
        False,
    ] + [None] * 2


@pytest.mark.parametrize("table", ["_KINDS", "_REASONS"])
def test_no_word_means_two_things(table):
    words = [fold_word(word) for text in getattr(outcomewords, table).values() for word in text.split(",")]
    if table == "_KINDS":
        others = (outcomewords._ASIDE, outcomewords._PERMANENT, outcomewords._TEMPORARY)
        words += [fold_word(word) for text in others for word in text.split(",")]
    assert [word for word in words if words.count(word) > 1] == []


def test_no_heading_means_two_things():
    headings = [fold_word(text) for texts in outcomewords.HEADINGS.values() for text in texts]
    assert len({*headings}) == len(headings)


def test_columns_are_found_by_headings_of_both_languages():
    assert find_columns(["日付", "メール", "結果", "件数", "理由"]) == {
        Column.DAY: 0,
        Column.OUTCOME: 2,
        Column.COUNT: 3,
        Column.REASON: 4,
    }
    assert find_columns(["Message-ID", "DATE", "Event"]) == {Column.MAIL: 0, Column.DAY: 1, Column.OUTCOME: 2}


def test_of_several_headings_for_the_same_the_best_and_then_the_first_counts():
    assert find_columns(["status", "outcome", "date", "date"]) == {Column.OUTCOME: 1, Column.DAY: 2}
