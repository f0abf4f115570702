"""A letter's PDF as the caller gives it: bytes, or the path of a file that is opened with care."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any, Final

import attrs

from ceosample import files
from ceosample.errors import LetterError, RecordError
from ceosample.got import kind_of
from ceosample.letters.existing.existing_letter import MOST_BYTES
from ceosample.letters.existing.word_letter import BEGINS, OLD, require_word_letter
from ceosample.text import printable, quoted

#: The field of a letter that gives it as a finished PDF.
PDF: Final = "pdf"

#: How every PDF begins.
_BEGINS: Final = b"%PDF-"

#: What cannot be a part of a path from an id or from a table: it would lead elsewhere, on some
#: system or on all.
_LEADS_ELSEWHERE: Final = frozenset('/\\:*?"<>|')


@attrs.frozen
class GivenPdf:
    """A letter's PDF that nobody has looked into yet, or the Word file that it will be made from.

    Attributes:
        data: its bytes.
        source: the SHA-256 of the file that it was made from; None where it was given as PDF.
    """

    data: bytes = attrs.field(repr=False)
    source: str | None = None

    @property
    def is_word(self) -> bool:
        """Whether it is a Word file, from which no PDF was made yet."""
        return self.data.startswith(BEGINS)


def pdf_of(value: Any) -> GivenPdf:
    """The PDF of a letter that is given as bytes or as a path.

    Raises:
        LetterError: what is wrong with it, in words that fit after the letter's name.
    """
    data = _read(Path(value)) if _is_path(value) else _bytes(value)
    _require_small(len(data))
    _require_begins(data)
    if data.startswith(BEGINS):
        require_word_letter(data)
    return GivenPdf(data)


def _is_path(value: Any) -> bool:
    return isinstance(value, str | os.PathLike)


def _bytes(value: Any) -> bytes:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    raise LetterError(
        f"pdf: got {kind_of(value)}; give the bytes of a PDF or a Word file, or its path"
    )


def _require_small(size: int) -> None:
    if size > MOST_BYTES:
        raise LetterError(f"pdf: got more than {MOST_BYTES // 10**6} MB; give a smaller PDF")


def _require_begins(data: bytes) -> None:
    if data.startswith(OLD):
        raise LetterError(
            "pdf: got an older Word file (.doc), or one with a password; save it as .docx without "
            "one, or give a PDF"
        )
    if not data.startswith((_BEGINS, BEGINS)):
        what = "a file that does not begin as a PDF" if data else "an empty file"
        raise LetterError(f"pdf: got {what}; give the finished letter as PDF or .docx")


def look_at(value: Any) -> None:
    """Raise unless a letter could be read, without reading it: its file's kind, size and beginning.

    Raises:
        LetterError: what is wrong with it, in words that fit after the letter's name.
    """
    is_path = _is_path(value)
    begins = _read(Path(value), len(_BEGINS)) if is_path else _bytes(value)
    _require_small(Path(value).stat().st_size if is_path else len(begins))
    _require_begins(begins)


def is_word_file(value: Any) -> bool:
    """Whether a letter is a Word file, by how it begins; False where it cannot be read."""
    try:
        begins = _read(Path(value), len(BEGINS)) if _is_path(value) else _bytes(value)
    except LetterError:
        return False
    return begins.startswith(BEGINS)


def path_inside(folder: Path, name: str) -> Path:
    """The path of a file that a table or a pattern names, inside a folder.

    Raises:
        LetterError: the name leads out of the folder, through a link too, or is no name.
    """
    parts = name.split("/")
    bad = next((part for part in parts if fault_in_part(part)), None)
    if bad is not None:
        raise LetterError(
            f"pdf: got the file name {quoted(name)}: {fault_in_part(bad)}; give a path inside the "
            "folder, such as letters/CR-1042.pdf"
        )
    path = folder.joinpath(*parts)
    if not path.parent.resolve().is_relative_to(folder.resolve()):
        raise LetterError(
            f"pdf: got the file name {quoted(name)}, where a link leads out of the folder; put the "
            "file itself there"
        )
    return path


def fault_in_part(part: str) -> str | None:
    """What keeps a text from being one part of a path; None if nothing.

    >>> fault_in_part("CR-1042") is None, fault_in_part("../x")
    (True, "it holds '/'")
    """
    if not part:
        return "a part of it is empty"
    held = next((one for one in part if one in _LEADS_ELSEWHERE or not one.isprintable()), None)
    if held is not None:
        return f"it holds {held!r}"
    if part != part.strip() or part.endswith("."):
        return "a part of it begins or ends with a space, or ends with a full stop"
    return None


def _is_link(path: Path) -> bool:
    try:
        return stat.S_ISLNK(path.lstat().st_mode)
    except (OSError, ValueError):  # opening it says what is wrong
        return False


def _read(path: Path, most: int = MOST_BYTES + 1) -> bytes:
    """The first bytes of a file, by default one more than is allowed."""
    where = printable(str(path))
    if _is_link(path):
        raise LetterError(f"pdf: {where}: got a link; give the file itself")
    try:
        with files.opened(path) as file:
            return file.read(most)
    except RecordError as error:  # a pipe, a device or a socket, which is not opened
        raise LetterError(f"pdf: {error.faults[0]}") from None
    except IsADirectoryError:
        raise LetterError(f"pdf: {where}: got a folder; give the letter's file") from None
    except (FileNotFoundError, NotADirectoryError):
        raise LetterError(f"pdf: {where}: not there; give the letter's file") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name cannot be one"
        raise LetterError(f"pdf: {where}: cannot be read ({why}); give a readable file") from None
