"""The rows of a table in which nothing is wrong, taken column by column.

What is not plain text, a whole number or null in its place is left to ``RowReader``, which looks at
each cell and says what is wrong with it, if anything is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import compress
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ceosample.sampling.frames.cells import FILL_STRATUM, Column, exclusion_code, stratum_value
from ceosample.sampling.frames.coded import Coded, rows_of
from ceosample.sampling.frames.lines import Lines
from ceosample.sampling.frames.native import coded_of, lines_of
from ceosample.sampling.frames.rows import MOST_REASONS, ColumnNames
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.frames.table import Table
from ceosample.sampling.frames.units import FrameRows, Units
from ceosample.unseen import fault_in_new_name


def proved(table: Table, asked: ColumnNames, missing: str | None) -> FrameRows | None:
    """The rows of a table; None where it is not proved that nothing is wrong with any of them.

    Args:
        table: the rows.
        asked: which column is what.
        missing: the label for a missing stratum value.
    """
    ids = lines_of(table.columns[asked.unit_id])
    order = ids.order() if ids is not None and ids.are_names else None
    reasons = _reasons(table, asked.exclusion)
    if ids is None or order is None or reasons is None:
        return None
    eligible = np.array([reason is None for reason in reasons.values])[reasons.codes]
    strata = _strata([coded_of(table.columns[name]) for name in asked.strata], eligible, missing)
    contents = None
    if asked.content is not None:
        contents = lines_of(_kept(table.columns[asked.content], eligible))
    if strata is None or (asked.content is not None and not _are_digests(contents)):
        return None
    ours, others = order[eligible[order]], order[~eligible[order]]
    among_ours = (np.cumsum(eligible) - 1)[ours]  # their rows among the eligible ones
    left_out = ids.taken(others).decode().split("\n")[:-1]
    return FrameRows(
        Units(
            ids=ids.taken(ours),
            places=strata.codes[among_ours].astype(np.intc).tobytes(),
            strata=tuple(cast("Sequence[Stratum]", strata.values)),
            contents=None if contents is None else contents.taken(among_ours),
        ),
        tuple(
            (one, str(reasons.values[reasons.codes[row]]))
            for one, row in zip(left_out, others, strict=True)
        ),
    )


def _reasons(table: Table, column: str | None) -> Coded | None:
    """The reason of each row for leaving it out, None for an eligible one; or None for no proof."""
    if column is None:
        return Coded([None], np.zeros(table.count, np.int64))
    found = coded_of(table.columns[column])
    if found is None or int in {*map(type, found.values)}:
        return None
    rule = Column(column, found.values, exclusion_code)
    try:
        codes = [rule.read(row, needed=False) for row in range(len(found.values))]
    except ValueError:
        return None
    return Coded(codes, found.codes) if len(codes) <= MOST_REASONS else None


def _strata(
    columns: Sequence[Coded | None], eligible: NDArray[np.bool_], missing: str | None
) -> Coded | None:
    """The strata of the eligible rows, by the bytes of their values; None for no proof."""
    if not eligible.any() or None in columns:
        return None
    rows = rows_of([column for column in columns if column is not None], eligible)
    rules = [
        Column("", cells, partial(stratum_value, rule=fault_in_new_name), missing, FILL_STRATUM)
        for cells in zip(*cast("Sequence[tuple[object, ...]]", rows.values), strict=True)
    ]
    try:
        found = [
            tuple(rule.read(row, needed=True) or "" for rule in rules)
            for row in range(len(rows.values))
        ]
    except ValueError:
        return None
    values = sorted({*found})
    place = {stratum: number for number, stratum in enumerate(values)}
    return Coded(values, np.array([place[stratum] for stratum in found])[rows.codes])


def _are_digests(contents: Lines | None) -> bool:
    return contents is not None and contents.are_digests()


def _kept(cells: Sequence[object], eligible: NDArray[np.bool_]) -> Sequence[object]:
    return cells if eligible.all() else [*compress(cells, eligible)]
