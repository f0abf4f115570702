"""A letter that exists already: the bytes that are posted, and what was read from them."""

from __future__ import annotations

from typing import Any, Final

import attrs

from ceosample.canonical import Json, digest

#: The most bytes and pages of a letter: the limits that the child process is sure to keep.
MOST_BYTES: Final = 20_000_000
MOST_PAGES: Final = 50


@attrs.frozen
class LetterPage:
    """A page of a letter.

    Attributes:
        width, height: its size as it is seen, in points.
        text: its words in reading order, a line feed between lines and two between blocks; empty
            where it is a picture alone, such as a scan.
        picture: the page as a PNG, for the screen.
    """

    width: int
    height: int
    text: str
    picture: bytes = attrs.field(repr=False)

    @property
    def has_text(self) -> bool:
        """Whether there are words on it that a program can read."""
        return bool(self.text)


@attrs.frozen
class ExistingLetter:
    """A letter that exists already as PDF, whatever program wrote it; nothing here changes it.

    Attributes:
        data: the bytes of the PDF: what is signed, and what is posted.
        pages: its pages, 1 to 50.
        source: the SHA-256 of the file that the PDF was made from; None where the PDF was given.
    """

    data: bytes = attrs.field(repr=False)
    pages: tuple[LetterPage, ...] = attrs.field(repr=False)
    source: str | None = None

    @property
    def digest(self) -> str:
        """The SHA-256 of the PDF, which ``sha256sum`` gives too: what a signature is bound to."""
        return digest(self.data)

    @property
    def text(self) -> str:
        """The words of all pages, in reading order."""
        return "\n\n".join(page.text for page in self.pages if page.has_text)

    def to_dict(self) -> dict[str, Json]:
        """What a letter's file says of it: digests, sizes and words, and no picture."""
        pages: list[Json] = [
            {
                "width": page.width,
                "height": page.height,
                "text": page.text,
                "picture": digest(page.picture),
            }
            for page in self.pages
        ]
        made: dict[str, Json] = {} if self.source is None else {"source": self.source}
        return {"sha256": self.digest, "bytes": len(self.data), "pages": pages, **made}


def is_described(value: Any) -> bool:
    """Whether a value has the form of :meth:`ExistingLetter.to_dict`."""
    pages = value.get("pages") if isinstance(value, dict) else None
    return (
        isinstance(pages, list)
        and 0 < len(pages) <= MOST_PAGES
        and isinstance(value.get("sha256"), str)
        and isinstance(value.get("bytes"), int)
        and all(
            isinstance(page, dict)
            and all(isinstance(page.get(name), str) for name in ("text", "picture"))
            and all(isinstance(page.get(name), int) for name in ("width", "height"))
            for page in pages
        )
    )
