"""A record of verdicts and method: all that a figure rests on, so that an auditor can compute it.

It is JSON for programs, and a table for people. The JSON alone gives every figure again.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs

from ceosample import files
from ceosample.canonical import Json, parse_json
from ceosample.errors import InferenceError, raise_faults
from ceosample.inference.cells import Cell, cells_of_month
from ceosample.inference.ledger.readings import (
    DEFECTIVE,
    VERDICT_KINDS,
    Reading,
    reading_of,
    require_judged_once,
)
from ceosample.inference.ledger.record_form import faults_of_record
from ceosample.period import Period, as_period, within
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.plans.rotation import OPEN
from ceosample.show import Described, stratum_words
from ceosample.signoff.figures.set_aside import set_aside
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import empty_months
from ceosample.signoff.replay.methods import Method, method_of
from ceosample.signoff.replay.valid_events import histories_of, valid_events_at, when
from ceosample.signoff.store.events import Event
from ceosample.spreadsheet import SPREADSHEET, Audience, csv_table, require_audience
from ceosample.text import counted

SCHEME: Final = "ceosample-verdicts-1"

#: The columns of the table: a row for each letter that was drawn.
COLUMNS: Final = (
    *("period", "stratum", "eligible", "drawn", "in_full", "unit_id", "verdict", "basis"),
    *("readers", "other_reader", "codes", "severity", "edited", "events"),
)


Kept = TypeVar("Kept", bound=attrs.AttrsInstance)


@attrs.frozen
class DrawnStratum(Result):
    """A stratum of a month's draw, by the event that registered it.

    Attributes:
        stratum: its values.
        size: its eligible letters, N.
        letters: those that were drawn, n.
        take_all: whether it is read in full.
    """

    stratum: Stratum
    size: int
    letters: int
    take_all: bool


@attrs.frozen
class MonthVerdicts(Result):
    """The verdicts of a month, and its method.

    Attributes:
        period: the month.
        draw: the digest of its draw.
        pools: its strata.
        excluded: the responses that its frame left out.
        letters: the letters that were drawn, each with what became of it; no substitutes.
        substitutes: substitutes with a verdict, which no bound counts.
        set_aside: letters of a superseded draw of this month that were read; they count in nothing.
        method: the method that was stated; None without one.
        stated: the number of the event that states it; None without one.
        first_verdict: the number of the first event with a verdict on a letter of this draw, a
            corrected one too; None without one.
    """

    period: Period
    draw: str
    pools: tuple[DrawnStratum, ...]
    excluded: int
    letters: tuple[Reading, ...]
    substitutes: int
    set_aside: int
    method: Method | None
    stated: int | None
    first_verdict: int | None

    @property
    def chosen_after(self) -> bool:
        """Whether the method was stated after the month's first verdict, or never."""
        if self.stated is None:
            return True
        return self.first_verdict is not None and self.stated > self.first_verdict

    def cells(self, missing: str, *, scores: bool = False) -> tuple[Cell, ...]:
        """The strata with the defects that each counts.

        Args:
            missing: what a letter without a verdict counts as, ``defective`` or ``sound``.
            scores: True for the sum of severities, for ``monitor(..., scores=True)``; a defect of
                which none was said counts as 1.
        """
        letters = [
            (letter.stratum, letter.line == OPEN, _counts(letter, missing, scores=scores))
            for letter in self.letters
        ]
        rotates = any(is_open for _, is_open, _ in letters)
        return tuple(
            cells_of_month(self.pools, letters, self.period, rotates=rotates, scores=scores)
        )


def _counts(letter: Reading, missing: str, *, scores: bool) -> Fraction:
    """What a letter counts: 1 for a defect, or its severity."""
    if (letter.verdict or missing) != DEFECTIVE:
        return Fraction(0)
    return letter.severity if scores and letter.severity is not None else Fraction(1)


