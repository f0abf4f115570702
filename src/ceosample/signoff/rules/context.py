"""What a rule may ask of the ledger before the event that it judges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from ceosample.days import day_of
from ceosample.signoff.replay.cases import Casebook
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.people import People
from ceosample.signoff.replay.seeds import Seeds
from ceosample.signoff.replay.valid_events import when
from ceosample.signoff.rules.unfinished import Unfinished
from ceosample.signoff.store.events import Event, Subject


class Context(Protocol):
    """The ledger as it was before an event.

    A transaction answers by look-ups, the walk of a check or an import by what it kept on its way.
    Both give the same answers.
    """

    @property
    def rules(self) -> int:
        """The number of the rules in force."""

    @property
    def ahead(self) -> dt.timedelta:
        """How far a claimed time may be ahead of the recorder's clock."""

    @property
    def clock_corrections(self) -> Sequence[Event]:
        """The events by which a person set the recorder's clock right, in order."""

    @property
    def last(self) -> Event | None:
        """The event before; None before the first."""

    @property
    def unfinished(self) -> Unfinished | None:
        """What the event before left to be continued at once."""

    def month(self, population: str, period: str) -> Mapping[str, Event]:
        """The newest event of each kind about a month as a whole, since its draw was superseded."""

    def was_frozen(self, population: str, period: str) -> bool:
        """Whether a month was ever frozen, whatever came of it, and that was not corrected."""

    def draws(self, population: str) -> Collection[Event]:
        """The registered draws of a population that were not superseded."""

    def history_of(self, subject: Subject) -> History | None:
        """What has happened to a letter of a draw that counts; None for one that was not drawn."""

    def histories(self, population: str, period: str) -> Mapping[Subject, History]:
        """The history of each letter of a month's draw."""

    def people(self, population: str | None) -> People:
        """Who holds which role, everywhere or in this population."""

    def zone(self, population: str | None, period: str | None = None) -> str:
        """The zone of a month's days, or of a population's newest month for what is of none."""

    def seeds(self) -> Seeds:
        """The chains, rounds and links of the whole ledger."""

    def casebook(self) -> Casebook:
        """The cases of the whole ledger."""

    def resolution(self, population: str, resolution: str) -> Sequence[Event]:
        """The events of a resolution outside policy that were not corrected, in order."""

    def claims(self, population: str, period: str) -> Mapping[str, str]:
        """The letters of a month that an older tracker claims, each with the digest of its file."""

    def last_act(self, person: str, kind: str) -> int:
        """The number of the newest event of a kind by a person; 0 if there is none."""

    def find(self, **wanted: str | None) -> Sequence[Event]:
        """The events with these values in the columns of look-ups, in order."""


def day_of_event(event: Event, context: Context) -> dt.date:
    """The date of an event, in the zone of what it is about."""
    at = when(event)
    return day_of(at, context.zone(event.population, event.period))
