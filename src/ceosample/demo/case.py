"""One complaint as its letter tells it: what was decided, and when things happened."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal

from attrs import frozen

from ceosample.demo import workdays
from ceosample.demo.chance import Chance
from ceosample.demo.say import day, pounds

CaseOutcome = Literal["upheld", "partly upheld", "not upheld"]

#: The facts that a story's sentences may name.
FactsByName = dict[str, str]


@frozen
class Case:
    """What the sentences of a letter draw on, settled before any of them is written.

    The days stand in this order: `before`, `event`, `second`, `received`, `reviewed`, `paid`,
    `finalised`; the last three may fall together.
    """

    chance: Chance
    outcome: CaseOutcome
    channel: str
    """How the complaint reached the bank: "telephone"."""
    town: str
    """The branch nearest to the person who complained."""
    before: date
    """Two to four weeks before the event: what was said or asked for beforehand."""
    event: date
    """When it went wrong."""
    second: date
    """Something that followed, still before the complaint."""
    received: date
    reviewed: date
    """When it was looked into."""
    paid: date
    """When it was put right."""
    finalised: date
    goodwill: int
    """What is paid for trouble and worry, in pence; not paid if the complaint is not upheld."""

    @property
    def upheld(self) -> bool:
        """Whether the bank agrees with the whole complaint."""
        return self.outcome == "upheld"

    @property
    def refused(self) -> bool:
        """Whether the bank agrees with none of it."""
        return self.outcome == "not upheld"

    def facts(self) -> FactsByName:
        """The facts that every story may name."""
        days = ("before", "event", "second", "received", "reviewed", "paid")
        return {name: day(getattr(self, name)) for name in days} | {
            "goodwill": pounds(self.goodwill),
            "town": self.town,
        }


@frozen
class Ending:
    """What was found and what is done about it, for one outcome, each in several ways."""

    findings: tuple[str, ...]
    remedies: tuple[str, ...]


@frozen
class Story:
    """A kind of complaint. Its sentences have slots like {event}, filled from a case's facts."""

    subjects: tuple[str, ...]
    complaints: tuple[str, ...]
    """What the person said; {told} is "You wrote", "You told us", as the channel has it."""
    upheld: Ending
    partly: Ending
    refused: Ending
    lessons: tuple[str, ...]
    """What the bank has changed, for letters that uphold something."""
    facts: Callable[[Case], FactsByName]
    """The facts of this story alone: sums that agree with each other, what was bought."""
    goodwill: tuple[int, int] = (50, 200)
    """The least and the most that trouble and worry are worth, in pounds."""
    since: tuple[int, int] = (9, 40)
    """How many days before the complaint it went wrong, the least and the most."""
    followed: tuple[int, int] = (3, 7)
    """How many days after that came what followed. The two are at least 4 apart, so that a working
    day lies between whatever the season, and both are below the least of `since`."""
    needs: tuple[str, ...] = ()
    """Channels of earlier contacts that the sentences speak of; the docket counts them too."""

    def ending(self, outcome: CaseOutcome) -> Ending:
        """The ending that goes with an outcome."""
        endings: dict[CaseOutcome, Ending] = {
            "upheld": self.upheld,
            "partly upheld": self.partly,
            "not upheld": self.refused,
        }
        return endings[outcome]


def ways(text: str) -> tuple[str, ...]:
    """The ways of saying one thing, written one a paragraph.

    >>> ways('''
    ...     You are
    ...     right.
    ...
    ...     We agree.
    ... ''')
    ('You are right.', 'We agree.')
    """
    return tuple(" ".join(part.split()) for part in text.strip().split("\n\n"))


_OUTCOMES: tuple[tuple[CaseOutcome, int], ...] = (
    ("upheld", 45),
    ("partly upheld", 27),
    ("not upheld", 28),
)


def case(
    chance: Chance, story: Story, *, channel: str, town: str, received: date, finalised: date
) -> Case:
    """A case of a story: the outcome, and days that fit between what is already known."""
    outcome = chance.weighted(_OUTCOMES)
    event = workdays.on_or_before(received - timedelta(chance.whole(*story.since)))
    before = workdays.on_or_before(event - timedelta(chance.whole(15, 22)))
    low, high = (event + timedelta(days) for days in story.followed)
    second = chance.one_of(workdays.days(low, high))
    # The last day is always a working day, so neither list can be empty.
    reviewed = chance.one_of(workdays.days(received + timedelta(1), finalised))
    paid = chance.one_of(workdays.days(reviewed, finalised))
    return Case(
        chance=chance,
        outcome=outcome,
        channel=channel,
        town=town,
        before=before,
        event=event,
        second=second,
        received=received,
        reviewed=reviewed,
        paid=paid,
        finalised=finalised,
        goodwill=_goodwill(chance, story, outcome),
    )


def _goodwill(chance: Chance, story: Story, outcome: CaseOutcome) -> int:
    """A sum in pence, in steps of £10; half of it where only part of a complaint is upheld."""
    low, high = story.goodwill
    whole = chance.whole(low // 10, high // 10) * 1000
    return whole if outcome == "upheld" else whole // 2
