"""Quivive as bench/peers.py measures it: one worker, every scheme on one route, a public route beside it."""

import base64
import http.client
import json
import pathlib
import subprocess

import servers
import tokens

CONFIGURATION = """
listen: 127.0.0.1:{port}
realm: api.example.com
upstream: http://127.0.0.1:{upstream}
store: sqlite:{folder}/store.db
shared: {shared}
admin: off
workers: 1
log: {{requests: {log}}}
accept:
  bearer:
    issuers:
      - issuer: {issuer}
        audience: [{audience}]
        keys: file:{folder}/keys.json
        algorithms: [RS256, ES256, EdDSA]
      - issuer: {secret_issuer}
        audience: [{audience}]
        secret_file: {folder}/secret
        algorithms: [HS256]
  api_key: {{header: X-API-Key}}
  basic: {{}}
  digest: {{}}
  session: {{}}
routes:
  - {{path: /public, public: true}}
  - {{path: /digest, accept: [digest]}}
  - {{path: /session, accept: [session]}}
  - {{path: /, accept: [bearer, api_key, digest, basic]}}
"""


class Quivive(servers.Server):
    """`key` is an API key of its store, `basic` an Authorization field with a user's password. With `verify`, an algorithm, each
    request costs one verification by OpenSSL more (verify_in_place.cc)."""

    def __init__(self, folder, program, upstream, keys, log=False, verify="", shared="memory"):
        self.program, self.upstream, self.keys, self.log_requests, self.verify, self.shared = str(program), upstream, keys, log, verify, shared
        super().__init__("quivive" + verify + ("" if shared == "memory" else "-" + shared), folder)

    def command(self):
        self.write("keys.json", json.dumps({"keys": [key.jwk for key in self.keys.values() if key.algorithm != "HS256"]}))
        self.write("secret", self.keys["HS256"].secret.decode())
        configuration = self.write("quivive.yaml", CONFIGURATION.format(
            port=self.port, upstream=self.upstream, folder=self.folder, issuer=tokens.ISSUER, audience=tokens.AUDIENCE,
            secret_issuer=tokens.SECRET_ISSUER, shared=self.shared, log=str(self.log_requests).lower()))
        created = self.run("key", "create", "--config", configuration, "--owner", "bench", "--json")
        self.key = json.loads(created)["key"]
        self.run("user", "add", "bench", "--digest", "--config", configuration, "--password-stdin", stdin="correct horse\n")
        self.basic = "Basic " + base64.b64encode(b"bench:correct horse").decode()
        command = [self.program, "serve", "--config", configuration]
        if not self.verify:
            return command
        subprocess.run(["g++", "-std=c++20", "-O2", "-shared", "-fPIC", "-o", self.path("verify.so"),
                        pathlib.Path(__file__).with_name("verify_in_place.cc"), "-lcrypto"], check=True)
        return ["env", f"LD_PRELOAD={self.path('verify.so')}", f"VERIFY={self.verify}", *command]

    def session(self):
        """The Cookie field of somebody who has signed in."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", "/.quivive/login", json.dumps({"username": "bench", "password": "correct horse"}), {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
        connection.close()
        if response.status != 200:
            raise SystemExit(f"the login answers {response.status}")
        return {"Cookie": response.getheader("Set-Cookie").split(";")[0]}

    def path(self, name):
        return str(self.folder / name)

    def run(self, *arguments, stdin=""):
        done = subprocess.run([self.program, *arguments], input=stdin, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"quivive {' '.join(arguments[:2])}: {done.stderr or done.stdout}")
        return done.stdout
