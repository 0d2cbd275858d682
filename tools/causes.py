"""The rows of src/diagnose/causes.def, for the tools that work from them."""

import ast
import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ROOT / "src" / "diagnose" / "causes.def"

STRING = r'"(?:[^"\\]|\\.)*"'
ROW = re.compile(
    r"^QUIVIVE_CAUSE\((\w+),\s*(" + STRING + r"),\s*(\w+),\s*(\d+),\s*(" + STRING + r"),\s*(" + STRING + r")\)\s*$"
)
CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclasses.dataclass(frozen=True)
class Cause:
    name: str
    code: str
    family: str
    family_title: str
    rank: int
    title: str
    reference: str


def read():
    """Every row, in the order of the file. Ends the program if a row cannot be read, so that none is passed over.

    The comment line right above the first row of a family is the family's title.
    """
    rows = []
    titles = {}
    before = ""
    for number, line in enumerate(LIST.read_text().split("\n"), 1):
        where = f"{LIST.relative_to(ROOT)}:{number}"
        if line.startswith("QUIVIVE_CAUSE"):
            row = ROW.match(line)
            if not row:
                raise SystemExit(f"{where}: not a row that tools/causes.py can read: one line, six values")
            name, code, family, rank, title, reference = row.groups()
            if not CODE.fullmatch(text(code)):
                raise SystemExit(f"{where}: {code} cannot be the name of a page")
            if family not in titles:
                if not before.startswith("// "):
                    raise SystemExit(f"{where}: family {family} begins without a comment that names it")
                titles[family] = before[3:].strip()
            rows.append(Cause(name, text(code), family, titles[family], int(rank), text(title), text(reference)))
        before = line
    if not rows:
        raise SystemExit(f"{LIST.relative_to(ROOT)}: no rows")
    return rows


def text(literal):
    return ast.literal_eval(literal)
