"""Digest (RFC 7616): the challenge, each reason, replays, and what changes while the gateway runs. Real clients: test_digest_clients.py."""

import itertools
import re
import time

import pytest

from harness import Gateway, command, config, eventually, expect, secret
from harness.digest import REALM, Client, hashed, parameters

ALICE = ("alice", secret("open-sesame-42"))
JASON = ("Jäsøn Doe", secret("Secret, or not?"))


@pytest.fixture(scope="module")
def digest(upstream):
    settings = config(upstream.url, accept={"digest": {"algorithms": ["SHA-256", "MD5", "SHA-256-sess"], "domain": ["/digest/"]}, "bearer": {"issuers": [
        {"issuer": "https://id.example.com", "audience": ["any"], "secret_file": "secret", "algorithms": ["HS256"]}]}, "basic": {}}, routes=[
        {"path": "/digest/", "accept": ["digest"]},
        {"path": "/role/", "accept": ["digest"], "require": {"role": "operator"}},
        {"path": "/mixed/", "accept": ["digest", "bearer", "basic"]},
    ])
    with Gateway(settings, files={"secret": secret("a shared secret of thirty-two characters or more")}) as gateway:
        gateway.add_user(*ALICE, "operator", digest=True)
        gateway.add_user(*JASON, digest=True)
        gateway.add_user("plain", secret("only-for-basic"))
        yield gateway


def test_challenge_one_line_an_algorithm(digest):
    response = expect(digest, digest.get("/digest/x"), 401, "credentials-missing")
    lines = response.all("WWW-Authenticate")
    nonce, opaque = parameters(lines[0])["nonce"], parameters(lines[0])["opaque"]
    rest = f'qop="auth", charset=UTF-8, opaque="{opaque}", domain="/digest/"'
    assert lines == [f'Digest realm="{REALM}", nonce="{nonce}", algorithm={name}, {rest}' for name in ("SHA-256", "MD5", "SHA-256-sess")]
    again = digest.get("/digest/x").all("WWW-Authenticate")
    assert parameters(again[0])["nonce"] != nonce and parameters(again[0])["opaque"] == opaque


def test_digest_comes_before_the_others(digest):
    schemes = [line.split()[0] for line in digest.get("/mixed/x").all("WWW-Authenticate")]
    assert schemes == ["Digest", "Digest", "Digest", "Bearer", "Basic"]


@pytest.mark.parametrize("algorithm", ["SHA-256", "MD5", "SHA-256-sess"])
@pytest.mark.parametrize("user", [ALICE, JASON])
def test_right_response(digest, user, algorithm):
    client = Client(digest, *user, algorithm)
    response = expect(digest, client.get("/digest/a?b=c%20d"), 200, "allowed", scheme="digest")
    fields = dict(response.json()["fields"])
    assert "Authorization" not in fields and fields["X-Quivive-Scheme"] == "digest"
    info = parameters(response.get("Authentication-Info"))
    assert info == {"rspauth": client.rspauth, "qop": "auth", "nc": "00000001", "cnonce": "0a4f113b"}
    for _ in range(3):  # remembered by now
        expect(digest, client.get("/digest/a?b=c%20d"), 200, "allowed")
        assert parameters(client_info(digest, client))["rspauth"] == client.rspauth


def client_info(gateway, client):
    return client.get().get("Authentication-Info")


def test_roles_are_compared(digest):
    expect(digest, Client(digest, *ALICE).get("/role/x"), 200, "allowed")
    response = expect(digest, Client(digest, *JASON).get("/role/x"), 403, "policy-denied")
    assert not response.all("WWW-Authenticate")


@pytest.mark.parametrize("reason, parts, signed", [
    ("digest-wrong-response", {}, {"password": "wrong"}),
    ("digest-wrong-response", {"username": "nobody-here"}, {}),
    ("digest-wrong-response", {"username": "plain"}, {"password": "only-for-basic"}),
    ("digest-wrong-response", {"realm": "elsewhere"}, {}),
    ("digest-wrong-response", {"realm": "elsewhere"}, {"realm": REALM}),
    ("digest-wrong-response", {}, {"method": "POST"}),
    ("digest-wrong-response", {}, {"uri": "/digest/y"}),
    ("digest-uri-mismatch", {"uri": "/digest/y"}, {}),
    ("digest-malformed", {"nc": None}, {"nc": ""}),
    ("digest-malformed", {"qop": None}, {"qop": ""}),
    ("digest-malformed", {"response": "0" * 63}, {}),
    ("digest-algorithm-not-allowed", {"algorithm": "SHA-512-256"}, {}),
    ("digest-algorithm-not-allowed", {"algorithm": "CRC-32"}, {}),
    ("digest-nonce-stale", {"nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093"}, {}),
])
def test_what_is_wrong_has_its_reason(digest, reason, parts, signed):
    client = Client(digest, *ALICE)
    client.challenge()
    response = expect(digest, client.get(**parts, signed=signed), 401, reason)
    first = response.all("WWW-Authenticate")[0]
    # Only a right response learns that the nonce was the reason.
    assert first.endswith(", stale=true") == (reason == "digest-nonce-stale")


