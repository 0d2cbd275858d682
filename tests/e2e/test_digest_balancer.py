"""Digest behind a balancer that takes turns: nginx in front of gateways that share their nonces."""

import subprocess

from harness import Nginx, secret
from harness.digest import replicas

ALICE = ("alice", secret("open-sesame-in-turns"))


def test_curl(upstream, tmp_path):
    with replicas(upstream, tmp_path, [ALICE], count=3) as gateways:
        servers = "".join(f"server {host}:{port};" for host, port in (gateway.address for gateway in gateways))
        with Nginx("location / { proxy_pass http://gateways; }", http=f"upstream gateways {{ {servers} }}") as nginx:
            for _ in range(3):
                urls = [nginx.url + "/digest/x"] * 20  # one nonce, counted up
                done = subprocess.run(["curl", "-sS", "--fail", "--noproxy", "*", "--digest", "-u", ":".join(ALICE), *urls],
                                      capture_output=True, text=True, timeout=60, check=False)
                assert done.returncode == 0 and done.stdout.count('"target": "/digest/x"') == 20, done.stderr
        for gateway in gateways:
            gateway.logged(lambda line: line.get("reason") == "allowed" and line.get("scheme") == "digest")
