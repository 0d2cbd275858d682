"""`quivive fetch --login`: signs in on the way, where there is nothing to ask with."""

import json
import re

import pytest

from harness.fetching import FakeIssuer, Recording, answer, fetch, token_text, write_profile
from test_login import Login

INVALID = 'WWW-Authenticate: Bearer realm="orders", error="invalid_token", error_description="the token has expired"'


class Fetch(Login):
    command = "fetch"


@pytest.fixture
def issuer():
    with FakeIssuer() as server:
        yield server


def api(issuer):
    def serve(request, read_body):
        body = read_body()
        token = (request.authorization or "").removeprefix("Bearer ")
        return answer("200 OK", [], f"orders {len(body)}") if token in issuer.good else answer("401 Unauthorized", [INVALID], "no")
    return Recording(serve)


def sign_in(issuer, going):
    going.line_with("WDJB-MJHT")
    issuer.device = {code: "approved" for code in issuer.device}


def read(home, name="default"):
    return json.loads((home / "quivive" / "profiles" / f"{name}.json").read_text())


def test_without_a_profile_it_signs_in_for_this_origin_alone(issuer, tmp_path):
    with api(issuer) as server:
        going = Fetch("--login", "--device", "--issuer", issuer.url, "--client-id", "cli", server.url + "/orders", home=tmp_path)
        sign_in(issuer, going)
        status, out, err = going.end()
        assert (status, out) == (0, "orders 0") and "signed in at " + issuer.url in err and "kept in" in err, err
        assert read(tmp_path)["origins"] == [server.url]
        again = fetch("--login", server.url + "/orders", home=tmp_path)
        assert (again.exit, again.out, again.err) == (0, "orders 0", "")
        assert [r.authorization is not None for r in server.requests] == [True, True]
    with api(issuer) as other:
        done = fetch("--login", other.url + "/orders", home=tmp_path)
        assert done.exit == 2 and "goes nowhere else" in done.err and not other.requests, done.err


def test_a_refresh_token_that_is_over_costs_a_sign_in(issuer, tmp_path):
    issuer.issue()
    write_profile(tmp_path, "work", issuer, access=token_text(), refresh=token_text(), expires_in=-5)
    with api(issuer) as server:
        refused = fetch("--profile", "work", server.url + "/orders", home=tmp_path)
        assert refused.exit == 1 and "sign in again" in refused.err and not server.requests, refused.err
        going = Fetch("--login", "--device", "--profile", "work", "-d", "abc", server.url + "/orders", home=tmp_path)
        sign_in(issuer, going)
        status, out, err = going.end()
        assert (status, out) == (0, "orders 3"), err
        assert len(server.requests) == 1


@pytest.mark.parametrize("arguments, says", [
    (["--issuer", "https://id.example"], "--issuer goes with --login, which is missing"),
    (["--key-header", "X-Key"], "--key-header goes with --key, which is missing"),
    (["--login", "--bearer-file", "x"], "--bearer-file"),
    (["--login"], "--issuer URL is missing"),
    (["--login", "--issuer", "http://127.0.0.1:1"], "--client-id ID is missing"),
])
def test_what_does_not_go_together(tmp_path, arguments, says):
    done = fetch(*arguments, "http://127.0.0.1:1/", home=tmp_path)
    assert done.exit == 2 and says in done.err and re.fullmatch(r"quivive fetch: [^\n]+\n", done.err), done.err
