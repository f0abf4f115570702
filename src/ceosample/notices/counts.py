"""What a notice counts, before small counts of people are hidden: only ``notice`` sees these."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import attrs

from ceosample.days import AS_WRITTEN, month_of
from ceosample.period import Period, within
from ceosample.result import Result
from ceosample.signoff.figures.divisions import reached
from ceosample.signoff.figures.reach import divisions_within, drawn_months
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import NO_CONTACT
from ceosample.signoff.replay.valid_events import histories_of, valid_events_at, when
from ceosample.signoff.store.events import Event

#: What shows that a letter was read by who did it, if it was addressed to them.
READ: Final = frozenset(
    {
        *("viewed", "read", "signed", "returned_for_rework", "declined", "escalated_to_board"),
        *("taken_over", "resolved_nonstandard", "finding"),
    }
)

#: What the reading changed for a letter, by the states that show it. A letter is in one part: the
#: last of those that apply to it.
CHANGES: Final = {
    "as-written": frozenset[str](),
    "sent-back": frozenset({"returned_for_rework", "declined"}),
    "in-person": frozenset({"taken_over", "resolved_nonstandard"}),
    "to-the-board": frozenset({"escalated_to_board"}),
}


@attrs.frozen
class Lot:
    """Letters that were drawn in one way, by chance or a whole stratum at once.

    Attributes:
        eligible: responses that they were drawn from.
        drawn: those that the draw named.
        selected: those, and the substitutes of letters that were replaced.
        read: letters that who signs read, of the selected.
    """

    eligible: int
    drawn: int
    selected: int
    read: int


@attrs.frozen
class SeedSeen(Result):
    """Where a month's seed came from.

    Attributes:
        month: which.
        source: as the commitment names it, ``dice`` for example.
        witnesses: the roles of those who saw it.
    """

    month: Period
    source: str
    witnesses: tuple[str, ...]


@attrs.frozen
class Counts:
    """The counts of a range of months.

    Attributes:
        drawn: the months that were drawn.
        months: how many months there are from the first to the last.
        set_aside: draws that no longer count.
        sample, in_full: the letters that were drawn by chance, and those of strata read whole.
        divisions: those with a letter signed in person, and all with a response in the frame.
        readings: whether the newest month is of what is no letter, which is read and not signed.
        changes: of the letters that were read, by what the reading changed; see ``CHANGES``.
        contacted: of the letters that were read, those whose customer the office reached.
        reviewed, adopted: the policies of which a resolution was reviewed, and then adopted.
        praised: letters with a recognition, of all that were selected.
        thanked: the ids of the colleagues who were recognised.
        seeds: of each month that was drawn.
    """

    drawn: tuple[Period, ...]
    months: int
    set_aside: int
    sample: Lot
    in_full: Lot
    divisions: tuple[int, int]
    readings: bool
    changes: dict[str, int]
    contacted: int
    reviewed: tuple[str, ...]
    adopted: tuple[str, ...]
    praised: int
    thanked: frozenset[str]
    seeds: tuple[SeedSeen, ...]


def count(
    own: Sequence[Event], first: Period | None, last: Period | None, as_of: dt.datetime
) -> Counts:
    """Count a population's events of a range of months, as they stood at a moment."""
    known = valid_events_at(own, as_of)
    ranged = [event for event in known if within(event.period, first, last)]
    letters = [
        history
        for history in histories_of(ranged, annotations=True).values()
        if history.state != "reserve"
    ]
    read = [letter for letter in letters if _is_read(letter)]
    drawn = tuple(drawn_months(ranged))
    found = reached(divisions_within(ranged, letters, first, last))
    reviewed, adopted = _policies(known, first, last)
    recognitions = [
        {e.payload["colleague"] for e in letter.annotations if e.kind == "recognition"}
        for letter in letters
    ]
    return Counts(
        drawn=drawn,
        months=_between(first, last, drawn),
        set_aside=sum(event.kind == "superseded" for event in ranged),
        sample=_lot(ranged, letters, read, take_all=False),
        in_full=_lot(ranged, letters, read, take_all=True),
        divisions=(found.count, found.of),
        readings=_is_of_readings(ranged),
        changes=_changes(read),
        contacted=sum(any(map(_is_contact, letter.annotations)) for letter in read),
        reviewed=reviewed,
        adopted=adopted,
        praised=sum(bool(one) for one in recognitions),
        thanked=frozenset().union(*recognitions),
        seeds=tuple(_seeds(ranged, drawn)),
    )


def _is_read(letter: History) -> bool:
    """Whether a person to whom a version was addressed did something that needs its reading."""
    addressed = {said.get("signatory") for said in letter.dockets}
    told = (*letter.events, *letter.annotations)
    return any(event.kind in READ and event.actor in addressed for event in told)


def _is_contact(event: Event) -> bool:
    """Whether a contact came about; one that was asked for or tried is none."""
    return event.kind == "contact" and event.payload["outcome"] not in NO_CONTACT


def _is_of_readings(events: Iterable[Event]) -> bool:
    """Whether the newest freeze says that its units are calls, chats or posts."""
    newest = max(
        (event for event in events if event.kind == "frozen"),
        key=lambda event: (event.period or "", event.sequence),
        default=None,
    )
    return newest is not None and newest.payload.get("reading") is True


def _between(first: Period | None, last: Period | None, drawn: Sequence[Period]) -> int:
    """How many months a range has; where it is open, it ends with a month that was drawn."""
    begin, end = first or min(drawn, default=None), last or max(drawn, default=None)
    return 0 if begin is None or end is None else max(0, end.months_since(begin) + 1)


def _lot(
    events: Sequence[Event], letters: Iterable[History], read: Iterable[History], *, take_all: bool
) -> Lot:
    strata = [
        stratum
        for event in events
        if event.kind == "drawn"
        for stratum in event.payload["strata"]
        if stratum["take_all"] == take_all
    ]
    return Lot(
        eligible=sum(stratum["N"] for stratum in strata),
        drawn=sum(stratum["n"] for stratum in strata),
        selected=sum(letter.take_all == take_all for letter in letters),
        read=sum(letter.take_all == take_all for letter in read),
    )


def _changes(read: Iterable[History]) -> dict[str, int]:
    counts = dict.fromkeys(CHANGES, 0)
    for letter in read:
        befell = {event.kind for event in letter.events}
        (*_, newest) = (name for name, kinds in CHANGES.items() if not kinds or kinds & befell)
        counts[newest] += 1
    return counts


def _policies(
    known: Iterable[Event], first: Period | None, last: Period | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The policies whose resolutions were reviewed in the range, and those that were adopted."""
    policies: dict[str, str] = {}
    outcomes: dict[str, set[str]] = {}
    for event in known:
        if event.kind == "oop_proposed":
            policies[event.payload["resolution"]] = event.payload["policy"]
        elif event.kind == "oop_reviewed":
            month, named = month_of(when(event), AS_WRITTEN), event.payload["resolution"]
            if within(str(month), first, last) and named in policies:
                outcomes.setdefault(policies[named], set()).add(event.payload["outcome"])
    adopted = (policy for policy, came in outcomes.items() if "adopted" in came)
    return tuple(sorted(outcomes)), tuple(sorted(adopted))


def _seeds(events: Sequence[Event], drawn: Iterable[Period]) -> Iterator[SeedSeen]:
    newest = {event.period: event for event in events if event.kind == "seed_revealed"}
    for month in drawn:
        said = newest[str(month)].payload if str(month) in newest else {}
        yield SeedSeen(month, said.get("source", ""), tuple(said.get("witnesses", ())))
