"""What people and systems call outcomes: words in Japanese and English, and the headings above them.

Words are compared after folding: full-width characters, upper and lower case, spaces, hyphens and
underscores make no difference.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from deliv.core.exports import fold_heading
from deliv.core.outcomes import BounceReason, OutcomeKind


class Column(StrEnum):
    """What a column of a file with outcomes can hold."""

    ADDRESS = "address"
    """An address, or a domain where the row speaks for all its customers."""
    DOMAIN = "domain"
    DAY = "day"
    OUTCOME = "outcome"
    COUNT = "count"
    REASON = "reason"
    PERMANENT = "permanent"
    MAIL = "mail"
    """Which mail or order it was: what tells two equal rows apart."""
    KEY = "key"
    """What stands for an address in an export of the history."""
    MAIL_KEY = "mail_key"
    """What stands for a mail there."""
    SENDER_STATE = "sender_state"


HEADINGS: Final[Mapping[Column, tuple[str, ...]]] = {
    Column.ADDRESS: ("recipient", "to", "宛先", "受信者", "連絡先"),  # besides those of the rule book
    Column.DOMAIN: ("domain", "ドメイン"),
    Column.DAY: (
        *(
            "date",
            "day",
            "日付",
            "年月日",
            "日時",
            "発生日",
            "発生日時",
            "連絡日",
            "連絡日時",
            "送信日",
            "受信日",
        ),
        *("timestamp", "time", "日"),
    ),
    Column.OUTCOME: (
        "outcome",
        "結果",
        "kind",
        "種別",
        "種類",
        "event",
        "イベント",
        "区分",
        "状態",
        "status",
    ),
    Column.COUNT: ("count", "件数", "通数", "数", "number"),
    Column.REASON: ("reason", "理由", "不達理由", "エラー理由", "原因", "bounce reason"),
    Column.PERMANENT: ("permanent", "恒久", "恒久的"),
    Column.MAIL: (
        *("message id", "mail id", "メッセージID", "メールID", "order id", "order number"),
        *("注文番号", "受注番号", "注文ID"),
    ),
    Column.KEY: ("deliv key",),
    Column.MAIL_KEY: ("deliv mail",),
    Column.SENDER_STATE: ("deliv sender state",),
}
"""Headings by what they stand for, the best first."""


class Fate(NamedTuple):
    """What an outcome's word says."""

    kind: OutcomeKind | None
    """None for what says nothing of a mail's fate: a phone call, say."""
    permanent: bool | None = None
    """Whether the word itself says that a bounce is for good."""


