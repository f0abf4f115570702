"""A frame in its files: read again for each question, so that no more of it is held than is asked.

To verify a draw of a hundred million responses takes the memory of the letters that were drawn.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

import attrs

from ceosample.errors import FrameError, raise_faults
from ceosample.files import Contents, chunks_of
from ceosample.period import Period
from ceosample.progress import watched
from ceosample.sampling.engine import EngineName, engine_of
from ceosample.sampling.frames.cuts import Cut, labels
from ceosample.sampling.frames.frame import REASON, checked_month, reconcile, spec_of_files
from ceosample.sampling.frames.manifest import batches_of, digest_of, kept
from ceosample.sampling.frames.proved_files import Found, NotProved, parts_of, proved_files, tail_of
from ceosample.sampling.frames.rows import ColumnNames, RowReader, faults_of_reasons
from ceosample.sampling.frames.strata import Renamed, Stratum, lowest_below
from ceosample.sampling.frames.table import Table
from ceosample.sampling.frames.units import Units
from ceosample.sampling.names import EXCLUSIONS, MANIFEST
from ceosample.sampling.ticket import Numbered, Ticketed, below, limit_bytes
from ceosample.unseen import unseen_in


@attrs.frozen(repr=False, eq=False)
class SavedFrame:
    """The frame that ``manifest.csv`` and ``exclusions.csv`` hold.

    Attributes:
        population, period, variables, control_total, content: the same as those of a ``Frame``.
        exclusions: the number of responses left out, by reason.
        digest, excluded_digest: the SHA-256 of the two files, which every reading is compared with.
        unseen: the code points in ids and strata that are not seen, each once.
    """

    population: str
    period: Period
    variables: tuple[str, ...]
    exclusions: Mapping[str, int]
    control_total: int | None
    content: bool
    digest: str
    excluded_digest: str
    unseen: str
    _sizes: Mapping[Stratum, int]
    _engine: EngineName | None
    _plain: bool
    _manifest: Contents
    _excluded: Contents

    @classmethod
    def of(
        cls,
        manifest: Contents,
        excluded: Contents,
        *,
        population: str,
        period: str | Period,
        control_total: int | None = None,
        engine: EngineName | None = None,
    ) -> SavedFrame:
        """Read the two files strictly.

        Args:
            manifest, excluded: the files.
            population, period, control_total: those of the frame.
            engine: what is to compute the tickets; it takes all ids into memory at once.

        Raises:
            RecordError: the bytes are not a manifest as the specification writes it.
            FrameError: they are, but hold something that no frame may: the first such thing.
        """
        lines = sum(chunk.count(b"\n") for chunk in chunks_of(manifest))
        with watched(f"checking {MANIFEST}", "line") as tell:
            found = proved_files(manifest, excluded, lambda done: tell(done, lines - 1))
        if found is None:
            found = _looked_at(manifest, excluded, population, period, control_total)
        spec = spec_of_files(*found.headers, population, period, control_total)
        month, columns = checked_month(spec, saved=True), spec.columns
        reconcile(sum(found.sizes.values()), sum(found.reasons.values()), control_total)
        return cls(
            population=population,
            period=month,
            variables=columns.strata,
            exclusions=dict(sorted(found.reasons.items())),
            control_total=control_total,
            content=columns.content is not None,
            digest=found.digests[0],
            excluded_digest=found.digests[1],
            unseen=found.unseen,
            sizes=dict(sorted(found.sizes.items())),
            engine=engine,
            plain=found.plain,
            manifest=_held(manifest, found.digests[0]),
            excluded=_held(excluded, found.digests[1]),
        )

    def sizes(self) -> Mapping[Stratum, int]:
        """The number of eligible responses in each stratum, by the bytes of its values."""
        return self._sizes

    def lowest(self, key: str, counts: Mapping[Stratum, int]) -> dict[Stratum, list[Ticketed]]:
        """The asked number of units with the lowest tickets in each stratum, in order."""
        return self.lowest_among({stratum: stratum for stratum in self._sizes}, key, counts)

    def lowest_among(
        self, names: Mapping[Stratum, Stratum], key: str, counts: Mapping[Stratum, int]
    ) -> dict[Stratum, list[Ticketed]]:
        """The units with the lowest tickets under other names of the strata, in one reading."""
        if self._engine is not None and self._plain and self._sizes:
            asked = engine_of(self._engine)
            return asked.lowest_among(self._units(), self.variables, names, key, counts)
        sizes = Renamed(self, names).sizes()
        return lowest_below(counts, sizes, lambda bounds: self._below(key, names, bounds), _changed)

    def _below(
        self, key: str, names: Mapping[Stratum, Stratum], bounds: Mapping[Stratum, int]
    ) -> dict[Stratum, list[Numbered]]:
        """The units whose tickets are below the bounds of their strata, in one reading."""
        found: dict[Stratum, list[Numbered]] = {name: [] for name in bounds}
        kind_of: Callable[[Stratum], Hashable] = tail_of if self._plain else tuple
        called = {kind_of(s): name for s, name in names.items() if name in bounds}
        limits = _Limits({kind: limit_bytes(bounds[name]) for kind, name in called.items()})
        highest = max(limits.values(), default=b"")
        try:
            for ids, kinds in self._parts():
                for kind, digits, unit_id in below(key, ids, kinds, limits, highest):
                    found[called[kind]].append((digits, unit_id.decode()))
        except NotProved:
            raise _changed() from None
        return found

    def _units(self) -> Units:
        """All units, which an engine takes as columns."""
        strata = tuple(self._sizes)
        place = {tail_of(stratum): number for number, stratum in enumerate(strata)}
        ids: list[bytes] = []
        places = array("i")
        try:
            for part in parts_of(self._manifest):
                ids.append(b"\n".join([*part.ids, b""]))
                places.extend(place.get(tail, 0) for tail in part.tails)
        except NotProved:
            raise _changed() from None
        return Units(b"".join(ids), places.tobytes(), strata)

    def _parts(self) -> Iterator[tuple[Iterable[bytes], Iterable[Hashable]]]:
        """The ids, each with what tells its stratum, some thousand at a time."""
        if self._plain:
            yield from ((part.ids, part.tails) for part in parts_of(self._manifest))
            return
        width = 1 + len(self.variables)
        for rows in self._rows():
            yield [row[0].encode() for row in rows], [tuple(row[1:width]) for row in rows]

    def merged(self, names: Mapping[Stratum, Stratum]) -> Renamed:
        """Strata under other names, those of one name as one."""
        return Renamed(self, names)

    def cut(self, cuts: Mapping[str, Cut]) -> Renamed:
        """The strata with numeric or date variables cut at a plan's points."""
        return self.merged(labels([*self._sizes], self.variables, cuts))

    def committed(self, unit_ids: Collection[str]) -> dict[str, str]:
        """The salted digests of these letters' contents, where the frame commits to them."""
        asked = {*unit_ids} if self.content else {*()}
        return {row[0]: row[-1] for rows in self._rows() for row in rows if row[0] in asked}

    def manifest(self) -> Iterator[bytes]:
        """The bytes of ``manifest.csv``, in chunks."""
        return iter(chunks_of(self._manifest))

    def excluded(self) -> Iterator[bytes]:
        """The bytes of ``exclusions.csv``, in chunks."""
        return iter(chunks_of(self._excluded))

    def _rows(self) -> Iterator[list[list[str]]]:
        return _body(self._manifest, MANIFEST)


