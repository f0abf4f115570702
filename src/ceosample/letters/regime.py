"""Regimes: what a regulation asks of a response, as data with a version and a source.

The shipped files state what was read, and where (docs/regimes.md); they are not legal advice, and a
firm's own file stands beside them on the same footing.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
import zoneinfo
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any, Final

import attrs

from ceosample import files
from ceosample.errors import RecordError, RegimeError, raise_all
from ceosample.form import Key, faults_of_keys
from ceosample.letters.deadline import (
    BACKWARD,
    FORWARD,
    MOST,
    NONE,
    UNITS,
    WORKING_DAYS,
    Deadline,
    Rule,
)
from ceosample.letters.workdays import MONDAY_TO_FRIDAY, WEEK, WorkingDays
from ceosample.text import fault_in_name, shown

#: The two ways to sample: letters are decided on as they are drafted, or the month is drawn when
#: its letters have gone out, and the executive signs a covering letter.
BEFORE_ISSUE: Final = "before-issue"
AFTER_ISSUE: Final = "after-issue"
WAYS: Final = (BEFORE_ISSUE, AFTER_ISSUE)

_ID = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?")
_ELEMENT = re.compile(r"[a-z][a-z0-9_]{0,39}")  # as a template marks it


@attrs.frozen
class Element:
    """What a letter must contain.

    Attributes:
        id: the name by which a template marks it, ``{% call element("right_to_refer") %}``.
        text: what it has to say.
        source: where that is asked for.
        when: the case in which it is needed, in words; None if every letter needs it.
    """

    id: str
    text: str
    source: str
    when: str | None = None


@attrs.frozen
class Regime:
    """A regulation's deadlines and mandatory contents; ``named`` and ``load`` read one.

    Attributes:
        id: lower-case letters, digits, full stops and hyphens.
        name: as people call it.
        version: of this statement of it; a changed file needs another.
        in_force: the first day on which an event may start its deadlines; None if not stated.
        source: where it was read.
        checked: whether the whole file was compared with the source itself.
        fits: the ways to sample that leave its deadlines safe, of ``WAYS``.
        deadlines: its rules, one or more, each with a name of its own.
        elements: what letters must contain.
        working_week: its weekdays, for working days.

    >>> print(Regime.named("fca-disp-1.6.2r").deadline("2026-10-01").due)
    2026-11-26
    """

    id: str
    name: str
    version: str
    in_force: dt.date | None
    source: str
    checked: bool
    fits: tuple[str, ...]
    deadlines: tuple[Rule, ...]
    elements: tuple[Element, ...]
    working_week: tuple[str, ...] = MONDAY_TO_FRIDAY

    @classmethod
    def named(cls, id: str) -> Regime:  # noqa: A002 - the word of the file
        """A regime that comes with the library.

        Raises:
            RegimeError: there is none of that id; names those there are.
        """
        shipped = _shipped()
        if id not in shipped:
            raise RegimeError(
                f"regime {shown(id)}: not shipped; there are {', '.join(shipped)}; "
                "a file of your own is read by Regime.load"
            )
        return cls.parse(shipped[id](), f"{id}.toml")

    @classmethod
    def load(cls, path: str | Path) -> Regime:
        """A regime of the user's own.

        Raises:
            RegimeError: each fault with the file, the key, what it got and what is allowed.
        """
        place = Path(path)
        try:
            return cls.parse(files.read(place), str(place))
        except RecordError:
            raise RegimeError(f"{place}: not there; docs/regimes.md shows a whole one") from None

    @classmethod
    def parse(cls, data: bytes, where: str) -> Regime:
        """A regime from the bytes of its file, which messages call ``where``.

        Raises:
            RegimeError: every fault of it.
        """
        try:
            table = tomllib.loads(data.decode())
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise RegimeError(f"{where}: not TOML: {error}") from None
        raise_all(RegimeError, (f"{where}, {fault}" for fault in _faults(table)))
        return cls(
            deadlines=tuple(
                Rule(**{"since" if key == "from" else key: value for key, value in entry.items()})
                for entry in table.pop("deadline")
            ),
            elements=tuple(Element(**entry) for entry in table.pop("element", ())),
            fits=tuple(table.pop("fits")),
            working_week=tuple(table.pop("working_week", MONDAY_TO_FRIDAY)),
            in_force=table.pop("in_force", None),
            **table,
        )

    def rule(self, name: str = "final") -> Rule:
        """How a deadline is counted.

        Raises:
            RegimeError: there is none of that name; names those there are.
        """
        for rule in self.deadlines:
            if rule.name == name:
                return rule
        names = ", ".join(rule.name for rule in self.deadlines)
        raise RegimeError(f"regime {self.id}: no deadline {shown(name)}; there are {names}")

    def deadline(
        self,
        received: dt.date | str,
        name: str = "final",
        holidays: Iterable[dt.date | str] = (),
    ) -> Deadline:
        """The latest date for one response.

        Args:
            received: when that happened from which the deadline runs (``rule(name).since``: as a
                rule the receipt): a date, a moment with its offset, or the ISO text of either.
            name: of the deadline.
            holidays: days on which no work is done, beside those outside the working week. One
                that is left out makes a count of working days end earlier, never later.

        Raises:
            RegimeError: no such deadline, no such date, or one before the regime was in force.
        """
        rule = self.rule(name)
        where = f"regime {self.id}, {name}, {rule.since}"
        start = rule.date_of(received, where)
        if self.in_force is not None and start < self.in_force:
            raise RegimeError(
                f"{where}: got {start}, and version {self.version} is in force from "
                f"{self.in_force}; take the regime that was in force then"
            )
        days = WorkingDays(self.working_week).also_off(holidays)
        zero = rule.day_zero(start, days)
        return Deadline(self.id, self.version, rule, start, zero, rule.due(zero, days), days)


def shipped_regimes() -> tuple[Regime, ...]:
    """Every regime that comes with the library, in the order of their ids."""
    return tuple(Regime.named(id) for id in _shipped())  # noqa: A001


def _shipped() -> dict[str, Callable[[], bytes]]:
    """How each shipped file is read, by its id."""
    folder = resources.files("ceosample.letters").joinpath("regimes")
    found = {
        entry.name.removesuffix(".toml"): entry.read_bytes
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }
    return dict(sorted(found.items()))


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and fault_in_name(value) is None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_some(allowed: Iterable[str], value: Any) -> bool:
    """Whether it is a list of some of the allowed words, none of them twice."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(item in allowed for item in value)
        and all(value.count(item) == 1 for item in value)
    )


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _one_of(*words: str, needed: bool = True) -> Key:
    return Key(f"one of {', '.join(words)}", lambda value: value in words, needed)


