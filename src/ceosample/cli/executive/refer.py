"""The casebook: record what reached the executive without being drawn."""

from __future__ import annotations

import datetime as dt

import click

from ceosample.cli.group import cli
from ceosample.cli.letters.print_events import print_events
from ceosample.cli.options import DAY, Actor, json_option, population_option, recording_options
from ceosample.signoff.replay.cases import WAYS


@cli.command()
@click.option(
    "--came-by", type=click.Choice(WAYS), required=True, help="How it reached the executive."
)
@click.option("--compliment", is_flag=True, help="It is a compliment.  [default: a complaint]")
@click.option("--owner", help="The id of the person who owns it.")
@click.option("--division", help="The division that it concerns.")
@click.option("--due", type=DAY, help="The last date for an answer, such as 2026-11-30.")
@click.option("--text", help="Words, kept where you can erase them.")
@population_option
@recording_options
@json_option
def refer(
    came_by: str,
    compliment: bool,
    owner: str | None,
    division: str | None,
    due: dt.date | None,
    text: str | None,
    population: str | None,
    who: Actor,
    as_json: bool,
) -> None:
    """Open a case for what reached the executive without being drawn; the ledger gives it an id.

    No figure of the sample counts a case. Record what happens to it with 'ceosample record', by its
    id: taken_over, escalated_to_board, resolved_nonstandard, dispatched, withdrawn, recognition,
    contact, board_answer, note.
    """
    with who.ledger() as ledger:
        event = ledger.refer(
            came_by,
            population=who.population(population),
            by=who.by,
            at=who.at,
            nature="compliment" if compliment else "complaint",
            owner=owner,
            division=division,
            due=due,
            text=text,
        )
    print_events([event], as_json, one=True)
