"""The draw: which responses go to the chief executive, and a record that anyone can re-check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import attrs

from ceosample import files
from ceosample.canonical import Json, canonical_file, digest
from ceosample.errors import RecordError, SeedError
from ceosample.files import Contents
from ceosample.got import Private, got
from ceosample.period import Period
from ceosample.rational import fraction_text
from ceosample.result import Result
from ceosample.sampling.commitment import commitment_of
from ceosample.sampling.frames.frame import AnyFrame, summary
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.names import AT_REST, DRAW, EXCLUSIONS, MANIFEST
from ceosample.sampling.plans.plan import Design, Plan, require_plan
from ceosample.sampling.plans.pool import Line, Pool, in_line
from ceosample.sampling.plans.promise import Promise
from ceosample.sampling.plans.rotation import HasPast, Past, Turn
from ceosample.sampling.plans.waiting import AnyTurn
from ceosample.sampling.record import Record, difference, earlier_file, fault_of_reasons
from ceosample.sampling.seeds.seed import Seed
from ceosample.sampling.ticket import SCHEME, draw_key
from ceosample.show import Described, decimal, html_table, percent, stratum_words, text_table

_HEADER = ["unit_id", "stratum", "rank", "probability", "ticket"]
_ALIGN = "llrrl"
# A draw is of a month and knows no zone; the ledger's freeze does.
_DATES = "dates in UTC, unless the month is frozen with another time zone"


@attrs.frozen
class Selection(Described):
    """A unit that was drawn.

    Attributes:
        unit_id: the response.
        stratum: the stratum it was drawn in; ``()`` under ``srs``.
        ticket: 64 hexadecimal digits.
        rank: its place in the stratum by ticket, from 1.
        probability: its inclusion probability, exact; n/N but under a rotation or ``waiting``.
        line: under a rotation ``called`` for a stratum's turn, or ``open``; else None.
    """

    unit_id: str
    stratum: Stratum
    ticket: str
    rank: int
    probability: Fraction
    line: str | None = None

    @property
    def weight(self) -> Fraction:
        """The design weight, 1/pi: how many responses it represents.

        It is of the draw. Where substitutes took places, an eligible letter of the stratum was read
        with the chance ``n / (N - ineligible)``: estimate from the selections, with 0 for one that
        was ineligible, or tell the person who weighs the letters that were signed.
        """
        return 1 / self.probability

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        chance = f"{self.probability} ({percent(self.probability)})"
        facts = [*_standing(self), ("inclusion probability", chance)]
        return f"{self.unit_id}, drawn", [*facts, ("stands for", decimal(self.weight))]


@attrs.frozen
class Reserve(Described):
    """A unit next in line: it takes a place only if a selection of its line was ineligible."""

    unit_id: str
    stratum: Stratum
    ticket: str
    rank: int
    line: str | None = None

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        return f"{self.unit_id}, in reserve", _standing(self)


def _standing(unit: Selection | Reserve) -> list[tuple[str, str]]:
    """Where a unit stands among those of its stratum."""
    facts = [("stratum", stratum_words(unit.stratum)), ("rank", str(unit.rank))]
    return [*facts, ("ticket", unit.ticket), *([("line", unit.line)] if unit.line else [])]


@attrs.frozen(slots=False, repr=False, eq=False)  # a __dict__ is where cached_property keeps values
class Draw(Result):
    """A month's draw; what ``draw`` and ``Draw.load`` return.

    Attributes:
        frame: what it was drawn from.
        plan: the design.
        seed: the public digits.
        commitment: the digest that was fixed before the seed.
        pools: N, n and probability of each stratum.
        selections: the units drawn, by stratum and then ticket.
        reserves: the units next in line, in the same order.
        turn: under a rotation, the month's place in its block; under ``waiting``, how long the
            strata have waited; else None.

    >>> import ceosample as cs
    >>> frame = cs.Frame.from_records([{"id": f"R-{i}"} for i in range(100)],
    ...     population="complaint-responses", period="2026-10", unit_id="id")
    >>> seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    >>> drawn = cs.draw(frame, cs.Plan(size=3), seed)
    >>> len(drawn), drawn.unit_ids[0], str(drawn.pools[0].probability)
    (3, 'R-88', '3/100')
    """

    frame: AnyFrame
    plan: Plan
    seed: Seed
    commitment: str
    pools: tuple[Pool, ...]
    selections: tuple[Selection, ...]
    reserves: tuple[Reserve, ...]
    turn: AnyTurn | None = None

    @property
    def population(self) -> str:
        """The sampled stream."""
        return self.frame.population

    @property
    def period(self) -> Period:
        """The ISO month."""
        return self.frame.period

    @property
    def unit_ids(self) -> tuple[str, ...]:
        """The ids of the units drawn, in the record's order."""
        return tuple(selection.unit_id for selection in self.selections)

    @cached_property
    def record(self) -> bytes:
        """The bytes of ``draw.json``."""
        return canonical_file(self.to_dict())

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of ``draw.json``: the draw's name in the ledger and on the cover sheet."""
        return digest(self.record)

    def to_dict(self) -> dict[str, Json]:
        """The public record, as ``docs/record.md`` describes it."""
        return self._turn_as_json() | {
            "scheme": SCHEME,
            "population": self.population,
            "period": str(self.period),
            "commitment": self.commitment,
            "plan": self.plan.to_dict(),
            "seed": self.seed.to_dict(),
            "frame": summary(self.frame),
            "strata": [_pool_as_json(pool) for pool in self.pools],
            "selections": [_selection_as_json(selection) for selection in self.selections],
            "reserves": [_unit_as_json(reserve) for reserve in self.reserves],
        }

    def _turn_as_json(self) -> dict[str, Json]:
        if self.turn is None:
            return {}
        if not isinstance(self.turn, Turn):
            pools = [pool for pool in self.pools if not pool.take_all]
            n = sum(pool.letters for pool in pools)
            return self.turn.record(pools, n, self._identity)
        return {
            "rotation": {
                "block": str(self.turn.block),
                "earlier": [
                    {"period": str(past.period), "draw": past.digest} for past in self.turn.earlier
                ],
                "unreached": [list(stratum) for stratum in self.unreached],
            }
        }

    @property
    def _identity(self) -> tuple[str, str, str]:
        """What the keys of its tickets are made of."""
        return self.population, str(self.period), self.seed.value

    @property
    def earlier(self) -> tuple[Record, ...]:
        """Under a rotation or ``waiting``, the records of the earlier draws that it carries on."""
        return () if self.turn is None else tuple(Record.parse(p.data) for p in self.turn.earlier)

    @cached_property
    def past(self) -> Past:
        """What a later month of the same rotation needs to know of this draw."""
        return Record.parse(self.record).past

    @property
    def unreached(self) -> tuple[Stratum, ...]:
        """Strata that had letters in the rotation's block and were not drawn in it so far."""
        if not isinstance(self.turn, Turn):
            return ()
        rotating = [pool for pool in self.pools if not pool.take_all]
        present = [pool.stratum for pool in rotating]
        drawn = [pool.stratum for pool in rotating if pool.letters]
        return tuple(self.turn.unreached(present, drawn))

    def to_records(self) -> list[dict[str, object]]:
        """One row a selection, for a dataframe of your choice.

        ``weight`` is ``Selection.weight``: of the draw, and not of letters that substitutes
        took the place of.
        """
        return [
            {
                "unit_id": s.unit_id,
                **dict(zip(self.frame.variables, s.stratum, strict=False)),
                "ticket": s.ticket,
                "rank": s.rank,
                "probability": s.probability,
                "weight": s.weight,
            }
            for s in self.selections
        ]

    def promise(self) -> Promise:
        """What its plan promised on its frame."""
        return self.plan.promise(self.frame, self.earlier)

    def files(self) -> dict[str, bytes]:
        """The public record: name and bytes of each file. Touches no disk."""
        return {
            name: contents if isinstance(contents, bytes) else b"".join(contents())
            for name, contents in self._contents().items()
        }

    def save(self, folder: str | Path) -> None:
        """Write the public record into ``folder``, whole or not at all.

        The frame's files are written as they come, however large; one that is not committed to has
        none.

        Raises:
            ConflictError: the folder holds another draw, which stays.
        """
        files.write_set(Path(folder), self._contents(), index=DRAW, public=True)

    def _contents(self) -> dict[str, Contents]:
        tables: dict[str, Contents] = {}
        if self.frame.digest is not None:
            tables = {MANIFEST: self.frame.manifest, EXCLUSIONS: self.frame.excluded}
        return {
            **tables,
            **{earlier_file(record.period): record.data for record in self.earlier},
            DRAW: self.record,
        }

    @classmethod
    def load(cls, folder: str | Path, *, frame: AnyFrame | None = None) -> Draw:
        """The draw of a public record, drawn again to make sure that the record is right.

        Args:
            folder: holds the public record.
            frame: where it was drawn from, if that is not to be read from the folder's tables.

        Raises:
            RecordError: a file is missing, malformed, or is not what a redraw gives;
                ``verify`` says more.
            SeedError: the seed is none, or the key of its beacon did not sign it.
        """
        place = Path(folder)
        record = Record.parse(files.read(place / DRAW))
        if frame is None:
            record.require_committed()
            frame = record.frame(files.read(place / MANIFEST), files.read(place / EXCLUSIONS))
        earlier = record.earlier([files.read(place / name) for name in record.earlier_files])
        seed = record.seed()
        seed.require_signed()
        redrawn = draw_again(frame, record.plan(), seed, earlier)
        found = difference(redrawn.to_dict(), dict(record.fields)) or fault_of_reasons(
            frame.exclusions, record.fields
        )
        if found is not None:
            raise RecordError(f"{place / DRAW}: {found}; 'ceosample verify' tells more")
        # The digest is that of the file as it stands: a later release may have added a field.
        vars(redrawn)["record"] = record.data
        return redrawn

    def __getitem__(self, unit_id: str) -> Selection | Reserve:
        units: tuple[Selection | Reserve, ...] = (*self.selections, *self.reserves)
        for unit in units:
            if unit.unit_id == unit_id:
                return unit
        raise KeyError(unit_id)

    def __len__(self) -> int:
        return len(self.selections)

    def __iter__(self) -> Iterator[Selection]:
        return iter(self.selections)

    def _caption(self) -> str:
        resting = self.frame.exclusions.get(AT_REST, 0)
        return (
            f"{len(self)} of {sum(self.frame.sizes().values())} responses drawn"
            + (f" ({resting} at rest left out)" if resting else "")
            + ": "
            f"{self.population}, {self.period}, draw {self.digest[:8]}"
            + (f"; seed {self.seed.label}" if self.seed.label else "")
        )

    def _rows(self) -> list[list[str]]:
        return [
            [s.unit_id, stratum_words(s.stratum), str(s.rank), str(s.probability), s.ticket[:8]]
            for s in self.selections
        ]

    @property
    def block_words(self) -> str:
        """Under a rotation, how far its block is after this draw; otherwise empty."""
        if not isinstance(self.turn, Turn):
            return ""
        named = ", ".join(map(stratum_words, self.unreached)) or "none"
        when = "missed by" if self.turn.left == 1 else "not reached so far in"
        return f"{when} the block that began in {self.turn.block}: {named}"

    def __repr__(self) -> str:
        return f"<Draw {self._caption()}>"

    def __str__(self) -> str:
        table = text_table(_HEADER, self._rows(), _ALIGN)
        return "\n".join(filter(None, [self._caption(), table, self.block_words, _DATES]))

    def _repr_html_(self) -> str:
        notes = [self.block_words, _DATES] if self.block_words else [_DATES]
        return html_table(self._caption(), _HEADER, self._rows(), _ALIGN, notes)


