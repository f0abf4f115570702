"""Estimates from a gate's letters, against every set of letters that it could have selected."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import pytest

import ceosample as cs
from ceosample.sampling.gates.gate_report import GateReport
from gates import AT, SEED

CHANCES: dict[tuple[str, ...], Fraction] = {
    ("Cards",): Fraction(1, 3),
    ("Loans",): Fraction(3, 4),
    ("All",): Fraction(1),
}
VALUES = {"c1": 1, "c2": 0, "c3": 5, "l1": 2, "l2": 0, "a1": 3}
STRATA = {"c": ("Cards",), "l": ("Loans",), "a": ("All",)}


def report_of(letters: Mapping[str, tuple[str, ...]], **other: Any) -> GateReport:
    asked = {stratum: sum(STRATA[i[0]] == stratum for i in VALUES) for stratum in CHANCES}
    selected = {stratum: list(letters.values()).count(stratum) for stratum in CHANCES}
    fields: dict[str, Any] = {
        "differences": (),
        "never_sent": None,
        "never_asked": None,
        "asked_late": None,
        "asked": asked,
        "selected": selected,
        "chances": CHANCES,
        "letters": dict(letters),
        "head": "",
    }
    return GateReport(**fields | other)


def every_sample() -> Iterator[tuple[Fraction, dict[str, tuple[str, ...]]]]:
    """All sets of letters, each with its chance."""
    for answers in itertools.product([True, False], repeat=len(VALUES)):
        chances = [
            CHANCES[STRATA[i[0]]] if yes else 1 - CHANCES[STRATA[i[0]]]
            for i, yes in zip(VALUES, answers, strict=True)
        ]
        if chance := prod(chances, start=Fraction(1)):
            yield chance, {i: STRATA[i[0]] for i, yes in zip(VALUES, answers, strict=True) if yes}


def test_horvitz_and_thompson_are_right_on_average_and_so_is_their_variance() -> None:
    """Exactly, over all samples. One without differing letters is refused: its share is known."""
    mean = square = variance = Fraction(0)
    for chance, letters in every_sample():
        values = {i: VALUES[i] for i in letters}
        weights = {i: 1 / CHANCES[stratum] for i, stratum in letters.items()}
        try:
            found = cs.gate.estimate(report_of(letters), values)
            total, spread = found.horvitz_thompson, found.horvitz_thompson_variance
            assert total == sum(weights[i] * values[i] for i in letters)
            assert found.hajek_total == found.asked * total / sum(weights.values())
        except cs.errors.NoEstimateError:
            assert len(set(values.values())) == 1
            total = sum((weights[i] * values[i] for i in letters), Fraction(0))
            spread = sum(
                (weights[i] * (weights[i] - 1) * values[i] ** 2 for i in letters), Fraction(0)
            )
        mean += chance * total
        square += chance * total**2
        variance += chance * spread
    assert mean == sum(VALUES.values())
    assert variance == square - mean**2


def test_hajek_s_variance_is_that_of_the_textbook() -> None:
    """Särndal, Swensson and Wretman (1992), (5.7.8): residuals in place of values."""
    letters = {"c1": ("Cards",), "c3": ("Cards",), "l1": ("Loans",)}
    found = cs.gate.estimate(report_of(letters), {"c1": 1, "c3": 5, "l1": 2})
    size = 3 + 3 + Fraction(4, 3)
    mean = (3 * 1 + 3 * 5 + Fraction(4, 3) * 2) / size
    assert found.hajek == mean
    residuals = 9 * Fraction(2, 3) * ((1 - mean) ** 2 + (5 - mean) ** 2)
    residuals += Fraction(16, 9) * Fraction(1, 4) * (2 - mean) ** 2
    assert found.hajek_variance == residuals / size**2
    assert abs(float(found.hajek_error) ** 2 - float(found.hajek_variance)) < 1e-10


def test_a_register_is_estimated_by_its_report(tmp_path: Path) -> None:
    gate = cs.gate.Gate("complaint-responses", "2026-10", {"A": "1/3", "B": 0}, SEED)
    register = cs.gate.Register(tmp_path / "gate.jsonl", gate)
    answers = [register.ask(f"R-{i}", "AB"[i % 5 == 0], at=AT) for i in range(60)]
    letters = [answer.unit_id for answer in answers if answer.selected]
    with (tmp_path / "gate.jsonl").open("rb") as lines:
        report = cs.gate.verify(lines, SEED)
    assert list(report.letters) == letters
    verdicts = {i: "defective" if place == 0 else "sound" for place, i in enumerate(letters)}
    found = cs.gate.estimate(report, verdicts)
    assert (found.asked, found.without_chance, found.letters) == (48, 12, len(letters))
    assert found.horvitz_thompson == 3
    assert found.hajek_total == Fraction(48, len(letters))
    assert found.cells == (
        cs.inference.Cell(48, len(letters), 1, ("A",)),
        cs.inference.Cell(12, 0, 0, ("B",)),
    )
    assert "responses were selected, each by itself" in str(found)
    with pytest.raises(cs.errors.NoEstimateError, match="no letter of") as caught:
        cs.gate.estimate(report, dict.fromkeys(letters, "sound"))
    assert caught.value.cells[0] == cs.inference.Cell(48, len(letters), 0, ("A",))


@pytest.mark.parametrize(
    ("other", "values", "says"),
    [
        ({}, {"c1": 1}, "values, 'l1': got None; give 'defective'"),
        ({}, {"c1": 1, "l1": 0, "c2": 1}, "values, 'c2': not selected"),
        ({}, {"c1": 1, "l1": "bad"}, "values, 'l1': got 'bad'"),
        ({}, [], "values: got"),
        ({"differences": ("line 3: cut off before its end",)}, {}, "report: got 1 differences"),
    ],
)
def test_what_cannot_be_estimated_is_refused(other: Any, values: Any, says: str) -> None:
    report = report_of({"c1": ("Cards",), "l1": ("Loans",)}, **other)
    with pytest.raises(cs.errors.InferenceError) as caught:
        cs.gate.estimate(report, values)
    assert says in str(caught.value)


def test_without_a_letter_there_is_nothing_to_estimate() -> None:
    with pytest.raises(cs.errors.NoEstimateError, match="no letter was selected"):
        cs.gate.estimate(report_of({}), {})
