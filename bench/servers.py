"""The programs that bench/peers.py measures. Each runs as one worker on the server's core, in front of the same upstream."""

import contextlib
import ctypes
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

import tokens

SERVER_CORE = "0"
LOAD_CORE = "1"  # the upstream's and the load's

_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def end_with_parent():
    """For preexec_fn: the kernel ends the child when the benchmark is gone, even if that was killed and could stop nothing."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """A running program. Subclasses write its configuration into `folder` and give the command."""

    core = SERVER_CORE

    def __init__(self, name, folder):
        self.name = name
        self.port = free_port()
        self.folder = pathlib.Path(folder) / name
        self.folder.mkdir()
        self.log = self.folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(["taskset", "-c", self.core, *self.command()], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, cwd=self.folder, start_new_session=True, preexec_fn=end_with_parent)
        try:
            self.wait()
        except BaseException:  # a signal too: nobody else knows this process yet
            self.stop()
            raise

    def wait(self):
        for _ in range(200):
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.name} did not start:\n{self.log.read_text()[-2000:]}")

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def pids(self):
        """This process and its children: workers too are the server's price."""
        found = [self.process.pid]
        for pid in found:
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
        return found

    def cpu(self):
        """Seconds of user and system time so far, of all threads."""
        total = 0
        for pid in self.pids():
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                try:
                    total += int((task / "schedstat").read_text().split()[0])  # nanoseconds; stat has 10 ms steps
                except FileNotFoundError:
                    continue  # the thread ended just now
        return total / 1e9

    def resident(self):
        """MiB resident, of all processes."""
        total = 0
        for pid in self.pids():
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().split("\n"):
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1])
        return total / 1024

    def stop(self):
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
        self.signal(signal.SIGKILL)  # and what it left behind
        self.process.wait()

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


NGINX = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; client_max_body_size 0;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {body}
}}
"""


class Nginx(Server):
    def command(self):
        path = self.write("nginx.conf", NGINX.format(folder=self.folder, body=self.body()))
        return ["nginx", "-e", "stderr", "-p", str(self.folder), "-c", path]


class Upstream(Nginx):
    core = LOAD_CORE

    def __init__(self, folder):
        super().__init__("upstream", folder)

    def body(self):
        return f"server {{ listen 127.0.0.1:{self.port}; default_type application/json; return 200 '{json.dumps({'orders': list(range(20))})}'; }}"


class NginxProxy(Nginx):
    def __init__(self, folder, upstream):
        self.upstream = upstream
        super().__init__("nginx-proxy", folder)

    def body(self):
        return f"""
  upstream u {{ server 127.0.0.1:{self.upstream}; keepalive 64; keepalive_requests 1000000000; }}
  server {{ listen 127.0.0.1:{self.port};
    location / {{ proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; }} }}"""


class Nginx401(Nginx):
    def __init__(self, folder):
        super().__init__("nginx-401", folder)

    def body(self):
        return f"""
  server {{ listen 127.0.0.1:{self.port}; default_type application/json;
    add_header WWW-Authenticate 'Bearer realm="api.example.com"' always; add_header Cache-Control no-store always;
    return 401 '{{"error":"Missing authentication token"}}'; }}"""


class Haproxy(Server):
    """A plain proxy, or with `algorithm` one that verifies JWTs of that algorithm, or one that answers 401."""

    def __init__(self, folder, upstream, key=None, refuse=False):
        self.upstream, self.key, self.refuse = upstream, key, refuse
        super().__init__("haproxy-" + (key.algorithm if key else "401" if refuse else "proxy"), folder)

    def command(self):
        rules = ""
        if self.key:
            with_what = f'"{self.key.public}"' if self.key.algorithm != "HS256" else f'"{self.key.secret.decode()}"'
            rules = f"""
  http-request set-var(txn.bearer) http_auth_bearer
  http-request set-var(txn.alg) var(txn.bearer),jwt_header_query('$.alg')
  http-request deny deny_status 401 unless {{ var(txn.alg) -m str {self.key.algorithm} }}
  http-request deny deny_status 401 unless {{ var(txn.bearer),jwt_verify(txn.alg,{with_what}) -m int 1 }}"""
        if self.refuse:
            rules = """
  http-request return status 401 content-type application/json string '{"error":"Missing authentication token"}' hdr WWW-Authenticate 'Bearer realm="api.example.com"' hdr Cache-Control no-store"""
        path = self.write("haproxy.cfg", f"""
global
  nbthread 1
  maxconn 4000
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend f
  bind 127.0.0.1:{self.port}{rules}
  default_backend b
backend b
  server u 127.0.0.1:{self.upstream}
""")
        return ["haproxy", "-db", "-f", path]


class Apache(Server):
    """mod_auth_openidc as an OAuth 2.0 resource server: verifies RS256 tokens on every request, then proxies."""

    def __init__(self, folder, upstream, key):
        self.upstream, self.key = upstream, key
        super().__init__("apache-RS256", folder)

    def command(self):
        certificate = self.folder / "cert.pem"
        tokens.openssl("req", "-x509", "-new", "-key", str(self.key.private), "-subj", "/CN=bench", "-days", "2", "-out", str(certificate))
        modules = ["mpm_event", "authn_core", "authz_core", "authz_user", "proxy", "proxy_http", "auth_openidc"]
        load = "\n".join(f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so" for m in modules)
        path = self.write("apache.conf", f"""
ServerRoot {self.folder}
ServerName localhost
PidFile {self.folder}/pid
Mutex file:{self.folder}
{load}
ErrorLog {self.folder}/error.log
LogLevel crit
Listen 127.0.0.1:{self.port}
KeepAlive On
MaxKeepAliveRequests 0
StartServers 1
ServerLimit 1
ThreadsPerChild 64
MaxRequestWorkers 64
MaxConnectionsPerChild 0
OIDCCryptoPassphrase bench
OIDCOAuthVerifyCertFiles {self.key.jwk["kid"]}#{certificate}
ProxyPass / http://127.0.0.1:{self.upstream}/ keepalive=On
<Location />
  AuthType oauth20
  Require valid-user
</Location>
""")
        return ["/usr/sbin/apache2", "-f", path, "-DFOREGROUND"]
