"""What the last run came to, and when one last succeeded.

A run that finds nothing to do leaves no event, so a monitor could not tell it from none at all.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Final

import attrs

from ceosample.configuration import Configuration
from ceosample.health import notes
from ceosample.release import version
from ceosample.result import Result

_SCHEME: Final = "ceosample-last-run/1"

#: Reasons of a run that found another one at work: the other one tells what became of it.
_NOT_ITS_OWN: Final = ("busy",)


@attrs.frozen
class LastRun(Result):
    """The last run of a population.

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

    @property
    def ok(self) -> bool:
        """Whether it did all that could be done, also if a month waits for its seed."""
        return self.succeeded_at == self.at


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
    if reason in _NOT_ITS_OWN:
        return
    before = last_run(configuration)
    succeeded = at if ok else None if before is None else before.succeeded_at
    found = LastRun(run, at, reason, exit_code, version(), succeeded)
    notes.leave(configuration, _SCHEME, attrs.asdict(found))


def last_run(configuration: Configuration) -> LastRun | None:
    """What is known of the last run; None if none left word."""
    said = notes.left(configuration, _SCHEME, "at", "succeeded_at")
    with contextlib.suppress(TypeError):  # fields of a later release
        return None if said is None else LastRun(**said)
    return None
