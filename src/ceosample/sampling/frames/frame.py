"""The frame: every response that could have been chosen, frozen, with what was left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Final, Protocol, Unpack

import attrs

from ceosample.canonical import Json
from ceosample.errors import FrameError, joined, raise_faults
from ceosample.form import is_count
from ceosample.got import got, got_name, kind_of
from ceosample.period import Period, as_period
from ceosample.result import Result
from ceosample.sampling.engine import EngineName, engine_of, require_engine, words_on_engine
from ceosample.sampling.frames import table as tables
from ceosample.sampling.frames.arguments import FrameArguments, FrameSpec, takes
from ceosample.sampling.frames.cells import name_of_unit
from ceosample.sampling.frames.cuts import Cut, labels
from ceosample.sampling.frames.excel import ExcelTable
from ceosample.sampling.frames.manifest import csv_to_rows, digest_of, has_content, rows_to_csv
from ceosample.sampling.frames.rows import (
    GROUP,
    MOST_REASONS,
    RowReader,
    faults_of_reasons,
    faults_of_variables,
)
from ceosample.sampling.frames.strata import Renamed, Strata, Stratum, lowest_below
from ceosample.sampling.frames.units import FrameRows, Unit, Units, as_columns
from ceosample.sampling.names import AT_REST, EXCLUSIONS, MANIFEST, POPULATION
from ceosample.sampling.ticket import Numbered, Ticketed, below, limit_bytes
from ceosample.show import html_table, stratum_words, text_table
from ceosample.text import fault_in_name, quoted
from ceosample.unseen import fault_in_new_name, with_plain_spaces

#: So many ids at most stand in a refusal, or in a list for the operator.
MOST_IDS: Final = 1000

#: The reasons of ``exclusions.csv`` next to the manifest's columns: no variable can have this name.
REASON: Final = "reason "

_HEADER = ["stratum", "eligible"]


class AnyFrame(Strata, Protocol):
    """The questions that a frame answers, in memory or in a database; ``draw`` asks no others.

    A frame of which no manifest was asked has no digests: it is not committed to.
    """

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
    def digest(self) -> str | None: ...
    @property
    def excluded_digest(self) -> str | None: ...

    def cut(self, cuts: Mapping[str, Cut]) -> Strata: ...
    def committed(self, unit_ids: Collection[str]) -> Mapping[str, str]: ...
    def manifest(self) -> Iterator[bytes]: ...
    def excluded(self) -> Iterator[bytes]: ...


@attrs.frozen(slots=False, repr=False)  # a __dict__ is where cached_property keeps its value
class Frame(Result):
    """The eligible responses of one population in one period, in memory.

    Make one with :meth:`from_dataframe`, :meth:`from_csv`, :meth:`from_excel` or
    :meth:`from_records`. Rows in any
    order, from any library, give the same frame and the same bytes.

    Attributes:
        population: the name of the sampled stream: lower-case letters, digits and hyphens.
        period: the ISO month.
        variables: the names of the stratum variables, in the plan's order.
        columns: the eligible responses as columns, by the bytes of their ids.
        left_out: ``(unit_id, reason)`` of the others, sorted by their ids too.
        control_total: the independent register's count of all rows, or None.
        content: whether the frame commits to the letters' contents.
        engine: what computes its tickets, ``"datafusion"``; None for Python. Frames that differ in
            it alone are equal.

    >>> frame = Frame.from_records(
    ...     [{"id": 7, "division": "Loans"}, {"id": "8", "division": "Cards"}],
    ...     population="complaint-responses", period="2026-10", unit_id="id", strata=["division"])
    >>> frame.sizes()
    {('Cards',): 1, ('Loans',): 1}
    """

    population: str
    period: Period
    variables: tuple[str, ...]
    columns: Units = attrs.field(alias="units", converter=as_columns)
    left_out: tuple[tuple[str, str], ...] = ()
    control_total: int | None = None
    content: bool = False
    engine: EngineName | None = attrs.field(default=None, eq=False)

    @classmethod
    @takes(FrameSpec)
    def from_dataframe(
        cls,
        table: Any,
        *,
        engine: EngineName | None = None,
        **arguments: Unpack[FrameArguments],
    ) -> Frame:
        """Freeze a pandas, polars, pyarrow, ... table: one row a response.

        Columns of plain text and whole numbers are proved as a whole, and a cell is looked at by
        itself where that fails.

        Args:
            table: the table; whatever narwhals can read row by row.
            engine: ``"datafusion"`` to let DataFusion compute the tickets on all cores, in its own
                memory; None for Python. The letters and the bytes are the same.
            arguments: which columns are what, and of which month; see
                :class:`~ceosample.sampling.frames.arguments.FrameArguments`.

        Raises:
            FrameError: every row that breaks a rule, or a total that does not reconcile.
            MissingPartError: the engine is not installed.
        """
        require_engine(engine)
        spec = FrameSpec(**arguments)
        return freeze(tables.from_dataframe(table, spec.columns.wanted), spec, engine=engine)

    @classmethod
    @takes(FrameSpec)
    def from_records(
        cls,
        records: Iterable[Mapping[str, object]],
        **arguments: Unpack[FrameArguments],
    ) -> Frame:
        """Freeze mappings, one a response.

        Args:
            records: the mappings.
            arguments: see :class:`~ceosample.sampling.frames.arguments.FrameArguments`.
        """
        spec = FrameSpec(**arguments)
        return freeze(tables.from_records(records, spec.columns.wanted), spec)

    @classmethod
    @takes(FrameSpec)
    def from_csv(
        cls,
        source: str | Path | Iterable[str],
        *,
        encoding: str | None = None,
        **arguments: Unpack[FrameArguments],
    ) -> Frame:
        """Freeze a CSV file (``.gz`` allowed) or its lines; an empty cell is missing.

        Cells are separated by commas, semicolons or tabs: as the header names the columns.

        Args:
            source: the path, or the lines.
            encoding: the file's, ``"cp1252"``; None for UTF-8. A byte order mark goes first.
            arguments: see :class:`~ceosample.sampling.frames.arguments.FrameArguments`.

        Raises:
            FrameError: every row that breaks a rule; a byte that is not in the encoding, with its
                row; or a total that does not reconcile.
        """
        spec = FrameSpec(**arguments)
        return freeze(tables.from_csv(source, spec.columns.wanted, encoding), spec)

    @classmethod
    @takes(FrameSpec)
    def from_excel(
        cls,
        source: str | Path | bytes,
        *,
        sheet: str | None = None,
        header: int | None = None,
        **arguments: Unpack[FrameArguments],
    ) -> Frame:
        """Freeze a sheet of an Excel file, ``.xlsx`` or ``.xlsm``; no other package is needed.

        An id is what the sheet shows: 123 in the format ``"CMP-"00000`` is ``CMP-00123``. Messages
        name rows as Excel does. Macros and formulas do not run.

        Args:
            source: the path, or the file's bytes.
            sheet: the sheet's name; None for the first that is not hidden.
            header: the number of the row of headings; None for the first row that names every
                column.
            arguments: see :class:`~ceosample.sampling.frames.arguments.FrameArguments`.

        Raises:
            FrameError: the file cannot be read, every row that breaks a rule, a number that is
                shown as something that cannot be said exactly, or a total that does not reconcile.
        """
        spec = FrameSpec(**arguments)
        wanted = spec.columns.wanted
        rows = ExcelTable(source, sheet, header).rows(wanted)
        return freeze(tables.from_rows(rows, wanted), spec)

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
        header_of_excluded, *left_out = csv_to_rows(excluded, EXCLUSIONS)
        spec = spec_of_files(header, header_of_excluded, population, period, control_total)
        records = [dict(zip(header, row, strict=False)) for row in rows]
        records += [dict(zip(("unit_id", REASON), row, strict=False)) for row in left_out]
        rows_again = tables.Table(
            {name: [record.get(name) for record in records] for name in spec.columns.wanted},
            len(records),
        )
        return freeze(rows_again, spec, saved=True)

    def rest(self, unit_ids: Iterable[str | int]) -> Frame:
        """The frame without recently sampled units, which are excluded as ``at-rest``.

        Whose letters they are is for the caller to know: no customer is named anywhere. The plan
        must say ``rest``, and the promise shows what it takes away.

        Args:
            unit_ids: the resting units; one that is left out already stays with its reason.

        Raises:
            FrameError: every id that the frame does not have.

        >>> frame = Frame.from_records([{"id": n} for n in (7, 8, 9)],
        ...     population="complaint-responses", period="2026-10", unit_id="id")
        >>> frame.rest([8]).exclusions
        {'at-rest': 1}
        """
        if isinstance(unit_ids, str | bytes | Mapping) or not isinstance(unit_ids, Iterable):
            raise FrameError(f"rest: {got(unit_ids)}; give a list of ids")
        try:
            resting = {name_of_unit(unit_id) for unit_id in unit_ids}
        except ValueError as error:
            raise FrameError(f"rest: {error}") from None
        out = {unit_id for unit_id, _ in self.left_out}
        unknown = sorted(resting - out - {*self.columns.names()})
        if unknown:
            named = joined([quoted(unit_id) for unit_id in unknown])
            raise FrameError(
                f"rest: got {named}, not in the frame; give ids of this month's responses"
            )
        if len({*self.exclusions, AT_REST}) > MOST_REASONS:
            raise FrameError(f"rest: got a reason more than {MOST_REASONS}; {GROUP}")
        moved = [(unit_id, AT_REST) for unit_id in resting - out]
        awake = (unit for unit in self.columns if unit.unit_id not in resting)
        return attrs.evolve(
            self,
            units=Units.of(awake, content=self.content),
            left_out=tuple(sorted([*self.left_out, *moved])),
        )

    def require_apart(self, *others: Frame) -> None:
        """Raise if a response of this frame is in the frame of another month too.

        A run of the job asks it of all months of a ledger.

        Args:
            others: the frames of the population's other months.

        Raises:
            FrameError: every id that is in two of them, with its month.
        """
        mine = {unit.unit_id for unit in self.units}
        require_apart(
            (self.population, self.period),
            (
                (unit.unit_id, other.period)
                for other in others
                for unit in other.units
                if unit.unit_id in mine
            ),
        )

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The eligible responses one by one, by the bytes of their ids; made when asked for."""
        return tuple(self.columns)

    def sizes(self) -> dict[Stratum, int]:
        """The number of eligible responses in each stratum, by the bytes of its values."""
        return {**self._sizes}

    @cached_property
    def _sizes(self) -> dict[Stratum, int]:
        return self.columns.sizes()

    def lowest(self, key: str, counts: Mapping[Stratum, int]) -> dict[Stratum, list[Ticketed]]:
        """The asked number of units with the lowest tickets in each stratum, in order."""
        return self.lowest_among({stratum: stratum for stratum in self.columns.strata}, key, counts)

    def lowest_among(
        self, names: Mapping[Stratum, Stratum], key: str, counts: Mapping[Stratum, int]
    ) -> dict[Stratum, list[Ticketed]]:
        """The same under other names of the strata."""
        if self.engine is not None and len(self.columns):
            asked = engine_of(self.engine)
            return asked.lowest_among(self.columns, self.variables, names, key, counts)
        sizes = self.merged(names).sizes()
        return lowest_below(
            counts, sizes, lambda bounds: self._below(key, names, bounds), AssertionError
        )

    def _below(
        self, key: str, names: Mapping[Stratum, Stratum], bounds: Mapping[Stratum, int]
    ) -> dict[Stratum, list[Numbered]]:
        """The units whose tickets are below the bounds of their strata."""
        found: dict[Stratum, list[Numbered]] = {name: [] for name in bounds}
        strata = self.columns.strata
        called = [names.get(stratum, stratum) for stratum in strata]
        limits = [
            limit_bytes(bounds.get(name, 0)) if stratum in names else b""
            for stratum, name in zip(strata, called, strict=True)
        ]
        highest = max(limits, default=b"")
        for ids, places in self.columns.parts():
            for place, digits, unit_id in below(key, ids, places, limits, highest):
                found[called[place]].append((digits, unit_id.decode()))
        return found

    def merged(self, names: Mapping[Stratum, Stratum]) -> Renamed:
        """Strata under other names, those of one name as one."""
        return Renamed(self, names)

    def cut(self, cuts: Mapping[str, Cut]) -> Renamed:
        """The strata with numeric or date variables cut at a plan's points.

        Raises:
            FrameError: a variable that is not there; every value that is no number or no date.
        """
        return self.merged(labels([*self.columns.strata], self.variables, cuts))

    def committed(self, unit_ids: Collection[str]) -> dict[str, str]:
        """The salted digests of these letters' contents, where the frame commits to them."""
        return self.columns.committed(unit_ids) if unit_ids and self.columns.contents else {}

    def manifest(self) -> Iterator[bytes]:
        """The bytes of ``manifest.csv``, in chunks."""
        header = ["unit_id", *self.variables, *(["content"] if self.content else [])]
        return chain(rows_to_csv(header, []), self.columns.lines())

    def excluded(self) -> Iterator[bytes]:
        """The bytes of ``exclusions.csv``, in chunks."""
        return rows_to_csv(["unit_id", "reason"], self.left_out)

    def to_dict(self) -> dict[str, Json]:
        """The frame's part of ``draw.json``: digests and counts, no id."""
        return summary(self)

    @property
    def count(self) -> int:
        """The number of eligible responses."""
        return len(self.columns)

    @cached_property
    def exclusions(self) -> dict[str, int]:
        """The number of responses left out, by reason."""
        return dict(sorted(Counter(reason for _, reason in self.left_out).items()))

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of ``manifest.csv``."""
        return digest_of(self.manifest())

    @cached_property
    def excluded_digest(self) -> str:
        """The SHA-256 of ``exclusions.csv``."""
        return digest_of(self.excluded())

    def __repr__(self) -> str:
        left_out = sum(self.exclusions.values())
        return (
            f"<Frame {self.population} {self.period}: {self.count} eligible in "
            f"{len(self.sizes())} strata, {left_out} left out, {self.digest[:8]}>"
        )

    def __str__(self) -> str:
        said = [repr(self)[1:-1], text_table(_HEADER, self._rows(), "lr"), *self._notes]
        return "\n".join(said)

    def _repr_html_(self) -> str:
        return html_table(repr(self)[1:-1], _HEADER, self._rows(), "lr", self._notes)

    @property
    def _notes(self) -> list[str]:
        said = words_on_engine(self.engine, self.count)
        return [] if said is None else [said]

    def _rows(self) -> list[list[str]]:
        return [[stratum_words(stratum), str(size)] for stratum, size in self.sizes().items()]


def require_apart(month: tuple[str, Period], twice: Iterable[tuple[str, Period]]) -> None:
    """Raise if a month's frame has ids that other months have too.

    Args:
        month: the population and the month.
        twice: those ids, each with its other month.

    Raises:
        FrameError: there is one; the message names them all.
    """
    said = [f"{unit_id} ({period})" for unit_id, period in twice]
    if said:
        raise FrameError(
            f"{month[0]}, {month[1]}: got {len(said)} responses that are in the frame of another "
            f"month, and each belongs to one frame alone: {joined(said, MOST_IDS)}; leave them out "
            "with a reason, or give a new response its own id"
        )


def require_frame(frame: object) -> None:
    """Raise unless it answers what a draw asks, as a frame in memory or in a database does.

    Raises:
        FrameError: it is a table, or something else.
    """
    if not callable(getattr(frame, "lowest", None)):
        raise FrameError(
            f"frame: got {kind_of(frame)}; give a Frame, such as Frame.from_dataframe(...) returns"
        )


def summary(frame: AnyFrame) -> dict[str, Json]:
    """The frame's part of ``draw.json``: digests and counts."""
    return {
        "manifest": frame.digest,
        "variables": list(frame.variables),
        "content": frame.content,
        "count": sum(frame.sizes().values()),
        "exclusions": dict(frame.exclusions),
        "excluded": frame.excluded_digest,
        "control_total": frame.control_total,
    }


