"""Estimates of totals, means, proportions and ratios, with their intervals, from stratified draws.

Estimates and variances are exact fractions; only quantiles of t and beta come from scipy. What
cannot be estimated is refused, and the exact bound, which can always be had, comes with the error.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, Final, NoReturn

import attrs

from ceosample.errors import InferenceError, NoEstimateError, joined, raise_faults
from ceosample.got import got
from ceosample.inference.bounds import Bound, bound
from ceosample.inference.cells import Cell, sure_words
from ceosample.inference.estimator import Estimator, root
from ceosample.inference.linearised import LONELY
from ceosample.inference.sampled import SampledLetter, sample_of
from ceosample.inference.verdicts import AnyDraw
from ceosample.period import Period
from ceosample.rational import Rational, as_fraction
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.show import FEWEST_FOR_PERCENT, html_facts, percent
from ceosample.text import counted, quoted

#: What can be estimated.
KINDS: Final = ("mean", "total", "proportion", "ratio", "size")
#: How the interval of a proportion is found; each stays within 0 and 1.
INTERVALS: Final = ("beta", "logit")

#: As many digits as R prints of an estimate, and a few more.
_PRINTED: Final = Context(prec=12)


@attrs.frozen
class Estimate(Result):
    """An estimate with its interval; what ``estimate`` returns.

    Attributes:
        of: ``mean``, ``total``, ``proportion``, ``ratio`` or ``size``.
        value: the estimate, exact.
        variance: the estimated variance of it, exact.
        low, high: its interval, to 12 digits.
        confidence: of the interval, exact.
        interval: how it was found: ``t`` (the estimate and so many standard errors), ``beta``
            (Korn and Graubard 1998) or ``logit``.
        degrees_of_freedom: letters less strata, of those inside the domain.
        design_effect: the variance against that of a simple random sample of as many letters;
            None where such a sample would have none.
        letters: those that were drawn and are inside the domain.
        found: those of them that are defective; None where the values are no verdicts.
        eligible: all letters of the draws' frames, N.
        drawn: all letters that were drawn, n.
        months: the months of the draws, in order.
        lonely: what strata with one letter add: ``adjust``, ``average``, ``remove``, ``collapse``;
            None where there were none.
        alone: the names of these strata.
        cells: the strata with the defective letters of the domain, as ``bound`` takes them; empty
            where the values are no verdicts.
        missing: letters without a verdict that the rule counts.
        ineligible: letters that were never eligible: outside the domain.
        assumptions: sentences: what the estimate assumes and leaves out.
    """

    of: str
    value: Fraction
    variance: Fraction
    low: Decimal
    high: Decimal
    confidence: Fraction
    interval: str
    degrees_of_freedom: int
    design_effect: Fraction | None
    letters: int
    found: int | None
    eligible: int
    drawn: int
    months: tuple[Period, ...]
    lonely: str | None
    alone: tuple[str, ...]
    cells: tuple[Cell, ...]
    missing: int
    ineligible: int
    assumptions: tuple[str, ...]

    @property
    def standard_error(self) -> Decimal:
        """The square root of the variance, to 12 digits."""
        return _PRINTED.plus(root(self.variance))

    def bound(self) -> Bound:
        """The exact bound on the defective letters of the domain, at the same confidence.

        Raises:
            InferenceError: the values are no verdicts.
        """
        if not self.cells:
            raise InferenceError("bound: the values are no verdicts; estimate defective letters")
        return bound(self.cells, confidence=self.confidence)

    @property
    def sentence(self) -> str:
        """The estimate in words; below 30 letters the count and the bound, and no percentage."""
        if self.found is not None:
            were = "was" if self.found == 1 else "were"
            count = f"{self.found} of {self.letters} letters {were} found defective"
            if self.letters < FEWEST_FOR_PERCENT:
                return f"{count}. {_words_of(self.bound())}"
            if self.of != "total":
                return (
                    f"{count}: an estimated {percent(self.value)}, {sure_words(self.confidence)} "
                    f"interval {_share(self.low)} to {_share(self.high)}."
                )
        return (
            f"{self.letters} letters give an estimated {self.of} of {_short(self.value)}, "
            f"{sure_words(self.confidence)} interval {_short(self.low)} to {_short(self.high)}."
        )

    def __str__(self) -> str:
        return "\n  ".join([self.sentence, *self.assumptions])

    def _repr_html_(self) -> str:
        return html_facts(self.sentence, [("assumes", " ".join(self.assumptions))])


def estimate(
    sampled: AnyDraw | Iterable[AnyDraw | SampledLetter],
    values: Mapping[str, Any] | None = None,
    *,
    of: str = "proportion",
    per: Mapping[str, Any] | None = None,
    domain: Collection[str] | None = None,
    lonely: str | Mapping[str | Stratum, str] | None = None,
    confidence: Rational = "0.95",
    missing: str = "defective",
    interval: str = "beta",
    few: bool = False,
) -> Estimate:
    """Estimate a total, a mean, a proportion or a ratio from one month's draw or several months'.

    Letters count as they were drawn: one that was found ineligible is outside the domain, N stays,
    and substitutes are left out. Strata that were read in full add no variance. The interval of a
    share or of a number of defective letters is never the estimate and so many standard errors.

    Args:
        sampled: a draw, the folder of its public record, or several of them; or letters.
        values: unit id to ``defective``, ``sound`` or ``ineligible``, True or False, or a number;
            None where letters are given.
        of: ``mean``, ``total``, ``proportion`` (of verdicts), ``ratio``, or ``size``, the number
            of letters in the domain, for which ``values`` can be None.
        per: for a ratio, unit id to the number below the line.
        domain: ids of the responses of a group that is no stratum, such as vulnerable customers;
            None for all. Ids that were not drawn may be among them.
        lonely: what a stratum with one letter adds to the variance, as R's survey package does:
            ``adjust``, ``average``, ``remove`` or ``collapse``. Or a mapping of stratum to the name
            of the stratum that it collapses into, over all months. None refuses such strata.
        confidence: of the interval, above 0 and below 1.
        missing: what a drawn letter without a verdict counts as: ``defective``, ``sound`` or
            ``refuse``. A number that is missing is refused.
        interval: of a share: ``beta`` or ``logit``.
        few: True to estimate from fewer than 30 letters all the same.

    Raises:
        NoEstimateError: no estimate means anything here; ``bound`` has the exact bound instead.
        InferenceError: letters, values or arguments that cannot be, with every problem.
        MissingPartError: scipy is not installed.

    >>> letters = [SampledLetter(("all",), 1200, value) for value in [1] * 2 + [0] * 58]
    >>> found = estimate(letters)
    >>> found.value, found.letters, found.low, found.high
    (Fraction(1, 30), 60, Decimal('0.00428592173840'), Decimal('0.113215541082'))
    """
    sure = as_fraction(confidence, "confidence")
    _check(of, per, interval, lonely, sure, confidence)
    sample = sample_of(sampled, values, per, domain, missing, ones=of == "size")
    found = Estimator(sample, of, lonely, sure, interval)
    _require_estimable(found, few)
    return _answer(found)


def _require_estimable(found: Estimator, few: bool) -> None:
    """Raise where no estimate means anything."""
    sample, inside = found.sample, found.sample.inside
    if found.of == "proportion" and not sample.verdicts:
        odd = next(letter.value for letter in inside if letter.value not in (0, 1))
        raise InferenceError(f"values: got {odd}; give verdicts for a proportion, or of='mean'")
    if not inside:
        _refuse(found, "no letter of the domain was drawn, so nothing is known of it")
    if len(inside) == 1:
        _refuse(found, "one letter of the domain was drawn, and no interval rests on one letter")
    if found.of == "size" and len(inside) == len(sample.letters):
        raise InferenceError("domain: holds every letter that was drawn; give a smaller one")
    if found.judged and not found.read_in_full and len({letter.value for letter in inside}) == 1:
        what = "every letter" if inside[0].value else "no letter"
        _refuse(
            found, f"{what} of {len(inside)} was found defective, so no variance can be estimated"
        )
    if len(inside) < FEWEST_FOR_PERCENT and not few:
        _refuse(
            found,
            f"{len(inside)} letters are fewer than {FEWEST_FOR_PERCENT}; give the draws of a "
            "quarter or longer, or few=True",
        )
    alone = found.alone
    if alone and found.lonely is None:
        _refuse(
            found,
            f"one letter was drawn in {_strata(alone)}, which shows "
            f"no spread; choose lonely: {', '.join(LONELY)}",
        )
    if found.freedom < 1:
        _refuse(found, "no stratum has two letters of the domain, so no variance can be estimated")
    if found.variance == 0 and not found.read_in_full:
        _refuse(found, "the letters of each stratum are alike, so no variance can be estimated")


def _answer(found: Estimator) -> Estimate:
    sample, inside, alone = found.sample, found.sample.inside, found.alone
    low, high = found.limits
    return Estimate(
        of=found.of,
        value=found.value,
        variance=found.variance,
        low=_printed(low),
        high=_printed(high),
        confidence=found.confidence,
        interval=found.interval if found.is_share else "t",
        degrees_of_freedom=found.freedom,
        design_effect=found.design_effect,
        letters=len(inside),
        found=sum(letter.value == 1 for letter in inside) if found.judged else None,
        eligible=sum(sample.sizes.values()),
        drawn=len(sample.letters),
        months=tuple(sorted({x.period for x in sample.letters if x.period is not None})),
        lonely=found.rule if alone else None,
        alone=alone,
        cells=tuple(found.cells()) if found.judged else (),
        missing=sample.missing,
        ineligible=sample.ineligible,
        assumptions=_assumptions(found),
    )


def _refuse(found: Estimator, why: str) -> NoReturn:
    instead = _bound(found)
    more = "" if instead is None else f". {_words_of(instead)}"
    cells = tuple(found.cells()) if found.judged else ()
    raise NoEstimateError(f"estimate: {why}{more}", bound=instead, cells=cells)


def _bound(found: Estimator) -> Bound | None:
    """The exact bound on the defective letters of the domain; None if these are no verdicts."""
    if not found.judged or not found.sample.letters:
        return None
    return bound(found.cells(), confidence=found.confidence)


def _assumptions(found: Estimator) -> tuple[str, ...]:
    sample, alone = found.sample, found.alone
    said = ["Each letter is weighed by N/n of its stratum, as it was drawn."]
    if alone:
        added = {
            "adjust": "their distance from the whole sample's mean",
            "average": "as much as the other strata on average",
            "remove": "nothing, which understates the variance",
            "collapse": "what they differ from strata that they were joined with, which "
            "overstates the variance",
        }[str(found.rule)]
        said.append(f"One letter was drawn in {_strata(alone)}. To the variance they add {added}.")
    if sample.missing:
        count = "counts" if sample.missing == 1 else "count"
        letters = counted(sample.missing, "letter")
        said.append(f"{letters} without a verdict {count} by the stated rule.")
    if sample.ineligible:
        were = "was" if sample.ineligible == 1 else "were"
        letters = counted(sample.ineligible, "letter")
        said.append(f"{letters} {were} never eligible: outside the domain, and N stays.")
    if sample.substitutes:
        have = "has" if sample.substitutes == 1 else "have"
        letters = counted(sample.substitutes, "letter")
        said.append(f"{letters} of the reserve {have} a value; none counts.")
    if sample.at_rest:
        are = "is" if sample.at_rest == 1 else "are"
        responses = counted(sample.at_rest, "response")
        said.append(f"{responses} at rest could not be drawn and {are} left out.")
    return tuple(said)


def _check(
    of: str,
    per: object,
    interval: str,
    lonely: object,
    sure: Fraction,
    confidence: Rational,
) -> None:
    faults = []
    if of not in KINDS:
        faults.append(f"of: {got(of)}; use one of {', '.join(KINDS)}")
    if per is not None and of != "ratio":
        faults.append(f"per: got a mapping, and of is {quoted(of)}; give of='ratio', or no per")
    if interval not in INTERVALS:
        faults.append(f"interval: {got(interval)}; use one of {', '.join(INTERVALS)}")
    if not (lonely is None or isinstance(lonely, Mapping) or lonely in LONELY):
        faults.append(f"lonely: {got(lonely)}; use one of {', '.join(LONELY)}, or a mapping")
    if not 0 < sure < 1:
        faults.append(f"confidence: {got(confidence)}; give a number above 0 and below 1")
    raise_faults(InferenceError, faults)


def _strata(names: Sequence[str]) -> str:
    """How many strata, and the first of their names."""
    what = "stratum" if len(names) == 1 else "strata"
    return f"{len(names)} {what} ({joined([quoted(name) for name in names], most=3)})"


def _words_of(found: Bound) -> str:
    """The exact bound in words."""
    label = f"{found.label} bound" if found.label == "exact" else found.label
    return (
        f"With {sure_words(found.confidence)} confidence, at most {found.upper} of "
        f"{found.eligible} letters are defective ({label})."
    )


def _printed(value: float) -> Decimal:
    return _PRINTED.create_decimal(f"{value:#.12g}")


def _short(value: Fraction | Decimal) -> str:
    return f"{float(value):,.4g}"


def _share(value: Decimal) -> str:
    return percent(as_fraction(value, "share"))
