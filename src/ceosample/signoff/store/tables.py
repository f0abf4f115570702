"""The tables of a ledger and what the database itself refuses, for SQLite and for PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.engine import Connection
from sqlalchemy.schema import CreateTable

from ceosample.signoff.store.events import FIRST_OF_KEYS

#: The version of the tables, named by the first event.
SCHEMA: Final = 1

_tables = sa.MetaData()

# PostgreSQL would else sort and compare as its locale says, and that changes with its version.
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

EVENTS = sa.Table(
    "events",
    _tables,
    # SQLite's own row number is a column of exactly the type INTEGER.
    sa.Column(
        "sequence",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("hash", _TEXT, nullable=False, unique=True),
    sa.Column("kind", _TEXT, nullable=False),
    sa.Column("population", _TEXT),
    sa.Column("period", _TEXT),
    sa.Column("unit_id", _TEXT),
    sa.Column("text", _TEXT, nullable=False),
    sa.Index("events_subject", "population", "period", "unit_id", "sequence"),
    sa.Index("events_unit", "unit_id", "sequence"),
    # A month's events in order, without sorting them for each page.
    sa.Index("events_month", "population", "period", "sequence"),
    sa.Index("events_kind", "kind", "sequence"),
)

TEXTS = sa.Table(
    "texts",
    _tables,
    sa.Column("digest", _TEXT, primary_key=True),
    sa.Column("salt", _TEXT, nullable=False),
    sa.Column("text", _TEXT, nullable=False),
    sa.Column("population", _TEXT),
    sa.Column("period", _TEXT),
    sa.Column("unit_id", _TEXT),
    sa.Column("person", _TEXT),
    sa.Index("texts_unit", "unit_id"),
    sa.Index("texts_person", "person"),
)

#: Who recorded an event: signatures over its hash. Only ledgers whose recorders have keys use it.
SIGNATURES = sa.Table(
    "signatures",
    _tables,
    sa.Column("sequence", sa.BigInteger(), nullable=False),
    sa.Column("signer", _TEXT, nullable=False),
    sa.Column("event", _TEXT, nullable=False),
    sa.Column("signature", _TEXT, nullable=False),
    sa.PrimaryKeyConstraint("sequence", "signer"),
)

#: Every table of a new ledger.
ALL: Final = (EVENTS, TEXTS, SIGNATURES)

_ONLY_GROWS: Final = "the ledger is append-only"
_AS_IT_IS: Final = "a text of the ledger is kept as it is, or erased"

# Every name in these statements is our own.
_SQLITE_EVENTS: Final = (
    "CREATE TRIGGER events_no_update BEFORE UPDATE ON events "
    f"BEGIN SELECT RAISE(ABORT, '{_ONLY_GROWS}'); END",
    "CREATE TRIGGER events_no_delete BEFORE DELETE ON events "
    f"BEGIN SELECT RAISE(ABORT, '{_ONLY_GROWS}'); END",
    # INSERT OR REPLACE would delete without asking the trigger above.
    "CREATE TRIGGER events_only_next BEFORE INSERT ON events WHEN NEW.sequence IS NOT "  # noqa: S608
    "(SELECT COALESCE(MAX(sequence), 0) + 1 FROM events) "
    f"BEGIN SELECT RAISE(ABORT, '{_ONLY_GROWS}'); END",
)

_SQLITE_TEXTS: Final = (
    "CREATE TRIGGER texts_no_update BEFORE UPDATE ON texts "
    f"BEGIN SELECT RAISE(ABORT, '{_AS_IT_IS}'); END",
    "CREATE TRIGGER texts_only_new BEFORE INSERT ON texts WHEN EXISTS "  # noqa: S608
    "(SELECT 1 FROM texts WHERE digest = NEW.digest) "
    f"BEGIN SELECT RAISE(ABORT, '{_AS_IT_IS}'); END",
)

_SQLITE_SIGNATURES: Final = (
    "CREATE TRIGGER signatures_no_update BEFORE UPDATE ON signatures "
    f"BEGIN SELECT RAISE(ABORT, '{_ONLY_GROWS}'); END",
    "CREATE TRIGGER signatures_no_delete BEFORE DELETE ON signatures "
    f"BEGIN SELECT RAISE(ABORT, '{_ONLY_GROWS}'); END",
    "CREATE TRIGGER signatures_only_new BEFORE INSERT ON signatures WHEN EXISTS "  # noqa: S608
    "(SELECT 1 FROM signatures WHERE sequence = NEW.sequence AND signer = NEW.signer) "
    f"BEGIN SELECT RAISE(ABORT, '{_ONLY_GROWS}'); END",
)

_POSTGRESQL_EVENTS: Final = (
    "CREATE FUNCTION events_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_ONLY_GROWS}'; END $$",
    # The table by its full name: a search path may lead elsewhere.
    "CREATE FUNCTION events_next() RETURNS trigger LANGUAGE plpgsql AS $$ "  # noqa: S608
    "DECLARE following bigint; BEGIN "
    "EXECUTE format('SELECT COALESCE(MAX(sequence), 0) + 1 FROM %I.%I', "
    "TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO following; "
    "IF NEW.sequence IS DISTINCT FROM following THEN "
    f"RAISE EXCEPTION '{_ONLY_GROWS}'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON events "
    "FOR EACH STATEMENT EXECUTE FUNCTION events_refuse()",
    "CREATE TRIGGER events_only_next BEFORE INSERT ON events "
    "FOR EACH ROW EXECUTE FUNCTION events_next()",
)

_POSTGRESQL_TEXTS: Final = (
    "CREATE FUNCTION texts_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_AS_IT_IS}'; END $$",
    "CREATE TRIGGER texts_no_update BEFORE UPDATE ON texts "
    "FOR EACH STATEMENT EXECUTE FUNCTION texts_refuse()",
)

_POSTGRESQL_SIGNATURES: Final = (
    "CREATE FUNCTION signatures_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_ONLY_GROWS}'; END $$",
    "CREATE TRIGGER signatures_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON signatures "
    "FOR EACH STATEMENT EXECUTE FUNCTION signatures_refuse()",
)

_TRIGGERS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("sqlite", EVENTS.name): _SQLITE_EVENTS,
    ("sqlite", TEXTS.name): _SQLITE_TEXTS,
    ("sqlite", SIGNATURES.name): _SQLITE_SIGNATURES,
    ("postgresql", EVENTS.name): _POSTGRESQL_EVENTS,
    ("postgresql", TEXTS.name): _POSTGRESQL_TEXTS,
    ("postgresql", SIGNATURES.name): _POSTGRESQL_SIGNATURES,
}


def create(connection: Connection) -> None:
    """Create the tables, and the triggers that refuse any change of a row."""
    for table in ALL:
        create_one(connection, table)


def tables_in(connection: Connection) -> tuple[sa.Table, ...]:
    """The tables that a ledger's database must have.

    An old ledger without keys has no table of signatures. One with keys must have it: who took it
    away took every signature away.
    """
    if connection.dialect.has_table(connection, SIGNATURES.name):
        return ALL
    with_keys = sa.select(EVENTS.c.sequence).where(EVENTS.c.kind == FIRST_OF_KEYS).limit(1)
    if not connection.dialect.has_table(connection, EVENTS.name):
        return EVENTS, TEXTS
    return ALL if connection.execute(with_keys).first() else (EVENTS, TEXTS)


def indexes_of(table: sa.Table) -> list[sa.Index]:
    """A table's indexes by name, but for those of its unique columns."""
    return sorted(table.indexes, key=lambda index: str(index.name))


def triggers_of(dialect: str, table: sa.Table) -> tuple[str, ...]:
    """The statements that create a table's triggers, and PostgreSQL's functions for them."""
    return _TRIGGERS[dialect, table.name]


def complete(connection: Connection) -> None:
    """Add the table of texts to a ledger that was created before it; events stay untouched."""
    if connection.dialect.has_table(connection, TEXTS.name):
        return  # another process was a moment faster
    for index in indexes_of(EVENTS):
        index.create(connection, checkfirst=True)
    create_one(connection, TEXTS)


def create_one(connection: Connection, table: sa.Table) -> None:
    table.create(connection)
    for statement in triggers_of(connection.dialect.name, table):
        connection.execute(sa.text(statement))


def statements_of(table: sa.Table) -> tuple[str, ...]:
    """The statements that create a table in PostgreSQL, for the person who may."""
    # Loaded here alone: most ledgers are files, and every command would wait for it.
    made = str(CreateTable(table).compile(dialect=registry.load("postgresql")()))
    return (" ".join(made.split()), *triggers_of("postgresql", table))
