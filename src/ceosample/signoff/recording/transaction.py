"""A ledger inside one transaction: what is read from it and appended to it in one go."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy.engine import Connection

from ceosample.canonical import Json
from ceosample.errors import CeosampleError, LedgerError, raise_faults
from ceosample.got import got_name
from ceosample.period import Period
from ceosample.signoff.replay.history import History, replay
from ceosample.signoff.replay.lifecycle import ENDS
from ceosample.signoff.replay.people import People, people_of
from ceosample.signoff.rules.forms import faults_of_form
from ceosample.signoff.rules.in_force import KIND as RULES_KIND
from ceosample.signoff.rules.in_force import rules_in_force
from ceosample.signoff.rules.interim import RULES
from ceosample.signoff.store.events import NOTHING_BEFORE, Event, Subject, moment, uncorrected
from ceosample.signoff.store.store import Store, require_names
from ceosample.text import fault_in_name, quoted

Clock = Callable[[], dt.datetime]
Salts = Callable[[], bytes]


class Transaction:
    """The events of a ledger inside a transaction that its caller opened.

    What is about no letter (months as a whole, people) is asked for with every letter, so it is
    read once; appending such an event, or undoing a part, forgets what was read.
    """

    def __init__(
        self, store: Store, connection: Connection, clock: Clock, salts: Salts, recorder: str | None
    ) -> None:
        self._store = store
        self._connection = connection
        self._clock = clock
        self._salts = salts
        self._recorder = recorder
        self._newest = store.last(connection)
        self._rules: int | None = None
        self._about_no_letter: dict[tuple[str | None, str | None], list[Event]] = {}
        self._people: dict[str | None, People] = {}

    def append(
        self,
        kind: str,
        actor: str,
        at: dt.datetime,
        payload: Mapping[str, Json],
        population: str | None = None,
        period: str | None = None,
        unit_id: str | None = None,
    ) -> Event:
        """Append the next event and return it."""
        fault = got_name(actor)
        if fault is not None:
            raise LedgerError(f"by: {fault}")
        if self._recorder not in (None, actor):
            payload = {**payload, "recorder": self._recorder}
        newest, recorded_at = self._newest, _utc(self._clock())
        event = Event(
            sequence=1 if newest is None else newest.sequence + 1,
            at=moment(at, "at"),
            recorded_at=recorded_at if newest is None else max(recorded_at, newest.recorded_at),
            actor=actor,
            kind=kind,
            population=population,
            period=period,
            unit_id=unit_id,
            payload=payload,
            previous=NOTHING_BEFORE if newest is None else newest.hash,
        )
        self._require_by_rules(event)
        self._store.append(self._connection, event)
        self._newest = event
        if unit_id is None:
            self._forget()
        return event

    def _require_by_rules(self, event: Event) -> None:
        if any(event.kind in kinds for _, _, *kinds in RULES):
            raise_faults(LedgerError, faults_of_form(event, self.rules))
        for since, require, *kinds in RULES:
            if event.kind in kinds and since <= self.rules:
                require(event, self)

    def history_of(self, subject: Subject) -> History | None:
        return self.histories(*subject[:2]).get(subject)

    def resolution(self, population: str, resolution: str) -> list[Event]:
        events = uncorrected(self.find(population=population, period=None))
        return [event for event in events if event.payload.get("resolution") == resolution]

    @property
    def rules(self) -> int:
        """The number of the rules in force, which is looked up once."""
        if self._rules is None:
            self._rules = rules_in_force(self.find(kind=RULES_KIND))
        return self._rules

    def find(self, **subject: str | None) -> list[Event]:
        """All events with these values, in order; None matches events without that part."""
        return self._store.find(self._connection, **subject)

    def month(self, population: str, period: str) -> dict[str, Event]:
        """The newest event of each kind that is about a month as a whole, by kind.

        After a superseded draw, only events since then; the one that superseded it is among them.
        Corrected events are not.
        """
        events = self._of_no_letter(population, period)
        begun = max((n for n, e in enumerate(events) if e.kind == "superseded"), default=0)
        return {event.kind: event for event in uncorrected(events[begun:])}

    def histories(self, population: str, period: str) -> dict[Subject, History]:
        """What is true of each letter of a month."""
        return replay(self.find(population=population, period=period))

    def history(self, unit_id: str, population: str | None, period: str | Period | None) -> History:
        """The history of the letter with this id; see :meth:`letter`."""
        return self.letter(unit_id, population, period)[0]

    def letter(
        self, unit_id: str, population: str | None, period: str | Period | None
    ) -> tuple[History, list[Event]]:
        """The history of the letter with this id, and all its events, also those made void.

        Raises:
            LedgerError: no letter or several have this id.
        """
        if not isinstance(unit_id, str) or fault_in_name(unit_id):
            raise LedgerError(f"unit_id: got {quoted(unit_id)}; give the response's id as text")
        if population is not None and not isinstance(population, str):
            raise LedgerError(f"population: got {quoted(population)}; give a population's id")
        wanted = {"population": population, "period": None if period is None else str(period)}
        given = {name: value for name, value in wanted.items() if value is not None}
        events = self.find(unit_id=unit_id, **given)
        found = self._of_the_draws_that_count(events)
        drawn = [history for history in found.values() if history.state != "reserve"]
        fitting = [h for h in drawn if h.state not in ENDS] or drawn
        if len(fitting) == 1:
            subject = fitting[0].subject
            return fitting[0], [event for event in events if event.subject == subject]
        if not fitting and any(event.kind == "selected" for event in events):
            raise LedgerError(
                f"letter {unit_id}: its draw was superseded, so it counts no more; give a letter "
                "of a draw that counts"
            )
        if not fitting:
            raise LedgerError(
                f"letter {unit_id}: was not drawn in any month that this ledger holds; check the id"
            )
        candidates = "; ".join(
            f"{history.subject.population}, {history.subject.period}" for history in fitting
        )
        raise LedgerError(
            f"letter {unit_id}: {len(fitting)} letters have this id ({candidates}); "
            "give its population and period too"
        )

    def _of_the_draws_that_count(self, events: list[Event]) -> dict[Subject, History]:
        """The histories of one id; a month's letters before it was superseded do not count."""
        months = {(e.population, e.period) for e in events if e.subject is not None}
        breaks = [
            event
            for population, period in months
            for event in self._of_no_letter(population, period)
            if event.kind == "superseded"
        ]
        return replay(sorted([*events, *breaks], key=lambda event: event.sequence))

    @property
    def head(self) -> str:
        """The hash of the newest event."""
        return NOTHING_BEFORE if self._newest is None else self._newest.hash

    @contextlib.contextmanager
    def part(self) -> Iterator[Transaction]:
        """A part of the transaction, which is undone alone if it fails."""
        newest = self._newest
        try:
            with self._connection.begin_nested():
                yield self
        except BaseException:
            self._newest = newest
            self._forget()
            raise

    def people(self, population: str | None) -> People:
        """Who holds which role, everywhere or in this population."""
        require_names({"population": population})
        if population not in self._people:
            self._people[population] = people_of(self.of_people(population))
        return self._people[population]

    def of_people(self, population: str | None) -> list[Event]:
        """The events that are about no month: those of everywhere, and those of this population."""
        everywhere = self._of_no_letter(None, None)
        here = [] if population is None else self._of_no_letter(population, None)
        return sorted([*everywhere, *here], key=lambda event: event.sequence)

    def _of_no_letter(self, population: str | None, period: str | None) -> list[Event]:
        """The events of a month as a whole, or of no month; none of them is about a letter."""
        require_names({"population": population, "period": period})
        place = population, period
        if place not in self._about_no_letter:
            found = self.find(population=population, period=period, unit_id=None)
            self._about_no_letter[place] = found
        return self._about_no_letter[place]

    def _forget(self) -> None:
        self._rules = None
        self._about_no_letter.clear()
        self._people.clear()

    def keep(self, text: str, **subject: str | None) -> str:
        """Keep a text where it can be erased; its salted digest, for the event."""
        return self._store.keep(self._connection, text, salt=self._salts(), **subject)

    def text(self, digest: str) -> str | None:
        """A text that is kept; None if it was erased."""
        return self._store.texts(self._connection, digest=digest).get(digest)

    def texts(self, **subject: str | None) -> dict[str, str]:
        """The texts that are kept of a subject, by digest."""
        return self._store.texts(self._connection, **subject)

    def erase(self, **subject: str | None) -> int:
        """Erase the texts of a subject; how many there were."""
        return self._store.erase(self._connection, **subject)


def _utc(moment_: Any) -> str:
    if not isinstance(moment_, dt.datetime) or moment_.utcoffset() is None:
        raise CeosampleError(
            f"clock: got {quoted(moment_)}; give a clock that returns aware datetimes"
        )
    return moment_.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
