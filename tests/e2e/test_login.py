"""login, whoami, token print and logout, at an issuer that counts."""

import html
import json
import pathlib
import re
import signal
import stat
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from harness import compact, eventually, secret
from harness.fetching import FakeIssuer, Recording, answer, fetch, finish, quivive, start, token_text, write_profile
from harness.vault import hidden


@pytest.fixture
def issuer():
    with FakeIssuer() as server:
        yield server


def read(home, name="default"):
    return json.loads((home / "quivive" / "profiles" / f"{name}.json").read_text())


class Login:
    """`quivive login` as a process, with what it has printed so far."""

    command = "login"

    def __init__(self, *arguments, home, env=None):
        self.process = start(self.command, *arguments, home=home, env={"DISPLAY": "", "WAYLAND_DISPLAY": "", **(env or {})})
        self.told = ""

    def line_with(self, pattern):
        for line in self.process.stderr:
            self.told += line
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"ended with {self.process.wait()}: {self.told}")

    def end(self):
        status, out, err = finish(self.process)
        hidden(out + self.told)
        return status, out, self.told + err


# --- device


def test_device(issuer, tmp_path):
    login = Login("--device", "--issuer", issuer.url, "--client-id", "cli", "--scope", "orders", "--scope", "openid", home=tmp_path)
    assert login.line_with(r"Open (\S+)").group(1) == issuer.url + "/device"
    login.line_with("WDJB-MJHT")
    eventually(lambda: issuer.polls)
    issuer.device = {code: "approved" for code in issuer.device}
    status, out, err = login.end()
    assert status == 0 and "signed in at " + issuer.url in out and f"kept in {tmp_path}/quivive/profiles/default.json\n" in out, err
    assert "its token goes wherever fetch is told; with --origin URL, there and nowhere else\n" in out, out
    kept = read(tmp_path)
    assert kept["access_token"] in issuer.good and kept["refresh_token"] == issuer.refresh and kept["scope"] == "orders"
    assert kept["requested_scope"] == "orders openid" and kept["revocation_endpoint"] == issuer.url + "/revoke"
    path = tmp_path / "quivive" / "profiles" / "default.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    asked = next(r for r in issuer.requests if r.path == "/device_authorization")
    assert urllib.parse.parse_qs(asked.body.decode()) == {"client_id": ["cli"], "scope": ["orders openid"]}


@pytest.mark.parametrize("state, status, says", [("denied", 1, "denied"), ("expired", 1, "expired")])
def test_device_without_success(issuer, tmp_path, state, status, says):
    login = Login("--device", "--issuer", issuer.url, "--client-id", "cli", home=tmp_path)
    login.line_with("WDJB-MJHT")
    issuer.device = {code: state for code in issuer.device}
    ended, out, err = login.end()
    assert ended == status and says in err, err
    assert not (tmp_path / "quivive" / "profiles" / "default.json").exists()


def test_device_slow_down(issuer, tmp_path):
    login = Login("--device", "--issuer", issuer.url, "--client-id", "cli", home=tmp_path)
    login.line_with("WDJB-MJHT")
    issuer.device = {code: "slow_down" for code in issuer.device}
    eventually(lambda: issuer.polls)
    issuer.device = {code: "approved" for code in issuer.device}
    assert login.end()[0] == 0
    assert issuer.polls[1] - issuer.polls[0] >= 5.9, "five seconds more than before (RFC 8628 section 3.5)"


# --- browser


def visit(url):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=20) as response:
        return response.status, response.read().decode()


