"""Registers as other programs write them: one frame from all, and dates that are another day's."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pandas
import polars
import pytest
import xlsxwriter

from ceosample import job
from ceosample.errors import FrameError
from test_excel import IN_EXCEL, configured
from workbooks import book_of, inline, sheet_of

HEADER = ["Case no", "Team", "Answered"]
ROWS: list[list[Any]] = [
    ["007", "NA", dt.date(2026, 10, 1)],
    ["𠮷野-1", "Cards", dt.date(2026, 10, 31)],
    ["12e45678", "_x0041_", dt.date(2026, 10, 25)],
    ["R-9", "Cards", dt.date(2026, 11, 1)],
]
IDS = ["007", "12e45678", "𠮷野-1"]


def by_xlsxwriter(**options: Any) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, options) as book:
        sheet = book.add_worksheet("Register")
        dated = book.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate([HEADER, *ROWS]):
            for column, value in enumerate(row):
                if isinstance(value, dt.date):
                    sheet.write_datetime(number, column, value, dated)
                else:
                    sheet.write_string(number, column, value)
    return made.getvalue()


def by_pandas(engine: str) -> bytes:
    made = io.BytesIO()
    pandas.DataFrame(ROWS, columns=HEADER).to_excel(made, index=False, engine=engine)
    return made.getvalue()


def by_polars() -> bytes:
    made = io.BytesIO()
    polars.DataFrame(ROWS, schema=HEADER, orient="row").write_excel(made)
    return made.getvalue()


WRITERS: dict[str, Callable[[], bytes]] = {
    "XlsxWriter": by_xlsxwriter,
    "XlsxWriter, days from 1904": lambda: by_xlsxwriter(date_1904=True),
    "XlsxWriter, row by row": lambda: by_xlsxwriter(constant_memory=True),
    "pandas": lambda: by_pandas("openpyxl"),
    "pandas, by XlsxWriter": lambda: by_pandas("xlsxwriter"),
    "polars": by_polars,
    "openpyxl": lambda: book_of([HEADER, *ROWS]),
}


def reading(folder: Path, data: bytes, zone: str = "Europe/London") -> job.SourceReport:
    (folder / "register.xlsx").write_bytes(data)
    there = attrs.evolve(configured(folder, IN_EXCEL), zone=zone)
    at = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
    return job.read_source(job.Month(there, "2026-10", at), None)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_register_is_the_same_whoever_writes_it(tmp_path: Path, writer: str) -> None:
    found = reading(tmp_path, WRITERS[writer]())
    assert sorted(unit.unit_id for unit in found.frame.units) == IDS
    assert [unit.stratum for unit in found.frame.units if unit.unit_id == "007"] == [("NA",)]
    assert found.others == 1


# ---- Dates that a program wrote as UTC ----------------------------------------------------------

#: What ExcelJS 4.4.0 wrote under TZ=Europe/London for new Date(2026, 9, 1), 9, 31 and 10, 1.
BY_EXCELJS = ("46295.95833333333", "46326", "46327")


def dated(*serials: str, code: str = "mm-dd-yy") -> bytes:
    rows: list[list[Any]] = [
        [f"R-{n}", "Cards", ('s="1"', f"<v>{serial}</v>")] for n, serial in enumerate(serials)
    ]
    return sheet_of(inline(HEADER, *rows), formats=[code])


def test_dates_of_summer_that_are_the_evening_before_are_told(tmp_path: Path) -> None:
    """1 October is 23:00 of 30 September in UTC, which the sheet shows as 30 September."""
    with pytest.raises(FrameError) as raised:
        reading(tmp_path, dated(*BY_EXCELJS))
    (said,) = raised.value.faults
    assert said.startswith("column 'Answered': got 3 dates, all of them midnight in Europe/London")
    assert "and 1 row in the month before; write them without a time, as =ROUND(B2,0)" in said
    rounded = [str(round(float(serial))) for serial in BY_EXCELJS]
    assert reading(tmp_path, dated(*rounded)).frame.count == 2


@pytest.mark.parametrize(
    ("serials", "zone", "count"),
    [
        (BY_EXCELJS, "UTC", 1),
        (BY_EXCELJS, "America/New_York", 1),
        ((*BY_EXCELJS, "46300.5"), "Europe/London", 2),  # an ordinary time that is not shown
        ((*BY_EXCELJS, "46300"), "Europe/London", 2),  # a day of summer that is midnight already
        (("46297.95833333333", "46326"), "Europe/London", 2),  # no month is another one
        (("46296.16666666667", "46326.16666666667"), "America/New_York", 2),  # the same day
    ],
)
def test_other_dates_are_what_the_sheet_shows(
    tmp_path: Path, serials: tuple[str, ...], zone: str, count: int
) -> None:
    assert reading(tmp_path, dated(*serials), zone).frame.count == count


def test_a_time_that_the_sheet_shows_is_somebodys(tmp_path: Path) -> None:
    data = dated(*BY_EXCELJS, code="dd/mm/yyyy hh:mm")
    assert reading(tmp_path, data).frame.count == 1
