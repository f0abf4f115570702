"""An office's own table is read as people see it, and whatever Excel did to it is a fault."""

from __future__ import annotations

import datetime as dt
import functools
import subprocess
import sys
import tracemalloc
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ceosample.errors import LedgerError
from ceosample.signoff.intake.tracker import tracker_of
from ceosample.tracker import Columns as TrackerColumns
from ceosample.tracker import Tracker
from ceosample.tracker import read as read_tracker
from ceosample.workbook import package
from ceosample.workbook.package import WORKBOOK
from trackers import COLUMNS, HEADINGS, ROWS, parts_of, saved, workbook_of, zipped

SHEET = "xl/worksheets/sheet1.xml"
BOOK, TEXTS = "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"


def read(data: bytes, columns: TrackerColumns = COLUMNS, name: str = "old.xlsx") -> Tracker:
    return tracker_of(data, name, columns)


def faults(data: bytes, columns: TrackerColumns = COLUMNS, name: str = "old.xlsx") -> list[str]:
    with pytest.raises(LedgerError) as raised:
        read(data, columns, name)
    return list(raised.value.faults)


def with_cell(place: str, value: Any, **styles: Any) -> bytes:
    def change(sheet: Any) -> None:
        sheet[place] = value
        for name, style in styles.items():
            setattr(sheet[place], name, style)

    return workbook_of(change=change)


def test_each_row_says_a_letter_and_no_name_is_kept(tmp_path: Path) -> None:
    (tmp_path / "old.xlsx").write_bytes(workbook_of())
    found = read_tracker(tmp_path / "old.xlsx", COLUMNS)
    assert [(r.row, r.unit_id, str(r.period), r.outcome, r.signed_by) for r in found.rows] == [
        (2, "C-17", "2025-03", "signed", "ceo"),
        (3, "C-23", "2025-03", "returned_for_rework", None),
        (4, "L-5", "2025-04", "signed", "ceo"),
        (5, "L-9", "2025-04", "unknown", None),
    ]
    assert found.rows[0].stratum == ("Cards",)
    assert found.rows[0].signed_on == dt.date(2025, 4, 2)
    assert not any(word in found.to_json() for word in ("Llewelyn", "Quillfeather"))


def test_all_faults_come_at_once_with_row_and_column_and_quote_nobody() -> None:
    rows = [
        (None, "x", dt.date(2025, 3, 1), "Cards", "OK", "M. Llewelyn", dt.date(2025, 4, 2)),
        (12.5, "x", "soon", "Cards", "OK", "Blodwen Quillfeather", "03/04/2026"),
        ("R-1", "x", 202503, "Cards", "Blodwen was happy", None, True),
    ]
    assert faults(workbook_of(rows)) == [
        "row 2, column 'ref': got an empty cell; fill it in, or empty the row",
        "row 3, column 'ref': got a number that is negative or has a fraction; give the id as "
        "text, or correct it",
        "row 3, column 'Month': got text of 4 characters, which is not a date; write 2026-04-03",
        "row 3, column 'Date signed': got '03/04/2026', which may begin with the day or with the "
        "month; set tracker.dates to day-first or month-first",
        "row 3, column 'Signed by': got text of 20 characters, which tracker.people does not "
        "list; add it there",
        "row 4, column 'Month': got the year 2454; give a date from 1990 to 2100. Excel may have "
        "made it of a number, or cut it short",
        "row 4, column 'Date signed': got a boolean, which is not a date; write 2026-04-03, or "
        "format the cell as a date",
        "row 4, column 'Outcome': got text of 17 characters, which tracker.outcomes does not "
        "list; add it there",
    ]


@pytest.mark.parametrize(
    ("value", "styles", "unit_id"),
    [
        (12345.0, {}, "12345"),
        (45, {"number_format": "000000"}, "000045"),
        ("\u00a0C-1\u00a0x ", {}, "C-1 x"),
        ("e\u0301", {}, "\u00e9"),
        ("_x0041_", {}, "_x0041_"),
        ("=A", {"data_type": "s"}, "=A"),
    ],
)
def test_an_id_is_what_people_see(value: Any, styles: dict[str, Any], unit_id: str) -> None:
    assert read(with_cell("A2", value, **styles)).rows[0].unit_id == unit_id


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("A2", 1234567890123456, "more than 15 digits"),
        ("A2", dt.date(2026, 1, 1), "Excel may have made of a text"),
        ("A2", True, "TRUE or FALSE"),
        ("A2", "#N/A", "the error '#N/A'"),
        ("A2", '="C-"&17', "a formula that was never calculated"),
        ("C2", "=TODAY()", "a formula that was never calculated"),
        ("A2", "a\u200bb", "a character without width (U+200B)"),
        ("A3", "C-17", "got an id that the same month has twice (first in row 2)"),
        ("G2", 7, "the year 1900"),
    ],
)
def test_what_cannot_be_relied_on_is_a_fault(place: str, value: Any, said: str) -> None:
    (fault,) = faults(with_cell(place, value))
    assert said in fault
    assert fault.startswith(f"row {place[1:]}, column ")


