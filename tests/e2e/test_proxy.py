"""The reverse proxy: messages pass unchanged, connections are kept, bodies are framed anew."""

import hashlib

import pytest

from harness import Connection, Gateway, basic_field, bearer, config, curl, eventually, expect, raw


def test_message_arrives_as_sent(api, marker):
    response = api.request("PATCH", f"/public/{marker}?q=a%20b&q=&c", [("X-Custom", "a, b;c"), ("Content-Type", "text/x")], b"\x00body\xff")
    expect(api, response, 200, "allowed")
    seen = response.json()
    fields = dict(seen["fields"])
    assert (seen["method"], seen["target"]) == ("PATCH", f"/public/{marker}?q=a%20b&q=&c")
    assert (fields["X-Custom"], fields["Content-Type"], fields["Content-Length"]) == ("a, b;c", "text/x", "6")
    assert seen["body_sha256"] == hashlib.sha256(b"\x00body\xff").hexdigest()
    assert fields["Host"] == "api.example.com", "the host that the client asked for"


def test_response_arrives_as_sent(api):
    response = api.get("/public/x?status=418%20Teapot&field=X-Custom:%20a%2C%20b")
    expect(api, response, 418, "allowed")
    assert (response.reason_phrase, response.get("X-Custom"), response.get("Server")) == ("Teapot", "a, b", "upstream")


def test_client_address_is_told_to_the_upstream(api):
    fields = dict(api.get("/public/x").json()["fields"])
    assert fields["X-Forwarded-For"] == "127.0.0.1"
    assert fields["X-Forwarded-Proto"] == "http"
    assert fields["X-Forwarded-Host"] == "api.example.com"


def test_connection_is_kept_on_both_sides(api):
    with api.connect() as connection:
        numbers = []
        for _ in range(20):
            connection.send("GET /public/x HTTP/1.1\r\nHost: a\r\n\r\n")
            response = connection.response()
            assert response.get("Connection", "keep-alive").lower() != "close"
            numbers.append(response.json()["connection"])
    assert len(set(numbers)) == 1, "one client connection, one upstream connection"


