"""A list from end to end against a zone: every row comes out once, in order, judged by what is known."""

import asyncio
import functools
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliv.checklist import AssessmentStream, check, stream
from deliv.core.address import Mend
from deliv.core.advicebook import Action
from deliv.core.assessment import Assessment, Result
from deliv.core.canary import Trust
from deliv.core.errors import InputError
from deliv.core.facts import Route, SpfStatus
from deliv.core.order import Order
from deliv.core.placement import Risk
from deliv.core.report import Report
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Reason
from deliv.core.settings import CalendarSettings, NetworkSettings, SenderProfile, Settings, ShopSettings
from deliv.formats import render
from deliv.sender import audit_sender
from deliv.sources.orders import OrderFile
from deliv.sources.rulefiles import load_rules
from tests.zone import CANARIES, TEMPERROR, Zone, ZoneResolver

AS_OF = date(2026, 11, 24)  # a Tuesday
ZONE: Zone = CANARIES | {
    "living.example": {"MX": ["10 mx.living.example."]},
    "mx.living.example": {"A": ["192.0.2.1"]},
    "null.example": {"MX": ["0 ."]},
    "broken.example": TEMPERROR,
}
SENDER: Zone = {
    "shop.example": {"MX": ["10 mx.shop.example."], "TXT": ["v=spf1 ip4:192.0.2.1 -all"]},
    "mx.shop.example": {"A": ["192.0.2.1"]},
    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none"]},
}


def orders(*addresses: str) -> list[Order]:
    return [Order(address=address, row=row, line=row + 1) for row, address in enumerate(addresses, start=1)]


def report_on(
    listed: Iterable[Order],
    rules: RuleBook,
    zone: Zone = ZONE,
    resolver: ZoneResolver | None = None,
    **options: object,
) -> Report:
    resolver = resolver or ZoneResolver(zone)
    options = {"as_of": AS_OF} | options
    return asyncio.run(check(listed, rules, resolver, **options))  # type: ignore[arg-type]


def one(address: str, rules: RuleBook, zone: Zone = ZONE, **options: object) -> Assessment:
    (assessment,) = report_on(orders(address), rules, zone, **options).assessments
    return assessment


async def drain(assessments: AssessmentStream) -> list[Assessment]:
    return [assessment async for assessment in assessments]


# --- rows -----------------------------------------------------------------------------------------


def test_every_row_is_judged_in_its_order(rules: RuleBook) -> None:
    report = report_on(
        orders("a@living.example", "b@gone.example", "c@null.example", "d@broken.example", "no address", ""),
        rules,
    )
    assert [(found.row, found.result, found.risk) for found in report.assessments] == [
        (1, Result.DELIVERABLE, Risk.LOW),
        (2, Result.UNDELIVERABLE, Risk.CERTAIN),
        (3, Result.UNDELIVERABLE, Risk.CERTAIN),
        (4, Result.UNKNOWN, Risk.UNKNOWN),
        (5, Result.UNDELIVERABLE, Risk.CERTAIN),
        (6, Result.UNDELIVERABLE, Risk.CERTAIN),
    ]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("a@gone.example", Reason.NO_DNS_ENTRIES),
        ("a@null.example", Reason.DOES_NOT_ACCEPT_MAIL),
        ("a@broken.example", Reason.DNS_FAILURE),
        ("", Reason.NO_ADDRESS),
        ("   ", Reason.NO_ADDRESS),
        ("taro", Reason.FAILED_SYNTAX_CHECK),
        ("a..b@gmail.com", Reason.FAILED_SYNTAX_CHECK),
        ("a..b@docomo.ne.jp", Reason.NONRFC_LOCAL_PART),
        ("a@docomo.ne.jp", Reason.CARRIER_FILTER),
        ("x\udcff@living.example", Reason.UNDECODABLE),
        ("a@living.example b@living.example", Reason.SEVERAL_ADDRESSES),
    ],
)
def test_each_row_carries_its_reason(address: str, reason: Reason, rules: RuleBook) -> None:
    assert reason in one(address, rules).reasons


