"""The command: results go to standard output, everything else to standard error."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

import click

from ceosample.cli.failures import Command
from ceosample.error_report import ErrorReport
from ceosample.errors import CeosampleError

#: The commands as ``--help`` groups them; the order of a month, then of how often one needs them.
SECTIONS: Final = {
    "A month": ("init", "check", "plan", "run", "sheets", "status", "close", "verify", "rebuild"),
    "Letters": ("record", "rework", "sign", "mail", "docx", "at-risk"),
    "Figures": ("metrics", "report", "infer", "policies", "reconcile"),
    "People and resolutions": ("people", "role", "resolution"),
    "Corrections": ("correct", "supersede"),
    "Retention": ("hold", "erase"),
    "Ledger": ("ledger", "export", "import", "upgrade", "repair"),
    "Past sign-offs from a spreadsheet": ("import-tracker", "withdraw-tracker"),
    "Seeds and demo": ("seed", "demo"),
}

#: The verbs of 0.1 that have a better name, by the words that take their place. They stay, and no
#: help lists them.
OLD_VERBS: Final[Mapping[str, tuple[str, ...]]] = {
    "open": ("at-risk",),
    "forget": ("erase",),
    "propose": ("resolution", "propose"),
    "cosign": ("resolution", "cosign"),
    "review": ("resolution", "review"),
    "grant": ("role", "grant"),
    "revoke": ("role", "revoke"),
}


class SectionedGroup(click.Group):
    """A group whose help lists every command by section, with a whole sentence."""

    command_class = Command

    def sections(self) -> Mapping[str, Sequence[str]]:
        """The names of the commands by the title of their section."""
        return {"Commands": sorted(self.commands)}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, section by section."""
        for title, names in self.sections().items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name, self.commands[name].get_short_help_str(300)) for name in names]
                )


class RootGroup(SectionedGroup):
    """The command itself."""

    def sections(self) -> Mapping[str, Sequence[str]]:
        """Its sections, as stated above."""
        return SECTIONS

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is asked for; an old verb is its new one from here on."""
        verb, *rest = args
        if verb not in OLD_VERBS:
            return super().resolve_command(ctx, args)
        new = OLD_VERBS[verb]
        if not ctx.resilient_parsing:  # a shell that completes a line asks too
            _tell_new_name(verb, new, rest)
        return super().resolve_command(ctx, [*new, *rest])


@click.group(cls=RootGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ceosample")
def cli() -> None:
    """Draw, render and track the monthly sample of responses that a chief executive signs.

    A month in order:

    \b
      ceosample init                        write ceosample.toml, then edit it
      ceosample check                       check that the configuration would run
      ceosample plan --period 2026-10       show what the plan promises; write nothing
      ceosample run --dry-run               show what a run would do now; write nothing
      ceosample run --period 2026-10        freeze the frame, print the commitment, wait (exit 75)
      (roll dice before witnesses; 'ceosample seed' is for unattended runs)
      ceosample run --period 2026-10 --dice DIGITS --witness ROLE --witness ROLE
      ceosample run                         for a scheduler: every month that is due, in order
      ceosample record signed ID --by ceo   record each letter that comes back
      ceosample status                      show what was signed, with every denominator
      ceosample record dispatched ID --by post-room    record each letter that goes out
      ceosample close --period 2026-10      write the closing sheet for signature
      ceosample verify packs/2026-10        check the draw again from its files alone

    Exit codes: 0 done or already done, 1 a check found a difference, 2 usage, 3 conflicts with what
    is on record, 65 bad data, 69 a part is not installed, 70 an internal error or one of the disk,
    75 busy or waiting for the seed, 78 configuration.
    """


def main() -> NoReturn:
    """Run the command; an error of ours ends it with its exit code and a message, no trace."""
    warnings.showwarning = _say_warning
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except (CeosampleError, OSError) as error:
        failure = ErrorReport.of(error)
        click.echo(f"ceosample: {failure.message}", err=True)
        if isinstance(error, OSError):
            _drop_output()
        sys.exit(failure.exit_code)
    sys.exit(0)


def _tell_new_name(verb: str, new: Sequence[str], rest: Sequence[str]) -> None:
    """Tell a person the new name of a verb: cron mails every line, and programs read them."""
    if sys.stderr and sys.stderr.isatty() and "--json" not in rest:
        click.echo(f"ceosample: '{verb}' is now '{' '.join(new)}'", err=True)


def _drop_output() -> None:
    """Drop what could not be written: Python would try again, and change the exit code."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


def _say_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Tell a warning without the place in our code."""
    click.echo(f"ceosample: {message}", err=True)
