"""How a month's verdicts will be read: its method, stated before anyone knows a verdict.

The event ``method_stated`` holds the confidence, what counts as defective, the rate that the firm
can tolerate, and the month with which the firm's year begins. A method chosen once the verdicts are
known proves less, so every figure that goes by one says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Final

import attrs

from ceosample.canonical import Json
from ceosample.errors import LedgerError, raise_faults
from ceosample.form import is_count
from ceosample.got import got
from ceosample.result import Result
from ceosample.signoff.store.events import Event

_DECIMAL = re.compile(r"0\.[0-9]{1,10}")

#: The event that states the method of a month.
STATED: Final = "method_stated"

#: The names of methods. A name fixes every constant of the bounds that go by it: the exact bound of
#: one month, and the monitor over months with its mixture.
METHODS: Final = ("exact-and-monitor-1",)

#: What a letter without a usable verdict counts as: ISA 530 has a procedure that could not be
#: applied count as a deviation.
MISSING: Final = ("defective", "sound")

#: What every output says of a month whose method came after its first verdict.
CHOSEN_AFTER: Final = "method chosen after the verdicts"


@attrs.frozen
class Method(Result):
    """How verdicts are read.

    Attributes:
        confidence: of the bounds, as a decimal above 0.5 and below 1, ``"0.95"``.
        missing: what a letter without a verdict counts as: ``defective`` or ``sound``.
        tolerable: the share of defective letters that the firm can tolerate, as a decimal above 0
            and below 1; None where it states none.
        year_begins: the month with which the firm's year begins, from 1 to 12.
        name: the method's name, which fixes its constants.
    """

    confidence: str = "0.95"
    missing: str = MISSING[0]
    tolerable: str | None = None
    year_begins: int = 1
    name: str = METHODS[0]

    @classmethod
    def of(cls, event: Event) -> Method:
        """The method that an event states."""
        said = event.payload
        return cls(
            confidence=said["confidence"],
            missing=said["missing"],
            tolerable=said.get("tolerable"),
            year_begins=said["year_begins"],
            name=said["method"],
        )

    @property
    def payload(self) -> dict[str, Json]:
        """What the event holds; without a tolerable rate no field says so."""
        tolerable = {} if self.tolerable is None else {"tolerable": self.tolerable}
        return {
            "method": self.name,
            "confidence": self.confidence,
            "missing": self.missing,
            "year_begins": self.year_begins,
            **tolerable,
        }

    def require(self) -> None:
        """Raise unless it can be stated.

        Raises:
            LedgerError: every field with a wrong value.
        """
        allowed = {
            "confidence": (is_confidence(self.confidence), CONFIDENCE),
            "missing": (self.missing in MISSING, " or ".join(MISSING)),
            "tolerable": (self.tolerable is None or is_rate(self.tolerable), RATE),
            "year_begins": (is_month_number(self.year_begins), MONTH_NUMBER),
            "name": (self.name in METHODS, " or ".join(METHODS)),
        }
        raise_faults(
            LedgerError,
            (
                f"{name}: {got(getattr(self, name))}; give {words}"
                for name, (fits, words) in allowed.items()
                if not fits
            ),
        )


#: What the fields may be, in words.
CONFIDENCE: Final = "a decimal above 0.5 and below 1 as text, '0.95'"
RATE: Final = "a decimal above 0 and below 1 as text, '0.05'"
MONTH_NUMBER: Final = "a month's number, from 1 to 12"


def is_confidence(value: Any) -> bool:
    """Whether a value is a confidence: one of half or less would bound nothing."""
    return _is_between(value, Fraction(1, 2))


def is_rate(value: Any) -> bool:
    """Whether a value is a rate above 0 and below 1."""
    return _is_between(value, Fraction(0))


def is_month_number(value: Any) -> bool:
    """Whether a value is the number of a month."""
    return is_count(value, 1) and value <= 12


def _is_between(value: Any, low: Fraction) -> bool:
    if not isinstance(value, str) or _DECIMAL.fullmatch(value) is None:
        return False
    return low < Fraction(value) < 1


def method_of(events: Iterable[Event]) -> Event | None:
    """The event that states the method of a month, of those that count; None without one."""
    return next((event for event in reversed([*events]) if event.kind == STATED), None)
