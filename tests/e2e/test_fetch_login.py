"""`quivive fetch --login`: signs in on the way, where there is nothing to ask with."""

import fcntl
import json
import os
import pathlib
import re
import socket
import subprocess
import time
import urllib.parse

import pytest

from harness import eventually, secret
from harness.fetching import FakeIssuer, Recording, answer, fetch, quiet_environment, start, token_text, write_profile
from harness.gateway import BINARY, START
from test_login import Login

INVALID = 'WWW-Authenticate: Bearer realm="orders", error="invalid_token", error_description="the token has expired"'


class Fetch(Login):
    command = "fetch"


@pytest.fixture
def issuer():
    with FakeIssuer() as server:
        yield server


def api(issuer, *, no="no"):
    def serve(request, read_body):
        body = read_body()
        token = (request.authorization or "").removeprefix("Bearer ")
        return answer("200 OK", [], f"orders {len(body)}") if token in issuer.good else answer("401 Unauthorized", [INVALID], no)
    return Recording(serve)


def sign_in(issuer, going):
    going.line_with("WDJB-MJHT")
    issuer.device = {code: "approved" for code in issuer.device}


def read(home, name="default"):
    return json.loads((home / "quivive" / "profiles" / f"{name}.json").read_text())


def test_without_a_profile_it_signs_in_for_this_origin_alone(issuer, tmp_path):
    with api(issuer) as server:
        going = Fetch("--login", "--device", "--issuer", issuer.url, "--client-id", "cli", server.url + "/orders", home=tmp_path)
        sign_in(issuer, going)
        status, out, err = going.end()
        assert (status, out) == (0, "orders 0") and "signed in at " + issuer.url in err and "kept in" in err, err
        assert read(tmp_path)["origins"] == [server.url] and f"its token goes to {server.url}\n" in err
        again = fetch("--login", server.url + "/orders", home=tmp_path)
        assert (again.exit, again.out, again.err) == (0, "orders 0", "")
        assert [r.authorization is not None for r in server.requests] == [True, True]
    with api(issuer) as other:
        done = fetch("--login", other.url + "/orders", home=tmp_path)
        assert done.exit == 2 and "goes nowhere else" in done.err and not other.requests, done.err


def test_a_refresh_token_that_is_over_costs_a_sign_in(issuer, tmp_path):
    issuer.issue()
    write_profile(tmp_path, "work", issuer, access=token_text(), refresh=token_text(), expires_in=-5)
    with api(issuer) as server:
        refused = fetch("--profile", "work", server.url + "/orders", home=tmp_path)
        assert refused.exit == 1 and "sign in again" in refused.err and not server.requests, refused.err
        going = Fetch("--login", "--device", "--profile", "work", "-d", "abc", server.url + "/orders", home=tmp_path)
        sign_in(issuer, going)
        status, out, err = going.end()
        assert (status, out) == (0, "orders 3"), err
        assert len(server.requests) == 1


@pytest.mark.parametrize("more, body", [([], b""), (["-d", "abc"], b"abc"), (["-f"], b""), (["-T", "FILE"], b"from a file")])
@pytest.mark.parametrize("refresh, no", [(True, "no"), (False, "no"), (False, "")])
def test_a_token_that_the_server_takes_for_none_costs_a_sign_in(issuer, tmp_path, more, body, refresh, no):
    """Its own clock calls it good; with a refresh token that the issuer takes for none, or without one."""
    write_profile(tmp_path, "work", issuer, access=token_text(), **({"refresh": token_text()} if refresh else {}))
    (tmp_path / "file").write_bytes(b"from a file")
    more = [str(tmp_path / "file") if word == "FILE" else word for word in more]
    with api(issuer, no=no) as server:
        refused = fetch("--profile", "work", *more, server.url + "/orders", home=tmp_path)
        assert refused.exit == 1 and "To sign in: quivive login --profile work" in refused.err, refused.err
        server.requests.clear()
        going = Fetch("--login", "--device", "--profile", "work", "-i", *more, server.url + "/orders", home=tmp_path)
        sign_in(issuer, going)
        status, out, err = going.end()
        assert status == 0 and out.startswith("HTTP/1.1 200 OK") and out.endswith(f"orders {len(body)}") and "401" not in out, (out, err)
        assert [request.body for request in server.requests] == [body, body]


def test_a_body_from_a_stream_is_not_sent_again(issuer, tmp_path):
    write_profile(tmp_path, "work", issuer, access=token_text())
    with api(issuer) as server:
        done = fetch("--login", "--device", "--profile", "work", "-T", "-", server.url + "/orders", home=tmp_path, stdin="abc")
        assert (done.exit, done.out) == (1, "no") and "To sign in: quivive login --profile work" in done.err, done.err
    assert not issuer.device


