"""A page's pixels as a small PNG: sixteen levels of grey, or of each colour, are enough to read."""

from __future__ import annotations

import struct
import zlib
from typing import Any, Final

import numpy as np

_PNG: Final = b"\x89PNG\r\n\x1a\n"

#: The distance of two of sixteen levels.
_STEP: Final = 17

#: Each byte's nearest level.
_LEVELS: Final = np.array([round(value / _STEP) for value in range(256)], dtype=np.uint8)

_GREY, _COLOUR = 0, 2


def png_of(pixels: Any) -> bytes:
    """The PNG of an image.

    Args:
        pixels: an array of rows, of pixels, of red, green and blue from 0 to 255.
    """
    # Rounded, the smoothing of a black letter's edge is grey.
    levels = _LEVELS[pixels]
    red, green, blue = (levels[:, :, channel] for channel in range(3))
    height, width = red.shape
    if np.array_equal(red, green) and np.array_equal(red, blue):
        even = np.pad(red, ((0, 0), (0, width % 2)), constant_values=15)
        return _png(even[:, 0::2] << 4 | even[:, 1::2], width, height, depth=4, colour=_GREY)
    return _png((levels * _STEP).reshape(height, -1), width, height, depth=8, colour=_COLOUR)


def _png(rows: Any, width: int, height: int, *, depth: int, colour: int) -> bytes:
    size = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    unfiltered = np.pad(rows, ((0, 0), (1, 0))).tobytes()  # each row after the number of its filter
    parts = ((b"IHDR", size), (b"IDAT", zlib.compress(unfiltered, 6)), (b"IEND", b""))
    return _PNG + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
