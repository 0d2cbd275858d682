"""Profiles whose tokens are kept in the Secret Service: GNOME Keyring on a session bus of the test's own. It brings GTK along, which is
too much for script/test: script/test-exports runs it."""

import json
import os
import subprocess
import threading
import time

import pytest

from harness import secret
from harness.fetching import FakeIssuer, Recording, answer, fetch, finish, quivive, start, token_text, write_profile
from harness.keyring import Keyring
from harness.wire import DEADLINE
from test_fetch_profiles import INVALID, api
from test_fetch_login import Fetch
from test_login import Login, read

SLOW = "did not answer within 10 s"


@pytest.fixture
def issuer():
    with FakeIssuer() as server:
        yield server


@pytest.fixture
def keyring():
    with Keyring() as one:
        yield one


def sign_in(issuer, home, *arguments, env=None, profile="work"):
    """Signed in by a code: (exit status, standard output, standard error)."""
    login = Login("--device", "--issuer", issuer.url, "--client-id", "cli", "--profile", profile, *arguments, home=home, env=env)
    login.line_with("WDJB-MJHT")
    issuer.device = {code: "approved" for code in issuer.device}
    return login.end()


def kept(keyring, profile="work"):
    return json.loads(keyring.lookup(profile))


def expire(issuer):
    """The access token is refused from now on; returns the refresh token that goes on from there."""
    issuer.good.clear()
    return issuer.refresh


def file_text(home, profile="work"):
    return (home / "quivive" / "profiles" / f"{profile}.json").read_text()


# --- where it goes


def test_an_unlocked_keyring_is_taken(issuer, keyring, tmp_path):
    status, out, err = sign_in(issuer, tmp_path, env=keyring.env)
    assert status == 0 and "kept in the Secret Service\n" in out, err
    item = kept(keyring)
    assert item["access_token"] in issuer.good and item["refresh_token"] == issuer.refresh and item["expires"]
    index = read(tmp_path, "work")
    assert index["kept_in"] == "secret-service" and index["issuer"] == issuer.url
    for value in (item["access_token"], item["refresh_token"]):
        assert value not in file_text(tmp_path)
    told = quivive("whoami", "--profile", "work", home=tmp_path, env=keyring.env)
    assert "kept in   the Secret Service\n" in told.out and told.err == ""
    assert quivive("whoami", "--profile", "work", "--json", home=tmp_path, env=keyring.env).json()["kept_in"] == "secret-service"
    printed = quivive("token", "print", "--profile", "work", home=tmp_path, env=keyring.env, check_output=False)
    assert (printed.exit, printed.out, printed.err) == (0, item["access_token"] + "\n", "")


def test_a_client_secret_goes_along(issuer, keyring, tmp_path):
    word = secret("client-secret-0815-harbour")
    file = tmp_path / "client"
    file.write_text(word)
    assert sign_in(issuer, tmp_path, "--client-secret-file", file, env=keyring.env)[0] == 0
    assert kept(keyring)["client_secret"] == word and word not in file_text(tmp_path)
    expire(issuer)
    with api(issuer) as server:
        assert fetch("--profile", "work", server.url, home=tmp_path, env=keyring.env).exit == 0
    assert all(r.authorization.startswith("Basic ") for r in issuer.requests if r.path == "/token")
    keyring.clear("work")
    gone = quivive("login", "--device", "--profile", "work", home=tmp_path, env=keyring.env)
    assert gone.exit == 3 and "--client-secret-file" in gone.err and gone.err.count("\n") == 1


def test_from_file_to_keyring_and_back(issuer, keyring, tmp_path):
    write_profile(tmp_path, "work", issuer, access=token_text(), refresh=token_text())
    status, out, err = sign_in(issuer, tmp_path, env=keyring.env)
    assert status == 0 and f"kept in {tmp_path}" in out and keyring.count() == 0, "it stays where it was"
    assert sign_in(issuer, tmp_path, "--keep", "secret-service", env=keyring.env)[0] == 0
    assert keyring.count() == 1 and not {"access_token", "refresh_token", "expires"} & read(tmp_path, "work").keys()
    first = kept(keyring)
    assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
    assert keyring.count() == 1 and kept(keyring)["refresh_token"] == issuer.refresh != first["refresh_token"]
    assert sign_in(issuer, tmp_path, "--keep", "file", env=keyring.env)[0] == 0
    assert keyring.count() == 0 and read(tmp_path, "work")["refresh_token"] == issuer.refresh
    assert "kept_in" not in read(tmp_path, "work")


