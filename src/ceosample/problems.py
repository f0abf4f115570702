"""What people read of many faults: the same cause in many rows once, with its count.

A fault is ``place: got VALUE; do THIS``, and may say what is wrong with the value behind a colon.
Those of one cause differ in the row or in the value, and in nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import attrs

from ceosample.text import QUOTATION

#: So many rows of a cause are named, and their values shown.
_MOST_NAMED: Final = 3

#: What one fault among many is about, as a part of its place.
_ONE = re.compile(
    r"(?:^|(?<=, ))(row|line|letter|response|unit|decision) "
    rf"((?:{QUOTATION}|[^\s,:'\"]+)(?: \([^\s()]+\))?)(?=[,:])"
)
#: A colon or a semicolon, unless it is in a quotation.
_MARK = re.compile(rf"{QUOTATION}|([:;]) ")
_GOT: Final = ": got "

#: So many notes of one kind are told one by one.
_MOST_ALIKE: Final = 2

#: What differs between notes of one kind: a quotation, a length of time, or a word with a digit.
_VALUE: Final = re.compile(
    rf"{QUOTATION}|(?:\d+ (?:day|hour|minute|second)s?(?:, | and )?)+|[^\s,;()]*\d[^\s,;()]*"
)


@attrs.define(eq=False)
class Cause:
    """Faults that are told together, as ``str(cause)``.

    Attributes:
        before, word, after: the place: what is in front of a row's name, what a row is called
            (empty where no row is named), and what follows.
        said: what is in front of the values, and behind them.
        names: the first rows.
        values: theirs.
        others: whether a later row has another value.
        count: the number of faults.
    """

    before: str
    word: str
    after: str
    said: tuple[str, str]
    names: list[str] = attrs.Factory(list)
    values: list[str] = attrs.Factory(list)
    others: bool = False
    count: int = 0

    def add(self, name: str, value: str) -> None:
        """Count one more fault."""
        self.count += 1
        if self.count <= _MOST_NAMED:
            self.names.append(name)
            self.values.append(value)
        else:
            self.others = self.others or value not in self.values

    def __str__(self) -> str:
        more = f"{self.count - _MOST_NAMED:,} more" if self.count > _MOST_NAMED else ""
        before, behind = self.said
        if self.word and self.count > 1:
            values = _listed(dict.fromkeys(self.values), "others" if self.others else "")
            place = f"{self.before}{self.word}s {_listed(self.names, more)}{self.after}"
            return f"{place}{before}{values}{behind}"
        name = f"{self.word} {self.names[0]}" if self.word else ""
        values = _listed(self.values, more) if any(self.values) else ""
        times = f" ({self.count:,} times)" if self.count > 1 and not values else ""
        return f"{self.before}{name}{self.after}{before}{values}{behind}{times}"


def causes_of(faults: Iterable[str]) -> list[Cause]:
    """The causes of faults, in the order in which each appears first.

    >>> [*map(str, causes_of(f"row {n}, column 'a': got 'x'; give text" for n in range(2, 9)))]
    ["rows 2, 3, 4 and 4 more, column 'a': got 'x'; give text"]
    >>> [*map(str, causes_of(f"row {n}: got {n}; give text" for n in (3, 9)))]
    ['rows 3 and 9: got 3 and 9; give text']
    """
    found: dict[tuple[str, ...], Cause] = {}
    for fault in faults:
        one = _ONE.search(fault)
        before, word, name = (fault[: one.start()], one[1], one[2]) if one else ("", "", "")
        after, said, value, behind = _parts(fault[one.end() :] if one else fault)
        key = (before, word, after, said, behind)
        if key not in found:
            found[key] = Cause(before, word, after, (said, behind))
        found[key].add(name, value)
    return [*found.values()]


def gathered(notes: Iterable[str]) -> list[str]:
    """Notes of events: of each kind the first, how many more there are, and where the last is.

    >>> gathered(f"event {n}: at: got {n} seconds" for n in range(3, 77))
    ['event 3: at: got 3 seconds (and 73 more of this kind, the last of event 76)']
    >>> gathered(["event 3: at: got 4", "event 5: at: got 6"])
    ['event 3: at: got 4', 'event 5: at: got 6']
    """
    kinds: dict[str, list[str]] = {}
    for note in notes:
        kinds.setdefault(_VALUE.sub("", note), []).append(note)
    told: list[str] = []
    for alike in kinds.values():
        if len(alike) <= _MOST_ALIKE:
            told += alike
        else:
            last = alike[-1].partition(":")[0]
            more = f"and {len(alike) - 1:,} more of this kind, the last of {last}"
            told.append(f"{alike[0]} ({more})")
    return told


def _parts(text: str) -> tuple[str, str, str, str]:
    """The rest of a place, and what is said of it in front of a value, the value, and behind it."""
    after, said = _split(text)
    if not said.startswith(_GOT):
        return after, said, "", ""
    value, behind = _split(said.removeprefix(_GOT))
    return after, _GOT, value, behind


def _split(text: str) -> tuple[str, str]:
    """What is in front of the first colon or semicolon that is in no quotation, and the rest."""
    end = next((found.start() for found in _MARK.finditer(text) if found[1]), len(text))
    return text[:end], text[end:]


def _listed(items: Iterable[str], more: str) -> str:
    """Items in a row, with ``and`` before the last.

    >>> _listed(["3", "9", "12"], "4,511 more")
    '3, 9, 12 and 4,511 more'
    """
    *first, last = [*items, *([more] if more else [])]
    return f"{', '.join(first)} and {last}" if first else last
