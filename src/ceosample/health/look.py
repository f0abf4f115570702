"""Look at a population: its ledger, its packs, the word that runs and checks left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from ceosample.configuration import Configuration
from ceosample.duration import in_words
from ceosample.error_report import ErrorReport
from ceosample.errors import CeosampleError, ClockError, ConfigurationError, NoLedgerError, joined
from ceosample.health.last_check import last_check, remember_check
from ceosample.health.last_run import LastRun, last_run
from ceosample.health.state import Facts, Finding, Health, HealthLevel, WaitingMonth
from ceosample.job import agenda, lost_files, month_states
from ceosample.reasons import AGAIN, SIGNALLED
from ceosample.release import version
from ceosample.signoff.figures.month_summary import summarise
from ceosample.signoff.figures.open_letters import at_risk
from ceosample.signoff.known_heads import unknown_heads
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.events import Event

#: Reasons of a ledger that does not answer at this moment: the next look may find it.
_PASSING: Final = ("database-busy",)


def health(
    configuration: Configuration, *, at: dt.datetime, waiting_days: int = 3, check: bool = False
) -> Health:
    """How a population's sign-off stands; nothing in the ledger is changed.

    Args:
        configuration: whose.
        at: when it is asked for; aware.
        waiting_days: the number of days after which a month that waits needs a person.
        check: True to check the whole ledger too, and leave word of it.
    """
    found: list[Finding] = []
    facts, checked = None, last_check(configuration)
    run = last_run(configuration)
    try:
        with Ledger.open(configuration.ledger_url, create=False) as ledger:
            if check:
                checked = remember_check(configuration, ledger.check(), at)
            facts = _facts(configuration, ledger, at)
            found += _of_ledger(configuration, ledger)
    except NoLedgerError as error:
        is_lost = any(path.is_dir() for path in configuration.packs.glob("*"))
        level = HealthLevel.CRITICAL if is_lost else HealthLevel.WARNING
        found.append(Finding(level, error.reason, "there is no ledger"))
    except (CeosampleError, OSError) as error:
        failure = ErrorReport.of(error)
        level = HealthLevel.WARNING if failure.reason in _PASSING else HealthLevel.CRITICAL
        found.append(Finding(level, failure.reason, _words(error)))
    if checked is not None and not checked.ok:
        said = "the last check of the ledger found a difference"
        found.append(Finding(HealthLevel.CRITICAL, "difference", said))
    found += _of_run(run)
    if facts is not None:
        found += _of_facts(facts, at, waiting_days)
    return Health(
        population=configuration.population,
        at=at,
        program=version(),
        waiting_days=waiting_days,
        findings=tuple(sorted(found, key=lambda finding: -finding.level)),
        facts=facts,
        last_run=run,
        checked=checked,
    )


def unknown(error: BaseException, *, at: dt.datetime, waiting_days: int) -> Health:
    """The answer where nothing can be found out.

    Args:
        error: why not.
        at: when it is asked for; aware.
        waiting_days: as :func:`health` has it.
    """
    is_ours = isinstance(error, CeosampleError | OSError)
    reason = ErrorReport.of(error).reason if is_ours else "internal-error"  # type: ignore[arg-type]
    finding = Finding(HealthLevel.UNKNOWN, reason, _words(error))
    return Health("", at, version(), waiting_days, (finding,))


def _words(error: BaseException) -> str:
    """An error's first line where it cannot name a customer's response, else its kind."""
    if isinstance(error, ClockError | ConfigurationError) or (
        isinstance(error, CeosampleError) and error.reason.startswith("database-")
    ):
        return error.faults[0].splitlines()[0]
    return type(error).__name__


def _facts(configuration: Configuration, ledger: Ledger, at: dt.datetime) -> Facts:
    events = list(ledger.events(population=configuration.population))
    months = summarise(events)
    newest = events[-1] if events else None
    recorded = at if newest is None else dt.datetime.fromisoformat(newest.recorded_at)
    return Facts(
        waiting=tuple(_waiting(configuration, events, at)),
        late_letters=sum(letter.overdue for letter in at_risk(events, as_of=at)),
        empty_places=sum(sum(month.empty_places.values()) for month in months),
        missing_packs=tuple(lost.period for lost in lost_files(configuration, events)),
        events=ledger.count,
        head=ledger.head,
        clock_behind=max(0, int((recorded - at).total_seconds())),
    )


def _waiting(
    configuration: Configuration, events: list[Event], at: dt.datetime
) -> Iterator[WaitingMonth]:
    states = month_states(configuration, events)
    if not states and configuration.first is None:
        return  # which the first run asks for
    for period in agenda(configuration, states, at).due:
        newest = states.get(period, {})
        begun = newest.get("seed_revealed") or newest.get("frozen")
        what = "seed" if begun is not None and begun.kind == "frozen" else "run"
        since = (
            configuration.midnight(period.next().first_day)
            if begun is None
            else dt.datetime.fromisoformat(begun.recorded_at)
        )
        yield WaitingMonth(str(period), what, since)


def _of_ledger(configuration: Configuration, ledger: Ledger) -> Iterator[Finding]:
    try:
        ledger.require_clock()
    except ClockError as error:
        yield Finding(HealthLevel.CRITICAL, error.reason, _words(error))
    if any(unknown_heads(ledger, configuration.population, configuration.packs)):
        said = "the ledger is older than its packs, or another one"
        yield Finding(HealthLevel.CRITICAL, "conflict", said)


def _of_run(run: LastRun | None) -> Iterator[Finding]:
    if run is None or run.ok:
        return
    passes = run.exit_code == AGAIN or run.exit_code > SIGNALLED
    said = f"the last run failed: {run.reason} (exit code {run.exit_code})"
    yield Finding(HealthLevel.WARNING if passes else HealthLevel.CRITICAL, run.reason, said)


def _of_facts(facts: Facts, at: dt.datetime, waiting_days: int) -> Iterator[Finding]:
    for one in facts.waiting:
        waited = at - one.since
        if waited > dt.timedelta(days=waiting_days):
            said = f"{one.period} waits for its {one.what} for {in_words(_days(waited))}"
            reason = "waiting-for-seed" if one.what == "seed" else "overdue"
            yield Finding(HealthLevel.WARNING, reason, said)
    if facts.late_letters:
        said = f"late letters: {facts.late_letters}"
        yield Finding(HealthLevel.WARNING, "late-letters", said)
    if facts.missing_packs:
        said = f"packs are missing: {joined(facts.missing_packs)}"
        yield Finding(HealthLevel.CRITICAL, "missing-packs", said)


def _days(length: dt.timedelta) -> dt.timedelta:
    return dt.timedelta(days=length.days)
