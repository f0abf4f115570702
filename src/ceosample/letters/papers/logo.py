"""The logo of a letterhead: checked, drawn anew as one small PNG, shown with words for it.

Typst draws it, in the child process: neither the page nor the PDF holds a byte of the file that was
given. So nothing in it can run, fetch or hide, whatever a check of the file overlooked.
"""

from __future__ import annotations

import base64
import binascii
import json
import tempfile
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any, Final

import attrs

from ceosample import files
from ceosample.canonical import Json, digest, is_digest
from ceosample.errors import LetterError, RecordError, raise_faults
from ceosample.form import is_count
from ceosample.got import kind_of
from ceosample.letters import child_process
from ceosample.letters.papers import logo_check
from ceosample.letters.pdf import typeset
from ceosample.letters.pdf.fonts import compiler_of
from ceosample.result import Result
from ceosample.text import fault_in_title, printable

#: The name of the file in a pack.
LOGO: Final = "logo.png"

#: Pixels an inch, on paper.
DOTS: Final = 300

#: The box of pixels into which a logo is drawn: on paper 64 mm by 16 mm.
WIDTH: Final = 756
HEIGHT: Final = 189

#: It is in each letter of the pack's page, so it must be small.
MOST_DRAWN: Final = 100_000

#: What one logo may use.
LIMITS: Final = child_process.Limits(seconds=20, megabytes=4096)

_DRAW: Final = b"""
#let given = json(bytes(sys.inputs.data))
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#let shown = image(given.name)
#layout(_ => {
  let size = measure(shown)
  let scale = calc.min(given.width * 1pt / size.width, given.height * 1pt / size.height)
  let most = if given.grows { scale } else { calc.min(scale, given.pixels * 1pt / size.width) }
  image(given.name, width: size.width * most)
})
"""


@attrs.frozen
class Logo(Result):
    """A logo for the head of letters; what ``Logo.load`` returns.

    Attributes:
        data: the PNG that was drawn from the file.
        alt: what a screen reader says in its place, such as the firm's name.
        source: the SHA-256 of the file that was given.
        width, height: of the PNG, in pixels.
    """

    data: bytes = attrs.field(repr=False)
    alt: str
    source: str
    width: int
    height: int

    @classmethod
    def load(cls, given: str | Path | bytes, alt: str) -> Logo:
        """The logo of a PNG or an SVG, given as its path or its bytes.

        Args:
            given: up to 1 MB; a PNG of up to 4,000,000 pixels.
            alt: what a screen reader says in its place.

        Raises:
            LetterError: every reason for which it is none: damaged, too large, animated, or an SVG
                with a script, text, a picture, a filter or a reference to something outside of it.
            MissingPartError: Typst, which draws it, is not installed.
        """
        data = _read(given)
        fault = fault_in_title(alt, "alt")
        is_png = data.startswith(logo_check.PNG)
        faults = [] if fault is None else [fault]
        if len(data) > logo_check.MOST_BYTES:
            faults.append(f"got more than {logo_check.MOST_BYTES} bytes; give a smaller file")
        elif is_png:
            faults += logo_check.faults_of_png(data)
        else:
            faults += logo_check.faults_of_svg(data)
        raise_faults(LetterError, (f"logo: {fault}" for fault in faults))
        typeset.require_installed()
        drawn = _drawn(data, is_png=is_png)
        width, height = (int.from_bytes(drawn[at : at + 4], "big") for at in (16, 20))
        return cls(drawn, alt, digest(data), width, height)

    @property
    def digest(self) -> str:
        """The SHA-256 of the PNG."""
        return digest(self.data)

    def to_dict(self) -> dict[str, Json]:
        """What the pack and each letter say of it."""
        return {
            "alt": self.alt,
            "sha256": self.digest,
            "source": self.source,
            "width": self.width,
            "height": self.height,
        }


def is_logo(value: Any) -> bool:
    """Whether a value has the form of :meth:`Logo.to_dict`."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("alt"), str)
        and all(is_digest(value.get(name)) for name in ("sha256", "source"))
        and all(is_count(value.get(name), 1) for name in ("width", "height"))
    )


def html_of(said: Mapping[str, Any], source: str) -> str:
    """A logo at the head of a letter on a page.

    Args:
        said: what the letter says of it.
        source: its PNG in Base64.
    """
    return html_at(said, f"data:image/png;base64,{source}")


def html_at(said: Mapping[str, Any], address: str) -> str:
    """A logo at the head of a letter, with its PNG at an address.

    Args:
        said: what the letter says of it.
        address: the address, which is ours and needs no escaping.
    """
    # In CSS pixels, of which an inch has 96, as large as on paper.
    width, height = (round(said[name] * 96 / DOTS) or 1 for name in ("width", "height"))
    return (
        f'<p><img alt="{escape(said["alt"])}" width="{width}" height="{height}" '
        f'src="{address}"></p>\n'
    )


def shows(said: dict[str, Any], source: str) -> bool:
    """Whether a picture in Base64 is the logo that a letter names."""
    try:
        return digest(base64.b64decode(source, validate=True)) == str(said["sha256"])
    except binascii.Error:
        return False


def _read(given: object) -> bytes:
    if isinstance(given, bytes):
        return given
    if not isinstance(given, str | Path):
        raise LetterError(f"logo: got {kind_of(given)}; give the path of a PNG or an SVG")
    path = Path(given)
    try:
        with files.opened(path) as file:
            return file.read(logo_check.MOST_BYTES + 1)
    except (OSError, RecordError, ValueError):
        where = printable(str(path))
        raise LetterError(
            f"logo: {where}: not there, or no file; give the path of a PNG or an SVG"
        ) from None


def _drawn(data: bytes, *, is_png: bool) -> bytes:
    pixels = int.from_bytes(data[16:20], "big") if is_png else 0
    (made,) = child_process.run(job, [(data, is_png, pixels)], LIMITS)
    if isinstance(made, child_process.Failure):
        raise LetterError("logo: cannot be drawn; save it again as PNG, or as plain SVG")
    if len(made) > MOST_DRAWN:
        raise LetterError(
            f"logo: got {len(made)} bytes once it was drawn small; give a plainer one, of at most "
            f"{MOST_DRAWN}"
        )
    return bytes(made)


def job(order: tuple[bytes, bool, int]) -> bytes:
    """The PNG of one logo; the child calls this."""
    data, is_png, pixels = order
    name = "logo.png" if is_png else "logo.svg"
    asked = {
        "name": f"/{name}", "width": WIDTH, "height": HEIGHT, "pixels": pixels, "grows": not is_png
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as root:
        (Path(root) / name).write_bytes(data)
        compiler = compiler_of(_DRAW, root, None, {"data": json.dumps(asked)})
        made = compiler.compile(format="png", ppi=72)
    if not isinstance(made, bytes):
        raise ValueError("the logo has no size")
    return made
