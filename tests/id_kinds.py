"""Which kinds of cells are ids by which road: the table in docs/sources.md, made by trying."""

from __future__ import annotations

import contextlib
import sqlite3
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet

from ceosample.errors import FrameError
from ceosample.sampling.frames.frame import Frame
from ceosample.warehouse import SqlFrame
from test_sources import configured, read
from warehouses import POPULATION, opened
from workbooks import book_of

#: Kinds of cells, and the id that each is by every road that takes it; None where none does.
KINDS: Final[Mapping[str, str | None]] = {
    "text": "007",
    "whole number": "7",
    "DECIMAL(18, 0)": "12",
    "128 bits": "100000000000000000000",
    "UUID": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "DECIMAL(18, 2)": None,
    "float": None,
}

#: What no road has text of: the digits after the point are another text in another program.
OTHERS: Final[Mapping[str, Decimal | float]] = {"DECIMAL(18, 2)": Decimal("12.00"), "float": 12.0}

YES, REFUSED, NONE = "yes", "refused", "–"

ARGUMENTS: Final[dict[str, Any]] = {**POPULATION, "unit_id": "id"}


def values() -> dict[str, Any]:
    """A cell of each kind, in Python's own."""
    return {
        "text": "007",
        "whole number": 7,
        "DECIMAL(18, 0)": Decimal(12),
        "128 bits": 10**20,
        "UUID": uuid.UUID(KINDS["UUID"]),
        **OTHERS,
    }


def arrow_column(kind: str) -> pa.Array:
    types: dict[str, pa.DataType] = {
        "text": pa.string(),
        "whole number": pa.int64(),
        "DECIMAL(18, 0)": pa.decimal128(18, 0),
        "128 bits": pa.decimal128(38, 0),
        "UUID": pa.uuid(),
        "DECIMAL(18, 2)": pa.decimal128(18, 2),
        "float": pa.float64(),
    }
    cell = values()[kind]
    return pa.array([cell.bytes if kind == "UUID" else cell], types[kind])


def arrow_table(kind: str) -> pa.Table:
    return pa.table({"id": arrow_column(kind), "division": ["Cards"]})


class AbsentError(Exception):
    """A road has no such kind."""


def sql_of(kind: str, types: Mapping[str, str]) -> str:
    """A cell as a database writes it."""
    if kind not in types:
        raise AbsentError(kind)
    return f"CAST('{values()[kind]}' AS {types[kind]})"


#: Kinds in SQL; what a database does not have is not there.
STANDARD: Final[Mapping[str, str]] = {
    "text": "VARCHAR(40)",
    "whole number": "BIGINT",
    "DECIMAL(18, 0)": "DECIMAL(18, 0)",
    "DECIMAL(18, 2)": "DECIMAL(18, 2)",
    "float": "DOUBLE PRECISION",
}
POSTGRESQL: Final = {**STANDARD, "128 bits": "NUMERIC", "UUID": "UUID"}
DUCKDB: Final = {**STANDARD, "float": "DOUBLE", "128 bits": "HUGEINT", "UUID": "UUID"}
SPARK: Final = {**STANDARD, "text": "STRING", "float": "DOUBLE", "128 bits": "DECIMAL(38, 0)"}
SQLITE: Final = {"text": "TEXT", "whole number": "INTEGER", "float": "REAL"}


def _pandas(kind: str, _folder: Path, _server: Any) -> Frame:
    return Frame.from_dataframe(pd.DataFrame({"id": [values()[kind]]}), **ARGUMENTS)


def _polars(kind: str, _folder: Path, _server: Any) -> Frame:
    types: dict[str, Any] = {
        "128 bits": pl.Int128,
        "UUID": pl.Object,
        "DECIMAL(18, 0)": pl.Decimal(18, 0),
    }
    series = pl.Series("id", [values()[kind]], dtype=types.get(kind))
    return Frame.from_dataframe(pl.DataFrame([series]), **ARGUMENTS)


def _pyarrow(kind: str, _folder: Path, _server: Any) -> Frame:
    return Frame.from_dataframe(arrow_table(kind), **ARGUMENTS)


def _from_arrow(kind: str, _folder: Path, _server: Any) -> SqlFrame:
    return SqlFrame.from_arrow(arrow_table(kind), **ARGUMENTS)


def _csv(kind: str, folder: Path, _server: Any) -> Frame:
    (folder / "r.csv").write_text(f"id\n{values()[kind]}\n")
    return Frame.from_csv(folder / "r.csv", **ARGUMENTS)


def _excel(kind: str, folder: Path, _server: Any) -> Frame:
    if kind == "UUID":
        raise AbsentError(kind)
    (folder / "r.xlsx").write_bytes(book_of([["id"], [values()[kind]]]))
    return Frame.from_excel(folder / "r.xlsx", **ARGUMENTS)


