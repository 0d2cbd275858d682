"""Basic with the users of the store: passwords, mistakes, and changes that count at once."""

import base64
import statistics
import threading
import time

import pytest

from harness import Gateway, basic, config, eventually, expect, refused_from_now_on, secret


def ask(gateway, user, password, path="/basic/x"):
    return gateway.get(path, basic(user, password))


def test_right_password(api, people):
    response = expect(api, ask(api, *people.alice), 200, "allowed", scheme="basic", subject="alice")
    fields = dict(response.json()["fields"])
    assert fields["X-Quivive-Subject"] == "alice"
    assert fields["X-Quivive-Roles"] == "operator"
    assert "Authorization" not in fields


def test_colon_and_utf8_belong_to_the_password(api, people):
    expect(api, ask(api, *people.bob), 200, "allowed")


@pytest.mark.parametrize("user, password", [
    ("alice", "wrong-password"), ("nobody-here", "wrong-password"), ("Alice", "correct horse battery"), ("alice ", "correct horse battery"),
    ("alice", "Correct Horse Battery"), ("alice", "correct horse battery "), ("alice", ""), ("", "correct horse battery"),
])
def test_wrong_user_or_password(api, user, password):
    response = expect(api, ask(api, user, password), 401, "password-wrong")
    assert response.json() == {"error": "Wrong user name or password"}
    assert response.all("WWW-Authenticate") == ['Basic realm="api.example.com", charset="UTF-8"']


def test_unknown_and_known_users_get_the_same_answer(api):
    known, unknown = ask(api, "alice", "x1"), ask(api, "zelda", "x1")
    varying = ("date", "x-request-id")
    strip = lambda r: [(n, v) for n, v in r.fields if n.lower() not in varying]  # noqa: E731
    assert (known.status, strip(known), known.body) == (unknown.status, strip(unknown), unknown.body)


@pytest.mark.parametrize("payload", [b"alice", b"", b"alice\x00:pw", b"al\nice:pw", b"alice:pw\x07"])
def test_payload_that_is_no_user_and_password(api, payload):
    field = {"Authorization": "Basic " + base64.b64encode(payload).decode()}
    expect(api, api.get("/basic/x", field), 401, "basic-malformed")


@pytest.mark.parametrize("text", ["alice:secret", "!!!!", "YWxpY2U", "YWxpY2U6cHc=YWxpY2U6cHc=", "YWxp Y2U6cHc="])
def test_not_base64(api, text):
    expect(api, api.get("/basic/x", {"Authorization": f"Basic {text}"}), 401, ("basic-malformed",))


def test_overlong_password_costs_nothing(api):
    started = time.monotonic()
    expect(api, ask(api, "alice", "x" * 8000), 401, "password-wrong")
    assert time.monotonic() - started < 10


def test_change_of_password_counts_at_once(api):
    old, new = secret("old-password-1234"), secret("new-password-5678")
    api.add_user("frank", old)
    expect(api, ask(api, "frank", old), 200, "allowed")  # and remembered
    assert api.command("user", "passwd", "frank", "--password-stdin", stdin=new + "\n").exit == 0
    refused_from_now_on(lambda: ask(api, "frank", old), since=time.monotonic())
    expect(api, ask(api, "frank", new), 200, "allowed")


def test_disabled_enabled_removed(api):
    password = secret("gracious-password")
    api.add_user("grace", password)
    expect(api, ask(api, "grace", password), 200, "allowed")
    assert api.command("user", "disable", "grace").exit == 0
    expect(api, refused_from_now_on(lambda: ask(api, "grace", password), since=time.monotonic()), 401, "password-wrong")
    assert api.command("user", "enable", "grace").exit == 0
    eventually(lambda: ask(api, "grace", password).status == 200, within=5.0)
    assert api.command("user", "remove", "grace").exit == 0
    refused_from_now_on(lambda: ask(api, "grace", password), since=time.monotonic())


def test_user_commands_say_no(api):
    assert api.command("user", "add", "alice", "--password-stdin", stdin="another-password\n").exit == 1
    assert api.command("user", "disable", "nobody-here").exit == 1
    assert api.command("user", "remove", "nobody-here").exit == 1
    assert "alice" in api.command("user", "list").out


def test_password_is_no_argument(api):
    """`ps` shows arguments to everybody."""
    assert api.command("user", "add", "heidi", "--password", "x").exit == 2
    assert api.command("user", "add", "heidi", "x").exit == 2


def test_unknown_users_cost_what_known_ones_cost(api):
    """CVE-2026-41263: an empty dummy hash was a fast path."""
    took = {"alice": [], "nobody": []}
    for i in range(12):
        for name in took:
            before = api.cpu_seconds()
            response = ask(api, name if name == "alice" else f"nobody-{i}", f"wrong-{i}")
            took[name].append(api.cpu_seconds() - before)
            assert response.status == 401
    known, unknown = (statistics.median(times) for times in took.values())
    assert 0.5 < unknown / known < 2, f"known {known * 1000:.1f} ms, unknown {unknown * 1000:.1f} ms"


@pytest.fixture(scope="module")
def narrow(upstream):
    """One hashing thread, and one place in its queue."""
    made = config(upstream.url, accept={"basic": {}, "api_key": {"header": "X-API-Key"}}, limits={"hash_queue": 1, "hash_threads": 1},
                  routes=[{"path": "/keys/", "accept": ["api_key"]}, {"path": "/", "accept": ["basic"]}])
    with Gateway(made) as running:
        running.add_user("ivan", secret("ivans-password"))
        yield running


def test_flood_of_passwords_is_503_and_delays_nobody_else(narrow):
    key = secret(narrow.create_key()["key"])
    responses, lock = [], threading.Lock()

    def guess(number):
        for i in range(3):
            response = ask(narrow, "ivan", f"guess-{number}-{i}", "/x")
            with lock:
                responses.append(response)

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    expect(narrow, narrow.get("/keys/x", {"X-API-Key": key}), 200, "allowed")
    for thread in threads:
        thread.join()
    refused = [r for r in responses if r.status == 503]
    assert {r.status for r in responses} == {401, 503}
    expect(narrow, refused[0], 503, "verifier-overloaded")
    assert refused[0].get("Retry-After")
    expect(narrow, ask(narrow, "ivan", "ivans-password", "/x"), 200, "allowed")
