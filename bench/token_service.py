"""How many tokens the token service issues a second on one core: client_credentials with a secret, every token signed, beside refreshes, each a rotation that
is on disk before it is answered. wrk makes the load on the other core; the figure per core is requests by the gateway's CPU time, so that a
gateway that waits is not measured by the waiting."""

import argparse
import base64
import hashlib
import http.client
import json
import pathlib
import subprocess
import tempfile
import time
import urllib.parse

import servers

CONFIGURATION = """
listen: 127.0.0.1:{port}
admin: off
workers: 1
store: sqlite:{folder}/store.db
log: {{requests: false, format: json}}
issuer: {{url: 'http://127.0.0.1:{port}', algorithm: {algorithm}}}
accept: {{session: {{}}}}
"""
CLIENT_CREDENTIALS = """
wrk.method = "POST"
wrk.body = "grant_type=client_credentials&scope=orders"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Authorization"] = "Basic %s"
"""
VERIFIER = "v" * 43
TOKEN = "/.quivive/oauth/token"


class Issuer(servers.Server):
    def __init__(self, folder, program, algorithm):
        self.program, self.algorithm = program, algorithm
        super().__init__("issuer-" + algorithm, folder)

    def command(self):
        self.config = self.write("quivive.yaml", CONFIGURATION.format(port=self.port, folder=self.folder, algorithm=self.algorithm))
        made = json.loads(self.run("client", "create", "bench", "--scope", "orders", "--json"))
        self.basic = base64.b64encode(f"bench:{made['secret']}".encode()).decode()
        self.run("client", "create", "app", "--public", "--redirect-uri", "http://127.0.0.1/back")
        self.run("user", "add", "bench", "--password-stdin", stdin="correct horse\n")
        return [self.program, "serve", "--config", self.config]

    def run(self, *arguments, stdin=""):
        done = subprocess.run([self.program, *arguments, "--config", self.config], input=stdin, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"quivive {' '.join(arguments[:2])}: {done.stderr or done.stdout}")
        return done.stdout

    def ask(self, connection, method, path, fields=None, headers=()):
        body = urllib.parse.urlencode(fields) if fields else None
        connection.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded", **dict(headers)})
        response = connection.getresponse()
        return response, response.read()

    def refresh_token(self, connection):
        login, _ = self.ask(connection, "POST", "/.quivive/login", {"username": "bench", "password": "correct horse"})
        challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
        query = urllib.parse.urlencode({"response_type": "code", "client_id": "app", "code_challenge": challenge, "code_challenge_method": "S256"})
        back, _ = self.ask(connection, "GET", "/.quivive/oauth/authorize?" + query, headers={"Cookie": login.getheader("Set-Cookie").split(";")[0]})
        code = dict(urllib.parse.parse_qsl(back.getheader("Location").partition("?")[2]))["code"]
        _, body = self.ask(connection, "POST", TOKEN, {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, "client_id": "app"})
        return json.loads(body)["refresh_token"]


def client_credentials(server, seconds, folder):
    script = pathlib.Path(folder) / "token.lua"
    script.write_text(CLIENT_CREDENTIALS % server.basic)
    before = server.cpu()
    out = subprocess.run(["taskset", "-c", "1", "wrk", "-t1", "-c32", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{server.port}{TOKEN}"],
                         capture_output=True, text=True, check=True).stdout
    spent = server.cpu() - before
    if "Non-2xx" in out:
        raise SystemExit(f"not every request was answered with a token:\n{out}")
    requests = int(out.split(" requests in ")[0].split()[-1])
    return requests / seconds, requests / spent


def refreshes(server, seconds):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    token, count = server.refresh_token(connection), 0
    before, end = server.cpu(), time.monotonic() + seconds
    while time.monotonic() < end:
        response, body = server.ask(connection, "POST", TOKEN, {"grant_type": "refresh_token", "refresh_token": token, "client_id": "app"})
        if response.status != 200:
            raise SystemExit(f"a refresh was answered with {response.status}")
        token = json.loads(body)["refresh_token"]
        count += 1
    return count / seconds, count / (server.cpu() - before)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quivive", required=True, metavar="PROGRAM")
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    program = str(pathlib.Path(options.quivive).resolve())
    with tempfile.TemporaryDirectory(prefix="quivive-bench-") as folder:
        print(f"{'':28}{'per second':>14}{'per core second':>18}")
        for algorithm in ("ES256", "EdDSA", "RS256"):
            server = Issuer(folder, program, algorithm)
            try:
                for _ in range(options.rounds):
                    print(f"{'client_credentials ' + algorithm:28}{'%.0f' % (rates := client_credentials(server, options.seconds, folder))[0]:>14}{'%.0f' % rates[1]:>18}")
                if algorithm == "ES256":
                    print(f"{'refresh, one client, ES256':28}{'%.0f' % (rates := refreshes(server, options.seconds))[0]:>14}{'%.0f' % rates[1]:>18}")
            finally:
                server.stop()


if __name__ == "__main__":
    main()
