"""The moments in letters' contents, by the zone whose days the letters print and count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import attrs

from ceosample.days import day_of, local
from ceosample.letters.contents.due_dates import DueDatePolicy
from ceosample.letters.contents.fields import LetterContents


def with_days(
    fetched: Iterable[LetterContents], deadlines: DueDatePolicy, zone: str | None
) -> list[LetterContents]:
    """The letters' fields with moments written by the zone, and the docket's moments as dates.

    So what a letter prints, what its docket shows and what its deadline counts from is one day. A
    date, and a moment without an offset, stay as they are.

    Args:
        fetched: the fields of each letter.
        deadlines: the regimes, one of which may have a zone of its own.
        zone: the population's; None for the regime's, or UTC where no regime is named.
    """
    found = []
    for fields in fetched:
        place = zone or deadlines.zone_of(fields.docket)
        docket = {
            name: day_of(value, place) if _is_aware(value) else value
            for name, value in fields.docket.items()
        }
        found.append(attrs.evolve(fields, letter=in_zone(fields.letter, place), docket=docket))
    return found


def in_zone(value: Any, zone: str | None) -> Any:
    """A cleaned field, or a mapping of them, with each moment written by a zone; None for UTC."""
    if _is_aware(value):
        return local(value, zone)
    if isinstance(value, dict):
        return {name: in_zone(item, zone) for name, item in value.items()}
    if isinstance(value, list):
        return [in_zone(item, zone) for item in value]
    return value


def _is_aware(value: object) -> bool:
    return isinstance(value, dt.datetime) and value.utcoffset() is not None
