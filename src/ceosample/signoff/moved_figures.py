"""Which figures a change of a ledger's zones moves: every figure, before and after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from ceosample.canonical import Json
from ceosample.signoff.figures.metrics import metrics
from ceosample.signoff.figures.open_letters import at_risk
from ceosample.signoff.figures.policies import policy_summary
from ceosample.signoff.letters_table import letters_table
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event

#: Moments are the same, written by another offset.
_MOMENTS = ("as_of", "proposed")


def moved_figures(
    before: Sequence[Event], after: Sequence[Event], population: str, *, as_of: dt.datetime
) -> Iterator[tuple[str, str, str]]:
    """The name of each figure that differs, and its two values.

    Args:
        before, after: a ledger's events, without the change and with it.
        population: whose figures.
        as_of: the moment of asking.
    """
    was, now = (dict(_figures(events, population, as_of)) for events in (before, after))
    for name in sorted({*was, *now}):
        old, new = was.get(name, "none"), now.get(name, "none")
        if old != new:
            yield name, old, new


def _figures(
    events: Sequence[Event], population: str, as_of: dt.datetime
) -> Iterator[tuple[str, str]]:
    """Every figure that a day decides, by its name: of all months, and of each."""
    own = [event for event in events if event.population == population]
    whole = metrics(own, population=population, as_of=as_of)
    yield from _leaves(population, whole.to_dict())
    for _, month in sorted(Zones.of(own).months):
        found = metrics(own, population=population, first=month, last=month, as_of=as_of)
        yield from _leaves(f"{population}, {month}", found.to_dict())
    for letter in at_risk(own, as_of=as_of):
        place = f"{population}, {letter.period}, {letter.unit_id}, at risk"
        yield from _leaves(place, letter.to_dict())
    yield from _leaves(f"{population}, policies", policy_summary(own, as_of).to_dict())
    for row in letters_table(own).letters:
        place = f"{population}, {row['period']}, {row['unit_id']}"
        yield f"{place}, signed on", str(row["signed_on"])


def _leaves(place: str, value: Json) -> Iterator[tuple[str, str]]:
    """The values of a result by the names that lead to each; a ratio is one value."""
    if isinstance(value, Mapping):
        if value.keys() == {"count", "of", "what"}:
            yield place, f"{value['count']} of {value['of']}"
            return
        for name, inner in value.items():
            if name not in _MOMENTS:
                yield from _leaves(f"{place}, {str(name).replace('_', ' ')}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _leaves(f"{place} {_named(inner, number)}", inner)
    else:
        yield place, str(value)


def _named(value: Json, number: int) -> str:
    """What tells an entry of a list from the others: its stratum, its month or its number."""
    if isinstance(value, Mapping):
        for name in ("stratum", "period", "policy", "resolution", "signatory"):
            said = value.get(name)
            if said:
                return " / ".join(map(str, said)) if isinstance(said, list) else str(said)
    return str(number)
