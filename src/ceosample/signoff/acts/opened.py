"""An open ledger, on which every act stands: its store, clock, and one transaction at a time."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from ceosample.period import Period
from ceosample.plain import is_theirs
from ceosample.signoff.proving.readers import readable_rows
from ceosample.signoff.recording.times import Clock
from ceosample.signoff.recording.transaction import Salts, Transaction
from ceosample.signoff.rules.in_force import KIND as RULES
from ceosample.signoff.store.events import Event
from ceosample.signoff.store.signatures import Signer
from ceosample.signoff.store.store import Store

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

#: Bytes of salt before a text whose digest an event holds.
SALT_BYTES: Final = 32


class OpenedLedger:
    """An open ledger: its name and head, and one transaction at a time."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        salts: Salts | None = None,
        recorder: str | None = None,
        key: Signer | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._salts = salts or random_salt
        self._recorder = recorder
        self._key = key
        self._transaction: Transaction | None = None

    @property
    def ledger_id(self) -> str:
        """The ledger's name, which its first event holds; a copy has the same."""
        with self._store.transaction() as connection:
            first, *_ = self._store.find(connection, kind="opened")
        return str(first.payload.get("ledger"))

    @property
    def begun(self) -> bool:
        """Whether its database holds it; False before the first event of one opened ``late``."""
        return self._store.begun

    @property
    def head(self) -> str:
        """The hash of the newest event."""
        with self._reading() as transaction:
            return transaction.head

    @property
    def count(self) -> int:
        """The number of events, which is the number of the newest."""
        return self._store.count()

    def holds(self, digits: str) -> bool:
        """Whether an event has this hash, or one that begins with these hexadecimal digits."""
        return self._store.holds(digits)

    def _pages(self, **wanted: str | None) -> Iterator[Event]:
        """The events with these values that can be read; the others are named in warnings."""
        return self._readable(self._store.row_pages(**wanted))

    def _of_kinds(self, kinds: Sequence[str], population: str) -> Iterator[Event]:
        """The same of these kinds, oldest first."""
        return self._readable(self._store.pages_of_kinds(kinds, population=population))

    def _readable(self, pages: Iterable[Sequence[Any]]) -> Iterator[Event]:
        return readable_rows(pages, self._rules_begun())

    def _rules_begun(self) -> list[Event]:
        return list(self._store.pages(kind=RULES))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Transaction]:
        """The ledger for one transaction, or a part of the block that is recorded as a whole."""
        if self._transaction is not None:
            # A caller who catches the error of a part keeps nothing of that part.
            with self._transaction.part() as transaction:
                yield transaction
            return
        with self._store.transaction(writing=True) as connection:
            yield self._begun_in(connection)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Transaction]:
        if self._transaction is not None:
            yield self._transaction
            return
        with self._store.transaction() as connection:
            yield self._begun_in(connection)

    def _begun_in(self, connection: Connection, store: Store | None = None) -> Transaction:
        return Transaction(
            store or self._store, connection, self._clock, self._salts, self._recorder, self._key
        )


def iso(period: str | Period) -> str:
    """A month as text; what is none stays as it is, for the message that refuses it."""
    return str(period) if isinstance(period, Period) or is_theirs(period) else period


def random_salt() -> bytes:
    """A salt that nobody can guess."""
    return secrets.token_bytes(SALT_BYTES)
