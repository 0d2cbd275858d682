"""A client of Digest (RFC 7616), which no library here does to the letter: auth-int is among what they leave out."""

import contextlib
import hashlib
import itertools
import re

from .gateway import Gateway, config

REALM = "api.example.com"  # of harness.config
HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256, "SHA-512-256": lambda data: hashlib.new("sha512_256", data)}


def hashed(algorithm, *parts):
    return hash_of(algorithm, ":".join(parts).encode())


def hash_of(algorithm, data):
    return HASHES[algorithm.removesuffix("-sess")](data).hexdigest()


def parameters(challenge):
    return {name: quoted or plain for name, quoted, plain in re.findall(r'([\w*-]+)=(?:"([^"]*)"|([^\s,]+))', challenge)}


class Client:
    """A test spoils one part with `parts` (what is sent) or `signed` (what is hashed)."""

    def __init__(self, gateway, user, password, algorithm="SHA-256", qop="auth"):
        self.gateway, self.user, self.password, self.algorithm, self.qop = gateway, user, password, algorithm, qop
        self.nonce, self.count = None, itertools.count(1)

    def challenge(self, path="/digest/x", method="GET"):
        lines = self.gateway.request(method, path).all("WWW-Authenticate")
        found = [parameters(line) for line in lines if line.startswith("Digest ")]
        self.nonce = next(one["nonce"] for one in found if one["algorithm"] == self.algorithm)
        self.count = itertools.count(1)
        return self.nonce

    def field(self, path="/digest/x", method="GET", *, body=b"", signed=None, **parts):
        sent = {"username": self.user, "realm": REALM, "nonce": self.nonce, "uri": path, "algorithm": self.algorithm, "qop": self.qop,
                "nc": f"{next(self.count):08x}", "cnonce": "0a4f113b", **parts}
        use = {**sent, "method": method, "password": self.password, "body": body, **(signed or {})}
        a1 = hashed(self.algorithm, use["username"], use["realm"], use["password"])
        if self.algorithm.endswith("-sess"):
            a1 = hashed(self.algorithm, a1, use["nonce"], use["cnonce"])
        covered = [hash_of(self.algorithm, use["body"])] if use["qop"] == "auth-int" else []
        a2 = hashed(self.algorithm, use["method"], use["uri"], *covered)
        sent.setdefault("response", hashed(self.algorithm, a1, use["nonce"], use["nc"], use["cnonce"], use["qop"], a2))
        # Of the answer, which the gateway always gives with qop=auth.
        self.rspauth = hashed(self.algorithm, a1, use["nonce"], use["nc"], use["cnonce"], "auth", hashed(self.algorithm, "", use["uri"]))
        plain = ("nc", "qop", "algorithm")
        value = "Digest " + ", ".join(f"{n}={v}" if n in plain else f'{n}="{v}"' for n, v in sent.items() if v is not None)
        return {"Authorization": value.encode().decode("latin-1")}  # as UTF-8 (charset="UTF-8"): the wire's texts are octets

    def get(self, path="/digest/x", **more):
        if self.nonce is None:
            self.challenge(path)
        return self.gateway.get(path, self.field(path, **more))


@contextlib.contextmanager
def replicas(upstream, folder, users, count=2, **more):
    """Gateways that use one store and share their nonces, each with a folder of its own."""
    with contextlib.ExitStack() as stack:
        started = []
        for number in range(count):
            own = folder / str(number)
            own.mkdir()
            settings = config(upstream.url, accept={"digest": {}, "api_key": {}}, routes=[{"path": "/", "accept": ["digest", "api_key"]}], store=f"sqlite:{folder}/shared.db",
                              **{"shared": "store", **more})
            started.append(stack.enter_context(Gateway(settings, folder=own)))
        for user in users:
            started[0].add_user(*user, digest=True)
        yield started
