"""Run every month that is due, or one month."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import click

from ceosample import files, job
from ceosample.cli.group import cli
from ceosample.cli.options import (
    MONTH,
    Progress,
    at_option,
    clock_options,
    config_option,
    configured,
    json_option,
    ledger_to_run,
    now,
    populations,
)
from ceosample.cli.seed import chain_of
from ceosample.cli.unattended.invocation import report_failure_with, run_id
from ceosample.cli.unattended.log import log_option
from ceosample.cli.unattended.run_each import run_each
from ceosample.cli.unattended.run_watch import ended, listen, waiting_option, watch
from ceosample.configuration import Configuration
from ceosample.errors import CeosampleError
from ceosample.job.preview import preview
from ceosample.job.seed_supply import SeedInputs, awaited
from ceosample.letters.markup.printed import lost_fields
from ceosample.period import Period
from ceosample.release import program
from ceosample.sampling.seeds.drand_answer import Answer
from ceosample.sampling.seeds.seed_source import Dice
from ceosample.signoff.known_heads import require_known_heads
from ceosample.signoff.store.events import Event
from ceosample.signoff.witness_sheets import sheet_names
from ceosample.text import counted


@cli.command()
@config_option
@click.option(
    "--period", type=MONTH, help="One month, such as 2026-10.  [default: every month that is due]"
)
@click.option("--dice", help="The digits that you rolled after the freeze, at least 20.")
@click.option(
    "--witness",
    "witnesses",
    multiple=True,
    help="The role of a witness; give the option once for each.",
)
@click.option("--beacon", help="The value of the beacon's round that the freeze named.")
@click.option(
    "--signature",
    help="The signature of that round, kept with the value. Of drand it suffices alone.",
)
@click.option(
    "--previous-signature",
    help="The signature of the round before, which drand's default chain signs too.",
)
@click.option(
    "--round-file",
    type=click.Path(path_type=Path),
    help="drand's answer for that round, as JSON, in place of these three.",
)
@click.option(
    "--round", "round_", type=int, help="The beacon's round to name when --period is frozen."
)
@click.option(
    "--control-total",
    type=int,
    help="The independent register's count of all responses of --period.",
)
@click.option(
    "--refreeze",
    is_flag=True,
    help="Freeze --period again from the source, before there is a seed.",
)
@click.option("--unfinished", is_flag=True, help="Freeze --period before it is over.")
@click.option("--dry-run", is_flag=True, help="Show what it would do now; write nothing.")
@click.option(
    "--by",
    default=job.SAMPLER,
    show_default=True,
    help="The id of the person who freezes and draws, or the role.",
)
@at_option
@clock_options
@waiting_option
@log_option
@json_option
def run(
    config: Path,
    period: Period | None,
    dice: str | None,
    witnesses: tuple[str, ...],
    beacon: str | None,
    signature: str | None,
    previous_signature: str | None,
    round_file: Path | None,
    round_: int | None,
    control_total: int | None,
    refreeze: bool,
    unfinished: bool,
    dry_run: bool,
    by: str,
    at: dt.datetime | None,
    exit_waiting: int,
    log: str | None,
    as_json: bool,
) -> None:
    """Run every month that is due: freeze it and, once its seed is known, draw, render and send.

    Without --period it takes every closed month since the last in the ledger, once each and in
    order. It continues a month that was begun first. A month that waits for its seed stops the
    run (exit 75). Run it as often as you like: what is done stays done, and what was interrupted
    is finished. It runs every population of the configuration, or the one of --population: one
    that fails stops no other, and the exit code is the worst.
    """
    if witnesses and dice is None:
        raise click.UsageError("--witness goes with --dice")
    given_beacon = _beacon_given(beacon, signature, previous_signature, round_file)
    of_one_month = (round_ is not None, control_total is not None, refreeze, unfinished)
    if period is None and any(of_one_month):
        raise click.UsageError(
            "--round, --control-total, --refreeze and --unfinished go with --period"
        )
    listen(log)
    found = populations(config)
    given = (dice is not None, bool(given_beacon), *of_one_month)
    if len(found) > 1 and any(given):
        # Digits and counts are one population's: they are never tried on the others.
        configured(config)

    def run_one(configuration: Configuration) -> None:
        supply = SeedInputs(
            chain=chain_of(configuration),
            dice=dice,
            witnesses=witnesses,
            round=round_,
            **given_beacon,
        )
        moment = configuration.local(at or now())
        month = None
        if period is not None:
            month = job.Month(
                configuration,
                period,
                moment,
                control_total=control_total,
                refreeze=refreeze,
                unfinished=unfinished,
                by=by,
                program=program(),
            )
        if dry_run:
            _preview(configuration, moment, month, supply, as_json)
            return
        watch(configuration)
        report = (
            _run_due(configuration, moment, supply, by, as_json)
            if month is None
            else _run_month(month, supply, as_json)
        )
        _tell_lost(report)
        _tell_waiting(configuration, report.waiting)
        sys.exit(ended(configuration, report, exit_waiting))

    if len(found) == 1:
        run_one(found[0])
    else:
        run_each(found, run_one, waiting=exit_waiting, as_json=as_json)


def _beacon_given(
    beacon: str | None, signature: str | None, previous: str | None, round_file: Path | None
) -> dict[str, Any]:
    """What was given of a beacon's round, by the names of ``SeedInputs``; nothing where nothing."""
    texts = {"beacon": beacon, "signature": signature, "previous_signature": previous}
    given = {name: text.lower() for name, text in texts.items() if text is not None}
    if round_file is None:
        if previous is not None and signature is None:
            raise click.UsageError("--previous-signature goes with --signature")
        return given
    if given:
        raise click.UsageError(
            "--round-file goes without --beacon, --signature and --previous-signature"
        )
    answer = Answer.parse(files.read(round_file))
    return {
        "beacon": answer.value,
        "signature": answer.signature,
        "previous_signature": answer.previous_signature,
        "answered": answer.number,
    }


