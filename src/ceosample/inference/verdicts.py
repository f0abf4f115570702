"""Verdicts on the letters of a draw, as the counts of its cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs

from ceosample.errors import InferenceError, PlanError, raise_faults
from ceosample.form import meant
from ceosample.got import got
from ceosample.inference.cells import Cell, cells_of_month
from ceosample.rational import Rational, as_fraction
from ceosample.result import Result
from ceosample.sampling.draw import Draw
from ceosample.sampling.frames.cells import name_of_unit
from ceosample.sampling.plans.rotation import OPEN, Turn
from ceosample.show import Described

SOUND: Final = "sound"
DEFECTIVE: Final = "defective"
INELIGIBLE: Final = "ineligible"

#: What a letter without a verdict may count as.
MISSING_RULES: Final = (DEFECTIVE, SOUND, "refuse")

#: ``sound`` or False, ``defective`` or True, ``ineligible`` for a letter that was never eligible,
#: or None for a letter without a verdict. A monitor of scores takes numbers from 0 to 1.
Verdict: TypeAlias = str | bool | Rational | None

#: Unit ids to verdicts; pairs are looked through for ids that are judged twice.
Verdicts: TypeAlias = Mapping[str, Verdict] | Iterable[tuple[str, Verdict]]

#: A draw, or the folder of its public record.
AnyDraw: TypeAlias = Draw | str | Path

_WORDS: Final[Mapping[str, Fraction]] = {
    SOUND: Fraction(0),
    DEFECTIVE: Fraction(1),
    INELIGIBLE: Fraction(0),
}


@attrs.frozen
class Judged(Described, Result):
    """What the verdicts on a draw come to.

    Attributes:
        draw: the draw.
        cells: its cells with what was found, letters without a verdict by the rule.
        certain: its cells with what was found alone: what a lower bound counts.
        read: the letters that have a verdict.
        found: the defective ones among those; for scores, their sum.
        ineligible: letters that were never eligible; each counts as sound, and N stays.
        missing: the letters that were drawn and have no verdict, as ids.
        substitutes: letters of the reserve that have a verdict, as ids; no bound counts them.
    """

    draw: Draw
    cells: tuple[Cell, ...]
    certain: tuple[Cell, ...]
    read: int
    found: int | Fraction
    ineligible: int
    missing: tuple[str, ...]
    substitutes: tuple[str, ...]

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        title = f"Verdicts on {self.draw.population}, {self.draw.period}"
        return title, [
            ("read", f"{self.read} of {len(self.draw.selections)} drawn letters"),
            ("found defective", f"{self.found} of {self.read}"),
            ("never eligible", str(self.ineligible)),
            ("without a verdict", str(len(self.missing))),
            ("on substitutes", str(len(self.substitutes))),
        ]


def judged(
    draw: AnyDraw, verdicts: Verdicts, *, missing: str = DEFECTIVE, scores: bool = False
) -> Judged:
    """The cells of a draw, with what the verdicts found in each.

    Args:
        draw: the draw, or the folder of its public record.
        verdicts: unit id to verdict, as a mapping or as pairs.
        missing: what a letter without a verdict counts as: ``defective`` or ``sound``; ``refuse``
            asks for all verdicts.
        scores: whether verdicts may be numbers from 0 to 1.

    Raises:
        InferenceError: verdicts on letters that were not drawn, two on one, or no verdict at all;
            all of them at once.

    >>> import ceosample as cs
    >>> frame = cs.Frame.from_records([{"id": f"R-{i}"} for i in range(100)],
    ...     population="complaint-responses", period="2026-10", unit_id="id")
    >>> seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    >>> drawn = cs.draw(frame, cs.Plan(size=3), seed)
    >>> found = judged(drawn, {"R-88": "defective", "R-52": "sound"})
    >>> found.found, found.missing
    (1, ('R-76',))
    """
    require_rule(missing)
    drawn = _draw_of(draw)
    selected = {selection.unit_id: selection for selection in drawn.selections}
    reserves = {reserve.unit_id for reserve in drawn.reserves}
    found: dict[str, Fraction | None] = {}
    words: Counter[str] = Counter()
    faults: list[str] = []
    for given, verdict in _pairs(verdicts):
        unit_id = _id_of(given)
        if unit_id not in selected and unit_id not in reserves:
            faults.append(f"verdicts: {got(given)}, which was not drawn; give ids of the draw")
        elif unit_id in found:
            faults.append(f"verdicts, {unit_id}: judged twice; give one verdict a letter")
        try:
            found[unit_id] = _value(verdict, scores=scores)
        except InferenceError as error:
            faults += [f"verdicts, {given}: {fault}" for fault in error.faults]
        words[str(verdict)] += unit_id in selected
    absent = tuple(unit_id for unit_id in selected if found.get(unit_id) is None)
    if missing == "refuse":
        faults += [f"verdicts, {unit_id}: missing; give a verdict" for unit_id in absent]
    raise_faults(InferenceError, faults)
    certain = {unit_id: found.get(unit_id) or Fraction(0) for unit_id in selected}
    values = dict(certain)
    if missing == DEFECTIVE:
        values |= dict.fromkeys(absent, Fraction(1))
    return Judged(
        drawn,
        tuple(_cells(drawn, values, scores=scores)),
        tuple(_cells(drawn, certain, scores=scores)),
        len(selected) - len(absent),
        _plain(sum(certain.values(), Fraction(0))),
        words[INELIGIBLE],
        absent,
        tuple(sorted(found.keys() & reserves)),
    )


def require_rule(missing: object) -> None:
    """Raise unless it is a rule for letters without a verdict.

    Raises:
        InferenceError: it is none.
    """
    if missing not in MISSING_RULES:
        rules = ", ".join(MISSING_RULES)
        raise InferenceError(f"missing: {got(missing)}; use one of {rules}")


def _draw_of(draw: object) -> Draw:
    if isinstance(draw, Draw):
        return draw
    if isinstance(draw, str | Path):
        return Draw.load(draw)
    raise InferenceError(
        f"draw: {got(draw)}; give a draw, the folder of its record, or cells such as (432, 4, 0)"
    )


def _pairs(verdicts: object) -> Iterator[tuple[object, Any]]:
    if isinstance(verdicts, Mapping):
        yield from verdicts.items()
        return
    if isinstance(verdicts, Iterable) and not isinstance(verdicts, str | bytes):
        for item in verdicts:
            if not isinstance(item, tuple | list) or len(item) != 2:
                raise InferenceError(f"verdicts: {got(item)}; give pairs of an id and a verdict")
            yield item[0], item[1]
        return
    raise InferenceError(
        f"verdicts: {got(verdicts)}; give a mapping such as {{'CR-1042': 'sound'}}"
    )


def _id_of(given: object) -> str:
    """The id that a cell is in a frame; empty where it is none."""
    try:
        return name_of_unit(given)
    except ValueError:
        return ""


def _value(verdict: Any, *, scores: bool) -> Fraction | None:
    """The score of a verdict, 1 for a defective letter; None where there is none."""
    if verdict is None:
        return None
    if isinstance(verdict, str) and verdict in _WORDS:
        return _WORDS[verdict]
    if isinstance(verdict, bool) or type(verdict).__name__ in ("bool_", "bool"):
        return Fraction(bool(verdict))
    do = "use 'sound', 'defective' or 'ineligible'"
    if scores:
        do += ", or a score from 0 to 1"
    if isinstance(verdict, str) and not verdict.strip(" 0123456789./"):
        verdict = verdict.strip()  # a number in text
    elif isinstance(verdict, str):
        raise InferenceError(f"{got(verdict)}; {do}{meant(verdict, _WORDS)}")
    value = _score(verdict, do)
    if not scores and value not in (0, 1):
        raise InferenceError(f"{got(verdict)}; {do} (scores are for monitor(..., scores=True))")
    return value


def _score(verdict: Any, do: str) -> Fraction:
    try:
        # NumPy's numbers are told by what they are worth.
        value = as_fraction(verdict.item() if hasattr(verdict, "item") else verdict, "verdict")
    except PlanError:
        value = Fraction(-1)
    if not 0 <= value <= 1:
        raise InferenceError(f"{got(verdict)}; {do}")
    return value


def _plain(value: Fraction) -> int | Fraction:
    return int(value) if value.denominator == 1 else value


def _cells(draw: Draw, values: Mapping[str, Fraction], *, scores: bool) -> Iterator[Cell]:
    letters = ((s.stratum, s.line == OPEN, values[s.unit_id]) for s in draw.selections)
    rotates = isinstance(draw.turn, Turn)
    return cells_of_month(draw.pools, letters, draw.period, rotates=rotates, scores=scores)
