"""Laws of SPF, tried on made-up zones."""

import ipaddress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deliv.core.auth.spf import Qualifier, SpfRecord, parse_spf
from deliv.core.auth.spf_audit import audit_spf, first_address
from deliv.core.auth.spf_check import SpfVerdict, check_spf
from deliv.core.auth.spf_macros import to_name
from deliv.core.auth.spf_merge import merge_spf
from deliv.core.errors import SpfSyntaxError
from deliv.core.question import Answer, Trouble
from tests.property import strategies as some
from tests.zone import answer

IPS = ["192.0.2.1", "192.0.2.66", "2001:db8::1", "::ffff:192.0.2.1"]
NAMES = ["shop.example", "mail.shop.example", "inc.example", "to.example"]
SENDERS = ["taro@shop.example", "", "t-y@shop.example", "日本@shop.example", "a\r\nb\x00@shop.example"]
HELOS = ["mail.shop.example", "shop.example", "[192.0.2.1]", "", "\udcff"]
REVERSE = [ipaddress.ip_address(ip).reverse_pointer for ip in IPS[:3]]
MOST_QUESTIONS = 123

_SPECS = st.sampled_from(
    [*NAMES, "gone.example", "%{o}", "mail.%{d2}", "%{l}.example", "%{h}", "%{i}.example"]
)
_TERMS = st.one_of(
    st.builds(
        "{}{}:{}".format,
        st.sampled_from(["", "-", "~", "?"]),
        st.sampled_from(["a", "mx", "exists", "include"]),
        _SPECS,
    ),
    st.sampled_from(
        [
            "a",
            "mx",
            "-a",
            "mx/24",
            "a//64",
            "ip4:192.0.2.0/26",
            "-ip4:192.0.2.66",
            "ip6:2001:db8::/64",
            "-all",
        ]
    ),
)
_ENDINGS = st.sampled_from(
    ["-all", "~all", "?all", "all", "redirect=to.example", "redirect=inc.example", "exp=to.example -all", ""]
)
_RECORDS = st.builds(
    lambda terms, ending: " ".join(["v=spf1", *terms, ending]), st.lists(_TERMS, max_size=4), _ENDINGS
)
_PTR_RECORDS = st.builds(
    lambda term, record: record.replace("v=spf1", f"v=spf1 {term}"),
    st.sampled_from(["ptr", "-ptr", "exists:%{p}", "-exists:%{p}.example", "ptr:inc.example"]),
    _RECORDS,
)


def _zones(records):
    hosts = st.fixed_dictionaries(
        {},
        optional={
            "TXT": st.lists(records, min_size=1, max_size=1) | st.just(["other"]) | st.just(["v=spf1"] * 2),
            "A": st.lists(st.sampled_from(["192.0.2.1", "192.0.2.66"]), min_size=1, max_size=2),
            "AAAA": st.just(["2001:db8::1"]),
            "MX": st.lists(st.sampled_from([f"10 {name}." for name in NAMES]), min_size=1, max_size=3),
        },
    )
    clients = st.fixed_dictionaries({"PTR": st.lists(st.sampled_from([f"{n}." for n in NAMES]), max_size=3)})
    return st.fixed_dictionaries(
        {"shop.example": hosts | st.builds(lambda text: {"TXT": [text], "A": ["192.0.2.1"]}, records)},
        optional=dict.fromkeys(NAMES[1:], hosts) | dict.fromkeys(REVERSE, clients),
    )


ZONES = _zones(_RECORDS)
ANY_ZONES = _zones(st.one_of(_RECORDS, _PTR_RECORDS, some.NEAR_SPF, some.SPF_RECORDS.map(str), some.ANY_TEXT))


def run(asking, zone, is_lost=lambda number, query: False):
    """Drive a check; return its result and the questions."""
    asked = []
    try:
        query = next(asking)
        while True:
            assert query.name == to_name(query.name)
            lost = is_lost(len(asked), query)
            asked.append(query)
            query = asking.send(Answer.failed(Trouble.TIMEOUT) if lost else answer(zone, query))
    except StopIteration as stop:
        return stop.value, asked


def check(data):
    """Return a maker of one and the same check."""
    fields = {
        "ip": data.draw(st.sampled_from(IPS)),
        "mail_from": data.draw(st.sampled_from(SENDERS)),
        "helo": data.draw(st.sampled_from(HELOS)),
    }
    return lambda: check_spf(**fields)


class TestCheck:
    @given(ANY_ZONES, st.data())
    def test_whatever_stands_there_gives_a_verdict(self, zone, data):
        result, asked = run(check(data)(), zone)

        assert result.result in SpfVerdict
        assert len(asked) <= MOST_QUESTIONS
        assert len(set(asked)) == len(asked)
        is_error = result.result in {SpfVerdict.PERMERROR, SpfVerdict.TEMPERROR}
        assert isinstance(result.problem, SpfSyntaxError) is is_error
        assert not is_error or str(result.problem)
        assert result.lookups <= 10 or result.result is SpfVerdict.PERMERROR
        assert result.explanation == "" or result.result is SpfVerdict.FAIL
        assert result.explanation.isascii()

    @given(st.text(max_size=30), st.text(max_size=30), st.sampled_from(IPS))
    def test_whatever_the_client_says_gives_a_verdict(self, sender, helo, ip):
        zone = {"shop.example": {"TXT": ["v=spf1 exists:%{S}.%{l}.%{h} a:%{H} exp=%{l}.shop.example -all"]}}

        result, _ = run(check_spf(ip=ip, mail_from=f"{sender}@shop.example", helo=helo), zone)

        assert result.result in {SpfVerdict.FAIL, SpfVerdict.NONE}

    @given(ZONES, st.data())
    def test_no_lost_answer_makes_a_pass_or_a_fail(self, zone, data):
        """Section 5: a DNS error of any mechanism but ptr ends the check with temperror."""
        again = check(data)
        before, asked = run(again(), zone)

        after = [run(again(), zone, lambda n, _, lost=lost: n == lost)[0] for lost in range(len(asked))]
        after += [
            run(again(), zone, lambda _, query, name=name: query.name == name)[0]
            for name in {query.name for query in asked}
        ]

        for result in after:
            assert result.result in {before.result, SpfVerdict.TEMPERROR}

    @given(ANY_ZONES, st.data())
    def test_the_trace_counts_up_to_the_result(self, zone, data):
        result, _ = run(check(data)(), zone)

        counts = [step.lookups for step in result.trace]
        assert counts == sorted(counts)
        assert not counts or counts[-1] == result.lookups


