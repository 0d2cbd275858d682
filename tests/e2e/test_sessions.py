"""Login sessions: by form and by JSON, their end, and what a browser may do with the cookie."""

import concurrent.futures
import contextlib
import datetime
import json
import re
import subprocess
import time
import urllib.parse

import pytest

from harness import Gateway, basic, bearer, config, eventually, expect, refused_from_now_on, secret

ALICE = ("alice", secret("correct horse for sessions"))
NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SCRIPT = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def settings(upstream, **session):
    return config(upstream.url, accept={"session": session, "basic": {}, "api_key": {}}, routes=[
        {"path": "/public", "public": True},
        {"path": "/staff/", "accept": ["session"], "require": {"role": "staff"}},
        {"path": "/only/", "accept": ["session"]},
        {"path": "/shared/", "accept": ["session"], "cors": {"origins": ["https://app.example.com"]}},
        {"path": "/", "accept": ["session", "api_key", "basic"]},
    ])


@pytest.fixture
def gateway(upstream):
    with Gateway(settings(upstream)) as running:
        running.add_user(*ALICE, "staff")
        yield running


def form(user, password, **more):
    return urllib.parse.urlencode({"username": user, "password": password, **more}).encode()


def sign_in(gateway, user=ALICE[0], password=ALICE[1], fields=(), **more):
    return gateway.request("POST", "/.quivive/login", {**FORM, **dict(fields)}, form(user, password, **more))


def after(earlier, later):
    """Seconds between two times of an answer."""
    begin, end = (datetime.datetime.fromisoformat(text.removesuffix("Z")) for text in (earlier, later))
    return round((end - begin).total_seconds())


def fields_of(response):
    """What the upstream got."""
    return dict(response.json()["fields"])


def cookie_of(response):
    return response.get("Set-Cookie").split(";")[0]


def cookie(gateway, **more):
    response = sign_in(gateway, **more)
    assert response.status == 303, response.text
    pair = cookie_of(response)
    secret(pair.split("=")[1])  # which nothing may print
    return {"Cookie": pair}


def test_form_login_sets_the_cookie_and_leads_back(gateway, upstream):
    response = expect(gateway, sign_in(gateway, return_to="/only/page?x=1"), 303, "allowed", subject="alice", scheme="session")
    assert response.get("Location") == "/only/page?x=1" and response.get("Cache-Control") == "no-store"
    assert re.fullmatch(r"quivive=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax", response.get("Set-Cookie"))
    there = {"Cookie": cookie_of(response) + "; other=1"}
    seen = expect(gateway, gateway.get("/only/page", there), 200, "allowed", scheme="session", subject="alice")
    assert fields_of(seen)["X-Quivive-Subject"] == "alice" and fields_of(seen)["X-Quivive-Scheme"] == "session"
    assert fields_of(seen)["Cookie"] == "other=1"  # the session's own never reaches the upstream


def test_the_cookie_never_reaches_the_upstream_on_public_routes_either(gateway):
    there = cookie(gateway)
    assert "Cookie" not in fields_of(gateway.get("/public", there))
    sent = {"Cookie": f"a=1; {there['Cookie']}; b=2"}
    assert fields_of(gateway.get("/public", sent))["Cookie"] == "a=1; b=2"


def test_json_login(gateway):
    body = json.dumps({"username": ALICE[0], "password": ALICE[1]}).encode()
    response = expect(gateway, gateway.request("POST", "/.quivive/login", {"Content-Type": "application/json"}, body), 200, "allowed")
    said = response.json()
    assert said["user"] == "alice" and said["ends"].endswith("Z")
    expect(gateway, gateway.get("/only/x", {"Cookie": cookie_of(response)}), 200, "allowed")
    seen = gateway.get("/.quivive/session", {"Cookie": cookie_of(response)}).json()
    assert {name: seen[name] for name in ("user", "ends", "idle_ends")} == said
    assert after(seen["since"], seen["ends"]) == 12 * 3600 and after(seen["since"], seen["idle_ends"]) == 1800
    wrong = json.dumps({"username": ALICE[0], "password": "wrong"}).encode()
    response = expect(gateway, gateway.request("POST", "/.quivive/login", {"Content-Type": "application/json"}, wrong), 401, "password-wrong", scheme="session")
    assert response.json() == {"error": "Wrong user name or password"} and response.get("Set-Cookie") is None
    assert response.get("WWW-Authenticate") == 'Session realm="api.example.com", cookie="quivive"'
    checks = {check["name"]: check["outcome"] for check in gateway.explain(response.id, "--json").json()["checks"]}
    assert checks["form"] == "passed" and checks["password"] == "failed" and "revocation" not in checks


