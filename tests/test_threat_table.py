"""The page of threats names a person and programs in each row, and the programs find what it says.

The rows that the page in the browser or SQL is named in are attacks on files: each is made here,
and given to all that can read it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import ceosample as cs
import months
from browser import Room, opened
from ceosample.canonical import canonical_file, parse_json
from ceosample.evidence import archive
from ceosample.verification import Evidence
from generated_months import generated
from stamping import answer, certify
from test_attacks import THREATS, corpus, verdict
from test_evidence import MONTH, agreeing, found, month, of
from test_verifier_browsers import given, page_file
from test_verify_in_sql import in_sql, written

__all__ = ["found", "month", "page_file"]

Files = dict[str, bytes]

PUBLIC = ("draw.json", "manifest.csv", "exclusions.csv")

#: All that can be named in a row: three implementations, programs of others, paper, nothing.
PROGRAMS = {"library", "page", "SQL", "`openssl`", "`sha256sum`", "each with paper", "nothing"}


@cache
def rows() -> dict[str, tuple[str, set[str]]]:
    """By the number of a row: who can try it, and what names it."""
    lines = re.findall(r"^\| (\d+[a-z]?) \| (.*) \|$", THREATS.read_text("utf-8"), re.M)
    cells = {number: line.split(" | ") for number, line in lines if " | " in line}
    assert {len(cell) for cell in cells.values()} == {5}
    return {number: (cell[0], set(cell[3].split(", "))) for number, cell in cells.items()}


def naming(program: str) -> set[str]:
    return {number for number, (_, named) in rows().items() if program in named}


def test_each_row_has_a_person_and_what_names_it() -> None:
    assert len(rows()) > 50
    for number, (who, named) in rows().items():
        assert who.strip(), number
        assert named, number
        assert named <= PROGRAMS, number


# Rows of the public files alone, which all three read


def _moved(folder: Path) -> Files:
    cs.draw(months.frame_of(), months.PLAN, months.SEED).save(folder)
    files = {name: (folder / name).read_bytes() for name in PUBLIC}
    assert b"C-0,Cards" in files["manifest.csv"]
    return {**files, "manifest.csv": files["manifest.csv"].replace(b"C-0,Cards", b"C-0,Loans")}


def _other_reason(_: Path) -> Files:
    files = generated(0)
    record: Any = parse_json(files["draw.json"])
    record["frame"]["exclusions"]["withdrawn"] = 46
    return {**files, "draw.json": canonical_file(record)}


#: One attack of each row that names SQL.
RECORDS = {
    "2": lambda _: corpus()["line is new"]["FRAME"],
    "7": lambda _: corpus()["unit is another, made right"]["SELECTION"],
    "36": _moved,
    "37": _other_reason,
}


@pytest.fixture(scope="module")
def room(browser: Browser, page_file: Path) -> Iterator[Room]:
    with opened(browser, page_file) as found_room:
        yield found_room


def test_what_changes_the_public_files_is_named_by_all_three(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert naming("SQL") == {*RECORDS}
    assert naming("SQL") <= naming("page") <= naming("library")
    for number, attack in RECORDS.items():
        folder = tmp_path / number
        folder.mkdir()
        files = attack(folder)
        assert not verdict(files).ok, number
        assert given(room, files).startswith("NOT ok"), number
        (said, _, _), _ = in_sql(written(folder, files), monkeypatch)
        assert said != "REPRODUCED", number


# Rows of the evidence file, which the page reads too


def _zipped(files: Files) -> Files:
    return {"evidence.zip": archive.packed(agreeing(files))}


def _edited(found: Evidence, name: str, before: bytes, after: bytes) -> Files:
    files = dict(found.files)
    (whole,) = (one for one in files if re.fullmatch(name, one))
    assert before in files[whole], name
    return _zipped({**files, whole: files[whole].replace(before, after)})


def _compressed(found: Evidence) -> Files:
    told = BytesIO()
    with zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as opened_zip:
        for name, data in found.files.items():
            opened_zip.writestr(name, data)
    return {"evidence.zip": told.getvalue()}


def test_what_changes_the_evidence_is_named_by_the_page_where_its_row_says_so(
    room: Room, found: Evidence, month: tuple[cs.Ledger, Path]
) -> None:
    letters = of(month, letters=True)
    letter = rf"{MONTH}/letters/.*\.json"
    (first, *_) = sorted(name for name in letters.files if re.fullmatch(letter, name))
    edited_letter = _edited(letters, re.escape(first), b"Quillfeather", b"Smith")
    attacks = {
        "11b": edited_letter,
        "23": edited_letter,
        "14": _edited(found, r"events\.jsonl", b'"kind":"signed"', b'"kind":"viewed"'),
        "38": _edited(found, rf"{MONTH}/manifest\.csv", b"C-0,", b"C-00,"),
        "39": _compressed(found),
    }
    assert naming("page") - {*RECORDS} == {*attacks, "5", "15"}
    for number, files in attacks.items():
        assert given(room, files).startswith("NOT ok"), number


def test_the_page_says_of_a_chain_alone_that_its_keeper_could_foresee_it(room: Room) -> None:
    """Row 5."""
    files = next(
        files
        for files in map(generated, range(60))
        if re.search(rb'"source":"chain:[^+"]*"', files["draw.json"])
    )
    report = verdict(files)
    assert any("custodian-trusted" in note for note in report.notes)
    assert given(room, files).startswith("ok")
    assert "custodian-trusted" in room.page.locator("#notes").inner_text()


def test_the_page_shows_the_head_that_paper_is_compared_with(room: Room, found: Evidence) -> None:
    """Row 15: a history that was made up as a whole agrees with itself."""
    assert given(room, {"evidence.zip": found.to_zip()}).startswith("ok")
    assert str(found.check.head) in room.page.locator("#whole-list").inner_text()


def test_what_only_the_library_names_passes_the_page(
    room: Room, found: Evidence, month: tuple[cs.Ledger, Path]
) -> None:
    """Rows 40 and 6b: words of a report, and an authority that is the firm's own. The page lists
    both files among those that it did not check."""
    assert not naming("page") & {"40", "6b"}
    assert given(room, _edited(found, r"report\.html", b"Findings", b"Praise")).startswith("ok")
    assert "report.html" in room.page.locator("#left-list").inner_text()
    (frozen,) = (event for event in month[0].events() if event.kind == "frozen")
    stamp = f"{MONTH}/commitment-{frozen.hash[:8]}.tsr"
    own = answer(str(frozen.payload["commitment"]), by=certify("The firm's own"))
    assert given(room, _zipped({**found.files, stamp: own})).startswith("ok")
    assert stamp in room.page.locator("#left-list").inner_text()
