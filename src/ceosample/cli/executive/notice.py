"""Notices to staff and the public, and the consent to be named in them."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import click

from ceosample import files
from ceosample.cli.group import SectionedGroup, cli
from ceosample.cli.options import (
    MONTH,
    Actor,
    as_of_option,
    at_option,
    checked,
    clock_options,
    config_file_option,
    config_option,
    configured,
    in_words,
    json_option,
    ledger_of,
    now,
    reason_option,
    recorder_option,
    recording_options,
)
from ceosample.configuration import Configuration
from ceosample.errors import ConflictError
from ceosample.period import Period
from ceosample.result import as_json_text
from ceosample.show import text_table
from ceosample.signoff.replay.naming import AUDIENCES
from ceosample.signoff.words import folders
from ceosample.text import counted

_person = click.argument("person")


@cli.command()
@click.argument("audience", metavar="AUDIENCE", type=click.Choice(AUDIENCES))
@config_option
@click.option("--period", type=MONTH, help="One month, such as 2026-10.  [default: all]")
@click.option("--first", type=MONTH, help="The first month of a range.")
@click.option("--last", type=MONTH, help="The last month of a range.")
@as_of_option
@click.option("--language", help="The page's language.  [default: that of the letters]")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write, .html, .pdf or .txt.  [default: print the text]",
)
@json_option
def notice(
    audience: str,
    config: Path,
    period: Period | None,
    first: Period | None,
    last: Period | None,
    as_of: dt.datetime | None,
    language: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Write a page for staff or the public: what was read, what changed, whom it thanks.

    AUDIENCE is staff or public. Small counts of people are not shown. Colleagues are named only if
    they agreed to it. It checks the whole ledger first, and writes nothing from a broken one.
    """
    from ceosample.notices.notice import notice as notice_of  # here, since no other command does

    if out is not None and out.suffix not in (".html", ".pdf", ".txt"):
        raise click.BadParameter(
            f"got {str(out)!r}; give a name that ends in .html, .pdf or .txt", param_hint="'--out'"
        )
    if period is not None and (first is not None or last is not None):
        raise click.UsageError("give --period, or --first and --last")
    configuration = configured(config)
    if out is not None and files.read_if_there(out) is not None:
        raise ConflictError(f"{out}: already exists and was left unchanged; choose another name")
    with ledger_of(config) as ledger:
        check = checked(ledger, as_json=as_json)
        # What was appended after the check is no part of the notice.
        events = list(itertools.islice(ledger.events(), check.events))
        names = ledger.may_be_named(audience)
    found = notice_of(
        events,
        audience=audience,
        population=configuration.population,
        first=period or first,
        last=period or last,
        as_of=as_of or now(),
        names=names,
        check_at=configuration.check_at,
        head=check.head,
        firm=configuration.firm,
        language=language or configuration.notice_language,
    )
    if configuration.check_at is None:
        click.echo(
            f"warning: {config}, notice.check_at: missing, so the page cannot say where anyone can "
            "check it; give an address",
            err=True,
        )
    if out is not None:
        fonts = None if configuration.fonts is None else configuration.home / configuration.fonts
        found.save(out, paper_size=configuration.paper, fonts=fonts)
    if as_json:
        click.echo(found.to_json())
    elif out is None:
        click.echo(found.to_text(), nl=False)
    else:
        click.echo(f"{out}: {found.figures['read']} answers read, ledger {check}")


@cli.group("naming", cls=SectionedGroup)
def naming_group() -> None:
    """Record who agreed to be named in notices, and erase a person's names."""


@naming_group.command()
@_person
@click.option("--name", required=True, help="How the person wants to be named.")
@click.option(
    "--to",
    "audience",
    type=click.Choice(AUDIENCES),
    required=True,
    help="Before whom; public includes staff.",
)
@recorder_option
@config_file_option
@at_option
@clock_options
def agree(
    person: str,
    name: str,
    audience: str,
    recorder: str | None,
    config: Path,
    at: dt.datetime | None,
) -> None:
    """Record that PERSON agrees to be named in notices; their newest consent counts.

    Only PERSON can agree. --recorder is the id of the person who received it from them.
    """
    who = Actor(person, at or now(), recorder, config)
    with who.ledger() as ledger:
        event = ledger.agree_to_naming(person, name, audience, at=who.at)
    click.echo(in_words(event))


@naming_group.command()
@_person
@recording_options
def withdraw(person: str, who: Actor) -> None:
    """Record that PERSON withdraws it, and is named in no later notice."""
    with who.ledger() as ledger:
        event = ledger.withdraw_naming(person, by=who.by, at=who.at)
    click.echo(in_words(event))


@naming_group.command()
@_person
@reason_option
@recording_options
def erase(person: str, reason_code: str, who: Actor) -> None:
    """Erase the names of PERSON, those of notices too; their id stays, and every figure with it.

    It also deletes the slips and the notes of thanks that print the name, and says which.
    """
    with who.ledger() as ledger:
        event = ledger.forget_person(person, by=who.by, at=who.at, reason_code=reason_code)
    for packs in {one.packs: None for one in Configuration.load_all(who.config)}:
        for path in folders.erase_named(packs, person):
            click.echo(f"deleted: {path}", err=True)
    click.echo(in_words(event))
    click.echo(f"  {counted(event.payload['texts'], 'text')} erased")


@naming_group.command()
@config_file_option
@json_option
def show(config: Path, as_json: bool) -> None:
    """Show who agreed to be named, by which name and before whom."""
    with ledger_of(config) as ledger:
        public, staff = ledger.may_be_named("public"), ledger.may_be_named("staff")
    rows = [[who, "public" if who in public else "staff", name] for who, name in staff.items()]
    header = ["person", "audience", "name"]
    if as_json:
        click.echo(as_json_text({"agreed": [dict(zip(header, row, strict=True)) for row in rows]}))
    else:
        click.echo(text_table(header, rows, "lll") if rows else "nobody has agreed to be named")
