"""Registers and folders as offices keep them: titles between rows, covers, names of files."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

import existing
from ceosample.configuration.keys import UNIT
from ceosample.errors import LetterError
from ceosample.job.sources.file_names import FileNames
from command import asked
from test_excel import ids
from test_existing_command import CHECK, IDS, firm, give, run, said_by
from workbooks import inline, sheet_of

HEADINGS = ["Case no", "Team", "Answered"]
ACROSS = '<mergeCells><mergeCell ref="A3:{last}"/></mergeCells>'


@pytest.mark.parametrize(
    ("last", "found"), [("C3", ["R-1", "R-2"]), ("D3", ["R-1", "R-2"]), ("B3", None), ("C4", None)]
)
def test_a_title_over_all_columns_is_no_response(last: str, found: list[str] | None) -> None:
    """One that leaves a column free, or reaches into a second row, may hide a response."""
    rows = inline(HEADINGS, ["R-1", "Cards", "x"], ["October"], ["R-2", "Loans", "x"])
    data = sheet_of(rows, after=ACROSS.format(last=last))
    if found is not None:
        assert ids(data) == found
        return
    with pytest.raises(Exception, match="merged with others"):
        ids(data)


def test_a_row_of_two_columns_that_are_merged_may_be_a_response() -> None:
    rows = inline(HEADINGS[:2], ["R-1", "Cards"], ["R-2"], ["R-3", "Loans"])
    with pytest.raises(Exception, match="row 3, column 'Team': got a cell that is merged"):
        ids(sheet_of(rows, after=ACROSS.format(last="B3")))


def register(folder: Path, *, titled: bool = False) -> None:
    """A workbook whose first sheet is a cover, and a row of totals that was typed."""
    book = Workbook()
    book.active.title = "Cover"
    book.active["A1"] = "Complaints 2026"
    sheet = book.create_sheet("Register")
    sheet.append(["Case no", "Team", "Answered", "Status"])
    for unit_id in IDS:
        sheet.append([unit_id, "Cards", "2026-10-05", "done"])
    if titled:
        sheet.append(["November"])
        sheet.merge_cells("A6:D6")
    sheet.append(["Total", None, None, None])
    book.save(folder / "register.xlsx")
    table = (folder / "ceosample.toml").read_text()
    table = table.replace('csv = "responses.csv"\nunit_id = "id"', 'excel = "register.xlsx"\n'
        'unit_id = "Case no"\nperiod_column = "Answered"\n[[source.filter]]\ncolumn = "Status"\n'
        'is_not = ["open"]\n[strata]\nvariables = ["Team"]')  # fmt: skip
    (folder / "ceosample.toml").write_text(table)


def test_a_cover_sheet_is_named_with_the_sheet_that_has_the_columns(tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm")
    register(folder)
    said = said_by(folder, *CHECK)
    assert "sheet: got 'Cover', the first that is shown; give sheet = 'Register'" in said
    assert "not in the table" not in said


def test_a_check_counts_titles_and_rows_that_an_empty_cell_keeps_out(tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm")
    register(folder, titled=True)
    table = (folder / "ceosample.toml").read_text()
    named = table.replace('register.xlsx"\n', 'register.xlsx"\nsheet = "Register"\n')
    (folder / "ceosample.toml").write_text(named)
    give(folder, {f"{unit_id}.pdf": existing.letter() for unit_id in IDS})
    ended = asked(*CHECK, folder=folder)
    assert ended.code == 0, ended.out
    assert "5 rows: 4 eligible, 0 left out, 1 of other populations" in ended.out
    assert "source.filter[1]: 1 row kept out with an empty cell in 'Status'" in ended.out
    assert "1 title between the rows passed over" in ended.out


NAMES = ("000387_Answer.pdf", "AZ-000388 final.PDF", "1000389.pdf", "~$000390.pdf", "000391 a.pdf",
         "000391 b.pdf", "392.pdf", "000393.docx", "Re\u0301 000394.pdf")  # fmt: skip


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> FileNames:
    folder = tmp_path_factory.mktemp("letters")
    for name in NAMES:
        (folder / name).touch()
    return FileNames(folder)


@pytest.mark.parametrize(
    ("pattern", "unit_id", "name"),
    [
        (f"*{UNIT}*.pdf", "000387", "000387_Answer.pdf"),
        (f"{UNIT}*.pdf", "000387", "000387_Answer.pdf"),
        (f"*{UNIT}*.pdf", "000388", "AZ-000388 final.PDF"),
        (f"*{UNIT}*.pdf", "AZ-000388", "AZ-000388 final.PDF"),
        (f"*{UNIT}*", "000393", "000393.docx"),
        (f"R\u00e9 {UNIT}*", "000394", "Re\u0301 000394.pdf"),
    ],
)
def test_a_star_finds_the_file_that_holds_the_id(
    names: FileNames, pattern: str, unit_id: str, name: str
) -> None:
    assert names.named(pattern, unit_id) == name


@pytest.mark.parametrize(
    ("pattern", "unit_id", "said"),
    [
        (f"*{UNIT}*.pdf", "000389", "not there; give the letter's file"),
        (f"*{UNIT}*.pdf", "000390", "not there; give the letter's file"),
        (f"{UNIT}*.pdf", "000388", "or rename 'AZ-000388 final.PDF' if that is the one"),
        (f"*{UNIT}*.pdf", "az-000388", "not there"),
        (f"*{UNIT}*.pdf", "000391", "got 2 files for '*000391*.pdf': '000391 a.pdf', '000391 b"),
        (f"*{UNIT}*.pdf", "000392", "give the letter's file, or rename '392.pdf' if that is"),
        (f"*{UNIT}.pdf", "...", "not there; give the letter's file"),
    ],
)
def test_no_file_and_two_files_are_problems_that_name_what_is_there(
    names: FileNames, pattern: str, unit_id: str, said: str
) -> None:
    with pytest.raises(LetterError) as raised:
        names.named(pattern, unit_id)
    assert said in str(raised.value)


def test_a_month_takes_letters_that_are_named_as_it_comes(tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm", f'existing = "letters/*{UNIT}*.pdf"\npdf = false\n')
    give(folder, {f"Answer {one} ({n}).pdf": existing.letter_of(one) for n, one in enumerate(IDS)})
    assert asked(*CHECK, folder=folder).code == 0
    assert len(run(folder)) == 2


def test_a_missing_file_is_named_with_the_one_that_it_may_be(tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm")
    give(folder, {f"{unit_id}.pdf": existing.letter() for unit_id in IDS[1:]})
    give(folder, {"CR-1 final.pdf": existing.letter()})
    said = said_by(folder, *CHECK)
    assert "letters/CR-1.pdf: not there; give the letter's file, or rename 'CR-1 final.pdf'" in said


@pytest.mark.parametrize(
    "pattern", ["*/{unit_id}.pdf", "{unit_id}/*.pdf", "letters/*.pdf{unit_id}/x"]
)
def test_a_star_belongs_into_the_name_of_the_file(pattern: str, tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm", f'existing = "{pattern}"\npdf = false\n')
    assert "use * in the name of the file alone" in said_by(folder, *CHECK)
