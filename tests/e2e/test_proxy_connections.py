"""How connections end, and whose bytes they carry: after a failure no one gets another's response, and what was said arrives."""

import json
import socket
import ssl
import threading

import pytest

from harness import Connection, Gateway, Truncated, Upstream, config, eventually, expect, raw, start_refused
from harness.tls import self_signed

PUBLIC = {"accept": {"api_key": {"header": "X-API-Key"}}, "routes": [{"path": "/", "public": True}]}
PATTERN = bytes(range(256)) * 47


def gateway_for(url, *, files=(), upstream=None, **more):
    return Gateway(config({"url": url, **(upstream or {})}, workers=1, **PUBLIC, **more), files=files)


def slow_reader(address):
    """A client whose window is small from the start, so that a response waits within the gateway."""
    connection = Connection.__new__(Connection)
    connection.sock, connection.buffer = socket.socket(), b""
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.sock.settimeout(30)
    connection.sock.connect(address)
    return connection


def open_connections(gateway):
    return gateway.metrics()["quivive_connections_open"]


# --- towards the client

def test_a_response_that_could_not_be_written_is_the_last(upstream, marker):
    """Threat: the next response within this one's body, for a proxy in front that shares connections; and what waits behind it done in vain."""
    # Responses of one piece: the gateway has read the last one whole from the upstream when it cannot write it.
    with gateway_for(upstream.url, limits={"body_timeout": "2s"}) as gateway, slow_reader(gateway.address) as client:
        client.send("".join(f"GET /{marker}-{i}?do=stream&bytes={len(PATTERN)} HTTP/1.1\r\nHost: a\r\n\r\n" for i in range(1000)))
        eventually(lambda: upstream.received(marker) and open_connections(gateway) == 0)
        with pytest.raises(Truncated):
            while True:
                assert client.response().body == PATTERN
    times = [json.loads(line)["duration_us"] for line in gateway.out if "duration_us" in line]
    assert len(times) == len(upstream.received(marker)) < 1000
    assert [i for i, us in enumerate(times) if us > 1_900_000] == [len(times) - 1], "the one that waited for the client in vain is the last"


def test_a_response_arrives_though_more_was_sent(upstream, marker):
    """With unread bytes a close would be a reset, and destroy what is on its way (RFC 9112 section 9.6)."""
    size = 1_500_000
    with gateway_for(upstream.url) as gateway, slow_reader(gateway.address) as client:
        client.send(f"GET /{marker}?do=stream&bytes={size} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        response = client.head()
        client.send("\r\nGET /more HTTP/1.1\r\nHost: a\r\n\r\n")
        assert len(client.body(response, "GET")) == size and client.at_end()


def test_a_tls_client_that_left_frees_its_upstream_connection(tmp_path):
    """The end of its session lies unread in the socket, where it hides the end of the connection."""
    came, left = threading.Event(), threading.Event()

    def waits(link):
        link.read_head()
        came.set()
        link.file.read()
        left.set()
        return True

    certificate, key = self_signed(tmp_path, "server")
    listen = {"address": "127.0.0.1:0", "tls": {"certificate": "server.crt", "key": "server.key"}}
    files = {"server.crt": certificate.read_text(), "server.key": key.read_text()}
    context = ssl.create_default_context(cafile=certificate)
    with Upstream(on_connect=waits) as upstream, \
            gateway_for(upstream.url, files=files, listen=listen, upstream={"first_byte_timeout": "5m"}) as gateway:
        client = Connection(gateway.address, tls=context, server_name="127.0.0.1", timeout=0.2)
        client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        assert came.wait(30)
        with pytest.raises(TimeoutError):
            client.sock.unwrap()  # close_notify is out; the gateway answers it at the end alone
        client.close()
        assert left.wait(30)


# --- towards the upstream

class Excess:
    """An upstream that says more than it should on its first connection: `late` after the gate, where there is one."""

    def __init__(self, first, late):
        self.first, self.late, self.gate, self.done = first, late, threading.Event(), threading.Event()

    def __call__(self, link):
        link.read_head()
        if link.number > 1:
            link.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nreal")
            return True
        link.send(self.first)
        assert self.gate.wait(30)
        link.send(self.late)
        self.done.set()
        return bool(link.read_head()) or True


POISON = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON"


@pytest.mark.parametrize("method, first", [
    ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 44\r\n\r\n"),
    ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
    ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 44\r\n\r\n"),
], ids=["body after HEAD", "longer than it said", "body after 304"])
def test_bytes_beyond_a_response_are_nobodys(method, first):
    """Threat: a page of one visitor's choice as the next one's response."""
    excess = Excess(first, POISON)
    with Upstream(on_connect=excess) as upstream, gateway_for(upstream.url) as gateway:
        with gateway.connect() as attacker:
            attacker.send(f"{method} /trigger HTTP/1.1\r\nHost: a\r\n\r\n")
            attacker.response(method)
        excess.gate.set()
        assert excess.done.wait(30)
        assert gateway.get("/victim").body == b"real"


class TlsRecords:
    """The first answer and another, two records in one flight: the second is read from the socket with the first, and decrypted or not."""

    def __init__(self, certificate, key):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)

    def __call__(self, link):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self.context.wrap_bio(incoming, outgoing, server_side=True)

        def until_done(step):
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    link.send(outgoing.read())
                    data = link.sock.recv(65536)
                    if not data:
                        raise ConnectionError("the gateway went away") from None
                    incoming.write(data)

        until_done(tls.do_handshake)
        link.send(outgoing.read())
        while until_done(lambda: tls.read(65536)):
            if link.number > 1:
                tls.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nreal")
            else:
                tls.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                tls.write(POISON)
            link.send(outgoing.read())
        return True


