"""Attacks that got through systems that do this job, each with the request that would have caught it.

Not applicable yet, since the part does not exist:

  GHSA-6849-pcxw-x2cx                second factors (no TOTP)
  GHSA-ggw3-5987-rx77                compressed callback parameters (no OIDC; nothing is ever decompressed)

Elsewhere: CVE-2021-32701 in test_routes; GHSA-w9mr-28mw-j8hg, CVE-2024-45410, CVE-2026-29054, CVE-2025-64484, CVE-2026-30851,
CVE-2026-33433, GHSA-rf44-j88r-hh8c in test_hygiene; CVE-2026-41263 in test_basic and test_htpasswd; CVE-2026-27586 in test_tls;
CVE-2026-33544 (interleaved logins) in test_sessions and test_token_service, CVE-2026-32245 (codes bound to clients) in test_token_service;
CVE-2024-21492 and its family in test_sessions (logout, open redirect), its spoofed headers below; the cookie's scope in test_sessions.
"""

import json
import time

import pytest

from conftest import bearer_settings
from harness import (Gateway, KeySetServer, SigningKey, basic, bearer, compact, config, expect, get, key_field, raw, refused_from_now_on, request,
                     secret, unsigned, wrong_key)
from harness.tokens import hmac_signer

PROTECTED = (400, 401)


@pytest.fixture(scope="module")
def gateway(upstream, issuer):
    """Open routes beside protected ones, as in the advisories; everything else asks for a token."""
    made = config(
        upstream.url,
        accept={"bearer": {"issuers": [bearer_settings(issuer)]}, "api_key": {"header": "X-API-Key"}},
        limits={"header_bytes": "64KiB", "token_bytes": "32KiB"},
        routes=[
            {"path": "/foo/*/bar", "public": True},
            {"path": "/foo/**/bar", "public": True},
            {"path": "/public/", "public": True},
            {"path": "/api/", "public": True},
            {"path": "/slashes/", "public": True, "encoded_slash": "pass"},
            {"path": "/"},
        ])
    with Gateway(made, files={"jwks.json": issuer.key_set()}) as running:
        yield running


def never_arrives(gateway, upstream, request_bytes):
    """The status of the first response; the upstream has seen nothing of it."""
    before = len(upstream.received(""))
    response = raw(gateway.address, request_bytes, count=1)[0]
    assert len(upstream.received("")) == before
    return response


def get_bytes(target, *lines):
    return "\r\n".join([f"GET {target} HTTP/1.1", "Host: api.example.com", "Connection: close", *lines]).encode("latin-1") + b"\r\n\r\n"


# --- the path that the policy sees is the path that the upstream sees

@pytest.mark.parametrize("target", ["/foo/critical?x=/bar", "/foo/critical?/bar", "/foo/critical?x=/foo/a/bar", "/foo/critical%3fx=/bar"])
def test_cve_2025_54576_query_is_no_part_of_the_path(gateway, upstream, target):
    assert never_arrives(gateway, upstream, get_bytes(target)).status in PROTECTED
    expect(gateway, gateway.get("/foo/x/bar?y"), 200, "allowed")


@pytest.mark.parametrize("name", ["X-Forwarded-Uri", "X-Original-URL", "X-Rewrite-URL", "X-Original-URI", "X-Forwarded-Path", "X-Forwarded-Prefix",
                                  "X-HTTP-Method-Override", "X-Forwarded-Method"])
def test_cve_2026_40575_path_is_not_taken_from_a_header(gateway, name):
    expect(gateway, gateway.get("/admin", {name: "/public/x"}), 401, "credentials-missing", path="/admin")


@pytest.mark.parametrize("target", [
    "/public/../admin/secrets", "/public/%2e%2e/admin/secrets", "/public/..%2fadmin/secrets", "/public%2f..%2fadmin", "/public/%2e%2e%2fadmin",
    "/public/.%2e/admin", "/public/..\\admin", "/public/..%5cadmin", "/public/%252e%252e/admin/../..", "/public/..;/admin",
])
def test_cve_2026_33494_raw_and_normalised_paths_are_one(gateway, upstream, target):
    assert never_arrives(gateway, upstream, get_bytes(target)).status in PROTECTED


def test_cve_2019_9901_dot_segments(gateway, upstream):
    assert never_arrives(gateway, upstream, get_bytes("/something/../admin")).status in PROTECTED
    assert never_arrives(gateway, upstream, get_bytes("/public/x/../../admin")).status in PROTECTED


