"""The command. Results go to standard output, everything else to standard error."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click
from tqdm import tqdm

from ceosample import files, job
from ceosample.canonical import Json
from ceosample.configuration import TEMPLATE, Configuration
from ceosample.errors import CeosampleError, ConflictError, LedgerError
from ceosample.letters.letter import CODE_DIGITS
from ceosample.period import Period
from ceosample.sampling.draw import Draw
from ceosample.sampling.seed import Seed
from ceosample.sampling.verify import Receipt, verify
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.lifecycle import STEPS
from ceosample.signoff.summary import MonthSummary, summarise

WAITING = 75
DIFFERENCE = 1

Clock = Callable[[], dt.datetime]


class _Moment(click.ParamType[dt.datetime]):
    """A time with its zone, as ISO 8601 has it."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.datetime:
        if isinstance(value, dt.datetime):
            return value
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a time; write 2026-11-02T09:00:00+00:00", param, ctx)
        if moment.utcoffset() is None:
            self.fail(f"{value!r} has no zone; write 2026-11-02T09:00:00+00:00", param, ctx)
        return moment


MOMENT = _Moment()

_config = click.option(
    "-c",
    "--config",
    "config",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("ceosample.toml"),
    show_default=True,
    help="The month's configuration.",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_at = click.option(
    "--at", type=MOMENT, help="When it happened, ISO 8601 with zone.  [default: now]"
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ceosample")
def cli() -> None:
    """Draw, render and track the monthly sample of responses that a chief executive signs.

    A month in order:

    \b
      ceosample init                        write ceosample.toml, then edit it
      ceosample plan --period 2026-10       what the plan promises; nothing is drawn or written
      ceosample run --period 2026-10        freeze the frame; print the commitment; wait (exit 75)
      (roll dice before witnesses)
      ceosample run --period 2026-10 --dice DIGITS --witness ROLE --witness ROLE
      ceosample record signed ID --by ceo   as the letters come back
      ceosample status                      what was signed, with every denominator
      ceosample verify packs/2026-10        anyone re-checks the draw from its files alone

    Exit codes: 0 done or already done, 1 a check found a difference, 2 usage, 3 conflicts with what
    is on record, 65 bad data, 69 a part is not installed, 70 a fault of ours, 75 busy or waiting
    for the seed, 78 configuration.
    """


@cli.command()
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("ceosample-demo"),
    show_default=True,
    help="Where to write.",
)
def demo(folder: Path) -> None:
    """Make a month of an invented bank: drawn, rendered, mostly signed."""
    from ceosample.demo.story import DICE, PERIOD, perform

    with _progress() as step:
        story = perform(folder, step)
    outcome = story.outcome
    click.echo(f"{outcome.letters} letters of the invented bank's {PERIOD}, in {folder}:\n")
    papers = [name for name in ("pack.pdf", "pack.html") if (outcome.folder / name).exists()]
    for name, what in (
        *(
            (f"packs/{PERIOD}/{name}", "what the chief executive reads and signs")
            for name in papers
        ),
        (f"packs/{PERIOD}/draw.json", "the public record; manifest.csv and exclusions.csv with it"),
        ("signoff.db", "the ledger of what was signed"),
        ("ceosample.toml", "the configuration; the table and the letters stand beside it"),
    ):
        click.echo(f"  {name:<28}{what}")
    click.echo(f"\nseed {DICE}, commitment {outcome.commitment}")
    click.echo(
        f"re-check: ceosample verify {folder}/packs/{PERIOD}  ->  {story.report.level.name}\n"
    )
    click.echo(str(story.coverage))


@cli.command()
def init() -> None:
    """Write a commented ceosample.toml into this folder."""
    path = Path("ceosample.toml")
    if files.read_if_there(path) is not None:
        raise ConflictError(f"{path}: is there already and stays as it is")
    files.write_whole(path, TEMPLATE.encode())
    click.echo(f"{path}: written; edit it, then: ceosample run --period YYYY-MM")


@cli.command("plan")
@_config
@click.option("--period", required=True, help="The ISO month, 2026-10.")
@_as_json
def plan_command(config: Path, period: str, as_json: bool) -> None:
    """Show what the plan promises on the month's table as it is now; nothing is written."""
    month = job.Month(Configuration.load(config), _period(period), _now())
    promise = job.promise(month)
    click.echo(_json(promise.to_dict()) if as_json else str(promise))


@cli.command()
@_config
@click.option("--period", required=True, help="The ISO month, 2026-10.")
@click.option("--dice", help="The digits rolled after the freeze, at least 20.")
@click.option("--witness", "witnesses", multiple=True, help="A witness's role; give each.")
@click.option(
    "--control-total", type=int, help="The independent register's count of all responses."
)
@click.option(
    "--refreeze", is_flag=True, help="Freeze anew from the source, before there is a seed."
)
@_at
@_as_json
def run(
    config: Path,
    period: str,
    dice: str | None,
    witnesses: tuple[str, ...],
    control_total: int | None,
    refreeze: bool,
    at: dt.datetime | None,
    as_json: bool,
) -> None:
    """Take a month as far as it can be taken: freeze; with the seed, draw, render and send.

    Run it as often as you like: what is done stays done, and what was stopped is finished.
    """
    if witnesses and dice is None:
        raise click.UsageError("--witness goes with --dice")
    configuration = Configuration.load(config)
    month = job.Month(
        configuration, _period(period), at or _now(), control_total=control_total, refreeze=refreeze
    )
    seed = None if dice is None else Seed.from_dice(dice, witnesses=witnesses)
    with Ledger.open(configuration.ledger_url) as ledger, _progress() as step:
        outcome = job.run(month, ledger, seed=seed, progress=step)
    click.echo(_json(outcome.to_dict()) if as_json else _outcome_in_words(outcome))
    if outcome.state == "waiting":
        click.echo("waiting for the seed: run again with --dice and --witness", err=True)
        sys.exit(WAITING)


@cli.command()
@click.argument("kind", metavar="STATE", type=click.Choice(sorted(STEPS)))
@click.argument("unit_id", metavar="ID")
@click.option("--by", required=True, help="The person's id, or the role.")
@click.option("--letter", help="The letter's SHA-256.  [default: that of the newest version]")
@click.option("--code", help="The code printed on the letter, to make sure that it is that one.")
@click.option("--reason-code", help="Why, as a short code, where the state needs one.")
@click.option("--population", help="Where several letters have the id.")
@click.option("--period", help="Where several letters have the id.")
@_config
@_at
@_as_json
def record(
    kind: str,
    unit_id: str,
    by: str,
    letter: str | None,
    code: str | None,
    reason_code: str | None,
    population: str | None,
    period: str | None,
    config: Path,
    at: dt.datetime | None,
    as_json: bool,
) -> None:
    """Write down that the letter ID reached a STATE, signed for example."""
    with _ledger(config) as ledger:
        newest = ledger.history(unit_id, population=population, period=period).letter
        if code is not None and code != (letter or newest or "")[:CODE_DIGITS]:
            raise LedgerError(
                f"letter {unit_id}: the code {code!r} is not that of its newest version; another "
                "version was read, or another letter"
            )
        if STEPS[kind].letter:
            letter = letter or newest
        event = ledger.record(
            kind,
            unit_id,
            by=by,
            at=at or _now(),
            letter=letter,
            reason_code=reason_code,
            population=population,
            period=period,
        )
    words = f"{event.unit_id}: {event.kind} by {event.actor}, event {event.sequence}, {event.hash}"
    click.echo(_json({**event.to_dict(), "hash": event.hash}) if as_json else words)


@cli.command()
@click.argument("unit_ids", metavar="ID...", nargs=-1, required=True)
@click.option("--period", required=True, help="The ISO month of their draw.")
@_config
@_at
def rework(unit_ids: tuple[str, ...], period: str, config: Path, at: dt.datetime | None) -> None:
    """Render the letters ID... anew from their contents, and send them as a new version.

    For letters that came back, and for a substitute that moved up from the reserves.
    """
    month = job.Month(Configuration.load(config), _period(period), at or _now())
    with _ledger(config) as ledger:
        pack = job.render_again(month, ledger, unit_ids)
    click.echo(str(pack))


@cli.command()
@_config
@click.option("--period", help="One ISO month.  [default: all]")
@click.option("--check", is_flag=True, help="Walk the whole ledger too.")
@click.option("--head", help="A hash from paper that the ledger must hold; implies --check.")
@_as_json
def status(config: Path, period: str | None, check: bool, head: str | None, as_json: bool) -> None:
    """Show where each month stands: sign-off coverage with every denominator, and what is open."""
    configuration = Configuration.load(config)
    with _ledger(config) as ledger:
        months = summarise(
            ledger.events(
                population=configuration.population,
                period=None if period is None else _period(period),
            )
        )
        newest = ledger.head
        report = ledger.check(head) if check or head is not None else None
    if as_json:
        found: dict[str, Json] = {"head": newest, "months": [month.to_dict() for month in months]}
        if report is not None:
            found["check"] = report.to_dict()
        click.echo(_json(found))
    else:
        click.echo(_status_in_words(months, newest))
        if report is not None:
            click.echo(f"\nledger {report}")
    if report is not None and not report.ok:
        sys.exit(DIFFERENCE)


@cli.command("verify")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--head", help="The hash on dated paper, to prove the order from the ledger.")
@click.option("--dated", type=MOMENT, help="When that paper was dated.")
@click.option("--rolled", type=MOMENT, help="When the dice were rolled, by the minutes.")
@_config
@_as_json
def verify_command(
    folder: Path,
    head: str | None,
    dated: dt.datetime | None,
    rolled: dt.datetime | None,
    config: Path,
    as_json: bool,
) -> None:
    """Draw again from the files in FOLDER alone, and show the first difference."""
    receipt = None
    if len({head is None, dated is None, rolled is None}) != 1:
        raise click.UsageError("--head, --dated and --rolled go together")
    if head is not None and dated is not None and rolled is not None:
        receipt = _receipt(folder, config, head, dated, rolled)
    report = verify(folder, receipt=receipt)
    click.echo(_json(report.to_dict()) if as_json else str(report))
    if not report.ok:
        sys.exit(DIFFERENCE)


def main() -> NoReturn:
    """Run the command; every error of ours ends in its exit code and a message, not a trace."""
    warnings.showwarning = _say_warning
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except CeosampleError as error:
        click.echo(f"ceosample: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"ceosample: {place}{error.strerror or error}", err=True)
        _drop_output()
        sys.exit(CeosampleError.exit_code)
    sys.exit(0)


def _drop_output() -> None:
    """What could not be written would be tried again as Python ends, and change the exit code."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


def _say_warning(message: Warning | str, *_: object, **__: object) -> None:
    """A warning as the command says it: without the place in our code."""
    click.echo(f"ceosample: {message}", err=True)


def _receipt(
    folder: Path, config: Path, head: str, dated: dt.datetime, rolled: dt.datetime
) -> Receipt | None:
    try:
        drawn = Draw.load(folder)
    except CeosampleError:
        return None  # verify says what is wrong with the record
    with _ledger(config) as ledger:
        return ledger.receipt(drawn, head=head, dated=dated, rolled=rolled)


def _ledger(config: Path) -> Ledger:
    """The ledger of a configuration, which must be there already."""
    return Ledger.open(Configuration.load(config).ledger_url, create=False)


def _period(text: str) -> str:
    try:
        return str(Period.parse(text))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--period") from None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _outcome_in_words(outcome: job.Outcome) -> str:
    month = f"{outcome.population}, {outcome.period}"
    if outcome.state == "waiting":
        return (
            f"{month}: frozen in {outcome.folder}\n"
            f"commitment {outcome.commitment}\n"
            f"event      {outcome.frozen}\n"
            "Print this, date it and have it signed before anyone rolls."
        )
    what = "is done already" if outcome.state == "done" else "sent for signature"
    return (
        f"{month}: {outcome.letters} letters, {what}; see {outcome.folder}\n"
        f"draw         {outcome.draw}\n"
        f"registration {outcome.registration}"
    )


def _status_in_words(months: list[MonthSummary], head: str) -> str:
    if not months:
        return f"no month is frozen yet\nhead {head}"
    return "\n\n".join([*map(str, months), f"head {head}"])


class _progress:
    """A bar of the job's steps on standard error, where that is a terminal."""

    def __enter__(self) -> Callable[[str], None]:
        self._bar = tqdm(total=len(job.STEPS), disable=None, file=sys.stderr, leave=False)
        return self._step

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def _step(self, name: str) -> None:
        self._bar.set_description(name)
        self._bar.update()
