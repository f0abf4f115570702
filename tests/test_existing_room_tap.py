"""A page of a letter on a phone: a tap shows it in its own size, and the next makes it fit."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from browser import opened
from test_existing_room import AXE, pack


def test_a_tap_shows_a_page_in_its_own_size_and_the_next_makes_it_fit(
    browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "room.html"
    path.write_bytes(pack().room())
    with opened(browser, path, viewport={"width": 390, "height": 800}) as room:
        room.press("n")
        picture = room.page.locator("article.current .pages img")
        fits = picture.bounding_box()
        picture.click()
        full, figure = picture.bounding_box(), room.page.locator("article.current figure")
        assert fits is not None
        assert full is not None
        assert (fits["width"] <= 390, full["width"] >= 1000) == (True, True)
        # It scrolls inside its frame, by keys too, and the page stays as wide as the phone.
        assert figure.evaluate("f => [f.tabIndex, f.scrollWidth > f.clientWidth]") == [0, True]
        assert room.page.evaluate("document.documentElement.scrollWidth") <= 390
        room.page.evaluate(AXE)
        assert room.page.evaluate("axe.run(document).then(found => found.violations.length)") == 0
        picture.click()
        again = picture.bounding_box()
        assert again is not None
        assert again["width"] == fits["width"]
