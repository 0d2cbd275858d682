"""Lock-outs: who guesses passwords has to wait, and nobody else has. Clients' networks are told apart by X-Forwarded-For here."""

import concurrent.futures
import datetime
import hashlib
import json
import os
import re
import subprocess

import pytest

from harness import Gateway, basic, bearer, command, config, eventually, expect, secret
from harness.gateway import ROOT

ALICE = ("alice", secret("correct horse for lockouts"))
BOB = ("bob", secret("correct mule for lockouts"))
FILTER = ROOT / "packaging" / "fail2ban" / "quivive.conf"
FAIL2BAN = ROOT / "build" / "unpacked" / "fail2ban"


def settings(upstream, issuer, **lockout):
    return config(upstream.url, trusted_proxies=["127.0.0.1"], lockout={"failures": 3, "network_failures": 8, "window": "1h", **lockout}, accept={
        "basic": {"remember": "1h"}, "digest": {}, "bearer": {"issuers": [{"issuer": issuer.name, "audience": [issuer.audience], "keys": "file:jwks.json"}]},
    }, routes=[{"path": "/", "accept": ["bearer", "basic", "digest"]}])


@pytest.fixture
def gateway(upstream, issuer):
    with Gateway(settings(upstream, issuer), files={"jwks.json": issuer.key_set()}) as running:
        running.add_user(*ALICE, digest=True)
        running.add_user(*BOB)
        yield running


def ask(gateway, fields, address="192.0.2.7"):
    return gateway.get("/", {**fields, "X-Forwarded-For": address})


def guess(gateway, user="alice", address="192.0.2.7", times=1):
    return [ask(gateway, basic(user, f"guess {n}"), address) for n in range(times)]


def test_the_third_guess_locks(gateway):
    for response in guess(gateway, times=3):
        expect(gateway, response, 401, "password-wrong")
    response = expect(gateway, guess(gateway)[0], 429, "locked-out", scheme="basic")
    assert 1 <= int(response.get("Retry-After")) <= 1200
    assert not response.all("WWW-Authenticate") and response.json() == {"error": "Too many failed attempts"}
    # The right password too: a guess may be right.
    response = expect(gateway, ask(gateway, basic(*ALICE)), 429, "locked-out")
    said = gateway.explain(response.id).out
    assert "from 192.0.2.0/24" in said and "alice" not in said, "nobody has looked whether that is a user"
    expect(gateway, ask(gateway, basic(*ALICE), "192.0.2.200"), 429, "locked-out")  # the same network


def test_nobody_else_is_locked_out(gateway, issuer):
    guess(gateway, times=3)
    expect(gateway, ask(gateway, basic(*ALICE), "198.51.100.7"), 200, "allowed")
    expect(gateway, ask(gateway, basic(*ALICE), "2001:db8::1"), 200, "allowed")
    expect(gateway, ask(gateway, basic(*BOB)), 200, "allowed")
    expect(gateway, ask(gateway, bearer(issuer.token("ES256"))), 200, "allowed")


def digest_client(gateway, user, address):
    """GETs by Digest, with what has to be kept from one to the next."""
    challenge = ask(gateway, {}, address).all("WWW-Authenticate")[0]
    nonce = challenge.split('nonce="')[1].split('"')[0]
    count = 0

    def get(password):
        nonlocal count
        count += 1
        sha = lambda text: hashlib.sha256(text.encode()).hexdigest()
        response = sha(f"{sha(f'{user}:api.example.com:{password}')}:{nonce}:{count:08x}:c:auth:{sha('GET:/')}")
        return ask(gateway, {"Authorization": f'Digest username="{user}", realm="api.example.com", nonce="{nonce}", uri="/", algorithm=SHA-256, qop=auth, '
                                              f'nc={count:08x}, cnonce="c", response="{response}"'}, address)
    return get