_LONGEST: Final = 80  # characters of a word; longer texts are not even looked up, nor remembered
_KINDS: Final[Mapping[OutcomeKind, str]] = {
    OutcomeKind.SENT: "sent, send, 送信, 送信済, 送信済み, 配信, 配信数, 送信数, メール送信",
    OutcomeKind.DELIVERED: "delivered, delivery, 250, ok, 配信済, 配信済み, 配信成功, 配信完了, 到達",
    OutcomeKind.BOUNCE: (
        "bounce, bounced, bounces, undelivered, undeliverable, returned, ndr, dsn, failed, error, "
        "不達, 未達, 不着, バウンス, エラー, エラーメール, 配信エラー, 送信エラー, 配信失敗, 返送, 戻り"
    ),
    OutcomeKind.REPLY: "reply, replied, answer, answered, 返信, 返信あり, 返事, 返答, 回答",
    OutcomeKind.CLICK: "click, clicked, clicks, クリック, クリックあり",
    OutcomeKind.OPEN: "open, opened, opens, 開封, 開封済, 開封済み",
    OutcomeKind.JUNK: (
        "junk, spam, junk folder, spam folder, in junk, in spam, "
        "迷惑, 迷惑メール, 迷惑メールフォルダ, 迷惑メールフォルダー, 迷惑フォルダ"
    ),
    OutcomeKind.MISSING: (
        "missing, not received, not arrived, never came, lost, "
        "未着, 届かない, 届いていない, 届いてない, 届かず, 見当たらない, 受信なし"
    ),
    OutcomeKind.SEED_INBOX: (
        "seed inbox, test inbox, テスト受信, テスト受信箱, テスト受信トレイ, テスト:受信箱, テスト:受信トレイ"
    ),
    OutcomeKind.SEED_JUNK: (
        "seed junk, seed spam, test junk, test spam, テスト迷惑, テスト迷惑メール, テスト:迷惑メール"
    ),
    OutcomeKind.SEED_MISSING: "seed missing, test missing, テスト未着, テスト不着, テスト届かない",
}
_PERMANENT: Final = "hard bounce, hardbounce, hard, ハードバウンス, 恒久エラー, 永続的エラー"
_TEMPORARY: Final = "soft bounce, softbounce, soft, ソフトバウンス, 一時エラー, 一時的エラー"
# A complaint says that the customer saw the mail and disliked it, not where it lay.
_ASIDE: Final = (
    "mail, email, e mail, sms, phone, phone call, call, call back, visit, letter, processed, deferred, "
    "queued, complaint, abuse, unsubscribe, unsubscribed, "
    "メール, ショートメール, 電話, 架電, 着信, 留守電, 来店, 郵送, 手紙, 処理中, 遅延, 苦情, 配信停止"
)
_REASONS: Final[Mapping[BounceReason, str]] = {
    BounceReason.USERUNKNOWN: (
        "user unknown, unknown user, no such user, mailbox not found, invalid recipient, "
        "宛先不明, 宛先なし, アドレス不明, 存在しない, 宛先不在, ユーザー不明, ユーザなし, アドレスなし"
    ),
    BounceReason.HOSTUNKNOWN: (
        "host unknown, domain not found, unknown host, ドメイン不明, ドメインなし, ホスト不明"
    ),
    BounceReason.HASMOVED: "has moved, 移転, アドレス変更",
    BounceReason.FILTERED: "filter, 受信拒否, 指定受信, フィルター, フィルタ, 受信制限, ドメイン指定受信",
    BounceReason.MAILBOXFULL: (
        "mailbox full, full, over quota, quota, "
        "容量超過, 容量オーバー, メールボックス満杯, 受信箱満杯, 満杯, 容量不足"
    ),
    BounceReason.SUSPEND: "suspended, disabled, 停止, 利用停止, 休止, アカウント停止",
    BounceReason.NORELAYING: "no relaying, relay denied, 中継拒否",
    BounceReason.NOTACCEPT: "not accept, null mx, 受信しないドメイン",
    BounceReason.BLOCKED: "block, blocklisted, 接続拒否, ブロック, ip拒否, 送信元拒否",
    BounceReason.REJECTED: "sender rejected, 送信者拒否, 差出人拒否, 拒否",
    BounceReason.SPAMDETECTED: "spam, spam detected, スパム, スパム判定, 迷惑メール, 迷惑メール判定",
    BounceReason.VIRUSDETECTED: "virus, virus detected, ウイルス, ウィルス, ウイルス検出",
    BounceReason.POLICYVIOLATION: "policy, policy violation, ポリシー, ポリシー違反, 規約違反",
    BounceReason.AUTHFAILURE: "auth failure, dmarc, spf, dkim, 認証失敗, 認証エラー, 送信ドメイン認証",
    BounceReason.MESGTOOBIG: "too big, too large, message too big, サイズ超過, 大きすぎ",
    BounceReason.CONTENTERROR: "content error, 内容エラー, 本文エラー",
    BounceReason.SYSTEMERROR: "system error, システムエラー, サーバーエラー, サーバエラー",
    BounceReason.NETWORKERROR: "network error, connection, 接続エラー, 通信エラー, ネットワークエラー",
    BounceReason.SPEEDING: "rate limit, too many, throttled, 流量制限, 送りすぎ, 送信過多",
    BounceReason.EXPIRED: "timeout, 期限切れ, 時間切れ, タイムアウト",
    BounceReason.ONHOLD: "on hold, 保留",
    BounceReason.UNDEFINED: "unknown, other, others, 不明, その他, 理由不明",
}
_YES: Final = "1, true, yes, y, hard, permanent, 5, はい, 恒久, 恒久的, ハード, ○"
_NO: Final = "0, false, no, n, soft, temporary, transient, 4, いいえ, 一時, 一時的, ソフト, ×"


@lru_cache(maxsize=4096)  # a file has few words, and many rows for each
def fold_word(text: str) -> str:
    """Return the spelling by which words and headings are compared."""
    return fold_heading(text.replace("_", " ").replace("-", " "))


def _words(text: str) -> list[str]:
    return [fold_word(word) for word in text.split(",")]


_FATES: Final = {
    **{word: Fate(None) for word in _words(_ASIDE)},
    **{word: Fate(kind) for kind, text in _KINDS.items() for word in (fold_word(kind), *_words(text))},
    **{word: Fate(OutcomeKind.BOUNCE, permanent=True) for word in _words(_PERMANENT)},
    **{word: Fate(OutcomeKind.BOUNCE, permanent=False) for word in _words(_TEMPORARY)},
}
_REASON_OF: Final = {word: reason for reason, text in _REASONS.items() for word in (reason, *_words(text))}
_FLAG_OF: Final = dict.fromkeys(_words(_YES), True) | dict.fromkeys(_words(_NO), False)
_COLUMN_OF: Final = {
    fold_word(heading): (column, rank)
    for column, headings in HEADINGS.items()
    for rank, heading in enumerate(headings)
}


def read_fate(text: str) -> Fate | None:
    """Return what the word for an outcome says; None when it is none."""
    return _FATES.get(fold_word(text)) if len(text) <= _LONGEST else None


def read_reason(text: str) -> BounceReason | None:
    """Return the reason of a bounce that a word names; None when it is none."""
    return _REASON_OF.get(fold_word(text)) if len(text) <= _LONGEST else None


def read_flag(text: str) -> bool | None:
    """Return yes or no; None for anything else."""
    return _FLAG_OF.get(fold_word(text)) if len(text) <= _LONGEST else None


def find_columns(headings: Sequence[str]) -> dict[Column, int]:
    """Return which column, from 0, holds what; of several for the same the best heading wins."""
    found: dict[Column, tuple[int, int]] = {}
    for index, heading in enumerate(headings):
        known = _COLUMN_OF.get(fold_word(heading)) if len(heading) <= _LONGEST else None
        if known is not None:
            column, rank = known
            found[column] = min(found.get(column, (rank, index)), (rank, index))
    return {column: index for column, (_, index) in found.items()}
