"""The book itself: events in SQLite, appended one after the other and never changed.

The hashed text is what counts and is stored as it is. The columns beside it serve look-ups, and
``check`` compares them with it.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import ArgumentError, DatabaseError

from ceosample.errors import BusyError, LedgerError
from ceosample.signoff.events import Event

#: The version of the tables, named by the first event.
SCHEMA: Final = 1

#: Events read in one transaction: an open reader would keep writers waiting.
PAGE: Final = 1000

#: How long to wait for another writer, in milliseconds.
PATIENCE: Final = 20_000

_tables = sa.MetaData()

EVENTS = sa.Table(
    "events",
    _tables,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("population", sa.Text),
    sa.Column("period", sa.Text),
    sa.Column("unit_id", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Index("events_subject", "population", "period", "unit_id", "sequence"),
    sa.Index("events_unit", "unit_id", "sequence"),
)

_REFUSE = "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"

_APPEND_ONLY = (
    f"CREATE TRIGGER events_no_update BEFORE UPDATE ON events {_REFUSE}",
    f"CREATE TRIGGER events_no_delete BEFORE DELETE ON events {_REFUSE}",
    # INSERT OR REPLACE would delete without asking the trigger above.
    "CREATE TRIGGER events_only_next BEFORE INSERT ON events WHEN NEW.sequence IS NOT "  # noqa: S608
    f"(SELECT COALESCE(MAX(sequence), 0) + 1 FROM events) {_REFUSE}",
)


class Store:
    """A connection to the book."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def connect(cls, url: str | URL, *, create: bool) -> Store:
        """Open the database of a URL; one that is there must be a ledger, or empty.

        Raises:
            LedgerError: the URL is not one of SQLite, or leads to no ledger.
        """
        try:
            parsed = sa.make_url(url)
        except ArgumentError:
            raise LedgerError("ledger: not a URL; write sqlite:///signoff.db") from None
        if parsed.drivername not in ("sqlite", "sqlite+pysqlite") or parsed.host:
            raise LedgerError(
                f"ledger: got a URL of {parsed.drivername}; this release keeps it in a file of "
                "SQLite, sqlite:///signoff.db"
            )
        if not create and not Path(parsed.database or "").is_file():
            raise LedgerError(f"ledger: {parsed.database} is not there; 'ceosample run' begins one")
        engine = sa.create_engine(parsed)
        sa.event.listen(engine, "connect", _set_up)
        sa.event.listen(engine, "begin", _begin)
        store = cls(engine)
        try:
            tables = store.tables()
            if EVENTS.name not in tables and (tables or not create):
                raise LedgerError(f"ledger: {parsed.database} is no ledger; it was left as it is")
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()

    def tables(self) -> list[str]:
        """The tables of the database; none in a new one."""
        with self.transaction() as connection:
            return sa.inspect(connection).get_table_names()

    def settle(self) -> None:
        """Make a ledger's file keep a rollback journal.

        Several current builds of SQLite can corrupt a write-ahead log. The mode stays with the
        file, so it is set only when the file is known to be ours.

        Raises:
            BusyError: somebody holds the file open with such a log.
        """
        with _in_our_words(), self._engine.connect() as raw:
            driver: Any = raw.connection.dbapi_connection
            driver.execute("PRAGMA journal_mode=DELETE").fetchall()

    def create(self, connection: Connection) -> None:
        """Make the tables, and the triggers that let nobody change what stands in them."""
        _tables.create_all(connection)
        for statement in _APPEND_ONLY:
            connection.execute(sa.text(statement))

    @contextlib.contextmanager
    def transaction(self, *, writing: bool = False) -> Iterator[Connection]:
        """One transaction, taken whole or not at all; one writer at a time.

        Raises:
            BusyError: another writer kept us waiting for too long.
            LedgerError: the file is not a ledger.
        """
        with _in_our_words(), self._engine.connect() as raw:
            connection = raw.execution_options(ceosample_writing=writing)
            with connection.begin():
                yield connection

    def append(self, connection: Connection, event: Event) -> None:
        """Write the next event."""
        connection.execute(
            EVENTS.insert().values(**row_of(event), hash=event.hash, text=event.text.decode())
        )

    def last(self, connection: Connection) -> Event | None:
        """The newest event."""
        row = connection.execute(_select().order_by(EVENTS.c.sequence.desc()).limit(1)).first()
        return None if row is None else _event(row)

    def find(self, connection: Connection, **subject: str | None) -> list[Event]:
        """All events with these values, in order; a value of None asks for none."""
        query = _select().order_by(EVENTS.c.sequence)
        for name, value in subject.items():
            query = query.where(
                EVENTS.c[name].is_(None) if value is None else EVENTS.c[name] == value
            )
        return [_event(row) for row in connection.execute(query)]

    def pages(self, **subject: str) -> Iterator[Event]:
        """Events with these values, in order, a page a transaction."""
        for row in self.rows(**subject):
            yield _event(row)

    def rows(self, **subject: str) -> Iterator[Any]:
        """The same as rows, unread, for a check that trusts none of them."""
        after: int | None = None
        while True:
            query = _select()
            if after is not None:
                query = query.where(EVENTS.c.sequence > after)
            for name, value in subject.items():
                query = query.where(EVENTS.c[name] == value)
            with self.transaction() as connection:
                page = connection.execute(query.order_by(EVENTS.c.sequence).limit(PAGE)).all()
            yield from page
            if len(page) < PAGE:
                return
            after = page[-1].sequence


@contextlib.contextmanager
def _in_our_words() -> Iterator[None]:
    """What the database says, as one of our errors."""
    try:
        yield
    except (DatabaseError, sqlite3.Error) as error:
        said = str(error.orig if isinstance(error, DatabaseError) else error)
        if "locked" in said or "busy" in said:
            raise BusyError("ledger: another run is at work on it; try again later") from None
        raise LedgerError(f"ledger: the database said: {said}") from None


def row_of(event: Event) -> dict[str, Any]:
    """The look-up columns of an event."""
    names = ("sequence", "kind", "population", "period", "unit_id")
    return {name: getattr(event, name) for name in names}


def _select() -> sa.Select[Any]:
    return sa.select(EVENTS)


def _event(row: Any) -> Event:
    try:
        return Event.parse(row.text.encode(errors="surrogateescape"))
    except (ValueError, AttributeError) as error:
        raise LedgerError(
            f"ledger: event {row.sequence} cannot be read ({error}); 'ledger.check()' tells more"
        ) from None


def _set_up(connection: Any, _record: object) -> None:
    # SQLAlchemy and the driver would both open transactions; ours are opened in _begin alone.
    connection.isolation_level = None
    # What is not UTF-8 is for check to find, not for the driver to stumble over.
    connection.text_factory = lambda data: data.decode(errors="surrogateescape")
    # EXTRA flushes the folder too, so that an event that was acknowledged is there after a crash.
    for pragma in (f"busy_timeout={PATIENCE}", "synchronous=EXTRA"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("ceosample_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
