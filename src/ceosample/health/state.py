"""The state that a monitor asks for: facts, and what of them needs a person."""

from __future__ import annotations

import datetime as dt
from enum import IntEnum

import attrs

from ceosample.canonical import Json
from ceosample.duration import in_words
from ceosample.health.last_check import LastCheck
from ceosample.health.last_run import LastRun
from ceosample.result import Result


class HealthLevel(IntEnum):
    """How much a monitor makes of it; the numbers are the exit codes of monitoring plug-ins."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


@attrs.frozen
class Finding(Result):
    """One thing that needs a person.

    Attributes:
        level: how urgent it is.
        reason: a code that stays the same from release to release.
        words: what it is, with no customer's data.
    """

    level: HealthLevel
    reason: str
    words: str


@attrs.frozen
class WaitingMonth(Result):
    """A month that is due and not sent.

    Attributes:
        period: the month.
        what: what it waits for: ``seed``, or ``run``.
        since: since when it waits for that.
    """

    period: str
    what: str
    since: dt.datetime


@attrs.frozen
class Facts(Result):
    """What the ledger says.

    Attributes:
        waiting: the months that are due and not sent, in order.
        late_letters: the number of open letters whose due date is over.
        empty_places: the number of places that no letter fills any more.
        missing_packs: the months whose folder lost files or packs.
        events: the number of events in the ledger.
        head: the hash of its newest event.
        clock_behind: seconds by which this computer's clock is before the newest event; 0 if it
            is not.
    """

    waiting: tuple[WaitingMonth, ...]
    late_letters: int
    empty_places: int
    missing_packs: tuple[str, ...]
    events: int
    head: str
    clock_behind: int


@attrs.frozen
class Health(Result):
    """How a population's sign-off stands.

    Attributes:
        population: whose; empty where the configuration cannot be read.
        at: when it was asked for.
        program: the release that asks.
        waiting_days: the number of days after which what waits needs a person.
        findings: what needs a person, the most urgent first.
        facts: what the ledger says; None where it cannot be read.
        last_run: the last run; None if none left word.
        checked: the last check of the whole ledger; None if none left word.
    """

    population: str
    at: dt.datetime
    program: str
    waiting_days: int
    findings: tuple[Finding, ...]
    facts: Facts | None = None
    last_run: LastRun | None = None
    checked: LastCheck | None = None

    @property
    def level(self) -> HealthLevel:
        """The level of the most urgent finding; UNKNOWN comes after CRITICAL and WARNING."""
        levels = {finding.level for finding in self.findings}
        order = (HealthLevel.CRITICAL, HealthLevel.WARNING, HealthLevel.UNKNOWN)
        return next((level for level in order if level in levels), HealthLevel.OK)

    def to_dict(self) -> dict[str, Json]:
        """For JSON, as ``schema("health")`` has it."""
        said = super().to_dict()
        return {
            "scheme": "ceosample-health/1",
            "level": self.level.name,
            "exit_code": int(self.level),
            **said,
        }

    @property
    def headline(self) -> str:
        """What needs a person, in a line; else what there is to say of a state that is well."""
        said = "; ".join(finding.words for finding in self.findings)
        if said or self.facts is None:
            return said
        waits = ", ".join(f"{one.period} waits for its {one.what}" for one in self.facts.waiting)
        return waits or "nothing waits"

    def __str__(self) -> str:
        lines = [f"{self.level.name}: {self.population or 'ceosample'}"]
        lines += [f"  {f.level.name.lower()}: {f.words} ({f.reason})" for f in self.findings]
        run, check, facts = self.last_run, self.checked, self.facts
        ran = "none left word" if run is None else f"{_when(run.at, self.at)}, {run.reason}"
        lines.append(f"last run        {ran}")
        if run is not None:
            lines.append(f"last success    {_when(run.succeeded_at, self.at)}")
        if facts is not None:
            behind = facts.clock_behind
            waits = [
                f"{w.period} for its {w.what} since {_when(w.since, self.at)}"
                for w in facts.waiting
            ]
            lines += [
                f"waiting         {'; '.join(waits) or 'nothing'}",
                f"late letters    {facts.late_letters}",
                f"empty places    {facts.empty_places}",
                f"missing packs   {', '.join(facts.missing_packs) or 'none'}",
                f"ledger          {facts.events} events, head {facts.head}",
                f"clock           {f'{behind} seconds behind' if behind else 'ok'}",
            ]
        if check is None:
            lines.append("checked         none left word; 'ceosample health --check' checks")
        else:
            verdict = "ok" if check.ok else "NOT ok"
            lines.append(
                f"checked         {_when(check.at, self.at)}, {verdict}, head {check.head}"
            )
        return "\n".join(lines)


def _when(moment: dt.datetime | None, now: dt.datetime) -> str:
    """A time, and how long ago it was."""
    if moment is None:
        return "never"
    ago = max(now - moment, dt.timedelta(0))
    whole = dt.timedelta(days=ago.days) if ago.days else dt.timedelta(minutes=ago.seconds // 60)
    return f"{moment.isoformat(timespec='seconds')} ({in_words(whole)} ago)"