def test_two_state_folders_do_not_mix(issuer, keyring, tmp_path):
    homes = [tmp_path / "a", tmp_path / "b"]
    for home in homes:
        assert sign_in(issuer, home, env=keyring.env)[0] == 0
    assert keyring.count() == 2
    assert quivive("logout", "--profile", "work", home=homes[0], env=keyring.env).exit == 0
    assert keyring.count() == 1 and quivive("whoami", "--profile", "work", home=homes[1], env=keyring.env).exit == 0


def test_without_a_service_it_is_the_file(issuer, tmp_path):
    with Keyring(running=False) as bus:
        for env, says in (({}, "no session bus"), (bus.env, "no Secret Service on the session bus"),
                          ({"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none"}, "session bus cannot be reached")):
            asked = len(issuer.requests)
            refused = quivive("login", "--device", "--issuer", issuer.url, "--client-id", "cli", "--keep", "secret-service", home=tmp_path, env=env)
            assert refused.exit == 3 and says in refused.err and refused.err.count("\n") == 1, refused
            assert len(issuer.requests) == asked, "nobody was asked to sign in for nothing"
        status, out, err = sign_in(issuer, tmp_path, env=bus.env)
        assert status == 0 and f"kept in {tmp_path}/quivive/profiles/work.json\n" in out, err
        assert read(tmp_path, "work")["refresh_token"] == issuer.refresh


def test_locked_while_the_person_signs_in(issuer, keyring, tmp_path):
    def sign_in_and_lock(*arguments):
        login = Login("--device", "--issuer", issuer.url, "--client-id", "cli", "--profile", "work", *arguments, home=tmp_path, env=keyring.env)
        login.line_with("WDJB-MJHT")
        keyring.lock()
        issuer.device = {code: "approved" for code in issuer.device}
        return login.end()

    status, out, err = sign_in_and_lock("--keep", "secret-service")
    assert status == 3 and "unlock it" in err and "; the new tokens were revoked" in err and issuer.revoked == [issuer.refresh], err
    assert not (tmp_path / "quivive/profiles/work.json").exists()
    keyring.unlock()
    status, out, err = sign_in_and_lock()
    assert status == 0 and f"kept in {tmp_path}/quivive/profiles/work.json: the keyring is locked" in out, err
    assert read(tmp_path, "work")["refresh_token"] == issuer.refresh and "left_in" not in read(tmp_path, "work")
    keyring.unlock()
    assert keyring.count() == 0


# --- another default keyring


def set_default(keyring, name):
    words = ["--dest=org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.SetAlias", "string:default",
             f"objpath:/org/freedesktop/secrets/collection/{name}"]
    subprocess.run(["dbus-send", "--session", "--print-reply=literal", *words], env={**os.environ, **keyring.env}, check=True, capture_output=True, timeout=DEADLINE)


def put_item(keyring, home, collection, item):
    words = ["application", "quivive", "profile", "work", "folder", str(home / "quivive/profiles"), "sign_in", read(home, "work")["sign_in"], "xdg:schema", "org.quivive.Profile"]
    subprocess.run(["secret-tool", "store", "--label=item", f"--collection={collection}", *words], input=json.dumps(item), text=True, env={**os.environ, **keyring.env}, check=True,
                   capture_output=True, timeout=DEADLINE)


def test_a_refresh_stays_where_the_item_lies(issuer, keyring, tmp_path):
    assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
    set_default(keyring, "session")
    before = expire(issuer)
    with api(issuer) as server:
        assert fetch("--profile", "work", server.url, home=tmp_path, env=keyring.env).exit == 0
    assert issuer.refreshes == [before] and keyring.count() == 1 and kept(keyring)["refresh_token"] == issuer.refresh
    keyring.lock()
    done = quivive("whoami", "--profile", "work", home=tmp_path, env=keyring.env)
    assert done.exit == 3 and "unlock it" in done.err, "it is locked, and not gone: the default keyring is open"


@pytest.mark.parametrize("newer, older", [("login", "session"), ("session", "login")])
def test_of_two_items_the_newer_counts(issuer, keyring, tmp_path, newer, older):
    assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
    item = kept(keyring)
    put_item(keyring, tmp_path, older, {**item, "access_token": token_text(), "refresh_token": token_text()})
    time.sleep(1.1)  # the time of a change is in seconds
    put_item(keyring, tmp_path, newer, item)
    assert keyring.count() == 2
    printed = quivive("token", "print", "--profile", "work", home=tmp_path, env=keyring.env, check_output=False)
    assert (printed.exit, printed.out, printed.err) == (0, item["access_token"] + "\n", "")
    assert quivive("logout", "--profile", "work", home=tmp_path, env=keyring.env).exit == 0
    assert keyring.count() == 0 and issuer.revoked == [item["refresh_token"]]


# --- one refresh at a time


