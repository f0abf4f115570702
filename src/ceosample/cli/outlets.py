"""Other ways out: drafts of mail, Word files for editing."""

from __future__ import annotations

from pathlib import Path

import click

from ceosample import files, job
from ceosample.cli.group import cli
from ceosample.cli.options import MONTH, config_option, ledger_of, now
from ceosample.configuration import Configuration
from ceosample.job import outlets
from ceosample.period import Period

_out_option = click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write into; a file that is there stays.",
)
_period_option = click.option(
    "--period", type=MONTH, required=True, help="The ISO month of their draw."
)


@cli.command()
@click.argument("unit_ids", metavar="[ID]...", nargs=-1)
@_period_option
@click.option(
    "--to",
    "addresses",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A CSV file with the columns unit_id and address.",
)
@click.option("--from", "sender", required=True, help="The address that they come from.")
@click.option("--name", default="", help="The name that stands before it.")
@click.option("--pdf", is_flag=True, help="Attach each letter's PDF.")
@click.option("--inline", is_flag=True, help="Write the styles onto the tags (extra mail).")
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
    """Write drafts of mail (.eml) for the signed letters ID..., or for all that are signed.

    Nothing is sent and nothing recorded: open a draft, send it, then say that it was dispatched.
    """
    month = job.Month(Configuration.load(config), period, now())
    with ledger_of(config) as ledger:
        drafts = outlets.mail(
            month, ledger, addresses, unit_ids, sender=sender, name=name, pdf=pdf, inline=inline
        )
    _write(out, drafts, "drafts")


@cli.command()
@click.argument("unit_ids", metavar="ID...", nargs=-1, required=True)
@_period_option
@_out_option
@config_option
def docx(unit_ids: tuple[str, ...], period: Period, out: Path, config: Path) -> None:
    """Write the letters ID... as Word files, for editing the body.

    An edited one comes back by: ceosample rework ID --period P --docx FILE
    """
    month = job.Month(Configuration.load(config), period, now())
    with ledger_of(config) as ledger:
        made = outlets.word(month, ledger, unit_ids)
    _write(out, made, "Word files")


def _write(folder: Path, made: dict[str, bytes], what: str) -> None:
    files.write_new(folder, made)
    click.echo(f"{len(made)} {what} in {folder}")
    for name in made:
        click.echo(f"  {name}")
