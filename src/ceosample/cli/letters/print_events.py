"""What the command prints of the events that it recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import click

from ceosample.canonical import Json
from ceosample.cli.options import in_words
from ceosample.result import as_json_text
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.events import Event


def print_events(
    events: Iterable[Event],
    as_json: bool,
    *,
    one: bool = False,
    moved: Mapping[str, Event | None] = MappingProxyType({}),
) -> None:
    """Print the events that were recorded."""
    if as_json:
        found: list[Json] = [
            {
                **event.to_dict(),
                "hash": event.hash,
                **({"moved_up": None if up is None else up.unit_id} if event.hash in moved else {}),
            }
            for event in events
            for up in [moved.get(event.hash)]
        ]
        click.echo(as_json_text(found[0] if one else found))
        return
    for event in events:
        click.echo(in_words(event))
        if event.hash in moved:
            up = moved[event.hash]
            click.echo(
                f"  no reserve is left: the place of {event.unit_id} stays empty, and counts"
                if up is None
                else f"  {up.unit_id} moved up in its place; render it with: ceosample rework "
                f"{up.unit_id} --period {up.period}"
            )


def moved_up(ledger: Ledger, events: Iterable[Event]) -> dict[str, Event | None]:
    """For each replaced letter, by its event's hash, the event of the reserve that moved up."""
    return {e.hash: ledger.substitute_of(e) for e in events if e.kind == "replaced"}
