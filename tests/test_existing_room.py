"""The signing room of letters that exist already, in a real browser."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser

import ceosample as cs
import existing
from browser import opened
from thorough import first_of

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


@cache
def pack() -> cs.Pack:
    """One letter with words, drawn from the bottom of the page to its top, and scans."""

    def given(ids: Any) -> dict[str, Any]:
        words = existing.drawn_page((72, 300, "Third"), (72, 700, "First"), (72, 500, "Second"))
        scan = existing.letter("#rect(width: 5cm, height: 5cm)")
        return {u: {"letter": {"pdf": scan if n else words}} for n, u in enumerate(ids)}

    return existing.pack_of(given)


@pytest.mark.parametrize("width", first_of(1, [390, 1200]))
def test_pages_are_seen_and_heard_and_nothing_is_asked_for(
    width: int, browser: Browser, tmp_path: Path
) -> None:
    """'its pages with real text in reading order for screen readers; a scan says so', under the
    room's policy, which stops nothing of it and lets nothing else in."""
    path = tmp_path / "room.html"
    path.write_bytes(pack().room())
    with opened(browser, path, viewport={"width": width, "height": 800}) as room:
        room.press("n")
        heard = room.page.locator("article.current .pages").aria_snapshot()
        places = [heard.index(word) for word in ("First", "Second", "Third")]
        assert places == sorted(places)
        assert "img" not in heard  # the words are there, so the picture is not announced
        picture = room.page.locator("article.current .pages img")
        assert picture.evaluate("image => image.complete && image.naturalWidth") == 1000
        box = picture.bounding_box()
        assert box is not None
        assert 250 < box["width"] <= width
        seen = room.page.locator("article.current .words").bounding_box()
        assert seen is not None
        assert seen["width"] <= 1
        room.page.evaluate(AXE)
        found = room.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        assert [(one["id"], one["nodes"][0]["html"][:90]) for one in found["violations"]] == []
        room.press("n")
        assert "a picture without text" in room.page.locator("article.current .pages").inner_text()
        room.press("s")
        (decision,) = room.saved()
        assert decision["letter"] == [*pack()][1].digest


def test_a_letters_pages_come_before_its_slip_however_long_its_docket_is(
    browser: Browser, tmp_path: Path
) -> None:
    """The letter began below the slip, out of sight, while Sign was in reach."""
    field = cs.office.DocketField("complaint", "The customer's complaint", long=True)
    docket = {"complaint": "I was charged twice, and wrote three times. " * 100}

    def given(ids: Any) -> dict[str, Any]:
        return {u: {"letter": {"pdf": existing.letter()}, "docket": docket} for u in ids}

    path = tmp_path / "room.html"
    path.write_bytes(existing.pack_of(given, docket=[field]).room())
    with opened(browser, path, viewport={"width": 1200, "height": 800}) as room:
        room.press("n")
        beside, slip, pages, said = (
            room.page.locator(f"article.current {name}").evaluate(
                "one => one.getBoundingClientRect().toJSON()"
            )
            for name in (".docket", ".letter", ".pages", ".said")
        )
    assert beside["height"] > 1500
    assert slip["height"] < 1000
    assert 0 <= pages["top"] - beside["top"] < 60  # the letter is what is read first
    assert 0 <= slip["top"] - pages["bottom"] < 60
    assert pages["left"] == slip["left"] > beside["right"]
    assert said["left"] == beside["left"]
