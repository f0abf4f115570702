"""Dates that a program made moments of: each is midnight where it was made, and no hour elsewhere.

PostgreSQL's ``date_trunc('month', at)`` of a time with a zone is the first moment of a month in the
zone of the session. Where the population has another zone, it is the evening of the month before.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from ceosample.days import local
from ceosample.job.sources.cell import Dates, read_moment
from ceosample.period import Period
from ceosample.text import counted, quoted

_MIDNIGHT: Final = dt.time()


class Midnights:
    """What the times of a column have in common, row by row."""

    def __init__(self) -> None:
        self._rows = 0
        self._moved = 0
        self._are_all = True

    def look_at(self, cell: object, month: Period, dates: Dates) -> None:
        """Count a cell that was dated to a month, unless one before was an ordinary time."""
        if not self._are_all:
            return
        moment = read_moment(cell, dates)
        if moment is None or not _is_midnight(moment) or _stays_midnight(moment, dates.zone):
            self._are_all = False
            return
        self._rows += 1
        self._moved += (moment.year, moment.month) != (month.year, month.month)

    def faults(self, column: str, zone: str | None) -> list[str]:
        """The column, where all of its times are such midnights, and the zone moves a month."""
        if not self._are_all or not self._moved:
            return []
        return [
            f"column {quoted(column)}: got {counted(self._rows, 'time')} with a zone, all of them "
            f"midnight as they are written and another hour in {zone}, which moves "
            f"{counted(self._moved, 'row')} to the month before or after; give dates, which a "
            f"query writes as date_trunc('month', at AT TIME ZONE '{zone}')::date or CAST(at AT "
            f"TIME ZONE '{zone}' AS date)"
        ]


def _stays_midnight(moment: dt.datetime, zone: str | None) -> bool:
    try:
        return _is_midnight(local(moment, zone))
    except OverflowError:  # at an end of the calendar, where a program writes "never"
        return True


def _is_midnight(moment: dt.datetime) -> bool:
    return moment.time() == _MIDNIGHT
