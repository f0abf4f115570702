"""The pick-up folder: the files for the executive's office, for another system to fetch.

Whoever fetched a month's files is told there too when the month is set aside or corrected.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from ceosample import files
from ceosample.canonical import Json, canonical_file, digest
from ceosample.configuration import Configuration
from ceosample.errors import ConflictError
from ceosample.job.month import Month
from ceosample.letters.papers import attendance_sheet
from ceosample.letters.papers.pack import Pack
from ceosample.letters.papers.signing_room import ROOM
from ceosample.period import Period
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.events import Event

#: What ``ready.json`` is called in itself.
SCHEME: Final = "ceosample-pickup/1"

#: The file that says that the others are there, written last.
READY: Final = "ready.json"

#: The events about a month that whoever fetched its files has to know.
TOLD: Final = ("superseded", "corrected")

#: The file that says in words what happened.
NOTICE: Final = "notice.txt"

_WORDS: Final = {
    "superseded": (
        "{month}: the draw of this month was set aside (event {number}, {reason}).\n"
        "Letters of it that are not signed yet are not to be signed or posted. A new draw comes "
        "with files of its own.\n"
    ),
    "corrected": (
        "{month}: an event of this month was made void (event {number}, {reason}): {what}.\n"
        "Its figures are counted without that event from now on; the letters stay as they are.\n"
    ),
}


def put_out(month: Month, pack: Pack, folder: Path, rework: int | None = None) -> None:
    """Copy a pack's pages, room and attendance sheet into the folder, and :data:`READY` last.

    It is called before the letters are sent in the ledger, so the files of sent letters were there
    to fetch. The next run copies again what was fetched before that.

    Args:
        month: the month.
        pack: its pack.
        folder: the folder of the pack.
        rework: the number of the rework; None for the month's first pack.

    Raises:
        ConflictError: another pack is there, and was not fetched.
    """
    outbox = month.configuration.pickup_folder
    if outbox is None:
        return
    place = outbox / _name(month, rework)
    there = files.read_if_there(place / READY)
    if there is not None:
        _require_this_pack(place / READY, there, pack)
        return
    # The same letters in clear, next to a sealed room, would make its seal worthless.
    pages = [] if month.configuration.seal else [name for name in pack.rendered if _is_page(name)]
    wanted = [*pages, ROOM, attendance_sheet.TABLE]
    found = {name: files.read_if_there(folder / name) for name in [*wanted, attendance_sheet.SHEET]}
    given = {name: data for name, data in found.items() if data is not None}
    ready: dict[str, Json] = {
        "scheme": SCHEME,
        "population": pack.population,
        "period": pack.period,
        "rework": rework,
        "pack": pack.digest,
        "files": {name: digest(data) for name, data in given.items()},
    }
    files.write_set(place, {**given, READY: canonical_file(ready)}, index=READY)


def put_out_again(month: Month, pack: Pack, folder: Path, rework: int | None) -> None:
    """Put out a pack whose room was sealed again; what was not fetched yet goes first."""
    outbox = month.configuration.pickup_folder
    if outbox is not None:
        _take_back(outbox / _name(month, rework))
        put_out(month, pack, folder, rework)


def _name(month: Month, rework: int | None) -> str:
    return str(month.period) if rework is None else f"{month.period}-rework-{rework}"


def _is_page(name: str) -> bool:
    """Whether a pack's file is pages of many letters: a letter alone is for posting, later."""
    return "/" not in name and name.endswith(".pdf")


def _require_this_pack(path: Path, data: bytes, pack: Pack) -> None:
    try:
        said = json.loads(data)["pack"]
    except (ValueError, TypeError, KeyError):
        said = None
    if said != pack.digest:
        raise ConflictError(
            f"{path}: is of another pack, which was not fetched yet; fetch it or move it away"
        )


def tell_pickup(configuration: Configuration, ledger: Ledger, event: Event) -> Path | None:
    """Put a notice into the pick-up folder, for the system that fetched a month's files before.

    Files of a draw that was set aside, and that are still unfetched, are taken back first. The
    notice has a folder of its own, ``PERIOD-superseded-NUMBER`` or ``PERIOD-corrected-NUMBER`` with
    the event's number, and its ``ready.json`` comes last as that of a pack does. It names no
    response.

    Args:
        configuration: of the month's population.
        ledger: where the event is recorded.
        event: what ``Ledger.supersede`` or ``Ledger.correct`` returned.

    Returns:
        The folder of the notice, or None where the notice has no reader (no pick-up folder,
        another population or kind of event, or a month of which no pack was put out).
    """
    outbox = configuration.pickup_folder
    if outbox is None or event.kind not in TOLD or event.population != configuration.population:
        return None
    if event.period is None:
        return None
    period = Period.parse(event.period)
    month = list(ledger.events(population=event.population, period=period))
    packs = _packs_before(event, month)
    waiting = _not_fetched(outbox, period)
    if not packs and not waiting:
        return None
    if event.kind == "superseded":
        for folder in waiting:
            _take_back(folder)
    place = outbox / f"{period}-{event.kind}-{event.sequence}"
    words = _words(configuration, event, month).encode()
    ready: dict[str, Json] = {
        "scheme": SCHEME,
        "population": event.population,
        "period": event.period,
        "rework": None,
        "pack": None,
        "notice": event.kind,
        "event": event.hash,
        "reason_code": event.payload.get("reason_code"),
        "packs": [*packs],
        "files": {NOTICE: digest(words)},
    }
    files.write_set(place, {NOTICE: words, READY: canonical_file(ready)}, index=READY)
    return place


def _packs_before(event: Event, month: Iterable[Event]) -> list[str]:
    """The packs that were sent since the month was last set aside, each once, in order."""
    packs: dict[str, None] = {}
    for earlier in month:
        if earlier.sequence >= event.sequence:
            break
        if earlier.kind == "superseded":
            packs = {}
        if earlier.kind == "sent_for_signature" and "pack" in earlier.payload:
            packs[str(earlier.payload["pack"])] = None
    return [*packs]


def _not_fetched(outbox: Path, period: Period) -> list[Path]:
    """The folders of the month's packs that are still there."""
    found = [outbox / str(period), *sorted(outbox.glob(f"{period}-rework-*"))]
    return [folder for folder in found if files.read_if_there(folder / READY) is not None]


def _take_back(folder: Path) -> None:
    """Remove a pack's copies, ``ready.json`` first; those in the month's own folder stay."""
    data = files.read_if_there(folder / READY)
    try:
        named: Any = json.loads(data or b"{}")["files"]
    except (ValueError, TypeError, KeyError):
        return  # not one that a run wrote
    (folder / READY).unlink()
    for name in named:
        if Path(name).name == name:
            (folder / name).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def _words(configuration: Configuration, event: Event, month: Iterable[Event]) -> str:
    void = next((e.kind for e in month if e.hash == event.payload.get("event")), "")
    title = configuration.title or configuration.population
    return _WORDS[event.kind].format(
        month=f"{title}, {event.period}",
        number=event.sequence,
        reason=event.payload.get("reason_code"),
        what=void.replace("_", " "),
    )
