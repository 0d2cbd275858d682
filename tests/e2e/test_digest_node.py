"""Digest with digest-fetch and with Chromium. Too heavy for script/test: script/test-exports runs it. docs/digest.md has the table."""

import hashlib
import json
import re

import pytest

from harness import Gateway, config, eventually, secret
from harness.node_clients import chromium, digest_fetch

USER, PASSWORD = "alice", secret("open-sesame-for-node")
BODY = "a body that has to be sent twice " * 40
POST = {"method": "POST", "body": BODY}


def serving(upstream, **digest):
    """Whose upstream says what credentials it was shown."""
    return Gateway(config(upstream.url, accept={"digest": digest}, routes=[{"path": "/", "accept": ["digest"], "forward_authorization": True}]))


@pytest.fixture(scope="module", params=["SHA-256", "MD5", "SHA-256,MD5", "MD5,SHA-256", "SHA-256-sess", "MD5-sess", "SHA-512-256", "SHA-512-256,SHA-256"])
def gateway(upstream, request):
    with serving(upstream, algorithms=request.param.split(",")) as running:
        running.add_user(USER, PASSWORD, digest=True)
        running.algorithms = request.param.split(",")
        yield running


def shown(seen):
    """The parameters of the credentials that the upstream was shown."""
    status, body = seen
    assert status == 200, body
    value = dict(json.loads(body)["fields"])["Authorization"]
    return {name: quoted or plain for name, quoted, plain in re.findall(r'([\w*]+)=(?:"((?:\\.|[^"\\])*)"|([^\s,]+))', value)}


def posted(seen):
    return json.loads(seen[1])["body_sha256"] == hashlib.sha256(BODY.encode()).hexdigest()


def refusals(gateway, marker, *, allowed):
    """Why the requests whose path has the marker were refused, in order, once as many others are in the log."""
    def marked():
        return [line for lines in list(gateway._lines.values()) for line in lines if marker in line.get("path", "")]

    eventually(lambda: sum(line["status"] == 200 for line in marked()) == allowed)
    lines = marked()
    return [line["reason"] for line in sorted(lines, key=lambda line: line["time"]) if line["status"] == 401]


# --- digest-fetch


@pytest.mark.parametrize("option", [None, "MD5", "SHA-256", "SHA-512-256", "MD5-sess", "SHA-256-sess"])
def test_digest_fetch_does_what_its_option_says(gateway, option, tmp_path, marker):
    """It looks at no challenge for the algorithm; without the option it takes MD5."""
    url = f"{gateway.url}/{marker}?a=b%20c"
    seen = digest_fetch(tmp_path, USER, PASSWORD, [url], [url, POST], [url], **({"algorithm": option} if option else {}))
    if (option or "MD5") not in gateway.algorithms:
        assert [status for status, _ in seen] == [401] * 3
        return
    used = [shown(one) for one in seen]
    assert [(one["algorithm"], one["nc"]) for one in used] == [(option or "MD5", f"0000000{n}") for n in (1, 2, 3)]
    assert len({one["nonce"] for one in used}) == 1 and posted(seen[1])
    assert refusals(gateway, marker, allowed=3) == ["credentials-missing"]


def test_digest_fetch_with_a_wrong_password(upstream, tmp_path):
    with serving(upstream) as gateway:
        gateway.add_user(USER, PASSWORD, digest=True)
        assert [status for status, _ in digest_fetch(tmp_path, USER, "wrong", [gateway.url], algorithm="SHA-256")] == [401]


def test_digest_fetch_answers_a_stale_nonce(upstream, tmp_path, marker):
    with serving(upstream, nonce_lifetime="1s") as gateway:
        gateway.add_user(USER, PASSWORD, digest=True)
        url = f"{gateway.url}/{marker}"
        first, _, second, third = digest_fetch(tmp_path, USER, PASSWORD, [url], ["wait", 1500], [url, POST], [url], algorithm="SHA-256")
        assert shown(first)["nonce"] != shown(second)["nonce"] == shown(third)["nonce"] and posted(second)
        assert refusals(gateway, marker, allowed=3) == ["credentials-missing", "digest-nonce-stale"]


# It escapes nothing, and sends Latin-1.
@pytest.mark.parametrize("name, status", [("DOM\\alice", 200), ('a"b', 401), ("Jäsøn", 401)])
def test_digest_fetch_and_names(upstream, tmp_path, name, status):
    with serving(upstream) as gateway:
        gateway.add_user(name, PASSWORD, digest=True)
        assert [one for one, _ in digest_fetch(tmp_path, name, PASSWORD, [gateway.url], algorithm="SHA-256")] == [status]