def test_browser(issuer, tmp_path):
    login = Login("--browser", "--issuer", issuer.url, "--client-id", "cli", "--origin", "http://127.0.0.1:1/ignored/path", "--profile", "work", home=tmp_path)
    url = login.line_with(r"  (http\S+)").group(1)
    asked = {name: values[0] for name, values in urllib.parse.parse_qs(urllib.parse.urlsplit(url).query).items()}
    assert url.startswith(issuer.url + "/authorize?") and asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
    redirect = asked["redirect_uri"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/callback", redirect)
    issuer.codes["the-code"] = asked
    with pytest.raises(urllib.error.HTTPError):
        visit(f"{redirect}?code=planted&state=guessed")
    status, page = visit(f"{redirect}?code=the-code&state={asked['state']}")
    assert status == 200 and "close this page" in page
    ended, out, err = login.end()
    assert ended == 0, err
    kept = read(tmp_path, "work")
    assert kept["access_token"] in issuer.good and kept["origins"] == ["http://127.0.0.1:1"]


def test_a_display_chooses_the_browser_and_opens_it(issuer, tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    opened = tmp_path / "opened"
    program = folder / "xdg-open"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}.new && mv {opened}.new {opened}\n')
    program.chmod(0o755)
    login = Login("--issuer", issuer.url, "--client-id", "cli", home=tmp_path, env={"DISPLAY": ":7", "PATH": f"{folder}:/usr/bin:/bin"})
    url = login.line_with(r"  (http\S+)").group(1)
    eventually(opened.exists)
    # Everybody can read the argument: it names a page that only we can read.
    argument = opened.read_text()
    assert argument.startswith("file:///") and "state" not in argument
    page = pathlib.Path(urllib.parse.unquote(argument.removeprefix("file://")))
    assert stat.S_IMODE(page.stat().st_mode) == 0o600 and stat.S_IMODE(page.parent.stat().st_mode) == 0o700
    assert "if it shows nothing, open this page" in login.told
    text = page.read_text()
    assert f'content="0;url={html.escape(url)}"' in text and f'href="{html.escape(url)}"' in text
    asked = {name: values[0] for name, values in urllib.parse.parse_qs(urllib.parse.urlsplit(url).query).items()}
    issuer.codes["c"] = asked
    visit(f"{asked['redirect_uri']}?code=c&state={asked['state']}")
    assert login.end()[0] == 0
    assert not page.parent.exists()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_who_gives_up_leaves_no_page_behind(issuer, tmp_path, ending):
    pages = tmp_path / "pages"
    pages.mkdir()
    login = Login("--browser", "--issuer", issuer.url, "--client-id", "cli", home=tmp_path, env={"DISPLAY": ":7", "PATH": "/nowhere", "TMPDIR": str(pages)})
    login.line_with(r"  (http\S+)")
    eventually(lambda: list(pages.glob("*/login.html")))
    login.process.send_signal(ending)
    assert login.end()[0] == -ending
    assert not list(pages.iterdir())


def test_another_client_gets_no_secret_of_the_one_before(issuer, tmp_path):
    def sign_in(*arguments):
        login = Login("--device", *arguments, home=tmp_path)
        login.line_with("WDJB-MJHT")
        issuer.device = {code: "approved" for code in issuer.device}
        assert login.end()[0] == 0
        return read(tmp_path, "default")

    (tmp_path / "secret").write_text(secret("the-secret-of-one-client") + "\n")
    assert "client_secret" in sign_in("--issuer", issuer.url, "--client-id", "one", "--client-secret-file", str(tmp_path / "secret"))
    assert "client_secret" in sign_in()
    assert "client_secret" not in sign_in("--client-id", "other")


def test_without_a_display_a_code_is_shown(issuer, tmp_path):
    login = Login("--issuer", issuer.url, "--client-id", "cli", home=tmp_path)
    login.line_with("WDJB-MJHT")
    issuer.device = {code: "approved" for code in issuer.device}
    assert login.end()[0] == 0


def test_browser_refused(issuer, tmp_path):
    login = Login("--browser", "--issuer", issuer.url, "--client-id", "cli", home=tmp_path)
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(login.line_with(r"  (http\S+)").group(1)).query)
    visit(f"{asked['redirect_uri'][0]}?error=access_denied&state={asked['state'][0]}")
    ended, out, err = login.end()
    assert ended == 1 and "access_denied" in err


