"""SIGHUP: a new configuration without a dropped request, a wrong one refused whole."""

import threading

import pytest

from conftest import bearer_settings
from harness import Connection, Gateway, Truncated, bearer, config, eventually, expect, secret

RELOADS = 100


def settings(upstream, issuer, **more):
    return config(upstream.url, accept={"bearer": {"issuers": [bearer_settings(issuer)]}, "api_key": {"header": "X-API-Key"}}, **more)


STRICT = [{"path": "/public/", "public": True}, {"path": "/"}]
OPENED = [{"path": "/public/", "public": True}, {"path": "/changing/", "public": True}, {"path": "/"}]


@pytest.fixture
def gateway(upstream, issuer):
    with Gateway(settings(upstream, issuer, routes=STRICT), files={"jwks.json": issuer.key_set()}) as running:
        yield running


def reloads(gateway):
    return gateway.metrics()["quivive_reloads_total"]


def reload_and_wait(gateway):
    before = reloads(gateway)
    gateway.reload()
    eventually(lambda: reloads(gateway) > before, pause=0.005)


def test_reload_changes_the_verdict(gateway, upstream, issuer):
    expect(gateway, gateway.get("/changing/x"), 401, "credentials-missing")
    gateway.configure(settings(upstream, issuer, routes=OPENED, realm="another realm"))
    expect(gateway, gateway.get("/changing/x"), 401, "credentials-missing")  # not before it is told to
    reload_and_wait(gateway)
    expect(gateway, gateway.get("/changing/x"), 200, "allowed")
    assert 'realm="another realm"' in gateway.get("/x").all("WWW-Authenticate")[0]


class Client(threading.Thread):
    """Asks the same three questions over and over on one connection, and knows the answers."""

    def __init__(self, gateway, token):
        super().__init__(daemon=True)
        self.gateway, self.token = gateway, token
        self.stopping = threading.Event()
        self.asked, self.reconnects, self.wrong = 0, 0, []

    def run(self):
        questions = [("/public/x", "", 200), ("/x", "", 401), ("/x", f"Authorization: {self.token}\r\n", 200)]
        connection = None
        try:
            while not self.stopping.is_set():
                if connection is None:
                    connection = Connection(self.gateway.address)
                    self.reconnects += 1
                target, fields, status = questions[self.asked % 3]
                connection.send(f"GET {target} HTTP/1.1\r\nHost: a\r\n{fields}\r\n")
                response = connection.response()
                self.asked += 1
                if response.status != status:
                    self.wrong.append((target, response.status, response.body[:200]))
                if response.get("Connection", "").lower() == "close":
                    connection.close()
                    connection = None
        except (OSError, Truncated, AssertionError) as error:
            self.wrong.append(repr(error))


def test_hundred_reloads_under_load(gateway, upstream, issuer):
    """No failed request, no wrong verdict; every fifth configuration is wrong and refused."""
    token = bearer(issuer.token())["Authorization"]
    clients = [Client(gateway, token) for _ in range(4)]
    for client in clients:
        client.start()
    variants = [settings(upstream, issuer, routes=STRICT), settings(upstream, issuer, routes=OPENED)]
    for i in range(RELOADS):
        if i % 5 == 4:
            gateway.configure("routes: [{path: /, publik: true}]\n")
            before = gateway.metrics()["quivive_reloads_refused_total"]
            gateway.reload()
            eventually(lambda: gateway.metrics()["quivive_reloads_refused_total"] > before, pause=0.005)
        else:
            gateway.configure(variants[i % 2])
            reload_and_wait(gateway)
            assert gateway.get("/changing/x").status == (200 if i % 2 else 401)
    for client in clients:
        client.stopping.set()
    for client in clients:
        client.join(60)
    assert [client.wrong for client in clients] == [[]] * 4
    assert sum(client.asked for client in clients) > 400


def test_refused_reload_says_why_and_keeps_the_old(gateway):
    gateway.configure("realm: x\nroutes: [{path: /, publik: true}]\n")
    gateway.reload()
    said = gateway.notice("publik")
    assert "2:" in said["message"] and "public" in said["message"], "the place, and the nearest name"
    expect(gateway, gateway.get("/x"), 401, "credentials-missing")
    assert gateway.metrics()["quivive_reloads_total"] == 0


@pytest.mark.parametrize("text", ["", "\t", "a: [", "routes: 5", "\x00"])
def test_garbage_is_refused(gateway, text):
    gateway.configure(text)
    gateway.reload()
    eventually(lambda: gateway.metrics()["quivive_reloads_refused_total"] == 1)
    expect(gateway, gateway.get("/public/x"), 200, "allowed")


def test_missing_key_file_refuses_the_reload(gateway, upstream, issuer):
    made = settings(upstream, issuer, routes=OPENED)
    made["accept"]["bearer"]["issuers"][0]["keys"] = "file:nowhere.json"
    gateway.configure(made)
    gateway.reload()
    gateway.notice("nowhere.json")
    expect(gateway, gateway.get("/x", bearer(issuer.token())), 200, "allowed")
    expect(gateway, gateway.get("/changing/x"), 401, "credentials-missing")


