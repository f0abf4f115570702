"""The rows of a Delta table in its current version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ceosample.errors import FrameError, MissingPartError
from ceosample.job.sources.arrow_cells import rows_of
from ceosample.sampling.frames.table import NumberedRow, require_columns
from ceosample.spreadsheet import is_blank
from ceosample.text import printable

if TYPE_CHECKING:
    from deltalake import DeltaTable


def delta_rows(
    folder: Path, asked: Mapping[str, str], seen: Callable[[int], None] | None
) -> Iterator[NumberedRow]:
    """The cells of the columns that are asked for, row by row; an empty row is no row.

    A table has no order of rows. They are numbered by the columns that are asked for, the id
    first, so that the same version always gives the same numbers.

    Args:
        folder: the table's.
        asked: the columns, each with the key of the configuration that names it.
        seen: is given the number of the version that is read; None where nobody asks.

    Raises:
        FrameError: it cannot be read, or lacks a column.
        MissingPartError: the extra ``delta`` is not installed.
    """
    try:
        import pyarrow as pa
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError
    except ImportError:
        raise MissingPartError(
            f"{folder}: a Delta table, which needs deltalake; pip install 'ceosample[delta]'"
        ) from None
    wanted = list(asked)
    try:
        table = DeltaTable(folder)
        there = [field.name for field in table.schema().fields]
        require_columns(wanted, there, asked)
        found = _rows(table, wanted)
        if any(map(is_blank, found)):
            places = [there.index(name) for name in wanted]
            full = (row for row in _rows(table, there) if not is_blank(row))
            found = [tuple([row[place] for place in places]) for row in full]
        if seen is not None:
            seen(table.version())
        yield from enumerate(sorted(found, key=_place), 1)
    except (DeltaError, pa.ArrowException, OSError) as error:
        said = printable(str(error).splitlines()[0])[:200]
        raise FrameError(
            f"{folder}: cannot be read as a Delta table ({said}); restore it, or query it with its "
            "own engine (source.sql)"
        ) from None


def _rows(table: DeltaTable, names: Sequence[str]) -> list[tuple[object, ...]]:
    import pyarrow as pa

    return [*rows_of(pa.table(table.scan(columns=[*names])))]


def _place(row: Sequence[object]) -> list[tuple[bool, str]]:
    """Where a row stands among the others: by its cells, those without a value last."""
    return [(cell is None, str(cell)) for cell in row]
