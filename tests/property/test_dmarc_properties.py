"""Laws of DMARC, tried on generated zones (RFC 9989)."""

from hypothesis import given
from hypothesis import strategies as st

from deliv.core.auth.dmarc import (
    DmarcRecord,
    DmarcStatus,
    discover_dmarc,
    parse_dmarc,
    walk_names,
    walk_tree,
)
from deliv.core.auth.dmarc_record import read_dmarc
from deliv.core.auth.dmarc_result import DmarcVerdict, evaluate_dmarc
from deliv.core.errors import DmarcSyntaxError
from deliv.core.question import Answer, Trouble
from tests.property import strategies as some
from tests.zone import answer, ask

NAMES = ["example", "shop.example", "a.shop.example", "b.a.shop.example", "c.shop.example", "other.example"]
DOMAINS = st.sampled_from([*NAMES, "elsewhere.test", ".".join("abcdefgh") + ".shop.example"])
TAGS = st.builds(
    "; ".join,
    st.tuples(
        st.sampled_from(["p=none", "p=quarantine", "p=reject", "p=x", "rua=mailto:d@shop.example"]),
        st.sampled_from(["psd=u", "psd=u", "psd=y", "psd=n"]),
        st.sampled_from(["adkim=r", "adkim=s"]),
        st.sampled_from(["aspf=r", "aspf=s"]),
        st.sampled_from(["t=n", "t=y"]),
        st.sampled_from(["fo=1", "sp=none", "sp=reject", "np=reject", "np=none"]),
    ),
)
RECORDS = st.lists(TAGS.map(lambda tags: {"TXT": [f"v=DMARC1; {tags}"]}), min_size=1, max_size=1).map(
    lambda records: records[0]
) | st.just({"TXT": ["v=DMARC1; p=none", "v=DMARC1; p=reject; psd=y"]})


@st.composite
def zones(draw):
    zone = draw(st.dictionaries(st.sampled_from([f"_dmarc.{name}" for name in NAMES]), RECORDS))
    return zone | draw(st.dictionaries(st.sampled_from(NAMES[1:]), st.just({"A": ["192.0.2.1"]})))


MAILS = st.fixed_dictionaries(
    {
        "from_domain": DOMAINS,
        "spf": st.none() | DOMAINS,
        "dkim": st.lists(DOMAINS, max_size=3),
        "temperror": st.sampled_from([False, False, True]),
    }
)


def run(asking, zone, broken=None):
    """Drive a discovery; fail the question of the number `broken`. Return result and number asked."""
    asked = 0
    try:
        query = next(asking)
        while True:
            reply = Answer.failed(Trouble.TIMEOUT) if asked == broken else answer(zone, query)
            asked += 1
            query = asking.send(reply)
    except StopIteration as stop:
        return stop.value, asked


class TestWalk:
    @given(zones(), DOMAINS)
    def test_it_asks_at_most_eight_times_and_stops_early_only_at_psd(self, zone, domain):
        calls = []

        walk = ask(walk_tree(domain), zone, calls)

        assert calls == [f"_dmarc.{name} TXT" for name in walk_names(domain)][: len(calls)]
        assert len(calls) <= 8
        marked = [name for name, record in walk.found.items() if record.psd != "u"]
        assert marked == ([calls[-1].removeprefix("_dmarc.").removesuffix(" TXT")] if marked else [])
        assert marked or len(calls) == len(walk_names(domain))

    @given(zones(), DOMAINS)
    def test_the_organizational_domain_is_the_domain_or_above_it(self, zone, domain):
        organizational = ask(walk_tree(domain), zone).organizational_domain

        assert f".{domain}".endswith(f".{organizational}")

    @given(zones(), DOMAINS)
    def test_an_organizational_domain_is_its_own(self, zone, domain):
        organizational = ask(walk_tree(domain), zone).organizational_domain
        names = walk_names(domain)

        # A public suffix that is asked about itself has no other one below it to be.
        if organizational in names:
            assert ask(walk_tree(organizational), zone).organizational_domain == organizational


