"""Drafts of mail, and Word files for editing."""

from __future__ import annotations

from pathlib import Path

import click

from ceosample import files, job
from ceosample.cli.group import cli
from ceosample.cli.options import (
    config_option,
    configured,
    ledger_of,
    now,
    period_option,
)
from ceosample.job import outlets
from ceosample.period import Period

_out_option = click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write to; existing files stay as they are.",
)


@cli.command()
@click.argument("unit_ids", metavar="[ID]...", nargs=-1)
@period_option
@click.option(
    "--to",
    "addresses",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A CSV file with the columns unit_id and address.",
)
@click.option("--from", "sender", required=True, help="The sender's address.")
@click.option("--name", default="", help="The sender's name.")
@click.option("--pdf", is_flag=True, help="Attach each letter's PDF.")
@click.option("--inline", is_flag=True, help="Write the styles into the tags (extra 'mail').")
@_out_option
@config_option
def mail(
    unit_ids: tuple[str, ...],
    period: Period,
    addresses: Path,
    sender: str,
    name: str,
    pdf: bool,
    inline: bool,
    out: Path,
    config: Path,
) -> None:
    """Write drafts of mail (.eml) for the signed letters ID..., or for all signed letters.

    You send them: open a draft, send it, then record it with ceosample record dispatched ID.
    """
    month = job.Month(configured(config), period, now())
    with ledger_of(config) as ledger:
        drafts = outlets.mail(
            month, ledger, addresses, unit_ids, sender=sender, name=name, pdf=pdf, inline=inline
        )
    _write(out, drafts, "drafts")


@cli.command()
@click.argument("unit_ids", metavar="ID...", nargs=-1, required=True)
@period_option
@_out_option
@config_option
def docx(unit_ids: tuple[str, ...], period: Period, out: Path, config: Path) -> None:
    """Write the letters ID... as Word files, so that you can edit the body.

    Take an edited file back with: ceosample rework ID --period P --docx FILE
    """
    month = job.Month(configured(config), period, now())
    with ledger_of(config) as ledger:
        made = outlets.word(month, ledger, unit_ids)
    _write(out, made, "Word files")


def _write(folder: Path, made: dict[str, bytes], what: str) -> None:
    files.write_new(folder, made)
    click.echo(f"{len(made)} {what} in {folder}")
    for name in made:
        click.echo(f"  {name}")
