"""The state of the months: status, figures, letters at risk."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ceosample import job
from ceosample.canonical import Json
from ceosample.cli.group import cli
from ceosample.cli.options import (
    DIFFERENCE,
    MONTH,
    as_of_option,
    check_options,
    checked_if_asked,
    config_option,
    configured,
    foot,
    json_option,
    ledger_of,
    now,
)
from ceosample.configuration import Configuration
from ceosample.period import Period
from ceosample.result import as_json_text
from ceosample.signoff.figures.month_summary import MonthSummary, summarise
from ceosample.signoff.figures.outside.open_cases import OpenCase, open_cases
from ceosample.signoff.figures.past_signoffs import counts, in_words
from ceosample.signoff.known_heads import unknown_heads
from ceosample.signoff.replay.seeds import published_by
from ceosample.signoff.store.events import Event
from ceosample.spreadsheet import MACHINE, csv_table, guarded, harmless

if TYPE_CHECKING:  # each command loads the figures that it shows
    from ceosample.result import Result
    from ceosample.signoff.check import ChainReport
    from ceosample.signoff.figures.metrics import Metrics
    from ceosample.signoff.figures.outside.casebook import CasebookSummary
    from ceosample.signoff.figures.policies import PolicySummary


@cli.command()
@config_option
@click.option("--period", type=MONTH, help="One month, such as 2026-10.  [default: all]")
@click.option(
    "--to-post",
    is_flag=True,
    help="Instead list, as CSV, each signed letter that is still to be posted, with its file.",
)
@check_options
@json_option
def status(
    config: Path,
    period: Period | None,
    to_post: bool,
    check: bool,
    head: str | None,
    checked_head: str | None,
    as_json: bool,
) -> None:
    """Show the state of each month: sign-off coverage with every denominator, and open letters."""
    configuration = configured(config)
    with ledger_of(config) as ledger:
        report = checked_if_asked(
            ledger, check=check, head=head, checked_head=checked_head, as_json=as_json
        )
        events = [*ledger.events(population=configuration.population, period=period)]
        if to_post:
            _show_to_post(configuration, events, as_json)
            return
        chains = ledger.chains(configuration.population)
        claims = counts(ledger.imported(configuration.population), first=period, last=period)
        cases = open_cases(ledger.case_events(configuration.population), now())
        newest = ledger.head
        lost = job.lost_files(configuration, ledger.month_events(configuration.population))
        unknown = [*unknown_heads(ledger, configuration.population, configuration.packs)]
    months, still = summarise(events), job.still_open_by_month(configuration, events)
    if as_json:
        found: dict[str, Json] = {
            "head": newest,
            "seed_chains": [dict(event.payload) for event in chains],
            "months": [
                {**month.to_dict(), "responses": _said(still.get(month.period))} for month in months
            ],
            "imported": [row.to_dict() for row in claims],
            "not_in_ledger": [*unknown],
            "lost": [month.to_dict() for month in lost],
        }
        if cases:
            found["open_cases"] = [case.to_dict() for case in cases]
        if report is not None:
            found["check"] = report.to_dict()
        click.echo(as_json_text(found))
    else:
        foot = [
            _open_cases_in_words(cases),
            in_words(claims),
            *map(_chain_in_words, chains),
            f"head {newest}",
        ]
        click.echo(_status_in_words(months, still, "\n".join(filter(None, foot))))
        if report is not None:
            click.echo(f"\nledger {report}")
        if unknown:
            said = "\n  ".join(unknown)
            click.echo(f"\nthis ledger is older than its packs, or another one:\n  {said}")
        if lost:
            click.echo("\n" + "\n".join(map(str, lost)))
    if unknown or lost:
        sys.exit(DIFFERENCE)


def _show_to_post(configuration: Configuration, events: list[Event], as_json: bool) -> None:
    """List the letters to post, as 'ceosample record dispatched --from' takes them."""
    from ceosample.job import outlets  # loads the templates, which a status needs no other time
    from ceosample.signoff.replay.valid_events import histories_of, valid_events

    histories = histories_of(valid_events(events)).values()
    rows = outlets.to_post(configuration, histories, now())
    if as_json:
        objects: list[Json] = [dict(zip(outlets.TO_POST, row, strict=True)) for row in rows]
        click.echo(as_json_text(objects))
    else:
        cells = ([*map(guarded, which), harmless(path)] for *which, path in rows)
        table = csv_table(outlets.TO_POST, cells, MACHINE).decode()
        click.echo(table.replace("\r\n", "\n"), nl=False)


def _said(still: job.StillOpen | None) -> Json:
    return None if still is None else still.to_dict()


def _status_in_words(
    months: list[MonthSummary], still: Mapping[str, job.StillOpen], foot: str
) -> str:
    if not months:
        return f"no month is frozen yet\n{foot}"
    told = [
        f"{month}\n\n{still[month.period]}" if month.period in still else str(month)
        for month in months
    ]
    return "\n\n".join([*told, foot])


def _open_cases_in_words(cases: Sequence[OpenCase]) -> str:
    """The open cases by their states; empty without one. They are none of any month's letters."""
    states: dict[str, list[str]] = {}
    for case in cases:
        states.setdefault(case.state, []).append(f"{case.case}{' (late)' if case.overdue else ''}")
    lines = [f"  {state}: {', '.join(states[state])}" for state in sorted(states)]
    return "\n".join(["open cases, which no figure above counts:", *lines, ""]) if lines else ""


