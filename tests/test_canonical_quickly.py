"""Canonical JSON: Python's own encoder writes it where that writes the same, and else as before."""

from __future__ import annotations

import enum
from collections import OrderedDict, UserDict
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ceosample import canonical

#: Texts of every plane; and such with all that is escaped, and with what code points and UTF-16 put
#: in another order.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.text(
    st.sampled_from('ab"\\/\b\t\n\f\r\0\x1f\x7f\u2028é\ud7ff\ue000\uffff\U00010000😀')
)
WHOLE = st.integers(-canonical.LARGEST_INTEGER, canonical.LARGEST_INTEGER)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


class Many(enum.IntEnum):
    ONE = 1


@given(VALUES)
def test_what_is_written_quickly_is_rfc_8785(value: Any) -> None:
    assert canonical.canonical_json(value) == rfc8785.dumps(value)


def test_names_are_in_the_order_of_utf_16() -> None:
    """A name beyond U+FFFF comes before one from U+E000 on, which its code point does not say"""
    written = canonical.canonical_json({"\ue000": 1, "\U00010000": 2})
    assert written == '{"\U00010000":2,"\ue000":1}'.encode()
    written = canonical.canonical_json({"\ue000": 1, "\ud7ff": 2})
    assert written == '{"\ud7ff":2,"\ue000":1}'.encode()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": True}, b'{"a":true,"b":1}'),
        ({"a": Many.ONE}, b'{"a":1}'),
        (OrderedDict(b=1, a=2), b'{"a":2,"b":1}'),
        ("x" * 9, b'"xxxxxxxxx"'),
        ({"ŵ": "\x1f"}, '{"ŵ":"\\u001f"}'.encode()),
    ],
)
def test_most_is_written_without_a_walk_through_it(
    value: Any, written: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(canonical, "_require_plain")  # what the walk begins with
    assert canonical.canonical_json(value) == written


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (1.0, TypeError),
        ({"a": [1, 2.5]}, TypeError),
        (float("nan"), TypeError),
        ((1, 2), TypeError),
        ({"a": (1,)}, TypeError),
        ({1: 2}, TypeError),
        ({None: 2}, TypeError),
        ({True: 2}, TypeError),
        ({"1": 2, 1: 3}, TypeError),
        (UserDict(a=1), TypeError),
        (b"bytes", TypeError),
        (2**53, ValueError),
        ({"a": -(2**53)}, ValueError),
        (10**400, ValueError),
        ("\ud800", ValueError),
        ({"\udfff": 1}, ValueError),
    ],
)
def test_what_records_must_not_hold_is_refused_as_before(
    value: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        canonical.canonical_json(value)


@pytest.mark.parametrize("deep", [canonical.DEEPEST, canonical.DEEPEST + 1])
def test_the_depth_that_is_allowed_is_the_same(deep: int) -> None:
    value: Any = 1
    for _ in range(deep):
        value = [value]
    if deep == canonical.DEEPEST:
        assert canonical.canonical_json(value) == b"[" * deep + b"1" + b"]" * deep
    else:
        with pytest.raises(ValueError, match="nested too deeply"):
            canonical.canonical_json(value)
