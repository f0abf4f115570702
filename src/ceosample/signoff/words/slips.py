"""Slips for owners and notes of thanks, as plain values: what was said, what to change, by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import attrs

from ceosample.errors import LedgerError
from ceosample.letters.letter import file_name
from ceosample.letters.markup.template import longdate
from ceosample.letters.papers.shell_pages import month_words
from ceosample.letters.signatory import Signatory
from ceosample.period import Period
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.titles import title_of
from ceosample.signoff.store.events import Event
from ceosample.signoff.words.told import (
    CASE,
    LETTER,
    READING,
    Told,
    cases_told,
    letters_told,
)
from ceosample.text import counted

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


def papers(
    ledger: Ledger,
    *,
    population: str,
    period: str | Period,
    signatory: Signatory,
    firm: str | None = None,
) -> tuple[list[Paper], list[Paper]]:
    """The slips and the notes of a month: one for each owner, one for each recognition.

    Returns:
        those of its letters, and those of the cases that came in it.

    Args:
        ledger: the ledger, with its texts and names.
        population, period: the month.
        signatory: who signs the month's letters: a note of theirs has their name and title.
        firm: the firm's name; None leaves it out.

    Raises:
        LedgerError: nothing was said of any letter or case of the month.
    """
    when = Period.parse(str(period))
    events = list(ledger.events(population=population))
    month = [event for event in events if event.period == str(when)]
    both = letters_told(ledger, month), cases_told(ledger, events, when)
    if not any(both):
        raise LedgerError(
            f"{population}, {period}: got no letter or case of which anything was said; record "
            "what was decided first: ceosample record --from FILE"
        )
    names = ledger.names()

    def made(told: Sequence[Told], known: Sequence[Event]) -> list[Paper]:
        words = month_words(population, title_of(known), when)
        common = {"subtitle": words, "firm": firm or ""}
        return [*_slips(told, names, common), *_notes(told, names, signatory, common)]

    return made(both[0], month), made(both[1], events)


def _slips(
    letters: Iterable[Told], names: Mapping[str, str], common: Mapping[str, Any]
) -> Iterator[Paper]:
    ordered = sorted(letters, key=lambda one: (one.owner is None, one.owner or ""))
    for number, (owner, own) in enumerate(groupby(ordered, key=lambda one: one.owner), 1):
        theirs = list(own)
        yield Paper(
            name=f"slip-{file_name(number, owner or NOBODY)}",
            letters=tuple(one.unit_id for one in theirs),
            sheet={
                **common,
                "title": _title(theirs[0].what, owned=owner is not None),
                "lead": _lead(theirs, owned=owner is not None),
                "facts": [["For", _named(owner, names)]] if owner else [],
                "sections": [_section(one) for one in theirs],
                "signed": [],
            },
            date=max(one.newest for one in theirs),
        )


def _title(what: str, *, owned: bool) -> str:
    return f"What was said of your {what}s" if owned else f"{what.capitalize()}s without an owner"


def _lead(told: Sequence[Told], *, owned: bool) -> str:
    of_which = counted(len(told), told[0].what)
    if not owned:
        return f"Something was said of {of_which} that nobody owns. Find out who answers for them."
    return (
        f"You own {of_which} of which something was said. Below each you find what to change, by "
        "when, and the words."
        if told[0].what != CASE
        else f"You own {of_which} of which something was said. Below you find the words."
    )


def _section(letter: Told) -> dict[str, Any]:
    is_case = letter.what == CASE
    by_when = letter.by_when
    return {
        "title": letter.unit_id,
        "facts": [
            ["Now", letter.state.replace("_", " ")],
            *([] if is_case else [["What to change", letter.to_change]]),
            *([] if by_when is None else [["By when", by_when]]),
        ],
        "said": [
            [one.line if is_case else f"Version {one.version}: {one.line}", one.paragraphs]
            for one in letter.said
        ],
    }


#: What the person who thanks a colleague did with what they saw.
_SEEN: Final = {LETTER: "read the response", READING: "read", CASE: "looked into"}


def _notes(
    letters: Iterable[Told],
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
                "lead": f"{by} {_SEEN[letter.what]} {letter.unit_id}, saw your work in it, and "
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
