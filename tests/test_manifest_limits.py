"""A manifest is read by limits of its own, whatever the process around it set for other files."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest

from ceosample.errors import RecordError
from ceosample.sampling.frames.manifest import LONGEST_FIELD, csv_to_rows


@pytest.fixture(params=[LONGEST_FIELD, 10 * LONGEST_FIELD])
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
