"""Basic with an existing htpasswd file: every kind of hash, read again when it changes."""

import base64
import ctypes
import ctypes.util
import hashlib
import statistics
import subprocess
import time

import pytest

from harness import Gateway, basic, bearer, config, eventually, expect, refused_from_now_on, secret, start_refused

PASSWORD = secret("kept-from-the-old-server")


def crypt(password, setting):
    """libxcrypt's crypt(3), which knows bcrypt and yescrypt; Python's own module is deprecated and hides them."""
    library = ctypes.CDLL(ctypes.util.find_library("crypt"))
    library.crypt.restype = ctypes.c_char_p
    return library.crypt(password.encode(), setting.encode()).decode()


def apr1(password):
    return subprocess.run(["openssl", "passwd", "-apr1", "-stdin"], input=password, text=True, capture_output=True, check=True).stdout.strip()


def sha1(password):
    return "{SHA}" + base64.b64encode(hashlib.sha1(password.encode()).digest()).decode()


KINDS = {
    "bcrypt-2y": lambda p: crypt(p, "$2b$05$abcdefghijklmnopqrstuu").replace("$2b$", "$2y$", 1),
    "bcrypt-2b": lambda p: crypt(p, "$2b$05$abcdefghijklmnopqrstuu"),
    "sha256": lambda p: crypt(p, "$5$saltstring$"),
    "sha512": lambda p: crypt(p, "$6$rounds=5000$saltstring$"),
    "yescrypt": lambda p: crypt(p, "$y$j75$saltsaltsaltsalt$"),
    "apr1": apr1,
    "sha1": sha1,
}


def lines(kinds, password=PASSWORD):
    return "".join(f"{kind}:{KINDS[kind](password)}\n" for kind in kinds)


@pytest.fixture(scope="module")
def gateway(upstream):
    made = config(upstream.url, accept={"basic": {"htpasswd": "users.htpasswd"}}, routes=[{"path": "/", "accept": ["basic"]}])
    with Gateway(made, files={"users.htpasswd": "# from the old server\n\n" + lines(KINDS)}) as running:
        yield running


def ask(gateway, user, password=PASSWORD):
    return gateway.get("/x", basic(user, password))


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_hash(gateway, kind):
    for _ in range(2):  # hashed, then remembered
        expect(gateway, ask(gateway, kind), 200, "allowed", subject=kind)
    expect(gateway, ask(gateway, kind, "another-password"), 401, "password-wrong")


def test_unknown_user(gateway):
    expect(gateway, ask(gateway, "nobody"), 401, "password-wrong")


def test_file_is_read_again_when_it_changes(upstream):
    made = config(upstream.url, accept={"basic": {"htpasswd": "users.htpasswd"}}, routes=[{"path": "/", "accept": ["basic"]}])
    with Gateway(made, files={"users.htpasswd": lines(["sha1", "apr1"])}) as gateway:
        expect(gateway, ask(gateway, "sha1"), 200, "allowed")
        expect(gateway, ask(gateway, "sha256"), 401, "password-wrong")
        gateway.write("users.htpasswd", lines(["apr1", "sha256"]))
        refused_from_now_on(lambda: ask(gateway, "sha1"), since=time.monotonic(), within=2.0)
        expect(gateway, ask(gateway, "sha256"), 200, "allowed")
        # Truncated by an editor: nobody is let in by it, and nobody is locked out.
        gateway.write("users.htpasswd", "")
        gateway.notice("users.htpasswd has no usable user")
        expect(gateway, ask(gateway, "apr1"), 200, "allowed")
        expect(gateway, ask(gateway, "apr1", "not-remembered"), 401, "password-wrong")


def test_file_that_is_gone_stops_nothing_else(upstream):
    made = config(upstream.url, accept={"basic": {"htpasswd": "users.htpasswd"}, "api_key": {}}, routes=[{"path": "/", "accept": ["basic", "api_key"]}])
    with Gateway(made, files={"users.htpasswd": lines(["sha1"])}) as gateway:
        (gateway.folder / "users.htpasswd").unlink()
        gateway.notice("users.htpasswd cannot be read")
        expect(gateway, gateway.get("/x", {"X-API-Key": secret(gateway.create_key()["key"])}), 200, "allowed")
        expect(gateway, ask(gateway, "sha1"), 200, "allowed")  # as it was read last
        expect(gateway, ask(gateway, "nobody"), 401, "password-wrong")
        assert gateway.metrics()["quivive_store_up"] == 1 and gateway.admin_get("/readyz").status == 200
        gateway.write("users.htpasswd", lines(["apr1"]))
        gateway.notice("the password file can be read again")
        refused_from_now_on(lambda: ask(gateway, "sha1"), since=time.monotonic())


