"""What the upstream does with a request, by the name in its query (`?do=…`). Each returns whether the connection goes on."""

import hashlib
import base64
import json

TABLE = {}
WEBSOCKET_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def behaviour(function):
    TABLE[function.__name__.replace("_", "-")] = function
    return function


def respond(link, status="200 OK", fields=(), body=b"", *, length=True):
    lines = [f"HTTP/1.1 {status}", *fields]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    link.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (b"" if link.request.method == "HEAD" else body))
    return True


@behaviour
def echo(link):
    """What arrived, as JSON; ?status= and repeated ?field=Name:value shape the response."""
    link.read_body()
    r = link.request
    body = json.dumps({
        "method": r.method, "target": r.target, "fields": r.fields, "head": r.head.decode("latin-1"), "connection": r.connection,
        "body_bytes": r.body_bytes, "body_sha256": r.body_sha256, "trailers": r.trailers.decode("latin-1"),
    }).encode()
    extra = [r.option("field")] if r.option("field") else []
    return respond(link, r.option("status", "200 OK"), ["Content-Type: application/json", "Server: upstream", *extra], body)


@behaviour
def page(link):
    """A page for browsers: ?html= in its body, and repeated ?field=Name:value."""
    link.read_body()
    body = f"<!doctype html><title>page</title>{link.request.option('html', '<p>a page</p>')}".encode()
    return respond(link, fields=["Content-Type: text/html; charset=utf-8", *link.request.options("field")], body=body)


@behaviour
def chunked(link):
    """A body in chunks, with an extension and a trailer, which must not come through."""
    link.read_body()
    link.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Checksum\r\n\r\n"
              b"6;note=x\r\nhello \r\n5\r\nworld\r\n0\r\nX-Checksum: 42\r\n\r\n")
    return True


@behaviour
def until_close(link):
    link.read_body()
    link.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nends with the connection")
    return False


@behaviour
def stream(link):
    """?bytes= of a pattern, never held as a whole."""
    link.read_body()
    missing = int(link.request.option("bytes"))
    link.send(f"HTTP/1.1 200 OK\r\nContent-Length: {missing}\r\n\r\n".encode())
    piece = bytes(range(256)) * 4096
    while missing:
        link.send(piece[:missing])
        missing -= min(missing, len(piece))
    return True


@behaviour
def events(link):
    """Server-sent events, each after its gate is opened: one that waits in a buffer is never seen."""
    link.read_body()
    link.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    for name in link.request.option("gates").split(","):
        link.upstream.gate(name).wait(30)
        text = f"data: {name}\n\n".encode()
        link.send(b"%x\r\n%s\r\n" % (len(text), text))
    link.send(b"0\r\n\r\n")
    return True


@behaviour
def slow(link):
    """Answers when ?gate= opens."""
    link.read_body()
    link.upstream.gate(link.request.option("gate")).wait(60)
    return respond(link, body=b"at last")


@behaviour
def half(link):
    """Half a body now, the rest when ?gate= opens."""
    link.read_body()
    link.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234")
    link.upstream.gate(link.request.option("gate")).wait(60)
    link.send(b"56789")
    return True


@behaviour
def no_content(link):
    link.read_body()
    return respond(link, "204 No Content", length=False)


@behaviour
def not_modified(link):
    """A 304 tells the length that the 200 would have; no body follows."""
    link.read_body()
    return respond(link, "304 Not Modified", ['ETag: "1"', "Content-Length: 1234"], length=False)


@behaviour
def head_length(link):
    link.read_body()
    return respond(link, fields=["Content-Length: 1234567"], length=False)


@behaviour
def websocket(link):
    """A handshake that is right, then whatever comes is sent back."""
    keys = link.request.all("Sec-WebSocket-Key")
    if "websocket" not in [v.lower() for v in link.request.all("Upgrade")] or not keys:
        return respond(link, "426 Upgrade Required", ["Upgrade: websocket"])
    accept = base64.b64encode(hashlib.sha1(keys[0].encode() + WEBSOCKET_GUID).digest())
    link.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n")
    while data := link.file.read1(65536):
        link.send(data)
    return False


@behaviour
def switch_anyway(link):
    """A 101 that nobody asked for: a tunnel past the gateway's checks, if it were passed on."""
    link.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n")
    while link.file.read1(65536):
        pass
    return False


@behaviour
def interim(link):
    """Early hints before the answer."""
    link.read_body()
    link.send(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
    return respond(link, body=b"final")


@behaviour
def refuse_body(link):
    """Answers from the head alone, without asking for the body."""
    respond(link, "413 Content Too Large", ["Connection: close"], b"too large")
    return False


@behaviour
def close_before(link):
    """Reads the request and ends the connection without a word."""
    link.read_body()
    return False


@behaviour
def close_early(link):
    """Promises ten bytes and sends four."""
    link.read_body()
    link.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123")
    return False


@behaviour
def close_in_chunk(link):
    link.read_body()
    link.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123")
    return False


@behaviour
def close_after(link):
    """A good answer, keep-alive promised, and then the end: a pooled connection gone stale."""
    echo(link)
    return False


MALFORMED = {
    "no-version": b"200 OK\r\n\r\n",
    "http2": b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "status": b"HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n",
    "two-lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    "length-sign": b"HTTP/1.1 200 OK\r\nContent-Length: +4\r\n\r\nabcd",
    "length-and-chunked": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabcd",
    "bare-lf": b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
    "obs-fold": b"HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nContent-Length: 0\r\n\r\n",
    "space-colon": b"HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
    "control": b"HTTP/1.1 200 OK\r\nX-A: b\x00c\r\nContent-Length: 0\r\n\r\n",
    "huge": b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"a" * 200_000 + b"\r\nContent-Length: 0\r\n\r\n",
    "garbage": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
}


@behaviour
def malformed(link):
    """One of MALFORMED, by ?kind=."""
    link.read_body()
    link.send(MALFORMED[link.request.option("kind")])
    return False


@behaviour
def with_fields(link):
    """Response fields that must not come through as they are."""
    link.read_body()
    return respond(link, fields=["Connection: X-Hop, close", "X-Hop: secret", "Keep-Alive: timeout=5", "X-Kept: yes", "Set-Cookie: a=1", "Set-Cookie: b=2"], body=b"ok")
