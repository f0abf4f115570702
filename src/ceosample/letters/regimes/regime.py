"""Regimes: what a regulation asks of a response, as data with a version and a source.

The shipped files state what was read, and where (docs/regimes.md). They are not legal advice, and a
firm's own file counts as much as they do.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import attrs

from ceosample import files
from ceosample.errors import RecordError, RegimeError, raise_faults
from ceosample.form import meant
from ceosample.letters.regimes.deadline import COMPARE, YES, Deadline, Rule
from ceosample.letters.regimes.elements import KINDS, OURS, Element
from ceosample.letters.regimes.in_force import fault_of_day, text_of
from ceosample.letters.regimes.regime_file import FINAL, RECEIVED, STANDINGS, faults_of_regime
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
        in_force: the first day of complaints that it is for; None if not stated.
        source: where it was read.
        checked: whether the file was compared with its source: ``yes``, limits and contents;
            ``partly``, some of it, or with other people's accounts; ``no``.
        fits: the ways to sample that leave its deadlines safe. ``before-issue``: letters are
            decided on as they are drafted. ``after-issue``: the month is drawn when its letters
            have gone out, and the executive signs a covering letter.
        deadlines: its rules, one or more, each with a name of its own.
        elements: what letters must contain.
        working_week: its weekdays, for working days.
        kinds: the kinds of letter that there are under it.
        ombudsman: where a complaint may be taken next; None if the letter has to say.
        until: the last day of complaints that it is for; None while it holds.
        decided_by: the event whose day decides whether it holds.
        texts: the days from which the texts of its source held, where there are several.
        earlier, later: the regime that was in force before it, or came after it, by its id.
        checked_on: the day on which it was compared; None if not stated.
        addresses: where its source can be read.
        moved: deadlines that it no longer has, each with the regime that has them now.

    >>> print(Regime.named("fca-disp-1.6.2r").deadline("2026-10-01").due)
    2026-11-26
    """

    id: str
    name: str
    version: str
    in_force: dt.date | None
    source: str
    checked: str
    fits: tuple[str, ...]
    deadlines: tuple[Rule, ...]
    elements: tuple[Element, ...]
    working_week: tuple[str, ...] = MONDAY_TO_FRIDAY
    kinds: tuple[str, ...] = tuple(KINDS)
    ombudsman: Ombudsman | None = None
    until: dt.date | None = None
    decided_by: str = RECEIVED
    texts: tuple[dt.date, ...] = ()
    earlier: str | None = None
    later: str | None = None
    checked_on: dt.date | None = None
    addresses: tuple[str, ...] = ()
    moved: Mapping[str, str] = attrs.field(factory=dict, hash=False)

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
        return _shipped_regime(id)

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
            raise RegimeError(
                f"{place}: not there; give the path of a regime's file, as the page 'Deadlines and "
                "regimes' of the documentation shows one"
            ) from None

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
        return cls._read(table)

    @classmethod
    def _read(cls, table: dict[str, Any]) -> Regime:
        """The regime of a table without faults."""
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
            checked=STANDINGS[table.pop("checked")],
            texts=tuple(sorted(table.pop("texts", ()))),
            addresses=tuple(table.pop("addresses", ())),
            **table,
        )

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        facts = [("id", self.id), ("version", self.version), ("source", self.source)]
        facts.append(("checked", self.standing))
        facts += [("address", address) for address in self.addresses]
        if self.in_force is not None:
            facts.append(("in force from", self.in_force.isoformat()))
        if self.until is not None:
            facts.append(("until", self.until.isoformat()))
        facts += [(f"deadline {rule.name}", rule.words) for rule in self.deadlines]
        facts.append(("sampling", ", ".join(self.fits)))
        facts.append(("letters", ", ".join(self.kinds)))
        facts.append(("elements", ", ".join(dict.fromkeys(x.id for x in self.elements))))
        if self.ombudsman is not None:
            facts.append(("ombudsman", f"{self.ombudsman.name}, {self.ombudsman.website}"))
        return self.name, [fact for fact in facts if fact[1]]

    @property
    def standing(self) -> str:
        """How far the file was compared with its source, and when.

        >>> Regime.named("in-rbi-2026").standing
        'no, on 2026-11-29; compare with the source before you rely on it'
        """
        day = "" if self.checked_on is None else f", on {self.checked_on}"
        return self.checked + day + ("" if self.checked == YES else f"; {COMPARE}")

    def elements_of(
        self, kind: str, deadline: str | None = None, on: dt.date | str | None = None
    ) -> tuple[Element, ...]:
        """The elements that a letter of this kind must mark, also those of every such letter.

        Args:
            kind: the letter's kind.
            deadline: the name of the deadline that it meets; None for those of any.
            on: the day that decides which text holds, usually that of the receipt; None for the
                newest text.

        Raises:
            RegimeError: it has no letters of that kind, or no such deadline; the message lists
                those that it has.

        >>> [element.id for element in Regime.named("fca-disp-1.5").elements_of("summary")][:2]
        ['resolved', 'right_to_refer']
        """
        if kind not in self.kinds:
            raise RegimeError(
                f"regime {self.id}: no letters of the kind {quoted(kind)}; use one of "
                + ", ".join(self.kinds)
            )
        rule = None if deadline is None else self.rule(deadline)
        day = None if on is None else self.deadlines[0].date_of(on, f"regime {self.id}, on")
        name = None if rule is None else rule.name
        found = {element.id: element for element in OURS if element.needed(kind, name, day)}
        # What a regime says of an element comes before what we say.
        theirs = {
            element.id: element for element in self.elements if element.needed(kind, name, day)
        }
        return (*theirs.values(), *(x for id_, x in found.items() if id_ not in theirs))

    def rule(self, name: str | None = None) -> Rule:
        """How a deadline is counted.

        Args:
            name: the deadline's name. None for ``final``, or for the only one that there is.

        Raises:
            RegimeError: no deadline with that name; the message lists all.
        """
        if name is None and len(self.deadlines) == 1:
            return self.deadlines[0]
        wanted = FINAL if name is None else name
        for rule in self.deadlines:
            if rule.name == wanted:
                return rule
        if isinstance(wanted, str) and wanted in self.moved:
            raise RegimeError(
                f"regime {self.id}: got the deadline {quoted(wanted)}, which is now the regime "
                f"{self.moved[wanted]}; write {self.moved[wanted]} without a deadline"
            )
        names = ", ".join(rule.name for rule in self.deadlines)
        raise RegimeError(f"regime {self.id}: no deadline {quoted(wanted)}; use one of {names}")

    def rule_for(self, kind: str | None) -> Rule | None:
        """The deadline of a letter whose docket names none: that of its kind, else the usual one.

        Returns:
            None where no deadline is for letters of this kind.

        Raises:
            RegimeError: several are; the message lists them.
        """
        of_kind = [rule for rule in self.deadlines if kind is not None and kind in rule.kinds]
        rules = of_kind or [rule for rule in self.deadlines if kind is None or not rule.kinds]
        usual = [rule for rule in rules if rule.name == FINAL]
        if len(rules) > 1 and not usual:
            ways = ", ".join(f"{self.id}:{rule.name}" for rule in rules)
            raise RegimeError(
                f"regime: got {self.id}, which has several deadlines; use one of {ways}"
            )
        return next(iter(usual or rules), None)

    def deadline(
        self,
        received: dt.date | str,
        name: str | None = None,
        holidays: Iterable[dt.date | str] = (),
        *,
        complaint: dt.date | str | None = None,
    ) -> Deadline:
        """The latest date for one response.

        Args:
            received: when the event happened from which the deadline runs (``rule(name).since``,
                usually the receipt): a date, a moment with its offset, or the ISO text of either.
            name: the deadline's name. None for ``final``, or for the only one that there is.
            holidays: days on which no work is done, in addition to those outside the working week.
                If one is left out, a count of working days ends earlier, never later.
            complaint: when the complaint came, which decides whether the regime holds. None for
                the event's own day.

        Raises:
            RegimeError: no such deadline, no such date, or one outside the days on which the
                regime was in force.
        """
        rule = self.rule(name)
        where = f"regime {self.id}, {rule.name}, "
        start = rule.date_of(received, where + rule.since)
        decides = start if complaint is None else rule.date_of(complaint, where + self.decided_by)
        self.require_in_force(
            decides, where + (rule.since if complaint is None else self.decided_by)
        )
        days = WorkingDays(self.working_week).also_off(holidays)
        zero = rule.day_zero(start, days)
        return Deadline(
            self.id,
            self.version,
            rule,
            start,
            zero,
            rule.due(zero, days),
            days,
            self.checked,
            text_of(self.texts, decides),
        )

    def require_in_force(self, day: dt.date, where: str) -> None:
        """Raise unless the regime is for complaints of a day.

        Raises:
            RegimeError: it was not in force yet, or not any more; the message names the regime
                that was, if one is known.
        """
        fault = fault_of_day(self, day)
        if fault is not None:
            raise RegimeError(f"{where}: {fault}")


@cache
def _shipped_regime(id: str) -> Regime:  # noqa: A002 - the word of the file
    """A shipped file is read once: a month of letters asks for its regime again and again."""
    return Regime.parse(_shipped()[id](), f"{id}.toml")


@cache
def shipped_regimes() -> tuple[Regime, ...]:
    """Every regime that comes with the library, in the order of their ids."""
    return tuple(Regime.named(id) for id in _shipped())  # noqa: A001


@cache
def _shipped() -> Mapping[str, Callable[[], bytes]]:
    """How each shipped file is read, by its id."""
    folder = resources.files("ceosample.letters").joinpath("regimes")
    found = {
        entry.name.removesuffix(".toml"): entry.read_bytes
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }
    return dict(sorted(found.items()))
