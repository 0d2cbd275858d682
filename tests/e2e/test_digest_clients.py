"""Digest with the clients that people have: each as its users call it."""

import hashlib
import os
import subprocess
import sys

import pytest

from harness import Gateway, config, secret

USER, PASSWORD = "alice", secret("open-sesame-for-clients")
BODY = "a body that has to be sent twice " * 40


def program(*words, **options):
    environment = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    return subprocess.run(words, capture_output=True, text=True, timeout=60, env=environment, **options)


def settings(upstream, **digest):
    return config(upstream.url, accept={"digest": digest, "basic": {}}, routes=[
        {"path": "/both/", "accept": ["digest", "basic"]},
        {"path": "/", "accept": ["digest"]},
    ])


@pytest.fixture(scope="module", params=["SHA-256", "MD5", "SHA-256,MD5", "MD5,SHA-256", "SHA-256-sess", "MD5-sess"])
def gateway(upstream, request):
    with Gateway(settings(upstream, algorithms=request.param.split(","))) as running:
        running.add_user(USER, PASSWORD, digest=True)
        running.algorithms = request.param.split(",")
        yield running


CLIENTS = {
    "curl --digest": lambda url, user=USER: ("curl", "-sS", "--fail", "--digest", "-u", f"{user}:{PASSWORD}", url),
    "curl --anyauth": lambda url, user=USER: ("curl", "-sS", "--fail", "--anyauth", "-u", f"{user}:{PASSWORD}", url),
    "requests": lambda url, user=USER: (sys.executable, "-c", "import requests, sys; from requests.auth import HTTPDigestAuth\n"
                                        f"r = requests.get(sys.argv[1], auth=HTTPDigestAuth({user!r}, {PASSWORD!r})); print(r.text); r.raise_for_status()", url),
    "httpx": lambda url, user=USER: (sys.executable, "-c", "import httpx, sys\n"
                                     f"r = httpx.get(sys.argv[1], auth=httpx.DigestAuth({user!r}, {PASSWORD!r})); print(r.text); r.raise_for_status()", url),
    "urllib": lambda url, user=USER: (sys.executable, "-c", "import sys, urllib.request as u\n"
                                      f"p = u.HTTPPasswordMgrWithDefaultRealm(); p.add_password(None, sys.argv[1], {user!r}, {PASSWORD!r})\n"
                                      "print(u.build_opener(u.HTTPDigestAuthHandler(p)).open(sys.argv[1]).read().decode())", url),
    "HTTPie": lambda url, user=USER: ("http", "--ignore-stdin", "--check-status", "--body", "-A", "digest", "-a", f"{user}:{PASSWORD}", url),
    "wget": lambda url, user=USER: ("wget", "-q", "-O", "-", f"--user={user}", f"--password={PASSWORD}", url),
    "LWP": lambda url, user=USER: ("perl", "-MLWP::UserAgent", "-MURI", "-e",
                                   "my $u = URI->new($ARGV[0]); my $a = LWP::UserAgent->new; $a->credentials($u->host_port, 'api.example.com', $ARGV[1], $ARGV[2]);"
                                   "my $r = $a->get($u); print $r->content; exit($r->is_success ? 0 : 1)", url, user, PASSWORD),
}

# What these clients cannot do; docs/digest.md says the same.
CANNOT = {
    "requests": {"SHA-256-sess"},
    "HTTPie": {"SHA-256-sess"},
    "wget": {"SHA-256", "SHA-256-sess"},
    "urllib": {"SHA-256", "SHA-256-sess", "MD5-sess"},
    "LWP": {"SHA-256", "SHA-256-sess", "MD5-sess"},
}


# Reads the first challenge, and gives up where it does not know the algorithm.
LOOKS_AT_ONE = {"urllib"}


def can(client, algorithms):
    offered = algorithms[:1] if client in LOOKS_AT_ONE else algorithms
    return any(algorithm not in CANNOT.get(client, ()) for algorithm in offered)


@pytest.mark.parametrize("client", CLIENTS)
def test_client_signs_in(gateway, client, marker):
    done = program(*CLIENTS[client](f"{gateway.url}/{marker}?a=b%20c"))
    if not can(client, gateway.algorithms):
        assert done.returncode != 0 and marker not in done.stdout, "this client has learnt something: docs/digest.md and CANNOT want to know"
        return
    assert done.returncode == 0, done.stderr
    assert f"/{marker}?a=b%20c" in done.stdout


