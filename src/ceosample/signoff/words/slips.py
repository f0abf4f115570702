"""Slips for owners and notes of thanks, as plain values: what was said, what to change, by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import attrs

from ceosample.days import date_of
from ceosample.errors import LedgerError
from ceosample.letters.letter import Signatory, file_name
from ceosample.letters.markup.template import longdate
from ceosample.letters.papers.cover_and_dockets import month_words
from ceosample.period import Period
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import ENDS
from ceosample.signoff.replay.titles import title_of
from ceosample.signoff.replay.valid_events import histories_of, valid_events
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event
from ceosample.signoff.words.letter_words import Said, said_of, texts_of
from ceosample.text import counted

#: Steps that send a letter back to its author.
_BACK: Final = ("returned_for_rework", "declined")

#: The slip of letters that nobody owns.
NOBODY: Final = "no-owner"


@attrs.frozen
class Paper:
    """One slip or note.

    Attributes:
        name: its files' name without the ending.
        letters: the ids of the letters that it is about.
        sheet: all that is on it, for the shells.
        date: the date of the newest thing that it tells.
    """

    name: str
    letters: tuple[str, ...]
    sheet: dict[str, Any]
    date: dt.date


@attrs.frozen
class _Letter:
    """A letter of which something was said."""

    history: History
    said: tuple[Said, ...]

    @property
    def unit_id(self) -> str:
        return self.history.subject.unit_id

    @property
    def owner(self) -> str | None:
        owner: str | None = self.history.docket.get("owner")
        return owner

    @property
    def newest(self) -> dt.date:
        return max(one.day for one in self.said)

    @property
    def to_change(self) -> str:
        """The codes that its newest version was sent back for, or found defective by."""
        newest = [one for one in self.said if one.version == self.history.versions]
        codes = [
            str(code)
            for one in newest
            if one.details.get("verdict") == "defective" or one.kind in _BACK
            for code in (one.details.get("reason_code"), *one.details.get("codes", ()))
            if code is not None
        ]
        asked = ", ".join(dict.fromkeys(codes))
        if self.history.state in _BACK:
            return f"{asked}; what was said is below"
        return f"{asked}, in your next letters" if asked else "Nothing was asked for."

    @property
    def by_when(self) -> str | None:
        """By which date it must be signed and sent; None once its story is over."""
        if self.history.state in ENDS:
            return None
        days: dict[dt.date, list[str]] = {}
        for name, done in (("sign_by", "signed"), ("due", "sent")):
            day = date_of(self.history.docket.get(name))
            if day is not None:
                days.setdefault(day, []).append(done)
        told = [f"{' and '.join(done)} by {longdate(day)}" for day, done in days.items()]
        return ", ".join(told) or "no date is on record"


def papers(
    ledger: Ledger,
    *,
    population: str,
    period: str | Period,
    signatory: Signatory,
    firm: str | None = None,
) -> list[Paper]:
    """The slips and the notes of a month: one for each owner, one for each recognition.

    Args:
        ledger: the ledger, with its texts and names.
        population, period: the month.
        signatory: who signs the month's letters: a note of theirs has their name and title.
        firm: the firm's name; None leaves it out.

    Raises:
        LedgerError: nothing was said of any letter of the month.
    """
    month = list(ledger.events(population=population, period=period))
    letters = _letters(ledger, month)
    if not letters:
        raise LedgerError(
            f"{population}, {period}: got no letter of which anything was said; record what was "
            "decided first: ceosample record --from FILE"
        )
    words = month_words(population, title_of(month), Period.parse(str(period)))
    common = {"subtitle": words, "firm": firm or ""}
    names = ledger.names()
    return [*_slips(letters, names, common), *_notes(letters, names, signatory, common)]


def _letters(ledger: Ledger, month: Sequence[Event]) -> list[_Letter]:
    """The letters of which something was said, by id."""
    zones = Zones.of(month)
    histories = histories_of(valid_events(month), annotations=True).values()
    drawn = [history for history in histories if history.state != "reserve"]
    told = (_Letter(h, tuple(said_of(h, texts_of(ledger, h), zones))) for h in drawn)
    return sorted((one for one in told if one.said), key=lambda one: one.unit_id)


def _slips(
    letters: Iterable[_Letter], names: Mapping[str, str], common: Mapping[str, Any]
) -> Iterator[Paper]:
    ordered = sorted(letters, key=lambda one: (one.owner is None, one.owner or "", one.unit_id))
    for number, (owner, own) in enumerate(groupby(ordered, key=lambda one: one.owner), 1):
        theirs = list(own)
        yield Paper(
            name=f"slip-{file_name(number, owner or NOBODY)}",
            letters=tuple(one.unit_id for one in theirs),
            sheet={
                **common,
                "title": "What was said of your letters" if owner else "Letters without an owner",
                "lead": _lead(len(theirs), owned=owner is not None),
                "facts": [["For", _named(owner, names)]] if owner else [],
                "sections": [_section(one) for one in theirs],
                "signed": [],
            },
            date=max(one.newest for one in theirs),
        )


def _lead(number: int, *, owned: bool) -> str:
    of_which = counted(number, "letter")
    if not owned:
        return f"Something was said of {of_which} that nobody owns. Find out who answers for them."
    return (
        f"You own {of_which} of which something was said. Below each you find what to change, by "
        "when, and the words."
    )


def _section(letter: _Letter) -> dict[str, Any]:
    by_when = letter.by_when
    return {
        "title": letter.unit_id,
        "facts": [
            ["Now", letter.history.state.replace("_", " ")],
            ["What to change", letter.to_change],
            *([] if by_when is None else [["By when", by_when]]),
        ],
        "said": [[f"Version {one.version}: {one.line}", one.paragraphs] for one in letter.said],
    }


def _notes(
    letters: Iterable[_Letter],
    names: Mapping[str, str],
    signatory: Signatory,
    common: Mapping[str, Any],
) -> Iterator[Paper]:
    given = [(letter, one) for letter in letters for one in letter.said]
    thanks = [pair for pair in given if pair[1].kind == "recognition"]
    thanks.sort(key=lambda pair: (pair[1].details["colleague"], pair[1].sequence))
    for number, (letter, said) in enumerate(thanks, 1):
        colleague = str(said.details["colleague"])
        is_signatory = said.by == signatory.id
        by = signatory.name if is_signatory else _named(said.by, names)
        yield Paper(
            name=f"thanks-{file_name(number, colleague)}",
            letters=(letter.unit_id,),
            sheet={
                **common,
                "title": "Thank you",
                "lead": f"{by} read the response {letter.unit_id}, saw your work in it, and "
                "thanks you.",
                "facts": [
                    ["To", _named(colleague, names)],
                    ["For", str(said.details["reason_code"])],
                    ["On", longdate(said.day)],
                ],
                "sections": [{"title": "", "facts": [], "said": [["", said.paragraphs]]}]
                * bool(said.paragraphs),
                "signed": [by, *([signatory.title] if is_signatory else [])],
            },
            date=said.day,
        )


def _named(person: str | None, names: Mapping[str, str]) -> str:
    """A person by name, with their id; by the id alone where no name is kept."""
    name = names.get(person or "")
    return f"{name} ({person})" if name else str(person)
