"""What the property tests are tried on."""

import string

from hypothesis import strategies as st

from deliv.core.auth.dmarc import DmarcRecord
from deliv.core.auth.spf import Mechanism, Modifier, Qualifier, SpfRecord
from deliv.core.rules import Basis, Effect
from tests.zone import TEMPERROR

ANY_TEXT = st.text(st.characters(), max_size=80)
"""Text with everything that a Python string can hold, lone surrogates too."""

NEAR_ADDRESS = st.text(
    st.sampled_from("aB1.-_+@@..\"'<> :,;()[]\t\n\x00\x7f\u3000\u200bあ日＠．ｅ。ßİK\u0301éxn--jp\udc83"),
    max_size=40,
)
"""Text of the characters that matter in addresses."""

NEAR_CELL = st.lists(
    st.sampled_from(
        [
            *(
                "taro@shop.example",
                "mailto:",
                "MAILTO:",
                "<",
                ">",
                "＜",
                "＞",
                " ",
                "\t",
                "\u3000",
                "\u200b",
                "@",
            ),
            *("＠", "ｍａｉｌｔｏ：", "山田", "\n", "\x7f", "a", "ｂ", "。", "\u00ad", '"', ","),
        ]
    ),
    max_size=10,
).map("".join)
"""Cells as people paste them, and worse."""

NEAR_SPF = st.lists(
    st.sampled_from(
        [
            *(
                "a",
                "mx",
                "ptr",
                "all",
                "ip4",
                "ip6",
                "include",
                "exists",
                "redirect",
                "exp",
                "moo",
                ":",
                "=",
                "/",
            ),
            *(
                "//",
                "24",
                "0",
                "129",
                "-",
                "~",
                "+",
                "?",
                " ",
                "shop.example",
                "192.0.2.1",
                "2001:db8::",
                "%{d}",
            ),
            *("%{d0}", "%", "%%", "\t", "é", "\n", "."),
        ]
    ),
    max_size=8,
).map(lambda parts: "v=spf1 " + "".join(parts))
"""Texts that claim to be SPF records."""

NEAR_DMARC = st.lists(
    st.sampled_from(
        [
            *(
                "p=none",
                "p=reject",
                "sp=x",
                "np=none",
                "rua=mailto:d@shop.example",
                "rua=d",
                "t=y",
                "psd=n",
                ";",
            ),
            *("; ", "=", " ", "x=", "pct=10", "é", "\n", "\u3000", "\x1c", "P"),
        ]
    ),
    max_size=10,
).map(lambda parts: "v=DMARC1;" + "".join(parts))
"""Texts that claim to be DMARC records."""

_ATEXT = string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~"
_LABEL = st.from_regex(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,8}[A-Za-z0-9])?", fullmatch=True) | st.sampled_from(
    ["a--b", "ab--cd", "xn--a", "xn--wgv71a119e"]
)
_TOP = st.sampled_from(["example", "com", "jp", "co.jp", "ne.jp", "EXAMPLE", "xyz"])

DOMAINS = st.builds(
    lambda labels, top: ".".join([*labels, top]), st.lists(_LABEL, min_size=1, max_size=4), _TOP
)
"""Host names, some in capitals, some with two hyphens in a row."""

ASCII_ADDRESSES = st.builds(
    lambda atoms, domain: f"{'.'.join(atoms)}@{domain}",
    st.lists(st.text(st.sampled_from(_ATEXT), min_size=1, max_size=25), min_size=1, max_size=4),
    DOMAINS,
)
"""Ordinary addresses, some of them too long."""

