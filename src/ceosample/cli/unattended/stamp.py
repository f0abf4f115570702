"""Time stamps: requests for an authority are written, and its answers taken in."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from ceosample import file_modes, files
from ceosample.cli.group import SectionedGroup, cli
from ceosample.cli.options import MONTH, config_option, configured, ledger_of, now
from ceosample.configuration import Configuration
from ceosample.errors import ConfigurationError, ConflictError
from ceosample.period import Period
from ceosample.sampling.seeds.beacon import time_of
from ceosample.sampling.seeds.chain import secret_file
from ceosample.sampling.seeds.seed_source import SeedSource
from ceosample.sampling.stamps.evidence import ANSWER
from ceosample.sampling.stamps.request import request
from ceosample.sampling.stamps.stamp import check_stamp
from ceosample.signoff.store.events import Event
from ceosample.signoff.witness_sheets import frozen_of

#: What the files of requests are called.
QUERY = ".tsq"

#: So many digits of a digest are in the names of files.
_DIGITS = 8


@cli.group(cls=SectionedGroup)
def stamp() -> None:
    """Ask for time stamps of commitments, heads and chains, and take the answers."""


@stamp.command("request")
@click.option("--period", type=MONTH, help="The frozen month whose commitment is to be stamped.")
@click.option("--head", is_flag=True, help="With --period: stamp the ledger's head instead.")
@click.option("--chain", is_flag=True, help="Stamp the end of the chain of seeds.")
@click.option("--policy", help="The authority's policy to ask for, such as 1.2.3.4.")
@config_option
def request_command(
    period: Period | None, head: bool, chain: bool, policy: str | None, config: Path
) -> None:
    """Write the request for a time stamp; you send it, for nothing is sent from here.

    It is a file for 'application/timestamp-query' (RFC 3161). A commitment is stamped before there
    is a seed, a chain before its first month begins. A request that is there already stays.
    """
    if chain == (period is not None) or (head and period is None):
        raise click.UsageError("give --period, with or without --head, or --chain")
    configuration = configured(config)
    if period is None:
        digest, folder, name = _of_chain(configuration)
    else:
        digest, folder, name = _of_month(configuration, config, period, head=head)
    path = folder / f"{name}{QUERY}"
    made = request(digest, nonce=secrets.randbits(64), policy=policy)
    if files.read_if_there(path) is None:
        with file_modes.for_group(configuration.for_group):
            files.write_whole(path, made)
    answer = path.with_suffix(ANSWER)
    click.echo(f"{path}: asks for a time stamp of {digest}")
    click.echo(
        "Send it to your authority, such as with: curl -H 'Content-Type: "
        f"application/timestamp-query' --data-binary @{path} -o {answer} ADDRESS"
    )
    click.echo(f"Then: ceosample stamp take {answer} --root ROOT.pem")


@stamp.command("take")
@click.argument("answer", type=click.Path(path_type=Path))
@click.option(
    "--root",
    type=click.Path(path_type=Path),
    required=True,
    help="The certificates of the authorities that you trust, in PEM.",
)
@click.option(
    "--request",
    "query",
    type=click.Path(path_type=Path),
    help="The request that it answers.  [default: the file next to it, ending in .tsq]",
)
@click.option("--policy", help="The policy that it must be under.")
def take_command(answer: Path, root: Path, query: Path | None, policy: str | None) -> None:
    """Check the ANSWER of an authority to its request, and keep it next to the request.

    What is wrong with it is said, and nothing is kept then. Nothing is fetched, and the machine is
    not asked which authorities it trusts.
    """
    asked = query or answer.with_suffix(QUERY)
    data = files.read(answer)
    found = check_stamp(data, roots=files.read(root), query=files.read(asked), policy=policy)
    kept = asked.with_suffix(ANSWER)
    files.write_new(kept.parent, {kept.name: data})
    click.echo(f"{kept}: ok, {found.words}\nof {found.digest}")


def _of_chain(configuration: Configuration) -> tuple[str, Path, str]:
    if "secret" not in configuration.seeding:
        raise ConfigurationError(
            'seed.source: got no chain; write source = "chain" and secret = "chain.json" under '
            "[seed]"
        )
    path = configuration.home / str(configuration.seeding["secret"])
    end = secret_file.load_published(path).end
    return end, path.parent, f"chain-{end[:_DIGITS]}"


def _of_month(
    configuration: Configuration, config: Path, period: Period, *, head: bool
) -> tuple[str, Path, str]:
    folder = configuration.month_folder(period)
    with ledger_of(config) as ledger:
        if head:
            return ledger.head, folder, f"head-{ledger.head[:_DIGITS]}"
        frozen = frozen_of(ledger, configuration.population, str(period))
    _require_to_come(frozen)
    return frozen.payload["commitment"], folder, f"commitment-{frozen.hash[:_DIGITS]}"


def _require_to_come(frozen: Event) -> None:
    """Raise if the seed of a freeze exists already: a time stamp would prove nothing."""
    named = SeedSource.parse(frozen.payload["seed_source"]).round
    due = None if named is None else time_of(named)
    if named is not None and due is not None and due <= now():
        raise ConflictError(
            f"{frozen.population}, {frozen.period}: round {named.number} of {named.beacon} was "
            f"published at {due:%Y-%m-%dT%H:%M:%SZ}, so a time stamp now proves nothing; give the "
            "beacon a longer delay (seed.delay)"
        )