def test_wrong_after_right_is_still_wrong(digest):
    """The user is remembered by then: neither the answer nor what was counted may change because of it."""
    client = Client(digest, *ALICE)
    expect(digest, client.get(), 200, "allowed")
    count = f"{next(client.count):08x}"
    expect(digest, digest.get("/digest/x", client.field(nc=count, signed={"password": "wrong"})), 401, "digest-wrong-response")
    expect(digest, digest.get("/digest/x", client.field(nc=count)), 200, "allowed")


def test_unknown_and_known_users_get_the_same_answer(digest):
    def answer(user):
        client = Client(digest, user, "wrong")
        response = client.get()
        varying = ("date", "x-request-id")
        fields = [(n, re.sub('nonce="[^"]*"', "nonce", v)) for n, v in response.fields if n.lower() not in varying]
        return response.status, fields, response.body
    assert answer("alice") == answer("zelda")


def test_a_field_counts_once(digest):
    client = Client(digest, *ALICE)
    client.challenge()
    field = client.field()
    expect(digest, digest.get("/digest/x", field), 200, "allowed")
    response = expect(digest, digest.get("/digest/x", field), 401, "digest-nonce-replayed")
    assert not response.all("WWW-Authenticate")[0].endswith("stale=true")
    third, second = client.field(nc="00000003"), client.field(nc="00000002")
    expect(digest, digest.get("/digest/x", third), 200, "allowed")
    expect(digest, digest.get("/digest/x", second), 200, "allowed")
    expect(digest, digest.get("/digest/x", second), 401, "digest-nonce-replayed")


def test_a_field_of_one_request_does_not_fit_another(digest):
    client = Client(digest, *ALICE)
    client.challenge()
    expect(digest, digest.request("DELETE", "/digest/x", client.field()), 401, "digest-wrong-response")
    expect(digest, digest.get("/digest/other", client.field()), 401, "digest-uri-mismatch")


def test_two_fields_in_one_request(digest):
    client = Client(digest, *ALICE)
    client.challenge()
    one, two = client.field()["Authorization"], client.field()["Authorization"]
    expect(digest, digest.get("/digest/x", [("Authorization", one), ("Authorization", two)]), 400, "credentials-duplicate-header")
    expect(digest, digest.get("/digest/x", {"Authorization": f"{one}, Basic YTpi"}), 400, "credentials-duplicate-header")


def test_explain_says_what_the_client_is_not_told(digest):
    def explanation(user, **more):
        client = Client(digest, user, "wrong")
        client.challenge()
        return digest.explain(client.get(**more).get("X-Request-Id")).out
    assert "no user of that name (5 characters)" in explanation("zelda") and "zelda" not in explanation("zelda")
    assert "user alice: wrong" in explanation("alice")
    assert "wrong password, or a response computed from something else" in explanation("alice")
    assert "the user has no Digest secret" in explanation("plain")


def test_new_password_counts_at_once(digest):
    old, new = secret("digest-old-password"), secret("digest-new-password")
    digest.add_user("frank", old, digest=True)
    client = Client(digest, "frank", old)
    expect(digest, client.get(), 200, "allowed")
    assert digest.command("user", "passwd", "frank", "--password-stdin", stdin=new + "\n").exit == 0
    eventually(lambda: client.get().status == 401, within=5.0)
    client.password = new
    expect(digest, client.get(), 200, "allowed")
    assert digest.command("user", "disable", "frank").exit == 0
    eventually(lambda: client.get().status == 401, within=5.0)
    assert digest.command("user", "enable", "frank").exit == 0
    eventually(lambda: client.get().status == 200, within=5.0)
    assert digest.command("user", "remove", "frank").exit == 0
    eventually(lambda: client.get().status == 401, within=5.0)


