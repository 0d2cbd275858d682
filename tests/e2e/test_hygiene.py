"""Which fields reach the upstream: no inbound copy of what the gateway asserts, in no spelling, on no path."""

import itertools
import json

import pytest

from harness import Connection, Gateway, b64url_decode, basic, bearer, config, expect, key_field, secret


def folded(name):
    return "".join(c for c in name.lower() if c.isalnum())


def seen(response):
    """Field names as an upstream takes them that makes variables of them, with every value."""
    out = {}
    for name, value in response.json()["fields"]:
        out.setdefault(folded(name), []).append(value)
    return out


SPELLINGS = ["X-Quivive-Subject", "x-quivive-subject", "X_Quivive_Subject", "X.Quivive.Subject", "X-Quivive_Subject", "x_quivive-SUBJECT", "X--Quivive-Subject"]


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("path", ["/public/x", "/api/x", "/observe/x"])
def test_identity_cannot_be_asserted_by_the_client(api, issuer, name, path):
    response = api.get(path, [(name, "root"), *bearer(issuer.token(scope="rare")).items()])
    assert response.status == 200
    subjects = seen(response).get("xquivivesubject", [])
    assert "root" not in subjects
    assert subjects == ([] if path == "/public/x" else ["alice"])


@pytest.mark.parametrize("name", ["X-Quivive-Roles", "X-Quivive-Scopes", "X-Quivive-Key-Id", "X-Quivive-Assertion", "X-Quivive-Anything", "X-Quivive-Issuer"])
def test_everything_with_our_prefix_is_ours(api, issuer, name):
    """Those that this principal lacks, too: absence must not let the client's copy through."""
    response = api.get("/api/x", {name: "forged", **bearer(issuer.token())})
    assert "forged" not in list(itertools.chain(*seen(response).values()))


