"""A letter a month: a stratum's chance grows with the months since it gave one, and is never 0.

With fewer letters than strata, and too few for a rotation. Each stratum has a lot, and one more for
each month in which it had letters and gave none since it last gave one. One draw among as many
numbers as there are lots picks the strata, each of which gives one letter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final, TypeAlias

import attrs

from ceosample.canonical import Json
from ceosample.errors import PlanError
from ceosample.period import Period
from ceosample.sampling.frames.strata import Strata, Stratum
from ceosample.sampling.plans.pool import Line, Pool, in_line
from ceosample.sampling.plans.rotation import HasPast, Past, Turn, earlier_draws
from ceosample.sampling.ticket import draw_key, numbering
from ceosample.show import percent, stratum_words

#: The allocation's name, and the purpose of the key of the numbers.
WAITING: Final = "waiting"

#: The draws of so many months before this one count; a stratum has at most one lot more than that.
MONTHS: Final = 24

_FIRST: Final = Period(1, 1)


@attrs.frozen
class Waiting:
    """How long each stratum has waited, before a month's draw.

    Attributes:
        period: the month.
        earlier: the draws of the 24 months before it, oldest first.
        variables: the stratum variables; draws with others, or without strata, tell nothing.
    """

    period: Period
    earlier: tuple[Past, ...]
    variables: tuple[str, ...]

    @classmethod
    def of(
        cls,
        population: str,
        period: Period,
        variables: tuple[str, ...],
        earlier: Iterable[HasPast],
    ) -> Waiting:
        """The months before a month, given their draws.

        Raises:
            PlanError: every draw given that is not one of them; or a month of the first two years
                that there are.
        """
        if period.months_since(_FIRST) < MONTHS:
            raise PlanError(
                f"plan, allocation: got {WAITING!r}, and fewer than {MONTHS} months come before "
                f"{period}; use another allocation"
            )
        first = period.plus(-MONTHS)

        def why_not(past: Past) -> str | None:
            if not first <= past.period < period:
                return f"is not of one of the {MONTHS} months before {period}"
            return None

        twice = "is one of two draws of one month; give the one that counts"
        return cls(period, earlier_draws(earlier, population, twice, why_not), variables)

    @property
    def block(self) -> Period:
        """The first of the months whose draws count."""
        return self.period.plus(-MONTHS)

    def waited(self, stratum: Stratum) -> list[Period]:
        """The months in which it had letters and gave none, since it last gave one."""
        months: list[Period] = []
        for past in self.earlier:
            if past.variables != self.variables:
                continue
            if stratum in past.drawn:
                months = []
            elif stratum in past.present:
                months.append(past.period)
        return months

    def lots(self, strata: Iterable[Stratum]) -> dict[Stratum, int]:
        """The lots of each stratum: one, and one for each month that it waited."""
        return {stratum: 1 + len(self.waited(stratum)) for stratum in sorted(strata)}

    def fewest(self, sizes: Mapping[Stratum, int]) -> int:
        """The fewest letters with which a month can be drawn."""
        return min(1, len(sizes))

    def most(self, sizes: Mapping[Stratum, int]) -> int:
        """The most: each stratum gives at most one."""
        return len(sizes)

    def pools(
        self, members: Mapping[Stratum, tuple[Stratum, ...]], sizes: Mapping[Stratum, int], n: int
    ) -> list[Pool]:
        """The strata with their exact inclusion probabilities, before anything is drawn.

        Raises:
            PlanError: no letter, or more letters than strata; names what is possible.
        """
        possible = self.most(sizes)
        if n > possible or (n < 1 <= possible):
            raise PlanError(
                f"plan: got {n} letters, and allocation='waiting' gives each of {possible} strata "
                f"at most one; the nearest possible size is {min(max(n, 1), possible)}"
                + (
                    f", or give size = {{at_most = {n}}}, or use another allocation"
                    if n > possible
                    else ""
                )
            )
        shares = expected_letters(self.lots(sizes), n)
        return [
            Pool(name, members[name], size, 0, probability=shares[name] / size)
            for name, size in sizes.items()
        ]

    def lines(
        self,
        strata: Strata,
        pools: Sequence[Pool],
        n: int,
        reserves: int,
        identity: tuple[str, str, str],
    ) -> list[Line]:
        """For each stratum that is picked, its unit with the lowest ticket and those behind it."""
        lots = self.lots(pool.stratum for pool in pools)
        picked = set(picked_strata(lots, n, self.start(lots, n, identity)))
        chosen = [pool for pool in pools if pool.stratum in picked]
        found = in_line(strata, chosen, draw_key(*identity), [1 + reserves] * len(chosen))
        return [
            Line(1, tuple((unit, pool) for unit in units))
            for pool, units in zip(chosen, found, strict=True)
        ]

    def start(
        self, lots: Mapping[Stratum, int], n: int, identity: tuple[str, str, str]
    ) -> int | None:
        """The number with the lowest ticket; None where each stratum gives a letter for certain."""
        _, open_lots, left = _certain(lots, n)
        if not left:
            return None
        number_of = numbering(draw_key(*identity, purpose=WAITING))
        return min(range(sum(open_lots.values())), key=lambda j: (number_of(str(j)), j))

    def record(
        self, pools: Iterable[Pool], n: int, identity: tuple[str, str, str]
    ) -> dict[str, Json]:
        """What the record of the draw has of it."""
        lots = self.lots(pool.stratum for pool in pools)
        return {
            WAITING: {
                "block": str(self.block),
                "earlier": [
                    {"period": str(past.period), "draw": past.digest} for past in self.earlier
                ],
                "lots": [
                    {"stratum": list(stratum), "lots": count} for stratum, count in lots.items()
                ],
                "start": self.start(lots, n, identity),
            }
        }

    def reaches(
        self, strata: Collection[Stratum], stratum: Stratum, n: int, months: int
    ) -> Fraction:
        """The chance that a stratum gives a letter within so many months, or a bound below it.

        It is exact for one month. For later ones the others are taken to have waited as long as
        they can: each month that passes it by, ``n`` of them give a letter, the same ones always.
        """
        missed = 1 - expected_letters(self.lots(strata), n)[stratum]
        for later in range(1, months):
            own = self._own_lots(stratum, later)
            others = self._others(strata, stratum, later)
            others = [1] * min(n, len(others)) + others[n:]
            missed *= 1 - min(Fraction(1), Fraction(n * own, own + sum(others)))
        return 1 - missed

    def finds(
        self, strata: Collection[Stratum], stratum: Stratum, n: int, share: Fraction, months: int
    ) -> Fraction:
        """The chance that one of so large a share of a stratum's letters is drawn in time.

        Exact for one month; a bound below it for more: the better of two. Either the stratum gives
        one letter, or it has one lot each month whatever was drawn, and all others wait.
        """
        once = self.reaches(strata, stratum, n, months) * share
        missed = 1 - expected_letters(self.lots(strata), n)[stratum] * share
        for later in range(1, months):
            others = sum(self._others(strata, stratum, later))
            missed *= 1 - min(Fraction(1), Fraction(n, 1 + others)) * share
        return max(once, 1 - missed)

    def _own_lots(self, stratum: Stratum, later: int) -> int:
        """Its lots in a later month, if it has letters and gives none until then."""
        first = self.period.plus(later - MONTHS)
        kept = sum(period >= first for period in self.waited(stratum))
        return 1 + min(kept + later, MONTHS)

    def _others(self, strata: Collection[Stratum], stratum: Stratum, later: int) -> list[int]:
        """The most lots that the others can have in a later month, the fewest first."""
        lots = self.lots(strata)
        return sorted(min(lots[one] + later, 1 + MONTHS) for one in strata if one != stratum)

    def to_dict(self, strata: Collection[Stratum]) -> dict[str, Json]:
        """The lots before this month's draw, for JSON."""
        return {
            "block": str(self.block),
            "lots": [
                {"stratum": list(name), "lots": count} for name, count in self.lots(strata).items()
            ],
        }

    def words(self, strata: Collection[Stratum], n: int) -> list[str]:
        """The lots before this month's draw, in words, and what is promised to each stratum."""
        lots = self.lots(strata)
        said = ", ".join(f"{stratum_words(name)} {count}" for name, count in lots.items())
        least = min((self.reaches(strata, name, n, 12) for name in strata), default=Fraction(1))
        return [
            f"lots: {said}; a stratum has one, and one for each of the last {MONTHS} months in "
            "which it had letters and gave none since it last gave one",
            f"each stratum gives a letter within 12 months with a chance of {percent(least)} or "
            "more (a bound), if all have letters in each of them",
        ]


