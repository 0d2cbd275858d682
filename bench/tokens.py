"""Keys and JWTs for the benchmark, made with OpenSSL's own library, so that thousands of tokens take seconds."""

import base64
import ctypes
import ctypes.util
import hmac
import json
import os
import pathlib
import subprocess
import time

ISSUER = "https://id.example.com"
SECRET_ISSUER = "https://internal.example.com"  # HS256 has an issuer of its own: it may not share one with public keys
AUDIENCE = "https://api.example.com"
GENPKEY = {
    "RS256": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "ES256": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "EdDSA": ["ED25519"],
}

_crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
for _name in ("BIO_new_mem_buf", "PEM_read_bio_PrivateKey", "EVP_MD_CTX_new", "EVP_sha256"):
    getattr(_crypto, _name).restype = ctypes.c_void_p


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments, **options):
    return subprocess.run(["openssl", *arguments], capture_output=True, check=True, **options).stdout


def from_der(der, width=32):
    """An ECDSA signature as JOSE writes it: r and s side by side (RFC 7518 section 3.4)."""
    r_length = der[3]
    r, s = der[4:4 + r_length], der[6 + r_length:]
    return b"".join(int.from_bytes(n, "big").to_bytes(width, "big") for n in (r, s))


class Key:
    """A key pair in FOLDER/ALGORITHM.pem; the public half is in ALGORITHM.pub.pem and in `jwk`."""

    def __init__(self, algorithm, folder):
        self.algorithm = algorithm
        self.private = pathlib.Path(folder) / f"{algorithm}.pem"
        self.public = pathlib.Path(folder) / f"{algorithm}.pub.pem"
        openssl("genpkey", "-algorithm", *GENPKEY[algorithm], "-out", str(self.private))
        openssl("pkey", "-in", str(self.private), "-pubout", "-out", str(self.public))
        pem = self.private.read_bytes()
        bio = ctypes.c_void_p(_crypto.BIO_new_mem_buf(pem, len(pem)))
        self._pkey = ctypes.c_void_p(_crypto.PEM_read_bio_PrivateKey(bio, None, None, None))
        self._hash = None if algorithm == "EdDSA" else ctypes.c_void_p(_crypto.EVP_sha256())
        self.jwk = {"kid": f"bench-{algorithm}", "alg": algorithm, "use": "sig", **self._parameters()}

    def _parameters(self):
        der = openssl("pkey", "-in", str(self.private), "-pubout", "-outform", "DER")
        if self.algorithm == "EdDSA":
            return {"kty": "OKP", "crv": "Ed25519", "x": b64(der[-32:])}
        if self.algorithm == "ES256":
            return {"kty": "EC", "crv": "P-256", "x": b64(der[-64:-32]), "y": b64(der[-32:])}
        modulus = openssl("rsa", "-in", str(self.private), "-noout", "-modulus").decode().split("=")[1]
        return {"kty": "RSA", "n": b64(bytes.fromhex(modulus.strip())), "e": "AQAB"}

    def sign(self, data):
        context = ctypes.c_void_p(_crypto.EVP_MD_CTX_new())
        length = ctypes.c_size_t(1024)
        out = ctypes.create_string_buffer(length.value)
        ok = _crypto.EVP_DigestSignInit(context, None, self._hash, None, self._pkey) == 1
        ok = ok and _crypto.EVP_DigestSign(context, out, ctypes.byref(length), data, ctypes.c_size_t(len(data))) == 1
        _crypto.EVP_MD_CTX_free(context)
        if not ok:
            raise RuntimeError(f"signing with {self.algorithm} failed")
        signature = out.raw[:length.value]
        return from_der(signature) if self.algorithm == "ES256" else signature


class SecretKey:
    """A shared secret for HS256."""

    algorithm = "HS256"

    def __init__(self):
        self.secret = b64(os.urandom(32)).encode()  # text: HAProxy takes a secret as it is written
        self.jwk = {"kid": "bench-HS256", "alg": "HS256", "kty": "oct", "k": b64(self.secret)}

    def sign(self, data):
        return hmac.new(self.secret, data, "sha256").digest()


def mint(key, subject="bench"):
    """An access token as an identity provider would write it, valid for a day."""
    now = int(time.time())
    header = {"alg": key.algorithm, "typ": "at+jwt", "kid": key.jwk["kid"]}
    claims = {
        "iss": SECRET_ISSUER if key.algorithm == "HS256" else ISSUER, "aud": AUDIENCE, "sub": subject, "client_id": "bench",
        "iat": now, "exp": now + 86400, "jti": b64(os.urandom(12)), "scope": "orders:read orders:write", "name": "Bench Mark",
    }
    text = ".".join(b64(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    return f"{text}.{b64(key.sign(text.encode()))}"
