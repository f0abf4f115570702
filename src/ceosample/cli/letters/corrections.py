"""What was recorded or drawn is set aside: correct an event, supersede a month."""

from __future__ import annotations

import functools
import sys
import warnings
from pathlib import Path

import click

from ceosample import file_modes, job
from ceosample.cli.group import cli
from ceosample.cli.letters.print_events import print_events
from ceosample.cli.options import (
    Actor,
    configured_for,
    json_option,
    period_option,
    population_option,
    reason_option,
    recording_options,
)
from ceosample.errors import RotationWarning
from ceosample.period import Period
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.events import Event


@cli.command()
@click.argument("event", metavar="HASH")
@reason_option
@recording_options
@json_option
def correct(
    event: str,
    reason_code: str,
    who: Actor,
    as_json: bool,
) -> None:
    """Make the event HASH void; both the event and the correction stay on record."""
    with who.ledger() as ledger:
        said = ledger.correct(event, by=who.by, at=who.at, reason_code=reason_code)
        told = _told_pickup(who, ledger, said)
    print_events([said], as_json, one=True)
    _say_told(told)


@cli.command()
@period_option
@population_option
@click.option("--approver", help="The id of another person, who approves it.")
@reason_option
@recording_options
@json_option
def supersede(
    period: Period,
    population: str | None,
    approver: str | None,
    reason_code: str,
    who: Actor,
    as_json: bool,
) -> None:
    """Set a month's draw aside, for a new freeze and a fresh seed; the old one stays on record.

    Where later months of its rotation's block were drawn, it says what follows, and asks first at a
    terminal.
    """
    with who.ledger() as ledger:
        superseded = functools.partial(
            ledger.supersede,
            who.population(population),
            period,
            by=who.by,
            at=who.at,
            reason_code=reason_code,
            approver=approver,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("error", RotationWarning)
            try:
                event = superseded()
            except RotationWarning as warning:
                click.echo(f"warning: {warning}", err=True)
                if sys.stdin.isatty():
                    click.confirm("Supersede it?", abort=True, err=True)
                warnings.simplefilter("ignore", RotationWarning)
                event = superseded()
        told = _told_pickup(who, ledger, event)
    print_events([event], as_json, one=True)
    _say_told(told)


def _told_pickup(who: Actor, ledger: Ledger, event: Event) -> Path | None:
    """The notice in the pick-up folder: the month's files may have been fetched already."""
    configuration = configured_for(who.config, event.population)
    with file_modes.for_group(configuration.for_group):
        return job.tell_pickup(configuration, ledger, event)


def _say_told(place: Path | None) -> None:
    if place is not None:
        click.echo(f"told to the pick-up folder: {place}", err=True)
