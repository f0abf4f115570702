"""A CSV file is read in parts of many rows: where a part ends changes nothing of what is read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ceosample.errors import FrameError
from ceosample.sampling.frames import table

CELLS = st.sampled_from(["", " ", "\t", "R-1", "a b", "ŵ", "\x1f", "x\ny"])
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=9)
ENDS = st.sampled_from(["", '"open', 'a,b,c"d\n"x" y,2,3\n'])


def read(lines: list[str], at_once: int) -> tuple[list[table.NumberedRow], tuple[str, ...]]:
    """The rows, and what is wrong, where so many are taken at once."""
    found: list[table.NumberedRow] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "_AT_ONCE", at_once)
        try:
            found.extend(table.csv_rows(iter(lines), ["id", "division"]))
        except FrameError as error:
            return found, error.faults
    return found, ()


def one_row(cells: list[str]) -> str:
    return ",".join(f'"{cell}"' if "\n" in cell else cell for cell in cells) + "\r\n"


@given(ROWS, ENDS)
def test_the_size_of_a_part_changes_nothing(rows: list[list[str]], end: str) -> None:
    lines = ["id,note,division\r\n", *map(one_row, rows), *end.splitlines(keepends=True)]
    together = read(lines, 100)
    assert read(lines, 1) == read(lines, 3) == together
    told = [(number, cells) for number, cells in enumerate(filter(any, rows), 1) if len(cells) == 3]
    if not end and all(any(cells) for cells in rows):
        assert together[0] == [
            (number, (cells[0] or None, cells[2] or None))
            for number, cells in told
            if "".join(cells).strip()
        ]


def test_what_is_wrong_before_a_quotation_mark_that_is_not_closed_is_told_too() -> None:
    lines = ["id,division\n", "R-1,Cards\n", "R-2\n", "R-3,Cards\n", '"R-4,Cards\n']
    for at_once in (1, 2, 3, 4, 100):
        found, (short, unclosed) = read(lines, at_once)
        assert found == [(1, ("R-1", "Cards")), (3, ("R-3", "Cards"))]
        assert short.startswith("row 2: got 1 cells, and the header names 2")
        assert unclosed.startswith("row 4: ")


def test_an_early_reader_waits_for_one_part_alone() -> None:
    def lines() -> Iterator[str]:
        yield "id,division\n"
        for number in range(20_000):
            taken.append(number)
            yield f"R-{number},Cards\n"

    taken: list[int] = []
    assert next(table.csv_rows(lines(), ["id", "division"])) == (1, ("R-0", "Cards"))
    assert len(taken) < 10_000
