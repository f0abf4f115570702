"""What is told of months: the board's report, and what the verdicts say of unread responses."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from ceosample import files
from ceosample.cli.group import cli
from ceosample.cli.options import (
    MONTH,
    as_of_option,
    audience_option,
    checked,
    checked_head_option,
    config_option,
    configured,
    json_option,
    ledger_of,
    now,
    told_of_audience,
)
from ceosample.configuration import Configuration
from ceosample.errors import ConflictError
from ceosample.period import Period
from ceosample.result import as_json_text
from ceosample.spreadsheet import Audience


@cli.command()
@config_option
@click.option("--period", type=MONTH, help="One month, such as 2026-10.  [default: all]")
@click.option("--first", type=MONTH, help="The first month of a range.")
@click.option("--last", type=MONTH, help="The last month of a range.")
@as_of_option
@click.option("--ids", is_flag=True, help="Name letters by their ids, which are personal data.")
@click.option("--no-pictures", is_flag=True, help="Write the tables alone, without pictures.")
@checked_head_option
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
    checked_head: str | None,
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
    configuration = configured(config)
    if files.read_if_there(out) is not None:
        raise ConflictError(f"{out}: already exists and was left unchanged; choose another name")
    with ledger_of(config) as ledger:
        check = checked(ledger, checked_head=checked_head)
        moment = as_of or now()
        # What was appended after the check is no part of the report.
        events = ledger.report_events(
            configuration.population,
            period or first,
            period or last,
            as_of=moment,
            until=check.events,
        )
    found = board_report(
        events,
        population=configuration.population,
        first=period or first,
        last=period or last,
        as_of=moment,
        check=check,
        holidays=configuration.deadlines.get("holidays", ()),
        ids=ids,
        firm=configuration.firm,
        method=configuration.method,
    )
    found.save(out, pictures=False if no_pictures else None, paper_size=configuration.paper)
    click.echo(f"{out}: {found.metrics.sample.signoff}, ledger {check}")


@cli.command()
@config_option
@click.option("--period", type=MONTH, help="One month, such as 2026-10: its exact bound.")
@click.option("--year", type=int, help="The firm's year that begins in this one, such as 2026.")
@click.option("--first", type=MONTH, help="The first month of a range.")
@click.option("--last", type=MONTH, help="The last month of a range.")
@as_of_option
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A new file for the verdicts and the method, .json or .csv, with ids of letters.",
)
@audience_option
@checked_head_option
@json_option
def infer(
    config: Path,
    period: Period | None,
    year: int | None,
    first: Period | None,
    last: Period | None,
    as_of: dt.datetime | None,
    record: Path | None,
    audience: Audience,
    checked_head: str | None,
    as_json: bool,
) -> None:
    """Show what the verdicts on the letters that were read say of those that were not.

    One month has its exact bound, a year or a range a limit that holds at all its months at once.
    The method is the one that the ledger holds since the freeze, by the table [inference].
    --record writes all that the figures rest on, and an auditor computes them again from it.
    """
    from ceosample.inference.ledger.infer import infer as infer_from  # here, since none else does
    from ceosample.inference.ledger.verdict_record import verdict_record

    configuration = configured(config)
    begin, end = _range(configuration, period, year, first, last)
    if record is not None and record.suffix not in (".json", ".csv"):
        raise click.BadParameter(
            f"got {str(record)!r}; give a name that ends in .json or .csv", param_hint="'--record'"
        )
    if record is not None and files.read_if_there(record) is not None:
        raise ConflictError(f"{record}: already exists and was left unchanged; choose another name")
    with ledger_of(config) as ledger:
        check = checked(ledger, checked_head=checked_head, as_json=as_json)
        moment = as_of or now()
        events = ledger.report_events(
            configuration.population, begin, end, as_of=moment, until=check.events
        )
    verdicts = verdict_record(
        events,
        population=configuration.population,
        first=begin,
        last=end,
        as_of=moment,
        method=configuration.method,
        head=check.head,
    )
    found = infer_from(verdicts)
    if record is not None:
        verdicts.save(record, audience=audience)
        told_of_audience(record, audience, err=True)
    click.echo(as_json_text(found.to_dict()) if as_json else f"{found}\n\nledger {check}")


def _range(
    configuration: Configuration,
    period: Period | None,
    year: int | None,
    first: Period | None,
    last: Period | None,
) -> tuple[Period | None, Period | None]:
    """The first and the last month that are asked for; the firm's year has twelve."""
    given = [period is not None, year is not None, first is not None or last is not None]
    if sum(given) != 1:
        raise click.UsageError("give --period, or --year, or --first and --last")
    if year is None:
        return period or first, period or last
    begins = 1 if configuration.method is None else configuration.method.year_begins
    try:
        begin = Period(year, begins)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--year'") from None
    return begin, begin.plus(11)
