"""The process: start without a configuration, start with a wrong one, and a stop that lets requests finish."""

import json
import os
import re
import signal
import socket
import sqlite3
import stat

import pytest

from harness import Connection, Gateway, Truncated, basic, command, config, eventually, expect, secret, start_refused

OPEN = {"accept": {"api_key": {"header": "X-API-Key"}}, "routes": [{"path": "/public/", "public": True}, {"path": "/"}]}


# --- nothing but an upstream

def zero(upstream, folder):
    return Gateway(None, folder=folder, arguments=["--upstream", upstream.url, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"], prints_key=True)


def test_zero_configuration(upstream, tmp_path):
    """An empty folder, one command: a store, a first key printed once, and everything protected."""
    with zero(upstream, tmp_path) as gateway:
        eventually(lambda: re.search(r"\bqv_\w+", gateway.printed()))
        printed = re.findall(r"\bqv_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}\b", gateway.printed())
        key = secret(printed[0])
        assert set(printed) == {key}
        response = gateway.get("/anything")
        assert response.status == 401
        assert [c.split(" ")[0] for c in response.all("WWW-Authenticate")] == ["ApiKey", "Basic"]
        assert gateway.get("/anything", {"X-API-Key": key}).status == 200
        added = command("user", "add", "olivia", "--password-stdin", "--store", "sqlite:quivive.db", folder=tmp_path, stdin=secret("olivias-password") + "\n")
        assert added.exit == 0, added.err
    assert stat.S_IMODE(os.stat(tmp_path / "quivive.db").st_mode) == 0o600

    again = zero(upstream, tmp_path)
    with again:
        assert again.get("/anything", {"X-API-Key": key}).status == 200, "the store is kept"
        assert again.get("/anything").status == 401
    assert key not in again.printed() and "qv_" not in re.sub(r"first key.*", "", again.printed()), "shown once"


def banner_line(gateway, start):
    """The line of what serve prints at its start that begins so; None where none does."""
    eventually(lambda: "\nlog  " in gateway.printed())
    return next((line for line in gateway.printed().splitlines() if line.startswith(start)), None)


def test_the_first_key_comes_with_the_command_that_makes_more(upstream, tmp_path):
    with zero(upstream, tmp_path) as gateway:
        line = banner_line(gateway, "first key")
        secret(re.search(r"qv_\w+", line).group())
        assert line.endswith("make more with: quivive key create --owner NAME")
        assert command(*line.split("quivive ")[1].split(" "), folder=tmp_path).exit == 0


def test_beside_a_configuration_that_command_names_the_store(upstream, tmp_path):
    (tmp_path / "quivive.yaml").write_text(json.dumps(config(upstream.url, store="sqlite:other.db")))
    with zero(upstream, tmp_path) as gateway:
        line = banner_line(gateway, "first key")
        secret(re.search(r"qv_\w+", line).group())
        assert line.endswith("quivive key create --owner NAME --store sqlite:quivive.db")
        made = command(*line.split("quivive ")[1].split(" "), "--json", folder=tmp_path)
        assert gateway.get("/", {"X-API-Key": secret(made.json()["key"])}).status == 200
    assert not (tmp_path / "other.db").exists()


def test_a_store_whose_keys_all_ended_says_how_to_make_one(upstream, tmp_path):
    store = ("--store", "sqlite:quivive.db")
    ended = command("key", "create", "--owner", "gone", "--json", *store, folder=tmp_path).json()
    assert command("key", "revoke", ended["id"], *store, folder=tmp_path).exit == 0
    with zero(upstream, tmp_path) as gateway:
        assert banner_line(gateway, "first key") is None
        line = banner_line(gateway, "keys ")
        assert re.search(r"none that works: the only one is revoked or expired; make one with: quivive key create --owner NAME$", line), line
        key = secret(command("key", "create", "--owner", "ops", "--json", folder=tmp_path).json()["key"])
        assert gateway.get("/", {"X-API-Key": key}).status == 200
    with zero(upstream, tmp_path) as gateway:
        assert banner_line(gateway, "keys ") is None and banner_line(gateway, "first key") is None


def test_a_start_that_finds_its_port_taken_loses_no_key(upstream, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = command("serve", "--upstream", upstream.url, "--listen", "127.0.0.1:%d" % taken.getsockname()[1], "--admin", "127.0.0.1:0", folder=tmp_path)
    assert refused.exit == 3 and "qv_" not in refused.out, refused
    assert f"a new store was created, {tmp_path}/quivive.db; it is empty, and the next start uses it\n" in refused.err
    with zero(upstream, tmp_path) as gateway:
        key = secret(re.search(r"qv_\w+", banner_line(gateway, "first key")).group())
        assert gateway.get("/", {"X-API-Key": key}).status == 200


def test_a_command_that_creates_a_store_says_where(upstream, tmp_path):
    commands = {"key create": ["--owner", "x"], "user add": ["olivia", "--password-stdin"], "client create": ["reports"]}
    for name, more in commands.items():
        folder = tmp_path / name.split(" ")[0]
        folder.mkdir()
        password = secret("a password that makes a store") + "\n"
        first = command(*name.split(" "), *more, folder=folder, stdin=password)
        assert first.exit == 0 and first.err.startswith(f"quivive {name}: a new store was created, {folder}/quivive.db; "), first.err
        again = command(*name.split(" "), *(word.replace("olivia", "oscar").replace("reports", "bills") for word in more), folder=folder, stdin=password)
        assert again.exit == 0 and again.err == ""
    service = config(upstream.url, issuer={"url": "https://id.example.com", "audience": "https://api.example.com"})
    (tmp_path / "quivive.yaml").write_text(json.dumps(service))
    minted = command("token", "mint", "--subject", "olivia", folder=tmp_path)
    assert minted.exit == 0 and f"a new store was created, {tmp_path}/quivive.db" in minted.err, minted.err


def test_user_add_says_where_a_password_file_stands_in(upstream, tmp_path):
    (tmp_path / "users").write_text("")
    folder, password = {"folder": tmp_path}, {"stdin": secret("a password in the wrong place") + "\n"}
    for accept, said in ({"basic": {"htpasswd": "users"}}, "olivia cannot sign in by Basic"), ({"basic": {"htpasswd": "users"}, "digest": {}}, "olivia cannot sign in by Basic, but by Digest"):
        (tmp_path / "quivive.yaml").write_text(json.dumps(config(upstream.url, accept=accept)))
        added = command("user", "add", "olivia", "--password-stdin", *(["--digest"] * ("digest" in accept)), **folder, **password)
        assert added.exit == 0 and added.err.endswith(f"passwords are looked up in users (accept.basic.htpasswd) and not in the store: {said}\n"), added.err
        assert command("user", "remove", "olivia", **folder).exit == 0
    (tmp_path / "quivive.yaml").write_text(json.dumps(config(upstream.url, accept={"basic": {}})))
    assert command("user", "add", "olivia", "--password-stdin", **folder, **password).err == ""


@pytest.mark.parametrize("arguments", [["--upstream", "nonsense"], ["--upstream", "http://127.0.0.1:1/path"], ["--upstream", "ftp://x"],
                                       ["--upstream", "http://127.0.0.1:1", "--listen", "127.0.0.1:99999"], ["--nonsense"],
                                       ["--upstream", "http://127.0.0.1:1", "--admin", "nowhere"],
                                       ["--upstream", "http://127.0.0.1:1", "--listen", "127.0.0.1:18480", "--admin", "127.0.0.1:18480"]])
def test_wrong_arguments_are_one_clear_line(tmp_path, arguments):
    result = command("serve", *arguments, folder=tmp_path)
    assert result.exit == 2
    assert 1 <= len(result.err.strip().split("\n")) <= 3, result.err
    assert not (tmp_path / "quivive.db").exists(), "nothing is made before the command is right"


def test_nothing_to_serve(tmp_path):
    result = command("serve", folder=tmp_path)
    assert result.exit == 2 and "--upstream" in result.err


# --- a wrong configuration

WRONG = """\
listen: 127.0.0.1:99999
admin: 127.0.0.1:0
upstream: http://127.0.0.1:9000
accept:
  bearer:
    issuers:
      - issuer: https://id.example.com
        audience: [https://api.example.com]
        algoritms: [ES256]
  api_key: {header: X-API-Key}
routes:
  - {path: /a/, accept: [jwt]}
  - {path: /b/, mode: watch}
"""


def check_wrong(result):
    assert result.exit == 2
    said = result.out + result.err
    for place, words in {"1:9": "99999", "9:9": "algorithms", "12:26": "bearer", "13:23": "observe"}.items():
        line = next((line for line in said.split("\n") if re.match(rf"\S*quivive\.yaml:{place}\b", line)), None)
        assert line, f"no error at {place}\n{said}"
        assert words in line, line
    assert "accept.bearer.issuers[0].algoritms" in said and "did you mean 'algorithms'?" in said
    assert "4 errors" in said


def test_wrong_configuration_names_every_error(tmp_path):
    check_wrong(start_refused(WRONG))


def test_check_does_the_same_without_starting(tmp_path):
    (tmp_path / "quivive.yaml").write_text(WRONG)
    check_wrong(command("check", "quivive.yaml", folder=tmp_path))


def test_check_of_a_right_one(tmp_path, upstream):
    (tmp_path / "quivive.yaml").write_text(json.dumps(config(upstream.url, **OPEN)))
    result = command("check", "quivive.yaml", folder=tmp_path)
    assert result.exit == 0, result.err
    assert command("serve", "--config", "quivive.yaml", "--check", folder=tmp_path).exit == 0
    assert not (tmp_path / "quivive.db").exists()


def test_configuration_that_is_not_there(tmp_path):
    result = command("serve", "--config", "nowhere.yaml", folder=tmp_path)
    assert result.exit in (2, 3) and "nowhere.yaml" in result.err


@pytest.mark.parametrize("change, named", [
    ({"store": "sqlite:no/such/folder/quivive.db"}, "no/such/folder"),
    ({"accept": {"bearer": {"issuers": [{"issuer": "https://a.example", "audience": ["b"], "keys": "file:nowhere.json"}]}}}, "nowhere.json"),
    ({"accept": {"bearer": {"issuers": [{"issuer": "https://a.example", "audience": ["b"], "keys": "file:empty.json"}]}}}, "empty.json"),
    ({"accept": {"bearer": {"issuers": [{"issuer": "https://a.example", "audience": ["b"], "keys": "file:garbled.json"}]}}}, "garbled.json"),
    ({"accept": {"bearer": {"issuers": [{"issuer": "https://a.example", "audience": ["b"], "secret_file": "short.secret"}]}}}, "short.secret"),
], ids=["store", "no key file", "empty key set", "garbled key set", "short secret"])
def test_what_cannot_work_refuses_to_start(upstream, change, named):
    made = {**config(upstream.url), "routes": [{"path": "/"}], **change}
    result = start_refused(made, files={"empty.json": '{"keys":[]}', "garbled.json": "{", "short.secret": "short"})
    assert result.exit in (2, 3) and named in result.err


def test_port_in_use_is_said(upstream):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        result = start_refused({**config(upstream.url, **OPEN), "listen": address})
    assert result.exit == 3 and address in result.err


@pytest.mark.parametrize("store, named", [("no/such/folder/q.db", "check that its folder exists"), ("notes.txt", "is not an SQLite database"),
                                          ("other.db", "another program")])
def test_check_tells_of_a_store_that_serve_would_refuse(upstream, tmp_path, store, named):
    (tmp_path / "notes.txt").write_text("this is no database, and longer than a header of SQLite would be" * 20)
    with sqlite3.connect(tmp_path / "other.db") as database:
        database.execute("CREATE TABLE t (x)")
    database.close()
    for file in ("notes.txt", "other.db"):
        (tmp_path / file).chmod(0o600)
    (tmp_path / "quivive.yaml").write_text(f"upstream: {upstream.url}\nstore: sqlite:{store}\n")
    before = sorted(path.name for path in tmp_path.iterdir())
    for arguments, status in ((["check", "quivive.yaml"], 2), (["serve", "--check"], 2), (["serve"], 3)):
        result = command(*arguments, folder=tmp_path)
        assert result.exit == status and result.err.startswith(f"quivive.yaml:2:8  store: {store} "), result
        assert named in result.err and result.err.count("\n") == 2, result.err
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_store_that_belongs_to_somebody_else(upstream):
    result = start_refused(config(upstream.url, **OPEN), files={"quivive.db": "this is no database, and longer than a header of SQLite would be" * 20})
    assert result.exit in (2, 3) and "quivive.db" in result.err


# --- the end

def test_running_requests_finish(upstream, marker):
    """SIGTERM: no new connection, idle ones end, the busy one gets its whole answer."""
    with Gateway(config(upstream.url, **OPEN)) as gateway, gateway.connect() as idle, gateway.connect() as busy:
        idle.send("GET /public/x HTTP/1.1\r\nHost: a\r\n\r\n")
        assert idle.response().status == 200
        busy.send(f"GET /public/{marker}?do=half&gate={marker} HTTP/1.1\r\nHost: a\r\n\r\n")
        busy.head()
        assert busy.read_exactly(5) == b"01234"
        gateway.process.send_signal(signal.SIGTERM)
        assert idle.at_end()
        eventually(lambda: refused(gateway.address))
        upstream.gate(marker).set()
        assert busy.read_exactly(5) == b"56789" and busy.at_end()
        gateway.wait_end()


def refused(address):
    try:
        with Connection(address, timeout=5) as connection:
            return connection.at_end()
    except ConnectionRefusedError:
        return True


def test_upload_in_progress_finishes(upstream, marker):
    with Gateway(config(upstream.url, **OPEN)) as gateway, gateway.connect() as busy:
        busy.send(f"POST /public/{marker} HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234")
        upstream.wait_for(marker)
        gateway.process.send_signal(signal.SIGTERM)
        eventually(lambda: refused(gateway.address))
        busy.send("56789")
        response = busy.response()
        assert response.status == 200 and response.json()["body_bytes"] == 10
        assert response.get("Connection", "").lower() == "close"
        gateway.wait_end()


def test_drain_has_a_deadline(upstream, marker):
    with Gateway({**config(upstream.url, **OPEN), "limits": {"drain_timeout": "1s"}}) as gateway, gateway.connect() as stuck:
        stuck.send(f"GET /public/{marker}?do=slow&gate={marker} HTTP/1.1\r\nHost: a\r\n\r\n")
        upstream.wait_for(marker)
        gateway.process.send_signal(signal.SIGTERM)
        with pytest.raises(Truncated):
            stuck.response()
        gateway.wait_end()
    upstream.gate(marker).set()


def test_interrupt_stops_too(upstream):
    with Gateway(config(upstream.url, **OPEN)) as gateway:
        gateway.process.send_signal(signal.SIGINT)
        gateway.wait_end()


# --- the store under a running gateway

def test_store_that_vanishes_is_500_and_never_401(upstream):
    """A key that was fine a moment ago is not the client's fault now."""
    with Gateway(config(upstream.url, **OPEN, cache={"keys": 0})) as gateway:
        key = secret(gateway.create_key()["key"])
        expect(gateway, gateway.get("/x", {"X-API-Key": key}), 200, "allowed")
        for suffix in ("", "-wal", "-shm"):
            (gateway.folder / f"quivive.db{suffix}").unlink(missing_ok=True)
        eventually(lambda: gateway.get("/x", {"X-API-Key": key}).status != 200)
        response = expect(gateway, gateway.get("/x", {"X-API-Key": key}), 500, "verifier-unavailable")
        assert response.get("Retry-After")
        expect(gateway, gateway.get("/public/x"), 200, "allowed")
        expect(gateway, gateway.get("/x", {"X-API-Key": "qv_nonsense"}), 401, "key-malformed")
        assert gateway.metrics()["quivive_store_up"] == 0


def test_stored_hash_that_cannot_be_used_is_misconfigured(upstream):
    """Damaged by hand: the operator's fault, so not a 401."""
    made = config(upstream.url, accept={"basic": {}}, routes=[{"path": "/"}])
    with Gateway(made) as gateway:
        gateway.add_user("peggy", secret("peggys-password"))
        with sqlite3.connect(gateway.folder / "quivive.db") as database:
            (table,) = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type='table' AND name LIKE '%user%'")]
            assert database.execute(f"UPDATE {table} SET password_hash = CAST('$argon2id$damaged' AS BLOB)").rowcount == 1
        database.close()
        expect(gateway, gateway.get("/x", basic("peggy", "peggys-password")), 500, "verifier-misconfigured")
