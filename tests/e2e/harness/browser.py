"""A Chromium without a window that a test drives step by step, so that it can act on the gateway in between."""

import json
import shutil
import subprocess
import types

from .diagnosis import plain_environment
from .exports import CHROMIUM, NODE, installed


class Browser:
    """with Browser(folder) as browser: page = browser.page()

    Names under .test are this machine. Browsers tell nothing about themselves (Sec-Fetch-*) to http://name.test, and do so to
    http://127.0.0.1, http://localhost and https."""

    def __init__(self, folder, *switches):
        installed()
        assert shutil.which(CHROMIUM), "chromium is not installed"
        self._errors = open(folder / "chromium.log", "w+", encoding="utf-8")
        self._process = subprocess.Popen(
            ["node", NODE / "drive.js", CHROMIUM, "--host-resolver-rules=MAP *.test 127.0.0.1", *switches], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._errors, text=True, env={**plain_environment(), "HOME": str(folder)})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()

    def perform(self, page, what, *words):
        self._process.stdin.write(json.dumps({"page": page, "what": what, "with": words}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            self._errors.seek(0)
            raise AssertionError(f"the browser ended: {self._errors.read()[-3000:]}")
        answer = json.loads(line)
        if "error" in answer:  # of the test, not of what it tests
            raise RuntimeError(f"{what} {words}: {answer['error']}")
        return answer["value"]

    def page(self, **context):
        """A page that shares nothing with the others. `context`: Playwright's options of a context."""
        return Page(self, self.perform(None, "open", context))


class Answer(types.SimpleNamespace):
    """status, url, fields, id. Of a navigation also `from_`: the URLs that led on, and no status where the browser stayed; of a fetch
    `text`, `redirected`, or `error`."""

    def __init__(self, told):
        told = dict(told or {})
        if "from" in told:
            told["from_"] = told.pop("from")
        super().__init__(**{"status": None, "url": None, "error": None, "fields": [], **told})

    def all(self, name):
        return [value for key, value in self.fields if key == name.lower()]

    def get(self, name, default=None):
        return next(iter(self.all(name)), default)

    @property
    def id(self):
        return self.get("X-Request-Id")


class Page:
    def __init__(self, browser, number):
        self._browser, self._number = browser, number

    def _do(self, what, *words):
        return self._browser.perform(self._number, what, *words)

    def goto(self, url):
        return Answer(self._do("goto", url))

    def back(self, count=1):
        """What the browser's Back button does."""
        self._do("back", count)

    def reload(self):
        return Answer(self._do("reload"))

    def click(self, selector):
        """A click that should lead to another page."""
        return Answer(self._do("click", selector))

    def press(self, selector, key):
        return Answer(self._do("press", selector, key))

    def leave(self, code):
        """A script that leads to another page."""
        return Answer(self._do("leave", code))

    def fill(self, selector, text):
        self._do("fill", selector, text)

    def evaluate(self, code):
        return self._do("evaluate", code)

    def fetch(self, target, **init):
        return Answer(self._do("fetch", target, init))

    def cookies(self):
        """A list: two hosts may have cookies of one name."""
        return self._do("cookies")

    def forget(self):
        """The cookies and what is shown, as if the browser were another."""
        self._do("forget")

    @property
    def text(self):
        return self._do("text")

    @property
    def url(self):
        return self._do("url")

    def wait(self, seconds):
        self._do("wait", seconds * 1000)

    def screenshot(self, path):
        self._do("screenshot", str(path))

    def close(self):
        self._do("close")
