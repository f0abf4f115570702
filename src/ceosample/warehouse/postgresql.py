"""PostgreSQL, by psycopg 3."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from ceosample.errors import FrameError
from ceosample.warehouse.dialect import POSTGRESQL, Dialect
from ceosample.warehouse.homes import BATCH, CODED, INTEGER, TEXT, Block, block_of
from ceosample.warehouse.questions import Query

if TYPE_CHECKING:
    import psycopg

#: pg_type's numbers, which do not change: text and varchar; smallint, integer and bigint.
#: char(n) is none of them: its blanks at the end come and go with each cast.
_TEXTS = (25, 1043)
_INTEGERS = (20, 21, 23)

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
        _require_unicode(connection)
        if self._own:
            begin = "BEGIN" if connection.autocommit else "SET TRANSACTION"
            connection.execute(f"{begin} ISOLATION LEVEL REPEATABLE READ READ ONLY")
        elif (level := self._one("SHOW transaction_isolation")) not in _HELD:
            raise FrameError(
                f"connection: in a transaction that is {level.upper()}, within which a table may "
                "change between two questions; give a connection without a transaction, or begin "
                "one that is REPEATABLE READ"
            )

    def columns(self, query: Query) -> list[tuple[str, str]]:
        with self._cursor() as cursor:
            cursor.execute(query.text, query.values)
            described = cursor.description or []
        enums = {column.type_code for column in described} & self._enums()
        return [
            (column.name, _kind(column.type_code, enums, column.type_display))
            for column in described
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

    def holds(self, table: str) -> bool:
        return True

    def moment(self) -> str | None:
        from psycopg.pq import TransactionStatus

        if self._connection.info.transaction_status == TransactionStatus.IDLE:
            return None
        # Within such a transaction it stays as it is; after it, equal texts are equal sights.
        return self._one("SELECT pg_catalog.pg_current_snapshot()::text")

    def close(self) -> None:
        if self._own and not self._connection.closed:
            self._own = False
            self._connection.rollback()

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

    def _one(self, text: str) -> str:
        with self._cursor() as cursor:
            row = cursor.execute(text).fetchone()
        return str(row[0]) if row else ""

    def _enums(self) -> set[int]:
        with self._cursor() as cursor:
            cursor.execute("SELECT oid::integer FROM pg_catalog.pg_type WHERE typtype = 'e'")
            return {number for (number,) in cursor}


def _require_unicode(connection: psycopg.Connection[Any]) -> None:
    """Raise unless text is UTF-8 in the database, so that it sorts by its bytes, and on the way."""
    server = connection.info.parameter_status("server_encoding")
    client = connection.info.encoding
    if server != "UTF8" or client != "utf-8":
        raise FrameError(
            f"connection: the database's text is {server}, the connection's {client}; both must "
            "be UTF-8"
        )


def _kind(number: int, enums: set[int], name: str) -> str:
    if number in _TEXTS or number in enums:
        return TEXT if number in _TEXTS else CODED
    return INTEGER if number in _INTEGERS else name
