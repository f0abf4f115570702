"""The file of evidence for an auditor, and its check."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ceosample import file_modes, files
from ceosample.canonical import digest
from ceosample.cli.group import cli
from ceosample.cli.options import (
    DIFFERENCE,
    MONTH,
    as_of_option,
    config_option,
    configured,
    ledger_of,
    now,
)
from ceosample.cli.signing import GivenKey, key_options
from ceosample.configuration import Configuration
from ceosample.errors import ConflictError, LedgerError, NoLedgerError
from ceosample.evidence.papers import STAMP_OF_CHAIN
from ceosample.period import Period
from ceosample.result import as_json_text
from ceosample.signoff.ledger import Ledger


@cli.command("evidence")
@click.argument("out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--first", type=MONTH, required=True, help="The first month, such as 2026-07.")
@click.option("--last", type=MONTH, required=True, help="The last month, such as 2026-12.")
@as_of_option
@click.option(
    "--with-letters",
    is_flag=True,
    help="Put the letters in too, with customers' names and texts.",
)
@key_options
@config_option
def evidence_command(
    out: Path,
    first: Period,
    last: Period,
    as_of: dt.datetime | None,
    with_letters: bool,
    given: GivenKey,
    config: Path,
) -> None:
    """Write FILE, a zip with all that an auditor needs to check these months.

    It holds each month's draw, sheets and time stamps, the ledger's events, the board's report, the
    method and an index. Names and texts of customers stay out, unless you ask with --with-letters.
    With a key it is signed. Check it with: ceosample verify FILE
    """
    from ceosample.evidence.build import evidence  # here, since no other command needs it

    if out.suffix != ".zip":
        raise click.BadParameter(
            f"got {str(out)!r}; give a name that ends in .zip", param_hint="'FILE'"
        )
    configuration = configured(config)
    if files.read_if_there(out) is not None:
        raise ConflictError(f"{out}: already exists and was left unchanged; choose another name")
    with contextlib.ExitStack() as stack:
        key = given.opened() if given.is_there else None
        stack.enter_context(key or contextlib.nullcontext())
        ledger = stack.enter_context(ledger_of(config))
        found = evidence(
            ledger,
            {str(month): configuration.month_folder(month) for month in _months(first, last)},
            population=configuration.population,
            first=first,
            last=last,
            as_of=as_of or now(),
            firm=configuration.firm,
            method=configuration.method,
            holidays=configuration.deadlines.get("holidays", ()),
            paper_size=configuration.paper,
            letters=with_letters,
            chain_stamps=_chain_stamps(configuration),
            key=key,
        )
    data = found.to_zip()
    with file_modes.for_group(configuration.for_group):
        files.write_whole(out, data)
    click.echo(f"{out}: {found}\nSHA-256 {digest(data)}")


def _chain_stamps(configuration: Configuration) -> list[Path]:
    """The time stamps of the population's chain, which lie next to its file."""
    if "secret" not in configuration.seeding:
        return []
    folder = (configuration.home / str(configuration.seeding["secret"])).parent
    return sorted(path for path in folder.iterdir() if STAMP_OF_CHAIN.fullmatch(path.name))


def _months(first: Period, last: Period) -> Iterator[Period]:
    while first <= last:
        yield first
        first = first.next()


def verify_file(
    path: Path,
    head: str | None,
    dated: dt.datetime | None,
    rolled: dt.datetime | None,
    stamp_root: Path | None,
    *,
    as_json: bool,
) -> None:
    """Check a file of evidence for ``ceosample verify``; a difference ends the command."""
    from ceosample.evidence.verify import verify_evidence

    roots = None if stamp_root is None else files.read(stamp_root)
    report = verify_evidence(path, head=head, dated=dated, rolled=rolled, stamp_roots=roots)
    click.echo(as_json_text(report.to_dict()) if as_json else str(report))
    if not report.ok:
        sys.exit(DIFFERENCE)


def ledger_of_events(path: Path) -> Ledger:
    """A ledger in memory that holds the events of a file that ``ceosample export`` wrote."""
    lines = files.read(path).splitlines(keepends=True)
    try:
        return Ledger.restore("sqlite://", lines)
    except LedgerError as error:
        raise LedgerError(*(f"{path}: {fault}" for fault in error.faults)) from None


def ledger_of_heads(config: Path) -> Ledger:
    """The configuration's ledger, for a head of it."""
    if not config.exists():
        raise NoLedgerError(
            f"--head: got no ledger, and {config} is not there; give --ledger with its URL, its "
            "file, or the events.jsonl of an evidence file"
        )
    return ledger_of(config)
