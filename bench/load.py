"""The load: wrk on its own core, with 32 connections that stay open; and what one request of it answers."""

import http.client
import pathlib
import re
import subprocess

from servers import LOAD_CORE, end_with_parent

CONNECTIONS = 32

# Each token once, then the end. wrk sleeps until its duration is over, whatever its threads do; only SIGINT wakes it to print its
# counts. So the script raises it, when the last answer is in: no request is under way then that the server has spent time on and wrk
# does not count. wrk asks delay() once before each request: there connections that would get no token any more are parked.
EACH_TOKEN_ONCE = """
local ffi = require("ffi")
ffi.cdef("int getpid(void); int kill(int pid, int signal);")
local SIGINT, FOREVER = 2, 3600000
local requests, built, granted, answered = {}, 0, 0, 0
function init(args)
  for token in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", "/orders", { ["Host"] = "api.example.com", ["Authorization"] = "Bearer " .. token })
  end
end
function delay()
  granted = granted + 1
  return granted < #requests and 0 or FOREVER
end
function request()
  built = built + 1
  return requests[built]
end
function response()
  answered = answered + 1
  if answered == #requests - 1 then  -- wrk called request() once before it began, to look at what it returns
    wrk.thread:stop()
    ffi.C.kill(ffi.C.getpid(), SIGINT)
  end
end
"""
TOO_LONG = 30  # seconds, for any number of tokens that is sensible


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
    """CPU microseconds per request of `server` while wrk asks for `path`, and how many requests these were.

    Every answer must be a success, or none, as `status` is.
    """
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    for name, value in {"Host": "api.example.com", **headers}.items():
        command += ["-H", f"{name}: {value}"]
    if script:
        command += ["-s", script]
    command += [f"http://127.0.0.1:{server.port}{path}", "--", *arguments]
    before = server.cpu()
    out = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30, preexec_fn=end_with_parent).stdout
    spent = server.cpu() - before
    total = int(re.search(r"(\d+) requests in", out).group(1))
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    refused = int(refused.group(1)) if refused else 0
    if "Socket errors" in out or refused != (0 if status < 300 else total) or total == 0:
        raise LoadError(f"{server.name}: expected {status} throughout\n{out}")
    return spent / total * 1e6, total


def run_each_once(server, fresh, folder):
    """CPU microseconds per request of `server`, while wrk sends each token of `fresh` once (but for the first)."""
    script = token_file(folder, "fresh.lua", [EACH_TOKEN_ONCE])
    cost, total = run(server, {}, TOO_LONG, 200, script=script, arguments=[token_file(folder, "fresh", fresh)])
    if total != len(fresh) - 1:
        raise LoadError(f"{server.name}: {total} answers to {len(fresh) - 1} tokens")
    return cost


def token_file(folder, name, lines):
    path = pathlib.Path(folder) / name
    path.write_text("\n".join(lines) + "\n")
    return str(path)
