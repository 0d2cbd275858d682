"""`quivive fetch` at servers of Debian's."""

import base64
import hashlib

from harness import Apache, Nginx, secret
from harness.fetching import fetch

ALICE = ("alice", secret("fetch-window-4711"))
WRONG = secret("fetch-window-4712")


def test_nginx(tmp_path):
    passwords = "alice:{SHA}" + base64.b64encode(hashlib.sha1(ALICE[1].encode()).digest()).decode() + "\n"
    with Nginx('location / { auth_basic "staging"; auth_basic_user_file FOLDER/passwords; return 200 "in"; } location /files/ { auth_basic "staging"; '
               'auth_basic_user_file FOLDER/passwords; alias FOLDER/files/; }', files={"passwords": passwords, "files/a": "the file"}) as nginx:
        done = fetch("-u", "alice", "--password-stdin", nginx.url + "/files/a", stdin=ALICE[1])
        assert (done.exit, done.out) == (0, "the file"), done.err
        done = fetch("-u", "alice", "--password-stdin", nginx.url + "/files/a", stdin=WRONG)
        assert done.exit == 1 and "credentials-rejected" in done.err and "nginx" in done.err, done.err


def test_apache(tmp_path):
    md5 = hashlib.md5(f"alice:vault:{ALICE[1]}".encode()).hexdigest()
    passwords = "alice:{SHA}" + base64.b64encode(hashlib.sha1(ALICE[1].encode()).digest()).decode() + "\n"
    settings = """
<Location /basic/>
AuthType Basic
AuthName vault
AuthUserFile FOLDER/passwords
Require valid-user
</Location>
<Location /digest/>
AuthType Digest
AuthName vault
AuthUserFile FOLDER/digests
Require valid-user
</Location>
"""
    files = {"passwords": passwords, "digests": f"alice:vault:{md5}\n", "basic/a": "by Basic", "digest/a": "by Digest"}
    with Apache(settings, files=files) as apache:
        for path, body in (("/basic/a", "by Basic"), ("/digest/a", "by Digest"), ("/digest/a?b=c,d%20e", "by Digest")):
            done = fetch("-u", "alice", "--password-stdin", apache.url + path, stdin=ALICE[1])
            assert (done.exit, done.out) == (0, body), done.err
        done = fetch("-u", "alice", "--password-stdin", apache.url + "/digest/a", stdin=WRONG)
        assert done.exit == 1 and "digest-bad-secret" in done.err, done.err
