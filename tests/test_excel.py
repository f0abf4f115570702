"""A register and a mail merge in Excel: what people see in the sheet, or a refusal in words."""

from __future__ import annotations

import datetime as dt
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ceosample import Frame, job
from ceosample.configuration import Configuration
from ceosample.configuration.source import TableForm
from ceosample.errors import ConfigurationError, FrameError, LetterError
from ceosample.job import read_contents
from needed import PATIENCE
from workbooks import book_of, inline, parts_of, sheet_of, zipped

HEADER = ["Case no", "Team"]

#: Moments of a workbook, which knows no zones.
MIDNIGHT_ALMOST = dt.datetime.fromisoformat("2026-10-31T23:59")
HALF_PAST_NINE = dt.datetime.fromisoformat("2026-10-01T09:30")


def frame_of(data: bytes, **given: Any) -> Frame:
    arguments: dict[str, Any] = {
        "population": "p", "period": "2026-10", "unit_id": "Case no", "strata": ["Team"]
    }  # fmt: skip
    return Frame.from_excel(data, **{**arguments, **given})


def ids(data: bytes, **given: Any) -> list[str]:
    return [unit.unit_id for unit in frame_of(data, **given).units]


def faults(data: bytes, **given: Any) -> list[str]:
    with pytest.raises(FrameError) as raised:
        frame_of(data, **given)
    return list(raised.value.faults)


def with_id(value: Any, code: str = "General") -> bytes:
    return book_of([HEADER, [value, "Cards"]], {"A2": code})


#: One register, in every form that Excel and others write.
TEXTS = "".join(f"<si><t>{text}</t></si>" for text in ("Case no", "Team", "R-1", "Cards"))
SHARED = "".join(
    f'<row r="{row}"><c r="A{row}" t="s"><v>{first}</v></c><c r="B{row}" t="s"><v>{first + 1}</v>'
    "</c></row>"
    for row, first in ((1, 0), (2, 2))
)
RICH = inline(["Case no", "Team"]) + (
    '<row r="2"><c t="inlineStr"><is><r><t>R</t></r><r><t>-1</t></r><rPh sb="0" eb="1"><t>ar</t>'
    '</rPh></is></c><c t="str"><f>"Car"&amp;"ds"</f><v>Cards</v></c></row>'
)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(sheet_of(inline(HEADER, ["R-1", "Cards"])), id="inline strings"),
        pytest.param(sheet_of(SHARED, strings=TEXTS), id="shared strings"),
        pytest.param(sheet_of(SHARED, strings=TEXTS, strict=True), id="Strict"),
        pytest.param(sheet_of(SHARED, strings=TEXTS, prefix="x"), id="a namespace's prefix"),
        pytest.param(sheet_of(RICH), id="rich text, phonetic runs, a formula"),
        pytest.param(
            zipped({**parts_of(SHARED, strings=TEXTS), "xl/vbaProject.bin": b"\xd0\xcf"}), id="xlsm"
        ),
        pytest.param(book_of([HEADER, ["R-1", "Cards"]]), id="openpyxl"),
    ],
)
def test_every_form_of_workbook_gives_the_same_frame(data: bytes) -> None:
    """'Transitional and Strict, .xlsm whose macros never run, inline and shared strings, ...'"""
    csv = Frame.from_csv(
        ["Case no,Team\n", "R-1,Cards\n"],
        population="p", period="2026-10", unit_id="Case no", strata=["Team"],
    )  # fmt: skip
    assert frame_of(data).digest == csv.digest


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (123, '"CMP-"00000', "CMP-00123"),
        (123456, "000-000", "123-456"),
        (123, "00000;-00000", "00123"),
        (12345.0, "General", "12345"),
        (123456789012345, "0", "123456789012345"),
        ("00123", "@", "00123"),
        ("123", '"CMP-"@', "CMP-123"),
    ],
)
def test_an_id_is_what_the_sheet_shows(value: Any, code: str, shown: str) -> None:
    assert ids(with_id(value, code)) == [shown]


