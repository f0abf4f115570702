"""A run of every population of a configuration, one after the other."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import click

from ceosample.canonical import Json
from ceosample.cli.failures import forget_report, told_failure
from ceosample.cli.options import WAITING
from ceosample.configuration import Configuration
from ceosample.errors import CeosampleError
from ceosample.result import as_json_text

#: What the JSON of a run of several populations is called.
SCHEME: Final = "ceosample-runs/1"


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
        found: Json = {"scheme": SCHEME, "exit_code": code, "populations": reports}
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