def test_bytes_that_could_not_be_read_leave_the_row_open(rules: RuleBook) -> None:
    found = one("taro\udc81@gone.example", rules)
    assert (found.result, found.reasons, found.normalized) == (Result.UNKNOWN, (Reason.UNDECODABLE,), None)


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16"])
def test_an_undecodable_cell_of_a_real_file_is_unknown_and_never_undeliverable(
    encoding: str, rules: RuleBook
) -> None:
    head = "email,氏名\na@living.example,太郎\n".encode(encoding)
    broken = {"utf-8": b"b\xff@living.example\n", "cp932": b"b\x81 @living.example\n"}.get(
        encoding, "b".encode("utf-16-le") + b"\x00\xd8" + "@living.example\n".encode("utf-16-le")
    )
    with OrderFile(io.BytesIO(head + broken), rules) as file:
        report = report_on(file, rules)
    assert [found.result for found in report.assessments] == [Result.DELIVERABLE, Result.UNKNOWN]


@pytest.mark.parametrize(
    ("cell", "mends"),
    [
        ("taro@living.example", ()),
        (" taro@living.example　", (Mend.WHITESPACE,)),
        ("ｔａｒｏ＠ｌｉｖｉｎｇ．ｅｘａｍｐｌｅ", (Mend.FULL_WIDTH,)),
        ("山田 <taro@living.example>", (Mend.DISPLAY_NAME,)),
        ("mailto:taro@living.example", (Mend.MAILTO,)),
    ],
    ids=["clean", "spaces", "full-width", "name", "mailto"],
)
def test_what_was_mended_is_shown(cell: str, mends: tuple[Mend, ...], rules: RuleBook) -> None:
    report = report_on(orders(cell), rules)
    (found,) = report.assessments
    assert (found.address, found.normalized, found.mends) == (cell, "taro@living.example", mends)
    assert found.result is Result.DELIVERABLE
    assert report.summary.mended == bool(mends)


def test_of_several_addresses_in_a_cell_the_first_valid_one_is_judged(rules: RuleBook) -> None:
    found = one("broken@@x, taro@null.example; hanako@living.example", rules)
    assert (found.normalized, found.several) == ("taro@null.example", True)
    assert found.result is Result.UNDELIVERABLE
    assert set(found.reasons) == {Reason.DOES_NOT_ACCEPT_MAIL, Reason.SEVERAL_ADDRESSES}


def test_repeated_addresses_are_judged_once_and_counted(rules: RuleBook) -> None:
    resolver = ZoneResolver(ZONE)
    listed = orders("a@living.example", "A@LIVING.example", "a@Living.Example", " a@living.example", "x", "x")
    report = report_on(listed, rules, resolver=resolver)
    assert report.summary.repeated == 2  # the part before the @ is the customer's own business
    assert len(report.assessments) == 6
    assert max(Counter(resolver.calls).values()) == 1
    assert report.assessments[0].judgement is report.assessments[2].judgement


def test_rows_of_one_domain_share_one_judgement_but_for_odd_addresses(rules: RuleBook) -> None:
    listed = orders("a@docomo.ne.jp", "b@docomo.ne.jp", "a..b@docomo.ne.jp", "c@docomo.ne.jp")
    first, second, odd, last = report_on(listed, rules).assessments
    assert first.judgement is second.judgement is last.judgement
    assert odd.judgement is not first.judgement
    assert Reason.NONRFC_LOCAL_PART in odd.reasons
    assert Reason.NONRFC_LOCAL_PART not in last.reasons


def test_cells_rows_and_lines_are_kept(rules: RuleBook) -> None:
    content = b'id,email,memo\n1,a@living.example,"x\ny"\n\n2,b@gone.example,\n\n\n'
    with OrderFile(io.BytesIO(content), rules) as file:
        report = report_on(file, rules)
    assert [(found.row, found.line, found.cells) for found in report.assessments] == [
        (1, 2, ("1", "a@living.example", "x\ny")),
        (2, 4, ()),
        (3, 5, ("2", "b@gone.example", "")),
    ]
    assert report.summary.skipped == 2
    assert (report.header.columns, report.header.address_column) == (("id", "email", "memo"), "email")


# --- the stream -----------------------------------------------------------------------------------


def test_no_rows_ask_nothing(rules: RuleBook) -> None:
    resolver = ZoneResolver(ZONE)
    report = report_on([], rules, resolver=resolver)
    assert (report.assessments, report.summary.rows, resolver.calls) == ((), 0, [])
    assert report.summary.resolver.trusted


