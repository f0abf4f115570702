"""Texts about letters and cases: a legal hold on them, and their erasure."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import click

from ceosample.cli.group import cli
from ceosample.cli.letters.print_events import print_events
from ceosample.cli.options import (
    MONTH,
    Actor,
    configured_for,
    json_option,
    population_option,
    reason_option,
    recording_options,
)
from ceosample.period import Period
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.cases import may_be_a_case
from ceosample.signoff.store.events import Event
from ceosample.signoff.words import folders


def _about_a_letter(command: Callable[..., Event]) -> Callable[..., None]:
    """The options of a command that records something about one letter or case; what it prints.

    The command gets who it is, the ledger, the letter's id and the details that all of them have.
    """

    @click.argument("unit_id", metavar="ID")
    @click.option("--period", type=MONTH, help="The month of a letter; leave it out for a case.")
    @population_option
    @reason_option
    @recording_options
    @json_option
    @functools.wraps(command)
    def about(
        unit_id: str,
        period: Period | None,
        population: str | None,
        reason_code: str,
        who: Actor,
        as_json: bool,
        **rest: Any,
    ) -> None:
        if period is None and not may_be_a_case(unit_id):
            raise click.UsageError("give --period, the letter's month; only a case has none")
        with who.ledger() as ledger:
            event = command(
                who,
                ledger,
                unit_id,
                population=who.population(population),
                period=period,
                by=who.by,
                at=who.at,
                reason_code=reason_code,
                **rest,
            )
        print_events([event], as_json, one=True)

    return about


@cli.command()
@_about_a_letter
@click.option("--lift", is_flag=True, help="Lift the hold.")
def hold(_: Actor, ledger: Ledger, unit_id: str, **said: Any) -> Event:
    """Place a legal hold on the texts about the letter or case ID, or lift it."""
    return ledger.hold(unit_id, **said)


@cli.command()
@_about_a_letter
def erase(who: Actor, ledger: Ledger, unit_id: str, **said: Any) -> Event:
    """Erase the texts about the letter or case ID; the events keep their digests.

    It also deletes the slips and the notes of thanks that tell of it, and names them.
    """
    event = ledger.forget(unit_id, **said)
    configuration = configured_for(who.config, said["population"])
    period = said["period"]
    months = (
        sorted(configuration.casebook.glob("*"))  # a case has no month, and its id is of the ledger
        if period is None
        else [configuration.month_folder(period)]
    )
    for path in itertools.chain(*(folders.erase(month, unit_id) for month in months)):
        click.echo(f"deleted: {path}", err=True)
    return event
