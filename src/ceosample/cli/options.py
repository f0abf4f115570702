"""What the commands share: options, kinds of values, the ledger of a configuration."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from ceosample import file_modes, files, job
from ceosample.canonical import Json
from ceosample.configuration import Configuration
from ceosample.duration import from_option
from ceosample.period import Period
from ceosample.result import as_json_text
from ceosample.signoff.rules.clock import is_clock_time
from ceosample.spreadsheet import AUDIENCES, MACHINE, SPREADSHEET, Audience

if TYPE_CHECKING:  # what opens no ledger loads none
    from ceosample.signoff.check import ChainReport
    from ceosample.signoff.ledger import Ledger
    from ceosample.signoff.store.events import Event

DIFFERENCE = 1

_TIME = "2026-11-02T09:00:00+00:00"


class Moment(click.ParamType[dt.datetime]):
    """A time with its zone, in ISO 8601; of a clock on the wall, it may be without."""

    name = "time"

    def __init__(self, *, on_the_wall: bool = False) -> None:
        self._on_the_wall = on_the_wall

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.datetime:
        if isinstance(value, dt.datetime):
            return value
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"got {value!r}; give a time such as {_TIME}",
                param,
                ctx,
            )
        if moment.utcoffset() is None and not (self._on_the_wall and is_clock_time(value)):
            self.fail(f"got {value!r}; give its zone too, such as {_TIME}", param, ctx)
        return moment


class Day(click.ParamType[dt.date]):
    """A date, in ISO 8601."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"got {value!r}; give a date such as 2026-11-02", param, ctx)


class IsoMonth(click.ParamType[Period]):
    """A month, in ISO 8601."""

    name = "month"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Period:
        if isinstance(value, Period):
            return value
        try:
            return Period.parse(value)
        except ValueError:
            self.fail(f"got {value!r}; give a month such as 2026-10", param, ctx)


class Length(click.ParamType[dt.timedelta]):
    """A length of time: days, hours and minutes."""

    name = "length"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.timedelta:
        if isinstance(value, dt.timedelta):
            return value
        try:
            return from_option(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


MOMENT = Moment()
WALL_MOMENT = Moment(on_the_wall=True)
LENGTH = Length()
DAY = Day()
MONTH = IsoMonth()

#: The name under which the context of a command keeps the population that was chosen.
_CHOSEN = "ceosample.cli.population"

config_file_option = click.option(
    "-c",
    "--config",
    "config",
    type=click.Path(dir_okay=False, path_type=Path),
    default="ceosample.toml",
    show_default=True,
    help="The configuration.",
)
passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file of the passphrase of a sealed room, of mode 0600.",
)
audience_option = click.option(
    "--for",
    "audience",
    type=click.Choice(AUDIENCES),
    default=SPREADSHEET,
    show_default=True,
    help="Who reads a CSV file: spreadsheet has an apostrophe before a cell that could run; "
    "machine has every text as it is. No other file has such marks.",
)


