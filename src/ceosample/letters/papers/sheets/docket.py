"""A letter's docket: who wrote it, when it is due, why it was drawn, what to look at twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from ceosample.days import date_of
from ceosample.errors import joined
from ceosample.letters.contents import content_digest
from ceosample.letters.contents.fields import PASSED_BETWEEN, LetterContents
from ceosample.letters.contents.promises import PROMISES, promises_of
from ceosample.letters.existing_letters import ELEMENTS, SAME_FILE
from ceosample.letters.letter import Letter
from ceosample.letters.markup.template import longdate
from ceosample.letters.papers.sheets.cover import are_readings
from ceosample.letters.papers.sheets.date_warnings import date_warnings
from ceosample.letters.regimes.deadline import COMPARE, YES
from ceosample.sampling.draw import Draw, Reserve, Selection
from ceosample.sampling.plans.pool import Pool
from ceosample.sampling.plans.rotation import CALLED
from ceosample.show import stratum_words
from ceosample.text import counted

#: What a docket says of a fact that it was not given.
NOT_RECORDED: Final = "not recorded"


def docket_of(
    draw: Draw, letter: Letter, fields: LetterContents, number: int, count: int, month: str
) -> dict[str, Any]:
    """What stands on the docket of one letter, the ``number``-th of ``count``."""
    selection = draw[letter.unit_id]
    docket = fields.facts
    doubted = date_warnings(fields, dt.date.fromisoformat(letter.fields["date"]))
    said = [
        [label, str(docket.get(name, NOT_RECORDED))]
        for label, name in (
            ("Owner", "owner"),
            ("Author", "author"),
            ("Division", "division"),
            ("Regime", "regime"),
        )
        # A stratum that is the division says it already.
        if name in docket or name not in {one.casefold() for one in draw.frame.variables}
    ]
    return {
        "title": f"Docket {number} of {count}",
        "note": "Inside page: not posted",
        "facts": _recorded(
            *said,
            *_checked(docket),
            ["Received", _day(docket.get("received"))],
            *([["Counted from", _day(docket["counted_from"])]] if "counted_from" in docket else []),
            ["Due", _due(docket.get("due"), letter)],
            *([["Sign by", _day(docket["sign_by"])]] if "sign_by" in docket else []),
            *_days_open(docket.get("received"), letter),
            *_passed_between(docket.get(PASSED_BETWEEN)),
            *_promises(docket),
            ["Drawn from", month],
            ["Stratum", stratum_words(selection.stratum)],
            ["Why this one", _why(draw, selection)],
            ["Ticket", selection.ticket, "digest"],
            [
                "Reading" if are_readings([letter]) else "Letter",
                f"version {letter.fields['version']}, code {letter.code}",
            ],
            *_of_file(letter, docket.get(SAME_FILE, 0)),
            *([["Look twice", f"The letter says: {'; '.join(doubted)}."]] if doubted else []),
            *(
                [["Not printed", f"fields of its contents: {joined(docket['unprinted'])}"]]
                if "unprinted" in docket
                else []
            ),
            *(
                [["Its text", content_digest.WORDS[docket["content"]] + _allowed(docket)]]
                if "content" in docket
                else []
            ),
            *([] if docket.get("contacts") else [["Contacts so far", NOT_RECORDED]]),
        ),
        "tables": [*_elements(docket), *_contacts(docket.get("contacts"))],
    }


def _recorded(*facts: list[str]) -> list[list[str]]:
    """The facts that are on record; the others together, in a last line."""
    missing = [label for label, value, *_ in facts if value == NOT_RECORDED]
    last = [[NOT_RECORDED.capitalize(), ", ".join(missing)]] if missing else []
    return [fact for fact in facts if fact[1] != NOT_RECORDED] + last


def _of_file(letter: Letter, others: int) -> list[list[str]]:
    """What the docket says of a letter that exists already, as ``others`` of the month may be."""
    if letter.existing is None:
        return []
    pages, size = letter.existing["pages"], letter.existing["bytes"]
    without = sum(not page["text"] for page in pages)
    scanned = f"; {counted(without, 'page')} without text" if without else ""
    return [
        ["Its PDF", f"{counted(len(pages), 'page')}, {size:,} bytes{scanned}"],
        ["Its SHA-256", letter.digest, "digest"],
        *([["Word file", source, "digest"]] if (source := letter.existing.get("source")) else []),
        *(
            [["Look twice", f"{counted(others, 'other letter')} here: the same file"]]
            * bool(others)
        ),
    ]


def _elements(docket: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the regime asks for, and whether the letter has a phrase of it; a person has to read."""
    if not docket.get(ELEMENTS):
        return []
    return [
        {
            "title": "What it must say: a phrase was searched for",
            "header": ["Element", "In the letter"],
            "rows": docket[ELEMENTS],
            "align": ["left", "left"],
        }
    ]


