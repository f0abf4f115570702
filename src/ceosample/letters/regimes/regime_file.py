"""What a regime's file must hold, and every problem of one that does not."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from ceosample.days import is_zone
from ceosample.form import Key, faults_of_keys, is_count
from ceosample.letters.regimes.deadline import (
    BACKWARD,
    FORWARD,
    MOST,
    NEXT,
    NO,
    NONE,
    PARTLY,
    SAME,
    UNITS,
    WORKING_DAYS,
    YES,
)
from ceosample.letters.regimes.elements import ANSWERS, KINDS, SAMPLINGS
from ceosample.letters.regimes.workdays import WEEK
from ceosample.text import fault_in_name, quoted

#: The deadline that is meant where none is named.
FINAL: Final = "final"

#: The event whose day decides which text holds, where a file names no other.
RECEIVED: Final = "received"

#: What ``checked`` may be; ``true`` and ``false`` are what 0.1 took.
STANDINGS: Final[Mapping[str | bool, str]] = {
    YES: YES,
    PARTLY: PARTLY,
    NO: NO,
    True: YES,
    False: NO,
}

_ID = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?")
_ELEMENT = re.compile(r"[a-z][a-z0-9_]{0,39}")  # as a template marks it


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and fault_in_name(value) is None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_some(allowed: Iterable[str], value: Any) -> bool:
    """Whether it is a list of some of the allowed words, none of them twice."""
    words = tuple(allowed)
    return (
        isinstance(value, list)
        and bool(value)
        and all(item in words for item in value)
        and all(value.count(item) == 1 for item in value)
    )


def _is_list(check: Callable[[Any], bool], value: Any) -> bool:
    """Whether it is a list of such values, none of them twice."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(check(item) and value.count(item) == 1 for item in value)
    )


def _is_day(value: Any) -> bool:
    return type(value) is dt.date


def _is_phrase(value: Any) -> bool:
    return _is_line(value) and value == value.lower() == " ".join(value.split())


def _is_moved(value: Any) -> bool:
    return isinstance(value, dict) and all(
        _matches(_ID, name) and _matches(_ID, regime) for name, regime in value.items()
    )


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _one_of(*words: str, needed: bool = True) -> Key:
    return Key(f"one of {', '.join(words)}", lambda value: value in words, needed)


_NAME = Key(
    "lower-case letters, digits, full stops and hyphens, at most 64",
    partial(_matches, _ID),
    needed=True,
)
_OTHER = Key(_NAME.allowed, _NAME.check)
_DAY = Key("a date, 2026-04-01, without quotes", _is_day)
_LINE = Key("one line of text", _is_line, needed=True)
_TEXT = Key("text", _is_text, needed=True)
_KINDS = Key(f"a list of some of {', '.join(KINDS)}", partial(_is_some, KINDS))

#: Every key of the file, of a [[deadline]], of an [[element]] and of [ombudsman].
KEYS: Final[Mapping[str, Key]] = {
    "id": _NAME,
    "name": _LINE,
    "version": Key('one line of text, "1"', _is_line, needed=True),
    "in_force": _DAY,
    "until": _DAY,
    "decided_by": _OTHER,
    "texts": Key("a list of dates, [2026-06-01]", partial(_is_list, _is_day)),
    "earlier": _OTHER,
    "later": _OTHER,
    "source": _TEXT,
    "addresses": Key("a list of addresses, each one line", partial(_is_list, _is_line)),
    "checked": Key(
        f'"{YES}", "{PARTLY}" or "{NO}"',
        lambda value: isinstance(value, str | bool) and value in STANDINGS,
        needed=True,
    ),
    "checked_on": _DAY,
    "fits": Key(
        f"a list of some of {', '.join(SAMPLINGS)}", partial(_is_some, SAMPLINGS), needed=True
    ),
    "working_week": Key(f"a list of some of {', '.join(WEEK)}", partial(_is_some, WEEK)),
    "kinds": _KINDS,
    "ombudsman": Key("a table, [ombudsman]", lambda value: isinstance(value, dict)),
    "moved": Key("a table, [moved], of a deadline's name to a regime's id", _is_moved),
    "deadline": Key("one table [[deadline]] or more", _is_tables, needed=True),
    "element": Key("tables [[element]]", _is_tables),
}
DEADLINE_KEYS: Final[Mapping[str, Key]] = {
    "name": _NAME,
    "amount": Key(
        f"a whole number from 1 to {MOST}",
        lambda value: is_count(value, 1) and value <= MOST,
        needed=True,
    ),
    "unit": _one_of(*UNITS),
    "from": _NAME,
    "first_day": _one_of(SAME, NEXT, needed=False),
    "roll": _one_of(NONE, FORWARD),
    "roll_end": _one_of(NONE, FORWARD, BACKWARD, needed=False),
    "zone": Key("a time zone of the IANA database, such as Europe/London", is_zone, needed=True),
    "kinds": _KINDS,
}
ELEMENT_KEYS: Final[Mapping[str, Key]] = {
    "id": Key(
        "a lower-case letter, then such letters, digits and _, at most 40",
        partial(_matches, _ELEMENT),
        needed=True,
    ),
    "text": _TEXT,
    "source": _TEXT,
    "kinds": _KINDS,
    "deadlines": Key("a list of deadlines' names", partial(_is_list, partial(_matches, _ID))),
    "in_force": _DAY,
    "until": _DAY,
    "phrases": Key("a list of phrases in lower case", partial(_is_list, _is_phrase)),
}
OMBUDSMAN_KEYS: Final[Mapping[str, Key]] = {"name": _LINE, "website": _LINE}


