"""The frame: every response that could have been chosen, frozen, with what was left out and why."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import attrs

from ceosample.canonical import Json, is_digest
from ceosample.errors import FrameError, raise_all
from ceosample.period import Period
from ceosample.sampling import table as tables
from ceosample.sampling.cells import Column, exclusion_code, name_of_unit, stratum_value
from ceosample.sampling.manifest import csv_to_rows, rows_to_csv
from ceosample.sampling.ticket import Ticketed, lowest_tickets
from ceosample.show import html_table, stratum_words
from ceosample.text import fault_in_name, shown

#: The values of the stratum variables, in their order; ``()`` where there are none.
Stratum: TypeAlias = tuple[str, ...]

MANIFEST = "manifest.csv"
EXCLUSIONS = "exclusions.csv"

#: More reasons than this is a sign that the column holds something else.
MOST_REASONS = 50

#: What a population may be called.
POPULATION = re.compile(r"[a-z0-9-]{1,100}")
_RESERVED = ("unit_id", "content")

#: The reasons of ``exclusions.csv`` beside the manifest's columns: no variable can have this name.
_REASON = "reason "


class AnyFrame(Protocol):
    """The questions that a frame answers, in memory or in a database; ``draw`` asks no others."""

    @property
    def population(self) -> str: ...
    @property
    def period(self) -> Period: ...
    @property
    def variables(self) -> tuple[str, ...]: ...
    @property
    def exclusions(self) -> Mapping[str, int]: ...
    @property
    def control_total(self) -> int | None: ...
    @property
    def content(self) -> bool: ...
    @property
    def digest(self) -> str: ...
    @property
    def excluded_digest(self) -> str: ...

    def sizes(self) -> Mapping[Stratum, int]: ...
    def lowest(
        self, key: str, counts: Mapping[Stratum, int]
    ) -> Mapping[Stratum, list[Ticketed]]: ...
    def manifest(self) -> Iterator[bytes]: ...
    def excluded(self) -> Iterator[bytes]: ...


@attrs.frozen
class Unit:
    """An eligible response: its id, its stratum and, where committed to, its content's digest."""

    unit_id: str
    stratum: Stratum
    content: str | None = None