def test_records_beyond_a_response_are_nobodys(tmp_path):
    certificate, key = self_signed(tmp_path, "upstream")
    with Upstream(on_connect=TlsRecords(certificate, key)) as upstream, \
            gateway_for(upstream.url.replace("http:", "https:"), files={"ca.pem": certificate.read_text()}, upstream={"tls": {"ca": "ca.pem"}}) as gateway:
        assert gateway.get("/first").body == b"ok"
        assert gateway.request("POST", "/victim", body=b"x").body == b"real"


def test_a_quiet_tls_connection_is_kept(tmp_path):
    """Session tickets are no bytes of a response."""
    certificate, key = self_signed(tmp_path, "upstream")
    with Upstream(tls=(certificate, key)) as upstream, \
            gateway_for(upstream.url, files={"ca.pem": certificate.read_text()}, upstream={"tls": {"ca": "ca.pem"}}) as gateway:
        for _ in range(10):
            expect(gateway, gateway.get("/x"), 200, "allowed")
        assert upstream.connections == 1


@pytest.mark.parametrize("answer, status, reason", [
    (b"GARBAGE\r\n\r\n", 502, "upstream-malformed"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 502, "upstream-malformed"),
    (b"", 502, "upstream-unreachable"),
], ids=["garbage", "coding", "end"])
def test_an_upstream_that_fails_during_the_upload_is_told_of(answer, status, reason):
    def fails(link):
        link.read_head()
        link.send(answer)
        link.sock.shutdown(socket.SHUT_WR)
        return bool(link.file.read()) or True

    with Upstream(on_connect=fails) as upstream, gateway_for(upstream.url) as gateway, gateway.connect() as client:
        client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01")
        expect(gateway, client.response(), status, reason)
        assert client.at_end()


def test_a_slow_body_is_not_the_upstreams_fault(upstream):
    """The upstream's time begins when it has the request."""
    with gateway_for(upstream.url, upstream={"first_byte_timeout": "200ms"}, limits={"body_timeout": "1s"}) as gateway, gateway.connect() as client:
        client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01")
        expect(gateway, client.response(), 408, "request-timeout")


def test_the_drain_reaches_a_connection_that_is_being_made():
    """An upstream that accepts and never shakes hands: the process ends by drain_timeout, not by connect_timeout."""
    accepted = threading.Event()

    def silent(link):
        accepted.set()
        return bool(link.file.read()) or True

    with Upstream(on_connect=silent) as upstream:
        gateway = gateway_for(upstream.url.replace("http:", "https:"), upstream={"connect_timeout": "5m"}, limits={"drain_timeout": "1s"})
        with gateway, gateway.connect() as client:
            client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
            assert accepted.wait(30)
            gateway.stop()


def test_many_interim_responses_take_no_room():
    def talkative(link):
        link.read_head()
        link.send(b"HTTP/1.1 102 Processing\r\n\r\n" * 2000 + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfinal")
        return True

    with Upstream(on_connect=talkative) as upstream, gateway_for(upstream.url) as gateway:
        assert expect(gateway, gateway.get("/x"), 200, "allowed").body == b"final"


def test_http_1_0_has_no_upgrade(upstream):
    """RFC 9110 section 7.8."""
    handshake = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    with gateway_for(upstream.url) as gateway:
        statuses = [raw(gateway.address, f"GET /x?do=websocket HTTP/1.{minor}\r\nHost: a\r\n{handshake}\r\n".encode(), count=1)[0].status for minor in (0, 1)]
    assert statuses == [426, 101]


# --- the port

@pytest.mark.parametrize("which", ["listen", "admin"])
def test_two_gateways_do_not_share_a_port(upstream, which):
    """Threat: a forgotten gateway that answers a part of the requests by its old policy."""
    with gateway_for(upstream.url) as first:
        taken = first.address if which == "listen" else first.admin
        refused = start_refused(config(upstream.url, **PUBLIC, **{which: f"127.0.0.1:{taken[1]}"}))
        assert refused.exit == 3 and f"127.0.0.1:{taken[1]}: Address already in use" in refused.err, refused.err
