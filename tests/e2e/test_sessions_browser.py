"""Login sessions with Chromium: what a browser does with the forms, the cookie and the refusals. script/test-exports runs it.

The gateway is seen at two addresses: to http://127.0.0.1 the browser says what it is doing (Sec-Fetch-*), to http://gate.site.test it
does not. Another port is another origin of the same site, to which SameSite=Lax sends the cookie; http://localhost is another site."""

import time
import types
import urllib.parse

import pytest

from harness import Gateway, Upstream, config, eventually, secret
from harness.browser import Browser
from harness.tls import self_signed

ALICE = ("alice", secret("correct horse for browsers"))
WRONG = "The user name or the password is wrong."


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture(scope="module")
def one_page(browser):
    return browser.page()


@pytest.fixture
def page(one_page):
    one_page.forget()
    return one_page


@pytest.fixture(scope="module")
def app():
    """Whose pages may use /shared/."""
    with Upstream() as server:
        yield server


@pytest.fixture(scope="module")
def stranger():
    with Upstream() as server:
        yield server


@pytest.fixture(scope="module")
def gateway(upstream, app):
    origins = [f"http://{host}:{app.port}" for host in ("127.0.0.1", "localhost", "app.site.test")]
    with Gateway(config(upstream.url, accept={"session": {}, "basic": {}, "api_key": {}}, routes=[
        {"path": "/public/", "public": True},
        {"path": "/shared/", "accept": ["session"], "cors": {"origins": origins}},
        {"path": "/either/", "accept": ["session", "basic"]},
        {"path": "/asks/", "accept": ["api_key", "basic"], "browser_prompt": True},
        {"path": "/quiet/", "accept": ["api_key", "basic"]},
        {"path": "/", "accept": ["session"]},
    ])) as running:
        running.add_user(*ALICE)
        yield running


@pytest.fixture(scope="module", autouse=True)
def unused(browser, upstream):
    """A session of a gateway where it may be idle for ten seconds, not used while the other tests run."""
    with Gateway(config(upstream.url, accept={"session": {"idle": "10s"}}, routes=[{"path": "/public/", "public": True}, {"path": "/"}])) as gateway:
        gateway.add_user(*ALICE)
        page = browser.page()
        signed_in(page, gateway.url)
        assert page.goto(protected(gateway.url)).from_ == []
        yield types.SimpleNamespace(gateway=gateway, page=page, since=time.monotonic())
        page.close()


@pytest.fixture(params=["127.0.0.1", "gate.site.test"])
def at(gateway, request):
    return origin(request.param, gateway)


def origin(host, server):
    return f"http://{host}:{server.address[1] if isinstance(server, Gateway) else server.port}"


def of_app(host, app, path="/"):
    return f"{origin(host, app)}{path}?do=page"


def protected(at, path="/page", **query):
    return f"{at}{path}?{urllib.parse.urlencode({'do': 'page', 'html': '<p>for members</p>', **query})}"


def sign_in(page, password=ALICE[1], user=ALICE[0]):
    page.fill("#username", user)
    page.fill("#password", password)
    return page.click("button")


def token(page):
    cookie, = page.cookies()
    assert cookie["name"] == "quivive"
    return cookie["value"]


def signed_in(page, at):
    page.goto(f"{at}/.quivive/login?return_to=/public/%3Fdo%3Dpage")
    assert sign_in(page).status == 200
    return secret(token(page))


def is_login_form(page, answer, wanted):
    """Led there by a redirect, and from there back to what was wanted."""
    return answer.status == 200 and answer.from_ == [wanted] and urllib.parse.urlsplit(page.url).path == "/.quivive/login"


def reason(gateway, answer):
    return gateway.log_line(answer.id)["reason"]


def schemes(answer):
    """Of the challenges, which a navigation has one by one and a script joined."""
    known = ("Session", "ApiKey", "Basic", "Digest", "Bearer")
    return [name for name in known if any(f"{name} " in f"{line} " for line in answer.all("WWW-Authenticate"))]


