"""A state in Prometheus' text format, for the textfile collector of a node exporter.

https://prometheus.io/docs/instrumenting/exposition_formats/ says how it is written. Times are Unix
times in seconds, so that a rule computes an age at the time at which it asks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final, TypeAlias

from ceosample.health.state import Facts, Health

#: A metric's value, under its labels.
LabelledValue: TypeAlias = tuple[dict[str, str], int | float]

#: What each metric says, by its name without the prefix.
HELP: Final = {
    "health_status": "The state: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.",
    "health_timestamp_seconds": "When the state was asked for.",
    "build_info": "The release of ceosample that asked.",
    "ledger_up": "Whether the ledger could be read.",
    "last_run_timestamp_seconds": "When the last run ended.",
    "last_run_exit_code": "The exit code of the last run.",
    "last_success_timestamp_seconds": "When a run last ended without an error.",
    "waiting_since_timestamp_seconds": "Since when a month waits for its seed, or for a run.",
    "waiting_months": "Months that are due and not sent.",
    "late_letters": "Open letters whose due date is over.",
    "empty_places": "Places that no letter fills any more.",
    "missing_packs": "Months whose folder lost files or packs.",
    "ledger_events": "Events in the ledger.",
    "ledger_checked_timestamp_seconds": "When the whole ledger was last checked.",
    "ledger_checked_events": "Events that this check covered.",
    "ledger_check_ok": "Whether this check found no difference.",
    "clock_behind_seconds": "Seconds by which this computer's clock is before the newest event.",
}


def exposition(health: Health) -> str:
    """The text of a state; it ends with a line end, as the format asks."""
    families: dict[str, list[LabelledValue]] = {}
    for name, labels, value in _samples(health):
        families.setdefault(name, []).append((labels, value))
    lines = []
    for name, samples in families.items():
        lines += [f"# HELP ceosample_{name} {HELP[name]}", f"# TYPE ceosample_{name} gauge"]
        lines += [f"ceosample_{name}{_written(labels)} {value}" for labels, value in samples]
    return "".join(f"{line}\n" for line in lines)


def _samples(health: Health) -> Iterator[tuple[str, dict[str, str], int | float]]:
    of = {"population": health.population}
    yield "build_info", {"version": health.program}, 1
    yield "health_status", of, int(health.level)
    yield "health_timestamp_seconds", of, _unix(health.at)
    yield "ledger_up", of, int(health.facts is not None)
    run, check = health.last_run, health.checked
    if run is not None:
        yield "last_run_timestamp_seconds", of, _unix(run.at)
        yield "last_run_exit_code", of, run.exit_code
        if run.succeeded_at is not None:
            yield "last_success_timestamp_seconds", of, _unix(run.succeeded_at)
    if health.facts is not None:
        yield from _of_facts(health.facts, of)
    if check is not None:
        yield "ledger_checked_timestamp_seconds", of, _unix(check.at)
        yield "ledger_checked_events", of, check.events
        yield "ledger_check_ok", of, int(check.ok)


def _of_facts(
    facts: Facts, of: dict[str, str]
) -> Iterator[tuple[str, dict[str, str], int | float]]:
    for one in facts.waiting:
        labels = {**of, "period": one.period, "for": one.what}
        yield "waiting_since_timestamp_seconds", labels, _unix(one.since)
    yield "waiting_months", of, len(facts.waiting)
    yield "late_letters", of, facts.late_letters
    yield "empty_places", of, facts.empty_places
    yield "missing_packs", of, len(facts.missing_packs)
    yield "ledger_events", of, facts.events
    yield "clock_behind_seconds", of, facts.clock_behind


def _unix(moment: dt.datetime) -> float:
    return moment.timestamp()


def _written(labels: dict[str, str]) -> str:
    escaped = {
        name: value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
        for name, value in labels.items()
    }
    return "{" + ",".join(f'{name}="{value}"' for name, value in escaped.items()) + "}"
