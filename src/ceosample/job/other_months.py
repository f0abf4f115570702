"""A population's other months: the ids in their frames, and those that were left out."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from ceosample import files
from ceosample.canonical import digest
from ceosample.configuration import Configuration
from ceosample.errors import ConflictError
from ceosample.period import Period
from ceosample.sampling.names import EXCLUSIONS, MANIFEST
from ceosample.signoff.store.events import Event, uncorrected
from ceosample.spreadsheet import csv_lines

if TYPE_CHECKING:
    from ceosample.sampling.frames.frame import Frame


@attrs.frozen
class OtherMonth:
    """A month that is frozen, or would be by then; its files are read when they are asked for.

    Attributes:
        period: which month.
        unit_ids: gives the ids of its frame.
        left_out: gives what its frame leaves out: id to reason.
        set_aside: whether its draw was superseded and it was not begun again. It opens the month
            after it all the same, since what the register carried forward does not depend on the
            draw; its frame, which may have been wrong, claims no response.
    """

    period: Period
    unit_ids: Callable[[], Iterable[str]]
    left_out: Callable[[], Mapping[str, str]]
    set_aside: bool = False

    @classmethod
    def from_folder(
        cls, configuration: Configuration, frozen: Event, *, set_aside: bool = False
    ) -> OtherMonth:
        """A frozen month's, from its folder; a file is what was frozen, or it is refused."""
        period = Period.parse(str(frozen.period))
        folder = configuration.month_folder(period)
        return cls(
            period,
            lambda: (row[0] for row in _rows(folder, MANIFEST, frozen.payload["manifest"])),
            lambda: dict(_rows(folder, EXCLUSIONS, frozen.payload["excluded"])),
            set_aside,
        )

    @classmethod
    def of(cls, frame: Frame) -> OtherMonth:
        """Those of a frame that is not frozen yet."""
        return cls(
            frame.period,
            lambda: (unit.unit_id for unit in frame.units),
            lambda: dict(frame.left_out),
        )


def others(
    configuration: Configuration,
    months: Mapping[Period, Mapping[str, Event]],
    period: Period,
    events: Iterable[Event] = (),
) -> list[OtherMonth]:
    """The other frozen months, oldest first.

    Args:
        configuration: whose folders hold them.
        months: their states.
        period: the month whose others they are.
        events: the ledger's, for months that were set aside too; empty to leave those out.
    """
    found = [
        OtherMonth.from_folder(configuration, newest["frozen"])
        for other, newest in months.items()
        if other != period and "frozen" in newest
    ]
    aside = {p for p, newest in months.items() if p != period and "frozen" not in newest}
    found += [
        OtherMonth.from_folder(configuration, frozen, set_aside=True)
        for other, frozen in _last_freezes(configuration, events).items()
        if other in aside and _is_there(configuration.month_folder(other), frozen)
    ]
    return sorted(found, key=lambda other: other.period)


def _last_freezes(configuration: Configuration, events: Iterable[Event]) -> dict[Period, Event]:
    """Each month's last freeze, superseded or not."""
    return {
        Period.parse(str(event.period)): event
        for event in uncorrected(events)
        if event.kind == "frozen" and event.population == configuration.population
    }


def _is_there(folder: Path, frozen: Event) -> bool:
    """Whether the files of a month that was set aside still lie in its folder."""
    names = ((MANIFEST, "manifest"), (EXCLUSIONS, "excluded"))
    there = [(files.read_if_there(folder / name), frozen.payload[said]) for name, said in names]
    return all(data is not None and digest(data) == said for data, said in there)


def _rows(folder: Path, name: str, said: str) -> Iterator[list[str]]:
    """The rows of a frozen file, in which nothing needs checking once its digest is right.

    Raises:
        ConflictError: it is not there, or not what was frozen.
    """
    data = files.read_if_there(folder / name)
    if data is None:
        raise ConflictError(
            f"{folder / name}: not there, and no response may be in two months' frames; restore it "
            f"from the backup, or make it again with 'ceosample rebuild {folder.name}'"
        )
    if digest(data) != said:
        raise ConflictError(
            f"{folder / name}: changed since the freeze (its SHA-256 is {digest(data)}, the ledger "
            f"has {said}); restore it from the backup"
        )
    rows = csv_lines(io.StringIO(data.decode(), newline=""))
    next(rows)
    return rows
