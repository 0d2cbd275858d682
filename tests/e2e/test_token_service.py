"""The token service: grants, rotation, revocation, introspection, metadata, and what it refuses."""

import base64
import concurrent.futures
import hashlib
import json
import re
import secrets
import signal
import threading
import time
import urllib.parse

import pytest

from harness import Gateway, basic, bearer, command, config, eventually, expect, refused_from_now_on, secret
from harness.gateway import start_refused
from harness.wire import Truncated

ISSUER = "http://127.0.0.1"
TOKEN, REVOKE, INTROSPECT = "/.quivive/oauth/token", "/.quivive/oauth/revoke", "/.quivive/oauth/introspect"
AUTHORIZE, DEVICE = "/.quivive/oauth/authorize", "/.quivive/oauth/device"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ALICE = ("alice", secret("correct horse for tokens"))
BACK = "https://app.example.com/back"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


def settings(upstream, **issuer):
    return config(upstream.url, issuer={"url": ISSUER, **issuer}, accept={"session": {}, "basic": {}}, routes=[
        {"path": "/orders/", "accept": ["bearer"], "require": {"scope": "orders:read"}},
        {"path": "/", "accept": ["bearer", "basic"]},
    ])


def make_client(gateway, name, *arguments):
    made = gateway.command("client", "create", name, "--json", *arguments).json()
    if "secret" in made:
        secret(made["secret"])
    return made


@pytest.fixture(name="service", scope="module")
def running_service(upstream):
    with Gateway(settings(upstream)) as gateway:
        gateway.add_user(*ALICE, "staff")
        yield gateway


@pytest.fixture(name="app", scope="module")
def app_client(service):
    return make_client(service, "app", "--redirect-uri", BACK, "--scope", "orders:read", "--scope", "openid", "--public", "--name", "The app")


@pytest.fixture(name="machine", scope="module")
def machine_client(service):
    return make_client(service, "billing", "--scope", "orders:read", "--scope", "orders:write")


def post(gateway, path, fields, client=None):
    headers = {**FORM, **(basic(client["id"], client["secret"]) if client and "secret" in client else {})}
    if client and "secret" not in client:
        fields = {**fields, "client_id": client["id"]}
    return gateway.request("POST", path, headers, urllib.parse.urlencode(fields).encode())


def got(response):
    assert response.status == 200, response.text
    assert response.get("Cache-Control") == "no-store"
    tokens = response.json()
    for name in ("access_token", "refresh_token"):
        if name in tokens:
            secret(tokens[name])
    return tokens


def refused(gateway, response, error, status=400, reason="grant-refused"):
    assert response.status == status and response.json()["error"] == error, response.text
    return expect(gateway, response, status, reason)


def sign_in(gateway, user=ALICE):
    response = gateway.request("POST", "/.quivive/login", FORM, urllib.parse.urlencode({"username": user[0], "password": user[1]}).encode())
    assert response.status == 303
    return {"Cookie": response.get("Set-Cookie").split(";")[0]}


def ask(client, **more):
    wanted = {"response_type": "code", "client_id": client["id"], "redirect_uri": BACK, "code_challenge": CHALLENGE, "code_challenge_method": "S256",
              "state": "xyz", "scope": "orders:read", **more}
    return AUTHORIZE + "?" + urllib.parse.urlencode({name: value for name, value in wanted.items() if value is not None})


def sent_back(response):
    assert response.status == 302, response.text
    where, _, query = response.get("Location").partition("?")
    assert where == BACK
    return dict(urllib.parse.parse_qsl(query))


def code_for(gateway, client, cookie, **more):
    back = sent_back(gateway.get(ask(client, **more), cookie))
    assert back["state"] == "xyz" and back["iss"] == ISSUER
    return secret(back["code"])


def redeem(gateway, client, code, **more):
    return post(gateway, TOKEN, {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER, **more}, client)


def refresh(gateway, client, token, **more):
    return post(gateway, TOKEN, {"grant_type": "refresh_token", "refresh_token": token, **more}, client)


def revoked_from_now_on(gateway, token):
    last = refused_from_now_on(lambda: gateway.get("/orders/1", bearer(token)), since=time.monotonic())
    expect(gateway, last, 401, "token-revoked")


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


# --- client_credentials


