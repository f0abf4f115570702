"""A statement in words: what was read, what is claimed of the others, and what is not claimed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

import attrs

from ceosample.inference.ledger.readings import DEFECTIVE
from ceosample.inference.ledger.statement import LetterCounts, StatementFigures
from ceosample.result import Result
from ceosample.show import exact_percent, share_text
from ceosample.text import counted

#: What became of letters without a verdict, as people read it.
_WITHOUT: Final[Mapping[str, str]] = {
    "lapsed": "lapsed",
    "withdrawn": "withdrawn",
    "found_ineligible": "found ineligible after sending",
    "replaced": "replaced after sending",
    "taken_over": "taken over",
    "read": "read, without a finding",
    "resolved_nonstandard": "resolved by the executive",
    "issued_under_other_name": "issued under another name",
    "signed": "signed as the executive's own letter",
    "dispatched": "sent as the executive's own letter",
}


#: What makes a letter defective, as people read it.
_DEFECTIVE: Final[Mapping[str, str]] = {
    "finding": "by a finding",
    "returned_for_rework": "sent back",
    "declined": "declined",
}


@attrs.frozen
class Words(Result):
    """A statement in sentences.

    Attributes:
        claim: what was read, what follows for the others, with what confidence.
        limit: the sentence of the claim that has the limit.
        method: how the figure was computed, and what was on record beforehand.
        assumptions: what must hold for it.
        not_said: what it does not say.
    """

    claim: tuple[str, ...]
    limit: str
    method: tuple[str, ...]
    assumptions: tuple[str, ...]
    not_said: tuple[str, ...]

    @property
    def lead(self) -> list[str]:
        """The claim in two paragraphs, for a page that has told already what was drawn."""
        limit = next(n for n, words in enumerate(self.claim) if words == self.limit)
        told = (self.claim[1 : limit + 1], self.claim[limit + 1 :])
        return [" ".join(sentences) for sentences in told if sentences]

    def __str__(self) -> str:
        parts = (("Method", self.method), ("It assumes", self.assumptions))
        lines = [*self.claim]
        for title, sentences in (*parts, ("It does not say", self.not_said)):
            lines += ["", f"{title}:", *(f"- {sentence}" for sentence in sentences)]
        return "\n".join(lines)


def words_of(figures: StatementFigures) -> Words:
    """A statement in sentences, each figure of which is one of its own."""
    return Words(
        claim=tuple(_claim(figures)),
        limit=_limit(figures),
        method=tuple(_method(figures)),
        assumptions=tuple(_assumptions(figures)),
        not_said=tuple(_not_said(figures)),
    )


def rate_words(rate: str | Fraction) -> str:
    """A stated rate as people read it.

    >>> rate_words("0.95"), rate_words("0.005")
    ('95 %', '0.5 %')
    """
    return exact_percent(Fraction(rate))


def months_in_words(figures: StatementFigures) -> str:
    """The range: ``October 2026``, or ``January 2026 to October 2026``."""
    first, last = figures.months[0], figures.months[-1]
    return first.words if first == last else f"{first.words} to {last.words}"


def _claim(figures: StatementFigures) -> Iterator[str]:
    """The claim: what was drawn, then what was read of it, what follows, and what is uncertain."""
    counts = figures.counts
    yield (
        f"In {months_in_words(figures)}, {counts.drawn} of {counts.eligible} responses "
        f"{_were(counts.drawn)} drawn."
    )
    if counts.in_full:
        yield (
            f"{counts.in_full} of these {counts.drawn} are of groups that are read in full. They "
            "say nothing about the others."
        )
    yield " ".join(filter(None, (_read(counts), _found(counts))))
    yield _limit(figures)
    if counts.missing:
        yield _without(figures)
    if figures.method.tolerable is not None:
        yield _against(figures)
    if figures.label:
        yield f"{figures.label.capitalize()}: it is weaker evidence than one chosen before."


def _read(counts: LetterCounts) -> str:
    if counts.drawn == 1:
        return "It was read." if counts.read else "It was not read."
    if counts.read == counts.drawn:
        return f"All {counts.drawn} were read."
    return f"{counts.read or 'None'} of these {counts.drawn} {_were(counts.read)} read."


def _found(counts: LetterCounts) -> str:
    """How many are defective, and by whose word; empty where no letter was read."""
    if not counts.read:
        return ""
    if not counts.defective:
        return "It is sound." if counts.read == 1 else "None of them is defective."
    by_basis = [
        f"{number} {_DEFECTIVE[basis]}" for basis, number in counts.defective_by.items() if number
    ]
    told = ", ".join(by_basis)
    if counts.read == 1:
        return f"It is defective: {told.removeprefix('1 ')}."
    return f"{counts.defective} of them {_be(counts.defective)} defective: {told}."


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _be(number: int) -> str:
    return "is" if number == 1 else "are"


def _limit(figures: StatementFigures) -> str:
    """The limit with its confidence; of several months, that it may be looked at again."""
    others, upper = figures.counts.others, figures.others_upper
    if not others:
        return "There are no others: every response was read."
    if upper >= others:
        return f"These verdicts set no limit for the other {others} responses."
    share = share_text(upper, others)
    readers = "these readers" if figures.counts.by_other else "this reader"
    again = " This holds for all these months at once, however often you look."
    return (
        f"With {rate_words(figures.method.confidence)} confidence, at most {upper} of the other "
        f"{others} responses{share and f' ({share})'} have defects that {readers} would recognise."
        f"{again if figures.bound is None else ''}"
    )


def _without(figures: StatementFigures) -> str:
    """The letters without a verdict, and both figures where the rule for them decides."""
    counts = figures.counts
    by_end = sorted(counts.without.items(), key=lambda item: -item[1])
    known = [f"{count} {_WITHOUT[end]}" for end, count in by_end if end in _WITHOUT]
    still_open = sum(count for end, count in by_end if end not in _WITHOUT)
    listed = ", ".join([*known, *([f"{still_open} still open"] if still_open else [])])
    rule = figures.method.missing
    other = "sound" if rule == DEFECTIVE else "defective"
    have = "has" if counts.missing == 1 else "have"
    sentence = (
        f"{counts.missing} of the {counts.drawn} drawn {have} no verdict: {listed}. "
        f"Each counts as {rule}."
    )
    if figures.others_otherwise in (None, figures.others_upper):
        return sentence
    return f"{sentence} If each counted as {other}, the limit would be {figures.others_otherwise}."


def _against(figures: StatementFigures) -> str:
    rate = rate_words(str(figures.method.tolerable))
    if figures.against == "exceeded":
        return f"Above {rate}, the rate that was stated as tolerable: shown."
    return f"Below {rate}, the rate that was stated as tolerable: {figures.against}."


def _method(figures: StatementFigures) -> Iterator[str]:
    bound, watched = figures.bound, figures.monitor
    if bound is not None:
        yield (
            f"The limit is the bound of one month ({bound.method}): at most {figures.upper} of all "
            f"{figures.counts.eligible}."
        )
        if bound.label != "exact":
            yield f"The search for the exact bound stopped early: the figure is an {bound.label}."
        yield (
            "It is for one look at this month alone. A limit that you may look at month after "
            f"month ({watched.method}) is {watched.upper} of {figures.counts.eligible}."
        )
    else:
        yield (
            f"The limit is that of the monitor ({watched.method}): at most {figures.upper} of all "
            f"{figures.counts.eligible}."
        )
    yield _risk(figures)
    if figures.label is None:
        yield (
            "Confidence and rules are on record in the ledger "
            f"(event {figures.stated}), before the first verdict."
        )
    else:
        yield (
            "Confidence and rules were on record only after the first verdict "
            f"(event {figures.stated})."
            if figures.stated
            else "No method is on record for the first of these months, so that of today counts."
        )
    if figures.differing:
        yield (
            f"{counted(len(figures.differing), 'later month')} of the range has another method on "
            "record; the first month's counts for all."
        ).replace("record; the", "record. The")
    if not figures.whole_years:
        yield "The person who asked chose the range: it does not begin with the firm's year."


def _risk(figures: StatementFigures) -> str:
    risk = 1 - Fraction(figures.method.confidence)
    what = "months" if figures.bound is not None else "such ranges of months"
    return (
        f"{rate_words(figures.method.confidence)} confidence means: the true number is above the "
        f"limit in at most {rate_words(risk)} of all {what}."
    )


def _assumptions(figures: StatementFigures) -> Iterator[str]:
    yield (
        "A letter is defective if a reader found it so, sent it back or declined it, and sound if "
        "a reader found it so or signed it."
    )
    if figures.counts.by_other:
        of = figures.counts.read
        yield (
            f"A deputy or another executive read {figures.counts.by_other} of the {of}. Their eyes "
            "count as those of the person to whom the letters were sent."
        )
    if figures.counts.edited:
        yield (
            f"{figures.counts.edited} of the {figures.counts.read} were edited after the draw, "
            "before they were read. The others were not."
        )
    if figures.counts.ineligible:
        yield (
            f"{counted(figures.counts.ineligible, 'drawn letter')} turned out never to have been "
            "eligible before it was sent, and counts as no defect."
        )
    yield from (figures.monitor if figures.bound is None else figures.bound).assumptions


def _not_said(figures: StatementFigures) -> Iterator[str]:
    counts = figures.counts
    yield "How many of the others are defective: the figure is a limit, not an estimate."
    yield "Which of the others are defective, or in which division."
    yield "Anything about defects that the reader did not recognise."
    left_out = f" ({counted(counts.excluded, 'response')})" if counts.excluded else ""
    yield f"Anything about responses that could not be drawn{left_out}, or about other months."
    if figures.undrawn:
        months = ", ".join(month.words for month in figures.undrawn)
        yield f"Anything about {months}, of which no draw counts."
    if counts.set_aside:
        yield (
            f"Anything from {counted(counts.set_aside, 'letter')} that had been read when the draw "
            "was set aside."
        )
    if counts.substitutes:
        yield f"Anything from {counted(counts.substitutes, 'substitute')} that were read."
