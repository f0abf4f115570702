"""Arrow's columns of text, as the engines hand them over."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ceosample.warehouse.engine import CODED, INTEGER, TEXT, Block

if TYPE_CHECKING:
    import pyarrow as pa


def kind_of(kind: pa.DataType) -> str:
    """Text, whole numbers, or what Arrow calls it; nulls alone are texts that are not there."""
    import pyarrow as pa

    if pa.types.is_null(kind):
        return CODED
    values = kind.value_type if pa.types.is_dictionary(kind) else kind
    tests = pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view
    if any(test(values) for test in tests):
        return TEXT if values is kind else CODED
    is_whole = pa.types.is_decimal(values) and values.scale == 0
    return INTEGER if pa.types.is_integer(values) or is_whole else str(kind)


def with_uuids_as_text(table: pa.Table) -> pa.Table:
    """The table, its UUIDs as everybody writes them: engines have the sixteen bytes alone."""
    import pyarrow as pa

    for place, field in enumerate(table.schema):
        if str(field.type) == "extension<arrow.uuid>":
            texts = [None if one is None else str(one) for one in table.column(place).to_pylist()]
            table = table.set_column(place, field.name, pa.array(texts, pa.string()))
    return table


def block_of(units: Any, lines: Any) -> Block:
    """A block of a column of ids and one of lines, neither of them with a null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    units, lines = units.cast(pa.large_string()), lines.cast(pa.large_string())
    before, after = units.slice(0, len(units) - 1), units.slice(1)
    ascending = pc.all(pc.less(before, after), min_count=0).as_py()
    repeated = [] if ascending else [a for a, b in pairwise(units.to_pylist()) if a == b]
    return Block(
        data=_bytes_of(lines),
        first=units[0].as_py(),
        last=units[-1].as_py(),
        ascending=ascending,
        repeated=repeated,
    )


def _bytes_of(lines: Any) -> memoryview:
    """The bytes of all the texts, one behind the other: they lie in memory like that."""
    _, offsets, data = lines.buffers()
    places = memoryview(offsets).cast("q")
    return memoryview(data)[places[lines.offset] : places[lines.offset + len(lines)]]
