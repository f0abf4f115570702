"""The same cause in many rows is told once, with its count and its first three rows."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ceosample import Frame
from ceosample.errors import FAULTS_IN_FULL, CeosampleError, FrameError
from ceosample.got import got
from refusals import problems

COLUMNS = st.sampled_from(["date", "a, row 7: b", "it's; so", 'the "id"'])
ADVICE = st.sampled_from(["give text", "remove it: it is one of 'a', 'b'", "give a date; or none"])
CELLS = st.text() | st.integers() | st.none()


def told(rows: list[int]) -> str:
    """How rows are named."""
    first = [str(row) for row in rows[:3]] + [f"{len(rows) - 3:,} more"] * (len(rows) > 3)
    word = "row" if len(rows) == 1 else "rows"
    return f"{word} {' and '.join(filter(None, [', '.join(first[:-1]), first[-1]]))}"


@given(st.lists(st.tuples(COLUMNS, ADVICE, CELLS), min_size=1, max_size=60), st.booleans())
def test_every_faulty_row_is_counted_once(found: list[tuple[str, str, object]], file: bool) -> None:
    """'The same cause in many rows is told once, with its count and first three rows.'"""
    where = "a, b.csv, " if file else ""
    faults, causes = [], defaultdict(list)
    for row, (column, advice, cell) in enumerate(found, 1):
        faults.append(f"{where}row {row}, column {column!r}: {got(cell)}; {advice}")
        causes[f", column {column!r}: got ", f"; {advice}"].append(row)
    error = FrameError(*faults)
    assert error.faults == tuple(faults)
    lines = str(error).split("\n  ")
    assert len(causes) == 1 or lines.pop(0) == problems(len(faults))
    assert len(lines) == len(causes)
    for line, ((before, behind), rows) in zip(lines, causes.items(), strict=True):
        assert line.startswith(f"{where}{told(rows)}{before}")
        assert line.endswith(behind)
        for row in rows[:3]:
            assert got(found[row - 1][2]).removeprefix("got ") in line


def test_values_are_shown_once_each_and_the_others_are_owned_up_to() -> None:
    fault = "row {}, column 'id': got {!r}: white space at an end (U+0020); remove it"
    where = "column 'id': got"
    what = ": white space at an end (U+0020); remove it"
    for cells, said in (
        (("a ", "a "), f"rows 1 and 2, {where} 'a '{what}"),
        (("a ", "b "), f"rows 1 and 2, {where} 'a ' and 'b '{what}"),
        (("a ", "b ", "b ", "a "), f"rows 1, 2, 3 and 1 more, {where} 'a ' and 'b '{what}"),
        (("a ",) * 3 + ("b ",), f"rows 1, 2, 3 and 1 more, {where} 'a ' and others{what}"),
        (("a ",) * 4513, f"rows 1, 2, 3 and 4,510 more, {where} 'a '{what}"),
    ):
        assert str(FrameError(*map(fault.format, range(1, 5000), cells))) == said


def test_what_has_no_row_is_told_by_its_values_or_how_often() -> None:
    fault = "column 'id': got {!r}; give each response one id".format
    assert str(FrameError(*map(fault, "abcde"))) == (
        "column 'id': got 'a', 'b', 'c' and 2 more; give each response one id"
    )
    assert str(FrameError("table: no rows", "table: no rows")) == "table: no rows (2 times)"


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("letter R-{}, address: missing; give it", "letters R-1, R-2 and R-3, address: missing"),
        ("unit 'a, {}', column 'b': got 5; give text", "units 'a, 1', 'a, 2' and 'a, 3', column"),
        ("gate.jsonl, line {}: not a question", "gate.jsonl, lines 1, 2 and 3: not a question"),
    ],
)
def test_letters_units_and_lines_are_named_as_rows_are(one: str, many: str) -> None:
    assert str(CeosampleError(*map(one.format, (1, 2, 3)))).startswith(many)


def test_of_many_causes_the_first_are_written_out() -> None:
    faults = [f"row {row}, column 'c{row % 30}': got 5; give text" for row in range(30, 90)]
    first, *lines = str(FrameError(*faults)).split("\n  ")
    assert (first, len(lines)) == (problems(60), FAULTS_IN_FULL + 1)
    assert lines[0] == "rows 30 and 60, column 'c0': got 5; give text"
    assert lines[-1] == "and 20 more"


def test_a_row_that_a_value_speaks_of_is_no_place() -> None:
    fault = "plan: got 'a, row 3: b'; give {}".format
    assert str(FrameError(fault("x"), fault("y"))).split("\n  ")[1:] == [fault("x"), fault("y")]


def test_a_frame_names_three_of_its_faulty_rows_and_counts_all() -> None:
    rows = [{"id": str(n), "date": "x" if n % 3 else None} for n in range(1, 3001)]
    with pytest.raises(FrameError) as caught:
        Frame.from_records(rows, population="p", period="2026-10", unit_id="id", strata=["date"])
    assert len(caught.value.faults) == 1000
    assert str(caught.value).startswith("rows 3, 6, 9 and 997 more, column 'date': ")
