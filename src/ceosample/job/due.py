"""The months that are due: every closed month since the last in the ledger, in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import attrs

from ceosample.canonical import Json
from ceosample.configuration import Configuration
from ceosample.errors import ConfigurationError
from ceosample.period import Period
from ceosample.result import Result
from ceosample.signoff.replay.lifecycle import is_empty
from ceosample.signoff.replay.valid_events import valid_events
from ceosample.signoff.store.events import Event, moment

#: The kinds of events that say how far a month came, and what takes them back.
_TELLING: Final = frozenset(
    {"frozen", "seed_revealed", "drawn", "sent_for_signature", "superseded", "corrected"}
    | {"reconciled"}
)


@attrs.frozen
class Agenda(Result):
    """What there is to do for a population at a moment.

    Attributes:
        due: the months that a run takes on, in order: those begun and not sent, then the closed
            ones since the last in the ledger. A month in which nothing was eligible is done once it
            is frozen.
        next: the first month that is not closed yet.
        closes: when that month is over, and due.
        passed_over: months before the ledger's last in which nothing was frozen. A run takes one on
            only with ``--period``.
        set_aside: months whose draw was superseded and which were not begun again. A run takes one
            on only with ``--period``, since a person must decide when.
    """

    due: tuple[Period, ...]
    next: Period
    closes: dt.datetime
    passed_over: tuple[Period, ...] = ()
    set_aside: tuple[Period, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            "due": [*map(str, self.due)],
            "next": {"period": str(self.next), "closes": self.closes.isoformat()},
            "passed_over": [*map(str, self.passed_over)],
            "set_aside": [*map(str, self.set_aside)],
        }


def due(configuration: Configuration, events: Iterable[Event], at: dt.datetime) -> list[Period]:
    """The months that a run at this moment takes on, in order.

    Args:
        configuration: the population, its first month and its time zone.
        events: the ledger's events; ``ledger.month_events(population)`` returns those it needs.
        at: when; aware.

    Raises:
        ConfigurationError: the ledger holds no month, and ``population.first`` is missing.
        LedgerError: a moment without a time zone.

    The example of ``cs.batch.run_due`` calls it.
    """
    return [*agenda(configuration, month_states(configuration, events), at).due]


def agenda(
    configuration: Configuration, months: Mapping[Period, Mapping[str, Event]], at: dt.datetime
) -> Agenda:
    """The months that are due and what comes next, from what :func:`month_states` returns.

    Raises:
        ConfigurationError, LedgerError: for the reasons of :func:`due`.
    """
    moment(at, "at")
    # A month that has not begun was run by mistake: those before it are due all the same.
    today = configuration.day(at)
    known = [period for period in months if period.first_day <= today]
    first = min(known, default=configuration.first)
    if first is None:
        raise ConfigurationError(
            f"population.first: missing, and the ledger holds no month of "
            f"{configuration.population}; give the month to begin with, or run it by name: "
            "ceosample run --period YYYY-MM"
        )
    unsent = [
        period
        for period, newest in months.items()
        if "frozen" in newest and "sent_for_signature" not in newest
        if not is_empty(newest["frozen"])
    ]
    last = max(known, default=first.previous())
    closed, period = [], last.next()
    while configuration.is_over(period, at):
        closed.append(period)
        period = period.next()
    first = min(first, configuration.first or first)
    between = [first.plus(number) for number in range(last.months_since(first))]
    return Agenda(
        due=tuple(sorted([*unsent, *closed])),
        next=period,
        closes=configuration.midnight(period.next().first_day),
        passed_over=tuple(period for period in between if period not in months),
        set_aside=tuple(p for p in sorted(months) if "frozen" not in months[p]),
    )


def month_states(
    configuration: Configuration, events: Iterable[Event]
) -> dict[Period, dict[str, Event]]:
    """For each month that was frozen, the newest valid event of each kind.

    A month whose freeze was corrected, because it is another month's, was never frozen.
    """
    mine = [e for e in events if e.population == configuration.population and e.kind in _TELLING]
    months: dict[str | None, dict[str, Event]] = {
        event.period: {} for event in mine if event.kind == "frozen"
    }
    for event in valid_events(mine):
        if event.period in months:
            months[event.period][event.kind] = event
    return {
        Period.parse(period): newest
        for period, newest in months.items()
        if period and not newest.keys().isdisjoint({"frozen", "superseded"})
    }


def month_for_seed(
    months: Mapping[Period, Mapping[str, Event]], due: Sequence[Period]
) -> Period | None:
    """The month to which given digits belong: the one that waits, or the last with a seed.

    With neither it is the first that is due, which is not frozen yet and refuses them.
    """
    for period in due:
        newest = months.get(period, {})
        if "frozen" in newest and "seed_revealed" not in newest:
            return period
    seeded = {p: of["seed_revealed"].sequence for p, of in months.items() if "seed_revealed" in of}
    return max(seeded, key=lambda period: seeded[period]) if seeded else next(iter(due), None)
