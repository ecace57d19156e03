"""DNS block lists (RFC 5782): listed, not listed, and what must never be taken for either."""

import pytest

from deliv.core.blocklists import TEMPLATES, BlockList, BlockListSubject, ListingStatus, discover_listing
from deliv.core.text import Text
from tests.zone import TEMPERROR, ask

LISTED, NOT_LISTED, NOT_CHECKED = ListingStatus.LISTED, ListingStatus.NOT_LISTED, ListingStatus.NOT_CHECKED
SPAM, EXPLOIT = Text(ja="迷惑メール", en="spam"), Text(ja="乗っ取り", en="exploited")


def block_list(**changes):
    parts = {
        "id": "made-up",
        "names": Text(ja="仮", en="made up"),
        "zone": "bl.example",
        "subject": BlockListSubject.IP,
        "listed": (("127.0.0.2", SPAM), ("127.0.0.4/30", EXPLOIT)),
        "refused": ("127.255.255.0/24",),
        "terms": Text(ja="無料", en="free"),
        "url": "https://bl.example/",
    }
    return BlockList(**(parts | changes))


IPS = block_list()
DOMAINS = block_list(
    subject=BlockListSubject.DOMAIN, listed=(("127.0.1.0/24", SPAM),), refused=("127.0.1.255",)
)
WORKING = {"2.0.0.127.bl.example": {"A": ["127.0.0.2"]}}
NAME = "10.2.0.192.bl.example"


def listing(zone, calls=None, *, of=IPS, subject="192.0.2.10"):
    return ask(discover_listing(of, subject), zone, calls)


class TestAnswers:
    @pytest.mark.parametrize(
        ("answer", "status", "meanings", "detail"),
        [
            pytest.param(None, NOT_LISTED, (), "", id="no-such-name"),
            pytest.param({"TXT": ["x"]}, NOT_LISTED, (), "", id="no-address"),
            pytest.param({"A": ["127.0.0.2"]}, LISTED, (SPAM,), "", id="listed"),
            pytest.param({"A": ["127.0.0.6", "127.0.0.2"]}, LISTED, (EXPLOIT, SPAM), "", id="twice"),
            pytest.param({"A": ["127.0.0.5", "127.0.0.6"]}, LISTED, (EXPLOIT,), "", id="one-meaning"),
            pytest.param({"A": ["127.255.255.254"]}, NOT_CHECKED, (), TEMPLATES["refused"], id="refused"),
            pytest.param(
                {"A": ["127.0.0.2", "127.255.255.255"]}, NOT_CHECKED, (), TEMPLATES["refused"], id="both"
            ),
            pytest.param({"A": ["127.0.0.9"]}, NOT_CHECKED, (), TEMPLATES["unknown_code"], id="unknown"),
            pytest.param(
                {"A": ["127.0.0.2", "127.0.0.9"]},
                NOT_CHECKED,
                (),
                TEMPLATES["unknown_code"],
                id="half-unknown",
            ),
            pytest.param({"A": ["203.0.113.9"]}, NOT_CHECKED, (), TEMPLATES["unknown_code"], id="a-web-site"),
            pytest.param({"A": ["nonsense"]}, NOT_CHECKED, (), TEMPLATES["unknown_code"], id="nonsense"),
            pytest.param(TEMPERROR, NOT_CHECKED, (), TEMPLATES["not_answered"], id="not-answered"),
        ],
    )
    def test_what_they_mean(self, answer, status, meanings, detail):
        found = listing(WORKING | ({} if answer is None else {NAME: answer}))

        assert (found.status, found.meanings, found.detail) == (status, meanings, detail)
        assert found.list is IPS
        assert found.subject == "192.0.2.10"

    def test_codes_and_evidence_are_kept(self):
        found = listing(WORKING | {NAME: {"A": ["127.0.0.4"]}})

        assert found.codes == ("127.0.0.4",)
        assert found.evidence == (
            "2.0.0.127.bl.example A: 127.0.0.2",
            "10.2.0.192.bl.example A: 127.0.0.4",
            "1.0.0.127.bl.example A: NXDOMAIN",
        )

    def test_an_answer_outside_127_counts_not_even_where_the_list_says_so(self):
        of = block_list(listed=(("0.0.0.0/0", SPAM),))

        assert listing(WORKING | {NAME: {"A": ["203.0.113.9"]}}, of=of).status is NOT_CHECKED


