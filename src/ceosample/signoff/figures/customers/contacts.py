"""What customers went through: contacts, people they were passed between, what a call came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

import attrs

from ceosample.canonical import Json
from ceosample.result import Result
from ceosample.show import decimal
from ceosample.signoff.figures.letter_facts import LetterFacts
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.replay.lifecycle import CONTACT_FAILED, KEPT, LEFT
from ceosample.text import counted


@attrs.frozen
class PerLetter(Result):
    """A number that the dockets of letters state, over all letters that state it.

    Attributes:
        stated: letters whose newest version states it / letters that were rendered.
        spread: for each number the letters that state it, the smallest number first.
    """

    stated: Ratio
    spread: Mapping[int, int]

    @property
    def total(self) -> int:
        """The sum over all letters that state it."""
        return sum(number * letters for number, letters in self.spread.items())

    @property
    def most(self) -> int | None:
        """The largest number of one letter; None where no letter states it."""
        return max(self.spread, default=None)

    @property
    def mean(self) -> Fraction | None:
        """The total per letter that states it, exact; None where no letter states it."""
        return Fraction(self.total, self.stated.count) if self.stated.count else None

    def to_dict(self) -> dict[str, Json]:
        """For JSON: the mean is an exact fraction as text, ``"97/12"``."""
        return {
            "total": self.total,
            "mean": None if self.mean is None else str(self.mean),
            "most": self.most,
            "stated": self.stated.to_dict(),
            "spread": {str(number): letters for number, letters in self.spread.items()},
        }

    def words(self, what: str) -> str:
        """The total, the mean and the largest, in words.

        >>> PerLetter(Ratio(2, 3, "letters state it"), {1: 1, 4: 1}).words("contact")
        '5 contacts in 2 letters: 2.5 a letter, 4 at most; 2 of 3 letters state it'
        """
        if self.mean is None:
            return str(self.stated)
        letters = counted(self.stated.count, "letter")
        mean = f"{decimal(self.mean)} a letter, {self.most} at most"
        return f"{counted(self.total, what)} in {letters}: {mean}; {self.stated}"


@attrs.frozen
class ContactFigures(Result):
    """How customers had to ask, and what the executive's contacts with them came to.

    Attributes:
        channels: contacts with the customer before the answer, by channel, the commonest first.
        contacts: contacts per letter.
        passed_between: people that the customer was passed between, per letter.
        reached: letters whose customer the executive or the office reached / letters ever selected.
        kept, left: customers who stayed, and who left, by the newest outcome that says so / letters
            whose customer was reached.
        unknown: the others / the same.
    """

    channels: Mapping[str, int]
    contacts: PerLetter
    passed_between: PerLetter
    reached: Ratio
    kept: Ratio
    left: Ratio
    unknown: Ratio

    @property
    def lines(self) -> dict[str, str]:
        """What there is to say, by name."""
        outcomes = (self.kept, self.left, self.unknown)
        return {
            "contacts": self.contacts.words("contact"),
            "passed between": self.passed_between.words("colleague"),
            "reached": "; ".join(
                map(str, (self.reached, *(outcomes if self.reached.count else ())))
            ),
        }


def contact_figures(letters: Iterable[LetterFacts]) -> ContactFigures:
    """The contacts of these letters, by their newest versions and what was recorded of them.

    Args:
        letters: from histories with annotations.
    """
    selected = list(letters)
    rendered = [letter for letter in selected if letter.versions]
    channels: Counter[str] = Counter()
    for letter in rendered:
        channels.update(letter.contacts or {})
    reached = [one for letter in selected if (one := _outcome(letter)) is not None]
    outcomes = Counter(reached)
    return ContactFigures(
        channels=dict(sorted(channels.items(), key=lambda pair: (-pair[1], pair[0]))),
        contacts=_per_letter(rendered, _contacts, "letters say how many contacts there were"),
        passed_between=_per_letter(
            rendered,
            lambda letter: letter.passed_between,
            "letters say how many colleagues the customer was passed between",
        ),
        reached=Ratio(len(reached), len(selected), "customers were reached"),
        kept=Ratio(outcomes[KEPT], len(reached), "customers reached were kept"),
        left=Ratio(outcomes[LEFT], len(reached), "have left"),
        unknown=Ratio(outcomes[_UNKNOWN], len(reached), "are not known"),
    )


_UNKNOWN = "unknown"


def _outcome(letter: LetterFacts) -> str | None:
    """What the contacts with a letter's customer came to; None where nobody was reached."""
    came = [outcome for outcome in letter.answers if outcome != CONTACT_FAILED]
    said = [outcome for outcome in came if outcome in (KEPT, LEFT)]
    return said[-1] if said else _UNKNOWN if came else None


def _contacts(letter: LetterFacts) -> int | None:
    return None if letter.contacts is None else sum(letter.contacts.values())


def _per_letter(
    rendered: Sequence[LetterFacts], number: Callable[[LetterFacts], int | None], what: str
) -> PerLetter:
    stated = [value for letter in rendered if (value := number(letter)) is not None]
    return PerLetter(
        stated=Ratio(len(stated), len(rendered), what), spread=dict(sorted(Counter(stated).items()))
    )
