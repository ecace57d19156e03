"""What people and systems call outcomes, in Japanese and English."""

import pytest

from deliv.core.contacts import ContactKind, ContactVocabulary
from deliv.core.outcomes import BounceReason, OutcomeKind
from deliv.core.outcomewords import Column, Fate, OutcomeVocabulary, OutcomeWords, fold_word, read_flag
from deliv.sources.rulefiles import packaged_book

BOOK = packaged_book()
WORDS = OutcomeWords(BOOK.outcomes, BOOK.contacts)
read_fate, read_reason, find_columns = WORDS.fate, WORDS.reason, WORDS.find_columns


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


def test_no_heading_means_two_things():
    headings = [(fold_word(text), column) for column, texts in WORDS.headings.items() for text in texts]
    assert len({*headings}) == len({text for text, _ in headings})


def test_what_is_headed_as_in_logs_is_not_headed_again():
    """The words and headings of logs stand in one place of the rule book."""
    of_logs = {fold_word(text) for texts in BOOK.contacts.headings.values() for text in texts}
    own = {fold_word(text) for texts in BOOK.outcomes.headings.values() for text in texts}
    assert own & of_logs == {"結果"}  # in a log it heads what was said on the phone
    aside = {fold_word(word) for word in BOOK.outcomes.words["aside"]}
    assert aside.isdisjoint(fold_word(word) for words in BOOK.contacts.kinds.values() for word in words)


@pytest.mark.parametrize(
    ("contact", "outcome", "kind"),
    [
        ("返信", "", OutcomeKind.REPLY),
        ("不達", "", OutcomeKind.BOUNCE),
        ("メール", "", None),
        ("メール送信", "", None),  # written by hand, and no order mail
        ("メール", "不達", OutcomeKind.BOUNCE),
        ("メール", "留守", None),
        ("迷惑メール", "", OutcomeKind.JUNK),
        ("電話", "返信あり", None),
        ("SMS", "エラー", None),
        ("予定", "送信", None),
        ("注文確認", "不達", OutcomeKind.BOUNCE),
    ],
)
def test_a_log_of_contacts_has_its_own_words_and_a_call_is_no_mail(contact, outcome, kind):
    assert read_fate(outcome, contact) == Fate(kind)


def test_a_line_of_a_log_in_unknown_words_is_not_understood():
    assert read_fate("", "謎") is None
    assert read_fate("謎", "") is None


def test_words_of_a_rule_book_of_ones_own():
    vocabulary = OutcomeVocabulary(
        headings={Column.OUTCOME: ("顛末",)},
        words={"junk": ("ゴミ箱",)},
        reasons={BounceReason.SUSPEND: ("冬眠",)},
    )
    words = OutcomeWords(vocabulary, ContactVocabulary(kinds={ContactKind.PHONE: ("黒電話",)}))
    assert words.find_columns(["顛末"]) == {Column.OUTCOME: 0}
    assert words.fate("ゴミ箱") == Fate(OutcomeKind.JUNK)
    assert words.fate("黒電話") == Fate(None)
    assert words.fate("bounce") == Fate(OutcomeKind.BOUNCE)
    assert words.reason("冬眠") is BounceReason.SUSPEND


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