def _checked(docket: Mapping[str, Any]) -> list[list[str]]:
    """How far the letter's regime was compared with its source; of an unknown one, nothing."""
    if "regime_checked" not in docket:
        return []
    day = docket.get("regime_checked_on")
    said = docket["regime_checked"] + ("" if day is None else f", on {longdate(day)}")
    return [["Regime checked", said + ("" if docket["regime_checked"] == YES else f"; {COMPARE}")]]


def _allowed(docket: Mapping[str, Any]) -> str:
    """Who allowed a text that was not committed to, and why."""
    if "edited_by" not in docket:
        return ""
    return f"; allowed by {docket['edited_by']} ({docket['edited_for']})"


def _why(draw: Draw, unit: Selection | Reserve) -> str:
    pool = next(pool for pool in draw.pools if pool.stratum == unit.stratum)
    if pool.take_all:
        return f"all {pool.size} of its stratum are drawn"
    place = _place(draw, unit, pool)
    if isinstance(unit, Reserve):
        return f"{place}; it was in reserve, and a letter before it was replaced"
    return f"{place}; the chance was {unit.probability}"


def _place(draw: Draw, unit: Selection | Reserve, pool: Pool) -> str:
    if unit.line is None:
        return f"ticket {unit.rank} from the lowest of {pool.size} (drawn: {pool.letters})"
    if unit.line == CALLED:
        return f"its stratum was called; ticket {unit.rank} from the lowest of {pool.size}"
    every = sum(pool.size for pool in draw.pools if not pool.take_all)
    return f"open ticket {unit.rank} from the lowest of {every}, whatever the stratum"


def _contacts(contacts: dict[str, int] | None) -> list[dict[str, Any]]:
    if not contacts:
        return []
    rows = [[channel, str(count)] for channel, count in contacts.items()]
    return [
        {
            "title": "Contacts so far",
            "header": ["Channel", "Contacts"],
            "rows": [*rows, ["All", str(sum(contacts.values()))]],
            "align": ["left", "right"],
        }
    ]


def _passed_between(people: int | None) -> list[list[str]]:
    """The number of people that the customer was passed between, where the docket says it."""
    return [] if people is None else [["Passed between", counted(people, "colleague")]]


def _promises(docket: Mapping[str, Any]) -> list[list[str]]:
    """What the letter promises and by when, where its docket says it."""
    promises = promises_of(docket) if docket.get(PROMISES) else {}
    told = [f"{name} by {_day(day)}" for name, day in promises.items()]
    return [["Promises", ", ".join(told)]] if told else []


def _day(value: object) -> str:
    day = date_of(value)
    return NOT_RECORDED if day is None else longdate(day)


def _due(due: object, letter: Letter) -> str:
    """A letter that is late by its own date says so: it is signed as one, or not at all."""
    day, written = date_of(due), dt.date.fromisoformat(letter.fields["date"])
    late = f": overdue on {longdate(written)}" if day is not None and day < written else ""
    return _day(due) + late


def _days_open(received: object, letter: Letter) -> list[list[str]]:
    """How long it is open; nothing where the day of receipt is missing, which is said already."""
    first = date_of(received)
    if first is None:
        return []
    days = (dt.date.fromisoformat(letter.fields["date"]) - first).days
    day = longdate(dt.date.fromisoformat(letter.fields["date"]))
    return [["Days open", f"{days} on {day}"]]
