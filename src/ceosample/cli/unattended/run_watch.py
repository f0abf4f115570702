"""What a run leaves for those who watch it: its log, and the word that a monitor reads."""

from __future__ import annotations

import click

from ceosample import job
from ceosample.cli.options import now
from ceosample.cli.unattended import log
from ceosample.cli.unattended.invocation import run_id, tell_failure_to
from ceosample.configuration import Configuration
from ceosample.error_report import ErrorReport
from ceosample.health.last_run import remember
from ceosample.reasons import AGAIN, REASONS
from ceosample.release import version

#: The option by which a unit tells a month that waits from one that must be tried again.
waiting_option = click.option(
    "--exit-waiting",
    type=click.IntRange(0, 125),
    default=AGAIN,
    show_default=True,
    callback=lambda ctx, param, value: _free(value),
    help="The exit code of a month that waits for its seed.",
)


def _free(code: int) -> int:
    taken = sorted({*REASONS.values()} - {0, AGAIN})
    if code in taken:
        raise click.BadParameter(f"got {code}, which means something else; give another, such as 4")
    return code


def listen(log_to: str | None) -> None:
    """Begin the log, which tells a failure from here on."""
    log.begin(log_to, run_id())
    log.step("run begun", program=version())

    def failed(error: ErrorReport) -> None:
        more = {"exit_code": error.exit_code, "code": error.code}
        log.step("run failed", error.reason, error=error.exit_code != AGAIN, **more)

    tell_failure_to(failed)


def watch(configuration: Configuration) -> None:
    """From here on a failure is remembered for a monitor."""
    tell_failure_to(lambda e: _remember(configuration, e.reason, e.exit_code, ok=False))


def ended(configuration: Configuration, report: job.RunReport, exit_waiting: int) -> int:
    """Leave word of how a run ended, and return its exit code."""
    waits = report.waiting is not None
    code = exit_waiting if waits else 0
    months = [{"period": str(month.period), "state": month.state} for month in report.months]
    log.step("run ended", report.reason, exit_code=code, months=months)
    _remember(configuration, report.reason, code, ok=True)
    return code


def _remember(configuration: Configuration, reason: str, exit_code: int, *, ok: bool) -> None:
    remember(configuration, run=run_id(), at=now(), reason=reason, exit_code=exit_code, ok=ok)
