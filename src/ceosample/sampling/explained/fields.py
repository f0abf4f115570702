"""What there is to say of one response, in fields; sentences are made of them elsewhere."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction

import attrs

from ceosample.period import Period
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.verify import Level
from ceosample.show import Described


class DrawOutcome(Enum):
    """What a month's public files say of one response."""

    DRAWN = "drawn"
    RESERVE = "in reserve"
    NOT_DRAWN = "not drawn"
    EXCLUDED = "left out"
    ABSENT = "not in these files"
    UNPROVED = "not shown: the files do not verify"


class TurnOfStratum(Enum):
    """What the month had for a stratum, where not every stratum gives a letter."""

    CALLED = "called"
    NOT_CALLED = "not called"
    DRAWN_BEFORE = "drawn earlier in its block"
    PICKED = "picked"
    NOT_PICKED = "not picked"
    CERTAIN = "certain to give a letter"


@attrs.frozen
class Standing(Described, Result):
    """The place of a response's ticket among those that competed for the same letters.

    Attributes:
        line: under a rotation ``called`` or ``open``; else None.
        ticket: 64 hexadecimal digits.
        lower: how many of the others had a lower ticket.
        among: how many competed, this one included.
        letters: how many of them were drawn; 0 where the stratum gave no letter.
        cut: the highest ticket that was drawn; None where none was.
    """

    line: str | None
    ticket: str
    lower: int
    among: int
    letters: int
    cut: str | None

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        facts = [("lower tickets", f"{self.lower} of the {self.among - 1} others")]
        facts.append(("letters drawn", str(self.letters)))
        facts += [("highest ticket drawn", self.cut)] if self.cut else []
        facts += [("line", self.line)] if self.line else []
        return f"Ticket {self.ticket}", facts


@attrs.frozen
class ExplanationFields(Result):
    """Why one response was drawn or not, worked out again from a month's public files.

    Attributes:
        unit_id: the response, as the files name it.
        number: the firm's number, where a code led from it to the blinded id; else None.
        population, period: the month.
        draw: the digest of ``draw.json``.
        outcome: what the files say of it.
        level: how far the files verify; below ``REPRODUCED`` nothing is said of the response.
        first_difference: what does not verify, in words; None if all does.
        scheme: how the letters were shared: the allocation's name, ``rotation``, or ``as stated``.
        eligible: how many responses could be drawn.
        other_case: where neither table has it, the one id of them that differs from it in capital
            letters alone; None where none does, or several.
        reason: the code for which it was left out; None if it was not.
        recorded: its stratum as the manifest has it; None where it has none.
        stratum: the same as the plan counts it, cut and merged; ``()`` under ``srs``.
        take_all: whether all responses of its stratum are read.
        probability: the chance that it had, exact.
        standings: where its ticket stands; two under a rotation, for its stratum's letter and for
            the open ones.
        turn: what a rotation or ``waiting`` had for its stratum; else None.
        lots: under ``waiting``, the lots of its stratum and those of all strata together.
        reserve: its place among the reserves, from 1; None where it is not in reserve.
    """

    unit_id: str
    number: str | None
    population: str
    period: Period
    draw: str
    outcome: DrawOutcome
    level: Level
    first_difference: str | None = None
    scheme: str | None = None
    eligible: int | None = None
    other_case: str | None = None
    reason: str | None = None
    recorded: Stratum | None = None
    stratum: Stratum | None = None
    take_all: bool = False
    probability: Fraction | None = None
    standings: tuple[Standing, ...] = ()
    turn: TurnOfStratum | None = None
    lots: tuple[int, int] | None = None
    reserve: int | None = None

    @property
    def ok(self) -> bool:
        """Whether the files verify, so that what is said can be believed."""
        return self.first_difference is None

    @property
    def name(self) -> str:
        """What people call the response: the firm's number, or the id in the files."""
        return self.unit_id if self.number is None else self.number
