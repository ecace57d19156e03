"""Bounce mails: recognised, read for whom they are and why, and turned into outcomes of the shop's mail."""

import json
import os
from collections import Counter
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import deliv
from deliv.core.bounces import Phase
from deliv.core.errors import InputError
from deliv.core.outcomerows import NotUnderstood, Recorded, SetAside
from deliv.core.outcomes import BounceReason, OutcomeKind
from deliv.sources.bouncemail import BounceMail
from deliv.sources.bouncereading import read_bounce
from deliv.sources.mailfiles import MailFiles
from deliv.sources.rulefiles import packaged_book
from tests.bounces import COPY, SHOP, group, notice, postfix, report

VECTORS = Path("/work/shared/vectors/bounces")
TODAY = date(2026, 11, 22)
TOKYO = ZoneInfo("Asia/Tokyo")
TARO = "taro@docomo.ne.jp"


FEEDBACK = b"""\
From: fbl@isp.example
MIME-Version: 1.0
Content-Type: multipart/report; boundary=b

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Original-Rcpt-To: taro@isp.example

--b--
"""
QUOTED = b"""\
From: staff@shop.example
Subject: what is this?

Final-Recipient: rfc822; taro@isp.example
Action: failed
"""


def learned(path, as_of=TODAY) -> list:
    return [*BounceMail(path, packaged_book(), as_of=as_of, zone=TOKYO)]


def days(path, as_of=TODAY) -> list[date]:
    return [each.outcome.day for each in learned(path, as_of)]


def only(content: bytes):
    (found,) = read_bounce(content).reports
    return found


def told(content: bytes) -> list[tuple[str, str]]:
    return [(report.recipient, str(report.reason)) for report in read_bounce(content).reports]


class TestDeliveryStatus:
    def test_a_report_for_machines_tells_everything(self):
        said = "550 Unknown user taro@docomo.ne.jp"
        mail = report(
            group(TARO, said, status="5.0.0", remote="mfsmax.docomo.ne.jp"),
            text=postfix(TARO, said, "end of DATA", host="mfsmax.docomo.ne.jp"),
        )
        found = only(mail)

        assert (found.recipient, found.final, found.reason) == (TARO, TARO, BounceReason.FILTERED)
        assert (found.status, found.code, found.phase) == ("5.0.0", "550", Phase.DATA)
        assert (found.permanent, found.rule) == (True, "docomo-filtered-after-data")
        assert found.text == said
        assert read_bounce(mail).day == date(2024, 6, 3)

    def test_each_recipient_has_a_reason_of_its_own(self):
        mail = report(
            group("a@one.example"),
            group("b@two.example", "552 5.2.2 Mailbox full", status="5.2.2"),
            group("c@three.example", action="delivered"),
        )

        assert told(mail) == [("a@one.example", "userunknown"), ("b@two.example", "mailboxfull")]

    def test_the_address_that_was_mailed_counts_and_not_where_it_was_forwarded_to(self):
        found = only(report(group("real@gmail.com", original="taro@shop-customer.example")))

        assert (found.recipient, found.final) == ("taro@shop-customer.example", "real@gmail.com")

    def test_a_delay_is_no_outcome(self):
        found = only(report(group(TARO, "450 4.2.0 Greylisted", status="4.2.0", action="delayed")))

        assert (found.permanent, found.is_outcome) == (False, False)

    def test_a_mail_that_was_given_up_is_one_whatever_its_status(self):
        found = only(report(group(TARO, "connect to mx: Connection refused", status="4.4.1")))

        assert (found.permanent, found.reason) == (True, BounceReason.NETWORKERROR)

    def test_the_status_in_the_words_of_the_server_is_the_better_one(self):
        found = only(report(group("a@one.example", "550 5.7.26 Unauthenticated email", status="5.0.0")))

        assert (found.status, found.reason) == ("5.7.26", BounceReason.AUTHFAILURE)

    def test_success_is_no_bounce(self):
        assert told(report(group(TARO, action="relayed"))) == []

    def test_the_same_recipient_counts_once(self):
        assert len(told(report(group(TARO), group(TARO)))) == 1

    def test_a_folded_diagnostic_is_read_to_its_end(self):
        said = "smtp; 550-5.7.26 Unauthenticated\n    550 5.7.26 mail from shop.example"
        found = only(report(f"Final-Recipient: rfc822; {TARO}\nAction: failed\nDiagnostic-Code: {said}"))

        assert found.text == "550-5.7.26 Unauthenticated 550 5.7.26 mail from shop.example"


