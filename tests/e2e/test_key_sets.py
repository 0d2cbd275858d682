"""Key sets over HTTP: fetched once, rotated, refetched within a budget, and lost without a 401."""

import threading

import pytest

from conftest import bearer_settings
from harness import Gateway, Issuer, KeySetServer, bearer, config, eventually, expect


@pytest.fixture
def server(issuer):
    with KeySetServer(issuer.key_set()) as running:
        yield running


def settings(upstream, issuer, server, *, status=None):
    made = config(upstream.url,
                  accept={"bearer": {"issuers": [bearer_settings(issuer, keys=server.url)]}, "api_key": {"header": "X-API-Key"}},
                  routes=[{"path": "/keys/", "accept": ["api_key"]}, {"path": "/", "accept": ["bearer"]}])
    if status:
        made["verifier_failure_status"] = status
    return made


@pytest.fixture
def gateway(upstream, issuer, server):
    with Gateway(settings(upstream, issuer, server)) as running:
        yield running


def ask(gateway, token, **more):
    return gateway.get("/x", bearer(token), **more)


def test_set_is_fetched_once_for_many_tokens(gateway, issuer, server):
    tokens = [issuer.token() for _ in range(10)]
    responses = []
    threads = [threading.Thread(target=lambda token=token: responses.append(ask(gateway, token))) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for response in responses:
        expect(gateway, response, 200, "allowed")
    assert len(responses) == 10
    assert server.count() == 1


def test_new_key_is_found_by_its_kid(gateway, issuer, server, keys):
    expect(gateway, ask(gateway, issuer.token()), 200, "allowed")
    server.set(document=issuer.key_set(keys["P-256"], keys["stranger"]))
    expect(gateway, ask(gateway, issuer.token("ES256", key=keys["stranger"])), 200, "allowed")
    assert server.count() == 2


def test_key_that_left_the_set_verifies_nothing_more(gateway, issuer, server, keys):
    """Not even a token that was verified before: the cached verdict ends with its key."""
    old = issuer.token()
    expect(gateway, ask(gateway, old), 200, "allowed")
    server.set(document=issuer.key_set(keys["stranger"]))
    expect(gateway, ask(gateway, issuer.token("ES256", key=keys["stranger"])), 200, "allowed")
    expect(gateway, ask(gateway, old), 401, "token-unknown-key")


def test_flood_of_unknown_kids_causes_few_fetches(gateway, issuer, server, keys):
    expect(gateway, ask(gateway, issuer.token()), 200, "allowed")
    def made_up(i):
        return ask(gateway, issuer.token("ES256", key=keys["stranger"], header={"kid": f"made-up-{i}"}))
    expect(gateway, made_up(0), 401, "token-unknown-key")
    statuses = [made_up(i).status for i in range(50)]
    # Once the budget is spent nobody has looked for the others: an outage of ours, as far as anybody knows.
    assert statuses[0] == 401 and set(statuses) == {401, 500} and 2 <= statuses.count(401) <= 6, statuses
    expect(gateway, made_up(49), 500, "verifier-unavailable")
    expect(gateway, made_up(0), 401, "token-unknown-key")
    assert 2 <= server.count() <= 6, "the first fetch, and a small budget"
    expect(gateway, ask(gateway, issuer.token()), 200, "allowed")
    # And so a good token of a new key is not refused as a wrong one.
    server.set(document=issuer.key_set(keys["P-256"], keys["stranger"]))
    response = expect(gateway, ask(gateway, issuer.token("ES256", key=keys["stranger"])), 500, "verifier-unavailable")
    assert response.get("Retry-After")


def test_same_unknown_kid_is_remembered(gateway, issuer, server, keys):
    for _ in range(10):
        expect(gateway, ask(gateway, issuer.token("ES256", key=keys["stranger"])), 401, "token-unknown-key")
    assert server.count() <= 2


@pytest.mark.parametrize("mode", ["fail", "closed"])
def test_outage_at_start_is_500_and_heals(upstream, issuer, server, mode):
    server.set(mode)
    with Gateway(settings(upstream, issuer, server)) as gateway:
        response = expect(gateway, ask(gateway, issuer.token()), 500, "verifier-unavailable")
        assert response.get("Retry-After")
        # What needs no key set is answered as ever.
        expect(gateway, gateway.get("/x"), 401, "credentials-missing")
        expect(gateway, ask(gateway, "not-a-token"), 401, "token-malformed")
        expect(gateway, gateway.get("/keys/x"), 401, "credentials-missing")
        server.set("ok")
        eventually(lambda: ask(gateway, issuer.token()).status == 200)


@pytest.mark.parametrize("mode", ["garbage", "empty"])
def test_unusable_set_at_start_is_500(upstream, issuer, server, mode):
    server.set(mode)
    with Gateway(settings(upstream, issuer, server)) as gateway:
        expect(gateway, ask(gateway, issuer.token()), 500, ("verifier-unavailable", "verifier-misconfigured"))


def test_outage_is_503_by_setting(upstream, issuer, server):
    server.set("fail")
    with Gateway(settings(upstream, issuer, server, status=503)) as gateway:
        line = gateway.log_line(ask(gateway, issuer.token()).id)
        assert (line["status"], line["reason"]) == (503, "verifier-unavailable")


@pytest.mark.parametrize("mode", ["fail", "garbage", "empty"])
def test_last_good_set_is_kept(gateway, issuer, server, keys, mode):
    expect(gateway, ask(gateway, issuer.token()), 200, "allowed")
    server.set(mode)
    # An unknown kid sends the gateway to the issuer, which is out of order: that is not the client's fault.
    expect(gateway, ask(gateway, issuer.token("ES256", key=keys["stranger"])), 500, ("verifier-unavailable", "verifier-misconfigured"))
    assert server.count() == 2
    expect(gateway, ask(gateway, issuer.token()), 200, "allowed")


def test_hanging_issuer_holds_up_nobody_else(upstream, issuer, server):
    server.set("hang")
    with Gateway(settings(upstream, issuer, server)) as gateway:
        with gateway.connect() as waiting:
            waiting.send(f"GET /x HTTP/1.1\r\nHost: a\r\nAuthorization: {bearer(issuer.token())['Authorization']}\r\n\r\n")
            server.wait_for_fetch(more_than=0)
            expect(gateway, gateway.get("/x"), 401, "credentials-missing")
            expect(gateway, waiting.response(), 500, "verifier-unavailable")


def test_discovery_finds_the_set(upstream, server, keys):
    issuer = Issuer(name=server.base).add(keys["P-256"], "ES256")
    server.set(document=issuer.key_set())
    with Gateway(discovering(upstream, issuer)) as gateway:
        expect(gateway, ask(gateway, issuer.token()), 200, "allowed")
    assert server.count() == 1


def discovering(upstream, issuer):
    return config(upstream.url, routes=[{"path": "/", "accept": ["bearer"]}], accept={"bearer": {"issuers": [
        {"issuer": issuer.name, "audience": [issuer.audience], "keys": "discover", "algorithms": ["ES256"]}]}})


def test_inline_set(upstream, issuer, keys):
    made = discovering(upstream, issuer)
    made["accept"]["bearer"]["issuers"][0]["keys"] = {"keys": [keys["P-256"].jwk()]}
    with Gateway(made) as gateway:
        expect(gateway, ask(gateway, issuer.token()), 200, "allowed")


def test_pem_file(upstream, issuer, keys):
    made = discovering(upstream, issuer)
    made["accept"]["bearer"]["issuers"][0]["keys"] = "file:key.pem"
    with Gateway(made, files={"key.pem": keys["P-256"].public_pem()}) as gateway:
        expect(gateway, ask(gateway, issuer.token()), 200, "allowed")
        expect(gateway, ask(gateway, issuer.token("ES256", key=keys["stranger"])), 401, "token-bad-signature")


def test_set_with_private_or_secret_keys_is_not_believed(upstream, issuer, server, keys):
    """What is published is no secret: an oct key from a URL would let everybody sign."""
    server.set(document='{"keys":[{"kty":"oct","kid":"s","k":"%s"}]}' % ("A" * 43))
    with Gateway(settings(upstream, issuer, server)) as gateway:
        expect(gateway, ask(gateway, issuer.token()), 500, ("verifier-unavailable", "verifier-misconfigured"))
