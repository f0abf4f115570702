"""The inside page about a letter: who owns it, and how often somebody had to ask."""

from datetime import date
from typing import Any

from ceosample.demo.case import Case, Story

CHANNELS = ("telephone", "email", "letter", "branch visit", "chat")

REGIME = "fca-disp-1.6.2r"

_MORE_CONTACTS = (((0, 0), 44), ((1, 2), 32), ((3, 5), 17), ((6, 9), 5), ((-1, -1), 2))


def contacts(case: Case, story: Story) -> dict[str, int]:
    """How often a person was in touch, channel -> count, the complaint itself included.

    Where nothing is upheld nobody had to ask very often: a letter that finds no fault and a docket
    that shows one would contradict each other.
    """
    count = dict.fromkeys(CHANNELS, 0)
    for channel in (case.channel, *story.needs):
        count[channel] += 1
    low, high = (0, 1) if case.refused else case.chance.weighted(_MORE_CONTACTS)
    if low < 0:
        # "Thirteen calls and four emails without anyone owning the query is how a customer is
        # lost": the number that the whole library is a reply to.
        count |= {"telephone": 13, "email": 4}
        low = high = 0
    for _ in range(case.chance.whole(low, high)):
        count[case.chance.weighted(_AGAIN)] += 1
    return {channel: times for channel, times in count.items() if times}


_AGAIN = (("telephone", 52), ("email", 27), ("letter", 7), ("branch visit", 6), ("chat", 8))


def docket(
    *,
    owner: str,
    author: str,
    division: str,
    contacts: dict[str, int],
    received: date,
    due: date,
) -> dict[str, Any]:
    """The fields of one docket. A letter that nobody owns has no field for an owner."""
    page: dict[str, Any] = {"owner": owner} if owner else {}
    return page | {
        "author": author,
        "division": division,
        "contacts": contacts,
        "received": received.isoformat(),
        "due": due.isoformat(),
        "regime": REGIME,
    }
