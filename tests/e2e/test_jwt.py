"""Bearer tokens: every algorithm, and every way in which a token is refused. Tokens are signed by the openssl command."""

import json
import time

import pytest

from conftest import ASYMMETRIC, HMAC_ISSUER, HMAC_SECRET
from harness import b64url, basic_field, bearer, compact, expect, unsigned
from harness.tokens import hmac_signer, openssl


def ask(api, token, path="/bearer/x"):
    return api.get(path, bearer(token))


# --- accepted

@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_each_algorithm_verifies_and_is_remembered(api, issuer, algorithm):
    token = issuer.token(algorithm, sub=f"user-{algorithm}")
    for _ in range(2):  # verified, then from the cache
        response = expect(api, ask(api, token), 200, "allowed", subject=f"user-{algorithm}")
        fields = dict(response.json()["fields"])
        assert fields["X-Quivive-Subject"] == f"user-{algorithm}"
        assert fields["X-Quivive-Issuer"] == issuer.name
        assert fields["X-Quivive-Scheme"].lower() == "bearer"
        assert "Authorization" not in fields


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_hmac_with_a_configured_secret(api, issuer, algorithm):
    token = issuer.secret_token(HMAC_SECRET.encode(), algorithm, iss=HMAC_ISSUER)
    expect(api, ask(api, token), 200, "allowed")


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_each_algorithm_refuses_a_changed_payload(api, issuer, algorithm):
    header, payload, signature = issuer.token(algorithm, sub="alice").split(".")
    other = issuer.token(algorithm, sub="mallory").split(".")[1]
    expect(api, ask(api, f"{header}.{other}.{signature}"), 401, "token-bad-signature")


@pytest.mark.parametrize("header", [{"typ": None}, {"typ": "JWT"}, {"typ": "application/at+jwt"}, {"kid": None, "alg": "ES384"}])
def test_header_variants_that_are_right(api, issuer, header):
    token = issuer.token(header.get("alg", "ES256"), header=header)
    expect(api, ask(api, token), 200, "allowed")


def test_scheme_word_is_case_insensitive(api, issuer):
    field = bearer(issuer.token())["Authorization"]
    for word in ("bearer", "BEARER", "BeArEr"):
        expect(api, api.get("/bearer/x", {"Authorization": word + field[6:]}), 200, "allowed")


def test_audience_may_be_one_of_several(api, issuer):
    expect(api, ask(api, issuer.token(aud=["https://other.example.com", issuer.audience])), 200, "allowed")


def test_leeway_is_sixty_seconds(api, issuer):
    now = int(time.time())
    expect(api, ask(api, issuer.token(exp=now - 20)), 200, "allowed")
    expect(api, ask(api, issuer.token(nbf=now + 40)), 200, "allowed")
    expect(api, ask(api, issuer.token(exp=now - 61)), 401, "token-expired")
    expect(api, ask(api, issuer.token(nbf=now + 120)), 401, "token-not-yet-valid")


# --- claims, refused: signed by the right key

HOUR = 3600


@pytest.mark.parametrize("changes, reason", [
    ({"exp": 1}, "token-expired"),
    ({"exp": -HOUR}, "token-expired"),
    ({"nbf": HOUR}, "token-not-yet-valid"),
    ({"iat": HOUR}, "token-issued-in-future"),
    ({"iss": "https://evil.example.com"}, "token-wrong-issuer"),
    ({"iss": "https://id.example.com/"}, "token-wrong-issuer"),
    ({"aud": "https://other.example.com"}, "token-wrong-audience"),
    ({"aud": "https://api.example.com/"}, "token-wrong-audience"),
    ({"aud": []}, ("token-wrong-audience", "token-bad-claim")),
    ({"exp": None}, "token-missing-claim"),
    ({"aud": None}, ("token-missing-claim", "token-wrong-audience")),
    ({"iss": None}, ("token-missing-claim", "token-wrong-issuer")),
    ({"exp": "tomorrow"}, "token-bad-claim"),
    ({"exp": True}, "token-bad-claim"),
    ({"nbf": []}, "token-bad-claim"),
    ({"aud": 5}, "token-bad-claim"),
    ({"aud": [5]}, "token-bad-claim"),
    ({"sub": {"a": 1}}, "token-bad-claim"),
    ({"at_hash": "x"}, "token-is-id-token"),
    ({"c_hash": "x"}, "token-is-id-token"),
    ({"nonce": "n-0S6_WzA2Mj"}, "token-is-id-token"),
], ids=lambda value: json.dumps(value) if isinstance(value, dict) else None)
def test_claims_are_checked(api, issuer, changes, reason):
    now = int(time.time())
    shifted = {name: now + value if name in ("exp", "nbf", "iat") and abs(value) == HOUR else value
               for name, value in changes.items() if not isinstance(value, (str, list, bool, dict)) and value is not None}
    expect(api, ask(api, issuer.token(**{**changes, **shifted})), 401, reason)


