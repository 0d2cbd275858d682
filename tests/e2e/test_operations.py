"""What the operator sees: metrics, health, the log, and `explain`."""

import json
import re
import time

import pytest

from harness import Gateway, Upstream, basic, bearer, command, config, eventually, expect, key_field, secret, wrong_key


def counter(metrics, reason):
    return sum(value for name, value in metrics.items() if name.startswith("quivive_requests_total{") and f'reason="{reason}"' in name)


# --- metrics and health

def test_requests_are_counted_by_reason(api, issuer):
    before = api.metrics()
    expect(api, api.get("/bearer/x"), 401, "credentials-missing")
    expect(api, api.get("/bearer/x", bearer(issuer.token(exp=1))), 401, "token-expired")
    expect(api, api.get("/bearer/x", bearer(issuer.token())), 200, "allowed")
    after = api.metrics()
    for reason in ("credentials-missing", "token-expired", "allowed"):
        assert counter(after, reason) == counter(before, reason) + 1, reason


def test_metrics_are_prometheus_text(api):
    response = api.admin_get("/metrics")
    assert response.get("Content-Type").startswith("text/plain; version=0.0.4")
    types, samples = set(), set()
    for line in response.text.strip().split("\n"):
        if found := re.fullmatch(r"# TYPE (\w+) (?:counter|gauge|histogram|summary|untyped)", line):
            assert found[1] not in types, f"{found[1]} is declared twice"
            types.add(found[1])
        elif not line.startswith("# HELP "):
            found = re.fullmatch(r"(\w+)(?:\{(?:\w+=\"(?:[^\"\\]|\\.)*\",?)*\})? [-+0-9.eE]+(?:Inf|NaN)?", line)
            assert found, line
            samples.add(found[1])
    assert samples <= types and "quivive_requests_total" in types


def test_request_paths_and_users_are_no_labels(api):
    """Labels that a client can invent grow without bound."""
    api.get("/bearer/label-probe", basic("label-probe-user", "wrong-password"))
    assert "label-probe" not in api.admin_get("/metrics").text


def test_cache_hits_are_counted(api, issuer):
    token = bearer(issuer.token())
    before = api.metrics()["quivive_outcome_cache_hits_total"]
    for _ in range(5):
        expect(api, api.get("/bearer/x", token), 200, "allowed")
    assert api.metrics()["quivive_outcome_cache_hits_total"] >= before + 3  # each worker verifies once at most


def test_health_and_readiness(api):
    assert (api.admin_get("/healthz").status, api.admin_get("/readyz").status) == (200, 200)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_admin_pages_are_on_the_admin_listener_only(api, path):
    expect(api, api.get(path), 403, "policy-denied")


def test_admin_can_be_off():
    with Upstream() as upstream:
        made = config(upstream.url, accept={"api_key": {}}, routes=[{"path": "/"}])
        with Gateway({**made, "admin": "off"}) as gateway:
            expect(gateway, gateway.get("/x"), 401, "credentials-missing")


# --- the log

def test_log_line_says_all(api, issuer):
    response = api.get("/bearer/logged?secret=1", {**bearer(issuer.token(sub="logged-subject")), "X-Request-Id": "log-line-says-all"})
    line = api.log_line("log-line-says-all")
    assert (line["method"], line["path"], line["status"], line["reason"]) == ("GET", "/bearer/logged", 200, "allowed")
    assert (line["remote"], line["scheme"], line["subject"]) == ("127.0.0.1", "bearer", "logged-subject")
    assert "/bearer/" in line["route"] and line["duration_us"] >= 0 and line["bytes"] >= len(response.body)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])


def test_each_request_has_one_line(api, marker):
    for i in range(5):
        api.get("/public/x", {"X-Request-Id": f"one-line-{marker}-{i}"})
    api.log_line(f"one-line-{marker}-4")
    assert all(len(api.log_lines(f"one-line-{marker}-{i}")) == 1 for i in range(5))


@pytest.mark.parametrize("path", ["/public/%22%7D", "/public/%1b%5B31m", "/public/%E2%80%AE"])
def test_log_cannot_be_forged_by_a_path(api, path):
    response = api.get(path)
    if response.status == 200:
        assert api.log_line(response.id)["method"] == "GET"
    assert not any("\x1b" in line or "\u202e" in line for line in api.out + api.err)


def test_log_is_one_json_object_a_line(api):
    api.log_line(api.get("/public/x").id)
    for line in api.err[:]:
        assert isinstance(json.loads(line), dict), line


def test_text_log_for_people(upstream):
    made = {**config(upstream.url, accept={"api_key": {}}, routes=[{"path": "/"}]), "log": {"format": "text"}}
    with Gateway(made) as gateway:
        gateway.get("/seen-by-people")
        line = eventually(lambda: next((ln for ln in gateway.printed().split("\n") if "/seen-by-people" in ln), None))
    assert re.match(r"\d\d:\d\d:\d\d  401  GET  ", line) and "credentials-missing" in line and "127.0.0.1" in line


