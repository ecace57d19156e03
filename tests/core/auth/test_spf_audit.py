"""The audit of a published record, a service's address, and merging records."""

import pytest

from deliv.core.auth.spf import SpfRecord, parse_spf
from deliv.core.auth.spf_audit import SpfProblemKind as Kind
from deliv.core.auth.spf_audit import audit_spf, first_address
from deliv.core.auth.spf_merge import merge_spf
from deliv.core.errors import SpfSyntaxError
from tests.zone import TEMPERROR, ask

OWN = "shop.example"


def spf(*texts):
    return {"TXT": list(texts)}


def audit(text, zone=None, calls=None):
    return ask(audit_spf(OWN), {OWN: spf(text)} | (zone or {}), calls)


def problems(text, zone=None):
    return [(found.kind, found.term, found.domain) for found in audit(text, zone).problems]


HERE = {"A": ["192.0.2.1"]}
WORLD = {
    "here.example": HERE | {"MX": ["10 here.example."]},
    "six.example": {"AAAA": ["2001:db8::1"]},
    "service.example": spf("v=spf1 ip4:192.0.2.0/24 ~all"),
    "open.example": spf("v=spf1 +all"),
    "neutral.example": spf("v=spf1 ip4:192.0.2.0/24 ?all"),
    "broken.example": spf("v=spf1 moo"),
    "several.example": spf("v=spf1 -all", "v=spf1 ~all"),
    "texts.example": spf("other"),
    "ptr.example": spf("v=spf1 ptr -all"),
    "down.example": TEMPERROR,
    "loop.example": spf("v=spf1 include:loop2.example -all"),
    "loop2.example": spf("v=spf1 include:loop.example a:here.example -all"),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("v=spf1 include:service.example a:here.example -all", [], id="nothing"),
        pytest.param("v=spf1 redirect=service.example", [], id="nothing-in-the-redirect"),
        pytest.param("v=spf1 a:here.example -all x=y", [], id="a-modifier-may-stand-behind-all"),
        pytest.param("v=spf1 a:six.example a:six.example a:six.example ~all", [], id="ipv6-only-is-not-void"),
        pytest.param("v=spf1 all", [(Kind.PLUS_ALL, "all", OWN)], id="plus-all"),
        pytest.param(
            "v=spf1 include:open.example -all", [(Kind.PLUS_ALL, "all", "open.example")], id="plus-all-below"
        ),
        pytest.param("v=spf1 ?all", [(Kind.NEUTRAL_ALL, "?all", OWN)], id="neutral-all"),
        pytest.param("v=spf1 include:neutral.example -all", [], id="neutral-all-in-an-include-is-harmless"),
        pytest.param(
            "v=spf1 redirect=neutral.example",
            [(Kind.NEUTRAL_ALL, "?all", "neutral.example")],
            id="neutral-all-behind-a-redirect",
        ),
        pytest.param("v=spf1 a:here.example", [(Kind.NO_ALL, "", OWN)], id="no-all"),
        pytest.param("v=spf1 ptr -all", [(Kind.USES_PTR, "ptr", OWN)], id="ptr"),
        pytest.param(
            "v=spf1 include:ptr.example -all", [(Kind.USES_PTR, "ptr", "ptr.example")], id="ptr-below"
        ),
        pytest.param(
            "v=spf1 include:gone.example -all",
            [(Kind.MISSING_INCLUDE, "include:gone.example", OWN)],
            id="include-of-no-domain",
        ),
        pytest.param(
            "v=spf1 include:texts.example -all",
            [(Kind.MISSING_INCLUDE, "include:texts.example", OWN)],
            id="include-of-no-record",
        ),
        pytest.param(
            "v=spf1 include:a..example -all",
            [(Kind.MISSING_INCLUDE, "include:a..example", OWN)],
            id="include-of-a-name-that-is-none",
        ),
        pytest.param(
            "v=spf1 redirect=gone.example",
            [(Kind.MISSING_INCLUDE, "redirect=gone.example", OWN)],
            id="redirect-to-nothing",
        ),
        pytest.param(
            "v=spf1 include:broken.example ?include:several.example -all",
            [
                (Kind.BROKEN_INCLUDE, "include:broken.example", OWN),
                (Kind.BROKEN_INCLUDE, "?include:several.example", OWN),
            ],
            id="include-of-broken-and-of-several-records",
        ),
        pytest.param(
            "v=spf1 include:service.example include:Service.Example. -all",
            [(Kind.DUPLICATE_INCLUDE, "include:Service.Example.", OWN)],
            id="included-twice",
        ),
        pytest.param(
            "v=spf1 include:loop.example -all",
            [(Kind.INCLUDE_LOOP, "include:loop.example", "loop2.example")],
            id="loop-below",
        ),
        pytest.param(
            "v=spf1 include:shop.example -all",
            [(Kind.INCLUDE_LOOP, "include:shop.example", OWN)],
            id="includes-itself",
        ),
        pytest.param(
            "v=spf1 a:here.example -all mx:here.example redirect=service.example",
            [
                (Kind.UNREACHABLE_TERMS, "mx:here.example", OWN),
                (Kind.UNREACHABLE_TERMS, "redirect=service.example", OWN),
            ],
            id="behind-all",
        ),
        pytest.param(
            "v=spf1 redirect=service.example -all",
            [(Kind.UNREACHABLE_TERMS, "redirect=service.example", OWN)],
            id="redirect-beside-all",
        ),
        pytest.param(
            "v=spf1 a:g1.example mx:g2.example exists:g3.example a:g4.example -all",
            [(Kind.TOO_MANY_VOID_LOOKUPS, "exists:g3.example", OWN)],
            id="three-terms-that-find-nothing",
        ),
        pytest.param(
            "v=spf1 exists:six.example exists:six.example include:gone.example -all",
            [
                (Kind.TOO_MANY_VOID_LOOKUPS, "include:gone.example", OWN),
                (Kind.MISSING_INCLUDE, "include:gone.example", OWN),
            ],
            id="exists-wants-ipv4-and-an-include-of-nothing-is-a-void-look-up-too",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_term(text, expected):
    assert problems(text, WORLD) == expected


class TestLookups:
    def test_they_are_counted_to_the_end_and_the_eleventh_is_named(self):
        zone = WORLD | {"inc.example": spf("v=spf1" + " a:here.example" * 5 + " mx:here.example -all")}

        first = " ".join(f"a:here.example/{prefix}" for prefix in (32, 31, 30, 29))
        found = audit(f"v=spf1 {first} include:inc.example mx:here.example/24 ~all", zone)

        assert found.lookups == 12
        assert [(p.kind, p.term, p.domain) for p in found.problems] == [
            (Kind.TOO_MANY_LOOKUPS, "mx:here.example", "inc.example")
        ]
        assert [node.lookups for node in found.tree] == [1, 2, 3, 4, 11, 12]
        assert [node.lookups for node in found.tree[4].children] == [6, 7, 8, 9, 10, 11]

    def test_what_stands_behind_all_is_not_counted(self):
        assert audit("v=spf1 -all a:here.example include:service.example", WORLD).lookups == 0

    def test_an_include_that_comes_again_is_counted_again_but_not_asked(self):
        zone = {"inc.example": spf("v=spf1" + " exists:here.example" * 5)} | WORLD
        calls = []

        found = audit("v=spf1 include:inc.example ?include:inc.example ~all", zone, calls)

        assert found.lookups == 12
        assert calls == ["shop.example TXT", "inc.example TXT", "here.example A"]
        assert [problem.kind for problem in found.problems] == [Kind.DUPLICATE_INCLUDE, Kind.TOO_MANY_LOOKUPS]
        assert found.tree[1].children == ()

    def test_what_hangs_on_the_mail_is_counted_and_marked(self):
        calls = []

        found = audit("v=spf1 exists:%{i}.x.example a:%{d} ptr -all", calls=calls)

        assert calls == ["shop.example TXT"]
        assert (found.lookups, found.is_complete) == (3, True)
        assert [node.has_macros for node in found.tree] == [True, True, False]

    def test_behind_an_include_that_hangs_on_the_mail_there_may_be_more(self):
        assert not audit("v=spf1 include:%{o}.x.example -all").is_complete

    @pytest.mark.parametrize("term", ["a", "mx", "include", "exists"])
    def test_what_is_not_answered_is_no_problem_but_the_audit_is_incomplete(self, term):
        found = audit(f"v=spf1 {term}:down.example -all", WORLD)

        assert (found.problems, found.is_complete, found.lookups) == ((), False, 1)


class TestTopRecord:
    @pytest.mark.parametrize(
        ("texts", "records"), [([], 0), (["other"], 0), (["v=spf1 -all", "x", "v=spf1"], 2)]
    )
    def test_no_record_and_several_are_told_apart(self, texts, records):
        found = ask(audit_spf(OWN), {OWN: spf(*texts)})

        assert (len(found.records), found.record, found.error, found.problems) == (records, None, None, ())
        assert found.is_complete

    @pytest.mark.parametrize("domain", ["", "a..example", "x" * 64 + ".example", "日本.example"])
    def test_a_name_that_cannot_be_asked_publishes_nothing(self, domain):
        assert ask(audit_spf(domain), {}).records == ()
        assert ask(first_address(domain), {}) is None

    def test_a_domain_is_asked_in_lower_case(self):
        assert ask(audit_spf("Shop.Example."), {OWN: spf("v=spf1 -all")}).domain == OWN

    def test_an_invalid_record_says_why(self):
        found = audit("v=spf1 ip4:192.0.2 -all")

        assert found.record is None
        assert isinstance(found.error, SpfSyntaxError)
        assert found.error.fields["term"] == "ip4:192.0.2"

    def test_no_answer_is_no_absence(self):
        found = ask(audit_spf(OWN), {OWN: TEMPERROR})

        assert (found.is_temperror, found.is_complete, found.records) == (True, False, ())

    def test_the_evidence_is_every_question(self):
        found = audit("v=spf1 a:gone.example -all")

        assert found.evidence == (
            "shop.example TXT: v=spf1 a:gone.example -all",
            "gone.example A: NXDOMAIN",
            "gone.example AAAA: NXDOMAIN",
        )


class TestBounds:
    """A hostile record ends, and says that it did not end by itself."""

    def test_a_chain_of_includes_is_cut(self):
        zone = {f"r{n}.example": spf(f"v=spf1 include:r{n + 1}.example") for n in range(100)}
        calls = []

        found = audit("v=spf1 include:r0.example -all", zone, calls)

        assert len(calls) == 21
        assert (found.lookups, found.is_complete) == (21, False)

    def test_a_wide_record_is_cut(self):
        calls = []

        found = audit("v=spf1" + "".join(f" a:n{n}.example" for n in range(3000)), calls=calls)

        assert len(calls) == 200
        assert (found.lookups, found.is_complete) == (3000, False)

    def test_a_tree_that_doubles_at_each_step_is_counted_and_not_walked(self):
        zone = {
            f"r{n}.example": spf(f"v=spf1 include:r{n + 1}.example ?include:r{n + 1}.example")
            for n in range(19)
        }
        zone["r19.example"] = spf("v=spf1 -all")
        calls = []

        found = audit("v=spf1 include:r0.example -all", zone, calls)

        assert len(calls) == 21
        assert found.lookups == 2**20 - 1


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param({}, None, id="no-record"),
        pytest.param({OWN: TEMPERROR}, None, id="no-answer"),
        pytest.param({OWN: spf("v=spf1", "v=spf1")}, None, id="several-records"),
        pytest.param({OWN: spf("v=spf1 -all ip4:192.0.2.1")}, None, id="behind-all"),
        pytest.param({OWN: spf("v=spf1 -ip4:192.0.2.0/24 ip4:0.0.0.0/0 -all")}, None, id="not-letting-pass"),
        pytest.param({OWN: spf("v=spf1 ip4:192.0.2.0/24 -all")}, "192.0.2.1", id="first-of-a-network"),
        pytest.param({OWN: spf("v=spf1 ip4:192.0.2.9 -all")}, "192.0.2.9", id="a-single-address"),
        pytest.param({OWN: spf("v=spf1 ip4:192.0.2.9/31 -all")}, "192.0.2.8", id="a-pair"),
        pytest.param({OWN: spf("v=spf1 ip6:2001:db8::/32 -all")}, "2001:db8::1", id="ip6"),
        pytest.param(
            {OWN: spf("v=spf1 a:here.example ip6:2001:db8::7 ip4:192.0.2.7 -all"), "here.example": HERE},
            "192.0.2.7",
            id="ip4-before-the-others",
        ),
        pytest.param(
            {
                OWN: spf("v=spf1 include:a.example include:b.example -all"),
                "a.example": spf("v=spf1 include:c.example"),
                "b.example": spf("v=spf1 ip4:192.0.2.66 -all"),
                "c.example": spf("v=spf1 ip4:192.0.2.77 -all"),
            },
            "192.0.2.66",
            id="the-nearest-include",
        ),
        pytest.param(
            {OWN: spf("v=spf1 redirect=b.example"), "b.example": spf("v=spf1 ip4:192.0.2.66 -all")},
            "192.0.2.66",
            id="redirect",
        ),
        pytest.param(
            {OWN: spf("v=spf1 include:shop.example include:%{d}.x ip6:2001:db8::7")}, "2001:db8::7", id="loop"
        ),
        pytest.param({OWN: spf("v=spf1 a -all") | HERE}, "192.0.2.1", id="a"),
        pytest.param({OWN: spf("v=spf1 a mx a:here.example"), "here.example": HERE}, "192.0.2.1", id="next"),
        pytest.param({OWN: spf("v=spf1 a -all") | {"AAAA": ["2001:db8::1"]}}, "2001:db8::1", id="a-of-ipv6"),
        pytest.param(
            {OWN: spf("v=spf1 a:%{d} a:a..x mx:none.example mx") | {"MX": ["9 a..b.", "10 here.example."]}}
            | {"here.example": HERE},
            "192.0.2.1",
            id="mx",
        ),
    ],
)
def test_one_address_stands_for_a_service(zone, expected):
    assert ask(first_address(OWN), zone) == expected


