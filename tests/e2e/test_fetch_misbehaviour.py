"""`quivive fetch` at servers that behave badly: how often it sends, what it sends twice, and to whom it shows a credential."""

import itertools

import pytest

from harness import basic_field, forward_proxy, secret
from harness.fetching import Recording, answer, fetch
from harness.tls import self_signed

PASSWORD = secret("harbour-lantern-5150")
TOKEN = secret("harbour-opaque-token-5150")
KEY = secret("harbour-key-of-one-origin-5150")

UNAUTHORIZED = "401 Unauthorized"


def guarded(*challenges, needs=1):
    """401 with these challenges until the `needs`-th Authorization has come."""
    seen = itertools.count(1)

    def serve(request, read_body):
        read_body()
        if request.authorization and next(seen) >= needs:
            return answer("200 OK", [], "in")
        return answer(UNAUTHORIZED, [f"WWW-Authenticate: {challenge}" for challenge in challenges], "out")
    return serve


def with_password(*arguments, **more):
    return fetch("-v", "-u", "alice", "--password-stdin", *arguments, stdin=PASSWORD, **more)


# --- how often


def never(*fields):
    count = itertools.count()

    def serve(request, read_body):
        read_body()
        return answer(UNAUTHORIZED, [field.replace("COUNT", str(next(count))) for field in fields], "no")
    return serve


@pytest.mark.parametrize("fields", [
    ['WWW-Authenticate: Basic realm="a"'],
    ['WWW-Authenticate: Digest realm="a", nonce="nCOUNT", qop="auth", algorithm=SHA-256'],
    ['WWW-Authenticate: Digest realm="a", nonce="nCOUNT", qop="auth", stale=true'],
    ['WWW-Authenticate: Digest realm="aCOUNT", nonce="nCOUNT", qop="auth"', 'WWW-Authenticate: Basic realm="COUNT"'],
    ['WWW-Authenticate: Bearer error="invalid_token"', "Retry-After: 0"],
    [],
], ids=["basic", "digest", "stale", "realms", "bearer", "none"])
def test_endless_401s_get_three_requests_at_most(fields):
    with Recording(never(*fields)) as server:
        done = with_password(server.url)
        assert done.exit == 1 and len(server.requests) <= 3
        sent = [r.authorization for r in server.requests if r.authorization]
        assert len(sent) == len(set(sent)), "a refused credential was sent again"


@pytest.mark.parametrize("option, value", [("--bearer-file", TOKEN), ("--key-file", KEY)])
def test_a_refused_token_or_key_is_sent_once(option, value):
    with Recording(never('WWW-Authenticate: Bearer realm="a", error="invalid_token"')) as server:
        assert fetch(option, "-", server.url, stdin=value).exit == 1
        assert len(server.requests) == 1


def test_retry_after_is_told_and_waited_for_only_if_asked():
    count = itertools.count()

    def busy(request, read_body):
        return answer("503 Service Unavailable", ["Retry-After: 1"], "busy") if next(count) % 2 == 0 else answer("200 OK", [], "now")
    with Recording(busy) as server:
        done = fetch(server.url)
        assert (done.exit, done.out, len(server.requests)) == (0, "busy", 1) and "come back in 1 s" in done.err, done
    count = itertools.count()
    with Recording(busy) as server:
        done = fetch("--max-wait", "5", server.url)
        assert (done.exit, done.out, len(server.requests)) == (0, "now", 2), done


# --- bodies


def test_a_body_that_was_read_is_not_replayed(tmp_path):
    """The server reads the stream before it refuses: what comes a second time would be an empty body under a valid credential."""
    data = b"x" * 100_000
    file = tmp_path / "password"
    file.write_text(PASSWORD)
    with Recording(guarded('Basic realm="a"')) as server:
        done = fetch("-T", "-", "-u", "alice", "--password-file", file, server.url, stdin=data)
        assert done.exit == 1 and done.out == "out", done
        assert "cannot be sent again" in done.err or "read only once" in done.err, done.err
        assert len(server.requests) == 1 and server.body_bytes == len(data)


def test_a_stream_survives_a_401_that_comes_first(tmp_path):
    """Expect: 100-continue: the refusal comes before a byte of the body, which then goes out once, with the credential."""
    file = tmp_path / "password"
    file.write_text(PASSWORD)
    data = b"y" * 300_000

    def careful(request, read_body):
        if not request.authorization:
            return answer(UNAUTHORIZED, ['WWW-Authenticate: Basic realm="a"', "Connection: close"], "out")
        read_body()
        return answer("200 OK", [], "in")
    with Recording(careful) as server:
        done = fetch("-T", "-", "-u", "alice", "--password-file", file, server.url, stdin=data)
        assert (done.exit, done.out) == (0, "in"), done.err
        assert [r.body for r in server.requests] == [b"", data] and server.body_bytes == len(data)


