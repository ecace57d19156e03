"""Reading addresses strictly, and mending visibly."""

import pytest

from deliv.core.address import Address, Mend, mend_address, parse_address
from deliv.core.errors import AddressSyntaxError

LONGEST_LOCAL = "a" * 64
LONGEST_LABEL = "b" * 63


@pytest.mark.parametrize(
    ("text", "local_part", "domain"),
    [
        pytest.param("taro@shop.example", "taro", "shop.example", id="plain"),
        pytest.param(
            "taro.yamada+order@shop.example", "taro.yamada+order", "shop.example", id="dots-and-tag"
        ),
        pytest.param(
            "!#$%&'*+-/=?^_`{|}~@shop.example", "!#$%&'*+-/=?^_`{|}~", "shop.example", id="all-atext"
        ),
        pytest.param("Taro@Shop.EXAMPLE", "Taro", "shop.example", id="only-the-domain-is-lowered"),
        pytest.param("1@1.example", "1", "1.example", id="digits"),
        pytest.param("-@shop.example", "-", "shop.example", id="a-hyphen"),
        pytest.param("t@a.b.c.d.shop.example", "t", "a.b.c.d.shop.example", id="deep"),
        pytest.param(f"{LONGEST_LOCAL}@shop.example", LONGEST_LOCAL, "shop.example", id="64-octets"),
        pytest.param(
            f"{LONGEST_LOCAL}a@shop.example", f"{LONGEST_LOCAL}a", "shop.example", id="65-some-servers-take"
        ),
        pytest.param(f"t@{LONGEST_LABEL}.example", "t", f"{LONGEST_LABEL}.example", id="63-octets-label"),
        pytest.param("t@shop-1.example", "t", "shop-1.example", id="hyphen-inside"),
        pytest.param('"a b"@shop.example', '"a b"', "shop.example", id="quoted"),
        pytest.param('"a@b"@shop.example', '"a@b"', "shop.example", id="at-in-quotes"),
        pytest.param('"a..b"@docomo.ne.jp', '"a..b"', "docomo.ne.jp", id="quoted-dots"),
        pytest.param("taro@日本語.example", "taro", "xn--wgv71a119e.example", id="u-label"),
        pytest.param("taro@xn--wgv71a119e.example", "taro", "xn--wgv71a119e.example", id="a-label"),
        pytest.param("たろう@shop.example", "たろう", "shop.example", id="smtputf8"),
    ],
)
def test_an_address_is_read(text, local_part, domain):
    address = parse_address(text)

    assert (address.local_part, address.domain) == (local_part, domain)
    assert address.original == text
    assert address.normalized == str(address) == f"{local_part}@{domain}"
    assert address.is_rfc_compliant
    assert address.quoted_form is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "there is no address", id="empty"),
        pytest.param("taro", "there is no @", id="no-at"),
        pytest.param("@shop.example", "nothing stands before the @", id="no-local-part"),
        pytest.param("taro@", "nothing stands behind the @", id="no-domain"),
        pytest.param("@", "nothing stands before the @", id="only-an-at"),
        pytest.param("a@b@shop.example", "there is more than one @", id="two-ats"),
        pytest.param(" taro@shop.example", "there are spaces around the address", id="space-before"),
        pytest.param("taro@shop.example\n", "there are spaces around the address", id="newline-after"),
        pytest.param("ta ro@shop.example", "there is a space inside the address", id="space-inside"),
        pytest.param("taro@shop .example", "there is a space inside the address", id="space-in-domain"),
        pytest.param("taro@shop\u3000.example", "there is a space inside the address", id="wide-space"),
        pytest.param(
            "taro@shop", "there is no dot behind the @, so the domain is not complete", id="one-label"
        ),
        pytest.param("taro@shop..example", "a dot stands in a wrong place behind the @", id="two-dots"),
        pytest.param("taro@.example", "a dot stands in a wrong place behind the @", id="leading-dot"),
        pytest.param("taro@shop.example.", "a dot stands in a wrong place behind the @", id="final-dot"),
        pytest.param(
            "taro@[192.0.2.1]", "an IP address stands behind the @ instead of a domain", id="domain-literal"
        ),
        pytest.param("taro@shop.test", "names that end in .test never receive mail", id="test"),
        pytest.param("taro@shop.INVALID", "names that end in .invalid never receive mail", id="invalid"),
        pytest.param("taro@printer.local", "names that end in .local never receive mail", id="local"),
        pytest.param("taro@x.localhost", "names that end in .localhost never receive mail", id="localhost"),
        pytest.param("taro@x.onion", "names that end in .onion never receive mail", id="onion"),
        pytest.param("taro@1.0.10.in-addr.arpa", "names that end in .arpa never receive mail", id="arpa"),
        pytest.param("a" * 250 + "@shop.example", "it is longer than 254 characters", id="too-long"),
    ],
)
def test_a_slip_with_a_name_is_told_by_its_name(text, message):
    with pytest.raises(AddressSyntaxError) as caught:
        parse_address(text)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"t@{'b' * 64}.example", id="label-too-long"),
        pytest.param("taro@-shop.example", id="label-begins-with-hyphen"),
        pytest.param("taro@shop-.example", id="label-ends-with-hyphen"),
        pytest.param("taro@shop_1.example", id="underscore-in-domain"),
        pytest.param("taro@shop.123", id="numeric-top-level"),
        pytest.param("taro@xn--.example", id="empty-a-label"),
        pytest.param("taro@xn--a.example", id="a-label-of-nothing"),
        pytest.param("taro@ab--cd.example", id="reserved-hyphens"),
        pytest.param("ta,ro@shop.example", id="comma"),
        pytest.param("ta(ro)@shop.example", id="comment"),
        pytest.param("ta\x00ro@shop.example", id="nul"),
        pytest.param("ta\u200bro@shop.example", id="invisible-character"),
        pytest.param("taro＠shop.example", id="full-width-at-is-not-mended"),
        pytest.param("Taro <taro@shop.example>", id="display-name-is-not-mended"),
        pytest.param("mailto:taro@shop.example\x7f", id="delete"),
        pytest.param('"taro@shop.example', id="open-quote"),
        pytest.param('"taro"x@shop.example', id="text-behind-quote"),
    ],
)
def test_what_no_mailer_would_send_to_is_refused(text):
    with pytest.raises(AddressSyntaxError):
        parse_address(text)


