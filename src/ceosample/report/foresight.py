"""Who could know beforehand which letters are drawn, month by month, by where its seed is from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ceosample.report.table_parts import listed
from ceosample.sampling.seeds.beacon import time_of
from ceosample.sampling.seeds.seed_source import Dice, SeedSource

if TYPE_CHECKING:
    from ceosample.period import Period
    from ceosample.report.figures import MonthFrame


def foresight(frames: Iterable[MonthFrame]) -> list[str]:
    """A sentence for each kind of seed; the months are named where their seeds are of several.

    Args:
        frames: of the months that were drawn.
    """
    months: dict[str, list[Period]] = {}
    for frame in frames:
        words = _who_could_know(SeedSource.parse(frame.seed_source))
        months.setdefault(words, []).append(frame.period)
    if len(months) == 1:
        return [f"{words[0].upper()}{words[1:]}." for words in months]
    return [f"{listed(found)}: {words}." for words, found in months.items()]


def _who_could_know(source: SeedSource) -> str:
    """Each part of a source is enough by itself, so the one that needs the least trust is told."""
    if any(isinstance(part, Dice) for part in source.parts):
        return (
            "the ledger says that dice were rolled before witnesses after the list was fixed, so "
            "nobody could know beforehand which ones"
        )
    if source.round is None:
        return (
            "whoever keeps the secret of the seed chain could know beforehand which ones "
            f"({source.label})"
        )
    if time_of(source.round) is None:
        return (
            f"nobody could know beforehand which ones if round {source.round.number} of "
            f"{source.round.beacon} came out after the list was fixed, which the ledger alone "
            "cannot show"
        )
    return (
        "the ledger says that the list was fixed before the seed's public round came out, so "
        "nobody could know beforehand which ones"
    )
