"""Past sign-offs from an office's own table: import them, and withdraw them."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import attrs
import click

from ceosample.canonical import Json
from ceosample.cli.group import cli
from ceosample.cli.options import (
    Actor,
    configured,
    in_words,
    json_option,
    population_option,
    reason_option,
    recording_options,
)
from ceosample.errors import ConfigurationError
from ceosample.result import as_json_text
from ceosample.signoff.intake.tracker import Tracker, read_tracker
from ceosample.signoff.intake.tracker_columns import ORDERS, TrackerColumns
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.events import Event


@cli.command("import-tracker")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--sheet", help="The sheet of a workbook.  [default: the configuration's, or the first shown]"
)
@click.option(
    "--dates",
    type=click.Choice(ORDERS),
    help="How to read a date such as 3/4/2026 in a cell of text.",
)
@click.option("--dry-run", is_flag=True, help="Read and check the file; write nothing.")
@json_option
@population_option
@recording_options
def import_tracker(
    file: Path,
    sheet: str | None,
    dates: str | None,
    dry_run: bool,
    as_json: bool,
    population: str | None,
    who: Actor,
) -> None:
    """Import past sign-offs from FILE (.xlsx, .xlsm, CSV) as history, marked as unverified.

    The table [tracker] of the configuration names its columns. No figure counts these sign-offs:
    'status', 'metrics' and 'report' show them apart. Importing a file again changes nothing.
    """
    tracker = read_tracker(file, _columns(who.config, sheet, dates))
    named = who.population(population)
    with who.ledger() as ledger:
        last = max((event.sequence for event in ledger.imported(named)), default=0)
        events = _import(ledger, tracker, named, who, undo=dry_run)
        head = ledger.head
    new = sum(event.sequence > last for event in events)
    if as_json:
        found: dict[str, Json] = {
            "new": new,
            "dry_run": dry_run,
            "head": head,
            "tracker": tracker.to_dict(),
        }
        click.echo(as_json_text(found))
        return
    click.echo(tracker)
    written = "would be written; nothing was" if dry_run else f"written, head {head}"
    click.echo(f"{new} of {len(events)} are new and {written}\nfile {tracker.file}")


@cli.command("withdraw-tracker")
@click.argument("file", metavar="SHA256")
@reason_option
@population_option
@recording_options
def withdraw_tracker(file: str, reason_code: str, population: str | None, who: Actor) -> None:
    """Make void all that was imported from the file with this SHA-256; it stays on record."""
    with who.ledger() as ledger:
        events = ledger.withdraw_history(
            file,
            population=who.population(population),
            by=who.by,
            at=who.at,
            reason_code=reason_code,
        )
    for event in events:
        click.echo(f"{event.period}: {in_words(event)}")


class _Undone(Exception):
    """Raised to leave a transaction as if it had never been."""


def _import(
    ledger: Ledger, tracker: Tracker, population: str, who: Actor, *, undo: bool
) -> tuple[Event, ...]:
    """The event of each row; with ``undo`` all is checked and nothing stays."""
    events: tuple[Event, ...] = ()
    zone = configured(who.config).zone
    with contextlib.suppress(_Undone), ledger.transaction():
        events = ledger.import_history(
            tracker, population=population, by=who.by, at=who.at, zone=zone
        )
        if undo:
            raise _Undone
    return events


def _columns(config: Path, sheet: str | None, dates: str | None) -> TrackerColumns:
    columns = configured(config).tracker
    if columns is None:
        raise ConfigurationError(
            f"{config}, tracker: missing; name the columns of the file: id = ..., period = ..., "
            "signed_on = ..."
        )
    given: dict[str, Any] = {"sheet": sheet, "dates": dates}
    return attrs.evolve(columns, **{name: value for name, value in given.items() if value})
