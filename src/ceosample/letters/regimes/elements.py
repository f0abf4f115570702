"""What a letter must contain: the kinds of letter, and the elements that each must mark."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

import attrs

#: The two ways to sample: letters are decided on as they are drafted, or the month is drawn when
#: its letters have gone out, and the executive signs a covering letter.
BEFORE_ISSUE: Final = "before-issue"
AFTER_ISSUE: Final = "after-issue"
SAMPLINGS: Final = (BEFORE_ISSUE, AFTER_ISSUE)

#: The field of a letter that says of which kind it is.
KIND: Final = "kind"

#: Every kind of letter, and the ready template that writes it.
KINDS: Final = {
    "upheld": "final-response.html",
    "partly-upheld": "final-response.html",
    "not-upheld": "final-response.html",
    "nonstandard": "nonstandard.html",
    "summary": "summary.html",
    "holding": "holding.html",
    "covering": "covering.html",
    "acknowledgement": "acknowledgement.html",
}

#: The kind of what is no letter: a call, a chat, a post. No regime asks anything of it.
READING: Final = "reading"

#: The kinds that answer the complaint; an element that names no kinds is asked of these.
ANSWERS: Final = ("upheld", "partly-upheld", "not-upheld", "nonstandard", "summary")


#: The kind of a letter that says that a complaint came.
ACKNOWLEDGEMENT: Final = "acknowledgement"


def _words(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(values)


@attrs.frozen
class Element:
    """What a letter must contain.

    Attributes:
        id: the name by which a template marks it, ``{% call element("right_to_refer") %}``.
        text: what it must say.
        source: where that is required.
        kinds: the kinds of letter that need it; by default every kind that answers the complaint.
        deadlines: the names of the deadlines whose letters need it; empty for every deadline.
        in_force: the first day of complaints whose letters need it; None for the regime's own.
        until: the last day of such complaints; None while it holds.
        phrases: words in lower case, any of which shows that a finished letter has it, such as a
            PDF without marks; empty if none is certain.
    """

    id: str
    text: str
    source: str
    kinds: tuple[str, ...] = attrs.field(default=ANSWERS, converter=_words)
    deadlines: tuple[str, ...] = attrs.field(default=(), converter=_words)
    in_force: dt.date | None = None
    until: dt.date | None = None
    phrases: tuple[str, ...] = attrs.field(default=(), converter=_words)

    def needed(self, kind: str, deadline: str | None = None, day: dt.date | None = None) -> bool:
        """Whether a letter needs it.

        Args:
            kind: the letter's kind.
            deadline: the name of the deadline that it meets; None for any.
            day: the day that decides which text holds; None for the newest text.
        """
        if kind not in self.kinds:
            return False
        if deadline is not None and self.deadlines and deadline not in self.deadlines:
            return False
        if day is None:
            return self.until is None
        return not (
            (self.in_force is not None and day < self.in_force)
            or (self.until is not None and day > self.until)
        )


#: Asked of letters that answer nothing, under every regime. No regulation that we read says it.
OURS: Final = (
    Element(
        "delay",
        "why there is no answer yet",
        "ceosample",
        ("holding",),
        phrases=("why it is taking longer", "we cannot answer it yet", "delay"),
    ),
    Element(
        "answer_by",
        "when the answer will come",
        "ceosample",
        ("holding",),
        phrases=("our full answer by", "answer by", "answer you by", "respond by"),
    ),
    Element(
        "acknowledged",
        "that the complaint came, and when",
        "ceosample",
        (ACKNOWLEDGEMENT,),
        phrases=("thank you for your complaint", "received your complaint", "which reached us on"),
    ),
    Element(
        "covered",
        "which letter it goes with",
        "ceosample",
        ("covering",),
        phrases=("this letter goes with", "our answer to your complaint"),
    ),
    Element(
        "unchanged",
        "that it sets no new time limit",
        "ceosample",
        ("covering",),
        phrases=("sets no new time limit", "no new time limit"),
    ),
)
