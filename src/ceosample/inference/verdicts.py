"""Verdicts on the letters of a draw, as the counts of its cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import attrs

from ceosample.inference.cells import Cell
from ceosample.rational import Rational
from ceosample.result import Result
from ceosample.sampling.draw import Draw

#: ``sound`` or False, ``defective`` or True, ``ineligible`` for a letter that was never eligible,
#: or None for a letter without a verdict. A monitor of scores takes numbers from 0 to 1.
Verdict: TypeAlias = str | bool | Rational | None

#: Unit ids to verdicts; pairs are looked through for ids that are judged twice.
Verdicts: TypeAlias = Mapping[str, Verdict] | Iterable[tuple[str, Verdict]]

#: A draw, or the folder of its public record.
AnyDraw: TypeAlias = Draw | str | Path


@attrs.frozen
class Judged(Result):
    """What the verdicts on a draw come to.

    Attributes:
        cells: the draw's cells with what was found.
        read: the letters that have a verdict.
        defective: those of them that are defective.
        ineligible: those of them that were never eligible; each counts as sound, and N stays.
        missing: the letters that were drawn and have no verdict, as ids.
        substitutes: letters of the reserve that have a verdict, as ids; no bound counts them.
    """

    cells: tuple[Cell, ...]
    read: int
    defective: int
    ineligible: int
    missing: tuple[str, ...]
    substitutes: tuple[str, ...]


def judged(draw: AnyDraw, verdicts: Verdicts, *, missing: str = "defective") -> Judged:
    """The cells of a draw, with what the verdicts found in each.

    Args:
        draw: the draw, or the folder of its public record.
        verdicts: unit id to verdict, as a mapping or as pairs.
        missing: what a letter without a verdict counts as: ``defective`` or ``sound``; ``refuse``
            asks for all verdicts.

    Raises:
        InferenceError: verdicts on letters that were not drawn, two on one, or no verdict at all.
    """
    raise NotImplementedError
