"""Serves a key set over HTTP, counts its fetches, and fails in the ways that such servers do."""

import http.server
import json
import threading
import time


class KeySetServer:
    """mode: "ok", "fail" (500), "garbage", "empty" (no key), "hang" (answers nothing until it is closed or mended)."""

    def __init__(self, document="{}"):
        self.document, self.mode = document, "ok"
        self.fetches = []  # instants
        self._changed = threading.Condition()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer._answer(self)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def base(self):
        return "http://127.0.0.1:%d" % self._server.server_address[1]

    @property
    def url(self):
        return self.base + "/jwks.json"

    def set(self, mode=None, document=None):
        with self._changed:
            self.mode = mode or self.mode
            self.document = document or self.document
            self._changed.notify_all()

    def count(self):
        with self._changed:
            return len(self.fetches)

    def wait_for_fetch(self, more_than, within=30.0):
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.fetches) > more_than, within), "the key set was not fetched"

    def _answer(self, handler):
        with self._changed:
            if handler.path == "/jwks.json":
                self.fetches.append(time.monotonic())
            self._changed.notify_all()
            if self.mode == "hang":
                self._changed.wait_for(lambda: self.mode != "hang")
            mode, document = self.mode, self.document
        status, body = {
            "ok": (200, document),
            "fail": (500, '{"error":"out of order"}'),
            "garbage": (200, "<html>maintenance</html>"),
            "empty": (200, '{"keys":[]}'),
            "closed": (503, ""),
        }[mode]
        if handler.path == "/.well-known/openid-configuration":
            body = json.dumps({"issuer": self.base, "jwks_uri": self.url})
        try:
            handler.send_response(status)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body.encode())
        except OSError:
            pass  # the gateway gave up on us, as it should have

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.set("closed")
        self._server.shutdown()
        self._server.server_close()
