"""How long a signature takes, with the letters that still wait for one counted as waiting."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Final, TypeAlias

import attrs

from ceosample.result import Result
from ceosample.signoff.figures.letter_facts import LetterFacts
from ceosample.signoff.figures.ratio import Ratio
from ceosample.text import counted

if TYPE_CHECKING:
    import numpy as np

#: How long somebody waited, and whether what they waited for came.
Wait: TypeAlias = tuple[int, bool]

#: What a cell says in place of a median of fewer letters than have one, and what that means.
TOO_FEW: Final = "too few"
TOO_FEW_NOTE: Final = "too few: of fewer than 5 letters no median and no 90th percentile is shown"

#: A median of fewer letters is the chance of one or two, and is not printed.
FEWEST_FOR_MEDIAN: Final = 5


@attrs.frozen
class Turnaround(Result):
    """Working days from the first time sent for signature to the signature in person that counts.

    Attributes:
        signed: letters signed / letters sent for signature.
        median: after so many working days half of the letters are signed; None where the curve
            does not come down to a half.
        ninetieth: after so many nine in ten are; None where it does not come down to a tenth.

    People read neither of fewer than 5 letters; the two fields and JSON have them all the same.
    """

    signed: Ratio
    median: int | None
    ninetieth: int | None

    @property
    def cells(self) -> tuple[str, str]:
        """Median and 90th percentile for cells of a table."""
        if 0 < self.signed.of < FEWEST_FOR_MEDIAN:
            return TOO_FEW, TOO_FEW
        median, ninetieth = ("-" if n is None else str(n) for n in (self.median, self.ninetieth))
        return median, ninetieth

    def __str__(self) -> str:
        if self.signed.of < FEWEST_FOR_MEDIAN:
            return f"no median of fewer than {FEWEST_FOR_MEDIAN} letters; {self.signed}"
        return (
            f"median {_days(self.median)}, 90th percentile {_days(self.ninetieth)}; {self.signed}"
        )


def calendar_of(holidays: Iterable[dt.date]) -> np.busdaycalendar:
    """The working days: Monday to Friday without the holidays."""
    import numpy as np  # here, since most commands count no days and should begin at once

    return np.busdaycalendar(holidays=list(holidays))


def turnaround(
    letters: Iterable[LetterFacts], as_of: dt.datetime, calendar: np.busdaycalendar
) -> Turnaround:
    """How long these letters' signatures took, by Kaplan and Meier.

    A letter that is not signed waited until it ended, or waits still.

    Args:
        letters: of which those that were never sent for signature are left out.
        as_of: the moment; the open ones have waited until its day.
        calendar: the working days.
    """
    waited = waits(letters, as_of, calendar)
    curve = survival(waited)
    signed = [is_signed for _, is_signed in waited]
    return Turnaround(
        signed=Ratio(sum(signed), len(signed), "sent letters signed in person"),
        median=_first_at(curve, Fraction(1, 2)),
        ninetieth=_first_at(curve, Fraction(1, 10)),
    )


def waits(
    letters: Iterable[LetterFacts], as_of: dt.datetime, calendar: np.busdaycalendar
) -> list[Wait]:
    """How long each letter that was sent waited for its signature, in working days."""
    import numpy as np  # here, as above

    sent = [
        (f.sent, f.signed or f.ended or f.day_of_asking(as_of), f.signed) for f in letters if f.sent
    ]
    days = np.busday_count(
        np.array([begun for begun, _, _ in sent], dtype="datetime64[D]"),
        np.array([until for _, until, _ in sent], dtype="datetime64[D]"),
        busdaycal=calendar,
    )
    # By the offsets in which they are written, the day of asking can precede that of sending.
    return [
        (max(0, int(n)), signed is not None) for n, (_, _, signed) in zip(days, sent, strict=True)
    ]


def survival(waits: Iterable[Wait]) -> list[tuple[int, Fraction]]:
    """The share that still waits after each number of days: the product-limit estimate, exact.

    At each number of days t on which something came, the share is multiplied by 1 - d / n, where d
    is how many it came for at t and n how many had waited t or longer. Who stopped waiting at t is
    among the n. (E. L. Kaplan and P. Meier, 1958)

    >>> survival([(1, True), (2, False), (3, True)])
    [(1, Fraction(2, 3)), (3, Fraction(0, 1))]
    """
    ends = Counter(waits)
    waiting, share = sum(ends.values()), Fraction(1)
    curve = []
    for days in sorted({days for days, _ in ends}):
        came = ends[days, True]
        if came:
            share *= 1 - Fraction(came, waiting)
            curve.append((days, share))
        waiting -= came + ends[days, False]
    return curve


def _first_at(curve: Iterable[tuple[int, Fraction]], most: Fraction) -> int | None:
    """The first day on which at most such a share waits."""
    return next((days for days, share in curve if share <= most), None)


def _days(number: int | None) -> str:
    if number is None:
        return "not reached"
    return counted(number, "working day")
