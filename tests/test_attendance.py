"""The attendance sheet: codes that scanners read, and a table that survives a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import example, given
from hypothesis import strategies as st

from ceosample import Pack
from ceosample.errors import LedgerError
from ceosample.letters.papers.attendance_sheet import COLUMNS, KINDS
from ceosample.office import attendance_sheet
from ceosample.signoff.intake.decisions import Decisions
from ceosample.signoff.recording.event_fields import RECORDABLE
from ceosample.spreadsheet import guarded, unguarded
from months import AT, CEO, a_day_on, nothing_written, open_ledger, sent
from needed import PATIENCE
from test_paper import made

#: Ids that a spreadsheet runs, counts or dates, and some that are hard to print or to scan.
HOSTILE = [
    "=1+1", "+44", "-5", "@SUM(1)", "'quoted", "''two", "00012345", "1e234567",
    "12345678901234567890", "2026-10", "JAN-1", "1/2", "10:30", "5%", "TRUE", 'A,"b";c', "C,1",
    "a space", "R-5HFQJQ", "Ω" * 100, "x" * 200, "رسالة-١٢",
]  # fmt: skip

SIGNED_AT = dt.datetime(2026, 11, 2, 14, 5, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def hostile() -> Pack:
    return made(dict.fromkeys(HOSTILE, "We are sorry."))


def rows_of(pack: Pack) -> list[dict[str, str]]:
    """The table, read as CSV and no further."""
    text = attendance_sheet(pack)["attendance.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def written(rows: list[dict[str, str]], separator: str = ",", encoding: str = "utf-8") -> bytes:
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, COLUMNS, delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue().encode(encoding)


def scans_of(pdf: bytes) -> list[str]:
    """What a scanner types for each code of a document, read from pictures of its pages."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        picture = page.render(scale=300 / 72, grayscale=True).to_numpy()
        found += [code.text for code in zxingcpp.read_barcodes(picture)]
    return found


# The sheet


@pytest.mark.slow
def test_every_code_on_the_sheet_is_read_by_a_scanner(hostile: Pack) -> None:
    """'with a code per letter (segno) so that the office can enter outcomes fast'"""
    scans = scans_of(attendance_sheet(hostile)["attendance.pdf"])
    typed = [f"{guarded(letter.unit_id)}\t{guarded(letter.code)}" for letter in hostile]
    assert sorted(scans) == sorted(["unit_id\tcode", *typed])


@pytest.mark.slow
def test_a_sheet_of_sixty_has_every_letter_once_and_its_header_on_every_page() -> None:
    pack = made({f"R-{number}": "We are sorry." for number in range(60)})
    pdf = pypdf.PdfReader(io.BytesIO(attendance_sheet(pack)["attendance.pdf"]), strict=True)
    pages = [" ".join(page.extract_text().split()) for page in pdf.pages]
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        assert f"pack {pack.digest[:8]}" in page
        assert page.endswith(f"Page {number} of {len(pages)}")
        assert all(word in page for kind in KINDS for word in kind.split())
    assert pack.digest in pages[0]
    assert "Read and decided as ticked Margaret Llewelyn" in pages[-1]
    words = " ".join(pages).split()
    assert all(words.count(letter.unit_id) == 1 for letter in pack)
    assert all(words.count(letter.code) == 1 for letter in pack)


def test_a_month_of_twelve_is_one_sheet_of_paper() -> None:
    pack = made({f"R-{number}": "We are sorry." for number in range(12)})
    assert len(pypdf.PdfReader(io.BytesIO(attendance_sheet(pack)["attendance.pdf"])).pages) == 1


def test_a_pack_of_one_letter_says_so() -> None:
    pack = made({"R-1": "We are sorry."})
    page = pypdf.PdfReader(io.BytesIO(attendance_sheet(pack)["attendance.pdf"])).pages[0]
    assert "1 letter for Margaret Llewelyn." in " ".join(page.extract_text().split())
    assert str(pack).startswith("1 letter for Margaret Llewelyn:")


def test_the_sheet_can_be_read_aloud_its_codes_too(hostile: Pack) -> None:
    pdf = attendance_sheet(hostile)["attendance.pdf"]
    root: Any = pypdf.PdfReader(io.BytesIO(pdf), strict=True).trailer["/Root"]
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert "pdfuaid:part" in xmp
    assert "pdfaid:conformance" in xmp
    said: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, dict):
            if "/Alt" in node:
                said.append(str(node["/Alt"]))
            walk(node.get("/K", pypdf.generic.NullObject()))
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(root["/StructTreeRoot"])
    assert len(said) == len(hostile) + 1
    assert all(any(letter.code in words for words in said) for letter in hostile)


