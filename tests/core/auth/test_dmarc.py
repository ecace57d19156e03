"""DMARC records and the walk that finds them (RFC 9989 sections 4.7 and 4.10)."""

import pytest

from deliv.core.auth.dmarc import (
    Alignment,
    DmarcStatus,
    Policy,
    discover_dmarc,
    fits_dns,
    is_dmarc,
    normalized,
    organizational_domain,
    parse_dmarc,
    shares_organization,
    walk_names,
    walk_tree,
)
from deliv.core.auth.dmarc_record import is_report_uri, read_dmarc
from deliv.core.errors import DmarcSyntaxError, RecordSyntaxError
from tests.zone import TEMPERROR, ask

NONE, QUARANTINE, REJECT = Policy.NONE, Policy.QUARANTINE, Policy.REJECT


class TestRecord:
    @pytest.mark.parametrize(
        "text",
        [
            "v=DMARC1",
            "v=DMARC1;",
            "v=DMARC1; p=none",
            "v = DMARC1 ;p=none",
            "v=DMARC1;p=none",
            "v=DMARC1 ",
            "V=DMARC1",
        ],
    )
    def test_these_begin_as_dmarc_records(self, text):
        assert is_dmarc(text)

    @pytest.mark.parametrize(
        "text",
        [
            *("", "p=none", "v=DMARC2; p=none", "v=DMARC10; p=none", "v=DMARC1 p=none", "p=none; v=DMARC1"),
            *("v=dmarc1; p=none", "v=DMARC1p=none", " v=DMARC1; p=none", "v=spf1 -all", "vv=DMARC1; p=none"),
        ],
    )
    def test_these_do_not(self, text):
        assert not is_dmarc(text)
        with pytest.raises(DmarcSyntaxError, match=r"^it does not begin with v=DMARC1$"):
            parse_dmarc(text)

    @pytest.mark.parametrize(
        ("text", "policies"),
        [
            pytest.param("v=DMARC1; p=none", (NONE, NONE, NONE), id="p-alone"),
            pytest.param("v=DMARC1; p=reject; sp=quarantine", (REJECT, QUARANTINE, QUARANTINE), id="sp"),
            pytest.param("v=DMARC1; p=none; np=reject", (NONE, NONE, REJECT), id="np"),
            pytest.param(
                "v=DMARC1; np=none; sp=quarantine; p=reject", (REJECT, QUARANTINE, NONE), id="any-order"
            ),
            pytest.param("v=DMARC1; P=Reject; SP=NONE", (REJECT, NONE, NONE), id="case-does-not-matter"),
            pytest.param("v=DMARC1 ; p = quarantine ;", (QUARANTINE,) * 3, id="spaces"),
            pytest.param("v=DMARC1;; p=none;;", (NONE, NONE, NONE), id="empty-parts"),
            pytest.param("v=DMARC1; p=none; x=y; pct=50", (NONE, NONE, NONE), id="unknown-tags"),
        ],
    )
    def test_np_falls_back_to_sp_and_that_to_p(self, text, policies):
        record = parse_dmarc(text)

        assert (record.policy, record.subdomain_policy, record.nonexistent_policy) == policies
        assert record.has_usable_policy

    @pytest.mark.parametrize(
        "tags",
        [
            pytest.param("", id="no-p"),
            pytest.param("p=", id="empty-p"),
            pytest.param("p=nothing", id="invalid-p"),
            pytest.param("sp=reject", id="only-sp"),
            pytest.param("p=reject; sp=nothing", id="invalid-sp"),
            pytest.param("p=reject; np=nothing", id="invalid-np"),
            pytest.param("p=reject; sp=", id="empty-sp"),
        ],
    )
    def test_without_a_usable_policy_rua_decides(self, tags):
        with_rua = parse_dmarc(f"v=DMARC1; {tags}; rua=mailto:dmarc@shop.example")
        assert not with_rua.has_usable_policy
        assert (with_rua.policy, with_rua.subdomain_policy, with_rua.nonexistent_policy) == (NONE,) * 3

        for rua in ("", "rua=", "rua=dmarc@shop.example", "rua=mailto:"):
            with pytest.raises(DmarcSyntaxError, match="no valid policy"):
                parse_dmarc(f"v=DMARC1; {tags}; {rua}")

    @pytest.mark.parametrize(
        ("rua", "uris"),
        [
            pytest.param("mailto:a@x.example", ("mailto:a@x.example",), id="one"),
            pytest.param(
                "mailto:a@x.example, https://r.example/d",
                ("mailto:a@x.example", "https://r.example/d"),
                id="two",
            ),
            pytest.param("mailto:a@x.example!10m", ("mailto:a@x.example!10m",), id="obsolete-size"),
            pytest.param(
                "a@x.example,mailto:b@x.example,", ("mailto:b@x.example",), id="invalid-ones-are-left-out"
            ),
        ],
    )
    def test_reports_go_to_valid_uris_only(self, rua, uris):
        assert parse_dmarc(f"v=DMARC1; p=none; rua={rua}").report_uris == uris

    @pytest.mark.parametrize(
        ("tags", "is_testing", "psd"),
        [
            pytest.param("", False, "u", id="defaults"),
            pytest.param("; t=y; psd=n", True, "n", id="testing"),
            pytest.param("; t=Y; psd=Y", True, "y", id="case-does-not-matter"),
            pytest.param("; t=n; psd=u", False, "u", id="defaults-written-out"),
            pytest.param("; t=x; psd=x", False, "u", id="unknown-words"),
        ],
    )
    def test_t_and_psd(self, tags, is_testing, psd):
        record = parse_dmarc(f"v=DMARC1; p=reject{tags}")

        assert (record.is_testing, record.psd) == (is_testing, psd)

    def test_tags_that_rfc_9989_removed_are_told(self):
        record = parse_dmarc("v=DMARC1; p=none; ri=86400; RF=afrf; pct=100; fo=1")

        assert record.obsolete_tags == ("ri", "rf", "pct")
        assert parse_dmarc("v=DMARC1; p=none; fo=1").obsolete_tags == ()

    def test_a_tag_is_given_as_written(self):
        record = parse_dmarc("v=DMARC1; P=None; fo=1:d")

        assert (record.tag("p"), record.tag("fo"), record.tag("aspf")) == ("None", "1:d", None)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            pytest.param("v=DMARC1; p=none; p=none", "p= stands there more than once", id="tag-twice"),
            pytest.param("v=DMARC1; p=none; P=reject", "p= stands there more than once", id="in-capitals"),
        ],
    )
    def test_a_tag_that_stands_there_twice_spoils_the_list(self, text, message):
        """RFC 6376 section 3.2, whose syntax section 4.7 adopts."""
        with pytest.raises(RecordSyntaxError) as caught:
            parse_dmarc(text)

        assert str(caught.value) == message

    @pytest.mark.parametrize("part", ["x", "=x", "1x=y", "p reject", "http://shop.example/"])
    def test_a_part_that_is_no_tag_is_passed_over(self, part):
        """Section 4.7: syntax errors in the remainder are discarded or ignored outright."""
        record = parse_dmarc(f"v=DMARC1; {part}; p=reject;")

        assert (record.policy, record.ignored) == (REJECT, (part,))
        assert record == parse_dmarc("v=DMARC1; p=reject")
        assert str(record) == "v=DMARC1; p=reject"

    def test_a_policy_behind_a_comma_is_no_policy(self):
        with pytest.raises(DmarcSyntaxError, match="no valid policy"):
            parse_dmarc("v=DMARC1; p=none, sp=none")

    def test_a_record_without_a_policy_is_one_all_the_same(self):
        """Section 4.7: p is only recommended; section 4.10.1 says what becomes of it."""
        assert not read_dmarc("v=DMARC1").counts
        assert read_dmarc("v=DMARC1; rua=mailto:d@shop.example").counts
        assert read_dmarc("v=DMARC1; psd=n").psd == "n"

    @pytest.mark.parametrize(
        ("tags", "adkim", "aspf"),
        [
            pytest.param("", Alignment.RELAXED, Alignment.RELAXED, id="relaxed-by-default"),
            pytest.param("; adkim=s", Alignment.STRICT, Alignment.RELAXED, id="each-by-itself"),
            pytest.param("; adkim=r; aspf=S", Alignment.RELAXED, Alignment.STRICT, id="capitals"),
            pytest.param("; adkim=strict; aspf=", Alignment.RELAXED, Alignment.RELAXED, id="invalid-values"),
        ],
    )
    def test_alignment_is_relaxed_unless_it_says_strict(self, tags, adkim, aspf):
        record = parse_dmarc(f"v=DMARC1; p=none{tags}")

        assert (record.adkim, record.aspf) == (adkim, aspf)

    @pytest.mark.parametrize(
        ("uri", "valid"),
        [
            ("mailto:d@shop.example", True),
            ("MAILTO:d@shop.example", True),
            ("mailto:d@shop.example!10m", True),
            ("https://shop.example/d?x=%2C", True),
            ("mailto:d@shop.example!10x", False),
            ("mailto:d!x@shop.example", False),
            ("mailto:d @shop.example", False),
            ("mailto:<d@shop.example>", False),
            ("mailto:%zz@shop.example", False),
            ("d@shop.example", False),
            ("mailto:", False),
            ("", False),
        ],
    )
    def test_reports_are_asked_for_by_uri(self, uri, valid):
        """Section 4.8: a URI of RFC 3986, in which commas and exclamation points are encoded."""
        assert is_report_uri(uri) is valid

    @pytest.mark.parametrize(
        ("text", "canonical"),
        [
            pytest.param("v=DMARC1; p=none", "v=DMARC1; p=none", id="unchanged"),
            pytest.param("v = DMARC1;P=None ;; x= y z ;", "v=DMARC1; p=None; x=y z", id="spaces-and-names"),
        ],
    )
    def test_a_record_is_written_in_one_way(self, text, canonical):
        record = parse_dmarc(text)

        assert str(record) == canonical
        assert parse_dmarc(canonical) == record


