"""Whether letters went out in time; open and overdue ones count as late."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

import attrs

from ceosample.result import Result
from ceosample.signoff.figures.letter_facts import LetterFacts
from ceosample.signoff.figures.ratio import Ratio


@attrs.frozen
class OnTime(Result):
    """Letters that went out on or before their due day, of those whose due day is over.

    Every letter ever selected is either in the denominator or in one of the counts.

    Attributes:
        ratio: those that went out in time, however they ended / those whose due day is over.
        not_yet_due: letters whose due day is not over, whether they went out or not. (To count
            only those of them that have gone out would flatter.)
        undated: letters without a due day.
        after_issue: letters that had gone out before they were drawn.
        ended_before: letters withdrawn or replaced by their due day: none was due any more.
    """

    ratio: Ratio
    not_yet_due: int
    undated: int
    after_issue: int
    ended_before: int

    def __str__(self) -> str:
        counts = {
            "not yet due": self.not_yet_due,
            "without a due day": self.undated,
            "sampled after issue": self.after_issue,
            "withdrawn or replaced by then": self.ended_before,
        }
        out = ", ".join(f"{count} {words}" for words, count in counts.items() if count)
        said = str(self.ratio) if self.ratio.of else "no letter was due"
        return f"{said}; left out: {out}" if out else said


def on_time(letters: Iterable[LetterFacts], as_of: dt.datetime) -> OnTime:
    """Which of these letters were in time.

    Args:
        as_of: the moment of asking; what is due on its day may still go out, so is not yet due.
    """
    found = Counter(_verdict(letter, letter.day_of_asking(as_of)) for letter in letters)
    return OnTime(
        ratio=Ratio(found["in time"], found["in time"] + found["late"], "due letters on time"),
        not_yet_due=found["not yet due"],
        undated=found["undated"],
        after_issue=found["after issue"],
        ended_before=found["ended before"],
    )


def _verdict(letter: LetterFacts, today: dt.date) -> str:
    if letter.after_issue:
        return "after issue"
    if letter.due is None:
        return "undated"
    # A letter that was found ineligible after it was sent stays in every denominator, in this too.
    waived = letter.went_out is None and letter.state != "found_ineligible"
    if waived and letter.ended is not None and letter.ended <= letter.due:
        return "ended before"
    if today <= letter.due:
        return "not yet due"
    out = letter.went_out
    return "in time" if out is not None and out <= letter.due else "late"
