"""The engines that a frame can live in, each with a way to put rows there.

Each is imported where it is opened.
"""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import attrs
import pyarrow as pa
import pyarrow.parquet

import ceosample as cs
from ceosample.warehouse import SqlFrame
from months import SEED

if TYPE_CHECKING:
    import datafusion
    import duckdb
    import psycopg

POPULATION: Any = {"population": "complaint-responses", "period": "2026-10"}

_NUMBERS = itertools.count(1)

#: PostgreSQL's types of Arrow's.
_TYPES = {"string": "text", "int64": "bigint", "double": "double precision", "bool": "boolean"}


class Warehouse(Protocol):
    """An engine that is running."""

    @property
    def name(self) -> str: ...

    def put(self, table: pa.Table, name: str | None = None) -> str:
        """Store rows as a new table; its name."""
        ...

    def frame(self, table: str | Sequence[str], **asked: Any) -> SqlFrame: ...


@attrs.frozen
class InDuckDb:
    connection: duckdb.DuckDBPyConnection
    name: str = "duckdb"

    def put(self, table: pa.Table, name: str | None = None) -> str:
        name = name or f"t{next(_NUMBERS)}"
        quoted = '"' + name.replace('"', '""') + '"'
        self.connection.register("incoming", table)
        self.connection.execute(f"CREATE TABLE {quoted} AS SELECT * FROM incoming")
        self.connection.unregister("incoming")
        return name

    def frame(self, table: str | Sequence[str], **asked: Any) -> SqlFrame:
        return SqlFrame.from_duckdb(self.connection, table, **POPULATION | asked)


@attrs.frozen
class InPostgreSql:
    connection: psycopg.Connection[Any]
    name: str = "postgresql"

    def put(self, table: pa.Table, name: str | None = None) -> str:
        from psycopg import sql

        name = name or f"t{next(_NUMBERS)}"
        columns = [
            sql.SQL("{} {}").format(
                sql.Identifier(field.name), sql.SQL(_TYPES.get(str(field.type), "text"))
            )
            for field in table.schema
        ]
        statement = sql.SQL("CREATE TABLE {} ({})")
        self.connection.execute(statement.format(sql.Identifier(name), sql.SQL(", ").join(columns)))
        copy = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))
        with self.connection.cursor() as cursor, cursor.copy(copy) as rows:
            for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
                rows.write_row(row)
        return name

    def frame(self, table: str | Sequence[str], **asked: Any) -> SqlFrame:
        return SqlFrame.from_postgresql(self.connection, table, **POPULATION | asked)


@attrs.frozen
class InDataFusion:
    context: datafusion.SessionContext
    name: str = "datafusion"

    def put(self, table: pa.Table, name: str | None = None) -> str:
        name = name or f"t{next(_NUMBERS)}"
        # Two partitions, as files of any size have; small batches, so that there are several.
        batches = table.to_batches(max_chunksize=64) or [
            pa.RecordBatch.from_pylist([], schema=table.schema)
        ]
        half = (len(batches) + 1) // 2
        parts = [part for part in (batches[:half], batches[half:]) if part]
        quoted = '"' + name.replace('"', '""') + '"'
        self.context.register_record_batches(quoted, parts)
        return name

    def frame(self, table: str | Sequence[str], **asked: Any) -> SqlFrame:
        return SqlFrame.from_datafusion(self.context, table, **POPULATION | asked)


@attrs.frozen
class InArrow:
    """Tables in memory, which are given themselves."""

    tables: dict[str, pa.Table]
    name: str = "arrow"

    def put(self, table: pa.Table, name: str | None = None) -> str:
        name = name or f"t{next(_NUMBERS)}"
        self.tables[name] = table
        return name

    def frame(self, table: str | Sequence[str], **asked: Any) -> SqlFrame:
        return SqlFrame.from_arrow(self.tables[str(table)], **POPULATION | asked)


@attrs.frozen
class InSpark:
    session: Any
    folder: Path
    name: str = "spark"

    def put(self, table: pa.Table, name: str | None = None) -> str:
        """As a view of two files. A table made from memory would be no table in a plan."""
        number = next(_NUMBERS)
        name = name or f"t{number}"
        folder = self.folder / str(number)
        folder.mkdir()
        half = (len(table) + 1) // 2
        for start in (0, half):
            pa.parquet.write_table(table.slice(start, half), folder / f"{start:09}.parquet")
        quoted = "`" + name.replace("`", "``") + "`"
        self.session.sql(
            f"CREATE OR REPLACE TEMPORARY VIEW {quoted} USING parquet OPTIONS (path '{folder}')"
        )
        return name

    def frame(self, table: str | Sequence[str], **asked: Any) -> SqlFrame:
        return SqlFrame.from_spark(self.session, table, **POPULATION | asked)


@contextlib.contextmanager
def opened(engine: str, server: Any) -> Iterator[Warehouse]:
    """An engine, running; PostgreSQL and Spark are the tests' own."""
    if engine == "duckdb":
        import duckdb

        with duckdb.connect() as connection:
            yield InDuckDb(connection)
    elif engine == "datafusion":
        import datafusion

        yield InDataFusion(datafusion.SessionContext())
    elif engine == "arrow":
        yield InArrow({})
    elif engine == "spark":
        with tempfile.TemporaryDirectory() as folder:
            yield InSpark(server, Path(folder))
    else:
        with server.database() as name, server.connect(name) as connection:
            yield InPostgreSql(connection)


def table_of(rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """Rows as an Arrow table; a column of nulls alone is text."""
    table = pa.Table.from_pylist([dict(row) for row in rows])
    for place, field in enumerate(table.schema):
        if pa.types.is_null(field.type):
            column = table.column(place).cast(pa.string())
            table = table.set_column(place, field.name, column)
    return table


def in_memory(rows: Any, **asked: Any) -> cs.Frame:
    """The same rows as a frame in memory."""
    return cs.Frame.from_records(rows, **POPULATION | asked)


def same(frame: SqlFrame, memory: cs.Frame, plan: cs.Plan) -> None:
    """Everything that a frame answers is the same, to the byte."""
    assert dict(frame.sizes()) == memory.sizes()
    assert [*frame.sizes()] == [*memory.sizes()]
    assert frame.exclusions == memory.exclusions
    assert b"".join(frame.manifest()) == b"".join(memory.manifest())
    assert b"".join(frame.excluded()) == b"".join(memory.excluded())
    assert (frame.digest, frame.excluded_digest) == (memory.digest, memory.excluded_digest)
    assert cs.draw(frame, plan, SEED).record == cs.draw(memory, plan, SEED).record
    if frame._here is not None:  # its letters came from the lines of its manifest
        counts = {stratum: 1 + place for place, stratum in enumerate(memory.sizes())}
        names = {stratum: stratum for stratum in counts}
        assert frame._asked(names, "0" * 32, counts) == memory.lowest("0" * 32, counts)
