"""The book itself: events in a database, appended one after the other and never changed.

The hashed text is what counts and is stored as it is. The columns beside it serve look-ups, and
``check`` compares them with it. Texts that people wrote stand in a table of their own, from which
they can be erased; the chain holds their salted digests alone.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine

from ceosample import files
from ceosample.canonical import canonical_file
from ceosample.errors import ConflictError, LedgerError, NoLedgerError
from ceosample.got import Private, got
from ceosample.signoff.store import databases, tables
from ceosample.signoff.store.events import Event, unread
from ceosample.signoff.store.tables import EVENTS, SCHEMA, TEXTS

__all__ = ["PAGE", "SCHEMA", "Store", "restored", "row_of", "text_digest"]

#: Events read in one transaction: an open reader would keep writers waiting.
PAGE: Final = 1000

#: The bytes of a salt.
SALT: Final = 32


class Store:
    """A connection to the book."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def connect(cls, url: str | URL, *, create: bool) -> Store:
        """A connection to the database of a URL, which must be a ledger or empty.

        Raises:
            LedgerError: the URL is neither of SQLite nor of PostgreSQL, or leads to no ledger.
            MissingPartError: the driver of PostgreSQL is not installed.
        """
        parsed = databases.parse(url)
        is_file = parsed.get_backend_name() == "sqlite"
        nothing = f"ledger: {databases.place(parsed)} does not exist; 'ceosample run' creates one"
        if is_file and not create and not Path(parsed.database or "").is_file():
            raise NoLedgerError(nothing)
        if is_file and create:
            databases.begin_file(parsed)
        store = cls(databases.engine(parsed))
        try:
            store._require_ours(create=create, nothing=nothing)
        except BaseException:
            store.close()
            raise
        return store

    def _require_ours(self, *, create: bool, nothing: str) -> None:
        where = databases.place(self._engine.url)
        with self.transaction() as connection:
            databases.require_unicode(connection, self._engine.url)
            found = _tables(connection)
        if EVENTS.name in found:
            return
        if not found and not create and self._engine.dialect.name == "postgresql":
            raise NoLedgerError(nothing.replace("does not exist", "holds no ledger"))
        if found or not create:
            raise LedgerError(
                f"ledger: {where} is not a ledger and was left unchanged; "
                + (
                    "give the ledger a database or a schema of its own"
                    if found
                    else "check the URL"
                )
            )

    @property
    def begun(self) -> bool:
        """Whether the database holds it; False before the first event of one that begins late."""
        return True

    @property
    def place(self) -> str:
        """Where it is, without a password."""
        return databases.place(self._engine.url)

    @property
    def url(self) -> URL:
        """Where it is, with a password if there is one."""
        return self._engine.url

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

    def tables(self) -> list[str]:
        """The tables of the database; none in a new one."""
        with self.transaction() as connection:
            return _tables(connection)

    def settle(self) -> None:
        """Bring a database that is known to be a ledger into the form that this release keeps.

        A file gets a rollback journal: several current builds of SQLite can corrupt a write-ahead
        log, and the mode stays with the file. A ledger that was begun before there were texts
        gets their table.

        Raises:
            BusyError: another process holds the file open with such a log.
        """
        if self._engine.dialect.name == "sqlite":
            with databases.in_our_words(self._engine.url), self._engine.connect() as raw:
                driver: Any = raw.connection.dbapi_connection
                driver.execute("PRAGMA journal_mode=DELETE").fetchall()
        if TEXTS.name not in self.tables():
            with self.transaction(writing=True) as connection:
                tables.complete(connection)

    def create(self, connection: Connection) -> None:
        """Create the tables, and the triggers that refuse any change of a row."""
        tables.create(connection)

    @contextlib.contextmanager
    def transaction(self, *, writing: bool = False) -> Iterator[Connection]:
        """One transaction, kept whole or not at all; one writer at a time.

        Raises:
            BusyError: another writer kept us waiting for too long, or the connection was lost.
            LedgerError: the database is not a ledger, or refused.
        """
        with databases.in_our_words(self._engine.url), self._engine.connect() as raw:
            connection = raw.execution_options(ceosample_writing=writing)
            with connection.begin():
                yield connection

    # Events

    def append(self, connection: Connection, event: Event) -> None:
        """Append the next event.

        Raises:
            LedgerError: a name in it holds a character that not every database keeps.
        """
        row = row_of(event)
        for name, value in row.items():
            _require_storable(name, value)
        text = event.text
        digest = hashlib.sha256(text).hexdigest()
        connection.execute(_NEXT, {**row, "hash": digest, "text": text.decode()})

    def last(self, connection: Connection) -> Event | None:
        """The newest event."""
        return next(iter(self.newest(connection, 1)), None)

    def newest(self, connection: Connection, count: int) -> list[Event]:
        """The newest ``count`` events, the newest first."""
        rows = connection.execute(_NEWEST, {"count": count})
        return [event_of_row(row) for row in rows]

    def count(self) -> int:
        """The number of events, none of them read, and no index but that of their numbers."""
        with self.transaction() as connection:
            newest = connection.execute(sa.select(sa.func.max(EVENTS.c.sequence))).scalar_one()
        return newest or 0

    def find(self, connection: Connection, **subject: str | None) -> list[Event]:
        """All events with these values, in order; None matches events without that part."""
        require_names(subject)
        query = _found_by(tuple((name, value is None) for name, value in subject.items()))
        rows = databases.rows_quickly(connection, query, subject)
        return [event_of_row(row) for row in rows]

    def holds(self, digits: str) -> bool:
        """Whether the hash of an event begins with these hexadecimal digits."""
        found = sa.select(EVENTS.c.sequence).where(
            EVENTS.c.hash >= digits, EVENTS.c.hash < f"{digits}g"
        )
        with self.transaction() as connection:
            return connection.execute(found.limit(1)).first() is not None

    def at(self, sequence: int) -> Event | None:
        """The event of a number; None where there is none."""
        with self.transaction() as connection:
            row = connection.execute(_select().where(EVENTS.c.sequence == sequence)).first()
        return None if row is None else event_of_row(row)

    def earlier(self, sequence: int, /, **wanted: str | None) -> list[Event]:
        """The events with these values before a place in the ledger, in order."""
        with self.transaction() as connection:
            return self.earlier_in(connection, sequence, **wanted)

    def earlier_in(
        self, connection: Connection, sequence: int, /, **wanted: str | None
    ) -> list[Event]:
        """The same, inside a transaction."""
        query = _select().where(*_wanted(EVENTS, wanted), EVENTS.c.sequence < sequence)
        return [event_of_row(row) for row in connection.execute(query.order_by(EVENTS.c.sequence))]

    def pages(self, **subject: str | None) -> Iterator[Event]:
        """Events with these values, in order, a page a transaction."""
        for row in self.rows(**subject):
            yield event_of_row(row)

    def rows(self, **subject: str | None) -> Iterator[Any]:
        """The same as rows, unread."""
        for page in self._pages(_select().where(*_wanted(EVENTS, subject)), EVENTS.c.sequence):
            yield from page

    def row_pages(self, **subject: str | None) -> Iterator[Sequence[Any]]:
        """The same, a page at a time, for a reader that trusts none of them."""
        query = _select().where(*_wanted(EVENTS, subject))
        return self._pages(query, EVENTS.c.sequence, databases.rows_quickly)

    def pages_of_kinds(self, kinds: Sequence[str], *, population: str) -> Iterator[Sequence[Any]]:
        """The same of the events of any of these kinds: a question for all of them together."""
        require_names({"population": population})
        query = _select().where(EVENTS.c.kind.in_(kinds), _by_kind(population))
        return self._pages(query, EVENTS.c.sequence, databases.rows_quickly)

    def newest_by_digest(self, kind: str, field: str, *, population: str) -> Sequence[Any]:
        """A kind's newest event for each month and each digest in a field: rows, in order.

        The others are grouped where they are, and none of them is read. A text is canonical, so
        the name of a field with its quotation marks and colon is nowhere else in it.
        """
        require_names({"kind": kind, "population": population})
        name = f'"{field}":"'
        place = sa.func.instr if self.dialect == "sqlite" else sa.func.strpos
        found = sa.func.substr(EVENTS.c.text, place(EVENTS.c.text, name) + len(name), 64)
        newest = (
            sa.select(sa.func.max(EVENTS.c.sequence))
            .where(EVENTS.c.kind == kind, _by_kind(population))
            .group_by(EVENTS.c.period, found)
        )
        query = _select().where(EVENTS.c.sequence.in_(newest)).order_by(EVENTS.c.sequence)
        with self.transaction() as connection:
            return databases.rows_quickly(connection, query)

    # Texts

    def keep(
        self,
        connection: Connection,
        text: str,
        *,
        salt: bytes,
        population: str | None = None,
        period: str | None = None,
        unit_id: str | None = None,
        person: str | None = None,
    ) -> str:
        """Keep a text or a name where it can be erased; return the digest for an event.

        Args:
            connection: a transaction that writes.
            text: what is kept.
            salt: 32 random bytes for this text alone, without which its digest does not let
                anyone guess it; they are erased with it.
            population, period, unit_id: the letter that it is about, if any.
            person: the id of whom it is about or by, if any.

        Returns:
            The digest that an event may hold: SHA-256 of salt and text, in hexadecimal.

        Raises:
            LedgerError: a character that not every database keeps, or not 32 bytes of salt.
            ConflictError: the same text under the same salt is kept about another person.
        """
        about = {
            "population": population, "period": period, "unit_id": unit_id, "person": person
        }  # fmt: skip
        for name, value in {"text": text, **about}.items():
            _require_storable(name, value)
        if len(salt) != SALT:
            raise LedgerError(f"salt: got {len(salt)} bytes; give {SALT} random ones")
        digest = text_digest(salt, text)
        row = connection.execute(sa.select(TEXTS).where(TEXTS.c.digest == digest)).first()
        if row is None:
            connection.execute(
                TEXTS.insert().values(digest=digest, salt=salt.hex(), text=text, **about)
            )
        elif {name: row._mapping[name] for name in about} != about:
            raise ConflictError(
                f"text {digest[:8]}: is kept about another letter or person already; give each "
                "text a salt of its own"
            )
        return digest

    def texts(self, connection: Connection, **subject: str | None) -> dict[str, str]:
        """The texts not erased, by digest; None matches texts without that part."""
        query = sa.select(TEXTS.c.digest, TEXTS.c.text).where(*_wanted(TEXTS, subject))
        return {row.digest: row.text for row in connection.execute(query.order_by(TEXTS.c.digest))}

    def erase(self, connection: Connection, **subject: str | None) -> int:
        """Erase texts with their salts; the chain keeps their digests, which reveal nothing.

        Returns:
            The number of texts erased.

        Raises:
            LedgerError: no subject, which would erase every text.
        """
        if not subject:
            raise LedgerError(
                "erase: got no subject; give unit_id=, person=, period=, population= or digest="
            )
        return connection.execute(TEXTS.delete().where(*_wanted(TEXTS, subject))).rowcount

    def kept(self) -> Iterator[Any]:
        """The rows of all texts, a page a transaction, for a check that trusts none of them."""
        for page in self._pages(sa.select(TEXTS), TEXTS.c.digest):
            yield from page

    # Copies

    def back_up(self, path: Path) -> None:
        """Write a copy into a new file that its owner alone can read.

        A ledger of SQLite is copied page by page, as it is. Of one on PostgreSQL the rows are
        written as JSON Lines, events first, then texts; ``pg_dump`` keeps more.

        Raises:
            ConflictError: something is there already, which stays.
        """
        with files.new_secret(path) as part, self.transaction() as connection:
            if connection.dialect.name == "sqlite":
                driver: Any = connection.connection.dbapi_connection
                databases.copy_sqlite(driver, part)
                return
            with part.open("wb") as file:
                for table in tables.tables_in(connection):
                    key = table.primary_key.columns
                    for row in connection.execute(sa.select(table).order_by(*key)):
                        fields = dict(row._mapping)
                        file.write(canonical_file({table.name: fields}))

    def _pages(
        self,
        query: sa.Select[Any],
        key: sa.Column[Any],
        rows_of: Callable[[Connection, sa.Select[Any]], Sequence[Any]] = databases.rows,
    ) -> Iterator[Sequence[Any]]:
        """A query's rows in the order of a unique column, a page a transaction."""
        page_of = query.order_by(key).limit(PAGE)
        page_query = page_of
        while True:
            with self.transaction() as connection:
                page = rows_of(connection, page_query)
            yield page
            if len(page) < PAGE:
                return
            page_query = page_of.where(key > page[-1]._mapping[key])


