"""The command. Results go to standard output, everything else to standard error.

A module of this package is loaded when one of its commands is called: ``group.SECTIONS`` says which
has which.
"""

from ceosample.cli.group import cli, main

__all__ = ["cli", "main"]
