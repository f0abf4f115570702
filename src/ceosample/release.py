"""Which release of the program this is."""

from __future__ import annotations

from importlib import metadata


def version() -> str:
    """The installed release, such as ``0.2.0``; a development version names its commit.

    >>> version() == metadata.version("ceosample")
    True
    """
    return metadata.version("ceosample")


def program() -> str:
    """The program and its release, as papers and the ledger name it."""
    return f"ceosample {version()}"
