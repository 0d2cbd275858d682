"""The exchange that the product is about, to the byte, as curl sees it."""

import subprocess

from harness import bearer, curl, expect


def test_document_exchange_is_exact(api):
    """GET /admin/users without credentials, exactly as the document shows it."""
    response = api.get("/admin/users")
    assert response.head.startswith(b"HTTP/1.1 401 Unauthorized\r\n")
    assert response.all("WWW-Authenticate") == ['Bearer realm="api.example.com"']
    assert response.get("Content-Type") == "application/json"
    assert response.body == b'{"error":"Missing authentication token"}'
    assert response.get("Content-Length") == str(len(response.body))
    expect(api, response, 401, "credentials-missing", path="/admin/users")


def test_document_exchange_through_curl_verbose(api):
    done = subprocess.run(["curl", "-sv", f"{api.url}/admin/users"], capture_output=True, text=True, timeout=30, check=True)
    assert "> GET /admin/users HTTP/1.1" in done.stderr
    assert "< HTTP/1.1 401 Unauthorized" in done.stderr
    assert '< WWW-Authenticate: Bearer realm="api.example.com"' in done.stderr
    assert "< Content-Type: application/json" in done.stderr
    assert done.stdout == '{"error":"Missing authentication token"}'


def test_valid_token_reaches_the_upstream(api, issuer):
    field = bearer(issuer.token(scope="admin"))["Authorization"]
    response = curl(f"{api.url}/admin/users", "-H", f"Authorization: {field}")
    assert response.json()["target"] == "/admin/users"
    expect(api, response, 200, "allowed", scheme="bearer", subject="alice")


def test_known_without_permission_is_403_without_challenge(api, issuer):
    response = expect(api, api.get("/admin/users", bearer(issuer.token(scope="orders:read"))), 403, "scope-insufficient")
    assert response.all("WWW-Authenticate") == []


def test_malformed_request_is_400(api):
    expect(api, api.request("GET", "/admin/users", [("Bad Name", "x")]), 400, "request-malformed")


def test_wrong_scheme_word_is_named(api, issuer):
    """`Token` where `Bearer` belongs: the mistake that the document lists."""
    response = api.get("/admin/users", {"Authorization": "Token " + issuer.token()})
    expect(api, response, 401, "scheme-unsupported")
    assert response.all("WWW-Authenticate") == ['Bearer realm="api.example.com"']