def _parquet(kind: str, folder: Path, _server: Any) -> Frame:
    pa.parquet.write_table(arrow_table(kind), folder / "r.parquet")
    return _frame(folder, "parquet = 'r.parquet'")


def _delta(kind: str, folder: Path, _server: Any) -> Frame:
    from deltalake import write_deltalake

    if kind == "UUID":
        raise AbsentError(kind)
    write_deltalake(folder / "r", arrow_table(kind))
    return _frame(folder, "parquet = 'r'")


def _frame(folder: Path, source: str) -> Frame:
    found: Frame = read(configured(folder, source)).frame
    return found


def _sqlite(kind: str, folder: Path, _server: Any) -> Frame:
    sqlite3.connect(folder / "r.db").close()
    (folder / "r.sql").write_text(f"SELECT {sql_of(kind, SQLITE)} AS id, 'Cards' AS division")
    return _frame(folder, "sql = 'r.sql'\nurl = 'sqlite:///r.db'")


def _postgresql_query(kind: str, folder: Path, server: Any) -> Frame:
    (folder / "r.sql").write_text(f"SELECT {sql_of(kind, POSTGRESQL)} AS id, 'Cards' AS division")
    return _frame(folder, f"sql = 'r.sql'\nurl = '{server.url('postgres')}'")


def _duckdb(kind: str, _folder: Path, server: Any) -> SqlFrame:
    return _in_sql("duckdb", f"SELECT {sql_of(kind, DUCKDB)} AS id", server)


def _postgresql(kind: str, _folder: Path, server: Any) -> SqlFrame:
    return _in_sql("postgresql", f"SELECT {sql_of(kind, POSTGRESQL)} AS id", server)


def _spark(kind: str, _folder: Path, server: Any) -> SqlFrame:
    return SqlFrame.from_spark(
        server, server.sql(f"SELECT {sql_of(kind, SPARK)} AS id"), **ARGUMENTS
    )


def _datafusion(kind: str, _folder: Path, _server: Any) -> SqlFrame:
    import datafusion

    context = datafusion.SessionContext()
    context.register_record_batches("r", [arrow_table(kind).to_batches()])
    return SqlFrame.from_datafusion(context, "r", **ARGUMENTS)


#: What was opened for a frame that lives there.
_OPEN: Final = contextlib.ExitStack()


def _in_sql(engine: str, query: str, server: Any) -> SqlFrame:
    home: Any = _OPEN.enter_context(opened(engine, server))
    home.connection.execute(f"CREATE TABLE r AS {query}")
    found: SqlFrame = home.frame("r", unit_id="id")
    return found


#: The roads, the program that each needs, and what makes a frame of one cell.
ROADS: Final[Mapping[str, tuple[str | None, Callable[[str, Path, Any], Any]]]] = {
    "CSV": (None, _csv),
    "Excel": (None, _excel),
    "Parquet": (None, _parquet),
    "Delta": (None, _delta),
    "query of SQLite": (None, _sqlite),
    "query of PostgreSQL": ("postgresql", _postgresql_query),
    "pandas": (None, _pandas),
    "polars": (None, _polars),
    "pyarrow": (None, _pyarrow),
    "`from_arrow`": (None, _from_arrow),
    "`from_duckdb`": (None, _duckdb),
    "`from_datafusion`": (None, _datafusion),
    "`from_postgresql`": ("postgresql", _postgresql),
    "`from_spark`": ("spark", _spark),
}


def head() -> str:
    """The head of the table: the kinds, each with its id where that is short."""
    kinds = [f"{kind} `{id_}`" if id_ and kind != "UUID" else kind for kind, id_ in KINDS.items()]
    return f"| {' | '.join(['an id that is', *kinds])} |"


def row_of(road: str, folder: Path, server: Any = None) -> str:
    """The row of the table for a road, as the page has it."""
    return f"| {' | '.join([road, *(_cell(road, kind, folder, server) for kind in KINDS)])} |"


def _cell(road: str, kind: str, folder: Path, server: Any) -> str:
    """Whether a cell of a kind is an id by a road; another text than that of others is shown."""
    place = folder / kind.partition("(")[0].replace(" ", "-")
    while place.exists():
        place = place.with_name(f"{place.name}-")
    place.mkdir()
    _, make = ROADS[road]
    try:
        frame = make(kind, place, server)
        found = b"".join(frame.manifest()).decode().splitlines()[1].partition(",")[0]
        if isinstance(frame, SqlFrame):
            frame.close()
    except AbsentError:
        return NONE
    except FrameError:
        return REFUSED
    finally:
        _OPEN.close()
    return YES if found == KINDS[kind] else f"`{found}`"
