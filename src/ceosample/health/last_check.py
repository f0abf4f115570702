"""The last check of the whole ledger: when, at which head, and what it found."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Final

import attrs

from ceosample.configuration import Configuration
from ceosample.health import notes
from ceosample.result import Result
from ceosample.signoff.check import ChainReport

_SCHEME: Final = "ceosample-last-check/1"


@attrs.frozen
class LastCheck(Result):
    """The last check of a ledger by a command that shows figures of it, or by ``health --check``.

    Attributes:
        at: when it ended.
        head: the hash of the newest event that it checked; None in an empty ledger.
        events: the number of events that it checked.
        ok: whether it found no difference.
    """

    at: dt.datetime
    head: str | None
    events: int
    ok: bool


def remember_check(configuration: Configuration, report: ChainReport, at: dt.datetime) -> LastCheck:
    """Write down what a check found, where that can be written."""
    found = LastCheck(at, report.head, report.events, report.ok)
    notes.leave(configuration, _SCHEME, attrs.asdict(found))
    return found


def last_check(configuration: Configuration) -> LastCheck | None:
    """What is known of the last check; None if none left word."""
    said = notes.left(configuration, _SCHEME, "at")
    with contextlib.suppress(TypeError):
        return None if said is None else LastCheck(**said)
    return None
