"""The roll-forward: opening + new - final = carried forward; and one frame for each response."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from ceosample.canonical import Json
from ceosample.job.other_months import OtherMonth
from ceosample.result import Result

if TYPE_CHECKING:
    from ceosample.sampling.frames.frame import Frame


@attrs.frozen
class RollForward(Result):
    """How a month's responses became this month's frame, as counts.

    Attributes:
        opening: responses that were open when the month before was frozen.
        new: this month's others.
        final: those of both that are not open now.
        carried: those that are open now.
    """

    opening: int
    new: int
    final: int
    carried: int

    @property
    def difference(self) -> int:
        """opening + new - final - carried: responses that were open and are in no row any more."""
        return self.opening + self.new - self.final - self.carried

    @classmethod
    def said(cls, payload: Mapping[str, Any]) -> RollForward:
        """The counts of an event ``reconciled``."""
        return cls(*(payload[field.name] for field in attrs.fields(cls)))

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {**super().to_dict(), "difference": self.difference}

    def __str__(self) -> str:
        sums = f"{self.opening} + {self.new} - {self.final} = {self.carried}"
        if self.difference > 0:
            return f"{sums}, and {self.difference} lost from sight"
        return f"{sums}, wrong by {-self.difference}" if self.difference else sums


def roll_forward(
    frame: Frame, others: Iterable[OtherMonth], reasons: Iterable[str]
) -> tuple[RollForward, list[str]]:
    """The roll-forward of a frame, and the ids that were open and are in no row any more.

    The ids are for the operator alone: they stand in no log, and not in the ledger.

    Args:
        frame: this month's.
        others: the population's other months, oldest first; the last one before this month opens
            it.
        reasons: the exclusions' codes of what is open.

    Raises:
        ConflictError: a file of the month before is gone or changed.
    """
    is_open = {*reasons}
    earlier = [other for other in others if other.period < frame.period]
    opened = _open(earlier[-1].left_out(), is_open) if earlier else set()
    now = _open(dict(frame.left_out), is_open)
    rows = {unit.unit_id for unit in frame.units} | {unit_id for unit_id, _ in frame.left_out}
    counts = RollForward(
        opening=len(opened), new=len(rows - opened), final=len(rows - now), carried=len(now)
    )
    return counts, sorted(opened - rows)


def come_back(frame: Frame, others: Iterable[OtherMonth], reasons: Iterable[str]) -> list[str]:
    """Eligible ids that an earlier month left out for good: allowed, and shown to the operator."""
    mine, is_open = {unit.unit_id for unit in frame.units}, {*reasons}
    found: set[str] = set()
    for other in others:
        if other.period < frame.period and not other.set_aside:
            left_out = other.left_out()
            found |= mine & (left_out.keys() - _open(left_out, is_open))
    return sorted(found)


def _open(left_out: Mapping[str, str], reasons: Collection[str]) -> set[str]:
    return {unit_id for unit_id, reason in left_out.items() if reason in reasons}


def require_one_frame(frame: Frame, others: Iterable[OtherMonth]) -> None:
    """Raise if a response is in the frame of another month too.

    Raises:
        FrameError: a response is; the message names them with their months.
        ConflictError: a file of another month is gone or changed.
    """
    from ceosample.sampling.frames.frame import require_apart

    mine = {unit.unit_id for unit in frame.units}
    require_apart(
        (frame.population, frame.period),
        (
            (unit_id, other.period)
            for other in others
            if not other.set_aside
            for unit_id in other.unit_ids()
            if unit_id in mine
        ),
    )