def test_a_list_that_cannot_be_read_ends_the_run_before_the_first_row(rules: RuleBook) -> None:
    rows = "".join(f"a{n}@living.example,x\n" for n in range(100))
    content = f'email,name\n{rows}b@living.example,"never closed\n'.encode()
    resolver = ZoneResolver(ZONE)
    seen: list[Assessment] = []

    async def run(file: OrderFile) -> None:
        seen.extend([found async for found in stream(file, rules, resolver)])

    with OrderFile(io.BytesIO(content), rules) as file, pytest.raises(InputError, match="never to be closed"):
        asyncio.run(run(file))
    assert (seen, resolver.calls) == ([], [])


@pytest.mark.parametrize("count", [1, 1_999, 2_000, 2_001, 5_000])
def test_rows_that_can_be_read_only_once_come_out_with_some_look_ahead(count: int, rules: RuleBook) -> None:
    taken = 0

    def once() -> Iterator[Order]:
        nonlocal taken
        for row in range(1, count + 1):
            taken = row
            yield Order(address=f"c{row}@living.example", row=row)

    resolver = ZoneResolver(ZONE)

    async def run() -> tuple[int, list[int], int]:
        assessments = stream(once(), rules, resolver, as_of=AS_OF)
        rows, at_first = [], 0
        async for found in assessments:
            at_first = at_first or taken
            rows.append(found.row)
        return at_first, rows, assessments.summary.rows

    at_first, rows, summary_rows = asyncio.run(run())
    assert rows == list(range(1, count + 1))
    assert summary_rows == count
    assert at_first <= 2_000
    assert max(Counter(resolver.calls).values()) == 1


def test_one_shot_and_repeatable_lists_give_the_same_results(rules: RuleBook) -> None:
    started = datetime(2026, 11, 24, tzinfo=UTC)
    listed = orders("a@living.example", "b@gone.example", "a@living.example", "", "c@null.example")
    first, second = (report_on(given, rules, started_at=started) for given in (iter(listed), listed))
    assert render(first, "json") == render(second, "json")


def test_the_summary_is_ready_only_at_the_end(rules: RuleBook) -> None:
    async def run() -> None:
        assessments = stream(orders("a@living.example", "b@gone.example"), rules, ZoneResolver(ZONE))
        with pytest.raises(RuntimeError, match="ready after the last row"):
            _ = assessments.summary
        rows = aiter(assessments)
        await anext(rows)
        with pytest.raises(RuntimeError):
            _ = assessments.summary
        assert len([found async for found in rows]) == 1
        assert assessments.summary.rows == 2

    asyncio.run(run())


def test_the_header_is_ready_before_the_first_row(rules: RuleBook) -> None:
    async def run() -> None:
        started = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
        assessments = stream(orders("a@living.example"), rules, ZoneResolver(ZONE), started_at=started)
        header = await assessments.prepare()
        assert (header.started_at, header.as_of) == (started, date(2026, 11, 22))
        assert header.rules_digest == rules.digest
        assert await assessments.prepare() is header
        assert len(await drain(assessments)) == 1

    asyncio.run(run())


def test_progress_is_told_per_domain(rules: RuleBook) -> None:
    told: list[tuple[int, int]] = []
    listed = orders("a@living.example", "b@living.example", "c@null.example", "nothing")

    async def run() -> None:
        await drain(
            stream(
                listed,
                rules,
                ZoneResolver(ZONE),
                on_progress=lambda done, total: told.append((done, total)),
            )
        )

    asyncio.run(run())
    assert told == [(1, 2), (2, 2)]


# --- the summary ----------------------------------------------------------------------------------


def test_every_count_of_the_summary_adds_up_to_the_rows(rules: RuleBook) -> None:
    listed = orders(
        *(
            "a@living.example",
            "b@docomo.ne.jp",
            "c@gone.example",
            "d@broken.example",
            "",
            "x\udcff@y.example",
        ),
        *("e..f@docomo.ne.jp", "a@living.example", " g@null.example"),
    )
    report = report_on(listed, rules)
    summary = report.summary
    assert summary.rows == len(report.assessments) == 9
    for counts in (summary.by_result, summary.by_risk, summary.by_provider, summary.by_action):
        assert sum(counts.values()) == 9
    assert summary.by_result == Counter(found.result.value for found in report.assessments) | {}
    assert summary.by_provider["docomo"] == 2
    assert summary.unknown == summary.by_result["unknown"] == 2
    assert (summary.mended, summary.repeated, summary.skipped) == (1, 1, 0)
    assert set(summary.by_risk) == {risk.value for risk in Risk}