def test_signing_in_again_needs_the_name_only(issuer, tmp_path):
    write_profile(tmp_path, "work", issuer, access=token_text(), refresh=token_text(), requested_scope="orders", origins=["https://api.example.com"])
    login = Login("--device", "--profile", "work", home=tmp_path)
    login.line_with("WDJB-MJHT")
    issuer.device = {code: "approved" for code in issuer.device}
    assert login.end()[0] == 0
    kept = read(tmp_path, "work")
    assert kept["access_token"] in issuer.good and kept["origins"] == ["https://api.example.com"]


def test_a_client_secret(issuer, tmp_path):
    word = secret("client-secret-0815-harbour")
    file = tmp_path / "client"
    file.write_text(word)
    login = Login("--device", "--issuer", issuer.url, "--client-id", "web", "--client-secret-file", file, home=tmp_path)
    login.line_with("WDJB-MJHT")
    issuer.device = {code: "approved" for code in issuer.device}
    assert login.end()[0] == 0
    for request in issuer.requests:
        if request.method == "POST":
            assert request.authorization.startswith("Basic ") and word.encode() not in request.body


@pytest.mark.parametrize("metadata, says", [
    ({"issuer": "https://evil.example.com"}, "evil.example.com"), ({"token_endpoint": "http://id.example.com/token"}, "https"), ({"token_endpoint": None}, "token_endpoint")])
def test_metadata_that_cannot_be_trusted(issuer, tmp_path, metadata, says):
    issuer.metadata = lambda right=issuer.metadata: {key: value for key, value in {**right(), **metadata}.items() if value}
    done = quivive("login", "--device", "--issuer", issuer.url, "--client-id", "cli", home=tmp_path)
    assert done.exit == 3 and says in done.err, done.err
    assert all(r.method == "GET" for r in issuer.requests)


@pytest.mark.parametrize("arguments, says", [([], "--issuer"), (["--issuer", "https://id.example.com"], "--client-id"), (["--issuer", "https://id.example.com", "--client-id", "a", "--origin", "x"], "--origin"),
                                             (["--device", "--browser"], "exclude each other"), (["--profile", "a/b"], "no name of a profile"),
                                             (["--issuer", "foo", "--client-id", "a"], "--issuer foo: no https or http URL"),
                                             (["--keep", "cloud"], "--keep takes file or secret-service")])
def test_wrong_commands(arguments, says, tmp_path):
    done = quivive("login", *arguments, home=tmp_path)
    assert done.exit == 2 and says in done.err and done.err.count("\n") == 1, done.err


def test_no_secret_service_here(issuer, tmp_path):
    refused = quivive("login", "--device", "--issuer", issuer.url, "--client-id", "cli", "--keep", "secret-service", home=tmp_path)
    assert refused.exit == 3 and "no session bus" in refused.err and refused.err.count("\n") == 1, refused
    assert not issuer.requests, "nobody was asked to sign in for nothing"
    path = write_profile(tmp_path, "work", issuer, kept_in="secret-service", sign_in="s")
    for words in (["whoami"], ["token", "print"], ["logout"], ["login", "--device"]):
        done = quivive(*words, "--profile", "work", home=tmp_path)
        assert done.exit == 3 and "no session bus" in done.err and done.err.count("\n") == 1, done
    assert path.exists()
    assert "quivive logout --forget --profile work" in quivive("logout", "--profile", "work", home=tmp_path).err
    done = quivive("logout", "--forget", "--profile", "work", home=tmp_path)
    assert done.exit == 0 and "'work' is gone" in done.out and "stay good until they end" in done.err and done.err.count("\n") == 1, done
    assert not path.exists() and not issuer.requests


# --- what a sign-in left behind


def jwt(**claims):
    return secret(compact({"alg": "HS256"}, claims, lambda _: b"x" * 32))


def test_whoami(issuer, tmp_path):
    write_profile(tmp_path, "default", issuer, access=jwt(sub="alice", exp=int(time.time()) + 600), refresh=token_text())
    done = quivive("whoami", home=tmp_path)
    assert done.exit == 0 and not issuer.requests
    assert "alice (as the token says; not verified)" in done.out and issuer.url in done.out and "orders" in done.out
    told = quivive("whoami", "--json", home=tmp_path).json()
    assert (told["subject"], told["issuer"], told["scopes"], told["refreshable"]) == ("alice", issuer.url, ["orders"], True)
    missing = quivive("whoami", "--profile", "nobody", home=tmp_path)
    assert missing.exit == 1 and "login --profile nobody" in missing.err