@pytest.mark.parametrize("text", ["1e400", "-1e400", "99999999999999999999999", "1e18", "NaN"])
def test_impossible_times_are_no_loophole(api, issuer, text):
    """Numbers beyond any clock: neither an overflow into a token that never expires, nor a crash."""
    key, claims = issuer.keys["ES256"], json.dumps(issuer.claims(exp=None))
    token = compact({"alg": "ES256", "kid": key.kid}, f'{claims[:-1]}, "exp": {text}}}', lambda data: key.sign("ES256", data))
    expect(api, ask(api, token), 401, ("token-bad-claim", "token-malformed", "token-expired"))


def test_nonce_with_scope_is_an_access_token(api, issuer):
    expect(api, ask(api, issuer.token(nonce="n-0S6_WzA2Mj", scope="read")), 200, "allowed")


# --- keys and algorithms, refused

def test_stranger_under_a_known_kid_is_a_bad_signature(api, issuer, keys):
    token = issuer.token("ES256", key=keys["stranger"], header={"kid": keys["P-256"].kid})
    expect(api, ask(api, token), 401, "token-bad-signature")


def test_unknown_kid(api, issuer, keys):
    expect(api, ask(api, issuer.token("ES256", key=keys["stranger"])), 401, "token-unknown-key")


@pytest.mark.parametrize("algorithm, kind", [("RS256", "P-256"), ("ES256", "rsa"), ("ES384", "P-256"), ("HS256", "rsa"), ("HS256", "P-256"), ("RS1", "rsa")])
def test_algorithm_must_fit_the_key(api, issuer, keys, algorithm, kind):
    """Algorithm confusion: the header's word against what the key is."""
    token = unsigned({"alg": algorithm, "kid": keys[kind].kid}, issuer.claims(), b"\x01" * 64)
    expect(api, ask(api, token), 401, "token-algorithm-not-allowed")


def test_hmac_issuer_takes_no_asymmetric_token(api, issuer):
    expect(api, ask(api, issuer.token("RS256", iss=HMAC_ISSUER)), 401, ("token-algorithm-not-allowed", "token-unknown-key"))


def test_wrong_hmac_secret(api, issuer):
    expect(api, ask(api, issuer.secret_token(b"x" * 64, iss=HMAC_ISSUER)), 401, "token-bad-signature")


def test_issuers_do_not_lend_each_other_keys(api, issuer):
    """A token of one issuer signed with the other's key, under its kid."""
    token = issuer.secret_token(HMAC_SECRET.encode(), "HS256", header={"kid": issuer.keys["ES256"].kid})
    expect(api, ask(api, token), 401, "token-algorithm-not-allowed")


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE"])
def test_unsigned_is_named(api, issuer, alg):
    expect(api, ask(api, unsigned({"alg": alg}, issuer.claims())), 401, "token-alg-none")
    expect(api, ask(api, unsigned({"alg": alg}, issuer.claims(), b"x" * 64)), 401, "token-alg-none")


@pytest.mark.parametrize("members", [{"crit": ["bork"], "bork": 1}, {"crit": ["exp"]}, {"crit": []}, {"b64": False, "crit": ["b64"]}])
def test_unknown_critical_headers(api, issuer, members):
    expect(api, ask(api, issuer.token(header=members)), 401, "token-critical-header")


@pytest.mark.parametrize("members", [{"jku": "http://127.0.0.1:1/jwks"}, {"x5u": "http://127.0.0.1:1/c"}])
def test_key_urls_in_the_header_are_not_followed(api, issuer, keys, members):
    token = issuer.token("ES256", key=keys["stranger"], header={**members, "jwk": keys["stranger"].jwk()})
    expect(api, ask(api, token), 401, "token-unknown-key")


# --- not a token at all

def test_five_parts_are_an_encrypted_token(api):
    token = ".".join([b64url('{"alg":"RSA-OAEP","enc":"A256GCM"}'), *["AAAA"] * 4])
    expect(api, ask(api, token), 401, "token-encrypted")


