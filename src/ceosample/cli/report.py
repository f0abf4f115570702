"""The board's report: a month, a year or any range of months, as a page or a PDF."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from ceosample import files
from ceosample.cli.group import cli
from ceosample.cli.options import (
    DIFFERENCE,
    MOMENT,
    config_option,
    ledger_of,
    now,
    period_of,
)
from ceosample.configuration import Configuration
from ceosample.errors import ConflictError
from ceosample.report.board import board_report


@cli.command()
@config_option
@click.option("--period", help="One ISO month.  [default: all]")
@click.option("--first", help="The first ISO month of a range.")
@click.option("--last", help="The last ISO month of a range.")
@click.option("--as-of", type=MOMENT, help="The moment that it is as of.  [default: now]")
@click.option("--ids", is_flag=True, help="Name letters by their ids, which are personal data.")
@click.option("--no-pictures", is_flag=True, help="Write the tables alone, without pictures.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="FILE.html or FILE.pdf",
)
def report(
    config: Path,
    period: str | None,
    first: str | None,
    last: str | None,
    as_of: dt.datetime | None,
    ids: bool,
    no_pictures: bool,
    out: Path,
) -> None:
    """Write the board's report: what was signed, found, late, escalated and left out, as counts.

    The ledger is walked first; a broken one gives no report.
    """
    if out.suffix not in (".html", ".pdf"):
        raise click.BadParameter(f"{out.name}: name a .html or a .pdf", param_hint="--out")
    if period is not None and (first is not None or last is not None):
        raise click.UsageError("give --period, or --first and --last")
    begin, end = (None if m is None else period_of(m) for m in (period or first, period or last))
    configuration = Configuration.load(config)
    if files.read_if_there(out) is not None:
        raise ConflictError(f"{out}: is there already and stays as it is")
    with ledger_of(config) as ledger:
        checked = ledger.check()
        if not checked.ok:
            # What a broken book tells of its months is not to be believed.
            click.echo(f"ledger {checked}")
            sys.exit(DIFFERENCE)
        events = list(ledger.events())
    found = board_report(
        events,
        population=configuration.population,
        first=begin,
        last=end,
        as_of=as_of or now(),
        head=events[-1].hash,
        holidays=configuration.deadlines.get("holidays", ()),
        ids=ids,
    )
    found.save(out, pictures=False if no_pictures else None)
    click.echo(f"{out}: {found.metrics.sample.signoff}, head {found.head}")
