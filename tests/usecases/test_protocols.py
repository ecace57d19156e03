"""The protocols through a resolver: what it answers is believed as it is."""

import asyncio

import pytest

from deliv.core.auth.dmarc import DmarcStatus, Policy
from deliv.core.auth.dmarc_result import DmarcVerdict
from deliv.core.auth.spf_check import SpfVerdict
from deliv.protocols import check_host, discover_dmarc, evaluate_dmarc
from tests.zone import TEMPERROR, ZoneResolver

ZONE = {
    "shop.example": {"TXT": ["v=spf1 ip4:192.0.2.25 -all exp=why.shop.example"]},
    "why.shop.example": {"TXT": ["%{r} refuses %{i} at %{t}"]},
    "m.shop.example": {"A": ["192.0.2.1"]},
    "helo.example": {"TXT": ["v=spf1 ip4:192.0.2.26 -all"]},
    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject; sp=quarantine"]},
    "down.example": TEMPERROR,
    "_dmarc.down.example": TEMPERROR,
}


def check(**changes):
    given = {"ip": "192.0.2.25", "mail_from": "order@shop.example", "helo": "helo.example"} | changes
    return asyncio.run(check_host(ZoneResolver(ZONE), **given))


class TestSpf:
    @pytest.mark.parametrize(
        ("changes", "verdict"),
        [
            pytest.param({}, SpfVerdict.PASS, id="pass"),
            pytest.param({"ip": "192.0.2.99"}, SpfVerdict.FAIL, id="fail"),
            pytest.param({"ip": "2001:db8::1"}, SpfVerdict.FAIL, id="fail-of-ipv6"),
            pytest.param({"mail_from": "x@gone.example"}, SpfVerdict.NONE, id="none"),
            pytest.param({"mail_from": "x@down.example"}, SpfVerdict.TEMPERROR, id="temperror"),
            pytest.param({"mail_from": "", "ip": "192.0.2.26"}, SpfVerdict.PASS, id="a-bounce-by-helo"),
            pytest.param({"mail_from": ""}, SpfVerdict.FAIL, id="a-bounce-by-helo-fails"),
        ],
    )
    def test_what_spf_says_of_a_mail(self, changes, verdict):
        assert check(**changes).result is verdict

    @pytest.mark.parametrize(
        ("given", "explanation"),
        [
            pytest.param({"now": 7}, "unknown refuses 192.0.2.99 at 7", id="nobody-in-particular"),
            pytest.param(
                {"now": 7.9, "receiver": "mx.docomo.ne.jp"},
                "mx.docomo.ne.jp refuses 192.0.2.99 at 7",
                id="a-receiver",
            ),
            pytest.param({}, "unknown refuses 192.0.2.99 at 1700000000", id="now"),
        ],
    )
    def test_the_owner_may_explain_a_fail(self, monkeypatch, given, explanation):
        monkeypatch.setattr("time.time", lambda: 1_700_000_000.5)

        assert check(ip="192.0.2.99", **given).explanation == explanation

    @pytest.mark.parametrize("ip", ["", "192.0.2", "mx.shop.example", "192.0.2.1/24"])
    def test_what_is_no_ip_address_is_refused(self, ip):
        with pytest.raises(ValueError, match="address"):
            check(ip=ip)

    def test_nothing_else_is_asked(self):
        resolver = ZoneResolver(ZONE)

        asyncio.run(check_host(resolver, ip="192.0.2.25", mail_from="x@shop.example", helo="h.example"))

        assert resolver.calls == ["shop.example TXT"]


class TestDmarc:
    @pytest.mark.parametrize(
        ("domain", "status", "found_at", "policy"),
        [
            pytest.param("shop.example", DmarcStatus.FOUND, "shop.example", Policy.REJECT, id="own"),
            pytest.param(
                "m.shop.example", DmarcStatus.FOUND, "shop.example", Policy.QUARANTINE, id="inherited"
            ),
            pytest.param("gone.example", DmarcStatus.MISSING, None, None, id="missing"),
            pytest.param("down.example", DmarcStatus.TEMPERROR, None, None, id="temperror"),
        ],
    )
    def test_which_record_holds(self, domain, status, found_at, policy):
        found = asyncio.run(discover_dmarc(ZoneResolver(ZONE), domain))

        assert (found.status, found.found_at, found.policy) == (status, found_at, policy)

    @pytest.mark.parametrize(
        ("given", "verdict", "disposition"),
        [
            pytest.param({"spf": "shop.example"}, DmarcVerdict.PASS, Policy.NONE, id="spf"),
            pytest.param(
                {"dkim": ("esp.example", "m.shop.example")}, DmarcVerdict.PASS, Policy.NONE, id="dkim"
            ),
            pytest.param(
                {"spf": "esp.example", "dkim": ("esp.example",)},
                DmarcVerdict.FAIL,
                Policy.REJECT,
                id="others",
            ),
            pytest.param({}, DmarcVerdict.FAIL, Policy.REJECT, id="nothing"),
            pytest.param({"temperror": True}, DmarcVerdict.TEMPERROR, Policy.NONE, id="something-not-told"),
            pytest.param({"from_domain": "gone.example"}, DmarcVerdict.NONE, Policy.NONE, id="no-record"),
            pytest.param(
                {"from_domain": "down.example"}, DmarcVerdict.TEMPERROR, Policy.NONE, id="record-not-told"
            ),
        ],
    )
    def test_what_dmarc_makes_of_a_mail(self, given, verdict, disposition):
        found = asyncio.run(evaluate_dmarc(ZoneResolver(ZONE), **{"from_domain": "shop.example"} | given))

        assert (found.result, found.disposition) == (verdict, disposition)
