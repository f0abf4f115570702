"""What is told where a letter or a case goes on before the board has answered about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import click

from ceosample.signoff.figures.customers.asked_for import unanswered
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.cases import PREFIX
from ceosample.signoff.store.events import Event

#: The steps that end what waits for the board: signed or read, or out.
_GOES_ON: Final = ("signed", "read", "resolved_nonstandard", "dispatched")


def say_of_the_board(ledger: Ledger, events: Iterable[Event]) -> None:
    """Say for each recorded step whether the board still has a question to answer."""
    for line in notes(ledger, events):
        click.echo(f"note: {line}", err=True)


def notes(ledger: Ledger, events: Iterable[Event]) -> Iterator[str]:
    """A line for each step that was recorded before the board's answer."""
    asked: dict[tuple[str | None, str | None], set[str | None]] = {}
    for event in events:
        step = event.kind.removeprefix(PREFIX)
        if step not in _GOES_ON:
            continue
        month = (event.population, event.period)
        if month not in asked:  # few letters are escalated, and a file can hold many
            asked[month] = {
                one.unit_id
                for one in ledger.events(population=event.population, period=event.period)
                if one.kind.removeprefix(PREFIX) == "escalated_to_board"
            }
        question = _question(ledger, event) if event.unit_id in asked[month] else None
        if question is not None:
            yield (
                f"{event.unit_id}: {step.replace('_', ' ')} before the board has answered the "
                f"question of event {question.sequence}; once it answers, record it: ceosample "
                f"record board_answer {event.unit_id} --outcome CODE --by PERSON"
            )


def _question(ledger: Ledger, event: Event) -> Event | None:
    """The question to the board that waits, about the letter or the case of an event."""
    unit_id = str(event.unit_id)
    if event.kind.startswith(PREFIX):
        case = ledger.case(unit_id, population=event.population)
        asked = case.said("escalated_to_board")
        return unanswered(asked[-1] if asked else None, case.said("board_answer"))
    history = ledger.history(unit_id, population=event.population, period=event.period)
    answers = [one for one in history.annotations if one.kind == "board_answer"]
    return unanswered(history.latest("escalated_to_board"), answers)
