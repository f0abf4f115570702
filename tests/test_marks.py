"""The quick way to work: `make quick` starts nothing, and nobody has to remember marks."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

import marks

PROJECT = Path(__file__).resolve().parents[1]
QUICK = f"not ({' or '.join(('slow', 'postgresql', 'browser', 'office', 'spark', 'documents'))})"

pytest_plugins = ["pytester"]


def test_the_marks_are_those_that_are_registered(pytestconfig: pytest.Config) -> None:
    lines = pytestconfig.getini("markers")
    assert {line.partition(":")[0] for line in lines} >= marks.LEFT_OUT


@pytest.mark.parametrize("name", ["Makefile", "CONTRIBUTING.md"])
def test_make_quick_leaves_out_every_mark(name: str) -> None:
    text = (PROJECT / name).read_text("utf-8")
    assert f'pytest -n auto -m "{QUICK}"' in text
    assert set(re.findall(r"\w+", QUICK)) - {"not", "or"} == marks.LEFT_OUT


def test_nothing_that_is_quick_uses_what_is_started(request: pytest.FixtureRequest) -> None:
    """Of all tests that were collected here; a fixture that is asked for in the middle of a test
    fails it (``marks.require``)."""
    for item in request.session.items:
        if {mark.name for mark in item.iter_markers()}.isdisjoint(marks.LEFT_OUT):
            assert marks.of(item) == set(), item.nodeid


def test_a_worker_takes_a_file_or_all_of_spark(request: pytest.FixtureRequest) -> None:
    """Of all tests that were collected here."""
    assert doctest.testmod(marks).failed == 0
    for item in request.session.items:
        file = item.nodeid.partition("::")[0]
        group = next((name for name, files in marks.GROUPS.items() if file in files), None)
        if group is not None:
            assert marks.group_of(item.nodeid) == group, item.nodeid
        elif marks.group_of(item.nodeid) != file:
            assert item.get_closest_marker("spark"), item.nodeid


def test_the_files_that_share_a_year_are_those_that_import_it() -> None:
    importing = {
        f"tests/{path.name}"
        for path in Path(__file__).parent.glob("test_*.py")
        if re.search(
            r"^from firm import .*\b(ledger_of_the_)?year\b", path.read_text("utf-8"), re.M
        )
    }
    assert importing == marks.OF_THE_YEAR


def test_the_files_that_share_a_browser_are_those_that_ask_for_one() -> None:
    asking = {
        f"tests/{path.name}"
        for path in Path(__file__).parent.glob("test_*.py")
        if "drivers: Callable" in path.read_text("utf-8")
    }
    assert asking - {"tests/test_marks.py"} == marks.OF_OTHER_BROWSERS


SUITE = """
import pytest
import marks

@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        for name in sorted(marks.of(item)):
            item.add_marker(name)

@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef, request):
    marks.require(fixturedef.argname, request._pyfuncitem)

@pytest.fixture(scope="session")
def postgresql():
    return "a server"

@pytest.fixture(scope="session")
def spark():
    return "a session"

@pytest.fixture
def browser():
    return "a browser"

@pytest.fixture
def room(browser):
    return browser

@pytest.fixture(params=["sqlite", "postgresql", "postgresql, its lines"])
def book(request):
    return request.getfixturevalue("postgresql") if request.param != "sqlite" else ""

@pytest.fixture
def hidden(request):
    return request.getfixturevalue("spark")
"""

TESTS = """
def test_plain(): pass
def test_room(room): pass
def test_book(book): pass
def test_hidden(hidden): pass
"""


def test_marks_follow_from_what_is_used_and_what_was_overlooked_fails(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeconftest(SUITE)
    pytester.makepyfile(test_suite=TESTS)
    pytester.makeini("[pytest]\nmarkers =\n" + "".join(f"  {m}: x\n" for m in marks.LEFT_OUT))
    pytester.syspathinsert(Path(marks.__file__).parent)
    pytester.inline_run("-m", QUICK).assertoutcome(passed=2, failed=1)
    ended = pytester.inline_run("-m", "browser or postgresql")
    ended.assertoutcome(passed=3)
    names = [report.nodeid.partition("::")[2] for report in ended.getreports()]
    assert {name for name in names if name} == {
        "test_room",
        "test_book[postgresql]",
        "test_book[postgresql, its lines]",
    }


CHOOSING = """
import marks

def pytest_collection_modifyitems(config, items):
    items[:] = marks.in_this_run(config, items)
"""

DEAR = """
import pytest
from thorough import first_of

@pytest.mark.parametrize("value", first_of(1, ["cheap", "dear"]))
def test_of_a_value(value): pass

@pytest.mark.thorough
def test_dear(): pass

@pytest.mark.parametrize("home", ["duckdb", "spark"])
@pytest.mark.thorough("spark")
def test_of_an_engine(home): pass
"""


def test_what_is_thorough_runs_in_a_thorough_run_or_where_it_is_asked_for(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makeconftest(CHOOSING)
    pytester.makepyfile(test_dear=DEAR)
    pytester.makeini("[pytest]\nmarkers =\n  thorough: x\n")
    pytester.syspathinsert(Path(marks.__file__).parent)
    for thorough, arguments, passed in (
        (False, (), 2),
        (False, ("-m", "thorough"), 4),
        (True, (), 5),
    ):
        monkeypatch.setattr(marks, "THOROUGH", thorough)
        pytester.inline_run(*arguments).assertoutcome(passed=passed)


VALUES = """
import pytest

@pytest.mark.parametrize("said", ["once", "twice", "never"])
@pytest.mark.parametrize("book", ["sqlite", "postgresql"])
def test_of_a_rule(book, said): pass

@pytest.mark.parametrize("book", ["sqlite", "postgresql"])
def test_of_another(book): pass
"""


def test_a_rule_of_several_values_has_one_in_a_server_and_all_in_a_file(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makeconftest(CHOOSING)
    pytester.makepyfile(test_of_rules=VALUES, test_of_storage=VALUES)
    pytester.syspathinsert(Path(marks.__file__).parent)
    monkeypatch.setattr(marks, "ABOVE_DATABASES", {"test_of_rules.py"})
    pytester.inline_run("test_of_rules.py").assertoutcome(passed=3 + 1 + 2)
    pytester.inline_run("test_of_storage.py").assertoutcome(passed=6 + 2)
    monkeypatch.setattr(marks, "THOROUGH", True)
    pytester.inline_run("test_of_rules.py").assertoutcome(passed=6 + 2)


@pytest.mark.parametrize("named", ["ABOVE_DATABASES", "DOCUMENTS", "SLOW"])
def test_the_files_that_are_named_are_there(named: str) -> None:
    here = {path.name for path in Path(__file__).parent.iterdir()}
    assert here >= {*getattr(marks, named)}
