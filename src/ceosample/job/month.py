"""The month on which a run works, and how far it came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
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

#: The state of a month in which nothing was eligible: frozen, and done.
EMPTY: Final = "empty"


class MonthKey(TypedDict):
    """A month, by population and period."""

    population: str
    period: Period


@attrs.frozen
class Outcome(Result):
    """How far a month's run came.

    Attributes:
        state: ``waiting`` for the seed, ``sent`` to the signatory by this run, or ``done`` before;
            ``empty`` where nothing was eligible, so that the month is done once it is frozen.
        population, period: the month.
        seed_source: the seed's source that the freeze names.
        commitment: the digest that was frozen.
        frozen: the hash of the event that froze it, to be printed and dated before the roll.
        folder: the folder of the month's files.
        draw: the draw's digest; None while waiting, and in an empty month.
        registration: the hash of the event that registered it; None as for ``draw``.
        pack: the pack's digest; None as for ``draw``.
        letters: the number of letters drawn; None while waiting, 0 in an empty month.
        left_out: what the frame of an empty month leaves out, by reason; empty in other months.
        open: the number of responses that its frame leaves out because they are not finished yet.
        roll_forward: the counts that lead to that number; None for a month that was sent without.
        title: the population as people read it, as the month was frozen; None shows its id.
        unprinted: the fields that ready letters of this run do not print, by name, each with the
            number of letters that have it.
        since: when the month was frozen, by the recorder's clock: since then it waits for a seed.
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
    unprinted: Mapping[str, int] = attrs.field(factory=dict)
    since: str = ""
    left_out: Mapping[str, int] = attrs.field(factory=dict)

    def to_dict(self) -> dict[str, Json]:
        """For JSON, which names the population by its id alone, and no field if all are printed."""
        without = {"title", "since", *(() if self.unprinted else ("unprinted",))}
        if self.state != EMPTY:
            without.add("left_out")
        return {name: value for name, value in super().to_dict().items() if name not in without}


@attrs.frozen
class Month:
    """A month that a run works on.

    Attributes:
        configuration: the configuration.
        period: the ISO month.
        at: when this run happens, which its events claim; aware. It is written with the offset of
            the configuration's zone.
        control_total: the independent register's count; None without one.
        by: the id of the person, or the role, that freezes and draws.
        refreeze: True to freeze a frozen month again from the source.
        unfinished: True to freeze it though it is not over.
        program: what the ledger names as the program that froze and drew; None names none, so
            that the same input gives the same ledger whatever is installed.
    """

    configuration: Configuration
    period: Period = attrs.field(converter=as_period)
    at: dt.datetime
    control_total: int | None = None
    refreeze: bool = False
    by: str = SAMPLER
    unfinished: bool = False
    program: str | None = None

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "at", self.configuration.local(self.at))

    @property
    def folder(self) -> Path:
        """The folder of its files."""
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
        """When it is over, in words for messages."""
        day = self.period.last_day
        return f"the end of {day} ({self.configuration.zone or 'UTC'})"