def test_what_is_remembered_does_not_answer_a_guesser(upstream, issuer):
    # With one worker, all is remembered in one place: by Basic and by Digest, first at home and then where the guesser is.
    with Gateway({**settings(upstream, issuer), "workers": 1}, files={"jwks.json": issuer.key_set()}) as gateway:
        gateway.add_user(*ALICE, digest=True)
        by_digest = {address: digest_client(gateway, ALICE[0], address) for address in ("192.0.2.7", "198.51.100.7")}
        for address, get in by_digest.items():
            expect(gateway, ask(gateway, basic(*ALICE), address), 200, "allowed", scheme="basic")
            expect(gateway, get(ALICE[1]), 200, "allowed", scheme="digest")
        guess(gateway, times=3)
        expect(gateway, ask(gateway, basic(*ALICE)), 429, "locked-out", scheme="basic")
        expect(gateway, by_digest["192.0.2.7"](ALICE[1]), 429, "locked-out", scheme="digest")
        expect(gateway, ask(gateway, basic(*ALICE), "198.51.100.7"), 200, "allowed")
        expect(gateway, by_digest["198.51.100.7"](ALICE[1]), 200, "allowed")


def test_guesses_sent_at_once_are_not_let_in_together(gateway):
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        statuses = [r.status for r in pool.map(lambda n: ask(gateway, basic("alice", f"guess {n}")), range(48))]
    assert sorted(set(statuses)) == [401, 429] and statuses.count(401) == 3


def test_sent_at_once_the_right_password_is_let_in(gateway):
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        statuses = [r.status for r in pool.map(lambda _: ask(gateway, basic(*ALICE)), range(48))]
    assert statuses == [200] * 48


def test_a_disabled_users_right_password_counts(gateway):
    gateway.command("user", "disable", "alice")
    eventually(lambda: ask(gateway, basic(*ALICE), "198.51.100.1").status in (401, 429), within=5.0)
    for _ in range(3):
        expect(gateway, ask(gateway, basic(*ALICE)), 401, "password-wrong")
    expect(gateway, ask(gateway, basic(*ALICE)), 429, "locked-out")


def test_requests_without_credentials_never_count(gateway):
    for _ in range(20):
        expect(gateway, ask(gateway, {}), 401, "credentials-missing")
        expect(gateway, ask(gateway, {"Authorization": "Bearer nonsense"}), 401, "token-malformed")
        expect(gateway, ask(gateway, {"Authorization": "Basic nonsense"}), 401, "basic-malformed")
    expect(gateway, ask(gateway, basic(*ALICE)), 200, "allowed")


def test_the_right_password_forgets_what_was_mistyped(upstream, issuer):
    with Gateway({**settings(upstream, issuer), "cache": {"passwords": 0}}, files={"jwks.json": issuer.key_set()}) as gateway:  # nothing is remembered
        gateway.add_user(*ALICE)
        for _ in range(3):  # six wrong ones in all, and three lock
            guess(gateway, times=2)
            expect(gateway, ask(gateway, basic(*ALICE)), 200, "allowed")
        guess(gateway, times=3)
        expect(gateway, ask(gateway, basic(*ALICE)), 429, "locked-out")


def test_right_passwords_between_guesses_do_not_let_them_go_on_for_ever(upstream, issuer):
    conf = settings(upstream, issuer, network_failures=0)
    conf["accept"]["basic"] = {"remember": "0s"}  # each right one counts as such
    with Gateway(conf, files={"jwks.json": issuer.key_set()}) as gateway:
        gateway.add_user(*ALICE)
        heard = 0
        while ask(gateway, basic(*ALICE)).status == 200 and heard < 60:
            heard += sum(response.status == 401 for response in guess(gateway, times=2))
        assert heard == 9  # three times what locks at once
        expect(gateway, guess(gateway)[0], 429, "locked-out")
        expect(gateway, ask(gateway, basic(*ALICE), "198.51.100.7"), 200, "allowed")


def test_many_names_lock_the_network(gateway):
    for n in range(8):
        expect(gateway, guess(gateway, f"user{n}")[0], 401, "password-wrong")
    expect(gateway, guess(gateway, "user9")[0], 429, "locked-out")
    expect(gateway, guess(gateway, "user9", "198.51.100.7")[0], 401, "password-wrong")


