#!/usr/bin/env python3
"""CPU microseconds per request of Quivive and of its peers, in one run on this machine.

Counted is the server's own user and system time, as the kernel accounts it; the load and the upstream run on another core.
One worker, 32 connections that stay open, a small body. The rounds are interleaved (A B C A B C …), so that a slow minute
of the machine hits all alike; the table shows medians, and each as a ratio to nginx doing the same job in the same run.
Absolute figures differ from machine to machine; compare ratios.
"""

import argparse
import dataclasses
import hashlib
import pathlib
import re
import signal
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

ENDING = (signal.SIGTERM, signal.SIGHUP)
SIGNED = 360  # bytes of a token that its signature covers
DIGESTS = 120000  # values for a second of requests, each with a count of its own: more than any server here answers
FIRST_SIGHT = 6000  # new tokens a round and algorithm: RS256 signatures take a millisecond each; and the gateway remembers all of them


@dataclasses.dataclass
class Row:
    name: str
    server: servers.Server
    headers: dict
    base: str = "nginx, plain proxy"  # the row that this one is compared with
    status: int = 200
    path: str = "/orders"
    fresh: object = None  # a key: each request brings a token of it that was never seen
    digest: tuple = None  # user and password: each request has a field of its own
    answered_to: servers.Server = None  # with `digest`: whose challenges those are, where not the server's own
    verifying: servers.Server = None  # with `fresh`: the same program, where one verification by OpenSSL goes with each request
    figures: list = dataclasses.field(default_factory=list)
    again: list = dataclasses.field(default_factory=list)  # with `fresh`: the same tokens once more, sent in the same way
    verified: list = dataclasses.field(default_factory=list)  # and that, of `verifying`

    def round(self, folder, seconds):
        if self.fresh:
            fresh = [f"Bearer {tokens.mint(self.fresh)}" for _ in range(FIRST_SIGHT)]
            first = load.run_each_once(self.server, fresh, folder)
            self.again.append(load.run_each_once(self.server, fresh, folder))
            load.run_each_once(self.verifying, fresh, folder)
            self.verified.append(load.run_each_once(self.verifying, fresh, folder))
            return first
        if self.digest:
            fields = digest_fields(self.answered_to or self.server, *self.digest, DIGESTS * seconds)
            return load.run_in_turn(self.server, fields, seconds, folder)
        return load.run(self.server, self.headers, seconds, self.status, self.path)[0]

    def check(self):
        headers = bearer(self.fresh) if self.fresh else self.headers
        if self.digest:  # remembered from here on: 32 that are looked up at once overtake each other by more than counts may
            headers = {"Authorization": digest_fields(self.answered_to or self.server, *self.digest, 1)[0]}
        status, _ = load.answer(self.server.port, headers, self.path)
        if status != self.status:
            raise SystemExit(f"{self.name}: answers {status}, expected {self.status}\n{self.server.log.read_text()[-2000:]}")


def digest_fields(server, user, password, number):
    """`number` values of Authorization that answer challenges, with a count each (RFC 7616 section 3.4). A nonce for each connection, as so many
    clients would have: requests with one nonce on all of them overtake each other by more than counts may."""
    def hashed(*parts):
        return hashlib.sha256(":".join(parts).encode()).hexdigest()

    challenges = [dict(re.findall(r'(\w+)="([^"]*)"', load.answer(server.port, {}, "/digest")[1])) for _ in range(load.CONNECTIONS)]
    secret, request = hashed(user, challenges[0]["realm"], password), hashed("GET", "/orders")
    fields = []
    for turn in range(number):
        given, count = challenges[turn % len(challenges)], f"{turn // len(challenges) + 1:08x}"
        response = hashed(secret, given["nonce"], count, "0a4f113b", "auth", request)
        fields.append(f'Digest username="{user}", realm="{given["realm"]}", nonce="{given["nonce"]}", uri="/orders", algorithm=SHA-256, '
                      f'cnonce="0a4f113b", nc={count}, qop=auth, response="{response}"')
    return fields


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


def ours(quivive, keys, verifying, nginx, with_store):
    """`nginx` is its plain proxy, `with_store` a gateway that shares its nonces by the store."""
    yield Row("Quivive, public route", quivive, {}, path="/public")
    yield Row("Quivive, 401 without credentials", quivive, {}, "nginx, static 401", 401)
    for algorithm, key in keys.items():
        yield Row(f"Quivive, JWT {algorithm}, seen", quivive, bearer(key))
    yield Row("Quivive, API key", quivive, {"X-API-Key": quivive.key})
    yield Row("Quivive, Basic", quivive, {"Authorization": quivive.basic})
    yield Row("Quivive, session cookie", quivive, quivive.session(), path="/session")
    # Each request has another field, long and to be chosen by the load, which costs any server more than the load of the other rows.
    same, user = "nginx, plain proxy, requests of Digest", ("bench", "correct horse")
    yield Row(same, nginx, {}, same, digest=user, answered_to=quivive)
    yield Row("Quivive, Digest SHA-256", quivive, {}, same, digest=user)
    yield Row("Quivive, Digest SHA-256, shared: store", with_store, {}, same, digest=user)
    for algorithm, key in keys.items():
        yield Row(f"Quivive, JWT {algorithm}, first sight", quivive, {}, fresh=key, verifying=verifying(algorithm))


