"""DnsResolver over real UDP and TCP sockets, against the loopback name server."""

import asyncio
import socket
import time
from collections.abc import Iterator

import pytest

from deliv.core.errors import SettingsErrors
from deliv.core.question import Answer, AnswerStatus, Query, RecordType, Trouble
from deliv.sources.resolver import DnsResolver
from tests.nameserver import Fault, Nameserver, Records

ZONE: dict[str, Records] = {
    "shop.example": {"MX": ["20 mx2.shop.example.", "10 MX1.Shop.example."], "TXT": ["v=spf1 -all"]},
    "mx1.shop.example": {"A": ["192.0.2.1"], "AAAA": ["2001:db8::1"]},
    "null.example": {"MX": ["0 ."]},
    "deep.below.example": {"A": ["192.0.2.2"]},
    "www.example": {"CNAME": ["alias.example."]},
    "alias.example": {"CNAME": ["shop.example."]},
    "dangling.example": {"CNAME": ["nowhere.elsewhere.example."]},
    "halfway.example": {"CNAME": ["deep.below.example."]},
    "big.example": {"TXT": ["v=spf1 -all", "x" * 1500, "y" * 1500]},
    "dkim.example": {"TXT": [("v=DKIM1; k=rsa; p=", "A" * 300, "=="), "second"]},
    "latin1.example": {"TXT": [b"v=spf1 caf\xe9 -all"]},
    "japanese.example": {"TXT": ["日本語"]},
    "quoted.example": {"TXT": ['a "b" \\c; d']},
}


def query(name: str, kind: str = "MX") -> Query:
    return Query(name=name, type=RecordType(kind))


def resolve(server: Nameserver, name: str, kind: str = "MX", *, timeout: float = 2.0) -> Answer:
    resolver = DnsResolver(nameservers=[server.address], timeout=timeout)
    return asyncio.run(resolver.resolve(query(name, kind)))


@pytest.fixture
def server() -> Iterator[Nameserver]:
    with Nameserver(ZONE) as running:
        yield running


def closed_port() -> str:
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


# --- the four answers -----------------------------------------------------------------------------


def test_records_that_exist_are_found_with_their_ttl(server: Nameserver) -> None:
    answer = resolve(server, "shop.example")
    assert answer.status is AnswerStatus.FOUND
    assert sorted(text.lower() for text in answer.texts) == ["10 mx1.shop.example.", "20 mx2.shop.example."]
    assert answer.ttl == 300
    assert server.transports == {"udp": [("shop.example", "MX")], "tcp": []}


@pytest.mark.parametrize(
    ("name", "kind", "texts"),
    [
        ("mx1.shop.example", "A", ("192.0.2.1",)),
        ("mx1.shop.example", "AAAA", ("2001:db8::1",)),
        ("shop.example", "TXT", ("v=spf1 -all",)),
        ("null.example", "MX", ("0 .",)),
    ],
)
def test_each_record_type_comes_in_presentation_form(
    server: Nameserver, name: str, kind: str, texts: tuple[str, ...]
) -> None:
    assert resolve(server, name, kind).texts == texts


@pytest.mark.parametrize(
    "name", ["mx1.shop.example", "below.example"], ids=["other-types-only", "empty-non-terminal"]
)
def test_a_name_without_such_records_is_nodata(server: Nameserver, name: str) -> None:
    answer = resolve(server, name)
    assert (answer.status, answer.texts) == (AnswerStatus.NODATA, ())


def test_a_name_that_does_not_exist_is_nxdomain(server: Nameserver) -> None:
    assert resolve(server, "gone.example").status is AnswerStatus.NXDOMAIN


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        pytest.param(Fault(rcode="SERVFAIL"), Trouble.SERVFAIL, id="SERVFAIL"),
        pytest.param(Fault(rcode="REFUSED"), Trouble.REFUSED, id="REFUSED"),
        pytest.param(Fault(rcode="NOTIMP"), Trouble.SERVFAIL, id="NOTIMP"),
        pytest.param(Fault(rcode="FORMERR"), Trouble.SERVFAIL, id="FORMERR"),
        pytest.param(Fault(silent=True), Trouble.TIMEOUT, id="silence"),
        # A packet that is no answer to the question may be forged, so the true one is waited for.
        pytest.param(Fault(garbage=True), Trouble.TIMEOUT, id="garbage"),
        pytest.param(Fault(wrong_id=True), Trouble.TIMEOUT, id="wrong-message-id"),
    ],
)
@pytest.mark.parametrize("name", ["shop.example", "gone.example"], ids=["existing", "missing"])
def test_a_failure_is_a_temporary_error_with_its_reason(name: str, fault: Fault, trouble: Trouble) -> None:
    with Nameserver(ZONE, fault=fault) as server:
        answer = resolve(server, name, timeout=0.5)
    assert (answer.status, answer.trouble) == (AnswerStatus.TEMPERROR, trouble)
    assert answer.texts == ()