def test_the_sheet_is_made_of_the_pack_alone(tmp_path: Path, hostile: Pack) -> None:
    """Weeks later, from the files: the same bytes. And the pack does not name it."""
    hostile.save(tmp_path)
    assert attendance_sheet(Pack.load(tmp_path)) == attendance_sheet(hostile)
    assert not [name for name in hostile.fields["files"] if "attendance" in name]


def test_a_pack_without_pdfs_has_the_table_alone() -> None:
    with open_ledger() as ledger:
        assert list(attendance_sheet(sent(ledger).pack)) == ["attendance.csv"]


# The table and the spreadsheet


def test_what_is_ticked_can_be_said_in_a_file() -> None:
    assert {kind.replace(" ", "_") for kind in KINDS} <= set(RECORDABLE)
    assert set(COLUMNS) > {
        name
        for kind in KINDS
        for name in RECORDABLE[kind.replace(" ", "_")].needs
        if name != "letter"
    }


@pytest.mark.slow
@given(st.text(min_size=1, max_size=30))
@example("'")
@example("=1+1")
def test_a_guarded_text_comes_back_and_begins_with_nothing_that_is_run(text: str) -> None:
    cell = guarded(text)
    assert unguarded(cell) == text
    assert cell[0] == "'" or (cell[0].isascii() and cell[0].isalpha())


def filled_in(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """An office at work: every second letter signed, the others left for later."""
    return [{**row, "kind": "Signed"} if n % 2 else row for n, row in enumerate(rows)]


def decided(data: bytes) -> tuple[list[tuple[str, str | None, str]], int]:
    found = Decisions.from_csv(data, by=CEO, at=SIGNED_AT)
    assert all(said.by == CEO and said.at == SIGNED_AT for said in found.decisions)
    assert all(said.period == "2026-10" for said in found.decisions)
    return [(said.unit_id, said.code, said.kind) for said in found.decisions], found.undecided


def expected(pack: Pack) -> tuple[list[tuple[str, str | None, str]], int]:
    said = [(x.unit_id, x.code, "signed") for n, x in enumerate(pack) if n % 2]
    return [(unit_id, code, kind) for unit_id, code, kind in said], len(pack) - len(said)


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=repr)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.slow
def test_a_table_is_taken_however_a_spreadsheet_saves_it(
    hostile: Pack, separator: str, encoding: str
) -> None:
    data = written(filled_in(rows_of(hostile)), separator, encoding)
    assert decided(data) == expected(hostile)


@pytest.fixture(scope="module")
def through_libreoffice(
    office_calc: str, office_profile: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[bytes], bytes]:
    """A CSV file opened as a workbook, saved, and saved again as CSV."""
    home = tmp_path_factory.mktemp("libreoffice")

    def convert(data: bytes) -> bytes:
        (home / "table.csv").write_bytes(data)
        csv_filter = "Text - txt - csv (StarCalc):44,34,76"
        for kind, more, name in (
            ("xlsx:Calc MS Excel 2007 XML", ["--infilter=CSV:44,34,76,1"], "table.csv"),
            (f"csv:{csv_filter}", [], "table.xlsx"),
        ):
            subprocess.run(
                [office_calc, office_profile, "--headless",
                 *more, "--convert-to", kind, "--outdir", str(home), str(home / name)],
                check=True, capture_output=True, timeout=PATIENCE,
                env={**os.environ, "HOME": str(home)},
            )  # fmt: skip
        return (home / "table.csv").read_bytes()

    return convert


def test_libreoffice_gives_back_every_id_and_every_code(
    hostile: Pack, through_libreoffice: Callable[[bytes], bytes]
) -> None:
    data = through_libreoffice(written(filled_in(rows_of(hostile))))
    assert decided(data) == expected(hostile)


