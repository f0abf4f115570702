"""What a rule may ask of the ledger before the event that it judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.people import People
from ceosample.signoff.store.events import Event, Subject


class Context(Protocol):
    """The ledger as it was before an event."""

    @property
    def rules(self) -> int: ...

    def month(self, population: str, period: str) -> Mapping[str, Event]: ...

    def histories(self, population: str, period: str) -> Mapping[Subject, History]: ...

    def history_of(self, subject: Subject) -> History | None: ...

    def people(self, population: str | None) -> People: ...

    def resolution(self, population: str, resolution: str) -> Sequence[Event]: ...

    def find(self, **wanted: str | None) -> Sequence[Event]: ...
