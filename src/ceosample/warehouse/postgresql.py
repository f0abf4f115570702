"""PostgreSQL, by psycopg 3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from ceosample.errors import FrameError
from ceosample.text import quoted
from ceosample.warehouse.dialect import POSTGRESQL, Dialect
from ceosample.warehouse.engine import (
    BATCH,
    CODED,
    INTEGER,
    NUMBER,
    TEXT,
    Block,
    Files,
    asking,
    block_of,
)
from ceosample.warehouse.questions import Query

if TYPE_CHECKING:
    import psycopg

#: pg_type's numbers, which do not change: text and varchar; smallint, integer and bigint.
#: char(n) is none of them: its blanks at the end come and go with each cast.
_TEXTS = (25, 1043)
_INTEGERS = (20, 21, 23)
_NUMERIC = 1700
_UUID = 2950

#: What PostgreSQL calls a type; nothing for an enumeration.
_TYPE = (
    "SELECT CASE typtype WHEN 'e' THEN '' ELSE pg_catalog.format_type(oid, NULL) END "
    "FROM pg_catalog.pg_type WHERE oid = CAST($1 AS pg_catalog.oid)"
)

#: The schema that is looked into first; a temporary one is not, for functions and operators.
_FIRST_SCHEMA = (
    "SELECT CAST(name AS pg_catalog.text) "
    "FROM pg_catalog.unnest(pg_catalog.current_schemas(true)) WITH ORDINALITY AS path(name, place) "
    "WHERE NOT pg_catalog.starts_with(CAST(name AS pg_catalog.text), 'pg_temp') "
    "ORDER BY place LIMIT 1"
)

#: Whether a table, by its quoted name, is in this database with all its rows, and shows them all.
_STORED = (
    "SELECT CASE WHEN relkind IN ('r', 'm') AND NOT relhassubclass AND NOT relrowsecurity "
    "THEN 'true' END FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass($1)"
)

_NUMBERS = count(1)

_HELD = ("repeatable read", "serializable")


class PostgreSql:
    """A connection, and a transaction on it that sees one moment."""

    dialect: Final[Dialect] = POSTGRESQL
    slice: Final[int | None] = None

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        from psycopg import Error
        from psycopg.pq import TransactionStatus

        self.errors = (Error,)
        self._connection = connection
        self._own = connection.info.transaction_status == TransactionStatus.IDLE
        with asking(self, "connection"):
            self._begin()

    def _begin(self) -> None:
        _require_unicode(self._connection)
        if self._own:
            begin = "BEGIN" if self._connection.autocommit else "SET TRANSACTION"
            self._connection.execute(
                f"{begin} ISOLATION LEVEL REPEATABLE READ READ ONLY", prepare=False
            )
        elif (level := self._one("SHOW transaction_isolation")) not in _HELD:
            raise FrameError(
                f"connection: in a transaction that is {level.upper()}, within which a table may "
                "change between two questions; give a connection without a transaction, or begin "
                "one that is REPEATABLE READ"
            )
        self._begun = self.moment()
        if (first := self._one(_FIRST_SCHEMA)) != "pg_catalog":
            self.close()
            raise FrameError(
                f"connection: its search_path has {quoted(first)} before pg_catalog, so another "
                "user's operators may answer; leave pg_catalog out of it, or put it first"
            )

    def columns(self, query: Query) -> list[tuple[str, str]]:
        # A question that is refused spoils no more than a savepoint.
        with self._connection.transaction(), self._cursor() as cursor:
            cursor.execute(query.text, query.values, prepare=False)
            described = cursor.description or []
        return [
            (column.name, self._kind(column.type_code, column.scale or 0)) for column in described
        ]

    def rows(self, query: Query) -> Iterator[tuple[Any, ...]]:
        with self._stream() as cursor:
            cursor.execute(query.text, query.values)
            while batch := cursor.fetchmany(BATCH):
                yield from batch

    def blocks(self, query: Query) -> Iterator[Block]:
        with self._stream() as cursor:
            cursor.execute(query.text, query.values)
            while batch := cursor.fetchmany(BATCH):
                yield block_of(batch)

    def files(self, query: Query) -> Files:
        """Its tables are its own; what is behind a foreign one it does not tell."""
        return Files()

    def holds(self, table: str) -> bool:
        """Whether it is all PostgreSQL's own, for a view or a part may be foreign or volatile.

        Within a transaction of the caller's the caller may write.
        """
        return self._own and self._one(_STORED, table) == "true"

    def moment(self) -> str | None:
        from psycopg.pq import TransactionStatus

        if self._connection.info.transaction_status == TransactionStatus.IDLE:
            return None
        return self._one("SELECT pg_catalog.timestamptz_send(pg_catalog.transaction_timestamp())")

    def close(self) -> None:
        if self._own:
            self._own = False
            # The caller may have ended it and begun another, or the connection may be gone.
            with suppress(*self.errors):
                if not self._is_over():
                    self._connection.rollback()

    def _is_over(self) -> bool:
        from psycopg.pq import TransactionStatus

        # In one that failed there is nothing of anybody's to keep.
        failed = self._connection.info.transaction_status == TransactionStatus.INERROR
        return not failed and self.moment() != self._begun

    def _cursor(self) -> psycopg.RawCursor[tuple[Any, ...]]:
        import psycopg
        from psycopg.rows import tuple_row

        return psycopg.RawCursor(self._connection, row_factory=tuple_row)

    def _stream(self) -> psycopg.RawServerCursor[tuple[Any, ...]]:
        """A cursor of the server's: the client holds a batch of an answer and no more."""
        import psycopg
        from psycopg.rows import tuple_row

        name = f"ceosample_{next(_NUMBERS)}"  # two answers may be on their way at once
        return psycopg.RawServerCursor(self._connection, name, row_factory=tuple_row)

    def _one(self, text: str, *values: str) -> str:
        with self._cursor() as cursor:
            row = cursor.execute(text, values, prepare=False).fetchone()
        return str(row[0]) if row else ""

    def _kind(self, number: int, scale: int) -> str:
        if number == _NUMERIC and scale == 0:  # that of a column which states none, too
            return NUMBER
        if number == _UUID:  # written as everybody writes one
            return CODED
        if number in (*_TEXTS, *_INTEGERS):
            return TEXT if number in _TEXTS else INTEGER
        return self._one(_TYPE, str(number)) or CODED


def _require_unicode(connection: psycopg.Connection[Any]) -> None:
    """Raise unless text is UTF-8 in the database, so that it sorts by its bytes, and on the way."""
    server = connection.info.parameter_status("server_encoding")
    client = connection.info.encoding
    if server != "UTF8" or client != "utf-8":
        raise FrameError(
            f"connection: the database's text is {server}, the connection's {client}; both must "
            "be UTF-8"
        )