def freeze(
    table: tables.Table,
    spec: FrameSpec,
    *,
    saved: bool = False,
    engine: EngineName | None = None,
) -> Frame:
    """The frame of a table, once everything in it was checked.

    Args:
        table: the rows.
        spec: what they are.
        engine: what is to compute its tickets.
        saved: whether they are a record's, which may have code points that are not seen.

    Raises:
        FrameError: every row that breaks a rule, or a total that does not reconcile.
    """
    # Its numpy is what a command need not wait for that freezes nothing.
    from ceosample.sampling.frames.proved import proved

    month = checked_month(spec, saved=saved)
    columns = spec.columns
    if spec.clean is not None:
        table = table.changed(columns.strata, with_plain_spaces)
    found = proved(table, columns, spec.missing) or _judged(table, spec, saved=saved)
    reconcile(len(found.units), len(found.left_out), spec.control_total)
    return Frame(
        population=spec.population,
        period=month,
        variables=columns.strata,
        units=found.units,
        left_out=found.left_out,
        control_total=spec.control_total,
        content=columns.content is not None,
        engine=engine,
    )


def _judged(table: tables.Table, spec: FrameSpec, *, saved: bool) -> FrameRows:
    """The rows of a table of which each cell was looked at.

    Raises:
        FrameError: every row that breaks a rule.
    """
    columns = spec.columns
    rows = RowReader(table, columns, spec.missing, saved=saved)
    reasons = {reason for _, reason in rows.left_out}
    raise_faults(FrameError, [*faults_of_reasons(columns.exclusion, reasons), *rows.faults()])
    units = Units.of(rows.units, content=columns.content is not None)
    return FrameRows(units, tuple(sorted(rows.left_out)))


