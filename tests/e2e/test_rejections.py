"""How a rejection is written: challenges, body, caching, request id."""

import html.parser
import re

import pytest

from harness import basic, bearer, expect, key_field, secret

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
REALM = 'realm="api.example.com"'


# --- challenges

def test_every_accepted_scheme_has_its_own_line_strongest_first(api):
    response = expect(api, api.get("/api/x"), 401, "credentials-missing")
    challenges = response.all("WWW-Authenticate")
    assert [c.split(" ")[0] for c in challenges] == ["Bearer", "ApiKey", "Basic"]
    assert all(REALM in c for c in challenges), challenges
    assert challenges[2] == f'Basic {REALM}, charset="UTF-8"'


@pytest.mark.parametrize("path, scheme", [("/bearer/x", "Bearer"), ("/keys/x", "ApiKey"), ("/basic/x", "Basic")])
def test_a_scheme_that_the_route_does_not_accept_is_not_offered(api, path, scheme):
    response = expect(api, api.get(path), 401, "credentials-missing")
    assert [c.split(" ")[0] for c in response.all("WWW-Authenticate")] == [scheme]


def test_missing_api_key_is_said_where_only_keys_are_accepted(api):
    assert api.get("/keys/x").json() == {"error": "Missing API key"}


def test_bearer_challenge_carries_the_error_and_says_no_more_than_the_body(api, issuer):
    response = expect(api, api.get("/api/x", bearer(issuer.token(exp=1))), 401, "token-expired")
    challenges = response.all("WWW-Authenticate")
    assert challenges[0] == f'Bearer {REALM}, error="invalid_token", error_description="The access token expired"'
    assert all("error" not in c for c in challenges[1:]), challenges
    assert response.json() == {"error": "Token expired"}


def test_missing_credentials_carry_no_error(api):
    """RFC 6750 section 3.1: no error code where no authentication information was sent."""
    assert all("error" not in c for c in api.get("/api/x").all("WWW-Authenticate"))


@pytest.mark.parametrize("path, fields, status, reason", [
    ("/bearer/x", [("Authorization", "Bearer a"), ("Authorization", "Bearer b")], 400, "credentials-duplicate-header"),
    ("/nowhere", [], 403, "policy-denied"),
    ("/.quivive/nothing", [], 404, "path-unknown"),
    ("/bearer/../x", [], 400, "request-target-ambiguous"),
    ("/bearer/x", [("Filler", "x" * 40_000)], 431, "request-header-too-large"),
])
def test_no_other_status_carries_a_challenge(api, path, fields, status, reason):
    response = expect(api, api.request("GET", path, fields), status, reason)  # expect() looks at the challenges
    assert response.json()["error"]


# --- caching

@pytest.mark.parametrize("path, status", [("/bearer/x", 401), ("/keys/x", 401), ("/basic/x", 401), ("/nowhere", 403)])
def test_rejections_are_not_stored(api, path, status):
    response = api.get(path)
    assert response.status == status
    assert response.get("Cache-Control") == "no-store"


@pytest.mark.parametrize("path, name", [("/bearer/x", "authorization"), ("/basic/x", "authorization"), ("/keys/x", "x-api-key")])
def test_vary_names_what_decided(api, path, name):
    vary = [v.strip().lower() for v in api.get(path).get("Vary").split(",")]
    assert name in vary
    assert "accept" in vary, "the body depends on Accept"


# --- bodies

@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/*", "application/json, text/plain, */*"])
def test_json_is_the_default(api, accept):
    response = api.get("/bearer/x", {"Accept": accept} if accept else {})
    assert response.get("Content-Type") == "application/json"
    assert response.body == b'{"error":"Missing authentication token"}'


def test_problem_json_when_asked(api, issuer):
    response = api.get("/bearer/x", {"Accept": "application/problem+json", **bearer(issuer.token(exp=1))})
    expect(api, response, 401, "token-expired")
    assert response.get("Content-Type") == "application/problem+json"
    problem = response.json()
    assert problem["title"] == "Token expired"
    assert problem["status"] == 401
    assert problem["detail"] == "The access token expired"
    assert problem["reason"] == "token-expired"
    assert problem["trace"] == response.id
    assert problem["type"].endswith("token-expired")


def test_html_for_a_browser(api):
    response = api.get("/bearer/x", {"Accept": BROWSER})
    expect(api, response, 401, "credentials-missing")
    assert response.get("Content-Type").lower().replace(" ", "") == "text/html;charset=utf-8"
    assert "Missing authentication token" in response.text
    tags = []
    parser = html.parser.HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append(tag)
    parser.feed(response.text)
    assert "script" not in tags and "html" in tags


def test_plain_text_when_asked(api):
    response = api.get("/bearer/x", {"Accept": "text/plain"})
    assert response.get("Content-Type").startswith("text/plain")
    assert response.text.strip().startswith("Missing authentication token")


def test_nothing_of_the_request_is_in_the_body(api):
    for accept in ("application/json", "application/problem+json", BROWSER, "text/plain"):
        response = api.get("/bearer/%3Cscript%3Ealert", {"Accept": accept, "Referer": "<script>", "Authorization": 'Bearer "><script>'})
        assert response.status == 401
        assert b"script>" not in response.body.replace(b"</script>", b"") and b"%3Cscript" not in response.body


