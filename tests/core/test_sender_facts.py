"""What is known of the shop's DKIM, SPF, DMARC and addresses, and the words for it."""

import pytest

from deliv.core.auth.aggregate import CollectedReports
from deliv.core.auth.alias import Alias, AliasStatus, Wildcard, WildcardStatus
from deliv.core.auth.dkim import DkimKey, KeyFinding, KeyStatus
from deliv.core.auth.dmarc import DmarcDiscovery, DmarcStatus
from deliv.core.auth.dmarc_record import Policy, parse_dmarc
from deliv.core.auth.dmarc_reports import ReportDestination, ReportStatus
from deliv.core.auth.dmarc_result import DmarcResult, DmarcVerdict
from deliv.core.auth.iprev import ReverseDns, ReverseStatus
from deliv.core.auth.signature import DkimSignature, SignatureFinding, SignatureVerdict
from deliv.core.auth.spf import parse_spf
from deliv.core.auth.spf_audit import SpfAudit
from deliv.core.auth.spf_check import SpfResult, SpfVerdict
from deliv.core.blocklists import BlockList, BlockListSubject, Listing, ListingStatus
from deliv.core.facts import DkimState, Origin, Route, SenderFacts, SendingAddress, SpfStatus, sender_facts
from deliv.core.facts.sender import worst_spf
from deliv.core.text import Text
from deliv.sources.reportxml import read_report
from tests.sources.test_aggregatereports import record, xml

SHOP = "shop.example"
RECORD = parse_dmarc("v=DMARC1; p=none")
FOUND = DmarcDiscovery(
    status=DmarcStatus.FOUND, record=RECORD, found_at=SHOP, organizational_domain=SHOP, policy=Policy.NONE
)

MISSING = DmarcDiscovery(status=DmarcStatus.MISSING, organizational_domain=SHOP)
PASS, FAIL, NONE = SpfVerdict.PASS, SpfVerdict.FAIL, SpfVerdict.NONE


def facts(**changes) -> SenderFacts:
    given = {"from_domain": SHOP, "route": Route.MX, "spf": SpfStatus.MISSING, "dmarc": MISSING}
    return SenderFacts(**given | {"envelope_domain": SHOP} | changes)


def value(name: str, **changes):
    """Return a fact as rules see it; "absent" when there is none."""
    return sender_facts(facts(**changes)).get(f"sender.{name}", "absent")


def key(status: KeyStatus, domain: str = SHOP, record: str = "") -> KeyFinding:
    tags = tuple(tuple(part.split("=", 1)) for part in record.split("; ")) if record else ()
    return KeyFinding(selector="s1", domain=domain, status=status, key=DkimKey(tags=tags) if tags else None)


def signature(
    verdict: SignatureVerdict, domain: str = SHOP, status: KeyStatus | None = None
) -> SignatureFinding:
    found = key(status) if status else None
    return SignatureFinding(signature=DkimSignature(domain=domain), verdict=verdict, key=found)


def probe(selectors: WildcardStatus) -> Wildcard:
    return Wildcard(domain=SHOP, names=WildcardStatus.NONE, selectors=selectors)


USABLE, NO_KEY, REVOKED, OPEN = KeyStatus.USABLE, KeyStatus.MISSING, KeyStatus.REVOKED, KeyStatus.TEMPERROR


