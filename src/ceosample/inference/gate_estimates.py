"""Estimates from a gate's sample, whose size is random: Horvitz and Thompson's, and Hajek's.

Each response is selected by itself with its stratum's chance p (Poisson sampling), so the variances
are sums over the letters. D. Horvitz and D. Thompson, *A generalization of sampling without
replacement from a finite universe*, JASA 47 (1952); J. Hajek in *Foundations of Statistical
Inference* (1971); C.-E. Särndal, B. Swensson and J. Wretman, *Model Assisted Survey Sampling*
(1992), sections 3.5 and 5.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, Final

import attrs

from ceosample.errors import InferenceError, NoEstimateError, PlanError, raise_faults
from ceosample.got import got
from ceosample.inference.cells import Cell
from ceosample.inference.estimator import root
from ceosample.inference.sampled import number_of
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.gates.gate_report import GateReport
from ceosample.show import html_facts
from ceosample.text import quoted

_PRINTED: Final = Context(prec=12)

_VERDICTS: Final[Mapping[str, Any]] = {"defective": 1, "sound": 0}


@attrs.frozen
class GateEstimate(Result):
    """What the letters of a gate tell of all responses that were asked about.

    Both estimates leave out strata whose chance is 0: nothing is known of their responses.

    Attributes:
        asked: the responses of the other strata, N, which the register counts.
        letters: those that were selected, n; their number is random.
        horvitz_thompson: the estimated total, the sum of ``y / p``: right on average.
        horvitz_thompson_variance: the sum of ``(1 - p) y**2 / p**2``.
        hajek: the estimated mean, that total divided by the sum of ``1 / p``. It is nearly right on
            average, and mostly closer, as it does not vary with the number of letters.
        hajek_variance: the sum of ``(1 - p) (y - mean)**2 / p**2``, divided by that sum squared.
        cells: given how many letters each stratum gave, they are simple random samples: its
            responses, letters and defective letters, as ``cs.inference.bound`` takes them. Empty
            where the values are no verdicts.
        without_chance: the responses that were asked about in strata whose chance is 0.
    """

    asked: int
    letters: int
    horvitz_thompson: Fraction
    horvitz_thompson_variance: Fraction
    hajek: Fraction
    hajek_variance: Fraction
    cells: tuple[Cell, ...]
    without_chance: int

    @property
    def hajek_total(self) -> Fraction:
        """Hajek's estimate of the total: the mean for each response that was asked about."""
        return self.asked * self.hajek

    @property
    def horvitz_thompson_error(self) -> Decimal:
        """The standard error of the total, to 12 digits."""
        return _PRINTED.plus(root(self.horvitz_thompson_variance))

    @property
    def hajek_error(self) -> Decimal:
        """The standard error of the mean, to 12 digits."""
        return _PRINTED.plus(root(self.hajek_variance))

    def __str__(self) -> str:
        return "\n".join(
            [
                f"{self.letters} of {self.asked} responses were selected, each by itself",
                f"total (Horvitz-Thompson): {float(self.horvitz_thompson):,.4g}, standard error "
                f"{self.horvitz_thompson_error:.4g}",
                f"total (Hajek): {float(self.hajek_total):,.4g}, standard error "
                f"{self.asked * self.hajek_error:.4g}",
                f"mean (Hajek): {float(self.hajek):.4g}, standard error {self.hajek_error:.4g}",
            ]
        )

    def _repr_html_(self) -> str:
        title, *facts = str(self).splitlines()
        return html_facts(
            title, [(name, words) for name, _, words in (f.partition(": ") for f in facts)]
        )


