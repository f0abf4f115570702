"""Letters are rendered again, as a new version."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from ceosample import job
from ceosample.cli.group import cli
from ceosample.cli.options import (
    at_option,
    clock_options,
    config_option,
    configured,
    ledger_of,
    now,
    period_option,
)
from ceosample.period import Period


@cli.command()
@click.argument("unit_ids", metavar="ID...", nargs=-1, required=True)
@period_option
@config_option
@at_option
@clock_options
@click.option(
    "--docx",
    type=click.Path(dir_okay=False, path_type=Path),
    help="An edited Word file of the letter: its body replaces that of the contents.",
)
@click.option(
    "--allowed-by",
    help="Who allows letters that differ from what the frame commits to; with --reason-code.",
)
@click.option("--reason-code", help="Why they differ: a code.")
def rework(
    unit_ids: tuple[str, ...],
    period: Period,
    config: Path,
    at: dt.datetime | None,
    docx: Path | None,
    allowed_by: str | None,
    reason_code: str | None,
) -> None:
    """Render the letters ID... again from their contents, and send them as a new version.

    Use it for letters that came back, and for a substitute from the reserves. Where a letter cannot
    be rendered as the frame commits to it, a named person can allow its edit: --allowed-by.
    """
    if (allowed_by is None) != (reason_code is None):
        raise click.UsageError("--allowed-by and --reason-code go together")
    from ceosample.job import outlets
    from ceosample.letters.contents.content_digest import Edit
    from ceosample.letters.markup.printed import lost_fields

    edit = None
    if allowed_by is not None and reason_code is not None:
        edit = Edit(allowed_by, reason_code)
    if docx is not None and len(unit_ids) != 1:
        raise click.UsageError("--docx goes with one ID")
    month = job.Month(configured(config), period, at or now())
    with ledger_of(config) as ledger:
        bodies = (
            {}
            if docx is None
            else {
                unit_id: outlets.body_from_word(month, ledger, unit_id, docx)
                for unit_id in unit_ids
            }
        )
        pack = job.render_again(month, ledger, unit_ids, bodies, edit)
        same = job.unchanged(month, pack)
    click.echo(f"{pack}\nsee {job.folder_of(month, pack)}")
    if pack.unprinted:
        click.echo(f"not printed: {lost_fields(pack.unprinted)}")
    for said in same:
        click.echo(said)
