"""The tracker: the table in which an office kept its sign-offs before it had a ledger."""

from __future__ import annotations

import datetime as dt
import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from ceosample import files
from ceosample.canonical import Json, digest
from ceosample.errors import LedgerError, raise_faults
from ceosample.got import Private, got
from ceosample.period import Period
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.show import html_table
from ceosample.signoff.intake.tracker_cells import (
    day_of,
    in_figures,
    month_of,
    name_of,
    stratum_of,
    word_of,
)
from ceosample.signoff.intake.tracker_columns import DAY_FIRST, TrackerColumns
from ceosample.signoff.replay.past_signoffs import OUTCOMES
from ceosample.text import counted
from ceosample.workbook.cell import SheetCell
from ceosample.workbook.read import Sheet, read_sheet
from ceosample.workbook.rows import Row
from ceosample.workbook.shared import plain_text


@attrs.frozen
class TrackerRow(Result):
    """A row of a tracker: a letter and what became of it.

    Attributes:
        row: its number, as the spreadsheet shows it.
        unit_id: the response.
        period: its month.
        stratum: its stratum's values; None where no column has them.
        outcome: one of ``OUTCOMES``.
        signed_by: the id of the person who signed; None where the row names no one.
        signed_on: the date of the signature; None where the row has none.
    """

    row: int
    unit_id: str
    period: Period
    stratum: Stratum | None
    outcome: str
    signed_by: str | None
    signed_on: dt.date | None


@attrs.frozen
class Tracker(Result):
    """The rows of a tracker, none of them verified.

    Attributes:
        file: the file's SHA-256.
        sheet: the number of the sheet, from 1.
        rows: the rows, in the sheet's order.
        hidden: the number of these rows that are hidden in the sheet; they count like the others.
    """

    file: str
    sheet: int
    rows: tuple[TrackerRow, ...]
    hidden: int

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "verified": False,
            "hidden": self.hidden,
            "rows": [row.to_dict() for row in self.rows],
        }

    def __str__(self) -> str:
        months = sorted({row.period for row in self.rows})
        over = f" of {months[0]} to {months[-1]}" if months else ""
        signed = sum(row.outcome == "signed" for row in self.rows)
        hidden = f"; {self.hidden} of them in hidden rows" if self.hidden else ""
        return (
            f"{counted(len(self.rows), 'letter')}{over}, {signed} said to be signed, none of it "
            f"verified{hidden}"
        )

    def _repr_html_(self) -> str:
        counts = Counter((str(row.period), row.outcome) for row in self.rows)
        rows = [[*said, str(count)] for said, count in sorted(counts.items())]
        return html_table(str(self), ["month", "outcome", "letters"], rows, "llr")


def read_tracker(path: str | Path, columns: TrackerColumns) -> Tracker:
    """The rows of a tracker: an ``.xlsx`` or ``.xlsm``, or CSV.

    Nothing in the file is run. Ids, months, dates, strata and known words are kept. Names and all
    other text are not.

    Args:
        path: the file.
        columns: the headings of its columns.

    Raises:
        RecordError: the file does not exist.
        LedgerError: every problem in it, with row and column as the spreadsheet shows them.

    >>> import tempfile, ceosample as cs
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "sign-offs.csv")
    ...     _ = path.write_text("Ref,Month,Signed on\\nCR-1,2026-03,2026-04-02\\n", "utf-8")
    ...     columns = cs.tracker.Columns(id="ref", period="month", signed_on="signed on")
    ...     row = cs.tracker.read(path, columns).rows[0]
    >>> row.unit_id, str(row.period), row.outcome, str(row.signed_on)
    ('CR-1', '2026-03', 'signed', '2026-04-02')
    """
    place = Path(path)
    return tracker_of(files.read(place), place.name, columns)


def tracker_of(data: bytes, name: str, columns: TrackerColumns) -> Tracker:
    """The rows of a tracker, from a file's bytes; ``name`` is for messages.

    >>> file = b"Ref;Month;Signed\\nR-1;March 2025;2025-04-02\\nR-2;March 2025;\\n"
    >>> print(tracker_of(file, "old.csv", TrackerColumns("ref", "month", signed_on="signed")))
    2 letters of 2025-03 to 2025-03, 1 said to be signed, none of it verified
    """
    sheet = read_sheet(data, name, columns.sheet, columns.encoding)
    reading = _Reading(sheet, columns, name)
    rows = tuple(reading.rows())
    raise_faults(LedgerError, reading.faults)
    return Tracker(digest(data), sheet.number, rows, reading.hidden)