def openssl_verify():
    """Microseconds of one verification by OpenSSL alone, on the server's core, of each algorithm."""
    def speed(*what):
        command = ["taskset", "-c", servers.SERVER_CORE, "openssl", "speed", "-mr", "-seconds", "1", *what]
        return subprocess.run(command, capture_output=True, text=True, check=True, preexec_fn=servers.end_with_parent).stdout.split("\n")

    # The last column is verifications a second; of an HMAC, bytes a second.
    rates = {line.split(":")[0]: float(line.split(":")[-1]) for line in speed("rsa2048", "ecdsap256", "ed25519") if line.startswith("+F")}
    costs = {algorithm: 1e6 / rates[mark] for algorithm, mark in (("RS256", "+F2"), ("ES256", "+F4"), ("EdDSA", "+F6"))}
    rate = next(line for line in speed("-bytes", str(SIGNED), "-hmac", "sha256") if line.startswith("+F:"))
    return {**costs, "HS256": 1e6 * SIGNED / float(rate.split(":")[-1])}


def first_sight_table(rows, alone):
    """What a token costs at first sight, beyond the same token sent again and OpenSSL's verification of it. What that costs in a
    server is more than in a loop of its own (`alone`): caches are cold, and a peer that has gone to sleep must be woken by a system
    call of ours. So it is measured in place, as a verification added to a token that is known. Medians, then the rest's range."""
    rows = [row for row in rows if row.fresh]
    if not rows:
        return
    print(f"\n{'µs CPU':8}{'first sight':>12}{'again':>8}{'and OpenSSL':>13}{'the rest':>10}  {'range':>15}{'OpenSSL alone':>15}")
    for row in rows:
        rest = [first - verified for first, verified in zip(row.figures, row.verified)]
        first, again, verified, middle = map(statistics.median, (row.figures, row.again, row.verified, rest))
        spread = f"{min(rest):.1f} – {max(rest):.1f}"
        print(f"{row.fresh.algorithm:8}{first:12.1f}{again:8.1f}{verified:13.1f}{middle:10.1f}  {spread:>15}"
              f"{statistics.median(alone[row.fresh.algorithm]):15.1f}")


def stop_all(started):
    """Whatever comes: a second signal waits, and one server that does not stop keeps no other running."""
    for number in (signal.SIGINT, *ENDING):
        signal.signal(number, signal.SIG_IGN)
    for server in reversed(started):
        try:
            server.stop()
        except OSError as problem:
            print(f"{server.name}: {problem}", file=sys.stderr)


def end(number, _):
    sys.exit(128 + number)


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
    parser.add_argument("--only", default="", help="only rows whose name contains this (a regular expression), and nginx's")
    parser.add_argument("--log", action="store_true", help="let Quivive write its access log, to a file; the peers write none")
    parser.add_argument("--stream", type=float, metavar="GIB", help="instead: send that much up and down, and print the largest resident size")
    options = parser.parse_args()

    for number in ENDING:
        signal.signal(number, end)  # so that the servers are stopped, as at an error
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
                def quivive(verify="", shared="memory"):
                    program = pathlib.Path(options.quivive).resolve()
                    started.append(gateway.Quivive(folder, program, started[0].port, keys, options.log, verify, shared))
                    return started[-1]

                rows += ours(quivive(), keys, quivive, rows[0].server, quivive(shared="store"))
            rows = [row for row in rows if re.search(options.only, row.name, re.I) or row.name.startswith("nginx")]
            for row in rows:
                row.check()
            alone = {algorithm: [] for algorithm in keys}
            for number in range(options.rounds):
                print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
                for row in rows:
                    row.figures.append(row.round(folder, options.seconds))
                for algorithm, cost in openssl_verify().items() if any(row.fresh for row in rows) else ():
                    alone[algorithm].append(cost)
            table(rows)
            print("\nMiB resident with 256 idle connections:")
            for server in {id(row.server): row.server for row in rows}.values():
                if server.name in ("nginx-proxy", "haproxy-proxy", "quivive"):
                    print(f"  {server.name:14}{streams.idle(server, 256):6.1f}")
            first_sight_table(rows, alone)
        finally:
            stop_all(started)


if __name__ == "__main__":
    sys.exit(main())
