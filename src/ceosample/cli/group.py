"""The command: results go to standard output, everything else to standard error."""

from __future__ import annotations

import pkgutil
import sys
import warnings
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

import click

from ceosample.cli.failures import Command, failing
from ceosample.cli.unattended.endings import (
    SignalledError,
    catch_signals,
    end_with,
    reader_told_apart,
)
from ceosample.collector import collector_resting

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Verb(NamedTuple):
    """What is known of a command before it is called, which spares it the others' imports.

    Attributes:
        module: the module of this package that registers it.
        help: the first sentence of its help.
    """

    module: str
    help: str


def _sections() -> dict[str, dict[str, Verb]]:
    data = pkgutil.get_data(__name__, "commands.txt")
    if data is None:
        raise ImportError("ceosample/cli/commands.txt: not found; install the package again")
    _, *sections = data.decode("utf-8").strip().split("\n\n")
    return {title: dict(map(_verb, verbs)) for title, *verbs in map(str.splitlines, sections)}


def _verb(line: str) -> tuple[str, Verb]:
    name, module, sentence = line.split(maxsplit=2)
    return name, Verb(module, sentence)


#: The commands as ``--help`` groups them; the order of a month, then of how often one needs them.
SECTIONS: Final = _sections()

#: The same without the titles.
VERBS: Final = {name: verb for verbs in SECTIONS.values() for name, verb in verbs.items()}

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

    def sections(self) -> dict[str, dict[str, str]]:
        """By the title of their section the names of the commands, each with its sentence."""
        listed = sorted(self.commands.items())
        return {"Commands": {name: one.get_short_help_str(300) for name, one in listed}}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, section by section."""
        for title, sentences in self.sections().items():
            with formatter.section(title):
                formatter.write_dl([*sentences.items()])


class _LoadedWhenAsked(MutableMapping[str, click.Command]):
    """The commands by their names; the module of one is imported when somebody asks for it."""

    def __init__(self) -> None:
        self._registered: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._registered:
            _load(VERBS[name].module)
        return self._registered[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._registered[name] = command

    def __delitem__(self, name: str) -> None:
        del self._registered[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**VERBS, **self._registered})

    def __len__(self) -> int:
        return len(VERBS.keys() | self._registered.keys())


def _load(module: str) -> None:
    # What an import makes stays, so looking for garbage in it is a tenth of its time for nothing.
    with collector_resting():
        import_module(f"ceosample.cli.{module}")


class RootGroup(SectionedGroup):
    """The command itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commands = _LoadedWhenAsked()

    def sections(self) -> dict[str, dict[str, str]]:
        """Its sections, as stated above: a list of the commands loads none of them."""
        return {
            title: {name: verb.help for name, verb in verbs.items()}
            for title, verbs in SECTIONS.items()
        }

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What can follow: the commands, and what follows any command; it loads none either."""
        from click.shell_completion import CompletionItem

        found = [
            CompletionItem(name, help=click.Command(name, help=verb.help).get_short_help_str())
            for name, verb in sorted(VERBS.items())
            if name.startswith(incomplete)
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Its context; help is shown on the way."""
        with reader_told_apart():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Do what is asked."""
        with reader_told_apart():
            return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is asked for; an old verb is its new one from here on."""
        verb, *rest = args
        if verb not in OLD_VERBS:
            with failing(ctx, as_json="--json" in rest and not ctx.resilient_parsing):
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
    75 try again later or wait for the seed, 78 configuration, 130, 141 and 143 ended from outside.
    """


def main() -> NoReturn:
    """Run the command; whatever ends it early gives its exit code and a message."""
    warnings.showwarning = _say_warning
    try:
        catch_signals()
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except (Exception, SignalledError) as error:
        sys.exit(end_with(error))
    sys.exit(0)


def _tell_new_name(verb: str, new: Sequence[str], rest: Sequence[str]) -> None:
    """Tell a person the new name of a verb: cron mails every line, and programs read them."""
    if sys.stderr and sys.stderr.isatty() and "--json" not in rest:
        click.echo(f"ceosample: '{verb}' is now '{' '.join(new)}'", err=True)


def _say_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Tell a warning without the place in our code."""
    click.echo(f"ceosample: {message}", err=True)
