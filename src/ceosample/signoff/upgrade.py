"""A ledger under the newest rules: what an upgrade changes, after a backup; safe to repeat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import attrs

from ceosample.canonical import Json
from ceosample.result import Result
from ceosample.show import html_facts
from ceosample.signoff.recording.transaction import Transaction
from ceosample.signoff.rules import in_force


@attrs.frozen
class Change:
    """An event that an upgrade appends.

    Attributes:
        kind, payload, population: the event's; no population where it is about the whole ledger.
        words: what it changes, for people.
    """

    kind: str
    payload: Mapping[str, Json]
    words: str
    population: str | None = None


@attrs.frozen(repr=False)
class Upgrade(Result):
    """What an upgrade of a ledger changed, or what it would change.

    Attributes:
        changes: each change in words; empty where the ledger is up to date.
        done: whether the changes were made; False of a dry run, and where there were none.
        backup: the file with the ledger as it was before; None where nothing was changed.
    """

    changes: tuple[str, ...]
    done: bool
    backup: str | None

    def __str__(self) -> str:
        if not self.changes:
            return "up to date: nothing to change"
        kept = [] if self.backup is None else [f"backup: {self.backup}"]
        return "\n".join([*kept, *(f"{self._verb}: {words}" for words in self.changes)])

    __repr__ = __str__

    @property
    def _verb(self) -> str:
        return "changed" if self.done else "would change"

    def _repr_html_(self) -> str:
        facts = [(self._verb, words) for words in self.changes]
        return html_facts("Upgrade", [("backup", self.backup or "none"), *facts])


def changes_of(transaction: Transaction) -> list[Change]:
    """What an upgrade has to change in a ledger, in order; nothing the second time."""
    changes = []
    if transaction.rules < in_force.NEWEST:
        words = (
            f"rules {in_force.NEWEST} begin with the next event; what was recorded before is "
            f"judged by rules {transaction.rules}, and every figure stays as it is"
        )
        changes.append(Change(in_force.KIND, {"rules": in_force.NEWEST}, words))
    return changes


def make(transaction: Transaction, changes: list[Change], by: str, at: dt.datetime) -> None:
    """Append the events of an upgrade."""
    for change in changes:
        transaction.append(change.kind, by, at, change.payload, change.population)


def report(changes: list[Change], *, backup: Path | None) -> Upgrade:
    """What an upgrade did, if there is a backup, or would do."""
    words = tuple(change.words for change in changes)
    return Upgrade(words, backup is not None, None if backup is None else str(backup))
