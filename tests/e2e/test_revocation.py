"""Tokens that verify and are refused all the same, within a second of `quivive token revoke`."""

import time

from harness import bearer, eventually, expect, refused_from_now_on

def revoke(api, *arguments):
    """Returns when the command had ended."""
    result = api.command("token", "revoke", "--issuer", "https://id.example.com", *arguments)
    assert result.exit == 0, result.err
    return time.monotonic()


def refused_in_time(api, token, since):
    expect(api, refused_from_now_on(lambda: api.get("/bearer/x", bearer(token)), since=since), 401, "token-revoked")


def test_by_token_id(api, issuer):
    token, other = issuer.token(jti="to-be-revoked"), issuer.token()
    expect(api, api.get("/bearer/x", bearer(token)), 200, "allowed")
    refused_in_time(api, token, revoke(api, "--jti", "to-be-revoked"))
    expect(api, api.get("/bearer/x", bearer(other)), 200, "allowed")


def test_by_subject_spares_later_tokens_and_other_subjects(api, issuer):
    token = issuer.token(sub="carol", iat=int(time.time()) - 30)
    expect(api, api.get("/bearer/x", bearer(token)), 200, "allowed")
    refused_in_time(api, token, revoke(api, "--subject", "carol"))
    expect(api, api.get("/bearer/x", bearer(issuer.token(sub="dave"))), 200, "allowed")
    # Signed in again: iat is a whole number of seconds, so wait for one that is after the revocation.
    eventually(lambda: api.get("/bearer/x", bearer(issuer.token(sub="carol", iat=int(time.time())))).status == 200, pause=0.2)


def test_by_instant(api, issuer, keys):
    """Everything that was issued before; tokens without iat cannot show that they are younger."""
    old = issuer.token(iat=1_500_000_000, sub="erin")
    undated = issuer.token(iat=None, sub="erin")
    expect(api, api.get("/bearer/x", bearer(old)), 200, "allowed")
    since = revoke(api, "--issued-before", "2020-01-01T00:00:00Z")
    refused_in_time(api, old, since)
    refused_in_time(api, undated, since)
    expect(api, api.get("/bearer/x", bearer(issuer.token(sub="erin"))), 200, "allowed")


def test_command_demands_an_issuer_and_one_way(api):
    assert api.command("token", "revoke", "--jti", "x").exit == 2
    assert api.command("token", "revoke", "--issuer", "https://id.example.com").exit == 2