def restored(store: Store, connection: Connection, lines: Iterable[bytes]) -> Iterator[Any]:
    """Append events that were exported, a line each, and return their rows for a check.

    Raises:
        LedgerError: a line that is not an event, or does not follow from the one before.
    """
    for number, line in enumerate(lines, 1):
        if not isinstance(line, bytes):
            raise LedgerError(
                f"import, line {number}: got {type(line).__name__}; give the bytes of each "
                "line, as export() returns them"
            )
        try:
            event = Event.parse(line.removesuffix(b"\n"))
        except ValueError as error:
            raise LedgerError(f"import, line {number}: {error}") from None
        if event.sequence != number:
            raise LedgerError(
                f"import, line {number}: got event {event.sequence}; give every event from the "
                "first, a line each and in order"
            )
        store.append(connection, event)
        yield SimpleNamespace(**row_of(event), hash=event.hash, text=event.text.decode())


def text_digest(salt: bytes, text: str) -> str:
    """What the chain holds for a text that can be erased: SHA-256 of salt and UTF-8 text.

    >>> text_digest(bytes(32), "")[:16]
    '66687aadf862bd77'
    """
    return hashlib.sha256(salt + text.encode(errors="surrogateescape")).hexdigest()


def row_of(event: Event) -> dict[str, Any]:
    """The look-up columns of an event."""
    names = ("sequence", "kind", "population", "period", "unit_id")
    return {name: getattr(event, name) for name in names}


