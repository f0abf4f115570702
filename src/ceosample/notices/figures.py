"""What a notice holds: its figures, each a count and what it is out of, and what goes with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import attrs

from ceosample.notices.counts import SeedSeen
from ceosample.period import Period
from ceosample.result import Result


@attrs.frozen
class NoticeFigure(Result):
    """A count that is shown, or one that is not.

    Attributes:
        count: how many; None where it is not shown.
        of: out of how many; None where it is out of nothing, as people who were thanked.
    """

    count: int | None
    of: int | None

    def __str__(self) -> str:
        if self.count is None:
            return "not shown"
        return str(self.count) if self.of is None else f"{self.count} of {self.of}"


@attrs.frozen
class NoticeFigures(Result):
    """What staff or the public is told, as a value.

    It holds what may be shown and nothing else: a count that is not shown is None here too.

    Attributes:
        audience: ``staff`` or ``public``.
        population: which, by its id.
        title: the population as people read it; None for its id.
        first, last: the months asked for; None where that side is open.
        months: those that were drawn.
        as_of: the moment, by the population's zone.
        figures: each count with what it is out of, by name.
        adopted: the codes of the policies that changed.
        seeds: where each month's seed came from, and before which roles.
        thanked: the names of those who are thanked and agreed to be named before this audience.
        check_at: where anyone can check the figures; None where that was not stated.
        head: the hash of the ledger's newest event; None where it was not given.
        firm: the firm's name; None to leave it out.
        language: of the page.
        readings: whether they are of what is no letter, so that nobody signs them.
    """

    audience: str
    population: str
    title: str | None
    first: Period | None
    last: Period | None
    months: tuple[Period, ...]
    as_of: dt.datetime
    figures: Mapping[str, NoticeFigure]
    adopted: tuple[str, ...]
    seeds: tuple[SeedSeen, ...]
    thanked: tuple[str, ...]
    check_at: str | None
    head: str | None
    firm: str | None
    language: str
    readings: bool = False
