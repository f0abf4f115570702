"""A log for machines: one JSON object a line, with its time, the run's id and a reason.

It holds codes, counts and digests. The words of an error are not in it, since they can name
responses by their ids; standard error has them.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import logging.handlers
import os
import sys
from pathlib import Path
from typing import Any, Final

import click

from ceosample import file_modes

#: Where the lines go instead of a file: standard error, which journald reads.
STANDARD_ERROR: Final = "-"

#: How journald is told a line's priority; https://man7.org/linux/man-pages/man3/sd-daemon.3.html
_PRIORITIES: Final = {"ERROR": 3, "WARNING": 4, "INFO": 6}

_LOG: Final = logging.getLogger("ceosample.run")

log_option = click.option(
    "--log",
    metavar="FILE",
    help="Add a line of JSON for each step to FILE; - is standard error, as journald reads it.",
)


class _Lines(logging.Formatter):
    def __init__(self, run: str, *, journal: bool) -> None:
        super().__init__()
        self._run, self._journal = run, journal

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(),
            "level": record.levelname.lower(),
            "run": self._run,
            "reason": getattr(record, "reason", None),
            "message": record.getMessage(),
            **getattr(record, "more", {}),
        }
        line = json.dumps(said, ensure_ascii=False)
        if not self._journal:
            return line
        return f"<{_PRIORITIES.get(record.levelname, 6)}>{line}"


class _Told:
    """What a handler does with a line that it cannot write: the run goes on."""

    _is_told = False

    def handleError(self, record: logging.LogRecord) -> None:
        """Tell it once on standard error."""
        if not self._is_told:
            self._is_told = True
            error = sys.exc_info()[1]
            click.echo(f"ceosample: the log cannot be written ({error}); see to --log", err=True)


class _ToFile(_Told, logging.handlers.WatchedFileHandler):
    """A file that logrotate may move away between two lines."""


class _ToStandardError(_Told, logging.StreamHandler[Any]):
    """Standard error."""


def begin(place: str | None, run: str) -> None:
    """Log from here on; nothing is logged where no place is given.

    Args:
        place: a file, ``-`` for standard error. A new file is for its owner, and for the group of
            its folder where that can read the folder.
        run: the run's id.

    Raises:
        OSError: the file cannot be written.
    """
    if place is None:
        return
    handler: logging.Handler
    if place == STANDARD_ERROR:
        handler = _ToStandardError(sys.stderr)
    else:
        file_modes.begin(Path(place))
        handler = _ToFile(place, encoding="utf-8")
    handler.setFormatter(_Lines(run, journal=place == STANDARD_ERROR and _is_journal()))
    above = logging.getLogger("ceosample")
    above.addHandler(handler)
    above.setLevel(logging.INFO)

    def end() -> None:
        above.removeHandler(handler)
        handler.close()

    click.get_current_context().call_on_close(end)


def step(message: str, reason: str | None = None, *, error: bool = False, **more: Any) -> None:
    """Log a line of the run's own, with what else there is to say by name."""
    level = logging.ERROR if error else logging.INFO
    _LOG.log(level, message, extra={"reason": reason, "more": more})


def _is_journal() -> bool:
    """Whether standard error is journald's: it says which stream it made."""
    try:
        there = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{there.st_dev}:{there.st_ino}"