class TestDkim:
    @pytest.mark.parametrize(
        ("verdicts", "expected"),
        [
            pytest.param(["pass"], DkimState.PASS, id="one-passes"),
            pytest.param(["fail", "pass"], DkimState.PASS, id="one-of-two-passes"),
            pytest.param(["temperror", "pass"], DkimState.PASS, id="one-passes-the-other-is-not-known"),
            pytest.param(["fail", "temperror"], DkimState.TEMPERROR, id="one-fails-the-other-is-not-known"),
            pytest.param(["fail", "neutral", "permerror", "policy"], DkimState.FAIL, id="none-passes"),
            pytest.param([], DkimState.UNSIGNED, id="unsigned"),
        ],
    )
    def test_a_mail_tells_by_its_signatures(self, verdicts, expected):
        signatures = tuple(signature(SignatureVerdict(verdict)) for verdict in verdicts)

        assert facts(signatures=signatures, keys=(key(USABLE),)).dkim is expected

    @pytest.mark.parametrize(
        ("statuses", "named", "guessed"),
        [
            pytest.param([], None, None, id="nobody-looked"),
            pytest.param([USABLE], DkimState.KEY, DkimState.KEY, id="usable"),
            pytest.param([REVOKED, USABLE, OPEN], DkimState.KEY, DkimState.KEY, id="one-of-three"),
            pytest.param([NO_KEY, OPEN], DkimState.TEMPERROR, DkimState.TEMPERROR, id="perhaps"),
            pytest.param([NO_KEY], DkimState.MISSING, DkimState.NOT_FOUND, id="none"),
            pytest.param(
                [NO_KEY, KeyStatus.DANGLING_ALIAS], DkimState.MISSING, DkimState.NOT_FOUND, id="alias"
            ),
            pytest.param([NO_KEY, REVOKED], DkimState.BROKEN, DkimState.NOT_FOUND, id="broken"),
        ],
    )
    def test_without_a_mail_the_keys_tell_and_more_where_somebody_named_them(self, statuses, named, guessed):
        keys = tuple(map(key, statuses))

        assert facts(keys=keys).dkim is named
        assert facts(keys=keys, keys_are_guesses=True).dkim is guessed

    @pytest.mark.parametrize(
        ("status", "selectors", "expected"),
        [
            pytest.param(USABLE, WildcardStatus.TEXT, DkimState.NOT_FOUND, id="every-name-has-an-answer"),
            pytest.param(OPEN, WildcardStatus.TEXT, DkimState.NOT_FOUND, id="and-one-was-not-given"),
            pytest.param(USABLE, WildcardStatus.TEMPERROR, DkimState.TEMPERROR, id="perhaps-every-name"),
            pytest.param(
                NO_KEY, WildcardStatus.TEMPERROR, DkimState.NOT_FOUND, id="no-key-whatever-the-wildcard"
            ),
            pytest.param(USABLE, WildcardStatus.OTHER, DkimState.KEY, id="other-records-for-every-name"),
            pytest.param(USABLE, WildcardStatus.NONE, DkimState.KEY, id="no-wildcard"),
        ],
    )
    def test_a_wildcard_makes_guessed_keys_worthless(self, status, selectors, expected):
        guessed = facts(keys=(key(status),), keys_are_guesses=True, wildcard=probe(selectors))
        named = facts(keys=(key(status),), wildcard=probe(selectors))

        assert guessed.dkim is expected
        assert (named.dkim is DkimState.KEY) is (status is USABLE)

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            pytest.param({}, ("absent", "absent", "absent"), id="nobody-looked"),
            pytest.param({"keys": (key(USABLE),)}, ("key", "usable", "absent"), id="named"),
            pytest.param({"keys": (key(OPEN),)}, (None, None, "absent"), id="not-known"),
            pytest.param({"keys": (key(USABLE), key(OPEN))}, ("key", None, "absent"), id="one-not-known"),
            pytest.param(
                {"keys": (key(USABLE), key(KeyStatus.WEAK), key(NO_KEY))},
                ("key", "weak", "absent"),
                id="a-faulty-key-before-a-missing-one",
            ),
            pytest.param(
                {"keys": (key(NO_KEY),), "keys_are_guesses": True}, ("absent", "absent", True), id="not-found"
            ),
            pytest.param(
                {"keys": (key(USABLE), key(REVOKED)), "keys_are_guesses": True},
                ("key", "usable", False),
                id="of-guessed-names-only-the-hits-count",
            ),
            pytest.param(
                {"signatures": (signature(SignatureVerdict.PERMERROR, status=REVOKED),)},
                ("fail", "revoked", "absent"),
                id="the-key-of-a-signature",
            ),
            pytest.param({"signatures": ()}, ("unsigned", "absent", "absent"), id="unsigned"),
        ],
    )
    def test_the_words_for_it(self, changes, expected):
        assert tuple(value(name, **changes) for name in ("dkim", "dkim_key", "dkim_search")) == expected

    @pytest.mark.parametrize(
        ("record", "short", "testing"),
        [
            pytest.param("k=ed25519; p=AA==", False, False, id="good"),
            pytest.param("k=ed25519; t=y:s; p=AA==", False, True, id="testing"),
        ],
    )
    def test_of_the_keys_in_use_length_and_flags_are_told(self, record, short, testing):
        keys = (key(USABLE, record=record),)

        assert (value("dkim_short", keys=keys), value("dkim_testing", keys=keys)) == (short, testing)
        assert value("dkim_short", keys=(key(NO_KEY),)) == "absent"