def draw(frame: AnyFrame, plan: Plan, seed: Seed, earlier: Iterable[HasPast] = ()) -> Draw:
    """Draw: in each stratum the n units with the lowest tickets, and the next ones as reserves.

    The same arguments give the same draw on every machine. A larger size under the same seed
    contains the smaller one's units; not so under a rotation or ``waiting``.

    Args:
        frame: what could be chosen.
        plan: the design.
        seed: the public digits, which must be younger than the freeze; the ledger enforces that.
        earlier: under a rotation, the draws of the earlier months of its block; under ``waiting``,
            those of the 24 months before.

    Raises:
        PlanError: the plan cannot be carried out on this frame, or an earlier draw is not one.
        FrameError, SeedError: what is given is no frame, or no seed.

    >>> from ceosample import Frame, Plan, Seed, draw
    >>> frame = Frame.from_records([{"id": f"R-{i}"} for i in range(100)],
    ...     population="complaint-responses", period="2026-10", unit_id="id")
    >>> seed = Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    >>> draw(frame, Plan(size=3), seed).unit_ids
    ('R-88', 'R-52', 'R-76')
    """
    found = draw_again(frame, plan, seed, earlier)
    plan.require_own_name(frame)
    return found


def draw_again(frame: AnyFrame, plan: Plan, seed: Seed, earlier: Iterable[HasPast] = ()) -> Draw:
    """The same for what was frozen before, by whichever release."""
    require_plan(plan)
    if not isinstance(seed, Seed):
        raise SeedError(
            f"seed: {got(seed, Private.SEED)}; give a Seed, such as Seed.from_dice(...) returns"
        )
    design = plan.design(frame, earlier)
    plan = plan.carried_out(design)
    selections: list[Selection] = []
    reserves: list[Reserve] = []
    for line in _lines(design, plan.reserves, (frame.population, str(frame.period), seed.value)):
        for rank, ((ticket, unit_id), pool) in enumerate(line.units, 1):
            unit = (unit_id, pool.stratum, ticket, rank)
            if rank <= line.letters:
                selections.append(Selection(*unit, pool.probability, line.name))
            else:
                reserves.append(Reserve(*unit, line.name))
    return Draw(
        frame=frame,
        plan=plan,
        seed=seed,
        commitment=commitment_of(frame, plan, design.turn, seed.source).digest,
        pools=_counted(design.pools, selections),
        selections=tuple(sorted(selections, key=_place)),
        reserves=tuple(sorted(reserves, key=_place)),
        turn=design.turn,
    )


