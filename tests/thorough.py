"""What every run tries, and what ``make thorough`` tries besides.

A law is tried with few examples in every run and with many in a thorough one. A test, or a value
of one, that is dear and has a cheaper sibling of its kind is marked ``thorough`` and runs there.

Where CI runs, the examples are the same each time, so the hundredth run finds nothing that the
first did not: there they guard what was found before. ``make thorough`` has new ones each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import pytest

#: Whether this run is one of the many examples.
THOROUGH = os.environ.get("CEOSAMPLE_THOROUGH") == "true"

#: Every run has one in so many.
ONE_IN = 20


def examples(many: int, *, one_in: int = ONE_IN) -> int:
    """How many of so many to try in this run: one in so many, or all in a thorough one."""
    return many if THOROUGH else max(1, many // one_in)


def some_of(places: int, first: int, every: int = 6) -> range:
    """Which of the numbered places to try in this run: one of so many, and all in a thorough one.

    Args:
        places: how many there are; the first is 1.
        first: which of the first to begin with, so that tests of several kinds of places try
            others.
        every: of how many one is tried.
    """
    return range(1, places + 1) if THOROUGH else range(first, places + 1, every)


def first_of(kept: int, values: Iterable[Any]) -> list[Any]:
    """Values of a test of which each costs much: the first few in every run, all in a thorough one.

    Args:
        kept: how many stand for the others; put first what shows most.
        values: one of a test's arguments each, or a tuple of all of them.
    """
    return [
        pytest.param(
            *(value if isinstance(value, tuple) else (value,)),
            marks=[] if place < kept else [pytest.mark.thorough],
        )
        for place, value in enumerate(values)
    ]