def test_a_token_that_was_just_made_is_not_asked_for_again(issuer, tmp_path):
    """The server refuses all, and the issuer gives nothing to refresh with."""
    issuer.refreshable = False
    with Recording(lambda request, read_body: answer("401 Unauthorized", [INVALID], "no")) as server:
        going = Fetch("--login", "--device", "--issuer", issuer.url, "--client-id", "cli", server.url, home=tmp_path)
        sign_in(issuer, going)
        status, out, err = going.end()
        assert (status, out) == (1, "no") and "The server refuses the token" in err and "To sign in" not in err, err
        assert len(issuer.device) == 1 and len(server.requests) == 1


def test_what_was_accepted_and_led_elsewhere_is_not_done_twice(issuer, tmp_path):
    write_profile(tmp_path, "work", issuer, access=token_text())

    def serve(request, read_body):
        read_body()
        return answer("303 See Other", ["Location: /result"]) if request.target == "/pay" else answer("401 Unauthorized", [INVALID], "no")

    with Recording(serve) as server:
        done = fetch("-L", "--login", "--device", "--profile", "work", "-d", "pay=100", server.url + "/pay", home=tmp_path)
        assert (done.exit, done.out) == (1, "no") and "To sign in: quivive login --profile work" in done.err, done.err
        assert [request.method + request.target for request in server.requests] == ["POST/pay", "GET/result"] and not issuer.device


def test_where_nobody_signs_in_the_refusal_is_the_answer(issuer, tmp_path):
    write_profile(tmp_path, "work", issuer, access=token_text())
    with api(issuer) as server:
        words = ("--login", "-i", "--profile", "work", server.url + "/orders")
        done = fetch(*words, home=tmp_path, env={"DISPLAY": "", "WAYLAND_DISPLAY": ""})
        assert done.exit == 1 and done.out.startswith("HTTP/1.1 401") and done.out.endswith("no"), done
        assert "To sign in: quivive login --profile work" in done.err and not issuer.device, done.err
        going = Fetch("--device", *words, home=tmp_path)
        going.line_with("WDJB-MJHT")
        issuer.device = {code: "denied" for code in issuer.device}
        status, out, err = going.end()
        assert status == 1 and out.startswith("HTTP/1.1 401") and out.endswith("no") and "denied" in err, (out, err)
        assert err.count("The server refuses the token") == 1, err
        assert len(server.requests) == 2


def test_a_large_401_is_handed_on(issuer, tmp_path):
    write_profile(tmp_path, "work", issuer, access=token_text())
    text = "no such order\n" * 20_000
    with Recording(lambda request, read_body: answer("401 Unauthorized", [INVALID], text)) as server:
        done = fetch("--login", "--device", "--profile", "work", server.url, home=tmp_path)
    assert (done.exit, done.out) == (1, text) and not issuer.device, done.err


def test_why_it_asks_is_said_first(issuer, tmp_path):
    write_profile(tmp_path, "work", issuer, access=token_text(), refresh=token_text(), expires_in=-5)
    with api(issuer) as server:
        going = Fetch("--login", "--device", "-v", "--profile", "work", server.url + "/orders", home=tmp_path)
        sign_in(issuer, going)
        status, _, err = going.end()
    assert status == 0
    assert re.search(r"\* refresh .*\n(.*\n)*quivive fetch: .*sign in again.*\nOpen (.*\n)+\* send .*\n\* receive +200", err), err


def test_several_at_once_ask_one_person(issuer, tmp_path):
    with api(issuer) as server:
        words = ("--login", "--device", "--issuer", issuer.url, "--client-id", "cli", server.url + "/orders")
        first = Fetch(*words, home=tmp_path)
        first.line_with("WDJB-MJHT")
        others = [Fetch(*words, home=tmp_path) for _ in range(2)]
        for one in others:
            one.line_with("another command is signing in for the profile 'default'; waiting for it")
        issuer.device = {code: "approved" for code in issuer.device}
        for one in (first, *others):
            status, out, err = one.end()
            assert (status, out) == (0, "orders 0") and err.count("signed in") == (one is first), err
    assert len(issuer.device) == 1 and not issuer.revoked


