"""Time zones by the newest rules at hand: this machine's, or those of the package tzdata.

Countries change their clocks at short notice. A machine's own database can be a year behind the
package, and then it dates a moment near midnight to another day, and perhaps to another month.
"""

from __future__ import annotations

import io
import zoneinfo
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import tzdata

#: How the database's own file, and that of BSD and macOS, begin to state a version.
_STATED: Final = (("tzdata.zi", "# version "), ("+VERSION", ""))


class _PackageZone(zoneinfo.ZoneInfo):
    """A zone from the package; it can be copied, and is shown as a machine's own would be."""

    def __repr__(self) -> str:
        return f"zoneinfo.ZoneInfo(key={self.key!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return zone, (self.key,)


@cache
def zone(name: str) -> zoneinfo.ZoneInfo:
    """A zone by the newest rules.

    Raises:
        ZoneInfoNotFoundError: neither this machine nor the package knows it.
    """
    if is_package_newer(zoneinfo.TZPATH):
        from importlib.resources import files  # takes a while, and most machines' rules are new

        file = files("tzdata").joinpath("zoneinfo", *name.split("/"))
        if file.is_file():
            return _PackageZone.from_file(io.BytesIO(file.read_bytes()), key=name)
    return zoneinfo.ZoneInfo(name)


def is_package_newer(folders: Sequence[str]) -> bool:
    """Whether the package has newer rules than the machine, or the machine does not say.

    Args:
        folders: where Python looks for a machine's database, in order.
    """
    return machine_version(folders) < str(tzdata.IANA_VERSION)


@cache
def machine_version(folders: Sequence[str]) -> str:
    """The version of a machine's database, such as ``2026f``; empty where none is stated."""
    there = next((Path(one) for one in folders if Path(one, "Europe").is_dir()), None)
    for name, start in _STATED if there else ():
        try:
            with Path(str(there), name).open(encoding="ascii") as file:
                line = file.readline().strip()
        except (OSError, ValueError):
            continue
        if line.startswith(start):
            return line.removeprefix(start)
    return ""