def test_unverified_names_are_not_logged(api, issuer, keys):
    """A subject counts only after its signature; a user name only after its password."""
    forged = issuer.token("ES256", key=keys["stranger"], header={"kid": keys["P-256"].kid}, sub="claimed-only")
    response = expect(api, api.get("/bearer/x", bearer(forged)), 401, "token-bad-signature")
    assert "claimed-only" not in json.dumps(api.log_line(response.id))
    response = expect(api, api.get("/basic/x", basic("typed-a-password-here", "wrong-password")), 401, "password-wrong")
    assert "typed-a-password-here" not in json.dumps(api.log_line(response.id)), "people type passwords into the name's field"


# --- explain

def test_a_name_that_no_user_has_is_not_repeated(api):
    """People type passwords into the name's field: `curl -u PASSWORD:`."""
    typed = secret("typed-as-a-name-4712")
    response = expect(api, api.get("/basic/x", basic(typed, "")), 401, "password-wrong")
    told = explained(api, response, "no user of that name (20 characters)")
    assert typed not in json.dumps(told)
    told = explained(api, expect(api, api.get("/basic/x", basic("alice", "wrong-password")), 401, "password-wrong"), "user alice: wrong password")
    assert "no user" not in json.dumps(told)


def explained(api, response, *words):
    """`quivive explain ID`: as text, and as JSON."""
    api.log_line(response.id)
    result = api.explain(response.id)
    assert result.exit in (0, 1), result.err
    for word in words:
        assert word in result.out, f"{word!r} is missing\n{result.out}"
    return api.explain(response.id, "--json").json()


def test_explain_expired_token(api, issuer):
    response = expect(api, api.get("/bearer/explained", bearer(issuer.token(exp=int(time.time()) - 11_520))), 401, "token-expired")
    told = explained(api, response, "401", "token-expired", "/bearer/explained", "/bearer/")
    assert (told["reason"], told["status"], told["path"], told["id"]) == ("token-expired", 401, "/bearer/explained", response.id)
    assert told["sent"] == response.all("WWW-Authenticate")
    assert told["checks"], "each check with its outcome"


def test_explain_shows_expected_and_actual(api, issuer):
    response = expect(api, api.get("/bearer/x", bearer(issuer.token(aud="https://api.example.com/"))), 401, "token-wrong-audience")
    text = json.dumps(explained(api, response, "https://api.example.com/"))
    assert '"https://api.example.com/"' in text.replace("\\", "") or "https://api.example.com/" in text


def test_explain_names_the_routes_that_were_passed_over(api):
    response = expect(api, api.get("/nowhere"), 403, "policy-denied")
    told = explained(api, response, "policy-denied")
    assert len(told["passed_over"]) >= 10


def test_explain_tells_unknown_from_known_users(api):
    """The operator sees what the client must not."""
    known = explained(api, expect(api, api.get("/basic/x", basic("alice", "wrong-password")), 401, "password-wrong"))
    unknown = explained(api, expect(api, api.get("/basic/x", basic("nobody-here", "wrong-password")), 401, "password-wrong"))
    strip = lambda told: {k: v for k, v in told.items() if k not in ("id", "time")}  # noqa: E731
    assert strip(known) != strip(unknown)


def test_explain_covers_every_kind_of_rejection(api, issuer, api_key, people):
    key = api_key["key"]
    for fields, path, reason in [
        ({}, "/api/x", "credentials-missing"),
        ({"Authorization": "Token x"}, "/api/x", "scheme-unsupported"),
        (key_field(key[:-3]), "/api/x", "key-malformed"),
        (key_field(wrong_key(key)), "/api/x", "key-unknown"),
        (bearer(issuer.token(scope="x")), "/foo/x", "scope-insufficient"),
        (basic(*people.bob), "/role/x", "policy-denied"),
        ({}, "/public/../x", "request-target-ambiguous"),
    ]:
        response = api.get(path, fields)
        expect(api, response, response.status, reason)
        assert explained(api, response, reason)["reason"] == reason


def test_explain_invents_no_routes_where_none_was_looked_for(api):
    for target, reason in (("/public/../x", "request-target-ambiguous"), ("/.quivive/nothing", "path-unknown"), ("/bearer/a%2fb", "request-target-ambiguous")):
        response = api.get(target)
        expect(api, response, response.status, reason)
        told = explained(api, response, reason)
        assert (told["passed_over"], told["reloaded"]) == ([], False), target
    with api.connect() as connection:
        connection.send("GET /bearer/x HTTP/1.1\r\nHost: a\r\nX y: 1\r\n\r\n")
        response = expect(api, connection.response(), 400, "request-malformed")
    assert explained(api, response, "request-malformed")["passed_over"] == []


