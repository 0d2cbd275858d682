"""Two gibibytes each way: bodies are streamed, so memory stays flat."""

import pathlib
import subprocess

import pytest

from harness import Gateway, config, sanitized

SIZE = 2 << 30
LIMIT = 64 << 20


@pytest.fixture
def gateway(upstream):
    made = config(upstream.url, workers=1, accept={"api_key": {"header": "X-API-Key"}}, routes=[{"path": "/", "public": True}])
    with Gateway(made) as running:
        yield running


def check_memory(gateway):
    # A sanitizer's shadow and quarantine are no measure of the program; the transfer itself still counts there.
    if not sanitized():
        assert gateway.rss_peak() < LIMIT, f"{gateway.rss_peak() >> 20} MiB"


def test_download_of_two_gibibytes(gateway):
    done = subprocess.run(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", f"{gateway.url}/x?do=stream&bytes={SIZE}"],
                          capture_output=True, text=True, timeout=180, check=True)
    assert done.stdout == f"200 {SIZE}"
    check_memory(gateway)


@pytest.mark.parametrize("fields", [[], ["-H", "Transfer-Encoding: chunked"]], ids=["length", "chunked"])
def test_upload_of_two_gibibytes(gateway, upstream, marker, fields, tmp_path):
    """From a sparse file."""
    source = pathlib.Path(tmp_path, "zeros")
    with source.open("wb") as out:
        out.truncate(SIZE)
    done = subprocess.run(["curl", "-sS", "-T", str(source), *fields, "-w", "%{http_code}", "-o", "/dev/null", f"{gateway.url}/{marker}"],
                          capture_output=True, text=True, timeout=180, check=True)
    assert done.stdout == "200"
    assert upstream.received(marker)[0].body_bytes == SIZE
    check_memory(gateway)


def test_slow_reader_does_not_fill_memory(gateway):
    """The client reads a little and stops: the upstream is held back, not buffered."""
    with gateway.connect() as connection:
        connection.send(f"GET /x?do=stream&bytes={SIZE} HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.head()
        connection.read_exactly(1 << 20)
        for _ in range(50):  # others are served meanwhile
            assert gateway.get("/y").status == 200
        check_memory(gateway)
