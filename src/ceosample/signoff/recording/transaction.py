"""A ledger inside one transaction: what is read from it and appended to it in one go."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from sqlalchemy.engine import Connection

from ceosample.canonical import Json
from ceosample.days import AS_WRITTEN, UTC
from ceosample.errors import ConflictError, LedgerError
from ceosample.form import is_count
from ceosample.got import got_name
from ceosample.period import Period
from ceosample.signoff.recording.times import Clock, Times
from ceosample.signoff.recording.unknown_letters import by_sound, never_drawn
from ceosample.signoff.replay import past_signoffs, seeds
from ceosample.signoff.replay.cases import CASE_KINDS, Casebook
from ceosample.signoff.replay.history import History, follow, replay
from ceosample.signoff.replay.keys import KEY_KINDS, Keys
from ceosample.signoff.replay.lifecycle import ENDS, RESOLUTION_STEPS
from ceosample.signoff.replay.people import People, people_of
from ceosample.signoff.replay.seeds import Seeds
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.rules import clock
from ceosample.signoff.rules.following import unfinished_after
from ceosample.signoff.rules.in_force import FIRST, NEWEST, rules_in_force
from ceosample.signoff.rules.in_force import KIND as RULES
from ceosample.signoff.rules.judge import judge, readable
from ceosample.signoff.rules.unfinished import Unfinished
from ceosample.signoff.store import signatures
from ceosample.signoff.store.events import NOTHING_BEFORE, Event, Subject, moment, uncorrected
from ceosample.signoff.store.signatures import Signer
from ceosample.signoff.store.store import Store, require_names
from ceosample.text import fault_in_name, quoted
from ceosample.unseen import fault_in_new_name

Salts = Callable[[], bytes]


class Transaction:
    """The events of a ledger inside a transaction that its caller opened.

    What is about no letter (months as a whole, people) is asked for with every letter, so it is
    read once; appending such an event, or undoing a part, forgets what was read.
    """

    def __init__(
        self,
        store: Store,
        connection: Connection,
        clock: Clock,
        salts: Salts,
        recorder: str | None,
        key: Signer | None = None,
    ) -> None:
        self._store = store
        self._connection = connection
        self._salts = salts
        self._recorder = recorder
        #: What signs the events; their recorder is then who holds it.
        self.key = key
        self._newest = store.last(connection)
        self.times = Times(clock, self)
        self._begun: list[Event] | None = None
        #: What the newest event of this transaction left to be continued.
        self.unfinished: Unfinished | None = None
        self._letters: dict[Subject, History | None] = {}
        self._months: dict[tuple[str, str], dict[Subject, History]] = {}
        self._claims: dict[tuple[str, str], dict[str, str]] = {}
        self._seeds: Seeds | None = None
        self._casebook: Casebook | None = None
        self._about_no_letter: dict[tuple[str | None, str | None], list[Event]] = {}
        self._people: dict[str | None, People] = {}
        self._zones: dict[str | None, Zones] = {}
        self._keys: Keys | None = None
        self._sounds: dict[str, set[str]] | None = None

    def append(
        self,
        kind: str,
        actor: str,
        at: dt.datetime,
        payload: Mapping[str, Json],
        population: str | None = None,
        period: str | None = None,
        unit_id: str | None = None,
        signers: Sequence[Signer] | None = None,
        also: Signer | None = None,
    ) -> Event:
        """Append the next event, signed, and return it.

        Args:
            kind, actor, at, payload, population, period, unit_id: see ``Event``.
            signers: what signs it; by default the recorder's key, if there is one.
            also: the key of another person who signs it too; None where nobody does.

        Raises:
            CeosampleError: the rules in force refuse it.
        """
        fault = got_name(actor)
        if fault is not None:
            raise LedgerError(f"by: {fault}")
        recorder = self._recorder
        if signers is None:
            signers, recorder = self._signing()
        if recorder not in (None, actor):
            payload = {**payload, "recorder": recorder}
        newest = self._newest
        event = Event(
            sequence=1 if newest is None else newest.sequence + 1,
            at=moment(at, "at"),
            recorded_at=self.times.recorded_at(kind),
            actor=actor,
            kind=kind,
            population=population,
            period=period,
            unit_id=unit_id,
            payload=payload,
            previous=NOTHING_BEFORE if newest is None else newest.hash,
        )
        self._require_known_rules()
        refused = judge(event, self).fault
        if refused is not None:
            raise self.times.behind(refused) or refused
        self._store.append(self._connection, event)
        by_key = {signer.public: signer for signer in (*signers, *([also] if also else ()))}
        for signer in by_key.values():
            signatures.sign(self._connection, event, signer)
        self._take(event)
        return event

    def _signing(self) -> tuple[Sequence[Signer], str | None]:
        """What signs an event, and who records it: the holder of the key, if there is one.

        Raises:
            LedgerError: the key is not registered, or ended.
            ConflictError: the recorder that was named is another person.
        """
        if self.key is None:
            return (), self._recorder
        known = self.keys().able(self.key.public)
        if self._recorder not in (None, known.person):
            raise ConflictError(
                f"recorder: got {quoted(self._recorder)}, and the key {known.public[:8]} is "
                f"that of {quoted(known.person)}; leave the recorder out, or use their key"
            )
        return (self.key,), known.person

    @property
    def recorder(self) -> str | None:
        """The id of the person who records, as it was given; None where it was not."""
        return self._recorder

    @property
    def connection(self) -> Connection:
        """The database's connection, in this transaction."""
        return self._connection

    @property
    def can_sign(self) -> bool:
        """Whether the ledger has a table of signatures."""
        return signatures.has_table(self._connection)

    def keys(self) -> Keys:
        """The keys that were ever registered."""
        if self._keys is None:
            found = [event for kind in KEY_KINDS for event in self.find(kind=kind)]
            self._keys = Keys.of(sorted(found, key=lambda event: event.sequence))
        return self._keys

    def _take(self, event: Event) -> None:
        """Bring what was read up to date with an event."""
        self._newest, before = event, self.unfinished
        self.times.forget()
        if event.unit_id is None:
            self._forget()
        subject, month = event.subject, (str(event.population), str(event.period))
        if event.kind in ("drawn", "superseded"):
            self._months[month] = {}  # no letter of this draw was heard of yet
        if subject is not None and month in self._months:
            follow(self._months[month], event)
        elif subject is not None:
            self._letters.pop(subject, None)
        if self._keys is not None:
            self._keys = self._keys.after(event)
        if self._seeds is not None:
            self._seeds.take(event)
        if self._casebook is not None:
            self._casebook.take(event)
        if event.kind in past_signoffs.KINDS and month in self._claims:
            past_signoffs.take(self._claims[month], event)
        self.unfinished = unfinished_after(event, before, self)

    @property
    def rules(self) -> int:
        """The number of the rules in force, which is looked up once."""
        return rules_in_force(self._rules_begun)

    def zone(self, population: str | None, period: str | None = None) -> str:
        """The zone of a month's days, or of a population's newest month for what is of none."""
        month = [] if period is None else self._of_no_letter(population, period)
        if any(event.kind == "frozen" for event in month):
            return Zones.of(month).zone(population, period)
        if population not in self._zones:
            about = [] if population is None else self.find(population=population, unit_id=None)
            self._zones[population] = Zones.of(about)
        unknown = UTC if self.rules > FIRST else AS_WRITTEN
        return self._zones[population].zone(population, period, unknown)

    @property
    def _rules_begun(self) -> list[Event]:
        if self._begun is None:
            self._begun = self._store.find(self._connection, kind=RULES)
        return self._begun

    def _require_known_rules(self) -> None:
        """Raise if a later release brought the ledger under rules that this one does not know."""
        for event in self._rules_begun:
            begun = event.payload.get("rules")
            if is_count(begun) and begun > NEWEST:
                raise LedgerError(
                    f"ledger: is under rules {begun} since event {event.sequence}, and this "
                    f"release knows rules up to {NEWEST}; record with a newer release"
                )

    @property
    def ahead(self) -> dt.timedelta:
        """How far a claimed time may be ahead of the recorder's clock."""
        return clock.ahead_in_force(self._rules_begun)

    @property
    def clock_corrections(self) -> list[Event]:
        """The events by which a person set the recorder's clock right, in order."""
        return [e for e in self._of_no_letter(None, None) if e.kind == clock.CORRECTED]

    @property
    def last(self) -> Event | None:
        """The newest event."""
        return self._newest

    def find(self, **wanted: str | None) -> list[Event]:
        """All events with these values, in order; None matches events without that part.

        What is malformed under its own rules is named in a warning, and is not among them.
        """
        found = self._store.find(self._connection, **wanted)
        return [*readable(found, self._rules_begun)]

    def month(self, population: str, period: str) -> dict[str, Event]:
        """The newest event of each kind that is about a month as a whole, by kind.

        After a superseded draw, only events since then; the one that superseded it is among them.
        Corrected events are not.
        """
        events = self._of_no_letter(population, period)
        begun = max((n for n, e in enumerate(events) if e.kind == "superseded"), default=0)
        return {event.kind: event for event in uncorrected(events[begun:])}

    def was_frozen(self, population: str, period: str) -> bool:
        """Whether a month was ever frozen, whatever came of it, and that was not corrected."""
        events = uncorrected(self._of_no_letter(population, period))
        return any(event.kind == "frozen" for event in events)

    def draws(self, population: str) -> list[Event]:
        """The registered draws of a population that were not superseded."""
        superseded = self.find(population=population, kind="superseded")
        gone = {event.payload["draw"] for event in superseded}
        drawn = self.find(population=population, kind="drawn")
        return [event for event in drawn if event.payload["draw"] not in gone]

    def histories(self, population: str, period: str) -> dict[Subject, History]:
        """What is true of each letter of a month; it is kept up to date with what is appended."""
        month = population, period
        if month not in self._months:
            self._months[month] = replay(self.find(population=population, period=period))
        return self._months[month]

    def history_of(self, subject: Subject) -> History | None:
        """What is true of a letter of a draw that counts; None for one that was not drawn."""
        if subject[:2] in self._months:
            return self._months[subject[:2]].get(subject)
        if subject not in self._letters:
            told = self.find(**subject._asdict())
            self._letters[subject] = self._of_the_draws_that_count(told).get(subject)
        return self._letters[subject]

    def seeds(self) -> Seeds:
        """All that the ledger holds about seeds: rounds are the same for all populations."""
        if self._seeds is None:
            kinds = seeds.KINDS
            self._seeds = Seeds.of(event for kind in kinds for event in self.find(kind=kind))
        return self._seeds

    def casebook(self) -> Casebook:
        """The cases of the whole ledger: their numbers go through all populations."""
        if self._casebook is None:
            found = [event for kind in CASE_KINDS for event in self.find(kind=kind)]
            if found:
                found += self.find(kind="corrected", period=None)
            self._casebook = Casebook.of(sorted(found, key=lambda event: event.sequence))
        return self._casebook

    def resolution(self, population: str, resolution: str) -> list[Event]:
        """The events of a resolution outside policy that were not corrected, in order."""
        events = uncorrected(self.find(population=population, period=None))
        return [
            event
            for event in events
            if event.kind in RESOLUTION_STEPS and event.payload["resolution"] == resolution
        ]

    def claims(self, population: str, period: str) -> dict[str, str]:
        """The letters of a month that an older tracker claims, each with its file's digest."""
        month = population, period
        if month not in self._claims:
            self._claims[month] = {}
            for event in self.find(population=population, period=period):
                if event.kind in past_signoffs.KINDS:
                    past_signoffs.take(self._claims[month], event)
        return self._claims[month]

    def last_act(self, person: str, kind: str) -> int:
        """The number of the newest event of a kind by a person; 0 if there is none."""
        acts = (event for event in self.find(kind=kind) if event.actor == person)
        return max((event.sequence for event in acts), default=0)

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
        if not isinstance(unit_id, str) or not unit_id:
            raise LedgerError(f"unit_id: got {quoted(unit_id)}; give the response's id as text")
        if fault_in_name(unit_id):
            raise LedgerError(f"unit_id: got {quoted(unit_id, 200)}, {fault_in_new_name(unit_id)}")
        if population is not None and not isinstance(population, str):
            raise LedgerError(f"population: got {quoted(population)}; give a population's id")
        wanted = {"population": population, "period": None if period is None else str(period)}
        given = {name: value for name, value in wanted.items() if value is not None}
        events = self.find(unit_id=unit_id, **given)
        found = self._of_the_draws_that_count(events)
        drawn = [history for history in found.values() if history.state != "reserve"]
        # A letter that is still open is meant, but of one population alone: in another one the id
        # is another response.
        one_population = len({history.subject.population for history in drawn}) == 1
        still_open = [h for h in drawn if h.state not in ENDS] if one_population else []
        fitting = still_open or drawn
        if len(fitting) == 1:
            subject = fitting[0].subject
            return fitting[0], [event for event in events if event.subject == subject]
        if not fitting and any(event.kind == "selected" for event in events):
            raise LedgerError(
                f"letter {unit_id}: its draw was superseded, so it counts no more; give a letter "
                "of a draw that counts"
            )
        if not fitting:
            everywhere = self._of_the_draws_that_count(self.find(unit_id=unit_id)) if given else {}
            places = _places(h for h in everywhere.values() if h.state != "reserve")
            raise LedgerError(never_drawn(unit_id, given, places, self._by_sound))
        candidates = "; ".join(_places(fitting))
        raise LedgerError(
            f"letter {unit_id}: {len(fitting)} letters have this id ({candidates}); "
            "give its population and period too"
        )

    def _by_sound(self) -> dict[str, set[str]]:
        """The ids of all letters by sound, read once: a file of decisions may have many that are
        not known, and a hint need not know what this transaction adds."""
        if self._sounds is None:
            self._sounds = by_sound(self.find(kind="selected"))
        return self._sounds

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
        newest, key = self._newest, self.key
        try:
            with self._connection.begin_nested():
                yield self
        except BaseException:
            self._newest, self.unfinished, self.key = newest, None, key
            self._forget()
            for read in (self._letters, self._months, self._claims):
                read.clear()
            self._seeds = self._casebook = self._keys = None
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
        self._begun = None
        self._about_no_letter.clear()
        self._people.clear()
        self._zones.clear()

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


def _places(letters: Iterable[History]) -> list[str]:
    return [f"{letter.subject.population}, {letter.subject.period}" for letter in letters]
