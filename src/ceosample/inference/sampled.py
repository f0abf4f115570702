"""The letters of one or several draws with what is known of each, as estimates take them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import attrs

from ceosample.errors import InferenceError, PlanError, raise_faults
from ceosample.form import is_count
from ceosample.got import got
from ceosample.inference.verdicts import AnyDraw
from ceosample.period import Period
from ceosample.rational import Rational, as_fraction
from ceosample.sampling.draw import Draw
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.names import AT_REST
from ceosample.show import stratum_words
from ceosample.text import quoted

#: What a verdict counts as. A letter that was never eligible is in no domain.
_VERDICTS: Final = {"defective": Fraction(1), "sound": Fraction(0), "ineligible": None}

#: Rules for a drawn letter without a verdict, and what it counts as.
MISSING: Final = {"defective": Fraction(1), "sound": Fraction(0), "refuse": None}


def number_of(value: Rational) -> Fraction:
    """The exact value of a number, or of True and False.

    Raises:
        PlanError: it is no finite number.
    """
    return as_fraction(int(value) if isinstance(value, bool) else value, "letters, value")


@attrs.frozen
class SampledLetter:
    """A letter that was drawn, for estimates from letters that no draw of this library holds.

    Attributes:
        stratum: where it was drawn; letters with the same stratum and period are one sample.
        size: the eligible letters of that stratum in that period, N.
        value: a number, or 1 (True) for a defective letter and 0 for a sound one.
        per: for a ratio, the number below the line.
        inside: whether it is in the domain that is estimated.
        period: the month, or None.

    >>> SampledLetter(("Cards",), 120, 1).value
    Fraction(1, 1)
    """

    stratum: Stratum
    size: int
    value: Fraction = attrs.field(converter=number_of)
    per: Fraction = attrs.field(default=Fraction(1), converter=number_of)
    inside: bool = True
    period: Period | None = None

    @property
    def cell(self) -> tuple[str, Stratum]:
        """The month and the stratum that it is a sample of."""
        return str(self.period or ""), self.stratum


@attrs.frozen
class Sample:
    """All letters of an estimate.

    Attributes:
        letters: those that were drawn, in order.
        missing: drawn letters that had no verdict, and count by the rule.
        ineligible: drawn letters that were never eligible: outside the domain.
        substitutes: letters of the reserve that had a value, which no estimate uses.
        at_rest: responses that the frames left out as recently sampled.
    """

    letters: tuple[SampledLetter, ...]
    missing: int = 0
    ineligible: int = 0
    substitutes: int = 0
    at_rest: int = 0

    @property
    def inside(self) -> list[SampledLetter]:
        """The letters of the domain."""
        return [letter for letter in self.letters if letter.inside]

    @property
    def sizes(self) -> dict[tuple[str, Stratum], int]:
        """N of each cell."""
        return {letter.cell: letter.size for letter in self.letters}

    @property
    def verdicts(self) -> bool:
        """Whether each letter is 1 or 0: defective or sound."""
        return all(letter.value in (0, 1) for letter in self.inside)


def sample_of(
    sampled: AnyDraw | Iterable[AnyDraw | SampledLetter],
    values: Mapping[str, Any] | None,
    per: Mapping[str, Any] | None,
    domain: Collection[str] | None,
    missing: str,
    *,
    ones: bool = False,
) -> Sample:
    """The letters of draws with their values, or letters as they are given.

    ``ones`` makes every value 1, but for ineligible letters, which are outside.

    Raises:
        InferenceError: every letter or value that cannot be.
    """
    if missing not in MISSING:
        raise InferenceError(f"missing: {got(missing)}; use one of {', '.join(MISSING)}")
    given = [sampled] if isinstance(sampled, Draw | str | Path) else list(sampled)
    if given and all(isinstance(one, SampledLetter) for one in given):
        letters = [one for one in given if isinstance(one, SampledLetter)]
        return _sample_of_letters([attrs.evolve(x, value=1) if ones else x for x in letters])
    draws = [Draw.load(one) if isinstance(one, str | Path) else one for one in given]
    faults = [
        f"sampled: {got(one)}; give a draw, its folder, or letters"
        for one in draws
        if not isinstance(one, Draw)
    ]
    raise_faults(InferenceError, faults or ([] if draws else ["sampled: none; give draws"]))
    gathering = _Gathering([one for one in draws if isinstance(one, Draw)], domain, missing)
    if ones and (values is None or isinstance(values, Mapping)):
        values = dict.fromkeys(gathering.drawn, 1) | {
            i: value for i, value in (values or {}).items() if _is_ineligible(value)
        }
    return gathering.sample(values, per)


def _sample_of_letters(letters: list[SampledLetter]) -> Sample:
    sizes: dict[tuple[str, Stratum], set[int]] = {}
    for letter in letters:
        sizes.setdefault(letter.cell, set()).add(letter.size)
    faults = []
    for (period, stratum), found in sizes.items():
        where = f"letters, {quoted(stratum_words(stratum))}{period and f', {period}'}"
        n = sum(letter.cell == (period, stratum) for letter in letters)
        if len(found) > 1:
            faults.append(f"{where}: got sizes {sorted(found)}; give one size for a stratum")
        elif not is_count(size := found.pop(), n):
            faults.append(f"{where}: {got(size)} as size, and {n} letters were drawn; give N")
    raise_faults(InferenceError, faults)
    return Sample(tuple(letters))


@attrs.frozen
class _Gathering:
    """Draws whose letters receive their values."""

    draws: list[Draw]
    domain: Collection[str] | None
    missing: str

    def sample(self, values: Mapping[str, Any] | None, per: Mapping[str, Any] | None) -> Sample:
        if not isinstance(values, Mapping):
            raise InferenceError(f"values: {got(values)}; give a mapping of unit id to value")
        if isinstance(self.domain, str):
            raise InferenceError(f"domain: {got(self.domain)}; give a collection of unit ids")
        raise_faults(InferenceError, [*self._faults_of_draws(), *self._strangers(values)])
        taken = {i: values.get(i) for i in self.drawn}
        missing = [i for i, value in taken.items() if value is None and self._counts(i)]
        faults, numbers = self._numbers(taken)
        below, more = self._below(per, numbers)
        plain = all(value in (0, 1) for value in numbers.values() if value is not None)
        if missing and (self.missing == "refuse" or not plain or per is not None):
            faults += [f"values, {quoted(i)}: missing; give its value" for i in missing]
        raise_faults(InferenceError, [*faults, *more])
        numbers |= dict.fromkeys(missing, MISSING[self.missing])
        letters = [
            SampledLetter(
                selection.stratum,
                next(p.size for p in draw.pools if p.stratum == selection.stratum),
                numbers.get(selection.unit_id) or Fraction(0),
                below.get(selection.unit_id, Fraction(1)),
                numbers.get(selection.unit_id) is not None and self._counts(selection.unit_id),
                draw.period,
            )
            for draw in self.draws
            for selection in draw
        ]
        return Sample(
            tuple(letters),
            len(missing),
            sum(_is_ineligible(value) for value in taken.values()),
            sum(i in values for draw in self.draws for i in (r.unit_id for r in draw.reserves)),
            sum(draw.frame.exclusions.get(AT_REST, 0) for draw in self.draws),
        )

    def _counts(self, unit_id: str) -> bool:
        return self.domain is None or unit_id in self.domain

    @property
    def drawn(self) -> list[str]:
        """The ids of the letters that were drawn."""
        return [unit_id for draw in self.draws for unit_id in draw.unit_ids]

    def _faults_of_draws(self) -> list[str]:
        faults = [
            f"{draw.population}, {draw.period}: drawn under {kind}, where letters depend on each "
            "other so that no variance can be estimated; use bound or monitor"
            for draw in self.draws
            if (kind := _unequal(draw))
        ]
        seen: dict[str, Period] = {}
        months: set[tuple[str, Period]] = set()
        for draw in self.draws:
            name = (draw.population, draw.period)
            if name in months:
                faults.append(f"{name[0]}, {name[1]}: given twice; give each month's draw once")
                continue
            months.add(name)
            faults += [
                f"{quoted(i)}: drawn in {seen[i]} and in {draw.period}; give letters, each with "
                "its own value"
                for i in draw.unit_ids
                if i in seen
            ]
            seen |= dict.fromkeys(draw.unit_ids, draw.period)
        return faults

    def _strangers(self, values: Mapping[str, Any]) -> list[str]:
        known = {*self.drawn, *(r.unit_id for draw in self.draws for r in draw.reserves)}
        return [
            f"values, {quoted(str(i))}: not drawn; give values of letters that were drawn"
            for i in values
            if i not in known
        ]

    def _numbers(self, taken: Mapping[str, Any]) -> tuple[list[str], dict[str, Fraction | None]]:
        """The value of each letter of the domain that has one; None for an ineligible one."""
        faults: list[str] = []
        numbers: dict[str, Fraction | None] = {}
        for unit_id, value in taken.items():
            if value is None or not self._counts(unit_id):
                continue
            if isinstance(value, str) and value in _VERDICTS:
                numbers[unit_id] = _VERDICTS[value]
                continue
            try:
                numbers[unit_id] = number_of(value)
            except PlanError:
                faults.append(
                    f"values, {quoted(unit_id)}: {got(value)}; give a number, 'defective', "
                    "'sound' or 'ineligible'"
                )
        return faults, numbers

    def _below(
        self, per: Mapping[str, Any] | None, numbers: Mapping[str, Fraction | None]
    ) -> tuple[dict[str, Fraction], list[str]]:
        """The numbers below the line of a ratio."""
        if per is None:
            return {}, []
        found: dict[str, Fraction] = {}
        faults: list[str] = []
        for unit_id, value in numbers.items():
            if value is None:
                continue
            try:
                found[unit_id] = as_fraction(per.get(unit_id), "per")  # type: ignore[arg-type]
            except PlanError:
                faults.append(f"per, {quoted(unit_id)}: {got(per.get(unit_id))}; give a number")
        return found, faults


def _is_ineligible(value: object) -> bool:
    return isinstance(value, str) and value == "ineligible"


def _unequal(draw: Draw) -> str | None:
    """The kind of plan under which pairs of letters have unequal chances; else None."""
    if draw.turn is None:
        return None
    return "a rotation" if draw.plan.rotation is not None else "'waiting'"
