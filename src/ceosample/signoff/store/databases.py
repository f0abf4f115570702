"""SQLite and PostgreSQL: how each is opened and locked for one writer, and its errors in our words.

No other file knows that there are two. A reader sees one moment of the ledger; a writer is alone.
"""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import SingletonThreadPool

from ceosample import file_modes
from ceosample.errors import (
    NO_SPACE,
    AccessError,
    BusyError,
    CeosampleError,
    DamagedError,
    LedgerError,
    MissingPartError,
)
from ceosample.got import Private, got
from ceosample.reasons import AGAIN, REASONS, SETUP
from ceosample.signoff.store import forks, postgresql
from ceosample.signoff.store.troubles import reason_of

#: How long to wait for another writer, in milliseconds.
PATIENCE: Final = 20_000

#: How long to sleep before asking again whether another writer is done, in milliseconds.
TURN: Final = 5

#: What a URL of ours may begin with, and the driver that is meant.
_DRIVERS: Final[Mapping[str, str]] = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}

#: What to say of each reason, before the words of the database.
_SAID: Final[Mapping[str, str]] = {
    "database-lost": "the connection to the database was lost; run it again. Recording the same "
    "thing twice returns the original event",
    "database-busy": "another run is using it; try again later",
    "database-away": "the database does not answer; try again later",
    "database-standby": "the database is a standby, which takes no writes; try again once the "
    "fail-over is over, or give the primary's address",
    "disk-full": NO_SPACE,
    "disk": "its disk refused; see what the system says of the disk",
    "database-password": "the database does not let this user in; correct the user, the password "
    "or the server's pg_hba.conf",
    "database-missing": "the database does not exist; create it, or correct the URL",
    "database-rights": "the rights are missing; grant them to this user",
    "database-ssl": "SSL does not come about; correct sslmode, or the certificates",
    "database-settings": "its URL cannot be used; correct it",
}

#: Of these the words of the database say nothing more.
_ALL_SAID: Final = ("database-lost", "database-busy", "disk-full")


def parse(url: str | URL) -> URL:
    """The URL of one of our two databases, with the driver that we use.

    Raises:
        LedgerError: it is another; a password in it is not repeated.
    """
    try:
        parsed = sa.make_url(url)
    except (ArgumentError, ValueError):
        raise LedgerError(
            f"ledger: {got(url, Private.URL)}; give a URL such as sqlite:///signoff.db"
        ) from None
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None or (driver == "sqlite" and parsed.host):
        raise LedgerError(
            f"ledger: got a URL of {parsed.drivername}; give a file of SQLite, "
            "sqlite:///signoff.db, or PostgreSQL, postgresql+psycopg://USER@HOST/DATABASE"
        )
    return parsed.set(drivername=driver)


def place(url: URL) -> str:
    """Where a URL leads, for a message: never with its password."""
    if url.get_backend_name() == "sqlite":
        # What follows a question mark is no part of a name, and may be a password.
        return (url.database or "in memory").partition("?")[0]
    hosts = url.query.get("host", ())
    named = url.host or ", ".join([hosts] if isinstance(hosts, str) else hosts)
    service = url.query.get("service")
    if service and not named:
        return f"{url.database or 'the database'} of the service {service}"
    return f"{url.database or 'the database'} at {named or 'the local server'}"


def engine(url: URL) -> Engine:
    """An engine whose transactions are ours.

    Raises:
        MissingPartError: the driver of PostgreSQL is not installed.
    """
    if url.get_backend_name() == "sqlite":
        made = sa.create_engine(url)
        sa.event.listen(made, "connect", _set_up_sqlite)
        sa.event.listen(made, "begin", _begin_sqlite)
        # One in memory is the process's own, and goes into its children as everything does.
        return made if isinstance(made.pool, SingletonThreadPool) else forks.keep_apart(made)
    reached, settings = postgresql.without_settings(url)
    arguments = postgresql.connect_args(url, PATIENCE)
    try:
        # A connection that died while nobody used it is replaced before it is given out.
        made = sa.create_engine(reached, pool_pre_ping=True, connect_args=arguments)
    except ImportError as error:
        raise MissingPartError(
            f"ledger: PostgreSQL needs psycopg ({error}); install it with: "
            "pip install 'ceosample[postgresql]'"
        ) from None

    def begin(connection: Connection) -> None:
        writing = _is_writing(connection)
        postgresql.begin(connection, settings, PATIENCE, writing=writing)

    sa.event.listen(made, "begin", begin)
    return forks.keep_apart(made)


def begin_file(url: URL) -> None:
    """Make the empty file of a new ledger, which others cannot read, as SQLite's journal then."""
    if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        with contextlib.suppress(OSError):  # SQLite says what is wrong with the place
            file_modes.begin(Path(url.database))


def require_unicode(connection: Connection, url: URL) -> None:
    """Raise unless the database keeps every character.

    Raises:
        LedgerError: its encoding is not UTF-8.
    """
    if connection.dialect.name != "postgresql":
        return
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise LedgerError(
            f"ledger: {place(url)} has the encoding {encoding}, which cannot keep every name; "
            "create the database with ENCODING 'UTF8'"
        )