def test_nonces_age_and_the_next_comes_in_time(upstream):
    settings = config(upstream.url, accept={"digest": {"nonce_lifetime": "6s"}}, routes=[{"path": "/", "accept": ["digest"]}])
    with Gateway(settings) as gateway:
        gateway.add_user(*ALICE, digest=True)
        client = Client(gateway, *ALICE)
        client.challenge()
        first = client.nonce
        # A client that takes each nextnonce never sees a 401, however long it goes on.
        taken, started = 0, time.monotonic()
        while taken < 2:
            response = expect(gateway, client.get(), 200, "allowed")
            assert time.monotonic() - started < 60
            following = parameters(response.get("Authentication-Info")).get("nextnonce")
            if following:
                client.nonce, client.count, taken = following, itertools.count(1), taken + 1
        client.nonce = first
        response = expect(gateway, client.get(nc="00ffffff"), 401, "digest-nonce-stale")
        assert response.all("WWW-Authenticate")[0].endswith(", stale=true")
        client.challenge()
        expect(gateway, client.get(), 200, "allowed")


def test_another_realm_needs_other_secrets(upstream):
    settings = config(upstream.url, accept={"digest": {}}, routes=[{"path": "/", "accept": ["digest"]}])
    with Gateway(settings) as gateway:
        gateway.add_user(*ALICE, digest=True)
        client = Client(gateway, *ALICE)
        expect(gateway, client.get(), 200, "allowed")
        assert gateway.command("user", "add", "basic-only", "--password-stdin", stdin=secret("of no concern here") + "\n").exit == 0
        check = lambda: command("check", gateway.config_path)  # noqa: E731
        reload = lambda: command("reload", "--admin", "%s:%d" % gateway.admin)  # noqa: E731
        warning = "1 user has no Digest secret for realm {} and {}, and is refused there: quivive user passwd NAME --digest"
        assert "no Digest secret" not in check().err and "no Digest secret" not in reload().err
        gateway.configure({**settings, "accept": {"digest": {"algorithms": ["SHA-256", "SHA-256-sess", "MD5"]}}})
        for told in (check(), reload()):
            assert told.exit == 0 and re.findall(r"\d+ user.*", told.err) == [warning.format(REALM, "MD5")], told.err
        gateway.configure({**settings, "realm": "moved.example.com"})
        for told in (check(), reload()):
            assert told.exit == 0 and f"warning: {warning.format('moved.example.com', 'SHA-256')}\n" in told.err, told.err
        gateway.notice(warning.format("moved.example.com", "SHA-256"))
        client.challenge()
        response = expect(gateway, client.get(realm="moved.example.com"), 401, "digest-wrong-response")
        assert "another realm" in gateway.explain(response.get("X-Request-Id")).out
        assert gateway.command("user", "passwd", ALICE[0], "--digest", "--password-stdin", stdin=ALICE[1] + "\n").exit == 0
        eventually(lambda: client.get(realm="moved.example.com").status == 200, within=5.0)
        assert "no Digest secret" not in check().err and "no Digest secret" not in reload().err
        gateway.configure(settings)
        gateway.stop()
        assert "no Digest secret for realm api.example.com" in check().err  # of a store that nobody has open, too
        gateway.start()
        gateway.notice(warning.format(REALM, "SHA-256"))


def test_userhash(upstream):
    settings = config(upstream.url, accept={"digest": {"userhash": True}}, routes=[{"path": "/", "accept": ["digest"]}])
    with Gateway(settings) as gateway:
        gateway.add_user(*JASON, digest=True)
        client = Client(gateway, *JASON)
        assert "userhash=true" in gateway.get("/").all("WWW-Authenticate")[0]
        client.challenge()
        name = hashed("SHA-256", JASON[0], REALM)
        response = expect(gateway, client.get(username=name, userhash="true", signed={"username": JASON[0]}), 200, "allowed", subject=JASON[0])
        assert dict(response.json()["fields"])["X-Quivive-Scheme"] == "digest"
        expect(gateway, client.get(), 200, "allowed")  # the name itself still counts
        unknown = hashed("SHA-256", "nobody", REALM)
        response = expect(gateway, client.get(username=unknown, userhash="true"), 401, "digest-wrong-response")
        said = gateway.explain(response.id).out
        assert "no user with that hash" in said and unknown not in said


@pytest.mark.parametrize("qop", ["auth", "auth-int"])
def test_a_restart_costs_one_more_request_and_no_password(upstream, tmp_path, qop):
    settings = config(upstream.url, accept={"digest": {"qop": [qop]}}, routes=[{"path": "/", "accept": ["digest"]}])
    with Gateway(settings, folder=tmp_path) as gateway:
        gateway.add_user(*ALICE, digest=True)
        client = Client(gateway, *ALICE, qop=qop)
        expect(gateway, client.get(), 200, "allowed")
        gateway.stop()
        gateway.start()
        response = expect(gateway, client.get(), 401, "digest-nonce-stale")
        assert "stale=true" in response.all("WWW-Authenticate")[0]
        client.challenge()
        expect(gateway, client.get(), 200, "allowed")