@pytest.mark.parametrize("target", ["/api../admin", "/api%2e%2e/admin", "/api..%2fadmin", "/api/../admin", "/api.%2e/admin", "/api;/admin", "/api%3b/admin"])
def test_cve_2026_48020_prefix_needs_its_slash(gateway, upstream, target):
    assert never_arrives(gateway, upstream, get_bytes(target)).status in PROTECTED


@pytest.mark.parametrize("target", ["//admin/secret", "///admin", "//public/x/../admin", "/public//admin", "//api.example.com/admin"])
def test_cve_2026_26205_double_slash(gateway, upstream, target):
    assert never_arrives(gateway, upstream, get_bytes(target)).status in PROTECTED


@pytest.mark.parametrize("target", ["/#/../admin", "/public/#/../../admin", "/public/x#", "#"])
def test_cve_2023_47106_fragment(gateway, upstream, target):
    assert never_arrives(gateway, upstream, get_bytes(target)).status == 400


def test_encoded_slashes_that_are_allowed_lead_nowhere(gateway, upstream):
    """A cousin: where %2f passes, `..` beside it must not."""
    for target in ("/slashes/..%2f..%2fadmin", "/slashes/a%2f..%2f..%2fadmin", "/slashes/%2e%2e%2fadmin", "/slashes/a%2f%2e%2e%2fadmin"):
        assert never_arrives(gateway, upstream, get_bytes(target)).status in PROTECTED, target


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "OPTIONS", "HEAD", "M-SEARCH", "get"])
def test_no_method_is_a_way_around(gateway, method):
    with gateway.connect() as connection:
        connection.send(f"{method} /admin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert connection.response(method).status in PROTECTED


# --- the host that the policy sees

def test_no_host_is_no_way_around_the_routes_of_one(upstream, marker):
    """The upstream may take what names no host for the one that is protected."""
    made = config(upstream.url, accept={"api_key": {"header": "X-API-Key"}}, routes=[{"path": "/", "host": "admin.example.com"}, {"path": "/", "public": True}])
    with Gateway(made) as gateway:
        response = never_arrives(gateway, upstream, f"GET /{marker} HTTP/1.0\r\n\r\n".encode())
        expect(gateway, response, 400, "request-malformed")
        assert "HTTP/1.0 without Host, where a route asks for a host" in gateway.explain(response.id).out
        expect(gateway, raw(gateway.address, f"GET /{marker} HTTP/1.0\r\nHost: admin.example.com\r\n\r\n".encode(), count=1)[0], 401, "credentials-missing")
        expect(gateway, raw(gateway.address, f"GET /{marker} HTTP/1.0\r\nHost: a\r\n\r\n".encode(), count=1)[0], 200, "allowed")


# --- the method that the policy sees

METHOD_OVERRIDES = ["X-HTTP-Method-Override", "x_http_method_override", "X-HTTP-Method", "X-Method-Override"]


@pytest.mark.parametrize("trusted", [[], ["127.0.0.0/8"]], ids=["client", "proxy"])
def test_no_field_makes_another_method_of_it(upstream, marker, trusted):
    """A POST that everybody may send, and that a framework would take for a DELETE, which nobody may."""
    overrides = "".join(f"{name}: DELETE\r\n" for name in METHOD_OVERRIDES)
    sent = f"POST /{marker} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nX-Custom: 1\r\n{overrides}Connection: close\r\n\r\n".encode()
    for methods, kept in ({"methods": ["GET", "POST"]}, []), ({}, METHOD_OVERRIDES):
        made = config(upstream.url, trusted_proxies=trusted, accept={"api_key": {"header": "X-API-Key"}}, routes=[{"path": "/", "public": True, **methods}])
        with Gateway(made) as gateway:
            expect(gateway, raw(gateway.address, sent, count=1)[0], 200, "allowed")
        names = [name for name, _ in upstream.received(marker)[-1].fields]
        assert "X-Custom" in names and [name for name in names if "method" in name.lower()] == kept


# --- tunnels

@pytest.mark.parametrize("upgrade", ["h2c", "H2C", "websocket, h2c", "h2c, websocket", "TLS/1.0", "foo"])
def test_cve_2026_88008_no_upgrade_but_websocket(gateway, upstream, marker, upgrade):
    with gateway.connect() as connection:
        connection.send(get_bytes(f"/public/{marker}", f"Upgrade: {upgrade}").replace(
            b"Connection: close", b"Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"))
        assert connection.response().status in (200, 400)
    for request in upstream.received(marker):
        assert b"h2c" not in request.head.lower() and b"http2-settings" not in request.head.lower()
        assert request.all("Upgrade") in ([], ["websocket"])


def test_cve_2026_88008_switch_that_nobody_asked_for(gateway):
    """A 101 from the upstream opens no tunnel unless the gateway asked for it."""
    expect(gateway, gateway.get("/public/x?do=switch-anyway"), 502, "upstream-malformed")
    with gateway.connect() as connection:
        connection.send(get_bytes("/public/x?do=switch-anyway", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==").replace(b"close", b"Upgrade"))
        assert connection.response().status == 502, "a switch to h2c where websocket was asked for"


# --- tokens

def test_cve_2026_39999_public_key_as_hmac_secret(gateway, issuer, keys):
    key = keys["rsa"]
    for material in (key.public_pem(), key.public_pem().strip(), key.public_pem().replace("\n", "")):
        token = compact({"alg": "HS256", "kid": key.kid}, issuer.claims(), hmac_signer(material.encode()))
        expect(gateway, gateway.get("/x", bearer(token)), 401, "token-algorithm-not-allowed")


@pytest.mark.parametrize("token", ["....", "e30.e30.e30.e30.e30", "eyJhbGciOiJkaXIifQ....", "e30..e30..e30", "e30.."], ids=str)
def test_cve_2026_49230_short_or_unsigned_jwe(gateway, token):
    expect(gateway, gateway.get("/x", {"Authorization": f"Bearer {token}"}), 401, ("token-encrypted", "token-malformed", "token-alg-none"))


@pytest.fixture(scope="module")
def rsa_without_alg(upstream, issuer, key_folder):
    """A gateway whose only key is an RSA key that names no algorithm; HS256 is not on its list, as it cannot be."""
    key = SigningKey(key_folder, "rsa", "k-plain")
    made = config(upstream.url, accept={"bearer": {"issuers": [{"issuer": issuer.name, "audience": [issuer.audience], "keys": "file:jwks.json", "algorithms": ["RS256"]}]}})
    jwk = {name: value for name, value in key.jwk().items() if name != "alg"}
    with Gateway({**made, "routes": [{"path": "/"}]}, files={"jwks.json": '{"keys":[%s]}' % json.dumps(jwk)}) as running:
        yield running, key


@pytest.mark.parametrize("with_kid", [True, False])
def test_cve_2026_44699_rsa_key_is_no_empty_hmac_key(rsa_without_alg, issuer, with_kid):
    gateway, key = rsa_without_alg
    expect(gateway, gateway.get("/x", bearer(issuer.token("RS256", key=key))), 200, "allowed")
    for material in (b"", b"\0" * 32):
        token = compact({"alg": "HS256", **({"kid": key.kid} if with_kid else {})}, issuer.claims(), hmac_signer(material))
        expect(gateway, gateway.get("/x", bearer(token)), 401, "token-algorithm-not-allowed")


@pytest.mark.parametrize("size", [0, 1, 63, 65, 132, 16_372])
def test_haproxy_2026_ecdsa_signature_of_any_size(gateway, issuer, keys, size):
    """r and s of up to 16 KB were expanded past a buffer. 16,372 bytes are 21,830 characters."""
    token = unsigned({"alg": "ES256", "kid": keys["P-256"].kid}, issuer.claims(), b"\x7f" * size)
    expect(gateway, gateway.get("/x", bearer(token)), 401, "token-alg-none" if size == 0 else ("token-bad-signature", "token-malformed"))
    expect(gateway, gateway.get("/x", bearer(issuer.token())), 200, "allowed")


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "nOnE"}, {"alg": "foo"}, {"alg": ""}, {}, {"alg": None}, {"alg": ["none"]}])
def test_cve_2026_23993_empty_signature_equals_nothing(gateway, issuer, header):
    token = unsigned(header, issuer.claims())
    expect(gateway, gateway.get("/x", bearer(token)), 401, ("token-alg-none", "token-malformed", "token-algorithm-not-allowed"))


