"""Several files after one option, as a shell gives them for ``--from decisions*.json``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import click

from ceosample.cli.failures import Command

#: The option, and how the files end that can follow its first one.
OPTION: Final = "--from"
ENDINGS: Final = (".json", ".csv")


class TakesFiles(Command):
    """A command whose option ``--from`` can be followed by more than one file."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the options, with the option before each of the files that follow it."""
        return super().parse_args(ctx, [*with_option_before_each(args)])


def with_option_before_each(args: Sequence[str]) -> Iterator[str]:
    """The arguments, with ``--from`` before each file that follows the one after it.

    >>> [*with_option_before_each(["--from", "a.json", "b.JSON", "--recorder", "pa-2"])]
    ['--from', 'a.json', '--from', 'b.JSON', '--recorder', 'pa-2']
    """
    more = False
    for place, one in enumerate(args):
        if more and not one.startswith("-") and one.lower().endswith(ENDINGS):
            yield OPTION
        elif place > 0 and args[place - 1] == OPTION:  # its first file, whatever it is called
            more = True
        else:
            more = one.startswith(f"{OPTION}=")
        yield one