class TestAudit:
    @given(ANY_ZONES)
    def test_whatever_stands_there_is_audited(self, zone):
        audit, asked = run(audit_spf("shop.example"), zone)

        assert len(asked) <= 200
        assert audit.record is None or audit.error is None
        assert not audit.tree or audit.tree[-1].lookups == audit.lookups

    @given(ZONES, st.data())
    def test_no_check_looks_up_more_than_the_audit_counts(self, zone, data):
        audit, _ = run(audit_spf("shop.example"), zone)
        result, _ = run(check(data)(), zone)
        assume(audit.is_complete and result.domain == "shop.example")
        assume(not any(problem.kind == "include_loop" for problem in audit.problems))

        assert result.lookups <= audit.lookups

    @given(ANY_ZONES)
    def test_an_address_of_a_service_is_an_address(self, zone):
        address, asked = run(first_address("shop.example"), zone)

        assert len(asked) <= 50
        assert address is None or ipaddress.ip_address(address)


_NETWORKS = st.sampled_from(["192.0.2.0/26", "192.0.2.66", "2001:db8::/64", "198.51.100.0/24"])
_DOMAINS = st.sampled_from(["x.example", "Y.example", "y.example.", "_spf.shop.example"])


class TestMerge:
    @given(
        st.lists(some.SPF_RECORDS, max_size=3),
        st.lists(_DOMAINS, max_size=3),
        st.lists(_NETWORKS, max_size=3),
        st.data(),
    )
    def test_the_merged_record_is_a_record_and_merging_it_again_changes_nothing(
        self, records, includes, networks, data
    ):
        drop = data.draw(st.lists(st.sampled_from([str(t) for r in records for t in r.terms] or ["a"])))

        merged = merge_spf(records, includes=includes, networks=networks, drop=drop)

        assert parse_spf(str(merged)) == merged
        assert merge_spf([merged]) == merged
        assert merge_spf([merged], includes=includes, networks=networks) == merged

    @given(st.lists(some.SPF_RECORDS, max_size=3))
    def test_it_ends_in_one_all_or_in_the_redirect_of_a_single_record(self, records):
        merged = merge_spf(records)

        names = [term.name for term in merged.terms]
        assert "ptr" not in names
        if names[-1] == "redirect":
            assert len(records) == 1
            assert merged.redirect == records[0].redirect
        else:
            assert [m.name for m in merged.mechanisms].count("all") == 1
            assert names[-1] == "all"
            assert merged.all_qualifier in {Qualifier.FAIL, Qualifier.SOFTFAIL}

    @given(st.lists(some.SPF_RECORDS, max_size=3))
    def test_every_mechanism_that_stays_was_written_and_stands_once(self, records):
        written = {str(m) for record in records for m in record.mechanisms}
        written |= {f"include:{record.redirect}" for record in records}

        kept = [str(m) for m in merge_spf(records).mechanisms if m.name != "all"]

        assert len(set(kept)) == len(kept)
        assert set(kept) <= written

    @given(st.lists(_RECORDS, min_size=1, max_size=3), st.sampled_from(IPS))
    def test_whom_a_record_of_networks_lets_pass_the_merged_one_lets_pass(self, texts, ip):
        records = [
            SpfRecord(
                terms=tuple(
                    m
                    for m in parse_spf(text).mechanisms
                    if m.name in {"ip4", "ip6"} and m.qualifier is Qualifier.PASS
                )
            )
            for text in texts
        ]

        def passes(record):
            zone = {"shop.example": {"TXT": [str(record)]}}
            result, _ = run(check_spf(ip=ip, mail_from="taro@shop.example", helo=""), zone)
            return result.result is SpfVerdict.PASS

        assert passes(merge_spf(records)) is any(map(passes, records))


@pytest.mark.parametrize("term", ["ptr", "exists:%{p}"])
def test_only_ptr_and_p_let_a_lost_answer_change_a_verdict(term):
    """Section 5.5: if a DNS error occurs, the mechanism fails to match."""
    zone = {
        "shop.example": {"TXT": [f"v=spf1 -{term} all"]},
        REVERSE[0]: {"PTR": ["mail.shop.example."]},
        "mail.shop.example": {"A": [IPS[0]]},
    }

    def result(is_lost):
        asking = check_spf(ip=IPS[0], mail_from="taro@shop.example", helo="")
        return run(asking, zone, is_lost)[0].result

    assert result(lambda _, query: False) is SpfVerdict.FAIL
    assert result(lambda _, query: query.name == REVERSE[0]) is SpfVerdict.PASS
