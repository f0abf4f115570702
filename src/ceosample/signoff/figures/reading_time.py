"""How long the executive read, against the minutes that there are."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import attrs

from ceosample.canonical import Json
from ceosample.result import Result
from ceosample.show import decimal, percent
from ceosample.signoff.figures.letter_facts import LetterFacts
from ceosample.signoff.figures.ratio import Ratio


@attrs.frozen
class ReadingTime(Result):
    """The reading that letters ask for.

    Attributes:
        words: those of every version that was sent for signature; one that came back and was sent
            again is read again.
        words_a_minute: how fast it is read.
        counted: versions that say how many words they have / versions sent.
        budget: minutes that there are; None if none was given.
    """

    words: int
    words_a_minute: Fraction
    counted: Ratio
    budget: Fraction | None = None

    @property
    def minutes(self) -> Fraction:
        """The minutes, exactly."""
        return self.words / self.words_a_minute

    @property
    def share(self) -> Fraction | None:
        """The minutes / the budget; None without one."""
        return self.minutes / self.budget if self.budget else None

    def to_dict(self) -> dict[str, Json]:
        """For JSON; minutes as exact fractions in text."""
        return {
            "words": self.words,
            "words_a_minute": str(self.words_a_minute),
            "minutes": str(self.minutes),
            "counted": self.counted.to_dict(),
            "budget": None if self.budget is None else str(self.budget),
        }

    def __str__(self) -> str:
        if self.counted.of and not self.counted.count:
            return f"not known: none of {self.counted.of} versions says how many words it has"
        words = f"{decimal(self.minutes)} min"
        if self.budget is not None:
            share = "" if self.share is None else f" ({percent(self.share)})"
            words += f" of {decimal(self.budget)}{share}"
        missing = self.counted.of - self.counted.count
        if missing:
            words += f"; {missing} of {self.counted.of} versions do not say how many words"
        return words


def reading(
    letters: Iterable[LetterFacts], words_a_minute: Fraction, budget: Fraction | None = None
) -> ReadingTime:
    """The reading that these letters ask for."""
    found = list(letters)
    counted = sum(letter.counted for letter in found)
    sent = counted + sum(letter.uncounted for letter in found)
    return ReadingTime(
        words=sum(letter.words for letter in found),
        words_a_minute=words_a_minute,
        counted=Ratio(counted, sent, "versions sent say how many words they have"),
        budget=budget,
    )
