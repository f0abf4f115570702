"""The house: imports point one way, nothing heavy is loaded, the core has no clock and no disk."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
SOURCE = PROJECT / "src" / "ceosample"

#: The namespaces of the public face, which hold names alone.
FACE = {
    *("batch", "design", "figures", "gate", "office", "regimes", "seeds", "signing", "tracker"),
    *("timestamps", "verification"),
}

#: What only extras bring.
EXTRAS = [
    *("babel", "css_inline", "cryptography", "datafusion", "docx", "docxtpl", "duckdb", "holidays"),
    *("lxml", "matplotlib", "openpyxl", "pikepdf", "psycopg", "pyarrow", "pyhanko", "pypdfium2"),
    *("py_arkworks_bls12381", "pyspark", "rfc3161_client", "scipy", "segno", "typst"),
]

#: The floors from the ground up; a module imports from its own floor and those below.
FLOORS = [
    {
        *("errors", "problems", "canonical", "period", "text", "got", "rational", "form", "show"),
        *("spreadsheet", "files", "old_names", "progress", "renamed", "result", "schemas", "stub"),
        "collector",
        *("days", "duration", "file_modes", "unseen", "workbook", "zipped", "error_report"),
        *("encoded", "plain", "written_dates", "reasons", "release", "lakes", "sealed"),
        "zone_rules",
        "verifier",
    },
    {"sampling"},
    {"warehouse"},
    {"letters"},
    {"signoff"},
    {"inference"},
    {"report", "notices"},
    {"evidence"},
    {"configuration", "job"},
    {"health"},
    {"demo"},
    {"cli", "__main__"},
]

#: The rooms and files of a package, from the ground up; what is not named stands above them.
ROOMS = {
    "sampling": [
        {"names", "ticket"},
        {"frames", "engine"},
        {"blinding"},
        {"plans", "seeds", "gates"},
        {"commitment", "record"},
        {"draw"},
        {"divisions", "verify"},
        {"explained"},
    ],
    "letters": [
        {"child_process", "existing", "regimes"},
        {"pdf"},
        {"contents"},
        {"markup"},
        {"letter", "requirements", "existing_letters", "signatory"},
        {"room"},
        {"papers"},
    ],
    "signoff": [{"store"}, {"replay"}, {"rules"}, {"recording", "figures"}, {"intake"}],
    "job": [{"other_months"}, {"roll_forward"}, {"month"}, {"sources"}],
}

#: Neighbours on one floor that know nothing of each other.
STRANGERS = [
    ("signoff.figures", "signoff.recording"),
    ("sampling.plans", "sampling.seeds"),
    ("sampling.plans", "sampling.gates"),
]

#: Files in a room, its ``__init__.py`` left out.
MOST_FILES = 16

MODULES = sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")


def own(path: Path) -> tuple[str, ...]:
    """The parts of a module's name below ``ceosample``."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def floor_of(name: str, floors: list[set[str]]) -> int:
    return next((n for n, floor in enumerate(floors) if name in floor), len(floors))


@cache
def imports(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it, for types alone too; and names from them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names
            # A package stands for itself only where a name of its own is taken from it.
            if not all(_is_module(name) for name in names):
                found.add(node.module)
    return found


def _is_module(name: str) -> bool:
    place = SOURCE.parent.joinpath(*name.split("."))
    return place.with_suffix(".py").exists() or (place / "__init__.py").exists()


@cache
def graph() -> dict[tuple[str, ...], set[tuple[str, ...]]]:
    """Module to the modules of the house that it imports; all without ``ceosample``.

    Not when this file is imported: every worker of a parallel run would read the whole house.
    """
    known = {own(path) for path in MODULES}
    return {
        own(path): {
            target[1:]
            for target in (tuple(name.split(".")) for name in imports(path))
            if target[0] == "ceosample" and target[1:] in known
        }
        for path in MODULES
    }


def test_every_module_is_on_a_floor() -> None:
    assert {parts[0] for parts in graph()} - FACE == set().union(*FLOORS)


def test_imports_point_one_way() -> None:
    wrong = [
        (module, target)
        for module, targets in graph().items()
        for target in targets
        if module[0] not in FACE and target[0] not in FACE
        if floor_of(target[0], FLOORS) > floor_of(module[0], FLOORS)
    ]
    assert wrong == []


def test_only_users_import_a_namespace() -> None:
    """A namespace holds names of the house; the house itself takes them from where they are."""
    inside = {module: {t[0] for t in targets} for module, targets in graph().items()}
    assert {module: found & FACE for module, found in inside.items() if found & FACE} == {}
    assert {module[0] for module in graph()} >= FACE


@pytest.mark.parametrize("package", ROOMS)
def test_rooms_import_one_way(package: str) -> None:
    floors = ROOMS[package]
    inside = {own(path)[1] for path in MODULES if own(path)[0] == package and len(own(path)) > 1}
    assert set().union(*floors) <= inside
    wrong = [
        (module, target)
        for module, targets in graph().items()
        for target in targets
        if module[0] == target[0] == package and len(module) > 1 and len(target) > 1
        if target[1] in inside
        if floor_of(target[1], floors) > floor_of(module[1], floors)
        or any(
            {".".join(module[:2]), ".".join(target[:2])} == set(strangers)
            for strangers in STRANGERS
        )
    ]
    assert wrong == []


def test_no_room_is_crowded_and_each_says_what_it_is() -> None:
    for folder in {path.parent for path in MODULES} - {SOURCE}:
        files = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(files) <= MOST_FILES, folder
        assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))), folder


