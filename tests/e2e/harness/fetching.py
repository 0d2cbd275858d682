"""`quivive fetch` and its neighbours as a test runs them, and the servers that they meet: one that records exact requests, one that issues tokens."""

import json
import os
import pathlib
import secrets
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse

from .gateway import BINARY, SANITIZER_MARKS, START, CommandResult
from .services import App
from .vault import captured, hidden, secret


def quiet_environment(home=None):
    """Without proxies, with a state folder of the test's own, and out of reach of the keyring of whoever runs the tests."""
    desktop = {"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"}
    env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy") and name not in desktop}
    if home is not None:
        env |= {"XDG_STATE_HOME": str(home), "HOME": str(home)}
    return env


def quivive(*arguments, home=None, stdin=None, timeout=START, check_output=True, env=None):
    """One command, its output as text. Nothing that it says on standard error, and nothing on standard output unless told otherwise, holds a secret."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run([str(BINARY), *map(str, arguments)], capture_output=True, timeout=timeout, check=False, start_new_session=True,
                          env={**quiet_environment(home), **(env or {})}, **({"stdin": subprocess.DEVNULL} if data is None else {"input": data}))
    result = CommandResult(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
    assert not any(mark in result.err for mark in SANITIZER_MARKS), result.err
    said = result.err + (result.out if check_output else "")
    captured("quivive " + str(arguments[0]), said)
    hidden(said)
    return result


def fetch(*arguments, **more):
    return quivive("fetch", *arguments, **more)


class Recorded:
    """A request as it came over the wire."""

    def __init__(self, head):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = lines[0].split(" ", 2)
        self.fields = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:] if line]
        self.body = b""

    def get(self, name, default=None):
        return next((value for field, value in self.fields if field.lower() == name.lower()), default)

    @property
    def authorization(self):
        return self.get("Authorization")


class Recording:
    """A server that answers with exact bytes. `answer(request, read_body)` returns them; who does not call read_body() answers from the head alone, after
    which the connection ends. `requests` is what came, `body_bytes` what came of bodies on the wire. `tls`: files of a certificate and its key."""

    def __init__(self, answer, *, tls=None):
        self.requests, self.body_bytes, self.errors = [], 0, []
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._tls = tls and ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        if tls:
            self._tls.load_cert_chain(*tls)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        if self._tls:
            try:
                connection = self._tls.wrap_socket(connection, server_side=True)
            except OSError:  # who does not believe the certificate goes away
                return
        with connection, connection.makefile("rb") as file:
            try:
                while self._one(connection, file):
                    pass
            except (OSError, ValueError) as error:
                self.errors.append(error)

    def _one(self, connection, file):
        head = b""
        while line := file.readline():
            if line == b"\r\n":
                break
            head += line
        if not head:
            return False
        request = Recorded(head)
        self.requests.append(request)
        length, chunked = int(request.get("Content-Length", 0)), "chunked" in request.get("Transfer-Encoding", "")
        read = []

        def read_body():
            if not read and "100-continue" in request.get("Expect", ""):
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            if not read and chunked:
                while size := int(file.readline(), 16):
                    request.body += file.read(size)
                    file.readline()
                file.readline()
            elif not read:
                request.body = file.read(length)
            if not read:
                self.body_bytes += len(request.body)
            read.append(True)
            return request.body

        answer = self._answer(request, read_body)
        connection.sendall(answer)
        if (length or chunked) and not read:
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(5)
            while piece := file.read1(65536):
                self.body_bytes += len(piece)
            return False
        return b"connection: close" not in answer.lower()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()


def answer(status, fields=(), body=b""):
    """A response; `fields` are lines."""
    body = body.encode() if isinstance(body, str) else body
    return "\r\n".join([f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "", ""]).encode("latin-1") + body


def token_text():
    return secret(secrets.token_urlsafe(24))


class FakeIssuer:
    """A token endpoint that rotates refresh tokens and takes a second use of one for theft (RFC 9700 section 4.14.2), with metadata, device sign-ins and
    revocation. `good` are the access tokens that are valid now."""

    def __init__(self, *, life=3600, delay=0.0):
        self.life, self.delay = life, delay
        self.good, self.refreshes, self.revoked, self.requests = set(), [], [], []
        self.refresh = None      # the one refresh token that is good
        self.spent = set()
        self.stolen = False
        self.override = None     # what the token endpoint answers instead: (status, fields, body)
        self.codes = {}          # authorization codes: code → its request's parameters
        self.device = {}         # device codes: code → "pending", "slow_down", "approved", "denied", "expired"
        self.refreshable = True  # whether it gives refresh tokens
        self.no_device = None    # what the device authorization endpoint answers instead
        self.polls = []
        self._lock = threading.Lock()
        self._app = App(self._answer)

    @property
    def url(self):
        return self._app.url

    def issue(self):
        access, refresh = token_text(), token_text()
        self.good.add(access)
        self.refresh = refresh
        return access, refresh

    def reply(self, **more):
        access, refresh = self.issue()
        given = {"refresh_token": refresh} if self.refreshable else {}
        return 200, {"Content-Type": "application/json"}, json.dumps(
            {"access_token": access, "token_type": "Bearer", "expires_in": self.life, "scope": "orders", **given, **more})

    @staticmethod
    def refuse(error, status=400, **more):
        return status, {"Content-Type": "application/json"}, json.dumps({"error": error, **more})

    def _answer(self, asked):
        self.requests.append(asked)
        form = {name: values[0] for name, values in urllib.parse.parse_qs(asked.body.decode()).items()}
        if asked.path == "/token":
            time.sleep(self.delay)  # long enough for others to come while a refresh is under way
            with self._lock:
                return self._token(form)
        if asked.path == "/revoke":
            self.revoked.append(form.get("token"))
            return self.override or (200, {}, "")
        if asked.path == "/device_authorization":
            if self.no_device:
                return self.no_device
            code = token_text()
            self.device[code] = "pending"
            return 200, {"Content-Type": "application/json"}, json.dumps({
                "device_code": code, "user_code": "WDJB-MJHT", "verification_uri": self.url + "/device", "expires_in": 60, "interval": 1})
        if asked.path in {"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"}:
            return 200, {"Content-Type": "application/json"}, json.dumps(self.metadata())
        return 404, {}, ""

    def metadata(self):
        return {"issuer": self.url, "token_endpoint": self.url + "/token", "authorization_endpoint": self.url + "/authorize", "revocation_endpoint": self.url + "/revoke",
                "device_authorization_endpoint": self.url + "/device_authorization", "code_challenge_methods_supported": ["S256"]}

    def _token(self, form):
        grant = form.get("grant_type")
        if grant == "refresh_token":
            self.refreshes.append(form["refresh_token"])
            if self.override:
                return self.override
            if form["refresh_token"] in self.spent:
                self.stolen, self.refresh = True, None
                self.good.clear()
            if form["refresh_token"] != self.refresh:
                return self.refuse("invalid_grant")
            self.spent.add(self.refresh)
            return self.reply()
        if grant == "urn:ietf:params:oauth:grant-type:device_code":
            self.polls.append(time.monotonic())
            state = self.device.get(form.get("device_code"), "expired")
            if state == "approved":
                return self.reply()
            return self.refuse({"pending": "authorization_pending", "slow_down": "slow_down", "denied": "access_denied", "expired": "expired_token"}[state])
        if grant == "authorization_code":
            return self.redeem(form)
        return self.refuse("unsupported_grant_type")

    def redeem(self, form):
        import base64
        import hashlib
        request = self.codes.pop(form.get("code"), None)
        if request is None or request["redirect_uri"] != form.get("redirect_uri"):
            return self.refuse("invalid_grant")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        return self.reply() if challenge == request["code_challenge"] else self.refuse("invalid_grant")

    def __enter__(self):
        self._app.__enter__()
        return self

    def __exit__(self, *_):
        self._app.__exit__()


def write_profile(home, name, issuer, *, access=None, refresh=None, expires_in=3600, **more):
    """A profile as a sign-in would have left it."""
    folder = pathlib.Path(home, "quivive", "profiles")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    profile = {"version": 1, "issuer": issuer.url, "token_endpoint": issuer.url + "/token", "revocation_endpoint": issuer.url + "/revoke", "client_id": "cli",
               "client_authentication": "none", "scope": "orders", "access_token": access, "refresh_token": refresh, "expires": int(time.time()) + expires_in, **more}
    path = folder / f"{name}.json"
    path.write_text(json.dumps({key: value for key, value in profile.items() if value is not None}))
    path.chmod(0o600)
    return path


def start(*arguments, home, env=None, stdin=subprocess.DEVNULL):
    """The same as a process that goes on."""
    return subprocess.Popen([str(BINARY), *map(str, arguments)], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**quiet_environment(home), **(env or {})}, start_new_session=True)


def finish(process):
    """Waits for its end: (exit status, standard output, standard error), with no secret on the latter."""
    out, err = process.communicate(timeout=START)
    captured("quivive " + str(process.args[1]), err)
    hidden(err)
    return process.returncode, out, err
