"""Whether a bad population would show so few errors in a sample: decided exactly, and fast.

The chance is a sum of terms, each of which follows from its neighbour. Decimals of 50 digits walk
from term to term, and decide where they are clear of the risk by far more than all their rounding
can come to. Where they are not, whole numbers decide. No answer depends on a machine's floats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Context, Decimal
from fractions import Fraction
from itertools import islice, repeat
from math import comb, perm
from typing import Final, Protocol

import attrs

#: Each operation is off by less than one part in 10**49, however small the number.
_DIGITS: Final = Context(prec=50, Emax=10**15, Emin=-(10**15))
#: The rounding of a billion operations is below one part in 10**40; decisions leave far more room.
_ROOM: Final = Decimal("1e-30")
#: So many steps at a time: their factors make whole numbers that are still short.
_STEPS: Final = 64


class Model(Protocol):
    """How errors come into a sample. A factor is what is above and what is below its line."""

    @property
    def rate(self) -> Fraction:
        """The rate of errors."""

    def bounds(self, n: int) -> tuple[int, int]:
        """The fewest and the most errors that n letters can hold."""

    def more_errors(self, errors: int, sound: int, steps: int) -> tuple[int, int]:
        """The factor from the chance of so many errors and sound letters to more errors."""

    def more_sound(self, errors: int, sound: int, steps: int) -> tuple[int, int]:
        """The factor to more sound letters."""

    def fewer_errors(self, errors: int, sound: int) -> tuple[int, int]:
        """The factor to one error less among as many letters."""

    def ways(self, n: int) -> tuple[int, Iterator[int]]:
        """All samples of n letters, and those with 0, 1, 2, ... errors, in whole numbers."""


@attrs.frozen
class Hypergeometric:
    """Samples without replacement from ``bad`` and ``good`` letters."""

    bad: int
    good: int

    @property
    def rate(self) -> Fraction:
        return Fraction(self.bad, self.bad + self.good)

    def bounds(self, n: int) -> tuple[int, int]:
        return max(0, n - self.good), min(n, self.bad)

    def more_errors(self, errors: int, sound: int, steps: int) -> tuple[int, int]:
        return self._more(self.bad, errors, errors + sound, steps)

    def more_sound(self, errors: int, sound: int, steps: int) -> tuple[int, int]:
        return self._more(self.good, sound, errors + sound, steps)

    def _more(self, there: int, taken: int, n: int, steps: int) -> tuple[int, int]:
        left = self.bad + self.good - n
        above = perm(there - taken, steps) * perm(n + steps, steps)
        return above, perm(taken + steps, steps) * perm(left, steps)

    def fewer_errors(self, errors: int, sound: int) -> tuple[int, int]:
        return errors * (self.good - sound), (self.bad - errors + 1) * (sound + 1)

    def ways(self, n: int) -> tuple[int, Iterator[int]]:
        return comb(self.bad + self.good, n), self._terms(n)

    def _terms(self, n: int) -> Iterator[int]:
        first, most = self.bounds(n)
        yield from repeat(0, first)
        term = comb(self.bad, first) * comb(self.good, n - first)
        for i in range(first, most + 1):
            yield term
            term = term * (self.bad - i) * (n - i) // ((i + 1) * (self.good - n + i + 1))


@attrs.frozen
class Binomial:
    """Samples from a population without end, in which this is the rate of errors."""

    rate: Fraction

    def bounds(self, n: int) -> tuple[int, int]:
        return 0, n

    def more_errors(self, errors: int, sound: int, steps: int) -> tuple[int, int]:
        return self._more(self.rate, errors, errors + sound, steps)

    def more_sound(self, errors: int, sound: int, steps: int) -> tuple[int, int]:
        return self._more(1 - self.rate, sound, errors + sound, steps)

    def _more(self, rate: Fraction, taken: int, n: int, steps: int) -> tuple[int, int]:
        above = perm(n + steps, steps) * rate.numerator**steps
        return above, perm(taken + steps, steps) * rate.denominator**steps

    def fewer_errors(self, errors: int, sound: int) -> tuple[int, int]:
        p, whole = self.rate.numerator, self.rate.denominator
        return errors * (whole - p), (sound + 1) * p

    def ways(self, n: int) -> tuple[int, Iterator[int]]:
        whole: int = self.rate.denominator**n
        return whole, self._terms(n)

    def _terms(self, n: int) -> Iterator[int]:
        p, rest = self.rate.numerator, self.rate.denominator - self.rate.numerator
        term: int = rest**n
        for i in range(n + 1):
            yield term
            term = term * (n - i) * p // ((i + 1) * rest)


class FewErrors:
    """Answers whether so few errors in so many letters have at most the chance ``risk``.

    It stands at one term: the chance of exactly so many errors and so many sound letters. The next
    question is mostly about a term nearby, and it walks there.
    """

    def __init__(self, model: Model, risk: Fraction) -> None:
        self._model = model
        self._exact = risk
        limit = _times(Decimal(1), risk.numerator, risk.denominator)
        room = _DIGITS.multiply(limit, _ROOM)
        self._clearly_above = _DIGITS.add(limit, room)
        self._clearly_below = _DIGITS.subtract(limit, room)
        self._errors, self._sound, self._term = 0, 0, Decimal(1)

    def tells(self, n: int, errors: int) -> bool:
        """Whether at most ``errors`` errors in ``n`` letters have at most the chance ``risk``."""
        fewest, most = self._model.bounds(n)
        if not fewest <= errors < most:
            return errors < fewest  # the chance is 0, or else 1
        self._walk(errors, n - errors)
        clear = self._clear(errors, n - errors, errors - fewest)
        return self._in_whole_numbers(n, errors) if clear is None else clear

    def most_errors(self, n: int) -> int | None:
        """The most errors in ``n`` letters that still tell; None if even no error does not."""
        low, high = -1, self._model.bounds(n)[1]
        # The answer is some standard deviations from the mean: steps from there that double.
        place, step = int(n * self._model.rate), 1
        while high - low > 1:
            place = min(max(place, low + 1), high - 1)
            if self.tells(n, place):
                low, place = place, place + step
            else:
                high, place = place, place - step
            step *= 2
            if not low < place < high:
                place, step = (low + high) // 2, high
        return None if low < 0 else low

    def _walk(self, errors: int, sound: int) -> None:
        """To another term. All terms between are above 0, whichever way is taken first."""
        at = self._sound
        self._stride(self._errors, errors, lambda i, k: self._model.more_errors(i, at, k))
        self._stride(self._sound, sound, lambda i, k: self._model.more_sound(errors, i, k))
        self._errors, self._sound = errors, sound

    def _stride(self, here: int, there: int, factor: Callable[[int, int], tuple[int, int]]) -> None:
        low, high = sorted((here, there))
        for start in range(low, high, _STEPS):
            above, below = factor(start, min(_STEPS, high - start))
            self._term = _times(self._term, *((above, below) if here < there else (below, above)))

    def _clear(self, errors: int, sound: int, more: int) -> bool | None:
        """What decimals tell, from the term downwards; None where they cannot."""
        total = term = self._term
        for step in range(more):
            above, below = self._model.fewer_errors(errors - step, sound + step)
            # The factors fall, as terms are log-concave: the rest is below a geometric series. To
            # ask that is dear, so it is asked of every eighth term.
            if above < below and not step % 8:
                rest = _times(term, above, below - above)
                if _DIGITS.add(total, rest) < self._clearly_below:
                    return True
                if rest < _DIGITS.multiply(total, _ROOM):
                    break
            term = _times(term, above, below)
            total = _DIGITS.add(total, term)
            if total > self._clearly_above:
                return False
        else:  # all terms
            if total < self._clearly_below:
                return True
        return False if total > self._clearly_above else None

    def _in_whole_numbers(self, n: int, errors: int) -> bool:
        whole, terms = self._model.ways(n)
        few = sum(islice(terms, errors + 1))
        return few * self._exact.denominator <= self._exact.numerator * whole


def _times(number: Decimal, above: int, below: int) -> Decimal:
    return _DIGITS.divide(_DIGITS.multiply(number, Decimal(above)), Decimal(below))
