"""What DMARC makes of given SPF and DKIM results (RFC 9989 sections 4.4, 4.10.2 and 5.3)."""

import pytest

from deliv.core.auth.dmarc import Policy
from deliv.core.auth.dmarc_result import DmarcVerdict, evaluate_dmarc
from tests.zone import TEMPERROR, ask

PASS, FAIL, NONE = DmarcVerdict.PASS, DmarcVerdict.FAIL, DmarcVerdict.NONE
SHOP = {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject; sp=quarantine; np=none"]}}
STRICT = {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject; adkim=s; aspf=s"]}}


def evaluate(zone, calls=None, *, from_domain="shop.example", **results):
    return ask(evaluate_dmarc(from_domain=from_domain, **results), zone, calls)


class TestAlignment:
    @pytest.mark.parametrize(
        ("identifier", "relaxed", "strict"),
        [
            pytest.param("shop.example", True, True, id="the-same"),
            pytest.param("SHOP.example.", True, True, id="the-same-in-capitals"),
            pytest.param("mail.shop.example", True, False, id="a-sub-domain"),
            pytest.param("other.example", False, False, id="another"),
            pytest.param("myshop.example", False, False, id="the-same-ending"),
            pytest.param("example", False, False, id="the-top-level-domain"),
            pytest.param("", False, False, id="nothing"),
        ],
    )
    def test_by_the_mode_of_the_record(self, identifier, relaxed, strict):
        for zone, expected in ((SHOP, relaxed), (STRICT, strict)):
            by_spf = evaluate(zone, spf=identifier)
            by_dkim = evaluate(zone, dkim=[identifier])

            assert (by_spf.spf_aligned, by_spf.dkim_aligned) == (expected, False)
            assert (by_dkim.spf_aligned, by_dkim.dkim_aligned) == (False, expected)
            assert by_spf.result is by_dkim.result is (PASS if expected else FAIL)

    def test_each_mode_counts_for_its_own_identifier(self):
        zone = {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject; adkim=s"]}}

        found = evaluate(zone, spf="mail.shop.example", dkim=["mail.shop.example"])

        assert (found.spf_aligned, found.dkim_aligned) == (True, False)

    def test_from_a_sub_domain_the_parent_and_the_sister_are_aligned(self):
        for identifier in ("shop.example", "bounce.shop.example"):
            assert evaluate(SHOP, from_domain="mail.shop.example", dkim=[identifier]).result is PASS

    def test_an_organization_of_its_own_is_not_aligned_with_the_one_above(self):
        zone = SHOP | {"_dmarc.branch.shop.example": {"TXT": ["v=DMARC1; p=none; psd=n"]}}

        assert evaluate(zone, dkim=["mail.branch.shop.example"]).result is FAIL
        assert evaluate(zone, from_domain="branch.shop.example", dkim=["shop.example"]).result is FAIL

    def test_two_shops_below_a_public_suffix_are_not_aligned(self):
        zone = {"_dmarc.example": {"TXT": ["v=DMARC1; p=reject; psd=y"]}}

        assert evaluate(zone, dkim=["other.example"]).result is FAIL
        assert evaluate(zone, dkim=["mail.shop.example"]).result is PASS

    def test_without_psd_a_record_at_the_top_makes_one_organization_of_all(self):
        zone = {"_dmarc.example": {"TXT": ["v=DMARC1; p=reject"]}}

        assert evaluate(zone, dkim=["other.example"]).result is PASS

    def test_one_of_several_signatures_is_enough(self):
        assert evaluate(SHOP, dkim=["esp.example", "mail.shop.example"]).dkim_aligned


class TestResult:
    def test_nothing_passed(self):
        found = evaluate(SHOP)

        assert (found.result, found.disposition) == (FAIL, Policy.REJECT)
        assert found.discovery.found_at == "shop.example"

    @pytest.mark.parametrize(
        "texts", [[], ["v=DMARC1; p=none"] * 2, ["v=DMARC1; p=x"]], ids=["missing", "several", "invalid"]
    )
    def test_without_a_record_dmarc_says_nothing(self, texts):
        calls: list[str] = []

        found = evaluate(
            {"_dmarc.shop.example": {"TXT": texts}}, calls, spf="a.shop.example", dkim=["shop.example"]
        )

        assert (found.result, found.disposition) == (NONE, Policy.NONE)
        assert (found.spf_aligned, found.dkim_aligned) == (False, False)
        assert calls == ["_dmarc.shop.example TXT", "_dmarc.example TXT"]

    @pytest.mark.parametrize(
        ("from_domain", "more", "disposition"),
        [
            pytest.param("shop.example", {}, Policy.REJECT, id="p"),
            pytest.param(
                "mail.shop.example", {"mail.shop.example": {"A": ["192.0.2.1"]}}, Policy.QUARANTINE, id="sp"
            ),
            pytest.param("gone.shop.example", {}, Policy.NONE, id="np"),
        ],
    )
    def test_the_policy_that_holds_is_asked_for(self, from_domain, more, disposition):
        assert evaluate(SHOP | more, from_domain=from_domain).disposition is disposition

    def test_testing_takes_one_level_off(self):
        zone = {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject; t=y"]}}

        assert evaluate(zone).disposition is Policy.QUARANTINE

    def test_a_mail_that_passes_is_left_alone(self):
        assert evaluate(SHOP, spf="shop.example").disposition is Policy.NONE


class TestQuestions:
    def test_equal_names_need_none(self):
        calls: list[str] = []

        evaluate(SHOP, calls, spf="shop.example", dkim=["mail.shop.example", "shop.example"])

        assert calls == ["_dmarc.shop.example TXT", "_dmarc.example TXT"]

    def test_nor_does_strict_alignment(self):
        calls: list[str] = []

        evaluate(STRICT, calls, spf="a.shop.example", dkim=["b.shop.example"])

        assert calls == ["_dmarc.shop.example TXT", "_dmarc.example TXT"]

    def test_no_question_is_asked_twice(self):
        calls: list[str] = []

        found = evaluate(
            SHOP, calls, from_domain="a.shop.example", spf="b.shop.example", dkim=["c.b.shop.example"]
        )

        assert calls == [
            *("_dmarc.a.shop.example TXT", "_dmarc.shop.example TXT", "_dmarc.example TXT"),
            *("a.shop.example CNAME", "_dmarc.b.shop.example TXT", "_dmarc.c.b.shop.example TXT"),
        ]
        assert [line.partition(":")[0] for line in found.evidence] == calls

    def test_a_flood_of_signatures_does_not_become_a_flood_of_questions(self):
        zone = SHOP | {f"_dmarc.s{n}.shop.example": {"TXT": ["v=DMARC1; p=none; psd=n"]} for n in range(50)}
        calls: list[str] = []

        found = evaluate(zone, calls, dkim=[f"s{n}.shop.example" for n in range(50)])

        assert len(calls) == 2 + 10
        assert found.result is DmarcVerdict.TEMPERROR  # nobody knows about the other 40


class TestTemporaryError:
    """Section 5.3.6: a mail is neither *pass* nor *fail* while a question that decides is open."""

    def test_of_the_discovery(self):
        found = evaluate({"_dmarc.shop.example": TEMPERROR}, spf="shop.example")

        assert (found.result, found.disposition) == (DmarcVerdict.TEMPERROR, Policy.NONE)

    def test_of_the_existence_only_a_mail_that_does_not_pass_hangs_on_it(self):
        zone = SHOP | {"mail.shop.example": TEMPERROR}

        failing = evaluate(zone, from_domain="mail.shop.example")
        passing = evaluate(zone, from_domain="mail.shop.example", dkim=["shop.example"])

        assert (failing.result, failing.disposition) == (DmarcVerdict.TEMPERROR, Policy.NONE)
        assert passing.result is PASS

    def test_of_spf_or_dkim(self):
        assert evaluate(SHOP, temperror=True).result is DmarcVerdict.TEMPERROR
        assert evaluate(SHOP, temperror=True).disposition is Policy.NONE
        assert evaluate(SHOP, spf="shop.example", temperror=True).result is PASS
        assert evaluate({}, temperror=True).result is NONE

    def test_of_the_walk_of_an_identifier(self):
        zone = SHOP | {"_dmarc.mail.shop.example": TEMPERROR}

        assert evaluate(zone, dkim=["mail.shop.example"]).result is DmarcVerdict.TEMPERROR
        assert evaluate(zone, dkim=["mail.shop.example", "shop.example"]).result is PASS
        assert evaluate(zone, dkim=["mail.shop.example", "news.shop.example"]).result is PASS
        assert evaluate(zone, dkim=["other.example"]).result is FAIL

    def test_what_may_be_aligned_besides_is_told_also_of_a_mail_that_passes(self):
        zone = SHOP | {"_dmarc.mail.shop.example": TEMPERROR}

        lost = evaluate(zone, spf="shop.example", dkim=["mail.shop.example"])
        known = evaluate(SHOP, spf="shop.example", dkim=["esp.example"])

        assert (lost.result, lost.dkim_aligned, lost.is_open) == (DmarcVerdict.PASS, False, True)
        assert (known.result, known.dkim_aligned, known.is_open) == (DmarcVerdict.PASS, False, False)

    def test_where_the_organizational_domain_is_not_known(self):
        zone = SHOP | {"_dmarc.example": TEMPERROR}

        assert evaluate(zone, dkim=["shop.example"]).result is PASS
        assert evaluate(zone, dkim=["mail.shop.example"]).result is DmarcVerdict.TEMPERROR
        assert evaluate(zone, dkim=["esp.test"]).result is FAIL
        assert evaluate(zone).result is FAIL
