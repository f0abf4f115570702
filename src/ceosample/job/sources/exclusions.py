"""The rows of a source that belong to the month, and the exclusions that leave some of them out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ceosample.configuration.keys import kind_of
from ceosample.configuration.source import Condition, Source
from ceosample.job.sources.arrow_cells import UnzonedUtc
from ceosample.job.sources.cell import READ_AS, CellError, Dates, month_of
from ceosample.job.sources.lost_times import LostTimes
from ceosample.job.sources.midnights import HiddenEvenings, Midnights
from ceosample.period import Period
from ceosample.sampling.frames.cells import is_empty
from ceosample.sampling.frames.table import NumberedRow, Table
from ceosample.text import quoted

#: What the column of reasons is called where conditions give them.
STATED = "source.exclusions"


class Sieve:
    """A sieve that keeps the rows of the month and of the population.

    Attributes:
        rows: the number of rows.
        others: the number of rows of other months.
        elsewhere: the number of rows of other populations, of whichever month.
        unmatched: the number of those rows for which a condition of the filter found an empty cell.
        left_out: the number of rows that each stated exclusion left out.
        moved: the number of rows by the month that 0.1 read in their time, and the one of now.
        faults: the problems of rows of the month, in their order.
    """

    def __init__(
        self, source: Source, variables: tuple[str, ...], period: Period, dates: Dates
    ) -> None:
        self.rows = 0
        self.others = 0
        self.elsewhere = 0
        self.unmatched = [0 for _ in source.filter]
        self.left_out = [0 for _ in source.exclusions]
        self.moved: Counter[tuple[Period, Period]] = Counter()
        self.faults: list[str] = []
        self._midnights = Midnights()
        self._evenings = HiddenEvenings()
        self._lost = LostTimes()
        self._source = source
        self._period = period
        self._dates = dates
        self._place = {name: place for place, name in enumerate(source.asked(variables))}
        self._rules = [_rule(stated, dates) for stated in source.exclusions]
        self._filter = [_rule(stated, dates) for stated in source.filter]
        optional = [name for name in (source.content,) if name is not None]
        kept = dict.fromkeys([source.unit_id, *variables, *optional])
        self._kept: dict[str, list[object]] = {name: [] for name in kept}
        self._numbers: list[int] = []
        self._reasons: list[object] = []

    @property
    def reasons(self) -> str | None:
        """The name of the column of reasons in the table; None if nothing can be left out."""
        given = self._source.exclusion
        if not self._source.exclusions:
            return given
        return STATED if given is None else f"{given} or {STATED}"

    def take(self, rows: Iterable[NumberedRow]) -> Table:
        """The rows of the month, with the reason of each that is left out."""
        for number, row in rows:
            self.rows += 1
            self._take(number, row)
        for found in (self._midnights, self._evenings):
            self.faults += found.faults(str(self._source.period_column), self._dates.zone)
        self.faults += self._lost.faults(str(self._source.period_column))
        columns: dict[str, Sequence[object]] = {**self._kept}
        if self.reasons is not None:
            columns[self.reasons] = self._reasons
        return Table(columns, len(self._numbers), self._numbers)

    def _take(self, number: int, row: Sequence[object]) -> None:
        if not self._is_of_population(number, row):
            self.elsewhere += 1
            return
        column = self._source.period_column
        dated = column is None or self._is_dated(number, row)
        if dated is False:
            self.others += 1
            return
        reason = self._reason(number, row)
        if dated is None and is_empty(reason):
            self._fault(
                number, str(column),
                "got an empty cell, so the row belongs to no month; give it a date, or state an "
                "exclusion that leaves such rows out",
            )  # fmt: skip
        self._numbers.append(number)
        self._reasons.append(reason)
        for name, values in self._kept.items():
            values.append(row[self._place[name]])

    def _is_of_population(self, number: int, row: Sequence[object]) -> bool:
        """Whether every condition of the filter holds; a cell that cannot be read is a problem."""
        for place, (stated, rule) in enumerate(self._filter):
            cell = row[self._place[stated.column]]
            try:
                if not rule(cell):
                    self.unmatched[place] += is_empty(cell)
                    return False
            except CellError as error:
                self._fault(number, stated.column, f"{error}, for {stated.where} compares it")
                return False
        return True

    def _is_dated(self, number: int, row: Sequence[object]) -> bool | None:
        """Whether the row is dated to this month; None if it has no date.

        A date that cannot be read is a problem, and its row belongs to no month.
        """
        column = str(self._source.period_column)
        cell = row[self._place[column]]
        if is_empty(cell):
            return None
        try:
            month = month_of(cell, self._dates)
        except CellError as error:
            self._fault(number, column, str(error))
            return False
        self._midnights.look_at(cell, month, self._dates)
        self._evenings.look_at(cell, self._dates.zone)
        self._lost.look_at(cell, month)
        if isinstance(cell, UnzonedUtc) and (before := Period(cell.year, cell.month)) != month:
            self.moved[before, month] += 1
        return month == self._period

    def _reason(self, number: int, row: Sequence[object]) -> object:
        """The reason in the source's own column, or of the first stated exclusion that applies."""
        given = self._source.exclusion
        own = None if given is None else row[self._place[given]]
        if not is_empty(own):
            return own
        for place, (stated, rule) in enumerate(self._rules):
            try:
                applies = rule(row[self._place[stated.column]])
            except CellError as error:
                self._fault(number, stated.column, f"{error}, for {stated.where} compares it")
                continue
            if applies:
                self.left_out[place] += 1
                return stated.reason
        return None

    def _fault(self, number: int, column: str, what: str) -> None:
        self.faults.append(f"row {number}, column {quoted(column)}: {what}")


def _rule(stated: Condition, dates: Dates) -> tuple[Condition, Callable[[object], bool]]:
    """A condition, and the question whether it applies to a cell."""
    tests = [_test(name, value, dates) for name, value in stated.tests.items()]
    return stated, lambda cell: all(test(cell) for test in tests)


def _test(name: str, value: Any, dates: Dates) -> Callable[[object], bool]:
    """One test of a cell; but for ``missing``, none holds of a cell that is empty."""
    if name == "missing":
        return lambda cell: is_empty(cell) is value
    values = value if isinstance(value, tuple) else (value,)
    read = READ_AS[str(kind_of(values[0]))]
    wanted = [read(one, Dates()) for one in values]
    if name == "is":
        return lambda cell: not is_empty(cell) and read(cell, dates) in wanted
    if name == "is_not":
        return lambda cell: not is_empty(cell) and read(cell, dates) not in wanted
    if name == "from":
        return lambda cell: not is_empty(cell) and read(cell, dates) >= wanted[0]
    return lambda cell: not is_empty(cell) and read(cell, dates) < wanted[0]
