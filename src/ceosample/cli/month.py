"""A month's commands: the demo, a configuration, the plan, a verification."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ceosample import file_modes, files, job
from ceosample.canonical import Json
from ceosample.cli.group import cli
from ceosample.cli.options import (
    DIFFERENCE,
    MOMENT,
    MONTH,
    Progress,
    any_configured,
    config_file_option,
    config_option,
    configured,
    json_option,
    ledger_of,
    now,
    passphrase_option,
    period_option,
    populations,
)
from ceosample.configuration import TEMPLATE
from ceosample.errors import CeosampleError, ConfigurationError, ConflictError, NoLedgerError
from ceosample.period import Period
from ceosample.result import as_json_text
from ceosample.sealed.passphrase import read_passphrase
from ceosample.text import counted
from ceosample.verifier.page import VERIFIER

if TYPE_CHECKING:  # each command loads what it needs itself
    from ceosample.sampling.verify import Receipt
    from ceosample.signoff.ledger import Ledger


@cli.command()
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default="ceosample-demo",
    show_default=True,
    help="The folder to write.",
)
@click.option("--period", type=MONTH, help="The month to invent.  [default: 2026-10]")
def demo(folder: Path, period: Period | None) -> None:
    """Write a month of an invented bank: drawn, rendered, mostly signed.

    Its dates are fixed by its month, whatever the computer's clock says. Ask for its figures with
    the --as-of that it prints.
    """
    from ceosample.demo.story import DICE, PERIOD, perform

    wanted = PERIOD if period is None else str(period)
    with Progress() as step:
        story = perform(folder, step, period=wanted)
    outcome = story.outcome
    click.echo(
        f"{counted(outcome.letters or 0, 'letter')} of the invented bank's {wanted}, in {folder}:\n"
    )
    papers = [name for name in ("pack.pdf", "pack.html") if (outcome.folder / name).exists()]
    for name, what in (
        *(
            (f"packs/{wanted}/{name}", "what the chief executive reads and signs")
            for name in papers
        ),
        (f"packs/{wanted}/room.html", "the same, with tools to decide about each letter"),
        (f"packs/{wanted}/attendance.csv", "what was signed by hand; attendance.pdf is its sheet"),
        (f"packs/{wanted}/draw.json", "the public record; manifest.csv and exclusions.csv with it"),
        ("signoff.db", "the ledger of what was signed"),
        ("ceosample.toml", "the configuration; the table and the letters are next to it"),
    ):
        click.echo(f"  {name:<31}{what}")
    click.echo(f"\nseed {DICE}, commitment {outcome.commitment}")
    click.echo(f"re-check: ceosample verify {folder}/packs/{wanted}  ->  {story.report.level.name}")
    click.echo(
        "its dates are fixed, so ask for figures as of its end: ceosample report --as-of "
        f"{story.as_of.isoformat()} --out report.html\n"
    )
    click.echo(str(story.coverage))


@cli.command()
def init() -> None:
    """Write a commented ceosample.toml into this folder."""
    path = Path("ceosample.toml")
    if files.read_if_there(path) is not None:
        raise ConflictError(f"{path}: already exists and was left unchanged")
    files.write_whole(path, TEMPLATE.encode())
    click.echo(f"{path}: written; edit it, then: ceosample check")


@cli.command("check")
@config_option
@click.option(
    "--period",
    type=MONTH,
    help="The month, such as 2026-10.  [default: the first that is due, or the last that is over]",
)
@json_option
def check_command(config: Path, period: Period | None, as_json: bool) -> None:
    """Check that the configuration would run; this draws and writes nothing.

    It checks every population of the configuration, or the one of --population.
    """
    from ceosample.cli.seed import chain_of
    from ceosample.cli.unattended.run_each import worst

    at = now()
    try:
        found = populations(config)
    except ConfigurationError as error:
        reports = [job.no_configuration(error)]
    else:
        reports = [
            job.check(
                job.Month(one, period or job.next_month(one, at), at),
                chain_of(one),
            )
            for one in found
        ]
    code = worst(report.exit_code for report in reports)
    if not as_json:
        click.echo("\n\n".join(map(str, reports)))
    elif len(reports) == 1:
        click.echo(as_json_text(reports[0].to_dict()))
    else:
        each: list[Json] = [report.to_dict() for report in reports]
        click.echo(as_json_text({"ok": code == 0, "exit_code": code, "populations": each}))
    sys.exit(code)


@cli.command("plan")
@config_option
@period_option
@json_option
def plan_command(config: Path, period: Period, as_json: bool) -> None:
    """Show what the plan promises for the month's table as it is now; this writes nothing."""
    month = job.Month(configured(config), period, now())
    reading = job.read_source(month)
    promise = job.promise(month, reading)
    if as_json:
        click.echo(as_json_text({**promise.to_dict(), "source": reading.to_dict()}))
        return
    click.echo(f"{promise}\n\n{reading}")