def test_head_gets_the_head_of_the_rejection_only(api):
    with api.connect() as connection:
        connection.send("HEAD /bearer/x HTTP/1.1\r\nHost: a\r\n\r\nGET /bearer/y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        first = connection.response("HEAD")
        second = connection.response()
        assert connection.at_end()
    assert first.status == second.status == 401
    assert first.get("Content-Length") == second.get("Content-Length")
    assert first.all("WWW-Authenticate") == second.all("WWW-Authenticate")


def test_a_rejection_keeps_the_connection(api, issuer):
    """A client that retries with a token need not connect again."""
    field = bearer(issuer.token())["Authorization"]
    with api.connect() as connection:
        for _ in range(3):
            connection.send("GET /bearer/x HTTP/1.1\r\nHost: a\r\n\r\n")
            assert connection.response().status == 401
        connection.send(f"GET /bearer/x HTTP/1.1\r\nHost: a\r\nAuthorization: {field}\r\n\r\n")
        assert connection.response().status == 200


def test_rejected_body_is_not_taken_for_a_request(api, marker):
    """The body of a refused request is read away or the connection ends; it is never parsed as the next request."""
    body = f"GET /public/{marker} HTTP/1.1\r\nHost: a\r\n\r\n"
    with api.connect() as connection:
        connection.send(f"POST /bearer/x HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n{body}")
        connection.send("GET /keys/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert connection.response().status == 401
        rest = [] if connection.at_end() else [connection.response()]
    assert [r.json() for r in rest] in ([], [{"error": "Missing API key"}])


# --- request id

@pytest.mark.parametrize("given", ["abcdefgh", "4f9c1e0e-7a3b-4f7e-9d7c-9f6d0c9a1b2e", "A.b_c-d." * 8])
def test_sane_request_id_is_kept_and_passed_on(api, given):
    response = api.get("/public/x", {"X-Request-Id": given})
    assert response.id == given
    assert [v for n, v in response.json()["fields"] if n.lower() == "x-request-id"] == [given]


@pytest.mark.parametrize("given", ["short", "x" * 65, "has space in it", "semi;colon;inside", "quote\"quote\"", "a" * 7, "päge-request-id"])
def test_unusable_request_id_is_replaced(api, given):
    response = api.get("/public/x", {"X-Request-Id": given})
    assert response.id != given
    assert re.fullmatch(r"[A-Za-z0-9._-]{8,64}", response.id)
    assert [v for n, v in response.json()["fields"] if n.lower() == "x-request-id"] == [response.id]


def test_two_request_ids_are_replaced_by_one(api):
    response = api.get("/public/x", [("X-Request-Id", "first-of-two"), ("X-Request-Id", "second-of-two")])
    assert response.id not in ("first-of-two", "second-of-two")
    assert len([n for n, _ in response.json()["fields"] if n.lower() == "x-request-id"]) == 1


def test_ids_differ(api):
    assert len({api.get("/bearer/x").id for _ in range(20)}) == 20


def test_a_query_is_in_no_log(api):
    """Queries carry secrets."""
    response = api.get("/public/x?token=" + secret("query-secret-4711"))
    assert "?" not in api.log_line(response.id)["path"]


@pytest.mark.parametrize("path, shown", [("/public/{}/x", "/public/{}/x"), ("/keys/{}", "/keys/{}"), ("/nowhere/{}", "/nowhere/{}"),
                                         ("/keys/../{}", "/keys/../{}"), ("/.quivive/{}", "/.quivive/{}"), ("/public/" + "x" * 200 + "/{}", "/public/" + "x" * 200 + "/{}")])
def test_credentials_in_the_path_are_masked_in_the_log_and_in_explain(api, api_key, issuer, path, shown):
    """Also one at the end of what the log keeps of a path, and in a request that is refused for something else. The suite's last check
    searches for the rest."""
    key, token = secret(api_key["key"]), issuer.token()
    secret(token)
    secret(key[14:40])  # some of it is too much already
    secret(token.rsplit(".", 1)[1])
    for credential, mask in ((key, "qv_…"), (key[:-6], "qv_…"), (token, "eyJ…")):
        response = api.get(path.format(credential))
        assert api.log_line(response.id)["path"] == shown.format(mask)
        if response.status != 200:
            assert api.explain(response.id, "--json").json()["path"] == shown.format(mask)
            assert shown.format(mask) in api.explain(response.id).out


def test_a_broken_request_line_with_a_key_is_masked_too(api, api_key):
    with api.connect() as connection:
        connection.send(f"GET /x/{secret(api_key['key'])} HTTP/1.1\r\nHost: a\r\nX y: 1\r\n\r\n")
        response = connection.response()
    expect(api, response, 400, "request-malformed", path="/x/qv_…")


def test_a_key_in_the_path_is_in_the_wrong_place(api, api_key, issuer, people):
    """As in the query; beside another credential the path is the upstream's to read."""
    key = secret(api_key["key"])
    expect(api, api.get(f"/keys/{key}"), 401, "key-in-wrong-place", scheme="api_key")
    expect(api, api.get(f"/bearer/{key}"), 401, "credentials-missing")
    expect(api, api.get(f"/keys/{key}", key_field(key)), 200, "allowed")
    expect(api, api.get(f"/api/{key}", basic(*people.alice)), 200, "allowed")
