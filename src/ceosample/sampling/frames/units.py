"""The eligible responses of a frame, in columns: a million small objects would cost too much."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat

import attrs

from ceosample.sampling.frames.manifest import field
from ceosample.sampling.frames.strata import Stratum

#: So many bytes of ids are taken apart at once.
_AT_ONCE = 1 << 20


@attrs.frozen
class Unit:
    """An eligible response: its id, its stratum and, where committed to, its content's digest."""

    unit_id: str
    stratum: Stratum
    content: str | None = None


@attrs.frozen
class Units:
    """Eligible responses by the bytes of their ids, as columns of bytes.

    Bytes are compared, hashed and copied as a whole, and nothing walks through them.

    Attributes:
        ids: their ids in UTF-8, each with a line feed behind it.
        places: of each one, the place of its stratum in ``strata``, as C's ``int``.
        strata: those that have a unit, by the bytes of their values.
        contents: the salted digests of their contents, each with a line feed behind it; None where
            these are not committed to.
    """

    ids: bytes = attrs.field(repr=False)
    places: bytes = attrs.field(repr=False)
    strata: tuple[Stratum, ...]
    contents: bytes | None = attrs.field(default=None, repr=False)

    @classmethod
    def of(cls, units: Iterable[Unit], *, content: bool) -> Units:
        """The columns of units in any order."""
        ordered = sorted(units, key=lambda unit: unit.unit_id)
        strata = sorted({unit.stratum for unit in ordered})
        place = {stratum: number for number, stratum in enumerate(strata)}
        return cls(
            ids="".join([f"{unit.unit_id}\n" for unit in ordered]).encode(),
            places=array("i", [place[unit.stratum] for unit in ordered]).tobytes(),
            strata=tuple(strata),
            contents="".join([f"{unit.content or ''}\n" for unit in ordered]).encode()
            if content
            else None,
        )

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[Unit]:
        strata = map(self.strata.__getitem__, self.numbers)
        contents = repeat(None) if self.contents is None else _texts(self.contents)
        return map(Unit, _texts(self.ids), strata, contents)

    @property
    def numbers(self) -> Sequence[int]:
        """The places as numbers."""
        return memoryview(self.places).cast("i")

    def names(self) -> list[str]:
        """The ids as texts."""
        return _texts(self.ids)

    def sizes(self) -> dict[Stratum, int]:
        """The number of units in each stratum, by the bytes of its values."""
        # Its numpy is what a command need not wait for that freezes nothing.
        import numpy as np

        counts = np.bincount(np.frombuffer(self.places, np.intc), minlength=len(self.strata))
        return dict(zip(self.strata, counts.tolist(), strict=True))

    def parts(self) -> Iterator[tuple[list[bytes], Sequence[int]]]:
        """The ids in UTF-8 and the places of their strata, some thousand at a time."""
        start, done = 0, 0
        while start < len(self.ids):
            end = self.ids.find(b"\n", min(start + _AT_ONCE, len(self.ids) - 1)) + 1
            ids = self.ids[start : end - 1].split(b"\n")
            yield ids, self.numbers[done : done + len(ids)]
            start, done = end, done + len(ids)

    def committed(self, unit_ids: Iterable[str]) -> dict[str, str]:
        """The digests of the contents of some units."""
        asked = {unit_id.encode() for unit_id in unit_ids}
        pairs = zip(self.ids.split(b"\n"), (self.contents or b"").split(b"\n"), strict=False)
        return {one.decode(): content.decode() for one, content in pairs if one in asked}

    def lines(self) -> Iterator[bytes]:
        """The lines of ``manifest.csv`` below its header, in chunks."""
        end = b"\n" if self.contents is None else b","
        ends = ["".join(f",{field(v)}" for v in stratum).encode() + end for stratum in self.strata]
        contents = iter((self.contents or b"").splitlines(keepends=True))
        for ids, places in self.parts():
            said = b"".join(ids)
            if b"," in said or b'"' in said:
                ids = [field(one.decode()).encode() for one in ids]
            columns = [ids, map(ends.__getitem__, places)]
            if self.contents is not None:
                columns.append(contents)
            yield b"".join(chain.from_iterable(zip(*columns, strict=False)))


def _texts(lines: bytes) -> list[str]:
    return lines.decode().split("\n")[:-1]


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
