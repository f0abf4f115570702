"""What one step of a recorder writes as several events: none of them may be missing or changed.

Registering a draw writes ``drawn``, then its selections and reserves; replacing a letter moves up
the next reserve; sending a letter writes ``rendered``, then ``sent_for_signature``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final, Protocol

import attrs

from ceosample.errors import LedgerError
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.plans.rotation import OPEN
from ceosample.show import stratum_words
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.readings import READING, is_of_readings
from ceosample.signoff.store.events import Event, instant

#: The reserves of a plan that does not say how many; a plan's defaults are for ever.
_RESERVES: Final = 2


class Unfinished(Protocol):
    """A step of several events of which the first was recorded."""

    def accepts(self, event: Event) -> bool:
        """Whether an event may be the next of this step."""

    def require(self, event: Event) -> None:
        """Raise unless an event that it accepts is right.

        Raises:
            LedgerError: it is not what the step writes.
        """

    def take(self, event: Event) -> Unfinished | None:
        """What is left after an event that is right; None where nothing is."""

    def missing(self) -> str | None:
        """What is still to come, in words; None where the step can end here."""


def moved_up(histories: Iterable[History], replaced: History) -> History | None:
    """The reserve that takes a replaced letter's place: the next of its line; None without one."""
    waiting = [h for h in histories if h.state == "reserve" and h.line == replaced.line]
    return min(waiting, key=lambda history: int(history.events[0].payload["rank"]), default=None)


@attrs.define
class MoveUp:
    """A letter was replaced: the next reserve of its line takes its place."""

    replaced: Event
    up: History

    def accepts(self, event: Event) -> bool:
        """Whether an event moves a letter up."""
        return event.kind == "selected" and "replaces" in event.payload

    def require(self, event: Event) -> None:
        """Raise unless it is the next reserve, as it was drawn."""
        wanted = {**_plain(self.up.events[0]), "replaces": self.replaced.unit_id}
        if event.subject != self.up.subject or _plain(event) != wanted:
            raise LedgerError(
                f"letter {event.unit_id}: is not the next reserve of its line; "
                f"{self.up.subject.unit_id} takes the place of {self.replaced.unit_id}"
            )
        _require_same_act(self.replaced, event)

    def take(self, event: Event) -> None:
        """Nothing is left."""

    def missing(self) -> str:
        """The letter that was to move up."""
        return (
            f"{self.up.subject.unit_id} did not move up after event {self.replaced.sequence} "
            f"replaced {self.replaced.unit_id}"
        )


@attrs.define
class Sending:
    """A letter was rendered: it goes to the signatory."""

    rendered: Event

    def accepts(self, event: Event) -> bool:
        """Whether an event sends this letter."""
        return event.kind == "sent_for_signature" and event.subject == self.rendered.subject

    def require(self, event: Event) -> None:
        """Raise unless it is the version that was rendered, to the same signatory."""
        for name in ("letter", "signatory"):
            if event.payload[name] != self.rendered.payload[name]:
                raise LedgerError(
                    f"letter {event.unit_id}: another {name} was sent than event "
                    f"{self.rendered.sequence} rendered"
                )
        _require_same_act(self.rendered, event)

    def take(self, event: Event) -> None:
        """Nothing is left."""

    def missing(self) -> str:
        """The letter that was to be sent."""
        return (
            f"letter {self.rendered.unit_id}: was rendered in event {self.rendered.sequence} and "
            "not sent"
        )


