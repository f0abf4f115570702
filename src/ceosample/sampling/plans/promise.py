"""What a plan promises, before anything is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, comb, prod
from typing import Final

import attrs

from ceosample.canonical import Json
from ceosample.errors import PlanError
from ceosample.form import is_count
from ceosample.got import got
from ceosample.plain import plain_count
from ceosample.rational import Rational, as_fraction
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum, as_stratum, stratum_said
from ceosample.sampling.plans.chances import (
    missed,
    missed_everywhere,
    shares,
    symmetric_sum,
    worst_miss,
)
from ceosample.sampling.plans.clean import most_after_months, most_if_none
from ceosample.sampling.plans.hardest_spread import hardest_found
from ceosample.sampling.plans.pool import Pool
from ceosample.sampling.plans.rotation import Turn
from ceosample.sampling.plans.waiting import WAITING, AnyTurn, Waiting, sets_of_strata
from ceosample.show import decimal, html_table, percent, stratum_words, text_table
from ceosample.text import quoted

#: Over more months than a century has, sizes do not stay as they are.
MOST_MONTHS: Final = 1200

#: The months of which a promise speaks.
_YEAR: Final = 12

_NOTHING: Final = "nothing is eligible, so no letter is drawn"

_HEADER = ["stratum", "eligible", "letters", "chance", "stands for", "months between"]
_ALIGN = "lrrrrr"


@attrs.frozen(repr=False)
class Promise(Result):
    """A plan on a frame: each stratum's letters, and what they can find.

    Attributes:
        pools: N, n and probability of each stratum, in order.
        minutes: the reading time, if the plan says how long a letter takes; else None.
        left_out: units that the frame leaves out, by reason: no promise covers them.
        turn: under a rotation, the month's place in its block; under ``waiting``, how long the
            strata have waited; else None.
        size: the letters, those of take-all strata left out.
        absent: take-all strata that have no letters this month; a name that is mistyped is here.
        merged: what the strata would be if those of fewer units than a number were merged: that
            number with the pools; empty where merging changes nothing.

    It assumes that the seed is as random as dice: beyond everyone's choice.

    >>> import ceosample as cs
    >>> frame = cs.Frame.from_records([{"id": f"R-{i}"} for i in range(100)],
    ...     population="complaint-responses", period="2026-10", unit_id="id")
    >>> promise = cs.Plan(size=3).promise(frame)
    >>> promise.letters, cs.figures.percent(promise.detects("0.1"))
    (3, '27.3 %')
    """

    pools: tuple[Pool, ...]
    minutes: Fraction | None
    left_out: Mapping[str, int]
    turn: AnyTurn | None
    size: int
    absent: tuple[Stratum, ...] = ()
    merged: tuple[tuple[int, tuple[Pool, ...]], ...] = ()

    @property
    def letters(self) -> int:
        """All letters, those of take-all strata with them."""
        return self.size + sum(pool.size for pool in self.pools if pool.take_all)

    def chance(self, stratum: str | Stratum, letters_a_month: int, months: int = 1) -> Fraction:
        """The chance that at least one letter of a frequent author is drawn in time.

        Each month has a seed of its own, so the months are independent; sizes are taken to stay
        as they are. Under a rotation it is exact for one month; for more it is a lower bound, which
        counts the letters that are open to all and, for this month, the strata's turns. Under
        ``waiting`` it is exact for one month, and for more a lower bound.

        Args:
            stratum: where the letters are.
            letters_a_month: how many of the stratum's letters they write, 0 or more.
            months: within how many months, 1 to 1200.

        Raises:
            PlanError: no such stratum, or more letters than it has.
        """
        pool = self._pool(as_stratum(stratum))
        letters_a_month, months = plain_count(letters_a_month), plain_count(months)
        if not is_count(letters_a_month) or letters_a_month > pool.size:
            raise PlanError(
                f"letters_a_month: {got(letters_a_month)}; give a whole number from 0 to "
                f"{pool.size}, which is all that the stratum has"
            )
        if not is_count(months, 1) or months > MOST_MONTHS:
            raise PlanError(f"months: {got(months)}; give a whole number from 1 to {MOST_MONTHS}")
        if self.turn is None or pool.take_all:
            return 1 - missed(pool.size, pool.letters, letters_a_month) ** months
        if isinstance(self.turn, Waiting):
            share = Fraction(letters_a_month, pool.size)
            names = self._rotating_names()
            return self.turn.finds(names, pool.stratum, self.size, share, months)
        return self._by_turns(self.turn, pool, letters_a_month, months)

    def _by_turns(self, turn: Turn, pool: Pool, letters_a_month: int, months: int) -> Fraction:
        """The same under a rotation."""
        names = self._rotating_names()
        now, waiting = turn.calls(names), turn.waiting(names)
        uncalled = Fraction(1)
        if pool.stratum in waiting:
            uncalled -= Fraction(now * letters_a_month, len(waiting) * pool.size)
        missed_now = uncalled * self._open_miss(now, letters_a_month)
        if months == 1:
            return 1 - missed_now
        later = self._open_miss(turn.most_calls(names), letters_a_month)
        return 1 - missed_now * later ** (months - 1)

    def reaches(self, stratum: str | Stratum, months: int = 1) -> Fraction:
        """Under ``waiting``, the chance that a stratum gives a letter within so many months.

        It is exact for one month. For more it is a lower bound: the strata are taken to stay as
        they are, and the others to wait as long as they can.

        Args:
            stratum: one that is not read in full.
            months: 1 to 1200.

        Raises:
            PlanError: no such stratum, or a plan under which no such chance is promised.
        """
        pool = self._pool(as_stratum(stratum))
        if not isinstance(self.turn, Waiting) or pool.take_all:
            raise PlanError(
                "reaches: got a stratum whose letters are not left to 'waiting'; see its letters, "
                "or its rotation's promise"
            )
        if not is_count(months, 1) or months > MOST_MONTHS:
            raise PlanError(f"months: {got(months)}; give a whole number from 1 to {MOST_MONTHS}")
        return self.turn.reaches(self._rotating_names(), pool.stratum, self.size, months)

    def detects(self, rate: Rational, *, spread: str = "worst") -> Fraction:
        """The chance that at least one defective letter is drawn, at a rate of defective letters.

        Under a rotation the worst case is a lower bound, which counts only the letters that are
        open to all; ``found`` is the chance at the worst spread that a search finds, exact for that
        spread. The truth at worst lies between the two. Under ``waiting`` the worst case is exact
        for one letter; for more it is a lower bound too.

        Args:
            rate: the rate of defective letters in the frame; ``ceil(N * rate)`` of them.
            spread: ``worst``, over the strata as they are hardest to find; ``found``, the same, but
                under a rotation the worst spread found; or ``proportional``, in proportion to the
                strata's sizes.

        Raises:
            PlanError: a rate outside 0 to 1, or another spread.
        """
        share = as_fraction(rate, "rate")
        if not 0 <= share <= 1:
            raise PlanError(f"rate: {got(rate)}; give a number from 0 to 1")
        defective = self._defective(share)
        if spread == "worst":
            return 1 - self._worst_miss(defective)
        if spread == "proportional":
            return 1 - self._proportional_miss(defective)
        if spread == "found":
            return 1 - self._found_miss(defective)
        raise PlanError(f"spread: {got(spread)}; use 'worst', 'found' or 'proportional'")

    def bound(self, *, confidence: Rational = "0.95", months: int = 1) -> int:
        """The most letters that may be defective if no defect is found among those drawn.

        For one month it is exact: :func:`ceosample.inference.bound` says the same of a clean month.
        For several months like this one it is what :func:`ceosample.inference.monitor` says after
        the last, which holds at all of them at once. Under a rotation later months are taken to
        call as many strata as this one. Under ``waiting`` it is asked for one month alone, and for
        the strata whose letters leave the most unsaid: those that give none count whole.

        Args:
            confidence: above 0 and below 1.
            months: 1 to 1200.

        Raises:
            PlanError: another confidence, or another number of months.
        """
        sure = as_fraction(confidence, "confidence")
        if not 0 < sure < 1:
            raise PlanError(f"confidence: {got(confidence)}; give a rate above 0 and below 1")
        if not is_count(months, 1) or months > MOST_MONTHS:
            raise PlanError(f"months: {got(months)}; give a whole number from 1 to {MOST_MONTHS}")
        if isinstance(self.turn, Waiting):
            return self._bound_while_waiting(self.turn, 1 - sure, months)
        if self.turn is not None:
            calls = self.turn.calls(self._rotating_names())
            size = sum(pool.size for pool in self._rotating())
            return _bound([(size - calls, self.size - calls)], 1 - sure, months)
        return _bound([(pool.size, pool.letters) for pool in self.pools], 1 - sure, months)

    def _bound_while_waiting(self, turn: Waiting, risk: Fraction, months: int) -> int:
        if months > 1:
            raise PlanError(
                f"months: {got(months)}, and under 'waiting' the strata of later months are not "
                "known; give 1, and ask cs.inference.monitor once letters are read"
            )
        full = [(pool.size, pool.size) for pool in self.pools if pool.take_all]
        return max(
            _bound(
                [*full, *((p.size, int(p.stratum in picked)) for p in self._rotating())], risk, 1
            )
            for _, picked in sets_of_strata(turn.lots(self._rotating_names()), self.size)
        )

    def _without_strata(self, defective: int) -> Fraction:
        """The chance of finding one if as many letters were drawn from all alike, as ``srs`` does.

        What strata cost for finding: a letter that is given to a small stratum finds less.
        """
        total = sum(pool.size for pool in self.pools)
        return 1 - missed(total, self.letters, defective)

    def _defective(self, share: Fraction) -> int:
        return ceil(share * sum(pool.size for pool in self.pools))

    def _worst_miss(self, defective: int) -> Fraction:
        if self.turn is None:
            return worst_miss(self.pools, defective)
        rotating = sum(pool.size for pool in self._rotating())
        if defective > rotating:  # some must be in a stratum that is read in full
            return Fraction(0)
        if isinstance(self.turn, Waiting):
            # As many as are found on average, which are at most the letters of a month.
            spread = self._rarest(defective)
            mean = sum((spread[p.stratum] * p.probability for p in self._rotating()), Fraction(0))
            return 1 - mean / self.size
        return self._open_miss(self.turn.calls(self._rotating_names()), defective)

    def _rarest(self, defective: int) -> dict[Stratum, int]:
        """So many letters where each has the smallest chance to be drawn."""
        spread, left = {}, defective
        for pool in sorted(self._rotating(), key=lambda pool: (pool.probability, pool.stratum)):
            spread[pool.stratum] = min(left, pool.size)
            left -= spread[pool.stratum]
        return spread

    def _proportional_miss(self, defective: int) -> Fraction:
        spread = shares([pool.size for pool in self.pools], defective)
        if self.turn is None:
            return missed_everywhere(self.pools, spread)
        pairs = list(zip(self.pools, spread, strict=True))
        if any(pool.take_all and count for pool, count in pairs):
            return Fraction(0)
        return self._spread_miss(self.turn, {pool.stratum: count for pool, count in pairs})

    def _found_miss(self, defective: int) -> Fraction:
        """The chance of missing all where a search finds that it is the largest."""
        if self.turn is None:
            return worst_miss(self.pools, defective)
        sizes = {pool.stratum: pool.size for pool in self._rotating()}
        if defective > sum(sizes.values()):
            return Fraction(0)
        if isinstance(self.turn, Waiting):
            return self._spread_miss(self.turn, self._rarest(defective))
        waiting, calls = self.turn.waiting(sizes), self.turn.calls(sizes)
        return self._spread_miss(self.turn, hardest_found(sizes, waiting, calls, defective))

    def _spread_miss(self, turn: AnyTurn, spread: Mapping[Stratum, int]) -> Fraction:
        """The chance of missing all defective letters where each rotating stratum has so many."""
        names = self._rotating_names()
        if isinstance(turn, Waiting):
            sound = {
                p.stratum: Fraction(p.size - spread[p.stratum], p.size) for p in self._rotating()
            }
            return sum(
                (
                    chance * prod((sound[one] for one in picked), start=Fraction(1))
                    for chance, picked in sets_of_strata(turn.lots(names), self.size)
                ),
                Fraction(0),
            )
        calls, waiting = turn.calls(names), turn.waiting(names)
        uncalled_of = [
            (p.size - spread[p.stratum], p.size) for p in self._rotating() if p.stratum in waiting
        ]
        # All sets of called strata are equally likely: their mean is a symmetric sum.
        uncalled = symmetric_sum(uncalled_of, calls) / comb(len(waiting), calls)
        return uncalled * self._open_miss(calls, sum(spread.values()))

    def _open_miss(self, calls: int, marked: int) -> Fraction:
        """The chance that none of so many units, none of them called, is among the open letters."""
        if calls >= self.size:  # so few letters that none might be open: nothing is promised
            return Fraction(1)
        rest = sum(pool.size for pool in self._rotating()) - calls
        return missed(rest, self.size - calls, marked)

    def _rotating(self) -> list[Pool]:
        return [pool for pool in self.pools if not pool.take_all]

    def _rotating_names(self) -> list[Stratum]:
        return [pool.stratum for pool in self._rotating()]

    def to_dict(self) -> dict[str, Json]:
        """For JSON; fractions as ``p/q``."""
        return {
            "letters": self.letters,
            "absent": [list(stratum) for stratum in self.absent],
            "minutes": None if self.minutes is None else str(self.minutes),
            "left_out": dict(self.left_out),
            "rotation": self._carried(Turn),
            **({WAITING: self._carried(Waiting)} if isinstance(self.turn, Waiting) else {}),
            "strata": [
                {
                    "stratum": list(pool.stratum),
                    "N": pool.size,
                    "n": pool.letters if self.turn is None or pool.take_all else None,
                    "expected": str(pool.expected),
                    "probability": str(pool.probability),
                    "take_all": pool.take_all,
                }
                for pool in self.pools
            ],
        }

    def _carried(self, kind: type[AnyTurn]) -> Json:
        """What it carries on from earlier draws, if it is of this kind."""
        found = isinstance(self.turn, kind) and self.turn.to_dict(self._rotating_names())
        return found or None

    def _pool(self, stratum: Stratum) -> Pool:
        for pool in self.pools:
            if stratum == pool.stratum or stratum in pool.members:
                return pool
        raise PlanError(
            f"stratum: got {stratum_said(stratum)}, not in the promise; use one of "
            + ", ".join(quoted(stratum_words(pool.stratum)) for pool in self.pools)
        )

    def _rows(self) -> list[list[str]]:
        return [
            [
                stratum_words(pool.stratum) + (" (in full)" if pool.take_all else ""),
                str(pool.size),
                decimal(pool.expected, 2) if self.turn else str(pool.letters),
                percent(pool.probability),
                decimal(1 / pool.probability) if pool.probability else "-",
                # Under a rotation the months differ, and no one month's chance tells the wait.
                *([] if self.turn else [decimal(1 / pool.expected) if pool.expected else "never"]),
            ]
            for pool in self.pools
        ]

    def _header(self) -> tuple[list[str], str]:
        return (_HEADER[:-1], _ALIGN[:-1]) if self.turn else (_HEADER, _ALIGN)

    def _title(self) -> str:
        total = sum(pool.size for pool in self.pools)
        title = f"{self.letters} of {total} letters a month"
        if self.minutes is not None:
            title += f", about {decimal(self.minutes)} minutes to read"
        return title

    def _lines(self) -> list[str]:
        lines = [self._title()]
        if isinstance(self.turn, Waiting):
            lines += self.turn.words(self._rotating_names(), self.size)
        elif self.turn is not None:
            lines += self.turn.words(self._rotating_names())
        if self.absent:
            named = ", ".join(map(stratum_words, self.absent))
            lines.append(f"to be read in full, but without letters this month: {named}")
        return (
            [*lines, *self._left_out_words()]
            + [
                f"if {percent(rate)} of all letters were defective, at least one is drawn with a "
                f"chance of {self._found(rate)}"
                for rate in (Fraction(1, 20), Fraction(1, 10))
            ]
            + self._bounds()
        )

    def _bounds(self) -> list[str]:
        """What may be said once the letters are read and no defect is found."""
        total = sum(pool.size for pool in self.pools)
        now = self.bound()
        if isinstance(self.turn, Waiting):
            return [
                f"if nothing is found, at most {now} of {total} may be defective, with 95 % "
                "confidence: divisions that give no letter count whole"
            ]
        later = self.bound(months=_YEAR)
        lines = [
            f"if nothing is found, at most {now} of {total} may be defective, with 95 % confidence",
            f"after {_YEAR} such months without a finding, at most {later} of {_YEAR * total}, at "
            "whichever month you look",
        ]
        better = []
        for below, pools in self.merged:
            cells = [(pool.size, pool.letters) for pool in pools]
            pair = [_bound(cells, Fraction(1, 20), months) for months in (1, _YEAR)]
            if pair < [now, later]:
                better.append(f"{pair[0]} and {pair[1]} (under {below})")
        if better:
            lines.append(f"with small strata merged they would be {', '.join(better)}")
        return lines

    def _left_out_words(self) -> list[str]:
        reasons = ", ".join(f"{reason} {count}" for reason, count in self.left_out.items())
        return [f"left out, and covered by no promise: {reasons}"] if reasons else []

    def _found(self, rate: Fraction) -> str:
        """The chances of finding one of so many, and what it would be without strata."""
        worst, even = self.detects(rate), self.detects(rate, spread="proportional")
        plain = self._without_strata(self._defective(rate))
        if worst == even == plain:
            return f"{percent(plain)}, wherever they are"
        at_worst = f"{percent(worst)} at worst"
        if self.turn is not None and (found := self.detects(rate, spread="found")) != worst:
            at_worst = (
                f"{percent(worst)} or more (a bound), {percent(found)} at the worst spread found"
            )
        return (
            f"{at_worst}, {percent(even)} if spread in proportion; "
            f"{percent(plain)} without strata (srs)"
        )

    def __repr__(self) -> str:
        return f"<Promise {self._title()}>"

    def __str__(self) -> str:
        if not self.pools:
            return "\n".join([_NOTHING, *self._left_out_words()])
        header, align = self._header()
        title, *notes = self._lines()
        return "\n".join([title, "", text_table(header, self._rows(), align), "", *notes])

    def _repr_html_(self) -> str:
        caption, *notes = self._lines()
        header, align = self._header()
        return html_table(caption, header, self._rows(), align, notes)


def _bound(cells: Sequence[tuple[int, int]], risk: Fraction, months: int) -> int:
    """The bound of N and n of each stratum; letters that have no chance count whole."""
    partly = [(size, drawn) for size, drawn in cells if 0 < drawn < size]
    whole = months * sum(size for size, drawn in cells if not drawn)
    if months == 1:
        return whole + sum(most_if_none(partly, risk))
    return whole + most_after_months(partly, months, risk)
