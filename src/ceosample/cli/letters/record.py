"""Record what happened to a letter or a case: by options, from a file, or a signed folder."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ceosample import job
from ceosample.cli.group import cli
from ceosample.cli.letters.board_note import say_of_the_board
from ceosample.cli.letters.print_events import moved_up, print_events
from ceosample.cli.letters.record_files import record_files
from ceosample.cli.letters.record_one import Details, record_of_a_case, record_of_a_letter
from ceosample.cli.letters.several_files import TakesFiles
from ceosample.cli.options import (
    LENGTH,
    MONTH,
    any_configured,
    clock_options,
    config_file_option,
    configured,
    json_option,
    ledger_of,
    now,
    passphrase_option,
    recorder_option,
    wall_at_option,
    zoned_by,
)
from ceosample.period import Period
from ceosample.sealed.passphrase import read_passphrase
from ceosample.signoff.intake.decisions import Decisions
from ceosample.signoff.recording.event_fields import RECORDABLE

#: The details of an event that are options.
_FIELDS = {
    "letter": "The letter's SHA-256.  [default: that of the newest version]",
    "reason_code": "Why: a code of lower-case letters, digits and hyphens.",
    "outcome": "The outcome: a code.",
    "channel": "How the customer was reached: a code.",
    "to": "The deputy's id.",
    "approver": "The id of the second person, who approved a withdrawal or confirmed that a letter "
    "was never eligible.",
    "amount": "The cost of a resolution, such as 250.00.",
    "currency": "The currency of the amount, such as GBP.",
    "verdict": "sound or defective.",
    "severity": "How bad a defect is, from 0 to 1, such as 0.25.",
    "colleague": "The id of the colleague who is recognised.",
    "promise": "What was promised: a code, such as call-back.",
    "cause": "Why a defect came about: a code.",
    "action": "What is to be done about a cause: a code.",
    "due": "The date by which it is to be done, such as 2026-11-30.",
    "evidence": "The SHA-256 of the file that shows it, or @FILE for the file itself.",
    "text": "Words, kept where you can erase them.",
}


def _field_options(command: Any) -> Any:
    for name, text in reversed(_FIELDS.items()):
        command = click.option(f"--{name.replace('_', '-')}", name, help=text)(command)
    return click.option(
        "--codes", multiple=True, help="What was found: a code; give the option once for each."
    )(command)


@cli.command(cls=TakesFiles)
@click.argument("kind", metavar="[KIND]", required=False, type=click.Choice(sorted(RECORDABLE)))
@click.argument("unit_id", metavar="[ID]", required=False)
@click.option("--by", help="The id of the person who does it, or the role.")
@click.option(
    "--code", help="The code printed on the letter, to check that it is the newest version."
)
@click.option(
    "--from",
    "sources",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file of decisions, .json or .csv: records all of it, or nothing. You can give several: "
    "they are recorded one after the other.",
)
@click.option(
    "--signed",
    "signed",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder of digitally signed letters of --period: records all of them, or none.",
)
@click.option(
    "--clock-ahead",
    type=LENGTH,
    help="How far the clock of the computer was ahead that gave the decisions of --from or "
    "--signed their times, such as 365d2h.",
)
@passphrase_option
@_field_options
@click.option("--population", help="Needed if several letters have this id.")
@click.option("--period", type=MONTH, help="Needed if several letters have this id.")
@click.option("--case", "is_case", is_flag=True, help="ID is a case, where a letter has it too.")
@recorder_option
@config_file_option
@wall_at_option
@clock_options
@json_option
def record(
    kind: str | None,
    unit_id: str | None,
    by: str | None,
    code: str | None,
    sources: tuple[Path, ...],
    signed: Path | None,
    clock_ahead: dt.timedelta | None,
    passphrase_file: Path | None,
    population: str | None,
    period: Period | None,
    is_case: bool,
    recorder: str | None,
    config: Path,
    at: dt.datetime | None,
    as_json: bool,
    codes: tuple[str, ...],
    **fields: str | None,
) -> None:
    """Record that the letter ID reached a state, or a finding, a contact or a note about it.

    ID can be a case of the casebook, such as case-1 ('ceosample refer').
    KIND is a state (signed, returned_for_rework, ...), or finding, recognition, contact,
    eligibility_questioned, board_answer, note, promise, promise_kept, promise_broken, action,
    action_done. --from FILE records many decisions at once. For a
    CSV file, --by and --at give who decided and when where its rows do not, and KIND does so for a
    file of ids alone. Of several files of one room, the newest must hold all that the others do.
    --signed FOLDER checks letters that were signed digitally, and records all of them or none.
    """
    details = [code, is_case or None, *codes, *fields.values()]
    if signed is not None:
        given = [kind, by, sources or None, *details]
        if period is None or any(value is not None for value in given):
            raise click.UsageError("--signed goes with --period, and with no other detail")
        month = job.Month(configured(config), period, at or now())
        _record_signed(config, recorder, signed, month, clock_ahead, as_json=as_json)
    elif sources:
        _require_nothing_else(sources, [unit_id, population, period, *details], [kind, by, at])
        if at is not None and at.utcoffset() is not None:  # else each letter's month has a zone
            at = zoned_by(config, at)
        passphrase = functools.cache(lambda: _passphrase(config, passphrase_file))
        found = [
            (source, Decisions.read(source, kind=kind, by=by, at=at, passphrase=passphrase))
            for source in sources
        ]
        record_files(config, recorder, found, clock_ahead, passphrase, as_json=as_json)
    elif passphrase_file is not None:
        raise click.UsageError("--passphrase-file goes with --from")
    elif clock_ahead is not None:
        raise click.UsageError("--clock-ahead goes with --from or --signed")
    elif kind is None or unit_id is None or by is None:
        raise click.UsageError("give KIND, ID and --by, or --from FILE, or --signed FOLDER")
    else:
        said = Details(by, at, codes, fields)
        with ledger_of(config, recorder) as ledger:
            if is_case or ledger.is_a_case(unit_id, population=population, period=period):
                if code is not None or period is not None:
                    raise click.UsageError(
                        "--code and --period go with a letter; a case has neither"
                    )
                event = record_of_a_case(ledger, config, kind, unit_id, population, said)
            else:
                event = record_of_a_letter(
                    ledger, config, kind, unit_id, population, period, code, said
                )
            print_events([event], as_json, one=True, moved=moved_up(ledger, [event]))
            say_of_the_board(ledger, [event])


def _require_nothing_else(
    sources: Sequence[Path], details: Sequence[object], of_csv: Sequence[object]
) -> None:
    """Refuse options that a file of decisions has in itself."""
    # JSON says who and when, and is bound to what was read.
    has_json = any(source.suffix.lower() == ".json" for source in sources)
    if any(value is not None for value in (*details, *(of_csv if has_json else ()))):
        raise click.UsageError(
            "--from reads all from the file; only a CSV file also takes KIND, --by and --at"
        )


def _record_signed(
    config: Path,
    recorder: str | None,
    folder: Path,
    month: job.Month,
    clock_ahead: dt.timedelta | None,
    *,
    as_json: bool,
) -> None:
    """Record all letters of a folder that were signed digitally."""
    from ceosample.job import digital_signatures

    with ledger_of(config, recorder) as ledger:
        events = digital_signatures.take(month, ledger, folder, clock_ahead=clock_ahead)
        print_events(events, as_json)
        say_of_the_board(ledger, events)


def _passphrase(config: Path, file: Path | None) -> str | None:
    """What opens a sealed file: of the file that was given, or else of the configuration's."""
    return any_configured(config).opening_passphrase() if file is None else read_passphrase(file)
