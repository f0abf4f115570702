"""The signing room in small windows, on other keyboards, in a browser that keeps little."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from browser import Room, opened
from rooms import written
from thorough import first_of

#: A finger's breadth, and the least size of letters at which iOS does not zoom into a field.
FINGER, LEAST_FONT = 44, 16


@pytest.fixture(scope="module")
def room(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """One for all keys: who presses them leaves it as it was."""
    with opened(browser, written(tmp_path_factory.mktemp("reach"))) as found:
        yield found


# ---- Small windows -----------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), first_of(2, [(320, 640), (1200, 800), (390, 664)]))
def test_every_choice_is_reached_without_scrolling(
    browser: Browser, tmp_path: Path, width: int, height: int
) -> None:
    """'At 390 px the choices are reached without scrolling (5.5 screens down today)'."""
    with opened(browser, written(tmp_path), viewport=viewport((width, height))) as room:
        room.press("n")
        buttons = room.page.locator("#room-choices button")
        assert buttons.count() == 12
        seen = (
            "(one) => { const box = one.getBoundingClientRect(); return document"
            ".elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === one; }"
        )
        assert [one.evaluate(seen) for one in buttons.all()] == [True] * 12
        room.page.evaluate("scrollTo(0, 300)")
        assert room.page.evaluate("scrollY") == 300
        for name in ("Previous", "Next"):  # the way to the next letter stays, too
            assert room.button(name).evaluate(seen)
        assert letter_share(room) > 0.5


def letter_share(room: Room) -> float:
    """How much of the window's height is free of tools."""
    share: float = room.page.evaluate(
        "(document.querySelector('#room-choices').getBoundingClientRect().top -"
        " document.querySelector('.way').getBoundingClientRect().bottom) / innerHeight"
    )
    return share


@pytest.mark.parametrize("size", [(844, 390), (320, 512)])
def test_in_a_low_window_one_button_leads_to_the_choices(
    browser: Browser, tmp_path: Path, size: tuple[int, int]
) -> None:
    """A phone on its side, or a zoom of 400 %: the choices themselves would hide the letter."""
    with opened(browser, written(tmp_path), viewport=viewport(size)) as room:
        assert not room.button("Decide about this letter").is_visible()
        room.press("n")
        room.button("Decide about this letter").click()
        assert room.page.evaluate("document.activeElement.ariaLabel") == "Sign"
        box = room.button("Sign").bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= size[1] - FINGER


