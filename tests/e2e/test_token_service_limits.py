"""The token service: how often codes are given and tried, and access tokens of users who changed. Networks are told apart by X-Forwarded-For."""

import time
import urllib.parse

import pytest

from harness import Gateway, bearer, command, config, eventually, expect, refused_from_now_on, secret

ALICE = ("alice", secret("correct horse for limits"))
BOB = ("bob", secret("correct mule for limits"))
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ASK, PAGE = "/.quivive/oauth/device_authorization", "/.quivive/oauth/device"


@pytest.fixture(name="service")
def running_service(upstream):
    settings = config(upstream.url, issuer={"url": "http://127.0.0.1"}, accept={"session": {}, "basic": {}}, trusted_proxies=["127.0.0.1"],
                      routes=[{"path": "/", "accept": ["bearer", "basic"]}])
    with Gateway(settings) as gateway:
        gateway.add_user(*ALICE)
        gateway.add_user(*BOB)
        assert gateway.command("client", "create", "tv", "--device", "--public", "--scope", "watch").exit == 0
        yield gateway


def post(service, path, fields, more=(), *, address):
    return service.request("POST", path, {**FORM, **dict(more), "X-Forwarded-For": address}, urllib.parse.urlencode(fields).encode())


def ask(service, address):
    return post(service, ASK, {"client_id": "tv", "scope": "watch"}, address=address)


def sign_in(service, user=ALICE):
    response = post(service, "/.quivive/login", {"username": user[0], "password": user[1]}, address="198.51.100.1")
    return {"Cookie": response.get("Set-Cookie").split(";")[0]}


def test_a_network_that_asks_for_codes_without_end(service):
    for _ in range(200):
        assert ask(service, "192.0.2.7").status == 200
    response = expect(service, ask(service, "192.0.2.200"), 429, "locked-out")
    assert 1 <= int(response.get("Retry-After")) <= 5
    assert "device codes" in service.explain(response.id).out
    assert ask(service, "198.51.100.7").status == 200


def test_codes_that_are_guessed(service):
    cookie = sign_in(service)
    code = ask(service, "198.51.100.7").json()["user_code"]

    def type_in(user_code, address="192.0.2.7"):
        return service.get(f"{PAGE}?user_code={user_code}", {**cookie, "X-Forwarded-For": address, "Accept": "text/html", "Sec-Fetch-Site": "none"})

    own = ask(service, "198.51.100.7").json()["user_code"]
    for number in range(10):
        assert "tv" in type_in(own).text  # one that is right forgives no wrong one
        assert "No device waits" in type_in("BBBB-BBB" + "BCDFGHJKLM"[number]).text
    for guess in ("BBBB-CCCC", code):  # the right one too
        response = expect(service, type_in(guess), 429, "locked-out")
        assert "Too many wrong codes were typed; try again in 2 minutes." in response.text and code not in response.text
    body = {"user_code": code, "decision": "approve"}
    origin = {**cookie, "Origin": "http://api.example.com"}
    expect(service, post(service, PAGE, body, origin, address="192.0.2.7"), 429, "locked-out")
    expect(service, type_in(code, "203.0.113.7"), 429, "locked-out")  # wherever alice is
    bob = sign_in(service, BOB)
    assert "tv" in service.get(f"{PAGE}?user_code={code}", {**bob, "X-Forwarded-For": "192.0.2.7", "Sec-Fetch-Site": "none"}).text
    assert "Device signed in" in post(service, PAGE, body, {**bob, "Origin": "http://api.example.com"}, address="192.0.2.7").text


@pytest.mark.parametrize("said", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Referer": "https://evil.example/"}, {}])
def test_other_sites_pages_use_up_nobodys_tries(service, said):
    cookie = {**sign_in(service), "X-Forwarded-For": "192.0.2.7"}
    code = ask(service, "198.51.100.7").json()["user_code"]
    for number in range(12):
        wrong = "BBBB-BBB" + "BCDFGHJKLMNP"[number]
        page = service.get(f"{PAGE}?user_code={wrong.lower()}", {**cookie, **said})
        assert page.status == 200 and f'value="{wrong}"' in page.text and "No device waits" not in page.text
    assert "tv" not in service.get(f"{PAGE}?user_code={code}", {**cookie, **said}).text  # nor do they look one up
    origin = {**cookie, "Origin": "http://api.example.com"}
    assert "tv" in post(service, PAGE, {"user_code": code}, origin, address="192.0.2.7").text
    assert "Device signed in" in post(service, PAGE, {"user_code": code, "decision": "approve"}, origin, address="192.0.2.7").text


@pytest.mark.parametrize("change", [("passwd", "alice", "--password-stdin"), ("disable", "alice"), ("remove", "alice")])
def test_access_tokens_end_when_the_user_changes(service, change):
    tokens = {}
    for user in ("alice", "bob"):
        minted = service.command("token", "mint", "--subject", user)
        assert minted.exit == 0, minted.err
        tokens[user] = secret(minted.out.strip().split("\n")[-1])
        expect(service, service.get("/", bearer(tokens[user])), 200, "allowed", subject=user)
    changed = service.command("user", *change, stdin=secret("another password entirely") + "\n")
    assert changed.exit == 0, changed.err
    expect(service, refused_from_now_on(lambda: service.get("/", bearer(tokens["alice"])), since=time.monotonic()), 401, "token-revoked")
    expect(service, service.get("/", bearer(tokens["bob"])), 200, "allowed")


def test_an_enabled_user_gets_new_tokens(service):
    assert service.command("user", "disable", "alice").exit == 0
    assert service.command("user", "enable", "alice").exit == 0

    def mint():
        return bearer(secret(service.command("token", "mint", "--subject", "alice").out.strip().split("\n")[-1]))

    eventually(lambda: service.get("/", mint()).status == 200)  # one of the same second is taken for one from before


def test_what_does_not_know_the_token_service_says_so(service):
    by_store = ("--store", f"sqlite:{service.folder}/quivive.db")
    changed = command("user", "disable", "alice", *by_store)
    assert changed.exit == 0 and "access tokens" in changed.err and "token revoke --issuer URL --subject alice" in changed.err, changed.err
    assert "access tokens" not in command("user", "enable", "alice", *by_store).err
    assert not service.command("user", "disable", "alice").err


def test_requests_that_make_no_code_are_not_counted(service):
    for _ in range(205):
        assert post(service, ASK, {"client_id": "nobody"}, address="192.0.2.7").status == 401
    assert ask(service, "192.0.2.7").status == 200