def test_a_file_is_sent_again(tmp_path):
    file = tmp_path / "body"
    file.write_bytes(b"z" * 70_000)
    with Recording(guarded('Basic realm="a"')) as server:
        done = with_password("-T", file, server.url)
        assert (done.exit, done.out) == (0, "in"), done.err
        assert [len(r.body) for r in server.requests] == [70_000, 70_000]


# --- redirects


def redirecting(*locations):
    left = list(locations)

    def serve(request, read_body):
        read_body()
        return answer("302 Found", [f"Location: {left.pop(0)}", "Set-Cookie: session=planted"]) if left else answer("200 OK", [], "arrived")
    return serve


@pytest.mark.parametrize("option, value, field", [("--bearer-file", TOKEN, "Authorization"), ("--key-file", KEY, "X-API-Key")])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "sub.localhost"])
def test_another_origin_receives_no_credential(option, value, field, host):
    """Another port; another name for the same address; a subdomain."""
    def elsewhere(request, read_body):
        return answer(UNAUTHORIZED, ['WWW-Authenticate: Bearer realm="collector"', 'WWW-Authenticate: Basic realm="collector"'], "give it to me")
    with Recording(elsewhere) as collector, Recording(redirecting(f"http://{host}:{collector.port}/x")) as server:
        done = fetch("-L", "-v", option, "-", server.url, stdin=value)
        assert len(server.requests) == 1 and server.requests[0].get(field), "its own origin receives it"
        assert collector.requests, done.err
        for request in collector.requests:
            assert value not in str(request.fields) and request.get("Cookie") is None
        assert done.exit == 1 and len(collector.requests) == 1
        assert "redirect-dropped-auth" in done.err or "does not go" in done.err, done.err


def test_fields_of_the_callers_own_stay_too():
    with Recording(lambda request, read_body: answer("200 OK", [], "arrived")) as collector, Recording(redirecting(f"http://127.0.0.1:{collector.port}/x")) as server:
        fetch("-L", "-H", f"X-Device-Token: {KEY}", "-H", f"Authorization: Bearer {TOKEN}", "-H", "Cookie: a=" + secret("cookie-of-one-origin"), "-H", "Accept: text/plain", server.url)
        first, second = server.requests[0], collector.requests[0]
        assert first.authorization and first.get("X-Device-Token") and first.get("Cookie")
        assert second.authorization is None and second.get("Cookie") is None and second.get("X-Device-Token") is None
        assert second.get("Accept") == "text/plain"


def test_the_same_origin_receives_it_again():
    with Recording(redirecting("/there")) as server:
        done = fetch("-L", "--bearer-file", "-", server.url + "/here", stdin=TOKEN)
        assert (done.exit, done.out) == (0, "arrived")
        assert [r.target for r in server.requests] == ["/here", "/there"]
        assert all(r.authorization == f"Bearer {TOKEN}" for r in server.requests)


def test_back_again_through_another_origin():
    """There and back: the second visit is a request like any other of that origin."""
    servers = {}

    def first(request, read_body):
        return answer("302 Found", [f"Location: http://localhost:{servers['second'].port}/b"]) if request.target == "/a" else answer("200 OK", [], "home")
    with Recording(first) as one:
        with Recording(lambda request, read_body: answer("302 Found", [f"Location: {one.url}/c"])) as two:
            servers["second"] = two
            done = fetch("-L", "--bearer-file", "-", one.url + "/a", stdin=TOKEN)
            assert (done.exit, done.out) == (0, "home")
            assert two.requests[0].authorization is None
            assert one.requests[1].authorization == f"Bearer {TOKEN}"


@pytest.mark.parametrize("location", ["https://127.0.0.1:1/", "ftp://127.0.0.1/x", "file:///etc/passwd", "http://user:pass@127.0.0.1:1/", "//[::1"])
def test_where_a_redirect_cannot_lead(location):
    with Recording(redirecting(location)) as server:
        done = fetch("-L", "-v", "--bearer-file", "-", server.url, stdin=TOKEN)
        assert done.exit in (1, 3) and len(server.requests) == 1, done


def test_without_L_a_redirect_is_the_answer():
    with Recording(redirecting("http://127.0.0.1:1/")) as server:
        done = fetch("-i", server.url)
        assert done.exit == 0 and "302 Found" in done.out and len(server.requests) == 1


