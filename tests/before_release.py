"""What is asked before a release and not at each change, since it is a matter of the day.

Run as a program by ``make release``: it says what is to be done, and fails if there is anything.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable

import ceosample as cs


def checked_too_long_ago(regimes: Iterable[cs.regimes.Regime], today: dt.date) -> list[str]:
    """The regimes that nobody has compared with their source in the last year."""
    year_ago = _a_year_before(today)
    return [
        f"regime {regime.id}: checked on {regime.checked_on}, more than a year before {today}; "
        "compare it with its source again, and write the day into its file"
        for regime in regimes
        if regime.checked_on is None or regime.checked_on < year_ago
    ]


def _a_year_before(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def main() -> int:
    """Say what is to be done today; 1 if there is anything."""
    today = dt.datetime.now(dt.UTC).date()
    found = checked_too_long_ago(cs.regimes.shipped(), today)
    sys.stdout.write("".join(f"{line}\n" for line in found) or "regimes: each checked in a year\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