def test_what_needs_a_restart_is_named_and_runs_on(gateway, upstream, issuer):
    """Above all the store: a slip of the pen must not put an empty one in the place of the live one."""
    key = secret(gateway.create_key()["key"])
    right = settings(upstream, issuer, routes=STRICT)
    changed = {**right, "store": "sqlite:quivvie.db", "workers": 1}
    for _ in range(2):  # what runs is compared, not what was read last
        gateway.configure(changed)
        result = gateway.command("reload", "--admin", "%s:%d" % gateway.admin)
        assert result.exit == 0 and "warning: store, workers: " in result.err, result
        assert "but for what the warnings say" in result.out
    gateway.notice("store, workers: ")
    assert not (gateway.folder / "quivvie.db").exists()
    expect(gateway, gateway.get("/x", {"X-API-Key": key}), 200, "allowed")
    gateway.configure(right)
    result = gateway.command("reload", "--admin", "%s:%d" % gateway.admin)
    assert (result.exit, result.err) == (0, ""), result


def test_connection_limit_is_applied_by_a_reload(gateway, upstream, issuer):
    gateway.configure({**settings(upstream, issuer, routes=STRICT), "limits": {"connections": 1}})
    result = gateway.command("reload", "--admin", "%s:%d" % gateway.admin)
    assert (result.exit, result.err) == (0, ""), result
    with gateway.connect() as first:
        first.send("GET /public/x HTTP/1.1\r\nHost: a\r\n\r\n")
        assert first.response().status == 200
        with gateway.connect() as second:
            assert second.at_end()


def test_reload_command_waits_and_answers(gateway, upstream, issuer):
    gateway.configure(settings(upstream, issuer, routes=OPENED))
    result = gateway.command("reload", "--admin", "%s:%d" % gateway.admin)
    assert result.exit == 0, result.err
    expect(gateway, gateway.get("/changing/x"), 200, "allowed")
    gateway.configure("routes: 5\n")
    result = gateway.command("reload", "--admin", "%s:%d" % gateway.admin)
    assert result.exit in (1, 2) and "routes" in result.out + result.err


def test_reload_command_reports_a_wrong_file(gateway):
    """That is what it is for; `explain` works, too, while somebody edits the file."""
    refused = expect(gateway, gateway.get("/x"), 401, "credentials-missing")
    gateway.configure("fooo: 1\nadmin: %s:%d\nroutes: 5\n" % gateway.admin)
    result = gateway.command("reload")
    assert result.exit == 2 and "quivive.yaml:1:1  fooo: no such setting" in result.err and "quivive.yaml:3:9  routes: " in result.err, result.err
    assert "the configuration before stays in force" in result.err
    result = gateway.command("explain", refused.id)
    assert result.exit == 0 and "credentials-missing" in result.out, result.err


def test_explain_compares_no_request_with_routes_that_came_later(gateway, upstream, issuer):
    refused = expect(gateway, gateway.get("/changing/x"), 401, "credentials-missing")
    broken = expect(gateway, gateway.get("/public/../x"), 400, "request-target-ambiguous")
    told = gateway.explain(refused.id, "--json").json()
    assert len(told["passed_over"]) == 1 and not told["reloaded"] and "not /public/" in gateway.explain(refused.id).out
    gateway.configure(settings(upstream, issuer, routes=OPENED))
    result = gateway.command("reload", "--admin", "%s:%d" % gateway.admin)
    assert result.exit == 0, result.err
    told = gateway.explain(refused.id, "--json").json()
    assert told["passed_over"] == [] and told["reloaded"] and "/" in told["route"]
    assert "the configuration was reloaded since" in gateway.explain(refused.id).out and "not /public/" not in gateway.explain(refused.id).out
    assert "reloaded" not in gateway.explain(broken.id).out, "no route was looked for, before or after"


def test_running_requests_keep_their_configuration(gateway, upstream, issuer, marker):
    with gateway.connect() as connection:
        connection.send(f"GET /public/{marker}?do=slow&gate={marker} HTTP/1.1\r\nHost: a\r\n\r\n")
        upstream.wait_for(marker)
        gateway.configure(settings(upstream, issuer, routes=[{"path": "/"}]))
        reload_and_wait(gateway)
        expect(gateway, gateway.get("/public/x"), 401, "credentials-missing")
        upstream.gate(marker).set()
        expect(gateway, connection.response(), 200, "allowed")


def test_cached_token_of_a_removed_issuer_is_refused(gateway, upstream, issuer, keys):
    """What was believed under the old configuration is not believed under one that trusts nobody of the kind."""
    token = bearer(issuer.token())
    expect(gateway, gateway.get("/x", token), 200, "allowed")
    made = settings(upstream, issuer, routes=STRICT)
    made["accept"]["bearer"]["issuers"][0].update(issuer="https://other.example.com")
    gateway.configure(made)
    reload_and_wait(gateway)
    expect(gateway, gateway.get("/x", token), 401, "token-wrong-issuer")
    made["accept"]["bearer"]["issuers"][0].update(issuer=issuer.name, audience=["https://other.example.com"])
    gateway.configure(made)
    reload_and_wait(gateway)
    expect(gateway, gateway.get("/x", token), 401, "token-wrong-audience")
    made["accept"]["bearer"]["issuers"][0].update(audience=[issuer.audience], algorithms=["RS256"])
    gateway.configure(made)
    reload_and_wait(gateway)
    expect(gateway, gateway.get("/x", token), 401, "token-algorithm-not-allowed")