@pytest.mark.parametrize("command", ["login", "fetch"])
@pytest.mark.parametrize("to", [{"origins": ["https://only.example"]}, {"requested_scope": "orders admin"}, {"client_authentication": "client_secret_basic", "client_secret": "sesame"}])
def test_a_profile_that_is_changed_meanwhile_stays(issuer, tmp_path, command, to):
    path = write_profile(tmp_path, "work", issuer, expires_in=-5)
    with api(issuer) as server:
        words = ["--device", "--profile", "work"] + (["--login", server.url] if command == "fetch" else [])
        going = Login(*words, home=tmp_path) if command == "login" else Fetch(*words, home=tmp_path)
        going.line_with("WDJB-MJHT")
        write_profile(tmp_path, "work", issuer, access=token_text(), **to)
        before = path.read_bytes()
        issuer.device = {code: "approved" for code in issuer.device}
        status, out, err = going.end()
        assert status == 2 and "changed by another command meanwhile" in err and "the new tokens were revoked" in err, err
        assert path.read_bytes() == before and issuer.revoked == [issuer.refresh] and not server.requests


def test_a_profile_that_becomes_anothers_during_the_call_is_not_signed_into(issuer, tmp_path):
    """Threat: the token of another issuer, sent where that of the first was to go."""
    path = write_profile(tmp_path, "work", issuer, access=token_text(), refresh=token_text(), expires_in=-5)
    with api(issuer) as server, FakeIssuer() as other, open(f"{path}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        going = Fetch("--login", "--device", "--profile", "work", server.url, home=tmp_path)
        eventually(lambda: waits_for_a_file(going.process.pid, f"{path}.lock"))
        write_profile(tmp_path, "work", other, access=token_text(), refresh=token_text())
        fcntl.flock(lock, fcntl.LOCK_UN)
        status, out, err = going.end()
        assert (status, out) == (1, "") and "was changed meanwhile, and is another sign-in now" in err, err
        assert not server.requests and not issuer.device and not other.device


def waits_for_a_file(process, path):
    """Whether it has it open: it tries again and again then."""
    return any(opened(name) == os.path.realpath(path) for name in pathlib.Path(f"/proc/{process}/fd").iterdir())


def opened(descriptor):
    """The file's path; None where it was closed since the folder was read."""
    try:
        return os.readlink(descriptor)
    except FileNotFoundError:
        return None


@pytest.mark.parametrize("kept, given, says", [
    ({}, ["--issuer", "https://other.example"], "is of the issuer http://127.0.0.1"),
    ({}, ["--client-id", "other"], "is of the client cli"),
    ({"origins": ["https://only.example"]}, ["--client-id", "other"], "is of the client cli"),
])
def test_a_profile_of_another_sign_in_is_left_alone(issuer, tmp_path, kept, given, says):
    path = write_profile(tmp_path, "default", issuer, access=token_text(), expires_in=-5, **kept)
    before = path.read_bytes()
    with api(issuer) as server:
        done = fetch("--login", "--device", *given, server.url, home=tmp_path)
    assert done.exit == 2 and says in done.err and "--profile NAME" in done.err and done.err.count("\n") == 1, done.err
    assert path.read_bytes() == before and not issuer.requests and not server.requests


def test_a_scope_that_was_never_asked_for_costs_a_sign_in(issuer, tmp_path):
    access, refresh = issuer.issue()
    write_profile(tmp_path, "work", issuer, access=access, refresh=refresh, requested_scope="orders")
    with api(issuer) as server:
        words = ("--login", "--device", "--profile", "work", server.url)
        assert fetch("--scope", "orders", *words, home=tmp_path).exit == 0
        going = Fetch("--scope", "admin", *words, home=tmp_path)
        sign_in(issuer, going)
        assert going.end()[0] == 0
        asked = [urllib.parse.parse_qs(r.body.decode()) for r in issuer.requests if r.path == "/device_authorization"]
        assert asked == [{"client_id": ["cli"], "scope": ["orders admin"]}], asked
        # This issuer grants orders alone, whatever it is asked for: nobody is asked again.
        assert fetch("--scope", "admin orders", *words, home=tmp_path).exit == 0


@pytest.mark.parametrize("state, status, says", [("denied", 1, "denied"), ("expired", 1, "expired")])
def test_nobody_signs_in(issuer, tmp_path, state, status, says):
    with api(issuer) as server:
        going = Fetch("--login", "--device", "--issuer", issuer.url, "--client-id", "cli", server.url, home=tmp_path)
        going.line_with("WDJB-MJHT")
        issuer.device = {code: state for code in issuer.device}
        ended, out, err = going.end()
        assert (ended, out) == (status, "") and says in err and not server.requests, err


def test_the_time_is_over_while_somebody_is_waited_for(issuer, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        words = ["--login", "--client-id", "cli", "http://127.0.0.1:1/"]
        done = fetch("--device", "--max-time", "0.3", "--issuer", f"http://127.0.0.1:{silent.getsockname()[1]}", *words, home=tmp_path)
        assert done.exit == 3 and "does not say where its endpoints are" in done.err, done.err
    for how in ("--device", "--browser"):
        done = fetch(how, "--max-time", "0.3", "--issuer", issuer.url, *words, home=tmp_path)
        assert done.exit == 3 and "the time was over before anybody had signed in" in done.err, done.err


def test_an_issuer_that_is_out_of_order(issuer, tmp_path):
    issuer.no_device = (503, {}, "")
    done = fetch("--login", "--device", "--issuer", issuer.url, "--client-id", "cli", "http://127.0.0.1:1/", home=tmp_path)
    assert done.exit == 3 and "answers with status 503" in done.err, done.err


def test_what_a_person_types_takes_no_time_from_the_call(tmp_path):
    with Recording(lambda request, read_body: answer("200 OK", [], read_body())) as server:
        going = start("fetch", "--max-time", "0.3", "-d", "@-", server.url, home=tmp_path, stdin=subprocess.PIPE)
        begun = time.monotonic()
        eventually(lambda: time.monotonic() - begun > 0.3)
        out, err = going.communicate("late", timeout=START)
        assert (going.returncode, out) == (0, "late"), err


def test_on_a_terminal_somebody_is_here(issuer, tmp_path):
    """Whatever standard input is: nothing is read from it."""
    ours, theirs = os.openpty()
    going = subprocess.Popen([str(BINARY), "fetch", "--login", "--issuer", issuer.url, "--client-id", "cli", "http://127.0.0.1:1/"], stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=theirs, env={**quiet_environment(tmp_path), "DISPLAY": "", "WAYLAND_DISPLAY": ""})
    os.close(theirs)
    shown = b""
    while b"WDJB-MJHT" not in shown:
        shown += os.read(ours, 4096)
    going.terminate()
    going.wait(START)
    os.close(ours)


def test_where_nobody_can_sign_in_nobody_is_waited_for(issuer, tmp_path):
    done = fetch("--login", "--issuer", issuer.url, "--client-id", "cli", "http://127.0.0.1:1/", home=tmp_path, env={"DISPLAY": "", "WAYLAND_DISPLAY": ""})
    assert done.exit == 2 and "nobody is here to sign in" in done.err and not issuer.requests, done.err


@pytest.mark.parametrize("arguments, says", [
    (["http://192.0.2.1/"], "does not go over plain http"),
    (["-T", "/no/such/file", "https://127.0.0.1:1/"], "--upload-file"),
    (["-d", "@/no/such/file", "https://127.0.0.1:1/"], "--data"),
    (["-H", "Authorization: Basic eDp5", "https://127.0.0.1:1/"], "an Authorization of its own"),
])
def test_a_command_that_cannot_go_on_asks_nobody(issuer, tmp_path, arguments, says):
    done = fetch("--login", "--device", "--issuer", issuer.url, "--client-id", "cli", *arguments, home=tmp_path)
    assert done.exit == 2 and says in done.err.splitlines()[-1] and not issuer.requests, done.err


@pytest.mark.parametrize("option", [["--key"], ["--key-file"], ["--bearer-file"], ["-u", "alice", "--password-file"], ["-H"]])
@pytest.mark.parametrize("times", [1, 10], ids=["short", "longer than a name may be"])
def test_a_secret_in_the_place_of_its_file_is_not_repeated(tmp_path, option, times):
    text = secret(token_text() * times)
    done = fetch(*option, ("@" if option == ["-H"] else "") + text, "http://127.0.0.1:1/", home=tmp_path)
    assert done.exit == 2 and "it takes the name of a file" in done.err, done.err


@pytest.mark.parametrize("arguments, says", [
    (["--issuer", "https://id.example"], "--issuer goes with --login, which is missing"),
    (["--key-header", "X-Key"], "--key-header goes with --key-file, which is missing"),
    (["--login", "--bearer-file", "x"], "--bearer-file"),
    (["--login", "--device"], "there is no profile 'default' yet; to make it, give --issuer URL"),
    (["--login", "--device", "--issuer", "http://127.0.0.1:1"], "give --client-id ID"),
])
def test_what_does_not_go_together(tmp_path, arguments, says):
    done = fetch(*arguments, "http://127.0.0.1:1/", home=tmp_path)
    assert done.exit == 2 and says in done.err and re.fullmatch(r"quivive fetch: [^\n]+\n", done.err), done.err