class _Reading:
    """A sheet that is being read, with every problem that was met."""

    def __init__(self, sheet: Sheet, columns: TrackerColumns, name: str) -> None:
        self.faults: list[str] = []
        self.hidden = 0
        self._sheet = sheet
        self._columns = columns
        self._name = name
        own_words = {name: name for name in OUTCOMES}
        own_words |= {name.replace("_", " "): name for name in OUTCOMES}
        self._known: Mapping[str, tuple[str, dict[str, str]]] = {
            "outcome": ("outcomes", own_words | _folded(columns.outcomes)),
            "signed_by": ("people", _folded(columns.people)),
        }
        self._places: dict[str, int] = {}

    def rows(self) -> Iterator[TrackerRow]:
        """The rows that can be read; meanwhile the problems are collected."""
        below = self._below_headings()
        self._faults_of_columns(below)
        first: dict[tuple[str, Period], int] = {}
        for row in below:
            cells = {name: row.cell(place) for name, place in self._places.items()}
            said = self._row(row.number, cells)
            if said is None:
                continue
            before = first.setdefault((said.unit_id, said.period), row.number)
            if before != row.number:
                self._fault(
                    row.number,
                    "id",
                    f"got an id that the same month has twice (first in row {before}); remove one",
                )
            self.hidden += row.hidden
            yield said

    def _below_headings(self) -> list[Row]:
        rows, wanted = self._sheet.rows(), self._columns.header
        heading = next((row for row in rows if wanted in (None, row.number)), None)
        if heading is None:
            what = "has no rows" if wanted is None else f"got header {wanted}, an empty row"
            self.faults.append(f"{self._name}: {what}; give header, the row of the headings")
            return []
        titles = {
            column: plain_text(cell.value).casefold()
            for column, cell in heading.cells.items()
            if isinstance(cell.value, str)
        }
        for name, title in self._columns.headings.items():
            self._place(name, title, titles, heading.number)
        if self.faults:
            return []
        self._sheet.read_only(self._places.values())
        return list(rows)

    def _place(self, name: str, title: str, titles: Mapping[int, str], number: int) -> None:
        word, found = plain_text(title).casefold(), [*titles.values()]
        if found.count(word) == 1:
            self._places[name] = next(column for column in titles if titles[column] == word)
        elif word in found:
            self.faults.append(
                f"row {number}: got {found.count(word)} columns {title!r}; rename one"
            )
        else:
            near = difflib.get_close_matches(word, filter(None, found), 1)
            hint = f"did you mean {near[0]!r}?" if near else "check the heading."
            self.faults.append(
                f"row {number}: no column {title!r}; {hint} If this is not the row of headings, "
                "give its number as header"
            )

    def _faults_of_columns(self, rows: list[Row]) -> None:
        """Collect what shows only in a whole column: what Excel did to some of its cells."""
        for name in ("period", "signed_on"):
            cells = [row.cell(self._places[name]) for row in rows if name in self._places]
            figures = [pair for pair in map(in_figures, cells) if pair is not None]
            days = [cell.value.day for cell in cells if isinstance(cell.value, dt.date)]
            place = 0 if self._columns.dates == DAY_FIRST else 1
            over = all(pair[place] > 12 for pair in figures)
            if figures and days and over and max(days) <= 12:
                self.faults.append(
                    f"column {self._columns.headings[name]!r}: got days above 12 in every date "
                    "that is text, and in no other, so Excel took day for month where it could; "
                    "import the file into Excel again with the order of its dates"
                )
        ids = [row.cell(self._places["id"]) for row in rows if "id" in self._places]
        zeros = any(
            isinstance(c.value, str) and c.value.isdecimal() and c.value.startswith("0")
            for c in ids
        )
        bare = [c for c in ids if _shows_digits_alone(c)]
        if zeros and bare:
            self.faults.append(
                f"column {self._columns.id!r}: got ids that are numbers ({len(bare)} of them) next "
                "to texts that begin with 0, so Excel dropped the zeros of some; fill in the ids "
                "again, as text"
            )

    def _fault(self, row: int, name: str, words: str) -> None:
        self.faults.append(f"row {row}, column {self._columns.headings[name]!r}: {words}")

    def _row(self, number: int, cells: Mapping[str, SheetCell]) -> TrackerRow | None:
        """The row of these cells, or None where one of them has a problem."""
        before = len(self.faults)
        order = self._columns.dates
        read: dict[str, Any] = {}
        for name, cell in cells.items():
            try:
                if name == "period":
                    read[name] = month_of(cell, order)
                elif name == "signed_on":
                    read[name] = day_of(cell, order)
                elif name in ("outcome", "signed_by"):
                    read[name] = self._looked_up(name, word_of(cell))
                elif name == "id":
                    read[name] = name_of(cell)
                else:
                    read[name] = stratum_of(cell)
            except ValueError as error:
                self._fault(number, name, str(error))
            else:
                needed = name not in ("signed_on", "outcome", "signed_by")
                if needed and read[name] is None:
                    self._fault(number, name, "got an empty cell; fill it in, or empty the row")
        if len(self.faults) > before:
            return None
        strata = [read[name] for name in cells if name.startswith("stratum ")]
        return TrackerRow(
            row=number,
            unit_id=read["id"],
            period=read["period"],
            stratum=tuple(strata) if strata else None,
            outcome=read.get("outcome") or ("signed" if read.get("signed_on") else "unknown"),
            signed_by=read.get("signed_by"),
            signed_on=read.get("signed_on"),
        )

    def _looked_up(self, name: str, word: str | None) -> str | None:
        """The meaning of a word or a name; no message repeats it, for it may be a customer's."""
        if word is None:
            return None
        table, known = self._known[name]
        if word not in known:
            raise ValueError(
                f"{got(word, Private.CELL)}, which tracker.{table} does not list; add it there"
            )
        return known[word]


def _shows_digits_alone(cell: SheetCell) -> bool:
    """Whether a whole number is shown without zeros before it, and without a prefix."""
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return cell.style.format.shown(abs(value)) == str(value)


def _folded(table: Mapping[str, str]) -> dict[str, str]:
    """A table of words as they are looked up."""
    return {plain_text(word).casefold(): meant for word, meant in table.items()}
