#!/usr/bin/env python3
"""Run or check the `quivive why` cases: run.py --bin PATH [DIR...] | run.py --check   (see README.md beside this file)"""
import argparse
import base64
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent / "src"
CAUSES = SOURCE / "diagnose" / "causes.def"
REASONS = SOURCE / "base" / "reasons.def"
LIMIT_SECONDS = 10
FORMATS = {"curl", "curl-verbose", "curl-trace", "http", "har", "postman", "token", "header"}
CERTAINTIES = {"certain", "probable", "suggestive"}
SEVERITIES = {"error", "warning", "note"}
KINDS = {"application", "gateway", "proxy", "cdn", "idp", "unknown"}
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def catalogue(path, macro):
    """The codes of a .def table: the first quoted word of each row, which is MACRO(Enumerator, "code", ...)."""
    row = re.compile(r"\s*(?:QUIVIVE_)?" + macro + r"\(\s*\w+\s*,\s*\"([a-z0-9-]+)\"")
    return [m.group(1) for m in map(row.match, path.read_text(encoding="utf-8").splitlines()) if m]


def known_codes():
    """Every code that a document may have, or None (any well-formed code is taken) where the tables are not at hand."""
    if not (CAUSES.is_file() and REASONS.is_file()):
        return None
    return set(catalogue(CAUSES, "CAUSE")) | set(catalogue(REASONS, "REASON"))


# ---------------------------------------------------------------- the input of a case

def generated(spec):
    if spec["kind"] == "har":  # `count` copies of `filler` ({i} is the index), single entries replaced by `at`
        filler = json.dumps(spec["filler"])
        entries = [json.loads(filler.replace("{i}", str(i))) for i in range(spec["count"])]
        for index, entry in spec["at"].items():
            entries[int(index)] = entry
        document = dict(spec["document"])
        document["log"] = {**document["log"], "entries": entries}
        return json.dumps(document).encode()
    if spec["kind"] == "nested":
        depth = spec["depth"]
        text = spec.get("prefix", "") + spec["open"] * depth + spec.get("middle", "") + spec["close"] * depth
        return (text + spec.get("suffix", "")).encode()
    raise ValueError(f"unknown generator {spec['kind']!r}")


def prepare(case, folder):
    for name, text in case.get("files", {}).items():
        (folder / name).write_bytes(text.encode("utf-8"))
    for name, text in case.get("files_base64", {}).items():
        (folder / name).write_bytes(base64.b64decode(text))
    if "generate" in case:
        (folder / case["generate"]["file"]).write_bytes(generated(case["generate"]))
    if "stdin_base64" in case:
        return base64.b64decode(case["stdin_base64"])
    return (case.get("stdin") or "").encode("utf-8")


# ---------------------------------------------------------------- the output document

