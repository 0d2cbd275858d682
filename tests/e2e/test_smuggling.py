"""Requests that two programs could frame or read differently: refused with 400, the connection ended, nothing forwarded.

Each is sent to an open route with a second request behind it, which must reach nobody.
"""

import pytest

from harness import Truncated, expect, raw

SMUGGLED = b"GET /public/smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /public/x HTTP/1.1\r\nHost: a\r\n"
GET = b"GET /public/x HTTP/1.1\r\nHost: a\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
EMPTY = b"\r\n0\r\n\r\n"

FRAMING = {
    "length and chunked": POST + b"Content-Length: 5\r\n" + CHUNKED + EMPTY,
    "chunked and length": POST + CHUNKED + b"Content-Length: 5\r\n" + EMPTY,
    "chunked twice": POST + CHUNKED + CHUNKED + EMPTY,
    "chunked, chunked": POST + b"Transfer-Encoding: chunked, chunked\r\n" + EMPTY,
    "gzip, chunked": POST + b"Transfer-Encoding: gzip, chunked\r\n" + EMPTY,
    "chunked, identity": POST + b"Transfer-Encoding: chunked, identity\r\n" + EMPTY,
    "chunked in capitals": POST + b"Transfer-Encoding: Chunked\r\n" + EMPTY,
    "identity": POST + b"Transfer-Encoding: identity\r\n" + EMPTY,
    "gzip": POST + b"Transfer-Encoding: gzip\r\n" + EMPTY,
    "gzip with length": POST + b"Transfer-Encoding: gzip\r\nContent-Length: 0\r\n\r\n",
    "xchunked": POST + b"Transfer-Encoding: xchunked\r\n" + EMPTY,
    "quoted chunked": POST + b'Transfer-Encoding: "chunked"\r\n' + EMPTY,
    "chunked with vertical tab": POST + b"Transfer-Encoding: \x0bchunked\r\n" + EMPTY,
    "chunked with parameter": POST + b"Transfer-Encoding: chunked;a=b\r\n" + EMPTY,
    "empty coding": POST + b"Transfer-Encoding:\r\n" + EMPTY,
    "comma before chunked": POST + b"Transfer-Encoding: ,chunked\r\n" + EMPTY,
    "chunked on HTTP/1.0": POST.replace(b"1.1", b"1.0") + CHUNKED + EMPTY,
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "same length twice": POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde",
    "list of lengths": POST + b"Content-Length: 5, 5\r\n\r\nabcde",
    "plus": POST + b"Content-Length: +5\r\n\r\nabcde",
    "minus": POST + b"Content-Length: -5\r\n\r\nabcde",
    "hex": POST + b"Content-Length: 0x5\r\n\r\nabcde",
    "space in length": POST + b"Content-Length: 5 5\r\n\r\nabcde",
    "length overflow": POST + b"Content-Length: 18446744073709551621\r\n\r\nabcde",
    "long length": POST + b"Content-Length: " + b"0" * 100 + b"5\r\n\r\nabcde",
    "empty length": POST + b"Content-Length:\r\n\r\n",
    "decimal point": POST + b"Content-Length: 5.0\r\n\r\nabcde",
}