def _preview(
    configuration: Configuration,
    at: dt.datetime,
    month: job.Month | None,
    supply: SeedInputs,
    as_json: bool,
) -> None:
    events: list[Event] = []
    opened = job.open_to_read(configuration)
    if opened is not None:
        with opened as ledger:
            require_known_heads(ledger, configuration.population, configuration.packs)
            events = ledger.month_events(configuration.population)
    found = (
        job.preview_due(configuration, events, at=at, supply=supply)
        if month is None
        else preview(month, events, supply)
    )
    if as_json:
        click.echo(found.to_json())
        return
    said = "" if found.agenda is None else _coming_in_words(found.agenda, found.months)
    click.echo("\n\n".join(filter(None, [str(found), said, "a dry run: nothing was written"])))


def _run_month(month: job.Month, supply: SeedInputs, as_json: bool) -> job.RunReport:
    configuration, run = month.configuration, run_id()
    report_failure_with(
        lambda error: job.failed(configuration, month.at, [], error, run=run).to_dict()
    )
    with ledger_to_run(configuration) as ledger, Progress() as step:
        outcome = job.run(month, ledger, supply=supply, progress=step)
        report = attrs.evolve(job.report_of(month, ledger, outcome), run=run)
    click.echo(report.to_json() if as_json else _outcome_in_words(outcome))
    return report


def _run_due(
    configuration: Configuration, at: dt.datetime, supply: SeedInputs, by: str, as_json: bool
) -> job.RunReport:
    done: list[job.Outcome] = []
    run = run_id()
    report_failure_with(lambda error: job.failed(configuration, at, done, error, run=run).to_dict())
    with ledger_to_run(configuration) as ledger, Progress() as step:
        try:
            report = job.run_due(
                configuration,
                ledger,
                at=at,
                supply=supply,
                by=by,
                program=program(),
                progress=step,
                finished=done.append,
            )
        except (CeosampleError, OSError):
            if done and not as_json:
                click.echo("\n\n".join(map(_outcome_in_words, done)))
            raise
    report = attrs.evolve(report, run=run)
    click.echo(report.to_json() if as_json else _report_in_words(report))
    return report