class TestPhase:
    @pytest.mark.parametrize(
        ("text", "phase"),
        [
            (postfix(TARO, "550 no", "RCPT TO"), Phase.RCPT),
            (postfix(TARO, "550 no", "end of DATA"), Phase.DATA),
            (postfix(TARO, "550 no", "MAIL FROM"), Phase.MAIL),
            (postfix(TARO, "550 no", "EHLO"), Phase.HELO),
            (f"{TARO}\n  host mx [192.0.2.9]\n  SMTP error after end of data: 550 no", Phase.DATA),
            (f"{TARO}\n  SMTP error from remote mail server after RCPT TO:<{TARO}>: 550 no", Phase.RCPT),
            (f"{TARO}\n  SMTP error after initial connection: 550 no", Phase.CONNECT),
            (f"<{TARO}>\n\n>>> RCPT To:<{TARO}>\n<<< 550 no\n", Phase.RCPT),
            (f"<{TARO}>\n\n>>> DATA\n<<< 550 no\n", Phase.DATA),
            (f"<{TARO}>:\nRemote host said: 550 no [RCPT_TO]", Phase.RCPT),
            (f"{TARO}\n\n-------server message\n550 no\n\n-------SMTP command\nDATA\n", Phase.DATA),
            (f"<{TARO}>: 550 no", None),
            # Sending data, mail and the like are words, not commands.
            (f"<{TARO}>: 550 no\nAn error came up while sending mail data.", None),
        ],
    )
    def test_every_way_of_naming_the_command(self, text, phase):
        assert only(notice(text)).phase is phase

    def test_a_pipelined_refusal_of_the_recipient_is_none_of_the_mail(self):
        transcript = (
            f"<{TARO}>\n... while talking to mx.example:\n"
            ">>> DATA\n<<< 550 5.1.1 User unknown\n<<< 503 5.5.2 Need rcpt command\n"
        )
        found = only(notice(transcript))

        assert (found.phase, found.reason) == (Phase.RCPT, BounceReason.USERUNKNOWN)


class TestNotices:
    """Bounces for people only, in the shapes that servers give them."""

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            (
                "Hi. This is qmail-send.\n\n<{a}>:\nSorry, no mailbox here by that name. (#5.1.1)",
                "userunknown",
            ),
            (
                "The following address failed:\n\n  {a}\n    mailbox is full: retry timeout exceeded",
                "mailboxfull",
            ),
            ("was not delivered to:\n  {a}\nbecause:\n  User taro not listed in Directory", "userunknown"),
            ("554 <{a}>... 550 Host unknown (Authoritative answer from name server)", "hostunknown"),
            ("Unable to deliver message to: <{a}>\nfailed with: 550 <{a}> No such user here", "userunknown"),
            ("These recipients returned permanent errors: {a}. Reason: 554 too many hops", "networkerror"),
            ("Recipient: <{a}>\n>>> RCPT TO:<{a}>\n<<< 550 <{a}>: User unknown", "userunknown"),
            ("There was an error delivering your mail to <{a}>.\n\n550 5.7.26 DMARC policy", "authfailure"),
            (
                "<{a}>:\nConnected to 192.0.2.9 but my name was rejected.\nRemote host said: 501 Invalid",
                "blocked",
            ),
            ("{a}: 550 5.7.1 Client host [192.0.2.1] blocked using bl.example", "blocked"),
            ("<{a}>: 554 5.7.1 Message is likely spam", "spamdetected"),
            ("Unknown user: {a}", "userunknown"),
        ],
    )
    def test_the_recipient_and_the_reason_are_found(self, text, reason):
        assert told(notice(text.format(a="taro@mail.example"))) == [("taro@mail.example", reason)]

    def test_the_header_may_name_the_recipient(self):
        mail = notice(
            "It failed.\n  taro\n    550 User unknown", header=["X-Failed-Recipients: taro@a.example"]
        )

        assert told(mail) == [("taro@a.example", "userunknown")]

    def test_else_the_mail_that_came_back_names_it(self):
        mail = notice(f"Your mail could not be delivered.\n\n----- Original message -----\n{COPY}")

        assert told(mail) == [(TARO, "undefined")]

    def test_several_recipients_have_their_own_words(self):
        text = "<a@one.example>:\n550 User unknown\n\n<b@two.example>:\n552 Mailbox full\n"

        assert told(notice(text)) == [("a@one.example", "userunknown"), ("b@two.example", "mailboxfull")]

    def test_what_stands_in_the_copy_of_the_mail_does_not_count(self):
        text = (
            f"<a@one.example>:\n550 User unknown\n\n--- Below this line is a copy of the message.\n\n{COPY}"
        )

        assert told(notice(text)) == [("a@one.example", "userunknown")]

    def test_a_notice_of_au_in_japanese(self):
        text = """\
            次のあて先へのメッセージはエラーのため送信できませんでした。

            The user(s) account is temporarily over quota.

            <hanako@ezweb.ne.jp>
            """
        mail = notice(
            text,
            sender="Postmaster@ezweb.ne.jp",
            subject="Mail System Error - Returned Mail",
            charset="iso-2022-jp",
        )

        assert told(mail) == [("hanako@ezweb.ne.jp", "mailboxfull")]

    def test_addresses_that_only_carriers_give_are_read_whole(self):
        assert told(notice("<a..b.@docomo.ne.jp>:\n550 Unknown user"))[0][0] == "a..b.@docomo.ne.jp"

    @pytest.mark.parametrize(
        "text",
        [
            f"<{TARO}>: 451 4.7.1 Greylisted, try again later. Delivery attempts will continue.",
            f"THIS IS A WARNING MESSAGE ONLY.\n<{TARO}>: 421 4.7.0 [TSS04] deferred",
            f"Following address: <{TARO}>: 450 4.2.1 try later",
        ],
    )
    def test_mail_that_is_only_late_is_no_outcome(self, text):
        assert not only(notice(text, subject="Delivery status")).is_outcome

    def test_a_temporary_refusal_after_which_it_was_given_up_is_one(self):
        found = only(notice(f"This is a permanent error; I've given up.\n<{TARO}>:\n450 4.2.2 Mailbox full"))

        assert (found.is_outcome, found.reason) == (True, BounceReason.MAILBOXFULL)


