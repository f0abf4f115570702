"""The ledger: the history of a letter, the register's counts, all events out and in."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy.engine import URL

from ceosample import file_modes, files
from ceosample.cli.group import SectionedGroup, cli
from ceosample.cli.options import (
    MONTH,
    Actor,
    any_configured,
    audience_option,
    checked,
    config_file_option,
    in_words,
    json_option,
    ledger_of,
    period_option,
    population_option,
    recording_options,
    told_of_audience,
    told_of_clock,
)
from ceosample.configuration import Configuration
from ceosample.configuration.recorder_key import recorder_key
from ceosample.errors import ConflictError, LedgerError, NoLedgerError
from ceosample.period import Period
from ceosample.result import as_json_text
from ceosample.signoff.keys.recorder_key import KeyInFile
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.letter_story import letter_story
from ceosample.signoff.letters_table import letters_table
from ceosample.signoff.store.events import Event
from ceosample.spreadsheet import Audience
from ceosample.text import counted

_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@cli.group("ledger", cls=SectionedGroup)
def ledger_group() -> None:
    """Show what the ledger holds: the history of one letter, and its head."""


@ledger_group.command("letter")
@click.argument("unit_id", metavar="ID")
@click.option("--population", help="Needed if several letters have this id.")
@click.option("--period", type=MONTH, help="Needed if several letters have this id.")
@click.option("--case", "is_case", is_flag=True, help="ID is a case, where a letter has it too.")
@config_file_option
@json_option
def letter_command(
    unit_id: str,
    population: str | None,
    period: Period | None,
    is_case: bool,
    config: Path,
    as_json: bool,
) -> None:
    """Show the history of the letter or case ID: every event, who, when, in which words.

    It shows corrections, and the texts that people recorded. Texts that were erased stay erased.
    """
    with ledger_of(config) as ledger:
        story = letter_story(ledger, unit_id, population=population, period=period, case=is_case)
    click.echo(as_json_text(story.to_dict()) if as_json else str(story))


@ledger_group.command("head")
@click.option("--note", is_flag=True, help="Print it as a note that the recorder's key signs.")
@click.option("--at-event", type=int, help="The number of the event.  [default: the newest]")
@config_file_option
@json_option
def head_command(note: bool, at_event: int | None, config: Path, as_json: bool) -> None:
    """Show the ledger's head: the hash of its newest event, which stands for all before it.

    A note is for others to keep: 'ceosample compare' then shows whether they see the same ledger.
    """
    configuration = any_configured(config)
    with ledger_of(config) as ledger:
        found, keys = ledger.note(at_event=at_event), ledger.keys()
    text = None
    if note:
        signer = recorder_key(configuration)
        held = None if signer is None else keys.find(signer.public)
        if signer is None or held is None or not held.signs(found.size):
            raise LedgerError(
                f"key: got {'none' if signer is None else signer.public[:8]} to sign a note of "
                f"event {found.size}; name a registered key as ledger.key"
            )
        text = found.sign(held.person, signer)
    if as_json:
        click.echo(as_json_text({**found.to_dict(), "note": text}))
    else:
        click.echo(f"head {found.head}, event {found.size}" if text is None else text, nl=not text)


@cli.command()
@period_option
@click.option(
    "--opening", type=int, required=True, help="The number of responses in progress at its start."
)
@click.option("--new", type=int, required=True, help="The number begun in it.")
@click.option("--final", type=int, required=True, help="The number finished in it.")
@click.option("--carried", type=int, required=True, help="The number in progress at its end.")
@population_option
@recording_options
def reconcile(
    period: Period,
    opening: int,
    new: int,
    final: int,
    carried: int,
    population: str | None,
    who: Actor,
) -> None:
    """Record the register's counts of a month: opening + new - final = carried forward."""
    with who.ledger() as ledger:
        event = ledger.reconcile(
            who.population(population),
            period,
            opening=opening,
            new=new,
            final=final,
            carried=carried,
            by=who.by,
            at=who.at,
        )
    click.echo(in_words(event))


_signatures = click.option(
    "--signatures",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file of the recorders' signatures, as JSON Lines.",
)


@cli.command("export")
@_file
@_signatures
@audience_option
@config_file_option
def export_command(file: Path, signatures: Path | None, audience: Audience, config: Path) -> None:
    """Write all events into FILE as JSON Lines, or all letters as a table: FILE.xlsx, FILE.csv.

    Texts stay in the ledger. No cell of a table can run as a formula, but for a CSV file that is
    --for machine. A table is written from a ledger that was checked. With - for FILE the events go
    to standard output. --signatures writes who signed which events, for import.
    """
    if signatures is not None:
        _export_signatures(signatures, config)
    if str(file) == "-":
        with ledger_of(config) as ledger:
            for line in ledger.export():
                click.echo(line, nl=False)
        return
    if files.read_if_there(file) is not None:
        raise ConflictError(f"{file}: already exists and was left unchanged; choose another name")
    with ledger_of(config) as ledger:
        if file.suffix.lower() in (".xlsx", ".csv"):
            check = checked(ledger)
            table = letters_table(itertools.islice(ledger.events(), check.events))
            table.save(file, audience=audience)
            click.echo(f"{table}, ledger {check}")
            told_of_audience(file, audience)
            return
        lines = list(ledger.export())
        head = ledger.head
    files.write_whole(file, b"".join(lines))
    click.echo(f"{len(lines)} events, head {head}")


