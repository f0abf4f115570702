"""The table of an office that had Excel, RAND() and a mail merge, as a workbook."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from ceosample.tracker import Columns as TrackerColumns

HEADINGS = ("Ref", "Customer", "Month", "Department", "Outcome", "Signed by", "Date signed")

ROWS: tuple[tuple[Any, ...], ...] = (
    ("C-17", "B. Quillfeather", dt.date(2025, 3, 1), "Cards", "OK", "M. Llewelyn",
     dt.date(2025, 4, 2)),
    ("C-23", "J. Pumblechook", dt.date(2025, 3, 1), "Cards", "sent back", None, None),
    ("L-5", "A. Nightjar", dt.date(2025, 4, 1), "Loans", "OK", "M. Llewelyn",
     dt.date(2025, 5, 6)),
    ("L-9", "T. Wimbledon", dt.date(2025, 4, 1), "Loans", None, None, None),
)  # fmt: skip

COLUMNS = TrackerColumns(
    id="ref",
    period="Month",
    signed_on="Date signed",
    outcome="Outcome",
    signed_by="Signed by",
    strata={"division": "Department"},
    outcomes={"OK": "signed", "Sent back": "returned_for_rework"},
    people={"M. Llewelyn": "ceo"},
)


def workbook_of(
    rows: Sequence[Sequence[Any]] = ROWS,
    headings: Sequence[Any] = HEADINGS,
    change: Callable[[Any], None] = lambda sheet: None,
) -> bytes:
    """A workbook with these rows; ``change`` does what a person does to its sheet."""
    book = Workbook()
    sheet = book.active
    for row in (headings, *rows):
        sheet.append(row)
    change(sheet)
    return saved(book)


def saved(book: Workbook) -> bytes:
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()
