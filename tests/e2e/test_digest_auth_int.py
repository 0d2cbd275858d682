"""Digest with qop=auth-int (RFC 7616 section 3.4.3): the body is part of what the response proves, and is read before the verdict."""

import hashlib

import pytest

from harness import Connection, Gateway, config, curl, expect, raw, secret
from harness.digest import Client, parameters

ALICE = ("alice", secret("open-sesame-auth-int"))
LIMIT = 16 * 1024
BODY = b"amount=10&to=caf\xc3\xa9\r\n\x00" * 40
TARGET = "/digest/x"


def settings(upstream, qop, **more):
    return config(upstream.url, accept={"digest": {"algorithms": ["SHA-256", "MD5"], "qop": qop, "auth_int_body": LIMIT, **more}}, routes=[
        {"path": "/digest/", "accept": ["digest"]},
        {"path": "/watched/", "accept": ["digest"], "mode": "observe"},
    ], limits={"body_timeout": "2s"})


@pytest.fixture(scope="module")
def both(upstream):
    with Gateway(settings(upstream, ["auth", "auth-int"])) as gateway:
        gateway.add_user(*ALICE, digest=True)
        yield gateway


@pytest.fixture
def client(both):
    client = Client(both, *ALICE, qop="auth-int")
    client.challenge()
    return client


