"""US Letter next to A4: every paper of a month is set for the one that the firm has."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pypdf
import pytest

import ceosample as cs
from command import asked
from inputs import configure, write_month
from rooms import pack_of, plain

#: Width and height in points: of 210 x 297 mm, and of 8.5 x 11 inches.
SIZES = {"a4": (595, 842), "letter": (612, 792)}
PERIOD = "2026-10"


def sizes_of(pdf: bytes) -> set[tuple[int, int]]:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages}


@pytest.fixture(scope="module", params=SIZES)
def month(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month that was sent, its closing sheet and its report; the size of its paper is a file."""
    folder = tmp_path_factory.mktemp(str(request.param))
    write_month(folder, PERIOD)
    paper = "pdf = true" if request.param == "a4" else 'pdf = true\npaper = "letter"'
    configure(folder, ("# pdf = true ", f"{paper} "))
    dice = ("--dice", "83019274650192837465", "--witness", "internal audit")
    assert asked("run", "--period", PERIOD, folder=folder).code == 75
    sent = asked("run", "--period", PERIOD, *dice, folder=folder)
    assert sent.code == 0, sent.err
    assert asked("close", "--period", PERIOD, "--still-open", folder=folder).code == 0
    for name in ("report.pdf", "report.html"):
        made = asked("report", "--out", name, "--no-pictures", folder=folder)
        assert made.code == 0, made.err
    (folder / "paper").write_text(str(request.param))
    return folder


def test_every_paper_has_the_size_of_the_configuration(month: Path) -> None:
    """'US Letter beside A4': letters, pack, attendance sheet, closing sheet, report."""
    paper = (month / "paper").read_text()
    found = {path.name: sizes_of(path.read_bytes()) for path in month.rglob("*.pdf")}
    assert set(map(frozenset, found.values())) == {frozenset({SIZES[paper]})}, found
    kinds = ("pack", "attendance", "interim", "report", "commitment", "dice", "0001")
    assert all(any(name.startswith(kind) for name in found) for kind in kinds), found.keys()
    printed = {"a4": "A4", "letter": "letter"}[paper]
    pages = [path for path in month.rglob("*.html") if "@page" in path.read_text("utf-8")]
    assert len(pages) >= 4
    for path in pages:
        assert f"size: {printed};" in path.read_text("utf-8"), path.name


def test_both_are_verified_as_what_this_release_ships(month: Path) -> None:
    report = cs.verify(month / "packs" / PERIOD)
    assert report.ok
    assert report.pack is not None
    assert report.pack.level.name == "PAGE", str(report)


def test_a_pack_says_its_paper_only_where_it_is_not_a4() -> None:
    made = {size: pack_of(plain(1), paper_size=size) for size in SIZES}
    assert "paper" not in made["a4"].fields
    assert json.loads(made["letter"].data)["paper"] == "letter"
    assert made["a4"].letters[0].digest == made["letter"].letters[0].digest


def test_another_size_is_refused_by_its_name() -> None:
    with pytest.raises(cs.errors.LetterError, match="paper_size: got 'A3'; use a4 or letter"):
        pack_of(plain(1), paper_size="A3")
