"""Stratum sizes and n -> whole letters per stratum, exactly.

Wright's Algorithm III: T. Wright, *The equivalence of Neyman optimum allocation for sampling and
equal proportions for apportioning the U.S. House of Representatives*, The American Statistician 66
(2012); *A simple method of exact optimal sample allocation under stratification with any mixed
constraint patterns*, US Census Bureau RRS 2014-07; *Exact optimal sample allocation: more efficient
than Neyman*, Statistics & Probability Letters 129 (2017).
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from fractions import Fraction

from ceosample.errors import PlanError
from ceosample.sampling.frame import Stratum


def allocate(sizes: Mapping[Stratum, int], n: int, *, minimum: int = 0) -> dict[Stratum, int]:
    """Share ``n`` letters among the strata in proportion to their sizes, in whole letters.

    Each stratum starts at ``min(minimum, N_h)``; each further letter goes to the stratum with the
    highest priority ``N_h**2 / (k (k + 1))``, k being what it has. That is the method of equal
    proportions: no stratum loses a letter when n grows. A tie goes to the stratum that comes first
    by the bytes of its values.

    Args:
        sizes: the number of responses in each stratum, at least 1.
        n: the number of letters.
        minimum: the letters that each stratum is given first.

    Returns:
        The letters of each stratum, in the order of the strata; they sum to ``n``.

    Raises:
        PlanError: n is above the number of responses, or below the strata's minimums.

    >>> allocate({("Cards",): 120, ("Loans",): 30, ("Savings",): 6}, 6, minimum=1)
    {('Cards',): 4, ('Loans',): 1, ('Savings',): 1}
    """
    letters = {stratum: min(minimum, sizes[stratum]) for stratum in sorted(sizes)}
    _require_possible(sizes, n, sum(letters.values()), minimum)
    waiting = [
        (_rank(sizes[stratum], taken), stratum)
        for stratum, taken in letters.items()
        if taken < sizes[stratum]
    ]
    heapq.heapify(waiting)
    for _ in range(n - sum(letters.values())):
        _, stratum = heapq.heappop(waiting)
        letters[stratum] += 1
        if letters[stratum] < sizes[stratum]:
            heapq.heappush(waiting, (_rank(sizes[stratum], letters[stratum]), stratum))
    return letters


def _rank(size: int, taken: int) -> Fraction:
    """The priority turned over, since a heap gives its smallest; a first letter comes before all.

    With k = 0 the priority is infinite and so its inverse is 0: strata without a letter come
    first, in the order of their values.
    """
    return Fraction(taken * (taken + 1), size * size)


def _require_possible(sizes: Mapping[Stratum, int], n: int, smallest: int, minimum: int) -> None:
    largest = sum(sizes.values())
    if n > largest:
        raise PlanError(
            f"plan: {n} letters were asked for and {largest} responses can be drawn; "
            f"the nearest possible size is {largest}"
        )
    if n < smallest:
        raise PlanError(
            f"plan: {n} letters cannot give {minimum} to each of {len(sizes)} strata; "
            f"the nearest possible size is {smallest}, or lower the minimum"
        )
    if n < len(sizes):
        raise PlanError(
            f"plan: {n} letters cannot reach {len(sizes)} strata, so some would have no chance at "
            f"all; the nearest possible size is {len(sizes)}, or merge strata, or use "
            "allocation='srs'"
        )
