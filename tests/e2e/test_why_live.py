"""`quivive why URL` and `quivive why -- curl …`: what is sent, to whom, and what is said of the answer."""

import itertools
import time

import pytest

from harness import App, basic_field, captured, command, compact, forward_proxy, free_port, secret, why
from harness.tokens import hmac_signer
from harness.vault import hidden

PASSWORD = secret("harbour-window-2207")
OPAQUE = secret("aGFyYm91ci13aW5kb3ctb3BhcXVlLXRva2Vu")
JSON = {"Content-Type": "application/json"}
SAFE = {"GET", "HEAD", "OPTIONS"}


def refusing(*challenges):
    fields = [("WWW-Authenticate", challenge) for challenge in challenges]
    return lambda asked: (401, [*fields, *JSON.items()], '{"error": "unauthorized"}')


def guarded(asked):
    """Takes one password and one token."""
    if asked.authorization in {basic_field("alice", PASSWORD), f"Bearer {OPAQUE}"}:
        return 200, JSON, "{}"
    return 401, [("WWW-Authenticate", 'Bearer realm="orders"'), ("WWW-Authenticate", 'Basic realm="orders"'), *JSON.items()], '{"error": "unauthorized"}'


# --- what is said


def test_a_url():
    with App(guarded) as app:
        why(app.url + "/orders").says("credentials-missing", "certain or probable", "application")
        assert [(r.method, r.target) for r in app.requests] == [("GET", "/orders")]


def test_the_words_of_curl():
    with App(guarded) as app:
        told = why("--", "curl", "-u", "alice:" + secret("not-the-password-1"), app.url + "/orders")
        told.says("credentials-rejected", "probable", "application")
        assert why("--", "curl", "-u", f"alice:{PASSWORD}", app.url + "/orders").code is None
        assert why("--", "curl", "-sS", "-H", f"Authorization: Bearer {OPAQUE}", app.url + "/orders").code is None


def test_an_expired_token():
    now = int(time.time())
    token = secret(compact({"alg": "HS256"}, {"sub": "alice", "iat": now - 9000, "exp": now - 7200}, hmac_signer(b"some secret of the application's")))
    with App(refusing('Bearer realm="orders", error="invalid_token"')) as app:
        why("--", "curl", "-H", f"Authorization: Bearer {token}", app.url + "/orders").says("token-expired", "certain", "application")


def test_method_and_body_are_those_of_curl():
    with App(guarded) as app:
        why("--", "curl", "-d", "a=1", "-d", "b=2", app.url + "/orders")
        why("--", "curl", "-X", "PUT", "--data-raw", '{"a": 1}', "-H", "Content-Type: application/json", app.url + "/orders")
        posted, put = app.requests
        assert (posted.method, posted.body, posted.headers["Content-Type"]) == ("POST", b"a=1&b=2", "application/x-www-form-urlencoded")
        assert (put.method, put.body, put.headers["Content-Type"]) == ("PUT", b'{"a": 1}', "application/json")


def digest_answer(asked):
    """Refuses every digest, as a server does that knows another password."""
    return 401, [("WWW-Authenticate", f'Digest realm="orders", nonce="n{time.monotonic_ns()}", qop="auth", algorithm=MD5'), *JSON.items()], "{}"


def test_digest():
    with App(digest_answer) as app:
        told = why("--", "curl", "--digest", "-u", f"alice:{PASSWORD}", app.url + "/orders")
        assert told.code == "digest-bad-secret", told.text
        assert app.requests[0].authorization is None and app.requests[-1].authorization.startswith("Digest ")


def test_a_proxy_that_wants_credentials():
    with App(guarded) as app, forward_proxy(basic_field("proxy-user", "proxy-pass-0815")) as proxy:
        why("--", "curl", "-x", proxy.url, "-H", f"Authorization: Bearer {OPAQUE}", app.url + "/orders").says("proxy-407", "certain", "proxy")
        assert not app.requests
        account = secret("proxy-user:proxy-pass-0815")
        assert why("--", "curl", "-x", proxy.url, "-U", account, "-H", f"Authorization: Bearer {OPAQUE}", app.url + "/orders").code is None


# --- what is sent, and to whom


@pytest.mark.parametrize("credential", [("-u", f"alice:{PASSWORD}"), ("-H", f"Authorization: Bearer {OPAQUE}"), ("-H", "Cookie: session=" + secret("5f0e77b1c2d94a68"))],
                         ids=["password", "header", "cookie"])