def test_a_client_gets_a_token_for_itself_and_the_gateway_takes_it(service, machine):
    tokens = got(post(service, TOKEN, {"grant_type": "client_credentials", "scope": "orders:read"}, machine))
    assert tokens["token_type"] == "Bearer" and tokens["expires_in"] == 600 and tokens["scope"] == "orders:read"
    assert "refresh_token" not in tokens
    said = claims(tokens["access_token"])
    assert said["iss"] == ISSUER and said["aud"] == ISSUER and said["client_id"] == "billing" and said["sub"] == "client:billing"
    header = json.loads(base64.urlsafe_b64decode(tokens["access_token"].split(".")[0] + "=="))
    assert header["typ"] == "at+jwt" and header["alg"] == "ES256"
    seen = expect(service, service.get("/orders/1", bearer(tokens["access_token"])), 200, "allowed", scheme="bearer", subject="client:billing")
    assert dict(seen.json()["fields"])["X-Quivive-Scopes"] == "orders:read"


def test_without_a_scope_it_gets_all_it_may_have(service, machine):
    assert got(post(service, TOKEN, {"grant_type": "client_credentials"}, machine))["scope"] == "orders:read orders:write"


def test_a_secret_in_the_body_counts_too(service, machine):
    fields = {"grant_type": "client_credentials", "client_id": machine["id"], "client_secret": machine["secret"]}
    got(post(service, TOKEN, fields))


@pytest.mark.parametrize("fields, error", [
    ({}, "invalid_request"),
    ({"grant_type": "password"}, "unsupported_grant_type"),
    ({"grant_type": "authorization_code", "code": "x"}, "unauthorized_client"),
    ({"grant_type": "client_credentials", "scope": "orders:delete"}, "invalid_scope"),
    ({"grant_type": "client_credentials", "scope": 'a"b'}, "invalid_scope"),
    ({"grant_type": "client_credentials", "client_secret": "another"}, "invalid_request"),
    ({"grant_type": "client_credentials", "client_id": "another"}, "invalid_request"),
])
def test_refused_with_the_error_that_the_standard_has(service, machine, fields, error):
    refused(service, post(service, TOKEN, fields, machine), error)


def test_a_parameter_twice_is_refused(service, machine):
    body = b"grant_type=client_credentials&scope=orders:read&scope=orders:write"
    refused(service, service.request("POST", TOKEN, {**FORM, **basic(machine["id"], machine["secret"])}, body), "invalid_request")


@pytest.mark.parametrize("fields, headers", [
    ({"client_id": "billing", "client_secret": "wrong"}, {}),
    ({"client_id": "nobody", "client_secret": "wrong"}, {}),
    ({"client_id": "billing"}, {}),
    ({}, basic("billing", "wrong")),
    ({}, basic("nobody", "wrong")),
    ({}, {"Authorization": "Bearer abc"}),
    ({}, {"Authorization": "Basic !!!"}),
    ({}, {}),
    ({"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion": "a.b.c"}, {}),
])
def test_a_client_that_proves_nothing_is_401_with_a_challenge(service, machine, fields, headers):
    body = urllib.parse.urlencode({"grant_type": "client_credentials", **fields}).encode()
    response = service.request("POST", TOKEN, {**FORM, **headers}, body)
    refused(service, response, "invalid_client", 401, "client-unauthenticated")
    assert response.get("WWW-Authenticate") == f'Basic realm="{ISSUER}", charset="UTF-8"'


def test_only_post_and_only_forms(service, machine):
    expect(service, service.get(TOKEN), 404, "path-unknown")
    refused(service, service.request("POST", TOKEN, {"Content-Type": "application/json", **basic(machine["id"], machine["secret"])}, b"{}"), "invalid_request")


# --- authorization_code


def test_code_with_pkce(service, app):
    cookie = sign_in(service)
    tokens = got(redeem(service, app, code_for(service, app, cookie, scope="orders:read openid", nonce="n1")))
    said = claims(tokens["access_token"])
    assert said["sub"] == "alice" and said["client_id"] == "app" and said["roles"] == ["staff"] and said["scope"] == "orders:read openid"
    identity = claims(tokens["id_token"])
    assert identity["aud"] == "app" and identity["nonce"] == "n1" and identity["sub"] == "alice" and identity["iss"] == ISSUER
    expect(service, service.get("/orders/1", bearer(tokens["access_token"])), 200, "allowed", subject="alice")
    # An ID token says who signed in, and opens nothing.
    expect(service, service.get("/orders/1", bearer(tokens["id_token"])), 401, "token-wrong-audience")


