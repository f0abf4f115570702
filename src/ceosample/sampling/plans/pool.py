"""A pool: units that compete for the same letters; and the order in which they stand in line."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import attrs

from ceosample.sampling.frames.strata import Strata, Stratum
from ceosample.sampling.ticket import Ticketed


@attrs.frozen
class Pool:
    """A stratum, or under ``srs`` the whole frame.

    Attributes:
        stratum: what the record calls it; ``()`` under ``srs``.
        members: the frame's strata that it is made of.
        size: the number of units, N.
        letters: the number to be drawn, n; under a rotation or ``waiting``, which leave it to
            chance, the number that was drawn, and 0 before the draw.
        take_all: whether it is signed in full, beside the plan's size.
        probability: the inclusion probability of each of its units; n/N but under a rotation
            or ``waiting``.
    """

    stratum: Stratum
    members: tuple[Stratum, ...]
    size: int
    letters: int
    take_all: bool = False
    probability: Fraction = attrs.field(
        default=attrs.Factory(lambda pool: Fraction(pool.letters, pool.size), takes_self=True)
    )

    @property
    def expected(self) -> Fraction:
        """The letters that it gives on average: n but under a rotation or ``waiting``."""
        return self.size * self.probability


@attrs.frozen
class Line:
    """Units in the order of their tickets.

    Attributes:
        letters: so many of the first are selected; the others are reserves.
        units: each with the pool that it is of.
        name: under a rotation ``called`` or ``open``; None otherwise.
    """

    letters: int
    units: tuple[tuple[Ticketed, Pool], ...]
    name: str | None = None


def in_line(
    strata: Strata, pools: Sequence[Pool], key: str, counts: Sequence[int]
) -> list[list[Ticketed]]:
    """For each pool so many of its units with the lowest tickets, in order."""
    names = {member: pool.stratum for pool in pools for member in pool.members}
    if any(member != name for member, name in names.items()):
        strata = strata.merged(names)
    wanted = {
        pool.stratum: min(count, pool.size) for pool, count in zip(pools, counts, strict=True)
    }
    lowest = strata.lowest(key, wanted)  # one question, however many strata there are
    return [lowest[pool.stratum] for pool in pools]
