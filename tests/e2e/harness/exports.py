"""What newman exports and Chromium records."""

import json
import pathlib
import shutil
import subprocess

from .diagnosis import plain_environment, run

NODE = pathlib.Path(__file__).resolve().parent.parent / "node"
CHROMIUM = "/usr/bin/chromium"


def installed():
    """The packages of tests/e2e/node, installed from its lock where they are missing, or of an older one."""
    marker = NODE / "node_modules" / ".package-lock.json"
    if not marker.exists() or marker.stat().st_mtime < (NODE / "package-lock.json").stat().st_mtime:
        done = subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=NODE, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stderr
    return NODE / "node_modules"


def newman(collection, folder, environment=None):
    """Runs the collection; returns newman's own JSON report of the run."""
    bin_path = installed() / ".bin" / "newman"
    report = pathlib.Path(folder, "report.json")
    words = [bin_path, "run", collection, "--reporters", "json", "--reporter-json-export", report, "--suppress-exit-code"]
    done = run(*words, *(["--environment", environment] if environment else []))
    assert report.exists(), done.stdout.decode() + done.stderr.decode()
    return json.loads(report.read_text())


def recorded_har(steps, folder):
    """Chromium performs the steps ([["goto", URL], ["fetch", URL, options], ["wait", URL]]) and returns the path of the HAR that it recorded."""
    installed()
    har = pathlib.Path(folder, "recorded.har")
    assert shutil.which(CHROMIUM), "chromium is not installed"
    done = subprocess.run(["node", NODE / "record.js", har, CHROMIUM], input=json.dumps(steps), capture_output=True, text=True, timeout=240, check=False,
                          env={**plain_environment(), "HOME": str(folder)})
    assert done.returncode == 0 and har.exists(), done.stdout + done.stderr
    return har