class TestAlignment:
    @given(zones(), DOMAINS)
    def test_relaxed_alignment_is_reflexive(self, zone, domain):
        found = ask(evaluate_dmarc(from_domain=domain, spf=domain, dkim=[domain]), zone)

        assert found.spf_aligned is found.dkim_aligned is (found.discovery.record is not None)

    @given(zones(), DOMAINS, DOMAINS)
    def test_relaxed_alignment_is_symmetric(self, zone, one, other):
        there = ask(evaluate_dmarc(from_domain=one, dkim=[other]), zone)
        back = ask(evaluate_dmarc(from_domain=other, dkim=[one]), zone)

        records = [result.discovery.record for result in (there, back)]
        if all(record is not None and record.adkim == "r" for record in records):
            assert there.dkim_aligned is back.dkim_aligned

    @given(zones(), MAILS)
    def test_strict_implies_relaxed(self, zone, mail):
        strict, relaxed = (
            ask(evaluate_dmarc(**mail), aligned_by(zone, f"adkim={mode}; aspf={mode}")) for mode in ("s", "r")
        )

        assert relaxed.spf_aligned >= strict.spf_aligned
        assert relaxed.dkim_aligned >= strict.dkim_aligned
        assert not (strict.result is DmarcVerdict.PASS and relaxed.result is not DmarcVerdict.PASS)


def aligned_by(zone, tags):
    """Return the zone with other alignment modes in every record."""

    def changed(text):
        kept = [tag for tag in text.split("; ") if not tag.startswith(("adkim", "aspf"))]
        return "; ".join([*kept, tags])

    return {
        name: {"TXT": [changed(text) for text in records["TXT"]]} if "TXT" in records else records
        for name, records in zone.items()
    }


class TestFailuresOfTheDns:
    @given(zones(), DOMAINS)
    def test_a_lost_answer_leaves_the_policy_or_takes_it_away(self, zone, domain):
        before, asked = run(discover_dmarc(domain), zone)

        for n in range(asked):
            after, _ = run(discover_dmarc(domain), zone, n)
            if after.status is DmarcStatus.TEMPERROR:
                assert after.policy is None
            else:
                assert (after.status, after.found_at, after.policy) == (
                    before.status,
                    before.found_at,
                    before.policy,
                )

    @given(zones(), MAILS)
    def test_a_lost_answer_leaves_the_result_or_takes_it_away(self, zone, mail):
        before, asked = run(evaluate_dmarc(**mail), zone)

        for n in range(asked):
            after, _ = run(evaluate_dmarc(**mail), zone, n)
            assert after.result in (before.result, DmarcVerdict.TEMPERROR)
            assert after.disposition in ("none", before.disposition)

    @given(zones(), MAILS)
    def test_the_result_says_what_it_says(self, zone, mail):
        found, asked = run(evaluate_dmarc(**mail), zone)

        assert (found.result is DmarcVerdict.PASS) is (found.spf_aligned or found.dkim_aligned)
        assert found.disposition == "none" or found.result is DmarcVerdict.FAIL
        assert len(found.evidence) == asked == len(set(found.evidence))


class TestText:
    @given(some.dmarc_records())
    def test_a_record_is_read_as_it_is_written(self, record):
        assert parse_dmarc(str(record)) == record

    @given(st.one_of(some.ANY_TEXT.map(lambda text: f"v=DMARC1;{text}"), some.NEAR_DMARC))
    def test_whatever_stands_there_is_written_in_one_way(self, text):
        try:
            record = read_dmarc(text)
        except DmarcSyntaxError:
            return

        assert isinstance(record, DmarcRecord)
        assert read_dmarc(str(record)) == record
        assert str(read_dmarc(str(record))) == str(record)
