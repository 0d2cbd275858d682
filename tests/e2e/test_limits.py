"""Bounds: slow clients, large heads, many connections; each ends in time and delays nobody else."""

import select
import time

import pytest

from harness import Gateway, Truncated, bearer, config, eventually, expect


@pytest.fixture(scope="module")
def strict(upstream):
    made = config(upstream.url, accept={"api_key": {"header": "X-API-Key"}}, routes=[{"path": "/", "public": True}],
                  limits={"header_timeout": "1s", "idle_timeout": "1s", "body_timeout": "1s", "header_bytes": "4KiB"})
    with Gateway(made) as running:
        yield running


def trickle(connection, data, pause=0.1):
    """One byte at a time until an answer comes. The pause is the attack, not a wait for something."""
    for at in range(len(data)):
        connection.send(data[at:at + 1])
        if select.select([connection.sock], [], [], pause)[0]:
            return
    raise AssertionError("the whole message was taken")


def test_slow_head_is_cut_off_by_the_clock(strict):
    """Slow loris: each byte is progress, and the deadline counts from the first all the same."""
    started = time.monotonic()
    with strict.connect() as connection:
        trickle(connection, b"GET /x HTTP/1.1\r\nHost: a\r\nX-Filler: " + b"a" * 500)
        response = connection.response()
        expect(strict, response, 408, "request-timeout")
        assert connection.at_end()
    assert 0.9 < time.monotonic() - started < 15


def test_unfinished_head(strict):
    with strict.connect() as connection:
        connection.send("GET /x HTTP/1.1\r\nHost: a\r\n")
        expect(strict, connection.response(), 408, "request-timeout")
        assert connection.at_end()


def test_idle_connection_ends_without_a_word(strict):
    with strict.connect() as connection:
        assert connection.at_end()
    with strict.connect() as connection:
        connection.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.response().status == 200
        assert connection.at_end()


def test_body_that_stops(strict, upstream, marker):
    with strict.connect() as connection:
        connection.send(f"POST /{marker} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
        expect(strict, connection.response(), 408, "request-timeout")
        assert connection.at_end()
    assert all(r.body_sha256 == "" for r in upstream.received(marker))


def test_client_that_reads_nothing(strict):
    """The response cannot be written: the connection is given up, and the rest goes on."""
    with strict.connect() as connection:
        connection.send("GET /x?do=stream&bytes=1000000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        eventually(lambda: strict.metrics()["quivive_requests_in_flight"] == 0)


def test_slow_clients_do_not_hold_up_others(strict):
    idle = [strict.connect() for _ in range(50)]
    try:
        for connection in idle:
            connection.send("GET /x HT")
        started = time.monotonic()
        expect(strict, strict.get("/x"), 200, "allowed")
        assert time.monotonic() - started < 5
    finally:
        for connection in idle:
            connection.close()


@pytest.mark.parametrize("head", [
    "GET /x HTTP/1.1\r\nHost: a\r\nX: " + "a" * 5000 + "\r\n\r\n",
    "GET /" + "a" * 5000 + " HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /x HTTP/1.1\r\nHost: a\r\n" + "X: a\r\n" * 700 + "\r\n",
    "GET /x HTTP/1.1\r\nHost: a\r\nX: " + "a" * 100_000,
], ids=["long value", "long target", "many fields", "no end"])
def test_large_heads(strict, head):
    with strict.connect() as connection:
        try:
            connection.send(head)
        except (BrokenPipeError, ConnectionResetError):
            pass
        expect(strict, connection.response(), 431, "request-header-too-large")


def test_many_small_fields(api):
    """Within the bytes, and too many all the same."""
    fields = [(f"X-{i}", "a") for i in range(300)]
    expect(api, api.get("/public/x", fields), 431, "request-header-too-large")


def test_overlong_token(api, issuer):
    token = issuer.token(padding="x" * 9000)
    expect(api, api.get("/bearer/x", bearer(token)), 401, "token-malformed")


def test_more_connections_than_allowed(upstream):
    """As many as are allowed, whichever worker they fall to; the surplus is turned away, and places become free again."""
    made = config(upstream.url, accept={"api_key": {"header": "X-API-Key"}}, routes=[{"path": "/", "public": True}], limits={"connections": 40})
    with Gateway(made) as gateway:
        held = [gateway.connect() for _ in range(40)]
        try:
            assert [answers(connection) for connection in held] == [True] * 40
            surplus = [gateway.connect() for _ in range(20)]
            held += surplus
            assert [answers(connection) for connection in surplus] == [False] * 20
        finally:
            for connection in held:
                connection.close()
        eventually(lambda: gateway.metrics()["quivive_connections_open"] == 0)
        expect(gateway, gateway.get("/x"), 200, "allowed")


def answers(connection):
    try:
        connection.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        return connection.response().status == 200
    except (Truncated, ConnectionError):
        return False


def test_connection_that_says_nothing_and_leaves(strict):
    for _ in range(20):
        strict.connect().close()
        with strict.connect() as connection:
            connection.send("GET /x HTTP/1.1\r\nHo")
    expect(strict, strict.get("/x"), 200, "allowed")
