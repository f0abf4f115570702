"""Where the months stand: status, figures, letters that are at risk."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ceosample.canonical import Json
from ceosample.cli.group import cli
from ceosample.cli.options import (
    DIFFERENCE,
    as_json_text,
    config_option,
    json_option,
    ledger_of,
    period_of,
)
from ceosample.configuration import Configuration
from ceosample.signoff.summary import MonthSummary, summarise


@cli.command()
@config_option
@click.option("--period", help="One ISO month.  [default: all]")
@click.option("--check", is_flag=True, help="Walk the whole ledger too.")
@click.option("--head", help="A hash from paper that the ledger must hold; implies --check.")
@json_option
def status(config: Path, period: str | None, check: bool, head: str | None, as_json: bool) -> None:
    """Show where each month stands: sign-off coverage with every denominator, and what is open."""
    configuration = Configuration.load(config)
    with ledger_of(config) as ledger:
        months = summarise(
            ledger.events(
                population=configuration.population,
                period=None if period is None else period_of(period),
            )
        )
        newest = ledger.head
        report = ledger.check(head) if check or head is not None else None
    if as_json:
        found: dict[str, Json] = {"head": newest, "months": [month.to_dict() for month in months]}
        if report is not None:
            found["check"] = report.to_dict()
        click.echo(as_json_text(found))
    else:
        click.echo(_status_in_words(months, newest))
        if report is not None:
            click.echo(f"\nledger {report}")
    if report is not None and not report.ok:
        sys.exit(DIFFERENCE)


def _status_in_words(months: list[MonthSummary], head: str) -> str:
    if not months:
        return f"no month is frozen yet\nhead {head}"
    return "\n\n".join([*map(str, months), f"head {head}"])
