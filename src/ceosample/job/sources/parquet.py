"""The rows of a Parquet file, of a folder of them, or of a Delta table: only what is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ceosample.errors import FrameError, MissingPartError
from ceosample.job.sources.arrow_cells import rows_of
from ceosample.job.sources.delta import delta_rows
from ceosample.lakes import DELTA, lake_at
from ceosample.sampling.frames.table import NumberedRow, require_columns
from ceosample.spreadsheet import is_blank
from ceosample.text import printable


def parquet_rows(
    path: Path, asked: Mapping[str, str], seen: Callable[[int], None] | None = None
) -> Iterator[NumberedRow]:
    """The cells of the columns that are asked for, row by row, files by their names.

    Where all of these are null, the other columns are asked whether it is a row at all.

    Args:
        path: a file, a folder of files, or that of a Delta table, which is read in its current
            version. What only a folder's name says is not read.
        asked: the columns, each with the key of the configuration that names it.
        seen: is given the version of a Delta table; None where nobody asks.

    Raises:
        FrameError: it is not there or no Parquet, a file lacks a column, or it is of a table of
            which the files alone do not tell the rows.
        MissingPartError: the extra ``parquet``, or for a Delta table ``delta``, is not installed.
    """
    lake = lake_at(path)
    if lake is None:
        return _loose_rows(path, asked)
    if lake.kind != DELTA:
        raise FrameError(lake.refused(path))
    if path.resolve() != lake.folder.resolve():
        raise FrameError(lake.refused(path, f"give its folder {lake.folder} as source.parquet"))
    return delta_rows(path, asked, seen)


def _loose_rows(path: Path, asked: Mapping[str, str]) -> Iterator[NumberedRow]:
    """The rows of files that are nothing more, with the columns that are asked for."""
    try:
        import pyarrow as pa
        from pyarrow import dataset
    except ImportError:
        raise MissingPartError(
            "source.parquet: needs pyarrow; pip install 'ceosample[parquet]'"
        ) from None
    wanted = list(asked)
    try:
        # In nanoseconds the year 9999, which is how some write "not yet", would be another one.
        form = dataset.ParquetFileFormat(coerce_int96_timestamp_unit="us")
        data = dataset.dataset(path, format=form)
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
        raise FrameError(
            f"{path}: cannot be read as Parquet ({said}); restore it, or write it again in "
            "encodings that pyarrow reads"
        ) from None


def _rows(part: Any, names: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """A file's rows, with some of its columns."""
    columns = [part.metadata.schema.column(n) for n in range(part.metadata.num_columns)]
    # Hive and Spark mean UTC by a time of 96 bits; nothing in the file says so.
    utc = {column.path for column in columns if column.physical_type == "INT96"}
    uuids = {column.path for column in columns if column.logical_type.type == "UUID"}
    for batch in part.to_batches(columns=list(names)):
        yield from rows_of(batch, utc, uuids)


def _blank_rows(part: Any, names: Sequence[str]) -> Iterator[int]:
    """The places of a file's rows in which these columns are empty."""
    return (place for place, row in enumerate(_rows(part, names)) if is_blank(row))
