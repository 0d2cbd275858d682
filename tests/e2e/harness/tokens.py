"""Tokens and keys made by the openssl command, so that nothing here shares a line with the code under test."""

import base64
import hashlib
import hmac
import json
import pathlib
import subprocess

HASH_OF = {"256": "sha256", "384": "sha384", "512": "sha512"}
COORDINATE = {"P-256": 32, "P-384": 48, "P-521": 66}


def b64url(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else data.encode()).rstrip(b"=").decode()


def b64url_decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def openssl(*arguments, data=None):
    done = subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True, check=False)
    assert done.returncode == 0, f"openssl {arguments[0]}: {done.stderr.decode()}"
    return done.stdout


def der(data):
    """The (tag, content) pairs of one DER level."""
    out, at = [], 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(data[at:at + count], "big"), at + count
        out.append((tag, data[at:at + size]))
        at += size
    return out


def raw_signature(ecdsa_der, size):
    """r and s side by side (RFC 7518 section 3.4) from the DER that openssl writes."""
    (_, sequence), = der(ecdsa_der)
    return b"".join(int.from_bytes(number, "big").to_bytes(size, "big") for _, number in der(sequence))


class SigningKey:
    """A private key in a file, with what a JWK set says of its public half."""

    KINDS = {
        "rsa": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
        "P-256": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
        "P-384": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"),
        "P-521": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"),
        "Ed25519": ("-algorithm", "ED25519"),
        "Ed448": ("-algorithm", "ED448"),
    }

    def __init__(self, folder, kind, kid):
        self.kind, self.kid = kind, kid
        self.path = pathlib.Path(folder, f"{kid}.pem")
        openssl("genpkey", *self.KINDS[kind], "-out", self.path)

    def public_pem(self):
        return openssl("pkey", "-in", self.path, "-pubout").decode()

    def jwk(self, **members):
        spki = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")
        (_, outer), = der(spki)
        bits = der(outer)[1][1][1:]  # BIT STRING without its count of unused bits
        if self.kind == "rsa":
            (_, sequence), = der(bits)
            modulus, exponent = (number.lstrip(b"\0") for _, number in der(sequence))
            key = {"kty": "RSA", "n": b64url(modulus), "e": b64url(exponent)}
        elif self.kind in COORDINATE:
            size = COORDINATE[self.kind]
            key = {"kty": "EC", "crv": self.kind, "x": b64url(bits[1:1 + size]), "y": b64url(bits[1 + size:])}
        else:
            key = {"kty": "OKP", "crv": self.kind, "x": b64url(bits)}
        return {**key, "kid": self.kid, "use": "sig", **members}

    def sign(self, algorithm, data):
        if algorithm.startswith("Ed"):
            # pkeyutl reads what it signs from a file it can size.
            source = self.path.with_suffix(".signing")
            source.write_bytes(data)
            return openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.path, "-in", source)
        digest = "-" + HASH_OF[algorithm[2:]]
        if algorithm.startswith("PS"):
            return openssl("dgst", digest, "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1", "-sign", self.path, data=data)
        signature = openssl("dgst", digest, "-sign", self.path, data=data)
        return raw_signature(signature, COORDINATE[self.kind]) if algorithm.startswith("ES") else signature


def compact(header, claims, sign):
    """A compact JWS; `header` and `claims` are objects, or text to be sent as it is."""
    parts = [b64url(part if isinstance(part, (str, bytes)) else json.dumps(part)) for part in (header, claims)]
    return ".".join([*parts, b64url(sign(".".join(parts).encode()))])


def unsigned(header, claims, signature=b""):
    return compact(header, claims, lambda _: signature)


def hmac_signer(secret, algorithm="HS256"):
    return lambda data: hmac.new(secret, data, getattr(hashlib, HASH_OF[algorithm[2:]])).digest()
