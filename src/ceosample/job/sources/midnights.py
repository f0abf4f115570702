"""Dates that a program made moments of: each is midnight where it was made, and no hour elsewhere.

PostgreSQL's ``date_trunc('month', at)`` of a time with a zone is the first moment of a month in the
zone of the session. Where the population has another zone, it is the evening of the month before.

A program in JavaScript writes its dates into a workbook as UTC, as ExcelJS does: what was midnight
in London's summer is 23:00 of the day before, and the sheet shows that day without its time.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from ceosample.days import local
from ceosample.job.sources.cell import Dates, read_moment
from ceosample.period import Period
from ceosample.text import counted, quoted
from ceosample.workbook.cell import SheetCell

_MIDNIGHT: Final = dt.time()


class _Column:
    """How many rows of a column there are, and how many a zone moves, while all are midnights."""

    def __init__(self) -> None:
        self._rows = 0
        self._moved = 0
        self._are_all = True

    def _count(self, moment: dt.datetime, month: dt.date | Period) -> None:
        self._rows += 1
        self._moved += (moment.year, moment.month) != (month.year, month.month)

    def _are_moved(self) -> bool:
        return self._are_all and self._moved > 0


class Midnights(_Column):
    """What the times of a column have in common, row by row."""

    def look_at(self, cell: object, month: Period, dates: Dates) -> None:
        """Count a cell that was dated to a month, unless one before was an ordinary time."""
        if not self._are_all:
            return
        moment = read_moment(cell, dates)
        if moment is None or not _is_midnight(moment) or _stays_midnight(moment, dates.zone):
            self._are_all = False
            return
        self._count(moment, month)

    def faults(self, column: str, zone: str | None) -> list[str]:
        """The column, where all of its times are such midnights, and the zone moves a month."""
        if not self._are_moved():
            return []
        return [
            f"column {quoted(column)}: got {counted(self._rows, 'time')} with a zone, all of them "
            f"midnight as they are written and another hour in {zone}, which moves "
            f"{counted(self._moved, 'row')} to the month before or after; give dates, which a "
            f"query writes as date_trunc('month', at AT TIME ZONE '{zone}')::date or CAST(at AT "
            f"TIME ZONE '{zone}' AS date)"
        ]


class HiddenEvenings(_Column):
    """Whether the dates of a sheet's column are midnights of the population's zone, in UTC."""

    def look_at(self, cell: object, zone: str | None) -> None:
        """Count a cell of dates, unless one before was another day's or another time's."""
        if not self._are_all or not isinstance(cell, SheetCell):
            return
        shown = cell.value
        if isinstance(shown, dt.datetime) or not isinstance(shown, dt.date):
            self._are_all = False
            return
        moment = local((cell.behind or _begun(shown)).replace(tzinfo=dt.UTC), zone)
        self._are_all = _is_midnight(moment)
        self._count(moment, shown)

    def faults(self, column: str, zone: str | None) -> list[str]:
        """The column, where all of its dates are such midnights, and a month is another one."""
        if not self._are_moved():
            return []
        return [
            f"column {quoted(column)}: got {counted(self._rows, 'date')}, all of them midnight in "
            f"{zone} if the time that their cells hide is UTC, so that the sheet shows the evening "
            f"before, and {counted(self._moved, 'row')} in the month before; write them without a "
            "time, as =ROUND(B2,0) does"
        ]


def _begun(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, _MIDNIGHT)


def _stays_midnight(moment: dt.datetime, zone: str | None) -> bool:
    try:
        return _is_midnight(local(moment, zone))
    except OverflowError:  # at an end of the calendar, where a program writes "never"
        return True


def _is_midnight(moment: dt.datetime) -> bool:
    return moment.time() == _MIDNIGHT