def test_store_that_is_gone_leaves_the_file_in_use(upstream):
    made = config(upstream.url, accept={"basic": {"htpasswd": "users.htpasswd"}, "api_key": {}}, routes=[{"path": "/", "accept": ["basic", "api_key"]}])
    with Gateway(made, files={"users.htpasswd": lines(["sha1"])}) as gateway:
        key = secret(gateway.create_key()["key"])
        (gateway.folder / "quivive.db").rename(gateway.folder / "moved.db")
        gateway.notice("the store cannot be used")
        expect(gateway, ask(gateway, "sha1"), 200, "allowed")
        expect(gateway, gateway.get("/x", {"X-API-Key": key}), 500, "verifier-unavailable")


def test_file_that_is_gone_holds_up_no_revocation(upstream, issuer):
    made = config(upstream.url, accept={"basic": {"htpasswd": "users.htpasswd"}, "bearer": {"issuers": [
        {"issuer": issuer.name, "audience": [issuer.audience], "keys": "file:jwks.json", "algorithms": ["ES256"]}]}},
        routes=[{"path": "/", "accept": ["basic", "bearer"]}])
    with Gateway(made, files={"users.htpasswd": lines(["sha1"]), "jwks.json": issuer.key_set()}) as gateway:
        token, other = issuer.token(jti="to-be-revoked"), issuer.token()
        expect(gateway, gateway.get("/x", bearer(token)), 200, "allowed")
        (gateway.folder / "users.htpasswd").unlink()
        gateway.notice("users.htpasswd cannot be read")
        assert gateway.command("token", "revoke", "--issuer", issuer.name, "--jti", "to-be-revoked").exit == 0
        expect(gateway, refused_from_now_on(lambda: gateway.get("/x", bearer(token)), since=time.monotonic()), 401, "token-revoked")
        expect(gateway, gateway.get("/x", bearer(other)), 200, "allowed")


def test_hashes_that_protect_nothing_are_no_password(upstream):
    """Plain text and DES: the line is left out, and its text is not a password."""
    made = config(upstream.url, accept={"basic": {"htpasswd": "users.htpasswd"}}, routes=[{"path": "/", "accept": ["basic"]}])
    content = "plain:plaintext-password\ndes:abYblyKoyjgvk\nempty:\n" + lines(["sha1"])
    with Gateway(made, files={"users.htpasswd": content}) as gateway:
        for user, password in (("plain", "plaintext-password"), ("des", "d3s-w0rd"), ("empty", "")):
            assert ask(gateway, user, password).status in (401, 500), user
        expect(gateway, ask(gateway, "sha1"), 200, "allowed")


def test_missing_file_refuses_to_start(upstream):
    made = config(upstream.url, accept={"basic": {"htpasswd": "nowhere.htpasswd"}}, routes=[{"path": "/", "accept": ["basic"]}])
    result = start_refused(made)
    assert result.exit in (2, 3) and "nowhere.htpasswd" in result.err


def bcrypt(cost):
    return crypt(PASSWORD, f"$2b${cost:02}$abcdefghijklmnopqrstuu")


def costs(gateway, names, tries):
    """What wrong passwords of these names cost, in the gateway's own CPU time: the median of each."""
    took = {name: [] for name in names}
    with gateway.connect() as connection:
        for i in range(tries):
            for name in names:
                field = basic(name, f"wrong-{i}")["Authorization"]
                before = gateway.cpu_seconds()
                connection.send(f"GET /x HTTP/1.1\r\nHost: a\r\nAuthorization: {field}\r\n\r\n")
                assert connection.response().status == 401
                took[name].append(gateway.cpu_seconds() - before)
    return {name: statistics.median(times) for name, times in took.items()}


def test_unknown_users_cost_what_users_cost(upstream):
    """CVE-2026-41263, with enough samples to see a millisecond; also after the file has changed."""
    made = config(upstream.url, accept={"basic": {"htpasswd": "users.htpasswd"}}, routes=[{"path": "/", "accept": ["basic"]}])
    with Gateway(made, files={"users.htpasswd": f"user1:{bcrypt(4)}\n"}) as gateway:
        for cost in (4, 7):
            gateway.write("users.htpasswd", f"user1:{bcrypt(cost)}\nuser2:{bcrypt(cost)}\n")

            def alike():
                took = costs(gateway, ["user1", "stranger"], 60)
                return 0.75 < took["stranger"] / took["user1"] < 1.33
            eventually(alike)


def test_unknown_users_are_spread_as_users_are(upstream):
    """Where half of the users cost more than the other half, so do strangers."""
    made = config(upstream.url, accept={"basic": {"htpasswd": "users.htpasswd"}}, routes=[{"path": "/", "accept": ["basic"]}])
    users = {"cheap": bcrypt(4), "dear": bcrypt(8)}
    with Gateway(made, files={"users.htpasswd": "".join(f"{name}:{hash}\n" for name, hash in users.items())}) as gateway:
        took = costs(gateway, [*users, *(f"stranger{i}" for i in range(40))], 5)
        dear = sum(time > took["dear"] / 3 for name, time in took.items() if name not in users)
        assert 5 <= dear <= 35, took