def test_a_port_where_nobody_listens_is_a_temporary_error() -> None:
    resolver = DnsResolver(nameservers=[closed_port()], timeout=0.5)
    answer = asyncio.run(resolver.resolve(query("shop.example")))
    assert answer.status is AnswerStatus.TEMPERROR
    assert answer.trouble in (Trouble.TIMEOUT, Trouble.UNREACHABLE)


@pytest.mark.parametrize(
    "name",
    ["a..example", "a" * 64 + ".example", ".".join(["label"] * 60) + ".example", "."],
    ids=["empty-label", "long-label", "long-name", "root"],
)
def test_a_name_that_dns_cannot_carry_is_a_temporary_error(server: Nameserver, name: str) -> None:
    answer = resolve(server, name)
    assert (answer.status, answer.trouble) == (AnswerStatus.TEMPERROR, Trouble.MALFORMED)
    assert server.questions == []


# --- TCP, lost packets, several servers -----------------------------------------------------------


def test_an_answer_too_big_for_udp_is_asked_again_over_tcp(server: Nameserver) -> None:
    answer = resolve(server, "big.example", "TXT")
    assert sorted(answer.texts) == ["v=spf1 -all", "x" * 1500, "y" * 1500]
    assert server.transports == {"udp": [("big.example", "TXT")], "tcp": [("big.example", "TXT")]}


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("shop.example", AnswerStatus.FOUND),
        ("mx1.shop.example", AnswerStatus.NODATA),
        ("gone.example", AnswerStatus.NXDOMAIN),
    ],
)
def test_truncation_never_changes_the_answer(name: str, status: AnswerStatus) -> None:
    with Nameserver(ZONE, fault=Fault(truncate_udp=True)) as server:
        assert resolve(server, name).status is status
        assert [len(asked) for asked in server.transports.values()] == [1, 1]


def test_garbage_over_tcp_is_a_temporary_error() -> None:
    with Nameserver(ZONE, faults={"shop.example": Fault(truncate_udp=True)}) as server:
        original = server._answer
        server._answer = lambda asked, fault, over: original(  # type: ignore[method-assign]
            asked, Fault(garbage=True) if over == "tcp" else fault, over
        )
        assert resolve(server, "shop.example", timeout=1.0).status is AnswerStatus.TEMPERROR
        assert server.transports["tcp"]


def test_a_lost_packet_is_sent_again() -> None:
    with Nameserver(ZONE, faults={"shop.example": Fault(drop_first=1)}) as server:
        assert resolve(server, "shop.example").status is AnswerStatus.FOUND
        assert server.questions == [("shop.example", "MX")] * 2


def test_two_lost_packets_do_not_use_up_the_time() -> None:
    with Nameserver(ZONE, faults={"shop.example": Fault(drop_first=2)}) as server:
        assert resolve(server, "shop.example", timeout=3.0).status is AnswerStatus.FOUND


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(silent=True), id="silent"),
        pytest.param(Fault(rcode="SERVFAIL"), id="failing"),
        pytest.param(Fault(rcode="REFUSED"), id="refusing"),
        pytest.param(Fault(garbage=True), id="babbling"),
    ],
)
def test_the_second_name_server_answers_when_the_first_is(fault: Fault, server: Nameserver) -> None:
    with Nameserver(ZONE, fault=fault) as first:
        resolver = DnsResolver(nameservers=[first.address, server.address], timeout=2.0)
        assert asyncio.run(resolver.resolve(query("shop.example"))).status is AnswerStatus.FOUND
        assert first.questions
    assert server.questions == [("shop.example", "MX")]