@attrs.frozen
class VerdictRecord(Described, Result):
    """The verdicts of a range of months, as they stood at a moment.

    Attributes:
        population: which.
        as_of: the moment, aware.
        head: the hash of the ledger's newest event; None if it was not given.
        months: those of which a draw counts, in order.
        undrawn: the months of the range without one, between its first and its last draw, but
            for those in which nothing was eligible.
        fallback: the method for a range whose first month states none.
    """

    population: str
    as_of: dt.datetime
    head: str | None
    months: tuple[MonthVerdicts, ...]
    undrawn: tuple[Period, ...]
    fallback: Method

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        months = [
            (str(month.period), f"{counted(len(month.letters), 'letter')} drawn")
            for month in self.months
        ]
        return f"Verdicts on {self.population} at {self.as_of.isoformat()}", months

    def to_dict(self) -> dict[str, Json]:
        """For JSON, which :meth:`from_json` reads again."""
        return {"scheme": SCHEME, **super().to_dict()}

    @classmethod
    def from_json(cls, data: bytes, name: str = "verdicts.json") -> VerdictRecord:
        """The record that ``to_json`` wrote.

        Raises:
            InferenceError: every problem of its form.
        """
        try:
            found: Any = parse_json(data)
        except ValueError as error:
            raise InferenceError(f"{name}: {error}") from None
        faults = faults_of_record(found, SCHEME)
        if faults:
            raise InferenceError(*(f"{name}, {fault}" for fault in faults))
        return cls(
            population=found["population"],
            as_of=dt.datetime.fromisoformat(found["as_of"]),
            head=found["head"],
            months=tuple(_month_from(month) for month in found["months"]),
            undrawn=tuple(Period.parse(month) for month in found["undrawn"]),
            fallback=Method(**found["fallback"]),
        )

    @classmethod
    def load(cls, path: str | Path) -> VerdictRecord:
        """The record of a file of JSON.

        Raises:
            RecordError: the file does not exist.
            InferenceError: every problem of its form.
        """
        return cls.from_json(files.read(Path(path)), Path(path).name)

    def to_csv(self, *, audience: Audience = SPREADSHEET) -> bytes:
        """A row for each letter that was drawn, as CSV, UTF-8.

        Args:
            audience: ``"spreadsheet"`` puts an apostrophe before each text that begins with
                neither a letter nor a digit, so that no cell runs, and a byte order mark before
                the file. ``"machine"`` writes every text as it is: open it in a program, never in
                a spreadsheet.

        Raises:
            ValueError: another audience.
        """
        return csv_table(COLUMNS, self._rows(), audience)

    def _rows(self) -> Iterator[Iterator[str | int]]:
        for month in self.months:
            pools = {pool.stratum: pool for pool in month.pools}
            for letter in month.letters:
                yield _row(month, pools[letter.stratum], letter)

    def save(self, path: str | Path, *, audience: Audience = SPREADSHEET) -> None:
        """Write it to a file, as JSON or CSV by the ending of its name, whole or not at all.

        Args:
            path: the file.
            audience: for whom a CSV file is, see :meth:`to_csv`. JSON is the same for both.

        Raises:
            ValueError: a name that ends in neither ``.json`` nor ``.csv``, or another audience.
        """
        place = Path(path)
        require_audience(audience)
        if place.suffix == ".json":
            files.write_whole(place, f"{self.to_json()}\n".encode())
        elif place.suffix == ".csv":
            files.write_whole(place, self.to_csv(audience=audience))
        else:
            raise ValueError(f"path: got {place.name!r}; give a name that ends in .json or .csv")


def verdict_record(
    events: Iterable[Event],
    *,
    population: str,
    first: Period | str | None = None,
    last: Period | str | None = None,
    as_of: dt.datetime,
    method: Method | None = None,
    head: str | None = None,
) -> VerdictRecord:
    """Collect the verdicts of a range of months from a ledger's events.

    Args:
        events: a ledger's, from its beginning.
        population: which.
        first, last: the months, both included; open by default.
        as_of: the moment, aware.
        method: for a range whose first month states none; None for 95 %, where a letter without a
            verdict counts as defective.
        head: the hash of the ledger's newest event, to be kept; or None.

    Raises:
        InferenceError: a reader judged a letter twice.
        LedgerError: a moment without a time zone.

    >>> at = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
    >>> verdict_record([], population="complaint-responses", as_of=at).months
    ()
    """
    begin, end = (None if month is None else as_period(month) for month in (first, last))
    own = [event for event in events if event.population == population]
    counted: dict[str, list[Event]] = {}
    for event in valid_events_at(own, as_of):
        if event.period is not None and within(event.period, begin, end):
            counted.setdefault(event.period, []).append(event)
    told: dict[str, list[Event]] = {}
    for event in own:
        if event.period in counted and when(event) <= as_of:
            told.setdefault(event.period, []).append(event)
    months = [
        _month_of(found, told[period])
        for period, found in sorted(counted.items())
        if any(event.kind == "drawn" for event in found)
    ]
    # In a month in which nothing was eligible there is nothing to be unsaid.
    empty = empty_months(event for found in counted.values() for event in found)
    between = _between([month.period for month in months])
    return VerdictRecord(
        population=population,
        as_of=as_of,
        head=head,
        months=tuple(months),
        undrawn=tuple(month for month in between if month not in empty),
        fallback=method or Method(),
    )