def test_a_name_that_no_user_has_is_not_repeated_to_operators(gateway):
    """People type passwords into the name's field."""
    typed = secret("typed-as-a-login-name")
    body = json.dumps({"username": typed, "password": "wrong"}).encode()
    for response in (sign_in(gateway, typed, "wrong"), gateway.request("POST", "/.quivive/login", {"Content-Type": "application/json"}, body)):
        said = gateway.explain(expect(gateway, response, 401, "password-wrong").id).out
        assert "no user of that name (21 characters)" in said and typed not in said
    response = expect(gateway, sign_in(gateway, ALICE[0], "wrong"), 401, "password-wrong")
    assert "user alice: wrong password" in gateway.explain(response.id).out


def test_a_wrong_password_shows_the_form_again(gateway):
    for user in ("alice", 'nobody"><script>'):
        response = expect(gateway, sign_in(gateway, user, "wrong", fields=NAVIGATION, return_to="/only/page"), 401, "password-wrong")
        assert "The user name or the password is wrong." in response.text and 'value="/only/page"' in response.text
        assert "<script>" not in response.text and "wrong\"" not in response.text
        assert response.get("Content-Security-Policy").startswith("default-src 'none'")
        assert response.get("Set-Cookie") is None


def test_the_form_works_without_script(gateway):
    response = gateway.get("/.quivive/login?return_to=%2Fonly%2Fpage", NAVIGATION)
    assert response.status == 200 and response.get("Content-Type") == "text/html; charset=utf-8"
    for part in ('name="username"', 'name="password"', 'autocomplete="current-password"', 'method="post"', 'action="/.quivive/login"', 'value="/only/page"'):
        assert part in response.text, part
    assert "<script" not in response.text
    assert gateway.request("HEAD", "/.quivive/login").body == b""


@pytest.mark.parametrize("sent", [
    b"", b"username=alice", b"password=x", b"username=a&username=b&password=x", b"username=alice&password=%zz", b"username=alice&password=%00",
    b"username=al%0dice&password=x", b"username=alice&password=x&return_to=/a&return_to=/b",
])
def test_what_is_no_login_is_malformed(gateway, sent):
    expect(gateway, gateway.request("POST", "/.quivive/login", FORM, sent), 400, "request-malformed")


def test_bodies_that_cannot_be_logins(gateway):
    for fields, sent in (({"Content-Type": "text/plain"}, b"username=a&password=b"), ({}, b"username=a&password=b"), ({"Content-Type": "application/json"}, b"[]"),
                         ({"Content-Type": "application/json"}, b'{"username":"a","password":1}'), ({"Content-Type": "application/json"}, b'{"username":"a"'),
                         (FORM, b"username=a&password=" + b"x" * 20_000)):
        expect(gateway, gateway.request("POST", "/.quivive/login", fields, sent), 400, "request-malformed")
    expect(gateway, gateway.request("PUT", "/.quivive/login", FORM, form(*ALICE)), 404, "path-unknown")
    expect(gateway, gateway.request("POST", "/.quivive/session", FORM, b""), 404, "path-unknown")


@pytest.mark.parametrize("return_to", ["https://evil.example/", "//evil.example/", "/\\evil.example", "/%5cevil.example", "/a/../..//evil", "/.quivive/logout", "javascript:alert(1)", ""])
def test_return_to_stays_here(gateway, return_to):
    assert sign_in(gateway, return_to=return_to).get("Location") == "/"


def test_each_wrong_cookie_has_its_reason(gateway):
    expect(gateway, gateway.get("/only/x"), 401, "session-missing")
    expect(gateway, gateway.get("/"), 401, "credentials-missing")
    expect(gateway, gateway.get("/only/x", {"Cookie": "quivive=" + "x" * 43}), 401, "session-unknown", scheme="session")
    expect(gateway, gateway.get("/only/x", {"Cookie": "quivive=nonsense"}), 401, "session-unknown")
    there = cookie(gateway)
    expect(gateway, gateway.get("/only/x", {"Cookie": f"{there['Cookie']}; {there['Cookie']}"}), 400, "credentials-duplicate-header")
    expect(gateway, gateway.request("POST", "/.quivive/logout", there), 204, "allowed")
    expect(gateway, refused_from_now_on(lambda: gateway.get("/only/x", there), since=time.monotonic()), 401, "session-revoked")


