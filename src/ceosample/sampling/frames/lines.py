"""A column of texts as bytes, and what a few passes at the speed of C prove of all of it.

A proof that fails does not say what is wrong, or that anything is. Whoever asked for it then looks
at each cell, which takes many times as long and finds the words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache, cached_property
from typing import cast

import attrs
import numpy as np
from numpy.typing import NDArray

from ceosample.text import LONGEST_NAME
from ceosample.unseen import fault_in_new_name

#: What every name may hold, and the end of a line.
_PLAIN = bytes(range(0x20, 0x7F)) + b"\n"

_DIGITS = b"0123456789abcdef\n"

_DIGEST_LENGTH = 64

#: Whole numbers in this range are names in decimal, whatever they are.
_SMALL = range(-(2**63), 2**64)

#: Longer texts are put in order one by one and not as numbers of eight bytes.
_MOST_BYTES = 64

#: So many texts are laid out at once.
_AT_ONCE = 65_536

_SPACE, _LINE_FEED = 0x20, 0x0A

#: Where composed characters are: in Unicode 14 the last is U+11938, and none that it assigns will
#: ever join with another (Unicode's stability policy, *Normalization*).
_COMPOSED = range(0xC0, 0x12000)

#: Hangul's vowels and finals (The Unicode Standard, section 3.12).
_JAMO = (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))


@attrs.frozen(slots=False, eq=False)  # a __dict__ is where cached_property keeps its values
class Lines:
    """Texts, each with a line feed behind it, in UTF-8.

    Attributes:
        data: their bytes.
        count: the number of texts.
    """

    data: bytes
    count: int

    @classmethod
    def of(cls, cells: Sequence[object]) -> Lines | None:
        """The cells as they name things; None unless all are text, or all are whole numbers."""
        kinds = {*map(type, cells)}
        if kinds == {int}:
            whole = cast("Sequence[int]", cells)
            if min(whole) not in _SMALL or max(whole) not in _SMALL:
                return None
            texts: Sequence[str] = [*map(str, whole)]
        elif kinds == {str}:
            texts = cast("Sequence[str]", cells)
        else:
            return None
        try:
            data = ("\n".join(texts) + "\n").encode()
        except UnicodeEncodeError:  # a lone surrogate
            return None
        return cls.of_bytes(data, len(cells))

    @classmethod
    def of_bytes(cls, data: bytes, count: int) -> Lines | None:
        """Texts that were joined elsewhere; None unless they are so many, and one at least."""
        return cls(data, count) if count and data.count(b"\n") == count else None

    @cached_property
    def _bytes(self) -> NDArray[np.uint8]:
        return np.frombuffer(self.data, np.uint8)

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        return np.flatnonzero(self._bytes == _LINE_FEED)

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        return np.concatenate(([0], self._ends[:-1] + 1))

    @cached_property
    def _lengths(self) -> NDArray[np.int64]:
        return self._ends - self._starts

    @cached_property
    def are_names(self) -> bool:
        """Whether each text is a name that a new frame can have."""
        return (
            self._are_seen_and_normal
            and bool(self._lengths.min() >= 1)
            and bool(self._lengths.max() <= LONGEST_NAME)
            and not (self._bytes[self._starts] == _SPACE).any()
            and not (self._bytes[self._ends - 1] == _SPACE).any()
        )

    @property
    def _are_seen_and_normal(self) -> bool:
        """Whether each character can be in a name, and each text is in Unicode's form NFC."""
        others = {*self.data.translate(None, _PLAIN).decode()}
        if all(map(is_stable, others)):
            return True
        # A line feed joins with nothing, so all texts are in NFC if what they make together is.
        return all(map(_may_stand, others)) and unicodedata.is_normalized("NFC", self.data.decode())

    def are_digests(self) -> bool:
        """Whether each text is 64 lower-case hexadecimal digits."""
        same = bool((self._lengths == _DIGEST_LENGTH).all())
        return same and not self.data.translate(None, _DIGITS)

    def order(self) -> NDArray[np.int64] | None:
        """The numbers of the rows by the bytes of their texts; None where two are the same."""
        if self._lengths.max() > _MOST_BYTES:
            texts = self.data.split(b"\n")[:-1]
            order = np.array(sorted(range(self.count), key=texts.__getitem__))
            return order if len({*texts}) == self.count else None
        keys = self._keys()
        order = np.argsort(keys[0]) if len(keys) == 1 else np.lexsort(keys[::-1])
        same = np.ones(self.count - 1, bool)
        for key in keys:
            ordered = key[order]
            same &= ordered[1:] == ordered[:-1]
        return None if same.any() else order

    def _keys(self) -> list[NDArray[np.uint64]]:
        """Whole numbers that are in the order of the texts, the first of them first."""
        padded = self._padded[:, :-1]
        differ = padded[:, (padded != padded[0]).any(axis=0)]  # ids as a rule begin with the same
        eights = max(1, -(-differ.shape[1] // 8))
        whole = np.zeros((self.count, 8 * eights), np.uint8)
        whole[:, : differ.shape[1]] = differ
        return [*whole.view(">u8").astype(np.uint64).T]

    def taken(self, rows: NDArray[np.int64]) -> bytes:
        """Some of the texts, each with its line feed, in the order of their numbers here."""
        if self._lengths.max() > _MOST_BYTES:
            every = self.data.split(b"\n")
            return b"".join([every[row] + b"\n" for row in rows])
        return self._padded[rows].tobytes().translate(None, b"\0")

    @cached_property
    def _padded(self) -> NDArray[np.uint8]:
        """A row of bytes for each text and its line feed, and zeros; no name holds one."""
        width = int(self._lengths.max()) + 1
        if self._lengths.min() == width - 1:
            return self._bytes.reshape(self.count, width)
        padded = np.zeros((self.count, width), np.uint8)
        for start in range(0, self.count, _AT_ONCE):  # the masks of all would be as large again
            rows = slice(start, start + _AT_ONCE)
            held = np.arange(width) <= self._lengths[rows, None]
            padded[rows][held] = self._bytes[self._starts[start] : self._ends[rows][-1] + 1]
        return padded


@cache
def is_stable(character: str) -> bool:
    """Whether a name may hold a character that is not ASCII, whatever stands before or behind it.

    Such a character is seen, and a text of such characters alone is in Unicode's normal form NFC:
    each is a starter, and none can join with what stands before it.
    """
    return (
        _may_stand(character)
        and unicodedata.combining(character) == 0
        and character not in _joined()
    )


@cache
def _may_stand(character: str) -> bool:
    """Whether a character can be in a name, where the name is in NFC."""
    return fault_in_new_name(character) is None


@cache
def _joined() -> frozenset[str]:
    """Characters that can join with the one before them: those that end a decomposition."""
    found = {chr(number) for number in _JAMO}  # Hangul's are an algorithm and stand in no table
    for number in _COMPOSED:
        parts = unicodedata.decomposition(chr(number)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            found.add(chr(int(parts[1], 16)))
    return frozenset(found)
