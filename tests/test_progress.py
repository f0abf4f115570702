"""'Long work shows progress on a terminal and in notebooks (tqdm.auto), none in logs.'"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ceosample import Ledger, Plan, draw, verify
from ceosample.progress import Progress, counted, watched
from ceosample.sampling.frames import saved_frame
from ceosample.warehouse import SqlFrame
from ceosample.warehouse import frame as warehouse_frame
from command import on_a_terminal
from months import MONTH, SEED

LONG = """
import time
from ceosample.progress import counted, watched
with watched("setting the letters", "PDF") as tell:
    for _ in counted(range(14), 14, tell):
        time.sleep(0.1)
print("done")
"""


def shown(code: str) -> tuple[bytes, bytes]:
    """What such a program prints, and what is seen on its terminal."""
    return on_a_terminal(sys.executable, "-c", code)


@pytest.mark.slow
def test_long_work_is_seen_on_a_terminal_and_leaves_nothing_there() -> None:
    out, seen = shown(LONG)
    assert out == b"done\n"
    assert b"setting the letters" in seen
    assert b"14/14" in seen
    assert seen.endswith(b"\r")
    assert not seen.split(b"\r")[-2].strip()  # the line is wiped


def test_short_work_shows_nothing() -> None:
    """Whether work is short is not for a busy machine to say: here all below an hour is."""
    short = LONG.replace("0.1", "0").replace(
        "\nwith", "\nimport ceosample.progress\nceosample.progress.SECONDS = 3600\nwith"
    )
    assert shown(short)[1] == b""


@pytest.mark.slow
def test_a_log_gets_nothing() -> None:
    ended = subprocess.run([sys.executable, "-c", LONG], capture_output=True, check=True)
    assert (ended.stdout, ended.stderr) == (b"done\n", b"")


@pytest.mark.slow
def test_the_environment_turns_bars_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TQDM_DISABLE", "1")
    assert shown(LONG)[1] == b""


@pytest.mark.slow
def test_no_thread_is_left_that_a_process_would_fork_with() -> None:
    code = LONG + "import threading; print(threading.active_count())"
    assert shown(code)[0] == b"done\n1\n"


def test_a_function_of_ones_own_is_told_instead() -> None:
    told: list[tuple[int, int]] = []
    with watched("checking", "event", lambda done, of: told.append((done, of))) as tell:
        assert list(counted("ab", 2, tell)) == ["a", "b"]
    assert told == [(1, 2), (2, 2)]


def test_a_check_tells_of_every_event(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with Ledger.open(f"sqlite:///{tmp_path / 'signoff.db'}") as ledger:
        events = len(list(ledger.events()))
        assert ledger.check(progress=lambda done, of: told.append((done, of))).ok
    assert told == [(number, events) for number in range(1, events + 1)]
    assert told


@pytest.mark.slow
def test_a_notebook_without_widgets_has_the_plain_bar_and_no_warning() -> None:
    """As tqdm.auto gives one, at which every user of a plain kernel would wonder."""
    code = (
        "import sys, importlib.util\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name: None if name == 'ipywidgets' else find(name)\n"
        "import ipykernel\n" + LONG + "assert 'tqdm.auto' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "done\n"
    assert "14/14" in done.stderr
    assert "ipywidgets" not in done.stderr


def test_a_manifest_in_a_database_and_one_in_a_file_are_told_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, int, int]] = []

    @contextlib.contextmanager
    def noted(what: str, unit: str) -> Iterator[Progress]:
        yield lambda done, of: told.append((f"{what}, {unit}", done, of))

    for module in (warehouse_frame, saved_frame):
        monkeypatch.setattr(module, "watched", noted)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE responses AS SELECT range AS id FROM range(1000)")
        about: dict[str, Any] = {**MONTH, "unit_id": "id"}
        with SqlFrame.from_duckdb(connection, "responses", **about) as frame:
            draw(frame, Plan(size=4), SEED).save(tmp_path)
    assert ("sorting manifest.csv, line", 1000, 1000) in told
    told.clear()
    assert verify(tmp_path).ok
    assert told[-1] == ("checking manifest.csv, line", 1000, 1000)