class _Limits(dict[Hashable, bytes]):
    """The limits of the strata that were asked for; no ticket is below that of another."""

    def __missing__(self, kind: Hashable) -> bytes:
        return b""


def _looked_at(
    manifest: Contents,
    excluded: Contents,
    population: str,
    period: str | Period,
    control_total: int | None,
) -> Found:
    """What the files hold, each line looked at by itself.

    Raises:
        RecordError, FrameError: as :meth:`SavedFrame.of` has them.
    """
    digest, excluded_digest = (digest_of(chunks_of(data)) for data in (manifest, excluded))
    manifest, excluded = _held(manifest, digest), _held(excluded, excluded_digest)
    headers = _header(manifest, MANIFEST), _header(excluded, EXCLUSIONS)
    spec = spec_of_files(*headers, population, period, control_total)
    checked_month(spec, saved=True)
    census = _Census(spec.columns, manifest, excluded)
    raise_faults(FrameError, census.faults)
    return Found(headers, (digest, excluded_digest), census.sizes, census.reasons, census.unseen)


class _Census:
    """Two files counted and looked at by the rules for a table of both, one behind the other."""

    def __init__(self, asked: ColumnNames, manifest: Contents, excluded: Contents) -> None:
        self.sizes: Counter[Stratum] = Counter()
        self.reasons: Counter[str] = Counter()
        self.faults: list[str] = []
        self.unseen = ""
        self._asked = asked
        self._count = 0
        names = ["unit_id", *asked.strata, *([asked.content] if asked.content else [])]
        lines = sum(chunk.count(b"\n") for chunk in chunks_of(manifest))
        with watched(f"checking {MANIFEST}", "line") as tell:
            for rows in _body(manifest, MANIFEST):
                self._take(rows, names, {})
                tell(self._count, lines - 1)
        eligible = enumerate((row[0] for rows in _body(manifest, MANIFEST) for row in rows), 1)
        unit = next(eligible, None)
        for rows in _body(excluded, EXCLUSIONS):
            both = {}
            for unit_id, _ in rows:
                while unit is not None and unit[1] < unit_id:
                    unit = next(eligible, None)
                if unit is not None and unit[1] == unit_id:
                    both[unit_id] = unit[0]
            self._take(rows, ["unit_id", REASON], both)
        self.faults = [*faults_of_reasons(REASON, self.reasons), *self.faults][:1]

    def _take(self, batch: list[list[str]], names: Sequence[str], seen: Mapping[str, int]) -> None:
        columns = dict(zip(names, zip(*batch, strict=True), strict=True))
        nothing = [None] * len(batch)
        first = self._count + 1
        self._count += len(batch)
        numbers = range(first, first + len(batch))
        found = {name: columns.get(name, nothing) for name in self._asked.wanted}
        rows = RowReader(
            Table(found, len(batch), numbers), self._asked, None, seen=seen, saved=True
        )
        said = "".join(chain.from_iterable(batch))
        self.unseen = "".join(dict.fromkeys(self.unseen + unseen_in(said)))
        self.sizes.update(unit.stratum for unit in rows.units)
        self.reasons.update(reason for _, reason in rows.left_out)
        self.faults = self.faults or rows.faults()
        if REASON in names and rows.units and not self.faults:
            self.faults.append(f"{EXCLUSIONS}: a row without a reason; it has one for each unit")


def _header(data: Contents, name: str) -> list[str]:
    """The header of a file whose form is right to its end."""
    header: list[str] = []
    for rows in batches_of(data, name):
        header = header or rows[0]
    return header


def _body(data: Contents, name: str) -> Iterator[list[list[str]]]:
    """The rows below the header."""
    above = 1
    for rows in batches_of(data, name):
        if body := rows[above:]:
            yield body
        above = 0


def _held(data: Contents, digest: str) -> Contents:
    """A file of which every reading to its end is compared with the digest of the first."""
    return lambda: kept(chunks_of(data), digest, _changed)


def _changed() -> FrameError:
    return FrameError(f"{MANIFEST}, {EXCLUSIONS}: changed while they were read; read them again")
