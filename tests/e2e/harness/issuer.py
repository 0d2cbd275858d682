"""An issuer: signs tokens with keys of its own, and writes its key set."""

import itertools
import json
import time

from .tokens import compact, hmac_signer

NAME = "https://id.example.com"
AUDIENCE = "https://api.example.com"

_serial = itertools.count(1)


class Issuer:
    def __init__(self, name=NAME, audience=AUDIENCE):
        self.name, self.audience = name, audience
        self.keys = {}  # algorithm → SigningKey

    def add(self, key, *algorithms):
        for algorithm in algorithms:
            self.keys[algorithm] = key
        return self

    def key_set(self, *keys):
        """The document; of all keys unless some are given."""
        unique = {key.kid: key for key in (keys or self.keys.values())}
        return json.dumps({"keys": [key.jwk() for key in unique.values()]})

    def claims(self, **changes):
        """Good claims, with changes: None leaves a claim out."""
        now = int(time.time())
        claims = {"iss": self.name, "aud": self.audience, "sub": "alice", "iat": now - 10, "exp": now + 600, "jti": f"j{next(_serial)}"}
        claims.update(changes)
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, algorithm="ES256", *, header=None, key=None, **claims):
        """A token that verifies, unless told otherwise by `header` members (None: left out), another key, or claims."""
        key = key or self.keys[algorithm]
        members = {"alg": algorithm, "kid": key.kid, "typ": "at+jwt", **(header or {})}
        members = {name: value for name, value in members.items() if value is not None}
        return compact(members, self.claims(**claims), lambda data: key.sign(algorithm, data))

    def secret_token(self, secret, algorithm="HS256", *, header=None, **claims):
        members = {"alg": algorithm, "typ": "at+jwt", **(header or {})}
        return compact(members, self.claims(**claims), hmac_signer(secret, algorithm))