def unique(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError("a member occurs twice in an object")
    return dict(pairs)


def refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


class Schema:
    """Collects what is wrong with a document, as "path: problem"."""

    def __init__(self, codes):
        self.codes, self.problems = codes, []

    def want(self, ok, path, what):
        if not ok:
            self.problems.append(f"{path}: {what}")
        return ok

    def text(self, value, path, empty=False, null=False):
        self.want((null and value is None) or (isinstance(value, str) and (empty or value.strip())), path,
                  "wants a string" if empty else "wants a text")

    def member(self, value, path, allowed):
        self.want(isinstance(value, str) and value in allowed, path, f"{value!r} is none of {sorted(allowed)}")

    def code(self, value, path):
        if self.want(isinstance(value, str) and CODE.fullmatch(value), path, f"{value!r} is no code"):
            self.want(self.codes is None or value in self.codes, path, f"{value!r} is not in the catalogue")

    def exchange(self, value, path, exchanges):
        whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        self.want(value is None or (whole and value < max(exchanges, 1)), path, f"{value!r} is no exchange of this input")

    def document(self, d):
        if not self.want(isinstance(d, dict), "document", "wants an object"):
            return
        for name in ("schema", "input", "verdict", "answered_by", "findings"):
            self.want(name in d, name, "is missing")
        self.want(d.get("schema") == "quivive/why/1", "schema", f"{d.get('schema')!r}")
        i = d.get("input") if isinstance(d.get("input"), dict) else {}
        self.member(i.get("format"), "input.format", FORMATS)
        n = i.get("exchanges")
        if not self.want(isinstance(n, int) and not isinstance(n, bool) and n >= 0, "input.exchanges", f"{n!r}"):
            n = sys.maxsize
        a = d.get("answered_by")
        if self.want(isinstance(a, dict), "answered_by", "wants an object"):
            self.member(a.get("kind"), "answered_by.kind", KINDS)
            self.text(a.get("name"), "answered_by.name", empty=True, null=True)
            self.text(a.get("evidence"), "answered_by.evidence", empty=True, null=True)
        findings = d.get("findings")
        if not self.want(isinstance(findings, list), "findings", "wants a list"):
            findings = []
        for k, f in enumerate(findings):
            self.finding(f, f"findings[{k}]", n)
        self.verdict(d.get("verdict"), [f for f in findings if isinstance(f, dict)], n)

    def finding(self, f, path, n):
        if not self.want(isinstance(f, dict), path, "wants an object"):
            return
        self.code(f.get("code"), path + ".code")
        self.member(f.get("certainty"), path + ".certainty", CERTAINTIES)
        self.member(f.get("severity"), path + ".severity", SEVERITIES)
        self.exchange(f.get("exchange", "missing"), path + ".exchange", n)
        self.text(f.get("summary"), path + ".summary")
        self.text(f.get("detail"), path + ".detail", empty=True)
        self.text(f.get("fix"), path + ".fix", empty=f.get("severity") == "note")
        self.text(f.get("reference"), path + ".reference", empty=True, null=True)
        evidence = f.get("evidence")
        if self.want(isinstance(evidence, list), path + ".evidence", "wants a list"):
            for k, e in enumerate(evidence):
                if self.want(isinstance(e, dict), f"{path}.evidence[{k}]", "wants an object"):
                    self.text(e.get("part"), f"{path}.evidence[{k}].part")
                    self.text(e.get("name"), f"{path}.evidence[{k}].name", empty=True, null=True)
                    self.text(e.get("text"), f"{path}.evidence[{k}].text", empty=True)

    def verdict(self, v, findings, n):
        if v is None:
            return
        if not self.want(isinstance(v, dict), "verdict", "wants an object or null"):
            return
        self.code(v.get("code"), "verdict.code")
        self.member(v.get("certainty"), "verdict.certainty", CERTAINTIES)
        self.exchange(v.get("exchange", "missing"), "verdict.exchange", n)
        self.text(v.get("summary"), "verdict.summary")
        self.text(v.get("fix"), "verdict.fix")
        same = [f for f in findings if all(f.get(m) == v.get(m) for m in ("code", "certainty", "exchange"))]
        if self.want(same, "verdict", "is not one of the findings (code, certainty, exchange)"):
            if any(f.get("severity") == "error" for f in findings):
                self.want(any(f.get("severity") == "error" for f in same), "verdict", "is no error although findings has one")


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for k, v in value.items():
            yield k
            yield from strings(v)
    elif isinstance(value, list):
        for v in value:
            yield from strings(v)


# ---------------------------------------------------------------- one case

def listed(value):
    return value if isinstance(value, list) else [value]


def show(values):
    return " or ".join("nothing" if v is None else str(v) for v in listed(values))


def leaks(case, out, err, document):
    if "--show-secrets" in case["argv"]:
        return []
    seen = out.decode("utf-8", "replace") + err.decode("utf-8", "replace") + "\n".join(strings(document))
    return [f"secret printed: {s[:4]}… ({len(s)} characters)" for s in case["expect"].get("secrets", []) if s in seen]


def judge(case, code, out, err, codes):
    want = case["expect"]
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = str(-code)
        return [f"expected exit {show(want['exit'])}, got killed by {name}"]
    said = err.decode("utf-8", "replace").strip()
    if code not in listed(want["exit"]):
        first = said.splitlines()[0][:160] if said else ""
        got = f"exit {code}"
        try:
            v = json.loads(out)["verdict"]
            got += " with verdict " + (f"{v['code']} ({v['certainty']})" if v else "null")
        except Exception:
            got += f" ({first})" if first else ""
        return [f"expected exit {show(want['exit'])} with verdict {show(want['verdict'])}, got {got}"]
    if code == 2:
        if len(said.splitlines()) != 1:
            return [f"expected one line on standard error, got {len(said.splitlines())}"] + leaks(case, out, err, None)
        return leaks(case, out, err, None)
    try:
        document = json.loads(out.decode("utf-8"), object_pairs_hook=unique, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as problem:
        return [f"standard output is not one JSON document: {problem}"]
    schema = Schema(codes)
    schema.document(document)
    if schema.problems:
        more = len(schema.problems) - 3
        return ["schema: " + "; ".join(schema.problems[:3]) + (f"; and {more} more" if more > 0 else "")]

    wrong = []
    v = document["verdict"]
    found = [f["code"] for f in document["findings"]]
    got = f"{v['code']} ({v['certainty']})" if v else "nothing"
    if (v is None) != (code == 0):
        wrong.append(f"exit {code} does not go with verdict {got}")
    if code == 0 and any(f["severity"] == "error" for f in document["findings"]):
        wrong.append("exit 0 although findings has an error: " + ", ".join(f["code"] for f in document["findings"] if f["severity"] == "error"))
    if want["verdict"] != "any" and (v["code"] if v else None) not in listed(want["verdict"]):
        wrong.append(f"expected verdict {show(want['verdict'])}, got {got}")
    elif v and want["certainty"] is not None and v["certainty"] not in listed(want["certainty"]):
        wrong.append(f"expected certainty {show(want['certainty'])}, got {got}")
    lacking = [c for c in want["must"] if c not in found]
    if lacking:
        wrong.append(f"expected findings with {', '.join(lacking)}, got {', '.join(found) or 'none'}")
    unwanted = [c for c in want["must_not"] if c in found]
    if unwanted:
        wrong.append(f"expected no {', '.join(unwanted)}, got findings {', '.join(found)}")
    if want["answered_by"] is not None and document["answered_by"]["kind"] not in listed(want["answered_by"]):
        wrong.append(f"expected answered_by {show(want['answered_by'])}, got {document['answered_by']['kind']}")
    if "format" in want and document["input"]["format"] != want["format"]:
        wrong.append(f"expected format {want['format']}, got {document['input']['format']}")
    return wrong + leaks(case, out, err, document)


def run(case, binary, codes):
    with tempfile.TemporaryDirectory(prefix="why-") as name:
        folder = pathlib.Path(name)
        stdin = prepare(case, folder)
        env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy") and k not in ("CURL_HOME", "NETRC")}
        env["HOME"] = name
        try:
            done = subprocess.run([str(binary), "why", "--json", *case["argv"]], cwd=folder, env=env, input=stdin,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            return [f"no answer within {LIMIT_SECONDS} s"]
    return judge(case, done.returncode, done.stdout, done.stderr, codes)


def case_files(folders):
    for folder in map(pathlib.Path, folders):
        files = sorted(folder.rglob("*.json"))
        if not files:
            sys.exit(f"no cases in {folder}")
        yield from files


def load(folders):
    for file in case_files(folders):
        try:
            case = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=unique)
            want = case["expect"]
            assert case["id"] and isinstance(case["argv"], list)
            assert {"verdict", "certainty", "must", "must_not", "answered_by", "exit"} <= want.keys()
        except (ValueError, KeyError, AssertionError) as problem:
            sys.exit(f"{file}: not a case: {problem!r}")
        yield file, case


# ---------------------------------------------------------------- the cases themselves

CASE_MEMBERS = {"id", "note", "argv", "stdin", "stdin_base64", "files", "files_base64", "generate", "expect"}
EXPECT_MEMBERS = {"verdict", "certainty", "must", "must_not", "answered_by", "exit", "format", "secrets"}


def problems_of(file, case, codes):
    """What is wrong with a case, whatever the program says."""
    want = case["expect"]
    verdicts = listed(want["verdict"])
    if case["id"] != file.stem:
        yield f"the id {case['id']!r} is not the file's name"
    if not isinstance(case.get("note"), str) or not case["note"].strip():
        yield "no note"
    if extra := case.keys() - CASE_MEMBERS:
        yield f"unknown members {sorted(extra)}"
    if extra := want.keys() - EXPECT_MEMBERS:
        yield f"unknown expectations {sorted(extra)}"
    if not all(isinstance(word, str) for word in case["argv"]):
        yield "argv has something that is no string"

    for code in [*(v for v in verdicts if v not in (None, "any")), *want["must"], *want["must_not"]]:
        if codes is not None and code not in codes:
            yield f"{code!r} is not in the catalogue"
    if both := set(want["must_not"]) & (set(verdicts) | set(want["must"])):
        yield f"wanted and unwanted: {sorted(both)}"
    for value, allowed in ((want["certainty"], CERTAINTIES), (want["answered_by"], KINDS), (want.get("format"), FORMATS)):
        for word in listed(value):
            if word is not None and word not in allowed:
                yield f"{word!r} is none of {sorted(allowed)}"
    if len(verdicts) != len(set(verdicts)):
        yield "a verdict is named twice"

    exits = set(listed(want["exit"]))
    if not exits <= {0, 1, 2, 3}:
        yield f"exit {sorted(exits)}"
    named = any(v is not None for v in verdicts)
    if "any" not in verdicts and not exits & {2, 3}:
        if (1 in exits) != named or (0 in exits) != (None in verdicts):
            yield f"exit {sorted(exits)} does not go with verdict {show(want['verdict'])}"
    if exits == {2} and (named or want["must"] or "format" in want):
        yield "exit 2 goes without a document, so nothing can be expected of it"

    names = [*case.get("files", {}), *case.get("files_base64", {})] + ([case["generate"]["file"]] if "generate" in case else [])
    for name in names:
        if name not in case["argv"]:
            yield f"the file {name!r} is not used"
        if pathlib.PurePath(name).name != name:
            yield f"the file {name!r} is not a plain name"
    given = case.get("stdin") is not None or "stdin_base64" in case
    if given != ("-" in case["argv"] or "--password-stdin" in case["argv"]):
        yield "standard input and argv do not go together"
    try:
        for text in [*case.get("files_base64", {}).values(), case.get("stdin_base64", "")]:
            base64.b64decode(text, validate=True)
        if "generate" in case:
            generated(case["generate"])
    except (ValueError, KeyError) as problem:
        yield f"cannot be prepared: {problem!r}"
    for secret in want.get("secrets", []):
        if len(secret) < 4 or secret in case["note"]:
            yield f"a secret of {len(secret)} characters is too short or in the note"


def check(folders, causes):
    wrong = 0
    if not causes.is_file():
        print(f"{causes}: the catalogue of causes is missing")
        return 1
    needed = catalogue(causes, "CAUSE")
    codes = set(needed) | set(catalogue(REASONS, "REASON"))
    seen, covered, count = {}, set(), 0
    for file, case in load(folders):
        count += 1
        found = list(problems_of(file, case, codes))
        if case["id"] in seen:
            found.append(f"the id is also that of {seen[case['id']]}")
        seen[case["id"]] = file
        for problem in found:
            print(f"{file}: {problem}")
        wrong += len(found)
        covered |= {v for v in listed(case["expect"]["verdict"]) if v} | set(case["expect"]["must"])
    for code in needed:
        if code not in covered:
            print(f"no case wants {code}")
            wrong += 1
    print(f"{count} cases, {len(needed)} causes, {wrong} problems")
    return 1 if wrong or not needed else 0


def main():
    parser = argparse.ArgumentParser(description="Run or check the cases of `quivive why`.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--bin", help="the quivive executable to run the cases with")
    what.add_argument("--check", action="store_true", help="check the cases themselves, and that every cause has one")
    parser.add_argument("--only", default="", help="run the cases whose id contains this text")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="cases to run at a time")
    parser.add_argument("--causes", type=pathlib.Path, default=CAUSES, help="with --check: the table of causes")
    parser.add_argument("folders", nargs="*", metavar="DIR", default=[str(HERE / "cases")], help="folders with cases (default: cases beside this file)")
    options = parser.parse_args()
    if options.check:
        return check(options.folders, options.causes)
    binary = pathlib.Path(options.bin).resolve()
    if not os.access(binary, os.X_OK):
        parser.error(f"{options.bin} is not an executable")
    codes = known_codes()
    cases = [case for _, case in load(options.folders) if options.only in case["id"]]
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(max(options.jobs, 1)) as pool:
        for case, wrong in zip(cases, pool.map(lambda case: run(case, binary, codes), cases)):
            if wrong:
                failed += 1
                print(f"FAIL {case['id']}: " + " | ".join(wrong), flush=True)
            else:
                passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
