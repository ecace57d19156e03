"""Bounce mails as mail servers write them, made for the tests."""

from collections.abc import Iterable
from textwrap import dedent

SHOP = "order@shop.example"
COPY = f"""\
Received: from shop.example (shop.example [192.0.2.1]) by relay.example; Mon, 3 Jun 2024 10:00:00 +0900
From: {SHOP}
To: taro@docomo.ne.jp
Subject: Order 1001

Thank you.
"""


def notice(
    text: str,
    *,
    sender: str = "MAILER-DAEMON@relay.example",
    subject: str = "Undelivered Mail Returned to Sender",
    header: Iterable[str] = (),
    charset: str = "us-ascii",
) -> bytes:
    """Return a bounce for people only."""
    lines = [
        *("Return-Path: <>", f"From: {sender}", f"To: {SHOP}", f"Subject: {subject}"),
        *("Date: Mon, 3 Jun 2024 10:00:00 +0900", *header),
        *("MIME-Version: 1.0", f"Content-Type: text/plain; charset={charset}"),
    ]
    return "\n".join([*lines, "", dedent(text)]).encode(charset if charset != "us-ascii" else "ascii")


def report(
    *groups: str,
    text: str = "Your mail could not be delivered.",
    date: str = "Mon, 3 Jun 2024 10:00:00 +0900",
) -> bytes:
    """Return a multipart/report (RFC 3464); each group is what it says of one recipient."""
    status = "\n\n".join(["Reporting-MTA: dns; relay.example", *(dedent(group).strip() for group in groups)])
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@relay.example (Mail Delivery System)
To: {SHOP}
Subject: Undelivered Mail Returned to Sender
Date: {date}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

{dedent(text)}
--b
Content-Type: message/delivery-status

{status}

--b
Content-Type: message/rfc822

{COPY}
--b--
""".encode()


def group(
    recipient: str,
    said: str = "550 5.1.1 User unknown",
    *,
    status: str = "5.1.1",
    action: str = "failed",
    remote: str = "mx.example",
    original: str = "",
) -> str:
    """Return what a delivery status says of one recipient."""
    lines = [
        f"Final-Recipient: rfc822; {recipient}",
        *([f"Original-Recipient: rfc822;{original}"] if original else []),
        f"Action: {action}",
        f"Status: {status}",
        f"Remote-MTA: dns; {remote}",
        f"Diagnostic-Code: smtp; {said}",
    ]
    return "\n".join(lines)


def postfix(recipient: str, said: str, command: str, *, host: str = "mx.example") -> str:
    """Return the sentence that Postfix writes for people."""
    return f"<{recipient}>: host {host}[192.0.2.9] said:\n    {said} (in reply to {command} command)\n"