@pytest.mark.parametrize("width", [390, 1200])
def test_fields_are_read_without_a_zoom_and_buttons_hit_by_a_finger(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    """'Fields are at least 16 px (below that iOS zooms), buttons 44 px', in every dialog."""
    with opened(browser, written(tmp_path), viewport=viewport((width, 700))) as room:
        room.press("n", "s")
        found = [*measured(room)]
        for key in ("r", "f", "w", "c", "i", "o", "g", "?"):
            room.press(key)
            if key == "r":
                room.button("Leave it").click() if room.button("Leave it").count() else None
            for one in room.dialog.locator("select").all():
                one.select_option(index=1)
            found += measured(room)
            room.press("Escape")
        room.button("Save decisions").click()
        found += measured(room)
    assert len({name for name, *_ in found}) > 30
    small = [one for one in found if min(one[2], one[3]) < FINGER and one[1] != "checkbox"]
    assert small == []
    assert [one for one in found if one[1] == "field" and one[4] < LEAST_FONT] == []


def viewport(size: tuple[int, int]) -> Any:
    return {"width": size[0], "height": size[1]}


def measured(room: Room) -> list[list[Any]]:
    """Every button and field in sight: its name, kind, width, height, and the size of its font."""
    found: list[list[Any]] = room.page.evaluate(
        """() => [...document.querySelectorAll("button, select, textarea, input, .tick")]
          .filter((one) => one.checkVisibility())
          .map((one) => {
            const box = one.getBoundingClientRect();
            const kind = one.type === "checkbox" ? "checkbox"
              : one.matches("button, .tick") ? "button" : "field";
            return [one.ariaLabel ?? (one.textContent || one.id), kind, Math.ceil(box.width),
              Math.ceil(box.height), parseFloat(getComputedStyle(one).fontSize)];
          })"""
    )
    return found


# ---- Other keyboards ---------------------------------------------------------------------------

#: Every way that a key is read comes among the first seven.
KEYBOARDS = [
    ("ы", "KeyS", False, "Signed."),  # Russian
    ("s", "KeyO", False, "Signed."),  # Dvorak: a Latin letter is what it says, wherever it is
    ("S", "KeyS", True, "Signed."),
    ("е", "KeyT", False, "Taken over."),
    ("é", "KeyS", False, None),  # a Latin letter of another keyboard is no shortcut
    ("ы", "Semicolon", False, None),
    ("1", "KeyS", False, None),
    ("Ы", "KeyS", True, "Signed."),
    ("σ", "KeyS", False, "Signed."),  # Greek
    ("і", "KeyS", False, "Signed."),  # Ukrainian: its i looks like a Latin one
    ("ד", "KeyS", False, "Signed."),  # Hebrew
    ("s", "KeyS", False, "Signed."),
    ("д", "KeyL", False, "Read, not decided yet."),
]


@pytest.mark.parametrize(("key", "code", "shift", "said"), first_of(7, KEYBOARDS))
def test_keys_work_where_a_keyboard_has_other_letters(
    room: Room, key: str, code: str, shift: bool, said: str | None
) -> None:
    """'Keys work on Cyrillic and Greek layouts (`event.code`)'."""
    pressed(room, "т", "KeyN")
    assert room.text("place") == "Letter 1 of 3"
    assert room.entries == []
    pressed(room, key, code, shift=shift)
    assert room.entries == ([] if said is None else [said])
    room.press(*["u"] * len(room.entries), "h")


@pytest.mark.parametrize(
    ("key", "shift"), first_of(2, [("؟", True), (",", True), ("?", True), ("ظ", False)])
)
def test_the_help_has_its_key_in_arabic_too(room: Room, key: str, shift: bool) -> None:
    pressed(room, key, "Slash", shift=shift)
    assert room.dialog.count() == (1 if key in "?؟" else 0)
    room.press("Escape")


def pressed(room: Room, key: str, code: str, *, shift: bool = False) -> None:
    room.page.evaluate(
        "([key, code, shiftKey]) => document.body.dispatchEvent(new KeyboardEvent('keydown', "
        "{ key, code, shiftKey, bubbles: true, cancelable: true }))",
        [key, code, shift],
    )


# ---- A browser that keeps little ---------------------------------------------------------------

#: `history.replaceState` of a browser that refuses, or drops, the next so many.
REFUSING = """
window.refused = 0;
const real = history.replaceState.bind(history);
history.replaceState = (...state) => {
  if (window.refused > 0) { window.refused -= 1; HOW; } else real(...state);
};
"""
HOWS = {
    "throws": "throw new DOMException('too often', 'SecurityError')",
    "drops": "return",
}


@pytest.mark.parametrize("how", HOWS)
def test_a_state_that_the_browser_did_not_keep_is_kept_later(
    browser: Browser, tmp_path: Path, how: str
) -> None:
    """'A save of the state that the browser throttled is tried again': Safari throws, Chromium
    drops it without a word."""
    with opened(browser, written(tmp_path)) as room:
        room.page.add_init_script(REFUSING.replace("HOW", HOWS[how]))
        room.page.clock.install()
        room.page.reload()
        room.page.evaluate("window.refused = 1")
        room.press("n")
        room.press("s")
        assert kept(room) == 1  # the next change keeps both
        room.page.evaluate("window.refused = 1")
        room.press("l")
        assert kept(room) == 1
        assert room.page.evaluate("history.state.said[0].kind") == "signed"
        room.page.clock.fast_forward(1500)
        assert room.page.evaluate("history.state.said[0].kind") == "viewed"
        assert not room.page.locator("#room-warning").is_visible()


def test_it_says_that_the_browser_keeps_nothing_and_goes_on_trying(
    browser: Browser, tmp_path: Path
) -> None:
    """'... and said if it failed'; the word goes once it is kept."""
    with opened(browser, written(tmp_path)) as room:
        room.page.add_init_script(REFUSING.replace("HOW", HOWS["throws"]))
        room.page.clock.install()
        room.page.reload()
        room.page.evaluate("window.refused = 5")
        room.press("n")
        room.page.clock.run_for(1500)
        assert not room.page.locator("#room-warning").is_visible()
        room.page.clock.run_for(3000)
        assert "does not keep what you decide" in room.text("warning")
        room.page.clock.run_for(30000)
        assert not room.page.locator("#room-warning").is_visible()
        assert room.page.evaluate("history.state.place") == 1


def kept(room: Room) -> int:
    found: int = room.page.evaluate("history.state.said.length")
    return found