def _tables(connection: Connection) -> list[str]:
    return sa.inspect(connection).get_table_names()


def _select() -> sa.Select[Any]:
    return sa.select(EVENTS)


# SQLAlchemy needs as long to make one of these, and to find that it has made it before, as a
# database needs to answer it. So those that are asked with each event are made once.

_NEXT: Final = EVENTS.insert()
_NEWEST: Final = (
    sa.select(EVENTS)
    .order_by(EVENTS.c.sequence.desc())
    .limit(sa.bindparam("count", type_=sa.Integer))
)


@functools.cache
def _found_by(names: tuple[tuple[str, bool], ...]) -> sa.Select[Any]:
    """The query for the events with values that are given with it, or without those parts.

    Args:
        names: of columns, each with whether events without that part are asked for.
    """
    conditions = (
        EVENTS.c[name].is_(None)
        if without
        else EVENTS.c[name] == sa.bindparam(name, type_=EVENTS.c[name].type)
        for name, without in names
    )
    return _select().where(*conditions).order_by(EVENTS.c.sequence)


def _wanted(table: sa.Table, subject: Mapping[str, str | None]) -> Iterator[Any]:
    """The conditions that rows have these values."""
    require_names(subject)
    for name, value in subject.items():
        column = table.c[name]
        yield column.is_(None) if value is None else column == value


