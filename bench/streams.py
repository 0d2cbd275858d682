"""Memory: what idle connections cost, and whether a long body is ever held in it."""

import socket
import threading
import time

import gateway
import load

CHUNK = 1 << 18


def idle(server, count):
    """MiB resident while `count` connections that have each had one answer stay open."""
    connections = []
    try:
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", server.port), 5)
            connections.append(connection)
            connection.sendall(b"GET /public HTTP/1.1\r\nHost: api.example.com\r\n\r\n")
            if not connection.recv(65536).startswith(b"HTTP/1.1 200"):
                raise load.LoadError(f"{server.name}: no answer on an idle connection")
        return server.resident()
    finally:
        for connection in connections:
            connection.close()


class Upstream:
    """Reads every body to its end, and answers GET with `length` bytes of nothing."""

    def __init__(self, length):
        self.length = length
        self.received = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            head = b""
            while b"\r\n\r\n" not in head:
                data = connection.recv(65536)
                if not data:
                    return
                head += data
            head, _, rest = head.partition(b"\r\n\r\n")
            if head.startswith(b"GET"):
                connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % self.length)
                zeros = bytes(CHUNK)
                for _ in range(self.length // CHUNK):
                    connection.sendall(zeros)
                return
            buffer, got = bytearray(CHUNK), len(rest)
            while got < self.length:
                count = connection.recv_into(buffer)
                if count == 0:
                    return
                got += count
            self.received = got
            connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


def upload(port, key, length):
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        connection.sendall(b"POST /orders HTTP/1.1\r\nHost: api.example.com\r\nX-API-Key: %s\r\nContent-Length: %d\r\n\r\n"
                           % (key.encode(), length))
        zeros = bytes(CHUNK)
        for _ in range(length // CHUNK):
            connection.sendall(zeros)
        return connection.recv(65536).split(b"\r\n")[0].decode()


def download(port, key, length):
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        connection.sendall(b"GET /orders HTTP/1.1\r\nHost: api.example.com\r\nX-API-Key: %s\r\n\r\n" % key.encode())
        buffer = bytearray(CHUNK)
        first = connection.recv(65536)
        head, _, rest = first.partition(b"\r\n\r\n")
        got = len(rest)
        while got < length:
            count = connection.recv_into(buffer)
            if count == 0:
                return f"cut after {got} bytes: {head[:60]!r}"
            got += count
        return head.split(b"\r\n")[0].decode()


def watched(server, send, *arguments):
    """What `send` returns, its seconds, and the largest MiB resident while it ran."""
    largest, done = server.resident(), threading.Event()

    def watch():
        nonlocal largest
        while not done.wait(0.05):
            largest = max(largest, server.resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.monotonic()
    try:
        return send(*arguments), time.monotonic() - began, largest
    finally:
        done.set()
        watcher.join()


def main(program, folder, keys, gibibytes, started):
    length = int(gibibytes * (1 << 30)) // CHUNK * CHUNK
    upstream = Upstream(length)
    quivive = gateway.Quivive(folder, program, upstream.port, keys)
    started.append(quivive)
    bad = 0
    for name, send, expected in (("up", upload, "204"), ("down", download, "200")):
        status, seconds, largest = watched(quivive, send, quivive.port, quivive.key, length)
        whole = expected in status and (name == "down" or upstream.received == length)
        bad += not whole or largest >= 64
        print(f"{gibibytes:g} GiB {name:4}  {status}  {'whole' if whole else 'NOT WHOLE'}  {seconds:.1f} s  largest resident size {largest:.1f} MiB")
    return 1 if bad else 0
