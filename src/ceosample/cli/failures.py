"""How a command fails: its error names options, and under --json it is an object as well.

A run of several populations goes on after the failure of one.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import click

from ceosample.canonical import Json
from ceosample.configuration import Configuration
from ceosample.error_report import ErrorReport
from ceosample.errors import CeosampleError, ConfigurationError
from ceosample.result import as_json_text
from ceosample.text import QUOTATION

#: What the JSON of a run of several populations is called.
RUNS: Final = "ceosample-runs/1"

#: The exit code of a run that can go on later.
WAITING: Final = 75

#: Turns what stopped a command into its JSON.
Report: TypeAlias = "Callable[[ErrorReport], Json]"

_REPORT: Final = "ceosample.cli.failures"

#: A file, or a key of the configuration: what it holds is given by no option.
_IN_A_FILE: Final = re.compile(r"(?!(?:letter|resolution) )(?:(?!, |: ).)*?[./\\]")


class Command(click.Command):
    """A command that tells its failure in its own words, and as JSON where that was asked."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the options; a slip in them is a failure too."""
        as_json = "--json" in args and any(param.name == "as_json" for param in self.params)
        with self._failing(ctx, as_json=as_json):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Do what is asked."""
        with self._failing(ctx, as_json=ctx.params.get("as_json", False)):
            return super().invoke(ctx)

    @contextlib.contextmanager
    def _failing(self, ctx: click.Context, *, as_json: bool) -> Iterator[None]:
        try:
            yield
        except (CeosampleError, OSError, click.UsageError) as error:
            if isinstance(error, CeosampleError) and not isinstance(error, ConfigurationError):
                # A configuration's errors name its keys.
                error.faults = with_option_names(error.faults, self.params)
            if as_json:
                _tell(ctx, error)
            raise


def report_failure_with(report: Report) -> None:
    """From here on, a failure of the command that is running is this JSON, if JSON was asked."""
    click.get_current_context().meta[_REPORT] = report


def forget_report() -> None:
    """From here on, a failure is the JSON of a command that has no report of its own."""
    click.get_current_context().meta.pop(_REPORT, None)


def told_failure(error: CeosampleError | OSError, *, as_json: bool) -> ErrorReport:
    """A failure after which the command goes on; under ``--json`` its object is printed."""
    context = click.get_current_context()
    if isinstance(error, CeosampleError) and not isinstance(error, ConfigurationError):
        error.faults = with_option_names(error.faults, context.command.params)
    if as_json:
        _tell(context, error)
    return ErrorReport.of(error)


def _alone(failure: ErrorReport) -> Json:
    """The JSON of a command that has no report of its own, as ``schema("failure")`` has it."""
    return {"error": failure._asdict()}


def _tell(ctx: click.Context, error: CeosampleError | OSError | click.UsageError) -> None:
    failure = (
        ErrorReport("UsageError", error.exit_code, error.format_message())
        if isinstance(error, click.UsageError)
        else ErrorReport.of(error)
    )
    report: Report = ctx.meta.get(_REPORT, _alone)
    click.echo(as_json_text(report(failure)))


def with_option_names(faults: Iterable[str], params: Iterable[click.Parameter]) -> tuple[str, ...]:
    """Faults in which the arguments of the library are the options of a command.

    An argument is told from a word by where it is: in the fault's place, ``reason_code: ...``,
    or as it is given in Python, ``reason_code=...``. A fault in a file's contents stays as it is.

    Args:
        faults: each is ``place: what is wrong``, as the library says it.
        params: the command's, by the names that they have in Python.

    >>> options = [click.Option(["--reason-code"]), click.Argument(["unit_id"], metavar="ID")]
    >>> for fault in with_option_names([
    ...     "letter R-1: no reason code; give one, reason_code=...",
    ...     "unit_id: got 'reason_code=...'; give an id",
    ...     "decisions.csv, row 2, reason_code: got 'No!'; give a code",
    ... ], options):
    ...     print(fault)
    letter R-1: no reason code; give one, --reason-code
    ID: got 'reason_code=...'; give an id
    decisions.csv, row 2, reason_code: got 'No!'; give a code
    """
    shown = {(param.name or "").strip("_"): _as_typed(param) for param in params}
    if not shown:
        return tuple(faults)
    shown = {"unit_id": shown.get("unit_ids", ""), **shown} if "unit_ids" in shown else shown
    named = re.compile(rf"\b(?:{_any(shown, ' ')})\b")
    return tuple(
        _with_names(fault, shown) if named.search(fault) and not _IN_A_FILE.match(fault) else fault
        for fault in faults
    )


def _with_names(fault: str, shown: dict[str, str]) -> str:
    end = next((found.start() for found in _outside_quotations(r": ", fault)), 0)
    place = _each(rf"(?:^|(?<=, ))({_any(shown, ' ')})$", fault[:end], shown)
    options = {name: typed for name, typed in shown.items() if typed.startswith("-")}
    if options:
        place = _each(rf"(?:^|(?<=, ))({_any(options, ' ')})(?=, )", place, options)
    return place + _each(rf"(?<![\w.-])({_any(shown)})=(?:\.\.\.)?", fault[end:], shown)


def _as_typed(param: click.Parameter) -> str:
    """A parameter as people give it: ``--reason-code``, or ``ID`` where it has no option."""
    if isinstance(param, click.Argument):
        return re.sub(r"[\[\].]", "", param.metavar or str(param.name).upper())
    return max(param.opts, key=len)


def _any(names: Iterable[str], blank: str = "_") -> str:
    """One of these names; between its words may be a blank too."""
    return "|".join(name.replace("_", f"[_{blank}]") for name in names)


def _each(pattern: str, text: str, shown: dict[str, str]) -> str:
    """The text with each name that the pattern finds outside of quotations as it is typed."""
    parts, last = [], 0
    for found in _outside_quotations(pattern, text):
        value_follows = found[0].endswith("=") and text[found.end() :][:1] not in (" ", ",", "")
        typed = shown[found[1].replace(" ", "_")]
        parts += [text[last : found.start()], typed, " " if value_follows else ""]
        last = found.end()
    return "".join([*parts, text[last:]])


def _outside_quotations(pattern: str, text: str) -> Iterable[re.Match[str]]:
    quoted = [found.span() for found in re.finditer(QUOTATION, text)]
    return (
        found
        for found in re.finditer(pattern, text)
        if not any(start <= found.start() < end for start, end in quoted)
    )


def run_each(
    configurations: Sequence[Configuration],
    run_one: Callable[[Configuration], None],
    *,
    as_json: bool,
) -> None:
    """Run each population; one that fails stops no other, and the exit code is the worst.

    With JSON it prints one object, which holds what each population alone would have printed.
    """
    codes: list[int] = []
    reports: list[Any] = []
    for number, configuration in enumerate(configurations):
        if number and not as_json:
            click.echo()
        forget_report()
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed) if as_json else contextlib.nullcontext():
            codes.append(_code_of(configuration, run_one, as_json=as_json))
        if as_json:
            reports.append(json.loads(printed.getvalue()))
    code = worst(codes)
    if as_json:
        found: Json = {"scheme": RUNS, "exit_code": code, "populations": reports}
        click.echo(as_json_text(found))
    if code:
        click.get_current_context().exit(code)


def _code_of(
    configuration: Configuration, run_one: Callable[[Configuration], None], *, as_json: bool
) -> int:
    """The exit code of one population's run, whose failure is told where it happens."""
    try:
        run_one(configuration)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except (CeosampleError, OSError) as error:
        failure = told_failure(error, as_json=as_json)
        click.echo(f"ceosample: {configuration.population}: {failure.message}", err=True)
        return failure.exit_code
    return 0


def worst(codes: Iterable[int]) -> int:
    """The worst of exit codes: a failure before what can wait, and the highest of several.

    >>> worst([0, 75, 65]), worst([0, 75]), worst([3, 78, 65]), worst([])
    (65, 75, 78, 0)
    """
    return max(codes, default=0, key=lambda code: (code not in (0, WAITING), code))
