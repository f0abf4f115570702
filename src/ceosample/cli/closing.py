"""The sheets of a month that people sign: its commitment and dice, and its closing sheet."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from ceosample import files, job
from ceosample.cli.group import cli
from ceosample.cli.options import (
    at_option,
    config_option,
    configured,
    ledger_of,
    now,
    period_option,
)
from ceosample.errors import BusyError
from ceosample.job.render_pack import write_witness_sheets
from ceosample.period import Period
from ceosample.signoff.closing_sheet import closing_sheet, sheet_name
from ceosample.signoff.witness_sheets import frozen_of


@cli.command("close")
@period_option
@click.option("--still-open", is_flag=True, help="Close with open letters; the sheet names them.")
@config_option
@at_option
def close_command(period: Period, still_open: bool, config: Path, at: dt.datetime | None) -> None:
    """Write the month's closing sheet, with the ledger's head, for print and signature.

    The ledger stays as it is. Keep the paper: ceosample status --head HASH checks the ledger
    against it.
    """
    configuration = configured(config)
    folder = configuration.month_folder(period)
    with ledger_of(config) as ledger:
        head = ledger.head
        there = [_page(folder, head, still_open=kind) for kind in (False, still_open)]
        place = next((path for path in there if files.read_if_there(path) is not None), None)
        if place is None:
            made = closing_sheet(
                ledger,
                population=configuration.population,
                period=period,
                signatory=configuration.signatory,
                at=at or now(),
                still_open=still_open,
                paper=configuration.pdf,
                fonts=configuration.fonts and configuration.home / configuration.fonts,
                paper_size=configuration.paper,
            )
            if folder / next(iter(made)) not in there:
                raise BusyError("ledger: another run wrote to it meanwhile; run this command again")
            for name in reversed(made):
                files.write_whole(folder / name, made[name])
            place = folder / next(iter(made))
    click.echo(f"{place}: print it, sign it, keep it\nhead {head}")


@cli.command("sheets")
@period_option
@config_option
def sheets_command(period: Period, config: Path) -> None:
    """Write the sheets that witnesses sign while a frozen month waits for its seed.

    A commitment sheet, and a dice sheet where the seed comes from dice. 'ceosample run' writes them
    too. It prints the files to print. Once the seed is known, it refuses: a sheet that is signed
    then proves nothing.
    """
    configuration = configured(config)
    with ledger_of(config) as ledger:
        frozen = frozen_of(ledger, configuration.population, str(period))
        month = job.Month(configuration, period, now())
        source = frozen.payload["seed_source"]
        for path in write_witness_sheets(month, ledger, frozen.hash, source):
            click.echo(str(path))
    click.echo("Print these, date them and have them signed before there is a seed.")


def _page(folder: Path, head: str, *, still_open: bool) -> Path:
    return folder / f"{sheet_name(head, still_open=still_open)}.html"
