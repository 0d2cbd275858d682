"""A session bus of a test's own, with GNOME Keyring on it, as a desktop has them. Nothing of the user's is touched."""

import os
import pathlib
import signal
import subprocess
import tempfile

from .vault import secret
from .wire import DEADLINE, eventually

# Without the folders of services that a bus starts by itself: where a test stops the keyring, none takes its place.
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>
"""
SERVICE = "org.freedesktop.secrets"


class Keyring:
    """Its default keyring is open, unless a test locks it. `env` is what a program needs to find it."""

    def __init__(self, *, running=True):
        # A short path of its own: the name of a socket has little room.
        self._folder = tempfile.TemporaryDirectory(prefix="quivive-keyring-")
        self.folder = pathlib.Path(self._folder.name)
        self.env = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.folder}/bus", "XDG_RUNTIME_DIR": str(self.folder)}
        self._env = {**os.environ, **self.env, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder / "data")}
        self._password = secret("horse-battery-keyring")
        config = self.folder / "bus.conf"
        config.write_text(BUS.format(path=self.folder / "bus"))
        self.bus = self._start("dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile")
        eventually((self.folder / "bus").exists)
        self.daemon = None
        if running:
            self.start()

    def _start(self, *words, text=None):
        process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *words], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self._env,
                                   text=True)
        if text:
            process.stdin.write(text)
        process.stdin.close()
        return process

    def _run(self, *words):
        return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=self._env, timeout=DEADLINE, check=False)

    def _send(self, to, path, *words):
        return self._run("dbus-send", "--session", "--print-reply=literal", f"--dest={to}", path, *words)

    def start(self):
        """The daemon, with its default keyring unlocked, and made where there is none."""
        self.daemon = self._start("gnome-keyring-daemon", "--unlock", "--components=secrets", "--foreground", text=self._password)
        eventually(lambda: "true" in self._send("org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", f"string:{SERVICE}").stdout)
        eventually(lambda: "/login" in self._send(SERVICE, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.ReadAlias", "string:default").stdout)

    def stop(self):
        if self.daemon:
            self.daemon.send_signal(signal.SIGCONT)  # it may have been stopped
            self.daemon.terminate()
            self.daemon.wait(DEADLINE)
        self.daemon = None

    def hang(self):
        self.daemon.send_signal(signal.SIGSTOP)

    def lock(self):
        done = self._send(SERVICE, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock", "array:objpath:/org/freedesktop/secrets/collection/login")
        assert done.returncode == 0, done.stderr

    def unlock(self):
        self.stop()
        self.start()

    def lookup(self, profile):
        """The secret of the profile's item as another program sees it, "" for none."""
        return self._run("secret-tool", "lookup", "application", "quivive", "profile", profile).stdout

    def count(self):
        """Of our items, as another program sees them."""
        return self._run("secret-tool", "search", "--all", "application", "quivive").stdout.count("label = ")

    def clear(self, profile):
        assert self._run("secret-tool", "clear", "application", "quivive", "profile", profile).returncode == 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.bus.terminate()
        self.bus.wait(DEADLINE)
        self._folder.cleanup()