def test_the_second_name_server_answers_when_nobody_listens_at_the_first(server: Nameserver) -> None:
    resolver = DnsResolver(nameservers=[closed_port(), server.address], timeout=2.0)
    assert asyncio.run(resolver.resolve(query("shop.example"))).status is AnswerStatus.FOUND


def test_the_first_name_server_is_believed_when_it_denies_the_name(server: Nameserver) -> None:
    with Nameserver({}) as first:
        resolver = DnsResolver(nameservers=[first.address, server.address], timeout=2.0)
        assert asyncio.run(resolver.resolve(query("shop.example"))).status is AnswerStatus.NXDOMAIN
    assert server.questions == []


def test_many_questions_at_once_get_their_own_answers() -> None:
    zone: dict[str, Records] = {f"d{n}.example": {"A": [f"192.0.2.{n}"]} for n in range(200)}
    with Nameserver(zone) as server:
        resolver = DnsResolver(nameservers=[server.address], timeout=10.0)

        async def ask_all() -> list[Answer]:
            return await asyncio.gather(*(resolver.resolve(query(name, "A")) for name in zone))

        assert [answer.texts for answer in asyncio.run(ask_all())] == [(f"192.0.2.{n}",) for n in range(200)]


# --- aliases --------------------------------------------------------------------------------------


def test_a_chain_of_aliases_inside_one_answer_is_followed(server: Nameserver) -> None:
    answer = resolve(server, "www.example", "TXT")
    assert answer.texts == ("v=spf1 -all",)
    assert server.questions == [("www.example", "TXT")]


def test_an_alias_that_leads_out_of_the_answer_is_asked_about(server: Nameserver) -> None:
    server.zone["nowhere.elsewhere.example"] = {"MX": ["0 ."]}
    one_alias_at_a_time(server)
    answer = resolve(server, "dangling.example")
    assert answer.texts == ("0 .",)
    assert server.questions == [("dangling.example", "MX"), ("nowhere.elsewhere.example", "MX")]


def test_an_alias_to_a_name_that_does_not_exist_is_nxdomain(server: Nameserver) -> None:
    assert resolve(server, "dangling.example").status is AnswerStatus.NXDOMAIN


def test_an_alias_to_a_name_without_such_records_is_nodata(server: Nameserver) -> None:
    assert resolve(server, "halfway.example").status is AnswerStatus.NODATA


@pytest.mark.parametrize("name", ["self.example", "ping.example"], ids=["to-itself", "of-two"])
def test_a_loop_of_aliases_is_a_temporary_error(name: str) -> None:
    zone: dict[str, Records] = {
        "self.example": {"CNAME": ["self.example."]},
        "ping.example": {"CNAME": ["pong.example."]},
        "pong.example": {"CNAME": ["ping.example."]},
    }
    with Nameserver(zone) as server:
        assert resolve(server, name).status is AnswerStatus.TEMPERROR
        assert len(server.questions) <= 16


def one_alias_at_a_time(server: Nameserver) -> None:
    """Make the server answer as one that knows nothing but the name asked for."""
    records = server._records
    server._records = (  # type: ignore[method-assign]
        lambda name: records(name) if name == server.questions[-1][0] else None
    )


@pytest.mark.parametrize(
    ("length", "status"), [(5, AnswerStatus.FOUND), (30, AnswerStatus.TEMPERROR)], ids=["short", "endless"]
)
def test_aliases_over_several_questions_are_followed_with_a_limit(length: int, status: AnswerStatus) -> None:
    zone: dict[str, Records] = {f"a{n}.example": {"CNAME": [f"a{n + 1}.example."]} for n in range(length)}
    zone[f"a{length}.example"] = {"MX": ["0 ."]}
    with Nameserver(zone) as server:
        one_alias_at_a_time(server)
        assert resolve(server, "a0.example").status is status
        assert len(server.questions) <= 10


# --- TXT ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("dkim.example", ["second", "v=DKIM1; k=rsa; p=" + "A" * 300 + "=="]),
        ("latin1.example", ["v=spf1 caf\udce9 -all"]),
        ("japanese.example", ["日本語"]),
        ("quoted.example", ['a "b" \\c; d']),
    ],
    ids=["character-strings-joined", "not-utf-8", "utf-8", "quotes-unescaped"],
)
def test_text_records_come_as_they_are(server: Nameserver, name: str, texts: list[str]) -> None:
    assert sorted(resolve(server, name, "TXT").texts) == texts