def test_a_formula_gives_the_value_that_was_calculated_last_even_an_empty_text() -> None:
    parts = parts_of(with_cell("A2", '="C-"&17'))
    sheet = parts[SHEET]
    assert b"<v />" in sheet or b"<v></v>" in sheet or b"<v/>" in sheet
    for old in (b"<v />", b"<v></v>", b"<v/>"):
        sheet = sheet.replace(old, b"<v>C-17</v>")
    sheet = sheet.replace(b'r="A2"', b'r="A2" t="str"')
    assert read(zipped({**parts, SHEET: sheet})).rows[0].unit_id == "C-17"
    parts = parts_of(with_cell("G2", '=IF(1,"","x")'))
    sheet = parts[SHEET].replace(b'r="G2"', b'r="G2" t="str"')
    found = read(zipped({**parts, SHEET: sheet})).rows[0]
    assert (found.outcome, found.signed_on) == ("signed", None)


def test_zeros_that_excel_dropped_from_some_ids_are_noticed() -> None:
    rows = [("0017", *ROWS[0][1:]), (23, *ROWS[1][1:])]
    assert "Excel dropped the zeros of some" in faults(workbook_of(rows))[0]


def test_days_and_months_that_excel_swapped_are_noticed() -> None:
    rows = [
        ("a", "", "2025-03", "Cards", "", "", dt.date(2025, 2, 4)),
        ("b", "", "2025-03", "Cards", "", "", "25/04/2025"),
    ]
    columns = attrs.evolve(COLUMNS, dates="day-first")
    assert "Excel took day for month where it could" in faults(workbook_of(rows), columns)[0]
    honest = [*rows, ("c", "", "2025-03", "Cards", "", "", "04/04/2025")]
    assert read(workbook_of(honest), columns).rows[2].signed_on == dt.date(2025, 4, 4)


@pytest.mark.parametrize("order", ["day-first", "month-first"])
@given(day=st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31)))
def test_a_date_in_figures_comes_back_in_the_order_that_was_said(order: str, day: dt.date) -> None:
    form = "%d/%m/%Y" if order == "day-first" else "%m/%d/%Y"
    csv = f"Ref,Month,On\nR-1,2025-03,{day.strftime(form)}\n".encode()
    columns = TrackerColumns(id="Ref", period="Month", signed_on="On", dates=order)
    assert read(csv, columns, "old.csv").rows[0].signed_on == day


@given(day=st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31)), mac=st.booleans())
def test_a_date_is_the_same_in_either_of_excel_s_calendars_and_as_a_bare_number(
    day: dt.date, mac: bool
) -> None:
    book = Workbook()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    book.active.append(("Ref", "Month", "On"))
    book.active.append(("R-1", day, day))
    book.active["C2"].number_format = "General"
    columns = TrackerColumns(id="Ref", period="Month", signed_on="On")
    found = read(saved(book), columns).rows[0]
    assert (found.period.first_day, found.signed_on) == (day.replace(day=1), day)


def test_merged_cells_are_a_fault_where_they_hide_a_value_and_blank_rows_are_none() -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_cells("C2:C3")
        sheet.merge_cells("A9:G12")

    (fault,) = faults(workbook_of(change=merge))
    assert fault.startswith("row 3, column 'Month': got a cell that is merged with others")


def test_hidden_rows_count_and_are_said_and_hidden_sheets_are_read_if_they_are_named() -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True

    found = read(workbook_of(change=hide))
    assert (len(found.rows), found.hidden) == (4, 1)
    book = Workbook()
    book.active.title, book.active.sheet_state = "Drafts", "hidden"
    second = book.create_sheet("Signed")
    for row in (HEADINGS, *ROWS):
        second.append(row)
    assert read(saved(book)).sheet == 2
    assert "has no rows" in faults(saved(book), attrs.evolve(COLUMNS, sheet="Drafts"))[0]
    assert faults(saved(book), attrs.evolve(COLUMNS, sheet="Nope")) == [
        "old.xlsx, sheet: got 'Nope'; use one of 'Signed'"
    ]


