"""A month at the invented bank: the table of responses, and what is in each of them."""

from datetime import date, timedelta
from typing import Any

from attrs import frozen

from ceosample.demo import docket, letter, workdays
from ceosample.demo.case import case
from ceosample.demo.chance import Chance
from ceosample.demo.people import person
from ceosample.demo.places import home
from ceosample.demo.stories import stories

# Weights, so that 1,200 responses are about these numbers; the sizes are as unequal as real ones.
_DIVISIONS = (
    ("Current accounts", 420),
    ("Credit cards", 260),
    ("Mortgages", 180),
    ("Savings", 140),
    ("Fraud and disputes", 90),
    ("Insurance", 60),
    ("Business banking", 35),
    ("Private bank", 15),
)

# The first staff number of each division, and how many people it has.
_STAFF = {
    "Current accounts": (1, 42),
    "Credit cards": (43, 26),
    "Mortgages": (69, 19),
    "Savings": (88, 14),
    "Fraud and disputes": (102, 11),
    "Insurance": (113, 7),
    "Business banking": (120, 5),
    "Private bank": (125, 3),
}

_CHANNELS = (("telephone", 44), ("email", 29), ("letter", 12), ("branch visit", 8), ("chat", 7))

# One in progress was finished, which gives it a date, and then opened again.
_EXCLUSIONS = (("", 960), ("in-progress", 16), ("duplicate", 14), ("out-of-scope", 10))

# Without I, O, 0 and 1, which are misread, and without other vowels, so that no id is a word.
_ID_LETTERS = "23456789BCDFGHJKLMNPQRSTVWXYZ"


@frozen
class BankMonth:
    """Everything that the invented bank finished in a month."""

    responses: tuple[dict[str, str], ...]
    """The table, one row a response, every value text and "" where there is none. Columns:
    `response_id`, `division`, `channel` (how the complaint came), `received`, `due`, `finalised`
    (ISO dates), `why_excluded` (a code, "" if the response is eligible), `owner` (a staff id)."""
    contents: dict[str, dict[str, Any]]
    """For every eligible response, its id -> `{"letter": {...}, "docket": {...}}`."""


def month(period: str, *, count: int = 1200) -> BankMonth:
    """A month of `count` responses of the invented bank.

    The same period gives the same month on every machine, and a smaller month is the beginning of
    a larger one. ValueError for a period that is not a year and a month, or a count below 0.

    >>> october = month("2026-10", count=3)
    >>> [row["finalised"][:7] for row in october.responses]
    ['2026-10', '2026-10', '2026-10']
    """
    days = workdays.of_month(period)
    if count < 0:
        raise ValueError(f"count: got {count}; give 0 or more responses")
    rows: list[dict[str, str]] = []
    contents: dict[str, dict[str, Any]] = {}
    taken: set[str] = set()
    for number in range(count):
        chance = Chance.of(f"{period}/{number}")
        row = _row(chance, days, taken)
        taken.add(row["response_id"])
        rows.append(row)
        if not row["why_excluded"]:
            contents[row["response_id"]] = _content(chance, row)
    return BankMonth(responses=tuple(rows), contents=contents)


def _row(chance: Chance, days: list[date], taken: set[str]) -> dict[str, str]:
    """One row of the table, with an id that no earlier row has taken."""
    unit_id = _new_id(chance)
    while unit_id in taken:
        unit_id = _new_id(chance)
    division = chance.weighted(_DIVISIONS)
    finalised = chance.one_of(days)
    # Going back to a working day takes at most four days more, which keeps it within fifty.
    received = workdays.on_or_before(finalised - timedelta(chance.whole(5, 46)))
    return {
        "response_id": unit_id,
        "division": division,
        "channel": chance.weighted(_CHANNELS),
        "received": received.isoformat(),
        "due": (received + timedelta(56)).isoformat(),
        "finalised": finalised.isoformat(),
        "why_excluded": chance.weighted(_EXCLUSIONS),
        "owner": "" if chance.below(1000) < 12 else _colleague(chance, division),
    }


def _content(chance: Chance, row: dict[str, str]) -> dict[str, Any]:
    """The letter and the docket that go with a row."""
    received = date.fromisoformat(row["received"])
    somebody, somewhere = person(chance), home(chance)
    story = chance.one_of(stories()[row["division"]])
    this = case(
        chance,
        story,
        channel=row["channel"],
        town=somewhere.town,
        received=received,
        finalised=date.fromisoformat(row["finalised"]),
    )
    contacts = docket.contacts(this, story)
    other = _colleague(chance, row["division"])
    page = docket.docket(
        owner=row["owner"],
        author=row["owner"] if row["owner"] and chance.happens(60) else other,
        division=row["division"],
        contacts=contacts,
        received=received,
        due=date.fromisoformat(row["due"]),
    )
    return {"letter": letter.write(this, story, somebody, somewhere, contacts), "docket": page}


def _colleague(chance: Chance, division: str) -> str:
    """The staff id of somebody in a division."""
    first, people = _STAFF[division]
    return f"h-{first + chance.below(people):03}"


def _new_id(chance: Chance) -> str:
    return "R-" + "".join(chance.one_of(_ID_LETTERS) for _ in range(6))
