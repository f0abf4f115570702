"""A run of the due months: one after the other, in order, each once."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Sequence

import attrs

from ceosample import files
from ceosample.canonical import Json
from ceosample.configuration import Configuration
from ceosample.error_report import ErrorReport
from ceosample.errors import CeosampleError, PlanError, raise_faults
from ceosample.job.due import Agenda, agenda, month_for_seed, month_states
from ceosample.job.losses.lost_files import LostFiles, lost_files
from ceosample.job.losses.named_ledger import require_named
from ceosample.job.month import SAMPLER, Month, Outcome
from ceosample.job.run_month import run_alone, set_clock
from ceosample.job.seed_supply import SeedInputs, awaited
from ceosample.period import Period
from ceosample.result import Result
from ceosample.signoff.known_heads import require_known_heads
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.events import Event, moment


@attrs.frozen
class RunReport(Result):
    """What a run of what is due, or of one month, came to.

    Attributes:
        population: whose months.
        at: when the run happened, as it claims.
        months: how far each month came, in order; those that had nothing to do are not there.
        agenda: what is still due, and what comes next; None if that could not be found out.
        head: the ledger's newest hash; None if it could not be read.
        error: what stopped it; None without an error.
        alone: the month that was asked for by its period; None for a run of what is due. The JSON
            repeats its fields at the top, where release 0.1 had them.
        run: the id of the call that ran it; empty where a program called the library.
        lost: the files that months' folders lost, by month.
    """

    population: str
    at: dt.datetime
    months: tuple[Outcome, ...]
    agenda: Agenda | None
    head: str | None
    error: ErrorReport | None = None
    alone: Outcome | None = None
    run: str = ""
    lost: tuple[LostFiles, ...] = ()

    @property
    def waiting(self) -> Outcome | None:
        """The month that waits for its seed; None if none does."""
        last = self.months[-1] if self.months else None
        return last if last is not None and last.state == "waiting" else None

    @property
    def state(self) -> str:
        """``failed``, ``waiting`` for a seed, ``done``, ``nothing-due``; one month's own."""
        if self.error is not None:
            return "failed"
        if self.alone is not None:
            return self.alone.state
        if self.waiting is not None:
            return "waiting"
        return "done" if self.months else "nothing-due"

    @property
    def reason(self) -> str:
        """Why it ended as it did, as a code that stays the same from release to release."""
        if self.error is not None:
            return self.error.reason
        if self.waiting is not None:
            return "waiting-for-seed"
        return "done" if self.months else "nothing-due"

    def to_dict(self) -> dict[str, Json]:
        """For JSON, as ``schema("run")`` has it."""
        waits = self.waiting
        coming: dict[str, Json] = (
            {"due": [], "next": None, "passed_over": [], "set_aside": []}
            if self.agenda is None
            else self.agenda.to_dict()
        )
        return {
            **({} if self.alone is None else self.alone.to_dict()),
            "scheme": "ceosample-run/1",
            "population": self.population,
            "at": moment(self.at, "at"),
            "state": self.state,
            "reason": self.reason,
            "run": self.run,
            "months": [outcome.to_dict() for outcome in self.months],
            "waiting": None
            if waits is None
            else {
                "period": waits.period,
                "for": awaited(waits.seed_source),
                "since": waits.since,
            },
            **coming,
            "lost": [lost.to_dict() for lost in self.lost],
            "head": self.head,
            "error": None if self.error is None else self.error._asdict(),
        }


