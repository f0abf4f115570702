"""Open responses: those that a month's frame leaves out until they are finished."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from ceosample.configuration import Configuration
from ceosample.job.due import month_states
from ceosample.job.roll_forward import RollForward
from ceosample.result import Result
from ceosample.signoff.store.events import Event


@attrs.frozen
class StillOpen(Result):
    """A frozen month's responses that were not finished yet.

    Attributes:
        open: their number.
        roll_forward: the counts that lead to it; None until they are recorded.
    """

    open: int
    roll_forward: RollForward | None

    def __str__(self) -> str:
        rolled = "" if self.roll_forward is None else f"; roll-forward {self.roll_forward}"
        return f"responses still open at the freeze: {self.open}{rolled}"


def still_open(configuration: Configuration, exclusions: Mapping[str, int]) -> int:
    """How many of a frame's exclusions are responses that are still to be finished."""
    return sum(exclusions.get(reason, 0) for reason in configuration.source.open)


def still_open_by_month(
    configuration: Configuration, events: Iterable[Event]
) -> dict[str, StillOpen]:
    """What was open in each month that is frozen, by the ledger's counts."""
    return {
        str(period): StillOpen(
            still_open(configuration, month["frozen"].payload["exclusions"]),
            RollForward.said(month["reconciled"].payload) if "reconciled" in month else None,
        )
        for period, month in month_states(configuration, events).items()
        if "frozen" in month
    }
