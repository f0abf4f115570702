"""The rows of a Parquet file, or of a folder of them: only the columns that are asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ceosample.errors import FrameError, MissingPartError
from ceosample.sampling.frames.table import NumberedRow, require_columns
from ceosample.spreadsheet import is_blank
from ceosample.text import printable


def parquet_rows(path: Path, asked: Mapping[str, str]) -> Iterator[NumberedRow]:
    """The cells of the columns that are asked for, row by row, files by their names.

    Where all of these are null, the other columns are asked whether it is a row at all.

    Args:
        path: a file, or a folder of files. What only a folder's name says is not read.
        asked: the columns, each with the key of the configuration that names it.

    Raises:
        FrameError: it is not there or no Parquet, or a file lacks a column.
        MissingPartError: the extra ``parquet`` is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow import dataset
    except ImportError:
        raise MissingPartError(
            "source.parquet: needs pyarrow; pip install 'ceosample[parquet]'"
        ) from None
    wanted = list(asked)
    try:
        data = dataset.dataset(path, format="parquet")
        parts = sorted(data.get_fragments(), key=lambda part: str(part.path))
        if not parts:
            raise FrameError(f"{path}: got a folder without a Parquet file; correct source.parquet")
        for part in parts:
            # A column that one file lacks would be read as empty cells.
            require_columns(wanted, part.physical_schema.names, asked)
        before = 0
        for part in parts:
            rows = enumerate(_rows(part, wanted))
            others = [name for name in part.physical_schema.names if name not in wanted]
            blank: Iterator[int] | None = None  # read for a part that needs it alone
            next_blank = -1
            for place, row in rows:
                if is_blank(row):
                    blank = blank or _blank_rows(part, others)
                    while next_blank < place:
                        next_blank = next(blank, sys.maxsize)
                    if next_blank == place:
                        continue
                yield before + place + 1, row
            before += part.count_rows()
    except FileNotFoundError:
        raise FrameError(
            f"{path}: not there; write the table of responses to it, or correct source.parquet"
        ) from None
    except (pa.ArrowException, OSError) as error:
        said = printable(str(error).splitlines()[0])[:200]
        raise FrameError(f"{path}: cannot be read as Parquet ({said}); restore it") from None


def _rows(part: Any, names: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """A file's rows, with some of its columns."""
    for batch in part.to_batches(columns=list(names)):
        cells = [_cells(column) for column in batch.columns]
        yield from zip(*cells, strict=True) if cells else [()] * batch.num_rows


def _blank_rows(part: Any, names: Sequence[str]) -> Iterator[int]:
    """The places of a file's rows in which these columns are empty."""
    return (place for place, row in enumerate(_rows(part, names)) if is_blank(row))


def _cells(column: Any) -> list[object]:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type):  # Python's times have no nanoseconds
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    cells: list[object] = column.to_pylist()
    return cells
