"""What stopped a run, for another system: its name, the exit code, and its words."""

from __future__ import annotations

from typing import NamedTuple

from ceosample.errors import FULL, NO_SPACE, BusyError, CeosampleError


class ErrorReport(NamedTuple):
    """An error in the three parts that JSON has of it.

    Attributes:
        code: the name of its class, ``LedgerError``.
        exit_code: what the command ends with.
        message: its words, as standard error has them. They can name responses by their ids.

    >>> ErrorReport.of(PermissionError(13, "Permission denied", "signoff.db"))
    ErrorReport(code='PermissionError', exit_code=70, message='signoff.db: Permission denied')
    """

    code: str
    exit_code: int
    message: str

    @classmethod
    def of(cls, error: CeosampleError | OSError) -> ErrorReport:
        """The parts of one of our errors, or of what the operating system refused."""
        if isinstance(error, CeosampleError):
            return cls(type(error).__name__, error.exit_code, str(error))
        place = f"{error.filename}: " if error.filename else ""
        if error.errno in FULL:
            return cls(type(error).__name__, BusyError.exit_code, f"{place}{NO_SPACE}")
        said = f"{place}{error.strerror or error}"
        return cls(type(error).__name__, CeosampleError.exit_code, said)
