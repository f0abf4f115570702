"""The variance of an estimate from a stratified sample, exact, as R's survey package has it.

T. Lumley, *Complex Surveys* (2010), and the package's ``svyrecvar``: each letter's score is its
weighted distance from the estimate; strata add up; the finite population correction is 1 - n/N.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Final, TypeVar

import attrs

S = TypeVar("S", bound=Hashable)

#: What a stratum of which one letter was drawn adds to the variance.
LONELY: Final = ("adjust", "average", "remove", "collapse")


@attrs.frozen
class Scored:
    """The letters of one sample in which each has the same chance.

    Attributes:
        size: the letters that it was drawn from, N.
        drawn: the letters that were drawn, n.
        scores: those of letters inside the domain; the others are 0.
    """

    size: int
    drawn: int
    scores: tuple[Fraction, ...]

    @property
    def lonely(self) -> bool:
        """Whether nothing shows how much its letters differ: one was drawn, of several."""
        return self.drawn == 1 < self.size

    @property
    def spread(self) -> Fraction:
        """What it adds to the variance; 0 where it is read in full."""
        if self.drawn == self.size or self.drawn < 2:
            return Fraction(0)
        total = sum(self.scores, Fraction(0))
        squares = sum((score * score for score in self.scores), Fraction(0))
        kept = Fraction(self.size - self.drawn, self.size)
        return kept * (self.drawn * squares - total * total) / (self.drawn - 1)


def variance(strata: Sequence[Scored], lonely: str | None) -> Fraction:
    """The variance of the sum of the scores.

    Args:
        strata: all that have a letter inside the domain.
        lonely: what lonely strata add: ``adjust``, their squared score, which is the distance from
            the whole sample's mean; ``average``, as much as the others on average; ``remove``,
            nothing. None where there are none.
    """
    found = sum((stratum.spread for stratum in strata), Fraction(0))
    alone = [stratum for stratum in strata if stratum.lonely]
    if lonely == "adjust":
        for stratum in alone:
            kept = Fraction(stratum.size - 1, stratum.size)
            found += kept * sum(stratum.scores, Fraction(0)) ** 2
    if lonely == "average" and alone:
        return found * Fraction(len(strata), len(strata) - len(alone))
    return found


def collapsed(strata: Mapping[S, Scored], names: Mapping[S, object]) -> list[Scored]:
    """Strata with the same name as one, whose differences then count as differences of letters."""
    joined: dict[object, list[Scored]] = {}
    for key, stratum in strata.items():
        joined.setdefault(names[key], []).append(stratum)
    return [
        Scored(
            sum(one.size for one in several),
            sum(one.drawn for one in several),
            tuple(score for one in several for score in one.scores),
        )
        for several in joined.values()
    ]
