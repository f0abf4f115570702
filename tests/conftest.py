"""What every test may use: the shared data, a frame to draw from, hypothesis profiles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser

import browser as chromium
import postgresql as postgresql_server
import spark as spark_session
from needed import IN_CI, need
from postgresql import DATABASES, Server
from warehouses import ENGINES, STARTED, InPostgreSql, Warehouse, opened

SHARED = Path(__file__).resolve().parents[2] / "shared"

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if IN_CI else "here")


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
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server that this session starts, once and only if a test needs it."""
    programs = [postgresql_server.find(name) for name in ("initdb", "postgres")]
    need(all(programs), "no initdb and postgres: install PostgreSQL's server (Debian: postgresql)")
    with postgresql_server.running(str(programs[0]), str(programs[1])) as server:
        yield server


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A Spark session that this session starts, once and only if a test needs it."""
    reason = spark_session.missing()
    need(not reason, str(reason))
    with spark_session.running() as session:
        yield session


@pytest.fixture(scope="module", params=ENGINES)
def home(request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    """Each engine in turn."""
    server = request.getfixturevalue(request.param) if request.param in STARTED else None
    with opened(request.param, server) as warehouse:
        yield warehouse


@pytest.fixture
def pg(postgresql: Any) -> Iterator[InPostgreSql]:
    """A database of PostgreSQL with nothing in it, and a connection to it."""
    with opened("postgresql", postgresql) as warehouse:
        assert isinstance(warehouse, InPostgreSql)
        yield warehouse


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser that this session starts, once and only if a test needs it."""
    program = chromium.find()
    need(program, f"no {' or '.join(chromium.PROGRAMS)}: install a browser (Debian: chromium)")
    with chromium.running(str(program)) as started:
        yield started


@pytest.fixture(params=DATABASES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it, which several connections can share."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'signoff.db'}"
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.database() as name:
        yield server.url(name)
