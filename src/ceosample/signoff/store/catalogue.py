"""PostgreSQL's catalogue, compared with what this library creates: read by any role that may read.

Definitions are compared by their parts, and only by those that every version since 12 has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ceosample.signoff.store.difference import Difference
from ceosample.signoff.store.tables import (
    EVENTS,
    SIGNATURES,
    TEXTS,
    indexes_of,
    tables_in,
    triggers_of,
)
from ceosample.text import quoted

#: What a trigger of ours does: the bits of ``pg_trigger.tgtype``, and its function.
_TRIGGERS: Final[Mapping[str, Mapping[str, tuple[int, str]]]] = {
    EVENTS.name: {
        "events_no_change": (2 | 8 | 16 | 32, "events_refuse"),
        "events_only_next": (1 | 2 | 4, "events_next"),
    },
    TEXTS.name: {"texts_no_update": (2 | 16, "texts_refuse")},
    SIGNATURES.name: {"signatures_no_change": (2 | 8 | 16 | 32, "signatures_refuse")},
}

_RELATION_KINDS: Final = {"v": "view", "m": "materialized view", "f": "foreign table"}

_RELATION: Final = """
SELECT c.oid, c.relkind::text AS kind, c.relpersistence::text AS persistence,
       c.relrowsecurity OR c.relforcerowsecurity AS has_row_security, n.nspname AS schema
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = pg_catalog.to_regclass(:name)
"""

_COLUMNS: Final = """
SELECT a.attname AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       COALESCE(l.collname, '') AS collation, a.attnotnull AS is_required,
       a.atthasdef OR a.attidentity::text <> '' OR a.attgenerated::text <> '' AS is_computed
FROM pg_catalog.pg_attribute a
LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
WHERE a.attrelid = :table AND a.attnum > 0 AND NOT a.attisdropped
"""

_CONSTRAINTS: Final = """
SELECT conname AS name, pg_catalog.pg_get_constraintdef(oid) AS definition
FROM pg_catalog.pg_constraint
WHERE conrelid = :table AND contype::text <> 'n'
"""  # from version 18 on a column that must have a value has a constraint "n" of its own

_INDEXES: Final = """
SELECT c.relname AS name, pg_catalog.pg_get_indexdef(i.indexrelid) AS definition,
       i.indisvalid AND i.indisready AND i.indislive AS is_valid
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = :table
"""

_TABLE_TRIGGERS: Final = """
SELECT t.tgname AS name, t.tgtype AS type, t.tgenabled::text AS enabled,
       t.tgqual IS NULL AND t.tgnargs = 0 AND t.tgattr::text = ''
       AS is_plain, p.proname AS function, p.prosrc AS source, n.nspname AS schema,
       p.proconfig IS NULL AND NOT p.prosecdef AND l.lanname = 'plpgsql' AS is_plain_function
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE t.tgrelid = :table AND NOT t.tgisinternal
"""

#: What else can hang on a table: each changes what is read from it or written to it.
_HANGERS_ON: Final = """
SELECT 'rule' AS kind, rulename AS name FROM pg_catalog.pg_rewrite WHERE ev_class = :table
UNION ALL
SELECT 'policy', polname FROM pg_catalog.pg_policy WHERE polrelid = :table
"""

_HEIRS: Final = """
SELECT c.relname FROM pg_catalog.pg_inherits i
JOIN pg_catalog.pg_class c ON c.oid = CASE WHEN i.inhparent = :table THEN i.inhrelid
                                           ELSE i.inhparent END
WHERE :table IN (i.inhparent, i.inhrelid)
"""

_FIRST_SCHEMA: Final = """
SELECT name FROM unnest(pg_catalog.current_schemas(true)) WITH ORDINALITY AS s (name, place)
WHERE name NOT LIKE 'pg\\_temp%' ORDER BY place LIMIT 1
"""


def differences(connection: Connection) -> Iterator[Difference]:
    """What the catalogue holds otherwise than this library creates it."""
    first = connection.execute(sa.text(_FIRST_SCHEMA)).scalar()
    if first != "pg_catalog":
        # Another schema could then define what "=" means.
        yield Difference(
            "search_path", f"got {quoted(str(first))} before pg_catalog", is_repairable=False
        )
    schemas = set()
    for table in tables_in(connection):
        found = connection.execute(sa.text(_RELATION), {"name": table.name}).first()
        if found is None:
            yield Difference(f"table {table.name}", "missing")
            continue
        schemas.add(found.schema)
        if found.kind != "r":
            kind = _RELATION_KINDS.get(found.kind, "relation of another kind")
            yield Difference(f"table {table.name}", f"got a {kind}", is_repairable=False)
            continue
        yield from _TableInCatalogue(connection, table, found).differences()
    if len(schemas) > 1:
        yield Difference("search_path", "finds the tables in several schemas", is_repairable=False)


def drops(connection: Connection, table: sa.Table) -> Iterator[str]:
    """The statements that take from a table all that is not its rows, and add lost constraints."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    relation = connection.execute(sa.text(_RELATION), {"name": table.name}).one()

    def rows(query: str) -> list[Any]:
        return [*connection.execute(sa.text(query), {"table": relation.oid})]

    for row in rows(_TABLE_TRIGGERS):
        yield f"DROP TRIGGER {quote(row.name)} ON {table.name}"
    for row in rows(_HANGERS_ON):
        yield f"DROP {row.kind} {quote(row.name)} ON {table.name}"
    yield f"ALTER TABLE {table.name} NO FORCE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table.name} DISABLE ROW LEVEL SECURITY"
    found = {row.definition: row.name for row in rows(_CONSTRAINTS)}
    for row in rows(_INDEXES):
        if row.name not in found.values():
            yield f"DROP INDEX {quote(relation.schema)}.{quote(row.name)}"
    ours = set(constraints_of(table))
    for definition in found.keys() - ours:
        yield f"ALTER TABLE {table.name} DROP CONSTRAINT {quote(found[definition])}"
    for definition in ours - found.keys():
        yield f"ALTER TABLE {table.name} ADD {definition}"


