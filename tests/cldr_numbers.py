"""What letters take from CLDR about numbers and Babel does not have: ``languages/numbers.json``.

Run as a program with the folder in which npm's packages cldr-numbers-full and cldr-core of one
version lie, it writes the file again: ``python tests/cldr_numbers.py node_modules``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ceosample import letters

PLACE = Path(letters.__file__).parent / "languages" / "numbers.json"
HOW = (
    "npm install cldr-numbers-full@VERSION cldr-core@VERSION; python tests/cldr_numbers.py "
    "node_modules. A locale that is not here has what its tag without the last subtag has, and 1 "
    "at the end"
)


def made_of(packages: Path) -> dict[str, Any]:
    """The file's fields, from the two packages."""
    core, numbers = packages / "cldr-core", packages / "cldr-numbers-full"
    versions = {_json(folder / "package.json")["version"] for folder in (core, numbers)}
    (version,) = versions
    there = {
        folder.name: int(_numbers(folder)["minimumGroupingDigits"])
        for folder in (numbers / "main").iterdir()
    }
    systems = _json(core / "supplemental" / "numberingSystems.json")["supplemental"]
    return {
        "source": "Unicode CLDR, JSON packages cldr-numbers-full and cldr-core",
        "version": version,
        "licence": "Unicode-3.0",
        "how": HOW,
        "minimum_grouping_digits": {
            tag: digits
            for tag, digits in sorted(there.items())
            if digits != (there.get(tag.rpartition("-")[0], 1))
        },
        "digits": {
            name: system["_digits"]
            for name, system in sorted(systems["numberingSystems"].items())
            if system["_type"] == "numeric" and name != "latn"
        },
    }


def _numbers(folder: Path) -> Any:
    return _json(folder / "numbers.json")["main"][folder.name]["numbers"]


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


if __name__ == "__main__":
    PLACE.write_text(
        json.dumps(made_of(Path(sys.argv[1])), ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
