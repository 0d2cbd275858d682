"""Profiles: tokens that are refreshed once, by whoever comes first, and saved before they are used."""

import fcntl
import json
import stat

import pytest

from harness import eventually
from harness.fetching import FakeIssuer, Recording, answer, fetch, finish, start, token_text, write_profile

INVALID = 'WWW-Authenticate: Bearer realm="orders", error="invalid_token", error_description="the token has expired"'


@pytest.fixture
def issuer():
    with FakeIssuer() as server:
        yield server


def api(issuer, refusal=INVALID):
    """Takes what the issuer holds for good."""
    def serve(request, read_body):
        read_body()
        token = (request.authorization or "").removeprefix("Bearer ")
        return answer("200 OK", [], "orders") if token in issuer.good else answer("401 Unauthorized", [refusal], "no")
    return Recording(serve)


def read(path):
    return json.loads(path.read_text())


# --- one process


def test_a_good_token_is_used_as_it_is(issuer, tmp_path):
    access, refresh = issuer.issue()
    path = write_profile(tmp_path, "p", issuer, access=access, refresh=refresh)
    with api(issuer) as server:
        done = fetch("--profile", "p", server.url, home=tmp_path)
        assert (done.exit, done.out) == (0, "orders"), done.err
        assert len(server.requests) == 1 and not issuer.requests and read(path)["access_token"] == access


def test_a_refused_token_is_refreshed_once(issuer, tmp_path):
    _, refresh = issuer.issue()
    path = write_profile(tmp_path, "p", issuer, access=token_text(), refresh=refresh)
    with api(issuer) as server:
        done = fetch("-v", "--profile", "p", server.url, home=tmp_path)
        assert (done.exit, done.out) == (0, "orders"), done.err
        assert len(server.requests) == 2 and issuer.refreshes == [refresh]
        kept = read(path)
        assert kept["access_token"] in issuer.good and kept["refresh_token"] == issuer.refresh != refresh
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert kept["issuer"] == issuer.url and kept["revocation_endpoint"] == issuer.url + "/revoke", "the rest stays as it was"
        assert fetch("--profile", "p", server.url, home=tmp_path).exit == 0 and len(issuer.refreshes) == 1


def test_a_token_that_is_due_is_refreshed_before_it_is_sent(issuer, tmp_path):
    access, refresh = issuer.issue()
    write_profile(tmp_path, "p", issuer, access=access, refresh=refresh, expires_in=-5)
    with api(issuer) as server:
        done = fetch("--profile", "p", server.url, home=tmp_path)
        assert (done.exit, done.out) == (0, "orders"), done.err
        assert len(server.requests) == 1 and len(issuer.refreshes) == 1
        assert server.requests[0].authorization != f"Bearer {access}"


def test_the_new_tokens_are_saved_before_they_are_used(issuer, tmp_path):
    """What is in the file when the resource server sees the new token."""
    _, refresh = issuer.issue()
    path = write_profile(tmp_path, "p", issuer, access=token_text(), refresh=refresh)
    seen = []

    def serve(request, read_body):
        seen.append((request.authorization.removeprefix("Bearer "), read(path)))
        return answer("200 OK") if request.authorization.removeprefix("Bearer ") in issuer.good else answer("401 Unauthorized", [INVALID])
    with Recording(serve) as server:
        assert fetch("--profile", "p", server.url, home=tmp_path).exit == 0
    token, kept = seen[-1]
    assert len(seen) == 2 and kept["access_token"] == token and kept["refresh_token"] == issuer.refresh


def test_tokens_that_cannot_be_saved_are_not_used(issuer, tmp_path):
    _, refresh = issuer.issue()
    path = write_profile(tmp_path, "p", issuer, access=token_text(), refresh=refresh)
    path.parent.chmod(0o777)
    with api(issuer) as server:
        done = fetch("--profile", "p", server.url, home=tmp_path)
        assert done.exit == 3 and "chmod 700" in done.err, done
        assert len(server.requests) == 1 and not issuer.refreshes
    path.parent.chmod(0o700)