def run_due(
    configuration: Configuration,
    ledger: Ledger,
    *,
    at: dt.datetime,
    supply: SeedInputs | None = None,
    by: str = SAMPLER,
    program: str | None = None,
    progress: Callable[[str], None] = lambda step: None,
    finished: Callable[[Outcome], None] = lambda outcome: None,
) -> RunReport:
    """Take on every month that is due, in order, as far as it can be taken now.

    A month that waits for its seed stops the run, so that the months stay in order. A month that
    the plan cannot be carried out on (it has fewer responses than the plan's fixed size) stops no
    later month: those are taken on, and its error is raised at the end. Once a later month is
    frozen, it is among ``passed_over``. Digits and a
    beacon's value are for the month that waits for them; where none does, for the one that had its
    seed last, of which they must be a repetition.

    Args:
        configuration: what to do.
        ledger: the ledger, which records it.
        at: when the run happens; aware.
        supply: what there is for seeds.
        by: who freezes and draws.
        program: what the ledger names as the program that does; None names none.
        progress: called with the name of each step before it.
        finished: called with each month's outcome, so that an error later does not hide it.

    Raises:
        ConfigurationError: the ledger holds no month, and no first one is named.
        ConflictError: the folder of packs was written with a newer ledger.
        CeosampleError: whatever a step finds wrong; what was done before it stays done.

    >>> import tempfile, ceosample as cs
    >>> from pathlib import Path
    >>> toml = '''
    ... population = {name = "complaint-responses", first = "2026-10"}
    ... source = {csv = "responses.csv", unit_id = "id"}
    ... plan = {size = 2}
    ... seed = {source = "dice"}
    ... signatory = {id = "ceo", name = "Margaret Llewelyn", title = "Chief Executive"}
    ... letters = {contents = "letters.jsonl"}
    ... ledger = {url = "sqlite:///signoff.db"}
    ... output = {folder = "packs"}
    ... '''
    >>> at = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     home = Path(folder)
    ...     _ = (home / "ceosample.toml").write_text(toml, "utf-8")
    ...     _ = (home / "responses.csv").write_text("id\\nR-1\\nR-2\\nR-3\\n", "utf-8")
    ...     _ = (home / "letters.jsonl").write_text("", "utf-8")
    ...     configuration = cs.batch.Configuration.load(home / "ceosample.toml")
    ...     due = cs.batch.due(configuration, [], at)
    ...     month = cs.batch.Month(configuration, due[0], at)
    ...     checked = cs.batch.check(month)
    ...     planned = cs.batch.preview_due(configuration, [], at=at)
    ...     with cs.Ledger.open("sqlite://", clock=lambda: at) as ledger:
    ...         alone = cs.batch.run(month, ledger)
    ...         report = cs.batch.run_due(configuration, ledger, at=at)
    >>> [str(period) for period in due], checked.ok, planned.months[0].step
    (['2026-10', '2026-11'], True, 'frame')
    >>> alone.state, report.months[0].state  # it waits for its dice
    ('waiting', 'waiting')
    """
    given = supply or SeedInputs()
    outcomes: list[Outcome] = []
    refused: list[str] = []
    with files.locked(configuration.lock_folder, for_group=configuration.for_group):
        require_named(configuration, ledger)
        require_known_heads(ledger, configuration.population, configuration.packs)
        set_clock(configuration, ledger, by, at)
        months = _told(configuration, ledger)
        due = [*agenda(configuration, months, at).due]
        meant = month_for_seed(months, due) if given.known else None
        for period in _in_order(due, meant):
            month = Month(configuration, str(period), at, by=by, program=program)
            mine = given if period == meant else given.without_values
            try:
                outcome = run_alone(month, ledger, None, mine, progress)
            except PlanError as error:
                refused += [f"{month.words}: {fault}" for fault in error.faults]
                continue
            outcomes.append(outcome)
            finished(outcome)
            if outcome.state == "waiting":
                break
    raise_faults(PlanError, refused)
    events = ledger.month_events(configuration.population)
    return RunReport(
        population=configuration.population,
        at=at,
        months=tuple(outcomes),
        agenda=agenda(configuration, month_states(configuration, events), at),
        head=_head(ledger),
        lost=tuple(lost_files(configuration, events)),
    )


def report_of(month: Month, ledger: Ledger, outcome: Outcome) -> RunReport:
    """The report of a run of one month, after it.

    Args:
        month: the month that was asked for.
        ledger: the ledger, which records it.
        outcome: how far it came.
    """
    configuration = month.configuration
    coming = None
    events = ledger.month_events(configuration.population)
    with contextlib.suppress(CeosampleError):
        coming = agenda(configuration, month_states(configuration, events), month.at)
    return RunReport(
        population=configuration.population,
        at=month.at,
        months=(outcome,),
        agenda=coming,
        head=_head(ledger),
        alone=outcome,
        lost=tuple(lost_files(configuration, events)),
    )


def failed(
    configuration: Configuration,
    at: dt.datetime,
    done: Sequence[Outcome],
    error: ErrorReport,
    *,
    run: str = "",
) -> RunReport:
    """The report of a run that an error stopped: what was done before it stays done."""
    coming, head = None, None
    with (
        contextlib.suppress(CeosampleError),
        Ledger.open(configuration.ledger_url, create=False) as ledger,
    ):
        head = ledger.head
        coming = agenda(configuration, _told(configuration, ledger), at)
    return RunReport(
        population=configuration.population,
        at=at,
        months=tuple(done),
        agenda=coming,
        head=head,
        error=error,
        run=run,
    )


def _head(ledger: Ledger) -> str | None:
    """The ledger's newest hash; None where there is none yet, and none was begun."""
    return ledger.head if ledger.begun else None


def _told(configuration: Configuration, ledger: Ledger) -> dict[Period, dict[str, Event]]:
    return month_states(configuration, ledger.month_events(configuration.population))


def _in_order(due: Sequence[Period], meant: Period | None) -> list[Period]:
    return [*due] if meant is None or meant in due else [meant, *due]
