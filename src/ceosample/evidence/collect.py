"""The files of a month's folder that go into a file of evidence, and no others.

A folder may hold anything. What goes out is named here: the public record, the sheets, the time
stamps, and the letters where they are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from ceosample import files
from ceosample.canonical import digest
from ceosample.errors import RecordError, raise_faults
from ceosample.evidence.archive import LARGEST
from ceosample.evidence.months import EvidenceMonth
from ceosample.evidence.papers import CHAINS, MONTHS, SHEET, STAMP, STAMP_OF_CHAIN, Digests
from ceosample.evidence.steps import EVENTS
from ceosample.letters.papers import PACK
from ceosample.letters.papers.pack import parse_pack
from ceosample.sampling.names import DRAW
from ceosample.sampling.record import Record

_REWORK: Final = re.compile(r"rework-[1-9][0-9]*")

#: So many parts are named as the largest.
_SHOWN: Final = 3


def collected(
    months: Sequence[EvidenceMonth],
    folders: Mapping[str, Path],
    digests: Digests,
    *,
    chain_stamps: Iterable[Path] = (),
    letters: bool,
) -> dict[str, bytes]:
    """The files of each month by their names in the evidence, compared with the ledger's digests.

    Args:
        months: what the ledger has of them.
        folders: each month's folder.
        digests: those of the ledger's events, by which sheets and time stamps are named.
        chain_stamps: time stamps of the ends of chains, and the requests for them.
        letters: whether the letters go in, as they were sent, with customers' names and texts. A
            month in which texts were erased has none: its pack holds what was erased.

    Raises:
        RecordError: files that the ledger has digests of are missing or are others, or a sheet or
            time stamp is of no event; every one of them is named. Or all of them together are too
            large.
    """
    faults: list[str] = []
    places: dict[str, Path] = {}
    for month in months:
        folder = folders.get(month.period)
        if folder is None:
            if month.files:
                faults.append(f"{month.period}: has no folder; give it")
            continue
        faults += _faults(month, folder)
        names = [*_record(month, folder), *_papers(folder)]
        names += _letters(folder) if letters and not month.erased else []
        places |= {f"{MONTHS}/{month.period}/{name}": folder / name for name in names}
    for place in chain_stamps:
        if STAMP_OF_CHAIN.fullmatch(place.name):
            places[f"{CHAINS}/{place.name}"] = place
        else:
            faults.append(f"{place}: is no time stamp of a chain; give chain-....tsr or .tsq")
    raise_faults(RecordError, faults)
    require_room({name: place.stat().st_size for name, place in places.items() if place.exists()})
    found = {name: files.read(place) for name, place in places.items()}
    raise_faults(
        RecordError,
        (
            f"{places[name]}: {fault}; ask who made it, and move it out of the folder"
            for name, data in found.items()
            if (fault := digests.fault(name, data)) is not None
        ),
    )
    return found


def _faults(month: EvidenceMonth, folder: Path) -> Iterator[str]:
    """What a folder lacks of the files that the ledger has digests of."""
    for name, said in month.files.items():
        data = files.read_if_there(folder / name)
        if data is None:
            yield f"{folder / name}: not there; 'ceosample rebuild {month.period}' makes it again"
        elif digest(data) != said:
            yield (
                f"{folder / name}: its SHA-256 is {digest(data)}, and the ledger has {said}; "
                "restore it from the backup"
            )


def _record(month: EvidenceMonth, folder: Path) -> Iterator[str]:
    """The public record, and the earlier draws that it carries on."""
    yield from month.files
    data = files.read_if_there(folder / DRAW) if DRAW in month.files else None
    if data is not None and digest(data) == month.draw:
        yield from Record.parse(data).earlier_files


def _papers(folder: Path) -> list[str]:
    """The sheets and time stamps that are files of the folder itself: a link could lead to
    anything."""
    if not folder.is_dir():
        return []
    names = files.names(folder)
    found = [name for name in names if SHEET.fullmatch(name) or STAMP.fullmatch(name)]
    return [name for name in found if not (folder / name).is_symlink()]


def _letters(folder: Path) -> Iterator[str]:
    """The packs of a month and of its reworks, with every file that they name."""
    if not folder.is_dir():
        return
    reworks = (path for path in sorted(folder.iterdir()) if _REWORK.fullmatch(path.name))
    for place in (folder, *reworks):
        data = files.read_if_there(place / PACK)
        if data is not None:
            inside = "" if place == folder else f"{place.name}/"
            named = parse_pack(data, str(place / PACK))["files"]
            yield from (f"{inside}{name}" for name in (PACK, *named))


def require_room(sizes: Mapping[str, int]) -> None:
    """Raise if files of these sizes are too much for one file of evidence.

    Raises:
        RecordError: it says what is largest, and what to leave out.
    """
    total = sum(sizes.values())
    if total <= LARGEST:
        return
    parts: dict[str, int] = {}
    for name, size in sizes.items():
        part = "/".join(name.split("/")[:2]) if name.startswith(f"{MONTHS}/") else name
        parts[part] = parts.get(part, 0) + size
    largest = sorted(parts, key=lambda part: (-parts[part], part))[:_SHOWN]
    named = ", ".join(f"{part.rpartition('/')[2]} {megabytes(parts[part])}" for part in largest)
    raise RecordError(
        f"evidence: got {megabytes(total)}, and a file holds {megabytes(LARGEST)}; the largest "
        f"parts are {named}; {_what_to_leave_out(sizes)}"
    )


def _what_to_leave_out(sizes: Mapping[str, int]) -> str:
    letters = sum(size for name, size in sizes.items() if "/letters/" in name or "/pack." in name)
    largest = max(sizes, key=lambda name: (sizes[name], name))
    if largest == EVENTS and sizes[largest] > LARGEST:
        # A part of a chain cannot be checked, so no range makes them fewer.
        return "hand over what 'ceosample export' writes, and the months' folders, without a zip"
    if sizes[largest] > LARGEST and not letters:
        return f"{largest} alone has {megabytes(sizes[largest])}; move it out of its folder"
    how = "give fewer months with --first and --last"
    return how + (f", or leave out --with-letters ({megabytes(letters)})" if letters else "")


def megabytes(size: int) -> str:
    """A number of bytes in words.

    >>> megabytes(50_000_000), megabytes(1_250_000), megabytes(4_321)
    ('50.0 MB', '1.2 MB', '4 kB')
    """
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{max(1, round(size / 1e3))} kB"
