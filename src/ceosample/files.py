"""Reading and writing, whole or not at all: the only module of the core that touches a disk.

A file is written beside its place, flushed to the disk and renamed, so a reader sees the old file,
or the new one, and never a half of either.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, TextIO, TypeAlias

from ceosample import file_modes
from ceosample.encoded import encoding_of
from ceosample.errors import (
    BusyError,
    ConflictError,
    MissingPartError,
    RecordError,
    SeedError,
    raise_faults,
)

try:
    import fcntl
except ImportError:  # not POSIX: runs at the same time are the operator's to avoid
    fcntl = None  # type: ignore[assignment]


#: What a file is to hold: its bytes, or what gives them in chunks, each time from the beginning.
Contents: TypeAlias = "bytes | Callable[[], Iterable[bytes]]"

#: Seconds between the questions whether a file is free by now; half a minute in all.
_WAITS = (*(0.001,) * 1000, *(0.01,) * 2900)

#: So many bytes are read at once.
_CHUNK = 1 << 16

#: What a name can lead to that is no file.
_NO_FILES = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}

#: Where a shell hands a pipe over: its user names it, and nothing else can.
_HANDED_OVER = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")


def write_whole(path: Path, data: Contents, *, public: bool = False) -> None:
    """Write ``data`` to ``path``; a reader sees all of it or none at every moment.

    Data that comes in chunks is never all in memory; an error on its way leaves things as they are.
    Others can read the public record alone; ``file_modes`` has the rules.
    """
    file_modes.make_folder(path.parent)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks_of(data):
                file.write(chunk)
            file.flush()
            file_modes.settle(file.fileno(), path, public=public)
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException as error:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        if isinstance(error, OSError):  # say the file that was wanted, not the one beside it
            raise type(error)(error.errno, error.strerror, str(path)) from None
        raise
    _flush_folder(path.parent)


def write_set(
    folder: Path, files: Mapping[str, Contents], *, index: str, public: bool = False
) -> None:
    """Write files that belong together, the one that names the others (``index``) last.

    A folder that has the index is complete and stays as it is. One without it holds at most the
    leftovers of a run that was stopped, and these are written again.

    Raises:
        ConflictError: the folder has an index that says something else, or a folder inside it is a
            link, which would lead the files elsewhere.
    """
    for inner in sorted({folder / name for name in files}):
        if inner.parent != folder and inner.parent.is_symlink():
            raise ConflictError(f"{inner.parent}: is a link to another folder; remove it")
    if read_if_there(folder / index) is not None and not _holds(folder / index, files[index]):
        raise ConflictError(
            f"{folder / index}: another {Path(index).stem} already exists and was left unchanged; "
            "save this one to another folder"
        )
    for name in [*(name for name in files if name != index), index]:
        if not _holds(folder / name, files[name]):
            write_whole(folder / name, files[name], public=public)


def write_new(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files that replace no others; a file that has the same bytes already is left alone.

    Raises:
        ConflictError: files that say something else are there, and nothing was written.
    """
    there = [name for name in files if read_if_there(folder / name) not in (None, files[name])]
    raise_faults(
        ConflictError,
        (
            f"{folder / name}: already exists with other contents and was left unchanged"
            for name in there
        ),
    )
    for name, data in files.items():
        write_whole(folder / name, data)


def _holds(path: Path, data: Contents) -> bool:
    """Whether a file is there and holds this and nothing else."""
    try:
        file = opened(path)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return False
    with file:
        return all(file.read(len(chunk)) == chunk for chunk in chunks_of(data)) and not file.read(1)


def chunks_of(data: Contents) -> Iterable[bytes]:
    """What a file holds or is to hold, in chunks."""
    if not isinstance(data, bytes):
        return data()
    return (data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK))


def there(path: Path) -> Callable[[], Iterator[bytes]]:
    """A file that must be there, to be read in chunks, each time from its beginning.

    Raises:
        RecordError: it is not, now or when it is read, or it is a pipe or a device.
    """

    def chunks() -> Iterator[bytes]:
        try:
            with opened(path) as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise _not_there(path) from None

    _require_file(path)

    return chunks


def read(path: Path) -> bytes:
    """The bytes of a file that must be there.

    Raises:
        RecordError: it is not, or it is a pipe or a device.
    """
    data = read_if_there(path)
    if data is None:
        raise _not_there(path)
    return data


def _not_there(path: Path) -> RecordError:
    return RecordError(f"{path}: not there; restore it, or give the path of another file")


def read_if_there(path: Path) -> bytes | None:
    """The bytes of a file, or None if there is none.

    Raises:
        RecordError: it is a pipe or a device.
    """
    try:
        with opened(path) as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def opened(path: Path) -> BinaryIO:
    """A file, opened to be read.

    A pipe would keep its reader waiting for ever, and a device can do something when it is opened.
    So both are no files here, but for what a shell hands over under ``/dev/fd``.

    Raises:
        OSError: there is none, or a folder is in its place.
        RecordError: it is a pipe, a device or a socket, which is not opened.
    """
    if str(path).startswith(_HANDED_OVER):
        return path.open("rb")
    _require_file_kind(path, path.stat().st_mode)
    # It may have become a pipe a moment ago: that is found out without waiting for its writer.
    without_waiting = getattr(os, "O_NONBLOCK", 0)
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(
            open(path, "rb", opener=lambda name, flags: os.open(name, flags | without_waiting))
        )
        _require_file_kind(path, os.fstat(file.fileno()).st_mode)
        stack.pop_all()  # the caller closes it
    return file


def _require_file(path: Path) -> None:
    """Raise unless a file is there to be read."""
    try:
        opened(path).close()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise _not_there(path) from None


