"""The ledger as a walk over its events knows it, in memory that does not grow with its letters."""

from __future__ import annotations

import contextlib
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, Protocol

from ceosample.days import AS_WRITTEN, UTC
from ceosample.errors import CeosampleError
from ceosample.signoff.replay import past_signoffs
from ceosample.signoff.replay.cases import CASE_KINDS, Casebook
from ceosample.signoff.replay.history import History, follow, replay
from ceosample.signoff.replay.lifecycle import RESOLUTION_STEPS
from ceosample.signoff.replay.people import People, people_of
from ceosample.signoff.replay.seeds import KINDS as SEEDS
from ceosample.signoff.replay.seeds import Seeds
from ceosample.signoff.replay.zones import KINDS as ZONES
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.rules import clock
from ceosample.signoff.rules.following import unfinished_after
from ceosample.signoff.rules.in_force import FIRST, rules_after
from ceosample.signoff.rules.in_force import KIND as RULES
from ceosample.signoff.rules.unfinished import Unfinished
from ceosample.signoff.store.events import Event, Subject

#: Events whose letters' histories are held in memory at most, but for the newest month's.
HELD: Final = 30_000

#: The month of a subject: its population and its period.
SubjectMonth = tuple[str | None, str | None]


class Earlier(Protocol):
    """How a walk looks back: the events before a number with these values in their columns."""

    def __call__(self, sequence: int, /, **wanted: str | None) -> Sequence[Event]:
        """The events, in order."""


class Letters:
    """What happened to each letter so far, of the months that something happened to lately.

    The months longest untouched are let go when there is too much to hold. A letter of one of them
    that is heard of again is looked up among the earlier events, which were judged on the way.
    """

    def __init__(self, earlier: Earlier | None) -> None:
        self._earlier = earlier
        self._months: OrderedDict[SubjectMonth, dict[Subject, History]] = OrderedDict()
        self._gone: set[SubjectMonth] = set()
        self._begun: dict[SubjectMonth, int] = {}
        self._sizes: Counter[SubjectMonth] = Counter()
        self._held = 0

    def of(self, subject: Subject, last: Event | None) -> History | None:
        """The history of a letter after the last event; None for one that was not drawn."""
        month = subject[:2]
        if self._earlier is None or month not in self._gone:
            letters = self._months.get(month)
            return None if letters is None else letters.get(subject)
        return self._replayed(self._earlier(_after(last), **subject._asdict())).get(subject)

    def of_month(self, month: SubjectMonth, now: int) -> Mapping[Subject, History]:
        """The histories of the letters of a month before an event."""
        if self._earlier is None or month not in self._gone:
            return self._months.get(month, {})
        return self._replayed(self._earlier(now, population=month[0], period=month[1]))

    def _replayed(self, events: Iterable[Event]) -> dict[Subject, History]:
        # A step that is not possible was told when it was judged.
        return replay(
            (e for e in events if e.sequence > self._begun.get((e.population, e.period), 0)),
            tell=False,
        )

    def take(self, event: Event) -> None:
        """Take an event that was judged."""
        month = (event.population, event.period)
        if event.kind == "superseded":  # the month begins again, with no letter
            self._begun[month] = event.sequence
            self._gone.discard(month)
            self._months[month] = {}
        if event.unit_id is None or event.subject is None or month in self._gone:
            return
        follow(self._months.setdefault(month, {}), event)
        self._months.move_to_end(month)
        self._sizes[month] += 1
        self._held += 1
        if self._held > HELD:
            self._let_go()

    def look_up(self, months: Iterable[SubjectMonth]) -> None:
        """Hold nothing of months: a letter of theirs that is heard of again is looked up."""
        for month in months:
            self._months.pop(month, None)
            self._held -= self._sizes.pop(month, 0)
            self._gone.add(month)

    def _let_go(self) -> None:
        if self._earlier is None:
            return
        while self._held > HELD and len(self._months) > 1:
            month, _ = self._months.popitem(last=False)
            self._held -= self._sizes.pop(month, 0)
            self._gone.add(month)


