"""The tables, indexes and triggers of a ledger made again around its rows, which stay as they are.

SQLite's file is written anew from the rows of its tables, and takes the old one's place in one
transaction: an index whose pages are damaged cannot be dropped without following them. PostgreSQL
makes them again in place.
"""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection

from ceosample.errors import LedgerError
from ceosample.signoff.store import catalogue, databases, tables
from ceosample.signoff.store.store import Store
from ceosample.signoff.store.tables import ALL, EVENTS, indexes_of, tables_in, triggers_of
from ceosample.text import quoted

#: Rows that are written at once.
_ROWS: Final = 1000

#: What is recorded with the rebuilding, or not at all.
RecordRebuild = Callable[[Store, Connection], None]

#: Raises where the ledger that was made is not whole.
Require = Callable[[Store], None]


def rebuild(store: Store, record: RecordRebuild, require: Require) -> None:
    """Make again all but the rows, and record it, in one go.

    Raises:
        LedgerError: the file holds what is not the ledger's, or the role may not do it.
        BusyError: another process holds the ledger.
    """
    if store.dialect == "sqlite":
        _rebuild_file(store, record, require)
        return
    with store.transaction(writing=True) as connection:
        for table in tables_in(connection):
            _rebuild_table(connection, table)
        record(store, connection)
    require(store)


def _rebuild_file(store: Store, record: RecordRebuild, require: Require) -> None:
    with store.transaction() as connection:
        place = connection.exec_driver_sql("PRAGMA database_list").first()
    file = Path(place[2] if place is not None else "")
    if not file.is_file():
        raise LedgerError("ledger: is in memory, where nothing can be put right; export its events")
    store.close()
    with (
        databases.in_our_words(store.url),
        _alone(file) as old,
        tempfile.TemporaryDirectory(prefix=".", suffix=".part", dir=file.parent) as folder,
    ):
        new = Path(folder) / file.name
        copy = Store(databases.engine(URL.create("sqlite", database=str(new))))
        try:
            with copy.transaction(writing=True) as connection:
                tables.create(connection)
                _copy_rows(old, connection)
                record(copy, connection)
            require(copy)
        finally:
            copy.close()
        old.execute("COMMIT")  # the lock stays
        with contextlib.closing(sqlite3.connect(new)) as source:
            source.backup(old)


@contextlib.contextmanager
def _alone(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection in whose block no other process reads or writes; its transaction is begun."""
    seconds = databases.PATIENCE / 1000
    with contextlib.closing(sqlite3.connect(file, seconds, isolation_level=None)) as driver:
        driver.execute("PRAGMA locking_mode=EXCLUSIVE")
        driver.execute("PRAGMA synchronous=EXTRA")
        driver.execute("BEGIN EXCLUSIVE")
        yield driver


def _copy_rows(old: sqlite3.Connection, connection: Connection) -> None:
    """Copy the rows of all tables, as their own pages have them."""
    found = old.execute("SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view')")
    kinds = {name: kind for kind, name in found if not name.startswith("sqlite_")}
    foreign = sorted(kinds.keys() - {table.name for table in ALL})
    if foreign or "view" in kinds.values():
        names = ", ".join(map(quoted, foreign)) or "a view"
        raise LedgerError(
            f"ledger: its file holds {names}, which is not the ledger's; move it to another file"
        )
    for table in ALL:
        if table.name not in kinds:
            continue
        columns = [column.name for column in table.columns]
        wanted = f"SELECT {', '.join(columns)} FROM {table.name} NOT INDEXED"  # noqa: S608
        rows = old.execute(wanted + (" ORDER BY sequence" if table is EVENTS else ""))
        while page := rows.fetchmany(_ROWS):
            connection.execute(
                table.insert(), [dict(zip(columns, row, strict=True)) for row in page]
            )


def _rebuild_table(connection: Connection, table: sa.Table) -> None:
    """Take all from a table of PostgreSQL that is not its rows, and create what is ours."""
    if not connection.dialect.has_table(connection, table.name):
        tables.create_one(connection, table)
        return
    for statement in catalogue.drops(connection, table):
        connection.exec_driver_sql(statement)
    for index in indexes_of(table):
        index.create(connection)
    for created in triggers_of("postgresql", table):
        said = created.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
        connection.execute(sa.text(said))
    connection.exec_driver_sql(f"REINDEX TABLE {table.name}")
