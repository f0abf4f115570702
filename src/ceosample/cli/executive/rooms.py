"""Sealed rooms: a passphrase, and a month's rooms sealed again."""

from __future__ import annotations

from pathlib import Path

import click

from ceosample import file_modes, job
from ceosample.canonical import Json
from ceosample.cli.group import cli
from ceosample.cli.options import (
    MONTH,
    Actor,
    choice_option,
    configured,
    json_option,
    recording_options,
)
from ceosample.job.losses.seal_again import seal_again
from ceosample.period import Period
from ceosample.result import as_json_text
from ceosample.sealed.passphrase import new_passphrase, write_passphrase


@cli.command()
@click.option(
    "--to",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A new file for it, of mode 0600; the passphrase is then not printed.",
)
def passphrase(file: Path | None) -> None:
    """Make a passphrase for sealed rooms: five groups of four letters and digits.

    Name its file as output.passphrase, with output.seal = true. Tell the executive by another way
    than the room takes, such as by telephone.
    """
    made = new_passphrase()
    if file is None:
        click.echo(made)
        return
    write_passphrase(file, made)
    click.echo(f"{file}: a new passphrase, which its owner alone can read", err=True)


@cli.command()
@click.argument("period", type=MONTH)
@choice_option
@recording_options
@json_option
def room(period: Period, who: Actor, as_json: bool) -> None:
    """Make the rooms of the month PERIOD again from its packs, sealed where output.seal says so.

    Use it where a passphrase was lost or changed. Each room that is sealed again is recorded in the
    ledger. Decisions that were saved in the earlier room still need its passphrase.
    """
    configuration = configured(who.config)
    month = job.Month(configuration, period, configuration.local(who.moment), by=who.by)
    with file_modes.for_group(configuration.for_group), who.ledger() as ledger:
        made = seal_again(month, ledger)
    if as_json:
        found: list[Json] = [
            {"room": str(path), "event": None if event is None else event.hash}
            for path, event in made
        ]
        click.echo(as_json_text(found))
        return
    for path, event in made:
        said = "open, as output.seal has it" if event is None else f"sealed, event {event.sequence}"
        click.echo(f"{path}: {said}")
