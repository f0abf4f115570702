"""Resolutions outside policy: proposed by one colleague, co-signed by another, reviewed later."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from ceosample.cli.group import cli
from ceosample.cli.letters import in_words
from ceosample.cli.options import (
    DAY,
    at_option,
    by_option,
    config_option,
    ledger_of,
    now,
    population_option,
    recorder_option,
)
from ceosample.configuration import Configuration
from ceosample.signoff.resolutions import OUTCOMES


@cli.command()
@click.argument("resolution")
@click.option("--policy", required=True, help="The policy that it departs from.")
@click.option("--review-by", type=DAY, required=True, help="The day by which it is reviewed.")
@click.option("--response", "unit_id", help="The response's id.")
@click.option("--division", help="The division.")
@click.option("--amount", help="What it costs: 250.00")
@click.option("--currency", help="GBP")
@population_option
@by_option
@recorder_option
@config_option
@at_option
def propose(
    resolution: str,
    policy: str,
    review_by: dt.date,
    unit_id: str | None,
    division: str | None,
    amount: str | None,
    currency: str | None,
    population: str | None,
    by: str,
    recorder: str | None,
    config: Path,
    at: dt.datetime | None,
) -> None:
    """Propose a RESOLUTION that no policy foresees; a second colleague's word applies it."""
    with ledger_of(config, recorder) as ledger:
        event = ledger.propose(
            resolution,
            population=population or Configuration.load(config).population,
            policy=policy,
            review_by=review_by,
            unit_id=unit_id,
            division=division,
            amount=amount,
            currency=currency,
            by=by,
            at=at or now(),
        )
    click.echo(in_words(event))


@cli.command()
@click.argument("resolution")
@population_option
@by_option
@recorder_option
@config_option
@at_option
def cosign(
    resolution: str,
    population: str | None,
    by: str,
    recorder: str | None,
    config: Path,
    at: dt.datetime | None,
) -> None:
    """Agree to a RESOLUTION that somebody else proposed, which approves it at once."""
    population = population or Configuration.load(config).population
    with ledger_of(config, recorder) as ledger:
        event = ledger.cosign(resolution, population=population, by=by, at=at or now())
    click.echo(in_words(event))


@cli.command()
@click.argument("resolution")
@click.argument("outcome", type=click.Choice(OUTCOMES))
@population_option
@by_option
@recorder_option
@config_option
@at_option
def review(
    resolution: str,
    outcome: str,
    population: str | None,
    by: str,
    recorder: str | None,
    config: Path,
    at: dt.datetime | None,
) -> None:
    """Say what the review of a RESOLUTION came to."""
    population = population or Configuration.load(config).population
    with ledger_of(config, recorder) as ledger:
        event = ledger.review(resolution, outcome, population=population, by=by, at=at or now())
    click.echo(in_words(event))