def result(
    verdict: DmarcVerdict, *, spf: bool = False, dkim: bool = False, is_open: bool = False
) -> DmarcResult:
    return DmarcResult(
        result=verdict,
        disposition=Policy.NONE,
        spf_aligned=spf,
        dkim_aligned=dkim,
        is_open=is_open,
        discovery=FOUND,
    )


SIGNED = {"signing_domains": ("esp.example",), "signatures": (signature(SignatureVerdict.PASS),)}


class TestAlignment:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            pytest.param(
                {"dmarc": FOUND, "dmarc_result": result(DmarcVerdict.PASS, dkim=True)}, True, id="aligned"
            ),
            pytest.param(
                {"dmarc": FOUND, "dmarc_result": result(DmarcVerdict.FAIL)}, False, id="not-aligned"
            ),
            pytest.param(
                {"dmarc": FOUND, "dmarc_result": result(DmarcVerdict.PASS, spf=True, is_open=True)},
                None,
                id="perhaps-aligned",
            ),
            pytest.param({"signing_domains": ("m.shop.example",)}, True, id="would-be-aligned"),
            pytest.param({}, False, id="would-not-be"),
            pytest.param(
                {"dmarc": DmarcDiscovery(status=DmarcStatus.TEMPERROR)},
                None,
                id="nobody-knows-the-organization",
            ),
            pytest.param(
                {"signatures": (signature(SignatureVerdict.PASS), signature(SignatureVerdict.TEMPERROR))},
                None,
                id="perhaps-one-signature-more",
            ),
        ],
    )
    def test_whether_the_shop_signs_in_its_own_name(self, changes, expected):
        assert facts(**SIGNED | changes).signs_as_itself is expected
        assert value("dkim_aligned", **SIGNED | changes) is expected

    def test_where_nobody_signs_nothing_is_aligned_or_not(self):
        assert value("dkim_aligned", signatures=()) == "absent"
        assert value("dkim_aligned") == "absent"

    @pytest.mark.parametrize(
        ("keys", "guessed", "expected"),
        [
            pytest.param((key(USABLE), key(OPEN, "other.example")), False, True, id="named"),
            pytest.param((key(USABLE), key(OPEN)), True, False, id="guessed-all-of-one-domain"),
            pytest.param((key(NO_KEY), key(OPEN)), True, True, id="guessed-and-none-found"),
            pytest.param((key(USABLE),), False, False, id="all-known"),
            pytest.param((), False, False, id="none"),
        ],
    )
    def test_whether_one_more_may_sign(self, keys, guessed, expected):
        assert facts(keys=keys, keys_are_guesses=guessed).dkim_is_open is expected

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            pytest.param({"dmarc_result": result(DmarcVerdict.PASS, spf=True)}, ("pass", True), id="pass"),
            pytest.param({"dmarc_result": result(DmarcVerdict.FAIL)}, ("fail", False), id="fail"),
            pytest.param(
                {"dmarc_result": result(DmarcVerdict.TEMPERROR, is_open=True)}, (None, None), id="not-known"
            ),
            pytest.param({"dmarc_result": None}, ("absent", "absent"), id="nobody-looked"),
            pytest.param(
                {"dmarc_result": result(DmarcVerdict.PASS, dkim=True), "spf_audit": None},
                ("pass", "absent"),
                id="nobody-knows-the-address",
            ),
        ],
    )
    def test_what_dmarc_makes_of_the_mail(self, changes, expected):
        changes = {"dmarc": FOUND, "spf_audit": audited(), **changes}

        assert (value("dmarc_result", **changes), value("spf_aligned", **changes)) == expected


def spf_result(verdict: SpfVerdict) -> SpfResult:
    return SpfResult(result=verdict, domain=SHOP)


def audited(*records: str, is_temperror: bool = False) -> SpfAudit:
    valid = len(records) == 1 and "moo" not in records[0]
    return SpfAudit(
        domain=SHOP,
        records=records,
        record=parse_spf(records[0]) if valid else None,
        is_temperror=is_temperror,
    )


