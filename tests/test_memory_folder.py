"""The files of tests lie in memory, where the machine has a place for them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

import memory_folder


def test_the_files_of_a_test_lie_where_they_should(tmp_path: Path) -> None:
    """Pytest asks for the place of its own files before it reads conftest.py, and keeps that."""
    place = memory_folder.SHARED_MEMORY
    if os.environ.get("TMPDIR") == str(place):
        assert Path(tempfile.gettempdir()) == place
        assert tmp_path.is_relative_to(place)


@pytest.mark.parametrize("free", [0, memory_folder.ENOUGH - 1])
def test_a_place_that_is_too_small_is_none(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    class Usage:
        def __init__(self, *_: object) -> None:
            self.free = free

    monkeypatch.setattr("memory_folder.shutil.disk_usage", Usage)
    assert memory_folder.found() is None


def test_a_machine_without_such_a_place_has_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(memory_folder, "SHARED_MEMORY", tmp_path / "nowhere")
    assert memory_folder.found() is None