@pytest.mark.parametrize("field", ["Bearer", "Bearer ", "bearer  "])
def test_empty_variable_at_the_client(api, field):
    expect(api, api.get("/bearer/x", {"Authorization": field}), 401, "token-empty")


def malformed_tokens(issuer):
    good = issuer.token()
    header, payload, signature = good.split(".")
    sign = lambda data: issuer.keys["ES256"].sign("ES256", data)  # noqa: E731
    kid = {"alg": "ES256", "kid": issuer.keys["ES256"].kid}
    yield "undefined", "undefined"
    yield "two parts", f"{header}.{payload}"
    yield "four parts", f"{good}.x"
    yield "padding", f"{header}.{payload}.{signature}=="
    yield "bad base64", f"{header}.{payload}!.{signature}"
    yield "standard alphabet", f"{header}.{payload}.{'+/' * 43}"
    yield "header is no JSON", compact("nonsense", issuer.claims(), sign)
    yield "header is a list", compact("[]", issuer.claims(), sign)
    yield "payload is no object", compact(kid, '"text"', sign)
    yield "repeated claim", compact(kid, json.dumps(issuer.claims())[:-1] + ',"sub":"root"}', sign)
    yield "repeated alg", compact('{"alg":"ES256","alg":"none","kid":"%s"}' % kid["kid"], issuer.claims(), sign)
    yield "deep", compact(kid, '{"a":' * 200 + "1" + "}" * 200, sign)
    yield "invalid UTF-8", compact(kid, b'{"sub":"\xff\xfe"}', sign)
    yield "number for alg", compact({"alg": 256}, issuer.claims(), sign)
    yield "trailing bits", header + "." + payload + "." + flip_trailing_bits(signature)


def flip_trailing_bits(signature):
    """The last character of a 64-byte signature has four bits that mean nothing: another spelling of the same bytes."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return signature[:-1] + alphabet[alphabet.index(signature[-1]) ^ 1]


def test_malformed_tokens(api, issuer):
    for name, token in malformed_tokens(issuer):
        response = ask(api, token)
        assert response.status == 401, name
        expect(api, response, 401, "token-malformed")


def test_signature_must_be_raw_not_der(api, issuer, keys):
    """ES256 is r and s side by side; the DER that OpenSSL writes is another signature format."""
    key = keys["P-256"]
    token = compact({"alg": "ES256", "kid": key.kid}, issuer.claims(), lambda data: openssl("dgst", "-sha256", "-sign", key.path, data=data))
    expect(api, ask(api, token), 401, "token-bad-signature")


def test_most_informative_failure_is_reported(api, issuer, keys):
    """Expired and for another audience, rightly signed: what failed after the signature outranks the signature."""
    expect(api, ask(api, issuer.token(exp=1, aud="x")), 401, "token-expired")
    header = {"kid": keys["P-256"].kid}
    expect(api, ask(api, issuer.token("ES256", key=keys["stranger"], header=header, exp=1)), 401, "token-bad-signature")


def test_bad_token_outranks_a_missing_key(api, issuer):
    expect(api, ask(api, issuer.token(exp=1), "/api/x"), 401, "token-expired")


@pytest.mark.parametrize("value", ["Bearer a.b.c, Bearer d.e.f", "Basic YTpi, Bearer a.b.c"])
def test_two_credentials_in_one_field(api, value):
    expect(api, api.get("/api/x", {"Authorization": value}), 400, "credentials-duplicate-header")


def test_two_authorization_fields(api, issuer, people):
    """Two readers could pick different ones; that one of them is good does not help."""
    fields = [("Authorization", bearer(issuer.token())["Authorization"]), ("authorization", basic_field(*people.alice))]
    response = expect(api, api.get("/api/x", fields), 400, "credentials-duplicate-header")
    assert all("invalid_request" in c for c in response.all("WWW-Authenticate"))


def test_hmac_with_a_short_public_text_is_no_key(api, issuer, keys):
    """The public half in every spelling that a careless verifier might take for an HMAC key."""
    key = keys["rsa"]
    for material in (key.public_pem().encode(), key.public_pem().strip().encode(), json.dumps(key.jwk()).encode(), key.jwk()["n"].encode(), b""):
        token = compact({"alg": "HS256", "kid": key.kid}, issuer.claims(), hmac_signer(material))
        expect(api, ask(api, token), 401, "token-algorithm-not-allowed")
