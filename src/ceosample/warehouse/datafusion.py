"""DataFusion: Parquet, CSV and Arrow files of any size, and Arrow tables in memory."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from typing import Any, Final

from ceosample.errors import FrameError, MissingPartError
from ceosample.got import kind_of
from ceosample.text import quoted
from ceosample.warehouse import arrow
from ceosample.warehouse.dialect import DATAFUSION, Dialect
from ceosample.warehouse.engine import Block, Files
from ceosample.warehouse.questions import Query

#: What a table in memory is called in the context that is made for it.
TABLE: Final = "table"

#: So many rows of one go to a core at a time.
_ROWS: Final = 32_768

#: A file in the groups of a scan: ``file_groups={1 group: [[a/1.parquet:0..9, a/2.parquet]]}``.
_PATH: Final = re.compile(r"(?:\[|, )([^\[\],]+?\.[^\[\],/:]+)(?::\d+\.\.\d+)?(?=[\],])")

#: The process in which DataFusion was first asked.
_ASKED_IN: Final[list[int]] = []


class DataFusion:
    """A session's context. Files have no transactions, so they must stay as they are meanwhile.

    Args:
        context: the session's.
        still: whether nobody else has it and its tables never change.
    """

    dialect: Final[Dialect] = DATAFUSION
    slice: Final[int | None] = 32_000_000  # for which it takes some 100 MB
    errors: Final = (Exception,)  # it has none of its own

    def __init__(self, context: Any, *, still: bool = False) -> None:
        self._context = context
        self._still = still

    def columns(self, query: Query) -> list[tuple[str, str]]:
        return [(field.name, arrow.kind_of(field.type)) for field in self._ask(query).schema()]

    def rows(self, query: Query) -> Iterator[tuple[Any, ...]]:
        for batch in self._batches(query):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def blocks(self, query: Query) -> Iterator[Block]:
        for batch in self._batches(query):
            yield arrow.block_of(batch.column(0), batch.column(1))

    def files(self, query: Query) -> Files:
        """What the plan's scans name; a table of deltalake's reads its files by its own log."""
        plan = self._ask(query).execution_plan().display_indent()
        scans = [line for line in plan.splitlines() if "file_type=parquet" in line]
        # A path is below the root of its store, which for this machine is the root.
        paths = [f"/{path}" for line in scans for path in _PATH.findall(line)]
        has_casts = re.search(r" AS (Large)?Utf8(View)?\)", plan) is not None
        return Files(tuple(paths), has_csv="file_type=csv" in plan, has_casts=has_casts)

    def holds(self, table: str) -> bool:
        return self._still

    def moment(self) -> None:
        return None

    def close(self) -> None:
        """The context is the caller's."""

    def _batches(self, query: Query) -> Iterator[Any]:
        for batch in self._ask(query).execute_stream():
            found = batch.to_pyarrow()
            if found.num_rows:
                yield found

    def _ask(self, query: Query) -> Any:
        _require_its_threads()
        values = {str(place): value for place, value in enumerate(query.values, 1)}
        return self._context.sql(query.text, param_values=values)


def _require_its_threads() -> None:
    """Raise in a process that was forked after DataFusion was asked: it would wait for ever."""
    if not _ASKED_IN:
        _ASKED_IN.append(os.getpid())
    elif [os.getpid()] != _ASKED_IN:
        raise FrameError(
            "engine: got DataFusion in a process that was forked after it was first asked, and has "
            "none of its threads; start the process by 'spawn', or name no engine"
        )


def require_datafusion(asked_by: str) -> None:
    """Raise unless DataFusion is installed.

    Raises:
        MissingPartError: with the command that installs it.
    """
    try:
        import datafusion  # noqa: F401 - asked for, and used where it is needed
        import pyarrow  # noqa: F401
    except ImportError:
        raise MissingPartError(
            f"{asked_by} needs DataFusion, which is not installed; "
            "pip install 'ceosample[datafusion]'"
        ) from None


def holding(data: Any, asked: Collection[str]) -> DataFusion:
    """A context of its own for rows in memory, which are not copied where they are Arrow's.

    Args:
        data: the table.
        asked: the columns that will be asked about.

    Raises:
        FrameError: they are no table, or its columns are not as Arrow demands.
        MissingPartError: with the command that installs DataFusion.
    """
    require_datafusion("from_arrow")
    import datafusion
    import pyarrow as pa

    try:
        table = pa.table(data)
        places = [place for place, name in enumerate(table.column_names) if name in asked]
        # Engines take for granted that text is UTF-8, and readers of files do not look.
        table.select(places).validate(full=True)
        table = arrow.with_uuids_as_text(table)
        batches = table.to_batches(max_chunksize=_ROWS)
        # The schema is that of the first batch, so there is one.
        batches = batches or [pa.RecordBatch.from_pylist([], schema=table.schema)]
        cores = min(len(batches), os.cpu_count() or 1)
        context = datafusion.SessionContext()
        shares = [batches[core::cores] for core in range(cores)]
        context.register_record_batches(TABLE, shares)
    except Exception as error:  # pyarrow has many, and DataFusion none of its own
        raise FrameError(
            f"table: got {kind_of(data)}, which cannot be read as an Arrow table "
            f"({quoted(str(error), 200)}); give one of pyarrow, or what has __arrow_c_stream__"
        ) from error
    return DataFusion(context, still=True)