class TestNoBounces:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\xff\xfe\x00",
            b"From: taro@customer.example\nTo: order@shop.example\nSubject: Re\n\nThanks, taro@c.example",
            notice(
                "I am away. Ask hanako@customer.example.",
                sender="taro@customer.example",
                subject="Automatic reply: Order",
            ),
            notice(
                "I could not be reached.", sender="taro@customer.example", subject="自動返信", charset="utf-8"
            ),
            b"From: a@b.example\nSubject: Undelivered mail?\n\nWhere is it? taro@c.example",
            FEEDBACK,
            QUOTED,
        ],
    )
    def test_other_mail_has_no_reports(self, content):
        assert told(content) == []

    def test_the_shop_itself_is_no_recipient(self):
        assert told(notice(f"Dear {SHOP}\n{SHOP}\nfailed: 550 no")) == []

    def test_it_is_public(self):
        assert deliv.read_bounce is read_bounce
        assert isinstance(deliv.read_bounce(b"x"), deliv.Bounce)


class TestHostileMail:
    HEADER = b"From: MAILER-DAEMON@a.example\nSubject: Undelivered Mail\n\n"

    @pytest.mark.parametrize(
        "body",
        [
            *(b"a@" * 500_000, b"@" * 1_000_000, b"." * 1_000_000, b'"' * 1_000_000, b" " * 1_000_000),
            *(b"<<< 550 " * 200_000, b"said:" * 300_000, b"5.1." * 300_000, b"to:" + b" " * 1_000_000),
            b"".join(b"<u%d@a.example>:\n550 no\n" % number for number in range(50_000)),
            b"".join(b"Final-Recipient: rfc822; u%d@a.example\n\n" % number for number in range(50_000)),
            b"Final-Recipient: rfc822; a@a.example\n" + b" x\n" * 300_000,
        ],
        ids=range(12),
    )
    @pytest.mark.timeout(10)
    def test_a_huge_mail_is_read_in_time(self, body):
        assert len(read_bounce(self.HEADER + body).reports) <= 500

    @pytest.mark.timeout(10)
    def test_a_long_list_of_failed_recipients_is_cut(self):
        header = b"".join(b"X-Failed-Recipients: a%d@b.example\n" % number for number in range(5000))

        assert len(read_bounce(header + b"\nx").reports) == 200


