"""Fewer letters than strata: who is called this month, so that nobody is passed over for long.

Time is cut into blocks of months. In each month some of the strata that the block has not drawn yet
are called for a letter; the other letters come from all units alike, so each has a chance always.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, Protocol

import attrs

from ceosample.canonical import Json, netstring
from ceosample.errors import PlanError, raise_faults
from ceosample.form import is_count
from ceosample.got import got
from ceosample.period import Period
from ceosample.plain import plain_count
from ceosample.result import Result
from ceosample.sampling.frames.strata import Strata, Stratum
from ceosample.sampling.plans.pool import Line, Pool, in_line
from ceosample.sampling.ticket import draw_key, ticket

#: Longer blocks would keep a promise that nobody in office remembers.
MOST_MONTHS: Final = 120

#: The lines in which units stand, as the record names them.
CALLED: Final = "called"
OPEN: Final = "open"

#: The purpose of the key of stratum tickets; that of the open line is its name.
STRATUM: Final = "stratum"


def _period(value: Any) -> Any:
    """A month, or what was given, for the faults to name."""
    try:
        return Period.parse(value) if isinstance(value, str) else value
    except ValueError:
        return value


@attrs.frozen
class Rotation(Result):
    """Blocks of months, in each of which every stratum gets its turn.

    Attributes:
        months: the length of a block, 1 to 120.
        start: the first month of the first block; blocks follow one another from there.

    Raises:
        PlanError: another length, or no month.

    >>> Rotation(months=3, start="2026-01").block(Period.parse("2026-08"))
    (Period('2026-07'), 2)
    """

    months: int = attrs.field(converter=plain_count)
    start: Period = attrs.field(converter=_period)

    def __attrs_post_init__(self) -> None:
        months = self.months
        faults = []
        if not is_count(months, 1) or months > MOST_MONTHS:
            faults.append(f"plan, rotation, months: {got(months)}; give 1 to {MOST_MONTHS}")
        if not isinstance(self.start, Period):
            faults.append(
                f"plan, rotation, start: {got(self.start)}; give a month such as '2026-01'"
            )
        raise_faults(PlanError, faults)

    def block(self, period: Period) -> tuple[Period, int]:
        """The first month of a month's block, and how many months of it are left, itself included.

        Raises:
            PlanError: the month is before the start.
        """
        gone = period.months_since(self.start)
        if gone < 0:
            raise PlanError(
                f"plan, rotation, start: got {self.start}, and {period} is before it; give that "
                "month or an earlier one"
            )
        place = gone % self.months
        return period.plus(-place), self.months - place


@attrs.frozen
class Past:
    """What a rotation has to know of an earlier draw.

    Attributes:
        population, period, variables, rotation: whether it belongs here; the rotation as its plan
            writes it, or None.
        digest: of its ``draw.json``.
        present: the strata that rotated in it.
        drawn: those of them that gave a letter.
        data: the bytes of its ``draw.json``.
    """

    population: str
    period: Period
    variables: tuple[str, ...]
    rotation: Mapping[str, Json] | None
    digest: str
    present: frozenset[Stratum]
    drawn: frozenset[Stratum]
    data: bytes = attrs.field(repr=False)


class HasPast(Protocol):
    """A draw, or a record of one."""

    @property
    def past(self) -> Past: ...


def earlier_draws(
    given: Iterable[HasPast],
    population: str,
    twice: str,
    why_not: Callable[[Past], str | None],
    why_other: Callable[[Past], str | None] = lambda _: None,
) -> tuple[Past, ...]:
    """The draws that were given, oldest first, each of which belongs to a month's past.

    Args:
        given: draws, or records of them.
        population: of which each must be.
        twice: what is wrong with two of one month.
        why_not: what is wrong with a draw's month; None if nothing is.
        why_other: what else is wrong with a draw.

    Raises:
        PlanError: every draw that does not belong.
    """
    draws = list(given)
    raise_faults(
        PlanError,
        (f"earlier: {got(draw)}; give draws" for draw in draws if not hasattr(draw, "past")),
    )
    pasts = sorted((draw.past for draw in draws), key=lambda past: past.period)
    faults = []
    for number, past in enumerate(pasts):
        why = why_not(past)
        if past.population != population:
            why = f"is of {past.population}, another population"
        elif why is None and number and pasts[number - 1].period == past.period:
            why = twice
        elif why is None:
            why = why_other(past)
        if why is not None:
            faults.append(f"earlier, {past.period}: the draw {past.digest[:8]} {why}")
    raise_faults(PlanError, faults)
    return tuple(pasts)


@attrs.frozen
class Turn:
    """A month's place in its block.

    Attributes:
        block: the block's first month.
        months: its length.
        left: how many of its months are left, this one included.
        earlier: the block's draws so far, oldest first.
    """

    block: Period
    months: int
    left: int
    earlier: tuple[Past, ...]

    @classmethod
    def of(
        cls,
        rotation: Rotation,
        population: str,
        period: Period,
        variables: tuple[str, ...],
        earlier: Iterable[HasPast],
    ) -> Turn:
        """The turn of a month, given the earlier draws of its block.

        Raises:
            PlanError: every draw given that is not one of them.
        """

        def why_not(past: Past) -> str | None:
            block, _ = rotation.block(period)
            if not block <= past.period < period:
                return f"is not of an earlier month of the block that began in {block}"
            return None

        def why_other(past: Past) -> str | None:
            if past.rotation == rotation.to_dict() and past.variables == variables:
                return None
            return (
                "has another rotation or other stratum variables; let the new one start with "
                f"this month, {period}"
            )

        twice = "is given twice, or there are two draws of one month; give the one that counts"
        pasts = earlier_draws(earlier, population, twice, why_not, why_other)
        block, left = rotation.block(period)
        return cls(block, rotation.months, left, pasts)

    @property
    def drawn(self) -> frozenset[Stratum]:
        """The strata that the block has drawn before this month."""
        return frozenset[Stratum]().union(*(past.drawn for past in self.earlier))

    def waiting(self, strata: Iterable[Stratum]) -> tuple[Stratum, ...]:
        """Those of this month's strata that the block has not drawn yet."""
        return tuple(stratum for stratum in strata if stratum not in self.drawn)

    def calls(self, strata: Iterable[Stratum]) -> int:
        """How many of them are called this month: ``ceil(r / m)``."""
        return -(-len(self.waiting(strata)) // self.left)

    def most_calls(self, strata: Collection[Stratum]) -> int:
        """The most that a month from now on can call, if the strata stay as they are."""
        return max(self.calls(strata), -(-len(strata) // self.months))

    def fewest(self, sizes: Mapping[Stratum, int]) -> int:
        """The fewest letters with which this month can be drawn: one is open, or all is read."""
        return min(self.calls(sizes) + 1, sum(sizes.values()))

    def most(self, sizes: Mapping[Stratum, int]) -> int:
        """The most letters: all that there are."""
        return sum(sizes.values())

    def unreached(self, present: Iterable[Stratum], drawn: Iterable[Stratum]) -> list[Stratum]:
        """Strata that had letters in the block, this month included, and gave none so far."""
        seen = set(present).union(*(past.present for past in self.earlier))
        return sorted(seen - self.drawn - set(drawn))

    def to_dict(self, strata: Collection[Stratum]) -> dict[str, Json]:
        """Where the block is before this month's draw, for JSON."""
        return {
            "block": str(self.block),
            "left": self.left,
            "waiting": [list(stratum) for stratum in self.waiting(strata)],
            "calls": self.calls(strata),
        }

    def words(self, strata: Collection[Stratum]) -> list[str]:
        """Where the block is before this month's draw, in words."""
        waiting = self.waiting(strata)
        return [
            f"month {self.months - self.left + 1} of {self.months} of the block that began in "
            f"{self.block}: {len(waiting)} of {len(strata)} strata were not drawn in it yet, and "
            f"{self.calls(strata)} of them {'is' if self.calls(strata) == 1 else 'are'} called now",
            "a stratum that has letters in every month of a block, or in its last, is drawn at "
            "least once in it",
        ]

    def pools(
        self, members: Mapping[Stratum, tuple[Stratum, ...]], sizes: Mapping[Stratum, int], n: int
    ) -> list[Pool]:
        """The rotating strata with their exact inclusion probabilities, before anything is drawn.

        ``pi = a + (1 - a)(n - c)/(N - c)``, with ``a = c / (r N_h)`` in a stratum that is waiting
        and 0 elsewhere.

        Raises:
            PlanError: too few letters, or more than there are responses; names what is possible.
        """
        total, calls, waiting = sum(sizes.values()), self.calls(sizes), set(self.waiting(sizes))
        if n > total:
            raise PlanError(
                f"plan: got {n} letters, and {total} responses can be drawn; the nearest possible "
                f"size is {total}, or give size = {{at_most = {n}}} for months that may have fewer"
            )
        if n == total:  # everything is read
            return [
                Pool(s, members[s], size, 0, probability=Fraction(1)) for s, size in sizes.items()
            ]
        if calls >= n:
            called = f"{calls} {'is' if calls == 1 else 'are'} called"
            raise PlanError(
                f"plan, rotation: {len(waiting)} strata are waiting and {self.left} months of the "
                f"block are left, so {called} this month, and at least one letter more "
                f"must be open to all; the nearest possible size is {self.fewest(sizes)}, or make "
                "the blocks longer"
            )
        free = Fraction(n - calls, total - calls)
        pools = []
        for stratum, size in sizes.items():
            a = Fraction(calls, len(waiting) * size) if stratum in waiting else Fraction(0)
            pools.append(Pool(stratum, members[stratum], size, 0, probability=a + (1 - a) * free))
        return pools

    def lines(
        self,
        strata: Strata,
        pools: Sequence[Pool],
        n: int,
        reserves: int,
        identity: tuple[str, str, str],
    ) -> list[Line]:
        """The called strata's letters, then the open ones, each with those next in line.

        Nobody stands twice: a unit that is called is not open, one that is selected is no reserve,
        and a reserve of a called stratum is not also one of the open line.

        Args:
            strata: where the units are.
            pools: the rotating strata.
            n: the letters, called and open.
            reserves: the units kept behind the letters of each line.
            identity: population, period and seed, of which the keys are made.
        """
        names = self._called([pool.stratum for pool in pools], draw_key(*identity, purpose=STRATUM))
        called = [pool for name in names for pool in pools if pool.stratum == name]
        free = n - len(called)
        # So many more than are kept, as others may have taken them by then.
        first = in_line(strata, called, draw_key(*identity), [1 + reserves + free] * len(called))
        taken = {units[0].unit_id for units in first}
        most = n + reserves * (len(called) + 1)
        asked = in_line(strata, pools, draw_key(*identity, purpose=OPEN), [most] * len(pools))
        order = sorted(
            (unit, pool)
            for pool, units in zip(pools, asked, strict=True)
            for unit in units
            if unit.unit_id not in taken
        )
        taken.update(unit.unit_id for unit, _ in order[:free])
        lines = []
        for pool, units in zip(called, first, strict=True):
            behind = [unit for unit in units if unit.unit_id not in taken][:reserves]
            lines.append(Line(1, tuple((unit, pool) for unit in [units[0], *behind]), CALLED))
            taken.update(unit.unit_id for unit in behind)
        behind_all = [(unit, pool) for unit, pool in order[free:] if unit.unit_id not in taken]
        return [*lines, Line(free, (*order[:free], *behind_all[:reserves]), OPEN)]

    def _called(self, names: Sequence[Stratum], key: str) -> list[Stratum]:
        """The waiting strata with the lowest stratum tickets."""

        def number(stratum: Stratum) -> tuple[str, Stratum]:
            text = b"".join(netstring(value) for value in stratum).decode()
            return ticket(key, text), stratum

        return sorted(self.waiting(names), key=number)[: self.calls(names)]
