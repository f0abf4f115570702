"""What a digital signature looks like: a small page, set once for a whole month by Typst.

The page is drawn into the field of every letter. Its fonts are embedded, as PDF/A wants it.
"""

from __future__ import annotations

import datetime as dt
import json
import struct
import tempfile
import zlib
from collections.abc import Iterator
from importlib import resources
from typing import Any, Final

from ceosample.days import day_of, local
from ceosample.errors import LetterError
from ceosample.letters import child_process
from ceosample.letters.pdf import typeset
from ceosample.letters.pdf.fonts import families, fonts_of
from ceosample.letters.pdf.in_words import in_words

#: Typst's points: a field of 72 mm, as long as the rule, and 18 mm of the 22 mm above it.
WIDTH: Final = 204.09
HEIGHT: Final = 51.02

#: What is said above the name. It claims no legal grade: that is the certificate's to say.
WORDS: Final = "Digitally signed by"

#: A picture of a signature needs no more, and a bomb needs less than it unpacks to.
LARGEST_FILE: Final = 500_000
LARGEST_SIDE: Final = 2_000

_PNG: Final = b"\x89PNG\r\n\x1a\n"
#: Colour type to samples a pixel.
_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def set_appearance(
    name: str, at: dt.datetime, *, image: bytes | None = None, fonts: str | None = None
) -> bytes:
    """The page that is drawn into the field, as a PDF of one page.

    Args:
        name: the signer's name, from the certificate.
        at: when; aware.
        image: a picture of the signature, PNG, from ``plain_png``; None without one.
        fonts: a folder of fonts for scripts that Typst's own fonts lack.

    Raises:
        LetterError: it cannot be set, because no font has a character of the name.
    """
    data = {
        "width": WIDTH,
        "height": HEIGHT,
        "words": WORDS,
        "name": name,
        "time": local(at).strftime("%Y-%m-%d %H:%M UTC"),
        "image": None if image is None else list(image),
    }
    made = next(iter(child_process.run(job, [(data, day_of(at), fonts)], typeset.LIMITS)))
    if not isinstance(made, bytes):
        said = made.message if isinstance(made, child_process.Failure) else made
        raise LetterError(f"signature of {name}: {said}")
    return made


def job(order: tuple[dict[str, Any], dt.date, str | None]) -> bytes:
    """The PDF of one appearance; the worker calls this.

    Raises:
        ValueError: Typst's message, in words.
    """
    import typst

    data, date, fonts = order
    source = resources.files("ceosample.letters") / "templates" / "signature.typ"
    data["fonts"] = [] if fonts is None else families(fonts)
    with tempfile.TemporaryDirectory() as root:
        try:
            made = typst.Compiler(
                source.read_bytes(),
                root=root,
                font_paths=fonts_of(fonts),
                ignore_system_fonts=True,
                sys_inputs={"data": json.dumps(data)},
            ).compile(
                format="pdf",
                # The field's tag is the letter's; marks of another structure would contradict it.
                pdf_standards=["a-2b"],
                pdf_tags=False,
                timestamp=dt.datetime.combine(date, dt.time(), dt.UTC),
            )
        except typst.TypstError as error:
            raise ValueError(in_words(error.message)) from None
    if not isinstance(made, bytes):
        raise ValueError("Typst gave no document")
    return made


def plain_png(data: bytes) -> bytes:
    """A PNG of its picture alone, unpacked here under a limit before any other program does.

    Raises:
        LetterError: not a PNG, too large, or damaged.
    """
    try:
        return _plain_png(data)
    except (ValueError, zlib.error) as error:
        raise LetterError(
            f"signature image: got {error}; give a PNG of at most {LARGEST_FILE} bytes and "
            f"{LARGEST_SIDE} by {LARGEST_SIDE} pixels"
        ) from None


def _plain_png(data: bytes) -> bytes:
    if not data.startswith(_PNG):
        raise ValueError("a file that is not a PNG")
    if len(data) > LARGEST_FILE:
        raise ValueError(f"{len(data)} bytes")
    chunks = list(_chunks(data))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13:
        raise ValueError("a damaged PNG, which does not begin with its size")
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if not 0 < width <= LARGEST_SIDE or not 0 < height <= LARGEST_SIDE:
        raise ValueError(f"{width} by {height} pixels")
    if colour not in _SAMPLES or depth not in (1, 2, 4, 8, 16) or interlaced:
        raise ValueError("a PNG of a kind that is not accepted (interlaced, or damaged)")
    rows = height * (1 + (width * depth * _SAMPLES[colour] + 7) // 8)
    unpacked = zlib.decompressobj()
    packed = b"".join(body for kind, body in chunks if kind == b"IDAT")
    if len(unpacked.decompress(packed, rows + 1)) != rows or not unpacked.eof:
        raise ValueError("a damaged PNG, whose picture does not unpack to its size")
    kept = [(kind, body) for kind, body in chunks if kind in (b"IHDR", b"PLTE", b"tRNS", b"IDAT")]
    return _PNG + b"".join(_chunk(kind, body) for kind, body in [*kept, (b"IEND", b"")])


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_PNG)
    while place < len(data):
        length = int.from_bytes(data[place : place + 4])
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        if data[place : place + 12 + length] != _chunk(kind, body):
            raise ValueError("a damaged PNG, with a wrong checksum or without its end")
        yield kind, body
        place += 12 + length


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