def test_explain_of_what_was_observed_only(api, issuer):
    response = expect(api, api.get("/observe/x", bearer(issuer.token(exp=1))), 200, "token-expired", observed=True)
    told = explained(api, response, "401 token-expired (observed: forwarded)", "exp")
    assert (told["observed"], told["status"], told["reason"], told["scheme"], told["sent"]) == (True, 401, "token-expired", "bearer", [])
    assert {check["name"]: check["outcome"] for check in told["checks"]}["expiry"] == "failed" and told["passed_over"]
    assert not explained(api, api.get("/bearer/x"), "401 credentials-missing  ")["observed"]


def test_an_observed_request_that_is_refused_after_all(issuer):
    """By an upstream that is not there: that is what the client was told, and what `explain` says."""
    made = config("http://127.0.0.1:1", accept={"api_key": {}}, routes=[{"path": "/", "mode": "observe"}])
    with Gateway(made) as gateway:
        response = expect(gateway, gateway.get("/x"), 502, "upstream-unreachable")
        told = explained(gateway, response, "502 upstream-unreachable  ")
        assert not told["observed"] and "observed" not in gateway.log_line(response.id)


@pytest.mark.parametrize("path, fields, said", [
    ("/bearer/x", {"Authorization": "negotiate YIIabc"}, ["a scheme that this route does not accept: Negotiate; accepted: Bearer", "found     Negotiate in Authorization"]),
    ("/bearer/x", {"Authorization": "Basic YTpi"}, ["a scheme that this route does not accept: Basic; accepted: Bearer", "found     Basic in Authorization"]),
    ("/keys/x", {"Authorization": "s3cret-sesame abc"}, ["a scheme that is not known; accepted: an API key (X-API-Key: KEY or Authorization: ApiKey KEY)",
                                                      "found     another scheme in Authorization"]),
    ("/keys/x", {"X_API_Key": "{key}"}, ["not looked for: X_API_Key; its place: X-API-Key: KEY or Authorization: ApiKey KEY", "found     ApiKey in another field"]),
    ("/bearer/x", {"Api-Key": "{key}"}, ["an API key in a field, and this route takes no API keys: Api-Key; accepted: Bearer"]),
    ("/keys/x", {"X-API-Key": "Bearer {key}"}, ["a word stands before the key, such as Bearer"]),
    ("/keys/x", {}, ["found     no credential"]),
])
def test_explain_says_what_is_there_and_what_is_wanted(api, api_key, path, fields, said):
    key = secret(api_key["key"])
    response = api.get(path, {name: value.format(key=key) for name, value in fields.items()})
    assert response.status == 401
    explained(api, response, *said)
    assert "s3cret" not in api.explain(response.id).out


def test_explain_shows_challenges_as_they_were_sent(upstream):
    made = config(upstream.url, accept={"basic": {}}, routes=[{"path": "/"}])
    with Gateway({**made, "realm": 'weird "realm" \\ ü'}) as gateway:
        response = expect(gateway, gateway.get("/x"), 401, "credentials-missing")
        sent = 'Basic realm="weird \\"realm\\" \\\\ ü", charset="UTF-8"'
        assert response.get("WWW-Authenticate").encode("latin-1").decode() == sent
        assert f"sent      WWW-Authenticate: {sent}\n" in gateway.explain(response.id).out


def test_explain_of_an_unknown_id(api):
    result = api.explain("no-such-request-id")
    assert result.exit == 1 and result.err + result.out


def test_explain_without_a_gateway(api):
    result = command("explain", "no-such-request-id", "--admin", "127.0.0.1:1")
    assert result.exit == 3 and "127.0.0.1:1" in result.err


def test_explain_asks_no_other_gateway_than_the_one_named(tmp_path):
    """A configuration that cannot be read, or does not say where the admin listener is: said, instead of asking the default address."""
    broken, without = tmp_path / "broken.yaml", tmp_path / "without.yaml"
    broken.write_text("adimn: 127.0.0.1:9001\nrealm: [a\n")
    without.write_text("listen: 127.0.0.1:0\nadmin: off\nrealm: r\nupstream: http://127.0.0.1:9\nroutes:\n  - {path: /, public: true}\n")
    for file, word, lines in ((tmp_path / "missing.yaml", "missing.yaml", 1), (broken, "broken.yaml:3:1", 3), (without, "admin: off", 1)):
        for result in (command("explain", "abc", "--config", file), command("reload", "--config", file), command("why", "--config", file, "-", stdin="HTTP/1.1 401 Unauthorized\n\n")):
            assert result.exit == 2 and word in result.err and result.err.count("\n") == lines, result.err


def test_secrets_stay_out_of_explain(api, issuer):
    """The suite's last check searches all of this output; here is some that would be worth finding."""
    password = secret("explained-password-9183")
    for fields in (basic("alice", password), {"X-API-Key": secret("qv_ExplainedKey-0123456789")}, bearer(issuer.token(exp=1))):
        response = api.get("/api/x", fields)
        assert response.status == 401
        api.log_line(response.id)
        said = api.explain(response.id).out + api.explain(response.id, "--json").out
        assert not any(value.split(" ")[-1] in said for value in fields.values())
