"""What a file of decisions brought, and whether a newer one about its pack holds something else.

A browser keeps every file that a signing room saved, so an office can take an older one by mistake.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from ceosample import files
from ceosample.errors import CeosampleError, LedgerError, raise_faults
from ceosample.signoff.intake.decisions import Decision, Decisions, Passphrase
from ceosample.signoff.replay.valid_events import valid_events
from ceosample.signoff.store.events import Event
from ceosample.text import counted, quoted

#: The files that are looked at next to the one that is recorded, and how large they may be.
PATTERN: Final = "decisions*.json"
LARGEST: Final = 1 << 24

#: What a pack's letters become and what is said about them; the office's own steps are not counted.
_SENT: Final = "sent_for_signature"


def brought(decisions: Decisions, events: Sequence[Event], newest: int) -> str:
    """What a recorded file held, in a line: its decisions, their letters, and what of it was new.

    Args:
        decisions: the file's.
        events: the event of each decision.
        newest: the number of the ledger's newest event before the file was recorded.
    """
    letters = {(event.population, event.period, event.unit_id) for event in events}
    new = sum(event.sequence > newest for event in events)
    said = f"{decisions.name}: {counted(len(events), 'decision')} about "
    said += f"{counted(len(letters), 'letter')}, {new} of {len(events)} new in the ledger"
    saved = decisions.saved_at
    return said if saved is None else f"{said}; saved at {saved.isoformat()}"


def newer_files(path: Path, decisions: Decisions, passphrase: Passphrase = None) -> Iterator[str]:
    """What newer files in the same folder, about the same pack, hold that this one does not.

    Files named ``decisions*.json`` are looked at, sealed ones too where the passphrase opens them.
    One that cannot be read is passed over.
    """
    saved_at = decisions.saved_at
    if saved_at is None or decisions.pack is None:
        return
    here = {_said(decision) for decision in decisions.decisions}
    for other in _others(path, passphrase):
        if other.pack != decisions.pack or other.saved_at is None or other.saved_at <= saved_at:
            continue
        there = {_said(decision) for decision in other.decisions}
        more, fewer = len(there - here), len(here - there)
        if more or fewer:
            yield (
                f"{decisions.name}: is older than {quoted(other.name, 100)}, saved at "
                f"{other.saved_at.isoformat()}, which holds {counted(more, 'decision')} that this "
                f"file does not, and lacks {fewer} of the {len(here)} here; ask the executive "
                "which file is the last word, and record that one"
            )


def newest_of_each_pack(
    found: Sequence[tuple[Path, Decisions]],
) -> list[tuple[Path, Decisions]]:
    """Files that are recorded together: without those of which a newer one holds everything.

    Args:
        found: the files, each with its decisions.

    Returns:
        Tables as they were given, then one file of each pack, the oldest first.

    Raises:
        LedgerError: of one pack, an older file holds what the newest does not.
    """
    saved = sorted(
        ((read.saved_at, path, read) for path, read in found if read.pack and read.saved_at),
        key=lambda one: one[0],
    )
    newest = {decisions.pack: (path, decisions) for _, path, decisions in saved}
    faults = []
    for _, _, decisions in saved:
        _, last = newest[decisions.pack]
        there = {_said(decision) for decision in last.decisions}
        lacking = sum(_said(decision) not in there for decision in decisions.decisions)
        if lacking:
            faults.append(
                f"{decisions.name}: got {counted(lacking, 'decision')} that the newer file "
                f"{quoted(last.name, 100)} of the same room does not hold; ask the executive which "
                "file is the last word, and give that one alone"
            )
    raise_faults(LedgerError, faults)
    tables = [(path, read) for path, read in found if not (read.pack and read.saved_at)]
    last_words = {path for path, _ in newest.values()}
    return [*tables, *((path, read) for _, path, read in saved if path in last_words)]


def newer_on_record(
    events: Iterable[Event], decisions: Decisions, newest: int, ahead: dt.timedelta | None = None
) -> str | None:
    """What was on record already and is newer than the file, or None.

    It counts decisions of the people who decide in the file, about letters of its pack, made after
    the file was saved and recorded before it.

    Args:
        events: those of the month.
        decisions: the file's.
        newest: the number of the ledger's newest event before the file was recorded.
        ahead: how far the clock was ahead that gave the file its times.
    """
    if decisions.saved_at is None or decisions.pack is None:
        return None
    saved_at = decisions.saved_at - (ahead or dt.timedelta(0))
    people = {decision.by for decision in decisions.decisions}
    earlier = [event for event in valid_events(events) if event.sequence <= newest]
    letters = {
        event.unit_id
        for event in earlier
        if event.kind == _SENT and event.payload["pack"] == decisions.pack
    }
    later = [
        event
        for event in earlier
        if event.unit_id in letters
        and event.actor in people
        and dt.datetime.fromisoformat(event.at) > saved_at
    ]
    if not later:
        return None
    last = max(later, key=lambda event: dt.datetime.fromisoformat(event.at))
    return (
        f"{decisions.name}: was saved at {decisions.saved_at.isoformat()}, and the ledger already "
        f"held {counted(len(later), 'newer decision')} about this pack, the last of {last.at} "
        f"about {last.unit_id}; check that this file is the executive's last word"
    )


def _others(path: Path, passphrase: Passphrase) -> Iterator[Decisions]:
    """The files of decisions next to this one that can be read."""
    for place in sorted(path.parent.glob(PATTERN)):
        try:
            if place.name != path.name and place.is_file() and place.stat().st_size <= LARGEST:
                yield Decisions.from_json(files.read(place), place.name, passphrase=passphrase)
        except (CeosampleError, OSError):
            continue


def _said(decision: Decision) -> tuple[object, ...]:
    """A decision without its place in the file."""
    what = tuple(sorted((name, str(value)) for name, value in decision.what.items()))
    return (decision.unit_id, decision.kind, decision.by, decision.at, what)