def test_the_summary_tells_how_the_dns_behaved(rules: RuleBook) -> None:
    resolver = ZoneResolver(ZONE)
    told = report_on(orders("a@living.example"), rules, resolver=resolver).summary.resolver
    assert (told.trust, told.queries) == (Trust.TRUSTED, len(resolver.calls))


def test_rules_that_nobody_checked_for_long_are_named(rules: RuleBook) -> None:
    listed = orders("a@living.example")
    assert report_on(listed, rules, as_of=AS_OF).summary.stale_rules == ()
    stale = report_on(listed, rules, as_of=date(2030, 1, 1)).summary.stale_rules
    assert {rule.id for rule in rules.rules} <= set(stale)


# --- broken networks ------------------------------------------------------------------------------

MIXED = (
    *(f"c{n}@d{n}.example" for n in range(50)),
    "a@docomo.ne.jp",
    "b@gmail.com",
    "broken",
    "a..b@ezweb.ne.jp",
)


@pytest.mark.parametrize(
    ("zone", "trust"),
    [({}, Trust.DENYING), (dict.fromkeys(CANARIES, TEMPERROR), Trust.SILENT)],
    ids=["denies-everything", "canary-fails"],
)
def test_a_broken_network_condemns_and_blesses_nobody(zone: Zone, trust: Trust, rules: RuleBook) -> None:
    report = report_on(orders(*MIXED), rules, zone)
    with_syntax = [found for found in report.assessments if found.normalized is not None]
    assert {found.result for found in with_syntax} == {Result.UNKNOWN}
    assert {Reason.RESOLVER_UNTRUSTED} <= set.intersection(*(set(found.reasons) for found in with_syntax))
    assert report.summary.by_result["undeliverable"] == 1  # no DNS is needed to see that it is no address
    assert report.summary.resolver.trust is trust
    assert not report.summary.resolver.trusted


def test_without_a_network_the_rule_book_still_speaks(rules: RuleBook) -> None:
    report = report_on(orders("a@docomo.ne.jp", "a..b@ezweb.ne.jp"), rules, {})
    docomo, au = report.assessments
    assert docomo.provider is not None
    assert docomo.provider.id == "docomo"
    assert docomo.advice.text.ja
    assert Reason.NONRFC_LOCAL_PART in au.reasons


def test_an_own_canary_counts_from_the_settings_and_from_the_call(rules: RuleBook) -> None:
    zone = {name: ZONE[name] for name in ("living.example", "mx.living.example")}
    own = Settings(network=NetworkSettings(canary=("living.example",)))
    listed = orders("a@living.example", "b@gone.example")
    expected = [Result.DELIVERABLE, Result.UNDELIVERABLE]
    assert [found.result for found in report_on(listed, rules, zone, settings=own).assessments] == expected
    for canary in (("living.example",), ()):
        report = report_on(listed, rules, zone, canary=canary)
        assert [found.result for found in report.assessments] == expected
    assert not report_on(listed, rules, zone).summary.resolver.trusted


def test_a_budget_that_is_used_up_leaves_rows_unknown(rules: RuleBook) -> None:
    none_left = Settings(network=NetworkSettings(budget=-1.0))
    found = one("a@gone.example", rules, settings=none_left)
    assert (found.result, found.reasons) == (Result.UNKNOWN, (Reason.TIMEOUT_EXCEEDED,))


# --- the sender -----------------------------------------------------------------------------------


def test_the_sender_is_looked_up_and_counts_in_every_row(rules: RuleBook) -> None:
    profile = SenderProfile(from_address="花屋 <order@shop.example>")
    healthy = report_on(orders("a@living.example"), rules, {**ZONE, **SENDER}, sender=profile)
    bare = report_on(
        orders("a@living.example"), rules, {**ZONE, "shop.example": {"A": ["192.0.2.1"]}}, sender=profile
    )
    assert healthy.header.sender is not None
    assert (healthy.header.sender.route, healthy.header.sender.spf) == (Route.MX, SpfStatus.VALID)
    assert bare.header.sender is not None
    assert bare.header.sender.spf is SpfStatus.MISSING
    assert "sender-spf-missing" in {finding.rule.id for finding in bare.header.sender_findings}
    good, bad = healthy.assessments[0], bare.assessments[0]
    assert Reason.SENDER_AUTH_MISSING in bad.reasons
    assert Reason.SENDER_AUTH_MISSING not in good.reasons
    assert good.placement is not None
    assert bad.placement is not None
    assert bad.placement.inbox < good.placement.inbox


