"""`quivive fetch`: what it sends, prints and returns, against our gateway and a server that records."""

import json
import os
import pty
import re
import subprocess
import threading
import time

import pytest

from harness import Gateway, bearer, config, free_port, secret
from harness.fetching import BINARY, Recording, answer, fetch, quiet_environment

ALICE = ("alice", secret("fetch-lantern-4711"))
WRONG = secret("fetch-lantern-4712")


@pytest.fixture(scope="module")
def gateway(upstream):
    settings = config(upstream.url, accept={"digest": {"algorithms": ["SHA-256", "MD5"]}, "basic": {}, "api_key": {"header": "X-API-Key"}}, routes=[
        {"path": "/public/", "public": True},
        {"path": "/basic/", "accept": ["basic"]},
        {"path": "/digest/", "accept": ["digest"]},
        {"path": "/keys/", "accept": ["api_key"]},
        {"path": "/admin/", "accept": ["api_key"], "require": {"scope": "admin"}},
        {"path": "/mixed/", "accept": ["digest", "basic"]},
    ])
    with Gateway(settings) as gateway:
        gateway.add_user(*ALICE, digest=True)
        yield gateway


def secret_file(tmp_path, text, name="secret"):
    path = tmp_path / name
    path.write_text(text)
    path.chmod(0o600)
    return path


# --- at our gateway


def test_no_credential_no_configuration(gateway):
    done = fetch(gateway.url + "/public/x?do=echo")
    assert done.exit == 0 and done.err == "" and json.loads(done.out)["target"] == "/public/x?do=echo"


@pytest.mark.parametrize("password", ["wrong", "password", "Wrong", "refused"])
def test_a_password_that_is_a_word_leaves_no_gap(gateway, tmp_path, password):
    """The gap in a sentence that everybody knows would tell it."""
    told = [fetch("-o", "/dev/null", "--basic", "--user", "alice", "--password-file", secret_file(tmp_path, one), gateway.url + "/basic/x").err for one in (WRONG, password)]
    told = [re.sub(r"quivive explain \S+", "", " ".join(text.split())) for text in told]
    assert "refused it as password-wrong: The user name or the password is wrong." in told[0] and told[0] == told[1]


def test_a_refusal_is_explained(gateway):
    done = fetch(gateway.url + "/basic/x")
    assert done.exit == 1
    assert "No credential is held" in done.err and "credentials-missing" in done.err and "--login" in done.err, done.err
    assert "Missing" in done.out, "the body is the server's"


def test_a_password_is_answered_by_digest_where_it_is_offered(gateway):
    done = fetch("-v", "--user", "alice", "--password-stdin", gateway.url + "/mixed/x?do=echo", stdin=ALICE[1] + "\n")
    assert done.exit == 0, done.err
    assert json.loads(done.out)["target"] == "/mixed/x?do=echo"
    assert "Digest challenge, SHA-256" in done.err and dict(json.loads(done.out)["fields"])["X-Quivive-Scheme"] == "digest"


@pytest.mark.parametrize("options, path, scheme", [([], "/basic/x", "basic"), (["--basic"], "/basic/x", "basic"), (["--digest"], "/digest/x", "digest"), (["--basic"], "/mixed/x", "basic")])
def test_passwords(gateway, tmp_path, options, path, scheme):
    file = secret_file(tmp_path, ALICE[1] + "\n")
    done = fetch(*options, "-u", "alice", "--password-file", file, gateway.url + path + "?do=echo")
    assert done.exit == 0, done.err
    assert dict(json.loads(done.out)["fields"])["X-Quivive-Scheme"] == scheme


@pytest.mark.parametrize("path, says", [("/basic/x", "password-wrong"), ("/digest/x", "refuses the Digest response")])
def test_a_wrong_password(gateway, path, says):
    done = fetch("-u", "alice", "--password-stdin", gateway.url + path, stdin=WRONG)
    assert done.exit == 1 and says in done.err and "password-wrong" in done.err, done.err


def test_only_digest_and_only_basic(gateway):
    done = fetch("-v", "--digest", "-u", "alice", "--password-stdin", gateway.url + "/basic/x", stdin=ALICE[1])
    assert done.exit == 1 and "with Basic" not in done.err, done.err
    done = fetch("-v", "--basic", "-u", "alice", "--password-stdin", gateway.url + "/digest/x", stdin=ALICE[1])
    assert done.exit == 1 and "with Digest" not in done.err, done.err


