"""A chain of seeds for unattended runs: make it, publish it, show it, check it."""

from __future__ import annotations

import functools
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

import click

from ceosample import files
from ceosample.canonical import Json
from ceosample.cli.group import SectionedGroup, cli
from ceosample.cli.options import (
    DIFFERENCE,
    Actor,
    choice_option,
    config_option,
    configured,
    in_words,
    json_option,
    ledger_of,
    ledger_to_run,
    now,
    recording_options,
)
from ceosample.configuration import Configuration
from ceosample.days import month_of
from ceosample.errors import ConfigurationError, LedgerError, RecordError, SeedError
from ceosample.result import as_json_text
from ceosample.sampling.seeds.chain import secret_file
from ceosample.sampling.seeds.chain.published import Published
from ceosample.sampling.seeds.chain.seed_chain import SeedChain
from ceosample.signoff.replay.seeds import REASONS, published_by
from ceosample.text import counted

#: Where a passphrase may stand, which no list of processes shows.
VARIABLE = "CEOSAMPLE_PASSPHRASE"


def chain_of(configuration: Configuration) -> Callable[[], SeedChain] | None:
    """Opens the configuration's chain when it is first needed; None where there is none."""
    if "secret" not in configuration.seeding:
        return None
    path = _path(configuration)
    return functools.cache(
        lambda: secret_file.load(path, passphrase=lambda: _passphrase(configuration))
    )


@cli.group(cls=SectionedGroup)
def seed() -> None:
    """Make and publish a chain of seeds for unattended runs."""


@seed.command()
@click.option(
    "--months", type=int, default=60, show_default=True, help="The number of months that it lasts."
)
@click.option("--first", help="The first month, such as 2026-10.  [default: next month]")
@click.option("--seal", is_flag=True, help="Encrypt the secret with a passphrase (extra 'seal').")
@config_option
def new(months: int, first: str | None, seal: bool, config: Path) -> None:
    """Make a chain, and keep its secret in a file that its owner alone can read."""
    configuration = configured(config)
    chain = SeedChain.new(
        configuration.population,
        first=first or month_of(now(), configuration.zone).next(),
        months=months,
        random=secrets.token_bytes,
    )
    path = _path(configuration)
    passphrase = _passphrase(configuration, new=True) if seal else None
    secret_file.save(chain, path, passphrase=passphrase, random=secrets.token_bytes)
    click.echo(f"{path}: written, {'sealed' if seal else 'NOT sealed'}, for its owner alone")
    click.echo(_in_words(chain.published))
    click.echo(f"publish it before {chain.published.first} begins: ceosample seed publish --by ID")


@seed.command()
@click.option(
    "--reason-code",
    type=click.Choice(REASONS),
    help="Why it replaces a chain whose months are not over.",
)
@choice_option
@recording_options
def publish(reason_code: str | None, who: Actor) -> None:
    """Record the chain's public end in the ledger, before its first month begins."""
    configuration = configured(who.config)
    chain = secret_file.load_published(_path(configuration))
    with ledger_to_run(configuration, who.recorder) as ledger:
        event = ledger.publish(
            chain, by=who.by, at=who.at, reason_code=reason_code, zone=configuration.zone
        )
    click.echo(in_words(event))
    click.echo(_in_words(chain))
    click.echo("Print this, date it, and put it where others keep it.")


@seed.command()
@config_option
@json_option
def show(config: Path, as_json: bool) -> None:
    """Show the chain's public part, its months left, and whether it is published."""
    configuration = configured(config)
    path = _path(configuration)
    chain = secret_file.load_published(path)
    left = chain.last.months_since(month_of(now(), configuration.zone))
    left = min(max(left, 0), chain.months)
    fault = _fault_of_publication(config, chain)
    if as_json:
        found: dict[str, Json] = {"population": chain.population, **chain.to_dict()}
        sealed = secret_file.is_sealed(path)
        found |= {"months_left": left, "published": fault is None, "sealed": sealed}
        click.echo(as_json_text(found))
        return
    click.echo(_in_words(chain))
    click.echo(f"{counted(left, 'month')} still to come; {fault or 'published in the ledger'}")


@seed.command()
@config_option
def check(config: Path) -> None:
    """Open the secret, and check that it leads to the published end."""
    configuration = configured(config)
    opener = chain_of(configuration)
    if opener is None:
        raise _no_chain()
    fault = _fault_of_publication(config, opener().published)
    click.echo(fault or "ok: the secret leads to the published end")
    if fault is not None:
        sys.exit(DIFFERENCE)


def _fault_of_publication(config: Path, chain: Published) -> str | None:
    try:
        with ledger_of(config) as ledger:
            published = [published_by(event) for event in ledger.chains(chain.population)]
    except LedgerError as error:
        return f"not published: {error}"
    if chain not in published:
        return "NOT published: the ledger does not have this end"
    return None if published[-1] == chain else "NOT the newest that the ledger has"


def _path(configuration: Configuration) -> Path:
    if "secret" not in configuration.seeding:
        raise _no_chain()
    return configuration.home / str(configuration.seeding["secret"])


def _no_chain() -> ConfigurationError:
    return ConfigurationError(
        'seed.source: got no chain; write source = "chain" and secret = "chain.json" under [seed]'
    )


def _passphrase(configuration: Configuration, *, new: bool = False) -> str:
    """From the configuration's file, the environment, or a person at the terminal."""
    if "passphrase" in configuration.seeding:
        path = configuration.home / str(configuration.seeding["passphrase"])
        try:
            return files.read_secret(path).decode().rstrip("\r\n")
        except (RecordError, UnicodeDecodeError):
            # A path that is none may be the passphrase itself.
            raise SeedError(
                "seed.passphrase: got text that names no file in UTF-8; give the path of a file "
                "that holds the passphrase"
            ) from None
    if VARIABLE in os.environ:
        return os.environ[VARIABLE]
    if sys.stdin.isatty():
        asked: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True)
        return asked
    raise SeedError(
        f"passphrase: got none, and there is no terminal to ask at; give its file as "
        f"seed.passphrase, or set {VARIABLE}"
    )


def _in_words(chain: Published) -> str:
    months = f"{counted(chain.months, 'month')}, {chain.first} to {chain.last}"
    return f"{chain.population}: {months}\nend {chain.end}"