class TestTestPoints:
    """RFC 5782 section 5: a list that does not show its own test entry says nothing."""

    @pytest.mark.parametrize(
        ("answer", "detail"),
        [
            pytest.param({"TXT": ["x"]}, TEMPLATES["test_missing"], id="not-listed"),
            pytest.param({"A": ["127.255.255.254"]}, TEMPLATES["refused"], id="refused"),
            pytest.param({"A": ["203.0.113.9"]}, TEMPLATES["unknown_code"], id="a-web-site"),
            pytest.param(TEMPERROR, TEMPLATES["not_answered"], id="not-answered"),
        ],
    )
    def test_without_the_test_entry_nothing_more_is_asked(self, answer, detail):
        calls: list[str] = []

        found = listing({"2.0.0.127.bl.example": answer, NAME: {"A": ["127.0.0.2"]}}, calls)

        assert (found.status, found.detail, found.codes) == (NOT_CHECKED, detail, ())
        assert calls == ["2.0.0.127.bl.example A"]

    def test_a_list_that_names_everything_says_nothing(self):
        everything = {name: {"A": ["127.0.0.2"]} for name in (NAME, "1.0.0.127.bl.example")}

        found = listing(WORKING | everything)

        assert (found.status, found.detail) == (NOT_CHECKED, TEMPLATES["lists_everything"])
        assert found.meanings == ()

    def test_nor_does_one_that_may_name_everything(self):
        found = listing(WORKING | {NAME: {"A": ["127.0.0.2"]}, "1.0.0.127.bl.example": TEMPERROR})

        assert (found.status, found.detail) == (NOT_CHECKED, TEMPLATES["not_answered"])
        assert found.meanings == ()

    def test_what_must_not_be_listed_is_asked_only_where_something_is(self):
        calls: list[str] = []

        listing(WORKING, calls)

        assert calls == ["2.0.0.127.bl.example A", f"{NAME} A"]

    def test_domain_lists_have_their_own(self):
        calls: list[str] = []
        zone = {"test.bl.example": {"A": ["127.0.1.2"]}, "shop.example.bl.example": {"A": ["127.0.1.4"]}}

        assert listing(zone, calls, of=DOMAINS, subject="Shop.Example.").status is LISTED
        assert calls == ["test.bl.example A", "shop.example.bl.example A", "invalid.bl.example A"]

    def test_a_list_may_have_another_one(self):
        of = block_list(
            subject=BlockListSubject.DOMAIN, listed=(("127.0.1.0/24", SPAM),), test="dbltest.example"
        )

        assert listing(
            {"dbltest.example.bl.example": {"A": ["127.0.1.2"]}}, of=of, subject="a.example"
        ).status is (NOT_LISTED)


class TestSubjects:
    def test_ipv6_is_asked_by_nibbles(self):
        calls: list[str] = []

        found = listing(WORKING, calls, of=block_list(ipv6=True), subject="2001:db8::1")

        assert found.status is NOT_LISTED
        assert calls[1] == "1.0.0.0" + ".0" * 20 + ".8.b.d.0.1.0.0.2.bl.example A"

    def test_an_ipv4_address_in_ipv6_dress_is_asked_as_ipv4(self):
        calls: list[str] = []

        listing(WORKING, calls, subject="::ffff:192.0.2.10")

        assert calls[1] == f"{NAME} A"

    @pytest.mark.parametrize(
        ("of", "subject", "detail"),
        [
            pytest.param(IPS, "2001:db8::1", TEMPLATES["no_ipv6"], id="ipv6-on-a-list-without"),
            pytest.param(
                IPS, "shop.example", TEMPLATES["wrong_subject"], id="a-domain-on-a-list-of-addresses"
            ),
            pytest.param(
                DOMAINS, "192.0.2.10", TEMPLATES["wrong_subject"], id="an-address-on-a-list-of-domains"
            ),
            pytest.param(DOMAINS, ".", TEMPLATES["wrong_subject"], id="the-root"),
            pytest.param(DOMAINS, "x." * 125 + "x", TEMPLATES["wrong_subject"], id="too-long"),
        ],
    )
    def test_what_a_list_does_not_hold_is_not_asked(self, of, subject, detail):
        calls: list[str] = []

        found = listing({}, calls, of=of, subject=subject)

        assert (found.status, found.detail, calls) == (NOT_CHECKED, detail, [])
