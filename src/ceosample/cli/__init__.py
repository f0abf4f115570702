"""The command. Results go to standard output, everything else to standard error."""

from ceosample.cli import (
    closing,
    ledger,
    letters,
    month,
    outlets,
    people,
    report,
    resolutions,
    run,
    seed,
    signing,
    status,
    tracker,
)
from ceosample.cli.group import cli, main
from ceosample.cli.unattended import health

__all__ = [
    "cli",
    "closing",
    "health",
    "ledger",
    "letters",
    "main",
    "month",
    "outlets",
    "people",
    "report",
    "resolutions",
    "run",
    "seed",
    "signing",
    "status",
    "tracker",
]
