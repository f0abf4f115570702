"""The ledger under newer rules, and its database made whole: each after a backup."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ceosample.signoff.acts.reading import EventReader
from ceosample.signoff.store import signatures
from ceosample.signoff.store.store import Store

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from ceosample.signoff.repair import Repair
    from ceosample.signoff.upgrade import Upgrade


class UpkeepActs(EventReader):
    """What is done to the ledger as a whole, after a backup: an upgrade, a repair."""

    def upgrade(
        self,
        *,
        by: str,
        at: dt.datetime,
        backup: Path,
        dry_run: bool = False,
        zone: str | None = None,
        population: str | None = None,
    ) -> Upgrade:
        """Bring an old ledger under the newest rules, after a backup, with a table of signatures.

        What was recorded before is judged by the rules of its time, and no figure changes but those
        that a zone moves. You can repeat it: a ledger that is up to date is left as it is, and no
        backup is made.

        Args:
            by, at: who decided it, and when; aware.
            backup: a new file for the ledger as it is now, texts included: keep it as you keep the
                ledger. One of PostgreSQL is written as JSON Lines.
            dry_run: True to return what it would change, and change nothing.
            zone: the IANA time zone to state for the months of ``population`` that were frozen
                without one; None to state none. The result lists each figure that it moves.
            population: whose months; needed with ``zone``.

        Raises:
            ConflictError: there is a file at ``backup``, or another zone was stated; the file is
                left unchanged, and so is the ledger.
            LedgerError: no such zone, or a population of which no month was frozen.
        """
        from ceosample.signoff import upgrade

        with self._reading() as transaction:
            changes = upgrade.changes_of(transaction, zone, population)
            table = upgrade.missing_table(transaction.connection)
        moved = upgrade.moved_by(list(self.events(population=population)), changes, at)
        adds_table = table is not None and table.is_ours
        if dry_run or not (changes or adds_table):
            return upgrade.report(changes, backup=None, moved=moved, table=table)
        self._store.back_up(backup)
        with self._writing() as transaction:
            # Another process may have been a moment faster.
            if adds_table:
                signatures.create(transaction.connection)
            upgrade.make(transaction, upgrade.changes_of(transaction, zone, population), by, at)
        return upgrade.report(changes, backup=backup, moved=moved, table=table)

    def repair(self, *, by: str, at: dt.datetime, backup: Path, dry_run: bool = False) -> Repair:
        """Make the database's indexes and triggers again where a check finds that they differ.

        The events and texts stay as they are, and the event ``repaired`` follows them. You can
        repeat it: where nothing differs, nothing is recorded and no backup is made.

        Args:
            by, at: who decided it, and when; aware.
            backup: a new file for the ledger as it is now, texts included: keep it as you keep the
                ledger. One of PostgreSQL is written as JSON Lines.
            dry_run: True to return what differs, and change nothing.

        Raises:
            LedgerError: the events themselves are broken, or what differs cannot be made again;
                nothing is changed.
            ConflictError: there is a file at ``backup``; it is left unchanged, and so is the
                ledger.
        """
        from ceosample.signoff import repair

        def record(store: Store, connection: Connection, rebuilt: Sequence[str]) -> None:
            transaction = self._begun_in(connection, store)
            transaction.append("repaired", by, at, {"rebuilt": [*rebuilt]})

        return repair.repair(self._store, record, backup, dry_run=dry_run)