def test_who_has_not_signed_in_is_sent_to_the_login_and_back(service, app):
    wanted = ask(app)
    response = service.get(wanted, {"Sec-Fetch-Mode": "navigate", "Accept": "text/html"})
    assert response.status == 303
    login, _, query = response.get("Location").partition("?")
    assert login == "/.quivive/login" and dict(urllib.parse.parse_qsl(query))["return_to"] == wanted
    body = urllib.parse.urlencode({"username": ALICE[0], "password": ALICE[1], "return_to": wanted}).encode()
    assert service.request("POST", "/.quivive/login", FORM, body).get("Location") == wanted


@pytest.mark.parametrize("more, words", [
    ({"client_id": "nobody"}, "there is no client"),
    ({"client_id": None}, "client_id is missing"),
    ({"redirect_uri": "https://evil.example/back"}, "redirect_uri is not one"),
    ({"redirect_uri": BACK + "/"}, "redirect_uri is not one"),
    ({"redirect_uri": BACK + "?x=1"}, "redirect_uri is not one"),
    ({"client_id": "billing"}, "was not made for authorization codes"),
])
def test_what_cannot_be_trusted_is_shown_and_never_followed(service, app, machine, more, words):
    response = service.get(ask(app, **more), sign_in(service))
    assert words in response.text and response.get("Location") is None
    assert response.get("Content-Type").startswith("text/html") and "frame-ancestors 'none'" in response.get("Content-Security-Policy")
    expect(service, response, 400, "grant-refused")


@pytest.mark.parametrize("more, error", [
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"scope": "orders:write"}, "invalid_scope"),
    ({"response_mode": "fragment"}, "invalid_request"),
    ({"request": "a.b.c"}, "request_not_supported"),
    ({"response_type": None}, "invalid_request"),
    ({"prompt": "none login"}, "invalid_request"),
    ({"prompt": "Login"}, "invalid_request"),
    ({"max_age": "3x"}, "invalid_request"),
    ({"state": "xyz", "nonce": "n" * 300}, "invalid_request"),
])
def test_other_faults_go_back_to_the_client(service, app, more, error):
    back = sent_back(service.get(ask(app, **more), sign_in(service)))
    assert back["error"] == error and back["state"] == "xyz" and back["iss"] == ISSUER and "code" not in back


@pytest.mark.parametrize("more", [{"prompt": "login"}, {"max_age": "0"}])
def test_a_client_may_want_a_new_sign_in(service, app, more):
    cookie = sign_in(service)
    asked = service.get(ask(app, **more), cookie)
    assert asked.status == 303
    wanted = dict(urllib.parse.parse_qsl(asked.get("Location").partition("?")[2]))["return_to"]
    assert wanted.startswith(AUTHORIZE + "?") and "quivive_asked=" in wanted
    assert service.get(wanted, cookie).status == 303  # the session of before does not count
    forged = re.sub(r"quivive_asked=\d+", "quivive_asked=1", wanted)
    assert service.get(forged, cookie).status == 303
    cookie = sign_in(service)
    assert service.get(wanted.replace("state=xyz", "state=abc"), cookie).status == 303  # it was for another request
    assert "code" in sent_back(service.get(wanted, cookie))
    assert service.get(wanted, cookie).status == 303  # and counts once


def test_an_authorization_request_may_be_posted(service, app):
    response = service.request("POST", AUTHORIZE, FORM, ask(app).partition("?")[2].encode())
    assert response.status == 303 and response.get("Location").startswith(AUTHORIZE + "?")
    assert "code" in sent_back(service.get(response.get("Location"), sign_in(service)))


def test_scopes_that_every_openid_client_asks_for_are_left_out(service, app):
    tokens = got(redeem(service, app, code_for(service, app, sign_in(service), scope="openid profile email offline_access orders:read")))
    assert tokens["scope"] == "openid orders:read"


def test_prompt_none_without_a_session_is_login_required(service, app):
    assert sent_back(service.get(ask(app, prompt="none")))["error"] == "login_required"


