"""A ledger whose database differs from what this library made: a backup, then indexes and triggers
again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import attrs
from sqlalchemy.engine import Connection

from ceosample.errors import LedgerError, raise_faults
from ceosample.result import Result
from ceosample.show import html_facts
from ceosample.signoff.check import check_parts
from ceosample.signoff.store.difference import Difference
from ceosample.signoff.store.rebuild import rebuild
from ceosample.signoff.store.store import Store

#: Records what was rebuilt, by our own names for it.
RecordRepair = Callable[[Store, Connection, Sequence[str]], None]

_ELSE: Final = "restore a backup, or import an export whose head is on paper"


@attrs.frozen(repr=False)
class Repair(Result):
    """What a repair of a ledger's database put right, or what it would.

    Attributes:
        differences: what differed, in words; empty where nothing did.
        done: whether it was put right; False of a dry run, and where nothing differed.
        backup: the file with the ledger as it was before; None where nothing was changed.
    """

    differences: tuple[str, ...]
    done: bool
    backup: str | None

    def __str__(self) -> str:
        if not self.differences:
            return "nothing to repair"
        kept = [] if self.backup is None else [f"backup: {self.backup}"]
        return "\n".join([*kept, *(f"{self._verb}: {words}" for words in self.differences)])

    __repr__ = __str__

    @property
    def _verb(self) -> str:
        return "repaired" if self.done else "would repair"

    def _repr_html_(self) -> str:
        facts = [(self._verb, words) for words in self.differences]
        return html_facts("Repair", [("backup", self.backup or "none"), *facts])


def repair(store: Store, record: RecordRepair, backup: Path, *, dry_run: bool) -> Repair:
    """Put right what a check finds in a database; see ``Ledger.repair``."""
    report, different = check_parts(store)
    if not report.ok:
        raise LedgerError(
            f"ledger: {report.first_difference}; a repair cannot change events or texts: {_ELSE}"
        )
    found = tuple(map(str, different))
    raise_faults(LedgerError, _hopeless(different))
    if dry_run or not different:
        return Repair(found, done=False, backup=None)
    store.back_up(backup)
    rebuilt = sorted({difference.place for difference in different})
    rebuild(store, lambda made, connection: record(made, connection, rebuilt), _require_whole)
    return Repair(found, done=True, backup=str(backup))


def _hopeless(different: Iterable[Difference]) -> Iterable[str]:
    """What cannot be made again around the rows."""
    return (
        f"ledger, {difference}; this cannot be repaired in place: ask who changed it, and import "
        "an export into a new ledger"
        for difference in different
        if not difference.is_repairable
    )


def _require_whole(store: Store) -> None:
    report, different = check_parts(store)
    if not report.ok or different:
        found = report.first_difference or str(different[0])
        raise LedgerError(f"ledger: {found}, after the repair too; {_ELSE}")