def test_the_order_of_the_answer_does_not_hang_on_chance(server: Nameserver) -> None:
    server.zone["turns.example"] = {"TXT": ["b", "a", "d", "c"], "MX": ["20 a.", "5 b.", "10 c."]}
    for _ in range(5):
        assert resolve(server, "turns.example", "TXT").texts == ("a", "b", "c", "d")
        assert resolve(server, "turns.example", "MX").texts == ("5 b.", "10 c.", "20 a.")


def test_bytes_that_are_not_utf_8_can_be_had_back(server: Nameserver) -> None:
    (text,) = resolve(server, "latin1.example", "TXT").texts
    assert text.encode("utf-8", "surrogateescape") == b"v=spf1 caf\xe9 -all"


# --- time -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["MX", "TXT"])
def test_silence_costs_the_timeout_and_no_more(kind: str) -> None:
    with Nameserver(ZONE, fault=Fault(silent=True)) as server:
        started = time.monotonic()
        assert resolve(server, "shop.example", kind, timeout=0.5).trouble is Trouble.TIMEOUT
        assert time.monotonic() - started < 2.5
        assert len(server.questions) >= 2  # one lost packet would not have mattered


def test_several_silent_servers_cost_no_more_than_one() -> None:
    silent = Fault(silent=True)
    with Nameserver({}, fault=silent) as one, Nameserver({}, fault=silent) as two:
        resolver = DnsResolver(nameservers=[one.address, two.address], timeout=0.5)
        started = time.monotonic()
        assert asyncio.run(resolver.resolve(query("shop.example"))).trouble is Trouble.TIMEOUT
        assert time.monotonic() - started < 2.5


def test_slow_aliases_share_the_time_of_one_question() -> None:
    zone: dict[str, Records] = {f"a{n}.example": {"CNAME": [f"a{n + 1}.example."]} for n in range(8)}
    with Nameserver(zone, fault=Fault(delay=0.4)) as server:
        one_alias_at_a_time(server)
        started = time.monotonic()
        assert resolve(server, "a0.example", timeout=1.0).trouble is Trouble.TIMEOUT
        assert time.monotonic() - started < 2.5


def test_an_answer_that_is_late_but_in_time_counts() -> None:
    with Nameserver(ZONE, fault=Fault(delay=0.2)) as server:
        assert resolve(server, "shop.example", timeout=5.0).status is AnswerStatus.FOUND


# --- how name servers are written -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("192.0.2.53", "192.0.2.53", 53),
        ("127.0.0.1:5353", "127.0.0.1", 5353),
        ("::1", "::1", 53),
        ("2001:db8::53", "2001:db8::53", 53),
        ("[::1]", "::1", 53),
        ("[::1]:5353", "::1", 5353),
    ],
)
def test_a_name_server_is_an_address_with_or_without_a_port(text: str, host: str, port: int) -> None:
    (server,) = DnsResolver(nameservers=[text])._resolver.nameservers
    assert (server.address, server.port) == (host, port)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "dns.example", "dns.example:53", "192.0.2", "192.0.2.53:", "192.0.2.53:0"),
        *("192.0.2.53:65536", "192.0.2.53:-1", "192.0.2.53:５３", "192.0.2.53:53:53", "[::1", "[::1]:"),
        *("[::1]5353", "[]:53", "[::1]:x", "https://192.0.2.53/", "192.0.2.53 192.0.2.54"),
    ],
)
def test_anything_else_is_refused_with_the_spelling_to_use(text: str) -> None:
    with pytest.raises(SettingsErrors) as caught:
        DnsResolver(nameservers=["127.0.0.1", text])
    message = str(caught.value)
    assert f"“{text}” is no name server; write its IP address" in message
    assert "192.0.2.53:5353" in message


def test_a_computer_without_name_servers_gets_temporary_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    import dns.resolver

    def unreadable(*_: object) -> None:
        raise dns.resolver.NoResolverConfiguration("cannot open /etc/resolv.conf")

    for reader in ("read_resolv_conf", "read_registry"):
        monkeypatch.setattr(dns.resolver.BaseResolver, reader, unreadable)
    answer = asyncio.run(DnsResolver().resolve(query("shop.example")))
    assert (answer.status, answer.trouble) == (AnswerStatus.TEMPERROR, Trouble.UNREACHABLE)
    assert "resolv.conf" in answer.detail