def _by_kind(population: str) -> sa.ColumnElement[bool]:
    """The condition that rows are of a population, which leaves the kind's index to be used.

    It leads to fewer rows than a population's, which SQLite cannot know.
    """
    return EVENTS.c.population.concat("") == population


def require_names(subject: Mapping[str, object]) -> None:
    """Raise unless these values can be asked for: text that a database keeps, or None.

    Raises:
        LedgerError: the first that cannot.
    """
    for name, value in subject.items():
        if value is not None and not isinstance(value, str):
            raise LedgerError(f"{name}: {got(value)}; give text")
        _require_storable(name, value)


def _require_storable(name: str, value: object) -> None:
    """Raise where a database would stumble; what people wrote is private and is not repeated."""
    if not isinstance(value, str):
        return
    if "\0" in value:
        what = "the character NUL (U+0000)"
    elif any("\ud800" <= character <= "\udfff" for character in value):
        what = "half of a surrogate pair"
    else:
        return
    said = got(value, Private.CONTENTS if name == "text" else None)
    raise LedgerError(f"{name}: {said} with {what}, which PostgreSQL cannot keep; remove it")


def event_of_row(row: Any) -> Event:
    """The event of a row whose text has its hash; whether the chain holds is for ``check``.

    Raises:
        LedgerError: the text and the hash do not fit each other.
    """
    is_text = isinstance(row.text, str)
    data = row.text.encode(errors="surrogateescape") if is_text else b""
    if not is_text or hashlib.sha256(data).hexdigest() != row.hash:
        fault = "its text was changed, or its hash" if is_text else "its text is not text"
        raise LedgerError(
            f"ledger: event {row.sequence} cannot be read ({fault}); find out more with "
            "'ceosample status --check' or ledger.check()"
        )
    try:
        return Event.read(data)
    except (ValueError, RecursionError) as error:
        return unread(data, row.sequence, _why(error))


def _why(error: Exception) -> str:
    """Why a text is no event; what the JSON reader says may quote it."""
    said = str(error)
    return said if said.startswith("not an event") else "not an event: its text is not JSON"
