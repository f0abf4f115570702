"""The ledger as a whole: reconciled, taken out as JSON Lines, and brought in elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from ceosample import files
from ceosample.cli.group import cli
from ceosample.cli.letters import in_words
from ceosample.cli.options import (
    Actor,
    config_option,
    ledger_of,
    period_of,
    population_option,
    recording_options,
)
from ceosample.configuration import Configuration
from ceosample.errors import ConflictError
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.letters_table import letters_table

_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@cli.command()
@click.option("--period", required=True, help="The ISO month.")
@click.option("--opening", type=int, required=True, help="Responses in progress at its start.")
@click.option("--new", type=int, required=True, help="Begun in it.")
@click.option("--final", type=int, required=True, help="Finished in it.")
@click.option("--carried", type=int, required=True, help="In progress at its end.")
@population_option
@recording_options
def reconcile(
    period: str,
    opening: int,
    new: int,
    final: int,
    carried: int,
    population: str | None,
    who: Actor,
) -> None:
    """Write the register's counts of a month down: opening + new - final = carried forward."""
    with who.ledger() as ledger:
        event = ledger.reconcile(
            who.population(population),
            period_of(period),
            opening=opening,
            new=new,
            final=final,
            carried=carried,
            by=who.by,
            at=who.at,
        )
    click.echo(in_words(event))


@cli.command("export")
@_file
@config_option
def export_command(file: Path, config: Path) -> None:
    """Write all events into FILE as JSON Lines, or a table of all letters: FILE.xlsx, FILE.csv.

    Texts are not among them. In a table nothing can run, whatever opens it.
    """
    if files.read_if_there(file) is not None:
        raise ConflictError(f"{file}: is there already and stays as it is")
    with ledger_of(config) as ledger:
        if file.suffix.lower() in (".xlsx", ".csv"):
            table = letters_table(ledger.events())
            table.save(file)
            click.echo(f"{table}, head {ledger.head}")
            return
        lines = list(ledger.export())
        head = ledger.head
    files.write_whole(file, b"".join(lines))
    click.echo(f"{len(lines)} events, head {head}")


@cli.command("import")
@_file
@config_option
def import_command(file: Path, config: Path) -> None:
    """Begin the configuration's ledger with the events of FILE, every one of them checked."""
    lines = files.read(file).splitlines(keepends=True)
    with Ledger.restore(Configuration.load(config).ledger_url, lines) as ledger:
        click.echo(f"{len(lines)} events, head {ledger.head}")
