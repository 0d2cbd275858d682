"""API keys: made and ended by the command line, sent rightly and in all the wrong ways."""

import time

import pytest

from harness import basic, bearer, cut, eventually, expect, key_field, refused_from_now_on, secret, wrong_key
from harness.credentials import with_checksum


@pytest.fixture(scope="module")
def key(api_key):
    return secret(api_key["key"])


def ask(api, value, path="/keys/x"):
    return api.get(path, key_field(value))


def test_create_tells_all_that_there_is_to_know(api_key):
    assert set(api_key) >= {"id", "key", "owner", "scopes", "expires"}
    assert api_key["key"].startswith(f"qv_{api_key['id']}_")
    assert (api_key["owner"], api_key["scopes"]) == ("billing", ["foo"])


@pytest.mark.parametrize("name", ["X-API-Key", "x-api-key", "X-Api-KEY"])
def test_header_in_any_case(api, api_key, key, name):
    response = expect(api, api.get("/keys/x", key_field(key, name)), 200, "allowed", key=api_key["id"])
    fields = {n.lower(): v for n, v in response.json()["fields"]}
    assert fields["x-quivive-key-id"] == api_key["id"]
    assert fields["x-quivive-subject"] == "billing"
    assert fields["x-quivive-scopes"] == "foo"
    assert "x-api-key" not in fields


def test_authorization_scheme(api, key):
    response = expect(api, api.get("/keys/x", {"Authorization": f"ApiKey {key}"}), 200, "allowed")
    assert "authorization" not in {n.lower() for n, _ in response.json()["fields"]}


@pytest.mark.parametrize("spoil", [
    cut, lambda k: k[:20], lambda k: k + "x", str.lower, str.upper, lambda k: k[3:], lambda k: "QV_" + k[3:], lambda k: f"'{k}'", lambda k: f'"{k}"',
    lambda k: "sk_live_0123456789abcdef", lambda k: k.replace("_", "-"), lambda k: k[:30] + ("a" if k[30] != "a" else "b") + k[31:],
    lambda k: k[:25] + k[26] + k[25] + k[27:] if k[25] != k[26] else k[:-1],
], ids=["cut", "cut short", "longer", "lower case", "upper case", "no prefix", "prefix upper case", "in quotes", "in double quotes", "another's",
        "dashes", "one letter", "two swapped"])
def test_mistyped_keys_are_known_as_such(api, key, spoil):
    expect(api, ask(api, spoil(key)), 401, "key-malformed")


def test_empty_key_is_no_key(api):
    expect(api, api.get("/keys/x", {"X-API-Key": ""}), 401, ("credentials-missing", "key-malformed"))


def test_well_formed_and_unknown(api, key):
    expect(api, ask(api, wrong_key(key)), 401, "key-unknown")


def test_client_is_not_told_which_part_was_wrong(api, key):
    unknown_id = secret(with_checksum("qv_0000000000_" + key[14:-6]))
    for value in (wrong_key(key), unknown_id):
        response = expect(api, ask(api, value), 401, "key-unknown")
        assert response.json() == {"error": "Unknown API key"}


def test_expired(api):
    made = api.create_key(expires="1s")
    eventually(lambda: ask(api, made["key"]).status == 401)
    expect(api, ask(api, made["key"]), 401, "key-expired")


def test_revoked_within_a_second(api):
    made = api.create_key()
    expect(api, ask(api, made["key"]), 200, "allowed")
    assert api.command("key", "revoke", made["id"]).exit == 0
    expect(api, refused_from_now_on(lambda: ask(api, made["key"]), since=time.monotonic()), 401, "key-revoked")


def test_rotated_with_overlap(api):
    old = api.create_key(owner="payroll", scopes=["read"])
    result = api.command("key", "rotate", old["id"], "--overlap", "3s", "--json")
    assert result.exit == 0, result.err
    rotated, new = time.monotonic(), result.json()
    secret(new["key"])
    assert (new["owner"], new["scopes"]) == ("payroll", ["read"]) and new["id"] != old["id"]
    both = [ask(api, old["key"]), ask(api, new["key"])]
    if time.monotonic() - rotated < 2:  # not held up so long that the overlap is over
        for response in both:
            expect(api, response, 200, "allowed")
    eventually(lambda: ask(api, old["key"]).status == 401)
    expect(api, ask(api, old["key"]), 401, "key-revoked")
    expect(api, ask(api, new["key"]), 200, "allowed")
    assert api.command("key", "rotate", old["id"], "--overlap", "1h").exit != 0, "a key is rotated once"


def test_list_shows_no_secret(api, api_key, key):
    result = api.command("key", "list", "--json")
    assert api_key["id"] in result.out and key not in result.out and key[14:57] not in result.out
    assert key[14:57] not in api.command("key", "list").out


def test_commands_say_no_for_what_does_not_exist(api):
    assert api.command("key", "revoke", "0000000000").exit == 1
    assert api.command("key", "rotate", "0000000000", "--overlap", "1h").exit == 1


# --- places

@pytest.mark.parametrize("target", ["/keys/x?api_key={}", "/keys/x?a=1&token={}&b=2", "/api/x?{}"])
def test_key_in_the_url_of_a_route_for_headers(api, key, target):
    expect(api, api.get(target.format(key)), 401, "key-in-wrong-place")


def test_key_as_a_bearer_token(api, key):
    """A frequent mistake; whatever it is called, it is no JWT."""
    assert api.get("/keys/x", {"Authorization": f"Bearer {key}"}).status == 401
    assert api.get("/bearer/x", bearer(key)).status == 401


def test_key_on_a_route_for_tokens_only(api, key):
    expect(api, api.get("/bearer/x", key_field(key)), 401, "credentials-missing")


def test_two_key_fields(api, key):
    """Which one counts is not for the gateway to guess (as in CVE-2026-26308, joined or first or last)."""
    for second in (key, "x", wrong_key(key)):
        response = api.get("/keys/x", [("X-API-Key", key), ("x-api-key", second)])
        expect(api, response, 400, ("credentials-in-two-places", "credentials-duplicate-header"))


def test_key_in_two_places(api, key):
    response = api.get("/keys/x", {**key_field(key), "Authorization": f"ApiKey {key}"})
    expect(api, response, 400, "credentials-in-two-places")


def test_scope_of_a_key(api, key):
    expect(api, ask(api, key, "/foo/x"), 200, "allowed")
    expect(api, ask(api, key, "/bar/x"), 403, "scope-insufficient")
    expect(api, ask(api, key, "/foo/x"), 200, "allowed")


def test_public_route_takes_the_key_from_the_request(api, key):
    """The upstream of an open route has no business with our keys either."""
    response = expect(api, ask(api, key, "/public/x"), 200, "allowed")
    assert key not in response.text


def test_basic_with_a_key_in_it_is_a_wrong_password(api, key):
    expect(api, api.get("/basic/x", basic("billing", key)), 401, "password-wrong")
