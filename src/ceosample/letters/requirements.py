"""What each letter must say: by its kind and its regime, and who asks for it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from ceosample.errors import LetterError, RegimeError, raise_faults
from ceosample.got import Private, got
from ceosample.letters.contents.due_dates import DueDatePolicy
from ceosample.letters.contents.fields import LetterContents
from ceosample.letters.letter import APPROVAL, faults_of_elements
from ceosample.letters.markup import tree
from ceosample.letters.markup.template import DEFAULT, READING_TEMPLATE, SLIP
from ceosample.letters.regimes.deadline import Rule
from ceosample.letters.regimes.elements import ACKNOWLEDGEMENT, KIND, KINDS, READING, Element
from ceosample.letters.regimes.regime import Regime
from ceosample.text import quoted

#: The field that chooses the wording on time limits, and the element that needs it. A word that is
#: not known would print the wrong limit.
TIME_LIMITS: Final = "time_limits"
WORDINGS: Final = ("six-months", "out-of-time", "waived")
_TIME_LIMITS_ELEMENT = "six_months"

_STAGE = re.compile(r"stage-([0-9]+)(?:-.*)?")


@attrs.frozen
class LetterRequirements:
    """What one letter must be.

    Attributes:
        kind: one of the kinds; None if none is given.
        regime: the known regime that it is under; None if it is under none.
        rule: the deadline that the docket names, which for a staged regime is the stage.
        elements: what the regime asks of letters of this kind.
        is_slip: whether it goes before a letter that exists already, which has the elements itself.
    """

    kind: str | None = None
    regime: Regime | None = None
    rule: str = ""
    elements: tuple[Element, ...] = ()
    is_slip: bool = False

    @property
    def packaged(self) -> str:
        """The ready template of its kind."""
        if self.is_slip:
            return SLIP
        if self.kind == READING:
            return READING_TEMPLATE
        return DEFAULT if self.kind is None else KINDS[self.kind]

    def supplied(self) -> dict[str, Any]:
        """The fields that a template receives from this; a letter's own fields override them."""
        found: dict[str, Any] = {} if self.kind in (None, READING) else {KIND: self.kind}
        if self.regime is not None and self.regime.ombudsman is not None:
            found["ombudsman"] = attrs.asdict(self.regime.ombudsman)
        if (stage := _stage(self.regime, self.rule)) is not None:
            found["stage"] = stage
        return found

    def faults(self, nodes: list[tree.Node]) -> list[str]:
        """What the rendered letter lacks."""
        asked = () if self.is_slip else self.elements
        said = {element.id: element.text for element in asked}
        where = "" if self.regime is None else f"regime {self.regime.id}: "
        return [
            (where if name in said else "") + fault
            for name, fault in faults_of_elements(
                nodes, {**({} if self.kind == READING else {APPROVAL: None}), **said}
            )
        ]


def _stage(regime: Regime | None, rule: str) -> str | None:
    """The stage of a deadline; that of the first acknowledgement is 1 where there are stages."""
    if stage := _STAGE.fullmatch(rule):
        return stage[1]
    names = () if regime is None else [other.name for other in regime.deadlines]
    return "1" if rule == ACKNOWLEDGEMENT and "stage-1" in names else None


def requirements_of(
    fetched: Sequence[LetterContents], deadlines: DueDatePolicy, kind: str | None = None
) -> list[LetterRequirements]:
    """The requirements of each letter, in their order.

    Args:
        fetched: the letters' fields.
        deadlines: the regimes that are known.
        kind: the kind of letters that name none; None for no kind.

    Raises:
        LetterError: every letter whose kind is not known, is missing where its regime needs it, or
            is not among those of its regime.
    """
    known = deadlines.known()
    found: list[LetterRequirements] = []
    faults: list[str] = []
    for fields in fetched:
        try:
            if kind == READING:
                found.append(_reading(fields))
                continue
            asked = _asked(fields, fields.letter.get(KIND, kind), known)
            if not asked.is_slip:
                _require_wording(asked, fields.letter)
            found.append(asked)
        except ValueError as error:
            faults.append(f"letter {fields.unit_id}, {error}")
    raise_faults(LetterError, faults)
    return found


def _reading(fields: LetterContents) -> LetterRequirements:
    """The requirements of a reading: none."""
    if fields.pdf is not None or KIND in fields.letter:
        name = KIND if KIND in fields.letter else "pdf"
        raise ValueError(f"{name}: got a field that only letters have, in a reading; remove it")
    return LetterRequirements(READING)


def _asked(fields: LetterContents, kind: Any, known: Mapping[str, Regime]) -> LetterRequirements:
    is_slip = fields.pdf is not None
    if kind is not None and (not isinstance(kind, str) or kind not in KINDS):
        raise ValueError(f"kind: got {quoted(kind)}; use one of {', '.join(KINDS)}")
    name, _, rule = str(fields.docket.get("regime", "")).partition(":")
    day = _day(fields.docket)
    regime = known.get(name)
    if regime is None:
        return LetterRequirements(kind, is_slip=is_slip)
    if kind is None and is_slip:  # whatever its kind is, these are what to look for
        return LetterRequirements(None, regime, rule, _of_any_kind(regime, rule, day), is_slip)
    if kind is None:
        if not regime.elements:
            return LetterRequirements(None, regime, rule)
        raise ValueError(
            f"kind: missing, and what the regime {regime.id} asks depends on it; use one of "
            + ", ".join(regime.kinds)
        )
    try:
        meant = regime.rule(rule) if rule else _usual(regime, kind)
        elements = regime.elements_of(kind, None if meant is None else meant.name, day)
    except RegimeError as error:
        raise ValueError(str(error)) from None
    if meant is not None and meant.kinds and kind not in meant.kinds:
        raise ValueError(
            f"kind: got {quoted(kind)}, and the deadline {meant.name} of {regime.id} is for "
            f"{', '.join(meant.kinds)}; name the deadline that the letter meets, or its kind"
        )
    name = "" if meant is None else meant.name
    return LetterRequirements(kind, regime, name, elements, is_slip)


def _of_any_kind(regime: Regime, rule: str, day: dt.date | str | None) -> tuple[Element, ...]:
    """What a letter must say by the regime, whatever its kind is."""
    kinds = (regime.elements_of(kind, rule or None, day) for kind in regime.kinds)
    asked = {element for elements in kinds for element in elements}
    return tuple(element for element in regime.elements if element in asked)


def _require_wording(asked: LetterRequirements, letter: Mapping[str, Any]) -> None:
    """Raise unless the wording on time limits, where the regime asks for it, is a known one."""
    wording = letter.get(TIME_LIMITS)
    needed = any(element.id == _TIME_LIMITS_ELEMENT for element in asked.elements)
    if needed and wording is not None and wording not in WORDINGS:
        raise ValueError(
            f"{TIME_LIMITS}: {got(wording, Private.CONTENTS)}; use one of {', '.join(WORDINGS)}"
        )


def _usual(regime: Regime, kind: str) -> Rule | None:
    """The deadline of a docket that names none; None where that is not certain."""
    try:
        return regime.rule_for(kind)
    except RegimeError:
        return None  # so the letter must say all that any of them asks


def _day(docket: Mapping[str, Any]) -> dt.date | str | None:
    """The day that decides which text holds; None if the docket has none."""
    day: dt.date | str | None = docket.get("received", docket.get("counted_from"))
    return day
