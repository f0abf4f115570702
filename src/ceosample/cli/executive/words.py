"""What was said of a letter, told again."""

from __future__ import annotations

from pathlib import Path

import click

from ceosample.cli.group import cli
from ceosample.cli.options import MONTH, config_file_option, json_option, ledger_of
from ceosample.period import Period
from ceosample.result import as_json_text
from ceosample.signoff.words.letter_words import letter_words


@cli.command("words")
@click.argument("unit_id", metavar="ID")
@click.option("--population", help="Needed if several letters have this id.")
@click.option("--period", type=MONTH, help="Needed if several letters have this id.")
@config_file_option
@json_option
def words_command(
    unit_id: str, population: str | None, period: Period | None, config: Path, as_json: bool
) -> None:
    """Show all that was said of the letter ID: comments, findings, notes, questions, contacts.

    It is sorted by the version that was read, with who said it and when. Words that were erased are
    told as erased.
    """
    with ledger_of(config) as ledger:
        found = letter_words(ledger, unit_id, population=population, period=period)
    click.echo(as_json_text(found.to_dict()) if as_json else str(found))