def test_there_is_no_import_circle() -> None:
    """'no import circle is left anywhere, type-only imports included'"""
    known = {module: targets - {module} for module, targets in graph().items()}
    while free := {module for module, targets in known.items() if not targets & known.keys()}:
        for module in free:
            del known[module]
    assert known == {}


@pytest.mark.slow
def test_no_class_name_stands_for_two_things() -> None:
    """'One word a thing'"""
    homes: dict[str, list[str]] = {}
    for path in MODULES:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(".".join(own(path)))
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}


def test_the_sampling_floor_is_pure() -> None:
    """'PURE: no file, clock, network or random source'"""
    outside = {"os", "io.open", "random", "secrets", "time", "socket", "urllib", "sqlite3", "uuid"}
    paths = sorted((SOURCE / "sampling").rglob("*.py"))
    assert len({path.parent for path in paths}) == 9  # its rooms are looked into
    for path in paths:
        assert not outside & {name.split(".")[0] for name in imports(path)}, path
        text = re.sub(r'""".*?"""', "", path.read_text("utf-8"), flags=re.DOTALL)
        reads = r"\bopen\(|\.now\(|\.today\(|read_bytes|write_bytes|read_text"
        assert not re.search(reads, text), path


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


@pytest.mark.slow
def test_a_command_begins_without_what_few_commands_need() -> None:
    """Working days are counted with numpy and pictures are drawn: a signature waits for neither."""
    code = "import sys; from ceosample.cli import cli; [*cli.commands.values()]; "
    code += "print({'numpy', 'ceosample.report'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.slow
def test_a_month_without_pdfs_needs_no_extra() -> None:
    """'Core packages: attrs, jinja2, numpy': what an extra brings is loaded by what needs it."""
    code = f"""
import sys
sys.modules |= dict.fromkeys({EXTRAS}, None)
import ceosample as cs, datetime as dt
from ceosample.cli import cli
assert [*cli.commands.values()]
for name in cs.__all__:
    getattr(cs, name)
for name in {sorted(FACE)}:
    space = getattr(cs, name)
    for each in space.__all__:
        getattr(space, each)
frame = cs.Frame.from_records([{{"id": "R-1"}}], population="p", period="2026-10", unit_id="id")
draw = cs.draw(frame, cs.Plan(size=1), cs.Seed.from_dice("8" * 19 + "1", witnesses=["a"]))
letter = {{"recipient": "A", "address": ["1 High Street"], "salutation": "Dear A,",
          "subject": "A fee", "body": "We are sorry.", "closing": "Yours sincerely,"}}
ceo = cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive")
pack = cs.render(draw, {{"R-1": {{"letter": letter, "docket": {{}}}}}}, signatory=ceo,
                 date=dt.date(2026, 11, 2), pdf=False)
print(len(pack), cs.inference.bound(draw, {{"R-1": "sound"}}).upper)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("1 0\n", "")


def test_no_file_carries_a_registry_s_host() -> None:
    """'No lock file or other file may carry a package registry's host.'"""
    hosts = re.compile(r"(https?|file)://[^ )\"']*(" + "|".join(("pypi", "pythonhosted")) + ")")
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for name in filter(None, tracked):
        text = (PROJECT / name).read_bytes().decode("utf-8", "replace")
        assert not hosts.search(text), name
