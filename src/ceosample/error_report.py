"""What stopped a run, for another system: its name, the exit code, its words and its reason."""

from __future__ import annotations

from typing import NamedTuple, Self

from ceosample.errors import FULL, NO_SPACE, CeosampleError
from ceosample.reasons import REASONS


class _Parts(NamedTuple):
    """What JSON has of an error under ``error``."""

    code: str
    exit_code: int
    message: str


class ErrorReport(_Parts):
    """An error in the three parts that JSON has of it, and its reason.

    Attributes:
        code: the name of its class, ``LedgerError``.
        exit_code: what the command ends with.
        message: its words, as standard error has them. They can name responses by their ids.
        reason: a code that stays the same from release to release, whatever the words. It is no
            part of the tuple.

    >>> found = ErrorReport.of(PermissionError(13, "Permission denied", "signoff.db"))
    >>> found
    ErrorReport(code='PermissionError', exit_code=70, message='signoff.db: Permission denied')
    >>> found.reason
    'disk'
    """

    reason: str

    def __new__(
        cls, code: str, exit_code: int, message: str, reason: str = CeosampleError.reason
    ) -> Self:
        """The parts, and the reason next to them."""
        made = super().__new__(cls, code, exit_code, message)
        made.reason = reason
        return made

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