def test_token_print(issuer, tmp_path):
    access, refresh = issuer.issue()
    path = write_profile(tmp_path, "default", issuer, access=access, refresh=refresh)
    done = quivive("token", "print", home=tmp_path, check_output=False)
    assert (done.exit, done.out, done.err) == (0, access + "\n", "") and not issuer.requests
    write_profile(tmp_path, "default", issuer, access=access, refresh=refresh, expires_in=-5)
    done = quivive("token", "print", home=tmp_path, check_output=False)
    assert done.exit == 0 and done.out.strip() in issuer.good - {access} and len(issuer.refreshes) == 1
    assert json.loads(path.read_text())["refresh_token"] == issuer.refresh
    issuer.refresh = None
    write_profile(tmp_path, "default", issuer, access=access, refresh=refresh, expires_in=-5)
    done = quivive("token", "print", home=tmp_path)
    assert done.exit == 1 and "sign in again" in done.err and done.out == ""


def test_a_printed_token_can_be_piped(issuer, tmp_path):
    access, refresh = issuer.issue()
    write_profile(tmp_path, "default", issuer, access=access, refresh=refresh)
    printed = quivive("token", "print", home=tmp_path, check_output=False).out
    with Recording(lambda request, read_body: answer("200 OK")) as server:
        assert fetch("--bearer-file", "-", server.url, stdin=printed).exit == 0
        assert server.requests[0].authorization == f"Bearer {access}"


def test_logout(issuer, tmp_path):
    access, refresh = issuer.issue()
    path = write_profile(tmp_path, "default", issuer, access=access, refresh=refresh)
    done = quivive("logout", home=tmp_path)
    assert done.exit == 0 and not path.exists() and issuer.revoked == [refresh]
    assert quivive("logout", home=tmp_path).exit == 1


def test_logout_of_what_opens_revokes_whatever_is_said(issuer, tmp_path):
    access, refresh = issuer.issue()
    path = write_profile(tmp_path, "default", issuer, access=access, refresh=refresh)
    done = quivive("logout", "--forget", home=tmp_path)
    assert done.exit == 0 and not path.exists() and issuer.revoked == [refresh], done


def test_logout_of_a_broken_file(issuer, tmp_path):
    path = write_profile(tmp_path, "default", issuer)
    path.write_text("{")
    done = quivive("logout", home=tmp_path)
    assert done.exit == 3 and not path.exists() and "the issuer was not told" in done.err and "may still be in the Secret Service" in done.err, done


def test_tokens_that_cannot_be_kept_are_revoked(issuer, tmp_path):
    login = Login("--device", "--issuer", issuer.url, "--client-id", "cli", home=tmp_path)
    login.line_with("WDJB-MJHT")
    (tmp_path / "quivive").write_text("no folder can be made here")
    issuer.device = {code: "approved" for code in issuer.device}
    status, out, err = login.end()
    assert status == 3 and "; the new tokens were revoked" in err and issuer.revoked == [issuer.refresh], err


def test_logout_goes_on_without_the_issuer(issuer, tmp_path):
    path = write_profile(tmp_path, "default", issuer, access=token_text(), refresh=token_text())
    issuer.override = (503, {}, "")
    done = quivive("logout", home=tmp_path)
    assert done.exit == 3 and not path.exists() and "did not revoke" in done.err and "503" in done.err
    path = write_profile(tmp_path, "default", issuer, access=token_text(), refresh=token_text(), revocation_endpoint="http://127.0.0.1:1/revoke")
    done = quivive("logout", home=tmp_path)
    assert done.exit == 3 and not path.exists() and "was not told" in done.err
    path = write_profile(tmp_path, "default", issuer, access=token_text(), refresh=token_text(), revocation_endpoint=None)
    done = quivive("logout", home=tmp_path)
    assert done.exit == 0 and not path.exists() and "no revocation endpoint" in done.err