def test_facts_of_the_sender_that_are_known_are_not_asked_for(rules: RuleBook) -> None:
    zone = {**ZONE, **SENDER}
    facts = asyncio.run(audit_sender(SenderProfile(from_address="shop.example"), ZoneResolver(zone)))
    resolver = ZoneResolver(zone)
    report = report_on(orders("a@living.example"), rules, resolver=resolver, sender=facts)
    assert report.header.sender is facts
    assert not any("shop.example" in call for call in resolver.calls)


def test_without_a_sender_nothing_is_said_of_one(rules: RuleBook) -> None:
    report = report_on(orders("a@living.example"), rules)
    assert (report.header.sender, report.header.sender_findings, report.header.sender_undecided) == (
        None,
        (),
        (),
    )
    assert not any(finding.rule.is_about_sender for finding in report.assessments[0].findings)


def test_a_sender_that_is_none_ends_the_run_before_anything_is_asked(rules: RuleBook) -> None:
    resolver = ZoneResolver(ZONE)
    with pytest.raises(InputError, match="is no sending address"):
        report_on(
            orders("a@living.example"), rules, resolver=resolver, sender=SenderProfile(from_address="x")
        )
    assert resolver.calls == []


def test_the_sender_of_an_untrusted_network_is_unknown(rules: RuleBook) -> None:
    sender = SenderProfile(from_address="order@shop.example")
    report = report_on(orders("a@docomo.ne.jp"), rules, SENDER, sender=sender)
    assert report.header.sender is not None
    assert report.header.sender.route is Route.UNKNOWN
    assert report.header.sender_findings == ()
    assert report.header.sender_undecided


# --- day and shop ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "closed"),
    [(AS_OF, frozenset()), (date(2026, 11, 27), frozenset()), (AS_OF, frozenset({date(2026, 11, 25)}))],
    ids=["tuesday", "friday", "closed-tomorrow"],
)
def test_steps_are_due_on_working_days_after_the_day_given(
    as_of: date, closed: frozenset[date], rules: RuleBook
) -> None:
    shop = Settings(calendar=CalendarSettings(closed=closed))
    found = one("a@docomo.ne.jp", rules, as_of=as_of, settings=shop)
    assert found.advice.due is not None
    assert found.advice.due >= as_of
    assert found.advice.due.weekday() < 5
    assert found.advice.due not in closed


def test_the_day_is_today_in_the_shop_s_time_zone_unless_given(rules: RuleBook) -> None:
    tokyo = Settings(shop=ShopSettings(timezone="Asia/Tokyo"))
    header = report_on([], rules, as_of=None, settings=tokyo).header
    assert header.started_at.utcoffset() is not None
    assert str(header.started_at.tzinfo) == "Asia/Tokyo"
    assert header.as_of == header.started_at.date()
    started = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert report_on([], rules, as_of=None, started_at=started).header.as_of == date(2026, 11, 22)
    assert report_on([], rules, started_at=started).header.as_of == AS_OF


def test_the_same_list_on_the_same_day_gives_the_same_report(rules: RuleBook) -> None:
    started = datetime(2026, 11, 24, tzinfo=UTC)
    listed = orders("a@living.example", "b@gone.example", "", "c@docomo.ne.jp")
    first, second = (report_on(listed, rules, started_at=started) for _ in range(2))
    assert render(first, "json") == render(second, "json")


# --- every row comes out once ---------------------------------------------------------------------

CELLS = st.one_of(
    st.text(max_size=30),
    st.emails(),
    st.from_regex(r"[a-z.]{1,8}[@＠](living|null|gone|broken|docomo)\.(example|ne\.jp)", fullmatch=True),
    st.sampled_from(
        ["", " ", "a@living.example", "a@living.example b@null.example", "x\udcff@y.example", "\0", "@"]
    ),
)


@functools.cache
def rule_book() -> RuleBook:
    return load_rules()