# curl writes the backslash twice, as the standard has it, and the others once.
@pytest.mark.parametrize("client", CLIENTS)
def test_a_name_of_a_windows_domain(upstream, client, marker):
    name = "DOM\\user"
    with Gateway(settings(upstream, algorithms=["MD5"])) as gateway:
        gateway.add_user(name, PASSWORD, digest=True)
        done = program(*CLIENTS[client](f"{gateway.url}/{marker}", name))
        assert done.returncode == 0 and f"/{marker}" in done.stdout, done.stderr
        assert gateway.logged(lambda line: marker in line.get("path", "") and line["status"] == 200)["subject"] == name


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("qop", ["auth,auth-int", "auth-int,auth", "auth-int"])
def test_auth_int_in_the_challenge(upstream, client, qop, marker):
    """Who goes on with auth where both are offered, and who can do auth-int for a request without a body. `check` warns."""
    can_do = {"auth-int": {"curl --digest", "curl --anyauth"}, "auth,auth-int": set(CLIENTS) - {"wget"}, "auth-int,auth": set(CLIENTS) - {"wget", "LWP"}}[qop]
    with Gateway(settings(upstream, algorithms=["MD5"], qop=qop.split(","))) as gateway:
        gateway.add_user(USER, PASSWORD, digest=True)
        done = program(*CLIENTS[client](f"{gateway.url}/{marker}"))
        assert (done.returncode == 0 and f"/{marker}" in done.stdout) == (client in can_do), done.stderr


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("how", ["--digest", "--anyauth"])
def test_curl_sends_the_body_again(gateway, how, method, marker, tmp_path):
    file = tmp_path / "body"
    file.write_text(BODY)
    body = ["-T", str(file)] if method == "PUT" else ["--data-binary", f"@{file}"]
    done = program("curl", "-sS", "--fail", how, "-u", f"{USER}:{PASSWORD}", "-X", method, *body, f"{gateway.url}/{marker}")
    assert done.returncode == 0, done.stderr
    assert hashlib.sha256(BODY.encode()).hexdigest() in done.stdout  # what the upstream received
    assert gateway.logged(lambda line: marker in line.get("path", "") and line["status"] == 200)["scheme"] == "digest"


def test_a_session_answers_one_challenge(gateway, marker):
    """requests counts up the nonce that it has: one 401 for many requests."""
    script = ("import requests, sys; from requests.auth import HTTPDigestAuth\n"
              f"s = requests.Session(); s.auth = HTTPDigestAuth({USER!r}, {PASSWORD!r})\n"
              "r = [s.get(f'{sys.argv[1]}/{n}') for n in range(5)]\n"
              "print([x.status_code for x in r], sum(len(x.history) for x in r), r[-1].request.headers['Authorization'])")
    done = program(sys.executable, "-c", script, f"{gateway.url}/{marker}")
    if not can("requests", gateway.algorithms):
        assert done.returncode != 0
        return
    assert done.stdout.startswith("[200, 200, 200, 200, 200] 1 Digest "), done.stdout + done.stderr
    assert "nc=00000005" in done.stdout


def test_curl_with_userhash(upstream, marker):
    with Gateway(settings(upstream, userhash=True)) as gateway:
        gateway.add_user(USER, PASSWORD, digest=True)
        done = program("curl", "-sS", "-v", "--fail", "--digest", "-u", f"{USER}:{PASSWORD}", f"{gateway.url}/{marker}")
        assert done.returncode == 0, done.stderr
        assert "userhash=true" in done.stderr and f'username="{USER}"' not in done.stderr


def test_curl_prefers_digest_to_basic(gateway, marker):
    done = program("curl", "-sS", "-v", "--fail", "--anyauth", "-u", f"{USER}:{PASSWORD}", f"{gateway.url}/both/{marker}")
    assert done.returncode == 0 and "> Authorization: Digest " in done.stderr, done.stderr


def test_wget_takes_basic_where_it_may(gateway, marker):
    """Why `check` warns of Basic beside Digest: wget 1.21 then sends the password, whatever else it could do."""
    done = program(*CLIENTS["wget"](f"{gateway.url}/both/{marker}"))
    assert done.returncode == 0, done.stderr
    assert gateway.logged(lambda line: marker in line.get("path", "") and line["status"] == 200)["scheme"] == "basic"


def test_sha_512_256_locks_curl_out(upstream, marker):
    """Why `check` warns: curl 7.88 takes a SHA-512 cut short for it."""
    with Gateway(settings(upstream, algorithms=["SHA-512-256", "MD5"])) as gateway:
        gateway.add_user(USER, PASSWORD, digest=True)
        done = program(*CLIENTS["curl --digest"](f"{gateway.url}/{marker}"))
        assert done.returncode == 22 and "401" in done.stderr, done.stderr
