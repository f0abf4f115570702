"""What Python's own writer of JSON writes for us is what RFC 8785 says, to the byte."""

from __future__ import annotations

from typing import Any

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ceosample.canonical import LARGEST_INTEGER, canonical_json

#: Texts of every plane, so that names are in another order as code points and as UTF-16.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["\x7f", "\u2028", "\ud7ff\ue000", "\uffff", "\U00010000", '\x00\x1f\b\f\n\r\t"\\/']
)
LEAVES = st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | TEXTS
VALUES = st.recursive(
    LEAVES,
    lambda some: st.lists(some, max_size=4) | st.dictionaries(TEXTS, some, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_each_value_of_ours_is_written_as_rfc_8785_has_it(value: Any) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)


def test_names_are_in_the_order_of_utf_16() -> None:
    """A name beyond U+FFFF comes before one from U+E000 on, which its code point does not say"""
    written = canonical_json({"\ue000": 1, "\U00010000": 2})
    assert written == '{"\U00010000":2,"\ue000":1}'.encode()
    assert canonical_json({"\ue000": 1, "\ud7ff": 2}) == '{"\ud7ff":2,"\ue000":1}'.encode()
