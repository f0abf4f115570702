"""Resolutions outside policy: proposed by one colleague, co-signed by another, reviewed later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from ceosample.cli.group import SectionedGroup, cli
from ceosample.cli.options import (
    DAY,
    Actor,
    config_file_option,
    configured,
    in_words,
    json_option,
    ledger_of,
    population_option,
    reason_option,
    recording_options,
)
from ceosample.result import as_json_text
from ceosample.signoff.figures.outside.precedents import (
    Precedents,
    ResolutionWords,
    precedents,
    resolution_of,
)
from ceosample.signoff.replay.lifecycle import REVIEW_OUTCOMES

#: What is read of resolutions.
_Found = TypeVar("_Found", ResolutionWords, Precedents)


@cli.group("resolution", cls=SectionedGroup)
def resolution_group() -> None:
    """Propose, co-sign, review and look up resolutions outside policy."""


@resolution_group.command()
@click.argument("resolution")
@click.option("--policy", required=True, help="The policy that it departs from: a code.")
@click.option("--review-by", type=DAY, required=True, help="The date by which it must be reviewed.")
@click.option("--response", "unit_id", help="The id of the response that it is for.")
@click.option("--division", help="The division that it concerns.")
@click.option("--amount", help="The cost, such as 250.00.")
@click.option("--currency", help="The currency of the amount, such as GBP.")
@click.option("--what", help="What was done, in words without a customer's name or id.")
@click.option("--why", help="Why the policy did not fit, in the same way.")
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
    what: str | None,
    why: str | None,
    population: str | None,
    who: Actor,
) -> None:
    """Propose a RESOLUTION outside policy; it applies once a second colleague co-signs it.

    Its review and later colleagues read --what and --why: see 'ceosample resolution precedents'.
    """
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
            what=what,
            why=why,
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
@click.option("--text", help="Why it came to that, in words without a customer's name or id.")
@population_option
@recording_options
def review(
    resolution: str,
    outcome: str,
    text: str | None,
    population: str | None,
    who: Actor,
) -> None:
    """Record the OUTCOME of the review of a RESOLUTION.

    OUTCOME is adopted (the policy changes), kept (it stays an exception) or refused.
    """
    with who.ledger() as ledger:
        event = ledger.review(
            resolution,
            outcome,
            population=who.population(population),
            by=who.by,
            at=who.at,
            text=text,
        )
    click.echo(in_words(event))


@resolution_group.command()
@click.argument("resolution")
@click.option("--population", help="The population.  [default: the only one]")
@config_file_option
@json_option
def show(resolution: str, population: str | None, config: Path, as_json: bool) -> None:
    """Show a RESOLUTION: what was done and why, by whom, and what its review said.

    Texts that were erased stay erased.
    """
    found = _read(config, population, resolution_of, resolution)
    click.echo(as_json_text(found.to_dict()) if as_json else str(found))


@resolution_group.command("precedents")
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.option("--population", help="The population.  [default: the only one]")
@config_file_option
@json_option
def precedents_command(
    words: tuple[str, ...], population: str | None, config: Path, as_json: bool
) -> None:
    """Search the resolutions that a review adopted, by WORDs in policy, what, why and review.

    All words must appear; a part of a word is enough. Responses and people are not shown, and texts
    that were erased are never found.
    """
    found = _read(config, population, precedents, *words)
    click.echo(as_json_text(found.to_dict()) if as_json else str(found))


@resolution_group.command("erase")
@click.argument("resolution")
@population_option
@reason_option
@recording_options
def erase_resolution(resolution: str, population: str | None, reason_code: str, who: Actor) -> None:
    """Erase the words of a RESOLUTION; the events keep their digests."""
    with who.ledger() as ledger:
        event = ledger.forget_resolution(
            resolution,
            population=who.population(population),
            by=who.by,
            at=who.at,
            reason_code=reason_code,
        )
    click.echo(in_words(event))


def _read(config: Path, population: str | None, read: Callable[..., _Found], *asked: str) -> _Found:
    """What is read of the resolutions of a population, with the words that are kept."""
    name = population or configured(config).population
    with ledger_of(config) as ledger:
        events, texts = list(ledger.events(population=name)), ledger.resolution_texts(name)
    return read(events, texts, *asked, population=name)
