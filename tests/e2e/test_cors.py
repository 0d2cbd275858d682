"""Cross-origin requests: the page's script can read why it was refused, and a preflight needs no credentials."""

import pytest

from harness import Gateway, config, expect

APP = "https://app.example.com"


@pytest.fixture(scope="module")
def gateway(upstream):
    made = config(upstream.url, accept={"api_key": {"header": "X-API-Key"}}, routes=[
        {"path": "/shared/", "cors": {"origins": [APP]}},
        {"path": "/everybody/", "cors": {"origins": ["*"]}},
        {"path": "/"},
    ])
    with Gateway(made) as running:
        yield running


def preflight(gateway, path, origin=APP):
    return gateway.request("OPTIONS", path, {"Origin": origin, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"})


def test_rejection_can_be_read_by_the_script(gateway):
    response = expect(gateway, gateway.get("/shared/x", {"Origin": APP}), 401, "credentials-missing")
    assert response.get("Access-Control-Allow-Origin") == APP
    exposed = {name.strip().lower() for name in response.get("Access-Control-Expose-Headers").split(",")}
    assert {"www-authenticate", "x-request-id"} <= exposed
    assert "origin" in response.get("Vary").lower()


@pytest.mark.parametrize("origin", ["https://evil.example.com", "https://app.example.com.evil.test", "http://app.example.com", "null", "https://APP.example.com:444"])
def test_other_origins_read_nothing(gateway, origin):
    response = gateway.get("/shared/x", {"Origin": origin})
    assert response.status == 401 and response.get("Access-Control-Allow-Origin") is None


def test_route_without_cors_says_nothing(gateway):
    assert gateway.get("/x", {"Origin": APP}).get("Access-Control-Allow-Origin") is None


def test_every_origin_where_that_is_set(gateway):
    assert gateway.get("/everybody/x", {"Origin": "https://any.example"}).get("Access-Control-Allow-Origin") in ("*", "https://any.example")


def test_preflight_needs_no_credentials(gateway):
    assert preflight(gateway, "/shared/x").status in (200, 204)


def test_preflight_of_another_origin_or_route_is_refused(gateway):
    assert preflight(gateway, "/shared/x", "https://evil.example.com").status in (401, 403)
    expect(gateway, preflight(gateway, "/x"), 401, "credentials-missing")


def test_preflight_is_no_way_in(gateway):
    """Only what is a preflight: OPTIONS with both fields."""
    for fields in ({"Origin": APP}, {"Access-Control-Request-Method": "GET"}):
        expect(gateway, gateway.request("OPTIONS", "/shared/x", fields), 401, "credentials-missing")
    expect(gateway, gateway.get("/shared/x", {"Origin": APP, "Access-Control-Request-Method": "GET"}), 401, "credentials-missing")