class TestSpf:
    @pytest.mark.parametrize(
        ("verdicts", "worst"),
        [
            pytest.param(["pass"], "pass", id="pass"),
            pytest.param(["pass", "temperror"], "temperror", id="one-not-known"),
            pytest.param(["temperror", "neutral"], "neutral", id="a-fault-is-worse-than-nothing-known"),
            pytest.param(["neutral", "softfail"], "softfail", id="softfail"),
            pytest.param(["softfail", "none"], "none", id="none"),
            pytest.param(["none", "fail", "pass"], "fail", id="fail"),
            pytest.param(["fail", "permerror"], "permerror", id="permerror"),
        ],
    )
    def test_of_several_addresses_the_worst_speaks(self, verdicts, worst):
        results = [spf_result(SpfVerdict(verdict)) for verdict in verdicts]

        assert worst_spf(results, audited("v=spf1 -all")) == worst
        assert worst_spf(results[::-1], None) == worst

    @pytest.mark.parametrize(
        ("audit", "expected"),
        [
            pytest.param(audited(), NONE, id="no-record"),
            pytest.param(audited("v=spf1 moo"), SpfVerdict.PERMERROR, id="invalid"),
            pytest.param(audited("v=spf1 a", "v=spf1 mx"), SpfVerdict.PERMERROR, id="several"),
            pytest.param(audited("v=spf1 a"), None, id="hangs-on-the-address"),
            pytest.param(audited(is_temperror=True), SpfVerdict.TEMPERROR, id="not-known"),
            pytest.param(None, None, id="nobody-looked"),
        ],
    )
    def test_without_an_address_only_what_holds_for_every_one_is_said(self, audit, expected):
        assert worst_spf([], audit) is expected

    def test_envelope_and_header_from_have_results_of_their_own(self):
        address = SendingAddress(
            ip="192.0.2.25", origin=Origin.GIVEN, envelope=spf_result(PASS), header_from=spf_result(FAIL)
        )
        given = facts(addresses=(address,), envelope_domain="bounce.example")

        assert (given.spf_of_envelope, given.spf_of_header_from) == (PASS, FAIL)

    def test_without_an_address_each_has_its_own_record(self):
        given = facts(
            spf_audit=audited("v=spf1 a"), envelope_domain="bounce.example", envelope_audit=audited()
        )

        assert (given.spf_of_envelope, given.spf_of_header_from) == (NONE, None)
        assert facts(spf_audit=audited()).spf_of_envelope is NONE


def reverse(*statuses: ReverseStatus):
    return tuple(
        SendingAddress(
            ip="192.0.2.25",
            origin=Origin.GIVEN,
            envelope=spf_result(PASS),
            header_from=spf_result(PASS),
            reverse=ReverseDns(ip="192.0.2.25", status=status) if status else None,
        )
        for status in statuses
    )


def listings(*statuses: ListingStatus):
    name = Text(ja="仮", en="bl")
    block_list = BlockList(
        id="bl", names=name, zone="bl.example", subject=BlockListSubject.DOMAIN, listed=(), terms=name, url=""
    )
    return tuple(Listing(list=block_list, subject=SHOP, status=status) for status in statuses)