# --- Chromium


def test_chromium_signs_in(gateway, tmp_path, marker):
    steps = ["goto", f"{gateway.url}/{marker}?a=b%20c"], ["fetch", f"/{marker}"], ["fetch", f"/{marker}", POST]
    known = [name for name in gateway.algorithms if not name.startswith("SHA-512")]
    if not known:
        (status, _), = chromium(tmp_path, steps[0], credentials=(USER, PASSWORD))
        assert status == 401, "Chromium has learnt SHA-512-256: docs/digest.md wants to know"
        return
    seen = chromium(tmp_path, *steps, credentials=(USER, PASSWORD))
    used = [shown(one) for one in seen]
    assert {one["algorithm"] for one in used} == {known[0]}
    # One nonce, and a count for each; the page's icon takes one too.
    counts = [int(one["nc"], 16) for one in used]
    assert len({one["nonce"] for one in used}) == 1 and counts[0] == 1 and sorted(set(counts)) == counts
    assert posted(seen[2])
    assert refusals(gateway, marker, allowed=3) == ["credentials-missing"]


def with_password(url, password):
    return url.replace("//", f"//{USER}:{password}@")


def test_chromium_with_a_password_in_the_url(upstream, tmp_path, marker):
    with serving(upstream, algorithms=["SHA-256", "MD5"]) as gateway:
        gateway.add_user(USER, PASSWORD, digest=True)
        seen = chromium(tmp_path, ["goto", with_password(f"{gateway.url}/{marker}", PASSWORD)], ["fetch", f"{gateway.url}/{marker}/2"])
        assert [shown(one)["algorithm"] for one in seen] == ["SHA-256"] * 2


def test_chromium_with_a_wrong_password(upstream, tmp_path):
    with serving(upstream) as gateway:
        gateway.add_user(USER, PASSWORD, digest=True)
        (status, page), = chromium(tmp_path, ["goto", gateway.url + "/"], credentials=(USER, "wrong"))
        assert status == 401 and "Wrong user name or password" in page


def test_chromium_answers_a_stale_nonce_without_asking(upstream, tmp_path, marker):
    """Nobody is there to be asked: the password was in the first URL, and a browser without a user gives up where it would have to ask."""
    with serving(upstream, nonce_lifetime="1s") as gateway:
        gateway.add_user(USER, PASSWORD, digest=True)
        url = f"{gateway.url}/{marker}"
        first, _, second = chromium(tmp_path, ["goto", with_password(url, PASSWORD)], ["wait", 1500], ["fetch", url, POST])
        assert shown(first)["nonce"] != shown(second)["nonce"] and posted(second)
        assert refusals(gateway, marker, allowed=2) == ["credentials-missing", "digest-nonce-stale"]


def test_chromium_with_userhash(upstream, tmp_path):
    with serving(upstream, userhash=True) as gateway:
        gateway.add_user(USER, PASSWORD, digest=True)
        seen, = chromium(tmp_path, ["goto", gateway.url + "/"], credentials=(USER, PASSWORD))
        assert shown(seen)["userhash"] == "true" and shown(seen)["username"] != USER


@pytest.mark.parametrize("name", ["DOM\\alice", 'a"b', "Jäsøn"])
def test_chromium_and_names(upstream, tmp_path, name):
    with serving(upstream) as gateway:
        gateway.add_user(name, PASSWORD, digest=True)
        (status, _), = chromium(tmp_path, ["goto", gateway.url + "/"], credentials=(name, PASSWORD))
        assert status == 200


# --- auth-int


def test_both_take_auth_beside_auth_int(upstream, tmp_path):
    with serving(upstream, qop=["auth", "auth-int"]) as gateway:
        gateway.add_user(USER, PASSWORD, digest=True)
        seen, = chromium(tmp_path, ["goto", gateway.url + "/"], credentials=(USER, PASSWORD))
        assert shown(seen)["qop"] == "auth"
        seen, = digest_fetch(tmp_path, USER, PASSWORD, [gateway.url], algorithm="SHA-256")
        assert shown(seen)["qop"] == "auth"


def test_neither_can_do_auth_int_alone(upstream, tmp_path):
    with serving(upstream, qop=["auth-int"]) as gateway:
        gateway.add_user(USER, PASSWORD, digest=True)
        (status, _), = chromium(tmp_path, ["goto", gateway.url + "/"], credentials=(USER, PASSWORD))
        assert status == 401
        (status, _), = digest_fetch(tmp_path, USER, PASSWORD, [gateway.url], algorithm="SHA-256")
        assert status == 401
