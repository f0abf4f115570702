"""Passphrases of sealed rooms: five groups of four, from 32 letters and digits, and their file.

Nobody remembers one or thinks one up, so each has 100 random bits, which no one tries out.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ceosample import file_modes, files
from ceosample.errors import RecordError
from ceosample.sealed.typed import ALPHABET, GROUP, as_typed, grouped

#: The groups of a passphrase.
GROUPS: Final = 5

_FORM: Final = "five groups of four letters and digits, as 'ceosample passphrase' makes them"


def new_passphrase(choose: Callable[[int], int] = secrets.randbelow) -> str:
    """A new passphrase.

    Args:
        choose: gives a whole number below another, by chance.

    >>> new_passphrase(lambda below: below - 1)
    'zzzz-zzzz-zzzz-zzzz-zzzz'
    """
    drawn = [ALPHABET[choose(len(ALPHABET))] for _ in range(GROUPS * GROUP)]
    return grouped("".join(drawn))


def normal(passphrase: str) -> str:
    """A passphrase as the key is made of it, however it was typed.

    Capitals, spaces and hyphens do not matter, and i, l and o are read as 1 and 0.

    Raises:
        RecordError: it is none; the message does not hold it.

    >>> normal("ABCD efgh  jkmn pqrs tv0O")
    'abcd-efgh-jkmn-pqrs-tv00'
    """
    typed = as_typed(passphrase)
    if len(typed) != GROUPS * GROUP or not set(typed) <= set(ALPHABET):
        raise RecordError(
            f"passphrase: got {len(typed)} characters that are not shown; give {_FORM}"
        )
    return grouped(typed)


def read_passphrase(path: Path) -> str:
    """The passphrase that a file holds, which its owner alone can read.

    Raises:
        RecordError: the file is not there, has another mode than 0600, or holds no passphrase.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            data = file.read(1 << 12)
    except (OSError, ValueError):
        # A path that is none may be the passphrase itself.
        raise RecordError(
            "output.passphrase: got text that names no file that can be read; give the path of a "
            "file, which 'ceosample passphrase --to FILE' makes"
        ) from None
    if mode != 0o600 and file_modes.keeps_modes(path):
        raise RecordError(
            f"{path}: got the mode {mode:04o}, so that others than its owner may read the "
            f"passphrase; run 'chmod 600 {path}'"
        )
    with contextlib.suppress(UnicodeDecodeError, RecordError):
        return normal(data.decode())
    raise RecordError(f"{path}: got no passphrase in it; give a file with {_FORM}")


def write_passphrase(path: Path, passphrase: str) -> None:
    """Write a passphrase where there is no file yet, for its owner alone (mode 0600).

    Raises:
        ConflictError: there is a file already, which stays.
    """
    files.write_secret(path, f"{passphrase}\n".encode())