# --- signing in and out


def test_a_page_leads_to_the_form_and_the_form_to_the_page(page, at, gateway, upstream, marker):
    wanted = protected(at, f"/{marker}", x="a b&c=%20+ä")
    assert is_login_form(page, page.goto(wanted), wanted)
    assert page.evaluate("document.activeElement.id") == "username"
    assert not upstream.received(marker)

    wrong = sign_in(page, "wrong")
    assert wrong.status == 401 and reason(gateway, wrong) == "password-wrong" and page.cookies() == []
    assert WRONG in page.evaluate("document.querySelector('[role=alert]').textContent")
    assert page.evaluate("[username.value, password.value, document.activeElement.id]") == ["alice", "", "password"]

    page.fill("#password", ALICE[1])
    right = page.press("#password", "Enter")
    assert (right.status, right.url, page.text) == (200, wanted, "for members")
    assert right.from_ == [f"{at}/.quivive/login"] and reason(gateway, right) == "allowed"
    assert f"{at}{upstream.received(marker)[0].target}" == wanted


def test_no_script_can_read_the_cookie(page, at):
    value = signed_in(page, at)
    cookie, = page.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["secure"], cookie["path"], cookie["expires"]) == (True, "Lax", False, "/", -1)
    page.goto(protected(at))
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate(f"document.cookie = 'quivive={'A' * 43}; path=/'; document.cookie") == "" and token(page) == value


def test_a_session_that_is_revoked_leads_to_the_form_and_back(page, at, gateway):
    signed_in(page, at)
    wanted = protected(at)
    assert page.goto(wanted).from_ == []
    assert gateway.command("session", "revoke", "--user", "alice").exit == 0
    eventually(lambda: page.fetch("/page").status == 401)
    assert is_login_form(page, page.goto(wanted), wanted)
    assert sign_in(page).url == wanted and page.text == "for members"


@pytest.mark.parametrize("host", ["127.0.0.1", "gate.site.test"])
def test_signing_out_by_the_button(page, gateway, host):
    at = origin(host, gateway)
    signed_in(page, at)
    wanted = protected(at)
    page.goto(wanted)
    page.goto(f"{at}/.quivive/logout")
    out = page.click("button")
    assert out.status == 200 and "You are signed out" in page.text and page.cookies() == []
    assert is_login_form(page, page.goto(wanted), wanted)
    page.goto(f"{at}/.quivive/logout")
    page.click("button")
    assert page.click("a").url == f"{at}/.quivive/login"


NO_STORE = {"field": "Cache-Control:no-store"}


@pytest.mark.parametrize("query, by_login", [
    (NO_STORE, False),
    (NO_STORE, True),
    ({}, False),
])
def test_back_shows_nothing_after_signing_out(page, gateway, query, by_login):
    wanted = protected(gateway.url, **query)
    if by_login:
        page.goto(wanted)
        sign_in(page)
    else:
        signed_in(page, gateway.url)
        page.goto(wanted)
    page.goto(f"{gateway.url}/.quivive/logout")
    page.click("button")
    page.back(2)
    assert "for members" not in page.text and urllib.parse.urlsplit(page.url).path == "/.quivive/login"


def test_the_page_for_signing_out_does_not_say_that_one_is_signed_in_who_is_not(page, gateway):
    page.goto(f"{gateway.url}/.quivive/logout")
    assert "You are signed in" not in page.text


def test_a_page_that_leads_to_another_origin_is_reached_by_the_form(page, gateway, app):
    page.goto(protected(gateway.url, do="echo", status="302 Found", field=f"Location:{of_app('127.0.0.1', app)}"))
    assert sign_in(page).url == of_app("127.0.0.1", app)


