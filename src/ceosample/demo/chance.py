"""Chances that come out the same on every machine and every Python."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from attrs import frozen

T = TypeVar("T")


@frozen
class Chance:
    """Everything random in the demonstration, drawn from one stream.

    Only `Random.random()` is promised to stay the same from one Python to the next; `choice`,
    `shuffle` and `sample` are not, so what is needed of them is built here.

    >>> Chance.of("2026-10/0").whole(1, 6) == Chance.of("2026-10/0").whole(1, 6)
    True
    """

    random: Random

    @classmethod
    def of(cls, seed: str) -> "Chance":
        """The chances that belong to a text. A text is hashed with SHA-512, on every platform."""
        # Names and sums of people who do not exist: nothing here is a secret to be guessed.
        return cls(Random(seed))  # noqa: S311

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, not including, `limit`."""
        return int(self.random.random() * limit)

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both possible."""
        return low + self.below(high - low + 1)

    def happens(self, percent: int) -> bool:
        """Whether something happens that does so `percent` times in a hundred."""
        return self.below(100) < percent

    def one_of(self, things: Sequence[T]) -> T:
        """One of the things, each as likely as the next."""
        return things[self.below(len(things))]

    def weighted(self, pairs: Sequence[tuple[T, int]]) -> T:
        """The first part of one pair, as likely as its second part is large.

        >>> Chance.of("any").weighted([("always", 5), ("never", 0)])
        'always'
        """
        rest = self.below(sum(weight for _, weight in pairs))
        for thing, weight in pairs:
            if rest < weight:
                return thing
            rest -= weight
        raise ValueError("weighted: no pair has a weight above 0; give at least one")