class TestWalk:
    """Section 4.10: label by label up to the top, by at most eight questions."""

    @pytest.mark.parametrize(
        ("domain", "names"),
        [
            pytest.param("example", ["example"], id="1-label"),
            pytest.param("shop.example", ["shop.example", "example"], id="2-labels"),
            pytest.param(
                "mail.shop.example", ["mail.shop.example", "shop.example", "example"], id="3-labels"
            ),
            pytest.param(
                "a.b.c.d.e.f.example",
                [
                    *("a.b.c.d.e.f.example", "b.c.d.e.f.example", "c.d.e.f.example", "d.e.f.example"),
                    *("e.f.example", "f.example", "example"),
                ],
                id="7-labels",
            ),
            pytest.param(
                "a.b.c.d.e.f.g.example",
                [
                    *("a.b.c.d.e.f.g.example", "b.c.d.e.f.g.example", "c.d.e.f.g.example"),
                    *("d.e.f.g.example", "e.f.g.example", "f.g.example", "g.example", "example"),
                ],
                id="8-labels-go-on-with-7",
            ),
            pytest.param(
                "a.b.c.d.e.f.g.h.i.example",
                [
                    *("a.b.c.d.e.f.g.h.i.example", "d.e.f.g.h.i.example", "e.f.g.h.i.example"),
                    *("f.g.h.i.example", "g.h.i.example", "h.i.example", "i.example", "example"),
                ],
                id="10-labels-go-on-with-7",
            ),
        ],
    )
    def test_names(self, domain, names):
        assert walk_names(domain) == tuple(names)

        calls: list[str] = []
        ask(discover_dmarc(domain), {}, calls)
        assert calls == [f"_dmarc.{name} TXT" for name in names]

    @pytest.mark.parametrize("labels", range(1, 40))
    def test_there_are_at_most_eight_questions(self, labels):
        names = walk_names(".".join(["x"] * labels))

        assert len(names) == min(labels, 8)
        assert len(names[-1].split(".")) == 1

    def test_every_record_up_to_the_top_is_collected(self):
        """The author domain's own record settles the policy, not the organizational domain."""
        zone = {
            "_dmarc.mail.shop.example": {"TXT": ["v=DMARC1; p=none"]},
            "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject"]},
        }
        calls: list[str] = []

        found = ask(discover_dmarc("mail.shop.example"), zone, calls)

        assert calls == ["_dmarc.mail.shop.example TXT", "_dmarc.shop.example TXT", "_dmarc.example TXT"]
        assert (found.found_at, found.policy_tag, found.policy) == ("mail.shop.example", "p", NONE)
        assert found.organizational_domain == "shop.example"

    @pytest.mark.parametrize("psd", ["y", "n"])
    def test_psd_ends_the_walk(self, psd):
        zone = {
            "_dmarc.shop.example": {"TXT": [f"v=DMARC1; p=none; psd={psd}"]},
            "_dmarc.example": {"TXT": ["v=DMARC1; p=reject"]},
        }
        calls: list[str] = []

        ask(discover_dmarc("a.shop.example"), zone, calls)

        assert calls == ["_dmarc.a.shop.example TXT", "_dmarc.shop.example TXT"]

    def test_psd_unknown_does_not_end_the_walk(self):
        calls: list[str] = []

        ask(
            discover_dmarc("shop.example"),
            {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none; psd=u"]}},
            calls,
        )

        assert calls == ["_dmarc.shop.example TXT", "_dmarc.example TXT"]

    def test_several_records_end_nothing_even_with_psd(self):
        zone = {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none; psd=n", "v=DMARC1; p=reject; psd=n"]}}
        calls: list[str] = []

        ask(discover_dmarc("shop.example"), zone, calls)

        assert calls == ["_dmarc.shop.example TXT", "_dmarc.example TXT"]


class TestOrganizationalDomain:
    """Section 4.10.2."""

    @pytest.mark.parametrize(
        ("records", "expected"),
        [
            pytest.param({}, "a.b.shop.example", id="no-record-the-domain-itself"),
            pytest.param({"a.b.shop.example": "p=none"}, "a.b.shop.example", id="own-record"),
            pytest.param({"b.shop.example": "p=none"}, "b.shop.example", id="a-parents-record"),
            pytest.param(
                {"a.b.shop.example": "p=none", "b.shop.example": "p=none", "shop.example": "p=none"},
                "shop.example",
                id="the-fewest-labels-not-the-first-found",
            ),
            pytest.param(
                {"b.shop.example": "p=none; psd=n", "shop.example": "p=none"}, "b.shop.example", id="psd-n"
            ),
            pytest.param({"example": "p=none; psd=y"}, "shop.example", id="below-psd-y"),
            pytest.param({"b.shop.example": "p=none; psd=y"}, "a.b.shop.example", id="just-below-psd-y"),
            pytest.param(
                {"a.b.shop.example": "p=none; psd=y"}, "a.b.shop.example", id="psd-y-at-the-start-counts-not"
            ),
            pytest.param(
                {"b.shop.example": "p=none", "example": "p=none; psd=y"}, "shop.example", id="psd-y-wins"
            ),
        ],
    )
    def test_which_domain_it_is(self, records, expected):
        zone = {f"_dmarc.{name}": {"TXT": [f"v=DMARC1; {tags}"]} for name, tags in records.items()}

        assert ask(discover_dmarc("a.b.shop.example"), zone).organizational_domain == expected

    def test_the_decision_alone(self):
        found = {
            "a.shop.example": parse_dmarc("v=DMARC1; p=none"),
            "shop.example": parse_dmarc("v=DMARC1; p=none"),
        }

        assert organizational_domain("a.shop.example", found) == "shop.example"
        assert organizational_domain("a.shop.example", {}) == "a.shop.example"


EXISTS = {"A": ["192.0.2.1"]}


class TestPolicy:
    """Section 4.10.1: author domain, else organizational domain, else public suffix; nothing between."""

    @pytest.mark.parametrize(
        ("zone", "found_at", "tag", "policy"),
        [
            pytest.param(
                {"_dmarc.a.b.shop.example": {"TXT": ["v=DMARC1; p=reject; sp=none; np=none"]}},
                "a.b.shop.example",
                "p",
                REJECT,
                id="its-own-record-by-p",
            ),
            pytest.param(
                {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none; sp=reject"]}, "a.b.shop.example": EXISTS},
                "shop.example",
                "sp",
                REJECT,
                id="inherited-by-sp",
            ),
            pytest.param(
                {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=quarantine"]}, "a.b.shop.example": EXISTS},
                "shop.example",
                "p",
                QUARANTINE,
                id="inherited-by-p-where-there-is-no-sp",
            ),
            pytest.param(
                {
                    "_dmarc.b.shop.example": {"TXT": ["v=DMARC1; p=reject"]},
                    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none"]},
                },
                "shop.example",
                "p",
                NONE,
                id="nothing-between-counts",
            ),
            pytest.param(
                {"_dmarc.example": {"TXT": ["v=DMARC1; p=none; sp=quarantine; psd=y"]}},
                "example",
                "sp",
                QUARANTINE,
                id="the-public-suffix-last",
            ),
            pytest.param(
                {
                    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none"]},
                    "_dmarc.example": {"TXT": ["v=DMARC1; p=reject; psd=y"]},
                },
                "shop.example",
                "p",
                NONE,
                id="the-organizational-domain-before-the-suffix",
            ),
            pytest.param(
                {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none; np=reject"]}, "x.test": EXISTS},
                "shop.example",
                "np",
                REJECT,
                id="np-for-a-name-that-does-not-exist",
            ),
            pytest.param(
                {
                    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none; sp=quarantine; np=reject"]},
                    "a.b.shop.example": {"TXT": ["hello"]},
                },
                "shop.example",
                "sp",
                QUARANTINE,
                id="any-record-means-that-it-exists",
            ),
            pytest.param(
                {
                    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none; np=reject"]},
                    "deeper.a.b.shop.example": EXISTS,
                },
                "shop.example",
                "p",
                NONE,
                id="an-empty-non-terminal-exists",
            ),
            pytest.param(
                {
                    "_dmarc.a.b.shop.example": {"TXT": ["v=DMARC1; p=none", "v=DMARC1; p=quarantine"]},
                    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject"]},
                },
                "shop.example",
                "p",
                REJECT,
                id="several-are-dropped-and-the-walk-goes-on",
            ),
            pytest.param(
                {
                    "_dmarc.a.b.shop.example": {"TXT": ["v=DMARC1; p=none; p=none"]},
                    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject"]},
                },
                "shop.example",
                "p",
                REJECT,
                id="what-is-no-list-of-tags-is-dropped-and-the-walk-goes-on",
            ),
            pytest.param(
                {
                    "_dmarc.b.shop.example": {"TXT": ["v=DMARC1; p=nothing"]},
                    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject"]},
                },
                "shop.example",
                "p",
                REJECT,
                id="one-without-policy-in-between-decides-nothing",
            ),
            pytest.param(
                {"_dmarc.example": {"TXT": ["v=DMARC1; p=reject; np=quarantine; psd=y"]}},
                "example",
                "np",
                QUARANTINE,
                id="the-public-suffix-speaks-for-names-that-do-not-exist",
            ),
            pytest.param(
                {"_dmarc.shop.example": {"TXT": ["v=DMARC1; sp=reject; rua=mailto:d@shop.example"]}},
                "shop.example",
                "p",
                NONE,
                id="inherited-without-p-counts-as-p-none",
            ),
            pytest.param(
                {
                    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none; np=reject"]},
                    "a.b.shop.example": {"CNAME": ["gone.elsewhere.example."]},
                },
                "shop.example",
                "p",
                NONE,
                id="an-alias-exists-even-if-its-target-does-not",
            ),
            pytest.param(
                {
                    "_dmarc.a.b.shop.example": {
                        "TXT": ["v=spf1 -all", "hello", "v=DMARC1; p=reject", "v=DMARC2"]
                    }
                },
                "a.b.shop.example",
                "p",
                REJECT,
                id="other-texts-are-passed-over",
            ),
            pytest.param(
                {"_dmarc.a.b.shop.example": {"TXT": ["v=DMARC1; p=x; rua=mailto:d@shop.example"]}},
                "a.b.shop.example",
                "p",
                NONE,
                id="invalid-with-rua-counts-as-none",
            ),
        ],
    )
    def test_which_record_holds(self, zone, found_at, tag, policy):
        found = ask(discover_dmarc("a.b.shop.example"), zone)

        assert found.status is DmarcStatus.FOUND
        assert (found.found_at, found.policy_tag, found.policy) == (found_at, tag, policy)
        assert found.applied_policy is policy
        assert found.record is not None

    def test_existence_is_asked_only_where_np_says_something_else(self):
        same = {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none; sp=reject; np=reject"]}}
        other = {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none; np=reject"]}}

        for zone, expected in ((same, []), (other, ["a.shop.example CNAME"])):
            calls: list[str] = []
            found = ask(discover_dmarc("a.shop.example"), zone, calls)
            assert [call for call in calls if not call.startswith("_dmarc")] == expected
            assert len(found.evidence) == len(calls)

    @pytest.mark.parametrize(
        ("published", "applied"), [("reject", QUARANTINE), ("quarantine", NONE), ("none", NONE)]
    )
    def test_t_takes_one_level_off(self, published, applied):
        zone = {"_dmarc.shop.example": {"TXT": [f"v=DMARC1; p={published}; t=y"]}}

        found = ask(discover_dmarc("shop.example"), zone)

        assert found.policy == published
        assert found.applied_policy is applied

    def test_t_takes_one_level_off_sp_too(self):
        zone = {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none; sp=reject; t=y"]}}

        assert ask(discover_dmarc("a.shop.example"), zone).applied_policy is QUARANTINE

    @pytest.mark.parametrize(
        ("texts", "status"),
        [
            pytest.param([], DmarcStatus.MISSING, id="nothing"),
            pytest.param(["hello", "v=DMARC2; p=none"], DmarcStatus.MISSING, id="other-texts"),
            pytest.param(["v=DMARC1; p=nothing"], DmarcStatus.INVALID, id="invalid"),
            pytest.param(["v=DMARC1; p=none"] * 2, DmarcStatus.SEVERAL, id="several"),
            pytest.param(
                ["v=DMARC1; p=none", "v=DMARC1; p=x"], DmarcStatus.SEVERAL, id="several-with-an-invalid"
            ),
        ],
    )
    def test_without_a_record_it_says_what_is_wrong(self, texts, status):
        found = ask(discover_dmarc("shop.example"), {"_dmarc.shop.example": {"TXT": texts}})

        assert found.status is status
        assert (found.record, found.found_at, found.policy, found.policy_tag, found.applied_policy) == (
            None,
        ) * 5
        assert found.organizational_domain == "shop.example"

    @pytest.mark.parametrize("tags", ["p=x", "p=none; p=none"])
    def test_the_fault_nearest_to_the_author_is_told(self, tags):
        zone = {
            "_dmarc.a.shop.example": {"TXT": [f"v=DMARC1; {tags}"]},
            "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none"] * 2},
        }

        assert ask(discover_dmarc("a.shop.example"), zone).status is DmarcStatus.INVALID

    @pytest.mark.parametrize("holder", ["a.shop.example", "shop.example"])
    def test_where_the_record_that_holds_says_nothing_there_is_no_dmarc(self, holder):
        """Section 4.10.1: no valid p, no URI in rua: "applies no DMARC processing to this message"."""
        zone = {
            "_dmarc.example": {"TXT": ["v=DMARC1; p=reject; psd=y"]},
            "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject"]},
        } | {f"_dmarc.{holder}": {"TXT": ["v=DMARC1; p=nothing"]}}

        found = ask(discover_dmarc("a.shop.example"), zone)

        assert (found.status, found.record, found.policy) == (DmarcStatus.INVALID, None, None)
        assert found.organizational_domain == "shop.example"

    def test_evidence_shows_every_question(self):
        found = ask(discover_dmarc("shop.example"), {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none"]}})

        assert found.evidence == (
            "_dmarc.shop.example TXT: v=DMARC1; p=none",
            "_dmarc.example TXT: NXDOMAIN",
        )


SUFFIX = {"_dmarc.co.example": {"TXT": ["v=DMARC1; p=reject; sp=quarantine; psd=y"]}}


class TestPublicSuffix:
    """psd=y, where the author domain stands at, just below, or far below the public suffix."""

    @pytest.mark.parametrize(
        ("domain", "organizational", "tag", "policy"),
        [
            pytest.param("co.example", "co.example", "p", REJECT, id="the-suffix-itself"),
            pytest.param("shop.co.example", "shop.co.example", "sp", QUARANTINE, id="just-below"),
            pytest.param("a.b.shop.co.example", "shop.co.example", "sp", QUARANTINE, id="far-below"),
        ],
    )
    def test_who_is_meant(self, domain, organizational, tag, policy):
        calls: list[str] = []

        found = ask(discover_dmarc(domain), SUFFIX, calls)

        assert found.organizational_domain == organizational
        assert (found.found_at, found.policy_tag, found.policy) == ("co.example", tag, policy)
        assert "_dmarc.example TXT" not in calls

    def test_it_gives_no_policy_to_an_organization_that_has_one(self):
        zone = SUFFIX | {"_dmarc.shop.co.example": {"TXT": ["v=DMARC1; p=none"]}}

        assert ask(discover_dmarc("a.shop.co.example"), zone).policy is NONE

    def test_a_record_between_does_not_replace_that_of_the_organization(self):
        zone = SUFFIX | {"_dmarc.b.shop.co.example": {"TXT": ["v=DMARC1; p=none"]}}

        found = ask(discover_dmarc("a.b.shop.co.example"), zone)

        assert (found.found_at, found.organizational_domain) == ("co.example", "shop.co.example")


class TestNames:
    @pytest.mark.parametrize("domain", ["Shop.Example", "shop.example.", " SHOP.EXAMPLE. "])
    def test_a_domain_is_asked_for_in_one_way(self, domain):
        calls: list[str] = []

        found = ask(discover_dmarc(domain), {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none"]}}, calls)

        assert calls == ["_dmarc.shop.example TXT", "_dmarc.example TXT"]
        assert (found.found_at, found.policy_tag) == ("shop.example", "p")
        assert normalized(domain) == "shop.example"

    @pytest.mark.parametrize("name", ["", "a..example", ".example", f"{'x' * 64}.example", "x." * 127 + "x"])
    def test_what_cannot_be_a_name_is_not_asked_for(self, name):
        assert not fits_dns(name)
        assert not any(label in ask_for(name) for label in ("_dmarc..", "x" * 64))

    def test_the_longest_names_can_be_asked_for(self):
        assert fits_dns("x." * 126 + "x")
        assert fits_dns(f"{'x' * 63}.example")


def ask_for(domain):
    calls: list[str] = []
    ask(discover_dmarc(domain), {}, calls)
    return " ".join(calls)


SHOP = {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none"]}}


class TestOrganization:
    """Section 4.10.2: whether another domain has the same organizational domain."""

    @pytest.mark.parametrize(
        ("other", "shares", "asked"),
        [
            pytest.param("shop.example", True, 2, id="itself"),
            pytest.param("News.Shop.Example.", True, 3, id="below"),
            pytest.param("other.example", False, 0, id="elsewhere-needs-no-question"),
            pytest.param("example", False, 0, id="above-needs-no-question"),
            pytest.param("myshop.example", False, 0, id="the-same-ending-of-a-label-is-not-below"),
        ],
    )
    def test_by_walking_only_from_below(self, other, shares, asked):
        calls: list[str] = []

        shared, evidence = ask(shares_organization("shop.example", other), SHOP, calls)

        assert shared is shares
        assert len(calls) == len(evidence) == asked

    def test_an_organization_of_its_own_below(self):
        zone = SHOP | {"_dmarc.branch.shop.example": {"TXT": ["v=DMARC1; p=none; psd=n"]}}

        assert ask(shares_organization("shop.example", "a.branch.shop.example"), zone)[0] is False

    def test_it_is_not_known_when_a_question_failed(self):
        zone = SHOP | {"_dmarc.news.shop.example": TEMPERROR}

        assert ask(shares_organization("shop.example", "news.shop.example"), zone)[0] is None

    def test_a_walk_keeps_what_it_saw(self):
        walk = ask(walk_tree("news.shop.example"), SHOP | {"_dmarc.example": TEMPERROR})

        assert list(walk.found) == ["shop.example"]
        assert walk.faults == (DmarcStatus.TEMPERROR,)
        assert walk.organizational_domain is None


class TestTemporaryError:
    """A question without an answer never leads to a policy that another answer would change."""

    def test_at_the_author_domain_nothing_is_known_and_nothing_more_is_asked(self):
        zone = {"_dmarc.a.shop.example": TEMPERROR, "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject"]}}
        calls: list[str] = []

        found = ask(discover_dmarc("a.shop.example"), zone, calls)

        assert found.status is DmarcStatus.TEMPERROR
        assert (found.record, found.policy, found.organizational_domain) == (None, None, None)
        assert calls == ["_dmarc.a.shop.example TXT"]

    @pytest.mark.parametrize("failing", ["_dmarc.b.shop.example", "_dmarc.shop.example", "_dmarc.example"])
    def test_above_the_author_domain_its_own_record_still_holds(self, failing):
        zone = {"_dmarc.a.b.shop.example": {"TXT": ["v=DMARC1; p=reject"]}, failing: TEMPERROR}

        found = ask(discover_dmarc("a.b.shop.example"), zone)

        assert found.status is DmarcStatus.FOUND
        assert (found.found_at, found.policy_tag, found.policy) == ("a.b.shop.example", "p", REJECT)
        assert found.organizational_domain is None

    @pytest.mark.parametrize(
        "failing", ["_dmarc.a.b.shop.example", "_dmarc.b.shop.example", "_dmarc.example"]
    )
    def test_no_policy_is_inherited_past_it(self, failing):
        zone = {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject"]}, failing: TEMPERROR}

        found = ask(discover_dmarc("a.b.shop.example"), zone)

        assert found.status is DmarcStatus.TEMPERROR
        assert (found.policy, found.policy_tag, found.organizational_domain) == (None, None, None)

    def test_the_public_suffix_is_not_the_last_resort_while_something_below_is_open(self):
        zone = {
            "_dmarc.shop.example": TEMPERROR,
            "_dmarc.example": {"TXT": ["v=DMARC1; p=reject; psd=y"]},
        }

        found = ask(discover_dmarc("a.shop.example"), zone)

        assert (found.status, found.policy) == (DmarcStatus.TEMPERROR, None)

    def test_a_missing_record_is_not_missing_when_a_question_failed(self):
        assert (
            ask(discover_dmarc("shop.example"), {"_dmarc.example": TEMPERROR}).status is DmarcStatus.TEMPERROR
        )

    def test_np_is_not_ruled_out_when_the_existence_is_not_known(self):
        zone = {
            "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none; np=reject"]},
            "a.shop.example": TEMPERROR,
        }

        found = ask(discover_dmarc("a.shop.example"), zone)

        assert found.status is DmarcStatus.TEMPERROR
        assert (found.policy, found.policy_tag, found.applied_policy) == (None, None, None)
        assert (found.found_at, found.organizational_domain) == ("shop.example", "shop.example")
        assert found.record is not None

    def test_past_a_record_that_ends_the_walk_nothing_can_fail(self):
        zone = {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject; psd=n"]}, "_dmarc.example": TEMPERROR}

        found = ask(discover_dmarc("a.shop.example"), zone)

        assert (found.status, found.policy) == (DmarcStatus.FOUND, REJECT)
