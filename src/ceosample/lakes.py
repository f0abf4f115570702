"""Folders of Parquet files that are a table of Delta, Iceberg or Hudi, and what to do instead.

Such a table keeps the files of rows that were changed or removed. Which files and rows count is in
its log alone, so that whoever reads the files as they lie brings removed rows back.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import attrs

DELTA: Final = "Delta"

#: Iceberg's states, each with a number: ``v3.metadata.json``, ``00003-UUID.gz.metadata.json``.
_ICEBERG: Final = re.compile(r"v?\d+([-.].*)?\.metadata\.json(\.gz)?|version-hint\.text")

#: The two ways out of a table that is not read here.
_WAYS_OUT: Final = (
    "query it with its own engine (source.sql in a configuration), or export its current version "
    "to Parquet files in another folder"
)


@attrs.frozen
class Lake:
    """A table of a lake.

    Attributes:
        kind: its format.
        folder: its folder, in which its log is.
    """

    kind: str
    folder: Path

    def refused(self, given: str | Path, instead: str = "") -> str:
        """Why its files are not read as they lie, and what to do.

        Args:
            given: the path that was given.
            instead: what reads it as the table that it is; empty where nothing does.
        """
        is_it = Path(given).absolute() == self.folder.absolute()
        what = f"a {self.kind} table" if is_it else f"files of the {self.kind} table {self.folder}"
        ways = f"{instead}, or {_WAYS_OUT}" if instead else _WAYS_OUT
        return (
            f"{given}: got {what}, among whose files are rows that were removed or changed; {ways}"
        )


def _is_delta(folder: Path) -> bool:
    return (folder / "_delta_log").is_dir()


def _is_iceberg(folder: Path) -> bool:
    try:
        return any(_ICEBERG.fullmatch(path.name) for path in (folder / "metadata").iterdir())
    except OSError:
        return False


def _is_hudi(folder: Path) -> bool:
    return (folder / ".hoodie").is_dir()


def _is_stream(folder: Path) -> bool:
    return (folder / "_spark_metadata").is_dir()


#: How each is known. A Delta table may keep Iceberg's files for others: its own log is the truth.
_MARKS: Final[dict[str, Callable[[Path], bool]]] = {
    DELTA: _is_delta,
    "Hudi": _is_hudi,
    "Iceberg": _is_iceberg,
    "Spark streaming": _is_stream,
}


def lake_at(path: str | Path) -> Lake | None:
    """The table that a folder is, that a file or folder is a part of, or that a folder holds.

    Args:
        path: a file, a folder, or a pattern of file names such as ``responses/*.parquet``.

    Returns:
        The first that is found; None if these are files and nothing more.
    """
    given = Path(path)
    if not given.exists() and glob.has_magic(str(path)):
        matching = {Path(one) if Path(one).is_dir() else Path(one).parent for one in _matches(path)}
        return next((found for one in sorted(matching) if (found := _around(one))), None)
    return _around(given) or next(filter(None, map(_lake_of, _folders_in(given))), None)


def first_lake(files: Iterable[str]) -> tuple[str, Lake] | None:
    """The first of some files, folders or patterns that leads into a table, and that table."""
    # A table has thousands of files, and few folders.
    places = {Path(file).parent if Path(file).is_file() else Path(file): file for file in files}
    found = ((file, lake_at(file)) for file in places.values())
    return next(((file, lake) for file, lake in found if lake is not None), None)


def _matches(pattern: str | Path) -> Iterator[str]:
    return glob.iglob(str(pattern), recursive=True, include_hidden=True)  # noqa: PTH207 - absolute, too


def _around(place: Path) -> Lake | None:
    """The table that a place is, or is in."""
    # A link into a table leads to its files, and a link may lie in one.
    places = (place.absolute(), place.resolve())
    above = dict.fromkeys(folder for one in places for folder in (one, *one.parents))
    return next(filter(None, map(_lake_of, above)), None)


def _folders_in(place: Path) -> Iterator[Path]:
    """The folders below a folder that readers of Parquet look into."""
    for folder, names, _ in os.walk(place):
        names[:] = sorted(name for name in names if name[0] not in "._")
        yield from (Path(folder, name) for name in names)


def _lake_of(folder: Path) -> Lake | None:
    kind = next((kind for kind, is_one in _MARKS.items() if is_one(folder)), None)
    return None if kind is None else Lake(kind, folder)
