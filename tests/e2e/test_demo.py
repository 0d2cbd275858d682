"""The demo, as a newcomer meets it: what it prints is pasted, and answers as it says."""

import json
import signal
import subprocess
import sys

from harness import eventually
from harness.gateway import BINARY, ROOT


def test_what_the_demo_prints_can_be_pasted_as_it_is(tmp_path):
    printed, ready = tmp_path / "printed", tmp_path / "ready"
    with printed.open("wb") as out:
        demo = subprocess.Popen([BINARY, "demo", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--ready-file", ready], cwd=tmp_path,
                                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    try:
        eventually(lambda: ready.exists() and json.loads(ready.read_text()))
        pasted = subprocess.run([sys.executable, ROOT / "tools" / "paste_demo", printed], capture_output=True, text=True, timeout=120)
        assert pasted.returncode == 0, pasted.stdout + printed.read_text()
        assert pasted.stdout.strip() == "5 passed, 0 failed"
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(30) == 0, printed.read_text()
    finally:
        demo.kill()
        demo.wait()
    assert [left.name for left in tmp_path.iterdir() if left not in (printed, ready)] == [], "its store is in a temporary folder"
