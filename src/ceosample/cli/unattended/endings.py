"""How a command ends that does not come to its own end: a signal, a reader that went, our own slip.

A signal becomes an exception, so that what was begun is undone and the failure is told as JSON too.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Final

import click

from ceosample.reasons import PIPE, REASONS

if TYPE_CHECKING:
    from ceosample.error_report import ErrorReport

#: What ends a service or a session, by its reason; Ctrl-C is Python's own.
_SIGNALS: Final = {"SIGTERM": "stopped", "SIGHUP": "hung-up"}


class SignalledError(BaseException):
    """A signal asked the command to end: no ``except Exception`` on the way keeps it from that.

    Attributes:
        reason: its reason.
        said: its words.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.reason = _SIGNALS[name]
        self.said = f"ended by {name}; what was recorded stays: run it again to continue"


class ReaderGoneError(Exception):
    """Whoever read our output went away, which is no failure of ours."""


def catch_signals() -> None:
    """From here on such a signal is raised; the second one ends the process as it always did."""

    def end(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        raise SignalledError(signal.Signals(number).name)

    for name in _SIGNALS:
        number = getattr(signal, name, None)
        # Under nohup a hang-up is ignored, and stays so.
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, end)


@contextlib.contextmanager
def reader_told_apart() -> Iterator[None]:
    """A block in which a pipe that nobody reads from any more is raised as what it is."""
    try:
        yield
    except BrokenPipeError:
        if not any(map(_is_unread, (1, 2))):
            raise  # a pipe of our own, to a child
        drop_output()
        raise ReaderGoneError from None


def report_of(error: BaseException) -> ErrorReport:
    """What ended a command, in the parts that JSON has of it."""
    from ceosample.error_report import ErrorReport
    from ceosample.errors import CeosampleError

    if isinstance(error, SignalledError):
        return ErrorReport("Signalled", REASONS[error.reason], error.said, error.reason)
    if isinstance(error, click.Abort | KeyboardInterrupt):
        said = "interrupted; what was recorded stays: run it again to continue"
        return ErrorReport("Interrupted", REASONS["interrupted"], said, "interrupted")
    if isinstance(error, click.ClickException):
        return ErrorReport("UsageError", error.exit_code, error.format_message(), "usage")
    if isinstance(error, CeosampleError | OSError):
        return ErrorReport.of(error)
    # Its words are not ours, and could quote a customer's data.
    said = f"an internal error ({type(error).__name__}); report it with the lines on standard error"
    return ErrorReport(type(error).__name__, REASONS["internal-error"], said, "internal-error")


def end_with(error: BaseException) -> int:
    """Tell a person what ended the command, and return its exit code."""
    from ceosample.errors import CeosampleError

    if isinstance(error, ReaderGoneError):
        return PIPE
    failure = report_of(error)
    if isinstance(error, click.ClickException):
        error.show()
    elif isinstance(error, click.Abort):
        pass  # whoever pressed the keys knows
    else:
        if failure.reason == "internal-error" and not isinstance(error, CeosampleError):
            _tell_where(error)
        click.echo(f"ceosample: {failure.message}", err=True)
    if isinstance(error, OSError):
        drop_output()
    return failure.exit_code


def drop_output() -> None:
    """Drop what could not be written: Python would try again, and change the exit code."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            if (stream is not None and _is_unread(stream.fileno())) or stream is sys.stdout:
                os.dup2(nowhere, stream.fileno())


def _is_unread(file: int) -> bool:
    """Whether a descriptor is a pipe whose other end is closed."""
    if not hasattr(select, "poll"):
        return True
    with contextlib.suppress(OSError):
        poll = select.poll()
        poll.register(file, 0)
        return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
    return False


def _tell_where(error: BaseException) -> None:
    """The places in our code, without the error's words and without any value."""
    import traceback

    lines = traceback.format_tb(error.__traceback__)
    click.echo("Traceback (most recent call last):\n" + "".join(lines), err=True, nl=False)