def test_endless_redirects_end():
    with Recording(lambda request, read_body: answer("302 Found", ["Location: /again"])) as server:
        done = fetch("-L", server.url)
        assert done.exit == 1 and len(server.requests) <= 21, done


def test_a_redirect_after_a_post_drops_the_body():
    with Recording(lambda request, read_body: (read_body(), answer("303 See Other", ["Location: /done"]) if request.target == "/" else answer("200 OK", [], "done"))[1]) as server:
        assert fetch("-L", "-d", "a=1", server.url).out == "done"
        assert [(r.method, r.body) for r in server.requests] == [("POST", b"a=1"), ("GET", b"")]


# --- TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return self_signed(tmp_path_factory.mktemp("tls"), "server")


def test_a_certificate_that_nobody_vouches_for(certificate):
    with Recording(redirecting(), tls=certificate) as server:
        done = fetch("--bearer-file", "-", server.url, stdin=TOKEN)
        assert done.exit == 3 and "certificate" in done.err.lower() and not server.requests, done
        done = fetch("--cacert", certificate[0], "--bearer-file", "-", server.url, stdin=TOKEN)
        assert (done.exit, done.out) == (0, "arrived"), done.err
        assert server.requests[0].authorization == f"Bearer {TOKEN}"


def test_another_scheme_is_another_origin(certificate):
    with Recording(lambda request, read_body: answer("200 OK", [], "plain")) as plain, Recording(redirecting(plain.url + "/x"), tls=certificate) as server:
        fetch("-L", "--cacert", certificate[0], "--bearer-file", "-", server.url, stdin=TOKEN)
        assert server.requests[0].authorization and all(r.authorization is None for r in plain.requests)


# --- proxies


def test_a_proxy_of_the_environment_that_wants_credentials():
    """Its 407 is not answered with the server's credential, and names the proxy."""
    plain = ("--allow-plain-http", "--key-file", "-", "http://192.0.2.2/")  # the proxy knows where that is
    with Recording(redirecting()) as server, forward_proxy(basic_field("proxy-user", "proxy-pass-0817"), every_host=server.url) as proxy:
        done = fetch(*plain, stdin=KEY, env={"http_proxy": proxy.url})
        assert done.exit == 1 and "proxy-407" in done.err and not server.requests, done.err
        assert len(proxy.requests) == 1
        account = proxy.url.replace("http://", "http://proxy-user:" + secret("proxy-pass-0817") + "@")
        done = fetch(*plain, stdin=KEY, env={"http_proxy": account})
        assert (done.exit, done.out) == (0, "arrived"), done.err
        assert server.requests[0].get("X-API-Key") == KEY


def test_a_tunnel_is_told_nothing_of_the_server(certificate):
    """CONNECT goes to the proxy in the clear: the credential waits for TLS."""
    refused = answer("403 Forbidden", [], "no tunnels")
    with Recording(lambda request, read_body: refused) as proxy, Recording(redirecting(), tls=certificate) as server:
        done = fetch("--bearer-file", "-", server.url, stdin=TOKEN, env={"https_proxy": proxy.url})
        assert done.exit == 3 and not server.requests, done.err
        assert [r.method for r in proxy.requests] == ["CONNECT"] and TOKEN not in str(proxy.requests[0].fields)


# --- downgrades


def test_never_from_digest_down_to_basic():
    """Digest was offered and its answer refused; then only Basic is. The password does not follow as Basic."""
    answers = iter([['Digest realm="a", nonce="n1", qop="auth", algorithm=SHA-256'], ['Basic realm="a"'], ['Basic realm="a"']])

    def downgrading(request, read_body):
        return answer(UNAUTHORIZED, [f"WWW-Authenticate: {c}" for c in next(answers)], "no")
    with Recording(downgrading) as server:
        done = with_password(server.url)
        assert done.exit == 1
        assert not any((r.authorization or "").startswith("Basic") for r in server.requests), "the password went out as Basic"


def test_digest_is_preferred_to_basic_whatever_the_order():
    with Recording(guarded('Basic realm="a"', 'Digest realm="a", nonce="n", qop="auth", algorithm=MD5', 'Digest realm="a", nonce="n", qop="auth", algorithm=SHA-256')) as server:
        assert with_password(server.url).exit == 0
        assert "algorithm=SHA-256" in server.requests[1].authorization


def test_a_digest_server_that_cannot_prove_itself():
    with Recording(lambda request, read_body: answer("200 OK", ['Authentication-Info: rspauth="00000000000000000000000000000000", qop=auth, nc=00000001, cnonce="x"'], "forged")
                   if request.authorization else answer(UNAUTHORIZED, ['WWW-Authenticate: Digest realm="a", nonce="n", qop="auth"'])) as server:
        done = with_password(server.url)
        assert done.exit == 1 and "forged" not in done.out and "rspauth" in done.err, done


