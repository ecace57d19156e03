"""A small real DNS server on 127.0.0.1 for tests, answering from a dictionary and failing on request."""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self, cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.TXT
import dns.rrset

Text = str | bytes
Value = Text | tuple[Text, ...]  # a tuple is one TXT record of several character-strings
Records = Mapping[str, Sequence[Value]]  # by type: {"MX": ["10 mx.shop.example."]}
Question = tuple[str, str]  # name and type: ("shop.example", "MX")
Transport = Literal["udp", "tcp"]
Send = Callable[[bytes], None]
Receive = Callable[[bytes, Transport, Send], None]

CANARIES: dict[str, Records] = {
    name: records
    for number, domain in enumerate(
        ("gmail.com", "yahoo.co.jp", "docomo.ne.jp", "outlook.com", "icloud.com"), start=1
    )
    for name, records in (
        (domain, {"MX": [f"10 mx.{domain}."], "A": [f"198.51.100.{number}"]}),
        (f"mx.{domain}", {"A": [f"198.51.100.{100 + number}"]}),
    )
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with the answers to a name, or to all names; the fields combine."""

    rcode: str | None = None  # answer with this code and no records: "SERVFAIL", "REFUSED", ...
    silent: bool = False  # never answer, over UDP or TCP
    delay: float = 0.0  # seconds before the answer; other questions are not held up
    drop_first: int = 0  # this many UDP packets for the name are lost, over the server's whole life
    truncate_udp: bool = False  # over UDP answer TC and no records
    wrong_id: bool = False  # answer under another message id
    garbage: bool = False  # answer with the right id and a body that cannot be parsed


class Nameserver:
    """A context manager; `zone`, `fault`, `faults` and `deny_all` may be changed while it runs.

    Keys of `faults` are a name or a (name, type); the closest match replaces the server-wide `fault`.
    """

    def __init__(
        self,
        zone: Mapping[str, Records],
        *,
        ttl: int = 300,
        fault: Fault | None = None,
        faults: Mapping[str | Question, Fault] | Mapping[str, Fault] | Mapping[Question, Fault] | None = None,
        deny_all: bool = False,
    ) -> None:
        # Copied two levels deep, so that no test can change CANARIES for the next one.
        self.zone: dict[str, dict[str, Sequence[Value]]] = {name: dict(zone[name]) for name in zone}
        self.ttl = ttl
        self.fault = fault or Fault()
        self.faults: dict[str | Question, Fault] = {key: value for key, value in (faults or {}).items()}
        self.deny_all = deny_all  # NXDOMAIN to every question, whatever the zone and the faults say
        self.questions: list[Question] = []  # everything that arrived, answered or not
        self.transports: dict[Transport, list[Question]] = {"udp": [], "tcp": []}
        self._dropped: Counter[str | Question] = Counter()
        self._error: Exception | None = None

    def __enter__(self) -> Self:
        tcp, udp = _bind_pair()
        self.host, self.port = cast("tuple[str, int]", udp.getsockname())
        self._stop = asyncio.Event()
        started: concurrent.futures.Future[asyncio.AbstractEventLoop] = concurrent.futures.Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(tcp, udp, started)), name="nameserver", daemon=True
        )
        self._thread.start()
        self._loop = started.result(timeout=10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=10)
        if self._error is not None:
            # A mistyped record must not pass for the SERVFAIL that a test may be waiting for.
            raise RuntimeError("the test zone cannot be served") from self._error

    @property
    def address(self) -> str:
        """The server as `--nameserver` takes it."""
        return f"{self.host}:{self.port}"

    async def _serve(
        self,
        tcp: socket.socket,
        udp: socket.socket,
        started: concurrent.futures.Future[asyncio.AbstractEventLoop],
    ) -> None:
        loop = asyncio.get_running_loop()
        connections: set[asyncio.Transport] = set()
        endpoint, _ = await loop.create_datagram_endpoint(lambda: _Udp(self._receive), sock=udp)
        listener = await loop.create_server(lambda: _Tcp(self._receive, connections), sock=tcp)
        started.set_result(loop)
        await self._stop.wait()
        # What is being accepted has to become a connection before that can be closed: Server.close()
        # in the middle of it leaks the socket (an AssertionError inside asyncio 3.11).
        loop.remove_reader(tcp)
        if accepting := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(accepting)
        listener.close()
        endpoint.close()
        for connection in connections:
            connection.abort()
        await asyncio.sleep(0)  # asyncio closes the sockets on the next turn of the loop

    def _receive(self, packet: bytes, over: Transport, send: Send) -> None:
        try:
            query = dns.message.from_wire(packet)
        except dns.exception.DNSException:
            return
        if query.flags & dns.flags.QR or query.opcode() != dns.opcode.QUERY or len(query.question) != 1:
            return
        question = _text(query.question[0].name), dns.rdatatype.to_text(query.question[0].rdtype)
        self.questions.append(question)
        self.transports[over].append(question)
        key, fault = self._fault_for(question)
        if fault.silent:
            return
        if over == "udp" and self._dropped[key] < fault.drop_first:
            self._dropped[key] += 1
            return
        try:
            answer = self._answer(query, fault, over)
        except Exception as error:  # whatever it is, __exit__ reports it
            self._error = error
            answer = self._answer(query, Fault(rcode="SERVFAIL"), over)
        if fault.delay > 0:
            asyncio.get_running_loop().call_later(fault.delay, send, answer)
        else:
            send(answer)

    def _fault_for(self, question: Question) -> tuple[str | Question, Fault]:
        if self.deny_all:
            return question[0], Fault(rcode="NXDOMAIN")
        for key in (question, question[0]):
            if (fault := self.faults.get(key)) is not None:
                return key, fault
        return question[0], self.fault

    def _answer(self, query: dns.message.Message, fault: Fault, over: Transport) -> bytes:
        if fault.garbage:
            # One question and one answer announced, then compression pointers to nowhere.
            return query.id.to_bytes(2) + bytes.fromhex("8180 0001 0001 0000 0000") + b"\xff" * 20
        response = dns.message.make_response(query, recursion_available=True, our_payload=1232)
        if fault.rcode is None:
            self._resolve(response)
        else:
            self._end(response, query.question[0].name, fault.rcode)
        wire = response.to_wire(max_size=65535)
        if over == "udp" and (fault.truncate_udp or len(wire) > max(512, query.payload)):
            response.answer.clear()
            response.authority.clear()
            response.flags |= dns.flags.TC
            wire = response.to_wire(max_size=65535)
        return bytes([wire[0] ^ 0xFF]) + wire[1:] if fault.wrong_id else wire

    def _resolve(self, response: dns.message.Message) -> None:
        name, rdtype = response.question[0].name, response.question[0].rdtype
        kind = dns.rdatatype.to_text(rdtype)
        seen: set[dns.name.Name] = set()
        while name not in seen:  # a CNAME loop is answered as far as it goes, the client has to notice
            text = _text(name)
            fault = self.faults.get((text, kind)) or self.faults.get(text) or Fault()
            if seen and fault.rcode is not None:  # the end of a chain can fail as the resolver reports it
                return self._end(response, name, fault.rcode)
            records = self._records(text)
            if records is None and seen:
                return None  # an alias to a name outside the zone: the CNAME is all that is known here
            if records is None:
                return self._end(response, name, "NXDOMAIN")
            if values := records.get(kind):
                response.answer.append(self._rrset(name, rdtype, values))
                return None
            if not (alias := records.get("CNAME")):
                return self._end(response, name, "NOERROR")
            response.answer.append(self._rrset(name, dns.rdatatype.CNAME, alias))
            seen.add(name)
            name = dns.name.from_text(str(alias[0]))
        return None

    def _records(self, name: str) -> Records | None:
        """The records at a name, none at an empty non-terminal, None at a name that does not exist."""
        if (records := self.zone.get(name)) is not None:
            return records
        # One joined string is searched much faster than a large zone name by name.
        names = "\n".join(self.zone) + "\n"
        if f".{name}\n" in names:
            return {}
        for parent in _parents(name):
            if parent == "" or parent in self.zone or f".{parent}\n" in names:
                # RFC 4592: only the wildcard below the closest existing name counts.
                return self.zone.get(f"*.{parent}" if parent else "*")
        return None

    def _end(self, response: dns.message.Message, name: dns.name.Name, rcode: str) -> None:
        """Finish a response without records of the type, with the SOA that negative caching needs."""
        response.set_rcode(dns.rcode.from_text(rcode))
        if rcode not in ("NOERROR", "NXDOMAIN"):
            return
        owner, soa = ".", [f"ns.invalid. hostmaster.invalid. 1 3600 600 86400 {self.ttl}"]
        for apex in (_text(name), *_parents(_text(name))):
            if values := self.zone.get(apex, {}).get("SOA"):
                owner, soa = f"{apex}.", [str(value) for value in values]
                break
        response.authority.append(self._rrset(dns.name.from_text(owner), dns.rdatatype.SOA, soa))

    def _rrset(
        self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, values: Sequence[Value]
    ) -> dns.rrset.RRset:
        return dns.rrset.from_rdata_list(name, self.ttl, [_rdata(rdtype, value) for value in values])


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, receive: Receive) -> None:
        self._receive = receive

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._receive(data, "udp", lambda answer: self._transport.sendto(answer, addr))


class _Tcp(asyncio.Protocol):
    def __init__(self, receive: Receive, connections: set[asyncio.Transport]) -> None:
        self._receive, self._connections = receive, connections
        self._buffer = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._connections.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= (end := 2 + int.from_bytes(self._buffer[:2])) and len(self._buffer) >= 2:
            packet, self._buffer = self._buffer[2:end], self._buffer[end:]
            self._receive(packet, "tcp", self._send)

    def _send(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(len(answer).to_bytes(2) + answer)


def _bind_pair() -> tuple[socket.socket, socket.socket]:
    """A listening TCP socket and a UDP socket on one port, which the system chose for the first."""
    for _ in range(50):
        tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
        try:
            tcp.bind(("127.0.0.1", 0))
            udp.bind(tcp.getsockname())
            tcp.listen(128)
        except OSError:  # somebody else has the UDP port of that number
            tcp.close()
            udp.close()
            continue
        # A burst of questions waits in the kernel; the default buffer loses some of a thousand.
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        return tcp, udp
    raise OSError("no port is free for both UDP and TCP on 127.0.0.1")


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _parents(name: str) -> Iterator[str]:
    while name:
        name = name.partition(".")[2]
        yield name


@functools.cache
def _rdata(rdtype: dns.rdatatype.RdataType, value: Value) -> dns.rdata.Rdata:
    if rdtype == dns.rdatatype.TXT:
        # Built from bytes, so that quotes, spaces and backslashes need no escaping in the tests.
        texts = value if isinstance(value, tuple) else (value,)
        whole = [text.encode() if isinstance(text, str) else text for text in texts]
        strings = [text[at : at + 255] for text in whole for at in range(0, max(len(text), 1), 255)]
        return dns.rdtypes.ANY.TXT.TXT(dns.rdataclass.IN, rdtype, strings)
    if not isinstance(value, str):
        raise TypeError(f"a record of type {dns.rdatatype.to_text(rdtype)} is a str, not {value!r}")
    return dns.rdata.from_text(dns.rdataclass.IN, rdtype, value, dns.name.root, relativize=False)