@pytest.mark.parametrize("refusal", ['WWW-Authenticate: Bearer realm="a", error="insufficient_scope", scope="admin"', 'WWW-Authenticate: Basic realm="proxy"', "X-Nothing: 1",
                                     'WWW-Authenticate: Bearer realm="a", error="invalid_request"'], ids=["scope", "basic", "none", "request"])
def test_a_401_that_is_not_about_the_token_refreshes_nothing(issuer, tmp_path, refusal):
    access, refresh = issuer.issue()
    write_profile(tmp_path, "p", issuer, access=access, refresh=refresh)
    with Recording(lambda request, read_body: answer("401 Unauthorized", [refusal], "no")) as server:
        done = fetch("--profile", "p", server.url, home=tmp_path)
        assert done.exit == 1 and not issuer.requests and len(server.requests) == 1, done


@pytest.mark.parametrize("status", ["403 Forbidden", "407 Proxy Authentication Required", "500 Internal Server Error"])
def test_other_statuses_refresh_nothing(issuer, tmp_path, status):
    access, refresh = issuer.issue()
    write_profile(tmp_path, "p", issuer, access=access, refresh=refresh)
    with Recording(lambda request, read_body: answer(status, [INVALID.replace("WWW", "Proxy" if "407" in status else "WWW")], "no")) as server:
        done = fetch("-f", "--profile", "p", server.url, home=tmp_path)
        assert done.exit == 1 and not issuer.requests and len(server.requests) == 1, done


def test_refreshed_once_and_still_refused(issuer, tmp_path):
    access, refresh = issuer.issue()
    write_profile(tmp_path, "p", issuer, access=access, refresh=refresh)
    with Recording(lambda request, read_body: answer("401 Unauthorized", [INVALID], "no")) as server:
        done = fetch("--profile", "p", server.url, home=tmp_path)
        assert done.exit == 1 and len(server.requests) == 2 and len(issuer.refreshes) == 1
        assert "a token that was just made" in done.err, done.err


def test_a_refresh_token_that_is_no_good(issuer, tmp_path):
    path = write_profile(tmp_path, "p", issuer, access=token_text(), refresh=token_text())
    before = path.read_text()
    with api(issuer) as server:
        done = fetch("--profile", "p", server.url, home=tmp_path)
        assert done.exit == 1 and "sign in again" in done.err and "invalid_grant" in done.err, done
        assert len(issuer.refreshes) == 1 and path.read_text() == before


@pytest.mark.parametrize("override", [(503, {}, "later"), (200, {"Content-Type": "text/html"}, "<html>sign in to this network</html>")], ids=["503", "page"])
def test_an_issuer_that_is_out_of_order_keeps_the_refresh_token(issuer, tmp_path, override):
    _, refresh = issuer.issue()
    path = write_profile(tmp_path, "p", issuer, access=token_text(), refresh=refresh)
    issuer.override = override
    with api(issuer) as server:
        done = fetch("--profile", "p", server.url, home=tmp_path)
        assert done.exit == 3 and "try later" in done.err, done
        assert read(path)["refresh_token"] == refresh
        issuer.override = None
        assert fetch("--profile", "p", server.url, home=tmp_path).exit == 0


def test_a_token_endpoint_that_redirects_is_not_followed(issuer, tmp_path):
    _, refresh = issuer.issue()
    write_profile(tmp_path, "p", issuer, access=token_text(), refresh=refresh)
    with Recording(lambda request, read_body: answer("200 OK", [], "mine now")) as thief, api(issuer) as server:
        issuer.override = (307, {"Location": thief.url + "/token"}, "")
        done = fetch("--profile", "p", server.url, home=tmp_path)
        assert done.exit == 1 and "redirects" in done.err, done
        assert not thief.requests and len(issuer.refreshes) == 1


def test_a_token_endpoint_without_tls_gets_nothing(issuer, tmp_path):
    write_profile(tmp_path, "p", issuer, access=token_text(), refresh=token_text(), token_endpoint="http://id.example.com/token")
    with api(issuer) as server:
        done = fetch("--profile", "p", server.url, home=tmp_path)
        assert done.exit == 1 and "https" in done.err, done