def chunked(body, size=7):
    pieces = [body[at:at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;note=1\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\nX-Trailer: t\r\n\r\n"


def message(method, field, *lines, body=b"", target=TARGET):
    head = [f"{method} {target} HTTP/1.1", "Host: api.example.com", *(f"{name}: {value}" for name, value in field.items()), *lines]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


def counted(client, body, method="POST", *lines, **more):
    return message(method, client.field(method=method, body=body, **more), f"Content-Length: {len(body)}", *lines, body=body)


def in_chunks(client, body, *lines, **more):
    return message("POST", client.field(method="POST", body=body, **more), "Transfer-Encoding: chunked", *lines, body=chunked(body))


def arrived(response, body):
    """What the upstream says of it: the same body, in the same framing."""
    told = response.json()
    assert told["body_sha256"] == hashlib.sha256(body).hexdigest(), told
    return dict(told["fields"])


def test_challenge_offers_what_the_setting_says(both, upstream):
    assert [parameters(line)["qop"] for line in both.get(TARGET).all("WWW-Authenticate")] == ["auth,auth-int"] * 2
    with Gateway(settings(upstream, ["auth-int"])) as only:
        only.add_user(*ALICE, digest=True)
        assert [parameters(line)["qop"] for line in only.get(TARGET).all("WWW-Authenticate")] == ["auth-int"] * 2
        expect(only, Client(only, *ALICE, qop="auth-int").get(), 200, "allowed")
        expect(only, Client(only, *ALICE).get(), 401, "digest-malformed")


@pytest.mark.parametrize("algorithm", ["SHA-256", "MD5"])
@pytest.mark.parametrize("body", [b"", b"x", BODY, b"z" * LIMIT], ids=["empty", "one octet", "some", "as much as may be"])
def test_the_body_is_covered_and_arrives(both, algorithm, body):
    client = Client(both, *ALICE, algorithm, qop="auth-int")
    client.challenge()
    for again in range(2):  # the second finds the user remembered
        counts, = raw(both.address, counted(client, body), count=1)
        expect(both, counts, 200, "allowed")
        assert arrived(counts, body)["Content-Length"] == str(len(body))
        info = parameters(counts.get("Authentication-Info"))
        assert info["rspauth"] == client.rspauth and info["qop"] == "auth" and info["nc"] == f"{2 * again + 1:08x}"
        chunks, = raw(both.address, in_chunks(client, body), count=1)
        expect(both, chunks, 200, "allowed")
        fields = arrived(chunks, body)
        assert fields["Transfer-Encoding"] == "chunked" and "Content-Length" not in fields


def test_a_request_without_a_body_hashes_nothing(both, client):
    expect(both, client.get(), 200, "allowed")
    expect(both, both.request("DELETE", TARGET, client.field(method="DELETE")), 200, "allowed")


def test_a_changed_body_is_refused(both, client):
    for framed, lines in ((lambda body: body, f"Content-Length: {len(BODY)}"), (chunked, "Transfer-Encoding: chunked")):
        field = client.field(method="POST", body=BODY)
        tampered = BODY.replace(b"10", b"99")
        response, = raw(both.address, message("POST", field, lines, body=framed(tampered)), count=1)
        expect(both, response, 401, "digest-wrong-response")
        # Nothing of it counted: the right body with the same field is still good, once.
        response, = raw(both.address, message("POST", field, lines, body=framed(BODY)), count=1)
        expect(both, response, 200, "allowed")
        response, = raw(both.address, message("POST", field, lines, body=framed(BODY)), count=1)
        expect(both, response, 401, "digest-nonce-replayed")
    field = client.field(method="POST", body=BODY)
    expect(both, both.request("POST", TARGET, field), 401, "digest-wrong-response")  # the body was cut off
    expect(both, both.get(TARGET, client.field(body=BODY)), 401, "digest-wrong-response")


def test_qop_auth_beside_it_leaves_the_body_alone(both, upstream):
    client = Client(both, *ALICE)
    client.challenge()
    large = b"y" * (4 * LIMIT)
    response, = raw(both.address, counted(client, large), count=1)
    expect(both, response, 200, "allowed")
    arrived(response, large)


def test_the_connection_goes_on_after_each(both, client):
    """Refused, accepted, chunked and pipelined, in one flow of bytes."""
    wrong = {"password": "wrong"}
    flow = [counted(client, BODY, signed=wrong), in_chunks(client, BODY, signed=wrong), in_chunks(client, BODY), counted(client, BODY),
            message("GET", client.field()), in_chunks(client, b""), counted(client, b"end")]
    responses = raw(both.address, b"".join(flow), count=len(flow))
    assert [response.status for response in responses] == [401, 401, 200, 200, 200, 200, 200]
    for response, body in zip(responses[2:], [BODY, BODY, b"", b"", b"end"], strict=True):
        arrived(response, body)


def test_a_body_that_comes_in_pieces(both, client):
    for request in (counted(client, BODY), in_chunks(client, BODY)):
        with Connection(both.address) as connection:
            for at in range(0, len(request), 97):
                connection.send(request[at:at + 97])
            arrived(expect(both, connection.response("POST"), 200, "allowed"), BODY)


def test_100_continue_comes_before_the_verdict(both, client):
    for lines, body in ((f"Content-Length: {len(BODY)}", BODY), ("Transfer-Encoding: chunked", chunked(BODY))):
        with Connection(both.address) as connection:
            connection.send(message("POST", client.field(method="POST", body=BODY), lines, "Expect: 100-continue"))
            assert connection.head().status == 100
            connection.send(body)
            response = expect(both, connection.response("POST"), 200, "allowed")
            arrived(response, BODY)


def test_what_is_too_large_is_said(both, client):
    large = b"z" * (LIMIT + 1)
    response, = raw(both.address, counted(client, large), count=1)
    expect(both, response, 413, "digest-body-too-large", scheme="digest")
    assert response.json() == {"error": "Body too large"}
    # Its length is known: not an octet is asked for, and the client is not told to go on.
    with Connection(both.address) as connection:
        connection.send(message("POST", client.field(method="POST", body=large), f"Content-Length: {len(large)}", "Expect: 100-continue"))
        response = expect(both, connection.response("POST"), 413, "digest-body-too-large")
        assert not response.interim
    # Chunks without end: refused as soon as it is too much, and the connection with it.
    with Connection(both.address) as connection:
        connection.send(message("POST", client.field(method="POST", body=large), "Transfer-Encoding: chunked", body=b"%x\r\n" % (1 << 40) + large + b"z" * 8192))
        response = expect(both, connection.response("POST"), 413, "digest-body-too-large")
        assert response.get("Connection") == "close"


def test_a_stranger_makes_nobody_hold_a_body(both, client):
    """What is wrong without the body is answered without it: a nonce that is made up, another's realm, another URI."""
    for reason, parts in (("digest-nonce-stale", {"nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093"}), ("digest-uri-mismatch", {"uri": "/digest/y"}),
                          ("digest-algorithm-not-allowed", {"algorithm": "SHA-512-256"}), ("digest-malformed", {"nc": "0"})):
        with Connection(both.address) as connection:
            connection.send(message("POST", client.field(method="POST", body=BODY, **parts), "Content-Length: 1000000000", "Expect: 100-continue"))
            response = expect(both, connection.response("POST"), 401, reason)
            assert not response.interim and response.get("Connection") == "close"
            assert response.all("WWW-Authenticate")[0].endswith(", stale=true") == (reason == "digest-nonce-stale")


def test_a_body_that_does_not_come(both, client):
    for lines, begun in (("Content-Length: 10", b"abc"), ("Transfer-Encoding: chunked", b"5\r\nabc")):
        with Connection(both.address) as connection:
            connection.send(message("POST", client.field(method="POST", body=b"abc"), lines, body=begun))
            expect(both, connection.response("POST"), 408, "request-timeout")
    with Connection(both.address) as connection:
        connection.send(message("POST", client.field(method="POST", body=b"abc"), "Transfer-Encoding: chunked", body=b"xyz\r\n"))
        expect(both, connection.response("POST"), 400, "request-malformed")


def test_an_observed_route_forwards_what_it_cannot_hold(both, client):
    large = b"z" * (LIMIT + 1) + BODY
    path = "/watched/x"
    for lines, body in ((f"Content-Length: {len(large)}", large), ("Transfer-Encoding: chunked", chunked(large, 1000))):
        field = client.field(path, "POST", body=large)
        response, = raw(both.address, message("POST", field, lines, body=body, target=path), count=1)
        expect(both, response, 200, "digest-body-too-large", observed=True)
        assert "X-Quivive-Scheme" not in arrived(response, large)


def test_explain_tells_how_far_it_came(both, client):
    response, = raw(both.address, counted(client, b"z" * (LIMIT + 1)), count=1)
    said = both.explain(response.id).out
    assert "digest-body-too-large" in said and "longer than accept.digest.auth_int_body" in said
    assert "alice" not in said, "nobody has looked whether that is a user"


def test_curl_takes_auth_where_it_may(both, upstream):
    """curl 7.88 hashes an empty body for auth-int, whatever it sends."""
    def sent(gateway, *arguments):
        return curl("--digest", "-u", ":".join(ALICE), "-v", *arguments, gateway.url + TARGET)
    done = sent(both, "--data-binary", "hello")
    assert done.status == 200 and "qop=auth," in done.stderr, done.stderr
    with Gateway(settings(upstream, ["auth-int"])) as only:
        only.add_user(*ALICE, digest=True)
        done = sent(only)
        assert done.status == 200 and "qop=auth-int," in done.stderr, done.stderr
        assert sent(only, "--data-binary", "hello").status == 401
