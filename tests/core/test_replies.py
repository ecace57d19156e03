"""May a customer's answer lie in the shop's own junk folder?"""

import pytest

from deliv.core.discovery import discover_reply_auth
from tests.zone import TEMPERROR, ask

SPF, DMARC = {"TXT": ["v=spf1 mx -all"]}, {"_dmarc.customer.example": {"TXT": ["v=DMARC1; p=none"]}}


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param({"customer.example": {"MX": ["10 mx.customer.example."]}}, True, id="neither"),
        pytest.param({}, True, id="no-such-domain"),
        pytest.param({"customer.example": SPF}, False, id="spf"),
        pytest.param({"customer.example": {"TXT": ["hello"]}} | DMARC, False, id="dmarc"),
        pytest.param({"customer.example": SPF} | DMARC, False, id="both"),
        pytest.param({"customer.example": {"TXT": ["v=spf1 moo"]}}, True, id="broken-spf"),
        pytest.param(
            {"customer.example": {"TXT": ["v=spf1 -all", "v=spf1 mx -all"]}} | DMARC, True, id="two-spf"
        ),
        pytest.param({"customer.example": TEMPERROR}, False, id="spf-not-told"),
        pytest.param(
            {"customer.example": {"TXT": []}, "_dmarc.customer.example": TEMPERROR},
            False,
            id="dmarc-not-told",
        ),
    ],
)
def test_mail_that_proves_nothing_is_at_risk(zone, expected):
    assert ask(discover_reply_auth("customer.example"), zone).is_at_risk is expected