def test_a_code_works_once_and_its_second_use_ends_what_came_of_it(service, app):
    code = code_for(service, app, sign_in(service))
    tokens = got(redeem(service, app, code))
    expect(service, service.get("/orders/1", bearer(tokens["access_token"])), 200, "allowed")
    refused(service, redeem(service, app, code), "invalid_grant")
    refused(service, refresh(service, app, tokens["refresh_token"]), "invalid_grant")
    revoked_from_now_on(service, tokens["access_token"])


def test_one_code_in_two_exchanges_side_by_side(service, app):
    for _ in range(6):
        code = code_for(service, app, sign_in(service))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda _: redeem(service, app, code), range(2)))
        for answer in answers:
            if answer.status == 200:
                got(answer)
            else:
                refused(service, answer, "invalid_grant")
        assert sum(answer.status == 200 for answer in answers) <= 1


def test_grants_side_by_side_stay_with_their_users(service, app):
    """CVE-2026-33544: of two who ask at once, neither gets the other's code, verifier or token."""
    bob = ("bob", secret("another horse for tokens"))
    service.add_user(*bob)

    def subject_of(user):
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        code = code_for(service, app, sign_in(service, user), code_challenge=challenge)
        token = got(redeem(service, app, code, code_verifier=verifier))["access_token"]
        return expect(service, service.get("/orders/1", bearer(token)), 200, "allowed").json()["fields"]

    turns = [ALICE, bob] * 6
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        seen = [dict(fields)["X-Quivive-Subject"] for fields in pool.map(subject_of, turns)]
    assert seen == [name for name, _ in turns]


def test_a_code_of_another_client_verifier_or_redirect_uri_is_refused(service, app):
    other = make_client(service, "other", "--redirect-uri", BACK, "--public", "--scope", "orders:read")
    cookie = sign_in(service)
    refused(service, redeem(service, other, code_for(service, app, cookie)), "invalid_grant")
    refused(service, redeem(service, app, code_for(service, app, cookie), code_verifier="w" * 43), "invalid_grant")
    refused(service, redeem(service, app, code_for(service, app, cookie), code_verifier=""), "invalid_grant")
    refused(service, redeem(service, app, code_for(service, app, cookie), redirect_uri="https://other.example/"), "invalid_grant")
    refused(service, redeem(service, app, secrets.token_urlsafe(32)), "invalid_grant")


def test_a_loopback_redirect_may_use_any_port(service):
    native = make_client(service, "native", "--redirect-uri", "http://127.0.0.1/back", "--public", "--scope", "orders:read")
    response = service.get(ask(native, redirect_uri="http://127.0.0.1:51234/back"), sign_in(service))
    assert response.status == 302 and response.get("Location").startswith("http://127.0.0.1:51234/back?code=")


# --- refresh_token


def tokens_of(service, app):
    return got(redeem(service, app, code_for(service, app, sign_in(service))))


def test_rotation_and_reuse_which_ends_the_family(upstream):
    with Gateway(settings(upstream, refresh_grace="0s")) as service:
        service.add_user(*ALICE)
        app = make_client(service, "app", "--redirect-uri", BACK, "--scope", "orders:read", "--public")
        first = tokens_of(service, app)
        second = got(refresh(service, app, first["refresh_token"]))
        assert second["refresh_token"] != first["refresh_token"] and second["scope"] == "orders:read"
        expect(service, service.get("/orders/1", bearer(second["access_token"])), 200, "allowed")
        answer = refused(service, refresh(service, app, first["refresh_token"]), "invalid_grant")
        assert "used before" in answer.json()["error_description"]
        refused(service, refresh(service, app, second["refresh_token"]), "invalid_grant")
        revoked_from_now_on(service, second["access_token"])


def test_requests_side_by_side_all_get_tokens(service, app):
    first = tokens_of(service, app)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: refresh(service, app, first["refresh_token"]), range(4)))
    later = [got(answer) for answer in answers]
    assert len({tokens["refresh_token"] for tokens in later}) == 4
    for tokens in later:
        got(refresh(service, app, tokens["refresh_token"]))


