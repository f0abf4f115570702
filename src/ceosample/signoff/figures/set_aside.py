"""Letters that were sent before their draw was set aside: what was seen stays seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from ceosample.result import Result
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.store.events import Event, uncorrected

#: What an executive or a deputy does only with a letter that they have before them.
_READ: Final = (
    *("viewed", "read", "signed", "returned_for_rework", "declined", "escalated_to_board"),
    *("taken_over", "delegated", "signed_by_deputy", "finding"),
)

#: What a finding that says so is counted under, next to the kinds of events.
_DEFECTIVE: Final = "found defective"


@attrs.frozen
class SetAside(Result):
    """The letters that were sent, of draws that were superseded and count no more.

    Attributes:
        sent: letters sent for signature / letters of these draws that were ever selected.
        read: those of which an event shows that they were read / letters sent.
        returned: those that came back for rework / letters sent.
        defective: those that were found defective / letters sent.
    """

    sent: Ratio
    read: Ratio
    returned: Ratio
    defective: Ratio

    @property
    def words(self) -> str:
        """The counts in a line; empty where no letter of a superseded draw was sent."""
        if not self.sent.count:
            return ""
        return (
            f"before it was superseded {self.sent}: {self.read.count} read, "
            f"{self.returned.count} returned, {self.defective.count} found defective"
        )

    def __str__(self) -> str:
        return self.words or str(self.sent)


def set_aside(events: Iterable[Event]) -> SetAside:
    """Count the letters that were sent before their draw was superseded.

    A correction counts as it does elsewhere: what it made void was never said.

    Args:
        events: a ledger's, of one population, or of some of its months.
    """
    letters = [told for told in _superseded(uncorrected(events)) if told["selected"]]
    sent = [told for told in letters if told["sent_for_signature"]]
    read, returned, defective = (
        sum(any(told[kind] for kind in kinds) for told in sent)
        for kinds in (_READ, ["returned_for_rework"], [_DEFECTIVE])
    )
    return SetAside(
        Ratio(len(sent), len(letters), "letters sent"),
        Ratio(read, len(sent), "letters read"),
        Ratio(returned, len(sent), "letters returned for rework"),
        Ratio(defective, len(sent), "letters found defective"),
    )


def _superseded(events: Iterable[Event]) -> Iterator[Counter[str]]:
    """For each letter and reserve of a draw that was superseded the kinds of its events."""
    months: dict[tuple[str | None, str | None], dict[str, Counter[str]]] = {}
    for event in events:
        place = (event.population, event.period)
        if event.kind == "superseded":
            yield from months.pop(place, {}).values()
        elif event.unit_id is not None:
            told = months.setdefault(place, {}).setdefault(event.unit_id, Counter())
            told[event.kind] += 1
            told[_DEFECTIVE] += event.kind == "finding" and event.payload["verdict"] == "defective"
