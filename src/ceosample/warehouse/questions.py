"""The SQL of each question that a frame answers. Data goes in as bound parameters alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import attrs

from ceosample.sampling.frames.rows import ColumnNames
from ceosample.sampling.frames.strata import Stratum
from ceosample.text import LONGEST_NAME
from ceosample.unseen import spaces
from ceosample.warehouse.dialect import Dialect
from ceosample.warehouse.slices import Slice

#: No statement tells more strata their own bounds; of more, one bound asks for all.
MOST_BOUNDS: Final = 4000

#: No statement has more values for strata and bounds than this; PostgreSQL takes 65,535 in all.
MOST_VALUES: Final = 60_000

Value: TypeAlias = str | bytes


@attrs.frozen
class Query:
    """A statement.

    Attributes:
        text: its SQL.
        values: what its markers 1, 2, ... stand for.
        few: whether the answer is about as small as a draw, so that it can be held.
    """

    text: str
    values: tuple[Value, ...] = ()
    few: bool = False


class _Values:
    """Values on their way into a statement; each gives the marker that stands for it."""

    def __init__(self, dialect: Dialect) -> None:
        self._marker = dialect.marker
        self.given: list[Value] = []

    def __call__(self, value: Value) -> str:
        self.given.append(value)
        return self._marker.format(len(self.given))

    def query(self, text: str, *, few: bool = False) -> Query:
        return Query(text, tuple(self.given), few)


@attrs.frozen
class Questions:
    """The questions to one table.

    Attributes:
        dialect: the engine's.
        table: its name, with its schema's before it if there is one.
        columns: which column is what.
        missing: the label of a missing stratum value, or None.
        plain: the columns that are known to be text as they stand.
        spaces: whether all spaces in a stratum's value are U+0020 in what is asked.
    """

    dialect: Dialect
    table: tuple[str, ...]
    columns: ColumnNames
    missing: str | None = None
    plain: frozenset[str] = frozenset()
    spaces: bool = False

    def header(self) -> Query:
        """No row of the table, so that its columns can be seen."""
        return Query(f"SELECT * FROM {self.name} LIMIT 0")  # noqa: S608 - quoted

    def kinds(self) -> Query:
        """No row of the columns that are wanted, in their order."""
        names = ", ".join(map(self.dialect.quoted, self.columns.wanted))
        return Query(f"SELECT {names} FROM {self.name} LIMIT 0")  # noqa: S608 - quoted

    def wanted(self) -> Query:
        """Every row of the columns that are wanted: to be planned, and never run."""
        names = ", ".join(map(self.dialect.quoted, self.columns.wanted))
        return Query(f"SELECT {names} FROM {self.name}")  # noqa: S608 - quoted

    def fractions(self, columns: Sequence[str]) -> Query:
        """The number of rows in which each of some columns of numbers is no whole number."""
        own, digits = self.dialect.own, "'0123456789-', ''"
        counts = ", ".join(
            f"{own}count(CASE WHEN {own}translate({self._text(column)}, {digits}) <> '' THEN 1 END)"
            for column in columns
        )
        return Query(f"SELECT {counts} FROM {self.name}")  # noqa: S608 - quoted

    def trial(self, key: str, unit_id: str, ticket: int) -> Query:
        """Whether the engine reads names, bounds and tickets as we do: one row, 'yes' or 'no'."""
        values = _Values(self.dialect)
        name = self.dialect.quoted("the unit")
        answer = self._ticket(values(f"{key},"))
        bounds = values(self.dialect.bound(ticket)), values(self.dialect.bound(ticket + 1))
        return values.query(
            f"SELECT CASE WHEN {answer} >= {bounds[0]} AND {answer} < {bounds[1]} "  # noqa: S608
            f"THEN 'yes' ELSE 'no' END FROM "
            f"(SELECT {self.dialect.text.format(name)} AS unit "
            f"FROM (SELECT {values(unit_id)} AS {name}) AS given) AS units"
        )

    def census(self, *, text: bool | None) -> Query:
        """Strata's values, reason, and the numbers of rows and of odd ids among them.

        One look at every row. A missing value is null or empty here, as it stands.

        Args:
            text: whether ids are text; None for not looking at ids again.
        """
        groups = [*self._strata, *(["reason"] if self.columns.exclusion is not None else [])]
        looked = "" if text is None else " OR ".join([self._odd(text), *self._broken.values()])
        count = f"{self.dialect.own}count"
        odd = f"{count}(CASE WHEN {looked} THEN 1 END)" if looked else f"{count}(NULL)"
        grouped = f" GROUP BY {', '.join(groups)}" if groups else ""
        counted = ", ".join([*groups, f"{count}(*) AS number", f"{odd} AS odd"])
        return Query(f"SELECT {counted} FROM {self._rows()}{grouped}")  # noqa: S608 - quoted

    def odd_ids(self, *, text: bool) -> Query:
        """Missing ids, and texts that Python must look at."""
        return Query(f"SELECT unit FROM {self._rows()} WHERE {self._odd(text)}")  # noqa: S608

    def _odd(self, text: bool) -> str:
        size = self.dialect.octets.format("unit")
        many = f" OR {size} NOT BETWEEN 1 AND {LONGEST_NAME} OR {self.dialect.odd.format('unit')}"
        return "unit IS NULL" + many * text

    def broken(self) -> Query:
        """The number of texts that are not Unicode's, in each of ``broken_columns``."""
        counts = ", ".join(f"count(CASE WHEN {test} THEN 1 END)" for test in self._broken.values())
        return Query(f"SELECT {counts} FROM {self._rows()}")  # noqa: S608 - quoted

    @property
    def broken_columns(self) -> list[str]:
        """The columns that could hold such; none where the engine sees to it."""
        return [*self._broken]

    @property
    def _broken(self) -> dict[str, str]:
        test = self.dialect.unicode
        return {column: f"NOT {test.format(name)}" for column, name in self._named if test}

    def odd_contents(self) -> Query:
        """Id and content's digest of eligible units whose digest is none."""
        own = self.dialect.own
        return Query(
            f"SELECT unit, content FROM {self._rows()} WHERE {self._eligible} "  # noqa: S608
            f"AND (content IS NULL OR {own}length(content) <> 64 "
            f"OR {own}translate(content, '0123456789abcdef', '') <> '')"
        )

    def contents(self, unit_ids: Sequence[str]) -> Query:
        """Id and content's digest of some eligible units."""
        values = _Values(self.dialect)
        asked = ", ".join(map(values, unit_ids))
        return values.query(
            f"SELECT unit, content FROM {self._rows()} "  # noqa: S608 - quoted
            f"WHERE {self._eligible} AND unit IN ({asked})",
            few=True,
        )

    def on_both_sides(self) -> Query:
        """Ids that are eligible in one row and left out in another."""
        return Query(
            f"SELECT unit FROM {self._rows()} WHERE {self._eligible} "  # noqa: S608 - quoted
            f"INTERSECT SELECT unit FROM {self._rows()} WHERE {_LEFT_OUT}"
        )

    def below(self, key: str, bounds: Mapping[Stratum, int], *, everywhere: bool) -> Query:
        """Id and stratum of the units whose ticket is below their stratum's bound.

        With more strata than ``most_bounds``, of all those below the largest of the bounds.

        Args:
            key: the draw key.
            bounds: strata to numbers that the tickets asked for are below.
            everywhere: whether these are all the strata that there are.
        """
        values = _Values(self.dialect)
        ticket = self._ticket(values(f"{key},"))
        top = values(self.dialect.bound(max(bounds.values())))
        labels = [self._label(name, values) for name in self._strata]
        found, where = self._rows(), f"{self._eligible} AND {ticket} < {top}"
        same_for_all = everywhere and len(set(bounds.values())) == 1
        if not same_for_all and len(bounds) <= self.most_bounds:
            names = [f"b{place}" for place, _ in enumerate(labels)]
            rows = ", ".join(
                f"({', '.join(map(values, (*stratum, self.dialect.bound(bound))))})"
                for stratum, bound in bounds.items()
            )
            same = " AND ".join(f"{s} = {b}" for s, b in zip(labels, names, strict=True))
            found += f" JOIN (VALUES {rows}) AS bounds({', '.join([*names, 'bound'])}) ON {same}"
            where += f" AND {ticket} < bound"
        wanted = ", ".join(["unit", *labels])
        return values.query(f"SELECT {wanted} FROM {found} WHERE {where}", few=True)  # noqa: S608

    @property
    def most_bounds(self) -> int:
        """So many strata can be told their own bounds in one statement."""
        return min(MOST_BOUNDS, MOST_VALUES // (len(self._strata) + 1))

    def sample(self, key: str, bound: int, *, excluded: bool) -> Query:
        """Ids with a ticket below a bound, among the eligible units or the others."""
        values = _Values(self.dialect)
        ticket = self._ticket(values(f"{key},"))
        below = values(self.dialect.bound(bound))
        where = self._side(excluded)
        return values.query(
            f"SELECT unit FROM {self._rows()} WHERE {where} AND {ticket} < {below}",  # noqa: S608
            few=True,
        )

    def manifest(self, part: Slice = (None, None)) -> Query:
        """Id and line of ``manifest.csv``, or of a slice of it, by the id's bytes."""
        return _by_id(self.lines(part, excluded=False))

    def excluded(self, part: Slice = (None, None)) -> Query:
        """Id and line of ``exclusions.csv``, or of a slice of it, by the id's bytes."""
        return _by_id(self.lines(part, excluded=True))

    def lines(self, part: Slice = (None, None), *, excluded: bool) -> Query:
        """Id and line of ``manifest.csv`` or ``exclusions.csv``, in no order."""
        values = _Values(self.dialect)
        fields = ["unit", "reason"] if excluded else self._fields(values)
        where = self._side(excluded)
        written = [part for field in fields for part in ("','", self._field(field))]
        line = self.dialect.join(*written[1:], "'\n'")
        # In a table that changed there may be nulls by now; the lines are counted.
        where += "".join(f" AND {field} IS NOT NULL" for field in fields)
        for sign, edge in zip((">=", "<"), part, strict=True):
            where += "" if edge is None else f" AND unit {sign} {values(edge)}"
        return values.query(
            f"SELECT unit, {line} AS line FROM {self._rows()} WHERE {where}"  # noqa: S608 - quoted
        )

    def _fields(self, values: _Values) -> list[str]:
        strata = [self._label(name, values) for name in self._strata]
        return ["unit", *strata, *(["content"] if self.columns.content is not None else [])]

    def repeated(self, *, excluded: bool) -> Query:
        """Ids that appear more than once among the eligible units, or among the others."""
        return Query(
            f"SELECT unit FROM {self._rows()} WHERE {self._side(excluded)} "  # noqa: S608 - quoted
            f"GROUP BY unit HAVING {self.dialect.own}count(*) > 1"
        )

    @property
    def name(self) -> str:
        """The table's, quoted, with its schema's before it if there is one."""
        return ".".join(map(self.dialect.quoted, self.table))

    @property
    def _strata(self) -> list[str]:
        return [f"s{place}" for place, _ in enumerate(self.columns.strata)]

    def _ticket(self, key: str) -> str:
        return self.dialect.ticket.format(key=key, unit="unit")

    @property
    def _eligible(self) -> str:
        return "TRUE" if self.columns.exclusion is None else "(reason IS NULL OR reason = '')"

    def _side(self, excluded: bool) -> str:
        return _LEFT_OUT if excluded else self._eligible

    def _label(self, name: str, values: _Values) -> str:
        """A stratum's value; an empty text is missing, as in a CSV file."""
        if self.missing is None:  # the census found none
            return name
        return f"CASE WHEN {name} <> '' THEN {name} ELSE {values(self.missing)} END"

    def _field(self, text: str) -> str:
        """A field of a line, quoted as ``manifest.csv`` has it."""
        special = " OR ".join(self.dialect.contains.format(text=text, part=one) for one in ',"')
        doubled = f"{self.dialect.own}replace({text}, '\"', '\"\"')"
        quoted = self.dialect.join("'\"'", doubled, "'\"'")
        return f"CASE WHEN {special} THEN {quoted} ELSE {text} END"

    def _rows(self) -> str:
        """The rows as text as they stand, under names of our own."""
        found = ", ".join(f"{self._cell(column, name)} AS {name}" for column, name in self._named)
        return f"(SELECT {found} FROM {self.name}) AS units"  # noqa: S608 - quoted

    def _cell(self, column: str, name: str) -> str:
        text = self._text(column)
        if not self.spaces or name not in self._strata:
            return text
        plain = " " * len(spaces())
        return self.dialect.text.format(
            f"{self.dialect.own}translate({text}, '{spaces()}', '{plain}')"
        )

    @property
    def _named(self) -> list[tuple[str, str]]:
        """The columns, and our own names for them."""
        columns = self.columns
        named = [(columns.unit_id, "unit"), *zip(columns.strata, self._strata, strict=True)]
        if columns.exclusion is not None:
            named.append((columns.exclusion, "reason"))
        if columns.content is not None:
            named.append((columns.content, "content"))
        return named

    def _text(self, column: str) -> str:
        form = self.dialect.plain if column in self.plain else self.dialect.text
        return form.format(self.dialect.quoted(column))


_LEFT_OUT = "reason <> ''"


def _by_id(query: Query) -> Query:
    return attrs.evolve(query, text=f"{query.text} ORDER BY unit ASC")
