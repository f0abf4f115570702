"""Which marks a test has: by what it uses, so that nobody has to remember them.

`make quick` runs what has none of them. Only ``slow`` and ``thorough`` are written at a test.
``slow`` is for a test that takes more than half a second. Where most tests of a file are dear, the
file is named here (``SLOW``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import pytest

from storage import STARTED
from thorough import THOROUGH

#: Fixture to the mark of the tests that use it. Each starts a program, or needs one installed.
STARTS: Final = {
    "browser": "browser",
    "drivers": "browser",
    "office_calc": "office",
    "office_writer": "office",
    "postgresql": "postgresql",
    "spark": "spark",
}

#: A value that stands for a server, or for a fixture of it: "postgresql, its lines", "on_spark".
NAMED: Final = re.compile(rf"(?:^|_)({'|'.join(STARTED)})(?:,|$)")

#: A test of Spark by its id: its file's name, or a value of it. ``from_spark`` is a constructor's
#: name, and starts nothing.
SPARK: Final = re.compile(r"/test_spark\.py::|[\[-]spark[\]-]|(?<!from)_spark[\]-]")

#: Files whose tests run the pages, the notebooks, or make the site of them.
DOCUMENTS: Final = (
    "test_documents.py",
    "test_notebooks.py",
    "test_own_data.py",
    "test_readme.py",
    "test_site.py",
)

#: Files that are slow as a whole. Beside the few that are marked singly, their tests take an eighth
#: of a second on average and two seconds together, with what they share: mostly since each takes a
#: month through the command.
SLOW: Final = frozenset(
    f"test_{name}.py"
    for name in (
        *("casebook", "check", "check_key", "command", "contacts", "due", "existing_letters"),
        *("job", "notices", "outlets", "paper_size", "promises_kept", "sealed_rooms"),
        "verify_in_sql",
        # Whichever comes first makes a month of the demonstration, the year, or all that 0.1 says.
        *("demo_clock", "office_year", "pictures", "release_0_1", "report", "report_page"),
    )
)

#: What `make quick` leaves out.
LEFT_OUT: Final = frozenset({*STARTS.values(), "documents", "slow"})


def of(item: pytest.Item) -> set[str]:
    """The marks that a test gets by the fixtures, the values and the file that it has."""
    fixtures: Collection[str] = getattr(item, "fixturenames", ())
    found = {STARTS[name] for name in fixtures if name in STARTS}
    # A fixture that starts one of several takes its name as a value.
    given = getattr(item, "callspec", None)
    values: Collection[object] = given.params.values() if given else ()
    found |= {
        match[1] for value in values if isinstance(value, str) and (match := NAMED.search(value))
    }
    if item.path.name in DOCUMENTS or item.path.suffix == ".ipynb":
        found.add("documents")
    if item.path.name in SLOW:
        found.add("slow")
    return found


#: Files about rules and proofs that lie above every database: of a test with several values, one
#: is tried in PostgreSQL in every run, all in SQLite, and the others there in a thorough run.
ABOVE_DATABASES: Final = frozenset(
    {
        "test_chain.py",
        "test_checked_head.py",
        "test_decisions.py",
        "test_ledger.py",
        "test_people.py",
        "test_recording.py",
        "test_resolutions.py",
        "test_texts.py",
    }
)


def in_this_run(config: pytest.Config, items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The tests without those that are marked ``thorough``: each of these has a cheaper sibling of
    its kind in every run, and runs in a thorough one, or where ``-m`` names the mark."""
    if THOROUGH or "thorough" in config.getoption("markexpr"):
        return list(items)
    tried: set[str] = set()
    left = {item for item in items if _is_thorough(item) or _is_again(item, tried)}
    config.hook.pytest_deselected(items=[item for item in items if item in left])
    return [item for item in items if item not in left]


def _is_again(item: pytest.Item, tried: set[str]) -> bool:
    """Whether it is a further value of a test above databases that was tried in PostgreSQL."""
    if item.path.name not in ABOVE_DATABASES or "postgresql" not in _values(item):
        return False
    name = item.nodeid.partition("[")[0]
    again = name in tried
    tried.add(name)
    return again


def _values(item: pytest.Item) -> list[object]:
    return [*item.callspec.params.values()] if hasattr(item, "callspec") else []


def _is_thorough(item: pytest.Item) -> bool:
    """Whether it is marked ``thorough``, or ``thorough("spark")`` and is that engine's variant."""
    return any(
        not mark.args or any(value in mark.args for value in _values(item))
        for mark in item.iter_markers("thorough")
    )


def require(fixture: str | None, item: pytest.Item) -> None:
    """Fail where a test starts something and has no mark of it.

    Raises:
        pytest.fail.Exception: the fixture starts a program, and the test's marks do not say so.
    """
    mark = STARTS.get(fixture or "")
    if mark is not None and item.get_closest_marker(mark) is None:
        pytest.fail(f"{item.nodeid} uses {fixture}: mark it {mark}", pytrace=False)


#: Files that read the year of firm.py: its events, and the bounds of its months, are counted once a
#: process, and these bounds are most of what the first report costs.
OF_THE_YEAR: Final = frozenset(
    {
        "tests/test_office_year.py",
        "tests/test_pictures.py",
        "tests/test_report.py",
        "tests/test_report_page.py",
        "tests/test_year.py",
    }
)

#: Files that start Firefox or WebKit: each takes ten seconds of a processor to begin.
OF_OTHER_BROWSERS: Final = frozenset(
    {
        "tests/test_room_browsers.py",
        "tests/test_sealed_room_browsers.py",
        "tests/test_verifier_browsers.py",
    }
)

#: Group to the files of it.
GROUPS: Final = {"year": OF_THE_YEAR, "other browsers": OF_OTHER_BROWSERS}


def group_of(nodeid: str) -> str:
    """What runs in one worker of a parallel run: a file, since its tests share what was made for
    them; the files of one year, and those of other browsers, for the same reason; and all of Spark,
    since a Java machine takes as long to warm up as the tests take.

    >>> group_of("tests/test_gate.py::test_a[x]")
    'tests/test_gate.py'
    >>> group_of("tests/test_report.py::test_a")
    'year'
    >>> group_of("tests/test_warehouse.py::test_b[spark-2]")
    'spark'
    """
    file = nodeid.partition("::")[0]
    if SPARK.search(nodeid):
        return "spark"
    return next((name for name, files in GROUPS.items() if file in files), file)


def heavy_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The files that have what `make quick` leaves out, then the others, so that no worker is
    left alone with a long file at the end."""
    heavy: set[Path] = set()
    for item in items:
        if item.path not in heavy and not LEFT_OUT.isdisjoint(m.name for m in item.iter_markers()):
            heavy.add(item.path)
    return sorted(items, key=lambda item: item.path not in heavy)
