"""Stratum sizes and n -> whole letters per stratum, exactly.

Wright's Algorithms III and IV. T. Wright: *The equivalence of Neyman optimum allocation for
sampling and equal proportions for apportioning the U.S. House of Representatives*, The American
Statistician 66 (2012); *A simple method of exact optimal sample allocation under stratification
with any mixed constraint patterns*, US Census Bureau RRS 2014-07; *Exact optimal sample allocation:
more efficient than Neyman*, Statistics & Probability Letters 129 (2017).

Rational arithmetic throughout: no allocation depends on how a machine rounds.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Hashable, Mapping
from fractions import Fraction
from math import isqrt, lcm
from typing import Any, Final, TypeVar

import attrs

from ceosample.errors import PlanError, raise_faults
from ceosample.form import is_count
from ceosample.got import got
from ceosample.plain import plain_count
from ceosample.rational import Rational, as_fraction
from ceosample.text import quoted

S = TypeVar("S", bound=Hashable)

#: Weights N ** q are compared by whole powers, which grow with the denominator of q.
FINEST_POWER: Final = 12

METHODS: Final = ("proportional", "neyman", "equal", "power", "srs")
_METHODS: Final = f"use one of {', '.join(METHODS)}, or a mapping of stratum to letters"


def allocate(
    sizes: Mapping[S, int],
    n: int,
    *,
    method: str | Mapping[S, int] = "proportional",
    variances: Mapping[S, Rational] | None = None,
    power: Rational | None = None,
    minimum: int | Mapping[S, int] = 0,
    cap: int | Mapping[S, int] | None = None,
    take_all: Collection[S] = (),
) -> dict[S, int]:
    """Share ``n`` letters among strata, in whole letters, with the least variance that there is.

    Each stratum starts at ``min(minimum, N_h)``; each further letter goes to the stratum with the
    highest priority ``w_h**2 / (k (k + 1))``, k being what it has and ``w_h`` its weight, up to its
    cap. A stratum without a letter comes before all others, so that each has a chance. A tie goes
    to the stratum that comes first by the bytes of its values. Least variance is not the best
    chance of finding what is rare: a plan's promise prints what strata cost for that.

    Args:
        sizes: the number of responses in each stratum, N_h, at least 1.
        n: the number of letters, take-all strata not counted.
        method: ``proportional`` (weight N_h), ``neyman`` (N_h S_h), ``equal`` (1), ``power``
            (N_h ** q), ``srs`` (no strata: everything under ``()``), or a mapping of whole letters
            per stratum that sum to ``n``.
        variances: for ``neyman``, S_h squared of each stratum, 0 or more; a float counts as its
            shortest decimal form.
        power: for ``power``, q from 0 to 1.
        minimum: the letters that each stratum is given first, one number or one a stratum.
        cap: the most letters that a stratum may give, at least 1, one number or one a stratum.
        take_all: strata that give all they have, on top of ``n``.

    Returns:
        The letters of each stratum, in the order of the strata.

    Raises:
        PlanError: everything that is impossible about it, with the nearest possible size.

    >>> allocate({"Cards": 120, "Loans": 30, "Savings": 6}, 6)
    {'Cards': 4, 'Loans': 1, 'Savings': 1}
    """
    n = plain_count(n)
    sizes = _whole(sizes)
    _check_sizes(sizes, n, take_all)
    rest = {stratum: sizes[stratum] for stratum in _in_order(sizes) if stratum not in take_all}
    if method == "srs":
        whole: Any = {(): sum(rest.values())} if rest else {}
        shared = _share(_Strata.build(whole, 0, None, _equal(whole)), n)
    elif isinstance(method, str):
        weights = _weights(rest, method, variances, power)
        shared = _share(_Strata.build(rest, minimum, cap, weights), n)
    elif not isinstance(method, Mapping) or not method:
        raise PlanError(f"plan, allocation: {got(method)}; {_METHODS}")
    else:
        shared = _given(_Strata.build(rest, minimum, cap, _equal(rest)), method, n)
    letters = shared | {stratum: sizes[stratum] for stratum in take_all}
    return {stratum: letters[stratum] for stratum in _in_order(letters)}


def allocate_for_variance(
    sizes: Mapping[S, int],
    variance: Rational,
    *,
    variances: Mapping[S, Rational],
    minimum: int | Mapping[S, int] = 0,
    cap: int | Mapping[S, int] | None = None,
) -> dict[S, int]:
    """The fewest letters for which the estimated total's variance is at most ``variance``.

    Wright's Algorithm IV: letters are handed out as ``allocate(method="neyman")`` does until the
    variance ``sum of N_h (N_h - n_h) S_h**2 / n_h`` is low enough.

    Args:
        sizes: N_h of each stratum.
        variance: the target, above 0 or 0.
        variances: S_h squared of each stratum.
        minimum, cap: as ``allocate`` takes them.

    Raises:
        PlanError: the caps do not allow so low a variance; the lowest that they allow is named.

    >>> sizes, variances = {"a": 47, "b": 61, "c": 41}, {"a": 100, "b": 36, "c": 16}
    >>> allocate_for_variance(sizes, 102000, variances=variances, cap={"a": 5, "b": 6, "c": 4})
    {'a': 4, 'b': 4, 'c': 2}
    """
    target = as_fraction(variance, "variance")
    sizes = _whole(sizes)
    _check_sizes(sizes, 0, ())
    spreads = _variances(sizes, variances)
    strata = _Strata.build(sizes, minimum, cap, _weights(sizes, "neyman", variances, None))
    low, high = strata.fewest, strata.most
    least = variance_of_total(sizes, _share(strata, high), spreads)
    if least > target:
        raise PlanError(
            f"variance: {quoted(str(target))} cannot be reached with at most {high} letters; "
            f"the lowest possible is {quoted(str(least))}"
        )
    while low < high:
        middle = (low + high) // 2
        if variance_of_total(sizes, _share(strata, middle), spreads) <= target:
            high = middle
        else:
            low = middle + 1
    return _share(strata, low)


def variance_of_total(
    sizes: Mapping[S, int], letters: Mapping[S, int], variances: Mapping[S, Rational]
) -> Fraction:
    """The variance of the stratified estimate of a total, ``sum of N (N - n) S**2 / n``, exact."""
    total = Fraction()
    for stratum, size in sizes.items():
        taken = letters[stratum]
        spread = as_fraction(variances[stratum], "variances")
        total += Fraction(size * (size - taken), taken) * spread
    return total


@attrs.frozen
class _Weights:
    """Squared weights, all to the same power so that they are whole numbers to be compared.

    Attributes:
        squared: of each stratum; only their ratios count.
        root: the power: priorities are ``squared / (k (k + 1)) ** root``.
    """

    squared: Mapping[Any, int]
    root: int = 1


@attrs.frozen
class _Strata:
    """What is being shared out: bounds and weights of each stratum, in order."""

    low: dict[Any, int]
    high: dict[Any, int]
    weights: _Weights

    @classmethod
    def build(cls, sizes: Mapping[Any, int], minimum: Any, cap: Any, weights: _Weights) -> _Strata:
        """The bounds, every one of them checked."""
        faults: list[str] = []
        wanted = _bounds("minimum", sizes, minimum, 0, faults)
        caps = _bounds("cap", sizes, sizes if cap is None else cap, 1, faults)
        high = {stratum: min(caps[stratum], size) for stratum, size in sizes.items()}
        low = {stratum: max(1, min(wanted[stratum], size)) for stratum, size in sizes.items()}
        faults += [
            f"plan, minimum, {_words(stratum)}: got {low[stratum]}, and its letters are at most "
            f"{high[stratum]}; raise its cap or lower its minimum"
            for stratum in sizes
            if low[stratum] > high[stratum]
        ]
        raise_faults(PlanError, faults)
        return cls(low, high, weights)

    @property
    def fewest(self) -> int:
        return sum(self.low.values())

    @property
    def most(self) -> int:
        return sum(self.high.values())


def _share(strata: _Strata, n: int) -> dict[Any, int]:
    """Algorithm III: the lower bounds, then one letter after the other by priority."""
    _require_possible(strata, n)
    letters = _head_start(strata, n)
    squared, root = strata.weights.squared, strata.weights.root

    def rank(stratum: Any) -> Fraction:
        """The priority turned over, since a heap gives its smallest."""
        taken = letters[stratum]
        return Fraction((taken * (taken + 1)) ** root, squared[stratum])

    order = {stratum: place for place, stratum in enumerate(letters)}
    waiting = [
        (rank(s), order[s], s) for s in letters if squared[s] and letters[s] < strata.high[s]
    ]
    heapq.heapify(waiting)
    left = n - sum(letters.values())
    while left and waiting:
        _, place, stratum = heapq.heappop(waiting)
        letters[stratum] += 1
        left -= 1
        if letters[stratum] < strata.high[stratum]:
            heapq.heappush(waiting, (rank(stratum), place, stratum))
    # Strata without spread have the priority 0, all alike: what is left goes to the first of them.
    for stratum, taken in letters.items():
        if not squared[stratum]:
            letters[stratum] = min(strata.high[stratum], taken + left)
            left -= letters[stratum] - taken
    return letters


def _head_start(strata: _Strata, n: int) -> dict[Any, int]:
    """All letters whose priority is surely among the first, without handing them out one by one.

    For any threshold, the letters with a priority of at least that are the ones that the algorithm
    hands out first. So one is looked for under which almost ``n`` letters lie, in whole numbers.
    """
    squared, root = strata.weights.squared, strata.weights.root

    def under(scale: int) -> dict[Any, int]:
        """Each stratum's letters with ``squared / (k (k - 1)) ** root >= squared_max / scale``."""
        found = {}
        for stratum, low in strata.low.items():
            steps = _root(squared[stratum] * scale // top, root)
            letters = (1 + isqrt(1 + 4 * steps)) // 2  # the largest k with k (k - 1) <= steps
            found[stratum] = min(max(low, letters), strata.high[stratum])
        return found

    top = max(squared.values(), default=0)
    if not top:
        return dict(strata.low)
    below, above = 0, 1
    while above <= (n * n) ** root and sum(under(above).values()) <= n:
        below, above = above, above * 4
    while above - below > 1 and above > below + below // max(64, n):
        middle = (below + above) // 2
        if sum(under(middle).values()) <= n:
            below = middle
        else:
            above = middle
    return under(below)


def _root(value: int, root: int) -> int:
    """The largest whole number whose ``root``-th power is at most ``value``."""
    if root == 1:
        return value
    low, high = 0, 1 << (value.bit_length() // root + 1)
    while low < high:
        middle = (low + high + 1) // 2
        if middle**root <= value:
            low = middle
        else:
            high = middle - 1
    return low


def _given(strata: _Strata, letters: Mapping[Any, int], n: int) -> dict[Any, int]:
    """Letters per stratum that the user states, if they are possible."""
    faults = [
        f"plan, allocation: got {_words(stratum)}, not a stratum of the frame; leave it out"
        for stratum in letters
        if stratum not in strata.low
    ]
    for stratum, low in strata.low.items():
        count, high = plain_count(letters.get(stratum)), strata.high[stratum]
        if not is_count(count) or not low <= (count or 0) <= high:
            what = got(count) if stratum in letters else "missing"
            faults.append(
                f"plan, allocation, {_words(stratum)}: {what}; give a whole number "
                f"from {low} to {high}"
            )
    raise_faults(PlanError, faults)
    total = sum(letters.values())
    if total != n:
        raise PlanError(
            f"plan, allocation: got letters that sum to {total}, and the size is {n}; make the "
            "two equal"
        )
    return {stratum: letters[stratum] for stratum in strata.low}


def _weights(
    sizes: Mapping[Any, int],
    method: str,
    variances: Mapping[Any, Rational] | None,
    power: Rational | None,
) -> _Weights:
    for name, given, user in (("variances", variances, "neyman"), ("power", power, "power")):
        if given is None and method == user:
            raise PlanError(f"plan, {name}: missing; give what the method {user!r} needs")
        if given is not None and method != user:
            raise PlanError(
                f"plan, {name}: {got(given)}, which only the method {user!r} uses; leave it out"
            )
    if method == "proportional":
        return _Weights({stratum: size * size for stratum, size in sizes.items()})
    if method == "equal":
        return _equal(sizes)
    if variances is not None:
        spreads = _variances(sizes, variances)
        common = lcm(*(spread.denominator for spread in spreads.values()))
        return _Weights({s: int(size * size * spreads[s] * common) for s, size in sizes.items()})
    if power is not None:
        q = as_fraction(power, "power")
        raise_faults(PlanError, faults_of_power(q))
        return _Weights({s: size ** (2 * q.numerator) for s, size in sizes.items()}, q.denominator)
    raise PlanError(f"plan, allocation: {got(method)}; {_METHODS}")


def faults_of_power(power: Fraction) -> list[str]:
    """What is wrong with the power of the method ``power``."""
    if not 0 <= power <= 1:
        return [f"plan, power: got {power}; give a number from 0 to 1"]
    if power.denominator > FINEST_POWER:
        return [
            f"plan, power: got {power}; give a fraction of at most {FINEST_POWER}ths, such as "
            "'1/2' or '1/3'"
        ]
    return []


def _equal(sizes: Mapping[Any, int]) -> _Weights:
    return _Weights(dict.fromkeys(sizes, 1))


def _variances(sizes: Mapping[Any, int], given: Mapping[Any, Rational]) -> dict[Any, Fraction]:
    missing = [_words(stratum) for stratum in sizes if stratum not in given]
    raise_faults(
        PlanError, (f"plan, variances, {name}: missing; give its variance" for name in missing)
    )
    found = {stratum: as_fraction(given[stratum], "variances") for stratum in sizes}
    raise_faults(
        PlanError,
        (
            f"plan, variances, {_words(stratum)}: {got(str(value))}; give 0 or more"
            for stratum, value in found.items()
            if value < 0
        ),
    )
    return found


def _bounds(
    name: str, sizes: Mapping[Any, int], given: Any, least: int, faults: list[str]
) -> dict[Any, int]:
    """One bound a stratum, from one number for all or a mapping (strata it leaves out: none)."""
    free = 0 if least == 0 else None
    found = {}
    for stratum, size in sizes.items():
        value = given.get(stratum, free) if isinstance(given, Mapping) else given
        value = size if value is None else plain_count(value)
        if not is_count(value, least):
            faults.append(
                f"plan, {name}, {_words(stratum)}: {got(value)}; give a whole number of at "
                f"least {least}"
            )
            value = size
        found[stratum] = value
    return found


def _whole(sizes: Any) -> Any:
    """Counts of whatever library as Python's own; what is no mapping is told by its check."""
    if not isinstance(sizes, Mapping):
        return sizes
    return {stratum: plain_count(size) for stratum, size in sizes.items()}


def _check_sizes(sizes: Mapping[Any, int], n: Any, take_all: Collection[Any]) -> None:
    if not isinstance(sizes, Mapping):
        raise PlanError(f"sizes: {got(sizes)}; give a mapping of stratum to size")
    faults = [
        f"sizes, {_words(stratum)}: {got(size)}; give a whole number of at least 1"
        for stratum, size in sizes.items()
        if not is_count(size, 1)
    ]
    if not is_count(n):
        faults.append(f"plan, size: {got(n)}; give a whole number of at least 0")
    faults += [
        f"plan, take_all: got {_words(stratum)}, not a stratum of the frame; leave it out"
        for stratum in take_all
        if stratum not in sizes
    ]
    raise_faults(PlanError, faults)


def _require_possible(strata: _Strata, n: int) -> None:
    low, high = strata.fewest, strata.most
    if n > high:
        raise PlanError(
            f"plan: got {n} letters, and {high} responses can be drawn; the nearest possible size "
            f"is {high}, or give size = {{at_most = {n}}} for months that may have fewer"
        )
    if n < low:
        if low == len(strata.low):
            why = f"cannot reach {low} strata, so some would have no chance at all"
            rather = ", or merge strata, or use allocation='srs'"
        else:
            why = f"cannot give each of {len(strata.low)} strata its minimum"
            rather = ", or lower the minimum"
        raise PlanError(
            f"plan: got {n} letters, which {why}; the nearest possible size is {low}{rather}"
        )


def _in_order(strata: Collection[S]) -> list[S]:
    """Strata by the bytes of their values; a stratum of one variable may be its value alone."""
    return sorted(strata, key=lambda s: s if isinstance(s, tuple) else (str(s),))


def _words(stratum: Any) -> str:
    return quoted(" / ".join(map(str, stratum)) if isinstance(stratum, tuple) else str(stratum))
