"""The rows of a table in which nothing is wrong, taken column by column.

What is not plain text, a whole number or null in its place is left to ``RowReader``, which looks at
each cell and says what is wrong with it, if anything is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import compress
from typing import TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from ceosample.sampling.frames.cells import FILL_STRATUM, Column, exclusion_code, stratum_value
from ceosample.sampling.frames.lines import Lines
from ceosample.sampling.frames.rows import MOST_REASONS, ColumnNames
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.frames.table import Table
from ceosample.sampling.frames.units import FrameRows, Units
from ceosample.unseen import fault_in_new_name

Cells: TypeAlias = "Sequence[object]"

#: What may stand in a column of strata; a truth value or a float would pass for a whole number.
_KINDS = frozenset({str, int, type(None)})


def proved(table: Table, asked: ColumnNames, missing: str | None) -> FrameRows | None:
    """The rows of a table; None where it is not proved that nothing is wrong with any of them.

    Args:
        table: the rows.
        asked: which column is what.
        missing: the label for a missing stratum value.
    """
    ids = Lines.of(table.columns[asked.unit_id])
    order = ids.order() if ids is not None and ids.are_names() else None
    reasons = _reasons(table, asked.exclusion)
    if ids is None or order is None or reasons is None:
        return None
    eligible = np.array([reason is None for reason in reasons], bool)
    kept = [_kept(table.columns[name], eligible) for name in asked.strata]
    strata = _strata(kept, int(eligible.sum()), missing)
    contents = None
    if asked.content is not None:
        contents = Lines.of(_kept(table.columns[asked.content], eligible))
    if strata is None or (asked.content is not None and not _are_digests(contents)):
        return None
    return _sorted(ids, order, reasons, eligible, strata, contents)


def _sorted(
    ids: Lines,
    order: NDArray[np.int64],
    reasons: Sequence[str | None],
    eligible: NDArray[np.bool_],
    strata: _Coded,
    contents: Lines | None,
) -> FrameRows:
    ours, others = order[eligible[order]], order[~eligible[order]]
    among_ours = np.cumsum(eligible)[ours] - 1  # their rows among the eligible ones
    return FrameRows(
        Units(
            ids=tuple(ids.texts(ours)),
            places=tuple(strata.places[among_ours].tolist()),
            strata=strata.values,
            contents=None if contents is None else tuple(contents.texts(among_ours)),
        ),
        tuple(
            (one, reasons[row] or "") for one, row in zip(ids.texts(others), others, strict=True)
        ),
    )


def _reasons(table: Table, column: str | None) -> Sequence[str | None] | None:
    """The reason of each row for leaving it out, None for an eligible one; or None for no proof."""
    if column is None:
        return [None] * table.count
    cells = table.columns[column]
    if not {*map(type, cells)} <= {str, type(None)}:
        return None
    rule = Column(column, [*dict.fromkeys(cells)], exclusion_code)
    try:
        codes = {cell: rule.read(row, needed=False) for row, cell in enumerate(rule.values)}
    except ValueError:
        return None
    return [*map(codes.__getitem__, cells)] if len(codes) <= MOST_REASONS else None


@attrs.frozen(eq=False)
class _Coded:
    """The strata by the bytes of their values, and the place of each row's among them."""

    values: tuple[Stratum, ...]
    places: NDArray[np.int32]


def _strata(columns: Sequence[Cells], count: int, missing: str | None) -> _Coded | None:
    """The strata of the eligible rows; None for no proof."""
    if not count or not all({*map(type, cells)} <= _KINDS for cells in columns):
        return None
    if not columns:
        return _Coded(((),), np.zeros(count, np.int32))
    rows = [*dict.fromkeys(zip(*columns, strict=True))]
    rules = [
        Column("", cells, partial(stratum_value, rule=fault_in_new_name), missing, FILL_STRATUM)
        for cells in zip(*rows, strict=True)
    ]
    try:
        found = [
            tuple(rule.read(row, needed=True) or "" for rule in rules) for row in range(len(rows))
        ]
    except ValueError:
        return None
    values = sorted({*found})
    place = {stratum: number for number, stratum in enumerate(values)}
    of_row = {row: place[stratum] for row, stratum in zip(rows, found, strict=True)}
    places = map(of_row.__getitem__, zip(*columns, strict=True))
    return _Coded(tuple(values), np.fromiter(places, np.int32, count))


def _are_digests(contents: Lines | None) -> bool:
    return contents is not None and contents.are_digests()


def _kept(cells: Cells, eligible: NDArray[np.bool_]) -> Cells:
    return cells if eligible.all() else [*compress(cells, eligible)]