def _export_signatures(file: Path, config: Path) -> None:
    if files.read_if_there(file) is not None:
        raise ConflictError(f"{file}: already exists and was left unchanged; choose another name")
    with ledger_of(config) as ledger:
        lines = list(ledger.export_signatures())
    files.write_whole(file, b"".join(lines))
    click.echo(f"{file}: {counted(len(lines), 'signature')}", err=True)


@cli.command("import")
@_file
@_signatures
@config_file_option
def import_command(file: Path, signatures: Path | None, config: Path) -> None:
    """Create the configuration's ledger from the events of FILE, and check each of them."""
    lines = files.read(file).splitlines(keepends=True)
    signed = [] if signatures is None else files.read(signatures).splitlines(keepends=True)
    configuration = any_configured(config)
    _require_named(configuration, lines)
    with (
        file_modes.for_group(configuration.for_group),
        Ledger.restore(configuration.ledger_url, lines, signed=signed) as ledger,
    ):
        click.echo(f"{len(lines)} events, head {ledger.head}")


def _require_named(configuration: Configuration, lines: Sequence[bytes]) -> None:
    """Raise where the configuration names another ledger than the one whose events these are."""
    found = None
    with contextlib.suppress(ValueError, TypeError, IndexError):  # the import itself tells it
        found = Event.parse(lines[0].removesuffix(b"\n")).payload.get("ledger")
    if found is not None and configuration.ledger_id not in (None, found):
        raise ConflictError(
            f"ledger.id: the configuration names the ledger {configuration.ledger_id}, and got the "
            f'events of {found}; correct the key, or leave it empty, id = ""'
        )


@cli.command()
@click.option("--dry-run", is_flag=True, help="Show what it would change, and change nothing.")
@click.option(
    "--backup",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A new file for the ledger as it is now.  [default: next to the configuration]",
)
@click.option("--zone", help="The time zone of months that were frozen without one.")
@population_option
@json_option
@recording_options
def upgrade(
    dry_run: bool,
    backup: Path | None,
    zone: str | None,
    population: str | None,
    as_json: bool,
    who: Actor,
) -> None:
    """Bring the ledger under the newest rules, after a backup; you can repeat it.

    What was recorded before is judged by the rules of its time, and every figure stays as it is.
    --zone states the time zone of months of release 0.1, whose dates are otherwise those of the
    offsets in which their times are written. It lists each figure that moves, old and new.
    """
    if population is not None and zone is None:
        raise click.UsageError("--population goes with --zone")
    place = backup or who.config.parent / f"ledger-{who.at:%Y%m%dT%H%M%S}.backup"
    configuration = any_configured(who.config)
    with _ledger(configuration.ledger_url, who, dry_run, recorder_key(configuration)) as ledger:
        found = ledger.upgrade(
            by=who.by,
            at=who.at,
            backup=place,
            dry_run=dry_run,
            zone=zone,
            population=None if zone is None else who.population(population),
        )
    click.echo(as_json_text(found.to_dict()) if as_json else str(found))


@cli.command("repair")
@click.argument("url", metavar="[LEDGER-URL]", required=False)
@click.option("--dry-run", is_flag=True, help="Show what differs, and change nothing.")
@click.option(
    "--backup",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A new file for the ledger as it is now.  [default: next to the configuration]",
)
@json_option
@recording_options
def repair_command(
    url: str | None, dry_run: bool, backup: Path | None, as_json: bool, who: Actor
) -> None:
    """Make the database's indexes and triggers again where they differ, after a backup.

    Events and texts stay as they are, and an event records the repair. LEDGER-URL is a URL such as
    sqlite:///signoff.db, by default the configuration's. You can repeat it. The backup holds texts
    too: delete it once you need it no more.
    """
    at = who.moment if url else who.at  # a ledger by its URL needs no configuration
    place = backup or who.config.parent / f"ledger-{at:%Y%m%dT%H%M%S}.backup"
    configuration = None if url else any_configured(who.config)
    wanted = url or any_configured(who.config).ledger_url
    key = None if configuration is None else recorder_key(configuration)
    with _ledger(wanted, who, dry_run, key) as ledger:
        found = ledger.repair(by=who.by, at=at, backup=place, dry_run=dry_run)
    click.echo(as_json_text(found.to_dict()) if as_json else str(found))


def _ledger(url: str | URL, who: Actor, dry_run: bool, key: KeyInFile | None) -> Ledger:
    """The ledger: as it is for a dry run, since opening it to write may change its form."""
    if not dry_run:
        return told_of_clock(Ledger.open(url, create=False, recorder=who.recorder, key=key))
    ledger = Ledger.open_readonly(url)
    if ledger is None:
        raise NoLedgerError("ledger: does not exist; 'ceosample run' creates one")
    return ledger
