"""The cells of Arrow's columns, in Python's kinds."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Set
from typing import TYPE_CHECKING, Any

from ceosample.errors import FrameError
from ceosample.plain import shortest_floats
from ceosample.text import quoted

if TYPE_CHECKING:
    import pyarrow as pa


class UnzonedUtc(dt.datetime):
    """A moment in UTC that a file has without a zone, as Spark's INT96 times are."""


def rows_of(
    table: pa.Table | pa.RecordBatch, utc: Set[str] = frozenset(), uuids: Set[str] = frozenset()
) -> Iterator[tuple[object, ...]]:
    """The rows of a table.

    Args:
        table: the rows.
        utc: columns of times that have no zone and are UTC.
        uuids: columns of 16 bytes that are UUIDs.

    Raises:
        FrameError: a time that is not in the calendar.
    """
    columns = [
        _cells(name, column, is_utc=name in utc, is_uuid=name in uuids)
        for name, column in zip(table.schema.names, table.columns, strict=True)
    ]
    return zip(*columns, strict=True) if columns else iter([()] * table.num_rows)


def _cells(name: str, column: Any, *, is_utc: bool, is_uuid: bool) -> list[object]:
    import pyarrow as pa

    kind = column.type
    if pa.types.is_timestamp(kind):  # Python's times have no nanoseconds
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    try:
        cells: list[object] = column.to_pylist()
    except (ValueError, OverflowError):
        raise FrameError(
            f"column {quoted(name)}: got a date or time outside of the years 1 to 9999; correct "
            "the rows"
        ) from None
    if pa.types.is_floating(kind) and kind.bit_width < 64:
        return shortest_floats(cells, kind.bit_width)
    if is_uuid and pa.types.is_fixed_size_binary(kind):
        return [cell if cell is None else uuid.UUID(bytes=cell) for cell in cells]  # type: ignore[arg-type]
    if is_utc and pa.types.is_timestamp(kind) and kind.tz is None:
        return [_in_utc(cell) for cell in cells]
    return cells


def _in_utc(cell: Any) -> object:
    if cell is None:
        return None
    return UnzonedUtc(
        *(cell.year, cell.month, cell.day, cell.hour, cell.minute, cell.second, cell.microsecond),
        dt.UTC,
    )
