"""Letters: record, correct and supersede, hold and erase texts, render again."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from ceosample import file_modes, files, job
from ceosample.canonical import Json, digest
from ceosample.cli.executive.board_note import say_of_the_board
from ceosample.cli.executive.several_files import TakesFiles
from ceosample.cli.group import cli
from ceosample.cli.options import (
    LENGTH,
    MONTH,
    Actor,
    any_configured,
    at_option,
    clock_options,
    config_file_option,
    config_option,
    configured,
    configured_for,
    in_words,
    json_option,
    ledger_of,
    now,
    passphrase_option,
    period_option,
    population_option,
    reason_option,
    recorder_option,
    recording_options,
    wall_at_option,
    zoned_by,
)
from ceosample.configuration import Configuration
from ceosample.errors import LedgerError, RotationWarning
from ceosample.letters.letter import CODE_DIGITS
from ceosample.period import Period
from ceosample.result import as_json_text
from ceosample.sealed.passphrase import read_passphrase
from ceosample.signoff.intake.decisions import Decisions, Passphrase, listed
from ceosample.signoff.intake.newer_decisions import (
    brought,
    newer_files,
    newer_on_record,
    newest_of_each_pack,
)
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.recording.event_fields import RECORDABLE
from ceosample.signoff.replay.cases import may_be_a_case
from ceosample.signoff.store.events import Event
from ceosample.signoff.words import folders
from ceosample.text import counted, quoted

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
    if signed is not None:
        given = (kind, by, code, sources or None, is_case or None, *codes, *fields.values())
        if period is None or any(value is not None for value in given):
            raise click.UsageError("--signed goes with --period, and with no other detail")
        month = job.Month(configured(config), period, at or now())
        with ledger_of(config, recorder) as ledger:
            from ceosample.job import digital_signatures

            events = digital_signatures.take(month, ledger, signed, clock_ahead=clock_ahead)
            say(events, as_json)
            say_of_the_board(ledger, events)
        return
    if sources:
        beside: list[object] = [unit_id, code, population, period, *codes, *fields.values()]
        beside.append(is_case or None)
        # JSON says who and when, and is bound to what was read.
        if any(source.suffix.lower() == ".json" for source in sources):
            beside += [kind, by, at]
        if any(value is not None for value in beside):
            raise click.UsageError(
                "--from reads all from the file; only a CSV file also takes KIND, --by and --at"
            )
        if at is not None and at.utcoffset() is not None:  # else each letter's month has a zone
            at = zoned_by(config, at)
        passphrase = functools.cache(lambda: _passphrase(config, passphrase_file))
        found = [
            (source, Decisions.read(source, kind=kind, by=by, at=at, passphrase=passphrase))
            for source in sources
        ]
        _record_files(config, recorder, found, clock_ahead, passphrase, as_json=as_json)
        return
    if passphrase_file is not None:
        raise click.UsageError("--passphrase-file goes with --from")
    if clock_ahead is not None:
        raise click.UsageError("--clock-ahead goes with --from or --signed")
    if kind is None or unit_id is None or by is None:
        raise click.UsageError("give KIND, ID and --by, or --from FILE, or --signed FOLDER")
    saying = RECORDABLE[kind]
    with ledger_of(config, recorder) as ledger:
        if is_case or ledger.is_a_case(unit_id, population=population, period=period):
            if code is not None or period is not None:
                raise click.UsageError("--code and --period go with a letter; a case has neither")
            case = ledger.case(unit_id, population=population)
            moment = configured_for(config, case.population).local(at or now())
            of_case: Any = {**fields, "codes": codes or None, "population": case.population}
            event = ledger.record_case(kind, unit_id, by=by, at=moment, **of_case)
            say([event], as_json, one=True)
            say_of_the_board(ledger, [event])
            return
        history = ledger.history(unit_id, population=population, period=period)
        configuration = configured_for(config, history.subject.population)
        newest = history.letter
        if code is not None and code != (fields["letter"] or newest or "")[:CODE_DIGITS]:
            raise LedgerError(
                f"letter {unit_id}, code: got {quoted(code)}, which is not on its newest version; "
                "check the id, and that this version was read"
            )
        if "letter" in saying.needs:
            fields["letter"] = fields["letter"] or newest
        fields["evidence"] = _digest_of(fields["evidence"])
        what: Any = {**listed(kind, fields, configuration.own_codes), "codes": codes or None}
        if kind == "dispatched":
            from ceosample.job import outlets  # loads the templates, which other kinds do without

            what |= outlets.posted_file(configuration, history, what)
        event = ledger.record(
            kind,
            unit_id,
            by=by,
            at=configuration.local(at or now()),
            population=population,
            period=period,
            **what,
        )
        say([event], as_json, one=True, moved=_moved_up(ledger, [event]))
        say_of_the_board(ledger, [event])


def _digest_of(evidence: str | None) -> str | None:
    """The SHA-256 that was given, or that of the file after an @."""
    if evidence is None or not evidence.startswith("@"):
        return evidence
    return digest(files.read(Path(evidence[1:])))


def _record_files(
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
            up = _moved_up(ledger, recorded)
            if as_json:  # one list of all files
                events, moved = [*events, *recorded], {**moved, **up}
            else:
                say(recorded, as_json, moved=up)
            if recorded:
                click.echo(brought(decisions, recorded, before), err=as_json)
            _say_of_the_file(ledger, source, decisions, recorded, before, clock_ahead, passphrase)
    if as_json:
        say(events, as_json, moved=moved)


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


def _passphrase(config: Path, file: Path | None) -> str | None:
    """What opens a sealed file: of the file that was given, or else of the configuration's."""
    return any_configured(config).opening_passphrase() if file is None else read_passphrase(file)


