"""What nobody asked for: one worker for each core, and a log that is read where it is written."""

import os
import pathlib
import pty
import signal
import subprocess

import pytest

from harness import Gateway, config, eventually
from harness.gateway import BINARY, STOP


def listening(port):
    """Sockets that listen on that port."""
    lines = pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(fields[1] == f"0100007F:{port:04X}" and fields[3] == "0A" for fields in map(str.split, lines))


@pytest.mark.parametrize("told, workers", [({}, len(os.sched_getaffinity(0))), ({"workers": 3}, 3)])
def test_a_worker_listens_for_each_core_unless_told_otherwise(upstream, told, workers):
    settings = {name: value for name, value in config(upstream.url).items() if name != "workers"}
    with Gateway({**settings, **told, "accept": {"api_key": {}}}) as gateway:
        assert listening(gateway.address[1]) == workers


def test_the_log_is_text_on_a_terminal(upstream, tmp_path):
    here, there = pty.openpty()
    process = subprocess.Popen([BINARY, "serve", "--upstream", upstream.url, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
                                "--ready-file", tmp_path / "ready"], cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=there, stderr=subprocess.DEVNULL)
    os.close(there)
    try:
        eventually((tmp_path / "ready").exists)
        address = (tmp_path / "ready").read_text()
        subprocess.run(["curl", "-s", "http://" + address.split('"listen":"')[1].split('"')[0] + "/some/path"], check=True, stdout=subprocess.DEVNULL, timeout=30)
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP) == 0
        seen = b""
        while True:
            try:
                seen += os.read(here, 4096)
            except OSError:  # the terminal has no other end any more
                break
    finally:
        process.kill()
        process.wait()
        os.close(here)
    line = next(line for line in seen.decode().splitlines() if "/some/path" in line)
    assert "credentials-missing" in line and not line.startswith("{")
