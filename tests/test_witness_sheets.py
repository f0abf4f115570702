"""The sheets that witnesses sign: written at the freeze, printed again, refused once it is late."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import axe_playwright_python
import pypdf
import pytest
from playwright.sync_api import Browser

import ceosample as cs
from ceosample.errors import ConflictError, LedgerError, MissingPartError
from ceosample.letters.markup.template import longdate
from ceosample.letters.pdf import typeset
from ceosample.office import witness_sheets
from command import asked
from inputs import configure, write_month
from months import AT, MONTH, OFFICE, open_ledger
from thorough import first_of

PERIOD = "2026-10"
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RUN = ("run", "--period", PERIOD)
DICE = ("--dice", "83019274650192837465", "--witness", "internal audit")


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("waiting")
    write_month(folder, PERIOD)
    configure(folder, ("# pdf = true ", "pdf = true "))
    assert asked(*RUN, folder=folder).code == 75
    return folder


def frozen(folder: Path) -> Any:
    with cs.Ledger.open(f"sqlite:///{folder / 'signoff.db'}") as ledger:
        return [event for event in ledger.events() if event.kind == "frozen"][-1]


def words(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) == 1, "one sheet of paper, so that a signature is on what it is about"
    return " ".join(pages[0].extract_text().split())


def test_a_run_that_waits_has_written_both_sheets(waiting: Path) -> None:
    """'A commitment sheet and a dice sheet, to be printed, dated and signed by the witnesses'."""
    event = frozen(waiting)
    names = sorted(path.name for path in (waiting / "packs" / PERIOD).glob("*-*.*"))
    digits = event.hash[:8]
    assert names == [
        f"commitment-{digits}.html", f"commitment-{digits}.pdf",
        f"dice-{digits}.html", f"dice-{digits}.pdf",
    ]  # fmt: skip
    folder = waiting / "packs" / PERIOD
    for ending, text in (("html", lambda path: path.read_text("utf-8")), ("pdf", read_pdf)):
        commitment = text(folder / f"commitment-{digits}.{ending}")
        for value in (event.payload["commitment"], event.payload["manifest"], event.hash):
            assert value in commitment
        assert f"{event.payload['count']} responses" in commitment
        assert "dice, rolled after this" in commitment
        at = dt.datetime.fromisoformat(event.at)
        assert f"{longdate(at)}, {at:%H:%M %Z}" in commitment
        assert f"event {event.sequence}, by {event.actor}, at {event.at}" in commitment
        assert commitment.count("Witness: signature") == 3
        dice = text(folder / f"dice-{digits}.{ending}")
        assert event.payload["commitment"] in dice
        assert "At least 20 digits are needed" in dice
        assert (dice.count("Witness: signature"), dice.count("First roll: date and time")) == (2, 1)
        assert "--period 2026-10 --dice DIGITS" in dice


def read_pdf(path: Path) -> str:
    return words(path.read_bytes())


def test_the_command_writes_a_lost_sheet_again_and_says_what_to_print(waiting: Path) -> None:
    event, folder = frozen(waiting), waiting / "packs" / PERIOD
    names = [f"commitment-{event.hash[:8]}.pdf", f"dice-{event.hash[:8]}.pdf"]
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for name in names:
        (folder / name).unlink()
    (folder / names[0].replace(".pdf", ".html")).unlink()
    ended = asked("sheets", "--period", PERIOD, folder=waiting)
    assert ended.code == 0
    assert [Path(line).name for line in ended.out.splitlines()[:-1]] == names
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_run_again_leaves_the_sheets_that_were_printed(waiting: Path) -> None:
    folder = waiting / "packs" / PERIOD
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*-*.*")}
    ended = asked(*RUN, folder=waiting)
    assert ended.code == 75
    assert f"sheets       commitment-{frozen(waiting).hash[:8]}, dice-" in ended.out
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*-*.*")} == before


def test_before_the_freeze_and_after_the_seed_there_is_nothing_to_sign(tmp_path: Path) -> None:
    write_month(tmp_path, PERIOD)
    configure(tmp_path, ("# pdf = true ", "pdf = false "))
    assert asked(*RUN, folder=tmp_path).code == 75
    early = asked("sheets", "--period", "2026-09", folder=tmp_path)
    assert (early.code, "is not frozen, so there is nothing to sign" in early.err) == (65, True)
    assert asked(*RUN, *DICE, folder=tmp_path).code == 0
    late = asked("sheets", "--period", PERIOD, folder=tmp_path)
    assert late.code == 3
    assert re.search(r"its seed has been known since event \d+, so a sheet", late.err)


def test_a_sheet_names_every_part_of_the_seed_and_dice_have_one_where_they_are_a_part() -> None:
    frame = cs.Frame.from_records(
        [{"id": f"R-{n}"} for n in range(9)], **MONTH, unit_id="id", strata=[]
    )
    found = {}
    for source in ("dice", "beacon:drand-" + "ab" * 32 + ":77", "dice+beacon:mine:5"):
        with open_ledger() as ledger:
            ledger.freeze(frame, cs.Plan(size=2), seed_source=source, by=OFFICE, at=AT)
            found[source] = witness_sheets(ledger, **MONTH, paper=False)
    kinds = {
        source: [name.partition("-")[0] for name in sheets] for source, sheets in found.items()
    }
    assert [*kinds.values()] == [["commitment", "dice"], ["commitment"], ["commitment", "dice"]]
    pages = [next(iter(sheets.values())).decode() for sheets in found.values()]
    assert "dice, rolled after this</dd>" in pages[0]
    assert f"round 77 of drand-{'ab' * 32}</dd>" in pages[1]
    assert "dice, rolled after this, and round 5 of mine</dd>" in pages[2]


def test_only_the_newest_freeze_is_signed_and_another_size_is_refused() -> None:
    with open_ledger() as ledger:
        for count in (5, 6):
            frame = cs.Frame.from_records(
                [{"id": f"R-{n}"} for n in range(count)], **MONTH, unit_id="id", strata=[]
            )
            last = ledger.freeze(frame, cs.Plan(size=2), seed_source="dice", by=OFFICE, at=AT)
        made = witness_sheets(ledger, **MONTH, paper=False)
        assert [*made] == [f"{kind}-{last.hash[:8]}.html" for kind in ("commitment", "dice")]
        with pytest.raises(LedgerError, match="paper_size: got 'A3'; use a4 or letter"):
            witness_sheets(ledger, **MONTH, paper=False, paper_size="A3")
        seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
        ledger.reveal(seed, **MONTH, by=OFFICE, at=AT)
        with pytest.raises(ConflictError, match="proves nothing"):
            witness_sheets(ledger, **MONTH, paper=False)


def test_only_sheets_on_paper_need_what_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """'None makes them if the extra pdf is installed'"""
    frame = cs.Frame.from_records([{"id": "R-1"}], **MONTH, unit_id="id", strata=[])
    monkeypatch.setattr(typeset, "is_installed", lambda: False)
    with open_ledger() as ledger:
        ledger.freeze(frame, cs.Plan(size=1), seed_source="dice", by=OFFICE, at=AT)
        for paper in (None, False):
            made = witness_sheets(ledger, **MONTH, paper=paper)
            assert {Path(name).suffix for name in made} == {".html"}
        with pytest.raises(MissingPartError, match=r"pip install 'ceosample\[pdf\]'"):
            witness_sheets(ledger, **MONTH, paper=True)


@pytest.mark.parametrize("width", first_of(1, [320, 1200]))
def test_axe_finds_nothing_and_nothing_is_cut_off(
    browser: Browser, waiting: Path, width: int
) -> None:
    for path in sorted((waiting / "packs" / PERIOD).glob("*-*.html")):
        with browser.new_context(bypass_csp=True, viewport={"width": width, "height": 800}) as made:
            page = made.new_page()
            page.goto(path.as_uri())
            page.evaluate(AXE)
            found = page.evaluate("axe.run()")
            assert [fault["id"] for fault in found["violations"]] == [], path.name
            wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            assert not page.evaluate(wide), path.name
