"""`quivive why` on requests that real servers refused, each for a reason that was planted."""

import base64
import hashlib
import json
import time

import pytest

from harness import Apache, App, Nginx, basic_field, compact, curl_include, curl_trace, curl_verbose, forward_proxy, httpie, read, secret, why
from harness.tokens import hmac_signer

PASSWORD = secret("meadow-lantern-4711")
WRONG = secret("meadow-lantern-4712")
KEY = secret("quarry-thistle-93b1f07ac2")
OPAQUE = secret("dGhpc3RsZS1xdWFycnktb3BhcXVlLXRva2Vu")
SIGNING = b"the application's own signing secret, of no other use"

CURLS = pytest.mark.parametrize("capture", [curl_verbose, curl_trace])


def token(**claims):
    now = int(time.time())
    made = compact({"alg": "HS256", "typ": "JWT"}, {"iss": "https://id.example.com", "aud": "https://api.example.com", "sub": "alice", "iat": now - 60, "exp": now + 3600, **claims}, hmac_signer(SIGNING))
    secret(made.rsplit(".", 1)[1])
    return secret(made)


def sha_password(password):
    """A line of a password file, in a form that nginx and Apache both read."""
    return "alice:{SHA}" + base64.b64encode(hashlib.sha1(password.encode()).digest()).decode() + "\n"


# --- nginx


@pytest.fixture(scope="module")
def guarded():
    """nginx that asks for a password in front of an application that asks for a Bearer token."""
    def answer(asked):
        if asked.authorization == f"Bearer {OPAQUE}":
            return 200, {"Content-Type": "application/json"}, '{"orders": []}'
        return 401, {"WWW-Authenticate": 'Bearer realm="orders"', "Content-Type": "application/json"}, '{"error": "no token"}'

    with App(answer) as app:
        server = f'location / {{ auth_basic "staging"; auth_basic_user_file FOLDER/passwords; proxy_pass {app.url}; }}'
        with Nginx(server, files={"passwords": sha_password(PASSWORD)}) as nginx:
            yield nginx


@CURLS
def test_no_credentials_at_nginx(guarded, capture):
    read(capture(guarded.url + "/orders")).says("credentials-missing", "certain or probable", "proxy")


def test_no_credentials_at_nginx_by_httpie(guarded):
    told = read(httpie(guarded.url + "/orders")).says("credentials-missing", "certain or probable", "proxy")
    assert told.name == "nginx" and told.format == "http"


@CURLS
def test_a_wrong_password_at_nginx(guarded, capture):
    told = read(capture("-u", f"alice:{WRONG}", guarded.url + "/orders")).says("credentials-rejected", "probable", "proxy")
    assert told.name == "nginx"


def test_a_wrong_password_at_nginx_by_httpie(guarded):
    read(httpie("-a", f"alice:{WRONG}", guarded.url + "/orders")).says("credentials-rejected", "probable", "proxy")


@CURLS
def test_the_applications_token_at_nginxs_password(guarded, capture):
    """The application would take the token; nginx wants a password in the same header."""
    told = read(capture("-H", f"Authorization: Bearer {OPAQUE}", guarded.url + "/orders"))
    assert told.code in {"auth-header-collision", "proxy-sent-401"}, told.text
    assert told.certainty in {"certain", "probable"} and told.answered_by == "proxy"


def test_a_response_alone_does_not_say_what_was_sent(guarded):
    told = read(curl_include(guarded.url + "/orders"))
    assert told.answered_by == "proxy" and told.name == "nginx"
    assert told.certainty != "certain", told.text


def test_the_right_password_is_no_fault_of_nginx(guarded):
    """nginx lets it through, and passes the same header on to the application, which wants a token."""
    told = read(curl_verbose("-u", f"alice:{PASSWORD}", guarded.url + "/orders"))
    assert told.code in {"scheme-unsupported", "auth-header-collision"}, told.text
    assert told.answered_by == "application"


@pytest.fixture(scope="module")
def keyed():
    """An application that wants its key in a header with an underscore, behind nginx, which drops those."""
    def answer(asked):
        if asked.headers.get("api_key") == KEY:
            return 200, {"Content-Type": "application/json"}, '{"orders": []}'
        return 401, {"Content-Type": "application/json"}, '{"error": "Missing API key"}'

    with App(answer) as app, Nginx(f"location / {{ proxy_pass {app.url}; }}") as nginx:
        yield app, nginx


@CURLS
def test_nginx_drops_a_header_with_an_underscore(keyed, capture):
    app, nginx = keyed
    read(capture("-H", f"api_key: {KEY}", app.url + "/")).says(None, None, "application")
    read(capture("-H", f"api_key: {KEY}", nginx.url + "/")).says("underscore-header-dropped", "probable", "application")