def _moved_up(ledger: Ledger, events: Iterable[Event]) -> dict[str, Event | None]:
    """For each replaced letter, by its event's hash, the event of the reserve that moved up."""
    return {e.hash: ledger.substitute_of(e) for e in events if e.kind == "replaced"}


def say(
    events: Iterable[Event],
    as_json: bool,
    *,
    one: bool = False,
    moved: Mapping[str, Event | None] = MappingProxyType({}),
) -> None:
    """Print the events that were recorded."""
    if as_json:
        found: list[Json] = [
            {
                **event.to_dict(),
                "hash": event.hash,
                **({"moved_up": None if up is None else up.unit_id} if event.hash in moved else {}),
            }
            for event in events
            for up in [moved.get(event.hash)]
        ]
        click.echo(as_json_text(found[0] if one else found))
        return
    for event in events:
        click.echo(in_words(event))
        if event.hash in moved:
            up = moved[event.hash]
            click.echo(
                f"  no reserve is left: the place of {event.unit_id} stays empty, and counts"
                if up is None
                else f"  {up.unit_id} moved up in its place; render it with: ceosample rework "
                f"{up.unit_id} --period {up.period}"
            )


@cli.command()
@click.argument("event", metavar="HASH")
@reason_option
@recording_options
@json_option
def correct(
    event: str,
    reason_code: str,
    who: Actor,
    as_json: bool,
) -> None:
    """Make the event HASH void; both the event and the correction stay on record."""
    with who.ledger() as ledger:
        said = ledger.correct(event, by=who.by, at=who.at, reason_code=reason_code)
        told = _told_pickup(who, ledger, said)
    say([said], as_json, one=True)
    _say_told(told)


def _about_a_letter(command: Callable[..., Event]) -> Callable[..., None]:
    """The options of a command that records something about one letter or case; what it prints.

    The command gets who it is, the ledger, the letter's id and the details that all of them have.
    """

    @click.argument("unit_id", metavar="ID")
    @click.option("--period", type=MONTH, help="The month of a letter; leave it out for a case.")
    @population_option
    @reason_option
    @recording_options
    @json_option
    @functools.wraps(command)
    def about(
        unit_id: str,
        period: Period | None,
        population: str | None,
        reason_code: str,
        who: Actor,
        as_json: bool,
        **rest: Any,
    ) -> None:
        if period is None and not may_be_a_case(unit_id):
            raise click.UsageError("give --period, the letter's month; only a case has none")
        with who.ledger() as ledger:
            event = command(
                who,
                ledger,
                unit_id,
                population=who.population(population),
                period=period,
                by=who.by,
                at=who.at,
                reason_code=reason_code,
                **rest,
            )
        say([event], as_json, one=True)

    return about


@cli.command()
@_about_a_letter
@click.option("--lift", is_flag=True, help="Lift the hold.")
def hold(_: Actor, ledger: Ledger, unit_id: str, **said: Any) -> Event:
    """Place a legal hold on the texts about the letter or case ID, or lift it."""
    return ledger.hold(unit_id, **said)


