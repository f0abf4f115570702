"""The two files of a frame in which nothing is wrong, each read once.

A file with a line that is not written as ours are is left to the strict reader, which says what is
wrong with it, if anything is.
"""

from __future__ import annotations

import csv
import hashlib
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from operator import lt
from typing import TYPE_CHECKING

import attrs

from ceosample.files import Contents, chunks_of
from ceosample.sampling.frames.cells import exclusion_code
from ceosample.sampling.frames.manifest import LONGEST_FIELD, field, has_content
from ceosample.sampling.frames.rows import MOST_REASONS
from ceosample.sampling.frames.strata import Stratum
from ceosample.unseen import fault_in_new_name

if TYPE_CHECKING:
    from ceosample.sampling.frames.lines import Lines


#: So many bytes are looked at at once.
_AT_ONCE = 1 << 17

_COMMA, _LINE_FEED = b",\n"


@attrs.frozen
class Part:
    """Some lines of a file, in columns.

    Attributes:
        ids: the ids.
        tails: what is behind the ids: the values of the strata, or the reason, as they are written.
        contents: the last column, where it is that of contents; else nothing.
    """

    ids: list[bytes]
    tails: list[bytes]
    contents: list[bytes]


def tail_of(stratum: Stratum) -> bytes:
    """What is behind the ids of a stratum in a file."""
    return ",".join(map(field, stratum)).encode()


@attrs.frozen
class Found:
    """What the two files of a frame hold.

    Attributes:
        headers: the names of their columns.
        digests: the SHA-256 of each.
        sizes: the number of eligible responses in each stratum.
        reasons: the number of the others, by reason.
        unseen: the code points in ids and strata that are not seen, each once.
        plain: whether the lines are written as ours are, so that they need no strict reader.
    """

    headers: tuple[list[str], list[str]]
    digests: tuple[str, str]
    sizes: Mapping[Stratum, int]
    reasons: Mapping[str, int]
    unseen: str = ""
    plain: bool = False


class NotProved(Exception):
    """A file whose lines must be looked at one by one."""


def proved_files(
    manifest: Contents, excluded: Contents, tell: Callable[[int], None] = lambda done: None
) -> Found | None:
    """Read both files; None where it is not proved that nothing is wrong with them.

    Args:
        manifest, excluded: the files.
        tell: is told how many lines of the manifest were read.
    """
    units, others = _File(manifest), _File(excluded)
    try:
        _require_apart(units, others, tell)
        sizes = units.counts()
        reasons = {value: exclusion_code(*value) for value in others.counts()}
    except (NotProved, ValueError, TypeError):  # bytes that are no text; what is no reason
        return None
    named = not any(map(fault_in_new_name, chain.from_iterable(sizes)))
    if not named or len(reasons) > MOST_REASONS:
        return None
    return Found(
        headers=(units.header, others.header),
        digests=(units.digest, others.digest),
        sizes=sizes,
        reasons={reasons[value]: count for value, count in others.counts().items()},
        plain=True,
    )


def parts_of(data: Contents) -> Iterator[Part]:
    """The lines below the header of a file that was proved before.

    Raises:
        NotProved: it is another file by now.
    """
    header: list[str] = []
    for block in _blocks(data):
        if not header:
            first, _, block = block.partition(b"\n")
            header = _values(first)
        if block:
            yield _split(block, header)


class _File:
    """A file as it is read, once: its header, its digest, and how often values stand in it."""

    def __init__(self, data: Contents) -> None:
        self._data = data
        self._last = b""
        self._tails: Counter[bytes] = Counter()
        self.header: list[str] = []
        self.digest = ""
        self.count = 0

    def counts(self) -> dict[Stratum, int]:
        """How often values stand in it.

        Raises:
            NotProved: some are not written as ours are, or are not as many as the header has.
        """
        width = len(self.header) - has_content(self.header) - 1
        found = {
            tuple(_values(tail)) if tail or width else (): n for tail, n in self._tails.items()
        }
        if {*map(len, found)} - {width}:
            raise NotProved
        return found

    def parts(self) -> Iterator[Part]:
        """The lines below the header, once they are proved.

        Raises:
            NotProved: some are not.
            UnicodeDecodeError: the bytes are no text.
        """
        state = hashlib.sha256()
        for block in _blocks(self._data):
            state.update(block)
            if b"\r" in block:
                raise NotProved
            if not block.isascii():
                block.decode()
            if not self.header:
                first, _, block = block.partition(b"\n")
                self.header = _values(first)
                if self.header[0] != "unit_id" or len(first) > LONGEST_FIELD:
                    raise NotProved
            if block:
                yield self._proved(_split(block, self.header))
        self.digest = state.hexdigest()
        if not self.header:
            raise NotProved

    def _proved(self, part: Part) -> Part:
        ids = part.ids
        named = _lines(ids).are_names
        ascending = all(map(lt, [self._last, *ids], ids))
        digests = not part.contents or _lines(part.contents).are_digests()
        if not (named and ascending and digests):
            raise NotProved
        self._last = ids[-1]
        self.count += len(ids)
        self._tails.update(part.tails)
        return part


