"""A ledger's events written down by hand and chained, for tests of what is counted from them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from ceosample.signoff.store.events import NOTHING_BEFORE, Event

CEO = "ceo"
POPULATION = "complaint-responses"


def digest_of(unit_id: str, version: int = 1) -> str:
    """A letter's digest."""
    return hashlib.sha256(f"{unit_id} {version}".encode()).hexdigest()


@attrs.define
class Book:
    """Events, in order; ``month`` is the one that the next is about."""

    events: list[Event] = attrs.field(factory=list)
    population: str = POPULATION
    month: str = "2026-10"

    def write(
        self,
        kind: str,
        unit_id: str | None = None,
        *,
        on: str = "2026-11-02",
        actor: str = "office",
        monthly: bool = True,
        **payload: Any,
    ) -> Event:
        """One event; ``on`` is a day, at nine in London, or a whole time."""
        event = Event(
            sequence=len(self.events) + 1,
            at=on if "T" in on else f"{on}T09:00:00+00:00",
            recorded_at="2027-12-31T09:00:00.000000Z",
            actor=actor,
            kind=kind,
            population=self.population,
            period=self.month if monthly else None,
            unit_id=unit_id,
            payload=payload,
            previous=self.events[-1].hash if self.events else NOTHING_BEFORE,
        )
        self.events.append(event)
        return event

    def draw(
        self,
        sizes: Mapping[str, tuple[int, int]],
        *,
        take_all: Iterable[str] = (),
        on: str = "2026-11-02",
    ) -> None:
        """A draw: each stratum's N and n."""
        entries = [
            {"stratum": [name], "N": size, "n": letters, "take_all": name in set(take_all)}
            for name, (size, letters) in sizes.items()
        ]
        self.write("drawn", on=on, draw="d" * 64, commitment="c" * 64, strata=entries)

    def first(
        self,
        unit_id: str,
        stratum: str,
        kind: str = "selected",
        *,
        take_all: bool = False,
        on: str = "2026-11-02",
    ) -> None:
        """The event that a letter begins with."""
        entry: dict[str, Any] = {
            "draw": "d" * 64,
            "stratum": [stratum],
            "rank": 1,
            "take_all": take_all,
        }
        self.write(kind, unit_id, on=on, **entry)

    def render(
        self, unit_id: str, version: int = 1, *, on: str = "2026-11-02", **said: Any
    ) -> None:
        """A version; what it says beside its digest is given."""
        said.setdefault("signatory", CEO)
        letter = digest_of(unit_id, version)
        self.write("rendered", unit_id, on=on, letter=letter, version=version, **said)

    def send(self, unit_id: str, version: int = 1, *, on: str = "2026-11-02") -> None:
        """A version goes out for signature."""
        letter = digest_of(unit_id, version)
        self.write(
            "sent_for_signature", unit_id, on=on, letter=letter, signatory=CEO, pack="p" * 64
        )

    def sent(
        self,
        unit_id: str,
        stratum: str = "Cards",
        *,
        on: str = "2026-11-02",
        take_all: bool = False,
        **said: Any,
    ) -> None:
        """A drawn letter that is out for signature, all on one day."""
        self.first(unit_id, stratum, take_all=take_all, on=on)
        self.render(unit_id, on=on, **said)
        self.send(unit_id, on=on)

    def sign(self, unit_id: str, version: int = 1, *, on: str = "2026-11-02") -> Event:
        """The signature in person."""
        return self.write("signed", unit_id, on=on, actor=CEO, letter=digest_of(unit_id, version))

    def out(
        self, unit_id: str, kind: str = "dispatched", version: int = 1, *, on: str = "2026-11-02"
    ) -> Event:
        """The letter goes out."""
        return self.write(kind, unit_id, on=on, letter=digest_of(unit_id, version))

    def correct(self, event: Event, *, on: str = "2026-11-30") -> Event:
        """An event is made void."""
        month, self.month = self.month, event.period or self.month
        made = self.write(
            "corrected",
            event.unit_id,
            on=on,
            monthly=event.period is not None,
            event=event.hash,
            reason_code="slip",
        )
        self.month = month
        return made
