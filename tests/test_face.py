"""The public face: one stub says its names, one page documents them, 0.1's names lead to them."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import re
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import nbformat
import pytest

import ceosample as cs
from ceosample import old_names, stub
from ceosample.renamed import REMOVED_IN
from face import NAMESPACES, documented_names, public_names
from pages import PAGES, PROJECT, examples, name_of
from release_0_1 import expected

STUB = PROJECT / "src/ceosample/__init__.pyi"
PLACES = stub.places()

#: What a page may import although no name of it is public: it makes the data of examples.
DEMO = "ceosample.demo"


# The names


def test_the_stub_and_the_package_have_the_same_names() -> None:
    tree = ast.parse(STUB.read_text("utf-8"))
    imported = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    names = {alias.asname for node in imported for alias in node.names}
    (listed,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    homes = {alias.name: f".{node.module or ''}" for node in imported for alias in node.names}
    assert homes == stub.homes()
    assert names | {"__version__"} == set(cs.__all__) == set(listed)
    assert cs.__all__ == listed == sorted(listed)
    assert len(cs.__all__) - len(NAMESPACES) <= 28  # the 26 of the design, check_contents and blind


@pytest.mark.parametrize("name", NAMESPACES)
def test_a_namespace_says_what_it_holds_and_holds_it(name: str) -> None:
    space = NAMESPACES[name]
    assert space.__name__ == f"ceosample.{name}"
    assert space.__doc__
    assert len(set(space.__all__)) == len(space.__all__)
    assert all(hasattr(space, one) for one in space.__all__)


def test_every_error_class_is_in_its_namespace() -> None:
    classes = inspect.getmembers(cs.errors, inspect.isclass)
    warnings = (cs.errors.MalformedEventWarning, cs.errors.RotationWarning)
    ours = (cs.CeosampleError, *warnings)
    found = [name for name, thing in classes if issubclass(thing, ours)]
    assert sorted(found) == sorted(cs.errors.__all__)


@pytest.mark.slow
@pytest.mark.parametrize("option", ["-B", "-O"])
def test_a_function_is_one_after_its_module_was_imported_too(option: str) -> None:
    """'`cs.draw` must be the function', and so on"""
    code = (
        "import ceosample.sampling.draw, ceosample.sampling.verify, ceosample.letters.render\n"
        "import ceosample.schemas, ceosample as cs, ceosample.report.board\n"
        "names = [getattr(cs, name).__name__ for name in ('draw', 'verify', 'render', 'schema')]\n"
        "print(*names, cs.report.pictures.__name__)"
    )
    done = subprocess.run(
        [sys.executable, option, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "draw verify render schema ceosample.report.pictures\n"


def test_no_name_but_a_namespace_is_a_module() -> None:
    """Importing such a module would put it in the place of the name."""
    modules = {path.stem for path in STUB.parent.iterdir()}
    assert modules & set(cs.__all__) == set(NAMESPACES)


@pytest.mark.slow
def test_it_can_be_imported_from_a_zip(tmp_path: Path) -> None:
    """'Importing must work [from] zipped [...] installs', as Spark and others send a package."""
    place = tmp_path / "sent.zip"
    with zipfile.ZipFile(place, "w") as sent:
        for path in sorted(STUB.parent.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                sent.write(path, path.relative_to(STUB.parents[1]))
    code = (
        "import ceosample as cs\n"
        "frame = cs.Frame.from_records([{'id': 1}], population='p', period='2026-10', unit_id='id')"
        "\ncs.Plan(size=1).promise(frame)\n"
        "print(cs.__file__, cs.FrameError is cs.errors.FrameError, cs.schema('draw')['title'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{place / 'ceosample/__init__.py'} True draw.json\n"


def test_the_version_is_the_installed_one() -> None:
    assert cs.__version__ == version("ceosample")


def test_a_name_that_there_is_not_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'ceosample' has no attribute 'nothing'"):
        cs.nothing  # type: ignore[attr-defined]  # noqa: B018 - asking is the test
    with pytest.raises(ImportError):
        from ceosample import nothing  # type: ignore[attr-defined]  # noqa: F401


def test_decisions_can_be_reached() -> None:
    with pytest.raises(cs.errors.LedgerError):
        cs.Decisions.from_json(b"{}")


#: A user's file: its last lines ask for what there is not.
CHECKED = """\
import ceosample as cs
from ceosample import Decisions, Frame, FrameError, draw
from ceosample.gate import Report

