"""The lines of a page in the order in which a person reads them, from where they stand.

A PDF holds its lines in whatever order its program drew them. So the page is cut along the widest
empty strips, again and again (the recursive XY cut of Nagy and Seth, 1984): columns from left to
right, blocks from top to bottom.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import attrs

#: An empty strip between two columns is at least so many times as wide as a line is high.
_COLUMN_GAP: Final = 1.2

#: An empty strip between two blocks is at least so many times as high as a line.
_BLOCK_GAP: Final = 0.75

#: A column has so many lines at least; a label and its value stand on one line.
_LINES_A_COLUMN: Final = 2


@attrs.frozen
class Line:
    """A line of text and where it stands: the page's upper left corner is 0, 0."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


def in_reading_order(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines in blocks, each block from top to bottom."""
    lines = [line for line in lines if line.text.strip()]
    if not lines:
        return []
    height = sorted(line.height for line in lines)[len(lines) // 2]
    return _blocks(lines, max(height, 1.0))


def _blocks(lines: list[Line], height: float) -> list[list[Line]]:
    columns = _parted(lines, lambda x: (x.left, x.right), _COLUMN_GAP * height)
    if len(columns) > 1 and all(len(column) >= _LINES_A_COLUMN for column in columns):
        return [block for column in columns for block in _blocks(column, height)]
    rows = _parted(lines, lambda x: (x.top, x.bottom), _BLOCK_GAP * height)
    if len(rows) > 1:
        return [block for row in rows for block in _blocks(row, height)]
    return [_as_rows(lines)]


def _parted(
    lines: list[Line], extent: Callable[[Line], tuple[float, float]], gap: float
) -> list[list[Line]]:
    """The lines in groups between which there is an empty strip of at least this width."""
    ordered = sorted(lines, key=extent)
    groups = [[ordered[0]]]
    end = extent(ordered[0])[1]
    for line in ordered[1:]:
        first, last = extent(line)
        if first - end >= gap:
            groups.append([])
        groups[-1].append(line)
        end = max(end, last)
    return groups


def _as_rows(lines: list[Line]) -> list[Line]:
    """Lines from top to bottom, and those that stand side by side from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda x: (x.top + x.bottom, x.left)):
        middle = (line.top + line.bottom) / 2
        if rows and rows[-1][0].top <= middle <= rows[-1][0].bottom:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda x: x.left)]
