"""A state as a monitoring plug-in tells it: a line of text, then performance data.

https://www.monitoring-plugins.org/doc/guidelines.html says what a line is; Nagios, Icinga, Checkmk
and Zabbix's agent read it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from ceosample.health.state import Facts, Health
from ceosample.signoff.rules.clock import BEHIND

_DAY: Final = 86_400


def plugin_lines(health: Health) -> str:
    """What a plug-in prints of a state; its exit code is ``health.level``."""
    about = f" - {health.population}" if health.population else ""
    told = f"CEOSAMPLE {health.level.name}{about}: {_clean(health.headline)}"
    data = " ".join(_data(health))
    first = f"{told} | {data}" if data else told
    details = [f"{f.level.name}: {_clean(f.words)} ({f.reason})" for f in health.findings]
    return "\n".join([first, *details])


def _data(health: Health) -> Iterator[str]:
    """Performance data: ``label=value[unit];warn;crit;min``, ages in seconds."""
    if health.facts is not None:
        yield from _of_facts(health.facts, health)
    run, check = health.last_run, health.checked
    if run is not None and run.succeeded_at is not None:
        yield f"last_success={_age(run.succeeded_at, health.at)}s;;;0"
    if check is not None:
        yield f"last_check={_age(check.at, health.at)}s;;;0"


def _of_facts(facts: Facts, health: Health) -> Iterator[str]:
    longest = max((_age(one.since, health.at) for one in facts.waiting), default=0)
    yield f"waiting={longest}s;{health.waiting_days * _DAY};;0"
    yield f"waiting_months={len(facts.waiting)};;;0"
    yield f"late_letters={facts.late_letters};0;;0"
    yield f"empty_places={facts.empty_places};;;0"
    yield f"missing_packs={len(facts.missing_packs)};;0;0"
    yield f"clock_behind={facts.clock_behind}s;;{int(BEHIND.total_seconds())};0"
    yield f"events={facts.events};;;0"


def _age(moment: dt.datetime, now: dt.datetime) -> int:
    return max(0, int((now - moment).total_seconds()))


def _clean(words: str) -> str:
    """Words without the sign that begins performance data, and without line ends."""
    return " ".join(words.replace("|", "/").split())
