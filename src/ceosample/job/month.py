"""Which month a run works on, and how far it came."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final, TypedDict

import attrs

from ceosample.canonical import Json
from ceosample.configuration import Configuration
from ceosample.job.roll_forward import RollForward
from ceosample.period import Period, as_period
from ceosample.result import Result
from ceosample.signoff.replay.titles import title_of
from ceosample.signoff.store.events import Event

#: Who the ledger says did it, where the job did.
SAMPLER: Final = "sampling"

OFFICE: Final = "executive office"


class MonthKey(TypedDict):
    """Which month, by name."""

    population: str
    period: Period


@attrs.frozen
class Outcome(Result):
    """How far a month's run came.

    Attributes:
        state: ``waiting`` for the seed, ``sent`` to the signatory by this run, or ``done`` before.
        population, period: which month.
        seed_source: where its seed comes from, as the freeze named it.
        commitment: the digest that was frozen.
        frozen: the hash of the event that froze it, to be printed and dated before the roll.
        folder: where the month's files are.
        draw: the draw's digest; None while waiting.
        registration: the hash of the event that registered it; None while waiting.
        pack: the pack's digest; None while waiting.
        letters: how many letters were drawn; None while waiting.
        open: responses that its frame leaves out because they are still to be finished.
        roll_forward: how they came to be so many; None for a month that was sent without.
        title: the population as people read it, as the month was frozen; None shows its id.
    """

    state: str
    population: str
    period: str = attrs.field(converter=str)
    seed_source: str
    commitment: str
    frozen: str
    folder: Path
    draw: str | None = None
    registration: str | None = None
    pack: str | None = None
    letters: int | None = None
    open: int = 0
    roll_forward: RollForward | None = None
    title: str | None = None

    def to_dict(self) -> dict[str, Json]:
        """For JSON, which names the population by its id alone."""
        return {name: value for name, value in super().to_dict().items() if name != "title"}


@attrs.frozen
class Month:
    """A month that a run works on.

    Attributes:
        configuration: what to do.
        period: the ISO month.
        at: when this run happens, which its events claim; aware.
        control_total: the independent register's count, or None.
        by: the id of the person, or the role, that freezes and draws.
        refreeze: whether a frame that is frozen already may be frozen anew from the source.
        unfinished: whether it may be frozen though it is not over.
    """

    configuration: Configuration
    period: Period = attrs.field(converter=as_period)
    at: dt.datetime
    control_total: int | None = None
    refreeze: bool = False
    by: str = SAMPLER
    unfinished: bool = False

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.configuration.month_folder(self.period)

    @property
    def subject(self) -> MonthKey:
        """Population and period, as the ledger's methods take them."""
        return {"population": self.configuration.population, "period": self.period}

    def title(self, frozen: Event | None) -> str | None:
        """The title that its papers show: of its freeze, or as the configuration has it until then.

        Args:
            frozen: the event that froze it; None if it is not frozen.
        """
        return self.configuration.title if frozen is None else title_of([frozen])

    @property
    def words(self) -> str:
        """The month as messages name it."""
        return f"{self.configuration.population}, {self.period}"

    @property
    def is_over(self) -> bool:
        """Whether its last day had passed, in the population's zone, when this run happens."""
        return self.configuration.is_over(self.period, self.at)

    @property
    def end(self) -> str:
        """When it is over, as messages say it."""
        day = self.period.last_day
        return f"the end of {day} ({self.configuration.zone or 'UTC'})"
