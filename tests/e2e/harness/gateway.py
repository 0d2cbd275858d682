"""The program as a process: started from a configuration, ended by SIGTERM, everything it prints kept."""

import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time

from .expect import ROOT
from .vault import captured
from .wire import Connection, admin_get, get, request

BINARY = pathlib.Path(os.environ.get("QUIVIVE_BIN") or ROOT / "build" / "dev" / "bin" / "quivive")
START = 60.0  # seconds
STOP = 40.0
SANITIZER_MARKS = ("AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "runtime error:", "UndefinedBehaviorSanitizer")


def sanitized():
    """Whether the program carries a sanitizer: its memory is then no measure of anything."""
    with BINARY.open("rb") as binary:
        data = binary.read()
    return b"__asan_init" in data or b"__tsan_init" in data


def config(upstream_url, **settings):
    """What every test's configuration begins with. YAML holds JSON, so a dict is all it takes."""
    return {
        "listen": "127.0.0.1:0", "admin": "127.0.0.1:0", "realm": "api.example.com", "upstream": upstream_url,
        "store": "sqlite:quivive.db", "workers": 2, "log": {"format": "json"}, **settings,
    }


@dataclasses.dataclass
class CommandResult:
    exit: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)


def command(*arguments, folder=None, stdin=None, env=None, timeout=START):
    """Runs one command of the program to its end."""
    done = subprocess.run(
        [str(BINARY), *map(str, arguments)], cwd=folder, capture_output=True, text=True, timeout=timeout, check=False,
        env={**os.environ, **(env or {})}, **({"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}))
    assert not any(mark in done.stderr for mark in SANITIZER_MARKS), done.stderr
    return CommandResult(done.returncode, done.stdout, done.stderr)


def start_refused(settings, *, files=(), arguments=()):
    """`serve` on a configuration that it must refuse: its CommandResult."""
    with tempfile.TemporaryDirectory(prefix="quivive-e2e-") as folder:
        for name, content in {**dict(files), "quivive.yaml": settings if isinstance(settings, str) else json.dumps(settings, indent=1)}.items():
            pathlib.Path(folder, name).write_text(content)
        result = command("serve", "--config", "quivive.yaml", *arguments, folder=folder)
        captured("a refused start", result.out + result.err)
        return result


class Gateway:
    """with Gateway(config(…), files={"jwks.json": …}) as gateway: …

    `folder` keeps its configuration, store and files; a temporary one unless given. `arguments` are further ones of
    serve. `prints_key`: this start prints a key on purpose, so its log is not searched for secrets."""

    def __init__(self, settings, *, files=(), folder=None, arguments=(), prints_key=False, env=None):
        self._temporary = None if folder else tempfile.TemporaryDirectory(prefix="quivive-e2e-")
        self.folder = pathlib.Path(folder or self._temporary.name)
        self.arguments, self.prints_key, self.env = list(arguments), prints_key, env or {}
        for name, content in dict(files).items():
            self.write(name, content)
        self.settings = settings
        if settings is not None:
            self.configure(settings)
        self.process = None
        self.out, self.err = [], []
        self._lines = {}  # id → log lines
        self._notices = []
        self._logged = threading.Condition()

    # --- files

    def write(self, name, content):
        """Whole or not at all, as an operator's tools do it."""
        path = self.folder / name
        scratch = path.with_name(path.name + ".new")
        scratch.write_bytes(content if isinstance(content, bytes) else content.encode())
        scratch.replace(path)

    def configure(self, settings):
        self.settings = settings
        self.write("quivive.yaml", settings if isinstance(settings, str) else json.dumps(settings, indent=1))

    @property
    def config_path(self):
        return self.folder / "quivive.yaml"

    # --- process

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        try:
            self.stop(check=kind is None)
        finally:
            if self._temporary:
                self._temporary.cleanup()

    def start(self):
        ready = self.folder / "ready.json"
        ready.unlink(missing_ok=True)
        from_file = ["--config", str(self.config_path)] if self.settings is not None else []
        # Under setpriv, so that a gateway does not outlive a test run that was killed.
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", str(BINARY), "serve", *from_file, "--ready-file", str(ready), *self.arguments], cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="backslashreplace",
            env={**os.environ, **self.env})
        self._readers = [threading.Thread(target=self._read, args=pair, daemon=True)
                         for pair in ((self.process.stdout, self.out), (self.process.stderr, self.err))]
        for reader in self._readers:
            reader.start()
        end = time.monotonic() + START
        while not ready.exists():
            try:
                self.process.wait(0.01)
            except subprocess.TimeoutExpired:
                pass
            else:
                raise AssertionError(f"serve ended with {self.process.returncode}\n{self.printed()}")
            assert time.monotonic() < end, f"not ready after {START} s\n{self.printed()}"
        told = json.loads(ready.read_text())
        self.address = split_address(told["listen"])
        self.admin = split_address(told["admin"]) if told.get("admin") else None
        self.pid = told["pid"]
        return self

    def stop(self, check=True):
        """SIGTERM and the end of the process, which must be clean."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        self.wait_end(check)

    def wait_end(self, check=True):
        process, self.process = self.process, None
        try:
            process.wait(STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"did not end within {STOP} s of SIGTERM\n{self.printed()}") from None
        finally:
            for reader in self._readers:
                reader.join(STOP)
            process.stdout.close()
            process.stderr.close()
            if not self.prints_key:
                captured("the log of the gateway", self.printed())
        assert not any(mark in text for text in self.err for mark in SANITIZER_MARKS), self.printed()
        if check:
            assert process.returncode == 0, f"ended with {process.returncode}\n{self.printed()}"

    def printed(self):
        return "".join(self.out) + "".join(self.err)

    def _read(self, stream, lines):
        for line in stream:
            lines.append(line)
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if not isinstance(entry, dict):
                continue
            with self._logged:
                if "message" in entry:
                    self._notices.append(entry)
                else:
                    self._lines.setdefault(entry.get("id"), []).append(entry)
                self._logged.notify_all()

    # --- what it says

    def log_lines(self, request_id, count=1, within=30.0):
        """The access log's lines of that id; waits for `count` of them."""
        assert request_id, "the response has no X-Request-Id"
        with self._logged:
            found = self._logged.wait_for(lambda: len(self._lines.get(request_id, [])) >= count, within)
            assert found, f"no log line for {request_id}\n{self.printed()[-3000:]}"
            return list(self._lines[request_id])

    def log_line(self, request_id):
        return self.log_lines(request_id)[-1]

    def logged(self, test, within=30.0):
        """The first log line of a request that `test` is true of; for requests whose response has no id to go by."""
        def find():
            return next((e for entries in self._lines.values() for e in entries if test(e)), None)
        with self._logged:
            assert self._logged.wait_for(lambda: find() is not None, within), f"no such log line\n{self.printed()[-3000:]}"
            return find()

    def notice(self, text, within=30.0, after=0):
        """Waits for a notice that contains `text`."""
        with self._logged:
            find = lambda: next((n for n in self._notices[after:] if text in n["message"]), None)  # noqa: E731
            assert self._logged.wait_for(lambda: find() is not None, within), f"no notice with {text!r}\n{self.printed()[-3000:]}"
            return find()

    def notices(self):
        with self._logged:
            return list(self._notices)

    def rss_peak(self):
        """The most memory the process had, in bytes."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.split("\n") if line.startswith("VmHWM:"))) * 1024

    def cpu_seconds(self):
        """What the process's threads have computed so far: the machine's other load is not in it."""
        return time.clock_gettime((~self.pid << 3) | 2)  # clock_getcpuclockid(3)'s

    # --- talking to it

    @property
    def url(self):
        return f"http://{self.address[0]}:{self.address[1]}"

    def get(self, target, fields=(), **more):
        return get(self.address, target, fields, **more)

    def request(self, method, target, fields=(), body=b"", **more):
        return request(self.address, method, target, fields, body, **more)

    def connect(self, **more):
        return Connection(self.address, **more)

    def admin_get(self, path):
        return admin_get(self.admin, path)

    def metrics(self):
        """name{labels} → value."""
        text = self.admin_get("/metrics").text
        rows = (line.rsplit(" ", 1) for line in text.split("\n") if line and not line.startswith("#"))
        return {name: float(value) for name, value in rows}

    def command(self, *arguments, **more):
        """A command on this gateway's configuration."""
        return command(*arguments, "--config", self.config_path, folder=self.folder, **more)

    def explain(self, request_id, *more):
        result = command("explain", request_id, "--admin", "%s:%d" % self.admin, *more, folder=self.folder)
        captured(f"explain {request_id}", result.out + result.err)
        return result

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def create_key(self, *, owner="billing", scopes=(), expires=None):
        """A key and what `key create --json` said of it."""
        arguments = ["--owner", owner, *(part for scope in scopes for part in ("--scope", scope))]
        arguments += ["--expires", expires] if expires else []
        result = self.command("key", "create", "--json", *arguments)
        assert result.exit == 0, result.err
        return result.json()

    def add_user(self, name, password, *roles, digest=False):
        arguments = [part for role in roles for part in ("--role", role)] + ["--digest"] * digest
        result = self.command("user", "add", name, "--password-stdin", *arguments, stdin=password + "\n")
        assert result.exit == 0, result.err


def split_address(text):
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)
