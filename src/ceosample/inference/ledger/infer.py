"""What the verdicts on record say of the responses that nobody read."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import attrs

from ceosample.canonical import Json
from ceosample.errors import InferenceError
from ceosample.inference.bounds import Bound, bound, interval
from ceosample.inference.cells import Cell
from ceosample.inference.ledger.readings import DEFECTIVE, SOUND
from ceosample.inference.ledger.statement import LetterCounts, StatementFigures
from ceosample.inference.ledger.verdict_record import VerdictRecord
from ceosample.inference.ledger.words import Words, words_of
from ceosample.inference.monitoring import monitor
from ceosample.show import html_facts
from ceosample.signoff.replay.methods import Method


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
    """What a record of verdicts says of the responses that nobody read.

    One month has its exact bound, and every range the monitor. The method of the first month
    counts for the whole range: it was chosen before any verdict in it.

    Args:
        record: of one month or several.

    Raises:
        InferenceError: no draw counts in the range.
        MissingPartError: the extra ``inference`` is not installed.
    """
    if not record.months:
        raise InferenceError(
            f"{record.population}: no draw counts in these months; give months that were drawn"
        )
    first = record.months[0]
    method = first.method or record.fallback
    counts = LetterCounts.of(record.months)
    history = [month.cells(method.missing) for month in record.months]
    watched = monitor(history, confidence=method.confidence)
    exact = _exact(history[0], method, counts) if len(record.months) == 1 else None
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
        upper=_required(watched.upper if exact is None else exact.upper),
        lower=watched.lower if exact is None else exact.lower,
        upper_otherwise=_otherwise(record, method) if counts.missing else None,
        bound=exact,
        monitor=watched,
    )


def _exact(cells: Sequence[Cell], method: Method, counts: LetterCounts) -> Bound:
    """The bound of one month; with its lower bound where a tolerable rate asks for one."""
    if method.tolerable is None or not counts.defective:
        return bound(cells, confidence=method.confidence)
    # Half the risk on each side: each side alone has the confidence that is asked for.
    both = 2 * Fraction(method.confidence) - 1
    return interval(cells, confidence=both)


def _otherwise(record: VerdictRecord, method: Method) -> int:
    """The upper bound by the other rule for letters without a verdict."""
    missing = SOUND if method.missing == DEFECTIVE else DEFECTIVE
    history = [month.cells(missing) for month in record.months]
    if len(history) > 1:
        return monitor(history, confidence=method.confidence).upper
    return _required(bound(history[0], confidence=method.confidence).upper)


def _required(upper: int | None) -> int:
    if upper is None:
        raise InferenceError("upper: got none; ask for an upper bound")
    return upper
