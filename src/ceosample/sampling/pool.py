"""A pool: units that compete for the same letters."""

from __future__ import annotations

from fractions import Fraction

import attrs

from ceosample.sampling.frame import Stratum


@attrs.frozen
class Pool:
    """A stratum, or under ``srs`` the whole frame.

    Attributes:
        stratum: what the record calls it; ``()`` under ``srs``.
        members: the frame's strata that it is made of.
        size: the number of units, N.
        letters: the number to be drawn, n.
        take_all: whether it is signed in full, beside the plan's size.
    """

    stratum: Stratum
    members: tuple[Stratum, ...]
    size: int
    letters: int
    take_all: bool = False

    @property
    def probability(self) -> Fraction:
        """The inclusion probability of each of its units, n/N."""
        return Fraction(self.letters, self.size)
