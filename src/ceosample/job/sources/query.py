"""The rows that a query gives: the month as bound parameters, one transaction, nothing written."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
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
from ceosample.job.sources.query_text import read_query
from ceosample.period import Period
from ceosample.reasons import AGAIN, REASONS, SETUP
from ceosample.sampling.frames.table import NumberedRow, require_columns
from ceosample.signoff.store import databases, postgresql
from ceosample.signoff.store.troubles import reason_of
from ceosample.spreadsheet import is_blank
from ceosample.text import printable, quoted

#: So many rows are fetched at a time.
ROWS: Final = 10_000

#: PostgreSQL's date, timestamp and timestamptz.
_DATES: Final = (1082, 1114, 1184)

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
    engine = _engine(sa.make_url(url))
    try:
        statement = _statement(path, period, engine.dialect.name)
        dates = _columns_of_dates(engine)
        with _in_our_words(engine, path, dates), engine.connect() as connection:
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


def _statement(path: Path, period: Period, dialect: str) -> sa.TextClause:
    try:
        text = files.read(path).decode()
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
    query = read_query(text, dialect, month)
    unknown = [name for name in query.names if name not in month]
    if unknown:
        raise ConfigurationError(
            f"{path}: got the parameter :{', :'.join(unknown)}; use :{', :'.join(month)}, and "
            "write any other colon as \\:"
        )
    if query.cast is not None:
        raise ConfigurationError(
            f"{path}: got :{query.cast}::, a cast that {dialect} does not know; write "
            f"CAST(:{query.cast} AS date), or in SQLite :{query.cast} alone"
        )
    return sa.text(query.text).bindparams(*(month[name] for name in query.names))


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
def _in_our_words(engine: Engine, path: Path, dates: Sequence[str]) -> Iterator[None]:
    """A block whose database errors are raised as ours, without passwords and rows.

    Args:
        engine: the database.
        path: the query's file.
        dates: the columns of dates and times, once they are known.
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        said = _ours(error, path, dates)
        faults = [databases.without_secrets(fault, engine.url) for fault in said.faults]
        raise type(said)(*faults, reason=said.reason) from None


def _ours(error: Exception, path: Path, dates: Sequence[str]) -> CeosampleError:
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
        if _is_no_date(cause):
            where = f"{path}, {' or '.join(f'column {quoted(name)}' for name in dates)}"
            return FrameError(
                f"{where}: got infinity, or a date outside of the years 1 to 9999; write CASE WHEN "
                "isfinite(column) THEN column END in its place, which is a row without a date, and "
                "name your columns in place of *"
            )
        # It would quote the value that it could not take.
        kind = type(cause).__name__
        return FrameError(f"{path}: the database could not take a value ({kind}); correct the row")
    return FrameError(f"{path}: the database refused: {said}")


def _columns_of_dates(engine: Engine) -> list[str]:
    """The columns of dates and times in the next answer, which is read in part at once."""
    found: list[str] = []

    def look(_connection: Any, cursor: Any, *_: Any) -> None:
        found[:] = [name for name, kind, *_ in cursor.description or () if kind in _DATES]

    sa.event.listen(engine, "after_cursor_execute", look)
    return found


def _is_no_date(cause: Any) -> bool:
    """Whether a driver has no date of Python's for one of the database's, as psycopg says it."""
    said = str(cause)
    return getattr(cause, "sqlstate", None) is None and ("infinity" in said or "year " in said)