def test_a_redirect_to_another_origin_receives_no_credentials(credential):
    with App(refusing('Bearer realm="elsewhere"')) as elsewhere:
        with App(lambda asked: (302, {"Location": elsewhere.url + "/orders"}, "")) as app:
            told = why("--probe", "--", "curl", "-L", *credential, app.url + "/orders")
            first = app.requests[0]
            assert first.authorization or first.headers.get("Cookie"), "the origin that was asked receives them"
            assert elsewhere.requests
            for asked in elsewhere.requests:
                assert asked.authorization is None and asked.headers.get("Cookie") is None, asked.headers
            if credential[0] == "-u" or "Authorization" in credential[1]:
                told.says("redirect-dropped-auth", "certain", "application")


@pytest.mark.parametrize("words", [["-H", "X-API-Key: " + secret("key-for-one-origin-3")], ["-d", "client_secret=" + secret("secret-for-one-origin-4")],
                                   ["-H", "X-Device-Token: " + secret("device-for-one-origin-5")],
                                   ["-H", "Content-Type: application/json", "-d", '{"password": "%s"}' % secret("word-for-one-origin-6")],
                                   ["--location-trusted", "-u", f"alice:{PASSWORD}"]], ids=["key", "body", "token", "json", "trusted"])
def test_what_curl_would_take_along_stops_at_the_origin(words):
    with App(guarded) as elsewhere, App(lambda asked: (307, {"Location": elsewhere.url + "/orders"}, "")) as app:
        why("--", "curl", "-L", *words, app.url + "/orders")
        assert len(app.requests) == 1 and not elsewhere.requests
    with App(lambda asked: (307, {"Location": "/there"}, "") if asked.target != "/there" else (200, JSON, "{}")) as app:
        why("--", "curl", "-L", *words, app.url + "/orders")
        assert [r.target for r in app.requests] == ["/orders", "/there"], "its own origin is followed"


def test_without_L_no_redirect_is_followed():
    with App(guarded) as elsewhere, App(lambda asked: (302, {"Location": elsewhere.url + "/orders"}, "")) as app:
        why("--", "curl", app.url + "/orders")
        assert len(app.requests) == 1 and not elsewhere.requests


@pytest.mark.parametrize("words", [["-u", "alice:" + secret("not-the-password-2")], ["-H", "Authorization: Bearer " + secret("bm90LXRoZS10b2tlbi1hdC1hbGw")],
                                   ["-X", "DELETE"], ["-d", "amount=1"]], ids=["password", "token", "delete", "post"])
def test_probes_are_few_and_safe(words):
    with App(refusing('Bearer realm="orders"', 'Basic realm="orders"')) as app:
        why("--", "curl", *words, app.url + "/orders")
        first, app.requests[:] = list(app.requests), []
        assert len(first) == 1
        why("--probe", "--", "curl", *words, app.url + "/orders")
        more = app.requests[1:]
        assert len(more) <= 3, [(r.method, r.target) for r in app.requests]
        assert more or words[0] in {"-X", "-d"}, "nothing was probed"
        assert all(r.method in SAFE and not r.body for r in more), [(r.method, r.body) for r in more]
        assert all(r.path == "/orders" for r in more)


def test_probes_stay_at_the_origin():
    """Each request, probes too, is answered with a redirect away; none that --probe adds follows it."""
    with App(guarded) as elsewhere, App(lambda asked: (302, {"Location": elsewhere.url + "/login"}, "")) as app:
        why("--probe", "--", "curl", "-u", f"alice:{PASSWORD}", app.url + "/orders")
        assert len(app.requests) <= 4
        assert not elsewhere.requests


def test_no_probe_without_being_asked():
    with App(refusing("Bearer")) as app:
        why("--", "curl", "-H", f"Authorization: Bearer {OPAQUE}", app.url + "/orders")
        assert len(app.requests) == 1


def test_probes_show_that_credentials_are_never_seen():
    """The answer is the same with credentials, without, and with wrong ones."""
    with App(refusing('Bearer realm="orders"')) as app:
        told = why("--probe", "--", "curl", "-H", f"Authorization: Bearer {OPAQUE}", app.url + "/orders")
        assert told.verdict is not None and told.exit == 1


# --- what cannot be performed