HEADS = {
    "bare LF": b"GET /public/x HTTP/1.1\nHost: a\n\n",
    "bare LF in the middle": b"GET /public/x HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
    "bare CR": b"GET /public/x HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
    "LF ends the head": b"GET /public/x HTTP/1.1\r\nHost: a\r\n\n",
    "CR CR LF": GET + b"X: b\r\r\n\r\n",
    "obs-fold": GET + b"X: b\r\n c\r\n\r\n",
    "obs-fold tab": GET + b"X: b\r\n\tTransfer-Encoding: chunked\r\n\r\n",
    "fold before the first field": b"GET /public/x HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n",
    "space before colon": GET + b"Content-Length : 5\r\n\r\nabcde",
    "tab before colon": GET + b"Transfer-Encoding\t: chunked\r\n\r\n",
    "space in a name": GET + b"X Y: b\r\n\r\n",
    "empty name": GET + b": b\r\n\r\n",
    "no colon": GET + b"nonsense\r\n\r\n",
    "NUL in a value": GET + b"X: a\x00b\r\n\r\n",
    "NUL in a name": GET + b"X\x00Y: b\r\n\r\n",
    "control in a value": GET + b"X: a\x01b\r\n\r\n",
    "DEL in a value": GET + b"X: a\x7fb\r\n\r\n",
    "high byte in a name": GET + b"X\xe9: b\r\n\r\n",
    "no Host": b"GET /public/x HTTP/1.1\r\n\r\n",
    "two Hosts": GET + b"Host: b\r\n\r\n",
    "same Host twice": GET + b"host: a\r\n\r\n",
    "empty Host": b"GET /public/x HTTP/1.1\r\nHost:\r\n\r\n",
    "Host with path": b"GET /public/x HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "Host with user": b"GET /public/x HTTP/1.1\r\nHost: u@a\r\n\r\n",
    "Host list": b"GET /public/x HTTP/1.1\r\nHost: a, b\r\n\r\n",
    "Host with bad port": b"GET /public/x HTTP/1.1\r\nHost: a:99999\r\n\r\n",
    "Host with space": b"GET /public/x HTTP/1.1\r\nHost: a b\r\n\r\n",
    "HTTP/0.9": b"GET /public/x\r\n\r\n",
    "HTTP/2.0": b"GET /public/x HTTP/2.0\r\nHost: a\r\n\r\n",
    "HTTP/1.2": b"GET /public/x HTTP/1.2\r\nHost: a\r\n\r\n",
    "HTTP/1.10": b"GET /public/x HTTP/1.10\r\nHost: a\r\n\r\n",
    "lower-case protocol": b"GET /public/x http/1.1\r\nHost: a\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "two spaces": b"GET  /public/x HTTP/1.1\r\nHost: a\r\n\r\n",
    "tab for space": b"GET\t/public/x HTTP/1.1\r\nHost: a\r\n\r\n",
    "space in the target": b"GET /public/x y HTTP/1.1\r\nHost: a\r\n\r\n",
    "space at the end": b"GET /public/x HTTP/1.1 \r\nHost: a\r\n\r\n",
    "space at the start": b" GET /public/x HTTP/1.1\r\nHost: a\r\n\r\n",
    "bad method": b"GE(T /public/x HTTP/1.1\r\nHost: a\r\n\r\n",
    "TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n" * 4,
    "response": b"HTTP/1.1 200 OK\r\nHost: a\r\n\r\n",
    "bad Connection option": GET + b"Connection: close, b\xc3\xa4d\r\n\r\n",
}

TARGETS = {
    "CONNECT": b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
    "authority": b"GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    "asterisk": b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "other authority": b"GET http://b/public/x HTTP/1.1\r\nHost: a\r\n\r\n",
    "absolute with user": b"GET http://u@a/public/x HTTP/1.1\r\nHost: a\r\n\r\n",
    "other scheme": b"GET ftp://a/public/x HTTP/1.1\r\nHost: a\r\n\r\n",
    "no slash": b"GET public/x HTTP/1.1\r\nHost: a\r\n\r\n",
    **{path: f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode("latin-1") for path in (
        "/public/../admin/users", "/public/./x", "/public/..", "/public/.", "/public/%2e%2e/admin", "/public/%2E./admin", "/public/.%2e/admin",
        "//public/x", "/public//x", "/public/x//", "/public\\..\\admin", "/public/%5c..%5cadmin", "/public/a%2fb", "/public/a%2Fb", "/public/%00",
        "/public/x%0d%0aX:y", "/public/%0a", "/public/%7f", "/public/x%23y", "/public/x%3fy", "/public/#/../admin", "/public/x#y",
        "/public/..;/admin", "/public/..;x=1/admin", "/public/%2e%2e;/admin", "/public/%", "/public/%4", "/public/%zz", "/public/%u002e",
        "/public/%c0%ae%c0%ae/admin", "/public/%c0%af", "/public/%e0%80%af", "/public/%ff", "/public/%ed%a0%80", "/public/\xe9", "/public/\"x\"", "/public/<x>")},
}

