"""Which route a request meets, and what the route asks of it."""

import pytest

from harness import basic, bearer, expect, key_field


# --- paths

@pytest.mark.parametrize("path, status, reason", [
    ("/public/", 200, "allowed"),
    ("/public/a/b", 200, "allowed"),
    ("/public", 403, "policy-denied"),          # "/public/" is a prefix, and not the name without the slash
    ("/publica", 403, "policy-denied"),
    ("/PUBLIC/a", 403, "policy-denied"),        # paths are case-sensitive
    ("/%70ublic/a", 200, "allowed"),            # unreserved octets are the same encoded or not
    ("/exact", 401, "credentials-missing"),
    ("/exact/", 403, "policy-denied"),
    ("/exactly", 403, "policy-denied"),
    ("/exact?x=/public/", 401, "credentials-missing"),
    ("/glob/a/end", 200, "allowed"),
    ("/glob/a/b/end", 403, "policy-denied"),    # "*" stays within a segment
    ("/glob//end", 400, "request-target-ambiguous"),
    ("/deep/a/end", 200, "allowed"),
    ("/deep/a/b/c/end", 200, "allowed"),
    ("/deep/a/b/other", 401, "credentials-missing"),
    ("/", 403, "policy-denied"),
    ("/nowhere", 403, "policy-denied"),
])
def test_path(api, path, status, reason):
    expect(api, api.get(path), status, reason)


def test_no_route_is_403_even_with_good_credentials(api, issuer):
    expect(api, api.get("/nowhere", bearer(issuer.token(scope="admin"))), 403, "policy-denied")


