"""How many letters must be read to say something about those that are not, exactly.

Whole numbers and fractions throughout: ``ceil(400 * 0.035)`` in floats is 15, and that error is in
published software.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from math import ceil, comb
from typing import Final

from ceosample.errors import PlanError, raise_faults
from ceosample.form import is_count
from ceosample.got import got
from ceosample.plain import plain_count
from ceosample.rational import Rational, as_fraction
from ceosample.show import html_facts

#: Nobody reads more letters than this.
MOST_LETTERS: Final = 1_000_000


class SampleSize(int):
    """A number of letters, and the number of errors that it allows.

    Attributes:
        allowed: the most errors with which the purpose is reached.
    """

    allowed: int

    def __new__(cls, n: int, allowed: int) -> SampleSize:
        size = super().__new__(cls, n)
        size.allowed = allowed
        return size

    def __reduce__(self) -> tuple[type[SampleSize], tuple[int, int]]:
        return SampleSize, (int(self), self.allowed)

    def __repr__(self) -> str:
        return f"SampleSize({int(self)}, allowed={self.allowed})"

    def _repr_html_(self) -> str:
        return html_facts(f"{int(self)} letters; errors allowed: {self.allowed}", [])


def size_for(
    *,
    tolerable: Rational,
    confidence: Rational,
    expected: Rational = 0,
    population: int | None = None,
) -> SampleSize:
    """The smallest sample that shows, with confidence, fewer errors than are tolerable.

    It is the smallest n such that, with ``x = ceil(n * expected)`` errors found, a population with
    ``K = ceil(N * tolerable)`` errors would have shown as few with a probability of at most
    ``1 - confidence``: hypergeometric, or binomial with the tolerable rate itself where no
    population is given. Assumes a simple random sample; for strata see ``Plan.to_detect``.

    Args:
        tolerable: the rate of errors that may not be reached, above 0 and below 1.
        confidence: above 0 and below 1.
        expected: the rate of errors that is expected, below ``tolerable``.
        population: the number of letters, N; None for a very large one.

    Raises:
        PlanError: rates or a population for which no sample exists.

    >>> size_for(population=3653, tolerable="0.09", expected="0.02", confidence="0.95")
    SampleSize(68, allowed=2)
    """
    population = plain_count(population)
    rate, risk, hoped = _checked(tolerable, confidence, expected, population)
    allowed = 0
    while True:
        # So many errors are expected of first to last letters, and the last tells the most.
        first = 1 if allowed == 0 else int((allowed - 1) / hoped) + 1
        last = population if hoped == 0 else int(allowed / hoped)
        if population is not None and last is not None:
            last = min(last, population)
        if last is None or _tells(last, allowed, rate, risk, population):
            return SampleSize(max(first, _fewest(allowed, rate, risk, population)), allowed)
        if last == population:
            raise PlanError(_too_few(population))
        allowed += 1


def allowed_errors(
    n: int, *, tolerable: Rational, confidence: Rational, population: int | None = None
) -> int | None:
    """The number of errors that a sample allows; None if it shows nothing even without errors.

    Ask it again for the n that was realised: n + 1 letters may allow no more errors.

    Args:
        n: the number of letters that were read, at least 0.
        tolerable, confidence, population: as :func:`size_for` takes them.

    >>> allowed_errors(102, population=1200, tolerable="0.05", confidence="0.9")
    2
    """
    population = plain_count(population)
    rate, risk, _ = _checked(tolerable, confidence, 0, population)
    n = plain_count(n)
    if not is_count(n) or n > (population or MOST_LETTERS):
        raise PlanError(f"n: {got(n)}; give the whole number of letters that were read")
    whole, terms = _ways(n, rate, population)
    found, ways = None, 0
    for errors, term in enumerate(terms):
        ways += term
        if ways * risk.denominator > risk.numerator * whole:
            break
        found = errors
    return found


def _fewest(errors: int, rate: Fraction, risk: Fraction, population: int | None) -> int:
    """The fewest letters with which so many errors are few enough; N + 1 if there are none."""
    low, high = errors + 1, 2 * errors + 2
    while (population is None or high <= population) and not _tells(
        high, errors, rate, risk, population
    ):
        low, high = high + 1, high * 2
    if population is not None:
        high = min(high, population + 1)
    while low < high:
        middle = (low + high) // 2
        if _tells(middle, errors, rate, risk, population):
            high = middle
        else:
            low = middle + 1
    return low


def _tells(n: int, errors: int, rate: Fraction, risk: Fraction, population: int | None) -> bool:
    """Whether a bad population would show so few errors in n letters with at most this risk."""
    whole, terms = _ways(n, rate, population)
    ways = sum(itertools.islice(terms, errors + 1))
    return ways * risk.denominator <= risk.numerator * whole


def _ways(n: int, rate: Fraction, population: int | None) -> tuple[int, Iterator[int]]:
    """All samples of n letters, and those with 0, 1, 2, ... errors; whole numbers, step by step."""
    if population is None:
        p, q = rate.numerator, rate.denominator
        return q**n, _binomial(n, p, q - p)
    bad = ceil(population * rate)
    return comb(population, n), _hypergeometric(n, bad, population - bad)


def _binomial(n: int, p: int, rest: int) -> Iterator[int]:
    term: int = rest**n
    for i in range(n + 1):
        yield term
        term = term * (n - i) * p // ((i + 1) * rest)


def _hypergeometric(n: int, bad: int, good: int) -> Iterator[int]:
    first = max(0, n - good)  # fewer errors than that cannot be among n
    yield from itertools.repeat(0, first)
    term = comb(bad, first) * comb(good, n - first)
    for i in range(first, min(n, bad) + 1):
        yield term
        term = term * (bad - i) * (n - i) // ((i + 1) * (good - n + i + 1))


def _checked(
    tolerable: Rational, confidence: Rational, expected: Rational, population: int | None
) -> tuple[Fraction, Fraction, Fraction]:
    """Tolerable rate, risk (1 - confidence) and expected rate."""
    rate, sure = as_fraction(tolerable, "tolerable"), as_fraction(confidence, "confidence")
    hoped = as_fraction(expected, "expected")
    faults = [
        f"{name}: {got(given)}; give a rate above 0 and below 1"
        for name, given, value in (("tolerable", tolerable, rate), ("confidence", confidence, sure))
        if not 0 < value < 1
    ]
    if hoped < 0 or hoped >= rate:
        faults.append(
            f"expected: {got(expected)}; give 0 or more, and less than is tolerable ({tolerable})"
        )
    if population is not None and not is_count(population, 1):
        faults.append(f"population: {got(population)}; give a whole number of at least 1")
    raise_faults(PlanError, faults)
    return rate, 1 - sure, hoped


def _too_few(population: int) -> str:
    return (
        f"population: got {population}, among which the expected and the tolerable rate come to "
        "the same number of errors; read them all"
    )
