"""What errors say: their place and value, and once each the sentences that several tests rely on.

An error's fault is ``place: got VALUE; do THIS``, or ``place: what is wrong``. Tests compare its
place and its value, which are what a reader looks for. The words are here: a better sentence
changes one line of this file, and its other half in the library.

>>> Fault.parse("row 3, column 'id: x': got 'a; b'; give a text")
Fault(place="row 3, column 'id: x'", said="got 'a; b'; give a text")
>>> _.got, _.advice
("'a; b'", 'give a text')
>>> Fault.parse("letter R-1: was not drawn").got is None
True
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import attrs
import pytest

from ceosample.errors import CeosampleError

# The sentences. What they say in the middle is said by a function.

CANNOT_BE_ASKED: Final = "cannot be asked"
CHANGED_AFTER_THE_FRAME: Final = "changed after the frame was made"
CHANGED_SINCE_THE_FREEZE: Final = "changed since the freeze"
CHANGED_SINCE_WRITTEN: Final = "changed since it was written"
DRAW_SUPERSEDED: Final = "its draw was superseded"
IS_THERE_ALREADY: Final = "already exists and was left unchanged"
NEVER_SENT: Final = "was never sent for signature"
NOT_DRAWN: Final = "was not drawn"
NOT_THERE: Final = "not there"
NOTHING_FROZEN: Final = "nothing is frozen"
NOTHING_FROZEN_YET: Final = f"{NOTHING_FROZEN} yet"
NO_DRAW: Final = "no draw is registered"
NO_TIME_ZONE: Final = "no time zone"
NOT_SHOWN: Final = "text that is not shown, since a password may be in it"
ROLL_AGAIN: Final = "roll a fresh one"
SEED_IS_OUT: Final = "its seed has been revealed"
TRANSACTION_IS_OVER: Final = "transaction in which the frame was made is over"


def before_event(event: str = "") -> str:
    """What was recorded would come before an event: its number, if that is known."""
    return f"would be before event {event}".rstrip()


def cannot_become(step: str, before: str = "") -> str:
    """A letter's step that its last one does not allow."""
    return f"cannot become {step}" + (f" from {before}" if before else "")


def did_you_mean(name: str) -> str:
    """A name that is not known, and the nearest that is."""
    return f"did you mean {name}?"


def had_a_seed(event: str = "") -> str:
    """A month's seed is known, since an event."""
    return f"already has a seed (event {event}".rstrip()


def problems(count: int) -> str:
    """How many faults an error carries, in front of their lines."""
    return f"{count:,} problems"


def nearest_size(size: int) -> str:
    """A plan's size that cannot be, and the one that can."""
    return f"nearest possible size is {size}"


# What they are compared by


@attrs.frozen
class Fault:
    """One fault in its parts.

    Attributes:
        place: where it is: all before the first colon that stands in no quotation.
        said: what is said of it.
    """

    place: str
    said: str

    def is_at(self, place: str | None) -> bool:
        """Whether this is its place, or the end of it: ``line 2`` of ``/a/gate.jsonl, line 2``."""
        if place is None or place == self.place:
            return True
        return self.place.endswith((f", {place}", f"/{place}"))

    @classmethod
    def parse(cls, fault: str) -> Fault:
        end = next(_outside_quotations(fault, ": "), None)
        return cls("", fault) if end is None else cls(fault[:end], fault[end + 2 :])

    @property
    def got(self) -> str | None:
        """The value as it is shown; None where the fault shows none."""
        if not self.said.startswith("got "):
            return None
        end = next(_outside_quotations(self.said, "; "), len(self.said))
        return self.said[4:end]

    @property
    def advice(self) -> str | None:
        """What to do; None where nothing is said of that."""
        end = next(_outside_quotations(self.said, "; "), None)
        return None if end is None else self.said[end + 2 :]


def faults_of(error: CeosampleError) -> list[Fault]:
    """An error's faults in their parts."""
    return [Fault.parse(fault) for fault in error.faults]


@contextmanager
def refused(
    kind: type[CeosampleError],
    saying: str = "",
    *,
    place: str | None = None,
    got: str | None = None,
) -> Iterator[pytest.ExceptionInfo[CeosampleError]]:
    """An error of a kind is raised, and one of its faults is this one.

    Args:
        kind: the class of the error.
        saying: words of the fault, as they are: no pattern.
        place: its place, or the last parts of it behind a comma or a folder; None for any.
        got: the value that it shows, as it is shown; None for any, or none.
    """
    with pytest.raises(kind) as caught:
        yield caught
    faults = faults_of(caught.value)
    assert any(
        saying in fault.said and fault.is_at(place) and got in (None, fault.got) for fault in faults
    ), f"{saying!r} at {place!r} of {got!r} is none of {faults}"


def _outside_quotations(text: str, mark: str) -> Iterator[int]:
    """Where a mark stands outside of quotations; an apostrophe within a word begins none."""
    quotations = re.finditer(r"""(?<!\w)(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""", text)
    inside = [found.span() for found in quotations]
    for found in re.finditer(re.escape(mark), text):
        if not any(start <= found.start() < end for start, end in inside):
            yield found.start()
