"""Who co-signs with whom: a pair that always agrees is no second pair of eyes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

import attrs

from ceosample.result import Result
from ceosample.signoff.figures.ratio import Ratio

#: From so many resolutions together on, a pair can be said to do something always.
OFTEN: Final = 2


@attrs.frozen
class Pair(Result):
    """Two colleagues who co-signed resolutions together.

    Attributes:
        first, second: their ids, in order of the alphabet.
        together: resolutions that one of them proposed and the other co-signed.
        of_first, of_second: all resolutions with two names of which theirs is one.
    """

    first: str
    second: str
    together: int
    of_first: int
    of_second: int

    @property
    def always(self) -> bool:
        """Whether each of them co-signs with the other alone."""
        return self.together == self.of_first == self.of_second

    @property
    def cells(self) -> list[str]:
        """Its row of the table."""
        return [
            *(self.first, self.second),
            f"{self.together} of {self.of_first}",
            f"{self.together} of {self.of_second}",
            "always" if self.always and self.together >= OFTEN else "",
        ]


@attrs.frozen
class CoSigners(Result):
    """The pairs of colleagues behind resolutions outside policy.

    Attributes:
        pairs: those who co-signed together, the most often first.
        always: pairs of which each co-signs with the other alone / pairs that co-signed together
            twice or more.
        repeated: resolutions of such pairs / co-signed resolutions.
    """

    pairs: tuple[Pair, ...]
    always: Ratio
    repeated: Ratio


def co_signers(names: Iterable[tuple[str, str]]) -> CoSigners:
    """The pairs, by the two names on each co-signed resolution.

    >>> found = co_signers([("ann", "bo"), ("bo", "ann"), ("cy", "di")])
    >>> print(found.always)
    1 of 1 pairs with two or more resolutions co-sign with each other alone
    """
    together = Counter(tuple(sorted(both)) for both in names)
    each = Counter[str]()
    for (first, second), count in together.items():
        each.update({first: count, second: count})
    pairs = sorted(
        (Pair(a, b, count, each[a], each[b]) for (a, b), count in together.items()),
        key=lambda pair: (-pair.together, pair.first, pair.second),
    )
    often = [pair for pair in pairs if pair.together >= OFTEN]
    always = [pair for pair in often if pair.always]
    return CoSigners(
        pairs=tuple(pairs),
        always=Ratio(
            len(always),
            len(often),
            "pairs with two or more resolutions co-sign with each other alone",
        ),
        repeated=Ratio(
            sum(pair.together for pair in always),
            together.total(),
            "co-signed resolutions are by such a pair",
        ),
    )
