"""DuckDB: an embedded database, and files that it reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from glob import has_magic
from pathlib import Path
from typing import Any, Final

from ceosample.warehouse import arrow
from ceosample.warehouse.dialect import DUCKDB, Dialect
from ceosample.warehouse.engine import BATCH, CODED, INTEGER, TEXT, Block, Files, asking
from ceosample.warehouse.questions import Query

_INTEGER = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(\d+,0\)")

#: A literal or a quoted name in a view's text, either of which can be the path of a file.
_QUOTED = re.compile(r"'((?:[^']|'')*)'|\"((?:[^\"]|\"\")*)\"")

#: A cast to text, as a view's text has it.
_CAST: Final = re.compile(r"\bAS \"?(VARCHAR|TEXT|STRING|CHAR|BPCHAR)\b", re.I)

_VIEWS: Final = Query("SELECT view_name, sql FROM system.main.duckdb_views() WHERE NOT internal")


#: The functions that read Parquet files as they lie; tables of lakes have others.
_LOOSE: Final = re.compile(r"\b(READ_PARQUET|PARQUET_SCAN)\b")


class DuckDb:
    """A connection, and a transaction on it: what DuckDB stores does not change within one."""

    dialect: Final[Dialect] = DUCKDB
    slice: Final[int | None] = 12_000_000  # for which it takes some 100 MB

    def __init__(self, connection: Any) -> None:
        import duckdb

        self.errors = (duckdb.Error,)
        self._connection = connection
        with asking(self, "connection"):
            # Each statement outside a transaction has a number of its own. To begin one within
            # another would be an error, after which the caller's is lost.
            self._own = self.moment() != self.moment()
            if self._own:
                connection.execute("BEGIN TRANSACTION READ ONLY")
            self._begun = self.moment()

    def columns(self, query: Query) -> list[tuple[str, str]]:
        described = self._ask(query).description
        return [(name, _kind(str(kind))) for name, kind, *_ in described]

    def rows(self, query: Query) -> Iterator[tuple[Any, ...]]:
        answer = self._ask(query)
        while batch := answer.fetchmany(BATCH):
            yield from batch

    def blocks(self, query: Query) -> Iterator[Block]:
        # A relation gives its rows as they come; a cursor would hold all of them first.
        answer = self._connection.sql(query.text, params=list(query.values))
        for batch in answer.to_arrow_reader(BATCH):
            if batch.num_rows:
                yield arrow.block_of(batch.column(0), batch.column(1))

    def files(self, query: Query) -> Files:
        """What the plan reads; its paths and casts are in the texts of its views alone."""
        plan = str(self._ask(Query(f"EXPLAIN {query.text}")).fetchall()).upper()
        is_loose, has_csv = bool(_LOOSE.search(plan)), "READ_CSV" in plan
        texts = self._texts(query.text) if is_loose or has_csv else []
        quoted = (a or b for text in texts for a, b in _QUOTED.findall(text))
        paths = tuple(path for path in quoted if has_magic(path) or _is_there(path))
        has_casts = any(map(_CAST.search, texts))
        return Files(paths if is_loose else (), has_csv=has_csv, has_casts=has_casts)

    def _texts(self, text: str) -> list[str]:
        """A text, and the texts of the views that it names, and of those that they name."""
        views = dict(self.rows(_VIEWS))
        texts = [text]
        for one in texts:
            texts += [views.pop(name) for name in [*views] if name in one]
        return texts

    def holds(self, table: str) -> bool:
        """Whether DuckDB stores it, for a view may read files, which no transaction holds.

        Within a transaction of the caller's the caller may write.
        """
        return self._own and self._connection.table(table).type == "TABLE_RELATION"

    def moment(self) -> str:
        return str(self._connection.execute("SELECT system.main.txid_current()").fetchall()[0][0])

    def close(self) -> None:
        import duckdb

        if not self._own:
            return
        self._own = False
        # The caller may have ended it and begun another, or closed the connection.
        with suppress(duckdb.TransactionException, duckdb.ConnectionException):
            if not self._is_over():
                self._connection.execute("ROLLBACK")

    def _is_over(self) -> bool:
        import duckdb

        try:
            return self.moment() != self._begun
        except duckdb.TransactionException:
            return False  # one that failed, in which there is nothing of anybody's to keep

    def _ask(self, query: Query) -> Any:
        return self._connection.execute(query.text, list(query.values))


def _is_there(path: str) -> bool:
    """Whether a text is the name of a file, or of a folder that is not the root or this one."""
    return bool(Path(path).name) and Path(path).exists()


def _kind(name: str) -> str:
    if name == "VARCHAR" or name == '"NULL"' or name.startswith("ENUM("):
        return TEXT if name == "VARCHAR" else CODED
    if name == "UUID":  # written as everybody writes one
        return CODED
    return INTEGER if _INTEGER.fullmatch(name) else name
