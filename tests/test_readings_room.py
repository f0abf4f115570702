"""The room of a population of readings: what it offers, in its own words, by keyboard."""

from __future__ import annotations

import json
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser

import ceosample as cs
from browser import opened
from rooms import pack_of

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
PASSPHRASE = "abcd-efgh-jkmn-pqrs-tv00"


def reading(number: int) -> dict[str, dict[str, str]]:
    body = "Bot: Hello.\n\nCustomer: Give it back. " + "A word or two more. " * 20
    letter = {"subject": f"Fee {number}", "channel": "Chat", "when": "2026-10-05", "body": body}
    return {"letter": letter, "docket": {"owner": "h-1", "author": "bot-1", "division": "Cards"}}


READINGS = pack_of({f"C-{n}": reading(n) for n in range(1, 4)}, kind="reading")


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE], ids=["open", "sealed"])
def test_a_room_of_readings_offers_what_fits(
    browser: Browser, tmp_path: Path, passphrase: str | None
) -> None:
    """'Signing is refused with a reason; decisions of the room offer what fits'"""
    file = tmp_path / "room.html"
    file.write_bytes(READINGS.room(passphrase=passphrase))
    with opened(browser, file, viewport={"width": 1200, "height": 900}) as room:
        page = room.page
        if passphrase is not None:
            page.get_by_label("Passphrase", exact=True).fill(passphrase)
            room.press("Enter")
        room.button("Save decisions").wait_for()
        assert page.get_by_role("heading", level=1).inner_text() == "To be read"
        room.press("n")
        offered = page.locator("#room-choices button").evaluate_all(
            "all => all.map((one) => one.dataset.kind)"
        )
        assert offered == [
            "read", "escalated_to_board", "taken_over", "viewed", "finding", "recognition",
            "contact", "eligibility_questioned", "note",
        ]  # fmt: skip
        room.press("s", "n", "l", "n", "e")
        room.submit()
        assert (room.text("place"), room.entries) == ("Reading 3 of 3", ["Escalated to the board."])
        assert room.text("tally").startswith("2 of 3 decided")
        for width in (1200, 390):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.evaluate(AXE)
            found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
            assert [one["id"] for one in found["violations"]] == []
            for part in ("main", "#room-bar", "#room-choices", "body > header"):
                text = page.locator(part).inner_text().casefold()
                assert "sign" not in text.replace("for signature", "")
                assert "letter" not in text
        room.button("Save decisions").click()
        with page.expect_download() as download:
            room.button("Save the file").click()
        data = Path(download.value.path()).read_bytes()
        found = cs.Decisions.from_json(data, passphrase=passphrase)
        assert [one.kind for one in found.decisions] == ["read", "viewed", "escalated_to_board"]
        assert found.decisions[0].what["letter"] == READINGS.letters[0].digest


def test_letters_and_readings_are_told_apart_in_their_files() -> None:
    assert READINGS.fields["reading"] is True
    assert json.loads(READINGS.letters[0].data)["reading"] is True
    shown = READINGS.rendered["pack.html"].decode().partition("<body>")[2]
    assert "approv" not in shown
    assert 'class="signature"' not in shown