@settings(max_examples=60, deadline=None)
@given(cells=st.lists(CELLS, max_size=25), once=st.booleans())
def test_whatever_the_cells_hold_every_row_comes_out_once_in_order(cells: list[str], *, once: bool) -> None:
    listed = orders(*cells)
    resolver = ZoneResolver(ZONE)
    report = report_on(iter(listed) if once else listed, rule_book(), resolver=resolver)
    assert [found.address for found in report.assessments] == cells
    assert [found.row for found in report.assessments] == list(range(1, len(cells) + 1))
    assert report.summary.rows == len(cells)
    assert sum(report.summary.by_result.values()) == sum(report.summary.by_action.values()) == len(cells)
    for found in report.assessments:
        assert found.advice.action in Action
        assert found.advice.text.ja
        assert found.reasons or found.result in (Result.DELIVERABLE, Result.RISKY)
    assert max(Counter(resolver.calls).values(), default=1) == 1
    assert not any("@" in call for call in resolver.calls)


# --- what an order adds ---------------------------------------------------------------------------

HEADINGS = "注文番号,お名前,メールアドレス,電話番号,お届け先氏名,合計金額,ギフト,備考,お届け希望日\r\n"
PLAIN_ROW = "1,見本太郎,a@docomo.ne.jp,090-1234-5678,見本太郎,3000,なし,,\r\n"


def list_of(rules: RuleBook, *rows: str, headings: str = HEADINGS) -> OrderFile:
    return OrderFile(io.BytesIO("".join((headings, *rows)).encode()), rules)


def in_list(
    row: str, rules: RuleBook, *, headings: str = HEADINGS, zone: Zone = ZONE, **options: object
) -> Assessment:
    """Return what is said of one row of a list of orders."""
    (found,) = report_on(list_of(rules, row, headings=headings), rules, zone, **options).assessments
    return found


WORDS = {
    "gift": ("贈り物かもしれません", "may be a gift"),
    "deadline": ("に必要なご注文です", "The goods are needed by"),
    "passed": ("必要な日", "has passed"),
    "amount": ("金額の大きいご注文", "is worth much"),
    "no phone": ("注文者の電話番号がありません", "There is no phone number"),
}


def remarks(found: Assessment) -> set[str]:
    """Return what is remarked in both languages."""
    text = found.advice.text
    in_japanese = {name for name, (ja, _) in WORDS.items() if ja in text.ja}
    assert in_japanese == {name for name, (_, en) in WORDS.items() if en in text.en}
    return in_japanese


@pytest.mark.parametrize(
    ("change", "due", "expected"),
    [
        pytest.param({}, 26, set(), id="nothing"),
        pytest.param({"なし": "あり"}, 26, {"gift"}, id="gift-flag"),
        pytest.param({"見本太郎,3000": "見本花子,3000"}, 26, {"gift"}, id="another-recipient"),
        pytest.param({"見本太郎,3000": "見本 太郎様,3000"}, 26, set(), id="the-same-recipient"),
        pytest.param({"なし,,": "なし,内緒でお願いします,"}, 26, {"gift"}, id="words"),
        pytest.param({"なし,,": "なし,,2026/11/27"}, 25, {"deadline"}, id="needed-soon"),
        pytest.param({"なし,,": "なし,,11月27日"}, 26, set(), id="no-year-and-no-day-of-the-order"),
        pytest.param({"なし,,": "なし,,2026/12/25"}, 26, set(), id="needed-much-later"),
        pytest.param({"なし,,": "なし,,2026-11-20"}, 24, {"passed"}, id="too-late"),
        pytest.param({"3000": '"¥30,000"'}, 25, {"amount"}, id="worth-much"),
        pytest.param({"3000": "29999"}, 26, set(), id="not-quite"),
        pytest.param({"090-1234-5678": ""}, 26, {"no phone"}, id="no-phone"),
    ],
)
def test_an_order_changes_the_advice_for_a_carrier(
    change: dict[str, str], due: int, expected: set[str], rules: RuleBook
) -> None:
    row = functools.reduce(lambda text, pair: text.replace(*pair), change.items(), PLAIN_ROW)
    found = in_list(row, rules)
    assert found.advice.action is Action.SEND_WITH_NOTICE
    assert (found.advice.due, remarks(found)) == (date(2026, 11, due), expected)


def test_an_order_changes_the_script_of_a_call_that_comes_first(rules: RuleBook) -> None:
    row = PLAIN_ROW.replace("a@docomo", "a..b@docomo").replace(",見本太郎,3000", ",見本花子,3000")
    found = in_list(row, rules)
    assert (found.advice.action, found.advice.due) == (Action.PHONE_FIRST, AS_OF)
    assert remarks(found) == {"gift"}
    assert found.advice.say is not None
    assert "ご本人でいらっしゃいますか" in found.advice.say.ja
    dead = in_list(row.replace("a..b@docomo.ne.jp", "none"), rules)
    assert (dead.advice.action, remarks(dead)) == (Action.FIX_ADDRESS, {"gift"})