@pytest.mark.parametrize(
    ("value", "code", "said"),
    [
        (1234, "#,##0", "a number in the format '#,##0', which shows something else"),
        (12.5, "General", "a number that is negative or has a fraction"),
        (-5, "General", "a number that is negative or has a fraction"),
        (0.05, "0%", "a number that is negative or has a fraction"),
        (1, "0%", "in the format '0%'"),
        (5, ";;;", "in the format ';;;'"),
        (1234567890123456, "0", "more than 15 digits, of which Excel keeps no more"),
        (12345678901234567890, "General", "more than 15 digits"),
        (1e15, "General", "more than 15 digits"),
        (
            dt.date(2026, 1, 1),
            "yyyy-mm-dd",
            "a date or a time, which Excel may have made of a text",
        ),
        (45000, "d-mmm", "a date or a time, which Excel may have made of a text"),
        (0.5, "h:mm", "a date or a time"),
        (True, "General", "TRUE or FALSE; give it as text"),
        ("#N/A", "General", "the error '#N/A'; correct what it comes from"),
        ('="R-"&1', "General", "a formula that was never calculated"),
        (None, "General", "an empty cell"),
    ],
)
def test_an_id_that_cannot_be_relied_on_is_refused(value: Any, code: str, said: str) -> None:
    (fault,) = faults(with_id(value, code))
    assert fault.startswith("row 2, column 'Case no': got ")
    assert said in fault


@given(number=st.integers(0, 10**15 - 1), zeros=st.integers(1, 18))
def test_no_zero_of_an_id_is_lost(number: int, zeros: int) -> None:
    rows = inline(HEADER) + (
        f'<row r="2"><c s="1"><v>{number}</v></c><c t="inlineStr"><is><t>x</t></is></c></row>'
    )
    assert ids(sheet_of(rows, formats=["0" * zeros])) == [str(number).zfill(zeros)]


def test_an_apostrophe_before_a_number_keeps_it_a_text() -> None:
    """Excel stores the text, and the apostrophe as a mark of the cell's style."""
    cell = ('s="1" t="inlineStr"', "<is><t>007</t></is>")
    parts = parts_of(inline(HEADER, [cell, "x"]), formats=["0"])
    styles = str(parts["xl/styles.xml"])
    marked = styles.replace('<xf numFmtId="164"/>', '<xf numFmtId="164" quotePrefix="1"/>')
    assert marked != styles
    assert ids(zipped({**parts, "xl/styles.xml": marked})) == ["007"]


def encrypted() -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, id="xls"),
        pytest.param(bytes.fromhex("0908100000060500"), id="xls without a container"),
        pytest.param(encrypted(), id="encrypted"),
        pytest.param(zipped({"[Content_Types].xml": "", "xl/workbook.bin": ""}), id="xlsb"),
        pytest.param(
            zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), id="ods"
        ),
        pytest.param(b"<html><table><tr><td>Case no", id="a web page called .xls"),
        pytest.param(b"Case no,Team\nR-1,Cards\n", id="CSV called .xlsx"),
    ],
)  # fmt: skip
def test_other_workbooks_are_refused_by_what_they_are(tmp_path: Path, data: bytes) -> None:
    """'refused with the words *save as .xlsx*', whatever the file is called"""
    (tmp_path / "register.xlsx").write_bytes(data)
    with pytest.raises(FrameError, match=r"register\.xlsx: .*save it as \.xlsx"):
        frame_of(tmp_path / "register.xlsx")  # type: ignore[arg-type]
    with pytest.raises(LetterError, match=r"register\.xlsx: .*save it as \.xlsx"):
        read_contents(tmp_path / "register.xlsx", ["R-1"], {"unit_id": "Case no"})