def _is_zone(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(zoneinfo.ZoneInfo(value).key)
    except (KeyError, ValueError, OSError):  # not known, or no name, or a folder of names
        return False


_NAME = Key(
    "lower-case letters, digits, full stops and hyphens, at most 64",
    partial(_matches, _ID),
    needed=True,
)
_LINE = Key("one line of text", _is_line, needed=True)
_TEXT = Key("text", _is_text, needed=True)

#: Every key of the file, of a [[deadline]] and of an [[element]].
KEYS: Final[Mapping[str, Key]] = {
    "id": _NAME,
    "name": _LINE,
    "version": Key('one line of text, "1"', _is_line, needed=True),
    "in_force": Key("a date, 2026-04-01, without quotes", lambda value: type(value) is dt.date),
    "source": _TEXT,
    "checked": Key("true or false", lambda value: isinstance(value, bool), needed=True),
    "fits": Key(f"a list of some of {', '.join(WAYS)}", partial(_is_some, WAYS), needed=True),
    "working_week": Key(f"a list of some of {', '.join(WEEK)}", partial(_is_some, WEEK)),
    "deadline": Key("one table [[deadline]] or more", _is_tables, needed=True),
    "element": Key("tables [[element]]", _is_tables),
}
DEADLINE_KEYS: Final[Mapping[str, Key]] = {
    "name": _NAME,
    "amount": Key(
        f"a whole number from 1 to {MOST}",
        lambda value: type(value) is int and 1 <= value <= MOST,
        needed=True,
    ),
    "unit": _one_of(*UNITS),
    "from": _NAME,
    "roll": _one_of(NONE, FORWARD),
    "roll_end": _one_of(NONE, FORWARD, BACKWARD, needed=False),
    "zone": Key("a time zone of the IANA database, such as Europe/London", _is_zone, needed=True),
}
ELEMENT_KEYS: Final[Mapping[str, Key]] = {
    "id": Key(
        "a lower-case letter, then such letters, digits and _, at most 40",
        partial(_matches, _ELEMENT),
        needed=True,
    ),
    "text": _TEXT,
    "source": _TEXT,
    "when": Key("text", _is_text),
}


def _faults(table: Mapping[str, Any]) -> list[str]:
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
    faults += _faults_of_ends(table.get("deadline"))
    return faults


def _faults_of_names(entries: list[Any], kind: str, naming: str) -> list[str]:
    """Two entries of one name: neither could be asked for."""
    names = [entry[naming] for entry in entries if isinstance(entry.get(naming), str)]
    return [
        f"{kind}, {naming}: {shown(name)} stands {count} times; give each a {naming} of its own"
        for name, count in Counter(names).items()
        if count > 1
    ]


def _faults_of_ends(entries: Any) -> list[str]:
    """A count of working days that says where a day off would go, on which it cannot end."""
    return [
        f"deadline {number}, roll_end: got {shown(entry['roll_end'])}; leave it out, "
        "a count of working days ends on a working day"
        for number, entry in enumerate(entries if _is_tables(entries) else (), 1)
        if entry.get("unit") == WORKING_DAYS and entry.get("roll_end", NONE) != NONE
    ]
