"""The rows of src/base/reasons.def, for the tools that work from them."""

import ast
import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ROOT / "src" / "base" / "reasons.def"

STRING = r'"(?:[^"\\]|\\.)*"'
ROW = re.compile(
    r"^QUIVIVE_REASON\((\w+),\s*(" + STRING + r"),\s*(\d+),\s*(" + STRING + r"),\s*(\d+),\s*(" + STRING + r"),\s*("
    + STRING + r"),\s*(" + STRING + r")\)\s*$"
)


@dataclasses.dataclass(frozen=True)
class Reason:
    name: str
    code: str
    status: int
    wire_error: str
    rank: int
    error: str
    description: str
    operator: str


def read():
    """Every row, in the order of the file. Ends the program if a row cannot be read, so that none is passed over."""
    rows = []
    for number, line in enumerate(LIST.read_text().split("\n"), 1):
        if line.startswith("QUIVIVE_REASON"):
            row = ROW.match(line)
            if not row:
                raise SystemExit(f"{LIST.relative_to(ROOT)}:{number}: not a row that tools/reasons.py can read: one line, eight values")
            name, code, status, wire, rank, *texts = row.groups()
            rows.append(Reason(name, text(code), int(status), text(wire), int(rank), *map(text, texts)))
    if not rows:
        raise SystemExit(f"{LIST.relative_to(ROOT)}: no rows")
    return rows


def text(literal):
    return ast.literal_eval(literal)