def reports(*statuses: ReportStatus):
    return tuple(
        ReportDestination(uri="mailto:d@x.example", tag="rua", domain="x.example", status=status)
        for status in statuses
    )


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        pytest.param("route", {"route": Route.UNKNOWN}, None, id="route-not-known"),
        pytest.param("reply_route", {"reply_domain": ""}, "absent", id="replies-not-looked-at"),
        pytest.param("reply_route", {"reply_domain": "x.example"}, None, id="replies-not-known"),
        pytest.param("kind", {}, "", id="no-mailbox-provider"),
        pytest.param("volume", {}, "absent", id="volume-not-said"),
        pytest.param("volume", {"volume_per_day": 0}, 0, id="volume"),
        pytest.param("reverse", {}, "absent", id="no-address"),
        pytest.param("reverse", {"addresses": reverse(None)}, "absent", id="a-representative-address"),
        pytest.param(
            "reverse",
            {"addresses": reverse(ReverseStatus.MATCHED, ReverseStatus.MISSING)},
            "missing",
            id="worst-name",
        ),
        pytest.param(
            "reverse",
            {"addresses": reverse(ReverseStatus.MATCHED, ReverseStatus.TEMPERROR)},
            None,
            id="name-not-known",
        ),
        pytest.param(
            "reverse",
            {"addresses": reverse(ReverseStatus.TEMPERROR, ReverseStatus.MISMATCHED)},
            "mismatched",
            id="a-wrong-name-and-one-not-known",
        ),
        pytest.param("listed", {}, "absent", id="no-list-asked"),
        pytest.param(
            "listed", {"listings": listings(ListingStatus.NOT_CHECKED)}, "absent", id="no-list-answered"
        ),
        pytest.param(
            "listed",
            {"listings": listings(ListingStatus.NOT_CHECKED, ListingStatus.NOT_LISTED)},
            False,
            id="not-listed-as-far-as-known",
        ),
        pytest.param(
            "listed",
            {"listings": listings(ListingStatus.NOT_LISTED, ListingStatus.LISTED)},
            True,
            id="listed-somewhere",
        ),
        pytest.param("alias", {}, "absent", id="alias-not-looked-at"),
        pytest.param("alias", {"alias": Alias(name=SHOP, status=AliasStatus.NONE)}, False, id="no-alias"),
        pytest.param(
            "alias", {"alias": Alias(name=SHOP, status=AliasStatus.TEMPERROR)}, None, id="perhaps-alias"
        ),
        pytest.param(
            "alias",
            {"alias": Alias(name=SHOP, status=AliasStatus.TEMPERROR, chain=("x.example",))},
            True,
            id="an-alias-whose-end-is-not-known",
        ),
        pytest.param(
            "dmarc_dangling",
            {"dmarc_alias": Alias(name=SHOP, status=AliasStatus.TEMPERROR, chain=("x.example",))},
            None,
            id="perhaps-dangling",
        ),
        pytest.param(
            "dmarc_dangling",
            {"dmarc_alias": Alias(name=SHOP, status=AliasStatus.DANGLING, chain=("x.example",))},
            True,
            id="dangling",
        ),
        pytest.param("wildcard", {"wildcard": probe(WildcardStatus.TEXT)}, True, id="wildcard"),
        pytest.param(
            "wildcard", {"wildcard": probe(WildcardStatus.TEMPERROR)}, None, id="perhaps-a-wildcard"
        ),
        pytest.param("dmarc_reports", {}, "absent", id="no-dmarc-no-reports"),
        pytest.param("dmarc_reports", {"dmarc": FOUND}, "", id="no-reports"),
        pytest.param(
            "dmarc_reports",
            {
                "dmarc": FOUND,
                "reports": reports(ReportStatus.OWN, ReportStatus.UNAUTHORIZED, ReportStatus.TEMPERROR),
            },
            "unauthorized",
            id="reports-refused",
        ),
        pytest.param(
            "dmarc_reports",
            {"dmarc": FOUND, "reports": reports(ReportStatus.OWN, ReportStatus.TEMPERROR)},
            None,
            id="reports-not-known",
        ),
    ],
)
def test_a_fact_of_the_sender(name, changes, expected):
    found = value(name, **changes)

    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize(
    ("lookups", "is_complete", "expected"),
    [
        pytest.param(3, True, 3, id="all-seen"),
        pytest.param(3, False, None, id="not-all-seen"),
        pytest.param(11, False, 11, id="too-many-whatever-else"),
    ],
)
def test_look_ups_that_were_not_seen_may_be_more(lookups, is_complete, expected):
    audit = SpfAudit(
        domain=SHOP,
        records=("v=spf1 a",),
        record=parse_spf("v=spf1 a"),
        lookups=lookups,
        is_complete=is_complete,
    )

    assert value("spf_lookups", spf_audit=audit) == expected
    assert value("spf_loop", spf_audit=audit) is (False if is_complete else None)


class TestReportedMail:
    def reported(self, *records: str) -> dict:
        collected = CollectedReports(reports=(read_report(xml(*records)),))
        return sender_facts(facts().with_reports(collected))

    def test_nothing_is_known_without_reports(self):
        assert [value(f"reported_{name}") for name in ("mails", "pass", "dkim")] == ["absent"] * 3

    def test_shares_are_in_per_cent_and_only_all_of_them_are_a_hundred(self):
        known = self.reported(record(998), record(1, spf="fail"), record(1, dkim="fail", spf="fail"))

        assert (known["sender.reported_mails"], known["sender.reported_pass"]) == (1000, 99)
        assert known["sender.reported_dkim"] == 99

    def test_reports_without_mail_tell_no_share(self):
        known = self.reported(record(0))

        assert known["sender.reported_mails"] == 0
        assert "sender.reported_pass" not in known

    def test_the_evidence_names_receivers_and_failing_addresses(self):
        collected = CollectedReports(reports=(read_report(xml(record(9, dkim="fail", spf="fail"))),))
        lines = [line for name, line in facts().with_reports(collected).evidence if name.endswith("_pass")]

        assert lines == [
            "google.example 2025-11-21/2025-11-21: DMARC pass 0, DKIM 0, SPF 0 of 9",
            "google.example: 192.0.2.1 fail 9",
        ]
