"""The test DNS server, as a dnspython client sees it over real sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver
import pytest

from tests.nameserver import CANARIES, Fault, Nameserver, Records

ZONE: dict[str, Records] = {
    "shop.example": {"MX": ["10 mx.shop.example.", "20 mx2.shop.example."], "TXT": ["v=spf1 -all"]},
    "mx.shop.example": {"A": ["192.0.2.1"]},
    "a.deep.shop.example": {"A": ["192.0.2.2"]},
    "www.shop.example": {"CNAME": ["alias.shop.example."]},
    "alias.shop.example": {"CNAME": ["mx.shop.example."]},
    "away.shop.example": {"CNAME": ["host.elsewhere.test."]},
    "loop.shop.example": {"CNAME": ["loop.shop.example."]},
    "*.wild.example": {"MX": ["0 ."]},
    "host.wild.example": {"A": ["192.0.2.3"]},
    "key.example": {"TXT": ["k" * 300, ("two ", b'"\xff\\'), ""]},
    "big.example": {"TXT": ["x" * 1000, "y" * 1000]},
    "medium.example": {"TXT": ["z" * 700]},
}


@pytest.fixture
def server() -> Iterator[Nameserver]:
    with Nameserver(ZONE) as running:
        yield running


def udp(
    server: Nameserver, name: str, kind: str, *, timeout: float = 5, edns: bool = True
) -> dns.message.Message:
    query = dns.message.make_query(name, kind, use_edns=edns, payload=1232 if edns else 0)
    return dns.query.udp(query, server.host, timeout, server.port)


def tcp(server: Nameserver, name: str, kind: str, *, timeout: float = 5) -> dns.message.Message:
    return dns.query.tcp(dns.message.make_query(name, kind), server.host, timeout, server.port)


def answers(message: dns.message.Message) -> list[str]:
    return sorted(str(record) for rrset in message.answer for record in rrset)


def test_found_over_udp_and_tcp(server: Nameserver) -> None:
    wanted = ["10 mx.shop.example.", "20 mx2.shop.example."]
    assert [text.lower() for text in answers(udp(server, "Shop.Example", "MX"))] == wanted
    assert answers(tcp(server, "shop.example.", "MX")) == wanted
    assert server.questions == [("shop.example", "MX")] * 2
    assert server.transports == {"udp": [("shop.example", "MX")], "tcp": [("shop.example", "MX")]}


@pytest.mark.parametrize(
    ("name", "rcode"),
    [
        ("shop.example", "NOERROR"),
        ("deep.shop.example", "NOERROR"),  # an empty non-terminal
        ("wild.example", "NOERROR"),  # exists because of the wildcard below it
        ("gone.shop.example", "NXDOMAIN"),
        ("hop.example", "NXDOMAIN"),  # ends like a name of the zone, but not at a label
    ],
)
def test_negative_answers_carry_a_soa(server: Nameserver, name: str, rcode: str) -> None:
    response = udp(server, name, "AAAA")
    assert dns.rcode.to_text(response.rcode()) == rcode
    assert not response.answer
    assert [rrset.rdtype for rrset in response.authority] == [dns.rdatatype.SOA]


def test_soa_of_the_zone_is_preferred(server: Nameserver) -> None:
    server.zone["shop.example"]["SOA"] = ["ns.shop.example. root.shop.example. 7 1 1 1 60"]
    assert str(udp(server, "gone.shop.example", "A").authority[0].name) == "shop.example."


def test_cname_chain_is_followed_inside_the_zone(server: Nameserver) -> None:
    response = udp(server, "www.shop.example", "A")
    assert [str(rrset.name) for rrset in response.answer] == [
        "www.shop.example.",
        "alias.shop.example.",
        "mx.shop.example.",
    ]
    assert answers(udp(server, "www.shop.example", "CNAME")) == ["alias.shop.example."]
    no_data = udp(server, "www.shop.example", "MX")
    assert (len(no_data.answer), len(no_data.authority)) == (2, 1)


def test_cname_out_of_the_zone_and_in_a_loop(server: Nameserver) -> None:
    for name, target in (("away", "host.elsewhere.test."), ("loop", "loop.shop.example.")):
        response = udp(server, f"{name}.shop.example", "A")
        assert (response.rcode(), answers(response)) == (dns.rcode.NOERROR, [target])


def test_end_of_a_cname_chain_can_fail(server: Nameserver) -> None:
    server.faults["host.elsewhere.test"] = Fault(rcode="NXDOMAIN")
    response = udp(server, "away.shop.example", "A")
    assert (response.rcode(), answers(response)) == (dns.rcode.NXDOMAIN, ["host.elsewhere.test."])


def test_wildcard(server: Nameserver) -> None:
    assert answers(udp(server, "any.wild.example", "MX")) == ["0 ."]
    assert answers(udp(server, "a.b.wild.example", "MX")) == ["0 ."]
    assert not udp(server, "host.wild.example", "MX").answer
    assert udp(server, "below.host.wild.example", "MX").rcode() == dns.rcode.NXDOMAIN
    server.zone = {"*": {"A": ["203.0.113.1"]}}
    assert answers(udp(server, "anything.test", "A")) == ["203.0.113.1"]


def test_txt_strings(server: Nameserver) -> None:
    (rrset,) = udp(server, "key.example", "TXT").answer
    assert {record.strings for record in rrset} == {
        (b"k" * 255, b"k" * 45),
        (b"two ", b'"\xff\\'),
        (b"",),
    }


def test_large_answer_is_truncated_and_whole_over_tcp(server: Nameserver) -> None:
    short = udp(server, "big.example", "TXT")
    assert short.flags & dns.flags.TC
    assert not short.answer
    (rrset,) = tcp(server, "big.example", "TXT").answer
    assert len(rrset) == 2
    assert udp(server, "medium.example", "TXT").answer
    assert udp(server, "medium.example", "TXT", edns=False).flags & dns.flags.TC


def test_truncate_udp_makes_a_resolver_use_tcp(server: Nameserver) -> None:
    server.faults["mx.shop.example"] = Fault(truncate_udp=True)
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [server.host], server.port
    assert [str(record) for record in resolver.resolve("mx.shop.example", "A")] == ["192.0.2.1"]
    assert server.transports["udp"] == server.transports["tcp"] == [("mx.shop.example", "A")]


@pytest.mark.parametrize("rcode", ["SERVFAIL", "REFUSED", "NXDOMAIN"])
def test_rcode_by_name_and_by_type(server: Nameserver, rcode: str) -> None:
    server.faults["shop.example", "MX"] = Fault(rcode=rcode)
    server.faults["mx.shop.example"] = Fault(rcode=rcode)
    assert dns.rcode.to_text(udp(server, "shop.example", "MX").rcode()) == rcode
    assert answers(udp(server, "shop.example", "TXT")) == ['"v=spf1 -all"']
    assert dns.rcode.to_text(tcp(server, "mx.shop.example", "A").rcode()) == rcode


def test_silence(server: Nameserver) -> None:
    server.fault = Fault(silent=True)
    for ask in (udp, tcp):
        with pytest.raises(dns.exception.Timeout):
            ask(server, "shop.example", "MX", timeout=0.2)
    assert len(server.questions) == 2


def test_drop_first_counts_by_name(server: Nameserver) -> None:
    server.fault = Fault(drop_first=1)
    for name in ("shop.example", "mx.shop.example"):
        with pytest.raises(dns.exception.Timeout):
            udp(server, name, "TXT", timeout=0.2)
        assert udp(server, name, "TXT").rcode() == dns.rcode.NOERROR


def test_delay_does_not_hold_up_other_questions(server: Nameserver) -> None:
    server.faults["shop.example"] = Fault(delay=0.3)
    ended: dict[str, float] = {}

    def ask(name: str) -> None:
        udp(server, name, "A")
        ended[name] = time.monotonic()

    began = time.monotonic()
    slow = threading.Thread(target=ask, args=("shop.example",))
    slow.start()
    ask("mx.shop.example")
    slow.join()
    assert ended["shop.example"] - began >= 0.29
    assert ended["mx.shop.example"] < ended["shop.example"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(wrong_id=True), dns.query.BadResponse),
        (Fault(garbage=True), dns.exception.FormError),
    ],
)
def test_malformed_answers(server: Nameserver, fault: Fault, error: type[Exception]) -> None:
    server.fault = fault
    for ask in (udp, tcp):
        with pytest.raises(error):
            ask(server, "shop.example", "MX")


def test_deny_all_and_canaries() -> None:
    with Nameserver(CANARIES | {"shop.example": {"A": ["192.0.2.9"]}}, ttl=7) as server:
        for domain in (
            "gmail.com",
            "yahoo.co.jp",
            "docomo.ne.jp",
            "outlook.com",
            "icloud.com",
            "shop.example",
        ):
            (rrset,) = udp(server, domain, "A").answer
            assert rrset.ttl == 7
        server.deny_all = True
        assert udp(server, "gmail.com", "MX").rcode() == dns.rcode.NXDOMAIN


def test_changes_while_running(server: Nameserver) -> None:
    assert udp(server, "new.example", "A").rcode() == dns.rcode.NXDOMAIN
    server.zone["new.example"] = {"A": ["192.0.2.4"]}
    assert answers(udp(server, "new.example", "A")) == ["192.0.2.4"]


def test_several_questions_in_one_tcp_connection_and_noise(server: Nameserver) -> None:
    query = dns.message.make_query("mx.shop.example", "A").to_wire()
    framed = len(query).to_bytes(2) + query
    with socket.create_connection((server.host, server.port), timeout=5) as connection:
        connection.sendall(b"\0\3abc" + framed + framed[:1])
        assert dns.query.receive_tcp(connection)[0].answer
        connection.sendall(framed[1:])
        assert dns.query.receive_tcp(connection)[0].answer


def test_unservable_record_is_reported_at_the_end() -> None:
    with (
        pytest.raises(RuntimeError, match="zone"),
        Nameserver({"bad.example": {"A": ["not an address"]}}) as server,
    ):
        assert udp(server, "bad.example", "A").rcode() == dns.rcode.SERVFAIL


def test_nothing_is_left_running() -> None:
    with Nameserver(ZONE) as server:
        open_connection = socket.create_connection((server.host, server.port))
    with open_connection, pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port)).close()
    assert not [thread for thread in threading.enumerate() if thread.name == "nameserver"]