@cli.command("verify")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="The ledger and every month, instead.")
@click.option(
    "--head",
    help="The hash on dated paper, on a commitment sheet's line Event; the ledger then proves the "
    "order.",
)
@click.option("--dated", type=MOMENT, help="The time on that paper.")
@click.option(
    "--rolled", type=MOMENT, help="The time at which the dice were rolled, by the minutes."
)
@click.option(
    "--stamp-root",
    type=click.Path(path_type=Path),
    help="The certificates of the time-stamping authorities that you trust, in PEM: the time "
    "stamps of FOLDER are checked.",
)
@click.option(
    "--stamp",
    "stamp_files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="One more answer of such an authority: of the commitment, a head, or the chain's end.",
)
@click.option(
    "--ledger",
    is_flag=False,
    flag_value="",
    metavar="[URL]",
    help="Compare the letters with those that the ledger sent: that of the configuration, or of a "
    "URL or file, such as the events.jsonl of an evidence file.",
)
@passphrase_option
@click.option(
    "--strict", is_flag=True, help="A name in draw.json that proves nothing is a difference."
)
@click.option(
    "--page",
    is_flag=False,
    flag_value=VERIFIER,
    metavar="[FILE]",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Write the page that verifies in a browser, instead; {VERIFIER} unless FILE says "
    "otherwise.",
)
@config_file_option
@json_option
def verify_command(
    folder: Path | None,
    everything: bool,
    head: str | None,
    dated: dt.datetime | None,
    rolled: dt.datetime | None,
    stamp_root: Path | None,
    stamp_files: tuple[Path, ...],
    ledger: str | None,
    passphrase_file: Path | None,
    strict: bool,
    page: Path | None,
    config: Path,
    as_json: bool,
) -> None:
    """Draw again from the files in FOLDER, compare its letters, and show the first difference.

    FOLDER can also be a zip that 'ceosample evidence' wrote: this checks its digests, its events
    (with --head against a hash on paper), its time stamps (with --stamp-root), each draw, and the
    report's figures. --head with --dated and --rolled proves the order of the month that it froze.

    Where FOLDER has a pack.json, this compares the letters, their PDFs (by digest; nothing is
    typeset again), the pages and the signing room with each other and with the draw. With --all
    it checks the configuration's ledger, and the folder of every month against it.
    """
    if page is not None:
        if folder is not None or everything:
            raise click.UsageError("--page goes without FOLDER and --all")
        _write_page(page, as_json=as_json)
        return
    if everything:
        given = (head, dated, rolled, ledger, passphrase_file, stamp_root)
        if folder is not None or stamp_files or given != (None,) * 6:
            raise click.UsageError(
                "--all goes without FOLDER, --head, --dated, --rolled, --stamp-root, --stamp, "
                "--ledger, --passphrase-file"
            )
        _verify_all(config, strict=strict, as_json=as_json)
        return
    if folder is None:
        raise click.UsageError("give FOLDER, --all, or --page")
    if folder.suffix == ".zip":
        if stamp_files or (ledger, passphrase_file) != (None, None):
            raise click.UsageError(
                "a file of evidence goes with --head, --dated, --rolled, --stamp-root and --json "
                "alone; for the others unpack it, and give months/PERIOD in place of the file"
            )
        by_stamp = stamp_root is not None and dated is None
        by_paper = (head is not None or dated is None) and (dated is None) == (rolled is None)
        if not (by_stamp or by_paper):
            raise click.UsageError("--head, --dated and --rolled go together")
        from ceosample.cli.executive.evidence import verify_file

        verify_file(folder, head, dated, rolled, stamp_root, as_json=as_json)
        return
    receipt = None
    if stamp_files and stamp_root is None:
        raise click.UsageError("--stamp goes with --stamp-root")
    dates_seed = rolled is not None and (head is not None or stamp_root is None)
    if len({head is None, dated is None, not dates_seed}) != 1:
        raise click.UsageError("--head, --dated and --rolled go together")
    stamps = None
    if stamp_root is not None:
        from ceosample.sampling.stamps.evidence import Stamps

        stamps = Stamps(files.read(stamp_root), stamp_files, rolled)
    from ceosample.signoff.verify_folder import verify

    with contextlib.ExitStack() as stack:
        opened = None if ledger is None else stack.enter_context(_ledger_at(ledger, config))
        if head is not None and dated is not None and rolled is not None:
            from ceosample.cli.executive.evidence import ledger_of_heads

            of_heads = opened or stack.enter_context(ledger_of_heads(config))
            receipt = _receipt(folder, of_heads, head, dated, rolled)
        report = verify(
            folder,
            receipt=receipt,
            stamps=stamps,
            ledger=opened,
            strict=strict,
            passphrase=None if passphrase_file is None else read_passphrase(passphrase_file),
        )
    click.echo(as_json_text(report.to_dict()) if as_json else str(report))
    if not report.ok:
        sys.exit(DIFFERENCE)


