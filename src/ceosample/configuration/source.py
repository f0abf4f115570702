"""The table [source]: where a month's responses come from, and which are left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from ceosample.canonical import Json
from ceosample.configuration.database import without_password
from ceosample.period import Period
from ceosample.sampling.engine import EngineName
from ceosample.written_dates import DateForm

#: The kinds of source; a configuration names one of them.
KINDS: Final = ("csv", "excel", "parquet", "sql")

#: The keys of a table's form, and the kind of file that each goes with; None for every kind.
FORM: Final[Mapping[str, str | None]] = {
    "encoding": "csv",
    "sheet": "excel",
    "header": "excel",
    "day_first": None,
    "date_format": None,
}

#: What a condition can ask of a value, as the configuration writes it.
TESTS: Final = ("is", "is_not", "missing", "from", "before")


@attrs.frozen
class Condition:
    """A condition on a column: a stated exclusion, or one of the rows that are of a population.

    Attributes:
        where: its place in the configuration, ``source.exclusions[1]``.
        reason: the code that ``exclusions.csv`` will hold; empty in a filter.
        column: the column whose values are tested.
        tests: the tests of each value, ``{"is": ("In progress",)}``; all of them must hold.
    """

    where: str
    reason: str
    column: str
    tests: Mapping[str, Any]

    @classmethod
    def of(cls, where: str, entry: Mapping[str, Any]) -> Condition:
        """The condition of a valid entry."""
        tests = {
            name: tuple(entry[name]) if isinstance(entry[name], list) else entry[name]
            for name in TESTS
            if name in entry
        }
        return cls(where, entry.get("reason", ""), entry["column"], tests)

    def __str__(self) -> str:
        asked = " and ".join(_in_words(name, self.tests[name]) for name in self.tests)
        return f"{self.column!r} {asked}"

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {"where": self.where, "reason": self.reason, "condition": str(self)}


@attrs.frozen
class TableForm:
    """How a table of responses or of letters is written.

    Attributes:
        encoding: that of a CSV file; None for UTF-8.
        sheet: the sheet of an Excel file; None for the first that is not hidden.
        header: the number of its row of headings; None for the first row that has them all.
        dates: how dates are written.
    """

    encoding: str | None = None
    sheet: str | None = None
    header: int | None = None
    dates: DateForm = attrs.field(factory=DateForm)

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> TableForm:
        """The form that a valid table of a configuration names."""
        dates = DateForm(table.get("day_first"), table.get("date_format"))
        return cls(table.get("encoding"), table.get("sheet"), table.get("header"), dates)


def faults_of_table_form(table: Mapping[str, Any], kind: str, where: str) -> list[str]:
    """The keys of a form that do not go with a kind of file."""
    return [
        f"{where}{name}: goes with a table of the kind {needs}, and this is {kind}; remove it"
        for name, needs in FORM.items()
        if name in table and needs not in (None, kind)
    ]


@attrs.frozen
class Source:
    """Where a month's responses come from.

    Attributes:
        kind: csv, excel, parquet or sql.
        file: the path of the table, or of the query's text, with ``{period}`` for the month.
        url: the database that the query is put to; None for a file.
        unit_id, exclusion, missing, content: the arguments of ``Frame.from_csv`` with these names.
        salts: the file of salts, where the column of ids holds numbers that are to be blinded.
        period_column: the column that dates each row; None where every row is the month's.
        open: the exclusions' codes of responses that are not finished yet.
        form: how a file of rows is written.
        exclusions: the stated exclusions; the first that applies to a row gives its reason.
        filter: the conditions of the rows that are of this population; all of them must hold.
        engine: what computes the tickets of its frames; None for Python.
    """

    kind: str
    file: str
    unit_id: str
    url: str | None = attrs.field(default=None, repr=without_password)
    exclusion: str | None = None
    missing: str | None = None
    content: str | None = None
    salts: str | None = None
    period_column: str | None = None
    open: tuple[str, ...] = ("in-progress",)
    form: TableForm = attrs.field(factory=lambda: TableForm())
    exclusions: tuple[Condition, ...] = ()
    filter: tuple[Condition, ...] = ()
    engine: EngineName | None = None

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Source:
        """The source of a valid table."""
        kind = next(kind for kind in KINDS if kind in table)
        stated, kept = (
            tuple(
                Condition.of(f"source.{key}[{number}]", entry)
                for number, entry in enumerate(table.get(key, ()), 1)
            )
            for key in ("exclusions", "filter")
        )
        plain: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in table.items()
            if name not in (*KINDS, *FORM, "exclusions", "filter")
        }
        form = TableForm.of(table)
        return cls(kind=kind, file=table[kind], exclusions=stated, filter=kept, form=form, **plain)

    def asked(self, variables: tuple[str, ...]) -> dict[str, str]:
        """Every column that is read, and the key of the configuration that names it first."""
        named = [
            ("source.unit_id", self.unit_id),
            *(("strata.variables", name) for name in variables),
            ("source.exclusion", self.exclusion),
            ("source.content", self.content),
            ("source.period_column", self.period_column),
            *((f"{s.where}.column", s.column) for s in (*self.exclusions, *self.filter)),
        ]
        found: dict[str, str] = {}
        for key, column in named:
            if column is not None:
                found.setdefault(column, key)
        return found

    def path(self, home: Path, period: Period) -> Path:
        """The month's file."""
        return home / self.file.replace("{period}", str(period))


def _in_words(test: str, value: Any) -> str:
    if test == "missing":
        return "is missing" if value else "is not missing"
    values = value if isinstance(value, tuple) else (value,)
    said = (repr(one) if isinstance(one, str) else str(one).lower() for one in values)
    return f"{test.replace('_', ' ')} {' or '.join(said)}"
