"""Why one response was drawn or not, for whoever asks."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ceosample.cli.group import cli
from ceosample.cli.options import (
    DIFFERENCE,
    MONTH,
    config_option,
    configured,
    json_option,
)
from ceosample.configuration import Configuration
from ceosample.errors import RecordError
from ceosample.period import Period, is_month
from ceosample.result import as_json_text
from ceosample.sampling.blinding.salts import load
from ceosample.sampling.explained.explain import explain, id_in_files, names_it, names_other_case
from ceosample.sampling.explained.explanation import AUDIENCES, STAFF, Audience
from ceosample.sampling.names import DRAW


@cli.command("explain")
@click.argument("unit_id", metavar="ID")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--period",
    type=MONTH,
    help="The month, such as 2026-10.  [default: the newest whose files have the ID]",
)
@click.option("--code", help="The code in the letter, where the ids of the frame are blinded.")
@click.option(
    "--for",
    "audience",
    type=click.Choice(AUDIENCES),
    default=STAFF,
    show_default=True,
    help="Who asks: staff reads tickets and counts, a customer plain sentences.",
)
@config_option
@json_option
def explain_command(
    unit_id: str,
    folder: Path | None,
    period: Period | None,
    code: str | None,
    audience: Audience,
    config: Path,
    as_json: bool,
) -> None:
    """Explain why the response ID was drawn or not, from a month's public files alone.

    The files are those of FOLDER, or of a month of the configuration. They are drawn again first:
    where they do not verify, this says so and ends with 1. Where ids are blinded, ID is the firm's
    number, and the code of the letter goes with it; a month of the configuration needs none.
    """
    if folder is not None and period is not None:
        raise click.UsageError("give FOLDER or --period, not both")
    if folder is None:
        configuration = configured(config)
        code = code or _code_kept(configuration, unit_id)
        folder = _folder_of(configuration, id_in_files(unit_id, code), period)
    found = explain(folder, unit_id, code=code)
    click.echo(as_json_text(found.to_dict()) if as_json else found.words(audience))
    if not found.ok:
        sys.exit(DIFFERENCE)


def _code_kept(configuration: Configuration, number: str) -> str | None:
    """The code of a number that the configuration's file of salts has."""
    if configuration.source.salts is None:
        return None
    salts = load(configuration.home / configuration.source.salts)
    return salts.code_of(number) if number in salts.by_number else None


def _folder_of(configuration: Configuration, unit_id: str, period: Period | None) -> Path:
    """The folder of the month that is asked for, or of the newest that names the response."""
    if period is not None:
        return configuration.month_folder(period)
    drawn = [folder for folder in _months(configuration) if (folder / DRAW).is_file()]
    if not drawn:
        raise RecordError(
            f"{configuration.packs}: got no month that was drawn; give FOLDER, which holds a {DRAW}"
        )
    named = {folder: names_it(folder, unit_id) for folder in drawn}
    # A month whose tables cannot be read may have it: the explanation says what is wrong there.
    found = next((f for said in (True, None) for f in drawn if named[f] is said), None)
    return found or next((f for f in drawn if names_other_case(f, unit_id)), drawn[0])


def _months(configuration: Configuration) -> list[Path]:
    """The folders of months, the newest first."""
    packs = configuration.packs
    return (
        sorted((f for f in packs.iterdir() if is_month(f.name)), reverse=True)
        if packs.is_dir()
        else []
    )
