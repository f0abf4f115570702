"""Whether a database gives what was written into it: its own check, definitions, look-ups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ceosample.errors import DamagedError
from ceosample.signoff.store.definitions import definition_differences
from ceosample.signoff.store.difference import Difference
from ceosample.signoff.store.lookups import LookUp, look_up_difference, look_ups
from ceosample.signoff.store.store import Store

#: The findings of SQLite's own check that are told; more would say the same again.
_FINDINGS: Final = 3


def differences(store: Store) -> list[Difference]:
    """What differs in the database itself; nothing where each event is found by each look-up.

    The walk through all events is no part of it: that is for ``check``. A transaction is as long
    as one look-up takes, so a writer of SQLite waits for no more than that.

    Raises:
        BusyError: another process holds the database, or the connection was lost.
    """
    found = [*_damage(store)]
    with store.transaction() as connection:
        found += definition_differences(connection)
    known = {difference.place for difference in found}
    for look_up in look_ups(store.dialect):
        if look_up.place in known or f"table {look_up.table}" in known:
            continue  # it is not ours, so there is nothing to ask
        difference = _look_up_difference(store, look_up)
        if difference is not None:
            found.append(difference)
    return found


def _look_up_difference(store: Store, look_up: LookUp) -> Difference | None:
    try:
        with store.transaction() as connection:
            return look_up_difference(connection, look_up)
    except DamagedError:
        return Difference(look_up.place, "cannot be read")


def _damage(store: Store) -> Iterator[Difference]:
    """What SQLite's own check finds: damaged pages, and entries of indexes without their rows.

    PostgreSQL's is an extension for administrators; its checksums are the server's.
    """
    if store.dialect != "sqlite":
        return
    try:
        with store.transaction() as connection:
            found = connection.exec_driver_sql(f"PRAGMA integrity_check({_FINDINGS})").all()
    except DamagedError:
        yield Difference("file", "damaged, so that SQLite's integrity check ends early")
        return
    for (said,) in found:
        if said != "ok":
            yield Difference("file", f"SQLite's integrity check says: {' '.join(said.split())}")