CHUNKS = {
    "no size": b"\r\nhello\r\n0\r\n\r\n",
    "prefix": b"0x5\r\nhello\r\n0\r\n\r\n",
    "sign": b"+5\r\nhello\r\n0\r\n\r\n",
    "minus": b"-5\r\nhello\r\n0\r\n\r\n",
    "overflow": b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    "space before": b" 5\r\nhello\r\n0\r\n\r\n",
    "space after": b"5 \r\nhello\r\n0\r\n\r\n",
    "bare LF": b"5\nhello\n0\n\n",
    "LF in an extension": b"5;a\nhello\r\n0\r\n\r\n",
    "no end of data": b"5\r\nhello0\r\n\r\n",
    "longer than said": b"5\r\nhelloX\r\n0\r\n\r\n",
    "CR CR": b"5\r\r\nhello\r\n0\r\n\r\n",
    "endless extension": b"5;" + b"a" * 70_000 + b"\r\nhello\r\n0\r\n\r\n",
    "bad trailer": b"5\r\nhello\r\n0\r\nbad name: x\r\n\r\n",
    "huge trailer": b"5\r\nhello\r\n0\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
}


def refused(api, upstream, data):
    """Sends `data` and a request behind it; the one response to the first. Nothing reaches the upstream."""
    before = len(upstream.received(""))
    responses = raw(api.address, data + SMUGGLED)
    assert len(responses) == 1, [r.status for r in responses]
    assert len(upstream.received("")) == before, upstream.received("")[-1].head
    return responses[0]


@pytest.mark.parametrize("name", FRAMING)
def test_ambiguous_framing(api, upstream, name):
    expect(api, refused(api, upstream, FRAMING[name]), 400, "request-malformed")


@pytest.mark.parametrize("name", HEADS)
def test_malformed_head(api, upstream, name):
    expect(api, refused(api, upstream, HEADS[name]), 400, "request-malformed")


@pytest.mark.parametrize("name", TARGETS)
def test_ambiguous_target(api, upstream, name):
    """The message itself is well framed, so the connection may go on; the target is refused in any case."""
    before = len(upstream.received(""))
    with api.connect() as connection:
        connection.send(TARGETS[name])
        response = connection.response()
    expect(api, response, 400, ("request-target-ambiguous", "request-malformed"))
    assert len(upstream.received("")) == before


@pytest.mark.parametrize("name", CHUNKS)
def test_malformed_chunks(api, upstream, marker, name):
    """Seen only after the verdict: the upstream has the head, and must not take the body for whole."""
    data = f"POST /public/{marker} HTTP/1.1\r\nHost: a\r\n".encode() + CHUNKED + b"\r\n" + CHUNKS[name] + SMUGGLED
    try:
        responses = raw(api.address, data)
    except Truncated:
        responses = []
    assert [r.status for r in responses] in ([], [400])
    for response in responses:
        expect(api, response, 400, "request-malformed")
    assert not upstream.received("smuggled")
    assert all(r.body_sha256 == "" for r in upstream.received(marker)), "the upstream took a broken body for whole"


@pytest.mark.parametrize("data", [
    b"GET http://a/public/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"\r\nGET /public/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"GET /public/x%25 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"GET /public/%C3%A9 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"GET /public/x?a=//../%2f HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"GET /public/x HTTP/1.1\r\nHOST:a\r\nX-Empty:\r\nX-Tab:\tv\t\r\nX-High: caf\xe9\r\nConnection: close\r\n\r\n",
    b"POST /public/x HTTP/1.1\r\nHost: [::1]:8080\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
], ids=["absolute form", "empty line before", "percent", "UTF-8", "query is free", "spelling", "IPv6 host"])
def test_what_is_right_passes(api, data):
    """A guard that refuses everything would pass the tests above."""
    response, = raw(api.address, data)
    expect(api, response, 200, "allowed")


def test_absolute_form_is_forwarded_as_origin_form(api):
    response, = raw(api.address, b"GET http://a/public/x?q HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert response.json()["target"] == "/public/x?q"
