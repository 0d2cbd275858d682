"""quivive login, fetch and logout at a provider that others wrote, npm's oidc-provider, before a gateway that takes its tokens. Too heavy for
script/test: script/test-exports runs it."""

import http.cookiejar
import json
import re
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from harness import Gateway, config, eventually
from harness.diagnosis import plain_environment
from harness.exports import NODE, installed
from harness.fetching import fetch, quivive
from harness.services import free_port
from test_login import Login, read

LIFETIME = 4  # seconds of an access token


@pytest.fixture
def provider(tmp_path):
    installed()
    port = free_port()
    process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", "node", NODE / "oidc_provider.mjs", str(port), str(LIFETIME)], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, env={**plain_environment(), "HOME": str(tmp_path)})
    assert process.stdout.readline().strip() == "ready"
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


def sign_in_with_a_browser(url):
    """Follows the pages as a browser would: the form to sign in, the one to consent, and back to whoever waits."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    answer = opener.open(url, timeout=20)
    for _ in range(4):
        page = answer.read().decode()
        form = re.search(r'<form[^>]*action="([^"]+)"', page)
        if not form:
            return answer.geturl(), page
        prompt = re.search(r'name="prompt" value="(\w+)"', page).group(1)
        fields = {"prompt": prompt, **({"login": "alice", "password": "any"} if prompt == "login" else {})}
        answer = opener.open(urllib.parse.urljoin(answer.geturl(), form.group(1)), urllib.parse.urlencode(fields).encode(), timeout=20)
    raise AssertionError("pages without end")


def test_sign_in_ask_refresh_and_sign_out(provider, upstream, tmp_path):
    settings = config(upstream.url, routes=[{"path": "/orders", "accept": ["bearer"], "require": {"scope": "orders"}}], accept={"bearer": {"issuers": [
        {"issuer": provider, "audience": ["https://api.example.com"], "leeway": "0s"}]}})
    with Gateway(settings) as gateway:
        login = Login("--browser", "--issuer", provider, "--client-id", "cli", "--scope", "openid", "--scope", "orders", "--profile", "work", home=tmp_path)
        where, page = sign_in_with_a_browser(login.line_with(r"  (http\S+)").group(1))
        assert "/callback" in where and "close this page" in page
        status, out, err = login.end()
        assert status == 0 and "signed in" in out, err
        first = read(tmp_path, "work")

        asked = fetch("--profile", "work", gateway.url + "/orders", home=tmp_path)
        assert asked.exit == 0 and json.loads(asked.out)["method"] == "GET", asked.err
        end = time.time() + LIFETIME + 1
        eventually(lambda: time.time() > end)  # of the token, by the clocks of all three
        again = fetch("--profile", "work", gateway.url + "/orders", home=tmp_path)
        assert again.exit == 0, again.err
        second = read(tmp_path, "work")
        assert second["access_token"] != first["access_token"] and second["refresh_token"] != first["refresh_token"]

        gone = quivive("logout", "--profile", "work", home=tmp_path)
        assert gone.exit == 0, gone.err
        assert not (tmp_path / "quivive" / "profiles" / "work.json").exists()
        body = urllib.parse.urlencode({"grant_type": "refresh_token", "client_id": "cli", "refresh_token": second["refresh_token"]}).encode()
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(provider + "/token", body), timeout=20)
        assert refused.value.code == 400 and json.loads(refused.value.read())["error"] == "invalid_grant"
