"""The board's report: a month, a year or any range of months, as a page or a PDF."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import click

from ceosample import files
from ceosample.cli.group import cli
from ceosample.cli.options import (
    MONTH,
    as_of_option,
    checked,
    config_option,
    ledger_of,
    now,
)
from ceosample.configuration import Configuration
from ceosample.errors import ConflictError
from ceosample.period import Period


@cli.command()
@config_option
@click.option("--period", type=MONTH, help="One month, such as 2026-10.  [default: all]")
@click.option("--first", type=MONTH, help="The first month of a range.")
@click.option("--last", type=MONTH, help="The last month of a range.")
@as_of_option
@click.option("--ids", is_flag=True, help="Name letters by their ids, which are personal data.")
@click.option("--no-pictures", is_flag=True, help="Write the tables alone, without pictures.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write, .html or .pdf.",
)
def report(
    config: Path,
    period: Period | None,
    first: Period | None,
    last: Period | None,
    as_of: dt.datetime | None,
    ids: bool,
    no_pictures: bool,
    out: Path,
) -> None:
    """Write the board's report: counts of what was signed, found, late, escalated and left out.

    It checks the whole ledger first, and writes no report from a broken one.
    """
    from ceosample.report.board import board_report  # here, since no other command needs it

    if out.suffix not in (".html", ".pdf"):
        raise click.BadParameter(
            f"got {str(out)!r}; give a name that ends in .html or .pdf", param_hint="'--out'"
        )
    if period is not None and (first is not None or last is not None):
        raise click.UsageError("give --period, or --first and --last")
    configuration = Configuration.load(config)
    if files.read_if_there(out) is not None:
        raise ConflictError(f"{out}: already exists and was left unchanged; choose another name")
    with ledger_of(config) as ledger:
        check = checked(ledger)
        # What was appended after the check is no part of the report.
        events = list(itertools.islice(ledger.events(), check.events))
    found = board_report(
        events,
        population=configuration.population,
        first=period or first,
        last=period or last,
        as_of=as_of or now(),
        check=check,
        holidays=configuration.deadlines.get("holidays", ()),
        ids=ids,
        firm=configuration.firm,
    )
    found.save(out, pictures=False if no_pictures else None, paper_size=configuration.paper)
    click.echo(f"{out}: {found.metrics.sample.signoff}, ledger {check}")
