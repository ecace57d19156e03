"""One shop that has set up almost nothing right, and one that has set up all: the DNS, a mail, a list.

The broken one has two SPF records, neither names the service that sends (SendGrid), its mail is
signed by the service alone, and it has no DMARC record.
"""

from collections.abc import Mapping

from tests.sources.signing import MAIL, rsa_key, sign

SENDGRID: Mapping[str, Mapping[str, list[str]]] = {
    "sendgrid.net": {
        "MX": ["10 mx.sendgrid.net."],
        "TXT": ["v=spf1 ip4:198.51.100.0/24 include:ab.sendgrid.net ~all"],
    },
    "ab.sendgrid.net": {"TXT": ["v=spf1 ip4:203.0.113.0/24 ~all"]},
    "mx.sendgrid.net": {"A": ["198.51.100.9"]},
    "7.100.51.198.in-addr.arpa": {"PTR": ["o7.sendgrid.net."]},
    "o7.sendgrid.net": {"A": ["198.51.100.7"]},
    "s1._domainkey.sendgrid.net": {"TXT": [rsa_key().record]},
}
"""A service with an address, its name, an SPF record with an include, and a key."""

BROKEN = SENDGRID | {
    "shop.example": {
        "A": ["192.0.2.80"],
        "MX": ["10 mx.shop.example."],
        "TXT": ["v=spf1 a -all", "v=spf1 include:_spf.old-mailer.example ~all", "site-verification=abc"],
    },
    "mx.shop.example": {"A": ["192.0.2.81"]},
}
"""What stands in the DNS of the broken shop; _spf.old-mailer.example is gone."""

PUBLISHED = "v=spf1 a include:sendgrid.net ~all"
"""The SPF record that mends it."""

HEALTHY = SENDGRID | {
    "shop.example": {
        "A": ["192.0.2.80"],
        "MX": ["10 mx.shop.example."],
        "TXT": [PUBLISHED],
    },
    "mx.shop.example": {"A": ["192.0.2.81"]},
    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=quarantine; rua=mailto:dmarc@shop.example"]},
    "s1._domainkey.shop.example": {"TXT": [rsa_key().record]},
}
"""What stands in the DNS of the healthy one."""

TRACE = (
    b"Return-Path: <bounces+1234-taro=docomo.ne.jp@sendgrid.net>\r\n"
    b"Authentication-Results: mx.docomo.ne.jp; spf=pass smtp.mailfrom=taro=docomo.ne.jp@sendgrid.net\r\n"
    b"Received: from o7.sendgrid.net (o7.sendgrid.net [198.51.100.7])\r\n"
    b" by mx.docomo.ne.jp with ESMTPS id 1; Sun, 22 Nov 2026 10:00:05 +0900\r\n"
)
"""What the mailbox put on top: bounces carry the customer's address, as those of many services do."""


def signed_mail(*domains: str) -> bytes:
    """Return an order mail as it arrived, with a signature for each domain."""
    content = MAIL
    for domain in domains:
        content = sign(content, rsa_key(), domain=domain)
    return TRACE + content


CUSTOMERS = (
    *(f"hanako{number}@docomo.ne.jp" for number in range(30)),
    *(f"hanako{number}@gmail.com" for number in range(40)),
    *(f"hanako{number}@yahoo.co.jp" for number in range(15)),
    *(f"hanako{number}@ezweb.ne.jp" for number in range(10)),
    "hanako@softbank.ne.jp",
    "hanako@customer.example",
    "hanako@gone.example",
    "no address",
)
"""99 customers."""