@pytest.mark.thorough  # what an office would do changes with the office: the test above is of us
def test_libreoffice_would_spoil_them_without_the_marks(
    hostile: Pack, through_libreoffice: Callable[[bytes], bytes]
) -> None:
    bare = [{**row, "unit_id": unguarded(row["unit_id"])} for row in filled_in(rows_of(hostile))]
    assert decided(through_libreoffice(written(bare))) != expected(hostile)
    code = b"unit_id,code,kind,at,by\nC-1,12e45678,signed,2026-11-02T14:05:00+00:00,ceo\n"
    with pytest.raises(LedgerError, match=r"code: got '1.79769313486232e[+]308'.*apostrophe"):
        Decisions.from_csv(through_libreoffice(code))


# What the office enters


def test_the_table_of_a_month_is_entered_as_it_is_filled_in_and_twice_is_once() -> None:
    with open_ledger() as ledger:
        month = sent(ledger)
        a_day_on(ledger)
        rows = rows_of(month.pack)
        by_id = {row["unit_id"].lstrip("'"): row for row in rows}
        by_id[month.first] |= {"kind": "signed"}
        by_id[month.second] |= {
            "kind": "Returned for rework", "reason_code": "tone", "at": "2026-11-02T14:30:00Z"
        }  # fmt: skip
        decisions = Decisions.from_csv(written(rows), by=CEO, at=SIGNED_AT)
        assert decisions.undecided == 2
        events = ledger.record_all(decisions)
        assert sorted((e.unit_id, e.kind, e.at) for e in events) == sorted(
            [
                (month.first, "signed", "2026-11-02T14:05:00+00:00"),
                (month.second, "returned_for_rework", "2026-11-02T14:30:00+00:00"),
            ]
        )
        with nothing_written(ledger):
            assert ledger.record_all(decisions) == events


def test_letters_that_were_scanned_are_entered_with_one_word() -> None:
    """'so that the office can enter outcomes fast'"""
    pack = made({"R-1": "We are sorry.", "=1+1": "We are sorry.", "رسالة-١٢": "We are sorry."})
    scans = scans_of(attendance_sheet(pack)["attendance.pdf"])
    start = scans.index("unit_id\tcode")
    typed = "\r\n".join([scans.pop(start), *scans]).encode()
    found = Decisions.from_csv(typed, kind="signed", by=CEO, at=SIGNED_AT)
    assert {(said.unit_id, said.code, said.kind) for said in found.decisions} == {
        (letter.unit_id, letter.code, "signed") for letter in pack
    }
    assert found.undecided == 0


def test_a_code_may_be_written_as_people_write_it() -> None:
    for code in ("3FA9-C1D2", "3fa9 c1d2", "'3fa9c1d2"):
        data = f"unit_id,code,kind,at,by\nC-1,{code},signed,2026-11-02T14:05:00Z,ceo\n".encode()
        assert [said.code for said in Decisions.from_csv(data).decisions] == ["3fa9c1d2"]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("C-1,,,ceo,", "row 1, kind: missing, and by is filled in; give what was decided, or"),
        ("C-1,,2026-11-02T14:05:00Z,,x", "row 1, kind: missing, and at, text is filled in"),
        ("C-1,signed,02/11/2026 14:05,ceo,", "row 1, at: got '02/11/2026 14:05'; give a time"),
        ("C-1,signed,,ceo,", "row 1, at: missing; fill it in, or give it once for all rows that"),
        ("C-1,signed,2026-11-02T14:05:00Z,,", "leave it empty (by=, --by)"),
        ("C-1,sined,2026-11-02T14:05:00Z,ceo,", "row 1, kind: got 'sined'; use one of"),
    ],
)
def test_a_row_that_is_half_filled_in_is_refused(row: str, fault: str) -> None:
    with pytest.raises(LedgerError) as refusal:
        Decisions.from_csv(f"unit_id,kind,at,by,text\n{row}\n,,,,\n".encode(), "mine.csv")
    assert fault in str(refusal.value)


def test_one_word_for_all_is_refused_where_the_rows_have_their_own() -> None:
    with pytest.raises(LedgerError, match=r"got kind 'signed' for a file that has a column 'kind'"):
        Decisions.from_csv(b"unit_id,kind\nC-1,\n", kind="signed", by=CEO, at=AT)


def test_what_a_row_says_itself_is_not_overwritten() -> None:
    data = b"unit_id,kind,at,by\nC-1,viewed,2026-11-01T08:00:00Z,dep\nC-2,viewed,,\n"
    first, second = Decisions.from_csv(data, by=CEO, at=SIGNED_AT).decisions
    assert (first.by, first.at.day) == ("dep", 1)
    assert (second.by, second.at) == (CEO, SIGNED_AT)