_MACROS = st.builds(
    lambda letter, digits, reverse, delimiters: f"%{{{letter}{digits}{reverse}{delimiters}}}",
    st.sampled_from("slodiphvSLODIPHV"),
    st.sampled_from(["", "1", "2", "128"]),
    st.sampled_from(["", "r", "R"]),
    st.sampled_from(["", "-", ".+,/_="]),
)
_PIECES = st.one_of(_LABEL, _MACROS, st.sampled_from(["%%", "%_", "%-", "_spf", "a/24", "x:y"]))
DOMAIN_SPECS = st.builds(
    lambda pieces, end: ".".join([*pieces, end]),
    st.lists(_PIECES, min_size=1, max_size=3),
    st.one_of(st.sampled_from(["example", "example.", "xn--p1ai", "x1"]), _MACROS),
)
"""What RFC 7208 section 7.1 calls a domain-spec."""

_QUALIFIERS = st.sampled_from(Qualifier)
_PREFIX4 = st.none() | st.integers(0, 32)
_PREFIX6 = st.none() | st.integers(0, 128)


def _mechanism(names, **parts):
    return st.builds(Mechanism, qualifier=_QUALIFIERS, name=st.sampled_from(names), **parts)


MECHANISMS = st.one_of(
    _mechanism(["all", "a", "mx", "ptr"]),
    _mechanism(["include", "exists", "a", "mx", "ptr"], value=DOMAIN_SPECS),
    _mechanism(["a", "mx"], value=st.just("") | DOMAIN_SPECS, prefix4=_PREFIX4, prefix6=_PREFIX6),
    _mechanism(["ip4"], value=st.ip_addresses(v=4).map(str), prefix4=_PREFIX4),
    _mechanism(["ip6"], value=st.ip_addresses(v=6).map(str), prefix6=_PREFIX6),
)
_UNKNOWN_MODIFIERS = st.builds(
    Modifier,
    name=st.from_regex(r"[a-z][a-z0-9._-]{0,6}", fullmatch=True).filter(
        lambda n: n not in {"redirect", "exp"}
    ),
    value=st.text(st.sampled_from("abc019!~=:/.,;<>"), max_size=8),
)
_KNOWN_MODIFIERS = st.lists(
    st.builds(Modifier, name=st.sampled_from(["redirect", "exp"]), value=DOMAIN_SPECS),
    max_size=2,
    unique_by=lambda modifier: modifier.name,
)

SPF_RECORDS = st.builds(
    lambda terms, modifiers, order: SpfRecord(
        terms=tuple(order.sample([*terms, *modifiers], len(terms) + len(modifiers)))
    ),
    st.lists(st.one_of(MECHANISMS, _UNKNOWN_MODIFIERS), max_size=6),
    _KNOWN_MODIFIERS,
    st.randoms(use_true_random=False),
)
"""Records that follow the grammar, terms in any order."""

_POLICIES = st.sampled_from(["none", "quarantine", "reject", "Reject"])
_OTHER_TAGS = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True).filter(lambda n: n not in {"p", "sp", "np", "v"}),
    st.from_regex(r"[!-:<-~](?:[ -:<-~]{0,12}[!-:<-~])?|", fullmatch=True),
    max_size=4,
)


@st.composite
def dmarc_records(draw):
    """Return records that count: a valid policy, or else a valid address for reports."""
    tags = draw(_OTHER_TAGS)
    if draw(st.booleans()):
        tags["p"] = draw(_POLICIES)
        tags |= draw(st.fixed_dictionaries({}, optional={"sp": _POLICIES, "np": _POLICIES}))
    else:
        tags |= {"p": draw(st.sampled_from(["", "x", "rejected"])), "rua": "mailto:d@shop.example"}
    order = draw(st.permutations(list(tags)))
    return DmarcRecord(tags=tuple((name, tags[name]) for name in order))


EFFECTS = st.builds(
    Effect,
    spam=st.floats(0, 40),
    missing=st.floats(0, 40),
    least_spam=st.sampled_from([0.0, 0.3, 0.6, 0.95]),
    least_missing=st.sampled_from([0.0, 0.3, 0.6, 0.95]),
    basis=st.sampled_from(Basis),
)

