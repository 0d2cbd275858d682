"""Cross-origin requests: the page's script can read why it was refused, and a preflight needs no credentials."""

import pytest

from harness import Gateway, config, expect

APP = "https://app.example.com"


@pytest.fixture(scope="module")
def gateway(upstream):
    made = config(upstream.url, accept={"api_key": {"header": "X-API-Key"}}, routes=[
        {"path": "/shared/", "cors": {"origins": [APP]}},
        {"path": "/everybody/", "cors": {"origins": ["*"]}},
        {"path": "/m/", "methods": ["GET", "PUT"], "cors": {"origins": [APP]}},
        {"path": "/m/", "methods": ["DELETE"]},
        {"path": "/m/", "methods": ["OPTIONS"], "public": True, "cors": {"origins": [APP]}},
        {"path": "/n/", "methods": ["PUT"], "cors": {"origins": [APP]}},
        {"path": "/n/", "methods": ["GET"]},
        {"path": "/x"},
    ])
    with Gateway(made) as running:
        yield running


def preflight(gateway, path, origin=APP, method="PUT"):
    return gateway.request("OPTIONS", path, {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization"})


def test_rejection_can_be_read_by_the_script(gateway):
    response = expect(gateway, gateway.get("/shared/x", {"Origin": APP}), 401, "credentials-missing")
    assert response.get("Access-Control-Allow-Origin") == APP
    exposed = {name.strip().lower() for name in response.get("Access-Control-Expose-Headers").split(",")}
    assert {"www-authenticate", "x-request-id", "retry-after"} <= exposed
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


@pytest.mark.parametrize("path, method", [("/m/", "GET"), ("/m/", "PUT"), ("/n/", "PUT")])
def test_preflight_is_answered_by_the_route_of_the_method_it_asks_for(gateway, upstream, marker, path, method):
    response = expect(gateway, preflight(gateway, path + marker, method=method), 204, "allowed")
    assert response.get("Access-Control-Allow-Origin") == APP and response.get("Access-Control-Allow-Methods") == method
    assert not upstream.received(marker)
    expect(gateway, gateway.request(method, path + marker, {"Origin": APP}), 401, "credentials-missing")


@pytest.mark.parametrize("method, origin", [("GET", APP), ("DELETE", APP), ("PATCH", APP), ("put", APP), ("OPTIONS", APP), ("PUT", "https://evil.example.com")])
def test_preflight_that_no_route_of_its_method_allows_is_refused(gateway, method, origin):
    """By a route without cors, or by none: no route takes OPTIONS there."""
    response = expect(gateway, preflight(gateway, "/n/x", origin, method), 403, "policy-denied")
    assert not any(name.lower().startswith("access-control-") for name, _ in response.fields)


def test_options_of_a_route_of_its_own_answers_no_preflight_of_others(gateway, upstream, marker):
    """OPTIONS is public there and the upstream's to answer; what it says of other methods is not said by the gateway."""
    for method, status in (("OPTIONS", 204), ("DELETE", 200), ("PATCH", 200)):
        assert preflight(gateway, f"/m/{marker}", method=method).status == status
    assert [r.method for r in upstream.received(marker)] == ["OPTIONS"] * 2