def test_a_refresh_may_ask_for_less_and_never_for_more(service, app):
    first = got(redeem(service, app, code_for(service, app, sign_in(service), scope="orders:read openid")))
    less = got(refresh(service, app, first["refresh_token"], scope="orders:read"))
    assert less["scope"] == "orders:read"
    refused(service, refresh(service, app, less["refresh_token"], scope="orders:write"), "invalid_scope")
    assert got(refresh(service, app, less["refresh_token"]))["scope"] == "orders:read openid"


def test_a_refresh_token_is_of_no_use_to_another_client(service, app, machine):
    other = make_client(service, "thief", "--redirect-uri", BACK, "--public", "--scope", "orders:read")
    tokens = tokens_of(service, app)
    refused(service, refresh(service, other, tokens["refresh_token"]), "invalid_grant")
    refused(service, refresh(service, machine, tokens["refresh_token"]), "unauthorized_client")
    got(refresh(service, app, tokens["refresh_token"]))


@pytest.mark.parametrize("change", ["password", "disabled"])
def test_a_user_who_changed_has_to_sign_in_again(upstream, change):
    with Gateway(settings(upstream)) as service:
        service.add_user(*ALICE)
        app = make_client(service, "app", "--redirect-uri", BACK, "--scope", "orders:read", "--public")
        tokens = tokens_of(service, app)
        if change == "password":
            service.command("user", "passwd", "alice", "--password-stdin", stdin=secret("another horse") + "\n")
        else:
            service.command("user", "disable", "alice")
            service.command("user", "enable", "alice")  # what she had granted does not come back
        refused(service, refresh(service, app, tokens["refresh_token"]), "invalid_grant")
        revoked_from_now_on(service, tokens["access_token"])


def test_what_a_client_was_told_survives_kill_9(upstream):
    """Every token that was answered works after it, and none that was rotated away."""
    with Gateway(settings(upstream, refresh_grace="0s")) as service:
        service.add_user(*ALICE)
        app = make_client(service, "app", "--redirect-uri", BACK, "--scope", "orders:read", "--public")
        chains = [[tokens_of(service, app)["refresh_token"]] for _ in range(4)]
        stop = threading.Event()

        def turn(chain):
            while not stop.is_set():
                try:
                    chain.append(got(refresh(service, app, chain[-1]))["refresh_token"])
                except (OSError, AssertionError, Truncated):
                    return

        threads = [threading.Thread(target=turn, args=(chain,)) for chain in chains]
        for thread in threads:
            thread.start()
        eventually(lambda: min(map(len, chains)) > 5)
        service.process.send_signal(signal.SIGKILL)
        for thread in threads:
            thread.join()
        stop.set()
        service.process.wait()
        service.process = None
        service.start()
        for chain in chains:
            # The last answer may have been on its way: its token was then rotated away by what was never heard of.
            last = refresh(service, app, chain[-1])
            if last.status == 200:
                got(last)
            else:
                refused(service, last, "invalid_grant")
            refused(service, refresh(service, app, chain[-2]), "invalid_grant")


# --- revocation and introspection


def test_revocation_ends_a_token_everywhere_within_a_second(service, app):
    tokens = tokens_of(service, app)
    expect(service, service.get("/orders/1", bearer(tokens["access_token"])), 200, "allowed")
    assert post(service, REVOKE, {"token": tokens["access_token"]}, app).status == 200
    revoked_from_now_on(service, tokens["access_token"])
    later = got(refresh(service, app, tokens["refresh_token"]))
    assert post(service, REVOKE, {"token": later["refresh_token"], "token_type_hint": "refresh_token"}, app).status == 200
    refused(service, refresh(service, app, later["refresh_token"]), "invalid_grant")
    revoked_from_now_on(service, later["access_token"])


def test_revoking_what_is_not_ones_own_changes_nothing(service, app, machine):
    tokens = tokens_of(service, app)
    for token in (tokens["access_token"], tokens["refresh_token"], "rubbish"):
        assert post(service, REVOKE, {"token": token}, machine).status == 200
    got(refresh(service, app, tokens["refresh_token"]))
    refused(service, post(service, REVOKE, {}, machine), "invalid_request")


