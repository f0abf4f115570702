"""The house: imports point one way, nothing heavy is loaded, the core has no clock and no disk."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from ceosample.stub import homes as stub_homes

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

#: Every room and loose file of a package, from the ground up. Each imports from the floors below
#: its own, so neighbours on one floor know nothing of each other. A file of a room has a floor of
#: its own where something needs it that the rest of its room needs.
ROOMS = {
    "sampling": [
        {"names", "ticket", "frames.units"},
        {"frames.strata"},
        {"engine"},
        {"frames"},
        {"blinding", "gates", "plans", "seeds"},
        {"commitment", "record"},
        {"draw"},
        {"divisions", "verify"},
        {"explained", "stamps"},
    ],
    "letters": [
        {"child_process", "mail_headers", "regimes", "room"},
        {"existing", "pdf"},
        {"contents"},
        {"markup", "signatory"},
        {"letter"},
        {"requirements"},
        {"existing_letters", "unprinted"},
        {"letter_trees", "papers"},
        {"mail", "render_arguments", "signatures", "word"},
        {"render", "trial"},
        {"check_contents"},
    ],
    "signoff": [
        {"store"},
        {"receipts", "replay"},
        {"keys", "rules"},
        {"checked_before", "figures", "proving", "recording"},
        {"check", "intake", "letters_table", "range_events"},
        {"moved_figures", "opening", "repair"},
        {"upgrade"},
        {"acts"},
        {"ledger"},
        {
            *("closing_sheet", "known_heads", "letter_story", "verify_empty", "witness_sheets"),
            "words",
        },
        {"verify_folder"},
    ],
    "job": [
        {"due", "losses.named_ledger", "other_months", "seed_supply"},
        {"losses.lost_files", "roll_forward"},
        {"month", "still_open"},
        {"digital_signatures", "pickup_folder", "sources"},
        {"outlets", "render_pack"},
        {"freeze_month"},
        {"losses"},
        {"checks", "preview", "run_month"},
        {"check_configuration", "run_due_months"},
    ],
}

#: What one module alone imports: the face through which everything else reaches it.
FACES = {("signoff", "acts"): ("signoff", "ledger")}

#: Rooms whose sentence names more than this say only the highest, "and what those import".
MOST_NAMES = 6

#: Words for a class and for an alias too, still. Each alias stands for an argument's shape where
#: the class is not known: ``Part`` of a table or a seed, ``Progress`` told, ``Salts`` made,
#: ``Verdict`` given. No other word may join them.
LOCAL_ALIASES = {"Part", "Progress", "Salts", "Verdict"}

#: Files in a room, its ``__init__.py`` left out.
MOST_FILES = 16

MODULES = sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")


def own(path: Path) -> tuple[str, ...]:
    """The parts of a module's name below ``ceosample``."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def floor_of(name: str, floors: list[set[str]]) -> int:
    return next(n for n, floor in enumerate(floors) if name in floor)


def height(module: tuple[str, ...]) -> int:
    """The floor of a module in its package: its own, else that of its room."""
    floors = ROOMS[module[0]]
    file = ".".join(module[1:])
    return floor_of(file if file in set().union(*floors) else module[1], floors)


