"""What tests need of a machine: where it is not there they skip and say so, and in CI they fail."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

IN_CI = os.environ.get("CI") == "true"

#: Seconds after which something hangs. It is no measure of anything: on a machine with a load of
#: ten, what takes a second alone takes a minute, and that is no fault.
PATIENCE = 900


def need(found: object, reason: str) -> None:
    """Go on if it was found.

    Args:
        found: what was looked for; anything false where it is not there.
        reason: what is missing, and what to install.
    """
    if not found:
        if IN_CI:
            pytest.fail(reason)
        pytest.skip(reason)


def sigkill() -> None:
    """Go on where a process can be killed without being asked."""
    need(hasattr(signal, "SIGKILL"), "there is no SIGKILL: a POSIX matter")


def program(name: str, package: str) -> str:
    """The path of a program that Debian has in a package."""
    found = shutil.which(name)
    need(found, f"no {name}: install it (Debian: {package})")
    return str(found)


def libreoffice(part: str, library: str) -> str:
    """LibreOffice's command, where the part of it that reads such files is there too."""
    package = f"libreoffice-{part}-nogui"
    found = program("soffice", package)
    folder = Path(found).resolve().parent
    need((folder / library).exists(), f"no LibreOffice {part}: install it (Debian: {package})")
    return found
