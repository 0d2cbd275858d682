"""The end-to-end tests' tools: the program as a process, an upstream, an issuer, exact bytes on a socket."""

from .credentials import basic, basic_field, bearer, cut, key_field, wrong_key
from .expect import expect
from .gateway import CommandResult, Gateway, command, config, sanitized, start_refused
from .issuer import Issuer
from .keyset_server import KeySetServer
from .tokens import SigningKey, b64url, b64url_decode, compact, unsigned
from .upstream import Upstream
from .vault import captured, leaks, secret
from .wire import Connection, Response, Truncated, curl, eventually, get, raw, refused_from_now_on, request

__all__ = [
    "CommandResult", "Connection", "Gateway", "Issuer", "KeySetServer", "Response", "SigningKey", "Truncated", "Upstream",
    "b64url", "b64url_decode", "basic", "basic_field", "bearer", "captured", "command", "compact", "config", "curl", "cut",
    "eventually", "expect", "get", "key_field", "leaks", "raw", "refused_from_now_on", "request", "sanitized", "secret", "start_refused", "unsigned", "wrong_key",
]