def test_cve_2025_59420_unknown_crit(gateway, issuer):
    expect(gateway, gateway.get("/x", bearer(issuer.token(header={"crit": ["bork"], "bork": True}))), 401, "token-critical-header")


def test_cve_2025_64527_two_tokens_and_a_failing_key_set(upstream, issuer):
    with KeySetServer() as server:
        server.set("fail")
        made = config(upstream.url, verifier_failure_status=503, routes=[{"path": "/"}],
                      accept={"bearer": {"issuers": [bearer_settings(issuer, keys=server.url)]}, "api_key": {"header": "X-API-Key"}})
        with Gateway(made) as gateway:
            token = bearer(issuer.token())["Authorization"]
            for _ in range(3):
                response = gateway.get("/x", [("Authorization", token), ("Authorization", token)])
                expect(gateway, response, 400, "credentials-duplicate-header")
                response = gateway.get("/x", [("Authorization", token), ("X-API-Key", token)])
                assert response.status in (400, 503)
                assert gateway.get("/x", {"Authorization": token}).status == 503
            assert gateway.admin_get("/healthz").status == 200


# --- values, caches, stale state

@pytest.mark.parametrize("first", [True, False])
def test_cve_2026_26308_repeated_header_is_not_joined(gateway, first):
    key = secret(gateway.create_key()["key"])
    expect(gateway, gateway.get("/x", key_field(key)), 200, "allowed")
    fields = [("X-API-Key", key), ("X-API-Key", wrong_key(key))]
    response = gateway.get("/x", fields if first else fields[::-1])
    expect(gateway, response, 400, ("credentials-in-two-places", "credentials-duplicate-header"))
    assert gateway.get("/x", {"X-API-Key": f"{key}, {key}"}).status in PROTECTED