def _after(last: Event | None) -> int:
    """The number of the event after the last one."""
    return 1 if last is None else last.sequence + 1


class Walk:
    """The context of a judge, kept by taking one event after the other."""

    def __init__(self, earlier: Earlier | None) -> None:
        self.rules = FIRST
        self.ahead = clock.AHEAD
        self.clock_corrections: list[Event] = []
        self.last: Event | None = None
        self.unfinished: Unfinished | None = None
        self._earlier = earlier
        self._all: list[Event] = []  # only where there is no way to look back
        self._letters = Letters(earlier)
        self._found: tuple[Subject, History | None] | None = None
        self._resumed = False
        self._seeds = Seeds()
        self._casebook = Casebook()
        self._zones = Zones()
        self._months: dict[SubjectMonth, dict[str, Event]] = {}
        self._frozen: set[SubjectMonth] = set()
        self._draws: dict[str, dict[str, Event]] = {}
        self._of_people: dict[str | None, list[Event]] = {}
        self._people: dict[str | None, People] = {}
        self._resolutions: dict[tuple[str | None, str], list[Event]] = {}
        self._claims: dict[SubjectMonth, dict[str, str]] = {}
        self._acts: dict[tuple[str, str], int] = {}

    # What a rule may ask.

    def month(self, population: str, period: str) -> Mapping[str, Event]:
        """See ``Context``."""
        return self._months.get((population, period), {})

    def was_frozen(self, population: str, period: str) -> bool:
        """See ``Context``."""
        return (population, period) in self._frozen

    def draws(self, population: str) -> Collection[Event]:
        """See ``Context``."""
        return self._draws.get(population, {}).values()

    def history_of(self, subject: Subject) -> History | None:
        """See ``Context``."""
        if self._found is None or self._found[0] is not subject:  # each rule asks for it
            self._found = subject, self._letters.of(subject, self.last)
        return self._found[1]

    def histories(self, population: str, period: str) -> Mapping[Subject, History]:
        """See ``Context``."""
        return self._letters.of_month((population, period), self._next)

    def people(self, population: str | None) -> People:
        """See ``Context``."""
        if population not in self._people:
            told = [*self._of_people.get(None, ())]
            told += self._of_people.get(population, ()) if population is not None else ()
            self._people[population] = people_of(sorted(told, key=lambda event: event.sequence))
        return self._people[population]

    def zone(self, population: str | None, period: str | None = None) -> str:
        """See ``Context``."""
        return self._zones.zone(population, period, UTC if self.rules > FIRST else AS_WRITTEN)

    def seeds(self) -> Seeds:
        """See ``Context``."""
        return self._seeds

    def casebook(self) -> Casebook:
        """See ``Context``."""
        return self._casebook

    def resolution(self, population: str, resolution: str) -> Sequence[Event]:
        """See ``Context``."""
        return self._resolutions.get((population, resolution), ())

    def claims(self, population: str, period: str) -> Mapping[str, str]:
        """See ``Context``."""
        return self._claims.get((population, period), {})

    def last_act(self, person: str, kind: str) -> int:
        """See ``Context``."""
        if self._resumed:
            acts = (event for event in self.find(kind=kind) if event.actor == person)
            return max((event.sequence for event in acts), default=0)
        return self._acts.get((person, kind), 0)

    def find(self, **wanted: str | None) -> Sequence[Event]:
        """See ``Context``."""
        if self._earlier is not None:
            return self._earlier(self._next, **wanted)
        return [e for e in self._all if all(getattr(e, n) == v for n, v in wanted.items())]

    @property
    def _next(self) -> int:
        return _after(self.last)

    # The walk.

    def take(self, event: Event) -> None:
        """Take the next event, which was judged and not refused."""
        self.last, before, self._found = event, self.unfinished, None
        if event.kind == RULES:
            self.rules = rules_after(event, self.rules)
            self.ahead = clock.ahead_after(event, self.ahead)
        self._acts[event.actor, event.kind] = event.sequence
        if self._earlier is None:
            self._all.append(event)
        self._letters.take(event)
        if event.kind in _OF_MORE_THAN_A_LETTER:
            self._take_month(event)
            self._take_others(event)
            if event.kind in SEEDS:
                self._seeds.take(event)
            self._casebook.take(event)
            self._zones.take(event)
            if event.kind == "corrected":
                self._take_freeze_back((event.population, event.period))
        self.unfinished = unfinished_after(event, before, self)

    def resume(self, last: Event, months: Iterable[SubjectMonth]) -> None:
        """Go on after events of which those about single letters were not taken.

        Args:
            last: the newest of them.
            months: those of the letters, which are looked up from now on.
        """
        self.last, self._found, self._resumed = last, None, True
        self._letters.look_up(months)

    def pass_over(self, event: Event, *, malformed: bool) -> None:
        """Go on after an event that its rules refuse, as readers do.

        One that is malformed is left out. Another is taken as far as it is possible.
        """
        self.last = event
        if not malformed:
            with contextlib.suppress(CeosampleError, KeyError, TypeError, ValueError):
                self.take(event)
        self.unfinished = None

    def _take_month(self, event: Event) -> None:
        if event.unit_id is not None or event.period is None:
            return
        month = (event.population, event.period)
        if event.kind == "superseded":
            drawn = self._months.pop(month, {}).get("drawn")
            if drawn is not None:
                self._draws[str(event.population)].pop(drawn.payload["draw"], None)
        elif event.kind == "frozen":
            self._frozen.add(month)
        elif event.kind == "drawn":
            self._draws.setdefault(str(event.population), {})[event.payload["draw"]] = event
        if event.kind in _OF_A_MONTH:
            self._months.setdefault(month, {})[event.kind] = event

    def _take_freeze_back(self, month: SubjectMonth) -> None:
        """Bring the freeze of a month up to date: its newest one may have been corrected."""
        waiting = self._seeds.waiting.get(month)
        if waiting:
            self._months[month]["frozen"] = waiting[-1]
        elif waiting is not None:
            self._months[month].pop("frozen", None)
            if "superseded" not in self._months[month]:
                self._frozen.discard(month)

    def _take_others(self, event: Event) -> None:
        if event.kind in _OF_PEOPLE and event.period is None and event.unit_id is None:
            self._of_people.setdefault(event.population, []).append(event)
            self._people.clear()
        if event.kind == clock.CORRECTED:
            self.clock_corrections.append(event)
        if event.kind in past_signoffs.KINDS:
            month = (event.population, event.period)
            past_signoffs.take(self._claims.setdefault(month, {}), event)
        if event.kind in RESOLUTION_STEPS:
            key = (event.population, event.payload["resolution"])
            self._resolutions.setdefault(key, []).append(event)
        elif event.kind == "corrected":
            self._without(event)

    def _without(self, correction: Event) -> None:
        """Forget the step of a resolution that was corrected, if it was one."""
        if correction.population is None or correction.period is not None:
            return
        named, about = correction.payload["event"], (correction.population, correction.unit_id)
        for (population, _), story in self._resolutions.items():
            if story and (population, story[0].unit_id) == about:
                story[:] = [event for event in story if event.hash != named]


#: The events about a month as a whole that a rule asks for.
_OF_A_MONTH: Final = frozenset({"frozen", "seed_revealed", "drawn", "superseded"})

#: The events that say who holds which role.
_OF_PEOPLE: Final = frozenset({"role_granted", "role_revoked", "corrected", clock.CORRECTED})

#: The kinds of events of which a walk keeps more than the history of their letter.
_OF_MORE_THAN_A_LETTER: Final = frozenset(
    {*_OF_A_MONTH, *_OF_PEOPLE, *past_signoffs.KINDS, *RESOLUTION_STEPS, *SEEDS}
    | {*CASE_KINDS, *ZONES, "corrected"}
)