def estimate_gate(report: GateReport, values: Mapping[str, Any]) -> GateEstimate:
    """Estimate a total and a mean over all responses that a gate was asked about.

    Args:
        report: what ``cs.gate.verify`` found: it has the letters, the chances and the counts.
        values: the id of each selected response to ``defective`` or ``sound``, or to a number.

    Raises:
        NoEstimateError: no letter was selected, or all have the same verdict, so that no variance
            can be estimated. Its ``cells`` are what ``cs.inference.bound`` takes.
        InferenceError: the register contradicts the gate's rule, or values that cannot be.

    >>> import ceosample as cs
    >>> gate = cs.gate.Gate("complaint-responses", "2026-10", "1/4", "5e" * 32)
    >>> report = GateReport((), None, None, None, {(): 40}, {(): 3}, gate.chances,
    ...     {"CR-1": (), "CR-2": (), "CR-3": ()}, "")
    >>> found = estimate_gate(report, {"CR-1": "defective", "CR-2": "sound", "CR-3": "sound"})
    >>> found.horvitz_thompson, found.hajek, found.hajek_total
    (Fraction(4, 1), Fraction(1, 3), Fraction(40, 3))
    """
    numbers = _numbers(report, values)
    judged = all(value in (0, 1) for value in numbers.values())
    cells = _cells(report, numbers) if judged else ()
    _require_spread(report, numbers, cells)
    weighted = [(1 / report.chances[report.letters[i]], value) for i, value in numbers.items()]
    total = sum((w * y for w, y in weighted), Fraction(0))
    size = sum((w for w, _ in weighted), Fraction(0))
    mean = total / size
    return GateEstimate(
        asked=sum(report.asked[stratum] for stratum, p in report.chances.items() if p),
        letters=len(numbers),
        horvitz_thompson=total,
        # (1 - p) / p**2 is w (w - 1).
        horvitz_thompson_variance=sum((w * (w - 1) * y**2 for w, y in weighted), Fraction(0)),
        hajek=mean,
        hajek_variance=sum((w * (w - 1) * (y - mean) ** 2 for w, y in weighted), Fraction(0))
        / size**2,
        cells=cells,
        without_chance=sum(report.asked[stratum] for stratum, p in report.chances.items() if not p),
    )


def _numbers(report: GateReport, values: Mapping[str, Any]) -> dict[str, Fraction]:
    """The value of each letter, 1 for a defective one.

    Raises:
        InferenceError: every value that is missing, is no number, or is of no letter.
    """
    if report.differences:
        raise InferenceError(
            f"report: got {len(report.differences)} differences, the first of which is "
            f"{quoted(report.differences[0], 80)}; settle them before you estimate"
        )
    if not isinstance(values, Mapping):
        raise InferenceError(f"values: {got(values)}; give a mapping of unit id to value")
    faults = [
        f"values, {quoted(str(i))}: not selected; give values of letters that were selected"
        for i in values
        if i not in report.letters
    ]
    numbers: dict[str, Fraction] = {}
    for unit_id in report.letters:
        given: Any = values.get(unit_id)
        try:
            numbers[unit_id] = number_of(_VERDICTS.get(str(given), given))
        except PlanError:
            faults.append(
                f"values, {quoted(unit_id)}: {got(given)}; give 'defective', 'sound' or a number"
            )
    raise_faults(InferenceError, faults)
    return numbers


def _cells(report: GateReport, numbers: Mapping[str, Fraction]) -> tuple[Cell, ...]:
    """Each stratum's responses, letters and defective letters."""
    found: dict[Stratum, int] = dict.fromkeys(report.chances, 0)
    for unit_id, value in numbers.items():
        found[report.letters[unit_id]] += int(value)
    return tuple(
        Cell(report.asked[stratum], report.selected[stratum], found[stratum], stratum)
        for stratum in sorted(report.chances)
        if report.asked[stratum]
    )


def _require_spread(
    report: GateReport, numbers: Mapping[str, Fraction], cells: tuple[Cell, ...]
) -> None:
    """Raise where no variance can be estimated.

    Raises:
        NoEstimateError: there is no letter, or nothing differs.
    """
    if not numbers:
        raise NoEstimateError("estimate: no letter was selected; use cs.inference.bound on cells")
    sampled = {report.letters[unit_id] for unit_id in numbers}
    if len(set(numbers.values())) == 1 and any(report.chances[one] < 1 for one in sampled):
        what = "every letter" if next(iter(numbers.values())) else "no letter"
        if not cells:
            raise NoEstimateError("estimate: all letters have the same value, so nothing differs")
        raise NoEstimateError(
            f"estimate: {what} of {len(numbers)} was found defective, so no variance can be "
            "estimated; give the error's cells to cs.inference.bound",
            cells=cells,
        )
