"""``--explain`` and ``--what-if`` on the command line."""

import pytest

DAY = ("--as-of", "2026-11-24")
SHOP = ("--from", "order@shop.example")


@pytest.mark.parametrize(("lang", "word"), [("ja", "この数字の理由"), ("en", "Why this number")])
def test_the_page_shows_the_sum_only_when_asked(deliv, server, lang, word):
    plain, explained = (
        deliv("lookup", "taro@docomo.ne.jp", "--lang", lang, *DAY, *more, server=server)
        for more in ((), ("--explain",))
    )

    assert word not in plain.text
    assert word in explained.text
    assert [line for line in explained.text.splitlines() if line in plain.text.splitlines()] == (
        plain.text.splitlines()
    )


def test_json_holds_the_sum_only_when_asked(deliv, server):
    for more in ((), ("--explain",)):
        run = deliv("lookup", "taro@docomo.ne.jp", "--format", "json", *DAY, *more, server=server)
        assert ("explanation" in run.results[0]) is bool(more)


@pytest.mark.parametrize("command", ["lookup", "check"])
def test_what_if_needs_a_sender(deliv, server, tmp_path, command):
    (tmp_path / "list.csv").write_text("email\ntaro@docomo.ne.jp\n")
    subject = str(tmp_path / "list.csv") if command == "check" else "taro@docomo.ne.jp"
    run = deliv(command, subject, "--what-if", "dmarc=none", "--lang", "en", server=server)

    assert run.code == 2
    assert "--from" in run.stderr


def test_a_slip_in_what_if_names_the_words(deliv, server):
    run = deliv("lookup", "taro@docomo.ne.jp", *SHOP, "--what-if", "dmark=none", server=server)

    assert run.code == 2
    for word in ("dmark=none", "spf=…", "dkim=…", "dmarc=…", "ptr=…"):
        assert word in run.stderr


def test_a_list_is_judged_as_if_it_were_so(deliv, server, tmp_path):
    (tmp_path / "list.csv").write_text("email\ntaro@docomo.ne.jp\nmei@gmail.com\n")

    def inbox(*more):
        run = deliv(
            "check", str(tmp_path / "list.csv"), *SHOP, "--format", "json", *DAY, *more, server=server
        )
        return [row["placement"]["inbox"] for row in run.results], run.document["sender"].get("what_if")

    today, nothing = inbox()
    then, supposed = inbox("--what-if", "spf=none,dmarc=none")

    assert nothing is None
    assert supposed == {"spf": "none", "dmarc": "none"}
    assert all(one < other for one, other in zip(then, today, strict=True))
