"""What every test may use: the shared data, what is started for them, marks, hypothesis profiles.

Engines, the browser and the drivers are imported by the fixtures that need them, so that one test
of a plan does not wait for all of them.
"""

from __future__ import annotations

import compileall
import contextlib
import gc
import json
import os
import sys
from collections.abc import Callable, Generator, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

import backwards
import laws
import marks
import memory_folder
import needed
from needed import IN_CI, need
from storage import DATABASES, ENGINES, STARTED
from thorough import THOROUGH

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from postgresql import Server
    from warehouses import InPostgreSql, Warehouse
    from webdriver import Driven

SHARED = Path(__file__).resolve().parents[2] / "shared"

PROJECT = Path(__file__).resolve().parents[1]

memory_folder.use()

settings.register_profile(
    "ci",
    max_examples=100 if THOROUGH else 10,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("here", max_examples=100 if THOROUGH else 10, deadline=None)
settings.load_profile("ci" if IN_CI else "here")
if not THOROUGH:
    laws.without_our_constants()


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """Keep what is compiled, even where PYTHONDONTWRITEBYTECODE is set: the project, or each of the
    hundreds of processes that the tests start would compile it anew, which is a quarter of its
    start; and the tests, whose assertions take pytest ten seconds to rewrite."""
    sys.dont_write_bytecode = False
    if not _is_worker(config):  # before the workers of a parallel run, not in each
        compileall.compile_dir(PROJECT / "src", quiet=2)
    if backwards.is_for(config):
        config.pluginmanager.register(backwards.Backwards())


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items[:] = marks.in_this_run(config, items)
    for item in items:
        for name in sorted(marks.of(item)):
            item.add_marker(name)
    items[:] = marks.heavy_first(backwards.in_order(items) if _is_worker(config) else items)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Nothing that is collected is garbage, so the garbage collector waits."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """What was collected stays to the end: ten thousand tests, and what they import, are no
    garbage, and a collector that looks through all of it finds none. What a test leaves behind is
    small, and most of it goes without a collector, which therefore looks seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With -n: a worker takes whole groups of tests, in the order in which they were collected."""
    from xdist.scheduler import LoadScopeScheduling

    config.option.loadscopereorder = False
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = marks.group_of
    return scheduler


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> None:
    """What is started for a test says so by a mark, or `make quick` would start it as well."""
    marks.require(fixturedef.argname, request._pyfuncitem)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and published vectors, which the project does not contain."""
    need(
        SHARED.is_dir(),
        f"{SHARED} is not there: real data and published vectors live outside the project",
    )
    return SHARED


@pytest.fixture(scope="session")
def vectors(shared: Path) -> dict[str, Any]:
    """The published cases by their ids, each with inputs, expected values and its source."""
    cases = json.loads((shared / "vectors" / "statistics.json").read_text("utf-8"))["cases"]
    return {case["id"]: case for case in cases}


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demonstration's month, to be copied by whoever changes it."""
    from ceosample.demo.story import perform

    folder = tmp_path_factory.mktemp("demonstration") / "ceosample-demo"
    perform(folder)
    return folder


@pytest.fixture(scope="session")
def commands() -> Iterator[Path]:
    """A folder for a shell's PATH: the command in it runs without a new interpreter."""
    import console

    with console.commands() as folder:
        yield folder


@pytest.fixture(scope="session", autouse=True)
def _letter_children() -> Iterator[None]:
    """Whatever makes letters here forks the children for it, where the system can watch them."""
    if not hasattr(os, "pidfd_open"):
        yield
        return
    import letter_children

    with letter_children.forked():
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server that this session starts, once and only if a test needs it."""
    import postgresql as postgresql_server

    programs = [postgresql_server.find(name) for name in ("initdb", "postgres")]
    need(all(programs), "no initdb and postgres: install PostgreSQL's server (Debian: postgresql)")
    with postgresql_server.running(str(programs[0]), str(programs[1])) as server:
        yield server


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A Spark session that this session starts, once and only if a test needs it."""
    import spark as spark_session

    reason = spark_session.missing()
    need(not reason, str(reason))
    with spark_session.running() as session:
        yield session


@pytest.fixture(scope="module", params=ENGINES)
def home(request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    """Each engine in turn."""
    from warehouses import opened

    server = request.getfixturevalue(request.param) if request.param in STARTED else None
    with opened(request.param, server) as warehouse:
        yield warehouse


@pytest.fixture
def pg(postgresql: Any) -> Iterator[InPostgreSql]:
    """A database of PostgreSQL with nothing in it, and a connection to it."""
    from warehouses import InPostgreSql, opened

    with opened("postgresql", postgresql) as warehouse:
        assert isinstance(warehouse, InPostgreSql)
        yield warehouse


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser that this session starts, once and only if a test needs it."""
    import browser as chromium

    program = chromium.find()
    need(
        program,
        f"no {' or '.join(chromium.PROGRAMS)}: install one (Debian: {chromium.PROGRAMS[0]})",
    )
    with chromium.running(str(program)) as started:
        yield started


@pytest.fixture(scope="session")
def drivers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Driven]]:
    """The browsers beside Chromium by their names, each started once and when it is asked for."""
    import webdriver

    with contextlib.ExitStack() as stack:

        @cache
        def started(name: str) -> Driven:
            folder = tmp_path_factory.mktemp(name)
            return stack.enter_context(webdriver.OTHERS[name](folder))

        yield started


@pytest.fixture(scope="session")
def office_writer() -> str:
    """LibreOffice, with the part that opens documents."""
    return needed.libreoffice("writer", "libswlo.so")


@pytest.fixture(scope="session")
def office_calc() -> str:
    """LibreOffice, with the part that opens tables."""
    return needed.libreoffice("calc", "libsclo.so")


@pytest.fixture(scope="session")
def office_profile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """LibreOffice's option for a profile of this session's: to make one takes half of a start."""
    return f"-env:UserInstallation={(tmp_path_factory.mktemp('office') / 'profile').as_uri()}"


@pytest.fixture(params=DATABASES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it, which several connections can share."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'signoff.db'}"
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.database() as name:
        yield server.url(name)