def test_a_profile_is_for_its_origins(issuer, tmp_path):
    access, refresh = issuer.issue()
    with api(issuer) as server, Recording(lambda request, read_body: answer("200 OK")) as other:
        write_profile(tmp_path, "p", issuer, access=access, refresh=refresh, origins=[server.url])
        assert fetch("--profile", "p", server.url, home=tmp_path).exit == 0
        done = fetch("--profile", "p", other.url, home=tmp_path)
        assert done.exit == 2 and "its token goes nowhere else" in done.err and not other.requests


def test_files_that_others_can_read_are_refused(issuer, tmp_path):
    access, refresh = issuer.issue()
    path = write_profile(tmp_path, "p", issuer, access=access, refresh=refresh)
    with api(issuer) as server:
        path.chmod(0o644)
        done = fetch("--profile", "p", server.url, home=tmp_path)
        assert done.exit == 2 and "chmod 600" in done.err and not server.requests
        path.chmod(0o600)
        link = path.with_name("link.json")
        link.symlink_to(path)
        done = fetch("--profile", "link", server.url, home=tmp_path)
        assert done.exit == 2 and "symbolic link" in done.err and not server.requests


# --- a profile that changes during a call


def test_a_profile_that_is_replaced_meanwhile_sends_nothing(issuer, tmp_path):
    """Another login under the same name: neither the old server nor the old issuer gets its tokens."""
    write_profile(tmp_path, "p", issuer, access=token_text(), refresh=token_text())
    with FakeIssuer() as other:
        access, refresh = other.issue()

        def serve(request, read_body):
            write_profile(tmp_path, "p", other, access=access, refresh=refresh)
            return answer("401 Unauthorized", [INVALID], "no")
        with Recording(serve) as server:
            done = fetch("--profile", "p", server.url, home=tmp_path)
            assert done.exit == 1 and "changed meanwhile, and is another sign-in now" in done.err and "To sign in:" not in done.err, done
            assert len(server.requests) == 1 and not issuer.requests and not other.requests


def test_a_profile_that_is_removed_meanwhile_asks_for_a_sign_in(issuer, tmp_path):
    path = write_profile(tmp_path, "p", issuer, access=token_text(), refresh=token_text())

    def serve(request, read_body):
        path.unlink()
        return answer("401 Unauthorized", [INVALID], "no")
    with Recording(serve) as server:
        done = fetch("--profile", "p", server.url, home=tmp_path)
        assert done.exit == 1 and "sign in again" in done.err and not issuer.requests, done


# --- several at once


def test_four_processes_one_refresh(tmp_path):
    """All meet an expired token at the same time; a second use of the refresh token would end the sign-in for all of them."""
    with FakeIssuer(delay=0.3) as issuer:
        _, refresh = issuer.issue()
        path = write_profile(tmp_path, "p", issuer, access=token_text(), refresh=refresh)
        with api(issuer) as server:
            running = [start("fetch", "--profile", "p", server.url, home=tmp_path) for _ in range(4)]
            results = [finish(process) for process in running]
            assert [(status, out) for status, out, _ in results] == [(0, "orders")] * 4, results
            assert issuer.refreshes == [refresh] and not issuer.stolen
            assert read(path)["refresh_token"] == issuer.refresh
            assert sorted(p.name for p in path.parent.iterdir()) == ["p.json", "p.json.lock"]


def test_a_process_that_waits_takes_what_the_other_saved(tmp_path):
    """The file's lock is held by somebody else, who has renewed the tokens by the time it is let go."""
    with FakeIssuer() as issuer:
        _, refresh = issuer.issue()
        path = write_profile(tmp_path, "p", issuer, access=token_text(), refresh=refresh)
        with api(issuer) as server, open(str(path) + ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = start("fetch", "--profile", "p", server.url, home=tmp_path)
            eventually(lambda: len(server.requests) == 1)
            access, _ = issuer.issue()
            write_profile(tmp_path, "p", issuer, access=access, refresh=issuer.refresh)
            fcntl.flock(lock, fcntl.LOCK_UN)
            status, out, err = finish(process)
            assert (status, out) == (0, "orders"), err
            assert not issuer.refreshes
