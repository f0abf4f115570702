"""What a regime's file must hold, and every problem of one that does not."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from ceosample.days import is_zone
from ceosample.form import Key, faults_of_keys, is_count
from ceosample.letters.regimes.deadline import BACKWARD, FORWARD, MOST, NONE, UNITS, WORKING_DAYS
from ceosample.letters.regimes.elements import KINDS, SAMPLINGS
from ceosample.letters.regimes.workdays import WEEK
from ceosample.text import fault_in_name, quoted

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


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_text, value))


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _one_of(*words: str, needed: bool = True) -> Key:
    return Key(f"one of {', '.join(words)}", lambda value: value in words, needed)


_NAME = Key(
    "lower-case letters, digits, full stops and hyphens, at most 64",
    partial(_matches, _ID),
    needed=True,
)
_LINE = Key("one line of text", _is_line, needed=True)
_TEXT = Key("text", _is_text, needed=True)
_KINDS = Key(f"a list of some of {', '.join(KINDS)}", partial(_is_some, KINDS))

#: Every key of the file, of a [[deadline]], of an [[element]] and of [ombudsman].
KEYS: Final[Mapping[str, Key]] = {
    "id": _NAME,
    "name": _LINE,
    "version": Key('one line of text, "1"', _is_line, needed=True),
    "in_force": Key("a date, 2026-04-01, without quotes", lambda value: type(value) is dt.date),
    "source": _TEXT,
    "checked": Key("true or false", lambda value: isinstance(value, bool), needed=True),
    "fits": Key(
        f"a list of some of {', '.join(SAMPLINGS)}", partial(_is_some, SAMPLINGS), needed=True
    ),
    "working_week": Key(f"a list of some of {', '.join(WEEK)}", partial(_is_some, WEEK)),
    "kinds": _KINDS,
    "ombudsman": Key("a table, [ombudsman]", lambda value: isinstance(value, dict)),
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
    "roll": _one_of(NONE, FORWARD),
    "roll_end": _one_of(NONE, FORWARD, BACKWARD, needed=False),
    "zone": Key("a time zone of the IANA database, such as Europe/London", is_zone, needed=True),
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
    "phrases": Key("a list of texts", _is_texts),
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
    return faults


def _faults_of_names(entries: list[Any], kind: str, naming: str) -> list[str]:
    """Two entries of one name: neither could be asked for."""
    names = [entry[naming] for entry in entries if isinstance(entry.get(naming), str)]
    return [
        f"{kind}, {naming}: got {quoted(name)} {count} times; give each {kind} its own {naming}"
        for name, count in Counter(names).items()
        if count > 1
    ]


def _faults_of_ends(entries: Any) -> list[str]:
    """A count of working days that says where a day off would go, on which it cannot end."""
    return [
        f"deadline {number}, roll_end: got {quoted(entry['roll_end'])}; remove it, since a count "
        "of working days ends on a working day"
        for number, entry in enumerate(entries if _is_tables(entries) else (), 1)
        if entry.get("unit") == WORKING_DAYS and entry.get("roll_end", NONE) != NONE
    ]
