"""Where a month stands: frozen, waiting, drawn; what was signed and what is still open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby

import attrs

from ceosample.canonical import Json
from ceosample.result import Result
from ceosample.signoff.coverage import SignoffCoverage, signoff_coverage
from ceosample.signoff.effective import effective, histories_of
from ceosample.signoff.events import Event
from ceosample.signoff.history import History
from ceosample.signoff.lifecycle import ENDS


@attrs.frozen
class MonthSummary(Result):
    """One population's month.

    Attributes:
        population, period: which.
        stage: ``waiting for the seed``, ``seed revealed`` or ``drawn``.
        freezes: how often it was frozen; more than once is shown.
        superseded: how often its draw was set aside; ever is shown.
        commitment: the digest that counts; None while it is to be frozen anew.
        coverage: what was signed.
        letters: the state of each letter drawn, reserves left out.
        signatories: to whom letters went, and how many; more than one is shown.
    """

    population: str
    period: str
    stage: str
    freezes: int
    superseded: int
    commitment: str | None
    coverage: SignoffCoverage
    letters: tuple[History, ...]
    signatories: Mapping[str, int]

    @property
    def open(self) -> tuple[History, ...]:
        """The letters that somebody still has to do something about."""
        return tuple(letter for letter in self.letters if letter.state not in ENDS)

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            "population": self.population,
            "period": self.period,
            "stage": self.stage,
            "freezes": self.freezes,
            "superseded": self.superseded,
            "signatories": dict(self.signatories),
            "commitment": self.commitment,
            "coverage": self.coverage.to_dict(),
            "letters": [
                {
                    "unit_id": letter.subject.unit_id,
                    "stratum": list(letter.stratum),
                    "state": letter.state,
                    "letter": letter.letter,
                    "original": letter.original,
                }
                for letter in self.letters
            ],
        }

    def __str__(self) -> str:
        again = f", frozen {self.freezes} times" if self.freezes > 1 else ""
        if self.superseded:
            again += f", superseded {self.superseded} time{'s' * (self.superseded > 1)}"
        title = f"{self.population}, {self.period}: {self.stage}{again}"
        if len(self.signatories) > 1:
            named = ", ".join(f"{who} {count}" for who, count in self.signatories.items())
            title += f"\nsignatories: {named}"
        if not self.letters:
            return f"{title}\ncommitment {self.commitment}"
        lines = [title, str(self.coverage)]
        if self.open:
            states = sorted((letter.state, letter.subject.unit_id) for letter in self.open)
            lines.append("\nopen:")
            lines += [
                f"  {state}: {', '.join(unit_id for _, unit_id in group)}"
                for state, group in groupby(states, key=lambda pair: pair[0])
            ]
        return "\n".join(lines)


def summarise(events: Iterable[Event]) -> list[MonthSummary]:
    """A summary of each month that the events are about, oldest first."""
    months: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        if event.population is not None and event.period is not None:
            months.setdefault((event.population, event.period), []).append(event)
    begun = {month for month, found in months.items() if any(e.kind == "frozen" for e in found)}
    return [_summary(*month, months[month]) for month in sorted(begun)]


def _summary(population: str, period: str, events: list[Event]) -> MonthSummary:
    told = effective(events)
    kinds = {event.kind for event in told}
    frozen = [event for event in told if event.kind == "frozen"]
    stage = (
        "drawn"
        if "drawn" in kinds
        else "seed revealed"
        if "seed_revealed" in kinds
        else "waiting for the seed"
        if frozen
        else "superseded"
    )
    letters = tuple(h for h in histories_of(told).values() if h.state != "reserve")
    signatories = Counter(h.docket["signatory"] for h in letters if h.docket)
    return MonthSummary(
        population=population,
        period=period,
        stage=stage,
        freezes=sum(event.kind == "frozen" for event in events),
        superseded=sum(event.kind == "superseded" for event in events),
        commitment=frozen[-1].payload["commitment"] if frozen else None,
        coverage=signoff_coverage(told),
        letters=letters,
        signatories=dict(sorted(signatories.items())),
    )
