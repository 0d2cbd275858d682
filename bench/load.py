"""The load: wrk on its own core, with 32 connections that stay open; and what one request of it answers."""

import http.client
import pathlib
import re
import subprocess

from servers import LOAD_CORE, end_with_parent

CONNECTIONS = 32

# A request for each value of Authorization in a file.
REQUESTS = """
local requests, built = {}, 0
function init(args)
  for value in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", "/orders", { ["Host"] = "api.example.com", ["Authorization"] = value })
  end
end
"""

# Each value of Authorization once, then the end. wrk sleeps until its duration is over, whatever its threads do; only SIGINT wakes it to print its
# counts. So the script raises it, when the last answer is in: no request is under way then that the server has spent time on and wrk
# does not count. wrk asks delay() once before each request: there connections that would get no value any more are parked.
EACH_VALUE_ONCE = REQUESTS + """
local ffi = require("ffi")
ffi.cdef("int getpid(void); int kill(int pid, int signal);")
local SIGINT, FOREVER = 2, 3600000
local granted, answered = 0, 0
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

TOO_LONG = 30  # seconds, for any number of values that is sensible

# Each value of Authorization once, for as long as they last. wrk calls nothing but this between two requests, so that the load weighs little
# more than one that says the same all the time.
NEXT_VALUE = REQUESTS + """
function request()
  built = built + 1
  return requests[built] or error("there are too few values for the time")
end
"""


class LoadError(Exception):
    pass


def answer(port, headers, path="/orders"):
    """(status, WWW-Authenticate) of one GET: the first line of it, or None."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": "api.example.com", **headers})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, response.getheader("WWW-Authenticate")


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


def run_in_turn(server, values, seconds, folder):
    """CPU microseconds per request of `server`, while wrk sends one value of Authorization after the other. There must be enough of them."""
    script = text_file(folder, "turn.lua", [NEXT_VALUE])
    return run(server, {}, seconds, 200, script=script, arguments=[text_file(folder, "values", values)])[0]


def run_each_once(server, values, folder):
    """CPU microseconds per request of `server`, while wrk sends each value of Authorization once (but for the first)."""
    script = text_file(folder, "each.lua", [EACH_VALUE_ONCE])
    cost, total = run(server, {}, TOO_LONG, 200, script=script, arguments=[text_file(folder, "values", values)])
    if total != len(values) - 1:
        raise LoadError(f"{server.name}: {total} answers to {len(values) - 1} requests")
    return cost


def text_file(folder, name, lines):
    path = pathlib.Path(folder) / name
    path.write_text("\n".join(lines) + "\n")
    return str(path)
