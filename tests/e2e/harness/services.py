"""Servers that stand in the way of a request: nginx, Apache, a small application, a forward proxy. Each ends with its `with`."""

import dataclasses
import email.utils
import http.server
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

from .wire import DEADLINE


@dataclasses.dataclass
class Asked:
    """A request as an application sees it."""
    method: str
    target: str
    headers: object  # email.message.Message: get() ignores case
    body: bytes

    @property
    def path(self):
        return self.target.split("?")[0]

    @property
    def authorization(self):
        return self.headers.get("Authorization")


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # the client went away, as a test of an endless body wants it


class App:
    """An application: `answer(asked)` returns (status, fields, body). `requests` is what came.

    A body that is no bytes or text is an iterator, sent piece by piece until the client goes away. `ahead`: seconds by which its clock, and so
    its Date, differs from this machine's."""

    def __init__(self, answer, *, server="app/1.0", ahead=0):
        self.requests = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = Asked(self.command, self.path, self.headers, body)
                outer.requests.append(asked)
                status, fields, content = answer(asked)
                endless = not isinstance(content, (bytes, str))
                content = content.encode() if isinstance(content, str) else content
                self.send_response(status)
                for name, value in (fields.items() if isinstance(fields, dict) else fields):
                    self.send_header(name, value)
                if endless:
                    self.send_header("Connection", "close")
                    self.end_headers()
                    for piece in content:
                        self.wfile.write(piece)
                    return
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = handle_any

            def version_string(self):
                return server

            def date_time_string(self, timestamp=None):
                return email.utils.formatdate(time.time() + ahead, usegmt=True)

            def log_message(self, *_):
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def forward_proxy(credentials=None, *, every_host=None):
    """An HTTP proxy as an App: without these credentials (the field's value) it answers 407; with them it passes requests on. `every_host` (URL): to
    that server, whomever they are for."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def answer(asked):
        if credentials and asked.headers.get("Proxy-Authorization") != credentials:
            return 407, {"Proxy-Authenticate": 'Basic realm="corporate proxy"', "Via": "1.1 proxy.example.com"}, "<html><h1>Proxy Authentication Required</h1></html>"
        target = asked.target if every_host is None else every_host + "/" + asked.target.partition("://")[2].partition("/")[2]
        request = urllib.request.Request(target, method=asked.method, data=asked.body or None)
        for name, value in asked.headers.items():
            if name.lower() not in {"host", "connection", "proxy-connection", "proxy-authorization", "content-length"}:
                request.add_header(name, value)
        try:
            with opener.open(request, timeout=DEADLINE) as response:
                status, fields, body = response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            status, fields, body = error.code, error.headers, error.read()
        passed = [(n, v) for n, v in fields.items() if n.lower() not in {"content-length", "connection", "date", "server"}]
        return status, [*passed, ("Via", "1.1 proxy.example.com")], body

    return App(answer, server="squid/5.7")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class _Daemon:
    """A server of Debian's with a configuration of its own: files, logs and port are its own too, and it stays in the foreground."""

    ATTEMPTS = 5  # another process may take the port between its choice and the server's start

    def __init__(self):
        self._temporary = tempfile.TemporaryDirectory(prefix="quivive-e2e-")
        self.folder = pathlib.Path(self._temporary.name)
        self.folder.chmod(0o755)  # Apache's children run as another user

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def write(self, name, content, mode=0o644):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
        path.chmod(mode)
        return path

    def __enter__(self):
        for attempt in range(self.ATTEMPTS):
            self.port = free_port()
            with (self.folder / "output").open("w") as output:
                self.process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *self.command()], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                                start_new_session=True)  # Apache ends all of its process group
            if self._answers():
                return self
        raise AssertionError(f"{type(self).__name__} did not start: {self.printed()}")

    def _answers(self):
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            try:
                self.process.wait(0.02)
                return False
            except subprocess.TimeoutExpired:
                pass
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return True
            except OSError:
                pass
        self.__exit__()
        return False

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._temporary.cleanup()

    def printed(self):
        return "".join(path.read_text(errors="replace") for path in (self.folder / "output", self.folder / "error.log") if path.exists())


class Nginx(_Daemon):
    """nginx with `server` as the text of its server block, and `http` beside that."""

    def __init__(self, server, *, files=None, http=""):
        super().__init__()
        self._text, self._http = server, http
        for name, content in (files or {}).items():
            self.write(name, content)

    def command(self):
        folder = self.folder
        user = "user root;" if os.geteuid() == 0 else ""
        scratch = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        path = self.write("nginx.conf", f"""
            daemon off; worker_processes 1; {user} pid {folder}/pid; error_log {folder}/error.log;
            events {{ worker_connections 64; }}
            http {{ access_log off; {scratch} {self._http} server {{ listen 127.0.0.1:{self.port}; {self._text.replace('FOLDER', str(folder))} }} }}""")
        return ["/usr/sbin/nginx", "-e", f"{folder}/error.log", "-c", str(path)]


class Apache(_Daemon):
    """Apache httpd with `settings` appended to a configuration that has but what they need."""

    MODULES = ("mpm_prefork", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "auth_digest", "cgi", "dir", "mime", "alias", "headers")

    def __init__(self, settings, *, files=None):
        super().__init__()
        self._text = settings
        for name, content in (files or {}).items():
            self.write(name, content, 0o755)

    def command(self):
        folder = self.folder
        load = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in self.MODULES)
        user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
        path = self.write("apache.conf", f"""
ServerRoot {folder}
ServerName 127.0.0.1
Listen 127.0.0.1:{self.port}
PidFile {folder}/pid
DefaultRuntimeDir {folder}
Mutex file:{folder} default
ErrorLog {folder}/error.log
{load}{user}StartServers 1
MinSpareServers 1
MaxSpareServers 2
TypesConfig /etc/mime.types
DocumentRoot {folder}
{self._text.replace('FOLDER', str(folder))}
""")
        return ["/usr/sbin/apache2", "-d", str(folder), "-f", str(path), "-DFOREGROUND"]
