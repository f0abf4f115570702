"""The lowest versions that ``pyproject.toml`` promises, as constraints for pip.

``make lowest`` installs them and runs a part of the tests: ``python tests/floors.py`` prints them.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYPROJECT, PINNED = ROOT / "pyproject.toml", ROOT / "constraints.txt"

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(\[[^]]*\])?(?:>=([0-9][0-9.]*))?")


def requirements(*, tests: bool = False) -> Iterator[tuple[str, str | None]]:
    """Every direct dependency and its floor, None where it has none; our own extras left out.

    Args:
        tests: whether those of the extras ``docs`` and ``test`` are wanted too.
    """
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [name for name in extras if tests or name not in ("docs", "test")]
    for text in [*project["dependencies"], *(line for name in wanted for line in extras[name])]:
        match = _REQUIREMENT.fullmatch(text)
        if match is None:
            raise ValueError(f"pyproject.toml: got {text!r}; give a name and a floor, NAME>=1.2")
        if match[1] != project["name"]:
            yield match[1], match[3]


def constraints() -> str:
    """A file of constraints: the floors, and all else as ``constraints.txt`` pins it.

    pandas and Polars, of which frames are made, have their floors too. A part of something that
    has a floor, such as psycopg-binary, goes with it.
    """
    tests = dict(requirements(tests=True))
    floors = dict(requirements()) | {name: tests[name] for name in ("pandas", "polars")}
    known = tuple(f"{plain(name)}-" for name in floors)
    pinned = [line for line in PINNED.read_text("utf-8").splitlines() if "==" in line]
    rest = [line for line in pinned if not f"{plain(line.partition('==')[0])}-".startswith(known)]
    return "\n".join([*(f"{name}=={floor}" for name, floor in floors.items()), *rest, ""])


def plain(name: str) -> str:
    """A name as packages are told apart by it.

    >>> plain("Types_PyYAML")
    'types-pyyaml'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.stdout.write(constraints())