def test_introspection(service, app, machine):
    tokens = tokens_of(service, app)
    seen = post(service, INTROSPECT, {"token": tokens["access_token"]}, machine).json()
    assert seen["active"] is True and seen["sub"] == "alice" and seen["client_id"] == "app" and seen["scope"] == "orders:read" and seen["iss"] == ISSUER
    # A refresh token is its own client's business.
    assert post(service, INTROSPECT, {"token": tokens["refresh_token"]}, machine).json() == {"active": False}
    for token in ("rubbish", tokens["access_token"][:-4] + "AAAA"):
        assert post(service, INTROSPECT, {"token": token}, machine).json() == {"active": False}
    refused(service, post(service, INTROSPECT, {"token": tokens["access_token"]}, app), "unauthorized_client")
    assert post(service, REVOKE, {"token": tokens["access_token"]}, app).status == 200
    assert post(service, INTROSPECT, {"token": tokens["access_token"]}, machine).json() == {"active": False}


def test_a_revoked_client_is_out_with_all_its_tokens(service):
    app = make_client(service, "leaving", "--redirect-uri", BACK, "--scope", "orders:read", "--client-credentials")
    own = got(post(service, TOKEN, {"grant_type": "client_credentials"}, app))
    user = tokens_of(service, app)
    expect(service, service.get("/orders/1", bearer(own["access_token"])), 200, "allowed")
    assert service.command("client", "revoke", "leaving").exit == 0
    revoked_from_now_on(service, own["access_token"])
    revoked_from_now_on(service, user["access_token"])
    answer = refresh(service, app, user["refresh_token"])
    refused(service, answer, "invalid_client", 401, "client-unauthenticated")
    told = service.explain(answer.id).out
    assert "the client 'leaving' is revoked" in told and "no credential" not in told and "leaving" not in answer.text


# --- device authorization


def begin_device(service, client):
    begun = post(service, "/.quivive/oauth/device_authorization", {"scope": "orders:read"}, client)
    assert begun.status == 200, begun.text
    return begun.json()