def test_idle_and_absolute_end(upstream):
    with Gateway(settings(upstream, idle="10s", absolute="20s")) as gateway:
        gateway.add_user(*ALICE)
        used, unused = cookie(gateway), cookie(gateway)
        ends = gateway.get("/.quivive/session", used).json()
        assert ends["user"] == "alice" and after(ends["since"], ends["ends"]) == 20 and after(ends["since"], ends["idle_ends"]) == 10
        # The one is used until it is too old, the other is not used.
        answers = []
        eventually(lambda: answers.append(gateway.get("/only/x", used)) or answers[-1].status == 401, within=30, pause=0.5)
        expect(gateway, answers[-1], 401, "session-expired")
        assert "accept.session.absolute" in gateway.explain(answers[-1].id).out
        response = expect(gateway, gateway.get("/only/x", unused), 401, "session-expired")
        assert "accept.session.idle" in gateway.explain(response.id).out


def test_a_new_login_ends_the_session_that_the_browser_brought(gateway):
    first = cookie(gateway)
    second = cookie(gateway, fields=first)
    assert first != second
    expect(gateway, gateway.get("/only/x", second), 200, "allowed")
    expect(gateway, refused_from_now_on(lambda: gateway.get("/only/x", first), since=time.monotonic()), 401, "session-revoked")


@pytest.mark.parametrize("same", [False, True])
def test_a_new_login_ends_every_session_that_the_browser_brought(gateway, same):
    first = cookie(gateway)
    second = first if same else cookie(gateway)
    third = cookie(gateway, fields={"Cookie": f"quivive=nonsense; {first['Cookie']}; other=1; {second['Cookie']}"})
    for ended in (first, second):
        expect(gateway, gateway.get("/only/x", ended), 401, "session-revoked")
    expect(gateway, gateway.get("/only/x", third), 200, "allowed")
    many = {"Cookie": "; ".join([third["Cookie"]] * 9)}
    expect(gateway, sign_in(gateway, fields=many), 400, "credentials-duplicate-header")
    expect(gateway, gateway.get("/only/x", third), 200, "allowed")


@pytest.mark.parametrize("login", [False, True])
def test_what_ended_is_refused_from_the_next_request_on(gateway, login):
    """By every worker, whichever connection it comes on, although each remembers the session."""
    request = b"GET /only/x HTTP/1.1\r\nHost: api.example.com\r\nCookie: %s\r\n\r\n"
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(gateway.connect()) for _ in range(12)]

        def statuses(pair):
            for connection in connections:
                connection.send(request % pair["Cookie"].encode())
            return [connection.response().status for connection in connections]

        for _ in range(8):
            there = cookie(gateway)
            assert statuses(there) == [200] * 12
            ended = sign_in(gateway, fields=there) if login else gateway.request("POST", "/.quivive/logout", there)
            assert ended.status == (303 if login else 204)
            assert statuses(there) == [401] * 12


def test_a_session_too_many_of_its_user_is_known_to_have_ended(upstream):
    with Gateway(settings(upstream, per_user=2)) as gateway:
        gateway.add_user(*ALICE)
        first, *others = (cookie(gateway) for _ in range(3))
        response = expect(gateway, gateway.get("/only/x", first), 401, "session-revoked")
        assert "accept.session.per_user" in gateway.explain(response.id).out
        for there in others:
            expect(gateway, gateway.get("/only/x", there), 200, "allowed")


def test_a_planted_cookie_is_not_taken_over(gateway):
    planted = {"Cookie": "quivive=" + "A" * 43}
    assert cookie(gateway, fields=planted) != planted
    expect(gateway, gateway.get("/only/x", planted), 401, "session-unknown")


def test_logins_side_by_side_stay_with_their_users(gateway):
    """CVE-2026-33544: what one login keeps while it waits for its password's hash is not another's."""
    users = [ALICE] + [(f"user{number}", secret(f"password of number {number}")) for number in range(3)]
    for user in users[1:]:
        gateway.add_user(*user)

    def subject_of(user):
        there = {"Cookie": cookie_of(sign_in(gateway, *user))}
        secret(there["Cookie"].split("=")[1])
        return fields_of(gateway.get("/only/", there))["X-Quivive-Subject"]

    turns = users * 4
    with concurrent.futures.ThreadPoolExecutor(len(users)) as pool:
        assert list(pool.map(subject_of, turns)) == [name for name, _ in turns]


