"""The two files of a frame in which nothing is wrong, each read once.

A file that holds a quotation mark, or anything else that is not plain, is left to the strict
reader, which says what is wrong with it, if anything is.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from operator import lt

import attrs

from ceosample.files import Contents, chunks_of
from ceosample.sampling.frames.cells import exclusion_code
from ceosample.sampling.frames.manifest import has_content
from ceosample.sampling.frames.rows import MOST_REASONS
from ceosample.sampling.frames.strata import Stratum
from ceosample.unseen import fault_in_new_name


@attrs.frozen
class Part:
    """Some lines of a file, in columns.

    Attributes:
        text: the ids, each with a line feed behind it.
        values: those of the strata, or the reason alone.
        contents: the last column, where it is that of contents; else nothing.
    """

    text: str
    values: Sequence[Stratum]
    contents: Sequence[str] = ()

    @property
    def ids(self) -> list[str]:
        """The ids."""
        return self.text.split("\n")[:-1]


@attrs.frozen
class Found:
    """What the two files of a frame hold.

    Attributes:
        headers: the names of their columns.
        digests: the SHA-256 of each.
        sizes: the number of eligible responses in each stratum.
        reasons: the number of the others, by reason.
        unseen: the code points in ids and strata that are not seen, each once.
        plain: whether every comma ends a field, so that lines need no strict reader.
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
        reasons = {value: exclusion_code(*value) for value in others.counts}
    except (NotProved, ValueError, TypeError):  # bytes that are no text; what is no reason
        return None
    named = not any(map(fault_in_new_name, chain.from_iterable(units.counts)))
    if not named or len(reasons) > MOST_REASONS:
        return None
    return Found(
        headers=(units.header, others.header),
        digests=(units.digest, others.digest),
        sizes=units.counts,
        reasons={reasons[value]: count for value, count in others.counts.items()},
        plain=True,
    )


def parts_of(data: Contents) -> Iterator[Part]:
    """The lines below the header of a file that was proved before.

    Raises:
        NotProved: it is another file by now.
    """
    header: list[str] = []
    for block in _blocks(data):
        text = block.decode(errors="replace")
        if not header:
            first, _, text = text.partition("\n")
            header = first.split(",")
        if text:
            yield _split(text, header)


class _File:
    """A file as it is read, once: its header, its digest, and how often values stand in it."""

    def __init__(self, data: Contents) -> None:
        self._data = data
        self._last = ""
        self.header: list[str] = []
        self.digest = ""
        self.counts: Counter[Stratum] = Counter()

    def parts(self) -> Iterator[Part]:
        """The lines below the header, once they are proved.

        Raises:
            NotProved: some are not.
            UnicodeDecodeError: the bytes are no text.
        """
        state = hashlib.sha256()
        for block in _blocks(self._data):
            state.update(block)
            if b'"' in block or b"\r" in block:
                raise NotProved
            text = block.decode()
            if not self.header:
                first, _, text = text.partition("\n")
                self.header = first.split(",")
            if text:
                yield self._proved(_split(text, self.header))
        self.digest = state.hexdigest()
        if not self.header:
            raise NotProved

    def _proved(self, part: Part) -> Part:
        # Its numpy is what a command need not wait for that verifies nothing.
        from ceosample.sampling.frames.lines import Lines

        ids, contents = part.ids, Lines.of(part.contents)
        named = Lines(part.text.encode(), len(ids)).are_names()
        ascending = all(map(lt, [self._last, *ids], ids))
        digests = not part.contents or (contents is not None and contents.are_digests())
        if not (named and ascending and digests):
            raise NotProved
        self._last = ids[-1]
        self.counts.update(part.values)
        return part


def _require_apart(units: _File, others: _File, tell: Callable[[int], None]) -> None:
    """Read both files to their ends, side by side; no id may be in both."""
    left_out = (part.ids for part in others.parts())
    waiting: list[str] = next(left_out, [])
    for part in units.parts():
        tell(units.counts.total())
        while waiting:
            ids = part.ids
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
    rest: list[bytes] = []
    for chunk in chunks_of(data):
        whole, line_feed, tail = bytes(chunk).rpartition(b"\n")
        if line_feed:
            yield b"".join([*rest, whole, line_feed])
            rest = []
        rest.append(tail)
    if any(rest):
        raise NotProved


def _split(text: str, header: Sequence[str]) -> Part:
    """Lines as columns.

    Raises:
        NotProved: a line is not as wide as the header.
    """
    width, count = len(header), text.count("\n")
    # A line feed goes with the field behind it, so that it shows where a line begins.
    fields = text.replace("\n", ",\n").split(",")
    firsts = "".join(fields[::width])
    if len(fields) != count * width + 1 or firsts.count("\n") != count:
        raise NotProved
    columns = [fields[place:-1:width] for place in range(1, width)]
    contents = columns.pop() if has_content(header) and columns else []
    values = [*zip(*columns, strict=True)] if columns else [()] * count
    return Part(firsts, values, contents)
