"""A folder for the files of tests that lies in memory, where the machine has one.

The project flushes to the disk whatever it acknowledges. A run of the tests does so some ten
thousand times, waits for each, and nothing of it is there a minute later: on a disk the waiting
takes as long as everything else.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

#: Linux keeps what lies here in memory.
SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108  # pytest makes a private folder in it

#: Bytes that must be free: more than a whole run has there at a time.
ENOUGH: Final = 3 * 2**30


def found() -> Path | None:
    """Where temporary files can lie in memory; None where there is no place, or too small a one.

    Programs are run from there too, which a container may forbid.
    """
    if not os.access(SHARED_MEMORY, os.W_OK | os.X_OK):
        return None
    forbids_programs = os.statvfs(SHARED_MEMORY).f_flag & os.ST_NOEXEC
    enough = shutil.disk_usage(SHARED_MEMORY).free >= ENOUGH
    return None if forbids_programs or not enough else SHARED_MEMORY


def use() -> None:
    """Let this process and those that it starts keep their files there, unless TMPDIR is set."""
    folder = found()
    if folder is not None:
        os.environ.setdefault("TMPDIR", str(folder))
        tempfile.tempdir = None  # pytest has asked before: it keeps there what tests print
