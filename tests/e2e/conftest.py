"""What the tests share: keys and an issuer, an upstream, and one gateway (`api`) with a route for every kind of rule.

A module that needs another configuration starts its own gateway. QUIVIVE_BIN names the program (default: build/dev).
"""

import itertools
import os
import pathlib
import signal
import types

import pytest

from harness import Gateway, Issuer, SigningKey, Upstream, config, leaks, secret

# Those of the list need browsers, servers, a keyring and npm packages that script/test does not install; script/test-exports does.
collect_ignore_glob = [] if os.environ.get("QUIVIVE_EXPORTS") else pathlib.Path(__file__).with_name("exports.list").read_text().split()

# What a shell starts in the background ignores SIGINT, and so would every program that a test starts and ends by it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_markers = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def no_secret_is_printed(request):
    """After the last test: no secret that any of them used occurs in a log, in metrics or in what `explain` said."""
    yield
    found, secrets, searched = leaks()
    assert not found, "\n".join(found)
    if not request.session.testsfailed:  # a test that failed before it captured anything says so itself
        assert not secrets or searched, "nothing was captured, so nothing was shown"


@pytest.fixture
def marker():
    """A text that occurs in no other test's targets."""
    return f"m{next(_markers)}z"


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="session")
def keys(key_folder):
    """A key of each kind; `stranger` is a second P-256 key that no gateway knows."""
    made = {kind: SigningKey(key_folder, kind, f"k-{kind.lower()}") for kind in SigningKey.KINDS}
    made["stranger"] = SigningKey(key_folder, "P-256", "k-stranger")
    return made


@pytest.fixture(scope="session")
def issuer(keys):
    return (Issuer()
            .add(keys["P-256"], "ES256").add(keys["P-384"], "ES384").add(keys["P-521"], "ES512")
            .add(keys["rsa"], "RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
            .add(keys["Ed25519"], "EdDSA").add(keys["Ed448"], "Ed448"))


ASYMMETRIC = ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA", "Ed448"]
HMAC_ISSUER = "https://hmac.example.com"


@pytest.fixture(scope="session")
def upstream():
    with Upstream() as server:
        yield server
    assert not server.errors, server.errors


@pytest.fixture(scope="session")
def people():
    """The users of `api`'s store. Names and passwords that need UTF-8 are among them on purpose."""
    return types.SimpleNamespace(alice=("alice", secret("correct horse battery")), bob=("bob", secret("pa:ss:wörd-0815")))


def bearer_settings(issuer, **more):
    return {"issuer": issuer.name, "audience": [issuer.audience], "keys": "file:jwks.json", "algorithms": ASYMMETRIC, **more}


@pytest.fixture(scope="session")
def api_settings(upstream, issuer):
    everything = ["bearer", "api_key", "basic"]
    return config(
        upstream.url,
        accept={
            "bearer": {"issuers": [
                bearer_settings(issuer),
                {"issuer": HMAC_ISSUER, "audience": [issuer.audience], "secret_file": "hmac.secret", "algorithms": ["HS256", "HS384", "HS512"]},
            ]},
            "api_key": {"header": "X-API-Key", "authorization": True},
            "basic": {},
        },
        routes=[
            {"path": "/public/", "public": True},
            {"path": "/admin/", "accept": ["bearer"], "require": {"scope": "admin"}},
            {"path": "/bearer/", "accept": ["bearer"]},
            {"path": "/keys/", "accept": ["api_key"]},
            {"path": "/basic/", "accept": ["basic"]},
            {"path": "/foo/", "accept": everything, "require": {"scope": "foo"}},
            {"path": "/bar/", "accept": everything, "require": {"scope": "bar"}},
            {"path": "/any-scope/", "accept": everything, "require": {"scope": {"any": ["read", "write"]}}},
            {"path": "/all-scopes/", "accept": everything, "require": {"scope": {"all": ["read", "write"]}}},
            {"path": "/role/", "accept": everything, "require": {"role": "operator"}},
            {"path": "/claim/", "accept": ["bearer"], "require": {"claim": {"tenant": ["blue", "green"]}}},
            {"path": "/observe/", "accept": ["bearer"], "require": {"scope": "rare"}, "mode": "observe"},
            {"path": "/exact", "accept": everything},
            {"path": "/glob/*/end", "public": True},
            {"path": "/deep/**/end", "public": True},
            {"path": "/deep/", "accept": ["bearer"]},
            {"path": "/read/", "methods": ["GET", "HEAD"], "public": True},
            {"path": "/hosted/", "host": "other.example.com", "public": True},
            {"path": "/slashes/", "public": True, "encoded_slash": "pass"},
            {"path": "/forwarded/", "accept": everything, "forward_authorization": True},
            {"path": "/api/", "accept": everything},
        ])


HMAC_SECRET = secret("a shared secret of more than sixty-four characters, as HS512 asks for it")


@pytest.fixture(scope="session")
def api(api_settings, issuer, people):
    """The gateway of most tests. They may add keys and users to its store, and change nothing else of it."""
    with Gateway(api_settings, files={"jwks.json": issuer.key_set(), "hmac.secret": HMAC_SECRET}) as gateway:
        gateway.add_user(*people.alice, "operator")
        gateway.add_user(*people.bob)
        yield gateway


@pytest.fixture(scope="session")
def api_key(api):
    """A key of `api` with the scope foo."""
    return api.create_key(owner="billing", scopes=["foo"])
