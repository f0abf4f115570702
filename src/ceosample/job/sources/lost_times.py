"""Times that lost their unit: numbers of microseconds that were written as nanoseconds.

All that happened since 2001 is in January 1970 then, whatever unit became the next smaller one.
The rows would belong to no month that anybody asks for, and the month would be frozen as empty.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from ceosample.period import Period
from ceosample.text import counted, quoted

_FIRST: Final = Period(1970, 1)


class LostTimes:
    """Whether the times of a column have this in common, row by row."""

    def __init__(self) -> None:
        self._rows = 0
        self._are_all = True
        self._has_time = False

    def look_at(self, cell: object, month: Period) -> None:
        """Count a cell that was dated to a month, unless one before was of another month."""
        self._are_all = self._are_all and month == _FIRST
        self._rows += 1
        # Its first moment is what some programs write for "never".
        self._has_time = self._has_time or (
            isinstance(cell, dt.datetime) and (cell.day, cell.time()) != (1, dt.time())
        )

    def faults(self, column: str) -> list[str]:
        """The column, where all of its times are in January 1970."""
        if not self._are_all or not self._has_time:
            return []
        return [
            f"column {quoted(column)}: got {counted(self._rows, 'time')}, all of them in January "
            "1970, as numbers are that were written in a smaller unit than they were counted in; "
            "write the table again, and look at its times before you do"
        ]