class TestFiles:
    MAIL = notice(f"<{TARO}>:\n550 5.1.1 User unknown")

    def box(self, folder: Path) -> Path:
        (folder / "cur").mkdir()
        (folder / "new").mkdir()
        (folder / "tmp").mkdir()
        (folder / "cur" / "1.a:2,S").write_bytes(self.MAIL)
        (folder / "new" / "2.b").write_bytes(b"From: a@b.example\n\nHello")
        (folder / "tmp" / "3.c").write_bytes(self.MAIL)
        return folder

    def test_a_maildir(self, tmp_path):
        other, bounce = learned(self.box(tmp_path))

        assert (bounce.outcome.kind, bounce.outcome.who) == (OutcomeKind.BOUNCE, TARO)
        assert (bounce.outcome.domain, bounce.outcome.day) == ("docomo.ne.jp", date(2024, 6, 3))
        assert (bounce.outcome.count, bounce.outcome.permanent) == (1, True)
        assert isinstance(other, SetAside)
        assert [other.line, bounce.line] == [1, 2]

    def test_an_mbox(self, tmp_path):
        head = b"From MAILER-DAEMON Mon Jun  3 10:00:00 2024\n"
        quoted = b"From: a@b.example\n\nHello\nFrom here on it is a text\n\nFrom the heart\n\n"
        file = tmp_path / "box"
        file.write_bytes(head + self.MAIL + b"\n\n" + head + quoted + head + self.MAIL)

        names = [mail.name.rpartition(":")[2] for mail in MailFiles(file)]

        assert names == ["1", "2", "3"]
        assert [type(each) for each in learned(file)] == [Recorded, SetAside, Recorded]

    def test_a_file_and_a_folder_of_files(self, tmp_path):
        (tmp_path / "below").mkdir()
        for name in ("a.eml", "below/b.EML", "notes.txt"):
            (tmp_path / name).write_bytes(self.MAIL)

        assert len([*MailFiles(tmp_path)]) == 2
        assert len([*MailFiles(tmp_path / "notes.txt")]) == 1

    def test_a_mail_that_cannot_be_read_is_counted(self, tmp_path, monkeypatch):
        (tmp_path / "a.eml").write_bytes(self.MAIL)
        (tmp_path / "b.eml").write_bytes(self.MAIL)
        read = Path.open

        def refuse(path, *args, **more):
            if path.name == "a.eml":
                raise PermissionError(13, "Permission denied")
            return read(path, *args, **more)

        monkeypatch.setattr(Path, "open", refuse)
        bounce, unreadable = learned(tmp_path)

        assert isinstance(bounce, Recorded)
        assert unreadable == NotUnderstood(line=2, template="the mail cannot be read")

    def test_what_is_not_there_is_said(self, tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            learned(tmp_path / "nowhere")

    def test_a_folder_without_mail_is_a_mistake_but_not_an_empty_maildir(self, tmp_path):
        (tmp_path / "list.csv").write_bytes(b"email")
        with pytest.raises(InputError, match="there is no mail in the folder"):
            learned(tmp_path)
        (tmp_path / "new").mkdir()
        assert learned(tmp_path) == []

    def test_delays_and_useless_addresses_are_left_out_and_say_why(self, tmp_path):
        (tmp_path / "a.eml").write_bytes(report(group(TARO, action="delayed", status="4.4.1")))
        (tmp_path / "b.eml").write_bytes(report(group("taro@localhost")))
        late, useless = learned(tmp_path)

        assert isinstance(late, SetAside)
        assert "only late" in late.template
        assert isinstance(useless, NotUnderstood)
        assert "no address" in useless.template

    def test_a_refusal_after_which_one_may_try_again_is_not_for_good(self, tmp_path):
        (tmp_path / "a.eml").write_bytes(report(group(TARO, "450 4.1.1 User unknown", status="4.1.1")))
        (found,) = learned(tmp_path)

        assert (found.outcome.reason, found.outcome.permanent) == (BounceReason.USERUNKNOWN, False)

    def test_each_recipient_of_a_mail_has_the_number_of_the_mail(self, tmp_path):
        (tmp_path / "a.eml").write_bytes(report(group("a@one.example"), group("b@two.example")))

        assert [(each.outcome.who, each.line) for each in learned(tmp_path)] == [
            ("a@one.example", 1),
            ("b@two.example", 1),
        ]


class TestDays:
    """The day is in the mail itself, so that learning it again another day tells nothing new."""

    MAIL = report(group(TARO))
    WRITTEN = b"Date: Mon, 3 Jun 2024 10:00:00 +0900\n"

    def mail(self, tmp_path, *, date: bytes = b"", copy: bytes = b"", name: str = "a.eml") -> Path:
        content = self.MAIL.replace(self.WRITTEN, date).replace(
            b"Subject: Order 1001", b"Subject: x\n" + copy
        )
        content = content.replace(b"Subject: x\n\n", b"Subject: x\n") if copy else content
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    def test_it_is_that_of_the_shops_clock(self, tmp_path):
        file = self.mail(tmp_path, date=b"Date: Mon, 3 Jun 2024 10:00:00 -0700\n")
        assert days(file) == [date(2024, 6, 4)]

    def test_what_has_not_come_yet_is_no_day(self, tmp_path):
        received = b"Received: by mx.shop.example; Tue, 4 Jun 2024 10:00:00 +0900\n"
        file = self.mail(tmp_path, date=b"Date: Mon, 3 Jun 2199 10:00:00 +0900\n" + received)
        assert days(file) == [date(2024, 6, 4)]

    def test_without_its_own_day_that_of_the_returned_mail_counts(self, tmp_path):
        file = self.mail(tmp_path, copy=b"Date: Sun, 2 Jun 2024 10:00:00 +0900\n")
        os.utime(file, (1_500_000_000, 1_500_000_000))
        assert days(file) == [date(2024, 6, 2)]

    def test_else_that_of_the_file(self, tmp_path):
        file = self.mail(tmp_path)
        os.utime(file, (1_717_376_400, 1_717_376_400))
        assert days(file) == [date(2024, 6, 3)]
        in_maildir = self.mail(tmp_path, name="1717462800.M1P2.mx:2,S")
        os.utime(in_maildir, (1_500_000_000, 1_500_000_000))
        assert days(in_maildir) == [date(2024, 6, 4)]

    def test_a_bounce_of_which_no_day_has_come_is_not_learned(self, tmp_path):
        (found,) = learned(self.mail(tmp_path), date(2020, 1, 1))
        assert isinstance(found, NotUnderstood)
        assert found.template == "the bounce has no date that has come"


class TestIdentity:
    def mail_of(self, content: bytes) -> str:
        return read_bounce(content).message_id

    def test_it_is_the_message_id_of_the_mail_that_came_back(self):
        mail = report(group(TARO)).replace(b"From: MAILER", b"Message-ID: <own@relay.example>\nFrom: MAILER")
        assert self.mail_of(mail) == "own@relay.example"
        mail = mail.replace(b"Subject: Order", b"Message-Id:\n <1001@shop.example>\nSubject: Order")
        assert self.mail_of(mail) == "1001@shop.example"

    def test_a_line_may_announce_the_returned_mail(self):
        copy = f"From: {SHOP}\nMessage-ID: <1001@shop.example>\nTo: {TARO}\n\nHello"
        text = f"<{TARO}>:\n550 User unknown\n\n--- Below this line is a copy of the message.\n\n{copy}"
        assert self.mail_of(notice(text)) == "1001@shop.example"

    def test_what_the_customer_reads_is_no_message_id(self):
        mail = report(group(TARO)).replace(b"Thank you.", b"Message-ID: <x@y.example>")
        assert self.mail_of(mail) == ""

    def test_a_mail_without_one_is_known_by_its_bytes_in_whatever_box(self, tmp_path):
        content = notice(f"<{TARO}>:\n550 5.1.1 User unknown")
        (tmp_path / "a.eml").write_bytes(content.replace(b"\n", b"\r\n"))
        (tmp_path / "mbox").write_bytes(b"From MAILER-DAEMON Mon Jun  3 10:00:00 2024\n" + content + b"\n\n")
        (one,), (other,) = learned(tmp_path / "a.eml"), learned(tmp_path / "mbox")

        assert one == other
        assert len(one.mail) == 64


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the collection of real bounces is not here")
class TestRealBounces:
    """Against what an analyser of the field makes of real bounces; agreement is measured, not assumed."""

    NO_BOUNCES = frozenset({"feedback", "vacation"})
    # Its words where ours are fewer.
    OURS = {"mailererror": "systemerror", "toomanyconn": "speeding", "securityerror": "policyviolation"}  # noqa: RUF012

    def agreement(self):
        files = json.loads((VECTORS / "expected.json").read_text(encoding="utf-8"))["files"]
        count = Counter()
        for name, given in files.items():
            found = read_bounce((VECTORS / "eml" / name).read_bytes()).reports
            expected = [each["reason"] for each in given["expected"]]
            if self.NO_BOUNCES.issuperset(expected):
                count["false"] += bool(found)
                continue
            addresses = {a.lower() for report in found for a in (report.recipient, report.final)}
            wanted = {address.lower() for address in given["recipients"]}
            reasons = Counter(self.OURS.get(reason, reason) for reason in expected)
            count["recipients"] += len(wanted)
            count["found"] += len(wanted & addresses)
            count["reasons"] += len(expected)
            count["agreed"] += (reasons & Counter(str(report.reason) for report in found)).total()
        return count

    def test_nearly_all_recipients_are_found_and_most_reasons_agree(self):
        count = self.agreement()

        assert count["found"] / count["recipients"] >= 0.95
        assert count["agreed"] / count["reasons"] >= 0.85
        assert count["false"] == 0
