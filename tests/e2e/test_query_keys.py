"""API keys in the query, where the configuration asks for that."""

import pytest

from harness import Gateway, config, expect, key_field, secret, wrong_key


@pytest.fixture(scope="module")
def gateway(upstream):
    made = config(upstream.url, accept={"api_key": {"header": "X-API-Key", "query": "api_key"}},
                  routes=[{"path": "/open/", "public": True}, {"path": "/", "accept": ["api_key"]}])
    with Gateway(made) as running:
        yield running


@pytest.fixture(scope="module")
def key(gateway):
    return secret(gateway.create_key()["key"])


@pytest.mark.parametrize("target, forwarded", [
    ("/x?api_key={}", "/x"),
    ("/x?api_key={}&a=1", "/x?a=1"),
    ("/x?a=1&api_key={}&b=%20+c", "/x?a=1&b=%20+c"),
    ("/x?a=1&api%5Fkey={}", "/x?a=1"),
])
def test_key_is_accepted_and_never_forwarded(gateway, key, target, forwarded):
    response = expect(gateway, gateway.get(target.format(key)), 200, "allowed")
    assert response.json()["target"] == forwarded
    assert key not in response.text


def test_header_still_works(gateway, key):
    expect(gateway, gateway.get("/x?a=1", key_field(key)), 200, "allowed")


def test_twice_in_the_query(gateway, key):
    expect(gateway, gateway.get(f"/x?api_key={key}&api_key={key}"), 400, ("credentials-in-two-places", "credentials-duplicate-header"))


def test_header_and_query(gateway, key):
    expect(gateway, gateway.get(f"/x?api_key={key}", key_field(key)), 400, "credentials-in-two-places")


@pytest.mark.parametrize("spoil, reason", [(lambda k: k[:-1], "key-malformed"), (wrong_key, "key-unknown")])
def test_refused_like_any_other(gateway, key, spoil, reason):
    expect(gateway, gateway.get(f"/x?api_key={spoil(key)}"), 401, reason)


def test_other_parameter_is_the_wrong_place(gateway, key):
    response = expect(gateway, gateway.get(f"/x?key={key}"), 401, "key-in-wrong-place")
    assert "its place: X-API-Key: KEY or Authorization: ApiKey KEY or ?api_key=KEY" in gateway.explain(response.id).out


def test_the_name_in_another_case_is_said(gateway, key):
    response = expect(gateway, gateway.get(f"/x?API_KEY={key}"), 401, "key-in-wrong-place")
    assert "the parameter is api_key, and upper and lower case count" in gateway.explain(response.id).out


def test_open_route_strips_it_too(gateway, key):
    assert gateway.get(f"/open/x?a=1&api_key={key}").json()["target"] == "/open/x?a=1"


def test_log_holds_no_query(gateway, key):
    assert gateway.log_line(gateway.get(f"/x?api_key={key}").id)["path"] == "/x"