def test_a_key(gateway, tmp_path):
    key = gateway.create_key(scopes=["orders"])["key"]
    secret(key)
    file = secret_file(tmp_path, key)
    done = fetch("--key-file", file, gateway.url + "/keys/x?do=echo")
    assert done.exit == 0 and dict(json.loads(done.out)["fields"])["X-Quivive-Scheme"] == "api_key", done.err
    assert fetch("--key-file", "-", gateway.url + "/keys/x?do=echo", stdin=key).exit == 0
    done = fetch("--key-file", file, gateway.url + "/admin/x")
    assert done.exit == 1 and "scope" in done.err, done.err


def test_a_token(api, issuer, tmp_path):
    good = secret(issuer.token())
    bearer(good)
    file = secret_file(tmp_path, good + "\n")
    done = fetch("--bearer-file", file, api.url + "/bearer/x?do=echo")
    assert done.exit == 0, done.err
    expired = secret(issuer.token(exp=int(time.time()) - 7200, iat=int(time.time()) - 9000))
    bearer(expired)
    done = fetch("--bearer-file", "-", api.url + "/bearer/x", stdin=expired)
    assert done.exit == 1 and "token-expired" in done.err, done.err


def test_what_is_said_begins_a_line_of_the_terminal(gateway):
    """A body without a line's end, and the message behind it, on one terminal; elsewhere the body stays as it is."""
    ours, theirs = pty.openpty()
    subprocess.run([str(BINARY), "fetch", gateway.url + "/basic/x"], stdout=theirs, stderr=theirs, env=quiet_environment(), timeout=30, check=False)
    os.close(theirs)
    shown = os.read(ours, 65536).decode().replace("\r\n", "\n")
    os.close(ours)
    assert '}\nquivive fetch: No credential' in shown, shown
    done = fetch(gateway.url + "/basic/x")
    assert done.out.endswith("}") and done.err.startswith("quivive fetch: "), done.err


# --- what is sent


def ok(request, read_body):
    read_body()
    return answer("200 OK", ["Content-Type: text/plain"], "fine\n")


def test_the_request():
    with Recording(ok) as server:
        fetch(server.url + "/a/../b?c=d#e")
        fetch("-X", "REPORT", "-H", "X-One: 1", "-H", "X-Empty;", "-H", "User-Agent: mine/1", server.url)
        fetch("-d", "a=1", "-d", "b=2", server.url)
        fetch("-X", "PUT", "-H", "Content-Type: application/json", "-d", "{}", server.url)
        plain, report, posted, put = server.requests
    assert (plain.method, plain.target, plain.authorization) == ("GET", "/b?c=d", None)
    assert plain.get("User-Agent").startswith("quivive/")
    assert (report.method, report.get("X-One"), report.get("X-Empty"), report.get("User-Agent")) == ("REPORT", "1", "", "mine/1")
    assert (posted.method, posted.body, posted.get("Content-Type")) == ("POST", b"a=1&b=2", "application/x-www-form-urlencoded")
    assert (put.method, put.body, put.get("Content-Type")) == ("PUT", b"{}", "application/json")


def test_bodies(tmp_path):
    file = tmp_path / "body"
    file.write_bytes(b"one\r\ntwo\n")
    with Recording(ok) as server:
        fetch("-d", f"@{file}", server.url)
        fetch("--data-binary", f"@{file}", server.url)
        fetch("-d", "@-", server.url, stdin="from\nstdin")
        fetch("-T", file, server.url)
        fetch("-T", "-", server.url, stdin=b"\x00streamed\xff" * 1000)
        assert [r.body for r in server.requests] == [b"onetwo", b"one\r\ntwo\n", b"fromstdin", b"one\r\ntwo\n", b"\x00streamed\xff" * 1000]
        assert [r.method for r in server.requests] == ["POST", "POST", "POST", "PUT", "PUT"]
        assert server.requests[3].get("Content-Type") is None and server.requests[4].get("Expect") == "100-continue"


def test_fields_of_a_file(tmp_path):
    file = secret_file(tmp_path, "Authorization: Bearer " + secret("token-in-a-header-file") + "\nX-Two: 2\r\n\n")
    with Recording(ok) as server:
        done = fetch("-H", f"@{file}", server.url)
        assert done.exit == 0 and done.err == ""
        assert server.requests[0].authorization == "Bearer token-in-a-header-file" and server.requests[0].get("X-Two") == "2"
        assert "every user of this machine" in fetch("-H", "Cookie: a=b", server.url).err


# --- what is printed


