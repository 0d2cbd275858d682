#!/usr/bin/env python3
"""CPU microseconds per request of Quivive and of its peers, in one run on this machine.

Counted is the server's own user and system time, as the kernel accounts it; the load and the upstream run on another core.
One worker, 32 connections that stay open, a small body. The rounds are interleaved (A B C A B C …), so that a slow minute
of the machine hits all alike; the table shows medians, and each as a ratio to nginx doing the same job in the same run.
Absolute figures differ from machine to machine; compare ratios.
"""

import argparse
import dataclasses
import pathlib
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import gateway  # noqa: E402
import load  # noqa: E402
import servers  # noqa: E402
import streams  # noqa: E402
import tokens  # noqa: E402

FIRST_SIGHT = 3000  # new tokens a round


@dataclasses.dataclass
class Row:
    name: str
    server: servers.Server
    headers: dict
    base: str = "nginx, plain proxy"  # the row that this one is compared with
    status: int = 200
    path: str = "/orders"
    fresh: object = None  # a key: each request brings a token of it that was never seen
    figures: list = dataclasses.field(default_factory=list)

    def round(self, folder, seconds):
        if self.fresh:
            tokens_file = load.token_file(folder, "fresh", [tokens.mint(self.fresh) for _ in range(FIRST_SIGHT)])
            script = load.token_file(folder, "fresh.lua", [load.EACH_TOKEN_ONCE])
            return load.run(self.server, {}, 60, self.status, self.path, script, [tokens_file])
        return load.run(self.server, self.headers, seconds, self.status, self.path)

    def check(self):
        headers = bearer(self.fresh) if self.fresh else self.headers
        status, _ = load.answer(self.server.port, headers, self.path)
        if status != self.status:
            raise SystemExit(f"{self.name}: answers {status}, expected {self.status}\n{self.server.log.read_text()[-2000:]}")


def bearer(key):
    return {"Authorization": f"Bearer {tokens.mint(key)}"}


def peers(folder, upstream, keys, started):
    def start(kind, *arguments):
        started.append(kind(folder, *arguments))
        return started[-1]

    yield Row("nginx, plain proxy", start(servers.NginxProxy, upstream.port), {})
    yield Row("HAProxy, plain proxy", start(servers.Haproxy, upstream.port), {})
    refusing = "nginx, static 401"
    yield Row(refusing, start(servers.Nginx401), {}, refusing, 401)
    yield Row("HAProxy, static 401", start(servers.Haproxy, upstream.port, None, True), {}, refusing, 401)
    for algorithm in ("HS256", "RS256", "ES256"):
        key = keys[algorithm]
        yield Row(f"HAProxy, JWT {algorithm}", start(servers.Haproxy, upstream.port, key), bearer(key))
    yield Row("Apache mod_auth_openidc, JWT RS256", start(servers.Apache, upstream.port, keys["RS256"]), bearer(keys["RS256"]))


def ours(quivive, keys):
    yield Row("Quivive, public route", quivive, {}, path="/public")
    yield Row("Quivive, 401 without credentials", quivive, {}, "nginx, static 401", 401)
    for algorithm, key in keys.items():
        yield Row(f"Quivive, JWT {algorithm}, seen", quivive, bearer(key))
    yield Row("Quivive, API key", quivive, {"X-API-Key": quivive.key})
    yield Row("Quivive, Basic", quivive, {"Authorization": quivive.basic})
    for algorithm, key in keys.items():
        yield Row(f"Quivive, JWT {algorithm}, first sight", quivive, {}, fresh=key)


def openssl_verify():
    """Microseconds of one verification by OpenSSL alone, on the server's core."""
    names = {"RS256": ("rsa2048", "+F2"), "ES256": ("ecdsap256", "+F4"), "EdDSA": ("ed25519", "+F6")}
    for algorithm, (name, mark) in names.items():
        out = subprocess.run(["taskset", "-c", servers.SERVER_CORE, "openssl", "speed", "-mr", "-seconds", "1", name],
                             capture_output=True, text=True, check=True).stdout
        line = next(line for line in out.split("\n") if line.startswith(mark))
        yield algorithm, 1e6 / float(line.split(":")[-1])  # the last column is verifications a second


def table(rows):
    medians = {row.name: statistics.median(row.figures) for row in rows}
    width = max(map(len, medians)) + 2
    print(f"{'':{width}}{'µs CPU':>8}  {'range':>15}  {'× nginx':>8}")
    for row in rows:
        ratio = medians[row.name] / medians[row.base]
        spread = f"{min(row.figures):.1f} – {max(row.figures):.1f}"
        print(f"{row.name:{width}}{medians[row.name]:8.1f}  {spread:>15}  {ratio:8.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quivive", metavar="PROGRAM", help="the program to measure; without it, only the peers")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="of each row in each round")
    parser.add_argument("--only", default="", help="only rows whose name contains this, and nginx's")
    parser.add_argument("--log", action="store_true", help="let Quivive write its access log, to a file; the peers write none")
    parser.add_argument("--stream", type=float, metavar="GIB", help="instead: send that much up and down, and print the largest resident size")
    options = parser.parse_args()

    started = []
    with tempfile.TemporaryDirectory(prefix="quivive-bench-") as folder:
        try:
            keys = {algorithm: tokens.Key(algorithm, folder) for algorithm in ("RS256", "ES256", "EdDSA")}
            keys["HS256"] = tokens.SecretKey()
            if options.stream:
                return streams.main(pathlib.Path(options.quivive).resolve(), folder, keys, options.stream, started)
            started.append(servers.Upstream(folder))
            rows = list(peers(folder, started[0], keys, started))
            if options.quivive:
                quivive = gateway.Quivive(folder, pathlib.Path(options.quivive).resolve(), started[0].port, keys, options.log)
                started.append(quivive)
                rows += ours(quivive, keys)
            rows = [row for row in rows if options.only.lower() in row.name.lower() or row.name.startswith("nginx")]
            for row in rows:
                row.check()
            for number in range(options.rounds):
                print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
                for row in rows:
                    row.figures.append(row.round(folder, options.seconds))
            table(rows)
            print("\nOpenSSL alone, one verification:", ", ".join(f"{name} {cost:.1f} µs" for name, cost in openssl_verify()))
            print("\nMiB resident with 256 idle connections:")
            for server in {id(row.server): row.server for row in rows}.values():
                if server.name in ("nginx-proxy", "haproxy-proxy", "quivive"):
                    print(f"  {server.name:14}{streams.idle(server, 256):6.1f}")
        finally:
            for server in reversed(started):
                server.stop()


if __name__ == "__main__":
    sys.exit(main())
