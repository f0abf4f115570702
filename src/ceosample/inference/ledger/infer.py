"""What the verdicts on record say of the responses that nobody read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

import attrs

from ceosample.canonical import Json
from ceosample.errors import InferenceError
from ceosample.inference.bounds import Bound, bound, interval
from ceosample.inference.cells import Cell
from ceosample.inference.ledger.readings import DEFECTIVE, SOUND
from ceosample.inference.ledger.statement import LetterCounts, StatementFigures
from ceosample.inference.ledger.verdict_record import VerdictRecord
from ceosample.inference.ledger.words import Words, words_of
from ceosample.inference.monitoring import Monitor, monitor
from ceosample.show import html_facts
from ceosample.signoff.replay.methods import MISSING, Method


@attrs.frozen(repr=False)
class Statement(StatementFigures):
    """What may be said of all responses of a range of months, given the verdicts on record.

    Its fields are those of :class:`~ceosample.inference.ledger.statement.StatementFigures`.
    """

    @property
    def words(self) -> Words:
        """What people read: the claim, its method, what it assumes, and what it does not say."""
        return words_of(self)

    def __str__(self) -> str:
        return str(self.words)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        words = self.words
        return html_facts("What the verdicts say", [("", line) for line in words.claim])

    def to_dict(self) -> dict[str, Json]:
        """For JSON: the figures, what follows from them, and the words that people read."""
        return {
            **super().to_dict(),
            "label": self.label,
            "read": self.counts.read,
            "others": self.counts.others,
            "others_upper": self.others_upper,
            "others_otherwise": self.others_otherwise,
            "against": self.against,
            "words": self.words.to_dict(),
        }


def infer(record: VerdictRecord) -> Statement:
    """What a record of verdicts says of the responses that stayed unread.

    One month has its exact bound, and every range the monitor. The method of the first month
    counts for the whole range: it was chosen before any verdict in it.

    Args:
        record: of one month or several.

    Raises:
        InferenceError: no draw counts in the range.
        MissingPartError: the extra ``inference`` is not installed.

    >>> import datetime as dt, ceosample as cs
    >>> at = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    >>> month = {"population": "complaint-responses", "period": "2026-10"}
    >>> frame = cs.Frame.from_records([{"id": f"R-{i}"} for i in range(100)], unit_id="id", **month)
    >>> plan, by = cs.Plan(size=3), {"by": "sampling", "at": at}
    >>> seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    >>> with cs.Ledger.open("sqlite://", clock=lambda: at) as ledger:
    ...     frozen = ledger.freeze(frame, plan, seed_source="dice", **by)
    ...     drawn = ledger.register(cs.draw(frame, plan, seed), **by)
    ...     for unit_id in ("R-88", "R-52", "R-76"):
    ...         found = ledger.record("finding", unit_id, by="ceo", at=at, verdict="sound")
    ...     record = cs.inference.verdict_record(
    ...         ledger.events(), population="complaint-responses", as_of=at)
    >>> cs.inference.infer(record).upper
    62
    """
    if not record.months:
        raise InferenceError(
            f"{record.population}: no draw counts in these months; give months that were drawn (a "
            "month in which nothing was eligible has none, and nothing to say)"
        )
    first = record.months[0]
    method = first.method or record.fallback
    counts = LetterCounts.of(record.months)
    limits = _of_a_month if len(record.months) == 1 else _of_months
    by_rule, lower, watched = limits(record, method, counts)
    other = SOUND if method.missing == DEFECTIVE else DEFECTIVE
    found = by_rule[method.missing]
    return Statement(
        population=record.population,
        months=tuple(month.period for month in record.months),
        undrawn=record.undrawn,
        method=method,
        stated=first.stated,
        chosen_after=first.chosen_after,
        differing=tuple(m.period for m in record.months[1:] if m.method != first.method),
        whole_years=len(record.months) == 1 or first.period.month == method.year_begins,
        counts=counts,
        upper=_upper(found),
        lower=lower,
        upper_otherwise=_upper(by_rule[other]) if counts.missing else None,
        bound=found if isinstance(found, Bound) else None,
        monitor=watched,
    )


#: The figures by each rule for letters without a verdict, the lower bound, and the monitor.
_Limits: TypeAlias = "tuple[Mapping[str, Bound | Monitor], int | None, Monitor]"


def _of_months(record: VerdictRecord, method: Method, counts: LetterCounts) -> _Limits:
    """Those of several months; the fewest that are defective counts no letter without a verdict."""
    found = {
        rule: monitor([month.cells(rule) for month in record.months], confidence=method.confidence)
        for rule in _rules(method, counts)
    }
    both = {**dict.fromkeys(MISSING, found[method.missing]), **found}
    return both, both[SOUND].lower, found[method.missing]


def _of_a_month(record: VerdictRecord, method: Method, counts: LetterCounts) -> _Limits:
    """Those of one month; a lower bound is work, so it is computed where it may decide."""
    (month,) = record.months
    found: dict[str, Bound] = {}
    for rule in _rules(method, counts):
        cells = month.cells(rule)
        if rule == _rules(method, counts)[-1] and _may_exceed(month.cells(SOUND), method):
            # Half the risk on each side: each side alone has the confidence that is asked for.
            both_sides = 2 * Fraction(method.confidence) - 1
            found[rule] = interval(cells, confidence=both_sides)
        else:
            found[rule] = bound(cells, confidence=method.confidence)
    both = {**dict.fromkeys(MISSING, found[method.missing]), **found}
    watched = monitor([month.cells(method.missing)], confidence=method.confidence)
    return both, both[SOUND].lower, watched


def _rules(method: Method, counts: LetterCounts) -> tuple[str, ...]:
    """The rules for letters without a verdict, ``sound`` last; one rule where each has one."""
    return MISSING if counts.missing else (method.missing,)


def _may_exceed(cells: Sequence[Cell], method: Method) -> bool:
    """Whether so many were found that more may be defective than is tolerable."""
    if method.tolerable is None:
        return False
    total = sum(Fraction(cell.found * cell.size, cell.drawn) for cell in cells if cell.drawn)
    return total > Fraction(method.tolerable) * sum(cell.size for cell in cells)


def _upper(found: Bound | Monitor) -> int:
    if found.upper is None:
        raise InferenceError("upper: got none; ask for an upper bound")
    return found.upper
