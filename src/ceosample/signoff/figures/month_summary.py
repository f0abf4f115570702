"""Where a month stands: frozen, waiting, drawn; what was signed and what is still open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

import attrs

from ceosample.canonical import Json
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.seeds.seed_source import SeedSource
from ceosample.show import stratum_words
from ceosample.signoff.figures.coverage import SignoffCoverage, signoff_coverage
from ceosample.signoff.figures.past_signoffs import ImportedCount, counts, in_words
from ceosample.signoff.figures.set_aside import SetAside, set_aside
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import ENDS, UNFILLED, is_empty
from ceosample.signoff.replay.titles import title_of
from ceosample.signoff.replay.valid_events import histories_of, valid_events
from ceosample.signoff.replay.zones import zone_of
from ceosample.signoff.store.events import Event
from ceosample.text import counted

#: The stage of a month in which nothing was eligible.
EMPTY: Final = "empty, nothing was eligible"


@attrs.frozen
class MonthSummary(Result):
    """One population's month.

    Attributes:
        population, period: which.
        title: the population as people read it; None shows its id.
        stage: ``waiting for the seed``, ``seed revealed``, ``drawn``, ``superseded`` or
            ``freeze corrected``; ``empty, nothing was eligible`` for a month without letters.
        freezes: how often it was frozen; more than once is shown.
        superseded: how often its draw was set aside; ever is shown.
        seed_source: where its seed comes from; None while it is to be frozen anew.
        commitment: the digest that counts; None while it is to be frozen anew.
        coverage: what was signed.
        letters: the state of each letter drawn, reserves left out.
        signatories: to whom letters went, and how many; more than one is shown.
        zone: the time zone of its dates; None for a month of 0.1 for which none was stated.
        left_out: what the frame of an empty month leaves out, by reason; None for other months.
        set_aside: letters that were sent before their draw was superseded.
        imported: letters of this month that an older table claims; they count in no figure.
        empty_places: by stratum, places that no letter fills any more: of letters that were
            replaced when no reserve was left, or found ineligible.
    """

    population: str
    period: str
    stage: str
    freezes: int
    superseded: int
    seed_source: str | None
    commitment: str | None
    coverage: SignoffCoverage
    letters: tuple[History, ...]
    signatories: Mapping[str, int]
    set_aside: SetAside
    empty_places: Mapping[Stratum, int]
    imported: tuple[ImportedCount, ...] = ()
    title: str | None = None
    zone: str | None = None
    left_out: Mapping[str, int] | None = None

    @property
    def label(self) -> str | None:
        """``custodian-trusted`` where whoever keeps a secret could foresee the draw, else None."""
        if self.seed_source is None or self.stage == EMPTY:
            return None
        return SeedSource.parse(self.seed_source).label

    @property
    def tries(self) -> str:
        """How often it was frozen, and set aside: whoever tries several frames leaves that."""
        return _tries(self.freezes, self.superseded)

    @property
    def _notes(self) -> tuple[str, ...]:
        """What is said below the title; empty where there is nothing to say."""
        return (
            self.set_aside.words,
            self.empty_words,
            self._left_out_words,
            in_words(self.imported) or "",
        )

    @property
    def _left_out_words(self) -> str:
        """What was left out of an empty month, in a line."""
        if self.left_out is None:
            return ""
        reasons = ", ".join(f"{reason} {n}" for reason, n in self.left_out.items())
        return f"left out: {sum(self.left_out.values())}{f' ({reasons})' if reasons else ''}"

    @property
    def empty_words(self) -> str:
        """The places that no letter fills any more, in a line; empty where there are none."""
        total = sum(self.empty_places.values())
        strata = ", ".join(f"{stratum_words(s)} {n}" for s, n in self.empty_places.items())
        return f"places that stay empty: {total} ({strata})" if total else ""

    @property
    def open(self) -> tuple[History, ...]:
        """The letters that somebody still has to do something about."""
        return tuple(letter for letter in self.letters if letter.state not in ENDS)

    @property
    def is_done(self) -> bool:
        """Whether letters were drawn and each has come to its end."""
        return bool(self.letters) and not self.open

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            "population": self.population,
            "period": self.period,
            "stage": self.stage,
            "freezes": self.freezes,
            "superseded": self.superseded,
            "seed_source": self.seed_source,
            "seed_label": self.label,
            "signatories": dict(self.signatories),
            "zone": self.zone,
            "commitment": self.commitment,
            "coverage": self.coverage.to_dict(),
            "set_aside": self.set_aside.to_dict(),
            "empty_places": [
                {"stratum": list(stratum), "places": count}
                for stratum, count in self.empty_places.items()
            ],
            "imported": [row.to_dict() for row in self.imported],
            "letters": [
                {
                    "unit_id": letter.subject.unit_id,
                    "stratum": list(letter.stratum),
                    "state": letter.state,
                    "letter": letter.letter,
                    "original": letter.original,
                    "reason": reason_of(letter),
                }
                for letter in self.letters
            ],
            **({} if self.left_out is None else {"left_out": dict(self.left_out)}),
        }

    def __str__(self) -> str:
        again = f", {self.tries}" if self.freezes > 1 or self.superseded else ""
        label = f", seed {self.label}" if self.label else ""
        zone = f", dates in {self.zone}" if self.zone else ""
        stage = f"{self.stage} and done" if self.is_done else self.stage
        title = f"{self.title or self.population}, {self.period}: {stage}{again}{label}{zone}"
        if len(self.signatories) > 1:
            named = ", ".join(f"{who} {count}" for who, count in self.signatories.items())
            title += f"\nsignatories: {named}"
        title += "".join(f"\n{words}" for words in self._notes if words)
        if not self.letters:
            return f"{title}\ncommitment {self.commitment}"
        lines = [title, str(self.coverage)]
        if self.open:
            lines += ["\nopen:", *_by_state(self.open)]
        ended = [one for one in self.letters if one.state in ENDS and reason_of(one) is not None]
        if ended:
            lines += ["\nended for a reason:", *_by_state(ended)]
        return "\n".join(lines)


def reason_of(letter: History) -> str | None:
    """The code of the reason for which a letter is in its state; None where none was given."""
    payload = letter.events[-1].payload
    reason: str | None = payload.get("own_code") or payload.get("reason_code")
    return reason


def _by_state(letters: Iterable[History]) -> Iterator[str]:
    """A line for each state, with its letters and the reasons for which they are in it."""
    named = sorted((one.state, one.subject.unit_id, reason_of(one)) for one in letters)
    for state, group in groupby(named, key=lambda one: one[0]):
        told = (f"{unit_id} ({reason})" if reason else unit_id for _, unit_id, reason in group)
        yield f"  {state}: {', '.join(told)}"


def attempts(events: Iterable[Event]) -> str:
    """What a book says of tries at a month's draw, for its cover sheet.

    Args:
        events: those of the month, and those of its population's chains of seeds.
    """
    found = list(events)
    kinds = Counter(event.kind for event in found)
    chains = kinds["chain_published"]
    more = f", {chains} seed chains published" if chains > 1 else ""
    seen = set_aside(found).words
    return _tries(kinds["frozen"], kinds["superseded"]) + more + (f"; {seen}" if seen else "")


def _empty_places(letters: Sequence[History]) -> dict[Stratum, int]:
    """For each stratum the letters that left their place, and have no substitute."""
    substituted = {
        event.payload.get("replaces")
        for letter in letters
        for event in letter.events
        if event.kind == "selected"
    }
    left = (letter for letter in letters if letter.state in UNFILLED)
    empty = Counter(o.stratum for o in left if o.subject.unit_id not in substituted)
    return dict(sorted(empty.items()))


def _tries(freezes: int, superseded: int) -> str:
    again = f", superseded {counted(superseded, 'time')}" if superseded else ""
    return f"frozen {counted(freezes, 'time')}{again}"


def summarise(events: Iterable[Event]) -> list[MonthSummary]:
    """A summary of each month that the events are about, oldest first."""
    months: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        if event.population is not None and event.period is not None:
            months.setdefault((event.population, event.period), []).append(event)
    begun = {month for month, found in months.items() if any(e.kind == "frozen" for e in found)}
    return [_summary(*month, months[month]) for month in sorted(begun)]


def _summary(population: str, period: str, events: list[Event]) -> MonthSummary:
    told = valid_events(events)
    kinds = {event.kind for event in told}
    frozen = [event for event in told if event.kind == "frozen"]
    stage = (
        "drawn"
        if "drawn" in kinds
        else "seed revealed"
        if "seed_revealed" in kinds
        else EMPTY
        if frozen and is_empty(frozen[-1])
        else "waiting for the seed"
        if frozen
        else "superseded"
        if "superseded" in kinds
        else "freeze corrected"
    )
    letters = tuple(h for h in histories_of(told).values() if h.state != "reserve")
    signatories = Counter(h.docket["signatory"] for h in letters if h.docket)
    return MonthSummary(
        population=population,
        period=period,
        stage=stage,
        freezes=sum(event.kind == "frozen" for event in events),
        superseded=sum(event.kind == "superseded" for event in events),
        seed_source=frozen[-1].payload["seed_source"] if frozen else None,
        commitment=frozen[-1].payload["commitment"] if frozen else None,
        coverage=signoff_coverage(told),
        letters=letters,
        signatories=dict(sorted(signatories.items())),
        set_aside=set_aside(events),
        empty_places=_empty_places(letters),
        imported=counts(events),
        title=title_of(events),
        zone=zone_of(events),
        left_out=frozen[-1].payload["exclusions"] if stage == EMPTY else None,
    )
