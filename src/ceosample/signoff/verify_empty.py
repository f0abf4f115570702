"""A folder of a month in which nothing was eligible: two tables, no draw and no letter."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

from ceosample import files
from ceosample.canonical import digest
from ceosample.errors import CeosampleError, RecordError
from ceosample.letters.papers import PACK
from ceosample.sampling.frames.manifest import csv_to_rows
from ceosample.sampling.names import DRAW, EXCLUSIONS, MANIFEST
from ceosample.sampling.verify import Level
from ceosample.signoff.replay.lifecycle import is_empty
from ceosample.signoff.replay.valid_events import valid_events

if TYPE_CHECKING:
    from ceosample.signoff.ledger import Ledger

_ALONE: Final = "not shown by these files: that they were frozen so; the ledger (--ledger) shows it"


@attrs.frozen
class EmptyMonth:
    """What was found of the folder of a month without letters.

    Attributes:
        level: ``UNCOMMITTED`` by the files alone, ``REPRODUCED`` where the ledger froze them so,
            ``FRAME`` where it did not.
        first_difference: what was wrong; None if nothing was.
        notes: what was looked at.
    """

    level: Level
    first_difference: str | None
    notes: tuple[str, ...]


def verify_empty(place: Path, ledger: Ledger | None) -> EmptyMonth | None:
    """What is found of a folder whose manifest has no row; None where it is no such folder.

    Args:
        place: the folder.
        ledger: the ledger that froze the month; None to look at the files alone.
    """
    if any((place / name).is_symlink() or (place / name).exists() for name in (DRAW, PACK)):
        return None
    try:
        tables = [files.read(place / name) for name in (MANIFEST, EXCLUSIONS)]
        rows, left_out = (
            csv_to_rows(data, name)[1:]
            for data, name in zip(tables, (MANIFEST, EXCLUSIONS), strict=True)
        )
    except RecordError:
        return None
    if rows:
        return None
    counts = sorted(Counter(reason for _, reason in left_out).items())
    said = ", ".join(f"{reason} {count}" for reason, count in counts) or "nothing"
    notes = (f"nothing was eligible, so there is no draw and no letter; left out: {said}",)
    if ledger is None:
        return EmptyMonth(Level.UNCOMMITTED, None, (*notes, _ALONE))
    try:
        return _compared(place, ledger, digest(tables[0]), digest(tables[1]), notes)
    except CeosampleError as error:
        return EmptyMonth(Level.FRAME, str(error), notes)


def _compared(
    place: Path, ledger: Ledger, manifest: str, excluded: str, notes: tuple[str, ...]
) -> EmptyMonth:
    """The same, by the ledger's freezes of months without letters."""
    report = ledger.check()
    if report.first_difference is not None:
        return EmptyMonth(Level.FRAME, f"ledger: {report.first_difference}", notes)
    frozen = [event for event in valid_events(ledger.events()) if event.kind == "frozen"]
    months = [
        f"{event.population}, {event.period}"
        for event in frozen
        if is_empty(event)
        and (event.payload["manifest"], event.payload["excluded"]) == (manifest, excluded)
    ]
    if not months:
        return EmptyMonth(
            Level.FRAME,
            f"{place}: the ledger froze no month as empty with these two tables; restore the "
            "month's folder from the backup, or give the ledger that froze it",
            notes,
        )
    found = (
        f"ledger: froze these tables for {'; '.join(months)}, {report.events} events, all of them "
        "checked"
    )
    return EmptyMonth(Level.REPRODUCED, None, (*notes, found))
