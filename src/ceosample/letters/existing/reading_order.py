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

#: A column of prose has so many lines at least, of so many words on average. What is shorter, such
#: as a table's column of sums, is read row by row.
_LINES_A_COLUMN: Final = 3
_WORDS_A_LINE: Final = 3


@attrs.frozen
class TextLine:
    """A line of text and where it stands: the page's upper left corner is 0, 0."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


def in_reading_order(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """The lines in blocks, each block from top to bottom."""
    lines = [line for line in lines if line.text.strip()]
    if not lines:
        return []
    height = sorted(line.height for line in lines)[len(lines) // 2]
    return _blocks(lines, max(height, 1.0))


def _blocks(lines: list[TextLine], height: float) -> list[list[TextLine]]:
    columns = _parted(lines, lambda x: (x.left, x.right), _COLUMN_GAP * height)
    if len(columns) > 1 and all(map(_is_prose, columns)):
        return [block for column in columns for block in _blocks(column, height)]
    rows = _parted(lines, lambda x: (x.top, x.bottom), _BLOCK_GAP * height)
    if len(rows) > 1:
        return [block for row in rows for block in _blocks(row, height)]
    return [_as_rows(lines)]


def _is_prose(column: list[TextLine]) -> bool:
    words = sum(len(line.text.split()) for line in column)
    return len(column) >= _LINES_A_COLUMN and words >= _WORDS_A_LINE * len(column)


def _parted(
    lines: list[TextLine], extent: Callable[[TextLine], tuple[float, float]], gap: float
) -> list[list[TextLine]]:
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


def _as_rows(lines: list[TextLine]) -> list[TextLine]:
    """Lines from top to bottom; those that stand side by side are one, from left to right."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda x: (x.top + x.bottom, x.left)):
        middle = (line.top + line.bottom) / 2
        if rows and rows[-1][0].top <= middle <= rows[-1][0].bottom:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [_joined(sorted(row, key=lambda x: x.left)) for row in rows]


def _joined(row: list[TextLine]) -> TextLine:
    return TextLine(
        " ".join(line.text for line in row),
        min(line.left for line in row),
        min(line.top for line in row),
        max(line.right for line in row),
        max(line.bottom for line in row),
    )