# --- what a server says back


def test_what_a_server_repeats_of_a_secret_is_not_told():
    def parrot(request, read_body):
        said = request.get("X-Odd-Name") or request.authorization or ""
        return answer(UNAUTHORIZED, [f'WWW-Authenticate: Bearer error="invalid_token", error_description="{said} is no good"'], f'{{"error": "{said}"}}')
    with Recording(parrot) as server:
        done = fetch("-v", "-o", "/dev/null", "--key-file", "-", "--key-header", "X-Odd-Name", server.url, stdin=KEY)
        assert done.exit == 1 and server.requests[0].get("X-Odd-Name") == KEY
        assert fetch("-v", "-o", "/dev/null", "--bearer-file", "-", server.url, stdin=TOKEN).exit == 1


def test_fields_of_the_callers_own_are_not_told(tmp_path):
    """Any field may hold a key. What is known to be harmless is shown."""
    file = tmp_path / "fields"
    file.write_text("X-Whatever: " + secret("key-in-a-field-of-any-name") + "\nX-Spaced: " + secret("one-half-of-a-key") + " " + secret("other-half-of-a-key") + "\nAccept: text/plain\n")
    with Recording(never('WWW-Authenticate: Bearer realm="a"')) as server:
        done = fetch("-v", "-H", f"@{file}", server.url)
        assert done.exit == 1 and "X-Whatever" in done.err and "text/plain" in done.err, done.err


def test_a_large_refusal_is_not_read_to_its_end():
    """Of a 401 that is answered, 64 KiB are read and no more; the next request comes all the same."""
    def endless(request, read_body):
        return answer("200 OK", [], "in") if request.authorization else answer(UNAUTHORIZED, ['WWW-Authenticate: Basic realm="a"'], b"x" * 5_000_000)
    with Recording(endless) as server:
        done = with_password(server.url)
        assert (done.exit, done.out) == (0, "in")


def test_escapes_of_a_server_reach_no_terminal():
    with Recording(lambda request, read_body: answer("401 Un\x1b[2Jauthorized", ['WWW-Authenticate: Basic realm="\x1b]0;owned\x07"'], "\x1b[31m")) as server:
        done = with_password("-o", "/dev/null", server.url)
        assert "\x1b" not in done.err, done.err


# --- what libcurl would do by itself


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_request_that_was_lost_on_a_kept_connection_is_not_sent_again(method):
    """The server answers a 401 on the connection, reads the next request whole, and closes without an answer: it may have acted on it."""
    def serve(request, read_body):
        read_body()
        if request.authorization:
            raise ValueError("closed")
        return answer(UNAUTHORIZED, ['WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256'])
    with Recording(serve) as server:
        body = ["-d", "pay=100"] if method == "POST" else []
        done = with_password(*body, server.url + "/pay")
        assert done.exit == 3 and done.err.count("send ") <= 2, done.err
        with_credentials = [request for request in server.requests if request.authorization]
        assert len(with_credentials) == 1, [request.method for request in server.requests]


def test_a_417_is_the_answer():
    with Recording(lambda request, read_body: answer("417 Expectation Failed", [], "no")) as server:
        done = fetch("-i", "-T", "-", server.url + "/up", stdin="a stream")
        assert len(server.requests) == 1 and "417 Expectation Failed" in done.out, (len(server.requests), done.err)


def test_trailers_without_end_are_not_read():
    """Chunked, and then fields for ever."""
    endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n" + b"X-More: " + b"a" * 1000 + b"\r\n"
    with Recording(lambda request, read_body: endless + (b"X-More: " + b"a" * 1000 + b"\r\n") * 5000) as server:
        done = fetch(server.url + "/")
        assert done.exit == 3 and "trailers" in done.err, done.err


def test_what_may_go_in_the_clear_on_this_machine_is_shown_to_no_proxy():
    with Recording(lambda request, read_body: answer("200 OK", [], "by the proxy")) as proxy:
        done = with_password("--basic", "http://localhost:1/x", env={"http_proxy": proxy.url})
        assert done.exit == 3 and not proxy.requests


def test_a_field_of_the_callers_own_is_no_exception_on_plain_http(tmp_path):
    (tmp_path / "field").write_text(f"X-API-Key: {KEY}\n")
    done = fetch("-H", f"@{tmp_path}/field", "http://192.0.2.2:1/x")
    assert done.exit == 2 and "plain http" in done.err, done.err
