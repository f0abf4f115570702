"""A signing room whose script does not run: it says so, and what to do, and shows every letter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browser import opened
from rooms import PACK, written

SCRIPT = re.compile(r"<script>.*?</script>\n?", re.S)
STYLE = re.compile(r"<style>.*?</style>\n?", re.S)
NOTE = "you cannot decide about them yet: the script of this page did not run"


def stripped(html: str) -> str:
    """As a mail program's filter leaves it."""
    return SCRIPT.sub("", html)


def stripped_of_all(html: str) -> str:
    """As a stricter filter leaves it: no script, no data, no style, no policy."""
    html = re.sub(r"<script.*?</script>\n?", "", html, flags=re.S)
    return re.sub(r"<meta http-equiv.*?>\n", "", STYLE.sub("", html), count=1)


def one_byte_of_the_script(html: str) -> str:
    return changed(html, "// Last of all: a script", "// last of all: a script")


def one_byte_of_its_style(html: str) -> str:
    return changed(html, "/* The signing room's own look", "/* the signing room's own look")


def no_data(html: str) -> str:
    """The script runs, and stops at its first step."""
    return re.sub(r'(id="room-data">).*?</script>', r"\1</script>", html, flags=re.S)


def stops_on_its_way(html: str) -> str:
    """The script of a browser that lacks something: it stops after it has begun to furnish."""
    return changed(html, '<input type="checkbox" id="room-keys-on" checked>', "")


def changed(html: str, old: str, new: str) -> str:
    assert html.count(old) == 1
    return html.replace(old, new)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        yield context.new_page()


@pytest.mark.parametrize(
    "change",
    [
        stripped, stripped_of_all, one_byte_of_the_script, one_byte_of_its_style, no_data,
        stops_on_its_way,
    ],
)  # fmt: skip
def test_a_room_whose_script_does_not_run_says_so(
    page: Page, tmp_path: Path, change: Callable[[str], str]
) -> None:
    """'The page looks like a finished pack without tools and says nothing.'"""
    path = written(tmp_path)
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    page.goto(path.as_uri())
    note = page.get_by_role("complementary", name="About this page")
    assert NOTE in note.inner_text()
    box = note.bounding_box()
    assert box is not None
    assert box["y"] < 20  # before anything else
    for way in ("A browser on a computer.", "An address of your own.", "Paper."):
        assert way in note.inner_text()
    assert page.locator("article:visible").count() == len(PACK)
    assert page.locator("button:visible, dialog:visible, input:visible").count() == 0


def test_with_scripts_switched_off_it_says_so(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, written(tmp_path), java_script_enabled=False) as room:
        assert NOTE in room.page.locator("body").inner_text()
        assert room.page.locator("article:visible").count() == len(PACK)
        assert room.page.locator("button:visible, dialog:visible").count() == 0


def test_where_its_script_runs_the_note_is_not_there(browser: Browser, tmp_path: Path) -> None:
    """Neither for the eye nor for a screen reader."""
    with opened(browser, written(tmp_path)) as room:
        assert not room.page.get_by_text(NOTE).is_visible()
        assert room.page.get_by_role("complementary").count() == 0
        assert room.button("Save decisions").is_visible()
