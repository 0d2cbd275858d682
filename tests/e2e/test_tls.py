"""TLS on the listener and to the upstream: what cannot be verified is not used, and what is missing refuses to start."""

import socket
import ssl
import warnings

import pytest

from harness import Connection, Gateway, Upstream, config, curl, eventually, expect, raw, start_refused
from harness.tls import self_signed, trusting

OPEN = {"accept": {"api_key": {"header": "X-API-Key"}}, "routes": [{"path": "/public/", "public": True}, {"path": "/"}]}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    return {name: self_signed(folder, name) for name in ("first", "second", "upstream", "stranger")}


def tls_files(pair):
    return {"server.crt": pair[0].read_bytes(), "server.key": pair[1].read_bytes()}


def listener(**more):
    return {"listen": {"address": "127.0.0.1:0", "tls": {"certificate": "server.crt", "key": "server.key"}}, **OPEN, **more}


# --- the listener

@pytest.fixture(scope="module")
def gateway(upstream, certificates):
    with Gateway(config(upstream.url, **listener()), files=tls_files(certificates["first"])) as running:
        yield running


def ask(gateway, certificate, target="/public/x"):
    with Connection(gateway.address, tls=trusting(certificate), server_name="127.0.0.1") as connection:
        connection.send(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")
        return connection.response()


def test_listener_speaks_tls(gateway, certificates):
    expect(gateway, ask(gateway, certificates["first"][0]), 200, "allowed")
    expect(gateway, ask(gateway, certificates["first"][0], "/x"), 401, "credentials-missing")


def test_upstream_is_told_of_tls(gateway, certificates):
    assert dict(ask(gateway, certificates["first"][0]).json()["fields"])["X-Forwarded-Proto"] == "https"


def test_curl_over_tls(gateway, certificates):
    url = f"https://127.0.0.1:{gateway.address[1]}/public/x"
    assert curl(url, "--cacert", str(certificates["first"][0])).status == 200
    assert curl(url, "--cacert", str(certificates["stranger"][0])).exit == 60, "another authority is not believed"


def test_plain_http_on_the_tls_port(gateway, certificates):
    with gateway.connect() as connection:
        connection.send("GET /public/x HTTP/1.1\r\nHost: a\r\n\r\n")
        while connection.fill():
            pass
        assert not connection.buffer.startswith(b"HTTP/1.1 2")
    expect(gateway, ask(gateway, certificates["first"][0]), 200, "allowed")


def test_old_versions_are_refused(gateway):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionResetError)), socket.create_connection(gateway.address, timeout=30) as sock:
        context.wrap_socket(sock).close()


def test_handshake_that_never_ends_holds_up_nobody(gateway, certificates):
    with gateway.connect() as silent:
        silent.send(b"\x16\x03\x01")
        expect(gateway, ask(gateway, certificates["first"][0]), 200, "allowed")


def test_smuggling_guards_hold_over_tls(gateway, certificates):
    """A rule that holds on one transport has to hold on the other."""
    data = b"POST /public/x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    context = trusting(certificates["first"][0])
    context.check_hostname = False
    response, = raw(gateway.address, data, tls=context, count=1)
    expect(gateway, response, 400, "request-malformed")


def test_certificate_is_changed_on_reload(upstream, certificates):
    with Gateway(config(upstream.url, **listener()), files=tls_files(certificates["first"])) as gateway:
        first, second = certificates["first"][0], certificates["second"][0]
        with Connection(gateway.address, tls=trusting(first), server_name="127.0.0.1") as kept:
            kept.send("GET /public/x HTTP/1.1\r\nHost: a\r\n\r\n")
            assert kept.response().status == 200
            for name, content in tls_files(certificates["second"]).items():
                gateway.write(name, content)
            gateway.reload()

            def new_one_is_shown():
                try:
                    return ask(gateway, second).status == 200
                except ssl.SSLCertVerificationError:
                    return False

            eventually(new_one_is_shown)
            with pytest.raises(ssl.SSLCertVerificationError):
                ask(gateway, first)
            kept.send("GET /public/x HTTP/1.1\r\nHost: a\r\n\r\n")
            assert kept.response().status == 200, "a connection in use is not cut"


@pytest.mark.parametrize("files, named", [
    ({}, "server."), ({"server.crt": "garbage", "server.key": "garbage"}, "server."),
], ids=["missing", "garbled"])
def test_listener_without_usable_certificate_refuses_to_start(upstream, files, named):
    result = start_refused(config(upstream.url, **listener()), files=files)
    assert result.exit in (2, 3) and named in result.err


def test_certificate_and_key_that_do_not_belong_together(upstream, certificates):
    files = {"server.crt": certificates["first"][0].read_text(), "server.key": certificates["second"][1].read_text()}
    result = start_refused(config(upstream.url, **listener()), files=files)
    assert result.exit in (2, 3) and "server." in result.err


# --- the upstream

@pytest.fixture(scope="module")
def tls_upstream(certificates):
    with Upstream(tls=certificates["upstream"]) as server:
        yield server


def test_upstream_that_is_verified(tls_upstream, certificates):
    made = config({"url": tls_upstream.url, "tls": {"ca": "ca.pem"}}, **OPEN)
    with Gateway(made, files={"ca.pem": certificates["upstream"][0].read_bytes()}) as gateway:
        for _ in range(3):
            expect(gateway, gateway.get("/public/x"), 200, "allowed")


def test_upstream_of_another_authority_is_not_believed(tls_upstream, certificates, marker):
    made = config({"url": tls_upstream.url, "tls": {"ca": "ca.pem"}}, **OPEN)
    with Gateway(made, files={"ca.pem": certificates["stranger"][0].read_bytes()}) as gateway:
        expect(gateway, gateway.get(f"/public/{marker}"), 502, "upstream-unreachable")
    assert tls_upstream.received(marker) == []


def test_upstream_of_the_system_authorities_is_the_default(tls_upstream, marker):
    with Gateway(config(tls_upstream.url, **OPEN)) as gateway:
        expect(gateway, gateway.get(f"/public/{marker}"), 502, "upstream-unreachable")
    assert tls_upstream.received(marker) == []


def test_upstream_with_another_name_is_not_believed(tls_upstream, certificates):
    made = config({"url": tls_upstream.url, "tls": {"ca": "ca.pem", "server_name": "other.example.com"}}, **OPEN)
    with Gateway(made, files={"ca.pem": certificates["upstream"][0].read_bytes()}) as gateway:
        expect(gateway, gateway.get("/public/x"), 502, "upstream-unreachable")


@pytest.mark.parametrize("content", [None, "", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
                         ids=["missing", "empty", "garbage", "garbled"])
def test_cve_2026_27586_ca_file_that_cannot_be_used_refuses_to_start(tls_upstream, content):
    """A swallowed error meant: any authority of the system."""
    made = config({"url": tls_upstream.url, "tls": {"ca": "ca.pem"}}, **OPEN)
    result = start_refused(made, files={} if content is None else {"ca.pem": content})
    assert result.exit in (2, 3) and "ca.pem" in result.err