@pytest.mark.parametrize("local_part", ["taro..suzuki", ".taro", "taro.", "a...b", "..a.."])
@pytest.mark.parametrize("domain", ["docomo.ne.jp", "ezweb.ne.jp", "au.com", "i.softbank.jp"])
def test_odd_dots_are_lawful_at_carriers_that_gave_them_out(local_part, domain):
    address = parse_address(f"{local_part}@{domain}")

    assert not address.is_rfc_compliant
    assert not address.is_ordinary
    assert address.normalized == f"{local_part}@{domain}"
    assert address.quoted_form == f'"{local_part}"@{domain}'


def test_odd_dots_are_recognised_whatever_the_case_of_the_domain():
    assert parse_address("a..b@DoCoMo.ne.jp").normalized == "a..b@docomo.ne.jp"


@pytest.mark.parametrize("local_part", ["taro..suzuki", ".taro", "taro."])
@pytest.mark.parametrize("domain", ["gmail.com", "softbank.ne.jp", "mail.docomo.ne.jp", "shop.example"])
def test_odd_dots_are_a_slip_everywhere_else(local_part, domain):
    with pytest.raises(AddressSyntaxError, match="a dot stands at the start or the end"):
        parse_address(f"{local_part}@{domain}")


def test_the_lenient_domains_can_be_given():
    assert not parse_address("a..b@shop.example", lenient_domains={"shop.example"}).is_rfc_compliant
    with pytest.raises(AddressSyntaxError):
        parse_address("a..b@docomo.ne.jp", lenient_domains=())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("..@docomo.ne.jp", id="only-dots"),
        pytest.param("a..b,c@docomo.ne.jp", id="comma"),
        pytest.param("a..b c@docomo.ne.jp", id="space"),
        pytest.param("a" * 63 + "..@docomo.ne.jp", id="too-long"),
        pytest.param("あ..い@docomo.ne.jp", id="japanese"),
    ],
)
def test_lenient_means_dots_and_nothing_else(text):
    with pytest.raises(AddressSyntaxError):
        parse_address(text)


def test_the_quoted_form_is_an_address_too():
    odd = parse_address("taro..suzuki@docomo.ne.jp")

    assert odd.quoted_form is not None
    assert parse_address(odd.quoted_form).is_rfc_compliant


