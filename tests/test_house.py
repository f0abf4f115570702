"""The house: imports point one way, nothing heavy is loaded, the core has no clock and no disk."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
SOURCE = PROJECT / "src" / "ceosample"

#: The floors from the ground up; a module imports from its own floor and those below.
FLOORS = [
    {
        *("errors", "canonical", "period", "text", "rational", "form", "show", "spreadsheet"),
        *("files", "progress", "result", "schemas", "workbook", "zipped"),
    },
    {"sampling"},
    {"warehouse"},
    {"letters"},
    {"signoff"},
    {"inference"},
    {"report"},
    {"configuration", "job", "outlets", "seeding", "signatures"},
    {"demo"},
    {"cli"},
]

MODULES = sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")


def floor_of(name: str) -> int:
    return next(number for number, floor in enumerate(FLOORS) if name in floor)


def imports(path: Path) -> list[str]:
    """The modules that a file imports, wherever in it."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def test_every_module_is_on_a_floor() -> None:
    tops = {path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in MODULES}
    assert tops == set().union(*FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_point_one_way(path: Path) -> None:
    own = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "ceosample" and len(parts) > 1:
            assert floor_of(parts[1]) <= floor_of(own), f"{path.name} imports {name}"


@pytest.mark.parametrize(
    "path", sorted((SOURCE / "sampling").glob("*.py")), ids=lambda path: path.name
)
def test_the_sampling_floor_is_pure(path: Path) -> None:
    """'PURE: no file, clock, network or random source'"""
    outside = {"os", "io.open", "random", "secrets", "time", "socket", "urllib", "sqlite3", "uuid"}
    assert not outside & {name.split(".")[0] for name in imports(path)}
    text = path.read_text("utf-8")
    assert not re.search(r"\bopen\(|\.now\(|\.today\(|read_bytes|write_bytes|read_text", text)


def test_only_the_ledger_and_the_command_read_a_clock() -> None:
    readers = {
        str(path.relative_to(SOURCE))
        for path in MODULES
        if re.search(r"\.now\(|\.today\(|time\.time\(|monotonic\(", path.read_text("utf-8"))
    }
    assert readers == {"signoff/ledger.py", "cli/options.py"}


def test_importing_it_loads_nothing_heavy() -> None:
    """'`import ceosample` ... loads neither SQLAlchemy nor Typst'"""
    heavy = ["sqlalchemy", "typst", "click", "narwhals", "numpy", "pandas", "sqlite3", "tqdm"]
    heavy += ["openpyxl", "pyhanko", "duckdb", "datafusion", "psycopg", "pyarrow", "pyspark"]
    code = f"import ceosample.warehouse, sys; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_file_carries_a_registry_s_host() -> None:
    """'No lock file or other file may carry a package registry's host.'"""
    hosts = re.compile(r"(https?|file)://[^ )\"']*(" + "|".join(("pypi", "pythonhosted")) + ")")
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for name in filter(None, tracked):
        text = (PROJECT / name).read_bytes().decode("utf-8", "replace")
        assert not hosts.search(text), name


def test_the_public_names_are_sorted_and_the_lazy_ones_are_among_them() -> None:
    import ceosample

    names = [name for name in ceosample.__all__ if name[0].isupper()]
    assert names == sorted(names)
    assert set(ceosample._LAZY) <= set(ceosample.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        ceosample.nothing  # noqa: B018 - asking is the test
