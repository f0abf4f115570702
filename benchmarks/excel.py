"""How long a register of 200,000 rows in Excel takes to become a frame, and how much memory.

Run from the project's folder: ``python benchmarks/excel.py``. The register has ten columns, as
Excel writes them: ids in the format ``"CMP-"000000``, dates, amounts and texts that are shared, one
of them another in each row. The reader runs in a process of its own. Its memory is the peak of what
is resident, above that of the same process after its imports.

Measured on two cores with a load of 18, Python 3.11, 2026-11-29: 11.2 MB of file, 22.1 s of a
processor, 104 MB; a loop of ten million additions took 1.5 s of a processor there.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEADINGS = (
    *("Case no", "Team", "Answered", "Status", "Paid"),
    *("Customer", "Channel", "Opened", "Handler", "Note"),
)
TEAMS, STATES = ("Cards", "Loans", "Savings", "Branches"), ("Answered", "Pending")

#: Bytes of a kibibyte, in which Linux counts what is resident.
KIB = 1024


def _leads(**targets: str) -> str:
    kinds = "".join(
        f'<Relationship Id="{name}" Type="{LINK}/{name}" Target="{target}"/>'
        for name, target in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{kinds}</Relationships>'


def _cells(row: int, texts: dict[str, int], dice: random.Random) -> Iterator[str]:
    def shared(text: str) -> str:
        return f't="s"><v>{texts.setdefault(text, len(texts))}</v>'

    yield f's="1"><v>{row}</v>'
    yield shared(dice.choice(TEAMS))
    yield f's="2"><v>{46266 + dice.randrange(91)}</v>'
    yield shared(dice.choice(STATES))
    yield f's="3"><v>{dice.randrange(10**6) / 100}</v>'
    yield shared(f"Customer {row} of the register")
    yield shared(dice.choice(("Letter", "Telephone", "Branch")))
    yield f's="2"><v>{46235 + dice.randrange(91)}</v>'
    yield shared(f"h-{dice.randrange(40)}")
    yield shared(f"Note {dice.randrange(5000)} on what was said")


def write(path: Path, rows: int) -> None:
    """A register as Excel writes it."""
    dice, texts = random.Random(1), {name: n for n, name in enumerate(HEADINGS)}
    letters = "ABCDEFGHIJ"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types"/>')
        archive.writestr("_rels/.rels", _leads(officeDocument="xl/workbook.xml"))
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            _leads(worksheet="sheet.xml", styles="styles.xml", sharedStrings="texts.xml"),
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{SPACE}" xmlns:r="{LINK}"><sheets><sheet name="Register" '
            'sheetId="1" r:id="worksheet"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{SPACE}"><numFmts><numFmt numFmtId="164" '
            'formatCode="&quot;CMP-&quot;000000"/></numFmts><cellXfs><xf numFmtId="0"/>'
            '<xf numFmtId="164"/><xf numFmtId="14"/><xf numFmtId="4"/></cellXfs></styleSheet>',
        )
        with archive.open("xl/sheet.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{SPACE}"><sheetData><row r="1">'.encode())
            for n, letter in enumerate(letters):
                sheet.write(f'<c r="{letter}1" t="s"><v>{n}</v></c>'.encode())
            sheet.write(b"</row>")
            for row in range(2, rows + 2):
                inner = "".join(
                    f'<c r="{letter}{row}" {cell}</c>'
                    for letter, cell in zip(letters, _cells(row, texts, dice), strict=True)
                )
                sheet.write(f'<row r="{row}" spans="1:10">{inner}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        with archive.open("xl/texts.xml", "w") as shared:
            shared.write(f'<sst xmlns="{SPACE}">'.encode())
            shared.write("".join(f"<si><t>{text}</t></si>" for text in texts).encode())
            shared.write(b"</sst>")


def read(path: Path) -> None:
    """Read the register in this process, and print seconds, megabytes and rows."""
    from ceosample import Frame

    asked = {"population": "p", "period": "2026-10", "unit_id": "id"}
    Frame.from_records([{"id": 1}], **asked)  # type: ignore[arg-type]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    frame = Frame.from_excel(
        path, population="p", period="2026-10", unit_id="Case no", strata=["Team", "Status"]
    )
    took = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"{frame.count} rows: {took:.1f} s, {peak * KIB / 1e6:.0f} MB above the interpreter")


def main() -> None:
    """Write the register, and read it in another process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read is not None:
        read(given.read)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.xlsx"
        write(path, given.rows)
        print(f"{path.stat().st_size / 1e6:.1f} MB of file")
        subprocess.run([sys.executable, __file__, "--read", str(path)], check=True)


if __name__ == "__main__":
    main()
