"""Fields that carry credentials, and credentials broken on purpose. Whatever is built here counts as secret."""

import base64
import zlib

from .vault import secret

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def bearer(token):
    """Its last part is the secret: who has header and claims alone has nothing."""
    secret(token.rsplit(".", 1)[-1])
    return {"Authorization": f"Bearer {token}"}


def basic_field(user, password):
    secret(password)
    return "Basic " + secret(base64.b64encode(f"{user}:{password}".encode()).decode())


def basic(user, password):
    return {"Authorization": basic_field(user, password)}


def key_field(key, name="X-API-Key"):
    secret(key)
    return {name: key}


def cut(key, count=5):
    return secret(key[:-count])


def wrong_key(key):
    """Well formed but unknown: another secret of the same shape, with its checksum."""
    body = key[:-6]
    last = BASE62[(BASE62.index(body[-1]) + 1) % 62]
    return secret(with_checksum(body[:-1] + last))


def with_checksum(body):
    """qv_<id>_<secret> with six base62 digits of CRC-32 behind it."""
    value, digits = zlib.crc32(body.encode()), ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        digits = BASE62[digit] + digits
    return body + digits
