"""Which addresses went by already."""

from deliv.core.seen import Seen


def test_it_tells_whether_a_text_was_there_before():
    seen = Seen()

    assert not seen.add("taro@shop.example")
    assert seen.add("taro@shop.example")
    assert not seen.add("Taro@shop.example")
    assert not seen.add("")
    assert seen.add("")


def test_it_forgets_nothing_while_it_grows():
    seen = Seen()
    texts = [f"customer{n}@shop.example" for n in range(20_000)]

    assert not any(seen.add(text) for text in texts)
    assert all(seen.add(text) for text in texts)


def test_it_takes_what_is_no_utf8():
    seen = Seen()

    assert not seen.add("taro\udc83@shop.example")
    assert seen.add("taro\udc83@shop.example")


def test_two_do_not_share_what_they_saw():
    first, second = Seen(), Seen()
    first.add("x")

    assert not second.add("x")
