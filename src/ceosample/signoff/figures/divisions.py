"""Which divisions the signatory reached: counted from the responses' own strata, in one place.

A plan may merge divisions, draw from all of them at once, or read one in full; from month to month
a division stands under other names in the plans. Every figure of reach is counted here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from ceosample.canonical import Json
from ceosample.period import Period
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.show import stratum_words
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import IN_PERSON
from ceosample.signoff.store.events import Event


@attrs.frozen
class DivisionCoverage(Result):
    """What became of one division's letters, of those drawn by chance and those read in full.

    Attributes:
        stratum: its values, as the responses have them; where the ledger does not hold these, as
            the plan made them.
        strata: the plan's strata that it stood in, by their values.
        eligible: its responses in the frame, over all months counted.
        selected: its originally selected letters.
        signed: those that the signatory signed in person.
        substitutes: its letters that moved up from the reserves.
        substitutes_signed: those that the signatory signed in person.
        take_all: whether it was read in full in all these months.
    """

    stratum: Stratum
    strata: tuple[Stratum, ...]
    eligible: int
    selected: int
    signed: int
    substitutes: int
    substitutes_signed: int
    take_all: bool

    @property
    def is_reached(self) -> bool:
        """Whether a letter of it was signed in person, an original or a substitute."""
        return self.signed + self.substitutes_signed > 0

    @property
    def name(self) -> str:
        """What tables call it."""
        return stratum_words(self.stratum) + (" (in full)" if self.take_all else "")

    @property
    def by_the_plan(self) -> str:
        """The plan's strata that it stood in, where these are not itself alone; else empty."""
        others = self.strata if self.strata != (self.stratum,) else ()
        return ", ".join(map(stratum_words, others))


@attrs.frozen
class Reached(Ratio):
    """Divisions with a letter signed in person / divisions with any response in the frame.

    Attributes:
        by_substitute: those of them whose only signed letters are substitutes.
    """

    by_substitute: int = 0

    @property
    def note(self) -> str:
        """How many were reached by a substitute alone; empty where none was."""
        return f"{self.by_substitute} by a substitute alone" if self.by_substitute else ""

    def __str__(self) -> str:
        return ", ".join(filter(None, [super().__str__(), self.note]))

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {**super().to_dict(), "by_substitute": self.by_substitute}


def reached(divisions: Iterable[DivisionCoverage]) -> Reached:
    """How many of these divisions were reached."""
    found = list(divisions)
    count = sum(division.is_reached for division in found)
    only = sum(division.is_reached and not division.signed for division in found)
    return Reached(count, len(found), "divisions reached", by_substitute=only)


def total(parts: Iterable[Reached]) -> Reached:
    """The divisions of several populations, counted together."""
    found = list(parts)
    return Reached(
        sum(one.count for one in found),
        sum(one.of for one in found),
        "divisions reached",
        by_substitute=sum(one.by_substitute for one in found),
    )


def unreached(divisions: Iterable[DivisionCoverage]) -> tuple[DivisionCoverage, ...]:
    """Those of which no letter was signed in person, drawn or not."""
    return tuple(division for division in divisions if not division.is_reached)


def divisions_of(
    events: Iterable[Event], histories: Iterable[History], *, in_full: bool = False
) -> tuple[DivisionCoverage, ...]:
    """Each division with any response in the frames of these months, by its values.

    Args:
        events: those that count, of the months asked for.
        histories: the letters of these months.
        in_full: whether only what was read in full is counted.
    """
    sizes: Counter[Stratum] = Counter()
    strata: dict[Stratum, set[Stratum]] = {}
    sampled: set[Stratum] = set()
    for event in events:
        for entry in event.payload["strata"] if event.kind == "drawn" else ():
            for division, size in _members(entry):
                if in_full and not entry["take_all"]:
                    continue
                sizes[division] += size
                strata.setdefault(division, set()).add(tuple(entry["stratum"]))
                if not entry["take_all"]:
                    sampled.add(division)
    letters: dict[Stratum, list[History]] = {division: [] for division in sizes}
    for history in histories:
        if history.state != "reserve" and (history.take_all or not in_full):
            letters.setdefault(history.division, []).append(history)
    return tuple(
        _coverage(
            division,
            letters[division],
            strata=tuple(sorted(strata[division])),
            eligible=sizes[division],
            take_all=division not in sampled,
        )
        for division in sorted(sizes)
    )


def months_as_planned(events: Iterable[Event]) -> tuple[Period, ...]:
    """The drawn months of which the ledger holds the plan's strata alone, oldest first."""
    months = {
        event.period
        for event in events
        if event.kind == "drawn"
        and event.period is not None
        and any("divisions" not in entry for entry in event.payload["strata"])
    }
    return tuple(Period.parse(month) for month in sorted(months))


def _members(entry: Any) -> Iterator[tuple[Stratum, int]]:
    """The divisions of a stratum of a draw, each with its responses in the frame."""
    if "divisions" not in entry:
        yield tuple(entry["stratum"]), entry["N"]
        return
    for member in entry["divisions"]:
        yield tuple(member["division"]), member["N"]


def _coverage(
    division: Stratum,
    letters: Iterable[History],
    *,
    strata: tuple[Stratum, ...],
    eligible: int,
    take_all: bool,
) -> DivisionCoverage:
    signed: dict[bool, list[bool]] = {True: [], False: []}
    for letter in letters:
        signed[letter.original].append(letter.reached(*IN_PERSON))
    return DivisionCoverage(
        stratum=division,
        strata=strata,
        eligible=eligible,
        selected=len(signed[True]),
        signed=sum(signed[True]),
        substitutes=len(signed[False]),
        substitutes_signed=sum(signed[False]),
        take_all=take_all,
    )