@pytest.mark.parametrize("command, stdin", [(("user", "passwd", "alice", "--password-stdin"), "another password\n"), (("user", "disable", "alice"), None),
                                            (("user", "remove", "alice"), None), (("session", "revoke", "--user", "alice"), None)])
def test_sessions_end_with_their_user(gateway, command, stdin):
    there = cookie(gateway)
    expect(gateway, gateway.get("/only/x", there), 200, "allowed")
    done = gateway.command(*command, stdin=stdin)
    assert done.exit == 0, done.err
    expect(gateway, refused_from_now_on(lambda: gateway.get("/only/x", there), since=time.monotonic()), 401, ("session-revoked", "session-unknown"))


def test_list_and_revoke(gateway):
    there, other = cookie(gateway), cookie(gateway)
    listed = gateway.command("session", "list", "--json").json()
    assert [row["user"] for row in listed] == ["alice", "alice"]
    assert gateway.command("session", "revoke", listed[0]["id"]).exit == 0
    refused_from_now_on(lambda: gateway.get("/only/x", there), since=time.monotonic())
    expect(gateway, gateway.get("/only/x", other), 200, "allowed")


def test_sessions_outlive_the_process(upstream):
    conf = settings(upstream)
    with Gateway(conf) as gateway:
        gateway.add_user(*ALICE)
        there = cookie(gateway)
        gateway.stop()
        gateway.start()
        expect(gateway, gateway.get("/only/x", there), 200, "allowed")


def test_navigation_goes_to_the_login_page_and_scripts_get_401(gateway):
    response = gateway.get("/only/page?x=1&y=%20", NAVIGATION)
    assert response.status == 303 and response.get("Location") == "/.quivive/login?return_to=%2Fonly%2Fpage%3Fx%3D1%26y%3D%2520"
    assert response.get("Cache-Control") == "no-store" and "Sec-Fetch-Mode" in response.get("Vary") and "Cookie" in response.get("Vary")
    assert not response.all("WWW-Authenticate")
    assert gateway.log_line(response.id)["reason"] == "session-missing"
    assert gateway.get("/", {"Accept": "text/html"}).status == 303  # a browser that does not say more
    assert gateway.request("POST", "/only/page", NAVIGATION, b"").get("Location") == "/.quivive/login?return_to=%2F"
    expect(gateway, gateway.get("/only/page", SCRIPT), 401, "session-missing")
    expect(gateway, gateway.get("/only/page", {"Accept": "*/*"}), 401, "session-missing")
    # Who brought something else is told what is wrong with it.
    expect(gateway, gateway.get("/", {**NAVIGATION, **basic("alice", "wrong")}), 401, "password-wrong")
    # Who is known and may not is not sent to sign in again.
    gateway.add_user("bob", secret("plain bob"))
    expect(gateway, gateway.get("/staff/", {**NAVIGATION, **cookie(gateway, user="bob", password="plain bob")}), 403, "policy-denied")


def test_login_json_has_no_page(upstream):
    with Gateway(settings(upstream, login="json")) as gateway:
        gateway.add_user(*ALICE)
        expect(gateway, gateway.get("/only/page", NAVIGATION), 401, "session-missing")
        expect(gateway, gateway.get("/.quivive/login", NAVIGATION), 404, "path-unknown")
        assert sign_in(gateway).status == 303


OUR = {"Origin": "http://api.example.com"}
UNSAFE = [
    ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403),
    ({"Sec-Fetch-Site": "same-site", "Origin": "https://sub.api.example.com"}, 403),
    ({"Origin": "https://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Referer": "https://evil.example/page"}, 403),
    ({"Sec-Fetch-Site": "same-origin", **OUR}, 200),
    (OUR, 200),
    ({}, 200),  # no browser
]