def _verify_all(config: Path, *, strict: bool, as_json: bool) -> None:
    of_all = populations(config)
    with ledger_of(config) as ledger:
        found = [job.verify_all(one, ledger, strict=strict) for one in of_all]
    if as_json:
        told: list[Json] = [one.to_dict() for one in found]
        click.echo(as_json_text(told[0] if len(told) == 1 else {"populations": told}))
    else:
        click.echo("\n\n".join(map(str, found)))
    if not all(one.ok for one in found):
        sys.exit(DIFFERENCE)


@cli.command("rebuild")
@click.argument("period", type=MONTH)
@config_option
@json_option
def rebuild_command(period: Period, config: Path, as_json: bool) -> None:
    """Make the lost files of the month PERIOD again, from the source and the ledger.

    What is made is compared with the digests that the ledger holds: of the frame, the draw, each
    letter and each pack. What differs is not written, and what is there stays. The ledger is only
    read.
    """
    configuration = configured(config)
    ledger = job.open_to_read(configuration)
    if ledger is None:
        raise NoLedgerError("ledger: does not exist, so nothing can be compared; restore it first")
    with file_modes.for_group(configuration.for_group), ledger:
        found = job.rebuild(job.Month(configuration, period, now()), ledger)
    click.echo(as_json_text(found.to_dict()) if as_json else str(found))
    if found.problems:
        sys.exit(DIFFERENCE)


def _ledger_at(place: str, config: Path) -> Ledger:
    """The ledger of a URL, of a file of SQLite, or of exported events; else the configuration's."""
    if not place:
        found = job.open_to_read(any_configured(config))
    elif place.endswith(".jsonl"):
        from ceosample.cli.executive.evidence import ledger_of_events

        return ledger_of_events(Path(place))
    else:
        from sqlalchemy.engine import URL

        from ceosample.signoff.ledger import Ledger

        url = place if "://" in place else URL.create("sqlite", database=place)
        found = Ledger.open_readonly(url)
    if found is None:
        raise NoLedgerError("ledger: there is none at this place; give its URL, or its file")
    return found


def _write_page(path: Path, *, as_json: bool) -> None:
    """Write the verifier's page, and say which it is."""
    from ceosample.verifier.page import editions, verifier_page

    page, edition = verifier_page(), editions()[-1]
    if files.read_if_there(path) not in (None, page):
        raise ConflictError(f"{path}: already exists with other contents; give another FILE")
    files.write_whole(path, page, public=True)
    told: dict[str, Json] = {"file": str(path), **edition}
    said = f"{path}: edition {edition['edition']}, {edition['date']}, SHA-256 {edition['sha256']}"
    click.echo(as_json_text(told) if as_json else said)


def _receipt(
    folder: Path, ledger: Ledger, head: str, dated: dt.datetime, rolled: dt.datetime
) -> Receipt | None:
    from ceosample.sampling.draw import Draw

    try:
        drawn = Draw.load(folder)
    except CeosampleError:
        return None  # verify says what is wrong with the record
    return ledger.receipt(drawn, head=head, dated=dated, rolled=rolled)
