"""Resolutions outside policy: proposed by one colleague, co-signed by another, reviewed later."""

from __future__ import annotations

import datetime as dt

import click

from ceosample.cli.group import SectionedGroup, cli
from ceosample.cli.letters import in_words
from ceosample.cli.options import (
    DAY,
    Actor,
    population_option,
    recording_options,
)
from ceosample.signoff.replay.lifecycle import REVIEW_OUTCOMES


@cli.group("resolution", cls=SectionedGroup)
def resolution_group() -> None:
    """Propose, co-sign and review resolutions outside policy."""


@resolution_group.command()
@click.argument("resolution")
@click.option("--policy", required=True, help="The policy that it departs from: a code.")
@click.option("--review-by", type=DAY, required=True, help="The date by which it must be reviewed.")
@click.option("--response", "unit_id", help="The id of the response that it is for.")
@click.option("--division", help="The division that it concerns.")
@click.option("--amount", help="The cost, such as 250.00.")
@click.option("--currency", help="The currency of the amount, such as GBP.")
@population_option
@recording_options
def propose(
    resolution: str,
    policy: str,
    review_by: dt.date,
    unit_id: str | None,
    division: str | None,
    amount: str | None,
    currency: str | None,
    population: str | None,
    who: Actor,
) -> None:
    """Propose a RESOLUTION outside policy; it applies once a second colleague co-signs it."""
    with who.ledger() as ledger:
        event = ledger.propose(
            resolution,
            population=who.population(population),
            policy=policy,
            review_by=review_by,
            unit_id=unit_id,
            division=division,
            amount=amount,
            currency=currency,
            by=who.by,
            at=who.at,
        )
    click.echo(in_words(event))


@resolution_group.command()
@click.argument("resolution")
@population_option
@recording_options
def cosign(
    resolution: str,
    population: str | None,
    who: Actor,
) -> None:
    """Co-sign a RESOLUTION that another colleague proposed; this approves it at once."""
    with who.ledger() as ledger:
        event = ledger.cosign(
            resolution, population=who.population(population), by=who.by, at=who.at
        )
    click.echo(in_words(event))


@resolution_group.command()
@click.argument("resolution")
@click.argument("outcome", metavar="OUTCOME", type=click.Choice(REVIEW_OUTCOMES))
@population_option
@recording_options
def review(
    resolution: str,
    outcome: str,
    population: str | None,
    who: Actor,
) -> None:
    """Record the OUTCOME of the review of a RESOLUTION.

    OUTCOME is adopted (the policy changes), kept (it stays an exception) or refused.
    """
    with who.ledger() as ledger:
        event = ledger.review(
            resolution, outcome, population=who.population(population), by=who.by, at=who.at
        )
    click.echo(in_words(event))
