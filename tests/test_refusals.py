"""How errors are compared: by place and value, whatever else their sentences say."""

from __future__ import annotations

import doctest

import pytest

import refusals
from ceosample.errors import FrameError, LedgerError
from refusals import Fault, refused


def test_its_examples_give_what_they_show() -> None:
    assert doctest.testmod(refusals).failed == 0


@pytest.mark.parametrize(
    ("fault", "place", "got", "advice"),
    [
        ("size: got 3; give a larger one", "size", "3", "give a larger one"),
        ("size: got 3", "size", "3", None),
        ("row 2, column 'a: b; c': missing", "row 2, column 'a: b; c'", None, None),
        ("name: got 'it; is: so'; give text", "name", "'it; is: so'", "give text"),
        ("the customer's letters' file: not there", "the customer's letters' file", None, None),
        ("letter R-1: the rest: is said; of it", "letter R-1", None, "of it"),
        ("nothing is frozen", "", None, None),
    ],
)
def test_a_fault_has_parts(fault: str, place: str, got: str | None, advice: str | None) -> None:
    parts = Fault.parse(fault)
    assert (parts.place, parts.got, parts.advice) == (place, got, advice)


def test_an_error_of_another_place_value_sentence_or_kind_is_not_the_one() -> None:
    def fail() -> None:
        raise FrameError("row 3: got 5; give text", "row 9: no id")

    with refused(FrameError, "no id", place="row 9"):
        fail()
    with refused(FrameError, place="row 3", got="5") as caught:
        fail()
    assert len(caught.value.faults) == 2
    for other in ({"saying": "an id"}, {"place": "row 4"}, {"saying": "no id", "place": "row 3"},
                  {"got": "6"}):  # fmt: skip
        with pytest.raises(AssertionError, match="is none of"), refused(FrameError, **other):
            fail()
    with pytest.raises(FrameError), refused(LedgerError):
        fail()
    with pytest.raises(pytest.fail.Exception), refused(FrameError):
        pass