def test_without_scripts(browser, gateway):
    page = browser.page(javaScriptEnabled=False)
    wanted = protected(gateway.url)
    assert is_login_form(page, page.goto(wanted), wanted)
    assert sign_in(page, "wrong").status == 401 and WRONG in page.text
    assert sign_in(page).url == wanted and page.text == "for members"
    page.goto(f"{gateway.url}/.quivive/logout")
    page.click("button")
    assert "You are signed out" in page.text
    page.close()


def test_who_guesses_is_told_to_wait_on_the_form(browser, upstream):
    made = config(upstream.url, accept={"session": {}}, lockout={"failures": 2, "window": "1h"}, trusted_proxies=["127.0.0.1"])
    with Gateway(made) as gateway:
        gateway.add_user(*ALICE)
        page = browser.page(extraHTTPHeaders={"X-Forwarded-For": "192.0.2.7"})  # this machine itself is never locked out
        page.goto(protected(gateway.url))
        assert [sign_in(page, f"guess {n}").status for n in range(2)] == [401, 401]
        seen = sign_in(page)
        assert seen.status == 429 and int(seen.get("Retry-After")) > 0 and reason(gateway, seen) == "locked-out" and page.cookies() == []
        assert "Too many" in page.evaluate("document.querySelector('[role=alert]').textContent") and page.evaluate("username.value") == "alice"
        page.close()


def test_over_tls_the_cookie_is_for_this_host_and_https_alone(browser, upstream, tmp_path):
    certificate, key = self_signed(tmp_path, "server")
    made = config(upstream.url, listen={"address": "127.0.0.1:0", "tls": {"certificate": "server.crt", "key": "server.key"}}, accept={"session": {}})
    with Gateway(made, files={"server.crt": certificate.read_bytes(), "server.key": key.read_bytes()}) as gateway:
        gateway.add_user(*ALICE)
        page = browser.page(ignoreHTTPSErrors=True)
        for host in ("127.0.0.1", "gate.site.test"):
            wanted = protected(f"https://{host}:{gateway.address[1]}")
            assert is_login_form(page, page.goto(wanted), wanted)
            assert sign_in(page).url == wanted
        cookies = page.cookies()
        assert [(one["name"], one["secure"], one["httpOnly"], one["sameSite"], one["path"]) for one in cookies] == [("__Host-quivive", True, True, "Lax", "/")] * 2
        assert {one["domain"] for one in cookies} == {"127.0.0.1", "gate.site.test"}  # no Domain: another host of the site has another session
        page.close()


# --- scripts


def test_a_script_is_told_why_and_not_led_to_the_form(page, at, gateway):
    page.goto(f"{at}/public/?do=page")
    for init in ({}, {"method": "POST", "body": "x"}, {"headers": {"Accept": "text/html"}}):
        seen = page.fetch("/data", **init)
        if init.get("headers") and "gate" in at:
            continue  # which no browser says anything about, nor can be told from a navigation
        assert (seen.status, seen.redirected, seen.url) == (401, False, f"{at}/data")
        assert schemes(seen) == ["Session"] and reason(gateway, seen) == "session-missing"
    value = signed_in(page, at)
    assert page.fetch("/data").status == 200 and page.fetch("/data", method="POST", body="x").status == 200
    assert page.fetch("/data", credentials="omit").status == 401
    assert page.fetch("/.quivive/session").status == 200 and value not in page.fetch("/.quivive/session").text


@pytest.fixture(scope="module")
def knowing(browser):
    """A browser that knows the password sends it when it is offered Basic: that is where a user would see the window."""
    page = browser.page(httpCredentials={"username": ALICE[0], "password": ALICE[1]})
    yield page
    page.close()