def test_guesses_from_everywhere_lock_only_places_that_the_user_does_not_come_from(upstream, issuer):
    conf = {**settings(upstream, issuer, failures=3, network_failures=0, user_failures=8), "cache": {"passwords": 0}}
    with Gateway(conf, files={"jwks.json": issuer.key_set()}) as gateway:
        gateway.add_user(*ALICE)
        expect(gateway, ask(gateway, basic(*ALICE), "192.0.2.7"), 200, "allowed")  # home
        for n in range(8):
            expect(gateway, guess(gateway, address=f"203.0.{n}.7")[0], 401, "password-wrong")
        expect(gateway, guess(gateway, address="203.0.99.7")[0], 429, "locked-out")
        expect(gateway, ask(gateway, basic(*ALICE), "198.51.100.7"), 429, "locked-out")  # a place where she never was
        for _ in range(3):
            expect(gateway, ask(gateway, basic(*ALICE), "192.0.2.99"), 200, "allowed")
        listed = command("lockout", "list", "--admin", "%s:%d" % gateway.admin)
        assert any(line.split()[:2] == ["alice", "(unfamiliar)"] for line in listed.out.splitlines()), listed.out
        gateway.stop()
        gateway.start()  # what is familiar is not forgotten
        for n in range(8):
            guess(gateway, address=f"203.0.{n}.7")
        expect(gateway, ask(gateway, basic(*ALICE), "198.51.100.7"), 429, "locked-out")
        expect(gateway, ask(gateway, basic(*ALICE), "192.0.2.7"), 200, "allowed")


def test_digest_counts_too(gateway):
    get = digest_client(gateway, "alice", "192.0.2.7")
    for n in range(3):
        expect(gateway, get(f"guess {n}"), 401, "digest-wrong-response")
    expect(gateway, get(ALICE[1]), 429, "locked-out", scheme="digest")
    expect(gateway, ask(gateway, basic(*ALICE)), 429, "locked-out")  # one person, however the password comes


def test_a_hashed_user_name_does_not_tell_who_is_there(upstream, issuer):
    conf = settings(upstream, issuer)
    conf["accept"]["digest"] = {"userhash": True}
    with Gateway(conf, files={"jwks.json": issuer.key_set()}) as gateway:
        gateway.add_user(*ALICE, digest=True)
        for user in ("alice", "nobody"):
            address = f"192.0.{len(user)}.7"
            guess(gateway, user, address, times=4)
            hashed = hashlib.sha256(f"{user}:api.example.com".encode()).hexdigest()
            nonce = ask(gateway, {}).all("WWW-Authenticate")[0].split('nonce="')[1].split('"')[0]
            field = (f'Digest username="{hashed}", userhash=true, realm="api.example.com", nonce="{nonce}", uri="/", algorithm=SHA-256, qop=auth, nc=00000001, '
                     f'cnonce="c", response="{"0" * 64}"')
            answers = [ask(gateway, {"Authorization": field}, address).status for _ in range(4)]
            assert answers == [401, 401, 401, 429], user


def test_a_hashed_name_that_is_locked_is_locked_for_the_right_password_too(upstream, issuer):
    conf = {**settings(upstream, issuer), "workers": 1}
    conf["accept"]["digest"] = {"userhash": True}
    with Gateway(conf, files={"jwks.json": issuer.key_set()}) as gateway:
        gateway.add_user(*ALICE, digest=True)
        sha = lambda text: hashlib.sha256(text.encode()).hexdigest()

        def get(password, address, count):
            secret_hash, response_to = sha(f"alice:api.example.com:{password}"), f":{nonce}:{count:08x}:c:auth:{sha('GET:/')}"
            return ask(gateway, {"Authorization": f'Digest username="{sha("alice:api.example.com")}", userhash=true, realm="api.example.com", nonce="{nonce}", uri="/", '
                                                  f'algorithm=SHA-256, qop=auth, nc={count:08x}, cnonce="c", response="{sha(secret_hash + response_to)}"'}, address)
        nonce = ask(gateway, {}).all("WWW-Authenticate")[0].split('nonce="')[1].split('"')[0]
        expect(gateway, get(ALICE[1], "198.51.100.7", 1), 200, "allowed")  # remembered, from elsewhere
        assert [get(f"guess {n}", "192.0.2.7", 2 + n).status for n in range(4)] == [401, 401, 401, 429]
        expect(gateway, get(ALICE[1], "192.0.2.7", 20), 429, "locked-out")
        expect(gateway, get(ALICE[1], "198.51.100.7", 21), 200, "allowed")