def refused(*arguments, within=60):
    result = command("why", *arguments, timeout=within)
    captured("why", result.out + result.err)
    hidden(result.out + result.err)
    return result


def test_a_closed_port():
    url = f"http://127.0.0.1:{free_port()}/orders"
    for arguments in ([url], ["--", "curl", "-u", f"alice:{PASSWORD}", url]):
        result = refused(*arguments)
        assert result.exit == 3 and not result.out, result
        assert len(result.err.splitlines()) == 1 and "127.0.0.1" in result.err, result.err


def test_offline_opens_no_connection():
    with App(guarded) as app:
        assert refused("--offline", app.url + "/orders").exit == 2
        refused("--offline", "--", "curl", "-u", f"alice:{PASSWORD}", app.url + "/orders")
        assert not app.requests


def test_an_endless_body_is_cut():
    def endless(asked):
        return 401, {"WWW-Authenticate": "Bearer", "Content-Type": "text/plain"}, itertools.repeat(b"no, and no, and no again; " * 4096)

    with App(endless) as app:
        why(app.url + "/orders").says("credentials-missing", "certain or probable", "application")
        assert len(app.requests) == 1


def test_an_oversized_head_ends():
    """More than a megabyte of fields: curl gives up, and so does why."""
    class Fields(dict):
        def items(self):
            return ((f"X-Field-{n}", "x" * 4096) for n in range(400))

    with App(lambda asked: (401, Fields(), b"")) as app:
        assert refused(app.url + "/orders").exit in (0, 1, 3)


# --- for whoever runs the gateway


def operator(gateway):
    return "--admin", "%s:%d" % gateway.admin


def test_the_gateways_own_record_joins_in(api, issuer):
    """The client sees that the audience is wrong; the record says which one the gateway wants."""
    token = secret(issuer.token(aud="https://api.example.com/"))
    asked = ["--", "curl", "-H", f"Authorization: Bearer {token}", api.url + "/bearer/x"]
    without, told = why(*asked), why(*operator(api), *asked)
    for diagnosis in (without, told):
        diagnosis.says("token-wrong-audience", "certain", "gateway")
    record = lambda diagnosis: [e["text"] for e in diagnosis.evidence("token-wrong-audience") if e["part"] == "gateway.record"]  # noqa: E731
    assert record(without) == []
    assert any("/bearer/" in text for text in record(told)) and any("audience" in text for text in record(told)), record(told)


def test_the_record_tells_what_a_stripped_answer_does_not(api):
    """A proxy in between that replaced the body leaves the id; that is enough for whoever may ask."""
    answer = api.get("/bearer/x", {"Authorization": "Bearer " + secret("no-token-at-all-7733")})
    api.log_line(answer.id)
    seen = f"HTTP/1.1 401 Unauthorized\r\nX-Request-Id: {answer.id}\r\nContent-Length: 0\r\n\r\n"
    assert why("-", stdin=seen).code != "token-malformed"
    why(*operator(api), "-", stdin=seen).says("token-malformed", "certain", "gateway")


def test_what_was_observed_only_is_not_why_the_upstream_refused(api):
    answer = api.get("/observe/x?status=401+Unauthorized", {"Authorization": "Bearer " + secret("no-token-at-all-7734")})
    line = api.log_line(answer.id)
    assert (answer.status, line["reason"], line["observed"]) == (401, "token-malformed", True)
    seen = f"HTTP/1.1 401 Unauthorized\r\nX-Request-Id: {answer.id}\r\nContent-Length: 0\r\n\r\n"
    result = command("why", "--json", *operator(api), "-", stdin=seen)
    assert "observed only" in result.err and answer.id in result.err
    assert "gateway.record" not in result.out and "token-malformed" not in result.out


def test_a_record_that_is_not_there_stops_nothing(api):
    answer = "HTTP/1.1 401 Unauthorized\r\nX-Request-Id: k3v9q9\r\nWWW-Authenticate: Bearer\r\n\r\n"
    for more, word in ((operator(api), "no rejection k3v9q9 is remembered"), (("--admin", "127.0.0.1:1"), "127.0.0.1:1")):
        result = command("why", "--json", *more, "-", stdin=answer)
        assert result.exit == 1 and word in result.err and result.err.count("\n") == 1, result.err
    result = command("why", *operator(api), "-", stdin="HTTP/1.1 401 Unauthorized\r\n\r\n")
    assert result.exit == 0 and "X-Request-Id" in result.err
