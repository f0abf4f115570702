"""Letters, readings and cases of which something was said, as their slips and notes need them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from ceosample.days import date_of
from ceosample.letters.markup.template import longdate
from ceosample.period import Period
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.cases import Casebook, CaseHistory
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import ENDS
from ceosample.signoff.replay.valid_events import histories_of, valid_events
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event
from ceosample.signoff.words.case_words import said_of_case
from ceosample.signoff.words.letter_words import Said, said_of, texts_of

#: Steps that send a letter back to its author.
BACK: Final = ("returned_for_rework", "declined")

LETTER, READING, CASE = "letter", "reading", "case"


@attrs.frozen
class Told:
    """What something was said of.

    Attributes:
        what: ``letter``, ``reading`` or ``case``.
        unit_id: its id.
        owner: who owns it; None where nobody does.
        state: the state that it is in.
        said: what was said of it, oldest first.
        to_change: what the newest version was sent back for, or found defective by, in words.
        by_when: by which date it must be done; None once its story is over.
    """

    what: str
    unit_id: str
    owner: str | None
    state: str
    said: tuple[Said, ...]
    to_change: str
    by_when: str | None

    @property
    def newest(self) -> dt.date:
        """The date of the newest thing that was said."""
        return max(one.day for one in self.said)


def letters_told(ledger: Ledger, month: Sequence[Event]) -> list[Told]:
    """The letters or readings of a month of which something was said, by id."""
    zones = Zones.of(month)
    histories = histories_of(valid_events(month), annotations=True).values()
    drawn = [history for history in histories if history.state != "reserve"]
    found = ((h, tuple(said_of(h, texts_of(ledger, h), zones))) for h in drawn)
    told = (_of_letter(history, said) for history, said in found if said)
    return sorted(told, key=lambda one: one.unit_id)


def cases_told(ledger: Ledger, events: Sequence[Event], period: Period) -> list[Told]:
    """The cases of a population that came in a month and of which something was said.

    Args:
        ledger: the ledger, with its texts.
        events: all of the population.
        period: the month.
    """
    zones = Zones.of(events)
    came = [one for one in Casebook.of(events, tell=False) if zones.month(one.referred) == period]
    told = (_of_case(ledger, case, zones) for case in sorted(came, key=_number))
    return [one for one in told if one.said]


def _number(case: CaseHistory) -> int:
    return case.referred.sequence


def _of_letter(history: History, said: tuple[Said, ...]) -> Told:
    return Told(
        what=READING if history.is_reading else LETTER,
        unit_id=history.subject.unit_id,
        owner=history.docket.get("owner"),
        state=history.state,
        said=said,
        to_change=_to_change(history, said),
        by_when=None if history.state in ENDS else _by_when(history),
    )


def _of_case(ledger: Ledger, case: CaseHistory, zones: Zones) -> Told:
    texts = ledger.texts(case.id, population=case.population, period=None)
    due = None if case.due is None else f"answered by {longdate(case.due)}"
    return Told(
        what=CASE,
        unit_id=case.id,
        owner=case.owner,
        state=case.state,
        said=tuple(said_of_case(case, texts, zones)),
        to_change=_NOTHING,
        by_when=None if case.settled is not None else due,
    )


_NOTHING: Final = "Nothing was asked for."


def _to_change(history: History, said: Sequence[Said]) -> str:
    """The codes that its newest version was sent back for, or found defective by."""
    codes = [
        str(code)
        for one in said
        if one.version == history.versions
        if one.details.get("verdict") == "defective" or one.kind in BACK
        for code in (one.details.get("reason_code"), *one.details.get("codes", ()))
        if code is not None
    ]
    asked = ", ".join(dict.fromkeys(codes))
    if history.state in BACK:
        return f"{asked}; what was said is below"
    following = "next time" if history.is_reading else "in your next letters"
    return f"{asked}, {following}" if asked else _NOTHING


def _by_when(history: History) -> str | None:
    """By which date it must be signed and sent."""
    return ", ".join(_dates(history)) or (None if history.is_reading else "no date is on record")


def _dates(history: History) -> Iterator[str]:
    days: dict[dt.date, list[str]] = {}
    for name, done in (("sign_by", "signed"), ("due", "sent")):
        day = date_of(history.docket.get(name))
        if day is not None:
            days.setdefault(day, []).append(done)
    for day, what in days.items():
        yield f"{' and '.join(what)} by {longdate(day)}"