def test_a_user_is_let_go_by_name_where_a_hash_of_it_is_locked(upstream, issuer):
    conf = settings(upstream, issuer)
    conf["accept"]["digest"] = {"userhash": True, "algorithms": ["SHA-256", "MD5"]}
    with Gateway(conf, files={"jwks.json": issuer.key_set()}) as gateway:
        gateway.add_user(*ALICE, digest=True)
        gateway.add_user("carol", secret("correct owl for lockouts"), digest=True)
        admin = ("--admin", "%s:%d" % gateway.admin)

        def by_hash(user, name="sha256", algorithm="SHA-256"):
            hashed = hashlib.new(name, f"{user}:api.example.com".encode()).hexdigest()
            nonce = ask(gateway, {}).all("WWW-Authenticate")[0].split('nonce="')[1].split('"')[0]
            field = (f'Digest username="{hashed}", userhash=true, realm="api.example.com", nonce="{nonce}", uri="/", algorithm={algorithm}, qop=auth, nc=00000001, '
                     f'cnonce="c", response="{"0" * len(hashed)}"')
            return hashed, [ask(gateway, {"Authorization": field}).status for _ in range(4)]
        users = {}
        for user in ("alice", "nobody"):
            users[user], answers = by_hash(user)
            assert answers == [401, 401, 401, 429], user
        rows = dict(line.split()[:2] for line in command("lockout", "list", *admin).out.splitlines()[1:])
        assert rows == {users["alice"]: "(alice)", users["nobody"]: "192.0.2.0/24"}
        listed = {one["user"]: one.get("account") for one in command("lockout", "list", "--json", *admin).json()}
        assert listed == {users["alice"]: "alice", users["nobody"]: None}
        cleared = command("lockout", "clear", "--user", "alice", *admin)
        assert cleared.exit == 0 and "the next password is looked at" in cleared.out
        assert [one["user"] for one in command("lockout", "list", "--json", *admin).json()] == [users["nobody"]]
        # Of every algorithm, and of this user alone.
        assert command("lockout", "clear", "--network", "192.0.2.0/24", *admin).exit == 0
        assert by_hash("alice", "md5", "MD5")[1] == by_hash("carol")[1] == [401, 401, 401, 429]
        assert command("lockout", "clear", "--user", "alice", "--network", "192.0.2.0/24", *admin).exit == 0
        assert [one["account"] for one in command("lockout", "list", "--json", *admin).json()] == ["carol"]


def test_a_full_queue_lets_nobody_guess_what_is_remembered(upstream, issuer):
    conf = {**settings(upstream, issuer), "workers": 1, "limits": {"hash_queue": 1, "hash_threads": 1}}
    with Gateway(conf, files={"jwks.json": issuer.key_set()}) as gateway:
        gateway.add_user(*ALICE)
        expect(gateway, ask(gateway, basic(*ALICE), "198.51.100.7"), 200, "allowed")
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            statuses = [r.status for r in pool.map(lambda n: ask(gateway, basic("alice", f"guess {n}")), range(48))]
        assert sum(status != 429 for status in statuses) == 3, statuses
        expect(gateway, ask(gateway, basic(*ALICE)), 429, "locked-out")


def test_failures_decay(upstream, issuer):
    with Gateway(settings(upstream, issuer, window="30s"), files={"jwks.json": issuer.key_set()}) as gateway:
        gateway.add_user(*ALICE)
        guess(gateway, times=3)
        response = ask(gateway, basic(*ALICE))
        assert response.status == 429 and 1 <= int(response.get("Retry-After")) <= 10
        eventually(lambda: ask(gateway, basic(*ALICE)).status == 200, within=40.0)


def test_loopback_is_not_counted(upstream, issuer):
    with Gateway({**settings(upstream, issuer), "trusted_proxies": []}, files={"jwks.json": issuer.key_set()}) as gateway:
        gateway.add_user(*ALICE)
        guess(gateway, times=12)
        expect(gateway, ask(gateway, basic(*ALICE)), 200, "allowed")


def test_a_proxy_on_this_machine_that_nobody_trusts_is_told_of_once(upstream, issuer):
    conf = {**settings(upstream, issuer), "trusted_proxies": []}
    with Gateway(conf, files={"jwks.json": issuer.key_set()}) as gateway:
        told = lambda: [n for n in gateway.notices() if "say that they were forwarded" in n["message"]]  # noqa: E731
        assert gateway.get("/").status == 401 and not told()

        def by_both_workers(field, value):
            """A connection each, of which both workers get some."""
            for _ in range(40):
                assert gateway.get("/", {field: value}).status == 401
        by_both_workers("X-Forwarded-For", "192.0.2.7")
        assert gateway.notice("requests from 127.0.0.1 say that they were forwarded, and trusted_proxies does not name it")["level"] == "warning"
        before = len(gateway.notices())
        gateway.reload()  # anew for each configuration
        gateway.notice("configuration reloaded", after=before)
        by_both_workers("Forwarded", "for=192.0.2.7")
        gateway.notice("say that they were forwarded", after=before)
        before = len(gateway.notices())
        gateway.configure({**conf, "trusted_proxies": ["127.0.0.1"]})
        gateway.reload()
        gateway.notice("configuration reloaded", after=before)
        by_both_workers("X-Forwarded-For", "192.0.2.7")
        gateway.stop()
        assert len(told()) == 2


