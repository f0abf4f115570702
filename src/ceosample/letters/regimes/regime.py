"""Regimes: what a regulation asks of a response, as data with a version and a source.

The shipped files state what was read, and where (docs/regimes.md). They are not legal advice, and a
firm's own file counts as much as they do.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources
from pathlib import Path

import attrs

from ceosample import files
from ceosample.errors import RecordError, RegimeError, raise_faults
from ceosample.form import meant
from ceosample.letters.regimes.deadline import Deadline, Rule
from ceosample.letters.regimes.elements import KINDS, OURS, Element
from ceosample.letters.regimes.regime_file import faults_of_regime
from ceosample.letters.regimes.workdays import MONDAY_TO_FRIDAY, WorkingDays
from ceosample.show import Described
from ceosample.text import quoted


@attrs.frozen
class Ombudsman:
    """The ombudsman to whom a complaint may be taken.

    Attributes:
        name: the name that letters use.
        website: the address that letters print, without ``https://``.
    """

    name: str
    website: str


@attrs.frozen
class Regime(Described):
    """A regulation's deadlines and mandatory contents; ``named`` and ``load`` read one.

    Attributes:
        id: lower-case letters, digits, full stops and hyphens.
        name: as people call it.
        version: of this statement of it; a changed file needs another.
        in_force: the first day on which an event may start its deadlines; None if not stated.
        source: where it was read.
        checked: whether the whole file was compared with the source itself.
        fits: the ways to sample that leave its deadlines safe. ``before-issue``: letters are
            decided on as they are drafted. ``after-issue``: the month is drawn when its letters
            have gone out, and the executive signs a covering letter.
        deadlines: its rules, one or more, each with a name of its own.
        elements: what letters must contain.
        working_week: its weekdays, for working days.
        kinds: the kinds of letter that there are under it.
        ombudsman: where a complaint may be taken next; None if the letter has to say.

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
    kinds: tuple[str, ...] = tuple(KINDS)
    ombudsman: Ombudsman | None = None

    @classmethod
    def named(cls, id: str) -> Regime:  # noqa: A002 - the word of the file
        """A regime that comes with the library.

        Raises:
            RegimeError: no regime with that id; the message lists all.
        """
        shipped = _shipped()
        if id not in tuple(shipped):
            raise RegimeError(
                f"regime {quoted(id)}: not shipped; use one of {', '.join(shipped)}, or read your "
                f"own file with Regime.load{meant(str(id), shipped)}"
            )
        return cls.parse(shipped[id](), f"{id}.toml")

    @classmethod
    def load(cls, path: str | Path) -> Regime:
        """A regime from a file of your own.

        Raises:
            RegimeError: each problem with the file, the key, what it got and what is allowed.
        """
        place = Path(path)
        try:
            return cls.parse(files.read(place), str(place))
        except RecordError:
            raise RegimeError(f"{place}: not there; docs/regimes.md shows a whole file") from None

    @classmethod
    def parse(cls, data: bytes, where: str) -> Regime:
        """A regime from the bytes of its file, which messages call ``where``.

        Raises:
            RegimeError: every problem in it.
        """
        try:
            table = tomllib.loads(data.decode())
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise RegimeError(f"{where}: not TOML ({error}); correct that line") from None
        raise_faults(RegimeError, (f"{where}, {fault}" for fault in faults_of_regime(table)))
        return cls(
            deadlines=tuple(
                Rule(**{"since" if key == "from" else key: value for key, value in entry.items()})
                for entry in table.pop("deadline")
            ),
            elements=tuple(Element(**entry) for entry in table.pop("element", ())),
            fits=tuple(table.pop("fits")),
            working_week=tuple(table.pop("working_week", MONDAY_TO_FRIDAY)),
            in_force=table.pop("in_force", None),
            kinds=tuple(table.pop("kinds", KINDS)),
            ombudsman=Ombudsman(**table.pop("ombudsman")) if "ombudsman" in table else None,
            **table,
        )

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        facts = [("id", self.id), ("version", self.version), ("source", self.source)]
        facts.append(("compared with it", "yes" if self.checked else "not all of it"))
        if self.in_force is not None:
            facts.append(("in force from", self.in_force.isoformat()))
        facts += [(f"deadline {rule.name}", rule.words) for rule in self.deadlines]
        facts.append(("sampling", ", ".join(self.fits)))
        facts.append(("letters", ", ".join(self.kinds)))
        facts.append(("elements", ", ".join(element.id for element in self.elements)))
        if self.ombudsman is not None:
            facts.append(("ombudsman", f"{self.ombudsman.name}, {self.ombudsman.website}"))
        return self.name, [fact for fact in facts if fact[1]]

    def elements_of(self, kind: str) -> tuple[Element, ...]:
        """The elements that a letter of this kind must mark, also those of every such letter.

        Raises:
            RegimeError: it has no letters of that kind; the message lists its kinds.

        >>> [element.id for element in Regime.named("fca-disp-1.5").elements_of("summary")]
        ['resolved', 'right_to_refer', 'ombudsman_website']
        """
        if kind not in self.kinds:
            raise RegimeError(
                f"regime {self.id}: no letters of the kind {quoted(kind)}; use one of "
                + ", ".join(self.kinds)
            )
        return tuple(element for element in (*self.elements, *OURS) if kind in element.kinds)

    def rule(self, name: str = "final") -> Rule:
        """How a deadline is counted.

        Raises:
            RegimeError: no deadline with that name; the message lists all.
        """
        for rule in self.deadlines:
            if rule.name == name:
                return rule
        names = ", ".join(rule.name for rule in self.deadlines)
        raise RegimeError(f"regime {self.id}: no deadline {quoted(name)}; use one of {names}")

    def deadline(
        self,
        received: dt.date | str,
        name: str = "final",
        holidays: Iterable[dt.date | str] = (),
    ) -> Deadline:
        """The latest date for one response.

        Args:
            received: when the event happened from which the deadline runs (``rule(name).since``,
                usually the receipt): a date, a moment with its offset, or the ISO text of either.
            name: the deadline's name.
            holidays: days on which no work is done, in addition to those outside the working week.
                If one is left out, a count of working days ends earlier, never later.

        Raises:
            RegimeError: no such deadline, no such date, or one before the regime was in force.
        """
        rule = self.rule(name)
        where = f"regime {self.id}, {name}, {rule.since}"
        start = rule.date_of(received, where)
        if self.in_force is not None and start < self.in_force:
            raise RegimeError(
                f"{where}: got {start}, and version {self.version} is in force from "
                f"{self.in_force}; use the regime that was in force then"
            )
        days = WorkingDays(self.working_week).also_off(holidays)
        zero = rule.day_zero(start, days)
        return Deadline(self.id, self.version, rule, start, zero, rule.due(zero, days), days)


@cache
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
