"""How a database becomes a ledger: created, opened, opened read-only, or restored of an export."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ceosample.canonical import Json
from ceosample.errors import ConflictError, LedgerError
from ceosample.signoff.recording.times import Clock
from ceosample.signoff.recording.transaction import Salts, Transaction
from ceosample.signoff.rules.in_force import NEWEST
from ceosample.signoff.store import databases
from ceosample.signoff.store.late import LateStore
from ceosample.signoff.store.store import SCHEMA, Store
from ceosample.signoff.store.store import restored as rows_of

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection


def opened(
    url: str | URL,
    *,
    create: bool,
    clock: Clock,
    salts: Salts,
    ledger_id: str,
    recorder: str | None,
    late: bool = False,
) -> Store:
    """The ledger of a URL, in the form that this release keeps; see ``Ledger.open``."""
    if late and create and not _is_there(url):
        begin = functools.partial(
            _append_first, clock=clock, salts=salts, ledger_id=ledger_id, recorder=recorder
        )
        return LateStore(databases.parse(url), begin)
    store = Store.connect(url, create=create)
    with _closed_if_refused(store):
        if not store.tables():
            _begin(store, clock, salts, ledger_id, recorder)
        _require_schema(store)
        store.settle()
    return store


def opened_readonly(url: str | URL) -> Store | None:
    """The ledger of a URL, with nothing created or changed; see ``Ledger.open_readonly``."""
    parsed = databases.parse(url)
    is_file = parsed.get_backend_name() == "sqlite"
    if is_file and not Path(parsed.database or "").exists():
        return None
    store = Store.connect(url, create=not is_file)
    with _closed_if_refused(store):
        if not is_file and not store.tables():
            store.close()
            return None
        _require_schema(store)
    return store


def restored(url: str | URL, lines: Iterable[bytes], signed: Iterable[bytes] = ()) -> Store:
    """A new ledger of exported events, every one of them checked; see ``Ledger.restore``."""
    with databases.nothing_left(databases.parse(url)):
        store = Store.connect(url, create=True)
        with _closed_if_refused(store):
            _restore(store, lines, signed)
            store.settle()
    return store


def _restore(store: Store, lines: Iterable[bytes], signed: Iterable[bytes]) -> None:
    from ceosample.signoff.check import check_rows
    from ceosample.signoff.keys.exported import put_back

    if store.tables():
        raise ConflictError(
            "ledger: a ledger already exists here and was left unchanged; choose another URL"
        )
    with store.transaction(writing=True) as connection:
        store.create(connection)
        earlier = functools.partial(store.earlier_in, connection)
        report = check_rows(rows_of(store, connection, lines), None, earlier)
        if not report.ok:
            raise LedgerError(*(f"import: {problem}" for problem in report.problems))
        put_back(connection, signed)


@contextlib.contextmanager
def _closed_if_refused(store: Store) -> Iterator[None]:
    try:
        yield
    except BaseException:
        store.close()
        raise


def _is_there(url: str | URL) -> bool:
    store = opened_readonly(url)
    if store is not None:
        store.close()
    return store is not None


def _begin(store: Store, clock: Clock, salts: Salts, ledger_id: str, recorder: str | None) -> None:
    """Begin a ledger in a transaction of its own."""
    with store.transaction(writing=True) as connection:
        if connection.dialect.has_table(connection, "events"):
            return  # another process was a moment faster
        _append_first(
            store, connection, clock=clock, salts=salts, ledger_id=ledger_id, recorder=recorder
        )


def _append_first(
    store: Store,
    connection: Connection,
    *,
    clock: Clock,
    salts: Salts,
    ledger_id: str,
    recorder: str | None,
) -> None:
    """Create the tables, and append the events with which every ledger begins."""
    store.create(connection)
    payload: dict[str, Json] = {"ledger": ledger_id, "schema": SCHEMA}
    transaction = Transaction(store, connection, clock, salts, None)
    transaction.append("opened", "ceosample", clock(), payload)
    transaction.append("rules", recorder or "ledger", clock(), {"rules": NEWEST})


def _require_schema(store: Store) -> None:
    first = next(store.pages(), None)
    if first is None or first.kind != "opened" or first.payload.get("schema") != SCHEMA:
        raise LedgerError(
            "ledger: its first event is not that of a ledger of this release "
            f"(schema {SCHEMA}); use the release that wrote it. It was left unchanged"
        )
