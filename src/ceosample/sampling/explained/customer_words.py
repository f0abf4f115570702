"""An explanation for the customer who asks: plain, kind and short, without a hash."""

from __future__ import annotations

from collections.abc import Iterator

from ceosample.sampling.explained.fields import (
    DrawOutcome,
    ExplanationFields,
    Standing,
    TurnOfStratum,
)
from ceosample.sampling.plans.rotation import CALLED

_TURNS = {
    TurnOfStratum.CALLED: "This month it was the turn of {}, for one answer.",
    TurnOfStratum.NOT_CALLED: "Groups take turns. This month it was not the turn of {}.",
    TurnOfStratum.DRAWN_BEFORE: "Groups take turns, and {} had its turn in an earlier month.",
    TurnOfStratum.PICKED: "First some groups were chosen by chance, and {} was one of them.",
    TurnOfStratum.NOT_PICKED: "First some groups were chosen by chance, and {} was not one of "
    "them this month. Its chance grows with each month in which it waits.",
    TurnOfStratum.CERTAIN: "This month it was certain that {} has one answer read.",
}

_NOTHING = "That says nothing about your complaint, or about how much it matters to us."
_AGAIN = "Anyone can work this out again from the public files of the month."


def customer_words(told: ExplanationFields) -> str:
    """The explanation, a paragraph a line."""
    return "\n".join(_paragraphs(told))


def _paragraphs(told: ExplanationFields) -> Iterator[str]:
    name, month = told.name, told.period.words
    if told.outcome is DrawOutcome.UNPROVED:
        yield f"We are sorry: today we cannot say how chance decided about your reference {name}."
        yield (
            f"The public files for {month} do not agree with each other. Please ask us again, once "
            "we have put them right."
        )
        return
    if told.outcome is DrawOutcome.ABSENT:
        what = "reference" if told.number is None else "reference and your code"
        yield f"We did not find your reference {name} in the public list for {month}."
        if told.other_case is not None:  # whose it is, is nobody else's business
            yield (
                "Please check capital letters: write your reference as it is in our letter, or ask "
                "us."
            )
            return
        yield f"It may be in the list of another month. Please check your {what}, or ask us."
        return
    if told.outcome is DrawOutcome.EXCLUDED:
        yield (
            f"Your reference {name} is in the public list for {month}, and a rule left it out of "
            "the choice."
        )
        yield f"The reason in the list is “{told.reason}”. Please ask us what it means."
        yield _AGAIN
        return
    yield from _chosen(told)


def _chosen(told: ExplanationFields) -> Iterator[str]:
    """What is said of an answer that could be chosen."""
    chosen = "was chosen" if told.outcome is DrawOutcome.DRAWN else "was not chosen"
    yield (
        f"Your reference {told.name} {chosen} for our chief executive to read. "
        f"It was one of {told.eligible} answers that could be chosen for {told.period.words}."
    )
    group = f"the group “{' / '.join(told.stratum)}”" if told.stratum else "all answers"
    if told.take_all:
        yield f"Every answer of {group} is read, so chance did not have to decide."
    else:
        yield (
            "Chance decided. Each answer has a lottery number, worked out from public digits and "
            "from its reference in the list."
        )
        if told.turn is not None:
            yield _TURNS[told.turn].format(group)
        for standing in told.standings:
            if standing.cut is not None:
                yield _place(standing, group)
    if told.reserve is not None:
        yield (
            f"It is number {told.reserve} of those that wait behind the chosen ones. It is read "
            "if a chosen answer turns out not to belong in the list."
        )
    if told.outcome is not DrawOutcome.DRAWN:
        yield _NOTHING
    yield _AGAIN


def _place(standing: Standing, group: str) -> str:
    """Where a lottery number stands."""
    if standing.letters == standing.among:
        return f"Every answer of {group} was chosen, so it did not matter which number yours has."
    where = f"Of {group}" if standing.line in (None, CALLED) else "Of all other answers"
    lowest = (
        "the one with the lowest number was chosen"
        if standing.letters == 1
        else f"the {standing.letters} with the lowest numbers were chosen"
    )
    return (
        f"{where}, {lowest}. Counted from the lowest, yours was number {standing.lower + 1} of "
        f"{standing.among}."
    )
