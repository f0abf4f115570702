"""An id is the same text by every road: the table of docs/sources.md, held to what happens."""

from __future__ import annotations

from pathlib import Path

import pytest

import id_kinds

PAGE = Path(__file__).parents[1] / "docs" / "sources.md"


def on_the_page(road: str) -> str:
    """The row of a road on the page; make it again with what the test below was given."""
    rows = PAGE.read_text("utf-8").splitlines()
    return next((row for row in rows if row.startswith(f"| {road} |")), "not on the page")


HERE = [road for road, (program, _) in id_kinds.ROADS.items() if program is None]


@pytest.mark.parametrize("road", HERE)
def test_a_road_takes_the_ids_that_the_page_says(road: str, tmp_path: Path) -> None:
    assert id_kinds.row_of(road, tmp_path) == on_the_page(road)


@pytest.mark.parametrize("road", ["query of PostgreSQL", "`from_postgresql`"])
def test_a_road_of_postgresql_takes_the_ids_that_the_page_says(
    road: str, tmp_path: Path, postgresql: object
) -> None:
    assert id_kinds.row_of(road, tmp_path, postgresql) == on_the_page(road)


def test_the_head_of_the_table_shows_each_id() -> None:
    assert on_the_page("an id that is") == id_kinds.head()
