"""What went wrong: where, what was got, what to do about it."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence
from typing import Any, Final

from ceosample.problems import causes_of
from ceosample.reasons import REASONS

__all__ = [
    "AccessError",
    "BusyError",
    "CeosampleError",
    "ClockError",
    "ConfigurationError",
    "ConflictError",
    "DamagedError",
    "FrameError",
    "GateError",
    "InferenceError",
    "LedgerError",
    "LetterError",
    "MalformedEventWarning",
    "MissingPartError",
    "NoEstimateError",
    "NoLedgerError",
    "PlanError",
    "RecordError",
    "RegimeError",
    "RotationWarning",
    "SeedError",
    "SignatureError",
]

#: So many are written out in a message; ``faults`` has all of them.
FAULTS_IN_FULL = 20


class CeosampleError(Exception):
    """The base of every error that the library raises on purpose.

    It carries one problem or many: a check of a table or of a month's letters reports all that it
    found, not only the first.

    Attributes:
        faults: the messages in the order of the input, one for each faulty row, however many
            have the same cause. ``str(error)`` tells a cause once, with its count and its first
            three rows.
        exit_code: what the command ends with (see the table in ``docs/command.md``).
        reason: a code for programs that stays the same from release to release, such as
            ``database-away`` (see the tables in ``docs/on-call.md``).

    >>> print(CeosampleError("row 3: no id", "row 9: no id", "size: got 0; give 1 or more"))
    3 problems
      rows 3 and 9: no id
      size: got 0; give 1 or more
    """

    exit_code = 70
    reason = "internal-error"

    def __init__(self, *faults: str, reason: str | None = None) -> None:
        super().__init__(*faults)
        self.faults: tuple[str, ...] = faults
        if reason is not None:
            self.reason = reason
            self.exit_code = REASONS[reason]

    def __str__(self) -> str:
        causes = causes_of(self.faults)
        if len(causes) == 1:
            return str(causes[0])
        lines = [f"{len(self.faults):,} problems", *map(str, causes[:FAULTS_IN_FULL])]
        rest = sum(cause.count for cause in causes[FAULTS_IN_FULL:])
        return "\n  ".join([*lines, *([f"and {rest:,} more"] if rest else [])])


class FrameError(CeosampleError, ValueError):
    """A table of responses that cannot become a frame."""

    exit_code = 65
    reason = "table"


class PlanError(CeosampleError, ValueError):
    """A sampling plan that cannot be carried out, on any frame or on this one."""

    exit_code = 65
    reason = "plan"


class SeedError(CeosampleError, ValueError):
    """A seed that is too short, malformed or from the wrong source."""

    exit_code = 65
    reason = "seed"


class GateError(CeosampleError, ValueError):
    """A question to a gate, or a register of them, that cannot be taken."""

    exit_code = 65
    reason = "gate"


class InferenceError(CeosampleError, ValueError):
    """Verdicts, or a sample, from which what is asked cannot be inferred."""

    exit_code = 65
    reason = "inference"


class NoEstimateError(InferenceError):
    """Letters from which nothing can be estimated, though the exact bound can always be had.

    Attributes:
        bound: the exact bound on the defective letters (``cs.inference.Bound``); None where the
            values are no verdicts, and for a gate.
        cells: what ``cs.inference.bound`` takes to find it; empty where there are no verdicts.
    """

    def __init__(self, *faults: str, bound: Any = None, cells: Sequence[Any] = ()) -> None:
        super().__init__(*faults)
        self.bound = bound
        self.cells = cells


class RecordError(CeosampleError, ValueError):
    """A public record (``draw.json``, ``manifest.csv``, ``exclusions.csv``) that cannot be read."""

    exit_code = 65
    reason = "record"


class LetterError(CeosampleError, ValueError):
    """A letter that cannot be rendered as it should be."""

    exit_code = 65
    reason = "letters"


class SignatureError(CeosampleError, ValueError):
    """A key that letters cannot be signed with, or a signed letter that cannot be accepted."""

    exit_code = 65
    reason = "signature"


class RegimeError(CeosampleError, ValueError):
    """A regime that cannot be used, or a date that it cannot count from."""

    exit_code = 78
    reason = "regime"


class LedgerError(CeosampleError, ValueError):
    """A request that the ledger cannot take: an unknown letter, a step that is not allowed."""

    exit_code = 65
    reason = "ledger-refused"


class ClockError(LedgerError):
    """The recorder's clock and the newest event are too far apart; a person says which is right."""

    exit_code = 75
    reason = "clock"


class NoLedgerError(LedgerError):
    """There is no ledger yet where one was to be read."""

    reason = "no-ledger"


class DamagedError(LedgerError):
    """Pages of a ledger's database are not what it wrote."""

    reason = "ledger-damaged"


class AccessError(LedgerError):
    """The database answers and lets us not in: a password, a right, a name or SSL is wrong."""

    exit_code = 78
    reason = "database-settings"


class ConfigurationError(CeosampleError, ValueError):
    """A configuration file that cannot be used."""

    exit_code = 78
    reason = "configuration"


class ConflictError(CeosampleError):
    """What was asked contradicts what is already on record, which was left unchanged."""

    exit_code = 3
    reason = "conflict"


class MissingPartError(CeosampleError):
    """An optional part is not installed; the message names the extra."""

    exit_code = 69
    reason = "missing-part"


#: What the operating system says of a full disk, and of a quota that is used up.
FULL: Final = (errno.ENOSPC, errno.EDQUOT)

#: What to do about it, behind the place.
NO_SPACE: Final = "no space left on the disk; free space and run again"


class BusyError(CeosampleError):
    """Another run holds the ledger or the file, or its disk is full; try again."""

    exit_code = 75
    reason = "busy"


def raise_faults(error: type[CeosampleError], faults: Iterable[str]) -> None:
    """Raise one ``error`` with all of the faults, if there are any."""
    found = tuple(faults)
    if found:
        raise error(*found)


def joined(items: Sequence[str], most: int = 12) -> str:
    """Name some items in a message: all of a short list, the first few of a long one.

    >>> joined(["a", "b"])
    'a, b'
    >>> joined(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    shown = ", ".join(items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"


class MalformedEventWarning(UserWarning):
    """An event of a ledger is malformed under its own rules: it is named, and left out."""


class RotationWarning(UserWarning):
    """A month is superseded on which later draws count: its rotation's, or those of 'waiting'."""
