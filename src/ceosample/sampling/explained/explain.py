"""One response's own story, drawn again from a month's public files and not believed."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import attrs

from ceosample import files
from ceosample.canonical import digest
from ceosample.errors import CeosampleError, RecordError
from ceosample.files import Contents
from ceosample.got import got_name
from ceosample.period import Period
from ceosample.sampling.blinding.code import salt_of
from ceosample.sampling.blinding.formula import blinded_id
from ceosample.sampling.draw import Draw, Reserve, Selection
from ceosample.sampling.explained.explanation import Explanation
from ceosample.sampling.explained.fields import DrawOutcome, Standing, TurnOfStratum
from ceosample.sampling.frames.frame import AnyFrame
from ceosample.sampling.frames.manifest import batches_of
from ceosample.sampling.frames.strata import Renamed, Stratum
from ceosample.sampling.names import DRAW, EXCLUSIONS, MANIFEST
from ceosample.sampling.plans.pool import Pool
from ceosample.sampling.plans.rotation import CALLED, OPEN, Turn
from ceosample.sampling.plans.waiting import Waiting
from ceosample.sampling.record import Record
from ceosample.sampling.ticket import draw_key, numbering
from ceosample.sampling.verify import Level, verify_draw
from ceosample.text import WHITE_SPACE


def explain(folder: str | Path, unit_id: str, *, code: str | None = None) -> Explanation:
    """Why one response of a month was drawn or not, from the month's public files alone.

    The files are drawn again first. Where they do not verify, the explanation says so and nothing
    of the response.

    Args:
        folder: holds ``draw.json``, ``manifest.csv`` and ``exclusions.csv``, and the earlier draws
            that the record names.
        unit_id: the response, as the files name it; with a code, the firm's number.
        code: the code that leads from the firm's number to the blinded id; None for a frame that
            has its ids in clear.

    Raises:
        RecordError: the folder has no ``draw.json`` that can be read, or an id or a code that
            cannot be one.

    >>> import tempfile
    >>> from ceosample import Frame, Plan, Seed, draw
    >>> from ceosample.verification import explain
    >>> frame = Frame.from_records([{"id": f"R-{i}"} for i in range(100)],
    ...     population="complaint-responses", period="2026-10", unit_id="id")
    >>> seed = Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     draw(frame, Plan(size=3), seed).save(folder)
    ...     found = explain(folder, "R-52")
    >>> found.outcome.value, found.standings[0].lower
    ('drawn', 1)
    """
    number = None if code is None else _as_typed(unit_id)
    asked = id_in_files(unit_id, code)
    place = Path(folder)
    record = Record.parse(files.read(place / DRAW))
    try:
        drawn = _drawn_again(place, record)
    except CeosampleError:
        report = verify_draw(place)
        if report.ok:
            raise
        return Explanation(
            unit_id=asked,
            number=number,
            population=record.fields["population"],
            period=Period.parse(record.period),
            draw=digest(record.data),
            outcome=DrawOutcome.UNPROVED,
            level=report.level,
            first_difference=report.first_difference,
        )
    known = Explanation(
        unit_id=asked,
        number=number,
        population=drawn.population,
        period=drawn.period,
        draw=drawn.digest,
        outcome=DrawOutcome.ABSENT,
        level=Level.REPRODUCED,
        scheme=_scheme(drawn),
        eligible=sum(drawn.frame.sizes().values()),
    )
    return _found(drawn, known)


def id_in_files(unit_id: str, code: str | None) -> str:
    """The id under which the files have a response; with a code it is blinded.

    Raises:
        RecordError: an id or a code that cannot be one.
    """
    name = unit_id if code is None else _as_typed(unit_id)
    if fault := got_name(name):
        raise RecordError(f"ID: {fault}")
    return name if code is None else blinded_id(salt_of(code), name)


def _as_typed(number: str) -> str:
    """A number as a person types it from a letter, without the white space around it."""
    if not isinstance(number, str):
        return number
    return unicodedata.normalize("NFC", number.strip(WHITE_SPACE))


def names_it(folder: Path, unit_id: str) -> bool | None:
    """Whether one of a month's two tables has a line of this id; None if they cannot be read."""
    try:
        return any(found == unit_id for found in _ids(_tables_in(folder)))
    except RecordError:
        return None


def names_other_case(folder: Path, unit_id: str) -> bool:
    """Whether one id of a month's two tables differs from this one in capital letters alone."""
    try:
        return _other_case(_ids(_tables_in(folder)), unit_id) is not None
    except RecordError:
        return False


def _other_case(ids: Iterable[str], unit_id: str) -> str | None:
    """The only id that differs from one in capital letters alone, if there is only one."""
    plain = unit_id.lower()
    alike = [found for found in ids if found.lower() == plain]
    return alike[0] if len(alike) == 1 else None


def _tables_in(folder: Path) -> dict[str, Contents]:
    """A month's two tables in their files."""
    return {name: files.there(folder / name) for name in (MANIFEST, EXCLUSIONS)}


def _ids(tables: Mapping[str, Contents]) -> Iterator[str]:
    """The ids of tables."""
    return (row[0] for name, contents in tables.items() for row in _rows(contents, name))


def _rows(contents: Contents, name: str) -> Iterator[list[str]]:
    """The rows of a table below its header."""
    rows = (row for rows in batches_of(contents, name) for row in rows)
    next(rows, None)
    return rows


def _drawn_again(place: Path, record: Record) -> Draw:
    """The draw, from tables that stay in their files."""
    record.require_committed()
    manifest, excluded = (files.there(place / name) for name in (MANIFEST, EXCLUSIONS))
    return Draw.load(place, frame=record.saved_frame(manifest, excluded))


