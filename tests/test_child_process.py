"""The child that sets pages and renders templates: what it has of us, and what can start it.

The specification: "The child that renders templates gets a short environment, the parent's
sys.path, and a clear error where sys.executable is no Python (uWSGI, frozen programs: 'ended with
0' and raw TypeErrors today); a package found through sys.path alone, as in notebooks, renders
PDFs."
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ceosample as cs
from ceosample.letters import child_process
from ceosample.letters.child_process import Limits

TASK = """
import json, os, sys
import ceosample

def told(job):
    found = {"environment": dict(os.environ), "ceosample": ceosample.__file__, "path": sys.path}
    return json.dumps(found)
"""

LIMITS = Limits(seconds=60)


@pytest.fixture(autouse=True)
def _interpreters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each child is a new interpreter here: how it becomes one of ours is what is tried."""
    monkeypatch.setattr(child_process, "subprocess", subprocess)


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A task of a module that is found through sys.path alone, as in a notebook."""
    place = tmp_path / "modules: and more"
    place.mkdir()
    (place / "only_here.py").write_text(TASK, "utf-8")
    monkeypatch.setattr(sys, "path", ["", str(place), *sys.path])
    monkeypatch.delitem(sys.modules, "only_here", raising=False)
    return importlib.import_module("only_here").told


def test_it_has_our_path_and_a_short_environment(
    task: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CEOSAMPLE_PASSPHRASE", "correct horse")
    monkeypatch.setenv("PGPASSWORD", "battery staple")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    # A module in the folder that we are started in hides none of Python's or of ours.
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit(9)", "utf-8")
    (made,) = child_process.run(task, [None], LIMITS)
    told = json.loads(made)
    assert told["ceosample"] == cs.__file__
    assert {*told["path"]} >= {place for place in sys.path if place}
    assert not {"CEOSAMPLE_PASSPHRASE", "PGPASSWORD", "PYTHONPATH", "HOME"} & {*told["environment"]}
    assert len(told["environment"]) <= 14


def program(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    "executable",
    [None, "", "/no/such/python3", "uwsgi:touch STARTED", "python3:exit 0", "python:exit 3",
     "python3.11:echo hello; cat"],
)  # fmt: skip
def test_what_is_no_python_is_named(
    executable: str | None, task: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if executable and ":" in executable:
        name, _, text = executable.partition(":")
        executable = program(tmp_path, name, text.replace("STARTED", str(tmp_path / "started")))
    monkeypatch.setattr(sys, "executable", executable)
    with pytest.raises(cs.errors.MissingPartError) as error:
        list(child_process.run(task, [None, None], LIMITS))
    assert str(error.value).startswith("sys.executable: got ")
    assert "no Python interpreter" in str(error.value)
    assert not (tmp_path / "started").exists()  # another program is not started with our arguments


def test_a_frozen_program_is_not_started_again(task: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(cs.errors.MissingPartError, match="of a frozen program"):
        list(child_process.run(task, [None], LIMITS))


def test_a_link_of_any_name_to_an_interpreter_will_do(
    task: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "reporting"
    link.symlink_to(Path(sys.executable).resolve())
    monkeypatch.setattr(sys, "executable", str(link))
    (made,) = child_process.run(task, [None], LIMITS)
    assert json.loads(made)["ceosample"] == cs.__file__