def checked_month(spec: FrameSpec, *, saved: bool = False) -> Period:
    """The month of a frame, new or saved, once every argument was checked."""
    population, missing, control_total = spec.population, spec.missing, spec.control_total
    rule = fault_in_name if saved else fault_in_new_name
    faults = []
    month = None
    if not isinstance(population, str) or POPULATION.fullmatch(population) is None:
        faults.append(f"population: {got(population)}; use lower-case letters, digits and hyphens")
    try:
        month = as_period(spec.period)
    except ValueError as error:
        faults.append(str(error))
    faults += faults_of_variables(spec.columns.strata, rule)
    if missing is not None and not isinstance(missing, str):
        faults.append(f"missing: {got(missing)}; give the label as text, or None")
    elif missing is not None and (said := got_name(missing, rule=rule)):
        faults.append(f"missing: {said}")
    if control_total is not None and not is_count(control_total):
        faults.append(f"control_total: {got(control_total)}; give a whole number, or None")
    if spec.clean not in (None, "spaces"):
        faults.append(f"clean: {got(spec.clean)}; give 'spaces', or None")
    raise_faults(FrameError, faults)
    assert month is not None  # noqa: S101 - for the type checker; the fault was raised above
    return month


def spec_of_files(
    manifest: Sequence[str],
    exclusions: Sequence[str],
    population: str,
    period: str | Period,
    control_total: int | None,
) -> FrameSpec:
    """What a frame's two files hold, by their headers.

    Raises:
        FrameError: they are not those of a frame's files.
    """
    faults = []
    if manifest[0] != "unit_id":
        faults.append(f"{MANIFEST}, first column: {got(manifest[0])}, not 'unit_id'")
    if [*exclusions] != ["unit_id", "reason"]:
        faults.append(f"{EXCLUSIONS}, header: {got(','.join(exclusions))}, not 'unit_id,reason'")
    raise_faults(FrameError, faults)
    content = has_content(manifest)
    return FrameSpec(
        population=population,
        period=period,
        unit_id="unit_id",
        strata=tuple(manifest[1 : len(manifest) - content]),
        exclusion=REASON,
        content="content" if content else None,
        control_total=control_total,
    )


def reconcile(eligible: int, left_out: int, control_total: int | None) -> None:
    """Raise unless the number of rows is that of the independent register."""
    if control_total is not None and eligible + left_out != control_total:
        raise FrameError(
            f"control_total: the register has {control_total} responses, the table has "
            f"{eligible + left_out} ({eligible} eligible and {left_out} left out); find the "
            f"{abs(control_total - eligible - left_out)} in which they differ"
        )