@attrs.define
class Registration:
    """A draw was registered: exactly the selections that it counts follow, then its reserves."""

    drawn: Event
    frozen: Event
    selected: Counter[Stratum] = attrs.field(factory=Counter)
    reserves: Counter[Stratum] = attrs.field(factory=Counter)
    pools: dict[Stratum, Mapping[str, Any]] = attrs.field(init=False)
    ranks: dict[Hashable, set[int]] = attrs.field(factory=dict)
    units: set[str | None] = attrs.field(factory=set)
    is_of_readings: bool = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.pools = {tuple(pool["stratum"]): pool for pool in self.drawn.payload["strata"]}
        self.is_of_readings = is_of_readings(self.frozen)

    def accepts(self, event: Event) -> bool:
        """Whether an event is a selection or a reserve of this draw."""
        return (
            event.kind in ("selected", "reserve")
            and "replaces" not in event.payload
            and event.period == self.drawn.period
            and event.population == self.drawn.population
        )

    def require(self, event: Event) -> None:
        """Raise unless it is of this draw, of a stratum of it, and none too many."""
        where, said = f"letter {event.unit_id}", event.payload
        stratum = _stratum(event)
        pool = self.pools.get(stratum)
        if said["draw"] != self.drawn.payload["draw"] or pool is None:
            raise LedgerError(
                f"{where}: is of another draw or stratum than event {self.drawn.sequence} drew"
            )
        if said["take_all"] != pool["take_all"]:
            raise LedgerError(f"{where}: take_all is not that of its stratum")
        if said.get(READING, False) != self.is_of_readings:
            raise LedgerError(f"{where}: {READING} is not as event {self.frozen.sequence} froze it")
        if event.unit_id in self.units:
            raise LedgerError(f"{where}: was drawn twice")
        if said["rank"] in self.ranks.get(_line(event), ()):
            raise LedgerError(f"{where}: another letter of its line has the rank {said['rank']}")
        if event.kind == "selected":
            self._require_selected(where, stratum, pool)
        else:
            self._require_reserve(where, event, stratum, pool)
        _require_same_act(self.drawn, event)

    def _require_selected(self, where: str, stratum: Stratum, pool: Mapping[str, Any]) -> None:
        if self.reserves or self.selected[stratum] >= pool["n"]:
            raise LedgerError(
                f"{where}: is one letter more than event {self.drawn.sequence} drew of "
                f"{stratum_words(stratum)}, {pool['n']}"
            )

    def _require_reserve(
        self, where: str, event: Event, stratum: Stratum, pool: Mapping[str, Any]
    ) -> None:
        missing = None if self.reserves else self._missing_selections()
        if missing is not None:
            raise LedgerError(missing)
        if event.payload.get("line") is None and self.reserves[stratum] >= self._most(pool):
            raise LedgerError(f"{where}: is one reserve more than {stratum_words(stratum)} has")

    def take(self, event: Event) -> Registration:
        """The draw with one more of its letters."""
        counted = self.selected if event.kind == "selected" else self.reserves
        counted[_stratum(event)] += 1
        self.ranks.setdefault(_line(event), set()).add(event.payload["rank"])
        self.units.add(event.unit_id)
        return self

    def missing(self) -> str | None:
        """The letters or reserves that are missing."""
        found = self._missing_selections()
        if found is not None or self._rotates:
            return found
        for stratum, pool in self.pools.items():
            if self.reserves[stratum] < self._most(pool):
                return self._fewer(stratum, "reserves", self._most(pool), self.reserves[stratum])
        return None

    def _missing_selections(self) -> str | None:
        for stratum, pool in self.pools.items():
            if self.selected[stratum] < pool["n"]:
                return self._fewer(stratum, "letters", pool["n"], self.selected[stratum])
        return None

    def _fewer(self, stratum: Stratum, what: str, wanted: int, found: int) -> str:
        return (
            f"event {self.drawn.sequence} drew {wanted} {what} of {stratum_words(stratum)}, and "
            f"{found} were recorded"
        )

    @property
    def _rotates(self) -> bool:
        """Under a rotation the reserves of a line are left to chance."""
        return "block" in self.frozen.payload

    def _most(self, pool: Mapping[str, Any]) -> int:
        """The reserves behind a stratum's letters."""
        wanted = int(self.frozen.payload["plan"].get("reserves", _RESERVES))
        return min(wanted, int(pool["N"]) - int(pool["n"]))


def _stratum(event: Event) -> Stratum:
    return tuple(event.payload["stratum"])


def _line(event: Event) -> Hashable:
    line = event.payload.get("line")
    return line if line == OPEN else (line, _stratum(event))


def _plain(event: Event) -> dict[str, Any]:
    """What an event holds, whoever recorded it."""
    return {name: value for name, value in event.payload.items() if name != "recorder"}


def _require_same_act(first: Event, event: Event) -> None:
    """Raise unless two events of one step are by the same person, at the same time."""
    is_same_time = first.at == event.at or instant(first.at) == instant(event.at)
    if first.actor != event.actor or not is_same_time:
        raise LedgerError(
            f"{event.kind} by {event.actor!r} at {event.at} belongs to event {first.sequence}, by "
            f"{first.actor!r} at {first.at}"
        )
