"""The census of a table: one look at every row, from which sizes, reasons and faults come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import attrs

from ceosample.sampling.frames.strata import Stratum
from ceosample.warehouse.faults import MOST_REASONS_COUNTED
from ceosample.warehouse.questions import Questions

#: A stratum as the table has it: a value that is missing is None.
RawStratum: TypeAlias = "tuple[str | None, ...]"


@attrs.frozen
class Census:
    """What was counted.

    Attributes:
        strata: the number of eligible rows of each stratum.
        reasons: the number of rows left out for each reason; one more than are counted at most.
        odd: the number of rows whose id must be looked at.
    """

    strata: dict[RawStratum, int]
    reasons: dict[str, int]
    odd: int

    @property
    def sizes(self) -> dict[Stratum, int]:
        """The strata by the bytes of their values, of a table without faults."""
        return {tuple(map(str, stratum)): size for stratum, size in sorted(self.strata.items())}


def counted(questions: Questions, answer: Iterable[Sequence[Any]]) -> Census:
    """The answer to ``Questions.census``, with labels for what is missing."""
    strata: Counter[RawStratum] = Counter()
    reasons: Counter[str] = Counter()
    odd = 0
    width = len(questions.columns.strata)
    for row in answer:
        *raw, count, among = row
        odd += among
        reason = raw[width] if len(raw) > width else None
        if reason:
            if len(reasons) <= MOST_REASONS_COUNTED or reason in reasons:
                reasons[reason] += count
        elif count:
            strata[tuple(value or questions.missing for value in raw[:width])] += count
    return Census(dict(strata), dict(sorted(reasons.items())), odd)
