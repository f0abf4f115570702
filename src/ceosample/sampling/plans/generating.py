"""Means of powers of a count, E[z**Y], for every number of defects; and the most that they can be.

Y is the number of defects among n letters drawn from N, of which g are defective. The logarithm of
``E[z**Y]`` is concave in g for every z of 0 or more (proved in ``docs/bounds.md``), so the largest
product over strata with g defects in all is a sort of increments.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ceosample.errors import InferenceError

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]

#: Below this a mean is not told from 0; its increments are then those of the last that is.
_LEAST = 1e-280

#: How far computed logarithms may be from concave: rounding alone.
_ROUNDING = 1e-9


def mean_powers(size: int, drawn: int, z: float, most: int | None = None) -> Floats:
    """``E[z**Y]`` for 0, 1, ... N defects and z from 0 to 1: positive terms alone, so no digits go.

    With ``most``, for no more defects than that: each costs n steps.

    Each letter drawn is asked to be sound with the chance ``1 - z``, so the mean is the chance that
    all that are asked are: ``sum over j of C(n, j) z**(n-j) (1-z)**j (N-g)_j / (N)_j``.
    """
    sound = size - np.arange(_most(size, most) + 1, dtype=np.float64)
    if z in (0, 1):
        weights = np.zeros(drawn + 1)
        weights[drawn if z == 0 else 0] = 1
    else:
        weights = _binomial(drawn, 1 - z, z)
    total, chance = np.full(len(sound), weights[0]), np.ones(len(sound))
    for j in range(drawn):
        chance = chance * np.maximum(sound - j, 0) / (size - j)
        total += weights[j + 1] * chance
    return np.asarray(np.minimum(total, 1.0), dtype=np.float64)


def _binomial(n: int, p: float, q: float) -> Floats:
    """The chances of 0 to n of n, from the likeliest outwards; p and q are 1 together."""
    weights = np.zeros(n + 1)
    top = min(n, int((n + 1) * p))
    weights[top] = 1
    for j in range(top, n):
        weights[j + 1] = weights[j] * ((n - j) / (j + 1)) * (p / q)
    for j in range(top, 0, -1):
        weights[j - 1] = weights[j] * (j / (n - j + 1)) * (q / p)
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _most(size: int, most: int | None) -> int:
    return size if most is None else min(most, size)


def increments(size: int, drawn: int, z: float, most: int | None = None) -> Floats:
    """What each further defect adds to ``log E[z**Y]``, never growing; z of 0 or more.

    Args:
        size, drawn: N and n.
        z: the power's base.
        most: no more defects than this, for z of at most 1; None for all.

    Raises:
        InferenceError: they grow, which the proof excludes: then no bound is given.
    """
    if z == 0:  # missing one more of them: a product of one factor for each
        sound = size - np.arange(_most(size, most), dtype=np.float64)
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(np.maximum(sound - drawn, 0) / sound), dtype=np.float64)
    means = mean_powers(size, drawn, z if z <= 1 else 1 / z, most if z <= 1 else None)
    if z > 1:  # of the sound letters, seen from the other end
        means = means[::-1]
    with np.errstate(divide="ignore"):
        logs = np.log(np.where(means < _LEAST, 0, means))
    known = np.isfinite(logs)
    steps = np.diff(np.where(known, logs, 0.0))
    steps[~known[1:] | ~known[:-1]] = np.nan
    steps = _continued(steps, z)
    finite = steps[np.isfinite(steps)]
    if (np.diff(finite) > _ROUNDING).any():
        raise InferenceError(
            f"stratum of {size} letters, {drawn} drawn: got means of {z!r}**Y that are not "
            "log-concave; report it with these numbers"
        )
    return np.asarray(steps, dtype=np.float64)


def _continued(steps: Floats, z: float) -> Floats:
    """Steps that are too small to be computed, as the nearest that is: never smaller than true."""
    unknown = np.isnan(steps)
    if not unknown.any():
        return steps
    known = np.flatnonzero(~unknown)
    if z <= 1:  # the unknown ones are the last, and smaller still
        steps[unknown] = steps[known[-1]] if len(known) else 0.0
        return steps
    raise InferenceError("a generating function out of range; use fewer letters in a stratum")


def in_order(cells: Sequence[Floats]) -> tuple[Floats, Wholes]:
    """All increments, largest first, each with the place of its cell; ties in the cells' order."""
    if not cells:
        return np.zeros(0), np.zeros(0, dtype=np.int64)
    steps = np.concatenate(cells)
    homes = np.repeat(np.arange(len(cells)), [len(cell) for cell in cells])
    order = np.argsort(-steps, kind="stable")
    return steps[order], homes[order]
