"""A table is read by limits of its own, whatever the process around it set for other files."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ceosample.errors import RecordError
from ceosample.sampling.frames.manifest import LONGEST_FIELD, csv_to_rows
from ceosample.spreadsheet import csv_lines, separated


@pytest.fixture(params=[10, LONGEST_FIELD, 10 * LONGEST_FIELD])
def limit(request: pytest.FixtureRequest) -> Iterator[int]:
    before = csv.field_size_limit(request.param)
    yield request.param
    csv.field_size_limit(before)


@pytest.mark.parametrize("row", ["{},Cards", "{}", "{},Cards,more", '"{}"""'])
def test_a_field_that_is_too_long_is_told_in_the_same_words(limit: int, row: str) -> None:
    """'Same input, same bytes, on every machine': reading a spreadsheet raises csv's own limit."""
    line = row.format("x" * (LONGEST_FIELD + 1))
    with pytest.raises(RecordError, match=r"cannot be read \(field larger than field limit \(131"):
        csv_to_rows(f"unit_id,division\n{line}\n".encode(), "manifest.csv")


def test_the_longest_field_is_read(limit: int) -> None:
    rows = csv_to_rows(f"unit_id,division\n{'x' * LONGEST_FIELD},Cards\n".encode(), "manifest.csv")
    assert rows[1] == ["x" * LONGEST_FIELD, "Cards"]


def test_a_spreadsheet_is_read_by_its_own_limit_and_the_process_keeps_its(limit: int) -> None:
    long = "x" * (10 * LONGEST_FIELD + 1)
    _, rows = separated(["id,text\n", *(f"R-{n},{long}\n" for n in range(3)), 'R-3,"open'], ["id"])
    seen = [next(rows) for _ in range(4)]
    assert [len(row[1]) for row in seen] == [4, len(long), len(long), len(long)]
    assert csv.field_size_limit() == limit
    with pytest.raises(csv.Error, match="unexpected end of data"):
        next(rows)
    assert csv.field_size_limit() == limit


def test_what_keeps_lines_from_coming_is_told_behind_the_rows_before_it(limit: int) -> None:
    def lines() -> Iterator[str]:
        yield from ("id\n", "R-1\n")
        raise UnicodeError("of a line")

    rows = csv_lines(lines())
    assert [next(rows), next(rows)] == [["id"], ["R-1"]]
    with pytest.raises(UnicodeError, match="of a line"):
        next(rows)
    assert csv.field_size_limit() == limit


def test_what_gives_lines_may_read_a_table_or_wait_for_who_does(limit: int) -> None:
    """Two readers at once, in one thread and in two: none waits for the other for ever."""
    inner = ["id,text\n", f"R-1,{'x' * (10 * LONGEST_FIELD + 1)}\n"]

    def lines() -> Iterator[str]:
        for number in range(3):
            with ThreadPoolExecutor(1) as other:
                there = other.submit(lambda: list(csv_lines(inner))).result()
            assert list(csv_lines(inner)) == there
            yield f"{number},{there[1][1]}\n"

    assert [row[0] for row in csv_lines(lines())] == ["0", "1", "2"]
    assert csv.field_size_limit() == limit