@contextlib.contextmanager
def nothing_left(url: URL) -> Iterator[None]:
    """A block that, if it fails, leaves no file of SQLite where there was none before."""
    name = url.database if url.get_backend_name() == "sqlite" else None
    file = None if name in (None, "", ":memory:") else Path(str(name))
    was_there = file is None or file.exists()
    try:
        yield
    except BaseException:
        if file is not None and not was_there:
            for suffix in ("", "-journal", "-wal", "-shm"):
                Path(f"{file}{suffix}").unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def in_our_words(url: URL) -> Iterator[None]:
    """A block whose database errors are raised as ours."""
    try:
        yield
    except PoolTimeoutError:
        raise BusyError(
            "ledger: this process has too many open connections to it; try again later",
            reason="database-busy",
        ) from None
    except DBAPIError as error:
        said = _ours(error.orig, lost=error.connection_invalidated)
    except sqlite3.Error as error:
        said = _ours(error, lost=False)
    except UnicodeDecodeError:  # a message of the driver's own quotes what it could not read
        said = _damaged("its schema is not text")
    else:
        return
    faults = (without_secrets(fault, url) for fault in said.faults)
    raise type(said)(*faults, reason=said.reason) from None


def _ours(error: BaseException | None, *, lost: bool) -> CeosampleError:
    said, reason = first_line(error), reason_of(error, str(error), lost=lost)
    if reason == "ledger-damaged":
        return _damaged(said)
    if reason is None:
        return LedgerError(f"ledger: the database refused: {said}")
    words = "" if reason in _ALL_SAID else f" ({said})"
    return error_of(reason)(f"ledger: {_SAID[reason]}{words}", reason=reason)


def error_of(reason: str) -> type[CeosampleError]:
    """The class of the error that has one of a database's reasons."""
    return {AGAIN: BusyError, SETUP: AccessError}.get(REASONS[reason], LedgerError)


def _damaged(said: str) -> DamagedError:
    return DamagedError(
        f"ledger: its database is damaged ({said}); 'ceosample status --check' tells what is, and "
        "'ceosample repair' mends it where every event is whole; else restore a backup"
    )


def first_line(error: BaseException | None) -> str:
    """The first line of a database's error."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def is_held(error: BaseException | None) -> bool:
    """Whether another process holds what is wanted."""
    return reason_of(error, str(error)) == "database-busy"


def without_secrets(said: str, url: URL) -> str:
    """A database's error without the passwords of its URL."""
    secrets = [url.password, url.query.get("password"), url.query.get("sslpassword")]
    for secret in secrets:
        if isinstance(secret, str) and secret:
            said = said.replace(secret, "***")
    return said


def rows(
    connection: Connection, query: sa.Select[Any], values: Mapping[str, Any] | None = None
) -> Sequence[Any]:
    """All rows of a query, with the values that it leaves open."""
    return connection.execute(query, values).all()


def rows_quickly(
    connection: Connection, query: sa.Select[Any], values: Mapping[str, Any] | None = None
) -> Sequence[Any]:
    """The same; SQLite's driver makes the texts, unless one of them is not UTF-8."""
    if connection.dialect.name != "sqlite":
        return rows(connection, query, values)
    driver: Any = connection.connection.driver_connection
    usual, driver.text_factory = driver.text_factory, str
    try:
        return rows(connection, query, values)
    except OperationalError:  # it would be told of the second attempt too
        driver.text_factory = usual
        return rows(connection, query, values)
    finally:
        driver.text_factory = usual


def copy_sqlite(driver: sqlite3.Connection, file: Path) -> None:
    """Copy a database into an empty file, page by page."""
    with contextlib.closing(sqlite3.connect(file)) as copy:
        driver.backup(copy)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # SQLAlchemy and the driver would both open transactions; ours are opened in _begin_sqlite.
    connection.isolation_level = None
    # What is not UTF-8 is for check to find, not for the driver to stumble over.
    connection.text_factory = lambda data: data.decode(errors="surrogateescape")
    # EXTRA flushes the folder too, so that an event that was acknowledged is there after a crash;
    # secure_delete overwrites a text that is erased.
    for pragma in (f"busy_timeout={PATIENCE}", "synchronous=EXTRA", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if not _is_writing(connection):
        connection.exec_driver_sql("BEGIN")
        return
    # SQLite's own wait asks less and less often, so who came last would be served first.
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        _take_turn(connection)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE}")


def _take_turn(connection: Connection) -> None:
    """Begin to write as soon as nobody else does; the last refusal is raised."""
    for is_last in (*itertools.repeat(False, PATIENCE // TURN), True):
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except DBAPIError as error:
            if is_last or not is_held(error.orig):
                raise
            time.sleep(TURN / 1000)
        else:
            return


def _is_writing(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("ceosample_writing", False))
