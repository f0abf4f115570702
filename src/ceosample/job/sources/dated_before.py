"""Open letters that an earlier version of their regime dated, and what the one of today gives."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from ceosample.configuration import Configuration
from ceosample.errors import CeosampleError
from ceosample.job.month import Month
from ceosample.job.sources.existing_files import contents_of
from ceosample.letters.contents.due_dates import DueDatePolicy
from ceosample.letters.contents.moved_due_dates import is_of_another_version, moved_due_date
from ceosample.letters.regimes.elements import KIND
from ceosample.period import Period
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.lifecycle import ENDS
from ceosample.signoff.replay.valid_events import histories_of, valid_events


def open_letters_dated_before(
    ledger: Ledger, month: Month, deadlines: DueDatePolicy
) -> list[tuple[str, str | None]]:
    """Each open letter of the population that another version of its regime dated.

    Args:
        ledger: the ledger.
        month: the configuration, whose contents of all months are read as far as they can be.
        deadlines: how due dates are computed today.

    Returns:
        Its name in words, and what today's version makes of its date; None where that stays.
    """
    configuration = month.configuration
    counting = valid_events(ledger.events(population=configuration.population))
    old = {
        subject: history.docket
        for subject, history in histories_of(counting).items()
        if history.state not in ENDS and is_of_another_version(history.docket, deadlines)
    }
    by_month: dict[str, list[str]] = {}
    for subject in old:
        by_month.setdefault(subject.period, []).append(subject.unit_id)
    contents = {name: _contents(configuration, name, ids) for name, ids in by_month.items()}
    found = []
    for subject, recorded in old.items():
        docket, kind = _docket(contents[subject.period].get(subject.unit_id, {}), configuration)
        moved = moved_due_date(recorded, deadlines, docket, kind)
        found.append((f"letter {subject.unit_id} of {subject.period}", moved))
    return found


def _contents(
    configuration: Configuration, period: str, unit_ids: Sequence[str]
) -> Mapping[str, Mapping[str, Any]]:
    """The contents of a month's letters that can still be read."""
    with contextlib.suppress(CeosampleError):
        return contents_of(configuration, Period.parse(period), unit_ids)
    return {}


def _docket(
    fields: Mapping[str, Any], configuration: Configuration
) -> tuple[Mapping[str, Any] | None, str | None]:
    """A letter's docket and kind in its contents; no docket where they cannot be read."""
    letter, docket = fields.get("letter"), fields.get("docket")
    said = letter.get(KIND, configuration.kind) if isinstance(letter, Mapping) else None
    kind = said if isinstance(said, str) else None
    return (docket if isinstance(docket, Mapping) else None), kind
