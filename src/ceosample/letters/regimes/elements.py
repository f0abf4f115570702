"""What a letter must contain: the seven kinds of letter, and the elements that each must mark."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import attrs

#: The two ways to sample: letters are decided on as they are drafted, or the month is drawn when
#: its letters have gone out, and the executive signs a covering letter.
BEFORE_ISSUE: Final = "before-issue"
AFTER_ISSUE: Final = "after-issue"
SAMPLINGS: Final = (BEFORE_ISSUE, AFTER_ISSUE)

#: Every kind of letter, and the ready template that writes it.
KINDS: Final = {
    "upheld": "final-response.html",
    "partly-upheld": "final-response.html",
    "not-upheld": "final-response.html",
    "nonstandard": "nonstandard.html",
    "summary": "summary.html",
    "holding": "holding.html",
    "covering": "covering.html",
}

#: The kinds that answer the complaint; an element that names no kinds is asked of these.
ANSWERS: Final = ("upheld", "partly-upheld", "not-upheld", "nonstandard", "summary")


def _kinds(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(values)


@attrs.frozen
class Element:
    """What a letter must contain.

    Attributes:
        id: the name by which a template marks it, ``{% call element("right_to_refer") %}``.
        text: what it must say.
        source: where that is required.
        kinds: the kinds of letter that need it; by default every kind that answers the complaint.
        phrases: words by which it may be recognised in a letter that exists already.
    """

    id: str
    text: str
    source: str
    kinds: tuple[str, ...] = attrs.field(default=ANSWERS, converter=_kinds)
    phrases: tuple[str, ...] = attrs.field(default=(), converter=_kinds)


#: Asked of letters that answer nothing, under every regime. No regulation that we read says it.
OURS: Final = (
    Element("delay", "why there is no answer yet", "ceosample", ("holding",)),
    Element("answer_by", "when the answer will come", "ceosample", ("holding",)),
    Element("covered", "which letter it goes with", "ceosample", ("covering",)),
    Element("unchanged", "that it sets no new time limit", "ceosample", ("covering",)),
)