def _month_of(counted: Sequence[Event], told: Sequence[Event]) -> MonthVerdicts:
    """A month of the record.

    Args:
        counted: its events that count.
        told: all of them, those that were corrected or superseded too.
    """
    histories = [*histories_of(counted, annotations=True).values()]
    drawn = next(event for event in counted if event.kind == "drawn")
    frozen = next((event for event in reversed(counted) if event.kind == "frozen"), None)
    original = [one for one in histories if one.original]
    require_judged_once(original)
    _require_all(drawn, original)
    stated = method_of(counted)
    verdicts = (
        event.sequence
        for event in told
        if event.sequence > drawn.sequence and event.kind in VERDICT_KINDS
    )
    return MonthVerdicts(
        period=Period.parse(str(drawn.period)),
        draw=drawn.payload["draw"],
        pools=tuple(
            DrawnStratum(tuple(pool["stratum"]), pool["N"], pool["n"], pool["take_all"])
            for pool in drawn.payload["strata"]
        ),
        excluded=0 if frozen is None else sum(frozen.payload["exclusions"].values()),
        letters=tuple(reading_of(one) for one in original),
        substitutes=sum(
            reading_of(one).verdict is not None
            for one in histories
            if not one.original and one.state != "reserve"
        ),
        set_aside=set_aside(told).read.count,
        method=None if stated is None else Method.of(stated),
        stated=None if stated is None else stated.sequence,
        first_verdict=next(verdicts, None),
    )


def _require_all(drawn: Event, letters: Sequence[History]) -> None:
    """Raise unless each stratum has as many letters as the draw says: a lost one was not read.

    Raises:
        InferenceError: a stratum has fewer, or more.
    """
    found = Counter(letter.stratum for letter in letters)
    raise_faults(
        InferenceError,
        (
            f"{drawn.period}, {stratum_words(pool['stratum'])}: got "
            f"{found[tuple(pool['stratum'])]} letters of the {pool['n']} that event "
            f"{drawn.sequence} registered; check the ledger"
            for pool in drawn.payload["strata"]
            if found[tuple(pool["stratum"])] != pool["n"]
        ),
    )


def _between(drawn: Sequence[Period]) -> Iterator[Period]:
    """The months without a draw, from the first draw to the last."""
    for before, after in itertools.pairwise(drawn):
        month = before.next()
        while month < after:
            yield month
            month = month.next()


def _row(month: MonthVerdicts, pool: DrawnStratum, letter: Reading) -> Iterator[str | int]:
    """The cells of a letter."""
    yield from (str(month.period), stratum_words(pool.stratum), pool.size, pool.letters)
    yield from ("yes" if pool.take_all else "no", letter.unit_id, letter.verdict or "none")
    yield from (letter.basis, " ".join(letter.readers))
    yield from ("yes" if letter.by_other else "no", " ".join(letter.codes))
    yield "" if letter.severity is None else str(letter.severity)
    yield "yes" if letter.edited else "no"
    yield " ".join(map(str, letter.events))


def _month_from(found: Mapping[str, Any]) -> MonthVerdicts:
    method = found["method"]
    read = {
        "period": Period.parse(found["period"]),
        "pools": tuple(
            _of(DrawnStratum, pool, stratum=tuple(pool["stratum"])) for pool in found["pools"]
        ),
        "letters": tuple(_letter_from(letter) for letter in found["letters"]),
        "method": None if method is None else Method(**method),
    }
    return _of(MonthVerdicts, found, **read)


def _letter_from(found: Mapping[str, Any]) -> Reading:
    lists = {name: tuple(found[name]) for name in ("stratum", "readers", "codes", "events")}
    severity = None if found["severity"] is None else Fraction(found["severity"])
    return _of(Reading, found, **lists, severity=severity)


def _of(kind: type[Kept], found: Mapping[str, Any], **read: Any) -> Kept:
    """A value of the fields that it has; other names of the file are left out."""
    names = [field.name for field in attrs.fields(kind)]
    return kind(**{**{name: found[name] for name in names}, **read})
