"""Aliases, and wildcards that answer for names that nobody published (RFC 1034, RFC 4592)."""

import pytest

from deliv.core.auth.alias import AliasStatus, WildcardStatus, discover_alias, discover_wildcard
from tests.zone import TEMPERROR, ask

NAME = "s1._domainkey.shop.example"


@pytest.mark.parametrize(
    ("zone", "status", "target"),
    [
        pytest.param({}, AliasStatus.NONE, None, id="no-such-name"),
        pytest.param({NAME: {"TXT": ["v=DKIM1"]}}, AliasStatus.NONE, None, id="other-records"),
        pytest.param({NAME: TEMPERROR}, AliasStatus.TEMPERROR, None, id="not-answered"),
        pytest.param(
            {NAME: {"CNAME": ["K.Esp.Example."]}, "k.esp.example": {"TXT": ["v=DKIM1"]}},
            AliasStatus.ALIAS,
            "k.esp.example",
            id="alias",
        ),
        pytest.param(
            {NAME: {"CNAME": ["gone.example."]}}, AliasStatus.DANGLING, "gone.example", id="dangling"
        ),
        pytest.param(
            {NAME: {"CNAME": ["k.esp.example."]}, "k.esp.example": TEMPERROR},
            AliasStatus.TEMPERROR,
            "k.esp.example",
            id="end-not-answered",
        ),
        pytest.param(
            {
                NAME: {"CNAME": ["a.example."]},
                "a.example": {"CNAME": ["b.example."]},
                "b.example": {"A": ["192.0.2.1"]},
            },
            AliasStatus.ALIAS,
            "b.example",
            id="alias-of-an-alias",
        ),
        pytest.param(
            {NAME: {"CNAME": ["a.example."]}, "a.example": {"CNAME": [f"{NAME}."]}},
            AliasStatus.LOOP,
            NAME,
            id="circle",
        ),
    ],
)
def test_where_a_name_leads(zone, status, target):
    found = ask(discover_alias(NAME), zone)

    assert (found.status, found.target) == (status, target)
    assert found.is_dangling is (status is AliasStatus.DANGLING)
    assert found.is_temperror is (status is AliasStatus.TEMPERROR and target is None)


def test_evidence_shows_every_question():
    found = ask(discover_alias(NAME), {NAME: {"CNAME": ["gone.example."]}})

    assert found.evidence == (f"{NAME} CNAME: gone.example.", "gone.example CNAME: NXDOMAIN")


def test_an_endless_chain_is_given_up():
    zone = {f"a{n}.example": {"CNAME": [f"a{n + 1}.example."]} for n in range(20)}
    calls: list[str] = []

    assert ask(discover_alias("a0.example"), zone, calls).status is AliasStatus.LOOP
    assert len(calls) == 9


BELOW = "deliv-probe-4f1c.shop.example"
KEYS = "deliv-probe-4f1c._domainkey.shop.example"


class TestWildcard:
    @pytest.mark.parametrize(
        ("zone", "names", "selectors"),
        [
            pytest.param({}, WildcardStatus.NONE, WildcardStatus.NONE, id="none"),
            pytest.param(
                {BELOW: {"TXT": ["v=spf1 -all"]}, KEYS: {"TXT": ["v=spf1 -all"]}},
                WildcardStatus.TEXT,
                WildcardStatus.TEXT,
                id="for-everything",
            ),
            pytest.param(
                {BELOW: {"TXT": ["v=spf1 -all"]}},
                WildcardStatus.TEXT,
                WildcardStatus.NONE,
                id="not-for-keys-since-some-are-published",
            ),
            pytest.param(
                {KEYS: {"TXT": ["v=DKIM1; p="]}}, WildcardStatus.NONE, WildcardStatus.TEXT, id="for-keys"
            ),
            pytest.param(
                {BELOW: {"A": ["192.0.2.1"]}}, WildcardStatus.OTHER, WildcardStatus.NONE, id="for-hosts"
            ),
            pytest.param(
                {BELOW: TEMPERROR}, WildcardStatus.TEMPERROR, WildcardStatus.NONE, id="not-answered"
            ),
        ],
    )
    def test_what_answers_that_nobody_published(self, zone, names, selectors):
        calls: list[str] = []

        found = ask(discover_wildcard("shop.example"), zone, calls)

        assert (found.names, found.selectors) == (names, selectors)
        assert found.answers is (WildcardStatus.TEXT in (names, selectors))
        assert found.is_temperror is (names is WildcardStatus.TEMPERROR)
        assert calls == [f"{BELOW} TXT", f"{KEYS} TXT"]
        assert len(found.evidence) == 2

    def test_it_explains_what_is_no_record_of_its_own(self):
        zone = {BELOW: {"TXT": ["v=spf1 -all", "x"]}, KEYS: {"TXT": ["v=DKIM1; p="]}}

        found = ask(discover_wildcard("shop.example"), zone)

        assert found.explains(["x", "v=spf1 -all"])
        assert not found.explains(["v=DMARC1; p=none"])
        assert not found.explains([])
        assert found.explains(["v=DKIM1; p="], selector=True)
        assert not found.explains(["x", "v=spf1 -all"], selector=True)

    def test_without_one_nothing_is_explained_away(self):
        assert not ask(discover_wildcard("shop.example"), {}).explains([])
