"""How a population's sign-off stands, as people and monitors read it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from ceosample import files
from ceosample.cli.failures import Command
from ceosample.cli.group import cli
from ceosample.cli.options import config_option, configured, json_option, now
from ceosample.health.look import health, unknown
from ceosample.health.nagios import plugin_lines
from ceosample.health.prometheus import exposition
from ceosample.health.state import Health, HealthLevel

#: What the name of a file must end with: a node exporter passes over any other.
_ENDING: Final = ".prom"

_STDOUT: Final = "-"


class _Slip(click.UsageError):
    """A slip in the options, as a monitoring plug-in tells it: 2 would be CRITICAL."""

    exit_code = int(HealthLevel.UNKNOWN)


class Plugin(Command):
    """A command whose slips end with 3, as those of monitoring plug-ins.

    With ``--json`` it fails as every command does.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the options."""
        as_json = "--json" in args  # the parser takes them from the list
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise error if as_json else _Slip(error.format_message(), error.ctx) from None


@cli.command("health", cls=Plugin)
@config_option
@click.option(
    "--waiting-days",
    type=click.IntRange(min=0),
    default=3,
    show_default=True,
    help="The number of days after which a month that waits is a warning.",
)
@click.option("--check", is_flag=True, help="Check the whole ledger too.")
@click.option("--nagios", is_flag=True, help="Print what a monitoring plug-in prints.")
@click.option(
    "--prometheus",
    is_flag=False,
    flag_value=_STDOUT,
    metavar="[FILE]",
    help="Write metrics to FILE, such as ceosample.prom, for a node exporter; without FILE print.",
)
@json_option
def health_command(
    config: Path,
    waiting_days: int,
    check: bool,
    nagios: bool,
    prometheus: str | None,
    as_json: bool,
) -> None:
    """Show how the sign-off stands: what waits since when, what is late, what is missing.

    It ends with 0 if all is well, 1 if a person must look soon, 2 if at once, and 3 if it cannot
    tell, as monitoring plug-ins do. With --json it fails as other commands do.
    """
    if as_json + nagios + (prometheus is not None) > 1:
        raise _Slip("give one of --json, --nagios and --prometheus")
    if prometheus not in (None, _STDOUT) and not str(prometheus).endswith(_ENDING):
        raise _Slip(
            f"--prometheus: got {prometheus}, which a node exporter passes over; give a name that "
            f"ends in {_ENDING}"
        )
    found = _found(config, waiting_days, check, as_json=as_json)
    if prometheus not in (None, _STDOUT):
        files.write_whole(Path(str(prometheus)), exposition(found).encode(), public=True)
    elif prometheus is not None:
        click.echo(exposition(found), nl=False)
    elif as_json:
        click.echo(found.to_json())
    else:
        click.echo(plugin_lines(found) if nagios else str(found))
    sys.exit(int(found.level))


def _found(config: Path, waiting_days: int, check: bool, *, as_json: bool) -> Health:
    at = now()
    try:
        configuration = configured(config)
        return health(
            configuration, at=configuration.local(at), waiting_days=waiting_days, check=check
        )
    except Exception as error:  # a monitor must have its line, whatever is wrong
        if as_json:
            raise
        return unknown(error, at=at, waiting_days=waiting_days)
