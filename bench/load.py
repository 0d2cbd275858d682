"""The load: wrk on its own core, with 32 connections that stay open; and what one request of it answers."""

import http.client
import pathlib
import re
import subprocess

from servers import LOAD_CORE

CONNECTIONS = 32

# Each token once, then the end: the file's tokens are all new to the server.
EACH_TOKEN_ONCE = """
local requests, sent = {}, 0
function init(args)
  for token in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", "/orders", { ["Host"] = "api.example.com", ["Authorization"] = "Bearer " .. token })
  end
end
function request()
  sent = sent + 1
  if sent >= #requests then wrk.thread:stop() end
  return requests[math.min(sent, #requests)]
end
"""


class LoadError(Exception):
    pass


def answer(port, headers, path="/orders"):
    """(status, body) of one GET."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": "api.example.com", **headers})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


def run(server, headers, seconds, status, path="/orders", script=None, arguments=()):
    """CPU microseconds per request of `server` while wrk asks for `path`. Every answer must be a success, or none, as `status` is."""
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    for name, value in {"Host": "api.example.com", **headers}.items():
        command += ["-H", f"{name}: {value}"]
    if script:
        command += ["-s", script]
    command += [f"http://127.0.0.1:{server.port}{path}", "--", *arguments]
    before = server.cpu()
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent = server.cpu() - before
    total = int(re.search(r"(\d+) requests in", out).group(1))
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    refused = int(refused.group(1)) if refused else 0
    if "Socket errors" in out or refused != (0 if status < 300 else total) or total == 0:
        raise LoadError(f"{server.name}: expected {status} throughout\n{out}")
    return spent / total * 1e6


def token_file(folder, name, lines):
    path = pathlib.Path(folder) / name
    path.write_text("\n".join(lines) + "\n")
    return str(path)
