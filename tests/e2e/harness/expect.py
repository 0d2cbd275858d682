"""The one place where a test says which reason it expects, so that every reason can be shown to have a test."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]


def seen_file():
    folder = pathlib.Path(os.environ.get("QUIVIVE_REASONS_SEEN") or ROOT / "build" / "reasons-seen")
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{os.getpid()}.txt"


def expect(gateway, response, status, reason, **entry):
    """Asserts the status, what the access log says of this request (by its id), and what holds for every response of
    that status. `reason` may be a tuple where the specification leaves a choice; further arguments are members of the log
    line. Returns the response."""
    line = gateway.log_line(response.id)
    shown = {name: line.get(name) for name in ("status", "reason", "path", "route", "scheme")}
    reasons = (reason,) if isinstance(reason, str) else reason
    assert response.status == status and line["reason"] in reasons, f"expected {status} {reason}; got {response.status}, log {shown}"
    assert line["status"] == status, shown
    for name, value in entry.items():
        assert line.get(name) == value, f"{name}: {line.get(name)!r} in the log, not {value!r}"
    with seen_file().open("a") as out:
        out.write(line["reason"] + "\n")
    if line["reason"] != "allowed" and not line.get("observed"):
        check_rejection(response)
    return response


def check_rejection(response):
    """What holds for every rejection of the gateway's own making."""
    challenges = response.all("WWW-Authenticate")
    if response.status == 401:
        assert challenges, "a 401 without WWW-Authenticate"
    elif response.status == 400:
        assert all(c.startswith("Bearer ") and 'error="invalid_request"' in c for c in challenges), challenges
    else:
        assert not challenges, f"{response.status} carries a challenge: {challenges}"
    if response.status in (401, 403):
        assert "no-store" in response.get("Cache-Control", ""), "a rejection that a cache may keep"
        assert response.get("Vary"), "a rejection without Vary"
    assert response.get("Server") is None or "/" not in response.get("Server"), "the version is nobody's business"
