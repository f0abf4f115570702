"""The salts of a population's complaints, and the file of mode 0600 that keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, TypeAlias

import attrs

from ceosample import files
from ceosample.canonical import is_digest
from ceosample.errors import FrameError, RecordError, SeedError, raise_faults
from ceosample.got import kind_of
from ceosample.sampling.blinding.code import code_of, salt_of
from ceosample.sampling.blinding.formula import SALT_BYTES, blinded_id
from ceosample.sampling.frames.manifest import csv_to_rows, rows_to_csv

#: Gives so many random bytes.
Random: TypeAlias = Callable[[int], bytes]

_HEADER: Final = ("number", "code")


@attrs.frozen(slots=False, repr=False)  # a __dict__ is where cached_property keeps its value
class Salts:
    """The salt of each complaint, by the firm's number; it shows none of them.

    Attributes:
        by_number: numbers to salts of 32 bytes.
    """

    by_number: Mapping[str, bytes] = attrs.field(factory=dict)

    def with_new(self, numbers: Iterable[str], random: Random) -> Salts:
        """These salts, and a new one for each number that has none.

        Raises:
            FrameError: what is to give random bytes gives something else.
        """
        new = {number: _new_salt(random) for number in numbers if number not in self.by_number}
        return Salts({**self.by_number, **new}) if new else self

    def id_of(self, number: str) -> str:
        """The blinded id of a number that has a salt."""
        return blinded_id(self.by_number[number], number)

    def code_of(self, number: str) -> str:
        """The code of a number that has a salt."""
        return code_of(self.by_number[number])

    @cached_property
    def numbers(self) -> dict[str, str]:
        """Blinded ids to numbers."""
        return {self.id_of(number): number for number in self.by_number}

    def numbers_of(self, unit_ids: Sequence[str]) -> dict[str, str]:
        """These ids to their numbers; one in clear, from before ids were blinded, is its own.

        Raises:
            RecordError: salts are missing, so that no number can be found any more.
        """
        lost = sum(is_digest(one) and one not in self.numbers for one in unit_ids)
        if lost:
            raise RecordError(
                f"salts: got none for {lost} of {len(unit_ids)} responses of the frame; restore "
                "the file of salts from a copy. The draw can be verified without it"
            )
        return {unit_id: self.numbers.get(unit_id, unit_id) for unit_id in unit_ids}

    def __len__(self) -> int:
        return len(self.by_number)

    def __repr__(self) -> str:
        return f"<Salts of {len(self)} complaints>"


def load(path: Path) -> Salts:
    """The salts of a file; none where there is no file yet.

    Raises:
        RecordError: it is no such file, or others can read it; no number and no code is shown.
    """
    try:
        data = files.read_secret(path)
    except SeedError as error:
        raise RecordError(*error.faults) from None
    except RecordError:
        if files.read_if_there(path) is not None:  # a pipe or a device is refused there
            raise
        return Salts()
    header, *rows = csv_to_rows(data, str(path))
    if tuple(header) != _HEADER:
        raise RecordError(
            f"{path}: got a file that holds no salts, which was left unchanged; name another file"
        )
    found, faults = {}, []
    for line, row in enumerate(rows, 2):
        try:
            found[row[0]] = salt_of(row[1])
        except RecordError as error:
            faults.append(f"{path}, line {line}, {error}; restore the file from a copy")
    raise_faults(RecordError, faults)
    return Salts(found)


def keep(path: Path, numbers: Iterable[str], random: Random) -> Salts:
    """The salts of a file, in which every one of these numbers now has one.

    The file is written whole or not at all, for its owner alone. One process works on it at a time.

    Raises:
        RecordError: what is there holds no salts, or others can read it.
        FrameError: what is to give random bytes gives something else.
        BusyError: another process is at work on it.
    """
    with files.locked(path):
        before = load(path)
        salts = before.with_new(numbers, random)
        if salts is before:
            return before
        rows = ((number, salts.code_of(number)) for number in sorted(salts.by_number))
        data = b"".join(rows_to_csv(_HEADER, rows))
        if before.by_number or files.read_if_there(path) is not None:
            files.write_whole(path, data)  # with the mode of what it replaces
        else:
            files.write_secret(path, data)
    return salts


def _new_salt(random: Random) -> bytes:
    salt = random(SALT_BYTES) if callable(random) else None
    if not isinstance(salt, bytes) or len(salt) != SALT_BYTES:
        shown = f"{len(salt)} bytes" if isinstance(salt, bytes) else kind_of(salt)
        raise FrameError(
            f"random: got {shown}; give what returns {SALT_BYTES} random bytes, such as "
            "secrets.token_bytes"
        )
    return salt
