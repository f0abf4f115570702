"""What each look-up gives, compared with the table itself, row by row.

Every figure is read by a month, a letter, a kind or an id, so through an index. The same rows in
the same order are asked for twice, by the index and without any, and neither is held in memory:
the database sorts the second on its own disk. SQLite is first asked to find each row of the table
by the index, as readers do; where it finds each, and the index holds no more, nothing can differ.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ceosample.signoff.store.difference import Difference
from ceosample.signoff.store.tables import EVENTS, TEXTS, indexes_of

#: Rows that are compared at once.
_ROWS: Final = 1000

#: The indexes of the events' hashes and of the texts' digests, which the database names.
UNIQUE: Final[Mapping[str, tuple[str, str]]] = {
    "sqlite": ("sqlite_autoindex_events_1", "sqlite_autoindex_texts_1"),
    "postgresql": ("events_hash_key", "texts_pkey"),
}


@attrs.frozen
class LookUp:
    """A way to rows other than through the whole table.

    Attributes:
        index: the index.
        table: the table.
        columns: what the index is sorted by.
        also: a column that is read with them, which tells rows apart.
    """

    index: str
    table: str
    columns: tuple[str, ...]
    also: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """What it is called in a difference."""
        return f"index {self.index}"

    def statement(self, hint: str = "") -> str:
        """The question for all rows in the order of the index."""
        wanted = ", ".join([*self.columns, *self.also])
        order = ", ".join(self.columns)
        return f"SELECT {wanted} FROM {self.table}{hint} ORDER BY {order}"  # noqa: S608

    def not_found(self) -> str:
        """The question to SQLite for a row of the table that the index does not find."""
        same = " AND ".join(f"found.{column} IS wanted.{column}" for column in self.columns)
        return (
            f"SELECT 1 FROM {self.table} AS wanted NOT INDEXED WHERE NOT EXISTS "  # noqa: S608
            f"(SELECT 1 FROM {self.table} AS found INDEXED BY {self.index} WHERE {same}) LIMIT 1"
        )

    def counts(self) -> str:
        """The question to SQLite for how many rows the index has, and how many the table."""
        # count(*) would be counted by any index.
        count = f"(SELECT total(1) FROM {self.table}"  # noqa: S608
        return f"SELECT {count} INDEXED BY {self.index}), {count} NOT INDEXED)"


def look_ups(dialect: str) -> list[LookUp]:
    """All ways to a ledger's rows, in a database of this kind."""
    found = [
        LookUp(str(index.name), table.name, tuple(column.name for column in index.columns))
        for table in (EVENTS, TEXTS)
        for index in indexes_of(table)
    ]
    if dialect == "postgresql":
        found.append(LookUp("events_pkey", EVENTS.name, ("sequence",), ("hash",)))
    of_hash, of_digest = UNIQUE[dialect]
    found += [LookUp(of_hash, EVENTS.name, ("hash",)), LookUp(of_digest, TEXTS.name, ("digest",))]
    if dialect == "sqlite":  # where each entry of an index ends with the number of its row
        found = [attrs.evolve(one, columns=(*one.columns, "rowid")) for one in found]
    return found


def look_up_difference(connection: Connection, look_up: LookUp) -> Difference | None:
    """How a look-up differs from its table; None if it gives each row, in its order."""
    if connection.dialect.name == "sqlite" and _finds_each(connection, look_up):
        return None
    asked = _in_postgresql if connection.dialect.name == "postgresql" else _in_sqlite
    with asked(connection, look_up) as answers:
        row = _first_other(*answers)
    if row is None:
        return None
    return Difference(look_up.place, f"gives other rows than the table, from row {row} on")


def _finds_each(connection: Connection, look_up: LookUp) -> bool:
    """Whether an index of SQLite finds each row of its table and has no other: the quick proof.

    Its entries all differ, by the number of their row. Where each is found by the way down to it,
    they are in their order. False may also mean that this quick way cannot tell.
    """
    try:
        if connection.exec_driver_sql(look_up.not_found()).first() is not None:
            return False
        of_index, of_table = connection.exec_driver_sql(look_up.counts()).one()
    except DBAPIError:
        return False  # it would be told of the full comparison too
    return bool(of_index == of_table)


def _first_other(one: Any, other: Any) -> int | None:
    """The number of the first row in which two answers differ; None if they are the same."""
    for page in itertools.count():
        rows, others = one.fetchmany(_ROWS), other.fetchmany(_ROWS)
        if rows != others:
            same = itertools.takewhile(
                lambda pair: pair[0] == pair[1], zip(rows, others, strict=False)
            )
            return page * _ROWS + sum(1 for _ in same) + 1
        if not rows:
            break
    return None


@contextlib.contextmanager
def _in_sqlite(connection: Connection, look_up: LookUp) -> Iterator[tuple[Any, Any]]:
    """Both answers of SQLite: the index is named, or none may be used."""
    driver: Any = connection.connection.driver_connection
    usual, driver.text_factory = driver.text_factory, bytes  # compared as they are stored
    try:
        with (
            contextlib.closing(
                driver.execute(look_up.statement(f" INDEXED BY {look_up.index}"))
            ) as by_index,
            contextlib.closing(driver.execute(look_up.statement(" NOT INDEXED"))) as by_table,
        ):
            yield by_index, by_table
    finally:
        driver.text_factory = usual


@contextlib.contextmanager
def _in_postgresql(connection: Connection, look_up: LookUp) -> Iterator[tuple[Any, Any]]:
    """Both answers of PostgreSQL: nothing but an index gives rows in order, or none is used."""
    options = {"stream_results": True, "max_row_buffer": _ROWS}
    with contextlib.ExitStack() as opened:
        answers: list[Any] = []
        for uses_index in (True, False):
            for setting, is_on in _settings(uses_index=uses_index):
                connection.exec_driver_sql(f"SET LOCAL {setting} = {'on' if is_on else 'off'}")
            answer = connection.exec_driver_sql(look_up.statement(), execution_options=options)
            opened.callback(answer.close)  # one that differs is not read to its end
            answers.append(answer)
        yield answers[0], answers[1]


def _settings(*, uses_index: bool) -> Iterator[tuple[str, bool]]:
    """What lets PostgreSQL's planner read through an index alone, or through none."""
    yield "enable_bitmapscan", False
    for setting in ("enable_indexscan", "enable_indexonlyscan"):
        yield setting, uses_index
    for setting in ("enable_seqscan", "enable_sort"):
        yield setting, not uses_index