@cli.command()
@_about_a_letter
def erase(who: Actor, ledger: Ledger, unit_id: str, **said: Any) -> Event:
    """Erase the texts about the letter or case ID; the events keep their digests.

    It also deletes the slips and the notes of thanks that tell of it, and names them.
    """
    event = ledger.forget(unit_id, **said)
    configuration = configured_for(who.config, said["population"])
    period = said["period"]
    months = (
        sorted(configuration.casebook.glob("*"))  # a case has no month, and its id is of the ledger
        if period is None
        else [configuration.month_folder(period)]
    )
    for path in itertools.chain(*(folders.erase(month, unit_id) for month in months)):
        click.echo(f"deleted: {path}", err=True)
    return event


@cli.command()
@period_option
@population_option
@click.option("--approver", help="The id of another person, who approves it.")
@reason_option
@recording_options
@json_option
def supersede(
    period: Period,
    population: str | None,
    approver: str | None,
    reason_code: str,
    who: Actor,
    as_json: bool,
) -> None:
    """Set a month's draw aside, for a new freeze and a fresh seed; the old one stays on record.

    Where later months of its rotation's block were drawn, it says what follows, and asks first at a
    terminal.
    """
    with who.ledger() as ledger:
        superseded = functools.partial(
            ledger.supersede,
            who.population(population),
            period,
            by=who.by,
            at=who.at,
            reason_code=reason_code,
            approver=approver,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("error", RotationWarning)
            try:
                event = superseded()
            except RotationWarning as warning:
                click.echo(f"warning: {warning}", err=True)
                if sys.stdin.isatty():
                    click.confirm("Supersede it?", abort=True, err=True)
                warnings.simplefilter("ignore", RotationWarning)
                event = superseded()
        told = _told_pickup(who, ledger, event)
    say([event], as_json, one=True)
    _say_told(told)


def _told_pickup(who: Actor, ledger: Ledger, event: Event) -> Path | None:
    """The notice for whoever fetched the month's files, in the pick-up folder."""
    configuration = configured_for(who.config, event.population)
    with file_modes.for_group(configuration.for_group):
        return job.tell_pickup(configuration, ledger, event)


def _say_told(place: Path | None) -> None:
    if place is not None:
        click.echo(f"told to the pick-up folder: {place}", err=True)


@cli.command()
@click.argument("unit_ids", metavar="ID...", nargs=-1, required=True)
@period_option
@config_option
@at_option
@clock_options
@click.option(
    "--docx",
    type=click.Path(dir_okay=False, path_type=Path),
    help="An edited Word file of the letter: its body replaces that of the contents.",
)
@click.option(
    "--allowed-by",
    help="Who allows letters that differ from what the frame commits to; with --reason-code.",
)
@click.option("--reason-code", help="Why they differ: a code.")
def rework(
    unit_ids: tuple[str, ...],
    period: Period,
    config: Path,
    at: dt.datetime | None,
    docx: Path | None,
    allowed_by: str | None,
    reason_code: str | None,
) -> None:
    """Render the letters ID... again from their contents, and send them as a new version.

    Use it for letters that came back, and for a substitute from the reserves. Where a letter cannot
    be rendered as the frame commits to it, a named person can allow its edit: --allowed-by.
    """
    if (allowed_by is None) != (reason_code is None):
        raise click.UsageError("--allowed-by and --reason-code go together")
    from ceosample.job import outlets
    from ceosample.letters.contents.content_digest import Edit
    from ceosample.letters.markup.printed import lost_fields

    edit = None
    if allowed_by is not None and reason_code is not None:
        edit = Edit(allowed_by, reason_code)
    if docx is not None and len(unit_ids) != 1:
        raise click.UsageError("--docx goes with one ID")
    month = job.Month(configured(config), period, at or now())
    with ledger_of(config) as ledger:
        bodies = (
            {}
            if docx is None
            else {
                unit_id: outlets.body_from_word(month, ledger, unit_id, docx)
                for unit_id in unit_ids
            }
        )
        pack = job.render_again(month, ledger, unit_ids, bodies, edit)
        same = job.unchanged(month, pack)
    click.echo(f"{pack}\nsee {job.folder_of(month, pack)}")
    if pack.unprinted:
        click.echo(f"not printed: {lost_fields(pack.unprinted)}")
    for said in same:
        click.echo(said)
