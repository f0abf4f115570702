"""Sign-off coverage and completion: always a count and its denominator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import attrs

from ceosample.canonical import Json
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.show import html_table, stratum_words, text_table
from ceosample.signoff.figures.divisions import (
    DivisionCoverage,
    Reached,
    divisions_of,
    reached,
)
from ceosample.signoff.figures.ratio import Ratio, of_readings, words_of_readings
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import IN_PERSON, UNFILLED
from ceosample.signoff.replay.readings import populations_of_readings
from ceosample.signoff.replay.valid_events import histories_of, valid_events
from ceosample.signoff.store.events import Event

#: States that fill a place of the sample, if nothing made them void.
FILLING = (*IN_PERSON, "signed_by_deputy", "resolved_nonstandard")

_HEADER = ["stratum", "eligible", "selected", "signed in person", "by deputy", "otherwise"]
_ALIGN = "lrrrrl"


@attrs.frozen
class StratumCoverage(Result):
    """What became of one stratum's originally selected letters.

    Attributes:
        stratum: its values.
        eligible: responses in the frame, N, over all months counted.
        planned: places of the plan, n, over all months counted.
        selected: originally selected letters.
        signed: those that the signatory signed in person.
        by_deputy: those that a deputy signed.
        filled: places filled, by substitutes too.
        states: where the others stand, by state.
        take_all: whether the stratum is read in full.
    """

    stratum: Stratum
    eligible: int
    planned: int
    selected: int
    signed: int
    by_deputy: int
    filled: int
    states: Mapping[str, int]
    take_all: bool


@attrs.frozen
class SignoffCoverage(Result):
    """What was signed, of what should have been.

    Attributes:
        signoff: originally selected letters signed in person / originally selected letters.
        completion: places filled by a signature, a deputy's or a non-standard resolution,
            substitutes included / places planned.
        stratum_reach: divisions with a letter signed in person / divisions with any response, those
            read in full and substitutes included.
        take_all: the same as ``signoff``, for the strata that are read in full.
        strata: each stratum's row, as the plans made them.
        divisions: each division's.
        is_reading: whether these are readings, so that ``signed`` counts what was read.
    """

    signoff: Ratio
    completion: Ratio
    stratum_reach: Reached
    take_all: Ratio
    strata: tuple[StratumCoverage, ...]
    divisions: tuple[DivisionCoverage, ...]
    is_reading: bool = False

    def to_dict(self) -> dict[str, Json]:
        """For JSON, which says of readings alone that they are."""
        fields = super().to_dict()
        return fields if self.is_reading else {n: v for n, v in fields.items() if n != "is_reading"}

    def _words(self, text: str) -> str:
        return words_of_readings(text) if self.is_reading else text

    @property
    def _header(self) -> list[str]:
        return [self._words(cell) for cell in _HEADER]

    def _summary(self) -> list[str]:
        lines = [
            f"{self._words('sign-off coverage')}: {self.signoff}",
            f"completion: {self.completion}",
        ]
        lines.append(f"stratum reach: {self.stratum_reach}")
        if self.take_all.of:
            lines.append(f"read in full: {self.take_all}")
        return lines

    def _rows(self) -> list[list[str]]:
        return [
            [
                stratum_words(row.stratum) + (" (in full)" if row.take_all else ""),
                str(row.eligible),
                str(row.selected),
                str(row.signed),
                str(row.by_deputy),
                ", ".join(f"{count} {state}" for state, count in row.states.items()),
            ]
            for row in self.strata
        ]

    def __str__(self) -> str:
        return "\n".join([*self._summary(), "", text_table(self._header, self._rows(), _ALIGN)])

    def _repr_html_(self) -> str:
        caption, *notes = self._summary()
        return html_table(caption, self._header, self._rows(), _ALIGN, notes)


def signoff_coverage(events: Iterable[Event]) -> SignoffCoverage:
    """Count what was signed, from a ledger's events; of one month or of several.

    A state counts once it was reached, whatever came after: a dispatched letter is still signed.
    A return for rework makes the approval before it void. Substitutes count for completion and for
    the reach of divisions.
    What was corrected or superseded does not count. Of readings it counts what was read. Where
    there are letters too, readings are left out: the two are never added.

    >>> print(signoff_coverage([]).signoff)
    0 of 0 selected letters signed in person
    """
    read = valid_events(events)
    apart = populations_of_readings(read)
    letters = [event for event in read if event.population not in apart]
    is_reading = bool(apart) and not any(event.kind == "drawn" for event in letters)
    read = read if is_reading or not apart else letters
    histories = list(histories_of(read).values())
    rows, divisions = rows_of_strata(read, histories), divisions_of(read, histories)
    sampled = [row for row in rows if not row.take_all]
    in_full = [row for row in rows if row.take_all]
    found = SignoffCoverage(
        signoff=signed_in_person(sampled),
        completion=completion(sampled),
        stratum_reach=reached(divisions),
        take_all=signed_in_person(in_full, "letters of strata read in full signed in person"),
        strata=rows,
        divisions=divisions,
        is_reading=is_reading,
    )
    return of_readings(found) if is_reading else found


def signed_in_person(
    rows: Iterable[StratumCoverage], what: str = "selected letters signed in person"
) -> Ratio:
    """Originally selected letters signed in person / originally selected letters."""
    found = list(rows)
    signed, selected = sum(row.signed for row in found), sum(row.selected for row in found)
    return Ratio(signed, selected, what, always=True)


def completion(rows: Iterable[StratumCoverage]) -> Ratio:
    """Places filled, by substitutes too / places planned."""
    found = list(rows)
    filled, planned = sum(row.filled for row in found), sum(row.planned for row in found)
    return Ratio(filled, planned, "places filled")


def rows_of_strata(
    events: Iterable[Event], histories: Iterable[History]
) -> tuple[StratumCoverage, ...]:
    """Each stratum's row, by its values; where it was read in full is apart.

    Args:
        events: those that count.
        histories: their replay.
    """
    sizes: Counter[tuple[Stratum, bool]] = Counter()
    places: Counter[tuple[Stratum, bool]] = Counter()
    for event in events:
        for entry in event.payload["strata"] if event.kind == "drawn" else ():
            key = (tuple(entry["stratum"]), entry["take_all"])
            sizes[key] += entry["N"]
            places[key] += entry["n"]
    letters: dict[tuple[Stratum, bool], list[History]] = {key: [] for key in sizes}
    for history in histories:
        letters.setdefault((history.stratum, history.take_all), []).append(history)
    return tuple(_row(*key, sizes[key], places[key], letters[key]) for key in sorted(sizes))


def _row(
    stratum: Stratum, take_all: bool, eligible: int, planned: int, letters: Iterable[History]
) -> StratumCoverage:
    signed = by_deputy = filled = selected = 0
    others: Counter[str] = Counter()
    for letter in letters:
        filled += letter.state not in UNFILLED and letter.reached(*FILLING)
        if not letter.original:
            continue
        mine, theirs = letter.reached(*IN_PERSON), letter.reached("signed_by_deputy")
        selected += 1
        signed += mine
        by_deputy += theirs
        if not mine and not theirs:
            others[letter.state] += 1
    return StratumCoverage(
        stratum=stratum,
        eligible=eligible,
        planned=planned,
        selected=selected,
        signed=signed,
        by_deputy=by_deputy,
        filled=filled,
        states=dict(sorted(others.items())),
        take_all=take_all,
    )
