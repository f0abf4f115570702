"""What may be said of the letters that nobody read if no defect is found: one month, and several.

``docs/bounds.md`` has the proofs. Numbers come from NumPy, which is loaded when they are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import log
from typing import Final

from ceosample.sampling.plans.chances import missed

#: The monitor's mixture: weight, and c times the largest N/n; None for z = 0, which is the exact
#: bound on a path where nothing is found.
MIXTURE: Final[tuple[tuple[Fraction, Fraction | None], ...]] = (
    (Fraction(1, 2), None),
    (Fraction(3, 10), Fraction(4, 5)),
    (Fraction(1, 5), Fraction(1, 2)),
)


def most_if_none(cells: Sequence[tuple[int, int]], risk: Fraction) -> list[int]:
    """The most defects that are all missed with a chance above the risk, by stratum; exact.

    One defect more goes where it is missed most easily, which is the worst that there is.

    Args:
        cells: N and n of each stratum, of which some letters are drawn and others are not.
        risk: above 0 and below 1.

    >>> most_if_none([(432, 4), (245, 2), (98, 1), (44, 1)], Fraction(1, 20))
    [143, 101, 26, 0]
    """
    import numpy as np

    from ceosample.sampling.plans.generating import in_order, increments

    steps, homes = in_order([increments(size, drawn, 0.0) for size, drawn in cells])

    def spread(defects: int) -> list[int]:
        return [int(g) for g in np.bincount(homes[:defects], minlength=len(cells))]

    def chance(defects: int) -> Fraction:
        product = Fraction(1)
        for (size, drawn), g in zip(cells, spread(defects), strict=True):
            product *= missed(size, drawn, g)
        return product

    # Computed to the last digits, then settled in whole numbers.
    most = int(np.count_nonzero(np.cumsum(steps) > log(risk)))
    while most < len(homes) and chance(most + 1) > risk:
        most += 1
    while chance(most) <= risk:
        most -= 1
    return spread(most)


def most_after_months(cells: Sequence[tuple[int, int]], months: int, risk: Fraction) -> int:
    """The monitor's upper bound after so many months like this one in which nothing is found.

    Args:
        cells: N and n of each stratum of a month, of which some letters are drawn and others not.
        months: at least 1.
        risk: above 0 and below 1.
    """
    import numpy as np

    from ceosample.sampling.plans.generating import in_order, increments

    if not cells:
        return 0
    widest = max(Fraction(size, drawn) for size, drawn in cells)
    evidence, most = np.zeros(0), 0
    needed: int | None = None
    for weight, c in MIXTURE:
        rates = [Fraction(size, drawn) * (c or 0) / widest for size, drawn in cells]
        powers = [0.0 if c is None else float(1 - rate) for rate in rates]
        asked = zip(cells, powers, strict=True)
        steps = in_order([increments(*cell, z, needed) for cell, z in asked])[0]
        if c is None:
            # By this component alone no more than that is left; the others are asked up to there.
            sums = np.cumsum(np.repeat(steps, months))
            most = int(np.count_nonzero(sums > log(risk) + log(weight)))
            needed = most // months + 1
        sums = np.cumsum(np.repeat(steps[:needed], months)[: most + 1])
        part = float(weight) * np.exp(-sums)
        evidence = part if c is None else evidence + part
    return int(np.count_nonzero(evidence < (1 - 1e-9) / float(risk)))