@pytest.mark.parametrize(
    ("record", "lost"),
    [
        pytest.param("include:a.example include:b.example", "a.example", id="a-record"),
        pytest.param("a:a.example a:here.example", "a.example", id="a-host"),
        pytest.param("mx:a.example a:here.example", "a.example", id="mail-hosts"),
    ],
)
def test_while_an_answer_is_missing_no_other_address_stands_for_it(record, lost):
    zone = {
        OWN: spf(f"v=spf1 {record} -all"),
        "b.example": spf("v=spf1 ip4:192.0.2.66 -all"),
        "here.example": HERE,
    }

    assert ask(first_address(OWN), zone) is not None
    assert ask(first_address(OWN), zone | {lost: TEMPERROR}) is None


def test_the_search_for_an_address_ends():
    def terms(n):
        return " ".join(f"include:r{m}.example mx:m{m}.example" for m in range(n + 1, n + 9))

    zone = {f"r{n}.example": spf(f"v=spf1 {terms(n)}") for n in range(200)}
    zone[OWN] = spf("v=spf1 include:r0.example")
    calls = []

    assert ask(first_address(OWN), zone, calls) is None
    assert len(calls) <= 50


def merge(*texts, **more):
    return str(merge_spf(map(parse_spf, texts), **more))


@pytest.mark.parametrize(
    ("texts", "more", "expected"),
    [
        pytest.param([], {}, "v=spf1 ~all", id="nothing"),
        pytest.param(
            ["v=spf1 a mx -all", "v=spf1 include:x.example ~all"],
            {},
            "v=spf1 a mx include:x.example ~all",
            id="not-stricter-than-the-mildest-all",
        ),
        pytest.param(["v=spf1 a +all", "v=spf1 mx ?all"], {}, "v=spf1 a mx ~all", id="no-open-all"),
        pytest.param(["v=spf1 a"], {}, "v=spf1 a ~all", id="no-all"),
        pytest.param(
            [
                "v=spf1 a A ip4:192.0.2.1 include:X.example -all",
                "v=spf1 a/32 a//128 ip4:192.0.2.1/32 -include:x.Example.",
            ],
            {},
            "v=spf1 a ip4:192.0.2.1 include:X.example ~all",
            id="duplicates",
        ),
        pytest.param(
            ["v=spf1 exists:%{l}.x.example exists:%{L}.x.example a a/24 a//64 -all"],
            {},
            "v=spf1 exists:%{l}.x.example exists:%{L}.x.example a a/24 a//64 -all",
            id="no-duplicates",
        ),
        pytest.param(["v=spf1 ptr ptr:x.example a -all"], {}, "v=spf1 a -all", id="without-ptr"),
        pytest.param(
            ["v=spf1 a include:old.example -mx ~all"],
            {"drop": ["INCLUDE:old.example", "-mx"]},
            "v=spf1 a ~all",
            id="without-what-is-dropped",
        ),
        pytest.param(
            ["v=spf1 a include:x.example -all"],
            {"includes": ["X.example", "y.example"], "networks": ["192.0.2.0/24", "2001:db8::/32"]},
            "v=spf1 a include:x.example include:y.example ip4:192.0.2.0/24 ip6:2001:db8::/32 -all",
            id="with-what-is-new",
        ),
        pytest.param(["v=spf1 -all a"], {}, "v=spf1 a -all", id="behind-all"),
        pytest.param(
            ["v=spf1 redirect=x.example a"],
            {"includes": ["y.example"]},
            "v=spf1 a include:y.example redirect=x.example",
            id="a-single-redirect-stays",
        ),
        pytest.param(
            ["v=spf1 redirect=x.example", "v=spf1 a"], {}, "v=spf1 include:x.example a ~all", id="redirect"
        ),
        pytest.param(
            ["v=spf1 redirect=x.example -all"], {}, "v=spf1 -all", id="a-redirect-that-was-void-is-dropped"
        ),
        pytest.param(
            ["v=spf1 exp=a.example x=1 -all", "v=spf1 exp=b.example x=1 x=2 -all"],
            {},
            "v=spf1 exp=a.example x=1 x=2 -all",
            id="modifiers",
        ),
    ],
)
def test_records_become_one(texts, more, expected):
    assert merge(*texts, **more) == expected


@pytest.mark.parametrize(
    ("name", "value"), [("includes", "192.0.2.1"), ("networks", "192.0.2"), ("networks", "x")]
)
def test_only_domains_and_networks_go_in(name, value):
    with pytest.raises(SpfSyntaxError):
        merge_spf([SpfRecord(terms=())], **{name: [value]})