@pytest.mark.parametrize("fields, status", UNSAFE)
def test_unsafe_requests_from_other_sites_are_refused(gateway, fields, status):
    there = cookie(gateway)
    expect(gateway, gateway.request("POST", "/only/x", {**there, **fields}, b"a=1"), status, "csrf-rejected" if status == 403 else "allowed")
    assert gateway.get("/only/x", {**there, **fields}).status == 200  # a link from elsewhere is no attack
    # A key is not sent by browsers by themselves.
    key = gateway.create_key()["key"]
    assert gateway.request("POST", "/", {"X-API-Key": key, **fields}, b"").status == 200


def test_websockets_from_other_sites_are_refused(gateway):
    there = cookie(gateway)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    expect(gateway, gateway.get("/only/x", {**there, **upgrade, "Origin": "https://evil.example"}), 403, "csrf-rejected")


def test_pages_that_cors_names_may(gateway):
    there = cookie(gateway)
    app = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Origin": "https://app.example.com"}
    expect(gateway, gateway.request("POST", "/shared/x", {**there, **app}, b""), 200, "allowed")
    expect(gateway, gateway.request("POST", "/shared/x", {**there, **app, "Origin": "https://evil.example"}, b""), 403, "csrf-rejected")
    response = expect(gateway, gateway.get("/shared/x", app), 401, "session-missing")
    assert response.get("Access-Control-Allow-Origin") == "https://app.example.com" and "WWW-Authenticate" in response.get("Access-Control-Expose-Headers")


@pytest.mark.parametrize("path", ["/.quivive/login", "/.quivive/logout"])
def test_login_and_logout_from_other_sites_are_refused(gateway, path):
    there = cookie(gateway)
    for fields in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        response = expect(gateway, gateway.request("POST", path, {**FORM, **there, **fields}, form(*ALICE)), 403, "csrf-rejected")
        assert response.get("Set-Cookie") is None
    expect(gateway, gateway.get("/only/x", there), 200, "allowed")


def test_logout_by_form_says_so_and_drops_the_cookie(gateway):
    there = cookie(gateway)
    assert 'action="/.quivive/logout"' in gateway.get("/.quivive/logout", {**NAVIGATION, **there}).text
    response = expect(gateway, gateway.request("POST", "/.quivive/logout", {**NAVIGATION, **there, "Origin": "http://api.example.com", **FORM}, b""), 200, "allowed")
    assert response.get("Set-Cookie") == "quivive=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
    assert gateway.request("POST", "/.quivive/logout").status == 204  # nobody is signed in: that is what was wanted


def test_basic_is_offered_to_programs_and_not_to_browsers(gateway):
    def offered(fields):
        return sorted(c.split()[0] for c in gateway.get("/", fields).all("WWW-Authenticate"))
    assert offered({}) == ["ApiKey", "Basic", "Session"]
    assert offered(SCRIPT) == offered({"X-Requested-With": "XMLHttpRequest"}) == ["ApiKey", "Session"]
    # Over plain http by name browsers send no Sec-Fetch-Mode: what has an Origin and wants no page is a script's.
    page = {"Origin": "https://app.example.com", "Accept": "application/json, text/html;q=0.5"}
    assert offered({**page, "Accept": "*/*"}) == ["ApiKey", "Session"] and offered(page) == ["ApiKey", "Basic", "Session"]
    assert "Origin" in gateway.get("/").get("Vary")


def test_browser_prompt(upstream):
    conf = config(upstream.url, accept={"basic": {}, "api_key": {}, "digest": {}},
                  routes=[{"path": "/asks", "browser_prompt": True}, {"path": "/basic", "accept": ["basic"]}, {"path": "/"}])
    with Gateway(conf) as gateway:
        def offered(path, fields):
            return [c.split()[0] for c in gateway.get(path, fields).all("WWW-Authenticate")]
        assert offered("/asks", NAVIGATION) == offered("/", {}) == ["Digest", "ApiKey", "Basic"]
        assert offered("/asks", SCRIPT) == offered("/", NAVIGATION) == offered("/", SCRIPT) == ["ApiKey"]
        assert offered("/basic", SCRIPT) == ["Basic"]  # a 401 always says how
        assert "Sec-Fetch-Mode" in gateway.get("/", SCRIPT).get("Vary")


def test_secure_always_takes_the_host_prefix(upstream):
    with Gateway(settings(upstream, secure="always")) as gateway:
        gateway.add_user(*ALICE)
        assert re.fullmatch(r"__Host-quivive=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure", sign_in(gateway).get("Set-Cookie"))
        there = cookie(gateway)
        expect(gateway, gateway.get("/only/x", there), 200, "allowed")
        plain = {"Cookie": there["Cookie"].removeprefix("__Host-")}
        expect(gateway, gateway.get("/only/x", plain), 401, "session-missing")