def test_the_new_tokens_are_in_the_keyring_before_they_are_used(issuer, keyring, tmp_path):
    assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
    before, index = expire(issuer), file_text(tmp_path)
    seen = []

    def serve(request, read_body):
        seen.append((request.authorization.removeprefix("Bearer "), kept(keyring)))
        return answer("200 OK", [], "orders") if seen[-1][0] in issuer.good else answer("401 Unauthorized", [INVALID], "no")
    with Recording(serve) as server:
        done = fetch("--profile", "work", server.url, home=tmp_path, env=keyring.env)
        assert (done.exit, done.out, done.err) == (0, "orders", "")
    token, item = seen[-1]
    assert len(seen) == 2 and item["access_token"] == token and item["refresh_token"] == issuer.refresh
    assert issuer.refreshes == [before] and file_text(tmp_path) == index and keyring.count() == 1


def test_four_processes_one_refresh(keyring, tmp_path):
    with FakeIssuer(delay=0.3) as issuer:
        assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
        before = expire(issuer)
        with api(issuer) as server:
            running = [start("fetch", "--profile", "work", server.url, home=tmp_path, env=keyring.env) for _ in range(4)]
            results = [finish(process) for process in running]
            assert [(status, out) for status, out, _ in results] == [(0, "orders")] * 4, results
        assert issuer.refreshes == [before] and not issuer.stolen and kept(keyring)["refresh_token"] == issuer.refresh


def test_locked_while_the_token_is_refused_spends_nothing(issuer, keyring, tmp_path):
    assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
    expire(issuer)

    def serve(request, read_body):
        keyring.lock()
        return answer("401 Unauthorized", [INVALID], "no")
    with Recording(serve) as server:
        done = fetch("--profile", "work", server.url, home=tmp_path, env=keyring.env)
        assert done.exit == 3 and "unlock it" in done.err and not issuer.refreshes, done
    keyring.unlock()
    with api(issuer) as server:
        assert fetch("--profile", "work", server.url, home=tmp_path, env=keyring.env).exit == 0


def test_a_service_that_is_started_anew_meanwhile(issuer, keyring, tmp_path):
    assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
    expire(issuer)
    asked, anew = threading.Event(), threading.Event()

    def serve(request, read_body):
        if request.authorization.removeprefix("Bearer ") in issuer.good:
            return answer("200 OK", [], "orders")
        asked.set()
        anew.wait(DEADLINE)
        return answer("401 Unauthorized", [INVALID], "no")
    with Recording(serve) as server:
        process = start("fetch", "--profile", "work", server.url, home=tmp_path, env=keyring.env)
        assert asked.wait(DEADLINE)
        keyring.unlock()  # not in the server's thread, with whose end the service would end
        anew.set()
        status, out, err = finish(process)
        assert (status, out) == (0, "orders"), err
    assert kept(keyring)["refresh_token"] == issuer.refresh


def test_a_bus_that_ends_does_not_end_a_call(issuer, tmp_path):
    with Keyring() as keyring:
        assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0

        def serve(request, read_body):
            keyring.bus.terminate()
            keyring.bus.wait(20)
            return answer("200 OK", [], "orders")
        with Recording(serve) as server:
            done = fetch("--profile", "work", server.url, home=tmp_path, env=keyring.env)
            assert (done.exit, done.out) == (0, "orders"), done


# --- what cannot be had


def test_logout(issuer, keyring, tmp_path):
    assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
    refresh = issuer.refresh
    done = quivive("logout", "--profile", "work", home=tmp_path, env=keyring.env)
    assert done.exit == 0 and issuer.revoked == [refresh] and keyring.count() == 0 and not (tmp_path / "quivive/profiles/work.json").exists(), done


def test_a_locked_keyring(issuer, keyring, tmp_path):
    assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
    keyring.lock()
    with api(issuer) as server:
        for words in (["fetch", "--profile", "work", server.url], ["whoami", "--profile", "work"], ["token", "print", "--profile", "work"],
                      ["logout", "--profile", "work"], ["login", "--device", "--profile", "work"]):
            done = quivive(*words, home=tmp_path, env=keyring.env)
            assert done.exit == 3 and "unlock it" in done.err and done.err.count("\n") == 1, done
        assert not server.requests and not issuer.revoked
    status, out, err = sign_in(issuer, tmp_path, env=keyring.env, profile="another")
    assert status == 0 and f"kept in {tmp_path}" in out and "the keyring is locked" in out, err
    keyring.unlock()
    assert quivive("logout", "--profile", "work", home=tmp_path, env=keyring.env).exit == 0