_HOSTS = ("mx1.customer.example", "mx2.customer.example", "mx.elsewhere.example")
_ADDRESSES = st.fixed_dictionaries(
    {},
    optional={
        "A": st.sampled_from([["192.0.2.1"], ["10.0.0.1"], ["10.0.0.1", "192.0.2.1"], TEMPERROR]),
        "AAAA": st.sampled_from([["2001:db8::1"], ["fe80::1"], TEMPERROR]),
        "TXT": st.sampled_from(
            [
                ["x"],
                ["v=spf1 -all"],
                ["v=spf1 mx ~all"],
                ["v=spf1 moo"],
                ["v=spf1 +all"],
                ["v=spf1", "v=spf1"],
                TEMPERROR,
            ]
        ),
    },
)
_MX = st.one_of(
    st.just(["0 ."]),
    st.lists(
        st.sampled_from([f"{n}0 {host}." for n, host in enumerate(_HOSTS)]),
        min_size=1,
        max_size=3,
        unique=True,
    ),
    st.just(TEMPERROR),
)
_DMARC = st.sampled_from(
    [
        *(
            ["v=DMARC1; p=none"],
            ["v=DMARC1; p=none; np=reject"],
            ["v=DMARC1; p=reject; psd=n"],
            ["v=DMARC1; p=reject; psd=y"],
        ),
        *(["v=DMARC1; p=x"], ["v=DMARC1; p=none"] * 2, ["other"], TEMPERROR),
    ]
)


@st.composite
def zones(draw, *domains):
    """Return a zone around these domains: mail hosts, SPF and DMARC, dead or alive."""
    zone = {}
    for name in (*domains, *_HOSTS):
        if draw(st.booleans()):
            zone[name] = dict(draw(_ADDRESSES))
            if name in domains and draw(st.booleans()):
                zone[name]["MX"] = draw(_MX)
    for name in ("mail.shop.example", "shop.example", "example"):
        if draw(st.booleans()):
            zone[f"_dmarc.{name}"] = {"TXT": draw(_DMARC)}
    return zone


KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
"""A key record that can be used."""
_SHORT_KEY = (
    "v=DKIM1; k=rsa; t=y; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCyOMkyraeDoRie9DYAX2DlSXDnFSe"
    "k0Ec+W2nrN5HRQLS6ATFqfjOGsLSK8oR18mpb9GY6MdQldE/koBd8bH1kt+SvzcMCmgNrPDmTiWTn/vEBK3Nlfuy9Q"
    "UfmgaLOv8211OudsYiVW5nPGb3bc2X7AWTEmmmDhL2MYr29FX1tDQIDAQAB"
)
_SPF_TERMS = st.sampled_from(
    [
        *("a", "mx", "ip4:192.0.2.25", "ip4:198.51.100.0/24", "include:spf.esp.example", "ptr"),
        *("include:gone.example", "include:broken.example", "ipv4:192.0.2.25", "moo", "a:gone.example"),
        *("exists:%{i}.allow.example", "include:spf.esp.example"),
    ]
)
_SPF_ENDS = st.sampled_from(["-all", "~all", "?all", "+all", "", "redirect=spf.esp.example", "-all a"])
_SPF_TEXTS = st.builds(
    lambda terms, end: " ".join(filter(None, ["v=spf1", *terms, end])),
    st.lists(_SPF_TERMS, max_size=4),
    _SPF_ENDS,
)
_SENDER_TEXTS = st.lists(st.one_of(_SPF_TEXTS, st.just("other")), max_size=3, unique=True)
_ESP_TEXTS = st.sampled_from(
    [
        ["v=spf1 ip4:198.51.100.0/24 -all"],
        ["v=spf1 include:net1.esp.example include:net2.esp.example -all"],
        ["v=spf1 include:net1.esp.example ip4:203.0.113.0/24 -all"],
        ["v=spf1 a -all"],
    ]
)
_SENDER_DMARC = st.lists(
    st.sampled_from(
        [
            *("v=DMARC1; p=none", "v=DMARC1; p=reject; adkim=s", "v=DMARC1; p=x", "other"),
            *(
                "v=DMARC1; p=quarantine; rua=mailto:d@reports.example; pct=50",
                "v=DMARC1; rua=mailto:d@shop.example",
            ),
        ]
    ),
    max_size=2,
    unique=True,
)
_KEYS = st.sampled_from(
    [[KEY], [_SHORT_KEY], ["v=DKIM1; p="], ["v=DKIM1; k=rsa; p=AAAA"], [KEY, _SHORT_KEY], []]
)
_LISTED = st.sampled_from([["127.0.0.2"], ["127.0.1.2"], []])
_POLICY = st.sampled_from([["v=STSv1; id=1;"], ["v=STSv1;"], ["v=TLSRPTv1; rua=mailto:t@shop.example"], []])
_SENDER_RECORDS = {
    **{
        name: {"A": st.sampled_from([["192.0.2.25"], ["192.0.2.9"], []])}
        for name in ("mx.shop.example", "mail.shop.example")
    },
    "shop.example": {
        "MX": st.sampled_from([["10 mx.shop.example."], ["0 ."], []]),
        "A": st.sampled_from([["192.0.2.25"], []]),
        "TXT": _SENDER_TEXTS,
        "CNAME": st.sampled_from([["shops.hosting.example."], []]),
    },
    "bounce.shop.example": {"TXT": _SENDER_TEXTS},
    "reply.example": {"A": st.sampled_from([["192.0.2.1"], []])},
    "spf.esp.example": {"TXT": _ESP_TEXTS, "A": st.just(["198.51.100.9"])},
    "bounce.esp.example": {"TXT": _ESP_TEXTS},
    "net1.esp.example": {"TXT": st.just(["v=spf1 ip4:198.51.100.0/24 -all"])},
    "net2.esp.example": {"TXT": st.just(["v=spf1 ip4:203.0.113.0/24 -all"])},
    "broken.example": {"TXT": st.just(["v=spf1 moo"])},
    "_dmarc.shop.example": {"TXT": _SENDER_DMARC, "CNAME": st.sampled_from([["gone.example."], []])},
    "_dmarc.example": {"TXT": _SENDER_DMARC},
    "_dmarc.esp.example": {"TXT": _SENDER_DMARC},
    "s1._domainkey.shop.example": {"TXT": _KEYS},
    "s2._domainkey.shop.example": {"TXT": _KEYS},
    "s1._domainkey.esp.example": {"TXT": _KEYS},
    "deliv-probe-4f1c.shop.example": {"TXT": st.sampled_from([["x"], []])},
    "deliv-probe-4f1c._domainkey.shop.example": {"TXT": _KEYS},
    "25.2.0.192.in-addr.arpa": {"PTR": st.sampled_from([["mail.shop.example."], []])},
    "shop.example._report._dmarc.reports.example": {"TXT": st.sampled_from([["v=DMARC1"], []])},
    "_mta-sts.shop.example": {"TXT": _POLICY},
    "_smtp._tls.shop.example": {"TXT": _POLICY},
    "dbltest.com.dbl.spamhaus.org": {"A": st.just(["127.0.1.2"])},
    "shop.example.dbl.spamhaus.org": {"A": _LISTED},
    "2.0.0.127.zen.spamhaus.org": {"A": st.just(["127.0.0.2"])},
    "25.2.0.192.zen.spamhaus.org": {"A": _LISTED},
    "1.0.0.127.zen.spamhaus.org": {"A": _LISTED},
}


@st.composite
def sender_zones(draw):
    """Return a zone around a shop that sends: its records, those of its service, good or bad."""
    zone = {}
    for name, types in _SENDER_RECORDS.items():
        if draw(st.booleans()):
            records = {kind: draw(texts) for kind, texts in types.items()}
            zone[name] = {kind: texts for kind, texts in records.items() if texts}
    return zone


def uses_ptr(zone):
    """Whether a record names the mechanism that passes over names whose look-up fails."""
    return any("ptr" in text.split() for records in zone.values() for text in records.get("TXT", ()))
