"""How many letters must be read to say something about those that are not, exactly.

Whole numbers and fractions throughout: ``ceil(400 * 0.035)`` in floats is 15, and that error is in
published software.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Final

from ceosample.errors import PlanError, raise_faults
from ceosample.form import is_count
from ceosample.got import got
from ceosample.inference.few_errors import Binomial, FewErrors, Hypergeometric
from ceosample.plain import plain_count
from ceosample.rational import Rational, as_fraction
from ceosample.show import html_facts
from ceosample.text import counted

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
        return html_facts(f"{counted(int(self), 'letter')}; errors allowed: {self.allowed}", [])


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
    question = FewErrors(_model(rate, population), risk)
    allowed = _fewest_allowed(question, hoped, population)
    # No sample of which fewer errors are expected tells even with those; so it tells less with
    # ``allowed``, and the fewest letters that tell are letters of which ``allowed`` are expected.
    return SampleSize(_fewest(question, allowed, population), allowed)


def allowed_errors(
    n: int, *, tolerable: Rational, confidence: Rational, population: int | None = None
) -> int | None:
    """The number of errors that a sample allows; None if it shows nothing even without errors.

    Ask it again for the n that was realised: n + 1 letters may allow as many errors as n.

    Args:
        n: the number of letters that were read, at least 0.
        tolerable, confidence, population: as :func:`size_for` takes them.

    Raises:
        PlanError: a number, rates or a population for which no sample exists.

    >>> allowed_errors(102, population=1200, tolerable="0.05", confidence="0.9")
    2
    """
    population = plain_count(population)
    rate, risk, _ = _checked(tolerable, confidence, 0, population)
    n = plain_count(n)
    if not is_count(n) or n > (population or MOST_LETTERS):
        raise PlanError(f"n: {got(n)}; give the whole number of letters that were read")
    return FewErrors(_model(rate, population), risk).most_errors(n)


def _model(rate: Fraction, population: int | None) -> Hypergeometric | Binomial:
    if population is None:
        return Binomial(rate)
    bad = ceil(population * rate)
    return Hypergeometric(bad, population - bad)


def _last(errors: int, hoped: Fraction, population: int | None) -> int | None:
    """The most letters of which so many errors are expected, and they tell the most."""
    last = None if hoped == 0 else int(errors / hoped)
    if population is None or last is None:
        return population if last is None else last
    return min(last, population)


def _fewest_allowed(question: FewErrors, hoped: Fraction, population: int | None) -> int:
    """The fewest errors that are expected of some sample that tells, with them, enough.

    Many errors are ruled out at once: if even ``low`` errors in the largest sample that ``high``
    are expected of do not tell, then none of ``low`` to ``high`` do.
    """
    low, width = 0, 1
    while True:
        high = low + width - 1
        last = _last(high, hoped, population)
        if last is None:
            return low  # no errors are expected, however many letters there are
        if not question.tells(last, low):
            if last == population:
                raise PlanError(_too_few(population))
            low, width = high + 1, width * 2
        elif width == 1:
            return low
        else:
            width //= 2


def _fewest(question: FewErrors, errors: int, population: int | None) -> int:
    """The fewest letters with which so many errors are few enough; there are some."""
    low, high = errors + 1, 2 * errors + 2
    while (population is None or high <= population) and not question.tells(high, errors):
        low, high = high + 1, high * 2
    if population is not None:
        high = min(high, population)
    while low < high:
        middle = (low + high) // 2
        if question.tells(middle, errors):
            high = middle
        else:
            low = middle + 1
    return low


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
