"""The eligible responses of a frame, in columns: a million small objects would cost too much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat

import attrs

from ceosample.sampling.frames.manifest import CHUNK, field
from ceosample.sampling.frames.strata import Members, Stratum


@attrs.frozen
class Unit:
    """An eligible response: its id, its stratum and, where committed to, its content's digest."""

    unit_id: str
    stratum: Stratum
    content: str | None = None


@attrs.frozen
class Units:
    """Eligible responses by the bytes of their ids, as columns of one length.

    Attributes:
        ids: their ids.
        places: of each one, the place of its stratum in ``strata``.
        strata: those that have a unit, by the bytes of their values.
        contents: the salted digests of their contents; None where these are not committed to.
    """

    ids: tuple[str, ...]
    places: tuple[int, ...]
    strata: tuple[Stratum, ...]
    contents: tuple[str, ...] | None = None

    @classmethod
    def of(cls, units: Iterable[Unit], *, content: bool) -> Units:
        """The columns of units in any order."""
        ordered = sorted(units, key=lambda unit: unit.unit_id)
        strata = sorted({unit.stratum for unit in ordered})
        place = {stratum: number for number, stratum in enumerate(strata)}
        return cls(
            ids=tuple(unit.unit_id for unit in ordered),
            places=tuple(place[unit.stratum] for unit in ordered),
            strata=tuple(strata),
            contents=tuple(unit.content or "" for unit in ordered) if content else None,
        )

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Unit]:
        strata = map(self.strata.__getitem__, self.places)
        return map(Unit, self.ids, strata, self.contents or repeat(None))

    def members(self) -> Members:
        """The ids of each stratum."""
        ids: list[list[str]] = [[] for _ in self.strata]
        for unit_id, place in zip(self.ids, self.places, strict=True):
            ids[place].append(unit_id)
        return Members(dict(zip(self.strata, ids, strict=True)))

    def lines(self) -> Iterator[bytes]:
        """The lines of ``manifest.csv`` below its header, in chunks."""
        ends = ["".join(f",{field(value)}" for value in stratum) for stratum in self.strata]
        for start in range(0, len(self.ids), CHUNK):
            some = slice(start, start + CHUNK)
            ids: Sequence[str] = self.ids[some]
            said = "".join(ids)
            if "," in said or '"' in said:
                ids = [*map(field, ids)]
            rows = zip(
                ids, self.places[some], self.contents[some] if self.contents else ids, strict=True
            )
            if self.contents is None:
                yield "".join([f"{unit_id}{ends[place]}\n" for unit_id, place, _ in rows]).encode()
            else:
                yield "".join(
                    [f"{unit_id}{ends[place]},{content}\n" for unit_id, place, content in rows]
                ).encode()


def as_columns(units: Units | Iterable[Unit]) -> Units:
    """Units as columns, which is what they may be given as."""
    if isinstance(units, Units):
        return units
    told = [*units]
    return Units.of(told, content=any(unit.content is not None for unit in told))


@attrs.frozen
class FrameRows:
    """The rows of a table that has no fault.

    Attributes:
        units: the eligible responses.
        left_out: ``(unit_id, reason)`` of the others, by the bytes of their ids.
    """

    units: Units
    left_out: tuple[tuple[str, str], ...]