def test_headings_may_stand_below_a_title_and_are_found_whatever_their_capitals() -> None:
    def title(sheet: Any) -> None:
        sheet.insert_rows(1)
        sheet["A1"] = "Sign-offs 2025"

    data = workbook_of(change=title)
    assert "no column 'ref'" in faults(data)[0]
    assert len(read(data, attrs.evolve(COLUMNS, header=2)).rows) == 4
    near = faults(workbook_of(headings=("Reff", *HEADINGS[1:])))
    assert near[0].startswith("row 1: no column 'ref'; did you mean 'reff'?")
    twice = faults(workbook_of(headings=(*HEADINGS[:6], "ref")))
    assert twice[0] == "row 1: got 2 columns 'ref'; rename one"


def test_columns_that_cannot_be_are_refused_all_at_once() -> None:
    with pytest.raises(LedgerError) as raised:
        TrackerColumns(id="Ref", period="Month", outcomes={"OK": "fine"}, dates="us", header=0)
    assert [fault.partition(":")[0] for fault in raised.value.faults] == [
        "tracker.outcomes", "tracker.dates", "tracker.header"
    ]  # fmt: skip
    with pytest.raises(LedgerError, match=r"tracker\.people: missing, and signed_by is given"):
        TrackerColumns(id="Ref", period="Month", signed_on="On", signed_by="Who")
    with pytest.raises(LedgerError, match=r"tracker\.signed_on: missing, and outcome too"):
        TrackerColumns(id="Ref", period="Month")


def test_a_csv_as_excel_saves_it_says_the_same() -> None:
    text = "Ref;Month;Signed\r\n'0017;Mar 2025;2 Apr 2025\r\n\r\n23;03/2025;\r\n"
    columns = TrackerColumns(id="Ref", period="Month", signed_on="Signed")
    for data in (text.encode("utf-8-sig"), text.replace(";", "\t").encode("utf-16")):
        rows = read(data, columns, "old.csv").rows
        assert [(r.row, r.unit_id, str(r.period), r.outcome) for r in rows] == [
            (2, "0017", "2025-03", "signed"),
            (4, "23", "2025-03", "unknown"),
        ]
    assert "save it as CSV in UTF-8" in faults("Ref;é".encode("cp1252"), columns, "old.csv")[0]


def test_a_sheet_that_lies_about_its_size_costs_nothing() -> None:
    parts = parts_of(workbook_of())
    lie = parts[SHEET].replace(b'ref="A1:G5"', b'ref="A1:XFD1048576"')
    assert lie != parts[SHEET]
    lie = lie.replace(
        b"</sheetData>", b'<row r="999999"><c r="XFD999999" s="0"/></row></sheetData>'
    )
    tracemalloc.start()
    assert len(read(zipped({**parts, SHEET: lie})).rows) == 4
    assert tracemalloc.get_traced_memory()[1] < 30 * 2**20
    tracemalloc.stop()
    far = lie.replace(b's="0"/></row></sheetData>', b"><v>1</v></c></row></sheetData>")
    far = far.replace(b'r="999999"', b'r="9999999"').replace(b"XFD999999", b"XFD9999999")
    assert "got a value in row 9999999" in faults(zipped({**parts, SHEET: far}))[0]


