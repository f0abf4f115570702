"""What an event leaves for the one after it."""

from __future__ import annotations

from ceosample.signoff.rules.context import Context
from ceosample.signoff.rules.letters import subject_of
from ceosample.signoff.rules.unfinished import MoveUp, Registration, Sending, Unfinished, moved_up
from ceosample.signoff.store.events import Event


def unfinished_after(
    event: Event, before: Unfinished | None, context: Context
) -> Unfinished | None:
    """What must be continued after an event, which the context has taken.

    Args:
        event: the event.
        before: what was to be continued before it.
        context: the ledger with the event in it.
    """
    if before is not None and before.accepts(event):
        return before.take(event)
    if event.kind == "drawn":
        frozen = context.month(str(event.population), str(event.period)).get("frozen")
        return None if frozen is None else Registration(event, frozen)
    if event.kind == "rendered":
        return Sending(event)
    if event.kind == "replaced":
        subject = subject_of(event)
        histories = context.histories(*subject[:2])
        replaced = histories.get(subject)
        up = None if replaced is None else moved_up(histories.values(), replaced)
        return None if up is None else MoveUp(event, up)
    return None
