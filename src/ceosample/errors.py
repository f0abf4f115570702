"""What went wrong: where, what was got, what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = [
    "BusyError",
    "CeosampleError",
    "ConfigurationError",
    "ConflictError",
    "FrameError",
    "GateError",
    "LedgerError",
    "LetterError",
    "MissingPartError",
    "NoLedgerError",
    "PlanError",
    "RecordError",
    "RegimeError",
    "SeedError",
    "SignatureError",
]

#: So many faults are written out in full; the rest are named by their rows alone.
FAULTS_IN_FULL = 20


class CeosampleError(Exception):
    """The base of every error that the library raises on purpose.

    It carries one fault or many: a check of a table or of a month's letters reports all that it
    found, not only the first.

    Attributes:
        faults: the messages, one a fault, in the order of the input.
        exit_code: what the command ends with (see the table in ``docs/command.md``).

    >>> str(CeosampleError("row 3: no id", "row 9: no id"))
    '2 faults\\n  row 3: no id\\n  row 9: no id'
    """

    exit_code = 70

    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.faults: tuple[str, ...] = faults

    def __str__(self) -> str:
        if len(self.faults) == 1:
            return self.faults[0]
        lines = [f"{len(self.faults)} faults", *self.faults[:FAULTS_IN_FULL]]
        rest = self.faults[FAULTS_IN_FULL:]
        if rest:
            # A fault begins with its place ("row 17, column 'id': ..."), so places tell the rest.
            places = dict.fromkeys(fault.partition(": ")[0].partition(", ")[0] for fault in rest)
            lines.append(f"and {len(rest)} more, at " + ", ".join(_in_ranges(places)))
        return "\n  ".join(lines)


class FrameError(CeosampleError, ValueError):
    """A table of responses that cannot become a frame."""

    exit_code = 65


class PlanError(CeosampleError, ValueError):
    """A sampling plan that cannot be carried out, on any frame or on this one."""

    exit_code = 65


class SeedError(CeosampleError, ValueError):
    """A seed that is too short, malformed or from the wrong source."""

    exit_code = 65


class GateError(CeosampleError, ValueError):
    """A question to a gate, or a register of them, that cannot be taken."""

    exit_code = 65


class RecordError(CeosampleError, ValueError):
    """A public record (``draw.json``, ``manifest.csv``, ``exclusions.csv``) that cannot be read."""

    exit_code = 65


class LetterError(CeosampleError, ValueError):
    """A letter that cannot be rendered as it should be."""

    exit_code = 65


class SignatureError(CeosampleError, ValueError):
    """A key that letters cannot be signed with, or a signed letter that cannot be accepted."""

    exit_code = 65


class RegimeError(CeosampleError, ValueError):
    """A regime that cannot be used as it stands, or a date that it cannot count from."""

    exit_code = 78


class LedgerError(CeosampleError, ValueError):
    """A request that the ledger cannot take: an unknown letter, a step that is not allowed."""

    exit_code = 65


class NoLedgerError(LedgerError):
    """There is no ledger yet where one was to be read."""


class ConfigurationError(CeosampleError, ValueError):
    """A configuration file that cannot be used as it stands."""

    exit_code = 78


class ConflictError(CeosampleError):
    """What was asked contradicts what is already on record, which stays as it was."""

    exit_code = 3


class MissingPartError(CeosampleError):
    """An optional part is not installed; the message names the extra."""

    exit_code = 69


class BusyError(CeosampleError):
    """Somebody else holds the ledger for longer than we wait; try again."""

    exit_code = 75


def raise_faults(error: type[CeosampleError], faults: Iterable[str]) -> None:
    """Raise one ``error`` with every fault, or nothing if there is none."""
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


def _in_ranges(places: Iterable[str]) -> list[str]:
    """Places with neighbouring rows drawn together: ``row 3, row 4, row 5`` is ``rows 3-5``."""
    runs: list[list[str]] = []
    for place in places:
        word, _, number = place.partition(" ")
        before = runs[-1][-1].partition(" ") if runs else ("", "", "")
        follows = number.isdecimal() and before[2].isdecimal() and int(number) == int(before[2]) + 1
        if word == before[0] == "row" and follows:
            runs[-1].append(place)
        else:
            runs.append([place])
    return [run[0] if len(run) == 1 else f"rows {run[0][4:]}-{run[-1][4:]}" for run in runs]
