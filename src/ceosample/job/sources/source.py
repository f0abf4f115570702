"""The frame that a month's source gives."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from ceosample.canonical import Json
from ceosample.configuration.database import url_in
from ceosample.configuration.source import Condition
from ceosample.errors import FrameError, raise_faults
from ceosample.job.month import Month
from ceosample.job.sources.blinded import blinded
from ceosample.job.sources.cell import Dates
from ceosample.job.sources.exclusions import Sieve
from ceosample.job.sources.parquet import parquet_rows
from ceosample.job.sources.query import query_rows
from ceosample.period import Period
from ceosample.result import Result
from ceosample.sampling.blinding.salts import Random, Salts
from ceosample.sampling.engine import require_engine
from ceosample.sampling.frames.arguments import FrameSpec
from ceosample.sampling.frames.excel import ExcelTable
from ceosample.sampling.frames.frame import Frame, freeze
from ceosample.sampling.frames.table import NumberedRow, csv_rows
from ceosample.text import counted, quoted


@attrs.frozen
class SourceReport(Result):
    """What a source gave for a month.

    Attributes:
        frame: the month's frame.
        rows: how many rows were read.
        others: how many of them belong to other months.
        stated: the stated exclusions, each with the number of rows that it left out.
        hidden: how many of the rows are hidden in their sheet; they count like the others.
        titles: how many rows of the sheet are one merged cell over all its columns; they are none
            of the rows.
        version: of a Delta table, the version that was read; None for any other source.
        moved: how many rows count for another month than 0.1 read in their time, by both months.
        elsewhere: how many of the rows are of other populations, by ``source.filter``.
        unmatched: the conditions of ``source.filter`` that found empty cells, each with how many.
        salts: those of its numbers, where ids are blinded; else None.
    """

    frame: Frame
    rows: int
    others: int
    stated: tuple[tuple[Condition, int], ...]
    hidden: int = 0
    version: int | None = None
    moved: tuple[tuple[Period, Period, int], ...] = ()
    elsewhere: int = 0
    titles: int = 0
    unmatched: tuple[tuple[Condition, int], ...] = ()
    salts: Salts | None = attrs.field(default=None, repr=False)

    def to_dict(self) -> dict[str, Json]:
        """For JSON: counts, and no id."""
        return {
            "rows": self.rows,
            "other_months": self.others,
            "hidden": self.hidden,
            "eligible": self.frame.count,
            "left_out": {**self.frame.exclusions},
            "stated": [{**stated.to_dict(), "rows": rows} for stated, rows in self.stated],
            "version": self.version,
            "moved": [
                {"from": str(before), "to": str(now), "rows": rows}
                for before, now, rows in self.moved
            ],
            **({"other_populations": self.elsewhere} if self.elsewhere else {}),
            **({"titles": self.titles} if self.titles else {}),
        }

    def __str__(self) -> str:
        left_out = sum(self.frame.exclusions.values())
        elsewhere = f", {self.others} of other months" if self.others else ""
        elsewhere += f", {self.elsewhere} of other populations" if self.elsewhere else ""
        hidden = f"; {self.hidden} of them in hidden rows, which count" if self.hidden else ""
        lines = [
            f"{counted(self.rows, 'row')}: {self.frame.count} eligible, {left_out} left out"
            f"{elsewhere}{hidden}"
        ]
        for stated, rows in self.stated:
            look = "; nothing is so: is the condition right?" if rows == 0 else ""
            lines.append(
                f"{stated.where}, {stated.reason}: {counted(rows, 'row')} where {stated}{look}"
            )
        for stated, rows in self.unmatched:
            lines.append(
                f"{stated.where}: {counted(rows, 'row')} kept out with an empty cell in "
                f"{quoted(stated.column)}: only missing = true holds of one"
            )
        if self.titles:
            lines.append(
                f"{counted(self.titles, 'title')} between the rows passed over: one merged cell "
                "over all the columns"
            )
        if self.version is not None:
            lines.append(f"a Delta table, read in its version {self.version}")
        return "\n".join([*lines, *map(_moved_in_words, self.moved)])


def _moved_in_words(moved: tuple[Period, Period, int]) -> str:
    before, now, rows = moved
    belong = "row now belongs" if rows == 1 else "rows now belong"
    return (
        f"{rows} {belong} to {now.words}, and not to {before.words}: their times (INT96) "
        "are UTC and are dated in population.zone. A month that is frozen stays as it was frozen"
    )


def read_source(
    month: Month,
    control_total: int | None = None,
    *,
    kept: bool = False,
    random: Random = secrets.token_bytes,
) -> SourceReport:
    """Read a month's source as it is now; nothing is written, unless new salts are to be kept.

    Args:
        month: the month.
        control_total: the register's count, or None.
        kept: whether the salts of new numbers go to the file that the configuration names.
        random: gives so many random bytes, for salts.

    Raises:
        FrameError: every fault that it has.
        ConfigurationError: a query that cannot be put.
        BusyError: a database that does not answer now.
        MissingPartError: what reads such a source is not installed.
    """
    configuration = month.configuration
    source = configuration.source
    require_engine(source.engine)
    dates = Dates(configuration.zone, source.form.dates)
    sieve = Sieve(source, configuration.variables, month.period, dates)
    asked = source.asked(configuration.variables)
    path = source.path(configuration.home, month.period)
    sheet = ExcelTable(path, source.form.sheet, source.form.header)
    versions: list[int] = []
    if source.kind == "excel":
        rows = sheet.rows(list(asked), asked)
    elif source.kind == "parquet":
        rows = parquet_rows(path, asked, versions.append)
    else:
        rows = _rows(month, path, asked)
    table = sieve.take(rows)
    salts = None
    try:
        if source.salts is not None:
            place = configuration.home / source.salts
            table, salts = blinded(table, source.unit_id, place, random, kept=kept)
        frame = freeze(
            table,
            FrameSpec(
                population=configuration.population,
                period=month.period,
                unit_id=source.unit_id,
                strata=configuration.variables,
                exclusion=sieve.reasons,
                content=source.content,
                missing=source.missing,
                clean=configuration.clean,
                control_total=control_total,
            ),
            engine=source.engine,
        )
    except FrameError as error:
        raise FrameError(*sieve.faults, *error.faults) from None
    raise_faults(FrameError, sieve.faults)
    stated = zip(source.exclusions, sieve.left_out, strict=True)
    return SourceReport(
        frame=frame,
        rows=sieve.rows,
        others=sieve.others,
        stated=tuple(stated),
        hidden=sheet.hidden,
        version=next(iter(versions), None),
        moved=tuple((*months, rows) for months, rows in sorted(sieve.moved.items())),
        elsewhere=sieve.elsewhere,
        titles=sheet.titles,
        unmatched=tuple(
            pair for pair in zip(source.filter, sieve.unmatched, strict=True) if pair[1]
        ),
        salts=salts,
    )


def from_source(month: Month, control_total: int | None) -> Frame:
    """The frame that the source gives now, to be frozen: new salts are kept before that."""
    return read_source(month, control_total, kept=True).frame


def _rows(month: Month, path: Path, asked: Mapping[str, str]) -> Iterator[NumberedRow]:
    """The rows of any other source, with the columns that are asked for."""
    configuration = month.configuration
    source = configuration.source
    if source.kind == "csv":
        return csv_rows(path, list(asked), asked, source.form.encoding)
    url = url_in(configuration.home, str(source.url))
    return query_rows(path, url, month.period, asked)
