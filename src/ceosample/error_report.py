"""What stopped a run, for another system: its name, the exit code, its words and its reason."""

from __future__ import annotations

from typing import NamedTuple

from ceosample.errors import FULL, NO_SPACE, CeosampleError
from ceosample.reasons import REASONS


class ErrorReport(NamedTuple):
    """An error in the four parts that JSON has of it.

    Attributes:
        code: the name of its class, ``LedgerError``.
        exit_code: what the command ends with.
        message: its words, as standard error has them. They can name responses by their ids.
        reason: a code that stays the same from release to release, whatever the words.

    >>> ErrorReport.of(PermissionError(13, "Permission denied", "signoff.db")).message
    'signoff.db: Permission denied'
    >>> ErrorReport.of(PermissionError(13, "Permission denied", "signoff.db"))[3]
    'disk'
    """

    code: str
    exit_code: int
    message: str
    reason: str = CeosampleError.reason

    @classmethod
    def of(cls, error: CeosampleError | OSError) -> ErrorReport:
        """The parts of one of our errors, or of what the operating system refused."""
        name = type(error).__name__
        if isinstance(error, CeosampleError):
            return cls(name, error.exit_code, str(error), error.reason)
        place = f"{error.filename}: " if error.filename else ""
        reason = "disk-full" if error.errno in FULL else "disk"
        said = NO_SPACE if error.errno in FULL else error.strerror or error
        return cls(name, REASONS[reason], f"{place}{said}", reason)
