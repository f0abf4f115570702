"""What the last run came to, and when one last succeeded: a small file next to the months' folders.

A run that finds nothing to do leaves no event, so a monitor could not tell it from none at all.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from pathlib import Path
from typing import Any, Final

import attrs

from ceosample import file_modes, files
from ceosample.canonical import canonical_file
from ceosample.configuration import Configuration
from ceosample.errors import CeosampleError
from ceosample.release import version
from ceosample.signoff.store.events import moment

_SCHEME: Final = "ceosample-last-run/1"

#: Reasons of a run that found another one at work: the other one tells what became of it.
_NOT_ITS_OWN: Final = ("busy",)


@attrs.frozen
class LastRun:
    """The last run of a population, as a monitor asks for it.

    Attributes:
        run: its id.
        at: when it ended.
        reason: why it ended as it did.
        exit_code: what it ended with.
        program: the release that ran.
        succeeded_at: when a run last ended without an error; None if none did.
    """

    run: str
    at: dt.datetime
    reason: str
    exit_code: int
    program: str
    succeeded_at: dt.datetime | None


def remember(
    configuration: Configuration,
    *,
    run: str,
    at: dt.datetime,
    reason: str,
    exit_code: int,
    ok: bool,
) -> None:
    """Write down how a run ended; where that cannot be written, the run's own end stays.

    Args:
        configuration: whose run.
        run: its id.
        at: when it ended; aware.
        reason, exit_code: how it ended.
        ok: whether it did all that could be done, also if a month waits for its seed.
    """
    if reason in _NOT_ITS_OWN or not configuration.packs.is_dir():
        return
    before = last_run(configuration)
    succeeded = at if ok else before and before.succeeded_at
    said = {
        "scheme": _SCHEME,
        "run": run,
        "at": moment(at, "at"),
        "reason": reason,
        "exit_code": exit_code,
        "program": version(),
        "succeeded_at": None if succeeded is None else moment(succeeded, "succeeded_at"),
    }
    with contextlib.suppress(OSError), file_modes.for_group(configuration.for_group):
        files.write_whole(_place(configuration), canonical_file(said))


def last_run(configuration: Configuration) -> LastRun | None:
    """What is known of the last run; None if none left word, or the file is none of ours."""
    try:
        data = files.read_if_there(_place(configuration))
        said: Any = json.loads(data or b"null")
        if not isinstance(said, dict) or said.pop("scheme", None) != _SCHEME:
            return None
        for name in ("at", "succeeded_at"):
            said[name] = said[name] and dt.datetime.fromisoformat(said[name])
        return LastRun(**said)
    except (OSError, CeosampleError, ValueError, TypeError, KeyError):
        return None


def _place(configuration: Configuration) -> Path:
    return configuration.packs / f".{configuration.lock_folder.name}.last-run.json"
