"""What the text of an order mail tells the customer, and which links it holds."""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

_MOST_HOSTS: Final = 1000
_HIDDEN = re.compile(r"<(script\b|style\b|title\b|!--)", re.IGNORECASE)
_CLOSING: Final = {
    "!--": re.compile("-->"),
    **{name: re.compile(rf"</{name}[^<>]*>", re.IGNORECASE) for name in ("script", "style", "title")},
}
_TAG = re.compile(r"<[^<>]*>")
_BLOCK = re.compile(r"<(?:br|/?(?:p|div|tr|td|li|table|h[1-6]))\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(?:href|src|action|background)\s?=\s?[\"']?([^\"'\s<>]{1,2000})", re.IGNORECASE)
_URL = re.compile(
    r"(?:https?://(?:[^\s/@\"<>]{1,100}@)?|(?<![A-Za-z0-9@./])(?=www\.))([A-Za-z0-9][A-Za-z0-9.-]{0,252})",
    re.IGNORECASE | re.ASCII,
)
# The dashes and tildes that keyboards in Japan offer; NFKC leaves most of them as they are.
_MARKS = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("〜～∼", "~"))
_LONG_VOWEL = re.compile(r"(?<=[0-9)])ー(?=[0-9(])")  # typed for a dash: 03ー1234ー5678
# Behind the 0 a Japanese number has 9 digits, or 10 of a mobile or internet telephone. How they are
# grouped is up to the region, so all groups are counted together.
_PHONE = re.compile(
    r"(?<![0-9-])(?:\+81[- ]?(?:\(0\))?|\(?0)([0-9]{1,4}[-() ]{1,2}[0-9]{1,4}[-() ]{1,2}[0-9]{3,4})(?![0-9-])"
)
_BARE_PHONE = re.compile(
    r"(?:tel|phone|電話|でんわ|ダイヤル|携帯)[^0-9\n]{0,15}(?:0[0-9]{9,10}|\+81[0-9]{9,10})(?![0-9])",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"(?:営業|受付|対応|問い?合わ?せ|窓口|開店|サポート|電話)(?:可能)?の?(?:時間|日時)|定休日"
    r"|(?:business|office|opening|support) hours",
    re.IGNORECASE,
)
_CLOCK = r"[0-2]?[0-9] ?(?::[0-5][0-9]|時(?:[0-5]?[0-9]分|半)?)"
_SPAN = re.compile(rf"(?<![0-9:]){_CLOCK} ?(?:~|-|から|より|to) ?(?:午後|翌)?{_CLOCK}")
_DELIVERY = re.compile(r"届|配達|配送|着|指定|集荷|delivery", re.IGNORECASE)
_JUNK = re.compile(
    r"迷惑(?:メール|フォルダ|ボックス)|スパム|ジャンク|[ゴご][ミみ]箱|プロモーション ?(?:タブ|フォルダ)"
    r"|(?:junk|spam)(?: ?e?-?mail)?[- ]?(?:folder|box)",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """Return the text in the spelling that the functions below want: half-width, one kind of dash."""
    return _LONG_VOWEL.sub("-", unicodedata.normalize("NFKC", text).translate(_MARKS))


def visible_text(source: str) -> str:
    """Return what people see of HTML."""
    text = "".join(_without_hidden(source))
    return html.unescape(_TAG.sub("", _BLOCK.sub("\n", text)))


def _without_hidden(source: str) -> Iterator[str]:
    """Yield the source without comments, styles and scripts; what is not closed hides the rest."""
    place = 0
    while match := _HIDDEN.search(source, place):
        yield source[place : match.start()]
        closing = _CLOSING[match[1].lower()].search(source, match.end())
        if closing is None:
            return
        place = closing.end()
    yield source[place:]


def link_hosts(texts: Sequence[str], pages: Sequence[str]) -> tuple[str, ...]:
    """Return the hosts of the links in plain texts and in HTML, each once, in their order.

    In HTML those count that are seen, clicked or loaded, but no names of schemas.
    """
    hosts: dict[str, None] = {}
    sources = [*texts, *(visible_text(page) for page in pages)]
    sources += [
        "\n".join(_ATTRIBUTE.findall(html.unescape("".join(_without_hidden(page))))) for page in pages
    ]
    for source in sources:
        for match in _URL.finditer(source):
            hosts.setdefault(match[1].lower().strip(".-"))
            if len(hosts) >= _MOST_HOSTS:
                return tuple(hosts)
    return tuple(hosts)


def has_phone(text: str) -> bool:
    """Whether a Japanese telephone number stands in `text`, which is `plain`."""
    for match in _PHONE.finditer(text):
        digits = sum(character.isdigit() for character in match[1])
        if digits in (9, 10):  # without the 0 in front
            return True
    return _BARE_PHONE.search(text) is not None


def has_hours(text: str) -> bool:
    """Whether business hours stand in `text`, which is `plain`; times of delivery are none."""
    if _HOURS.search(text):
        return True
    before = ""
    for line in text.split("\n"):
        if _SPAN.search(line[:1000]) and not _DELIVERY.search(before[-200:] + line[:1000]):
            return True
        before = line if line.strip() else before
    return False


def mentions_junk_folder(text: str) -> bool:
    """Whether `text` speaks of the folder where filters put mail."""
    return _JUNK.search(text) is not None