@cache
def imports(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it, for types alone too; and names from them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for name in (_home(node.module, alias.name) for alias in node.names):
                # A package stands for itself only where a name of its own is taken from it.
                found |= {name} if _is_module(name) else {name, name.rpartition(".")[0]}
    return found


def _home(package: str, name: str) -> str:
    """A name in full; one that a package's stub has from a module is that module's."""
    stub = SOURCE.parent.joinpath(*package.split("."), "__init__.pyi")
    module = stub_homes(package).get(name, ".") if stub.exists() else "."
    return f"{package}{module.rstrip('.')}.{name}"


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


def inside(package: str) -> list[tuple[str, ...]]:
    return [module for module in graph() if module[0] == package and len(module) > 1]


@pytest.mark.parametrize("package", ROOMS)
def test_every_room_and_file_of_a_package_has_one_floor(package: str) -> None:
    named = [name for floor in ROOMS[package] for name in floor]
    assert len(named) == len(set(named))
    assert {name for name in named if "." not in name} == {module[1] for module in inside(package)}
    assert set(named) <= {".".join(module[1:]) for module in inside(package)}


@pytest.mark.parametrize("package", ROOMS)
def test_rooms_import_one_way(package: str) -> None:
    wrong = [
        (module, target)
        for module in inside(package)
        for target in graph()[module]
        if target[0] == package
        # A name of the package's own face may be one of any floor.
        if len(target) == 1 or (target[1] != module[1] and height(target) >= height(module))
    ]
    assert wrong == []


def test_what_has_a_face_is_reached_through_it() -> None:
    for room, face in FACES.items():
        inwards = {
            module
            for module, targets in graph().items()
            if module[: len(room)] != room and any(t[: len(room)] == room for t in targets)
        }
        assert inwards == {face}


def neighbours(room: tuple[str, ...]) -> set[str]:
    """The rooms and loose files of its package that a room imports, each by its first name."""
    return {
        target[1]
        for module, targets in graph().items()
        for target in targets
        if module[: len(room)] == room and target[: len(room)] != room
        if target[0] == room[0] and len(target) > 1
    }


@cache
def reach(package: str, name: str) -> set[str]:
    """What a room or loose file imports of its package, what that imports, and so on."""
    found: set[str] = set()
    new = {name}
    while new:
        new = set().union(*(neighbours((package, each)) for each in new)) - found
        found |= new
    return found


def sentence(room: tuple[str, ...]) -> str:
    """What the docstring of a room says of its imports."""
    package, found = room[0], sorted(neighbours(room))
    if not found:
        return f"It imports nothing else of ``{package}``."
    if len(found) <= MOST_NAMES:
        return f"It imports {listed(found)}."
    below = {name: reach(package, name) for name in found}
    # Two that import each other are both named.
    highest = [
        name
        for name in found
        if not any(name in below[other] and other not in below[name] for other in found)
    ]
    return f"It imports {listed(highest, last='what those import')}."


def listed(names: list[str], last: str = "") -> str:
    words = [f"``{name}``" for name in names] + [last] * bool(last)
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def test_each_room_says_what_it_imports() -> None:
    """'that says what lives there and what may be imported'"""
    rooms = [path for path in MODULES if path.name == "__init__.py" and len(own(path)) > 1]
    assert len(rooms) > 30
    wrong = {}
    for path in rooms:
        said = " ".join((ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split())
        due = sentence(own(path))
        if due not in said or len(re.findall(r"\bimports\b", said)) > 1:
            wrong[own(path)] = due
    assert wrong == {}


def test_the_page_about_the_code_shows_these_floors() -> None:
    page = (PROJECT / "docs" / "design.md").read_text("utf-8")
    _, _, rest = page.partition("\n## Which way imports point\n")
    section = " ".join(rest.partition("\n## ")[0].split())
    for package, floors in ROOMS.items():
        assert f"- `{package}`: {shown(floors)}" in section
    assert f"- all of it: ground <- {shown(FLOORS[1:])}" in section


def shown(floors: list[set[str]]) -> str:
    return " <- ".join(", ".join(f"`{name}`" for name in sorted(floor)) for floor in floors)


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


def type_name(node: ast.stmt) -> str | None:
    """The name of a class, or of an alias: a word in CapWords that stands for a type expression."""
    match node:
        case ast.ClassDef(name=name):
            return name
        case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id="TypeAlias")):
            return name
        case ast.Assign(
            targets=[ast.Name(id=name)], value=ast.Subscript() | ast.BinOp() | ast.Name()
        ) if re.fullmatch(r"[A-Z]\w*[a-z]\w*", name):
            return name
    return None


@pytest.mark.slow
def test_no_name_of_a_type_stands_for_two_things() -> None:
    """'One word a thing'"""
    homes: dict[str, list[str]] = {}
    classes: set[str] = set()
    for path in MODULES:
        for node in ast.parse(path.read_text("utf-8")).body:
            if (name := type_name(node)) and not name.startswith("_"):
                homes.setdefault(name, []).append(".".join(own(path)))
                classes |= {name} if isinstance(node, ast.ClassDef) else set()
    twice = {name: found for name, found in homes.items() if len(found) > 1 and name in classes}
    assert {name: found for name, found in twice.items() if name not in LOCAL_ALIASES} == {}
    assert twice.keys() >= LOCAL_ALIASES  # one that is renamed leaves the list


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
