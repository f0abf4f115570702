"""The output's part: the folders, what months lost in them, and who else can read them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from ceosample import file_modes
from ceosample.errors import (
    CeosampleError,
    ConfigurationError,
)
from ceosample.job.checks.context import CheckContext, Doubted
from ceosample.job.freeze_month import (
    require_own_folder,
)
from ceosample.job.losses.lost_files import LostFiles, lost_files
from ceosample.job.month import Month
from ceosample.job.sources.existing_files import (
    folder_of,
)
from ceosample.sampling.names import DRAW, EXCLUSIONS, MANIFEST
from ceosample.sealed.envelope import require_cipher

#: So many files that others can read are named, and the rest counted.
FILES_NAMED: Final = 5


def check_output(seen: CheckContext) -> Sequence[str]:
    folder = seen.month.folder
    if seen.frozen() is None:
        require_own_folder(seen.month, seen.recorded)
    require_writable(folder, "output.folder")
    sealed = seen.month.configuration.sealing_passphrase() is not None
    if sealed:
        require_cipher()
    said = [str(folder), *["rooms are sealed"] * sealed, *_who_can_read(seen.month)]
    lost = _lost(seen)
    if lost:
        raise Doubted(*said, *map(str, lost))
    return said


def _lost(seen: CheckContext) -> list[LostFiles]:
    """What months' folders lost; nothing if the ledger cannot be read, as its part reports."""
    configuration = seen.month.configuration
    with contextlib.suppress(CeosampleError):
        ledger = seen.ledger()
        if ledger is not None:
            with ledger:
                events = ledger.month_events(configuration.population)
            return lost_files(configuration, events)
    return []


def _who_can_read(month: Month) -> list[str]:
    """Where the file system has no modes, and what others on this machine can read by theirs."""
    packs = month.configuration.packs
    said = []
    if not file_modes.keeps_modes(packs):
        said.append(
            f"{packs}: its file system has no modes, which keep others from reading; use another, "
            "or let nobody else onto the machine"
        )
    found = file_modes.read_by_others(_private_places(month))
    open_to_all = [path for path in found if path.name not in (DRAW, MANIFEST, EXCLUSIONS)]
    said += [f"{path}: others can read it; use chmod o=" for path in open_to_all[:FILES_NAMED]]
    if len(open_to_all) > FILES_NAMED:
        said.append(f"and {len(open_to_all) - FILES_NAMED} more files that others can read")
    return said


def _private_places(month: Month) -> list[Path]:
    """Where customers' data are kept: packs, the ledger's file, tables, letters that exist."""
    configuration = month.configuration
    home, period = configuration.home, month.period
    tables = [configuration.source.path(home, period)]
    if configuration.contents is not None:
        tables.append(configuration.path(configuration.contents, period))
    pickup = [] if configuration.pickup_folder is None else [configuration.pickup_folder]
    url = make_url(configuration.ledger_url)
    ledger = [Path(url.database)] if url.get_backend_name() == "sqlite" and url.database else []
    letters = [] if configuration.existing is None else [folder_of(configuration, period)]
    if home in letters:  # the letters are among files of every kind
        letters = [path for kind in ("pdf", "docx") for path in sorted(home.glob(f"*.{kind}"))]
    return [*dict.fromkeys([configuration.packs, *pickup, *ledger, *tables, *letters])]


def require_writable(folder: Path, key: str) -> None:
    """Raise unless files can be written to a folder, or it can be made."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise ConfigurationError(
            f"{key}: got {there}, which is not a folder to which files can be written; choose "
            "another, or change its permissions"
        )