def poll(service, client, begun):
    return post(service, TOKEN, {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": begun["device_code"]}, client)


SAME_ORIGIN = {**FORM, "Origin": "http://api.example.com"}
BY_HAND = {"Sec-Fetch-Site": "none"}


@pytest.fixture(name="tv", scope="module")
def device_client(service):
    return make_client(service, "tv", "--device", "--public", "--scope", "orders:read", "--name", "<The TV>")


def test_device_grant(service, tv):
    begun = begin_device(service, tv)
    secret(begun["device_code"])
    assert re.fullmatch(r"[B-Z]{4}-[B-Z]{4}", begun["user_code"]) and begun["verification_uri"] == ISSUER + DEVICE and begun["interval"] == 5
    refused(service, poll(service, tv, begun), "authorization_pending")
    refused(service, poll(service, tv, begun), "slow_down")
    path = DEVICE + "?user_code=" + begun["user_code"]
    assert service.get(path).status == 303  # to the login
    cookie = sign_in(service)
    page = service.get(path, {**cookie, **BY_HAND})
    assert "&lt;The TV&gt;" in page.text and begun["user_code"] in page.text and "alice" in page.text
    body = urllib.parse.urlencode({"user_code": begun["user_code"].lower(), "decision": "approve"}).encode()
    expect(service, service.request("POST", DEVICE, {**FORM, **cookie, "Origin": "https://evil.example"}, body), 403, "csrf-rejected")
    expect(service, service.request("POST", DEVICE, {**FORM, **cookie}, body), 403, "csrf-rejected")
    assert "Device signed in" in service.request("POST", DEVICE, {**SAME_ORIGIN, **cookie}, body).text
    assert "Nothing to do" in service.request("POST", DEVICE, {**SAME_ORIGIN, **cookie}, body).text
    tokens = got(poll(service, tv, begun))
    assert claims(tokens["access_token"])["sub"] == "alice" and "refresh_token" in tokens
    refused(service, poll(service, tv, begun), "invalid_grant")


def test_a_device_that_is_refused_and_a_code_that_is_mistyped(service, tv):
    begun = begin_device(service, tv)
    cookie = sign_in(service)
    assert "No device waits" in service.get(DEVICE + "?user_code=BBBB-BBBB", {**cookie, **BY_HAND}).text
    assert "eight letters" in service.get(DEVICE + "?user_code=AAAA", cookie).text
    body = urllib.parse.urlencode({"user_code": begun["user_code"], "decision": "deny"}).encode()
    assert "Device refused" in service.request("POST", DEVICE, {**SAME_ORIGIN, **cookie}, body).text
    refused(service, poll(service, tv, begun), "access_denied")


def test_a_device_code_in_another_devices_hands_does_not_end_it(service, tv):
    other = make_client(service, "other-tv", "--device", "--public", "--scope", "orders:read")
    begun = begin_device(service, tv)
    body = urllib.parse.urlencode({"user_code": begun["user_code"], "decision": "approve"}).encode()
    assert "Device signed in" in service.request("POST", DEVICE, {**SAME_ORIGIN, **sign_in(service)}, body).text
    refused(service, poll(service, other, begun), "invalid_grant")
    got(poll(service, tv, begun))


# --- metadata and keys


def test_metadata_and_keys(service):
    for path in ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"):
        response = expect(service, service.get(path), 200, "allowed")
        said = response.json()
        assert said["issuer"] == ISSUER and said["token_endpoint"] == ISSUER + TOKEN and said["code_challenge_methods_supported"] == ["S256"]
        assert response.get("Cache-Control") == "public, max-age=300"
    keys = service.get("/.quivive/oauth/jwks.json")
    assert keys.get("Content-Type") == "application/jwk-set+json" and keys.get("Cache-Control") == "public, max-age=300"
    (key,) = keys.json()["keys"]
    assert key["kty"] == "EC" and key["alg"] == "ES256" and key["use"] == "sig" and "d" not in key


def test_pages_of_any_origin_may_ask_for_tokens_and_read_why_not(service, app):
    preflight = service.request("OPTIONS", TOKEN, {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"})
    assert preflight.status == 204 and preflight.get("Access-Control-Allow-Origin") == "*" and "POST" in preflight.get("Access-Control-Allow-Methods")
    answer = post(service, TOKEN, {"grant_type": "refresh_token", "refresh_token": "x"}, app)
    assert answer.get("Access-Control-Allow-Origin") == "*" and answer.get("Access-Control-Allow-Credentials") is None
    refused(service, answer, "invalid_grant")
    assert post(service, INTROSPECT, {"token": "x"}, app).get("Access-Control-Allow-Origin") is None


def test_a_row_of_ones_own_for_the_issuer_leaves_the_others_keys_alone(upstream):
    """A second row named the issuer itself; the first one's keys must stay what they are."""
    elsewhere = "https://id.example.com"
    with Gateway(config(upstream.url, issuer=ISSUER)) as first:
        keys = first.get("/.quivive/oauth/jwks.json").text
        machine = make_client(first, "billing")
        own = got(post(first, TOKEN, {"grant_type": "client_credentials"}, machine))
        rows = [{"issuer": elsewhere, "audience": "any", "keys": "file:keys.json"},
                {"issuer": ISSUER, "audience": "any", "keys": "file:keys.json"}]
        settings = config(upstream.url, issuer=ISSUER, store=f"sqlite:{first.folder}/quivive.db", accept={"bearer": {"issuers": rows}})
        with Gateway(settings, files={"keys.json": keys}) as second:
            first.command("client", "create", "another")  # a change of the store, by which it looks at the keys again
            last = time.monotonic() + 1
            while time.monotonic() < last:
                expect(second, second.get("/x", bearer(own["access_token"])), 200, "allowed")


def test_without_an_issuer_there_is_nothing_there(upstream):
    with Gateway(config(upstream.url)) as gateway:
        expect(gateway, gateway.get("/.quivive/oauth/jwks.json"), 404, "path-unknown")
        assert gateway.get("/.well-known/openid-configuration").status == 401  # a path like any other


@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256"])
def test_another_algorithm_takes_over_and_tokens_of_the_one_before_stay_good(upstream, algorithm):
    with Gateway(settings(upstream, key_rotation="1h")) as service:
        machine = make_client(service, "billing", "--scope", "orders:read")
        before = got(post(service, TOKEN, {"grant_type": "client_credentials"}, machine))
        service.configure(settings(upstream, algorithm=algorithm, key_rotation="1h"))
        service.reload()
        service.notice("configuration reloaded")
        keys = {key["alg"] for key in service.get("/.quivive/oauth/jwks.json").json()["keys"]}
        assert keys == {"ES256", algorithm}  # published, and not used before verifiers can know it
        expect(service, service.get("/orders/1", bearer(before["access_token"])), 200, "allowed")
        after = got(post(service, TOKEN, {"grant_type": "client_credentials"}, machine))
        expect(service, service.get("/orders/1", bearer(after["access_token"])), 200, "allowed")


def test_two_gateways_on_one_store_know_each_others_tokens(upstream):
    with Gateway(settings(upstream)) as one, Gateway(settings(upstream) | {"store": f"sqlite:{one.folder}/quivive.db"}) as two:
        machine = make_client(one, "billing", "--scope", "orders:read")
        tokens = got(post(two, TOKEN, {"grant_type": "client_credentials"}, machine))
        expect(one, one.get("/orders/1", bearer(tokens["access_token"])), 200, "allowed")
        assert post(one, REVOKE, {"token": tokens["access_token"]}, machine).status == 200
        revoked_from_now_on(two, tokens["access_token"])


# --- commands and configuration


def test_mint_says_loudly_what_it_is(service):
    minted = service.command("token", "mint", "--subject", "carol", "--scope", "orders:read", "--lifetime", "1m")
    assert minted.exit == 0 and minted.err.startswith("FOR DEVELOPMENT AND TESTS")
    token = secret(minted.out.strip())
    expect(service, service.get("/orders/1", bearer(token)), 200, "allowed", subject="carol")
    too_long = service.command("token", "mint", "--subject", "carol", "--lifetime", "1d")
    assert too_long.exit == 2 and "issuer.access_token_lifetime" in too_long.err


@pytest.mark.parametrize("arguments, words", [
    (["bad id"], "id"),
    (["x", "--redirect-uri", "http://app.example.com/"], "is none of https://"),
    (["x", "--redirect-uri", "https://app.example.com/#top"], "fragment"),
    (["x", "--redirect-uri", "https://user@app.example.com/"], "user name"),
    (["x", "--public"], "has no access of its own"),
    (["x", "--scope", "a b"], "scope"),
    (["x", "--jwks", "/nowhere/keys.json"], "/nowhere/keys.json"),
])
def test_a_client_that_makes_no_sense_is_not_made(service, arguments, words):
    made = service.command("client", "create", *arguments)
    assert made.exit == 2 and words in made.err and made.err.count("\n") == 1, made.err


def test_client_list_shows_no_secret(service, machine):
    listed = service.command("client", "list")
    assert "billing" in listed.out and machine["secret"] not in listed.out
    again = service.command("client", "create", "billing")
    assert again.exit == 1 and "already" in again.err
    unknown = service.command("client", "revoke", "nobody")
    assert unknown.exit == 1 and "no client 'nobody'" in unknown.err


@pytest.mark.parametrize("url, words", [
    ("https://id.example.com/", "write https://id.example.com"),
    ("https://id.example.com/oauth", "write https://id.example.com"),
    ("http://id.example.com", "tokens need https"),
    ("id.example.com", "is not an http:// or https:// URL"),
])
def test_an_issuer_that_clients_could_not_find_is_refused(upstream, url, words):
    refused_start = start_refused(config(upstream.url, issuer=url))
    assert refused_start.exit == 2 and words in refused_start.err


def test_only_its_own_tokens_without_users(upstream):
    with Gateway(config(upstream.url, issuer=ISSUER)) as service:
        machine = make_client(service, "billing")
        expect(service, service.get("/.well-known/openid-configuration"), 404, "path-unknown")
        said = service.get("/.well-known/oauth-authorization-server").json()
        assert said["grant_types_supported"] == ["client_credentials"] and "authorization_endpoint" not in said
        tokens = got(post(service, TOKEN, {"grant_type": "client_credentials"}, machine))
        expect(service, service.get("/x", bearer(tokens["access_token"])), 200, "allowed")
        expect(service, service.get(AUTHORIZE), 404, "path-unknown")


def test_it_may_stand_alone(upstream):
    alone = {name: value for name, value in config(upstream.url, issuer=ISSUER).items() if name != "upstream"}
    with Gateway(alone) as service:
        machine = make_client(service, "billing")
        got(post(service, TOKEN, {"grant_type": "client_credentials"}, machine))
        expect(service, service.get("/x"), 403, "policy-denied")
