"""HTTP/1.1 as bytes: exact requests out, strictly parsed responses in. And curl."""

import dataclasses
import json
import pathlib
import socket
import ssl
import subprocess
import tempfile
import time

from .vault import captured

DEADLINE = 30.0  # seconds; generous, since the machine may be busy with a build


class Truncated(Exception):
    """The connection ended, or fell silent, within a message."""


@dataclasses.dataclass
class Response:
    status: int
    reason_phrase: str
    version: str
    fields: list  # (name, value) as sent
    body: bytes = b""
    interim: list = dataclasses.field(default_factory=list)  # 1xx responses before it
    head: bytes = b""

    def all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def get(self, name, default=None):
        """The one value of that field; a field that came twice is an error of the response."""
        values = self.all(name)
        assert len(values) <= 1, f"{name} came {len(values)} times: {values}"
        return values[0] if values else default

    @property
    def id(self):
        return self.get("X-Request-Id")

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)


class Connection:
    """One client connection. Reads no more than one message at a time."""

    def __init__(self, address, *, tls=None, server_name=None, timeout=DEADLINE):
        self.sock = socket.create_connection(address, timeout=timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.sock = tls.wrap_socket(self.sock, server_hostname=server_name)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()

    def send(self, data):
        self.sock.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))
        return self

    def fill(self):
        """Reads some bytes; False at the end of the stream."""
        try:
            data = self.sock.recv(65536)
        except (ConnectionResetError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
            data = b""
        self.buffer += data
        return bool(data)

    def read_until(self, mark):
        while mark not in self.buffer:
            if not self.fill():
                raise Truncated(f"end of stream within {self.buffer[:200]!r}")
        end = self.buffer.index(mark) + len(mark)
        out, self.buffer = self.buffer[:end], self.buffer[end:]
        return out

    def read_exactly(self, count):
        parts, missing = [], count
        while missing:
            if not self.buffer and not self.fill():
                raise Truncated(f"{missing} of {count} bytes missing")
            part, self.buffer = self.buffer[:missing], self.buffer[missing:]
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def head(self):
        raw_head = self.read_until(b"\r\n\r\n")
        lines = raw_head[:-4].decode("latin-1").split("\r\n")
        version, _, rest = lines[0].partition(" ")
        status, _, phrase = rest.partition(" ")
        fields = []
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            assert colon and name and not name[0].isspace(), f"bad field line {line!r}"
            fields.append((name, value.strip(" \t")))
        return Response(int(status), phrase, version, fields, head=raw_head)

    def response(self, method="GET"):
        """The next final response, with its body; interim ones are kept in .interim."""
        interim = []
        while True:
            response = self.head()
            if response.status >= 200 or response.status == 101:
                break
            interim.append(response)
        response.interim = interim
        response.body = b"" if response.status == 101 else self.body(response, method)
        return response

    def body(self, response, method):
        if method == "HEAD" or response.status in (204, 304):
            return b""
        if coding := response.get("Transfer-Encoding"):
            assert coding.lower() == "chunked", coding
            assert response.get("Content-Length") is None
            return b"".join(self.chunks())
        if (length := response.get("Content-Length")) is not None:
            return self.read_exactly(int(length))
        while self.fill():
            pass
        out, self.buffer = self.buffer, b""
        return out

    def chunks(self):
        """Each chunk's data. Trailers are dropped by the gateway, so one that arrives is an error."""
        while True:
            size = int(self.read_until(b"\r\n").split(b";")[0], 16)
            if size == 0:
                trailer = self.read_until(b"\r\n")
                assert trailer == b"\r\n", f"a trailer came through: {trailer!r}"
                return
            yield self.read_exactly(size)
            assert self.read_exactly(2) == b"\r\n"

    def at_end(self):
        """Waits for the end of the stream: True if it comes with nothing before it."""
        try:
            return not self.buffer and not self.fill()
        except TimeoutError:
            return False


def raw(address, data, *, methods=(), count=None, tls=None):
    """Sends exactly `data`; returns every response until the connection ends, or the first `count`."""
    responses = []
    with Connection(address, tls=tls) as connection:
        try:
            connection.send(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all of it was sent; the answer can still be read
        while count is None or len(responses) < count:
            if not connection.buffer and not connection.fill():
                break
            method = methods[len(responses)] if len(responses) < len(methods) else "GET"
            responses.append(connection.response(method))
    return responses


def request(address, method, target, fields=(), body=b"", *, host="api.example.com", tls=None):
    """One well-framed request on a connection of its own."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close"]
    pairs = fields.items() if isinstance(fields, dict) else fields
    lines += [f"{name}: {value}" for name, value in pairs]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    data = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
    with Connection(address, tls=tls) as connection:
        try:
            connection.send(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return connection.response(method)


def get(address, target, fields=(), **more):
    return request(address, "GET", target, fields, **more)


def curl(*arguments, stdin=None):
    """Real curl: the last response, parsed from what it printed; .stderr is what -v said, .exit its status."""
    with tempfile.TemporaryDirectory() as folder:
        head, body = pathlib.Path(folder, "head"), pathlib.Path(folder, "body")
        done = subprocess.run(
            ["curl", "-sS", "--max-time", str(int(DEADLINE)), "-D", str(head), "-o", str(body), *arguments],
            input=stdin, capture_output=True, timeout=DEADLINE + 5, check=False)
        blocks = [b for b in (head.read_bytes() if head.exists() else b"").split(b"\r\n\r\n") if b]
        response = Response(0, "", "", [])
        for block in blocks:
            lines = block.decode("latin-1").split("\r\n")
            version, status, *phrase = lines[0].split(" ", 2)
            fields = [(n, v.strip()) for n, _, v in (line.partition(":") for line in lines[1:])]
            response = Response(int(status), phrase[0] if phrase else "", version, fields, interim=response.interim, head=block)
        response.body = body.read_bytes() if body.exists() else b""
        response.stderr = done.stderr.decode()
        response.exit = done.returncode
        return response


def eventually(check, *, within=DEADLINE, pause=0.02):
    """Calls `check` until it returns something true, and returns that; fails at the deadline."""
    end = time.monotonic() + within
    while True:
        value = check()
        if value:
            return value
        assert time.monotonic() < end, f"did not become true within {within} s: {check}"
        time.sleep(pause)


def refused_from_now_on(ask, *, since, within=1.0, status=401):
    """A change has to be in force `within` seconds of `since`, in every worker: asks until then, and after that every
    answer is a refusal. Returns the last one."""
    while time.monotonic() < since + within:
        ask()
    responses = [ask() for _ in range(12)]
    assert [r.status for r in responses] == [status] * 12, f"not in force {within} s after the change: {[r.status for r in responses]}"
    return responses[-1]


def admin_get(address, path):
    """A page of the admin listener; what it says is searched for secrets."""
    response = get(address, path, host=f"{address[0]}:{address[1]}")
    captured(f"admin {path}", response.body.decode("utf-8", "replace"))
    return response
