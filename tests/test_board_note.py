"""A letter or a case that goes on before the board answered: recorded, and told."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from ceosample.letters.papers.pack import Pack
from command import Ended, done_at

#: Of the demonstration: a letter before the board, and one that waits for its signature.
ASKED, VIEWED = "R-8Z6LYZ", "R-C595ZY"
THEN = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


@pytest.fixture
def month(demonstration: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demonstration, tmp_path / "month"))


def do(month: Path, line: str) -> Ended:
    return done_at(THEN, *line.split(), folder=month)


def test_a_letter_that_is_signed_before_the_board_answered_is_told_of(month: Path) -> None:
    """'`record signed` went through before the board answered, silently.'"""
    said = do(month, f"record signed {ASKED} --by ceo").err
    assert said.startswith(f"note: {ASKED}: signed before the board has answered the question of")
    assert f"ceosample record board_answer {ASKED} --outcome CODE --by PERSON" in said
    do(month, "role grant chair board --since 2026-11-01 --by board")
    do(month, f"record board_answer {ASKED} --outcome send-it --by chair")
    assert do(month, f"record signed {ASKED} --by ceo").err == ""
    assert do(month, f"record dispatched {ASKED} --by office").err == ""


def test_a_file_tells_it_of_those_letters_alone(month: Path) -> None:
    pack = Pack.load(month / "packs" / "2026-10")
    rows = "".join(f"{unit_id},{pack[unit_id].code},signed\n" for unit_id in (VIEWED, ASKED))
    (month / "signed.csv").write_text(f"unit_id,code,kind\n{rows}", "utf-8")
    ended = do(month, "record --from signed.csv --by ceo --at 2026-11-19T09:00+00:00")
    assert "the board" not in ended.out
    (told,) = ended.err.splitlines()
    assert told.startswith(f"note: {ASKED}: signed before")


def test_a_case_is_told_of_too(month: Path) -> None:
    do(month, "refer --came-by letter --owner o-3 --by office")
    do(month, "record escalated_to_board case-1 --by ceo")
    said = do(month, "record resolved_nonstandard case-1 --by ceo").err
    assert said.startswith("note: case-1: resolved nonstandard before the board has answered")
