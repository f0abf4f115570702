"""People and their roles."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from ceosample.cli.group import SectionedGroup, cli
from ceosample.cli.options import (
    DAY,
    Actor,
    config_file_option,
    in_words,
    json_option,
    ledger_of,
    recording_options,
)
from ceosample.result import as_json_text
from ceosample.signoff.replay.people import ROLES

_role = click.argument("role", metavar="ROLE", type=click.Choice(ROLES))
_population = click.option("--population", help="The population that it is for.  [default: all]")


@cli.group("role", cls=SectionedGroup)
def role_group() -> None:
    """Grant and revoke roles."""


@role_group.command()
@click.argument("person")
@_role
@click.option("--since", type=DAY, required=True, help="The first date, such as 2026-11-02.")
@click.option("--until", type=DAY, help="The last date.  [default: none]")
@click.option("--of", help="For a deputy: the id of the person whom they deputise for.")
@click.option(
    "--limit", help="For an executive: the most that a resolution may cost, such as 5000.00."
)
@click.option("--currency", help="The currency of the limit, such as GBP.")
@_population
@recording_options
def grant(
    person: str,
    role: str,
    since: dt.date,
    until: dt.date | None,
    of: str | None,
    limit: str | None,
    currency: str | None,
    population: str | None,
    who: Actor,
) -> None:
    """Grant PERSON a ROLE from one date to another.

    ROLE is signatory, deputy, accountable-executive, complaint-owner, handler, sampler, recorder,
    executive-office, dispatcher, seed-custodian, auditor or board.
    """
    with who.ledger() as ledger:
        event = ledger.grant(
            person,
            role,
            since=since,
            until=until,
            of=of,
            limit=limit,
            currency=currency,
            population=population,
            by=who.by,
            at=who.at,
        )
    click.echo(in_words(event))


@role_group.command()
@click.argument("person")
@_role
@click.option("--since", type=DAY, required=True, help="The first date without the role.")
@click.option(
    "--of", help="For a deputy: the id of one person for whom they stand in.  [default: all]"
)
@_population
@recording_options
def revoke(
    person: str,
    role: str,
    since: dt.date,
    of: str | None,
    population: str | None,
    who: Actor,
) -> None:
    """Revoke the ROLE of PERSON from a date on, and show which grants that ended.

    A grant that begins later than that is void.

    ROLE is signatory, deputy, accountable-executive, complaint-owner, handler, sampler, recorder,
    executive-office, dispatcher, seed-custodian, auditor or board.
    """
    with who.ledger() as ledger:
        event = ledger.revoke(
            person, role, since=since, of=of, population=population, by=who.by, at=who.at
        )
        ended = ledger.ended_by(event)
    click.echo(in_words(event))
    for one in ended:
        click.echo(f"  {one}")


@cli.command()
@_population
@config_file_option
@json_option
def people(population: str | None, config: Path, as_json: bool) -> None:
    """Show who holds which role, from which date to which."""
    with ledger_of(config) as ledger:
        found = ledger.people(population)
    click.echo(as_json_text(found.to_dict()) if as_json else str(found))
