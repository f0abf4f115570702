"""A run of several populations goes on after the failure of one."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import click

from ceosample.canonical import Json
from ceosample.cli.failures import tell
from ceosample.cli.unattended.invocation import by_itself
from ceosample.configuration import Configuration
from ceosample.errors import CeosampleError
from ceosample.reasons import AGAIN
from ceosample.result import as_json_text

#: What the JSON of a run of several populations is called.
RUNS: Final = "ceosample-runs/1"


def run_each(
    configurations: Sequence[Configuration],
    run_one: Callable[[Configuration], None],
    *,
    waiting: int,
    as_json: bool,
) -> None:
    """Run each population; one that fails stops no other, and the exit code is the worst.

    With JSON it prints one object, which holds what each population alone would have printed.

    Args:
        configurations: those of the populations.
        run_one: runs one of them, and may exit.
        waiting: the exit code of a month that waits for its seed.
        as_json: whether JSON was asked for.
    """
    codes: list[int] = []
    reports: list[Any] = []
    for number, configuration in enumerate(configurations):
        if number and not as_json:
            click.echo()
        printed = io.StringIO()
        held = contextlib.redirect_stdout(printed) if as_json else contextlib.nullcontext()
        with by_itself(), held:
            codes.append(_code_of(configuration, run_one, as_json=as_json))
        if as_json:
            reports.append(json.loads(printed.getvalue()))
    code = worst(codes, waiting)
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
    except BrokenPipeError:
        raise  # nobody reads what the others would print
    except (CeosampleError, OSError) as error:
        context = click.get_current_context()
        failure = tell(context, error, context.command.params, as_json=as_json)
        click.echo(f"ceosample: {configuration.population}: {failure.message}", err=True)
        return failure.exit_code
    return 0


def worst(codes: Iterable[int], waiting: int = AGAIN) -> int:
    """The worst of exit codes: a failure before what can wait, and the highest of several.

    Args:
        codes: those of the populations.
        waiting: the code of a month that waits for its seed.

    >>> worst([0, 75, 65]), worst([0, 75]), worst([3, 78, 65]), worst([])
    (65, 75, 78, 0)
    >>> worst([4, 0, 75], waiting=4), worst([4, 0], waiting=4)
    (75, 4)
    """
    can_wait = {0: 0, AGAIN: 2, waiting: 1}
    return max(codes, default=0, key=lambda code: (can_wait.get(code, 3), code))
