"""How a message tells the value that was got: as it is, or its kind where it may be private."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from enum import Enum
from numbers import Integral, Rational, Real
from typing import Any

from ceosample.text import counted, fault_in_name, quoted


class Private(Enum):
    """The values that no message repeats: what each covers, and how it is told.

    All others are shown: ids, strata and codes are on public record.

    Attributes:
        covers: which values.
        empty: how an empty one is told.
        hidden: how a text is told; None for its length.

    >>> got("Ms Lee", Private.CELL), got("R-1")
    ('got text of 6 characters', "got 'R-1'")
    """

    #: A column that was named by mistake holds what customers are called.
    CELL = "a cell of the caller's table that is no id", "an empty cell", None
    CONTENTS = "what a letter or its docket says", "empty text", None
    #: Digits may be tried again after a slip, and a link may be that of a later month.
    SEED = "digits or a link, before the month is frozen", "empty text", None
    SECRET = "a password, a passphrase or a key", "empty text", "text that is not shown"
    URL = (
        *("the address of a database or of a service", "empty text"),
        "text that is not shown, since a password may be in it",
    )

    def __init__(self, covers: str, empty: str, hidden: str | None) -> None:
        self.covers = covers
        self.empty = empty
        self.hidden = hidden

    def told(self, value: object) -> str:
        """The kind of a value: ``text of 6 characters``."""
        if (isinstance(value, str) and not value) or (value is None and self is Private.CELL):
            return self.empty
        if isinstance(value, str) and self.hidden is not None:
            return self.hidden
        return kind_of(value)


def got(value: object, private: Private | None = None, most: int = 60) -> str:
    """What a message says of a value that it cannot take.

    Args:
        value: what was got.
        private: what kind of private value it may be; None for one that is shown.
        most: the number of characters that are shown of a long one.

    >>> got(3), got("a" * 100, most=5), got(["ŵ"], Private.CONTENTS)
    ('got 3', "got 'aaaaa'... (100 characters)", 'got a list of 1')
    >>> got(dt.date(2026, 10, 1))
    'got 2026-10-01'
    """
    if private is not None:
        return f"got {private.told(value)}"
    return f"got {value.isoformat() if isinstance(value, dt.date) else quoted(value, most)}"


def got_name(
    name: object,
    private: Private | None = None,
    rule: Callable[[str], str | None] = fault_in_name,
) -> str | None:
    """What a message says of a text that cannot be a name by a rule; None of one that can.

    >>> got_name("CR-1042 ")
    "got 'CR-1042 ': white space at an end (U+0020); remove it"
    >>> got_name("CR-1042 ", Private.CELL)
    'got text of 8 characters: white space at an end (U+0020); remove it'
    >>> got_name(""), got_name("CR-1042")
    ("got ''; give it a value", None)
    """
    if not isinstance(name, str):
        return f"{got(name, private)}; give text"
    if not name:
        return f"{got(name, private)}; give it a value"
    fault = rule(name)
    return None if fault is None else f"{got(name, private)}: {fault}"


def kind_of(value: Any) -> str:
    """What kind of value it is, and how long, in the words of a message.

    >>> kind_of("0042"), kind_of(2.5), kind_of({"a": 1}), kind_of(b"")
    ('text of 4 digits', 'a float', 'a mapping of 1', 'a value of type bytes')
    """
    if value is None:
        return "None"
    if isinstance(value, str):
        what = "digit" if value.isascii() and value.isdecimal() else "character"
        return f"text of {counted(len(value), what)}"
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):  # NumPy's are of none
        return "a boolean"
    if isinstance(value, Mapping):
        return f"a mapping of {len(value)}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    for kind, words in _KINDS.items():
        if isinstance(value, kind):
            return words
    return f"a value of type {type(value).__name__}"


#: A moment is a date too, and a whole number a real one: the narrower kind is first.
_KINDS = {
    Integral: "a whole number",
    Rational: "a fraction",
    Real: "a float",
    dt.datetime: "a date and time",
    dt.date: "a date",
}
