"""A page's pixels as a small PNG: sixteen levels of grey, or of each colour, are enough to read."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

_PNG: Final = b"\x89PNG\r\n\x1a\n"

#: The distance of two of sixteen levels.
_STEP: Final = 17

#: A grey pixel is its one level, three times.
_THRICE: Final = 0x010101

#: So many rows are worked on at once: few enough to stay in a processor's cache.
_ROWS: Final = 32

_GREY, _COLOUR = 0, 2


def png_of(pixels: bytes, width: int, height: int) -> bytes:
    """The PNG of an image.

    Args:
        pixels: four bytes for each, row by row: red, green, blue, and one that means nothing.
        width, height: of the image, in pixels.
    """
    greys: list[bytes] = []
    for levels in _strips(pixels, width):
        # Rounded, the smoothing of a black letter's edge is grey.
        red = levels & 0xFF
        if not np.array_equal(red * _THRICE, levels & 0xFFFFFF):
            colours = b"".join(map(_in_colour, _strips(pixels, width)))
            return _png(colours, width, height, depth=8, colour=_COLOUR)
        greys.append(_in_grey(red.astype(np.uint8)))
    return _png(b"".join(greys), width, height, depth=4, colour=_GREY)


def _strips(pixels: bytes, width: int) -> Iterator[Any]:
    """Some rows after the other: each pixel's levels, as one number."""
    size = _ROWS * width * 4
    for first in range(0, len(pixels), size):
        strip = np.frombuffer(pixels[first : first + size], np.uint8)
        # The nearest level, round(value / 17), without a division.
        levels = (strip.astype(np.uint16) * 15 + 135) >> 8
        yield levels.astype(np.uint8).view("<u4").reshape(-1, width)


def _in_grey(levels: Any) -> bytes:
    """Rows of two pixels a byte; a last one without its second has white behind it."""
    if levels.shape[1] % 2:
        levels = np.pad(levels, ((0, 0), (0, 1)), constant_values=15)
    pairs = levels.view("<u2")
    return _unfiltered((pairs << 4 | pairs >> 8).astype(np.uint8))


def _in_colour(levels: Any) -> bytes:
    """Rows of three bytes a pixel."""
    colours = levels.view(np.uint8).reshape(*levels.shape, 4)[:, :, :3]
    return _unfiltered((colours * _STEP).reshape(len(levels), -1))


def _unfiltered(rows: Any) -> bytes:
    """Rows, each after the number of its filter, which is none."""
    numbered = np.zeros((len(rows), rows.shape[1] + 1), np.uint8)
    numbered[:, 1:] = rows
    return numbered.tobytes()


def _png(rows: bytes, width: int, height: int, *, depth: int, colour: int) -> bytes:
    size = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = ((b"IHDR", size), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return _PNG + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