def _scheme(drawn: Draw) -> str:
    """How the letters were shared."""
    allocation = drawn.plan.allocation
    if drawn.plan.rotation is not None:
        return "rotation"
    return allocation if isinstance(allocation, str) else "as stated"


def _found(drawn: Draw, known: Explanation) -> Explanation:
    """The explanation with what the tables say of the response."""
    recorded = next((s for name, s in _units(drawn.frame) if name == known.unit_id), None)
    if recorded is not None:
        return _chances(drawn, attrs.evolve(known, recorded=recorded))
    tables = {MANIFEST: drawn.frame.manifest, EXCLUSIONS: drawn.frame.excluded}
    left = _rows(tables[EXCLUSIONS], EXCLUSIONS)
    reason = next((row[1] for row in left if row[0] == known.unit_id), None)
    if reason is None:
        return attrs.evolve(known, other_case=_other_case(_ids(tables), known.unit_id))
    return attrs.evolve(known, outcome=DrawOutcome.EXCLUDED, reason=reason)


def _units(frame: AnyFrame) -> Iterator[tuple[str, Stratum]]:
    """Each id of the manifest with its stratum there."""
    width = 1 + len(frame.variables)
    for row in _rows(frame.manifest, MANIFEST):
        yield row[0], tuple(row[1:width])


def _chances(drawn: Draw, known: Explanation) -> Explanation:
    """The explanation of a response that could be drawn."""
    look = _Look(drawn, known)
    chosen = look.chosen
    outcome = DrawOutcome.NOT_DRAWN
    reserve = None
    if isinstance(chosen, Selection):
        outcome = DrawOutcome.DRAWN
    elif chosen is not None:
        outcome = DrawOutcome.RESERVE
        (letters,) = (s.letters for s in look.standings if s.line == chosen.line)
        reserve = chosen.rank - letters
    return attrs.evolve(
        known,
        outcome=outcome,
        stratum=look.pool.stratum,
        take_all=look.pool.take_all,
        probability=look.pool.probability,
        standings=look.standings,
        turn=look.turn,
        lots=look.lots,
        reserve=reserve,
    )


class _Look:
    """A response among those that it competed with."""

    def __init__(self, drawn: Draw, known: Explanation) -> None:
        self._drawn = drawn
        self._id = known.unit_id
        design = drawn.plan.design(drawn.frame, drawn.earlier)
        names = (
            design.strata.names
            if isinstance(design.strata, Renamed)
            else {stratum: stratum for stratum in design.strata.sizes()}
        )
        by_member = {member: pool for pool in drawn.pools for member in pool.members}
        self._pools: dict[Stratum, Pool] = {s: by_member[name] for s, name in names.items()}
        self.pool = self._pools[known.recorded or ()]
        kept: tuple[Selection | Reserve, ...] = (*drawn.selections, *drawn.reserves)
        self.chosen = next((unit for unit in kept if unit.unit_id == self._id), None)
        self.turn, self.lots = self._turn(), self._lots()
        self.standings = tuple(self._standings())

    @property
    def _identity(self) -> tuple[str, str, str]:
        return self._drawn.population, str(self._drawn.period), self._drawn.seed.value

    def _turn(self) -> TurnOfStratum | None:
        """What a rotation or ``waiting`` had for its stratum."""
        turn, stratum = self._drawn.turn, self.pool.stratum
        if turn is None or self.pool.take_all:
            return None
        if isinstance(turn, Turn):
            if any(s.stratum == stratum and s.line == CALLED for s in self._drawn):
                return TurnOfStratum.CALLED
            before = stratum in turn.drawn
            return TurnOfStratum.DRAWN_BEFORE if before else TurnOfStratum.NOT_CALLED
        if self.pool.expected == 1:
            return TurnOfStratum.CERTAIN
        return TurnOfStratum.PICKED if self.pool.letters else TurnOfStratum.NOT_PICKED

    def _lots(self) -> tuple[int, int] | None:
        """Under ``waiting``, the lots of its stratum and those of all."""
        turn = self._drawn.turn
        if not isinstance(turn, Waiting) or self.pool.take_all:
            return None
        lots = turn.lots(pool.stratum for pool in self._drawn.pools if not pool.take_all)
        return lots[self.pool.stratum], sum(lots.values())

    def _standings(self) -> Iterator[Standing]:
        rotates = isinstance(self._drawn.turn, Turn) and not self.pool.take_all
        yield self._standing(
            CALLED if rotates else None,
            draw_key(*self._identity),
            lambda _, pool: pool is self.pool,
        )
        called = {unit.unit_id for unit in self._drawn if unit.line == CALLED}
        if rotates and self._id not in called:
            yield self._standing(
                OPEN,
                draw_key(*self._identity, purpose=OPEN),
                lambda unit_id, pool: not pool.take_all and unit_id not in called,
            )

    def _standing(
        self, line: str | None, key: str, competes: Callable[[str, Pool], bool]
    ) -> Standing:
        """Where its ticket under a key stands among those that compete."""
        number_of = numbering(key)
        own = number_of(self._id), self._id
        among = lower = 0
        for unit_id, stratum in _units(self._drawn.frame):
            if competes(unit_id, self._pools[stratum]):
                among += 1
                lower += (number_of(unit_id), unit_id) < own
        drawn = [
            unit.ticket
            for unit in self._drawn
            if unit.line == line and (line == OPEN or unit.stratum == self.pool.stratum)
        ]
        return Standing(line, own[0].hex(), lower, among, len(drawn), max(drawn, default=None))