def test_cve_2024_24814_numbers_in_cookies_drive_no_loop(gateway):
    started = time.monotonic()
    for value in ("session_chunks=99999999", "session_chunks=-1", "; ".join(f"session_{i}=x" for i in range(500)), "=" * 5000):
        expect(gateway, gateway.get("/x", {"Cookie": value}), 401, "credentials-missing")
    assert time.monotonic() - started < 10


def test_ghsa_59jp_refusal_carries_nothing_protected(gateway, upstream, marker):
    """The upstream is not even asked, whatever the method and the body."""
    for method in ("GET", "POST", "PUT"):
        response = gateway.request(method, f"/x?{marker}", body=b"" if method == "GET" else b"a=b")
        expect(gateway, response, 401, "credentials-missing")
        assert response.body == b'{"error":"Missing authentication token"}'
    assert upstream.received(marker) == []


def test_cve_2021_41230_changed_claims_change_the_verdict(api, issuer):
    """Two tokens of one subject: what the first could do says nothing about the second, in either order."""
    member, former = (bearer(issuer.token(sub="judy", roles=roles)) for roles in (["operator"], ["guest"]))
    for _ in range(2):
        expect(api, api.get("/role/x", member), 200, "allowed")
        expect(api, api.get("/role/x", former), 403, "policy-denied")


def test_cve_2021_41230_user_that_lost_everything(api):
    password = secret("mallorys-password")
    api.add_user("mallory", password, "operator")
    expect(api, api.get("/role/x", basic("mallory", password)), 200, "allowed")
    assert api.command("user", "remove", "mallory").exit == 0
    refused_from_now_on(lambda: api.get("/role/x", basic("mallory", password)), since=time.monotonic())


@pytest.mark.parametrize("fields", [
    {"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-Host": "169.254.169.254"}, {"X-Forwarded-Proto": "https\" onload=\"x"},
    {"Referer": "javascript:alert(1)"}, {"X-Forwarded-Port": "54321"}, {"Origin": "null"},
])
def test_cve_2024_21492_family_headers_do_not_steer(gateway, fields):
    response = gateway.get("/admin", {**fields, "Accept": "text/html"})
    expect(gateway, response, 401, "credentials-missing")
    value = next(iter(fields.values()))
    assert value not in response.text.replace("127.0.0.1", "") or value == "null"
    assert response.get("Location") is None


# --- the admin listener

def test_cve_2026_27589_other_origins_cannot_configure(gateway):
    for fields in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        response = request(gateway.admin, "POST", "/reload", fields, host="127.0.0.1:%d" % gateway.admin[1])
        assert response.status == 403, fields
        assert response.get("Access-Control-Allow-Origin") is None


def test_cve_2026_45692_admin_paths_are_exact(gateway):
    for path in ("/metrics/", "/Metrics", "/metricsx", "/explain", "/explain/", "/explain/../metrics", "//metrics", "/healthz/x", "/.quivive/x", "/x"):
        assert gateway.admin_get(path).status in (400, 404), path


def test_admin_answers_to_no_name(gateway):
    """DNS rebinding: a web page's own name that points here."""
    assert get(gateway.admin, "/metrics", host="rebound.evil.example").status == 403