def test_include_output_and_fail(tmp_path):
    def mixed(request, read_body):
        return answer("404 Not Found", ["X-Why: gone"], "no such thing") if request.target == "/gone" else ok(request, read_body)

    with Recording(mixed) as server:
        done = fetch("-i", server.url)
        assert done.out.startswith("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n") and done.out.endswith("\r\n\r\nfine\n")
        file = tmp_path / "out"
        assert fetch("-o", file, server.url).out == "" and file.read_text() == "fine\n"
        assert (fetch(server.url + "/gone").exit, fetch(server.url + "/gone").out) == (0, "no such thing")
        failed = fetch("-f", server.url + "/gone")
        assert (failed.exit, failed.out) == (1, "")
        assert fetch("-o", tmp_path / "none" / "out", server.url).exit == 3


def test_a_large_body_streams(upstream, gateway):
    done = fetch(gateway.url + "/public/x?do=stream&bytes=30000000", "-o", "/dev/null")
    assert done.exit == 0, done.err


def test_verbose_says_the_steps(gateway):
    done = fetch("-v", "-u", "alice", "--password-stdin", gateway.url + "/digest/x?do=echo", stdin=ALICE[1])
    steps = [line.split()[1] for line in done.err.splitlines()]
    assert steps == ["send", "receive", "answer", "send", "receive"], done.err


def test_network_failures(tmp_path):
    done = fetch(f"http://127.0.0.1:{free_port()}/")
    assert done.exit == 3 and done.err.count("\n") == 1, done.err
    assert fetch("http://no-such-host.invalid/").exit == 3

    def broken(request, read_body):
        return b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123"
    with Recording(broken) as server:
        done = fetch(server.url)
        assert (done.exit, done.out) == (3, "0123")


def test_max_time():
    gate = threading.Event()

    def hanging(request, read_body):
        gate.wait(30)
        return answer("200 OK")
    with Recording(hanging) as server:
        done = fetch("--max-time", "0.3", server.url)
        gate.set()
        assert done.exit == 3, done.err


# --- what is refused


@pytest.mark.parametrize("arguments, says", [
    (["--user", "alice:" + secret("typed-as-argument-1"), "URL"], "--user takes the name alone"),
    (["-u", "alice:" + secret("typed-as-argument-2"), "URL"], "--password-stdin"),
    (["http://alice:" + secret("typed-in-the-url-3") + "@127.0.0.1/"], "the URL has a user or password in it"),
    (["--user", "alice", "URL"], "there is no terminal to ask"),
    (["--password-stdin", "URL"], "whose"),
    (["--digest", "URL"], "need --user"),
    (["--digest", "--basic", "--user", "a", "--password-stdin", "URL"], "exclude each other"),
    (["--profile", "a", "--bearer-file", "b", "URL"], "exclude each other"),
    (["--profile", "../a", "URL"], "no name of a profile"),
    (["--profile", "none", "URL"], "quivive login --profile none"),
    (["--bearer-file", "/no/such/file", "URL"], "--bearer-file"),
    (["-H", "no colon", "URL"], "--header takes"),
    (["-H", "Content-Length: 3", "URL"], "Content-Length"),
    (["-X", "GET /", "URL"], "method"),
    (["-T", "/no/such/file", "URL"], "--upload-file"),
    (["-T", "-", "--user", "a", "--password-stdin", "URL"], "both the body and the password"),
    (["--max-time", "-1", "URL"], "--max-time"),
    (["--cacert", "/no/such/file", "URL"], "--cacert: No such file"),
    (["ftp://127.0.0.1/"], "http"),
    (["127.0.0.1:80/x"], "begins with https:// or http://"),
    (["http://127.0.0.1/a b"], "%XX"),
    ([], "URL is missing"),
])
def test_wrong_commands(arguments, says, tmp_path):
    with Recording(ok) as server:
        done = fetch(*[server.url if word == "URL" else word for word in arguments], home=tmp_path)
        assert done.exit == 2 and says in done.err, done
        assert done.err.count("\n") == 1 and not server.requests


@pytest.mark.parametrize("option", [["--bearer-file", "-"], ["--key-file", "-"], ["-u", "alice", "--password-stdin"], ["--basic", "-u", "alice", "--password-stdin"]])
def test_nothing_goes_over_plain_http_to_another_machine(option):
    done = fetch(*option, "http://api.example.invalid/", stdin=ALICE[1])
    assert done.exit == 2 and "plain http" in done.err and "--allow-plain-http" in done.err, done.err
    allowed = fetch("--allow-plain-http", *option, "http://api.example.invalid/", stdin=ALICE[1])
    assert allowed.exit == (2 if "--basic" in option else 3), allowed.err  # 3: it was tried, and there is no such host


def test_a_token_file_that_is_none(tmp_path):
    with Recording(ok) as server:
        for text in ("", " \n", "two words", "a\nb"):
            done = fetch("--bearer-file", secret_file(tmp_path, text), server.url)
            assert done.exit == 2 and not server.requests, done