@attrs.frozen(slots=False, repr=False)  # a __dict__ is where cached_property keeps its value
class Frame:
    """The eligible responses of one population in one period, in memory.

    Make one with :meth:`from_dataframe`, :meth:`from_csv` or :meth:`from_records`. Rows in any
    order, from any library, give the same frame and the same bytes.

    Attributes:
        population: the name of the sampled stream: lower-case letters, digits and hyphens.
        period: the ISO month.
        variables: the names of the stratum variables, in the plan's order.
        units: the eligible responses, sorted by the bytes of their ids.
        left_out: ``(unit_id, reason)`` of the others, sorted likewise.
        control_total: the independent register's count of all rows, or None.
        content: whether the frame commits to the letters' contents.

    >>> frame = Frame.from_records(
    ...     [{"id": 7, "division": "Loans"}, {"id": "8", "division": "Cards"}],
    ...     population="complaint-responses", period="2026-10", unit_id="id", strata=["division"])
    >>> frame.sizes()
    {('Cards',): 1, ('Loans',): 1}
    """

    population: str
    period: Period
    variables: tuple[str, ...]
    units: tuple[Unit, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    control_total: int | None = None
    content: bool = False

    @classmethod
    def from_dataframe(
        cls,
        table: Any,
        *,
        population: str,
        period: str | Period,
        unit_id: str,
        strata: Sequence[str] = (),
        exclusion: str | None = None,
        content: str | None = None,
        missing: str | None = None,
        control_total: int | None = None,
    ) -> Frame:
        """Freeze a pandas, polars, pyarrow, ... table: one row a response.

        Args:
            table: the table; whatever narwhals can read row by row.
            population: the name of the sampled stream.
            period: the ISO month, ``"2026-10"``.
            unit_id: the column of ids: text or whole numbers.
            strata: the columns whose values make the strata; none at all makes one stratum.
            exclusion: the column that is empty for an eligible response and otherwise holds the
                reason for leaving it out, a code such as ``in-progress``.
            content: the column of salted digests of the letters, where they are committed to.
            missing: the label for a missing stratum value; without it, one is an error.
            control_total: the count of an independent register, excluded rows included.

        Raises:
            FrameError: every row that breaks a rule, or a total that does not reconcile.
        """
        asked = Columns(unit_id, _names("strata", strata), exclusion, content)
        rows = tables.from_dataframe(table, asked.wanted)
        return _freeze(rows, asked, population, period, missing, control_total)

    @classmethod
    def from_records(
        cls,
        records: Iterable[Mapping[str, object]],
        *,
        population: str,
        period: str | Period,
        unit_id: str,
        strata: Sequence[str] = (),
        exclusion: str | None = None,
        content: str | None = None,
        missing: str | None = None,
        control_total: int | None = None,
    ) -> Frame:
        """Freeze mappings, one a response; the arguments are :meth:`from_dataframe`'s."""
        asked = Columns(unit_id, _names("strata", strata), exclusion, content)
        rows = tables.from_records(records, asked.wanted)
        return _freeze(rows, asked, population, period, missing, control_total)

    @classmethod
    def from_csv(
        cls,
        source: str | Path | Iterable[str],
        *,
        population: str,
        period: str | Period,
        unit_id: str,
        strata: Sequence[str] = (),
        exclusion: str | None = None,
        content: str | None = None,
        missing: str | None = None,
        control_total: int | None = None,
    ) -> Frame:
        """Freeze a CSV file (UTF-8, ``.gz`` allowed) or its lines; an empty cell is missing."""
        asked = Columns(unit_id, _names("strata", strata), exclusion, content)
        rows = tables.from_csv(source, asked.wanted)
        return _freeze(rows, asked, population, period, missing, control_total)

    @classmethod
    def from_manifest(
        cls,
        manifest: bytes,
        excluded: bytes,
        *,
        population: str,
        period: str | Period,
        control_total: int | None = None,
    ) -> Frame:
        """The frame that ``manifest.csv`` and ``exclusions.csv`` describe, read strictly.

        Raises:
            RecordError: the bytes are not a manifest as the specification writes it.
            FrameError: they are, but hold something that no frame may.
        """
        header, *rows = csv_to_rows(manifest, MANIFEST)
        content = header[-1] == "content"
        variables = header[1 : len(header) - content]
        left_out = csv_to_rows(excluded, EXCLUSIONS)
        raise_all(FrameError, _faults_of_headers(header, left_out[0]))
        asked = Columns("unit_id", tuple(variables), _REASON, "content" if content else None)
        records = [dict(zip(header, row, strict=False)) for row in rows]
        records += [dict(zip(("unit_id", _REASON), row, strict=False)) for row in left_out[1:]]
        rows_again = tables.Table(
            {name: [record.get(name) for record in records] for name in asked.wanted}, len(records)
        )
        return _freeze(rows_again, asked, population, period, None, control_total)

    @cached_property
    def _strata(self) -> dict[Stratum, list[str]]:
        members: dict[Stratum, list[str]] = {}
        for unit in self.units:
            members.setdefault(unit.stratum, []).append(unit.unit_id)
        return dict(sorted(members.items()))

    def sizes(self) -> dict[Stratum, int]:
        """The number of eligible responses in each stratum, by the bytes of its values."""
        return {stratum: len(members) for stratum, members in self._strata.items()}

    def lowest(self, key: str, counts: Mapping[Stratum, int]) -> dict[Stratum, list[Ticketed]]:
        """In each stratum asked about, so many units with the lowest tickets, in order."""
        return {
            stratum: lowest_tickets(key, self._strata.get(stratum, ()), count)
            for stratum, count in counts.items()
        }

    def manifest(self) -> Iterator[bytes]:
        """The bytes of ``manifest.csv``, in chunks."""
        header = ["unit_id", *self.variables, *(["content"] if self.content else [])]
        rows = (
            (unit.unit_id, *unit.stratum, *([unit.content or ""] if self.content else []))
            for unit in self.units
        )
        return rows_to_csv(header, rows)

    def excluded(self) -> Iterator[bytes]:
        """The bytes of ``exclusions.csv``, in chunks."""
        return rows_to_csv(["unit_id", "reason"], self.left_out)

    @property
    def count(self) -> int:
        """The number of eligible responses."""
        return len(self.units)

    @cached_property
    def exclusions(self) -> dict[str, int]:
        """The number of responses left out, by reason."""
        return dict(sorted(Counter(reason for _, reason in self.left_out).items()))

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of ``manifest.csv``."""
        return _digest_of(self.manifest())

    @cached_property
    def excluded_digest(self) -> str:
        """The SHA-256 of ``exclusions.csv``."""
        return _digest_of(self.excluded())

    def __repr__(self) -> str:
        left_out = sum(self.exclusions.values())
        return (
            f"<Frame {self.population} {self.period}: {self.count} eligible in "
            f"{len(self._strata)} strata, {left_out} left out, {self.digest[:8]}>"
        )

    def _repr_html_(self) -> str:
        rows = [[stratum_words(stratum), str(size)] for stratum, size in self.sizes().items()]
        return html_table(repr(self)[1:-1], ["stratum", "eligible"], rows, "lr")


def summary(frame: AnyFrame) -> dict[str, Json]:
    """What ``draw.json`` says of its frame."""
    return {
        "manifest": frame.digest,
        "variables": list(frame.variables),
        "content": frame.content,
        "count": sum(frame.sizes().values()),
        "exclusions": dict(frame.exclusions),
        "excluded": frame.excluded_digest,
        "control_total": frame.control_total,
    }


@attrs.frozen
class Columns:
    """Which column of the user's table is what."""

    unit_id: str
    strata: tuple[str, ...]
    exclusion: str | None
    content: str | None

    @property
    def wanted(self) -> list[str]:
        optional = [name for name in (self.exclusion, self.content) if name is not None]
        return list(dict.fromkeys([self.unit_id, *self.strata, *optional]))


def _freeze(
    table: tables.Table,
    asked: Columns,
    population: str,
    period: str | Period,
    missing: str | None,
    control_total: int | None,
) -> Frame:
    """Check everything, then build; nothing is built from a table with a fault."""
    month = _checked_arguments(asked, population, period, missing, control_total)
    rows = _Rows(table, asked, missing)
    raise_all(FrameError, rows.faults())
    _reconcile(len(rows.units), len(rows.left_out), control_total)
    return Frame(
        population=population,
        period=month,
        variables=asked.strata,
        units=tuple(sorted(rows.units, key=lambda unit: unit.unit_id)),
        left_out=tuple(sorted(rows.left_out)),
        control_total=control_total,
        content=asked.content is not None,
    )


class _Rows:
    """The rows of a table, sorted into units, exclusions and faults."""

    def __init__(self, table: tables.Table, asked: Columns, missing: str | None) -> None:
        self.units: list[Unit] = []
        self.left_out: list[tuple[str, str]] = []
        self._faults: dict[int, list[str]] = {}
        self._first_row: dict[str, int] = {}
        self._known: dict[Stratum, Stratum] = {}
        self._ids = self._column(table, asked.unit_id, name_of_unit)
        self._strata = [self._column(table, name, stratum_value, missing) for name in asked.strata]
        self._reasons = self._optional(table, asked.exclusion, exclusion_code)
        self._contents = self._optional(table, asked.content, _content_digest)
        for row in range(table.count):
            self._take(row)
        self._check_reasons(asked.exclusion)

    def faults(self) -> list[str]:
        """Every fault, in the order of the rows."""
        return [fault for row in sorted(self._faults) for fault in self._faults[row]]

    def _column(
        self,
        table: tables.Table,
        name: str,
        rule: Callable[[object], str],
        missing: str | None = None,
    ) -> Column:
        return Column(name, table.columns[name], rule, missing)

    def _optional(
        self, table: tables.Table, name: str | None, rule: Callable[[object], str]
    ) -> Column | None:
        return None if name is None else self._column(table, name, rule)

    def _take(self, row: int) -> None:
        unit_id = self._read(self._ids, row, needed=True)
        reason = self._read(self._reasons, row)
        if unit_id is not None:
            first = self._first_row.setdefault(unit_id, row)
            if first != row:
                self._fault(
                    row, self._ids.name,
                    f"duplicate {shown(unit_id)} (first at row {first + 1}); "
                    "give each response one id",
                )  # fmt: skip
        if reason is not None:
            # What was left out needs no stratum and no letter; it needs an id and a reason.
            self.left_out.append((unit_id or "", reason))
            return
        values = tuple(self._read(column, row, needed=True) or "" for column in self._strata)
        content = self._read(self._contents, row, needed=True)
        stratum = self._known.setdefault(values, values)
        self.units.append(Unit(unit_id or "", stratum, content))

    def _read(self, column: Column | None, row: int, *, needed: bool = False) -> str | None:
        if column is None:
            return None
        try:
            return column.read(row, needed=needed)
        except ValueError as error:
            self._fault(row, column.name, str(error))
            return None

    def _fault(self, row: int, column: str, what: str) -> None:
        self._faults.setdefault(row, []).append(f"row {row + 1}, column {shown(column)}: {what}")

    def _check_reasons(self, column: str | None) -> None:
        count = len({reason for _, reason in self.left_out})
        if column is not None and count > MOST_REASONS:
            fault = f"column {shown(column)}: {count} different reasons; at most {MOST_REASONS}"
            self._faults.setdefault(-1, []).append(f"{fault}: group them under fewer codes")


def _checked_arguments(
    asked: Columns,
    population: object,
    period: str | Period,
    missing: str | None,
    control_total: object,
) -> Period:
    faults = []
    month = None
    if not isinstance(population, str) or POPULATION.fullmatch(population) is None:
        faults.append(
            f"population: got {shown(population)}; use lower-case letters, digits and hyphens"
        )
    try:
        month = period if isinstance(period, Period) else Period.parse(period)
    except ValueError as error:
        faults.append(str(error))
    faults += _faults_of_variables(asked.strata)
    if missing is not None and (fault := fault_in_name(missing)):
        faults.append(f"missing: {fault}")
    if control_total is not None and (
        isinstance(control_total, bool) or not isinstance(control_total, int) or control_total < 0
    ):
        faults.append(f"control_total: got {shown(control_total)}; give a whole number, or None")
    raise_all(FrameError, faults)
    assert month is not None  # noqa: S101 - for the type checker; the fault was raised above
    return month


def _faults_of_variables(variables: Sequence[str]) -> list[str]:
    faults = []
    for place, name in enumerate(variables, 1):
        where = f"strata, variable {place}"
        if not isinstance(name, str):
            faults.append(f"{where}: got {type(name).__name__}; name a column")
        elif name in _RESERVED:
            faults.append(f"{where}: {name!r} is a column of the manifest's own; rename it")
        elif fault := fault_in_name(name):
            faults.append(f"{where}: {fault}")
        elif name in variables[: place - 1]:
            faults.append(f"{where}: {shown(name)} stands twice; name each variable once")
    return faults


def _faults_of_headers(manifest: list[str], exclusions: list[str]) -> list[str]:
    faults = []
    if manifest[0] != "unit_id":
        faults.append(f"{MANIFEST}: the first column is {shown(manifest[0])}, not 'unit_id'")
    if exclusions != ["unit_id", "reason"]:
        faults.append(f"{EXCLUSIONS}: the header is not 'unit_id,reason'")
    return faults


def _names(argument: str, names: Sequence[str]) -> tuple[str, ...]:
    if isinstance(names, str):
        raise FrameError(f"{argument}: got the text {shown(names)}; give a list of column names")
    return tuple(names)


def _content_digest(value: object) -> str:
    if not is_digest(value):
        raise ValueError("not 64 lower-case hexadecimal digits; give SHA-256(salt || letter)")
    return str(value)


def _reconcile(eligible: int, left_out: int, control_total: int | None) -> None:
    if control_total is not None and eligible + left_out != control_total:
        raise FrameError(
            f"control_total: the register has {control_total} responses, the table has "
            f"{eligible + left_out} ({eligible} eligible and {left_out} left out); find the "
            f"{abs(control_total - eligible - left_out)} in which they differ"
        )


def _digest_of(chunks: Iterable[bytes]) -> str:
    state = hashlib.sha256()
    for chunk in chunks:
        state.update(chunk)
    return state.hexdigest()