@pytest.mark.parametrize("how", ["options", "upgrade", "head", "post", "http10"])
def test_hygiene_holds_on_every_kind_of_request(api, upstream, marker, how):
    line, more, body = {
        "options": ("OPTIONS", "", ""),
        "upgrade": ("GET", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n", ""),
        "head": ("HEAD", "", ""),
        "post": ("POST", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        "http10": ("GET", "", ""),
    }[how]
    version = "1.0" if how == "http10" else "1.1"
    do = "?do=websocket" if how == "upgrade" else ""
    with api.connect() as connection:
        connection.send(f"{line} /public/{marker}{do} HTTP/{version}\r\nHost: a\r\nX_Quivive_Subject: root\r\nX-API-Key: abc\r\n{more}\r\n{body}")
        connection.response(line)
    head = upstream.wait_for(marker)[0].head.lower()
    assert b"root" not in head and b"x-api-key" not in head


@pytest.mark.parametrize("option", ["X-Quivive-Subject", "x-quivive-subject", "Authorization", "Host", "X-Forwarded-For", "x-forwarded-host", "X-Real-IP",
                                    "Content-Length", "Transfer-Encoding", "X-Request-Id", "Cookie"])
def test_connection_options_remove_nothing_that_counts(api, issuer, option):
    """GHSA-w9mr-28mw-j8hg, CVE-2024-45410, CVE-2026-29054: what the gateway adds cannot be named away."""
    plain = seen(api.request("POST", "/api/x", {**bearer(issuer.token()), "Cookie": "a=b"}, b"body"))
    named = seen(api.request("POST", "/api/x", [("Connection", f"close, {option}"), *bearer(issuer.token()).items(), ("Cookie", "a=b")], b"body"))
    for name in ("xquivivesubject", "xforwardedfor", "xforwardedhost", "xforwardedproto", "xrequestid", "host", "contentlength", "cookie"):
        assert len(named.get(name, [])) == len(plain.get(name, [])), name


def test_hop_by_hop_fields_end_here(api):
    fields = [("Connection", "X-Mine, keep-alive"), ("X-Mine", "1"), ("Keep-Alive", "timeout=1"), ("Proxy-Connection", "keep-alive"),
              ("TE", "trailers"), ("Proxy-Authorization", "Basic YTpi"), ("X-Other", "2")]
    names = seen(api.get("/public/x", fields))
    assert not {"xmine", "keepalive", "proxyconnection", "te", "proxyauthorization"} & set(names)
    assert names["xother"] == ["2"]


@pytest.mark.parametrize("name", ["Content_Length", "Transfer_Encoding", "Content.Length", "TRANSFER_ENCODING"])
def test_misspelt_framing_does_not_reach_the_upstream(api, name):
    """WSGI and CGI make CONTENT_LENGTH of both."""
    fields = seen(api.request("POST", "/public/x", {name: "chunked" if "ncod" in name.lower() else "3"}, b"body"))
    assert fields.get("contentlength") == ["4"] and "transferencoding" not in fields


def test_our_credentials_do_not_reach_the_upstream(api, api_key, issuer, people):
    credentials = [bearer(issuer.token()), key_field(api_key["key"]), basic(*people.alice), {"Authorization": f"ApiKey {api_key['key']}"}]
    for fields in credentials:
        response = expect(api, api.get("/api/x", fields), 200, "allowed")
        for value in fields.values():
            assert value not in response.text


def test_other_cookies_and_fields_pass(api):
    fields = seen(api.get("/public/x", [("Cookie", "a=1"), ("Cookie", "b=2"), ("Accept", "x/y"), ("X-Custom", "1"), ("X-Custom", "2")]))
    assert fields["xcustom"] == ["1", "2"] and "; ".join(fields["cookie"]).replace(", ", "; ") == "a=1; b=2"


def test_claims_cannot_end_a_field_line(api, issuer):
    """A subject with a line break, or with bytes that a server might fold."""
    for subject in ("eve\r\nX-Admin: 1", "eve\nX-Admin: 1", "eve\u2028x", "Zoë", "a%0d%0ab"):
        response = api.get("/api/x", bearer(issuer.token(sub=subject)))
        if response.status == 200:
            fields = seen(response)
            assert "xadmin" not in fields and len(fields["xquivivesubject"]) == 1
        else:
            expect(api, response, 401, "token-bad-claim")


# --- forwarded fields

def test_forwarded_fields_of_strangers_do_not_count(api, upstream):
    response = api.get("/public/x", {"X-Forwarded-For": "10.9.8.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "169.254.169.254",
                                     "X-Real-IP": "10.9.8.7", "Forwarded": "for=10.9.8.7;host=evil.test"})
    fields = seen(response)
    assert "10.9.8.7" not in str(fields) and "169.254.169.254" not in str(fields) and "evil.test" not in str(fields)
    assert fields["xforwardedfor"] == ["127.0.0.1"]
    assert api.log_line(response.id)["remote"] == "127.0.0.1"


SAID_BY_PROXIES = ["X-Forwarded-Email", "X-Forwarded-User", "x-forwarded-port", "X-Forwarded-Prefix", "X-Forwarded-Uri", "X-Original-URL", "X-Rewrite-URL",
                   "True-Client-IP", "X-Client-IP", "X-Cluster-Client-IP"]


@pytest.mark.parametrize("name", SAID_BY_PROXIES)
def test_only_trusted_proxies_say_such_things(api, behind_proxy, name):
    """CVE-2025-64484 and others: what upstreams believe of a proxy, rightly spelt."""
    assert folded(name) not in seen(api.get("/public/x", {name: "forged"}))
    assert seen(behind_proxy.get("/x", {name: "told"}))[folded(name)] == ["told"]


def test_proxy_is_no_field(api, behind_proxy):
    """httpoxy, CVE-2016-5385: no proxy means it."""
    for gateway, path in ((api, "/public/x"), (behind_proxy, "/x")):
        assert "proxy" not in seen(gateway.get(path, {"Proxy": "http://evil.test"}))


def test_the_nearest_proxys_word_on_the_scheme_counts(behind_proxy):
    """Of a proxy that adds its field to the client's."""
    response = behind_proxy.get("/x", [("X-Forwarded-Proto", "https"), ("X-Forwarded-Proto", "http")])
    assert seen(response)["xforwardedproto"] == ["http"]


@pytest.fixture(scope="module")
def behind_proxy(upstream):
    made = config(upstream.url, trusted_proxies=["127.0.0.0/8"], accept={"api_key": {"header": "X-API-Key"}}, routes=[{"path": "/", "public": True}])
    with Gateway(made) as running:
        yield running


def test_forwarded_fields_of_a_trusted_proxy_count(behind_proxy):
    response = behind_proxy.get("/x", {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"})
    assert behind_proxy.log_line(response.id)["remote"] == "203.0.113.7"
    assert seen(response)["xforwardedfor"][0].startswith("203.0.113.7")


def test_only_the_last_untrusted_address_counts(behind_proxy):
    """What is left of it was written by the client."""
    response = behind_proxy.get("/x", {"X-Forwarded-For": "1.1.1.1, 203.0.113.7, 127.0.0.9"})
    assert behind_proxy.log_line(response.id)["remote"] == "203.0.113.7"


@pytest.mark.parametrize("value", ["nonsense", "203.0.113.7, nonsense", "", ",", "203.0.113.999", "<script>"])
def test_garbled_forwarded_for_is_no_address(behind_proxy, value):
    response = behind_proxy.get("/x", {"X-Forwarded-For": value})
    assert response.status in (200, 400)
    assert behind_proxy.log_line(response.id)["remote"] == "127.0.0.1"


# --- names by configuration

@pytest.fixture(scope="module")
def renamed(upstream, issuer):
    made = config(upstream.url, accept={"bearer": {"issuers": [{"issuer": issuer.name, "audience": [issuer.audience], "keys": "file:jwks.json", "algorithms": ["ES256"]}]}},
                  identity={"headers": {"subject": "x-auth-user", "key_id": "X-Forwarded-Email", "roles": "Remote-Groups", "scopes": "X-Forwarded-User"}, "assertion": True},
                  routes=[{"path": "/public/", "public": True}, {"path": "/"}])
    with Gateway(made, files={"jwks.json": issuer.key_set()}) as running:
        yield running


@pytest.mark.parametrize("name", ["X-Auth-User", "x-auth-user", "X_Auth_User", "X.Auth.User", "X-Auth_User", "x.auth-USER"])
def test_configured_name_has_one_value_ours(renamed, issuer, name):
    """CVE-2026-33433, GHSA-rf44-j88r-hh8c: written under another spelling, the client's twin survived."""
    assert seen(renamed.get("/x", {name: "admin", **bearer(issuer.token())}))["xauthuser"] == ["alice"]
    assert "xauthuser" not in seen(renamed.get("/public/x", {name: "admin"}))


def test_space_in_a_name_is_refused(renamed, issuer):
    expect(renamed, renamed.get("/x", {"X Auth User": "admin", **bearer(issuer.token())}), 400, "request-malformed")


@pytest.mark.parametrize("name", ["X_Forwarded_User", "X-Forwarded-Email", "X-Forwarded-User", "Remote-Groups", "remote_groups"])
def test_configured_names_that_have_no_value_are_absent(renamed, issuer, name):
    """CVE-2025-64484, CVE-2026-30851: this token has no scope, no role and no key id; the client sends them."""
    fields = seen(renamed.get("/x", {name: "root", **bearer(issuer.token())}))
    assert folded(name) not in fields


def test_assertion_is_signed_by_a_published_key(renamed, issuer):
    fields = dict(renamed.get("/x", bearer(issuer.token(sub="assertive"))).json()["fields"])
    name = next(n for n in fields if n.lower() == "x-quivive-assertion")
    header, claims, _ = fields[name].split(".")
    header, claims = json.loads(b64url_decode(header)), json.loads(b64url_decode(claims))
    published = renamed.get("/.quivive/jwks.json").json()["keys"]
    assert header["kid"] in [key["kid"] for key in published] and all("d" not in key for key in published)
    assert claims["sub"] == "assertive" and 5 <= claims["exp"] - claims["iat"] <= 60
    secret(fields[name].rsplit(".", 1)[1])


def test_pooled_upstream_connection_mixes_no_identities(api, issuer):
    """Requests of different principals over the same connections: each arrives with its own."""
    tokens = {f"user{i}": bearer(issuer.token(sub=f"user{i}"))["Authorization"] for i in range(5)}
    with Connection(api.address) as connection:
        for _ in range(4):
            for subject, field in tokens.items():
                connection.send(f"GET /api/x HTTP/1.1\r\nHost: a\r\nAuthorization: {field}\r\n\r\n")
                assert seen(connection.response())["xquivivesubject"] == [subject]
            connection.send("GET /public/x HTTP/1.1\r\nHost: a\r\n\r\n")
            assert "xquivivesubject" not in seen(connection.response())