def test_a_workbook_called_csv_is_named(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_bytes(with_id("R-1"))
    with pytest.raises(FrameError, match=r"register\.csv: got a workbook, and CSV was asked for"):
        Frame.from_csv(tmp_path / "register.csv", population="p", period="2026-10", unit_id="x")


def test_a_sheet_is_the_first_that_is_shown_or_the_one_that_is_named() -> None:
    parts = parts_of(
        inline(HEADER, ["R-1", "Cards"]),
        sheets='<sheet name="Draft" sheetId="1" state="hidden" r:id="rId1"/>'
        '<sheet name="Register" sheetId="2" r:id="rId4"/>',
    )
    rels = str(parts["xl/_rels/workbook.xml.rels"])
    second = rels.replace('Id="rId1"', 'Id="rId4"', 1).replace("sheet1.xml", "sheet2.xml")
    first = rels.partition("<Relationship ")[2].partition("/>")[0]
    both = second.replace("</Relationships>", f"<Relationship {first}/></Relationships>")
    data = zipped({
        **parts, "xl/_rels/workbook.xml.rels": both,
        "xl/worksheets/sheet2.xml": str(parts["xl/worksheets/sheet1.xml"]).replace("R-1", "R-2"),
    })  # fmt: skip
    assert (ids(data), ids(data, sheet="Draft"), ids(data, sheet="register ")) == (
        ["R-2"], ["R-1"], ["R-2"]
    )  # fmt: skip
    assert faults(data, sheet="Nope") == ["table, sheet: got 'Nope'; use one of 'Register'"]


def test_headings_may_stand_below_a_title() -> None:
    rows: list[list[Any]] = [["Complaints, October"], [], HEADER, ["R-1", "Cards"]]
    assert ids(book_of(rows)) == ids(book_of(rows), header=3) == ["R-1"]
    assert faults(book_of(rows), header=2) == [
        "header: got 2, an empty row; give the row of headings"
    ]
    (missing, hint) = faults(book_of(rows), strata=["Division"])
    assert missing.startswith("column 'Division': not in the table")
    assert hint.startswith("row 3: was taken for the row of headings")
    assert faults(book_of([["Case no", "Team", "Team"], ["R-1", "a", "b"]])) == [
        "column 'Team': appears more than once; rename one of them"
    ]


def test_what_was_not_asked_for_hinders_nobody() -> None:
    rows: list[list[Any]] = [
        [*HEADER, "Note", "Note"],
        ["R-1", "Cards", "#REF!", "=1+1"],
        ["R-2", "Cards", "x" * 32_000, 7],
    ]
    assert ids(book_of(rows, {"D3": "#,##0"})) == ["R-1", "R-2"]


def test_a_row_of_totals_is_no_response() -> None:
    parts = parts_of(inline(HEADER, ["R-1", "Cards"], ["Total", "1"]))
    lead = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="x/table" Target="../tables/table1.xml"/></Relationships>'
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with_table = {
        **parts, "xl/worksheets/_rels/sheet1.xml.rels": lead,
        "xl/tables/table1.xml": f'<table xmlns="{space}" ref="A1:B3" totalsRowCount="1"/>',
    }  # fmt: skip
    assert ids(zipped(with_table)) == ["R-1"]
    assert ids(zipped(parts)) == ["R-1", "Total"]


def test_merged_cells_are_named_where_they_hide_a_value() -> None:
    rows = inline(HEADER, ["R-1", "Cards"], ["R-2"])
    data = sheet_of(rows, after='<mergeCells><mergeCell ref="B2:B3"/></mergeCells>')
    (fault,) = faults(data)
    assert fault.startswith("row 3, column 'Team': got a cell that is merged with others")


def test_a_sheet_that_is_torn_is_refused_and_gives_no_half_of_a_frame() -> None:
    parts = parts_of(inline(HEADER, ["R-1", "Cards"]))
    torn = str(parts["xl/worksheets/sheet1.xml"]).replace("</sheetData></worksheet>", "")
    assert faults(zipped({**parts, "xl/worksheets/sheet1.xml": torn})) == [
        "table: cannot be read as a workbook; save it again in Excel"
    ]


# As a source of a configuration


def configured(folder: Path, source: str, after: str = "", letters: str = "") -> Configuration:
    (folder / "ceosample.toml").write_text(
        f"""
[population]
name = "p"
[source]
unit_id = "Case no"
{source}
{after}
[strata]
variables = ["Team"]
[plan]
size = 1
[seed]
source = "dice"
[signatory]
id = "ceo"
name = "Margaret Llewelyn"
title = "Chief Executive"
[letters]
contents = "letters.xlsx"
{letters}
[ledger]
url = "sqlite:///signoff.db"
[output]
folder = "packs"
""",
        "utf-8",
    )
    return Configuration.load(folder / "ceosample.toml")


def reading(folder: Path, source: str, after: str = "") -> Any:
    at = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
    return job.read_source(job.Month(configured(folder, source, after), "2026-10", at), None)


IN_EXCEL = 'excel = "register.xlsx"\nperiod_column = "Answered"'
REGISTER: list[list[Any]] = [
    [*HEADER, "Answered", "Status", "Paid"],
    [1, "Cards", dt.date(2026, 10, 1), "Answered", 10],
    [2, "Cards", MIDNIGHT_ALMOST, "Pending", 10.5],
    [3, "Cards", dt.date(2026, 11, 1), "Answered", 0],
    [4, "Loans", "12 October 2026", "Answered", 99.99],
    [5, "Loans", "2026-10", "Answered", 100],
]
STATED = """
[[source.exclusions]]
reason = "pending"
column = "Status"
is = ["Pending"]
[[source.exclusions]]
reason = "large"
column = "Paid"
from = 99.995
"""


def test_a_register_of_all_months_is_dated_and_compared_by_typed_cells(tmp_path: Path) -> None:
    """'typed cells, ... dates as dates'"""
    formats = {f"A{row}": '"CMP-"0000' for row in range(2, 7)}
    (tmp_path / "register.xlsx").write_bytes(book_of(REGISTER, formats))
    found = reading(tmp_path, IN_EXCEL, STATED)
    assert [unit.unit_id for unit in found.frame.units] == ["CMP-0001", "CMP-0004"]
    assert found.frame.left_out == (("CMP-0002", "pending"), ("CMP-0005", "large"))
    assert (found.rows, found.others) == (5, 1)


@pytest.mark.parametrize(("is_1904", "serial"), [(False, 46296), (True, 44834)])
@pytest.mark.parametrize("code", ["General", "yyyy-mm-dd", "[$-409]d\\-mmm\\-yy;@"])
def test_a_day_is_the_same_in_both_calendars(
    tmp_path: Path, is_1904: bool, serial: int, code: str
) -> None:
    rows = inline([*HEADER, "Answered"], ["R-1", "x", ('s="1"', f"<v>{serial}</v>")])
    data = sheet_of(rows, formats=[code], is_1904=is_1904)
    (tmp_path / "register.xlsx").write_bytes(data)
    assert reading(tmp_path, IN_EXCEL).frame.count == 1


def test_a_row_of_the_sheet_has_the_number_that_excel_shows(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Register"],
        [],
        REGISTER[0],
        REGISTER[1],
        [None] * 5,
        [2, "Cards", "soon", "", None],
    ]
    (tmp_path / "register.xlsx").write_bytes(book_of(rows))
    with pytest.raises(FrameError) as raised:
        reading(tmp_path, IN_EXCEL)
    assert [fault.partition(":")[0] for fault in raised.value.faults] == [
        "row 6, column 'Answered'"
    ]


def test_hidden_rows_count_and_are_said(tmp_path: Path) -> None:
    rows = inline([*HEADER, "Answered"], ["R-1", "x", "2026-10-01"], ["R-2", "x", "2026-10-02"])
    data = sheet_of(rows.replace('<row r="3">', '<row r="3" hidden="1">'))
    (tmp_path / "register.xlsx").write_bytes(data)
    found = reading(tmp_path, IN_EXCEL)
    assert (found.frame.count, found.hidden) == (2, 1)
    assert "1 of them in hidden rows, which count" in str(found)


@pytest.mark.parametrize(
    ("source", "letters", "said"),
    [
        ('csv = "x.csv"\nsheet = "a"', "", "source.sheet: goes with a table of the kind excel"),
        ('excel = "x.xlsx"\nencoding = "cp1252"', "", "source.encoding: goes with a table of the"),
        ('csv = "x.csv"\nencoding = "ansi"', "", "source.encoding: got 'ansi'; give an encoding"),
        ('csv = "x.csv"\ndate_format = "dd.mm"', "", "source.date_format: got 'dd.mm'; give a"),
        ('csv = "x.csv"', 'encoding = "cp1252"', "letters.encoding: goes with a table of the kind"),
    ],
)
def test_a_key_that_goes_with_another_kind_of_file_is_refused(
    tmp_path: Path, source: str, letters: str, said: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        configured(tmp_path, source, "", letters)
    (fault,) = raised.value.faults
    assert said in fault


# As a mail merge

MERGED: list[list[Any]] = [
    ["Case no", "recipient", "address", "payment.amount", "accepted", "docket.received",
     "docket.contacts.telephone", "account", "answered", "at"],
    [7, "Ms Lee", "3 Mill Lane\nTrefor", 1234.5, True, dt.date(2026, 9, 2), 3, 123,
     HALF_PAST_NINE, dt.time(14, 5)],
]  # fmt: skip
MERGED_FORMATS = {"A2": '"CMP-"000', "D2": "#,##0.00", "H2": "00000000"}


def contents(path: Path, data: bytes, *wanted: str, form: TableForm = TableForm()) -> Any:  # noqa: B008
    path.write_bytes(data)
    return read_contents(path, wanted, {"unit_id": "Case no"}, form)


def test_a_mail_merge_has_typed_fields(tmp_path: Path) -> None:
    data = book_of(MERGED, MERGED_FORMATS)
    assert contents(tmp_path / "letters.xlsx", data, "CMP-007") == {
        "CMP-007": {
            "letter": {
                "recipient": "Ms Lee",
                "address": ["3 Mill Lane", "Trefor"],
                "payment": {"amount": Decimal("1234.50")},
                "accepted": True,
                "account": "00000123",
                "answered": HALF_PAST_NINE,
                "at": dt.time(14, 5),
            },
            "docket": {"received": dt.date(2026, 9, 2), "contacts": {"telephone": 3}},
        }
    }


def test_a_field_that_a_letter_would_print_otherwise_is_refused(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Case no", "rate", "took", "ref"],
        ["R-1", 0.05, dt.timedelta(hours=30), 10**16],
    ]
    with pytest.raises(LetterError) as raised:
        contents(tmp_path / "letters.xlsx", book_of(rows, {"B2": "0%", "C2": "[h]:mm"}), "R-1")
    assert [fault.partition("; ")[0] for fault in raised.value.faults] == [
        "letters.xlsx, row 2, column 'rate': got a number in the format '0%', which shows "
        "something else than the cell holds",
        "letters.xlsx, row 2, column 'took': got a duration",
        "letters.xlsx, row 2, column 'ref': got a number of more than 15 digits, of which Excel "
        "keeps no more",
    ]


def test_a_sheet_and_its_dates_are_named_for_letters_too(tmp_path: Path) -> None:
    loaded = configured(
        tmp_path, 'csv = "x.csv"', "", 'sheet = "Merge"\nheader = 2\nday_first = true'
    )
    assert loaded.contents_form.sheet == "Merge"
    rows = inline(["Letters"], ["Case no", "docket.received"], ["R-1", "3/4/2026"])
    data = sheet_of(rows, sheets='<sheet name="Merge" sheetId="1" r:id="rId1"/>')
    found = contents(tmp_path / "m.xlsx", data, "R-1", form=loaded.contents_form)
    assert found["R-1"]["docket"] == {"received": dt.date(2026, 4, 3)}


def test_what_libreoffice_saves_is_read_as_it_was(
    office_calc: str, office_profile: str, tmp_path: Path
) -> None:
    """Another program's file: it has shared strings, styles of its own and dates."""
    (tmp_path / "register.xlsx").write_bytes(book_of(REGISTER, {"A2": '"CMP-"0000'}))
    saved = tmp_path / "saved"
    subprocess.run(
        [office_calc, office_profile, "--headless",
         "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(saved),
         str(tmp_path / "register.xlsx")],
        check=True, capture_output=True, timeout=PATIENCE,
    )  # fmt: skip
    before = reading(tmp_path, IN_EXCEL, STATED).frame
    after = reading(tmp_path, 'excel = "saved/register.xlsx"\nperiod_column = "Answered"', STATED)
    assert after.frame.digest == before.digest
    assert [unit.unit_id for unit in before.units] == ["4", "CMP-0001"]
