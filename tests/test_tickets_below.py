"""How many of the lowest tickets are asked for at once, and how many where they were too few."""

from __future__ import annotations

import pytest

from ceosample.sampling.ticket import TICKETS, bound, wider


@pytest.mark.parametrize(
    ("count", "enough"),
    [(0, 17), (1, 23), (3, 25), (4, 31), (100, 167), (10_000, 10_517)],
)
def test_so_many_are_asked_for_that_one_case_in_a_million_has_too_few(
    count: int, enough: int
) -> None:
    """count + 5 (floor(sqrt(count)) + 1) + 12 of them, on average."""
    size = 10**6
    assert bound(count, size) == TICKETS * enough // size
    assert bound(count, enough) == bound(count, enough - 1) == TICKETS
    assert bound(count, enough + 1) < TICKETS


def test_a_wider_bound_is_eight_times_as_wide_and_no_wider_than_all() -> None:
    assert [wider(1), wider(5)] == [8, 40]
    assert wider(TICKETS // 8) == TICKETS // 8 * 8
    assert wider(TICKETS // 8 + 1) == wider(TICKETS) == TICKETS
