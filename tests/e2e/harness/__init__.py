"""The end-to-end tests' tools: the program as a process, an upstream, an issuer, exact bytes on a socket."""

from .credentials import basic, basic_field, bearer, cut, key_field, wrong_key
from .diagnosis import Diagnosis, curl_include, curl_trace, curl_verbose, httpie, read, why
from .expect import expect
from .gateway import CommandResult, Gateway, command, config, sanitized, start_refused
from .issuer import Issuer
from .keyset_server import KeySetServer
from .services import Apache, App, Nginx, forward_proxy, free_port
from .tokens import SigningKey, b64url, b64url_decode, compact, unsigned
from .upstream import Upstream
from .vault import captured, leaks, secret
from .wire import Connection, Response, Truncated, curl, eventually, get, raw, refused_from_now_on, request

__all__ = [
    "Apache", "App", "CommandResult", "Connection", "Diagnosis", "Gateway", "Issuer", "KeySetServer", "Nginx", "Response", "SigningKey", "Truncated", "Upstream",
    "b64url", "b64url_decode", "basic", "basic_field", "bearer", "captured", "command", "compact", "config", "curl", "curl_include", "curl_trace", "curl_verbose", "cut",
    "eventually", "expect", "forward_proxy", "free_port", "get", "httpie", "key_field", "leaks", "raw", "read", "refused_from_now_on", "request", "sanitized", "secret", "start_refused", "unsigned", "why", "wrong_key",
]
