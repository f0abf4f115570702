"""Whether a configuration would run: every part asked, nothing drawn, nothing written."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final

import attrs

from ceosample.canonical import Json
from ceosample.configuration import Configuration
from ceosample.days import UTC, month_of
from ceosample.errors import FAULTS_IN_FULL, CeosampleError
from ceosample.job.checks.context import CheckContext, Doubted, NotChecked
from ceosample.job.checks.of_ledger import months_of
from ceosample.job.checks.parts import PARTS
from ceosample.job.due import agenda
from ceosample.job.month import Month
from ceosample.period import Period
from ceosample.problems import causes_of
from ceosample.result import Result
from ceosample.sampling.seeds.chain.seed_chain import SeedChain
from ceosample.signoff.replay.zones import zone_of
from ceosample.text import counted, quoted

OK: Final = "ok"
FAULT: Final = "fault"
NOT_CHECKED: Final = "not checked"

#: A run could use it, and there is something to look at.
DOUBTED: Final = "look"


@attrs.frozen
class PartReport:
    """One part of a configuration.

    Attributes:
        name: the part's name.
        state: ``ok``, ``look``, ``fault`` or ``not checked``.
        said: what was found, what is wrong, or why it was not checked; a line each.
        exit_code: the exit code of a run; 0 unless the state is ``fault``.
    """

    name: str
    state: str
    said: tuple[str, ...]
    exit_code: int = 0


@attrs.frozen
class CheckReport(Result):
    """What a check of a configuration found.

    Attributes:
        population, period: the month with which it was checked; empty without a configuration.
        parts: the parts, in the order in which a run comes to them.
        title: the population as people read it in that month; None shows its id.
    """

    population: str
    period: str
    parts: tuple[PartReport, ...]
    title: str | None = None

    @property
    def ok(self) -> bool:
        """Whether no part has a problem."""
        return self.exit_code == 0

    @property
    def exit_code(self) -> int:
        """The exit code of the first part with a problem; 0 if no part has one."""
        return next((part.exit_code for part in self.parts if part.state == FAULT), 0)

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            "population": self.population,
            "period": self.period,
            "ok": self.ok,
            "exit_code": self.exit_code,
            "parts": [{**attrs.asdict(part), "said": [*part.said]} for part in self.parts],
        }

    def __str__(self) -> str:
        states = [part.state for part in self.parts]
        bad = states.count(FAULT)
        counts = ", ".join(
            (
                f"{states.count(OK)} {OK}",
                *([f"{states.count(DOUBTED)} to look at"] if DOUBTED in states else []),
                counted(bad, "problem"),
                f"{states.count(NOT_CHECKED)} {NOT_CHECKED}",
            )
        )
        population = self.title or self.population or "no population"
        lines = [f"{population}, {self.period or 'no month'}: {counts}"]
        for part in self.parts:
            said = [*map(str, causes_of(part.said))] if part.state == FAULT else part.said
            first, *more = said or ("",)
            state = "problem" if part.state == FAULT else part.state
            lines.append(f"{state:<12} {part.name:<14} {first}".rstrip())
            if part.state == FAULT and len(more) > FAULTS_IN_FULL:
                rest = len(more) - FAULTS_IN_FULL
                more = [*more[:FAULTS_IN_FULL], f"and {rest} more; --json has all"]
            lines += [f"{'':<28}{line}" for line in more]
        return "\n".join(lines)


def check(month: Month, chain: Callable[[], SeedChain] | None = None) -> CheckReport:
    """A report on every part of a configuration: whether a run could use it.

    Args:
        month: the month with which to check it.
        chain: opens the file of the chain; called if the seed's source is one.

    Returns:
        A report of all parts. A problem hides no other, except in parts that depend on it.

    The example of ``cs.batch.run_due`` calls it.
    """
    seen = CheckContext(month, chain)
    told = [_told(name, ask, seen) for name, ask in PARTS.items()]
    title = month.title(seen.frozen())
    said = [str(month.configuration.home), *_another_title(month, title)]
    said += _another_zone(month, zone_of(seen.events))
    configuration = PartReport("configuration", OK, tuple(said))
    return CheckReport(
        month.configuration.population, str(month.period), (configuration, *told), title
    )


def _another_title(month: Month, title: str | None) -> list[str]:
    """What there is to say where the month was frozen before the configuration had its title."""
    configured, name = month.configuration.title, month.configuration.population
    if title == configured:
        return []
    return [
        f"{month.period} was frozen as {quoted(title or name)} and keeps that; "
        f"{quoted(configured or name)} is for months frozen from now on"
    ]


def _another_zone(month: Month, zone: str | None) -> list[str]:
    """What there is to say where the month was frozen with another zone."""
    configured = month.configuration.zone or UTC
    if zone in (None, configured):
        return []
    return [
        f"{month.period} was frozen with the zone {zone} and keeps it; {configured} is for months "
        "frozen from now on"
    ]


def next_month(configuration: Configuration, at: dt.datetime) -> str:
    """The month that a run would take on first by itself; else the last that is over."""
    today = month_of(at, configuration.zone)
    due: tuple[Period, ...] = ()
    with contextlib.suppress(CeosampleError):
        due = agenda(configuration, months_of(configuration) or {}, at).due
    return str(due[0] if due else today.previous())


def no_configuration(error: CeosampleError) -> CheckReport:
    """The report where there is no configuration to check."""
    fault = PartReport("configuration", FAULT, error.faults, error.exit_code)
    why = "the configuration has problems"
    return CheckReport("", "", (fault, *(PartReport(name, NOT_CHECKED, (why,)) for name in PARTS)))


def _told(
    name: str, ask: Callable[[CheckContext], Sequence[str]], seen: CheckContext
) -> PartReport:
    try:
        return PartReport(name, OK, tuple(ask(seen)))
    except Doubted as doubt:
        return PartReport(name, DOUBTED, doubt.args)
    except NotChecked as why:
        return PartReport(name, NOT_CHECKED, (str(why),))
    except CeosampleError as error:
        return PartReport(name, FAULT, error.faults, error.exit_code)
    except OSError as error:
        what = f"{error.filename or name}: {error.strerror or error}"
        return PartReport(name, FAULT, (what,), CeosampleError.exit_code)