def test_without_tls_on_loopback_the_log_says_that_the_cookie_is_plain(gateway):
    assert gateway.notice("cookie 'quivive'")


def test_title_and_logo(upstream):
    logo = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>'
    with Gateway(settings(upstream, title="Acme & Söhne", logo="logo.svg"), files={"logo.svg": logo}) as gateway:
        text = gateway.get("/.quivive/login").text
        assert "Acme &amp; Söhne" in text and "data:image/svg+xml;base64," in text


def test_guesses_at_the_form_lock_out_too(upstream):
    conf = settings(upstream)
    conf.update(lockout={"failures": 3, "window": "1h"}, trusted_proxies=["127.0.0.1"])
    with Gateway(conf) as gateway:
        gateway.add_user(*ALICE)
        here = {"X-Forwarded-For": "192.0.2.7"}
        there = cookie(gateway, fields=here)
        for n in range(3):
            expect(gateway, sign_in(gateway, password=f"guess {n}", fields=here), 401, "password-wrong")
        response = expect(gateway, sign_in(gateway, fields={**here, **NAVIGATION}), 429, "locked-out", scheme="session")
        assert int(response.get("Retry-After")) > 0 and "<form" in response.text and "try again in 20 minutes." in response.text
        expect(gateway, gateway.get("/", {**here, **basic(*ALICE)}), 429, "locked-out")
        # Whoever is signed in stays so.
        expect(gateway, gateway.get("/only/x", {**here, **there}), 200, "allowed", scheme="session")


def test_users_of_a_password_file_sign_in_and_their_sessions_end_with_their_password(upstream):
    hashed = [subprocess.run(["openssl", "passwd", "-6", word], capture_output=True, text=True, check=True).stdout.strip() for word in ("first word", "second word")]
    conf = settings(upstream)
    conf["accept"]["basic"] = {"htpasswd": "users"}
    with Gateway(conf, files={"users": f"carol:{hashed[0]}\n"}) as gateway:
        there = cookie(gateway, user="carol", password="first word")
        expect(gateway, gateway.get("/only/x", there), 200, "allowed")
        gateway.write("users", f"carol:{hashed[1]}\n")
        expect(gateway, refused_from_now_on(lambda: gateway.get("/only/x", there), since=time.monotonic(), within=2.0), 401, "session-revoked")


def test_a_token_beside_the_cookie_decides_alone(upstream, issuer):
    conf = config(upstream.url, accept={"session": {}, "bearer": {"issuers": [{"issuer": issuer.name, "audience": [issuer.audience], "keys": "file:jwks.json"}]}})
    with Gateway(conf, files={"jwks.json": issuer.key_set()}) as gateway:
        gateway.add_user(*ALICE)
        there = cookie(gateway)
        expect(gateway, gateway.get("/", {**there, **bearer(issuer.token("ES256"))}), 200, "allowed", scheme="bearer")
        response = expect(gateway, gateway.get("/", {**there, "Authorization": "Bearer nonsense"}), 401, "token-malformed", scheme="bearer")
        assert "found Bearer in Authorization, Session in cookie; Bearer decides" in gateway.explain(response.id).out


def test_a_cookie_twice_at_logout_is_not_said_to_have_ended(gateway):
    there = cookie(gateway)
    twice = {"Cookie": f"{there['Cookie']}; {there['Cookie']}"}
    expect(gateway, gateway.request("POST", "/.quivive/logout", twice), 400, "credentials-duplicate-header")
    expect(gateway, gateway.get("/only/x", there), 200, "allowed")


def test_answers_to_a_session_are_private_where_the_upstream_says_nothing(gateway):
    there = cookie(gateway)
    assert gateway.get("/only/x", there).all("Cache-Control") == ["private"]
    assert gateway.get("/only/x?field=Cache-Control:max-age=60", there).all("Cache-Control") == ["max-age=60"]
    assert gateway.get("/", {"X-API-Key": gateway.create_key()["key"]}).all("Cache-Control") == ["private"]
    assert gateway.get("/", basic(*ALICE)).all("Cache-Control") == []  # caches know what Authorization means (RFC 9111 section 3.5)
    assert gateway.get("/public", there).all("Cache-Control") == []