@pytest.mark.parametrize(
    ("address", "needs_smtputf8", "is_ordinary"),
    [
        pytest.param(Address(original="", local_part="a", domain="x.example"), False, True, id="ascii"),
        pytest.param(Address(original="", local_part="あ", domain="x.example"), True, False, id="japanese"),
        pytest.param(
            Address(original="", local_part="a.", domain="x.example", is_rfc_compliant=False),
            False,
            False,
            id="odd-dots",
        ),
    ],
)
def test_only_plain_addresses_are_ordinary(address, needs_smtputf8, is_ordinary):
    assert address.needs_smtputf8 is needs_smtputf8
    assert address.is_ordinary is is_ordinary


@pytest.mark.parametrize(
    ("cell", "text", "mends"),
    [
        pytest.param("taro@shop.example", "taro@shop.example", (), id="nothing-to-mend"),
        pytest.param("", "", (), id="empty"),
        pytest.param("  taro@shop.example ", "taro@shop.example", (Mend.WHITESPACE,), id="spaces"),
        pytest.param("taro@shop.example\r\n", "taro@shop.example", (Mend.WHITESPACE,), id="newline"),
        pytest.param(
            "\u3000taro@shop.example\u00a0", "taro@shop.example", (Mend.WHITESPACE,), id="wide-spaces"
        ),
        pytest.param(
            "\ufefftaro@shop.example\u200b", "taro@shop.example", (Mend.WHITESPACE,), id="invisible"
        ),
        pytest.param("taro @ shop.example", "taro@shop.example", (Mend.WHITESPACE,), id="spaces-around-at"),
        pytest.param("taro\t@\tshop.example", "taro@shop.example", (Mend.WHITESPACE,), id="tabs-around-at"),
        pytest.param(
            "ｔａｒｏ＠ｓｈｏｐ．ｅｘａｍｐｌｅ", "taro@shop.example", (Mend.FULL_WIDTH,), id="full-width"
        ),
        pytest.param("taro@shop。example", "taro@shop.example", (Mend.FULL_WIDTH,), id="ideographic-dot"),
        pytest.param("taro@shop｡example", "taro@shop.example", (Mend.FULL_WIDTH,), id="half-width-dot"),
        pytest.param(
            "Taro <taro@shop.example>", "taro@shop.example", (Mend.DISPLAY_NAME,), id="display-name"
        ),
        pytest.param("<taro@shop.example>", "taro@shop.example", (Mend.DISPLAY_NAME,), id="bare-brackets"),
        pytest.param(
            "山田 ＡＢＣ <taro@shop.example>", "taro@shop.example", (Mend.DISPLAY_NAME,), id="wide-name"
        ),
        pytest.param(
            "太郎＜taro@shop.example＞",
            "taro@shop.example",
            (Mend.FULL_WIDTH, Mend.DISPLAY_NAME),
            id="full-width-brackets",
        ),
        pytest.param("mailto:taro@shop.example", "taro@shop.example", (Mend.MAILTO,), id="mailto"),
        pytest.param(
            "MailTo:taro@shop.example", "taro@shop.example", (Mend.MAILTO,), id="mailto-in-capitals"
        ),
        pytest.param(
            "mailto:mailto:taro@shop.example", "taro@shop.example", (Mend.MAILTO,), id="mailto-twice"
        ),
        pytest.param(
            "< mailto: taro@shop.example >",
            "taro@shop.example",
            (Mend.DISPLAY_NAME, Mend.WHITESPACE, Mend.MAILTO),
            id="all-at-once",
        ),
    ],
)
def test_mending_shows_what_it_did(cell, text, mends):
    assert mend_address(cell) == (text, mends)


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("ta ro@shop.example", id="space-in-local-part"),
        pytest.param("taro@sh op.example", id="space-in-domain"),
        pytest.param("ta\u200bro@shop.example", id="invisible-in-local-part"),
        pytest.param("taro@shop,example", id="comma-for-dot"),
        pytest.param("taro@shop.example.", id="final-dot"),
        pytest.param("taro<taro>", id="brackets-without-at"),
        pytest.param("<taro@shop.example> (home)", id="text-behind-brackets"),
        pytest.param("あ" * 10_001, id="huge"),
    ],
)
def test_mending_leaves_alone_what_could_be_somebody_else(cell):
    assert mend_address(cell) == (cell, ())
