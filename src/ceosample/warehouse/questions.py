"""The SQL of each question that a frame answers. Data goes in as bound parameters alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

import attrs

from ceosample.sampling.reading import Columns
from ceosample.sampling.strata import Stratum
from ceosample.text import LONGEST_NAME
from ceosample.warehouse.dialect import Dialect, quoted

#: So many strata are told their own bounds; above it one bound asks for all, and Python sorts out.
MOST_BOUNDS: Final = 4000

Value: TypeAlias = str | bytes


@attrs.frozen
class Query:
    """A statement and the values of its ``$1``, ``$2``, ..."""

    text: str
    values: tuple[Value, ...] = ()


class _Values:
    """Values on their way into a statement; each gives the placeholder that stands for it."""

    def __init__(self) -> None:
        self.given: list[Value] = []

    def __call__(self, value: Value) -> str:
        self.given.append(value)
        return f"${len(self.given)}"

    def query(self, text: str) -> Query:
        return Query(text, tuple(self.given))


@attrs.frozen
class Questions:
    """The questions to one table.

    Attributes:
        dialect: the engine's.
        table: its name, with its schema's before it if there is one.
        columns: which column is what.
        missing: the label of a missing stratum value, or None.
    """

    dialect: Dialect
    table: tuple[str, ...]
    columns: Columns
    missing: str | None = None

    def header(self) -> Query:
        """No row of the table, so that its columns can be seen."""
        return Query(f"SELECT * FROM {self._table} LIMIT 0")  # noqa: S608 - quoted

    def kinds(self) -> Query:
        """No row of the columns that are wanted, in their order."""
        names = ", ".join(map(quoted, self.columns.wanted))
        return Query(f"SELECT {names} FROM {self._table} LIMIT 0")  # noqa: S608 - quoted

    def trial(self, key: str, unit_id: str, ticket: int) -> Query:
        """Whether the engine reads names, bounds and tickets as we do: one row, 'yes' or 'no'."""
        values = _Values()
        text = self.dialect.text.format
        answer = self._ticket(values(f"{key},"))
        bounds = values(self.dialect.bound(ticket)), values(self.dialect.bound(ticket + 1))
        return values.query(
            f"SELECT CASE WHEN {answer} >= {bounds[0]} AND {answer} < {bounds[1]} "  # noqa: S608
            f"THEN 'yes' ELSE 'no' END FROM "
            f"(SELECT {text(quoted('the unit'))} AS unit "
            f'FROM (SELECT {values(unit_id)} AS "the unit") AS given) AS units'
        )

    def sizes(self) -> Query:
        """Each stratum's values and its number of eligible units."""
        values = _Values()
        counted = ", ".join([*self._strata, "count(*)"])
        groups = f" GROUP BY {', '.join(self._strata)}" if self._strata else ""
        units = self._units(values)
        return values.query(f"SELECT {counted} FROM {units} WHERE {_ELIGIBLE}{groups}")  # noqa: S608 - quoted

    def reasons(self) -> Query:
        """Each reason for leaving units out, and their number."""
        values = _Values()
        return values.query(
            f"SELECT reason, count(*) FROM {self._units(values)} "  # noqa: S608 - quoted
            f"WHERE {_LEFT_OUT} GROUP BY reason"
        )

    def odd_ids(self, *, text: bool) -> Query:
        """Missing ids, and texts that Python must look at."""
        values = _Values()
        odd = "unit IS NULL"
        if text:
            size = self.dialect.octets.format("unit")
            odd += f" OR {size} > {LONGEST_NAME} OR {self.dialect.odd.format('unit')}"
        return values.query(f"SELECT unit FROM {self._units(values)} WHERE {odd}")  # noqa: S608

    def odd_contents(self) -> Query:
        """Id and content's digest of eligible units whose digest is none."""
        values = _Values()
        return values.query(
            f"SELECT unit, content FROM {self._units(values)} WHERE {_ELIGIBLE} "  # noqa: S608
            "AND (content IS NULL OR length(content) <> 64 "
            "OR translate(content, '0123456789abcdef', '') <> '')"
        )

    def on_both_sides(self) -> Query:
        """Ids that are eligible in one row and left out in another."""
        values = _Values()
        units = self._units(values)
        return values.query(
            f"SELECT unit FROM {units} WHERE {_ELIGIBLE} "  # noqa: S608 - quoted
            f"INTERSECT SELECT unit FROM {units} WHERE {_LEFT_OUT}"
        )

    def below(self, key: str, bounds: Mapping[Stratum, int], *, everywhere: bool) -> Query:
        """Id and stratum of the units whose ticket is below their stratum's bound.

        With more than ``MOST_BOUNDS`` strata, of all those below the largest of the bounds.

        Args:
            key: the draw key.
            bounds: strata to numbers that the tickets asked for are below.
            everywhere: whether these are all the strata that there are.
        """
        values = _Values()
        ticket = self._ticket(values(f"{key},"))
        top = values(self.dialect.bound(max(bounds.values())))
        wanted = ", ".join(["unit", *self._strata])
        candidates = (
            f"SELECT {wanted}, {ticket} AS ticket FROM {self._units(values)} "  # noqa: S608
            f"WHERE {_ELIGIBLE} AND {ticket} < {top}"
        )
        same_for_all = everywhere and len(set(bounds.values())) == 1
        if same_for_all or len(bounds) > MOST_BOUNDS:
            return values.query(f"SELECT {wanted} FROM ({candidates}) AS candidates")  # noqa: S608
        rows = ", ".join(
            f"({', '.join(map(values, (*stratum, self.dialect.bound(bound))))})"
            for stratum, bound in bounds.items()
        )
        names = [f"b{place}" for place, _ in enumerate(self._strata)]
        same = " AND ".join(f"{s} = {b}" for s, b in zip(self._strata, names, strict=True))
        return values.query(
            f"SELECT {wanted} FROM ({candidates}) AS candidates "  # noqa: S608 - quoted
            f"JOIN (VALUES {rows}) AS bounds({', '.join([*names, 'bound'])}) ON {same} "
            "WHERE ticket < bound"
        )

    def manifest(self) -> Query:
        """Id and line of ``manifest.csv``, by the id's bytes."""
        content = ["content"] if self.columns.content is not None else []
        return self._lines(["unit", *self._strata, *content], _ELIGIBLE)

    def excluded(self) -> Query:
        """Id and line of ``exclusions.csv``, by the id's bytes."""
        return self._lines(["unit", "reason"], _LEFT_OUT)

    def _lines(self, names: Sequence[str], where: str) -> Query:
        values = _Values()
        line = " || ',' || ".join(map(_field, names))
        return values.query(
            f"SELECT unit, {line} || chr(10) AS line FROM {self._units(values)} "  # noqa: S608
            f"WHERE {where} ORDER BY unit ASC"
        )

    @property
    def _table(self) -> str:
        return ".".join(map(quoted, self.table))

    @property
    def _strata(self) -> list[str]:
        return [f"s{place}" for place, _ in enumerate(self.columns.strata)]

    def _ticket(self, key: str) -> str:
        return self.dialect.ticket.format(key=key, unit="unit")

    def _units(self, values: _Values) -> str:
        """The rows as text, under names of our own; an empty text is missing, as in a CSV file."""

        def text(column: str) -> str:
            return f"NULLIF({self.dialect.text.format(quoted(column))}, '')"

        def stratum(column: str) -> str:
            known = text(column)
            return known if self.missing is None else f"COALESCE({known}, {values(self.missing)})"

        columns = self.columns
        found = [f"{text(columns.unit_id)} AS unit"]
        found += [
            f"{stratum(column)} AS {name}"
            for column, name in zip(columns.strata, self._strata, strict=True)
        ]
        reason = "NULL" if columns.exclusion is None else text(columns.exclusion)
        found.append(f"{reason} AS reason")
        if columns.content is not None:
            found.append(f"{text(columns.content)} AS content")
        return f"(SELECT {', '.join(found)} FROM {self._table}) AS units"  # noqa: S608 - quoted


_ELIGIBLE = "reason IS NULL"
_LEFT_OUT = "reason IS NOT NULL"


def _field(name: str) -> str:
    """A field of a line, quoted as ``manifest.csv`` has it."""
    return (
        f"CASE WHEN strpos({name}, ',') > 0 OR strpos({name}, '\"') > 0 "
        f"THEN '\"' || replace({name}, '\"', '\"\"') || '\"' ELSE {name} END"
    )


def strata_of(rows: Iterable[Sequence[object]]) -> dict[tuple[str | None, ...], int]:
    """The answer to ``sizes``: values to counts; a value that is missing is None."""
    found: dict[tuple[str | None, ...], int] = {}
    for *values, count in rows:
        if count:
            found[tuple(values)] = int(str(count))  # type: ignore[arg-type]
    return found
