"""The attendance sheet: what was done about each letter of a pack, filled in by hand.

The executive's office ticks ``attendance.pdf`` and enters it into ``attendance.csv``, which
``ceosample record --from`` reads. Both are made from a pack alone, at any time and always the same,
and carry its digest, so ``pack.json`` does not name them.
"""

from __future__ import annotations

import csv
import datetime as dt
import importlib.util
import io
from pathlib import Path
from typing import Any, Final

from ceosample.errors import LetterError, MissingPartError
from ceosample.letters.letter import Letter
from ceosample.letters.papers import shell_pages
from ceosample.letters.papers.pack import Pack
from ceosample.letters.pdf import typeset
from ceosample.letters.pdf.paper_size import A4
from ceosample.period import Period
from ceosample.spreadsheet import guarded
from ceosample.text import counted

SHEET: Final = "attendance.pdf"
TABLE: Final = "attendance.csv"

#: What the office fills in stands between what tells which letter it is. The last column is never
#: empty: a spreadsheet leaves out the commas after a row's last cell.
COLUMNS: Final = (
    "unit_id", "code", "kind", "at", "by", "reason_code", "to", "text", "population", "period"
)  # fmt: skip

#: What is ticked, in the words that a file of decisions takes.
KINDS: Final = (
    "signed", "returned for rework", "declined", "escalated to board", "taken over", "delegated"
)  # fmt: skip

#: The same of a pack of readings, which nobody signs.
KINDS_OF_READINGS: Final = ("read", "escalated to board", "taken over")

#: Between what a scanner types: the next cell of a spreadsheet, and a separator in a text.
_NEXT_CELL: Final = "\t"


def attendance_sheet(pack: Pack, *, fonts: str | Path | None = None) -> dict[str, bytes]:
    """Name and bytes of the attendance sheet's files: its table, and its PDF if the pack has PDFs.

    Args:
        pack: the pack.
        fonts: the folder of fonts with which the pack was rendered; None if there was none.

    Raises:
        MissingPartError: the pack has PDFs and the extra ``pdf`` is not installed.
        LetterError: an id that no font can print.

    >>> import datetime as dt, ceosample as cs
    >>> frame = cs.Frame.from_records([{"id": "R-1"}], population="p", period="2026-10",
    ...                               unit_id="id", strata=[])
    >>> seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    >>> fields = {"recipient": "Ann", "address": [], "salutation": "Dear Ann,", "subject": "A fee",
    ...           "body": "We are sorry.", "closing": "Yours,"}
    >>> pack = cs.render(cs.draw(frame, cs.Plan(size=1), seed), {"R-1": {"letter": fields}},
    ...                  signatory=cs.Signatory("ceo", "M. Llewelyn", "Chief Executive"),
    ...                  date=dt.date(2026, 11, 2), pdf=False)
    >>> sheet = cs.office.attendance_sheet(pack)
    >>> print(sheet["attendance.csv"].decode("utf-8-sig").splitlines()[0])
    unit_id,code,kind,at,by,reason_code,to,text,population,period
    """
    made = {TABLE: _table(pack)}
    if any(name.endswith(".pdf") for name in pack.rendered):
        made[SHEET] = _sheet(pack, None if fonts is None else str(fonts))
    return made


def require_installed() -> None:
    """Raise if what draws the codes is not there.

    Raises:
        MissingPartError: with the command that installs it.
    """
    typeset.require_installed()
    if importlib.util.find_spec("segno") is None:
        raise MissingPartError(
            "attendance sheet: needs segno, which is not installed; pip install 'ceosample[pdf]'"
        )


def _table(pack: Pack) -> bytes:
    """The table as spreadsheets take it: with a byte order mark, and nothing to run or to count."""
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, COLUMNS)
    writer.writeheader()
    for letter in pack:
        known = {
            "unit_id": letter.unit_id,
            "code": letter.code,
            "population": pack.population,
            "period": pack.period,
        }
        writer.writerow({name: guarded(known.get(name, "")) for name in COLUMNS})
    return table.getvalue().encode("utf-8-sig")


def _sheet(pack: Pack, fonts: str | None) -> bytes:
    require_installed()
    date = dt.date.fromisoformat(pack.fields["date"])
    page = typeset.Page(shell_pages.as_json(_page(pack)), date, fonts)
    return typeset.compile_page(page, "attendance sheet", LetterError)


def _page(pack: Pack) -> dict[str, Any]:
    """All that the shell prints."""
    name = pack.fields["signatory"]["name"]
    letters = counted(len(pack), "reading" if pack.is_reading else "letter")
    sheet = {
        "title": "Attendance sheet",
        "subtitle": shell_pages.month_words(pack.population, pack.title, Period.parse(pack.period)),
        "lead": f"Inside page: not posted. {letters} for {name}. Tick what was done "
        "about each once it is done, with initials and the time; leave the row empty until "
        f"then. Enter it into {TABLE}, or scan: the code at the top begins a file, and a "
        "letter's code types its id and code.",
        "pack": pack.digest,
        "start": _scanned(("unit_id", "code"), "Code that begins a scanned file")
        | {"words": "begins a file"},
        "header": ["No.", "", "Response", "Reason, or deputy", "Initials", "Time"],
        "kinds": KINDS_OF_READINGS if pack.is_reading else KINDS,
        "rows": [_row(number, letter) for number, letter in enumerate(pack, 1)],
        "signatures": [
            ["Read and decided as ticked", name],
            ["Entered by", ""],
            ["On", ""],
        ],
    }
    heading = f"Attendance sheet, pack {pack.digest[:8]}"
    page = shell_pages.sheet_page("attendance", heading, sheet)
    return {**page, "paper": pack.fields.get("paper", A4)}


def _row(number: int, letter: Letter) -> dict[str, Any]:
    cells = (guarded(letter.unit_id), guarded(letter.code))
    return {
        "number": str(number),
        "unit_id": letter.shown,
        "code": letter.code,
        "scanned": _scanned(cells, f"Code to scan for {letter.shown}, {letter.code}"),
    }


def _scanned(cells: tuple[str, str], alt: str) -> dict[str, Any]:
    """A QR code that types two cells, as a picture of squares."""
    import segno

    code = segno.make(
        _NEXT_CELL.join(cells),
        micro=False,
        mode="byte",
        encoding="utf-8",
        error="m",
        boost_error=False,
    )
    return {"svg": code.svg_inline(border=0), "modules": code.symbol_size(border=0)[0], "alt": alt}
