"""When the service behind fails: 502 and 504 with their reasons, one retry where it is safe, and nothing passed on in doubt."""

import socket

import pytest

from harness import Gateway, Upstream, config, expect
from harness.behaviours import MALFORMED


def gateway_for(url, **upstream):
    return Gateway(config({"url": url, "connect_timeout": "1s", "first_byte_timeout": "1s", "idle_timeout": "2s", **upstream},
                          accept={"api_key": {"header": "X-API-Key"}}, routes=[{"path": "/", "public": True}]))


@pytest.fixture(scope="module")
def impatient(upstream):
    with gateway_for(upstream.url) as running:
        yield running


@pytest.mark.parametrize("kind", MALFORMED)
def test_malformed_response_is_not_passed_on(impatient, kind):
    expect(impatient, impatient.get(f"/x?do=malformed&kind={kind}"), 502, "upstream-malformed")
    expect(impatient, impatient.get("/x"), 200, "allowed")


def test_nothing_listens():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with gateway_for(f"http://127.0.0.1:{port}") as gateway:
        response = expect(gateway, gateway.get("/x"), 502, "upstream-unreachable")
        assert response.json() == {"error": "Upstream unreachable"}
        expect(gateway, gateway.request("POST", "/x", body=b"x" * 100_000), 502, "upstream-unreachable")


def test_connect_times_out():
    """A listener whose queue is full takes no further connection."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
            fillers.append(filler)
        with gateway_for("http://127.0.0.1:%d" % full.getsockname()[1]) as gateway:
            expect(gateway, gateway.get("/x"), 504, "upstream-timeout")
        for filler in fillers:
            filler.close()


def test_first_byte_times_out(impatient, upstream, marker):
    expect(impatient, impatient.get(f"/x?do=slow&gate={marker}"), 504, "upstream-timeout")
    upstream.gate(marker).set()


def test_upstream_that_closes_without_a_word(impatient):
    expect(impatient, impatient.get("/x?do=close-before"), 502, "upstream-unreachable")


@pytest.mark.parametrize("do", ["close-early", "close-in-chunk"])
def test_cut_response_is_seen_as_cut(impatient, do):
    """The head is gone out; the client must not take the rest for whole."""
    with impatient.connect() as connection:
        connection.send(f"GET /x?do={do} HTTP/1.1\r\nHost: a\r\n\r\n")
        head = connection.head()
        assert head.status == 200
        while connection.fill():
            pass
        if head.get("Content-Length"):
            assert connection.buffer == b"0123"
        else:
            assert not connection.buffer.endswith(b"0\r\n\r\n")
    expect(impatient, impatient.get("/x"), 200, "allowed")


def test_stalled_response_is_given_up(impatient, upstream, marker):
    with impatient.connect() as connection:
        connection.send(f"GET /x?do=half&gate={marker} HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.head()
        assert connection.read_exactly(5) == b"01234"
        assert connection.at_end()
    upstream.gate(marker).set()


# --- kept connections that have died

def test_stale_pooled_connection_is_noticed(impatient, marker):
    """The upstream closes after each answer, as it may: no client sees that."""
    for i in range(20):
        expect(impatient, impatient.get(f"/{marker}-{i}?do=close-after"), 200, "allowed")


class Flaky:
    """An upstream whose first connection answers once and then reads one more request and ends without an answer."""

    def __init__(self):
        self.heads = []

    def __call__(self, link):
        if link.number > 1:
            return False
        link.read_head()
        link.read_body()
        link.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        if link.read_head():
            link.read_body()
            self.heads.append(link.request.head)
        return True


@pytest.fixture
def flaky():
    behaviour = Flaky()
    with Upstream(on_connect=behaviour) as server:
        made = config(server.url, workers=1, accept={"api_key": {"header": "X-API-Key"}}, routes=[{"path": "/", "public": True}])
        with Gateway(made) as gateway:
            gateway.get("/first")
            yield gateway, server, behaviour


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_safe_request_is_sent_again_once(flaky, method, marker):
    gateway, server, behaviour = flaky
    with gateway.connect() as connection:
        connection.send(f"{method} /{marker} HTTP/1.1\r\nHost: a\r\n\r\n")
        expect(gateway, connection.response(method), 200, "allowed")
    assert len(behaviour.heads) == 1 and len(server.received(marker)) == 1


@pytest.mark.parametrize("method, body", [("POST", b"charge the card"), ("PATCH", b"one more"), ("PUT", b"the old version"), ("DELETE", b""), ("PURGE", b"")])
def test_unsafe_request_that_may_have_been_processed_is_not_sent_again(flaky, method, body, marker):
    """Idempotent ones too: what is put or deleted a second time may be another client's by then."""
    gateway, server, behaviour = flaky
    expect(gateway, gateway.request(method, f"/{marker}", body=body), 502, "upstream-unreachable")
    assert len(behaviour.heads) == 1 and server.received(marker) == []


def test_retry_is_tried_once():
    """Every connection dies on its second request."""
    seen = []

    def die_second(link):
        link.read_head()
        link.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        if link.read_head():
            seen.append(link.request.target)
        return True

    def die_at_once(link):
        if link.number == 1:
            return die_second(link)
        if link.read_head():
            seen.append(link.request.target)
        return True

    with Upstream(on_connect=die_at_once) as server:
        made = config(server.url, workers=1, accept={"api_key": {"header": "X-API-Key"}}, routes=[{"path": "/", "public": True}])
        with Gateway(made) as gateway:
            gateway.get("/first")
            expect(gateway, gateway.get("/second"), 502, "upstream-unreachable")
    assert seen == ["/second", "/second"]


def test_early_answer_to_a_body_is_passed_on(impatient):
    """The upstream refuses from the head alone; the client is told, though it is still sending."""
    with impatient.connect() as connection:
        connection.send("POST /x?do=refuse-body HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + "x" * 1000)
        response = connection.response()
        assert (response.status, response.body) == (413, b"too large")
    expect(impatient, response, 413, "allowed")
