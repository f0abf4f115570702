"""Make README's pictures of the demonstration's month: signing-room.png and letter.png.

python docs/readme_pictures.py [FOLDER]      (FOLDER: docs, if you name none; Chromium is needed)

Pixels depend on the browser and its fonts, words do not. Each file holds the words that it shows,
as its PNG text `Description`, and a test compares them with those of a picture made anew.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pypdfium2
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Browser, sync_playwright

from ceosample.demo.story import PERIOD, perform

#: The letter that both pictures show: the first of the pack.
LETTER: Final = "R-C7YJ7D"

#: Pixels of a picture; the letter has two pages.
WIDTH, HEIGHT, PAGES = 1240, 876, 2
EDGE: Final = "#c9ced2"

#: Greys and the one green of the room need no more, and the files stay small.
COLOURS: Final = 48

#: What Chromium is called, the one without a window first: it takes a quarter of the processor.
BROWSERS: Final = ("chromium-headless-shell", "chromium")


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, as long as it is needed."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []  # it refuses to be root's in a sandbox
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, BROWSERS)), None),
            args=["--disable-gpu", *as_root],
        )


def signing_room(page: Path, browser: Browser) -> tuple[Image.Image, str]:
    """The signing room at its first letter, and its words."""
    tab = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
    tab.goto(page.as_uri())
    tab.keyboard.press("n")
    shown = tab.screenshot(animations="disabled")
    words = tab.inner_text("body")
    tab.close()
    return Image.open(io.BytesIO(shown)), words


def letter(file: Path) -> tuple[Image.Image, str]:
    """The pages of a letter, side by side, and their words."""
    pages = list(pypdfium2.PdfDocument(file))
    width = WIDTH // PAGES
    sheet = Image.new("RGB", (WIDTH, HEIGHT), "white")
    for place, page in enumerate(pages):
        drawn = page.render(scale=width / page.get_width()).to_pil()
        framed = ImageOps.expand(drawn.crop((1, 1, width - 1, HEIGHT - 1)), 1, EDGE)
        sheet.paste(framed, (place * width, 0))
    return sheet, " ".join(page.get_textpage().get_text_bounded() for page in pages)


def save(shown: Image.Image, words: str, path: Path) -> None:
    """Write a picture in few colours, with its words."""
    about = PngInfo()
    about.add_itxt("Description", " ".join(words.split()))
    few = shown.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True, pnginfo=about)


def make(demonstration: Path, browser: Browser, folder: Path) -> None:
    """Write both pictures of a demonstration into a folder."""
    pack = demonstration / "packs" / PERIOD
    save(*signing_room(pack / "room.html", browser), folder / "signing-room.png")
    (file,) = (pack / "letters").glob(f"*-{LETTER}.pdf")
    save(*letter(file), folder / "letter.png")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place, chromium() as started:
        perform(Path(place))
        into = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
        make(Path(place), started, into)
