"""What a verdict may be: words, truth, whole numbers, and scores as numbers or as text."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import ceosample as cs
from ceosample.errors import InferenceError
from ceosample.inference.ledger.words import months_in_words
from ceosample.inference.verdicts import judged


@pytest.fixture(scope="module")
def drawn() -> cs.Draw:
    frame = cs.Frame.from_records(
        [{"id": f"C-{number}", "division": "AB"[number % 2]} for number in range(20)],
        population="complaint-responses",
        period="2026-10",
        unit_id="id",
        strata=["division"],
    )
    seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    return cs.draw(frame, cs.Plan(size=4), seed)


def found(drawn: cs.Draw, verdict: Any, *, scores: bool = False) -> int | Fraction:
    verdicts = dict.fromkeys(drawn.unit_ids, "sound") | {drawn.unit_ids[0]: verdict}
    return judged(drawn, verdicts, scores=scores).found


@pytest.mark.parametrize(
    ("verdict", "value"),
    [
        ("sound", 0),
        ("defective", 1),
        ("ineligible", 0),
        (False, 0),
        (True, 1),
        (np.True_, 1),
        (0, 0),
        (1, 1),
        (" 1 ", 1),
        ("0", 0),
        (np.int64(1), 1),
    ],
)
@pytest.mark.parametrize("scores", [False, True])
def test_words_truth_and_0_or_1_are_verdicts(
    drawn: cs.Draw, verdict: Any, value: int, scores: bool
) -> None:
    assert found(drawn, verdict, scores=scores) == value


@pytest.mark.parametrize(
    "verdict", ["0.25", " 0.25 ", "1/4", 0.25, Fraction(1, 4), np.float64(0.25)]
)
def test_a_score_is_a_number_or_its_text_and_is_for_the_monitor(
    drawn: cs.Draw, verdict: Any
) -> None:
    assert found(drawn, verdict, scores=True) == Fraction(1, 4)
    with pytest.raises(InferenceError, match="scores are for monitor"):
        found(drawn, verdict)


@pytest.mark.parametrize(
    "verdict", ["1.01", 2, -0.01, "-1", "1/0", "0.2.5", "", "nan", [1], 10**30]
)
def test_other_numbers_and_other_things_are_refused(drawn: cs.Draw, verdict: Any) -> None:
    with pytest.raises(InferenceError, match=r"got .*; use 'sound', 'defective' or 'ineligible'"):
        found(drawn, verdict)
    with pytest.raises(InferenceError, match="or a score from 0 to 1"):
        found(drawn, verdict, scores=True)


def test_a_misspelt_word_is_told_the_one_that_may_be_meant(drawn: cs.Draw) -> None:
    with pytest.raises(InferenceError, match=r"got 'defectve'.*did you mean defective"):
        found(drawn, "defectve")


@pytest.mark.parametrize("pair", ["C-1", ("C-1",), ("C-1", "sound", 1), {"C-1": "sound"}, 3])
def test_verdicts_in_a_list_are_pairs(drawn: cs.Draw, pair: Any) -> None:
    with pytest.raises(InferenceError, match="give pairs of an id and a verdict"):
        judged(drawn, [(drawn.unit_ids[1], "sound"), pair])
    both: Any = [[one, "sound"] for one in drawn.unit_ids[:2]]
    assert judged(drawn, both).read == 2


@pytest.mark.parametrize("missing", ["defective", "sound", "refuse"])
def test_what_a_letter_without_a_verdict_counts_as(drawn: cs.Draw, missing: str) -> None:
    one: Any = {drawn.unit_ids[0]: "defective", drawn.unit_ids[1]: None}
    if missing == "refuse":
        with pytest.raises(InferenceError, match="3"):
            judged(drawn, one, missing=missing)
        return
    come = judged(drawn, one, missing=missing)
    assert (come.read, come.found, len(come.missing)) == (1, 1, 3)
    counted = sum(cell.found for cell in come.cells)
    assert counted == {"defective": 4, "sound": 1}[missing]
    assert sum(cell.found for cell in come.certain) == 1


def test_a_page_names_the_first_and_the_last_of_its_months() -> None:
    def words(*months: str) -> str:
        figures: Any = SimpleNamespace(months=[cs.Period.parse(month) for month in months])
        return months_in_words(figures)

    assert words("2026-10") == "October 2026"
    assert words("2026-10", "2026-11") == "October 2026 to November 2026"
    assert words("2026-01", "2026-02", "2026-12") == "January 2026 to December 2026"
