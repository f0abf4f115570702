"""The rows of a user's table, sorted into units, exclusions and faults."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import attrs

from ceosample.canonical import is_digest
from ceosample.got import Private, got, got_name
from ceosample.sampling.frames.cells import (
    FILL,
    FILL_STRATUM,
    Column,
    exclusion_code,
    name_of_unit,
    stratum_value,
)
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.frames.table import Table
from ceosample.text import quoted

#: More reasons than this is a sign that the column holds something else.
MOST_REASONS = 50

#: What to do about more of them.
GROUP = f"group them under at most {MOST_REASONS} codes"

_RESERVED = ("unit_id", "content")


@attrs.frozen
class Unit:
    """An eligible response: its id, its stratum and, where committed to, its content's digest."""

    unit_id: str
    stratum: Stratum
    content: str | None = None


@attrs.frozen
class ColumnNames:
    """Which column of the user's table is what."""

    unit_id: str
    strata: tuple[str, ...]
    exclusion: str | None
    content: str | None

    @property
    def wanted(self) -> list[str]:
        optional = [name for name in (self.exclusion, self.content) if name is not None]
        return list(dict.fromkeys([self.unit_id, *self.strata, *optional]))


class RowReader:
    """The rows of a table, sorted into units, exclusions and faults.

    Args:
        table: the rows, or the next ones of them.
        asked: which column is what.
        missing: the label for a missing stratum value; None for a fault.
        seen: ids that stood in a row before these, and its number.
    """

    def __init__(
        self,
        table: Table,
        asked: ColumnNames,
        missing: str | None,
        *,
        seen: Mapping[str, int] | None = None,
    ) -> None:
        self.units: list[Unit] = []
        self.left_out: list[tuple[str, str]] = []
        self._faults: dict[int, list[str]] = {}
        self._first: dict[str, int] = dict(seen or {})
        self._known: dict[Stratum, Stratum] = {}
        self._number = table.number
        self._ids = self._column(table, asked.unit_id, name_of_unit)
        self._strata = [
            self._column(table, name, stratum_value, missing, FILL_STRATUM) for name in asked.strata
        ]
        self._reasons = self._optional(table, asked.exclusion, exclusion_code)
        self._contents = self._optional(table, asked.content, _content_digest)
        for row in range(table.count):
            self._take(row)

    def faults(self) -> list[str]:
        """A message for each problem, in the order of the rows."""
        return [fault for row in sorted(self._faults) for fault in self._faults[row]]

    def _column(
        self,
        table: Table,
        name: str,
        rule: Callable[[object], str],
        missing: str | None = None,
        fill: str = FILL,
    ) -> Column:
        return Column(name, table.columns[name], rule, missing, fill)

    def _optional(
        self, table: Table, name: str | None, rule: Callable[[object], str]
    ) -> Column | None:
        return None if name is None else self._column(table, name, rule)

    def _take(self, row: int) -> None:
        unit_id = self._read(self._ids, row, needed=True)
        reason = self._read(self._reasons, row)
        if unit_id is not None:
            first = self._first.setdefault(unit_id, self._number(row))
            if first != self._number(row):
                self._fault(
                    row, self._ids.name,
                    f"{got(unit_id)} as in row {first}; give each response an id of its own",
                )  # fmt: skip
        if reason is not None:
            # What was left out needs no stratum and no letter; it needs an id and a reason.
            self.left_out.append((unit_id or "", reason))
            return
        values = tuple(self._read(column, row, needed=True) or "" for column in self._strata)
        content = self._read(self._contents, row, needed=True)
        stratum = self._known.setdefault(values, values)
        self.units.append(Unit(unit_id or "", stratum, content))

    def _read(self, column: Column | None, row: int, *, needed: bool = False) -> str | None:
        if column is None:
            return None
        try:
            return column.read(row, needed=needed)
        except ValueError as error:
            self._fault(row, column.name, str(error))
            return None

    def _fault(self, row: int, column: str, what: str) -> None:
        where = f"row {self._number(row)}, column {quoted(column)}"
        self._faults.setdefault(row, []).append(f"{where}: {what}")


def faults_of_reasons(column: str | None, reasons: Collection[str]) -> list[str]:
    """Whether a table's different reasons are too many."""
    if column is None or len(reasons) <= MOST_REASONS:
        return []
    return [f"column {quoted(column)}: got {len(reasons)} different reasons; {GROUP}"]


def faults_of_variables(variables: Sequence[str]) -> list[str]:
    """What is wrong with the names of a frame's stratum variables."""
    faults = []
    for place, name in enumerate(variables, 1):
        where = f"strata, variable {place}"
        if name in _RESERVED:
            faults.append(f"{where}: {got(name)}, a column of the manifest's own; rename it")
        elif said := got_name(name):
            faults.append(f"{where}: {said}")
        elif name in variables[: place - 1]:
            faults.append(f"{where}: {got(name)} a second time; name each variable once")
    return faults


def got_content(value: object) -> str:
    """What a message says of a cell that is no salted digest."""
    return f"{got(value, Private.CELL)}; give SHA-256(salt || letter), 64 lower-case hex digits"


def _content_digest(value: object) -> str:
    if not is_digest(value):
        raise ValueError(got_content(value))
    return str(value)