def _require_file_kind(path: Path, mode: int) -> None:
    kind = _NO_FILES.get(stat.S_IFMT(mode))
    if kind is not None:
        raise RecordError(f"{path}: got {kind}, which is no file; restore the file")


def names(folder: Path) -> list[str]:
    """The names of the files in a folder, in order.

    Raises:
        RecordError: there is no such folder.
    """
    if not folder.is_dir():
        raise RecordError(f"{folder}: not there, or not a folder; name a folder")
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def write_secret(path: Path, data: bytes) -> None:
    """Put ``data`` where nothing is yet, from its first byte readable by its owner alone.

    Raises:
        ConflictError: something is there already, which stays.
    """
    with new_secret(path) as part:
        part.write_bytes(data)


@contextlib.contextmanager
def new_secret(path: Path) -> Iterator[Path]:
    """A block that fills an empty file of its owner alone, which is ``path`` after it.

    Raises:
        ConflictError: something is there already, which stays.
    """
    file_modes.make_folder(path.parent)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)  # mode 0600
    try:
        yield Path(name)
        os.fsync(handle)
        os.link(name, path)  # a rename would replace what is there
    except FileExistsError:
        raise ConflictError(f"{path}: already exists and was left unchanged") from None
    finally:
        os.close(handle)
        Path(name).unlink()
    _flush_folder(path.parent)


def read_secret(path: Path) -> bytes:
    """The bytes of a file that only its owner can read.

    Raises:
        RecordError: it is not there.
        SeedError: others can read it, or change it.
    """
    try:
        with opened(path) as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
            if os.name == "posix" and mode & 0o077:
                raise SeedError(
                    f"{path}: has the mode {mode:04o}, so others can read it; "
                    "make it your own with chmod 600, and ask who has read it"
                )
            return file.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise RecordError(f"{path}: not there") from None


@contextlib.contextmanager
def open_unpacked(path: Path) -> Iterator[BinaryIO]:
    """A file's bytes, unpacked if its name ends in ``.gz``."""
    with contextlib.ExitStack() as stack:
        raw = stack.enter_context(path.open("rb"))
        yield stack.enter_context(gzip.open(raw)) if path.suffix == ".gz" else raw  # type: ignore[misc]


@contextlib.contextmanager
def open_text(path: Path, encoding: str | None = None) -> Iterator[TextIO]:
    """A text file (gzip if it ends in ``.gz``), line ends as they are, for a CSV reader.

    Args:
        path: the file.
        encoding: the one that was asked for by name; None for UTF-8. A byte order mark goes first.
    """
    with open_unpacked(path) as data:
        first: bytes = data.peek(4)  # type: ignore[attr-defined]  # a pipe cannot go back
        text = io.TextIOWrapper(data, encoding_of(first, encoding), newline="")
        try:
            yield text
        finally:
            text.detach()


@contextlib.contextmanager
def locked(folder: Path, *, for_group: bool = False) -> Iterator[None]:
    """Let one process at a time work on a folder; a process that ends, however, lets it go.

    Args:
        folder: the folder, which need not be there.
        for_group: whether what is new in it meanwhile can be read by its group.

    Raises:
        BusyError: another process is at work on it.
    """
    with file_modes.for_group(for_group):
        file_modes.make_folder(folder.parent)
        with _locked(folder):
            yield


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    if fcntl is None:
        yield
        return
    mode = file_modes.lock_mode(folder.parent)
    handle = os.open(folder.parent / f".{folder.name}.lock", os.O_RDWR | os.O_CREAT, mode)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(f"{folder}: another run works on it; try again later") from None
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def appending(path: Path, *, begin: bool = True) -> Iterator[BinaryIO]:
    """A file to read and to ``append`` to, which one thread of one process has at a time.

    It is made if it is not there and ``begin`` says so. Whoever else wants it waits.

    Raises:
        MissingPartError: the system has no locks on files, so nobody could be kept waiting.
        BusyError: somebody else had it all the time that we waited.
    """
    if fcntl is None:
        raise MissingPartError(f"{path}: this system has no locks on files; use one that has")
    is_new = begin and not path.exists()
    if is_new:
        file_modes.make_folder(path.parent)
        file_modes.begin(path)
    with open(path, "a+b", opener=lambda name, flags: os.open(name, flags & ~os.O_CREAT)) as file:
        if is_new:
            _flush_folder(path.parent)
        _wait_for(file, path)
        try:
            yield file
        finally:
            # Closing is not enough: a process that was forked meanwhile has the file open too.
            fcntl.flock(file, fcntl.LOCK_UN)


def _wait_for(file: BinaryIO, path: Path) -> None:
    """Lock a file. Who has it needs it for milliseconds, but may have been stopped meanwhile."""
    for wait in _WAITS:
        with contextlib.suppress(BlockingIOError):
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(wait)
    raise BusyError(
        f"{path}: locked by another process for half a minute; end that one or try again"
    )


def append(file: BinaryIO, data: bytes) -> None:
    """Add to the end of a file; it is on the disk when this returns.

    Nothing waits in a buffer, which a process forked meanwhile would write a second time.
    """
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file.fileno(), rest) :]
    os.fsync(file.fileno())


def lines(path: Path) -> Iterator[bytes]:
    """The lines of a file that must be there, with their ends.

    Raises:
        RecordError: it is not.
    """
    try:
        with opened(path) as file:
            yield from file
    except FileNotFoundError:
        raise RecordError(f"{path}: not there") from None


def _flush_folder(folder: Path) -> None:
    """Make the rename itself durable, where the system lets a folder be flushed."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
