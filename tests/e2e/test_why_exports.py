"""`quivive why` on what newman and Chromium write down of requests that failed."""

import json
import time

import pytest

from harness import App, compact, secret, why
from harness.exports import newman, recorded_har
from harness.tokens import hmac_signer

SESSION = secret("b3a1c07fe2f8494d")
OPAQUE = secret("ZXhwb3J0LW9mLWFuLW9wYXF1ZS10b2tlbg")
HTML = {"Content-Type": "text/html"}
JSON = {"Content-Type": "application/json"}


# --- newman


def collection(url, token):
    auth = {"type": "bearer", "bearer": [{"key": "token", "value": token, "type": "string"}]}
    request = {"method": "GET", "url": {"raw": url + "/orders", "host": [url], "path": ["orders"]}, "auth": auth}
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    return {"info": {"name": "orders", "_postman_id": "7b6b7a0e-3f2c-4a7e-9a55-0e6fd3a3a001", "schema": schema}, "item": [{"name": "list the orders", "request": request}]}


def orders(asked):
    return 401, {"WWW-Authenticate": 'Bearer realm="orders", error="invalid_token"', **JSON}, '{"error": "invalid_token"}'


def with_response(made, execution):
    """The collection with the response that newman received as its example, as Postman saves one."""
    response = execution["response"]
    example = {"name": "as received", "originalRequest": made["item"][0]["request"], "code": response["code"], "status": response["status"],
               "header": response["header"], "body": bytes(response["stream"]["data"]).decode()}
    made["item"][0]["response"] = [example]
    return made


def test_a_collection_with_an_environment(tmp_path):
    now = int(time.time())
    token = secret(compact({"alg": "HS256"}, {"sub": "alice", "iat": now - 9000, "exp": now - 7200}, hmac_signer(b"some secret of the application's")))
    with App(orders) as app:
        made = collection("{{base}}", "{{token}}")
        values = [{"key": "base", "value": app.url, "enabled": True}, {"key": "token", "value": token, "enabled": True}]
        environment = tmp_path / "environment.json"
        environment.write_text(json.dumps({"name": "staging", "values": values, "_postman_variable_scope": "environment"}))
        path = tmp_path / "collection.json"
        path.write_text(json.dumps(made))
        report = newman(path, tmp_path, environment)
        assert app.requests[0].authorization == f"Bearer {token}"
        path.write_text(json.dumps(with_response(made, report["run"]["executions"][0])))
        told = why("--postman-environment", environment, path).says("token-expired", "certain", "application")
        assert told.format == "postman"


def test_a_collection_without_its_environment(tmp_path):
    """newman sends a name that it does not know as it stands, and why says so."""
    with App(orders) as app:
        made = collection(app.url, "{{token}}")
        path = tmp_path / "collection.json"
        path.write_text(json.dumps(made))
        report = newman(path, tmp_path)
        assert app.requests[0].authorization == "Bearer {{token}}"
        path.write_text(json.dumps(with_response(made, report["run"]["executions"][0])))
        told = why(path)
        assert told.code == "unexpanded-template", told.text


# --- Chromium


@pytest.mark.parametrize("attributes", ["Max-Age=0", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"])
def test_an_expired_cookie(tmp_path, attributes):
    def site(asked):
        if asked.path == "/":
            return 200, {"Set-Cookie": f"session={SESSION}; {attributes}; Path=/; HttpOnly", **HTML}, "<p>signed in</p>"
        if "session=" in (asked.headers.get("Cookie") or ""):
            return 200, JSON, "{}"
        return 401, JSON, '{"error": "not signed in"}'

    with App(site) as app:
        told = why(recorded_har([["goto", app.url + "/"], ["fetch", app.url + "/me"]], tmp_path))
    told.says("cookie-expired", "certain", "application")
    assert told.format == "har"


def test_a_preflight_that_is_refused(tmp_path):
    def api(asked):
        return 401, {"WWW-Authenticate": 'Bearer realm="orders"', **JSON}, '{"error": "unauthorized"}'

    with App(api) as other, App(lambda asked: (200, HTML, "<p>orders</p>")) as site:
        steps = [["goto", site.url + "/"], ["fetch", other.url + "/orders", {"headers": {"Authorization": f"Bearer {OPAQUE}"}}]]
        told = why(recorded_har(steps, tmp_path))
        assert {asked.method for asked in other.requests} == {"OPTIONS"}
    assert told.code == "cors-preflight-401", told.text


def test_a_redirect_to_a_login_page(tmp_path):
    def site(asked):
        if asked.path == "/api/orders":
            return 302, {"Location": "/login?next=/api/orders"}, ""
        if asked.path == "/login":
            return 200, HTML, '<!DOCTYPE html><title>Sign in</title><form method="post"><input name="user"><input type="password" name="password"></form>'
        return 200, HTML, "<p>orders</p>"

    with App(site) as app:
        told = why(recorded_har([["goto", app.url + "/"], ["fetch", app.url + "/api/orders", {"headers": {"Accept": "application/json"}}]], tmp_path))
    assert told.code == "login-redirect-mask", told.text
