"""The rows that a query gives: the month as bound parameters, one transaction, nothing written."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from ceosample import files
from ceosample.errors import (
    BusyError,
    CeosampleError,
    ConfigurationError,
    FrameError,
    MissingPartError,
    RecordError,
)
from ceosample.period import Period
from ceosample.reasons import AGAIN, REASONS, SETUP
from ceosample.sampling.frames.table import NumberedRow, require_columns
from ceosample.signoff.store import databases, postgresql
from ceosample.signoff.store.troubles import reason_of
from ceosample.spreadsheet import is_blank
from ceosample.text import printable

#: So many rows are fetched at a time.
ROWS: Final = 10_000

_URL: Final = "source.url"


def query_rows(
    path: Path, url: str | URL, period: Period, asked: Mapping[str, str]
) -> Iterator[NumberedRow]:
    """The cells of the columns that are asked for, row by row; a row of nulls is no row.

    The transaction is a reading one where the database has such, and is always rolled back.

    Args:
        path: the file of the query's text.
        url: the database that it is put to.
        period: the month: ``:period``, ``:first_day``, ``:last_day`` and ``:next_month``.
        asked: the columns, each with the key of the configuration that names it.

    Raises:
        ConfigurationError: the query is not there, or asks for a parameter that there is not.
        FrameError: the database refused it, or it gives no such columns.
        BusyError: the database does not answer now.
        MissingPartError: the database's driver is not installed.
    """
    statement = _statement(path, period)
    parsed = sa.make_url(url)
    engine = _engine(parsed)
    try:
        with _in_our_words(engine, path), engine.connect() as connection:
            reading = connection.execution_options(stream_results=True, yield_per=ROWS)
            if engine.dialect.name == "postgresql":
                reading = reading.execution_options(postgresql_readonly=True)
            result = reading.execute(statement)
            if not result.returns_rows:
                raise FrameError(f"{path}: returns no rows; write a SELECT")
            there = list(result.keys())
            require_columns(list(asked), there, asked)
            places = [there.index(name) for name in asked]
            for number, row in enumerate(result, 1):
                if not is_blank(row):
                    yield number, tuple([row[place] for place in places])
            reading.rollback()
    finally:
        engine.dispose()


def _statement(path: Path, period: Period) -> sa.TextClause:
    try:
        statement = sa.text(files.read(path).decode())
    except (RecordError, UnicodeDecodeError):
        raise ConfigurationError(
            f"{path}: not there, or not UTF-8; write the query to it, or correct source.sql"
        ) from None
    month: dict[str, sa.BindParameter[Any]] = {
        "period": sa.bindparam("period", str(period), sa.String()),
        "first_day": sa.bindparam("first_day", period.first_day, sa.Date()),
        "last_day": sa.bindparam("last_day", period.last_day, sa.Date()),
        "next_month": sa.bindparam("next_month", period.next().first_day, sa.Date()),
    }
    used = [*statement.compile().params]
    unknown = [name for name in used if name not in month]
    if unknown:
        raise ConfigurationError(
            f"{path}: got the parameter :{', :'.join(unknown)}; use :{', :'.join(month)}, and "
            "write any other colon as \\:"
        )
    return statement.bindparams(*(month[name] for name in used))


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _of_file(url)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    arguments = postgresql.NOT_PREPARED if url.drivername == "postgresql+psycopg" else {}
    try:
        return sa.create_engine(url, poolclass=NullPool, connect_args={**arguments})
    except ImportError as error:
        what = "pip install 'ceosample[postgresql]'"
        if url.get_backend_name() != "postgresql":
            what = "install the driver of this database"
        raise MissingPartError(f"{_URL}: {url.drivername} needs {error.name}; {what}") from None
    except NoSuchModuleError:
        raise MissingPartError(
            f"{_URL}: got {url.drivername}, which SQLAlchemy does not know; install its package"
        ) from None


def _of_file(url: URL) -> Engine:
    """A file of SQLite, opened for reading alone: one that is not there is not made."""
    path = Path(url.database or "")
    if not path.is_file():
        raise FrameError(f"{path}: not there; correct {_URL}, which leads to it")

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        # The driver's own complaint about text that is not UTF-8 would quote it.
        connection.text_factory = lambda data: data.decode(errors="surrogateescape")
        connection.set_authorizer(_one_file_alone)
        return connection

    return sa.create_engine("sqlite://", creator=connect, poolclass=NullPool)


def _one_file_alone(action: int, *_: str | None) -> int:
    """Refuse to attach another file, which would be writable, or made: ``VACUUM INTO`` does too."""
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


@contextlib.contextmanager
def _in_our_words(engine: Engine, path: Path) -> Iterator[None]:
    """A block whose database errors are raised as ours, without passwords and rows."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        said = _ours(error, path)
        faults = [databases.without_secrets(fault, engine.url) for fault in said.faults]
        raise type(said)(*faults, reason=said.reason) from None


def _ours(error: Exception, path: Path) -> CeosampleError:
    cause: Any = error.orig if isinstance(error, DBAPIError) else error
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    said = printable(databases.first_line(cause))
    reason = reason_of(cause, str(cause), lost=lost)
    if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_AUTH:
        return FrameError(f"{path}: may only read this database; write a SELECT")
    # A query that writes is refused by our own read-only transaction, as a standby would refuse it.
    is_asked = reason in (None, "database-standby") or isinstance(cause, sqlite3.Error)
    code = None if reason is None else REASONS[reason]
    if code == AGAIN and (reason == "database-busy" or not is_asked):
        what = "the database does not answer, or is locked; try again"
        return BusyError(f"{_URL}: {what} ({said})", reason=reason)
    if code == SETUP and not is_asked:
        what = "the database does not let us in, or not read; correct the URL, the password or "
        return ConfigurationError(f"{_URL}: {what}the rights ({said})", reason=reason)
    if isinstance(error, sa.exc.DataError):
        # It would quote the value that it could not take.
        kind = type(cause).__name__
        return FrameError(f"{path}: the database could not take a value ({kind}); correct the row")
    return FrameError(f"{path}: the database refused: {said}")
