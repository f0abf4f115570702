"""Shares as people read them: never rounded to nothing or to all, and none of too few."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ceosample.errors import PlanError
from ceosample.show import FEWEST_FOR_PERCENT, decimal, percent, ratio_text, share_text
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.figures.turnaround import FEWEST_FOR_MEDIAN, TOO_FEW_NOTE
from pages import PROJECT

#: Shares that are neither nothing nor all, from counts as large as any register's.
BETWEEN = st.integers(2, 10**7).flatmap(
    lambda of: st.integers(1, of - 1).map(lambda count: Fraction(count, of))
)


def read(text: str) -> tuple[Fraction, Fraction]:
    """What a percentage says, and one of its last digit, both as shares."""
    found = re.fullmatch(r"(\d+)(?:\.(\d+))? %", text)
    assert found is not None, text
    places = len(found[2] or "")
    return Fraction(int(found[1] + (found[2] or "")), 100 * 10**places), Fraction(
        1, 100 * 10**places
    )


@given(share=BETWEEN)
@example(share=Fraction(1999, 2000))
@example(share=Fraction(1, 3000))
@example(share=Fraction(9995, 10000))
@example(share=Fraction(1, 10**7))
@example(share=1 - Fraction(1, 10**7))
def test_a_share_of_some_is_printed_neither_as_nothing_nor_as_all(share: Fraction) -> None:
    """'0 % and 100 % are printed only when exact' and 'digits enough to be of use'"""
    said, last_digit = read(percent(share))
    assert 0 < said < 1
    assert abs(said - share) <= last_digit / 2
    if share >= Fraction(1, 10**7):
        assert abs(said - share) <= share / 2


@given(share=BETWEEN, other=BETWEEN)
@example(share=Fraction(999, 100000), other=Fraction(1, 100))
@example(share=Fraction(99949, 100000), other=Fraction(9995, 10000))
def test_a_larger_share_is_never_printed_as_a_smaller_one(share: Fraction, other: Fraction) -> None:
    low, high = sorted((share, other))
    assert read(percent(low))[0] <= read(percent(high))[0]


@given(share=st.fractions(0, 2))
def test_nothing_and_all_are_printed_when_they_are_exact_and_only_then(share: Fraction) -> None:
    number = percent(share).removesuffix(" %")
    assert (number == "0") == (share == 0)
    assert (number == "100") == (share == 1)
    if "r" not in number:  # neither 'under' nor 'over'
        assert (Fraction(number) == 0) == (share == 0)
        assert (Fraction(number) == 100) == (share == 1)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        ("1999/2000", "99.95 %"), ("1/3000", "0.033 %"), ("41/60", "68.3 %"), ("3/380", "0.79 %"),
        ("1/200", "0.50 %"), ("1/100", "1.0 %"), ("199/200", "99.5 %"), ("3/2", "150.0 %"),
        ("1/100000000000", "under 0.000001 %"), ("99999999999/100000000000", "over 99.999999 %"),
        ("100000000001/100000000000", "over 100 %"), ("10001/10000", "100.01 %"),
        ("1/16", "6.3 %"), ("5/80", "6.3 %"), ("3/16", "18.8 %"), ("1/800", "0.13 %"),
    ],
)  # fmt: skip
def test_a_share_has_the_digits_that_tell_something(share: str, text: str) -> None:
    assert percent(Fraction(share)) == text


@pytest.mark.parametrize("share", [Fraction(-1, 2), "-0.1", "none", None, float("nan"), True])
def test_what_is_no_share_is_refused_and_shown(share: object) -> None:
    with pytest.raises(PlanError, match=r"^share: got .*; give a number "):
        percent(share)  # type: ignore[arg-type]


def test_a_share_may_be_written_as_any_rate() -> None:
    assert [percent(share) for share in ("0.0625", "1/16", 0.0625, 1)] == [*["6.3 %"] * 3, "100 %"]


@given(whole=st.integers(0, 10**6), places=st.integers(1, 3))
def test_a_half_is_rounded_up_as_readers_do_it(whole: int, places: int) -> None:
    half = Fraction(2 * whole + 1, 2 * 10**places)
    assert Fraction(decimal(half, places)) == Fraction(whole + 1, 10**places)


@given(value=st.fractions(0, 10), places=st.integers(1, 3))
def test_a_number_that_is_not_nothing_is_not_printed_as_nothing(
    value: Fraction, places: int
) -> None:
    assert (Fraction(decimal(value, places)) == 0) == (value == 0)


@given(of=st.integers(0, 60), data=st.data())
def test_out_of_fewer_than_thirty_the_count_stands_alone(of: int, data: st.DataObject) -> None:
    """'a percentage of fewer than 30, except sign-off coverage, which keeps its count first'"""
    count = data.draw(st.integers(0, of))
    words = f"{count} of {of} letters"
    assert ratio_text(count, of, "letters").startswith(words)
    assert (ratio_text(count, of, "letters") == words) == (of < 30)
    assert (share_text(count, of) == "") == (of < FEWEST_FOR_PERCENT)
    coverage = str(Ratio(count, of, "letters", always=True))
    assert coverage.startswith(words)
    assert ("%" in coverage) == (of > 0)


def test_how_a_ratio_is_printed_is_no_part_of_it() -> None:
    always, plain = Ratio(1, 2, "letters", always=True), Ratio(1, 2, "letters")
    assert always == plain
    assert repr(always) == repr(plain)
    assert always.to_dict() == plain.to_dict() == {"count": 1, "of": 2, "what": "letters"}


def test_the_note_below_a_table_names_the_number_that_it_is_about() -> None:
    assert f"fewer than {FEWEST_FOR_MEDIAN} letters" in TOO_FEW_NOTE


def test_percentages_are_made_in_one_place() -> None:
    """A sign that is written elsewhere was rounded elsewhere."""
    made = re.compile(r"\} %[^}]|:[.0-9]*%\}|\* 100\b.*%")
    python = [*(PROJECT / "src").rglob("*.py")]
    found = {path.name for path in python if made.search(path.read_text("utf-8"))}
    assert len(python) > 200
    assert found == {"show.py"}
