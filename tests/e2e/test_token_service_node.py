"""The token service with openid-client and oauth4webapi, the libraries that most of npm's OAuth clients stand on. Too heavy for script/test:
script/test-exports runs it."""

import json
import subprocess
import urllib.parse

from harness import Gateway, bearer, config, expect, secret
from harness.node_clients import oauth_clients
from harness.services import free_port

ALICE = ("alice", secret("correct horse for npm"))


def signing_key():
    """A private JWK and its public half."""
    script = ("const { publicKey, privateKey } = require('crypto').generateKeyPairSync('ec', { namedCurve: 'P-256' });"
              "console.log(JSON.stringify([privateKey.export({ format: 'jwk' }), publicKey.export({ format: 'jwk' })]))")
    private, public = json.loads(subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True).stdout)
    return {**private, "kid": "k1"}, {**public, "kid": "k1", "alg": "ES256", "use": "sig"}


def test_openid_client_and_oauth4webapi(upstream, tmp_path):
    address = f"127.0.0.1:{free_port()}"
    issuer = f"http://{address}"
    settings = config(upstream.url, listen=address, issuer=issuer, accept={"session": {}}, routes=[
        {"path": "/orders", "accept": ["bearer"], "require": {"scope": "orders:read"}}])
    private, public = signing_key()
    with Gateway(settings, files={"client.jwks": json.dumps({"keys": [public]})}) as gateway:
        gateway.add_user(*ALICE, "staff")

        def client(name, *arguments):
            made = gateway.command("client", "create", name, "--json", "--scope", "orders:read", *arguments)
            assert made.exit == 0, made.err
            return made.json()

        login = gateway.request("POST", "/.quivive/login", {"Content-Type": "application/x-www-form-urlencoded"},
                                urllib.parse.urlencode({"username": ALICE[0], "password": ALICE[1]}).encode())
        machine = client("machine")
        secret(machine["secret"])
        seen = oauth_clients(
            tmp_path, issuer=issuer, cookie=login.get("Set-Cookie").split(";")[0], machine=machine,
            app=client("app", "--public", "--redirect-uri", "http://127.0.0.1/back", "--scope", "openid"),
            tv=client("tv", "--public", "--device"), signer={**client("signer", "--jwks", str(gateway.folder / "client.jwks")), "jwk": private})

        assert seen["metadata"]["issuer"] == seen["discovered_oidc"] == seen["discovered_oauth2"] == issuer
        assert seen["own"]["scope"] == "orders:read" and seen["own"]["type"] == "bearer" and seen["own"]["expires_in"] in (599, 600)
        assert seen["identity"]["sub"] == "alice" and seen["identity"]["aud"] == "app"
        assert seen["refreshed"]["rotated"] and seen["refreshed"]["scope"] == "openid orders:read"
        assert seen["active"]["active"] and seen["active"]["sub"] == "alice" and seen["inactive"] == {"active": False}
        assert seen["after_revocation"] == "invalid_grant"
        assert seen["device"] == {"scope": "orders:read", "refreshes": True}
        assert seen["code"]["scope"] == "orders:read" and seen["code_again"] == "invalid_grant"
        assert seen["wrong_secret"] in ("invalid_client", "basic")
        assert seen["validated"] == "signer"
        expect(gateway, gateway.get("/orders", bearer(seen["own"]["token"])), 200, "allowed", subject="client:machine")
        expect(gateway, gateway.get("/orders", bearer(seen["signed"]["token"])), 200, "allowed", subject="client:signer")
