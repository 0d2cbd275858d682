"""digest-fetch and Chromium as clients of a gateway."""

import json
import shutil
import subprocess

from .diagnosis import plain_environment
from .exports import CHROMIUM, NODE, installed


def _node(script, folder, asked, *arguments):
    installed()
    done = subprocess.run(["node", NODE / script, *arguments], input=json.dumps(asked), capture_output=True, text=True, timeout=240, check=False,
                          env={**plain_environment(), "HOME": str(folder)})
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def digest_fetch(folder, user, password, *requests, **options):
    """[status, body] of each request ([URL, fetch's options], or ["wait", ms]), made by one client; `options` are the client's."""
    return _node("digest_fetch.mjs", folder, {"user": user, "password": password, "options": options, "requests": requests})


def chromium(folder, *steps, credentials=None):
    """[status, body] of each step (["goto", URL], ["fetch", URL, options], ["wait", ms]), made in one context that knows these
    credentials: (user, password)."""
    assert shutil.which(CHROMIUM), "chromium is not installed"
    known = {"username": credentials[0], "password": credentials[1]} if credentials else None
    return _node("browse.js", folder, {"credentials": known, "steps": steps}, CHROMIUM)


def oauth_clients(folder, **asked):
    """What openid-client and oauth4webapi come to at a token service, by step."""
    return _node("oauth_clients.mjs", folder, asked)
