"""What a plan promises, before anything is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, comb

import attrs

from ceosample.canonical import Json
from ceosample.errors import PlanError
from ceosample.rational import Rational, as_fraction
from ceosample.sampling.frame import Stratum
from ceosample.sampling.pool import Pool
from ceosample.show import decimal, html_table, percent, stratum_words, text_table
from ceosample.text import shown

_HEADER = ["stratum", "eligible", "letters", "chance", "stands for", "months between"]
_ALIGN = "lrrrrr"


@attrs.frozen(repr=False)
class Promise:
    """A plan on a frame: each stratum's letters, and what they can find.

    Attributes:
        pools: N, n and probability of each stratum, in order.
        minutes: the reading time, if the plan says how long a letter takes; else None.
        left_out: units that the frame leaves out, by reason: no promise covers them.

    It assumes that the draw is as random as the seed: that nobody could choose it.
    """

    pools: tuple[Pool, ...]
    minutes: Fraction | None = None
    left_out: Mapping[str, int] = attrs.field(factory=dict)

    @property
    def letters(self) -> int:
        """All letters, those of take-all strata with them."""
        return sum(pool.letters for pool in self.pools)

    def chance(self, stratum: str | Stratum, letters_a_month: int, months: int = 1) -> Fraction:
        """That at least one letter of somebody who writes so many a month is drawn in time.

        Each month has a seed of its own, so the months are independent; sizes are taken to stay
        as they are.

        Args:
            stratum: where the letters are.
            letters_a_month: how many of the stratum's letters they write, 0 or more.
            months: within how many months, 1 or more.

        Raises:
            PlanError: no such stratum, or more letters than it has.
        """
        pool = self._pool((stratum,) if isinstance(stratum, str) else tuple(stratum))
        if not _is_whole(letters_a_month, 0) or letters_a_month > pool.size:
            raise PlanError(
                f"letters_a_month: got {shown(letters_a_month)}; give a whole number from 0 to "
                f"{pool.size}, which is all that the stratum has"
            )
        if not _is_whole(months, 1):
            raise PlanError(f"months: got {shown(months)}; give a whole number of at least 1")
        missed = _missed(pool.size, pool.letters, letters_a_month)
        return 1 - missed**months

    def detects(self, rate: Rational, *, spread: str = "worst") -> Fraction:
        """The chance that at least one defective letter is drawn, if so many are defective.

        Args:
            rate: the rate of defective letters in the frame; ``ceil(N * rate)`` of them.
            spread: ``worst``, over the strata as they are hardest to find, or ``proportional``, in
                proportion to the strata's sizes.

        Raises:
            PlanError: a rate outside 0 to 1, or another spread.
        """
        share = as_fraction(rate, "rate")
        if not 0 <= share <= 1:
            raise PlanError(f"rate: got {shown(str(rate))}; give one from 0 to 1")
        defective = ceil(share * sum(pool.size for pool in self.pools))
        if spread == "worst":
            return 1 - worst_miss(self.pools, defective)
        if spread == "proportional":
            return 1 - _proportional_miss(self.pools, defective)
        raise PlanError(f"spread: got {shown(spread)}; it is 'worst' or 'proportional'")

    def to_dict(self) -> dict[str, Json]:
        """For JSON; fractions as ``p/q``."""
        return {
            "letters": self.letters,
            "minutes": None if self.minutes is None else str(self.minutes),
            "left_out": dict(self.left_out),
            "strata": [
                {
                    "stratum": list(pool.stratum),
                    "N": pool.size,
                    "n": pool.letters,
                    "probability": str(pool.probability),
                    "take_all": pool.take_all,
                }
                for pool in self.pools
            ],
        }

    def _pool(self, stratum: Stratum) -> Pool:
        for pool in self.pools:
            if stratum == pool.stratum or stratum in pool.members:
                return pool
        raise PlanError(
            f"stratum: {shown(stratum_words(stratum))} is not one of "
            + ", ".join(shown(stratum_words(pool.stratum)) for pool in self.pools)
        )

    def _rows(self) -> list[list[str]]:
        return [
            [
                stratum_words(pool.stratum) + (" (in full)" if pool.take_all else ""),
                str(pool.size),
                str(pool.letters),
                percent(pool.probability),
                decimal(1 / pool.probability) if pool.letters else "-",
                decimal(Fraction(1, pool.letters)) if pool.letters else "never",
            ]
            for pool in self.pools
        ]

    def _lines(self) -> list[str]:
        total = sum(pool.size for pool in self.pools)
        lines = [f"{self.letters} of {total} letters a month"]
        if self.minutes is not None:
            lines[0] += f", about {decimal(self.minutes)} minutes to read"
        if self.left_out:
            reasons = ", ".join(f"{reason} {count}" for reason, count in self.left_out.items())
            lines.append(f"left out, and covered by no promise: {reasons}")
        for rate in (Fraction(1, 20), Fraction(1, 10)):
            worst, even = self.detects(rate), self.detects(rate, spread="proportional")
            lines.append(
                f"if {percent(rate)} of all letters were defective, at least one is drawn with a "
                f"chance of {percent(worst)} at worst, {percent(even)} if spread in proportion"
            )
        return lines

    def __repr__(self) -> str:
        return f"<Promise {self._lines()[0]}>"

    def __str__(self) -> str:
        table = text_table(_HEADER, self._rows(), _ALIGN)
        return "\n".join([self._lines()[0], "", table, "", *self._lines()[1:]])

    def _repr_html_(self) -> str:
        return html_table("; ".join(self._lines()), _HEADER, self._rows(), _ALIGN)


def worst_miss(pools: Sequence[Pool], defective: int) -> Fraction:
    """The largest chance of drawing none of so many defective letters, however they are spread.

    One more defective letter in a stratum with g of them multiplies the chance of missing them all
    by ``(N - n - g) / (N - g)``, which falls as g grows; so putting each where that is largest is
    the worst there is.
    """
    spread = [0] * len(pools)
    for _ in range(defective):
        factor, place = max(
            (Fraction(pool.size - pool.letters - g, pool.size - g), -place)
            for place, (pool, g) in enumerate(zip(pools, spread, strict=True))
            if g < pool.size
        )
        if factor <= 0:
            return Fraction(0)
        spread[-place] += 1
    return _missed_everywhere(pools, spread)


def _proportional_miss(pools: Sequence[Pool], defective: int) -> Fraction:
    """The same if each stratum has its share of them, rounded by the largest remainders."""
    total = sum(pool.size for pool in pools)
    shares = [Fraction(defective * pool.size, total) for pool in pools]
    spread = [int(share) for share in shares]
    by_remainder = sorted(range(len(pools)), key=lambda i: (spread[i] - shares[i], i))
    for place in by_remainder[: defective - sum(spread)]:
        spread[place] += 1
    return _missed_everywhere(pools, spread)


def _missed_everywhere(pools: Sequence[Pool], spread: Sequence[int]) -> Fraction:
    missed = Fraction(1)
    for pool, defective in zip(pools, spread, strict=True):
        missed *= _missed(pool.size, pool.letters, defective)
    return missed


def _missed(size: int, letters: int, marked: int) -> Fraction:
    """The chance that a simple random sample of ``letters`` holds none of ``marked`` units."""
    return Fraction(comb(size - marked, letters), comb(size, letters))


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
