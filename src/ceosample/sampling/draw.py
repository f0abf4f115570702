"""The draw: which responses go to the chief executive, and a record that anyone can re-check."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Final

import attrs

from ceosample import files
from ceosample.canonical import Json, canonical_file, digest
from ceosample.errors import RecordError
from ceosample.period import Period
from ceosample.sampling.commitment import commit
from ceosample.sampling.frame import EXCLUSIONS, MANIFEST, AnyFrame, Stratum, summary
from ceosample.sampling.plan import Plan
from ceosample.sampling.pool import Pool
from ceosample.sampling.promise import Promise
from ceosample.sampling.record import Record, difference
from ceosample.sampling.seed import Seed
from ceosample.sampling.ticket import SCHEME, Ticketed, draw_key
from ceosample.show import html_table, stratum_words, text_table

DRAW: Final = "draw.json"

_HEADER = ["unit_id", "stratum", "rank", "probability", "ticket"]
_ALIGN = "llrrl"


@attrs.frozen
class Selection:
    """A unit that was drawn.

    Attributes:
        unit_id: the response.
        stratum: the stratum it was drawn in; ``()`` under ``srs``.
        ticket: 64 hexadecimal digits.
        rank: its place in the stratum by ticket, from 1.
        probability: its inclusion probability, n/N, exact.
    """

    unit_id: str
    stratum: Stratum
    ticket: str
    rank: int
    probability: Fraction

    @property
    def weight(self) -> Fraction:
        """The design weight, 1/pi: how many responses it stands for."""
        return 1 / self.probability


@attrs.frozen
class Reserve:
    """A unit next in line: it takes a place only if a selection of its stratum was ineligible."""

    unit_id: str
    stratum: Stratum
    ticket: str
    rank: int


@attrs.frozen(slots=False, repr=False, eq=False)  # a __dict__ is where cached_property keeps values
class Draw:
    """A month's draw; what ``draw`` and ``Draw.load`` return.

    Attributes:
        frame: what it was drawn from.
        plan: the design.
        seed: the public digits.
        commitment: the digest that was fixed before the seed.
        pools: N, n and probability of each stratum.
        selections: the units drawn, by stratum and then ticket.
        reserves: the units next in line, likewise.
    """

    frame: AnyFrame
    plan: Plan
    seed: Seed
    commitment: str
    pools: tuple[Pool, ...]
    selections: tuple[Selection, ...]
    reserves: tuple[Reserve, ...]

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
        return {
            "scheme": SCHEME,
            "population": self.population,
            "period": str(self.period),
            "commitment": self.commitment,
            "plan": self.plan.to_dict(),
            "seed": self.seed.to_dict(),
            "frame": summary(self.frame),
            "strata": [_pool_as_json(pool) for pool in self.pools],
            "selections": [_selection_as_json(selection) for selection in self.selections],
            "reserves": [_reserve_as_json(reserve) for reserve in self.reserves],
        }

    def to_records(self) -> list[dict[str, object]]:
        """One row a selection, for a dataframe of your choice."""
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
        return self.plan.promise(self.frame)

    def files(self) -> dict[str, bytes]:
        """The public record: name and bytes of each file. Touches no disk."""
        return {
            MANIFEST: b"".join(self.frame.manifest()),
            EXCLUSIONS: b"".join(self.frame.excluded()),
            DRAW: self.record,
        }

    def save(self, folder: str | Path) -> None:
        """Write the public record into ``folder``, whole or not at all.

        Raises:
            ConflictError: the folder holds another draw, which stays.
        """
        files.write_set(Path(folder), self.files(), index=DRAW)

    @classmethod
    def load(cls, folder: str | Path) -> Draw:
        """Read a public record back, drawing again to make sure that it is what it says.

        Raises:
            RecordError: a file is missing, malformed, or is not what a redraw gives;
                ``verify`` says more.
        """
        place = Path(folder)
        record = Record.parse(files.read(place / DRAW))
        manifest, excluded = files.read(place / MANIFEST), files.read(place / EXCLUSIONS)
        redrawn = draw(record.frame(manifest, excluded), record.plan(), record.seed())
        found = difference(redrawn.to_dict(), dict(record.fields))
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
        return (
            f"{len(self)} of {sum(self.frame.sizes().values())} responses drawn: "
            f"{self.population}, {self.period}, draw {self.digest[:8]}"
        )

    def _rows(self) -> list[list[str]]:
        return [
            [s.unit_id, stratum_words(s.stratum), str(s.rank), str(s.probability), s.ticket[:8]]
            for s in self.selections
        ]

    def __repr__(self) -> str:
        return f"<Draw {self._caption()}>"

    def __str__(self) -> str:
        return f"{self._caption()}\n{text_table(_HEADER, self._rows(), _ALIGN)}"

    def _repr_html_(self) -> str:
        return html_table(self._caption(), _HEADER, self._rows(), _ALIGN)


def draw(frame: AnyFrame, plan: Plan, seed: Seed) -> Draw:
    """Draw: in each stratum the n units with the lowest tickets, and the next ones as reserves.

    The same frame, plan and seed give the same draw on every machine. A larger size under the same
    seed contains the smaller one's units.

    Args:
        frame: what could be chosen.
        plan: the design.
        seed: the public digits, which must be younger than the freeze; the ledger enforces that.

    Raises:
        PlanError: the plan cannot be carried out on this frame.

    >>> from ceosample import Frame, Plan, Seed, draw
    >>> frame = Frame.from_records([{"id": f"R-{i}"} for i in range(100)],
    ...     population="complaint-responses", period="2026-10", unit_id="id")
    >>> seed = Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    >>> draw(frame, Plan(size=3), seed).unit_ids
    ('R-88', 'R-52', 'R-76')
    """
    pools = plan.pools(frame.sizes())
    key = draw_key(frame.population, str(frame.period), seed.value)
    selections: list[Selection] = []
    reserves: list[Reserve] = []
    for pool, units in zip(pools, _next_in_line(frame, plan, pools, key), strict=True):
        for rank, (ticket, unit_id) in enumerate(units, 1):
            if rank <= pool.letters:
                selections.append(Selection(unit_id, pool.stratum, ticket, rank, pool.probability))
            else:
                reserves.append(Reserve(unit_id, pool.stratum, ticket, rank))
    return Draw(
        frame=frame,
        plan=plan,
        seed=seed,
        commitment=commit(frame, plan, seed_source=seed.source).digest,
        pools=tuple(pools),
        selections=tuple(selections),
        reserves=tuple(reserves),
    )


def _next_in_line(
    frame: AnyFrame, plan: Plan, pools: list[Pool], key: str
) -> Iterator[list[Ticketed]]:
    """For each pool its selections and reserves, lowest ticket first."""
    sizes = frame.sizes()
    counts = {
        member: min(pool.letters + plan.reserves, sizes[member])
        for pool in pools
        for member in pool.members
    }
    lowest = frame.lowest(key, counts)  # one question, however many strata there are
    for pool in pools:
        units = sorted(unit for member in pool.members for unit in lowest[member])
        yield units[: pool.letters + plan.reserves]


def as_fraction(value: Fraction) -> str:
    """An exact fraction as the record writes it: always ``p/q``, in lowest terms."""
    return f"{value.numerator}/{value.denominator}"


def _pool_as_json(pool: Pool) -> Json:
    return {
        "stratum": list(pool.stratum),
        "N": pool.size,
        "n": pool.letters,
        "probability": as_fraction(pool.probability),
    }


def _selection_as_json(selection: Selection) -> Json:
    return {
        "unit_id": selection.unit_id,
        "stratum": list(selection.stratum),
        "ticket": selection.ticket,
        "rank": selection.rank,
        "probability": as_fraction(selection.probability),
    }


def _reserve_as_json(reserve: Reserve) -> Json:
    return {
        "unit_id": reserve.unit_id,
        "stratum": list(reserve.stratum),
        "ticket": reserve.ticket,
        "rank": reserve.rank,
    }