class _TableInCatalogue:
    """A table of ours as a database has it."""

    def __init__(self, connection: Connection, table: sa.Table, relation: Any) -> None:
        self._connection = connection
        self._table = table
        self._relation = relation
        self._place = f"table {table.name}"

    def differences(self) -> Iterator[Difference]:
        """All that differs in it and on it."""
        yield from self._columns()
        yield from self._constraints()
        yield from self._indexes()
        yield from self._triggers()
        yield from self._rest()

    def _rows(self, query: str) -> list[Any]:
        return [*self._connection.execute(sa.text(query), {"table": self._relation.oid})]

    def _columns(self) -> Iterator[Difference]:
        found = {
            row.name: (row.type, row.collation, row.is_required) for row in self._rows(_COLUMNS)
        }
        computed = [row.name for row in self._rows(_COLUMNS) if row.is_computed]
        ours = {
            column.name: (
                "bigint" if column.name == "sequence" else "text",
                "" if column.name == "sequence" else "C",
                not column.nullable,
            )
            for column in self._table.columns
        }
        for name in sorted(found.keys() | ours.keys()):
            if found.get(name) != ours.get(name) or name in computed:
                said = (
                    "missing" if name not in found else "defined otherwise than this library does"
                )
                if name not in ours:
                    name, said = quoted(name), "is foreign"
                yield Difference(self._place, f"column {name}: {said}", is_repairable=False)

    def _constraints(self) -> Iterator[Difference]:
        found = {row.definition: row.name for row in self._rows(_CONSTRAINTS)}
        ours = set(constraints_of(self._table))
        for definition in sorted(ours - found.keys()):
            yield Difference(self._place, f"{definition} is missing")
        for definition in sorted(found.keys() - ours):
            yield Difference(self._place, f"got a foreign constraint {quoted(found[definition])}")

    def _indexes(self) -> Iterator[Difference]:
        found = {row.name: row for row in self._rows(_INDEXES)}
        ours = {
            str(index.name): f"({', '.join(column.name for column in index.columns)})"
            for index in indexes_of(self._table)
        }
        of_constraints = {row.name for row in self._rows(_CONSTRAINTS)}
        for name, columns in ours.items():
            if name not in found:
                yield Difference(f"index {name}", "missing")
            elif _bare(found[name].definition) != (f"CREATE INDEX {name}", f"btree {columns}"):
                yield Difference(f"index {name}", "defined otherwise than this library does")
        for name, row in found.items():
            if name not in ours and name not in of_constraints:
                yield Difference(self._place, f"got a foreign index {quoted(name)}")
            elif not row.is_valid:
                yield Difference(f"index {name}", "is not valid")

    def _triggers(self) -> Iterator[Difference]:
        found = {row.name: row for row in self._rows(_TABLE_TRIGGERS)}
        ours = _TRIGGERS[self._table.name]
        sources = sources_of(self._table)
        for name, (type_, function) in ours.items():
            place, row = f"trigger {name}", found.get(name)
            if row is None:
                yield Difference(place, "missing")
            elif row.enabled not in ("O", "A"):
                yield Difference(place, "disabled")
            elif (row.type, row.function, row.schema, row.is_plain) != (
                type_, function, self._relation.schema, True
            ):  # fmt: skip
                yield Difference(place, "defined otherwise than this library does")
            elif not row.is_plain_function or row.source.split() != sources[function].split():
                yield Difference(place, f"its function {function} is another than this library's")
        for name in sorted(found.keys() - ours.keys()):
            yield Difference(self._place, f"got a foreign trigger {quoted(name)}")

    def _rest(self) -> Iterator[Difference]:
        for row in self._rows(_HANGERS_ON):
            yield Difference(self._place, f"got a foreign {row.kind} {quoted(row.name)}")
        if self._relation.has_row_security:
            yield Difference(self._place, "row security is on, so not every role sees every row")
        if self._relation.persistence != "p":
            found = "is not logged, so a crash empties it"
            yield Difference(self._place, found, is_repairable=False)
        for (name,) in self._rows(_HEIRS):
            found = f"inherits with {quoted(name)}, so rows of one are read in the other"
            yield Difference(self._place, found, is_repairable=False)


def constraints_of(table: sa.Table) -> list[str]:
    """A table's constraints, as PostgreSQL writes them."""
    primary = ", ".join(column.name for column in table.primary_key.columns)
    unique = [f"UNIQUE ({column.name})" for column in table.columns if column.unique]
    return [f"PRIMARY KEY ({primary})", *unique]


def sources_of(table: sa.Table) -> dict[str, str]:
    """The bodies of a table's functions, by name."""
    pattern = re.compile(r"CREATE FUNCTION (\w+)\(\).*?\$\$(.*)\$\$", re.DOTALL)
    found = map(pattern.match, triggers_of("postgresql", table))
    return {match[1]: match[2] for match in found if match}


def _bare(definition: str) -> tuple[str, str]:
    """What an index is, and of what; without its schema and its storage parameters."""
    what, _, method = definition.replace('"', "").partition(" USING ")
    return what.partition(" ON ")[0], re.sub(r" WITH \([^)]*\)", "", method)