def test_list_and_clear(gateway):
    admin = ("--admin", "%s:%d" % gateway.admin)
    assert command("lockout", "list", *admin).out == "nobody is locked out\n"
    guess(gateway, times=3)
    listed = command("lockout", "list", *admin)
    assert listed.exit == 0 and listed.out.splitlines()[1].split()[:2] == ["alice", "192.0.2.0/24"]
    assert command("lockout", "list", "--json", *admin).json()[0]["user"] == "alice"
    assert command("lockout", "clear", *admin).exit == 2
    for network in ("foo", "192.0.2.7", "192.0.2.7/24"):
        wrong = command("lockout", "clear", "--network", network, *admin)
        assert wrong.exit == 2 and "as lockout list shows it" in wrong.err, wrong.err
    assert command("lockout", "clear", "--user", "bob", *admin).exit == 1
    assert command("lockout", "clear", "--user", "alice", *admin).exit == 0
    expect(gateway, ask(gateway, basic(*ALICE)), 200, "allowed")
    guess(gateway, "bob", times=3)
    assert command("lockout", "clear", "--network", "192.0.2.0/24", *admin).exit == 0
    guess(gateway, "bob", times=3)
    assert command("lockout", "clear", "--all", *admin).exit == 0
    assert command("lockout", "list", *admin).out == "nobody is locked out\n"
    expect(gateway, ask(gateway, basic(*BOB)), 200, "allowed")


def test_fail2ban_finds_the_guesses(gateway, tmp_path):
    guess(gateway, times=4)
    expect(gateway, ask(gateway, basic(*BOB), "198.51.100.7"), 200, "allowed")
    forged = '/%22reason%22:%22password-wrong%22,%22id%22:%22x%22,"remote":"198.51.100.9"'
    gateway.get(forged.replace('"', "%22"), {"X-Forwarded-For": "203.0.113.9"})
    ask(gateway, {}, "203.0.113.7")
    gateway.logged(lambda line: line["remote"] == "203.0.113.7")
    lines = [line for line in gateway.printed().splitlines() if line.startswith('{"time"') and '"reason"' in line]
    assert len(lines) == 7
    # As fail2ban reads it: <HOST> is a group that takes an address.
    pattern = re.search(r"^failregex = (.*)$", FILTER.read_text(), re.M).group(1).replace("<HOST>", "(?P<host>[0-9a-fA-F.:]+)")
    assert [found["host"] for found in map(re.compile(pattern).search, lines) if found] == ["192.0.2.7"] * 3  # what was refused while locked out is no new guess
    # script/setup unpacks it, since installed it would begin to guard the machine.
    log = tmp_path / "log"
    log.write_text("\n".join(lines) + "\n")
    here = {**os.environ, "PYTHONPATH": str(FAIL2BAN / "usr/lib/python3/dist-packages"), "TZ": "EST5"}
    done = subprocess.run(["/usr/bin/python3", FAIL2BAN / "usr/bin/fail2ban-regex", "--config", FAIL2BAN / "etc/fail2ban", "--verbose", log, FILTER],
                          capture_output=True, text=True, timeout=60, env=here)
    assert "Failregex: 3 total" in done.stdout and "Lines: 7 lines, 0 ignored, 3 matched" in done.stdout, done.stdout + done.stderr
    # The log's times are UTC, wherever the machine is.
    found = re.findall(r"192\.0\.2\.7 +(\w+ \w+ +\d+ [\d:]+ \d+)$", done.stdout, re.M)
    there = [datetime.datetime.strptime(time, "%a %b %d %H:%M:%S %Y") + datetime.timedelta(hours=5) for time in found]
    told = [datetime.datetime.fromisoformat(json.loads(line)["time"][:19]) for line in lines if '"password-wrong"' in line]
    assert len(there) == 3 and there == told
