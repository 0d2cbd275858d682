#!/usr/bin/env python3
"""bench/har_bench.py [--megabytes 100] [--keep FILE] COMMAND…: reads a made-up HAR of that size with the command.

The file goes to the command's standard input. Prints wall time and peak resident memory of the command. The recording is
what browsers write: many small JSON answers, scripts with escapes, images in base64, some refusals; the last request is
refused. For example: bench/har_bench.py build/release/bin/quivive why --offline --json -
"""
import argparse
import base64
import json
import os
import random
import subprocess
import tempfile
import time


def entry(number, status, mime, text, encoded=False):
    headers = [{"name": f"x-field-{i}", "value": "v" * 40} for i in range(12)]
    content = {"size": len(text), "mimeType": mime, "text": text}
    if encoded:
        content["encoding"] = "base64"
    return {
        "_initiator": {"type": "script", "stack": {"callFrames": [{"functionName": "f", "url": "https://app.test/main.js", "lineNumber": i} for i in range(8)]}},
        "_resourceType": "fetch", "startedDateTime": "2025-03-27T09:00:00.000Z", "time": 12.5, "connection": str(number % 6),
        "request": {"method": "GET", "url": f"https://api.test/v1/things/{number}", "httpVersion": "http/2.0", "cookies": [], "queryString": [],
                    "headers": headers + [{"name": "authorization", "value": "Bearer " + "t" * 700}]},
        "response": {"status": status, "statusText": "", "httpVersion": "http/2.0", "headers": headers, "cookies": [], "content": content,
                     "redirectURL": "", "headersSize": -1, "bodySize": -1},
        "timings": {"blocked": 1.5, "dns": -1, "connect": -1, "send": 0.1, "wait": 10.2, "receive": 0.7},
    }


def write(out, size):
    random.seed(1)
    out.write('{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[],"entries":[')
    script = "function f(a) {\n\treturn \"<div class=\\\"x\\\">\" + a + '</div>';\n}\n" * 3000
    rows = json.dumps([{"id": i, "name": "thing \"%d\"" % i, "price": i * 1.5} for i in range(60)])
    image = base64.b64encode(random.randbytes(120_000)).decode()
    number = 0
    while out.tell() < size:
        kind = number % 20
        if kind == 0:
            text = json.dumps(entry(number, 200, "image/webp", image, True))
        elif kind == 1:
            text = json.dumps(entry(number, 200, "application/javascript", script))
        elif kind == 2:
            text = json.dumps(entry(number, 401, "application/json", '{"message":"no"}'))
        else:
            text = json.dumps(entry(number, 200, "application/json", rows))
        out.write(("," if number else "") + text)
        number += 1
    out.write("," + json.dumps(entry(number, 401, "application/json", '{"message":"no"}')) + "]}}")


def main():
    parser = argparse.ArgumentParser(description="Time a reader of HAR files.")
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--keep", help="write the HAR there and keep it; use it where it exists")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if not options.command:
        parser.error("name the command that is to read it")
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or os.path.join(folder, "bench.har")
        if not os.path.exists(path):
            with open(path, "w") as out:
                write(out, options.megabytes * 1_000_000)
        with open(path, "rb") as source:
            begun = time.monotonic()
            child = subprocess.Popen(options.command, stdin=source, stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(child.pid, 0)
            wall = time.monotonic() - begun
        print(f"{os.path.getsize(path) / 1e6:.0f} MB: {wall:.2f} s wall, {usage.ru_utime + usage.ru_stime:.2f} s processor, "
              f"{usage.ru_maxrss / 1024:.0f} MiB resident, exit {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