@pytest.mark.parametrize("path, offered", [("/either/", ["Session"]), ("/quiet/", ["ApiKey"]), ("/asks/", ["ApiKey"])])
@pytest.mark.parametrize("host", ["127.0.0.1", "gate.site.test"])
def test_no_window_opens_for_a_script(knowing, gateway, host, path, offered):
    knowing.forget()
    knowing.goto(f"{origin(host, gateway)}/public/?do=page")
    for init in ({}, {"method": "POST", "body": "x"}):
        if host == "gate.site.test" and not init:
            continue  # a GET to its own origin, of which no browser says over plain http by name that a script is asking
        begin = time.monotonic()
        seen = knowing.fetch(path, **init)
        assert seen.status == 401 and schemes(seen) == offered and time.monotonic() - begin < 5


@pytest.mark.parametrize("path, status", [("/asks/x", 200), ("/quiet/x", 401), ("/either/x", 200)])
def test_a_window_opens_for_a_page_where_browser_prompt_says_so(knowing, gateway, path, status):
    knowing.forget()
    seen = knowing.goto(f"{gateway.url}{path}?do=page")
    assert seen.status == status and "Basic" not in schemes(seen)
    assert bool(seen.from_) == (path == "/either/x")  # the form, where there is one
    if path == "/asks/x":
        assert gateway.log_line(seen.id)["scheme"] == "basic"


# --- pages of other origins

SAME_SITE = [("127.0.0.1", "127.0.0.1"), ("gate.site.test", "app.site.test")]  # the gateway's host, the other page's


@pytest.mark.parametrize("ours, theirs", [*SAME_SITE, ("127.0.0.1", "localhost")])
def test_a_script_of_an_origin_that_cors_names_is_told_why(page, gateway, app, ours, theirs):
    page.goto(of_app(theirs, app))
    for init in ({}, {"credentials": "include"}, {"method": "PUT", "headers": {"Content-Type": "application/json"}, "body": "{}"}):
        seen = page.fetch(f"{origin(ours, gateway)}/shared/x", **init)
        assert (seen.status, seen.redirected, seen.type) == (401, False, "cors"), seen
        assert schemes(seen) == ["Session"] and reason(gateway, seen) == "session-missing" and "Not signed in" in seen.text
    # Where cors names nobody, nothing can be read.
    assert "Failed to fetch" in page.fetch(f"{origin(ours, gateway)}/x").error


@pytest.mark.parametrize("ours, theirs", SAME_SITE)
def test_a_script_of_an_origin_that_cors_names_uses_the_session(page, gateway, app, upstream, marker, ours, theirs):
    signed_in(page, origin(ours, gateway))
    page.goto(of_app(theirs, app))
    # To what it lets through the gateway adds nothing: the upstream speaks for its own answers.
    fields = [("field", f"Access-Control-Allow-Origin:{origin(theirs, app)}"), ("field", "Access-Control-Allow-Credentials:true")]
    url = f"{origin(ours, gateway)}/shared/{marker}?{urllib.parse.urlencode([('do', 'page'), *fields])}"
    for init in ({}, {"method": "POST", "body": "x"}, {"method": "PUT", "headers": {"Content-Type": "application/json"}, "body": "{}"}):
        seen = page.fetch(url, credentials="include", **init)
        assert seen.status == 200 and "a page" in seen.text, seen
    assert [r.method for r in upstream.received(marker)] == ["GET", "POST", "PUT"]  # no preflight
    assert page.fetch(url).status == 401  # without the cookie


@pytest.mark.parametrize("ours, theirs", SAME_SITE)
def test_forms_and_scripts_of_another_origin_of_the_site_change_nothing(page, gateway, stranger, upstream, marker, ours, theirs):
    """SameSite=Lax sends the cookie: the gateway has to see whose page it is."""
    at = origin(ours, gateway)
    signed_in(page, at)
    for path in (f"/{marker}", f"/shared/{marker}"):
        page.goto(of_app(theirs, stranger))
        seen = page.leave(posting(at + path, amount="1000"))
        assert seen.status == 403 and reason(gateway, seen) == "csrf-rejected" and "of another site" in page.text
        page.goto(of_app(theirs, stranger))
        page.fetch(f"{at}{path}/script", method="POST", mode="no-cors", credentials="include", body="x")
        line = gateway.logged(lambda line: line.get("path", "") == f"{path}/script")
        assert (line["status"], line["reason"]) == (403, "csrf-rejected")
    assert not upstream.received(marker)
    # The session goes on, and a link is none of this.
    assert page.leave(f"location = '{protected(at)}'").status == 200 and page.text == "for members"