def _lines(design: Design, reserves: int, identity: tuple[str, str, str]) -> Iterator[Line]:
    """The lines in which the units stand: one a pool, but where a turn says who gives a letter."""
    rotating = [pool for pool in design.pools if design.turn is not None and not pool.take_all]
    pools = [pool for pool in design.pools if design.turn is None or pool.take_all]
    counts = [pool.letters + reserves for pool in pools]
    found = in_line(design.strata, pools, draw_key(*identity), counts)
    for pool, units in zip(pools, found, strict=True):
        yield Line(pool.letters, tuple((unit, pool) for unit in units))
    if design.turn is not None:
        yield from design.turn.lines(design.strata, rotating, design.size, reserves, identity)


def _place(unit: Selection | Reserve) -> tuple[Stratum, str, str]:
    """Where a unit stands in the record: by stratum, then ticket, then the id's bytes."""
    return unit.stratum, unit.ticket, unit.unit_id


def _counted(pools: Iterable[Pool], selections: Sequence[Selection]) -> tuple[Pool, ...]:
    """The pools with the letters that were drawn, which some plans leave to chance."""
    drawn = Counter(selection.stratum for selection in selections)
    return tuple(
        attrs.evolve(pool, letters=drawn[pool.stratum], probability=pool.probability)
        for pool in pools
    )


def _pool_as_json(pool: Pool) -> Json:
    return {
        "stratum": list(pool.stratum),
        "N": pool.size,
        "n": pool.letters,
        "probability": fraction_text(pool.probability),
    }


def _selection_as_json(selection: Selection) -> Json:
    return _unit_as_json(selection) | {"probability": fraction_text(selection.probability)}


def _unit_as_json(unit: Selection | Reserve) -> dict[str, Json]:
    line: dict[str, Json] = {} if unit.line is None else {"line": unit.line}
    return line | {
        "unit_id": unit.unit_id,
        "stratum": list(unit.stratum),
        "ticket": unit.ticket,
        "rank": unit.rank,
    }
