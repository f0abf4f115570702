"""The command as a container runs it: another user, a read-only root, one folder to write into.

No image is built: bubblewrap gives the same conditions to the interpreter that runs the tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import needed
from ceosample.configuration import Configuration
from command import COMMAND
from due_months import write_months
from inputs import configure
from needed import PATIENCE

PROJECT = Path(__file__).resolve().parents[1]

#: Where the folder of the firm is, inside.
HOME = "/tmp/firm"  # noqa: S108  # of the container's own


def contained(
    folder: Path, *program: str, mounts: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Run a program as the Containerfile has it run."""
    bubblewrap = needed.program("bwrap", "bubblewrap")
    # What lies under /tmp is hidden by the container's own, but for what it needs.
    seen = {PROJECT, Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
    shown = [part for path in sorted(seen) for part in ("--ro-bind", str(path), str(path))]
    return subprocess.run(
        [bubblewrap, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc",
         "--tmpfs", str(Path(HOME).parent), *shown,
         "--bind", str(folder), HOME, *mounts, "--chdir", HOME,
         "--unshare-all", "--uid", "10001", "--gid", "10001", "--cap-drop", "ALL",
         "--die-with-parent", "--clearenv", "--setenv", "HOME", HOME, "--setenv", "PATH",
         os.environ["PATH"], "--setenv", "PYTHONPATH", str(PROJECT / "src"),
         "--setenv", "PYTHONDONTWRITEBYTECODE", "1", *program],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_a_month_runs_as_another_user_on_a_read_only_root(tmp_path: Path) -> None:
    write_months(tmp_path, "2025-01", count=20)
    configure(tmp_path, ("pdf = false", "pdf = true"))
    tried = contained(tmp_path, "sh", "-c", "id -u; touch /x /usr/x /srv/x; echo $?")
    assert tried.stdout.split() == ["10001", "1"]
    frozen = contained(tmp_path, *COMMAND, "run", "--json")
    assert frozen.returncode == 75, frozen.stderr
    assert Configuration.load(tmp_path / "ceosample.toml").ledger_id is not None
    roll = ("run", "--period", "2025-01", "--dice", "83019274650192837465", "--witness", "audit")
    sent = contained(tmp_path, *COMMAND, *roll)
    assert sent.returncode == 0, sent.stderr
    assert (tmp_path / "packs/2025-01/pack.pdf").exists()
    checked = contained(tmp_path, *COMMAND, "verify", "--all")
    assert (checked.returncode, "ok: 1 month drawn" in checked.stdout) == (0, True)


@pytest.mark.slow
def test_a_configuration_that_is_read_only_is_told(tmp_path: Path) -> None:
    """As a ConfigMap is mounted: the run does all else, and says what to add."""
    write_months(tmp_path, "2025-01", count=20)
    file = tmp_path / "ceosample.toml"
    before = file.read_bytes()
    read_only = ("--ro-bind", str(file), f"{HOME}/ceosample.toml")
    frozen = contained(tmp_path, *COMMAND, "run", mounts=read_only)
    assert frozen.returncode == 75, frozen.stderr
    assert 'ceosample.toml: cannot be written; add id = "' in frozen.stderr
    assert file.read_bytes() == before
