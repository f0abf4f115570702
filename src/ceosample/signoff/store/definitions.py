"""What a ledger's tables, indexes and triggers must be, and how those of a database differ.

A missing trigger lets events be changed, and an index that leaves out rows makes figures wrong
while every event is as it was. So a check compares the definitions that a database keeps with ours.
SQLite keeps the statements themselves; PostgreSQL keeps a catalogue, which ``catalogue`` reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import attrs
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.schema import CreateIndex, CreateTable

from ceosample.signoff.store import catalogue
from ceosample.signoff.store.difference import Difference
from ceosample.signoff.store.tables import indexes_of, tables_in, triggers_of
from ceosample.text import quoted

_SQLITE: Final = sa.create_engine("sqlite://").dialect


@attrs.frozen
class _Kept:
    """A row of SQLite's own table of what a database holds."""

    kind: str
    name: str
    table: str
    statement: str | None


def definition_differences(connection: Connection) -> list[Difference]:
    """What the database defines otherwise than this library does; nothing in a sound ledger."""
    if connection.dialect.name == "postgresql":
        return [*catalogue.differences(connection)]
    return [*_sqlite_differences(connection)]


def _sqlite_differences(connection: Connection) -> Iterator[Difference]:
    rows = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_schema")
    found = [_Kept(*row) for row in rows]
    wanted = tables_in(connection)
    ours = _ours(wanted)
    for name, (kind, statement) in ours.items():
        kept = next((row for row in found if row.name == name), None)
        if kept is None:
            yield Difference(f"{kind} {name}", "missing")
        elif kept.kind != kind:
            yield Difference(f"{kind} {name}", f"got a {kept.kind} of this name")
        elif _bare(kept.statement) != _bare(statement):
            yield Difference(f"{kind} {name}", "defined otherwise than this library does")
    tables = [table.name for table in wanted]
    for row in found:
        if row.name not in ours and row.table.lower() in tables and row.statement is not None:
            yield Difference(
                f"table {row.table.lower()}", f"got a foreign {row.kind} {quoted(row.name)}"
            )


def _ours(wanted: Iterable[sa.Table]) -> dict[str, tuple[str, str]]:
    """Kind and statement of all that a ledger in SQLite has, by name."""
    found: dict[str, tuple[str, str]] = {}
    for table in wanted:
        found[table.name] = "table", str(CreateTable(table).compile(dialect=_SQLITE))
        for index in indexes_of(table):
            statement = str(CreateIndex(index).compile(dialect=_SQLITE))
            found[str(index.name)] = "index", statement
        for statement in triggers_of("sqlite", table):
            found[statement.split()[2]] = "trigger", statement
    return found


def _bare(statement: str | None) -> str:
    """A statement without what changes nothing: spaces, quotes around names, upper case."""
    words = re.sub(r"\s+", " ", (statement or "").replace('"', "")).strip()
    return re.sub(r" ?([(),;]) ?", r"\1", words).casefold()