def _choose(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.meta[_CHOSEN] = value


choice_option = click.option(
    "--population",
    expose_value=False,
    callback=_choose,
    help="Which population, where the configuration has several.",
)


def config_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The configuration, and which of its populations the command is about."""
    return config_file_option(choice_option(command))


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
at_option = click.option(
    "--at", type=MOMENT, help="When it happened, with its zone.  [default: now]"
)
#: Of what was done to a letter, as an office writes it down.
wall_at_option = click.option(
    "--at",
    type=WALL_MOMENT,
    help="When it happened; without a zone, by the population's clocks.  [default: now]",
)
by_option = click.option(
    "--by", required=True, help="The id of the person who does it, or the role."
)
recorder_option = click.option(
    "--recorder", help="The id of the person who records it, if not the one of --by."
)
population_option = click.option(
    "--population", help="The population.  [default: the only one of the configuration]"
)
period_option = click.option(
    "--period", type=MONTH, required=True, help="The month, such as 2026-10."
)
reason_option = click.option(
    "--reason-code",
    required=True,
    help="Why: a code of up to 40 lower-case letters, digits and hyphens.",
)
as_of_option = click.option(
    "--as-of", type=MOMENT, help="The time whose state you ask for.  [default: now]"
)


#: What a person says of the recorder's clock, in the context of the command.
_CLOCK = "ceosample.cli.clock"


def _remember(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.meta.setdefault(_CLOCK, {})[param.name] = value


def clock_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options by which a person says that the recorder's clock is right, by name."""
    shared: Any = {"expose_value": False, "callback": _remember, "metavar": "TEXT"}
    command = click.option(
        "--clock-reason",
        **shared,
        help="Why it is right: a code.  [default: events-were-ahead, or ledger-rested]",
    )(command)
    return click.option(
        "--clock-is-right",
        **shared,
        help="The id of the person who looked at this computer's clock, where the ledger refuses "
        "it; it is recorded first.",
    )(command)


def told_of_clock(ledger: Ledger) -> Ledger:
    """The ledger, in which what a person said of the recorder's clock is recorded first."""
    said = click.get_current_context().meta.get(_CLOCK, {})
    try:
        if "clock_is_right" in said:
            by, reason = said["clock_is_right"], said.get("clock_reason")
            ledger.correct_clock(by=by, reason_code=reason)
        elif said:
            raise click.UsageError("--clock-reason goes with --clock-is-right")
    except BaseException:
        ledger.close()
        raise
    return ledger


@attrs.frozen
class Actor:
    """Who records something, when and in which ledger: :func:`recording_options` passes it.

    Attributes:
        by: the id of the person who acts, or the role.
        moment: when they act, as given; now, in UTC, where nothing was.
        recorder: the id of the person who records it, if that is another one; else None.
        config: the configuration's path.
    """

    by: str
    moment: dt.datetime
    recorder: str | None
    config: Path

    @property
    def at(self) -> dt.datetime:
        """When they act, with the offset of the configuration's zone."""
        return zoned_by(self.config, self.moment)

    def ledger(self) -> Ledger:
        """The ledger to record it in."""
        return ledger_of(self.config, self.recorder)

    def population(self, named: str | None) -> str:
        """The population that was named, or the configuration's."""
        return named or configured(self.config).population


def recording_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of a command that records something; the command gets them as ``who``."""

    @by_option
    @recorder_option
    @config_file_option
    @at_option
    @clock_options
    @functools.wraps(command)
    def said(
        *, by: str, at: dt.datetime | None, recorder: str | None, config: Path, **rest: Any
    ) -> None:
        command(who=Actor(by, at or now(), recorder, config), **rest)

    return said


def populations(config: Path) -> tuple[Configuration, ...]:
    """The configurations that a command is about: of the chosen population, or of all."""
    chosen = click.get_current_context().meta.get(_CHOSEN)
    if chosen is None:
        return Configuration.load_all(config)
    return (Configuration.load(config, chosen),)


def configured(config: Path) -> Configuration:
    """The configuration of the population that the command is about: the named, or the only one.

    Raises:
        ConfigurationError: it has several and none was named, or not this one.
    """
    context = click.get_current_context()
    chosen, named = context.meta.get(_CHOSEN), context.params.get("population")
    found = Configuration.load_all(config)
    if chosen is None and len(found) == 1:
        return found[0]  # a ledger can hold populations that no configuration has any more
    return Configuration.chosen(config, found, chosen or named)


def any_configured(config: Path) -> Configuration:
    """A configuration for what all populations of a file share: the ledger, and who reads files."""
    return Configuration.load_all(config)[0]


def configured_for(config: Path, population: str | None) -> Configuration:
    """The configuration of a population that is known from the ledger; else the first one."""
    found = Configuration.load_all(config)
    return next((one for one in found if one.population == population), found[0])


def zoned_by(config: Path, moment: dt.datetime) -> dt.datetime:
    """A moment with the offset of the zone of the population that was named, or of the first."""
    context = click.get_current_context()
    named = context.meta.get(_CHOSEN) or context.params.get("population")
    return configured_for(config, named).local(moment)


def ledger_of(config: Path, recorder: str | None = None) -> Ledger:
    """The ledger of a configuration, of all its populations; it must exist already."""
    return told_of_clock(job.open_ledger(any_configured(config), recorder=recorder))


def _head_or_note(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A head as it is; or the text of a note, where the value names its file."""
    if value is None or not Path(value).is_file():
        return value
    return files.read(Path(value)).decode(errors="surrogateescape")


checked_head_option = click.option(
    "--checked-head",
    callback=_head_or_note,
    help="The head of an earlier check, or the file of a signed note, kept elsewhere: judge the "
    "events after it alone.",
)


def check_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of a command that can check the ledger before it counts."""
    for option in (
        checked_head_option,
        click.option(
            "--head",
            callback=_head_or_note,
            help="A hash from paper, or the file of a signed note, which the ledger must hold; "
            "this implies --check.",
        ),
        click.option("--check", is_flag=True, help="Check the whole ledger too."),
    ):
        command = option(command)
    return command


def checked_if_asked(
    ledger: Ledger,
    *,
    check: bool,
    head: str | None,
    checked_head: str | None,
    as_json: bool,
) -> ChainReport | None:
    """The check that ``check_options`` ask for; None where they ask for none."""
    if not check and head is None and checked_head is None:
        return None
    return checked(ledger, head=head, checked_head=checked_head, as_json=as_json)


def checked(
    ledger: Ledger,
    *,
    head: str | None = None,
    checked_head: str | None = None,
    as_json: bool = False,
) -> ChainReport:
    """The check of a ledger from which figures go on paper; a broken one ends the command.

    What a broken ledger tells is not to be believed, so nothing is counted from it.
    """
    report = ledger.check(head, checked_head=checked_head)
    # A monitor waits for checks of all events, and should hear of any difference. A head that is
    # not there may be another ledger's.
    if checked_head is None or (report.checked_from is not None and not report.ok):
        _leave_word(report)
    if not report.ok:
        broken: Json = {"check": report.to_dict()}
        click.echo(as_json_text(broken) if as_json else f"ledger {report}")
        sys.exit(DIFFERENCE)
    return report


def _leave_word(report: ChainReport) -> None:
    """Tell a monitor of the check, where the command has a configuration."""
    config = click.get_current_context().params.get("config")
    if config is not None:
        from ceosample.health.last_check import remember_check

        for one in Configuration.load_all(config):
            remember_check(one, report, now())


def in_words(event: Event) -> str:
    """An event in a line."""
    about = f"{event.unit_id}: " if event.unit_id else ""
    return f"{about}{event.kind} by {event.actor}, event {event.sequence}, {event.hash}"


def foot(head: str, report: ChainReport | None) -> str:
    """What figures come with: the ledger's head, and whether it was checked."""
    if report is None:
        return f"head {head}\nthe ledger was not checked; --check does it"
    return f"ledger {report}"


@contextlib.contextmanager
def ledger_to_run(configuration: Configuration, recorder: str | None = None) -> Iterator[Ledger]:
    """The ledger of a configuration, which its first event begins and the configuration then names.

    A new file is for those who can read the output.
    """
    with (
        file_modes.for_group(configuration.for_group),
        told_of_clock(job.open_ledger(configuration, create=True, recorder=recorder)) as ledger,
    ):
        try:
            yield ledger
        finally:
            by_hand = job.pin(configuration, ledger)
            if by_hand is not None:
                click.echo(f"ceosample: {by_hand}", err=True)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Progress:
    """A bar of the job's steps on standard error, where that is a terminal."""

    def __enter__(self) -> Callable[[str], None]:
        from tqdm import tqdm

        self._bar = tqdm(total=len(job.STEPS), disable=None, file=sys.stderr, leave=False)
        return self._step

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def _step(self, name: str) -> None:
        if name == job.STEPS[0]:
            self._bar.reset()  # the next month of a run of several
        self._bar.set_description(name)
        self._bar.update()


def told_of_audience(file: Path, audience: Audience, *, err: bool = False) -> None:
    """Say that a CSV file for a machine has no guards."""
    if audience == MACHINE and file.suffix.lower() == ".csv":
        click.echo(
            f"{file}: for a machine, every text as it is, without guards; open it in a program, "
            "never in a spreadsheet",
            err=err,
        )