def test_without_the_desktop_a_profile_can_be_moved(issuer, keyring, tmp_path):
    """As over ssh: there is no bus, and the tokens of before stay in the keyring."""
    assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
    done = fetch("--profile", "work", "http://127.0.0.1:1/", home=tmp_path)
    assert done.exit == 3 and "no session bus" in done.err, done
    refused = quivive("login", "--device", "--profile", "work", home=tmp_path)
    assert refused.exit == 3 and "--keep file moves it" in refused.err, refused
    status, out, err = sign_in(issuer, tmp_path, "--keep", "file")
    assert status == 0 and "still be in the Secret Service" in err and read(tmp_path, "work")["refresh_token"] == issuer.refresh
    assert quivive("whoami", "--profile", "work", home=tmp_path).exit == 0
    assert keyring.count() == 1 and read(tmp_path, "work")["left_in"] == "secret-service"
    assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
    assert keyring.count() == 0 and "left_in" not in read(tmp_path, "work"), "back at the desk, nothing is left behind"


@pytest.mark.parametrize("broken", [False, True])
def test_logout_removes_what_was_left_behind(issuer, keyring, tmp_path, broken):
    assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
    assert sign_in(issuer, tmp_path, "--keep", "file")[0] == 0
    path = tmp_path / "quivive/profiles/work.json"
    if broken:
        path.write_text("{")
    done = quivive("logout", "--profile", "work", home=tmp_path, env=keyring.env)
    assert done.exit == (3 if broken else 0) and keyring.count() == 0 and not path.exists(), done
    assert "Secret Service" not in done.err


def test_a_keyring_that_stays_locked_can_be_forgotten(issuer, keyring, tmp_path):
    assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
    keyring.lock()
    done = quivive("logout", "--forget", "--profile", "work", home=tmp_path, env=keyring.env)
    assert done.exit == 0 and "may still be in the Secret Service" in done.err and not issuer.revoked, done
    assert quivive("whoami", "--profile", "work", home=tmp_path, env=keyring.env).exit == 1
    keyring.unlock()
    assert keyring.count() == 1
    assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
    assert keyring.count() == 1 and kept(keyring)["refresh_token"] == issuer.refresh


def test_an_item_that_is_gone(issuer, keyring, tmp_path):
    assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
    keyring.clear("work")
    for words in (["fetch", "--profile", "work", "http://127.0.0.1:1/"], ["whoami", "--profile", "work"]):
        done = quivive(*words, home=tmp_path, env=keyring.env)
        assert done.exit == 1 and "sign in again with: quivive login --profile work" in done.err and done.err.count("\n") == 1, done
    assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
    assert kept(keyring)["refresh_token"] == issuer.refresh
    keyring.clear("work")
    done = quivive("logout", "--profile", "work", home=tmp_path, env=keyring.env)
    assert "the issuer was not told" in done.err and not (tmp_path / "quivive/profiles/work.json").exists(), done


def test_fetch_signs_in_where_the_item_is_gone(issuer, keyring, tmp_path):
    with Recording(lambda request, read_body: answer("200 OK", [], "orders")) as server:
        assert sign_in(issuer, tmp_path, "--origin", server.url, env=keyring.env)[0] == 0
        keyring.clear("work")
        # Nobody is asked for a token that would not go there.
        done = fetch("--login", "--device", "--profile", "work", "http://127.0.0.1:1/", home=tmp_path, env=keyring.env)
        assert done.exit == 1 and "sign in again with: quivive login --profile work" in done.err, done.err
        asked = len(issuer.device)
        going = Fetch("--login", "--device", "--profile", "work", server.url, home=tmp_path, env=keyring.env)
        going.line_with("WDJB-MJHT")
        issuer.device = {code: "approved" for code in issuer.device}
        status, out, err = going.end()
        assert (status, out) == (0, "orders") and len(issuer.device) == asked + 1, err
        assert kept(keyring)["refresh_token"] == issuer.refresh
        assert json.loads(file_text(tmp_path))["origins"] == [server.url]


def test_a_service_that_hangs_is_not_waited_for(issuer, keyring, tmp_path):
    assert sign_in(issuer, tmp_path, env=keyring.env)[0] == 0
    keyring.hang()
    hurried = fetch("--profile", "work", "--max-time", "0.5", "http://127.0.0.1:1/", home=tmp_path, env=keyring.env)
    assert hurried.exit == 3 and "did not answer within 0.5 s" in hurried.err, hurried
    waiting = [start(*words, home=tmp_path, env=keyring.env) for words in (["whoami", "--profile", "work"], ["logout", "--profile", "work"])]
    login = Login("--device", "--issuer", issuer.url, "--client-id", "cli", home=tmp_path, env=keyring.env)
    for process in waiting:
        status, out, err = finish(process)
        assert status == 3 and SLOW in err and err.count("\n") == 1, err
    login.line_with("WDJB-MJHT")
    issuer.device = {code: "approved" for code in issuer.device}
    status, out, err = login.end()
    assert status == 0 and f"default.json: the Secret Service {SLOW}" in out, out
