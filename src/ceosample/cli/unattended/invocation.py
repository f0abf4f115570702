"""One call of the command: its id, and who is told when it fails."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

if TYPE_CHECKING:
    from ceosample.canonical import Json
    from ceosample.error_report import ErrorReport

#: Turns what stopped a command into its JSON.
Report: TypeAlias = "Callable[[ErrorReport], Json]"

#: Is told what stopped a command, whether JSON was asked for or not.
Listener: TypeAlias = "Callable[[ErrorReport], None]"

_RUN: Final = "ceosample.cli.run"
_REPORT: Final = "ceosample.cli.report"
_LISTENERS: Final = "ceosample.cli.listeners"


def run_id(ctx: click.Context | None = None) -> str:
    """The id of this call: 16 random hexadecimal digits, the same in its JSON and in its log."""
    found: str = (ctx or click.get_current_context()).meta.setdefault(_RUN, os.urandom(8).hex())
    return found


def report_failure_with(report: Report) -> None:
    """From here on, a failure of the command that is running is this JSON, if JSON was asked."""
    click.get_current_context().meta[_REPORT] = report


def tell_failure_to(listener: Listener) -> None:
    """From here on, a failure of the command that is running is told to this function first."""
    click.get_current_context().meta.setdefault(_LISTENERS, []).append(listener)


@contextlib.contextmanager
def by_itself() -> Iterator[None]:
    """A block whose report and listeners end with it: those of one of several populations."""
    meta = click.get_current_context().meta
    before: dict[str, Any] = {name: meta[name] for name in (_REPORT, _LISTENERS) if name in meta}
    meta[_LISTENERS] = [*before.get(_LISTENERS, [])]
    try:
        yield
    finally:
        for name in (_REPORT, _LISTENERS):
            meta.pop(name, None)
        meta.update(before)


def heard(ctx: click.Context, failure: ErrorReport) -> None:
    """Tell a failure to all who listen."""
    for listener in ctx.meta.get(_LISTENERS, []):
        listener(failure)


def failure_json(ctx: click.Context, failure: ErrorReport) -> Json:
    """The JSON of a failure: the command's own, or what ``schema("failure")`` has."""
    report: Report | None = ctx.meta.get(_REPORT)
    if report is not None:
        with contextlib.suppress(Exception):  # the first failure is the one to tell
            return report(failure)
    return {"run": run_id(ctx), "reason": failure.reason, "error": failure._asdict()}