def faults_of_regime(table: Mapping[str, Any]) -> list[str]:
    """Every problem of a regime's table, each with its key."""
    faults = faults_of_keys(table, KEYS, "")
    for kind, keys, naming in (
        ("deadline", DEADLINE_KEYS, "name"),
        ("element", ELEMENT_KEYS, "id"),
    ):
        entries = table.get(kind, ())
        if not _is_tables(entries):
            continue  # said already
        for number, entry in enumerate(entries, 1):
            faults += faults_of_keys(entry, keys, f"{kind} {number}, ")
        faults += _faults_of_names(entries, kind, naming)
    ombudsman = table.get("ombudsman")
    if isinstance(ombudsman, dict):
        faults += faults_of_keys(ombudsman, OMBUDSMAN_KEYS, "ombudsman.")
    faults += _faults_of_ends(table.get("deadline"))
    faults += _faults_of_days(table, "")
    faults += _faults_of_elements(table)
    return faults


def _faults_of_days(table: Mapping[str, Any], where: str) -> Iterator[str]:
    """An end before its beginning."""
    first: Any = table.get("in_force")
    last: Any = table.get("until")
    if _is_day(first) and _is_day(last) and last < first:
        yield f"{where}until: got {last}, which is before in_force, {first}; correct one of them"


def _faults_of_elements(table: Mapping[str, Any]) -> Iterator[str]:
    """Elements of deadlines that there are not, and of days that end before they begin."""
    deadlines: Any = table.get("deadline")
    elements: Any = table.get("element")
    names = [entry.get("name") for entry in deadlines] if _is_tables(deadlines) else []
    for number, element in enumerate(elements if _is_tables(elements) else (), 1):
        yield from _faults_of_days(element, f"element {number}, ")
        named = element.get("deadlines")
        for name in named if isinstance(named, list) else ():
            if isinstance(name, str) and name not in names:
                yield (
                    f"element {number}, deadlines: got {quoted(name)}, which is no deadline of the "
                    "file; use a name of one"
                )


def _faults_of_names(entries: list[Any], kind: str, naming: str) -> list[str]:
    """Two entries of one name: neither could be asked for."""
    times = Counter(
        entry[naming]
        for number, entry in enumerate(entries)
        if isinstance(entry.get(naming), str)
        and any(
            _meet(entry, other)
            for place, other in enumerate(entries)
            if place != number and other.get(naming) == entry[naming]
        )
    )
    return [
        f"{kind}, {naming}: got {quoted(name)} {count} times; give each {kind} its own {naming}"
        for name, count in times.items()
    ]


def _meet(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a letter can need both of two elements of one name; deadlines always meet."""
    for key, usual in (("kinds", ANSWERS), ("deadlines", ())):
        sets = [entry.get(key, usual) for entry in (one, other)]
        if all(isinstance(said, list | tuple) and said for said in sets) and not any(
            item in sets[1] for item in sets[0]
        ):
            return not all(_is_some(KINDS, [*said]) for said in sets) if key == "kinds" else False
    days: list[Any] = [(entry.get("in_force"), entry.get("until")) for entry in (one, other)]
    return not any(
        _is_day(until) and _is_day(first) and until < first
        for (first, _), (_, until) in (days, days[::-1])
    )


def _faults_of_ends(entries: Any) -> list[str]:
    """A count of working days that says where a day off would go, on which it cannot end."""
    return [
        f"deadline {number}, roll_end: got {quoted(entry['roll_end'])}; remove it, since a count "
        "of working days ends on a working day"
        for number, entry in enumerate(entries if _is_tables(entries) else (), 1)
        if entry.get("unit") == WORKING_DAYS and entry.get("roll_end", NONE) != NONE
    ]
