"""Who can read what is written: its owner, the folder's group if it can read that, no others.

The umask takes nothing from that and adds nothing. What exists keeps its mode, owner and ACL. The
public record alone is for everyone whom its folder and the umask let in. Windows has no modes.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Final

#: Whether new folders and files are for their group, by ``[output] readable_by``.
_FOR_GROUP: ContextVar[bool] = ContextVar("for_group", default=False)

_OWNER: Final = 0o600
_GROUP_READS: Final = 0o040
_FOLDER: Final = 0o700
_FOLDER_FOR_GROUP: Final = stat.S_ISGID | 0o750

#: Where Linux keeps a file's ACL, and that which new files of a folder get.
_ACL: Final = "system.posix_acl_access"
_DEFAULT_ACL: Final = "system.posix_acl_default"

#: File systems that keep no modes of their own, as Linux names them.
_WITHOUT_MODES: Final = frozenset(
    {"9p", "cifs", "drvfs", "exfat", "fuseblk", "msdos", "ntfs", "ntfs3", "smb3", "vfat"}
)


@contextlib.contextmanager
def for_group(wanted: bool) -> Iterator[None]:
    """Within it new folders get 2750 and new files 0640, where that is wanted."""
    token = _FOR_GROUP.set(wanted)
    try:
        yield
    finally:
        _FOR_GROUP.reset(token)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, as none that others can read.

    In a folder that hands its group on (setgid) the new one does the same.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    above = folder.parent.stat().st_mode
    shared = _has_acl(folder.parent, _DEFAULT_ACL)
    try:
        # The rights that a folder gives by its default ACL are cut down by the mode alone.
        folder.mkdir(0o770 if shared else _FOLDER)
    except FileExistsError:
        if not folder.is_dir():
            raise
        return
    if os.name != "posix":
        return
    if _FOR_GROUP.get():
        folder.chmod(_FOLDER_FOR_GROUP)
    elif above & stat.S_ISGID and not shared:
        folder.chmod(stat.S_ISGID | _FOLDER | above & 0o050)


def settle(file: int, path: Path, *, public: bool = False) -> None:
    """Give an open file the mode, owner and ACL that it must have as ``path``.

    It is called before the file gets that name, while its owner alone can read it.

    Args:
        file: its descriptor.
        path: the name that it will have, or has.
        public: whether it is part of the public record, which follows the umask.
    """
    if os.name != "posix":
        return
    there = _there(path)
    if there is not None and not os.path.samestat(there, os.fstat(file)):
        _as_before(file, path, there)
    elif public:
        os.fchmod(file, 0o666 & ~_umask())
    else:
        _as_folder(file, path.parent.stat())


def begin(path: Path) -> None:
    """Make an empty file that others cannot read, if there is none: a database fills it."""
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OWNER)
        try:
            settle(handle, path)
        finally:
            os.close(handle)


def lock_mode(folder: Path) -> int:
    """The mode of a file that holds nothing: who can write to its folder can lock it."""
    return _OWNER | (folder.stat().st_mode & 0o060)


def keeps_modes(path: Path) -> bool:
    """Whether the file system of a path, or of the folder that it will be in, has modes."""
    if os.name != "posix":
        return False
    while not path.exists() and path != path.parent:
        path = path.parent
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape").splitlines()
        kinds = [_mounted(line) for line in lines]
        inside = [(len(place.parts), n) for n, (place, _) in enumerate(kinds)
                  if path.resolve().is_relative_to(place)]  # fmt: skip
        return kinds[max(inside)[1]][1] not in _WITHOUT_MODES
    return True  # not Linux, where nothing of the kind can be asked without writing


def read_by_others(paths: Iterable[Path]) -> Iterator[Path]:
    """The files among these, and in these folders, that others can read by their modes.

    What is in a folder that others cannot enter is not looked at. Links are not followed.
    """
    if os.name != "posix":
        return
    for path in paths:
        try:
            mode = path.lstat().st_mode
        except OSError:
            continue
        if stat.S_ISREG(mode) and mode & stat.S_IROTH:
            yield path
        elif stat.S_ISDIR(mode) and mode & stat.S_IXOTH:
            with contextlib.suppress(OSError):
                yield from read_by_others(sorted(path.iterdir()))


def _as_before(file: int, path: Path, there: os.stat_result) -> None:
    """As what is there and is replaced: its owner, group, mode and ACL, as far as we may."""
    mode = stat.S_IMODE(there.st_mode) & 0o777
    if not _own(file, there.st_uid, there.st_gid) and not _own(file, -1, there.st_gid):
        mode &= ~0o070  # another group would read it
    os.fchmod(file, mode)
    if hasattr(os, "getxattr"):
        _copy_acl(file, path)


def _copy_acl(file: int, path: Path) -> None:
    """The ACL of what is there; none if it has none, though its folder would give one."""
    with contextlib.suppress(OSError):
        if _has_acl(path, _ACL):
            os.setxattr(file, _ACL, os.getxattr(path, _ACL))
        else:
            os.removexattr(file, _ACL)


def _as_folder(file: int, folder: os.stat_result) -> None:
    """As a new file in a folder: with its group, which reads it if it can read the folder."""
    reads = _GROUP_READS if _FOR_GROUP.get() else folder.st_mode & _GROUP_READS
    if reads and not _own(file, -1, folder.st_gid):
        reads = 0  # another group would read it
    os.fchmod(file, _OWNER | reads)


def _own(file: int, owner: int, group: int) -> bool:
    """Give a file to somebody, and tell whether it is theirs now."""
    now = os.fstat(file)
    if owner in (-1, now.st_uid) and group == now.st_gid:
        return True
    try:
        os.fchown(file, owner, group)
    except OSError:
        return False
    return True


def _there(path: Path) -> os.stat_result | None:
    """What a name leads to, if that is a file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def _has_acl(path: Path, name: str) -> bool:
    if hasattr(os, "getxattr"):
        with contextlib.suppress(OSError):
            return bool(os.getxattr(path, name))
    return False


def _mounted(line: str) -> tuple[Path, str]:
    """Where a file system is mounted, and its kind, from a line of ``mountinfo``."""
    before, _, after = line.partition(" - ")
    place = before.split(" ")[4]
    for code, character in ((r"\040", " "), (r"\011", "\t"), (r"\012", "\n"), (r"\134", "\\")):
        place = place.replace(code, character)
    return Path(place), after.split(" ")[0]


def _umask() -> int:
    """The process's umask: Linux tells it, elsewhere the only way to ask is to set it, and for that
    moment it is another for all threads."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text("utf-8", "replace").splitlines():
            if line.startswith("Umask:"):
                return int(line.split()[1], 8)
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
