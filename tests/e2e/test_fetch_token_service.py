"""Both sides of a sign-in: `quivive login`, `fetch` and `logout` at a gateway that issues the tokens itself."""

import json
import re
import time
import urllib.parse

import pytest

from harness import Gateway, config, eventually, free_port, refused_from_now_on, secret
from harness.fetching import fetch, finish, quivive, start
from harness.wire import curl

ALICE = ("alice", secret("window-lantern-for-tokens"))
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def service(upstream):
    port = free_port()
    settings = config(upstream.url, listen=f"127.0.0.1:{port}", issuer={"url": f"http://127.0.0.1:{port}", "access_token_lifetime": "10s", "refresh_grace": "0s"},
                      accept={"session": {}}, routes=[{"path": "/orders/", "accept": ["bearer"], "require": {"scope": "orders:read"}}, {"path": "/", "accept": ["bearer"]}])
    with Gateway(settings) as gateway:
        gateway.add_user(*ALICE)
        made = gateway.command("client", "create", "cli", "--public", "--device", "--redirect-uri", "http://127.0.0.1/callback", "--scope", "orders:read")
        assert made.exit == 0, made.err
        yield gateway


def sign_in(gateway):
    response = gateway.request("POST", "/.quivive/login", FORM, urllib.parse.urlencode({"username": ALICE[0], "password": ALICE[1]}).encode())
    assert response.status == 303
    return {"Cookie": response.get("Set-Cookie").split(";")[0]}


def line_with(process, pattern):
    for line in process.stderr:
        if found := re.search(pattern, line):
            return found
    raise AssertionError(f"ended with {process.wait()}")


def login(gateway, home, *arguments):
    return start("login", "--issuer", gateway.url, "--client-id", "cli", "--scope", "orders:read", "--origin", gateway.url, *arguments, home=home)


def by_browser(gateway, home):
    process = login(gateway, home, "--browser")
    url = line_with(process, r"  (http\S+)").group(1)
    back = gateway.get(url.removeprefix(gateway.url), sign_in(gateway))
    assert back.status == 302, back.text
    curl(back.get("Location"))
    status, _, err = finish(process)
    assert status == 0, err
    kept = json.loads((home / "quivive" / "profiles" / "default.json").read_text())
    secret(kept["refresh_token"]), secret(kept["access_token"].rsplit(".", 1)[1])
    return kept


def test_browser_fetch_refresh_logout(service, tmp_path):
    first = by_browser(service, tmp_path)
    done = fetch("--profile", "default", service.url + "/orders/1?do=echo", home=tmp_path)
    assert done.exit == 0 and dict(json.loads(done.out)["fields"])["X-Quivive-Subject"] == "alice", done.err
    assert quivive("whoami", "--json", home=tmp_path).json()["subject"] == "alice"

    # Of a life of ten seconds half is used, then the token is refreshed before it is sent.
    def renewed():
        assert fetch("--profile", "default", service.url + "/orders/1", home=tmp_path).exit == 0
        return json.loads((tmp_path / "quivive" / "profiles" / "default.json").read_text())["access_token"] != first["access_token"]
    eventually(renewed, pause=0.5)
    kept = json.loads((tmp_path / "quivive" / "profiles" / "default.json").read_text())
    assert kept["refresh_token"] != first["refresh_token"]
    secret(kept["refresh_token"]), secret(kept["access_token"].rsplit(".", 1)[1])

    done = quivive("logout", home=tmp_path)
    assert done.exit == 0, done.err
    refused_from_now_on(lambda: service.get("/orders/1", {"Authorization": "Bearer " + kept["access_token"]}), since=time.monotonic())


def test_device(service, tmp_path):
    process = login(service, tmp_path, "--device")
    code = line_with(process, r"  ([B-Z]{4}-[B-Z]{4})").group(1)
    page = {**FORM, **sign_in(service), "Origin": service.url, "Sec-Fetch-Site": "same-origin"}
    approved = service.request("POST", "/.quivive/oauth/device", page, urllib.parse.urlencode({"user_code": code, "decision": "approve"}).encode())
    assert approved.status == 200, approved.text
    status, out, err = finish(process)
    assert status == 0 and "scopes orders:read" in out, err
    assert fetch("--profile", "default", service.url + "/orders/1", home=tmp_path).exit == 0


def test_four_processes_at_the_end_of_a_token(service, tmp_path):
    """With no grace for refresh tokens, a second use of one would end the sign-in."""
    first = by_browser(service, tmp_path)
    path = tmp_path / "quivive" / "profiles" / "default.json"
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "expires": int(time.time()) - 1}))
    running = [start("fetch", "--profile", "default", service.url + "/orders/1", home=tmp_path) for _ in range(4)]
    assert [finish(process)[0] for process in running] == [0] * 4
    assert json.loads(path.read_text())["refresh_token"] != first["refresh_token"]
    assert fetch("--profile", "default", service.url + "/orders/1", home=tmp_path).exit == 0
