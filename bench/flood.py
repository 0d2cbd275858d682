"""How much a flood of wrong passwords delays valid tokens: the latency of requests with a token that was seen, alone and beside a client that sends
wrong passwords, many more than can be hashed, from loopback, where no lock-out stops it. wrk makes both loads. The gateway, its worker and its
hashing threads alike, has one core; the load has the other. --rate 0 sends them as fast as they are answered: then it is the number of requests
that delays the others, as of any kind."""

import argparse
import pathlib
import re
import statistics
import subprocess
import tempfile

import gateway
import servers
import tokens

WRONG = """
local n = 0
function delay()
  return %d
end
function request()
  n = n + 1
  return wrk.format("GET", "/orders", { ["Host"] = "api.example.com", ["Authorization"] = "Basic " .. %s })
end
"""


def wrk(port, seconds, connections, headers=(), script=None):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    for name, value in headers:
        command += ["-H", f"{name}: {value}"]
    command += ["-s", script] if script else []
    return subprocess.Popen([*command, f"http://127.0.0.1:{port}/orders"], stdout=subprocess.PIPE, text=True, preexec_fn=servers.end_with_parent)


def milliseconds(text):
    number, unit = re.fullmatch(r"([0-9.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def percentiles(output):
    rows = dict(re.findall(r"^ +(\d+)% +(\S+)$", output, re.M))
    return milliseconds(rows["50"]), milliseconds(rows["99"])


def rate(output):
    return float(re.search(r"Requests/sec: +([0-9.]+)", output).group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quivive", required=True, metavar="PROGRAM")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=4, help="with a token")
    parser.add_argument("--flood", type=int, default=16, help="connections with wrong passwords")
    parser.add_argument("--rate", type=int, default=1000, help="wrong passwords a second")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quivive-bench-") as folder:
        keys = {algorithm: tokens.Key(algorithm, folder) for algorithm in ("RS256", "ES256", "EdDSA")}
        keys["HS256"] = tokens.SecretKey()
        started = []
        try:
            started.append(servers.Upstream(folder))
            started.append(gateway.Quivive(folder, pathlib.Path(options.quivive).resolve(), started[0].port, keys))
            port = started[1].port
            script = pathlib.Path(folder) / "wrong.lua"
            # Another password each time, in base64 of "bench:" and a number: the alphabet's letters stand for themselves.
            delay = 1000 * options.flood // options.rate if options.rate else 0
            script.write_text(WRONG % (delay, '"YmVuY2g6" .. string.format("%08d", n)'))
            token = [("Host", "api.example.com"), ("Authorization", f"Bearer {tokens.mint(keys['ES256'])}")]
            print(f"{'':8}{'p50 ms':>10}{'p99 ms':>10}{'flooded p50':>14}{'p99':>10}{'× quiet p99':>14}{'wrong/s':>10}")
            ratios = []
            for number in range(options.rounds):
                quiet = percentiles(wrk(port, options.seconds, options.connections, token).communicate()[0])
                flood = wrk(port, options.seconds + 2, options.flood, script=str(script))
                beside = percentiles(wrk(port, options.seconds, options.connections, token).communicate()[0])
                wrong = rate(flood.communicate()[0])
                ratios.append(beside[1] / quiet[1])
                print(f"{number + 1:<8}{quiet[0]:10.2f}{quiet[1]:10.2f}{beside[0]:14.2f}{beside[1]:10.2f}{ratios[-1]:14.2f}{wrong:10.0f}")
            print(f"median of the ratios: {statistics.median(ratios):.2f}")
        finally:
            for server in reversed(started):
                server.stop()


if __name__ == "__main__":
    main()
