"""The pick-up folder: the files for the executive's office, for another system to fetch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from ceosample import files
from ceosample.canonical import Json, canonical_file, digest
from ceosample.errors import ConflictError
from ceosample.job.month import Month
from ceosample.letters.papers import attendance_sheet
from ceosample.letters.papers.pack import Pack
from ceosample.letters.papers.signing_room import ROOM

#: The file that says that the others are there, written last.
READY: Final = "ready.json"


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
    name = str(month.period) if rework is None else f"{month.period}-rework-{rework}"
    place = outbox / name
    there = files.read_if_there(place / READY)
    if there is not None:
        _require_this_pack(place / READY, there, pack)
        return
    wanted = [*(name for name in pack.rendered if _is_page(name)), ROOM, attendance_sheet.TABLE]
    found = {name: files.read_if_there(folder / name) for name in [*wanted, attendance_sheet.SHEET]}
    given = {name: data for name, data in found.items() if data is not None}
    ready: dict[str, Json] = {
        "scheme": "ceosample-pickup/1",
        "population": pack.population,
        "period": pack.period,
        "rework": rework,
        "pack": pack.digest,
        "files": {name: digest(data) for name, data in given.items()},
    }
    files.write_set(place, {**given, READY: canonical_file(ready)}, index=READY)


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
