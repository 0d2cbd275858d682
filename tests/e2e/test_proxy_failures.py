"""When the service behind fails: 502 and 504 with their reasons, one retry where it is safe, and nothing passed on in doubt."""

import socket
import threading

import pytest

from harness import Gateway, Upstream, config, expect
from harness.behaviours import MALFORMED
from harness.tls import self_signed


def gateway_for(url, **upstream):
    return Gateway(config({"url": url, "connect_timeout": "1s", "first_byte_timeout": "1s", "idle_timeout": "2s", **upstream},
                          accept={"api_key": {"header": "X-API-Key"}}, routes=[{"path": "/", "public": True}]))


def tells(gateway, response, text):
    """`explain` says this of the upstream."""
    said = gateway.explain(response.id).out
    assert f"seen      {text}\n" in said, said


@pytest.fixture(scope="module")
def impatient(upstream):
    with gateway_for(upstream.url) as running:
        yield running


@pytest.mark.parametrize("kind", MALFORMED)
def test_malformed_response_is_not_passed_on(impatient, upstream, kind):
    response = expect(impatient, impatient.get(f"/x?do=malformed&kind={kind}"), 502, "upstream-malformed")
    if kind == "bare-lf":
        tells(impatient, response, f"127.0.0.1:{upstream.port}: a line ends in LF without CR")
    expect(impatient, impatient.get("/x"), 200, "allowed")


def test_407_is_not_passed_on(impatient, upstream):
    """Only what it was sent to as a proxy can ask for that (RFC 9110 section 15.5.8), and no client could answer without the field."""
    response = impatient.get("/x?status=407%20Proxy%20Authentication%20Required&field=Proxy-Authenticate:%20Basic%20realm%3Dx")
    expect(impatient, response, 502, "upstream-malformed")
    assert response.get("Proxy-Authenticate") is None
    tells(impatient, response, f"127.0.0.1:{upstream.port}: a 407, which only a proxy sends")
    expect(impatient, impatient.get("/x"), 200, "allowed")


def test_nothing_listens():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with gateway_for(f"http://127.0.0.1:{port}") as gateway:
        response = expect(gateway, gateway.get("/x"), 502, "upstream-unreachable")
        assert response.json() == {"error": "Upstream unreachable"}
        tells(gateway, response, f"127.0.0.1:{port}: connection refused")
        expect(gateway, gateway.request("POST", "/x", body=b"x" * 100_000), 502, "upstream-unreachable")


def test_name_that_nobody_has():
    """RFC 2606 section 2. What is said where no name server answers, or none can be asked, is another thing, but of the same name."""
    with gateway_for("http://no-such-host.invalid:8080") as gateway:
        response = gateway.get("/x")
        expect(gateway, response, response.status, ("upstream-unreachable", "upstream-timeout"))
        said = gateway.explain(response.id).out
        texts = ("the name was not found\n", "the name was not looked up: ", "no answer to the name look-up within 1 s\n")
        assert any("seen      no-such-host.invalid: " + text in said for text in texts), said


def test_each_failure_is_told_by_itself():
    """What the request before it met is not said of this one, on one connection of the client."""
    answers = [b"GARBAGE\r\n\r\n", b""]

    def misbehaves(link):
        link.read_head()
        link.send(answers.pop(0))
        return True

    with Upstream(on_connect=misbehaves) as upstream, gateway_for(upstream.url) as gateway, gateway.connect() as client:
        for reason, text in (("upstream-malformed", "the response does not begin with HTTP/1"),
                             ("upstream-unreachable", "the connection was closed before a response")):
            client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
            tells(gateway, expect(gateway, client.response(), 502, reason), f"127.0.0.1:{upstream.port}: {text}")
        upstream.stop_listening()
        client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        tells(gateway, expect(gateway, client.response(), 502, "upstream-unreachable"), f"127.0.0.1:{upstream.port}: connection refused")


def test_certificate_that_is_not_trusted(tmp_path):
    certificate, key = self_signed(tmp_path, "upstream")
    with Upstream(tls=(certificate, key)) as upstream:
        with gateway_for(upstream.url) as gateway:
            response = expect(gateway, gateway.get("/x"), 502, "upstream-unreachable")
            tells(gateway, response, f"127.0.0.1:{upstream.port}: its certificate is not trusted: self-signed certificate")
        made = config({"url": upstream.url, "tls": {"ca": "ca.pem", "server_name": "api.internal"}},
                      accept={"api_key": {"header": "X-API-Key"}}, routes=[{"path": "/", "public": True}])
        with Gateway(made, files={"ca.pem": certificate.read_text()}) as gateway:
            response = expect(gateway, gateway.get("/x"), 502, "upstream-unreachable")
            tells(gateway, response, f"127.0.0.1:{upstream.port}: its certificate is not for api.internal")


def test_upstream_without_tls():
    """https where http is spoken."""
    def plain(link):
        link.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        return bool(link.file.read()) or True

    with Upstream(on_connect=plain) as upstream, gateway_for(upstream.url.replace("http:", "https:")) as gateway:
        response = expect(gateway, gateway.get("/x"), 502, "upstream-unreachable")
        tells(gateway, response, f"127.0.0.1:{upstream.port}: no TLS: wrong version number")


def test_handshake_times_out():
    with Upstream(on_connect=lambda link: bool(link.file.read()) or True) as upstream, gateway_for(upstream.url.replace("http:", "https:")) as gateway:
        response = expect(gateway, gateway.get("/x"), 504, "upstream-timeout")
        tells(gateway, response, f"127.0.0.1:{upstream.port}: no TLS handshake within 1 s")


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
            response = expect(gateway, gateway.get("/x"), 504, "upstream-timeout")
            tells(gateway, response, "127.0.0.1:%d: no connection within 1 s" % full.getsockname()[1])
        for filler in fillers:
            filler.close()


def test_first_byte_times_out(impatient, upstream, marker):
    response = expect(impatient, impatient.get(f"/x?do=slow&gate={marker}"), 504, "upstream-timeout")
    tells(impatient, response, f"127.0.0.1:{upstream.port}: no response within 1 s")
    upstream.gate(marker).set()


def test_upstream_that_takes_no_body():
    done = threading.Event()

    def send_all(client):
        piece = b"x" * 1_000_000
        try:
            client.send(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n")
            for _ in range(100):
                client.send(piece)
        except OSError:
            pass  # the gateway has answered and closed

    with Upstream(on_connect=lambda link: done.wait(60)) as upstream:
        made = config(upstream.url, limits={"body_timeout": "1s"}, accept={"api_key": {"header": "X-API-Key"}}, routes=[{"path": "/", "public": True}])
        with Gateway(made) as gateway, gateway.connect() as client:
            sender = threading.Thread(target=send_all, args=(client,))
            sender.start()
            response = expect(gateway, client.response(), 504, "upstream-timeout")
            done.set()
            sender.join()
            tells(gateway, response, f"127.0.0.1:{upstream.port}: none of the request's body was taken for 1 s")


def test_upstream_that_closes_without_a_word(impatient, upstream):
    response = expect(impatient, impatient.get("/x?do=close-before"), 502, "upstream-unreachable")
    tells(impatient, response, f"127.0.0.1:{upstream.port}: the connection was closed before a response")


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
