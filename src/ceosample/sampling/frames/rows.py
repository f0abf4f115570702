"""The rows of a user's table, sorted into units, exclusions and faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

import attrs

from ceosample.canonical import is_digest
from ceosample.errors import joined
from ceosample.got import Private, got, got_name
from ceosample.sampling.frames.cells import (
    FILL,
    FILL_STRATUM,
    Column,
    NameRule,
    exclusion_code,
    fault_in_new_stratum,
    name_of_unit,
    stratum_value,
)
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.frames.table import Table
from ceosample.sampling.frames.units import Unit
from ceosample.text import code_point, counted, fault_in_name, quoted
from ceosample.unseen import cleaned, fault_in_new_name, has_only_spaces, unseen_in
from ceosample.workbook.cell import SheetCell, read_as

#: More reasons than this is a sign that the column holds something else.
MOST_REASONS = 50

#: What to do about more of them.
GROUP = f"group them under at most {MOST_REASONS} codes"

#: So many values of a column with odd spaces are shown.
_MOST_SHOWN = 3

_RESERVED = ("unit_id", "content")


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
        saved: whether they are a record's, which may have code points that are not seen.
    """

    def __init__(
        self,
        table: Table,
        asked: ColumnNames,
        missing: str | None,
        *,
        seen: Mapping[str, int] | None = None,
        saved: bool = False,
    ) -> None:
        self.units: list[Unit] = []
        self.left_out: list[tuple[str, str]] = []
        self._faults: dict[int, list[str]] = {}
        self._first: dict[str, int] = dict(seen or {})
        self._known: dict[Stratum, Stratum] = {}
        self._began: dict[Stratum, int] = {}
        self._saved = saved
        self._number = table.number
        rules = (
            (fault_in_name, fault_in_name) if saved else (fault_in_new_name, fault_in_new_stratum)
        )
        self._ids = self._column(table, asked.unit_id, partial(name_of_unit, rule=rules[0]))
        value = partial(stratum_value, rule=rules[1])
        self._strata = [
            self._column(table, name, value, missing, FILL_STRATUM, {}) for name in asked.strata
        ]
        self._reasons = self._optional(table, asked.exclusion, exclusion_code)
        self._contents = self._optional(table, asked.content, _content_digest)
        for row in range(table.count):
            self._take(row)

    def faults(self) -> list[str]:
        """A message for each problem, in the order of the rows, and for each column of spaces."""
        of_rows = [fault for row in sorted(self._faults) for fault in self._faults[row]]
        if self._saved:
            return of_rows
        sizes = Counter(unit.stratum for unit in self.units)
        names = [column.name for column in self._strata]
        return of_rows + faults_of_spaces(names, sizes, self._began)

    def _column(
        self,
        table: Table,
        name: str,
        rule: Callable[[object], str],
        missing: str | None = None,
        fill: str = FILL,
        known: dict[str, str] | None = None,
    ) -> Column:
        return Column(name, [*table.columns[name]], rule, missing, fill, known)

    def _optional(
        self, table: Table, name: str | None, rule: Callable[[object], str]
    ) -> Column | None:
        return None if name is None else self._column(table, name, rule)

    def _take(self, row: int) -> None:
        unit_id = self._read(self._ids, row, needed=True)
        reason = self._read(self._reasons, row)
        if unit_id is not None:
            number = self._number(row)
            first = self._first.setdefault(unit_id, number)
            if first != number:
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
        stratum = self._known.get(values)
        if stratum is None:
            stratum = self._known[values] = values
            self._began[values] = self._number(row)
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


def faults_of_spaces(
    names: Sequence[str], sizes: Mapping[Stratum, int], began: Mapping[Stratum, int] | None = None
) -> list[str]:
    """The columns of strata with a space other than U+0020, which web pages and Excel write.

    Args:
        names: the columns.
        sizes: strata to their numbers of rows.
        began: strata to their first rows; None where rows have no order.
    """
    faults = []
    for place, name in enumerate(names):
        spaced = [stratum for stratum in sizes if has_only_spaces(stratum[place])]
        if not spaced:
            continue
        rows = counted(sum(sizes[stratum] for stratum in spaced), "row")
        first = "" if began is None else f" from row {min(began[stratum] for stratum in spaced)} on"
        found = dict.fromkeys("".join(unseen_in(stratum[place]) for stratum in spaced))
        better = dict.fromkeys(repr(cleaned(stratum[place])) for stratum in spaced)
        faults.append(
            f"column {quoted(name)}, {rows}{first}: got a space other than U+0020 "
            f"({', '.join(map(code_point, found))}); use {joined([*better], _MOST_SHOWN)}, or "
            'replace all such spaces with clean="spaces" ([strata] of a configuration)'
        )
    return faults


def faults_of_variables(variables: Sequence[str], rule: NameRule = fault_in_new_name) -> list[str]:
    """What is wrong with the names of a frame's stratum variables."""
    faults = []
    for place, name in enumerate(variables, 1):
        where = f"strata, variable {place}"
        if name in _RESERVED:
            faults.append(f"{where}: {got(name)}, a column of the manifest's own; rename it")
        elif said := got_name(name, rule=rule):
            faults.append(f"{where}: {said}")
        elif name in variables[: place - 1]:
            faults.append(f"{where}: {got(name)} a second time; name each variable once")
    return faults


def got_content(value: object) -> str:
    """What a message says of a cell that is no salted digest."""
    return f"{got(value, Private.CELL)}; give SHA-256(salt || letter), 64 lower-case hex digits"


def _content_digest(value: object) -> str:
    value = read_as(value, SheetCell.name)
    if not is_digest(value):
        raise ValueError(got_content(value))
    return str(value)