def test_http_1_0_and_close(api):
    with api.connect() as connection:
        connection.send("GET /public/x HTTP/1.0\r\nHost: a\r\n\r\n")
        response = connection.response()
        assert response.status == 200 and connection.at_end()
    with api.connect() as connection:
        connection.send("GET /public/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert connection.response().get("Connection").lower() == "close" and connection.at_end()


def test_http_1_0_without_host(upstream, marker):
    """A health check. The upstream gets a Host that it knows, and no empty field."""
    made = config(upstream.url, accept={"api_key": {"header": "X-API-Key"}}, routes=[{"path": "/", "public": True}])
    with Gateway(made) as gateway:
        expect(gateway, raw(gateway.address, f"OPTIONS /{marker} HTTP/1.0\r\n\r\n".encode(), count=1)[0], 200, "allowed")
    received, = upstream.received(marker)
    assert received.all("Host") == [f"127.0.0.1:{upstream.port}"] and received.all("X-Forwarded-Host") == []


def test_http_1_0_client_gets_no_chunks(api):
    with api.connect() as connection:
        connection.send("GET /public/x?do=chunked HTTP/1.0\r\nHost: a\r\n\r\n")
        response = connection.response()
        assert response.get("Transfer-Encoding") is None and response.body == b"hello world"


def test_pipelined_requests_are_answered_in_order(api, issuer):
    field = bearer(issuer.token())["Authorization"]
    wanted = [("/public/1", "", 200), ("/bearer/2", "", 401), ("/bearer/3", f"Authorization: {field}\r\n", 200), ("/nowhere", "", 403), ("/public/5", "", 200)]
    with api.connect() as connection:
        connection.send("".join(f"GET {path} HTTP/1.1\r\nHost: a\r\n{more}\r\n" for path, more, _ in wanted))
        responses = [connection.response() for _ in wanted]
    assert [r.status for r in responses] == [status for _, _, status in wanted]
    assert [r.json()["target"] for r in responses if r.status == 200] == ["/public/1", "/bearer/3", "/public/5"]


def test_pipelined_bodies_are_not_mixed(api):
    with api.connect() as connection:
        connection.send(b"".join(b"POST /public/%d HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbod%d" % (i, i) for i in range(5)))
        for i in range(5):
            seen = connection.response().json()
            assert (seen["target"], seen["body_sha256"]) == (f"/public/{i}", hashlib.sha256(b"bod%d" % i).hexdigest())


# --- framing

def chunked_body(*pieces, trailer=""):
    return "".join(f"{len(p):x}\r\n{p}\r\n" for p in pieces) + f"0\r\n{trailer}\r\n"


def test_chunked_request(api):
    body = chunked_body("hello ", "world", trailer="X-Checksum: 42\r\nX-Quivive-Subject: root\r\n")
    with api.connect() as connection:
        connection.send(f"POST /public/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{body}")
        seen = connection.response().json()
        connection.send("GET /public/after HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.response().json()["target"] == "/public/after"
    assert seen["body_sha256"] == hashlib.sha256(b"hello world").hexdigest()
    assert seen["trailers"] == "", "trailers are dropped: they would be fields that no rule has seen"


def test_chunk_extensions_are_not_passed_on(api):
    with api.connect() as connection:
        connection.send("POST /public/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b;c=\"d\"\r\nhello\r\n0;x\r\n\r\n")
        seen = connection.response().json()
    assert (seen["body_bytes"], seen["body_sha256"]) == (5, hashlib.sha256(b"hello").hexdigest())


def test_chunked_request_arrives_in_any_slices(api):
    """Byte by byte: the decoder's state survives every boundary."""
    data = ("POST /public/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked_body("a" * 17, "b")).encode()
    with api.connect() as connection:
        for at in range(len(data)):
            connection.send(data[at:at + 1])
        seen = connection.response().json()
    assert seen["body_sha256"] == hashlib.sha256(b"a" * 17 + b"b").hexdigest()


def test_chunked_response_without_its_trailer(api):
    with api.connect() as connection:
        connection.send("GET /public/x?do=chunked HTTP/1.1\r\nHost: a\r\n\r\n")
        response = connection.response()  # refuses a trailer
        assert response.body == b"hello world" and response.get("Trailer") is None
        connection.send("GET /public/x HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.response().status == 200


def test_response_that_ends_with_the_connection(api):
    response = expect(api, api.get("/public/x?do=until-close"), 200, "allowed")
    assert response.body == b"ends with the connection"


@pytest.mark.parametrize("method, do, status, length", [
    ("HEAD", "head-length", 200, "1234567"), ("HEAD", "echo", 200, None), ("GET", "no-content", 204, None), ("GET", "not-modified", 304, "1234"),
])
def test_responses_without_a_body(api, method, do, status, length):
    """And the connection goes on after each: a body that is waited for would hang, one that is invented would shift."""
    with api.connect() as connection:
        for _ in range(2):
            connection.send(f"{method} /public/x?do={do} HTTP/1.1\r\nHost: a\r\n\r\n")
            response = connection.response(method)
            expect(api, response, status, "allowed")
            assert response.body == b"" and response.get("Transfer-Encoding") is None
            if length:
                assert response.get("Content-Length") == length
        if status == 204:
            assert response.get("Content-Length") is None
        connection.send("GET /public/after HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.response().json()["target"] == "/public/after"


def test_hop_by_hop_fields_of_the_response_end_here(api):
    response = api.get("/public/x?do=with-fields")
    for name in ("X-Hop", "Keep-Alive"):
        assert response.get(name) is None, name
    assert response.get("X-Kept") == "yes" and response.all("Set-Cookie") == ["a=1", "b=2"]


# --- 100 (Continue)

HEAD_WITH_EXPECT = "POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n{}\r\n"


def test_continue_comes_after_the_verdict(api, issuer):
    field = bearer(issuer.token())["Authorization"]
    with api.connect() as connection:
        connection.send(HEAD_WITH_EXPECT.format("/bearer/x", f"Authorization: {field}\r\n"))
        assert connection.head().status == 100
        connection.send("hello")
        response = connection.response()
    assert response.status == 200 and response.json()["body_bytes"] == 5


@pytest.mark.parametrize("path, status", [("/bearer/x", 401), ("/nowhere", 403), ("/a/../b", 400)])
def test_rejected_request_gets_no_continue(api, path, status):
    with api.connect() as connection:
        connection.send(HEAD_WITH_EXPECT.format(path, ""))
        response = connection.response()
        assert response.status == status and response.interim == []


def test_client_that_does_not_wait_for_continue(api):
    with api.connect() as connection:
        connection.send(HEAD_WITH_EXPECT.format("/public/x", "") + "hello")
        response = connection.response()
        assert response.status == 200 and response.json()["body_bytes"] == 5


def test_curl_posts_with_expect(api, tmp_path):
    source = tmp_path / "body"
    source.write_bytes(b"z" * 2_000_000)
    response = curl(f"{api.url}/public/x", "-H", "Expect: 100-continue", "--data-binary", f"@{source}")
    assert response.json()["body_bytes"] == 2_000_000


def test_interim_responses_do_not_confuse(api):
    with api.connect() as connection:
        connection.send("GET /public/x?do=interim HTTP/1.1\r\nHost: a\r\n\r\n")
        response = connection.response()
        assert (response.status, response.body) == (200, b"final")
        assert all(r.status == 103 for r in response.interim)


# --- streams and upgrades

def test_events_are_passed_on_at_once(api, upstream, marker):
    with api.connect() as connection:
        connection.send(f"GET /public/x?do=events&gates={marker}a,{marker}b HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n")
        head = connection.head()
        assert (head.status, head.get("Content-Type")) == (200, "text/event-stream")
        chunks = connection.chunks()
        for gate in (f"{marker}a", f"{marker}b"):
            upstream.gate(gate).set()  # only now may it be sent
            assert next(chunks) == f"data: {gate}\n\n".encode()
        assert list(chunks) == []


def test_half_a_body_is_passed_on_at_once(api, upstream, marker):
    with api.connect() as connection:
        connection.send(f"GET /public/x?do=half&gate={marker} HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.head()
        assert connection.read_exactly(5) == b"01234"
        upstream.gate(marker).set()
        assert connection.read_exactly(5) == b"56789"


def websocket_request(path, *more):
    lines = [f"GET {path} HTTP/1.1", "Host: a", "Connection: keep-alive, Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *more]
    return "\r\n".join(lines) + "\r\n\r\n"


def test_websocket(api, issuer):
    field = bearer(issuer.token())["Authorization"]
    with api.connect() as connection:
        connection.send(websocket_request("/bearer/x?do=websocket", f"Authorization: {field}"))
        response = connection.response()
        assert (response.status, response.get("Upgrade").lower()) == (101, "websocket")
        assert response.get("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        for payload in (b"\x81\x05hello", bytes(range(256)) * 4000):
            connection.send(payload)
            assert connection.read_exactly(len(payload)) == payload
    expect(api, response, 101, "allowed")


def test_websocket_frames_sent_early_are_not_lost(api):
    with api.connect() as connection:
        connection.send(websocket_request("/public/x?do=websocket") + "early")
        assert connection.response().status == 101
        assert connection.read_exactly(5) == b"early"


def test_websocket_without_credentials(api):
    with api.connect() as connection:
        connection.send(websocket_request("/bearer/x?do=websocket"))
        expect(api, connection.response(), 401, "credentials-missing")


def test_refused_upgrade_is_an_ordinary_response(api):
    with api.connect() as connection:
        connection.send(websocket_request("/public/x"))
        assert connection.response().json()["target"] == "/public/x"
        connection.send("GET /public/after HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.response().json()["target"] == "/public/after"


# --- conditions of the client

def test_client_that_goes_away_frees_the_upstream(api, upstream, marker):
    with Connection(api.address) as connection:
        connection.send(f"GET /public/{marker}?do=slow&gate={marker} HTTP/1.1\r\nHost: a\r\n\r\n")
        upstream.wait_for(marker)
    eventually(lambda: api.metrics()["quivive_requests_in_flight"] == 0)
    upstream.gate(marker).set()


def test_basic_through_curl(api, people):
    """curl's own -u, not a field that we built."""
    basic_field(*people.alice)
    response = curl(f"{api.url}/basic/x", "-u", ":".join(people.alice))
    expect(api, response, 200, "allowed")
