"""The numbers of an estimate: its value, its variance, its interval and its design effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Context, Decimal
from fractions import Fraction
from functools import cached_property

import attrs

from ceosample.errors import InferenceError
from ceosample.inference import collapse
from ceosample.inference.cells import Cell
from ceosample.inference.linearised import Scored, variance
from ceosample.inference.quantiles import proportion_interval, t_quantile
from ceosample.inference.sampled import Sample, SampledLetter
from ceosample.sampling.frames.strata import Stratum


@attrs.frozen(slots=False)  # a __dict__ is where cached_property keeps values
class Estimator:
    """What is asked of a sample, and the answers.

    Attributes:
        sample: the letters.
        of: ``mean``, ``total``, ``proportion``, ``ratio`` or ``size``.
        lonely: what strata with one letter add, or the names under which strata collapse.
        confidence: of the interval.
        interval: how that of a share is found.
    """

    sample: Sample
    of: str
    lonely: str | Mapping[str | Stratum, str] | None
    confidence: Fraction
    interval: str

    @property
    def rule(self) -> str | None:
        """The name of what lonely strata add."""
        return self.lonely if isinstance(self.lonely, str | None) else "collapse"

    @property
    def judged(self) -> bool:
        """Whether it is about defective letters."""
        return self.sample.verdicts and self.of not in ("ratio", "size")

    @property
    def is_share(self) -> bool:
        """Whether it is a share of letters, or their number."""
        return self.judged or self.of == "size"

    @property
    def _is_total(self) -> bool:
        return self.of in ("total", "size")

    @cached_property
    def drawn(self) -> Counter[tuple[str, Stratum]]:
        """The letters that each cell gave, n."""
        return Counter(letter.cell for letter in self.sample.letters)

    @cached_property
    def weights(self) -> dict[tuple[str, Stratum], Fraction]:
        """N/n of each cell."""
        return {cell: Fraction(size, self.drawn[cell]) for cell, size in self.sample.sizes.items()}

    @cached_property
    def _scored(self) -> tuple[Fraction, list[tuple[SampledLetter, Fraction]]]:
        """The estimate, and the score of each letter inside; their sum has its variance."""
        weights = self.weights
        weighted = [(letter, weights[letter.cell]) for letter in self.sample.inside]
        total = sum((w * letter.value for letter, w in weighted), Fraction(0))
        if self._is_total:
            return total, [(letter, w * letter.value) for letter, w in weighted]
        pairs = [(letter, w, letter.per if self.of == "ratio" else 1) for letter, w in weighted]
        below = sum((w * per for _, w, per in pairs), Fraction(0))
        if below == 0:
            raise InferenceError(
                "per: got numbers that come to 0; give what the values are part of"
            )
        value = total / below
        return value, [(one, w * (one.value - value * per) / below) for one, w, per in pairs]

    @property
    def value(self) -> Fraction:
        """The estimate."""
        return self._scored[0]

    @cached_property
    def strata(self) -> list[Scored]:
        """The strata that hold a letter of the domain, collapsed as the caller says."""
        found: dict[tuple[str, Stratum], list[Fraction]] = {}
        for letter, score in self._scored[1]:
            found.setdefault(letter.cell, []).append(score)
        strata = {
            cell: Scored(size, self.drawn[cell], tuple(found.get(cell, ())))
            for cell, size in self.sample.sizes.items()
        }
        if self.lonely == "collapse":
            return collapse.joined(strata, collapse.by_rule(strata))
        if isinstance(self.lonely, Mapping):
            return collapse.joined(strata, collapse.by_name(strata, self.lonely))
        return [one for one in strata.values() if one.scores]

    @cached_property
    def variance(self) -> Fraction:
        """The variance of the estimate."""
        return variance(self.strata, self.lonely if isinstance(self.lonely, str) else None)

    @property
    def freedom(self) -> int:
        """Letters inside the domain, less the strata that they are of."""
        return sum(len(one.scores) for one in self.strata) - len(self.strata)

    @property
    def read_in_full(self) -> bool:
        """Whether nothing is left to infer."""
        return all(size == self.drawn[cell] for cell, size in self.sample.sizes.items())

    @cached_property
    def alone(self) -> tuple[str, ...]:
        """The lonely strata that hold a letter of the domain."""
        return tuple(
            Cell(letter.size, 1, 0, letter.stratum, letter.period).name
            for letter in self.sample.inside
            if self.drawn[letter.cell] == 1 < letter.size
        )

    @cached_property
    def limits(self) -> tuple[float, float]:
        """The ends of the interval."""
        value, spread, freedom = self.value, self.variance, self.freedom
        if spread == 0:  # all was read
            return float(value), float(value)
        if not self.is_share:
            reach = t_quantile(self.confidence, freedom) * float(root(spread))
            return float(value) - reach, float(value) + reach
        # A number of defective letters is a share of all letters.
        whole = sum(self.sample.sizes.values()) if self._is_total else 1
        letters = len(self.sample.letters if self._is_total else self.sample.inside)
        low, high = proportion_interval(
            value / whole, spread / whole**2, letters, freedom, self.confidence, self.interval
        )
        return low * whole, high * whole

    @property
    def design_effect(self) -> Fraction | None:
        """The variance against that of a simple random sample of as many letters."""
        weights = self.weights
        weighted = [
            (weights[one.cell], one.value - (self.value * one.per if self.of == "ratio" else 0))
            for one in self.sample.inside
        ]
        n, size = len(weighted), sum((w for w, _ in weighted), Fraction(0))
        mean = sum((w * x for w, x in weighted), Fraction(0)) / size
        square = sum((w * (x - mean) ** 2 for w, x in weighted), Fraction(0)) / size
        plain = square * Fraction(n, n - 1) * (size - n) / (size * n)
        if self._is_total:
            plain *= size**2
        if self.of == "ratio":
            below = sum((weights[x.cell] * x.per for x in self.sample.inside), Fraction(0))
            plain *= (size / below) ** 2
        return self.variance / plain if plain > 0 else None

    def cells(self) -> list[Cell]:
        """The cells with the defective letters of the domain, as bounds count them."""
        cells: dict[tuple[str, Stratum], Cell] = {}
        for letter in self.sample.letters:
            cell = cells.get(letter.cell) or Cell(letter.size, 0, 0, letter.stratum, letter.period)
            bad = int(letter.inside and letter.value == 1)
            cells[letter.cell] = attrs.evolve(cell, drawn=cell.drawn + 1, found=cell.found + bad)
        return list(cells.values())


def root(value: Fraction) -> Decimal:
    """The square root, to 28 digits."""
    digits = Context(prec=28)
    return digits.sqrt(digits.divide(Decimal(value.numerator), Decimal(value.denominator)))