def _lines(texts: list[bytes]) -> Lines:
    # Its numpy is what a command need not wait for that verifies nothing.
    from ceosample.sampling.frames.lines import Lines

    return Lines(b"\n".join([*texts, b""]), len(texts))


def _require_apart(units: _File, others: _File, tell: Callable[[int], None]) -> None:
    """Read both files to their ends, side by side; no id may be in both."""
    left_out = (part.ids for part in others.parts())
    waiting: list[bytes] = next(left_out, [])
    for part in units.parts():
        tell(units.count)
        ids = part.ids
        while waiting:
            place = bisect_right(waiting, ids[-1])
            if not {*waiting[:place]}.isdisjoint(ids):
                raise NotProved
            if place < len(waiting):
                waiting = waiting[place:]
                break
            waiting = next(left_out, [])
    deque(left_out, maxlen=0)


def _blocks(data: Contents) -> Iterator[bytes]:
    """The bytes in pieces that end where a line does.

    Raises:
        NotProved: the last line does not.
    """
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks_of(data):
        waiting.append(bytes(chunk))
        size += len(chunk)
        if size >= _AT_ONCE and b"\n" in waiting[-1]:
            whole, line_feed, tail = b"".join(waiting).rpartition(b"\n")
            yield whole + line_feed
            waiting, size = [tail], len(tail)
    last = b"".join(waiting)
    if last and not last.endswith(b"\n"):
        raise NotProved
    if last:
        yield last


def _split(block: bytes, header: Sequence[str]) -> Part:
    """Lines as columns.

    Raises:
        NotProved: a line is not as wide as the header.
    """
    if b'"' in block:
        return _split_by_line(block, header)
    import numpy as np

    data = np.frombuffer(block, np.uint8)
    marks = np.flatnonzero((data == _COMMA) | (data == _LINE_FEED))
    width, contents = len(header), has_content(header)
    count = len(marks) // width
    ends = marks[width - 1 :: width]
    if len(marks) % width or block.count(b"\n") != count or (data[ends] != _LINE_FEED).any():
        raise NotProved
    # Behind the id, and before the content, a line feed for the comma: C then splits by one mark.
    cuts = {0, width - 1 - contents} - {width - 1}
    apart = data.copy()
    for place in cuts:
        apart[marks[place::width]] = _LINE_FEED
    fields = apart.tobytes().split(b"\n")[:-1]
    step = len(cuts) + 1
    has_tail = width - contents > 1
    return Part(
        ids=fields[::step],
        tails=fields[1::step] if has_tail else [b""] * count,
        contents=fields[step - 1 :: step] if contents and width > 1 else [],
    )


def _split_by_line(block: bytes, header: Sequence[str]) -> Part:
    """Lines as columns, where a field holds a comma or a quotation mark.

    What is behind the ids is not read here: of a million rows there are few that differ.

    Raises:
        NotProved: an id is not written as ours are, or nothing is behind it where something should.
    """
    lines = block.split(b"\n")[:-1]
    contents: list[bytes] = []
    if has_content(header):
        cut = [line.rpartition(b",") for line in lines]
        lines, contents = [line for line, _, _ in cut], [content for _, _, content in cut]
    parted = [_quoted_id(line) if line[:1] == b'"' else line.partition(b",") for line in lines]
    bare = [one for line, (one, _, _) in zip(lines, parted, strict=True) if line[:1] != b'"']
    has_tail = len(header) - has_content(header) > 1
    if b'"' in b"".join(bare) or {mark for _, mark, _ in parted} != {b"," if has_tail else b""}:
        raise NotProved
    return Part([one for one, _, _ in parted], [tail for _, _, tail in parted], contents)


def _quoted_id(line: bytes) -> tuple[bytes, bytes, bytes]:
    """An id that is written in quotation marks, the comma behind it, and what is behind that."""
    unit_id = _values(line)[0]
    written = len(field(unit_id).encode())
    return unit_id.encode(), line[written : written + 1], line[written + 1 :]


def _values(line: bytes) -> list[str]:
    """The fields of a line.

    Raises:
        NotProved: it is no text, or not written as ours are.
    """
    try:
        text = line.decode()
        rows = [*csv.reader([text], strict=True)] if '"' in text else [text.split(",")]
    except (UnicodeDecodeError, csv.Error):
        raise NotProved from None
    if len(rows) != 1 or ",".join(map(field, rows[0])) != text:
        raise NotProved
    return rows[0]
