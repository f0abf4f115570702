"""How a command fails: its error names options, and under --json it is an object as well."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from ceosample.error_report import ErrorReport

#: A file, or a key of the configuration: what it holds is given by no option.
_IN_A_FILE: Final = re.compile(r"(?!(?:letter|resolution) )(?:(?!, |: ).)*?[./\\]")


class Command(click.Command):
    """A command that tells its failure in its own words, and as JSON where that was asked."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the options; a slip in them is a failure too."""
        as_json = "--json" in args and any(param.name == "as_json" for param in self.params)
        with failing(ctx, self.params, as_json=as_json):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Do what is asked."""
        with failing(ctx, self.params, as_json=ctx.params.get("as_json", False)):
            return super().invoke(ctx)


@contextlib.contextmanager
def failing(
    ctx: click.Context, params: Sequence[click.Parameter] = (), *, as_json: bool
) -> Iterator[None]:
    """A block whose failure, whatever it is, is told to who listens, and as JSON if that is asked.

    Args:
        ctx: the command's.
        params: its parameters, whose names an error of the library takes on.
        as_json: whether JSON was asked for.
    """
    try:
        yield
    except (SystemExit, click.exceptions.Exit, BrokenPipeError):
        raise  # it said all that it had to say; or there is no reader
    except BaseException as error:
        tell(ctx, error, params, as_json=as_json)
        raise


def tell(
    ctx: click.Context,
    error: BaseException,
    params: Sequence[click.Parameter] = (),
    *,
    as_json: bool,
) -> ErrorReport:
    """Tell a failure to who listens, and as JSON if that is asked; the arguments of ``failing``."""
    # What only a failure needs is loaded by it: every command waits for this module, --help too.
    from ceosample.cli.unattended.endings import report_of
    from ceosample.cli.unattended.invocation import failure_json, heard
    from ceosample.errors import CeosampleError, ConfigurationError
    from ceosample.result import as_json_text

    if isinstance(error, CeosampleError) and not isinstance(error, ConfigurationError):
        # A configuration's errors name its keys.
        error.faults = with_option_names(error.faults, params)
    failure = report_of(error)
    heard(ctx, failure)
    if as_json:
        click.echo(as_json_text(failure_json(ctx, failure)))
    return failure


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
    from ceosample.text import QUOTATION

    quoted = [found.span() for found in re.finditer(QUOTATION, text)]
    return (
        found
        for found in re.finditer(pattern, text)
        if not any(start <= found.start() < end for start, end in quoted)
    )