def _tell_lost(report: job.RunReport) -> None:
    """Tell what months' folders lost: the run did without it, and a person must restore it."""
    for lost in report.lost:
        click.echo(f"ceosample: {lost}", err=True)


def _tell_waiting(configuration: Configuration, waiting: job.Outcome | None) -> None:
    """Tell what the next run needs, if a month waits for its seed."""
    if waiting is None:
        return
    wanted = [_in_words(part) for part in awaited(waiting.seed_source)]
    whose = f", and --population {configuration.population}" if configuration.apart else ""
    click.echo(f"waiting for the seed: run again with {' and '.join(wanted)}{whose}", err=True)


def _in_words(part: Any) -> str:
    if part["kind"] == Dice.kind:
        return "--dice and --witness"
    out = "" if part["out"] is None else f", published at {part['out']}"
    if part["beacon"].startswith("drand-"):
        return f"--round-file, drand's answer for round {part['round']} of {part['beacon']}{out}"
    return f"--beacon, the value of round {part['round']} of {part['beacon']}{out}"


def _report_in_words(report: job.RunReport) -> str:
    said = [_outcome_in_words(outcome) for outcome in report.months]
    if report.agenda is not None:
        said.append(_coming_in_words(report.agenda, report.months))
    return "\n\n".join(filter(None, said))


def _coming_in_words(coming: job.Agenda, reached: Sequence[job.Outcome | job.MonthPreview]) -> str:
    """What is due after the months of this run, and what comes next."""
    later = [period for period in map(str, coming.due) if period not in {m.period for m in reached}]
    after = []
    if later:
        after.append(f"due after it: {', '.join(later)}")
    elif not coming.due:
        nothing = "" if reached else "nothing is due; "
        after.append(f"{nothing}next is {coming.next}, due from {coming.closes.isoformat()}")
    if coming.passed_over:
        after.append(
            f"passed over: {', '.join(map(str, coming.passed_over))}; run one with --period"
        )
    if coming.set_aside:
        after.append(
            f"superseded and not begun again: {', '.join(map(str, coming.set_aside))}; "
            "run one with --period"
        )
    return "\n".join(after)


def _outcome_in_words(outcome: job.Outcome) -> str:
    month = f"{outcome.title or outcome.population}, {outcome.period}"
    rolled = "" if outcome.roll_forward is None else f"\nroll-forward {outcome.roll_forward}"
    still = f"\nstill open   {outcome.open}{rolled}"
    if outcome.state == "waiting":
        return (
            f"{month}: frozen in {outcome.folder}\n"
            f"commitment   {outcome.commitment}\n"
            f"event        {outcome.frozen}\n"
            f"seed from    {outcome.seed_source}{still}\n"
            f"sheets       {', '.join(sheet_names(outcome.frozen, outcome.seed_source))}\n"
            "Print the commitment sheet, date it and have it signed before there is a seed."
        )
    if outcome.state == job.EMPTY:
        told = ", ".join(f"{reason} {count}" for reason, count in outcome.left_out.items())
        left_out = sum(outcome.left_out.values())
        return (
            f"{month}: empty, nothing was eligible ({left_out} left out{told and f': {told}'}); "
            f"see {outcome.folder}\n"
            f"commitment   {outcome.commitment}\n"
            f"event        {outcome.frozen}{still}"
        )
    lost = f"\nnot printed  {lost_fields(outcome.unprinted)}" if outcome.unprinted else ""
    what = "already done" if outcome.state == "done" else "sent for signature"
    return (
        f"{month}: {counted(outcome.letters or 0, 'letter')}, {what}; see {outcome.folder}\n"
        f"draw         {outcome.draw}\n"
        f"registration {outcome.registration}{still}{lost}"
    )