def test_nginx_drops_a_header_with_an_underscore_by_httpie(keyed):
    read(httpie(keyed[1].url + "/", f"api_key:{KEY}")).says("underscore-header-dropped", "probable", "application")


# --- Apache


CGI = """#!/bin/sh
if [ -n "$HTTP_AUTHORIZATION" ]; then
  printf 'Content-Type: application/json\\r\\n\\r\\n{"me": "alice"}'
else
  printf 'Status: 401 Unauthorized\\r\\nWWW-Authenticate: Bearer realm="api"\\r\\nContent-Type: application/json\\r\\n\\r\\n'
  printf '{"detail": "Authentication credentials were not provided."}'
fi
"""


@pytest.fixture(scope="module")
def apache():
    settings = """
        ScriptAlias /cgi/ FOLDER/cgi/
        ScriptAlias /passing/ FOLDER/cgi/
        <Location /passing>
          CGIPassAuth On
        </Location>
        <Location /digest>
          AuthType Digest
          AuthName "orders"
          AuthDigestProvider file
          AuthUserFile FOLDER/digests
          Require valid-user
        </Location>
        <Location /basic>
          AuthType Basic
          AuthName "orders"
          AuthUserFile FOLDER/passwords
          Require valid-user
        </Location>"""
    digest = hashlib.md5(f"alice:orders:{PASSWORD}".encode()).hexdigest()
    files = {"cgi/me": CGI, "digests": f"alice:orders:{digest}\n", "passwords": sha_password(PASSWORD), "digest/index.html": "<p>orders</p>", "basic/index.html": "<p>orders</p>"}
    with Apache("DirectoryIndex index.html\n" + settings, files=files) as server:
        yield server


@pytest.mark.parametrize("capture", [curl_verbose, curl_trace, httpie])
def test_cgi_never_sees_the_header(apache, capture):
    def asking(path):
        url, field = apache.url + path, f"Authorization: Bearer {OPAQUE}"
        return capture(url, field.replace(": ", ":")) if capture is httpie else capture("-H", field, url)

    read(asking("/cgi/me")).says("cgi-strips-auth", "probable", "application")
    read(asking("/passing/me")).says(None, None, "application")


def test_basic_at_apache(apache):
    read(curl_verbose("-u", f"alice:{PASSWORD}", apache.url + "/basic/")).says(None, None, "unknown")
    told = read(curl_verbose("-u", f"alice:{WRONG}", apache.url + "/basic/"))
    assert (told.code, told.certainty) == ("credentials-rejected", "probable"), told.text
    read(curl_verbose(apache.url + "/basic/")).says("credentials-missing", "certain or probable", told.answered_by)


@CURLS
def test_a_digest_negotiation_is_no_fault(apache, capture):
    told = read(capture("--digest", "-u", f"alice:{PASSWORD}", apache.url + "/digest/"))
    assert told.code is None and told.exchanges == 2, told.text


def test_a_digest_negotiation_by_httpie_is_no_fault(apache):
    """HTTPie prints the request before its answer to the challenge, and the response after it: one exchange."""
    told = read(httpie("-A", "digest", "-a", f"alice:{PASSWORD}", apache.url + "/digest/"))
    assert told.code is None and told.exchanges == 1, told.text


@CURLS
def test_a_wrong_digest(apache, capture):
    told = read(capture("--digest", "-u", f"alice:{WRONG}", apache.url + "/digest/"))
    assert (told.code, told.certainty) == ("digest-bad-secret", "probable"), told.text
    assert told.verdict["exchange"] == 1


def test_a_wrong_digest_that_httpie_does_not_show(apache):
    """The request printed has no Authorization although one was sent: nothing about it may be called certain."""
    told = read(httpie("-A", "digest", "-a", f"alice:{WRONG}", apache.url + "/digest/"))
    assert told.code in {"credentials-missing", "digest-bad-secret"} and told.certainty != "certain", told.text


def test_a_digest_is_computed_anew(apache, tmp_path):
    capture = tmp_path / "capture"
    capture.write_text(curl_verbose("--digest", "-u", f"alice:{WRONG}", apache.url + "/digest/"))
    told = why("--user", "alice", "--password-stdin", capture, stdin=PASSWORD)
    assert (told.code, told.certainty) == ("digest-wrong-response", "certain"), told.text
    told = why("--user", "alice", "--password-stdin", capture, stdin=WRONG)
    assert told.code == "digest-bad-secret", told.text


# --- redirects, proxies, sessions


def protected(asked):
    if asked.authorization or asked.headers.get("Cookie"):
        return 200, {"Content-Type": "application/json"}, "{}"
    return 401, {"WWW-Authenticate": 'Bearer realm="orders"', "Content-Type": "application/json"}, '{"error": "unauthorized"}'


