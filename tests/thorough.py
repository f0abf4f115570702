"""How many examples a law is tried with: few in every run, many by ``make thorough``.

Where CI runs, the examples are the same each time, so the hundredth run finds nothing that the
first did not: there they guard what was found before. ``make thorough`` has new ones each time.
"""

from __future__ import annotations

import os

#: Whether this run is one of the many examples.
THOROUGH = os.environ.get("CEOSAMPLE_THOROUGH") == "true"

#: Every run has one in so many.
ONE_IN = 10


def examples(many: int) -> int:
    """How many of so many to try in this run."""
    return many if THOROUGH else many // ONE_IN


def some_of(places: int, first: int) -> range:
    """Which of the numbered places to try in this run: every sixth, and all in a thorough one.

    Args:
        places: how many there are; the first is 1.
        first: which of the first six to begin with, so that tests of several kinds of places
            try others.
    """
    return range(1, places + 1) if THOROUGH else range(first, places + 1, 6)
