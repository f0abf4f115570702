"""What is asked of a table, checked in full before a frame is made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NotRequired

import attrs

from ceosample.errors import FrameError, raise_faults
from ceosample.got import got
from ceosample.period import Period
from ceosample.sampling.frames.arguments import FrameArguments, FrameSpec
from ceosample.sampling.frames.frame import checked_month, reconcile
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.frames.table import require_columns
from ceosample.sampling.ticket import ticket
from ceosample.text import quoted
from ceosample.warehouse import faults
from ceosample.warehouse.census import counted
from ceosample.warehouse.engine import INTEGER, NUMBER, TEXT, asking, rows, said
from ceosample.warehouse.questions import Query, Questions

if TYPE_CHECKING:
    from ceosample.warehouse.engine import Engine

#: A key and an id that an engine could misread: more than ASCII, an escape, a quotation mark.
_TRIAL: Final = "983636e5b569db2482ef3a501d89e1ba", "Gŵyn-77 \\x41 '\" 😀"


class TableArguments(FrameArguments):
    """The arguments of ``SqlFrame.from_...``: those of a frame in memory, and one more.

    Attributes:
        manifest: False for a draw that is not committed to its frame: nothing is sorted, no
            digest is made, ids are not compared with each other, and the record says so.
    """

    manifest: NotRequired[bool]


@attrs.frozen(kw_only=True)
class TableSpec(FrameSpec):
    """A table of a database and these arguments, as they were given and not yet checked."""

    table: str | Sequence[str]
    manifest: bool = True


@attrs.frozen
class Checked:
    """A table that a frame can be made of.

    Attributes:
        period: the month.
        questions: how the engine is asked about the table.
        moment: of the engine's data; None where it has none.
        sizes: eligible responses in each stratum.
        reasons: responses left out, by reason.
    """

    period: Period
    questions: Questions
    moment: str | None
    sizes: Mapping[Stratum, int]
    reasons: Mapping[str, int]


def checked(spec: TableSpec, home: Engine) -> Checked:
    """Ask the engine everything that a frame must know of its table.

    Raises:
        FrameError: every fault of the arguments, or else of the table.
    """
    if spec.content is not None and not spec.manifest:
        raise FrameError(
            f"content: {got(spec.content)}, and manifest=False commits to no content; leave out "
            "one of the two"
        )
    columns = spec.columns
    month = checked_month(spec)
    questions = Questions(
        home.dialect, _table(spec.table), columns, spec.missing, spaces=spec.clean is not None
    )
    moment = home.moment()
    _try(home, questions)
    kinds = _kinds(home, questions)
    raise_faults(FrameError, faults.of_files(home, questions, kinds))
    raise_faults(FrameError, faults.of_fractions(home, questions, kinds))
    plain = frozenset(name for name, kind in kinds.items() if kind == TEXT)
    questions = attrs.evolve(questions, plain=plain)
    text = kinds[spec.unit_id] not in (INTEGER, NUMBER)
    census = counted(questions, rows(home, questions.census(text=text)))
    found = faults.of_texts(home, questions) if census.odd else []
    found += faults.of_ids(home, questions, text=text) if census.odd else []
    found += faults.of_strata(columns, census.strata)
    found += faults.of_reasons(columns, census.reasons)
    if columns.content is not None:
        found += faults.of_contents(home, questions)
    raise_faults(FrameError, found)
    reconcile(sum(census.sizes.values()), sum(census.reasons.values()), spec.control_total)
    return Checked(month, questions, moment, census.sizes, census.reasons)


def _table(given: object) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else given
    if (
        not isinstance(names, list | tuple)
        or not names
        or not all(isinstance(name, str) and name and "\0" not in name for name in names)
    ):
        raise FrameError(
            f"table: {got(given)}; give its name, or a list of its schema's name and its own"
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