def _chain_in_words(event: Event) -> str:
    chain, reason = published_by(event), event.payload.get("reason_code")
    why = f", replaces the one before ({reason})" if reason else ""
    return f"seed chain {chain.end[:8]} for {chain.first} to {chain.last}{why}"


@cli.command("metrics")
@config_option
@click.option(
    "--first", type=MONTH, help="The first month, such as 2026-01.  [default: the earliest]"
)
@click.option("--last", type=MONTH, help="The last month.  [default: the newest]")
@as_of_option
@click.option("--budget", type=int, help="The minutes that the executive has to read a month.")
@check_options
@json_option
def metrics_command(
    config: Path,
    first: Period | None,
    last: Period | None,
    as_of: dt.datetime | None,
    budget: int | None,
    check: bool,
    head: str | None,
    checked_head: str | None,
    as_json: bool,
) -> None:
    """Show every figure of the sign-off, each with its denominator, and the ledger's head.

    Before figures go to a board, give --check, or --head with a hash from paper.
    """
    from ceosample.signoff.figures.metrics import metrics
    from ceosample.signoff.figures.outside.casebook import casebook_summary

    configuration = configured(config)
    population = configuration.population
    with ledger_of(config) as ledger:
        report = checked_if_asked(
            ledger, check=check, head=head, checked_head=checked_head, as_json=as_json
        )
        found = metrics(
            ledger.events_for(population, first, last)
            if first is not None and last is not None
            else ledger.events(population=population),
            population=population,
            first=first,
            last=last,
            as_of=as_of or now(),
            holidays=configuration.deadlines.get("holidays", ()),
            budget=budget,
        )
        cases = casebook_summary(
            ledger.case_events(population),
            population=population,
            first=first,
            last=last,
            as_of=as_of or now(),
        )
        newest = ledger.head
    _show(found, newest, report, as_json=as_json, cases=cases if cases.months else None)


@cli.command("at-risk")
@config_option
@click.option("--within", type=int, default=5, show_default=True, help="The number of days ahead.")
@as_of_option
@json_option
def at_risk_command(config: Path, within: int, as_of: dt.datetime | None, as_json: bool) -> None:
    """Show letters that may miss their deadline, and letters without an owner.

    It also lists contacts that were asked for until one follows, questions to the board until they
    are answered, and what letters promised until it is kept.
    """
    from ceosample.signoff.figures.customers.asked_for import asked_for, cases_asked_for
    from ceosample.signoff.figures.customers.promised import open_promises
    from ceosample.signoff.figures.open_letters import at_risk, without_owner
    from ceosample.signoff.figures.outside.open_cases import cases_at_risk
    from ceosample.signoff.figures.ratio import of_readings
    from ceosample.signoff.replay.readings import populations_of_readings

    configuration = configured(config)
    with ledger_of(config) as ledger:
        events = list(ledger.events(population=configuration.population))
    moment = as_of or now()
    found: dict[str, Result] = {
        "at_risk": at_risk(events, as_of=moment, within=within),
        "without_owner": without_owner(events),
        "asked_for": asked_for(events, as_of=moment),
        "promises": open_promises(events, as_of=moment, within=within),
    }
    cases = cases_at_risk(events, as_of=moment, within=within)
    if cases.unowned.of:
        found["cases"] = cases
    asked_of_cases = cases_asked_for(events, as_of=moment)
    if asked_of_cases.contacts.of or asked_of_cases.questions.of:
        found["cases_asked_for"] = asked_of_cases
    if populations_of_readings(events):
        found |= {name: of_readings(found[name]) for name in ("at_risk", "without_owner")}
    if as_json:
        click.echo(as_json_text({name: result.to_dict() for name, result in found.items()}))
    else:
        click.echo("\n\n".join(map(str, found.values())))


@cli.command("policies")
@config_option
@as_of_option
@check_options
@json_option
def policies_command(
    config: Path,
    as_of: dt.datetime | None,
    check: bool,
    head: str | None,
    checked_head: str | None,
    as_json: bool,
) -> None:
    """Show which policies colleagues depart from, and which reviews are overdue."""
    from ceosample.signoff.figures.policies import policy_summary

    configuration = configured(config)
    with ledger_of(config) as ledger:
        report = checked_if_asked(
            ledger, check=check, head=head, checked_head=checked_head, as_json=as_json
        )
        events = list(ledger.events(population=configuration.population))
        newest = ledger.head
    _show(policy_summary(events, as_of or now()), newest, report, as_json=as_json)


def _show(
    found: Metrics | PolicySummary,
    head: str,
    report: ChainReport | None,
    *,
    as_json: bool,
    cases: CasebookSummary | None = None,
) -> None:
    """Figures, with the ledger's head and its check; below them those of any cases."""
    if not as_json:
        parts = (found, *([cases] if cases else []), foot(head, report))
        click.echo("\n\n".join(map(str, parts)))
        return
    check = None if report is None else report.to_dict()
    casebook: dict[str, Json] = {"casebook": cases.to_dict()} if cases else {}
    click.echo(as_json_text({**found.to_dict(), **casebook, "head": head, "check": check}))
