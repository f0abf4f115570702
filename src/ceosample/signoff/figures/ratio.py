"""A count with its denominator, which every figure of the ledger is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final, TypeVar

import attrs

from ceosample.canonical import Json
from ceosample.result import Result
from ceosample.show import html_facts, ratio_text, share_text


@attrs.frozen
class Ratio(Result):
    """A count and what it is out of.

    Attributes:
        count: how many.
        of: out of how many.
        what: what is counted, in words.
        always: whether its percentage is printed out of fewer than 30 too, which is for sign-off
            coverage alone. It changes what people read, and no JSON.

    >>> print(Ratio(41, 60, "signed"))
    41 of 60 signed (68.3 %)
    >>> print(Ratio(4, 6, "letters with a finding"))
    4 of 6 letters with a finding
    """

    count: int
    of: int
    what: str
    always: bool = attrs.field(default=False, kw_only=True, repr=False, eq=False)

    @property
    def share(self) -> Fraction | None:
        """The exact share; None of nothing."""
        return Fraction(self.count, self.of) if self.of else None

    @property
    def percentage(self) -> str:
        """The share as people read it; empty out of too few."""
        return share_text(self.count, self.of, always=self.always)

    @property
    def short(self) -> str:
        """The count and what it is out of, for a cell under a heading that says what it counts.

        Out of nothing it is a dash: there was nothing to count, so nothing failed.
        """
        return f"{self.count} of {self.of}" if self.of else "-"

    def __str__(self) -> str:
        return ratio_text(self.count, self.of, self.what, always=self.always)

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {"count": self.count, "of": self.of, "what": self.what}

    def _repr_html_(self) -> str:
        return html_facts(str(self), [])


#: What is read and not signed has the same counts, in other words.
_OTHER: Final = {
    "sign-off": "reading",
    "Letters": "Readings",
    "letters": "readings",
    "letter": "reading",
    "read and sign": "read",
    "Signed": "Read",
    "signed": "read",
    "a signature": "being read",
    "signature": "reading",
    "responses": "readings",
    "response": "reading",
    "Complaint responses before": "Readings before",
}
_WORD: Final = re.compile(rf"(?<![-\w])({'|'.join(sorted(_OTHER, key=len, reverse=True))})\b")

T = TypeVar("T")


def words_of_readings(text: str, names: Iterable[str] = ()) -> str:
    """Words of ours about letters, about readings instead.

    Args:
        text: ours, not a text that came from data.
        names: texts from data that may stand in it, and stay as they are.

    >>> words_of_readings("selected letters signed in person")
    'selected readings read in person'
    """
    kept = sorted(filter(_WORD.search, names), key=len, reverse=True)
    words = re.compile("|".join([*map(re.escape, kept), _WORD.pattern]))
    made = words.sub(lambda found: _OTHER.get(found[0], found[0]), text)
    return f"{made[:1].upper()}{made[1:]}" if text[:1].isupper() else made


def of_readings(value: T) -> T:
    """The same figures, each count with the words of readings."""
    return _reworded(value)  # type: ignore[no-any-return]


def _reworded(value: Any) -> Any:
    if isinstance(value, Ratio):
        return attrs.evolve(value, what=words_of_readings(value.what))
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(map(_reworded, value))
    if isinstance(value, Mapping):
        return {name: _reworded(one) for name, one in value.items()}
    if attrs.has(type(value)) and type(value).__module__.startswith("ceosample.signoff.figures"):
        fields = [field.name for field in attrs.fields(type(value)) if field.init]
        return attrs.evolve(value, **{name: _reworded(getattr(value, name)) for name in fields})
    return value
