"""Laws of bounces, tried on thousands of generated mails: nothing raises, nothing is made up."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from deliv.sources.aggregatereports import _reports
from deliv.sources.bouncereading import read_bounce
from deliv.sources.mailparts import leaves, take_apart
from deliv.sources.reportxml import NoReportError, read_report
from tests.bounces import group, notice, report
from tests.sources.test_aggregatereports import xml

NEAR_BOUNCE = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(b"From: MAILER-DAEMON\n", b"Subject: Undelivered\n", b"X-Failed-Recipients: ", b"Date: "),
                *(
                    b"Content-Type: multipart/report; boundary=b\n",
                    b"Content-Type: message/delivery-status\n",
                ),
                *(b"\n", b"\n\n", b"--b\n", b"--b--\n", b"Final-Recipient: rfc822; ", b"Action: failed\n"),
                *(b"Status: ", b"5.1.1", b"Diagnostic-Code: smtp; ", b"550 ", b"<<< ", b">>> DATA\n", b";"),
                *(b"a@docomo.ne.jp", b"<b..@au.com>:", b'"c d"@e.example', b"User unknown", b"=?utf-8?B?"),
                *(b"Received: from x", b"--- Below this line is a copy", b"\x1b$B%a", b"From x 2024\n"),
            ]
        ),
        st.binary(max_size=20),
    ),
    max_size=40,
).map(b"".join)


@given(NEAR_BOUNCE | st.binary(max_size=300))
def test_whatever_the_bytes_are_nothing_raises(content):
    for found in read_bounce(content).reports:
        assert "@" in found.recipient
        assert len(found.text) <= 500
        assert found.recipient.encode() in content or b"base64" in content or b"=" in content


@given(st.integers(0, 4000), st.integers(0, 255))
def test_a_damaged_bounce_is_still_read(place, byte):
    for whole in (report(group("a@one.example")), notice("<a@one.example>:\n550 no")):
        damaged = bytearray(whole)
        damaged[place % len(damaged)] = byte
        read_bounce(bytes(damaged))


@given(st.integers(0, 4000))
def test_a_bounce_that_was_cut_off_is_still_read(end):
    read_bounce(report(group("a@one.example"), group("b@two.example"))[:end])


@given(NEAR_BOUNCE)
def test_both_ways_of_taking_a_mail_apart_see_the_same_texts(content):
    kinds = [leaf.kind for leaf in leaves(content)[1] if not leaf.disposition.startswith("attachment")]

    assert len(take_apart(content).parts) == sum(kind in {"text/plain", "text/html"} for kind in kinds)


@given(st.binary(max_size=300), st.integers(0, 2000), st.binary(max_size=10))
def test_a_damaged_report_is_a_report_or_none(noise, place, bytes_):
    whole = xml()
    for content in (noise, whole[:place], whole[:place] + bytes_ + whole[place:]):
        with suppress(NoReportError):
            read_report(content)
        assert len([*_reports(content)]) <= 1
