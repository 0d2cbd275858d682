"""Digest at several gateways that use one store: `shared: store`."""

import sqlite3
import time

from harness import eventually, expect, key_field, refused_from_now_on, secret
from harness.digest import Client, replicas

ALICE = ("alice", secret("open-sesame-everywhere"))
BOB = ("bob", secret("open-sesame-anywhere"))
USERS = (ALICE, BOB)


def test_a_nonce_of_one_is_good_at_all_and_each_count_once(upstream, tmp_path):
    with replicas(upstream, tmp_path, USERS) as (one, other):
        client = Client(one, *ALICE)
        client.challenge()
        for _ in range(3):  # from the second on, the user is remembered there
            for gateway in (other, one):
                client.gateway = gateway
                response = expect(gateway, client.get(), 200, "allowed", scheme="digest")
                assert "rspauth" in response.get("Authentication-Info")
        for gateway in (one, other):
            client.gateway = gateway
            expect(gateway, client.get(nc="00000003"), 401, "digest-nonce-replayed")
        bob = Client(one, *BOB)
        bob.nonce = client.nonce  # whoever answers it
        expect(one, bob.get(), 401, "digest-nonce-replayed")


def test_an_overheard_request_passes_nowhere(upstream, tmp_path):
    with replicas(upstream, tmp_path, USERS) as (one, other):
        client = Client(one, *ALICE)
        client.challenge()
        overheard = client.field("/digest/x")
        expect(one, one.get("/digest/x", overheard), 200, "allowed")
        for gateway in (other, one, other):
            expect(gateway, gateway.get("/digest/x", overheard), 401, "digest-nonce-replayed")


def test_a_restart_makes_no_nonce_stale_and_no_count_fresh(upstream, tmp_path):
    with replicas(upstream, tmp_path, USERS, count=1) as (gateway,):
        client = Client(gateway, *ALICE)
        expect(gateway, client.get(), 200, "allowed")
        gateway.stop()
        gateway.start()
        expect(gateway, client.get(nc="00000001"), 401, "digest-nonce-replayed")
        expect(gateway, client.get(), 200, "allowed")


def test_with_shared_memory_each_has_its_own(upstream, tmp_path):
    with replicas(upstream, tmp_path, USERS, shared="memory") as (one, other):
        client = Client(one, *ALICE)
        expect(one, client.get(), 200, "allowed")
        client.gateway = other
        expect(other, client.get(), 401, "digest-nonce-stale")


def test_what_changes_elsewhere_counts(upstream, tmp_path):
    with replicas(upstream, tmp_path, USERS) as (one, other):
        client = Client(one, *ALICE)
        for _ in range(2):
            expect(one, client.get(), 200, "allowed")
        client.gateway = other
        expect(other, client.get(), 200, "allowed")
        expect(other, client.get(signed={"password": "wrong"}), 401, "digest-wrong-response")
        assert one.command("user", "disable", ALICE[0]).exit == 0
        since = time.monotonic()
        for gateway in (one, other):
            client.gateway = gateway
            expect(gateway, refused_from_now_on(client.get, since=since), 401, "digest-wrong-response")


def test_changing_it_takes_a_restart(upstream, tmp_path):
    with replicas(upstream, tmp_path, USERS, count=1) as (gateway,):
        client = Client(gateway, *ALICE)
        expect(gateway, client.get(), 200, "allowed")
        gateway.configure({**gateway.settings, "shared": "memory"})
        gateway.reload()
        eventually(lambda: any(notice["message"].startswith("shared: ") for notice in gateway.notices()))
        expect(gateway, client.get(nc="00000001"), 401, "digest-nonce-replayed")
        expect(gateway, client.get(), 200, "allowed")


def test_a_store_that_is_locked_holds_up_nothing_but_digest(upstream, tmp_path):
    with replicas(upstream, tmp_path, USERS, count=1) as (gateway,):
        client = Client(gateway, *ALICE)
        expect(gateway, client.get(), 200, "allowed")
        key = gateway.create_key()["key"]
        lock = sqlite3.connect(tmp_path / "shared.db", isolation_level=None)
        try:
            lock.execute("BEGIN IMMEDIATE")
            for _ in range(3):
                expect(gateway, client.get(), 500, "verifier-unavailable")
            expect(gateway, gateway.get("/digest/x", key_field(key)), 200, "allowed")
            lock.execute("ROLLBACK")
        finally:
            lock.close()
        expect(gateway, client.get(), 200, "allowed")


def test_a_clock_that_was_ahead_costs_one_more_request(upstream, tmp_path):
    with replicas(upstream, tmp_path, USERS, count=1) as (gateway,):
        client = Client(gateway, *ALICE)
        expect(gateway, client.get(), 200, "allowed")
        gateway.stop()
        store = sqlite3.connect(tmp_path / "shared.db", isolation_level=None)
        store.execute("UPDATE nonces SET forgotten = 4000000000000")  # in the year 2096
        store.close()
        gateway.start()
        expect(gateway, client.get(), 401, "digest-nonce-stale")
        client.challenge()
        expect(gateway, client.get(), 200, "allowed")
