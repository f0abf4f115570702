"""A ledger that its first event creates, so that a refusal before it leaves nothing behind."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection

from ceosample.signoff.store import databases
from ceosample.signoff.store.store import Store
from ceosample.signoff.store.tables import EVENTS

#: Creates the tables in a transaction, and appends the events with which every ledger begins.
Begin: TypeAlias = Callable[[Store, Connection], None]


class LateStore(Store):
    """A store whose database begins with the first transaction that writes, and with its events.

    Until then it reads as a new ledger does, from one in memory.
    """

    def __init__(self, url: URL, begin: Begin) -> None:
        super().__init__(databases.engine(sa.make_url("sqlite://")))
        self._where = url
        self._begin = begin
        self._begun = False
        with super().transaction(writing=True) as connection:
            begin(self, connection)

    @property
    def begun(self) -> bool:
        """Whether the database holds it."""
        return self._begun

    @property
    def place(self) -> str:
        """Where it is, or will be, without a password."""
        return databases.place(self._where)

    @property
    def url(self) -> URL:
        """Where it is, or will be, with a password if there is one."""
        return self._where

    @contextlib.contextmanager
    def transaction(self, *, writing: bool = False) -> Iterator[Connection]:
        """One transaction; the first that writes creates the ledger, or leaves nothing."""
        if self._begun or not writing:
            with super().transaction(writing=writing) as connection:
                yield connection
            return
        with databases.nothing_left(self._where):
            made = Store.connect(self._where, create=True)
            try:
                with made.transaction(writing=True) as connection:
                    # Another process may have been a moment faster.
                    if not connection.dialect.has_table(connection, EVENTS.name):
                        self._begin(made, connection)
                    yield connection
            except BaseException:
                made.close()
                raise
        self._engine.dispose()
        self._engine, self._begun = made._engine, True