def test_the_upstream_cannot_set_the_sessions_cookie(gateway):
    there = cookie(gateway)
    assert gateway.get("/only/x?field=Set-Cookie:quivive=planted", there).all("Set-Cookie") == []
    assert gateway.get("/public?field=Set-Cookie:other=1", there).all("Set-Cookie") == ["other=1"]


def test_a_reload_that_renames_the_cookie_shows_the_old_one_to_no_upstream(gateway):
    there = cookie(gateway)
    conf = gateway.settings
    conf["accept"]["session"] = {"cookie": "other"}
    gateway.configure(conf)
    gateway.reload()
    gateway.notice("configuration reloaded")
    eventually(lambda: gateway.get("/only/x", there).status == 401)
    sent = {"Cookie": f"{there['Cookie']}; a=1"}
    eventually(lambda: fields_of(gateway.get("/public", sent)).get("Cookie") == "a=1")
    assert cookie(gateway)["Cookie"].startswith("other=")


def test_a_reload_of_listen_leaves_the_cookie_as_the_listener_is(gateway):
    there = cookie(gateway)
    gateway.configure({**gateway.settings, "listen": "0.0.0.0:1"})
    gateway.reload()
    gateway.notice("configuration reloaded")
    for _ in range(8):
        expect(gateway, gateway.get("/only/x", there), 200, "allowed")


def test_a_logout_leaves_what_is_remembered_of_others(upstream):
    with Gateway({**settings(upstream), "workers": 1}) as gateway:
        gateway.add_user(*ALICE)
        first, there = cookie(gateway), cookie(gateway)
        # Once an end of a session is in force, so is the change of the users before it.
        expect(gateway, gateway.request("POST", "/.quivive/logout", first), 204, "allowed")
        refused_from_now_on(lambda: gateway.get("/only/x", first), since=time.monotonic())
        expect(gateway, gateway.get("/", basic(*ALICE)), 200, "allowed")
        before = gateway.metrics()["quivive_outcome_cache_misses_total"]
        expect(gateway, gateway.request("POST", "/.quivive/logout", there), 204, "allowed")
        refused_from_now_on(lambda: gateway.get("/only/x", there), since=time.monotonic())
        after = gateway.metrics()["quivive_outcome_cache_misses_total"]
        hits = gateway.metrics()["quivive_outcome_cache_hits_total"]
        expect(gateway, gateway.get("/", basic(*ALICE)), 200, "allowed")
        assert gateway.metrics()["quivive_outcome_cache_hits_total"] == hits + 1 and after > before


def test_a_login_that_breaks_off_is_not_logged_as_allowed(gateway):
    with gateway.connect() as connection:
        connection.send(b"POST /.quivive/login HTTP/1.1\r\nHost: x\r\nX-Request-Id: breaks-off-1\r\nContent-Length: 50\r\n\r\nusername=alice")
    assert gateway.log_line("breaks-off-1")["reason"] == "request-malformed"


def test_one_connection_goes_on_after_login_and_logout(gateway):
    body = form(*ALICE)
    with gateway.connect() as connection:
        connection.send(b"POST /.quivive/login HTTP/1.1\r\nHost: api.example.com\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) + b"GET /.quivive/login HTTP/1.1\r\nHost: api.example.com\r\n\r\n")
        first = connection.response("POST")
        assert first.status == 303 and connection.response().status == 200
        pair = cookie_of(first).encode()
        connection.send(b"HEAD /.quivive/logout HTTP/1.1\r\nHost: api.example.com\r\n\r\nPOST /.quivive/logout HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 0\r\n"
                        b"Cookie: %s\r\n\r\nGET /public HTTP/1.1\r\nHost: api.example.com\r\n\r\n" % pair)
        assert connection.response("HEAD").status == 200 and connection.response("POST").status == 204 and connection.response().status == 200


def test_several_connections_with_one_password_verify_it_once(upstream):
    conf = {**settings(upstream), "workers": 1, "limits": {"hash_queue": 4, "hash_threads": 1}}
    with Gateway(conf) as gateway:
        gateway.add_user(*ALICE)
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            statuses = [r.status for r in pool.map(lambda _: gateway.get("/", basic(*ALICE)), range(64))]
        assert statuses == [200] * 64  # although four may wait
        assert gateway.metrics()["quivive_outcome_cache_misses_total"] <= 3
