"""The service behind the gateway: says what it received, and misbehaves on request.

A request's behaviour is named by its query parameter `do`; without one it is echoed as JSON. See behaviours.py.
"""

import dataclasses
import hashlib
import socket
import ssl
import threading
import urllib.parse

from . import behaviours


@dataclasses.dataclass
class Received:
    head: bytes          # as it arrived, with the empty line
    connection: int      # which connection it came on, from 1
    body_bytes: int = 0
    body_sha256: str = ""
    trailers: bytes = b""
    _lines: list = dataclasses.field(default_factory=list)

    def __post_init__(self):
        self._lines = self.head.decode("latin-1")[:-4].split("\r\n")

    @property
    def method(self):
        return self._lines[0].split(" ")[0]

    @property
    def target(self):
        return self._lines[0].split(" ")[1]

    @property
    def fields(self):
        return [tuple(part.strip(" \t") if i else part for i, part in enumerate(line.split(":", 1))) for line in self._lines[1:]]

    def all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def option(self, name, default=None):
        return next(iter(self.options(name)), default)

    def options(self, name):
        query = urllib.parse.urlsplit(self.target).query
        return urllib.parse.parse_qs(query).get(name, [])


class Link:
    """One accepted connection, and the request being answered on it."""

    def __init__(self, upstream, sock, number):
        self.upstream, self.sock, self.number = upstream, sock, number
        self.file = sock.makefile("rb", buffering=256 * 1024)
        self.request = None
        self.body_read = False

    def read_head(self):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.file.readline(65536)
            if not line:
                return False
            head += line
            assert len(head) < 256 * 1024
        self.request, self.body_read = Received(head, self.number), False
        return True

    def read_body(self):
        """To its end, hashed; not kept."""
        if self.body_read:
            return
        self.body_read = True
        digest = hashlib.sha256()
        for piece in self._body():
            digest.update(piece)
            self.request.body_bytes += len(piece)
        self.request.body_sha256 = digest.hexdigest()

    def _body(self):
        if self.request.all("Expect"):
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        codings, lengths = self.request.all("Transfer-Encoding"), self.request.all("Content-Length")
        assert len(codings) + len(lengths) <= 1, f"ambiguous framing reached the upstream: {self.request.head!r}"
        if codings:
            while (size := int(self.file.readline().split(b";")[0], 16)) > 0:
                yield from self._pieces(size)
                assert self.file.readline() == b"\r\n"
            while (line := self.file.readline()) != b"\r\n":
                self.request.trailers += line
        elif lengths:
            yield from self._pieces(int(lengths[0]))

    def _pieces(self, missing):
        while missing:
            piece = self.file.read1(min(missing, 1024 * 1024))
            if not piece:
                raise ConnectionError("the body ended early")
            missing -= len(piece)
            yield piece

    def send(self, data):
        self.sock.sendall(data)


class Upstream:
    def __init__(self, *, tls=None, on_connect=None):
        """`tls`: (certificate file, key file). `on_connect(link)` may take a connection over before anything is read."""
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._context = None
        if tls:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*tls)
        self.port = self._listener.getsockname()[1]
        self.scheme = "https" if tls else "http"
        self.on_connect = on_connect
        self.connections = 0
        self.requests = []
        self.errors = []
        self.gates = {}  # name → Event, for behaviours that wait
        self._open = set()
        self._changed = threading.Condition()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop_listening()
        for gate in list(self.gates.values()):
            gate.set()
        self.close_connections()

    def stop_listening(self):
        """From here on connections are refused."""
        if self._listener.fileno() >= 0:
            # shutdown() wakes the thread in accept(); close() alone would not.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()

    def close_connections(self):
        """Ends every open connection, as a restart does: the gateway's pool is stale now."""
        with self._changed:
            links = list(self._open)
        for link in links:
            try:
                link.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def gate(self, name):
        with self._changed:
            return self.gates.setdefault(name, threading.Event())

    def received(self, marker):
        """What arrived with `marker` in its target, in order."""
        with self._changed:
            return [r for r in self.requests if marker in r.target]

    def wait_for(self, marker, count=1, within=30.0):
        matching = lambda: [r for r in self.requests if marker in r.target]  # noqa: E731
        with self._changed:
            assert self._changed.wait_for(lambda: len(matching()) >= count, within), f"{marker} did not reach the upstream"
            return matching()

    def _accept(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._changed:
                self.connections += 1
                number = self.connections
            threading.Thread(target=self._serve, args=(sock, number), daemon=True).start()

    def _serve(self, sock, number):
        try:
            if self._context:
                sock = self._context.wrap_socket(sock, server_side=True)
            link = Link(self, sock, number)
            with self._changed:
                self._open.add(link)
            try:
                if self.on_connect and self.on_connect(link):
                    return
                while link.read_head():
                    if not self._handle(link):
                        return
            finally:
                with self._changed:
                    self._open.discard(link)
        except (OSError, ValueError):
            pass  # the gateway went away within a message: what a test wanted, or sees by its response
        except AssertionError as error:
            self.errors.append(str(error))
        finally:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            sock.close()

    def _handle(self, link):
        with self._changed:
            self.requests.append(link.request)
            self._changed.notify_all()
        behave = behaviours.TABLE[link.request.option("do", "echo")]
        return behave(link)
