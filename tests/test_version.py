"""The version of a build: a release's own at its tag, and of no two commits the same."""

from __future__ import annotations

import datetime as dt
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

import ceosample as cs
from ceosample.release import program, version
from needed import program as installed
from pages import PROJECT

FILE = PROJECT / "version.py"


def told(folder: Path) -> str:
    """What the file says of the folder that it is in, as the build asks it."""
    spec = importlib.util.spec_from_file_location("version_of_a_build", folder / "version.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.version())


class Commits:
    """A repository of this file alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copy(FILE, folder / "version.py")
        shutil.copy(PROJECT / ".gitattributes", folder)
        self.git("init", "-q")
        self.git("add", ".")

    def git(self, *arguments: str, day: int = 1) -> bytes:
        when = f"2026-12-{day:02}T09:00:00+00:00"
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        return subprocess.run(
            [installed("git", "git"), *who, *arguments], cwd=self.folder, check=True,
            capture_output=True, env={**os.environ, "GIT_COMMITTER_DATE": when},
        ).stdout  # fmt: skip

    def commit(self, day: int) -> str:
        self.git("commit", "-q", "--allow-empty", "-m", f"day {day}", day=day)
        return told(self.folder)


@pytest.fixture
def commits(tmp_path: Path) -> Commits:
    return Commits(tmp_path)


def test_a_newer_commit_is_a_newer_version(commits: Commits) -> None:
    """'an upgrade by wheel is a silent no-op': an installer takes the newer of two."""
    first, second = commits.commit(1), commits.commit(2)
    assert re.fullmatch(r"0\.2\.0\.dev20261201090000\+g[0-9a-f]{7,}", first)
    assert Version("0.1.0") < Version(first) < Version(second) < Version("0.2.0")
    assert Version(second).is_devrelease


def test_a_tag_makes_it_a_release(commits: Commits) -> None:
    commits.commit(1)
    commits.git("tag", "v0.2.0")
    assert told(commits.folder) == "0.2.0"
    assert Version(commits.commit(2)) > Version("0.1.0")


def test_a_tag_of_another_release_stops_the_build(commits: Commits) -> None:
    commits.commit(1)
    commits.git("tag", "v0.3.0")
    with pytest.raises(ValueError, match=r"v0\.3\.0; RELEASE is 0\.2\.0"):
        told(commits.folder)


def test_what_was_changed_and_not_committed_is_marked(commits: Commits) -> None:
    clean = commits.commit(1)
    with (commits.folder / ".gitattributes").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert told(commits.folder) == f"{clean}.changed"
    commits.git("tag", "v0.2.0")
    assert told(commits.folder) == "0.2.0+changed"


def test_a_shallow_clone_and_an_archive_have_the_same_version(
    commits: Commits, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """'mind that CI works from a clean clone that may have no tags'"""
    commits.commit(1)
    there = commits.commit(2)
    place = tmp_path_factory.mktemp("copies")
    commits.git("clone", "-q", "--depth=1", "--no-tags", commits.folder.as_uri(), str(place / "c"))
    assert told(place / "c") == there
    archive = place / "a.tar"
    archive.write_bytes(commits.git("archive", "HEAD"))
    (place / "a").mkdir()
    subprocess.run(["tar", "-xf", archive, "-C", place / "a"], check=True)
    assert told(place / "a") == there


def test_without_git_it_is_a_development_version(tmp_path: Path) -> None:
    shutil.copy(FILE, tmp_path / "version.py")
    assert told(tmp_path) == "0.2.0.dev0"


def test_the_build_asks_this_file() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"] == {
        "source": "code", "path": "version.py", "expression": "version()",
    }  # fmt: skip
    assert "version.py" in project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    log = (PROJECT / "CHANGELOG.md").read_text("utf-8")
    assert (
        re.findall(r"^## (\S+)", log, re.M)[0]
        == re.findall(r'^RELEASE = "(.+)"', FILE.read_text("utf-8"), re.M)[0]
    )


def test_python_m_runs_the_command() -> None:
    """'`python -m ceosample`'"""
    ended = subprocess.run(
        [sys.executable, "-m", "ceosample", "--version"], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert ended.stdout.strip().endswith(f"version {version()}")
    assert cs.__version__ == version()


def test_the_program_is_in_the_ledger_and_on_the_closing_sheet_and_not_in_the_record(
    tmp_path: Path,
) -> None:
    """'the program's version stands in the ledger's event of each run and on the closing sheet'"""
    import json

    from command import asked, time_told
    from due_months import on, write_months

    write_months(tmp_path, "2026-09")
    with time_told(lambda: on("2026-10-02")):
        asked("run", folder=tmp_path)
        dice = ("--dice", "83019274650192837465", "--witness", "audit")
        assert asked("run", *dice, folder=tmp_path).code == 0
        assert asked("run", *dice, "--period", "2026-09", folder=tmp_path).code == 0  # again
        assert asked("close", "--period", "2026-09", "--still-open", folder=tmp_path).code == 0
    url = f"sqlite:///{tmp_path / 'signoff.db'}"
    with cs.Ledger.open(url, clock=lambda: on("2026-10-02")) as ledger:
        noted = {e.kind: e.payload["program"] for e in ledger.events() if "program" in e.payload}
        assert ledger.check().ok
    assert noted == {"frozen": program(), "drawn": program()}
    (sheet,) = (tmp_path / "packs/2026-09").glob("interim-*.html")
    assert program() in sheet.read_text("utf-8")
    for name in ("draw.json", "manifest.csv"):
        assert version() not in (tmp_path / "packs/2026-09" / name).read_text("utf-8")
    assert "program" not in json.loads((tmp_path / "packs/2026-09/draw.json").read_text("utf-8"))


def test_the_same_freeze_by_a_newer_program_is_the_same_freeze(tmp_path: Path) -> None:
    frame = cs.Frame.from_records(
        [{"id": "R-1"}], population="responses", period="2026-10", unit_id="id"
    )
    at = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
    with cs.Ledger.open("sqlite://", clock=lambda: at) as ledger:
        said: dict[str, Any] = {"seed_source": "dice", "by": "sampler", "at": at}
        first = ledger.freeze(frame, cs.Plan(size=1), program="ceosample 0.2.0", **said)
        again = ledger.freeze(frame, cs.Plan(size=1), program="ceosample 0.3.0", **said)
    assert first == again
    assert first.payload["program"] == "ceosample 0.2.0"