#: A month's place in what its plan carries on from earlier draws.
AnyTurn: TypeAlias = Turn | Waiting


def _certain(lots: Mapping[Stratum, int], n: int) -> tuple[list[Stratum], dict[Stratum, int], int]:
    """The strata that give a letter for certain; the others' lots; the letters left for them."""
    certain: list[Stratum] = []
    left = dict(lots)
    while n:
        whole = sum(left.values())
        sure = [stratum for stratum, count in left.items() if n * count >= whole]
        if not sure:
            break
        certain += sure
        n -= len(sure)
        left = {stratum: count for stratum, count in left.items() if stratum not in sure}
    return certain, left, n


def expected_letters(lots: Mapping[Stratum, int], n: int) -> dict[Stratum, Fraction]:
    """The chance of each stratum to give its letter; they sum to n, and none is 0.

    >>> expected_letters({("A",): 1, ("B",): 3, ("C",): 2}, 1)[("B",)]
    Fraction(1, 2)
    """
    _, left, letters = _certain(lots, n)
    whole = sum(left.values())
    shares = {stratum: Fraction(letters * count, whole) for stratum, count in left.items()}
    return {stratum: shares.get(stratum, Fraction(1)) for stratum in lots}


def picked_strata(lots: Mapping[Stratum, int], n: int, start: int | None) -> list[Stratum]:
    """The strata that give a letter: those for certain, and those in which a point falls.

    Laid end to end in the order of their names, each stratum is as long as its lots times the
    letters that are left. The points are the start, and one after every whole length of all lots.
    """
    certain, left, letters = _certain(lots, n)
    whole = sum(left.values())
    points = [] if start is None else [start + k * whole for k in range(letters)]
    end = 0
    for stratum in sorted(left):
        begin, end = end, end + letters * left[stratum]
        if any(begin <= point < end for point in points):
            certain.append(stratum)
    return sorted(certain)


def sets_of_strata(lots: Mapping[Stratum, int], n: int) -> list[tuple[Fraction, list[Stratum]]]:
    """All sets of strata that can be picked, each with its chance, exactly."""
    _, left, letters = _certain(lots, n)
    whole = sum(left.values())
    if not letters:
        return [(Fraction(1), sorted(lots))]
    ends, end = {0, whole}, 0
    for stratum in sorted(left):
        end += letters * left[stratum]
        ends.add(end % whole)
    borders = sorted(ends)
    return [
        (Fraction(after - before, whole), picked_strata(lots, n, before))
        for before, after in pairwise(borders)
    ]
