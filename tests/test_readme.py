"""What README shows: the commands, the Python and the pictures of the invented bank's month."""

from __future__ import annotations

import re
import runpy
import shutil
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from pages import PROJECT, run_console, run_python

README = PROJECT / "README.md"


def test_readme_quick_start_makes_a_pack(
    demonstration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(demonstration, tmp_path / "ceosample-demo")  # make demo
    monkeypatch.chdir(tmp_path)
    run_python(README)
    assert (tmp_path / "packs/2026-10/pack.pdf").is_file()


def test_make_demo_prints_what_readme_shows(tmp_path: Path) -> None:
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    (command,) = re.findall(r"^demo: .*\n\t\.venv-demo/bin/(.*)\n\n", makefile, re.M)
    run_console(README, tmp_path, {"make demo": command})


def test_the_pictures_of_readme_show_the_demonstration_s_month(
    demonstration: Path, tmp_path: Path, browser: Browser
) -> None:
    """Made anew they show the same words; if not: ``python docs/readme_pictures.py``."""
    script = PROJECT / "docs/readme_pictures.py"
    runpy.run_path(str(script))["make"](demonstration, browser, tmp_path)
    for name in ("signing-room.png", "letter.png"):
        assert f'src="docs/{name}"' in README.read_text("utf-8")
        committed, made = PROJECT / "docs" / name, tmp_path / name
        assert words_of(committed) == words_of(made)
        assert committed.stat().st_size < 150_000


def words_of(picture: Path) -> str:
    """The words that a picture of README shows, as its script wrote them into the file."""
    with Image.open(picture) as opened:
        words: str = opened.info["Description"]
    assert "I am Margaret Llewelyn" in words
    return words