#: What a file may unpack to, and how many elements it may have, while hostile ones are tried.
BYTES, ELEMENTS = 2**20, 10_000


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits, lowered: what is beyond them is refused alike, and sooner."""
    monkeypatch.setattr(package, "WORKBOOK", attrs.evolve(WORKBOOK, most_unpacked=BYTES))
    budget = attrs.fields(package.ElementBudget).elements
    monkeypatch.setattr(package, "ElementBudget", lambda: SimpleNamespace(elements=ELEMENTS))
    assert budget.default == package.MOST_ELEMENTS


@functools.cache
def hostile() -> dict[str, tuple[bytes, str]]:
    parts = parts_of(workbook_of())
    sheet = parts[SHEET]
    declared = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY e SYSTEM "file:///etc/passwd">]>'
    shared = parts[BOOK].replace(
        b"</Relationships>",
        b'<Relationship Id="rId9" Target="sharedStrings.xml" Type="x/sharedStrings"/>'
        b"</Relationships>",
    )
    padding = b" " * BYTES + b"</sheetData>"
    body = sheet.partition(b"<worksheet")[2]
    hidden = (b'<?xml version="1.0" encoding="utf-16"?>' + declared + b"<worksheet" + body).decode()

    def sheets(**changed: bytes) -> bytes:
        return zipped({**parts, **changed})

    return {
        "entities": (zipped({**parts, SHEET: declared + b"<worksheet" + body}), "document type"),
        "entities in UTF-16": (zipped({**parts, SHEET: hidden.encode("utf-16")}), "document type"),
        "entities of texts": (
            zipped({**parts, BOOK: shared, TEXTS: declared + b"<sst/>"}), "document type"
        ),
        "a bomb": (
            zipped({**parts, SHEET: sheet.replace(b"</sheetData>", padding)}),
            "unpacks to more",
        ),
        "a bomb of texts": (
            zipped({**parts, BOOK: shared, TEXTS: b" " * (BYTES + 1)}), "unpacks to more"
        ),
        "a million cells": (
            zipped({**parts, SHEET: sheet.replace(
                b"</sheetData>", b"<row/>" * ELEMENTS + b"</sheetData>"
            )}), "rows and cells",
        ),
        "many parts": (
            zipped(parts | {f"{n}": b"" for n in range(WORKBOOK.most_parts)}), "parts; give at most"
        ),
        "rows out of order": (
            zipped({**parts, SHEET: sheet.replace(b'<row r="5"', b'<row r="2"')}), "not in order"
        ),
        "a row at no place": (
            zipped({**parts, SHEET: sheet.replace(b'<row r="5"', b'<row r="5e9"')}), "no number"
        ),
        "a password": (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "a password"),
        "a torn zip": (workbook_of()[:900], "cannot be opened as a workbook"),
        "another zip": (zipped({"mimetype": b"application/x"}), "not an .xlsx file"),
        "a binary workbook": (zipped({**parts, "xl/workbook.bin": b""}), "got an .xlsb file"),
        "a broken sheet": (zipped({**parts, SHEET: sheet[:-40]}), "cannot be read"),
        "a broken book": (zipped({**parts, "xl/workbook.xml": b"<x/>"}), "show a sheet"),
        "words called .xlsx": (b"Ref,Month\n", "cannot be opened as a workbook"),
    }  # fmt: skip


#: Its names; the files themselves are made by the first test that needs one.
HOSTILE = (
    "entities",
    "entities in UTF-16",
    "entities of texts",
    "a bomb",
    "a bomb of texts",
    "a million cells",
    "many parts",
    "rows out of order",
    "a row at no place",
    "a password",
    "a torn zip",
    "another zip",
    "a binary workbook",
    "a broken sheet",
    "a broken book",
    "words called .xlsx",
)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_a_hostile_file_is_refused_in_a_sentence(name: str) -> None:
    data, said = hostile()[name]
    (fault,) = faults(data)
    assert said in fault


@pytest.mark.slow
def test_every_hostile_file_is_tried() -> None:
    assert tuple(hostile()) == HOSTILE


def test_macros_stay_in_their_file() -> None:
    data = zipped({**parts_of(workbook_of()), "xl/vbaProject.bin": b"\xd0\xcf macros"})
    assert len(read(data, name="old.xlsm").rows) == 4


def test_reading_a_workbook_needs_no_other_package(monkeypatch: pytest.MonkeyPatch) -> None:
    data = workbook_of()
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert len(read(data).rows) == 4


def test_reading_csv_loads_no_openpyxl() -> None:
    code = "import sys, ceosample; ceosample.tracker.read; print('openpyxl' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_workbook_in_the_strict_form_says_the_same() -> None:
    """Excel offers the form, and openpyxl 3.1 opens it as a workbook without sheets."""
    strict = {
        name: part.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ).replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        for name, part in parts_of(workbook_of()).items()
    }
    assert read(zipped(strict)).rows == read(workbook_of()).rows


def test_an_id_with_a_prefix_is_imported_as_it_is_shown_or_not_at_all() -> None:
    """'never bare digits (today silently `123`, also in `import-tracker`)'"""
    shown = with_cell("A2", 123, number_format='"CMP-"00000')
    assert read(shown).rows[0].unit_id == "CMP-00123"
    (fault,) = faults(with_cell("A2", 1234, number_format="#,##0"))
    assert fault == (
        "row 2, column 'ref': got a number in the format '#,##0', which shows something else than "
        "the cell holds; format the cell as text and type it as it is shown"
    )


def test_a_csv_of_an_office_is_read_in_the_encoding_that_is_named() -> None:
    text = "Ref;Month;Signed;Team\nR-1;2026-10;2026-11-02;Zürich\n"
    columns = TrackerColumns(
        id="Ref", period="Month", signed_on="Signed", strata={"team": "Team"}, encoding="cp1252"
    )
    assert read(text.encode("cp1252"), columns, "old.csv").rows[0].stratum == ("Zürich",)
    with pytest.raises(LedgerError, match=r"tracker\.encoding: got 'ansi'; give an encoding"):
        attrs.evolve(columns, encoding="ansi")
