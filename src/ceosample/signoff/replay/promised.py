"""What a letter promised and what is to be done about a cause: items, each with what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import WENT_OUT
from ceosample.signoff.store.events import Event


@attrs.frozen
class Undertaking:
    """A promise to a customer, or an action against a cause.

    Attributes:
        name: its code; a letter has one of each name.
        due: the date by which it is to be done, ISO 8601: the newest that was said.
        to: who is to do it; None for the letter's owner.
        cause: the cause of an action; None of a promise.
        made: the event that holds it.
        done: the event that says what came of it; None while it is open.
    """

    name: str
    due: str
    to: str | None
    cause: str | None
    made: Event
    done: Event | None

    @property
    def kept(self) -> bool:
        """Whether it was done."""
        return self.done is not None and self.done.kind in ("promise_kept", "action_done")


def promises(history: History) -> dict[str, Undertaking]:
    """The promises of a letter by name: of the version that was signed or went out, and recorded.

    A promise that is recorded again has the newer date and person.
    """
    made: dict[str, Event] = {}
    due: dict[str, tuple[str, str | None]] = {}
    binding = _binding(history)
    if binding is not None:
        for name, day in binding.payload.get("promises", {}).items():
            made[name], due[name] = binding, (day, None)
    for event in _said(history, "promise"):
        made[event.payload["promise"]] = event
        due[event.payload["promise"]] = (event.payload["due"], event.payload.get("to"))
    done = {e.payload["promise"]: e for e in _said(history, "promise_kept", "promise_broken")}
    return {
        name: Undertaking(name, *due[name], cause=None, made=event, done=done.get(name))
        for name, event in made.items()
    }


def actions(history: History) -> dict[str, Undertaking]:
    """The actions against causes that were recorded of a letter, by name."""
    done = {event.payload["action"]: event for event in _said(history, "action_done")}
    items = {}
    for event in _said(history, "action"):
        said = event.payload
        name = said["action"]
        items[name] = Undertaking(
            name, said["due"], said.get("to"), said["cause"], made=event, done=done.get(name)
        )
    return items


def causes(history: History) -> set[str]:
    """The causes that findings of a letter name."""
    return {
        event.payload["cause"] for event in _said(history, "finding") if "cause" in event.payload
    }


def _said(history: History, *kinds: str) -> Iterator[Event]:
    return (event for event in history.annotations if event.kind in kinds)


def _binding(history: History) -> Event | None:
    """The event of the version that was signed, or that went out; None before either."""
    if history.state in WENT_OUT:
        letter = history.events[-1].payload.get("letter")
    else:
        signed = history.standing("signed", "signed_by_deputy")
        if signed is None or history.state not in ("signed", "signed_by_deputy"):
            return None
        letter = signed.payload["letter"]
    return _newest(event for event in history.events if _is_of(event, letter))


def _is_of(event: Event, letter: object) -> bool:
    return event.kind == "rendered" and event.payload["letter"] == letter


def _newest(events: Iterable[Event]) -> Event | None:
    found = list(events)
    return found[-1] if found else None