frame: cs.Frame = Frame.from_records([{"id": 1}], population="p", period="2026-10", unit_id="id")
policy: cs.regimes.DueDatePolicy = cs.Deadlines(margin=3)
report: Report | cs.GateReport
version: str = cs.__version__
picture: type[cs.errors.FrameError] = FrameError
cs.schema(7)
cs.nothing
cs.figures.nothing
"""


@pytest.mark.slow
def test_a_type_checker_sees_the_names_and_what_they_take(tmp_path: Path) -> None:
    file = tmp_path / "users.py"
    file.write_text(CHECKED, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", file],
        cwd=PROJECT,
        env={**os.environ, "MYPYPATH": str(PROJECT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"users\.py:(\d+): error: .*\[([\w-]+)\]$", done.stdout, re.M)
    assert found == [("10", "arg-type"), ("11", "attr-defined"), ("12", "attr-defined")], done


# The page of names


def test_the_page_of_names_has_every_public_name_and_no_other() -> None:
    """'the public names and the reference page agree by test'"""
    documented = documented_names()
    assert len(set(documented)) == len(documented)
    spaces = {f"ceosample.{name}" for name in NAMESPACES}
    direct = {name for name in documented if name.rpartition(".")[0] in {"ceosample", *spaces}}
    assert direct == spaces | {f"ceosample.{name}" for name in public_names()}


def test_the_page_of_names_has_every_picture() -> None:
    pictures = cs.report.pictures
    there = {
        f"{pictures.__name__}.{name}"
        for name, thing in inspect.getmembers(pictures, inspect.isfunction)
        if thing.__module__ == pictures.__name__ and not name.startswith("_")
    }
    assert there == {name for name in documented_names() if f"{pictures.__name__}." in name}


# The pages


def code_of(path: Path) -> Iterator[str]:
    """The Python that a reader copies from a page, a notebook or a file beside the pages."""
    if path.suffix == ".py":
        yield path.read_text("utf-8")
    elif path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        yield "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    else:
        yield from (one.text for one in examples(path) if one.language == "python")


def not_public(code: str) -> Iterator[str]:
    """What a piece of code imports from below ``ceosample`` that is not public."""
    allowed = {"ceosample", *(f"ceosample.{name}" for name in (*NAMESPACES, *public_names()))}
    allowed.add("ceosample.errors.CeosampleError")
    for node in ast.walk(ast.parse(code)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            ours = name.partition(".")[0] == "ceosample" and not f"{name}.".startswith(f"{DEMO}.")
            if ours and name not in allowed:
                yield name


SHOWN = [
    *PAGES,
    *sorted((PROJECT / "notebooks").glob("*.ipynb")),
    *(path for path in sorted((PROJECT / "docs").rglob("*.py")) if path.name != "conf.py"),
]


def test_a_page_imports_public_names_alone() -> None:
    assert len(SHOWN) > 60
    assert [
        f"{name_of(path)}: {name}"
        for path in SHOWN
        for code in code_of(path)
        for name in not_public(code)
    ] == []


#: A name that a sentence calls or looks into: `Gate.named(...)`, `sign_letters(pack)`.
USED = re.compile(r"(?<!`)`(\w+)[.(][^`]*`")

#: Pages that tell of 0.1.
HISTORY = {"CHANGELOG.md", "upgrading.md"}
PRESENT = [path for path in PAGES if path.name not in HISTORY]


def test_a_sentence_calls_a_name_by_its_place() -> None:
    assert len(PRESENT) > 50
    assert [
        f"{name_of(path)}: {name}"
        for path in PRESENT
        for name in USED.findall(path.read_text("utf-8"))
        if name in PLACES
    ] == []


def test_a_module_that_is_no_namespace_is_found() -> None:
    assert [*not_public("from ceosample.signoff.ledger import Ledger")] == [
        "ceosample.signoff.ledger.Ledger"
    ]
    assert [*not_public("import ceosample.job\nfrom ceosample import Gate")] == [
        "ceosample.job",
        "ceosample.Gate",
    ]
    assert [*not_public("from ceosample.gate import Gate\nfrom ceosample.demo import month")] == []


# The names of 0.1


def test_every_name_of_0_1_is_public_or_an_old_name() -> None:
    assert set(expected("names.json")) <= set(cs.__all__) | set(PLACES)
    assert not set(PLACES) & set(cs.__all__)
    assert set(old_names.RECEIVED) <= set(PLACES)


def new_place(old: str) -> tuple[str, object]:
    """What the warning of an old name must say, and what the name stands for."""
    path, _, name = PLACES[old].removeprefix("ceosample.").rpartition(".")
    thing = getattr(importlib.import_module(f"ceosample.{path}"), name)
    if old in old_names.RECEIVED:
        return old_names.RECEIVED[old], thing
    assert name in NAMESPACES[path].__all__
    return f"ceosample.{path}.{name}", thing


def test_an_old_name_is_the_new_one_and_warns() -> None:
    assert len(PLACES) > 50
    for old in PLACES:
        said, thing = new_place(old)
        with pytest.warns(DeprecationWarning, match=rf"ceosample\.{old} is an old name") as caught:
            assert getattr(cs, old) is thing, old
        (warning,) = caught
        message = str(warning.message)
        assert f"use {said}, since" in message or f"what {said} holds" in message, old
        assert message.endswith(f"removed in {REMOVED_IN}"), old
        assert warning.filename == __file__, old


def test_the_warning_shows_the_line_that_imports_an_old_name() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        exec(compile("\nfrom ceosample import GateReport", "users.py", "exec"), {})  # noqa: S102
    assert [(warning.filename, warning.lineno) for warning in caught] == [("users.py", 2)]


def test_the_page_on_upgrading_has_each_old_name_with_its_new_place() -> None:
    page = (PROJECT / "docs/upgrading.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `cs\.(\w+)` \| (.*) \|$", page, re.M))
    assert rows.keys() == PLACES.keys()
    for old, row in rows.items():
        place = old_names.RECEIVED.get(old) or f"cs.{PLACES[old]}"
        assert f"`{place}`" in row
