"""A month's rooms sealed again from their packs: the passphrase was lost, or is another now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ceosample import files
from ceosample.errors import ConflictError
from ceosample.job.losses.lost_files import pack_folders, packs_sent
from ceosample.job.losses.named_ledger import require_named
from ceosample.job.month import Month
from ceosample.job.pickup_folder import put_out_again
from ceosample.letters.papers.pack import Pack
from ceosample.letters.papers.signing_room import ROOM
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.events import Event


def seal_again(month: Month, ledger: Ledger) -> list[tuple[Path, Event | None]]:
    """Make the rooms of a month's packs again, those of its reworks too.

    Where the configuration seals, each has a fresh salt and nonce under the passphrase that its
    file holds now, and the ledger records it before the room is written. Where it does not, the
    open rooms are written, and nothing is recorded.

    Args:
        month: the month, who asks for it and when.
        ledger: the ledger that sent the packs.

    Returns:
        Each room, with its event.

    Raises:
        ConflictError: the month has no pack that was sent.
        RecordError: the passphrase cannot be read, or a file of a pack is missing or was changed.
    """
    configuration = month.configuration
    with (
        files.locked(configuration.lock_folder, for_group=configuration.for_group),
        files.locked(month.folder, for_group=configuration.for_group),
    ):
        require_named(configuration, ledger)
        passphrase = configuration.sealing_passphrase()
        return [*_sealed(month, ledger, passphrase)]


def _sealed(
    month: Month, ledger: Ledger, passphrase: str | None
) -> Iterator[tuple[Path, Event | None]]:
    sent = packs_sent(ledger.events(**month.subject))
    folders = [folder for pack, folder in pack_folders(month.folder).items() if pack in sent]
    if not folders:
        raise ConflictError(
            f"{month.words}: has no pack that was sent, so it has no room; run the month, or "
            f"'ceosample rebuild {month.period}' where its files are lost"
        )
    packs = {folder: Pack.load(folder) for folder in folders}  # all of them, before any is written
    for folder, pack in packs.items():
        room, event = pack.room(passphrase=passphrase), None
        if passphrase is not None:
            event = ledger.seal_room(pack, room, by=month.by, at=month.at)
        files.write_whole(folder / ROOM, room)
        _, _, number = folder.name.rpartition("rework-")
        rework = int(number) if folder != month.folder else None
        put_out_again(month, pack, folder, rework)
        yield folder / ROOM, event