def test_a_list_without_a_column_for_phones_is_not_blamed_for_it(rules: RuleBook) -> None:
    found = in_list("a@docomo.ne.jp,プレゼント\r\n", rules, headings="メールアドレス,備考\r\n")
    assert remarks(found) == {"gift"}


def test_the_amount_counts_only_in_the_currency_that_the_book_knows(rules: RuleBook) -> None:
    abroad = Settings(shop=ShopSettings(country="US"))
    row = PLAIN_ROW.replace("3000", "300000")
    assert remarks(in_list(row, rules)) == {"amount"}
    assert remarks(in_list(row, rules, settings=abroad)) == set()


def test_where_nobody_phones_an_order_changes_nothing(rules: RuleBook) -> None:
    row = PLAIN_ROW.replace("docomo.ne.jp", "gmail.com").replace("なし,,", "あり,内緒,2026/11/24")
    assert in_list(row, rules).judgement == one("a@gmail.com", rules).judgement


def test_rows_share_one_judgement_as_far_as_their_orders_are_alike(rules: RuleBook) -> None:
    later = PLAIN_ROW.replace("なし,,", "なし,,2026/12/25")
    gift = PLAIN_ROW.replace("なし", "あり")
    listed = list_of(rules, PLAIN_ROW, PLAIN_ROW, later, gift, gift, PLAIN_ROW)
    judgements = [found.judgement for found in report_on(listed, rules).assessments]
    assert len({id(judgement) for judgement in judgements}) == 2
    assert [judgement is judgements[0] for judgement in judgements] == [True, True, True, False, False, True]
    assert judgements[3] is judgements[4]
    assert judgements[0] == one("a@docomo.ne.jp", rules).judgement


def test_more_kinds_of_orders_than_are_kept_are_judged_all_the_same(
    rules: RuleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deliv.judging._MOST_SUITED", 1)
    gift = PLAIN_ROW.replace("なし", "あり")
    dear = PLAIN_ROW.replace("3000", "90000")
    found = report_on(list_of(rules, gift, dear, gift, dear), rules).assessments
    assert [remarks(each) for each in found] == [{"gift"}, {"amount"}] * 2


def test_a_suggestion_names_the_address_of_its_own_row(rules: RuleBook) -> None:
    zone = ZONE | {"gmial.com": {"MX": ["0 ."]}}
    found = report_on(orders("taro@gmial.com", "mei@gmial.com"), rules, zone).assessments
    assert [each.did_you_mean for each in found] == ["gmail.com", "gmail.com"]
    for each, meant, other in zip(found, ("taro@gmail.com", "mei@gmail.com"), ("mei@", "taro@"), strict=True):
        assert each.advice.say is not None
        words = (each.advice.text.ja, each.advice.text.en, each.advice.say.ja, each.advice.say.en)
        assert all(meant in text for text in words)
        assert not any(other in text for text in words)
    row = PLAIN_ROW.replace("a@docomo.ne.jp", "mei@gmial.com").replace("なし", "あり")
    assert "mei@gmail.com" in in_list(row, rules, zone=zone).advice.text.ja


@pytest.mark.parametrize(
    ("as_of", "settings", "due"),
    [
        pytest.param(date(2026, 12, 28), Settings(), date(2027, 1, 5), id="end-of-the-year"),
        pytest.param(date(2026, 4, 30), Settings(), date(2026, 5, 7), id="golden-week"),
        pytest.param(
            date(2026, 4, 30),
            Settings(calendar=CalendarSettings(workdays=frozenset(range(6)))),
            date(2026, 5, 2),
            id="with-saturdays",
        ),
        pytest.param(
            date(2026, 4, 30), Settings(shop=ShopSettings(country="US")), date(2026, 5, 4), id="in-the-us"
        ),
    ],
)
def test_a_carriers_customer_is_phoned_when_the_shop_is_open(
    as_of: date, settings: Settings, due: date, rules: RuleBook
) -> None:
    assert one("a@docomo.ne.jp", rules, as_of=as_of, settings=settings).advice.due == due
