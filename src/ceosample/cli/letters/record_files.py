"""Files of decisions are recorded, one after the other, and what each brought is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import click

from ceosample.cli.letters.board_note import say_of_the_board
from ceosample.cli.letters.print_events import moved_up, print_events
from ceosample.cli.options import ledger_of
from ceosample.configuration import Configuration
from ceosample.signoff.intake.decisions import Decisions, Passphrase
from ceosample.signoff.intake.newer_decisions import (
    brought,
    newer_files,
    newer_on_record,
    newest_of_each_pack,
)
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.events import Event
from ceosample.text import counted


def record_files(
    config: Path,
    recorder: str | None,
    found: Sequence[tuple[Path, Decisions]],
    clock_ahead: dt.timedelta | None,
    passphrase: Passphrase,
    *,
    as_json: bool,
) -> None:
    """Record files of decisions one after the other, and say of each what it brought."""
    from ceosample.job import outlets

    configurations = Configuration.load_all(config)
    found = newest_of_each_pack(found)
    events: list[Event] = []
    moved: dict[str, Event | None] = {}
    with ledger_of(config, recorder) as ledger:
        for source, read in found:
            decisions = read.with_listed_codes(configurations[0].own_codes)
            for configuration in configurations:
                decisions = outlets.with_posted_files(configuration, ledger, decisions)
            before = ledger.count
            recorded = ledger.record_all(decisions, clock_ahead=clock_ahead)
            up = moved_up(ledger, recorded)
            if as_json:  # one list of all files
                events, moved = [*events, *recorded], {**moved, **up}
            else:
                print_events(recorded, as_json, moved=up)
            if recorded:
                click.echo(brought(decisions, recorded, before), err=as_json)
            _say_of_the_file(ledger, source, decisions, recorded, before, clock_ahead, passphrase)
    if as_json:
        print_events(events, as_json, moved=moved)


def _say_of_the_file(
    ledger: Ledger,
    source: Path,
    decisions: Decisions,
    recorded: Sequence[Event],
    before: int,
    clock_ahead: dt.timedelta | None,
    passphrase: Passphrase,
) -> None:
    """Say what else there is to know of a file: newer decisions, and what is not decided yet."""
    older_than = [
        newer_on_record(
            ledger.events(population=name, period=month), decisions, before, clock_ahead
        )
        for name, month in sorted({(str(e.population), str(e.period)) for e in recorded})
    ]
    for line in (*filter(None, older_than), *newer_files(source, decisions, passphrase)):
        click.echo(f"warning: {line}", err=True)
    say_of_the_board(ledger, recorded)
    if decisions.undecided:
        open_ones = counted(decisions.undecided, "letter")
        click.echo(f"not decided yet: {open_ones} in the file", err=True)
