"""`quivive why` on what real clients print."""

import os
import subprocess

from .gateway import command
from .vault import captured, hidden
from .wire import DEADLINE


def plain_environment():
    """Without proxies, so that a request goes where a test sends it."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}


def run(*words, stdin=None):
    done = subprocess.run(list(map(str, words)), capture_output=True, input=stdin, timeout=DEADLINE * 4, check=False, env=plain_environment(),
                          **({"stdin": subprocess.DEVNULL} if stdin is None else {}))
    return done


def curl_verbose(*arguments):
    """curl -v URL 2>&1, as one sees it on a terminal."""
    words = ["curl", "-q", "-sv", "--max-time", str(int(DEADLINE)), *map(str, arguments)]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=DEADLINE * 2, check=False, env=plain_environment())
    return done.stdout.decode()


def curl_trace(*arguments):
    return run("curl", "-q", "-s", "--max-time", int(DEADLINE), "--trace-ascii", "-", "-o", "/dev/null", *arguments).stdout.decode()


def curl_include(*arguments):
    return run("curl", "-q", "-si", "--max-time", int(DEADLINE), *arguments).stdout.decode()


def httpie(*arguments):
    done = run("http", "--ignore-stdin", "--verbose", "--all", "--pretty=none", f"--timeout={int(DEADLINE)}", *arguments)
    assert done.stdout, done.stderr.decode()
    return done.stdout.decode()


class Diagnosis:
    def __init__(self, result):
        self.exit, self.text = result.exit, result.out
        self.document = result.json()
        assert self.document["schema"] == "quivive/why/1"
        self.verdict = self.document["verdict"]
        self.code = self.verdict and self.verdict["code"]
        self.certainty = self.verdict and self.verdict["certainty"]
        self.answered_by = self.document["answered_by"]["kind"]
        self.name = self.document["answered_by"]["name"]
        self.codes = [finding["code"] for finding in self.document["findings"]]
        self.format = self.document["input"]["format"]
        self.exchanges = self.document["input"]["exchanges"]
        assert self.exit == (1 if self.verdict else 0)

    def evidence(self, code):
        return [row for finding in self.document["findings"] if finding["code"] == code for row in finding["evidence"]]

    def says(self, code, certainty, answered_by):
        """`certainty` may name two that are both right, as "certain or probable"."""
        told = (self.code, self.certainty, self.answered_by)
        right = certainty.split(" or ") if certainty else [None]
        assert told[0] == code and told[1] in right and told[2] == answered_by, f"expected {(code, certainty, answered_by)}, got {told}:\n{self.text}"
        return self


def why(*arguments, stdin=None):
    """`quivive why --json`, on this text or as told by `arguments`; no secret that a test registered may be in what it prints."""
    result = command("why", "--json", *arguments, stdin=stdin, env={name: "" for name in os.environ if name.lower().endswith("_proxy")})
    captured("why", result.out + result.err)
    hidden(result.out + result.err)
    assert result.exit in (0, 1), f"exit {result.exit}: {result.err}\n{(stdin or '')[:3000]}"
    return Diagnosis(result)


def read(text, *arguments):
    """What `why` says of a capture on standard input. In text form no secret is printed either."""
    in_words = command("why", *arguments, "-", stdin=text)
    captured("why", in_words.out + in_words.err)
    hidden(in_words.out + in_words.err)
    return why(*arguments, "-", stdin=text)
