"""An explanation for the staff of a firm, and for an auditor: tickets, counts, the cut."""

from __future__ import annotations

from collections.abc import Iterator

from ceosample.sampling.explained.fields import (
    DrawOutcome,
    ExplanationFields,
    Standing,
    TurnOfStratum,
)
from ceosample.sampling.plans.rotation import OPEN
from ceosample.show import percent, stratum_words

_ENDED = {
    DrawOutcome.DRAWN: "drawn",
    DrawOutcome.RESERVE: "in reserve, not drawn",
    DrawOutcome.NOT_DRAWN: "not drawn",
    DrawOutcome.EXCLUDED: "left out of the frame",
    DrawOutcome.ABSENT: "in no file of this month",
    DrawOutcome.UNPROVED: "not explained, because the files do not verify",
}

_TURNS = {
    TurnOfStratum.CALLED: "the rotation called the stratum {} this month, for 1 letter",
    TurnOfStratum.NOT_CALLED: "the stratum {} waits in its block, and the rotation did not call it "
    "this month",
    TurnOfStratum.DRAWN_BEFORE: "the stratum {} gave a letter earlier in its block, so the "
    "rotation did not call it",
    TurnOfStratum.PICKED: "the stratum {} was picked to give 1 letter",
    TurnOfStratum.NOT_PICKED: "the stratum {} was not picked, so it gave no letter this month",
    TurnOfStratum.CERTAIN: "the stratum {} was certain to give 1 letter",
}


def staff_words(told: ExplanationFields) -> str:
    """The explanation, one thought a line."""
    title = f"{told.name}: {_ENDED[told.outcome]} ({told.population}, {told.period})"
    return "\n  ".join([title, *_lines(told)])


def _lines(told: ExplanationFields) -> Iterator[str]:
    if told.number is not None:
        yield f"its blinded id, made of the number and the code: {told.unit_id}"
    if told.outcome is DrawOutcome.UNPROVED:
        yield f"first difference: {told.first_difference}"
        yield f"level: {told.level.name}; ask for the files as they were published"
        return
    if told.outcome is DrawOutcome.ABSENT:
        yield f"neither manifest.csv nor exclusions.csv has it; {told.eligible} could be drawn"
        if told.other_case is not None:
            yield f"they have {told.other_case}, which differs in capital letters alone: ask for it"
        elif told.number is None:
            yield "look in the other months, and at how the number is written"
        else:
            yield "look in the other months, and at the number and the code that belong together"
    elif told.outcome is DrawOutcome.EXCLUDED:
        yield f"exclusions.csv names it with the reason {told.reason}, so it had no chance"
    else:
        yield from _chances(told)
    yield from _proof(told)


def _chances(told: ExplanationFields) -> Iterator[str]:
    """What is said of a response that could be drawn."""
    name = stratum_words(told.stratum) if told.stratum else "the whole frame"
    yield f"in the frame: 1 of {told.eligible} responses that could be drawn"
    if told.recorded != told.stratum:
        recorded = stratum_words(told.recorded or ())
        yield f"its stratum: {name}, in the manifest {recorded}"
    else:
        yield f"its stratum: {name}"
    if told.take_all:
        size = told.standings[0].among
        yield f"the plan reads every response of this stratum, all {size}, so no ticket decides"
        yield f"ticket {told.standings[0].ticket}"
    else:
        if told.turn is not None:
            yield _TURNS[told.turn].format(name)
        if told.lots is not None:
            own, total = told.lots
            yield f"lots of the stratum: {own}, of {total} in all"
        for standing in told.standings:
            yield from _standing(standing, name)
    if told.reserve is not None:
        yield (
            f"in reserve as number {told.reserve}: it takes a place if a letter drawn there is "
            "ineligible, which the ledger tells and these files do not"
        )
    if told.probability is not None:
        chance = f"{told.probability} ({percent(told.probability)})"
        yield f"its chance before the seed: {chance}"


def _standing(standing: Standing, name: str) -> Iterator[str]:
    is_open = standing.line == OPEN
    where = "outside the called letters" if is_open else f"in {name}"
    yield f"{'open ' if is_open else ''}ticket {standing.ticket}"
    yield (
        f"lower tickets {where}: {standing.lower}, so it is number {standing.lower + 1} of "
        f"{standing.among}"
    )
    if standing.cut is None:
        yield "no letter was drawn there, so there is no cut"
        return
    lowest = "lowest was" if standing.letters == 1 else f"{standing.letters} lowest were"
    place = {-1: "below", 0: "at", 1: "above"}[_order(standing.ticket, standing.cut)]
    yield f"the {lowest} drawn, up to the cut {standing.cut}: this ticket is {place} it"


def _order(ticket: str, cut: str) -> int:
    """-1, 0 or 1: below, at or above the cut."""
    return (ticket > cut) - (ticket < cut)


def _proof(told: ExplanationFields) -> Iterator[str]:
    scheme = f"{told.scheme} plan, " if told.scheme else ""
    yield f"checked: drawn again from the files, {told.level.name}; {scheme}draw {told.draw}"