@CURLS
def test_a_redirect_to_another_origin_drops_the_header(capture):
    with App(protected) as target:
        with App(lambda asked: (302, {"Location": f"{target.url}/v2{asked.path}"}, "")) as old:
            told = read(capture("-L", "-H", f"Authorization: Bearer {OPAQUE}", old.url + "/orders"))
            told.says("redirect-dropped-auth", "certain", "application")
            assert told.exchanges == 2 and told.verdict["exchange"] == 1
            assert target.requests[-1].authorization is None
            trusted = read(capture("--location-trusted", "-H", f"Authorization: Bearer {OPAQUE}", old.url + "/orders"))
            assert trusted.code is None, trusted.text


def test_a_redirect_to_another_origin_drops_the_header_by_httpie():
    with App(protected) as target:
        with App(lambda asked: (302, {"Location": f"{target.url}/v2{asked.path}"}, "")) as old:
            told = read(httpie("--follow", "-A", "bearer", "-a", OPAQUE, old.url + "/orders"))
            told.says("redirect-dropped-auth", "certain", "application")
            assert told.exchanges == 2


@CURLS
def test_a_proxy_that_wants_credentials(capture):
    account = secret("proxy-user:proxy-pass-0815")
    with App(protected) as app, forward_proxy(basic_field(*account.split(":"))) as proxy:
        told = read(capture("-x", proxy.url, "-H", f"Authorization: Bearer {OPAQUE}", app.url + "/orders"))
        told.says("proxy-407", "certain", "proxy")
        assert not app.requests
        assert read(capture("-x", proxy.url, "-U", account, "-H", f"Authorization: Bearer {OPAQUE}", app.url + "/orders")).code is None


def test_a_tunnel_that_is_refused():
    """https through a proxy: the 407 answers CONNECT, and no request was sent at all."""
    refused = (407, {"Proxy-Authenticate": 'Basic realm="corporate proxy"'}, "")
    with App(lambda asked: refused) as proxy:
        proxy._server.RequestHandlerClass.do_CONNECT = proxy._server.RequestHandlerClass.do_GET
        read(curl_verbose("-x", proxy.url, "https://api.example.com/")).says("proxy-407", "certain", "proxy")


def verifying(ahead=0):
    """An application that checks a JWT's times by its own clock, which may be wrong, and says no more than 401."""
    def answer(asked):
        value = (asked.authorization or "").removeprefix("Bearer ")
        if value.count(".") == 2:
            body = value.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
            now = time.time() + ahead
            if claims["exp"] > now and claims.get("nbf", 0) <= now and claims["iat"] <= now:
                return 200, {"Content-Type": "application/json"}, "{}"
        return 401, {"WWW-Authenticate": 'Bearer realm="orders", error="invalid_token"', "Content-Type": "application/json"}, '{"error": "invalid_token"}'

    return App(answer, ahead=ahead)


@pytest.mark.parametrize("capture", [curl_verbose, curl_trace, httpie])
def test_an_expired_token(capture):
    with verifying() as app:
        field = f"Authorization: Bearer {token(exp=int(time.time()) - 7200, iat=int(time.time()) - 9000)}"
        text = capture(app.url + "/orders", field.replace(": ", ":")) if capture is httpie else capture("-H", field, app.url + "/orders")
        told = read(text).says("token-expired", "certain", "application")
        assert "2 h" in told.verdict["summary"]


@CURLS
def test_the_servers_clock_decides(capture):
    """The token is good here, and over at a server whose clock is three hours ahead; the other way round it is not valid yet."""
    with verifying(ahead=3 * 3600) as app:
        told = read(capture("-H", f"Authorization: Bearer {token()}", app.url + "/orders"))
        told.says("token-expired", "certain", "application")
    with verifying(ahead=-3 * 3600) as app:
        told = read(capture("-H", f"Authorization: Bearer {token(nbf=int(time.time()) - 60)}", app.url + "/orders"))
        assert told.code in {"token-not-yet-valid", "clock-skew-local"}, told.text
        assert told.certainty in {"certain", "probable"}


def test_a_good_token():
    with verifying() as app:
        assert read(curl_verbose("-H", f"Authorization: Bearer {token()}", app.url + "/orders")).code is None


def session(asked):
    if asked.path == "/login":
        return 200, {"Set-Cookie": "session=6f1c9be0aa3d4e57; Max-Age=0; Path=/; HttpOnly", "Content-Type": "application/json"}, '{"ok": true}'
    if "session=" in (asked.headers.get("Cookie") or ""):
        return 200, {"Content-Type": "application/json"}, "{}"
    return 401, {"Content-Type": "application/json"}, '{"error": "not signed in"}'


@CURLS
def test_a_cookie_that_expired(capture, tmp_path):
    secret("6f1c9be0aa3d4e57")
    with App(session) as app:
        told = read(capture("-c", tmp_path / "jar", "-b", tmp_path / "jar", app.url + "/login", app.url + "/me"))
        told.says("cookie-expired", "certain", "application")
        assert told.verdict["exchange"] == 1
