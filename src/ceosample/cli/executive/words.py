"""What was said of a letter, told again."""

from __future__ import annotations

from pathlib import Path

import click

from ceosample import file_modes
from ceosample.cli.group import cli
from ceosample.cli.options import (
    MONTH,
    config_file_option,
    config_option,
    configured,
    json_option,
    ledger_of,
    period_option,
)
from ceosample.configuration import Configuration
from ceosample.period import Period
from ceosample.result import as_json_text
from ceosample.signoff.replay.cases import may_be_a_case
from ceosample.signoff.words import folders, printed, slips
from ceosample.signoff.words.case_words import CaseWords, case_words
from ceosample.signoff.words.letter_words import LetterWords, letter_words


@cli.command("words")
@click.argument("unit_id", metavar="ID")
@click.option("--population", help="Needed if several letters have this id.")
@click.option("--period", type=MONTH, help="Needed if several letters have this id.")
@click.option("--case", is_flag=True, help="ID is a case, where a letter has it too.")
@config_file_option
@json_option
def words_command(
    unit_id: str,
    population: str | None,
    period: Period | None,
    case: bool,
    config: Path,
    as_json: bool,
) -> None:
    """Show all that was said of the letter or case ID: comments, findings, notes, questions,
    contacts.

    It is sorted by the version that was read, with who said it and when. Words that were erased are
    told as erased.
    """
    found: LetterWords | CaseWords
    with ledger_of(config) as ledger:
        if case or (
            may_be_a_case(unit_id)
            and ledger.is_a_case(unit_id, population=population, period=period)
        ):
            found = case_words(ledger, unit_id, population=population)
        else:
            found = letter_words(ledger, unit_id, population=population, period=period)
    click.echo(as_json_text(found.to_dict()) if as_json else str(found))


@cli.command("slips")
@period_option
@config_option
def slips_command(period: Period, config: Path) -> None:
    """Write a slip for each owner: what was said of their letters, what to change and by when.

    For each recognition it writes a note in the name of the person who gave it. Each is a text, a
    page and a PDF, in a folder of the month; those of cases that came in it are in a folder
    'casebook'. What says the same is not written twice.
    """
    configuration = configured(config)
    with ledger_of(config) as ledger:
        letters, cases = slips.papers(
            ledger,
            population=configuration.population,
            period=period,
            signatory=configuration.signatory,
            firm=configuration.firm or next(iter(configuration.letterhead), None),
        )
    _write(configuration, period, configuration.month_folder(period), letters)
    _write(configuration, period, configuration.casebook / str(period), cases)


def _write(
    configuration: Configuration, period: Period, month: Path, papers: list[slips.Paper]
) -> None:
    if not papers:
        return
    made = printed.files_of(
        papers,
        paper=configuration.pdf,
        fonts=configuration.fonts and configuration.home / configuration.fonts,
        paper_size=configuration.paper,
    )
    with file_modes.for_group(configuration.for_group):
        folder = folders.write(month, configuration.population, str(period), papers, made)
    for paper in papers:
        click.echo(f"{folder / paper.name}: {', '.join(paper.letters)}")