@pytest.mark.parametrize("method, status", [("GET", 200), ("HEAD", 200), ("POST", 403), ("get", 403), ("OPTIONS", 403), ("PROPFIND", 403)])
def test_method(api, method, status):
    with api.connect() as connection:
        connection.send(f"{method} /read/x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        expect(api, connection.response(method), status, "allowed" if status == 200 else "policy-denied")


@pytest.mark.parametrize("host, status", [("other.example.com", 200), ("OTHER.example.com", 200), ("other.example.com:8443", 200),
                                          ("api.example.com", 403), ("other.example.com.evil.test", 403), ("127.0.0.1", 403)])
def test_host(api, host, status):
    response = api.get("/hosted/x", host=host)
    expect(api, response, status, "allowed" if status == 200 else "policy-denied")


def test_forwarded_host_does_not_choose_the_route(api):
    response = api.get("/hosted/x", {"X-Forwarded-Host": "other.example.com", "Forwarded": "host=other.example.com"})
    expect(api, response, 403, "policy-denied")


@pytest.mark.parametrize("path", ["/slashes/a%2fb", "/slashes/a%2Fb"])
def test_encoded_slash_where_it_is_allowed(api, path):
    response = expect(api, api.get(path), 200, "allowed")
    assert response.json()["target"] == path, "the upstream sees the bytes that were sent"


def test_encoded_slash_opens_no_other_route(api):
    """What passes on one route must not be a way around another."""
    expect(api, api.get("/public%2fx"), 400, "request-target-ambiguous")
    expect(api, api.get("/slashes/..%2fadmin/users"), 400, "request-target-ambiguous")
    assert api.get("/slashes%2f..%2fadmin/users").status == 400


# --- public and observed

def test_public_route_ignores_bad_credentials(api, issuer):
    for fields in (bearer(issuer.token(exp=1)), basic("alice", "wrong-one"), {"Authorization": "Nonsense"}):
        expect(api, api.get("/public/x", fields), 200, "allowed")


def test_public_route_passes_authorization_on(api):
    """It is not ours there: the upstream may have a scheme of its own."""
    fields = api.get("/public/x", {"Authorization": "Custom upstream-scheme"}).json()["fields"]
    assert ["Authorization", "Custom upstream-scheme"] in fields


def test_consumed_authorization_is_removed_unless_asked_for(api, issuer):
    field = bearer(issuer.token())
    assert "Authorization" not in dict(api.get("/api/x", field).json()["fields"])
    assert dict(api.get("/forwarded/x", field).json()["fields"])["Authorization"] == field["Authorization"]


@pytest.mark.parametrize("make, reason", [
    (lambda issuer: {}, "credentials-missing"),
    (lambda issuer: bearer(issuer.token(exp=1)), "token-expired"),
    (lambda issuer: bearer(issuer.token()), "scope-insufficient"),
    (lambda issuer: {"Authorization": "Digest x"}, "scheme-unsupported"),
])
def test_observed_route_records_and_passes(api, issuer, make, reason):
    response = api.get("/observe/x", make(issuer))
    assert response.status == 200 and response.json()["target"] == "/observe/x"
    line = api.log_line(response.id)
    assert (line["status"], line["reason"], line["observed"]) == (200, reason, True)


def test_observed_route_asserts_no_identity_that_was_not_proven(api, issuer):
    fields = dict(api.get("/observe/x", {**bearer(issuer.token(exp=1)), "X-Quivive-Subject": "root"}).json()["fields"])
    assert "X-Quivive-Subject" not in fields


def test_observing_excuses_no_malformed_request(api):
    expect(api, api.get("/observe/../x"), 400, "request-target-ambiguous")


# --- requirements

@pytest.mark.parametrize("path, scope, status", [
    ("/foo/x", "foo", 200), ("/foo/x", "foo bar", 200), ("/foo/x", "bar", 403), ("/foo/x", "food", 403), ("/foo/x", "FOO", 403), ("/foo/x", None, 403),
    ("/foo/x", ["foo"], 200),
    ("/any-scope/x", "read", 200), ("/any-scope/x", "write", 200), ("/any-scope/x", "read write", 200), ("/any-scope/x", "other", 403),
    ("/all-scopes/x", "read write", 200), ("/all-scopes/x", "write other read", 200), ("/all-scopes/x", "read", 403), ("/all-scopes/x", "", 403),
])
def test_scope(api, issuer, path, scope, status):
    response = api.get(path, bearer(issuer.token(scope=scope)))
    expect(api, response, status, "allowed" if status == 200 else "scope-insufficient")


def test_role_of_a_user(api, people):
    expect(api, api.get("/role/x", basic(*people.alice)), 200, "allowed")
    expect(api, api.get("/role/x", basic(*people.bob)), 403, "policy-denied")


def test_role_of_a_token(api, issuer):
    expect(api, api.get("/role/x", bearer(issuer.token(roles=["operator", "x"]))), 200, "allowed")
    expect(api, api.get("/role/x", bearer(issuer.token(roles=["operators"]))), 403, "policy-denied")


@pytest.mark.parametrize("claims, status", [({"tenant": "blue"}, 200), ({"tenant": ["red", "green"]}, 200), ({"tenant": "red"}, 403),
                                            ({"tenant": None}, 403), ({"tenant": {"blue": 1}}, 403), ({"Tenant": "blue"}, 403)])
def test_claim(api, issuer, claims, status):
    expect(api, api.get("/claim/x", bearer(issuer.token(**claims))), status, "allowed" if status == 200 else "policy-denied")


def test_requirements_are_checked_again_on_every_cache_hit(api, issuer, api_key, people):
    """CVE-2021-32701: a remembered credential is remembered as genuine, never as permitted."""
    token = bearer(issuer.token(scope="foo"))
    for fields in (token, key_field(api_key["key"])):
        for _ in range(3):
            expect(api, api.get("/foo/x", fields), 200, "allowed")
            expect(api, api.get("/bar/x", fields), 403, "scope-insufficient")
    for _ in range(3):
        expect(api, api.get("/api/x", basic(*people.bob)), 200, "allowed")
        expect(api, api.get("/role/x", basic(*people.bob)), 403, "policy-denied")


def test_same_token_of_two_schemes_does_not_mix(api, issuer):
    """A credential cached for one route's schemes opens no route that does not accept its scheme."""
    token = issuer.token()
    expect(api, api.get("/api/x", bearer(token)), 200, "allowed")
    expect(api, api.get("/basic/x", bearer(token)), 401, "scheme-unsupported")
    assert api.get("/keys/x", {"X-API-Key": token}).status == 401
