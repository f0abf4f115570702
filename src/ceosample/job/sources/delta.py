"""The rows of a Delta table in its current version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ceosample.errors import FrameError, MissingPartError
from ceosample.job.sources.arrow_cells import rows_of
from ceosample.sampling.frames.table import NumberedRow, require_columns
from ceosample.spreadsheet import is_blank
from ceosample.text import printable

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable


def delta_rows(
    folder: Path, asked: Mapping[str, str], seen: Callable[[int], None]
) -> Iterator[NumberedRow]:
    """The cells of the columns that are asked for, row by row; an empty row is no row.

    A table has no order of rows. They are numbered by the columns that are asked for, the id
    first, so that the same version always gives the same numbers.

    Args:
        folder: the table's.
        asked: the columns, each with the key of the configuration that names it.
        seen: is given the number of the version that is read.

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
        found = _sorted(_read(table, wanted), wanted)
        if any(is_blank(row) for row in rows_of(found)):
            found = _without_blank_rows(_read(table, there), wanted)
        seen(table.version())
        yield from enumerate(rows_of(found), 1)
    except (DeltaError, pa.ArrowException, OSError) as error:
        said = printable(str(error).splitlines()[0])[:200]
        raise FrameError(
            f"{folder}: cannot be read as a Delta table ({said}); restore it, or query it with its "
            "own engine (source.sql)"
        ) from None


def _read(table: DeltaTable, names: Sequence[str]) -> pa.Table:
    import pyarrow as pa

    return pa.table(table.scan(columns=[*names]))


def _sorted(table: Any, wanted: Sequence[str]) -> Any:
    """The rows by their cells; a column of lists or structures says nothing of the order."""
    import pyarrow as pa

    names = [name for name in wanted if not pa.types.is_nested(table.schema.field(name).type)]
    return table.sort_by([(name, "ascending") for name in names]).select([*wanted])


def _without_blank_rows(table: Any, wanted: Sequence[str]) -> Any:
    kept = [place for place, row in enumerate(rows_of(table)) if not is_blank(row)]
    return _sorted(table.take(kept), wanted)
