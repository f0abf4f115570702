"""A ledger under the newest rules: what an upgrade changes, after a backup; safe to repeat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs
from sqlalchemy.engine import Connection

from ceosample.canonical import Json
from ceosample.days import AS_WRITTEN
from ceosample.errors import ConflictError, LedgerError
from ceosample.result import Result
from ceosample.show import html_facts
from ceosample.signoff.recording.transaction import Transaction
from ceosample.signoff.replay import zones
from ceosample.signoff.replay.zones import STATED, Zones
from ceosample.signoff.rules import in_force
from ceosample.signoff.store import signatures
from ceosample.signoff.store.events import Event, moment, uncorrected
from ceosample.text import quoted


@attrs.frozen
class Change:
    """An event that an upgrade appends.

    Attributes:
        kind, payload, population, period: the event's; no population and no period where it is
            about the whole ledger.
        words: what it changes, for people.
    """

    kind: str
    payload: Mapping[str, Json]
    words: str
    population: str | None = None
    period: str | None = None


@attrs.frozen
class MovedFigure(Result):
    """A figure that a zone moves.

    Attributes:
        name: which figure of what.
        before, after: its value by the offsets in which the events are written, and by the zone.
    """

    name: str
    before: str
    after: str

    @property
    def words(self) -> str:
        """Both values."""
        return f"{self.before} -> {self.after}"

    def __str__(self) -> str:
        return f"moves: {self.name}: {self.words}"


@attrs.frozen(repr=False)
class Upgrade(Result):
    """What an upgrade of a ledger changed, or what it would change.

    Attributes:
        changes: each change in words; empty where the ledger is up to date.
        done: whether the changes were made; False of a dry run, and where there were none.
        backup: the file with the ledger as it was before; None where nothing was changed.
        moved: each figure that a zone moves, as it was and as it is then; None without a zone.
        statements: the SQL with which the owner of the tables adds that of signatures, where this
            role may not; empty where there is nothing to add.
    """

    changes: tuple[str, ...]
    done: bool
    backup: str | None
    moved: tuple[MovedFigure, ...] | None = None
    statements: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """For JSON; without statements where there are none."""
        fields = super().to_dict()
        if not self.statements:
            del fields["statements"]
        return fields

    def __str__(self) -> str:
        if not self.changes and not self.statements:
            return "up to date: nothing to change"
        kept = [] if self.backup is None else [f"backup: {self.backup}"]
        lines = [*kept, *(f"{self._verb}: {words}" for words in self.changes)]
        if self.moved is not None:
            lines += [str(figure) for figure in self.moved] or ["no figure moves"]
        if self.statements:
            lines.append(OWNER)
            lines += [f"{statement};" for statement in self.statements]
        return "\n".join(lines)

    __repr__ = __str__

    @property
    def _verb(self) -> str:
        return "changed" if self.done else "would change"

    def _repr_html_(self) -> str:
        facts = [(self._verb, words) for words in self.changes]
        moved = [(figure.name, figure.words) for figure in self.moved or ()]
        asked = [("SQL for the owner", statement) for statement in self.statements]
        return html_facts("Upgrade", [("backup", self.backup or "none"), *facts, *moved, *asked])


#: What goes before the statements that another role must run.
OWNER: Final = (
    "this role may not add the table of signatures, which only keys of recorders need; let the "
    "owner of the tables run, as one transaction, and grant SELECT and INSERT on it:"
)

#: What adding the table means.
SIGNATURES: Final = (
    "a table of signatures is added, empty, so that recorders can have keys; no event changes"
)


@attrs.frozen
class MissingTable:
    """The table of signatures, where a ledger is older than it.

    Attributes:
        is_ours: whether this role may add it.
    """

    is_ours: bool

    @property
    def statements(self) -> tuple[str, ...]:
        """The SQL for the owner, where this role may not."""
        return () if self.is_ours else signatures.statements()


def missing_table(connection: Connection) -> MissingTable | None:
    """The table of signatures, where it is missing; else None."""
    if signatures.has_table(connection):
        return None
    return MissingTable(signatures.may_create(connection))


def changes_of(
    transaction: Transaction, zone: str | None = None, population: str | None = None
) -> list[Change]:
    """What an upgrade has to change in a ledger, in order; nothing the second time.

    Args:
        transaction: the ledger.
        zone: the time zone to state for the months of ``population`` that have none; None to state
            none.
        population: whose months.
    """
    changes = []
    if transaction.rules < in_force.NEWEST:
        words = (
            f"rules {in_force.NEWEST} begin with the next event; what was recorded before is "
            f"judged by rules {transaction.rules}, and every figure stays as it is"
        )
        changes.append(Change(in_force.KIND, {"rules": in_force.NEWEST}, words))
    if zone is not None:
        changes += _stated(transaction, zone, population)
    return changes


def _stated(transaction: Transaction, zone: str, population: str | None) -> Iterator[Change]:
    """The zone of each month that has none.

    Raises:
        LedgerError: no such zone, or no month of the population was frozen.
        ConflictError: another zone is stated for one of its months.
    """
    zones.require(zone)
    events = transaction.find(population=population, unit_id=None) if population else []
    months = Zones.of(events).months
    if not months:
        raise LedgerError(
            f"population: got {quoted(population)}; give one of which this ledger froze a month"
        )
    for event in uncorrected(events):
        if event.kind == STATED and event.payload["zone"] != zone:
            raise ConflictError(
                f"zone: got {zone}, and event {event.sequence} states {event.payload['zone']} for "
                f"{event.period}; correct that event first"
            )
    for month, known in sorted(months.items()):
        if known == AS_WRITTEN:
            words = f"{population}, {month[1]}: its dates are those of {zone}"
            yield Change(STATED, {"zone": zone}, words, population, month[1])


def make(transaction: Transaction, changes: list[Change], by: str, at: dt.datetime) -> None:
    """Append the events of an upgrade."""
    # A key is registered after the upgrade that brings the table of signatures.
    signers = None if transaction.keys().keys else ()
    for change in changes:
        about = change.population, change.period
        transaction.append(change.kind, by, at, change.payload, *about, signers=signers)


def report(
    changes: list[Change],
    *,
    backup: Path | None,
    moved: tuple[MovedFigure, ...] | None = None,
    table: MissingTable | None = None,
) -> Upgrade:
    """What an upgrade did, if there is a backup, or would do."""
    words = [change.words for change in changes]
    if table is not None and table.is_ours:
        words.append(SIGNATURES)
    statements = () if table is None else table.statements
    kept = None if backup is None else str(backup)
    return Upgrade(tuple(words), backup is not None, kept, moved, statements)


def moved_by(
    events: Sequence[Event], changes: Iterable[Change], at: dt.datetime
) -> tuple[MovedFigure, ...] | None:
    """Each figure that the zones of an upgrade move, asked at a moment; None if it states none."""
    stated = [change for change in changes if change.kind == STATED]
    if not stated:
        return None
    from ceosample.signoff.moved_figures import moved_figures  # here, since it loads numpy

    after = [*events, *(_as_event(change, events[-1], at) for change in stated)]
    population = str(stated[0].population)
    return tuple(
        MovedFigure(*found) for found in moved_figures(events, after, population, as_of=at)
    )


def _as_event(change: Change, last: Event, at: dt.datetime) -> Event:
    """The event of a change as figures read it; where it stands in the chain is not asked."""
    return attrs.evolve(
        last,
        at=moment(at, "at"),
        kind=change.kind,
        population=change.population,
        period=change.period,
        unit_id=None,
        payload=change.payload,
    )
