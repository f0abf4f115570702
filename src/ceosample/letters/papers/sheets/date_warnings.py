"""Dates in a letter that cannot be right next to its own, shown to the executive before signing.

They refuse nothing. A letter that a frame committed to is rendered as it was written, however late.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from ceosample.days import AS_WRITTEN, date_of
from ceosample.letters.contents.fields import LetterContents
from ceosample.letters.markup.template import longdate

#: Fields of ready letters that speak of what was, and of what is promised.
PAST: Final = {"received": "received", "settled": "settled on", "sent": "sent on"}
PROMISED: Final = {
    "answer_by": "an answer by",
    "longest_by": "an answer at the latest by",
    "refer_by": "time to refer until",
}


def date_warnings(fields: LetterContents, written: dt.date) -> list[str]:
    """What a reader of this letter, dated ``written``, would stumble over.

    Its moments are written by its zone, as ``with_days`` leaves them.
    """
    letter = fields.letter
    payment = letter.get("payment")
    by = payment.get("by") if isinstance(payment, Mapping) else None
    promised = [(words, letter.get(name)) for name, words in PROMISED.items()]
    found = [
        f"{words} {longdate(day)}, before the letter's date"
        for words, value in [*promised, ("a payment by", by)]
        if (day := date_of(value, AS_WRITTEN)) is not None and day < written
    ]
    found += [
        f"{words} {longdate(day)}, after the letter's date"
        for name, words in PAST.items()
        if (day := date_of(letter.get(name), AS_WRITTEN)) is not None and day > written
    ]
    return found + _of_receipt(letter.get("received"), fields.docket.get("received"))


def _of_receipt(said: Any, recorded: Any) -> list[str]:
    first, second = date_of(said, AS_WRITTEN), date_of(recorded)
    if first is None or second is None or first == second:
        return []
    return [f"received {longdate(first)}, and by the docket {longdate(second)}"]