@pytest.mark.parametrize("ours, theirs", [("127.0.0.1", "localhost"), ("gate.site.test", "evil.test")])
def test_forms_of_another_site_bring_no_cookie(page, gateway, stranger, upstream, marker, ours, theirs):
    at = origin(ours, gateway)
    signed_in(page, at)
    page.goto(of_app(theirs, stranger))
    seen = page.leave(posting(f"{at}/{marker}", amount="1000"))
    assert not upstream.received(marker)
    line = gateway.logged(lambda line: line.get("path", "") == f"/{marker}")
    assert line["reason"] == "session-missing" and line["status"] in (303, 401)
    assert seen.status in (200, 401)
    page.goto(of_app(theirs, stranger))
    assert page.leave(f"location = '{protected(at)}'").status == 200 and page.text == "for members"


@pytest.mark.parametrize("ours, theirs", [*SAME_SITE, ("127.0.0.1", "localhost"), ("gate.site.test", "evil.test")])
def test_pages_elsewhere_sign_nobody_in_or_out(page, gateway, stranger, ours, theirs):
    at = origin(ours, gateway)
    page.goto(of_app(theirs, stranger))
    seen = page.leave(posting(f"{at}/.quivive/login", username=ALICE[0], password=ALICE[1]))
    assert seen.status == 403 and reason(gateway, seen) == "csrf-rejected" and page.cookies() == []
    value = signed_in(page, at)
    page.goto(of_app(theirs, stranger))
    seen = page.leave(posting(f"{at}/.quivive/logout"))
    assert seen.status == 403 and reason(gateway, seen) == "csrf-rejected"
    assert token(page) == value and page.goto(protected(at)).from_ == []


@pytest.mark.parametrize("ours, theirs", SAME_SITE)
def test_websockets(page, gateway, stranger, upstream, marker, ours, theirs):
    at = origin(ours, gateway)
    signed_in(page, at)
    assert page.evaluate(websocket(f"{at}/{marker}?do=websocket")) == "opened"
    page.goto(of_app(theirs, stranger))
    assert page.evaluate(websocket(f"{at}/{marker}/elsewhere?do=websocket")) == "refused"
    assert gateway.logged(lambda line: line.get("path", "") == f"/{marker}/elsewhere")["reason"] == "csrf-rejected"
    assert len(upstream.received(marker)) == 1


def test_a_session_that_was_not_used_leads_to_the_form_and_back(unused):
    page, gateway, wanted = unused.page, unused.gateway, protected(unused.gateway.url)
    page.wait(max(0, 11.5 - (time.monotonic() - unused.since)))  # and an eighth
    assert is_login_form(page, page.goto(wanted), wanted)
    assert page.evaluate("document.querySelector('[role=alert]')") is None  # nobody did anything wrong
    assert gateway.logged(lambda line: line["reason"] == "session-expired")["status"] == 303
    assert sign_in(page).url == wanted and page.text == "for members"


def posting(action, **fields):
    """A form that sends itself."""
    inputs = "".join(f"<input name={name} value='{value}'>" for name, value in fields.items())
    return f"document.body.innerHTML = `<form method=post action='{action}'>{inputs}</form>`; document.forms[0].submit()"


def websocket(url):
    return (f"new Promise(done => {{ const s = new WebSocket('{url.replace('http', 'ws', 1)}');"
            " s.onopen = () => { done('opened'); s.close(); }; s.onerror = () => done('refused'); })")
