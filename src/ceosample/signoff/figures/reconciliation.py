"""Whether the register's counts of a month add up: opening + new - final = carried forward."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from ceosample.canonical import Json
from ceosample.period import Period
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.show import stratum_words
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.store.events import Event


@attrs.frozen
class Reconciliation(Result):
    """A register's counts of one month, of all its strata or of one.

    Attributes:
        population, period: which month.
        stratum: which stratum; None for all.
        opening, new, final, carried: responses open at the start, new ones, those that became
            final, and those carried forward.
        before: what the month before carried forward; None if that is not on record.
    """

    population: str
    period: str
    stratum: Stratum | None
    opening: int
    new: int
    final: int
    carried: int
    before: int | None

    @property
    def difference(self) -> int:
        """opening + new - final - carried: 0 if the counts add up."""
        return self.opening + self.new - self.final - self.carried

    @property
    def gap(self) -> int | None:
        """opening - what the month before carried: 0 if they fit; None if that is not known."""
        return None if self.before is None else self.opening - self.before

    @property
    def ok(self) -> bool:
        """Whether the counts add up and fit the month before, where it is known."""
        return self.difference == 0 and not self.gap

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            "population": self.population,
            "period": self.period,
            "stratum": None if self.stratum is None else list(self.stratum),
            "opening": self.opening,
            "new": self.new,
            "final": self.final,
            "carried": self.carried,
            "difference": self.difference,
            "gap": self.gap,
            "ok": self.ok,
        }

    @property
    def sums(self) -> str:
        """The counts, and what is wrong with them."""
        sums = f"{self.opening} + {self.new} - {self.final} = {self.carried}"
        if self.difference:
            sums += f", wrong by {self.difference}"
        if self.gap:
            sums += f"; opens {self.gap:+} against what the month before carried"
        return sums

    def __str__(self) -> str:
        where = self.period if self.stratum is None else f"  {stratum_words(self.stratum)}"
        return f"{where}: {self.sums}"


def reconciliations(
    events: Iterable[Event], told: Iterable[Event] | None = None
) -> list[Reconciliation]:
    """The newest reconciliation of each month, oldest month first, each before its strata.

    Args:
        events: those that count.
        told: all that were not corrected: what a register carried forward into the next month does
            not depend on the draw, so it is held against it when the draw was superseded too. None
            for ``events``.
    """
    newest = _newest(events)
    carried_by = newest if told is None else _newest(told)
    found: list[Reconciliation] = []
    for (population, period), event in sorted(newest.items()):
        earlier = carried_by.get((population, str(Period.parse(period).previous())))
        carried = {} if earlier is None else _carried(earlier.payload)
        for stratum, counts in _counts(event.payload):
            before = carried.get(stratum)
            four = {name: counts[name] for name in ("opening", "new", "final", "carried")}
            found.append(Reconciliation(population, period, stratum, before=before, **four))
    return found


def _newest(events: Iterable[Event]) -> dict[tuple[str, str], Event]:
    return {
        (event.population, event.period): event
        for event in events
        if event.kind == "reconciled" and event.population and event.period
    }


def reconciled(found: Iterable[Reconciliation], months: Iterable[tuple[str, str]]) -> Ratio:
    """Months whose counts add up, all strata's too / months drawn or empty."""
    drawn = set(months)
    said = {(row.population, row.period) for row in found}
    wrong = {(row.population, row.period) for row in found if not row.ok}
    return Ratio(len(said & drawn - wrong), len(drawn), "months reconciled")


def _counts(payload: Mapping[str, Any]) -> list[tuple[Stratum | None, Mapping[str, int]]]:
    strata = [(tuple(entry["stratum"]), entry) for entry in payload.get("strata", ())]
    return [(None, payload), *sorted(strata, key=lambda pair: pair[0])]


def _carried(payload: Mapping[str, Any]) -> dict[Stratum | None, int]:
    return {stratum: counts["carried"] for stratum, counts in _counts(payload)}
