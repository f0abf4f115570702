"""What is asked of a table, checked in full before a frame is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import attrs

from ceosample.errors import FrameError, raise_faults
from ceosample.period import Period
from ceosample.sampling.frames.frame import checked_arguments, names_given, reconcile
from ceosample.sampling.frames.rows import ColumnNames
from ceosample.sampling.frames.table import require_columns
from ceosample.sampling.ticket import ticket
from ceosample.text import quoted
from ceosample.warehouse import faults
from ceosample.warehouse.census import counted
from ceosample.warehouse.engine import INTEGER, TEXT, asking, rows, said
from ceosample.warehouse.questions import Query, Questions

if TYPE_CHECKING:
    from ceosample.warehouse.engine import Engine
    from ceosample.warehouse.frame import SqlFrame

#: A key and an id that an engine could misread: more than ASCII, an escape, a quotation mark.
_TRIAL: Final = "983636e5b569db2482ef3a501d89e1ba", "Gŵyn-77 \\x41 '\" 😀"


@attrs.frozen
class TableSpec:
    """The arguments of ``SqlFrame.from_...``, as they were given."""

    table: str | Sequence[str]
    unit_id: str
    strata: Sequence[str]
    exclusion: str | None
    content: str | None
    missing: str | None
    control_total: int | None
    manifest: bool

    @property
    def columns(self) -> ColumnNames:
        """Which column is what."""
        strata = names_given("strata", self.strata)
        return ColumnNames(self.unit_id, strata, self.exclusion, self.content)

    def of(self, home: Engine, population: str, period: str | Period) -> SqlFrame:
        """The frame, or every fault; a transaction that was begun for nothing is ended."""
        try:
            return self._frame(home, population, period)
        except BaseException:
            home.close()
            raise

    def _frame(self, home: Engine, population: str, period: str | Period) -> SqlFrame:
        from ceosample.warehouse.frame import SqlFrame

        if self.content is not None and not self.manifest:
            raise FrameError(
                "content: the manifest is what commits to it, and manifest=False makes none; "
                "leave out one of the two"
            )
        columns = self.columns
        month = checked_arguments(columns, population, period, self.missing, self.control_total)
        questions = Questions(home.dialect, _table(self.table), columns, self.missing)
        moment = home.moment()
        _try(home, questions)
        kinds = _kinds(home, questions)
        plain = frozenset(name for name, kind in kinds.items() if kind == TEXT)
        questions = attrs.evolve(questions, plain=plain)
        text = kinds[self.unit_id] != INTEGER
        census = counted(questions, rows(home, questions.census(text=text)))
        found = faults.of_texts(home, questions) if census.odd else []
        found += faults.of_ids(home, questions, text=text) if census.odd else []
        found += faults.of_strata(columns, census.strata)
        found += faults.of_reasons(columns, census.reasons)
        if columns.content is not None:
            found += faults.of_contents(home, questions)
        raise_faults(FrameError, found)
        sizes, left_out = census.sizes, sum(census.reasons.values())
        reconcile(sum(sizes.values()), left_out, self.control_total)
        return SqlFrame(
            population=population,
            period=month,
            variables=columns.strata,
            exclusions=census.reasons,
            control_total=self.control_total,
            content=columns.content is not None,
            has_manifest=self.manifest,
            sizes=sizes,
            home=home,
            questions=questions,
            moment=moment,
        )


def _table(given: object) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else given
    if (
        not isinstance(names, list | tuple)
        or not names
        or not all(isinstance(name, str) and name and "\0" not in name for name in names)
    ):
        raise FrameError(
            f"table: got {quoted(given)}; give its name, or a list of its schema's name and its own"
        )
    return tuple(names)


def _kinds(home: Engine, questions: Questions) -> dict[str, str]:
    """What each column is that is asked about, once they are found to be there and to be usable."""
    try:
        there = [name for name, _ in _columns(home, questions, questions.header())]
    except FrameError:
        # Whoever may see some of the columns alone may not ask what others there are.
        there = questions.columns.wanted
    require_columns(questions.columns.wanted, there)
    kinds = dict(_columns(home, questions, questions.kinds()))
    raise_faults(FrameError, faults.of_kinds(questions.columns, kinds))
    return kinds


def _columns(home: Engine, questions: Questions, query: Query) -> list[tuple[str, str]]:
    with asking(home, f"table {quoted('.'.join(questions.table))}"):
        return home.columns(query)


def _try(home: Engine, questions: Questions) -> None:
    """Raise unless the engine's tickets are ours and double quotes mean names."""
    number = int(ticket(*_TRIAL), 16)
    fault = (
        f"connection: this {home.dialect.name} reads SQL in another way, or its SHA-256 is "
        "another one; give it its usual dialect"
    )
    try:
        answer = [*home.rows(questions.trial(*_TRIAL, number))]
    except home.errors as error:
        raise FrameError(f"{fault} ({said(error)})") from None
    if answer != [("yes",)]:
        raise FrameError(fault)
